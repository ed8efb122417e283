/* phrase: a sentence made of words and numbers, for titles and reasons; what is too long for it is
 * cut between characters. */
#ifndef REDRESS_KPI_PHRASE_H
#define REDRESS_KPI_PHRASE_H

#include "services/kpi/kpi.h"

enum { PHRASE_MAX = 200 };

/* Begins as { .length = 0 }, in the decision's memory where it becomes a part of an event. */
struct phrase {
    char at[PHRASE_MAX];
    uint32_t length;
};

void phrase_text(struct phrase *p, struct text t);
void phrase_words(struct phrase *p, const char *words);
void phrase_number(struct phrase *p, int64_t n);
struct text phrase_is(const struct phrase *p);

#endif

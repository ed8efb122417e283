/* story: events as sentences for people: what happened, to whom it went, and why. */
#ifndef REDRESS_CLI_STORY_H
#define REDRESS_CLI_STORY_H

#include <jansson.h>

#include "common/msg/wire.h"

/* What is remembered between events: why the last timer fired, and how each escalation began. */
struct story {
    char why[240]; /* the last clock or silence that was reported of a ticket */
    json_t *escalations; /* "client/id" -> {raised_at, kind}; made by story_open */
};

enum { /* bytes: what somebody said is told as a whole */
       STORY_WHAT = 2600,
       STORY_WHY = 1200,
};

struct story_line {
    int64_t at;
    char level[4]; /* "L4", or empty */
    char what[STORY_WHAT], to[120], why[STORY_WHY];
};

/* 0 or -ENOMEM. */
int story_open(struct story *s);
void story_close(struct story *s);

/* The sentence of an event; false for events that are no part of the story. Events come in the
 * order of their log. */
bool story_tell(struct story *s, const struct envelope *e, const json_t *data,
                struct story_line *ret);

#endif

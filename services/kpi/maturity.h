/* maturity: the two ladders (DOMAIN 4.18), each step a question to a period. */
#ifndef REDRESS_KPI_MATURITY_H
#define REDRESS_KPI_MATURITY_H

#include "services/kpi/kpi.h"

enum { STAGES = 4, STAGES_JUDGED = 3 };

/* The reference and the three periods behind it, the last of which is over on `to`, in the view's
 * memory; the reference is as long as the three, and before them. */
struct stage_list stages_sum(struct view *v, const struct place *p, int64_t to, enum period kind,
                             int64_t as_of);

/* Judges them, in place. */
void stages_settle(const struct stage_list *stages);

/* The highest step that all three periods answer with yes; 0 when none is. */
int64_t stages_level(const struct stage_list *stages, enum ladder ladder);

#endif

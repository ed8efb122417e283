/* effort: work and what it costs. Rules: RULES.md, efforts. */
#ifndef REDRESS_KPI_EFFORT_H
#define REDRESS_KPI_EFFORT_H

#include "services/kpi/counted.h"

/* How time entries and endpoints count, by the day. */
counted_fn effort_counts, endpoint_counts;

enum { EFFORTS_FOLLOW_MAX = 40 /* of one decision; a timer takes the rest, as much at a time */ };

/* A ticket is about something else than before, or is known only now: work on it that named
 * neither service nor component goes along. For decisions about the ticket, behind its own event.
 */
void efforts_follow(const struct context *ctx, struct view *v, struct text ticket,
                    struct text service, struct text component, struct decision *d);

#endif

/* escalation.h: what the files of this service share. The rules behind it all are in RULES.md;
 * the tables that name the functions of each row are in proto/escalation.def. */
#ifndef REDRESS_ESCALATION_H
#define REDRESS_ESCALATION_H

#include "proto/escalation.h"

#include "common/def_functions.h"
#include "services/escalation/clock.h"

enum { SEVERITIES = 4, LEVELS = 6, LEVEL_WISH = 4, TICKETS_MAX = 64 };
enum { ENGAGEMENTS_MAX = 32, PERCEPTIONS_MAX = 64, PROMISES_MAX = 32 };

/* --- ticket.c: a ticket's state as a function of its facts ------------------------------------ */

struct clock ticket_clock(const struct ticket *t, enum clock_name name);
void ticket_set_clock(struct ticket *t, enum clock_name name, const struct clock *c);
enum ticket_phase ticket_phase_after(const struct ticket *t, enum ticket_state state);
void ticket_take(struct ticket *t, const struct ticket_recorded *fact);
enum verdict ticket_verdict(const struct ticket *t);

/* --- totals.c --------------------------------------------------------------------------------- */

/* Adds one to a field of the partition's totals and of the client's. */
#define TOTAL_ADD(f, aggregate, field, amount)                                                     \
    totals_add((f), AGGREGATE_##aggregate, offsetof(struct aggregate, field), (amount))
void totals_add(struct fold *f, int aggregate, size_t offset, int64_t amount);
void totals_ticket(struct fold *f, const struct ticket *before, const struct ticket *after);
void totals_levels(struct fold *f, int64_t from, int64_t to); /* the highest level went up */

/* --- level.c: the matrix, the floor, and what they come to ------------------------------------ */

/* The ladder of a severity, in the decision's memory. */
struct step_list level_ladder(struct decision *d, const struct escalation_options *o,
                              int64_t severity);

/* The level that a ticket's running clocks ask for; thresholds up to lowered_at don't count. */
int64_t level_of_ticket(const struct ticket *t, int64_t now, int64_t lowered_at);

/* The level an open escalation has at `now`, never lower than it has; *ret_cause says why it is
 * higher. */
int64_t level_at(struct view *v, const struct escalation *e, int64_t now, enum climb *ret_cause);

/* The instant of the next step of the matrix, not acknowledged; 0 for none. */
int64_t level_due(const struct escalation *e);

/* --- tickets of escalations ------------------------------------------------------------------- */

/* The escalation a ticket belongs to, if it is open. */
const struct escalation *escalation_of(struct view *v, const struct ticket *t);

/* Whether every ticket in the list is stopped, leaving out one; also true of no ticket. */
bool tickets_stopped(struct view *v, const struct ticket_name_list *tickets, struct text but);

/* --- promised.c: what the catalog says of the client -------------------------------------------
 */

/* The targets of a priority: the client's, and the options where it has none. */
struct target promised_targets(const struct context *ctx, struct view *v, int64_t priority);

/* The name of the client's primary contact; empty when the catalog knows none. */
struct text promised_contact(const struct context *ctx, struct view *v);

/* --- raise.c ---------------------------------------------------------------------------------- */

/* What a raise is made of, by hand or by a timer; raise_emit adds the ladder and the primary
 * contact that the catalog knows, and tells every ticket. */
void raise_emit(const struct context *ctx, struct view *v, struct decision *d,
                const struct escalation_raised *r);

#endif

/* escalation.h: what the files of this service share. The rules behind it all are in RULES.md;
 * the tables that name the functions of each row are in proto/escalation.def. */
#ifndef REDRESS_ESCALATION_H
#define REDRESS_ESCALATION_H

#include "proto/escalation.h"

#include "common/def_functions.h"
#include "services/escalation/clock.h"

enum { SEVERITIES = 4, SEVERITY_OF_HOURS = 3, LEVELS = 6, LEVEL_WISH = 4, TICKETS_MAX = 64 };
enum { ENGAGEMENTS_MAX = 32, PERCEPTIONS_MAX = 64, PROMISES_MAX = 32 };
enum { STOOD_MAX = 64, CONSULTATIONS_MAX = 8, BOUND_MAX = 64, CONTRACTS_MAX = 1000 };
enum { CLOCKS = clock_name_update + 1 }; /* by their names; 0 is none */

/* The states in which a clock pauses, as bits of enum ticket_state; all pending ones. */
enum {
    PAUSES_ALL = 1 << ticket_state_pending_client | 1 << ticket_state_pending_supplier |
                 1 << ticket_state_pending_problem | 1 << ticket_state_pending_evidence
};

/* --- ticket.c: a ticket's state as a function of its facts ------------------------------------ */

struct clock ticket_clock(const struct ticket *t, enum clock_name name);
void ticket_set_clock(struct ticket *t, enum clock_name name, const struct clock *c);
uint32_t pauses_of(const struct pause_list *pauses, bool never);
enum ticket_phase phase_of(enum ticket_state state, uint32_t pauses);

/* The phase behind a fact, under the pauses that the fact says. */
enum ticket_phase ticket_phase_after(const struct ticket *t, const struct ticket_recorded *fact);

/* What a fact does to a clock; of what is reckoned it needs nothing. */
struct clock_change ticket_change(const struct ticket *t, const struct ticket_recorded *fact,
                                  enum clock_name name);

/* From when on its clocks count, once the fact is told. */
int64_t ticket_opened(const struct ticket *t, const struct ticket_recorded *fact);

/* Whether every state is known that it was in, so that its clocks can be counted anew. */
bool ticket_remembers(const struct ticket *t);

/* A clock behind a fact, as ticket_take keeps it. */
struct clock ticket_clock_after(const struct ticket *t, const struct ticket_recorded *fact,
                                enum clock_name name);

void ticket_take(struct fold *f, struct ticket *t, const struct ticket_recorded *fact);

/* Sets the verdicts that follow from clocks and phase. */
void ticket_judge(struct ticket *t);

/* --- judge.c: verdicts are told when they change
 * --------------------------------------------------
 */

enum verdict judge_clock(const struct clock *c, bool stopped);

/* What a fact does to verdicts; and what a wake at `now` does. */
void judge_fact(struct view *v, struct decision *d, struct text id, const struct ticket *before,
                const struct ticket_recorded *fact);
void judge_wake(struct view *v, struct decision *d, struct text id, const struct ticket *t,
                int64_t now);

/* --- totals.c --------------------------------------------------------------------------------- */

/* Adds one to a field of the partition's totals and of the client's. */
#define TOTAL_ADD(f, aggregate, field, amount)                                                     \
    totals_add((f), AGGREGATE_##aggregate, offsetof(struct aggregate, field), (amount))
void totals_add(struct fold *f, int aggregate, size_t offset, int64_t amount);
void totals_ticket(struct fold *f, const struct ticket *before, const struct ticket *after);
void totals_levels(struct fold *f, int64_t from, int64_t to); /* the highest level went up */

/* --- level.c: the matrix, the floor, and what they come to ------------------------------------ */

/* The ladder of a severity, in the decision's memory. Severities 3 and 4 count those hours where
 * they are not NULL. */
struct step_list level_ladder(struct decision *d, const struct escalation_options *o,
                              int64_t severity, int64_t raised_at, const struct worktime *hours);

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

const struct promised *promised_of(const struct context *ctx, struct view *v);

/* The targets of a priority: the client's, and the options where it has none. */
struct target promised_targets(const struct context *ctx, const struct promised *p,
                               int64_t priority);

/* The name of the client's primary contact; empty when the catalog knows none. */
struct text promised_contact(const struct context *ctx, struct view *v);

/* --- terms.c: targets, hours and pauses, from contracts, the client, and options -----------------
 */

struct clock_terms {
    int64_t within; /* the target; 0 where it is in days */
    int64_t days;
    bool end_of_day;
    struct text calendar; /* "" for elapsed time */
    const struct worktime *hours; /* NULL for elapsed time */
};

struct terms {
    const struct contract *contract; /* NULL for none */
    struct clock_terms of[CLOCKS]; /* by enum clock_name */
};

/* What holds for the client's tickets of that service and priority that were opened then. */
void terms_find(const struct context *ctx, struct view *v, struct decision *d, struct text service,
                int64_t opened_at, int64_t priority, struct terms *ret);

/* A target of a clock that counts since `from`. */
int64_t terms_target(const struct clock_terms *t, int64_t from);

/* The hours that the ladder of an escalation counts: those of its first ticket's contract, else the
 * client's; NULL for elapsed time. `first` is NULL for an escalation without tickets. */
const struct worktime *terms_ladder_hours(const struct context *ctx, struct view *v,
                                          struct decision *d, const struct ticket *first);

/* The term of the service, else the one that names none; NULL without either. */
const struct term *term_of(const struct term_list *terms, struct text service, int64_t priority,
                           int32_t metric);

struct text calendar_or(struct text said, struct text otherwise);

/* The hours of a calendar; NULL when there is no such one. */
const struct worktime *hours_of(struct view *v, struct decision *d, struct text calendar);

/* --- reckon.c ----------------------------------------------------------------------------------
 */

/* Adds to the fact what its clocks come to that count working hours, or that pause in other states
 * than before. */
void reckon(struct view *v, struct decision *d, const struct ticket *before,
            const struct terms *terms, struct ticket_recorded *fact);

/* --- agreement.c: what groups promised us --------------------------------------------------------
 */

/* When a group that receives a ticket is silent, and by which agreement, where there is one. */
int64_t agreement_silent_at(struct view *v, struct decision *d, const struct terms *terms,
                            const struct ticket_recorded *fact, struct text *ret_agreement);

/* --- consult.c -----------------------------------------------------------------------------------
 */

/* Asks those who are to be consulted about incidents of the component. */
void consult_ask(const struct context *ctx, struct view *v, struct decision *d,
                 struct text escalation, struct text component);

/* The escalation is over: ends its open consultations; or moves them to another one, where that has
 * none that is open. */
void consult_end(struct view *v, struct decision *d, struct text escalation);
void consult_move(struct view *v, struct decision *d, struct text escalation, struct text into);

/* --- raise.c ---------------------------------------------------------------------------------- */

/* What a raise is made of, by hand or by a timer; raise_emit adds the ladder and the primary
 * contact that the catalog knows, and tells every ticket. */
void raise_emit(const struct context *ctx, struct view *v, struct decision *d,
                const struct escalation_raised *r);

#endif

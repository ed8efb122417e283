/* sip: what the parts of this service share. Rules: RULES.md. Private to services/sip. */
#ifndef REDRESS_SIP_H
#define REDRESS_SIP_H

#include "proto/sip.h"

#include "common/def_functions.h"
#include "common/time/wall.h"

enum {
    ACTIONS_MAX = 64,
    CAUSES_MAX = 16,
    EVIDENCE_MAX = 16, /* the newest of it is kept */
    PERIODS_MAX = 128, /* of a series; the newest are kept */
    OBJECTIVES_MAX = 8,
    AGENDA_MAX = 32,
    REVIEWS_MAX = 1000,
    LESSONS_MAX = 8,
    CLOSURES_MAX = 8,
    PROGRAMMES_MAX = 64, /* of one client, that are looked at at once */
    PEOPLE_MAX = 64, /* who are told of one thing */
    CONDITIONS = 8, /* of a closeout: seven, and the client's confirmation */
};

/* --- sip.c: people, days, and what everything here needs ---------------------------------------
 */

/* Adds to a field of the partition's totals and of the client's. */
#define TOTAL_ADD(f, field, amount) totals_add((f), offsetof(struct sip_totals, field), (amount))
void totals_add(struct fold *f, size_t offset, int64_t amount);

/* The zone of a client; UTC where the catalog knows none. */
const struct zone *zone_of(struct view *v, struct text client);

/* The day that the client's wall shows at an instant. */
int64_t day_at(const struct zone *z, int64_t instant);
int64_t day_begins(const struct zone *z, int64_t day);

/* The ids of the programme's action and review of that number. */
struct text action_id(struct decision *d, struct text programme, int64_t number);
struct text review_id(struct decision *d, struct text programme, int64_t number);

enum who { WHO_ANYBODY, WHO_PROVIDER, WHO_CLIENT };

/* Whether somebody may have a role for the client; refuses naming the field. "" may not. */
bool person_fits(const struct context *ctx, struct view *v, struct text id, enum who who,
                 const char *field, struct decision *d);
bool people_fit(const struct context *ctx, struct view *v, const struct person_name_list *people,
                const char *field, struct decision *d);

/* At most so many bytes of a text, and no half of a character. */
struct text shortened(struct text t, uint32_t most);

/* The newest of a list, so that one more has room; in the fold's memory. */
void evidence_add(struct fold *f, struct evidence_list *list, const struct evidence *e);

/* --- candidate.c -------------------------------------------------------------------------------
 */

/* What something is about: a component, else a service, else a figure, else the client itself. */
struct scope {
    int32_t kpi; /* enum kpi, 0 for none */
    struct text service, component;
};
void scope_key(struct key *k, const struct scope *s);

/* Whether a figure of that very scope is one of the objectives. */
bool objectives_have(const struct objective *all, uint32_t count, const struct scope *s);

/* Something that speaks for a programme: it opens a watched one again, is added to what there is,
 * or makes a candidate. */
struct speaking {
    struct scope scope;
    bool whole; /* the figure of the whole client is that of the scope's service */
    struct evidence evidence;
    struct text title, problem; /* by hand */
};
void candidate_hear(const struct context *ctx, struct view *v, struct decision *d,
                    const struct speaking *s);

/* --- figure.c: what copies of closed periods come to -------------------------------------------
 */

/* Periods of a series from one day to another, both included; those without a figure are left
 * out. */
struct window {
    int64_t since, until, periods;
    int64_t value; /* DECIMAL with 4 digits */
    int64_t numerator, denominator, squares, n;
    int64_t sum, sum_squares; /* of the periods' figures, in hundredths */
};

/* A series, with periods of the client in which nothing happened there put between: of what is
 * counted, kpi closes no period of a service or component without any. */
struct filled {
    struct series series; /* its periods may be those below */
    struct closed_period at[PERIODS_MAX];
};
/* The one of that figure, filled; without periods where there is none. */
const struct series *series_of(struct view *v, struct text client, int32_t kpi, struct text service,
                               struct text component, struct filled *ret);
struct window window_of(const struct series *s, int64_t from, int64_t to);

/* Whether less of it is better. */
bool kpi_falls(int32_t kpi);

/* Whether a figure is at the other one, or better; whether it is better. */
bool kpi_reaches(int32_t kpi, int64_t value, int64_t target);
bool kpi_better(int32_t kpi, int64_t value, int64_t than);

/* The newest period that has a figure; NULL for none. */
const struct closed_period *series_newest(const struct series *s);

/* In how many periods in a row, up to the newest, the figure was at the target; those without a
 * figure are passed over. */
int64_t series_in_target(const struct series *s, int64_t target);
/* The same, with the target that each had, where it had one. */
int64_t series_kept(const struct series *s);

/* Whether a period that ends behind the day gave a bad signal; its last day, 0 for none. */
int64_t series_bad_signal(const struct series *s, int64_t behind);

/* Before and after by objective; returns the weakest verdict of them. */
enum verdict programme_outcomes(struct view *v, const struct programme *p,
                                struct objective_outcome ret[static OBJECTIVES_MAX]);

/* --- launch.c ----------------------------------------------------------------------------------
 */

/* Until when a charter is to be approved that waits for it from now on. */
int64_t approval_until(const struct context *ctx, struct view *v);

/* --- programme.c -------------------------------------------------------------------------------
 */

bool programme_is_over(const struct programme *p);

/* Refuses what cannot be done with one that ended or is on hold. */
bool programme_moves(const struct programme *p, struct decision *d);

/* When those who come to a review on that day are reminded, and when it is missed. */
struct review_times {
    int64_t remind_at, missed_at;
};
struct review_times review_times(const struct context *ctx, const struct zone *z, int64_t day);

/* Tells people of a programme: those of `who` that are not "" and not named before. */
void programme_tell(struct decision *d, const struct programme *p, struct programme_alarmed a,
                    const struct text *who, size_t count);

void programme_move(const struct context *ctx, struct view *v, struct decision *d,
                    const struct programme *p, enum programme_state state, struct text reason);

/* A closed one is open again. */
void programme_relapse(const struct context *ctx, struct view *v, struct decision *d,
                       const struct programme *p, struct evidence_list evidence,
                       struct text reason);

/* --- plan.c ------------------------------------------------------------------------------------
 */

struct plan {
    const struct action *at[ACTIONS_MAX];
    uint32_t count;
};
void plan_load(struct view *v, struct text programme, struct plan *ret);
bool action_is_over(const struct action *a);
uint32_t plan_open(const struct plan *plan); /* how many have not ended */

/* Whether all that one waits for has ended; `ended` counts as that. */
bool plan_is_ready(const struct plan *plan, const struct action_number_list *after, int64_t ended);

/* Opens actions that wait for nothing any more, when `ended` has, and tells those who have a part
 * in them. */
void plan_open_ready(struct decision *d, const struct programme *p, const struct plan *plan,
                     int64_t ended);

/* Tells what the plan comes to when one of its actions is replaced by `now` (NULL: none is), or
 * `more` is added; `changed` when it is another plan than before. */
void plan_tell(struct decision *d, const struct programme *p, const struct plan *plan,
               const struct action *now, const struct action *more, bool changed);

/* Who is to be told of an action's day next, and when; `at` 0 for nobody. */
struct staged {
    enum action_stage stage;
    int64_t at;
};
struct staged action_staged(const struct context *ctx, struct view *v, int64_t due);

/* The programme goes on: an action's day is so many days later, and so is who is told of it. */
void action_resume(const struct context *ctx, struct view *v, struct decision *d,
                   const struct action *a, int64_t days);

/* --- review.c ----------------------------------------------------------------------------------
 */

/* Where the objectives stand; returns how many. `before` is NULL at the first review. */
uint32_t programme_metrics(struct view *v, const struct programme *p,
                           const struct progress_review *before,
                           struct metric ret[static OBJECTIVES_MAX]);
uint32_t programme_agenda(const struct context *ctx, struct view *v, const struct programme *p,
                          struct agenda_item ret[static AGENDA_MAX]);

/* --- exit.c ------------------------------------------------------------------------------------
 */

/* Since when recurrences and signals count: the day of the last action, else that of the launch. */
int64_t programme_since(const struct programme *p);

/* Whether the conditions of the closeout hold; `refusals` are those of the ones that do not. */
void exit_look(const struct context *ctx, struct view *v, const struct programme *p,
               struct exit_condition ret[static CONDITIONS], int refusals[static CONDITIONS]);

#endif

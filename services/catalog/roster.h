/* roster: what the plan of a roster is made of, and what it says at every instant (RULES.md,
 * rosters). A plan answers for one instant at a time, and until when that holds; so whoever walks
 * it from one answer to the next gets all of a time, without a gap and without an overlap, and the
 * same wherever the walk began.
 *
 * Nothing here is kept beyond its turn: plans lie in its memory.
 */
#ifndef REDRESS_ROSTER_H
#define REDRESS_ROSTER_H

#include "common/time/wall.h"
#include "common/time/worktime.h"
#include "services/catalog/catalog.h"

enum {
    LAYERS_MAX = 8, /* as the row of the roster says */
    TURNS_IN_WEEKS_MAX = 168, /* turns after which hours of the week come again; one an hour */
    ROTA_OVERRIDES_MAX = 4096, /* that a plan of the past may find */
    ROTA_TEMPORARIES_MAX = 512,
    TRAININGS_MAX = 256, /* of one person in one skill that are looked at */
    KNOWN_MAX = 64, /* answers about trainings that a plan remembers */
    PASSED_MAX = 4, /* people passed over at one instant that are told */
    ROTA_STEPS_MAX = 2048, /* with the same person before that is for good */
};

#define ROTA_DAYS (366 * DAYS) /* that a query may ask for */
#define ROTA_ENDS INT64_MAX /* nothing changes any more */

/* --- roster_turn.c: one layer ------------------------------------------------------------------
 */

struct layer_plan {
    const struct layer *layer;
    const struct zone *zone;
    int64_t begins, ends; /* instants; ROTA_ENDS */
    int64_t turn; /* minutes on the wall of a turn; 0: months, or elapsed hours */
    int64_t elapsed; /* of a turn by hours that do not fit into days, or 0 */
    uint8_t days[14]; /* of its restrictions */
    uint32_t round; /* turns after which eligibility comes again; 0: every turn counts */
    uint8_t counted[TURNS_IN_WEEKS_MAX + 1]; /* eligible turns before that one */
};

struct turn {
    bool holds;
    struct text person;
    int64_t until; /* nothing about it changes before; ROTA_ENDS */
};

void layer_plan_make(const struct layer *layer, const struct zone *z, struct layer_plan *ret);
void layer_at(const struct layer_plan *l, int64_t at, struct turn *ret);

/* Whether skipping turns without hours can be counted: not with hours that do not fit into days. */
bool layer_skips_well(const struct layer *layer);

/* --- roster_rota.c: all of a roster ------------------------------------------------------------
 */

struct passed {
    struct text person, skill; /* the first skill that is lacking */
};

struct piece {
    int64_t from, to; /* to: ROTA_ENDS for good */
    struct text person; /* "" for nobody */
    int32_t source; /* enum duty_source; 0 for nobody */
    struct text layer;
    struct passed passed[PASSED_MAX]; /* who would have come before */
    uint32_t passed_count;
};

/* What is known of somebody's trainings: whether they suffice on these days. */
struct known_training {
    struct text person, lacks;
    int64_t from_day, to_day;
};

struct rota {
    struct view *view;
    const struct roster *roster;
    const struct zone *zone;
    struct layer_plan layers[LAYERS_MAX];
    const struct override **overrides; /* by from and id */
    const struct temporary **temporaries;
    uint32_t override_count, temporary_count;
    struct known_training known[KNOWN_MAX];
    uint32_t known_count;
};

/* The plan of a roster for instants from `from` on. */
struct rota *rota_make(struct view *v, const struct roster *r, int64_t from);

/* What holds at an instant; ret->from is that instant. */
void rota_at(struct rota *p, int64_t at, struct piece *ret);

/* The same, for as long as person, source and layer stay, but not beyond `limit`. */
void rota_stretch(struct rota *p, int64_t at, int64_t limit, struct piece *ret);

/* Which of the roster's skills somebody lacks at an instant, "" when none; that stays so until
 * *ret_until. */
struct text training_lacks(struct rota *p, struct text person, int64_t at, int64_t *ret_until);

/* The day of the roster's zone in which an instant lies: where clocks go back over midnight, the
 * day that has begun stays. */
int64_t rota_day(const struct rota *p, int64_t at);

/* What is so now for a group; NULL when it has no roster. */
const struct duty *duty_of_group(struct view *v, struct text group);

/* The roster of a group; NULL when it has none. */
const struct roster *roster_of_group(struct view *v, struct text group);

/* The hours that are to be covered: NULL for all. */
const struct worktime *rota_cover(const struct rota *p);

/* Whether somebody is meant to be on duty at every hour of the year to come: all of them are to be
 * covered, or somebody stands in where nobody is. */
bool roster_is_always(struct view *v, const struct roster *r, int64_t now);

/* The first part of [from, to) in which there is cover, false when there is none. */
bool cover_next(const struct worktime *cover, int64_t from, int64_t to, int64_t *ret_from,
                int64_t *ret_to);

/* Whether a roster itself names somebody; and its plan, with overrides and temporary schedules. */
bool roster_names(const struct roster *r, struct text person);
bool rota_names(const struct rota *p, struct text person);

/* --- duty_look.c -------------------------------------------------------------------------------
 */

/* What is wrong with a plan ahead of time, as a list of at most 48; those that `known` does not
 * have are said. */
struct duty_said_list duty_look(const struct context *ctx, struct rota *p,
                                const struct duty_said_list *known, struct decision *d);

#endif

/* clock: how long a clock has run, and when it reaches which part of its target. Arithmetic only:
 * no ticket, no options, no calendar.
 *
 * * A running clock of elapsed time is an origin: the instant at which it would have stood at zero,
 *   had it run without a break ever since. So the time used is a difference, a threshold's instant
 *   is a sum, and nothing has to be counted while it runs.
 * * A running clock of working time is what it had used at its anchor, and the instants at which it
 *   reaches the thresholds that were ahead then. Those are reckoned where something is decided,
 *   because it takes a calendar (reckon.c); here they are only looked at.
 */
#ifndef REDRESS_ESCALATION_CLOCK_H
#define REDRESS_ESCALATION_CLOCK_H

#include "common/base/text.h"

enum { THRESHOLDS = 6, THRESHOLD_DUE = 3 }; /* 50, 75, 90, 100, 120, 150 % */

struct clock {
    int64_t target; /* microseconds */
    int64_t used; /* until it was paused or stopped; of working time: until the anchor. Meaningless
                     while elapsed time runs */
    int64_t origin; /* 0: it does not run; of working time: the anchor */
    int64_t anchor; /* the moment of the fact that last started, resumed or re-targeted it */
    int64_t reached; /* the highest threshold reached, in percent; all lower ones are reached too */
    int64_t counted; /* the highest one reached that did not lapse */
    int64_t counted_at; /* its instant */
    struct text calendar; /* whose working time it counts; "" for elapsed time */
    int64_t at[THRESHOLDS]; /* of working time, running: the thresholds ahead; 0 for one that was
                               passed at the anchor, or is never reached */
};

/* What a fact does to a clock. */
struct clock_change {
    enum {
        CLOCK_STAYS, /* nothing */
        CLOCK_ENDS, /* it is not there any more */
        CLOCK_GOES, /* as follows */
    } what;
    bool starts; /* anew, and counts since `from` */
    bool runs; /* from the fact on */
    int64_t from;
    int64_t target;
};

/* What was reckoned of a clock at a fact, by working hours, or by pauses that are others than
 * before. */
struct clock_reckoned {
    struct text calendar; /* "": elapsed time from here on */
    int64_t used; /* at the fact */
    bool anew; /* it was counted anew from its beginning */
    int64_t at[THRESHOLDS];
};

/* In percent; and which part of a target that is, rounded up: a threshold is never early. */
int64_t clock_percent(int threshold);
int64_t clock_part(int64_t target, int threshold);

/* Whether it counts working time. */
static inline bool clock_works(const struct clock *c)
{
    return !text_empty(c->calendar);
}

/* The time used up to an instant; not of a running clock of working time. */
int64_t clock_used(const struct clock *c, int64_t at);

/* The instant at which a running clock reaches that percentage of its target; INT64_MAX when it
 * never does. */
int64_t clock_instant(const struct clock *c, int64_t percent);

/* The instant of the next threshold; 0 when the clock does not run, or has reached the last one. */
int64_t clock_next(const struct clock *c);

/* The highest threshold that it reaches newly up to `now`, in percent; 0 for none. */
int64_t clock_newly(const struct clock *c, int64_t now);

/* The highest threshold that counts for the floor at `now`, in percent: the clock runs, the
 * threshold is passed, did not lapse, and its instant is later than `lowered_at`. 0 for none. */
int64_t clock_floor(const struct clock *c, int64_t now, int64_t lowered_at);

void clock_start(struct clock *c, int64_t target, int64_t origin, int64_t moment);
void clock_halt(struct clock *c, int64_t moment); /* pauses or stops a running one */
void clock_resume(struct clock *c, int64_t moment); /* goes on from the time used */
void clock_retarget(struct clock *c, int64_t target, int64_t moment); /* running or halted */
void clock_reach(struct clock *c, int64_t percent, int64_t at); /* with effect */
void clock_lapse(struct clock *c, int64_t until); /* reached without effect, up to that instant */

/* All that a fact does to it, in the right order. `r` is NULL for elapsed time, and for working
 * time of which nothing changes. */
void clock_change(struct clock *c, const struct clock_change *change,
                  const struct clock_reckoned *r, int64_t moment);

#endif

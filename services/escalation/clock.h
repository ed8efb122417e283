/* clock: how long a clock has run, and when it reaches which part of its target. Arithmetic only:
 * no ticket, no options.
 *
 * * A running clock is an origin: the instant at which it would have stood at zero, had it run
 * without a break ever since. So the time used is a difference, a threshold's instant is a sum,
 * and nothing has to be counted while it runs.
 */
#ifndef REDRESS_ESCALATION_CLOCK_H
#define REDRESS_ESCALATION_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct clock {
    int64_t target; /* microseconds */
    int64_t used; /* until it was paused or stopped; meaningless while it runs */
    int64_t origin; /* 0: it does not run */
    int64_t anchor; /* the moment of the fact that last started, resumed or re-targeted it */
    int64_t reached; /* the highest threshold reached, in percent; all lower ones are reached too */
    int64_t counted; /* the highest one reached that did not lapse */
    int64_t counted_at; /* its instant */
};

/* The time used up to an instant. */
int64_t clock_used(const struct clock *c, int64_t at);

/* The instant at which a running clock reaches that percentage of its target. */
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

#endif

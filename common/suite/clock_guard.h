/* clock_guard: notices that the wall clock jumped, so that no timer fires because of a bad step
 * (DESIGN 9, BUS 7).
 *
 * Between two readings CLOCK_REALTIME and CLOCK_BOOTTIME advance alike, whatever the machine did:
 * BOOTTIME counts a suspended machine too. Where REALTIME went ahead or back, somebody set the
 * clock: firing is frozen, commands are not, until the two have agreed for a while. A leap second
 * or a slew stays below the limits.
 */
#ifndef REDRESS_CLOCK_GUARD_H
#define REDRESS_CLOCK_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_GUARD_FORWARD                                                                        \
    (INT64_C(300) * 1000000) /* microseconds: a jump ahead by more freezes */
#define CLOCK_GUARD_BACKWARD (INT64_C(1) * 1000000) /* back by more */
#define CLOCK_GUARD_STABLE   (INT64_C(60) * 1000000) /* so long without a jump: firing resumes */

struct clock_guard {
    bool started, frozen;
    int64_t offset; /* REALTIME - BOOTTIME as trusted last */
    int64_t stable_since; /* BOOTTIME of the last jump */
    int64_t jump; /* how far the last one went */
    uint64_t jumps;
};

enum clock_verdict { CLOCK_STEADY, CLOCK_JUMPED, CLOCK_RESUMED };

/* A reading of both clocks, microseconds. JUMPED: raise the alarm, firing is frozen from now on
 * (also said for a further jump while frozen). RESUMED: firing goes on. Starts from a zeroed guard.
 */
enum clock_verdict clock_guard_check(struct clock_guard *g, int64_t real, int64_t boot);

/* The two clocks of this machine. */
void clock_guard_read(int64_t *ret_real, int64_t *ret_boot);

#endif

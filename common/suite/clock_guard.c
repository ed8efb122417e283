/* clock_guard: see clock_guard.h. */
#include "common/suite/clock_guard.h"

#include <time.h>

enum clock_verdict clock_guard_check(struct clock_guard *g, int64_t real, int64_t boot)
{
    int64_t offset = real - boot;
    if (!g->started) {
        *g = (struct clock_guard){ .started = true, .offset = offset, .stable_since = boot };
        return CLOCK_STEADY;
    }
    int64_t jump = offset - g->offset;
    if (jump > CLOCK_GUARD_FORWARD || jump < -CLOCK_GUARD_BACKWARD) {
        g->offset = offset;
        g->jump = jump;
        g->jumps++;
        g->frozen = true;
        g->stable_since = boot;
        return CLOCK_JUMPED;
    }
    /* A slew may add up to anything, slowly: the offset follows it. A forward step below the limit
     * is one as well. */
    g->offset = offset;
    if (!g->frozen || boot - g->stable_since < CLOCK_GUARD_STABLE)
        return CLOCK_STEADY;
    g->frozen = false;
    return CLOCK_RESUMED;
}

static int64_t microseconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void clock_guard_read(int64_t *ret_real, int64_t *ret_boot)
{
    *ret_real = microseconds(CLOCK_REALTIME);
    *ret_boot = microseconds(CLOCK_BOOTTIME);
}

/* suite_clock: real time, and the suite's. */
#include "common/suite/suite.h"

#include <time.h>

int64_t real_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t suite_now(const struct suite_clock *c)
{
    int64_t real = real_now();
    if (c->rate == 1)
        return real - c->anchor_real + c->anchor_suite;
    /* A fast clock that ran for years leaves the range of int64_t; it then stands still instead of
     * going back. */
    int64_t passed;
    if (__builtin_mul_overflow(real - c->anchor_real, c->rate, &passed) ||
        __builtin_add_overflow(passed, c->anchor_suite, &passed))
        return INT64_MAX;
    return passed;
}

/* fixed_inside: arithmetic of 128 bits beneath fixed.h. Private to common/. */
#ifndef REDRESS_FIXED_INSIDE_H
#define REDRESS_FIXED_INSIDE_H

#include "common/stat/fixed.h"

__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 uwide;

enum {
    FRACTION = 62, /* the most bits that a root has behind the point */
    GUARD = 20, /* bits that a division may lose without being seen */
};
#define MILLIARD      INT64_C(1000000000)
#define FINE          INT64_C(100000000) /* what intervals are computed in, parts of a unit */
#define FINE_OF_FIXED (FINE / FIXED)
#define NORMAL_95     INT64_C(1959963985) /* the normal distribution's 0.975 quantile, in 1e-9 */

/* Half away from zero; divisor > 0. */
static inline wide wide_divide(wide v, wide divisor)
{
    wide whole = v / divisor, rest = v % divisor;
    if (rest < 0)
        return whole - (-rest >= divisor + rest);
    return whole + (rest >= divisor - rest);
}

static inline int64_t wide_narrow(wide v)
{
    if (v > INT64_MAX)
        return INT64_MAX;
    return v < INT64_MIN ? INT64_MIN : (int64_t)v;
}

static inline int64_t fine_round(wide fine)
{
    return wide_narrow(wide_divide(fine, FINE_OF_FIXED));
}

/* The root, rounded down. */
uint64_t wide_root(uwide v);

/* sqrt(v / divisor) is root / 2^bits. */
struct root {
    uint64_t root;
    int bits;
};
struct root wide_root_of(uwide v, uint64_t divisor);

/* A root times a factor of at most 34 bits, divided. */
static inline uwide root_times(struct root r, uint64_t factor, uint64_t divisor)
{
    return (((uwide)r.root * factor) << GUARD) / divisor >> (GUARD + r.bits);
}

#endif

/* fixed_count: what counts of rare events say; see fixed.h. */
#include "common/stat/fixed_inside.h"

enum {
    SHARE_BITS = 50, /* of a probability, while it is computed */
    FEW = 50, /* counts below have their interval from the distribution itself */
    PARTS = 1000000, /* of a mean, while it is looked for */
    MEAN_MAX = 1000000, /* of a distribution that is summed term by term */
};

/* P(X >= count) in parts of 2^SHARE_BITS, the mean being total / periods and at most MEAN_MAX.
 * Terms are taken relative to the largest, so no exponential is needed; those that come to nothing
 * in 62 bits are left out. */
static uint64_t tail_share(int64_t count, int64_t total, int64_t periods)
{
    int64_t largest = total / periods;
    uwide one = (uwide)1 << FRACTION, all = one, tail = largest >= count ? one : 0, term = one;
    for (int64_t k = largest + 1; term; k++) {
        term = term * (uint64_t)total / ((uwide)periods * (uint64_t)k);
        all += term;
        tail += k >= count ? term : 0;
    }
    term = one;
    for (int64_t k = largest; k > 0 && term; k--) {
        term = term * ((uwide)periods * (uint64_t)k) / (uint64_t)total;
        all += term;
        tail += k - 1 >= count ? term : 0;
    }
    return (uint64_t)((tail << SHARE_BITS) / all);
}

/* The same place on a distribution of MEAN_MAX: so many errors away from the mean. */
static int64_t place_below(int64_t count, int64_t mean)
{
    struct root error = wide_root_of((uwide)mean, 1);
    wide away = ((wide)count - mean) * 1000; /* the root of MEAN_MAX */
    away = wide_divide(away * ((wide)1 << error.bits), (wide)error.root);
    return wide_narrow(away + MEAN_MAX);
}

int64_t poisson_tail(int64_t count, int64_t total, int64_t periods)
{
    if (count <= 0)
        return MILLIARD;
    if (total <= 0)
        return 0;
    if (total / periods >= MEAN_MAX) {
        count = place_below(count, total / periods);
        total = MEAN_MAX;
        periods = 1;
    }
    uwide share = tail_share(count, total, periods);
    return (int64_t)((share * MILLIARD + ((uwide)1 << (SHARE_BITS - 1))) >> SHARE_BITS);
}

/* The mean of which `count` or more have that probability, in 1e-9; count < 2 * FEW. */
static wide mean_of_tail(int64_t count, uint64_t share)
{
    int64_t below = 0, above = (2 * count + 4) * PARTS;
    while (above - below > 1) {
        int64_t middle = below + (above - below) / 2;
        if (tail_share(count, middle, PARTS) < share)
            below = middle;
        else
            above = middle;
    }
    return (wide)above * (MILLIARD / PARTS);
}

/* The same for many, in 1e-9: half the quantile of chi-square with 2 * count degrees of freedom, as
 * Cornish and Fisher expand it (Abramowitz and Stegun 26.4, Goldberg and Levine 1946) up to the
 * inverse square of the degrees; from FEW on within 1e-6 of it. The coefficients are those of
 * NORMAL_95; on the lower side odd ones have the other sign. */
static wide mean_of_many(int64_t count, int side)
{
    wide n = count, root = (wide)wide_root((uwide)count * MILLIARD * MILLIARD);
    wide odd = wide_divide(NORMAL_95 * root, MILLIARD) - INT64_C(171961860) * MILLIARD / root +
               INT64_C(34441765) * MILLIARD / root / n;
    wide even = n * MILLIARD + 947152940 - 68099542 / n - 24394074 / (n * n);
    return even + side * odd;
}

struct mean rate_of(int64_t count, int64_t periods)
{
    uint64_t one = (uint64_t)1 << SHARE_BITS;
    wide low = 0, high;
    if (count >= FEW)
        low = mean_of_many(count, -1);
    else if (count > 0)
        low = mean_of_tail(count, one / 40);
    high = count + 1 >= FEW ? mean_of_many(count + 1, 1) : mean_of_tail(count + 1, one - one / 40);
    wide part = (wide)periods * (MILLIARD / FIXED);
    return (struct mean){ fixed_ratio(count, periods, FIXED),
                          { wide_narrow(wide_divide(low, part)),
                            wide_narrow(wide_divide(high, part)) } };
}

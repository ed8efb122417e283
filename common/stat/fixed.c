/* fixed: shares, scores and means; see fixed.h. */
#include "common/stat/fixed_inside.h"

#define NORMAL_95_SQUARED INT64_C(3841458821) /* in 1e-9 */
/* A quarter of that square, in 1e-18: what stands under Wilson's root. */
#define NORMAL_95_QUARTER INT64_C(960364705173531000)
#define SHARE_ONE         INT64_C(10000000000) /* a share of all, while it is computed */

enum { SMALL_SCORE = 30 };

/* --- numbers ----------------------------------------------------------------------------------
 */

uint64_t wide_root(uwide v)
{
    uwide root = 0;
    for (uwide bit = (uwide)1 << 126; bit; bit >>= 2) {
        uwide with = root + bit;
        root >>= 1;
        if (v >= with) {
            v -= with;
            root += bit;
        }
    }
    return (uint64_t)root;
}

static int bits_unused(uwide v)
{
    uint64_t high = (uint64_t)(v >> 64), low = (uint64_t)v;
    if (high)
        return __builtin_clzll(high);
    return low ? 64 + __builtin_clzll(low) : 128;
}

struct root wide_root_of(uwide v, uint64_t divisor)
{
    uwide whole = v / divisor, rest = v % divisor;
    int shift = bits_unused(whole) & ~1;
    if (shift > FRACTION)
        shift = FRACTION;
    return (struct root){ wide_root((whole << shift) + (rest << shift) / divisor), shift / 2 };
}

int64_t fixed_ratio(int64_t numerator, int64_t denominator, int64_t scale)
{
    return wide_narrow(wide_divide((wide)numerator * scale, denominator));
}

static int64_t within(int64_t v, int64_t least, int64_t most)
{
    if (v < least)
        return least;
    return v > most ? most : v;
}

/* --- shares -----------------------------------------------------------------------------------
 */

struct wilson {
    wide share, low, high; /* in parts of SHARE_ONE */
};

static struct wilson wilson_of(int64_t hits, int64_t n)
{
    uwide spread = (uwide)hits * (uwide)(n - hits), observed = (uwide)n;
    uwide under = spread / observed * MILLIARD * MILLIARD +
                  spread % observed * MILLIARD * MILLIARD / observed + NORMAL_95_QUARTER;
    wide reach = wide_divide((wide)wide_root(under) * NORMAL_95, MILLIARD);
    wide center = (wide)hits * MILLIARD + NORMAL_95_SQUARED / 2;
    wide all = (wide)n * MILLIARD + NORMAL_95_SQUARED;
    return (struct wilson){ wide_divide((wide)hits * SHARE_ONE, n),
                            wide_divide((center - reach) * SHARE_ONE, all),
                            wide_divide((center + reach) * SHARE_ONE, all) };
}

struct interval share_interval(int64_t hits, int64_t n)
{
    struct wilson w = wilson_of(within(hits, 0, n), n);
    return (struct interval){ within(fine_round(w.low), 0, 100 * FIXED),
                              within(fine_round(w.high), 0, 100 * FIXED) };
}

/* The root of the sum of two squares of shares. */
static wide beside(wide a, wide b)
{
    return (wide)wide_root((uwide)(a * a) + (uwide)(b * b));
}

struct interval share_change(int64_t hits_before, int64_t n_before, int64_t hits, int64_t n)
{
    struct wilson was = wilson_of(within(hits_before, 0, n_before), n_before);
    struct wilson is = wilson_of(within(hits, 0, n), n);
    wide change = is.share - was.share;
    wide low = change - beside(is.share - is.low, was.high - was.share);
    wide high = change + beside(is.high - is.share, was.share - was.low);
    return (struct interval){ fine_round(low), fine_round(high) };
}

/* --- the promoter score -------------------------------------------------------------------------
 */

/* The standard error of promoters minus detractors of so many answers, each counted `parts` times:
 * 100 sqrt((p + d - (p - d)^2) / n), finely. */
static wide score_error(int64_t promoters, int64_t detractors, int64_t all, int64_t parts)
{
    wide lead = (wide)promoters - detractors;
    uwide spread = (uwide)(((wide)promoters + detractors) * all - lead * lead);
    struct root r = wide_root_of(spread * (uint64_t)parts, (uint64_t)all);
    return (wide)root_times(r, 100 * FINE, (uint64_t)all);
}

/* Who asks nearly everybody knows more than who asks a few of many. */
static wide part_of_all(wide error, int64_t n, int64_t population)
{
    if (population < n || population < 1)
        return error;
    if (population == n)
        return 0;
    struct root r = wide_root_of((uwide)(population - n), (uint64_t)(population - 1));
    return error * r.root >> r.bits;
}

struct score score_of(const struct answers *a)
{
    int64_t n = a->promoters + a->passives + a->detractors;
    wide value = wide_divide((wide)(a->promoters - a->detractors) * 100 * FINE, n);
    wide error = part_of_all(score_error(a->promoters, a->detractors, n, 1), n, a->population);
    struct score s = { .value = fine_round(value),
                       .error = fine_round(error),
                       .small = n < SMALL_SCORE };
    if (s.small) { /* in quarters: 3/4, 1 1/2 and 3/4 more */
        int64_t promoters = 4 * a->promoters + 3, detractors = 4 * a->detractors + 3;
        value = wide_divide((wide)(promoters - detractors) * 100 * FINE, 4 * n + 12);
        error = part_of_all(score_error(promoters, detractors, 4 * n + 12, 4), n, a->population);
    }
    wide reach = wide_divide(error * NORMAL_95, MILLIARD);
    s.adjusted = fine_round(value);
    s.interval.low = within(fine_round(value - reach), -100 * FIXED, 100 * FIXED);
    s.interval.high = within(fine_round(value + reach), -100 * FIXED, 100 * FIXED);
    return s;
}

int64_t score_change(const struct score *before, const struct score *after)
{
    wide a = before->error, b = after->error, change = (wide)after->value - before->value;
    wide error = (wide)wide_root((uwide)(a * a + b * b) * FIXED * FIXED); /* of FIXED parts */
    return error ? wide_narrow(wide_divide(change * FIXED * FIXED, error)) : 0;
}

/* --- means ------------------------------------------------------------------------------------
 */

#define STUDENT_ONE INT64_C(1000000000000)

/* The 0.975 quantile of Student's t as Chebyshev polynomials in 2 / degrees of freedom - 1, fitted
 * to the exact quantiles: within 1e-10 of them for every number of degrees from one on, whole or
 * not. In parts of STUDENT_ONE. */
static const int64_t student[] = {
    5766225730133, 5046713677350, 1514403334981, 319326140541, 51636497460,
    7001089780,    812422574,     78802703,      6311441,      682770,
    57758,         -16418,        6080,          -1036,        -1,
    101,           -61,
};

/* In 1e-9; `inverse` is 1 / degrees of freedom, in parts of STUDENT_ONE. */
static int64_t student_95(wide inverse)
{
    wide x = 2 * inverse - STUDENT_ONE, next = 0, here = 0;
    for (size_t i = sizeof student / sizeof *student; i-- > 1;) {
        wide before = 2 * x * here / STUDENT_ONE - next + student[i];
        next = here;
        here = before;
    }
    return (int64_t)wide_divide(x * here / STUDENT_ONE - next + student[0], STUDENT_ONE / MILLIARD);
}

/* n^2 times the variance of n values times (n - 1) / n. What is rounded down may come to less than
 * nothing. */
static uwide spread_of(int64_t sum, int64_t squares, int64_t n)
{
    wide spread = (wide)n * squares - (wide)sum * sum;
    return spread > 0 ? (uwide)spread : 0;
}

struct mean mean_of(int64_t sum, int64_t squares, int64_t n)
{
    wide value = wide_divide((wide)sum * FINE, n), reach = 0;
    if (n > 1) {
        uint64_t free = (uint64_t)n - 1;
        struct root r = wide_root_of(spread_of(sum, squares, n), free);
        uint64_t t = (uint64_t)student_95(wide_divide(STUDENT_ONE, n - 1));
        reach = (wide)root_times(r, t, (uint64_t)n) / (MILLIARD / FINE);
    }
    return (struct mean){ fine_round(value),
                          { fine_round(value - reach), fine_round(value + reach) } };
}

/* Welch: the errors are halved until their squares fit, which is far behind what is rounded. */
static wide welch_reach(uwide a, int64_t n_a, uwide b, int64_t n_b)
{
    int halved = 0;
    for (; a >> 60 || b >> 60; halved++) {
        a >>= 1;
        b >>= 1;
    }
    uwide of_a = a * a, both = of_a + b * b;
    if (!both)
        return 0;
    uwide error = wide_root(both);
    while (both >> 80) {
        both >>= 1;
        of_a >>= 1;
    }
    wide share = (wide)(of_a * STUDENT_ONE / both), other = STUDENT_ONE - share;
    wide inverse = (share * share / (n_a - 1) + other * other / (n_b - 1)) / STUDENT_ONE;
    return (wide)error * student_95(inverse) / MILLIARD * ((wide)1 << halved);
}

struct mean mean_change(int64_t sum_before, int64_t squares_before, int64_t n_before, int64_t sum,
                        int64_t squares, int64_t n)
{
    wide was = wide_divide((wide)sum_before * FINE, n_before);
    wide change = wide_divide((wide)sum * FINE, n) - was, reach = 0;
    if (n_before > 1 && n > 1) {
        struct root a =
            wide_root_of(spread_of(sum_before, squares_before, n_before), (uint64_t)n_before - 1);
        struct root b = wide_root_of(spread_of(sum, squares, n), (uint64_t)n - 1);
        reach = welch_reach(root_times(a, FINE, (uint64_t)n_before), n_before,
                            root_times(b, FINE, (uint64_t)n), n);
    }
    return (struct mean){ fine_round(change),
                          { fine_round(change - reach), fine_round(change + reach) } };
}

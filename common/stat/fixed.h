/* fixed: statistics in whole numbers, for services, which know no floating point.
 *
 * A figure is an int64 in ten-thousandths of its unit (DECIMAL with 4 digits; FIXED is one unit):
 * percent, points of a promoter score, minutes. Inside, 128 bits are used, so that no sum of 63
 * bits overflows; results are rounded half away from zero and are within one ten-thousandth of the
 * exact value, unless said otherwise. Sources: DOMAIN 4.1 to 4.4 and 4.12.
 */
#ifndef REDRESS_FIXED_H
#define REDRESS_FIXED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIXED INT64_C(10000)

/* scale * numerator / denominator, rounded; denominator > 0. INT64_MAX or INT64_MIN beyond. */
int64_t fixed_ratio(int64_t numerator, int64_t denominator, int64_t scale);

struct interval {
    int64_t low, high; /* both included */
};

/* Wilson's interval of a share, 95 %, in percent; 0 <= hits <= n, n > 0. */
struct interval share_interval(int64_t hits, int64_t n);

/* Difference of two shares in percentage points, with Newcombe's hybrid of Wilson's intervals. */
struct interval share_change(int64_t hits_before, int64_t n_before, int64_t hits, int64_t n);

struct answers { /* to "how likely would you recommend us", 0 to 10 */
    int64_t promoters, passives, detractors;
    int64_t population; /* everybody who could be asked: the error is that of a part of so many; 0,
                           or fewer than answered: unknown, no finite correction */
};
struct score {
    int64_t value; /* -100 to 100 */
    int64_t error; /* the standard error, of what is given, without pseudo-counts */
    bool small; /* fewer than 30: pseudo-counts 3/4, 1 1/2, 3/4 are added before the interval */
    int64_t adjusted; /* the interval's centre then; else value */
    struct interval interval; /* clamped to -100 and 100 */
};
/* n > 0. */
struct score score_of(const struct answers *a);

/* z of the change between two waves, in ten-thousandths: |z| >= 19600 is a change. 0 when neither
 * has an error. As exact as value and error are. */
int64_t score_change(const struct score *before, const struct score *after);

/* The mean of n values and its 95 % interval by Student's t (n < 2: the mean alone), from their sum
 * and the sum of their squares, both in the unit itself; results in ten-thousandths. The quantile
 * is within 1e-9: an interval wider than 100,000 units is as exact as that. */
struct mean {
    int64_t value;
    struct interval interval;
};
struct mean mean_of(int64_t sum, int64_t squares, int64_t n);

/* Difference of two means, after minus before, with Welch's interval. */
struct mean mean_change(int64_t sum_before, int64_t squares_before, int64_t n_before, int64_t sum,
                        int64_t squares, int64_t n);

/* A rate of events per period: count / periods, with the exact Poisson (Garwood) interval. Count is
 * not negative, periods > 0. */
struct mean rate_of(int64_t count, int64_t periods);

/* P(X >= count) of a Poisson variable whose mean is total / periods, in thousand-millionths
 * (DECIMAL with 9 digits), within two of them; for means of a million and more the probability of
 * what is as many errors away from a mean of a million, within 0.0005. A mean of 0 makes any count
 * > 0 impossible: 0. */
int64_t poisson_tail(int64_t count, int64_t total, int64_t periods);

/* --- control charts (DOMAIN 4.12) --------------------------------------------------------------
 */

/* The limits that a baseline of values gives: individuals and moving ranges. n >= 1; one value
 * alone has no range. */
struct limits {
    int64_t center, range; /* mean, mean moving range */
    int64_t lower, upper; /* center -+ 2.66 * range, unclamped */
    int64_t range_limit; /* 3.268 * range */
    int64_t sigma; /* range / 1.128 */
};
struct limits limits_of(const int64_t *values, size_t n);

/* Limits of a proportion at a point with n observed: p -+ 3 sqrt(p (1 - p) / n), in percent,
 * unclamped; hits and total are of the whole baseline, 0 <= hits <= total, both n and total > 0.
 * There is no range. */
struct limits share_limits(int64_t hits, int64_t total, int64_t n);

/* A point as the rules see it. */
struct charted {
    int64_t value;
    struct limits limits; /* that hold at this point */
    bool clamped_lower, clamped_upper; /* that limit cannot signal */
};

/* A value beside limits that hold for it, which are clamped to what such a value may be. */
struct charted charted_of(int64_t value, const struct limits *l, int64_t least, int64_t most);

enum chart_rule { /* as signal_rule of proto/kpi/kpi.words numbers them */
                  CHART_NONE,
                  CHART_BEYOND_LIMITS,
                  CHART_TWO_OF_THREE,
                  CHART_FOUR_OF_FIVE,
                  CHART_RUN_OF_EIGHT,
                  CHART_TREND_OF_SIX,
                  CHART_FOURTEEN_ALTERNATE,
                  CHART_FIFTEEN_WITHIN,
                  CHART_EIGHT_OUTSIDE
};
struct chart_signal {
    enum chart_rule rule; /* the first that holds, in the order above */
    bool high; /* on the upper side, or rising; without meaning for 6, 7 and 8 */
    size_t points; /* how many points it rests on, from the oldest that counts to the newest */
};
/* Whether the newest point, points[n - 1], completes a signal. Points before the baseline's end are
 * passed as well: `baseline` of them are never counted towards a rule. Deviations are `sigma` of
 * each point's own limits, and beyond is more than; the newest is one of the 2 of 3 and 4 of 5. A
 * trend is 6 points with 5 steps, 14 that alternate have 13. */
struct chart_signal chart_rules(const struct charted *points, size_t n, size_t baseline);

#endif

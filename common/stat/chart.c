/* chart: limits of control charts, and the rules that find signals; see fixed.h. */
#include "common/stat/fixed_inside.h"

/* Limits stand so many mean moving ranges from the centre, and moving ranges reach so far; a mean
 * moving range is so many standard deviations. In thousandths. */
enum { LIMIT_OF_RANGE = 2660, RANGE_LIMIT = 3268, DEVIATION_OF_RANGE = 1128, THOUSAND = 1000 };

struct limits limits_of(const int64_t *values, size_t n)
{
    wide sum = values[0], ranges = 0, points = (wide)n, steps = n > 1 ? (wide)n - 1 : 1;
    for (size_t i = 1; i < n; i++) {
        wide step = (wide)values[i] - values[i - 1];
        sum += values[i];
        ranges += step < 0 ? -step : step;
    }
    wide all = points * steps * THOUSAND, center = sum * steps * THOUSAND;
    wide reach = ranges * points * LIMIT_OF_RANGE;
    return (struct limits){
        .center = wide_narrow(wide_divide(sum, points)),
        .range = wide_narrow(wide_divide(ranges, steps)),
        .lower = wide_narrow(wide_divide(center - reach, all)),
        .upper = wide_narrow(wide_divide(center + reach, all)),
        .range_limit = wide_narrow(wide_divide(ranges * RANGE_LIMIT, steps * THOUSAND)),
        .sigma = wide_narrow(wide_divide(ranges * THOUSAND, steps * DEVIATION_OF_RANGE)),
    };
}

struct limits share_limits(int64_t hits, int64_t total, int64_t n)
{
    wide center = wide_divide((wide)hits * 100 * FINE, total);
    struct root r = wide_root_of((uwide)hits * (uwide)(total - hits), (uint64_t)n);
    wide sigma = (wide)root_times(r, 100 * FINE, (uint64_t)total);
    return (struct limits){ .center = fine_round(center),
                            .lower = fine_round(center - 3 * sigma),
                            .upper = fine_round(center + 3 * sigma),
                            .sigma = fine_round(sigma) };
}

struct charted charted_of(int64_t value, const struct limits *l, int64_t least, int64_t most)
{
    struct charted c = { .value = value,
                         .limits = *l,
                         .clamped_lower = l->lower <= least,
                         .clamped_upper = l->upper >= most };
    if (c.clamped_lower)
        c.limits.lower = least;
    if (c.clamped_upper)
        c.limits.upper = most;
    return c;
}

/* --- rules ------------------------------------------------------------------------------------
 */

/* On which side of the centre a point lies, beyond so many standard deviations: 1, -1, or 0. */
static int side_of(const struct charted *p, int sigmas)
{
    wide away = (wide)p->value - p->limits.center, reach = (wide)p->limits.sigma * sigmas;
    return (away > reach) - (away < -reach);
}

static bool is_beyond_limits(const struct charted *p)
{
    return (p->value > p->limits.upper && !p->clamped_upper) ||
           (p->value < p->limits.lower && !p->clamped_lower);
}

/* Whether so many of the last `window` lie beyond so many deviations on the newest one's side;
 * points are counted from the newest, and *ret is how many there are up to the oldest of them. */
static bool most_beyond(const struct charted *newest, size_t n, int sigmas, size_t needed,
                        size_t window, size_t *ret)
{
    size_t found = 0;
    int side = side_of(newest, sigmas);
    for (size_t i = 0; side && i < n && i < window && found < needed; i++)
        if (side_of(newest - i, sigmas) == side) {
            found++;
            *ret = i + 1;
        }
    return found == needed;
}

/* Which way a point went from the one before. */
static int step_of(const struct charted *p)
{
    return (p->value > p[-1].value) - (p->value < p[-1].value);
}

/* Whether the last `points` rise, or fall, all of them; or turn at every one. */
static bool is_trend(const struct charted *newest, size_t n, size_t points, int turn)
{
    if (n < points || !step_of(newest))
        return false;
    for (size_t i = 1; i + 1 < points; i++)
        if (step_of(newest - i) != turn * step_of(newest - i + 1))
            return false;
    return true;
}

/* Whether the last `points` are all within one deviation, or all beyond it and on both sides. */
static bool are_within(const struct charted *newest, size_t n, size_t points, bool within)
{
    bool high = false, low = false;
    if (n < points)
        return false;
    for (size_t i = 0; i < points; i++) {
        const struct charted *p = newest - i;
        wide away = (wide)p->value - p->limits.center;
        int side = side_of(p, 1);
        if (within ? (away < 0 ? -away : away) >= p->limits.sigma : !side)
            return false;
        high = high || side > 0;
        low = low || side < 0;
    }
    return within || (high && low);
}

struct chart_signal chart_rules(const struct charted *points, size_t n, size_t baseline)
{
    struct chart_signal s = { CHART_NONE, false, 0 };
    if (n <= baseline)
        return s;
    const struct charted *newest = &points[n - 1];
    n -= baseline;
    s.points = 1;
    s.high = newest->value > newest->limits.center;
    if (is_beyond_limits(newest)) {
        s.rule = CHART_BEYOND_LIMITS;
    } else if (most_beyond(newest, n, 2, 2, 3, &s.points)) {
        s.rule = CHART_TWO_OF_THREE;
    } else if (most_beyond(newest, n, 1, 4, 5, &s.points)) {
        s.rule = CHART_FOUR_OF_FIVE;
    } else if (most_beyond(newest, n, 0, 8, 8, &s.points)) {
        s.rule = CHART_RUN_OF_EIGHT;
    } else if (is_trend(newest, n, 6, 1)) {
        s = (struct chart_signal){ CHART_TREND_OF_SIX, step_of(newest) > 0, 6 };
    } else if (is_trend(newest, n, 14, -1)) {
        s = (struct chart_signal){ CHART_FOURTEEN_ALTERNATE, s.high, 14 };
    } else if (are_within(newest, n, 15, true)) {
        s = (struct chart_signal){ CHART_FIFTEEN_WITHIN, s.high, 15 };
    } else if (are_within(newest, n, 8, false)) {
        s = (struct chart_signal){ CHART_EIGHT_OUTSIDE, s.high, 8 };
    } else {
        s = (struct chart_signal){ CHART_NONE, false, 0 };
    }
    return s;
}

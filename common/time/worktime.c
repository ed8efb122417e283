/* worktime: the walk over working hours, a day of the wall at a time and where nothing is special a
 * week. Adding, measuring and finding are the same walk, so that they are each other's inverse.
 *
 * Spans in the order of their times on the wall begin and end in the order of instants, too
 * (wall.h); they overlap around a clock that goes back only. So, going forward, a span counts from
 * where the one before it ended, and going back, up to where the one behind it begins: either way
 * the union is counted once.
 */
#include <assert.h>

#include "common/base/duration.h"
#include "common/time/worktime_made.h"
#include "common/time/zone_file.h"

enum { DAY_S = 86400, DAY_MINUTES = 24 * 60 };

#define WEEK_US  (7 * DAYS)
#define LOOK_US  ((int64_t)WORKTIME_YEARS_MAX * 366 * DAYS)
#define FARTHEST (INT64_C(1) << 61) /* instants beyond it, 73,000 years away, count as this one */

struct walk {
    const struct worktime *w;
    int64_t day;
    uint32_t week; /* the version of that day */
    uint32_t holiday; /* the first holiday on that day or behind it */
    int64_t even_from, even_to; /* days on which the wall runs evenly, */
    int64_t offset; /* so many microseconds east of UTC; otherwise of no meaning */
};

static int64_t clamped(int64_t v, int64_t low, int64_t high)
{
    return v < low ? low : v > high ? high : v;
}

/* --- days ---------------------------------------------------------------------------------------
 */

/* Walls run unevenly on a few days a year; looked up whenever the walk comes to such a border. */
static bool is_even(struct walk *k)
{
    struct wall_even even;
    if (k->day >= k->even_from && k->day < k->even_to)
        return true;
    if (!wall_even(k->w->zone, k->day * DAY_S, &even))
        return false;
    k->even_from = -floor_to(-even.from, DAY_S);
    k->even_to = floor_to(even.to - 1, DAY_S); /* their midnights belong to them, at both ends */
    k->offset = even.offset * SECONDS;
    return k->day >= k->even_from && k->day < k->even_to;
}

static void walk_to(struct walk *k, const struct worktime *w, int64_t day)
{
    uint32_t low = 0, high = w->holiday_count;
    *k = (struct walk){ .w = w, .day = day };
    while (k->week + 1 < w->week_count && w->weeks[k->week + 1].from_day <= day)
        k->week++;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (w->holidays[middle].day < day)
            low = middle + 1;
        else
            high = middle;
    }
    k->holiday = low;
}

static void step_forward(struct walk *k, int64_t days)
{
    const struct worktime *w = k->w;
    k->day += days;
    while (k->week + 1 < w->week_count && w->weeks[k->week + 1].from_day <= k->day)
        k->week++;
    while (k->holiday < w->holiday_count && w->holidays[k->holiday].day < k->day)
        k->holiday++;
}

static void step_back(struct walk *k, int64_t days)
{
    const struct worktime *w = k->w;
    k->day -= days;
    while (k->week > 0 && w->weeks[k->week].from_day > k->day)
        k->week--;
    while (k->holiday > 0 && w->holidays[k->holiday - 1].day >= k->day)
        k->holiday--;
}

struct parts {
    const struct worktime_part *at;
    int count;
    int32_t minutes;
};

static struct parts parts_of(const struct walk *k, struct worktime_part *holiday)
{
    const struct worktime *w = k->w;
    const struct worktime_week *week = &w->weeks[k->week];
    if (k->holiday < w->holiday_count && w->holidays[k->holiday].day == k->day) {
        const struct worktime_holiday *h = &w->holidays[k->holiday];
        *holiday = (struct worktime_part){ h->from, h->to };
        return (struct parts){ holiday, h->from < h->to, h->to - h->from };
    }
    int d = weekday_of(k->day);
    return (struct parts){ week->parts + week->first[d], week->first[d + 1] - week->first[d],
                           week->minutes[d] };
}

struct span {
    int64_t from, to;
};

static struct span span_of(struct walk *k, const struct worktime_part *p)
{
    const struct zone *z = k->w->zone;
    if (is_even(k)) {
        int64_t midnight = k->day * DAYS - k->offset;
        return (struct span){ midnight + p->from * MINUTES, midnight + p->to * MINUTES };
    }
    return (struct span){ wall_first(z, k->day, p->from), wall_last(z, k->day, p->to) };
}

/* --- the walk -----------------------------------------------------------------------------------
 */

/* Whole weeks from this day on in which no day is special and that end before `until`; fewer than
 * would use up the budget. */
static int64_t weeks_ahead(const struct walk *k, int64_t until, int64_t budget)
{
    const struct worktime *w = k->w;
    int64_t day = k->even_to, week = w->weeks[k->week].total * MINUTES;
    int64_t last = floor_to(until + k->offset, DAYS);
    day = last < day ? last : day;
    if (k->week + 1 < w->week_count && w->weeks[k->week + 1].from_day < day)
        day = w->weeks[k->week + 1].from_day;
    if (k->holiday < w->holiday_count && w->holidays[k->holiday].day < day)
        day = w->holidays[k->holiday].day;
    int64_t weeks = (day - k->day) / WEEK_DAYS;
    return week > 0 && weeks > (budget - 1) / week ? (budget - 1) / week : weeks;
}

/* The same backwards: weeks that end with this day and begin behind `until`. */
static int64_t weeks_behind(const struct walk *k, int64_t until, int64_t budget)
{
    const struct worktime *w = k->w;
    int64_t day = k->even_from, week = w->weeks[k->week].total * MINUTES;
    int64_t first = -floor_to(-(until + k->offset), DAYS);
    day = first > day ? first : day;
    if (k->week > 0 && w->weeks[k->week].from_day > day)
        day = w->weeks[k->week].from_day;
    if (k->holiday < w->holiday_count && w->holidays[k->holiday].day == k->day)
        return 0;
    if (k->holiday > 0 && w->holidays[k->holiday - 1].day + 1 > day)
        day = w->holidays[k->holiday - 1].day + 1;
    int64_t weeks = (k->day + 1 - day) / WEEK_DAYS;
    return week > 0 && weeks > (budget - 1) / week ? (budget - 1) / week : weeks;
}

/* Uses the budget up by working time from an instant on. The instant at which nothing is left of
 * it, or `until` when something is. */
static int64_t forward(const struct worktime *w, int64_t from, int64_t until, int64_t *budget)
{
    struct walk k;
    struct worktime_part holiday;
    int64_t high, low, done = from;
    wall_local(w->zone, floor_to(from, SECONDS), &high, &low);
    /* The evening of the day before may last until the second of two midnights. */
    walk_to(&k, w, floor_to(low, DAY_S) - (low % DAY_S == 0));
    for (;; step_forward(&k, 1)) {
        struct parts parts = parts_of(&k, &holiday);
        if (is_even(&k)) {
            int64_t midnight = k.day * DAYS - k.offset;
            if (midnight >= until)
                return until;
            if (midnight >= done && midnight + WEEK_US <= until) {
                int64_t weeks = weeks_ahead(&k, until, *budget);
                if (weeks > 0) {
                    *budget -= weeks * w->weeks[k.week].total * MINUTES;
                    step_forward(&k, weeks * WEEK_DAYS - 1);
                    continue;
                }
            }
            if (midnight >= done && midnight + DAYS <= until && *budget > parts.minutes * MINUTES) {
                *budget -= parts.minutes * MINUTES;
                continue;
            }
        } else if (wall_first(w->zone, k.day, 0) >= until) {
            return until;
        }
        for (int i = 0; i < parts.count; i++) {
            struct span s = span_of(&k, &parts.at[i]);
            int64_t begin = s.from > done ? s.from : done, end = s.to < until ? s.to : until;
            if (end > begin && end - begin >= *budget) {
                begin += *budget;
                *budget = 0;
                return begin;
            }
            *budget -= end > begin ? end - begin : 0;
            done = s.to > done ? s.to : done;
        }
    }
}

/* The same towards the past. */
static int64_t backward(const struct worktime *w, int64_t from, int64_t until, int64_t *budget)
{
    struct walk k;
    struct worktime_part holiday;
    int64_t high, low, done = from;
    wall_local(w->zone, floor_to(from, SECONDS), &high, &low);
    walk_to(&k, w, floor_to(high, DAY_S));
    for (;; step_back(&k, 1)) {
        struct parts parts = parts_of(&k, &holiday);
        if (is_even(&k)) {
            int64_t end = (k.day + 1) * DAYS - k.offset;
            if (end <= until)
                return until;
            if (end <= done && end - WEEK_US >= until) {
                int64_t weeks = weeks_behind(&k, until, *budget);
                if (weeks > 0) {
                    *budget -= weeks * w->weeks[k.week].total * MINUTES;
                    step_back(&k, weeks * WEEK_DAYS - 1);
                    continue;
                }
            }
            if (end <= done && end - DAYS >= until && *budget > parts.minutes * MINUTES) {
                *budget -= parts.minutes * MINUTES;
                continue;
            }
        } else if (wall_last(w->zone, k.day, DAY_MINUTES) <= until) {
            return until;
        }
        for (int i = parts.count; i-- > 0;) {
            struct span s = span_of(&k, &parts.at[i]);
            int64_t begin = s.from > until ? s.from : until, end = s.to < done ? s.to : done;
            if (end > begin && end - begin >= *budget) {
                end -= *budget;
                *budget = 0;
                return end;
            }
            *budget -= end > begin ? end - begin : 0;
            done = s.from < done ? s.from : done;
        }
    }
}

/* --- adding and measuring -----------------------------------------------------------------------
 */

static int64_t sum(int64_t a, int64_t b)
{
    int64_t ret;
    if (__builtin_add_overflow(a, b, &ret))
        return b < 0 ? INT64_MIN : INT64_MAX;
    return ret;
}

int64_t worktime_add(const struct worktime *w, int64_t from, int64_t duration)
{
    if (!w)
        return sum(from, duration);
    if (duration == 0)
        return from;
    int64_t never = duration > 0 ? WORKTIME_NEVER : INT64_MIN;
    if (from <= -FARTHEST || from >= FARTHEST || duration < -LOOK_US || duration > LOOK_US)
        return never;
    int64_t budget = duration > 0 ? duration : -duration;
    int64_t at = duration > 0 ? forward(w, from, from + LOOK_US, &budget)
                              : backward(w, from, from - LOOK_US, &budget);
    return budget == 0 ? at : never;
}

int64_t worktime_between(const struct worktime *w, int64_t from, int64_t to)
{
    int64_t budget = INT64_MAX;
    if (to < from)
        return -worktime_between(w, to, from);
    from = clamped(from, -FARTHEST, FARTHEST);
    to = clamped(to, -FARTHEST, FARTHEST);
    if (!w)
        return to - from;
    forward(w, from, to, &budget);
    return INT64_MAX - budget;
}

/* --- spans --------------------------------------------------------------------------------------
 */

bool worktime_span(const struct worktime *w, int64_t at, int64_t *ret_from, int64_t *ret_to)
{
    int64_t budget = 1, high, low, done = INT64_MIN;
    struct worktime_part holiday;
    struct walk k;
    if (!w) {
        *ret_from = INT64_MIN;
        *ret_to = INT64_MAX;
        return true;
    }
    if (at <= -FARTHEST || at >= FARTHEST)
        return false;
    /* The first microsecond that is worked from then on lies in the span that is asked for; it is
     * the last one that begins before its end, but for those that another one has begun. */
    int64_t end = forward(w, at, at + LOOK_US, &budget);
    if (budget)
        return false;
    wall_local(w->zone, floor_to(end - 1, SECONDS), &high, &low);
    for (walk_to(&k, w, floor_to(low, DAY_S) - 2);; step_forward(&k, 1)) {
        struct parts parts = parts_of(&k, &holiday);
        for (int i = 0; i < parts.count; i++) {
            struct span s = span_of(&k, &parts.at[i]);
            s.from = s.from > done ? s.from : done;
            done = s.to > done ? s.to : done;
            if (s.from < end && s.to >= end) {
                *ret_from = s.from;
                *ret_to = s.to;
                return true;
            }
        }
    }
}

bool worktime_open(const struct worktime *w, int64_t at)
{
    return worktime_between(w, at, sum(at, 1)) == 1;
}

/* --- days ---------------------------------------------------------------------------------------
 */

/* The instants of a day's first and last working moment; false when it has none. */
static bool day_worked(struct walk *k, int64_t *ret_from, int64_t *ret_to)
{
    struct worktime_part holiday;
    struct parts parts = parts_of(k, &holiday);
    bool worked = false;
    for (int i = 0; i < parts.count; i++) {
        struct span s = span_of(k, &parts.at[i]);
        if (s.from >= s.to) /* its hours are skipped by the clock */
            continue;
        *ret_from = worked ? *ret_from : s.from;
        *ret_to = s.to;
        worked = true;
    }
    return worked;
}

int64_t worktime_add_days(const struct worktime *w, int64_t from, int64_t days, bool end_of_day)
{
    assert(days > 0);
    if (!w) {
        int64_t at = sum(from, days < LOOK_US / DAYS ? days * DAYS : LOOK_US);
        return end_of_day ? sum((floor_to(at, DAYS)) * DAYS, DAYS) : at;
    }
    if (from <= -FARTHEST || from >= FARTHEST)
        return WORKTIME_NEVER;
    struct walk k;
    int64_t high, low, opens = 0, closes = 0;
    int64_t second = floor_to(from, SECONDS);
    int64_t local = wall_local(w->zone, second, &high, &low);
    int64_t day = floor_to(local, DAY_S), time = local - day * DAY_S;
    walk_to(&k, w, day);
    while (days > 0) {
        step_forward(&k, 1);
        if (w->weeks[k.week].total == 0 && is_even(&k)) /* closed for a long time */
            step_forward(&k, weeks_ahead(&k, from + LOOK_US, 1) * WEEK_DAYS);
        if (k.day - day > LOOK_US / DAYS)
            return WORKTIME_NEVER;
        days -= day_worked(&k, &opens, &closes);
    }
    if (end_of_day)
        return closes;
    local = k.day * DAY_S + time;
    second = wall_first_second(w->zone, local);
    int64_t at = second * SECONDS;
    if (wall_local(w->zone, second, &high, &low) == local)
        at += from - floor_to(from, SECONDS) * SECONDS;
    int64_t next = 0, end = 0;
    at = at < opens ? opens : at;
    if (at >= closes || !worktime_span(w, at, &next, &end))
        return closes;
    return at < next ? next : at;
}

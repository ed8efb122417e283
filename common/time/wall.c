/* wall: see wall.h. Looked up in a zone's table; behind it, in one of the years around. */
#include "common/time/wall.h"

#include "common/time/zone_file.h"

enum { DAY_S = 86400, MINUTE_S = 60, SECOND_US = 1000000 };

/* Beyond it microseconds do not fit. */
#define SECONDS_MOST (INT64_MAX / SECOND_US - 2 * ZONE_OFFSET_MAX)

/* --- tables -------------------------------------------------------------------------------------
 */

void zone_table_push(struct zone_table *t, int64_t at, int32_t offset, const char *word)
{
    size_t i = t->count && t->at[t->count - 1] == at ? t->count - 1 : t->count++;
    t->at[i] = at;
    t->offset[i] = offset;
    t->word[i] = word;
}

void zone_table_finish(struct zone_table *t)
{
    int64_t high = -ZONE_ENDLESS, low = ZONE_ENDLESS;
    for (size_t i = 0; i < t->count; i++) {
        int64_t end = i + 1 < t->count ? t->at[i + 1] + t->offset[i] : ZONE_ENDLESS;
        high = end > high ? end : high;
        t->high[i] = high;
    }
    for (size_t i = t->count; i-- > 0;) {
        int64_t begin = i ? t->at[i] + t->offset[i] : -ZONE_ENDLESS;
        low = begin < low ? begin : low;
        t->low[i] = low;
    }
}

const struct zone_table *zone_table_for(const struct zone *z, int64_t seconds,
                                        struct zone_near *near)
{
    enum { AROUND = 3 };
    struct zone_turn turns[2 * AROUND];
    int64_t year;
    int month, day;
    if (seconds < z->until)
        return &z->table;
    near->table =
        (struct zone_table){ 0, near->at, near->high, near->low, near->offset, near->word };
    zone_date(floor_to(seconds, DAY_S), &year, &month, &day);
    zone_rule_years(&z->rule, year - 1, AROUND, turns);
    bool summer = turns[0].word == z->rule.standard_word; /* before the first of them */
    zone_table_push(&near->table, -ZONE_ENDLESS, summer ? z->rule.summer : z->rule.standard,
                    summer ? z->rule.summer_word : z->rule.standard_word);
    for (size_t i = 0; i < 2 * AROUND; i++)
        zone_table_push(&near->table, turns[i].at, turns[i].offset, turns[i].word);
    zone_table_finish(&near->table);
    return &near->table;
}

/* How many of the values that never fall are at most v. */
static size_t until(const int64_t *at, size_t count, int64_t v)
{
    size_t low = 0;
    while (count > 0) {
        size_t half = count / 2;
        bool behind = at[low + half] <= v;
        low = behind ? low + half + 1 : low;
        count = behind ? count - half - 1 : half;
    }
    return low;
}

size_t zone_table_at(const struct zone_table *t, int64_t seconds)
{
    size_t n = until(t->at, t->count, seconds);
    return n ? n - 1 : 0;
}

/* The first stretch that shows a time later than this one, and the last that shows one not later.
 */
static size_t first_beyond(const struct zone_table *t, int64_t local)
{
    size_t n = until(t->high, t->count, local);
    return n < t->count ? n : t->count - 1;
}

static size_t last_within(const struct zone_table *t, int64_t local)
{
    size_t n = until(t->low, t->count, local);
    return n ? n - 1 : 0;
}

/* --- seconds ------------------------------------------------------------------------------------
 */

int64_t wall_first_second(const struct zone *z, int64_t local)
{
    struct zone_near near;
    const struct zone_table *t = zone_table_for(z, local, &near);
    size_t i = first_beyond(t, local);
    int64_t at = local - t->offset[i];
    return at > t->at[i] ? at : t->at[i];
}

int64_t wall_last_second(const struct zone *z, int64_t local)
{
    struct zone_near near;
    const struct zone_table *t = zone_table_for(z, local, &near);
    size_t i = last_within(t, local);
    int64_t at = local - t->offset[i];
    return i + 1 < t->count && at > t->at[i + 1] ? t->at[i + 1] : at;
}

bool wall_even(const struct zone *z, int64_t local, struct wall_even *ret)
{
    struct zone_near near;
    const struct zone_table *t = zone_table_for(z, local, &near);
    size_t i = first_beyond(t, local);
    int64_t from = i ? t->at[i] + t->offset[i] : -ZONE_ENDLESS, to = ZONE_ENDLESS;
    if (i && t->high[i - 1] > from)
        from = t->high[i - 1];
    if (i + 1 < t->count) {
        to = t->at[i + 1] + t->offset[i];
        to = t->low[i + 1] < to ? t->low[i + 1] : to;
    }
    *ret = (struct wall_even){ from, to, t->offset[i] };
    return local >= from && local < to;
}

int64_t wall_local(const struct zone *z, int64_t seconds, int64_t *ret_high, int64_t *ret_low)
{
    struct zone_near near;
    const struct zone_table *t = zone_table_for(z, seconds, &near);
    size_t i = zone_table_at(t, seconds);
    int64_t local = seconds + t->offset[i];
    *ret_high = i && t->high[i - 1] > local ? t->high[i - 1] : local;
    *ret_low = i + 1 < t->count && t->low[i + 1] < local ? t->low[i + 1] : local;
    return local;
}

/* --- microseconds -------------------------------------------------------------------------------
 */

int32_t zone_offset(const struct zone *z, int64_t instant, const char **ret_abbreviation)
{
    struct zone_near near;
    int64_t seconds = floor_to(instant, SECOND_US);
    const struct zone_table *t = zone_table_for(z, seconds, &near);
    size_t i = zone_table_at(t, seconds);
    *ret_abbreviation = t->word[i];
    return t->offset[i];
}

static int64_t clamped(int64_t v, int64_t most)
{
    return v < -most ? -most : v > most ? most : v;
}

/* Seconds of a day and minute on a wall, as far as they can be told in microseconds. */
static int64_t local_of(int64_t day, int64_t minutes)
{
    int64_t local = clamped(day, SECONDS_MOST / DAY_S + 1) * DAY_S + minutes * MINUTE_S;
    return clamped(local, SECONDS_MOST);
}

int64_t wall_first(const struct zone *z, int64_t day, int64_t minutes)
{
    return wall_first_second(z, local_of(day, minutes)) * SECOND_US;
}

int64_t wall_last(const struct zone *z, int64_t day, int64_t minutes)
{
    return wall_last_second(z, local_of(day, minutes)) * SECOND_US;
}

enum wall_kind wall_kind(const struct zone *z, int64_t day, int64_t minutes)
{
    struct wall_even even;
    int64_t high, low, local = local_of(day, minutes);
    if (wall_even(z, local, &even))
        return WALL_ONCE;
    int64_t first = wall_first_second(z, local);
    if (first != wall_last_second(z, local))
        return WALL_TWICE;
    return wall_local(z, first, &high, &low) == local ? WALL_ONCE : WALL_NEVER;
}

void wall_at(const struct zone *z, int64_t instant, int64_t *ret_day, int64_t *ret_minutes)
{
    int64_t high, low, local = wall_local(z, floor_to(instant, SECOND_US), &high, &low);
    *ret_day = floor_to(local, DAY_S);
    *ret_minutes = (local - *ret_day * DAY_S) / MINUTE_S;
}

int weekday_of(int64_t day)
{
    return (int)(((day + 3) % 7 + 7) % 7); /* 1970 began on a Thursday */
}

/* roster_turn: whose turn it is in one layer (RULES.md, rosters). Turns are counted on the wall:
 * the n-th begins at the first instant at which the wall shows its day and time, and ends where the
 * next one begins; so whatever clocks do, turns neither leave a gap nor overlap. */
#include "services/catalog/roster.h"

enum { DAY_MINUTES = 1440, WEEK_MINUTES = 7 * DAY_MINUTES, MONTHS = 12, SKIPPED_DAYS = 2 };

static int64_t floor_by(int64_t v, int64_t by)
{
    return v / by - (v % by < 0);
}

static int64_t greatest_common(int64_t a, int64_t b)
{
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* --- months -------------------------------------------------------------------------------------
 */

/* Days of the Gregorian calendar in eras of 400 years, which begin on the first of March. */
enum { ERA_DAYS = 146097, ERA_YEARS = 400, ERA_OF_1970 = 719468 };

static int64_t day_of(int64_t year, int64_t month, int64_t day)
{
    year -= month < 3;
    int64_t era = floor_by(year, ERA_YEARS), y = year - era * ERA_YEARS;
    int64_t in_year = (153 * (month + (month < 3 ? 9 : -3)) + 2) / 5 + day - 1;
    return era * ERA_DAYS + y * 365 + y / 4 - y / 100 + in_year - ERA_OF_1970;
}

/* Months since the year 0, and the day of the month. */
static int64_t month_of(int64_t days, int64_t *ret_day)
{
    int64_t era = floor_by(days + ERA_OF_1970, ERA_DAYS);
    int64_t in_era = days + ERA_OF_1970 - era * ERA_DAYS;
    int64_t y = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t in_year = in_era - (365 * y + y / 4 - y / 100);
    int64_t m = (5 * in_year + 2) / 153; /* 0 is March */
    *ret_day = in_year - (153 * m + 2) / 5 + 1;
    return (era * ERA_YEARS + y) * MONTHS + m + 2;
}

/* So many months later, on the same day or on the month's last. */
static int64_t months_later(int64_t days, int64_t months)
{
    int64_t day, month = month_of(days, &day) + months;
    int64_t first =
        day_of(floor_by(month, MONTHS), month - floor_by(month, MONTHS) * MONTHS + 1, 1);
    month++;
    int64_t next = day_of(floor_by(month, MONTHS), month - floor_by(month, MONTHS) * MONTHS + 1, 1);
    return first + day - 1 < next ? first + day - 1 : next - 1;
}

/* --- turns --------------------------------------------------------------------------------------
 */

/* Minutes on the wall of a turn; 0 when it is counted in months, or in hours that have passed. */
static int64_t turn_minutes(const struct layer *y)
{
    int64_t hours = y->every * 60;
    switch (y->unit) {
    case turn_unit_day:
        return y->every * DAY_MINUTES;
    case turn_unit_week:
        return y->every * WEEK_MINUTES;
    case turn_unit_hour:
        return DAY_MINUTES % hours == 0 || hours % DAY_MINUTES == 0 ? hours : 0;
    default:
        return 0;
    }
}

bool layer_skips_well(const struct layer *layer)
{
    return !layer->skips || layer->unit != turn_unit_hour || turn_minutes(layer) > 0;
}

static int64_t turn_begins(const struct layer_plan *l, int64_t n)
{
    const struct layer *y = l->layer;
    if (l->elapsed)
        return l->begins + n * l->elapsed;
    if (!l->turn)
        return wall_first(l->zone, months_later(y->from, n * y->every), y->handover);
    int64_t minutes = y->from * DAY_MINUTES + y->handover + n * l->turn;
    int64_t day = floor_by(minutes, DAY_MINUTES);
    return wall_first(l->zone, day, minutes - day * DAY_MINUTES);
}

/* About which turn it is, by what the wall shows: exact but for clocks that were set. */
static int64_t turn_near(const struct layer_plan *l, int64_t at)
{
    const struct layer *y = l->layer;
    int64_t day, minutes, ignored, n;
    if (l->elapsed)
        return (at - l->begins) / l->elapsed;
    wall_at(l->zone, at, &day, &minutes);
    if (l->turn)
        n = (day * DAY_MINUTES + minutes - y->from * DAY_MINUTES - y->handover) / l->turn;
    else
        n = (month_of(day, &ignored) - month_of(y->from, &ignored)) / y->every;
    return n > 0 ? n : 0;
}

/* The turn of an instant from the layer's beginning on: a turn that clocks left no time is not it.
 */
static int64_t turn_of(const struct layer_plan *l, int64_t at)
{
    int64_t n = turn_near(l, at);
    while (n > 0 && turn_begins(l, n) > at)
        n--;
    while (turn_begins(l, n + 1) <= at)
        n++;
    return n;
}

/* --- the hours of the week ----------------------------------------------------------------------
 */

static bool is_on(const struct layer_plan *l, uint32_t i, int64_t day)
{
    return l->days[i] >> weekday_of(day) & 1;
}

/* Restrictions end behind midnight when they do not end later than they begin. */
static int64_t last_day(const struct restriction *r, int64_t day)
{
    return day + (r->to <= r->from);
}

static bool turn_has_hours(const struct layer_plan *l, int64_t n)
{
    const struct layer *y = l->layer;
    int64_t from = y->from * DAY_MINUTES + y->handover + n * l->turn, to = from + l->turn;
    for (int64_t day = floor_by(from, DAY_MINUTES) - 1; day * DAY_MINUTES < to; day++)
        for (uint32_t i = 0; i < y->restrictions.count; i++) {
            const struct restriction *r = &y->restrictions.at[i];
            if (is_on(l, i, day) && day * DAY_MINUTES + r->from < to &&
                last_day(r, day) * DAY_MINUTES + r->to > from)
                return true;
        }
    return false;
}

/* Eligibility is by the wall's days and times, so it comes again with the weeks and can be counted
 * without going through all turns since the layer's beginning. */
static void count_turns(struct layer_plan *l)
{
    const struct layer *y = l->layer;
    if (!y->skips || !y->restrictions.count || !l->turn)
        return;
    l->round = (uint32_t)(WEEK_MINUTES / greatest_common(l->turn, WEEK_MINUTES));
    for (uint32_t n = 0; n < l->round; n++)
        l->counted[n + 1] = (uint8_t)(l->counted[n] + turn_has_hours(l, n));
}

/* Which of the people has the turn; where clocks give hours to a turn that has none by its times,
 * they stay with whoever had the turn before. */
static int64_t place_of(const struct layer_plan *l, int64_t n)
{
    if (!l->round)
        return n;
    const uint8_t *counted = &l->counted[n % l->round];
    int64_t place = n / l->round * l->counted[l->round] + counted[1] - 1;
    return place > 0 ? place : 0;
}

/* Whether the layer's hours hold, and until when that stays so. */
static bool hours_hold(const struct layer_plan *l, int64_t at, int64_t *ret_until)
{
    const struct restriction_list *all = &l->layer->restrictions;
    int64_t day, minutes, next = ROTA_ENDS;
    *ret_until = ROTA_ENDS;
    if (!all->count)
        return true;
    wall_at(l->zone, at, &day, &minutes);
    /* A week and a day that a zone may skip; from before yesterday, for clocks that went back. */
    for (int64_t on = day - SKIPPED_DAYS; on <= day + 7 + SKIPPED_DAYS && next == ROTA_ENDS; on++)
        for (uint32_t i = 0; i < all->count; i++) {
            const struct restriction *r = &all->at[i];
            if (!is_on(l, i, on))
                continue;
            int64_t from = wall_first(l->zone, on, r->from);
            int64_t to = wall_last(l->zone, last_day(r, on), r->to);
            if (from <= at && at < to) {
                *ret_until = to;
                return true;
            }
            if (from > at && from < to && from < next)
                next = from;
        }
    *ret_until = next;
    return false;
}

/* --- layers -------------------------------------------------------------------------------------
 */

void layer_plan_make(const struct layer *layer, const struct zone *z, struct layer_plan *ret)
{
    *ret = (struct layer_plan){ .layer = layer, .zone = z, .ends = ROTA_ENDS };
    ret->begins = wall_first(z, layer->from, layer->handover);
    if (layer->has.to)
        ret->ends = wall_first(z, layer->to, layer->handover);
    ret->turn = turn_minutes(layer);
    if (layer->unit == turn_unit_hour && !ret->turn)
        ret->elapsed = layer->every * HOURS;
    for (uint32_t i = 0; i < layer->restrictions.count; i++)
        (void)worktime_days_parse(layer->restrictions.at[i].days, &ret->days[i]);
    count_turns(ret);
}

void layer_at(const struct layer_plan *l, int64_t at, struct turn *ret)
{
    const struct person_name_list *people = &l->layer->people;
    *ret = (struct turn){ .until = l->begins };
    if (at < l->begins)
        return;
    ret->until = ROTA_ENDS;
    if (at >= l->ends)
        return;
    ret->holds = hours_hold(l, at, &ret->until);
    if (ret->until > l->ends)
        ret->until = l->ends;
    if (!ret->holds)
        return;
    if (people->count == 1) {
        ret->person = people->at[0].person;
        return;
    }
    int64_t n = turn_of(l, at), next = turn_begins(l, n + 1);
    ret->person = people->at[place_of(l, n) % people->count].person;
    if (next < ret->until)
        ret->until = next;
}

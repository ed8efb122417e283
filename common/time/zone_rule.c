/* zone_rule: the footer of a TZif file: "CET-1CEST,M3.5.0,M10.5.0/3" (POSIX TZ, with RFC 8536's
 * times from -167 to 167 hours), and the calendar that it needs. */
#include <ctype.h>
#include <errno.h>

#include "common/time/zone_file.h"

enum { DAY_S = 86400, HOUR_S = 3600 };

/* --- the calendar -------------------------------------------------------------------------------
 */

/* Years begin in March here, so that the leap day is the last of its year (400 years have 146097
 * days). */
int64_t zone_days(int64_t year, int month, int day)
{
    if (month <= 2)
        year--;
    int64_t era = (year >= 0 ? year : year - 399) / 400, in_era = year - era * 400;
    int64_t in_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

void zone_date(int64_t days, int64_t *ret_year, int *ret_month, int *ret_day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097, in_era = days - era * 146097;
    int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t in_year = in_era - (365 * year + year / 4 - year / 100);
    int month = (int)((5 * in_year + 2) / 153);
    *ret_day = (int)(in_year - (153 * month + 2) / 5 + 1);
    *ret_month = month < 10 ? month + 3 : month - 9;
    *ret_year = year + era * 400 + (*ret_month <= 2);
}

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_length(int64_t year, int month)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return lengths[month - 1] + (month == 2 && is_leap(year));
}

/* Midnight of the change's day in a year, in days since 1970. */
static int64_t change_day(const struct zone_change *c, int64_t year)
{
    int64_t first = zone_days(year, 1, 1);
    if (c->kind == CHANGE_DAY)
        return first + c->day;
    if (c->kind == CHANGE_JULIAN)
        return first + c->day - 1 + (is_leap(year) && c->day >= 60);
    first = zone_days(year, c->month, 1);
    int weekday = (int)(((first + 4) % 7 + 7) % 7); /* 1970 began on a Thursday */
    int day = (c->weekday - weekday + 7) % 7 + (c->week - 1) * 7;
    return first + (day < month_length(year, c->month) ? day : day - 7);
}

/* --- reading ------------------------------------------------------------------------------------
 */

struct cursor {
    const char *at, *end;
};

static bool take(struct cursor *c, char what)
{
    if (c->at == c->end || *c->at != what)
        return false;
    c->at++;
    return true;
}

static bool take_number(struct cursor *c, int most, int *ret)
{
    int v = 0;
    const char *begin = c->at;
    for (; c->at < c->end && isdigit((unsigned char)*c->at) && c->at - begin < 4; c->at++)
        v = v * 10 + (*c->at - '0');
    *ret = v;
    return c->at > begin && v <= most;
}

/* "CET" or "<-03>". */
static bool take_word(struct cursor *c, char out[static ZONE_WORD_MAX + 1])
{
    size_t n = 0;
    bool quoted = take(c, '<');
    for (; c->at < c->end; c->at++) {
        unsigned char b = (unsigned char)*c->at;
        if (!isalpha(b) && !(quoted && (isdigit(b) || b == '+' || b == '-')))
            break;
        if (n == ZONE_WORD_MAX)
            return false;
        out[n++] = (char)b;
    }
    out[n] = 0;
    return n >= 3 && (!quoted || take(c, '>'));
}

/* [+-]hh[:mm[:ss]] */
static bool take_time(struct cursor *c, int hours_max, int32_t *ret)
{
    int sign = take(c, '-') ? -1 : 1, hours, minutes = 0, seconds = 0;
    if (sign > 0)
        take(c, '+');
    if (!take_number(c, hours_max, &hours))
        return false;
    if (take(c, ':') &&
        (!take_number(c, 59, &minutes) || (take(c, ':') && !take_number(c, 59, &seconds))))
        return false;
    *ret = sign * (hours * HOUR_S + minutes * 60 + seconds);
    return true;
}

static bool take_change(struct cursor *c, struct zone_change *ret)
{
    *ret = (struct zone_change){ .seconds = 2 * HOUR_S };
    bool good;
    if (take(c, 'M')) {
        ret->kind = CHANGE_WEEKDAY;
        good = take_number(c, 12, &ret->month) && ret->month > 0 && take(c, '.') &&
               take_number(c, 5, &ret->week) && ret->week > 0 && take(c, '.') &&
               take_number(c, 6, &ret->weekday);
    } else if (take(c, 'J')) {
        ret->kind = CHANGE_JULIAN;
        good = take_number(c, 365, &ret->day) && ret->day > 0;
    } else {
        ret->kind = CHANGE_DAY;
        good = take_number(c, 365, &ret->day);
    }
    return good && (!take(c, '/') || take_time(c, 167, &ret->seconds));
}

/* POSIX counts west of Greenwich. */
static bool take_offset(struct cursor *c, int32_t *ret)
{
    int32_t west;
    if (!take_time(c, 24, &west))
        return false;
    *ret = -west;
    return true;
}

int zone_rule_parse(struct text t, struct zone_rule *ret)
{
    struct cursor c = { t.at, t.at + t.length };
    struct zone_rule r = { .given = true };
    if (!take_word(&c, r.standard_word) || !take_offset(&c, &r.standard))
        return -EBADMSG;
    if (c.at < c.end) {
        r.has_summer = true;
        r.summer = r.standard + HOUR_S;
        if (!take_word(&c, r.summer_word))
            return -EBADMSG;
        if (c.at < c.end && *c.at != ',' && !take_offset(&c, &r.summer))
            return -EBADMSG;
        if (!take(&c, ',') || !take_change(&c, &r.begins) || !take(&c, ',') ||
            !take_change(&c, &r.ends) || c.at < c.end)
            return -EBADMSG;
    }
    *ret = r;
    return 0;
}

/* --- what it says -------------------------------------------------------------------------------
 */

/* Insertion keeps what is equal in its order, and there is hardly anything to move. */
static void turn_insert(struct zone_turn *turns, size_t n, struct zone_turn t)
{
    for (; n > 0 && turns[n - 1].at > t.at; n--)
        turns[n] = turns[n - 1];
    turns[n] = t;
}

void zone_rule_years(const struct zone_rule *r, int64_t first, size_t years, struct zone_turn *ret)
{
    for (size_t i = 0; i < years; i++) {
        int64_t y = first + (int64_t)i;
        int64_t begins = change_day(&r->begins, y) * DAY_S + r->begins.seconds - r->standard;
        int64_t ends = change_day(&r->ends, y) * DAY_S + r->ends.seconds - r->summer;
        turn_insert(ret, 2 * i, (struct zone_turn){ ends, r->standard, r->standard_word });
        turn_insert(ret, 2 * i + 1, (struct zone_turn){ begins, r->summer, r->summer_word });
    }
}

/* The last change at or before the instant decides. The years beside are looked at because times
 * leave their day, and offsets the year. */
int32_t zone_rule_at(const struct zone_rule *r, int64_t seconds, const char **ret_word)
{
    enum { AROUND = 3 };
    struct zone_turn turns[2 * AROUND];
    int64_t year;
    int month, day;
    struct zone_turn last = { 0, r->standard, r->standard_word };
    if (r->has_summer) {
        zone_date(floor_to(seconds + r->standard, DAY_S), &year, &month, &day);
        zone_rule_years(r, year - 1, AROUND, turns);
        for (size_t i = 0; i < 2 * AROUND && turns[i].at <= seconds; i++)
            last = turns[i];
    }
    *ret_word = last.word;
    return last.offset;
}

/* dates: see dates.h. */
#include "services/edge/dates.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <strings.h>

#include "common/msg.h"
#include "common/service.h"

struct parts {
    int year, month, day, hour, minute, second;
};

int date_pattern_make(struct text pattern, struct date_pattern *ret)
{
    static const char known[] = "YmdHMSb%";
    bool year = false, month = false, day = false;
    if (text_equal(pattern, text_from("iso"))) {
        *ret = (struct date_pattern){ .text = "iso", .iso = true };
        return 0;
    }
    if (pattern.length >= DATES_PATTERN_MAX)
        return -EINVAL;
    for (uint32_t i = 0; i < pattern.length; i++) {
        if (pattern.at[i] != '%')
            continue;
        if (++i == pattern.length || !strchr(known, pattern.at[i]))
            return -EINVAL;
        year = year || pattern.at[i] == 'Y';
        month = month || pattern.at[i] == 'm' || pattern.at[i] == 'b';
        day = day || pattern.at[i] == 'd';
    }
    if (!year || !month || !day)
        return -EINVAL;
    *ret = (struct date_pattern){ 0 };
    memcpy(ret->text, pattern.at, pattern.length);
    return 0;
}

/* Days since 1970-01-01 of a day of the Gregorian calendar (Hinnant's algorithm: years begin in
 * March). */
static int64_t days_of(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int month_days(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

/* From `least` to `most` digits at *at. */
static bool digits(struct text t, uint32_t *at, uint32_t least, uint32_t most, int *ret)
{
    uint32_t n = 0;
    int value = 0;
    for (; n < most && *at + n < t.length && isdigit((unsigned char)t.at[*at + n]); n++)
        value = value * 10 + (t.at[*at + n] - '0');
    *at += n;
    *ret = value;
    return n >= least;
}

static bool month_name(struct text t, uint32_t *at, int *ret)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    for (int i = 0; *at + 3 <= t.length && i < 12; i++) {
        if (strncasecmp(names + 3 * i, t.at + *at, 3) == 0) {
            *at += 3;
            *ret = i + 1;
            return true;
        }
    }
    return false;
}

static bool directive(char what, struct text t, uint32_t *at, struct parts *p)
{
    switch (what) {
    case 'Y':
        return digits(t, at, 4, 4, &p->year);
    case 'm':
        return digits(t, at, 1, 2, &p->month);
    case 'd':
        return digits(t, at, 1, 2, &p->day);
    case 'H':
        return digits(t, at, 1, 2, &p->hour);
    case 'M':
        return digits(t, at, 2, 2, &p->minute);
    case 'S':
        return digits(t, at, 2, 2, &p->second);
    case 'b':
        return month_name(t, at, &p->month);
    default:
        return *at < t.length && t.at[(*at)++] == '%';
    }
}

static bool match(const char *pattern, struct text t, struct parts *p)
{
    uint32_t at = 0;
    for (; *pattern; pattern++) {
        if (*pattern == '%') {
            if (!directive(*++pattern, t, &at, p))
                return false;
        } else if (at == t.length || t.at[at] != *pattern) {
            return false;
        } else {
            for (at++; *pattern == ' ' && at < t.length && t.at[at] == ' ';)
                at++;
        }
    }
    return at == t.length;
}

int date_parse(const struct date_pattern *p, struct text t, int64_t offset, int64_t *ret)
{
    struct parts v = { 0 };
    if (p->iso)
        return instant_parse(t, ret);
    if (!match(p->text, t, &v))
        return -EINVAL;
    if (v.year < 1970 || v.month < 1 || v.month > 12 || v.day < 1 ||
        v.day > month_days(v.year, v.month) || v.hour > 23 || v.minute > 59 || v.second > 59)
        return -EINVAL;
    int64_t seconds =
        ((days_of(v.year, v.month, v.day) * 24 + v.hour) * 60 + v.minute) * 60 + v.second;
    *ret = seconds * SECONDS - offset;
    return 0;
}

int zone_parse(struct text t, int64_t *ret)
{
    int hours = 0, minutes = 0;
    uint32_t at = 1;
    if (text_equal(t, text_from("UTC")) || text_equal(t, text_from("Z"))) {
        *ret = 0;
        return 0;
    }
    if (t.length != 6 || (t.at[0] != '+' && t.at[0] != '-') || !digits(t, &at, 2, 2, &hours) ||
        t.at[at++] != ':' || !digits(t, &at, 2, 2, &minutes) || hours > 14 || minutes > 59)
        return -EINVAL;
    *ret = (hours * 60 + minutes) * MINUTES * (t.at[0] == '-' ? -1 : 1);
    return 0;
}

/* dates: see dates.h. */
#include "services/edge/dates.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <strings.h>

#include "common/msg/msg.h"
#include "common/service.h"

struct parts {
    int year, month, day, hour, minute, second, micros;
    int64_t offset; /* east of UTC */
};

int date_pattern_make(struct text pattern, struct date_pattern *ret)
{
    static const char known[] = "YmdHMSbfz%";
    bool year = false, month = false;
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
    }
    if (!year || !month)
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

/* A fraction of a second, of which microseconds are kept. */
static bool fraction(struct text t, uint32_t *at, int *ret)
{
    int value, scale = 100000;
    uint32_t from = *at;
    *ret = 0;
    while (digits(t, at, 1, 1, &value) && *at - from <= DATES_FRACTION_MAX) {
        *ret += value * scale;
        scale /= 10;
    }
    return *at > from && *at - from <= DATES_FRACTION_MAX;
}

/* Z, +01:00, +0100 or +01. */
static bool offset_at(struct text t, uint32_t *at, int64_t *ret)
{
    int hours = 0, minutes = 0;
    char sign = *at < t.length ? t.at[*at] : '\0';
    ++*at;
    *ret = 0;
    if (sign == 'Z' || sign == 'z')
        return true;
    if ((sign != '+' && sign != '-') || !digits(t, at, 2, 2, &hours))
        return false;
    bool colon = *at < t.length && t.at[*at] == ':';
    *at += colon;
    if ((colon || *at < t.length) && !digits(t, at, 2, 2, &minutes))
        return false;
    *ret = (hours * 60 + minutes) * MINUTES * (sign == '-' ? -1 : 1);
    return hours <= 14 && minutes <= 59;
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
    case 'f':
        return fraction(t, at, &p->micros);
    case 'z':
        return offset_at(t, at, &p->offset);
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

/* RFC 3339 sets no end to the digits of a fraction, and Go's clocks give nine. */
static int iso_parse(struct text t, int64_t *ret)
{
    enum { SECOND_END = sizeof "1970-01-01T00:00:00" - 1, MICROS = 6 };
    char copy[64];
    uint32_t from = SECOND_END + 1, end = from;
    while (end < t.length && isdigit((unsigned char)t.at[end]))
        end++;
    if (t.length <= from || t.length > sizeof copy || end - from <= MICROS ||
        end - from > DATES_FRACTION_MAX)
        return instant_parse(t, ret);
    memcpy(copy, t.at, from + MICROS);
    memcpy(copy + from + MICROS, t.at + end, t.length - end);
    return instant_parse((struct text){ copy, t.length - (end - from - MICROS) }, ret);
}

int date_parse(const struct date_pattern *p, struct text t, int64_t offset, int64_t *ret)
{
    struct parts v = { .day = 1, .offset = offset };
    if (p->iso)
        return iso_parse(t, ret);
    if (!match(p->text, t, &v))
        return -EINVAL;
    if (v.year < 1970 || v.month < 1 || v.month > 12 || v.day < 1 ||
        v.day > month_days(v.year, v.month) || v.hour > 23 || v.minute > 59 || v.second > 59)
        return -EINVAL;
    int64_t seconds =
        ((days_of(v.year, v.month, v.day) * 24 + v.hour) * 60 + v.minute) * 60 + v.second;
    int64_t instant = seconds * SECONDS + v.micros - v.offset;
    if (instant <= 0)
        return -EINVAL;
    *ret = instant;
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

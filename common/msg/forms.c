/* forms: the text forms of instants, durations, decimals, local times and enumerations. Calendar
 * arithmetic is our own, so that no time zone, locale or library version can change what a stored
 * event says. */
#include <errno.h>
#include <string.h>

#include "common/msg/msg.h"

#define SECOND INT64_C(1000000)
#define DAY    (86400 * SECOND)
/* 9999-12-31T23:59:59.999999Z, the last instant that RFC 3339 can write. */
#define INSTANT_LAST (INT64_C(253402300800) * SECOND - 1)

/* Days since 1970-01-01 of a date of the Gregorian calendar. Years are counted from March, so that
 * the leap day is a year's last, in eras of 400 years = 146,097 days. */
static int64_t days_from_date(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400, year_of_era = y % 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

struct date {
    unsigned year, month, day;
};

/* The inverse, for days from 1970 to 9999. */
static struct date date_from_days(int64_t days)
{
    uint32_t n = (uint32_t)days + 719468, era = n / 146097, day_of_era = n % 146097;
    uint32_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    uint32_t shifted = (5 * day_of_year + 2) / 153; /* months since March */
    uint32_t month = shifted < 10 ? shifted + 3 : shifted - 9;
    return (struct date){ .year = year_of_era + era * 400 + (month <= 2),
                          .month = month,
                          .day = day_of_year - (153 * shifted + 2) / 5 + 1 };
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Exactly `digits` digits at *at, which moves behind them; -1 when they are not there. */
static int take_digits(const char **at, const char *end, int digits)
{
    int v = 0;
    if (end - *at < digits)
        return -1;
    for (int i = 0; i < digits; i++) {
        char c = *(*at)++;
        if (!is_digit(c))
            return -1;
        v = v * 10 + (c - '0');
    }
    return v;
}

static bool take_char(const char **at, const char *end, char wanted)
{
    if (*at == end || **at != wanted)
        return false;
    (*at)++;
    return true;
}

/* "YYYY-MM-DDTHH:MM:SS" as seconds since 1970, or -1. A leap second ("60") has no place in
 * microseconds since 1970. */
static int64_t take_date_time(const char **at, const char *end)
{
    static const int month_days[12] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int year = take_digits(at, end, 4);
    if (year < 0 || !take_char(at, end, '-'))
        return -1;
    int month = take_digits(at, end, 2);
    if (month < 1 || month > 12 || !take_char(at, end, '-'))
        return -1;
    int day = take_digits(at, end, 2);
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (day < 1 || day > month_days[month - 1] || (month == 2 && day == 29 && !leap))
        return -1;
    if (!take_char(at, end, 'T') && !take_char(at, end, 't'))
        return -1;
    int hour = take_digits(at, end, 2);
    if (hour < 0 || hour > 23 || !take_char(at, end, ':'))
        return -1;
    int minute = take_digits(at, end, 2);
    if (minute < 0 || minute > 59 || !take_char(at, end, ':'))
        return -1;
    int second = take_digits(at, end, 2);
    if (second < 0 || second > 59 || year < 1969) /* an offset may bring 1969 into 1970 */
        return -1;
    int64_t days = days_from_date(year, month, day);
    int64_t seconds = days * 86400 + hour * 3600 + minute * 60 + second;
    return seconds + 86400; /* never negative for 1969-12-31; the callers take the day off again */
}

/* ".f" to ".ffffff" as microseconds; 0 when there is no point, -1 when it is malformed. */
static int64_t take_fraction(const char **at, const char *end)
{
    if (!take_char(at, end, '.'))
        return 0;
    int64_t v = 0;
    int digits = 0;
    while (*at < end && is_digit(**at)) {
        if (++digits > 6)
            return -1;
        v = v * 10 + (*(*at)++ - '0');
    }
    if (digits == 0)
        return -1;
    for (; digits < 6; digits++)
        v *= 10;
    return v;
}

/* "Z" or "+HH:MM" in seconds to be taken off; false when it is neither. */
static bool take_offset(const char **at, const char *end, int64_t *ret)
{
    *ret = 0;
    if (take_char(at, end, 'Z') || take_char(at, end, 'z'))
        return true;
    bool minus = take_char(at, end, '-');
    if (!minus && !take_char(at, end, '+'))
        return false;
    int hours = take_digits(at, end, 2);
    if (hours < 0 || hours > 23 || !take_char(at, end, ':'))
        return false;
    int minutes = take_digits(at, end, 2);
    if (minutes < 0 || minutes > 59)
        return false;
    *ret = (hours * 3600 + minutes * 60) * (minus ? -1 : 1);
    return true;
}

int instant_parse(struct text t, int64_t *ret)
{
    if (t.length < sizeof "1970-01-01T00:00:00Z" - 1 || t.length > 32)
        return -EINVAL;
    const char *at = t.at, *end = t.at + t.length;
    int64_t offset, seconds = take_date_time(&at, end);
    if (seconds < 0)
        return -EINVAL;
    int64_t fraction = take_fraction(&at, end);
    if (fraction < 0 || !take_offset(&at, end, &offset) || at != end)
        return -EINVAL;
    int64_t v = (seconds - 86400 - offset) * SECOND + fraction;
    if (v < 0 || v > INSTANT_LAST)
        return -EINVAL;
    *ret = v;
    return 0;
}

int local_time_parse(struct text t, int64_t *ret)
{
    if (t.length != LOCAL_TIME_TEXT)
        return -EINVAL;
    const char *at = t.at, *end = t.at + t.length;
    int64_t seconds = take_date_time(&at, end);
    if (seconds < 86400 || at != end)
        return -EINVAL;
    *ret = (seconds - 86400) * SECOND;
    return 0;
}

int day_parse(struct text t, int64_t *ret)
{
    char whole[LOCAL_TIME_TEXT] = "YYYY-MM-DDT00:00:00";
    int64_t local;
    if (t.length != DATE_TEXT)
        return -EINVAL;
    memcpy(whole, t.at, DATE_TEXT);
    if (local_time_parse((struct text){ whole, sizeof whole }, &local) < 0)
        return -EINVAL;
    *ret = local / DAY;
    return 0;
}

int time_parse(struct text t, int64_t *ret)
{
    if (t.length != TIME_TEXT)
        return -EINVAL;
    const char *at = t.at, *end = t.at + t.length;
    int hour = take_digits(&at, end, 2);
    if (hour < 0 || !take_char(&at, end, ':'))
        return -EINVAL;
    int minute = take_digits(&at, end, 2);
    if (minute < 0 || minute > 59 || hour * 60 + minute > TIME_LAST)
        return -EINVAL;
    *ret = hour * 60 + minute;
    return 0;
}

static char *put_digits(char *out, unsigned v, int digits)
{
    for (int i = digits - 1; i >= 0; i--) {
        out[i] = (char)('0' + v % 10);
        v /= 10;
    }
    return out + digits;
}

/* "YYYY-MM-DDTHH:MM:SS" of an instant within 1970..9999. */
static char *put_date_time(char *out, int64_t instant)
{
    struct date d = date_from_days(instant / DAY);
    unsigned seconds = (unsigned)(instant % DAY / SECOND);
    out = put_digits(out, d.year, 4);
    *out++ = '-';
    out = put_digits(out, d.month, 2);
    *out++ = '-';
    out = put_digits(out, d.day, 2);
    *out++ = 'T';
    out = put_digits(out, seconds / 3600, 2);
    *out++ = ':';
    out = put_digits(out, seconds / 60 % 60, 2);
    *out++ = ':';
    return put_digits(out, seconds % 60, 2);
}

/* What no text can say is said as the nearest that one can. */
static int64_t clamp_instant(int64_t v)
{
    return v < 0 ? 0 : v > INSTANT_LAST ? INSTANT_LAST : v;
}

size_t instant_print(int64_t instant, char out[static INSTANT_TEXT + 1])
{
    int64_t v = clamp_instant(instant);
    char *at = put_date_time(out, v);
    *at++ = '.';
    at = put_digits(at, (unsigned)(v % SECOND), 6);
    *at++ = 'Z';
    *at = 0;
    return INSTANT_TEXT;
}

size_t local_time_print(int64_t local, char out[static LOCAL_TIME_TEXT + 1])
{
    *put_date_time(out, clamp_instant(local)) = 0;
    return LOCAL_TIME_TEXT;
}

size_t day_print(int64_t days, char out[static DATE_TEXT + 1])
{
    char whole[LOCAL_TIME_TEXT + 1];
    const int64_t last = INSTANT_LAST / DAY;
    local_time_print(DAY * (days < 0 ? 0 : days > last ? last : days), whole);
    memcpy(out, whole, DATE_TEXT);
    out[DATE_TEXT] = 0;
    return DATE_TEXT;
}

size_t time_print(int64_t minutes, char out[static TIME_TEXT + 1])
{
    unsigned v = minutes < 0 ? 0 : minutes > TIME_LAST ? TIME_LAST : (unsigned)minutes;
    char *at = put_digits(out, v / 60, 2);
    *at++ = ':';
    *put_digits(at, v % 60, 2) = 0;
    return TIME_TEXT;
}

/* Adds count * unit, refusing what does not fit. */
static bool add_product(int64_t *sum, int64_t count, int64_t unit)
{
    int64_t product;
    return !__builtin_mul_overflow(count, unit, &product) &&
           !__builtin_add_overflow(*sum, product, sum);
}

/* One or more digits at *at. */
static bool take_number(const char **at, const char *end, int64_t *ret)
{
    int64_t v = 0;
    const char *begin = *at;
    while (*at < end && is_digit(**at)) {
        int digit = *(*at)++ - '0';
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, digit, &v))
            return false;
    }
    *ret = v;
    return *at > begin;
}

int duration_parse(struct text t, int64_t *ret)
{
    static const struct {
        char name;
        bool time; /* behind the T */
        int64_t unit;
    } units[] = { { 'W', false, 7 * DAY },
                  { 'D', false, DAY },
                  { 'H', true, 3600 * SECOND },
                  { 'M', true, 60 * SECOND },
                  { 'S', true, SECOND } };
    enum { UNITS = sizeof units / sizeof *units };
    const char *at = t.at, *end = t.length ? t.at + t.length : t.at;
    int64_t sum = 0;
    size_t next = 0; /* units come in order, each at most once */
    bool time = false, any = false;
    if (!take_char(&at, end, 'P'))
        return -EINVAL;
    while (at < end) {
        int64_t count, fraction = 0;
        if (!time && take_char(&at, end, 'T'))
            time = true;
        if (!take_number(&at, end, &count))
            return -EINVAL;
        bool pointed = at < end && *at == '.';
        if (pointed && (fraction = take_fraction(&at, end)) < 0)
            return -EINVAL;
        while (next < UNITS && (at == end || units[next].name != *at || units[next].time != time))
            next++;
        if (next == UNITS || (pointed && units[next].name != 'S'))
            return -EINVAL;
        if (!add_product(&sum, count, units[next].unit) || !add_product(&sum, fraction, 1))
            return -EINVAL;
        any = true;
        next++;
        at++;
    }
    if (!any)
        return -EINVAL;
    *ret = sum;
    return 0;
}

/* v in decimal without leading zeros. */
static char *put_number(char *out, uint64_t v)
{
    char digits[20];
    int n = 0;
    do {
        digits[n++] = (char)('0' + v % 10);
        v /= 10;
    } while (v);
    while (n)
        *out++ = digits[--n];
    return out;
}

static char *put_unit(char *out, uint64_t v, char unit)
{
    if (v == 0)
        return out;
    out = put_number(out, v);
    *out++ = unit;
    return out;
}

/* v as uint64_t magnitude, INT64_MIN included. */
static uint64_t magnitude(int64_t v)
{
    return v < 0 ? UINT64_C(0) - (uint64_t)v : (uint64_t)v;
}

size_t duration_print(int64_t microseconds, char out[static DURATION_TEXT_MAX])
{
    uint64_t v = magnitude(microseconds), seconds = v / SECOND;
    unsigned fraction = (unsigned)(v % SECOND);
    char *at = out;
    if (microseconds < 0) /* not a form we read; it shows up in a log rather than looking right */
        *at++ = '-';
    *at++ = 'P';
    at = put_unit(at, seconds / 86400, 'D');
    if (v == 0 || v % DAY) {
        *at++ = 'T';
        at = put_unit(at, seconds / 3600 % 24, 'H');
        at = put_unit(at, seconds / 60 % 60, 'M');
        if (fraction || v == 0 || seconds % 60) {
            at = put_number(at, seconds % 60);
            if (fraction) {
                *at++ = '.';
                at = put_digits(at, fraction, 6);
                while (at[-1] == '0')
                    at--;
            }
            *at++ = 'S';
        }
    }
    *at = 0;
    return (size_t)(at - out);
}

int decimal_parse(struct text t, int scale, int64_t *ret)
{
    const char *at = t.at, *end = t.length ? t.at + t.length : t.at;
    bool minus = take_char(&at, end, '-'), point = false;
    int64_t v = 0;
    int digits = 0, fraction = 0;
    for (; at < end; at++) {
        if (*at == '.' && !point && digits) {
            point = true;
            continue;
        }
        if (!is_digit(*at) || (point && ++fraction > scale))
            return -EINVAL;
        digits++;
        int digit = minus ? '0' - *at : *at - '0'; /* towards the sign, so that INT64_MIN is read */
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, digit, &v))
            return -EINVAL;
    }
    if (digits == 0 || (point && fraction == 0))
        return -EINVAL;
    for (; fraction < scale; fraction++)
        if (__builtin_mul_overflow(v, 10, &v))
            return -EINVAL;
    *ret = v;
    return 0;
}

size_t decimal_print(int64_t scaled, int scale, char out[static DECIMAL_TEXT_MAX])
{
    uint64_t v = magnitude(scaled), unit = 1;
    char *at = out;
    for (int i = 0; i < scale; i++)
        unit *= 10;
    if (scaled < 0)
        *at++ = '-';
    at = put_number(at, v / unit);
    if (scale > 0) {
        *at++ = '.';
        at = put_digits(at, (unsigned)(v % unit), scale);
    }
    *at = 0;
    return (size_t)(at - out);
}

const char *enumeration_name(const struct enumeration *e, int32_t value)
{
    for (const struct enumeration_value *v = e->values; v->name; v++)
        if (v->value == value)
            return v->name;
    return NULL;
}

int32_t enumeration_value(const struct enumeration *e, struct text name)
{
    for (const struct enumeration_value *v = e->values; v->name; v++)
        if (strlen(v->name) == name.length && memcmp(v->name, name.at, name.length) == 0)
            return v->value;
    return 0;
}

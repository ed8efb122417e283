/* period: arithmetic over days; see period.h. */
#include "services/kpi/period.h"

enum { WEEK = 7, SATURDAY = 5, ERA_DAYS = 146097, MARCH_FIRST_OF_YEAR_0 = 719468 };

/* Years of the Gregorian calendar that begin in March end with February, whatever its length; an
 * era is 400 of them. */
struct days month_of(int64_t day)
{
    int64_t since = day + MARCH_FIRST_OF_YEAR_0;
    int64_t era = (since - (since < 0) * (ERA_DAYS - 1)) / ERA_DAYS;
    int64_t in_era = since - era * ERA_DAYS;
    int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / (ERA_DAYS - 1)) / 365;
    int64_t in_year = in_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * in_year + 2) / 153; /* 0 is March */
    int64_t from = day - in_year + (153 * month + 2) / 5;
    bool leap = (year + 1) % 4 == 0 && ((year + 1) % 100 != 0 || (year + 1) % 400 == 0);
    int64_t february = leap ? 29 : 28;
    int64_t length = month == 11 ? february : (153 * (month + 1) + 2) / 5 - (153 * month + 2) / 5;
    return (struct days){ from, from + length - 1 };
}

struct days period_of(int64_t day, enum period kind)
{
    int64_t weekday = weekday_of(day);
    switch (kind) {
    case period_weekday:
        day += weekday < SATURDAY ? 0 : WEEK - weekday;
        return (struct days){ day, day };
    case period_week:
        return (struct days){ day - weekday, day - weekday + WEEK - 1 };
    case period_month:
        return month_of(day);
    default:
        return (struct days){ day, day };
    }
}

struct days period_after(struct days p, enum period kind)
{
    return period_of(p.to + 1, kind);
}

struct days period_before(struct days p, enum period kind)
{
    int64_t day = p.from - 1, weekday = weekday_of(day);
    if (kind == period_weekday && weekday >= SATURDAY)
        day -= weekday - SATURDAY + 1;
    return period_of(day, kind);
}

int64_t period_count(int64_t day, int64_t to, enum period kind, int64_t most)
{
    int64_t n = 0;
    for (struct days p = period_of(day, kind); p.from <= to && n < most; p = period_after(p, kind))
        n++;
    return n;
}

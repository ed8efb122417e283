/* kpi: periods, against a calendar that is counted day by day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "services/kpi/period.h"

enum { DAYS_OF_CENTURIES = 160000 };

static void assert_days(struct days d, int64_t from, int64_t to)
{
    assert_int_equal(d.from, from);
    assert_int_equal(d.to, to);
}

static bool leaps(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Months as one counts them on knuckles, from 1970 far beyond 2400. */
static void months_are_those_of_the_calendar(void **state)
{
    static const int64_t lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int64_t day = 0;
    (void)state;
    for (int64_t year = 1970; day < DAYS_OF_CENTURIES; year++)
        for (int month = 0; month < 12; month++) {
            int64_t length = lengths[month] + (month == 1 && leaps(year));
            for (int64_t i = 0; i < length; i++)
                assert_days(month_of(day + i), day, day + length - 1);
            day += length;
        }
    assert_days(month_of(-1), -31, -1); /* December 1969 */
    assert_days(month_of(-719469), -719497, -719469); /* February of the year 0 */
    assert_days(month_of(-719529), -719559, -719529); /* and the December before it */
}

/* 2026-11-22 is a Sunday, 20779 days after 1970-01-01, a Thursday. */
static void periods_hold_their_days(void **state)
{
    (void)state;
    assert_int_equal(weekday_of(20779), 6);
    assert_days(period_of(20779, period_day), 20779, 20779);
    assert_days(period_of(20779, period_weekday), 20780, 20780);
    assert_days(period_of(20778, period_weekday), 20780, 20780);
    assert_days(period_of(20777, period_weekday), 20777, 20777);
    assert_days(period_of(20779, period_week), 20773, 20779);
    assert_days(period_of(20780, period_week), 20780, 20786);
    assert_days(period_of(20779, period_month), 20758, 20787);
}

static void periods_follow_each_other(void **state)
{
    (void)state;
    for (enum period kind = period_weekday; kind <= period_month; kind++)
        for (int64_t day = 20000; day < 21000; day++) {
            struct days p = period_of(day, kind), next = period_after(p, kind);
            assert_true(p.from <= p.to);
            assert_days(period_of(p.from, kind), p.from, p.to);
            assert_days(period_of(p.to, kind), p.from, p.to);
            assert_days(period_before(next, kind), p.from, p.to);
            if (kind == period_weekday)
                assert_int_equal(next.from, p.to + (weekday_of(p.to) == 4 ? 3 : 1));
            else
                assert_int_equal(next.from, p.to + 1);
        }
}

static void periods_are_counted(void **state)
{
    (void)state;
    assert_int_equal(period_count(20778, 20779, period_weekday, 200), 0); /* a week's end */
    assert_int_equal(period_count(20778, 20780, period_weekday, 200), 1);
    assert_int_equal(period_count(20773, 20779, period_weekday, 200), 5);
    assert_int_equal(period_count(20773, 20779, period_day, 200), 7);
    assert_int_equal(period_count(20773, 20779, period_week, 200), 1);
    assert_int_equal(period_count(20779, 20780, period_week, 200), 2);
    assert_int_equal(period_count(20758, 20788, period_month, 200), 2);
    assert_int_equal(period_count(0, 1000000, period_day, 201), 201);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(months_are_those_of_the_calendar),
        cmocka_unit_test(periods_hold_their_days),
        cmocka_unit_test(periods_follow_each_other),
        cmocka_unit_test(periods_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

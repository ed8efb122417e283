/* worktime: the vectors of DOMAIN 4.5 and 4.16, and borders. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/service.h"
#include "common/time/zone_file.h"
#include "tests/unit/worktime_given.h"

enum { WEEKDAYS = 0x1f, ALL_DAYS = 0x7f, SATURDAY = 0x20, SUNDAY = 0x40 };

static struct arena arena;

/* One version with one line of hours, and some holidays. */
static const struct worktime *simple(const char *zone, uint8_t days, int from, int to,
                                     const char *const *closed)
{
    struct worktime_hours hours = { days, (int16_t)from, (int16_t)to };
    struct worktime_version version = { 0, &hours, 1 };
    struct worktime_holiday holidays[8];
    struct worktime_spec s = { text_from(zone), &version, 1, holidays, 0 };
    for (; closed && closed[s.holiday_count]; s.holiday_count++)
        holidays[s.holiday_count] = (struct worktime_holiday){ day(closed[s.holiday_count]), 0, 0 };
    return made(&s, &arena);
}

static void expect(const char *file, int line, int64_t is, const char *wanted)
{
    char shown[INSTANT_TEXT + 1];
    instant_print(is, shown);
    if (is != instant(wanted))
        fail_msg("%s:%d: %s, not %s", file, line, shown, wanted);
}
#define EXPECT(is, wanted) expect(__FILE__, __LINE__, (is), (wanted))

/* --- DOMAIN 4.5: real bug reports ---------------------------------------------------------------
 */

static void levels_before_due_are_counted_back(void **state)
{
    const struct worktime *w = simple("UTC", WEEKDAYS, 8 * 60, 18 * 60, NULL);
    (void)state;
    /* 2024-02-05 is a Monday; glpi PR 22678: four hours to own it, a level one hour before. */
    int64_t due = worktime_add(w, instant("2024-02-05T10:00:00Z"), 4 * HOURS);
    EXPECT(due, "2024-02-05T14:00:00Z");
    EXPECT(worktime_add(w, due, -HOURS), "2024-02-05T13:00:00Z");
    due = worktime_add(w, instant("2024-02-05T17:00:00Z"), 4 * HOURS);
    EXPECT(due, "2024-02-06T11:00:00Z");
    EXPECT(worktime_add(w, due, -HOURS), "2024-02-06T10:00:00Z");
    EXPECT(worktime_add(w, due, -3 * HOURS), "2024-02-06T08:00:00Z");
    EXPECT(worktime_add(w, due, -3 * HOURS - 1), "2024-02-05T17:59:59.999999Z");
    /* The latest instant that leaves so much: at eight in the morning nothing of the night counts.
     */
    EXPECT(worktime_add(w, instant("2024-02-06T08:00:00Z"), -HOURS), "2024-02-05T17:00:00Z");
    EXPECT(worktime_add(w, instant("2024-02-06T07:00:00Z"), -0), "2024-02-06T07:00:00Z");
}

static void the_night_and_the_weekend_do_not_count(void **state)
{
    const struct worktime *w = simple("Europe/Berlin", WEEKDAYS, 9 * 60, 17 * 60, NULL);
    (void)state;
    /* freescout 3756 */
    EXPECT(worktime_add(w, instant("2024-01-31T16:00:00+01:00"), 4 * HOURS),
           "2024-02-01T12:00:00+01:00");
    EXPECT(worktime_add(w, instant("2024-02-02T16:00:00+01:00"), 4 * HOURS),
           "2024-02-05T12:00:00+01:00");
    /* glpi 10594: pending from Friday evening to Monday morning; and a whole day of work later */
    assert_int_equal(worktime_between(w, instant("2024-02-02T17:00:00+01:00"),
                                      instant("2024-02-05T09:00:00+01:00")),
                     0);
    assert_int_equal(worktime_between(w, instant("2024-02-03T00:00:00+01:00"),
                                      instant("2024-02-05T09:00:00+01:00")),
                     0);
    EXPECT(worktime_add(w, instant("2024-02-02T17:00:00+01:00"), 8 * HOURS),
           "2024-02-05T17:00:00+01:00");
    /* What is reached exactly stays; what is left over does not. */
    EXPECT(worktime_add(w, instant("2024-02-02T16:00:00+01:00"), HOURS),
           "2024-02-02T17:00:00+01:00");
    EXPECT(worktime_add(w, instant("2024-02-02T16:00:00+01:00"), HOURS + 1),
           "2024-02-05T09:00:00.000001+01:00");
    EXPECT(worktime_add(w, instant("2024-02-03T12:00:00+01:00"), 0), "2024-02-03T12:00:00+01:00");
}

static void holidays_do_not_count(void **state)
{
    static const char *const one[] = { "2017-11-13", NULL };
    static const char *const two[] = { "2017-11-11", "2017-11-13", NULL };
    const struct worktime *w = simple("UTC", ALL_DAYS, 9 * 60, 21 * 60, one);
    int64_t from = instant("2017-11-09T23:00:00Z");
    (void)state;
    /* zammad 390: 48 hours, 12 a day */
    EXPECT(worktime_add(w, from, 48 * HOURS), "2017-11-14T21:00:00Z");
    w = simple("UTC", ALL_DAYS, 9 * 60, 21 * 60, two);
    EXPECT(worktime_add(w, from, 48 * HOURS), "2017-11-15T21:00:00Z");
    assert_int_equal(worktime_between(w, from, instant("2017-11-15T21:00:00Z")), 48 * HOURS);
    EXPECT(worktime_add(w, instant("2017-11-15T21:00:00Z"), -48 * HOURS), "2017-11-10T09:00:00Z");
}

static void days_are_working_days(void **state)
{
    static const char *const monday[] = { "2024-02-05", NULL };
    const struct worktime *w = simple("Europe/Berlin", WEEKDAYS, 9 * 60, 17 * 60, monday);
    (void)state;
    EXPECT(worktime_add_days(w, instant("2024-02-01T10:30:00.000007+01:00"), 1, false),
           "2024-02-02T10:30:00.000007+01:00");
    EXPECT(worktime_add_days(w, instant("2024-02-02T10:30:00+01:00"), 1, false),
           "2024-02-06T10:30:00+01:00");
    EXPECT(worktime_add_days(w, instant("2024-02-02T10:30:00+01:00"), 1, true),
           "2024-02-06T17:00:00+01:00");
    EXPECT(worktime_add_days(w, instant("2024-02-03T10:30:00+01:00"), 2, true),
           "2024-02-07T17:00:00+01:00");
    /* outside of the hours */
    EXPECT(worktime_add_days(w, instant("2024-02-02T03:00:00+01:00"), 1, false),
           "2024-02-06T09:00:00+01:00");
    EXPECT(worktime_add_days(w, instant("2024-02-02T22:00:00+01:00"), 1, false),
           "2024-02-06T17:00:00+01:00");
    EXPECT(worktime_add_days(w, instant("2024-02-02T17:00:00+01:00"), 1, false),
           "2024-02-06T17:00:00+01:00");
    /* the wall says the same over a change of clocks: Friday in winter, Monday in summer */
    EXPECT(worktime_add_days(w, instant("2024-03-29T10:30:00+01:00"), 1, false),
           "2024-04-01T10:30:00+02:00");
    assert_int_equal(worktime_add_days(w, INT64_MAX, 1, false), WORKTIME_NEVER);
}

static void at_noon_nobody_works(void **state)
{
    const struct worktime_hours hours[] = { { WEEKDAYS, 13 * 60, 17 * 60 },
                                            { WEEKDAYS, 8 * 60, 12 * 60 },
                                            { SATURDAY, 0, 24 * 60 } };
    const struct worktime_version version = { 0, hours, 3 };
    const struct worktime_spec s = { text_from("UTC"), &version, 1, NULL, 0 };
    const struct worktime *w = made(&s, &arena);
    int64_t from, to;
    (void)state;
    EXPECT(worktime_add(w, instant("2024-02-05T11:00:00Z"), 2 * HOURS), "2024-02-05T14:00:00Z");
    EXPECT(worktime_add(w, instant("2024-02-05T11:00:00Z"), HOURS), "2024-02-05T12:00:00Z");
    EXPECT(worktime_add(w, instant("2024-02-05T14:00:00Z"), -HOURS), "2024-02-05T13:00:00Z");
    EXPECT(worktime_add_days(w, instant("2024-02-05T12:00:00Z"), 1, false), "2024-02-06T13:00:00Z");
    EXPECT(worktime_add_days(w, instant("2024-02-09T23:59:00Z"), 1, false), "2024-02-10T23:59:00Z");
    EXPECT(worktime_add_days(w, instant("2024-02-09T23:59:00Z"), 1, true), "2024-02-11T00:00:00Z");
    EXPECT(worktime_add_days(w, instant("2024-02-10T23:59:00Z"), 1, false), "2024-02-12T17:00:00Z");
    assert_true(worktime_span(w, instant("2024-02-05T12:00:00Z"), &from, &to));
    EXPECT(from, "2024-02-05T13:00:00Z");
    EXPECT(to, "2024-02-05T17:00:00Z");
    assert_true(worktime_span(w, instant("2024-02-11T00:00:00Z"), &from, &to));
    EXPECT(from, "2024-02-12T08:00:00Z");
    assert_false(worktime_open(w, instant("2024-02-05T12:00:00Z")));
    assert_true(worktime_open(w, instant("2024-02-05T13:00:00Z")));
    assert_true(worktime_open(w, instant("2024-02-05T11:59:59.999999Z")));
}

static void versions_take_effect_at_their_day(void **state)
{
    const struct worktime_hours early = { WEEKDAYS, 7 * 60, 15 * 60 },
                                late = { WEEKDAYS, 9 * 60, 17 * 60 };
    const struct worktime_version versions[] = { { day("2026-07-01"), &late, 1 },
                                                 { day("2026-01-01"), &early, 1 },
                                                 { day("2027-01-01"), NULL, 0 } };
    const struct worktime_holiday holidays[] = {
        { day("2026-12-24"), 10 * 60, 12 * 60 }, /* worked all the same */
        { day("2026-07-04"), 10 * 60, 14 * 60 }, /* a Saturday that is worked */
        { day("2025-01-01"), 0, 0 },
    };
    const struct worktime_spec s = { text_from("Europe/Berlin"), versions, 3, holidays, 3 };
    const struct worktime *w = made(&s, &arena);
    int64_t from, to;
    (void)state;
    EXPECT(worktime_add(w, instant("2026-06-30T14:00:00+02:00"), 2 * HOURS),
           "2026-07-01T10:00:00+02:00");
    EXPECT(worktime_add(w, instant("2026-07-01T10:00:00+02:00"), -2 * HOURS),
           "2026-06-30T14:00:00+02:00");
    EXPECT(
        worktime_add(w, instant("2025-01-01T10:00:00+01:00"), HOURS), /* the first holds before */
        "2025-01-02T08:00:00+01:00");
    EXPECT(worktime_add(w, instant("2026-07-03T16:00:00+02:00"), 2 * HOURS),
           "2026-07-04T11:00:00+02:00");
    EXPECT(worktime_add(w, instant("2026-12-23T17:00:00+01:00"), 2 * HOURS),
           "2026-12-24T12:00:00+01:00");
    EXPECT(worktime_add_days(w, instant("2026-12-23T16:00:00+01:00"), 1, true),
           "2026-12-24T12:00:00+01:00");
    /* Closed for good from 2027 on. */
    assert_int_equal(worktime_add(w, instant("2026-12-31T16:00:00+01:00"), HOURS),
                     instant("2026-12-31T17:00:00+01:00"));
    assert_int_equal(worktime_add(w, instant("2026-12-31T16:00:00+01:00"), HOURS + 1),
                     WORKTIME_NEVER);
    assert_int_equal(worktime_add_days(w, instant("2026-12-31T16:00:00+01:00"), 1, false),
                     WORKTIME_NEVER);
    assert_false(worktime_span(w, instant("2027-01-01T00:00:00+01:00"), &from, &to));
    EXPECT(worktime_add(w, instant("2030-01-01T00:00:00Z"), -1),
           "2026-12-31T16:59:59.999999+01:00");
}

static void closed_for_years_is_not_for_ever(void **state)
{
    const struct worktime_hours hours = { ALL_DAYS, 9 * 60, 17 * 60 };
    (void)state;
    for (int64_t opens = day("2029-01-01"); opens < day("2029-01-15"); opens++) {
        const struct worktime_version versions[] = { { 0, &hours, 1 },
                                                     { day("2026-07-01"), NULL, 0 },
                                                     { opens, &hours, 1 } };
        const struct worktime_holiday holiday = { day("2027-05-05"), 10 * 60, 11 * 60 };
        const struct worktime_spec s = { text_from("Europe/Berlin"), versions, 3, &holiday, 1 };
        const struct worktime *w = made(&s, &arena);
        int64_t t = instant("2026-06-30T16:00:00+02:00");
        EXPECT(worktime_add_days(w, t, 1, true), "2027-05-05T11:00:00+02:00");
        assert_int_equal(worktime_add_days(w, t, 2, false), opens * DAYS + 15 * HOURS);
        assert_int_equal(worktime_add_days(w, t, 3, false), (opens + 1) * DAYS + 15 * HOURS);
        assert_int_equal(worktime_add(w, t, 3 * HOURS), opens * DAYS + 9 * HOURS);
        EXPECT(worktime_add(w, opens * DAYS + 9 * HOURS, -2 * HOURS - 1),
               "2026-06-30T16:59:59.999999+02:00");
        assert_int_equal(worktime_between(w, t, (opens + 10) * DAYS), 82 * HOURS);
    }
}

/* --- DOMAIN 4.16: clocks on walls ---------------------------------------------------------------
 */

static void half_past_eight_stays_half_past_eight(void **state)
{
    const struct worktime *w = simple("Europe/London", WEEKDAYS, 8 * 60 + 30, 17 * 60 + 30, NULL);
    int64_t from, to;
    (void)state;
    assert_true(worktime_span(w, instant("2026-07-01T00:00:00Z"), &from, &to));
    EXPECT(from, "2026-07-01T08:30:00+01:00");
    assert_true(worktime_span(w, instant("2026-11-02T00:00:00Z"), &from, &to));
    EXPECT(from, "2026-11-02T08:30:00Z");
    EXPECT(to, "2026-11-02T17:30:00Z");
    /* from a Friday in summer to a Monday in winter */
    EXPECT(worktime_add(w, instant("2026-10-23T17:00:00+01:00"), HOURS), "2026-10-26T09:00:00Z");
}

static void what_is_skipped_is_the_first_instant_behind(void **state)
{
    const struct zone *berlin = zone_find(text_from("Europe/Berlin"));
    const struct worktime *w = simple("Europe/Berlin", SUNDAY, 2 * 60 + 30, 4 * 60, NULL);
    int64_t d = day("2026-03-29");
    (void)state;
    EXPECT(wall_first(berlin, d, 2 * 60 + 30), "2026-03-29T03:00:00+02:00");
    EXPECT(wall_last(berlin, d, 2 * 60 + 30), "2026-03-29T03:00:00+02:00");
    assert_int_equal(wall_kind(berlin, d, 2 * 60 + 30), WALL_NEVER);
    assert_int_equal(wall_kind(berlin, d, 3 * 60), WALL_ONCE);
    assert_int_equal(wall_kind(berlin, d, 60 + 59), WALL_ONCE);
    assert_int_equal(worktime_between(w, d * DAYS, (d + 1) * DAYS), HOURS);
    EXPECT(worktime_add(w, instant("2026-03-28T12:00:00Z"), HOURS / 2),
           "2026-03-29T03:30:00+02:00");
    /* Hours that the day does not have at all are no working time, and not a working day. */
    w = simple("Europe/Berlin", SUNDAY, 2 * 60, 3 * 60, NULL);
    assert_int_equal(worktime_between(w, d * DAYS, (d + 1) * DAYS), 0);
    EXPECT(worktime_add_days(w, instant("2026-03-22T02:30:00+01:00"), 1, false),
           "2026-04-05T02:30:00+02:00");
}

static void what_is_shown_twice_begins_first_and_ends_last(void **state)
{
    const struct zone *berlin = zone_find(text_from("Europe/Berlin"));
    const struct worktime *w = simple("Europe/Berlin", SUNDAY, 2 * 60 + 30, 4 * 60, NULL);
    int64_t d = day("2026-10-25");
    (void)state;
    EXPECT(wall_first(berlin, d, 2 * 60 + 30), "2026-10-25T02:30:00+02:00");
    EXPECT(wall_last(berlin, d, 2 * 60 + 30), "2026-10-25T02:30:00+01:00");
    assert_int_equal(wall_kind(berlin, d, 2 * 60 + 30), WALL_TWICE);
    assert_int_equal(wall_kind(berlin, d, 2 * 60), WALL_TWICE);
    assert_int_equal(wall_kind(berlin, d, 3 * 60), WALL_ONCE);
    assert_int_equal(worktime_between(w, d * DAYS, (d + 1) * DAYS), 2 * HOURS + HOURS / 2);
    w = simple("Europe/Berlin", ALL_DAYS, 0, 24 * 60, NULL);
    assert_int_equal(worktime_between(w, instant("2026-10-25T00:00:00+02:00"),
                                      instant("2026-10-26T00:00:00+01:00")),
                     25 * HOURS);
    /* Touching hours, of which both would hold the doubled one, count it once. */
    const struct worktime_hours hours[] = { { SUNDAY, 0, 2 * 60 + 30 },
                                            { SUNDAY, 2 * 60 + 30, 24 * 60 } };
    const struct worktime_version version = { 0, hours, 2 };
    const struct worktime_spec s = { text_from("Europe/Berlin"), &version, 1, NULL, 0 };
    w = made(&s, &arena);
    assert_int_equal(worktime_between(w, d * DAYS - 6 * HOURS, (d + 1) * DAYS + 6 * HOURS),
                     25 * HOURS);
}

static void lord_howe_turns_by_half_an_hour(void **state)
{
    const struct zone *z = zone_find(text_from("Australia/Lord_Howe"));
    (void)state;
    EXPECT(wall_first(z, day("2026-10-04"), 2 * 60 + 15), "2026-10-04T02:30:00+11:00");
    EXPECT(wall_first(z, day("2026-04-05"), 60 + 45), "2026-04-05T01:45:00+11:00");
    EXPECT(wall_last(z, day("2026-04-05"), 60 + 45), "2026-04-05T01:45:00+10:30");
    assert_int_equal(wall_kind(z, day("2026-04-05"), 60 + 29), WALL_ONCE);
    const struct worktime *w = simple("Australia/Lord_Howe", ALL_DAYS, 0, 24 * 60, NULL);
    assert_int_equal(worktime_between(w, wall_first(z, day("2026-04-05"), 0),
                                      wall_first(z, day("2026-04-06"), 0)),
                     24 * HOURS + HOURS / 2);
}

static void samoa_skipped_a_day(void **state)
{
    const struct zone *z = zone_find(text_from("Pacific/Apia"));
    const struct worktime *w = simple("Pacific/Apia", ALL_DAYS, 9 * 60, 17 * 60, NULL);
    int64_t from, to;
    (void)state;
    EXPECT(wall_first(z, day("2011-12-30"), 9 * 60), "2011-12-31T00:00:00+14:00");
    EXPECT(wall_last(z, day("2011-12-30"), 17 * 60), "2011-12-31T00:00:00+14:00");
    EXPECT(worktime_add(w, instant("2011-12-29T16:00:00-10:00"), 2 * HOURS),
           "2011-12-31T10:00:00+14:00");
    EXPECT(worktime_add_days(w, instant("2011-12-29T16:00:00-10:00"), 1, false),
           "2011-12-31T16:00:00+14:00");
    assert_true(worktime_span(w, instant("2011-12-29T17:00:00-10:00"), &from, &to));
    EXPECT(from, "2011-12-31T09:00:00+14:00");
}

static void midnight_twice_belongs_to_the_day_before(void **state)
{
    /* Cuba turns from one o'clock back to midnight, so that 24:00 of Saturday is shown twice. */
    const struct worktime *w = simple("America/Havana", SATURDAY, 12 * 60, 24 * 60, NULL);
    (void)state;
    assert_int_equal(worktime_between(w, instant("2026-10-31T00:00:00-04:00"),
                                      instant("2026-11-02T00:00:00-05:00")),
                     13 * HOURS);
    assert_true(worktime_open(w, instant("2026-11-01T00:30:00-04:00")));
    assert_false(worktime_open(w, instant("2026-11-01T00:30:00-05:00")));
    EXPECT(worktime_add(w, instant("2026-11-01T00:30:00-04:00"), HOURS / 2),
           "2026-11-01T00:00:00-05:00");
    EXPECT(worktime_add(w, instant("2026-11-01T00:30:00-05:00"), -HOURS),
           "2026-11-01T00:00:00-04:00");
}

static void st_johns_turned_a_minute_behind_midnight(void **state)
{
    /* At 00:01 of Sunday it was 23:01 of Saturday again: Sunday had begun, and goes on. */
    const struct worktime *w = simple("America/St_Johns", SUNDAY, 0, 12 * 60, NULL);
    int64_t from, to;
    (void)state;
    EXPECT(worktime_add(w, instant("2006-10-28T23:30:00-03:30"), -20 * MINUTES),
           "2006-10-28T23:10:00-03:30");
    EXPECT(worktime_add(w, instant("2006-10-28T23:30:00-03:30"), -30 * MINUTES),
           "2006-10-29T00:00:00-02:30");
    assert_true(worktime_open(w, instant("2006-10-28T23:30:00-03:30")));
    assert_false(worktime_open(w, instant("2006-10-28T23:30:00-02:30")));
    assert_true(worktime_span(w, instant("2006-10-28T23:30:00-03:30"), &from, &to));
    EXPECT(from, "2006-10-29T00:00:00-02:30");
    EXPECT(to, "2006-10-29T12:00:00-03:30");
    assert_int_equal(to - from, 13 * HOURS);
}

static void years_behind_the_table_follow_the_rule(void **state)
{
    const struct zone *z = zone_find(text_from("America/New_York"));
    const struct worktime *w = simple("America/New_York", WEEKDAYS, 9 * 60, 17 * 60, NULL);
    (void)state;
    for (int year = 2095; year < 2600; year += year < 2110 ? 1 : 7) {
        int64_t winter = zone_days(year, 1, 15), summer = zone_days(year, 5, 15);
        assert_int_equal(wall_first(z, winter, 9 * 60), winter * DAYS + 14 * HOURS);
        assert_int_equal(wall_last(z, summer, 9 * 60), summer * DAYS + 13 * HOURS);
        int64_t t = winter * DAYS;
        assert_int_equal(worktime_between(w, t, worktime_add(w, t, 5000 * HOURS)), 5000 * HOURS);
    }
}

static void weekdays_follow_each_other(void **state)
{
    (void)state;
    assert_int_equal(weekday_of(0), 3);
    assert_int_equal(weekday_of(day("2026-11-22")), 6);
    assert_int_equal(weekday_of(-3), 0);
    assert_int_equal(weekday_of(-4), 6);
}

/* --- without a calendar, and at the ends of time ------------------------------------------------
 */

static void without_a_calendar_all_time_counts(void **state)
{
    int64_t t = instant("2026-11-22T10:00:00Z"), from, to;
    (void)state;
    assert_int_equal(worktime_add(NULL, t, HOURS), t + HOURS);
    assert_int_equal(worktime_add(NULL, t, -HOURS), t - HOURS);
    assert_int_equal(worktime_add(NULL, INT64_MAX - 5, HOURS), INT64_MAX);
    assert_int_equal(worktime_add(NULL, INT64_MIN + 5, -HOURS), INT64_MIN);
    assert_int_equal(worktime_between(NULL, t, t + 7), 7);
    assert_int_equal(worktime_between(NULL, t + 7, t), -7);
    assert_true(worktime_open(NULL, t));
    assert_true(worktime_span(NULL, t, &from, &to));
    assert_true(from < t && to > t);
    EXPECT(worktime_add_days(NULL, t, 1, false), "2026-11-23T10:00:00Z");
    EXPECT(worktime_add_days(NULL, t, 1, true), "2026-11-24T00:00:00Z");
}

static void always_open_is_like_no_calendar(void **state)
{
    static const char *const names[] = { "UTC", "Europe/Berlin", "America/Havana",
                                         "Australia/Lord_Howe", "Pacific/Apia" };
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct worktime *w = simple(names[i], ALL_DAYS, 0, 24 * 60, NULL);
        for (int64_t t = instant("2011-01-01T00:00:00Z"); t < instant("2013-01-01T00:00:00Z");
             t += 7 * HOURS + 1) {
            assert_int_equal(worktime_add(w, t, 31 * HOURS + 7), t + 31 * HOURS + 7);
            assert_int_equal(worktime_add(w, t, -900 * HOURS), t - 900 * HOURS);
            assert_int_equal(worktime_between(w, t, t + 300 * DAYS), 300 * DAYS);
        }
    }
}

static void the_ends_of_time_lead_nowhere(void **state)
{
    const struct worktime *w = simple("America/New_York", WEEKDAYS, 9 * 60, 17 * 60, NULL);
    int64_t from, to, t = instant("2026-01-01T00:00:00Z");
    (void)state;
    assert_int_equal(worktime_add(w, INT64_MAX, 1), WORKTIME_NEVER);
    assert_int_equal(worktime_add(w, INT64_MIN, 1), WORKTIME_NEVER);
    assert_int_equal(worktime_add(w, INT64_MIN, -1), INT64_MIN);
    assert_int_equal(worktime_add(w, t, INT64_MAX), WORKTIME_NEVER);
    assert_int_equal(worktime_add(w, t, INT64_MIN), INT64_MIN);
    assert_int_equal(worktime_add(w, t, 90 * 365 * DAYS), WORKTIME_NEVER);
    assert_true(worktime_add(w, t, 20 * 365 * DAYS) > t + 70 * 365 * DAYS);
    assert_false(worktime_span(w, INT64_MAX, &from, &to));
    assert_false(worktime_open(w, INT64_MAX));
    int64_t first = zone_days(1, 1, 1) * DAYS, last = zone_days(9999, 1, 1) * DAYS;
    assert_true(worktime_between(w, first, last) > INT64_C(9998) * 52 * 40 * HOURS);
    assert_true(worktime_between(w, first, last) < INT64_C(9998) * 53 * 40 * HOURS);
    const struct worktime_version closed = { 0, NULL, 0 };
    const struct worktime_spec s = { text_from("Europe/Berlin"), &closed, 1, NULL, 0 };
    w = made(&s, &arena);
    assert_int_equal(worktime_add(w, t, 1), WORKTIME_NEVER);
    assert_int_equal(worktime_add(w, t, -1), INT64_MIN);
    assert_int_equal(worktime_between(w, t, t + 4000 * DAYS), 0);
    assert_false(worktime_span(w, t, &from, &to));
}

static void tzdata_has_a_version(void **state)
{
    (void)state;
    struct text v = zones_version();
    if (v.length < 5 || memcmp(v.at, "20", 2) != 0)
        fail_msg("%.*s", TEXT_ARG(v));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_before_due_are_counted_back),
        cmocka_unit_test(the_night_and_the_weekend_do_not_count),
        cmocka_unit_test(holidays_do_not_count),
        cmocka_unit_test(days_are_working_days),
        cmocka_unit_test(at_noon_nobody_works),
        cmocka_unit_test(versions_take_effect_at_their_day),
        cmocka_unit_test(closed_for_years_is_not_for_ever),
        cmocka_unit_test(half_past_eight_stays_half_past_eight),
        cmocka_unit_test(what_is_skipped_is_the_first_instant_behind),
        cmocka_unit_test(what_is_shown_twice_begins_first_and_ends_last),
        cmocka_unit_test(lord_howe_turns_by_half_an_hour),
        cmocka_unit_test(samoa_skipped_a_day),
        cmocka_unit_test(midnight_twice_belongs_to_the_day_before),
        cmocka_unit_test(st_johns_turned_a_minute_behind_midnight),
        cmocka_unit_test(years_behind_the_table_follow_the_rule),
        cmocka_unit_test(weekdays_follow_each_other),
        cmocka_unit_test(without_a_calendar_all_time_counts),
        cmocka_unit_test(always_open_is_like_no_calendar),
        cmocka_unit_test(the_ends_of_time_lead_nowhere),
        cmocka_unit_test(tzdata_has_a_version),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(&arena);
    return failed;
}

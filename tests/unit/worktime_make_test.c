/* worktime_make: calendars that are none, and how days are written. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/worktime_given.h"

enum { WEEKDAYS = 0x1f, ALL_DAYS = 0x7f, SATURDAY = 0x20 };

static struct arena arena;

static void refused(struct worktime_spec s, const char *list, uint32_t version, uint32_t index)
{
    struct worktime *w = NULL;
    struct worktime_error e = { 0 };
    assert_int_equal(worktime_make(&s, given_room, &arena, &w, &e), -EINVAL);
    assert_null(w);
    assert_string_equal(e.list, list);
    assert_int_equal(e.version, version);
    assert_int_equal(e.index, index);
    assert_true(strlen(e.rule) > 10);
}

static void wrong_calendars_are_refused(void **state)
{
    struct worktime_hours hours[WORKTIME_HOURS_MAX + 1] = { { WEEKDAYS, 540, 1020 },
                                                            { SATURDAY, 0, 1440 } };
    struct worktime_version versions[WORKTIME_VERSIONS_MAX + 1] = { { 100, hours, 2 },
                                                                    { 0, hours, 1 },
                                                                    { 50, hours, 1 } };
    static struct worktime_holiday holidays[WORKTIME_HOLIDAYS_MAX + 1] = { { 7, 0, 0 },
                                                                           { 5, 60, 120 } };
    struct worktime_spec good = { text_from("Europe/Berlin"), versions, 3, holidays, 2 }, s = good;
    (void)state;
    made(&good, &arena);
    s.zone = text_from("Europe/Atlantis");
    refused(s, "zone", 0, 0);
    s = good;
    s.version_count = 0;
    refused(s, "versions", 0, 0);
    s.version_count = WORKTIME_VERSIONS_MAX + 1;
    refused(s, "versions", 0, WORKTIME_VERSIONS_MAX);
    s = good;
    s.holiday_count = WORKTIME_HOLIDAYS_MAX + 1;
    refused(s, "holidays", 0, WORKTIME_HOLIDAYS_MAX);
    versions[2].from_day = 0;
    refused(good, "versions", 2, 2);
    versions[2].from_day = 50;
    versions[1].hours_count = WORKTIME_HOURS_MAX + 1;
    refused(good, "versions", 1, 1);
    versions[1].hours_count = 1;
    static const struct worktime_hours wrong[] = {
        { 0, 0, 60 },          { 128, 0, 60 },           { SATURDAY, 60, 60 },
        { SATURDAY, 61, 60 },  { SATURDAY, -1, 60 },     { SATURDAY, 60, 1441 },
        { 1, 1019, 1100 },     { 16, 0, 541 },           { WEEKDAYS | SATURDAY, 540, 541 },
        { ALL_DAYS, 0, 1440 }, { WEEKDAYS, 1000, 1001 },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        hours[1] = wrong[i];
        refused(good, "hours", 0, 1);
    }
    hours[1] = (struct worktime_hours){ WEEKDAYS, 1020, 1100 }; /* touching is right */
    made(&good, &arena);
    static const struct worktime_holiday bad[] = {
        { 7, 0, 0 }, { 5, 61, 60 }, { 5, -1, 60 }, { 5, 0, 1441 }
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        holidays[1] = bad[i];
        refused(good, "holidays", 0, 1);
    }
}

static void days_are_read(void **state)
{
    static const struct {
        const char *text;
        int bits;
    } good[] = { { "mon", 1 },           { "mon-fri", 31 },  { "sat,sun", 96 },
                 { "mon-wed,fri", 23 },  { "mon-sun", 127 }, { "sun-thu", 79 },
                 { "sat-mon,wed", 101 }, { "tue-tue", 2 },   { "sun,mon", 65 } };
    static const char *const bad[] = { "",         "mo",          "monday",  "mon-",
                                       "-mon",     "mon,",        ",mon",    "mon fri",
                                       "Mon",      "mon-fri,fri", "mon,mon", "mon--tue",
                                       "mon-fri-", "fri-mon,sat", "mon;tue" };
    uint8_t days;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        days = 0;
        if (worktime_days_parse(text_from(good[i].text), &days) < 0 || days != good[i].bits)
            fail_msg("%s: %d", good[i].text, days);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (worktime_days_parse(text_from(bad[i]), &days) != -EINVAL)
            fail_msg("%s", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_calendars_are_refused),
        cmocka_unit_test(days_are_read),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(&arena);
    return failed;
}

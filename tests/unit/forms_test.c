/* Tests of the text forms: instants, durations, decimals, local times, dates, times of day,
 * enumerations. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/sample.h"

#define SECOND INT64_C(1000000)
#define LAST   (INT64_C(253402300800) * SECOND - 1)

static void instants_have_known_values(void **state)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } vectors[] = {
        { "1970-01-01T00:00:00Z", 0 },           { "1970-01-01T00:00:01Z", 1 },
        { "1972-02-29T00:00:00Z", 68169600 },    { "1972-03-01T00:00:00Z", 68256000 },
        { "1999-12-31T23:59:59Z", 946684799 },   { "2000-02-29T12:00:00Z", 951825600 },
        { "2000-03-01T00:00:00Z", 951868800 },   { "2016-12-31T23:59:59Z", 1483228799 },
        { "2024-02-29T23:59:59Z", 1709251199 },  { "2038-01-19T03:14:07Z", 2147483647 },
        { "2038-01-19T03:14:08Z", 2147483648 },  { "2100-02-28T23:59:59Z", 4107542399 },
        { "2100-03-01T00:00:00Z", 4107542400 },  { "2106-02-07T06:28:16Z", 4294967296 },
        { "2400-02-29T00:00:00Z", 13574563200 }, { "9999-12-31T23:59:59Z", 253402300799 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        char printed[INSTANT_TEXT + 1];
        int64_t v = -1;
        assert_int_equal(instant_parse(text_from(vectors[i].text), &v), 0);
        assert_int_equal(v, vectors[i].seconds * SECOND);
        assert_int_equal(instant_print(v, printed), INSTANT_TEXT);
        assert_memory_equal(printed, vectors[i].text, 19);
        assert_string_equal(printed + 19, ".000000Z");
    }
}

static void instants_take_offsets_and_fractions(void **state)
{
    static const struct {
        const char *text;
        int64_t microseconds;
    } vectors[] = {
        { "1970-01-01T00:00:00.000001Z", 1 },
        { "1970-01-01t00:00:00.1z", 100000 },
        { "1970-01-01T00:00:00.12+00:00", 120000 },
        { "1970-01-01T00:00:00.123-00:00", 123000 },
        { "1970-01-01T01:00:00.1234+01:00", 123400 },
        { "1969-12-31T19:00:00.12345-05:00", 123450 },
        { "1970-01-01T23:59:00+23:59", 0 },
        { "1969-12-31T00:01:00-23:59", 0 },
        { "2026-03-29T02:30:00+05:45", 1774730700 * SECOND },
        { "9999-12-31T23:59:59.999999Z", LAST },
    };
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        int64_t v = -1;
        assert_int_equal(instant_parse(text_from(vectors[i].text), &v), 0);
        assert_int_equal(v, vectors[i].microseconds);
    }
}

static void wrong_instants_are_refused(void **state)
{
    static const char *const wrong[] = {
        "",
        "2026",
        "2026-01-31",
        "2026-01-31T09:30:00",
        "2026-01-31T09:30Z",
        "2026-01-31 09:30:00Z",
        "2026-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-00-10T00:00:00Z",
        "2026-13-10T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-01-32T00:00:00Z",
        "2026-01-31T24:00:00Z",
        "2026-01-31T23:60:00Z",
        "2016-12-31T23:59:60Z",
        "2026-01-31T09:30:00.Z",
        "2026-01-31T09:30:00.1234567Z",
        "2026-01-31T09:30:00,5Z",
        "2026-01-31T09:30:00+0100",
        "2026-01-31T09:30:00+24:00",
        "2026-01-31T09:30:00+01:60",
        "2026-01-31T09:30:00+1:00",
        "2026-01-31T09:30:00ZZ",
        "2026-01-31T09:30:00Z ",
        " 2026-01-31T09:30:00Z",
        "1969-12-31T23:59:59.999999Z",
        "1970-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "-001-01-31T09:30:00Z",
        "10000-01-01T00:00:00Z",
        "2026-1-31T09:30:00.00Z",
        "2026-01-31T09:30:+1Z",
        "0000-01-01T00:00:00Z",
        "1968-12-31T23:59:59Z",
        "2026-01-31T09:30:00.000000+00:00:00",
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int64_t v = 4711;
        if (instant_parse(text_from(wrong[i]), &v) != -EINVAL)
            fail_msg("taken: %s", wrong[i]);
        assert_int_equal(v, 4711);
    }
}

/* Every day to the end of 9999, against a calendar that only knows how to take the next day. */
static void every_day_prints_and_parses(void **state)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int year = 1970, month = 1, day = 1;
    (void)state;
    for (int64_t n = 0; year <= 9999; n++) {
        char expected[64], printed[INSTANT_TEXT + 1];
        int64_t v = n * 86400 * SECOND + 86399 * SECOND + 999999, back = 0;
        snprintf(expected, sizeof expected, "%04d-%02d-%02dT23:59:59.999999Z", year, month, day);
        instant_print(v, printed);
        assert_string_equal(printed, expected);
        assert_int_equal(instant_parse(text_from(printed), &back), 0);
        assert_int_equal(back, v);
        bool leap = month == 2 && year % 4 == 0 && (year % 100 || year % 400 == 0);
        if (++day > days[month - 1] + leap) {
            day = 1;
            if (++month > 12) {
                month = 1;
                year++;
            }
        }
    }
}

static void instants_beyond_text_are_clamped(void **state)
{
    char printed[INSTANT_TEXT + 1];
    (void)state;
    instant_print(INT64_MAX, printed);
    assert_string_equal(printed, "9999-12-31T23:59:59.999999Z");
    instant_print(INT64_MIN, printed);
    assert_string_equal(printed, "1970-01-01T00:00:00.000000Z");
}

static void durations_have_known_values(void **state)
{
    static const struct {
        const char *text, *printed;
        int64_t microseconds;
    } vectors[] = {
        { "PT0S", "PT0S", 0 },
        { "P0D", "PT0S", 0 },
        { "PT1H30M", "PT1H30M", 5400 * SECOND },
        { "PT90M", "PT1H30M", 5400 * SECOND },
        { "PT36H", "P1DT12H", 129600 * SECOND },
        { "P1W", "P7D", 604800 * SECOND },
        { "P1W1DT1S", "P8DT1S", 691201 * SECOND },
        { "P1D", "P1D", 86400 * SECOND },
        { "PT4.5S", "PT4.5S", 4500000 },
        { "PT0.000001S", "PT0.000001S", 1 },
        { "PT1M0.1S", "PT1M0.1S", 60100000 },
        { "P106751991DT4H54.775807S", "P106751991DT4H54.775807S", INT64_MAX },
        { "PT9223372036854.775807S", "P106751991DT4H54.775807S", INT64_MAX },
    };
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        char printed[DURATION_TEXT_MAX];
        int64_t v = -1;
        assert_int_equal(duration_parse(text_from(vectors[i].text), &v), 0);
        assert_int_equal(v, vectors[i].microseconds);
        assert_int_equal(duration_print(v, printed), strlen(vectors[i].printed));
        assert_string_equal(printed, vectors[i].printed);
    }
}

static void wrong_durations_are_refused(void **state)
{
    static const char *const wrong[] = {
        "",
        "P",
        "PT",
        "P1",
        "1D",
        "PT1D",
        "P1H",
        "P1M",
        "P1Y",
        "P1DT",
        "PT1S1M",
        "P1D1W",
        "PT1H1H",
        "-PT1H",
        "PT-1H",
        "+PT1H",
        "PT1.5H",
        "PT1.S",
        "PT.5S",
        "PT1.0000001S",
        "pt1h",
        "PT1H ",
        "P1DT1",
        "PTT1S",
        "PT1HT1M",
        "PT9223372036854.775808S",
        "P106751992D",
        "P99999999999999999999D",
        "PT18446744073709551616S",
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int64_t v = 4711;
        if (duration_parse(text_from(wrong[i]), &v) != -EINVAL)
            fail_msg("taken: %s", wrong[i]);
        assert_int_equal(v, 4711);
    }
}

static void decimals_have_known_values(void **state)
{
    static const struct {
        const char *text, *printed;
        int scale;
        int64_t scaled;
    } vectors[] = {
        { "12.50", "12.50", 2, 1250 },
        { "12.5", "12.50", 2, 1250 },
        { "12", "12.00", 2, 1200 },
        { "-0.05", "-0.05", 2, -5 },
        { "0", "0", 0, 0 },
        { "-0", "0.0", 1, 0 },
        { "007", "7", 0, 7 },
        { "0.000000001", "0.000000001", 9, 1 },
        { "9223372036854775807", "9223372036854775807", 0, INT64_MAX },
        { "-9223372036854775808", "-9223372036854775808", 0, INT64_MIN },
        { "-9223372036.854775808", "-9223372036.854775808", 9, INT64_MIN },
        { "92233720368547758.07", "92233720368547758.07", 2, INT64_MAX },
    };
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        char printed[DECIMAL_TEXT_MAX];
        int64_t v = 4711;
        assert_int_equal(decimal_parse(text_from(vectors[i].text), vectors[i].scale, &v), 0);
        assert_int_equal(v, vectors[i].scaled);
        assert_int_equal(decimal_print(v, vectors[i].scale, printed), strlen(vectors[i].printed));
        assert_string_equal(printed, vectors[i].printed);
    }
}

static void wrong_decimals_are_refused(void **state)
{
    static const char *const wrong[] = {
        "",
        "-",
        ".",
        ".5",
        "5.",
        "1.234",
        "1e2",
        "+1",
        " 1",
        "1 ",
        "1,5",
        "--1",
        "1.2.3",
        "0x1",
        "92233720368547758.08",
        "92233720368547759",
        "-92233720368547758.09",
        "1-",
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int64_t v = 4711;
        if (decimal_parse(text_from(wrong[i]), 2, &v) != -EINVAL)
            fail_msg("taken: %s", wrong[i]);
        assert_int_equal(v, 4711);
    }
    int64_t v = 4711;
    assert_int_equal(decimal_parse(text_from("1.0"), 0, &v), -EINVAL);
}

static void local_times_have_one_form(void **state)
{
    static const char *const wrong[] = { "",
                                         "2026-01-31",
                                         "2026-01-31T09:30:00Z",
                                         "2026-01-31T09:30:00.1",
                                         "2026-02-29T00:00:00",
                                         "1969-12-31T23:59:59",
                                         "2026-01-31T09:30:60",
                                         "2026-01-31T9:30:000" };
    char printed[LOCAL_TIME_TEXT + 1];
    int64_t v = 0;
    (void)state;
    assert_int_equal(local_time_parse(text_from("2000-02-29T12:00:00"), &v), 0);
    assert_int_equal(v, INT64_C(951825600) * SECOND);
    assert_int_equal(local_time_print(v, printed), LOCAL_TIME_TEXT);
    assert_string_equal(printed, "2000-02-29T12:00:00");
    assert_int_equal(local_time_parse(text_from("1970-01-01T00:00:00"), &v), 0);
    assert_int_equal(v, 0);
    assert_int_equal(local_time_parse(text_from("9999-12-31T23:59:59"), &v), 0);
    assert_int_equal(v, LAST - 999999);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(local_time_parse(text_from(wrong[i]), &v), -EINVAL);
}

static void dates_have_one_form(void **state)
{
    static const char *const wrong[] = { "",           "2026-01-3",  "2026-1-31",
                                         "2026-02-29", "2026-13-01", "2026-00-01",
                                         "2026-01-00", "2026/01/31", "2026-01-31T00:00:00",
                                         "1969-12-31", "31.01.2026", "2026-01-31 " };
    char printed[DATE_TEXT + 1];
    int64_t v = 4711;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(day_parse(text_from(wrong[i]), &v), -EINVAL);
    assert_int_equal(v, 4711);
    assert_int_equal(day_parse(text_from("2000-02-29"), &v), 0);
    assert_int_equal(v, 11016);
    for (int64_t d = 0; d <= 2932896; d += 1 + d % 97) {
        assert_int_equal(day_print(d, printed), DATE_TEXT);
        assert_int_equal(day_parse((struct text){ printed, DATE_TEXT }, &v), 0);
        assert_int_equal(v, d);
    }
    day_print(2932896, printed);
    assert_string_equal(printed, "9999-12-31");
    day_print(INT64_MAX, printed); /* what no text can say is clamped */
    assert_string_equal(printed, "9999-12-31");
    day_print(-1, printed);
    assert_string_equal(printed, "1970-01-01");
    day_print(INT64_MIN, printed);
    assert_string_equal(printed, "1970-01-01");
}

static void times_of_day_have_one_form(void **state)
{
    static const char *const wrong[] = { "",      "9:30",  "09:3",     "09:60",  "24:01",
                                         "25:00", "09.30", "09:30:00", "09:30Z", "-1:00",
                                         "noon",  "+9:30", " 9:30" };
    char printed[TIME_TEXT + 1];
    int64_t v = 4711;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(time_parse(text_from(wrong[i]), &v), -EINVAL);
    assert_int_equal(v, 4711);
    for (int64_t m = 0; m <= TIME_LAST; m++) {
        assert_int_equal(time_print(m, printed), TIME_TEXT);
        assert_int_equal(time_parse(text_from(printed), &v), 0);
        assert_int_equal(v, m);
    }
    assert_string_equal(printed, "24:00");
    time_print(-1, printed);
    assert_string_equal(printed, "00:00");
    time_print(INT64_MAX, printed);
    assert_string_equal(printed, "24:00");
}

static void random_values_survive_their_text(void **state)
{
    uint64_t seed = 42;
    (void)state;
    for (int i = 0; i < 20000; i++) {
        char text[DURATION_TEXT_MAX];
        int scale = (int)(sample_random(&seed) % 10);
        int64_t back = 0, v = sample_between(&seed, 0, LAST);
        instant_print(v, text);
        assert_int_equal(instant_parse(text_from(text), &back), 0);
        assert_int_equal(back, v);
        v = sample_between(&seed, 0, INT64_MAX >> sample_random(&seed) % 60);
        duration_print(v, text);
        assert_int_equal(duration_parse(text_from(text), &back), 0);
        assert_int_equal(back, v);
        v = (int64_t)sample_random(&seed);
        decimal_print(v, scale, text);
        assert_int_equal(decimal_parse(text_from(text), scale, &back), 0);
        assert_int_equal(back, v);
    }
}

static void negative_durations_never_look_right(void **state)
{
    char text[DURATION_TEXT_MAX];
    int64_t v;
    (void)state;
    duration_print(INT64_MIN, text);
    assert_string_equal(text, "-P106751991DT4H54.775808S");
    assert_int_equal(duration_parse(text_from(text), &v), -EINVAL);
}

static void enumerations_are_looked_up_both_ways(void **state)
{
    (void)state;
    assert_string_equal(enumeration_name(&enumeration_grade, grade_high), "high");
    assert_null(enumeration_name(&enumeration_grade, 0));
    assert_null(enumeration_name(&enumeration_grade, 3));
    assert_int_equal(enumeration_value(&enumeration_grade, text_from("middle")), grade_middle);
    assert_int_equal(enumeration_value(&enumeration_grade, text_from("middl")), 0);
    assert_int_equal(enumeration_value(&enumeration_grade, text_from("Middle")), 0);
    assert_int_equal(enumeration_value(&enumeration_grade, (struct text){ 0 }), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instants_have_known_values),
        cmocka_unit_test(instants_take_offsets_and_fractions),
        cmocka_unit_test(wrong_instants_are_refused),
        cmocka_unit_test(every_day_prints_and_parses),
        cmocka_unit_test(instants_beyond_text_are_clamped),
        cmocka_unit_test(durations_have_known_values),
        cmocka_unit_test(wrong_durations_are_refused),
        cmocka_unit_test(decimals_have_known_values),
        cmocka_unit_test(wrong_decimals_are_refused),
        cmocka_unit_test(local_times_have_one_form),
        cmocka_unit_test(dates_have_one_form),
        cmocka_unit_test(times_of_day_have_one_form),
        cmocka_unit_test(random_values_survive_their_text),
        cmocka_unit_test(negative_durations_never_look_right),
        cmocka_unit_test(enumerations_are_looked_up_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

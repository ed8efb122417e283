/* worktime: what Python's zoneinfo says minute by minute, and laws that hold for any calendar, zone
 * and instant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/service.h"
#include "common/time/zone.h"
#include "tests/unit/worktime_given.h"

/* --- the oracle ---------------------------------------------------------------------------------
 */

enum { LINE_MAX_BYTES = 64 << 10 };

static int64_t number(char **at)
{
    char *end;
    long long v = strtoll(*at, &end, 10);
    if (end == *at)
        fail_msg("no number at %.40s", *at);
    *at = end;
    return v;
}

static struct worktime *calendar_read(char *at, struct arena *a)
{
    struct worktime_version versions[WORKTIME_VERSIONS_MAX];
    struct worktime_hours hours[WORKTIME_VERSIONS_MAX][WORKTIME_HOURS_MAX];
    struct worktime_holiday holidays[WORKTIME_HOLIDAYS_MAX];
    char zone[ZONE_NAME_MAX + 1];
    int used = 0;
    assert_int_equal(sscanf(at, "%64s%n", zone, &used), 1);
    at += used;
    struct worktime_spec s = { text_from(zone), versions, (uint32_t)number(&at), holidays, 0 };
    for (uint32_t v = 0; v < s.version_count; v++) {
        int64_t from = number(&at);
        versions[v] = (struct worktime_version){ from, hours[v], (uint32_t)number(&at) };
        for (uint32_t h = 0; h < versions[v].hours_count; h++) {
            hours[v][h].days = (uint8_t)number(&at);
            hours[v][h].from = (int16_t)number(&at);
            hours[v][h].to = (int16_t)number(&at);
        }
    }
    s.holiday_count = (uint32_t)number(&at);
    assert_true(s.holiday_count <= WORKTIME_HOLIDAYS_MAX);
    for (uint32_t i = 0; i < s.holiday_count; i++) {
        holidays[i].day = number(&at);
        holidays[i].from = (int16_t)number(&at);
        holidays[i].to = (int16_t)number(&at);
    }
    return made(&s, a);
}

/* The question's answer, and whether it is the one that was read behind it. */
static bool answers(const struct worktime *w, char kind, char *at, int64_t ret[static 2])
{
    int64_t from = number(&at), more = kind == 'S' || kind == 'O' ? 0 : number(&at);
    bool end_of_day = kind == 'D' && number(&at);
    switch (kind) {
    case 'A':
        ret[0] = worktime_add(w, from, more);
        break;
    case 'B':
        ret[0] = worktime_between(w, from, more);
        break;
    case 'D':
        ret[0] = worktime_add_days(w, from, more, end_of_day);
        break;
    case 'O':
        ret[0] = worktime_open(w, from);
        break;
    case 'S':
        if (!worktime_span(w, from, &ret[0], &ret[1]))
            return false;
        return ret[0] == number(&at) && ret[1] == number(&at);
    default:
        fail_msg("no such question: %c", kind);
    }
    return ret[0] == number(&at);
}

static void python_says_the_same(void **state)
{
    struct arena a = { 0 };
    char *line = malloc(LINE_MAX_BYTES), *calendar = malloc(LINE_MAX_BYTES);
    const struct worktime *w = NULL;
    int calendars = 0, questions = 0, wrong = 0;
    (void)state;
    assert_non_null(line);
    assert_non_null(calendar);
    const char *arguments = getenv("WORKTIME_ORACLE"); /* for long runs: "SEED WINDOWS YEARS" */
    struct text command = arena_printf(&a, "/usr/bin/python3 tests/unit/worktime_oracle.py %s",
                                       arguments ? arguments : "20261122 1 2");
    FILE *oracle = popen(command.at, "r");
    assert_non_null(oracle);
    while (fgets(line, LINE_MAX_BYTES, oracle)) {
        int64_t found[2] = { 0 };
        line[strcspn(line, "\n")] = 0;
        if (line[0] == 'C') {
            arena_reset(&a);
            memcpy(calendar, line, strlen(line) + 1);
            w = calendar_read(line + 1, &a);
            calendars++;
        } else if (!answers(w, line[0], line + 1, found) && wrong++ < 10) {
            print_error("%s\n%s: %lld %lld\n", calendar, line, (long long)found[0],
                        (long long)found[1]);
        }
        questions += line[0] != 'C';
    }
    assert_int_equal(pclose(oracle), 0);
    assert_int_equal(wrong, 0);
    assert_true(calendars > 900);
    assert_true(questions > 50000);
    free(line);
    free(calendar);
    arena_free(&a);
}

/* --- laws ---------------------------------------------------------------------------------------
 */

static uint64_t dice; /* of the test: the same numbers every time */

static int64_t roll(int64_t sides)
{
    dice ^= dice << 13;
    dice ^= dice >> 7;
    dice ^= dice << 17;
    return (int64_t)(dice % (uint64_t)sides);
}

static const char *const zones[] = {
    "Europe/Berlin",
    "Europe/London",
    "Europe/Dublin",
    "America/New_York",
    "America/St_Johns",
    "America/Havana",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Beirut",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Australia/Adelaide",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Pacific/Chatham",
    "Pacific/Kwajalein",
    "Africa/Casablanca",
    "Africa/El_Aaiun",
    "Antarctica/Troll",
    "Antarctica/Casey",
    "America/Juneau",
    "Asia/Manila",
    "UTC",
    "America/Sao_Paulo",
    "Africa/Monrovia",
    "America/Scoresbysund",
    "Etc/GMT+12",
    "Etc/GMT-14",
};
enum { ZONES = sizeof zones / sizeof *zones };

/* Hours that do not overlap: as long as there is room behind the last one. */
static uint32_t some_hours(struct worktime_hours hours[static WORKTIME_HOURS_MAX])
{
    uint32_t n = 0;
    int64_t from = roll(900);
    for (; n < WORKTIME_HOURS_MAX && from < 1440 && n < 6; n++) {
        int64_t to = from + 1 + roll(1440 - from);
        hours[n] = (struct worktime_hours){ (uint8_t)(1 + roll(127)), (int16_t)from, (int16_t)to };
        from = to + roll(3) * roll(300);
    }
    return n;
}

static struct worktime *some_calendar(struct arena *a, int64_t around)
{
    struct worktime_version versions[WORKTIME_VERSIONS_MAX];
    struct worktime_hours hours[WORKTIME_VERSIONS_MAX][WORKTIME_HOURS_MAX];
    struct worktime_holiday holidays[WORKTIME_HOLIDAYS_MAX];
    struct worktime_spec s = { text_from(zones[roll(ZONES)]), versions, (uint32_t)roll(4) + 1,
                               holidays, (uint32_t)roll(40) };
    for (uint32_t v = 0; v < s.version_count; v++)
        versions[v] = (struct worktime_version){ around - 300 + 200 * (int64_t)v + roll(200),
                                                 hours[v], some_hours(hours[v]) };
    for (uint32_t i = 0; i < s.holiday_count; i++) {
        int64_t from = roll(2) ? 0 : roll(1440);
        holidays[i] =
            (struct worktime_holiday){ around - 300 + 20 * (int64_t)i + roll(20), (int16_t)from,
                                       (int16_t)(from ? from + roll(1440 - from) : 0) };
    }
    return made(&s, a);
}

/* From antiquity to the far future, mostly in our days. */
static int64_t some_day(void)
{
    switch (roll(8)) {
    case 0:
        return roll(400000) - 200000;
    case 1:
        return roll(80000) - 40000; /* 1860 to 2079 */
    default:
        return 18000 + roll(6000);
    }
}

static void adding_and_measuring_are_inverse(void **state)
{
    struct arena a = { 0 };
    int never = 0;
    (void)state;
    dice = 20261122;
    for (int n = 0; n < 4000; n++) {
        int64_t around = some_day();
        const struct worktime *w = some_calendar(&a, around);
        for (int i = 0; i < 12; i++) {
            int64_t t = (around - 400 + roll(800)) * DAYS + roll(DAYS);
            int64_t d = roll(i % 3 ? 100 * HOURS : 2000 * HOURS);
            int64_t later = worktime_add(w, t, d), sooner = worktime_add(w, t, -d);
            never += later == WORKTIME_NEVER || sooner == INT64_MIN;
            if (later == WORKTIME_NEVER || sooner == INT64_MIN)
                continue;
            assert_int_equal(worktime_between(w, t, later), d);
            assert_int_equal(worktime_between(w, sooner, t), d);
            assert_int_equal(worktime_between(w, later, t), -d);
            if (d > 0) { /* the earliest, and the latest */
                assert_int_equal(worktime_between(w, t, later - 1), d - 1);
                assert_int_equal(worktime_between(w, sooner + 1, t), d - 1);
                assert_true(worktime_open(w, later - 1));
                assert_true(worktime_open(w, sooner));
            }
        }
        arena_reset(&a);
    }
    assert_true(never < 400);
    arena_free(&a);
}

static void adding_is_additive_and_never_goes_back(void **state)
{
    struct arena a = { 0 };
    (void)state;
    dice = 4711;
    for (int n = 0; n < 3000; n++) {
        int64_t around = some_day();
        const struct worktime *w = some_calendar(&a, around);
        int64_t t = (around - 300 + roll(600)) * DAYS + roll(DAYS), later = t + roll(40 * DAYS);
        int64_t d = roll(200 * HOURS), e = roll(200 * HOURS);
        int64_t both = worktime_add(w, t, d + e);
        if (both != WORKTIME_NEVER && worktime_add(w, t, -d - e) != INT64_MIN) {
            assert_int_equal(worktime_add(w, worktime_add(w, t, d), e), both);
            assert_int_equal(worktime_add(w, worktime_add(w, t, -d), -e),
                             worktime_add(w, t, -d - e));
            assert_true(worktime_add(w, t, d) >= t);
            assert_true(worktime_add(w, t, d) <= worktime_add(w, later, d));
            assert_true(worktime_add(w, t, -d) <= worktime_add(w, later, -d));
            assert_true(worktime_add(w, t, d) <= both);
        }
        int64_t middle = t + roll(later - t + 1);
        assert_int_equal(worktime_between(w, t, middle) + worktime_between(w, middle, later),
                         worktime_between(w, t, later));
        assert_true(worktime_between(w, t, later) <= later - t);
        arena_reset(&a);
    }
    arena_free(&a);
}

static void spans_are_all_of_it(void **state)
{
    struct arena a = { 0 };
    (void)state;
    dice = 99;
    for (int n = 0; n < 1500; n++) {
        int64_t around = some_day(), from, to, sum = 0;
        const struct worktime *w = some_calendar(&a, around);
        int64_t t = around * DAYS + roll(DAYS), end = t + roll(60 * DAYS), before = t;
        for (int64_t at = t; at < end && worktime_span(w, at, &from, &to) && from < end; at = to) {
            assert_true(from < to);
            assert_true(to > at);
            assert_true(from >= before || at == t); /* no overlap */
            assert_int_equal(worktime_between(w, before, from > before ? from : before), 0);
            from = from > t ? from : t;
            sum += (to < end ? to : end) - from;
            assert_int_equal(worktime_between(w, from, to), to - from);
            assert_true(worktime_open(w, from) && worktime_open(w, to - 1));
            before = to;
        }
        assert_int_equal(sum, worktime_between(w, t, end)); /* and no gap */
        arena_reset(&a);
    }
    arena_free(&a);
}

static void walls_go_both_ways(void **state)
{
    int twice = 0, never = 0;
    (void)state;
    dice = 3;
    for (int n = 0; n < 300000; n++) {
        const struct zone *z = zone_find(text_from(zones[roll(ZONES)]));
        int64_t day = some_day(), minute = roll(1440), shown_day, shown_minute;
        if (n % 2) { /* where a clock is turned */
            int64_t at = day * DAYS;
            const char *word;
            int32_t before = zone_offset(z, at, &word);
            while (at < (day + 200) * DAYS && zone_offset(z, at, &word) == before)
                at += HOURS;
            wall_at(z, at - 2 * HOURS, &day, &minute);
            minute += roll(240);
            day += minute / 1440;
            minute %= 1440;
            n += 20;
        }
        int64_t first = wall_first(z, day, minute), last = wall_last(z, day, minute);
        enum wall_kind kind = wall_kind(z, day, minute);
        assert_true(first <= last);
        assert_true(wall_first(z, day, minute + 1 + roll(90)) >= first);
        assert_true(wall_last(z, day, minute + 1 + roll(90)) >= last);
        assert_int_equal(kind == WALL_TWICE, first < last);
        wall_at(z, first, &shown_day, &shown_minute);
        if (first % MINUTES == 0 && day > 2 * 365) {
            assert_int_equal(kind == WALL_NEVER, shown_day != day || shown_minute != minute);
            wall_at(z, last, &shown_day, &shown_minute);
            assert_int_equal(kind == WALL_NEVER, shown_day != day || shown_minute != minute);
        }
        twice += kind == WALL_TWICE;
        never += kind == WALL_NEVER;
    }
    assert_true(twice > 500);
    assert_true(never > 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(python_says_the_same),
        cmocka_unit_test(adding_and_measuring_are_inverse),
        cmocka_unit_test(adding_is_additive_and_never_goes_back),
        cmocka_unit_test(spans_are_all_of_it),
        cmocka_unit_test(walls_go_both_ways),
    };
    zones_load();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

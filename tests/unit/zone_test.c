/* zone: the same answers as Python's zoneinfo, and files that are none are refused. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/service.h"
#include "common/time/zone_file.h"

static void python_says_the_same(void **state)
{
    struct arena a = { 0 };
    char line[256];
    int lines = 0, zones = 0;
    const struct zone *before = NULL;
    (void)state;
    FILE *oracle = popen("/usr/bin/python3 tests/unit/zone_oracle.py 20261122 250", "r");
    assert_non_null(oracle);
    while (fgets(line, sizeof line, oracle)) {
        char name[65], word[16], printed[64], *end;
        long long seconds;
        int offset, at = 0;
        const char *mine;
        assert_int_equal(sscanf(line, "%64s %lld %d %15s %n", name, &seconds, &offset, word, &at),
                         4);
        snprintf(printed, sizeof printed, "%s", line + at);
        end = strchr(printed, '\n');
        assert_non_null(end);
        *end = 0;
        const struct zone *z = zone_find(text_from(name));
        if (!z || zone_offset(z, seconds * SECONDS, &mine) != offset || strcmp(mine, word) != 0)
            fail_msg("%s at %lld: %s", name, seconds, z ? "another offset" : "no such zone");
        assert_string_equal(zone_print(z, seconds * SECONDS + 999999, &a).at, printed);
        zones += z != before;
        before = z;
        lines++;
        arena_reset(&a);
    }
    assert_int_equal(pclose(oracle), 0);
    assert_true(lines > 80000);
    assert_true(zones > 300);
    arena_free(&a);
}

static void utc_needs_no_file(void **state)
{
    struct arena a = { 0 };
    const char *word;
    (void)state;
    assert_ptr_equal(zone_find((struct text){ 0 }), zone_find(text_from("UTC")));
    const struct zone *z = zone_find(text_from("UTC"));
    assert_int_equal(zone_offset(z, 0, &word), 0);
    assert_string_equal(word, "UTC");
    assert_string_equal(zone_print(z, 0, &a).at, "Thu 1 Jan 1970 00:00 UTC");
    assert_string_equal(zone_print(z, -1, &a).at, "Wed 31 Dec 1969 23:59 UTC");
    assert_string_equal(zone_print(z, INT64_C(951782400000000), &a).at,
                        "Tue 29 Feb 2000 00:00 UTC");
    zone_print(z, INT64_MIN, &a);
    zone_print(zone_find(text_from("Europe/Berlin")), INT64_MAX, &a);
    zone_print(zone_find(text_from("Europe/Berlin")), INT64_MIN, &a);
    assert_string_equal(
        zone_print(zone_find(text_from("Europe/Berlin")), INT64_C(1795271400000000), &a).at,
        "Sat 21 Nov 2026 15:30 CET");
    arena_free(&a);
}

static void calendar_goes_both_ways(void **state)
{
    int64_t before = zone_days(-5000, 1, 1) - 1, year;
    int month, day;
    (void)state;
    assert_int_equal(zone_days(1970, 1, 1), 0);
    assert_int_equal(zone_days(2000, 3, 1), 11017);
    for (; before < zone_days(5000, 1, 1); before++) {
        zone_date(before + 1, &year, &month, &day);
        assert_true(month >= 1 && month <= 12 && day >= 1 && day <= 31);
        assert_int_equal(zone_days(year, month, day), before + 1);
    }
}

static void other_names_are_none(void **state)
{
    static const char *const names[] = { "Europe/Nowhere",
                                         "../../../etc/passwd",
                                         "Europe/../Europe/Berlin",
                                         "/usr/share/zoneinfo/Europe/Berlin",
                                         "/Europe/Berlin",
                                         "Europe//Berlin",
                                         "Europe/Berlin/",
                                         "./Europe/Berlin",
                                         "Europe",
                                         "zone1970.tab",
                                         "tzdata.zi",
                                         "europe berlin",
                                         "Europe/Berlin\n",
                                         "right/Europe/Berlin" };
    char longest[ZONE_NAME_MAX + 2];
    (void)state;
    memset(longest, 'A', sizeof longest);
    assert_null(zone_find((struct text){ longest, sizeof longest }));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (zone_find(text_from(names[i])))
            fail_msg("%s", names[i]);
    assert_null(zone_find((struct text){ "UTC\0", 4 }));
}

/* --- files --------------------------------------------------------------------------------------
 */

static size_t file_read(const char *path, uint8_t *bytes, size_t room)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    size_t n = fread(bytes, 1, room, f);
    fclose(f);
    return n;
}

static void damaged_files_are_none(void **state)
{
    static uint8_t bytes[64 << 10], changed[64 << 10];
    size_t size = file_read("/usr/share/zoneinfo/Europe/Berlin", bytes, sizeof bytes);
    struct zone *z = NULL;
    const char *word;
    int taken = 0;
    (void)state;
    assert_int_equal(zone_from_file(bytes, size, &z), 0);
    zone_free(&z);
    assert_null(z);
    for (size_t n = 0; n < size; n++) /* cut off anywhere */
        assert_int_equal(zone_from_file(bytes, n, &z), -EBADMSG);
    memcpy(changed, bytes, size);
    changed[size] = 'x';
    assert_int_equal(zone_from_file(changed, size + 1, &z), -EBADMSG);
    for (size_t i = 0; i < size; i++) /* flipped anywhere, it is refused or can be asked */
        for (int bit = 0; bit < 8; bit += 3) {
            changed[i] = bytes[i] ^ (uint8_t)(1 << bit);
            if (zone_from_file(changed, size, &z) == 0) {
                for (int64_t t = -80; t < 200; t++)
                    zone_offset(z, t * 365 * DAYS, &word);
                zone_free(&z);
                taken++;
            }
            changed[i] = bytes[i];
        }
    assert_true(taken > 0);
}

/* A file of version 1 with one change: everything is big-endian. */
static const uint8_t OLD[] =
    "TZif\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\2\0\0\0\10"
    "\0\0\3\350\1\0\0\16\20\0\0\377\377\361\360\1\4ABC\0DEF";

static void version_1_is_read(void **state)
{
    struct zone *z = NULL;
    const char *word;
    uint8_t bytes[sizeof OLD];
    (void)state;
    assert_int_equal(zone_from_file(OLD, sizeof OLD, &z), 0);
    assert_int_equal(zone_offset(z, 999999999, &word), 3600);
    assert_string_equal(word, "ABC");
    assert_int_equal(zone_offset(z, 1000000000, &word), -3600);
    assert_string_equal(word, "DEF");
    zone_free(&z);
    const struct {
        size_t at;
        uint8_t value;
    } faults[] = { { 0, 't' }, { 4, '5' }, { 39, 3 }, { 35, 2 },    { 31, 1 },  { 48, 2 },
                   { 53, 2 },  { 54, 8 },  { 23, 1 }, { 49, 0x7f }, { 68, 'x' } };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        memcpy(bytes, OLD, sizeof OLD);
        bytes[faults[i].at] = faults[i].value;
        if (zone_from_file(bytes, sizeof bytes, &z) != -EBADMSG)
            fail_msg("byte %zu", faults[i].at);
    }
}

/* On 2 January 1970: at 01:30 it is 03:30, at what would be 04:00 it is 01:00, at 01:30 of that
 * 02:30. */
static const uint8_t RESTLESS[] =
    "TZif\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\3\0\0\0\3\0\0\0\4"
    "\0\1\146\230\0\1\155\240\0\1\164\250\1\2\0\0\0\0\0\0\0\0\0\34\40\1\0\377\377\361\360\0\0ABC";

static void walls_go_on_whatever_clocks_do(void **state)
{
    static const struct {
        int64_t minute, first, last; /* of that day in UTC */
    } shown[] = {
        { 0, 0, 0 },      { 59, 59, 59 },    { 60, 60, 120 },   { 89, 89, 149 },
        { 90, 90, 150 },  { 149, 90, 150 },  { 150, 90, 150 },  { 209, 90, 209 },
        { 210, 90, 210 }, { 239, 119, 239 }, { 240, 240, 240 }, { 600, 600, 600 },
    };
    struct zone *z = NULL;
    int64_t first = INT64_MIN, last = INT64_MIN;
    (void)state;
    assert_int_equal(zone_from_file(RESTLESS, sizeof RESTLESS, &z), 0);
    for (int64_t m = 0; m <= 1440; m++) {
        int64_t begins = wall_first(z, 1, m), ends = wall_last(z, 1, m), day, minute;
        assert_true(begins >= first && ends >= last && begins <= ends);
        assert_int_equal(wall_kind(z, 1, m) == WALL_TWICE, begins < ends);
        wall_at(z, begins, &day, &minute);
        assert_true(day * 1440 + minute >= 1440 + m);
        first = begins;
        last = ends;
    }
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        assert_int_equal(wall_first(z, 1, shown[i].minute), (1440 + shown[i].first) * MINUTES);
        assert_int_equal(wall_last(z, 1, shown[i].minute), (1440 + shown[i].last) * MINUTES);
    }
    zone_free(&z);
}

static void rules_are_read(void **state)
{
    static const char *const good[] = { "CET-1CEST,M3.5.0,M10.5.0/3",
                                        "<-03>3",
                                        "IST-2IDT,M3.4.4/26,M10.5.0",
                                        "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
                                        "AEST-10AEDT-11,J60/1:30:15,365/-167",
                                        "IST-1GMT0,M10.5.0,M3.5.0/1",
                                        "XXX3EDT4,0/0,J365/23" };
    static const char *const bad[] = { "",
                                       "CET",
                                       "CE-1",
                                       "CET-25",
                                       "CET-1CEST",
                                       "CET-1CEST,",
                                       "CET-1CEST,M3.5.0",
                                       "<CET-1",
                                       "CET-1,M3.5.0",
                                       "CET-1CEST,M13.5.0,M10.5.0",
                                       "CET-1CEST,M3.6.0,M10.5.0",
                                       "CET-1CEST,M3.5.7,M10.5.0",
                                       "CET-1CEST,J0,J5",
                                       "CET-1CEST,366,5",
                                       "CET-1CEST,M3.5.0,M10.5.0/168",
                                       "CET-1CEST,M3.5.0,M10.5.0/3x",
                                       "CET-1:60",
                                       "CET-1:",
                                       "ABCDEFGHIJKLMNOPQ-1",
                                       "CET-1CEST,M0.5.0,M10.5.0",
                                       "CET-1CEST,M3.0.0,M10.5.0" };
    struct zone_rule r;
    const char *word;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (zone_rule_parse(text_from(good[i]), &r) < 0)
            fail_msg("%s", good[i]);
    for (int64_t t = 0; t < 4 * 365; t++) { /* the last one: always summer, whatever the year */
        assert_int_equal(zone_rule_at(&r, t * 86400 + 7, &word), -4 * 3600);
        assert_string_equal(word, "EDT");
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (zone_rule_parse(text_from(bad[i]), &r) != -EBADMSG)
            fail_msg("%s", bad[i]);
}

/* --- threads ------------------------------------------------------------------------------------
 */

static void *find_some(void *arg)
{
    static const char *const names[] = { "Asia/Tokyo", "Asia/Kathmandu", "America/St_Johns",
                                         "Pacific/Chatham", "Africa/Cairo" };
    const struct zone **found = arg;
    for (int i = 0; i < 1000; i++)
        found[i % 5] = zone_find(text_from(names[i % 5]));
    return NULL;
}

static void threads_find_the_same(void **state)
{
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    const struct zone *found[THREADS][5];
    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, find_some, found[i]), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < THREADS; i++)
        for (int j = 0; j < 5; j++) {
            assert_non_null(found[i][j]);
            assert_ptr_equal(found[i][j], found[0][j]);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(python_says_the_same),    cmocka_unit_test(utc_needs_no_file),
        cmocka_unit_test(calendar_goes_both_ways), cmocka_unit_test(other_names_are_none),
        cmocka_unit_test(damaged_files_are_none),  cmocka_unit_test(version_1_is_read),
        cmocka_unit_test(rules_are_read),          cmocka_unit_test(walls_go_on_whatever_clocks_do),
        cmocka_unit_test(threads_find_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

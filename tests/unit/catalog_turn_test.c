/* catalog_turn: turns of layers on the wall (services/catalog/RULES.md, rosters; DOMAIN 4.16): the
 * vectors that other schedulers got wrong, and that no turn leaves a gap or overlaps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "services/catalog/roster.h"

/* "2024-11-05T09:00:00-06:00" */
static int64_t at(const char *text)
{
    int64_t t;
    if (instant_parse(text_from(text), &t) < 0)
        fail_msg("no instant: %s", text);
    return t;
}

static int64_t day(const char *text)
{
    char instant[32];
    snprintf(instant, sizeof instant, "%sT00:00:00Z", text);
    return at(instant) / DAYS;
}

static struct person_name people[] = { { .person = TEXT_OF("a") },
                                       { .person = TEXT_OF("b") },
                                       { .person = TEXT_OF("c") },
                                       { .person = TEXT_OF("d") },
                                       { .person = TEXT_OF("e") } };

static struct layer layer_of(const char *from, int64_t handover, int32_t unit, int64_t every)
{
    return (struct layer){ .from = day(from),
                           .handover = handover,
                           .unit = unit,
                           .every = every,
                           .people = { .at = people, .count = 2 } };
}

/* The layer changes hands at exactly these instants, in this order; text "" is nobody. */
struct step {
    const char *at, *person;
};

static void steps_are(const struct layer *y, const char *zone, const char *from,
                      const struct step *steps, size_t count)
{
    struct layer_plan l;
    struct turn turn;
    int64_t now = at(from);
    layer_plan_make(y, zone_find(text_from(zone)), &l);
    layer_at(&l, now, &turn);
    for (size_t i = 0; i < count; i++) {
        struct text before = turn.person;
        while (turn.until != ROTA_ENDS && text_equal(turn.person, before)) {
            assert_true(turn.until > now);
            now = turn.until;
            layer_at(&l, now, &turn);
            if (!turn.holds)
                assert_true(text_empty(turn.person));
        }
        char printed[INSTANT_TEXT + 1];
        instant_print(now, printed);
        if (now != at(steps[i].at) || !text_equal(turn.person, text_from(steps[i].person)))
            fail_msg("step %zu: %s %.*s instead of %s %s", i, printed, TEXT_ARG(turn.person),
                     steps[i].at, steps[i].person);
    }
}
#define STEPS_ARE(layer, zone, from, ...)                                                          \
    do {                                                                                           \
        const struct step steps_[] = { __VA_ARGS__ };                                              \
        steps_are((layer), (zone), (from), steps_, sizeof steps_ / sizeof *steps_);                \
    } while (0)

enum { NINE = 9 * 60 };

/* oncall#5247: a turn of 604800 seconds ends at 08:00 behind the change, and leaves an hour. */
static void weeks_keep_their_time(void **state)
{
    (void)state;
    struct layer y = layer_of("2024-10-01", NINE, turn_unit_week, 1);
    STEPS_ARE(&y, "America/Chicago", "2024-10-28T00:00:00Z", { "2024-10-29T09:00:00-05:00", "a" },
              { "2024-11-05T09:00:00-06:00", "b" }, { "2024-11-12T09:00:00-06:00", "a" });
    STEPS_ARE(&y, "America/Chicago", "2025-03-04T00:00:00Z", { "2025-03-04T09:00:00-06:00", "a" },
              { "2025-03-11T09:00:00-05:00", "b" }, { "2025-03-18T09:00:00-05:00", "a" });
}

/* goalert: a 2-hour rotation always hands over on even hours. */
static void hours_keep_to_the_wall(void **state)
{
    (void)state;
    struct layer y = layer_of("2024-11-01", 0, turn_unit_hour, 2);
    STEPS_ARE(&y, "America/Chicago", "2024-11-03T04:30:00Z", { "2024-11-03T00:00:00-05:00", "a" },
              { "2024-11-03T02:00:00-06:00", "b" }, { "2024-11-03T04:00:00-06:00", "a" });
    STEPS_ARE(&y, "America/Chicago", "2025-03-09T05:30:00Z", { "2025-03-09T00:00:00-06:00", "a" },
              { "2025-03-09T03:00:00-05:00", "b" }, { "2025-03-09T04:00:00-05:00", "a" });
    y.every = 1; /* the hour from 02:00 to 03:00 is not there, its turn is over at once */
    STEPS_ARE(&y, "America/Chicago", "2025-03-09T06:30:00Z", { "2025-03-09T01:00:00-06:00", "b" },
              { "2025-03-09T04:00:00-05:00", "a" });
    y.every = 12; /* Lord Howe's clocks move by half an hour */
    STEPS_ARE(&y, "Australia/Lord_Howe", "2025-04-05T12:00:00Z", { "2025-04-05T13:00:00Z", "a" },
              { "2025-04-06T01:30:00Z", "b" }, { "2025-04-06T13:30:00Z", "a" });
}

/* goalert: 5 and 7 hours fit into no day, so they are hours that pass. */
static void other_hours_pass(void **state)
{
    (void)state;
    struct layer y = layer_of("2024-11-03", 0, turn_unit_hour, 5);
    STEPS_ARE(&y, "America/Chicago", "2024-11-03T05:00:00Z", { "2024-11-03T04:00:00-06:00", "b" },
              { "2024-11-03T09:00:00-06:00", "a" });
    y.every = 48; /* whole days are days */
    STEPS_ARE(&y, "America/Chicago", "2024-11-03T05:00:00Z", { "2024-11-05T00:00:00-06:00", "b" });
}

static void months_are_as_long_as_they_are(void **state)
{
    (void)state;
    struct layer y = layer_of("2024-01-31", NINE, turn_unit_month, 1);
    STEPS_ARE(&y, "Europe/Berlin", "2024-02-01T00:00:00Z", { "2024-02-29T09:00:00+01:00", "b" },
              { "2024-03-31T09:00:00+02:00", "a" }, { "2024-04-30T09:00:00+02:00", "b" },
              { "2024-05-31T09:00:00+02:00", "a" });
    y.every = 13;
    STEPS_ARE(&y, "Europe/Berlin", "2024-02-01T00:00:00Z", { "2025-02-28T09:00:00+01:00", "b" },
              { "2026-03-31T09:00:00+02:00", "a" });
}

/* oncall#3261: 08:30 to 17:30 set in summer is that in November, too. */
static void hours_read_the_same_in_winter(void **state)
{
    struct restriction office = { .days = TEXT_OF("mon-fri"), .from = 510, .to = 1050 };
    struct layer y = layer_of("2024-07-01", 0, turn_unit_week, 1);
    (void)state;
    y.restrictions = (struct restriction_list){ &office, 1 };
    STEPS_ARE(&y, "Europe/London", "2024-10-24T23:00:00Z", { "2024-10-25T08:30:00+01:00", "a" },
              { "2024-10-25T17:30:00+01:00", "" }, { "2024-10-28T08:30:00+00:00", "b" },
              { "2024-10-28T17:30:00+00:00", "" });
}

/* A night that is longer belongs to who has it; a time that is shown twice begins at the first. */
static void nights_last_as_long_as_they_do(void **state)
{
    struct restriction night = { .days = TEXT_OF("sat"), .from = 150, .to = 150 };
    struct layer y = layer_of("2024-07-01", 0, turn_unit_week, 1);
    (void)state;
    y.people.count = 1;
    y.restrictions = (struct restriction_list){ &night, 1 };
    STEPS_ARE(&y, "Europe/Berlin", "2024-10-25T23:00:00Z", { "2024-10-26T02:30:00+02:00", "a" },
              { "2024-10-27T02:30:00+01:00", "" });
    night.days = (struct text)TEXT_OF("sun");
    STEPS_ARE(&y, "Europe/Berlin", "2024-10-26T23:00:00Z", { "2024-10-27T02:30:00+02:00", "a" },
              { "2024-10-28T02:30:00+01:00", "" });
    STEPS_ARE(&y, "Europe/Berlin", "2025-03-29T23:00:00Z", { "2025-03-30T03:00:00+02:00", "a" },
              { "2025-03-31T02:30:00+02:00", "" });
}

/* OneUptime#2413: who has Friday is followed on Monday, not lost over the weekend. */
static void turns_without_hours_are_skipped(void **state)
{
    struct restriction office = { .days = TEXT_OF("mon-fri"), .from = NINE, .to = 1020 };
    struct layer y = layer_of("2026-01-05", NINE, turn_unit_day, 1);
    (void)state;
    y.people.count = 5;
    y.restrictions = (struct restriction_list){ &office, 1 };
    STEPS_ARE(&y, "UTC", "2026-01-09T12:00:00Z", { "2026-01-09T17:00:00Z", "" },
              { "2026-01-12T09:00:00Z", "c" });
    y.skips = true;
    STEPS_ARE(&y, "UTC", "2026-01-09T12:00:00Z", { "2026-01-09T17:00:00Z", "" },
              { "2026-01-12T09:00:00Z", "a" });
    y.unit = turn_unit_hour;
    y.every = 4; /* from 09:00, 13:00 and, until 17:00, nobody else: ten turns a week */
    STEPS_ARE(&y, "UTC", "2026-01-06T08:00:00Z", { "2026-01-06T09:00:00Z", "c" },
              { "2026-01-06T13:00:00Z", "d" }, { "2026-01-06T17:00:00Z", "" },
              { "2026-01-07T09:00:00Z", "e" });
    assert_true(layer_skips_well(&y));
    y.every = 5;
    assert_false(layer_skips_well(&y));
    y.skips = false;
    assert_true(layer_skips_well(&y));
    y.skips = true;
    y.unit = turn_unit_month;
    assert_true(layer_skips_well(&y));
}

/* Samoa left 2011-12-30 out. */
static void days_that_are_not_there_are_nobodys(void **state)
{
    (void)state;
    struct layer y = layer_of("2011-12-28", NINE, turn_unit_day, 1);
    y.people.count = 5;
    STEPS_ARE(&y, "Pacific/Apia", "2011-12-29T06:00:00Z", { "2011-12-29T19:00:00Z", "b" },
              { "2011-12-30T10:00:00Z", "c" }, { "2011-12-30T19:00:00Z", "d" },
              { "2011-12-31T19:00:00Z", "e" });
}

static void layers_begin_and_end(void **state)
{
    (void)state;
    struct layer_plan l;
    struct turn turn;
    struct layer y = layer_of("2026-01-05", NINE, turn_unit_day, 2);
    y.to = day("2026-01-08");
    y.has.to = true;
    layer_plan_make(&y, zone_find(text_from("UTC")), &l);
    layer_at(&l, at("2026-01-01T00:00:00Z"), &turn);
    assert_true(!turn.holds && turn.until == at("2026-01-05T09:00:00Z"));
    layer_at(&l, at("2026-01-05T09:00:00Z"), &turn);
    assert_true(turn.holds && turn.until == at("2026-01-07T09:00:00Z"));
    layer_at(&l, turn.until, &turn);
    assert_true(turn.holds && turn.until == at("2026-01-08T09:00:00Z"));
    layer_at(&l, turn.until, &turn);
    assert_true(!turn.holds && turn.until == ROTA_ENDS);
}

/* Whatever the layer, the zone and where one looks: what is said until some instant is what every
 * instant before says. */
static void what_is_said_holds(void **state)
{
    static const char *const zones[] = {
        "UTC",           "America/Chicago",     "Europe/Berlin",
        "Pacific/Apia",  "Australia/Lord_Howe", "Africa/Casablanca",
        "Asia/Kolkata",  "America/Havana",      "America/Sao_Paulo",
        "Asia/Kathmandu"
    };
    static struct restriction some[] = { { .days = TEXT_OF("mon-fri"), .from = 540, .to = 120 },
                                         { .days = TEXT_OF("sun"), .from = 0, .to = 1440 } };
    uint64_t random = 20261122;
    (void)state;
    for (int i = 0; i < 4000; i++) {
        struct layer_plan l;
        struct turn turn, inside;
        uint32_t draw[8];
        for (size_t n = 0; n < 8; n++) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            draw[n] = (uint32_t)(random >> 33);
        }
        struct layer y = layer_of("2011-11-20", draw[0] % 1441, turn_unit_hour + (int)(draw[1] % 4),
                                  1 + draw[2] % 14);
        y.from += draw[3] % 60;
        y.people.count = 2 + draw[4] % 4;
        y.restrictions = (struct restriction_list){ some, draw[5] % 3 };
        y.skips = draw[6] % 2 && (y.unit != turn_unit_hour || 24 % y.every == 0);
        layer_plan_make(&y, zone_find(text_from(zones[draw[7] % 10])), &l);
        int64_t now = at("2011-12-25T00:00:00Z") + (int64_t)(draw[0] % 5000) * 24 * HOURS;
        for (int n = 0; n < 20; n++) {
            layer_at(&l, now, &turn);
            assert_true(turn.until > now && turn.until != ROTA_ENDS);
            int64_t middle = now + (turn.until - now) / (1 + n % 3);
            layer_at(&l, middle < turn.until ? middle : turn.until - 1, &inside);
            assert_true(inside.until == turn.until && inside.holds == turn.holds &&
                        text_equal(inside.person, turn.person));
            now = turn.until;
        }
    }
}

static void hours_that_are_not_there(void **state)
{
    struct restriction some[] = { { .days = TEXT_OF("sun"), .from = 130, .to = 170 },
                                  { .days = TEXT_OF("mon"), .from = 600, .to = 660 },
                                  { .days = TEXT_OF("mon"), .from = 540, .to = 550 },
                                  { .days = TEXT_OF("mon"), .from = 570, .to = 580 } };
    struct layer y = layer_of("2025-01-01", 0, turn_unit_week, 1);
    struct layer_plan l;
    struct turn turn;
    (void)state;
    y.restrictions = (struct restriction_list){ some, 4 };
    y.people.count = 1;
    STEPS_ARE(&y, "Europe/Berlin", "2025-03-30T00:00:00Z", { "2025-03-31T09:00:00+02:00", "a" },
              { "2025-03-31T09:10:00+02:00", "" }, { "2025-03-31T09:30:00+02:00", "a" },
              { "2025-03-31T09:40:00+02:00", "" }, { "2025-03-31T10:00:00+02:00", "a" });
    some[0].days = (struct text)TEXT_OF("never");
    y.restrictions.count = 1;
    layer_plan_make(&y, zone_find(text_from("Europe/Berlin")), &l);
    layer_at(&l, at("2025-03-30T00:00:00Z"), &turn);
    assert_true(!turn.holds && turn.until == ROTA_ENDS);
}

/* The turn that began with the new day goes on when the wall shows the old one again. */
static void turns_that_have_begun_stay(void **state)
{
    (void)state;
    struct layer y = layer_of("2010-11-01", 0, turn_unit_day, 1);
    STEPS_ARE(&y, "America/St_Johns", "2010-11-06T12:00:00Z", { "2010-11-07T02:30:00Z", "a" },
              { "2010-11-08T03:30:00Z", "b" });
    struct layer_plan l;
    struct turn turn;
    layer_plan_make(&y, zone_find(text_from("America/St_Johns")), &l);
    layer_at(&l, at("2010-11-07T03:00:00Z"), &turn);
    assert_true(text_equal(turn.person, text_from("a")));
}

/* St John's clocks went back from a minute past midnight to the evening before. */
static void a_day_that_has_begun_stays(void **state)
{
    (void)state;
    const struct rota r = { .zone = zone_find(text_from("America/St_Johns")) };
    int64_t seventh = day("2010-11-07");
    assert_int_equal(rota_day(&r, at("2010-11-07T02:29:00Z")), seventh - 1);
    assert_int_equal(rota_day(&r, at("2010-11-07T02:30:00Z")), seventh);
    assert_int_equal(rota_day(&r, at("2010-11-07T02:31:00Z")), seventh);
    assert_int_equal(rota_day(&r, at("2010-11-07T03:00:00Z")), seventh);
    assert_int_equal(rota_day(&r, at("2010-11-07T03:40:00Z")), seventh);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weeks_keep_their_time),
        cmocka_unit_test(hours_keep_to_the_wall),
        cmocka_unit_test(other_hours_pass),
        cmocka_unit_test(months_are_as_long_as_they_are),
        cmocka_unit_test(hours_read_the_same_in_winter),
        cmocka_unit_test(nights_last_as_long_as_they_do),
        cmocka_unit_test(turns_without_hours_are_skipped),
        cmocka_unit_test(days_that_are_not_there_are_nobodys),
        cmocka_unit_test(layers_begin_and_end),
        cmocka_unit_test(what_is_said_holds),
        cmocka_unit_test(hours_that_are_not_there),
        cmocka_unit_test(turns_that_have_begun_stay),
        cmocka_unit_test(a_day_that_has_begun_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

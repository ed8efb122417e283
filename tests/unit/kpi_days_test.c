/* Days are those of the client's wall, also where clocks are set: each is as long as it is there
 * (services/kpi/RULES.md, observations and sums). */
#include "tests/unit/given_world.h"
#include "tests/unit/kpi_account_book.h"

static const struct given_book days_book = {
    .service = &kpi_service,
    .defaults = account_defaults,
    .quiet = (const char *const[]){ "account.opened", "account.stirred", "account.looked",
                                    "account.rested", "watch.moved", "series.closed", NULL },
};

/* The day of the instant, of a time entry and of when it was told; and the timer of the day's end.
 */
static void expect_day(const char *zone, const char *hour, const char *day, const char *over)
{
    given_begin(&days_book);
    given_play("option period=day\noption seal_days=0\n"
               "00:00 copies client.changed acme name=Acme zone=%s",
               zone);
    given_play("%s effort.record effort=e-1 started_at=%s minutes=1 work_type=problem", hour, hour);
    char then[300];
    snprintf(then, sizeof then,
             "%s effort.recorded e-1 day=%s told=%s\n"
             "%s watch.awaited reactive/- from=%s to=%s seal_at=%s",
             hour, day, day, hour, day, day, over);
    given_expect(then);
    given_end();
}

/* 2026-03-29, 23 hours from 1991:00 on, and 2026-10-25, 25 hours from 7030:00 on. */
static void days_of_23_and_25_hours(void **state)
{
    (void)state;
    expect_day("Europe|Berlin", "1990:59", "2026-03-28", "1991:00");
    expect_day("Europe|Berlin", "1991:00", "2026-03-29", "2014:00");
    expect_day("Europe|Berlin", "2013:59", "2026-03-29", "2014:00");
    expect_day("Europe|Berlin", "2014:00", "2026-03-30", "2038:00");
    expect_day("Europe|Berlin", "7029:59", "2026-10-24", "7030:00");
    expect_day("Europe|Berlin", "7030:00", "2026-10-25", "7055:00");
    expect_day("Europe|Berlin", "7032:30", "2026-10-25", "7055:00"); /* 02:30 for the first time */
    expect_day("Europe|Berlin", "7054:59", "2026-10-25", "7055:00");
    expect_day("Europe|Berlin", "7055:00", "2026-10-26", "7079:00");
}

/* In Santiago clocks are set at midnight: 2026-09-06 begins at 01:00, and 2026-04-04 has 23:00 to
 * 24:00 twice. In Havana 2026-11-01 has 00:00 to 01:00 twice. */
static void midnights_that_are_missing_or_come_twice(void **state)
{
    (void)state;
    expect_day("America|Santiago", "5859:59", "2026-09-05", "5860:00");
    expect_day("America|Santiago", "5860:00", "2026-09-06", "5883:00");
    expect_day("America|Santiago", "2162:59", "2026-04-04", "2164:00");
    expect_day("America|Santiago", "2163:30", "2026-04-04", "2164:00");
    expect_day("America|Santiago", "2164:00", "2026-04-05", "2188:00");
    expect_day("America|Havana", "7203:59", "2026-10-31", "7205:00");
    expect_day("America|Havana", "7204:30", "2026-11-01", "7229:00");
    expect_day("America|Havana", "7205:30", "2026-11-01", "7229:00");
}

/* A range of these days has what happened on them, and nothing else. */
static void ranges_hold_whole_days(void **state)
{
    (void)state;
    given_begin(&days_book);
    given_play("00:00 copies client.changed acme name=Acme zone=Europe|Berlin");
    static const char *const at[] = { "1990:59", "1991:00", "2013:59", "2014:00",
                                      "7029:59", "7030:00", "7054:59", "7055:00" };
    for (size_t i = 0; i < sizeof at / sizeof *at; i++)
        given_play("%s hears ticket.recorded desk:%zu occurred_at=%s type=incident state=active "
                   "priority=3",
                   at[i], i, at[i]);
    static const struct {
        const char *from, *to, *then;
    } ranges[] = {
        { "2026-03-29", "2026-03-29", "one kpi=incidents n=2" },
        { "2026-03-28", "2026-03-28", "one kpi=incidents n=1" },
        { "2026-03-30", "2026-03-30", "one kpi=incidents n=1" },
        { "2026-10-25", "2026-10-25", "one kpi=incidents n=2" },
        { "2026-10-26", "2026-10-31", "one kpi=incidents n=1" },
        { "2026-03-29", "2026-10-25", "one kpi=incidents n=6" },
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        given_play("7200:00 query kpi.value kpi=incidents client=acme from=%s to=%s",
                   ranges[i].from, ranges[i].to);
        given_expect(ranges[i].then);
    }
    given_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_of_23_and_25_hours),
        cmocka_unit_test(midnights_that_are_missing_or_come_twice),
        cmocka_unit_test(ranges_hold_whole_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

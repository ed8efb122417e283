/* What improvement programmes prevented, as kpi counts it: by day and place, once, as it was known
 * on any day, and not what came back (services/kpi/RULES.md, efforts). */
#include "tests/unit/kpi_account_book.h"

static const struct given_book closeout_book = {
    .service = &kpi_service,
    .defaults = account_defaults,
    .quiet = (const char *const[]){ QUIET_ALWAYS, "account.looked", NULL },
};

#define CLOSED  "hears programme.closed sip-1 service=mail component=mx preventions=2 avoided=2.5"
#define COUNTED "closeout.counted sip-1 day=2026-01-05 told=2026-01-0"

static const struct given_row counted[] = {
    { "A closeout counts on its day, where the programme was", "", "10:00 " CLOSED,
      "10:00 " COUNTED "5 service=mail component=mx preventions=2 avoided=25000" },
    { "As often as it is told, once", "10:00 " CLOSED "\n", "11:00 " CLOSED " committed=10:00",
      "" },
    { "What is told late counts on the day of the closeout", "", "58:00 " CLOSED " committed=10:00",
      "58:00 " COUNTED "7 service=mail" },
    { "What came back does not count until it is closed out once more", "10:00 " CLOSED "\n",
      "34:00 hears programme.relapsed sip-1 day=2026-01-06\n 35:00 hears programme.relapsed sip-1 "
      "day=2026-01-06\n"
      "58:00 hears programme.closed sip-1 preventions=3",
      "34:00 " COUNTED "6 service=mail component=mx preventions=2 avoided=25000 open=yes\n"
      "58:00 closeout.counted sip-1 day=2026-01-07 told=2026-01-07 preventions=3" },
    { "Also on the same day",
      "10:00 " CLOSED "\n 11:00 hears programme.relapsed sip-1 day=2026-01-05\n", "12:00 " CLOSED,
      "12:00 " COUNTED "5 service=mail component=mx preventions=2 avoided=25000" },
    { "What was never told to be closed is not open again", "",
      "10:00 hears programme.relapsed sip-1 day=2026-01-06", "" },
    { "Another day, place, number of actions or of incidents is told anew", "10:00 " CLOSED "\n",
      "34:00 " CLOSED "\n"
      "34:01 hears programme.closed sip-1 service=web component=mx preventions=2 avoided=2.5\n"
      "34:02 hears programme.closed sip-1 service=web component=db preventions=2 avoided=2.5\n"
      "34:03 hears programme.closed sip-1 service=web component=db preventions=1 avoided=2.5\n"
      "34:04 hears programme.closed sip-1 service=web component=db preventions=1 avoided=2.6",
      "34:00 closeout.counted sip-1 day=2026-01-06\n 34:01 closeout.counted service=web\n"
      "34:02 closeout.counted component=db\n 34:03 closeout.counted preventions=1\n"
      "34:04 closeout.counted avoided=26000" },
};

static void closeouts_count(void **state)
{
    (void)state;
    GIVEN_ROWS(&closeout_book, counted);
}

static struct effort_sums summed(const char *service, const char *component, const char *as_of)
{
    struct arena arena = { 0 };
    struct view v = { .state = &given.state, .arena = &arena, .client = TEXT_OF("acme") };
    const struct place p = { TEXT_OF("acme"), text_from(service), text_from(component) };
    struct effort_sums ret;
    bucket_sum(&v, AGGREGATE_effort_sums, &p, day_of("2026-01-01"), day_of("2026-01-31"),
               *as_of ? day_of(as_of) : 0, &ret);
    arena_free(&arena);
    return ret;
}

static void expect(struct effort_sums is, int64_t closeouts, int64_t preventing, int64_t avoided)
{
    assert_int_equal(is.closeouts, closeouts);
    assert_int_equal(is.preventing, preventing);
    assert_int_equal(is.avoided, avoided);
}

/* Of two programmes one removed no cause, and the other came back on the 8th, which was not known
 * on the 7th. */
static void sums_are_those_of_what_is_closed(void **state)
{
    (void)state;
    given_begin(&closeout_book);
    given_play("10:00 " CLOSED "\n 34:00 hears programme.closed sip-2 service=mail");
    expect(summed("", "", ""), 2, 1, 25000);
    expect(summed("mail", "", ""), 2, 1, 25000);
    expect(summed("", "mx", ""), 1, 1, 25000);
    expect(summed("web", "", ""), 0, 0, 0);
    given_play("82:00 hears programme.relapsed sip-1 day=2026-01-06");
    expect(summed("", "", ""), 1, 0, 0);
    expect(summed("", "mx", ""), 0, 0, 0);
    expect(summed("", "", "2026-01-07"), 2, 1, 25000);
    expect(summed("", "", "2026-01-05"), 1, 1, 25000);
    expect(summed("", "", "2026-01-04"), 0, 0, 0);
    given_play("83:00 query kpi.maturity to=2026-01-07 period=day");
    given_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closeouts_count),
        cmocka_unit_test(sums_are_those_of_what_is_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

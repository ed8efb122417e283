/* Charts: points by periods, frozen limits, signals, and what has no series (services/kpi/RULES.md,
 * charts). */
#include "services/kpi/chart.h"
#include "services/kpi/period.h"
#include "tests/unit/kpi_figure_book.h"

enum { LIST_MAX = 4096 };

/* The n-th element of a list of the transcript, "from/to/value/...". */
static const char *element(const char *transcript, int n)
{
    static char found[LIST_MAX];
    const char *at = strstr(transcript, " points=");
    assert_non_null(at);
    for (at += strlen(" points="); n > 0; n--) {
        at = strchr(at, '+');
        assert_non_null(at);
        at++;
    }
    snprintf(found, sizeof found, "%.*s", (int)strcspn(at, "+ \n"), at);
    return found;
}

static void assert_point(const char *transcript, int n, const char *expected)
{
    if (strcmp(element(transcript, n), expected))
        fail_msg("point %d: %s, expected %s", n, element(transcript, n), expected);
}

/* DOMAIN 4.12: attainment of 96.2, 97.1 ... of 1,000 clocks a week. */
static const int met[] = { 962, 971, 958, 969, 974, 960, 955, 966, 912, 920, 915, 908 };
enum { WEEKS = 12 };

static void put_weeks(const char *client, int of_each)
{
    char words[80], day[11];
    for (int i = 0; i < WEEKS; i++) {
        civil_print(date("2026-01-07") + 7 * i, day);
        day[10] = 0;
        snprintf(words, sizeof words, "resolve_met=%d resolve_missed=%d", met[i] * of_each,
                 (1000 - met[i]) * of_each);
        TICKETS(client, day, words);
    }
}

static void the_vector_signals_at_its_ninth_point(void **state)
{
    (void)state;
    given_begin(&figure_book);
    put_weeks("acme", 1);
    given_play("00:00 copies objective.changed o1 name=o kpi=sla_attainment target=95 client=acme");
    const char *found = given_play("10:00 query kpi.series client=acme kpi=sla_attainment "
                                   "from=2026-01-05 to=2026-03-25 period=week");
    given_expect("one kpi=sla_attainment unit=percent kind=xmr center=964375 range=9714 "
                 "range_limit=31746 target=950000 baseline_points=8 least=20 parts=1");
    assert_point(found, 0, "2026-01-05/2026-01-11/962000/1000/962/1000/0/0/938535/990215//no/yes");
    assert_point(found, 7, "2026-02-23/2026-03-01/966000/1000/966/1000/0/0/938535/990215//no/yes");
    assert_point(found, 8,
                 "2026-03-02/2026-03-08/912000/1000/912/1000/0/0/938535/990215/beyond_limits");
    assert_point(found, 11,
                 "2026-03-23/2026-03-29/908000/1000/908/1000/0/0/938535/990215/beyond_limits");
    found = given_play("10:00 query kpi.series kpi=sla_attainment from=2026-01-05 "
                       "to=2026-03-25 period=week baseline_points=12");
    assert_point(found, 8, "2026-03-02/2026-03-08/912000/1000/912/1000/0/0/913162/981838//no/yes");
    figure_end();
}

/* What partitions answer, added, is what one of all answers. */
static void charts_of_partitions_add_up(void **state)
{
    struct chart_point points[WEEKS], own[WEEKS];
    struct chart c = { .kpi = (int32_t)kpi_sla_attainment,
                       .baseline_points = 8,
                       .least = 20,
                       .parts = 1,
                       .target = 950000,
                       .points = { points, WEEKS } };
    (void)state;
    for (int i = 0; i < WEEKS; i++)
        points[i] = (struct chart_point){
            .from = i, .to = i, .n = 1000, .numerator = met[i], .denominator = 1000
        };
    settle_kpi_series(NULL, &c);
    memcpy(own, points, sizeof own);
    assert_int_equal(c.kind, chart_kind_xmr);
    assert_int_equal(points[8].rule, signal_rule_beyond_limits);
    for (int i = 0; i < WEEKS; i++) { /* as a merge does, sums or not */
        points[i].numerator *= 2;
        points[i].denominator *= 2;
        points[i].value *= 2;
        points[i].lower *= 2;
        points[i].upper *= 2;
    }
    c.baseline_points *= 2;
    c.least *= 2;
    c.parts *= 2;
    c.target *= 2;
    c.center *= 2;
    settle_kpi_series(NULL, &c);
    settle_kpi_series(NULL, &c);
    assert_int_equal(c.baseline_points, 8);
    assert_int_equal(c.least, 20);
    assert_int_equal(c.target, 950000);
    assert_int_equal(c.center, 964375);
    for (int i = 0; i < WEEKS; i++) {
        assert_int_equal(points[i].value, own[i].value);
        assert_int_equal(points[i].lower, own[i].lower);
        assert_int_equal(points[i].upper, own[i].upper);
        assert_int_equal(points[i].rule, own[i].rule);
        assert_int_equal(points[i].baseline, i < 8);
    }
}

/* A share of very different numbers: limits for each of them, from what all of the baseline had. */
static void shares_of_different_numbers_have_their_own_limits(void **state)
{
    char day[11], words[80];
    (void)state;
    given_begin(&figure_book);
    for (int i = 0; i < 6; i++) {
        int n = i % 2 ? 200 : 100;
        civil_print(date("2026-01-05") + i, day);
        day[10] = 0;
        snprintf(words, sizeof words, "promises_kept=%d promises_missed=%d", n * 9 / 10, n / 10);
        TICKETS("acme", day, words);
    }
    TICKETS("acme", "2026-01-11", "promises_kept=19"); /* too few for a point */
    TICKETS("acme", "2026-01-13", "promises_kept=20 promises_missed=80");
    const char *found = given_play("10:00 query kpi.series client=acme kpi=promises_kept "
                                   "from=2026-01-05 to=2026-01-13 period=day baseline_points=5");
    given_expect("one kind=p center=900000 baseline_points=5");
    assert_point(found, 0, "2026-01-05/2026-01-05/900000/100/90/100/0/0/810000/990000//no/yes");
    assert_point(found, 1, "2026-01-06/2026-01-06/900000/200/180/200/0/0/836360/963640//no/yes");
    assert_point(found, 5, "2026-01-10/2026-01-10/900000/200/180/200/0/0/836360/963640");
    assert_point(found, 6, "2026-01-11/2026-01-11/0/19/19/19");
    assert_point(found, 7, "2026-01-12/2026-01-12/0/0");
    assert_point(found, 8,
                 "2026-01-13/2026-01-13/200000/100/20/100/0/0/810000/990000/beyond_limits");
    figure_end();
}

static void no_share_is_above_all(void **state)
{
    (void)state;
    given_begin(&figure_book);
    TICKETS("acme", "2026-01-05", "promises_kept=99 promises_missed=1");
    TICKETS("acme", "2026-01-06", "promises_kept=100");
    TICKETS("acme", "2026-01-07", "promises_kept=100");
    const char *found = given_play("10:00 query kpi.series client=acme kpi=promises_kept "
                                   "from=2026-01-05 to=2026-01-07 period=day baseline_points=2");
    assert_point(found, 2, "2026-01-07/2026-01-07/1000000/100/100/100/0/0/968400");
    figure_end();
}

static void counts_are_never_below_nothing(void **state)
{
    char day[11];
    (void)state;
    given_begin(&figure_book);
    for (int i = 0; i < 8; i++) {
        civil_print(date("2026-01-05") + i, day);
        day[10] = 0;
        TICKETS("acme", day, i == 7 ? "incidents=9" : i % 2 ? "incidents=3" : "incidents=1");
    }
    const char *found = given_play("10:00 query kpi.series client=acme kpi=incidents "
                                   "from=2026-01-05 to=2026-01-13 period=day baseline_points=6");
    given_expect("one kind=xmr center=20000 range=20000");
    assert_point(found, 0, "2026-01-05/2026-01-05/10000/1/1/0/0/0/0/73200//no/yes");
    assert_point(found, 7, "2026-01-12/2026-01-12/90000/9/9/0/0/0/0/73200/beyond_limits");
    assert_point(found, 8, "2026-01-13/2026-01-13/0/0/0/0/0/0/0/73200");
    figure_end();
}

static void good_is_what_the_figure_says(void **state)
{
    bool sided;
    (void)state;
    struct chart_signal s = { CHART_BEYOND_LIMITS, true, 1 };
    assert_true(chart_good(kpi_nps, &s, &sided) && sided);
    assert_false(chart_good(kpi_incidents, &s, &sided) || !sided);
    s.high = false;
    assert_true(chart_good(kpi_incidents, &s, &sided) && sided);
    s.rule = CHART_FIFTEEN_WITHIN;
    assert_false(chart_good(kpi_incidents, &s, &sided) || sided);
    given_begin(&figure_book);
    for (int i = 0; i < 14; i++) {
        char day[11], words[40];
        civil_print(date("2026-01-05") + i, day);
        day[10] = 0;
        snprintf(words, sizeof words, "incidents=%d", i < 8 ? 50 + i % 2 : 49 - i);
        TICKETS("acme", day, words);
    }
    const char *found = given_play("10:00 query kpi.series client=acme kpi=incidents "
                                   "from=2026-01-05 to=2026-01-18 period=day");
    assert_point(found, 13,
                 "2026-01-18/2026-01-18/360000/36/36/0/0/0/478400/531600/beyond_limits/yes");
    figure_end();
}

/* Means are of seconds, and their points say minutes. */
static void means_say_minutes(void **state)
{
    (void)state;
    given_begin(&figure_book);
    TICKETS("acme", "2026-01-05", "responded=2 response_seconds=150 response_squares=4");
    const char *found = given_play("10:00 query kpi.series client=acme kpi=response_time "
                                   "from=2026-01-05 to=2026-01-06 period=weekday");
    assert_point(found, 0, "2026-01-05/2026-01-05/12500/2/3/2/4/150");
    assert_point(found, 1, "2026-01-06/2026-01-06/0/0");
    found = given_play("10:00 query kpi.series client=acme kpi=response_time from=2026-01-02 "
                       "to=2026-02-28");
    assert_point(found, 0, "2026-01-01/2026-01-31/12500/2/3/2/4/150");
    assert_point(found, 1, "2026-02-01/2026-02-28/0/0");
    found = given_play("10:00 query kpi.series client=acme kpi=response_time from=2026-01-02 "
                       "to=2026-02-28 as_of=2026-01-04");
    assert_point(found, 0, "2026-01-01/2026-01-31/0/0");
    figure_end();
}

static void what_has_no_series_is_refused(void **state)
{
    static const struct {
        const char *words, *then;
    } rows[] = {
        { "kpi=sla_improvement from=2026-01-01 to=2026-01-31", "refused series_none kpi" },
        { "kpi=maturity from=2026-01-01 to=2026-01-31", "refused series_none kpi" },
        { "kpi=nps service=mail component=mx from=2026-01-01 to=2026-01-31",
          "refused scope_form component" },
        { "kpi=retention service=mail from=2026-01-01 to=2026-01-31",
          "refused scope_none service" },
        { "kpi=retention component=mx from=2026-01-01 to=2026-01-31",
          "refused scope_none component" },
        { "kpi=nps from=2026-01-02 to=2026-01-01", "refused range_form to" },
        { "kpi=nps from=2026-01-01 to=2026-07-20 period=day", "refused range_long to" },
        { "kpi=nps from=2026-01-01 to=2026-07-19 period=day", "one kpi=nps" },
    };
    (void)state;
    given_begin(&figure_book);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        given_play("10:00 query kpi.series client=acme %s", rows[i].words);
        given_expect(rows[i].then);
    }
    figure_end();
}

/* An answer from elsewhere may say anything. */
static void odd_answers_are_settled(void **state)
{
    static struct chart_point points[CHART_POINTS_MAX + 1];
    struct chart c = { .kpi = (int32_t)kpi_incidents,
                       .baseline_points = 1,
                       .points = { points, CHART_POINTS_MAX + 1 } };
    (void)state;
    settle_kpi_series(NULL, &c);
    assert_false(c.has.center);
    c.baseline_points = 2;
    settle_kpi_series(NULL, &c);
    assert_true(c.has.center);
    assert_true(points[0].has.value && points[0].has.upper);
    assert_false(points[0].has.lower); /* a count below nothing */
    assert_false(points[CHART_POINTS_MAX].has.value);
    c.kpi = (int32_t)kpi_promises_kept;
    points[0].has.value = true;
    settle_kpi_series(NULL, &c);
    assert_false(points[0].has.value || points[0].has.upper || c.has.center);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vector_signals_at_its_ninth_point),
        cmocka_unit_test(charts_of_partitions_add_up),
        cmocka_unit_test(shares_of_different_numbers_have_their_own_limits),
        cmocka_unit_test(no_share_is_above_all),
        cmocka_unit_test(counts_are_never_below_nothing),
        cmocka_unit_test(good_is_what_the_figure_says),
        cmocka_unit_test(means_say_minutes),
        cmocka_unit_test(what_has_no_series_is_refused),
        cmocka_unit_test(odd_answers_are_settled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

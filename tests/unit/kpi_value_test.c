/* Figures: what each is made of, their intervals, coverage and changes, and what cannot be asked
 * (services/kpi/RULES.md, figures). */
#include "services/kpi/ticket.h"
#include "tests/unit/kpi_figure_book.h"

#define JANUARY  "from=2026-01-01 to=2026-01-31"
#define DECEMBER " baseline_from=2025-12-01 baseline_to=2025-12-31"

struct asked {
    const char *words, *then;
};

static void ask_all(const struct asked *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        given_play("10:00 query kpi.value client=acme kpi=%s", rows[i].words);
        given_expect(rows[i].then);
    }
}
#define ASK_ALL(rows) ask_all(rows, sizeof(rows) / sizeof *(rows))

static void put_month(const char *client, const char *day)
{
    TICKETS(client, day,
            "received=50 incidents=30 covered=40 resolved=45 problems=20 first_contact=27 "
            "resolve_met=34 resolve_missed=6 resolve_excluded=2 responded=4 response_seconds=2410 "
            "response_squares=500 solved=3 resolve_seconds=18000 resolve_squares=35000 raised=5 "
            "engaged=4 engaged_seconds=4800 engaged_squares=2000 promises_kept=17 "
            "promises_missed=3");
    SURVEYS(client, day,
            "nps_asked=400 promoters=100 passives=67 detractors=33 relationship_asked=30 "
            "relationship_answered=20 relationship_satisfied=17 escalation_asked=10 "
            "escalation_answered=5 escalation_satisfied=5");
    EFFORTS(client, day,
            "minutes=6000 reactive_minutes=3000 proactive_minutes=1000 problem_minutes=2400 "
            "problem_cost=250000 endpoints=200");
}

static void every_figure_is_made_of_its_sums(void **state)
{
    static const struct asked rows[] = {
        { "nps " JANUARY,
          "one kpi=nps unit=points from=2026-01-01 to=2026-01-31 value=335000 low=231960 "
          "high=438040 n=200 numerator=67 denominator=200 coverage=500000 covered=200 "
          "eligible=400 promoters=100 passives=67 detractors=33" },
        { "csat_relationship " JANUARY,
          "one unit=percent value=850000 low=639581 high=947631 n=20 numerator=17 "
          "denominator=20 coverage=666667" },
        { "csat_escalation " JANUARY,
          "one value=1000000 low=565518 high=1000000 n=5 coverage=500000" },
        { "sla_attainment " JANUARY,
          "one value=850000 low=709277 high=929388 n=40 numerator=34 denominator=40 "
          "coverage=800000 covered=40 eligible=50 exclusions=2" },
        { "response_time " JANUARY,
          "one unit=minutes value=100417 low=8548 high=192286 n=4 numerator=40 denominator=4 "
          "squares=500 seconds=2410" },
        { "resolve_time " JANUARY,
          "one value=1000000 low=-242069 high=2242069 n=3 numerator=300 denominator=3" },
        { "engagement_time " JANUARY,
          "one value=200000 low=16261 high=383739 n=4 coverage=800000" },
        { "resolution_rate " JANUARY, "one value=900000 n=50 numerator=45 denominator=50" },
        { "first_contact " JANUARY, "one value=600000 low=454519 high=729751 n=45" },
        { "unit_cost " JANUARY,
          "one unit=currency_per_problem value=1250000 n=20 numerator=250000 denominator=20 "
          "coverage=800000" },
        { "reactive " JANUARY,
          "one value=750000 n=4000 numerator=3000 denominator=4000 coverage=666667" },
        { "reactive_hours " JANUARY, "one value=2500 n=200 numerator=3000 denominator=200" },
        { "promises_kept " JANUARY, "one value=850000 low=639581 high=947631 n=20" },
        { "incidents " JANUARY, "one value=300000 low=202409 high=428269 n=30 numerator=30" },
        { "incidents from=2026-02-01 to=2026-02-28", "one high=36889 kpi=incidents" },
        { "sla_attainment " JANUARY " as_of=2026-01-11", "one value=850000" },
        { "sla_attainment " JANUARY " as_of=2026-01-09", "one kpi=sla_attainment" },
    };
    (void)state;
    given_begin(&figure_book);
    put_month("acme", "2026-01-10");
    put_month("umbrella", "2026-01-10");
    ASK_ALL(rows);
    given_play("10:00 query kpi.value kpi=sla_attainment " JANUARY);
    given_expect("one value=850000 n=80 numerator=68");
    given_play("10:00 query kpi.value client=umbrella kpi=sla_attainment " JANUARY);
    given_expect("one value=850000 n=40");
    figure_end();
}

/* Words that must not be there are not those of `given_expect`. */
static void assert_silent(const char *transcript, const char *word)
{
    if (strstr(transcript, word))
        fail_msg("%s is in %s", word, transcript);
}

static void nothing_counted_is_no_figure(void **state)
{
    static const char *const kpis[] = { "nps",           "retention",
                                        "unit_cost",     "response_time",
                                        "reactive",      "resolution_rate",
                                        "net_retention", "csat_relationship",
                                        "maturity",      "satisfaction_improvement" };
    (void)state;
    given_begin(&figure_book);
    for (size_t i = 0; i < sizeof kpis / sizeof *kpis; i++) {
        const char *found =
            given_play("10:00 query kpi.value client=acme kpi=%s " JANUARY DECEMBER, kpis[i]);
        assert_silent(found, " value=");
        assert_silent(found, " low=");
        assert_silent(found, " coverage=");
        assert_silent(found, " changed=");
        given_expect("one from=2026-01-01 to=2026-01-31");
    }
    TICKETS("acme", "2026-01-10", "responded=1 response_seconds=60 response_squares=1");
    assert_silent(given_play("10:00 query kpi.value client=acme kpi=response_time " JANUARY),
                  " low=");
    given_expect("one value=10000 n=1");
    figure_end();
}

static void clients_have_contracts_and_hostages(void **state)
{
    (void)state;
    given_begin(&figure_book);
    given_play("00:00 contract.record start=2025-01-01 end=2026-12-31 value=100 currency=EUR\n"
               "00:00 ann@umbrella contract.record start=2025-01-01 end=2026-01-15 value=50 "
               "currency=EUR");
    SURVEYS("acme", "2026-01-03", "hostages=1");
    SURVEYS("umbrella", "2026-01-04", "loyal=1");
    given_play("10:00 query kpi.value kpi=retention " JANUARY);
    given_expect("one kpi=retention unit=percent value=500000 low=94531 high=905469 n=2 "
                 "numerator=1 denominator=2 lost=1");
    given_play("10:00 query kpi.value kpi=net_retention " JANUARY);
    given_expect("one value=666667 numerator=10000 denominator=15000");
    given_play("10:00 query kpi.value kpi=gross_retention " JANUARY);
    given_expect("one value=666667 coverage=1000000");
    given_play("10:00 query kpi.value kpi=hostages " JANUARY);
    given_expect("one kpi=hostages unit=clients value=10000 n=2 numerator=1");
    figure_end();
}

static void few_answers_are_drawn_to_the_middle(void **state)
{
    (void)state;
    given_begin(&figure_book);
    SURVEYS("acme", "2026-01-10", "promoters=12 passives=5 detractors=3");
    given_play("10:00 query kpi.value client=acme kpi=nps " JANUARY);
    given_expect("one value=450000 low=84311 high=698297 n=20 small=yes adjusted=391304");
    for (int i = 0; i < 40; i++)
        given_play("00:00 copies person.changed p%d name=P side=client client=acme "
                   "addresses=email/p%d@acme.example",
                   i, i);
    given_play("10:00 query kpi.value client=acme kpi=nps " JANUARY);
    given_expect("one value=450000 population=40 n=20");
    assert_silent(given_play("10:00 query kpi.value client=acme kpi=nps service=mail " JANUARY),
                  "population");
    put(AGGREGATE_survey_sums, "acme", "mail", "mx", "2026-01-11", "promoters=1 passives=1");
    assert_silent(given_play("10:00 query kpi.value client=acme kpi=nps component=mx " JANUARY),
                  "population");
    given_expect("one value=500000 n=2");
    char many[161 * 80] = "";
    for (int i = 40, at = 0; i <= 200; i++)
        at += snprintf(many + at, sizeof many - (size_t)at,
                       "00:00 copies person.changed p%d name=P side=client client=acme\n", i);
    given_play("%s", many);
    assert_silent(given_play("10:00 query kpi.value client=acme kpi=nps " JANUARY), "population");
    given_expect("one kpi=nps n=22 small=yes");
    figure_end();
}

static void clients_count_alike_beside_answers(void **state)
{
    char client[32];
    (void)state;
    given_begin(&figure_book);
    given_play("00:00 complaint.record title=x\n00:00 ann@umbrella complaint.record title=x\n"
               "00:00 ann@silent complaint.record title=x");
    SURVEYS("acme", "2026-01-10", "promoters=9 passives=0 detractors=1");
    SURVEYS("umbrella", "2026-01-10",
            "promoters=1 passives=1 relationship_answered=4 "
            "relationship_satisfied=1");
    given_play("10:00 query kpi.value kpi=nps " JANUARY);
    given_expect("one value=750000 n=12 by_client=650000 clients=2 clients_sum=1300000");
    given_play("10:00 query kpi.value kpi=csat_relationship " JANUARY);
    given_expect("one value=250000 by_client=250000 clients=1");
    given_play("10:00 query kpi.value kpi=csat_escalation " JANUARY);
    assert_silent(given_play("10:00 query kpi.value client=acme kpi=nps " JANUARY), "by_client");
    for (int i = 0; i < 500; i++) {
        snprintf(client, sizeof client, "c%d", i);
        given_play("00:00 ann@%s complaint.record title=x", client);
    }
    assert_silent(given_play("10:00 query kpi.value kpi=nps " JANUARY), "by_client");
    given_expect("one value=750000 clients_left=1");
    figure_end();
}

static void changes_are_against_a_baseline(void **state)
{
    static const struct asked rows[] = {
        { "sla_improvement " JANUARY DECEMBER,
          "one unit=percentage_points value=350000 low=145774 high=517952 n=40 numerator=34 "
          "denominator=40 coverage=800000 baseline_from=2025-12-01 baseline_to=2025-12-31 "
          "baseline=500000 baseline_numerator=20 baseline_denominator=40 changed=yes" },
        { "satisfaction_improvement " JANUARY DECEMBER,
          "one value=350000 low=59212 high=573189 baseline=500000 changed=yes" },
        { "sla_attainment " JANUARY DECEMBER,
          "one value=850000 low=709277 baseline=500000 change=350000 change_low=145774 "
          "change_high=517952 changed=yes" },
        { "response_time " JANUARY DECEMBER,
          "one value=100417 baseline=300000 change=-199583 change_low=-372394 "
          "change_high=-26772 changed=yes" },
        { "nps " JANUARY DECEMBER, "one value=335000 baseline=100000 change=235000 changed=yes" },
        { "incidents " JANUARY DECEMBER,
          "one value=300000 baseline=600000 change=-300000 changed=yes" },
        { "unit_cost " JANUARY DECEMBER, "one value=1250000 baseline=2500000 change=-1250000" },
        { "promises_kept " JANUARY DECEMBER, "one value=850000 baseline=850000" },
        { "resolve_time " JANUARY DECEMBER, "one value=1000000 baseline=900000 change=100000" },
        { "reactive_hours " JANUARY DECEMBER, "one value=2500 baseline_to=2025-12-31" },
        { "nps from=2025-12-01 to=2025-12-31 baseline_from=2026-01-01 baseline_to=2026-01-31",
          "one value=100000 change=-235000 changed=yes" },
        { "incidents from=2025-12-01 to=2025-12-31 baseline_from=2026-01-01 "
          "baseline_to=2026-01-31",
          "one value=600000 change=300000 changed=yes" },
        { "response_time from=2025-12-01 to=2025-12-31 baseline_from=2026-01-01 "
          "baseline_to=2026-01-31",
          "one value=300000 change=199583 change_low=26772 changed=yes" },
        { "nps from=2026-01-01 to=2026-01-31 baseline_from=2026-01-02 baseline_to=2026-01-31",
          "one value=335000 baseline=335000 changed=no" },
        { "incidents from=2025-10-01 to=2025-10-31 baseline_from=2025-11-01 "
          "baseline_to=2025-11-30",
          "one kpi=incidents changed=no" },
        { "incidents from=2026-01-01 to=2026-01-31 baseline_from=2026-01-10 "
          "baseline_to=2026-02-09",
          "one value=300000 baseline=300000 changed=no" },
        { "resolve_time from=2025-12-01 to=2025-12-31 baseline_from=2026-01-01 "
          "baseline_to=2026-01-31",
          "one value=900000 change=-100000 changed=no" },
        { "sla_attainment from=2025-10-01 to=2025-10-31 baseline_from=2026-01-01 "
          "baseline_to=2026-01-31",
          "one kpi=sla_attainment" },
    };
    (void)state;
    given_begin(&figure_book);
    put_month("acme", "2026-01-10");
    TICKETS("acme", "2025-12-10",
            "resolve_met=20 resolve_missed=20 responded=4 response_seconds=7200 "
            "response_squares=4000 incidents=60 problems=10 promises_kept=17 promises_missed=3 "
            "solved=1 resolve_seconds=5400 resolve_squares=8100");
    SURVEYS("acme", "2025-12-10",
            "promoters=80 passives=60 detractors=60 relationship_answered=20 "
            "relationship_satisfied=10");
    EFFORTS("acme", "2025-12-10", "problem_cost=250000");
    ASK_ALL(rows);
    given_play("10:00 query kpi.value client=acme kpi=promises_kept " JANUARY DECEMBER);
    given_expect("one changed=no change_low=-231965 change_high=231965");
    assert_silent(
        given_play("10:00 query kpi.value client=acme kpi=resolve_time " JANUARY DECEMBER),
        "change_low=");
    assert_silent(
        given_play("10:00 query kpi.value client=acme kpi=reactive_hours " JANUARY DECEMBER),
        " change=");
    figure_end();
}

static void other_scopes_and_other_ranges_are_refused(void **state)
{
    static const struct asked rows[] = {
        { "nps service=mail component=mx " JANUARY, "refused scope_form component" },
        { "retention service=mail " JANUARY, "refused scope_none service" },
        { "gross_retention component=mx " JANUARY, "refused scope_none component" },
        { "net_retention component=mx " JANUARY, "refused scope_none component" },
        { "hostages component=mx " JANUARY, "refused scope_none component" },
        { "reactive_hours service=mail " JANUARY, "refused scope_none service" },
        { "nps from=2026-01-02 to=2026-01-01", "refused range_form to" },
        { "nps from=2016-01-01 to=2026-02-17", "refused range_long to" },
        { "nps from=2016-01-01 to=2026-02-16", "one kpi=nps" },
        { "sla_improvement " JANUARY, "refused baseline_needed baseline_from" },
        { "nps " JANUARY " baseline_to=2025-12-01", "refused baseline_needed baseline_from" },
        { "nps " JANUARY " baseline_from=2025-12-01", "refused baseline_needed baseline_to" },
        { "nps " JANUARY " baseline_from=2025-12-02 baseline_to=2025-12-01",
          "refused range_form baseline_to" },
        { "nps " JANUARY " baseline_from=2010-12-02 baseline_to=2025-12-01",
          "refused range_long baseline_to" },
    };
    (void)state;
    given_begin(&figure_book);
    ASK_ALL(rows);
    figure_end();
}

/* The same sums in two partitions, and in one. */
static void partitions_add_up(void **state)
{
    struct figure one = {
        .kpi = (int32_t)kpi_response_time, .denominator = 4, .n = 4, .seconds = 2410, .squares = 500
    };
    struct figure two = one, both;
    (void)state;
    figure_settle(&one);
    figure_settle(&two);
    both = one;
    both.value += two.value; /* as a merge does, sums or not */
    both.low += two.low;
    both.high += two.high;
    both.n += two.n;
    both.numerator += two.numerator;
    both.denominator += two.denominator;
    both.seconds += two.seconds;
    both.squares += two.squares;
    figure_settle(&both);
    struct figure again = both;
    figure_settle(&again);
    assert_memory_equal(&again, &both, sizeof both);
    assert_int_equal(both.value, 100417);
    assert_int_equal(both.numerator, 80); /* 4820 seconds */
    assert_int_equal(both.n, 8);
    assert_true(both.low > one.low && both.high < one.high);
    both.clients = 2; /* of one partition; another had too many */
    both.clients_sum = 20000;
    both.clients_left = 1;
    figure_settle(&both);
    assert_false(both.has.by_client);
    both.clients_left = 0;
    figure_settle(&both);
    assert_int_equal(both.by_client, 10000);
}

/* An interval is as wide as times differ, not as wide as they were rounded. */
static void squares_are_of_seconds(void **state)
{
    int64_t count = 0, seconds = 0, squares = 0;
    (void)state;
    for (int64_t n = 0; n < 200; n++) {
        int64_t used = n * 37 + n * n, before = squares;
        share_time(&count, &seconds, &squares, used * SECONDS, 1);
        assert_int_equal(squares - before, used * used / 3600);
        share_time(&count, &seconds, &squares, used * SECONDS, -1);
        assert_int_equal(squares, before);
        share_time(&count, &seconds, &squares, used * SECONDS, 1);
    }
    assert_int_equal(count, 200);
    count = seconds = squares = 0;
    for (int n = 0; n < 10; n++) /* all alike: 10 minutes and a half */
        share_time(&count, &seconds, &squares, (630 + n % 2) * SECONDS, 1);
    assert_int_equal(squares, 1100); /* of 1104.8 */
}

static void rows_say_what_figures_are(void **state)
{
    (void)state;
    assert_true(figure_rises(kpi_nps));
    assert_false(figure_rises(kpi_unit_cost));
    for (int kpi = kpi_nps; kpi <= (int)kpi_resolve_time; kpi++) {
        const struct kpi_row *row = kpi_row((enum kpi)kpi);
        assert_true(row->unit.length > 0 && row->unit.length <= 40);
        assert_true(row->formula.length > 0 && row->formula.length <= 300);
        assert_true(row->least < row->most);
        assert_true(row->of == (enum kpi)kpi || row->measure == CHANGE);
    }
}

static void objectives_are_targets(void **state)
{
    enum { O1_SINCE = 20454, O2_SINCE = O1_SINCE + 31 }; /* 2026-01-01, 2026-02-01 */
    (void)state;
    given_begin(&figure_book);
    given_play(
        "00:00 copies objective.changed o1 name=o kpi=sla_attainment target=95 client=acme "
        "since=2026-01-01\n"
        "00:00 copies objective.changed o2 name=o kpi=sla_attainment target=97.5 client=acme "
        "since=2026-02-01\n"
        "00:00 copies objective.changed o3 name=o kpi=sla_attainment target=99 client=acme "
        "since=2026-03-01 draft=yes\n"
        "00:00 copies objective.changed o4 name=o kpi=sla_attainment target=90 area=desk\n"
        "00:00 copies objective.changed o5 name=o kpi=sla_attainment target=92 service=mail");
    struct arena arena = { 0 };
    struct view v = { .state = &given.state, .arena = &arena, .client = text_from("acme") };
    const struct place acme = { .client = text_from("acme") }, all = { .client = { 0 } };
    const struct place mail = { .service = text_from("mail") },
                       disk = { .component = text_from("disk") };
    int64_t target = 0;
    assert_true(figure_target(&v, kpi_sla_attainment, &acme, O2_SINCE, &target));
    assert_int_equal(target, 975000);
    assert_true(figure_target(&v, kpi_sla_attainment, &acme, O2_SINCE - 1, &target));
    assert_int_equal(target, 950000);
    assert_false(figure_target(&v, kpi_sla_attainment, &acme, O1_SINCE - 1, &target));
    assert_true(figure_target(&v, kpi_sla_attainment, &all, O2_SINCE, &target));
    assert_int_equal(target, 900000);
    assert_true(figure_target(&v, kpi_sla_attainment, &mail, O2_SINCE, &target));
    assert_int_equal(target, 920000);
    assert_false(figure_target(&v, kpi_sla_attainment, &disk, O2_SINCE, &target));
    const struct place both = { text_from("acme"), text_from("mail"), { 0 } };
    target = 0;
    assert_true(figure_target(&v, kpi_sla_attainment, &both, O2_SINCE, &target));
    assert_int_equal(target, 920000);
    const struct place erp = { .service = text_from("erp") };
    assert_false(figure_target(&v, kpi_sla_attainment, &erp, O2_SINCE, &target));
    assert_false(figure_target(&v, kpi_nps, &acme, O2_SINCE, &target));
    arena_free(&arena);
    given_end();
}

#define AREA(id, area, target, since)                                                              \
    "00:00 copies objective.changed " id " name=o kpi=sla_attainment target=" target " area=" area \
    " since=" since "\n"

/* Two areas may each have an objective for the same figure. */
static void an_area_s_objective_is_for_its_services(void **state)
{
    (void)state;
    given_begin(&figure_book);
    given_play("00:00 copies service.changed mail name=Mail area=desk\n"
               "00:00 copies service.changed disk name=Disk area=field\n"
               "00:00 copies service.changed bare name=Bare\n" AREA(
                   "o1", "desk", "95", "2026-01-01") AREA("o2", "desk", "96", "2026-02-01"));
    struct arena arena = { 0 };
    struct view v = { .state = &given.state, .arena = &arena, .client = text_from("acme") };
    const struct place all = { .client = { 0 } };
    const struct place mail = { .service = text_from("mail") },
                       disk = { .service = text_from("disk") },
                       bare = { .service = text_from("bare") },
                       none = { .service = text_from("none") };
    const struct place acme = { text_from("acme"), text_from("mail"), { 0 } };
    int64_t target = 0, spring = date("2026-04-01");
    assert_true(figure_target(&v, kpi_sla_attainment, &all, spring, &target));
    assert_int_equal(target, 960000);
    given_play(AREA("o3", "field", "90", "2026-03-01"));
    assert_false(figure_target(&v, kpi_sla_attainment, &all, spring, &target)); /* which? */
    assert_true(figure_target(&v, kpi_sla_attainment, &all, date("2026-02-28"), &target));
    assert_true(figure_target(&v, kpi_sla_attainment, &mail, spring, &target));
    assert_int_equal(target, 960000);
    assert_true(figure_target(&v, kpi_sla_attainment, &acme, spring, &target));
    assert_int_equal(target, 960000);
    assert_true(figure_target(&v, kpi_sla_attainment, &disk, spring, &target));
    assert_int_equal(target, 900000);
    assert_false(figure_target(&v, kpi_sla_attainment, &bare, spring, &target));
    assert_false(figure_target(&v, kpi_sla_attainment, &none, spring, &target));
    given_play(AREA("o6", "", "91", "2026-03-02"));
    assert_false(figure_target(&v, kpi_sla_attainment, &all, spring, &target));
    const struct place post = { .service = text_from("post") };
    given_play("00:00 copies service.changed post name=Post area=counter\n");
    assert_false(figure_target(&v, kpi_sla_attainment, &post, spring, &target)); /* has no aims */
    given_play("00:00 copies objective.changed o4 name=o kpi=sla_attainment target=80 area=field "
               "client=acme\n"
               "00:00 copies objective.changed o5 name=o kpi=sla_attainment target=81 area=desk "
               "client=acme since=2026-01-01");
    const struct place client = { .client = text_from("acme") };
    assert_true(figure_target(&v, kpi_sla_attainment, &client, spring, &target));
    assert_int_equal(target, 810000); /* of a client the latest, whatever area it names */
    arena_free(&arena);
    given_end();
}

static void who_asks_for_a_client_sees_no_other(void **state)
{
    (void)state;
    given_begin(&figure_book);
    TICKETS("acme", "2026-01-10", "incidents=3");
    TICKETS("umbrella", "2026-01-10", "incidents=5");
    given_play("10:00 @acme query kpi.value client=umbrella kpi=incidents " JANUARY);
    given_expect("one n=3");
    const char *found = given_play("10:00 @acme query kpi.series client=umbrella kpi=incidents "
                                   "from=2026-01-10 to=2026-01-10 period=day");
    assert_non_null(strstr(found, "2026-01-10/2026-01-10/30000/3/"));
    found = given_play("10:00 @acme query kpi.maturity client=umbrella to=2026-01-10 period=day");
    assert_non_null(strstr(found, "/3/"));
    assert_null(strstr(found, "/5/"));
    figure_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_figure_is_made_of_its_sums),
        cmocka_unit_test(nothing_counted_is_no_figure),
        cmocka_unit_test(clients_have_contracts_and_hostages),
        cmocka_unit_test(few_answers_are_drawn_to_the_middle),
        cmocka_unit_test(clients_count_alike_beside_answers),
        cmocka_unit_test(changes_are_against_a_baseline),
        cmocka_unit_test(other_scopes_and_other_ranges_are_refused),
        cmocka_unit_test(partitions_add_up),
        cmocka_unit_test(squares_are_of_seconds),
        cmocka_unit_test(rows_say_what_figures_are),
        cmocka_unit_test(objectives_are_targets),
        cmocka_unit_test(an_area_s_objective_is_for_its_services),
        cmocka_unit_test(who_asks_for_a_client_sees_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

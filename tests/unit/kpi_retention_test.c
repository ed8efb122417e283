/* Who stays, and with how much (services/kpi/RULES.md, contracts and retention). */
#include "services/kpi/figure.h"
#include "tests/unit/kpi_contract_book.h"

static struct figure retained(enum kpi kpi, const char *client, const char *from, const char *to,
                              const char *as_of)
{
    struct arena arena = { 0 };
    struct view v = { .state = &given.state, .arena = &arena, .client = text_from(client) };
    const struct place p = { .client = text_from(client) };
    struct figure ret = { 0 };
    retention_sum(&v, kpi, &p, day_of(from), day_of(to), *as_of ? day_of(as_of) : 0, &ret);
    arena_free(&arena);
    return ret;
}

static void expect_share(struct figure f, int64_t numerator, int64_t denominator)
{
    assert_int_equal(f.numerator, numerator);
    assert_int_equal(f.denominator, denominator);
}

/* --- who stays -------------------------------------------------------------------------------- */

static void test_golden_retention(void **state)
{
    (void)state;
    given_begin(&contract_book);
    for (int i = 0; i < 45; i++)
        given_play("00:00 ann@c%02d contract.record start=2025-01-01 %s", i,
                   i < 3 ? "end=2026-05-31 status=lost loss_reason=price" : "");
    for (int i = 0; i < 5; i++)
        given_play("00:00 ann@n%02d contract.record start=2026-0%d-15", i, i + 2);
    struct figure f = retained(kpi_retention, "", "2026-01-01", "2026-12-31", "");
    expect_share(f, 42, 45);
    assert_int_equal(f.n, 45);
    assert_int_equal(f.joined, 5); /* E = 47 */
    assert_int_equal(f.lost, 3);
    expect_share(retained(kpi_retention, "c00", "2026-01-01", "2026-12-31", ""), 0, 1);
    expect_share(retained(kpi_retention, "c44", "2026-01-01", "2026-12-31", ""), 1, 1);
    expect_share(retained(kpi_retention, "n00", "2026-01-01", "2026-12-31", ""), 0, 0);
    expect_share(retained(kpi_retention, "nobody", "2026-01-01", "2026-12-31", ""), 0, 0);
    given_end();
}

/* Who is lost on which day: retention over the day before the end, the end, the day behind. */
static void expect_lost_on(const char *client, const char *before, const char *day)
{
    expect_share(retained(kpi_retention, client, before, before, ""), 1, 1);
    expect_share(retained(kpi_retention, client, day, day, ""), 0, 1);
}

static void test_a_client_is_lost_on_the_last_day(void **state)
{
    (void)state;
    given_begin(&contract_book);
    given_play("00:00 contract.record end=2026-06-30");
    expect_lost_on("acme", "2026-06-29", "2026-06-30");
    expect_share(retained(kpi_retention, "acme", "2026-07-01", "2026-07-31", ""), 0, 0);
    /* another contract goes on without a gap, and ends in turn */
    given_play("00:00 contract.record start=2026-07-01 end=2026-08-31");
    expect_share(retained(kpi_retention, "acme", "2026-06-30", "2026-07-01", ""), 1, 1);
    expect_lost_on("acme", "2026-08-30", "2026-08-31");
    /* a gap of a day is a loss, and a client won anew */
    given_play("00:00 contract.record start=2026-09-02");
    expect_lost_on("acme", "2026-08-30", "2026-08-31");
    struct figure f = retained(kpi_retention, "acme", "2026-09-01", "2026-09-30", "");
    expect_share(f, 0, 0);
    assert_int_equal(f.joined, 1);
    /* over a range that holds the gap it stayed */
    expect_share(retained(kpi_retention, "acme", "2026-08-01", "2026-09-30", ""), 1, 1);
    given_end();
}

static void test_what_goes_on_by_itself(void **state)
{
    (void)state;
    given_begin(&contract_book);
    given_play("00:00 contract.record end=2026-06-30 renewal=automatic");
    expect_share(retained(kpi_retention, "acme", "2026-06-01", "2027-12-31", ""), 1, 1);
    given_play("00:00 contract.record end=2026-06-30 renewal=automatic status=lost");
    expect_lost_on("acme", "2026-06-29", "2026-06-30");
    given_play("00:00 ann@beta contract.record end=2026-06-30 renewal=agreed");
    expect_lost_on("beta", "2026-06-29", "2026-06-30");
    given_play("00:00 ann@zeta contract.record status=void");
    expect_share(retained(kpi_retention, "zeta", "2026-06-01", "2027-12-31", ""), 0, 0);
    given_end();
}

static void test_as_it_was_known(void **state)
{
    (void)state;
    given_begin(&contract_book);
    given_play("00:00 contract.record");
    given_play("48:00 contract.record end=2026-01-31 status=lost");
    given_play("72:00 ann@late contract.record");
    expect_share(retained(kpi_retention, "acme", "2026-01-10", "2026-02-28", ""), 0, 1);
    expect_share(retained(kpi_retention, "acme", "2026-01-10", "2026-02-28", "2026-01-06"), 1, 1);
    expect_share(retained(kpi_retention, "acme", "2026-01-10", "2026-02-28", "2026-01-07"), 0, 1);
    expect_share(retained(kpi_retention, "acme", "2026-01-10", "2026-02-28", "2026-01-04"), 0, 0);
    expect_share(retained(kpi_retention, "", "2026-01-10", "2026-02-28", "2026-01-06"), 1, 1);
    expect_share(retained(kpi_retention, "", "2026-01-10", "2026-02-28", ""), 1, 2);
    given_end();
}

/* --- with how much ---------------------------------------------------------------------------- */

static void test_values(void **state)
{
    (void)state;
    given_begin(&contract_book);
    given_play("00:00 ann@lost contract.record value=100 end=2026-03-31");
    given_play("00:00 ann@less contract.record value=200");
    given_play("00:00 ann@less contract.record value=150.50 since=2026-04-01");
    given_play("00:00 ann@more contract.record value=300");
    given_play("00:00 ann@more contract.record value=400 since=2026-05-01");
    given_play("00:00 ann@same contract.record value=50");
    given_play("00:00 ann@fresh contract.record start=2026-04-01 value=999");
    given_play("00:00 ann@dollar contract.record value=70 currency=USD");
    struct figure f = retained(kpi_gross_retention, "", "2026-02-01", "2026-12-31", "");
    expect_share(f, 50050, 65000);
    assert_int_equal(f.n, 4);
    assert_int_equal(f.covered, 4);
    assert_int_equal(f.eligible, 5);
    assert_int_equal(f.lost, 10000);
    assert_int_equal(f.contraction, 4950);
    assert_int_equal(f.expansion, 10000);
    f = retained(kpi_net_retention, "", "2026-02-01", "2026-12-31", "");
    expect_share(f, 60050, 65000);
    /* gross never counts what comes in addition; before it began nothing was more */
    expect_share(retained(kpi_gross_retention, "more", "2026-02-01", "2026-12-31", ""), 30000,
                 30000);
    expect_share(retained(kpi_net_retention, "more", "2026-02-01", "2026-12-31", ""), 40000, 30000);
    expect_share(retained(kpi_net_retention, "more", "2026-02-01", "2026-04-30", ""), 30000, 30000);
    expect_share(retained(kpi_net_retention, "more", "2026-02-01", "2026-05-01", ""), 40000, 30000);
    /* nobody is retained who was not there */
    expect_share(retained(kpi_net_retention, "fresh", "2026-02-01", "2026-12-31", ""), 0, 0);
    given_end();
}

static void test_values_of_several_contracts(void **state)
{
    (void)state;
    given_begin(&contract_book);
    given_play("00:00 contract.record contract=a value=100");
    given_play("00:00 contract.record contract=b value=40 end=2026-06-30");
    given_play("00:00 contract.record contract=c value=50 start=2026-07-01");
    expect_share(retained(kpi_net_retention, "acme", "2026-06-01", "2026-06-30", ""), 14000, 14000);
    expect_share(retained(kpi_net_retention, "acme", "2026-06-01", "2026-07-01", ""), 15000, 14000);
    /* what ends, ends on its last day */
    given_play("00:00 contract.record contract=c value=30 start=2026-07-01 since=2026-07-01");
    expect_share(retained(kpi_net_retention, "acme", "2026-06-01", "2026-06-29", ""), 14000, 14000);
    expect_share(retained(kpi_net_retention, "acme", "2026-06-01", "2026-06-30", ""), 13000, 14000);
    /* one in another currency makes the client's value unknown, at whichever end it is */
    given_play("00:00 contract.record contract=d value=1 currency=USD start=2026-09-01");
    struct figure f = retained(kpi_net_retention, "acme", "2026-06-01", "2026-09-30", "");
    assert_int_equal(f.eligible, 1);
    assert_int_equal(f.covered, 0);
    expect_share(f, 0, 0);
    given_end();
}

#define ASK(words) "240:00 query kpi.value from=2026-02-01 to=2026-02-28 kpi=" words "\n"

static const struct given_row currencies[] = {
    { "Retained value is in the currency that is asked for, else in that of figures",
      "00:00 ann@a contract.record value=100\n"
      "00:00 ann@b contract.record value=70 currency=USD\n"
      "00:00 ann@c contract.record value=30 currency=USD since=2026-01-01\n"
      "24:00 ann@b contract.record value=35 currency=USD since=2026-02-10\n"
      "24:00 ann@c contract.record value=30 currency=GBP since=2026-02-10\n"
      "24:00 ann@d contract.record value=\n",
      ASK("net_retention") ASK("net_retention currency=USD") ASK("gross_retention currency=GBP")
          ASK("net_retention currency=USD baseline_from=2026-01-10 baseline_to=2026-01-31"),
      "one value=1000000 n=1 numerator=10000 denominator=10000 coverage=250000 currency=EUR\n"
      "one value=500000 n=1 numerator=3500 denominator=7000 coverage=250000 currency=USD\n"
      "one kpi=gross_retention eligible=4 currency=GBP\n"
      "one value=500000 baseline=1000000 baseline_numerator=10000 baseline_denominator=10000" },
    { "No other figure has one", "",
      ASK("retention currency=EUR") ASK("nps currency=EUR") ASK("net_retention currency=Eur"),
      "refused currency_none currency\n refused currency_none currency\n"
      "refused contract_currency currency" },
};

static void test_currencies(void **state)
{
    (void)state;
    GIVEN_ROWS(&contract_book, currencies);
}

static void test_values_by_when_they_hold(void **state)
{
    (void)state;
    given_begin(&contract_book);
    given_play("00:00 contract.record value=100 start=2026-03-01");
    given_play("24:00 contract.record value=200 since=2026-07-01 start=2026-03-01");
    given_play("48:00 contract.record value=150 since=2026-05-01 start=2026-03-01");
    expect_share(retained(kpi_net_retention, "acme", "2026-04-01", "2026-04-30", ""), 10000, 10000);
    expect_share(retained(kpi_net_retention, "acme", "2026-04-01", "2026-06-30", ""), 15000, 10000);
    expect_share(retained(kpi_net_retention, "acme", "2026-04-01", "2026-07-01", ""), 20000, 10000);
    expect_share(retained(kpi_net_retention, "acme", "2026-04-01", "2026-06-30", "2026-01-06"),
                 10000, 10000);
    given_play("72:00 ann@beta contract.record value=300 since=2026-07-01");
    given_play("72:00 ann@beta contract.record value=200 since=2026-03-01");
    given_play("72:00 ann@beta contract.record value=250 since=2026-06-01");
    expect_share(retained(kpi_net_retention, "beta", "2026-02-01", "2026-04-30", ""), 20000, 20000);
    expect_share(retained(kpi_net_retention, "beta", "2026-04-01", "2026-06-30", ""), 25000, 20000);
    /* it began earlier than was first told: as it was first told then */
    given_play("72:00 contract.record value=200 start=2026-01-01 contract=2026-03-01 "
               "since=2026-07-01");
    expect_share(retained(kpi_net_retention, "acme", "2026-02-01", "2026-02-28", ""), 10000, 10000);
    given_end();
}

/* --- whatever comes first ----------------------------------------------------------------------
 */

static const char *const facts[] = {
    "ann@a contract.record start=2025-01-01 since=2025-01-01 value=100",
    "ann@a contract.record start=2025-01-01 since=2026-02-01 value=120",
    "ann@a contract.record start=2025-01-01 since=2026-04-01 value=90 end=2026-09-30",
    "ann@b contract.record start=2025-01-01 since=2025-01-01 value=200 end=2026-03-31 status=lost",
    "ann@b contract.record contract=b2 start=2026-04-01 since=2026-04-01 value=250",
    "ann@c contract.record start=2025-06-01 since=2025-06-01 value=300 end=2026-02-28",
    "ann@d contract.record start=2026-03-01 since=2026-03-01 value=400",
};
enum { FACTS = sizeof facts / sizeof *facts, ORDERS = 40 };

static void tell_in_some_order(unsigned *seed)
{
    size_t order[2 * FACTS];
    for (size_t i = 0; i < 2 * FACTS; i++)
        order[i] = i % FACTS; /* each twice */
    for (size_t i = 2 * FACTS; i-- > 1;) {
        size_t other = (size_t)rand_r(seed) % (i + 1), kept = order[i];
        order[i] = order[other];
        order[other] = kept;
    }
    for (size_t i = 0; i < 2 * FACTS; i++)
        given_play("%zu:00 %s", 9 + 5 * i, facts[order[i]]);
}

static void expect_figure(enum kpi kpi, const char *to, int64_t numerator, int64_t denominator)
{
    static const char *const clients[] = { "a", "b", "c", "d" };
    int64_t up = 0, down = 0;
    expect_share(retained(kpi, "", "2026-01-01", to, ""), numerator, denominator);
    for (size_t i = 0; i < sizeof clients / sizeof *clients; i++) {
        struct figure f = retained(kpi, clients[i], "2026-01-01", to, "");
        up += f.numerator;
        down += f.denominator;
    }
    assert_int_equal(up, numerator); /* the parts add up, as partitions do */
    assert_int_equal(down, denominator);
}

static void test_any_order_comes_to_the_same(void **state)
{
    unsigned seed = 5;
    (void)state;
    for (int i = 0; i < ORDERS; i++) {
        given_begin(&contract_book);
        tell_in_some_order(&seed);
        expect_figure(kpi_retention, "2026-02-27", 3, 3);
        expect_figure(kpi_retention, "2026-06-30", 2, 3);
        expect_figure(kpi_retention, "2026-09-30", 1, 3);
        expect_figure(kpi_gross_retention, "2026-03-01", 30000, 60000);
        expect_figure(kpi_net_retention, "2026-03-01", 32000, 60000);
        expect_figure(kpi_gross_retention, "2026-06-30", 29000, 60000);
        expect_figure(kpi_net_retention, "2026-06-30", 34000, 60000);
        given_end();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden_retention),
        cmocka_unit_test(test_a_client_is_lost_on_the_last_day),
        cmocka_unit_test(test_what_goes_on_by_itself),
        cmocka_unit_test(test_as_it_was_known),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_values_of_several_contracts),
        cmocka_unit_test(test_currencies),
        cmocka_unit_test(test_values_by_when_they_hold),
        cmocka_unit_test(test_any_order_comes_to_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

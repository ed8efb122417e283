/* Contracts as they are known (services/kpi/RULES.md, contracts and retention). */
#include <time.h>

#include "tests/unit/kpi_contract_book.h"

/* --- what is told ----------------------------------------------------------------------------- */

static const struct given_row told[] = {
    { "A record is a contract from its first day on, whose name that is", "",
      "00:00 contract.record end=2026-12-31 notice_days=90 exit_cost=500 sole_source=yes\n"
      "00:00 query kpi.contracts",
      "00:00 contract.noted 2026-01-01 client=acme told=2026-01-05 since=2026-01-01 "
      "start=2026-01-01 end=2026-12-31 notice_days=90 value=10000 exit_cost=50000 currency=EUR "
      "valued=yes status=active sole_source=yes\n"
      "row client=acme contract=2026-01-01 start=2026-01-01 end=2026-12-31 status=active "
      "value=10000 "
      "currency=EUR exit_cost=50000 notice_days=90 sole_source=yes" },
    { "It may have a name of its own; a value without a currency is in that of figures", "",
      "00:00 contract.record contract=c-1 currency=\n 00:00 contract.record contract=c-2 value=\n"
      "00:00 contract.record contract=c-3 currency=USD",
      "00:00 contract.noted c-1 currency=EUR valued=yes\n 00:00 contract.noted c-2 status=active\n"
      "00:00 contract.noted c-3 value=10000 currency=USD status=active" },
    { "The provider says in which currency figures are", "option currency=USD\n",
      "00:00 contract.record currency=USD", "00:00 contract.noted valued=yes currency=USD" },
    { "What is told again changes nothing",
      "00:00 contract.record end=2026-12-31 loss_reason=price\n",
      "24:00 contract.record end=2026-12-31 loss_reason=price", "known" },
    { "What is told anew holds from that day on", "00:00 contract.record\n",
      "24:00 contract.record value=120\n 48:00 contract.record value=120\n"
      "48:00 query kpi.contracts",
      "24:00 contract.noted told=2026-01-06 since=2026-01-06 value=12000\n known\n"
      "row value=12000 versions=2026-01-05/2026-01-01/2026-01-01///active/10000/yes/EUR+"
      "2026-01-06/2026-01-06/2026-01-01///active/12000/yes/EUR" },
    { "But for the first day of a contract that is yet to begin", "",
      "00:00 contract.record start=2026-03-01\n 00:00 contract.record start=2026-03-01 value=90\n"
      "00:00 query kpi.contracts",
      "00:00 contract.noted since=2026-03-01\n"
      "00:00 contract.noted since=2026-03-01 value=9000\n"
      "row value=9000 versions=2026-01-05/2026-03-01/2026-03-01///active/9000/yes/EUR" },
    { "It may say from when on it holds: whatever holds longer stays as it is",
      "00:00 contract.record\n 24:00 contract.record value=120 since=2026-06-01\n",
      "48:00 contract.record value=110 since=2026-03-01\n"
      "48:00 contract.record value=110 since=2026-03-01\n"
      "48:00 contract.record value=120 since=2026-06-01\n 48:00 contract.record value=120\n"
      "48:00 contract.record value=100 since=2026-01-01\n 48:00 query kpi.contracts",
      "48:00 contract.noted told=2026-01-07 since=2026-03-01 value=11000\n known\n known\n known\n"
      "known\n row value=12000" },
    { "Details of what holds are told anew, too", "00:00 contract.record\n",
      "24:00 contract.record notice_days=30\n 24:00 contract.record exit_cost=10 notice_days=30\n"
      "24:00 contract.record sole_source=yes exit_cost=10 notice_days=30\n"
      "24:00 contract.record sole_source=yes exit_cost=10 notice_days=30 loss_reason=x\n"
      "24:00 contract.record renewal=automatic\n 24:00 contract.record end=2026-05-01\n"
      "24:00 contract.record end=2026-05-01 status=lost\n"
      "24:00 contract.record end=2026-05-01 status=lost currency=USD\n"
      "24:00 contract.record end=2026-05-01 status=lost currency=GBP",
      "24:00 contract.noted notice_days=30\n 24:00 contract.noted exit_cost=1000\n"
      "24:00 contract.noted sole_source=yes\n 24:00 contract.noted loss_reason=x\n"
      "24:00 contract.noted renewal=automatic\n 24:00 contract.noted end=2026-05-01\n"
      "24:00 contract.noted status=lost\n 24:00 contract.noted currency=USD\n"
      "24:00 contract.noted currency=GBP" },
    { "So is the currency of what is not known to be worth anything",
      "00:00 contract.record value= currency=USD\n",
      "24:00 contract.record value= currency=GBP\n 24:00 contract.record value= currency=GBP",
      "24:00 contract.noted currency=GBP\n known" },
    { "The day is that of the client's wall; it does not go back", "",
      "00:00 copies client.changed acme name=Acme zone=Pacific|Kiritimati\n 12:00 contract.record\n"
      "13:00 copies client.changed acme name=Acme zone=America|Chicago\n 13:00 contract.record "
      "value=120",
      "12:00 contract.noted told=2026-01-06\n 13:00 contract.noted told=2026-01-06" },
    { "What is lost is listed with its reason",
      "00:00 contract.record\n"
      "00:00 ann@zeta contract.record end=2026-06-30 status=lost loss_reason=price\n",
      "00:00 query kpi.contracts status=lost\n 00:00 query kpi.contracts client=acme\n"
      "00:00 @acme query kpi.contracts client=zeta\n 00:00 query kpi.contracts limit=1",
      "row client=zeta status=lost loss_reason=price\n row client=acme\n row client=acme\n"
      "row client=acme" },
};

static const struct given_row counted[] = {
    { "What was counted: the contracts with which clients were lost, and why",
      "00:00 contract.record contract=a end=2026-01-20 status=lost loss_reason=price\n"
      "00:00 contract.record contract=b end=2026-01-31 status=lost loss_reason=price\n"
      "00:00 ann@beta contract.record end=2026-01-15 renewal=automatic\n"
      "00:00 ann@zeta contract.record end=2026-01-16 status=void\n"
      "00:00 ann@zeta contract.record contract=c value= end=2026-01-17 status=ended\n"
      "00:00 ann@eta contract.record\n"
      "00:00 ann@iota contract.record start=2026-01-10 end=2026-01-10\n",
      "00:00 query kpi.counted kpi=retention from=2026-01-01 to=2026-01-31\n"
      "00:00 query kpi.counted kpi=net_retention from=2026-01-01 to=2026-01-20",
      "row day=2026-01-17 what=contract id=c client=zeta words=lost\n"
      "row day=2026-01-31 what=contract id=b client=acme words=lost value=10000 reason=price\n"
      "row day=2026-01-17" },
};

static const struct given_row refused[] = {
    { "A contract ends behind its beginning", "", "00:00 contract.record end=2025-12-31",
      "refused contract_dates end" },
    { "What is lost has a day on which it is", "",
      "00:00 contract.record status=lost\n 00:00 contract.record status=ended",
      "refused contract_end end\n refused contract_end end" },
    { "Nothing holds before a contract begins", "", "00:00 contract.record since=2025-12-31",
      "refused contract_since since" },
    { "A currency is three capital letters", "",
      "00:00 contract.record currency=Eur\n 00:00 contract.record currency=EU\n"
      "00:00 contract.record currency=E1R",
      "refused contract_currency currency\n refused contract_currency currency\n"
      "refused contract_currency currency" },
    { "Nobody pays more than a million million a month", "",
      "00:00 contract.record value=1000000000000.01\n"
      "00:00 contract.record exit_cost=1000000000000.01\n"
      "00:00 contract.record value=1000000000000 exit_cost=1000000000000",
      "invalid value\n invalid exit_cost\n 00:00 contract.noted value=100000000000000" },
    { "A contract's id is a word", "", "00:00 contract.record contract=a_b",
      "refused contract_id contract" },
};

static const struct given_row catalog[] = {
    { "The catalog's contracts are noted", "",
      "00:00 hears contract.changed c-1 client=acme start=2026-01-01 end=2026-12-31 "
      "renewal=automatic notice_days=90 value=100 exit_cost=7 currency=EUR",
      "00:00 contract.noted c-1 client=acme told=2026-01-05 since=2026-01-01 start=2026-01-01 "
      "end=2026-12-31 renewal=automatic notice_days=90 value=10000 exit_cost=700 currency=EUR "
      "valued=yes status=active" },
    { "What only a record says stays: that it is lost, why, and that there is no other source",
      "00:00 contract.record contract=c-1 end=2026-12-31 status=lost loss_reason=price "
      "sole_source=yes\n",
      "24:00 hears contract.changed c-1 client=acme start=2026-01-01 end=2026-12-31 value=100 "
      "currency=EUR\n"
      "24:00 hears contract.changed c-1 client=acme start=2026-01-01 end=2027-12-31 value=100 "
      "currency=EUR\n"
      "24:00 hears contract.changed c-1 client=acme start=2026-01-01 value=100 currency=EUR",
      "24:00 contract.noted c-1 end=2027-12-31 status=lost loss_reason=price sole_source=yes\n"
      "24:00 contract.noted c-1 status=active sole_source=yes" },
};

#define TAKEN "hears contract.removed c-1 client=acme"
#define SET                                                                                        \
    "hears contract.changed c-1 client=acme start=2026-01-01 value=100 currency=EUR "              \
    "services=mail "

static const struct given_row removed[] = {
    { "What the catalog takes back while it stands never was; as known before, it was",
      "00:00 " SET "\n",
      "24:00 " TAKEN "\n 24:00 " TAKEN "\n"
      "24:00 query kpi.value kpi=retention from=2026-01-03 to=2026-01-31\n"
      "24:00 query kpi.value kpi=retention from=2026-01-03 to=2026-01-31 as_of=2026-01-05",
      "24:00 contract.noted c-1 client=acme told=2026-01-06 since=2026-01-06 start=2026-01-01 "
      "value=10000 currency=EUR valued=yes status=void services=mail\n"
      "one kpi=retention\n one value=1000000 n=1 coverage=1000000" },
    { "So is what is yet to begin, or goes on by itself",
      "00:00 " SET "start=2026-03-01\n"
      "00:00 hears contract.changed c-2 client=acme start=2025-01-01 end=2025-12-31 "
      "renewal=automatic\n",
      "24:00 " TAKEN "\n 24:00 hears contract.removed c-2 client=acme",
      "24:00 contract.noted c-1 since=2026-03-01 status=void\n"
      "24:00 contract.noted c-2 end=2025-12-31 status=void" },
    { "What is over is history, and so is what was recorded as ended or lost",
      "00:00 " SET "end=2026-01-05\n"
      "00:00 hears contract.changed c-2 client=acme start=2025-01-01 end=2026-06-30\n"
      "00:00 contract.record contract=c-2 start=2025-01-01 end=2026-06-30 status=lost value=\n",
      "23:00 hears contract.removed c-2 client=acme\n 24:00 " TAKEN, "" },
    { "Of what was never noted, or is nobody's, there is nothing to take back", "00:00 " SET "\n",
      "24:00 hears contract.removed c-9 client=acme\n 24:00 @umbrella hears contract.removed c-1",
      "" },
    { "Set anew it counts again", "00:00 " SET "end=2026-12-31\n 24:00 " TAKEN "\n",
      "48:00 " SET "end=2026-12-31", "48:00 contract.noted c-1 end=2026-12-31 status=active" },
};

static const struct given_row covered[] = {
    { "What it covers only the catalog says: that stays when it is recorded", "",
      "00:00 hears contract.changed c-1 client=acme start=2026-01-01 services=mail+erp value=100 "
      "currency=EUR\n"
      "00:00 hears contract.changed c-1 client=acme start=2026-01-01 services=mail+web value=100 "
      "currency=EUR\n"
      "00:00 hears contract.changed c-1 client=acme start=2026-01-01 services=mail value=100 "
      "currency=EUR\n"
      "00:00 contract.record contract=c-1\n 00:00 contract.record contract=c-1 value=90",
      "00:00 contract.noted c-1 services=mail+erp\n 00:00 contract.noted c-1 services=mail+web\n"
      "00:00 contract.noted c-1 services=mail\n known\n"
      "00:00 contract.noted c-1 services=mail value=9000" },
};

static void test_told(void **state)
{
    (void)state;
    GIVEN_ROWS(&contract_book, told);
}

static void test_counted(void **state)
{
    (void)state;
    GIVEN_ROWS(&contract_book, counted);
}

static void test_refused(void **state)
{
    (void)state;
    GIVEN_ROWS(&contract_book, refused);
}

static void test_catalog(void **state)
{
    (void)state;
    GIVEN_ROWS(&contract_book, catalog);
    GIVEN_ROWS(&contract_book, covered);
    GIVEN_ROWS(&contract_book, removed);
}

static void test_too_many_versions(void **state)
{
    (void)state;
    given_begin(&contract_book);
    for (int i = 0; i <= CONTRACT_VERSIONS_MAX; i++)
        given_play("%d:00 contract.record value=%d", i * 24, 1000 + i);
    const char *row = given_play("1000:00 query kpi.contracts");
    assert_null(strstr(row, "=2026-01-05/"));
    assert_non_null(
        strstr(row, " versions=2026-01-06/2026-01-06/2026-01-01///active/100100/yes/EUR+"));
    assert_non_null(strstr(row, "/103200/yes"));
    given_end();
}

/* --- what other parts ask --------------------------------------------------------------------- */

static struct contract one(const char *start, const char *end, enum renewal renewal,
                           enum contract_status status)
{
    struct contract_version *v = calloc(1, sizeof *v);
    assert_non_null(v);
    *v = (struct contract_version){ .told = 1,
                                    .since = day_of(start),
                                    .start = day_of(start),
                                    .end = *end ? day_of(end) : 0,
                                    .renewal = (int32_t)renewal,
                                    .status = (int32_t)status };
    return (struct contract){ .versions = { .at = v, .count = 1 } };
}

static void expect_turn(struct contract c, const char *day, const char *turn)
{
    assert_int_equal(contract_turn(&c, day_of(day)), *turn ? day_of(turn) : 0);
    free((void *)(uintptr_t)c.versions.at);
}

static void test_turn(void **state)
{
    (void)state;
    const enum renewal on = renewal_automatic, off = renewal_agreed;
    const enum contract_status live = contract_status_active;
    expect_turn(one("2025-01-01", "2025-12-31", on, live), "2025-05-05", "2025-12-31");
    expect_turn(one("2025-01-01", "2025-12-31", on, live), "2025-12-31", "2025-12-31");
    expect_turn(one("2025-01-01", "2025-12-31", on, live), "2026-01-01", "2026-12-31");
    expect_turn(one("2023-03-01", "2024-02-29", on, live), "2026-01-01", "2026-02-28");
    expect_turn(one("2025-01-31", "2025-03-30", on, live), "2025-04-01", "2025-05-30");
    expect_turn(one("2025-01-01", "2025-01-10", on, live), "2025-01-11", "2025-01-20");
    expect_turn(one("2025-01-01", "2025-01-10", on, live), "2025-01-21", "2025-01-30");
    expect_turn(one("2025-01-01", "2025-12-31", off, live), "2026-01-01", "");
    expect_turn(one("2025-01-01", "2025-12-31", off, live), "2025-12-31", "2025-12-31");
    expect_turn(one("2025-01-01", "2025-12-31", on, contract_status_lost), "2026-01-01", "");
    expect_turn(one("2025-01-01", "2025-12-31", on, contract_status_void), "2025-01-01", "");
    expect_turn(one("2025-01-01", "", off, live), "2026-01-01", "");
}

static void test_stands(void **state)
{
    (void)state;
    given_begin(&contract_book);
    given_play("00:00 contract.record end=2026-06-30");
    struct arena arena = { 0 };
    struct view v = { .state = &given.state, .arena = &arena, .client = text_from("acme") };
    struct text acme = text_from("acme");
    assert_true(client_stands(&v, acme, day_of("2026-06-29"), 0));
    assert_false(client_stands(&v, acme, day_of("2026-06-30"), 0));
    assert_false(client_stands(&v, acme, day_of("2025-12-31"), 0));
    assert_false(client_stands(&v, acme, day_of("2026-06-29"), day_of("2026-01-04")));
    assert_false(client_stands(&v, text_from("nobody"), day_of("2026-06-29"), 0));
    arena_free(&arena);
    given_end();
}

/* Dates against the C library's. */
static void test_civil(void **state)
{
    (void)state;
    char text[CIVIL_DATE_SIZE + 1] = { 0 };
    for (int64_t day = -800000; day <= 2900000; day += 61) {
        struct civil c = civil_of(day);
        assert_int_equal(civil_day(c.year, c.month, c.day), day);
        time_t seconds = (time_t)(day * 86400);
        struct tm tm;
        assert_non_null(gmtime_r(&seconds, &tm));
        assert_int_equal(c.year, tm.tm_year + 1900);
        assert_int_equal(c.month, tm.tm_mon + 1);
        assert_int_equal(c.day, tm.tm_mday);
    }
    civil_print(day_of("2026-03-01"), text);
    assert_string_equal(text, "2026-03-01");
    assert_int_equal(civil_later(day_of("2026-01-31"), 1), day_of("2026-02-28"));
    assert_int_equal(civil_later(day_of("2026-01-31"), 14), day_of("2027-03-31"));
    assert_int_equal(civil_later(day_of("2026-01-31"), -11), day_of("2025-02-28"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_told),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_counted),
        cmocka_unit_test(test_catalog),
        cmocka_unit_test(test_too_many_versions),
        cmocka_unit_test(test_turn),
        cmocka_unit_test(test_stands),
        cmocka_unit_test(test_civil),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

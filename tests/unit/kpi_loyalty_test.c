/* Satisfaction, behaviour and what binds: quadrants, hostages, the curve, and what an announced
 * change would do (services/kpi/RULES.md). */
#include "services/kpi/figure.h"
#include "services/kpi/loyalty.h"
#include "tests/unit/kpi_account_book.h"

static const char *const quiet[] = { QUIET_ALWAYS,
                                     "account.looked",
                                     "account.alarmed",
                                     "survey.recorded",
                                     "contract.noted",
                                     "ticket.counted",
                                     NULL };
static const struct given_book loyalty_book = {
    .service = &kpi_service,
    .defaults = account_defaults,
    .quiet = quiet,
};

#define CONTRACT "10:00 contract.record "
#define SCORE    "10:00 survey.record score="
#define ASK      "11:00 query kpi.loyalty"

/* --- quadrants -------------------------------------------------------------------------------- */

static const struct given_row quadrants[] = {
    { "Without answers nothing is decided", CONTRACT "\n", ASK,
      "row client=acme day=2026-01-05 quadrant=undecided standing=stays customer_since=2025-01-01 "
      "locked=yes lock=bound_until_2026-12-31 renewal=2026-12-31 value=10000 currency=EUR "
      "level=green" },
    { "Nor without a contract", SCORE "5\n", ASK,
      "row quadrant=undecided answers=1 rating=highest satisfaction=40000 standing=unknown" },
    { "A contract that has not begun, or never was, is none",
      SCORE "5\n" CONTRACT "start=2026-01-06 end=\n" CONTRACT
            "contract=c-2 start=2025-01-01 status=void\n",
      ASK, "row quadrant=undecided standing=unknown" },
    { "Satisfied, and not there for long: a mercenary", SCORE "3\n" CONTRACT "\n", ASK,
      "row quadrant=mercenary satisfaction=30000 rating=middle" },
    { "For two years: loyal", SCORE "3\n" CONTRACT "start=2024-01-06\n", ASK,
      "row quadrant=loyal customer_since=2024-01-06" },
    { "A day less is not", SCORE "3\n" CONTRACT "start=2024-01-07\n", ASK,
      "row quadrant=mercenary" },
    { "One that pays more than at first is",
      SCORE "3\n" CONTRACT "\n" CONTRACT "since=2025-07-01 value=100.01\n", ASK,
      "row quadrant=loyal expanded=yes value=10001" },
    { "One contract more is no less: what began at first is what it paid at first",
      SCORE "3\n" CONTRACT "\n" CONTRACT "contract=c-2 value=50\n", ASK,
      "row quadrant=mercenary value=15000" },
    { "What is paid in another currency is not added, and is no growth",
      SCORE "3\n" CONTRACT "\n" CONTRACT "contract=c-2 value=5000 currency=JPY\n", ASK,
      "row quadrant=mercenary value=10000 currency=EUR" },
    { "One that goes on behind the end of a contract is loyal, if that was not long before",
      SCORE "3\n" CONTRACT "end=2025-06-30\n" CONTRACT "start=2025-07-31\n", ASK,
      "row quadrant=loyal renewals=1 customer_since=2025-01-01" },
    { "With a month between them it came back",
      SCORE "3\n" CONTRACT "end=2025-06-30\n" CONTRACT "start=2025-08-01\n", ASK,
      "row quadrant=mercenary" },
    { "One that overlaps does not follow",
      SCORE "3\n" CONTRACT "end=2026-06-30\n" CONTRACT "start=2025-07-01 value=0\n", ASK,
      "row quadrant=mercenary renewal=2026-06-30" },
    { "The first end counts",
      SCORE "3\n" CONTRACT "\n" CONTRACT "start=2025-07-01 end=2026-06-30 value=0\n", ASK,
      "row renewal=2026-06-30" },
    { "Nor does one that came before and lasted longer",
      SCORE "3\n" CONTRACT "end=2026-01-31\n" CONTRACT "start=2025-02-01 end=2025-12-31\n", ASK,
      "row quadrant=mercenary renewal=2026-01-31" },
    { "One that goes on by itself went on as often as its length fits",
      SCORE "3\n" CONTRACT "start=2025-06-01 end=2025-08-31 renewal=automatic\n", ASK,
      "row quadrant=loyal renewals=2 renewal=2026-02-28" },
    { "Not satisfied and bound: a hostage", SCORE "2\n" CONTRACT "\n", ASK,
      "row quadrant=hostage satisfaction=25000 rating=low score=15" },
    { "And free: a defector", SCORE "2\n" CONTRACT "end=\n", ASK,
      "row quadrant=defector satisfaction=25000 value=10000" },
    { "Gone: whatever binds", SCORE "2\n" CONTRACT "end=2026-01-04 status=lost\n", ASK,
      "row quadrant=defector standing=lost" },
    { "Gone, though it was satisfied", SCORE "4\n" CONTRACT "end=2026-01-04 start=2020-01-01\n",
      ASK, "row quadrant=mercenary standing=lost" },
};

/* --- satisfaction ----------------------------------------------------------------------------- */

static const struct given_row answers[] = {
    { "The mean of all answers, with the middle as one more; a half goes up",
      SCORE "4\n 10:00 survey.record survey=s-2 score=5\n", ASK,
      "row answers=2 rating=highest satisfaction=40000" },
    { "Of every scale and kind, unanswered ones left out",
      "10:00 survey.record kind=nps scale_min=0 scale_max=10 score=0\n"
      "10:00 survey.record survey=s-2 kind=escalation scale_min=1 scale_max=4 best_is_low=yes "
      "score=2\n 10:00 survey.record survey=s-3 score= answered_at=\n",
      ASK, "row answers=2 rating=middle satisfaction=26667" },
    { "Of the last year", SCORE "4\n" CONTRACT "\n",
      "8761:00 query kpi.loyalty\n 8785:00 query kpi.loyalty",
      "row answers=1 quadrant=mercenary\n row quadrant=undecided" },
    { "Few answers are drawn to the middle: two twos are not as bad as three",
      "option satisfaction_cut=225\n" CONTRACT "\n" SCORE
      "2\n 10:00 survey.record survey=s-2 score=2\n",
      ASK "\n 12:00 survey.record survey=s-3 score=2\n 12:00 query kpi.loyalty",
      "row quadrant=mercenary satisfaction=23333\n row quadrant=hostage satisfaction=22500" },
};

/* --- what binds ------------------------------------------------------------------------------- */

#define UNHAPPY "option satisfaction_cut=500\n" SCORE "3\n"

static const struct given_row locks[] = {
    { "A contract of a year binds as long as it lasts",
      UNHAPPY CONTRACT "start=2025-01-10 end=2026-01-09\n", ASK,
      "row quadrant=hostage lock=bound_until_2026-01-09" },
    { "Two that end together bind once, others each",
      UNHAPPY CONTRACT "start=2025-01-10 end=2026-01-09\n" CONTRACT
                       "contract=c-2 start=2025-01-01 end=2026-01-09\n" CONTRACT
                       "contract=c-3 start=2026-01-01 end=2026-07-04\n",
      ASK, "row lock=bound_until_2026-01-09;_bound_until_2026-07-04" },
    { "Of a day less it does not", UNHAPPY CONTRACT "start=2025-01-11 end=2026-01-09\n", ASK,
      "row quadrant=defector renewal=2026-01-09" },
    { "One that lasts half a year from now on does",
      UNHAPPY CONTRACT "start=2026-01-01 end=2026-07-04\n", ASK,
      "row quadrant=hostage lock=bound_until_2026-07-04" },
    { "A day less does not", UNHAPPY CONTRACT "start=2026-01-01 end=2026-07-03\n", ASK,
      "row quadrant=defector" },
    { "One that costs three months to leave does, nobody else too",
      UNHAPPY CONTRACT "end= exit_cost=300 sole_source=yes\n", ASK,
      "row quadrant=hostage lock=leaving_costs_300_EUR;_nobody_else_offers_it" },
    { "Less does not", UNHAPPY CONTRACT "end= exit_cost=299.99\n", ASK, "row quadrant=defector" },
    { "What no one else offers does, what is over does not",
      UNHAPPY CONTRACT "end= sole_source=yes\n" CONTRACT "contract=c-2 end=2025-12-31\n", ASK,
      "row quadrant=hostage lock=nobody_else_offers_it" },
};

/* --- what is asked ---------------------------------------------------------------------------- */

#define THREE                                                                                      \
    SCORE "2\n" CONTRACT "\n"                                                                      \
          "10:00 ann@blue survey.record score=3\n 10:00 ann@blue contract.record\n"                \
          "10:00 ann@cyan survey.record score=5\n 10:00 ann@cyan contract.record\n"                \
          "10:30 passes\n"
#define CHANGE "10:00 copies change.changed h-1 id=h-1 name=Move from=200:00 to=300:00 owner=mia "

static const struct given_row questions[] = {
    { "Of all clients, of one, of a quadrant", THREE,
      ASK "\n 11:00 query kpi.loyalty client=blue\n 11:00 @cyan query kpi.loyalty\n"
          "11:00 query kpi.loyalty quadrant=hostage\n 11:00 query kpi.loyalty limit=1",
      "row client=acme\n row client=blue\n row client=cyan\n row client=blue\n row client=cyan\n"
      "row client=acme\n row client=acme" },
    { "Those with the highest risk first", THREE, "11:00 query kpi.risk limit=1",
      "row spared=85 client=acme" },
    { "A change that names a client moves its satisfaction", THREE CHANGE "clients=blue+cyan\n",
      "11:00 query kpi.loyalty change=h-1 delta=-0.50\n"
      "11:00 query kpi.loyalty change=h-1 delta=-0.50 crossing=yes\n"
      "11:00 query kpi.loyalty change=h-1 delta=0 crossing=yes",
      "row client=blue satisfaction=30000 quadrant=mercenary satisfaction_then=25000 "
      "quadrant_then=hostage crosses=yes\n"
      "row client=cyan satisfaction_then=35000 quadrant_then=mercenary\n row client=blue" },
    { "One that nobody knows is not one that troubles nobody", THREE CHANGE "clients=blue+cyan\n",
      "11:00 query kpi.loyalty change=h-2 delta=-0.50\n 11:00 query kpi.loyalty delta=-0.50\n"
      "11:00 query kpi.loyalty crossing=yes",
      "refused change_unknown change\n refused change_needed change\n"
      "refused change_needed change" },
    { "Not below the lowest, nor above the highest", THREE CHANGE "clients=acme+cyan\n",
      "11:00 query kpi.loyalty change=h-1 delta=-4\n 11:00 query kpi.loyalty change=h-1 delta=4",
      "row client=acme satisfaction_then=10000\n"
      "row client=cyan satisfaction_then=10000 quadrant_then=hostage crosses=yes\n"
      "row client=acme satisfaction_then=50000 quadrant_then=mercenary crosses=yes\n"
      "row client=cyan satisfaction_then=50000" },
    { "Of whom nothing is known nothing is foreseen", CONTRACT "\n" CHANGE "clients=acme\n",
      "11:00 query kpi.loyalty change=h-1 delta=-1", "row client=acme quadrant=undecided" },
    { "It touches whose contract covers one of its services",
      THREE "10:31 @acme hears contract.changed c-9 id=c-9 client=acme services=web+mail "
            "start=2025-01-01\n"
            "10:31 @blue hears contract.changed c-8 id=c-8 client=blue services=mail "
            "start=2025-01-01 end=2025-12-31\n"
            "10:31 @cyan hears contract.changed c-7 id=c-7 client=cyan services=phone "
            "start=2025-01-01\n" CHANGE "services=disk+mail\n",
      "11:00 query kpi.loyalty change=h-1 delta=1", "row client=acme" },
    { "Also one of a component, or of what depends on one, through others",
      THREE "10:30 copies component.changed switch id=switch name=S services=net\n"
            "10:30 copies component.changed mx id=mx name=M services=mail depends=disk\n"
            "10:30 copies component.changed disk id=disk name=D services=store depends=switch\n"
            "10:30 copies component.changed fax id=fax name=F services=phone\n"
            "10:31 @acme hears contract.changed c-9 id=c-9 client=acme services=mail "
            "start=2025-01-01\n"
            "10:31 @blue hears contract.changed c-8 id=c-8 client=blue services=net "
            "start=2025-01-01\n"
            "10:31 @cyan hears contract.changed c-7 id=c-7 client=cyan services=phone "
            "start=2025-01-01\n" CHANGE "components=switch\n",
      "11:00 query kpi.loyalty change=h-1 delta=1", "row client=acme\n row client=blue" },
    { "In force on a day of the change, whatever is today: it begins on the 13th, and ends on the "
      "17th",
      THREE "10:31 @acme hears contract.changed c-9 id=c-9 client=acme services=mail "
            "start=2026-01-17\n"
            "10:31 @blue hears contract.changed c-8 id=c-8 client=blue services=mail "
            "start=2026-01-18\n"
            "10:31 @cyan hears contract.changed c-7 id=c-7 client=cyan services=mail "
            "start=2025-01-01 end=2026-01-12\n"
            "10:31 @dune hears contract.changed c-6 id=c-6 client=dune services=mail "
            "start=2025-01-01 end=2026-01-13\n" CHANGE "services=mail\n",
      "11:00 query kpi.loyalty change=h-1 delta=1", "row client=acme\n row client=dune" },
    { "And who had tickets of a service or a component of it in the last year",
      THREE "10:31 @blue hears ticket.recorded desk:1 occurred_at=10:00 state=active priority=3 "
            "service=mail\n"
            "10:31 @cyan hears ticket.recorded desk:1 occurred_at=10:00 state=active priority=3 "
            "component=mx\n" CHANGE "services=disk+mail components=dns+mx\n",
      "11:00 query kpi.loyalty change=h-1 delta=1", "row client=blue\n row client=cyan" },
    { "How many stay, by how satisfied they are",
      THREE "10:31 ann@cyan contract.record end=2026-01-04 status=lost\n 10:32 passes\n",
      "11:00 query kpi.curve\n 11:00 query kpi.curve client=acme\n 11:00 @cyan query kpi.curve",
      "one clients=3 stay=2 hostages=1 retention=666667 "
      "points=lowest/0/0/0+low/1/1/1/1000000+middle/1/1/0/1000000+high/0/0/0+highest/1/0/0\n"
      "one clients=1 stay=1 hostages=1 retention=1000000\n one clients=1 "
      "points=lowest/0/0/0+low/0/0/0+middle/0/0/0+high/0/0/0+highest/1/0/0" },
    { "Of nobody", "", "11:00 query kpi.curve",
      "one points=lowest/0/0/0+low/0/0/0+middle/0/0/0+high/0/0/0+highest/0/0/0" },
};

static void test_quadrants(void **state)
{
    (void)state;
    GIVEN_ROWS(&loyalty_book, quadrants);
}

static void test_answers(void **state)
{
    (void)state;
    GIVEN_ROWS(&loyalty_book, answers);
}

static void test_locks(void **state)
{
    (void)state;
    GIVEN_ROWS(&loyalty_book, locks);
}

static void test_questions(void **state)
{
    (void)state;
    GIVEN_ROWS(&loyalty_book, questions);
}

/* --- counting --------------------------------------------------------------------------------- */

static struct figure held(const char *client, const char *to, const char *as_of)
{
    struct arena arena = { 0 };
    struct view v = { .state = &given.state, .arena = &arena, .client = text_from(client) };
    const struct place p = { .client = text_from(client) };
    struct figure ret = { 0 };
    hostage_sum(&v, &p, day_of(to), *as_of ? day_of(as_of) : 0, &ret);
    arena_free(&arena);
    return ret;
}

/* Who is a hostage on a day: what became one by then, less what ceased to be. */
static void test_counted(void **state)
{
    (void)state;
    given_begin(&loyalty_book);
    given_play(THREE "34:00 ann@blue survey.record score=1\n 58:00 ann@acme survey.record score=5\n"
                     "82:00 passes");
    assert_int_equal(held("", "2026-01-04", "").numerator, 0);
    assert_int_equal(held("", "2026-01-04", "").n, 0);
    assert_int_equal(held("", "2026-01-05", "").numerator, 1);
    assert_int_equal(held("", "2026-01-05", "").n, 3);
    assert_int_equal(held("", "2026-01-06", "").numerator, 2);
    assert_int_equal(held("", "2026-01-07", "").numerator, 1);
    assert_int_equal(held("", "2026-01-31", "2026-01-06").numerator, 2);
    assert_int_equal(held("acme", "2026-01-06", "").numerator, 1);
    assert_int_equal(held("acme", "2026-01-31", "").numerator, 0);
    assert_int_equal(held("", "2034-12-31", "").n, 3);
    given_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quadrants), cmocka_unit_test(test_answers),
        cmocka_unit_test(test_locks),     cmocka_unit_test(test_questions),
        cmocka_unit_test(test_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

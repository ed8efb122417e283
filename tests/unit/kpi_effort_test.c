/* Time entries and endpoints, and what they add to the sums of days (services/kpi/RULES.md). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "services/kpi/bucket.h"
#include "services/kpi/civil.h"
#include "services/kpi/effort.h"
#include "tests/unit/given_world.h"

extern const struct service_type kpi_service;
static const char *const quiet[] = { "account.opened", "account.rested", "watch.awaited",
                                     "watch.stirred",  "ticket.counted", NULL };
static const struct given_default defaults[] = {
    { "effort.record", "effort=e-1 started_at=08:00 minutes=30 work_type=incident" },
    { "endpoint.record", "month=2026-01-01 count=40" },
    { NULL, NULL },
};
static const struct given_book effort_book = {
    .service = &kpi_service,
    .defaults = defaults,
    .quiet = quiet,
};

static const struct given_row told[] = {
    { "A time entry counts on the day on which the work began", "",
      "09:00 effort.record ticket=csv:T1 person=Mia rate=80 service=mail component=disk",
      "09:00 effort.recorded e-1 client=acme ticket=csv:T1 person=Mia started_at=08:00 "
      "day=2026-01-05 told=2026-01-05 minutes=30 work_type=incident rate=8000 service=mail "
      "component=disk placed=yes" },
    { "Both days are those of the client's wall", "",
      "09:00 copies client.changed acme name=Acme zone=Pacific|Honolulu\n"
      "09:00 effort.record\n 35:00 effort.record minutes=31",
      "09:00 effort.recorded day=2026-01-04 told=2026-01-04\n"
      "35:00 effort.recorded day=2026-01-04 told=2026-01-06" },
    { "What is told again changes nothing; anything else is told anew", "09:00 effort.record\n",
      "09:00 effort.record\n 09:00 effort.record ticket=csv:T1\n"
      "09:00 effort.record ticket=csv:T1 person=Mia\n"
      "09:00 effort.record ticket=csv:T1 person=Mia service=mail\n"
      "09:00 effort.record ticket=csv:T1 person=Mia service=mail component=disk\n"
      "09:00 effort.record minutes=60\n 09:00 effort.record minutes=60 started_at=07:00\n"
      "09:00 effort.record minutes=60 started_at=07:00 work_type=admin\n"
      "09:00 effort.record minutes=60 started_at=07:00 work_type=admin rate=0\n"
      "09:00 effort.record minutes=60 started_at=07:00 work_type=admin rate=1",
      "known\n 09:00 effort.recorded ticket=csv:T1\n 09:00 effort.recorded person=Mia\n"
      "09:00 effort.recorded service=mail placed=yes\n 09:00 effort.recorded component=disk\n"
      "09:00 effort.recorded minutes=60\n 09:00 effort.recorded started_at=07:00\n"
      "09:00 effort.recorded work_type=admin\n 09:00 effort.recorded\n"
      "09:00 effort.recorded rate=100" },
    { "Work that names no place is where its ticket is, as far as that is known",
      "08:00 hears ticket.recorded csv:T1 occurred_at=08:00 state=new priority=3 service=mail "
      "component=disk\n",
      "09:00 effort.record ticket=csv:T1\n 09:00 effort.record effort=e-2 ticket=csv:T2\n"
      "09:00 effort.record effort=e-3 ticket=csv:T1 service=erp\n"
      "09:00 effort.record ticket=csv:T1 service=mail component=disk\n"
      "09:00 effort.record ticket=csv:T1 component=disk",
      "09:00 effort.recorded e-1 service=mail component=disk\n"
      "09:00 effort.recorded e-2 ticket=csv:T2 minutes=30 work_type=incident\n"
      "09:00 effort.recorded e-3 service=erp placed=yes\n"
      "09:00 effort.recorded e-1 service=mail component=disk placed=yes\n"
      "09:00 effort.recorded e-1 component=disk placed=yes" },
    { "And goes along when that is known later, or changes",
      "09:00 effort.record ticket=csv:T1 rate=80 person=Mia\n"
      "09:00 effort.record effort=e-2 ticket=csv:T1 service=erp\n",
      "32:00 hears ticket.recorded csv:T1 occurred_at=08:00 state=new priority=3\n"
      "33:00 hears ticket.recorded csv:T1 occurred_at=08:00 state=new priority=3 service=mail\n"
      "34:00 hears ticket.recorded csv:T1 occurred_at=34:00 state=active priority=3 service=mail\n"
      "35:00 hears ticket.recorded csv:T1 occurred_at=35:00 state=active priority=3 service=mail "
      "component=disk",
      "33:00 effort.recorded e-1 client=acme ticket=csv:T1 person=Mia started_at=08:00 "
      "day=2026-01-05 told=2026-01-06 minutes=30 work_type=incident rate=8000 service=mail\n"
      "35:00 effort.recorded e-1 service=mail component=disk" },
    { "Endpoints are counted by the month", "",
      "09:00 endpoint.record\n 09:00 endpoint.record month=2026-01-31\n"
      "09:00 endpoint.record count=41\n 09:00 endpoint.record month=2025-12-31 count=0",
      "09:00 endpoint.recorded 2026-01 client=acme day=2026-01-01 told=2026-01-05 count=40\n"
      "known\n 09:00 endpoint.recorded 2026-01 count=41\n"
      "09:00 endpoint.recorded 2025-12 client=acme day=2025-12-01 told=2026-01-05" },
};

static const struct given_row refused[] = {
    { "Work more than a day ahead is none yet", "",
      "08:00 effort.record started_at=32:00\n 08:00 effort.record started_at=32:01",
      "08:00 effort.recorded\n refused effort_ahead started_at" },
};

static const struct given_row counted[] = {
    { "What was counted: of the cost of problems what solved them, at a rate",
      "09:00 effort.record rate=80 service=mail\n 09:00 effort.record effort=e-2\n"
      "09:00 effort.record effort=e-3 work_type=change rate=80\n"
      "09:00 effort.record effort=e-4 work_type=problem rate=60 started_at=07:00\n",
      "09:00 query kpi.counted kpi=unit_cost from=2026-01-01 to=2026-01-31\n"
      "09:00 query kpi.counted kpi=unit_cost from=2026-01-01 to=2026-01-31 service=mail",
      "row id=e-4 words=problem hit=yes value=3000\n"
      "row day=2026-01-05 what=effort id=e-1 client=acme service=mail words=incident hit=yes "
      "value=4000\n row id=e-1" },
    { "What was taken back is not counted",
      "09:00 effort.record rate=80\n 09:00 effort.record effort=e-2 rate=80\n"
      "10:00 effort.record rate=80 minutes=0\n",
      "10:00 query kpi.counted kpi=unit_cost from=2026-01-01 to=2026-01-31\n"
      "10:00 query kpi.counted kpi=reactive from=2026-01-01 to=2026-01-31",
      "row id=e-2\n row id=e-2" },
    { "Of reactive work what is, and what is not but prevents",
      "09:00 effort.record\n 09:00 effort.record effort=e-2 work_type=proactive\n"
      "09:00 effort.record effort=e-3 work_type=admin\n 09:00 endpoint.record\n",
      "09:00 query kpi.counted kpi=reactive from=2026-01-01 to=2026-01-31\n"
      "09:00 query kpi.counted kpi=reactive_hours from=2026-01-01 to=2026-01-31",
      "row id=e-1 words=incident hit=yes value=30\n row id=e-2 words=proactive value=30\n"
      "row day=2026-01-01 what=endpoint id=2026-01 words=endpoints value=40\n"
      "row id=e-1 hit=yes value=30" },
};

static void test_counted(void **state)
{
    (void)state;
    GIVEN_ROWS(&effort_book, counted);
}

static void test_told(void **state)
{
    (void)state;
    GIVEN_ROWS(&effort_book, told);
}

static void test_refused(void **state)
{
    (void)state;
    GIVEN_ROWS(&effort_book, refused);
}

/* --- sums ------------------------------------------------------------------------------------- */

enum { FIRST = 20454 /* 2026-01-01 */, TODAY = FIRST + 4, LAST = FIRST + 30 };

static struct effort_sums sum_as_of(const char *client, const char *service, int64_t as_of)
{
    struct arena arena = { 0 };
    struct view v = { .state = &given.state, .arena = &arena, .client = text_from(client) };
    const struct place p = { .client = text_from(client), .service = text_from(service) };
    struct effort_sums ret;
    bucket_sum(&v, AGGREGATE_effort_sums, &p, FIRST, LAST, as_of, &ret);
    arena_free(&arena);
    return ret;
}

static struct effort_sums sum(const char *client, const char *service)
{
    return sum_as_of(client, service, 0);
}

#define EXPECT_SUMS(actual, ...)                                                                   \
    do {                                                                                           \
        struct effort_sums is = (actual), wanted = { __VA_ARGS__ };                                \
        assert_int_equal(is.minutes, wanted.minutes);                                              \
        assert_int_equal(is.reactive_minutes, wanted.reactive_minutes);                            \
        assert_int_equal(is.proactive_minutes, wanted.proactive_minutes);                          \
        assert_int_equal(is.costed_minutes, wanted.costed_minutes);                                \
        assert_int_equal(is.cost, wanted.cost);                                                    \
        assert_int_equal(is.problem_minutes, wanted.problem_minutes);                              \
        assert_int_equal(is.problem_cost, wanted.problem_cost);                                    \
        assert_int_equal(is.endpoints, wanted.endpoints);                                          \
    } while (0)

static void test_kinds_of_work(void **state)
{
    static const struct {
        const char *type;
        int64_t reactive, proactive, solves;
    } kinds[] = {
        { "incident", 1, 0, 1 }, { "request", 0, 0, 0 },   { "problem", 1, 0, 1 },
        { "change", 0, 1, 0 },   { "proactive", 0, 1, 0 }, { "admin", 0, 0, 0 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        given_begin(&effort_book);
        given_play("09:00 effort.record work_type=%s minutes=90 rate=60", kinds[i].type);
        EXPECT_SUMS(sum("acme", ""), .minutes = 90, .costed_minutes = 90, .cost = 9000,
                    .reactive_minutes = kinds[i].reactive * 90,
                    .proactive_minutes = kinds[i].proactive * 90,
                    .problem_minutes = kinds[i].solves * 90,
                    .problem_cost = kinds[i].solves * 9000);
        given_end();
    }
}

static void test_cost(void **state)
{
    (void)state;
    given_begin(&effort_book);
    /* without a rate it costs nobody knows what; for nothing it costs nothing */
    given_play("09:00 effort.record effort=a minutes=10");
    EXPECT_SUMS(sum("acme", ""), .minutes = 10, .reactive_minutes = 10);
    given_play("09:00 effort.record effort=b minutes=10 rate=0");
    EXPECT_SUMS(sum("acme", ""), .minutes = 20, .reactive_minutes = 20, .costed_minutes = 10,
                .problem_minutes = 10);
    /* an hour's rate of 0.50 for a minute is 0.8333, of 0.90 1.5: rounded half up */
    given_play("09:00 effort.record effort=c minutes=1 rate=0.50");
    assert_int_equal(sum("acme", "").cost, 1);
    given_play("09:00 effort.record effort=c minutes=1 rate=0.90");
    assert_int_equal(sum("acme", "").cost, 2);
    given_play("09:00 effort.record effort=c minutes=1 rate=0.29");
    assert_int_equal(sum("acme", "").cost, 0);
    given_end();
}

static void test_what_changes_is_taken_back(void **state)
{
    (void)state;
    given_begin(&effort_book);
    given_play("09:00 effort.record rate=60 service=mail");
    given_play("33:00 effort.record rate=60 service=web minutes=60 work_type=change");
    EXPECT_SUMS(sum("acme", "mail"), .minutes = 0);
    EXPECT_SUMS(sum("acme", "web"), .minutes = 60, .proactive_minutes = 60, .costed_minutes = 60,
                .cost = 6000);
    EXPECT_SUMS(sum("", ""), .minutes = 60, .proactive_minutes = 60, .costed_minutes = 60,
                .cost = 6000);
    /* as it was known on the day before */
    EXPECT_SUMS(sum_as_of("acme", "mail", TODAY), .minutes = 30, .reactive_minutes = 30,
                .costed_minutes = 30, .cost = 3000, .problem_minutes = 30, .problem_cost = 3000);
    EXPECT_SUMS(sum_as_of("acme", "web", TODAY), .minutes = 0);
    given_play("57:00 effort.record minutes=0");
    EXPECT_SUMS(sum("acme", ""), .minutes = 0);
    given_end();
}

#define ABOUT(hour, service)                                                                       \
    hour " hears ticket.recorded csv:T1 occurred_at=09:00 state=active priority=3 "                \
         "service=" service

static const struct trail *trail_of(const char *ticket)
{
    const struct stored *s =
        world_find(&given.state, world_entity(ENTITY_trail), text_from("acme"), text_from(ticket));
    return s ? s->bytes : NULL;
}

/* However much work there is, all of it is where its ticket is: at once, or some turns later. */
static void test_much_work_goes_along(void **state)
{
    (void)state;
    given_begin(&effort_book);
    for (int i = 0; i < 2 * EFFORTS_FOLLOW_MAX + 10; i++)
        given_play("09:00 effort.record effort=w-%d ticket=csv:T1 minutes=1", i);
    given_play("09:00 effort.record effort=own ticket=csv:T1 minutes=7 service=erp");
    given_play(ABOUT("10:00", "mail"));
    EXPECT_SUMS(sum("acme", "mail"), .minutes = EFFORTS_FOLLOW_MAX,
                .reactive_minutes = EFFORTS_FOLLOW_MAX);
    assert_non_null(trail_of("csv:T1"));
    given_play("10:01 passes");
    EXPECT_SUMS(sum("acme", "mail"), .minutes = 90, .reactive_minutes = 90);
    EXPECT_SUMS(sum("acme", "erp"), .minutes = 7, .reactive_minutes = 7);
    assert_null(trail_of("csv:T1"));
    /* it moves again while some is left behind, and back */
    given_play(ABOUT("11:00", "web"));
    given_play(ABOUT("11:00", "mail"));
    given_play("11:01 passes");
    EXPECT_SUMS(sum("acme", "web"), .minutes = 0);
    EXPECT_SUMS(sum("acme", "mail"), .minutes = 90, .reactive_minutes = 90);
    assert_null(trail_of("csv:T1"));
    /* what lapses with an adopted clock goes along behind it */
    given_play(ABOUT("12:00", "web"));
    given_play("36:00 adopts\n37:00 passes");
    EXPECT_SUMS(sum("acme", "web"), .minutes = 90, .reactive_minutes = 90);
    given_end();
}

/* As many as go along at once leave nothing behind. */
static void test_as_much_as_goes_along_at_once(void **state)
{
    (void)state;
    given_begin(&effort_book);
    for (int i = 0; i < EFFORTS_FOLLOW_MAX; i++)
        given_play("09:00 effort.record effort=w-%d ticket=csv:T1 minutes=1", i);
    given_play(ABOUT("10:00", "mail"));
    EXPECT_SUMS(sum("acme", "mail"), .minutes = EFFORTS_FOLLOW_MAX,
                .reactive_minutes = EFFORTS_FOLLOW_MAX);
    assert_null(trail_of("csv:T1"));
    given_end();
}

static void test_endpoints(void **state)
{
    (void)state;
    given_begin(&effort_book);
    given_play("00:00 endpoint.record");
    given_play("00:00 ann@beta endpoint.record count=2");
    given_play("24:00 endpoint.record count=50");
    EXPECT_SUMS(sum("acme", ""), .endpoints = 50);
    EXPECT_SUMS(sum("", ""), .endpoints = 52);
    EXPECT_SUMS(sum_as_of("acme", "", TODAY), .endpoints = 40);
    given_end();
}

/* More than one decision holds stay where they were. */
static void test_too_many_to_follow(void **state)
{
    (void)state;
    given_begin(&effort_book);
    for (int i = 0; i <= EFFORTS_FOLLOW_MAX; i++)
        given_play("09:00 effort.record effort=e-%d ticket=csv:T1 minutes=1", i);
    given_play("09:00 hears ticket.recorded csv:T1 occurred_at=08:00 state=new priority=3 "
               "service=mail");
    EXPECT_SUMS(sum("acme", "mail"), .minutes = EFFORTS_FOLLOW_MAX,
                .reactive_minutes = EFFORTS_FOLLOW_MAX);
    given_end();
}

/* --- whatever comes first ----------------------------------------------------------------------
 */

static const char *const facts[] = {
    "effort.record effort=a ticket=csv:T1 minutes=10 rate=60",
    "effort.record effort=b ticket=csv:T1 minutes=20 work_type=change",
    "effort.record effort=c ticket=csv:T2 minutes=40 work_type=problem rate=30",
    "effort.record effort=d minutes=80 service=mail",
    "ann@beta effort.record effort=a ticket=csv:T1 minutes=160",
    "endpoint.record month=2026-01-01 count=3",
    "hears ticket.recorded csv:T1 occurred_at=08:00 state=new priority=3 service=mail",
    "hears ticket.recorded csv:T2 occurred_at=08:00 state=new priority=3 service=erp",
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

static void test_any_order_comes_to_the_same(void **state)
{
    unsigned seed = 5;
    (void)state;
    for (int i = 0; i < ORDERS; i++) {
        given_begin(&effort_book);
        tell_in_some_order(&seed);
        EXPECT_SUMS(sum("acme", "mail"), .minutes = 110, .reactive_minutes = 90,
                    .proactive_minutes = 20, .costed_minutes = 10, .cost = 1000,
                    .problem_minutes = 10, .problem_cost = 1000);
        EXPECT_SUMS(sum("acme", "erp"), .minutes = 40, .reactive_minutes = 40, .costed_minutes = 40,
                    .cost = 2000, .problem_minutes = 40, .problem_cost = 2000);
        EXPECT_SUMS(sum("", ""), .minutes = 310, .reactive_minutes = 290, .proactive_minutes = 20,
                    .costed_minutes = 50, .cost = 3000, .problem_minutes = 50, .problem_cost = 3000,
                    .endpoints = 3);
        given_end();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_told),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_kinds_of_work),
        cmocka_unit_test(test_cost),
        cmocka_unit_test(test_what_changes_is_taken_back),
        cmocka_unit_test(test_much_work_goes_along),
        cmocka_unit_test(test_as_much_as_goes_along_at_once),
        cmocka_unit_test(test_endpoints),
        cmocka_unit_test(test_counted),
        cmocka_unit_test(test_too_many_to_follow),
        cmocka_unit_test(test_any_order_comes_to_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Verdicts (RULES 2): whoever counts what was in time hears of each change, and of no other. Hour 0
 * is midnight of Monday 2026-01-05 in UTC.
 *
 * Targets: response 15 m, 30 m, 4 h, 8 h; resolve 4 h, 8 h, 40 h, 80 h.
 */
#include "tests/unit/escalation_book.h"

#define OFFICE                                                                                     \
    "00:00 copies calendar.changed office zone=UTC versions=2026-01-01/mon-fri;09:00;17:00\n"      \
    "00:00 copies client.changed acme zone=UTC\n"                                                  \
    "00:00 copies contract.changed c1 client=acme services=mail start=2025-01-01 calendar=office " \
    "terms=/1/response/240m+/1/resolve/240m+/2/resolve/480m\n"

/* All but verdicts is quiet. */
static const char *const all_else[] = { "ticket.recorded",
                                        "ticket.escalated",
                                        "ticket.reminded",
                                        "ticket.threshold_reached",
                                        "ticket.group_silent",
                                        "escalation.raised",
                                        "escalation.level_raised",
                                        "escalation.severity_raised",
                                        "escalation.resolved",
                                        "escalation.reopened",
                                        NULL };
static const struct given_book verdict_book = {
    .service = &escalation_service,
    .defaults = escalation_defaults,
    .quiet = all_else,
};

static const char *const facts_only[] = { "ticket.recorded", "ticket.escalated", NULL };
static const struct given_book order_book = {
    .service = &escalation_service,
    .defaults = escalation_defaults,
    .quiet = facts_only,
};

static const struct given_row response[] = {
    { "Taken in time", "00:00 ticket.record state=new priority=1",
      "00:10 ticket.record state=active priority=1",
      "00:10 ticket.judged desk:1 clock=response verdict=met occurred_at=00:10 due_at=00:15 "
      "used=10m "
      "target=15m" },
    { "Told only when it is taken: it is judged by the first fact", "",
      "01:00 ticket.record state=active opened_at=00:50 priority=1",
      "01:00 ticket.judged clock=response verdict=met occurred_at=01:00 due_at=01:05 used=10m" },
    { "Taken too late, and told in one", "",
      "01:00 ticket.record state=active opened_at=00:30 priority=1",
      "01:00 ticket.judged clock=response verdict=missed occurred_at=01:00 due_at=00:45 used=30m" },
    { "On the minute is in time", "", "01:00 ticket.record state=active opened_at=00:45 priority=1",
      "01:00 ticket.judged clock=response verdict=met used=15m due_at=01:00" },
    { "Missed when it is due, while nobody takes it; and told again when somebody does",
      "00:00 ticket.record state=new priority=1",
      "00:14 passes\n 00:20 passes\n 00:25 ticket.record state=active priority=1\n"
      "00:26 ticket.record state=active priority=1 owner=ann",
      "00:15 ticket.judged clock=response verdict=missed occurred_at=00:15 due_at=00:15 used=15m "
      "target=15m\n"
      "00:25 ticket.judged clock=response verdict=missed occurred_at=00:25 due_at=00:15 used=25m "
      "target=15m stopped=yes" },
    { "It stops for good: not even another priority is for it",
      "00:00 ticket.record state=active priority=2",
      "00:20 ticket.record state=new priority=1\n 03:00 passes", "" },
    { "A longer target takes it back, and it can be missed again",
      "00:00 ticket.record state=new priority=1\n 00:20 passes",
      "00:20 ticket.record state=new priority=2\n 00:40 passes",
      "00:20 ticket.judged clock=response verdict=running occurred_at=00:20 due_at=00:30 used=20m "
      "target=30m\n"
      "00:30 ticket.judged clock=response verdict=missed occurred_at=00:30 due_at=00:30 used=30m "
      "target=30m" },
    { "A shorter one that has passed is missed at the fact that says so; due it was before",
      "00:00 ticket.record state=new priority=3",
      "00:50 ticket.record state=new priority=1\n 01:00 passes",
      "00:50 ticket.judged clock=response verdict=missed occurred_at=00:50 due_at=00:15 used=50m "
      "target=15m" },
    { "A fact told after the wake, of a moment before it, takes back and is met",
      "00:00 ticket.record state=new priority=1",
      "00:20 passes\n 00:21 ticket.record updated_at=00:12 state=active priority=1",
      "00:15 ticket.judged clock=response verdict=missed\n"
      "00:21 ticket.judged clock=response verdict=met occurred_at=00:12 due_at=00:15 used=12m" },
};

static const struct given_row resolve[] = {
    { "Solved in time", "00:00 ticket.record priority=1",
      "03:00 ticket.record priority=1 state=resolved\n 09:00 ticket.record priority=1 state=closed",
      "03:00 ticket.judged clock=resolve verdict=met occurred_at=03:00 due_at=04:00 used=180m "
      "target=240m" },
    { "Missed when it is due, and told again when it is solved", "00:00 ticket.record priority=1",
      "05:00 passes\n 06:00 ticket.record priority=1 state=resolved",
      "04:00 ticket.judged clock=resolve verdict=missed occurred_at=04:00 due_at=04:00 used=240m\n"
      "06:00 ticket.judged clock=resolve verdict=missed occurred_at=06:00 due_at=04:00 used=360m "
      "stopped=yes" },
    { "Reopened, it runs on; then it is missed",
      "00:00 ticket.record priority=1\n 03:00 ticket.record priority=1 state=resolved",
      "10:00 ticket.record priority=1 reopen_count=1\n 12:00 passes",
      "10:00 ticket.judged clock=resolve verdict=running occurred_at=10:00 due_at=11:00 used=180m\n"
      "11:00 ticket.judged clock=resolve verdict=missed occurred_at=11:00 due_at=11:00 used=240m" },
    { "Reopened after it was missed, it stays missed",
      "00:00 ticket.record priority=1\n 05:00 ticket.record priority=1 state=resolved",
      "10:00 ticket.record priority=1 reopen_count=1\n 12:00 ticket.record priority=1 state=closed",
      "12:00 ticket.judged clock=resolve verdict=missed occurred_at=12:00 due_at=09:00 used=420m "
      "stopped=yes" },
    { "Reopened with a longer target, it is not missed any more",
      "00:00 ticket.record priority=1\n 05:00 ticket.record priority=1 state=resolved",
      "10:00 ticket.record priority=2 reopen_count=1\n"
      "12:00 ticket.record priority=2 state=resolved",
      "10:00 ticket.judged clock=resolve verdict=running occurred_at=10:00 due_at=13:00 used=300m "
      "target=480m\n"
      "12:00 ticket.judged clock=resolve verdict=met occurred_at=12:00 due_at=13:00 used=420m" },
    { "A pause moves what is left, and paused nothing is judged",
      "00:00 ticket.record priority=1\n 03:00 ticket.record priority=1 state=pending_client",
      "20:00 passes\n 20:00 ticket.record priority=1\n 21:00 passes",
      "21:00 ticket.judged clock=resolve verdict=missed occurred_at=21:00 due_at=21:00 used=240m" },
    { "Solved while it is paused",
      "00:00 ticket.record priority=1\n 03:00 ticket.record priority=1 state=pending_client",
      "20:00 ticket.record priority=1 state=resolved",
      "20:00 ticket.judged clock=resolve verdict=met occurred_at=20:00 due_at=21:00 used=180m" },
    { "Paused beyond its new target, it is judged when it goes on",
      "00:00 ticket.record priority=2\n 05:00 ticket.record priority=2 state=pending_client",
      "06:00 ticket.record priority=1 state=pending_client\n 08:00 passes\n"
      "09:00 ticket.record priority=1\n 09:01 passes",
      "09:00 ticket.judged clock=resolve verdict=missed occurred_at=09:00 due_at=08:00 used=300m "
      "target=240m" },
    { "Cancelled counts as solved, and both clocks may be judged by one fact",
      "00:00 ticket.record priority=1 state=new", "00:05 ticket.record priority=1 state=cancelled",
      "00:05 ticket.judged clock=response verdict=met\n"
      "00:05 ticket.judged clock=resolve verdict=met due_at=04:00 used=5m" },
    { "Told late, and long due: it lapsed without effect, but it was missed, then", "",
      "10:00 ticket.record updated_at=00:00 priority=1 state=new",
      "10:00 ticket.judged clock=response verdict=missed occurred_at=00:15 due_at=00:15 used=15m\n"
      "10:00 ticket.judged clock=resolve verdict=missed occurred_at=04:00 due_at=04:00 used=240m" },
    { "Solved in history, and told late",
      "10:00 ticket.record updated_at=00:00 priority=1 state=new",
      "10:01 ticket.record updated_at=03:00 priority=1 state=resolved",
      "10:01 ticket.judged clock=response verdict=missed occurred_at=03:00 used=180m stopped=yes\n"
      "10:01 ticket.judged clock=resolve verdict=met occurred_at=03:00 used=180m stopped=yes" },
    { "What lapsed when a clock was adopted is told by the next fact",
      "00:00 ticket.record priority=1\n 01:00 adopts",
      "01:00 ticket.record priority=1 mod_count=1\n 04:00 passes",
      "04:00 ticket.judged clock=resolve verdict=missed" },
};

/* The office works from 09:00 to 17:00. */
static const struct given_row hours[] = {
    { "Working time: due at the instant that was reckoned", OFFICE,
      "16:00 ticket.record priority=1 state=new\n 36:30 passes",
      "36:00 ticket.judged clock=response verdict=missed occurred_at=36:00 due_at=36:00 used=240m "
      "target=240m\n"
      "36:00 ticket.judged clock=resolve verdict=missed occurred_at=36:00 due_at=36:00 used=240m" },
    { "Solved in time: due is what was left of working time",
      OFFICE "16:00 ticket.record priority=1", "34:00 ticket.record priority=1 state=resolved",
      "34:00 ticket.judged clock=resolve verdict=met occurred_at=34:00 due_at=36:00 used=120m" },
    { "Told solved, too late: due goes backwards through the night", OFFICE,
      "34:00 ticket.record priority=1 opened_at=09:00 state=resolved",
      "34:00 ticket.judged clock=response verdict=missed occurred_at=34:00 due_at=13:00 used=540m "
      "target=240m\n"
      "34:00 ticket.judged clock=resolve verdict=missed occurred_at=34:00 due_at=13:00 used=540m" },
    { "A shorter target that has passed: missed at the fact, due before it",
      OFFICE "09:00 ticket.record priority=2", "15:00 ticket.record priority=1\n 15:01 passes",
      "15:00 ticket.judged clock=resolve verdict=missed occurred_at=15:00 due_at=13:00 used=360m "
      "target=240m" },
    { "Hours that hold from now on count anew, and take a verdict back",
      "00:00 ticket.record priority=1\n 04:30 passes\n" OFFICE,
      "05:00 ticket.record priority=1\n 06:00 ticket.record priority=1 state=resolved",
      "05:00 ticket.judged clock=resolve verdict=running occurred_at=05:00 due_at=13:00\n"
      "06:00 ticket.judged clock=resolve verdict=met occurred_at=06:00 due_at=13:00" },
    { "Where no working time is left, it would never be due",
      OFFICE "09:00 ticket.record priority=1\n"
             "09:00 copies calendar.changed office zone=UTC versions=2026-01-01/\n",
      "10:00 ticket.record priority=1 state=resolved",
      "10:00 ticket.judged clock=resolve verdict=met occurred_at=10:00 target=240m" },
    { "Nor was it",
      OFFICE
      "09:00 ticket.record priority=2\n 15:00 ticket.record priority=2 state=pending_client\n"
      "15:00 copies calendar.changed office zone=UTC versions=2026-01-01/\n",
      "16:00 ticket.record priority=1 state=pending_client\n"
      "17:00 ticket.record priority=1 state=resolved",
      "17:00 ticket.judged clock=resolve verdict=missed occurred_at=17:00 used=360m target=240m" },
};

static const struct given_row order[] = {
    { "The verdict is told before what follows from it", "00:00 ticket.record priority=1",
      "04:00 passes",
      "02:00 ticket.reminded\n"
      "03:00 ticket.threshold_reached percent=75\n 03:00 escalation.raised\n"
      "03:10 escalation.level_raised\n 03:15 escalation.level_raised\n 03:30 "
      "escalation.level_raised\n"
      "03:36 ticket.threshold_reached percent=90\n"
      "04:00 ticket.judged clock=resolve verdict=missed\n"
      "04:00 ticket.threshold_reached percent=100\n 04:00 escalation.level_raised level=5" },
    { "Behind the fact, before what it does to the escalation",
      "00:00 ticket.record priority=1\n 03:00 passes",
      "03:05 ticket.record priority=1 state=resolved",
      "03:05 ticket.judged clock=resolve verdict=met\n 03:05 escalation.resolved" },
    { "The ticket says both verdicts", "00:00 ticket.record priority=1 state=new\n 01:00 passes",
      "01:00 @acme query escalation.ticket ticket=desk:1",
      "row response_verdict=missed verdict=running" },
};

#define PLAYS(name, book)                                                                          \
    static void test_##name(void **state)                                                          \
    {                                                                                              \
        (void)state;                                                                               \
        GIVEN_ROWS(&(book), name);                                                                 \
    }
PLAYS(response, verdict_book)
PLAYS(resolve, verdict_book)
PLAYS(hours, verdict_book)
PLAYS(order, order_book)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_response),
        cmocka_unit_test(test_resolve),
        cmocka_unit_test(test_hours),
        cmocka_unit_test(test_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

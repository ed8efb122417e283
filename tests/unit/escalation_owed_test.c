/* escalation_owed: what open escalations owe their clients, the first of it first. */
#include "tests/unit/escalation_book.h"

#define OWED "query escalation.owed"

static const struct given_row rows[] = {
    { "Updates and promises, by the first of them; those first of which nothing is due",
      "00:00 escalation.raise title=One severity=2\n 00:00 escalation.raise title=Two severity=2\n"
      "00:00 escalation.raise title=Three severity=2\n"
      "00:10 escalation.update next_update_at=05:00\n"
      "00:10 escalation.perceive promise=A_plan promise_until=03:00\n"
      "00:10 escalation.perceive promise=A_visit promise_until=09:00\n"
      "00:10 escalation.perceive\n"
      "00:10 escalation.update escalation=esc-2 next_update_at=02:00",
      "00:20 " OWED,
      "row escalation=esc-3 client=acme title=Three level=1 cause=hand kind=management\n"
      "row due_at=02:00 escalation=esc-2 next_update_at=02:00\n"
      "row due_at=03:00 escalation=esc-1 next_update_at=05:00 "
      "promises=1/A_plan/03:00+2/A_visit/09:00" },
    { "What was kept is not owed, what was missed still is",
      "00:00 escalation.raise severity=2\n 00:10 escalation.perceive promise=A_plan "
      "promise_until=03:00\n"
      "00:10 escalation.perceive promise=A_visit promise_until=04:00",
      "00:20 escalation.keep\n 00:20 " OWED "\n 06:00 " OWED,
      "00:20 escalation.promise_kept\n row due_at=04:00 promises=2/A_visit/04:00\n"
      "00:30 escalation.level_raised\n 01:00 escalation.level_raised\n"
      "02:00 escalation.level_raised\n 04:00 escalation.level_raised\n"
      "04:00 escalation.promise_missed\n row due_at=04:00 promises=2/A_visit/04:00//04:00" },
    { "A later promise behind an earlier update",
      "00:00 escalation.raise severity=2\n 00:10 escalation.update next_update_at=02:00\n"
      "00:10 escalation.perceive promise=A_plan promise_until=03:00",
      "00:20 " OWED, "row due_at=02:00 next_update_at=02:00" },
    { "What has ended owes nothing; each client's own, page by page",
      "00:00 escalation.raise severity=2\n 00:00 escalation.raise severity=2\n 00:00 ann@umbrella "
      "escalation.raise severity=2\n"
      "00:10 escalation.merge",
      "00:20 " OWED "\n 00:20 " OWED " limit=1\n 00:20 " OWED " client=umbrella\n"
      "00:20 ann@acme " OWED " client=umbrella",
      "row escalation=esc-1 client=acme\n row escalation=esc-3 client=umbrella\n"
      "row escalation=esc-1\n row client=umbrella\n row client=acme" },
};

static void test_owed(void **state)
{
    (void)state;
    GIVEN_ROWS(&escalation_book, rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_owed) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Every rule that says no, and a check that none was forgotten. */
#include <stdio.h>

#include "tests/unit/escalation_book.h"

#define RAISED "00:00 ticket.record\n 00:00 escalation.raise tickets=desk:1\n"
#define SOLVED RAISED "01:00 ticket.record state=resolved\n"
#define CLOSED                                                                                     \
    SOLVED "01:00 escalation.confirm\n 01:00 escalation.review decision=not_required\n"            \
           "01:00 escalation.assess\n 01:00 escalation.survey decision=asked\n"                    \
           "01:00 escalation.close\n"
#define BROKEN "00:00 ticket.record priority=4\n 00:00 escalation.raise tickets=desk:1\n"

static const struct given_row refusals[] = {
    { "A ticket has one open escalation", RAISED, "01:00 escalation.raise tickets=desk:1",
      "refused ticket_escalated tickets" },
    { "A ticket is named once", "00:00 ticket.record",
      "01:00 escalation.raise tickets=desk:1+desk:1", "refused ticket_twice tickets" },
    { "A complaint without a ticket needs a severity", "", "01:00 escalation.raise",
      "refused severity_missing severity" },
    { "Nothing is done with a closed escalation", CLOSED,
      "02:00 escalation.ack\n 02:00 escalation.engage\n"
      "02:00 escalation.update next_update_at=03:00\n 02:00 escalation.perceive\n"
      "02:00 escalation.deescalate level=1\n 02:00 escalation.confirm\n"
      "02:00 escalation.review decision=required\n 02:00 escalation.assess\n"
      "02:00 escalation.survey decision=asked\n 02:00 escalation.close",
      "refused closed escalation\n refused closed escalation\n refused closed escalation\n"
      "refused closed escalation\n refused closed escalation\n refused closed escalation\n"
      "refused closed escalation\n refused closed escalation\n refused closed escalation\n"
      "refused closed escalation" },
    { "A fact is not from the future, but for clocks that differ a little", "",
      "01:00 ticket.record updated_at=01:16\n 01:00 ticket.record updated_at=01:15",
      "refused fact_ahead updated_at" },
    { "The first fact says the priority; a solution of what was never told is no ticket", "",
      "01:00 ticket.record priority= state=resolved\n"
      "01:00 @acme query escalation.ticket ticket=desk:1",
      "refused priority_unknown priority" },
    { "Nor with one that nobody knows", "", "02:00 escalation.ack", "missing escalation" },
    { "The next update is in the future", RAISED,
      "01:00 escalation.update next_update_at=01:00\n"
      "01:00 escalation.update next_update_at=00:59",
      "refused update_past next_update_at\n refused update_past next_update_at" },
    { "A promise says until when", RAISED, "01:00 escalation.perceive promise=A_call",
      "refused promise_undated promise_until" },
    { "An instant alone is no promise", RAISED, "01:00 escalation.perceive promise_until=02:00",
      "refused promise_undated promise" },
    { "A promise is for the future", RAISED,
      "01:00 escalation.perceive promise=A_call promise_until=01:00",
      "refused promise_past promise_until" },
    { "Only what was promised can be kept", RAISED "00:00 escalation.perceive\n",
      "01:00 escalation.keep", "refused promise_unknown promise" },
    { "And only once",
      RAISED "00:00 escalation.perceive promise=A_call promise_until=02:00\n"
             "00:30 escalation.keep\n",
      "01:00 escalation.keep", "refused promise_kept promise" },
    { "Not merged into itself", RAISED, "01:00 escalation.merge other=esc-1",
      "refused merge_itself other" },
    { "Nor with another client's",
      "00:00 escalation.raise severity=4\n 00:00 ann@umbrella escalation.raise severity=4",
      "01:00 escalation.merge", "refused merge_client other" },
    { "Nor into a closed one", CLOSED "02:00 escalation.raise severity=4\n",
      "02:00 escalation.merge", "refused closed escalation" },
    { "Nor a closed one", CLOSED "02:00 escalation.raise severity=4\n",
      "02:00 escalation.merge escalation=esc-2 other=esc-1", "refused merge_closed other" },
    { "De-escalation goes down", "00:00 escalation.raise severity=4 level=3",
      "00:01 escalation.deescalate level=3\n 00:01 escalation.deescalate level=4",
      "refused not_lower level\n refused not_lower level" },
    { "A solution is confirmed when there is one", RAISED, "00:01 escalation.confirm",
      "refused unresolved escalation" },
    { "By the client's primary contact, where that is known",
      "00:00 escalation.raise severity=4 primary_contact=Ken",
      "00:01 escalation.confirm confirmed_by=Ms_Olsen",
      "refused not_primary_contact confirmed_by" },
    { "Who was named last",
      "00:00 escalation.raise severity=4 primary_contact=Ken\n"
      "00:01 escalation.engage primary_contact=Olga",
      "00:02 escalation.confirm confirmed_by=Ken", "refused not_primary_contact confirmed_by" },
    { "Severity 1 or 2 is reviewed",
      "00:00 escalation.raise severity=2\n 00:00 escalation.raise severity=1",
      "00:01 escalation.review decision=not_required\n"
      "00:01 escalation.review escalation=esc-2 decision=not_required",
      "refused review_severity decision\n refused review_severity decision" },
    { "A clock that reached its target is reviewed", BROKEN "79:59 passes\n",
      "79:59 escalation.review decision=not_required\n"
      "80:00 escalation.review decision=not_required",
      "79:59 escalation.review_decided\n 80:00 ticket.threshold_reached percent=100\n"
      "80:00 escalation.level_raised\n refused review_breach decision" },
    { "Even when it lapsed",
      "00:00 ticket.record number=1\n 00:00 ticket.record number=2\n"
      "00:00 escalation.raise tickets=desk:1+desk:2\n"
      "00:01 ticket.record number=1 state=resolved",
      "45:00 adopts\n 45:00 escalation.review decision=not_required",
      "refused review_breach decision" },
    { "The executives' involvement is reviewed, even when it was lowered",
      "00:00 escalation.raise severity=3 level=6\n 00:01 escalation.deescalate level=1",
      "00:02 escalation.review decision=not_required", "refused review_executives decision" },
    { "The client's wish is reviewed", "00:00 escalation.raise severity=3 cause=client_wish",
      "00:01 escalation.review decision=not_required", "refused review_client_wish decision" },
    { "A survey is not declined without a reason", RAISED,
      "00:01 escalation.survey decision=declined", "refused survey_reason reason" },
    { "Not closed before the primary contact confirmed", SOLVED, "01:00 escalation.close",
      "refused not_confirmed escalation" },
    { "Not closed before the review is decided", SOLVED "01:00 escalation.confirm\n",
      "01:00 escalation.close", "refused review_undecided escalation" },
    { "Not closed before loyalty is assessed",
      SOLVED "01:00 escalation.confirm\n 01:00 escalation.review decision=required\n",
      "01:00 escalation.close", "refused not_assessed escalation" },
    { "Not closed before the survey is asked for or declined",
      SOLVED "01:00 escalation.confirm\n 01:00 escalation.review decision=required\n"
             "01:00 escalation.assess\n",
      "01:00 escalation.close", "refused survey_undecided escalation" },
    { "Not closed with an unsolved ticket that a merge brought",
      SOLVED "01:00 escalation.confirm\n 01:00 escalation.review decision=required\n"
             "01:00 escalation.assess\n 01:00 escalation.survey decision=asked\n"
             "01:00 ticket.record number=2\n 01:00 escalation.raise tickets=desk:2\n"
             "01:00 escalation.merge\n",
      "01:00 escalation.close", "refused unresolved escalation" },
    { "What is published is not written again",
      RAISED "00:00 escalation.review decision=required\n 00:01 review.publish\n",
      "00:02 review.draft\n 00:02 review.publish",
      "refused review_published review\n refused review_published review" },
    { "What is withdrawn is not written",
      RAISED "00:00 escalation.review decision=required\n"
             "00:01 escalation.review decision=not_required\n",
      "00:02 review.draft\n 00:02 review.publish",
      "refused review_withdrawn review\n refused review_withdrawn review" },
    { "Advice comes once",
      "00:00 copies raci.changed disk:incident component=disk process=incident cells=dba/C\n"
      "00:00 ticket.record component=disk\n 00:00 escalation.raise tickets=desk:1\n"
      "00:10 consultation.answer",
      "00:20 consultation.answer", "refused consultation_over consultation" },
};

static void test_refusals(void **state)
{
    (void)state;
    GIVEN_ROWS(&escalation_book, refusals);
}

/* As many as it keeps, and then one more. */
static void test_limits(void **state)
{
    (void)state;
    given_begin(&escalation_book);
    given_play("00:00 escalation.raise severity=4");
    for (int i = 0; i < 32; i++)
        given_play("00:00 escalation.engage\n"
                   "00:00 escalation.perceive promise=A_call promise_until=01:00");
    given_play("00:01 escalation.engage\n"
               "00:01 escalation.perceive promise=A_call promise_until=01:00");
    given_expect("refused too_many escalation\n refused too_many promise");
    for (int i = 0; i < 32; i++)
        given_play("00:02 escalation.perceive");
    given_play("00:02 escalation.perceive");
    given_expect("refused too_many escalation");
    given_play("02:00 starts\n 02:00 query escalation.summary");
    assert_non_null(strstr(given_play("02:00 query escalation.summary"), "promises_missed=32"));
    given_end();
}

/* 64 tickets in one escalation, by hand and by merging. */
static void test_tickets(void **state)
{
    (void)state;
    char names[1024];
    size_t length = 0;
    given_begin(&escalation_book);
    for (int i = 1; i <= 64; i++) {
        given_play("00:00 ticket.record number=%d", i);
        length += (size_t)snprintf(names + length, sizeof names - length, "%sdesk:%d",
                                   i > 1 ? "+" : "", i);
    }
    given_play("00:01 escalation.raise tickets=%s", names);
    given_play("00:02 ticket.record number=65\n 00:02 escalation.raise tickets=desk:65\n"
               "00:02 escalation.raise severity=4");
    given_play("00:03 escalation.merge");
    given_expect("refused merge_tickets other");
    given_play("00:03 escalation.merge escalation=esc-3 other=esc-1");
    given_expect("00:03 escalation.absorbed esc-3\n 00:03 escalation.merged esc-1\n"
                 "00:03 escalation.severity_raised esc-3 severity=3");
    given_play("00:04 ticket.record number=64 priority=1");
    given_expect("00:04 escalation.severity_raised esc-3 severity=1");
    given_end();
}

static void test_none_forgotten(void **state)
{
    (void)state;
    for (size_t i = 1; i <= escalation_service.refusal_count; i++)
        if (!given_refused((int)i))
            fail_msg("no row was refused: %s", escalation_service.refusals[i].code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_tickets),
        cmocka_unit_test(test_none_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

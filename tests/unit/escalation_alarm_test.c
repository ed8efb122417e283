/* Alarms about clients that become escalations (RULES 3): what kpi observes, managers put right. */
#include "tests/unit/escalation_book.h"

#define ALARM "hears account.alarmed acme title=Ms_Olsen_would_not_recommend_us "
#define RAISED                                                                                     \
    "01:00 escalation.raised esc-1 raised_at=01:00 kind=management cause=dissatisfaction "         \
    "severity=3 level=4 alarm=Ms_Olsen_would_not_recommend_us title="

static const struct given_row alarms[] = {
    { "A detractor is an escalation at the level of managers", "",
      "01:00 " ALARM "alarm=detractor service=mail component=disk-7",
      RAISED "Dissatisfaction_in_a_survey service=mail component=disk-7" },
    { "So is a complaint", "", "01:00 " ALARM "alarm=complaint", RAISED "A_complaint_about_us" },
    { "So is a risk that became red", "", "01:00 " ALARM "alarm=red_risk",
      RAISED "A_review_of_how_well_we_serve" },
    { "A hostage is none: there is nothing to put right yet", "", "01:00 " ALARM "alarm=hostage",
      "" },
    { "Nobody is told twice: one is open", "00:30 " ALARM "alarm=detractor\n",
      "01:00 " ALARM "alarm=complaint\n 01:00 query escalation.summary",
      "one raised=1 raised_by_dissatisfaction=1 open=1" },
    { "One of another client, or for another reason, is another one",
      "00:30 ann@beta " ALARM "alarm=detractor\n 00:30 escalation.raise severity=4\n",
      "01:00 " ALARM "alarm=detractor", "01:00 escalation.raised esc-3 cause=dissatisfaction" },
    { "Once it is merged into another, an alarm is a new one",
      "00:20 " ALARM "alarm=detractor\n 00:30 escalation.raise severity=4\n"
      "00:40 escalation.merge escalation=esc-2 other=esc-1\n",
      "01:00 " ALARM "alarm=complaint", "01:00 escalation.raised esc-3 cause=dissatisfaction" },
    { "It is worked on like any other; once closed, an alarm is a new one",
      "00:10 " ALARM "alarm=detractor\n 00:20 escalation.confirm\n"
      "00:20 escalation.review decision=not_required\n 00:20 escalation.assess\n"
      "00:20 escalation.survey decision=asked\n 00:30 escalation.close\n",
      "01:00 " ALARM "alarm=detractor\n 01:00 query escalation.summary",
      "01:00 escalation.raised esc-2\n"
      "one raised=2 raised_by_dissatisfaction=2 open=1 closed=1 closed_safe=1" },
    { "The known primary contact is named, and whoever has to be consulted is asked",
      "00:00 copies person.changed olsen name=Ms_Olsen client=acme\n"
      "00:00 copies client.changed acme primary_contact=olsen\n"
      "00:00 copies raci.changed disk-7:incident component=disk-7 process=incident "
      "cells=desk/AR+architect/C\n",
      "01:00 " ALARM "alarm=complaint component=disk-7",
      "01:00 escalation.raised primary_contact=Ms_Olsen component=disk-7\n"
      "01:00 consultation.asked role=architect component=disk-7" },
};

static void test_alarms(void **state)
{
    (void)state;
    GIVEN_ROWS(&escalation_book, alarms);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_alarms) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* A programme from its launch to its end, but for plan, reviews and closeout (RULES 2, 3 and 4). */
#include "tests/unit/sip_book.h"

/* 08e.02 SIP Launch */
static const struct given_row launch[] = {
    { "A launch says who has which role and freezes the baseline of every objective", QUALIFIED,
      "02:00 bob@acme programme.launch ticket=desk:9 contract=c-1 cost=1200.50 benefit=They_stay "
      "risks=Holidays/Start_early\n 02:00 query sip.candidates ended=yes\n"
      "02:00 query sip.summary",
      "02:00 programme.launched sip-1 candidate=can-1 cause=hand service=mail title=Mail_in_time "
      "day=2026-01-05 problem=It_takes_hours charter=Find_out_and_mend contract=c-1 manager=mia "
      "coordinator=cora sponsor=pat client_sponsor=olga ticket=desk:9 periods=3 window_days=28 "
      "watch_days=90 cadence_days=14 criteria=1/closeout/They_say_so risks=Holidays/Start_early "
      "objectives=1/Attain/sla_attainment/mail//2025-12-08/2026-01-04/4/800000/320/400/0/400/"
      "32000/256080000/950000/2026-06-30/By_clocks next_review=2026-01-19 remind_at=288:00 "
      "missed_at=360:00\n"
      "02:00 candidate.launched can-1 programme=sip-1\n"
      "02:00 programme.alarmed sip-1 alarm=launched title=Mail_in_time people=mia+cora+pat+olga "
      "tell_client=yes day=2026-01-05\n"
      "row id=can-1 state=launched programme=sip-1\n"
      "one candidates=1 launched=1 open=1" },
    { "It may say how strict it is, and its words for the problem", QUALIFIED,
      "02:00 programme.launch problem=Slow periods=2 window_days=7 watch_days=30 cadence_days=1",
      "02:00 programme.launched problem=Slow periods=2 window_days=7 watch_days=30 cadence_days=1 "
      "next_review=2026-01-06\n 02:00 candidate.launched\n 02:00 programme.alarmed" },
    { "A baseline may be part of what is known; a late correction of a period changes none",
      QUALIFIED, "02:00 programme.launch baseline_from=2025-12-15 baseline_to=2025-12-28",
      "02:00 programme.launched objectives=1/Attain/sla_attainment/mail//2025-12-15/2025-12-28/2/"
      "800000/160/200/0/200/16000/128080000/950000/2026-06-30/By_clocks\n"
      "02:00 candidate.launched\n 02:00 programme.alarmed" },
    { "An objective is about what the programme is about, or what it says, or the whole client",
      PEOPLE "00:00 hears series.closed s1 kpi=incidents component=queue from=2025-12-29 "
             "to=2026-01-04 value=9 n=9\n"
             "00:00 hears series.closed s2 kpi=nps from=2025-12-29 to=2026-01-04 value=20 n=10 "
             "numerator=2 denominator=10 squares=8\n"
             "00:00 hears series.closed s3 kpi=resolve_time service=print from=2025-12-29 "
             "to=2026-01-04 value=90 n=10 numerator=900 denominator=10 squares=90000\n"
             "01:00 candidate.propose service= component=queue\n 01:00 candidate.qualify\n",
      "02:00 programme.launch objectives=Few/incidents////2/2026-06-30/Counted+"
      "Love/nps///yes/30/2026-06-30/Asked+Fast/resolve_time/print///60/2026-06-30/Clocks "
      "criteria=closeout/Calm/incidents////3+success/Loved/nps///yes/0+success/They_say_so",
      "02:00 programme.launched objectives=1/Few/incidents//queue/2025-12-29/2026-01-04/1/90000/0/"
      "0/0/9/900/810000/20000/2026-06-30/Counted+"
      "2/Love/nps///2025-12-29/2026-01-04/1/200000/2/10/8/10/2000/4000000/300000/2026-06-30/"
      "Asked+"
      "3/Fast/resolve_time/print//2025-12-29/2026-01-04/1/900000/900/10/90000/10/9000/81000000/"
      "600000/2026-06-30/Clocks criteria=1/closeout/Calm/incidents//queue/30000+"
      "2/success/Loved/nps+3/success/They_say_so\n"
      "02:00 candidate.launched\n 02:00 programme.alarmed" },
    { "A period without a figure is in no baseline",
      QUALIFIED PERIOD("01:30", "from=2026-01-04 to=2026-01-04", ""), "02:00 programme.launch",
      "02:00 programme.launched objectives=1/Attain/sla_attainment/mail//2025-12-08/2026-01-04/4/"
      "800000/320/400/0/400/32000/256080000/950000/2026-06-30/By_clocks\n"
      "02:00 candidate.launched\n 02:00 programme.alarmed" },
    { "Days are those of the client's wall",
      QUALIFIED "01:30 copies client.changed acme name=Acme zone=Pacific|Auckland\n",
      "11:30 programme.launch",
      "11:30 programme.launched day=2026-01-06 next_review=2026-01-20 remind_at=299:00 "
      "missed_at=371:00\n 11:30 candidate.launched\n 11:30 programme.alarmed" },
};

static const struct given_row approval[] = {
    { "Where there is an approver, the charter waits for 7 days from Monday to Friday", QUALIFIED,
      "02:00 programme.launch approver=pat\n 02:00 query sip.programmes\n"
      "100:00 programme.approve\n 101:00 query sip.programme programme=sip-1",
      "02:00 programme.launched approver=pat approve_until=240:00\n 02:00 candidate.launched\n"
      "02:00 programme.alarmed alarm=approval_asked people=pat+mia+cora\n row state=launched\n"
      "100:00 programme.approved sip-1 by=pat\n"
      "100:00 programme.alarmed alarm=launched people=mia+cora+pat+olga tell_client=yes "
      "day=2026-01-09\n row state=planning approved_by=pat" },
    { "Then the approval expires, once, and the charter is revised before it is asked for again",
      QUALIFIED "02:00 programme.launch approver=pat\n",
      "240:00 passes\n 241:00 programme.approve\n 242:00 programme.revise cost=1\n"
      "243:00 programme.approve",
      "240:00 programme.approval_expired sip-1 occurred_at=240:00\n"
      "240:00 programme.alarmed alarm=approval_expired people=mia+cora+pat\n"
      "refused approval_over programme\n"
      "242:00 programme.revised sip-1 problem=Slow charter=Mend_it cost=100 approve_until=528:00\n"
      "242:00 programme.alarmed alarm=approval_asked people=pat+mia+cora\n"
      "243:00 programme.approved\n 243:00 programme.alarmed alarm=launched" },
    { "A revised charter of one that is approved is not asked for again", LAUNCHED,
      "03:00 programme.revise\n 500:00 query sip.programme programme=sip-1",
      "03:00 programme.revised\n"
      "288:00 programme.review_reminded\n 288:00 programme.alarmed\n"
      "360:00 programme.review_missed\n 360:00 programme.alarmed\n"
      "row state=planning charter=Mend_it problem=Slow" },
    { "A clock adopted: the charter has to be revised, and nothing else was due",
      QUALIFIED "02:00 programme.launch approver=pat\n",
      "500:00 adopts\n 501:00 programme.approve\n 900:00 passes",
      "refused approval_over programme" },
    { "A clock adopted before: all comes in its time",
      QUALIFIED "02:00 programme.launch approver=pat\n", "10:00 adopts\n 287:59 passes",
      "240:00 programme.approval_expired\n 240:00 programme.alarmed" },
    { "A clock adopted before the last of it: that comes in its time",
      "option approve_days=30\n" QUALIFIED "02:00 programme.launch approver=pat\n",
      "300:00 adopts\n 1032:00 passes",
      "360:00 programme.review_missed\n 360:00 programme.alarmed\n"
      "624:00 programme.review_reminded\n 624:00 programme.alarmed\n"
      "696:00 programme.review_missed\n 696:00 programme.alarmed\n"
      "960:00 programme.review_reminded\n 960:00 programme.alarmed\n"
      "1032:00 programme.approval_expired\n 1032:00 programme.alarmed\n"
      "1032:00 programme.review_missed\n 1032:00 programme.alarmed" },
    { "A clock adopted between: the review is still ahead",
      QUALIFIED "02:00 programme.launch approver=pat\n", "250:00 adopts\n 288:00 passes",
      "288:00 programme.review_reminded\n 288:00 programme.alarmed" },
    { "A clock adopted after the approval",
      QUALIFIED "02:00 programme.launch approver=pat\n 03:00 programme.approve\n",
      "10:00 adopts\n 287:59 passes", "" },
};

static const struct given_row roles[] = {
    { "Roles go to others; who is not named stays", LAUNCHED,
      "03:00 programme.assign manager=ann coordinator=pat\n"
      "04:00 programme.assign approver=mia sponsor=cora client_sponsor=ken",
      "03:00 programme.assigned sip-1 manager=ann coordinator=pat sponsor=pat client_sponsor=olga\n"
      "04:00 programme.assigned manager=ann approver=mia sponsor=cora client_sponsor=ken" },
    { "Another approver is asked", QUALIFIED "02:00 programme.launch approver=pat\n",
      "03:00 programme.assign sponsor=ann\n 04:00 programme.assign approver=mia manager=ann",
      "03:00 programme.assigned\n 04:00 programme.assigned\n"
      "04:00 programme.alarmed alarm=approval_asked people=mia+ann+cora" },
};

static const struct given_row states[] = {
    { "From the client's signature to where the figures are watched, and to the client", DONE,
      "31:00 programme.monitor\n 32:00 programme.signoff\n"
      "32:00 query sip.programme programme=sip-1\n 33:00 programme.confirm\n"
      "34:00 query sip.programme programme=sip-1",
      "31:00 programme.moved sip-1 state=monitoring from=executing day=2026-01-06\n"
      "32:00 programme.moved state=signoff from=monitoring\n"
      "32:00 programme.survey_wanted sip-1 title=Mail_in_time service=mail\n"
      "32:00 programme.alarmed alarm=signoff_asked people=mia+cora+olga tell_client=yes\n"
      "row state=signoff monitoring_since=2026-01-06\n"
      "33:00 programme.confirmed sip-1 by=ken\n row confirmed_by=ken confirmed_at=33:00" },
    { "Where no primary contact is known, anybody of the client confirms",
      WATCHED "32:00 programme.signoff\n 32:00 copies client.changed acme name=Acme\n",
      "33:00 programme.confirm person=olga", "33:00 programme.confirmed by=olga" },
    { "Or where the client is not",
      WATCHED "32:00 programme.signoff\n 32:00 copies client.removed acme\n",
      "33:00 programme.confirm person=olga", "33:00 programme.confirmed by=olga" },
    { "Who is not satisfied takes it back to its actions, and a confirmation with it",
      WATCHED "32:00 programme.signoff\n 33:00 programme.confirm\n",
      "34:00 programme.decline\n 34:00 query sip.programme programme=sip-1\n"
      "35:00 programme.monitor",
      "34:00 programme.moved state=executing from=signoff reason=Mondays_are_slow\n"
      "row state=executing reason=Mondays_are_slow\n"
      "35:00 programme.moved state=monitoring" },
    { "So does another action", WATCHED, "32:00 action.plan\n 33:00 programme.hold",
      "32:00 action.planned sip-1.2\n 32:00 programme.plan_changed version=2 actions=2 percent=50\n"
      "32:00 programme.moved state=executing from=monitoring\n 32:00 action.opened sip-1.2\n"
      "32:00 programme.alarmed\n 33:00 programme.moved state=on_hold\n 33:00 action.stopped "
      "sip-1.2" },
    { "And one while the client is asked", WATCHED "32:00 programme.signoff\n", "33:00 action.plan",
      "33:00 action.planned sip-1.2\n 33:00 programme.plan_changed\n"
      "33:00 programme.moved state=executing from=signoff\n 33:00 action.opened sip-1.2\n"
      "33:00 programme.alarmed" },
    { "On hold its clocks stand, and nobody is told of anything", SIGNED,
      "06:00 programme.hold\n 06:00 query sip.programme programme=sip-1\n 500:00 passes\n"
      "501:00 programme.resume\n 501:00 query sip.programme programme=sip-1",
      "06:00 programme.moved state=on_hold from=executing reason=They_move_house\n"
      "06:00 action.stopped sip-1.1\n"
      "row state=on_hold held_from=executing held_on=2026-01-05 reason=They_move_house "
      "next_review=2026-01-19\n"
      "501:00 programme.moved state=executing from=on_hold next_review=2026-02-08 "
      "remind_at=768:00 missed_at=840:00\n"
      "501:00 action.resumed sip-1.1 days=20 stage=reminder stage_at=600:00\n"
      "row state=executing next_review=2026-02-08" },
    { "Who was told of an action is not told again: what stood goes on where it stood", SIGNED,
      "241:00 programme.hold\n 481:00 programme.resume\n 482:00 query sip.actions overdue=yes\n"
      "600:00 passes",
      "120:00 action.day_told\n 120:00 programme.alarmed\n 192:00 action.day_told\n"
      "192:00 programme.alarmed\n 240:00 action.day_told told=coordinator\n"
      "240:00 programme.alarmed\n"
      "241:00 programme.moved state=on_hold\n 241:00 action.stopped\n"
      "481:00 programme.moved state=executing day=2026-01-25\n"
      "481:00 action.resumed days=10 stage=manager stage_at=552:00\n"
      "row due=2026-01-22 original_due=2026-01-12 overdue=yes\n"
      "552:00 action.day_told told=manager\n 552:00 programme.alarmed" },
    { "One that is said to be done is as many days later, too", FINISHED,
      "30:00 programme.hold\n 54:00 programme.resume\n 55:00 action.refute\n"
      "55:00 query sip.actions",
      "30:00 programme.moved\n 54:00 programme.moved\n 54:00 action.resumed days=1\n"
      "55:00 action.refuted stage=reminder stage_at=144:00\n row due=2026-01-13" },
    { "The time to approve a charter begins anew",
      QUALIFIED "02:00 programme.launch approver=pat\n 03:00 programme.hold\n",
      "300:00 programme.resume\n 527:00 programme.approve",
      "300:00 programme.moved state=launched from=on_hold approve_until=552:00\n"
      "300:00 programme.review_reminded\n 300:00 programme.alarmed\n"
      "360:00 programme.review_missed\n 360:00 programme.alarmed\n"
      "527:00 programme.approved\n 527:00 programme.alarmed alarm=launched" },
    { "A review that is still ahead stays where it was; so does watching the figures",
      WATCHED "32:00 programme.hold\n",
      "33:00 programme.resume\n 34:00 query sip.programme programme=sip-1\n"
      "35:00 programme.signoff",
      "33:00 programme.moved state=monitoring next_review=2026-01-19\n"
      "row state=monitoring monitoring_since=2026-01-06\n"
      "35:00 programme.moved state=signoff\n 35:00 programme.survey_wanted\n"
      "35:00 programme.alarmed" },
    { "What is settled of the survey is not asked for again", WATCHED "32:00 programme.survey\n",
      "33:00 programme.signoff", "33:00 programme.moved state=signoff\n 33:00 programme.alarmed" },
    { "One that was never approved is given up, and the client, who never heard of it, hears "
      "nothing",
      QUALIFIED "02:00 programme.launch approver=pat\n 03:00 programme.hold\n",
      "04:00 programme.cancel",
      "04:00 programme.cancelled\n 04:00 programme.alarmed alarm=cancelled people=mia+cora+pat" },
    { "Nor where it still waits to be", QUALIFIED "02:00 programme.launch approver=pat\n",
      "04:00 programme.cancel",
      "04:00 programme.cancelled\n 04:00 programme.alarmed alarm=cancelled people=mia+cora+pat" },
    { "A charter whose time ran out before has to be revised all the same",
      QUALIFIED "02:00 programme.launch approver=pat\n 240:00 passes\n 241:00 programme.hold\n",
      "242:00 programme.resume\n 243:00 programme.approve",
      "242:00 programme.moved state=launched\n refused approval_over programme" },
    { "Within a day nothing of what is said to be done moves", FINISHED "30:00 programme.hold\n",
      "31:00 programme.resume\n 31:00 query sip.actions",
      "31:00 programme.moved state=executing\n row due=2026-01-12" },
    { "It is given up, with what was open", SIGNED "06:00 action.plan\n 07:00 action.skip\n",
      "10:00 programme.cancel\n 10:00 query sip.programmes ended=yes\n"
      "10:00 query sip.summary\n 900:00 passes",
      "10:00 programme.cancelled sip-1 reason=The_client_left\n"
      "10:00 action.skipped sip-1.2 programme=sip-1 reason=The_client_left\n"
      "10:00 programme.alarmed alarm=cancelled people=mia+cora+pat+olga tell_client=yes\n"
      "row state=cancelled\n"
      "one candidates=1 launched=1 cancelled=1 actions=2" },
};

static void test_launch(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, launch);
}

static void test_approval(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, approval);
}

static void test_roles(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, roles);
}

static void test_states(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, states);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_launch),
        cmocka_unit_test(test_approval),
        cmocka_unit_test(test_roles),
        cmocka_unit_test(test_states),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

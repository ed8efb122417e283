/* The plan, its actions, and who is told of their days (RULES 5). */
#include "tests/unit/sip_book.h"

#define CAUSED LAUNCHED "03:00 programme.cause\n"
#define ROW    "query sip.actions programme=sip-1"

/* 08e.03 Action Plan Development and Review */
static const struct given_row plans[] = {
    { "Causes and actions, with one owner, and what each is to change", LAUNCHED,
      "03:00 programme.cause evidence=Logs\n"
      "03:00 action.plan responsible=sam consulted=ken informed=olga+pat days=5 "
      "effect_kpi=sla_attainment effect=Up_by_ten\n 03:00 " ROW "\n 03:00 query sip.summary",
      "03:00 programme.cause_found sip-1 number=1 words=The_queue_is_full evidence=Logs\n"
      "03:00 action.planned sip-1.1 programme=sip-1 number=1 words=Grow_the_queue cause=1 "
      "owner=ann responsible=sam consulted=ken informed=olga+pat due=2026-01-12 days=5 "
      "effect_kpi=sla_attainment effect=Up_by_ten stage=reminder stage_at=120:00\n"
      "03:00 programme.plan_changed version=1 actions=1\n"
      "row due=2026-01-12 id=sip-1.1 number=1 state=pending owner=ann original_due=2026-01-12\n"
      "one actions=1 actions_open=1" },
    { "Due so soon that a reminder would be none", CAUSED, "03:00 action.plan due=2026-01-06",
      "03:00 action.planned stage=owner stage_at=48:00\n 03:00 programme.plan_changed" },
    { "The client has the plan, and signs it: what waits for nothing can begin",
      CAUSED "03:00 action.plan\n 03:00 action.plan waits_for=1\n",
      "04:00 programme.post notes=Here_it_is\n 05:00 programme.sign\n"
      "05:00 query sip.programme programme=sip-1",
      "04:00 programme.plan_posted sip-1 version=2 notes=Here_it_is\n"
      "04:00 programme.alarmed alarm=plan_posted people=mia+cora+olga tell_client=yes\n"
      "05:00 programme.plan_signed by=olga version=2\n"
      "05:00 programme.moved state=executing from=planning day=2026-01-05\n"
      "05:00 action.opened sip-1.1\n 05:00 programme.alarmed alarm=action_opened people=ann\n"
      "row state=executing notes=Here_it_is plan_version=2 posted_version=2 posted_at=04:00 "
      "signed_by=olga signed_at=05:00 signed_version=2 actions=2" },
    { "A plan that changed is posted again, and may be signed again", SIGNED,
      "06:00 action.plan\n 07:00 programme.post\n 08:00 programme.sign person=ken",
      "06:00 action.planned sip-1.2\n 06:00 programme.plan_changed version=2\n"
      "06:00 action.opened sip-1.2\n 06:00 programme.alarmed\n 07:00 programme.plan_posted "
      "version=2\n"
      "07:00 programme.alarmed\n 08:00 programme.plan_signed by=ken version=2" },
    { "An action that waits for another begins behind it, done or skipped",
      SIGNED "06:00 action.plan waits_for=1\n 06:00 action.plan waits_for=1+2\n"
             "06:00 action.start\n 06:00 action.finish\n",
      "07:00 action.verify\n 08:00 action.skip action=sip-1.2",
      "07:00 action.verified sip-1.1\n 07:00 programme.plan_changed percent=33\n"
      "07:00 action.opened sip-1.2\n 07:00 programme.alarmed number=2\n"
      "08:00 action.skipped sip-1.2\n 08:00 programme.plan_changed percent=50 version=4\n"
      "08:00 action.opened sip-1.3\n 08:00 programme.alarmed number=3" },
    { "One that still waited is skipped itself",
      SIGNED "06:00 action.plan waits_for=1\n 06:00 action.plan waits_for=2\n",
      "07:00 action.skip action=sip-1.2",
      "07:00 action.skipped sip-1.2\n 07:00 programme.plan_changed\n 07:00 action.opened sip-1.3\n"
      "07:00 programme.alarmed" },
    { "One skipped while the plan is written opens none", PLANNED "03:00 action.plan waits_for=1\n",
      "04:00 action.skip", "04:00 action.skipped\n 04:00 programme.plan_changed" },
    { "A plan of which all was skipped is done", PLANNED, "04:00 action.skip",
      "04:00 action.skipped\n 04:00 programme.plan_changed percent=100" },
    { "What is done counts by days of work; the last action by its day",
      CAUSED "03:00 action.plan days=3\n 03:00 action.plan days=1\n 03:00 action.plan days=2\n"
             "04:00 programme.post\n 04:00 programme.sign\n 05:00 action.start\n"
             "05:00 action.start action=sip-1.2\n 29:00 action.finish action=sip-1.2\n"
             "53:00 action.finish\n",
      "54:00 action.verify\n 55:00 action.verify action=sip-1.2",
      "54:00 action.verified day=2026-01-07\n"
      "54:00 programme.plan_changed percent=50 acted_on=2026-01-07 version=3\n"
      "55:00 action.verified sip-1.2\n"
      "55:00 programme.plan_changed percent=66 acted_on=2026-01-07" },
    { "A plan is taken over from another programme, its days as many later",
      CLOSED "721:00 candidate.propose service=print\n 721:00 candidate.qualify candidate=can-2\n"
             "721:00 programme.launch candidate=can-2 "
             "objectives=Attain/sla_attainment/mail///99/2026-06-30/By_clocks\n",
      "722:00 programme.clone programme=sip-3\n 722:00 query sip.programme programme=sip-3",
      "722:00 programme.plan_cloned sip-3 other=sip-1 causes=1/The_queue_is_full version=1 "
      "actions=1\n 722:00 action.planned sip-3.1 programme=sip-3 number=1 words=Grow_the_queue "
      "cause=1 owner=ann due=2026-02-11 days=1\n"
      "row causes=1/The_queue_is_full plan_version=1 actions=1" },
    { "Never into the past",
      PLANNED "04:00 candidate.propose service=print\n 04:00 candidate.qualify candidate=can-2\n"
              "04:00 programme.launch candidate=can-2 "
              "objectives=Attain/sla_attainment/mail///99/2026-06-30/By_clocks\n",
      "220:00 programme.clone programme=sip-3",
      "120:00 action.day_told\n 120:00 programme.alarmed\n 192:00 action.day_told\n"
      "192:00 programme.alarmed\n"
      "220:00 programme.plan_cloned\n 220:00 action.planned sip-3.1 due=2026-01-14" },
};

/* 08e.04 Action Item Management */
static const struct given_row work[] = {
    { "Begun, held, gone on with, done, and verified by somebody else", SIGNED,
      "06:00 action.start\n 07:00 action.hold\n 07:00 " ROW "\n 08:00 action.start\n"
      "29:00 action.finish\n 29:00 " ROW "\n 30:00 action.verify\n 30:00 " ROW
      "\n 30:00 query sip.summary",
      "06:00 action.started sip-1.1 programme=sip-1\n 07:00 action.held reason=Parts_are_late\n"
      "row state=on_hold reason=Parts_are_late\n 08:00 action.started\n"
      "29:00 action.finished evidence=It_holds_a_million day=2026-01-06\n"
      "row state=done_unverified evidence=It_holds_a_million finished_on=2026-01-06\n"
      "30:00 action.verified by=cora day=2026-01-06\n"
      "30:00 programme.plan_changed version=1 actions=1 percent=100 acted_on=2026-01-06\n"
      "row state=done verified_by=cora verified_on=2026-01-06\n one actions=1 actions_done=1 "
      "actions_on_time=1" },
    { "Held before it began", SIGNED, "06:00 action.hold", "06:00 action.held" },
    { "Not done after all: its day counts again", FINISHED,
      "30:00 action.refute\n 30:00 " ROW "\n 31:00 action.finish",
      "30:00 action.refuted by=cora reason=It_holds_ten stage=reminder stage_at=120:00\n"
      "row state=wip reason=It_holds_ten stage=reminder\n 31:00 action.finished" },
    { "A later day is a slip, and the first one is kept", SIGNED,
      "06:00 action.change due=2026-01-14\n 07:00 action.change due=2026-01-13\n 07:00 " ROW
      "\n 07:00 query sip.summary",
      "06:00 action.changed sip-1.1 due=2026-01-14 slipped=yes reason=We_know_more "
      "stage=reminder stage_at=168:00\n 06:00 programme.plan_changed version=2\n"
      "07:00 action.changed due=2026-01-13\n 07:00 programme.plan_changed version=3\n"
      "row due=2026-01-13 original_due=2026-01-12 slips=1\n one slips=1" },
    { "All of it can be changed; what is not said stays", SIGNED "06:00 action.plan\n",
      "06:00 action.change words=Split_it owner=pat responsible=sam consulted=ken informed=olga "
      "days=9 waits_for=2 effect_kpi=resolve_time effect=Down\n"
      "07:00 action.change\n 08:00 action.start",
      "06:00 action.changed words=Split_it owner=pat responsible=sam consulted=ken informed=olga "
      "due=2026-01-12 days=9 waits_for=2 effect_kpi=resolve_time effect=Down stage=reminder "
      "stage_at=120:00\n 06:00 programme.plan_changed\n"
      "07:00 action.changed words=Split_it owner=pat waits_for=2\n"
      "07:00 programme.plan_changed\n refused action_waits action" },
    { "What waits for nothing any more begins; what still waits does not",
      SIGNED
      "06:00 action.plan waits_for=1\n 06:00 action.plan\n 06:00 action.skip action=sip-1.3\n",
      "06:00 action.change action=sip-1.2 days=2\n"
      "07:00 action.change action=sip-1.2 waits_for=3",
      "06:00 action.changed\n 06:00 programme.plan_changed\n"
      "07:00 action.changed sip-1.2\n 07:00 programme.plan_changed\n"
      "07:00 action.opened sip-1.2\n 07:00 programme.alarmed alarm=action_opened number=2" },
    { "Changed while the plan is written, nothing begins", PLANNED, "04:00 action.change days=2",
      "04:00 action.changed\n 04:00 programme.plan_changed" },
    { "Who says that it is done is not told of its day", FINISHED,
      "30:00 action.change due=2026-01-13\n 400:00 " ROW,
      "30:00 action.changed due=2026-01-13 slipped=yes\n 30:00 programme.plan_changed\n"
      "288:00 programme.review_reminded\n 288:00 programme.alarmed\n"
      "360:00 programme.review_missed\n 360:00 programme.alarmed\n row state=done_unverified" },
};

#define TOLD(at, who, people)                                                                      \
    at " action.day_told sip-1.1 occurred_at=" at " told=" who "\n" at                             \
       " programme.alarmed alarm=action_overdue number=1 words=Grow_the_queue day=2026-01-12 "     \
       "people=" people "\n"
static const struct given_row days[] = {
    { "Its owner is reminded two days before, and told when it is over; then the line, step by "
      "step",
      SIGNED,
      "286:00 passes\n 287:00 query sip.actions overdue=yes\n 287:00 query sip.summary\n"
      "500:00 passes",
      "120:00 action.day_told sip-1.1 told=reminder stage=owner stage_at=192:00\n"
      "120:00 programme.alarmed alarm=action_due number=1 words=Grow_the_queue people=ann "
      "day=2026-01-12\n" TOLD("192:00", "owner", "ann")
          TOLD("240:00", "coordinator",
               "cora+ann") "row id=sip-1.1 overdue=yes\n one actions_overdue=1\n"
                           "288:00 programme.review_reminded\n 288:00 programme.alarmed\n" TOLD(
                               "312:00", "manager",
                               "mia+cora+ann") "360:00 programme.review_missed\n 360:00 "
                                               "programme.alarmed\n" TOLD("432:00", "sponsor",
                                                                          "pat+mia+cora+ann") },
    { "A new day begins anew, one that stays does not", SIGNED "193:00 action.change days=2\n",
      "194:00 action.change due=2026-01-20\n 195:00 " ROW "\n 286:00 passes",
      "194:00 action.changed stage=reminder stage_at=312:00\n 194:00 programme.plan_changed\n"
      "row due=2026-01-20 slips=1" },
    { "The service was down: the highest is told, once",
      SIGNED "05:00 programme.assign manager=ann\n", "320:00 starts",
      "320:00 action.day_told told=manager stage=sponsor stage_at=432:00\n"
      "320:00 programme.alarmed alarm=action_overdue people=ann+cora\n"
      "320:00 programme.review_reminded\n"
      "320:00 programme.alarmed alarm=review_due people=cora+ann+olga" },
    { "A clock adopted: nobody is told of what was due before", SIGNED,
      "500:00 adopts\n 501:00 passes\n 502:00 query sip.summary",
      "one candidates=1 launched=1 open=1 actions=1 actions_open=1" },
    { "Options say otherwise", "option action_remind=0m\noption overdue_coordinator=60m\n" SIGNED,
      "193:00 passes",
      "168:00 action.day_told told=reminder\n 168:00 programme.alarmed\n"
      "192:00 action.day_told told=owner stage_at=193:00\n 192:00 programme.alarmed\n"
      "193:00 action.day_told told=coordinator\n 193:00 programme.alarmed" },
};

/* Whoever has a part in an action hears of it. */
static const struct given_row parts[] = {
    { "It can begin: its owner, who works on it, who is asked; it is late: the first two; it is "
      "done: who is told",
      CAUSED "03:00 action.plan responsible=sam consulted=ken+ann informed=olga\n"
             "04:00 programme.post\n",
      "05:00 programme.sign\n 121:00 action.start\n 193:00 action.finish\n 194:00 action.verify",
      "05:00 programme.plan_signed\n 05:00 programme.moved\n 05:00 action.opened sip-1.1\n"
      "05:00 programme.alarmed sip-1 alarm=action_opened people=ann+sam+ken number=1 "
      "words=Grow_the_queue day=2026-01-12 owner=ann\n"
      "120:00 action.day_told\n 120:00 programme.alarmed alarm=action_due people=ann+sam "
      "owner=ann\n 121:00 action.started\n"
      "192:00 action.day_told\n 192:00 programme.alarmed alarm=action_overdue people=ann+sam\n"
      "193:00 action.finished\n 194:00 action.verified\n 194:00 programme.plan_changed\n"
      "194:00 programme.alarmed alarm=action_done people=olga number=1 words=Grow_the_queue "
      "owner=ann\n" },
    { "Of all that begin at once, once",
      PLANNED "03:00 action.plan owner=pat\n 03:00 action.plan\n 04:00 programme.post\n",
      "05:00 programme.sign",
      "05:00 programme.plan_signed\n 05:00 programme.moved\n 05:00 action.opened sip-1.1\n"
      "05:00 action.opened sip-1.2\n 05:00 action.opened sip-1.3\n"
      "05:00 programme.alarmed alarm=action_opened people=ann+pat" },
};

#define BERLIN QUALIFIED "01:30 copies client.changed acme name=Acme zone=Europe|Berlin\n"
/* 2026-03-29 has 23 hours in Berlin, from 1991:00 to 2014:00; 2026-10-25 has 25, from 7030:00. */
static const struct given_row summer[] = {
    { "A day begins and ends by the client's wall, also where that leaps forward",
      BERLIN "02:00 programme.launch cadence_days=1\n 03:00 programme.cause\n",
      "03:00 action.plan due=2026-03-29\n 03:00 query sip.programme programme=sip-1",
      "03:00 action.planned stage=reminder stage_at=1943:00\n 03:00 programme.plan_changed\n"
      "row next_review=2026-01-06" },
    { "So does its end",
      BERLIN "02:00 programme.launch\n 03:00 programme.cause\n 1944:00 programme.review\n",
      "1944:00 action.plan due=2026-03-29\n 2014:00 passes",
      "1944:00 action.planned stage=owner stage_at=2014:00\n 1944:00 programme.plan_changed\n"
      "2014:00 action.day_told stage_at=2062:00\n 2014:00 programme.alarmed" },
    { "And a review's", BERLIN, "02:00 programme.launch cadence_days=83",
      "02:00 programme.launched next_review=2026-03-29 remind_at=1943:00 missed_at=2014:00\n"
      "02:00 candidate.launched\n 02:00 programme.alarmed" },
    { "And where it leaps back", BERLIN, "02:00 programme.launch cadence_days=293",
      "02:00 programme.launched next_review=2026-10-25 remind_at=6982:00 missed_at=7055:00\n"
      "02:00 candidate.launched\n 02:00 programme.alarmed" },
};

static void test_parts(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, parts);
}

static void test_summer(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, summer);
}

static const struct given_row looked_up[] = {
    { "By programme, owner, client, and whether they ended",
      SIGNED "06:00 action.plan owner=pat due=2026-01-10\n 06:00 action.skip\n"
             "06:00 action.plan owner=pat due=2026-01-09\n",
      "07:00 query sip.actions\n 07:00 query sip.actions ended=yes\n"
      "07:00 query sip.actions owner=pat\n 07:00 query sip.actions owner=ann\n"
      "07:00 query sip.actions owner=pat client=umbrella\n 07:00 query sip.actions client=acme\n"
      "07:00 @umbrella query sip.actions programme=sip-1\n"
      "07:00 query sip.actions programme=sip-1 owner=pat limit=1\n"
      "07:00 query sip.actions limit=1\n 07:00 query sip.actions overdue=yes\n"
      "07:00 query sip.actions until=2026-01-09\n 07:00 query sip.actions until=2026-01-08\n"
      "07:00 query sip.actions programme=sip-1 until=2026-01-09",
      "row id=sip-1.3\n row id=sip-1.2\n row id=sip-1.1 state=skipped\n row id=sip-1.3\n"
      "row id=sip-1.2\n row id=sip-1.3\n row id=sip-1.2\n row id=sip-1.2\n row id=sip-1.3\n"
      "row id=sip-1.3\n row id=sip-1.3" },
};

static void test_plans(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, plans);
}

static void test_work(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, work);
}

static void test_days(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, days);
}

static void test_looked_up(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, looked_up);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plans), cmocka_unit_test(test_work),
        cmocka_unit_test(test_days),  cmocka_unit_test(test_looked_up),
        cmocka_unit_test(test_parts), cmocka_unit_test(test_summer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

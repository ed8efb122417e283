/* Accounts: opened by the first fact, looked at every day and at once, their risk, their alarms
 * (services/kpi/RULES.md). */
#include "tests/unit/kpi_account_book.h"

static const char *const quiet[] = { "survey.recorded",
                                     "contract.noted",
                                     "watch.awaited",
                                     "ticket.counted",
                                     "escalation.counted",
                                     "promise.counted",
                                     NULL };
static const struct given_book account_book = {
    .service = &kpi_service,
    .defaults = account_defaults,
    .quiet = quiet,
};
/* Those that say nothing new of the days in between are left out. */
static const char *const quieter[] = {
    QUIET_ALWAYS,      "account.looked", "survey.recorded",    "contract.noted",
    "survey.answered", "ticket.counted", "escalation.counted", "promise.counted",
    "survey.lapsed",   "survey.invited", "complaint.recorded", NULL
};
static const struct given_book alarm_book = {
    .service = &kpi_service,
    .defaults = account_defaults,
    .quiet = quieter,
};

/* --- opened, stirred, looked at --------------------------------------------------------------- */

static const struct given_row opened[] = {
    { "The first fact opens an account; its day is over when it is on the client's wall",
      PERSON("uwe") "00:00 copies client.changed acme name=Acme zone=America|Chicago\n",
      "10:00 survey.record score= answered_at=\n 54:00 passes",
      "10:00 account.opened acme day=2026-01-05 day_at=30:00\n"
      "30:00 account.rested acme day=2026-01-05 day_at=54:00\n"
      "54:00 account.rested day=2026-01-06 day_at=78:00" },
    { "A second one does not", "10:00 survey.record score= answered_at=\n",
      "11:00 survey.record survey=s-2 score= answered_at=\n 12:00 survey.record score=2",
      "12:00 account.stirred look_at=12:00" },
    { "What changes satisfaction or contracts is looked at at once; the day goes on", "",
      "10:00 survey.record score=5\n 11:00 contract.record\n 11:01 contract.record\n"
      "24:00 passes",
      "10:00 account.opened day_at=24:00\n 10:00 account.stirred look_at=10:00\n"
      "10:00 account.looked day=2026-01-05 level=green answers=1 ratings=5 rating=highest "
      "satisfaction=40000 standing=unknown quadrant=undecided day_at=24:00\n"
      "11:00 account.stirred\n"
      "11:00 account.looked day=2026-01-05 standing=stays customer_since=2025-01-01 locked=yes "
      "lock=bound_until_2026-12-31 quadrant=mercenary renewal=2026-12-31 value=10000\n known\n"
      "24:00 account.rested day=2026-01-05 day_at=48:00" },
    { "Twice in one instant is looked at twice", "10:00 survey.record score=5\n",
      "10:00 survey.record survey=s-2 score=5\n 10:01 passes",
      "10:00 account.looked answers=1\n 10:00 account.stirred\n 10:00 account.looked answers=2" },
    { "One that is quiet is looked at every week, until somebody can be asked",
      "10:00 survey.record score= answered_at=\n", "330:00 passes\n" PERSON("uwe") "600:00 passes",
      "24:00 account.rested acme day=2026-01-05 day_at=192:00\n"
      "192:00 account.rested acme day=2026-01-12 day_at=360:00\n"
      "360:00 account.rested acme day=2026-01-19 day_at=384:00\n"
      "384:00 account.rested\n 408:00 account.rested\n 432:00 account.rested\n"
      "456:00 account.rested\n 480:00 account.rested\n 504:00 account.rested\n"
      "528:00 account.rested\n 552:00 account.rested\n 576:00 account.rested\n"
      "600:00 account.rested" },
    { "A service that was down looks at the day that was over last",
      PERSON("uwe") "10:00 survey.record score= answered_at=\n", "100:00 starts",
      "100:00 account.rested day=2026-01-08 day_at=120:00" },
    { "A clock that was adopted is looked at a day later",
      PERSON("uwe") "10:00 survey.record score= answered_at=\n",
      "24:00 adopts\n 47:59 passes\n 48:00 passes",
      "48:00 account.rested day=2026-01-06 day_at=72:00" },
    /* 2026-10-25 in Berlin is longer by an hour, 2026-03-29 shorter; from UTC 22:00 and 23:00 on */
    { "When clocks go forward, a day is shorter",
      PERSON("uwe") "00:00 copies client.changed acme name=Acme zone=Europe|Berlin\n"
                    "1976:00 survey.record asked_at=1975:00 score= answered_at=\n",
      "2040:00 passes",
      "1991:00 account.rested day=2026-03-28 day_at=2014:00\n"
      "2014:00 account.rested day=2026-03-29 day_at=2038:00\n"
      "2038:00 account.rested day=2026-03-30 day_at=2062:00" },
    { "And when they go back, longer",
      PERSON("uwe") "00:00 copies client.changed acme name=Acme zone=Europe|Berlin\n"
                    "7010:00 survey.record asked_at=7009:00 score= answered_at=\n",
      "7060:00 passes",
      "7030:00 account.rested day=2026-10-24 day_at=7055:00\n"
      "7055:00 account.rested day=2026-10-25 day_at=7079:00" },
    { "What a manager says of a client's loyalty", "10:00 survey.record score= answered_at=\n",
      "10:00 @acme hears escalation.assessed esc-1 assessment=at_risk\n 11:00 passes",
      "10:00 account.stirred\n 10:00 account.assessed assessment=at_risk escalation=esc-1 "
      "day=2026-01-05\n"
      "10:00 account.looked score=25 "
      "reasons=assessed/25/a_manager_assessed_the_client_as_not_safe" },
};

/* Another fact of the same turn need not stir it again. */
static void test_stirred(void **state)
{
    (void)state;
    given_begin(&account_book);
    given_play("10:00 survey.record");
    struct arena arena = { 0 };
    struct view v = { .state = &given.state, .arena = &arena, .client = TEXT_OF("acme") };
    struct decision d = { .view = &v };
    struct context ctx = { .now = given.now, .client = v.client, .options = given.options };
    account_stir(&ctx, &v, &d);
    assert_int_equal(d.count, 0);
    arena_free(&arena);
    given_end();
}

/* --- complaints ------------------------------------------------------------------------------- */

static const struct given_row complaints[] = {
    { "A complaint is told to managers", ACME,
      "10:00 complaint.record contact=olga service=mail component=mx text=Again ticket=desk:1\n"
      "10:00 query kpi.complaints\n 10:00 @umbrella query kpi.complaints\n"
      "10:00 query kpi.complaints client=acme",
      "10:00 complaint.recorded complaint-1 title=Nobody_answers text=Again contact=olga "
      "role=executive service=mail component=mx ticket=desk:1 day=2026-01-05\n"
      "10:00 account.opened\n 10:00 account.stirred\n"
      "10:00 account.alarmed acme alarm=complaint title=Nobody_answers day=2026-01-05 contact=olga "
      "role=executive source=complaint-1 service=mail component=mx\n"
      "10:00 account.looked score=15 reasons=complaints/15/complaints:_1\n"
      "row id=complaint-1 client=acme recorded_at=10:00 by=ann text=Again\n row id=complaint-1" },
    { "Nobody is named who is not the client's own", ACME,
      "10:00 complaint.record contact=mia\n 10:00 complaint.record contact=tom\n"
      "10:00 complaint.record",
      "refused complaint_contact contact\n 10:00 complaint.recorded contact=tom role=user\n"
      "10:00 account.opened\n 10:00 account.stirred\n 10:00 account.alarmed contact=tom\n"
      "10:00 account.looked score=15\n"
      "10:00 complaint.recorded complaint-2\n 10:00 account.stirred\n"
      "10:00 account.alarmed source=complaint-2" },
    { "One a page", "10:00 complaint.record\n 11:00 ann@acme complaint.record title=Again\n",
      "12:00 query kpi.complaints limit=1", "11:00 account.looked\n row id=complaint-1" },
};

/* --- risk ------------------------------------------------------------------------------------- */

#define NPS       "kind=nps scale_min=0 scale_max=10"
#define RAISED(n) "10:00 @acme hears escalation.raised esc-" n " raised_at=10:00 severity=2\n"

static const struct given_row risks[] = {
    { "Each rule adds its points, together at most its most",
      "10:00 survey.record " NPS " score=6\n 10:00 survey.record survey=s-2 " NPS " score=5\n"
      "10:00 survey.record survey=s-3 " NPS " score=0\n",
      "11:00 passes\n 11:00 query kpi.risk",
      "row spared=80 client=acme day=2026-01-05 score=20 level=green "
      "reasons=detractors/20/answers_that_would_not_recommend_us:_3 quadrant=undecided alarms=3" },
    { "Amber from thirty, red from sixty: then managers are told",
      RAISED("1") RAISED("2") RAISED("3") RAISED("4") "10:00 complaint.record\n",
      "11:00 complaint.record\n 11:30 @acme hears escalation.assessed esc-1 assessment=lost\n"
      "12:00 passes\n 12:00 query kpi.risk",
      "11:00 account.alarmed alarm=complaint score=39\n 11:30 account.assessed\n"
      "11:30 account.alarmed acme alarm=red_risk title=The_risk_of_losing_the_client_is_high. "
      "day=2026-01-05 score=79\n"
      "row score=79 level=red "
      "reasons=assessed/25/a_manager_assessed_the_client_as_not_safe+complaints/30/complaints:_2+"
      "escalations/24/escalations:_4" },
};

#define RED                                                                                        \
    "option survey_again=3660\n" RAISED("1") RAISED("2") RAISED("3") "10:00 complaint.record\n"    \
                                                                     "10:00 complaint.record\n"    \
                                                                     "11:00 passes\n"
#define WORSE  "escalation.assessed esc-1 assessment=at_risk\n"
#define BETTER "escalation.assessed esc-1 assessment=safe\n"

static const struct given_row reds[] = {
    { "While it stays red they are not told again, nor as it goes up and down",
      RED "11:00 @acme hears " WORSE "12:00 passes\n",
      "300:00 passes\n 300:00 @acme hears " BETTER "320:00 passes\n 320:00 @acme hears " WORSE
      "330:00 passes",
      "300:00 account.assessed\n 320:00 account.assessed" },
    { "But when it was calm for two weeks in between",
      RED "11:00 @acme hears " WORSE "12:00 @acme hears " BETTER "13:00 passes\n",
      "347:00 @acme hears " WORSE "348:00 @acme hears " BETTER "700:00 @acme hears " WORSE
      "701:00 passes",
      "347:00 account.assessed\n 347:00 account.alarmed alarm=red_risk day=2026-01-19\n"
      "348:00 account.assessed\n 700:00 account.assessed\n"
      "700:00 account.alarmed alarm=red_risk" },
    { "At a hundred the score ends; when it is far ago it is green again",
      RED RAISED("4") "11:00 @acme hears " WORSE
                      "12:00 survey.record score=1\n 12:00 survey.record survey=s-2 " NPS
                      " score=0\n"
                      "12:00 survey.record survey=s-3 " NPS " score=0\n"
                      "12:00 contract.record start=2025-01-01 end=2026-03-01\n",
      "13:00 query kpi.risk\n 13:00 query kpi.risk level=red\n 13:00 query kpi.risk level=green\n"
      "13:00 @acme query kpi.risk\n 13:00 @umbrella query kpi.risk\n 13:00 query kpi.risk "
      "client=acme",
      "12:00 account.alarmed alarm=hostage renewal=2026-03-01 days_left=55\n"
      "row score=100 level=red\n row score=100\n row client=acme\n row client=acme" },
};

/* --- evidence by evidence --------------------------------------------------------------------- */

#define JUDGED(number, verdict)                                                                    \
    "10:00 @acme hears ticket.recorded desk:" number                                               \
    " occurred_at=10:00 state=resolved priority=3\n"                                               \
    "10:00 @acme hears ticket.judged desk:" number " clock=resolve verdict=" verdict               \
    " occurred_at=10:00 due_at=10:00 used=1m stopped=yes\n"
#define NINE(verdict)                                                                              \
    JUDGED("1", verdict)                                                                           \
    JUDGED("2", verdict)                                                                           \
    JUDGED("3", verdict)                                                                           \
    JUDGED("4", verdict)                                                                           \
    JUDGED("5", verdict)                                                                           \
    JUDGED("6", verdict)                                                                           \
    JUDGED("7", verdict) JUDGED("8", verdict) JUDGED("9", verdict) "10:01 passes\n"

static const struct given_row evidence[] = {
    { "An assessment holds for half a year",
      "10:00 @acme hears escalation.assessed esc-1 assessment=at_risk\n",
      "4320:00 passes\n 4320:01 query kpi.risk\n 4344:00 passes\n 4344:01 query kpi.risk",
      "row score=25\n row spared=100 level=green" },
    { "It holds from its own day on, whenever this service hears of it", "",
      "4319:00 @acme hears escalation.assessed esc-1 assessment=at_risk committed=10:00\n"
      "4319:01 query kpi.risk\n 4344:01 query kpi.risk",
      "4319:00 account.assessed day=2026-01-05\n row score=25\n row spared=100 level=green" },
    { "One that a client is safe is none",
      "10:00 @acme hears escalation.assessed esc-1 assessment=safe\n", "11:00 query kpi.risk",
      "row spared=100" },
    { "What was ninety days ago is over", "10:00 complaint.record\n",
      "2159:00 query kpi.risk\n 2184:01 query kpi.risk", "row score=15\n row spared=100" },
    { "Attainment below what was agreed; nothing is said of a few", NINE("met"),
      "11:00 query kpi.risk\n" JUDGED("10", "missed") "12:00 complaint.record\n"
                                                      "12:01 query kpi.risk",
      "row spared=100\n 12:00 account.alarmed\n "
      "row score=30 reasons=complaints/15/complaints:_1+"
      "attainment/15/targets_were_missed_more_often_than_agreed" },
    { "Attainment as it was agreed", NINE("met") JUDGED("10", "met"),
      "11:00 complaint.record\n 11:01 query kpi.risk", "11:00 account.alarmed\n row score=15" },
    { "What an objective says is agreed, for all or for the client",
      "00:00 copies objective.changed o-1 id=o-1 name=All kpi=sla_attainment target=100\n"
      "00:00 copies objective.changed o-2 id=o-2 name=Blue client=blue kpi=sla_attainment "
      "target=50\n" NINE("met") JUDGED("10", "missed"),
      "11:00 complaint.record\n 11:01 query kpi.risk\n"
      "12:00 copies objective.changed o-3 id=o-3 name=Acme client=acme kpi=sla_attainment "
      "target=90\n 12:00 complaint.record\n 12:01 query kpi.risk",
      "11:00 account.alarmed\n row score=30\n 12:00 account.alarmed\n row score=30 "
      "reasons=complaints/30/complaints:_2" },
    { "One reason may come as another goes",
      "10:00 complaint.record\n 10:00 contract.record start=2025-01-01 end=2026-07-04\n",
      "2183:00 query kpi.risk\n 2184:00 query kpi.risk",
      "row score=15 reasons=complaints/15/complaints:_1\n"
      "row score=10 reasons=renewal/10/the_contract_ends_soon" },
    { "Promises, and incidents of priority 1",
      RAISED("1") "10:00 @acme hears escalation.promise_missed esc-1 occurred_at=10:00 promise=1\n"
                  "10:00 @acme hears ticket.recorded desk:1 occurred_at=10:00 type=incident "
                  "state=active "
                  "priority=1\n 10:01 complaint.record\n",
      "11:00 query kpi.risk",
      "row score=32 "
      "reasons=complaints/15/complaints:_1+escalations/8/escalations:_1+severe/4/"
      "incidents_of_priority_1:_1+"
      "promises/5/promises_that_were_not_kept:_1" },
    { "Who is asked three times and never answers",
      ACME "10:00 survey.invite\n 10:00 survey.invite contact=olga kind=nps\n"
           "34:00 survey.invite contact=uwe kind=escalation\n",
      "384:01 query kpi.risk\n 385:00 complaint.record\n 385:01 query kpi.risk\n"
      "385:01 survey.record\n 385:02 query kpi.risk",
      "row score=10 reasons=silent/10/the_client_was_asked_several_times,_and_did_not_answer\n"
      "385:00 account.alarmed\n row score=25 level=green\n row score=15" },
    { "As long as they may still answer, nobody is silent",
      ACME "10:00 survey.invite\n 10:00 survey.invite contact=olga kind=nps\n"
           "34:00 survey.invite contact=uwe kind=escalation\n",
      "360:01 query kpi.risk", "row spared=100" },
    { "A contract that ends within ninety days",
      "10:00 contract.record start=2025-01-01 end=2026-04-06\n",
      "11:00 query kpi.risk\n 24:01 query kpi.risk\n 48:01 query kpi.risk",
      "row spared=100\n row spared=100\n row score=10 renewal=2026-04-06" },
    { "And one who is not satisfied", "10:00 contract.record\n 10:00 survey.record score=2\n",
      "11:00 query kpi.risk",
      "row score=15 reasons=dissatisfied/15/the_client_is_not_satisfied quadrant=hostage" },
};

/* --- hostages --------------------------------------------------------------------------------- */

static const struct given_row hostages[] = {
    { "180, 90, 60 and 30 days before the end, each once",
      "option satisfaction_days=3660\n"
      "10:00 contract.record start=2025-01-01 end=2026-12-31 exit_cost=1000\n"
      "10:00 survey.record score=2\n",
      "8760:00 passes",
      /* the days are told when they are over */
      "4344:00 account.alarmed acme alarm=hostage "
      "title=The_client_is_not_satisfied,_and_may_leave_when_the_contract_ends. day=2026-07-05 "
      "score=15 renewal=2026-12-31 days_left=180\n"
      "6504:00 account.alarmed days_left=90\n 7224:00 account.alarmed days_left=60\n"
      "7944:00 account.alarmed days_left=30" },
    { "Of each end by itself: one that is nearer does not hide a later one",
      "option satisfaction_days=3660\n"
      "10:00 contract.record start=2025-01-01 end=2026-12-31 exit_cost=1000\n"
      "10:00 contract.record contract=c-2 start=2025-08-01 end=2026-07-20\n"
      "10:00 contract.record contract=c-3 start=2025-09-01 end=2026-07-20\n"
      "10:00 survey.record score=2\n",
      "4400:00 passes\n 4400:00 contract.record contract=c-2 start=2025-08-01 end=2026-07-22\n"
      "4401:00 contract.record contract=c-2 start=2025-08-01 end=2026-07-20\n 6600:00 passes",
      "408:00 account.alarmed renewal=2026-07-20 days_left=180\n"
      "2568:00 account.alarmed renewal=2026-07-20 days_left=90\n"
      "3288:00 account.alarmed renewal=2026-07-20 days_left=60\n"
      "4008:00 account.alarmed renewal=2026-07-20 days_left=30\n"
      "4344:00 account.alarmed renewal=2026-12-31 days_left=180\n"
      "4400:00 account.alarmed renewal=2026-07-22 days_left=15\n"
      "6504:00 account.alarmed renewal=2026-12-31 days_left=90" },
};

/* More ends than are remembered are not told of at once. */
static void test_many_ends(void **state)
{
    enum { ENDS = 65, LINE = 100 };
    char lines[ENDS * LINE] = "";
    uint32_t alarms = 0;
    (void)state;
    given_begin(&account_book);
    for (int i = 0, at = 0; i < ENDS; i++)
        at += snprintf(lines + at, sizeof lines - (size_t)at,
                       "10:00 contract.record contract=c-%d start=2025-01-01 end=2026-%02d-%02d\n",
                       i, 2 + i / 28, 1 + i % 28);
    const char *told = given_play("%s10:00 survey.record score=2\n 10:01 passes", lines);
    while ((told = strstr(told, "alarm=hostage")) != NULL) {
        alarms++;
        told++;
    }
    assert_int_equal(alarms, ENDS - 1);
    given_end();
}

static void test_opened(void **state)
{
    (void)state;
    GIVEN_ROWS(&account_book, opened);
}

static void test_complaints(void **state)
{
    (void)state;
    GIVEN_ROWS(&account_book, complaints);
}

static void test_risks(void **state)
{
    (void)state;
    GIVEN_ROWS(&alarm_book, risks);
    GIVEN_ROWS(&alarm_book, reds);
}

static void test_evidence(void **state)
{
    (void)state;
    GIVEN_ROWS(&alarm_book, evidence);
}

static void test_hostages(void **state)
{
    (void)state;
    GIVEN_ROWS(&alarm_book, hostages);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_opened),     cmocka_unit_test(test_stirred),
        cmocka_unit_test(test_complaints), cmocka_unit_test(test_risks),
        cmocka_unit_test(test_evidence),   cmocka_unit_test(test_hostages),
        cmocka_unit_test(test_many_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

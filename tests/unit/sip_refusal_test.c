/* Every rule that says no, and a check that none was forgotten. The exit conditions are in
 * sip_exit_test.c, and here once each. */
#include "tests/unit/sip_book.h"

#define LAUNCH(words) "02:00 programme.launch " words
#define TWO                                                                                        \
    PLANNED "04:00 candidate.propose service=print\n 04:00 candidate.qualify candidate=can-2\n"    \
            "04:00 programme.launch candidate=can-2 "                                              \
            "objectives=Attain/sla_attainment/mail///99/2026-06-30/By_clocks\n"

static const struct given_row candidates[] = {
    { "A client has so many candidates", "option candidates_max=1\n01:00 candidate.propose",
      "02:00 candidate.propose service=print", "refused candidates_full" },
    { "What was decided is decided", "01:00 candidate.propose\n 01:00 candidate.qualify\n",
      "02:00 candidate.qualify\n 02:00 candidate.qualify candidate=can-9",
      "refused candidate_decided candidate\n missing candidate" },
    { "Also by a rejection", "01:00 candidate.propose\n 01:00 candidate.reject\n",
      "02:00 candidate.qualify\n 02:00 candidate.reject",
      "refused candidate_decided candidate\n refused candidate_decided candidate" },
    { "Or a launch", LAUNCHED, "03:00 candidate.reject\n 03:00 programme.launch",
      "refused candidate_decided candidate\n refused candidate_unqualified candidate" },
    { "A programme comes from a candidate that was qualified",
      PEOPLE BAD_WEEKS "01:00 candidate.propose\n",
      LAUNCH("") "\n 02:00 programme.launch candidate=can-9",
      "refused candidate_unqualified candidate\n refused candidate_unknown candidate" },
    { "It has words for the problem",
      PEOPLE BAD_WEEKS "01:00 hears account.alarmed acme alarm=complaint title=No day=2026-01-05 "
                       "service=mail\n 01:00 candidate.qualify\n",
      LAUNCH(""), "refused problem_missing problem" },
};

static const struct given_row launches[] = {
    { "Managers, coordinators, approvers and sponsors are the provider's, the client's sponsor is "
      "the client's",
      QUALIFIED,
      LAUNCH("manager=ken\n") LAUNCH("coordinator=una\n") LAUNCH("approver=sam\n")
          LAUNCH("sponsor=olga\n") LAUNCH("client_sponsor=pat\n") LAUNCH("client_sponsor=una\n")
              LAUNCH("manager=nobody"),
      "refused person_side manager\n refused person_side coordinator\n"
      "refused person_side approver\n refused person_side sponsor\n"
      "refused person_client client_sponsor\n refused person_client client_sponsor\n"
      "refused person_unknown manager" },
    { "Of the baseline", QUALIFIED,
      LAUNCH("baseline_to=2026-01-05\n") LAUNCH("baseline_from=2026-01-05\n")
          LAUNCH("baseline_from=2025-12-20 baseline_to=2025-12-19\n")
              LAUNCH("baseline_from=2025-12-16 baseline_to=2025-12-20\n")
                  LAUNCH("objectives=Love/nps////30/2026-06-30/Asked"),
      "refused baseline_ahead baseline_to\n refused baseline_order baseline_from\n"
      "refused baseline_order baseline_from\n refused baseline_missing objectives\n"
      "refused baseline_missing objectives" },
    { "Of objectives", QUALIFIED,
      LAUNCH("objectives=Attain/sla_attainment////80/2026-06-30/By_clocks\n")
          LAUNCH("objectives=Attain/sla_attainment////95/2026-01-05/By_clocks\n")
              LAUNCH("objectives=A/sla_attainment////95/2026-06-30/By_clocks+"
                     "B/sla_attainment/mail///96/2026-06-30/By_clocks\n") LAUNCH("objectives="),
      "refused target_no_better objectives\n refused by_past objectives\n"
      "refused figure_twice objectives\n refused objectives_missing objectives" },
    { "Two objectives may be about the same figure of something else",
      QUALIFIED "00:00 hears series.closed s2 kpi=sla_attainment from=2025-12-29 to=2026-01-04 "
                "value=80 n=10 numerator=8 denominator=10\n"
                "00:00 hears series.closed s3 kpi=sla_attainment component=queue "
                "from=2025-12-29 to=2026-01-04 value=80 n=10 numerator=8 denominator=10\n",
      LAUNCH("objectives=A/sla_attainment////95/2026-06-30/By_clocks+"
             "B/sla_attainment///yes/96/2026-06-30/By_clocks+"
             "C/sla_attainment//queue//96/2026-06-30/By_clocks\n") "03:00 query sip.verdict "
                                                                   "programme=sip-1 limit=2",
      "02:00 programme.launched\n 02:00 candidate.launched\n 02:00 programme.alarmed\n"
      "row objective=1\n row objective=2" },
    { "Of criteria", QUALIFIED,
      LAUNCH("criteria=closeout/Calm/sla_attainment\n") LAUNCH("criteria=success/They_say_so\n")
          LAUNCH("criteria="),
      "refused target_missing criteria\n refused closeout_missing criteria\n"
      "refused closeout_missing criteria" },
    { "Of approval", QUALIFIED "02:00 programme.launch approver=pat\n",
      "03:00 programme.approve person=mia\n 03:00 programme.cause\n 03:00 action.plan\n"
      "03:00 programme.post\n 03:00 programme.sign\n 03:00 programme.approve\n"
      "04:00 programme.approve\n 04:00 programme.approve programme=sip-9",
      "refused not_approver person\n refused unapproved programme\n"
      "refused unapproved programme\n refused unapproved programme\n"
      "refused unapproved programme\n 03:00 programme.approved\n 03:00 programme.alarmed\n"
      "refused approval_none programme\n missing programme" },
    { "Too late", QUALIFIED "02:00 programme.launch approver=pat\n", "240:00 programme.approve",
      "240:00 programme.approval_expired\n 240:00 programme.alarmed\n refused approval_over "
      "programme" },
    { "Roles are given to those who may have them", LAUNCHED,
      "03:00 programme.assign sponsor=ken\n 03:00 programme.assign client_sponsor=pat",
      "refused person_side sponsor\n refused person_client client_sponsor" },
};

#define EACH(at)                                                                                   \
    at " programme.cause\n" at " action.plan due=2026-03-03\n" at " action.change\n" at            \
       " action.start\n" at " action.hold\n" at " action.finish\n" at " action.verify\n" at        \
       " action.refute\n" at " action.skip\n" at " programme.clone programme=sip-1\n" at           \
       " programme.post\n" at " programme.sign\n" at " programme.hold\n" at                        \
       " programme.review\n" at " programme.monitor\n" at " programme.criterion\n" at              \
       " programme.lesson\n" at " programme.ticket\n" at " programme.survey\n" at                  \
       " programme.signoff\n" at " programme.confirm\n" at " programme.decline\n" at               \
       " programme.close\n"
#define TIMES(what)                                                                                \
    what what what what what what what what what what what what what what what what what what what \
        what what what what
static const struct given_row states[] = {
    { "Nothing is done with one that is on hold", SIGNED "06:00 programme.hold\n", EACH("07:00"),
      TIMES("refused on_hold programme\n") },
    { "Or that has ended", CLOSED,
      EACH("721:00") "721:00 programme.revise\n 721:00 programme.assign\n"
                     "721:00 programme.cancel\n 721:00 programme.resume",
      TIMES("refused ended programme\n") "refused ended programme\n refused ended programme\n"
                                         "refused ended programme\n"
                                         "refused not_on_hold programme" },
    { "Nor is one opened again that was given up, or is open", LAUNCHED,
      "03:00 programme.reopen\n 04:00 programme.cancel\n 05:00 programme.reopen\n"
      "05:00 programme.cancel",
      "refused not_closed programme\n 04:00 programme.cancelled\n 04:00 programme.alarmed\n "
      "refused not_closed programme\n"
      "refused ended programme" },
    { "One after the other", SIGNED,
      "06:00 programme.monitor\n 06:00 programme.signoff\n 06:00 programme.confirm\n"
      "06:00 programme.decline",
      "refused actions_open programme\n refused not_monitoring programme\n"
      "refused not_signoff programme\n refused not_signoff programme" },
    { "Watched once", WATCHED, "32:00 programme.monitor", "refused not_executing programme" },
    { "The client's word is the client's, and the confirmation the primary contact's",
      WATCHED "32:00 programme.signoff\n",
      "33:00 programme.confirm person=pat\n 33:00 programme.confirm person=una\n"
      "33:00 programme.confirm person=olga\n 33:00 programme.decline person=sam\n"
      "33:00 programme.confirm person=nobody",
      "refused person_client person\n refused person_client person\n"
      "refused not_primary_contact person\n refused person_client person\n"
      "refused person_unknown person" },
};

static const struct given_row plans[] = {
    { "Of posting and signing", LAUNCHED "03:00 programme.cause\n",
      "04:00 programme.post\n 04:00 programme.sign\n 04:00 action.plan\n 04:00 programme.sign\n"
      "05:00 programme.post\n 05:00 programme.post\n 05:00 programme.sign person=pat\n"
      "06:00 programme.sign\n 06:00 programme.sign",
      "refused plan_empty programme\n refused plan_unposted programme\n 04:00 action.planned\n"
      "04:00 programme.plan_changed\n refused plan_unposted programme\n"
      "05:00 programme.plan_posted\n 05:00 programme.alarmed\n refused plan_posted programme\n"
      "refused person_client person\n 06:00 programme.plan_signed\n 06:00 programme.moved\n"
      "06:00 action.opened\n 06:00 programme.alarmed\n refused plan_signed programme" },
    { "Of actions", PLANNED,
      "04:00 action.plan cause=2\n 04:00 action.plan due=2026-01-04\n"
      "04:00 action.plan owner=nobody\n 04:00 action.plan owner=una\n"
      "04:00 action.plan responsible=ann+una\n 04:00 action.plan consulted=una\n"
      "04:00 action.plan informed=una\n 04:00 action.plan waits_for=3\n"
      "04:00 action.plan waits_for=2\n 04:00 action.plan programme=sip-9\n"
      "04:00 action.change due=2026-01-04\n 04:00 action.change action=sip-1.9",
      "refused cause_unknown cause\n refused due_past due\n refused person_unknown owner\n"
      "refused person_elsewhere owner\n refused person_elsewhere responsible\n"
      "refused person_elsewhere consulted\n refused person_elsewhere informed\n"
      "refused after_unknown waits_for\n refused after_circle waits_for\n missing programme\n"
      "refused due_past due\n missing action" },
    { "Actions wait in no circle",
      PLANNED "04:00 action.plan waits_for=1\n 04:00 action.plan waits_for=1+2\n",
      "05:00 action.change waits_for=3\n 05:00 action.change waits_for=1\n"
      "05:00 action.change action=sip-1.2 waits_for=3\n"
      "05:00 action.change action=sip-1.3 waits_for=2+4",
      "refused after_circle waits_for\n refused after_circle waits_for\n"
      "refused after_circle waits_for\n refused after_unknown waits_for" },
    { "An action begins when the plan is signed and what it waits for is done",
      PLANNED "03:00 action.plan waits_for=1\n",
      "04:00 action.start\n 04:00 action.hold\n 04:00 programme.post\n 04:00 programme.sign\n"
      "05:00 action.start action=sip-1.2\n 05:00 action.finish\n 05:00 action.verify\n"
      "05:00 action.refute",
      "refused action_waits action\n refused action_idle action\n 04:00 programme.plan_posted\n"
      "04:00 programme.alarmed\n 04:00 programme.plan_signed\n 04:00 programme.moved\n"
      "04:00 action.opened sip-1.1\n 04:00 programme.alarmed\n refused action_waits action\n "
      "refused action_idle action\n"
      "refused action_unfinished action\n refused action_unfinished action" },
    { "Once", FINISHED, "30:00 action.start\n 30:00 action.finish\n 30:00 action.hold",
      "refused action_begun action\n refused action_idle action\n refused action_idle action" },
    { "What is worked on is begun", SIGNED "06:00 action.start\n", "07:00 action.start",
      "refused action_begun action" },
    { "Whoever verifies is not the owner, and somebody we know", FINISHED,
      "30:00 action.verify person=ann\n 30:00 action.refute person=ann\n"
      "30:00 action.verify person=una\n 30:00 action.verify person=nobody",
      "refused verifier_owner person\n refused verifier_owner person\n"
      "refused person_elsewhere person\n refused person_unknown person" },
    { "Nor was: while it waits to be verified, nobody else becomes its owner", FINISHED,
      "30:00 action.change owner=pat\n 30:00 action.change owner=ann due=2026-01-13\n"
      "31:00 action.refute\n 32:00 action.change owner=pat",
      "refused owner_finished owner\n 30:00 action.changed owner=ann\n"
      "30:00 programme.plan_changed\n 31:00 action.refuted\n 32:00 action.changed owner=pat\n"
      "32:00 programme.plan_changed" },
    { "What has ended has", DONE "31:00 action.plan\n 31:00 action.skip action=sip-1.2\n",
      "32:00 action.start\n 32:00 action.change\n 32:00 action.skip action=sip-1.2\n"
      "32:00 action.verify",
      "refused action_ended action\n refused action_ended action\n refused action_ended action\n"
      "refused action_ended action" },
    { "Of taking over a plan", TWO,
      "05:00 programme.clone programme=sip-1 other=sip-1\n 05:00 programme.clone other=sip-9 "
      "programme=sip-3\n 05:00 programme.clone programme=sip-1 other=sip-3\n"
      "05:00 programme.cause programme=sip-3\n 05:00 programme.clone programme=sip-3",
      "refused clone_itself other\n refused clone_unknown other\n"
      "refused clone_begun programme\n 05:00 programme.cause_found\n"
      "refused clone_begun programme" },
    { "There is one to be taken over",
      TWO "05:00 candidate.propose service=web\n 05:00 candidate.qualify candidate=can-3\n"
          "05:00 programme.launch candidate=can-3 "
          "objectives=Attain/sla_attainment/mail///99/2026-06-30/By_clocks\n",
      "06:00 programme.clone programme=sip-3 other=sip-4", "refused clone_empty other" },
};

static const struct given_row others[] = {
    { "Of reviews", SIGNED,
      "06:00 programme.review held_on=2026-01-04\n 06:00 programme.review held_on=2026-01-06\n "
      "06:00 programme.review next_on=2026-01-05\n"
      "06:00 programme.review attended=mia+una",
      "refused review_early held_on\n refused review_ahead held_on\n refused review_order next_on\n"
      "refused person_elsewhere attended" },
    { "Of criteria",
      QUALIFIED "02:00 programme.launch criteria=closeout/Calm/sla_attainment////95\n",
      "03:00 programme.criterion number=2\n 03:00 programme.criterion\n"
      "03:00 programme.criterion person=una",
      "refused criterion_unknown number\n refused criterion_figure number\n"
      "refused criterion_figure number" },
    { "Who signs one is known", LAUNCHED, "03:00 programme.criterion person=nobody",
      "refused person_unknown person" },
    { "Of lessons", LAUNCHED,
      "03:00 programme.lesson lesson=disks\n 03:00 programme.lesson\n 03:00 programme.lesson",
      "refused lesson_unknown lesson\n 03:00 programme.lesson_filed sip-1 lesson=queues\n"
      "refused lesson_twice lesson" },
    { "Of the closeout: all that is open at once is told as the first", SIGNED,
      "06:00 programme.close", "refused exit_criteria programme" },
    { "A bad signal", CONFIRMED WEEK("720:00", "2026-02-02", "2026-02-08", "97", "bad_signal=yes"),
      "721:00 programme.close", "refused exit_targets programme" },
    { "A recurrence", CONFIRMED "720:00 candidate.propose\n", "721:00 programme.close",
      "refused exit_recurrence programme" },
    { "A plan that changed", CONFIRMED "714:00 action.plan due=2026-03-03\n",
      "720:00 programme.close", "refused exit_plan programme" },
    { "A lesson that went", CONFIRMED "720:00 copies lesson.removed queues\n",
      "721:00 programme.close", "refused exit_lessons programme" },
    { "A ticket that is not closed", CONFIRMED "720:00 programme.ticket ticket=desk:10\n",
      "721:00 programme.close", "refused exit_ticket programme" },
    { "A client who was not asked",
      WATCHED GOOD_WEEKS "710:00 hears ticket.recorded desk:9 occurred_at=709:00 state=closed\n"
                         "711:00 programme.ticket\n 711:00 programme.lesson\n"
                         "711:00 programme.criterion\n",
      "721:00 programme.close", "refused exit_survey programme" },
    { "A client who did not confirm", WATCHED LATER, "721:00 programme.close",
      "refused exit_confirmation programme" },
};

static void test_candidates(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, candidates);
}

static void test_launches(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, launches);
}

static void test_states(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, states);
}

static void test_plans(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, plans);
}

static void test_others(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, others);
}

/* What a programme keeps is limited. */
static void test_limits(void **state)
{
    (void)state;
    given_begin(&sip_book);
    given_play(LAUNCHED);
    for (int i = 0; i < 16; i++)
        given_play("03:00 programme.cause");
    given_play("03:00 programme.cause");
    given_expect("refused causes_full programme");
    for (int i = 0; i < 64; i++)
        given_play("03:00 action.plan");
    given_play("03:00 action.plan");
    given_expect("refused actions_full programme");
    for (int i = 0; i < 8; i++)
        given_play("03:00 copies lesson.changed l%d name=L source=programme learned_on=2026-01-01\n"
                   "03:00 programme.lesson lesson=l%d",
                   i, i);
    given_play("03:00 programme.lesson");
    given_expect("refused lessons_full lesson");
    given_play("04:00 query sip.agenda programme=sip-1");
    given_play("04:00 programme.review agenda=One+Two");
    given_play("04:00 programme.post\n 04:00 programme.sign");
    given_play("05:00 programme.hold\n 05:00 programme.resume\n 05:00 programme.cancel");
    given_end();
}

/* So many are told of one thing, and no more. */
static void test_people(void **state)
{
    (void)state;
    given_begin(&sip_book);
    given_play(LAUNCHED "03:00 programme.cause\n");
    for (int i = 0; i < 64; i++)
        given_play("03:00 copies person.changed o%d name=O side=provider\n"
                   "03:00 copies person.changed r%d name=R side=provider\n"
                   "03:00 action.plan owner=o%d responsible=r%d",
                   i, i, i, i);
    given_play("04:00 programme.post\n 04:00 programme.sign");
    given_end();
}

/* Words of an action are cut for an agenda, but never within a character. */
static void test_agenda(void **state)
{
    (void)state;
    char words[512] = { 0 };
    given_begin(&sip_book);
    given_play(PLANNED);
    for (int i = 0; i < 299; i++)
        words[i] = 'a';
    given_play("04:00 action.change words=%s\xc3\xa4\xc3\xa4", words);
    given_play("05:00 query sip.agenda programme=sip-1");
    given_play("05:00 programme.review");
    words[298] = '\0';
    given_play("06:00 action.change words=%s\xc3\xa4\xc3\xa4", words);
    given_play("06:00 programme.review");
    given_end();
}

static void test_reviews(void **state)
{
    (void)state;
    given_begin(&sip_book);
    given_play(LAUNCHED);
    for (int i = 0; i < 1000; i++)
        given_play("03:00 programme.review");
    given_play("03:00 programme.review");
    given_expect("refused reviews_full programme");
    given_end();
}

/* Closed eight times, and opened again as often as that. */
static void test_closures(void **state)
{
    (void)state;
    given_begin(&sip_book);
    given_play(CLOSED);
    for (int i = 1; i < 8; i++) {
        int at = 720 + 720 * i;
        given_play("%d:00 programme.reopen", at);
        given_play("%d:00 action.plan due=2027-01-01\n %d:00 action.start action=sip-1.%d\n"
                   "%d:00 action.finish action=sip-1.%d\n %d:00 action.verify action=sip-1.%d\n"
                   "%d:00 programme.monitor\n %d:00 programme.signoff\n %d:00 programme.post\n"
                   "%d:00 programme.criterion\n %d:00 programme.confirm",
                   at, at, i + 1, at, i + 1, at, i + 1, at, at, at, at, at);
        given_play("%d:00 programme.close", at + 696);
    }
    given_play("6480:00 query sip.programme programme=sip-1");
    given_expect("row state=closed relapses=7");
    given_play("6481:00 programme.reopen");
    given_expect("refused closures_full programme");
    given_play("6482:00 hears signal.found s kpi=sla_attainment service=mail kind=decay "
               "rule=run_of_eight from=2026-01-01 to=2026-01-08 points=2026-01-01/2026-01-08/9/9");
    given_expect("6482:00 candidate.found can-2");
    given_end();
}

static void test_none_forgotten(void **state)
{
    (void)state;
    for (size_t i = 1; i <= sip_service.refusal_count; i++)
        if (!given_refused((int)i))
            fail_msg("no row was refused: %s", sip_service.refusals[i].code);
}

#define FILLING                                                                                    \
    "02:00 programme.launch candidate=can-%d "                                                     \
    "objectives=Attain/sla_attainment/mail///95/2026-06-30/By_clocks"

/* 64 open programmes are all that a client has, until one of them ends. */
static void test_programmes_full(void **state)
{
    (void)state;
    given_begin(&sip_book);
    given_play(LAUNCHED);
    for (int i = 2; i <= 65; i++) {
        given_play("02:00 candidate.propose service=s%d\n 02:00 candidate.qualify candidate=can-%d",
                   i, i);
        if (i < 65)
            given_play(FILLING, i);
    }
    given_play(FILLING, 65);
    given_expect("refused programmes_full");
    given_play("02:00 programme.cancel programme=sip-64\n" FILLING, 65);
    given_expect("02:00 programme.cancelled\n 02:00 programme.alarmed\n"
                 "02:00 programme.launched\n 02:00 candidate.launched\n 02:00 programme.alarmed");
    given_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_candidates),      cmocka_unit_test(test_launches),
        cmocka_unit_test(test_states),          cmocka_unit_test(test_plans),
        cmocka_unit_test(test_others),          cmocka_unit_test(test_limits),
        cmocka_unit_test(test_agenda),          cmocka_unit_test(test_people),
        cmocka_unit_test(test_reviews),         cmocka_unit_test(test_closures),
        cmocka_unit_test(test_programmes_full), cmocka_unit_test(test_none_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

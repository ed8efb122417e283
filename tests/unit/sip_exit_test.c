/* The closeout: what must hold for it, one table a condition; the verdict; and what comes behind it
 * (RULES 7 and 8). */
#include "tests/unit/sip_book.h"

#define CLOSE          "800:00 programme.close"
#define EXIT           "800:00 query sip.exit programme=sip-1"
#define SAID(n, words) "row number=" n " condition=" words "\n"
/* All but what a row is about. */
#define ALL_BUT_LAST WATCHED LATER "712:00 programme.signoff\n"
#define REST                                                                                       \
    "710:00 hears ticket.recorded desk:9 occurred_at=709:00 state=closed\n"                        \
    "711:00 programme.ticket\n 711:00 programme.lesson\n 711:00 programme.survey\n"                \
    "711:00 programme.criterion\n 712:00 programme.signoff\n 713:00 programme.confirm\n"

#define SIGNED_OFF "711:00 programme.criterion\n"

/* 08e.06 SIP Closeout: exit conditions, in the order of the blueprint */
static const struct given_row criteria[] = {
    { "1: an objective was not reached for long enough",
      WATCHED WEEK("336:00", "2026-01-12", "2026-01-18", "97", "")
          WEEK("504:00", "2026-01-19", "2026-01-25", "96", "") REST,
      CLOSE "\n" EXIT " limit=1",
      "refused exit_criteria programme\n"
      "row number=1 condition=Success_and_closeout_criteria_are_met. "
      "why=An_objective_was_not_reached_in_enough_periods_in_a_row. about=Attain count=2" },
    { "1: or not any more",
      CONFIRMED WEEK("720:00", "2026-02-02", "2026-02-08", "94", "missed=yes"),
      CLOSE "\n" EXIT " limit=1", "refused exit_criteria programme\n row number=1 about=Attain" },
    { "1: nobody signed a criterion that no figure shows, or they signed that it does not hold",
      CONFIRMED "714:00 programme.criterion met=no\n", CLOSE "\n" EXIT " limit=1",
      "refused exit_criteria programme\n"
      "row number=1 why=Nobody_signed_that_a_criterion_holds. about=They_say_so" },
    { "1: a criterion that a figure shows was not met for long enough",
      QUALIFIED "02:00 programme.launch criteria=success/They_say_so+"
                "closeout/Nearly_all/sla_attainment////97\n" GOOD_WEEKS
                "711:00 programme.criterion\n",
      "714:00 programme.close\n 714:00 query sip.exit programme=sip-1 limit=1",
      "refused exit_criteria programme\n"
      "row number=1 why=A_criterion_was_not_met_in_enough_periods_in_a_row. about=Nearly_all "
      "count=1" },
};

static const struct given_row shown[] = {
    { "1: a criterion that a figure shows is met, and signed by nobody",
      QUALIFIED
      "02:00 programme.launch criteria=closeout/Nearly_all/sla_attainment////90\n" GOOD_WEEKS
          PERIOD("673:00", "from=2026-02-02 to=2026-02-08", ""),
      "711:00 query sip.exit programme=sip-1 limit=1\n 711:00 query sip.exit programme=sip-9",
      "696:00 programme.review_missed\n 696:00 programme.alarmed\n row number=1 holds=yes" },
};

static const struct given_row targets[] = {
    { "2: a figure of what it is about was not in target for long enough",
      CONFIRMED "720:00 hears series.closed s2 kpi=response_time service=mail from=2026-01-26 "
                "to=2026-02-01 value=20 n=10 target=15 missed=yes\n",
      CLOSE "\n" EXIT " limit=2",
      "refused exit_targets programme\n row number=1 holds=yes\n"
      "row number=2 condition=Every_figure_is_in_target,_and_gave_no_bad_signal_since_the_last_"
      "action. why=A_figure_was_not_in_target_in_enough_periods_in_a_row. about=mail" },
    { "2: or was so only in two periods",
      CONFIRMED "720:00 hears series.closed s2 kpi=response_time service=mail from=2026-01-19 "
                "to=2026-01-25 value=10 n=10 target=15\n"
                "720:00 hears series.closed s2 kpi=response_time service=mail from=2026-01-26 "
                "to=2026-02-01 value=10 n=10 target=15\n",
      CLOSE "\n" EXIT " limit=2",
      "refused exit_targets programme\n row number=1 holds=yes\n row number=2 count=2" },
    { "2: what the programme itself aims at counts, also where the catalog has no target",
      CONFIRMED PERIOD("720:00", "from=2026-02-02 to=2026-02-08",
                       "value=26 numerator=26 denominator=100"),
      CLOSE "\n" EXIT " limit=2",
      "refused exit_criteria programme\n row number=1 about=Attain\n"
      "row number=2 why=A_figure_was_not_in_target_in_enough_periods_in_a_row. about=mail" },
    { "2: so does what late facts made of a period, and 1",
      CONFIRMED "720:00 hears series.corrected s1 from=2026-01-26 to=2026-02-01 value=94 n=100 "
                "numerator=94 denominator=100 squares=1\n"
                "720:00 hears series.closed s2 kpi=nps service=print from=2026-01-26 to=2026-02-01 "
                "value=4 n=10\n"
                "720:00 hears series.corrected s2 from=2026-01-26 to=2026-02-01 value=5 n=9\n"
                "720:00 hears series.closed s3 kpi=nps service=print from=2026-01-26 to=2026-02-01 "
                "value=4 n=10 target=9\n"
                "720:00 hears series.corrected s3 from=2026-01-26 to=2026-02-01 n=0\n",
      CLOSE "\n" EXIT " limit=2",
      "refused exit_criteria programme\n row number=1 about=Attain\n"
      "row number=2 why=A_figure_was_not_in_target_in_enough_periods_in_a_row. about=mail" },
    { "2: also where that is better than it was",
      WATCHED WEEK("336:00", "2026-01-12", "2026-01-18", "97", "")
          WEEK("504:00", "2026-01-19", "2026-01-25", "96", "")
              WEEK("672:00", "2026-01-26", "2026-02-01", "94",
                   "missed=yes") "673:00 hears series.corrected s1 from=2026-01-26 to=2026-02-01 "
                                 "value=96 n=98 "
                                 "numerator=94 denominator=98\n"
                                 "673:00 hears series.corrected s1 from=2026-01-26 to=2026-01-26 "
                                 "value=9 n=9\n" REST,
      CLOSE, "800:00 programme.closed\n 800:00 programme.alarmed" },
    { "2: one that has a target since lately counts since then",
      CONFIRMED "720:00 hears series.closed s2 kpi=response_time service=mail from=2026-01-05 "
                "to=2026-01-11 value=10 n=10\n"
                "720:00 hears series.closed s2 kpi=response_time service=mail from=2026-01-12 "
                "to=2026-01-18 value=10 n=10 target=15\n",
      CLOSE "\n" EXIT " limit=2",
      "refused exit_targets programme\n row number=1 holds=yes\n row number=2 count=1" },
    { "2: it gave a bad signal since the last action, with a target or without",
      CONFIRMED "720:00 hears series.closed s2 kpi=response_time service=mail from=2026-01-05 "
                "to=2026-01-11 value=20 n=10 bad_signal=yes\n",
      CLOSE "\n" EXIT " limit=2",
      "refused exit_targets programme\n row number=1\n"
      "row number=2 why=A_figure_gave_a_bad_signal_since_the_last_action. about=mail "
      "day=2026-01-11" },
    { "2: what another service, a component of it, or the whole client does is not asked",
      CONFIRMED "720:00 hears series.closed s2 kpi=response_time service=print from=2026-01-05 "
                "to=2026-01-11 value=20 n=10 bad_signal=yes\n"
                "720:00 hears series.closed s3 kpi=response_time component=queue from=2026-01-05 "
                "to=2026-01-11 value=20 n=10 bad_signal=yes\n"
                "720:00 hears series.closed s4 kpi=response_time from=2026-01-05 "
                "to=2026-01-11 value=20 n=10 bad_signal=yes\n"
                "720:00 hears series.closed s5 kpi=response_time service=mail from=2025-12-29 "
                "to=2026-01-04 value=20 n=10 bad_signal=yes\n"
                "720:00 hears series.closed s6 kpi=resolve_time service=mail from=2025-12-29 "
                "to=2026-01-04 n=1\n",
      CLOSE, "800:00 programme.closed\n 800:00 programme.alarmed" },
    { "2: an objective is asked wherever it is, and of a component its own series",
      PEOPLE "00:00 hears series.closed s1 kpi=incidents component=queue from=2025-12-29 "
             "to=2026-01-04 value=9 n=9\n"
             "00:00 hears series.closed s2 kpi=nps from=2025-12-29 to=2026-01-04 value=20 n=10 "
             "numerator=2 denominator=10 squares=8\n"
             "01:00 candidate.propose service= component=queue\n 01:00 candidate.qualify\n"
             "02:00 programme.launch objectives=Love/nps///yes/30/2026-06-30/Asked "
             "criteria=closeout/They_say_so periods=1\n"
             "03:00 hears series.closed s2 kpi=nps from=2026-01-05 to=2026-01-05 value=40 n=10 "
             "bad_signal=yes\n 04:00 programme.criterion\n"
             "04:00 hears series.closed s3 kpi=incidents service=print from=2026-01-05 "
             "to=2026-01-06 value=9 n=9 bad_signal=yes\n"
             "04:00 hears series.closed s4 kpi=resolve_time component=queue from=2026-01-05 "
             "to=2026-01-06 value=9 n=9\n",
      "05:00 programme.close\n"
      "06:00 hears series.closed s2 kpi=nps from=2026-01-06 to=2026-01-06 value=40 n=10 "
      "bad_signal=yes\n 07:00 programme.close\n 07:00 query sip.exit programme=sip-1 limit=2",
      "refused exit_recurrence programme\n refused exit_targets programme\n row number=1\n"
      "row number=2 day=2026-01-06" },
    { "2: of the whole client where the programme names neither",
      PEOPLE
      "00:00 hears series.closed s1 kpi=incidents from=2025-12-29 to=2026-01-04 value=9 n=9\n"
      "01:00 candidate.propose service= kpi=incidents\n 01:00 candidate.qualify\n"
      "02:00 programme.launch objectives=Few/incidents////3/2026-06-30/Counted periods=1\n"
      "03:00 hears series.closed s1 kpi=incidents from=2026-01-05 to=2026-01-05 value=3 n=3\n"
      "04:00 programme.criterion\n"
      "04:00 hears series.closed s2 kpi=nps from=2026-01-06 to=2026-01-06 value=4 n=10 "
      "bad_signal=yes\n",
      "05:00 programme.close", "refused exit_targets programme" },
};

static const struct given_row recurrence[] = {
    { "3: the time in which it must not come back is not over",
      WATCHED WEEK("100:00", "2026-01-06", "2026-01-06", "97", "")
          WEEK("101:00", "2026-01-07", "2026-01-07", "97", "")
              WEEK("102:00", "2026-01-08", "2026-01-08", "97", "") "103:00 programme.criterion\n",
      "719:00 programme.close\n 719:00 query sip.exit programme=sip-1 limit=3\n"
      "720:00 programme.close",
      "288:00 programme.review_reminded\n 288:00 programme.alarmed\n"
      "360:00 programme.review_missed\n 360:00 programme.alarmed\n"
      "624:00 programme.review_reminded\n 624:00 programme.alarmed\n"
      "696:00 programme.review_missed\n 696:00 programme.alarmed\n"
      "refused exit_recurrence programme\n row number=1 holds=yes\n row number=2 holds=yes\n"
      "row number=3 condition=The_problem_did_not_come_back. "
      "why=The_time_in_which_it_must_not_come_back_is_not_over. day=2026-02-03\n"
      "refused exit_lessons programme" },
    { "3: it came back", CONFIRMED "720:00 candidate.propose\n", CLOSE "\n" EXIT " limit=3",
      "refused exit_recurrence programme\n row number=1\n row number=2\n"
      "row number=3 why=The_problem_showed_itself_again_since_the_last_action. day=2026-02-04 "
      "count=1" },
    { "3: nothing was done: it counts from the launch",
      SIGNED "06:00 action.skip\n 06:00 programme.post\n" GOOD_WEEKS "671:00 programme.criterion\n",
      "671:59 programme.close\n 700:00 programme.close",
      "refused exit_recurrence programme\n"
      "696:00 programme.review_missed\n 696:00 programme.alarmed\n"
      "refused exit_lessons programme" },
};

static const struct given_row plans[] = {
    { "4: the client has not signed the plan", LAUNCHED GOOD_WEEKS SIGNED_OFF,
      CLOSE "\n" EXIT " limit=4",
      "refused exit_plan programme\n row number=1\n row number=2\n row number=3\n"
      "row number=4 condition=The_plan_is_finished,_and_the_client_has_it. "
      "why=The_client_has_not_signed_the_plan." },
    { "4: an action has not ended", FINISHED GOOD_WEEKS SIGNED_OFF, CLOSE "\n" EXIT " limit=4",
      "refused exit_plan programme\n row number=1\n row number=2\n row number=3\n"
      "row number=4 why=An_action_has_not_ended. count=1" },
    { "4: the plan changed since the client got it",
      SIGNED "06:00 action.plan\n 06:00 action.start\n 06:00 action.finish\n 07:00 action.verify\n"
             "07:00 action.skip action=sip-1.2\n 07:00 programme.monitor\n" LATER
             "712:00 programme.signoff\n 713:00 programme.confirm\n",
      CLOSE "\n" EXIT " limit=4\n 801:00 programme.post\n 802:00 programme.close",
      "refused exit_plan programme\n row number=1\n row number=2\n row number=3\n"
      "row number=4 why=The_plan_changed_since_it_was_posted_to_the_client.\n"
      "801:00 programme.plan_posted\n 801:00 programme.alarmed\n 802:00 programme.closed\n"
      "802:00 programme.alarmed" },
};

#define BUT(what) /* all but one of the last four */                                               \
    WATCHED GOOD_WEEKS "711:00 programme.criterion\n" what                                         \
                       "712:00 programme.signoff\n 713:00 programme.confirm\n"
#define LESSON   "711:00 programme.lesson\n"
#define TICKET   "711:00 programme.ticket\n"
#define DESK     "711:00 hears ticket.recorded desk:9 occurred_at=709:00 state=closed\n"
#define SURVEYED "711:00 programme.survey\n"
#define THREE    "row number=1\n row number=2\n row number=3\n"
#define FOUR     THREE "row number=4 holds=yes evidence=olga\n"
static const struct given_row lessons[] = {
    { "5: no lesson is filed", BUT(TICKET DESK SURVEYED), CLOSE "\n" EXIT " limit=5",
      "refused exit_lessons programme\n" FOUR
      "row number=5 condition=Lessons_learned_are_filed. why=No_lesson_is_filed." },
    { "5: or the catalog lost it", CONFIRMED "720:00 copies lesson.removed queues\n",
      CLOSE "\n" EXIT " limit=5",
      "refused exit_lessons programme\n" FOUR
      "row number=5 why=The_catalog_has_the_lesson_no_more." },
    { "5: another one is enough",
      CONFIRMED "720:00 copies lesson.changed disks name=Count_disks source=programme "
                "learned_on=2026-02-01\n 720:00 programme.lesson lesson=disks\n"
                "721:00 copies lesson.removed queues\n",
      EXIT " limit=5", FOUR "row number=5 holds=yes evidence=disks" },
};

static const struct given_row tickets[] = {
    { "6: no ticket stands for it", BUT(LESSON SURVEYED), CLOSE "\n" EXIT " limit=6",
      "refused exit_ticket programme\n" FOUR "row number=5 holds=yes evidence=queues\n"
      "row number=6 condition=The_ticket_is_closed. why=No_ticket_stands_for_the_programme." },
    { "6: it is not closed, or not any more",
      BUT(LESSON SURVEYED TICKET "711:00 hears ticket.recorded desk:9 occurred_at=709:00 "
                                 "state=resolved\n"),
      "724:00 programme.close\n"
      "725:00 hears ticket.recorded desk:9 occurred_at=725:00 state=closed\n"
      "726:00 query sip.exit programme=sip-1 limit=6\n"
      "727:00 hears ticket.recorded desk:9 occurred_at=727:00 state=active\n"
      "728:00 programme.close\n 729:00 query sip.exit programme=sip-1 limit=6",
      "refused exit_ticket programme\n" FOUR
      "row number=5\n row number=6 holds=yes about=desk:9 evidence=desk:9\n"
      "refused exit_ticket programme\n" FOUR
      "row number=5\n row number=6 why=The_ticket_is_not_closed. about=desk:9" },
    { "6: a state that no mapping knows changes nothing",
      CONFIRMED "725:00 hears ticket.recorded desk:9 occurred_at=725:00 state=other\n",
      EXIT " limit=6", FOUR "row number=5\n row number=6 holds=yes evidence=desk:9" },
};

static const struct given_row surveys[] = {
    { "7: the client was not asked about escalations", BUT(LESSON TICKET DESK),
      CLOSE "\n" EXIT " limit=7",
      "refused exit_survey programme\n" FOUR "row number=5\n row number=6\n"
      "row number=7 condition=The_client_was_asked_about_escalations,_where_that_is_appropriate. "
      "why=The_client_was_not_asked_about_escalations." },
    { "7: that it is not appropriate is a reason", CONFIRMED, EXIT " limit=7",
      FOUR "row number=5\n row number=6\n"
           "row number=7 holds=yes evidence=Nothing_was_escalated" },
    { "7: so is that somebody was asked, and of what is known only that is kept",
      BUT(LESSON TICKET DESK),
      "714:00 hears survey.invited sur-1 kind=nps\n 715:00 hears survey.invited sur-2 "
      "kind=escalation\n 716:00 hears survey.invited sur-3 kind=escalation\n"
      "717:00 @umbrella hears survey.invited sur-4 kind=escalation\n"
      "728:00 programme.close\n 729:00 hears survey.invited sur-5 kind=escalation",
      "715:00 programme.survey_settled sip-1 decision=asked words=sur-2\n"
      "728:00 programme.closed\n 728:00 programme.alarmed" },
};

static const struct given_row confirmation[] = {
    { "And the client's primary contact has not confirmed it", ALL_BUT_LAST, CLOSE "\n" EXIT,
      "refused exit_confirmation programme\n" FOUR "row number=5\n row number=6\n row number=7\n"
      "row number=8 condition=The_client's_primary_contact_confirmed_the_outcome. "
      "why=The_client's_primary_contact_has_not_confirmed_the_outcome." },
    { "All of it", CONFIRMED,
      EXIT "\n 800:00 @umbrella query sip.exit programme=sip-1\n" CLOSE " notes=It_holds\n"
           "801:00 query sip.programme programme=sip-1\n 801:00 query sip.programmes ended=yes\n"
           "801:00 query sip.summary",
      FOUR "row number=5\n row number=6\n row number=7\n row number=8 holds=yes evidence=ken\n"
           "800:00 programme.closed sip-1 code=resolved achieved=met notes=It_holds "
           "verdict=proved watch_until=2976:00 days=33\n"
           "800:00 programme.alarmed alarm=closed people=mia+cora+pat+olga tell_client=yes\n"
           "row state=closed closures=800:00/ann/resolved/met/It_holds/proved "
           "watch_until=2976:00\n"
           "row state=closed closed_at=800:00 verdict=proved\n"
           "one candidates=1 launched=1 closed=1 days_closed=33 proved=1 actions=1 actions_done=1 "
           "actions_on_time=1 reviews_missed=2" },
};

/* --- behind it ---------------------------------------------------------------------------------
 */

#define SIGNAL(at)                                                                                 \
    at " hears signal.found sig-1 kind=decay rule=run_of_eight kpi=sla_attainment service=mail "   \
       "from=2026-02-02 to=2026-03-01 points=2026-02-23/2026-03-01/80/100\n"
/* A programme about mail whose objective is a figure of the whole client. */
#define WHOLE                                                                                      \
    PEOPLE "00:00 hears series.closed s2 kpi=csat_escalation from=2025-12-29 to=2026-01-04 "       \
           "value=80 n=10 numerator=8 denominator=10\n"                                            \
           "01:00 candidate.propose\n 01:00 candidate.qualify\n"                                   \
           "02:00 programme.launch objectives=Ask/csat_escalation///yes/90/2026-06-30/Surveys "    \
           "periods=1\n 03:00 programme.cause\n 03:00 action.plan\n 04:00 programme.post\n"        \
           "05:00 programme.sign\n 06:00 action.start\n 29:00 action.finish\n"                     \
           "30:00 action.verify\n 31:00 programme.monitor\n"                                       \
           "336:00 hears series.closed s2 kpi=csat_escalation from=2026-01-12 to=2026-01-18 "      \
           "value=95 n=20 numerator=19 denominator=20\n" REST "720:00 programme.close\n"
#define RATED(at)                                                                                  \
    at " hears signal.found sig-1 kind=decay rule=run_of_eight kpi=csat_escalation "               \
       "from=2026-02-02 to=2026-03-01 points=2026-02-23/2026-03-01/70/10\n"
static const struct given_row relapse[] = {
    { "A bad signal while it is watched opens it again, with what shows it", CLOSED,
      SIGNAL("1400:00") "1400:00 query sip.programme programme=sip-1\n 1400:00 query sip.summary\n"
                        "1401:00 programme.close",
      "1400:00 programme.relapsed sip-1 day=2026-03-04 next_review=2026-03-18 remind_at=1680:00 "
      "missed_at=1752:00\n"
      "1400:00 programme.alarmed alarm=relapsed people=mia+cora+pat+olga tell_client=yes\n"
      "row state=executing relapses=1 recurrences=1 recurred_on=2026-03-04 "
      "criteria=1/closeout/They_say_so next_review=2026-03-18\n"
      "one candidates=1 launched=1 open=1 closed=1 days_closed=30 proved=1 relapses=1 "
      "actions=1 actions_done=1 actions_on_time=1 reviews_missed=2\n"
      "refused exit_criteria programme" },
    { "So does one in the figure of an objective, wherever that is", WHOLE, RATED("1400:00"),
      "1400:00 programme.relapsed sip-1\n 1400:00 programme.alarmed alarm=relapsed" },
    { "What rests on days up to the last action is only told late, and is no relapse", CLOSED,
      "1400:00 hears signal.found sig-1 kind=decay rule=run_of_eight kpi=sla_attainment "
      "service=mail from=2025-12-08 to=2026-01-06 points=2025-12-29/2026-01-06/80/100\n"
      "1400:00 hears signal.found sig-2 kind=decay rule=run_of_eight kpi=sla_attainment "
      "service=mail from=2025-12-08 to=2026-01-07 points=2025-12-29/2026-01-07/80/100\n",
      "1400:00 candidate.found can-2\n 1400:00 programme.relapsed\n 1400:00 programme.alarmed" },
    { "Somebody who proposes it then makes a candidate, and may open it again by hand", CLOSED,
      "1000:00 candidate.propose\n 1001:00 programme.reopen\n"
      "1001:00 query sip.programme programme=sip-1",
      "1000:00 candidate.found can-2\n"
      "1001:00 programme.relapsed sip-1 reason=It_is_back day=2026-02-15\n"
      "1001:00 programme.alarmed alarm=relapsed\n row state=executing reason=It_is_back" },
    { "When the watch is over, it is another candidate", CLOSED,
      "2904:00 passes\n 2905:00 query sip.programme programme=sip-1\n" SIGNAL("2906:00"),
      "2904:00 programme.watch_ended sip-1 occurred_at=2904:00\n row state=closed\n"
      "2906:00 candidate.found" },
    { "A clock adopted behind the watch: it is over", CLOSED, "3000:00 adopts\n" SIGNAL("3001:00"),
      "3001:00 candidate.found" },
    { "And before: it goes on", CLOSED, "2000:00 adopts\n" SIGNAL("2001:00"),
      "2001:00 programme.relapsed\n 2001:00 programme.alarmed" },
    { "It is closed again, and that is kept beside the first time",
      CLOSED SIGNAL(
          "1400:00") "1401:00 action.plan due=2026-03-04\n 1402:00 action.start "
                     "action=sip-1.2\n 1402:00 action.finish action=sip-1.2\n 1402:00 "
                     "action.verify "
                     "action=sip-1.2\n 1403:00 programme.monitor\n 1403:00 programme.post\n"
                     "1403:00 programme.criterion\n 2100:00 programme.signoff\n 2100:00 "
                     "programme.confirm\n",
      "2101:00 programme.close code=reduced achieved=partly\n"
      "2101:00 query sip.programmes ended=yes",
      "2101:00 programme.closed code=reduced verdict=not_shown\n 2101:00 programme.alarmed\n"
      "row relapses=1 closed_at=2101:00 verdict=not_shown" },
};

#define ROWS(name, rows)                                                                           \
    static void test_##name(void **state)                                                          \
    {                                                                                              \
        (void)state;                                                                               \
        GIVEN_ROWS(&sip_book, rows);                                                               \
    }
ROWS(criteria, criteria)
ROWS(shown, shown)
ROWS(targets, targets)
ROWS(recurrence, recurrence)
ROWS(plans, plans)
ROWS(lessons, lessons)
ROWS(tickets, tickets)
ROWS(surveys, surveys)
ROWS(confirmation, confirmation)
ROWS(relapse, relapse)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_criteria),     cmocka_unit_test(test_shown),
        cmocka_unit_test(test_targets),      cmocka_unit_test(test_recurrence),
        cmocka_unit_test(test_plans),        cmocka_unit_test(test_lessons),
        cmocka_unit_test(test_tickets),      cmocka_unit_test(test_surveys),
        cmocka_unit_test(test_confirmation), cmocka_unit_test(test_relapse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

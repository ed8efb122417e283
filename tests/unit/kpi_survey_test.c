/* Surveys: who is asked, who answers, what counts, and what was asked elsewhere
 * (services/kpi/RULES.md). */
#include "services/kpi/survey.h"
#include "tests/unit/kpi_account_book.h"

static const char *const quiet[] = { QUIET_ALWAYS, "account.looked", "ticket.counted",
                                     "escalation.counted", NULL };
static const struct given_book survey_book = {
    .service = &kpi_service,
    .defaults = account_defaults,
    .quiet = quiet,
};

/* --- asking ----------------------------------------------------------------------------------- */

/* What the catalog says of how the client is asked. */
#define OWN(said) "00:00 copies client.changed acme name=Acme primary_contact=ken " said "\n"

static const struct given_row asked[] = {
    { "Somebody at the client is asked by hand", ACME,
      "10:00 survey.invite title=Mail service=mail component=mx ticket=desk:1",
      "10:00 survey.invited survey-1 kind=relationship contact=ken role=sponsor ticket=desk:1 "
      "service=mail component=mx title=Mail scale_min=1 scale_max=5 day=2026-01-05 "
      "told=2026-01-05 expires_at=346:00" },
    { "Whether they would recommend us, on its own scale; executives by that name", ACME,
      "10:00 survey.invite kind=nps contact=olga",
      "10:00 survey.invited survey-1 kind=nps contact=olga role=executive scale_max=10" },
    { "Others are users; the day is that of the client's wall",
      ACME "00:00 copies client.changed acme name=Acme zone=Asia|Tokyo\n",
      "20:00 survey.invite kind=escalation contact=uwe",
      "20:00 survey.invited contact=uwe role=user scale_max=5 day=2026-01-06 told=2026-01-06" },
    { "Staff, other clients' people and nobody are not asked", ACME,
      "10:00 survey.invite contact=mia\n 10:00 survey.invite contact=eve\n"
      "10:00 survey.invite contact=nobody",
      "refused survey_contact contact\n refused survey_contact contact\n"
      "refused survey_contact contact" },
    { "Nor is who has no mail address", ACME, "10:00 survey.invite contact=tom",
      "refused survey_address contact" },
    { "Nor twice within thirty days, whatever it was before",
      CLIENT PERSON("ken") "10:00 survey.invite kind=nps\n",
      "729:59 survey.invite\n 730:00 survey.invite",
      "346:00 survey.lapsed survey-1\n refused survey_lately contact\n"
      "730:00 survey.invited survey-2" },
    { "Also when that was elsewhere", ACME "10:00 survey.record contact=ken\n",
      "11:00 survey.invite", "refused survey_lately contact" },
    { "But for what an option says", "option survey_again=0\n" ACME "10:00 survey.invite\n",
      "10:00 survey.invite", "10:00 survey.invited survey-2" },
    { "Or what the catalog says of the client",
      "option survey_lasts=10080\n" ACME OWN(
          "survey_again=0 survey_lasts=120") "10:00 survey.invite\n",
      "10:00 survey.invite", "10:00 survey.invited survey-2 expires_at=12:00" },
    { "Who was not asked after all was not asked",
      CLIENT PERSON("ken") "09:00 survey.invite\n"
                           "10:00 @acme hears escalation.survey_decided esc-1 decision=asked\n",
      "729:00 survey.invite", "345:00 survey.lapsed\n 729:00 survey.invited survey-3" },
    { "Of a client that is not known everybody is a user", PERSON("uwe"),
      "10:00 survey.invite contact=uwe", "10:00 survey.invited contact=uwe role=user" },
    { "An escalation's survey asks the primary contact", ACME,
      "10:00 @acme hears escalation.survey_decided esc-1 decision=asked",
      "10:00 survey.invited survey-1 kind=escalation contact=ken escalation=esc-1 scale_max=5" },
    { "By what it is called, about what it was raised for",
      ACME "10:00 @acme hears escalation.raised esc-1 raised_at=10:00 title=Mail service=mail "
           "component=mx\n",
      "11:00 @acme hears escalation.survey_decided esc-1 decision=asked",
      "11:00 survey.invited survey-1 contact=ken escalation=esc-1 service=mail component=mx "
      "title=Mail" },
    { "When it is asked for", ACME,
      "10:00 @acme hears escalation.survey_decided esc-1 decision=declined", "" },
    { "A programme's does so too, and says what it is about", ACME,
      "10:00 @acme hears programme.survey_wanted sip-1 title=Mail_in_time service=mail "
      "component=mx\n 10:00 query kpi.surveys",
      "10:00 survey.invited survey-1 kind=escalation contact=ken role=sponsor scale_min=1 "
      "scale_max=5 title=Mail_in_time service=mail component=mx\n row id=survey-1 state=asked" },
    { "But not who was asked lately, nobody, or long ago", ACME "09:00 survey.invite\n",
      "10:00 @acme hears programme.survey_wanted sip-1 title=Mail_in_time\n"
      "10:01 @umbrella hears programme.survey_wanted sip-2 title=Mail_in_time\n"
      "337:01 @acme hears programme.survey_wanted sip-3 title=Mail committed=01:00",
      "10:00 survey.skipped survey-2 kind=escalation skip=asked_lately contact=ken\n"
      "10:01 survey.skipped survey-3 kind=escalation skip=nobody\n"
      "337:01 survey.skipped survey-4 kind=escalation skip=late" },
    { "Of a client that nobody knows, nobody", "",
      "10:00 @acme hears escalation.survey_decided esc-1 decision=asked",
      "10:00 survey.skipped survey-1 kind=escalation skip=nobody escalation=esc-1" },
    { "But one may be heard of later", "",
      "10:00 @acme hears escalation.survey_decided esc-1 patient decision=asked", "waits" },
    { "Who was asked lately is left alone", ACME "09:00 survey.invite\n",
      "10:00 @acme hears escalation.survey_decided esc-1 decision=asked",
      "10:00 survey.skipped skip=asked_lately contact=ken escalation=esc-1" },
    { "What was decided so long ago that nobody could answer in time is history to a service that "
      "hears of it now",
      ACME,
      "337:00 @acme hears escalation.survey_decided esc-1 decision=asked committed=01:00\n"
      "337:01 @acme hears escalation.survey_decided esc-2 decision=asked committed=01:00",
      "337:00 survey.invited survey-1 contact=ken escalation=esc-1\n"
      "337:01 survey.skipped survey-2 kind=escalation skip=late escalation=esc-2" },
    { "Nobody answers: that is kept", ACME "10:00 survey.invite\n",
      "346:00 passes\n 400:00 query kpi.surveys",
      "346:00 survey.lapsed survey-1 kind=relationship contact=ken role=sponsor day=2026-01-19\n"
      "row id=survey-1 state=lapsed" },
    { "From a clock that was adopted nobody is told", ACME "10:00 survey.invite\n",
      "346:00 adopts\n 346:00 query kpi.surveys", "row id=survey-1 state=lapsed" },
};

/* --- answering -------------------------------------------------------------------------------- */

#define INVITED ACME "10:00 survey.invite\n"
#define NPS     ACME "10:00 survey.invite kind=nps title=Mail\n"

static const struct given_row answered[] = {
    { "An answer, with words", INVITED, "11:00 survey.answer comment=Well",
      "11:00 survey.answered survey-1 kind=relationship contact=ken role=sponsor score=4 "
      "comment=Well answered_at=11:00 day=2026-01-05 told=2026-01-05" },
    { "Only once", INVITED "11:00 survey.answer\n", "11:01 survey.answer",
      "refused survey_over survey" },
    { "And in time", INVITED, "345:59 survey.answer score=6\n 346:00 survey.answer",
      "refused survey_score score\n 346:00 survey.lapsed\n refused survey_over survey" },
    { "On its scale", INVITED "12:00 survey.invite kind=nps contact=olga\n",
      "12:00 survey.answer score=0\n 12:00 survey.answer score=6\n"
      "12:00 survey.answer survey=survey-2 score=11",
      "refused survey_score score\n refused survey_score score\n refused survey_score score" },
    { "Of what was asked", INVITED, "11:00 survey.answer survey=survey-9", "missing survey" },
    { "Words may come later: once, and while it can be answered", INVITED "11:00 survey.answer\n",
      "12:00 survey.comment\n 12:01 survey.comment\n 400:00 survey.comment",
      "12:00 survey.commented survey-1 comment=Thanks\n refused survey_said comment\n"
      "refused survey_said comment" },
    { "Not before there is an answer", INVITED, "12:00 survey.comment",
      "refused survey_unanswered survey" },
    { "Nor when it is over", INVITED "11:00 survey.answer\n", "346:00 survey.comment",
      "refused survey_over survey" },
    { "Managers are told of who would not recommend us", NPS, "11:00 survey.answer score=6",
      "11:00 survey.answered score=6 alarmed=yes\n"
      "11:00 account.alarmed acme alarm=detractor "
      "title=Would_not_recommend_us:_6_on_a_scale_of_0_to_10_(sponsor),_about_Mail "
      "day=2026-01-05 contact=ken role=sponsor source=survey-1" },
    { "Not of who might", NPS, "11:00 survey.answer score=7", "11:00 survey.answered score=7" },
    { "And of who could not be less satisfied", INVITED, "11:00 survey.answer score=1",
      "11:00 survey.answered alarmed=yes\n"
      "11:00 account.alarmed title=Not_satisfied:_1_on_a_scale_of_1_to_5_(sponsor)" },
    { "Not of who is only not", INVITED, "11:00 survey.answer score=2", "11:00 survey.answered" },
};

/* --- tickets ---------------------------------------------------------------------------------- */

#define TICKET(time, number, state)                                                                \
    time " @acme hears ticket.recorded desk:" number " occurred_at=" time " state=" state          \
         " priority=3 service=mail component=mx title=Mail owner=mia\n"
#define NEW    TICKET("08:00", "1", "active")
#define SOLVED TICKET("10:00", "1", "resolved")

static const struct given_row tickets[] = {
    { "Of solved tickets a share is asked about, a day later",
      "option survey_tickets=100\n" ACME NEW, SOLVED "34:00 passes",
      "10:00 survey.planned survey-1 kind=escalation ask_at=34:00 ticket=desk:1 service=mail "
      "component=mx title=Mail owner=mia\n"
      "34:00 survey.invited survey-1 kind=escalation contact=ken role=sponsor ticket=desk:1 "
      "service=mail component=mx title=Mail scale_max=5" },
    { "It is the ticket that says whether it is among them: 20 of 100 by its hash",
      "option survey_tickets=20\n" ACME,
      TICKET("10:00", "1", "resolved") TICKET("10:00", "2", "resolved")
          TICKET("10:00", "9", "resolved") TICKET("10:00", "10", "resolved"),
      "10:00 survey.planned ticket=desk:1\n 10:00 survey.planned ticket=desk:10" },
    { "None, where an option says so", "option survey_tickets=0\n" ACME, SOLVED, "" },
    { "Nor where the catalog says so of the client",
      "option survey_tickets=100\n" ACME OWN("survey_tickets=0"), SOLVED, "" },
    { "Of a client that wants it though no other is asked, and how soon",
      "option survey_tickets=0\n" ACME OWN("survey_tickets=100 survey_delay=60"), SOLVED,
      "10:00 survey.planned ask_at=11:00" },
    { "At once, where it says that", "option survey_tickets=100\n" ACME OWN("survey_delay=0"),
      SOLVED, "10:00 survey.planned ask_at=10:00" },
    { "Once, also when it is solved again",
      "option survey_tickets=100\n" ACME "09:00 survey.invite contact=uwe\n" SOLVED,
      TICKET("11:00", "1", "active") TICKET("12:00", "1", "resolved"), "" },
    { "Not while it is not solved any more", "option survey_tickets=100\n" ACME SOLVED,
      TICKET("11:00", "1", "active") "34:00 passes\n 34:00 query kpi.surveys state=skipped",
      "34:00 survey.skipped survey-1 kind=escalation skip=reopened\n"
      "row id=survey-1 state=skipped skip=reopened" },
    { "But when it is solved after all", "option survey_tickets=100\n" ACME SOLVED,
      TICKET("11:00", "1", "active") "34:00 passes\n" TICKET("35:00", "1", "resolved")
          TICKET("36:00", "1", "active") TICKET("37:00", "1", "closed") "59:00 passes",
      "34:00 survey.skipped survey-1 skip=reopened\n 35:00 survey.planned survey-2 ask_at=59:00\n"
      "59:00 survey.invited survey-2 contact=ken ticket=desk:1" },
    { "Who was spared for another reason stays spared",
      "option survey_tickets=100\n" CLIENT PERSON("ken") "09:00 survey.invite\n" SOLVED
                                                         "34:00 passes\n",
      TICKET("35:00", "1", "active") TICKET("36:00", "1", "resolved"), "" },
    { "Not of who solved it, by id or by name",
      "option survey_tickets=100\n" CLIENT PERSON("mia") SOLVED
      "10:00 copies client.changed acme name=Acme primary_contact=mia\n",
      "34:00 passes\n 34:00 copies person.changed kim name=mia side=client client=acme "
      "addresses=email/kim@acme.example\n 34:00 copies client.changed acme name=Acme "
      "primary_contact=kim\n" TICKET("34:01", "2", "resolved") "58:01 passes",
      "34:00 survey.skipped survey-1 skip=solved_it contact=mia\n"
      "34:01 survey.planned survey-2\n 58:01 survey.skipped survey-2 skip=solved_it contact=kim" },
    { "Not of a client without a contact, or that is not known", "option survey_tickets=100\n",
      SOLVED "11:00 copies client.changed acme name=Acme\n" TICKET("11:00", "2", "resolved"), "" },
    { "Not of a contact without an address",
      "option survey_tickets=100\n" ACME
      "00:00 copies client.changed acme name=Acme primary_contact=tom\n" SOLVED,
      "34:00 passes", "34:00 survey.skipped skip=nobody contact=tom" },
    { "What is told late is asked at once, what was solved long ago is history",
      "option survey_tickets=100\n" ACME,
      "370:00 @acme hears ticket.recorded desk:1 occurred_at=10:00 state=resolved priority=3\n"
      "370:01 @acme hears ticket.recorded desk:2 occurred_at=10:00 state=resolved priority=3\n"
      "370:02 passes",
      "370:00 survey.planned ask_at=370:00\n 370:00 survey.invited survey-1" },
    { "A clock that was adopted asks nobody", "option survey_tickets=100\n" ACME SOLVED,
      "34:00 adopts\n 35:00 query kpi.surveys", "row id=survey-1 state=skipped" },
};

static void test_tickets(void **state)
{
    (void)state;
    GIVEN_ROWS(&survey_book, tickets);
}

/* --- elsewhere -------------------------------------------------------------------------------- */

static const struct given_row recorded[] = {
    { "A survey that was asked elsewhere, all that is said of it", "",
      "10:00 survey.record role=CIO comment=Fine ticket=desk:1 escalation=esc-1 service=mail "
      "component=mx",
      "10:00 survey.recorded s-1 kind=relationship asked_at=01:00 contact=Ken_K. role=CIO "
      "ticket=desk:1 escalation=esc-1 service=mail component=mx scale_min=1 scale_max=5 "
      "answered_at=02:00 score=4 comment=Fine asked_day=2026-01-05 answered_day=2026-01-05 "
      "told=2026-01-05" },
    { "Or one that nobody answered", "",
      "10:00 survey.record answered_at= score=\n 10:00 query kpi.surveys",
      "10:00 survey.recorded s-1 asked_day=2026-01-05\n row id=s-1 state=lapsed imported=yes" },
    { "The same again changes nothing", "10:00 survey.record\n", "11:00 survey.record", "known" },
    { "Anything else is the newer word", "10:00 survey.record\n",
      "11:00 survey.record kind=escalation\n 11:00 survey.record asked_at=00:30\n"
      "11:00 survey.record contact=Olga\n 11:00 survey.record role=user\n"
      "11:00 survey.record ticket=desk:1\n 11:00 survey.record escalation=esc-1\n"
      "11:00 survey.record service=mail\n 11:00 survey.record component=mx\n"
      "11:00 survey.record scale_min=0\n 11:00 survey.record scale_max=6\n"
      "11:00 survey.record best_is_low=yes\n 11:00 survey.record answered_at=03:00\n"
      "11:00 survey.record score=3\n 11:00 survey.record comment=No",
      "11:00 survey.recorded kind=escalation\n 11:00 survey.recorded asked_at=00:30\n"
      "11:00 survey.recorded contact=Olga\n 11:00 survey.recorded role=user\n"
      "11:00 survey.recorded ticket=desk:1\n 11:00 survey.recorded escalation=esc-1\n"
      "11:00 survey.recorded service=mail\n 11:00 survey.recorded component=mx\n"
      "11:00 survey.recorded scale_max=5\n 11:00 survey.recorded scale_max=6\n"
      "11:00 survey.recorded best_is_low=yes\n 11:00 survey.recorded answered_at=03:00\n"
      "11:00 survey.recorded score=3\n 11:00 survey.recorded comment=No" },
    { "Days are those of the client's wall; a clock that is a little ahead is believed",
      "00:00 copies client.changed acme name=Acme zone=Pacific|Honolulu\n",
      "33:50 survey.record asked_at=33:30 answered_at=34:05",
      "33:50 survey.recorded asked_day=2026-01-05 answered_day=2026-01-06 told=2026-01-06" },
    { "A scale goes up, and an answer is on it", "",
      "10:00 survey.record scale_max=1\n 10:00 survey.record score=0\n"
      "10:00 survey.record score=6",
      "refused survey_scale scale_max\n refused survey_score score\n refused survey_score score" },
    { "An answer is a score at an instant", "",
      "10:00 survey.record score=\n 10:00 survey.record answered_at=",
      "refused survey_half score\n refused survey_half answered_at" },
    { "Behind the question, and not ahead of now", "",
      "10:00 survey.record answered_at=00:59\n 10:00 survey.record answered_at=10:16\n"
      "10:00 survey.record asked_at=10:16 answered_at= score=\n"
      "10:00 survey.record answered_at=10:15",
      "refused survey_order answered_at\n refused survey_order answered_at\n"
      "refused survey_order asked_at\n 10:00 survey.recorded" },
    { "What was asked here is not recorded", INVITED, "11:00 survey.record survey=survey-1",
      "refused survey_ours survey" },
    { "Managers are told of a bad one, once; whoever is not in the catalog is not named", ACME,
      "10:00 survey.record kind=nps scale_min=0 scale_max=10 score=6\n"
      "10:00 survey.record kind=nps scale_min=0 scale_max=10 score=5\n"
      "10:00 survey.record survey=s-2 score=1 contact=ken role=CIO",
      "10:00 survey.recorded alarmed=yes\n"
      "10:00 account.alarmed title=Would_not_recommend_us:_6_on_a_scale_of_0_to_10 "
      "day=2026-01-05 source=s-1\n"
      "10:00 survey.recorded score=5 alarmed=yes\n"
      "10:00 survey.recorded s-2 alarmed=yes\n 10:00 account.alarmed contact=ken role=CIO "
      "source=s-2" },
    { "Also when it was good in between", "10:00 survey.record score=1\n",
      "11:00 survey.record score=5\n 12:00 survey.record score=1",
      "11:00 survey.recorded score=5 alarmed=yes\n 12:00 survey.recorded score=1" },
    { "Of news only", "", "338:00 survey.record score=1\n 338:01 survey.record survey=s-2 score=1",
      "338:00 survey.recorded s-1 alarmed=yes\n 338:00 account.alarmed source=s-1\n"
      "338:01 survey.recorded s-2" },
};

/* --- looking them up -------------------------------------------------------------------------- */

static const struct given_row lookups[] = {
    { "All of them by the instant, or a client's, of a kind, of a state",
      INVITED "10:30 @umbrella survey.record survey=u-1\n 11:00 survey.answer\n"
              "12:00 survey.invite kind=nps contact=olga\n",
      "13:00 query kpi.surveys\n 13:00 @acme query kpi.surveys\n"
      "13:00 query kpi.surveys client=umbrella\n 13:00 query kpi.surveys kind=nps\n"
      "13:00 query kpi.surveys state=asked\n 13:00 query kpi.surveys limit=1\n"
      "13:00 @acme query kpi.survey survey=survey-1\n"
      "13:00 query kpi.survey survey=u-1 client=umbrella\n"
      "13:00 query kpi.survey survey=u-1 client=acme",
      "row id=u-1 asked_at=01:00 client=umbrella\n row id=survey-1 asked_at=10:00\n"
      "row id=survey-2\n row id=survey-1\n row id=survey-2\n row id=u-1\n row id=survey-2\n"
      "row id=survey-2\n row id=u-1\n"
      "row id=survey-1 score=4 class=satisfied rating=high answered_at=11:00\n row id=u-1" },
};

static void test_asked(void **state)
{
    (void)state;
    GIVEN_ROWS(&survey_book, asked);
}

static void test_answered(void **state)
{
    (void)state;
    GIVEN_ROWS(&survey_book, answered);
}

static void test_recorded(void **state)
{
    (void)state;
    GIVEN_ROWS(&survey_book, recorded);
}

static void test_lookups(void **state)
{
    (void)state;
    GIVEN_ROWS(&survey_book, lookups);
}

/* --- by turns --------------------------------------------------------------------------------- */

#define TURNS "option survey_executives=180\n option survey_sponsors=90\n option survey_users=180\n"

static const struct given_row turns[] = {
    { "Nobody is asked unless the provider wants it", ACME "10:00 complaint.record\n",
      "3600:00 passes", "" },
    { "Everybody who can be asked is, when the client is known for thirty days",
      TURNS ACME "10:00 complaint.record\n", "719:59 passes\n 720:00 passes",
      "720:00 survey.invited kind=nps contact=ken role=sponsor\n"
      "720:00 survey.invited kind=nps contact=olga role=executive\n"
      "720:00 survey.invited kind=nps contact=uwe role=user" },
    { "The other question after thirty days more, the same one when its time has come: sponsors "
      "every ninety days",
      TURNS CLIENT PERSON("ken") "10:00 complaint.record\n", "3600:00 passes",
      "720:00 survey.invited survey-1 kind=nps\n 1056:00 survey.lapsed survey-1\n"
      "1440:00 survey.invited survey-2 kind=relationship\n 1776:00 survey.lapsed\n"
      "2880:00 survey.invited survey-3 kind=nps\n 3216:00 survey.lapsed\n"
      "3600:00 survey.invited survey-4 kind=relationship" },
    { "Executives and users have days of their own; none is never",
      "option survey_executives=0\n option survey_sponsors=0\n option survey_users=40\n" ACME
      "10:00 complaint.record\n",
      "1700:00 passes",
      "720:00 survey.invited contact=uwe kind=nps\n 1056:00 survey.lapsed\n"
      "1440:00 survey.invited contact=uwe kind=relationship" },
};

/* However often they were asked about other things in between. */
static void test_long_ago(void **state)
{
    (void)state;
    given_begin(&survey_book);
    given_play("option survey_users=40\n option survey_again=0\n" PERSON(
        "uwe") "00:00 copies client.changed acme name=Acme\n"
               "00:30 survey.record survey=r contact=uwe asked_at=00:20 answered_at= score=\n"
               "10:00 survey.record survey=n kind=nps contact=uwe asked_at=09:00 scale_min=0 "
               "scale_max=10 answered_at= score=");
    for (int i = 0; i < 30; i++)
        given_play("%d:30 survey.record survey=e-%d kind=escalation contact=uwe asked_at=%d:00 "
                   "answered_at= score=",
                   11 + i, i, 11 + i);
    given_play("959:00 passes");
    assert_int_equal(surveyed("acme", "2026-01-06", "2026-02-13", "").nps_asked, 0);
    given_end();
}

static void test_turns(void **state)
{
    (void)state;
    GIVEN_ROWS(&survey_book, turns);
}

/* No more than twenty a day; the others on the next. */
static void test_many(void **state)
{
    (void)state;
    given_begin(&survey_book);
    given_play("option survey_users=180");
    for (int i = 0; i < 25; i++)
        given_play("00:00 copies person.changed p%d name=P side=client client=acme "
                   "addresses=email/p%d@acme.example",
                   i, i);
    given_play("00:00 copies client.changed acme name=Acme\n 10:00 complaint.record");
    given_play("720:00 passes");
    given_play("720:01 query kpi.surveys limit=100");
    struct survey_sums s = surveyed("acme", "2026-02-04", "2026-02-04", "");
    assert_int_equal(s.nps_asked, ASKED_A_DAY);
    given_play("744:00 passes");
    s = surveyed("acme", "2026-02-05", "2026-02-05", "");
    assert_int_equal(s.nps_asked, 5);
    struct arena arena = { 0 };
    struct view v = { .state = &given.state, .arena = &arena, .client = TEXT_OF("acme") };
    assert_int_equal(survey_population(&v, v.client), 25);
    assert_int_equal(survey_population(&v, text_from("umbrella")), 0);
    arena_free(&arena);
    given_end();
}

/* --- what no script comes to ------------------------------------------------------------------ */

/* A timer that is late does not make an answer come in time. */
static void test_late(void **state)
{
    (void)state;
    given_begin(&survey_book);
    given_play(INVITED "11:00 passes");
    struct arena arena = { 0 };
    struct view v = { .state = &given.state, .arena = &arena, .client = TEXT_OF("acme") };
    struct decision d = { .view = &v };
    const struct context ctx = { .now = given.now + 335 * HOURS,
                                 .client = v.client,
                                 .options = given.options };
    const struct survey_answer c = { .survey = TEXT_OF("survey-1"), .score = 4 };
    decide_survey_answer(&ctx, &v, &c, &d);
    assert_int_equal(d.refusal, REFUSAL_survey_over);
    arena_free(&arena);
    given_end();
}

static void test_target(void **state)
{
    const struct survey_record c = { .survey = TEXT_OF("Survey 1/2") };
    struct entity_id id;
    (void)state;
    target_survey_record(&c, &id);
    assert_true(text_equal((struct text){ id.at, id.length }, c.survey));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_asked),    cmocka_unit_test(test_tickets),
        cmocka_unit_test(test_answered), cmocka_unit_test(test_recorded),
        cmocka_unit_test(test_lookups),  cmocka_unit_test(test_turns),
        cmocka_unit_test(test_many),     cmocka_unit_test(test_late),
        cmocka_unit_test(test_target),   cmocka_unit_test(test_long_ago),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

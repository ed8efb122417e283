/* Progress reviews: on a cadence, with figures and agenda taken down by themselves (RULES 6). */
#include "tests/unit/sip_book.h"

#define ROWS "query sip.reviews programme=sip-1"

/* 08e.05 SIP Progress Reviews */
static const struct given_row held[] = {
    { "A review takes down where the objectives stand, how much is done, and what is to be talked "
      "about",
      SIGNED,
      "06:00 bob@acme programme.review agenda=New_owner rag=green\n 06:00 " ROWS
      "\n 06:00 query sip.programme programme=sip-1\n 06:00 query sip.summary",
      "06:00 programme.reviewed sip-1 number=1 held_on=2026-01-05 rag=green trend=same "
      "next_review=2026-01-19 remind_at=288:00 missed_at=360:00\n"
      "06:00 progress_review.held sip-1-r1 programme=sip-1 number=1 held_on=2026-01-05 "
      "planned_on=2026-01-19 attended=mia+olga agenda=figure/1/Attain/2026-06-30+"
      "due/1/Grow_the_queue/2026-01-12+given/0/New_owner "
      "metrics=1/sla_attainment/800000/950000/800000/100/2025-12-29/2026-01-04/0/same "
      "rag=green trend=same minutes=On_we_go next_on=2026-01-19\n"
      "row held_on=2026-01-05 id=sip-1-r1 client=acme programme=sip-1 number=1 by=bob\n"
      "row rag=green trend=same reviews=1 next_review=2026-01-19\n one reviews=1" },
    { "It may have been held before, and the next one be another day", SIGNED,
      "30:00 programme.review held_on=2026-01-05 next_on=2026-01-08",
      "30:00 programme.reviewed held_on=2026-01-05 next_review=2026-01-08\n"
      "30:00 progress_review.held held_on=2026-01-05" },
    { "The trend is that since the review before; a figure in target counts its periods",
      SIGNED "06:00 programme.review\n" WEEK(
          "200:00", "2026-01-05", "2026-01-11", "95",
          "") "201:00 programme.review\n" WEEK("202:00", "2026-01-12", "2026-01-18", "90",
                                               "missed=yes"),
      "203:00 programme.review\n" PERIOD("204:00", "from=2026-01-19 to=2026-01-25",
                                         "") "205:00 programme.review",
      "203:00 programme.reviewed rag=amber trend=worse\n"
      "203:00 progress_review.held sip-1-r3 "
      "metrics=1/sla_attainment/800000/950000/900000/100/2026-01-12/2026-01-18/0/worse overdue=1\n"
      "205:00 programme.reviewed trend=same\n"
      "205:00 progress_review.held "
      "metrics=1/sla_attainment/800000/950000/900000/100/2026-01-12/2026-01-18/0/same" },
    { "It became better", SIGNED WEEK("100:00", "2026-01-05", "2026-01-11", "95", ""),
      "101:00 programme.review",
      "101:00 programme.reviewed rag=green trend=better\n"
      "101:00 progress_review.held "
      "metrics=1/sla_attainment/800000/950000/950000/100/2026-01-05/2026-01-11/1/better" },
    { "Red: worse than the baseline", SIGNED WEEK("100:00", "2026-01-05", "2026-01-11", "79", ""),
      "101:00 programme.review",
      "101:00 programme.reviewed rag=red trend=worse\n 101:00 progress_review.held" },
    { "Amber: an action is overdue; red when it is for five days", SIGNED,
      "193:00 programme.review\n 287:00 programme.review\n 312:00 programme.review",
      "120:00 action.day_told\n 120:00 programme.alarmed\n"
      "192:00 action.day_told\n 192:00 programme.alarmed\n"
      "193:00 programme.reviewed rag=amber\n 193:00 progress_review.held overdue=1\n"
      "240:00 action.day_told\n 240:00 programme.alarmed\n"
      "287:00 programme.reviewed rag=amber\n 287:00 progress_review.held\n"
      "312:00 action.day_told\n 312:00 programme.alarmed\n"
      "312:00 programme.reviewed rag=red\n 312:00 progress_review.held" },
    { "Red when it is for longer", SIGNED "330:00 programme.hold\n 335:00 programme.resume\n",
      "337:00 programme.review",
      "335:00 programme.review_reminded\n 335:00 programme.alarmed\n"
      "337:00 programme.reviewed rag=red\n 337:00 progress_review.held" },
    { "Amber: the problem showed itself since", SIGNED "30:00 candidate.propose\n",
      "31:00 programme.review\n 55:00 programme.review\n 79:00 programme.review",
      "31:00 programme.reviewed rag=amber\n"
      "31:00 progress_review.held agenda=figure/1/Attain/2026-06-30+signal/0//2026-01-06+"
      "due/1/Grow_the_queue/2026-01-12\n"
      "55:00 programme.reviewed rag=amber\n 55:00 progress_review.held\n"
      "79:00 programme.reviewed rag=green\n 79:00 progress_review.held" },
    { "Amber: it became worse since the review before",
      LAUNCHED WEEK("100:00", "2026-01-05", "2026-01-08", "95",
                    "") "101:00 programme.review\n" WEEK("102:00", "2026-01-05", "2026-01-08", "90",
                                                         ""),
      "103:00 programme.review",
      "103:00 programme.reviewed rag=amber trend=worse\n 103:00 progress_review.held" },
    { "Nor is what is done", DONE, "290:00 programme.review",
      "288:00 programme.review_reminded\n 288:00 programme.alarmed\n"
      "290:00 programme.reviewed rag=green\n 290:00 progress_review.held" },
    { "What its owner says is done is not overdue", FINISHED, "290:00 programme.review",
      "288:00 programme.review_reminded\n 288:00 programme.alarmed\n"
      "290:00 programme.reviewed rag=green\n 290:00 progress_review.held" },
    { "One objective is worse, another better, the third as it was: worse",
      QUALIFIED "00:00 hears series.closed s2 kpi=incidents service=mail from=2025-12-29 "
                "to=2026-01-04 value=9 n=9\n"
                "00:00 hears series.closed s3 kpi=resolve_time service=mail from=2025-12-29 "
                "to=2026-01-04 value=9 n=9\n"
                "02:00 programme.launch objectives=A/incidents////2/2026-06-30/Counted+"
                "B/resolve_time////2/2026-06-30/Clocks+C/sla_attainment////95/2026-06-30/Clocks\n"
                "90:00 hears series.closed s2 kpi=incidents service=mail from=2026-01-05 "
                "to=2026-01-07 value=8 n=8\n",
      "91:00 programme.review\n"
      "92:00 hears series.closed s3 kpi=resolve_time service=mail from=2026-01-05 "
      "to=2026-01-07 value=10 n=8\n 93:00 programme.review",
      "91:00 programme.reviewed trend=better\n 91:00 progress_review.held\n"
      "93:00 programme.reviewed trend=worse rag=red\n 93:00 progress_review.held" },
    { "Red: its day is over, and it is not there; green when it is",
      QUALIFIED "02:00 programme.launch objectives=Attain/sla_attainment////95/2026-01-06/Clocks\n",
      "30:00 programme.review\n 55:00 programme.review\n" WEEK("56:00", "2026-01-05", "2026-01-07",
                                                               "95", "") "57:00 programme.review",
      "30:00 programme.reviewed rag=green\n 30:00 progress_review.held\n"
      "55:00 programme.reviewed rag=red\n 55:00 progress_review.held\n"
      "57:00 programme.reviewed rag=green trend=better\n 57:00 progress_review.held" },
    { "Nothing was observed of an objective", SIGNED "06:00 programme.assign\n",
      "07:00 query sip.agenda programme=sip-1",
      "row kind=figure number=1 words=Attain day=2026-06-30\n row kind=due number=1" },
};

static const struct given_row agenda[] = {
    { "What is overdue, what waits for a verifier, what waits for a signature, and risks",
      QUALIFIED "02:00 programme.launch risks=Holidays/Start_early\n 03:00 programme.cause\n"
                "03:00 action.plan due=2026-01-05\n 03:00 action.plan due=2026-02-20\n"
                "03:00 action.plan\n 03:00 action.skip action=sip-1.3\n 03:00 action.plan\n",
      "30:00 query sip.agenda programme=sip-1\n 31:00 programme.post\n"
      "31:00 query sip.agenda programme=sip-1 limit=2\n 32:00 programme.sign\n"
      "32:00 action.start action=sip-1.4\n 32:00 action.finish action=sip-1.4\n"
      "33:00 query sip.agenda programme=sip-1\n 33:00 @umbrella query sip.agenda programme=sip-1",
      "24:00 action.day_told\n 24:00 programme.alarmed\n"
      "row kind=figure number=1 words=Attain\n row kind=plan\n"
      "row kind=overdue number=1 words=Grow_the_queue day=2026-01-05\n row kind=due number=4\n"
      "row kind=risk number=1 risk=Holidays\n"
      "31:00 programme.plan_posted\n 31:00 programme.alarmed\n row kind=figure\n row kind=plan\n"
      "32:00 programme.plan_signed\n 32:00 programme.moved\n 32:00 action.opened sip-1.1\n"
      "32:00 action.opened sip-1.2\n 32:00 action.opened sip-1.4\n 32:00 programme.alarmed "
      "people=ann\n "
      "32:00 action.started\n"
      "32:00 action.finished\n"
      "row kind=figure\n row kind=overdue number=1\n row kind=verify number=4 day=2026-01-06\n"
      "row kind=risk" },
};

static const struct given_row cadence[] = {
    { "Those who come are reminded two days before; a review that is missed is told, "
      "and the next one is due a cadence behind it",
      LAUNCHED,
      "800:00 passes\n 801:00 query sip.summary\n 801:00 query sip.programme programme=sip-1",
      "288:00 programme.review_reminded sip-1 day=2026-01-19\n"
      "288:00 programme.alarmed alarm=review_due people=cora+mia+olga number=1 tell_client=yes "
      "day=2026-01-19\n"
      "360:00 programme.review_missed day=2026-01-19 occurred_at=360:00 next_review=2026-02-02 "
      "remind_at=624:00 missed_at=696:00\n"
      "360:00 programme.alarmed alarm=review_missed people=cora+mia+pat number=1\n"
      "624:00 programme.review_reminded day=2026-02-02\n"
      "624:00 programme.alarmed alarm=review_due day=2026-02-02\n"
      "696:00 programme.review_missed day=2026-02-02 next_review=2026-02-16\n"
      "696:00 programme.alarmed alarm=review_missed day=2026-02-02\n"
      "one reviews_missed=2\n row next_review=2026-02-16 missed_on=2026-01-19" },
    { "It was missed for weeks while the service was down: the next one is ahead, and so late "
      "that nobody is reminded",
      LAUNCHED, "1000:00 starts\n 1033:00 passes",
      "1000:00 programme.review_reminded\n"
      "1000:00 programme.review_missed day=2026-01-19 next_review=2026-02-16 missed_at=1032:00\n"
      "1000:00 programme.alarmed alarm=review_missed\n"
      "1032:00 programme.review_missed day=2026-02-16 next_review=2026-03-02\n"
      "1032:00 programme.alarmed" },
    { "One that is held late is the one that was missed first", LAUNCHED "360:00 passes\n",
      "370:00 programme.review\n 370:00 query sip.programme programme=sip-1",
      "370:00 programme.reviewed next_review=2026-02-03\n"
      "370:00 progress_review.held planned_on=2026-01-19\n row next_review=2026-02-03" },
    { "One that was held in time is not", LAUNCHED "290:00 programme.review\n", "400:00 passes",
      "" },
    { "The service was down: nobody is reminded of what was missed", LAUNCHED, "361:00 starts",
      "361:00 programme.review_reminded\n 361:00 programme.review_missed occurred_at=360:00\n"
      "361:00 programme.alarmed alarm=review_missed" },
    { "A clock adopted: nothing is told of what was due before", LAUNCHED,
      "400:00 adopts\n 500:00 passes", "" },
};

static void test_held(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, held);
}

static void test_agenda(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, agenda);
}

static void test_cadence(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, cadence);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_held),
        cmocka_unit_test(test_agenda),
        cmocka_unit_test(test_cadence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

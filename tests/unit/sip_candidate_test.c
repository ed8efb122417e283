/* What speaks for a programme, and what becomes of it (RULES 1). */
#include "tests/unit/sip_book.h"

#define SIGNAL(at, words)                                                                          \
    at " hears signal.found sig-1 kpi=sla_attainment service=mail from=2025-12-08 to=2026-01-04 "  \
       "points=2025-12-29/2026-01-04/80/100 " words "\n"
#define DECAY(at)   SIGNAL(at, "kind=decay rule=run_of_eight target=95 lower=90.5 upper=99")
#define CHRONIC(at) SIGNAL(at, "kind=chronic rule=not_capable")
#define OPEN        "02:00 query sip.candidates"
#define SOLE(at)    SOLE_TO(at, "2026-01-04")
#define SOLE_TO(at, to)                                                                            \
    at " hears signal.found sig-2 kpi=sla_attainment sole_service=mail kind=decay "                \
       "rule=run_of_eight from=2025-12-08 to=" to " points=2025-12-29/2026-01-04/80/100\n"
#define WIDE                                                                                       \
    PEOPLE BAD_WEEKS                                                                               \
        "00:00 hears series.closed s2 kpi=sla_attainment from=2025-12-29 to=2026-01-04 value=80 "  \
        "n=100 numerator=80 denominator=100\n"                                                     \
        "01:00 candidate.propose service= kpi=sla_attainment\n 01:00 candidate.qualify\n"          \
        "02:00 programme.launch\n"

/* 08e.01 Identification of a Chronic Service Problem */
static const struct given_row found[] = {
    { "A figure that became worse and stays so makes a candidate, with what shows it", PEOPLE,
      DECAY("01:00") OPEN,
      "01:00 candidate.found can-1 cause=decay rank=50 kpi=sla_attainment service=mail "
      "evidence=01:00/decay/kpi/000/1/10/sla_attainment/run_of_eight/2025-12-08/2026-01-04/800000/"
      "950000/905000/990000\n"
      "row below=50 id=can-1 client=acme state=found rank=50 cause=decay times=1" },
    { "So does one that is stable and not good enough", "", CHRONIC("01:00"),
      "01:00 candidate.found cause=chronic rank=40" },
    { "And a component that breaks again and again, with its tickets", "",
      "01:00 hears signal.found sig-1 kpi=incidents component=queue kind=repetition "
      "rule=poisson_tail from=2025-12-29 to=2026-01-04 points=2025-12-29/2026-01-04/7/7 count=7 "
      "expected=1.5 tail=0.0009 "
      "tickets=desk:1+desk:2+desk:3+desk:4+desk:5+desk:6+desk:7+desk:8+desk:9",
      "01:00 candidate.found cause=repetition rank=45 component=queue "
      "evidence=01:00/repetition/kpi/000/1/0/incidents/poisson_tail/2025-12-29/2026-01-04/70000/0/"
      "0/0/7/1500000/900000/desk:1+desk:2+desk:3+desk:4+desk:5+desk:6+desk:7+desk:8" },
    { "And a target missed again and again", "",
      SIGNAL("01:00", "kind=missed rule=missed_in_a_row"),
      "01:00 candidate.found cause=missed rank=40" },
    { "A single point outside is for a review, not for a programme; good news is for nobody", "",
      SIGNAL("01:00", "kind=special rule=beyond_limits")
          SIGNAL("01:00", "kind=decay rule=run_of_eight good=yes"),
      "" },
    { "A signal may rest on nothing but counts", "",
      "01:00 hears signal.found sig-1 kpi=incidents component=queue kind=repetition "
      "rule=poisson_tail from=2025-12-29 to=2026-01-04 points=",
      "01:00 candidate.found cause=repetition" },
    { "A complaint makes one", PEOPLE,
      "01:00 hears account.alarmed acme alarm=complaint title=Every_Monday day=2026-01-05\n",
      "01:00 candidate.found cause=complaint rank=45 "
      "evidence=01:00/complaint/kpi/000/1/10///2026-01-05/2026-01-05/0/0/0/0/0/0/0//Every_Monday" },
    { "An executive who would not recommend us does, by role or by the catalog; a user does not",
      PEOPLE,
      "01:00 hears account.alarmed acme alarm=detractor title=No day=2026-01-05 contact=ken "
      "role=user\n"
      "01:00 hears account.alarmed acme alarm=red_risk title=No day=2026-01-05\n"
      "01:00 @umbrella hears account.alarmed umbrella alarm=detractor title=No day=2026-01-05 "
      "contact=una\n"
      "02:00 hears account.alarmed acme alarm=detractor title=No day=2026-01-05 contact=olga "
      "service=mail\n"
      "03:00 hears account.alarmed acme alarm=detractor title=No day=2026-01-05 contact=ken "
      "role=executive component=queue",
      "02:00 candidate.found can-1 cause=detractor rank=35 service=mail\n"
      "03:00 candidate.found can-2 component=queue" },
    { "Somebody proposes one", PEOPLE,
      "01:00 bob@acme candidate.propose evidence=Forty_calls tickets=desk:1\n"
      "01:00 query sip.candidate candidate=can-1\n 01:00 query sip.summary",
      "01:00 candidate.found can-1 cause=hand rank=30 service=mail title=Mail_is_slow "
      "problem=It_takes_hours evidence=01:00/hand//////0/0/0/0/0/0/0/desk:1/Forty_calls\n"
      "row state=found found_at=01:00 found_by=bob title=Mail_is_slow\n"
      "one candidates=1 waiting=1" },
    { "Without evidence its title is that", "", "01:00 candidate.propose",
      "01:00 candidate.found evidence=01:00/hand//////0/0/0/0/0/0/0//Mail_is_slow" },
};

#define RAISED(at, id, level)                                                                      \
    at " hears escalation.raised " id " raised_at=" at " service=mail level=" level "\n"
#define CLIMBED(at, id, level) at " hears escalation.level_raised " id " level=" level "\n"
static const struct given_row executives[] = {
    { "Executives involved a second time within 90 days", "",
      RAISED("01:00", "esc-1", "1") CLIMBED("02:00", "esc-1", "6") RAISED("03:00", "esc-2", "6"),
      "03:00 candidate.found cause=escalations rank=55 service=mail" },
    { "By climbing, too; once for each escalation", "",
      RAISED("01:00", "esc-1", "6") RAISED("02:00", "esc-2", "1") CLIMBED("03:00", "esc-2", "5")
          CLIMBED("04:00", "esc-2", "6") CLIMBED("05:00", "esc-2", "6"),
      "04:00 candidate.found cause=escalations" },
    { "Not when the first was longer ago", RAISED("01:00", "esc-1", "6"),
      RAISED("2162:00", "esc-2", "6"), "" },
    { "Just within 90 days", RAISED("01:00", "esc-1", "6"), RAISED("2161:00", "esc-2", "6"),
      "2161:00 candidate.found cause=escalations" },
    { "One without a service, that another service told of only in part", "",
      "01:00 hears escalation.level_raised esc-1 level=5\n"
      "02:00 hears escalation.level_raised esc-1 level=6",
      "" },
};

static const struct given_row merged[] = {
    { "What is about the same strengthens: by 10 for another cause, by 5 for one more of the same",
      DECAY("01:00"),
      CHRONIC("02:00") CHRONIC("03:00") "03:00 query sip.candidates\n 03:00 query sip.summary",
      "02:00 candidate.strengthened can-1 rank=60\n"
      "03:00 candidate.strengthened can-1 rank=65\n"
      "row below=35 rank=65 times=3\n"
      "one candidates=1 by_event=1 waiting=1 strengthened=2" },
    { "Never less than the stronger cause alone", "01:00 candidate.propose", DECAY("02:00"),
      "02:00 candidate.strengthened rank=60" },
    { "Never above 100",
      DECAY("01:00") CHRONIC("02:00") CHRONIC("02:01") CHRONIC("02:02") CHRONIC("02:03")
          CHRONIC("02:04") CHRONIC("02:05") CHRONIC("02:06") CHRONIC("02:07") CHRONIC("02:08"),
      CHRONIC("03:00"), "03:00 candidate.strengthened rank=100" },
    { "Another service, component or figure is another candidate", "01:00 candidate.propose\n",
      "02:00 candidate.propose service=print\n 02:00 candidate.propose component=queue\n"
      "02:00 candidate.propose service= kpi=nps\n 02:00 candidate.propose service= kpi=incidents\n"
      "02:00 candidate.propose component=queue service=print\n"
      "02:00 candidate.propose service= kpi=nps",
      "02:00 candidate.found can-2\n 02:00 candidate.found can-3\n 02:00 candidate.found can-4\n"
      "02:00 candidate.found can-5\n 02:00 candidate.strengthened can-3\n"
      "02:00 candidate.strengthened can-4" },
    { "So is another client's", "01:00 candidate.propose", "02:00 ann@umbrella candidate.propose",
      "02:00 candidate.found can-2" },
    { "What was decided is not opened again: a new one is made",
      "01:00 candidate.propose\n 01:30 candidate.reject\n", "02:00 candidate.propose",
      "02:00 candidate.found can-2" },
    { "While a programme is under way for it, it is that one's evidence", LAUNCHED,
      DECAY("10:00") "11:00 candidate.propose\n"
                     "11:00 query sip.programme programme=sip-1",
      "10:00 programme.recurred sip-1 day=2026-01-04\n"
      "11:00 programme.recurred sip-1 day=2026-01-05\n"
      "row recurrences=2 recurred_on=2026-01-05" },
    { "An older day does not hide a newer one", LAUNCHED "10:00 candidate.propose\n" DECAY("11:00"),
      "12:00 query sip.programme programme=sip-1", "row recurrences=2 recurred_on=2026-01-05" },
    { "So it is where the programme has the very figure for an objective",
      QUALIFIED
      "00:00 hears series.closed s2 kpi=csat_escalation from=2025-12-29 to=2026-01-04 "
      "value=80 n=10 numerator=8 denominator=10\n"
      "02:00 programme.launch objectives=Ask/csat_escalation///yes/90/2026-06-30/Surveys\n",
      "10:00 hears signal.found sig-2 kpi=csat_escalation kind=decay rule=run_of_eight "
      "from=2025-12-29 to=2026-01-11 points=2026-01-05/2026-01-11/70/10\n"
      "11:00 hears signal.found sig-3 kpi=csat_relationship kind=decay rule=run_of_eight "
      "from=2025-12-29 to=2026-01-11 points=2026-01-05/2026-01-11/70/10\n"
      "11:00 hears signal.found sig-4 kpi=csat_escalation service=print kind=decay "
      "rule=run_of_eight from=2025-12-29 to=2026-01-11 points=2026-01-05/2026-01-11/70/10\n"
      "11:00 hears signal.found sig-5 kpi=csat_escalation component=rack kind=decay "
      "rule=run_of_eight from=2025-12-29 to=2026-01-11 points=2026-01-05/2026-01-11/70/10",
      "10:00 programme.recurred sip-1 day=2026-01-11\n 11:00 candidate.found can-2\n"
      "11:00 candidate.found can-3\n 11:00 candidate.found can-4" },
    { "What is all of one service of the client is about that", "", SOLE("01:00") DECAY("02:00"),
      "01:00 candidate.found can-1 kpi=sla_attainment service=mail rank=50\n"
      "02:00 candidate.strengthened can-1" },
    { "Or about what there is of the client's figure",
      "01:00 candidate.propose service= kpi=sla_attainment", SOLE("02:00"),
      "02:00 candidate.strengthened can-1" },
    { "Of programmes, too, the service's before the client's",
      WIDE SOLE("10:00") "11:00 candidate.propose\n 11:00 candidate.qualify candidate=can-2\n"
                         "12:00 programme.launch candidate=can-2\n",
      SOLE("13:00"), "13:00 programme.recurred sip-2" },
    { "Where the service has none, the client's", WIDE, SOLE("10:00"),
      "10:00 programme.recurred sip-1 day=2026-01-04" },
    { "A closed one of the service is opened again where the client's figure has none", CLOSED,
      SOLE_TO("800:00", "2026-02-06"),
      "800:00 programme.relapsed sip-1\n 800:00 programme.alarmed" },
    { "The newest sixteen pieces of evidence are kept",
      "01:00 candidate.propose\n 01:01 candidate.propose\n 01:02 candidate.propose\n"
      "01:03 candidate.propose\n 01:04 candidate.propose\n 01:05 candidate.propose\n"
      "01:06 candidate.propose\n 01:07 candidate.propose\n 01:08 candidate.propose\n"
      "01:09 candidate.propose\n 01:10 candidate.propose\n 01:11 candidate.propose\n"
      "01:12 candidate.propose\n 01:13 candidate.propose\n 01:14 candidate.propose\n"
      "01:15 candidate.propose\n 01:16 candidate.propose evidence=Newest\n",
      "02:00 query sip.candidate candidate=can-1",
      "row times=17 "
      "evidence=01:01/hand//////0/0/0/0/0/0/0//Mail_is_slow+01:02/hand//////0/0/0/0/0/0/0//"
      "Mail_is_slow+"
      "01:03/hand//////0/0/0/0/0/0/0//Mail_is_slow+01:04/hand//////0/0/0/0/0/0/0//Mail_is_slow+"
      "01:05/hand//////0/0/0/0/0/0/0//Mail_is_slow+01:06/hand//////0/0/0/0/0/0/0//Mail_is_slow+"
      "01:07/hand//////0/0/0/0/0/0/0//Mail_is_slow+01:08/hand//////0/0/0/0/0/0/0//Mail_is_slow+"
      "01:09/hand//////0/0/0/0/0/0/0//Mail_is_slow+01:10/hand//////0/0/0/0/0/0/0//Mail_is_slow+"
      "01:11/hand//////0/0/0/0/0/0/0//Mail_is_slow+01:12/hand//////0/0/0/0/0/0/0//Mail_is_slow+"
      "01:13/hand//////0/0/0/0/0/0/0//Mail_is_slow+01:14/hand//////0/0/0/0/0/0/0//Mail_is_slow+"
      "01:15/hand//////0/0/0/0/0/0/0//Mail_is_slow+01:16/hand//////0/0/0/0/0/0/0//Newest" },
};

#define TWO                                                                                        \
    "option candidates_max=2\n01:00 candidate.propose service=a\n"                                 \
    "01:01 candidate.propose service=b\n"
static const struct given_row full[] = {
    { "A client has so many; the weakest gives way, of equals the newest", TWO,
      DECAY("02:00") "03:00 query sip.candidates ended=yes\n 03:00 query sip.summary",
      "02:00 candidate.found can-3 rank=50\n 02:00 candidate.dropped can-2 stronger=can-3 rank=30\n"
      "row id=can-2 state=dropped decided_at=02:00 reason=A_stronger_one_came.\n"
      "one candidates=3 by_event=1 waiting=2 dropped=1" },
    { "One that is no stronger is not taken, and that is said",
      "option candidates_max=1\n" DECAY("01:00"),
      "02:00 hears account.alarmed acme alarm=complaint title=No day=2026-01-05 service=print\n"
      "03:00 query sip.summary\n 03:00 query sip.candidates",
      "02:00 candidate.passed_over can-2 cause=complaint rank=45 service=print\n"
      "one candidates=1 waiting=1 passed_over=1\n row id=can-1" },
    { "What was qualified gives way to nothing",
      TWO "01:30 candidate.qualify candidate=can-1\n 01:30 candidate.qualify candidate=can-2\n",
      DECAY("02:00"), "02:00 candidate.passed_over cause=decay" },
    { "Another client's are none of them", TWO, "02:00 ann@umbrella candidate.propose service=c",
      "02:00 candidate.found can-3" },
};

static const struct given_row decided[] = {
    { "It is qualified, with a reason", "01:00 candidate.propose",
      "02:00 bob@acme candidate.qualify\n 02:00 query sip.candidates",
      "02:00 candidate.qualified can-1 reason=It_costs_us_the_client\n"
      "row state=qualified decided_by=bob decided_at=02:00 reason=It_costs_us_the_client" },
    { "Or rejected, qualified or not, and then it is no open one any more",
      "01:00 candidate.propose\n 01:00 candidate.propose service=b\n"
      "01:00 candidate.qualify candidate=can-2\n",
      "02:00 candidate.reject\n 03:00 candidate.reject candidate=can-2\n"
      "03:00 query sip.candidates\n 03:00 query sip.candidates ended=yes limit=1\n"
      "03:00 query sip.summary",
      "02:00 candidate.rejected can-1\n 03:00 candidate.rejected can-2\n"
      "row id=can-1 state=rejected\n one rejected=2" },
    { "A request of a client sees its own, one of the provider all, or those it names",
      "01:00 candidate.propose\n 01:01 ann@umbrella candidate.propose\n",
      "02:00 @umbrella query sip.candidates\n 02:00 query sip.candidates\n"
      "02:00 query sip.candidates client=acme\n 02:00 @umbrella query sip.candidate "
      "candidate=can-1",
      "row id=can-2\n row id=can-1\n row id=can-2\n row id=can-1" },
};

static const struct given_row waiting[] = {
    { "Managers are told when nobody decided for seven days behind the first, once", PEOPLE,
      "01:00 candidate.propose\n 02:00 candidate.propose\n 400:00 passes",
      "01:00 candidate.found alarm_at=192:00\n 02:00 candidate.strengthened\n"
      "192:00 candidate.alarmed can-1 occurred_at=192:00 cause=hand service=mail "
      "title=Mail_is_slow day=2026-01-05" },
    { "Days are those of the client's wall; an option says how many",
      "option candidate_days=2\n" PEOPLE
      "01:00 copies client.changed acme name=Acme zone=Pacific|Auckland\n",
      "11:30 candidate.propose\n 100:00 passes",
      "11:30 candidate.found alarm_at=83:00\n 83:00 candidate.alarmed day=2026-01-06" },
    { "Nobody is told of one that was decided",
      PEOPLE BAD_WEEKS "01:00 candidate.propose\n 01:00 candidate.qualify\n"
                       "01:00 candidate.propose service=a\n"
                       "01:00 candidate.reject candidate=can-2\n",
      "400:00 passes", "" },
    { "Or where an option says that nobody is", "option candidate_days=0\n" PEOPLE,
      "01:00 candidate.propose\n 9000:00 passes", "01:00 candidate.found" },
    { "Nor of what passed before the clock was adopted", "01:00 candidate.propose\n",
      "300:00 adopts\n 400:00 passes", "" },
};

static void test_waiting(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, waiting);
}

static void test_found(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, found);
}

static void test_executives(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, executives);
}

static void test_merged(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, merged);
}

static void test_full(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, full);
}

static void test_decided(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, decided);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found),   cmocka_unit_test(test_executives),
        cmocka_unit_test(test_merged),  cmocka_unit_test(test_full),
        cmocka_unit_test(test_decided), cmocka_unit_test(test_waiting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

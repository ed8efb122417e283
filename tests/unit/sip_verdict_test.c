/* Before and after, by objective, with an interval; and the chart behind it (RULES 7). The numbers
 * are those of scipy and of Newcombe's formula, computed apart. */
#include "tests/unit/sip_book.h"

/* The review that nobody held was missed. */
#define LATE    "799:00 passes\n"
#define VERDICT "800:00 query sip.verdict programme=sip-1"

/* A programme about one figure of the whole client, from its baseline to behind its last action. */
#define FIGURE(words, target, before)                                                              \
    PEOPLE before "01:00 candidate.propose service=\n 01:00 candidate.qualify\n"                   \
                  "02:00 programme.launch objectives=It/" words "////" target                      \
                  "/2026-06-30/Looked_at\n 03:00 programme.cause\n 03:00 action.plan\n"            \
                  "04:00 programme.post\n 05:00 programme.sign\n 06:00 action.start\n"             \
                  "29:00 action.finish\n 30:00 action.verify\n"
#define CLOSES(at, words, from, to, more)                                                          \
    at " hears series.closed s1 kpi=" words " from=" from " to=" to " " more "\n"

/* Two periods of ten before, and two alike behind. */
#define ALIKE(value)                                                                               \
    FIGURE("reactive_hours", "5",                                                                  \
           CLOSES("00:00", "reactive_hours", "2025-12-22", "2025-12-28", "value=10 n=10")          \
               CLOSES("00:00", "reactive_hours", "2025-12-29", "2026-01-04", "value=10 n=10"))     \
    CLOSES("336:00", "reactive_hours", "2026-01-12", "2026-01-18", "value=" value " n=4")          \
    CLOSES("337:00", "reactive_hours", "2026-01-19", "2026-01-25", "value=" value " n=5") LATE
static const struct given_row verdicts[] = {
    { "A share: 320 of 400 before, 291 of 300 behind the last action; proved", DONE GOOD_WEEKS LATE,
      VERDICT,
      "row objective=1 name=Attain kpi=sla_attainment service=mail target=950000 before=800000 "
      "n_before=400 since=2026-01-12 until=2026-02-01 after=970000 n_after=300 periods=3 "
      "change=170000 low=125366 high=214288 verdict=proved" },
    { "Not shown: the interval holds zero",
      DONE WEEK("336:00", "2026-01-12", "2026-01-18", "81", "") LATE, VERDICT,
      "row change=10000 low=-84983 high=87249 verdict=not_shown" },
    { "Worse", DONE WEEK("336:00", "2026-01-12", "2026-01-18", "60", "") LATE, VERDICT,
      "row change=-200000 low=-304492 high=-100152 verdict=worse" },
    { "Nothing closed since: not shown, and no interval", DONE LATE, VERDICT,
      "row objective=1 before=800000 verdict=not_shown" },
    { "Nothing was done: nothing is shown", SIGNED GOOD_WEEKS LATE, VERDICT,
      "row before=800000 verdict=not_shown" },
    { "A period that the last action lies in is neither before nor after",
      DONE WEEK("336:00", "2026-01-05", "2026-01-11", "60", "") LATE, VERDICT,
      "row before=800000 verdict=not_shown" },
    { "A mean falls: of 10 that took 900 minutes (squares 90000), 10 that take 400 (17000)",
      FIGURE("resolve_time", "60",
             CLOSES("00:00", "resolve_time", "2025-12-29", "2026-01-04",
                    "value=90 n=10 numerator=900 denominator=10 squares=90000"))
          CLOSES("336:00", "resolve_time", "2026-01-12", "2026-01-18",
                 "value=40 n=10 numerator=400 denominator=10 squares=17000") LATE,
      VERDICT,
      "row before=900000 after=400000 change=-500000 low=-732067 high=-267933 less_is_better=yes "
      "verdict=proved" },
    { "A mean rises: worse",
      FIGURE("resolve_time", "30",
             CLOSES("00:00", "resolve_time", "2025-12-29", "2026-01-04",
                    "value=40 n=10 numerator=400 denominator=10 squares=17000"))
          CLOSES("336:00", "resolve_time", "2026-01-12", "2026-01-18",
                 "value=90 n=10 numerator=900 denominator=10 squares=90000") LATE,
      VERDICT, "row change=500000 low=267933 high=732067 verdict=worse" },
    { "Of one that was measured there is no interval",
      FIGURE("resolve_time", "30",
             CLOSES("00:00", "resolve_time", "2025-12-29", "2026-01-04",
                    "value=40 n=10 numerator=400 denominator=10 squares=17000"))
          CLOSES("336:00", "resolve_time", "2026-01-12", "2026-01-18",
                 "value=10 n=1 numerator=10 denominator=1 squares=100") LATE,
      VERDICT, "row change=-300000 verdict=not_shown" },
    { "Nor against one",
      FIGURE("resolve_time", "30",
             CLOSES("00:00", "resolve_time", "2025-12-29", "2026-01-04",
                    "value=40 n=1 numerator=40 denominator=1 squares=1600"))
          CLOSES("336:00", "resolve_time", "2026-01-12", "2026-01-18",
                 "value=10 n=10 numerator=100 denominator=10 squares=1100") LATE,
      VERDICT, "row change=-300000 verdict=not_shown" },
    { "A promoter score: of 50 with 20 for and 10 against, 50 with 40 for and 5 against",
      FIGURE("nps", "50",
             CLOSES("00:00", "nps", "2025-12-29", "2026-01-04",
                    "value=20 n=50 numerator=10 denominator=50 squares=30"))
          CLOSES("336:00", "nps", "2026-01-12", "2026-01-18",
                 "value=70 n=50 numerator=35 denominator=50 squares=45") LATE,
      VERDICT,
      "row before=200000 after=700000 change=500000 low=220706 high=779294 verdict=proved" },
    { "All else by its periods: incidents 9, 11, 10 before, 4, 5, 3 behind",
      FIGURE("incidents", "5",
             CLOSES("00:00", "incidents", "2025-12-15", "2025-12-21", "value=9 n=9")
                 CLOSES("00:00", "incidents", "2025-12-22", "2025-12-28", "value=11 n=11")
                     CLOSES("00:00", "incidents", "2025-12-29", "2026-01-04", "value=10 n=10"))
          CLOSES("336:00", "incidents", "2026-01-12", "2026-01-18", "value=4 n=4")
              CLOSES("337:00", "incidents", "2026-01-19", "2026-01-25", "value=5 n=5")
                  CLOSES("338:00", "incidents", "2026-01-26", "2026-02-01", "value=3 n=3") LATE,
      VERDICT,
      "row before=100000 after=40000 change=-60000 low=-82670 high=-37330 periods=3 "
      "verdict=proved" },
    { "Zero is in the interval, though nothing else is: not shown", ALIKE("10"), VERDICT,
      "row before=100000 after=100000 verdict=not_shown" },
    { "Next to zero on the good side: proved", ALIKE("9.99"), VERDICT,
      "row change=-100 low=-100 high=-100 verdict=proved" },
    { "And on the other: worse", ALIKE("10.01"), VERDICT,
      "row change=100 low=100 high=100 verdict=worse" },
    { "Of figures whose squares are beyond all numbers there is no interval",
      FIGURE("unit_cost", "20000000",
             CLOSES("00:00", "unit_cost", "2025-12-22", "2025-12-28", "value=40000000 n=9")
                 CLOSES("00:00", "unit_cost", "2025-12-29", "2026-01-04", "value=41000000 n=9"))
          CLOSES("336:00", "unit_cost", "2026-01-12", "2026-01-18", "value=10 n=9")
              CLOSES("337:00", "unit_cost", "2026-01-19", "2026-01-25", "value=12 n=9") LATE,
      VERDICT, "row before=405000000000 after=110000 verdict=not_shown" },
    { "Nor when they are so large behind the last action",
      FIGURE("unit_cost", "5",
             CLOSES("00:00", "unit_cost", "2025-12-22", "2025-12-28", "value=10 n=9")
                 CLOSES("00:00", "unit_cost", "2025-12-29", "2026-01-04", "value=12 n=9"))
          CLOSES("336:00", "unit_cost", "2026-01-12", "2026-01-18", "value=25000000 n=9")
              CLOSES("337:00", "unit_cost", "2026-01-19", "2026-01-25", "value=26000000 n=9") LATE,
      VERDICT, "row before=110000 after=255000000000 verdict=not_shown" },
    { "For which one period is too little",
      FIGURE("incidents", "5",
             CLOSES("00:00", "incidents", "2025-12-22", "2025-12-28", "value=11 n=11")
                 CLOSES("00:00", "incidents", "2025-12-29", "2026-01-04", "value=10 n=10"))
          CLOSES("336:00", "incidents", "2026-01-12", "2026-01-18", "value=4 n=4") LATE,
      VERDICT, "row change=-65000 periods=1 verdict=not_shown" },
    { "Sums before only",
      FIGURE("sla_attainment", "95",
             CLOSES("00:00", "sla_attainment", "2025-12-29", "2026-01-04",
                    "value=80 n=10 numerator=8 denominator=10"))
          CLOSES("336:00", "sla_attainment", "2026-01-12", "2026-01-18", "value=90 n=10") LATE,
      VERDICT, "row change=100000 verdict=not_shown" },
    { "Before as behind",
      FIGURE("incidents", "5",
             CLOSES("00:00", "incidents", "2025-12-29", "2026-01-04", "value=10 n=10"))
          CLOSES("336:00", "incidents", "2026-01-12", "2026-01-18", "value=4 n=4")
              CLOSES("337:00", "incidents", "2026-01-19", "2026-01-25", "value=5 n=5") LATE,
      VERDICT, "row change=-55000 verdict=not_shown" },
    { "A share whose sums nobody told is compared by its periods, and not with sums",
      FIGURE("sla_attainment", "95",
             CLOSES("00:00", "sla_attainment", "2025-12-22", "2025-12-28", "value=80 n=9")
                 CLOSES("00:00", "sla_attainment", "2025-12-29", "2026-01-04", "value=82 n=9"))
          CLOSES("336:00", "sla_attainment", "2026-01-12", "2026-01-18", "value=95 n=9")
              CLOSES("337:00", "sla_attainment", "2026-01-19", "2026-01-25", "value=97 n=9") LATE,
      VERDICT,
      "row before=810000 after=960000 change=150000 low=89151 high=210849 verdict=proved" },
    { "One that has them behind only",
      FIGURE("sla_attainment", "95",
             CLOSES("00:00", "sla_attainment", "2025-12-22", "2025-12-28", "value=80 n=9")
                 CLOSES("00:00", "sla_attainment", "2025-12-29", "2026-01-04", "value=82 n=9"))
          CLOSES("336:00", "sla_attainment", "2026-01-12", "2026-01-18",
                 "value=90 n=10 numerator=9 denominator=10") LATE,
      VERDICT, "row before=810000 after=900000 change=90000 verdict=not_shown" },
};

static const struct given_row charts[] = {
    { "The periods of an objective, and what each counts for",
      DONE WEEK("335:00", "2026-01-05", "2026-01-11", "85", "")
          WEEK("336:00", "2026-01-12", "2026-01-18", "97", "bad_signal=yes")
              PERIOD("337:00", "from=2026-01-19 to=2026-01-25", "") LATE,
      "800:00 query sip.chart programme=sip-1 objective=1\n"
      "800:00 query sip.chart programme=sip-1 objective=2\n"
      "800:00 query sip.chart programme=sip-9 objective=1\n"
      "800:00 query sip.chart programme=sip-1 objective=1 limit=1\n"
      "800:00 query sip.verdict programme=sip-9\n 800:00 query sip.agenda programme=sip-9\n"
      "800:00 query sip.programme programme=sip-9\n 800:00 query sip.candidate candidate=can-9",
      "row kpi=sla_attainment from=2025-12-08 to=2025-12-14 part=baseline value=800000 n=100 "
      "target=950000\n row from=2025-12-15 bad_signal=yes\n row from=2025-12-22\n row "
      "from=2025-12-29\n"
      "row from=2026-01-05 part=between value=850000\n"
      "row from=2026-01-12 part=behind value=970000 bad_signal=yes\n"
      "row from=2026-01-19 part=behind\n row from=2025-12-08" },
    { "Before the baseline nothing counts, and behind it nothing does while nothing was done",
      QUALIFIED "02:00 programme.launch baseline_from=2025-12-22\n" WEEK(
          "335:00", "2026-01-05", "2026-01-11", "85", "") LATE,
      "800:00 query sip.chart programme=sip-1 objective=1 limit=3\n"
      "800:00 query sip.verdict programme=sip-1 limit=1",
      "row from=2025-12-08 value=800000\n row from=2025-12-15\n"
      "row from=2025-12-22 part=baseline\n row objective=1" },
};

/* Of what is counted, no period is closed in which nothing happened there: the client's own say
 * that there was one. */
#define OF_CLIENT(at, from, to)                                                                    \
    at " hears series.closed c1 kpi=incidents from=" from " to=" to " value=20 n=20\n"
#define OF_QUEUE(at, from, to, n, more)                                                            \
    at " hears series.closed q1 kpi=incidents component=queue from=" from " to=" to " value=" n    \
       " n=" n " " more "\n"
#define COUNTED                                                                                    \
    PEOPLE OF_CLIENT("00:00", "2025-12-15", "2025-12-21")                                          \
        OF_QUEUE("00:00", "2025-12-22", "2025-12-28", "9", "") OF_CLIENT("00:00", "2025-12-22",    \
                                                                         "2025-12-28")             \
            OF_CLIENT("00:00", "2025-12-29", "2026-01-04") OF_QUEUE(                               \
                "00:00", "2025-12-29", "2026-01-04", "9",                                          \
                "") "01:00 candidate.propose service= component=queue\n 01:00 candidate.qualify\n" \
                    "02:00 programme.launch objectives=Few/incidents////1/2026-06-30/Counted\n"
static const struct given_row counted[] = {
    { "A period of the client without any there is one of none", COUNTED,
      "03:00 query sip.verdict programme=sip-1\n" OF_CLIENT("04:00", "2026-01-05", "2026-01-05")
          OF_CLIENT("04:00", "2026-01-06", "2026-01-06")
              OF_QUEUE("04:00", "2026-01-07", "2026-01-07", "1", "target=2")
                  OF_CLIENT("04:00", "2026-01-08",
                            "2026-01-08") "05:00 query sip.chart programme=sip-1 objective=1\n"
                                          "05:00 programme.criterion\n 05:00 query sip.exit "
                                          "programme=sip-1 limit=2",
      "row before=60000\n row from=2025-12-15 part=baseline\n row from=2025-12-22 value=90000\n"
      "row from=2025-12-29\n row from=2026-01-05 part=between\n row from=2026-01-06\n"
      "row from=2026-01-07 value=10000\n row from=2026-01-08\n"
      "05:00 programme.criterion_signed\n row number=1 holds=yes\n row number=2 count=2" },
};

static void test_counted(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, counted);
}

static const struct given_row looked_up[] = {
    { "The register: open programmes, and those that ended, of a client or of all; reviews",
      LAUNCHED "02:30 candidate.propose service=print\n 02:30 candidate.qualify candidate=can-2\n"
               "02:30 programme.launch candidate=can-2 "
               "objectives=Attain/sla_attainment/mail///99/2026-06-30/By_clocks\n"
               "02:40 programme.review\n 02:40 programme.review\n",
      "03:00 @acme query sip.programmes\n 03:00 query sip.programmes limit=1\n"
      "03:00 query sip.programmes client=umbrella\n 03:00 query sip.programmes ended=yes\n"
      "03:00 @acme query sip.programme programme=sip-2\n"
      "03:00 @umbrella query sip.programme programme=sip-2\n"
      "03:00 @acme query sip.reviews programme=sip-1 limit=1\n"
      "03:00 query sip.reviews programme=sip-1\n 03:00 @umbrella query sip.reviews "
      "programme=sip-1\n"
      "03:00 @acme query sip.candidate candidate=can-2\n 03:00 query sip.summary client=umbrella\n"
      "03:00 query sip.candidates ended=yes limit=1",
      "row id=sip-1 launched_at=02:00\n row id=sip-2\n row id=sip-1\n row id=sip-2\n"
      "row id=sip-1-r1\n row id=sip-1-r1\n row id=sip-1-r2\n row id=can-2\n one\n row id=can-1" },
    { "So is that of a client whom the catalog does not know any more",
      LAUNCHED "03:00 copies client.removed acme\n", "03:00 candidate.propose",
      "03:00 programme.recurred day=2026-01-05" },
    { "A zone that nobody knows any more is UTC",
      QUALIFIED "01:30 copies client.changed acme name=Acme zone=Middle|Earth\n",
      "11:30 programme.launch",
      "11:30 programme.launched day=2026-01-05\n 11:30 candidate.launched\n"
      "11:30 programme.alarmed" },
};

static void test_looked_up(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, looked_up);
}

static void test_verdicts(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, verdicts);
}

static void test_charts(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, charts);
}

/* 130 more periods: the newest 128 are kept. */
static void test_long(void **state)
{
    (void)state;
    given_begin(&sip_book);
    given_play(LAUNCHED);
    for (int i = 0; i < 130; i++)
        given_play(PERIOD("03:00", "from=2026-01-%02d to=2026-01-%02d", "value=%d"), i % 28 + 1,
                   i % 28 + 1, i);
    given_play("04:00 query sip.chart programme=sip-1 objective=1 limit=1");
    given_expect("row value=20000 n=100");
    for (int i = 0; i < 128; i++)
        given_play(PERIOD("05:00", "from=2026-01-%02d to=2026-01-%02d", ""), i % 28 + 1,
                   i % 28 + 1);
    given_play("06:00 programme.review");
    given_expect("06:00 programme.reviewed rag=green trend=same\n"
                 "06:00 progress_review.held metrics=1/sla_attainment/800000/950000/0/0///0/same");
    given_play("07:00 programme.close");
    given_expect("refused exit_criteria programme");
    given_play(WEEK("08:00", "2026-01-30", "2026-01-30", "90", "") "08:00 programme.review");
    given_expect("08:00 programme.reviewed trend=better\n 08:00 progress_review.held");
    given_end();
}

/* 120 periods with and 120 without any: the newest 128 count. */
static void test_long_counted(void **state)
{
    (void)state;
    given_begin(&sip_book);
    given_play(COUNTED);
    for (int i = 0; i < 120; i++)
        given_play(OF_CLIENT("03:00", "2026-%02d-%02d", "2026-%02d-%02d")
                       OF_QUEUE("03:00", "2026-%02d-%02d", "2026-%02d-%02d", "4", ""),
                   i / 14 + 1, i % 14 * 2 + 1, i / 14 + 1, i % 14 * 2 + 1, i / 14 + 1,
                   i % 14 * 2 + 2, i / 14 + 1, i % 14 * 2 + 2);
    given_play("04:00 query sip.chart programme=sip-1 objective=1 limit=1");
    given_expect("row from=2026-05-01 part=between");
    given_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counted),   cmocka_unit_test(test_long_counted),
        cmocka_unit_test(test_looked_up), cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_charts),    cmocka_unit_test(test_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

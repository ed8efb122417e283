/* What a closeout says of what was prevented: actions that were verified, and incidents that were
 * avoided where that is proved (services/sip/RULES.md 7). */
#include "tests/unit/sip_book.h"

#include <string.h>

#define WEEK_OF(at, series, of, from, to, n)                                                       \
    at " hears series.closed " series " kpi=incidents " of " from=" from " to=" to " value=" n     \
       " n=" n "\n"
#define BEFORE(series, of, one, two, three)                                                        \
    WEEK_OF("00:00", series, of, "2025-12-15", "2025-12-21", one)                                  \
    WEEK_OF("00:00", series, of, "2025-12-22", "2025-12-28", two)                                  \
    WEEK_OF("00:00", series, of, "2025-12-29", "2026-01-04", three)
#define AFTER(series, of, one, two, three)                                                         \
    WEEK_OF("336:00", series, of, "2026-01-12", "2026-01-18", one)                                 \
    WEEK_OF("337:00", series, of, "2026-01-19", "2026-01-25", two)                                 \
    WEEK_OF("338:00", series, of, "2026-01-26", "2026-02-01", three)
#define ALL  "All/incidents///yes/9.5/2026-06-30/Counted"
#define MAIL "Mail/incidents/mail///5/2026-06-30/Counted"

#define RUN(objectives, more)                                                                      \
    "01:00 candidate.propose\n 01:00 candidate.qualify\n 02:00 programme.launch "                  \
    "objectives=" objectives " periods=1\n 03:00 programme.cause\n 03:00 action.plan\n" more       \
    "04:00 programme.post\n 05:00 programme.sign\n"
#define DO(action)                                                                                 \
    "06:00 action.start action=" action "\n 29:00 action.finish action=" action                    \
    "\n 30:00 action.verify action=" action "\n"
#define SETTLED_ALL                                                                                \
    "31:00 programme.monitor\n 710:00 hears ticket.recorded desk:9 occurred_at=709:00 "            \
    "state=closed\n 711:00 programme.ticket\n 711:00 programme.lesson\n 711:00 "                   \
    "programme.survey\n 711:00 programme.criterion\n 712:00 programme.signoff\n 713:00 "           \
    "programme.confirm\n"
#define CLOSE "800:00 programme.close"
#define TOLD  "800:00 programme.closed sip-1 service=mail "
#define REST  "\n 800:00 programme.alarmed"

static const struct given_row rows[] = {
    { "10 a week before, 4 behind, for three weeks: 18 fewer, by one action",
      PEOPLE BEFORE("s1", "", "9", "11", "10") RUN(ALL, "") DO("sip-1.1")
          AFTER("s1", "", "4", "5", "3") SETTLED_ALL,
      CLOSE, TOLD "preventions=1 avoided=180000" REST },
    { "Those of a service are among those of its client: the most counts, of whichever",
      PEOPLE BEFORE("s1", "", "9", "11", "10") BEFORE("s2", "service=mail", "5", "7", "6")
          RUN(MAIL "+" ALL, "") DO("sip-1.1") AFTER("s1", "", "4", "5", "3")
              AFTER("s2", "service=mail", "2", "1", "3") SETTLED_ALL,
      CLOSE, TOLD "preventions=1 avoided=180000" REST },
    { "The first of them may be the most",
      PEOPLE BEFORE("s1", "", "9", "11", "10") BEFORE("s2", "service=mail", "5", "7", "6")
          RUN(ALL "+" MAIL, "") DO("sip-1.1") AFTER("s1", "", "4", "5", "3")
              AFTER("s2", "service=mail", "2", "1", "3") SETTLED_ALL,
      CLOSE, TOLD "preventions=1 avoided=180000" REST },
    { "What is not proved avoided nothing; what is skipped prevents nothing",
      PEOPLE BEFORE("s1", "", "9", "11", "10") RUN(ALL, "03:00 action.plan\n")
          DO("sip-1.1") "30:30 action.skip action=sip-1.2\n 30:40 programme.post\n" AFTER(
              "s1", "", "9", "11", "9") SETTLED_ALL,
      CLOSE, TOLD "verdict=not_shown preventions=1" REST },
};

static void closeouts_say_what_was_prevented(void **state)
{
    (void)state;
    GIVEN_ROWS(&sip_book, rows);
}

/* Nothing is said of incidents that were not avoided, or of figures that are none. */
static void nothing_is_claimed(void **state)
{
    (void)state;
    given_begin(&sip_book);
    const char *told = given_play("%s%s", CLOSED, "");
    assert_non_null(strstr(told, "programme.closed sip-1"));
    assert_non_null(strstr(told, "preventions=1"));
    assert_null(strstr(told, "avoided="));
    given_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closeouts_say_what_was_prevented),
        cmocka_unit_test(nothing_is_claimed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

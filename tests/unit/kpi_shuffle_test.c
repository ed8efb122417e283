/* Facts that are told late, twice and in any order: figures come out the same, a seal is the figure
 * as it was known then, and with its correction it is the figure as it is (services/kpi/RULES.md).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "services/kpi/series.h"
#include "tests/unit/given_world.h"
#include "tests/unit/kpi_account_book.h"

static const struct given_book shuffle_book = {
    .service = &kpi_service,
    .defaults = account_defaults,
    .quiet = (const char *const[]){ NULL },
};

enum { FACTS = 40, ORDERS = 12, DAYS_OF = 6, LAST_DAY = 40, LINE = 300, LATE = 60 };

/* A repeatable source of numbers. */
static unsigned next_random(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* When it was. */
static int fact_hour(int fact)
{
    return fact * 7 % DAYS_OF * 24 + 3 + fact % 9;
}

/* The fact of that number: a time entry, a survey or a ticket, about one of the first days. */
static void fact_line(int fact, char out[static LINE])
{
    int at = fact_hour(fact);
    switch (fact % 4) {
    case 0:
        snprintf(out, LINE,
                 "survey.record survey=s-%d kind=relationship asked_at=%d:00 answered_at=%d:30 "
                 "score=%d scale_min=1 scale_max=5",
                 fact, at, at, 1 + fact % 5);
        return;
    case 1:
        snprintf(out, LINE,
                 "hears ticket.recorded desk:%d occurred_at=%d:00 type=incident state=active "
                 "priority=3 service=mail component=disk",
                 fact, at);
        return;
    default:
        snprintf(out, LINE,
                 "effort.record effort=e-%d started_at=%d:00 minutes=%d work_type=%s rate=60", fact,
                 at, 10 + fact, fact % 3 ? "incident" : "change");
    }
}

/* Tells every fact, some twice, in the order of a seed; 0 tells them as they happened to be
 * written. */
static void tell_all(unsigned seed)
{
    int order[FACTS];
    char line[LINE];
    for (int i = 0; i < FACTS; i++)
        order[i] = i;
    for (int i = FACTS - 1; seed && i > 0; i--) {
        int other = (int)(next_random(&seed) % (unsigned)(i + 1)), kept = order[i];
        order[i] = order[other];
        order[other] = kept;
    }
    for (int i = 0; i < FACTS; i++) {
        int hour =
            DAYS_OF * 24 + i * 5; /* over the days behind: late for the first, late for all */
        fact_line(order[i], line);
        given_play("%d:00 %s", hour, line);
        if (order[i] % 3 == 0)
            given_play("%d:00 %s", hour + 1, line);
    }
    given_play("%d:00 passes", LAST_DAY * 24);
}

static const char *const figures[] = { "reactive", "csat_relationship", "incidents",
                                       "resolution_rate", "unit_cost" };
enum { FIGURES = sizeof figures / sizeof *figures };

/* What is answered for one figure and each of the first days, and for all of them. */
static char *answers_now(void)
{
    char *all = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&all, &size);
    assert_non_null(out);
    for (int f = 0; f < FIGURES; f++)
        for (int day = 0; day <= DAYS_OF; day++)
            fputs(given_play(
                      "%d:00 query kpi.value client=acme kpi=%s from=2026-01-%02d to=2026-01-%02d",
                      LAST_DAY * 24, figures[f], 5 + day % DAYS_OF,
                      5 + (day == DAYS_OF ? DAYS_OF - 1 : day)),
                  out);
    fclose(out);
    return all;
}

static void any_order(void **state)
{
    char *first = NULL;
    (void)state;
    for (unsigned seed = 0; seed < ORDERS; seed++) {
        given_begin(&shuffle_book);
        given_play("option period=day\noption seal_days=0\noption chart_least=1\n" CLIENT);
        tell_all(seed);
        char *now = answers_now();
        given_end();
        if (first)
            assert_string_equal(first, now);
        else
            assert_non_null(strstr(now, "numerator=")); /* there is something to compare */
        if (first)
            free(now);
        else
            first = now;
    }
    free(first);
}

/* A number of a row; 0 where it does not say it. */
static int64_t number_in(const char *row, const char *name)
{
    const char *at = strstr(row, name);
    return at ? strtoll(at + strlen(name), NULL, 10) : 0;
}

/* Most facts within the hour, a fifth of them days late. */
static void tell_in_time(void)
{
    char line[LINE];
    for (int hour = 0; hour < DAYS_OF * 24 + LATE; hour++)
        for (int i = 0; i < FACTS; i++)
            if (fact_hour(i) + (i % 5 ? 1 : LATE - 1) == hour) {
                fact_line(i, line);
                given_play("%d:00 %s", hour, line);
            }
}

static void seals_and_corrections(void **state)
{
    (void)state;
    int seals = 0, corrections = 0;
    for (int f = 0; f < FIGURES; f++) {
        given_begin(&shuffle_book);
        given_play("option period=day\noption seal_days=1\noption chart_least=1\n" CLIENT);
        tell_in_time();
        char *rows = strdup(given_play("%d:00 passes\n%d:01 query kpi.periods client=acme kpi=%s",
                                       LAST_DAY * 24, LAST_DAY * 24, figures[f]));
        for (char *row = strstr(rows, "row from="); row; row = strstr(row + 1, "row from=")) {
            char day[16] = "";
            assert_int_equal(sscanf(row, "row from=%10s", day), 1);
            row[strcspn(row, "\n")] = '\0';
            int of = (int)strtol(day + 8, NULL, 10);
            const char *then = given_play("%d:02 query kpi.value client=acme kpi=%s from=%s to=%s "
                                          "as_of=2026-01-%02d",
                                          LAST_DAY * 24, figures[f], day, day, of + 1);
            assert_int_equal(number_in(row, " n="), number_in(then, " n="));
            assert_int_equal(number_in(row, " value="), number_in(then, " value="));
            const char *now = given_play("%d:03 query kpi.value client=acme kpi=%s from=%s to=%s",
                                         LAST_DAY * 24, figures[f], day, day);
            bool corrected = strstr(row, "corrected=yes");
            assert_int_equal(number_in(row, corrected ? " now_n=" : " n="), number_in(now, " n="));
            assert_int_equal(number_in(row, corrected ? " now=" : " value="),
                             number_in(now, " value="));
            seals++;
            corrections += corrected;
            row += strlen(row);
        }
        free(rows);
        given_end();
    }
    assert_true(seals > 10 && corrections > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order),
        cmocka_unit_test(seals_and_corrections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

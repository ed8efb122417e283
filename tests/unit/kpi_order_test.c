/* Facts of every kind in any order: told in another order within their days, every figure comes out
 * the same, also as it was known on any of these days; told on other days, twice and late, every
 * figure is the same now (services/kpi/RULES.md, observations and sums). What one ticket or one
 * escalation says comes in its own order, as events of one partition do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/msg/msg.h"
#include "tests/unit/given_world.h"
#include "tests/unit/kpi_account_book.h"

static const struct given_book order_book = {
    .service = &kpi_service,
    .defaults = account_defaults,
    .quiet = (const char *const[]){ NULL },
};

enum {
    EACH = 6, /* streams of a kind */
    LINE = 400,
    FIRST_DAY = 8, /* on which facts are told; they are about the days before */
    DAYS_TOLD = 8,
    ASKED = 40 * 24, /* the hour */
    ORDERS = 5,
    STEPS_MAX = 12,
};

/* --- what is told -----------------------------------------------------------------------------
 */

/* The step of a stream of facts into *out; false behind the last one. What it is about happened at
 * the hour `at`, on one of the first six days. */
typedef bool stream_fn(int n, int step, int at, char out[static LINE]);

static bool say(char out[static LINE], const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static bool say(char out[static LINE], const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(out, LINE, format, args);
    va_end(args);
    assert_in_range(length, 1, LINE - 1);
    return true;
}

static const char *client_of(int n)
{
    return n % 2 ? "umbrella" : "acme";
}

/* How a ticket stood at the hour. */
static bool ticket_stood(int n, bool moved, int hour, const char *words, char out[static LINE])
{
    static const char *const components[] = { "disk", "mx", "db" };
    return say(out,
               "@%s hears ticket.recorded desk:%d occurred_at=%d:10 type=%s priority=%d service=%s "
               "component=%s %s",
               client_of(n), n, hour, n % 5 ? "incident" : "request", 1 + n % 4,
               n % 2 ? "erp" : "mail", components[(n + (moved && n % 2)) % 3], words);
}

static bool ticket_judged(int n, const char *clock, const char *verdict, int hour, int due,
                          int minutes, char out[static LINE])
{
    return say(out,
               "@%s hears ticket.judged desk:%d clock=%s verdict=%s occurred_at=%d:10 due_at=%d:05 "
               "used=%dm stopped=yes",
               client_of(n), n, clock, verdict, hour, due, minutes);
}

/* What came to nothing, or counts after all. */
static bool ticket_taken_back(int n, int step, int at, char out[static LINE])
{
    const char *clock = n % 3 ? "resolve" : "response";
    switch (step) {
    case 5:
        return n % 2 == 0 && say(out,
                                 "ann@%s ticket.exclude ticket=desk:%d clock=%s reason=Theirs "
                                 "client_agreed=yes",
                                 client_of(n), n, clock);
    case 6:
        return n % 4 == 0 &&
               ticket_stood(n, true, at + 30, "state=active group=desk reopen_count=1", out);
    case 7:
        return say(out,
                   "@%s hears ticket.judged desk:%d clock=resolve verdict=running "
                   "occurred_at=%d:10 used=300m",
                   client_of(n), n, at + 30);
    case 8:
        return say(out, "ann@%s ticket.include ticket=desk:%d clock=%s reason=Ours", client_of(n),
                   n, clock);
    case 9:
        return ticket_stood(n, true, at + 40, "state=closed group=desk", out);
    default:
        return false;
    }
}

static bool ticket(int n, int step, int at, char out[static LINE])
{
    int solved = at + (n % 3 ? 5 : 13);
    switch (step) {
    case 0:
        return ticket_stood(
            n, false, at,
            n % 4 ? "state=active group=desk resolve_target=240m" : "state=active group=desk", out);
    case 1:
        return ticket_judged(n, "response", n % 2 ? "met" : "missed", at, at + n % 2, 10 + n, out);
    case 2:
        return ticket_stood(n, true, at + 1, n % 3 ? "state=active group=net" : "state=active",
                            out);
    case 3:
        return ticket_stood(n, true, solved, "state=resolved group=desk", out);
    case 4:
        return ticket_judged(n, "resolve", n % 3 ? "met" : "missed", solved, at + 8,
                             60 * (solved - at), out);
    default:
        return ticket_taken_back(n, step, at, out);
    }
}

static bool escalation(int n, int step, int at, char out[static LINE])
{
    const char *client = client_of(n);
    switch (step) {
    case 0:
        return say(out,
                   "@%s hears escalation.raised esc-%d raised_at=%d:00 service=%s component=mx "
                   "title=Down",
                   client, n, at, n % 2 ? "erp" : "mail");
    case 1:
        return say(out, "@%s hears escalation.engaged esc-%d first=%s after=%dm", client, n,
                   n % 3 ? "yes" : "no", 7 + 5 * n);
    case 2:
        return n % 2
                   ? say(out, "@%s hears escalation.promise_kept esc-%d promise=1 committed=%d:00",
                         client, n, at + 3)
                   : say(out,
                         "@%s hears escalation.promise_missed esc-%d promise=1 occurred_at=%d:00",
                         client, n, at + 3);
    case 3:
        return say(out, "@%s hears escalation.promise_kept esc-%d promise=%d committed=%d:00",
                   client, n, 1 + n % 2, at + 5);
    case 4:
        return n % 4 ? say(out, "@%s hears escalation.closed esc-%d lasted=360m", client, n)
                     : say(out, "@%s hears escalation.merged esc-%d into=esc-9", client, n);
    default:
        return false;
    }
}

/* Work that is where its ticket is, which may be told of later, and moves with it. */
static bool work_on_ticket(int n, int step, int at, char out[static LINE])
{
    return step < 2 && say(out,
                           "ann@%s effort.record effort=t-%d ticket=desk:%d started_at=%d:30 "
                           "minutes=%d work_type=incident rate=%d",
                           client_of(n), n, n, at, 20 + 7 * n + step, 50 + n);
}

static bool work(int n, int step, int at, char out[static LINE])
{
    static const char *const types[] = { "problem", "change", "proactive", "request", "admin" };
    return step < 1 + (n % 3 == 1) &&
           say(out,
               "ann@%s effort.record effort=w-%d started_at=%d:15 minutes=%d work_type=%s "
               "service=%s %s",
               client_of(n), n, at, step ? 0 : 15 + 9 * n, types[n % 5],
               (n + step) % 2 ? "erp" : "mail", n % 3 ? "rate=61.33" : "");
}

static bool survey(int n, int step, int at, char out[static LINE])
{
    static const char *const asked[] = { "kind=nps scale_min=0 scale_max=10",
                                         "kind=relationship scale_min=1 scale_max=5",
                                         "kind=escalation scale_min=1 scale_max=5" };
    char answer[40] = "answered_at= score=";
    if (n != 3)
        snprintf(answer, sizeof answer, "answered_at=%d:30 score=%d", at + 20,
                 n % 3 ? 5 - (n + 3 * step) % 4 : 10 - 3 * ((n + 3 * step) % 4));
    return step < 2 &&
           say(out,
               "ann@%s survey.record survey=s-%d %s contact=K asked_at=%d:00 service=%s "
               "component=disk %s",
               client_of(n), n, asked[n % 3], at, n % 2 ? "erp" : "mail", answer);
}

static bool endpoints(int n, int step, int at, char out[static LINE])
{
    (void)at;
    return step < 1 + n % 2 && say(out, "ann@%s endpoint.record month=2026-%02d-01 count=%d",
                                   client_of(n), 1 + n / 2, 10 + n + 3 * step);
}

/* What holds from a day on is told in any order: each is a stream of its own. The same again is
 * known. */
static bool contract(int n, int step, int at, char out[static LINE])
{
    static const char *const words[EACH] = {
        "contract=a start=2025-01-01 since=2025-01-01 value=100 sole_source=yes",
        "contract=b start=2025-06-01 since=2025-06-01 value=300",
        "contract=a start=2025-01-01 since=2026-01-09 value=150 sole_source=yes",
        "contract=b start=2025-06-01 since=2026-01-08 value=200 end=2026-01-11 status=lost",
        "contract=c start=2026-01-07 since=2026-01-07 value=40 end=2026-06-30 renewal=automatic",
        "contract=d start=2025-01-01 since=2025-01-01 value=70 currency=USD",
    };
    (void)at;
    return step < 2 &&
           say(out, "ann@%s contract.record currency=EUR end= %s", client_of(n), words[n]);
}

static bool catalog_contract(int n, int step, int at, char out[static LINE])
{
    (void)at;
    if (step == 2)
        return n > 3 &&
               say(out, "@%s hears contract.removed k-%d client=%s", client_of(n), n, client_of(n));
    return step < 2 && say(out,
                           "@%s hears contract.changed k-%d client=%s start=2025-0%d-01 %s "
                           "value=%d currency=EUR notice_days=%d services=mail",
                           client_of(n), n, client_of(n), 1 + n, n % 2 ? "end=2026-01-12" : "",
                           10 * (1 + n), 30 + step);
}

static stream_fn *const kinds[] = { ticket, escalation, work_on_ticket, work,
                                    survey, endpoints,  contract,       catalog_contract };
enum { KINDS = sizeof kinds / sizeof *kinds, STREAMS = KINDS * EACH };

static bool line_of(int stream, int step, char out[static LINE])
{
    int n = stream / KINDS;
    return kinds[stream % KINDS](n, step, n * 23 % (6 * 24) + 2 + stream % KINDS, out);
}

static int steps_of(int stream)
{
    char line[LINE];
    int steps = 0;
    while (line_of(stream, steps, line))
        steps++;
    assert_true(steps <= STEPS_MAX);
    return steps;
}

/* --- telling it -------------------------------------------------------------------------------
 */

static unsigned next_random(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static int day_of_step(int stream, int step)
{
    int day = stream % 4 + step / 2;
    return day < DAYS_TOLD ? day : DAYS_TOLD - 1;
}

/* The next step of some stream that may be told on the day (any, where it is negative), in the
 * order of the seed; false when none is left. */
static bool pick(const int *next, int day, unsigned *seed, int *ret)
{
    int open[STREAMS], count = 0;
    char line[LINE];
    for (int s = 0; s < STREAMS; s++)
        if (line_of(s, next[s], line) && (day < 0 || day_of_step(s, next[s]) == day))
            open[count++] = s;
    if (count)
        *ret = open[*seed ? next_random(seed) % (unsigned)count : 0];
    return count > 0;
}

static void tell(int stream, int step, int hour, int minute)
{
    char line[LINE];
    assert_true(line_of(stream, step, line));
    const char *said = given_play("%d:%02d %s", hour, minute, line);
    if (strstr(said, "refused") || strstr(said, "invalid") || strstr(said, "missing"))
        fail_msg("%s\n%s", line, said);
}

static void begin(void)
{
    given_begin(&order_book);
    given_play("option chart_least=1\noption period=day\n"
               "00:00 copies client.changed acme name=Acme zone=Europe|Berlin\n"
               "00:00 copies client.changed umbrella name=U zone=America|Chicago");
}

/* From the ninth hour of a day on it is that day in Berlin and in Chicago. */
static void tell_by_days(unsigned seed)
{
    int next[STREAMS] = { 0 }, stream = 0;
    begin();
    for (int day = 0; day < DAYS_TOLD; day++)
        for (int n = 0; pick(next, day, &seed, &stream); n++)
            tell(stream, next[stream]++, (FIRST_DAY + day) * 24 + 9 + n / 60, n % 60);
    given_play("%d:00 passes", ASKED);
}

static void tell_on_any_day(unsigned seed)
{
    int next[STREAMS] = { 0 }, stream = 0;
    begin();
    for (int n = 0; pick(next, -1, &seed, &stream); n++)
        tell(stream, next[stream]++, FIRST_DAY * 24 + 9 + n, n % 60);
    given_play("%d:00 passes", ASKED);
}

/* --- asking -----------------------------------------------------------------------------------
 */

static const char *const scopes[] = { "",
                                      " client=acme",
                                      " client=umbrella service=erp",
                                      " client=acme component=db",
                                      " service=mail",
                                      " component=mx" };
static const char *const ranges[] = { " from=2026-01-01 to=2026-01-31",
                                      " from=2026-01-06 to=2026-01-08",
                                      " from=2026-01-11 to=2026-02-10" };
enum { SCOPES = sizeof scopes / sizeof *scopes, RANGES = sizeof ranges / sizeof *ranges };

static const struct enumeration_value *kpis(void)
{
    const struct query_row *q = kpi_service.queries;
    while (strcmp(q->name ? q->name : "", "kpi.value") != 0)
        q++;
    return q->parameters->fields().at[0].values->values;
}

static void ask(FILE *out, const char *query, const char *kpi, const char *more, const char *scope,
                const char *range, int as_of)
{
    char known[40] = "";
    if (as_of)
        snprintf(known, sizeof known, " as_of=2026-01-%02d", as_of);
    fprintf(out, "%s %s%s%s%s: ", query, kpi, scope, range, known);
    fputs(given_play("%d:00 query %s kpi=%s%s%s%s%s", ASKED, query, kpi, scope, range, known, more),
          out);
}

/* What is answered now, and as of every day on which something was told. */
static char *answers(bool by_days)
{
    char *all = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&all, &size);
    assert_non_null(out);
    for (const struct enumeration_value *k = kpis(); k->name; k++) {
        /* what a client was judged to be on a day depends on what was known then */
        bool lived = strcmp(k->name, "hostages") == 0;
        for (int of = 0; of < SCOPES * RANGES && (by_days || !lived); of++) {
            const char *scope = scopes[of % SCOPES], *range = ranges[of / SCOPES];
            for (int day = 0; day <= (by_days ? DAYS_TOLD + 1 : 0); day++)
                ask(out, "kpi.value", k->name, " baseline_from=2026-01-05 baseline_to=2026-01-07",
                    scope, range, day ? 4 + FIRST_DAY + day : 0);
            ask(out, "kpi.series", k->name, " period=day baseline_points=3", scope, range, 0);
        }
        if (strncmp(k->name, "sla_", 4) != 0) /* says when somebody left it out */
            ask(out, "kpi.counted", k->name, " limit=500", "", ranges[0], 0);
    }
    given_play("%d:00 query kpi.maturity to=2026-01-14 period=day", ASKED);
    fputs(given.transcript, out);
    fclose(out);
    return all;
}

/* The first line that is not the same. */
static void expect_same(const char *first, const char *now, unsigned seed)
{
    if (strcmp(first, now) == 0)
        return;
    size_t at = 0, line = 0;
    for (; first[at] == now[at]; at++)
        if (first[at] == '\n')
            line = at + 1;
    fail_msg("order %u\n%.*s\n%.*s", seed, (int)strcspn(first + line, "\n"), first + line,
             (int)strcspn(now + line, "\n"), now + line);
}

static void compare(void (*tell_all)(unsigned seed), bool by_days)
{
    char *first = NULL;
    for (unsigned seed = 0; seed < ORDERS; seed++) {
        tell_all(seed);
        char *now = answers(by_days);
        given_end();
        if (first)
            expect_same(first, now, seed);
        if (first)
            free(now);
        else
            first = now;
    }
    free(first);
}

static void any_order_within_a_day(void **state)
{
    (void)state;
    compare(tell_by_days, true);
}

static void any_day(void **state)
{
    (void)state;
    compare(tell_on_any_day, false);
}

/* There is something to compare: every figure has a value, now and as of some day before. */
static void everything_is_told(void **state)
{
    (void)state;
    for (int s = 0; s < STREAMS; s++)
        assert_true(steps_of(s) > 0);
    tell_by_days(1);
    char *all = answers(true);
    given_end();
    for (const struct enumeration_value *k = kpis(); k->name; k++) {
        char asked[80];
        size_t found = 0;
        snprintf(asked, sizeof asked, "kpi.value %s ", k->name);
        for (const char *at = strstr(all, asked); at; at = strstr(at + 1, asked)) {
            const char *value_at = strstr(at, " value=");
            found += value_at && value_at < strchr(at, '\n');
        }
        bool takes_months = strcmp(k->name, "maturity") == 0; /* its ladders are asked by days */
        if (!found && !takes_months)
            fail_msg("%s has no value anywhere", k->name);
    }
    free(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_told),
        cmocka_unit_test(any_order_within_a_day),
        cmocka_unit_test(any_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Baselines and signals: what a chart's newest point says, and what it does not
 * (services/kpi/RULES.md, series and signals). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "services/kpi/series.h"
#include "tests/unit/given_world.h"

extern const struct service_type kpi_service;

static const struct given_default defaults[] = {
    { "effort.record", "effort=e-1 started_at=now minutes=30 work_type=incident" },
    { "series.rebase", "series=reactive/- reason=A_new_team" },
    { NULL, NULL },
};

/* What a day's number means, as lines of a script. 00:00 is a Monday, 2026-01-05. */
typedef void write_fn(FILE *out, int day, int number);

/* Percent of reactive work, as two entries. */
static void write_work(FILE *out, int day, int percent)
{
    fprintf(out,
            "%d:00 effort.record effort=r-%d minutes=%d\n"
            "%d:00 effort.record effort=p-%d minutes=%d work_type=change\n",
            day * 24 + 9, day, percent, day * 24 + 9, day, 100 - percent);
}

/* Incidents of a component, of a name that ids do not hold. */
#define LONG_NAME                                                                                  \
    "disks-of-the-oldest-of-all-arrays-in-the-cellar-below-the-big-"                               \
    "house-in-K\xc3\xb6ln-and-of-those-that-nobody-knows"

static void write_breaks(FILE *out, int day, int count)
{
    for (int i = 0; i < count; i++)
        fprintf(out,
                "%d:00 hears ticket.recorded desk:%d-%d occurred_at=%d:00 type=incident "
                "state=active priority=3 component=%s\n",
                day * 24 + 9, day, i, day * 24 + 9, count == 1 ? "door" : LONG_NAME);
}

static void write_due(FILE *out, int day, int missed, int clocks)
{
    for (int i = 0; i < clocks; i++)
        fprintf(out,
                "%d:00 hears ticket.recorded desk:%d-%d occurred_at=%d:00 state=active "
                "priority=3 service=mail\n"
                "%d:00 hears ticket.judged desk:%d-%d clock=resolve verdict=%s occurred_at=%d:00 "
                "due_at=%d:00 used=60m target=60m\n",
                day * 24 + 9, day, i, day * 24 + 9, day * 24 + 9, day, i,
                i < missed ? "missed" : "met", day * 24 + 9, day * 24 + 9);
}

/* Resolve clocks missed of 25, all due that day. */
static void write_clocks(FILE *out, int day, int missed)
{
    write_due(out, day, missed, 25);
}

/* The same, but 50 on the first day. */
static void write_uneven(FILE *out, int day, int missed)
{
    write_due(out, day, missed, day ? 25 : 50);
}

static const char *const signals_only[] = { "effort.recorded",   "account.opened", "account.rested",
                                            "ticket.counted",    "watch.awaited",  "watch.moved",
                                            "watch.stirred",     "watch.compared", "series.closed",
                                            "objective.changed", "account.looked", NULL };
static const struct given_book signal_book = {
    .service = &kpi_service,
    .defaults = defaults,
    .quiet = signals_only,
};

#define WATCHED_FOR                                                                                \
    "option period=day\noption chart_least=1\noption baseline_periods=8\noption seal_days=0\n"
#define SHARE                                                                                      \
    "00:00 copies objective.changed o1 id=o1 name=More client=acme kpi=sla_attainment "            \
    "baseline=50 target=80 since=2026-01-01 by=2026-12-31\n"
#define OWN(target)                                                                                \
    "00:00 copies objective.changed o2 id=o2 name=More client=acme service=mail "                  \
    "kpi=sla_attainment baseline=50 target=" target " since=2026-01-01 by=2026-12-31\n"
#define SHORT  "option period=day\noption baseline_periods=5\noption seal_days=0\n"
#define STEADY 50, 52, 48, 50, 52, 48, 50, 52
#define TARGET(client, target)                                                                     \
    "00:00 copies objective.changed o1 id=o1 name=Less client=" client                             \
    " kpi=reactive baseline=90 target=" target " since=2026-01-01 by=2026-12-31\n"

struct chart_row {
    const char *words, *given;
    write_fn *write;
    int numbers[40]; /* of each day; -1: none; 0 at the end */
    const char *then;
};

/* Those of a row's lines that are of this day; options, which have no time, are of the first. */
static void write_given(FILE *out, const char *lines, int day)
{
    while (*lines) {
        int length = (int)strcspn(lines, "\n");
        if (strtol(lines, NULL, 10) / 24 == day)
            fprintf(out, "%.*s\n", length, lines);
        lines += length + (lines[length] == '\n');
    }
}

/* The last day closes; what `given` says at a time of its own stands before that day's numbers. */
static void play_chart(const struct chart_row *row)
{
    char *script = NULL;
    size_t size = 0;
    int days = 0;
    while (row->numbers[days])
        days++;
    FILE *out = open_memstream(&script, &size);
    assert_non_null(out);
    for (int i = 0; i < days; i++) {
        write_given(out, row->given, i);
        if (row->numbers[i] > 0)
            row->write(out, i, row->numbers[i]);
    }
    fprintf(out, "%d:00 passes\n", days * 24);
    fclose(out);
    print_message("%s\n", row->words);
    given_begin(&signal_book);
    given_play("%s", script);
    given_expect(row->then);
    given_end();
    free(script);
}

static const struct chart_row charts[] = {
    { "One point beyond a limit is special: on the good side too",
      WATCHED_FOR,
      write_work,
      { STEADY, 90, 50, 10, 50, 90 },
      "216:00 series.frozen reactive/- kpi=reactive baseline_from=2026-01-05 "
      "baseline_to=2026-01-12 "
      "baseline_points=8 center=502500 range=25714 lower=434100 upper=570900 sigma=22796 "
      "hits=402 total=800 stable=yes\n"
      "216:00 signal.found kind=special rule=beyond_limits kpi=reactive from=2026-01-13 "
      "to=2026-01-13 center=502500 lower=434100 upper=570900 baseline_from=2026-01-05 "
      "baseline_to=2026-01-12\n"
      "264:00 signal.found kind=special good=yes from=2026-01-15\n"
      "312:00 signal.found kind=special from=2026-01-17" },
    { "What goes on is not said again; a run behind it is decay, once",
      WATCHED_FOR,
      write_work,
      { STEADY, 80, 81, 80, 82, 80, 81, 80, 82, 80, 50, 90 },
      "216:00 series.frozen\n"
      "216:00 signal.found kind=special rule=beyond_limits from=2026-01-13 to=2026-01-13\n"
      "384:00 signal.found kind=decay rule=run_of_eight from=2026-01-13 to=2026-01-20\n"
      "456:00 signal.found kind=special from=2026-01-23" },
    { "A run on the good side is special",
      WATCHED_FOR,
      write_work,
      { STEADY, 48, 49, 48, 49, 48, 49, 48, 49 },
      "216:00 series.frozen\n"
      "384:00 signal.found kind=special rule=run_of_eight good=yes from=2026-01-13 to=2026-01-20" },
    { "Six that rise are decay, though the last of them is beyond a limit, too",
      WATCHED_FOR,
      write_work,
      { STEADY, 48, 49, 50, 51, 52, 58 },
      "216:00 series.frozen\n"
      "336:00 signal.found kind=decay rule=trend_of_six from=2026-01-13 to=2026-01-18" },
    { "While decay goes on no other signal is said; a good run does not hide it",
      WATCHED_FOR,
      write_work,
      { STEADY, 10, 15, 20, 25, 30, 33, 49, 50, 51 },
      "216:00 series.frozen\n 216:00 signal.found kind=special good=yes from=2026-01-13\n"
      "336:00 signal.found kind=decay rule=trend_of_six from=2026-01-13 to=2026-01-18" },
    { "Alternation has no side",
      WATCHED_FOR,
      write_work,
      { STEADY, 50, 51, 50, 51, 50, 51, 50, 51, 50, 51, 50, 51, 50, 51 },
      "216:00 series.frozen\n"
      "528:00 signal.found kind=special rule=fourteen_alternate from=2026-01-13 to=2026-01-26" },
    { "Stable and not capable is chronic, once for a target",
      WATCHED_FOR TARGET("acme", "55"),
      write_work,
      { STEADY, 50, 52, 49 },
      "216:00 series.frozen\n"
      "216:00 signal.found kind=chronic rule=not_capable from=2026-01-05 to=2026-01-13 "
      "center=502500 "
      "lower=434100 upper=570900 target=550000" },
    { "Said again for another target",
      WATCHED_FOR TARGET("acme", "55") "240:30 copies objective.changed o1 id=o1 name=Less "
                                       "client=acme kpi=reactive baseline=90 "
                                       "target=56 since=2026-01-01 by=2026-12-31\n",
      write_work,
      { STEADY, 50, 52, 49, 50 },
      "216:00 series.frozen\n 216:00 signal.found kind=chronic target=550000\n"
      "264:00 signal.found kind=chronic target=560000 center=502500" },
    { "Where more is better the lower limit is below the target",
      SHORT SHARE,
      write_clocks,
      { 3, 4, 3, 4, 3, 4, 3 },
      "144:00 series.frozen resolution_rate/-\n 144:00 series.frozen sla_attainment/-\n"
      "144:00 signal.found kind=chronic kpi=sla_attainment sole_service=mail lower=757600 "
      "target=800000\n 144:00 series.frozen sla_attainment/s/mail" },
    { "A baseline with a trend is stable once as many points behind it signal nothing",
      WATCHED_FOR TARGET("acme", "55"),
      write_work,
      { 60, 30, 45, 46, 47, 48, 49, 50, 48, 52, 45, 47, 44, 48, 46, 49, 45 },
      "216:00 series.frozen center=468750 upper=658750\n"
      "384:00 signal.found kind=chronic from=2026-01-05 to=2026-01-20 target=550000" },
    { "A baseline that ends a trend is not stable, so it is not chronic",
      WATCHED_FOR TARGET("acme", "55"),
      write_work,
      { 60, 30, 45, 46, 47, 48, 49, 50, 48, 52, 49 },
      "216:00 series.frozen center=468750 upper=658750" },
    { "Limits that clear the target are not",
      WATCHED_FOR TARGET("acme", "58"),
      write_work,
      { STEADY, 50, 52 },
      "216:00 series.frozen" },
    { "Nor is what is not stable",
      WATCHED_FOR TARGET("acme", "50"),
      write_work,
      { 10, 10, 10, 10, 10, 10, 90, 10, 50 },
      "216:00 series.frozen center=200000 lower=-408000" },
    { "Nor is a chart with another signal",
      WATCHED_FOR TARGET("acme", "55"),
      write_work,
      { STEADY, 20, 50 },
      "216:00 series.frozen\n 216:00 signal.found kind=special good=yes\n"
      "240:00 signal.found kind=chronic" },
    { "Two points in a row that miss the target, before there is a baseline too",
      WATCHED_FOR TARGET("acme", "55"),
      write_work,
      { 60, 50, 60, -1, 61, 62, 55, 56, 57 },
      "120:00 signal.found kind=missed rule=missed_in_a_row from=2026-01-07 to=2026-01-09 "
      "target=550000\n"
      "216:00 series.frozen baseline_points=7\n"
      "216:00 signal.found kind=missed from=2026-01-12 to=2026-01-13\n"
      "216:00 signal.found kind=chronic" },
    { "With fewer than five points the baseline goes on until it has them",
      WATCHED_FOR,
      write_work,
      { 50, 52, -1, -1, -1, -1, -1, -1, 48, -1, 50, -1, 52, 90, 90 },
      "336:00 series.frozen baseline_from=2026-01-05 baseline_to=2026-01-17 baseline_points=5\n"
      "336:00 signal.found kind=special from=2026-01-18" },
    { "A baseline may begin on a day of one's own",
      WATCHED_FOR "option baseline_from=2026-01-08\n",
      write_work,
      { 10, 90, 10, STEADY, 90 },
      "288:00 series.frozen baseline_from=2026-01-08 baseline_to=2026-01-15 center=502500\n"
      "288:00 signal.found kind=special from=2026-01-16" },
    { "Of shares, too, while periods have about as many",
      SHORT,
      write_clocks,
      { 3, 4, 3, 4, 3, 15, 3 },
      "144:00 series.frozen resolution_rate/-\n"
      "144:00 series.frozen sla_attainment/- charted=xmr center=864000 lower=757600 upper=970400\n"
      "144:00 signal.found kind=special rule=beyond_limits kpi=sla_attainment from=2026-01-10 "
      "sole_service=mail\n 144:00 series.frozen sla_attainment/s/mail service=mail\n" },
    { "Where they have not, each point has the limits of its own number",
      SHORT,
      write_uneven,
      { 6, 4, 3, 4, 3, 15, 3 },
      "144:00 series.frozen resolution_rate/-\n"
      "144:00 series.frozen sla_attainment/- charted=p center=866667 lower=680477 upper=1052857 "
      "hits=130 total=150\n"
      "144:00 signal.found kind=special rule=beyond_limits center=866667 lower=662706\n"
      "144:00 series.frozen sla_attainment/s/mail" },
    { "Of a client with another service the client and the service are told, each by its points",
      SHORT "125:00 hears ticket.recorded x:1 occurred_at=125:00 state=active priority=3 "
            "service=erp\n125:00 hears ticket.judged x:1 clock=resolve verdict=met "
            "occurred_at=125:00 due_at=125:00 used=60m target=60m\n",
      write_clocks,
      { 3, 4, 3, 4, 3, 15, 3 },
      "144:00 series.frozen resolution_rate/-\n 144:00 series.frozen sla_attainment/-\n"
      "144:00 signal.found kind=special rule=beyond_limits kpi=sla_attainment from=2026-01-10\n"
      "144:00 series.frozen sla_attainment/s/mail service=mail\n"
      "144:00 signal.found kind=special service=mail\n" },
    { "What its service aims at besides is told of the service",
      SHORT SHARE OWN("85"),
      write_clocks,
      { 3, 4, 3, 6, 6, 4, 3 },
      "120:00 signal.found kind=missed kpi=sla_attainment sole_service=mail target=800000\n"
      "120:00 signal.found kind=missed service=mail target=850000\n"
      "144:00 series.frozen resolution_rate/-\n 144:00 series.frozen sla_attainment/-\n"
      "144:00 signal.found kind=chronic sole_service=mail target=800000\n"
      "144:00 series.frozen sla_attainment/s/mail service=mail\n"
      "144:00 signal.found kind=chronic service=mail target=850000\n" },
    { "And what the client does not miss",
      SHORT SHARE OWN("85"),
      write_clocks,
      { 3, 4, 4, 4, 3, 4, 3 },
      "72:00 signal.found kind=missed kpi=sla_attainment service=mail target=850000\n"
      "144:00 series.frozen resolution_rate/-\n 144:00 series.frozen sla_attainment/-\n"
      "144:00 series.frozen sla_attainment/s/mail service=mail\n"
      "144:00 signal.found kind=chronic service=mail target=850000\n" },
    { "What it aims at as the client does is told once",
      SHORT SHARE OWN("80"),
      write_clocks,
      { 3, 4, 3, 6, 6, 4, 3 },
      "120:00 signal.found kind=missed kpi=sla_attainment sole_service=mail target=800000\n"
      "144:00 series.frozen resolution_rate/-\n 144:00 series.frozen sla_attainment/-\n"
      "144:00 signal.found kind=chronic sole_service=mail target=800000\n"
      "144:00 series.frozen sla_attainment/s/mail service=mail\n" },
    { "A share of too few has no value: it breaks no row, and ends no signal",
      SHORT
      "option chart_least=25\n" SHARE
      "57:00 hears ticket.recorded x:1 occurred_at=57:00 state=active priority=3\n"
      "57:00 hears ticket.judged x:1 clock=resolve verdict=met occurred_at=57:00 due_at=57:00 "
      "used=60m target=60m\n"
      "177:00 hears ticket.recorded x:2 occurred_at=177:00 state=active priority=3\n"
      "177:00 hears ticket.judged x:2 clock=resolve verdict=met occurred_at=177:00 due_at=177:00 "
      "used=60m "
      "target=60m\n",
      write_clocks,
      { 15, 3, -1, 3, 3, 3, 15, -1, 16 },
      "144:00 series.frozen resolution_rate/-\n 168:00 series.frozen sla_attainment/- "
      "center=784000\n"
      "168:00 signal.found kind=special from=2026-01-11 target=800000\n"
      "168:00 series.frozen sla_attainment/s/mail\n 168:00 signal.found service=mail\n"
      "216:00 signal.found kind=missed from=2026-01-11 to=2026-01-13" },
    { "What happens often is charted, with zeros where it did not",
      SHORT,
      write_breaks,
      { 8, 6, -1, 6, 7, 20 },
      "144:00 series.frozen incidents/- charted=xmr center=54000 upper=153750\n"
      "144:00 signal.found kind=special kpi=incidents "
      "points=2026-01-05/2026-01-05/80000/8/8+2026-01-06/2026-01-06/60000/6/6+2026-01-07/"
      "2026-01-07/0/0+2026-01-08/2026-01-08/60000/6/6+2026-01-09/2026-01-09/70000/7/7+2026-01-10/"
      "2026-01-10/200000/20/20\n"
      "144:00 series.frozen hits=27 total=5\n"
      "144:00 signal.found kind=repetition count=20 expected=5400000\n" },
    { "So is what was counted while no clock sealed it",
      SHORT "72:00 adopts\n",
      write_breaks,
      { 8, 6, 9, 6, 7, 20 },
      "144:00 series.frozen incidents/- charted=xmr center=72000\n"
      "144:00 signal.found kind=special kpi=incidents\n"
      "144:00 series.frozen hits=36 total=5\n"
      "144:00 signal.found kind=repetition count=20 expected=7200000\n" },
    { "A component that breaks more often than its past explains, each time",
      SHORT,
      write_breaks,
      { 2, -1, 1, 2, -1, 1, 3, 5, 2, 6, 3 },
      "144:00 series.frozen incidents/- baseline_points=5\n"
      "144:00 series.frozen incidents/c/door baseline_points=5 hits=1 total=5\n"
      "168:00 series.frozen "
      "incidents/c/disks-of-the-oldest-of-all-arrays-in-the-cellar-be"
      "low-the-big-house-in-K~2db163e446ec4831 hits=4 total=5\n"
      "192:00 series.frozen resolution_rate/-\n"
      "240:00 signal.found kind=repetition rule=poisson_tail from=2026-01-14 to=2026-01-14 count=6 "
      "expected=800000 tail=184343 "
      "tickets=desk:9-0+desk:9-1+desk:9-2+desk:9-3+desk:9-4+desk:9-5" },
    { "What never broke before: three are enough, and only its own incidents are named",
      SHORT
      "144:30 hears ticket.recorded x:1 occurred_at=144:30 type=incident state=active priority=3 "
      "component=door\n"
      "144:30 hears ticket.recorded x:2 occurred_at=144:30 type=request state=active priority=3 "
      "component=" LONG_NAME "\n",
      write_breaks,
      { 1, -1, -1, -1, -1, -1, 3 },
      "168:00 series.frozen incidents/- baseline_points=5\n"
      "168:00 series.frozen baseline_points=5 total=5\n"
      "168:00 signal.found kind=repetition count=3 "
      "points=2026-01-11/2026-01-11/30000/3/3 tickets=desk:6-0+desk:6-1+desk:6-2\n"
      "168:00 series.frozen incidents/c/door hits=1 total=5" },
    { "Sixteen points are evidence, those in which nothing happened too",
      SHORT,
      write_breaks,
      { 2, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 5 },
      "432:00 series.frozen incidents/-\n 432:00 series.frozen hits=2 total=5\n"
      "432:00 signal.found kind=repetition "
      "points=2026-01-07/2026-01-07/0/0+2026-01-08/2026-01-08/0/0+2026-01-09/2026-01-09/0/0+"
      "2026-01-10/2026-01-10/0/0+2026-01-11/2026-01-11/0/0+2026-01-12/2026-01-12/0/0+"
      "2026-01-13/2026-01-13/0/0+2026-01-14/2026-01-14/0/0+2026-01-15/2026-01-15/0/0+"
      "2026-01-16/2026-01-16/0/0+2026-01-17/2026-01-17/0/0+2026-01-18/2026-01-18/0/0+"
      "2026-01-19/2026-01-19/0/0+2026-01-20/2026-01-20/0/0+2026-01-21/2026-01-21/0/0+"
      "2026-01-22/2026-01-22/50000/5/5" },
};

static void signals(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof charts / sizeof *charts; i++)
        play_chart(&charts[i]);
}

/* --- rebasing, and asking ----------------------------------------------------------------------
 */

static void is_rebased(void **state)
{
    static const int steady[] = { STEADY, 90, 50, 90, 89, 91, 90, 89, 91, 90, 92, 90 };
    char *script = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&script, &size);
    (void)state;
    assert_non_null(out);
    for (int i = 0; i < (int)(sizeof steady / sizeof *steady); i++) {
        if (i == 10)
            fputs("241:00 series.rebase\n 241:00 series.rebase from=2026-01-15\n"
                  "241:00 series.rebase series=nps/-\n",
                  out);
        write_work(out, i, steady[i]);
    }
    fputs("456:00 passes\n", out);
    fclose(out);
    given_begin(&signal_book);
    given_play("%s%s", WATCHED_FOR, script);
    given_expect("216:00 series.frozen\n 216:00 signal.found kind=special\n"
                 "241:00 series.rebased reactive/- from=2026-01-15 reason=A_new_team\n known\n"
                 "missing series\n"
                 "456:00 series.frozen baseline_from=2026-01-15 baseline_to=2026-01-22\n");
    given_play("457:00 query kpi.signals\n 457:00 query kpi.signals client=acme kpi=reactive "
               "kind=special\n 457:00 query kpi.signals kpi=nps\n 457:00 query kpi.signals "
               "kind=decay\n 457:00 ann@beta query kpi.signals\n"
               "457:00 query kpi.signals limit=1\n"
               "457:00 query kpi.signal signal=signal-2\n 457:00 ann@acme query kpi.signal "
               "signal=signal-2\n 457:00 ann@beta query kpi.signal signal=signal-2\n"
               "457:00 query kpi.signal signal=signal-9\n"
               "457:00 query kpi.periods client=acme kpi=reactive limit=2\n"
               "457:00 query kpi.periods client=beta kpi=reactive");
    given_expect("row signal=signal-2 client=acme kind=special\n row signal=signal-2\n"
                 "row signal=signal-2\n row signal=signal-2\n row signal=signal-2\n"
                 "row from=2026-01-05\n row from=2026-01-06\n");
    given_end();
    free(script);
}

/* Six days are sealed, then periods are others. */
static void play_change(const char *period, int day, int count, const char *then)
{
    char *script = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&script, &size);
    assert_non_null(out);
    for (int i = 0; i < 6; i++)
        write_breaks(out, i, 6 + i % 2);
    fprintf(out, "144:00 passes\noption period=%s\n", period);
    write_breaks(out, day, count);
    fclose(out);
    given_begin(&signal_book);
    given_play("%s%s", SHORT, script);
    given_expect("144:00 series.frozen incidents/- center=64000\n"
                 "144:00 series.frozen hits=32 total=5\n"
                 "144:00 series.frozen resolution_rate/-\n");
    given_play("648:00 passes");
    given_expect(then);
    given_end();
    free(script);
}

/* Limits stay those of days. The week before was never sealed as one: it is what its days were. */
static void periods_change(void **state)
{
    (void)state;
    play_change("month", 6, 6,
                "648:00 signal.found kind=special from=2026-01-01 to=2026-01-31\n"
                "648:00 signal.found kind=repetition count=45\n");
    play_change("week", 7, 40,
                "336:00 signal.found kind=special kpi=incidents points=2026-01-05/2026-01-11/390000"
                "/39/39+2026-01-12/2026-01-18/400000/40/40\n"
                "336:00 signal.found kind=repetition count=40\n");
}

static void keeps_the_newest(void **state)
{
    enum { PERIODS = 66 };
    char *script = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&script, &size);
    (void)state;
    assert_non_null(out);
    for (int i = 0; i < PERIODS; i++)
        write_work(out, i, 50 + i % 3);
    fclose(out);
    given_begin(&signal_book);
    given_play("%s%d:00 passes", "option period=day\noption baseline_periods=60\n", 0);
    given_play("%s%d:00 passes", script, (PERIODS + 1) * 24);
    given_expect("1488:00 series.frozen baseline_points=60 baseline_from=2026-01-05 stable=yes\n");
    given_play("%d:00 query kpi.periods client=acme kpi=reactive limit=1", (PERIODS + 2) * 24);
    given_expect("row from=2026-01-07");
    given_end();
    free(script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signals),
        cmocka_unit_test(is_rebased),
        cmocka_unit_test(periods_change),
        cmocka_unit_test(keeps_the_newest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

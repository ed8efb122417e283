/* Periods as they close, late facts and targets (services/kpi/RULES.md, series and signals). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "services/kpi/series.h"
#include "tests/unit/given_world.h"

extern const struct service_type kpi_service;

/* Only what is about series. */
static const char *const quiet[] = { "effort.recorded", "account.opened", "account.rested",
                                     "ticket.counted",  "watch.awaited",  "watch.moved",
                                     "watch.stirred",   "watch.compared", NULL };
static const struct given_default defaults[] = {
    { "effort.record", "effort=e-1 started_at=now minutes=30 work_type=incident" },
    { NULL, NULL },
};
static const struct given_book series_book = {
    .service = &kpi_service,
    .defaults = defaults,
    .quiet = quiet,
};

/* 00:00 is a Monday, 2026-01-05. */
#define DAILY "option period=day\noption chart_least=1\noption baseline_periods=5\n"

/* --- closing ---------------------------------------------------------------------------------- */

static const struct given_row closing[] = {
    { "A period closes a day behind its end, and says what it came to", DAILY,
      "09:00 effort.record\n 10:00 effort.record effort=e-2 minutes=10 work_type=change\n"
      "48:00 passes",
      "48:00 series.closed reactive/- kpi=reactive from=2026-01-05 to=2026-01-05 value=750000 n=40 "
      "numerator=30 denominator=40" },
    { "Weekends are in no period of weekdays, and on the client's wall", "option period=weekday\n",
      "09:00 copies client.changed acme name=Acme zone=America|Chicago\n"
      "100:30 effort.record\n 110:00 effort.record effort=e-2 started_at=102:00\n"
      "130:00 effort.record effort=e-3\n 200:00 passes",
      "126:00 series.closed reactive/- from=2026-01-08 to=2026-01-08 n=30\n"
      "150:00 series.closed reactive/- from=2026-01-09 to=2026-01-09 n=30" },
    { "Silence has no period; several are waited for, in their order", DAILY "option seal_days=3\n",
      "09:00 effort.record\n 09:00 effort.record effort=e-2 started_at=33:00\n 80:00 effort.record "
      "effort=e-3\n"
      "80:00 effort.record effort=e-4 started_at=40:00\n 500:00 passes",
      "96:00 series.closed from=2026-01-05 n=30\n 120:00 series.closed from=2026-01-06 n=60\n"
      "168:00 series.closed from=2026-01-08 n=30" },
    { "What is taken back before it closes leaves nothing, between others too", DAILY,
      "09:00 effort.record\n 10:00 effort.record minutes=0 started_at=09:00\n"
      "10:00 effort.record effort=e-2 started_at=30:00\n"
      "10:00 effort.record effort=e-2 started_at=30:00 minutes=0\n"
      "49:00 effort.record effort=e-3\n 500:00 passes",
      "96:00 series.closed from=2026-01-07 n=30" },
    { "What should have closed while no clock ran has no seal", DAILY,
      "09:00 effort.record\n 100:00 adopts\n 100:00 effort.record effort=e-2 started_at=10:00\n"
      "101:00 effort.record effort=e-3\n 200:00 passes",
      "144:00 series.closed from=2026-01-09 n=30" },
    { "What is to close behind that is waited for", DAILY,
      "09:00 effort.record\n 33:00 effort.record effort=e-2\n 50:00 adopts\n 200:00 passes",
      "72:00 series.closed from=2026-01-06 n=30" },
    { "Unless it should have closed, too; and of what is behind today some", DAILY,
      "09:00 effort.record\n 33:00 effort.record effort=e-2\n"
      "33:00 effort.record effort=e-3 started_at=50:00\n 80:00 adopts\n 300:00 passes",
      "96:00 series.closed from=2026-01-07 n=30" },
    { "What was told late just before is corrected behind it, whatever else is waited for", DAILY,
      "09:00 effort.record\n 48:00 passes\n 49:00 effort.record effort=e-2 started_at=10:00\n"
      "49:00 adopts\n 60:00 effort.record effort=e-3\n 61:00 effort.record effort=e-4 "
      "started_at=11:00\n 61:00 adopts\n 300:00 passes",
      "48:00 series.closed from=2026-01-05 n=30\n 49:00:00+1 series.corrected n=60\n"
      "61:00:00+1 series.corrected n=90\n 96:00 series.closed from=2026-01-07 n=30" },
    { "What is told before a late timer fires corrects what that closes", DAILY,
      "09:00 effort.record\n 50:00 frozen effort.record effort=e-2 started_at=10:00\n"
      "51:00 passes",
      "50:00 series.closed from=2026-01-05 n=30\n"
      "50:00 series.corrected from=2026-01-05 sealed=1000000 value=1000000 n=60" },
    { "And what was sealed before, while another period is to close", DAILY,
      "09:00 effort.record\n 48:00 passes\n 57:00 effort.record effort=e-2\n"
      "97:00 frozen effort.record effort=e-3 started_at=10:00\n 98:00 passes",
      "48:00 series.closed from=2026-01-05 n=30\n 97:00 series.corrected from=2026-01-05 n=60\n"
      "97:00 series.closed from=2026-01-07 n=30" },
    { "A longer period that begins with the one waited for is waited for behind it", DAILY,
      "09:00 effort.record\n option period=week\n 33:00 effort.record effort=e-2\n"
      "300:00 passes",
      "48:00 series.closed from=2026-01-05 to=2026-01-05 n=30\n"
      "192:00 series.closed from=2026-01-05 to=2026-01-11 n=60" },
    { "Late is only what is told behind the seal", DAILY,
      "09:00 effort.record\n 30:00 effort.record effort=e-2\n 60:00 effort.record effort=e-3 "
      "started_at=10:00\n 300:00 passes",
      "48:00 series.closed from=2026-01-05 n=30\n 60:00 series.corrected from=2026-01-05 n=60\n"
      "72:00 series.closed from=2026-01-06 n=30" },
};

static void closes(void **state)
{
    (void)state;
    GIVEN_ROWS(&series_book, closing);
}

static const struct given_row late[] = {
    { "A late fact corrects; the seal stays", DAILY "09:00 effort.record\n 49:00 passes",
      "50:00 effort.record effort=e-2 started_at=10:00 work_type=change\n"
      "51:00 effort.record effort=e-2 started_at=10:00 work_type=admin\n"
      "52:00 effort.record effort=e-2 started_at=10:00 minutes=0\n"
      "53:00 ann@acme query kpi.periods kpi=reactive\n"
      "54:00 query kpi.periods kpi=hostages\n"
      "54:00 ann@provider query kpi.periods client=acme kpi=reactive service=mail",
      "50:00 series.corrected reactive/- kpi=reactive from=2026-01-05 to=2026-01-05 "
      "sealed=1000000 value=500000 n=60 numerator=30 denominator=60\n"
      "51:00 series.corrected reactive/- value=1000000 n=30 numerator=30\n"
      "row from=2026-01-05 value=1000000 n=30 corrected=yes now=1000000 now_n=30" },
    { "About what was never sealed nothing is said", DAILY "120:00 effort.record\n 169:00 passes",
      "170:00 effort.record effort=e-2 started_at=50:00\n 180:00 passes", "" },
    { "Among many seals the one that it is about",
      DAILY "09:00 effort.record\n 33:00 effort.record effort=e-2\n 57:00 effort.record "
            "effort=e-3\n 110:00 passes",
      "110:00 effort.record effort=e-4 started_at=34:00\n 110:00 passes",
      "110:00 series.corrected from=2026-01-06 n=60" },
    { "What moves from one sealed period to another corrects both, forth and back",
      DAILY
      "09:00 effort.record\n 10:00 effort.record effort=e-2\n 33:00 effort.record effort=e-3\n"
      "110:00 passes",
      "110:00 effort.record effort=e-2 started_at=34:00\n 111:00 effort.record effort=e-2 "
      "started_at=10:00\n 112:00 passes",
      "110:00 series.corrected from=2026-01-05 n=30\n 110:00 series.corrected from=2026-01-06 "
      "n=60\n"
      "111:00 series.corrected from=2026-01-05 n=60\n 111:00 series.corrected from=2026-01-06 "
      "n=30" },
};

static void is_corrected(void **state)
{
    (void)state;
    GIVEN_ROWS(&series_book, late);
}

/* --- targets, and gaps -------------------------------------------------------------------------
 */

static const struct given_row others[] = {
    { "A service has its own target, else that of all clients; a client none of a service",
      "option period=day\noption chart_least=1\n"
      "00:00 copies objective.changed o1 id=o1 name=All service=mail kpi=sla_attainment "
      "baseline=50 "
      "target=80 since=2026-01-01 by=2026-12-31\n"
      "00:00 copies objective.changed o2 id=o2 name=One client=acme service=erp "
      "kpi=sla_attainment baseline=50 target=70 since=2026-01-01 by=2026-12-31\n",
      "09:00 hears ticket.recorded x:1 occurred_at=09:00 state=active priority=3 service=mail\n"
      "09:00 hears ticket.judged x:1 clock=resolve verdict=met occurred_at=09:00 due_at=09:00 "
      "used=60m "
      "target=60m\n"
      "09:00 hears ticket.recorded x:2 occurred_at=09:00 state=active priority=3 service=erp\n"
      "09:00 hears ticket.judged x:2 clock=resolve verdict=missed occurred_at=09:00 due_at=09:00 "
      "used=60m "
      "target=60m\n"
      "48:00 passes\n",
      "48:00 series.closed resolution_rate/- n=2\n 48:00 series.closed sla_attainment/- "
      "value=500000 n=2\n"
      "48:00 series.closed sla_attainment/s/erp n=1 denominator=1 target=700000 missed=yes\n"
      "48:00 series.closed sla_attainment/s/mail value=1000000 n=1 numerator=1 target=800000" },
    { "What problems cost is not known where nobody booked work on them", DAILY,
      "09:00 hears ticket.recorded x:1 occurred_at=09:00 type=incident state=resolved priority=3\n"
      "50:00 passes",
      "48:00 series.closed incidents/- n=1\n 48:00 series.closed resolution_rate/- n=1" },
    { "A client of one service says so, whenever in the period its clocks were due",
      "option period=week\noption chart_least=1\n",
      "57:00 hears ticket.recorded x:1 occurred_at=57:00 state=active priority=3 service=mail\n"
      "57:00 hears ticket.judged x:1 clock=resolve verdict=missed occurred_at=57:00 due_at=57:00 "
      "used=60m target=60m\n 250:00 passes",
      "192:00 series.closed resolution_rate/-\n"
      "192:00 series.closed sla_attainment/- sole_service=mail\n"
      "192:00 series.closed sla_attainment/s/mail" },
    { "Where no clock is due there any more when it closes late, it says none", DAILY,
      "09:00 hears ticket.recorded x:1 occurred_at=09:00 state=active priority=3 service=mail\n"
      "09:00 hears ticket.judged x:1 clock=resolve verdict=missed occurred_at=09:00 due_at=09:00 "
      "used=60m target=60m\n"
      "49:00 frozen hears ticket.judged x:1 clock=resolve verdict=running occurred_at=49:00 "
      "due_at=99:00 used=60m target=120m\n 50:00 passes",
      "49:00 series.closed resolution_rate/-\n"
      "49:00 series.closed sla_attainment/- n=1\n 49:00 series.corrected sla_attainment/-\n"
      "49:00 series.closed sla_attainment/s/mail n=1\n"
      "49:00 series.corrected sla_attainment/s/mail" },
    { "An objective counts from its day on",
      DAILY "00:00 copies objective.changed o1 id=o1 name=Less client=acme kpi=reactive "
            "baseline=90 target=70 since=2026-01-01 by=2026-12-31\n"
            "00:00 copies objective.changed o2 id=o2 name=Even_less client=acme kpi=reactive "
            "baseline=70 target=60 since=2026-01-06 by=2026-12-31\n",
      "09:00 effort.record\n 33:00 effort.record effort=e-2\n 100:00 passes",
      "48:00 series.closed from=2026-01-05 target=700000 missed=yes\n"
      "72:00 signal.found kind=missed target=600000\n"
      "72:00 series.closed from=2026-01-06 target=600000 missed=yes" },
    { "Far ahead is looked for a part at a time", DAILY,
      "09:00 effort.record\n 10:00 hears ticket.recorded x:1 occurred_at=09:00 state=active "
      "priority=3\n"
      "10:00 hears ticket.judged x:1 clock=resolve verdict=met occurred_at=10:00 due_at=1400:00 "
      "used=60m "
      "target=60m\n"
      "10:00 hears ticket.recorded x:2 occurred_at=09:00 state=active priority=3\n"
      "10:00 hears ticket.judged x:2 clock=resolve verdict=met occurred_at=10:00 due_at=30:00 "
      "used=60m "
      "target=60m\n 2000:00 passes",
      "48:00 series.closed reactive/-\n 48:00 series.closed resolution_rate/-\n"
      "72:00 series.closed sla_attainment/- from=2026-01-06\n"
      "1440:00 series.closed sla_attainment/- from=2026-03-04" },
};

static void looks(void **state)
{
    (void)state;
    GIVEN_ROWS(&series_book, others);
}

/* Sixty-five periods with too few clocks lie between two that miss the target. */
static void misses_rarely(void **state)
{
    enum { LAST = 66, CLOCKS = 20, NOON = 12 };
    (void)state;
    given_begin(&series_book);
    given_play("option period=day\noption seal_days=0\n00:00 copies objective.changed o1 id=o1 "
               "name=More client=acme kpi=sla_attainment baseline=50 target=80 since=2026-01-01 "
               "by=2026-12-31");
    for (int day = 0; day <= LAST; day++)
        for (int i = 0; i < (day % LAST ? 1 : CLOCKS); i++)
            given_play("%d:00 hears ticket.recorded x:%d-%d occurred_at=%d:00 state=active "
                       "priority=3\n%d:00 hears ticket.judged x:%d-%d clock=resolve "
                       "verdict=missed occurred_at=%d:00 due_at=%d:00 used=60m target=60m",
                       day * 24 + NOON, day, i, day * 24 + NOON, day * 24 + NOON, day, i,
                       day * 24 + NOON, day * 24 + NOON);
    given_play("%d:00 passes", (LAST + 1) * 24);
    given_expect("1608:00 series.closed resolution_rate/- n=20\n"
                 "1608:00 signal.found kind=missed from=2026-01-05 to=2026-03-12\n"
                 "1608:00 series.closed sla_attainment/- n=20 missed=yes");
    given_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closes),
        cmocka_unit_test(is_corrected),
        cmocka_unit_test(looks),
        cmocka_unit_test(misses_rarely),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

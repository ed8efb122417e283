/* What groups promised us, and who is asked for advice (RULES 2, silence, and 9). */
#include "tests/unit/escalation_book.h"

#define OFFICE                                                                                     \
    "00:00 copies calendar.changed office zone=UTC versions=2026-01-01/mon-fri;09:00;17:00\n"
#define HANDED "16:00 ticket.record group=desk\n 16:30 ticket.record group=network\n"
#define OLA    "00:00 copies agreement.changed ola groups=network start=2025-01-01 "
#define TICKET " @acme query escalation.ticket ticket=desk:1\n"

static const struct given_row silence[] = {
    { "The agreement that binds the group says how soon it responds",
      OLA "terms=/3/response/30m\n" HANDED, "17:00 passes",
      "17:00 ticket.group_silent group=network\n 17:00 escalation.raised cause=silence" },
    { "In the hours of the agreement", OFFICE OLA "calendar=office terms=/3/response/60m\n" HANDED,
      "33:30 passes", "33:30 ticket.group_silent group=network\n 33:30 escalation.raised" },
    { "In the hours of its term", OFFICE OLA "terms=/3/response/60m///office\n" HANDED,
      "33:30 passes", "33:30 ticket.group_silent group=network\n 33:30 escalation.raised" },
    { "By the end of the next working day",
      OFFICE OLA "calendar=office terms=/3/response//1/yes\n" HANDED, "41:00 passes",
      "36:00 ticket.reminded clock=resolve\n 41:00 ticket.group_silent\n 41:00 escalation.raised" },
    { "Not for another group, priority or day",
      "00:00 copies agreement.changed a groups=storage start=2025-01-01 "
      "terms=/3/response/30m\n"
      "00:00 copies agreement.changed b groups=network start=2025-01-01 "
      "terms=/2/response/30m+/3/resolve/30m\n"
      "00:00 copies agreement.changed c groups=network start=2026-01-06 "
      "terms=/3/response/30m\n"
      "00:00 copies agreement.changed d groups=network start=2025-01-01 "
      "end=2026-01-04 terms=/3/response/30m\n" HANDED,
      "20:30 passes", "20:30 ticket.group_silent\n 20:30 escalation.raised" },
    { "Of several the one that the ticket's contract leans on, then the latest, then by id",
      "00:00 copies client.changed acme zone=UTC\n"
      "00:00 copies contract.changed c1 client=acme services=mail start=2025-01-01\n"
      "00:00 copies agreement.changed a groups=network start=2025-06-01 "
      "terms=/3/response/10m contracts=c0+c1\n"
      "00:00 copies agreement.changed b groups=network+storage start=2025-07-01 "
      "end=2026-01-05 terms=/3/response/20m contracts=c0\n"
      "00:00 copies agreement.changed c groups=storage start=2025-05-01 "
      "terms=/3/response/30m contracts=c1\n"
      "00:00 copies agreement.changed d groups=backup start=2025-07-01 "
      "terms=/3/response/40m\n"
      "00:00 copies agreement.changed f groups=backup start=2025-08-01 "
      "terms=/3/response/60m\n"
      "00:00 copies agreement.changed e groups=backup start=2025-08-01 "
      "terms=/3/response/50m\n",
      "01:00 ticket.record number=1 group=desk\n 01:00 ticket.record number=2 group=desk\n"
      "01:00 ticket.record number=3 group=desk\n"
      "02:00 ticket.record number=1 group=network\n 02:00 ticket.record number=2 group=storage\n"
      "02:00 ticket.record number=3 group=backup\n 02:00" TICKET
      "02:00 @acme query escalation.ticket ticket=desk:2\n"
      "02:00 @acme query escalation.ticket ticket=desk:3",
      "row number=1 silent_at=02:10\n row number=2 silent_at=02:30\n row number=3 "
      "silent_at=02:50" },
    { "The service's term comes before the one for all",
      OLA "terms=/3/response/30m+mail/3/response/10m\n",
      "01:00 ticket.record group=desk service=mail\n 01:05 ticket.record group=network\n "
      "01:05" TICKET,
      "row silent_at=01:15" },
    { "An agreement that changed, and one that ended, bind other groups and none",
      OLA "terms=/3/response/30m\n"
          "00:00 copies agreement.changed ola groups=storage start=2025-01-01 "
          "terms=/3/response/20m\n"
          "00:00 copies agreement.changed old groups=network+storage start=2025-01-01 "
          "terms=/3/response/10m\n"
          "00:00 copies agreement.removed old id=old\n",
      "01:00 ticket.record number=1 group=desk\n 01:00 ticket.record number=2 group=desk\n"
      "02:00 ticket.record number=1 group=network\n 02:00 ticket.record number=2 group=storage\n"
      "02:00" TICKET "02:00 @acme query escalation.ticket ticket=desk:2",
      "row number=1 silent_at=06:00\n row number=2 silent_at=02:20" },
    { "Hours without any working time left: never",
      "00:00 copies calendar.changed shut zone=UTC versions=2026-01-01\n" OLA
      "calendar=shut terms=/3/response/30m\n" HANDED,
      "17:00" TICKET, "row group=network" },
    { "Without an agreement the client's response target, in its hours",
      OFFICE "00:00 copies client.changed acme calendar=office targets=3/60m\n" HANDED,
      "33:30 passes", "33:30 ticket.group_silent\n 33:30 escalation.raised" },
};

#define CHART                                                                                      \
    "00:00 copies raci.changed disk:incident component=disk process=incident "                     \
    "cells=desk/R+lead/A+dba/C+vendor/C+board/I\n"
#define BROKEN CHART "00:00 ticket.record component=disk\n"

static const struct given_row consultation[] = {
    { "Who is to be consulted is asked at the raise", BROKEN,
      "00:10 escalation.raise tickets=desk:1\n"
      "00:10 query escalation.consultations escalation=esc-1\n"
      "00:10 @acme query escalation.consultations escalation=esc-1 limit=1\n"
      "00:10 @umbrella query escalation.consultations escalation=esc-1",
      "00:10 escalation.raised esc-1 component=disk\n"
      "00:10 consultation.asked con-1 escalation=esc-1 role=dba component=disk until=00:40\n"
      "00:10 consultation.asked con-2 role=vendor until=00:40\n"
      "row id=con-1 client=acme state=asked\n row id=con-2\n row id=con-1" },
    { "Also when a clock raises", BROKEN, "30:00 passes",
      "20:00 ticket.reminded\n 30:00 ticket.threshold_reached\n 30:00 escalation.raised\n"
      "30:00 consultation.asked role=dba\n 30:00 consultation.asked role=vendor" },
    { "Advice is kept, and who gave it", BROKEN "00:10 escalation.raise tickets=desk:1",
      "00:20 bob@acme consultation.answer\n 00:20 query escalation.consultations escalation=esc-1",
      "00:20 consultation.answered con-1 escalation=esc-1 role=dba "
      "advice=Restart_the_queue_first\n"
      "row state=answered by=bob advice=Restart_the_queue_first ended_at=00:20\n row state=asked" },
    { "Without advice it goes on, and that is on record",
      BROKEN "00:10 escalation.raise tickets=desk:1\n 00:20 consultation.answer",
      "00:40 passes\n 00:41 consultation.answer consultation=con-2\n"
      "00:41 query escalation.consultations escalation=esc-1",
      "00:40 consultation.lapsed con-2 occurred_at=00:40 escalation=esc-1 role=vendor\n"
      "refused consultation_over consultation\n row id=con-1\n row state=lapsed ended_at=00:40" },
    { "How long is an option", "option consult_within=5m\n" BROKEN,
      "00:10 escalation.raise tickets=desk:1\n 00:15 passes",
      "00:10 escalation.raised\n 00:10 consultation.asked until=00:15\n"
      "00:10 consultation.asked\n 00:15 consultation.lapsed\n 00:15 consultation.lapsed" },
    { "Nobody is asked without a row of the chart, a C in it, or a component",
      "00:00 copies raci.changed tape:incident component=tape process=incident cells=desk/AR\n"
      "00:00 copies raci.changed disk:change component=disk process=change cells=dba/C\n"
      "00:00 ticket.record number=1 component=tape\n 00:00 ticket.record number=2 component=disk\n"
      "00:00 ticket.record number=3\n",
      "00:10 escalation.raise tickets=desk:1\n 00:10 escalation.raise tickets=desk:2\n"
      "00:10 escalation.raise tickets=desk:3",
      "00:10 escalation.raised\n 00:10 escalation.raised\n 00:10 escalation.raised" },
    { "Eight at most",
      "00:00 copies raci.changed disk:incident component=disk process=incident "
      "cells=a/C+b/C+c/C+d/C+e/C+f/C+g/C+h/C+i/C\n 00:00 ticket.record component=disk",
      "00:10 escalation.raise tickets=desk:1",
      "00:10 escalation.raised\n 00:10 consultation.asked role=a\n 00:10 consultation.asked\n"
      "00:10 consultation.asked\n 00:10 consultation.asked\n 00:10 consultation.asked\n"
      "00:10 consultation.asked\n 00:10 consultation.asked\n 00:10 consultation.asked role=h" },
    { "A component too long for any chart",
      "00:00 ticket.record component="
      "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
      "xxxxxxxxxxxxxxxxxxxxxxxx",
      "00:10 escalation.raise tickets=desk:1", "00:10 escalation.raised" },
    { "A closed escalation asks nobody any more",
      BROKEN "00:10 escalation.raise tickets=desk:1\n 00:11 ticket.record state=resolved\n"
             "00:11 escalation.confirm\n 00:11 escalation.review decision=not_required\n"
             "00:11 escalation.assess\n 00:11 escalation.survey decision=asked\n"
             "00:11 consultation.answer",
      "00:12 escalation.close\n 02:00 passes\n"
      "02:00 query escalation.consultations escalation=esc-1",
      "00:12 escalation.closed\n 00:12 consultation.ended con-2 escalation=esc-1 role=vendor\n"
      "row state=answered\n row state=ended ended_at=00:12" },
    { "Merged into one that asks nobody, it goes on asking there",
      BROKEN "00:10 escalation.raise tickets=desk:1\n 00:11 escalation.raise severity=3\n"
             "00:12 consultation.answer",
      "00:20 escalation.merge escalation=esc-2 other=esc-1\n 00:40 passes\n"
      "00:40 query escalation.consultations escalation=esc-2",
      "00:20 escalation.absorbed esc-2\n 00:20 escalation.merged esc-1\n"
      "00:20 consultation.moved con-2 escalation=esc-2 role=vendor\n"
      "00:40 consultation.lapsed con-2 escalation=esc-2\n row id=con-2 escalation=esc-2" },
    { "Merged into one that asks already, it ends",
      BROKEN "00:00 ticket.record number=2 component=disk\n"
             "00:10 escalation.raise tickets=desk:1\n 00:11 escalation.raise tickets=desk:2",
      "00:20 escalation.merge",
      "00:20 escalation.absorbed esc-1\n 00:20 escalation.merged esc-2\n"
      "00:20 consultation.ended con-3 escalation=esc-2\n 00:20 consultation.ended con-4" },
    { "An adopted clock lapses what was asked in history",
      BROKEN "00:10 escalation.raise tickets=desk:1\n 01:00 adopts",
      "01:00 query escalation.consultations escalation=esc-1",
      "row state=lapsed ended_at=00:40\n row state=lapsed" },
};

/* More agreements than are kept for a group: the first ones count. */
static void test_bound(void **state)
{
    (void)state;
    given_begin(&escalation_book);
    for (int i = 1; i <= 65; i++)
        given_play("00:00 copies agreement.changed a%d groups=network "
                   "start=2025-01-%02d terms=/3/response/%dm",
                   i, i <= 31 ? i : 31, i);
    given_play("00:00 ticket.record group=desk\n 00:01 ticket.record group=network\n 00:01" TICKET);
    given_expect("row silent_at=00:32");
    given_play("00:02 copies agreement.removed a31 id=a31\n"
               "00:02 copies agreement.changed a65 groups=network "
               "start=2025-02-01 terms=/3/response/65m\n"
               "00:02 ticket.record group=desk\n 00:03 ticket.record group=network\n 00:03" TICKET);
    given_expect("row silent_at=01:08");
    given_end();
}

static void test_silence(void **state)
{
    (void)state;
    GIVEN_ROWS(&escalation_book, silence);
}

static void test_consultation(void **state)
{
    (void)state;
    GIVEN_ROWS(&escalation_book, consultation);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_silence),
        cmocka_unit_test(test_bound),
        cmocka_unit_test(test_consultation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

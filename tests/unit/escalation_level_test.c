/* When an escalation is raised, how high it stands, and how it is merged (RULES 3 and 4).
 *
 * Minutes to levels 2 to 6: severity 1: 10, 15, 30, 60, 120; 2: 30, 60, 120, 240, 480;
 * 3: 120, 240, 480, 960, never; 4: 480, 960, never. Floor: 90 % 3, 100 % 4, 120 % 5, 150 % 6.
 */
#include "tests/unit/escalation_book.h"

static const struct given_row raise[] = {
    { "Raised by hand it begins at level 1, with the ticket's severity",
      "00:00 ticket.record priority=2",
      "00:05 bob@acme escalation.raise tickets=desk:1 primary_contact=Ms_Olsen\n"
      "00:05 query escalation.get escalation=esc-1",
      "00:05 escalation.raised esc-1 raised_at=00:05 kind=management cause=hand severity=2 level=1 "
      "steps=1/0m+2/30m+3/60m+4/120m+5/240m+6/480m\n"
      "row id=esc-1 client=acme state=open raised_by=bob primary_contact=Ms_Olsen tickets=desk:1 "
      "highest_level=1" },
    { "The client is unsatisfied and asks for management: at least level 4", "00:00 ticket.record",
      "00:05 escalation.raise tickets=desk:1 cause=client_wish",
      "00:05 escalation.raised cause=client_wish kind=management level=4 severity=3" },
    { "At the client's wish, but higher when it is said so", "",
      "00:05 escalation.raise severity=3 cause=client_wish level=5",
      "00:05 escalation.raised level=5" },
    { "Level and severity as given", "00:00 ticket.record",
      "00:05 escalation.raise tickets=desk:1 level=3 severity=1",
      "00:05 escalation.raised level=3 severity=1" },
    { "Of several tickets the most urgent gives the severity",
      "00:00 ticket.record number=1\n 00:00 ticket.record number=2 priority=2\n"
      "00:00 ticket.record number=3 priority=4",
      "00:05 escalation.raise tickets=desk:1+desk:2+desk:3",
      "00:05 escalation.raised severity=2 tickets=desk:1+desk:2+desk:3" },
    { "A complaint needs no ticket, and climbs all the same", "",
      "00:00 escalation.raise severity=2\n 01:00 passes",
      "00:00 escalation.raised severity=2\n 00:30 escalation.level_raised level=2 cause=matrix\n"
      "01:00 escalation.level_raised level=3 from=2 cause=matrix" },
    { "A ticket nobody knows", "", "00:00 escalation.raise tickets=desk:9", "missing tickets" },
    { "A ticket whose escalation is open is not escalated again by its clocks",
      "00:00 ticket.record priority=1\n 00:00 escalation.raise tickets=desk:1 level=6",
      "03:00 passes", "02:00 ticket.reminded\n 03:00 ticket.threshold_reached" },
    { "When that is closed, it is",
      "00:00 ticket.record priority=4\n 00:00 escalation.raise tickets=desk:1\n"
      "01:00 ticket.record priority=4 state=resolved\n 01:00 escalation.confirm\n"
      "01:00 escalation.review decision=not_required\n 01:00 escalation.assess\n"
      "01:00 escalation.survey decision=asked\n 01:00 escalation.close\n"
      "02:00 ticket.record priority=4",
      "61:00 passes",
      "41:00 ticket.reminded\n 61:00 ticket.threshold_reached percent=75\n"
      "61:00 escalation.raised esc-2 cause=threshold" },
    { "Raised for tickets that are solved already, it waits for its closeout",
      "00:00 ticket.record priority=1 state=resolved",
      "00:00 escalation.raise tickets=desk:1\n 05:00 passes",
      "00:00 escalation.raised resolved=yes" },
};

static const struct given_row matrix[] = {
    { "Severity 1 climbs in two hours", "00:00 escalation.raise severity=1", "48:00 passes",
      "00:10 escalation.level_raised esc-1 level=2 from=1 cause=matrix\n"
      "00:15 escalation.level_raised level=3 from=2\n 00:30 escalation.level_raised level=4 "
      "from=3\n"
      "01:00 escalation.level_raised level=5 from=4\n 02:00 escalation.level_raised level=6 "
      "from=5" },
    { "Severity 3 never reaches the executives by time alone", "00:00 escalation.raise severity=3",
      "96:00 passes",
      "02:00 escalation.level_raised level=2\n 04:00 escalation.level_raised level=3\n"
      "08:00 escalation.level_raised level=4\n 16:00 escalation.level_raised level=5" },
    { "Severity 4 stops at level 3", "00:00 escalation.raise severity=4", "96:00 passes",
      "08:00 escalation.level_raised level=2\n 16:00 escalation.level_raised level=3" },
    { "Raised higher, the lower steps are skipped", "00:00 escalation.raise severity=1 level=4",
      "01:00 passes", "01:00 escalation.level_raised level=5 from=4" },
    { "Minutes go on while a ticket is paused",
      "00:00 ticket.record priority=1 state=pending_client\n 00:00 escalation.raise tickets=desk:1",
      "00:10 passes", "00:10 escalation.level_raised level=2" },
    { "Cells of the matrix are options",
      "option matrix_1_2=1m\n option matrix_1_3=0\n option matrix_1_4=5m\n"
      "00:00 escalation.raise severity=1",
      "00:10 passes",
      "00:01 escalation.level_raised level=2\n 00:05 escalation.level_raised level=4" },
    { "A higher step may come before a lower one",
      "option matrix_4_2=60m\n option matrix_4_3=20m\n 00:00 escalation.raise severity=4",
      "02:00 passes", "00:20 escalation.level_raised level=3 from=1" },
    { "The service was down: the level is taken to the highest at once",
      "00:00 escalation.raise severity=1", "00:40 starts",
      "00:40 escalation.level_raised level=4 from=1" },
};

/* Only clocks make severity 1 climb. */
#define NO_MATRIX                                                                                  \
    "option matrix_1_2=0\n option matrix_1_3=0\n option matrix_1_4=0\n option matrix_1_5=0\n"      \
    "option matrix_1_6=0\n"

static const struct given_row floors[] = {
    { "90, 100, 120 and 150 % make it level 3, 4, 5 and 6 at least",
      NO_MATRIX "00:00 ticket.record priority=1\n 03:00 passes", "06:00 passes",
      "03:36 ticket.threshold_reached percent=90\n"
      "03:36 escalation.level_raised level=3 from=1 cause=threshold\n"
      "04:00 ticket.threshold_reached percent=100\n"
      "04:00 escalation.level_raised level=4 from=3 cause=threshold\n"
      "04:48 ticket.threshold_reached percent=120\n"
      "04:48 escalation.level_raised level=5 from=4 cause=threshold\n"
      "06:00 ticket.threshold_reached percent=150\n"
      "06:00 escalation.level_raised level=6 from=5 cause=threshold" },
    { "An acknowledgement does not stop the clocks",
      NO_MATRIX "00:00 ticket.record priority=1\n 03:30 passes",
      "03:30 escalation.ack\n 03:36 passes",
      "03:30 escalation.acked\n 03:36 ticket.threshold_reached\n 03:36 escalation.level_raised" },
    { "The highest of all its tickets counts",
      NO_MATRIX
      "00:00 ticket.record number=1 priority=1\n"
      "01:00 ticket.record number=2 priority=1\n 01:30 escalation.raise tickets=desk:1+desk:2\n"
      "04:50 passes",
      "05:48 passes",
      "05:00 ticket.threshold_reached desk:2 percent=100\n"
      "05:48 ticket.threshold_reached desk:2 percent=120" },
    { "One instant, one change: the ticket's timer comes first and sees the matrix",
      NO_MATRIX "option matrix_1_6=60m\n 00:00 ticket.record priority=1\n 03:50 passes",
      "04:00 passes",
      "04:00 ticket.threshold_reached percent=100\n"
      "04:00 escalation.level_raised level=6 from=3 cause=matrix" },
    { "One instant, one change: the escalation's timer comes first and sees the clock",
      NO_MATRIX "option matrix_1_4=60m\n 00:00 ticket.record source=zd priority=1\n"
                "03:50 passes",
      "04:00 passes",
      "04:00 escalation.level_raised esc-1 level=4 from=3 cause=threshold\n"
      "04:00 ticket.threshold_reached zd:1 percent=100" },
    { "A fact changes no level itself; a threshold it makes due counts right behind it",
      NO_MATRIX "00:00 ticket.record priority=3\n 01:00 escalation.raise tickets=desk:1 severity=1",
      "04:00 ticket.record priority=1\n 04:00 @acme query escalation.list\n 04:01 passes",
      "04:00 ticket.threshold_reached percent=100\n"
      "04:00 escalation.level_raised level=4 from=1 cause=threshold\n row level=4" },
    { "A paused clock does not count, and a resumed one does at the next timer",
      NO_MATRIX
      "option matrix_1_2=60m\n 00:00 ticket.record priority=1\n"
      "03:50 ticket.record priority=1 state=pending_client\n 03:50 escalation.deescalate level=1",
      "05:00 passes\n 06:00 ticket.record priority=1\n 06:20 passes",
      "04:00 escalation.level_raised level=2 cause=matrix\n"
      "06:10 ticket.threshold_reached percent=100\n"
      "06:10 escalation.level_raised level=4 from=2 cause=threshold" },
    { "Raised by hand for a ticket far gone: the clock counts at the first timer",
      "00:00 ticket.record priority=4 made_sla=no\n 00:00 escalation.raise tickets=desk:1 level=6\n"
      "97:00 ticket.record priority=4 state=resolved\n 97:00 escalation.confirm\n"
      "97:00 escalation.review decision=required\n 97:00 escalation.assess\n"
      "97:00 escalation.survey decision=asked\n 97:00 escalation.close\n"
      "98:00 ticket.record priority=4\n 98:00 escalation.raise tickets=desk:1",
      "106:00 passes", "106:00 escalation.level_raised esc-2 level=5 from=1 cause=threshold" },
};

static const struct given_row acks[] = {
    { "Somebody takes it: it does not climb until the acknowledgement expires, then all at once",
      "00:00 escalation.raise severity=1",
      "00:05 bob@acme escalation.ack\n 00:35 passes\n 01:00 passes",
      "00:05 escalation.acked esc-1 until=00:35\n"
      "00:35 escalation.ack_expired occurred_at=00:35 acked_by=bob\n"
      "00:35 escalation.level_raised level=4 from=1\n 01:00 escalation.level_raised level=5" },
    { "Taken again in time, it lasts longer",
      "00:00 escalation.raise severity=1\n 00:05 escalation.ack",
      "00:30 escalation.ack\n 00:59 passes", "00:30 escalation.acked until=01:00" },
    { "An acknowledgement lasts 30, 60, 240 and 480 minutes by severity",
      "00:00 escalation.raise severity=2\n 00:00 escalation.raise severity=3\n"
      "00:00 escalation.raise severity=4",
      "00:01 escalation.ack\n 00:01 escalation.ack escalation=esc-2\n"
      "00:01 escalation.ack escalation=esc-3",
      "00:01 escalation.acked until=01:01\n 00:01 escalation.acked until=04:01\n"
      "00:01 escalation.acked until=08:01" },
    { "A ticket's timer at the instant of the expiry sees the matrix go on",
      "option ack_1=50m\n 00:00 ticket.record priority=1\n 03:00 passes\n 03:10 escalation.ack",
      "04:00 passes",
      "03:36 ticket.threshold_reached\n 03:36 escalation.level_raised level=3\n"
      "04:00 ticket.threshold_reached percent=100\n 04:00 escalation.level_raised level=5\n"
      "04:00 escalation.ack_expired" },
    { "An expiry that lapses ends the acknowledgement, and the steps until then with it",
      "00:00 escalation.raise severity=1\n 00:05 escalation.ack", "00:59 adopts\n 01:00 passes",
      "01:00 escalation.level_raised level=5 from=1" },
    { "Steps that wait for an acknowledgement don't lapse",
      "00:00 escalation.raise severity=1\n 00:14 escalation.ack\n"
      "00:14 escalation.update next_update_at=00:20",
      "00:30 adopts\n 00:44 passes",
      "00:44 escalation.ack_expired\n 00:44 escalation.level_raised level=4 from=2" },
};

static const struct given_row lowered[] = {
    { "Only de-escalation lowers the level, and what is passed does not count again",
      "00:00 ticket.record priority=1\n 03:45 passes",
      "03:45 escalation.deescalate level=1\n 05:00 passes",
      "03:45 escalation.deescalated level=1 from=4 reason=It_works_again\n"
      "04:00 ticket.threshold_reached percent=100\n"
      "04:00 escalation.level_raised level=5 from=1 cause=matrix\n"
      "04:48 ticket.threshold_reached percent=120\n"
      "05:00 escalation.level_raised level=6 from=5" },
    { "A step that passed under the acknowledgement, before it was lowered, does not count",
      "00:00 escalation.raise severity=1 level=5\n 00:05 escalation.ack",
      "00:32 escalation.deescalate level=1\n 01:00 passes",
      "00:32 escalation.deescalated\n 00:35 escalation.ack_expired\n"
      "01:00 escalation.level_raised level=5 from=1" },
};

static const struct given_row severity[] = {
    { "A ticket of it becomes more urgent: so does the escalation, and its ladder is steeper",
      "00:00 ticket.record priority=3\n 00:00 escalation.raise tickets=desk:1",
      "00:20 ticket.record priority=1\n 00:30 passes",
      "00:20 escalation.severity_raised severity=1 from=3 occurred_at=00:20 "
      "steps=1/0m+2/10m+3/15m+4/30m+5/60m+6/120m\n"
      "00:20 escalation.level_raised level=3 from=1 cause=matrix\n"
      "00:30 escalation.level_raised level=4" },
    { "It never becomes less severe",
      "00:00 ticket.record priority=1\n 00:00 escalation.raise tickets=desk:1",
      "00:05 ticket.record priority=3\n 00:10 passes", "00:10 escalation.level_raised level=2" },
    { "A solved ticket makes nothing more severe, until it is reopened",
      "00:00 ticket.record priority=3\n 00:00 escalation.raise tickets=desk:1",
      "00:05 ticket.record priority=1 state=resolved\n 00:06 ticket.record priority=1",
      "00:05 escalation.resolved\n 00:06 escalation.severity_raised severity=1\n"
      "00:06 escalation.reopened ticket=desk:1" },
    { "Told late: the steps it makes due more than an hour ago have no effect",
      "00:00 ticket.record priority=4\n 00:00 escalation.raise tickets=desk:1",
      "03:30 ticket.record priority=2 updated_at=00:10\n 04:00 passes",
      "03:30 escalation.severity_raised occurred_at=00:10 severity=2 lapsed_until=02:29:59+999999\n"
      "04:00 ticket.reminded\n 04:00 escalation.level_raised level=5 from=1 cause=matrix" },
    { "But those due within the hour count",
      "00:00 ticket.record priority=4\n 00:00 escalation.raise tickets=desk:1",
      "02:30 ticket.record priority=2 updated_at=00:10\n 02:31 passes",
      "02:30 escalation.severity_raised\n 02:30 escalation.level_raised level=4 from=1" },
};

static const struct given_row waiting[] = {
    { "It does not climb while every ticket is solved; reopened, what passed counts at once",
      "00:00 ticket.record priority=1\n 00:00 escalation.raise tickets=desk:1",
      "00:05 ticket.record priority=1 state=resolved\n 00:50 passes\n"
      "00:50 ticket.record priority=1\n 00:55 passes",
      "00:05 escalation.resolved esc-1 occurred_at=00:05\n"
      "00:50 escalation.reopened esc-1 ticket=desk:1 occurred_at=00:50\n"
      "00:50 escalation.level_raised level=4 from=1" },
    { "While one of its tickets is not, it climbs on",
      "00:00 ticket.record number=1 priority=1\n 00:00 ticket.record number=2 priority=1\n"
      "00:00 escalation.raise tickets=desk:1+desk:2",
      "00:05 ticket.record number=1 priority=1 state=resolved\n 00:10 passes\n"
      "00:12 ticket.record number=2 priority=1 state=cancelled\n"
      "00:13 ticket.record number=2 priority=1 state=closed\n 01:00 passes\n"
      "01:00 ticket.record number=2 priority=1\n"
      "01:00 ticket.record number=1 priority=1 updated_at=01:00",
      "00:10 escalation.level_raised level=2\n 00:12 escalation.resolved\n"
      "01:00 escalation.reopened ticket=desk:2\n 01:00 escalation.level_raised level=5" },
    { "A reopened ticket takes the confirmation back",
      "00:00 ticket.record state=resolved\n 00:00 escalation.raise tickets=desk:1\n"
      "00:01 escalation.confirm",
      "00:02 query escalation.get escalation=esc-1\n 00:02 ticket.record\n"
      "00:02 query escalation.get escalation=esc-1\n 00:03 escalation.close",
      "row confirmed_by=Ms_Olsen confirmed_at=00:01 confirmation_by=ann\n"
      "00:02 escalation.reopened\n row state=open\n refused not_confirmed" },
    { "It takes it back, too, when a merge had brought an unsolved ticket",
      "00:00 ticket.record state=resolved\n 00:00 ticket.record number=2\n"
      "00:00 escalation.raise tickets=desk:1\n 00:00 escalation.raise tickets=desk:2\n"
      "00:01 escalation.confirm\n 00:02 escalation.merge",
      "00:03 ticket.record\n 00:04 escalation.close",
      "00:03 escalation.reopened ticket=desk:1\n refused not_confirmed" },
    { "Told late of a reopening: the steps due more than an hour ago have no effect",
      "00:00 ticket.record priority=1\n 00:00 escalation.raise tickets=desk:1\n"
      "00:05 ticket.record priority=1 state=resolved",
      "01:45 ticket.record priority=1 updated_at=00:40\n 01:50 passes",
      "01:45 escalation.reopened occurred_at=00:40 lapsed_until=00:44:59+999999\n"
      "01:45 escalation.level_raised level=5 from=1" },
    { "Steps that passed while it waited don't lapse: they count when it is reopened",
      "00:00 ticket.record priority=1\n 00:00 escalation.raise tickets=desk:1\n"
      "00:05 ticket.record priority=1 state=resolved\n 00:05 escalation.update "
      "next_update_at=00:20",
      "00:50 adopts\n 00:55 ticket.record priority=1\n 00:56 passes",
      "00:55 escalation.reopened\n 00:55 escalation.level_raised level=4 from=1" },
};

static const struct given_row merges[] = {
    { "Several escalations of one client become one: the higher level, severity, earlier raise",
      "00:00 ticket.record number=1 priority=3\n 00:00 ticket.record number=2 priority=2\n"
      "00:00 escalation.raise tickets=desk:1\n"
      "00:05 escalation.raise tickets=desk:2 cause=client_wish",
      "00:10 escalation.merge escalation=esc-2 other=esc-1\n"
      "00:10 query escalation.get escalation=esc-2\n"
      "00:10 query escalation.get escalation=esc-1",
      "00:10 escalation.absorbed esc-2 other=esc-1 tickets=desk:1 raised_at=00:00 highest_level=4\n"
      "00:10 escalation.merged esc-1 into=esc-2\n"
      "row id=esc-2 level=4 severity=2 raised_at=00:00 tickets=desk:2+desk:1 client_wish=yes\n"
      "row id=esc-1 state=merged merged_into=esc-2 closed_by=ann closed_at=00:10" },
    { "The other way round, level and severity are raised",
      "00:00 ticket.record number=1 priority=3\n 00:00 ticket.record number=2 priority=2\n"
      "00:00 escalation.raise tickets=desk:1\n"
      "00:05 escalation.raise tickets=desk:2 cause=client_wish",
      "00:10 escalation.merge\n 00:10 query escalation.ticket_summary",
      "00:10 escalation.absorbed esc-1 other=esc-2 tickets=desk:2 client_wish=yes\n"
      "00:10 escalation.merged esc-2 into=esc-1\n"
      "00:10 escalation.severity_raised esc-1 severity=2 from=3 occurred_at=00:10\n"
      "00:10 escalation.level_raised esc-1 level=4 from=1 cause=merge\n"
      "one escalations=2 level_1=2 level_4=1" },
    { "The tickets that moved belong to it from then on",
      "00:00 ticket.record number=1 priority=1\n 00:00 ticket.record number=2 priority=1\n"
      "00:00 escalation.raise tickets=desk:1 level=5\n"
      "00:00 escalation.raise tickets=desk:2 level=5\n 00:01 escalation.merge",
      "00:05 ticket.record number=1 priority=1 state=resolved\n"
      "00:06 ticket.record number=2 priority=1 state=resolved",
      "00:06 escalation.resolved esc-1" },
    { "The earlier raise counts at once, but what was lowered away stays so",
      "00:00 escalation.raise severity=1\n 00:05 escalation.ack\n"
      "00:20 escalation.raise severity=1 level=4\n"
      "00:32 escalation.deescalate escalation=esc-2 level=1",
      "00:33 escalation.merge escalation=esc-2 other=esc-1\n 01:00 passes",
      "00:33 escalation.absorbed esc-2\n 00:33 escalation.merged esc-1\n"
      "01:00 escalation.level_raised esc-2 level=5 from=1" },
    { "Merged with a raise an hour before, the steps between count now",
      "00:00 escalation.raise severity=3\n 01:00 escalation.raise severity=1",
      "01:01 escalation.merge escalation=esc-2 other=esc-1",
      "01:01 escalation.absorbed esc-2\n 01:01 escalation.merged esc-1" },
    { "The timer right behind it takes the level up",
      "00:00 escalation.raise severity=3\n 01:00 escalation.raise severity=1\n"
      "01:01 escalation.merge escalation=esc-2 other=esc-1",
      "01:01 passes", "01:01 escalation.level_raised esc-2 level=5 from=1" },
    { "All of both solved: the one waits for its closeout, too",
      "00:00 ticket.record number=1 priority=1\n 00:00 escalation.raise severity=1\n"
      "00:00 escalation.raise tickets=desk:1\n"
      "00:01 ticket.record number=1 priority=1 state=resolved\n 00:02 escalation.merge",
      "05:00 passes\n 05:00 query escalation.get escalation=esc-1",
      "row resolved_at=00:02 level=1" },
    { "Both waited: it goes on waiting",
      "00:00 ticket.record number=1 state=resolved\n 00:00 ticket.record number=2 state=resolved\n"
      "00:00 escalation.raise tickets=desk:1\n 00:01 escalation.raise tickets=desk:2",
      "00:02 escalation.merge\n 00:02 query escalation.get escalation=esc-1",
      "00:02 escalation.absorbed resolved=yes\n 00:02 escalation.merged\n row resolved_at=00:00" },
    { "One waited and the other does not: it climbs",
      "00:00 ticket.record number=1 priority=1 state=resolved\n"
      "00:00 ticket.record number=2 priority=1\n"
      "00:00 escalation.raise tickets=desk:1\n 00:00 escalation.raise tickets=desk:2 level=2",
      "00:12 escalation.merge\n 00:15 passes",
      "00:12 escalation.absorbed\n 00:12 escalation.merged\n"
      "00:12 escalation.level_raised level=2 cause=merge\n"
      "00:15 escalation.level_raised level=3 cause=matrix" },
    { "Two complaints without a ticket",
      "00:00 escalation.raise severity=4\n"
      "00:00 escalation.raise severity=4",
      "00:01 escalation.merge", "00:01 escalation.absorbed\n 00:01 escalation.merged" },
    { "The earlier of the updates that the client waits for counts",
      "00:00 escalation.raise severity=4\n 00:00 escalation.raise severity=4\n"
      "00:00 escalation.update next_update_at=02:00\n"
      "00:00 escalation.update escalation=esc-2 next_update_at=01:00\n 00:01 escalation.merge",
      "03:00 passes", "01:00 escalation.update_missed esc-1 occurred_at=01:00" },
    { "And so does the only one",
      "00:00 escalation.raise severity=4\n 00:00 escalation.raise severity=4\n"
      "00:00 escalation.update next_update_at=02:00\n 00:01 escalation.merge",
      "03:00 passes", "02:00 escalation.update_missed esc-1" },
    { "An update missed before is missed once",
      "00:00 escalation.raise severity=4\n 00:00 escalation.raise severity=4\n"
      "00:00 escalation.update next_update_at=01:00\n"
      "00:00 escalation.update escalation=esc-2 next_update_at=03:00\n"
      "02:00 escalation.merge",
      "04:00 passes", "03:00 escalation.update_missed esc-1" },
};

#define PLAYS(name)                                                                                \
    static void test_##name(void **state)                                                          \
    {                                                                                              \
        (void)state;                                                                               \
        GIVEN_ROWS(&escalation_book, name);                                                        \
    }
PLAYS(raise)
PLAYS(matrix)
PLAYS(floors)
PLAYS(acks)
PLAYS(lowered)
PLAYS(severity)
PLAYS(waiting)
PLAYS(merges)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_raise),   cmocka_unit_test(test_matrix),
        cmocka_unit_test(test_floors),  cmocka_unit_test(test_acks),
        cmocka_unit_test(test_lowered), cmocka_unit_test(test_severity),
        cmocka_unit_test(test_waiting), cmocka_unit_test(test_merges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tickets and their clocks (RULES 1, 2 and 7), as a service manager would read them from a log
 * book.
 *
 * Targets: response 15 m, 30 m, 4 h, 8 h; resolve 4 h, 8 h, 40 h, 80 h; update 30 m, 1 h, 24 h, 48
 * h.
 */
#include "tests/unit/escalation_book.h"

static const struct given_row facts[] = {
    { "Opening a ticket never raises an escalation", "", "00:00 ticket.record state=new priority=1",
      "" },
    { "The same fact again is known", "00:00 ticket.record mod_count=1 row=7",
      "01:00 ticket.record updated_at=00:00 mod_count=1 row=7", "known" },
    { "An earlier fact is known: it changes nothing", "02:00 ticket.record",
      "03:00 ticket.record updated_at=01:00 state=resolved\n"
      "03:00 @acme query escalation.ticket ticket=desk:1",
      "known\n row state=active moment=02:00" },
    { "Of one moment the higher modification count is newer, then the later row",
      "01:00 ticket.record mod_count=2 row=5 group=A",
      "01:00 ticket.record mod_count=1 row=9 group=B\n"
      "01:00 ticket.record mod_count=2 row=4 group=C\n"
      "01:00 ticket.record mod_count=2 row=6 group=D\n"
      "01:00 ticket.record mod_count=3 row=1 group=E\n"
      "01:00 @acme query escalation.ticket ticket=desk:1",
      "known\n known\n row group=E mod_count=3 row=1" },
    { "A fact is kept in all its words",
      "00:00 ticket.record type=incident title=Mail_is_down service=mail component=disk-7 "
      "category=storage group=unix owner=bob reassignment_count=2 state=new",
      "00:00 @acme query escalation.ticket ticket=desk:1",
      "row source=desk number=1 type=incident state=new phase=running title=Mail_is_down "
      "service=mail component=disk-7 category=storage group=unix owner=bob reassignments=2" },
    { "A fact that says little keeps what the ticket is about",
      "00:00 ticket.record type=request title=Mail_is_down service=mail component=disk-7 "
      "category=storage group=unix owner=bob priority=2",
      "01:00 ticket.record state=resolved priority=\n"
      "01:00 @acme query escalation.ticket ticket=desk:1",
      "row type=request state=resolved priority=2 title=Mail_is_down service=mail "
      "component=disk-7 category=storage" },
    { "What it does say counts",
      "00:00 ticket.record type=request title=Mail_is_down service=mail component=disk-7 "
      "category=storage",
      "01:00 ticket.record priority= type=incident title=Mail_is_slow service=smtp "
      "component=disk-8 category=load\n"
      "01:00 @acme query escalation.ticket ticket=desk:1",
      "row type=incident priority=3 title=Mail_is_slow service=smtp component=disk-8 "
      "category=load" },
    { "A kept priority keeps the targets",
      "00:00 ticket.record priority=1\n 00:10 ticket.record priority= state=pending_client",
      "00:10 @acme query escalation.ticket ticket=desk:1",
      "row priority=1 response_target=15m resolve_target=240m" },
    { "The sender's verdict with the highest modification count counts, on a tie the later one",
      "00:00 ticket.record mod_count=5 made_sla=yes\n"
      "01:00 ticket.record mod_count=4 made_sla=no\n"
      "02:00 ticket.record mod_count=6",
      "02:00 query escalation.ticket_summary\n"
      "03:00 ticket.record mod_count=5 made_sla=no\n"
      "03:00 query escalation.ticket_summary",
      "one rows=3 tickets=1 made_sla=1 verdict_running=1\n"
      "one rows=4 tickets=1 missed_sla=1 verdict_running=1" },
    { "Tickets of different clients are different tickets",
      "00:00 ann@acme ticket.record\n 00:00 ann@umbrella ticket.record",
      "00:00 query escalation.ticket_summary\n 00:00 @umbrella query escalation.ticket_summary",
      "one rows=2 tickets=2\n one rows=1 tickets=1" },
};

static const struct given_row response[] = {
    { "The owner is reminded at half of the target, and the lead at three quarters",
      "00:00 ticket.record state=new priority=2", "00:23 passes",
      "00:15 ticket.reminded desk:1 clock=response percent=50\n"
      "00:22:30 ticket.threshold_reached desk:1 clock=response percent=75\n"
      "00:22:30 escalation.raised esc-1 level=1 cause=threshold kind=management severity=2" },
    { "Whoever takes the ticket stops the response clock, for good",
      "00:00 ticket.record state=new priority=2\n 00:14 ticket.record state=active priority=2\n"
      "00:20 ticket.record state=new priority=2",
      "03:00 passes", "" },
    { "A timer of an instant comes before a fact of that moment",
      "00:00 ticket.record state=new priority=2", "00:15 ticket.record state=active priority=2",
      "00:15 ticket.reminded desk:1 clock=response" },
    { "It began when the ticket was opened, but nothing is reached before it is known",
      "00:20 ticket.record state=new priority=2 opened_at=00:00", "00:23 passes",
      "00:20 ticket.reminded desk:1 clock=response occurred_at=00:20\n"
      "00:22:30 ticket.threshold_reached desk:1 clock=response percent=75\n"
      "00:22:30 escalation.raised esc-1" },
    { "When a higher one is reached at the same instant, nobody is reminded",
      "00:25 ticket.record state=new priority=2 opened_at=00:00", "00:25 passes",
      "00:25 ticket.threshold_reached desk:1 clock=response percent=75 occurred_at=00:25\n"
      "00:25 escalation.raised esc-1" },
    { "It is never paused, and a state that nobody knows changes nothing",
      "00:00 ticket.record state=other priority=2", "00:16 passes",
      "00:15 ticket.reminded desk:1 clock=response" },
    { "Opened after it was told of: it counts from the moment it was told",
      "00:10 ticket.record state=new priority=2 opened_at=01:00", "00:26 passes",
      "00:25 ticket.reminded desk:1 clock=response" },
    { "Only the first fact's opening counts",
      "00:00 ticket.record state=new priority=2\n"
      "00:05 ticket.record state=new priority=2 opened_at=00:04",
      "00:15 passes", "00:15 ticket.reminded desk:1 clock=response" },
    { "More urgent: the response target is the shorter one",
      "00:00 ticket.record state=new priority=3",
      "00:10 ticket.record state=new priority=1\n 00:12 passes",
      "00:10 ticket.reminded desk:1 clock=response\n"
      "00:11:15 ticket.threshold_reached desk:1 clock=response percent=75\n"
      "00:11:15 escalation.raised esc-1 severity=1" },
};

static const struct given_row resolve[] = {
    { "Prolonged resolution of a high priority incident, with a potential SLA breach",
      "00:00 ticket.record priority=1", "03:00 passes",
      "02:00 ticket.reminded desk:1 clock=resolve percent=50\n"
      "03:00 ticket.threshold_reached desk:1 clock=resolve percent=75\n"
      "03:00 escalation.raised esc-1 level=1 cause=threshold tickets=desk:1 "
      "steps=1/0m+2/10m+3/15m+4/30m+5/60m+6/120m" },
    { "It pauses while the client, a supplier, a problem or evidence is waited for",
      "00:00 ticket.record priority=1\n 01:00 ticket.record priority=1 state=pending_client\n"
      "05:00 ticket.record priority=1 state=pending_supplier\n"
      "06:00 ticket.record priority=1 state=pending_problem\n"
      "07:00 ticket.record priority=1 state=pending_evidence\n"
      "10:00 ticket.record priority=1",
      "11:00 passes", "11:00 ticket.reminded desk:1 clock=resolve occurred_at=11:00" },
    { "A state that nobody knows leaves it paused",
      "00:00 ticket.record priority=1\n 01:00 ticket.record priority=1 state=pending_client\n"
      "02:00 ticket.record priority=1 state=other",
      "09:00 passes", "" },
    { "Solved within the target: the verdict is met", "00:00 ticket.record priority=1",
      "04:00 ticket.record priority=1 state=resolved\n"
      "90:00 @acme query escalation.ticket ticket=desk:1",
      "02:00 ticket.reminded\n 03:00 ticket.threshold_reached percent=75\n"
      "03:00 escalation.raised\n"
      "03:10 escalation.level_raised level=2 from=1 cause=matrix\n"
      "03:15 escalation.level_raised level=3 from=2\n"
      "03:30 escalation.level_raised level=4 from=3\n"
      "03:36 ticket.threshold_reached percent=90\n"
      "04:00 ticket.threshold_reached percent=100\n"
      "04:00 escalation.level_raised level=5 from=4 cause=matrix\n"
      "04:00 escalation.resolved esc-1 occurred_at=04:00\n"
      "row verdict=met resolve_used=240m breached=yes phase=stopped" },
    { "Solved a minute later: the verdict is missed", "00:00 ticket.record",
      "40:01 ticket.record state=closed\n 90:00 @acme query escalation.ticket ticket=desk:1",
      "20:00 ticket.reminded\n 30:00 ticket.threshold_reached percent=75\n"
      "30:00 escalation.raised level=1\n"
      "32:00 escalation.level_raised level=2\n 34:00 escalation.level_raised level=3\n"
      "36:00 ticket.threshold_reached percent=90\n"
      "38:00 escalation.level_raised level=4\n 40:00 ticket.threshold_reached percent=100\n"
      "40:01 escalation.resolved\n"
      "row verdict=missed resolve_used=2401m" },
    { "Still open past the target: the verdict is missed at that instant",
      "option matrix_1_2=0\n option matrix_1_3=0\n option matrix_1_4=0\n option matrix_1_5=0\n"
      "option matrix_1_6=0\n 00:00 ticket.record priority=1\n 03:59 passes",
      "03:59 @acme query escalation.ticket ticket=desk:1\n"
      "04:00 @acme query escalation.ticket ticket=desk:1",
      "row verdict=running\n"
      "04:00 ticket.threshold_reached percent=100\n"
      "04:00 escalation.level_raised level=4 from=3 cause=threshold\n"
      "row verdict=missed" },
    { "A withdrawn ticket is stopped", "00:00 ticket.record priority=1",
      "01:00 ticket.record priority=1 state=cancelled\n 20:00 passes", "" },
    { "A reopened ticket goes on from the time it had used",
      "00:00 ticket.record priority=1\n 01:00 ticket.record priority=1 state=resolved",
      "10:00 ticket.record priority=1 reopen_count=1\n 11:00 passes\n"
      "11:00 query escalation.ticket_summary",
      "11:00 ticket.reminded desk:1 clock=resolve\n one reopened=1 tickets=1 verdict_running=1" },
    { "More urgent: what was used stays used, and what it passes is reached at that moment",
      "00:00 ticket.record priority=3", "07:00 ticket.record priority=2\n 07:00 passes",
      "07:00 ticket.threshold_reached desk:1 clock=resolve percent=75 occurred_at=07:00\n"
      "07:00 escalation.raised severity=2" },
    { "Less urgent: a threshold can be reached again",
      "00:00 ticket.record priority=1\n 02:30 ticket.record priority=2", "04:00 passes",
      "04:00 ticket.reminded desk:1 clock=resolve" },
    { "A paused clock has the new target too",
      "00:00 ticket.record priority=3\n 03:00 ticket.record priority=3 state=pending_client\n"
      "04:00 ticket.record priority=1 state=pending_client",
      "05:00 ticket.record priority=1\n 05:00 passes",
      "05:00 ticket.threshold_reached clock=resolve percent=75 occurred_at=05:00\n"
      "05:00 escalation.raised severity=1" },
    { "A stopped clock keeps its target, and so its verdict",
      "00:00 ticket.record priority=3\n 06:00 ticket.record priority=3 state=resolved\n"
      "07:00 ticket.record priority=1 state=closed",
      "07:00 @acme query escalation.ticket ticket=desk:1", "row verdict=met priority=1" },
    { "Until it is reopened: then it has the target of the ticket's priority",
      "00:00 ticket.record priority=3\n 06:00 ticket.record priority=3 state=resolved\n"
      "07:00 ticket.record priority=1 state=closed",
      "08:00 ticket.record priority=1 state=pending_client\n 09:00 ticket.record priority=1\n"
      "09:00 passes",
      "09:00 ticket.threshold_reached clock=resolve percent=150\n"
      "09:00 escalation.raised level=6 severity=1" },
    { "A change of priority in the fact that solves it counts before it stops",
      "00:00 ticket.record priority=3",
      "06:00 ticket.record priority=1 state=resolved\n"
      "06:00 @acme query escalation.ticket ticket=desk:1",
      "row verdict=missed" },
    { "First told of when it was solved: too late is missed, and nothing is reached", "",
      "10:00 ticket.record priority=1 state=resolved opened_at=00:00\n 20:00 passes\n"
      "20:00 @acme query escalation.ticket ticket=desk:1",
      "row verdict=missed resolve_used=600m" },
    { "First told of while it waited: the time before counts as work",
      "01:30 ticket.record priority=1 state=pending_client opened_at=00:00",
      "05:00 ticket.record priority=1\n 05:30 passes", "05:30 ticket.reminded clock=resolve" },
    { "Targets are options", "option resolve_3=10m\n 00:00 ticket.record", "00:05 passes",
      "00:05 ticket.reminded clock=resolve" },
};

static const struct given_row update[] = {
    { "A client who wrote and hears nothing: the update clock runs from the contact",
      "00:00 ticket.record priority=1 client_contact_at=00:00", "00:23 passes",
      "00:15 ticket.reminded clock=update\n 00:22:30 ticket.threshold_reached clock=update\n"
      "00:22:30 escalation.raised cause=threshold" },
    { "It counts from the contact, even when that is told later",
      "00:00 ticket.record priority=1\n 00:10 ticket.record priority=1 client_contact_at=00:05",
      "00:20 passes", "00:20 ticket.reminded clock=update" },
    { "The provider's answer ends it",
      "00:00 ticket.record priority=1 client_contact_at=00:00\n"
      "00:10 ticket.record priority=1 client_contact_at=00:00 provider_contact_at=00:10",
      "01:00 passes", "" },
    { "An answer at the very instant of the contact ends it, an earlier one does not",
      "00:00 ticket.record priority=1 client_contact_at=00:00\n"
      "00:05 ticket.record priority=1 client_contact_at=00:00 provider_contact_at=00:00\n"
      "00:06 ticket.record number=2 priority=1 client_contact_at=00:06 provider_contact_at=00:05",
      "00:21 passes", "00:21 ticket.reminded desk:2 clock=update" },
    { "A further contact does not start it again",
      "00:00 ticket.record priority=1 client_contact_at=00:00\n"
      "00:10 ticket.record priority=1 client_contact_at=00:10",
      "00:15 passes", "00:15 ticket.reminded clock=update" },
    { "A contact behind the answer starts it anew, in one fact",
      "00:00 ticket.record priority=1 client_contact_at=00:00\n"
      "00:12 ticket.record priority=1 client_contact_at=00:11 provider_contact_at=00:10",
      "00:26 passes", "00:26 ticket.reminded clock=update" },
    { "A stop ends it, and the same contact does not start it again",
      "00:00 ticket.record priority=1 client_contact_at=00:00\n"
      "00:10 ticket.record priority=1 client_contact_at=00:00 state=resolved\n"
      "00:12 ticket.record priority=1 client_contact_at=00:00",
      "01:00 passes", "" },
    { "A solved ticket has no update clock; reopened by the client, it has",
      "00:00 ticket.record priority=1 state=resolved\n"
      "00:10 ticket.record priority=1 state=closed client_contact_at=00:09\n"
      "00:12 ticket.record priority=1 client_contact_at=00:09",
      "00:24 passes", "00:24 ticket.reminded clock=update" },
    { "It pauses with the ticket",
      "00:00 ticket.record priority=1 client_contact_at=00:00\n"
      "00:10 ticket.record priority=1 state=pending_supplier\n 05:00 ticket.record priority=1",
      "05:05 passes", "05:05 ticket.reminded clock=update" },
    { "Told while the ticket is paused: it does not run before the ticket does",
      "00:00 ticket.record priority=1 state=pending_client\n"
      "00:10 ticket.record priority=1 state=pending_client client_contact_at=00:09\n"
      "01:00 ticket.record priority=1",
      "01:15 passes", "01:15 ticket.reminded clock=update" },
    { "A contact from the future counts from now",
      "00:00 ticket.record priority=1 client_contact_at=09:00", "00:15 passes",
      "00:15 ticket.reminded clock=update" },
    { "More urgent: its target is the shorter one",
      "00:00 ticket.record priority=4 client_contact_at=00:00\n 00:10 ticket.record priority=1",
      "00:15 passes", "00:15 ticket.reminded clock=update" },
};

static const struct given_row silence[] = {
    { "A functional escalation of a ticket, and the supporting organization does not respond",
      "00:00 ticket.record priority=1 group=desk",
      "00:10 ticket.record priority=1 group=unix\n"
      "00:25 passes",
      "00:25 ticket.group_silent desk:1 group=unix occurred_at=00:25\n"
      "00:25 escalation.raised esc-1 cause=silence kind=hierarchical level=1 tickets=desk:1" },
    { "Any later fact of the ticket is a response",
      "00:00 ticket.record priority=1 group=desk\n 00:10 ticket.record priority=1 group=unix\n"
      "00:20 ticket.record priority=1 group=unix",
      "01:00 passes", "" },
    { "Passed on once more, the next group has its own time",
      "00:00 ticket.record priority=1 group=desk\n 00:10 ticket.record priority=1 group=unix\n"
      "00:20 ticket.record priority=1 group=storage",
      "00:35 passes", "00:35 ticket.group_silent group=storage\n 00:35 escalation.raised" },
    { "From nobody to a group, or from a group to nobody, is no reassignment",
      "00:00 ticket.record priority=1\n 00:10 ticket.record priority=1 group=unix\n"
      "00:11 ticket.record priority=1\n 00:12 ticket.record priority=1 group=storage",
      "01:00 passes", "" },
    { "A ticket that is paused or stopped by the same fact waits for nobody",
      "00:00 ticket.record priority=1 group=desk\n"
      "00:10 ticket.record priority=1 group=unix state=pending_supplier\n"
      "00:20 ticket.record priority=1 group=storage state=resolved",
      "02:00 passes", "" },
    { "A known escalation is not raised twice, and silence is told once",
      "00:00 ticket.record priority=1 group=desk\n 00:01 escalation.raise tickets=desk:1 level=5",
      "00:10 ticket.record priority=1 group=unix\n 00:59 passes",
      "00:25 ticket.group_silent desk:1" },
    { "At one instant a threshold comes before silence",
      "00:00 ticket.record priority=1 group=desk\n 02:45 ticket.record priority=1 group=unix",
      "03:00 passes",
      "03:00 ticket.threshold_reached percent=75\n 03:00 ticket.group_silent\n"
      "03:00 escalation.raised cause=threshold kind=management" },
};

static const struct given_row late[] = {
    { "Told more than an hour late: what was due more than an hour ago has no effect", "",
      "10:00 ticket.record priority=1 updated_at=04:00\n 11:00 passes\n"
      "11:00 @acme query escalation.ticket ticket=desk:1",
      "10:00 ticket.threshold_reached clock=resolve percent=150 occurred_at=10:00\n"
      "10:00 escalation.raised level=6\n row breached=yes verdict=missed" },
    { "Told an hour late to the minute: everything counts", "",
      "02:00 ticket.record priority=1 state=new updated_at=01:00", "" },
    { "And the timers are the next to act",
      "02:00 ticket.record priority=1 state=new updated_at=01:00", "02:00 passes",
      "02:00 ticket.threshold_reached clock=response percent=150 occurred_at=01:22:30\n"
      "02:00 escalation.raised level=6" },
    { "What lapsed is missed all the same, and raises nothing", "",
      "30:00 ticket.record priority=1 updated_at=04:00\n 60:00 passes\n"
      "60:00 @acme query escalation.ticket ticket=desk:1",
      "row verdict=missed breached=yes resolve_reached=150" },
    { "Silence lapses too", "00:00 ticket.record priority=3 group=desk",
      "09:00 ticket.record priority=3 group=unix updated_at=00:10\n 10:00 passes", "" },
    { "A clock adopted: everything due before lapses, everything later counts",
      "00:00 ticket.record priority=1 group=desk\n 00:10 ticket.record priority=1 group=unix",
      "03:50 adopts\n 04:00 passes",
      "04:00 ticket.threshold_reached percent=100\n 04:00 escalation.raised level=4" },
    { "A clock adopted between a threshold and the end of silence",
      "00:00 ticket.record priority=1 group=desk\n 02:55 ticket.record priority=1 group=unix",
      "03:05 adopts\n 03:10 passes",
      "03:10 ticket.group_silent group=unix\n 03:10 escalation.raised cause=silence" },
    { "The service was down: only the highest threshold is told, once",
      "00:00 ticket.record priority=1", "04:30 starts\n 04:31 passes",
      "04:30 ticket.threshold_reached percent=100 occurred_at=04:00\n"
      "04:30 escalation.raised raised_at=04:30 level=4" },
};

/* The totals as they come in one row; verdicts beside those of the log. */
static const struct given_row totals[] = {
    { "Both verdicts, and how far they agree",
      "00:00 ticket.record number=1 priority=1\n 00:00 ticket.record number=2 priority=1\n"
      "00:00 ticket.record number=3 priority=1\n 00:00 ticket.record number=4 priority=1\n"
      "00:00 ticket.record number=5 priority=1 made_sla=yes\n 00:00 ticket.record number=6\n"
      "01:00 ticket.record number=1 priority=1 state=resolved made_sla=yes\n"
      "01:00 ticket.record number=2 priority=1 state=resolved made_sla=no\n"
      "05:00 ticket.record number=3 priority=1 state=resolved made_sla=yes\n"
      "05:00 ticket.record number=4 priority=1 state=resolved made_sla=no",
      "05:00 query escalation.ticket_summary",
      "one rows=10 tickets=6 made_sla=3 missed_sla=2 verdict_met=2 verdict_missed=3 "
      "verdict_running=1 agree=2 disagree=3 both_met=1 both_missed=1 log_met_ours_missed=2 "
      "log_missed_ours_met=1 reminders=3 thresholds=12 escalations=3 level_1=3 level_5=3 "
      "level_6=3" },
    { "A client that nobody knows has nothing", "",
      "00:00 @nobody query escalation.ticket_summary\n"
      "00:00 @nobody query escalation.summary\n 00:00 @nobody query escalation.ticket "
      "ticket=desk:1",
      "one\n one" },
};

#define PLAYS(name)                                                                                \
    static void test_##name(void **state)                                                          \
    {                                                                                              \
        (void)state;                                                                               \
        GIVEN_ROWS(&escalation_book, name);                                                        \
    }
PLAYS(facts)
PLAYS(response)
PLAYS(resolve)
PLAYS(update)
PLAYS(silence)
PLAYS(late)
PLAYS(totals)

/* 100,000 of them are changed at a high rate: a ticket with every field in use stays small. */
static void test_size(void **state)
{
    (void)state;
    given_begin(&escalation_book);
    given_play("00:00 ticket.record source=servicenow number=INC0012345 type=incident state=new "
               "title=Mail_is_down_in_the_whole_of_the_northern_region service=mail "
               "component=Subcategory_170 category=Category_55 group=Group_56 owner=Resolver_149 "
               "client_contact_at=00:00 made_sla=yes mod_count=12 row=119998 reopen_count=1");
    given_play("00:01 ticket.record source=servicenow number=INC0012345 type=incident state=new "
               "title=Mail_is_down_in_the_whole_of_the_northern_region service=mail "
               "component=Subcategory_170 category=Category_55 group=Group_57 owner=Resolver_149 "
               "client_contact_at=00:00 made_sla=yes mod_count=13 row=119999 reopen_count=1\n"
               "03:10 passes");
    assert_in_range(given_size(ENTITY_ticket, "acme", "servicenow:INC0012345"), 500, 1100);
    given_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_facts),   cmocka_unit_test(test_response),
        cmocka_unit_test(test_resolve), cmocka_unit_test(test_update),
        cmocka_unit_test(test_silence), cmocka_unit_test(test_late),
        cmocka_unit_test(test_totals),  cmocka_unit_test(test_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Who is told, as RULES.md 1 has it. */
#include "tests/unit/notification_book.h"

#define RAISED MSP RAISE("00:01", "severity=3 level=1")
#define SILENT MSP RAISE("00:01", "severity=3 level=1 group=Cables")

static const struct given_row rows[] = {
    { "A raise tells who holds level 1, and who stands in", MSP,
      RAISE("09:00", "severity=3 level=1"),
      "09:00 message.queued msg-1 stage=raised reader=responder level=1 person=l1 channel=email "
      "severity=3 to=1 title=Mail_is_down ticket=desk:7 by=ann expires_at=21:00\n"
      "09:00 message.queued msg-2 person=b1 level=1" },
    { "A raise at the client's wish tells every level up to it", MSP,
      RAISE("09:00", "severity=2 level=4"),
      "09:00 message.queued person=l1 reader=responder level=1\n"
      "09:00 message.queued person=b1 reader=responder level=1\n"
      "09:00 message.queued person=l2 reader=responder level=2\n"
      "09:00 message.queued person=l3 reader=manager level=3\n"
      "09:00 message.queued person=l4 reader=manager level=4" },
    { "A climb tells the levels newly reached, and the sponsor as an executive", RAISED,
      "09:00 ann@acme hears escalation.level_raised esc-1 level=6 from=4",
      "09:00 message.queued stage=level_raised person=l5 reader=manager level=5 from=4 to=6\n"
      "09:00 message.queued stage=level_raised person=l6 reader=executive level=6" },
    { "Who took it is told nothing; all others who were told are", RAISED,
      "09:00 person:l1@acme hears escalation.level_raised esc-1 level=2 from=1\n"
      "09:01 person:l1@acme hears escalation.acked esc-1 until=10:00",
      "09:00 message.queued person=l2\n"
      "09:01 message.queued person=b1 stage=acked by=person:l1 until=10:00\n"
      "09:01 message.queued person=l2 stage=acked" },
    { "Nor is who did it by a plain name", RAISED,
      "09:01 b1@acme hears escalation.acked esc-1 until=10:00",
      "09:01 message.queued person=l1 stage=acked by=b1" },
    { "An acknowledgement that expires is told to all of them, who let it expire too", RAISED,
      "10:00 service:escalation@acme hears escalation.ack_expired esc-1 occurred_at=09:59 "
      "acked_by=person:l1",
      "10:00 message.queued person=l1 stage=ack_expired by=person:l1 occurred_at=09:59\n"
      "10:00 message.queued person=b1" },
    { "But not while all of it is solved: it does not climb, and nobody is to take it",
      RAISED "00:02 desk@acme hears escalation.resolved esc-1 occurred_at=00:02\n",
      "10:00 service:escalation@acme hears escalation.ack_expired esc-1 occurred_at=09:59 "
      "acked_by=person:l1",
      "" },
    { "And again when a ticket of it was reopened",
      RAISED "00:02 desk@acme hears escalation.resolved esc-1 occurred_at=00:02\n"
             "00:03 desk@acme hears escalation.reopened esc-1 occurred_at=00:03 ticket=desk:7\n",
      "10:00 service:escalation@acme hears escalation.ack_expired esc-1 occurred_at=09:59 "
      "acked_by=person:l1",
      "10:00 message.queued person=l1 stage=ack_expired\n10:00 message.queued person=b1" },
    { "An update goes to the primary contact; an ordinary one not to executives", RAISED,
      "09:00 ann@acme hears escalation.updated esc-1 context=A impact=B action=C workaround=D "
      "next_update_at=10:00",
      "09:00 message.queued person=ken reader=client stage=updated context=A impact=B action=C "
      "workaround=D next_update_at=10:00" },
    { "A severe one to the executives too", MSP RAISE("00:01", "severity=2 level=1"),
      "09:00 ann@acme hears escalation.updated esc-1 context=A impact=B action=C workaround=D "
      "next_update_at=10:00",
      "09:00 message.queued person=ken reader=client\n"
      "09:00 message.queued person=olga reader=client_executive" },
    { "And one of level 4, whatever its severity",
      RAISED "00:02 x@acme hears escalation.level_raised esc-1 level=4 from=1\n",
      "09:00 ann@acme hears escalation.updated esc-1 context=A impact=B action=C workaround=D "
      "next_update_at=10:00",
      "09:00 message.queued person=ken\n 09:00 message.queued person=olga" },
    { "Whose severity rose",
      RAISED "00:02 x@acme hears escalation.severity_raised esc-1 severity=1\n",
      "09:00 ann@acme hears escalation.updated esc-1 context=A impact=B action=C workaround=D "
      "next_update_at=10:00",
      "09:00 message.queued person=ken severity=1\n 09:00 message.queued person=olga" },
    { "An update without the next instant is not sent", RAISED,
      "09:00 ann@acme hears escalation.updated esc-1 context=A impact=B action=C workaround=D",
      "refused no_next_update next_update_at" },
    { "A missed update goes up to the level it stands at, and to account management", RAISED,
      "09:00 s@acme hears escalation.update_missed esc-1 occurred_at=08:59",
      "09:00 message.queued person=l1 stage=update_missed occurred_at=08:59\n"
      "09:00 message.queued person=b1\n 09:00 message.queued person=l4 reader=manager level=4" },
    { "A missed promise too, with what was promised",
      RAISED "00:02 a@acme hears escalation.perceived esc-1 number=1 promise=A_call\n"
             "00:02 a@acme hears escalation.perceived esc-1\n"
             "00:02 a@acme hears escalation.perceived esc-1 number=2 promise=A_visit\n",
      "09:00 s@acme hears escalation.promise_missed esc-1 occurred_at=08:59 promise=2",
      "09:00 message.queued person=l1 stage=promise_missed promise=A_visit\n"
      "09:00 message.queued person=b1\n 09:00 message.queued person=l4" },
    { "Or without, where that is not known", RAISED,
      "09:00 s@acme hears escalation.promise_missed esc-1 occurred_at=08:59 promise=2",
      "09:00 message.queued person=l1\n 09:00 message.queued person=b1\n"
      "09:00 message.queued person=l4" },
    { "A solution goes to the primary contact and to those who were told", RAISED,
      "09:00 s@acme hears escalation.resolved esc-1 occurred_at=08:59",
      "09:00 message.queued person=ken reader=client stage=resolved\n"
      "09:00 message.queued person=l1\n 09:00 message.queued person=b1" },
    { "A reopened ticket to those who were told", RAISED,
      "09:00 s@acme hears escalation.reopened esc-1 occurred_at=08:59 ticket=desk:9",
      "09:00 message.queued person=l1 stage=reopened ticket=desk:9\n"
      "09:00 message.queued person=b1" },
    { "The end goes to the client and to those who were told",
      MSP RAISE("00:01", "severity=1 level=1"),
      "09:00 l1@acme hears escalation.closed esc-1 lasted=60m",
      "09:00 message.queued person=ken stage=closed\n"
      "09:00 message.queued person=olga\n 09:00 message.queued person=b1 by=l1" },
    { "A de-escalation makes the circle smaller",
      RAISED "00:02 x@acme hears escalation.level_raised esc-1 level=3 from=1\n"
             "00:03 x@acme hears escalation.deescalated esc-1 level=1\n",
      "09:00 s@acme hears escalation.reopened esc-1 occurred_at=08:59 ticket=desk:7",
      "09:00 message.queued person=l1\n 09:00 message.queued person=b1" },
    { "A half-used clock is told to who holds level 1: the owner is a name elsewhere", MSP,
      "09:00 s@acme hears ticket.reminded desk:7 occurred_at=08:59 clock=resolve",
      "09:00 message.queued person=l1 stage=reminded ticket=desk:7 clock=resolve\n"
      "09:00 message.queued person=b1" },
    { "A late review is told to the managers of levels 3 and 4",
      RAISED "00:02 a@acme hears review.opened review-1 escalation=esc-1\n",
      "09:00 s@acme hears review.overdue review-1 occurred_at=08:59 part=draft",
      "09:00 message.queued person=l3 stage=review_overdue part=draft review=review-1 "
      "escalation=esc-1 title=Mail_is_down\n"
      "09:00 message.queued person=l4" },
    { "A review that is not known is told of, not guessed", MSP,
      "09:00 s@acme hears review.overdue review-1 occurred_at=08:59 part=draft",
      "missing escalation" },
    { "A silent supplier: its own line climbs, the owner stays the owner", MSP,
      RAISE("09:00", "severity=3 level=1 group=Cables"),
      "09:00 message.queued person=sam reader=supplier level=1 group=Cables\n"
      "09:00 message.queued person=l1 reader=responder\n 09:00 message.queued person=b1" },
    { "And goes on in its line", SILENT,
      "09:00 s@acme hears escalation.level_raised esc-1 level=2 from=1\n"
      "09:01 ann@acme hears escalation.acked esc-1 until=10:00",
      "09:00 message.queued person=sue reader=supplier level=2\n"
      "09:00 message.queued person=l1\n 09:00 message.queued person=b1\n"
      "09:01 message.queued person=sam stage=acked\n 09:01 message.queued person=sue\n"
      "09:01 message.queued person=l1\n 09:01 message.queued person=b1" },
    { "The provider's people in a supplier's line read as their level",
      MSP "00:00 copies group.changed Cables side=supplier holders=1/sam/+3/l3//l2+6/l6/\n",
      RAISE("09:00", "severity=3 level=6 group=Cables"),
      "09:00 message.queued person=sam reader=supplier level=1\n"
      "09:00 message.queued person=l3 reader=manager level=3\n"
      "09:00 message.queued person=l2 reader=manager level=3\n"
      "09:00 message.queued person=l6 reader=executive level=6\n"
      "09:00 message.queued person=l1 reader=responder\n 09:00 message.queued person=b1\n"
      "09:00 message.queued failure=nobody reader=supplier level=2\n"
      "09:00 message.queued failure=nobody reader=supplier level=4\n"
      "09:00 message.queued failure=nobody reader=supplier level=5" },
    { "A silent group of the provider is told as the provider is",
      MSP "00:00 copies group.changed Mail side=provider holders=1/l2/+3/l3/\n",
      RAISE("09:00", "severity=3 level=3 group=Mail"),
      "09:00 message.queued person=l2 reader=responder level=1\n"
      "09:00 message.queued person=l3 reader=manager level=3\n"
      "09:00 message.queued person=l1\n 09:00 message.queued person=b1\n"
      "09:00 message.queued failure=nobody reader=responder level=2" },
    { "A silent group that has no line: the incident's own line, and that is said", MSP,
      RAISE("09:00", "severity=3 level=1 group=Mail"),
      "09:00 message.queued person=l1\n 09:00 message.queued person=b1\n"
      "09:00 message.queued failure=nobody reader=supplier group=Mail" },
    { "One without holders is the same", MSP "00:00 copies group.changed Mail side=provider\n",
      RAISE("09:00", "severity=3 level=1 group=Mail"),
      "09:00 message.queued person=l1\n 09:00 message.queued person=b1\n"
      "09:00 message.queued failure=nobody reader=supplier group=Mail" },
    { "And one that was removed", MSP "00:00 copies group.removed Cables id=Cables\n",
      RAISE("09:00", "severity=3 level=1 group=Cables"),
      "09:00 message.queued person=l1\n 09:00 message.queued person=b1\n"
      "09:00 message.queued failure=nobody reader=supplier group=Cables" },
    { "A level that nobody holds: the next higher one that is held, and that is said",
      PEOPLE "00:00 copies client.changed acme name=Acme holders=1/l1/+5/l5/+4/l4/\n",
      RAISE("09:00", "severity=3 level=2"),
      "09:00 message.queued person=l1\n 09:00 message.queued person=l4 level=4 reader=manager\n"
      "09:00 message.queued failure=nobody level=2 reader=responder" },
    { "Or the next lower one",
      PEOPLE "00:00 copies client.changed acme name=Acme holders=1/l1/+2/l2/\n" RAISE(
          "00:01", "severity=3 level=1"),
      "09:00 s@acme hears escalation.level_raised esc-1 level=4 from=2",
      "09:00 message.queued person=l2 level=2\n"
      "09:00 message.queued failure=nobody level=3 reader=manager\n"
      "09:00 message.queued failure=nobody level=4 reader=manager" },
    { "Nobody at all is never silent",
      PEOPLE "00:00 copies client.changed acme name=Acme\n" RAISE("00:01", "severity=3 level=1"),
      "09:00 ann@acme hears escalation.acked esc-1 until=10:00\n"
      "09:01 ann@acme hears escalation.updated esc-1 context=A impact=B action=C workaround=D "
      "next_update_at=10:00\n"
      "09:02 s@acme hears escalation.update_missed esc-1 occurred_at=09:02",
      "09:00 message.queued failure=nobody reader=responder\n"
      "09:01 message.queued failure=nobody reader=client\n"
      "09:02 message.queued failure=nobody reader=responder\n"
      "09:02 message.queued failure=nobody reader=manager level=4" },
    { "Somebody in several roles is told once, in the highest",
      PEOPLE "00:00 copies client.changed acme name=Acme primary_contact=olga executives=olga "
             "holders=1/l1/+2/l2//l1+3/l1/+3/l2//l2+1/l3/+2/l3/\n",
      RAISE("09:00", "severity=1 level=3") "09:01 ann@acme hears escalation.updated esc-1 "
                                           "context=A impact=B action=C workaround=D "
                                           "next_update_at=10:00",
      "09:00 message.queued person=l1 level=3 reader=manager\n"
      "09:00 message.queued person=l3 level=2\n 09:00 message.queued person=l2 level=3\n"
      "09:01 message.queued person=olga reader=client_executive" },
    { "A client that the catalog does not know is said once, at the raise", PEOPLE,
      RAISE("09:00",
            "severity=3 level=1") "09:01 ann@acme hears escalation.acked esc-1 until=10:00",
      "09:00 message.queued failure=client_unknown reader=responder escalation=esc-1" },
    { "One that was removed is unknown", MSP "00:00 copies client.removed acme id=acme\n",
      RAISE("09:00", "severity=3 level=1"), "09:00 message.queued failure=client_unknown" },
    { "While the catalog may not have been heard yet, it is waited for", PEOPLE,
      RAISE("09:00", "severity=3 level=1 patient")
          ACME RAISE("09:01", "severity=3 level=1 group=Cables patient")
              CABLES RAISE("09:02", "severity=3 level=1 group=Cables patient"),
      "waits\n waits\n 09:02 message.queued person=sam\n 09:02 message.queued person=l1\n"
      "09:02 message.queued person=b1" },
    { "And not longer than it must be", MSP, RAISE("09:00", "severity=3 level=1 patient"),
      "09:00 message.queued person=l1\n 09:00 message.queued person=b1" },
    { "Somebody without an address is said to have none",
      MSP "00:00 copies person.changed l1 name=L1 side=provider\n"
          "00:00 copies person.removed b1 id=b1\n",
      RAISE("09:00", "severity=3 level=1"),
      "09:00 message.queued person=l1 failure=no_address\n"
      "09:00 message.queued person=b1 failure=no_address" },
    { "The first address is the preferred way",
      MSP "00:00 copies person.changed l1 name=L1 side=provider "
          "addresses=webhook/hook:l1/file:l1+email/l1@msp.example/\n",
      RAISE("09:00", "severity=3 level=1"),
      "09:00 message.queued person=l1 channel=webhook\n 09:00 message.queued person=b1" },
    { "What happened long ago is told to nobody", RAISED,
      "09:00 ann@acme hears escalation.level_raised esc-1 level=2 from=1 committed=02:59\n"
      "09:00 s@acme hears ticket.reminded desk:7 occurred_at=02:00 clock=resolve committed=02:59\n"
      "09:01 ann@acme hears escalation.level_raised esc-1 level=3 from=2 committed=03:01",
      "09:01 message.queued person=l3 occurred_at=03:01 expires_at=15:01" },
    { "Merging tells nobody: the other goes on; and it ends this one's link",
      RAISED "00:02 a@acme hears escalation.absorbed esc-1 other=esc-9 raised_at=00:00 "
             "next_update_at=02:00\n"
             "00:02 a@acme hears escalation.absorbed esc-1 other=esc-9 raised_at=00:00\n",
      "00:03 a@acme hears escalation.merged esc-1 into=esc-2", "" },
    { "An event about what was never raised is said to be one", MSP,
      "09:00 ann@acme hears escalation.acked esc-9 until=10:00\n"
      "09:00 s@acme hears escalation.promise_missed esc-9 occurred_at=08:59 promise=2",
      "missing escalation\n missing escalation" },
};

static void test_rows(void **state)
{
    (void)state;
    GIVEN_ROWS(&notification_book, rows);
}

/* More than one event may tell: those who are told first are, and the rest is said. */
static void test_too_many(void **state)
{
    (void)state;
    char line[4096], group[4096];
    size_t at = 0, of_group = 0;
    for (int i = 0; i < 24; i++) {
        at += (size_t)snprintf(line + at, sizeof line - at, "%s1/p%d//q%d", i ? "+" : "", i, i);
        of_group += (size_t)snprintf(group + of_group, sizeof group - of_group, "%s1/r%d//s%d",
                                     i ? "+" : "", i, i);
    }
    given_begin(&notification_book);
    given_play("00:00 copies client.changed acme name=Acme holders=%s\n"
               "00:00 copies group.changed Cables side=supplier holders=%s",
               line, group);
    const char *told = given_play(RAISE("09:00", "severity=3 level=1 group=Cables"));
    int queued = 0, no_address = 0;
    for (const char *t = told; (t = strstr(t, "message.queued")); t++)
        queued++;
    for (const char *t = told; (t = strstr(t, "failure=no_address")); t++)
        no_address++;
    assert_int_equal(queued, RECIPIENTS_MAX + 1);
    assert_int_equal(no_address, RECIPIENTS_MAX);
    assert_non_null(strstr(told, "failure=too_many"));
    given_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_too_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

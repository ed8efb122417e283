/* catalog_handover: what somebody who comes on duty takes over, as far as the catalog knows it: the
 * turn, the clients that the group serves, the announced changes of that time
 * (services/catalog/RULES.md, rosters). */
#include <stdio.h>
#include <string.h>

#include "tests/unit/roster_book.h"

#define ASK   "query catalog.handover roster=net"
#define DAYS3 "accept_within=30m layers=day/2026-01-05//00:00/day/1/ann&bob&cid"

static const struct given_row turns[] = {
    { "The turn that is on, the next one, and one that is over; nobody was before the first",
      ROSTER_PEOPLE
      "00:00 person.set id=bob name=Bob zone=Asia/Kolkata addresses=email/bob@p.example\n"
      "00:00 roster.set name=Net zone=Europe/Berlin " ROSTER_DAILY,
      "10:00 " ASK "\n 10:00 " ASK " at=40:00\n 40:00 " ASK " at=10:00\n 10:00 " ASK " at=01:00",
      "row roster=net name=Net group=network at=10:00 from=07:00 to=31:00 incoming=ann "
      "incoming_name=Ann zone=Europe/Berlin state=unasked\n"
      "row at=40:00 from=31:00 to=55:00 incoming=bob incoming_name=Bob outgoing=ann "
      "outgoing_name=Ann zone=Asia/Kolkata state=ahead\n"
      "row at=10:00 incoming=ann state=over\n"
      "row at=01:00 to=07:00 state=over" },
    { "Whatever says so: a turn lasts as long as the person does",
      ROSTER_PEOPLE "00:00 roster.set layers=early/2026-01-05//00:00/week/1/ann/mon-sun;06:00;14:00"
                    "+late/2026-01-05//00:00/week/1/ann/mon-sun;14:00;22:00\n"
                    "00:00 override.set id=o person=bob from=21:00 to=30:00",
      "01:00 " ASK " at=07:00\n 01:00 " ASK " at=15:00\n 01:00 " ASK " at=23:00\n"
      "01:00 " ASK " at=29:00\n 01:00 " ASK " at=02:00",
      "row from=06:00 to=21:00 incoming=ann\n row from=06:00 to=21:00 incoming=ann\n"
      "row from=21:00 to=30:00 incoming=bob outgoing=ann\n"
      "row from=21:00 to=30:00 incoming=bob outgoing=ann\n"
      "row to=06:00 zone=UTC state=unasked" },
    { "A turn of a month, and one of years, of which a year is looked at",
      ROSTER_PEOPLE "00:00 roster.set layers=m/2026-01-05//00:00/month/1/ann&bob",
      "01:00 " ASK " at=1400:00\n 01:00 roster.set layers=m/2026-01-05//00:00/month/60/ann&bob\n"
      "01:00 " ASK " at=20000:00\n"
      "01:00 roster.set layers=m/2026-01-05//00:00/week/1/ann\n 01:00 " ASK,
      "row from=744:00 to=1416:00 incoming=bob outgoing=ann\n 01:00 roster.changed\n"
      "row from=11216:00 to=43824:00 incoming=ann state=ahead\n 01:00 roster.changed\n"
      "row from=00:00 incoming=ann state=unasked" },
    { "It waits to be accepted, is missed, is accepted late; and the next one is another",
      ROSTER_PEOPLE "00:00 roster.set " DAYS3 "\n 00:30 passes",
      "01:00 " ASK "\n 24:10 " ASK "\n 25:00 " ASK "\n"
      "26:00 bob@provider duty.accept person=bob\n 26:00 " ASK "\n 26:00 query catalog.duties\n"
      "47:00 query catalog.duties\n 48:10 " ASK "\n 48:10 query catalog.duties",
      "row from=00:00 to=24:00 incoming=ann state=unasked\n 24:00 duty.handover_asked\n"
      "row from=24:00 to=48:00 incoming=bob outgoing=ann state=waiting accept_by=24:30\n"
      "24:30 duty.handover_missed\n"
      "row from=24:00 to=48:00 incoming=bob outgoing=ann state=missed\n"
      "26:00 duty.handover_accepted\n"
      "row incoming=bob outgoing=ann state=accepted accepted_at=26:00\n"
      "row person=bob accepted_at=26:00\n row person=bob accepted_at=26:00\n"
      "48:00 duty.handover_asked\n"
      "row incoming=cid outgoing=bob state=waiting accept_by=48:30\n"
      "row person=bob accepted_at=26:00" },
    { "An acceptance is of its own turn",
      ROSTER_PEOPLE "00:00 roster.set " DAYS3 "\n 00:30 passes\n"
                    "24:10 bob@provider duty.accept person=bob",
      "26:00 roster.set layers=day/2026-01-05//00:00/week/1/cid\n 26:30 " ASK,
      "26:00 roster.changed\n row incoming=cid state=unasked" },
    { "While nobody has looked yet, it has not begun",
      ROSTER_PEOPLE "00:00 roster.set " DAYS3 "\n 00:30 passes\n 25:00 passes",
      "48:01 frozen " ASK "\n 48:10 cid@provider duty.accept person=cid\n 72:01 frozen " ASK,
      "row incoming=cid outgoing=bob state=ahead\n 48:01 duty.handover_asked\n 48:10 "
      "duty.handover_accepted\n"
      "row incoming=ann outgoing=cid state=ahead" },
    { "No roster, no turn; and nothing of it is for a client",
      ROSTER_PEOPLE "00:00 roster.set " ROSTER_DAILY,
      "01:00 query catalog.handover roster=other\n 01:00 ann@acme " ASK, "" },
};

static void test_turns(void **state)
{
    (void)state;
    GIVEN_ROWS(&roster_book, turns);
}

/* Acme has mail, umbrella had it and has web, initech has nothing. */
#define WORLD                                                                                      \
    "00:00 person.set\n 00:00 group.set\n 00:00 group.set id=other side=provider\n"                \
    "00:00 client.set\n 00:00 client.set id=umbrella name=U\n 00:00 client.set id=initech "        \
    "name=I\n 00:00 service.set\n 00:00 service.set id=web name=Web\n 00:00 contract.set\n"        \
    "00:00 contract.set id=c-2 client=umbrella services=web+mail end=2026-01-14\n"                 \
    "00:00 contract.set id=c-3 client=umbrella services=mail start=2026-02-01\n"                   \
    "00:00 role.set id=im name=IM side=provider level=3\n"
#define SERVED "01:00 query catalog.served group=network"

static const struct given_row clients[] = {
    { "Nobody, as long as nothing says so", WORLD "00:00 role.set id=om name=OM side=provider\n",
      SERVED, "" },
    { "By a delivery, for all of it or for one service",
      WORLD "00:00 delivery.set id=acme client=acme roles=im/other\n"
            "00:00 delivery.set id=acme:mail client=acme service=mail roles=im/other\n"
            "00:00 delivery.set id=initech client=initech roles=im/network",
      SERVED "\n 01:00 query catalog.served group=other",
      "row client=initech by=delivery\n"
      "row client=acme by=delivery services=mail" },
    { "By the client's own line", WORLD "00:00 client.set holders=1/ann+2//other+3//network\n",
      SERVED, "row client=acme by=line services=mail" },
    { "By the first point of contact, the client's or the usual one",
      WORLD "00:00 desk.set usual=yes\n 00:00 desk.set id=own name=Own group=other channels=phone\n"
            "00:00 client.set id=initech name=I desk=own",
      SERVED "\n 01:00 query catalog.served group=other",
      "row client=acme by=desk\n row client=umbrella by=desk\n row client=initech by=desk" },
    { "By a component of what is under contract then",
      WORLD "00:00 contract.set id=c-4 services=mail\n 00:00 component.set group=network\n 00:00 "
            "component.set id=www name=W services=web "
            "group=other\n",
      SERVED "\n " SERVED " at=240:00\n " SERVED " at=700:00\n"
             "01:00 query catalog.served group=other\n"
             "01:00 query catalog.served group=other at=240:00",
      "row client=acme by=component services=mail\n"
      "row client=umbrella by=component services=web+mail\n row client=acme\n"
      "row client=acme\n row client=umbrella by=component services=mail\n"
      "row client=umbrella by=component" },
    { "By a role everywhere; page by page, and not for a client",
      WORLD "00:00 role.set id=im name=IM side=provider level=3 group=network\n",
      SERVED " limit=1\n " SERVED " limit=2\n 01:00 ann@acme query catalog.served "
             "group=network",
      "row client=acme by=role\n row client=acme\n row client=initech" },
};

static void test_clients(void **state)
{
    (void)state;
    GIVEN_ROWS(&catalog_book, clients);
}

/* More services than a row shows: the rest is left out. */
static void test_many(void **state)
{
    enum { CONTRACTS = 9, OF_ONE = 32, SHOWN = 256 };
    (void)state;
    given_begin(&catalog_book);
    given_play("00:00 client.set\n00:00 role.set id=im name=IM side=provider group=network\n"
               "00:00 group.set\n00:00 role.set id=im name=IM side=provider group=network");
    for (int i = 0; i < CONTRACTS; i++) {
        char services[OF_ONE * 8];
        size_t used = 0;
        for (int n = i * OF_ONE; n < (i + 1) * OF_ONE; n++) {
            used += (size_t)snprintf(services + used, sizeof services - used, "%ss%04d",
                                     used ? "+" : "", n);
            given_play("00:00 service.set id=s%04d name=S", n);
        }
        given_play("00:00 contract.set id=c-%d services=%s", i, services);
    }
    const char *out = given_play("01:00 query catalog.served group=network");
    size_t count = 1;
    for (const char *at = strchr(out, '+'); at; at = strchr(at + 1, '+'))
        count++;
    assert_int_equal(count, SHOWN);
    given_end();
}

static const struct given_row announced[] = {
    { "What touches a time, and nothing that is over or to come",
      "00:00 person.set\n 00:00 service.set\n 00:00 change.set id=a from=10:00 to=20:00\n"
      "00:00 change.set id=b from=15:00 to=40:00\n 00:00 change.set id=c from=30:00 to=50:00\n"
      "00:00 change.set id=d from=01:00 to=15:00\n 00:00 passes",
      "01:00 query catalog.announced from=15:00 to=30:00\n"
      "01:00 query catalog.announced from=50:00 to=60:00\n"
      "01:00 query catalog.announced from=00:30 to=02:00\n"
      "01:00 query catalog.announced from=16:00 to=31:00 limit=1\n"
      "01:00 ann@acme query catalog.announced from=00:00 to=60:00",
      "row id=b\n row id=a\n row id=d\n row id=c" },
};

static void test_announced(void **state)
{
    (void)state;
    GIVEN_ROWS(&catalog_book, announced);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_turns),
        cmocka_unit_test(test_clients),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_announced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What the catalog says of a client decides: its targets, and who confirms for it. */
#include <string.h>

#include "tests/unit/escalation_book.h"

#define OLGA                                                                                       \
    "00:00 copies person.changed olga name=Olga_Olsen client=acme\n"                               \
    "00:00 copies client.changed acme primary_contact=olga\n"

static const struct given_row targets[] = {
    { "A client's targets count, and the options where it has none",
      "00:00 copies client.changed acme targets=3/10m/100m+1/1m",
      "00:00 ticket.record state=new\n"
      "00:10 passes",
      "00:05 ticket.reminded clock=response\n"
      "00:07:30 ticket.threshold_reached clock=response percent=75\n"
      "00:07:30 escalation.raised level=1\n"
      "00:09 ticket.threshold_reached clock=response percent=90\n"
      "00:09 escalation.level_raised level=3\n"
      "00:10 ticket.threshold_reached clock=response percent=100\n"
      "00:10 escalation.level_raised level=4" },
    { "All three of them",
      "00:00 copies client.changed acme targets=3/10m/100m/30m\n"
      "00:00 ticket.record client_contact_at=00:00",
      "00:15 passes\n 00:15 @acme query escalation.ticket ticket=desk:1",
      "00:15 ticket.reminded clock=update\n"
      "row response_target=10m resolve_target=100m update_target=30m" },
    { "Those of its own priority and of no other client",
      "00:00 copies client.changed acme targets=1/10m/100m/30m\n"
      "00:00 copies client.changed umbrella targets=3/10m/100m/30m",
      "00:00 ticket.record\n 00:00 @acme query escalation.ticket ticket=desk:1",
      "row response_target=240m resolve_target=2400m update_target=1440m" },
    { "The receiving group has the client's response target",
      "00:00 copies client.changed acme targets=3/10m\n"
      "00:00 ticket.record group=desk\n 00:01 ticket.record group=network",
      "00:11 passes",
      "00:11 ticket.group_silent group=network\n"
      "00:11 escalation.raised cause=silence kind=hierarchical group=network" },
    { "The group stays known, and is named for no other cause",
      "00:00 copies client.changed acme targets=3/10m\n"
      "00:00 ticket.record group=desk\n 00:01 ticket.record group=network\n 00:11 passes\n"
      "00:12 ticket.record number=2 group=storage state=new\n 00:20 passes",
      "00:20 query escalation.get escalation=esc-1\n"
      "00:20 query escalation.get escalation=esc-2",
      "row id=esc-1 cause=silence group=network\n row id=esc-2 cause=threshold" },
    { "Changed targets count from the ticket's next fact on",
      "00:00 copies client.changed acme targets=3/60m/100m/60m\n"
      "00:00 ticket.record state=new client_contact_at=00:00\n"
      "00:01 copies client.changed acme targets=3/10m/200m/20m",
      "00:09 passes\n 00:09 ticket.record state=new mod_count=1\n 00:10 passes\n"
      "00:10 @acme query escalation.ticket ticket=desk:1",
      "00:09 ticket.threshold_reached clock=response percent=90\n"
      "00:09 escalation.raised level=3\n"
      "00:10 ticket.threshold_reached clock=response percent=100\n"
      "00:10 ticket.reminded clock=update\n 00:10 escalation.level_raised level=4\n"
      "row response_target=10m resolve_target=200m update_target=20m" },
    { "What ended keeps its target, until it is reopened",
      "00:00 copies client.changed acme targets=3/10m/60m\n 00:00 ticket.record\n"
      "00:20 ticket.record state=resolved\n"
      "00:30 copies client.changed acme targets=3/20m/30m\n",
      "00:40 ticket.record state=resolved\n 00:40 @acme query escalation.ticket ticket=desk:1\n"
      "00:41 ticket.record state=resolved\n 00:41 @acme query escalation.ticket ticket=desk:1\n"
      "00:42 ticket.record\n 00:42 @acme query escalation.ticket ticket=desk:1",
      "row response_target=10m resolve_target=60m resolve_next_target=30m verdict=met\n"
      "row response_target=10m resolve_target=60m resolve_next_target=30m\n"
      "00:42 ticket.reminded\n row response_target=10m resolve_target=30m" },
    { "A client that leaves the catalog has the options again",
      "00:00 copies client.changed acme targets=3/10m\n 00:00 copies client.removed acme id=acme",
      "00:00 ticket.record\n 00:00 @acme query escalation.ticket ticket=desk:1",
      "row response_target=240m" },
};

static const struct given_row contacts[] = {
    { "The catalog's primary contact is that of a new escalation", OLGA,
      "01:00 escalation.raise severity=4\n 01:00 escalation.confirm confirmed_by=Ken\n"
      "01:00 escalation.confirm confirmed_by=Olga_Olsen",
      "01:00 escalation.raised primary_contact=Olga_Olsen\n"
      "refused not_primary_contact confirmed_by\n 01:00 escalation.confirmed" },
    { "Also of one that a clock raises", OLGA "00:00 ticket.record\n", "30:00 passes",
      "20:00 ticket.reminded\n 30:00 ticket.threshold_reached\n"
      "30:00 escalation.raised cause=threshold primary_contact=Olga_Olsen" },
    { "Unless somebody else is named", OLGA,
      "01:00 escalation.raise severity=4 primary_contact=Ken",
      "01:00 escalation.raised primary_contact=Ken" },
    { "Nobody, where the catalog names nobody", "00:00 copies client.changed acme targets=1/1m",
      "01:00 escalation.raise severity=4\n 01:00 escalation.confirm confirmed_by=Ken",
      "01:00 escalation.raised\n 01:00 escalation.confirmed confirmed_by=Ken" },
    { "A new name is that of new escalations",
      OLGA "00:00 copies person.changed olga name=Olga_Ivanova client=acme\n",
      "01:00 escalation.raise severity=4", "01:00 escalation.raised primary_contact=Olga_Ivanova" },
    { "Of the provider's people no name is kept",
      "00:00 copies person.changed ann name=Ann\n"
      "00:00 copies client.changed acme primary_contact=ann",
      "01:00 escalation.raise severity=4\n 01:00 escalation.confirm confirmed_by=Ken",
      "01:00 escalation.raised\n 01:00 escalation.confirmed" },
    { "Nor of who left", OLGA "00:00 copies person.removed olga id=olga\n",
      "01:00 escalation.raise severity=4\n 01:00 escalation.confirm confirmed_by=Ken",
      "01:00 escalation.raised\n 01:00 escalation.confirmed" },
};

static void test_targets(void **state)
{
    (void)state;
    GIVEN_ROWS(&escalation_book, targets);
}

static void test_contacts(void **state)
{
    (void)state;
    GIVEN_ROWS(&escalation_book, contacts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_targets),
        cmocka_unit_test(test_contacts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Who would be told: the resolver's truth table, row by row, and the same at instants that are not
 * now: gaps of rosters, and nights in which clocks are set. */
#include <string.h>

#include "tests/unit/catalog_book.h"

/* Eva has no address. The desk has a lead, the network group nobody. */
#define PEOPLE                                                                                     \
    "00:00 client.set\n 00:00 client.set id=umbrella name=Umbrella\n"                              \
    "00:00 person.set addresses=email/a@a.example\n"                                               \
    "00:00 person.set id=bob name=Bob side=provider addresses=webhook/https:||b.example\n"         \
    "00:00 person.set id=cy name=Cy side=provider addresses=email/c@a.example\n"                   \
    "00:00 person.set id=eva name=Eva side=provider\n"                                             \
    "00:00 person.set id=olga name=Olga side=client client=acme addresses=email/o@o.example\n"     \
    "00:00 person.set id=otto name=Otto side=client client=acme addresses=email/p@o.example\n"     \
    "00:00 person.set id=sue name=Sue side=supplier addresses=email/s@s.example\n"                 \
    "00:00 group.set id=desk side=provider members=ann/yes+bob\n 00:00 group.set\n"                \
    "00:00 service.set\n 00:00 service.set id=web name=Web\n"                                      \
    "00:00 component.set\n 00:00 component.set id=app name=App services=web+mail\n"                \
    "00:00 process.set\n"
#define ROLE "00:00 role.set name=X side=provider "
#define ASK  "01:00 query catalog.who client=acme"
#define TAIL "row part=client skipped=yes why=not_held"

static const struct given_row levels[] = {
    { "Nobody holds anything", PEOPLE, ASK,
      "row part=line level=1 skipped=yes why=not_held\n row level=2 skipped=yes\n"
      "row level=3 skipped=yes\n row level=4 skipped=yes\n row level=5 skipped=yes\n"
      "row level=6 skipped=yes\n" TAIL },
    { "The nearest higher level is told instead, else the nearest lower one",
      PEOPLE ROLE "id=two level=2 person=ann\n" ROLE "id=four level=4 person=bob\n", ASK,
      "row level=1 skipped=yes instead=2 why=not_held\n"
      "row level=2 role=two source=role person=ann name=Ann how=named reachable=yes channel=email\n"
      "row level=3 skipped=yes instead=4\n"
      "row level=4 role=four person=bob reachable=yes channel=webhook\n"
      "row level=5 skipped=yes instead=4\n row level=6 skipped=yes instead=4\n" TAIL },
    { "The client's own line stands before deliveries and roles",
      PEOPLE ROLE "id=one level=1 person=ann\n"
                  "00:00 delivery.set id=acme client=acme roles=one//bob\n"
                  "00:00 client.set holders=1/cy\n",
      ASK " limit=1", "row level=1 source=client person=cy how=named" },
    { "But only for the levels that it names",
      PEOPLE ROLE "id=one level=1 person=ann\n 00:00 client.set holders=2/cy\n", ASK " limit=2",
      "row level=1 source=role person=ann\n row level=2 source=client person=cy" },
    { "A delivery for the service stands before one for the client, and that before the role",
      PEOPLE ROLE "id=one level=1 person=ann\n" ROLE "id=two level=2 person=ann\n" ROLE
                  "id=three level=3 person=ann\n"
                  "00:00 delivery.set id=acme client=acme roles=one//bob+two//bob\n"
                  "00:00 delivery.set id=acme:mail client=acme service=mail roles=one//cy\n",
      ASK " service=mail limit=3\n" ASK " service=web limit=1\n" ASK " limit=1\n"
          "01:00 query catalog.who client=umbrella service=mail limit=1",
      "row level=1 source=delivery person=cy\n row level=2 source=delivery person=bob\n"
      "row level=3 source=role person=ann\n row level=1 source=delivery person=bob\n"
      "row level=1 source=delivery person=bob\n row level=1 source=role person=ann" },
    { "Without a service, the first of the component's that has a delivery",
      PEOPLE ROLE "id=one level=1 person=ann\n"
                  "00:00 delivery.set id=acme:mail client=acme service=mail roles=one//cy\n",
      ASK " component=app limit=1\n" ASK " component=app service=web limit=1\n" ASK " limit=1",
      "row level=1 source=delivery person=cy\n row level=1 source=role person=ann\n"
      "row level=1 source=role person=ann" },
    { "Several roles hold one level, and backups are told as well",
      PEOPLE ROLE "id=a level=1 person=ann backup=bob\n" ROLE "id=b level=1 person=cy\n",
      ASK " limit=3",
      "row level=1 role=a person=ann how=named\n row level=1 role=a person=bob how=backup\n"
      "row level=1 role=b person=cy how=named" },
    { "A role that nobody has is no holder, and a backup alone is",
      PEOPLE ROLE "id=a level=1\n" ROLE "id=b level=2\n" ROLE "id=c level=2 person=ann\n" ROLE
                  "id=d level=3 group=network backup=bob\n",
      ASK " limit=5",
      "row level=1 role=a skipped=yes instead=2 why=role_not_held\n"
      "row level=2 role=b why=role_not_held\n row level=2 role=c person=ann\n"
      "row level=3 role=d group=network why=nobody_on_duty\n"
      "row level=3 role=d person=bob how=backup" },
    { "A group: who is on duty, else who leads, else nobody",
      PEOPLE "00:00 group.set id=day side=provider members=bob/yes\n"
             "00:00 roster.set id=day group=day zone=UTC layers=a/2026-01-01//00:00/day/1/cy\n" ROLE
             "id=a level=1 group=day\n" ROLE "id=b level=2 group=desk\n" ROLE
             "id=c level=3 group=network\n",
      ASK " limit=3",
      "row level=1 group=day person=cy how=duty\n row level=2 group=desk person=ann how=lead\n"
      "row level=3 group=network skipped=yes instead=2 why=nobody_on_duty" },
    { "The fallback of a roster",
      PEOPLE "00:00 group.set id=day side=provider members=cy\n"
             "00:00 roster.set id=day group=day zone=UTC fallback=bob "
             "layers=a/2027-01-01//00:00/day/1/cy\n" ROLE "id=a level=1 group=day\n",
      ASK " limit=1", "row level=1 person=bob how=fallback" },
    { "Somebody without an address holds the level, and is not reached",
      PEOPLE ROLE "id=a level=1 person=eva\n" ROLE "id=b level=2 person=ann\n", ASK " limit=1",
      "row level=1 person=eva why=no_address" },
    { "A role of level 1 of the same name elsewhere changes nothing",
      PEOPLE "00:00 role.set id=x name=X side=supplier group=\n" ROLE "id=y level=1 person=ann\n",
      ASK " limit=1", "row level=1 role=y person=ann" },
};

#define LEVELS6                                                                                    \
    "row part=line level=1\n row level=2\n row level=3\n row level=4\n row level=5\n"              \
    "row part=line level=6\n"

static const struct given_row groups[] = {
    { "A group's own line stands beside the client's",
      PEOPLE "00:00 group.set holders=1/ann+3/bob//cy\n", ASK " group=network",
      LEVELS6 "row part=group level=1 source=group person=ann\n"
              "row part=group level=2 skipped=yes instead=3 why=not_held\n"
              "row part=group level=3 person=bob how=named\n"
              "row part=group level=3 person=cy how=backup\n"
              "row part=group level=4 skipped=yes instead=3\n row part=group level=5\n"
              "row part=group level=6\n" TAIL },
    { "An agreement in force stands before it, until its last day is over",
      PEOPLE "00:00 group.set holders=1/ann\n"
             "00:00 agreement.set id=a-1 kind=internal groups=network start=2026-01-06 "
             "end=2026-01-07 holders=1/bob\n"
             "00:00 agreement.set id=a-0 kind=internal groups=desk start=2026-01-01 holders=1/cy\n"
             "00:00 agreement.set id=a-2 kind=internal groups=network start=2026-01-01\n",
      ASK " group=network limit=7 at=23:59\n" ASK " group=network limit=7 at=24:00\n" ASK
          " group=network limit=7 at=71:59\n" ASK " group=network limit=7 at=72:00",
      LEVELS6 "row level=1 source=group person=ann\n" LEVELS6
              "row level=1 source=agreement person=bob\n" LEVELS6
              "row level=1 source=agreement person=bob\n" LEVELS6
              "row level=1 source=group person=ann" },
    { "A holder may be who is on duty for another group",
      PEOPLE "00:00 group.set holders=1//desk+2//desk/bob\n", ASK " group=network limit=9",
      LEVELS6 "row part=group level=1 source=group group=desk person=ann how=lead\n"
              "row level=2 person=ann\n row level=2 person=bob how=backup" },
    { "A supplier's people are reached in its line",
      PEOPLE "00:00 group.set id=lines side=supplier holders=1/sue+2/ann\n",
      ASK " group=lines limit=8",
      LEVELS6 "row part=group person=sue reachable=yes\n row part=group person=ann reachable=yes" },
    { "A group without a line, and one that the catalog does not know", PEOPLE,
      ASK " group=network limit=7\n" ASK " group=nowhere limit=7",
      LEVELS6 "row part=group group=network skipped=yes why=not_held\n" LEVELS6
              "row part=group group=nowhere skipped=yes why=not_held" },
};

#define MATRIX                                                                                     \
    PEOPLE ROLE "id=agent group=desk\n" ROLE "id=manager person=bob\n" ROLE "id=idle\n"            \
                "00:00 role.set id=contact name=C side=client\n"                                   \
                "00:00 raci.set id=mx:incident component=mx process=incident "                     \
                "cells=agent/R+manager/A+contact/I\n"

static const struct given_row letters[] = {
    { "Every letter, and those that nobody has", MATRIX, ASK " component=mx",
      LEVELS6 "row part=matrix letter=R role=agent group=desk person=ann how=lead reachable=yes\n"
              "row part=matrix letter=A role=manager person=bob how=named reachable=yes\n"
              "row part=matrix letter=C skipped=yes why=no_letter\n"
              "row part=matrix letter=I role=contact source=contact skipped=yes "
              "why=role_not_held\n" TAIL },
    { "A role of the client's is its primary contact, unless a delivery says otherwise",
      MATRIX "00:00 client.set primary_contact=olga\n",
      ASK " component=mx limit=11\n 01:01 delivery.set id=acme client=acme roles=contact//otto\n"
          "01:02 query catalog.who client=acme component=mx limit=10",
      LEVELS6 "row letter=R\n row letter=A\n row letter=C\n"
              "row letter=I source=contact person=olga reachable=yes\n"
              "row part=client source=contact person=olga reachable=yes\n"
              "01:01 delivery.changed acme\n" LEVELS6 "row letter=R\n row letter=A\n row letter=C\n"
              "row letter=I source=delivery person=otto" },
    { "Who has AR stands at both, and a role that nobody has says so",
      MATRIX "00:00 raci.set id=mx:incident component=mx process=incident "
             "cells=manager/AR+idle/R+contact/C\n",
      ASK " component=mx limit=9",
      LEVELS6 "row letter=R role=manager person=bob\n row letter=R role=idle why=role_not_held\n"
              "row letter=A role=manager person=bob" },
    { "R gets the work: it is level 1 of an incident, of other processes it is not",
      MATRIX ROLE "id=one level=1 person=cy\n 00:00 process.set id=change name=Changes\n"
                  "00:00 raci.set id=mx:change component=mx process=change cells=agent/R\n",
      ASK " component=mx limit=1\n" ASK " component=mx process=change limit=1\n" ASK " limit=1",
      "row level=1 letter=R role=agent person=ann how=lead\n row level=1 role=one person=cy\n"
      "row level=1 role=one person=cy" },
    { "Unless nobody is responsible, or only somebody at the client",
      MATRIX ROLE "id=one level=1 person=cy\n 00:00 client.set primary_contact=olga\n"
                  "00:00 raci.set id=mx:incident component=mx process=incident "
                  "cells=idle/R+contact/AR\n",
      ASK " component=mx limit=1", "row level=1 role=one person=cy" },
    { "A matrix that says nothing of it", MATRIX "00:00 process.set id=change name=Changes\n",
      ASK " component=app limit=7\n" ASK " component=mx process=change limit=7",
      LEVELS6 "row letter=R skipped=yes why=no_matrix\n" LEVELS6
              "row letter=R skipped=yes why=no_matrix" },
    { "The client's executives, when it is severe",
      PEOPLE "00:00 client.set primary_contact=olga executives=otto\n",
      ASK "\n" ASK " severity=3\n" ASK " severity=2",
      LEVELS6 "row part=client person=olga\n" LEVELS6 "row part=client person=olga\n" LEVELS6
              "row part=client person=olga\n row part=client person=otto source=client" },
    { "Of what the catalog does not know nothing is said", MATRIX,
      "01:00 query catalog.who client=nobody\n" ASK " service=none\n" ASK " component=none\n" ASK
      " component=mx process=none\n 01:00 ann@acme query catalog.who client=acme",
      "" },
    { "Pages go on where they ended", MATRIX, ASK " component=mx limit=500",
      LEVELS6 "row place=7\n row place=8\n row place=9\n row place=10\n row place=11" },
};

/* The first midnight is 2026-01-05; 2026-03-29 begins 1992 hours later, 2026-10-25 7032. */
#define DUTY(from)                                                                                 \
    PEOPLE ROLE "id=a level=1 group=network\n" ROLE "id=b level=2 person=cy\n"                     \
                "00:00 roster.set id=net group=network zone=Europe/Berlin layers=n/" from          \
                "//02:30/day/1/ann&bob\n"
#define AT(at) "01:00 query catalog.who client=acme limit=1 at=" at "\n"

static const struct given_row nights[] = {
    { "In the night in which clocks are set on, a hand-over that is left out is behind the hole",
      DUTY("2026-03-27"), AT("1992:59") AT("1993:00") AT("2016:29") AT("2016:30"),
      "row person=bob how=duty\n row person=ann how=duty\n row person=ann\n row person=bob" },
    { "In the night in which they are set back, it is at the first of both times",
      DUTY("2026-10-23"), AT("7032:29") AT("7032:30") AT("7033:29") AT("7033:30") AT("7034:00"),
      "row person=bob\n row person=ann\n row person=ann\n row person=ann\n row person=ann" },
    { "In a gap the level is passed over, at its ends it is not",
      PEOPLE ROLE "id=a level=1 group=network\n" ROLE "id=b level=2 person=cy\n"
                  "00:00 roster.set id=net group=network zone=UTC "
                  "layers=n/2026-01-05//00:00/day/1/ann/mon-fri;08:00;18:00\n",
      AT("32:00") AT("41:59") AT("42:00") AT("55:59") AT("56:00"),
      "row person=ann how=duty\n row person=ann\n"
      "row skipped=yes instead=2 group=network why=nobody_on_duty\n"
      "row skipped=yes instead=2\n row person=ann" },
    { "What is over is said as it was planned", DUTY("2026-01-01"),
      "100:00 query catalog.who client=acme limit=1 at=24:00\n"
      "100:00 query catalog.who client=acme limit=1 at=48:00",
      "row person=ann\n row person=bob" },
};

/* What rosters say themselves is looked at elsewhere. */
static const char *const quiet[] = { "duty.changed", "duty.looked", "duty.gap_found", NULL };
static const struct given_book who_book = {
    .service = &catalog_service,
    .defaults = catalog_defaults,
    .quiet = quiet,
};

static void test_levels(void **state)
{
    (void)state;
    GIVEN_ROWS(&who_book, levels);
}

static void test_groups(void **state)
{
    (void)state;
    GIVEN_ROWS(&who_book, groups);
}

static void test_letters(void **state)
{
    (void)state;
    GIVEN_ROWS(&who_book, letters);
}

static void test_nights(void **state)
{
    (void)state;
    GIVEN_ROWS(&who_book, nights);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_letters),
        cmocka_unit_test(test_nights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The matrix of responsibilities: one that holds has no findings; each thing that is changed about
 * it has exactly the one that it should have; and gaps and loads are counted as they are. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/catalog_book.h"

#define PEOPLE                                                                                     \
    "00:00 client.set\n"                                                                           \
    "00:00 person.set addresses=email/ann@a.example\n"                                             \
    "00:00 person.set id=bob name=Bob side=provider addresses=email/bob@a.example\n"               \
    "00:00 person.set id=eva name=Eva side=provider\n"                                             \
    "00:00 person.set id=olga name=Olga side=client client=acme\n"                                 \
    "00:00 person.set id=sue name=Sue side=supplier addresses=email/s@c.example\n"                 \
    "00:00 partner.set\n"                                                                          \
    "00:00 group.set id=desk side=provider members=ann/yes\n"                                      \
    "00:00 group.set id=lines side=supplier partner=carrier members=sue/yes\n"                     \
    "00:00 agreement.set id=uc kind=supplier partner=carrier groups=lines start=2026-01-01 "       \
    "terms=/1/response/60m\n"
#define ROLES                                                                                      \
    "00:00 role.set id=agent name=Agent side=provider group=desk\n"                                \
    "00:00 role.set id=manager name=Manager side=provider person=bob\n"                            \
    "00:00 role.set id=expert name=Expert side=provider group=desk\n"                              \
    "00:00 role.set id=second name=Second side=provider group=desk\n"                              \
    "00:00 role.set id=third name=Third side=provider group=desk\n"                                \
    "00:00 role.set id=carrier name=Carrier side=supplier group=lines\n"                           \
    "00:00 role.set id=tower name=Tower side=supplier group=lines\n"                               \
    "00:00 role.set id=contact name=Contact side=client\n"
#define ROW "00:00 raci.set id=mx:incident component=mx process=incident cells="
#define GOOD                                                                                       \
    PEOPLE ROLES "00:00 service.set\n 00:00 component.set always_on=yes\n"                         \
                 "00:00 process.set client_visible=yes\n" ROW                                      \
                 "agent/R+manager/A+carrier/R+expert/C+second/C+third/C/yes+contact/I\n"

static const struct fixture {
    const char *words, *change;
    const char *found; /* "error/code/role", each with a + between */
} fixtures[] = {
    { "A good matrix has none", "00:00 passes\n", NULL },

    { "Nobody answers for it", ROW "agent/R+contact/I\n", "error/accountable_missing/" },
    { "Two answer for it", ROW "agent/AR+manager/A+contact/I\n", "error/accountable_twice/" },
    { "Nobody does it", ROW "manager/A+contact/I\n", "error/responsible_missing/" },
    { "Nobody has the role that does it", "00:00 role.set id=agent name=Agent side=provider\n",
      "error/role_not_held/agent" },
    { "Nobody has the role that answers for it",
      "00:00 role.set id=manager name=Manager side=provider\n", "error/role_not_held/manager" },
    { "Its partner is gone", "00:00 agreement.remove agreement=uc\n 00:00 partner.set state=gone\n",
      "error/partner_gone/carrier" },
    { "There is no agreement with it", "00:00 agreement.remove agreement=uc\n",
      "error/no_agreement/carrier" },
    { "The agreement has ended",
      "00:00 agreement.set id=uc kind=supplier partner=carrier groups=lines start=2025-01-01 "
      "end=2025-12-31 terms=/1/response/60m\n",
      "error/no_agreement/carrier" },
    { "The agreement has not begun",
      "00:00 agreement.set id=uc kind=supplier partner=carrier groups=lines start=2027-01-01 "
      "terms=/1/response/60m\n",
      "error/no_agreement/carrier" },
    { "Suppliers among themselves", ROW "carrier/R+tower/A+contact/I\n", "error/all_outside/" },

    { "Three do it", ROW "agent/R+expert/R+carrier/R+manager/A+contact/I\n",
      "warning/many_responsible/" },
    { "Who answers and does it, and two more", ROW "agent/AR+expert/R+carrier/R+contact/I\n",
      "warning/many_responsible/" },
    { "Four are asked", ROW "agent/R+manager/A+expert/C+second/C+third/C+tower/C+contact/I\n",
      "warning/many_consulted/" },
    { "The client is not told", ROW "agent/R+manager/A\n", "warning/client_not_informed/" },
    { "Only somebody of ours is told", ROW "agent/R+manager/A+expert/I\n",
      "warning/client_not_informed/" },
    { "The client is asked, and not told", ROW "agent/R+manager/A+contact/C\n",
      "warning/client_not_informed/" },
    { "Who answers for it verifies it", ROW "agent/R+manager/A/yes+contact/I\n",
      "warning/verifies_own_work/manager" },
    { "The same person, in another role, verifies it",
      "00:00 role.set id=third name=Third side=provider person=bob\n",
      "warning/verifies_own_work/third" },
    { "Who answers for it has no address", "00:00 person.set id=bob name=Bob side=provider\n",
      "warning/not_reachable/manager" },
    { "Nor has the lead of its group",
      "00:00 group.set id=day side=provider members=eva/yes+ann\n"
      "00:00 role.set id=manager name=Manager side=provider group=day\n",
      "warning/not_reachable/manager" },
    { "Or is on duty in office hours",
      "00:00 calendar.set\n"
      "00:00 group.set id=day side=provider members=ann\n"
      "00:00 roster.set id=day group=day zone=UTC cover=office "
      "layers=a/2026-01-05//09:00/day/1/ann\n"
      "00:00 role.set id=manager name=Manager side=provider group=day\n",
      "warning/not_reachable/manager" },
    { "Who answers for it for one client has no address",
      "00:00 delivery.set id=acme client=acme roles=manager//eva\n",
      "warning/not_reachable/manager" },
    { "However many clients it is the same for",
      "00:00 client.set id=zeta\n"
      "00:00 delivery.set id=acme client=acme roles=manager//eva\n"
      "00:00 delivery.set id=zeta client=zeta roles=manager//eva\n",
      "warning/not_reachable/manager" },
    { "Or there is one who has, for two others",
      "00:00 client.set id=beta\n 00:00 client.set id=zeta\n"
      "00:00 delivery.set id=acme client=acme roles=manager//ann\n"
      "00:00 delivery.set id=beta client=beta roles=manager//ann\n"
      "00:00 delivery.set id=zeta client=zeta roles=manager//eva\n",
      "warning/not_reachable/manager" },
    { "Nor has the lead of a group that answers for one client",
      "00:00 group.set id=day side=provider members=eva/yes+ann\n"
      "00:00 role.set id=manager name=Manager side=provider\n"
      "00:00 delivery.set id=acme client=acme roles=manager/day\n",
      "warning/not_reachable/manager" },
    { "A partner does it, and need not hurry",
      "00:00 agreement.set id=uc kind=supplier partner=carrier groups=lines start=2026-01-01 "
      "terms=/1/resolve/60m\n",
      "warning/no_response_term/carrier" },
};

/* What must not be found: one thing less than in a fixture above. */
static const struct fixture sound[] = {
    { "Who answers for it may do it", ROW "agent/AR+contact/I\n", NULL },
    { "A process that no client sees", "00:00 process.set\n" ROW "agent/R+manager/A\n", NULL },
    { "Somebody else verifies it", "00:00 role.set id=third name=Third side=provider person=ann\n",
      NULL },
    { "An agreement on its only day",
      "00:00 agreement.set id=uc kind=supplier partner=carrier groups=lines start=2026-01-05 "
      "end=2026-01-05 terms=/1/resolve/60m+/1/response/60m\n",
      NULL },
    { "A roster for office hours, with somebody who stands in",
      "00:00 calendar.set\n 00:00 group.set id=day side=provider members=ann\n"
      "00:00 roster.set id=day group=day zone=UTC cover=office fallback=ann "
      "layers=a/2026-01-05//09:00/day/1/ann\n"
      "00:00 role.set id=manager name=Manager side=provider group=day\n",
      NULL },
    { "A component that sleeps at night",
      "00:00 component.set\n 00:00 person.set id=bob name=Bob side=provider\n", NULL },
    { "A roster for every hour",
      "00:00 group.set id=day side=provider members=ann\n"
      "00:00 roster.set id=day group=day zone=UTC layers=a/2026-01-05//09:00/day/1/ann\n"
      "00:00 role.set id=manager name=Manager side=provider group=day\n",
      NULL },
    { "Nobody of the role itself, but of a delivery",
      "00:00 role.set id=agent name=Agent side=provider\n"
      "00:00 delivery.set id=acme client=acme roles=agent/desk\n",
      NULL },
    { "Somebody with an address answers for it for one client",
      "00:00 delivery.set id=acme client=acme roles=manager//ann\n"
      "00:00 client.set id=umbrella name=Umbrella\n"
      "00:00 delivery.set id=umbrella client=umbrella roles=manager/desk\n",
      NULL },
    { "The client answers, a supplier does it",
      ROW "contact/A+carrier/R\n 00:00 process.set\n"
          "00:00 component.set\n",
      NULL },
};

/* What days say themselves is looked at elsewhere. */
static const char *const quiet[] = { "reminder.due", NULL };
static const struct given_book raci_book = {
    .service = &catalog_service,
    .defaults = catalog_defaults,
    .quiet = quiet,
};

static void play_fixture(const struct fixture *f)
{
    char expected[200];
    given_begin(&raci_book);
    given_play("%s%s", GOOD, f->change);
    const char *found = given_play("01:00 query catalog.raci_findings");
    if (!f->found) {
        if (*found)
            fail_msg("%s: %s", f->words, found);
    } else {
        bool error = strncmp(f->found, "error", 5) == 0;
        snprintf(expected, sizeof expected, "findings=%s/", f->found);
        /* one row, one finding, and it is this */
        if (!strstr(found, error ? "errors=1" : "warnings=1") ||
            strstr(found, error ? "warnings=1" : "errors=1") || !strstr(found, expected) ||
            strstr(strstr(found, "row") + 1, "row id="))
            fail_msg("%s: expected %s, but: %s", f->words, expected, found);
    }
    given_end();
}

static void test_fixtures(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof fixtures / sizeof *fixtures; i++)
        play_fixture(&fixtures[i]);
    for (size_t i = 0; i < sizeof sound / sizeof *sound; i++)
        play_fixture(&sound[i]);
}

/* Every code that is declared is found by a fixture here, or about a role below. */
static void test_none_forgotten(void **state)
{
    static const char *const codes[] = {
#include "common/def_none.h"
#undef VALUE
#define VALUE(enumeration, label, number, doc) #label,
#include "proto/catalog/finding.words"
    };
#include "common/def_none.h"
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        bool found = strncmp(codes[i], "role_", 5) == 0 && strcmp(codes[i], "role_not_held") != 0;
        for (size_t j = 0; j < sizeof fixtures / sizeof *fixtures; j++)
            found = found || (fixtures[j].found && strstr(fixtures[j].found, codes[i]));
        if (!found)
            fail_msg("no fixture finds %s", codes[i]);
    }
}

static const struct given_row loads[] = {
    { "Letters are counted by role, AR twice",
      GOOD "00:00 component.set id=db name=DB services=mail\n"
           "00:00 raci.set id=db:incident component=db process=incident "
           "cells=agent/AR+manager/C+contact/I\n",
      "01:00 query catalog.raci_roles role=agent\n 01:00 query catalog.raci_roles role=manager\n"
      "01:00 query catalog.raci_roles role=contact",
      "row role=agent A=1 R=2 rows=2\n row role=manager A=1 C=1 rows=2\n"
      "row role=contact side=client I=2 rows=2" },
    { "A role that neither answers nor works is idle, unless it holds a level",
      "00:00 role.set id=a name=A side=provider\n 00:00 role.set id=b name=B side=client\n"
      "00:00 role.set id=c name=C side=provider level=5\n",
      "01:00 query catalog.raci_roles",
      "row role=a findings=warning/role_idle/a/"
      "The_role_neither_answers_for_anything_nor_does_any_work.\n row role=b\n row role=c" },
    { "A role that answers for too much is overloaded",
      "option raci_rows_most=1\n" GOOD "00:00 component.set id=db name=DB services=mail\n"
      "00:00 raci.set id=db:incident component=db process=incident cells=manager/AR\n",
      "01:00 query catalog.raci_roles role=manager",
      "row role=manager A=2 "
      "findings=warning/role_overloaded/manager/The_role_answers_for_too_much." },
};

static const struct given_row gaps[] = {
    { "What the matrix says nothing of is a gap, and so is what cannot work",
      GOOD "00:00 process.set id=change name=Changes\n"
           "00:00 component.set id=db name=DB services=mail group=lines\n"
           "00:00 raci.set id=db:incident component=db process=incident cells=agent/R\n",
      "01:00 query catalog.raci_gaps",
      "row component=db processes=2 holes=change/yes/0/supplier/carrier+incident/no/1/provider\n"
      "row component=mx processes=2 valid=1 holes=change/yes/0/provider" },
    { "By side and by partner",
      GOOD "00:00 process.set id=change name=Changes\n"
           "00:00 component.set id=db name=DB services=mail group=lines\n",
      "01:00 query catalog.raci_gaps boundary=provider\n"
      "01:00 query catalog.raci_gaps partner=carrier\n"
      "01:00 query catalog.raci_gaps service=none",
      "row component=mx holes=change/yes/0/provider\n"
      "row component=db holes=change/yes/0/supplier/carrier+incident/yes/0/supplier/carrier" },
    { "A row without a cell says nothing", GOOD ROW "\n", "01:00 query catalog.raci_gaps",
      "row component=mx processes=1 holes=incident/yes/0/provider" },
    { "Summed up by service and by who delivers",
      GOOD "00:00 process.set id=change name=Changes\n"
           "00:00 service.set id=web name=Web\n"
           "00:00 component.set id=db name=DB services=mail+web group=lines\n"
           "00:00 raci.set id=db:change component=db process=change cells=agent/R\n",
      "01:00 query catalog.raci_services",
      "row service=mail components=2 cells=4 empty=2 invalid=1 "
      "borders=provider//3/1/1+supplier/carrier/1/1/0\n"
      "row service=web components=1 cells=2 empty=1 invalid=1 "
      "borders=provider//1/0/1+supplier/carrier/1/1/0" },
    { "A component's id may hold a colon",
      GOOD "00:00 component.set id=mx:a name=A services=mail\n"
           "00:00 raci.set id=mx:a:incident component=mx:a process=incident cells=agent/R\n",
      "01:00 query catalog.raci_gaps\n 01:00 query catalog.raci_findings component=mx\n"
      "01:00 query catalog.raci_findings component=mx:a",
      "row component=mx:a holes=incident/no/1/provider\n"
      "row id=mx:a:incident component=mx:a errors=1" },
};

/* As one client is served, what its deliveries say counts instead of what roles say themselves. */
static const struct given_row for_client[] = {
    { "A role that only another client's delivery gives is not held here",
      GOOD "00:00 client.set id=umbrella name=Umbrella\n"
           "00:00 role.set id=agent name=Agent side=provider\n"
           "00:00 delivery.set id=umbrella:mail client=umbrella service=mail roles=agent/desk\n",
      "01:00 query catalog.raci_findings client=umbrella service=mail\n"
      "01:00 query catalog.raci_findings client=acme",
      "row id=mx:incident errors=1 findings=error/role_not_held/agent/Nobody_has_the_role_that_"
      "answers_for_it_or_does_it:_neither_the_role_itself_nor_a_delivery_says_who." },
    { "Each component by its own service, and the client's contact by a delivery",
      GOOD "00:00 client.set primary_contact=olga\n 00:00 service.set id=web name=Web\n"
           "00:00 role.set id=agent name=Agent side=provider\n"
           "00:00 component.set id=db name=DB services=web\n"
           "00:00 raci.set id=db:incident component=db process=incident "
           "cells=agent/R+manager/A+contact/I\n"
           "00:00 delivery.set id=acme:web client=acme service=web roles=agent/desk\n",
      "01:00 query catalog.raci_findings client=acme\n"
      "01:00 delivery.set id=acme client=acme roles=agent//ann+contact//olga\n"
      "01:00 query catalog.raci_findings client=acme",
      "row id=mx:incident errors=1\n 01:00 delivery.changed acme" },
    { "A client without a contact has nobody who answers there",
      GOOD "00:00 process.set\n" ROW "contact/A+agent/R\n",
      "01:00 query catalog.raci_findings client=acme\n 01:00 query catalog.raci_findings\n"
      "01:01 client.set primary_contact=olga\n 01:01 query catalog.raci_findings client=acme",
      "row errors=1\n 01:01 client.changed acme\n row warnings=1" },
    { "A delivery by a partner that is gone",
      GOOD "00:00 client.set primary_contact=olga\n"
           "00:00 partner.set id=gone name=Gone state=gone\n"
           "00:00 group.set id=old side=supplier partner=gone\n"
           "00:00 delivery.set id=acme client=acme roles=carrier/old\n",
      "01:00 query catalog.raci_findings client=acme severity=error\n"
      "01:00 query catalog.raci_findings severity=error\n"
      "01:00 query catalog.raci_findings client=nobody",
      "row id=mx:incident errors=1\n row id=mx:incident errors=1" },
};

static const struct given_row filters[] = {
    { "Of a process, of a service, with errors only, a page of one, and for nobody at a client",
      GOOD "00:00 process.set id=change name=Changes\n 00:00 service.set id=web name=Web\n"
           "00:00 raci.set id=mx:change component=mx process=change cells=agent/C\n" ROW
           "agent/R+manager/A\n",
      "01:00 query catalog.raci_findings process=change\n"
      "01:00 query catalog.raci_findings process=incident\n"
      "01:00 query catalog.raci_findings severity=error\n"
      "01:00 query catalog.raci_findings service=web\n"
      "01:00 query catalog.raci_findings limit=1\n"
      "01:00 query catalog.raci_findings client=acme\n"
      "01:00 query catalog.raci_roles limit=1\n"
      "01:00 query catalog.raci_services service=mail limit=1\n"
      "01:00 query catalog.raci_services limit=1\n"
      "01:00 ann@acme query catalog.raci_findings\n 01:00 ann@acme query catalog.raci_roles\n"
      "01:00 ann@acme query catalog.raci_gaps\n 01:00 ann@acme query catalog.raci_services",
      "row id=mx:change errors=2\n row id=mx:incident warnings=1\n row id=mx:change errors=2\n"
      "row id=mx:change errors=2\n row id=mx:change errors=2\n row id=mx:incident warnings=1\n"
      "row role=agent\n row service=mail\n row service=mail" },
    { "A page of one gap",
      GOOD "00:00 process.set id=change name=Changes\n"
           "00:00 component.set id=db name=DB services=mail\n",
      "01:00 query catalog.raci_gaps limit=1", "row component=db" },
    { "Two partners are two borders",
      GOOD "00:00 partner.set id=other name=Other state=active\n"
           "00:00 group.set id=theirs side=supplier partner=other\n"
           "00:00 component.set id=db name=DB services=mail group=lines\n"
           "00:00 component.set id=fs name=FS services=mail group=theirs\n",
      "01:00 query catalog.raci_services",
      "row service=mail borders=supplier/carrier/1/1/0+supplier/other/1/1/0+provider//1/0/0" },
};

static void test_filters(void **state)
{
    (void)state;
    GIVEN_ROWS(&raci_book, filters);
}

/* More names than are remembered at once: every row is judged as if there were few. */
static void test_many(void **state)
{
    enum { NAMES = 520, GROUPS = 160, CELLS = 24, DUTIES = 48, BINDS = 16, BORDERS = 33 };
    (void)state;
    given_begin(&raci_book);
    given_play("00:00 client.set\n 00:00 service.set\n 00:00 service.set id=web name=Web\n"
               "00:00 process.set\n 00:00 person.set addresses=email/a@a.example\n");
    for (int i = 0; i < NAMES; i++)
        given_play("00:00 role.set id=r%d name=R side=provider person=ann\n", i);
    for (int i = 0; i < GROUPS; i++)
        given_play("00:00 group.set id=g%d side=provider\n", i);
    for (int i = 0; i + CELLS <= NAMES; i += CELLS) {
        char cells[CELLS * 10] = "";
        for (int n = 0; n < CELLS; n++)
            snprintf(cells + strlen(cells), sizeof cells - strlen(cells), "%sr%d/%s", n ? "+" : "",
                     i + n,
                     n == 0   ? "A"
                     : n == 1 ? "R"
                              : "I");
        given_play("00:00 component.set id=c%04d name=C services=mail\n"
                   "00:00 raci.set id=c%04d:incident component=c%04d process=incident cells=%s\n",
                   i, i, i, cells);
    }
    assert_string_equal(given_play("01:00 query catalog.raci_findings limit=500"), "");
    assert_non_null(strstr(given_play("01:00 query catalog.raci_services service=mail"),
                           "components=21 cells=21 borders=provider//21/0/0"));
    assert_non_null(strstr(given_play("01:00 query catalog.raci_roles limit=1"), "partial=yes"));
    const char *last = given_play("01:00 query catalog.raci_roles role=r%d", NAMES - 1);
    assert_non_null(strstr(last, "partial=yes"));
    assert_null(strstr(last, "role_idle")); /* it may stand in a row that was not counted */

    /* Deliveries and agreements beyond those that are looked at accuse nobody. */
    for (int i = 0; i < 3; i++)
        given_play("00:00 group.set id=s%d side=supplier members=ann\n"
                   "00:00 role.set id=x%d name=X side=supplier%s\n",
                   i, i, i == 0 ? " group=s0" : "");
    given_play("00:00 component.set id=d name=D services=web\n"
               "00:00 raci.set id=d:incident component=d process=incident cells=x0/R+r0/A+x1/R\n");
    const char *found = given_play("01:00 query catalog.raci_findings component=d");
    assert_non_null(strstr(found, "errors=2"));
    assert_non_null(strstr(found, "no_agreement/x0"));
    assert_non_null(strstr(found, "role_not_held/x1"));
    for (int i = 0; i + BINDS <= GROUPS; i += BINDS) {
        char groups[BINDS * 8] = "";
        for (int n = 0; n < BINDS; n++)
            snprintf(groups + strlen(groups), sizeof groups - strlen(groups), "%sg%d", n ? "+" : "",
                     i + n);
        given_play("01:00 agreement.set id=b%d kind=internal groups=%s start=2026-01-01", i,
                   groups);
    }
    found = given_play("01:00 query catalog.raci_findings component=d");
    assert_null(strstr(found, "no_agreement"));
    for (int i = 0; i + DUTIES <= NAMES; i += DUTIES) {
        char roles[DUTIES * 16] = "";
        for (int n = 0; n < DUTIES; n++)
            snprintf(roles + strlen(roles), sizeof roles - strlen(roles), "%sr%d//ann",
                     n ? "+" : "", i + n);
        given_play("01:00 client.set id=m%d name=M\n"
                   "01:00 delivery.set id=m%d client=m%d roles=%s",
                   i, i, i, roles);
    }
    found = given_play("01:00 query catalog.raci_findings component=d");
    assert_null(strstr(found, "role_not_held"));

    for (int i = 0; i < BORDERS; i++)
        given_play("01:00 partner.set id=p%d name=P state=active\n"
                   "01:00 group.set id=t%d side=supplier partner=p%d\n"
                   "01:00 component.set id=e%d name=E services=web group=t%d\n",
                   i, i, i, i, i);
    assert_non_null(
        strstr(given_play("01:00 query catalog.raci_services service=web"), "partial=yes"));
    given_end();
}

/* A page looks at so many rows, and the next begins behind them. */
static void test_pages(void **state)
{
    enum { COMPONENTS = 57, PROCESSES = 15 };
    (void)state;
    given_begin(&raci_book);
    given_play("%s00:00 service.set id=a name=A\n", GOOD);
    for (int k = 0; k < PROCESSES; k++)
        given_play("00:00 process.set id=k%d name=K\n", k);
    for (int i = 0; i < COMPONENTS; i++) {
        given_play("00:00 component.set id=n%02d name=N services=mail+a\n", i);
        for (int k = 0; k < PROCESSES; k++)
            given_play("00:00 raci.set id=n%02d:k%d component=n%02d process=k%d cells=%s\n", i, k,
                       i, k, i == COMPONENTS - 1 ? "agent/R" : "agent/AR");
    }
    assert_string_equal(given_play("01:00 query catalog.raci_findings limit=500"), "");
    assert_string_equal(given_play("01:00 query catalog.raci_findings process=k1 severity=error"),
                        "");
    assert_non_null(
        strstr(given_play("01:00 query catalog.raci_findings component=n%02d", COMPONENTS - 1),
               "accountable_missing"));
    /* mx lacks all of them, each n has no row for incidents; the last n is on the next page */
    assert_null(strstr(given_play("01:00 query catalog.raci_gaps limit=500"), "component=n56"));
    /* one service is summed up as a whole, and the next is on the next page */
    const char *services = given_play("01:00 query catalog.raci_services");
    assert_non_null(strstr(services, "row service=a components=57"));
    assert_null(strstr(services, "row service=mail"));
    given_end();
}

static void test_loads(void **state)
{
    (void)state;
    GIVEN_ROWS(&raci_book, loads);
}

static void test_gaps(void **state)
{
    (void)state;
    GIVEN_ROWS(&raci_book, gaps);
}

static void test_for_client(void **state)
{
    (void)state;
    GIVEN_ROWS(&raci_book, for_client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixtures),   cmocka_unit_test(test_none_forgotten),
        cmocka_unit_test(test_loads),      cmocka_unit_test(test_gaps),
        cmocka_unit_test(test_for_client), cmocka_unit_test(test_filters),
        cmocka_unit_test(test_many),       cmocka_unit_test(test_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The map of the future state: what stands on it, in which order, and what is called a gap. */
#include "tests/unit/catalog_book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A model without a gap: the group network answers the desk and supports MX; CableCo's lines. */
#define WHOLE                                                                                      \
    "00:00 person.set addresses=email/ann@example.org\n 00:00 partner.set scope=Lines\n"           \
    "00:00 group.set members=ann line=2\n"                                                         \
    "00:00 group.set id=lines side=supplier partner=carrier line=3\n"                              \
    "00:00 agreement.set kind=supplier partner=carrier groups=lines\n"                             \
    "00:00 desk.set usual=yes level=Passwords channels=phone/110+portal///yes human_after=Two\n"   \
    "00:00 family.set id=work name=Workplace\n"                                                    \
    "00:00 client.set\n 00:00 service.set owner=ann family=work\n"                                 \
    "00:00 component.set critical=yes group=network\n"                                             \
    "00:00 component.set id=line name=Line services=mail group=lines\n"                            \
    "00:00 contract.set\n 00:00 process.set direction=down\n"                                      \
    "00:00 process.set id=change name=Changes direction=up\n"                                      \
    "00:00 process.set id=knowledge name=Knowledge\n"                                              \
    "00:00 role.set id=agent name=Agent side=provider group=network\n"                             \
    "00:00 raci.set id=mx:incident component=mx process=incident cells=agent/AR\n"                 \
    "00:00 raci.set id=mx:change component=mx process=change cells=agent/AR\n"

#define BODY                                                                                       \
    "row position=2 band=desk id=desk name=Desk note=Passwords group=network\n"                    \
    "row position=3 band=channel id=110 channel=phone of=desk\n"                                   \
    "row position=4 band=channel channel=portal note=Two of=desk critical=yes\n"                   \
    "row position=5 band=service id=mail name=Mail note=Workplace\n"                               \
    "row position=6 band=component id=line name=Line of=mail group=lines\n"                        \
    "row position=7 band=component id=mx name=MX of=mail group=network critical=yes\n"             \
    "row position=8 band=second id=network note=in-house\n"                                        \
    "row position=9 band=third id=lines of=carrier note=partner\n"                                 \
    "row position=10 band=partner id=carrier name=Carrier note=Lines\n"                            \
    "row position=11 band=down id=incident name=Incidents\n"                                       \
    "row position=12 band=up id=change name=Changes"

static const struct given_row maps[] = {
    { "All of it, from end users down and up again", WHOLE, "01:00 query catalog.map",
      "row position=1 band=users name=Clients_and_their_end_users\n" BODY },
    { "What one client gets", WHOLE "00:00 service.set id=web name=Web\n",
      "01:00 query catalog.map client=acme", "row position=1 band=users id=acme name=Acme\n" BODY },
    { "In pages", WHOLE, "01:00 query catalog.map limit=2",
      "row position=1 band=users\nrow position=2 band=desk" },
    { "A client that is not there", WHOLE, "01:00 query catalog.map client=umbrella", "" },
    { "Whoever asks for one client sees nothing", WHOLE, "01:00 ann@acme query catalog.map", "" },
    { "Of nothing everything is missing", "", "01:00 query catalog.map",
      "row band=users gap=There_is_no_client.\n"
      "row band=desk gap=Nobody_is_the_first_point_of_contact.\n"
      "row band=service gap=No_service_is_delivered.\n"
      "row band=second gap=No_second_level_supports_any_of_it.\n"
      "row band=down gap=No_process_goes_this_way.\n"
      "row band=up gap=No_process_goes_this_way." },
};

/* What is so besides WHOLE, of what is asked, and a line that must be among what comes. */
static const struct {
    const char *besides, *parameters, *says;
} cases[] = {
    { "desk.set usual=yes channels=mail+chat+walk_in+alert+phone+portal", "",
      "band=channel channel=walk_in" },
    { "desk.set usual=yes channels=mail+alert", "", "band=channel channel=alert" },
    { "desk.set usual=yes channels=chat+mail", "", "band=channel channel=chat" },
    { "desk.set id=own name=Own\n 01:00 client.set desk=own", "client=acme", "band=desk id=own" },
    { "desk.set id=own name=Own\n 01:00 client.set desk=own", "", "band=desk id=desk" },
    { "desk.set usual=yes", "", "band=desk gap=Nobody_says_what_it_solves_itself." },
    { "service.set", "", "band=service note= gap=Nobody_answers_for_it." },
    { "service.set id=web name=Web owner=ann", "",
      "band=component of=web gap=Nobody_says_what_it_is_made_of." },
    { "component.set group=network", "", "of=mail gap=Nobody_says_what_is_critical." },
    { "component.set critical=yes", "", "id=mx critical=yes gap=No_group_supports_it." },
    { "contract.set end=2026-01-04", "client=acme", "gap=No_service_is_delivered." },
    { "contract.set start=2026-01-06", "client=acme", "gap=No_service_is_delivered." },
    { "contract.set end=2026-01-05", "client=acme", "band=service id=mail" },
    { "group.set line=2", "", "id=network gap=Nobody_is_in_it." },
    { "group.set members=ann", "", "band=second id=network" },
    { "component.set critical=yes always_on=yes group=network", "",
      "id=network gap=It_supports_what_is_always_on,_and_nobody_is_on_duty." },
    { "component.set critical=yes always_on=yes group=network\n"
      "01:00 roster.set id=nights group=network zone=UTC "
      "layers=All/2026-01-01//09:00/week/1/ann",
      "", "band=second id=network gap=" },
    { "component.set critical=yes always_on=yes group=network\n"
      "01:00 roster.set id=nights group=network zone=UTC "
      "layers=All/2026-02-01//09:00/week/1/ann",
      "", "id=network gap=It_supports_what_is_always_on,_and_nobody_is_on_duty." },
    { "group.set id=wires side=supplier line=3", "",
      "id=wires gap=Nobody_says_to_which_partner_it_belongs." },
    { "partner.set id=old name=Old state=gone\n"
      "01:00 group.set id=old side=supplier partner=old line=2",
      "", "id=old gap=Its_partner_is_gone." },
    { "partner.set id=old name=Old state=gone\n"
      "01:00 group.set id=old side=supplier partner=old line=2",
      "", "band=partner id=old note=gone" },
    { "partner.set scope=Lines state=leaving", "", "id=carrier note=to_be_dropped" },
    { "partner.set scope=Lines state=onboarding", "", "id=carrier note=being_taken_on" },
    { "partner.set", "", "id=carrier gap=Nobody_says_what_it_does_for_us." },
    { "agreement.set kind=supplier partner=carrier groups=lines end=2026-01-04", "",
      "id=carrier gap=No_agreement_with_it_is_in_force." },
    { "agreement.set kind=supplier partner=carrier groups=lines start=2026-01-06", "",
      "id=carrier gap=No_agreement_with_it_is_in_force." },
    { "agreement.set kind=supplier partner=carrier groups=lines end=2026-01-05", "",
      "id=carrier gap=" },
    { "raci.set id=mx:change component=mx process=change", "",
      "id=change gap=For_a_critical_component_nobody_has_a_part_in_it." },
    { "component.set id=dns name=DNS critical=yes group=network", "",
      "id=incident gap=For_a_critical_component_nobody_has_a_part_in_it." },
};

/* Whether one line of the transcript has all these words. */
static bool has_line(const char *transcript, const char *words)
{
    for (const char *line = transcript; *line;) {
        const char *end = strchr(line, '\n');
        size_t length = end ? (size_t)(end - line) : strlen(line);
        char *padded = malloc(length + 3), *wanted = strdup(words), *rest = NULL;
        bool all = true;
        snprintf(padded, length + 3, " %.*s ", (int)length, line);
        for (char *w = strtok_r(wanted, " ", &rest); w && all; w = strtok_r(NULL, " ", &rest)) {
            char word[200];
            size_t n = strlen(w);
            /* "gap=" alone: there is none. */
            snprintf(word, sizeof word, w[n - 1] == '=' ? " %s" : " %s ", w);
            all = w[n - 1] == '=' ? !strstr(padded, word) : strstr(padded, word) != NULL;
        }
        free(padded);
        free(wanted);
        if (all)
            return true;
        line += length + (end != NULL);
    }
    return false;
}

static void test_maps(void **state)
{
    (void)state;
    GIVEN_ROWS(&catalog_book, maps);
}

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        given_begin(&catalog_book);
        given_play("%s", WHOLE);
        given_play("01:00 %s", cases[i].besides);
        const char *came = given_play("02:00 query catalog.map limit=100 %s", cases[i].parameters);
        if (!has_line(came, cases[i].says))
            fail_msg("%s\nhas no line with %s:\n%s", cases[i].besides, cases[i].says, came);
        given_end();
    }
}

/* More than a page holds is said, and nothing beyond is written anywhere. */
static void test_too_many(void **state)
{
    (void)state;
    given_begin(&catalog_book);
    given_play("%s", WHOLE);
    for (int i = 0; i < 250; i++)
        given_play("01:00 component.set id=c-%03d name=C services=mail critical=yes group=network",
                   i);
    for (int i = 0; i < 70; i++)
        given_play("01:00 group.set id=g-%02d side=provider line=2 members=ann", i);
    const char *came = given_play("02:00 query catalog.map limit=500");
    assert_true(has_line(came, "band=component gap=There_are_more_components_than_fit."));
    assert_true(has_line(came, "band=second gap=There_are_more_groups_than_fit."));
    given_end();
}

/* So are services, one more than fit, and partners; as many as fit are no gap. */
static void test_one_too_many(void **state)
{
    enum { SERVICES = 48, PARTNERS = 24 };
    const char *const gaps[] = { "band=service gap=There_are_more_services_than_fit.",
                                 "band=partner gap=There_are_more_partners_than_fit." };
    (void)state;
    for (int more = 0; more < 2; more++) {
        given_begin(&catalog_book);
        given_play("%s", WHOLE);
        for (int i = 1; i < SERVICES + more; i++)
            given_play("01:00 service.set id=s-%02d name=S owner=ann", i);
        for (int i = 1; i < PARTNERS + more; i++)
            given_play("01:00 partner.set id=p-%02d name=P\n"
                       "01:00 group.set id=g-%02d side=supplier partner=p-%02d line=3",
                       i, i, i);
        const char *came = given_play("02:00 query catalog.map limit=500");
        for (size_t i = 0; i < sizeof gaps / sizeof *gaps; i++)
            assert_int_equal(has_line(came, gaps[i]), more);
        given_end();
    }
}

/* Every critical component counts for a process, not only the first of many. */
static void test_many_critical(void **state)
{
    enum { CRITICAL = 80 };
    const char *const gap = "id=incident gap=For_a_critical_component_nobody_has_a_part_in_it.";
    (void)state;
    given_begin(&catalog_book);
    given_play("%s", WHOLE);
    for (int i = 0; i < CRITICAL; i++)
        given_play("01:00 component.set id=c-%02d name=C services=mail critical=yes group=network\n"
                   "01:00 raci.set id=c-%02d:incident component=c-%02d process=incident "
                   "cells=agent/AR",
                   i, i, i);
    assert_false(has_line(given_play("02:00 query catalog.map limit=500"), gap));
    given_play("03:00 raci.remove raci=c-%02d:incident", CRITICAL - 1);
    assert_true(has_line(given_play("03:00 query catalog.map limit=500"), gap));
    given_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_maps),          cmocka_unit_test(test_cases),
        cmocka_unit_test(test_too_many),      cmocka_unit_test(test_one_too_many),
        cmocka_unit_test(test_many_critical),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

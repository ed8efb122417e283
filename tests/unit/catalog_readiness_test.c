/* The eleven questions to a service model: what each yes rests on, and what is said to be missing.
 */
#include "tests/unit/catalog_book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All of what makes every answer yes: each row of the table takes some of it away again, or breaks
 * it. Roster "nights" of the group network has ann on duty. */
#define READY                                                                                      \
    "00:00 person.set addresses=email/ann@example.org\n 00:00 area.set\n"                          \
    "00:00 partner.set scope=Lines manager=ann\n"                                                  \
    "00:00 group.set line=2 members=ann\n"                                                         \
    "00:00 group.set id=lines side=supplier partner=carrier line=2\n"                              \
    "00:00 agreement.set kind=supplier partner=carrier groups=lines\n"                             \
    "00:00 desk.set usual=yes level=Passwords channels=phone+portal///yes human_after=Two_tries "  \
    "human_within=30m\n"                                                                           \
    "00:00 client.set\n 00:00 service.set owner=ann description=Post\n"                            \
    "00:00 component.set critical=yes always_on=yes group=network\n"                               \
    "00:00 contract.set\n"                                                                         \
    "00:00 process.set direction=down\n 00:00 process.set id=release name=R direction=up\n"        \
    "00:00 process.set id=monitoring name=Monitoring\n"                                            \
    "00:00 role.set id=agent name=Agent side=provider group=network\n"                             \
    "00:00 raci.set id=mx:monitoring component=mx process=monitoring cells=agent/AR\n"             \
    "00:00 roster.set id=nights group=network zone=UTC "                                           \
    "layers=All/2026-01-01//09:00/week/1/ann\n"                                                    \
    "00:00 person.set id=olga name=Olga side=client client=acme\n"                                 \
    "00:00 report.set dashboard=yes rating=4 rated_by=olga rated_on=2026-01-04\n"                  \
    "00:00 transition.set completed_on=2026-01-02\n"                                               \
    "00:00 lesson.set source=transition transition=n-1 applied=Checklist\n"

static const struct given_row answers[] = {
    { "A model that answers everything", READY, "01:00 query catalog.readiness",
      "row number=1 state=yes found=1 evidence=service/mail/Mail\n"
      "row number=2 state=yes evidence=component/mx/MX\n"
      "row number=3 state=yes evidence=role/agent/Agent\n"
      "row number=4 state=yes evidence=roster/nights/network\n"
      "row number=5 state=yes evidence=desk/desk/Desk\n"
      "row number=6 state=yes evidence=desk/desk/Two_tries\n"
      "row number=7 state=yes evidence=group/lines/carrier+group/network/In-house.\n"
      "row number=8 state=yes evidence=partner/carrier/It_works_with_us.\n"
      "row number=9 state=yes evidence=raci/mx:monitoring/MX\n"
      "row number=10 state=yes evidence=report/p-1/Weekly\n"
      "row number=11 state=yes evidence=transition/n-1/Mail_moves+lesson/l-1/Ask_before" },
    { "And one that is empty: having no partners is an answer", "", "01:00 query catalog.readiness",
      "row number=1 state=no lacking=1 missing=service//There_is_none.\n row number=2 state=no\n"
      "row number=3 state=no lacking=2 "
      "missing=process//None_goes_down_to_the_teams."
      "+process//None_goes_up_to_the_end_users_again.\n"
      "row number=4 state=no\n row number=5 state=no\n row number=6 state=no\n"
      "row number=7 state=no\n row number=8 state=yes\n row number=9 state=no\n"
      "row number=10 state=no\n"
      "row number=11 state=no missing=transition//None_was_completed." },
    { "A gap that has passed is none",
      READY "00:00 roster.set id=days group=lines zone=UTC "
            "layers=All/2026-01-05//09:00/week/1/ann\n 08:00 passes\n",
      "08:00 query catalog.readiness limit=4\n 10:00 query catalog.readiness limit=4",
      "row number=1\n row number=2\n row number=3\n row number=4 state=partly\n"
      "09:00 duty.changed days\n row number=1\n row number=2\n row number=3\n row number=4 "
      "state=yes found=2" },
    { "Whoever asks for one client sees nothing", READY, "01:00 ann@acme query catalog.readiness",
      "" },
};

/* What one question says when something else than READY is so: state, then what is missing. */
static const struct {
    int number;
    const char *besides, *parameters, *says;
} cases[] = {
    { 1, "service.set description=Post", "",
      "state=no lacking=1 missing=service/mail/Nobody_answers_for_it." },
    { 1, "service.set owner=ann", "", "missing=service/mail/It_is_not_said_what_it_does." },
    { 1, "contract.set end=2026-01-04", "",
      "missing=service/mail/No_contract_in_force_covers_it." },
    { 1, "contract.set start=2026-02-01", "", "state=no" },
    { 1, "contract.set end=2026-01-05", "", "state=yes" },
    { 1, "service.set id=web name=Web", "",
      "state=partly found=1 missing=service/web/Nobody_answers_for_it." },
    { 1, "service.set id=web name=Web", "client=acme", "state=yes" },
    { 1, "service.set id=web name=Web", "service=web", "state=no lacking=1" },
    { 1, "client.set id=umbrella name=U", "client=umbrella", "state=no" },
    { 2, "component.set group=network", "",
      "state=no missing=service/mail/No_component_of_it_is_critical." },
    { 2, "service.set id=web name=Web", "", "state=partly lacking=1" },
    { 2, "service.set id=web name=Web", "service=mail", "state=yes" },
    { 3, "process.set id=x name=X direction=up", "", "state=yes" },
    { 3,
      "role.set id=agent name=Agent side=provider\n 01:00 client.set id=umbrella name=U\n"
      "01:00 contract.set id=c-2 client=umbrella\n"
      "01:00 delivery.set id=umbrella:mail client=umbrella service=mail roles=agent/network\n"
      "01:00 delivery.set id=acme client=acme roles=agent/network",
      "service=mail", "state=yes found=2" },
    { 3,
      "role.set id=agent name=Agent side=provider\n"
      "01:00 delivery.set id=acme client=acme roles=agent/network",
      "client=acme", "state=yes found=1" },
    { 3, "process.set", "", "state=partly missing=process//None_goes_down_to_the_teams." },
    { 3, "process.set id=release name=R", "",
      "missing=process//None_goes_up_to_the_end_users_again." },
    { 3, "role.set id=agent name=Agent side=provider", "",
      "state=no lacking=1 missing=client/acme/Nobody_says_who_serves_it." },
    { 3,
      "role.set id=agent name=Agent side=provider\n"
      "01:00 delivery.set id=acme client=acme roles=agent/network",
      "", "state=yes evidence=delivery/acme/acme" },
    { 3,
      "role.set id=agent name=Agent side=provider\n 01:00 service.set id=web name=Web\n"
      "01:00 delivery.set id=acme:web client=acme service=web roles=agent/network",
      "service=mail", "state=no" },
    { 3,
      "role.set id=agent name=Agent side=provider person=ann\n"
      "01:00 client.set id=umbrella name=U\n"
      "01:00 delivery.set id=umbrella client=umbrella roles=agent/network",
      "client=acme", "state=yes evidence=role/agent/Agent" },
    { 4, "component.set critical=yes always_on=yes", "",
      "state=partly missing=component/mx/It_is_always_on,_and_no_group_supports_it." },
    { 4, "component.set critical=yes always_on=yes group=lines", "",
      "missing=component/mx/It_is_always_on,_and_its_group_has_no_roster." },
    { 4, "component.set critical=yes", "", "state=yes" },
    { 4, "roster.set id=days group=lines zone=UTC layers=All/2026-01-07//09:00/week/1/ann", "",
      "state=partly missing=roster/days/Nobody_is_on_duty_in_hours_that_are_to_be_covered." },
    { 4, "person.set addresses=", "", "state=no" },
    { 4,
      "skill.set\n 01:00 roster.set id=nights group=network zone=UTC skills=linux fallback=ann "
      "layers=All/2026-01-01//09:00/week/1/ann",
      "", "state=yes found=1" },
    { 4,
      "calendar.set\n 01:00 roster.set id=nights group=network zone=UTC cover=office "
      "layers=All/2026-01-01//09:00/week/1/ann",
      "",
      "state=partly found=1 "
      "missing=component/mx/It_is_always_on,_and_its_group's_roster_covers_some_hours_only." },
    { 4,
      "calendar.set\n 01:00 roster.set id=nights group=network zone=UTC cover=office "
      "fallback=ann layers=All/2026-01-01//09:00/week/1/ann",
      "", "state=yes found=1" },
    { 4,
      "calendar.set versions=2026-01-01/mon-sun;00:00;24:00\n"
      "01:00 roster.set id=nights group=network zone=UTC cover=office "
      "layers=All/2026-01-01//09:00/week/1/ann",
      "", "state=yes found=1" },
    { 4,
      "calendar.set versions=2026-01-01/mon-sun;00:00;24:00 holidays=2026-12-24\n"
      "01:00 roster.set id=nights group=network zone=UTC cover=office "
      "layers=All/2026-01-01//09:00/week/1/ann",
      "", "state=partly found=1 lacking=1" },
    { 5, "desk.set level=Passwords", "",
      "state=no missing=client/acme/It_has_no_first_point_of_contact." },
    { 5, "desk.set usual=yes", "",
      "state=no missing=desk/desk/It_is_not_said_what_it_solves_itself." },
    { 5, "desk.set id=own name=Own level=All\n 01:00 client.set desk=own", "",
      "state=yes evidence=desk/own/Own" },
    { 5, "contract.set id=c-2", "", "state=yes found=1" },
    { 5, "client.set id=umbrella name=U\n 01:00 contract.set id=c-2 client=umbrella", "",
      "state=yes found=1" },
    { 6, "desk.set usual=yes channels=phone+phone", "",
      "state=no missing=desk/desk/It_is_reached_in_one_way_only." },
    { 6, "desk.set usual=yes channels=phone+portal///yes human_after=Two_tries", "",
      "missing=desk/desk/It_is_not_said_how_soon_somebody_real_takes_over." },
    { 6, "desk.set usual=yes channels=portal///yes+phone+mail human_after=Two human_within=30m", "",
      "state=yes evidence=desk/desk/Two" },
    { 6, "desk.set usual=yes", "", "state=yes evidence=desk/desk/Nobody_helps_themselves_there." },
    { 7, "group.set line=2", "", "state=partly missing=group/network/Nobody_is_in_it." },
    { 7, "group.set id=cables side=supplier line=2", "",
      "missing=group/cables/It_is_not_said_which_partner's_it_is." },
    { 7, "component.set critical=yes", "",
      "missing=component/mx/It_is_critical,_and_no_group_supports_it." },
    { 7,
      "agreement.remove agreement=a-1\n"
      "01:00 partner.set scope=Lines manager=ann state=gone",
      "", "state=partly found=1 missing=group/lines/Its_partner_is_gone." },
    { 8,
      "partner.set id=cables name=C scope=Cables manager=ann\n 01:00 agreement.set id=a-0\n"
      "01:00 group.set id=wires side=supplier partner=cables\n"
      "01:00 agreement.set id=a-2 kind=supplier partner=cables groups=wires",
      "", "state=yes found=2" },
    { 8, "partner.set manager=ann", "", "state=no missing=partner/carrier/Its_scope_is_not_said." },
    { 8, "partner.set scope=Lines", "", "missing=partner/carrier/Nobody_looks_after_it." },
    { 8, "agreement.set kind=supplier partner=carrier groups=lines end=2026-01-04", "",
      "missing=partner/carrier/There_is_no_agreement_in_force_with_it." },
    { 8, "group.set id=cables side=supplier", "",
      "state=partly missing=group/cables/It_is_not_said_which_partner's_it_is." },
    { 8, "partner.set scope=Lines manager=ann state=leaving", "",
      "state=yes evidence=partner/carrier/It_is_to_be_dropped." },
    { 8, "partner.set scope=Lines manager=ann state=onboarding", "",
      "evidence=partner/carrier/It_is_being_taken_on." },
    { 8, "partner.set id=old name=Old state=gone", "", "state=yes found=1" },
    { 9, "raci.set id=mx:monitoring component=mx process=monitoring cells=agent/A", "",
      "state=no "
      "missing=component/mx/Nobody_is_both_responsible_and_accountable_for_its_monitoring." },
    { 9, "raci.set id=mx:monitoring component=mx process=monitoring cells=agent/R", "",
      "state=no" },
    { 9,
      "raci.set id=mx:monitoring component=mx process=monitoring\n"
      "01:00 process.set id=event name=E\n"
      "01:00 role.set id=lead name=Lead side=provider person=ann\n"
      "01:00 raci.set id=mx:event component=mx process=event cells=agent/R+lead/A",
      "", "state=yes evidence=raci/mx:event/MX" },
    { 9,
      "role.set id=lead name=Lead side=provider person=ann\n"
      "01:00 raci.set id=mx:monitoring component=mx process=monitoring cells=agent/AR+lead/C",
      "", "state=yes" },
    { 9, "role.set id=agent name=Agent side=provider", "", "state=no lacking=1" },
    { 9,
      "role.set id=agent name=Agent side=provider\n 01:00 client.set id=umbrella name=U\n"
      "01:00 delivery.set id=umbrella client=umbrella roles=agent/network",
      "", "state=yes" },
    { 9,
      "role.set id=agent name=Agent side=provider\n 01:00 client.set id=umbrella name=U\n"
      "01:00 delivery.set id=umbrella client=umbrella roles=agent/network",
      "client=acme", "state=no lacking=1" },
    { 9,
      "agreement.remove agreement=a-1\n"
      "01:00 partner.set scope=Lines manager=ann state=gone\n"
      "01:00 role.set id=agent name=Agent side=provider person=ann\n"
      "01:00 role.set id=watch name=Watch side=supplier group=lines\n"
      "01:00 raci.set id=mx:monitoring component=mx process=monitoring cells=agent/A+watch/R",
      "", "state=no lacking=1" },
    { 9, "component.set id=dns name=DNS critical=yes", "", "state=partly lacking=1" },
    { 9, "component.set", "", "state=no lacking=1 missing=component//There_is_none." },
    { 10, "report.set dashboard=yes", "",
      "state=no missing=report/p-1/Nobody_who_gets_it_said_whether_it_makes_sense." },
    { 10, "report.set dashboard=yes rating=2 rated_by=olga rated_on=2026-01-04", "",
      "missing=report/p-1/It_makes_little_sense_to_those_who_get_it." },
    { 10, "report.set rating=3 rated_by=olga rated_on=2026-01-04", "",
      "state=partly missing=report//None_is_made_from_the_dashboard." },
    { 10,
      "client.set id=umbrella name=U\n 01:00 contract.set id=c-2 client=umbrella\n"
      "01:00 report.set client=acme dashboard=yes rating=3 rated_by=olga rated_on=2026-01-04",
      "", "state=partly missing=client/umbrella/It_gets_no_report." },
    { 10,
      "client.set id=umbrella name=U\n"
      "01:00 report.set client=acme dashboard=yes rating=3 rated_by=olga rated_on=2026-01-04",
      "client=umbrella", "state=no lacking=2" },
    { 10,
      "report.set id=p-2 audience=client client=acme rating=5 rated_by=olga rated_on=2026-01-04",
      "client=acme", "state=yes found=2" },
    { 10, "report.set audience=manager dashboard=yes rating=3 rated_by=ann rated_on=2026-01-04", "",
      "state=partly missing=client/acme/It_gets_no_report." },
    { 11, "lesson.set source=transition transition=n-1", "",
      "state=partly found=1 missing=lesson/l-1/It_was_not_put_to_use_yet." },
    { 11, "lesson.set", "", "state=partly missing=transition/n-1/No_lesson_was_written_down." },
    { 11, "transition.set", "", "state=no missing=transition//None_was_completed." },
    { 11, "transition.set id=n-2 completed_on=2026-01-03", "",
      "state=partly evidence=transition/n-2/Mail_moves" },
    { 11, "transition.set id=n-2 completed_on=2026-01-01", "", "state=yes" },
    { 11, "transition.set id=n-2 client=acme completed_on=2026-01-01", "client=acme",
      "state=partly evidence=transition/n-2/Mail_moves" },
    { 11, "service.set id=web name=Web", "service=web", "state=no" },
    { 11, "service.set id=web name=Web", "service=mail", "state=yes" },
};

static void test_answers(void **state)
{
    (void)state;
    GIVEN_ROWS(&catalog_book, answers);
}

/* Whether all these words are in the line that says the number. */
static bool says(const char *transcript, int number, const char *words)
{
    char begins[32], word[200], bounded[203];
    int used;
    snprintf(begins, sizeof begins, "row number=%d ", number);
    const char *line = strstr(transcript, begins);
    char *row = NULL;
    assert_true(asprintf(&row, "%.*s ", line ? (int)strcspn(line, "\n") : 0, line ? line : "") > 0);
    bool all = line;
    for (; all && sscanf(words, "%199s%n", word, &used) == 1; words += used) {
        snprintf(bounded, sizeof bounded, " %s ", word);
        all = strstr(row, bounded);
    }
    free(row);
    return all;
}

static void test_cases(void **state)
{
    int failed = 0;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        given_begin(&catalog_book);
        given_play("%s", READY);
        const char *no = strstr(given_play("01:00 %s", cases[i].besides), "refused");
        if (no)
            fail_msg("%s: %s", cases[i].besides, no);
        const char *said = given_play("01:00 query catalog.readiness %s", cases[i].parameters);
        if (!says(said, cases[i].number, cases[i].says)) {
            print_error("%d, %s: expected %s in:\n%s\n", cases[i].number, cases[i].besides,
                        cases[i].says, said);
            failed++;
        }
        given_end();
    }
    assert_int_equal(failed, 0);
}

/* What an answer shows and looks at has ends, and it counts and says so behind them. */
static void test_ends(void **state)
{
    enum { SHOWN = 24, DESKS = 64, LOOKED = 2000 };
    enum { ROWS = 800, LOOK_AGAIN = 800, ROLES_KNOWN = 480, CELLS = 24 }; /* of the matrix */
    (void)state;
    given_begin(&catalog_book);
    given_play("00:00 person.set\n00:00 group.set\n00:00 service.set");
    for (int i = 0; i <= SHOWN; i++)
        given_play("00:00 service.set id=s%02d name=S\n00:00 component.set id=c%02d critical=yes",
                   i, i);
    const char *said = given_play("01:00 query catalog.readiness");
    assert_true(says(said, 1, "lacking=26"));
    assert_true(says(said, 2, "state=partly found=25 lacking=25"));
    assert_null(strstr(said, "more=yes"));
    for (int i = 0; i <= DESKS; i++)
        given_play("00:00 desk.set id=d%02d level=All\n00:00 client.set id=k%02d desk=d%02d\n"
                   "00:00 contract.set id=k%02d client=k%02d",
                   i, i, i, i, i);
    said = given_play("01:00 query catalog.readiness");
    assert_true(says(said, 5, "state=yes found=64 more=yes"));
    assert_false(says(said, 4, "more=yes"));
    given_end();
    given_begin(&catalog_book);
    given_play("00:00 service.set\n00:00 process.set id=event name=E");
    for (int i = 0; i <= ROWS / LOOK_AGAIN * ROLES_KNOWN / CELLS + 1; i++) {
        char cells[CELLS * 12] = "";
        for (int n = 0; n < CELLS; n++) {
            given_play("00:00 role.set id=r%d-%d name=R side=provider", i, n);
            snprintf(cells + strlen(cells), sizeof cells - strlen(cells), "%sr%d-%d/%s",
                     n ? "+" : "", i, n, n ? "R" : "AR");
        }
        given_play("00:00 component.set id=m%02d critical=yes\n"
                   "00:00 raci.set id=m%02d:event component=m%02d process=event cells=%s",
                   i, i, i, cells);
    }
    said = given_play("01:00 query catalog.readiness");
    assert_true(says(said, 9, "state=no more=yes"));
    assert_false(says(said, 8, "more=yes"));
    given_end();
    given_begin(&catalog_book);
    for (int i = 0; i <= LOOKED; i++)
        given_play("00:00 process.set id=p%04d direction=%s", i, i < LOOKED ? "down" : "up");
    said = given_play("01:00 query catalog.readiness");
    assert_true(says(said, 3,
                     "lacking=1 missing=process//None_goes_up_to_the_end_users_again. "
                     "more=yes"));
    assert_false(says(said, 4, "more=yes"));
    given_end();
    given_begin(&catalog_book);
    given_play("00:00 client.set");
    for (int i = 0; i <= LOOKED; i++)
        given_play("00:00 service.set id=s%04d owner= description=D", i);
    given_play("00:00 contract.set services=s0000+s1000+s2000");
    said = given_play("01:00 query catalog.readiness limit=3");
    assert_true(says(said, 1, "state=no lacking=2000 more=yes"));
    assert_true(says(said, 3, "more=yes"));
    assert_null(strstr(said, "number=4"));
    given_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

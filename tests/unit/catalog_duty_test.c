/* catalog_duty: who is on duty now: what the plan changes, hand-overs that are accepted or not,
 * what is said ahead of time and how often (services/catalog/RULES.md, rosters). */
#include <string.h>

#include "services/catalog/roster.h"
#include "tests/unit/given_world.h"
#include "tests/unit/roster_book.h"

#define PEOPLE ROSTER_PEOPLE "option gaps_ahead=1440m\n"
#define DAILY  ROSTER_DAILY

static const char *const said[] = { "roster.changed", "person.changed", "duty.stirred",
                                    "duty.looked",    "reminder.due",   NULL };

/* Only what is about duties. */
static const struct given_book duty_book = {
    .service = &catalog_service,
    .defaults = roster_defaults,
    .quiet = said,
};

static const struct given_row changes[] = {
    { "Duty begins with the roster, and goes on as planned", PEOPLE,
      "02:00 roster.set " DAILY "\n 60:00 passes\n 60:00 query catalog.duties",
      "02:00 duty.changed net id=net group=network since=02:00 until=08:00\n"
      "02:00 duty.gap_found net group=network from=02:00 until=08:00\n"
      "08:00 duty.changed net person=ann from_what=layer layer=day since=08:00 until=32:00\n"
      "32:00 duty.changed net person=bob since=32:00 until=56:00\n"
      "56:00 duty.changed net person=ann since=56:00 until=80:00\n"
      "row id=net person=ann" },
    { "Nothing is said while nothing changes",
      PEOPLE "00:00 roster.set layers=day/2026-01-05//00:00/week/1/ann\n 01:00 passes",
      "100:00 passes", "" },
    { "A change of the roster is a change at once",
      PEOPLE "00:00 roster.set layers=day/2026-01-05//00:00/week/1/ann\n 00:30 passes",
      "01:00 roster.set layers=day/2026-01-05//00:00/week/1/bob\n"
      "02:00 roster.set group=storage layers=day/2026-01-05//00:00/week/1/bob\n 03:00 "
      "roster.remove\n"
      "1000:00 passes",
      "01:00 duty.changed person=bob since=01:00\n 02:00 duty.changed group=storage since=01:00\n"
      "03:00 roster.removed\n 03:00 duty.removed net id=net" },
    { "An override in the middle of a shift, and its end",
      PEOPLE "00:00 roster.set layers=day/2026-01-05//00:00/week/1/ann\n 00:30 passes",
      "01:00 override.set id=o person=bob from=02:00 to=04:00\n 03:00 passes\n"
      "03:00 override.set id=o person=cid from=02:00 to=05:00\n 06:00 passes\n"
      "06:00 override.set id=o2 person=bob from=05:00 to=50:00\n 07:00 override.remove "
      "override=o2\n 08:00 passes",
      "01:00 override.changed o\n 01:00 duty.changed person=ann since=00:00 until=02:00\n"
      "02:00 duty.changed person=bob from_what=override since=02:00 until=04:00\n"
      "03:00 override.changed\n 03:00 duty.changed person=cid since=03:00 until=05:00\n"
      "05:00 duty.changed person=ann from_what=layer since=05:00\n"
      "06:00 override.changed\n 06:00 duty.changed person=bob until=50:00\n"
      "07:00 override.removed\n 07:00 duty.changed person=ann" },
    { "An override that moves to another roster is looked at in both",
      PEOPLE "00:00 roster.set layers=day/2026-01-05//00:00/week/1/ann\n"
             "00:00 roster.set id=sto group=storage layers=day/2026-01-05//00:00/week/1/ann\n"
             "00:00 override.set id=o person=bob from=00:00 to=40:00\n"
             "00:00 temporary.set from=50:00 to=60:00\n 00:30 passes",
      "01:00 override.set id=o roster=sto person=bob from=00:00 to=40:00\n"
      "02:00 temporary.remove temporary=t\n"
      "02:00 temporary.set roster=sto from=02:00 to=60:00\n 41:00 passes",
      "01:00 override.changed\n 01:00 duty.changed net person=ann until=50:00\n"
      "01:00 duty.changed sto person=bob until=40:00\n"
      "02:00 temporary.removed\n 02:00 duty.changed net person=ann\n"
      "02:00 temporary.changed\n"
      "40:00 duty.changed sto from_what=fallback" },
    { "A training that expires in the middle of a shift ends it at midnight",
      PEOPLE
      "00:00 skill.set id=fire name=Fire\n"
      "00:00 training.set id=t1 person=ann skill=fire passed_on=2026-01-01 expires_on=2026-01-06\n"
      "00:00 training.set id=t2 person=bob skill=fire passed_on=2026-01-01\n"
      "00:00 roster.set skills=fire "
      "layers=low/2026-01-05//00:00/week/1/bob+high/2026-01-05//00:00/week/1/ann\n 20:00 passes",
      "25:00 passes\n 26:00 training.set id=t3 person=ann skill=fire passed_on=2026-01-06\n 27:00 "
      "passes",
      "24:00 duty.changed person=bob layer=low since=24:00\n 24:00 duty.unqualified_found "
      "from=24:00\n"
      "26:00 training.changed\n 26:00 duty.changed person=ann layer=high" },
};

static void follows_the_plan(void **state)
{
    (void)state;
    GIVEN_ROWS(&duty_book, changes);
}

#define WEEKLY "accept_within=30m layers=day/2026-01-05//00:00/day/1/ann&bob&cid"

static const struct given_row handovers[] = {
    { "Who comes is asked, and who goes stays until that is accepted",
      PEOPLE "00:00 roster.set " WEEKLY "\n 00:30 passes",
      "24:00 passes\n 24:10 bob@provider duty.accept person=bob\n 26:00 passes",
      "24:00 duty.handover_asked net group=network incoming=bob outgoing=ann accept_by=24:30 "
      "until=48:00\n"
      "24:00 duty.changed person=ann since=00:00 until=48:00 incoming=bob accept_by=24:30\n"
      "24:10 duty.handover_accepted net incoming=bob\n"
      "24:10 duty.changed person=bob since=24:10 until=48:00" },
    { "Nobody accepts: it stays, that is said once, and the next one is asked",
      PEOPLE "00:00 roster.set " WEEKLY "\n 00:30 passes", "48:20 passes",
      "24:00 duty.handover_asked\n 24:00 duty.changed\n"
      "24:30 duty.handover_missed net incoming=bob outgoing=ann\n"
      "24:30 duty.changed person=ann until=48:00 incoming=bob\n"
      "48:00 duty.handover_asked incoming=cid outgoing=ann\n 48:00 duty.changed person=ann "
      "incoming=cid" },
    { "Late is better than never", PEOPLE "00:00 roster.set " WEEKLY "\n 25:00 passes",
      "30:00 bob@provider duty.accept person=bob",
      "30:00 duty.handover_accepted\n 30:00 duty.changed person=bob since=30:00" },
    { "When it is their turn again they go on",
      PEOPLE "00:00 roster.set " WEEKLY "\n 25:00 passes\n"
             "48:10 cid@provider duty.accept person=cid",
      "73:00 passes\n 73:00 cid@provider duty.accept person=ann",
      "72:00 duty.handover_asked incoming=ann outgoing=cid\n 72:00 duty.changed person=cid "
      "incoming=ann\n"
      "72:30 duty.handover_missed\n 72:30 duty.changed person=cid\n"
      "73:00 duty.handover_accepted\n 73:00 duty.changed person=ann" },
    { "A shift that is shorter than the time to accept it is missed at its end",
      PEOPLE "00:00 roster.set accept_within=120m layers=day/2026-01-05//00:00/week/1/ann\n"
             "00:00 override.set id=o person=bob from=01:00 to=02:00\n 00:30 passes",
      "03:00 passes",
      "01:00 duty.handover_asked accept_by=02:00\n 01:00 duty.changed person=ann incoming=bob\n"
      "02:00 duty.handover_missed incoming=bob\n 02:00 duty.changed person=ann" },
    { "Nobody waits for nobody, and where nobody was it begins at once",
      PEOPLE "00:00 roster.set accept_within=30m "
             "layers=day/2026-01-05//00:00/day/1/ann/mon;01:00;02:00\n 00:30 passes",
      "03:00 passes", "01:00 duty.changed person=ann\n 02:00 duty.changed since=02:00" },
    { "Who is not there any more does not stay",
      PEOPLE
      "00:00 roster.set accept_within=60m layers=day/2026-01-05//00:00/week/1/ann\n"
      "00:30 roster.set accept_within=60m layers=day/2026-01-05//00:00/week/1/bob\n 00:40 passes",
      "00:50 person.remove person=ann\n 02:00 passes",
      "00:50 person.removed\n 00:50 duty.changed person=bob" },
    { "Who lacks a skill now does not stay",
      PEOPLE
      "00:00 skill.set id=fire name=Fire\n"
      "00:00 training.set id=t1 person=ann skill=fire passed_on=2026-01-01 expires_on=2026-01-06\n"
      "00:00 training.set id=t2 person=bob skill=fire passed_on=2026-01-01\n"
      "00:00 roster.set accept_within=30m skills=fire "
      "layers=day/2026-01-05//00:00/day/1/ann&bob\n 23:00 passes",
      "25:00 passes", "24:00 duty.changed person=bob since=24:00" },
    { "What was due while no clock ran is not said; the plan is looked at anew",
      PEOPLE "00:00 roster.set " WEEKLY "\n 24:10 passes", "60:00 adopts\n 61:00 passes",
      "60:00:00+1 duty.handover_asked incoming=cid outgoing=ann\n"
      "60:00:00+1 duty.changed person=ann incoming=cid\n"
      "60:30:00+1 duty.handover_missed\n 60:30:00+1 duty.changed" },
    { "What is still to come when the clock is adopted stays",
      PEOPLE "00:00 roster.set accept_within=2880m layers=day/2026-01-05//00:00/week/1/ann\n"
             "00:00 override.set id=o person=bob from=10:00 to=100:00\n 12:00 passes",
      "30:00 adopts\n 59:00 passes", "58:00 duty.handover_missed\n 58:00 duty.changed" },
    { "Whose shift is over accepts it no more, though nobody has looked",
      PEOPLE "00:00 roster.set " WEEKLY "\n 24:10 passes",
      "50:00 adopts\n 50:00 bob@provider duty.accept person=bob", "refused handover_none duty" },
    { "Programs speak for others", PEOPLE "00:00 roster.set " WEEKLY "\n 24:10 passes",
      "24:20 program:phone@provider duty.accept person=bob",
      "duty.handover_accepted\n duty.changed person=bob" },
    { "Who was asked before the clock stopped may still accept",
      PEOPLE "00:00 roster.set " WEEKLY "\n 24:10 passes",
      "40:00 adopts\n 41:00 bob@provider duty.accept person=bob\n",
      "41:00 duty.handover_accepted\n 41:00 duty.changed person=bob" },
};

static void hands_over(void **state)
{
    (void)state;
    GIVEN_ROWS(&duty_book, handovers);
}

#define OFFICE "layers=day/2026-01-05//00:00/week/1/ann/mon-sun;00:00;20:00"

static const struct given_row ahead[] = {
    { "Every gap is said once", PEOPLE, "00:00 roster.set " OFFICE "\n 71:00 passes",
      "00:00 duty.changed person=ann until=20:00\n 00:00 duty.gap_found from=20:00 until=24:00\n"
      "20:00 duty.changed\n 24:00 duty.changed person=ann\n 24:00 duty.gap_found from=44:00 "
      "until=48:00\n"
      "44:00 duty.changed\n 48:00 duty.changed\n 48:00 duty.gap_found\n 68:00 duty.changed" },
    { "A gap that was mended and comes back is said again",
      PEOPLE "00:00 roster.set " OFFICE "\n 00:30 passes",
      "01:00 roster.set fallback=bob " OFFICE "\n 02:00 roster.set name=N fallback=bob " OFFICE "\n"
      "03:00 roster.set " OFFICE "\n 04:00 roster.set name=N " OFFICE "\n 05:00 passes",
      "03:00 duty.gap_found from=20:00 until=24:00" },
    { "Outside of the hours to be covered there are none, and a change of these is a change",
      PEOPLE "00:00 calendar.set id=office zone=UTC versions=2026-01-01/mon-sun;08:00;20:00\n"
             "00:00 roster.set cover=office " OFFICE "\n 00:30 passes",
      "01:00 calendar.set id=office zone=UTC versions=2026-01-01/mon-sun;08:00;21:00\n 02:00 "
      "passes",
      "01:00 calendar.changed\n 01:00 duty.gap_found from=20:00 until=21:00" },
    { "Who has no address is said once, until there is one",
      PEOPLE "option gaps_ahead=2880m\n"
             "00:00 roster.set layers=day/2026-01-05//00:00/day/1/ann&bob\n 00:30 passes",
      "01:00 person.set\n 02:00 person.set name=A\n 60:00 passes\n"
      "61:00 person.set addresses=email/a@b.example\n 62:00 person.set\n 63:00 passes",
      "01:00 duty.unreachable_found net group=network person=ann from=01:00 "
      "why=The_person_has_no_address.\n"
      "24:00 duty.changed\n 48:00 duty.changed\n 62:00 duty.unreachable_found person=ann "
      "from=62:00" },
    { "Who is passed over is said once",
      PEOPLE
      "00:00 skill.set id=fire name=Fire\n"
      "00:00 training.set id=t1 person=ann skill=fire passed_on=2026-01-01 expires_on=2026-01-07\n"
      "00:00 training.set id=t2 person=bob skill=fire passed_on=2026-01-01\n"
      "00:00 roster.set skills=fire "
      "layers=low/2026-01-05//00:00/week/1/bob+high/2026-01-05//00:00/week/1/ann\n 00:30 passes",
      "90:00 passes",
      "48:00 duty.changed person=bob\n"
      "48:00 duty.unqualified_found net group=network person=ann skill=fire from=48:00" },
    { "A gap in several parts is one, another one is another",
      PEOPLE "00:00 roster.set layers=day/2026-01-05//00:00/week/1/ann/mon-sun;00:00;18:00\n"
             "00:00 override.set id=o person=bob instead_of=cid from=19:00 to=20:00\n 00:30 passes",
      "01:00 roster.set layers=day/2026-01-05//00:00/week/1/ann/"
      "mon-sun;00:00;10:00&mon-sun;12:00;18:00\n 02:00 passes",
      "01:00 duty.changed until=10:00\n 01:00 duty.gap_found from=10:00 until=12:00" },
    { "Of two skills each is told",
      PEOPLE
      "00:00 skill.set id=fire name=Fire\n 00:00 skill.set id=ice name=Ice\n"
      "00:00 training.set id=t1 person=ann skill=fire passed_on=2026-01-07\n"
      "00:00 training.set id=t2 person=ann skill=ice passed_on=2026-01-01 expires_on=2026-01-07\n"
      "option gaps_ahead=4320m\n",
      "01:00 roster.set skills=fire+ice fallback=bob layers=day/2026-01-05//00:00/week/1/ann\n"
      "02:00 passes",
      "01:00 duty.changed person=bob\n 01:00 duty.unqualified_found skill=fire from=01:00\n"
      "01:00 duty.unqualified_found skill=ice from=48:00" },
    { "A training in another skill, or of somebody else, stirs nothing",
      PEOPLE "00:00 skill.set id=fire name=Fire\n 00:00 skill.set id=ice name=Ice\n"
             "00:00 training.set id=t1 person=ann skill=fire passed_on=2026-01-01\n"
             "00:00 training.set id=t2 person=cid skill=fire passed_on=2026-01-01\n"
             "00:00 roster.set skills=fire layers=day/2026-01-05//00:00/week/1/ann\n 00:30 passes",
      "01:00 training.set id=t2 person=cid skill=fire passed_on=2026-01-02\n"
      "01:00 training.set id=t3 person=ann skill=ice passed_on=2026-01-02\n"
      "01:00 training.set id=t3 person=ann skill=fire passed_on=2026-01-02\n"
      "01:00 training.remove training=t1\n"
      "01:00 training.set id=t3 person=cid skill=fire passed_on=2026-01-02\n 02:00 passes",
      "training.changed\n training.changed\n training.changed\n training.removed\n"
      "training.changed\n 01:00 duty.changed id=net since=01:00\n 01:00 duty.gap_found\n"
      "01:00 duty.unqualified_found person=ann" },
    { "A cover that comes or goes is nobody's", PEOPLE "00:00 roster.set " OFFICE "\n 00:30 passes",
      "01:00 calendar.set id=office zone=UTC versions=2026-01-01/mon-sun;08:00;21:00\n"
      "01:00 calendar.set id=office zone=UTC versions=2026-01-01/mon-sun;08:00;20:00\n"
      "01:00 calendar.remove calendar=office\n 02:00 passes",
      "calendar.changed\n calendar.changed\n calendar.removed" },
    { "Somebody else's change is nobody's business",
      PEOPLE "00:00 roster.set " OFFICE "\n 00:30 passes",
      "01:00 person.set id=cid name=C\n 02:00 passes", "" },
};

static void speaks_ahead_of_time(void **state)
{
    (void)state;
    GIVEN_ROWS(&duty_book, ahead);
}

/* However many there are, no event outgrows its frame, and nothing is forgotten but said later. */
static void remembers_so_many(void **state)
{
    (void)state;
    const char *all;
    size_t n = 0;
    given_begin(&duty_book);
    given_play(PEOPLE
               "option gaps_ahead=20160m\n00:00 roster.set layers=h/2026-01-05//00:00/day/1/ann/"
               "mon-sun;00:00;03:00&mon-sun;04:00;08:00&mon-sun;09:00;12:00&mon-sun;13:00;15:00&"
               "mon-sun;16:00;18:00&mon-sun;19:00;20:00&mon-sun;21:00;22:00");
    all = given_play("00:30 query catalog.duty duty=net");
    for (const char *at = all; (at = strstr(at, "gap/")); at++)
        n++;
    assert_int_equal(n, 48);
    given_play("26:00 passes");
    given_end();
}

/* Of very many rosters some are looked at at once, the others at midnight. */
static void stirs_so_many(void **state)
{
    (void)state;
    given_begin(&duty_book);
    given_play(PEOPLE);
    for (int i = 0; i < 45; i++)
        given_play("00:00 group.set id=g%d side=provider\n"
                   "00:00 roster.set id=r%d group=g%d layers=day/2026-01-05//00:00/week/1/ann",
                   i, i, i);
    given_play("00:30 passes");
    given_play("01:00 person.set\n02:00 passes");
    size_t n = 0;
    for (const char *at = given_play("23:00 query catalog.duties"); (at = strstr(at, "row")); at++)
        n += strstr(at, "unreachable") && strstr(at, "unreachable") < strchr(at, '\n');
    assert_int_equal(n, 40);
    n = 0;
    for (const char *at = given_play("25:00 query catalog.duties"); (at = strstr(at, "row")); at++)
        n += strstr(at, "unreachable") && strstr(at, "unreachable") < strchr(at, '\n');
    assert_int_equal(n, 45);
    given_end();
}

/* Where nobody waits, what is asked for now is the duty; otherwise the plan. */
static void tells_the_person(void **state)
{
    struct arena a = { 0 };
    enum duty_source source;
    (void)state;
    given_begin(&duty_book);
    given_play(PEOPLE "00:00 roster.set " WEEKLY "\n24:10 passes");
    struct view v = { .state = &given.state, .arena = &a, .client = PROVIDER_CLIENT };
    const struct context ctx = { .now = given.now, .client = PROVIDER_CLIENT };
    const struct text group = TEXT_OF("network"), other = TEXT_OF("storage");
    assert_true(text_equal(roster_person(&ctx, &v, group, ctx.now, &source), text_from("ann")));
    assert_int_equal(source, duty_source_layer);
    assert_true(text_equal(roster_person(&ctx, &v, group, ctx.now + 1, &source), text_from("bob")));
    assert_true(text_empty(roster_person(&ctx, &v, other, ctx.now, &source)));
    assert_true(text_empty(roster_person(&ctx, &v, other, ctx.now + 1, &source)));
    /* A plan may be asked in any order. */
    given_play("24:20 skill.set id=fire name=Fire\n"
               "24:20 training.set id=t person=ann skill=fire passed_on=2026-01-09\n"
               "24:20 roster.set skills=fire layers=day/2026-01-05//00:00/week/1/ann");
    const struct roster *r = roster_of_group(&v, group);
    struct rota *p = rota_make(&v, r, ctx.now);
    struct piece s;
    rota_at(p, ctx.now + 10 * DAYS, &s);
    assert_true(text_equal(s.person, text_from("ann")));
    rota_at(p, ctx.now, &s);
    assert_true(text_empty(s.person) && s.passed_count == 1);
    const struct roster lost = { .id = TEXT_OF("lost"), .zone = TEXT_OF("Europe/Atlantis") };
    assert_non_null(rota_make(&v, &lost, 0)->zone);
    arena_free(&a);
    given_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_plan),     cmocka_unit_test(hands_over),
        cmocka_unit_test(speaks_ahead_of_time), cmocka_unit_test(remembers_so_many),
        cmocka_unit_test(stirs_so_many),        cmocka_unit_test(tells_the_person),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* catalog_roster: what a whole roster says: layers over layers, overrides, temporary schedules,
 * trainings, who stands in; its gaps and its figures (services/catalog/RULES.md, rosters). */
#include <stdio.h>
#include <string.h>

#include "tests/unit/roster_book.h"

#define PAGED                                                                                      \
    "row roster=net from=20:00 to=32:00 person=ann\n row from=32:00 to=56:00 person=bob\n"         \
    "row from=56:00 to=60:00 person=ann\n row roster=zed from=20:00 to=60:00 person=cid\n"
#define PAGED_GAPS "row from=09:00 to=17:00\nrow from=33:00 to=41:00\nrow from=57:00 to=60:00\n"

static const struct given_row plans[] = {
    { "Days take turns, and before the first one nobody does",
      ROSTER_PEOPLE "00:00 roster.set " ROSTER_DAILY,
      "01:00 query catalog.shifts from=00:00 to=60:00",
      "row roster=net group=network from=00:00 to=08:00\n"
      "row from=08:00 to=32:00 person=ann source=layer layer=day\n"
      "row from=32:00 to=56:00 person=bob source=layer layer=day\n"
      "row from=56:00 to=60:00 person=ann source=layer layer=day" },
    { "Asked for in parts it says the same", ROSTER_PEOPLE "00:00 roster.set " ROSTER_DAILY,
      "01:00 query catalog.shifts from=20:00 to=32:00\n"
      "01:00 query catalog.shifts from=32:00 to=33:00\n"
      "01:00 query catalog.shifts from=33:00 to=33:00",
      "row from=20:00 to=32:00 person=ann\n row from=32:00 to=33:00 person=bob" },
    { "In pages of any size it says the same",
      ROSTER_PEOPLE "00:00 group.set id=other side=provider\n00:00 roster.set " ROSTER_DAILY
                    "\n00:00 roster.set id=zed group=other zone=UTC "
                    "layers=day/2026-01-05//08:00/week/1/cid",
      "01:00 query catalog.shifts from=20:00 to=60:00 limit=1 pages\n"
      "01:00 query catalog.shifts from=20:00 to=60:00 limit=2 pages\n"
      "01:00 query catalog.shifts from=20:00 to=60:00 limit=3 pages",
      PAGED PAGED PAGED },
    { "So do gaps",
      ROSTER_PEOPLE
      "00:00 calendar.set id=office zone=UTC versions=2026-01-01/mon-fri;09:00;17:00\n00:00 "
      "roster.set cover=office layers=day/2026-01-12//08:00/day/1/ann",
      "01:00 query catalog.gaps from=00:00 to=60:00 limit=1 pages\n"
      "01:00 query catalog.gaps from=00:00 to=60:00 limit=2 pages",
      PAGED_GAPS PAGED_GAPS },
    { "A place that is none is the beginning, one behind all the end",
      ROSTER_PEOPLE "00:00 roster.set " ROSTER_DAILY,
      "01:00 query catalog.shifts from=20:00 to=32:00 place=short\n"
      "01:00 query catalog.shifts from=20:00 to=32:00 place=whateverzzzz",
      "row from=20:00 to=32:00 person=ann" },
    { "The later layer wins in its hours, below it the others; who stands in where nobody is",
      ROSTER_PEOPLE "00:00 roster.set fallback=dee "
                    "layers=low/2026-01-05//08:00/day/1/ann/mon-fri;08:00;20:00+"
                    "high/2026-01-05//08:00/day/1/bob/mon;10:00;12:00",
      "01:00 query catalog.shifts from=08:00 to=34:00 roster=net",
      "row from=08:00 to=10:00 person=ann layer=low\n row from=10:00 to=12:00 person=bob "
      "layer=high\n"
      "row from=12:00 to=20:00 person=ann layer=low\n row from=20:00 to=32:00 person=dee "
      "source=fallback\n"
      "row from=32:00 to=34:00 person=ann" },
    { "Hours over midnight belong to the day on which they begin",
      ROSTER_PEOPLE "00:00 roster.set layers=night/2026-01-05//00:00/week/1/ann/fri;22:00;06:00",
      "01:00 query catalog.shifts from=00:00 to=168:00 person=ann",
      "row from=118:00 to=126:00 person=ann" },
    { "An override wins, and what it lies over comes back",
      ROSTER_PEOPLE "00:00 roster.set " ROSTER_DAILY
                    "\n 00:00 override.set id=o person=cid from=10:00 to=12:00",
      "01:00 query catalog.shifts from=08:00 to=32:00",
      "row from=08:00 to=10:00 person=ann\n row from=10:00 to=12:00 person=cid source=override\n"
      "row from=12:00 to=32:00 person=ann" },
    { "With instead_of it holds in that person's turns only",
      ROSTER_PEOPLE "00:00 roster.set " ROSTER_DAILY
                    "\n 00:00 override.set id=o person=cid instead_of=bob from=10:00 to=40:00",
      "01:00 query catalog.shifts from=08:00 to=56:00",
      "row from=08:00 to=32:00 person=ann\n row from=32:00 to=40:00 person=cid\n"
      "row from=40:00 to=56:00 person=bob" },
    { "Of overrides the one that begins last wins, of two that begin together the greater id",
      ROSTER_PEOPLE "00:00 roster.set " ROSTER_DAILY
                    "\n 00:00 override.set id=o1 person=cid from=10:00 to=20:00\n"
                    "00:00 override.set id=o2 person=dee from=12:00 to=14:00\n"
                    "00:00 override.set id=o3 person=eve from=12:00 to=13:00\n"
                    "00:00 override.set id=o31 person=bob instead_of=eve from=12:00 to=12:30\n"
                    "00:00 override.set id=o9 person=bob from=00:30 to=01:00",
      "02:00 query catalog.shifts from=08:00 to=32:00",
      "row from=08:00 to=10:00 person=ann\n row from=10:00 to=12:00 person=cid\n"
      "row from=12:00 to=12:30 person=bob\n row from=12:30 to=13:00 person=eve\n"
      "row from=13:00 to=14:00 person=dee\n"
      "row from=14:00 to=20:00 person=cid\n row from=20:00 to=32:00 person=ann" },
    { "Overrides that hold at once may name each other",
      ROSTER_PEOPLE "00:00 roster.set " ROSTER_DAILY
                    "\n 00:00 override.set id=o1 person=cid from=10:00 to=20:00\n"
                    "00:00 override.set id=o2 person=dee instead_of=cid from=11:00 to=12:00",
      "01:00 query catalog.shifts from=10:00 to=20:00",
      "row from=10:00 to=11:00 person=cid\n row from=11:00 to=12:00 person=dee\n"
      "row from=12:00 to=20:00 person=cid" },
    { "A temporary schedule replaces the layers, and its fallback fills what it leaves",
      ROSTER_PEOPLE
      "00:00 roster.set fallback=eve " ROSTER_DAILY
      "\n 00:00 temporary.set from=10:00 to=20:00 shifts=cid/12:00/14:00+dee/14:00/15:00",
      "01:00 query catalog.shifts from=08:00 to=22:00",
      "row from=08:00 to=10:00 person=ann\n row from=10:00 to=12:00 person=bob source=fallback\n"
      "row from=12:00 to=14:00 person=cid source=temporary\n"
      "row from=14:00 to=15:00 person=dee source=temporary\n"
      "row from=15:00 to=20:00 person=bob source=fallback\n row from=20:00 to=22:00 person=ann" },
    { "And overrides win over that, too",
      ROSTER_PEOPLE "00:00 roster.set " ROSTER_DAILY "\n 00:00 temporary.set from=10:00 to=20:00\n"
                    "00:00 temporary.set id=t2 from=30:00 to=31:00\n"
                    "00:00 override.set id=o person=cid from=19:00 to=21:00",
      "01:00 query catalog.shifts from=18:00 to=32:00",
      "row from=18:00 to=19:00 person=bob\n row from=19:00 to=21:00 person=cid\n"
      "row from=21:00 to=30:00 person=ann\n row from=30:00 to=31:00 person=bob\n"
      "row from=31:00 to=32:00 person=ann" },
    { "Who lacks a skill is passed over: the next layer, then who stands in",
      ROSTER_PEOPLE
      "00:00 skill.set id=fire name=Fire\n 00:00 skill.set id=ice name=Ice\n"
      "00:00 training.set id=t1 person=bob skill=fire passed_on=2026-01-01\n"
      "00:00 training.set id=t2 person=bob skill=ice passed_on=2026-01-01 expires_on=2026-01-06\n"
      "00:00 roster.set skills=fire+ice fallback=dee "
      "layers=low/2026-01-05//00:00/week/1/bob+high/2026-01-05//00:00/week/1/ann",
      "01:00 query catalog.shifts from=00:00 to=48:00",
      "row from=00:00 to=24:00 person=bob layer=low\n row from=24:00 to=48:00 person=dee "
      "source=fallback" },
    { "A training counts from its day on, and the day is the roster's",
      ROSTER_PEOPLE
      "00:00 skill.set id=fire name=Fire\n"
      "00:00 training.set id=t1 person=ann skill=fire passed_on=2026-01-06 expires_on=2026-01-07\n"
      "00:00 training.set id=t2 person=ann skill=fire passed_on=2026-01-08\n"
      "00:00 roster.set zone=Europe|Berlin skills=fire layers=all/2026-01-05//00:00/week/1/ann",
      "01:00 query catalog.shifts from=00:00 to=72:00 person=ann",
      "row from=23:00 to=47:00 person=ann\n row from=71:00 to=72:00 person=ann" },
    { "Overrides and shifts are passed over, too; who stands in is not looked at",
      ROSTER_PEOPLE
      "00:00 skill.set id=fire name=Fire\n"
      "00:00 training.set id=t1 person=ann skill=fire passed_on=2026-01-01\n"
      "00:00 roster.set skills=fire layers=all/2026-01-05//00:00/week/1/ann\n"
      "00:00 override.set id=o person=bob from=02:00 to=03:00\n"
      "00:00 override.set id=o2 person=ann from=07:00 to=08:00\n"
      "00:00 temporary.set from=05:00 to=09:00 shifts=cid/05:00/06:00+ann/06:00/06:30",
      "01:00 query catalog.shifts from=00:00 to=10:00",
      "row from=00:00 to=05:00 person=ann source=layer\n row from=05:00 to=06:00 person=bob "
      "source=fallback\n"
      "row from=06:00 to=06:30 person=ann source=temporary\n row from=06:30 to=07:00 person=bob\n"
      "row from=07:00 to=08:00 person=ann source=override\n row from=08:00 to=09:00 person=bob\n"
      "row from=09:00 to=10:00 person=ann" },
    { "Of all rosters, or of those that somebody stands in, or of a group",
      ROSTER_PEOPLE
      "00:00 roster.set " ROSTER_DAILY
      "\n 00:00 roster.set id=sto group=storage layers=day/2026-01-05//08:00/day/1/cid\n"
      "00:00 temporary.set roster=sto from=10:00 to=11:00 shifts=dee/10:00/11:00\n"
      "00:00 override.set id=o roster=sto person=eve from=12:00 to=13:00",
      "01:00 query catalog.shifts from=08:00 to=11:00\n"
      "01:00 query catalog.shifts from=08:00 to=14:00 person=bob\n"
      "01:00 query catalog.shifts from=08:00 to=14:00 person=dee\n"
      "01:00 query catalog.shifts from=08:00 to=14:00 person=eve\n"
      "01:00 query catalog.shifts from=08:00 to=09:00 group=storage\n"
      "01:00 query catalog.shifts from=08:00 to=09:00 roster=sto\n"
      "01:00 ann@acme query catalog.shifts from=08:00 to=14:00",
      "row roster=net from=08:00 to=11:00\n row roster=sto from=08:00 to=10:00 person=cid\n"
      "row roster=sto from=10:00 to=11:00 person=dee\n"
      "row roster=sto from=10:00 to=11:00 person=dee\n row roster=sto from=12:00 to=13:00 "
      "person=eve\n"
      "row roster=sto person=cid\n row roster=sto person=cid" },
    { "Gaps are what nobody covers, of the hours to be covered",
      ROSTER_PEOPLE
      "00:00 calendar.set id=office zone=UTC versions=2026-01-01/mon-fri;09:00;17:00\n"
      "00:00 roster.set layers=day/2026-01-05//08:00/day/1/ann/mon;08:00;16:00\n"
      "00:00 roster.set id=sto group=storage cover=office "
      "layers=day/2026-01-05//08:00/day/1/ann/mon-thu;10:00;16:00",
      "01:00 query catalog.gaps from=00:00 to=48:00\n"
      "01:00 query catalog.gaps from=00:00 to=10:00 roster=sto",
      "row roster=net group=network from=00:00 to=08:00\n row roster=net from=16:00 to=48:00\n"
      "row roster=sto from=09:00 to=10:00\n row roster=sto from=16:00 to=17:00\n"
      "row roster=sto from=33:00 to=34:00\n row roster=sto from=40:00 to=41:00\n"
      "row roster=sto from=09:00 to=10:00" },
    { "Layers that say the same person are told apart",
      ROSTER_PEOPLE "00:00 roster.set layers=low/2026-01-05//00:00/week/1/ann+"
                    "high/2026-01-05/2026-01-07/00:00/week/1/ann/mon-sun;10:00;12:00",
      "01:00 query catalog.shifts from=09:00 to=60:00",
      "row from=09:00 to=10:00 layer=low\n row from=10:00 to=12:00 layer=high\n"
      "row from=12:00 to=34:00 layer=low\n row from=34:00 to=36:00 layer=high\n"
      "row from=36:00 to=60:00 layer=low" },
    { "However many are passed over",
      ROSTER_PEOPLE "00:00 skill.set id=fire name=Fire\n"
                    "00:00 roster.set skills=fire fallback=dee "
                    "layers=a/2026-01-05//00:00/week/1/ann+b/2026-01-05//00:00/week/1/bob+"
                    "c/2026-01-05//00:00/week/1/cid+d/2026-01-05//00:00/week/1/dee+"
                    "e/2026-01-05//00:00/week/1/eve",
      "01:00 query catalog.shifts from=09:00 to=10:00", "row person=dee source=fallback" },
    { "What is over is not looked at",
      ROSTER_PEOPLE "00:00 roster.set " ROSTER_DAILY "\n 00:00 temporary.set from=01:00 to=02:00\n"
                    "00:00 temporary.set id=t2 from=12:00 to=13:00",
      "03:00 query catalog.shifts from=09:00 to=14:00\n"
      "03:00 query catalog.shifts from=09:00 to=14:00 person=cid",
      "row from=09:00 to=12:00 person=ann\n row from=12:00 to=13:00 person=bob\n"
      "row from=13:00 to=14:00 person=ann" },
    { "A page ends where it is full",
      ROSTER_PEOPLE "00:00 roster.set " ROSTER_DAILY
                    "\n 00:00 roster.set id=sto group=storage " ROSTER_DAILY "\n 00:00 passes",
      "01:00 query catalog.shifts from=00:00 to=100:00 limit=2\n"
      "01:00 query catalog.gaps from=00:00 to=100:00 limit=1\n"
      "01:00 query catalog.duties limit=1\n 01:00 query catalog.duties group=storage\n"
      "01:00 query catalog.duties person=ann\n 10:00 query catalog.duties person=ann\n"
      "10:00 ann@acme query catalog.duties\n 10:00 ann@acme query catalog.duty duty=net",
      "row roster=net\n row roster=net\n row roster=net\n row id=net\n row id=sto\n"
      "row id=net person=ann\n row id=sto person=ann" },
    { "Hours that are never to be covered",
      ROSTER_PEOPLE "00:00 calendar.set id=shut zone=UTC versions=2026-01-01\n"
                    "00:00 roster.set cover=shut " ROSTER_DAILY,
      "01:00 query catalog.gaps from=00:00 to=100:00", "" },
    { "What goes on for long is told in parts",
      ROSTER_PEOPLE "00:00 roster.set layers=hour/2026-01-05//00:00/hour/1/ann&ann",
      "01:00 query catalog.shifts roster=net from=00:00 to=3000:00",
      "row from=00:00 to=2049:00 person=ann\n row from=2049:00 to=3000:00 person=ann" },
    { "No more than a year of one, and a month of all",
      ROSTER_PEOPLE "00:00 roster.set " ROSTER_DAILY,
      "01:00 query catalog.gaps from=08:00 to=100000:00\n"
      "01:00 query catalog.shifts roster=net person=cid from=08:00 to=100000:00",
      "" },
};

static void says_who(void **state)
{
    (void)state;
    GIVEN_ROWS(&roster_book, plans);
}

static const struct given_row figures[] = {
    { "Half of the week, by one, is half covered and balanced",
      ROSTER_PEOPLE "00:00 roster.set layers=day/2026-01-05//00:00/week/1/ann/mon-sun;06:00;18:00",
      "01:00 query catalog.coverage roster=net from=00:00 to=168:00",
      "one roster=net coverage=5000 balance=10000 score=75 wanted=10080m covered=5040m "
      "people=ann/5040m/0m/1440m/0/0/1" },
    { "Shared two to one it is not even, and one of them has too much",
      ROSTER_PEOPLE "00:00 roster.set layers=day/2026-01-05//00:00/day/1/ann&ann&bob",
      "01:00 query catalog.coverage roster=net from=00:00 to=144:00",
      "one coverage=10000 balance=5000 score=75 "
      "people=ann/5760m/1920m/0m/33/0/1+bob/2880m/960m/1440m/0/0/1" },
    { "Nearly even is even",
      ROSTER_PEOPLE "00:00 roster.set layers=day/2026-01-05//00:00/day/1/ann&bob",
      "01:00 query catalog.coverage roster=net from=00:00 to=47:00",
      "one coverage=10000 balance=10000 score=100" },
    { "Weeks in a row, and rests below eleven hours",
      ROSTER_PEOPLE "00:00 roster.set layers=day/2026-01-05//00:00/week/1/ann/mon-sun;06:00;20:00",
      "01:00 query catalog.coverage roster=net from=00:00 to=400:00",
      "one people=ann/14040m/0m/3360m/0/16/3" },
    { "Whoever comes first by name is told first; weeks that do not follow one another do not run",
      ROSTER_PEOPLE "00:00 roster.set layers=a/2026-01-05//00:00/week/1/bob&bob&ann&bob",
      "01:00 query catalog.coverage roster=net from=00:00 to=840:00",
      "one people=ann/10080m/3360m/2880m/0/0/1+bob/40320m/13440m/11520m/60/0/2" },
    { "The same person goes on under another layer, and a year is a year",
      ROSTER_PEOPLE "00:00 roster.set layers=low/2026-01-05//00:00/week/1/ann+"
                    "high/2026-01-05//00:00/week/1/ann/mon;10:00;12:00",
      "01:00 query catalog.coverage roster=net from=00:00 to=24:00\n"
      "01:00 query catalog.coverage roster=net from=00:00 to=20000:00",
      "one people=ann/1440m/480m/0m/0/0/1\n one wanted=527040m covered=527040m" },
    { "Nights are where one lives",
      "00:00 person.set zone=Asia|Tokyo addresses=email/a@b.example\n 00:00 group.set\n"
      "00:00 roster.set layers=day/2026-01-05//00:00/week/1/ann",
      "01:00 query catalog.coverage roster=net from=12:00 to=24:00",
      "one people=ann/720m/480m/0m/0/0/1" },
    { "Only the cover counts, and a roster that is not there has no figures",
      ROSTER_PEOPLE
      "00:00 calendar.set id=office zone=UTC versions=2026-01-01/mon-fri;09:00;17:00\n"
      "00:00 roster.set cover=office layers=day/2026-01-05//00:00/week/1/ann/mon;09:00;13:00",
      "01:00 query catalog.coverage roster=net from=00:00 to=24:00\n"
      "01:00 query catalog.coverage roster=net from=120:00 to=144:00\n"
      "01:00 query catalog.coverage roster=none from=120:00 to=144:00\n"
      "01:00 ann@acme query catalog.coverage roster=net from=120:00 to=144:00",
      "one coverage=5000 score=75 wanted=480m covered=240m\n one coverage=10000" },
};

static void says_how_well(void **state)
{
    (void)state;
    GIVEN_ROWS(&roster_book, figures);
}

/* More people than an answer names, and than a plan remembers trainings of. */
static void many_people(void **state)
{
    enum { CROWD = 144, OF_A_LAYER = 48, NAMED = 128 };
    char layers[8192];
    int n = 0, named = 0;
    (void)state;
    given_begin(&roster_book);
    given_play("00:00 group.set\n00:00 skill.set id=fire name=Fire");
    for (int i = 0; i < CROWD; i++)
        given_play("00:00 person.set id=p%d name=P addresses=email/p@p.example\n"
                   "00:00 training.set id=t%d person=p%d skill=fire passed_on=2026-01-01",
                   i, i, i);
    for (int i = 0; i < CROWD; i++)
        n += snprintf(layers + n, sizeof layers - (size_t)n, "%s%sp%d",
                      i % OF_A_LAYER ? "&"
                      : i            ? "/mon-sun;00:00;08:00+"
                                     : "",
                      i % OF_A_LAYER ? ""
                      : i == 0       ? "a/2026-01-05//00:00/day/1/"
                      : i == 48      ? "b/2026-01-05//00:00/day/1/"
                                     : "c/2026-01-05//00:00/day/1/",
                      i);
    for (char *at = strstr(layers, "00:00;08:00+c"); at; at = NULL)
        memcpy(at, "08:00;16:00", 11);
    given_play("00:00 roster.set skills=fire layers=%s/mon-sun;16:00;24:00", layers);
    const char *all = given_play("01:00 query catalog.coverage roster=net from=00:00 to=1152:00");
    assert_non_null(strstr(all, "coverage=10000"));
    for (const char *at = all; (at = strstr(at, "+p")); at++)
        named++;
    assert_int_equal(named, NAMED - 1);
    given_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_who),
        cmocka_unit_test(says_how_well),
        cmocka_unit_test(many_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

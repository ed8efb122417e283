/* catalog_refusals_roster: what rosters, overrides, temporary schedules and hand-overs are refused
 * for. */
#ifndef REDRESS_CATALOG_REFUSALS_ROSTER_H
#define REDRESS_CATALOG_REFUSALS_ROSTER_H

#include "tests/unit/roster_book.h"

static const struct given_row roster_refusals[] = {
    { "A group has one roster", ROSTER_PEOPLE "00:00 roster.set " ROSTER_DAILY,
      "01:00 roster.set id=two " ROSTER_DAILY
      "\n 01:00 roster.set zone=Europe|Berlin " ROSTER_DAILY,
      "refused group_has_roster group\n 01:00 roster.changed" },
    { "A roster has a layer, and a layer somebody", ROSTER_PEOPLE,
      "01:00 roster.set layers=\n01:00 roster.set layers=day/2026-01-05//08:00/day/1/",
      "refused none_named layers\n refused none_named layers" },
    { "A zone is one that there is", ROSTER_PEOPLE,
      "01:00 roster.set zone=Europe|Atlantis " ROSTER_DAILY, "refused zone_form zone" },
    { "Clients take no turns", ROSTER_PEOPLE "00:00 roster.set " ROSTER_DAILY,
      "01:00 roster.set layers=day/2026-01-05//08:00/day/1/olga\n"
      "01:00 roster.set fallback=olga " ROSTER_DAILY "\n"
      "01:00 override.set id=o person=olga from=02:00 to=03:00\n"
      "01:00 temporary.set fallback=olga from=02:00 to=03:00\n"
      "01:00 temporary.set shifts=olga/02:00/03:00 from=02:00 to=03:00",
      "refused wrong_side layers\n refused wrong_side fallback\n refused wrong_side person\n"
      "refused wrong_side fallback\n refused wrong_side shifts" },
    { "Layers", ROSTER_PEOPLE,
      "01:00 roster.set layers=day/2026-01-05//08:00/day/1/ann+day/2026-01-05//08:00/day/1/ann\n"
      "01:00 roster.set layers=day/2026-01-05/2026-01-05/08:00/day/1/ann\n"
      "01:00 roster.set layers=day/2026-01-05//08:00/day/1/ann/moon;08:00;09:00\n"
      "01:00 roster.set layers=day/2026-01-05//08:00/hour/5/ann/mon;08:00;09:00/yes",
      "refused layer_twice layers\n refused layer_order layers\n refused days_form layers\n"
      "refused skips_form layers" },
    { "Overrides", ROSTER_PEOPLE "00:00 roster.set " ROSTER_DAILY,
      "01:00 override.set id=o person=cid from=02:00 to=02:00\n"
      "01:00 override.set id=o person=cid from=02:00 to=8788:00\n"
      "01:00 override.set id=o person=cid instead_of=cid from=02:00 to=03:00",
      "refused time_order to\n refused too_long to\n refused override_self instead_of" },
    { "Temporary schedules",
      ROSTER_PEOPLE "00:00 roster.set " ROSTER_DAILY "\n 00:00 temporary.set from=10:00 to=20:00\n"
                    "00:00 roster.set id=sto group=storage " ROSTER_DAILY,
      "01:00 temporary.set id=t2 from=19:00 to=21:00\n 01:00 temporary.set id=t2 from=21:00 "
      "to=20:00\n"
      "01:00 temporary.set id=t2 from=20:00 to=22:00 shifts=ann/19:00/21:00\n"
      "01:00 temporary.set id=t2 from=20:00 to=22:00 shifts=ann/20:00/21:00+bob/20:30/21:30\n"
      "01:00 temporary.set id=t2 from=20:00 to=22:00 shifts=ann/21:00/21:00\n"
      "01:00 temporary.set id=t2 from=20:00 to=22:00 shifts=ann/21:00/23:00\n"
      "01:00 temporary.set id=t2 from=20:00 to=22:00 shifts=ann/20:00/21:00+bob/22:00/21:30\n"
      "01:00 temporary.set id=t2 from=05:00 to=07:00 shifts=ann/06:00/07:00+bob/05:00/06:00\n"
      "01:00 temporary.set id=t2 roster=sto from=19:00 to=21:00\n 01:00 temporary.set from=10:00 "
      "to=21:00\n"
      "01:00 roster.remove roster=net",
      "refused temporary_overlaps from\n refused time_order to\n refused shift_outside shifts\n"
      "refused shift_outside shifts\n refused shift_outside shifts\n"
      "refused shift_outside shifts\n refused shift_outside shifts\n 01:00 temporary.changed\n"
      "01:00 temporary.changed\n 01:00 temporary.changed\n refused still_named roster" },
    { "Only who is asked accepts, and only for themselves",
      ROSTER_PEOPLE "00:00 roster.set accept_within=30m "
                    "layers=day/2026-01-05//00:00/day/1/ann&bob&cid\n 00:30 passes",
      "01:00 ann@provider duty.accept person=ann\n 24:05 passes\n"
      "24:05 cid@provider duty.accept person=cid\n"
      "24:06 person:cid@provider duty.accept person=bob\n"
      "24:07 person:bob@provider duty.accept person=bob\n"
      "24:08 person:bob@provider duty.accept person=bob",
      "refused handover_none duty\n 24:00 duty.handover_asked\n refused handover_other person\n"
      "refused handover_actor person\n 24:07 duty.handover_accepted\n"
      "refused handover_none duty" },
};

static void play_roster_limits(void)
{
    given_begin(&roster_book);
    given_play(ROSTER_PEOPLE "00:00 roster.set " ROSTER_DAILY);
    for (int i = 0; i < 256; i++)
        given_play("00:00 override.set id=o%d person=cid from=02:00 to=03:00", i);
    given_play("00:30 override.set id=more person=cid from=02:00 to=03:00");
    given_expect("refused override_many roster");
    given_play("00:30 override.set id=o7 person=dee from=02:00 to=03:00");
    given_expect("00:30 override.changed o7");
    given_play("04:00 override.set id=more person=cid from=05:00 to=06:00");
    given_expect("04:00 override.changed more");
    for (int i = 0; i < 32; i++)
        given_play("04:00 temporary.set id=t%d from=%d:00 to=%d:00", i, 10 + i, 11 + i);
    given_play("04:00 temporary.set id=more from=100:00 to=101:00");
    given_expect("refused temporary_many roster");
    given_end();
}

#endif

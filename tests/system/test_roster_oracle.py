"""Rosters of all kinds in zones of all kinds: who is on duty when is what the rules say, read once more by roster_oracle.py;
what is asked for in parts is the whole; and a year around the world has no gap."""
import datetime
import random

import pytest

import redress
import roster_oracle
import sse

SEED, ROSTERS, PARTS = 20261122, 60, 12
PEOPLE = [f"p{n}" for n in range(6)]
# Their clocks go by an hour, half an hour, two hours, over midnight, twice a year for Ramadan; one left a day out.
ZONES = {"UTC": 2026, "America/Chicago": 2024, "Europe/Berlin": 2026, "Europe/London": 2025, "Pacific/Apia": 2011,
         "Australia/Lord_Howe": 2025, "Africa/Casablanca": 2026, "Asia/Kolkata": 2026, "America/Havana": 2026,
         "America/St_Johns": 2010, "Asia/Kathmandu": 2026, "Antarctica/Troll": 2026, "America/Sao_Paulo": 2018,
         "Asia/Tehran": 2021}


@pytest.fixture(name="catalog", scope="module")
def fixture_catalog():
    with redress.Suite() as suite:
        suite.up()
        with suite.commander(service="catalog") as commander:
            for person in PEOPLE:
                sse.catalog(commander, "person.set", {"id": person, "name": person, "side": "provider"})
            for skill in ("fire", "ice"):
                sse.catalog(commander, "skill.set", {"id": skill, "name": skill})
            yield commander


def told(catalog, begin, end, **which):
    """All rows of catalog.shifts, as the oracle says them."""
    rows, cursor = [], {}
    while True:
        data = {"from": text(begin), "to": text(end), **which}
        reply = catalog.ask({"op": "query", "id": redress.uuid7(), "type": "catalog.shifts", "client": "provider",
                             "data": data, "limit": 200, **cursor})
        assert reply["status"] == "ok", reply
        rows += reply["result"]
        if "cursor" not in reply:
            return [(instant(row["from"]), instant(row["to"]), row.get("person"), row.get("source"), row.get("layer", ""))
                    for row in rows]
        cursor = {"cursor": reply["cursor"]}


def text(seconds):
    return redress.instant_text(seconds * 1_000_000)


def instant(words):
    microseconds = redress.instant(words)
    assert microseconds % 1_000_000 == 0, words
    return microseconds // 1_000_000


def time_of(minutes):
    return f"{minutes // 60:02}:{minutes % 60:02}"


def layer_by(dice, name, day):
    unit = dice.choice(["hour", "hour", "day", "day", "week", "month"])
    every = dice.choice({"hour": [1, 2, 3, 4, 5, 6, 7, 8, 12, 24, 36, 48], "day": [1, 1, 2, 3, 7], "week": [1, 2],
                         "month": [1, 2]}[unit])
    layer = {"name": name, "from": (day + datetime.timedelta(days=dice.randrange(-40, 20))).isoformat(),
             "handover": time_of(dice.choice([0, 30, 60, 90, 120, 150, 180, 540, 1050, 1410])), "unit": unit, "every": every,
             "people": [{"person": person} for person in dice.sample(PEOPLE, dice.randrange(1, 5))]}
    if unit == "month":
        layer["from"] = layer["from"][:8] + dice.choice(["28", "15", "01"])
    if dice.random() < 0.3:
        layer["to"] = (day + datetime.timedelta(days=dice.randrange(30, 60))).isoformat()
    if dice.random() < 0.6:
        layer["restrictions"] = [
            {"days": dice.choice(["mon-fri", "sat,sun", "mon-sun", "fri-mon", "sun", "tue,thu-fri"]),
             "from": time_of(dice.choice([0, 60, 120, 150, 510, 1320])), "to": time_of(dice.choice([60, 120, 150, 360, 1050, 1440]))}
            for _ in range(dice.randrange(1, 4))]
        if dice.random() < 0.6 and not (unit == "hour" and 24 % every and every % 24):
            layer["skips"] = True
    return layer


def spans(dice, begin, end, count):
    for _ in range(count):
        at = dice.randrange(begin, end) // 60 * 60
        yield at, at + dice.randrange(600, 5 * 86400)


def roster_by(dice, number, zone):
    """A roster, its overrides, temporary schedules and trainings, and the time to look at."""
    day = datetime.date(ZONES[zone], *dice.choice([(3, 1), (9, 20), (12, 10)]))
    begin = roster_oracle.seconds(datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.timezone.utc))
    end = begin + dice.randrange(20, 50) * 86400
    roster = {"id": f"r{number}", "group": f"g{number}", "zone": zone,
              "layers": [layer_by(dice, f"l{n}", day) for n in range(dice.randrange(1, 4))]}
    if dice.random() < 0.4:
        roster["fallback"] = dice.choice(PEOPLE)
    overrides, trainings = [], []
    for n, (first, last) in enumerate(spans(dice, begin, end, dice.randrange(0, 5))):
        override = {"id": f"o{number}-{n}", "roster": roster["id"], "person": PEOPLE[n % 5], "from": first, "to": last}
        overrides.append(override | ({"instead_of": PEOPLE[5]} if dice.random() < 0.3 else {}))
    temporaries, free = [], begin
    for n, (first, last) in enumerate(sorted(spans(dice, begin, end, dice.randrange(0, 3)))):
        if first >= free:
            cuts = sorted(dice.sample(range(first, last), 4))
            shifts = [{"person": dice.choice(PEOPLE), "from": a, "to": b} for a, b in (cuts[:2], cuts[2:])]
            temporaries.append({"id": f"t{number}-{n}", "roster": roster["id"], "fallback": dice.choice(PEOPLE), "from": first,
                                "to": last, "shifts": shifts})
            free = last
    if dice.random() < 0.4:
        roster["skills"] = [{"skill": skill} for skill in dice.choice([["fire"], ["ice"], ["fire", "ice"]])]
        for n in range(14):
            passed = day + datetime.timedelta(days=dice.randrange(-20, 30))
            training = {"id": f"k{number}-{n}", "person": dice.choice(PEOPLE), "skill": dice.choice(["fire", "ice"]),
                        "passed_on": passed.isoformat()}
            if dice.random() < 0.5:
                training["expires_on"] = (passed + datetime.timedelta(days=dice.randrange(1, 30))).isoformat()
            trainings.append(training)
    return roster, overrides, temporaries, trainings, begin, end


def with_texts(value):
    """Instants as the wire has them."""
    if isinstance(value, list):
        return [with_texts(each) for each in value]
    if isinstance(value, dict):
        return {key: text(each) if key in ("from", "to") and isinstance(each, int) else with_texts(each)
                for key, each in value.items()}
    return value


def put(catalog, roster, overrides, temporaries, trainings):
    sse.catalog(catalog, "group.set", {"id": roster["group"], "side": "provider"})
    for training in trainings:
        sse.catalog(catalog, "training.set", training)
    sse.catalog(catalog, "roster.set", roster)
    for override in overrides:
        sse.catalog(catalog, "override.set", with_texts(override))
    for temporary in temporaries:
        sse.catalog(catalog, "temporary.set", with_texts(temporary))


def take_away(catalog, trainings):
    for training in trainings:
        sse.catalog(catalog, "training.remove", {"training": training["id"]})


def is_whole(rows, begin, end):
    """No gap and no overlap: each begins where the one before ends."""
    assert rows[0][0] == begin and rows[-1][1] == end, (rows[0], rows[-1])
    for one, next_one in zip(rows, rows[1:]):
        assert one[0] < one[1] == next_one[0], (one, next_one)
    return rows


def joined(parts):
    rows = []
    for row in parts:
        if rows and rows[-1][2:] == row[2:] and rows[-1][1] == row[0]:
            rows[-1] = (rows[-1][0], *row[1:])
        else:
            rows.append(row)
    return rows


@pytest.mark.parametrize("zone", ZONES)
def test_the_rules_once_more(catalog, zone):
    dice = random.Random(f"{SEED} {zone}")
    count = max(1, ROSTERS // len(ZONES))
    for n in range(count):
        number = list(ZONES).index(zone) * 100 + n
        roster, overrides, temporaries, trainings, begin, end = roster_by(dice, number, zone)
        put(catalog, roster, overrides, temporaries, trainings)
        rows = is_whole(told(catalog, begin, end, roster=roster["id"]), begin, end)
        expected = roster_oracle.Oracle(roster, overrides, temporaries, trainings, begin, end).shifts()
        first = next((pair for pair in zip(rows, expected) if pair[0] != pair[1]), None)
        assert rows == expected, f"{roster}\n{overrides}\n{temporaries}\n{trainings}\ntold, expected: {first}"
        cuts = sorted({begin, end, *(dice.randrange(begin, end) for _ in range(PARTS))})
        parts = [row for a, b in zip(cuts, cuts[1:]) for row in is_whole(told(catalog, a, b, roster=roster["id"]), a, b)]
        assert joined(parts) == rows, f"asked for in parts it is another plan: {roster}"
        take_away(catalog, trainings)


SUN = {"sydney": ("Australia/Sydney", "07:00", "17:00"), "berlin": ("Europe/Berlin", "07:00", "17:00"),
       "chicago": ("America/Chicago", "08:00", "18:00")}


def test_a_year_around_the_world(catalog):
    """Each place works by its own clocks, which are set on six days of the year; somebody is always there."""
    begin, end = (roster_oracle.seconds(datetime.datetime(year, 1, 1, tzinfo=datetime.timezone.utc)) for year in (2026, 2027))
    covered = []
    for n, (place, (zone, opens, closes)) in enumerate(SUN.items()):
        roster = {"id": place, "group": place, "zone": zone, "layers": [
            {"name": "day", "from": "2025-12-01", "handover": opens, "unit": "day", "every": 1,
             "people": [{"person": person} for person in PEOPLE[2 * n:2 * n + 2]],
             "restrictions": [{"days": "mon-sun", "from": opens, "to": closes}]}]}
        put(catalog, roster, [], [], [])
        rows = is_whole(told(catalog, begin, end, roster=place), begin, end)
        assert rows == roster_oracle.Oracle(roster, [], [], [], begin, end).shifts()
        wall, people = roster_oracle.Wall(zone), []
        for row in rows[1:-1]:
            shown = [wall.shows(instant).strftime("%H:%M") for instant in row[:2]]
            assert shown == ([opens, closes] if row[2] else [closes, opens]), (place, row, shown)
            people += [row[2]] if row[2] else []
        assert all(one != next_one for one, next_one in zip(people, people[1:])), "turns go from one to the other"
        covered += [row[:2] for row in rows if row[2]]
    at = begin
    for first, last in sorted(covered):
        assert first <= at, f"nobody from {text(at)} to {text(first)}"
        at = max(at, last)
    assert at == end

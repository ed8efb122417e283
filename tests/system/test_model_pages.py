"""What a query computes comes in pages, too: by rows and by time, from any of which the next one leads on. One roster of many
turns and restrictions costs more than a page may take, and nobody else waits until all of them were looked at."""
import time

import pytest

import redress

FROM, TO = "2026-12-01T00:00:00.000000Z", "2027-11-30T00:00:00.000000Z"
ROSTERS, PEOPLE = 40, 48


def layer(number):
    """Turns of an hour, each of whose restrictions is another one: what can be said that takes the most to find out."""
    hours = [{"days": day, "from": f"{begins:02}:{number:02}", "to": f"{begins + 9:02}:{30 + number:02}"}
             for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun") for begins in (1, 12)]
    return {"name": f"layer {number}", "from": "2026-01-01", "handover": "09:00", "unit": "hour", "every": 1, "skips": True,
            "people": [{"person": f"p{number}-{each}"} for each in range(PEOPLE)], "restrictions": hours}


@pytest.fixture(name="catalog", scope="module")
def fixture_catalog():
    with redress.Suite() as suite:
        suite.up()
        with suite.commander(service="catalog") as commander:
            for number in range(8):
                for each in range(PEOPLE):
                    commander.ok("person.set", "provider", {"id": f"p{number}-{each}", "name": "P", "side": "provider"})
            commander.ok("person.set", "provider", {"id": "seldom", "name": "S", "side": "provider"})
            for number in range(ROSTERS):
                commander.ok("group.set", "provider", {"id": f"Group {number}", "side": "provider"})
                commander.ok("roster.set", "provider",
                             {"id": f"r{number:02}", "group": f"Group {number}", "zone": "Europe/Berlin",
                              "layers": [layer(each) for each in range(8)]}, again=redress.PATIENCE)
            for roster in ("r00", f"r{ROSTERS - 1:02}"):
                commander.ok("override.set", "provider",
                             {"id": f"last-{roster}", "roster": roster, "person": "seldom",
                              "from": "2027-11-01T00:00:00.000000Z", "to": "2027-11-02T00:00:00.000000Z"},
                             again=redress.PATIENCE)
            for number in range(ROSTERS):  # who is in none of their days, but in the plan
                commander.ok("override.set", "provider",
                             {"id": f"never-{number}", "roster": f"r{number:02}", "person": "seldom", "instead_of": "p0-0",
                              "from": "2027-11-29T23:59:59.000000Z", "to": "2027-12-02T00:00:00.000000Z"},
                             again=redress.PATIENCE)
            yield commander


def pages(catalog, query, limit, **data):
    """All rows, and how much of the time the longest page took."""
    rows, cursor, worst, total = [], {}, 0, 0
    while True:
        began = time.monotonic()
        reply = catalog.query(f"catalog.{query}", {"from": FROM, "to": TO, **data}, client="provider", limit=limit,
                              **cursor)
        lasted = time.monotonic() - began
        worst, total = max(worst, lasted), total + lasted
        assert reply["status"] == "ok", reply
        assert len(reply["result"]) <= limit
        rows += reply["result"]
        if "cursor" not in reply:
            return rows, worst / total
        assert cursor != {"cursor": reply["cursor"]}, "a page that ends where it began"
        cursor = {"cursor": reply["cursor"]}


def test_pages_of_any_size_say_the_same(catalog):
    for query in ("shifts", "gaps"):
        short = {"roster": "r03", "to": "2026-12-09T00:00:00.000000Z"}
        whole, _ = pages(catalog, query, 500, **short)
        assert whole and all(row["from"] < row["to"] for row in whole)
        for limit in (1, 7):
            assert pages(catalog, query, limit, **short)[0] == whole


def test_a_year_is_seamless_over_its_pages(catalog):
    rows, _ = pages(catalog, "shifts", 500, roster="r05")
    assert rows[0]["from"] == FROM and rows[-1]["to"] == TO and len(rows) > 5000
    assert all(one["to"] == other["from"] for one, other in zip(rows, rows[1:]))


def test_nobody_waits_for_what_takes_long(catalog):
    """One page may look for 50 ms and finish what it is at; a year of each of these plans takes about as long."""
    best = 1
    for _ in range(10):  # a busy machine makes a page long now and then
        rows, worst = pages(catalog, "shifts", 500, person="seldom")
        assert [(row["roster"], row["from"]) for row in rows] == [
            (roster, "2027-11-01T00:00:00.000000Z") for roster in ("r00", f"r{ROSTERS - 1:02}")]
        best = min(best, worst)
        if best < 0.5:
            break
    assert best < 0.5


def test_a_cursor_from_elsewhere_is_no_harm(catalog):
    for cursor in ("AAAAAAAAAAA", "_________38", "f" * 100, "AAAAAAAAAABy", "_________39yMDM"):
        reply = catalog.query("catalog.shifts", {"roster": "r03", "from": FROM, "to": TO}, client="provider", cursor=cursor)
        assert reply["status"] in ("ok", "invalid"), reply

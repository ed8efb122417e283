"""The feed of somebody's shifts: read by a real reader of iCalendar, through HTTP, by the link that the tool prints; of that
person alone, and only as long as its token holds."""
import datetime

import icalendar
import pytest

import redress
import roster_oracle
import sse
import web

UTC = datetime.timezone.utc


@pytest.fixture(name="door", scope="module")
def fixture_door():
    """Ann and Bob by turns of a day in Berlin; Ann alone by weeks elsewhere, under a name that needs escapes."""
    today = datetime.datetime.now(UTC).date()
    with redress.Suite() as suite:
        suite.up()
        with web.Web(suite) as gateway, suite.commander(service="catalog") as commander:
            for person in ("ann", "bob", "cid"):
                sse.catalog(commander, "person.set", {"id": person, "name": person, "side": "provider"})
            for group in ("network", "Büro, \"2\"; \\ (EU) " + "ä€😀" * 9):
                sse.catalog(commander, "group.set", {"id": group, "side": "provider"})
            days = {"name": "day", "from": (today - datetime.timedelta(days=400)).isoformat(), "handover": "08:00", "unit": "day",
                    "every": 1, "people": [{"person": "ann"}, {"person": "bob"}]}
            weeks = {**days, "name": "week", "unit": "week", "people": [{"person": "ann"}, {"person": "cid"}]}
            sse.catalog(commander, "roster.set",
                        {"id": "net", "group": "network", "zone": "Europe/Berlin", "layers": [days], "fallback": "bob"})
            sse.catalog(commander, "roster.set", {"id": "office", "group": group, "zone": "UTC", "layers": [weeks]})
            gateway.group, gateway.commander = group, commander
            yield gateway


def feed_of(door, person, *more):
    made = door.suite.cli_json("roster", "feed", person, *more)
    assert made["person"] == person
    return made["url"], made["token"]


def read(door, path, status=200):
    answer = door.read(path)
    assert answer.status == status, answer
    return answer


def events(answer):
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert b"\n" not in answer.body.replace(b"\r\n", b"") and answer.body.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in answer.body.split(b"\r\n"))
    calendar = icalendar.Calendar.from_ical(answer.body)
    assert calendar["VERSION"] == "2.0" and calendar["METHOD"] == "PUBLISH"
    return calendar.walk("VEVENT")


def test_a_reader_reads_the_plan(door):
    url, _ = feed_of(door, "ann")
    assert url.startswith("/calendar/") and url.endswith(".ics")
    now = datetime.datetime.now(UTC)
    found = events(read(door, url))
    wall, office = roster_oracle.Wall("Europe/Berlin"), []
    for event in found:
        begin, end = event["DTSTART"].dt, event["DTEND"].dt
        assert begin.tzinfo and begin < end and str(event["STATUS"]) == "CONFIRMED", event
        assert abs(event["DTSTAMP"].dt - now) < datetime.timedelta(minutes=5)
        if event["SUMMARY"] == "On duty: network":
            assert event["DESCRIPTION"] == "Roster net, layer day."
            if end < now + datetime.timedelta(days=179):
                shown = [wall.shows(roster_oracle.seconds(moment)) for moment in (begin, end)]
                assert [moment.hour for moment in shown] == [8, 8] and shown[1].date() - shown[0].date() == datetime.timedelta(1)
        else:
            assert event["SUMMARY"] == f"On duty: {door.group}", "escapes and folds are undone"
            office.append(event)
    assert 95 <= len(found) - len(office) <= 98 and 13 <= len(office) <= 16, (len(found), len(office))
    assert min(event["DTEND"].dt for event in found) > now - datetime.timedelta(days=14, minutes=5)
    assert max(event["DTEND"].dt for event in found) > now + datetime.timedelta(days=175)
    assert len({event["UID"] for event in found}) == len(found)
    again = events(read(door, url))
    assert [event["UID"] for event in again] == [event["UID"] for event in found], "a shift keeps its id"
    assert door.ask("HEAD", url).status == 200


def test_an_override_is_in_it_at_once(door):
    url, _ = feed_of(door, "cid")
    before = len(events(read(door, url)))
    begin = datetime.datetime.now(UTC).replace(microsecond=0) + datetime.timedelta(hours=1)
    span = {"from": redress.from_now(3600), "to": redress.from_now(7200)}
    sse.catalog(door.commander, "override.set", {"id": "o", "roster": "net", "person": "cid", **span})
    found = [event for event in events(read(door, url)) if event["SUMMARY"] == "On duty: network"]
    assert len(found) == 1 and found[0]["DESCRIPTION"] == "Roster net, by its override."
    assert abs(found[0]["DTSTART"].dt - begin) < datetime.timedelta(minutes=1)
    sse.catalog(door.commander, "override.remove", {"override": "o"})
    assert len(events(read(door, url))) == before


def test_links_that_are_none_and_links_that_have_ended(door):
    url, token = feed_of(door, "bob", "--url", "https://redress.example/")
    assert url.startswith("https://redress.example/calendar/")
    path = url[len("https://redress.example"):]
    assert events(read(door, path))
    bad = [path[:-4], path[:-7] + "AAA.ics", path[:-4] + "A.ics", "/calendar/x.ics", "/calendar/.ics",
           f"/calendar/{web.link(door.suite, token)}.ics", f"/calendar/{web.link(door.suite, token, purpose='session')}.ics"]
    for each in bad:
        assert read(door, each, 404).code == "not_found"
    for each in (web.link(door.suite, token, purpose="calendar", seconds=-5),
                 web.link(door.suite, "no-such-token", purpose="calendar")):
        assert read(door, f"/calendar/{each}.ics", 410).code == "gone"
    assert door.suite.cli("person", "remove", "bob", check=False).returncode != 0, "the feed's token names them"
    door.suite.cli("token", "revoke", token)
    assert read(door, path, 410).code == "gone"
    assert events(read(door, feed_of(door, "bob")[0])), "a new link is another one"


def test_a_feed_of_nobody(door):
    refused = door.suite.cli("roster", "feed", "nobody", check=False)
    assert refused.returncode != 0 and "not_in_catalog" in refused.stderr, refused.stderr
    assert door.suite.cli("roster", "feed", check=False).returncode != 0
    person = "x\r\nBEGIN:VEVENT"
    assert door.suite.cli("roster", "feed", person, check=False).returncode != 0

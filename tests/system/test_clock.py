"""`redress clock`: what it answers, that its spans add up and are on the wall what the calendar says, and what it refuses."""
import datetime
import json
import subprocess
import zoneinfo

import pytest

import redress

OFFICE = """\
id: office
name: Office hours
zone: Europe/London
versions:
- from: 2026-01-01
  hours:
  - {days: mon-fri, from: 08:30, to: 12:00}
  - {days: mon-fri, from: 13:00, to: 17:30}
- from: 2026-07-01
  hours:
  - {days: mon-thu, from: 08:30, to: 17:30}
holidays:
- {date: 2026-04-03, name: Good Friday}
- {date: 2026-12-24, name: Christmas Eve, from: 08:30, to: 11:00}
"""
LIST = """\
people:
- {id: ann, name: Ann, side: provider}
calendars:
- id: day
  zone: UTC
  versions: [{from: 2024-01-01, hours: [{days: mon-fri, from: 08:00, to: 18:00}]}]
- id: night
  zone: Europe/Berlin
  versions: [{from: 2024-01-01, hours: [{days: mon-sun, from: 00:00, to: 06:00}, {days: mon-sun, from: 20:00, to: 24:00}]}]
"""


@pytest.fixture(name="clock")
def fixture_clock(tmp_path):
    """Runs the verb over a calendar's text; the JSON, or the finished process when it is told to fail."""
    def run(calendar, *arguments, code=0, output="json"):
        path = tmp_path / "calendar.yaml"
        path.write_text(calendar)
        done = subprocess.run([redress.program(), "clock", *arguments, "--calendar", path, "-o", output], text=True,
                              capture_output=True, timeout=redress.PATIENCE, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        if code:
            assert done.stdout == ""
            return done.stderr
        return json.loads(done.stdout) if output == "json" else done.stdout
    return run


def utc(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def same(answer, text):
    return utc(answer["to"]) == utc(text)


def test_vectors_of_real_bug_reports(clock):
    def add(start, duration):
        return clock(LIST, "add", "--id", "day", "--from", start, "--duration", duration)
    assert same(add("2024-02-05T10:00:00Z", "PT4H"), "2024-02-05T14:00:00Z")
    assert same(add("2024-02-05T17:00:00Z", "PT4H"), "2024-02-06T11:00:00Z")
    assert same(add("2024-02-06T11:00:00Z", "-PT1H"), "2024-02-06T10:00:00Z")
    assert same(add("2024-02-02T17:00:00Z", "PT1H"), "2024-02-02T18:00:00Z")
    assert same(add("2024-02-02T17:00:00Z", "PT1H0.5S"), "2024-02-05T08:00:00.5Z")
    assert clock(LIST, "between", "--id", "day", "--from", "2024-02-02T18:00:00Z", "--to", "2024-02-05T08:00:00Z") | {"tzdata": ""} == {
        "calendar": "day", "from": "2024-02-02T18:00:00.000000Z", "to": "2024-02-05T08:00:00.000000Z", "working_seconds": 0,
        "zone": "UTC", "tzdata": "", "spans": []}
    answer = clock(LIST, "add", "--id", "day", "--from", "2024-02-02T17:00:00.25Z", "--duration", "-PT0.5S")
    assert answer["working_seconds"] == -0.5 and answer["spans"][0]["seconds"] == 0.5


def test_working_days(clock):
    def add(start, days, *more):
        return clock(OFFICE, "add", "--from", start, "--days", days, *more)
    assert same(add("2026-04-02T10:00:00+01:00", "1"), "2026-04-06T10:00:00+01:00"), "Good Friday and the weekend"
    assert same(add("2026-04-02T10:00:00+01:00", "1", "--end-of-day"), "2026-04-06T17:30:00+01:00")
    assert same(add("2026-04-02T12:15:00+01:00", "1"), "2026-04-06T13:00:00+01:00"), "at noon nobody works"
    assert same(add("2026-10-22T10:00:00+01:00", "1"), "2026-10-26T10:00:00Z"), "Fridays are off, and the clock went back"


def test_half_past_eight_in_every_week_of_the_year(clock):
    answer = clock(OFFICE, "explain", "--from", "2026-01-01T00:00:00Z", "--to", "2027-01-01T00:00:00Z")
    zone = zoneinfo.ZoneInfo("Europe/London")
    seen, working = set(), 0
    for before, span in zip([None, *answer["spans"]], answer["spans"]):
        begin, end = (utc(span[key]).astimezone(zone) for key in ("from", "to"))
        assert not before or before["to"] < span["from"]
        assert span["seconds"] == (end - begin).total_seconds()
        working += span["seconds"]
        seen.add((begin.month >= 7, begin.weekday() < 5, f"{begin:%H:%M}", f"{end:%H:%M}"))
    assert seen == {(False, True, "08:30", "12:00"), (False, True, "13:00", "17:30"), (True, True, "08:30", "17:30"),
                    (True, True, "08:30", "11:00")}
    assert answer["working_seconds"] == working == sum(day["seconds"] for day in answer["days"])
    assert len(answer["days"]) == 365
    assert answer["tzdata"][:2] == "20"
    spans = clock(OFFICE, "between", "--from", "2026-01-01T00:00:00Z", "--to", "2027-01-01T00:00:00Z")
    assert "days" not in spans and spans["spans"] == answer["spans"]


def test_every_day_says_why(clock):
    days = clock(OFFICE, "explain", "--from", "2026-01-01T00:00:00Z", "--to", "2027-01-01T00:00:00Z")["days"]
    why = {day["date"]: (day["weekday"], day["seconds"], day["why"]) for day in days}
    assert why["2026-04-03"] == ("Friday", 0, "holiday: Good Friday, closed")
    assert why["2026-12-24"] == ("Thursday", 9000, "holiday: Christmas Eve, with hours of its own")
    assert why["2026-06-26"] == ("Friday", 28800, "hours since 2026-01-01")
    assert why["2026-07-03"] == ("Friday", 0, "closed on Fridays (hours since 2026-07-01)")
    assert why["2026-03-29"] == ("Sunday", 0, "closed on Sundays (hours since 2026-01-01); the clock goes forward PT1H")
    assert why["2026-10-25"][2].endswith("the clock goes back PT1H")
    evening = clock(OFFICE, "explain", "--from", "2026-01-05T18:00:00Z", "--to", "2026-01-06T09:00:00Z")["days"]
    assert [(day["seconds"], day["why"]) for day in evening] == [(0, "its hours are not within these instants"),
                                                                 (1800, "hours since 2026-01-01")]
    samoa = OFFICE.replace("Europe/London", "Pacific/Apia").replace("2026-01-01", "2011-01-01")
    days = clock(samoa, "explain", "--from", "2011-12-29T00:00:00-10:00", "--to", "2012-01-01T00:00:00+14:00")["days"]
    assert [day["date"] for day in days] == ["2011-12-29", "2011-12-30", "2011-12-31"]
    assert (days[1]["seconds"], days[1]["why"]) == (0, "hours since 2011-01-01; the zone skips this day")


def test_people_read_the_wall(clock):
    shown = clock(LIST, "add", "--id", "night", "--from", "2026-10-24T22:00:00+02:00", "--duration", "PT7H", output="table")
    assert shown.splitlines()[1:] == [
        "from      Sat 24 Oct 2026 22:00 CEST  (2026-10-24T20:00:00.000000Z)",
        "add       PT7H",
        "due       Sun 25 Oct 2026 04:00 CET  (2026-10-25T03:00:00.000000Z)",
        "working   PT7H",
        "",
        "day             from        to          working",
        "Sat 2026-10-24  22:00 CEST  24:00 CEST  PT2H",
        "Sun 2026-10-25  00:00 CEST  04:00 CET   PT5H",
        "sum                                     PT7H"]
    assert "holiday: Good Friday" in clock(OFFICE, "explain", "--from", "2026-04-02T10:00:00Z", "--to", "2026-04-07T10:00:00Z",
                                           output="table")


@pytest.mark.parametrize("arguments, words", [
    ([], "add, between or explain"),
    (["sum"], "no sum"),
    (["add", "between"], "not more"),
    (["add"], "from when?"),
    (["add", "--from", "2026-01-01T09:00:00", "--duration", "PT1H"], "does not say of which clock"),
    (["add", "--from", "yesterday", "--duration", "PT1H"], "must be an instant"),
    (["add", "--from", "2026-01-01T09:00:00Z"], "one of --duration and --days"),
    (["add", "--from", "2026-01-01T09:00:00Z", "--duration", "PT1H", "--days", "1"], "one of --duration and --days"),
    (["add", "--from", "2026-01-01T09:00:00Z", "--duration", "PT1H", "--to", "2026-01-02T09:00:00Z"], "works --to out"),
    (["add", "--from", "2026-01-01T09:00:00Z", "--duration", "an hour"], "PT4H30M"),
    (["add", "--from", "2026-01-01T09:00:00Z", "--duration", "PT1H", "--end-of-day"], "goes with --days"),
    (["add", "--from", "2026-01-01T09:00:00Z", "--days", "0"], "must be 1 to"),
    (["between", "--from", "2026-01-01T09:00:00Z"], "until when?"),
    (["between", "--from", "2026-01-01T09:00:00Z", "--duration", "PT1H"], "are for add"),
    (["explain", "--from", "2026-01-01T09:00:00Z", "--to", "2025-01-01T09:00:00Z"], "before --from"),
    (["explain", "--from", "1971-01-01T09:00:00Z", "--to", "2099-01-01T09:00:00Z"], "at most 36525 days"),
])
def test_what_is_asked_wrongly(clock, arguments, words):
    assert words in clock(OFFICE, *arguments, code=2)


WEEK = ("between", "--from", "2026-01-01T00:00:00Z", "--to", "2026-01-08T00:00:00Z")


@pytest.mark.parametrize("old, new, where, words", [
    ("Europe/London", "Europe/Avalon", 3, "zone: is no time zone"),
    ("zone:", "zones:", 3, "zones: is not known here; these are: id, name, zone, versions, holidays"),
    ("zone: Europe/London\n", "", 1, "zone: is required"),
    ("id: office", "id: ''", 1, "id: is required"),
    ("mon-thu", "mon-thi", 11, "versions[1].hours[0]: must name days"),
    ("to: 12:00", "to: 25:00", 7, "versions[0].hours[0].to: must be"),
    ("from: 08:30, to: 12:00", "to: 12:00", 7, "versions[0].hours[0].from: is required"),
    ("to: 12:00", "to: ~", 7, "versions[0].hours[0].to: is required"),
    ("to: 12:00", "to: 08:00", 7, "versions[0].hours[0]: must end behind"),
    ("from: 13:00", "from: 11:00", 8, "versions[0].hours[1]: must not overlap"),
    ("from: 2026-07-01", "from: 2026-01-01", 9, "versions[1]: begins on the day of another"),
    ("from: 2026-07-01", "from: 2026-02-30", 9, "versions[1].from: must be a date"),
    ("- {date: 2026-12-24", "- {date: 2026-04-03", 14, "holidays[1]: is on the day of another"),
    (", from: 08:30, to: 11:00", ", from: 08:30", 14, "holidays[1]: must have both from and to"),
    ("{date: 2026-04-03, name: Good Friday}", "2026-04-03", 13, "holidays[0]: must be a map"),
    ("name: Office hours", "name: &n Office\nzone: *n", 3, "aliases are not supported"),
    ("versions:\n", "versions: {}\nmore:\n", 4, "versions: must be a list"),
    ("id: office", "id: [office]", 1, "id: must be one value"),
    ("holidays:", "holidays: [\n", 14, "not YAML"),
])
def test_files_that_are_wrong_say_where(clock, tmp_path, old, new, where, words):
    assert old in OFFICE
    said = clock(OFFICE.replace(old, new, 1), *WEEK, code=2)
    assert said.startswith(f"redress: {tmp_path}/calendar.yaml:{where}: {words}"), said


def test_which_calendar(clock):
    assert clock(LIST, *WEEK, "--id", "night")["working_seconds"] == 7 * 10 * 3600
    assert "holds several: day, night" in clock(LIST, *WEEK, code=2)
    assert "holds no noon; these are: day, night" in clock(LIST, *WEEK, "--id", "noon", code=3)
    assert "is no noon but office" in clock(OFFICE, *WEEK, "--id", "noon", code=3)
    assert clock(OFFICE, *WEEK, "--id", "office")["calendar"] == "office"
    assert "holds no calendar" in clock("calendars: []\n", *WEEK, code=2)
    assert "calendars[1].zone: is no time zone" in clock(LIST.replace("Europe/Berlin", "Europe/B"), *WEEK, "--id", "day", code=2)
    closed = "id: never\nzone: UTC\nversions: [{from: 2024-01-01}]\n"
    assert "not so much working time" in clock(closed, "add", "--from", "2026-01-01T00:00:00Z", "--duration", "PT1S", code=1)
    done = subprocess.run([redress.program(), "clock", *WEEK, "--calendar", "/nowhere/at/all.yaml"], text=True, capture_output=True,
                          check=False)
    assert done.returncode == 3 and "cannot be read" in done.stderr


def test_what_is_applied_has_both_times_too(suite, tmp_path):
    path = tmp_path / "calendars.yaml"
    for missing in ("from: 08:00", "to: 18:00"):
        path.write_text(LIST.replace(missing, missing.split(":", maxsplit=1)[0] + ": ~", 1))
        done = suite.cli("apply", "-f", path, "--dry-run", check=False)
        assert done.returncode == 2 and f"versions[0].hours[0].{missing.split(':', maxsplit=1)[0]}: is required" in done.stderr
    path.write_text(LIST)
    suite.cli("apply", "-f", path)
    hours = suite.cli_json("calendar", "get", "night")["rows"][0]["versions"][0]["hours"]
    assert hours == [{"days": "mon-sun", "from": "00:00", "to": "06:00"}, {"days": "mon-sun", "from": "20:00", "to": "24:00"}]

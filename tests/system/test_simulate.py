"""What `redress simulate` tells ahead: nights in which clocks change, a holiday, a gap; word by word, and the same every time.

The expected words are files in simulated/. REDRESS_GOLDEN=write writes them anew, to be read before they are committed."""
import json
import os
import subprocess

import pytest

import redress

HERE = redress.ROOT / "tests" / "system" / "simulated"
SCENE = ("--client", "acme", "--service", "mail", "--component", "server")
# The file that holds what is expected, and what is asked.
PLAYED = [
    ("spring", ("--at", "2027-03-28T01:30", "--for", "PT3H")),
    ("autumn", ("--at", "2026-10-25T01:50", "--for", "PT3H")),
    ("holiday", ("--at", "2026-12-24T10:30", "--for", "PT26H", "--severity", "3")),
    ("gap", ("--at", "2026-11-24T11:40", "--for", "PT9H", "--ack-after", "PT35M")),
    ("raised", ("--at", "2026-11-24T09:00:00Z", "--for", "PT30M", "--raise", "--severity", "2")),
]


def simulate(*arguments, files=HERE):
    command = [redress.program(), "simulate", "-f", files, *arguments]
    return subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
                          timeout=2 * redress.PATIENCE)


def told(*arguments):
    done = simulate(*SCENE, *arguments, "-o", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name, asked", PLAYED)
def test_word_by_word(name, asked):
    done = simulate(*SCENE, *asked)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    path = HERE / f"{name}.txt"
    if os.environ.get("REDRESS_GOLDEN") == "write":
        path.write_text(done.stdout, encoding="utf-8")
    assert done.stdout == path.read_text(encoding="utf-8")
    assert simulate(*SCENE, *asked).stdout == done.stdout, "the same every time"


def kinds(answer, kind):
    return [note["words"] for note in answer["notes"] if note["kind"] == kind]


def test_clocks_that_change_are_said():
    spring, autumn, day = (told("--at", at, "--for", "PT3H") for at in
                           ("2027-03-28T01:30", "2026-10-25T01:50", "2026-11-24T09:00"))
    assert "go forward from 02:00 CET to 03:00 CEST" in kinds(spring, "clock")[0]
    assert "go back from 03:00 CEST to 02:00 CET" in kinds(autumn, "clock")[0]
    assert kinds(day, "clock") == []


def test_clocks_run_by_elapsed_time_through_the_night():
    """Half of 40 minutes is 20 minutes, whatever the wall shows; 75 percent falls on the instant of the jump."""
    for at, began in (("2027-03-28T01:30", "2027-03-28T00:30"), ("2026-10-25T01:50", "2026-10-24T23:50")):
        events = told("--at", at, "--for", "PT3H")["events"]
        reached = {(e["data"]["clock"], e["data"].get("percent", 50)): redress.instant(e["at"]) for e in events
                   if e["type"] in ("ticket.reminded", "ticket.threshold_reached")}
        start = redress.instant(began + ":00.000000Z")
        assert reached["response", 50] - start == 20 * 60_000_000
        assert reached["response", 75] - start == 30 * 60_000_000
        assert reached["response", 100] - start == 40 * 60_000_000


def test_a_holiday_and_a_gap_are_said():
    assert kinds(told("--at", "2026-12-25T10:30"), "holiday") == ["2026-12-25 is Christmas by the calendar office: closed"]
    assert "worked from 08:00 to 12:00" in kinds(told("--at", "2026-12-24T10:30"), "holiday")[0]
    gap = told("--at", "2026-11-24T11:40", "--for", "PT9H")
    assert kinds(gap, "gap") == ["nobody is on duty for Desk until Tue 2026-11-24 20:00 CET"]


def test_the_catalog_of_a_suite_up_and_down(suite):
    suite.cli("apply", "-f", HERE / "model.yaml")
    asked = ("simulate", *SCENE, "--at", "2027-03-28T01:30", "--for", "PT3H")
    expected = (HERE / "spring.txt").read_text(encoding="utf-8")
    assert suite.cli(*asked).stdout == expected
    assert suite.cli_json("escalation", "list")["rows"] == [], "nothing happened to the suite itself"
    suite.down()
    assert suite.cli(*asked).stdout == expected


@pytest.mark.parametrize("arguments, words, code", [
    (("--client", "acme", "--at", "2027-03-28T02:30"), "2027-03-28T02:30 is shown never in Europe/Berlin", 2),
    (("--client", "acme", "--at", "2026-10-25T02:30"), "2026-10-25T02:30 is shown twice in Europe/Berlin", 2),
    (("--client", "acme", "--at", "soon"), "--at takes an instant such as", 2),
    (("--client", "acme"), "which client, and when?", 2),
    (("--client", "umbrella", "--at", "2026-10-25T12:00"), "there is no client umbrella in the catalog", 3),
    (("--client", "acme", "--service", "x", "--at", "2026-10-25T12:00"), "there is no service x in the catalog", 3),
    (("--client", "acme", "--at", "2026-10-25T12:00", "--severity", "5"), "--severity takes 1 to 4", 2),
    (("--client", "acme", "--at", "2026-10-25T12:00", "--for", "P40D"), "--for takes a minute to 31 days", 2),
])
def test_what_cannot_be_simulated(arguments, words, code):
    done = simulate(*arguments)
    assert done.returncode == code and words in done.stderr, done.stderr


def test_nothing_is_left_behind(tmp_path):
    command = [str(redress.program()), "simulate", "-f", str(HERE), "--client", "acme", "--at", "2026-11-24T09:00:00Z"]
    subprocess.run(command, env={**os.environ, "TMPDIR": str(tmp_path)}, check=True, capture_output=True)
    assert not list(tmp_path.iterdir())


def test_two_hand_overs_at_once_are_told_once_each(tmp_path):
    """Whoever is asked accepts at once, so what is told is how it ends: of each roster one line, and nobody who has gone."""
    people = {"A": ("ann", "bob"), "B": ("cid", "dan")}
    layer = {"name": "Days", "from": "2026-01-01", "handover": "12:00", "unit": "day", "every": 1}
    model = {"clients": [{"id": "acme", "name": "Acme"}], "groups": [{"id": group, "side": "provider"} for group in people],
             "people": [{"id": who, "name": who, "side": "provider"} for both in people.values() for who in both],
             "roles": [{"id": f"of-{group}", "name": group, "side": "provider", "level": n + 1, "group": group}
                       for n, group in enumerate(people)],
             "rosters": [{"id": group, "group": group, "zone": "UTC", "accept_within": "PT30M",
                          "layers": [{**layer, "people": [{"person": who} for who in both]}]} for group, both in people.items()]}
    (tmp_path / "model.yaml").write_text(json.dumps(model), encoding="utf-8")
    done = simulate("--client", "acme", "--at", "2026-11-24T11:00:00Z", "--for", "PT2H", "-o", "json", files=tmp_path)
    assert done.returncode == 0, done.stderr
    changed = [event for event in json.loads(done.stdout)["events"] if event["type"] == "duty.changed"]
    assert sorted((event["at"], event["data"]["group"]) for event in changed) == [("2026-11-24T12:00:00.000000Z", "A"),
                                                                                ("2026-11-24T12:00:00.000000Z", "B")]
    assert {event["data"]["person"] for event in changed} in ({"ann", "cid"}, {"bob", "dan"})
    assert not any("incoming" in event["data"] for event in changed)


def test_the_past_has_room_for_all_that_came_since(tmp_path):
    """The catalog takes 256 overrides of a roster that are not over; a year ago none of those since then was."""
    model = {"clients": [{"id": "acme", "name": "Acme"}], "groups": [{"id": "A", "side": "provider"}],
             "people": [{"id": who, "name": who, "side": "provider"} for who in ("ann", "bob")],
             "roles": [{"id": "of-A", "name": "A", "side": "provider", "level": 1, "group": "A"}],
             "rosters": [{"id": "A", "group": "A", "zone": "UTC", "layers": [
                 {"name": "Days", "from": "2024-01-01", "handover": "00:00", "unit": "day", "every": 1, "people": [{"person": "ann"}]}]}],
             "overrides": [{"id": f"o{n}", "roster": "A", "person": "bob", "from": f"{day}T09:00:00Z", "to": f"{day}T10:00:00Z"}
                           for n, day in enumerate(f"2025-{month:02}-{day:02}" for month in range(1, 13) for day in range(28, 0, -1))]}
    (tmp_path / "model.yaml").write_text(json.dumps(model), encoding="utf-8")
    done = simulate("--client", "acme", "--at", "2025-01-03T08:30:00Z", "--for", "PT2H", "-o", "json", files=tmp_path)
    assert done.returncode == 0, done.stderr
    changed = [(event["at"][11:16], event["data"]["person"]) for event in json.loads(done.stdout)["events"]
               if event["type"] == "duty.changed"]
    assert changed == [("09:00", "bob"), ("10:00", "ann")]

"""The history import of the real log: its set of raises and level changes is the oracle's, two runs are identical, and a
fold gives the same state."""
import itertools
import json

import msgpack
import pytest

import cases
import oracle
import redress

pytestmark = pytest.mark.slow
TOTALS = {"rows": 119998, "tickets": 20769, "made_sla": 12595, "missed_sla": 20769 - 12595, "reopened": 234, "refused": 0}
SAME = ("type", "subject", "time", "causationid", "actor", "data", "sequence", "partitionkey")


TIMED = ("ticket.reminded", "ticket.threshold_reached", "ticket.group_silent", "escalation.raised", "escalation.level_raised")


def history(suite, *more):
    suite.data.mkdir(parents=True, mode=0o700)
    done = suite.cli("import", "tickets", oracle.UCI, "--map", "uci-incidents", "--history", "-o", "json", *more, seconds=600)
    return json.loads(done.stdout)


@pytest.fixture(name="imported", scope="module")
def fixture_imported():
    """One import for the module: what it printed, its suite (up, on an adopted clock) and its log before the adoption."""
    if not oracle.UCI.exists():
        pytest.skip(f"{oracle.UCI} is absent")
    with redress.Suite() as suite:
        printed = history(suite)
        assert suite.cli("verify", seconds=600).returncode == 0, "a fold is not the state"
        suite.up("--adopt-clock")
        frames = suite.log()
        yield printed, frames, suite


@pytest.fixture(name="expected", scope="module")
def fixture_expected():
    facts, bad = oracle.read(oracle.UCI)
    tickets = oracle.simulate(facts)
    return oracle.changes(tickets), oracle.totals(facts, bad, tickets)


def test_prints_the_totals(imported, expected):
    printed = imported[0]
    assert {key: printed[key] for key in TOTALS} == TOTALS
    assert printed["escalations"] == expected[1]["escalations"]


def test_raises_and_levels_are_exactly_the_oracles(imported, expected):
    found, wanted = cases.changes(imported[1]), expected[0]
    missing, surplus = sorted(wanted - found), sorted(found - wanted)
    assert not missing and not surplus, (f"{len(missing)} missing, first {missing[:5]}; "
                                         f"{len(surplus)} not expected, first {surplus[:5]}")


def test_every_change_is_said_once(imported):
    said = [(e["subject"], e["data"]["level"]) for e in map(msgpack.unpackb, imported[1])
            if e["type"] in ("escalation.raised", "escalation.level_raised")]
    assert len(said) == len(set(said))


def test_verdicts_and_agreement_of_the_query(imported, expected):
    summary = imported[2].cli_json("query", "escalation.ticket_summary")
    names = {"met": "verdict_met", "missed": "verdict_missed", "running": "verdict_running", "agreement": "agree"}
    found = {key: cases.find(summary, names.get(key, key)) for key in expected[1] if key != "refused"}
    assert found == {key: wanted for key, wanted in expected[1].items() if key != "refused"}


def timed(frames):
    """What clocks, ladders and silence led to; the instants of a ladder's steps are said where hours are counted."""
    for event in map(msgpack.unpackb, frames):
        if event["type"] in TIMED:
            data = {**event["data"], "steps": [{**step, "at": None} for step in event["data"].get("steps", [])]}
            yield event["type"], event["subject"], event["time"], data


def test_hours_of_every_day_are_no_hours(imported, tmp_path):
    """A calendar of all hours, in a zone with summer time, counts every clock and every ladder; nothing comes out otherwise."""
    clients = sorted({msgpack.unpackb(frame)["partitionkey"] for frame in imported[1]} - {"", "provider"})
    model = {"calendars": [{"id": "always", "name": "Always", "zone": "Europe/Berlin", "versions": [
                 {"from": "2015-01-01", "hours": [{"days": "mon-sun", "from": "00:00", "to": "24:00"}]}]}],
             "services": [{"id": "all", "name": "All"}],
             "clients": [{"id": name, "name": name, "calendar": "always"} for name in clients],
             "contracts": [{"id": f"contract-{name}", "client": name, "services": ["all"], "start": "2015-01-01"} for name in clients]}
    (tmp_path / "model.yaml").write_text(json.dumps(model), encoding="utf-8")  # JSON is YAML
    with redress.Suite() as other:
        printed = history(other, "--model", tmp_path / "model.yaml")
        assert other.cli("verify", seconds=600).returncode == 0, "a fold is not the state"
        other.up("--adopt-clock")
        frames = other.log()
        summary = other.cli_json("query", "escalation.ticket_summary")
    counted = sum("reckoned" in e["data"] for e in map(msgpack.unpackb, frames) if e["type"] == "ticket.recorded")
    assert counted > printed["tickets"], "no clock counted hours"
    assert {**printed, "seconds": 0} == {**imported[0], "seconds": 0}
    assert summary == imported[2].cli_json("query", "escalation.ticket_summary")
    for one, two in itertools.zip_longest(timed(imported[1]), timed(frames)):
        assert one == two


def test_a_second_run_is_identical(imported):
    with redress.Suite() as other:
        history(other)
        other.up("--adopt-clock")
        frames = other.log()
    first, second = imported[1], frames
    assert len(first) == len(second)
    for one, two in zip(map(msgpack.unpackb, first), map(msgpack.unpackb, second)):
        if one["type"] == two["type"] == "clock.adopted" or one["type"].endswith(".clock_adopted"):
            continue  # said by the real clock
        assert {name: one[name] for name in SAME} == {name: two[name] for name in SAME}

"""The chain on the real log: what the history import signals by events is what an independent computation finds from the
same log, and every seal, limit and rule follows from the tickets as they were told."""
import collections

import msgpack
import pytest

import oracle
import oracle_chart
import oracle_series
import redress

pytestmark = pytest.mark.slow
PERIODS = 20


@pytest.fixture(name="imported", scope="module")
def fixture_imported():
    """What kpi and sip said while the log was imported, in their order."""
    if not oracle.UCI.exists():
        pytest.skip(f"{oracle.UCI} is absent")
    first = oracle_series.first_day(oracle.UCI)
    config = {"kpi": {"period": "weekday", "baseline_periods": PERIODS, "baseline_from": first.isoformat()}}
    with redress.Suite(config=config) as suite:
        suite.data.mkdir(parents=True, mode=0o700)
        suite.cli("import", "tickets", oracle.UCI, "--map", "uci-incidents", "--history", "--config", suite.config, seconds=900)
        assert suite.cli("verify", seconds=600).returncode == 0, "a fold is not the state"
        suite.up("--adopt-clock")
        yield first, [[msgpack.unpackb(frame) for frame in suite.log(service)] for service in ("kpi", "sip")], suite


def of_type(events, kind):
    return [event for event in events if event["type"] == kind]


def repetition(event):
    data = event["data"]
    return event["partitionkey"], data["component"], data["from"]


def test_repetitions_are_exactly_those_of_the_oracle(imported):
    first, (events, _), _ = imported
    wanted = {tuple(signal[:3]): signal for signal in
              oracle_series.repetitions(oracle_series.seals(oracle.UCI), first, PERIODS)}
    found = {repetition(e): e["data"] for e in of_type(events, "signal.found") if e["data"]["kind"] == "repetition"}
    assert len(wanted) > 100 and set(found) == set(wanted)
    for key, signal in wanted.items():
        assert abs(signal.tail - oracle_series.TAIL) > 2e-9, "too near the edge to be judged"
        data = found[key]
        assert data["count"] == signal.count and data["from"] == data["to"]
        assert abs(float(data["expected"]) - signal.expected) < 1e-6
        assert abs(float(data["tail"]) - signal.tail) <= 2e-9


def test_evidence_names_the_incidents(imported):
    _, (events, _), _ = imported
    tickets = {}
    for event in events:
        if event["type"] == "ticket.counted":
            tickets[event["partitionkey"], event["subject"].split("/", 1)[1]] = event["data"]
        elif event["type"] == "signal.found" and event["data"]["kind"] == "repetition":
            client, component, day = repetition(event)
            named = [t["ticket"] for t in event["data"]["tickets"]]
            assert len(named) == min(16, event["data"]["count"]) == len(set(named))
            for ticket in named:
                data = tickets[client, ticket]
                assert (data["component"], data["opened"], data["type"]) == (component, day, "incident")


def test_each_repetition_is_a_candidate_by_event(imported):
    _, (events, programmes), _ = imported
    found = {repetition(e)[:2] for e in of_type(events, "signal.found") if e["data"]["kind"] == "repetition"}
    heard = {(e["partitionkey"], e["data"].get("component")) for e in programmes if e["type"].startswith("candidate.")}
    assert found and found <= heard


def test_seals_limits_and_rules_follow_from_the_tickets(imported):
    first, (events, _), _ = imported
    wanted = oracle_chart.replay(events, first, PERIODS)
    found = collections.defaultdict(list)
    for event in events:
        if event["type"] in ("series.closed", "series.frozen", "signal.found"):
            found[event["type"]].append(event)
    oracle_chart.compare(wanted, found)


def test_the_query_gives_what_was_said(imported):
    _, (events, _), suite = imported
    said = of_type(events, "signal.found")
    rows, cursor = [], None
    while True:
        page = suite.cli_json("query", "kpi.signals", "--limit", 200, *(["--cursor", cursor] if cursor else []))
        rows += page["rows"]
        cursor = page.get("cursor")
        if not cursor:
            break
    assert [row["signal"] for row in rows] == sorted((row["signal"] for row in rows), key=[r["signal"] for r in rows].index)
    assert {row["signal"] for row in rows} == {event["subject"].split("/", 1)[1] for event in said}
    assert [row["found_at"] for row in rows] == sorted(row["found_at"] for row in rows)

"""History with a catalog, twice: two runs are identical, the commands of the catalog, hand-overs and reminders included."""
import itertools

import msgpack

import redress

EXAMPLE = redress.ROOT / "deploy" / "example"
SAME = ("type", "subject", "time", "causationid", "actor", "data", "sequence", "partitionkey")


def history():
    """What was logged before the clock was adopted, by service and partition."""
    with redress.Suite(partitions=2) as suite:
        suite.data.mkdir(parents=True, mode=0o700)
        suite.cli("import", "tickets", EXAMPLE / "tickets.csv", "--map", "ticket-log", "--history", "--model", EXAMPLE,
                  "--partitions", 2)
        heads = {(row["service"], row["partition"]): row["events"] for row in suite.cli_json("verify")["partitions"]}
        suite.up("--adopt-clock")
        ret = {where: [msgpack.unpackb(frame) for frame in suite.log(*where)[:head]] for where, head in heads.items()}
        suite.down()
        assert suite.cli("verify").returncode == 0, "a fold is not the state"
    return ret


def test_two_runs_are_identical():
    first, second = history(), history()
    several = {service for service, partition in first if partition == 1}
    assert first.keys() == second.keys() == {("catalog", 0)} | {(service, n) for service in several for n in (0, 1)}
    assert several >= {"escalation", "kpi", "notification"} and all(first[service, 0] for service in several - {"sip"})
    said = {event["type"] for event in first["catalog", 0]}
    assert {"person.changed", "contract.changed", "duty.changed", "duty.handover_asked"} <= said, said
    for where, events in first.items():
        for one, two in itertools.zip_longest(events, second[where]):
            assert {name: one.get(name) for name in SAME} == {name: two.get(name) for name in SAME}, where

"""Every attribute of the event envelope, the gapless sequences, the causes and versions that WIRE.md promises."""
import msgpack
import pytest

import cases
import redress

ALWAYS = {"specversion", "id", "source", "type", "subject", "time", "partitionkey", "epoch", "sequence", "causationid",
          "actor", "dataversion", "data"}


@pytest.fixture(name="made", scope="module")
def fixture_made():
    """A suite with a small life in it: its frames, its events, and the replies that made them."""
    with redress.Suite() as suite:
        suite.up()
        with suite.commander() as commander:
            replies = []
            for client in ("acme", "globex"):
                for body in (cases.fact("T1"), cases.fact("T1", state="active", mod_count=1)):
                    replies.append((redress.uuid7(), "ticket.record", client, body))
                replies.append((redress.uuid7(), "escalation.raise", client, cases.raising()))
            replies = [(each, commander.ok(each[1], each[2], each[3], id=each[0])) for each in replies]
            escalation = cases.escalation_of(suite, replies[-1][0][0])
            again = commander.ok("escalation.ack", "globex", {"escalation": escalation})
            frames = suite.log()
            yield {"frames": frames, "events": [msgpack.unpackb(f) for f in frames], "replies": replies,
                   "suite": suite, "ack": again, "escalation": escalation}


def test_has_exactly_the_named_attributes(made):
    for event in made["events"]:
        assert ALWAYS <= set(event) <= ALWAYS | {"traceparent"}, event
        assert event["specversion"] == "1.0"
        assert isinstance(event["data"], dict) and all(isinstance(key, str) for key in event["data"])


def test_id_is_of_service_partition_epoch_and_sequence(made):
    for event in made["events"]:
        assert event["id"] == f"escalation/000/{event['epoch']}/{event['sequence']}"
    assert len({event["id"] for event in made["events"]}) == len(made["events"])


def test_source_names_one_install(made):
    sources = {event["source"] for event in made["events"]}
    assert len(sources) == 1
    parts = sources.pop().split("/")
    assert parts[:2] == ["", "redress"] and parts[2] and parts[3:] == ["escalation", "000"]


def test_sequences_are_gapless_from_one(made):
    assert [event["sequence"] for event in made["events"]] == list(range(1, len(made["events"]) + 1))


def test_time_never_decreases(made):
    times = [redress.instant(event["time"]) for event in made["events"]]
    assert times == sorted(times)
    assert abs(times[-1] - redress.instant(redress.from_now(0))) < 120_000_000


def test_subject_begins_with_the_partition_key(made):
    for event in made["events"]:
        assert event["subject"].startswith(event["partitionkey"] + "/"), event
        assert event["partitionkey"] in ("acme", "globex")
    raised = [event for event in made["events"] if event["type"] == "escalation.raised"]
    assert all(event["subject"].split("/", 1)[1].startswith("esc-") for event in raised) and len(raised) == 2


def test_cause_is_the_command(made):
    by_sequence = {event["sequence"]: event for event in made["events"]}
    for (ident, kind, client, _), reply in made["replies"]:
        event = by_sequence[reply["sequence"]]
        assert event["causationid"] == ident and event["partitionkey"] == client
        assert event["type"].split(".")[0] == kind.split(".")[0]


def test_actor_is_never_empty(made):
    assert all(isinstance(event["actor"], str) and event["actor"] for event in made["events"])


def test_version_is_the_sequence_of_the_last_event_about_the_entity(made):
    by_sequence = {event["sequence"]: event for event in made["events"]}
    for (_, _, _, _), reply in made["replies"]:
        event = by_sequence[reply["version"]]
        assert event["subject"] == by_sequence[reply["sequence"]]["subject"]
    last = [event for event in made["events"] if event["subject"] == f"globex/{made['escalation']}"][-1]
    assert made["ack"]["version"] == last["sequence"]


def test_bytes_are_canonical_messagepack(made):
    """Integers in the smallest form, and nothing a plain reader needs an option for."""
    for frame in made["frames"]:
        assert msgpack.packb(msgpack.unpackb(frame)) == frame


def test_no_floats_anywhere(made):
    def walk(value):
        assert not isinstance(value, (float, bytes)), value
        for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(each)
    for event in made["events"]:
        walk(event)


def test_published_bytes_are_the_stored_bytes(made):
    suite = made["suite"]
    with suite.consumer() as live, suite.commander() as commander:
        live.follow()
        last = commander.ok("escalation.raise", "acme", cases.raising("bytes"))["sequence"]
        live.follow(to=last)
        assert live.taken_live > 0
        assert live.frames == suite.log()


def test_traceparent_and_actor_of_the_command_are_on_its_events(made):
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    suite = made["suite"]
    with suite.commander() as commander:
        reply = commander.ok("escalation.raise", "acme", cases.raising("traced"), traceparent=parent)
        event = msgpack.unpackb(suite.log()[reply["sequence"] - 1])
        assert event["traceparent"] == parent
        without = commander.ok("escalation.raise", "acme", cases.raising("untraced"))
        assert "traceparent" not in msgpack.unpackb(suite.log()[without["sequence"] - 1])


def test_occurred_at_of_a_ticket_is_the_moment_of_the_fact(made):
    moments = {body["updated_at"] for (_, kind, _, body), _ in made["replies"] if kind == "ticket.record"}
    tickets = [event for event in made["events"] if event["type"].startswith("ticket.")]
    assert tickets
    for event in tickets:
        assert event["data"]["occurred_at"] in moments, event

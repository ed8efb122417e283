"""The history of an entity, by the query that every service has: always what a replay of the whole log finds."""
import pathlib

import msgpack
import pytest

import cases
import redress

DATA = pathlib.Path(__file__).resolve().parents[1] / "data" / "incidents.csv"
PARTITIONS = 2


def pages(commander, client, data, limit=None):
    """All events of a history, newest first as they come."""
    more, rows = ({"limit": limit} if limit else {}), []
    while True:
        reply = commander.query("escalation.history", data, client=client, **more)
        assert reply["status"] == "ok", reply
        assert len(reply["result"]) <= (limit or 100)
        rows += reply["result"]
        if "cursor" not in reply:
            return rows
        assert reply["result"], "a page of nothing, and more behind it"
        more["cursor"] = reply["cursor"]


def found(log, subjects):
    """The same by going through a log: nouns and subjects ("escalation", "acme/esc-1"), newest first."""
    return [event for event in reversed(log) if (event["type"].split(".")[0], event["subject"]) in subjects]


def tickets_of(log, subject):
    """The tickets that an escalation ever had, from its own events."""
    own = [event for event in log if event["subject"] == subject and event["type"].startswith("escalation.")]
    return list(dict.fromkeys(row["ticket"] for event in own for row in event["data"].get("tickets", [])))


@pytest.fixture(name="told", scope="module")
def fixture_told():
    """A suite with history of the small log, worked on since; its logs by partition."""
    with redress.Suite(partitions=PARTITIONS) as suite:
        suite.data.mkdir(parents=True, mode=0o700)
        suite.cli("import", "tickets", DATA, "--map", "uci-incidents", "--history", "--partitions", PARTITIONS, check=False)
        suite.up("--adopt-clock")
        with suite.commander() as commander:
            for partition in range(PARTITIONS):
                client = redress.client_in(partition, PARTITIONS, "late")
                for n in range(6):
                    commander.ok("ticket.record", client, cases.fact(f"T{n}", title="words " * 30))
                both = [commander.ok("escalation.raise", client, cases.raising(tickets=[
                    {"ticket": f"test:T{n}"}, {"ticket": f"test:T{n + 1}"}])) for n in (0, 2)]
                one, other = map(cases.id_of_reply, both)
                for n in range(30):
                    commander.ok("escalation.update", client, cases.update(one, f"u{n}"))
                commander.ok("escalation.merge", client, {"escalation": one, "other": other})
            logs = [list(map(msgpack.unpackb, suite.log(partition=n))) for n in range(PARTITIONS)]
            yield suite, commander, logs


def escalations_of(logs):
    """(log, client, id) of every escalation."""
    raised = [(log, event["subject"]) for log in logs for event in log if event["type"] == "escalation.raised"]
    return [(log, *subject.split("/", 1)) for log, subject in raised]


def test_every_entity_has_its_history(told):
    _, commander, logs = told
    for log in logs:
        subjects = {(event["type"].split(".")[0], event["subject"]) for event in log if not event["subject"].startswith("/")}
        assert len(subjects) >= 8
        for noun, subject in sorted(subjects)[::max(1, len(subjects) // 60)]:
            client, ident = subject.split("/", 1)
            assert pages(commander, client, {"noun": noun, "id": ident}) == found(log, {(noun, subject)})
            assert pages(commander, client, {"id": ident}, 7) == found(log, {(noun, subject)})


@pytest.mark.parametrize("limit", [1, 10, 500])
def test_an_escalation_is_told_with_its_tickets(told, limit):
    _, commander, logs = told
    longest = 0
    for log, client, ident in escalations_of(logs)[-12:]:
        tickets = tickets_of(log, f"{client}/{ident}")
        wanted = found(log, {("escalation", f"{client}/{ident}")} | {("ticket", f"{client}/{name}") for name in tickets})
        also = [{"noun": "ticket", "id": name} for name in tickets]
        assert pages(commander, client, {"noun": "escalation", "id": ident, "also": also}, limit) == wanted
        longest = max(longest, len(wanted))
    assert longest > 40


def test_events_of_others_are_not_told(told):
    _, commander, logs = told
    (_, client, ident), (_, stranger, _) = escalations_of(logs)[0], escalations_of(logs)[-1]
    assert client != stranger
    assert pages(commander, client, {"id": ident})
    assert not pages(commander, stranger, {"id": ident})
    assert not pages(commander, client, {"noun": "ticket", "id": ident})
    first = commander.query("escalation.history", {"id": ident}, client=client, limit=1)
    reply = commander.query("escalation.history", {"id": "esc-other"}, client=client, cursor=first["cursor"])
    assert (reply["status"], reply["field"]) == ("invalid", "cursor")


@pytest.mark.parametrize("client, data, field", [
    (None, {"id": "x"}, "client"), ("acme", {}, "id"), ("acme", {"id": "x", "noun": "ticket_totals"}, "noun"),
    ("acme", {"id": "x", "also": [{"id": "y"}] * 65}, "also"), ("acme", {"id": "x", "also": [{"id": 7}]}, "also[0].id"),
    ("acme", {"id": 5}, "id"), ("acme", {"id": "x" * 121}, "id"), ("acme", {"id": "x", "also": [{"id": "y", "noun": "z"}]}, "also"),
], ids=cases.short)
def test_wrong_questions_are_invalid(told, client, data, field):
    reply = told[1].query("escalation.history", data, client=client)
    assert (reply["status"], reply["field"]) == ("invalid", field), reply


def test_the_tool_tells_the_same_up_and_down(told):
    """Up and down alike: the query, and the timeline of one escalation as the timeline of its client has it."""
    suite, commander, logs = told
    asked = escalations_of(logs)[::max(1, len(escalations_of(logs)) // 12)]
    wanted = [(cases.texts(pages(commander, client, {"id": ident}))) for _, client, ident in asked]
    whole = {client: suite.cli_json("timeline", client)["timeline"] for _, client, _ in asked}
    assert any("clock of" in line["why"] for lines in whole.values() for line in lines), "no reason is from a ticket"
    try:
        for turn in ("up", "down"):
            for (_, client, ident), rows in zip(asked, wanted):
                printed = suite.cli_json("query", "escalation.history", "--client", client, "--id", ident, "--all")
                assert cases.texts(printed["rows"]) == rows, turn
                lines = [line for line in whole[client] if line["escalation"] == ident]
                assert lines and suite.cli_json("timeline", f"{client}/{ident}")["timeline"] == lines, turn
            gone = suite.cli("timeline", f"{asked[0][1]}/esc-none", check=False)
            assert gone.returncode == 3 and "has no escalation esc-none" in gone.stderr
            if turn == "up":
                suite.down()
    finally:
        suite.up()


def test_pages_hold_while_commands_go_on(shared, ask, client):
    """Facts of a ticket stream in while its history is read page by page: no page repeats or misses anything."""
    ask.ok("ticket.record", client, cases.fact("T0"))
    for n in range(60):
        ask.ok("ticket.record", client, cases.fact("T0", mod_count=n + 1))
    cursor, seen, sent = {}, [], 0
    with shared.commander() as reader:
        while True:
            for _ in range(20):
                sent += 1
                ask.raw(msgpack.packb({"op": "command", "id": redress.uuid7(), "type": "ticket.record", "client": client,
                                       "data": cases.fact("T0", mod_count=1000 + sent)}))
            reply = reader.query("escalation.history", {"id": "test:T0"}, client=client, limit=5, **cursor)
            assert reply["status"] == "ok"
            seen += reply["result"]
            if "cursor" not in reply:
                break
            cursor = {"cursor": reply["cursor"]}
    for _ in range(sent):
        assert ask.receive()["status"] == "ok"
    log = list(map(msgpack.unpackb, shared.log()))
    wanted = [event for event in found(log, {("ticket", f"{client}/test:T0")}) if event["sequence"] <= seen[0]["sequence"]]
    assert seen == wanted and len(log) > len(seen) > 60


def test_a_history_waits_for_what_its_client_did(ask, client):
    ident, _ = cases.raised(ask, client)
    for n in range(20):
        done = ask.ok("escalation.update", client, cases.update(ident, f"n{n}"))
        reply = ask.query("escalation.history", {"id": ident}, client=client, after=cases.after(done["sequence"]), limit=1)
        assert [event["sequence"] for event in reply["result"]] == [done["sequence"]]
        assert reply["result"][0]["causationid"] == done["id"]

"""Commands and their replies as WIRE.md names them: every status, idempotency, versions, waiting and order."""
import time

import msgpack
import pytest

import cases
import redress

REPLY = {"id", "status", "sequence", "version", "result", "code", "field", "message", "retry_after_ms", "endpoint", "replayed"}
DAY = 86_400_000


def head(commander, client):
    """The head of the client's log, by way of one more event."""
    return commander.ok("escalation.raise", client, cases.raising("head"))["sequence"]


def now_ms():
    return time.time_ns() // 1_000_000


def without(reply, *names):
    return {key: value for key, value in reply.items() if key not in names}


# --- replies --------------------------------------------------------------------------------------------------------


def test_ok_names_sequence_and_version(ask, client):
    ident = redress.uuid7()
    reply = ask.ok("escalation.raise", client, cases.raising(), id=ident)
    assert set(reply) <= REPLY and reply["id"] == ident
    assert reply["sequence"] > 0 and reply["version"] > 0 and not reply.get("replayed")


def test_unknown_keys_are_ignored(ask, client):
    reply = ask.ok("escalation.raise", client, {**cases.raising(), "no_such_field": [1, {"a": "b"}]}, no_such_key={"x": 1})
    assert reply["sequence"]


def test_refused_names_code_field_and_sentence(ask, client):
    ident, _ = cases.raised(ask, client)
    reply = ask.command("escalation.update", client, cases.update(ident, seconds=-60))
    assert reply["status"] == "refused" and reply["code"] and reply["message"].endswith("."), reply
    assert reply["field"] == "next_update_at"
    assert "sequence" not in reply and set(reply) <= REPLY


def test_refused_is_decided_again_under_the_same_id(ask, client):
    ident, _ = cases.raised(ask, client)
    same = redress.uuid7()
    late = cases.update(ident, seconds=-60)
    first = ask.command("escalation.update", client, late, id=same)
    second = ask.command("escalation.update", client, late, id=same)
    assert first["status"] == second["status"] == "refused" and not second.get("replayed")
    assert ask.command("escalation.update", client, cases.update(ident), id=same)["status"] == "ok", "another body may follow"


def test_not_found(ask, client):
    reply = ask.command("escalation.ack", client, {"escalation": "esc-00000000-0000-8000-8000-000000000000"})
    assert reply["status"] == "not_found" and "sequence" not in reply, reply


def test_an_escalation_of_another_client_is_not_found(ask, client):
    ident, _ = cases.raised(ask, client)
    assert ask.command("escalation.ack", client + "x", {"escalation": ident})["status"] == "not_found"


# --- invalid --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body, field", [
    ({"next_update_at": None}, "next_update_at"), ({"next_update_at": "tomorrow"}, "next_update_at"),
    ({"next_update_at": "2030-02-30T00:00:00.000000Z"}, "next_update_at"), ({"next_update_at": 5}, "next_update_at"),
    ({"context": 5}, "context"), ({"context": ""}, "context"), ({"context": "x" * 100_000}, "context"),
    ({"context": b"\xff"}, "context"), ({"impact": ...}, "impact"), ({"action": ...}, "action"),
    ({"workaround": ...}, "workaround"), ({"context": ...}, "context"), ({"next_update_at": ...}, "next_update_at"),
    ({"escalation": ...}, "escalation"), ({"escalation": 7}, "escalation"), ({"escalation": "x" * 200}, "escalation"),
], ids=cases.short)
def test_invalid_update_names_the_field(ask, client, body, field):
    ident, _ = cases.raised(ask, client)
    data = {key: value for key, value in {**cases.update(ident), **body}.items() if value is not ...}
    reply = ask.command("escalation.update", client, data)
    assert reply["status"] == "invalid" and reply["field"] == field and reply["message"], reply


@pytest.mark.parametrize("body, field", [
    ({"state": "broken"}, "state"), ({"state": 3}, "state"), ({"priority": 0}, "priority"), ({"priority": 5}, "priority"),
    ({"priority": "3"}, "priority"), ({"priority": 2.0}, "priority"), ({"priority": 1 << 63}, "priority"),
    ({"mod_count": -1}, "mod_count"), ({"number": ...}, "number"), ({"number": ""}, "number"), ({"source": ...}, "source"),
    ({"updated_at": ...}, "updated_at"), ({"updated_at": "2016-01-01"}, "updated_at"), ({"state": ...}, "state"),
], ids=cases.short)
def test_invalid_fact_names_the_field(ask, client, body, field):
    data = {key: value for key, value in {**cases.fact(), **body}.items() if value is not ...}
    reply = ask.command("ticket.record", client, data)
    assert reply["status"] == "invalid" and reply["field"] == field and reply["message"], reply


@pytest.mark.parametrize("changes, field", [
    ({"id": "no uuid"}, "id"), ({"type": "escalation.explode"}, "type"), ({"type": ""}, "type"), ({"client": ""}, "client"),
    ({"client": "c" * 65}, "client"), ({"client": "a/b"}, "client"), ({"data": []}, "data"), ({"expect": -1}, "expect"),
    ({"expect": "x"}, "expect"), ({"after": 5}, "after"),
], ids=cases.short)
def test_invalid_attribute_names_it(ask, changes, field):
    message = {"op": "command", "id": redress.uuid7(), "type": "escalation.raise", "client": "acme", "data": cases.raising()}
    ask.raw(msgpack.packb({**message, **changes}))
    reply = ask.receive()
    assert reply["status"] == "invalid" and reply["field"] == field and reply["message"], reply


@pytest.mark.parametrize("age", [-6 * DAY - 60_000, -30 * DAY, 5 * 60_000 + 60_000, DAY], ids=cases.short)
def test_an_id_of_another_time_is_invalid(ask, client, age):
    reply = ask.command("escalation.raise", client, cases.raising(), id=redress.uuid7(now_ms() + age))
    assert reply["status"] == "invalid" and reply["field"] == "id", reply


@pytest.mark.parametrize("age", [-6 * DAY + 60_000, 5 * 60_000 - 60_000], ids=cases.short)
def test_an_id_within_its_time_is_taken(ask, client, age):
    ask.ok("escalation.raise", client, cases.raising(), id=redress.uuid7(now_ms() + age))


# --- idempotency ----------------------------------------------------------------------------------------------------


def test_the_same_id_gives_the_same_reply_and_no_event(shared, ask, client):
    ident, data = redress.uuid7(), cases.raising()
    first = ask.ok("escalation.raise", client, data, id=ident)
    last = head(ask, client)
    second = ask.command("escalation.raise", client, data, id=ident)
    assert second["replayed"] is True and without(second, "replayed") == without(first, "replayed")
    assert head(ask, client) == last + 1
    events = [e for e in map(msgpack.unpackb, shared.log()) if e["causationid"] == ident]
    assert len({e["type"] for e in events}) == len(events)


def test_the_same_id_from_another_connection_is_the_same(shared, ask, client):
    ident, data = redress.uuid7(), cases.raising()
    first = ask.ok("escalation.raise", client, data, id=ident)
    with shared.commander() as other:
        assert without(other.command("escalation.raise", client, data, id=ident), "replayed") == without(first, "replayed")


def test_the_order_of_keys_is_not_another_body(ask, client):
    ident, data = redress.uuid7(), cases.raising()
    first = ask.ok("escalation.raise", client, data, id=ident)
    second = ask.command("escalation.raise", client, dict(reversed(data.items())), id=ident)
    assert second["status"] in ("ok", "id_reused")
    assert second["status"] != "ok" or second["sequence"] == first["sequence"]


@pytest.mark.parametrize("other", ["body", "type", "client"])
def test_the_same_id_with_another_body_is_reused(ask, client, other):
    ident = redress.uuid7()
    escalation, _ = cases.raised(ask, client)
    ask.ok("escalation.ack", client, {"escalation": escalation}, id=ident)
    what = {"body": ("escalation.ack", client, {"escalation": escalation + "0"}),
            "type": ("escalation.raise", client, cases.raising()),
            "client": ("escalation.ack", client + "x", {"escalation": escalation})}[other]
    reply = ask.command(*what, id=ident)
    assert reply["status"] == "id_reused", reply


def test_a_ticket_fact_is_idempotent_by_the_ticket(shared, ask, client):
    data = cases.fact("N1")
    first = ask.ok("ticket.record", client, data)
    length = len(shared.log())
    again = ask.command("ticket.record", client, data)
    assert again["status"] == "ok" and again["version"] == first["version"], again
    older = ask.command("ticket.record", client, {**data, "updated_at": redress.from_now(-500), "state": "active"})
    assert older["status"] == "ok"
    assert len(shared.log()) == length, "a known fact changes nothing"


# --- versions -------------------------------------------------------------------------------------------------------


def test_expect_holds_or_is_a_version_conflict(ask, client):
    ident, reply = cases.raised(ask, client)
    wrong = ask.command("escalation.ack", client, {"escalation": ident}, expect=reply["version"] + 1)
    assert wrong["status"] == "version" and "sequence" not in wrong, wrong
    right = ask.ok("escalation.ack", client, {"escalation": ident}, expect=reply["version"])
    assert right["version"] > reply["version"]
    assert ask.command("escalation.ack", client, {"escalation": ident}, expect=reply["version"])["status"] == "version"
    ask.ok("escalation.ack", client, {"escalation": ident}, expect=right["version"])


def test_expect_zero_means_must_not_exist(ask, client):
    data = cases.fact("Z1")
    ask.ok("ticket.record", client, data, expect=0)
    later = {**data, "mod_count": 1, "state": "active"}
    assert ask.command("ticket.record", client, later, expect=0)["status"] == "version"
    ask.ok("escalation.raise", client, cases.raising(), expect=0)
    ident, _ = cases.raised(ask, client)
    assert ask.command("escalation.ack", client, {"escalation": ident}, expect=0)["status"] == "version"


def test_expect_on_a_creating_command_may_only_be_zero(ask, client):
    assert ask.command("escalation.raise", client, cases.raising(), expect=5)["status"] in ("version", "invalid")


# --- waiting and order ----------------------------------------------------------------------------------------------


def test_after_a_reached_sequence_answers_at_once(ask, client):
    last = head(ask, client)
    redress.at_best(lambda: ask.ok("escalation.raise", client, cases.raising(), after=cases.after(last), again=redress.PATIENCE), 1)


def test_after_a_future_sequence_is_busy_within_two_seconds(shared, ask, client):
    last = head(ask, client)

    def refused():
        begin = time.monotonic()
        with shared.commander() as fresh:  # behind a busy one the commands of a connection wait for it
            reply = fresh.command("escalation.raise", client, cases.raising(), after=cases.after(last + 1000), patient=False,
                                  again=redress.PATIENCE)
        assert reply["status"] == "busy" and reply["retry_after_ms"] > 0, reply
        assert time.monotonic() - begin > 1.0, "it was waited for"
    redress.at_best(refused, 3.5)


def test_after_is_waited_for(shared, client):
    """The sequence comes from another connection while the command waits; where that took too long, it is tried anew."""
    for _ in range(10):
        with shared.commander() as other, shared.commander() as patient:
            last = other.ok("escalation.raise", client, cases.raising("connected"))["sequence"]
            waiting = {"op": "command", "id": redress.uuid7(), "type": "escalation.raise", "client": client,
                       "data": cases.raising("waiting"), "after": cases.after(last + 1)}
            begin = time.monotonic()
            patient.raw(msgpack.packb(waiting))
            assert patient.receive(seconds=0.2) is None
            assert other.ok("escalation.raise", client, cases.raising("what is waited for"))["sequence"] == last + 1
            lasted, reply = time.monotonic() - begin, patient.receive()
        if reply["status"] == "ok" or lasted < 1.0:
            break
    assert reply["status"] == "ok" and reply["sequence"] == last + 2, reply


def test_query_waits_for_after_too(ask, client):
    last = head(ask, client)

    def refused():
        begin = time.monotonic()
        message = {"op": "query", "id": redress.uuid7(), "type": "escalation.list", "client": client, "data": {},
                   "after": cases.after(last + 1000)}
        reply = ask.ask(message, redress.partition_of(client, ask.suite.partitions), again=redress.PATIENCE, patient=False)
        assert reply["status"] == "busy" and time.monotonic() - begin > 1.0, reply
    redress.at_best(refused, 3.5)


def test_after_busy_the_later_commands_of_the_connection_are_busy_until_the_first_is_sent_again(shared, ask, client):
    last = head(ask, client)
    first = {"op": "command", "id": redress.uuid7(), "type": "escalation.raise", "client": client,
             "data": cases.raising("first"), "after": cases.after(last + 1)}
    second = {"op": "command", "id": redress.uuid7(), "type": "escalation.raise", "client": client,
              "data": cases.raising("second")}
    assert ask.ask(first, again=redress.PATIENCE, patient=False)["status"] == "busy"
    assert ask.ask(second, again=redress.PATIENCE, patient=False)["status"] == "busy"
    with shared.commander() as other:
        assert other.ok("escalation.raise", client, cases.raising("between"))["sequence"] == last + 1
    assert ask.ask(second, again=redress.PATIENCE, patient=False)["status"] == "busy", "the first was not sent again yet"
    assert ask.ask(first, again=redress.PATIENCE)["sequence"] == last + 2
    assert ask.ask(second, again=redress.PATIENCE)["sequence"] == last + 3


def test_pipelined_commands_are_done_in_order(ask, client):
    sent = [redress.uuid7() for _ in range(200)]
    for n, ident in enumerate(sent):
        ask.raw(msgpack.packb({"op": "command", "id": ident, "type": "escalation.raise", "client": client,
                               "data": cases.raising(f"pipelined {n}")}))
    replies = [ask.receive() for _ in sent]
    assert [reply["id"] for reply in replies] == sent
    sequences = [reply["sequence"] for reply in replies]
    assert sequences == sorted(sequences) and len(set(sequences)) == len(sent)


def test_a_query_sees_what_was_acknowledged(ask, client):
    """With `after` the sequence of the reply, whoever asks sees the write."""
    ident, reply = cases.raised(ask, client, "seen")
    answer = ask.query("escalation.list", client=client, after=cases.after(reply["sequence"]))
    assert answer["status"] == "ok" and ident in str(answer["result"]), answer

"""GET /v1/events: the suite's events as server-sent events, resumed from the logs without loss or repeat (WIRE.md), whoever
is slow. What streams hold is compared with what replay says the logs hold."""
import json
import os
import shutil
import signal
import socket
import time

import pytest

import cases
import redress
import sse

BURST = 20000
ESCALATION, OF_ESCALATION = ("escalation",), "services=escalation"  # what tests cause; others react in their own time


@pytest.fixture(name="door", scope="module")
def fixture_door(shared):
    with sse.Gateway(shared) as gateway:
        yield gateway


@pytest.fixture(name="viewer", scope="module")
def fixture_viewer(shared):
    return sse.token(shared)[0]


@pytest.fixture(name="own")
def fixture_own():
    """A suite of two partitions, for tests that stop its parts; and its gateway."""
    with redress.Suite(partitions=2) as suite:
        suite.up()
        with sse.Gateway(suite) as gateway:
            yield suite, gateway


def clients_of(suite):
    return [redress.client_in(partition, suite.partitions) for partition in range(suite.partitions)]


# --- what a stream holds


def test_begins_now(shared, door, viewer, ask, client):
    cases.raised(ask, client)
    behind = sse.heads(shared, ESCALATION)
    with sse.Stream(door, OF_ESCALATION, viewer).opened() as stream:
        assert (stream.headers["content-type"], stream.headers["cache-control"]) == ("text/event-stream", "no-store")
        assert (stream.headers["x-accel-buffering"], stream.retry) == ("no", 2000)
        for n in range(5):
            cases.raised(ask, client, mark=f"number {n}")
        stream.count(5).quiet(0.3)
        sse.expect_exactly(stream.events(), sse.logs(shared, ESCALATION), behind)


def test_resumes_from_every_id(shared, door, viewer, ask, client):
    """Whatever was the last that a client saw, what it sees next is the next; the first id counts too."""
    behind = sse.heads(shared, ESCALATION)
    with sse.Stream(door, OF_ESCALATION, viewer).opened() as stream:
        ids = [stream.last]
        for n in range(8):
            cases.raised(ask, client, mark=f"number {n}")
        stream.count(8)
        ids += [message[0] for message in stream.messages]
        events = stream.events()
    assert len(set(ids)) == 9
    sse.expect_exactly(events, sse.logs(shared, ESCALATION), behind)
    for n, last in enumerate(ids):
        with sse.Stream(door, OF_ESCALATION, viewer, last).opened() as again:
            assert again.count(8 - n).quiet(0.05).events() == events[n:]


def test_from_the_beginning(own):
    suite, door = own
    viewer = sse.token(suite)[0]
    with suite.commander() as ask:
        for client in clients_of(suite):
            sse.flood(suite, client, 700)
            cases.raised(ask, client)
    expected = sse.logs(suite, ESCALATION)
    total = sum(map(len, expected.values()))
    with sse.Stream(door, f"since=beginning&{OF_ESCALATION}", viewer).opened() as stream:
        stream.count(total).quiet(0.3)
        sse.expect_exactly(stream.events(), expected)
        last = stream.messages[total // 2][0]
    with sse.Stream(door, f"since=beginning&{OF_ESCALATION}", viewer, last).opened() as stream:  # the id counts
        assert stream.count(total - total // 2 - 1).quiet(0.2).messages[0][0] != last
        assert len(stream.messages) == total - total // 2 - 1


def test_selects_types_and_clients(shared, door, viewer, ask, client):
    raised, _ = cases.raised(ask, client)
    for other in (client, f"{client}-2"):
        cases.raised(ask, other)
    ask.ok("escalation.update", client, cases.update(raised))
    every = [event for event in sse.logs(shared)["escalation", 0]]
    rows = (("types=escalation.updated", lambda e: e["type"] == "escalation.updated"),
            (f"clients={client}&services=escalation", lambda e: e["partitionkey"] == client),
            (f"types=escalation.raised,ticket.recorded&clients={client}-2,{client}",
             lambda e: e["type"] == "escalation.raised" and e["partitionkey"] in (client, f"{client}-2")),
            ("services=escalation", lambda e: True),
            (f"services=catalog&clients={client}", lambda e: False))
    for query, wanted in rows:
        expected = [event for event in every if wanted(event)]
        with sse.Stream(door, f"since=beginning&{query}", viewer).opened() as stream:
            assert stream.count(len(expected)).quiet(0.1).events() == expected, query


def test_what_was_not_for_it_moves_its_id(shared, door, viewer, client):
    """A quiet stream is told how far it is, so that it need not read the same again; and that it is alive."""
    with sse.Stream(door, f"clients={client}-nobody", viewer).opened() as stream:
        first = stream.last
        sse.flood(shared, client, 50)
        stream.read(lambda: stream.last != first, what="an id alone")
        assert stream.comments >= 1 and not stream.messages
        last = stream.last
    with sse.Stream(door, f"clients={client}-nobody", viewer, last).opened() as stream:
        assert not stream.quiet(0.2).messages


# --- through the death of everybody


def killed(suite, service="escalation"):
    """A service is killed; when this returns, all that served before serve again."""
    def serving():
        return {(row["service"], row["partition"]): row["epoch"] for row in suite.endpoints()}
    before = serving()
    for pid in {row["pid"] for row in suite.cli_json("status")["partitions"] if row["service"] == service}:
        os.kill(pid, signal.SIGKILL)

    def again():
        now = serving()
        return now.keys() == before.keys() and all(now[row] != before[row] for row in now if row[0] == service)
    redress.wait_for(again, what="everybody to serve, and who was killed anew")


def counted(suite):
    """Every ticket is counted where figures are made: from here on nobody has anything to say."""
    def told(service, type_):
        return {event["subject"] for log in sse.logs(suite, (service,)).values() for event in log if event["type"] == type_}
    redress.wait_for(lambda: told("kpi", "ticket.counted") >= told("escalation", "ticket.recorded"), what="figures of all tickets")


def follow_through(suite, door, client, disturb):
    """A client that comes back with its last id after everything; what it holds at the end is the logs."""
    viewer, events, last = sse.token(suite)[0], [], None
    behind = sse.heads(suite)
    with sse.Stream(door, bearer=viewer).opened() as stream:
        last = stream.last
    for turn in range(4):
        with sse.Stream(door, bearer=viewer, last=last).opened() as stream:
            sse.flood(suite, client, 300, first=turn * 1000)
            stream.count(100 + 50 * turn)
            disturb(turn)
            events += stream.events()
            last = stream.last
        sse.flood(suite, client, 100, first=turn * 1000 + 500)
    counted(suite)
    with sse.Stream(door, bearer=viewer, last=last).opened() as stream:
        expected, logs = None, sse.logs(suite)
        while expected != logs:  # a clock may have struck
            expected = logs
            stream.count(sum(map(len, expected.values())) - sum(behind.values()) - len(events)).quiet(0.3)
            logs = sse.logs(suite)
        events += stream.events()
    sse.expect_exactly(events, expected, behind)


def test_resumes_behind_a_killed_gateway(own):
    suite, door = own

    def kill(_):
        door.stop(signal.SIGKILL)
        door.start()
    follow_through(suite, door, clients_of(suite)[0], kill)


def test_resumes_behind_a_killed_service(own):
    suite, door = own

    follow_through(suite, door, clients_of(suite)[0], lambda _: killed(suite))


def test_an_open_stream_outlives_a_service(own):
    suite, door = own
    viewer, behind = sse.token(suite)[0], sse.heads(suite, ESCALATION)
    with suite.commander() as ask, sse.Stream(door, OF_ESCALATION, viewer).opened() as stream:
        cases.raised(ask, "acme")
        stream.count(1)
        killed(suite)
        for n in range(20):
            cases.raised(ask, f"acme-{n}")
        stream.count(21).quiet(0.5)
        sse.expect_exactly(stream.events(), sse.logs(suite, ESCALATION), behind)


def test_a_service_that_does_not_serve(own):
    """A gateway that never heard of a log cannot say where now is; from an id it can begin, and waits."""
    suite, door = own
    viewer = sse.token(suite)[0]
    with sse.Stream(door, "since=beginning&services=escalation", viewer).opened() as stream:
        last = stream.last  # from before it: later the first words may hold it already
    with suite.commander() as ask:
        cases.raised(ask, "acme")
    door.stop()
    with sse.Gateway(suite) as second:  # another one, which has not heard either
        with sse.Stream(second, "since=beginning&services=escalation", viewer).opened() as stream:
            stream.count(1)
        suite.down()
        second.stop()
        second.start()
        assert second.get("/v1/events?services=escalation", viewer)[0] in (401, 503)  # nobody knows tokens either
        assert second.get("/healthz")[0] == 200
        suite.up()
        redress.wait_for(lambda: second.get("/readyz")[0] == 200, what="ready")
        with sse.Stream(second, "since=beginning&services=escalation", viewer, last).opened() as stream:
            stream.count(1)


def test_a_log_of_another_past(own):
    """Restored from an earlier copy, a log is not what the client has seen: it is told so, and goes on from there."""
    suite, door = own
    viewer, client = sse.token(suite)[0], clients_of(suite)[1]
    query, copy = "since=beginning&services=escalation", suite.data.parent / "copy"
    sse.flood(suite, client, 5)
    suite.down()
    shutil.copytree(suite.data / "escalation", copy)
    suite.up()
    with sse.Stream(door, query, viewer).opened() as stream:
        sse.flood(suite, client, 40, first=100)
        stream.count(45)
        old = stream.messages[40][0]
        suite.down()
        shutil.rmtree(suite.data / "escalation")
        shutil.copytree(copy, suite.data / "escalation")
        suite.up()
        sse.flood(suite, client, 3, first=200)
        stream.read(lambda: "reset" in kinds(stream), what="the reset")
        assert kinds(stream).index("reset") == 45 and kinds(stream).count("reset") == 1
        assert json.loads(stream.messages[45][2]) == {"service": "escalation", "partition": 1}
        sse.flood(suite, client, 4, first=300)
        log = sse.logs(suite, ESCALATION)["escalation", 1]
        stream.read(lambda: log[-1] in stream.events(), what="the last event").quiet(0.3)
        events = stream.events()[45:]
        assert len(events) >= 4 and events == log[-len(events):], "what follows the reset"
    # The sequence is there again, but in an epoch that began before it.
    suite.down()
    suite.up()
    sse.flood(suite, client, 60, first=500)
    with sse.Stream(door, query, viewer, old).opened() as stream:
        assert kinds(stream.count(1))[0] == "reset"
        sse.flood(suite, client, 1, first=700)
        log = sse.logs(suite, ESCALATION)["escalation", 1]
        stream.read(lambda: log[-1] in stream.events(), what="the last event").quiet(0.2)
        assert stream.events() == log[-len(stream.events()):] and kinds(stream).count("reset") == 1


def kinds(stream):
    return [kind for _, kind, _ in stream.messages]


# --- what is refused


def problem(door, query="", bearer=None, **options):
    with sse.Stream(door, query, bearer, **options) as answer:
        answer.read(lambda: answer.status is not None, what="the answer")
        assert answer.status != 200, "it is a stream"
        said = answer.refused()
        assert answer.headers["content-type"] == "application/problem+json"
        return answer.status, said["code"], said.get("field", "")


@pytest.mark.parametrize("query, status, code, field", [
    ("type=escalation.raised", 400, "invalid", "type"),
    ("types=", 200, "", ""),
    ("types=nothing.happened", 400, "invalid", "types"),
    ("types=escalation.raised,,", 400, "invalid", "types"),
    ("clients=a%20b", 400, "invalid", "clients"),
    ("clients=" + ",".join(f"c{n}" for n in range(65)), 400, "invalid", "clients"),
    ("services=nowhere", 400, "invalid", "services"),
    ("since=yesterday", 400, "invalid", "since"),
    ("types=escalation.raised&types=ticket.recorded", 400, "invalid", "types")], ids=cases.short)
def test_wrong_parameters_are_named(door, viewer, query, status, code, field):
    if status == 200:
        sse.Stream(door, query, viewer).opened().close()
    else:
        assert problem(door, query, viewer) == (status, code, field)


def test_ids_that_are_none(shared, door, viewer, own):
    suite, other_door = own
    with sse.Stream(door, "services=escalation", viewer).opened() as stream:
        last = stream.last
    with sse.Stream(other_door, "services=escalation", sse.token(suite)[0]).opened() as stream:
        other = stream.last
    header = "Last-Event-ID"
    for wrong in ("x", "AAAA", last[:-1], last + "A", last + "=", "A" * 9000, "1; DROP TABLE",
                  last[:-2] + ("AA" if last.endswith("__") else "__")):
        assert problem(door, "services=escalation", viewer, last=wrong)[:2] == (400, "invalid"), wrong
    assert problem(door, "services=escalation", viewer, last=other) == (400, "other_suite", header)
    for query in ("", "services=escalation&clients=acme", "types=escalation.raised", "services=catalog"):
        assert problem(door, query, viewer, last=last) == (400, "other_filter", header), query
    assert shared.cli_json("status") and door.alive()


def test_who_may_not(shared, door):
    assert problem(door)[0] == 401
    assert problem(door, bearer="wrong")[0] == 401
    assert problem(door, bearer=sse.token(shared, "ingest")[0])[:2] == (403, "denied")
    viewer = sse.token(shared)[0]
    assert problem(door, bearer=viewer, headers={"Accept": "application/json"})[:2] == (406, "not_acceptable")
    assert problem(door, bearer=viewer, headers={"Origin": "http://elsewhere.example"})[0] == 403
    assert problem(door, bearer=viewer, headers={"Host": "elsewhere.example"})[0] == 421


def test_clients_see_their_own_and_what_is_theirs(shared, door, ask, client):
    foreign = f"{client}-other"
    mine = sse.token(shared, "client", [client])[0]
    theirs = sse.token(shared, "client", [foreign])[0]
    for query in (f"clients={foreign}", f"clients={client},{foreign}", "services=catalog", "since=beginning"):
        assert problem(door, query, mine)[:2] == (403, "denied"), query
    with sse.Stream(door, bearer=mine).opened() as stream, sse.Stream(door, bearer=theirs).opened() as other:
        for name in (client, foreign):
            raised, _ = cases.raised(ask, name)
            ask.ok("escalation.ack", name, {"escalation": raised})
            ask.ok("escalation.update", name, cases.update(raised))
        for each in (stream, other):
            each.read(lambda each=each: {"escalation.raised", "escalation.updated"} <= {event["type"] for event in each.events()})
        stream.quiet(0.5)
        other.quiet(0.2)
        events, last = stream.events(), stream.last
    log = sse.logs(shared)["escalation", 0]
    updated = next(e for e in log if e["partitionkey"] == client and e["type"] == "escalation.updated")
    assert {event["partitionkey"] for event in events} == {client}
    assert "escalation.acked" not in {event["type"] for event in events}, "nothing in it is for clients"
    shown = next(event for event in events if event["type"] == "escalation.updated")
    assert set(shown["data"]) and set(shown["data"]) < set(updated["data"]) or shown["data"] == updated["data"]
    assert all(shown["data"][key] == updated["data"][key] for key in shown["data"])
    assert not {"actor", "causationid"} & set(shown)
    assert {event["partitionkey"] for event in other.events()} == {foreign}
    # Nobody else's id, and a provider's id of the same filter does not say the same.
    assert problem(door, bearer=theirs, last=last)[:2] == (400, "other_filter")
    assert problem(door, f"clients={client}", sse.token(shared)[0], last=last)[:2] == (400, "other_filter")


def test_a_token_that_ends(shared, door, viewer):
    bearer, name = sse.token(shared)
    with sse.Stream(door, bearer=bearer).opened() as stream, sse.Stream(door, bearer=viewer).opened() as other:
        assert not stream.quiet(2.5).ended
        with shared.commander(service="catalog") as commander:
            sse.catalog(commander, "token.revoke", {"token": name})
        redress.wait_for(lambda: stream.quiet(0.2).ended, what="the end of a revoked token")
        assert not other.quiet(0.2).ended
    assert problem(door, bearer=bearer)[0] == 401


def test_there_are_limits(shared, door):
    """One person cannot have all streams; and who closes one can open another."""
    person = "p-many"
    bearer, other = sse.token(shared, person=person)[0], sse.token(shared)[0]
    streams = [sse.Stream(door, bearer=bearer).opened() for _ in range(64)]
    try:
        with sse.Stream(door, bearer=bearer) as one_more:
            assert one_more.refused()["code"] == "busy" and one_more.status == 429
            assert int(one_more.headers["retry-after"]) >= 1
        sse.Stream(door, bearer=other).opened().close()
        streams.pop().close()
        redress.wait_for(lambda: opens(door, bearer), what="room for another stream")
    finally:
        for stream in streams:
            stream.close()


def opens(door, bearer):
    with sse.Stream(door, bearer=bearer) as stream:
        stream.read(lambda: stream.status is not None)
        return stream.status == 200


def gauge(door, name="redress_gateway_streams"):
    lines = door.get("/metrics")[2].decode().splitlines()
    return int(float(next(line for line in lines if line.startswith(name + " ")).split()[1]))


# --- who is slow costs nobody


def test_idle_streams_and_their_end(shared, door, ask, client):
    """200 that say nothing: events arrive with everybody, and when their clients go, that is noticed without a word."""
    bearers = [sse.token(shared)[0] for _ in range(4)]
    redress.wait_for(lambda: gauge(door) == 0, what="the end of the streams before")
    streams = [sse.Stream(door, f"clients={client}", bearers[n % 4]) for n in range(200)]
    try:
        sse.read_all(streams, lambda: all(stream.last for stream in streams), what="200 to begin")
        assert gauge(door) == 200
        cases.raised(ask, client)
        sse.read_all(streams, lambda: all(stream.messages for stream in streams), what="one event for 200")
        assert redress.at_best(lambda: door.get("/healthz"), 0.5)[0] == 200
    finally:
        for stream in streams:
            stream.close()
    redress.wait_for(lambda: gauge(door) == 0, what="the end of 200 streams")


def test_a_burst_with_somebody_who_never_reads(own):
    """20,000 events: whoever reads gets all of them, one who never reads costs neither memory nor time, and who reads slowly
    gets all in the end."""
    suite, door = own
    client, viewer = clients_of(suite)[0], sse.token(suite)[0]
    behind, slowest = sse.heads(suite, ESCALATION), []
    healthy = [sse.Stream(door, OF_ESCALATION, viewer).opened() for _ in range(3)]
    slow = sse.Stream(door, OF_ESCALATION, viewer, receive=8192).opened()
    never = [sse.Stream(door, OF_ESCALATION, viewer, receive=4096) for _ in range(10)]
    wanted = BURST

    def all_read():
        begun = time.monotonic()
        slow.socket.setblocking(False)
        if len(slow.messages) < BURST // 2:
            try:
                slow.receive(2048)
            except BlockingIOError:
                pass
        assert door.get("/healthz")[0] == 200
        slowest.append(time.monotonic() - begun)
        return all(len(stream.messages) >= wanted for stream in healthy)
    try:
        redress.wait_for(lambda: gauge(door) == 14, what="14 streams")
        memory = door.resident()
        sse.flood(suite, client, BURST)
        sse.read_all(healthy, all_read, what="the healthy ones")
        grown = door.resident() - memory
        assert max(slowest) < 20, f"others waited {max(slowest)} s"
        assert redress.at_best(lambda: door.get("/healthz"), 1)[0] == 200
        # What is kept of recent events, and no more than its bound for each of the slow ones.
        assert grown < 3 * (8 << 20) + 11 * (1 << 20) + (16 << 20), f"grown by {grown >> 20} MiB"
        expected = sse.logs(suite, ESCALATION)
        assert len(slow.messages) < BURST
        slow.count(BURST, 3 * redress.PATIENCE)
        for stream in [*healthy, slow]:
            sse.expect_exactly(stream.quiet(0.1).events(), expected, behind)
    finally:
        for stream in [*healthy, slow, *never]:
            stream.close()


def test_a_client_that_talks(door, viewer):
    """A stream's client has nothing to say: what it sends is not kept, and it loses the stream."""
    with sse.Stream(door, bearer=viewer).opened() as stream:
        memory = door.resident()
        stream.socket.settimeout(0.5)
        sent = 0
        try:
            while sent < 64 << 20:
                sent += stream.socket.send(b"x" * 65536)
        except (socket.timeout, ConnectionError):
            pass
        assert sent < 32 << 20 and door.resident() - memory < 8 << 20, f"{sent} bytes were taken"
    assert door.get("/healthz")[0] == 200

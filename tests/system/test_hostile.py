"""Frames that no honest peer sends. Each is survived, the peer that sent it stays served, and memory stays bounded."""
import os
import pathlib
import socket as unix
import struct

import msgpack
import pytest
import zmq

import cases
import redress

GOOD = {"op": "command", "id": "", "type": "escalation.raise", "client": "acme", "data": {}}


def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


def good(**changes):
    return msgpack.packb({**GOOD, "id": redress.uuid7(), "data": cases.raising(), **changes})


NOT_MESSAGEPACK = {
    "empty": b"", "reserved byte": b"\xc1", "text": b"GET / HTTP/1.1\r\n\r\n", "cut map": good()[:-7], "cut text": b"\xdb\x00\x01",
    "two values": good() + good(), "map of 4 billion": b"\xdf\xff\xff\xff\xff", "array of 4 billion": b"\xdd\xff\xff\xff\xff",
    "text of 4 billion": b"\xdb\xff\xff\xff\xff", "bytes of 4 billion": b"\xc6\xff\xff\xff\xff",
    "extension of 4 billion": b"\xc9\xff\xff\xff\xff\x01", "depth of 100,000": b"\x91" * 100_000,
    "deep maps": b"\x81\xa1a" * 50_000, "claims inside": b"\x82\xa2op\xdd\xff\xff\xff\xff", "random": bytes(range(256)) * 16,
}
WRONG = {
    "not a map": msgpack.packb([1, 2, 3]), "nil": b"\xc0", "integer": b"\x01", "empty map": b"\x80",
    "op of integer": good(op=7), "op unknown": good(op="drop"), "no op": msgpack.packb({"id": redress.uuid7()}),
    "id of integer": good(id=12), "id no uuid": good(id="12"), "id empty": good(id=""), "type of nil": good(type=None),
    "type unknown": good(type="escalation.explode"), "client of list": good(client=["acme"]), "client empty": good(client=""),
    "client of 65": good(client="c" * 65), "client with slash": good(client="a/b"), "client with NUL": good(client="a\0b"),
    "data of text": good(data="x"), "data missing": msgpack.packb({k: v for k, v in GOOD.items() if k != "data"}),
    "data with integer keys": good(data={1: 2}), "expect of text": good(expect="1"), "expect negative": good(expect=-1),
    "after of text": good(after="x"), "actor of integer": good(actor=5), "traceparent of map": good(traceparent={}),
    "op is bytes": msgpack.packb({b"op": b"command"}), "bad UTF-8": b"\x81\xa2op\xa2\xff\xfe", "float id": good(id=1.5),
    "key twice": b"\x82\xa2op\xa1x\xa2op\xa1y", "extension": msgpack.packb({"op": msgpack.ExtType(5, b"abc")}),
}


def served(commander, client="acme"):
    """The same connection still gets its commands done."""
    assert commander.command("escalation.raise", client, cases.raising(), again=redress.PATIENCE)["status"] == "ok"


def pid_of(suite):
    return next(pid for pid, name in suite.processes("redress-").items() if name == "redress-escalation")


def memory(pid):
    """Resident KiB of a process."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))


@pytest.mark.parametrize("name", [*NOT_MESSAGEPACK, *WRONG])
def test_command_frame_is_invalid_and_the_peer_stays(ask, name):
    frame = NOT_MESSAGEPACK.get(name, WRONG.get(name))
    ask.raw(frame)
    reply = ask.receive()
    assert reply is not None, "no reply"
    assert reply["status"] == "invalid" and reply.get("message"), reply
    served(ask)


@pytest.mark.parametrize("name", [*NOT_MESSAGEPACK, *WRONG])
def test_replay_frame_is_an_error_and_the_peer_stays(shared, ask, name):
    served(ask)
    with shared.consumer(live=False) as consumer:
        consumer.fetch()
        consumer.replay.send(NOT_MESSAGEPACK.get(name, WRONG.get(name)))
        replies = []
        while len(replies) < 2 and consumer.replay.poll(int(redress.PATIENCE * 1000)):
            replies.append(msgpack.unpackb(consumer.replay.recv_multipart()[0]))
        assert sorted(reply["op"] for reply in replies) == ["batch", "error"], replies
        consumer.forget()
        consumer.follow()
        assert consumer.frames


@pytest.mark.parametrize("data, field", [
    ({"title": nested(9)}, "data.title"), ({"title": list(range(4097))}, "data.title"),
    ({str(n): n for n in range(4097)}, "data"),
], ids=["depth", "elements of a list", "elements of a map"])
def test_over_a_limit_is_invalid(ask, data, field):
    ident = redress.uuid7()
    ask.raw(good(id=ident, data={**cases.raising(), **data}))
    reply = ask.receive()
    assert reply["status"] == "invalid" and reply["field"].startswith(field) and reply["message"], reply
    assert reply.get("id") == ident, "a client that pipelines cannot tell which of its commands this is about"
    served(ask)


def test_a_frame_of_a_mebibyte_and_one_byte(shared, ask):
    """Over a limit is `invalid`, and whatever the transport does with the connection the client is served again."""
    frame = good(padding="")
    frame = good(padding="x" * (redress.FRAME_MAX + 1 - len(frame) - 4))
    assert len(frame) == redress.FRAME_MAX + 1
    ask.raw(frame)
    reply = ask.receive()
    with shared.commander() as other:
        served(other)
    served(ask)
    assert reply is not None and reply["status"] == "invalid", "over a limit: invalid"


def test_many_frames_in_one_message(ask):
    for count in (2, 3, 1000):
        ask.raw(*[good()] * count)
    served(ask)
    ask.raw(b"", good())
    served(ask)


def test_memory_stays_bounded_under_bombs(shared, ask):
    served(ask)
    pid = pid_of(shared)
    before = memory(pid)
    bombs = [frame for frame in NOT_MESSAGEPACK.values() if len(frame) < 200]
    big = msgpack.packb({"op": "command", "id": "x" * 1_000_000})
    for turn in range(100):
        for frame in (*bombs, *([big] if turn % 5 == 0 else [])):
            ask.raw(frame)
        while ask.receive(seconds=0.05) is not None:
            pass
    served(ask)
    assert pid_of(shared) == pid, "the process was started again"
    assert memory(pid) - before < 64 * 1024, f"{before} KiB grew to {memory(pid)} KiB"


def test_a_peer_that_never_reads_its_replies_does_not_stop_the_others(shared, ask):
    pid = pid_of(shared)
    before = memory(pid)
    mute = redress.socket(shared.context, zmq.DEALER, shared.endpoint()["command"])
    mute.rcvhwm = 1
    sent = 0
    for _ in range(20000):
        try:
            mute.send(b"\xc1" * 100, zmq.DONTWAIT)
            sent += 1
        except zmq.Again:
            mute.poll(10, zmq.POLLOUT)
    served(ask)
    mute.close(0)
    assert sent > 1000 and memory(pid) - before < 96 * 1024


def test_bytes_that_are_no_zeromq_at_all(shared, ask):
    for row in ("command", "events", "replay"):
        path = shared.endpoint()[row].removeprefix("ipc://")
        for junk in (b"\n" * 4096, b"GET / HTTP/1.0\r\n\r\n", os.urandom(4096),
                     b"\xff" + struct.pack(">Q", 1 << 62) + b"\x7f" + b"\0" * 64):
            with unix.socket(unix.AF_UNIX) as peer:
                peer.settimeout(2)
                peer.connect(path)
                try:
                    peer.sendall(junk)
                except OSError:
                    pass
    served(ask)


def test_subscriptions_of_nonsense(shared, ask):
    listener = redress.socket(shared.context, zmq.XSUB, shared.endpoint()["events"])
    for frame in (b"", b"\x01", b"\x01" + b"E" * 100_000, b"\x05junk", os.urandom(1000)):
        listener.send(frame)
    for n in range(5000):
        listener.send(b"\x01" + str(n).encode())
    served(ask)
    with shared.consumer() as consumer:
        consumer.follow()
        assert consumer.frames == shared.log()
    listener.close(0)

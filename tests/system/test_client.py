"""The pure parts of the client library, before anything runs: a wrong client would make every other test say nothing."""
import re

import msgpack
import pytest

import redress


@pytest.mark.parametrize("client, expected", [("", 0xCAE66941D9EFBD40), ("acme", None), ("1", None), ("ünïcode", None)])
def test_partition_is_a_pure_function_of_the_client(client, expected):
    """The empty text's digest is a published vector of BLAKE2b-128; the others only have to be stable and in range."""
    if expected is not None:
        assert redress.partition_of(client, 1 << 64) == expected
    for count in (1, 4, 8, 1000):
        assert 0 <= redress.partition_of(client, count) < count
    assert redress.partition_of(client, 1) == 0


def test_clients_spread_over_partitions():
    assert {redress.partition_of(f"client-{n}", 4) for n in range(64)} == {0, 1, 2, 3}
    assert all(redress.partition_of(redress.client_in(p, 4), 4) == p for p in range(4))


def test_uuid7_has_its_version_variant_and_time():
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", redress.uuid7())
    assert redress.uuid7(0x0123456789AB).startswith("01234567-89ab-7")
    assert redress.uuid7() != redress.uuid7()


def test_instants_have_one_form():
    assert redress.instant("1970-01-01T00:00:01.000002Z") == 1_000_002
    assert redress.instant_text(1_456_000_000_000_001) == "2016-02-20T20:26:40.000001Z"
    for wrong in ("2016-02-20T20:26:40Z", "2016-02-20T20:26:40.000001+00:00", "2016-02-20 20:26:40.000001Z"):
        with pytest.raises(ValueError):
            redress.instant(wrong)


def consumer(**options):
    """A consumer of nothing: fed by hand, no suite needed."""
    context = redress.zmq.Context()
    row = {"replay": "inproc://replay", "events": "inproc://events"}
    return redress.Consumer(context, lambda: row, "escalation", 0, live=False, **options)


def frame(sequence, epoch=1, **more):
    return msgpack.packb({"sequence": sequence, "epoch": epoch, **more})


def reply(op, *frames, **body):
    return [msgpack.packb({"op": op, **body}), *frames]


def test_consumer_takes_the_next_live_event_and_drops_what_is_behind_a_hole():
    c = consumer(epoch=1)
    for sequence in (1, 1, 3):
        c.on_live(b"E/escalation/000", frame(sequence))
    assert c.frames == [frame(1)] and c.sequence == 1 and c.head == 3 and c.skipped_live == 1
    c.on_replay(reply("batch", frame(2), frame(3), partition=0, epoch=1, **{"from": 2}, count=2, head=3))
    assert c.frames == [frame(1), frame(2), frame(3)]


def test_consumer_learns_of_the_tail_from_a_beacon_and_ignores_an_old_owner():
    c = consumer(epoch=2)
    c.on_live(b"H/escalation/000", msgpack.packb({"epoch": 2, "head": 5, "time": "", "chain": b""}))
    c.on_live(b"H/escalation/000", msgpack.packb({"epoch": 1, "head": 9, "time": "", "chain": b""}))
    c.on_live(b"E/escalation/000", frame(1, epoch=1))
    assert c.head == 5 and not c.frames


def test_consumer_moves_over_gaps_and_skips():
    c = consumer(epoch=1)
    c.on_replay(reply("gap", **{"from": 1, "to": 4, "epoch": 3}))
    c.on_replay(reply("skip", **{"from": 5, "to": 6}))
    assert c.cursor == {"epoch": 3, "sequence": 6} and len(c.holes) == 2


def test_consumer_goes_on_in_a_newer_epoch_but_not_in_another_log():
    c = consumer(epoch=1, sequence=10)
    c.on_replay(reply("epochs", epochs=[{"epoch": 1, "from": 1}, {"epoch": 2, "from": 11}]))
    assert c.epoch == 2
    c = consumer(epoch=1, sequence=10)
    with pytest.raises(redress.Diverged):
        c.on_replay(reply("epochs", epochs=[{"epoch": 1, "from": 1}, {"epoch": 2, "from": 8}]))


def test_consumer_refuses_a_batch_with_a_hole_and_drops_a_late_one():
    c = consumer(epoch=1)
    with pytest.raises(redress.Diverged):
        c.on_replay(reply("batch", frame(1), frame(3), partition=0, epoch=1, **{"from": 1}, count=2, head=3))
    c = consumer(epoch=1, sequence=5)
    c.on_replay(reply("batch", frame(2), partition=0, epoch=1, **{"from": 2}, count=1, head=9))
    assert c.sequence == 5 and not c.frames

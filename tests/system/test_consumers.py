"""Whoever follows a log ends with exactly the log: live, by replay, late, slow, or killed at any moment. Always the bytes are
compared, never a count."""
import json
import random
import signal
import subprocess
import sys
import threading

import msgpack
import pytest
import zmq

import cases
import follower
import redress

WAIT_MS = int(redress.PATIENCE * 1000)


def load(suite, count, client="acme", stop=None):
    """Some events, as fast as one client gets them; the last sequence."""
    with suite.commander() as commander:
        sequence = 0
        for n in range(count):
            if stop is not None and stop.is_set():
                break
            sequence = commander.ok("escalation.raise", client, cases.raising(f"load {n}"))["sequence"]
    return sequence


def test_live_consumer_gets_every_event_as_it_happens(suite):
    with suite.consumer() as consumer:
        consumer.follow()
        last = load(suite, 50)
        consumer.follow(to=last)
        assert consumer.taken_live > 0, "nothing came live"
        assert consumer.frames == suite.log()


def test_late_consumer_gets_all_by_replay(suite):
    load(suite, 300)
    with suite.consumer(credit=4096) as consumer:
        consumer.follow()
        assert len(consumer.batches) > 1
        assert consumer.frames == suite.log()


def test_replay_alone_is_the_live_log(suite):
    with suite.consumer() as live:
        live.follow()
        last = load(suite, 100)
        live.follow(to=last)
        for credit in (1, 700, 5000, redress.CREDIT_MAX):
            with suite.consumer(live=False, credit=credit) as replay:
                replay.follow()
                assert replay.frames == live.frames, f"credit {credit}"


@pytest.mark.parametrize("credit", [1, 700, 5000, redress.CREDIT_MAX])
def test_a_batch_is_within_its_credit(suite, credit):
    """A single event larger than the credit must still be served, or nobody would ever get past it."""
    load(suite, 30)
    with suite.consumer(live=False, credit=credit) as consumer:
        consumer.follow()
        assert all(size <= credit or count == 1 for count, size in consumer.batches), consumer.batches


def test_slow_consumer_loses_live_events_and_nothing_else(suite):
    """Its queue holds ten messages and it does not read while a thousand are published."""
    with suite.consumer() as slow:
        slow.sub.close(0)
        slow.sub = suite.context.socket(zmq.SUB)
        slow.sub.rcvhwm, slow.sub.linger = 10, 0
        slow.sub.subscribe(b"")
        slow.sub.connect(suite.endpoint()["events"])
        slow.follow()
        for count in (1000, 4000, 16000):  # what lies in sockets meanwhile differs
            last = load(suite, count)
            slow.follow(to=last)
            if slow.taken_live < last:
                break
        assert slow.taken_live < last, "nothing was skipped: the test shows nothing"
        assert slow.frames == suite.log()


def test_consumers_beside_a_load_end_identical(suite):
    """Several that join at different moments with different credits, while events are made."""
    stop, done = threading.Event(), []
    loader = threading.Thread(target=lambda: done.append(load(suite, 100_000, stop=stop)))
    loader.start()
    consumers = []
    try:
        for credit in (600, 3000, 40_000, redress.CREDIT_MAX):
            consumers.append(suite.consumer(credit=credit))
            consumers[-1].follow(to=100 * len(consumers))
    finally:
        stop.set()
        loader.join()
    for consumer in consumers:
        consumer.follow(to=done[0])
        consumer.close()
        assert consumer.frames[-1] == consumers[0].frames[-1]
        assert consumer.frames == suite.log()


def test_consumer_killed_again_and_again_ends_with_the_log(suite, tmp_path):
    """A process with its copy in a file is killed at random while events are made; nothing is lost or doubled."""
    endpoints, copy, dice = tmp_path / "endpoints.json", tmp_path / "copy", random.Random(7)
    endpoints.write_text(json.dumps({"endpoints": suite.endpoints()}), encoding="utf-8")
    stop, done = threading.Event(), []
    loader = threading.Thread(target=lambda: done.append(load(suite, 20_000, stop=stop)))
    loader.start()
    command = [sys.executable, follower.__file__, "escalation", "0", str(endpoints), str(copy), "200"]
    process, grown = subprocess.Popen(command), 0
    try:
        for _ in range(6):
            goal = grown + dice.randrange(10_000, 60_000)
            redress.wait_for(lambda goal=goal: copy.exists() and copy.stat().st_size > goal, what="the follower")
            process.send_signal(signal.SIGKILL)
            process.wait()
            grown = copy.stat().st_size
            process = subprocess.Popen(command)
        stop.set()
        loader.join()
        redress.wait_for(lambda: len(follower.stored(copy)[0]) >= done[0], seconds=3 * redress.PATIENCE, what="the follower's end")
    finally:
        stop.set()
        process.kill()
        process.wait()
        loader.join()
    assert follower.stored(copy)[0] == suite.log()


def test_consumer_goes_on_over_a_restart_of_the_suite(suite):
    with suite.consumer() as consumer:
        last = load(suite, 20)
        consumer.follow(to=last)
        first = consumer.epoch
        suite.down()
        suite.up()
        last = load(suite, 20)
        consumer.follow(to=last)
        assert consumer.epoch > first, "a new claim has a higher epoch"
        assert consumer.frames == suite.log()


def test_consumer_resumes_from_a_kept_cursor_in_an_older_epoch(suite):
    last = load(suite, 10)
    with suite.consumer() as consumer:
        consumer.follow(to=last)
        kept, head = consumer.cursor, list(consumer.frames)
    for _ in range(2):
        suite.down()
        suite.up()
    load(suite, 10)
    with suite.consumer(**kept) as consumer:
        consumer.follow()
        assert head + consumer.frames == suite.log()


def test_beacons_come_every_quarter_second_and_name_the_head(suite):
    last = load(suite, 3)
    with suite.consumer() as consumer:
        consumer.follow(to=last)

        def eight():
            heard = len(consumer.beacons)
            while len(consumer.beacons) < heard + 8:
                consumer.step(1.0)
        redress.at_best(eight, 4)  # two seconds, and a moment
        beacon = consumer.beacons[-1]
        assert set(beacon) == {"epoch", "head", "time", "chain"} and beacon["head"] == last
        assert redress.instant(beacon["time"]) > 0
        assert consumer.beacons[-1]["chain"] == consumer.beacons[-2]["chain"], "the chain moved without an event"


def test_chain_is_another_after_an_event_and_the_same_after_a_restart(suite):
    def chain():
        with suite.consumer() as consumer:
            consumer.follow()
            return consumer.beacons[-1]["chain"]
    load(suite, 1)
    first = chain()
    load(suite, 1)
    second = chain()
    assert first != second
    suite.down()
    suite.up()
    assert chain() == second


@pytest.mark.parametrize("change", [
    {"partition": 99}, {"partition": "0"}, {"partition": -1}, {"from": 0}, {"from": -5}, {"from": "1"}, {"credit": 0},
    {"credit": redress.CREDIT_MAX + 1}, {"credit": "much"}, {"op": "fetsch"}, {"op": 4}, {"epoch": "x"},
], ids=cases.short)
def test_wrong_fetch_is_an_error_and_the_peer_stays(shared, change):
    load(shared, 1)
    with shared.consumer(live=False) as consumer:
        consumer.fetch()
        assert consumer.replay.poll(WAIT_MS)
        consumer.on_replay(consumer.replay.recv_multipart())
        consumer.replay.send(msgpack.packb({"op": "fetch", "partition": 0, "from": 1, "credit": 1000, **change}))
        assert consumer.replay.poll(WAIT_MS), "no answer"
        reply = msgpack.unpackb(consumer.replay.recv_multipart()[0])
        assert reply["op"] == "error" and reply["code"] and reply["message"], reply
        consumer.follow()


def test_fetch_beyond_the_head_or_of_a_future_epoch_never_invents_events(shared):
    last = load(shared, 1)
    with shared.consumer(live=False) as consumer:
        consumer.fetch()
        for change in ({"from": last + 1}, {"from": last + 1000}, {"epoch": 1 << 40}):
            consumer.replay.poll(WAIT_MS)
            consumer.replay.recv_multipart()
            consumer.replay.send(msgpack.packb({"op": "fetch", "partition": 0, "from": 1, "credit": 100_000, **change}))
            if consumer.replay.poll(1500):
                reply = msgpack.unpackb(consumer.replay.recv_multipart()[0])
                assert reply["op"] in ("error", "epochs") or reply["op"] == "batch" and reply["count"] == 0, reply
            consumer.forget()
            consumer.fetch()


def test_position_is_taken_in_silence(shared):
    last = load(shared, 1)
    with shared.consumer(live=False) as consumer:
        consumer.follow()
        consumer.replay.send(msgpack.packb({"op": "position", "partition": 0, "consumer": "test", "sequence": last}))
        assert not consumer.replay.poll(300), "a position has no answer"
        consumer.fetch()
        assert consumer.replay.poll(WAIT_MS)


def test_topics_are_exact(shared):
    last = load(shared, 1)
    listener = redress.socket(shared.context, zmq.SUB, shared.endpoint()["events"])
    listener.subscribe(b"")
    seen = set()
    while seen != {b"E/escalation/000", b"H/escalation/000"}:
        assert listener.poll(WAIT_MS), seen
        frames = listener.recv_multipart()
        assert len(frames) == 2
        if not seen:
            load(shared, 1)
        seen.add(frames[0])
    assert last
    listener.close(0)

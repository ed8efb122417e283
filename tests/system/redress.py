"""A client of Redress in Python, written from the wire contract alone: what these tests prove, they prove about the wire.

Suite runs a suite in a directory of its own, Commander asks, Consumer follows a log live and by replay. Every wait is a
poll with a deadline; sockets never linger and never queue for a peer that is not there.
"""
import contextlib
import datetime
import hashlib
import json
import math
import os
import pathlib
import select
import shutil
import signal
import subprocess
import tempfile
import time

import msgpack
import zmq

ROOT = pathlib.Path(__file__).resolve().parents[2]
FRAME_MAX, CREDIT_MAX = 1 << 20, 262144
PATIENCE = 60.0  # seconds at most for what another process does: a busy machine takes its time, and nobody else waits so long
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def program(name="redress"):
    """Where a program lies: REDRESS names the tool itself, REDRESS_BUILD the build directory."""
    if name == "redress" and os.environ.get("REDRESS"):
        return pathlib.Path(os.environ["REDRESS"]).resolve()
    default = pathlib.Path(os.environ["REDRESS"]).parent if os.environ.get("REDRESS") else ROOT / "build" / "release"
    return pathlib.Path(os.environ.get("REDRESS_BUILD", default)).resolve() / name


def partition_of(client, count):
    """BLAKE2b of 16 bytes, unkeyed; the first 8 of them big-endian, modulo the count."""
    return int.from_bytes(hashlib.blake2b(client.encode(), digest_size=16).digest()[:8], "big") % count


def client_in(partition, count, prefix="client"):
    """A client that belongs to a partition: tests of partitions need one of each."""
    return next(name for name in (f"{prefix}-{n}" for n in range(10000)) if partition_of(name, count) == partition)


def uuid7(milliseconds=None):
    """A UUIDv7 as text; with the milliseconds given, one of another time."""
    when = time.time_ns() // 1_000_000 if milliseconds is None else milliseconds
    value = (when << 80) | int.from_bytes(os.urandom(10), "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    text = f"{value:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def instant(text):
    """Microseconds of RFC 3339 UTC text; it must have the one form that the wire knows."""
    if len(text) != 27 or text[-1] != "Z" or text[19] != ".":
        raise ValueError(f"{text!r} is not RFC 3339 UTC with microseconds")
    moment = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=datetime.timezone.utc)
    return (moment - EPOCH) // datetime.timedelta(microseconds=1)


def instant_text(microseconds):
    moment = EPOCH + datetime.timedelta(microseconds=microseconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def from_now(seconds):
    return instant_text(time.time_ns() // 1000 + int(seconds * 1_000_000))


def pause(seconds):
    """Between two looks at something that has no descriptor to wait on; never instead of a look."""
    select.select([], [], [], seconds)


def freeze(pid):
    """Stops a process with all its threads: the signal is on its way when kill returns, and on a busy machine for a while."""
    os.kill(pid, signal.SIGSTOP)
    tasks = pathlib.Path(f"/proc/{pid}/task")
    wait_for(lambda: all((task / "stat").read_text().rsplit(")", 1)[1].split()[0] == "T" for task in tasks.iterdir()),
             what=f"process {pid} to stop")


def wait_for(condition, seconds=PATIENCE, what="the condition"):
    """The first truthy value of condition(), polled; the deadline is a failure that says what was awaited."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds} s")
        pause(0.02)


def at_best(action, within, seconds=PATIENCE):
    """Does something until it lasted less than `within` once; the result of that time. A busy machine makes what is quick slow
    at times, and never what is slow quick."""
    deadline, best = time.monotonic() + seconds, math.inf
    while time.monotonic() < deadline:
        begun = time.monotonic()
        result = action()
        best = min(best, time.monotonic() - begun)
        if best < within:
            return result
    raise AssertionError(f"it lasted {best} s at best, not less than {within} s")


def socket(context, kind, endpoint, immediate=False):
    """`immediate` is for who only gets answers of one part: libzmq 4.3.4 then ends the pipe of a lost connection at once, and its
    assertion ends the process when that happens in the middle of a batch of a replay."""
    ret = context.socket(kind)
    ret.linger, ret.immediate, ret.sndtimeo, ret.rcvhwm = 0, int(immediate), 5000, 0 if kind == zmq.SUB else 1000
    ret.connect(endpoint)
    return ret


class Suite:
    """One suite in a directory of its own, under a short path: a socket's path has at most 107 bytes."""

    def __init__(self, partitions=1, clock="real", http=None, data=None, config=None):
        """`config`: options by section, as in the file of `redress up --config`; kept beside the data."""
        self.home = None if data else tempfile.mkdtemp(prefix="rd-", dir=os.environ.get("REDRESS_TMP", "/tmp"))
        self.data = pathlib.Path(data or self.home) / ("data" if self.home else "")
        self.partitions, self.clock, self.http = partitions, clock, http
        self.config = config and self.data.parent / f"{self.data.name}.yaml"
        if config:
            self.config.write_text(json.dumps(config, indent=1), encoding="utf-8")  # JSON is YAML
        self.context = zmq.Context()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.destroy(linger=0)
        if self.data.exists():
            self.cli("down", check=False)
        self.kill()
        if self.home:
            shutil.rmtree(self.home, ignore_errors=True)

    def cli(self, *arguments, check=True, seconds=240.0, data=True):
        """Runs the tool. Its output goes through files: a suite it leaves behind would hold pipes open."""
        command = [str(program()), *map(str, arguments)] + (["--data", str(self.data)] if data else [])
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, timeout=seconds, check=False)
            for name, file in (("stdout", out), ("stderr", err)):
                file.seek(0)
                setattr(done, name, file.read().decode(errors="replace"))
        if check and done.returncode:
            raise AssertionError(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def cli_json(self, *arguments, **options):
        return json.loads(self.cli(*arguments, "-o", "json", **options).stdout)

    def up(self, *more):
        options = ["--partitions", self.partitions, "--clock", self.clock] + (["--http", self.http] if self.http else [])
        options += ["--config", self.config] if self.config else []
        self.cli("up", "--detach", *options, *more)
        return self

    def down(self):
        self.cli("down")

    def endpoints(self):
        return self.cli_json("endpoints")["endpoints"]

    def endpoint(self, service="escalation", partition=0):
        for row in self.endpoints():
            if (row["service"], row["partition"]) == (service, partition):
                return row
        raise LookupError(f"no endpoint of {service} {partition}")

    def processes(self, name="redress"):
        """Process ids of this directory's programs: only those whose command line names it."""
        found = {}
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            base = os.path.basename(words[0]) if words else ""
            if base.startswith(name) and str(self.data) in words:
                found[int(entry.name)] = base
        return found

    def kill(self):
        """SIGKILL to all of them, until nobody is left whom somebody else had started meanwhile."""
        def killed():
            left = self.processes()
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            return not left
        wait_for(killed, what="the end of all processes")

    def commander(self, **options):
        return Commander(self, **options)

    def consumer(self, service="escalation", partition=0, **options):
        return Consumer(self.context, lambda: self.endpoint(service, partition), service, partition, **options)

    def log(self, service="escalation", partition=0):
        """The whole log by replay alone: what every consumer is compared with."""
        with self.consumer(service, partition, live=False) as consumer:
            consumer.follow()
            return consumer.frames


class Commander:
    """Asks commands and queries: again with the same id when no reply came, and elsewhere when told `moved`."""

    def __init__(self, suite, service="escalation"):
        self.suite, self.service, self.sockets, self.rows = suite, service, {}, {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for each in self.sockets.values():
            each.close(0)
        self.sockets.clear()

    def dealer(self, partition):
        """The connection to a partition, made when needed; endpoints stay known over restarts."""
        if partition not in self.sockets:
            if partition not in self.rows:
                self.rows[partition] = self.suite.endpoint(self.service, partition)["command"]
            self.sockets[partition] = socket(self.suite.context, zmq.DEALER, self.rows[partition], immediate=True)
        return self.sockets[partition]

    def drop(self, partition):
        if partition in self.sockets:
            self.sockets.pop(partition).close(0)

    def raw(self, *frames, partition=0):
        self.dealer(partition).send_multipart(list(frames))

    def receive(self, partition=0, seconds=PATIENCE):
        """The next reply, decoded, or None."""
        if not self.dealer(partition).poll(max(0, int(seconds * 1000))):
            return None
        frames = self.dealer(partition).recv_multipart()
        assert len(frames) == 1, f"a reply of {len(frames)} frames"
        return msgpack.unpackb(frames[0])

    def ask(self, message, partition=0, seconds=PATIENCE, again=1.0, patient=True):
        """The reply to a message with an id, asked again when none came, each time after twice as long. Patient: `busy` is asked
        again after the time it names."""
        deadline, packed, reply = time.monotonic() + seconds, msgpack.packb(message), None
        while time.monotonic() < deadline:
            try:
                self.raw(packed, partition=partition)
            except zmq.Again:
                self.drop(partition)
                continue
            reply = self.reply_to(message["id"], partition, min(again, deadline - time.monotonic()))
            if reply is None:
                self.drop(partition)
                again *= 2
            elif reply["status"] == "moved":
                self.drop(partition)
                self.rows[partition] = reply["endpoint"]
            elif reply["status"] == "busy" and patient:
                pause(min(1.0, reply.get("retry_after_ms", 50) / 1000))
            else:
                return reply
        raise TimeoutError(f"{message.get('type')}: no answer within {seconds} s, last {reply}")

    def reply_to(self, ident, partition, seconds):
        deadline = time.monotonic() + seconds
        while True:
            reply = self.receive(partition, deadline - time.monotonic())
            if reply is None or reply.get("id") == ident:
                return reply

    def command(self, type_, client, data, seconds=PATIENCE, again=3.0, patient=True, **more):
        """`more`: id, actor, expect, after, traceparent, as the wire names them."""
        message = {"op": "command", "id": more.pop("id", None) or uuid7(), "type": type_, "client": client, "data": data,
                   **more}
        partition = partition_of(client, self.suite.partitions)
        return self.ask(message, partition, seconds, again, patient)

    def ok(self, type_, client, data, **more):
        reply = self.command(type_, client, data, **more)
        assert reply["status"] == "ok", f"{type_} {data}: {reply}"
        return reply

    def query(self, type_, data=None, client=None, partition=None, seconds=PATIENCE, **more):
        message = {"op": "query", "id": uuid7(), "type": type_, "data": data or {}, **more}
        if client is not None:
            message["client"] = client
            partition = partition_of(client, self.suite.partitions)
        return self.ask(message, partition or 0, seconds)


class Diverged(AssertionError):
    """The log that is served is not the one this consumer has read."""


class Consumer:
    """Follows one log: SUB first, then beacons say what is missing, and replay brings it. Live frames behind a hole are
    dropped, never kept: memory stays bounded and the log is the only truth. The caller keeps (epoch, sequence)."""

    def __init__(self, context, resolve, service, partition, epoch=0, sequence=0, credit=CREDIT_MAX, live=True):
        self.context, self.resolve, self.partition = context, resolve, partition
        self.epoch, self.sequence, self.credit = epoch, sequence, credit
        self.head, self.frames, self.holes, self.beacons, self.batches = 0, [], [], [], []
        self.skipped_live = self.taken_live = 0
        row = resolve()
        self.replay_at, self.asked, self.replay, self.sub = row["replay"], None, None, None
        self.again = 1.0  # seconds after which an answer is not waited for any more; twice as many each time
        if live:
            self.sub = socket(context, zmq.SUB, row["events"])
            for kind in "EH":
                self.sub.subscribe(f"{kind}/{service}/{partition:03}".encode())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for each in (self.sub, self.replay):
            if each is not None:
                each.close(0)
        self.sub = self.replay = None

    @property
    def cursor(self):
        return {"epoch": self.epoch, "sequence": self.sequence}

    def fetch(self):
        """Asks for what follows the cursor; one outstanding, on a new connection when the last was not answered."""
        if self.replay is None:
            self.replay = socket(self.context, zmq.DEALER, self.replay_at)
        message = {"op": "fetch", "partition": self.partition, "from": self.sequence + 1, "credit": self.credit}
        if self.epoch:
            message["epoch"] = self.epoch
        try:
            self.replay.send(msgpack.packb(message))
            self.asked = time.monotonic()
        except zmq.Again:
            self.forget()

    def forget(self):
        self.replay.close(0)
        self.replay = self.asked = None

    def take(self, frame):
        """Applies the next event of the log."""
        event = msgpack.unpackb(frame)
        if event["sequence"] != self.sequence + 1:
            raise Diverged(f"sequence {event['sequence']} behind {self.sequence}")
        self.frames.append(frame)
        self.sequence, self.epoch = event["sequence"], max(self.epoch, event["epoch"])

    def on_live(self, topic, frame):
        body = msgpack.unpackb(frame)
        if body["epoch"] < self.epoch:
            return  # an owner that was replaced
        if not self.sequence and not self.epoch:
            self.epoch = body["epoch"]  # nothing was read yet: no other log to fear
        if topic[:1] == b"H":
            self.beacons.append(body)
            self.head = max(self.head, body["head"])
            return
        self.head = max(self.head, body["sequence"])
        if body["sequence"] == self.sequence + 1 and body["epoch"] == self.epoch and self.asked is None:
            self.taken_live += 1
            self.take(frame)
        elif body["sequence"] > self.sequence:
            self.skipped_live += 1

    def on_replay(self, frames):
        body, self.asked, self.again = msgpack.unpackb(frames[0]), None, 1.0
        if body["op"] == "batch":
            assert body["count"] == len(frames) - 1 and body["partition"] == self.partition, f"{body}, {len(frames)} frames"
            if body["from"] != self.sequence + 1:
                return
            self.batches.append((body["count"], sum(map(len, frames[1:]))))
            for frame in frames[1:]:
                self.take(frame)
            self.epoch, self.head = max(self.epoch, body["epoch"]), max(self.head, body["head"], self.sequence)
        elif body["op"] in ("gap", "skip"):
            self.holes.append(body)
            self.sequence, self.epoch = body["to"], body.get("epoch", self.epoch)
        elif body["op"] == "epochs":
            self.on_epochs(body["epochs"])
        elif body["op"] == "moved":
            self.replay_at = body["endpoint"]
            self.forget()
        else:
            raise Diverged(f"replay answered {body}")

    def on_epochs(self, epochs):
        """A newer epoch that began behind the cursor continues this log; one that began before it is another log."""
        newer = [row for row in epochs if row["epoch"] > self.epoch]
        if any(row["from"] <= self.sequence for row in newer):
            raise Diverged(f"at {self.cursor}, but the epochs are {epochs}")
        if newer:
            self.epoch = max(row["epoch"] for row in newer)

    def step(self, seconds):
        """One wait and what it brought."""
        behind = self.head > self.sequence or self.sub is None
        if behind and self.asked is None:
            self.fetch()
        elif self.asked is not None and time.monotonic() - self.asked > self.again:
            self.again *= 2
            self.forget()
        poller = zmq.Poller()
        for each in (self.sub, self.replay):
            if each is not None:
                poller.register(each, zmq.POLLIN)
        ready = dict(poller.poll(int(seconds * 1000)))
        if self.sub in ready:
            self.on_live(*self.sub.recv_multipart())
        if self.replay in ready:
            self.on_replay(self.replay.recv_multipart())

    def follow(self, to=None, seconds=PATIENCE):
        """Follows until the sequence `to`; without it, until a fresh word of the head says that nothing is missing."""
        deadline, heard, batches = time.monotonic() + seconds, len(self.beacons), len(self.batches)
        while True:
            fresh = len(self.beacons) > heard + 1 or len(self.batches) > batches
            if self.sequence >= to if to is not None else fresh and self.sequence >= self.head and self.asked is None:
                return self
            if time.monotonic() > deadline:
                raise AssertionError(f"at {self.cursor} of {to or self.head} after {seconds} s")
            self.step(0.1)

"""Streams of events as a client of the wire sees them: GET /v1/events over raw sockets, and the gateway in front of a suite.

A Stream keeps what it read and nothing else; it reads only when it is told to, so a test decides who is slow.
"""
import hashlib
import itertools
import json
import secrets
import selectors
import signal
import socket
import subprocess
import time

import msgpack
import zmq

import cases
import redress

OURS = []  # sockets whose names say which ports are taken


def free_port():
    """A port that nobody has and nobody is given: below those that the kernel takes for connections, and ours, by a name that
    other test processes see, until we end."""
    least, _ = map(int, open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii").read().split())
    while True:
        port, mine = secrets.SystemRandom().randrange(min(10240, least - 1024), least), socket.socket(socket.AF_UNIX)
        try:
            mine.bind(f"\0redress-test-port-{port}")
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
            OURS.append(mine)
            return port
        except OSError:
            mine.close()


def token(suite, role="viewer", clients=(), person=None):
    """A new token, and the id it has in the catalog."""
    person = person or f"p-{secrets.token_hex(4)}"
    with suite.commander(service="catalog") as commander:
        catalog(commander, "person.set", {"id": person, "name": person, "side": "provider"})
        for client in clients:
            catalog(commander, "client.set", {"id": client, "name": client})
        return grant(commander, role, person, clients)


def grant(commander, role, person, clients=()):
    """A token for a person whom the catalog has, and its id there."""
    text = secrets.token_urlsafe(24)
    digest = hashlib.blake2b(text.encode(), digest_size=32).hexdigest()
    named = {"clients": [{"client": client} for client in clients]} if clients else {}
    reply = catalog(commander, "token.grant", {"person": person, "role": role, "digest": digest, **named})
    return text, reply["result"]["id"]


def catalog(commander, type_, data):
    """A command to the catalog: it has one partition, whatever the suite has."""
    message = {"op": "command", "id": redress.uuid7(), "type": type_, "client": "provider", "data": data}
    reply = commander.ask(message, 0)
    assert reply["status"] == "ok", f"{type_} {data}: {reply}"
    return reply


class Gateway:
    """redress-gateway in front of a suite, started by hand: it can be killed and comes back at the same address."""

    def __init__(self, suite):
        self.suite, self.address, self.process = suite, f"127.0.0.1:{free_port()}", None
        self.log = open(suite.data / "gateway.log", "ab")  # pylint: disable=consider-using-with

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop(signal.SIGTERM)
        self.log.close()

    def start(self):
        command = [str(redress.program("redress-gateway")), "--data", str(self.suite.data), "--http", self.address]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        redress.wait_for(self.alive, what="the gateway")
        return self

    def stop(self, how=signal.SIGKILL):
        if self.process:
            self.process.send_signal(how)
            code = self.process.wait(redress.PATIENCE)
            self.process = None
            assert code in (0, -how), f"the gateway ended with {code}: see {self.log.name}"

    def alive(self):
        assert self.process.poll() is None, f"the gateway ended by itself: see {self.log.name}"
        try:
            return self.get("/healthz")[0] == 200
        except OSError:
            return False

    def get(self, path, bearer=None, **headers):
        """Status, headers with lower-case names, body."""
        with Stream(self, path=path, bearer=bearer, headers={"Connection": "close", **headers}) as answer:
            answer.read_to_end(redress.PATIENCE)
            return answer.status, answer.headers, bytes(answer.body)

    def resident(self):
        """Bytes of memory that it has now."""
        status = open(f"/proc/{self.process.pid}/status", encoding="ascii").read()
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) * 1024


class Stream:
    """One request; of a stream, the messages so far: (id, event, data as it was sent)."""

    def __init__(self, gateway, query="", bearer=None, last=None, path="/v1/events", headers=None, receive=None):
        lines = {"Host": gateway.address, "Accept": "*/*", **(headers or {})}
        if bearer:
            lines["Authorization"] = f"Bearer {bearer}"
        if last:
            lines["Last-Event-ID"] = last
        host, port = gateway.address.split(":")
        self.socket = socket.socket()
        if receive:  # before the connection: it is the window that is offered
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        self.socket.connect((host, int(port)))
        target = path + (f"?{query}" if query else "")
        words = f"GET {target} HTTP/1.1\r\n" + "".join(f"{key}: {value}\r\n" for key, value in lines.items())
        self.socket.sendall(words.encode() + b"\r\n")
        self.status = self.headers = self.last = self.retry = None
        self.raw, self.body, self.text = bytearray(), bytearray(), bytearray()
        self.messages, self.comments, self.ended, self.left = [], 0, False, None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def fileno(self):
        return self.socket.fileno()

    # What arrives

    def receive(self, size=1 << 18):
        """Takes what is there, at most so much; it must be readable."""
        try:
            part = self.socket.recv(size)
        except ConnectionResetError:
            part = b""
        self.ended = not part
        self.raw += part
        if self.status is None:
            self.take_head()
        if self.status is not None:
            self.take_body()
        return len(part)

    def take_head(self):
        end = self.raw.find(b"\r\n\r\n")
        if end < 0:
            return
        first, *rest = self.raw[:end].decode("latin-1").split("\r\n")
        self.status = int(first.split()[1])
        self.headers = {key.lower(): value.strip() for key, value in (line.split(":", 1) for line in rest)}
        del self.raw[:end + 4]

    def take_body(self):
        if self.headers.get("transfer-encoding") != "chunked":
            self.body += self.raw
            self.raw.clear()
            return
        at = 0
        while True:
            end = self.raw.find(b"\r\n", at)
            if end < 0:
                break
            size = int(self.raw[at:end], 16)
            if len(self.raw) < end + 2 + size + 2:
                break
            self.text += self.raw[end + 2:end + 2 + size]
            assert self.raw[end + 2 + size:end + 4 + size] == b"\r\n", "a chunk of another size"
            at = end + 4 + size
        del self.raw[:at]
        self.take_messages()

    def take_messages(self):
        """The rules of server-sent events, for what this server sends."""
        end = self.text.rfind(b"\n\n")
        if end < 0:
            return
        blocks = self.text[:end].decode().split("\n\n")
        del self.text[:end + 2]
        for block in blocks:
            fields = {}
            for line in block.split("\n"):
                key, _, value = line.partition(": ")
                self.comments += key == "" and line.startswith(":")
                assert key in ("", "id", "event", "data", "retry") and key not in fields, f"line {line!r}"
                fields[key] = value
            self.retry = int(fields["retry"]) if "retry" in fields else self.retry
            self.last = fields.get("id", self.last)
            if "data" in fields:
                self.messages.append((self.last, fields.get("event", "message"), fields["data"]))

    # What a test waits for

    def read(self, until, seconds=redress.PATIENCE, what="the stream"):
        """Reads until until() is true. The end of the connection, or of the time, is a failure."""
        deadline = time.monotonic() + seconds
        while not until():
            assert not self.ended, f"{what}: the connection ended at {len(self.messages)} messages, status {self.status}"
            assert time.monotonic() < deadline, f"{what}: {len(self.messages)} messages within {seconds} s"
            self.socket.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                self.receive()
            except socket.timeout:
                pass
        return self

    def opened(self):
        """The stream has begun: what happens from now on is in it."""
        self.read(lambda: self.status is not None, what="headers")
        assert self.status == 200, f"{self.status} {self.refused()}"
        return self.read(lambda: self.last is not None, what="the first id")

    def refused(self):
        """The problem that came instead of a stream."""
        self.read_to_end(redress.PATIENCE)
        return json.loads(self.body)

    def read_to_end(self, seconds):
        """Until the connection ends, or the answer's length is reached."""
        whole = lambda: self.ended or (self.headers and "content-length" in self.headers
                                       and len(self.body) >= int(self.headers["content-length"]))
        self.read(whole, seconds, "the answer")

    def quiet(self, seconds):
        """Reads for so long, whatever comes."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self.ended:
            self.socket.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                self.receive()
            except socket.timeout:
                pass
        return self

    def count(self, n, seconds=redress.PATIENCE):
        return self.read(lambda: len(self.messages) >= n, seconds, f"{n} messages")

    def events(self):
        """Every event so far, decoded."""
        return [json.loads(data) for _, kind, data in self.messages if kind == "message"]


def read_all(streams, until, what="all streams", seconds=redress.PATIENCE):
    """Reads many at once until until() is true."""
    with selectors.DefaultSelector() as selector:
        for stream in streams:
            stream.socket.setblocking(False)
            selector.register(stream, selectors.EVENT_READ)
        deadline = time.monotonic() + seconds
        while not until():
            counts = sorted(len(stream.messages) for stream in streams)
            assert time.monotonic() < deadline, f"{what}: {counts} messages within {seconds} s"
            for key, _ in selector.select(0.05):
                key.fileobj.receive()
                if key.fileobj.ended:
                    selector.unregister(key.fileobj)


def as_json(frame):
    """An envelope of the log as the stream should show it."""
    event = msgpack.unpackb(frame)
    return {**event, "epoch": str(event["epoch"]), "sequence": str(event["sequence"]),
            "datacontenttype": "application/json"}


def log_of(event):
    """(service, partition) of an event, from its id."""
    service, partition, _, _ = event["id"].split("/")
    return service, int(partition)


def logs(suite, services=()):
    """Every log of these services (none: of all) by (service, partition), as streams show it."""
    rows = [(row["service"], row["partition"]) for row in suite.endpoints()]
    return {row: [as_json(frame) for frame in suite.log(*row)] for row in rows if not services or row[0] in services}


def expect_exactly(events, expected, behind=None):
    """The events are those of the logs, all of them, in the order of each log, none twice; `behind` says after which
    sequence of each log they begin."""
    got = {}
    for event in events:
        got.setdefault(log_of(event), []).append(event)
    for row, log in expected.items():
        begin = (behind or {}).get(row, 0)
        mine, theirs = got.pop(row, []), log[begin:]
        if mine != theirs:
            pairs = [(a["sequence"], b["sequence"]) for a, b in zip(mine, theirs) if a != b]
            raise AssertionError(f"{row}: {len(mine)} events for {len(theirs)} behind {begin}; first difference {pairs[:1]}")
    assert not got, f"events of {list(got)}"


def heads(suite, services=()):
    """The last sequence of every log."""
    return {row: len(log) for row, log in logs(suite, services).items()}


def flood(suite, client, count, window=512, first=0, seconds=2 * redress.PATIENCE):
    """So many tickets of a client as fast as the service takes them: asked without waiting for each other, and again when no
    answer comes, as after a kill."""
    numbers, waiting, deadline = iter(range(first, first + count)), {}, time.monotonic() + seconds
    partition = redress.partition_of(client, suite.partitions)
    with suite.commander() as commander:
        while count:
            new = list(itertools.islice(numbers, window - len(waiting)))
            asked = dict(map(lambda n: ticket(n, client), new))
            waiting.update(asked)
            say(commander, partition, asked.values())
            reply = commander.receive(partition, 1.0)
            assert time.monotonic() < deadline, f"{count} of them not answered within {seconds} s"
            if reply is None:
                commander.drop(partition)
                say(commander, partition, waiting.values())
            elif reply["status"] == "busy":
                redress.pause(0.005)
                say(commander, partition, [waiting[reply["id"]]])
            elif waiting.pop(reply["id"], None):
                assert reply["status"] == "ok", reply
                count -= 1


def ticket(number, client):
    """The id and the frame of a command that records a fact nobody has to hurry for."""
    data = cases.fact(f"F{number}", source="flood", priority=4)
    message = {"op": "command", "id": redress.uuid7(), "type": "ticket.record", "client": client, "data": data}
    return message["id"], msgpack.packb(message)


def say(commander, partition, frames):
    """Sends them, or as many as somebody takes."""
    try:
        for frame in frames:
            commander.raw(frame, partition=partition)
    except zmq.Again:
        commander.drop(partition)

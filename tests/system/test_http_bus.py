"""What the bus may answer, and what HTTP makes of it: a partition that this file plays itself."""
import fcntl
import json
import os
import threading

import msgpack
import pytest
import zmq

import redress
import sse
import web


class Played:
    """A partition of escalation in the place of the real one, which goes on beside it: `script` says what it answers."""

    def __init__(self, suite):
        self.suite, self.real, self.script, self.asked = suite, suite.endpoint(), None, []
        self.path = suite.data / "run" / "escalation-000.json"
        self.endpoint, self.over = f"ipc://{suite.data}/run/played", False
        self.router = suite.context.socket(zmq.ROUTER)
        self.router.bind(self.endpoint)
        beside = self.path.with_suffix(".played")
        beside.write_text(json.dumps({**json.loads(self.path.read_text(encoding="utf-8")), "command": self.endpoint}), encoding="utf-8")
        self.held = open(beside, "r+", encoding="utf-8")  # who serves holds the file by a lock
        fcntl.lockf(self.held, fcntl.LOCK_EX)
        os.rename(beside, self.path)
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        while not self.over:
            if self.router.poll(50):
                sender, frame = self.router.recv_multipart()
                message = msgpack.unpackb(frame)
                self.asked.append(message)
                answer = self.script(message)
                for each in answer if isinstance(answer, list) else [answer]:
                    self.router.send_multipart([sender, each if isinstance(each, bytes) else msgpack.packb(each)])

    def close(self):
        self.over = True
        self.thread.join()
        self.router.close(0)
        self.held.close()


@pytest.fixture(name="scene", scope="module")
def fixture_scene():
    with redress.Suite() as suite:
        suite.up()
        token = sse.token(suite, role="administrator")[0]
        played = Played(suite)
        try:
            with web.Web(suite) as gateway:
                yield played, gateway, token
        finally:
            played.close()


def raise_one(gateway, token, **headers):
    return gateway.post("/v1/escalations", {"client": "acme", "title": "played", "severity": 3}, token, **headers)


@pytest.mark.parametrize("status, http, code", [
    ("invalid", 400, "invalid"), ("denied", 403, "denied"), ("not_found", 404, "not_found"), ("version", 412, "version"),
    ("refused", 422, "a_rule"), ("id_reused", 422, "id_reused"), ("full", 507, "full")])
def test_statuses(scene, status, http, code):
    played, gateway, token = scene
    own = {"code": "a_rule"} if status == "refused" else {}
    played.script = lambda message: {"id": message["id"], "status": status, "field": "title", "message": "It says so.", **own}
    answer = raise_one(gateway, token)
    assert (answer.status, answer.code, answer.json["field"], answer.json["detail"]) == (http, code, "title", "It says so."), answer


def test_what_is_asked(scene):
    played, gateway, token = scene
    played.script = lambda message: {"id": message["id"], "status": "ok", "sequence": 2**53 + 1, "version": 7, "result": {"id": "esc-1"}}
    key, trace = redress.uuid7(), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    answer = raise_one(gateway, token, Idempotency_Key=key, If_None_Match="*", traceparent=trace)
    asked = played.asked[-1]
    assert (asked["op"], asked["type"], asked["client"], asked["id"]) == ("command", "escalation.raise", "acme", key)
    assert asked["data"] == {"title": "played", "severity": 3} and asked["actor"].startswith("person:")
    assert asked["expect"] == 0 and asked["traceparent"] == trace
    assert answer.status == 201 and answer.json["sequence"] == str(2**53 + 1) and answer.headers["etag"] == '"7"'
    gateway.post("/v1/escalations/esc-1/ack?client=acme", None, token, If_Match='"7"')
    assert played.asked[-1]["expect"] == 7 and played.asked[-1]["data"] == {"escalation": "esc-1"}


def test_busy_is_asked_again_and_then_told(scene):
    played, gateway, token = scene
    played.script = lambda message: {"id": message["id"], "status": "busy", "retry_after_ms": 200}
    before = len(played.asked)
    answer = raise_one(gateway, token)
    assert (answer.status, answer.code) == (429, "busy") and int(answer.headers["retry-after"]) > 0, answer
    asked = played.asked[before:]
    assert len(asked) > 2 and len({message["id"] for message in asked}) == 1
    played.script = lambda message: {"id": message["id"], "status": "ok", "version": 1}
    assert raise_one(gateway, token).status == 201, "what was given up holds up nobody"


def test_moved_never_leaves_the_gateway(scene):
    played, gateway, token = scene
    played.script = lambda message: {"id": message["id"], "status": "moved", "endpoint": played.real["command"]}
    answer = raise_one(gateway, token)
    assert answer.status == 201 and b"moved" not in answer.body, answer
    assert played.suite.cli_json("escalation", "get", f"acme/{answer.json['result']['id']}")["rows"][0]["title"] == "played"


def test_answers_that_are_none(scene):
    """Noise on the bus is not an answer; the real one behind it is."""
    played, gateway, token = scene
    noise = [b"", b"\xc1", b"\xdd\x08\x00\x00\x00", msgpack.packb([1]), msgpack.packb({"id": "x", "status": "ok"}),
             msgpack.packb({"id": redress.uuid7(), "status": "ok"}), msgpack.packb({"status": "ok"})]
    with web.Web(played.suite) as fresh:
        played.script = lambda message: noise + [{"id": message["id"], "status": "ok", "version": 3}] * 2
        for _ in range(3):
            answer = raise_one(fresh, token)
            assert answer.status == 201 and answer.json["version"] == 3, answer
        played.script = lambda message: [{"id": message["id"], "status": "ok", "result": msgpack.ExtType(1, b"x")}]
        assert fresh.read("/v1/escalations?client=acme", token).status >= 500
        assert fresh.read("/healthz").status == 200

"""The gateway's door for operators: alive, ready, metrics; and what it refuses."""
import json
import os
import shutil
import signal
import socket
import subprocess
import urllib.error
import urllib.request

import pytest

import redress
import sse


@pytest.fixture(name="web", scope="module")
def fixture_web():
    address = f"127.0.0.1:{sse.free_port()}"
    with redress.Suite(partitions=2, http=address) as suite:
        yield suite.up()


def get(suite, path, method="GET", headers=None):
    """Status, content type and body; errors too."""
    asked = urllib.request.Request(f"http://{suite.http}{path}", method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(asked, timeout=redress.PATIENCE) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read()


def ready_is(suite, status, missing=()):
    """What readiness says, once it is that: whoever answers late on a busy machine is missing too."""
    said = get(suite, "/readyz")
    return said if said[0] == status and set(json.loads(said[2])["missing"]) == set(missing) else None


def test_alive_and_ready(web):
    assert get(web, "/healthz")[::2] == (200, b'{"alive":true}')
    status, _, body = redress.wait_for(lambda: ready_is(web, 200), what="everybody's answer in time")
    assert (status, json.loads(body)) == (200, {"ready": True, "missing": []})


def test_metrics_are_one_valid_exposition(web):
    status, kind, body = get(web, "/metrics")
    assert status == 200 and kind.startswith("text/plain; version=0.0.4")
    lines = body.decode().splitlines()
    kinds = [line for line in lines if line.startswith("# TYPE ")]
    assert kinds and len(kinds) == len(set(kinds))
    for partition in ("0", "1"):
        assert any(line.startswith("redress_") and f'partition="{partition}"' in line for line in lines)
    promtool = shutil.which("promtool")
    assert promtool, "promtool is not installed"
    checked = subprocess.run([promtool, "check", "metrics"], input=body, capture_output=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_refuses_with_problems(web):
    status, kind, body = get(web, "/nowhere")
    assert (status, kind, json.loads(body)["code"]) == (404, "application/problem+json", "not_found")
    assert get(web, "/healthz%00/x")[0] == 400
    assert get(web, "/healthz", method="DELETE")[0] in (405, 501)
    assert get(web, "/healthz", headers={"X-Long": "x" * 20000})[0] in (400, 413, 431)
    assert get(web, "/healthz")[0] == 200


def test_a_stopped_process_costs_nobody_else_time(web):
    """SIGSTOP: it holds its sockets and answers nothing."""
    pid = next(p["pid"] for p in web.cli_json("status")["partitions"] if p["service"] == "escalation")
    redress.freeze(pid)
    try:
        with socket.create_connection(web.http.split(":")) as slow:
            def alive():
                slow.sendall(f"GET /readyz HTTP/1.1\r\nHost: {web.http}\r\n\r\n".encode())
                assert get(web, "/healthz")[0] == 200
            redress.at_best(alive, 1.9)  # so long it would wait for the one that is stopped
        dead = ["escalation/000", "escalation/001"]
        status, _, body = redress.wait_for(lambda: ready_is(web, 503, dead), what="everybody else's answer in time")
        assert json.loads(body) == {"ready": False, "missing": dead}
    finally:
        os.kill(pid, signal.SIGCONT)
    redress.wait_for(lambda: get(web, "/readyz")[0] == 200, what="ready again")

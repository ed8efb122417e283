"""What a stranger, a slow client or a process that hangs may cost everybody else: nothing."""
import os
import signal
import socket
import threading
import time

import pytest

import cases
import redress
import sse
import web

HEADER_MAX, BODY_MAX, PATH_MAX, ARRIVE_S, PER_ADDRESS, ASKED_S = 16 << 10, 1 << 20, 2048, 10, 512, 5


@pytest.fixture(name="suite", scope="module")
def fixture_suite():
    with redress.Suite(partitions=2) as suite:
        yield suite.up()


@pytest.fixture(name="door", scope="module")
def fixture_door(suite):
    with web.Web(suite) as gateway:
        yield gateway


@pytest.fixture(name="admin", scope="module")
def fixture_admin(suite):
    return sse.token(suite, role="administrator")[0]


def test_headers_have_a_bound(door):
    line = f"GET /healthz HTTP/1.1\r\nHost: {door.address}\r\nConnection: close\r\nX-Pad: ".encode()
    assert door.raw(line + b"x" * (HEADER_MAX - 1024) + b"\r\n\r\n")[0] == 200
    assert door.raw(line + b"x" * (HEADER_MAX + 1024) + b"\r\n\r\n")[0] in (None, 400, 413, 431)
    assert door.raw(line + b"x" * (64 * HEADER_MAX))[0] in (None, 400, 413, 431), "and is not kept to be told so"


def test_bodies_have_a_bound(door, admin, client):
    body = b'{"title":"x","severity":3,"client":"' + client.encode() + b'"'
    fits = body + b" " * (BODY_MAX - 1024 - len(body)) + b"}"
    assert door.ask("POST", "/v1/escalations", fits, admin).status == 201
    try:
        status = door.ask("POST", "/v1/escalations", body + b" " * BODY_MAX + b"}", admin).status
    except (ConnectionError, OSError):
        status = None  # it need not read what it will not take
    assert status in (None, 400, 413)
    head = f"POST /login HTTP/1.1\r\nHost: {door.address}\r\nContent-Type: application/json\r\n".encode()
    assert door.raw(head + b"Content-Length: 99999999999\r\n\r\n")[0] in (None, 400, 413)
    chunked = head + b"Transfer-Encoding: chunked\r\n\r\n" + (b"10000\r\n" + b" " * 65536 + b"\r\n") * 20
    assert door.raw(chunked)[0] in (None, 400, 413)


def test_paths_have_a_bound(door):
    assert door.read("/healthz?x=" + "y" * (PATH_MAX - 20)).status in (200, 400)
    answer = door.read("/" + "y" * PATH_MAX)
    assert (answer.status, answer.code) == (414, "path_too_long")
    assert door.read("/healthz?" + "&".join(f"a{n}=1" for n in range(33))).code == "invalid"


@pytest.mark.parametrize("lines", [
    "Transfer-Encoding: chunked\r\nContent-Length: 5", "Content-Length: 5\r\nContent-Length: 6", "Transfer-Encoding: xchunked",
    "Transfer-Encoding: identity, chunked", "Content-Length: 2\r\nContent-Type: application/json\r\nContent-Type: text/plain",
])
def test_requests_of_two_readings(door, lines):
    """Either the parser or the gateway refuses; nobody takes it."""
    request = f"POST /login HTTP/1.1\r\nHost: {door.address}\r\n{lines}\r\nConnection: close\r\n\r\n{{}}\r\n0\r\n\r\n"
    status, answer = door.raw(request.encode())
    assert status in (None, 400, 413, 501), answer


@pytest.mark.parametrize("method, lines", [
    ("POST", "Content-Length: 0\r\nContent-Length: {n}"), ("POST", "Content-Length : {n}"), ("POST", "Content-Length\t: {n}"),
    ("POST", "Transfer-Encoding: xchunked"), ("POST", "Transfer-Encoding: \vchunked"), ("POST", "Content-Length: +{n}"),
    ("HEAD", "Content-Length: {n}"), ("HEAD", "Transfer-Encoding: chunked"), ("TRACE", "Content-Length: {n}"),
    ("POST", ": {n}"),
])
def test_what_is_behind_a_request_of_two_readings_is_none(door, method, lines):
    """What a proxy took for its body must not be answered as the next request: somebody else would get that answer."""
    hidden = f"GET /readyz HTTP/1.1\r\nHost: {door.address}\r\n\r\n"
    request = f"{method} /healthz HTTP/1.1\r\nHost: {door.address}\r\n{lines.format(n=len(hidden))}\r\n\r\n{hidden}"
    status, answer = door.raw(request.encode())
    assert status in (400, 501) and answer.count(b"HTTP/1.1 ") == 1 and b"Connection: close" in answer, answer


def test_no_body_where_there_may_be_one(door):
    head = f"HEAD /healthz HTTP/1.1\r\nHost: {door.address}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    assert door.raw(head.encode())[0] == 200


def test_paths_of_two_readings(door):
    for target in ("/healthz%00", "//healthz", "/./healthz", "/a/../healthz", "/healthz/", "http://evil.example/healthz", "*", "healthz"):
        status, answer = door.raw(f"GET {target} HTTP/1.1\r\nHost: {door.address}\r\nConnection: close\r\n\r\n".encode())
        assert status in (None, 400, 404, 421), (target, answer)


def test_methods_that_are_none(door):
    for method in ("TRACE", "CONNECT", "BREW", "get"):
        status, answer = door.raw(f"{method} /healthz HTTP/1.1\r\nHost: {door.address}\r\nConnection: close\r\n\r\n".encode())
        assert status in (None, 400, 405, 501), (method, answer)


def test_a_request_must_arrive_in_time(door):
    """Drop by drop: a byte a second keeps a timeout of silence away, not one of the whole request."""
    peers = [socket.create_connection(door.place) for _ in range(3)]
    begun = time.monotonic()
    peers[0].sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    peers[1].sendall(f"POST /login HTTP/1.1\r\nHost: {door.address}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
                     .encode())
    open_ = set(peers)
    while open_ and time.monotonic() - begun < redress.PATIENCE:
        time.sleep(0.5)
        assert door.read("/healthz").status == 200, "others are served meanwhile"
        for peer in list(open_):
            try:
                if peer is not peers[2]:
                    peer.sendall(b"x")
                peer.setblocking(False)
                if peer.recv(100) == b"":
                    open_.discard(peer)
            except BlockingIOError:
                pass
            except OSError:
                open_.discard(peer)
            finally:
                peer.setblocking(True)
    assert not open_ and time.monotonic() - begun > ARRIVE_S / 2
    for peer in peers:
        peer.close()


def test_many_requests_on_one_connection(door):
    request = f"GET /healthz HTTP/1.1\r\nHost: {door.address}\r\n\r\n".encode()
    with socket.create_connection(door.place, timeout=redress.PATIENCE) as peer:
        for _ in range(300):
            peer.sendall(request)
            answer = b""
            while b'{"alive":true}' not in answer:
                answer += peer.recv(65536)


def test_idle_connections_delay_nobody(door, admin, client):
    idle = [socket.create_connection(door.place) for _ in range(200)]
    for n, peer in enumerate(idle):
        if n % 2:
            peer.sendall(b"GET /healthz HT")
    try:
        for n in range(50):
            made = door.post("/v1/escalations", {"title": f"number {n}", "severity": 3, "client": client}, admin)
            assert made.status == 201 and door.read(made.headers["location"], admin).json["title"] == f"number {n}"
    finally:
        for peer in idle:
            peer.close()


def refused(peer):
    try:
        peer.settimeout(redress.PATIENCE)
        peer.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        return peer.recv(100) == b""
    except ConnectionError:
        return True


def test_one_address_has_its_share(suite):
    with web.Web(suite) as gateway:
        many = []
        try:
            for _ in range(PER_ADDRESS + 20):
                many.append(socket.create_connection(gateway.place, source_address=("127.0.0.5", 0)))
            redress.wait_for(lambda: refused(many[-1]), what="the end of a connection too many")
            assert not refused(many[0])
            assert gateway.ask("GET", "/healthz", source="127.0.0.6").status == 200
        finally:
            for peer in many:
                peer.close()
        again = redress.wait_for(lambda: not refused(socket.create_connection(gateway.place, source_address=("127.0.0.5", 0))),
                                 what="a connection when the others are closed")
        assert again is not False


def test_a_hanging_service_delays_nobody_else(suite, admin):
    """SIGSTOP: escalation holds its sockets and answers nothing; the catalog is asked all the same."""
    with web.Web(suite) as gateway:
        pid = next(row["pid"] for row in suite.cli_json("status")["partitions"] if row["service"] == "escalation")
        gateway.raised("hang", admin)
        waiting, answers = [], []
        redress.freeze(pid)
        try:
            key = redress.uuid7()
            body = {"title": "in doubt", "severity": 3, "client": "hang"}

            def ask():
                answers.append(gateway.ask("POST", "/v1/escalations", body, admin, Idempotency_Key=key))

            waiting = [threading.Thread(target=ask) for _ in range(20)]
            for thread in waiting:
                thread.start()
            redress.wait_for(lambda: let_in(gateway) >= 20, what="twenty requests on their way")
            served = 0
            while not answers and served < 50:
                assert gateway.read("/v1/clients", admin).status == 200
                served += not answers
            assert served, "others waited for who hangs"

            def missing():
                ready = gateway.read("/readyz")
                assert ready.status == 503 and "escalation/000" in ready.json["missing"]
                return ready.json["missing"]
            redress.wait_for(lambda: "catalog/000" not in missing(), what="an answer of the catalog in time")
            for thread in waiting:
                thread.join(redress.PATIENCE)
        finally:
            os.kill(pid, signal.SIGCONT)
        assert {(answer.status, answer.code) for answer in answers} == {(504, "timeout")}
        assert len(answers) == 20 and all("Idempotency-Key" in answer.json["detail"] for answer in answers)
        redress.wait_for(lambda: gateway.read("/readyz").status == 200, what="a ready suite")
        again = gateway.ask("POST", "/v1/escalations", body, admin, Idempotency_Key=key)
        assert again.status in (200, 201), again
        rows = gateway.read("/v1/escalations?client=hang", admin).rows()
        assert [row["title"] for row in rows].count("in doubt") == 1, "asked twenty-one times, done once"


def test_a_service_that_is_down_is_told_at_once():
    with redress.Suite(partitions=1) as suite:
        suite.up()
        text = sse.token(suite, role="administrator")[0]
        with web.Web(suite) as gateway:
            assert gateway.read("/v1/escalations", text).rows() == []
            suite.cli("down")
            for path in ("/v1/escalations", "/readyz", "/v1/me"):
                answer = gateway.read(path, text)
                assert answer.status == 503 and (path == "/readyz" or int(answer.headers["retry-after"]) > 0), path
            suite.up()
            redress.wait_for(lambda: gateway.read("/v1/me", text).status == 200, what="the suite")
            made = gateway.post("/v1/tickets", {**cases.fact("D1"), "client": "down"}, text)
            assert made.status == 200, made


def test_who_needs_no_token_takes_little(suite):
    """Health and metrics ask everybody: beyond sixteen at once they are turned away, and commands find room."""
    with web.Web(suite) as gateway:
        pid = next(row["pid"] for row in suite.cli_json("status")["partitions"] if row["service"] == "escalation")
        statuses, threads = [], []
        redress.freeze(pid)
        try:
            threads = [threading.Thread(target=lambda: statuses.append(gateway.read("/metrics").status)) for _ in range(60)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(redress.PATIENCE)
        finally:
            os.kill(pid, signal.SIGCONT)
        assert len(statuses) == 60 and set(statuses) == {200, 503} and statuses.count(200) >= 16, statuses
        assert gateway.read("/metrics").status == 200


def test_who_was_let_in_is_answered_when_it_ends(suite, admin):
    """SIGTERM while twenty wait for a service that hangs: they are answered, and nobody new is let in."""
    for _ in range(5):
        if ends_with_twenty(suite, admin):
            return
    raise AssertionError("whoever waited had no answer within the time of a question, five times")


def ends_with_twenty(suite, admin):
    """Whether all of that was within the time that a question may take."""
    pid = next(row["pid"] for row in suite.cli_json("status")["partitions"] if row["service"] == "escalation")
    answers, begun = [], 0.0
    with web.Web(suite) as gateway:
        body = {"title": "last", "severity": 3, "client": "ending"}
        gateway.raised("ending", admin)
        redress.freeze(pid)
        try:
            threads = [threading.Thread(target=lambda: answers.append(gateway.post("/v1/escalations", body, admin)))
                       for _ in range(20)]
            begun = time.monotonic()
            for thread in threads:
                thread.start()
            redress.wait_for(lambda: let_in(gateway) >= 20, what="twenty requests on their way")
            gateway.process.send_signal(signal.SIGTERM)
            redress.wait_for(lambda: not listens(gateway), what="the end of listening")
        finally:
            os.kill(pid, signal.SIGCONT)
        for thread in threads:
            thread.join(redress.PATIENCE)
        lasted = time.monotonic() - begun
        assert gateway.process.wait(redress.PATIENCE) == 0
        gateway.process = None
    if lasted > ASKED_S and {answer.status for answer in answers} <= {201, 504}:
        return False
    assert [answer.status for answer in answers] == [201] * 20, answers
    assert {answer.headers["connection"] for answer in answers} == {"close"}
    return True


def listens(gateway):
    try:
        socket.create_connection(gateway.place, timeout=redress.PATIENCE).close()
        return True
    except ConnectionRefusedError:
        return False


def let_in(gateway):
    """Connections from which the gateway has read all that was sent: nothing waits in them, or to be accepted."""
    port, established, listening = f":{gateway.place[1]:04X}", "01", "0A"
    rows = [line.split() for line in open("/proc/net/tcp", encoding="ascii").readlines()[1:]]
    ours = [row for row in rows if row[1].endswith(port) and row[3] in (established, listening)]
    waits = any(int(row[4].split(":")[1], 16) for row in ours)
    sent = all(int(row[4].split(":")[0], 16) == 0 for row in rows if row[2].endswith(port))
    return 0 if waits or not sent else sum(row[3] == established for row in ours)


def test_who_leaves_early_harms_nobody(suite, admin):
    """Their answers come when they are gone: read, shown and thrown away."""
    pid = next(row["pid"] for row in suite.cli_json("status")["partitions"] if row["service"] == "escalation")
    with web.Web(suite) as gateway:
        gateway.raised("early", admin)
        lines = f"Host: {gateway.address}\r\nAuthorization: Bearer {admin}\r\nContent-Type: application/json\r\n"
        body = '{"title":"left early","severity":3,"client":"early"}'
        requests = [f"GET /v1/escalations HTTP/1.1\r\n{lines}\r\n", f"GET /readyz HTTP/1.1\r\n{lines}\r\n",
                    f"POST /v1/escalations HTTP/1.1\r\n{lines}Content-Length: {len(body)}\r\n\r\n{body}"]
        redress.freeze(pid)
        try:
            peers = [socket.create_connection(gateway.place) for _ in range(60)]
            for n, peer in enumerate(peers):
                peer.sendall(requests[n % 3].encode())
            redress.wait_for(lambda: let_in(gateway) >= 60, what="sixty requests on their way")
            for n, peer in enumerate(peers):
                if n % 2:  # a reset instead of an orderly end
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                peer.close()
            for n in range(60):  # and who leaves before anybody has read what they want
                with socket.create_connection(gateway.place) as peer:
                    peer.sendall(requests[n % 2].encode())
                    if n % 4 < 2:
                        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        finally:
            os.kill(pid, signal.SIGCONT)

        def committed():
            rows = gateway.read("/v1/escalations?client=early&limit=500", admin).rows()
            return [row["title"] for row in rows].count("left early") == 20

        redress.wait_for(committed, what="twenty escalations of those who left")
        redress.wait_for(lambda: gateway.read("/readyz").status == 200, what="a ready suite")


def test_two_requests_at_once_are_two_answers(door):
    one = f"GET /healthz HTTP/1.1\r\nHost: {door.address}\r\n\r\n"
    last = f"GET /nothing HTTP/1.1\r\nHost: {door.address}\r\nConnection: close\r\n\r\n"
    answer = b""
    with socket.create_connection(door.place, timeout=redress.PATIENCE) as peer:
        peer.sendall((one + one + last).encode())
        while part := peer.recv(65536):
            answer += part
    assert answer.count(b"HTTP/1.1 200") == 2 and answer.count(b"HTTP/1.1 404") == 1, answer

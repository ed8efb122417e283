"""The gateway as a client of HTTP sees it: requests of http.client, raw bytes where a request must be wrong, links that this
file signs itself, from what their header says."""
import base64
import dataclasses
import hashlib
import http.client
import json
import socket
import subprocess
import time

import msgpack

import redress
import sse


@dataclasses.dataclass
class Answer:
    """What came back; names of headers in lower case."""
    status: int
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """The code of a problem, which has to be a whole one."""
        assert self.headers["content-type"] == "application/problem+json", self
        problem = self.json
        assert problem["status"] == self.status and problem["title"] and problem["type"].startswith("urn:redress:problem:"), self
        return problem["code"]

    def rows(self):
        assert self.status == 200, self
        return self.json["rows"]


class Web(sse.Gateway):
    """A gateway started by hand, with options."""

    def __init__(self, suite, *options):
        super().__init__(suite)
        self.options = options

    def start(self):
        command = [str(redress.program("redress-gateway")), "--data", str(self.suite.data), "--http", self.address,
                   *self.options]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        redress.wait_for(self.alive, what="the gateway")
        return self

    @property
    def place(self):
        host, port = self.address.split(":")
        return host, int(port)

    def ask(self, method, path, data=None, bearer=None, source=None, seconds=redress.PATIENCE, **headers):
        """Header names with _ for -. Data is sent as JSON, bytes as they are."""
        lines = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
        if bearer:
            lines["Authorization"] = f"Bearer {bearer}"
        body = data if data is None or isinstance(data, bytes) else json.dumps(data).encode()
        if method == "POST":
            lines.setdefault("Content-Type", "application/json")
        place = (source, 0) if source else None
        connection = http.client.HTTPConnection(*self.place, timeout=seconds, source_address=place)
        try:
            connection.request(method, path, body, lines)
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def get(self, path, bearer=None, **headers):  # as sse.Gateway has it, for who waits
        answer = self.ask("GET", path, bearer=bearer, **headers)
        return answer.status, answer.headers, answer.body

    def read(self, path, bearer=None, **headers):
        return self.ask("GET", path, bearer=bearer, **headers)

    def post(self, path, data=None, bearer=None, **headers):
        return self.ask("POST", path, {} if data is None else data, bearer=bearer, **headers)

    def raw(self, request, seconds=redress.PATIENCE):
        """What comes back to these bytes until the connection ends; the first line's status, or None."""
        with socket.create_connection(self.place, timeout=seconds) as peer:
            answer = b""
            try:
                peer.sendall(request)
                if b"Connection: close" not in request:
                    peer.shutdown(socket.SHUT_WR)  # whoever takes it for unfinished shall not wait
                while part := peer.recv(65536):
                    answer += part
            except OSError:
                pass  # it was not read to the end
        return (int(answer.split()[1]) if answer else None), answer

    def raised(self, client, bearer, mark="words"):
        """A new escalation's id."""
        made = self.post("/v1/escalations", {"client": client, "title": f"raised for {mark}", "severity": 3}, bearer)
        assert made.status == 201, made
        return made.json["result"]["id"]


def unframed(text):
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def link(suite, subject, actor="person:pat", purpose="ack", seconds=3600, issued=None):
    """A link as link.h and link.c describe one, signed with the suite's key."""
    issued = int(time.time() * 1e6) if issued is None else issued
    packed = msgpack.packb([purpose, subject, actor, issued, issued + int(seconds * 1e6)])
    key = (suite.data / "key").read_bytes()
    return unframed(packed + hashlib.blake2b(b"redress link 1\0" + packed, digest_size=16, key=key).digest())

"""A receiver of hooks, made of http.server: every request that came, when, and with which headers.

What it answers is a list a path, as in mailbox.py: each request takes the first that is left, `200` when none is.
"""
import http.server
import json
import threading
import time

import redress

ACCEPT, HANG, CLOSE = 200, "hang", "close"
PATIENCE = 60.0  # of a thread that hangs, when nobody releases it


class Hook:
    """One request: path, headers as they came (a list, so that one that came twice is seen), body, and the answer."""

    def __init__(self, path, headers, body, answer):
        self.path, self.headers, self.raw, self.answer, self.time = path, headers, body, answer, time.monotonic()

    def header(self, name):
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(found) == 1, f"{name}: {found}"
        return found[0]

    @property
    def id(self):
        return self.header("webhook-id")

    @property
    def body(self):
        return json.loads(self.raw)


class Hooks:
    """The server. An answer is a status, (status, headers), HANG, CLOSE, or a function of the hook that returns one. A hook
    is kept before it is answered."""

    def __init__(self):
        self.hooks, self.connections, self.plans = [], 0, {}
        self.lock, self.released = threading.Lock(), threading.Event()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(self))
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.release()
        self.server.shutdown()
        self.thread.join(redress.PATIENCE)
        self.server.server_close()

    def url(self, path="/"):
        return f"http://127.0.0.1:{self.port}{path}"

    def answer(self, path, *answers, last=None):
        """The next requests to this path get these, in order; the ones behind them `last`, or 200."""
        with self.lock:
            self.plans[path] = (list(answers), last)
        return self

    def release(self):
        """Those that hang are closed; later ones hang again."""
        with self.lock:
            released, self.released = self.released, threading.Event()
        released.set()

    def of(self, path):
        return [each for each in self.hooks if each.path == path]

    def wait(self, path, count=1, seconds=redress.PATIENCE):
        redress.wait_for(lambda: len(self.of(path)) >= count, seconds, f"{count} hooks at {path}")
        return self.of(path)

    def planned(self, path):
        """The answer, and what says that those who hang now are let go."""
        with self.lock:
            answers, last = self.plans.get(path, ([], None))
            return (answers.pop(0) if answers else last or ACCEPT), self.released


def handler(hooks):
    """The class that answers for these hooks."""

    class Handler(http.server.BaseHTTPRequestHandler):
        """One connection."""

        protocol_version = "HTTP/1.1"

        def setup(self):
            hooks.connections += 1
            super().setup()

        def log_message(self, format, *arguments):  # pylint: disable=redefined-builtin
            """Nothing: tests look at what was kept."""

        def do_POST(self):  # pylint: disable=invalid-name
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer, released = hooks.planned(self.path)
            hook = Hook(self.path, list(self.headers.items()), body, answer)
            hooks.hooks.append(hook)
            if callable(answer):
                answer = hook.answer = answer(hook) or ACCEPT
            self.give(answer, released)

        def do_GET(self):  # pylint: disable=invalid-name
            """Nobody should ask; a redirect that is followed would."""
            hooks.hooks.append(Hook(self.path, list(self.headers.items()), b"", ACCEPT))
            self.give(ACCEPT)

        def give(self, answer, released=None):
            if answer == HANG:
                released.wait(PATIENCE)
                answer = CLOSE
            if answer == CLOSE:
                self.close_connection = True
                return
            status, headers = answer if isinstance(answer, tuple) else (answer, {})
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

    return Handler

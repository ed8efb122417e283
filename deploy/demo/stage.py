"""What the story stands on: the suite and the mail receiver, started and ended by process id; asking them.
Whatever is waited for has a deadline; nothing is taken for done because time has passed."""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import clock
import voice

HERE = pathlib.Path(__file__).resolve().parent
RATE = 60
PATIENCE_S = 30  # for whatever should take less than a second


class Wrong(Exception):
    """Something is not as the story tells it."""


class Refused(Exception):
    """The tool ended with an error; what it said."""


def check(truth, text):
    if not truth:
        raise Wrong(text)


def wait(condition, what, seconds=PATIENCE_S):
    """The first value of condition() that is true."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        check(time.monotonic() < deadline, f"{what}: not within {seconds} s")
        time.sleep(0.05)


def free_port(port):
    """The first port from there on that nobody listens on."""
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                check(port < 65535, "there is no free port")
                port += 1


def as_typed(words):
    """A command as one would type it, in lines that fit; a flag and its value stay together."""
    shown = [f"'{word}'" if set(word) - set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/:=+-$") else word
             for word in words]
    parts, rows = [], ["  $ redress"]
    for word in shown:
        if parts and parts[-1].startswith("--") and " " not in parts[-1]:
            parts[-1] += f" {word}"
        else:
            parts.append(word)
    for part in parts:
        if len(rows[-1]) + len(part) > voice.COLUMNS - 3:
            rows.append("     ")
        rows[-1] += f" {part}"
    return "\n".join(f"{row[:voice.COLUMNS - 4]}…" if len(row) > voice.COLUMNS - 2 else row for row in
                     [f"{row} \\" for row in rows[:-1]] + rows[-1:])


class Stage:
    """The suite in HOME/data, its mail in HOME/mail; another one beside it in HOME/NAME."""

    def __init__(self, name=".", rate=RATE):
        self.rate, self.known = rate, {}  # ids that are shown by a name
        self.tool = pathlib.Path(os.environ["REDRESS_BIN"]).resolve() / "redress"
        self.home = pathlib.Path(os.environ.get("DEMO_DIR", HERE.parents[1] / "build" / "demo"), name).resolve()
        self.data, self.mail, self.config = self.home / "data", self.home / "mail", self.home / "redress.yaml"
        self.receiver = self.clock = self.url = None

    # --- the tool ---------------------------------------------------------------------------------

    def run(self, *words, seconds=120):
        """What the tool prints. Its output goes through a file: a suite it leaves behind would hold a pipe open."""
        command = [str(self.tool), *map(str, words), "--data", str(self.data)]
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            code = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, timeout=seconds, check=False).returncode
            out.seek(0)
            err.seek(0)
            if code:
                raise Refused(err.read().decode().strip().removeprefix("redress: "))
            return out.read().decode()

    def ask(self, *words):
        return json.loads(self.run(*words, "-o", "json"))

    def rows(self, *words):
        return self.ask(*words, "--all")["rows"]

    def do(self, *words):
        """Shows a command, and does it."""
        shown = list(map(str, words))
        for text, name in self.known.items():
            shown = [word.replace(text, name) for word in shown]
        voice.say(as_typed(shown))
        return self.run(*words)

    # --- HTTP -------------------------------------------------------------------------------------

    def http(self, method, path, body=None, token=None, form=False):
        """The status and the text of an answer."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded" if form else "application/json"
            body = b"" if body is None else json.dumps(body).encode()
        request = urllib.request.Request(path if path.startswith("http") else self.url + path, body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    # --- up and down ------------------------------------------------------------------------------

    def clear(self):
        """Makes HOME anew; only what a demo made is removed."""
        for data in (self.data, self.home, self.home / "programme" / "data"):
            if (data / "suite.json").is_file():
                subprocess.run([str(self.tool), "down", "--data", str(data)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, check=False, timeout=60)
        if self.config.is_file() or (self.home / "suite.json").is_file():
            shutil.rmtree(self.home)
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.mail.mkdir()

    def open_mail(self):
        self.receiver = subprocess.Popen([HERE / "receiver.py", self.mail, self.data], stdin=subprocess.PIPE)
        port = self.mail / "port"
        wait(lambda: port.is_file() or self.receiver.poll() is not None, "the mail receiver")
        check(self.receiver.poll() is None, "the mail receiver did not start")
        return port.read_text(encoding="ascii")

    def up(self):
        """The receiver, then the suite, which sends its mail there."""
        address = f"127.0.0.1:{free_port(int(os.environ.get('PORT', '8080')))}"
        self.url = f"http://{address}"
        # JSON is YAML. The receiver is on this machine and speaks no TLS.
        self.config.write_text(json.dumps({"notification": {
            "smtp": f"smtp://127.0.0.1:{self.open_mail()}", "smtp_tls": False,
            "mail_from": "Northgate IT <redress@northgate.example.org>", "public_url": self.url}}, indent=2), encoding="utf-8")
        self.run("up", "--detach", "--clock", f"x{self.rate}", "--http", address, "--config", self.config)
        self.clock = clock.Clock(self.data)

    def rise(self):
        """A suite that history made goes on, from now; nobody is told by mail."""
        self.run("up", "--detach", "--adopt-clock", "--config", self.config)
        self.clock = clock.Clock(self.data)

    def is_up(self):
        try:
            self.run("status")
            return True
        except Refused:
            return False

    def down(self):
        """Ends the suite, then the receiver: what is under way is still taken."""
        if (self.data / "suite.json").is_file() and (self.data / "run" / "supervisor.pid").is_file():
            self.run("down")
        if self.receiver:
            self.receiver.terminate()
            self.receiver.wait(PATIENCE_S)
            self.receiver.stdin.close()
            self.receiver = None

    # --- what is known ----------------------------------------------------------------------------

    def now(self):
        return self.clock.now()

    def heard(self, *queries):
        """Waits until whoever answers these queries has heard all that the catalog said."""
        head = next(row["head"] for row in self.ask("status")["partitions"] if row["service"] == "catalog")
        for query in queries:
            self.run("query", query, "--after", f"catalog/000={head}")

    def until(self, instant):
        """Waits for an instant of the suite."""
        wait(lambda: self.now() >= instant, clock.long(instant), PATIENCE_S + max(0, instant - self.now()) / 1e6 / self.rate)

    def received(self):
        """What the mail receiver took, in order."""
        index = self.mail / "index.jsonl"
        if not index.is_file():
            return []
        lines = index.read_text(encoding="utf-8").split("\n")[:-1]  # the last one may be half written
        return [json.loads(each) for each in lines]

    def messages(self, client=None):
        return self.rows("notification", "messages", *(("--client", client) if client else ()))

    def told(self, client, stage, people, level=None, count=1):
        """Waits until these people were told of a stage so many times, and the mails are here: [(message, mail)]."""
        def arrived():
            mails = {mail["message"]: mail for mail in self.received()}
            rows = [row for row in self.messages(client) if row["stage"] == stage and level in (None, row.get("to"))
                    and row["state"] == "sent" and row["id"] in mails]
            if all(sum(row["person"] == person for row in rows) >= count for person in people):
                return [(row, mails[row["id"]]) for row in rows if row["person"] in people]
            return None
        return wait(arrived, f"{client}: {', '.join(people)} to be told of {stage}", 2 * PATIENCE_S)

    def escalation(self, client):
        """The open escalation of a client, once there is one: CLIENT/ID."""
        row = wait(lambda: self.rows("escalation", "list", "--client", client), f"an escalation of {client}", 2 * PATIENCE_S)[0]
        return f"{client}/{row['escalation']}"

    def one(self, escalation):
        return self.ask("query", "escalation.get", escalation)["rows"][0]

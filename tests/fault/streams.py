#!/usr/bin/python3
"""The fault run of streams: clients of GET /v1/events come back with their last id while the gateway and the services behind it
are killed under load; at the end each holds exactly the logs.

    streams.py [--seconds 20] [--seed N] [--clients 4] [--build DIR] [--plant NAME]

With --plant the programs of build/plant-NAME run, and the run passes when the check catches the bug.
"""
import argparse
import os
import pathlib
import random
import shutil
import signal
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
# pylint: disable=wrong-import-position
import redress
import sse


class Resumer(threading.Thread):
    """A client that keeps what it read and the last id, and loses its connection for one reason or another."""

    def __init__(self, gateway, bearer, seed, query="since=beginning&services=escalation"):
        super().__init__(daemon=True)
        self.gateway, self.bearer, self.query, self.dice = gateway, bearer, query, random.Random(seed)
        self.events, self.resets, self.last, self.lives = [], [], None, 0
        self.ended, self.error = threading.Event(), None

    def run(self):
        try:
            while not self.ended.is_set():
                self.live()
        except Exception as error:  # pylint: disable=broad-exception-caught
            self.error = error

    def live(self):
        """One connection: until the server ends it, or this client has had enough."""
        try:
            stream = sse.Stream(self.gateway, self.query, self.bearer, self.last)
        except OSError:
            redress.pause(0.05)
            return
        with stream:
            patience = self.dice.choice((0.05, 0.3, 1.0, 30.0))
            while patience > 0 and not stream.ended and not self.ended.is_set():
                stream.quiet(0.05)
                patience -= 0.05
            if stream.status is None or stream.status in (429, 503):  # killed before it said anything, or starting
                redress.pause(0.1)
                return
            assert stream.status == 200, f"{stream.status} for the id {self.last}"
            self.lives += 1
            self.keep(stream)

    def keep(self, stream):
        """As a browser does it: every id counts, also one that comes alone."""
        self.resets += [ident for ident, kind, _ in stream.messages if kind == "reset"]
        self.events += stream.events()
        self.last = stream.last or self.last

    def stop(self):
        self.ended.set()
        self.join(10)
        assert self.error is None, f"a client ended: {self.error!r}"

    def finish(self, expected):
        """Reads until it holds as many events as there are, or nothing comes any more."""
        with sse.Stream(self.gateway, self.query, self.bearer, self.last) as stream:
            for _ in range(50):
                if len(self.events) + len(stream.messages) >= expected:
                    break
                stream.quiet(0.1)
            stream.quiet(0.3)
            self.keep(stream)


def streams_identical(resumers, logs):
    """Every client that came back with its last id holds exactly the logs; one sentence for each that does not."""
    for number, resumer in enumerate(resumers):
        yield from (f"client {number}: the history of {ident} is said to be another" for ident in resumer.resets)
        try:
            sse.expect_exactly(resumer.events, logs)
        except AssertionError as error:
            yield f"client {number} after {resumer.lives} connections: {error}"


class Loader(threading.Thread):
    """Tickets, a few hundred at a time, with pauses in which everybody catches up."""

    def __init__(self, suite, clients):
        super().__init__(daemon=True)
        self.suite, self.clients, self.ended, self.turns = suite, clients, threading.Event(), 0

    def run(self):
        while not self.ended.is_set():
            for client in self.clients:
                try:
                    sse.flood(self.suite, client, 100, window=64, first=self.turns * 100)
                except LookupError:
                    redress.pause(0.1)  # nobody serves it just now
            self.turns += 1
            redress.pause(0.02)


def kill_one(suite, gateway, dice):
    """The gateway more often than not, else the service."""
    if dice.random() < 0.6:
        gateway.stop(signal.SIGKILL)
        redress.pause(dice.uniform(0, 0.3))
        gateway.start()
        return "gateway"
    for pid in suite.processes("redress-escalation"):
        os.kill(pid, signal.SIGKILL)
    return "escalation"


def one_run(arguments, seed):
    """(breaches, a sentence about the run)."""
    dice, kills = random.Random(seed), {}
    with redress.Suite(partitions=2) as suite:
        build = suite.data.parent / "programs"  # whoever builds meanwhile does not change what is tested
        build.mkdir()
        for program in arguments.build.glob("redress*"):
            shutil.copy2(program, build)
        os.environ["REDRESS"], os.environ["REDRESS_BUILD"] = str(build / "redress"), str(build)
        suite.up()
        clients = [redress.client_in(partition, 2) for partition in range(2)]
        loader = Loader(suite, clients)
        with sse.Gateway(suite) as gateway:
            resumers = [Resumer(gateway, sse.token(suite)[0], seed + n) for n in range(arguments.clients)]
            for each in (loader, *resumers):
                each.start()
            deadline = redress.time.monotonic() + arguments.seconds
            while redress.time.monotonic() < deadline:
                redress.pause(dice.uniform(0.2, 1.2))
                name = kill_one(suite, gateway, dice)
                kills[name] = kills.get(name, 0) + 1
            for each in (loader, *resumers):
                each.ended.set()
            loader.join(30)
            for resumer in resumers:
                resumer.stop()
            redress.wait_for(lambda: gateway.get("/readyz")[0] == 200, 30, "everybody to serve")
            logs = sse.logs(suite, ("escalation",))
            for resumer in resumers:
                resumer.finish(sum(map(len, logs.values())))
            breaches = list(streams_identical(resumers, logs))
            lives = [resumer.lives for resumer in resumers]
    return breaches, f"kills {kills}, connections {lives}, events {({row: len(log) for row, log in logs.items()})}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long everything is killed (20)")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--build", default=None, help="the directory of the programs (build/release)")
    parser.add_argument("--plant", default=None, help="a planted bug that must be caught")
    arguments = parser.parse_args()
    if arguments.build is None:
        arguments.build = redress.ROOT / "build" / (f"plant-{arguments.plant}" if arguments.plant else "release")
    arguments.build = pathlib.Path(arguments.build).resolve()
    seed = arguments.seed if arguments.seed is not None else int.from_bytes(os.urandom(3), "big")
    print(f"seed {seed}", flush=True)
    breaches, said = one_run(arguments, seed)
    print(said)
    for breach in breaches:
        print(f"  {breach[:600]}")
    good = bool(breaches) == bool(arguments.plant)
    print(f"{int(good)} passed, {int(not good)} failed")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()

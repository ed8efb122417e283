#!/usr/bin/python3
"""How many events a second the gateway gives to how many streams: live, while they happen, and from the log.

    stream_bench.py [--events 20000] [--streams 1,10,50]

The readers share the machine with everybody else and are the same single thread for all streams: they count, and parse nothing.
"""
import argparse
import os
import pathlib
import selectors
import socket
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
# pylint: disable=wrong-import-position
import redress
import sse

MARK = b"\ndata: {"


class Counter:
    """A stream of which only the events are counted."""

    def __init__(self, gateway, bearer, query):
        host, port = gateway.address.split(":")
        self.socket, self.count, self.tail = socket.create_connection((host, int(port))), 0, b""
        self.socket.sendall(f"GET /v1/events?{query} HTTP/1.1\r\nHost: {gateway.address}\r\n"
                            f"Authorization: Bearer {bearer}\r\n\r\n".encode())
        self.tail = self.socket.recv(1 << 16)
        assert self.tail.startswith(b"HTTP/1.1 200 "), self.tail
        self.count += self.tail.count(MARK)
        self.tail = self.tail[1 - len(MARK):]

    def take(self):
        part = self.socket.recv(1 << 20)
        assert part, "the stream ended"
        self.count += (self.tail + part).count(MARK)
        self.tail = part[1 - len(MARK):]


def drain(counters, wanted, seconds=300):
    """Reads until each has so many."""
    deadline = time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        for counter in counters:
            if counter.count < wanted:
                selector.register(counter.socket, selectors.EVENT_READ, counter)
        while selector.get_map():
            assert time.monotonic() < deadline, sorted(counter.count for counter in counters)
            for key, _ in selector.select(1):
                key.data.take()
                if key.data.count >= wanted:
                    selector.unregister(key.fileobj)


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(name, gateway, counters, wanted, cause=None):
    """One line: what the streams got a second, and what the gateway's processor time was."""
    begun, before = time.monotonic(), processor_seconds(gateway.process.pid)
    thread = threading.Thread(target=cause) if cause else None
    if thread:
        thread.start()
    drain(counters, wanted)
    took, used = time.monotonic() - begun, processor_seconds(gateway.process.pid) - before
    if thread:
        thread.join()
    total = wanted * len(counters)
    print(f"{name:>9} {len(counters):>4} streams: {wanted / took:>9,.0f} events/s each, {total / took:>9,.0f} in all, "
          f"{took:6.2f} s, gateway {used / total * 1e6:5.1f} us an event, {gateway.resident() >> 20} MiB", flush=True)
    for counter in counters:
        counter.socket.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=20000)
    parser.add_argument("--streams", default="1,10,50")
    arguments = parser.parse_args()
    with redress.Suite() as suite:
        suite.up()
        bearer, written = sse.token(suite)[0], 0
        with sse.Gateway(suite) as gateway:
            redress.wait_for(lambda: gateway.get("/readyz")[0] == 200, 20, "everybody to serve")
            for count in map(int, arguments.streams.split(",")):
                live = [Counter(gateway, bearer, "services=escalation") for _ in range(count)]
                first = written
                measure("live", gateway, live, arguments.events,
                        lambda first=first: sse.flood(suite, "acme", arguments.events, first=first))
                written += arguments.events
                past = [Counter(gateway, bearer, "services=escalation&since=beginning") for _ in range(count)]
                measure("from log", gateway, past, written)


if __name__ == "__main__":
    main()

"""The suite's clock, from DIR/suite.json, and instants as people read them. Instants are microseconds UTC."""
import datetime
import json
import pathlib
import time

MINUTE = 60_000_000
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


class Clock:
    """Where the suite's time is now: it began with the real one, and runs `rate` times as fast."""

    def __init__(self, suite):
        row = json.loads((pathlib.Path(suite) / "suite.json").read_text(encoding="utf-8"))["clock"]
        self.real, self.suite, self.rate = row["anchor_real"], row["anchor_suite"], row["rate"]

    def now(self):
        return self.suite + (time.time_ns() // 1000 - self.real) * self.rate


def wire(instant):
    """As the wire has it."""
    return (EPOCH + datetime.timedelta(microseconds=instant)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parsed(text):
    """Microseconds of what the wire has."""
    moment = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=datetime.timezone.utc)
    return (moment - EPOCH) // datetime.timedelta(microseconds=1)


def short(instant):
    return wire(instant)[11:16]


def long(instant):
    return wire(instant)[11:19]

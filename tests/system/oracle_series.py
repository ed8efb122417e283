#!/usr/bin/python3
"""An independent oracle for the signals of repetition in the UCI incident log.

Written from services/kpi/RULES.md (tickets; series and signals) alone, never from the C. It reads the log itself. Of each
ticket only three things matter here: whose it is, the day on which it was opened, and which component it names at the
instants at which periods close.

    oracle_series.py [FILE]      prints the expected signals as JSON
"""
import collections
import csv
import datetime
import gzip
import json
import re
import sys

from scipy.stats import poisson

import oracle

DAY = datetime.timedelta(days=1)
EPOCH = datetime.date(1970, 1, 1)
LEAST, TAIL = 3, 0.001
Signal = collections.namedtuple("Signal", "client component day count expected tail")


def date_of(moment):
    return EPOCH + DAY * (moment // (86400 * 1_000_000))


def is_weekday(day):
    return day.weekday() < 5


def weekdays(first, count):
    """So many weekdays, from the first one on or behind a day."""
    day, found = first, []
    while len(found) < count:
        if is_weekday(day):
            found.append(day)
        day += DAY
    return found


def rows(path):
    """(moment, number, client, opened, component) of every usable row, in the order in which they are told."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), 2):
            number, moment = oracle.known(row["number"]), oracle.instant(row["sys_updated_at"])
            if number is None or moment is None:
                continue
            digits = re.search(r"\d+", row["location"])
            yield ((moment, number, int(row["sys_mod_count"]), line), number, digits.group() if digits else "unknown",
                   oracle.instant(row["opened_at"]), oracle.known(row["subcategory"]))


class Counts:
    """How many incidents each component of each client has, by the day on which they were opened, as it is known now."""

    def __init__(self):
        self.tickets, self.counts = {}, collections.Counter()

    def tell(self, moment, number, client, opened, component):
        before = self.tickets.get(number)
        if before is None:
            day = date_of(moment if opened is None or opened > moment else opened)
            ticket = (client, component, day)
        else:
            ticket = (before[0], component or before[1], before[2])
            self.counts[before] -= 1
        self.tickets[number] = ticket
        self.counts[ticket] += 1


def seals(path, seal_days=1):
    """{(client, component, weekday): count} as it is sealed: at midnight behind the day after, before what is told then. What
    closes behind the last row is not sealed."""
    told = sorted(rows(path), key=lambda row: row[0])
    counts, sealed = Counts(), {}
    due = None

    def close(moment):
        nonlocal due
        while due is not None and due + DAY * (1 + seal_days) <= date_of(moment):
            if is_weekday(due):
                for (client, component, day), count in counts.counts.items():
                    if day == due and component and count:
                        sealed[client, component, day] = count
            due += DAY

    for (moment, *_), number, client, opened, component in told:
        due = due or date_of(moment) - 400 * DAY
        close(moment)
        counts.tell(moment, number, client, opened, component)
    return sealed


def repetitions(sealed, baseline_from, periods):
    """The signals: counts behind the baseline that it makes as good as impossible."""
    window = set(weekdays(baseline_from, periods))
    last, totals = max(window), collections.Counter()
    for (client, component, day), count in sealed.items():
        totals[client, component] += count if day in window else 0
    for (client, component, day), count in sorted(sealed.items()):
        expected = totals[client, component] / periods
        tail = poisson.sf(count - 1, expected) if expected else 0.0
        if day > last and count >= LEAST and tail < TAIL:
            yield Signal(client, component, day.isoformat(), count, expected, tail)


def first_day(path):
    return min(date_of(key[0]) for key, *_ in rows(path))


if __name__ == "__main__":
    FILE = sys.argv[1] if len(sys.argv) > 1 else oracle.UCI
    FOUND = list(repetitions(seals(FILE), first_day(FILE), 20))
    json.dump([signal._asdict() for signal in FOUND], sys.stdout, indent=1)

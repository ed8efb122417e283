#!/usr/bin/python3
"""An independent oracle for the history import of the UCI incident log.

Written from services/escalation/RULES.md sections 1 to 4 and 8 and the README beside the data, never from the C: it only has
worth while nobody derives one from the other. An import raises at most one escalation per ticket and closes none, so
every ticket is simulated alone; the only thing tickets share is the instant of the last input, up to which timers fire.
Instants and spans are integers of microseconds. What clients were promised is in a book (oracle_book.py), which is empty for the
real log; that log has no services and no contacts with clients either, made-up ones do.

    oracle.py [FILE]      prints the totals as JSON
"""
import csv
import datetime
import functools
import gzip
import json
import pathlib
import re
import sys

from oracle_book import ELAPSED, Book

MINUTE = 60_000_000
PARTS = (50, 75, 90, 100, 120, 150)
FLOOR = {90: 3, 100: 4, 120: 5, 150: 6}
MATRIX = {1: (0, 10, 15, 30, 60, 120), 2: (0, 30, 60, 120, 240, 480), 3: (0, 120, 240, 480, 960), 4: (0, 480, 960)}
STOPPED = {"resolved", "closed", "cancelled"}
STATES = {"new": "new", "active": "active", "awaiting user info": "pending_client",
          "awaiting vendor": "pending_supplier", "awaiting problem": "pending_problem",
          "awaiting evidence": "pending_evidence", "resolved": "resolved", "closed": "closed"}
CONTACTS = ("client_contact_at", "provider_contact_at")
EPOCH = datetime.datetime(1970, 1, 1)
ROOT = pathlib.Path(__file__).resolve().parents[2]
UCI = ROOT.parent / "shared" / "data" / "incident_event_log.csv.gz"


@functools.lru_cache(maxsize=None)
def instant(text):
    """Microseconds of `29/2/2016 01:16` or `29-02-2016 01:16`, read as UTC; None when missing."""
    text = text.strip()
    if text in ("", "?"):
        return None
    moment = datetime.datetime.strptime(text.replace("-", "/"), "%d/%m/%Y %H:%M")
    return (moment - EPOCH) // datetime.timedelta(microseconds=1)


def known(text):
    """The text without superfluous spaces, or None for the two spellings of a missing value."""
    text = " ".join(text.split())
    return None if text in ("", "?") else text


class Fact:
    """One row of the log as RULES.md section 1 sees it."""

    def __init__(self, row, line):
        self.number, self.row = known(row["number"]), line
        self.moment = instant(row["sys_updated_at"])
        if self.number is None or self.moment is None:
            raise ValueError("number or sys_updated_at is missing")
        self.opened = instant(row["opened_at"])
        state = known(row["incident_state"]) or ""
        self.state = STATES.get(state.lower(), "other")
        self.priority = int((known(row["priority"]) or "?")[0])
        if not 1 <= self.priority <= 4:
            raise ValueError("priority is not 1 to 4")
        self.group = known(row["assignment_group"])
        digits = re.search(r"\d+", row["location"])
        self.client = digits.group() if digits else "unknown"
        self.mod_count, self.reopen_count = int(row["sys_mod_count"]), int(row["reopen_count"])
        self.made_sla = row["made_sla"].strip().lower() == "true"
        self.service = known(row.get("service", ""))
        self.client_contact, self.provider_contact = (instant(row.get(name, "")) for name in CONTACTS)


class Clock:
    """Time used against a target, in hours of its own. `since` is the instant up to which `used` counts while it runs,
    `moment` the last fact that started, resumed or re-targeted it: no threshold has an instant before that."""

    def __init__(self, target, hours, since, moment):
        self.target, self.hours, self.since, self.moment, self.used, self.reached = target, hours, since, moment, 0, set()

    def used_at(self, t):
        return self.used + (self.hours.between(self.since, t) if self.since is not None else 0)

    def run(self, runs, t):
        """Stops or pauses (`runs` is false) or resumes the clock at the fact of instant t."""
        if runs and self.since is None:
            self.since = self.moment = t
        elif not runs and self.since is not None:
            self.used, self.since = self.used_at(t), None

    def aim(self, target, t, anew=None):
        """A new target, or what it would have used under other hours (hours, used): of the thresholds, only those that the
        used time passes under it stay reached."""
        if target == self.target and anew is None:
            return
        self.target, self.moment = target, t
        if anew is not None:
            self.hours, self.used = anew
            self.since = t if self.since is not None else None
        self.reached = {part for part in self.reached if self.passed(part, t)}

    def passed(self, part, t):
        return self.used_at(t) * 100 >= part * self.target

    def due(self):
        left = [part for part in PARTS if part not in self.reached]
        if self.since is None or not left:
            return None
        missing = -(-left[0] * self.target // 100) - self.used
        instant = self.hours.add(self.since, missing) if missing > 0 else self.since
        return None if instant is None else max(self.moment, instant)

    def reach(self, t):
        """The highest threshold newly reached at t, 0 for none."""
        new = [] if self.since is None else [p for p in PARTS if p not in self.reached and self.passed(p, t)]
        self.reached.update(new)
        return max(new, default=0)

    def floor(self, t):
        return 0 if self.since is None else max((FLOOR[p] for p in FLOOR if self.passed(p, t)), default=0)


class Ticket:
    """A ticket with its clocks, its acknowledge clock and the escalation it may get."""

    def __init__(self, fact, book):
        self.id, self.client, self.book = "uci:" + fact.number, fact.client, book
        self.opened = min(fact.moment, fact.opened if fact.opened is not None else fact.moment)
        self.service, self.terms, self.stood = None, None, []
        self.priority, self.group, self.phase, self.silence = fact.priority, None, "running", None
        self.response = self.resolve = self.update = None
        self.contact, self.answered, self.newest_mod, self.made_sla, self.reopened = None, False, -1, False, False
        self.raised, self.severity, self.steps, self.level, self.changes = None, None, (), 0, []

    def phase_of(self, state, pauses):
        if state == "other":
            state = self.stood[-1][1] if self.stood else "active"
        return "stopped" if state in STOPPED else "paused" if state in pauses else "running"

    def anew(self, hours, pauses, since, t):
        """What a clock that began then would have used by t, had these hours and pauses held all along."""
        used, at, runs = 0, since, True
        for moment, state in (*self.stood, (t, None)):
            if moment > at:
                used += hours.between(at, moment) if runs else 0
                at = moment
            runs = state is not None and self.phase_of(state, pauses) == "running"
        return hours, used

    def aim(self, name, terms, since, t):
        """One clock that goes on takes the terms of a fact."""
        clock, hours = getattr(self, name), terms.hours(name)
        pauses = frozenset() if name == "response" else terms.pauses
        before = frozenset() if name == "response" else self.terms.pauses
        changed = clock.hours is not hours or pauses != before
        clock.aim(terms.target(name, since), t, self.anew(hours, pauses, since, t) if changed else None)

    def take_update(self, fact, terms, before):
        """The clock on the client's last word: each contact once, and none while it is on."""
        t, said, answer = fact.moment, fact.client_contact, fact.provider_contact
        if self.update is not None:
            if self.phase == "stopped" or (answer is not None and answer >= self.contact):
                self.update = None
            else:
                self.aim("update", terms, self.contact, t)
        waits = said is not None and (answer is None or said > answer) and (self.contact is None or said > self.contact)
        if self.update is None and self.phase != "stopped" and waits:
            since = t if before == "paused" else said
            self.contact = said
            self.update = Clock(terms.target("update", since), terms.hours("update"), since, t)
        if self.update is not None:
            self.update.run(self.phase == "running", t)

    def apply(self, fact):
        """Takes one fact in; it changes no level itself."""
        t, before = fact.moment, self.phase
        self.service = fact.service = fact.service or self.service
        terms = self.book.terms(self.client, self.service, self.opened, fact.priority)
        self.phase = self.phase_of(fact.state, terms.pauses)
        self.priority = fact.priority
        if self.response is None:
            self.response, self.resolve = (Clock(terms.target(name, self.opened), terms.hours(name), self.opened, t)
                                           for name in ("response", "resolve"))
            self.terms = terms
        if not self.answered:
            self.aim("response", terms, self.opened, t)
        if not before == self.phase == "stopped":  # a stopped clock waits for the reopening
            self.aim("resolve", terms, self.opened, t)
        if fact.state not in ("new", "other") and not self.answered:
            self.answered = True
            self.response.run(False, t)
        self.resolve.run(self.phase == "running", t)
        self.take_update(fact, terms, before)
        self.silence = None
        if self.group and fact.group and self.group != fact.group and self.phase == "running":
            self.silence = self.book.silent_at(terms, fact)
        self.group = fact.group
        if not before == self.phase == "stopped":
            self.terms = terms
        state = "resolved" if fact.state in STOPPED else "active" if fact.state == "new" else fact.state
        if state not in ("other", self.stood[-1][1] if self.stood else "active"):
            self.stood.append((t, state))
        if self.raised is not None and self.phase != "stopped" and fact.priority < self.severity:
            self.climb_from(fact.priority)
        if fact.mod_count >= self.newest_mod:
            self.newest_mod, self.made_sla = fact.mod_count, fact.made_sla
        self.reopened = self.reopened or fact.reopen_count > 0

    def climb_from(self, severity):
        """The instants of the ladder's steps: working minutes for severities 3 and 4."""
        hours = ELAPSED
        if severity >= 3:
            hours = self.book.ladder(self.client, self.book.contract(self.client, self.service, self.opened))
        self.severity = severity
        steps = [hours.add(self.raised, minutes * MINUTE) for minutes in MATRIX[severity]]
        self.steps = [step for step in steps if step is not None]

    def matrix(self, t):
        """The level by minutes since the raise; none while every ticket is stopped."""
        if self.raised is None or self.phase == "stopped":
            return 0
        return sum(step <= t for step in self.steps)

    def clocks(self):
        return [clock for clock in (self.response, self.resolve, self.update) if clock is not None]

    def due(self):
        """The earliest instant at which a timer of this ticket or its escalation wants to be woken."""
        instants = [self.silence, *(clock.due() for clock in self.clocks())]
        if self.raised is not None and self.phase != "stopped" and self.level < len(self.steps):
            instants.append(self.steps[self.level])
        return min((i for i in instants if i is not None), default=None)

    def fire(self, t):
        """All timers of instant t: one change takes the level to the highest of all."""
        top = max(clock.reach(t) for clock in self.clocks())
        silent = self.silence is not None and self.silence <= t
        if silent:
            self.silence = None
        if self.raised is None and (top >= 75 or silent):
            self.raised = t
            self.climb_from(self.priority)
        if self.raised is not None:
            level = max(self.level, self.matrix(t), *(clock.floor(t) for clock in self.clocks()))
            if level > self.level:
                self.level = level
                self.changes.append((self.id, level, t))

    def until(self, t, now):
        """Fires what is due at or before t; a step that a fact made due counts at that fact's moment, `now`."""
        while (due := self.due()) is not None and due <= t:
            now = max(now, due)
            self.fire(now)

    def verdict(self):
        if self.phase == "stopped":
            return "met" if self.resolve.used <= self.resolve.target else "missed"
        return "missed" if 100 in self.resolve.reached else "running"


def read(path):
    """The facts in the order of the import, and (line, reason) of every row that is none; the header is line 1."""
    facts, bad = [], []
    opener = gzip.open if str(path).endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        for row in rows:
            try:
                facts.append(Fact(row, rows.line_num))
            except ValueError as wrong:
                bad.append((rows.line_num, str(wrong)))
    facts.sort(key=lambda f: (f.moment, f.number, f.mod_count, f.row))
    return facts, bad


def simulate(facts, book=None):
    """All tickets after the last input, by id. Facts are in order, so a ticket's are too."""
    book = book or Book()
    tickets, before = {}, {}
    for fact in facts:
        ticket = tickets.get(fact.number)
        if ticket is None:
            ticket = tickets[fact.number] = Ticket(fact, book)
        else:
            ticket.until(fact.moment, before[fact.number])
        ticket.apply(fact)
        before[fact.number] = fact.moment
    last = facts[-1].moment if facts else 0
    for number, ticket in tickets.items():
        ticket.until(last, before[number])
    return {ticket.id: ticket for ticket in tickets.values()}


def changes(tickets):
    """The exact set of (ticket id, level, instant) of every raise and every change of level."""
    return {change for ticket in tickets.values() for change in ticket.changes}


def totals(facts, bad, tickets):
    """What the import prints, and the suite's verdicts beside the log's own."""
    verdicts = [(ticket.verdict(), ticket.made_sla) for ticket in tickets.values()]
    made = sum(own for _, own in verdicts)
    return {"rows": len(facts), "tickets": len(tickets), "made_sla": made, "missed_sla": len(tickets) - made,
            "reopened": sum(ticket.reopened for ticket in tickets.values()),
            "escalations": sum(ticket.raised is not None for ticket in tickets.values()), "refused": len(bad),
            "met": sum(v == "met" for v, _ in verdicts), "missed": sum(v == "missed" for v, _ in verdicts),
            "running": sum(v == "running" for v, _ in verdicts),
            "agreement": sum((v == "met" and own) or (v == "missed" and not own) for v, own in verdicts)}


def main():
    facts, bad = read(sys.argv[1] if len(sys.argv) > 1 else UCI)
    print(json.dumps(totals(facts, bad, simulate(facts)), indent=2))


if __name__ == "__main__":
    main()

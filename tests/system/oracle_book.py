"""The oracle's catalog: working hours by zoneinfo, and which contract, target, hours and pauses hold (oracle.py).

Written from services/escalation/RULES.md sections 2 and 8 and the header of common/time/worktime.h, never from the C. A book is the
catalog's files as `redress apply` reads them: a dict of lists. Instants are microseconds, as in oracle.py.
"""
import bisect
import datetime
import zoneinfo

MINUTE = 60_000_000
DAY = 1440 * MINUTE
EPOCH = datetime.date(1970, 1, 1)
FIRST, LAST = datetime.date(2015, 6, 1), datetime.date(2021, 1, 1)
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PENDING = ("pending_client", "pending_supplier", "pending_problem", "pending_evidence")
TARGETS = {"response": (15, 30, 240, 480), "resolve": (240, 480, 2400, 4800), "update": (30, 60, 1440, 2880)}


def minutes_of(text):
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def span_of(text):
    """Microseconds of a duration in minutes, hours or days: PT90M, PT4H, P2D."""
    if text.startswith("PT"):
        return int(text[2:-1]) * {"M": 1, "H": 60}[text[-1]] * MINUTE
    return int(text[1:-1]) * DAY


def wall(zone, instant):
    """What the wall shows, as microseconds since its own 1970."""
    moment = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(microseconds=instant)
    return instant + moment.astimezone(zone).utcoffset() // datetime.timedelta(microseconds=1)


def shown(zone, day, minutes, fold):
    """The first (fold 0) or last (fold 1) instant at which the wall shows it; the first behind it where it never does."""
    want = (day - EPOCH).days * DAY + minutes * MINUTE
    naive = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=want)
    offset = naive.replace(tzinfo=zone, fold=fold).utcoffset() // datetime.timedelta(microseconds=1)
    instant = want - offset
    if wall(zone, instant) == want:
        return instant
    low, high = want - DAY, want + DAY  # a jump: the first minute that shows a later time
    while high - low > MINUTE:
        middle = (low + high) // 2 // MINUTE * MINUTE
        low, high = (middle, high) if wall(zone, middle) < want else (low, middle)
    return high


class Elapsed:
    """All time."""

    def between(self, one, two):
        return two - one

    def add(self, instant, span):
        return instant + span

    def add_days(self, instant, days, end):
        return (instant // DAY + days + 1) * DAY if end else instant + days * DAY


class Hours:
    """The working hours of a calendar, as spans with their sums."""

    def __init__(self, calendar):
        self.zone = zoneinfo.ZoneInfo(calendar["zone"])
        self.versions = [(datetime.date.fromisoformat(v["from"]), v.get("hours", [])) for v in calendar["versions"]]
        self.holidays = {datetime.date.fromisoformat(h["date"]): h for h in calendar.get("holidays", [])}
        self.days, self.begins, self.ends, self.sums = {}, [], [], [0]
        day = FIRST
        while day < LAST:
            for one, two in sorted(self.spans(day)):
                one = max(one, self.ends[-1]) if self.ends else one
                if two > one:
                    self.begins.append(one)
                    self.ends.append(two)
                    self.sums.append(self.sums[-1] + two - one)
                    self.days.setdefault(day, []).append((one, two))
            day += datetime.timedelta(days=1)

    def spans(self, day):
        holiday = self.holidays.get(day)
        if holiday is not None:
            hours = [(holiday["from"], holiday["to"])] if "from" in holiday else []
        else:
            held = [hours for since, hours in sorted(self.versions, key=lambda v: v[0]) if since <= day]
            chosen = held[-1] if held else min(self.versions, key=lambda v: v[0])[1]
            hours = [(h["from"], h["to"]) for h in chosen if WEEK[day.weekday()] in h["days"].split(",")]
        return [(shown(self.zone, day, minutes_of(a), 0), shown(self.zone, day, minutes_of(b), 1)) for a, b in hours]

    def sum(self, instant):
        at = bisect.bisect_right(self.begins, instant)
        if at == 0:
            return 0
        return self.sums[at] - max(0, self.ends[at - 1] - max(instant, self.begins[at - 1]))

    def between(self, one, two):
        return self.sum(two) - self.sum(one)

    def add(self, instant, span):
        """The earliest instant that is so much working time later; None when there is none any more."""
        if span == 0:
            return instant
        want = self.sum(instant) + span
        at = bisect.bisect_left(self.sums, want)
        return None if at == len(self.sums) else self.ends[at - 1] - (self.sums[at] - want)

    def add_days(self, instant, days, end):
        local = wall(self.zone, instant)
        day = EPOCH + datetime.timedelta(days=local // DAY)
        while days:
            day += datetime.timedelta(days=1)
            if day >= LAST:
                return None
            days -= day in self.days
        spans = self.days[day]
        at = shown(self.zone, day, local % DAY // MINUTE, 0) + local % MINUTE
        if end or at >= spans[-1][1]:
            return spans[-1][1]
        return next(max(one, at) for one, two in spans if at < two)


ELAPSED = Elapsed()


class Terms:
    """What holds for a ticket at a fact."""

    def __init__(self):
        self.clocks, self.pauses, self.ladder, self.contract = {}, frozenset(PENDING), ELAPSED, None

    def target(self, name, since):
        """Of a clock that counts since then."""
        hours, within, days, end = self.clocks[name]
        if within is not None:
            return within
        until = hours.add_days(since, days, end)
        return days * DAY if until is None else max(1, hours.between(since, until))

    def hours(self, name):
        return self.clocks[name][0]


class Book:
    """The catalog; empty by itself."""

    def __init__(self, files=None):
        self.files = files or {}
        self.calendars = {c["id"]: Hours(c) for c in self.files.get("calendars", [])}
        self.clients = {c["id"]: c for c in self.files.get("clients", [])}
        self.services = {s["id"] for s in self.files.get("services", [])}
        self.found = {}

    def hours_of(self, *names):
        """Of the first calendar that is named."""
        return next((self.calendars[name] for name in names if name is not None), ELAPSED)

    def contract(self, client, service, opened):
        if client not in self.clients:
            return None
        zone = zoneinfo.ZoneInfo(self.clients[client].get("zone", "UTC"))
        day = (EPOCH + datetime.timedelta(days=wall(zone, opened) // DAY)).isoformat()
        fits = []
        for c in self.files.get("contracts", []):
            names = any(s["service"] == service if isinstance(s, dict) else s == service for s in c["services"])
            if c["client"] == client and c["start"] <= day <= c.get("end", "9999") and (names or service not in self.services):
                fits.append((not names, [-ord(x) for x in c["start"]], c["id"], c))
        return min(fits, key=lambda f: f[:3])[3] if fits else None

    @staticmethod
    def term(terms, service, priority, metric):
        fits = [t for t in terms if t["priority"] == priority and t["metric"] == metric]
        return next((t for t in fits if service is not None and t.get("service") == service),
                    next((t for t in fits if "service" not in t), None))

    def ladder(self, client, contract):
        return self.hours_of((contract or {}).get("calendar"), self.clients.get(client, {}).get("calendar"))

    def terms(self, *question):
        """Of client, service, opened_at and priority; asked once."""
        if question not in self.found:
            self.found[question] = self.find(*question)
        return self.found[question]

    def find(self, client, service, opened, priority):
        found, known = Terms(), self.clients.get(client, {})
        contract = found.contract = self.contract(client, service, opened)
        own = next((t for t in known.get("targets", []) if t["priority"] == priority), {})
        for name, defaults in TARGETS.items():
            term = self.term(contract.get("terms", []), service, priority, name) if contract else None
            hours = self.hours_of((term or {}).get("calendar"), (contract or {}).get("calendar"), known.get("calendar"))
            if term is None:
                within = span_of(own[name]) if name in own else defaults[priority - 1] * MINUTE
                found.clocks[name] = (hours, within, 0, False)
            else:
                within = span_of(term["within"]) if "within" in term else None
                found.clocks[name] = (hours, within, term.get("days", 0), term.get("end_of_day", False))
        found.ladder = self.ladder(client, contract)
        if contract and contract.get("never_pauses"):
            found.pauses = frozenset()
        elif contract and contract.get("pauses"):
            found.pauses = frozenset(contract["pauses"])
        return found

    def silent_at(self, terms, fact):
        """When a group that receives a ticket at that fact is silent."""
        day, fits = (EPOCH + datetime.timedelta(days=fact.moment // DAY)).isoformat(), []
        for a in self.files.get("agreements", []):
            term = self.term(a["terms"], fact.service, fact.priority, "response")
            if fact.group in a["groups"] and a["start"] <= day <= a.get("end", "9999") and term:
                leans = terms.contract is not None and terms.contract["id"] in a.get("contracts", [])
                fits.append((not leans, [-ord(x) for x in a["start"]], a["id"], a, term))
        if not fits:
            hours, within, days, end = terms.clocks["response"]
        else:
            *_, a, term = min(fits, key=lambda f: f[:3])
            hours = self.hours_of(term.get("calendar"), a.get("calendar"))
            within = span_of(term["within"]) if "within" in term else None
            days, end = term.get("days", 0), term.get("end_of_day", False)
        return hours.add(fact.moment, within) if within is not None else hours.add_days(fact.moment, days, end)

"""Who is on duty when, once more: written from services/catalog/RULES.md (rosters) with Python's zoneinfo, by making all
turns one after another and cutting time at every instant at which anything begins or ends.

Instants are whole seconds since 1970; days are datetime.date; times of day are minutes.
"""
import calendar
import datetime
import zoneinfo

UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOUR, DAY = 60, 1440


def local(day, minutes):
    return datetime.datetime(day.year, day.month, day.day) + datetime.timedelta(minutes=minutes)


def seconds(moment):
    return (moment - EPOCH) // datetime.timedelta(seconds=1)


class Wall:
    """Instants of times on a wall."""

    def __init__(self, zone):
        self.zone = zoneinfo.ZoneInfo(zone)

    def shows(self, instant):
        return (EPOCH + datetime.timedelta(seconds=instant)).astimezone(self.zone).replace(tzinfo=None)

    def both(self, when):
        """The first and the last instant at which the wall shows it; behind the jump, where it is never shown."""
        found = [seconds(when.replace(tzinfo=self.zone, fold=fold).astimezone(UTC)) for fold in (0, 1)]
        real = [instant for instant in found if self.shows(instant) == when]
        if real:
            return min(real), max(real)
        before, behind = min(found), max(found)
        assert self.shows(before) < when < self.shows(behind), when
        while behind - before > 1:
            middle = (before + behind) // 2
            before, behind = (middle, behind) if self.shows(middle) < when else (before, middle)
        return behind, behind

    def first(self, day, minutes):
        return self.both(local(day, minutes))[0]

    def last(self, day, minutes):
        return self.both(local(day, minutes))[1]


def date(text):
    return datetime.date.fromisoformat(text)


def minutes_of(text):
    return int(text[:2]) * HOUR + int(text[3:])


def days_of(text):
    chosen = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        at, end = WEEK.index(first), WEEK.index(last or first)
        while True:
            chosen.add(at)
            if at == end:
                break
            at = (at + 1) % 7
    return chosen


def later(day, months):
    month = day.year * 12 + day.month - 1 + months
    year, month = month // 12, month % 12 + 1
    return datetime.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


class Layer:
    """One layer's turns, from its beginning until `end`."""

    def __init__(self, layer, wall, end):
        self.layer, self.wall = layer, wall
        self.name = layer["name"]
        self.people = [each["person"] for each in layer["people"]]
        self.day, self.handover = date(layer["from"]), minutes_of(layer["handover"])
        self.begins = wall.first(self.day, self.handover)
        self.ends = wall.first(date(layer["to"]), self.handover) if "to" in layer else None
        self.turns = []  # (instant, person)
        n, place, owner = 0, -1, 0
        while not self.turns or self.turns[-1][0] <= end:
            if self.counts(n):
                place += 1
            owner = max(place, 0)
            self.turns.append((self.instant(n), self.people[owner % len(self.people)]))
            n += 1
        self.hours = self.all_hours(end)

    def wall_time(self, n):
        every = self.layer["every"]
        if self.layer["unit"] == "month":
            return local(later(self.day, n * every), self.handover)
        step = {"hour": datetime.timedelta(hours=1), "day": datetime.timedelta(days=1),
                "week": datetime.timedelta(weeks=1)}[self.layer["unit"]]
        return local(self.day, self.handover) + n * every * step

    def instant(self, n):
        every = self.layer["every"]
        if self.layer["unit"] == "hour" and 24 % every and every % 24:
            return self.begins + n * every * 3600
        return self.wall.both(self.wall_time(n))[0]

    def counts(self, n):
        """Whether some hour of the restrictions lies in the turn, by days and times on the wall."""
        if not self.layer.get("skips") or not self.layer.get("restrictions"):
            return True
        begins, ends = self.wall_time(n), self.wall_time(n + 1)
        day = begins.date() - datetime.timedelta(days=1)
        while local(day, 0) < ends:
            for each in self.layer["restrictions"]:
                if day.weekday() in days_of(each["days"]):
                    start = local(day, minutes_of(each["from"]))
                    stop = local(day, minutes_of(each["to"]))
                    stop += datetime.timedelta(days=1) if each["to"] <= each["from"] else datetime.timedelta()
                    if max(start, begins) < min(stop, ends):
                        return True
            day += datetime.timedelta(days=1)
        return False

    def all_hours(self, end):
        if not self.layer.get("restrictions"):
            return None
        hours, day = [], self.day - datetime.timedelta(days=3)
        while self.wall.first(day, 0) <= end:
            for each in self.layer["restrictions"]:
                if day.weekday() in days_of(each["days"]):
                    next_day = datetime.timedelta(days=1 if each["to"] <= each["from"] else 0)
                    hours.append((self.wall.first(day, minutes_of(each["from"])),
                                  self.wall.last(day + next_day, minutes_of(each["to"]))))
            day += datetime.timedelta(days=1)
        return hours

    def cuts(self):
        yield self.begins
        if self.ends is not None:
            yield self.ends
        for instant, _ in self.turns:
            yield instant
        for begin, end in self.hours or ():
            yield begin
            yield end

    def person(self, t):
        if t < self.begins or (self.ends is not None and t >= self.ends):
            return None
        if self.hours is not None and not any(begin <= t < end for begin, end in self.hours):
            return None
        return [person for instant, person in self.turns if instant <= t][-1]


class Oracle:
    """A roster with all that is said about it."""

    def __init__(self, roster, overrides, temporaries, trainings, begin, end):
        self.roster, self.begin, self.end = roster, begin, end
        self.wall = Wall(roster["zone"])
        self.layers = [Layer(each, self.wall, end) for each in roster["layers"]]
        self.overrides = sorted(overrides, key=lambda o: (o["from"], o["id"]))
        self.temporaries, self.trainings = temporaries, trainings
        self.skills = [each["skill"] for each in roster.get("skills", [])]
        first = self.wall.shows(begin).date() - datetime.timedelta(days=2)
        self.days = []  # (instant, day)
        while not self.days or self.days[-1][0] <= end:
            self.days.append((self.wall.first(first, 0), first))
            first += datetime.timedelta(days=1)

    def may(self, person, t):
        day = [day for instant, day in self.days if instant <= t][-1]
        return all(any(each["person"] == person and each["skill"] == skill and date(each["passed_on"]) <= day and
                       ("expires_on" not in each or day < date(each["expires_on"])) for each in self.trainings)
                   for skill in self.skills)

    def planned(self, t):
        for each in self.temporaries:
            if each["from"] <= t < each["to"]:
                for shift in each["shifts"]:
                    if shift["from"] <= t < shift["to"] and self.may(shift["person"], t):
                        return shift["person"], "temporary", ""
                return each["fallback"], "fallback", ""
        for layer in reversed(self.layers):
            person = layer.person(t)
            if person and self.may(person, t):
                return person, "layer", layer.name
        return (self.roster["fallback"], "fallback", "") if "fallback" in self.roster else (None, None, "")

    def at(self, t):
        answer = self.planned(t)
        for each in self.overrides:
            if each["from"] <= t < each["to"] and each.get("instead_of", answer[0]) == answer[0] and \
                    self.may(each["person"], t):
                answer = each["person"], "override", ""
        return answer

    def shifts(self):
        """(from, to, person, source, layer), together all of the time."""
        cuts = {self.begin, self.end}
        for layer in self.layers:
            cuts.update(layer.cuts())
        for each in self.overrides + self.temporaries + [s for t in self.temporaries for s in t["shifts"]]:
            cuts.update((each["from"], each["to"]))
        if self.skills:
            cuts.update(instant for instant, _ in self.days)
        cuts = sorted(cut for cut in cuts if self.begin <= cut <= self.end)
        rows = []
        for begin, end in zip(cuts, cuts[1:]):
            now = self.at(begin)
            if rows and rows[-1][2:] == now:
                rows[-1] = (rows[-1][0], end, *now)
            else:
                rows.append((begin, end, *now))
        return rows

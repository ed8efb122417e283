#!/usr/bin/python3
# What worktime.h promises, worked out minute by minute from Python's zoneinfo: lines of calendars and of what is asked of them,
# with the answers, for worktime_test.c. Arguments: a seed, windows of some days in every zone, windows of years.
#
#   C zone versions {from hours {days from to}} holidays {day from to}      a calendar; the questions behind it are about it
#   A from duration answer    B from to answer    D from days end_of_day answer    S at from to    O at answer
#
# Written from the header alone: it knows every minute of a window and whether it is worked, and nothing of weeks or tables.
import bisect
import datetime
import itertools
import random
import sys
import zoneinfo

MINUTE = 60_000_000
DAY = 1440
UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1)
# The window that Samoa, Kwajalein and Tokelau skipped a day in, half hours, months that are summer in winter, midnights twice.
KNOWN = [("Pacific/Apia", 2011, 12, 24), ("Pacific/Kwajalein", 1993, 8, 14), ("Pacific/Fakaofo", 2011, 12, 24),
         ("Australia/Lord_Howe", 2026, 3, 30), ("Australia/Lord_Howe", 2026, 9, 28), ("Europe/Dublin", 2026, 3, 22),
         ("Europe/Dublin", 2026, 10, 19), ("Africa/Casablanca", 2026, 2, 10), ("Africa/Casablanca", 2026, 3, 16),
         ("America/Havana", 2026, 10, 27), ("Asia/Beirut", 2026, 10, 20), ("America/Sao_Paulo", 2018, 2, 12),
         ("America/St_Johns", 2006, 10, 24), ("Antarctica/Troll", 2026, 3, 23), ("Asia/Kathmandu", 1985, 12, 28),
         ("Asia/Pyongyang", 2015, 8, 10), ("America/Caracas", 2007, 12, 3), ("America/Chicago", 2026, 10, 26),
         ("Europe/London", 2026, 10, 19), ("Africa/Cairo", 2026, 10, 25), ("America/Godthab", 2026, 10, 19),
         ("Asia/Gaza", 2026, 3, 24), ("Antarctica/Casey", 2018, 3, 7), ("Europe/Volgograd", 2018, 10, 22)]


class Window:
    """Every minute from one UTC day to another, and what the wall shows then; minutes count from 1970."""

    def __init__(self, zone, first_day, days):
        self.begin, self.end = first_day * DAY, (first_day + days) * DAY
        self.local = []
        rule = zoneinfo.ZoneInfo(zone)

        def offset(minute):
            seconds = datetime.datetime.fromtimestamp(minute * 60, UTC).astimezone(rule).utcoffset().total_seconds()
            if seconds % 60:
                raise ValueError("not of whole minutes")
            return int(seconds) // 60

        for hour in range(self.begin, self.end, 60):
            if offset(hour) == offset(hour + 60):
                self.local.extend(range(hour + offset(hour), hour + offset(hour) + 60))
            else:
                self.local.extend(minute + offset(minute) for minute in range(hour, hour + 60))
        self.first, self.last, self.jumps, self.turns = {}, {}, [], []
        for i, shown in enumerate(self.local):
            self.first.setdefault(shown, self.begin + i)
            self.last[shown] = self.begin + i
            if i and shown != self.local[i - 1] + 1:
                self.turns.append(self.begin + i)
            if i and shown > self.local[i - 1] + 1:
                self.jumps.append((self.local[i - 1], shown, self.begin + i))
        self.first_day = max(self.local[:DAY * 2]) // DAY + 1
        self.last_day = min(self.local[-DAY * 2:]) // DAY - 1

    def shows(self, table, local):
        if local in table:
            return table[local]
        return next(at for before, behind, at in self.jumps if before < local < behind)


class Calendar:
    def __init__(self, window, zone, dice):
        self.window, self.zone = window, zone
        days = range(window.first_day, window.last_day)
        self.versions = [(day, self.hours(dice)) for day in sorted(dice.sample(days, dice.choice([1, 1, 2, 3])))]
        self.holidays = {}
        for day in dice.sample(days, dice.randrange(len(days) // 4 + 1)):
            opens = dice.randrange(0, DAY)
            self.holidays[day] = dice.choice([(0, 0), (0, 0), (opens, dice.randrange(opens + 1, DAY + 1))])
        self.worked = bytearray(window.end - window.begin)
        self.spans, self.of_day, end = [], {}, 0
        for day in days:
            for begins, ends in self.parts(day):
                begin = window.shows(window.first, day * DAY + begins)
                until = window.shows(window.last, day * DAY + ends)
                if begin < until:
                    self.of_day.setdefault(day, []).append((begin, until))
                for minute in range(begin, until):
                    self.worked[minute - window.begin] = 1
                if max(begin, end) < until:
                    self.spans.append((max(begin, end), until))
                end = max(end, until)
        self.sums = [0, *itertools.accumulate(self.worked)]
        # What days outside the window would add is not known: questions keep away from its edges.
        self.safe = [(window.shows(window.last, (window.first_day + 1) * DAY) + 60) * MINUTE,
                     (window.shows(window.first, (window.last_day - 1) * DAY) - 60) * MINUTE]

    @staticmethod
    def hours(dice):
        """Spans of each weekday, at quarters as people write them or at any minute."""
        week = []
        style = dice.randrange(6)
        for weekday in range(7):
            if style == 0:
                cuts = [0, DAY]
            elif style == 1:
                cuts = [540, 1020] if weekday < 5 else []
            elif style == 2:
                cuts = [480, 720, 780, 1080]
            else:
                step = dice.choice([1, 15, 30, 60])
                cuts = sorted(dice.sample(range(0, DAY // step + 1), 2 * dice.randrange(4)))
                cuts = [cut * step for cut in cuts]
            week.extend((weekday, *pair) for pair in zip(cuts[::2], cuts[1::2]))
        dice.shuffle(week)
        return week if len(week) <= 28 else week[:28]

    def parts(self, day):
        if day in self.holidays:
            begins, ends = self.holidays[day]
            return [(begins, ends)] if begins < ends else []
        hours = [h for first, h in self.versions if first <= day]
        weekday = (EPOCH + datetime.timedelta(days=day)).weekday()
        return sorted((b, e) for d, b, e in (hours[-1] if hours else self.versions[0][1]) if d == weekday)

    def line(self, dice):
        out = ["C", self.zone, len(self.versions)]
        for first, hours in dice.sample(self.versions, len(self.versions)):
            out += [first, len(hours)] + [x for weekday, b, e in hours for x in (1 << weekday, b, e)]
        out.append(len(self.holidays))
        for day, (begins, ends) in dice.sample(sorted(self.holidays.items()), len(self.holidays)):
            out += [day, begins, ends]
        return " ".join(map(str, out))

    def measure(self, at):
        """Working time from the window's begin on."""
        i, part = divmod(at - self.window.begin * MINUTE, MINUTE)
        return self.sums[i] * MINUTE + part * self.worked[i]

    def reaches(self, at, duration):
        """The earliest instant at which so much has been worked, the latest for a negative duration; None outside."""
        goal = self.measure(at) + duration
        if duration == 0:
            return at
        if duration > 0:
            i = bisect.bisect_left(self.sums, goal, key=lambda s: s * MINUTE)
        else:
            i = bisect.bisect_right(self.sums, goal, key=lambda s: s * MINUTE) - 1
        if not 0 <= i < len(self.sums):
            return None
        found = (self.window.begin + i) * MINUTE + goal - self.sums[i] * MINUTE
        return found if self.safe[0] <= found <= self.safe[1] else None

    def days_later(self, at, days, end_of_day):
        local = self.window.local[at // MINUTE - self.window.begin]
        later = [day for day in sorted(self.of_day) if day > local // DAY]
        if len(later) < days or later[days - 1] >= self.window.last_day - 2:
            return None
        day = later[days - 1]
        spans = self.of_day[day]
        if end_of_day:
            return spans[-1][1] * MINUTE
        shown = day * DAY + local % DAY
        there = self.window.shows(self.window.first, shown) * MINUTE
        if shown in self.window.first:
            there += at % MINUTE
        for begin, end in spans:
            if there < end * MINUTE:
                return max(there, begin * MINUTE)
        return spans[-1][1] * MINUTE


def instant(calendar, dice):
    """Anywhere, on a minute, or where something begins or ends."""
    low, high = calendar.safe
    borders = [minute for span in calendar.spans for minute in span]
    borders += [at + near for at in calendar.window.turns for near in (-60, -30, -1, 0, 1, 29, 30, 59, 60)] + [0]
    at = dice.choice([dice.randrange(low, high), dice.randrange(low, high) // MINUTE * MINUTE,
                      dice.choice(borders) * MINUTE + dice.choice([-1, 0, 0, 1])])
    return at if low <= at < high else dice.randrange(low, high)


def questions(calendar, dice, count):
    span = (calendar.safe[1] - calendar.safe[0]) // 3
    for _ in range(count):
        at, other = instant(calendar, dice), instant(calendar, dice)
        print("B", at, other, calendar.measure(other) - calendar.measure(at))
        print("O", at, calendar.worked[at // MINUTE - calendar.window.begin])
        for sign in (1, -1):
            duration = dice.choice([dice.randrange(span), dice.randrange(600) * MINUTE, calendar.measure(other) - calendar.measure(at)])
            duration = sign * abs(duration)
            found = calendar.reaches(at, duration)
            if found is not None:
                print("A", at, duration, found)
        for end_of_day in (0, 1):
            days = dice.randrange(1, 6)
            found = calendar.days_later(at, days, end_of_day)
            if found is not None:
                print("D", at, days, end_of_day, found)
        span_of = next(((b, e) for b, e in calendar.spans if e * MINUTE > at), None)
        if span_of and span_of[0] * MINUTE < calendar.safe[1] and span_of[1] * MINUTE > calendar.safe[0]:
            print("S", at, span_of[0] * MINUTE, span_of[1] * MINUTE)


def changes(zone, dice):
    """A day shortly before one on which the offset changes, or any day."""
    rule = zoneinfo.ZoneInfo(zone)
    for _ in range(20):
        day = dice.randrange(3 * 365 + 366, 131 * 365)
        there, later = (datetime.datetime.fromtimestamp(d * 86400, UTC).astimezone(rule).utcoffset() for d in (day, day + 60))
        while there != later and day % 2 ** 20:
            day += 1
            if datetime.datetime.fromtimestamp((day + 6) * 86400, UTC).astimezone(rule).utcoffset() != there:
                return day
    return dice.randrange(3 * 365 + 366, 131 * 365)


def main():
    dice = random.Random(int(sys.argv[1]))
    windows = [(zone, (datetime.datetime(*day) - EPOCH).days, 16) for zone, *day in KNOWN]
    zones = sorted(zoneinfo.available_timezones() - {"localtime", "Factory"})
    for zone in zones:
        windows += [(zone, changes(zone, dice), 14) for _ in range(int(sys.argv[2]))]
    for zone in dice.sample(zones, int(sys.argv[3])):
        windows.append((zone, dice.randrange(4 * 365, 131 * 365), 3 * 365))
    for zone, day, days in windows:
        try:
            window = Window(zone, day, days)
        except ValueError:
            continue
        for _ in range(2):
            calendar = Calendar(window, zone, dice)
            print(calendar.line(dice))
            questions(calendar, dice, 12)


main()

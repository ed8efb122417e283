"""An independent oracle for seals, baselines, limits and rules: from the tickets as the kpi service said they count, in their
order, written from services/kpi/RULES.md (figures; charts; series and signals) alone. Periods are weekdays in UTC, which is
where clients without a zone are. Figures are whole ten-thousandths, as everywhere there."""
import collections
import datetime
import fractions
import math
import re

from oracle_series import DAY, is_weekday, weekdays

UNIT = 10_000
LEAST, POINTS_LEAST, FREQUENT, MISSING = 20, 5, 5, None
RISES = {"sla_attainment": True, "resolution_rate": True, "incidents": False, "response_time": False}
BOUNDS = {"sla_attainment": (0, 100 * UNIT), "resolution_rate": (0, math.inf), "incidents": (0, math.inf),
          "response_time": (0, math.inf)}
Point = collections.namedtuple("Point", "day value n numerator denominator")


def rounded(number):
    """Half away from zero."""
    number = fractions.Fraction(number)
    return int(math.copysign(math.floor(abs(number) + fractions.Fraction(1, 2)), number))


def seconds(duration):
    match = re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?", duration)
    days, hours, minutes, rest = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + rest


def shares(ticket):
    """(figure, day, what it adds to n, to the numerator)."""
    if ticket.get("type") == "incident":
        yield "incidents", ticket["opened"], 1, 1
    yield "resolution_rate", ticket["opened"], 1, 0
    if ticket.get("resolved"):
        yield "resolution_rate", ticket["resolved"], 0, 1
    if ticket.get("resolve") and not ticket.get("resolve_excluded"):
        yield "sla_attainment", ticket["resolve_due"], 1, int(ticket["resolve"] == "met")
    if ticket.get("response_stopped"):
        yield "response_time", ticket["response_stopped"], 1, seconds(ticket.get("response_used", "PT0S"))


def value_of(kpi, n, numerator):
    if kpi == "incidents":
        return numerator * UNIT
    if kpi == "sla_attainment" and n < LEAST:
        return MISSING
    if kpi == "response_time":
        return rounded(fractions.Fraction(numerator * UNIT, 60 * n))
    return rounded(fractions.Fraction(100 * UNIT * numerator, n))


class Sums:
    """What the tickets add, by day, client and figure."""

    def __init__(self):
        self.tickets, self.days = {}, collections.defaultdict(lambda: collections.defaultdict(lambda: [0, 0]))

    def tell(self, client, subject, ticket):
        for known, sign in ((self.tickets.get(subject), -1), (ticket, 1)):
            for kpi, day, n, numerator in shares(known) if known else ():
                pair = self.days[day][client, kpi]
                pair[0] += sign * n
                pair[1] += sign * numerator
        self.tickets[subject] = ticket


# --- limits and rules

class Limits:
    def __init__(self, kpi, points):
        self.kpi, self.hits, self.total = kpi, sum(p.numerator for p in points), sum(p.denominator for p in points)
        numbers = [p.denominator for p in points]
        values, n = [p.value for p in points], len(points)
        self.proportion = kpi == "sla_attainment" and max(numbers) >= 2 * min(numbers)
        self.center, spread = fractions.Fraction(sum(values), n), sum(abs(b - a) for a, b in zip(values, values[1:]))
        self.range = fractions.Fraction(spread, n - 1)
        self.stable = None

    def at(self, point):
        """(center, lower, upper, sigma) for a point; None where the limit is clamped."""
        if self.proportion:
            share = fractions.Fraction(self.hits, self.total)
            sigma = 100 * UNIT * math.sqrt(share * (1 - share) / point.denominator)
            center = 100 * UNIT * share
            lower, upper, sigma = round(center - 3 * sigma), round(center + 3 * sigma), round(sigma)
        else:
            center, reach = self.center, fractions.Fraction(266, 100) * self.range
            lower, upper = rounded(center - reach), rounded(center + reach)
            sigma = rounded(self.range * 1000 / 1128)
        least, most = BOUNDS[self.kpi]
        return rounded(center), lower if lower > least else None, upper if upper < most else None, sigma


def side(value, limits, sigmas):
    away = value - limits[0]
    return (away > sigmas * limits[3]) - (away < -sigmas * limits[3])


def most_beyond(points, sigmas, needed, window):
    newest = side(*points[-1], sigmas)
    return newest != 0 and sum(side(*p, sigmas) == newest for p in points[-window:]) >= needed


def run_of(points):
    return len(points) >= 8 and most_beyond(points, 0, 8, 8)


def steps(points, count):
    values = [p[0] for p in points[-count:]]
    return [(b > a) - (b < a) for a, b in zip(values, values[1:])] if len(values) == count else []


def trend_of(points):
    way = set(steps(points, 6))
    return way in ({1}, {-1})


def alternates(points):
    way = steps(points, 14)
    return bool(way) and 0 not in way and all(a == -b for a, b in zip(way, way[1:]))


def rule_of(points):
    """The first rule that holds at the newest of (value, limits), oldest first; and whether it is high."""
    value, limits = points[-1]
    high = value > limits[0]
    if (limits[2] is not None and value > limits[2]) or (limits[1] is not None and value < limits[1]):
        return "beyond_limits", high
    if most_beyond(points, 2, 2, 3):
        return "two_of_three", high
    if most_beyond(points, 1, 4, 5):
        return "four_of_five", high
    if run_of(points):
        return "run_of_eight", high
    if trend_of(points):
        return "trend_of_six", value > points[-2][0]
    if alternates(points):
        return "fourteen_alternate", None
    if len(points) >= 15 and all(abs(v - l[0]) < l[3] for v, l in points[-15:]):
        return "fifteen_within", None
    last = [side(*p, 1) for p in points[-8:]]
    if len(last) == 8 and 0 not in last and len(set(last)) == 2:
        return "eight_outside", None
    return None, None


def decay_of(points, rises):
    """Eight in a row on the bad side, or six worse and worse, whatever else holds."""
    if run_of(points) and (points[-1][0] > points[-1][1][0]) != rises:
        return "run_of_eight"
    if trend_of(points) and (points[-1][0] > points[-2][0]) != rises:
        return "trend_of_six"
    return None


# --- series

class Series:
    def __init__(self, client, kpi, window):
        self.client, self.kpi, self.window = client, kpi, window
        self.seals, self.limits, self.baseline_to, self.frozen, self.active = [], None, None, False, set()

    def points(self, first, last):
        if self.kpi != "incidents":
            return [p for p in self.seals if first <= p.day <= last and p.value is not MISSING]
        sealed, days = {p.day: p for p in self.seals}, (last - first).days + 1
        return [sealed.get(day, Point(day, 0, 0, 0, 0)) for day in (first + DAY * i for i in range(days)) if is_weekday(day)]

    def freeze(self, day):
        points = self.points(self.window[0], self.window[-1])
        if len(points) < POINTS_LEAST:
            points = self.points(self.window[0], day - DAY)
        if len(points) < POINTS_LEAST:
            return
        self.frozen = True
        self.baseline_to = max(points[-1].day, self.window[-1])
        if self.kpi != "incidents" or sum(p.n for p in points) >= FREQUENT * len(points):
            self.limits = Limits(self.kpi, points)

    def close(self, point):
        """What is said with this seal: (kind, rule, good) of each signal."""
        if not self.frozen and point.day > self.window[-1]:
            self.freeze(point.day)
        self.seals.append(point)
        if point.value is MISSING or not self.limits:
            return
        charted = [(p.value, self.limits.at(p)) for p in self.points(self.baseline_to + DAY, point.day)[-16:]]
        rule, high = rule_of(charted)
        decay = decay_of(charted, RISES[self.kpi])
        good = None if high is None else high == RISES[self.kpi]
        found = ({("side", good)} if rule else set()) | ({"decay"} if decay else set())
        fresh, self.active = found - self.active, found
        if "decay" in fresh:
            yield "decay", decay, False
        elif fresh and not decay:
            yield "special", rule, bool(good)


def replay(events, first, periods):
    """What is to be said: {(client, kpi, day): (n, numerator, value)}, {(client, kpi): Limits}, and a set of signals."""
    window, sums, series = weekdays(first, periods), Sums(), {}
    sealed, signals, due = {}, set(), first - DAY * 400
    for event in events:
        if event["type"] != "ticket.counted":
            continue
        today = datetime.date.fromisoformat(event["time"][:10])
        while due + 2 * DAY <= today:
            day = due.isoformat()
            for (client, kpi), (n, numerator) in sums.days[day].items() if is_weekday(due) else ():
                if n <= 0:
                    continue
                one = series.setdefault((client, kpi), Series(client, kpi, window))
                point = Point(due, value_of(kpi, n, numerator), n, numerator, n)
                sealed[client, kpi, day] = (n, numerator, point.value)
                signals |= {(client, kpi, day, *signal) for signal in one.close(point)}
            due += DAY
        sums.tell(event["partitionkey"], event["subject"], event["data"])
    return sealed, {key: one for key, one in series.items() if one.frozen}, signals


def scaled(text):
    return None if text is None else rounded(fractions.Fraction(text) * UNIT)


def compare(wanted, found):
    sealed, series, signals = wanted
    seals = {(e["partitionkey"], e["data"]["kpi"], e["data"]["from"]): (e["data"]["n"], scaled(e["data"].get("value")))
             for e in found["series.closed"] if e["data"]["kpi"] in RISES and "component" not in e["data"]}
    assert len(sealed) > 1000 and seals == {key: (n, value) for key, (n, _, value) in sealed.items()}
    frozen = {(e["partitionkey"], e["data"]["kpi"]): e["data"] for e in found["series.frozen"] if "component" not in e["data"]}
    assert set(frozen) == set(series)
    for key, one in series.items():
        data = frozen[key]
        assert data["baseline_to"] == one.baseline_to.isoformat(), key
        assert data.get("charted") == (one.limits and ("p" if one.limits.proportion else "xmr")), key
        if one.limits and not one.limits.proportion:
            assert abs(scaled(data.get("center", "0")) - one.limits.center) <= 1 and \
                abs(scaled(data.get("range", "0")) - one.limits.range) <= 1, key
    said = {(e["partitionkey"], e["data"]["kpi"], e["data"]["to"], e["data"]["kind"], e["data"]["rule"], e["data"].get("good", False))
            for e in found["signal.found"] if "component" not in e["data"]}
    assert len(signals) > 100
    assert said == signals, f"missing {sorted(signals - said)[:5]}, surplus {sorted(said - signals)[:5]}"

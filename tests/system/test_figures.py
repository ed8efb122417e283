"""Figures against their rules in a few lines of Python, from the same files; one partition and three say the same, whatever the
order of the files, and as of a day before nothing was told there is nothing."""
import csv
import datetime
import fractions
import json
import math
import random

import pytest
from scipy import stats

import redress

CLIENTS = [f"client{n:02}" for n in range(30)]
CLIENT = CLIENTS[3]
FROM, TO = "2026-05-01", "2026-07-31"
BEFORE = ("2026-02-01", "2026-04-30")
Z = stats.norm.ppf(0.975)
SURVEYS = "survey_id,kind,client_id,contact_id,role,asked_at,answered_at,score,scale_min,scale_max,comment,ticket_id,escalation_id"
CONTRACTS = "client_id,start,end,mrr,currency,notice_days,exit_cost,status,loss_reason"
WORK = {"incident": "reactive", "request": "", "problem": "reactive", "change": "proactive", "proactive": "proactive", "admin": ""}


def some_surveys(dice):
    """(id, kind, client, day asked, day answered or None, score); answers become better with time, and come by fits and starts."""
    rows = []
    for number in range(6000):
        kind = dice.choice(["nps", "csat_rel", "csat_esc"])
        day = datetime.date(2026, 2, 1) + datetime.timedelta(days=dice.randrange(181))
        if day.isocalendar().week % 2 and dice.random() < 0.5:
            day -= datetime.timedelta(days=7)
        answered = day + datetime.timedelta(days=dice.randrange(3)) if dice.random() < 0.6 else None
        best, worse = (10, 3) if kind == "nps" else (5, 2)
        tends = best if day >= datetime.date(2026, 5, 1) else worse
        score = dice.choice([dice.randint(0 if kind == "nps" else 1, best), tends])
        rows.append((f"s{number}", kind, dice.choice(CLIENTS), day, answered, score))
    return rows


def some_work(dice):
    """(id, client, day, minutes, kind of work)"""
    return [(f"w{number}", dice.choice(CLIENTS), datetime.date(2026, 2, 1) + datetime.timedelta(days=dice.randrange(181)),
             dice.randrange(1, 600), dice.choice(list(WORK))) for number in range(2000)]


def write(path, header, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header.split(","), *rows])
    return path


def survey_row(row):
    name, kind, client, day, answered, score = row
    low, high = (0, 10) if kind == "nps" else (1, 5)
    return [name, kind, client, "", "user", f"{day}T08:00:00Z", f"{answered}T09:00:00Z" if answered else "",
            score if answered else "", low, high, "", "", ""]


def contract_row(number):
    """Every fifth client leaves within the range, every seventh pays in another currency."""
    lost = number % 5 == 1
    return (CLIENTS[number], f"2025-{1 + number % 12:02}-01", f"2026-0{5 + number % 3}-20" if lost else "", 100 + 10 * number,
            "USD" if number % 7 == 2 else "EUR", 90, "", "lost" if lost else "active", "price" if lost else "")


class World:
    """What is told, and two suites that were told it, one of them in another order."""

    def __init__(self, folder, one, three):
        dice = random.Random(20261122)
        self.suites = one, three
        self.surveys, self.work = some_surveys(dice), some_work(dice)
        self.endpoints = {(client, month): dice.randrange(1, 90) for client in CLIENTS for month in range(2, 8)}
        for suite in self.suites:
            surveys = write(folder / "surveys.csv", SURVEYS, map(survey_row, self.surveys))
            work = write(folder / "work.csv", "id,client_id,ticket_id,person,started_at,minutes,work_type,rate",
                         ([name, client, "", "", f"{day}T10:00:00Z", minutes, kind, ""] for name, client, day, minutes, kind in self.work))
            endpoints = write(folder / "endpoints.csv", "client_id,month,count",
                              ([client, f"2026-{month:02}", count] for (client, month), count in self.endpoints.items()))
            bound = write(folder / "contracts.csv", CONTRACTS, map(contract_row, range(len(CLIENTS))))
            suite.cli("import", "surveys", surveys, "time-entries", work, "endpoints", endpoints, "contracts", bound)
            suite.cli("import", "surveys", surveys)
            dice.shuffle(self.surveys)
            dice.shuffle(self.work)

    def ask(self, query, *words):
        """What both answer."""
        one, three = (suite.cli_json("query", query, *words) for suite in self.suites)
        assert one == three
        return one

    def value(self, kpi, client=None, span=(FROM, TO), *words):
        of = ("--client", client) if client else ()
        return self.ask("kpi.value", "--kpi", kpi, "--from", span[0], "--to", span[1], *of, *words)

    def answers(self, kind, client=None, span=(FROM, TO)):
        return [score for _, k, c, _, answered, score in self.surveys
                if k == kind and client in (None, c) and answered and span[0] <= str(answered) <= span[1]]

    def questions(self, kind, client=None):
        return sum(k == kind and client in (None, c) and FROM <= str(day) <= TO for _, k, c, day, *_ in self.surveys)


@pytest.fixture(name="world", scope="module")
def fixture_world(tmp_path_factory):
    with redress.Suite() as one, redress.Suite(partitions=3) as three:
        one.up()
        three.up()
        yield World(tmp_path_factory.mktemp("figures"), one, three)


def decimal(exact):
    """A fraction with four digits, half away from zero, as answers spell it."""
    scaled = abs(fractions.Fraction(exact)) * 10000
    whole = math.floor(scaled + fractions.Fraction(1, 2))
    return f"{'-' if exact < 0 and whole else ''}{whole // 10000}.{whole % 10000:04}"


def assert_near(found, exact):
    assert float(found) == pytest.approx(exact, abs=1.01e-4)


def wilson(hits, n):
    found = stats.binomtest(hits, n).proportion_ci(method="wilson")
    return 100 * found.low, 100 * found.high


def score(answers):
    return sum(a >= 9 for a in answers) - sum(a <= 6 for a in answers), len(answers)


@pytest.mark.parametrize("client", [None, CLIENT], ids=["all", "one"])
def test_promoter_score(world, client):
    found, answers = world.value("nps", client), world.answers("nps", client)
    lead, n = score(answers)
    assert (found["n"], found["value"]) == (n, decimal(fractions.Fraction(100 * lead, n)))
    assert found["coverage"] == decimal(fractions.Fraction(100 * n, world.questions("nps", client)))
    promoters, detractors, of = sum(a >= 9 for a in answers), sum(a <= 6 for a in answers), n
    if n < 30:
        promoters, detractors, of = promoters + 0.75, detractors + 0.75, n + 3
        assert found["small"] is True
        assert_near(found["adjusted"], 100 * lead / of)
    share = (promoters - detractors) / of
    reach = 100 * Z * math.sqrt(((promoters + detractors) / of - share ** 2) / of)
    assert_near(found["low"], max(100 * share - reach, -100))
    assert_near(found["high"], min(100 * share + reach, 100))


def test_clients_count_alike(world):
    own = [score(answers) for answers in (world.answers("nps", client) for client in CLIENTS) if answers]
    found = world.value("nps")
    assert found["clients"] == len(own)
    assert_near(found["by_client"], float(sum(fractions.Fraction(100 * lead, n) for lead, n in own) / len(own)))


@pytest.mark.parametrize("client", [None, CLIENT], ids=["all", "one"])
@pytest.mark.parametrize("kpi,kind", [("csat_relationship", "csat_rel"), ("csat_escalation", "csat_esc")])
def test_satisfaction(world, kpi, kind, client):
    found, answers = world.value(kpi, client), world.answers(kind, client)
    hits, n = sum(a >= 4 for a in answers), len(answers)
    assert (found["numerator"], found["denominator"], found["n"]) == (hits, n, n)
    assert found["value"] == decimal(fractions.Fraction(100 * hits, n))
    assert_near(found["low"], wilson(hits, n)[0])
    assert_near(found["high"], wilson(hits, n)[1])


def test_improvement_is_against_a_baseline(world):
    found = world.value("satisfaction_improvement", None, (FROM, TO), "--baseline-from", BEFORE[0], "--baseline-to", BEFORE[1])
    was, now = ([a >= 4 for a in world.answers("csat_rel", None, span)] for span in (BEFORE, (FROM, TO)))
    p, q = 100 * sum(was) / len(was), 100 * sum(now) / len(now)
    (low, high), (below, above) = wilson(sum(was), len(was)), wilson(sum(now), len(now))
    assert_near(found["baseline"], p)
    assert_near(found["value"], q - p)
    assert_near(found["low"], q - p - math.hypot(q - below, high - p))
    assert_near(found["high"], q - p + math.hypot(above - q, p - low))
    assert found["changed"] is True
    done = world.suites[0].cli("query", "kpi.value", "--kpi", "satisfaction_improvement", "--from", FROM, "--to", TO, check=False)
    assert done.returncode != 0 and "baseline_needed" in done.stderr


@pytest.mark.parametrize("client", [None, CLIENT], ids=["all", "one"])
def test_work(world, client):
    minutes = {"reactive": 0, "proactive": 0, "": 0}
    for _, of, day, amount, kind in world.work:
        if client in (None, of) and FROM <= str(day) <= TO:
            minutes[WORK[kind]] += amount
    judged = minutes["reactive"] + minutes["proactive"]
    found = world.value("reactive", client)
    assert found["value"] == decimal(fractions.Fraction(100 * minutes["reactive"], judged))
    assert found["coverage"] == decimal(fractions.Fraction(100 * judged, sum(minutes.values())))
    endpoints = sum(count for (of, month), count in world.endpoints.items() if client in (None, of) and 5 <= month <= 7)
    assert_near(world.value("reactive_hours", client)["value"], minutes["reactive"] / 60 / endpoints)


def test_series_are_the_values_of_their_periods(world):
    chart = world.ask("kpi.series", "--kpi", "csat_relationship", "--from", "2026-02-02", "--to", TO, "--period", "week",
                      "--baseline-points", "10")
    points = [point for point in chart["points"] if "value" in point]
    assert len(chart["points"]) == 26 and len(points) > 20 and chart["kind"] == "p"
    hits = total = 0
    for number, point in enumerate(points):
        answers = [a >= 4 for a in world.answers("csat_rel", None, (point["from"], point["to"]))]
        assert (point["n"], point["value"]) == (len(answers), decimal(fractions.Fraction(100 * sum(answers), len(answers))))
        assert point.get("baseline", False) == (number < 10)
        hits, total = hits + sum(answers) * (number < 10), total + len(answers) * (number < 10)
    for point in points:
        share, reach = hits / total, 3 * math.sqrt(hits / total * (1 - hits / total) / point["n"])
        for limit, side in (("upper", 1), ("lower", -1)):
            assert ("lower" in point) == (share > reach) and share + reach < 1
            if limit in point:
                assert_near(point[limit], 100 * (share + side * reach))
    assert any(point.get("good") for point in points[10:])


@pytest.mark.parametrize("kpi", ["nps", "csat_escalation", "reactive", "incidents", "response_time", "unit_cost"])
def test_charts_of_partitions_are_those_of_all(world, kpi):
    for period in ("week", "month", "weekday"):
        world.ask("kpi.series", "--kpi", kpi, "--from", "2026-04-01", "--to", TO, "--period", period, "--baseline-points", "3")
    world.ask("kpi.series", "--kpi", kpi, "--client", CLIENT, "--from", "2026-04-01", "--to", TO, "--baseline-points", "3")


def test_ladders_of_partitions_are_those_of_all(world):
    for to in ("2026-07-31", "2026-06-15", "2026-01-01"):
        found = world.ask("kpi.maturity", "--to", to)
        assert found["cost"] == 1 and len(found["rungs"]) == 6 and len(found["stages"]) == 4
    world.value("maturity")


def test_who_stays_and_with_how_much(world):
    stays = [number % 5 != 1 for number in range(len(CLIENTS))]
    found = world.value("retention")
    assert (found["numerator"], found["denominator"], found["lost"]) == (sum(stays), len(CLIENTS), len(CLIENTS) - sum(stays))
    paid = {number: 100 * (100 + 10 * number) for number in range(len(CLIENTS)) if number % 7 != 2}
    for kpi in ("gross_retention", "net_retention"):
        found = world.value(kpi)
        assert (found["denominator"], found["n"]) == (sum(paid.values()), len(paid))
        assert found["numerator"] == sum(value for number, value in paid.items() if stays[number])
        assert found["coverage"] == decimal(fractions.Fraction(100 * len(paid), len(CLIENTS)))
    dollars = {number: 100 * (100 + 10 * number) for number in range(len(CLIENTS)) if number not in paid}
    found = world.value("net_retention", None, (FROM, TO), "--currency", "USD")
    assert (found["denominator"], found["n"], found["currency"]) == (sum(dollars.values()), len(dollars), "USD")
    assert found["numerator"] == sum(value for number, value in dollars.items() if stays[number])


def every_page(suite, query, *words):
    rows, more = [], []
    while True:
        page = suite.cli_json("query", query, *words, *more, "--limit", "37")
        assert len(page["rows"]) <= 37
        rows += page["rows"]
        if "cursor" not in page:
            return rows
        more = ["--cursor", page["cursor"]]


def in_some_order(rows):
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


COUNTED = ["nps", "reactive_hours", "retention"]


@pytest.mark.parametrize("asked", [
    *(("kpi.counted", "--kpi", kpi, "--from", "2026-07-01", "--to", "2026-07-31") for kpi in COUNTED),
    ("kpi.counted", "--kpi", "csat_escalation", "--client", CLIENT, "--from", FROM, "--to", TO),
    ("kpi.loyalty",), ("kpi.risk",), ("kpi.contracts",), ("kpi.contracts", "--status", "lost")], ids=" ".join)
def test_pages_of_partitions_are_those_of_all(world, asked):
    one, three = (every_page(suite, *asked) for suite in world.suites)
    assert one and in_some_order(one) == in_some_order(three)
    assert [row.get("day") for row in one] == [row.get("day") for row in three] or asked[0] == "kpi.loyalty"
    for suite in world.suites:
        assert in_some_order(suite.cli_json("query", *asked, "--all")["rows"]) == in_some_order(one)


def test_what_was_counted_makes_the_figure(world):
    span = ("--kpi", "nps", "--from", FROM, "--to", TO)
    rows = world.suites[1].cli_json("query", "kpi.counted", *span, "--all")["rows"]
    said = [row["words"] for row in rows]
    found = world.value("nps")
    assert [said.count(word) for word in ("promoter", "passive", "detractor")] == [
        found["promoters"], found["passives"], found["detractors"]]
    assert all(row["hit"] == (row["words"] == "promoter") for row in rows if "hit" in row)


def test_nothing_was_known_before_it_was_told(world):
    found = world.value("nps", None, (FROM, TO), "--as-of", "2026-08-01")
    assert "value" not in found and found["n"] == 0

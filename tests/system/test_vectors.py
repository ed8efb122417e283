"""The vectors of the papers for promoter scores, satisfaction, retention and charts, from files through the tool to the answer; and
that an answer says all that makes a figure."""
import csv
import datetime

import pytest

import redress

SURVEYS = "survey_id,kind,client_id,contact_id,role,asked_at,answered_at,score,scale_min,scale_max,comment,ticket_id,escalation_id"
CONTRACTS = "client_id,start,end,mrr,currency,notice_days,exit_cost,status,loss_reason"
SPAN = ("--from", "2026-06-01", "--to", "2026-06-30")
MEMBERS = {"kpi", "formula", "value", "low", "high", "n", "numerator", "denominator", "coverage", "exclusions", "unit"}

SCORES = {"nps-a": (100, 67, 33), "nps-b": (12, 5, 3), "nps-c": (5, 2, 3), "nps-d": (3, 0, 0)}
SATISFIED = {"csat-a": (17, 20), "csat-b": (85, 100), "csat-c": (0, 5), "csat-d": (5, 5)}
WEEKS = [962, 971, 958, 969, 974, 960, 955, 966, 912, 920, 915, 908]


def answers():
    """(client, kind, day, score, highest) of every answer."""
    day = "2026-06-10"
    for client, (promoters, passives, detractors) in SCORES.items():
        yield from [(client, "nps", day, 9 + n % 2, 10) for n in range(promoters)]
        yield from [(client, "nps", day, 7 + n % 2, 10) for n in range(passives)]
        yield from [(client, "nps", day, n % 7, 10) for n in range(detractors)]
    for client, (hits, of) in SATISFIED.items():
        for kind in ("csat_rel", "csat_esc"):
            yield from [(client, kind, day, 4 + n % 2 if n < hits else 1 + n % 3, 5) for n in range(of)]
    for week, hits in enumerate(WEEKS):
        monday = datetime.date(2026, 1, 5) + datetime.timedelta(weeks=week)
        yield from [("weeks", "csat_rel", str(monday), 5 if n < hits else 2, 5) for n in range(1000)]


def write(path, header, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header.split(","), *rows])
    return path


def contracts():
    """45 at the start, of which 3 leave; 5 come: 47 at the end."""
    for n in range(45):
        end, status, reason = ("2026-06-15", "lost", "price") if n < 3 else ("", "active", "")
        yield (f"held{n:02}", "2025-01-01", end, 100, "EUR", 90, "", status, reason)
    for n in range(5):
        yield (f"new{n}", f"2026-06-{10 + n}", "", 100, "EUR", 90, "", "active", "")


@pytest.fixture(name="suite", scope="module")
def fixture_suite(tmp_path_factory):
    folder = tmp_path_factory.mktemp("vectors")
    surveys = ((f"s{n}", kind, client, "", "user", f"{day}T08:00:00Z", f"{day}T09:00:00Z", score, 0 if kind == "nps" else 1, most,
                "", "", "")
               for n, (client, kind, day, score, most) in enumerate(answers()))
    with redress.Suite(partitions=2) as suite:
        suite.up()
        suite.cli("import", "surveys", write(folder / "surveys.csv", SURVEYS, surveys),
                  "contracts", write(folder / "contracts.csv", CONTRACTS, contracts()))
        yield suite


def value(suite, kpi, *words):
    found = suite.cli_json("query", "kpi.value", "--kpi", kpi, *SPAN, *words)
    assert MEMBERS <= set(found) and found["kpi"] == kpi and found["exclusions"] == 0
    return found


def near(found, names, numbers, within):
    for name, number in zip(names, numbers):
        assert float(found[name]) == pytest.approx(number, abs=within), name


@pytest.mark.parametrize("client,expected", [
    ("nps-a", {"value": 33.5, "low": 23.196, "high": 43.804}),
    ("nps-b", {"value": 45.0, "adjusted": 39.130, "low": 8.431, "high": 69.830}),
    ("nps-c", {"value": 20.0}),
    ("nps-d", {"value": 100.0, "adjusted": 50.0, "low": -6.58, "high": 100.0})])
def test_promoter_scores(suite, client, expected):
    found = value(suite, "nps", "--client", client)
    promoters, passives, detractors = SCORES[client]
    assert (found["n"], found["numerator"]) == (promoters + passives + detractors, promoters - detractors)
    assert found["unit"] == "points" and found["coverage"] == "100.0000"
    near(found, expected, expected.values(), 0.005)
    assert ("adjusted" in found) == (found["n"] < 30)


@pytest.mark.parametrize("kpi", ["csat_relationship", "csat_escalation"])
@pytest.mark.parametrize("client,low,high", [
    ("csat-a", 63.958, 94.763), ("csat-b", 76.716, 90.694), ("csat-c", 0, 43.448), ("csat-d", 56.552, 100)])
def test_satisfaction(suite, kpi, client, low, high):
    hits, of = SATISFIED[client]
    found = value(suite, kpi, "--client", client)
    assert (found["numerator"], found["denominator"], found["n"], found["unit"]) == (hits, of, of, "percent")
    near(found, ("value", "low", "high"), (100 * hits / of, low, high), 0.0006)


def test_retention(suite):
    found = value(suite, "retention")
    assert (found["value"], found["numerator"], found["denominator"]) == ("93.3333", 42, 45)
    assert (found["joined"], found["lost"], found["coverage"]) == (5, 3, "100.0000")
    lost = suite.cli_json("query", "kpi.counted", "--kpi", "retention", *SPAN)
    lost = lost if isinstance(lost, list) else lost["rows"]
    assert sorted((row["client"], row["reason"]) for row in lost) == [(f"held{n:02}", "price") for n in range(3)]


def test_chart(suite):
    chart = suite.cli_json("query", "kpi.series", "--kpi", "csat_relationship", "--client", "weeks", "--from", "2026-01-05",
                           "--to", "2026-03-29", "--period", "week")
    assert (chart["kind"], chart["center"], chart["range"], chart["range_limit"]) == ("xmr", "96.4375", "0.9714", "3.1746")
    points = chart["points"]
    assert [point["value"] for point in points] == [f"{hits / 10:.4f}" for hits in WEEKS]
    assert all((point["lower"], point["upper"]) == ("93.8535", "99.0215") for point in points)
    assert [point.get("rule") for point in points] == [None] * 8 + ["beyond_limits"] * 4
    frozen_over_all = suite.cli_json("query", "kpi.series", "--kpi", "csat_relationship", "--client", "weeks", "--from", "2026-01-05",
                                     "--to", "2026-03-29", "--period", "week", "--baseline-points", "12")["points"]
    assert (frozen_over_all[0]["lower"], frozen_over_all[0]["upper"]) == ("91.3162", "98.1838")
    assert not any("rule" in point for point in frozen_over_all), "limits of all twelve hide it"

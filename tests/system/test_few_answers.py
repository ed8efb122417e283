"""What a client's token reads of figures that its own people's answers make: nothing of fewer than five, so that nobody learns
what a colleague said; staff read all of it, and figures that nobody answered are told of any number."""
import csv
import datetime
import json

import pytest

import redress
import sse
import web

LEAST = 5  # ANSWERS_LEAST
CLIENT, OTHER = "few", "many"
HEADER = "survey_id,kind,client_id,contact_id,role,asked_at,answered_at,score,scale_min,scale_max,comment,ticket_id,escalation_id"
SCALES = {"nps": (0, 10), "csat_rel": (1, 5), "csat_esc": (1, 5)}
KPIS = {"nps": "nps", "csat_relationship": "csat_rel", "csat_escalation": "csat_esc"}
SAID = ("value", "low", "high", "numerator", "denominator", "coverage", "covered", "eligible", "promoters", "detractors", "squares",
        "adjusted", "small")


class Door:
    """A suite with a gateway, and tokens of a client and of staff."""

    def __init__(self, suite, gateway, folder):
        self.suite, self.gateway, self.folder, self.count = suite, gateway, folder, 0
        self.client, self.staff = sse.token(suite, "client", [CLIENT])[0], sse.token(suite, "viewer")[0]
        self.first = datetime.date.today() - datetime.timedelta(days=400)

    def answer(self, *rows):
        """(kind, client, day, score)"""
        path = self.folder / f"surveys{self.count}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(HEADER.split(","))
            for kind, client, day, score in rows:
                self.count += 1
                at = self.first + datetime.timedelta(days=day)
                out.writerow([f"s{self.count}", kind, client, "", "user", f"{at}T08:00:00Z", f"{at}T09:00:00Z", score, *SCALES[kind],
                              "", "", ""])
        self.suite.cli("import", "surveys", str(path))

    def span(self, first=0, last=399):
        days = [self.first + datetime.timedelta(days=day) for day in (first, last)]
        return f"client={CLIENT}&from={days[0]}&to={days[1]}"

    def read(self, question, token, first=0, last=399, **more):
        rest = "".join(f"&{name}={value}" for name, value in more.items())
        return self.gateway.read(f"/v1/{question}?{self.span(first, last)}{rest}", token)

    def both(self, question, **more):
        answers = [self.read(question, token, **more) for token in (self.client, self.staff)]
        assert [answer.status for answer in answers] == [200, 200], answers
        return [answer.json for answer in answers]


@pytest.fixture(name="door", scope="module")
def fixture_door(tmp_path_factory):
    with redress.Suite(partitions=2) as suite:
        suite.up()
        with web.Web(suite) as gateway:
            yield Door(suite, gateway, tmp_path_factory.mktemp("answers"))


@pytest.mark.parametrize("kpi,kind", KPIS.items())
def test_from_five_answers_on(door, kpi, kind):
    """As few as are withheld, then one more, which tells."""
    worst = SCALES[kind][0]
    door.answer(*((kind, CLIENT, 10 + day, worst) for day in range(LEAST - 1)), (kind, OTHER, 10, worst))
    seen, whole = door.both("queries/kpi.value", kpi=kpi)
    assert (seen["n"], seen["withheld"], seen["kpi"]) == (LEAST - 1, "few_answers", kpi)
    assert not set(seen) & set(SAID) and "withheld" not in whole, seen
    assert (whole["n"], whole["denominator"]) == (LEAST - 1, LEAST - 1) and {"value", "low", "high", "coverage"} <= set(whole), whole
    door.answer((kind, CLIENT, 10 + LEAST, worst))
    seen, whole = door.both("queries/kpi.value", kpi=kpi)
    assert seen == {name: value for name, value in whole.items() if name in seen} and "withheld" not in seen
    assert {"value", "low", "high", "numerator", "denominator", "coverage"} <= set(seen), seen
    # Any range of fewer is withheld for itself; one in which nobody answered says so.
    few = door.read("queries/kpi.value", door.client, first=10, last=11, kpi=kpi).json
    assert (few["n"], few["withheld"]) == (2, "few_answers") and not set(few) & set(SAID), few
    none = door.read("queries/kpi.value", door.client, first=300, last=310, kpi=kpi).json
    assert (none["n"], none["numerator"]) == (0, 0) and "withheld" not in none, none


def test_a_change_is_of_both_ranges(door):
    """A baseline of few is withheld with all that is compared with it."""
    door.answer(*(("csat_rel", CLIENT, 100 + day, 2) for day in range(LEAST - 1)))
    door.answer(*(("csat_rel", CLIENT, 200 + day, 5) for day in range(9)))
    day = [(door.first + datetime.timedelta(days=n)).isoformat() for n in (100, 150)]
    more = {"first": 200, "last": 250, "baseline_from": day[0], "baseline_to": day[1]}
    for kpi in ("satisfaction_improvement", "csat_relationship"):
        seen, whole = door.both("queries/kpi.value", kpi=kpi, **more)
        assert (seen["n"], seen["withheld"], whole["n"]) == (9, "few_answers", 9), seen
        assert not set(seen) & {*SAID, "baseline", "change", "changed", "baseline_numerator"}, seen
        assert {"value", "baseline", "changed"} <= set(whole), whole


def test_points_of_a_chart(door):
    """Weeks of 6, 4, 6 and 6 answers: limits of the first two would tell the second, so there are none for the client."""
    monday = (7 - door.first.weekday()) % 7 + 301
    for week, answers in enumerate((6, LEAST - 1, 6, 6)):
        door.answer(*(("nps", CLIENT, monday + 7 * week, 10 if n % 2 else 0) for n in range(answers)))
    more = {"first": monday, "last": monday + 27, "kpi": "nps", "period": "week", "baseline_points": 2}
    seen, whole = door.both("queries/kpi.series", **more)
    assert [point["n"] for point in seen["points"]] == [6, 4, 6, 6] == [point["n"] for point in whole["points"]]
    assert ["value" in point for point in seen["points"]] == [True, False, True, True]
    assert [point.get("withheld") for point in seen["points"]][1] == "few_answers" == seen["withheld"]
    assert not any(name in json.dumps(seen) for name in ('"center"', '"lower"', '"upper"', '"range"', '"rule"')), seen
    assert "center" in whole and all("value" in point for point in whole["points"]) and "withheld" not in json.dumps(whole)
    # Later weeks alone are of enough, and have their limits.
    seen, whole = door.both("queries/kpi.series", **{**more, "first": monday + 14})
    assert "center" in seen and seen["points"] == whole["points"] and "withheld" not in json.dumps(seen)
    # A picture shows no more than the points.
    drawn = [door.read("chart.svg", token, **{**more, "first": monday + 7, "last": monday + 13}) for token in (door.client, door.staff)]
    assert [answer.status for answer in drawn] == [200, 200]
    assert b"Withheld" in drawn[0].body and b"Withheld" not in drawn[1].body


def test_what_nobody_answered_is_told_of_any_number(door):
    door.suite.cli("ticket", "record", "--client", CLIENT, "--source", "desk", "--number", "1", "--type", "incident",
                   "--state", "new", "--priority", "1", "--title", "It is down", "--updated-at", redress.from_now(-60))
    first, last = (redress.from_now(days * 86400)[:10] for days in (-2, 2))
    question = f"/v1/queries/kpi.value?kpi=incidents&client={CLIENT}&from={first}&to={last}"
    seen = redress.wait_for(lambda: (one := door.gateway.read(question, door.client).json)["n"] and one, what="kpi to hear of the ticket")
    assert (seen["n"], seen["value"]) == (1, "1.0000") and "withheld" not in seen


def test_the_documents_say_what_is_withheld(door):
    schemas = door.gateway.read("/openapi.json", door.staff).json["components"]["schemas"]
    marked = {name for name, schema in schemas.items() if schema.get("properties", {}).get("withheld", {}).get("const") == "few_answers"}
    for name in ("result.kpi.value", "record.chart_point", "result.kpi.signals", "record.objective"):
        assert any(one.endswith(name) for one in marked), (name, sorted(marked))
    assert not any("catalog" in name or "ticket" in name for name in marked), sorted(marked)

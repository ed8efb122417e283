"""Real customers through surveys and contracts: the loyalty curve, retention and hostages against a few lines of Python.

The sample's hostages are none (whoever scored 1 or 2 has left), so the same customers are asked once more with their scores
dealt anew: then there are hundreds.
"""
import collections
import csv
import datetime
import random

import pytest

import redress

TELCO = redress.ROOT.parent / "shared" / "data" / "telco_loyalty.csv"
YEARS = {"Month-to-Month": 0, "One Year": 1, "Two Year": 2}
RATINGS = ["lowest", "low", "middle", "high", "highest"]
TODAY = datetime.datetime.now(datetime.timezone.utc).date()
DAY = datetime.timedelta(days=1)


def customers(dealt_anew):
    if not TELCO.exists():
        pytest.skip(f"{TELCO} is not there: real data is beside the project")
    with TELCO.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    scores = [int(row["satisfaction_score"]) for row in rows]
    if dealt_anew:
        random.Random(17).shuffle(scores)
    return [(row["customer_id"], score, row["churned"] == "0", YEARS[row["contract"]], int(row["tenure_months"]))
            for row, score in zip(rows, scores)]


def contract_row(client, stays, years, months):
    """A contract as DOMAIN's CSV has it: the current term of who stays, all the time of who left yesterday."""
    if not stays:
        return [client, TODAY - DAY * (30 * months + 1), TODAY - DAY, "lost"]
    if years == 0:
        return [client, TODAY - DAY * 30 * months, "", "active"]
    start = TODAY - DAY * (30 * months % (365 * years))
    return [client, start, start + DAY * (365 * years - 1), "active"]


def write(path, header, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header.split(","), *rows])
    return path


def files(people, folder):
    contracts = ([c, start, end, "70.00", "EUR", "", "", status, ""]
                 for c, start, end, status in (contract_row(c, stays, years, months) for c, _, stays, years, months in people))
    asked = f"{TODAY - 20 * DAY}T08:00:00+00:00"
    surveys = ([f"s-{c}", "csat_rel", c, "", "user", asked, asked.replace("T08", "T09"), score, 1, 5, "", "", ""]
               for c, score, *_ in people)
    return (write(folder / "contracts.csv", "client_id,start,end,mrr,currency,notice_days,exit_cost,status,loss_reason", contracts),
            write(folder / "surveys.csv", "survey_id,kind,client_id,contact_id,role,asked_at,answered_at,score,scale_min,scale_max,"
                  "comment,ticket_id,escalation_id", surveys))


@pytest.fixture(name="world", scope="module", params=[(1, False), (3, True)], ids=["as it is", "scores dealt anew"])
def fixture_world(request, tmp_path_factory):
    partitions, dealt_anew = request.param
    people = customers(dealt_anew)
    contracts, surveys = files(people, tmp_path_factory.mktemp("telco"))
    with redress.Suite(partitions=partitions) as suite:
        suite.up()
        suite.cli("import", "contracts", contracts, "surveys", surveys)
        redress.wait_for(lambda: suite.cli_json("query", "kpi.curve")["clients"] == len(people), 60, "every client to be looked at")
        yield suite, people


def percent(part, whole):
    return f"{100 * part / whole:.4f}"


def test_curve(world):
    suite, people = world
    clients = collections.Counter(score for _, score, *_ in people)
    stay = collections.Counter(score for _, score, stays, *_ in people if stays)
    points = suite.cli_json("query", "kpi.curve")["points"]
    assert [point["rating"] for point in points] == RATINGS
    for score, point in enumerate(points, 1):
        assert (point["clients"], point["stay"]) == (clients[score], stay[score])
        assert point["retention"] == percent(stay[score], clients[score])


def test_retention(world):
    suite, people = world
    stay = sum(stays for _, _, stays, *_ in people)
    curve = suite.cli_json("query", "kpi.curve")
    assert (curve["clients"], curve["stay"]) == (len(people), stay)
    assert curve["retention"] == percent(stay, len(people))


def hostages_of(people):
    return {client for client, score, stays, years, _ in people if score <= 2 and stays and years}


def test_hostages(world):
    suite, people = world
    wanted = hostages_of(people)
    assert suite.cli_json("query", "kpi.curve")["hostages"] == len(wanted)
    found, cursor = set(), []
    while True:
        done = suite.cli("query", "kpi.loyalty", "--quadrant", "hostage", "--limit", "500", *cursor, "-o", "json")
        page = redress.json.loads(done.stdout)
        rows = page["rows"] if isinstance(page, dict) else page
        found |= {row["client"] for row in rows}
        if not isinstance(page, dict) or not page.get("cursor"):
            break
        cursor = ["--cursor", page["cursor"]]
    assert found == wanted


def test_hostages_as_a_figure(world):
    suite, people = world
    value = suite.cli_json("query", "kpi.value", "--kpi", "hostages", "--from", TODAY - 30 * DAY, "--to", TODAY + DAY)
    assert (value["numerator"], value["n"]) == (len(hostages_of(people)), len(people))


def test_satisfaction_as_a_figure(world):
    suite, people = world
    value = suite.cli_json("query", "kpi.value", "--kpi", "csat_relationship", "--from", TODAY - 30 * DAY, "--to", TODAY)
    assert (value["numerator"], value["denominator"]) == (sum(score >= 4 for _, score, *_ in people), len(people))


def test_importing_again_changes_nothing(world, tmp_path):
    suite, people = world
    before = suite.cli_json("query", "kpi.curve")
    contracts, surveys = files(people, tmp_path)
    suite.cli("import", "contracts", contracts, "surveys", surveys)
    assert suite.cli_json("query", "kpi.curve") == before


def test_sample_has_no_hostages_and_dealt_anew_has_some():
    assert not hostages_of(customers(False))
    assert len(hostages_of(customers(True))) > 100

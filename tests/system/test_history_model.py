"""The history import of the real log with a catalog: calendars that never close change nothing; working hours do, and only where
time is counted."""
import collections
import csv
import gzip
import json

import pytest

import cases
import oracle
import redress

pytestmark = pytest.mark.slow
ALWAYS = '{days: mon-sun, from: 00:00, to: "24:00"}'
OFFICE = "{days: mon-fri, from: 09:00, to: 17:00}"
SAME = ("rows", "tickets", "made_sla", "missed_sla", "reopened", "refused", "known", "bad")


def model(path, hours):
    """Every client of the log, each by the same calendar."""
    with gzip.open(oracle.UCI, "rt", encoding="utf-8") as file:
        clients = sorted({row["location"].replace("Location ", "").replace("?", "unknown") for row in csv.DictReader(file)})
    path.mkdir()
    (path / "all.yaml").write_text(
        f"calendars:\n- {{id: hours, zone: UTC, versions: [{{from: 2010-01-01, hours: [{hours}]}}]}}\nclients:\n" +
        "".join(f'- {{id: "{client}", name: Location {client}, calendar: hours}}\n' for client in clients), encoding="utf-8")
    return len(clients)


def imported(*more):
    """What it printed, its raises and level changes, and who was to be told how often."""
    with redress.Suite() as suite:
        suite.data.mkdir(parents=True, mode=0o700)
        done = suite.cli("import", "tickets", oracle.UCI, "--map", "uci-incidents", "--history", "-o", "json", *more, seconds=600)
        assert suite.cli("verify", seconds=600).returncode == 0, "a fold is not the state"
        catalog = suite.cli_json("export")
        suite.up("--adopt-clock")
        return json.loads(done.stdout), cases.changes(suite.log()), catalog


@pytest.fixture(name="plain", scope="module")
def fixture_plain():
    if not oracle.UCI.exists():
        pytest.skip(f"{oracle.UCI} is absent")
    return imported()


def levels(changes):
    return collections.Counter(level for _, level, _ in changes)


def test_a_calendar_that_never_closes_changes_nothing(plain, tmp_path):
    count = model(tmp_path / "model", ALWAYS)
    printed, changes, catalog = imported("--model", tmp_path / "model")
    assert len(catalog["clients"]) == count > 200 and len(catalog["calendars"]) == 1
    assert {key: printed[key] for key in (*SAME, "escalations")} == {key: plain[0][key] for key in (*SAME, "escalations")}
    assert changes == plain[1]


def test_working_hours_lead_to_fewer_escalations(plain, tmp_path):
    model(tmp_path / "model", OFFICE)
    printed, changes, _ = imported("--model", tmp_path / "model")
    assert {key: printed[key] for key in SAME} == {key: plain[0][key] for key in SAME}
    assert 0 < printed["escalations"] < plain[0]["escalations"]
    print("levels without a calendar", sorted(levels(plain[1]).items()), "in working hours", sorted(levels(changes).items()))
    assert all(levels(changes)[level] < levels(plain[1])[level] for level in (4, 5, 6))

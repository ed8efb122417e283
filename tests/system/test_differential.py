"""Made-up logs by seeds, imported by --history and compared with the oracle: the real log has few critical tickets, few
reopenings and hardly a change of priority, and nothing was promised to its clients, so the corners of the rules are visited
here."""
import json

import msgpack
import pytest

import cases
import made_up
import oracle
import oracle_book
import redress
import test_import

NAMES = {"verdict_met": "met", "verdict_missed": "missed", "verdict_running": "running", "agree": "agreement"}


def of_alarms(suite):
    """How many escalations are of no ticket; each was raised because the kpi service told an alarm, which the oracle does not."""
    told = {event["id"] for event in map(msgpack.unpackb, suite.log("kpi")) if event["type"] == "account.alarmed"}
    causes = [event["causationid"] for event in map(msgpack.unpackb, suite.log())
              if event["type"] == "escalation.raised" and not event["data"].get("tickets")]
    assert set(causes) <= told and len(set(causes)) == len(causes), (causes, told)
    return len(causes)


def agrees(path, book, *options):
    """Whether a history that is imported with these options comes out as the oracle's."""
    facts, bad = oracle.read(path)
    tickets = oracle.simulate(facts, book)
    wanted, totals = oracle.changes(tickets), oracle.totals(facts, bad, tickets)
    with redress.Suite() as suite:
        suite.data.mkdir(parents=True, mode=0o700)
        printed, _ = test_import.imported(suite, path, "--history", *options)
        assert suite.cli("verify").returncode == 0, "a fold is not the state"
        suite.up("--adopt-clock")
        found, alarms = cases.changes(suite.log()), of_alarms(suite)
        summary = suite.cli_json("query", "escalation.ticket_summary")
    missing, surplus = sorted(wanted - found), sorted(found - wanted)
    assert not missing and not surplus, (f"{len(missing)} missing, first {missing[:5]}; "
                                         f"{len(surplus)} not expected, first {surplus[:5]}")
    totals["escalations"] += alarms
    assert {key: printed[key] for key in printed if key in totals} == {key: totals[key] for key in printed if key in totals}
    assert {key: cases.find(summary, key) for key in NAMES} == {key: totals[name] for key, name in NAMES.items()}


@pytest.mark.parametrize("seed", range(1, 7))
def test_history_of_a_made_up_log_is_the_oracles(tmp_path, seed):
    made_up.write(tmp_path / "log.csv", seed, 500)
    agrees(tmp_path / "log.csv", oracle_book.Book())


@pytest.mark.parametrize("seed", range(1, 9))
def test_and_so_it_is_with_contracts_hours_and_pauses(tmp_path, seed):
    files = made_up.catalog(seed)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "all.yaml").write_text(json.dumps(files, indent=1), encoding="utf-8")  # JSON is YAML
    made_up.write(tmp_path / "log.csv", seed, 400, promised=True)
    agrees(tmp_path / "log.csv", oracle_book.Book(files), "--map", made_up.mapping(tmp_path / "map.yaml"), "--model",
           tmp_path / "model")

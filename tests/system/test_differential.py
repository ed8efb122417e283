"""Made-up logs by seeds, imported by --history and compared with the oracle: the real log has few critical tickets, few
reopenings and hardly a change of priority, so the corners of the rules are visited here."""
import csv
import datetime
import random

import pytest

import cases
import oracle
import redress
import test_import
from test_oracle import row

STATES = ("New", "Active", "Active", "Active", "Awaiting User Info", "Awaiting Vendor", "Awaiting Problem", "Awaiting Evidence",
          "Resolved", "Closed", "-100")
STEPS = (0, 0, 1, 5, 15, 30, 60, 75, 120, 240, 600, 1440, 2400)


def stamp(minute):
    return (datetime.datetime(2016, 3, 1) + datetime.timedelta(minutes=minute)).strftime("%d/%m/%Y %H:%M")


def life(dice, number):
    """The rows of one ticket: instants often meet those of timers, because both are made of round minutes."""
    minute, priority, rows = dice.randrange(0, 3000, 5), dice.choice((1, 1, 2, 2, 3, 4)), []
    opened = stamp(minute - dice.choice((0, 0, 5, 15, 100, 700, -30)))
    group, reopened = dice.choice("AB?"), 0
    for mod in range(dice.randrange(1, 12)):
        state = dice.choice(STATES)
        if dice.random() < 0.25:
            priority = dice.randrange(1, 5)
        if dice.random() < 0.3:
            group = dice.choice("ABC?")
        reopened += rows != [] and rows[-1]["incident_state"] in ("Resolved", "Closed") and state == "Active"
        rows.append(row(0, state, priority, group, dice.choice((mod, mod, mod, 3)), f"INC{number}", opened_at=opened,
                        sys_updated_at=stamp(minute), made_sla=dice.choice(("true", "false")), reopen_count=str(reopened),
                        location=f"Location {dice.randrange(1, 6)}"))
        minute += dice.choice(STEPS)
    return rows


def write(path, seed, tickets):
    dice = random.Random(seed)
    rows = [each for number in range(tickets) for each in life(dice, number)]
    dice.shuffle(rows)
    with open(test_import.SMALL, encoding="utf-8", newline="") as file:
        names = next(csv.reader(file))
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="?")
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize("seed", range(1, 7))
def test_history_of_a_made_up_log_is_the_oracles(tmp_path, seed):
    path = tmp_path / "log.csv"
    write(path, seed, 500)
    facts, bad = oracle.read(path)
    tickets = oracle.simulate(facts)
    wanted, totals = oracle.changes(tickets), oracle.totals(facts, bad, tickets)
    with redress.Suite() as suite:
        suite.data.mkdir(parents=True, mode=0o700)
        printed, _ = test_import.imported(suite, path, "--history")
        suite.up("--adopt-clock")
        found = cases.changes(suite.log())
        summary = suite.cli_json("query", "escalation.ticket_summary")
    missing, surplus = sorted(wanted - found), sorted(found - wanted)
    assert not missing and not surplus, (f"{len(missing)} missing, first {missing[:5]}; "
                                         f"{len(surplus)} not expected, first {surplus[:5]}")
    assert {key: printed[key] for key in printed if key in totals} == {key: totals[key] for key in printed if key in totals}
    names = {"verdict_met": "met", "verdict_missed": "missed", "verdict_running": "running", "agree": "agreement"}
    assert {key: cases.find(summary, key) for key in names} == {key: totals[name] for key, name in names.items()}

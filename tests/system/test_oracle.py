"""Checks the oracle itself on tiny logs whose answers were computed by hand from RULES.md: an oracle that nobody checks
would only move the question. Minutes count from 1 March 2016 00:00; `end` is the last input, of another ticket."""
import gzip

import pytest

import oracle

ZERO = oracle.instant("1/3/2016 00:00")


def row(minute, state="Active", priority=3, group="A", mod=0, number="INC1", **more):
    """One row of the log in the UCI header's names, updated `minute` minutes after the zero."""
    day, rest = divmod(minute, 1440)
    moment = f"{1 + day}/3/2016 {rest // 60:02}:{rest % 60:02}"
    values = {"number": number, "incident_state": state, "sys_updated_at": moment, "opened_at": "1/3/2016 00:00",
              "priority": f"{priority} - Any", "assignment_group": group, "location": "Location 143",
              "sys_mod_count": str(mod), "reopen_count": "0", "made_sla": "true"}
    return {**values, **more}


def run(*rows, end):
    """(level, minute) of every change of INC1, and the ticket itself."""
    facts = [oracle.Fact(r, line) for line, r in enumerate((*rows, row(end, "Closed", number="INC2")), 2)]
    facts.sort(key=lambda f: (f.moment, f.number, f.mod_count, f.row))
    ticket = oracle.simulate(facts)["uci:INC1"]
    return {(level, (t - ZERO) // oracle.MINUTE) for _, level, t in ticket.changes}, ticket


def test_raise_at_three_quarters_then_the_floor_lifts():
    changes, _ = run(row(0, "New"), end=2000)
    assert changes == {(1, 180), (3, 216), (4, 240), (5, 288), (6, 360)}


def test_half_of_the_target_only_reminds():
    assert run(row(0, "New"), end=179)[0] == set()


def test_matrix_climbs_between_the_floors():
    changes, ticket = run(row(10), end=3600)
    assert changes == {(1, 1800), (2, 1920), (3, 2040), (4, 2280), (5, 2760), (6, 3600)}
    assert ticket.verdict() == "missed"


def test_severity_four_never_reaches_level_four_by_the_matrix():
    changes, _ = run(row(10, priority=4), end=4800)
    assert changes == {(1, 3600), (2, 4080), (3, 4320), (4, 4800)}, "level 4 is the 100 % floor, not the matrix"


def test_a_pause_stops_the_clock():
    rows = row(10), row(1000, "Awaiting User Info", mod=1), row(2000, mod=2)
    assert run(*rows, end=2799)[0] == set()
    assert run(*rows, end=2800)[0] == {(1, 2800)}


def test_matrix_goes_on_while_paused():
    changes, ticket = run(row(10), row(1810, "Awaiting Vendor", mod=1), end=2300)
    assert changes == {(1, 1800), (2, 1920), (3, 2040), (4, 2280)}
    assert ticket.verdict() == "running"


def test_stopped_ticket_does_not_climb_and_counts_at_once_when_reopened():
    rows = row(10), row(1900, "Resolved", mod=1), row(2300, mod=2, reopen_count="1")
    changes, ticket = run(*rows, end=3000)
    assert changes == {(1, 1800), (4, 2300), (5, 2760)}
    assert ticket.reopened and ticket.verdict() == "missed"


def test_a_ticket_reopened_goes_on_from_the_time_it_had_used():
    rows = row(10), row(1000, "Resolved", mod=1), row(5000, mod=2)
    assert run(*rows, end=5799)[0] == set()
    assert run(*rows, end=5800)[0] == {(1, 5800)}


@pytest.mark.parametrize("state", ["Active", "New"])
def test_silence_of_the_receiving_group_raises(state):
    rows = row(10), row(20, state, group="B", mod=1)
    assert run(*rows, end=259)[0] == set()
    assert run(*rows, end=300)[0] == {(1, 260)}


@pytest.mark.parametrize("rows", [
    (row(10), row(20, group="B", mod=1), row(250, group="B", mod=2)),
    (row(10), row(20, "Awaiting Problem", group="B", mod=1)),
    (row(10), row(20, "Resolved", group="B", mod=1)),
    (row(10), row(20, group="?", mod=1), row(30, group="B", mod=2)),
    (row(10, group="?"), row(20, group="B", mod=1)),
], ids=["answered", "paused", "resolved", "by way of unknown", "from unknown"])
def test_no_silence(rows):
    assert run(*rows, end=1700)[0] == set()


def test_a_further_change_of_group_starts_the_clock_anew():
    assert run(row(10), row(20, group="B", mod=1), row(200, group="C", mod=2), end=450)[0] == {(1, 440)}


def test_a_more_urgent_priority_makes_thresholds_due_at_the_fact():
    changes, _ = run(row(10), row(300, priority=1, mod=1), end=400)
    assert changes == {(5, 300), (6, 360)}


def test_a_matrix_step_made_due_by_a_fact_counts_at_the_fact():
    rows = row(10, priority=3), row(1830, "Active", priority=2, mod=1)
    changes, _ = run(*rows, end=1830)
    assert changes == {(1, 1800), (6, 1830)}, "1830 of 480 minutes is beyond 150 %"
    rows = row(10, priority=4), row(3700, "Awaiting Vendor", priority=2, mod=1)
    changes, _ = run(*rows, end=3700)
    assert changes == {(1, 3600), (3, 3700)}, "paused: no floor, but 100 minutes of severity 2 are level 3"


def test_a_paused_clock_takes_the_new_target_too():
    """1000 of 2400 minutes were used: under the 240 of priority 1 that is beyond 150 %, and counts when it resumes."""
    rows = row(10), row(1000, "Awaiting Vendor", mod=1), row(1500, "Awaiting Vendor", priority=1, mod=2), row(1600, priority=1, mod=3)
    assert run(*rows[:3], end=1599)[0] == set()
    assert run(*rows, end=1600)[0] == {(6, 1600)}


def test_a_stopped_clock_keeps_its_target_until_the_ticket_is_reopened():
    rows = row(10), row(1000, "Resolved", mod=1), row(1500, "Closed", priority=1, mod=2), row(2000, priority=1, mod=3)
    assert run(*rows[:3], end=1999)[1].verdict() == "met"
    changes, ticket = run(*rows, end=2000)
    assert changes == {(6, 2000)} and ticket.verdict() == "missed"


def test_the_fact_that_stops_a_clock_gives_it_its_last_target():
    """Under the target of priority 1 the 1000 minutes are too many, though no threshold may be reached any more."""
    changes, ticket = run(row(10), row(1000, "Resolved", priority=1, mod=1), end=1100)
    assert changes == set() and ticket.verdict() == "missed"


def test_severity_only_rises_and_a_longer_target_takes_nothing_back():
    changes, _ = run(row(10, priority=1), row(205, priority=3, mod=1), end=2000)
    assert changes == {(1, 180), (2, 190), (3, 195), (4, 210), (5, 240), (6, 300)}


def test_one_instant_one_change_to_the_highest():
    changes, _ = run(row(10, priority=1), end=300)
    assert (5, 240) in changes and (4, 240) not in changes, "100 % and the step of 60 minutes meet at 240"


def test_a_timer_of_the_instant_comes_before_the_fact_of_it():
    assert run(row(10, priority=1), row(180, "Resolved", priority=1, mod=1), end=999)[0] == {(1, 180)}
    assert run(row(10), row(20, group="B", mod=1), row(260, group="B", mod=2), end=261)[0] == {(1, 260)}


def test_between_two_facts_of_one_instant_what_the_first_made_due_fires():
    rows = row(10), row(300, priority=1, mod=1), row(300, "Resolved", priority=1, mod=2)
    assert run(*rows, end=400)[0] == {(5, 300)}


def test_clock_began_when_opened_but_no_threshold_is_earlier_than_the_first_fact():
    late = {"opened_at": "29/2/2016 00:00"}
    assert run(row(0, "New", **late), end=0)[0] == {(6, 0)}
    assert run(row(0, "Active", **late), end=359)[0] == set()
    assert run(row(0, "Active", **late), end=360)[0] == {(1, 360)}


def test_an_opened_at_that_is_later_or_missing_counts_from_the_fact():
    for opened in ("2/3/2016 00:00", "?"):
        assert run(row(0, "New", opened_at=opened), end=180)[0] == {(1, 180)}


def test_other_keeps_the_ticket_as_it_was():
    assert run(row(0, "-100"), end=180)[0] == {(1, 180)}, "a first fact of an unknown state answers nothing"
    rows = row(10), row(20, "Awaiting Problem", mod=1), row(30, "-100", mod=2)
    assert run(*rows, end=5000)[0] == set()


def test_verdict_is_met_at_exactly_the_target():
    assert run(row(10), row(2400, "Resolved", mod=1), end=9000)[1].verdict() == "met"
    assert run(row(10), row(2401, "Resolved", mod=1), end=9000)[1].verdict() == "missed"


def test_the_senders_verdict_is_of_the_highest_mod_count():
    rows = row(10, mod=5, made_sla="FALSE"), row(20, mod=3), row(30, mod=4)
    assert run(*rows, end=40)[1].made_sla is False
    assert run(row(10, mod=5), row(20, mod=5, made_sla="false"), end=40)[1].made_sla is False


def test_reading_takes_every_spelling_and_names_bad_lines(tmp_path):
    names = list(row(0))
    good = [row(0), row(1, mod=1, sys_updated_at="01-03-2016 00:01", priority="3", location="143", made_sla="TRUE"),
            row(2, mod=2, location="?", assignment_group="Group  56"), row(3, mod=3, location="")]
    good[1]["priority"] = "3"
    bad = [row(4, sys_updated_at="31/2/2016 00:00"), row(5, number="?"), row(6, priority=9)]
    path = tmp_path / "log.csv.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for values in [dict(zip(names, names)), *good, *bad]:
            file.write(",".join(values[name] for name in names) + "\n")
    facts, wrong = oracle.read(path)
    assert [fact.client for fact in facts] == ["143", "143", "unknown", "unknown"]
    assert [fact.group for fact in facts] == ["A", "A", "Group 56", "A"]
    assert all(fact.made_sla and fact.priority == 3 for fact in facts)
    assert [line for line, _ in wrong] == [6, 7, 8]


def test_totals_of_the_real_log():
    if not oracle.UCI.exists():
        pytest.skip("the UCI log is absent")
    facts, bad = oracle.read(oracle.UCI)
    seen = oracle.totals(facts, bad, oracle.simulate(facts))
    expected = {"rows": 119998, "tickets": 20769, "made_sla": 12595, "missed_sla": 8174, "reopened": 234, "refused": 0}
    assert {key: seen[key] for key in expected} == expected
    assert seen["met"] + seen["missed"] + seen["running"] == seen["tickets"]

"""What was put into a made-up year is found, by the right kind, on the right day, and little else."""
import msgpack
import pytest

import known_truth
import redress

TRUTH = known_truth.Truth(days=75, baseline=25, quiet=["quiet-1", "quiet-2"], happens=50)


@pytest.fixture(name="verdict", scope="module")
def fixture_verdict():
    with redress.Suite(config=known_truth.config(TRUTH)) as suite:
        known_truth.bring_in(TRUTH, 7, suite)
        suite.up("--adopt-clock")
        events = [msgpack.unpackb(frame) for frame in suite.log(service="kpi")]
        yield known_truth.judge(TRUTH, events), events


def test_a_shift_is_special_at_first_and_decay_within_a_run(verdict):
    delays = verdict[0].delays
    assert delays[TRUTH.shift, "special", "sla_attainment", ""] <= 3
    assert delays[TRUTH.shift, "decay", "sla_attainment", ""] <= 9


def test_a_spike_is_special_on_its_day_and_no_decay(verdict):
    delays = verdict[0].delays
    assert delays[TRUTH.spike, "special", "sla_attainment", ""] == 0
    assert (TRUTH.spike, "decay", "sla_attainment", "") not in delays


def test_a_chronic_component_repeats(verdict):
    found = {component: delay for (client, kind, _, component), delay in verdict[0].delays.items()
             if client == TRUTH.chronic and kind == "repetition"}
    assert set(found) == {"part-0"} and found["part-0"] <= 2


def test_what_cannot_hold_its_target_is_chronic_once_its_baseline_is_there(verdict):
    said = [e["data"] for e in verdict[1] if e["type"] == "signal.found" and e["partitionkey"] == TRUTH.incapable
            and e["data"]["kind"] == "chronic" and e["data"]["kpi"] == "sla_attainment"]
    assert len(said) == 1 and known_truth.day_of(said[0]["points"][-1]["to"]) == TRUTH.baseline
    assert not [key for key in verdict[0].delays if key[1] == "chronic" and key[0] != TRUTH.incapable]


def test_a_hostage_is_told_of_sixty_days_before_the_end(verdict):
    assert 0 <= verdict[0].delays[TRUTH.hostage, "hostage", "", ""] <= 1


def test_what_is_as_ever_is_left_alone(verdict):
    false = verdict[0].false
    assert false.get("repetition", 0) <= 1 and false.get("decay", 0) <= 1 and "chronic" not in false

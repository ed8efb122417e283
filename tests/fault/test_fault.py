"""The short fault run, and its proof: the same harness must catch every planted bug that is built."""
import os
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parents[1] / "build"
SYSTEM = HERE.parent / "system"
PLANTS = ("ack_before_commit", "publish_before_commit", "cursor_apart", "fold_fires_timer", "send_before_attempted",
          "effect_from_fold", "cursor_ahead")
AT_ONCE = ("counted_twice", "copy_forgets")  # wrong without any kill
BY_TEST = (("erase_keeps_state", ("test_erase.py", "test_no_byte_tells_who_it_was"), "state/data.mdb: it still says"),
           ("decides_behind", ("test_alone.py", "test_nothing_is_decided_before_lost_copies"), "decided without its copies"),
           ("checkpoint_ahead", ("test_life.py", "test_a_stop_leaves_a_copy_of_the_head"), "the log ends at "))


def run(*options, seconds):
    """The run's exit code, with its whole output as the reason."""
    done = subprocess.run([sys.executable, "-B", str(HERE / "run.py"), *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=seconds, check=False)
    assert done.returncode == 0, done.stdout.decode(errors="replace")


def test_nothing_is_lost_under_kills():
    run("--seconds", "40", seconds=240)


@pytest.mark.parametrize("plant", (*PLANTS, *AT_ONCE))
def test_a_planted_bug_is_caught(plant):
    if not (BUILD / f"plant-{plant}" / "redress-escalation").exists():
        pytest.skip(f"build/plant-{plant} is not built: make plants")
    run("--plant", plant, "--seconds", "4" if plant in AT_ONCE else "20", seconds=600)


@pytest.mark.parametrize("plant, test, said", BY_TEST)
def test_a_planted_bug_is_caught_by_its_test(plant, test, said):
    """No fault of the run shows it, or none for sure: the tests of the very thing themselves find it."""
    build = BUILD / f"plant-{plant}"
    if not (build / "redress").exists():
        pytest.skip(f"{build} is not built: make plants")
    file, name = test
    done = subprocess.run([sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", str(SYSTEM / file), "-k", name],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={**os.environ, "REDRESS": str(build / "redress"), "REDRESS_BUILD": str(build)}, timeout=300,
                          check=False)
    output = done.stdout.decode(errors="replace")
    assert done.returncode == 1 and said in output, output

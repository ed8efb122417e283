"""The short fault run, and its proof: the same harness must catch every planted bug that is built."""
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parents[1] / "build"
PLANTS = ("ack_before_commit", "publish_before_commit", "cursor_apart", "fold_fires_timer", "send_before_attempted",
          "effect_from_fold", "cursor_ahead")


def run(*options, seconds):
    """The run's exit code, with its whole output as the reason."""
    done = subprocess.run([sys.executable, "-B", str(HERE / "run.py"), *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=seconds, check=False)
    assert done.returncode == 0, done.stdout.decode(errors="replace")


def test_nothing_is_lost_under_kills():
    run("--seconds", "40", seconds=240)


@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_bug_is_caught(plant):
    if not (BUILD / f"plant-{plant}" / "redress-escalation").exists():
        pytest.skip(f"build/plant-{plant} is not built: make plants")
    run("--plant", plant, "--seconds", "20", seconds=600)

#!/usr/bin/python3
"""Throughput beside the floor of the disk, in one run: `make bench`.

The floor is what any implementation must do for one durable command (the program floor.c, built from the folder named by
REDRESS_FLOOR, ../shared/bench when that is there); ours is a full update of one of 100,000 tickets over the bus. Both run in
turn for every window, so a disk that is slow for a while is slow for both; the ratio is what counts, of the medians of the
rounds. Every figure goes to standard output as JSON lines and to build/bench.jsonl, none into a test.
"""
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("REDRESS_BUILD", ROOT / "build/release"))
FLOOR = pathlib.Path(os.environ.get("REDRESS_FLOOR", ROOT.parent / "shared/bench")) / "floor.c"
LOG = ROOT.parent / "shared/data/incident_event_log.csv.gz"
WINDOWS = (1, 16, 64, 1024)
SECONDS = float(os.environ.get("BENCH_SECONDS", "4"))  # for one measurement, about
ROUNDS = 5 if SECONDS >= 4 else 1
TICKETS = 100000
OBSERVATIONS = [100000] + [int(n) for n in os.environ.get("BENCH_OBSERVATIONS", "1000000" if SECONDS >= 4 else "").split()]
GUESS = {1: 1500, 16: 12000, 64: 25000, 1024: 40000}  # a second: only decides how long it takes

results = []


def say(**row):
    results.append(row)
    print(json.dumps(row), flush=True)


def run(*command, seconds=600):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False, timeout=seconds)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: {done.stdout}{done.stderr}")
    return done.stdout


def build_floor(scratch):
    """The floor's program, or None when its source is not here."""
    if not FLOOR.exists():
        print(f"no floor: {FLOOR} is not here", file=sys.stderr)
        return None
    run("cc", "-O2", FLOOR, "-o", scratch / "floor", "-lzmq", "-llmdb", "-lpthread")
    return scratch / "floor"


def measure_floor(floor, scratch, window, count):
    directory = scratch / "floor-data"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    return json.loads(run(floor, "derived", window, count, directory))["per_second"]


def load(scratch, floor):
    """One suite with 100,000 tickets; then floor and ours in turn."""
    data, bench = scratch / "suite", BUILD / "bench/bus_bench"
    run(BUILD / "redress", "up", "--detach", "--data", data)
    try:
        run(bench, data, "load", 1024, TICKETS)
        for window in WINDOWS:
            count = max(window, int(GUESS[window] * SECONDS / ROUNDS))
            floors, ours = [], []
            for _ in range(ROUNDS):
                if floor:
                    floors.append(measure_floor(floor, scratch, window, count))
                ours.append(json.loads(run(bench, data, "load", window, count))["per_second"])
            row = {"bench": "ticket.record", "window": window, "per_second": round(statistics.median(ours))}
            if floor:
                row |= {"floor": round(statistics.median(floors)),
                        "ratio": round(statistics.median(o / f for o, f in zip(ours, floors)), 2)}
            say(**row)
        replayed = [json.loads(run(bench, data, "replay")) for _ in range(ROUNDS)]
        say(bench="replay", events=replayed[0]["events"],
            per_second=round(statistics.median(r["per_second"] for r in replayed)))
    finally:
        run(BUILD / "redress", "down", "--data", data)


def history(scratch):
    if not LOG.exists():
        print(f"no history: {LOG} is not here", file=sys.stderr)
        return
    rates = []
    for n in range(ROUNDS):
        data = scratch / f"history-{n}"
        said = json.loads(run(BUILD / "redress", "import", "tickets", LOG, "--map", "uci-incidents", "--history",
                              "--data", data, "-o", "json"))
        rates.append(said["rows"] / said["seconds"])
        shutil.rmtree(data)
    say(bench="import --history", rows=said["rows"], per_second=round(statistics.median(rates)))


def working_hours():
    for line in run(BUILD / "bench/worktime_bench").splitlines():
        say(**json.loads(line))


def who(scratch):
    for line in run(BUILD / "bench/who_bench", scratch / "who").splitlines():
        say(bench="who", **json.loads(line))


def kpi(scratch):
    """A year of 1,000 clients, small and large; BENCH_OBSERVATIONS=10000000 is the largest that was measured: 30 GB of disk,
    for log, state and the copies of the state (checkpoints) beside them, and what the state grows while it is copied."""
    for observations in OBSERVATIONS:
        for line in run(BUILD / "bench/kpi_bench", scratch / "kpi", observations, seconds=7200).splitlines():
            say(bench="kpi", of=observations, **json.loads(line))
        shutil.rmtree(scratch / "kpi")


def detection():
    """Known truth from seeds: how soon it is signalled, and false alarms."""
    seeds, days = ("1,2,3", 150) if SECONDS >= 4 else ("1", 75)
    for line in run(ROOT / "tests/bench/detect_bench.py", "--seeds", seeds, "--days", days, seconds=1800).splitlines():
        say(**json.loads(line))


def main():
    with tempfile.TemporaryDirectory(prefix="rb-", dir=os.environ.get("REDRESS_TMP", "/tmp")) as scratch:
        scratch = pathlib.Path(scratch)
        working_hours()
        who(scratch)
        kpi(scratch)
        detection()
        load(scratch, build_floor(scratch))
        history(scratch)
    out = BUILD.parent / "bench.jsonl"
    out.write_text("".join(json.dumps(row) + "\n" for row in results))
    print(f"{len(results)} passed, 0 failed")


if __name__ == "__main__":
    main()

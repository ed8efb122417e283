#!/usr/bin/python3
"""How soon what is known to happen is signalled, and how often what does not: of made-up data from a seed.

    detect_bench.py [--seeds 1,2,3] [--days 150]

Delays are in periods behind the one in which it happened; `found` of how many runs. False alarms are signals on the bad side of
figures to which nothing happens, by the year of such a series with a period a day.
"""
import argparse
import json
import pathlib
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
# pylint: disable=wrong-import-position
import msgpack

import known_truth
import redress

YEAR = 365


def run(truth, seed):
    with redress.Suite(config=known_truth.config(truth)) as suite:
        known_truth.bring_in(truth, seed, suite)
        suite.up("--adopt-clock")
        return known_truth.judge(truth, [msgpack.unpackb(frame) for frame in suite.log(service="kpi")])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--days", type=int, default=150)
    given = parser.parse_args()
    truth = known_truth.Truth(days=given.days, baseline=25, quiet=[f"quiet-{n}" for n in range(4)], happens=given.days * 2 // 3)
    verdicts = [run(truth, int(seed)) for seed in given.seeds.split(",")]
    for what, key in (("shift, special", (truth.shift, "special", "sla_attainment", "")),
                      ("shift, decay", (truth.shift, "decay", "sla_attainment", "")),
                      ("spike, special", (truth.spike, "special", "sla_attainment", "")),
                      ("chronic component, repetition", (truth.chronic, "repetition", "incidents", "part-0")),
                      ("target that cannot be held, chronic", (truth.incapable, "chronic", "sla_attainment", "")),
                      ("hostage, alarm", (truth.hostage, "hostage", "", ""))):
        delays = [verdict.delays[key] for verdict in verdicts if key in verdict.delays]
        if key[1] == "chronic":
            delays = [delay + truth.happens - truth.baseline for delay in delays]  # it was so from the beginning
        print(json.dumps({"bench": "detection", "of": what, "runs": len(verdicts), "found": len(delays),
                          "delay": statistics.median(delays) if delays else None, "worst": max(delays, default=None)}))
    days = sum(verdict.series_days for verdict in verdicts)
    for kind in ("special", "decay", "chronic", "repetition"):
        count = sum(verdict.false.get(kind, 0) for verdict in verdicts)
        print(json.dumps({"bench": "false alarms", "of": kind, "count": count, "series_years": round(days / YEAR, 2),
                          "per_series_year": round(count * YEAR / days, 2)}))


if __name__ == "__main__":
    main()

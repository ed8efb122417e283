#!/usr/bin/python3
"""How soon what is known to happen is signalled, and how often what does not: of made-up data from a seed.

    detect_bench.py [--seeds 1,2,3] [--days 150]

Delays are in periods behind the one in which it happened; `found` of how many runs. False alarms are signals on the bad side of
figures to which nothing happens, by the year of a series of that kind with a period a day: charts of attainment for what limits
signal, components for repetitions. Beside them stands what the rules give by chance alone (`by_theory`), and how many that makes
of this many series in 95 of 100 runs (`low` to `high`): of repetitions exactly, from Poisson's distribution; of charts by an
independent program of the same rules over series of the same chance. Eight rules with limits of 25 points alarm far oftener than
the 0.135 % of a single rule of three deviations: so a special signal is for a review, and makes no candidate.
"""
import argparse
import collections
import json
import pathlib
import random
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
# pylint: disable=wrong-import-position
import msgpack
from scipy.stats import poisson

import known_truth
import oracle_chart
import oracle_series
import redress

YEAR, SIMULATED = 365, 150


def run(truth, seed):
    with redress.Suite(config=known_truth.config(truth)) as suite:
        known_truth.bring_in(truth, seed, suite)
        suite.up("--adopt-clock")
        return known_truth.judge(truth, [msgpack.unpackb(frame) for frame in suite.log(service="kpi")])


def quiet_day(truth, chance, n):
    """A day of a client to which nothing happens, as a point of its attainment."""
    broken = sum(known_truth.poisson(chance, known_truth.RATE) for _ in range(known_truth.COMPONENTS))  # solved in time, all
    others = known_truth.LEAST + chance.randrange(known_truth.SPREAD + 1)
    met, clocks = broken + sum(chance.random() < known_truth.STEADY for _ in range(others)), broken + others
    return oracle_chart.Point(truth.day(n), oracle_chart.value_of("sla_attainment", clocks, met), clocks, met, clocks)


def signals_by_theory(truth):
    """Of so many series to which nothing happens: how many signals on the bad side each has, by kind."""
    chance, found = random.Random(0), []
    for _ in range(SIMULATED):
        series = oracle_chart.Series("quiet", "sla_attainment", [truth.day(n) for n in range(truth.baseline)])
        found.append(collections.Counter(kind for n in range(truth.days)
                                         for kind, _, good in series.close(quiet_day(truth, chance, n)) if not good))
    return found


def range_of(counts, series):
    """What so many series give together in 95 of 100 runs. They differ: limits of a calm baseline alarm all the time."""
    chance = random.Random(0)
    sums = sorted(sum(chance.choices(counts, k=series)) for _ in range(2000))
    return sums[50], sums[-51]


def repetitions_by_theory(truth):
    """Over all baselines that a component may have had, how probable it is that a day beats that one."""
    mean, chance = known_truth.RATE * truth.baseline, 0
    for broken in range(int(mean + 10 * mean**0.5)):
        least = oracle_series.LEAST
        while broken and poisson.sf(least - 1, broken / truth.baseline) >= oracle_series.TAIL:
            least += 1
        chance += poisson.pmf(broken, mean) * poisson.sf(least - 1, known_truth.RATE)
    return chance * YEAR


def false_alarms(truth, verdicts):
    simulated, runs = signals_by_theory(truth), len(verdicts)
    for kind in ("special", "decay", "chronic", "repetition"):
        count = sum(verdict.false.get(kind, 0) for verdict in verdicts)
        years = sum(verdict.series_days[kind] for verdict in verdicts) / YEAR
        if kind == "repetition":
            theory = repetitions_by_theory(truth)
            low, high = (int(poisson.ppf(edge, theory * years)) for edge in (0.025, 0.975))
        else:  # chronic: never without a target
            counts = [one[kind] for one in simulated]
            theory = sum(counts) / SIMULATED * YEAR / (truth.days - truth.baseline)
            low, high = range_of(counts, len(truth.quiet) * runs)
        yield {"bench": "false alarms", "of": kind, "count": count, "series_years": round(years, 2),
               "per_series_year": round(count / years, 2), "by_theory": round(theory, 2), "low": low, "high": high}


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
    for row in false_alarms(truth, verdicts):
        print(json.dumps(row))


if __name__ == "__main__":
    main()

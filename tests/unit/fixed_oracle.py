#!/usr/bin/python3
# What fixed.h promises, from scipy and from exact fractions: lines of a question and its answers, for fixed_oracle_test.c.
# Arguments: a seed, and how many of each kind.
#
#   S hits n low high                         share_interval      D hits n hits n low high         share_change
#   N promoters passives detractors population value error adjusted low high                      score_of
#   M sum squares n value low high            mean_of             C (sum squares n) twice, value low high    mean_change
#   G count periods value low high            rate_of             P count total periods tail      poisson_tail
#   X baseline least most n values... rule high points lower upper clamped_lower clamped_upper    limits_of, chart_rules
#   Q hits total n center lower upper sigma   share_limits
#
# Answers are in ten-thousandths (tails: thousand-millionths), as floating point, except those of charts. Written from the header
# alone: charts in fractions, everything else by the distributions of scipy.
import fractions
import math
import random
import sys

from scipy import stats

Z = stats.norm.ppf(0.975)
DICE = random.Random(int(sys.argv[1]))
COUNT = int(sys.argv[2])


def show(kind, asked, *answers):
    print(kind, *asked, *(repr(float(a)) for a in answers))


def size():
    """How many: few, some, many, and far too many."""
    return DICE.choice([DICE.randint(1, 12), DICE.randint(1, 400), DICE.randint(1, 10 ** 5), DICE.randint(1, 10 ** 12)])


def hits_of(n):
    return DICE.choice([0, n, DICE.randint(0, n), DICE.randint(0, n), DICE.randint(0, min(n, 5))])


def wilson(hits, n):
    share, under = hits / n, n + Z * Z
    reach = Z * math.sqrt(hits * (n - hits) / n + Z * Z / 4) / under
    center = (hits + Z * Z / 2) / under
    return share, center - reach, center + reach


def shares():
    n = size()
    hits = hits_of(n)
    if n < 1000:
        found = stats.binomtest(hits, n).proportion_ci(method="wilson")
        low, high = found.low, found.high
    else:
        low, high = wilson(hits, n)[1:]
    show("S", [hits, n], low * 1e6, high * 1e6)


def changes_of_shares():
    n, m = size(), size()
    a, b = hits_of(n), hits_of(m)
    (p, low, high), (q, below, above) = wilson(a, n), wilson(b, m)
    show("D", [a, n, b, m], (q - p - math.hypot(q - below, high - p)) * 1e6, (q - p + math.hypot(above - q, p - low)) * 1e6)


def scores():
    n = DICE.choice([1, 2, 29, 30, size(), DICE.randint(1, 60)])
    promoters = hits_of(n)
    detractors = hits_of(n - promoters)
    population = DICE.choice([0, n, n + DICE.randint(1, 50), max(n - 1, 0), 2 * n])
    factor = math.sqrt((population - n) / (population - 1)) if population > max(n, 1) else 0 if population == n else 1

    def error(p, d, of):
        return factor * 100 * math.sqrt(max(p / of + d / of - (p / of - d / of) ** 2, 0) / of)

    value = adjusted = 100 * (promoters - detractors) / n
    raw = spread = error(promoters, detractors, n)
    if n < 30:
        adjusted = 100 * (promoters - detractors) / (n + 3)
        spread = error(promoters + 0.75, detractors + 0.75, n + 3)
    show("N", [promoters, n - promoters - detractors, detractors, population], value * 1e4, raw * 1e4, adjusted * 1e4,
         max(adjusted - Z * spread, -100) * 1e4, min(adjusted + Z * spread, 100) * 1e4)


def sample():
    n = DICE.choice([1, 2, 3, DICE.randint(2, 40), DICE.randint(2, 300)])
    top = DICE.choice([0, 1, 10, 1000, 100000])
    values = [DICE.randint(-top if DICE.random() < 0.3 else 0, top) for _ in range(n)]
    return values, [sum(values), sum(v * v for v in values), n]


def spread_of(values):
    mean = fractions.Fraction(sum(values), len(values))
    return mean, sum((v - mean) ** 2 for v in values) / (len(values) - 1) / len(values) if len(values) > 1 else 0


def means():
    values, sums = sample()
    mean, spread = spread_of(values)
    reach = stats.t.ppf(0.975, len(values) - 1) * math.sqrt(spread) if len(values) > 1 else 0
    show("M", sums, mean * 10000, (float(mean) - reach) * 1e4, (float(mean) + reach) * 1e4)


def changes_of_means():
    (a, of_a), (b, of_b) = sample(), sample()
    (was, x), (now, y) = spread_of(a), spread_of(b)
    reach = 0
    if len(a) > 1 and len(b) > 1 and x + y:
        free = (x + y) ** 2 / (x * x / (len(a) - 1) + y * y / (len(b) - 1))
        reach = stats.t.ppf(0.975, float(free)) * math.sqrt(x + y)
    change = now - was
    show("C", of_a + of_b, change * 10000, (float(change) - reach) * 1e4, (float(change) + reach) * 1e4)


def rates():
    count = DICE.choice([0, 1, DICE.randint(0, 55), DICE.randint(40, 60), DICE.randint(0, 10 ** 4), DICE.randint(0, 10 ** 9)])
    periods = DICE.choice([1, 1, DICE.randint(1, 60), 1000])
    low = stats.chi2.ppf(0.025, 2 * count) / 2 if count else 0
    show("G", [count, periods], count / periods * 1e4, low / periods * 1e4,
         stats.chi2.ppf(0.975, 2 * count + 2) / 2 / periods * 1e4)


def tails():
    periods = DICE.choice([1, 20, DICE.randint(1, 400), DICE.randint(1, 10 ** 15)])
    mean = DICE.choice([0.001, 0.2, 1, 5, 40, 700, 10 ** 4, 3 * 10 ** 5]) * DICE.uniform(0.5, 2)
    total = min(int(mean * periods), 2 ** 63 - 1)
    mean = total / periods
    count = max(0, int(mean + DICE.choice([0, DICE.gauss(0, 1), DICE.gauss(0, 3), 5, -5]) * math.sqrt(mean + 0.5)))
    show("P", [count, total, periods], stats.poisson.sf(count - 1, mean) * 1e9 if total else 0 if count else 1e9)


# --- charts -----------------------------------------------------------------------------------------------------------


def rounded(fraction):
    whole, rest = divmod(abs(fraction), 1)
    whole += rest >= fractions.Fraction(1, 2)
    return int(-whole if fraction < 0 else whole)


def series():
    """Noise, runs, trends, turns, spikes and flat stretches."""
    spread, at, values = DICE.choice([0, 1, 3, 20, 500]), DICE.randint(-50, 900000), []
    while len(values) < 60:
        style, drift = DICE.randrange(6), DICE.randint(-3, 3) * spread
        for i in range(DICE.randint(1, 16)):
            noise = DICE.randint(-spread, spread)
            values.append(at + [noise, drift // 3 + noise // 4, drift * i // 4, (-1) ** i * spread * 2, 10 * drift, noise // 8][style])
    return values[:DICE.randint(9, 60)]


def rule_of(points, center, sigma, lower, upper, clamped):
    """The first rule that the last of the points completes: (number, high, points)."""
    newest = points[-1]
    if (newest > upper and not clamped[1]) or (newest < lower and not clamped[0]):
        return 1, newest > center, 1
    for number, sigmas, needed, window in ((2, 2, 2, 3), (3, 1, 4, 5), (4, 0, 8, 8)):
        for side in (1, -1):
            far = [i for i, v in enumerate(reversed(points[-window:])) if side * (v - center) > sigmas * sigma]
            if 0 in far and len(far) >= needed:
                return number, side > 0, far[needed - 1] + 1
    six = points[-6:]
    if len(six) == 6 and all(a < b for a, b in zip(six, six[1:])):
        return 5, True, 6
    if len(six) == 6 and all(a > b for a, b in zip(six, six[1:])):
        return 5, False, 6
    steps = [b - a for a, b in zip(points[-14:], points[-13:])]
    if len(steps) == 13 and all(steps) and all((a > 0) != (b > 0) for a, b in zip(steps, steps[1:])):
        return 6, newest > center, 14
    away = [v - center for v in points]
    if len(away) >= 15 and all(abs(a) < sigma for a in away[-15:]):
        return 7, newest > center, 15
    if len(away) >= 8 and all(abs(a) > sigma for a in away[-8:]) and min(away[-8:]) < 0 < max(away[-8:]):
        return 8, newest > center, 8
    return 0, False, 0


def charts():
    values = series()
    baseline = DICE.randint(2, min(20, len(values)))
    mean = fractions.Fraction(sum(values[:baseline]), baseline)
    ranges = fractions.Fraction(sum(abs(b - a) for a, b in zip(values, values[1:baseline])), baseline - 1)
    reach = ranges * fractions.Fraction(266, 100)
    least, most = DICE.choice([(-2 ** 62, 2 ** 62), (0, 1000000), (min(values), max(values))])
    center, lower, upper = rounded(mean), rounded(mean - reach), rounded(mean + reach)
    clamped = lower <= least, upper >= most
    lower, upper = max(lower, least), min(upper, most)
    found = 0, False, 0
    if len(values) > baseline:
        found = rule_of(values[baseline:], center, rounded(ranges * 1000 / 1128), lower, upper, clamped)
    print("X", baseline, least, most, len(values), *values, found[0], int(found[1]), found[2], lower, upper,
          *(int(c) for c in clamped))


def charts_of_shares():
    total, n = size(), size()
    hits = hits_of(total)
    share = hits / total
    sigma = math.sqrt(share * (1 - share) / n)
    show("Q", [hits, total, n], share * 1e6, (share - 3 * sigma) * 1e6, (share + 3 * sigma) * 1e6, sigma * 1e6)


for question in (shares, changes_of_shares, scores, means, changes_of_means, rates, tails, charts, charts_of_shares):
    for _ in range(COUNT):
        question()

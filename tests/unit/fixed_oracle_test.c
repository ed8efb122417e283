/* fixed: what scipy and exact fractions say, on random numbers and on extreme ones. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/stat/fixed.h"

enum { LINE_BYTES = 8192, POINTS_MAX = 64, FOUND_MAX = 8, KINDS = 'Z' - 'A' + 1 };

struct line {
    char *at;
};

static int64_t number(struct line *l)
{
    char *end;
    long long v = strtoll(l->at, &end, 10);
    if (end == l->at)
        fail_msg("no number at %.40s", l->at);
    l->at = end;
    return v;
}

/* What is found and what is expected for one line; whole numbers must be equal, others near. */
struct found {
    int64_t at[FOUND_MAX];
    int count;
};

static void put(struct found *f, int64_t v)
{
    f->at[f->count++] = v;
}

static void put_interval(struct found *f, struct interval i)
{
    put(f, i.low);
    put(f, i.high);
}

static void put_mean(struct found *f, struct mean m)
{
    put(f, m.value);
    put_interval(f, m.interval);
}

static void ask_chart(struct line *l, struct found *f)
{
    struct charted points[POINTS_MAX];
    int64_t values[POINTS_MAX];
    size_t baseline = (size_t)number(l);
    int64_t least = number(l), most = number(l);
    size_t n = (size_t)number(l);
    assert_true(n <= POINTS_MAX);
    for (size_t i = 0; i < n; i++)
        values[i] = number(l);
    struct limits limits = limits_of(values, baseline);
    for (size_t i = 0; i < n; i++)
        points[i] = charted_of(values[i], &limits, least, most);
    struct chart_signal s = chart_rules(points, n, baseline);
    put(f, s.rule);
    put(f, s.high);
    put(f, (int64_t)s.points);
    put(f, points[0].limits.lower);
    put(f, points[0].limits.upper);
    put(f, points[0].clamped_lower);
    put(f, points[0].clamped_upper);
}

static void ask(char kind, struct line *l, struct found *f)
{
    int64_t a[6];
    static const struct {
        char kind;
        int arguments;
    } kinds[] = { { 'S', 2 }, { 'D', 4 }, { 'N', 4 }, { 'M', 3 }, { 'C', 6 },
                  { 'G', 2 }, { 'P', 3 }, { 'Q', 3 }, { 'X', 0 } };
    size_t k = 0;
    while (kinds[k].kind != kind)
        assert_true(++k < sizeof kinds / sizeof *kinds);
    for (int i = 0; i < kinds[k].arguments; i++)
        a[i] = number(l);
    if (kind == 'S') {
        put_interval(f, share_interval(a[0], a[1]));
    } else if (kind == 'D') {
        put_interval(f, share_change(a[0], a[1], a[2], a[3]));
    } else if (kind == 'N') {
        struct score s = score_of(&(struct answers){ a[0], a[1], a[2], a[3] });
        put(f, s.value);
        put(f, s.error);
        put(f, s.adjusted);
        put_interval(f, s.interval);
    } else if (kind == 'M') {
        put_mean(f, mean_of(a[0], a[1], a[2]));
    } else if (kind == 'C') {
        put_mean(f, mean_change(a[0], a[1], a[2], a[3], a[4], a[5]));
    } else if (kind == 'G') {
        put_mean(f, rate_of(a[0], a[1]));
    } else if (kind == 'P') {
        put(f, poisson_tail(a[0], a[1], a[2]));
    } else if (kind == 'Q') {
        struct limits q = share_limits(a[0], a[1], a[2]);
        put(f, q.center);
        put(f, q.lower);
        put(f, q.upper);
        put(f, q.sigma);
    } else {
        ask_chart(l, f);
    }
}

/* Within one of the exact value, and what is known of it: scipy's quantiles of Student's t are
 * within 1e-8, of the others the last digits of a double are lost. */
static bool is_near(char kind, int64_t found, double exact)
{
    double within = kind == 'X' ? 0 : kind == 'P' ? 2 : 1;
    double known = kind == 'C' || kind == 'M' ? 2e-8 : 1e-9;
    return fabs((double)found - exact) <= within + fabs(exact) * known;
}

static void scipy_says_the_same(void **state)
{
    int asked[KINDS] = { 0 }, wrong = 0;
    char command[200], *buffer = malloc(LINE_BYTES);
    const char *arguments = getenv("FIXED_ORACLE"); /* for long runs: "SEED COUNT" */
    (void)state;
    assert_non_null(buffer);
    snprintf(command, sizeof command, "/usr/bin/python3 tests/unit/fixed_oracle.py %s",
             arguments ? arguments : "20261122 1500");
    FILE *oracle = popen(command, "r");
    assert_non_null(oracle);
    while (fgets(buffer, LINE_BYTES, oracle)) {
        struct line l = { buffer + 1 };
        struct found f = { .count = 0 };
        bool all = true;
        ask(buffer[0], &l, &f);
        for (int i = 0; i < f.count; i++)
            all = is_near(buffer[0], f.at[i], strtod(l.at, &l.at)) && all;
        asked[buffer[0] - 'A']++;
        if (!all && wrong++ < 10) {
            print_error("%s found", buffer);
            for (int i = 0; i < f.count; i++)
                print_error(" %lld", (long long)f.at[i]);
            print_error("\n");
        }
    }
    assert_int_equal(pclose(oracle), 0);
    assert_int_equal(wrong, 0);
    for (const char *kind = "SDNMCGPQX"; *kind; kind++)
        assert_true(asked[*kind - 'A'] >= 1500);
    free(buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(scipy_says_the_same) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

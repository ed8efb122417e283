/* chart: the vector of DOMAIN 4.12, and each rule just before and just behind its threshold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "common/stat/fixed.h"

enum { POINTS_MAX = 40 };

static const int64_t vector[] = { 962000, 971000, 958000, 969000, 974000, 960000,
                                  955000, 966000, 912000, 920000, 915000, 908000 };

static void limits_are_those_of_the_vector(void **state)
{
    struct limits l = limits_of(vector, 8);
    (void)state;
    assert_int_equal(l.center, 964375);
    assert_int_equal(l.range, 9714);
    assert_int_equal(l.lower, 938535);
    assert_int_equal(l.upper, 990215);
    assert_int_equal(l.range_limit, 31746);
    assert_int_equal(l.sigma, 8612);
    l = limits_of(vector, 12); /* what would hide it */
    assert_int_equal(l.lower, 913162);
    assert_int_equal(l.upper, 981838);
    l = limits_of(vector, 1);
    assert_int_equal(l.lower, 962000);
    assert_int_equal(l.upper, 962000);
}

static void the_vector_signals_at_its_ninth_point(void **state)
{
    struct charted points[12];
    struct limits frozen = limits_of(vector, 8), all = limits_of(vector, 12);
    (void)state;
    for (size_t i = 0; i < 12; i++)
        points[i] = charted_of(vector[i], &frozen, 0, 100 * FIXED);
    assert_false(points[0].clamped_lower || points[0].clamped_upper);
    for (size_t n = 1; n <= 12; n++) {
        struct chart_signal s = chart_rules(points, n, 8);
        assert_int_equal(s.rule, n <= 8 ? CHART_NONE : CHART_BEYOND_LIMITS);
        assert_int_equal(s.points, n > 8);
        assert_false(s.high);
    }
    for (size_t i = 0; i < 12; i++)
        points[i] = charted_of(vector[i], &all, 0, 100 * FIXED);
    assert_int_equal(chart_rules(points, 9, 0).rule, CHART_BEYOND_LIMITS); /* 91.2 and 91.3162 */
    assert_int_equal(chart_rules(points, 10, 9).rule, CHART_NONE);
}

/* Points so many tenths of a deviation away from a centre of 50, limits at 5 and 95. */
struct row {
    const char *words;
    int64_t away[20];
    size_t n;
    enum chart_rule rule;
    bool high;
    size_t points;
};

static const struct row rows[] = {
    { "at the limit is not beyond it", { 30 }, 1, CHART_NONE, false, 0 },
    { "beyond the upper limit", { 31 }, 1, CHART_BEYOND_LIMITS, true, 1 },
    { "beyond the lower limit", { -31 }, 1, CHART_BEYOND_LIMITS, false, 1 },
    { "2 beyond 2", { 21, 21 }, 2, CHART_TWO_OF_THREE, true, 2 },
    { "2 of 3 beyond 2", { -21, 0, -21 }, 3, CHART_TWO_OF_THREE, false, 3 },
    { "2 of 4 are too few", { 21, 0, 0, 21 }, 4, CHART_NONE, false, 0 },
    { "2 at 2 are not beyond", { 20, 20 }, 2, CHART_NONE, false, 0 },
    { "2 on both sides", { 21, -21 }, 2, CHART_NONE, false, 0 },
    { "2 of 3, but not the newest", { 21, 21, 0 }, 3, CHART_NONE, false, 0 },
    { "4 of 5 beyond 1", { 11, 11, 0, 11, 11 }, 5, CHART_FOUR_OF_FIVE, true, 5 },
    { "4 beyond 1", { -11, -12, -13, -14 }, 4, CHART_FOUR_OF_FIVE, false, 4 },
    { "3 of 5 beyond 1", { 11, 0, 0, 11, 11 }, 5, CHART_NONE, false, 0 },
    { "7 on a side", { 5, 1, 5, 1, 5, 1, 5 }, 7, CHART_NONE, false, 0 },
    { "8 on a side", { 5, 1, 5, 1, 5, 1, 5, 1 }, 8, CHART_RUN_OF_EIGHT, true, 8 },
    { "8, one on the centre", { 5, 1, 5, 0, 5, 1, 5, 1 }, 8, CHART_NONE, false, 0 },
    { "5 rise", { -8, -4, 0, 4, 8 }, 5, CHART_NONE, false, 0 },
    { "6 rise", { -8, -4, -2, 0, 4, 8 }, 6, CHART_TREND_OF_SIX, true, 6 },
    { "6 fall", { 8, 4, 2, 0, -4, -8 }, 6, CHART_TREND_OF_SIX, false, 6 },
    { "6, one stays", { -8, -4, -4, 0, 4, 8 }, 6, CHART_NONE, false, 0 },
    { "6, the last stays", { -8, -4, -2, 0, 4, 4 }, 6, CHART_NONE, false, 0 },
    { "14 turn",
      { 5, -5, 5, -5, 5, -5, 5, -5, 5, -5, 5, -5, 5, -5 },
      14,
      CHART_FOURTEEN_ALTERNATE,
      false,
      14 },
    { "13 turn", { 5, -5, 5, -5, 5, -5, 5, -5, 5, -5, 5, -5, 5 }, 13, CHART_NONE, false, 0 },
    { "15 within 1",
      { 1, -2, -3, 4, 5, -6, -7, 8, 9, -9, -8, 7, 6, -5, -4 },
      15,
      CHART_FIFTEEN_WITHIN,
      false,
      15 },
    { "15, one at 1",
      { 1, -2, -3, 4, 5, -6, -10, 8, 9, -9, -8, 7, 6, -5, -4 },
      15,
      CHART_NONE,
      false,
      0 },
    { "8 beyond 1", { 11, 12, -11, -12, 11, 12, -13, -12 }, 8, CHART_EIGHT_OUTSIDE, false, 8 },
    { "8, one at 1", { 11, 12, -11, -10, 11, 12, -13, -12 }, 8, CHART_NONE, false, 0 },
};

static void rules_begin_where_they_say(void **state)
{
    static const struct limits limits = { 500000, 0, 50000, 950000, 0, 150000 };
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
        for (size_t baseline = 0; baseline < 10; baseline += 9) {
            struct charted points[POINTS_MAX];
            for (size_t i = 0; i < baseline; i++) /* what would make a rule, and must not */
                points[i] = charted_of(860000, &limits, 0, 100 * FIXED);
            for (size_t i = 0; i < rows[r].n; i++)
                points[baseline + i] =
                    charted_of(limits.center + rows[r].away[i] * 15000, &limits, 0, 100 * FIXED);
            struct chart_signal s = chart_rules(points, baseline + rows[r].n, baseline);
            if (s.rule != rows[r].rule || s.high != rows[r].high || s.points != rows[r].points)
                fail_msg("%s: rule %d, high %d, %zu points", rows[r].words, (int)s.rule, s.high,
                         s.points);
            assert_int_equal(chart_rules(points, baseline, baseline).rule, CHART_NONE);
        }
}

static void a_clamped_limit_is_silent(void **state)
{
    static const struct limits limits = { 500000, 0, -1, 100 * FIXED, 0, 300000 };
    (void)state;
    struct charted p = charted_of(-1, &limits, 0, 100 * FIXED);
    assert_true(p.clamped_lower && p.clamped_upper);
    assert_int_equal(p.limits.lower, 0);
    assert_int_equal(p.limits.upper, 100 * FIXED);
    assert_int_equal(chart_rules(&p, 1, 0).rule, CHART_NONE);
    p.value = 100 * FIXED + 1;
    assert_int_equal(chart_rules(&p, 1, 0).rule, CHART_NONE);
    p.clamped_upper = false;
    assert_int_equal(chart_rules(&p, 1, 0).rule, CHART_BEYOND_LIMITS);
}

/* p 0.9, sqrt(0.9 * 0.1 / 100) = 0.03. */
static void shares_have_limits_for_their_number(void **state)
{
    (void)state;
    struct limits l = share_limits(900, 1000, 100);
    assert_int_equal(l.center, 900000);
    assert_int_equal(l.sigma, 30000);
    assert_int_equal(l.lower, 810000);
    assert_int_equal(l.upper, 990000);
    l = share_limits(900, 1000, 25);
    assert_int_equal(l.upper, 1080000); /* charted_of clamps it */
    l = share_limits(7, 7, 3);
    assert_int_equal(l.lower, 100 * FIXED);
    assert_int_equal(l.sigma, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_are_those_of_the_vector),
        cmocka_unit_test(the_vector_signals_at_its_ninth_point),
        cmocka_unit_test(rules_begin_where_they_say),
        cmocka_unit_test(a_clamped_limit_is_silent),
        cmocka_unit_test(shares_have_limits_for_their_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

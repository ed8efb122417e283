/* fixed: the vectors of DOMAIN 4.1, 4.2 and 4.3, and what stands at the edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "common/stat/fixed.h"

/* The papers give three digits behind the point, or four: 43.804 is 438040. */
static void assert_near(int64_t found, int64_t expected, int64_t within)
{
    if (found < expected - within || found > expected + within)
        fail_msg("%lld, expected %lld", (long long)found, (long long)expected);
}

static void assert_interval(struct interval i, int64_t low, int64_t high)
{
    assert_near(i.low, low, 5);
    assert_near(i.high, high, 5);
}

static void ratios_are_rounded_half_away_from_zero(void **state)
{
    (void)state;
    assert_int_equal(fixed_ratio(1, 2, 1), 1);
    assert_int_equal(fixed_ratio(-1, 2, 1), -1);
    assert_int_equal(fixed_ratio(1, 3, 1), 0);
    assert_int_equal(fixed_ratio(-2, 3, 1), -1);
    assert_int_equal(fixed_ratio(-1, 3, 1), 0);
    assert_int_equal(fixed_ratio(42, 45, 100 * FIXED), 933333); /* DOMAIN 4.3: (47 - 5) / 45 */
    assert_int_equal(fixed_ratio(INT64_MAX, INT64_MAX, FIXED), FIXED);
    assert_int_equal(fixed_ratio(INT64_MIN, INT64_MAX, FIXED), -FIXED);
    assert_int_equal(fixed_ratio(INT64_MAX, 1, FIXED), INT64_MAX);
    assert_int_equal(fixed_ratio(INT64_MIN, 1, FIXED), INT64_MIN);
}

static void shares_have_wilsons_interval(void **state)
{
    (void)state;
    assert_interval(share_interval(17, 20), 639580, 947630);
    assert_interval(share_interval(85, 100), 767160, 906940);
    assert_interval(share_interval(0, 5), 0, 434480);
    assert_interval(share_interval(5, 5), 565520, 1000000);
    assert_int_equal(share_interval(0, 5).low, 0);
    assert_int_equal(share_interval(5, 5).high, 100 * FIXED);
    assert_interval(share_interval(INT64_MAX, INT64_MAX), 1000000, 1000000);
    assert_interval(share_interval(INT64_MAX / 2, INT64_MAX), 500000, 500000);
    assert_interval(share_interval(6, 5), 565520, 1000000); /* cannot be */
    assert_interval(share_interval(-1, 5), 0, 434480);
}

/* Newcombe 1998, table II: (a) 56/70 - 48/80, (g) 10/10 - 0/10. */
static void changes_of_shares_have_newcombes_interval(void **state)
{
    (void)state;
    struct interval i = share_change(48, 80, 56, 70), back = share_change(56, 70, 48, 80);
    assert_near(i.low, 52400, 50);
    assert_near(i.high, 333900, 50);
    assert_int_equal(back.low, -i.high);
    assert_int_equal(back.high, -i.low);
    i = share_change(0, 10, 10, 10);
    assert_near(i.low, 607500, 50);
    assert_int_equal(i.high, 100 * FIXED);
    i = share_change(5, 10, 5, 10);
    assert_int_equal(i.low, -i.high);
}

static struct score given(int64_t promoters, int64_t passives, int64_t detractors,
                          int64_t population)
{
    return score_of(&(struct answers){ promoters, passives, detractors, population });
}

static void scores_are_those_of_the_papers(void **state)
{
    (void)state;
    struct score s = given(100, 67, 33, 0);
    assert_int_equal(s.value, 335000);
    assert_near(s.error, 52573, 1);
    assert_interval(s.interval, 231960, 438040);
    assert_false(s.small);
    assert_int_equal(s.adjusted, s.value);
    s = given(12, 5, 3, 0);
    assert_int_equal(s.value, 450000);
    assert_near(s.error, 165454, 1);
    assert_near(s.value - fixed_ratio(s.error, 1000000, 1959964), 125720, 5);
    assert_near(s.value + fixed_ratio(s.error, 1000000, 1959964), 774280, 5);
    assert_true(s.small);
    assert_near(s.adjusted, 391300, 5);
    assert_interval(s.interval, 84310, 698300);
    s = given(5, 2, 3, 0);
    assert_int_equal(s.value, 200000);
    assert_near(s.value - fixed_ratio(s.error, 1000000, 1959964), -340300, 50);
    assert_near(s.value + fixed_ratio(s.error, 1000000, 1959964), 740300, 50);
    s = given(3, 0, 0, 0);
    assert_int_equal(s.value, 1000000);
    assert_int_equal(s.error, 0);
    assert_int_equal(s.adjusted, 500000);
    assert_near(s.interval.low, -65800, 50);
    assert_int_equal(s.interval.high, 1000000);
}

/* sqrt((N - n) / (N - 1)) of 4 in 5 answered of 50: sqrt(10 / 49). */
static void who_asks_nearly_everybody_knows_more(void **state)
{
    (void)state;
    struct score all = given(20, 15, 5, 0), part = given(20, 15, 5, 50);
    assert_near(part.error, fixed_ratio(all.error, 1000000, 451754), 1);
    assert_int_equal(given(20, 15, 5, 40).error, 0);
    assert_int_equal(given(20, 15, 5, 40).interval.low, part.value);
    assert_int_equal(given(20, 15, 5, 39).error, all.error); /* some answered twice */
    assert_int_equal(given(1, 0, 0, 1).interval.low, given(1, 0, 0, 1).adjusted);
    assert_int_equal(given(20, 15, 5, -1).error, all.error);
}

static void waves_differ_when_z_says_so(void **state)
{
    (void)state;
    struct score before = given(100, 67, 33, 0), after = given(130, 50, 20, 0);
    struct score certain = given(3, 0, 0, 0);
    assert_near(score_change(&before, &after), 30401, 3); /* 21.5 / sqrt(5.2573^2 + 4.7302^2) */
    assert_near(score_change(&after, &before), -30401, 3);
    assert_int_equal(score_change(&before, &before), 0);
    assert_int_equal(score_change(&certain, &certain), 0);
}

/* 1 2 3 4: mean 2.5, s 1.29099, t(3) 3.182446, half 2.054260. */
static void means_have_students_interval(void **state)
{
    (void)state;
    struct mean m = mean_of(10, 30, 4);
    assert_int_equal(m.value, 25000);
    assert_interval(m.interval, 4457, 45543);
    m = mean_of(7, 49, 1);
    assert_int_equal(m.value, 70000);
    assert_int_equal(m.interval.low, 70000);
    assert_int_equal(m.interval.high, 70000);
    m = mean_of(1, 1, 2); /* 0 and 1; t(1) 12.7062 */
    assert_interval(m.interval, -58531, 68531);
    m = mean_of(20, 99, 4); /* squares that were rounded down */
    assert_int_equal(m.interval.low, 50000);
    m = mean_of(INT64_MAX, INT64_MAX, 1);
    assert_true(m.value == INT64_MAX);
}

/* 1 2 3 4 and 3 5 7 9 11: Welch 4.5, df 5.5209, half 3.8854 (scipy ttest_ind, equal_var=False). */
static void changes_of_means_have_welchs_interval(void **state)
{
    (void)state;
    struct mean m = mean_change(10, 30, 4, 35, 285, 5);
    assert_int_equal(m.value, 45000);
    assert_near(m.interval.low + m.interval.high, 90000, 2);
    assert_near(m.interval.low, 6146, 1);
    m = mean_change(10, 30, 4, 7, 49, 1);
    assert_int_equal(m.value, 45000);
    assert_int_equal(m.interval.low, 45000);
    m = mean_change(2, 4, 1, 35, 285, 5);
    assert_int_equal(m.interval.high, 50000);
    m = mean_change(8, 16, 4, 12, 36, 4); /* no spread at all */
    assert_int_equal(m.interval.low, 10000);
    assert_int_equal(m.interval.high, 10000);
}

static void rates_have_garwoods_interval(void **state)
{
    (void)state;
    struct mean m = rate_of(0, 1);
    assert_int_equal(m.value, 0);
    assert_interval(m.interval, 0, 36889);
    m = rate_of(10, 1);
    assert_interval(m.interval, 47954, 183904);
    m = rate_of(10, 4);
    assert_int_equal(m.value, 25000);
    assert_interval(m.interval, 11989, 45976);
    m = rate_of(100, 1);
    assert_interval(m.interval, 813640, 1216270);
}

static void tails_are_those_of_the_table(void **state)
{
    (void)state;
    assert_near(poisson_tail(3, 1, 1), 80301397, 2);
    assert_near(poisson_tail(1, 1, 2), 393469340, 2);
    assert_near(poisson_tail(10, 30, 10), 1102488, 2);
    assert_int_equal(poisson_tail(0, 1, 1), 1000000000);
    assert_int_equal(poisson_tail(-1, 0, 1), 1000000000);
    assert_int_equal(poisson_tail(1, 0, 1), 0);
    assert_int_equal(poisson_tail(1000, 1, 1), 0);
    assert_int_equal(poisson_tail(1, 1000, 1), 1000000000);
    assert_near(poisson_tail(INT64_MAX / 2, INT64_MAX, 2), 500000000, 500000);
    assert_int_equal(poisson_tail(1, INT64_MAX, 2), 1000000000);
    assert_int_equal(poisson_tail(INT64_MAX, INT64_MAX, 3), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ratios_are_rounded_half_away_from_zero),
        cmocka_unit_test(shares_have_wilsons_interval),
        cmocka_unit_test(changes_of_shares_have_newcombes_interval),
        cmocka_unit_test(scores_are_those_of_the_papers),
        cmocka_unit_test(who_asks_nearly_everybody_knows_more),
        cmocka_unit_test(waves_differ_when_z_says_so),
        cmocka_unit_test(means_have_students_interval),
        cmocka_unit_test(changes_of_means_have_welchs_interval),
        cmocka_unit_test(rates_have_garwoods_interval),
        cmocka_unit_test(tails_are_those_of_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

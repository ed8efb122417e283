/* clock_guard_test: jumps freeze, slews and suspended machines do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/suite/clock_guard.h"

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)

static struct clock_guard started(void)
{
    struct clock_guard g = { 0 };
    assert_int_equal(clock_guard_check(&g, 1000 * MINUTE, 5 * MINUTE), CLOCK_STEADY);
    return g;
}

static void a_steady_clock_is_steady(void **state)
{
    struct clock_guard g = started();
    (void)state;
    for (int i = 1; i < 1000; i++)
        assert_int_equal(clock_guard_check(&g, 1000 * MINUTE + i * SECOND, 5 * MINUTE + i * SECOND),
                         CLOCK_STEADY);
    assert_false(g.frozen);
}

static void a_suspended_machine_is_no_jump(void **state)
{
    struct clock_guard g = started();
    (void)state;
    assert_int_equal(clock_guard_check(&g, 3000 * MINUTE, 2005 * MINUTE), CLOCK_STEADY);
    assert_false(g.frozen);
}

static void limits(void **state)
{
    static const struct {
        int64_t jump;
        bool freezes;
    } rows[] = {
        { 0, false },
        { SECOND, false },
        { CLOCK_GUARD_FORWARD, false },
        { CLOCK_GUARD_FORWARD + 1, true },
        { 60 * MINUTE, true },
        { -CLOCK_GUARD_BACKWARD, false },
        { -CLOCK_GUARD_BACKWARD - 1, true },
        { -60 * MINUTE, true },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct clock_guard g = started();
        enum clock_verdict v =
            clock_guard_check(&g, 1000 * MINUTE + rows[i].jump + SECOND, 5 * MINUTE + SECOND);
        assert_int_equal(v, rows[i].freezes ? CLOCK_JUMPED : CLOCK_STEADY);
        assert_int_equal(g.frozen, rows[i].freezes);
        assert_int_equal(g.jumps, rows[i].freezes);
        assert_int_equal(g.jump, rows[i].freezes ? rows[i].jump : 0);
    }
}

static void a_slew_adds_up_to_anything(void **state)
{
    struct clock_guard g = started();
    (void)state;
    for (int64_t i = 1; i < 3600; i++) /* half a second each second, for an hour */
        assert_int_equal(
            clock_guard_check(&g, 1000 * MINUTE + i * SECOND / 2, 5 * MINUTE + i * SECOND),
            CLOCK_STEADY);
}

static void it_resumes_once_it_was_steady_for_a_while(void **state)
{
    struct clock_guard g = started();
    int64_t real = 1120 * MINUTE, boot = 5 * MINUTE + SECOND;
    (void)state;
    assert_int_equal(clock_guard_check(&g, real, boot), CLOCK_JUMPED);
    int64_t until = boot + CLOCK_GUARD_STABLE;
    for (; boot + SECOND < until; real += SECOND, boot += SECOND) {
        assert_int_equal(clock_guard_check(&g, real, boot), CLOCK_STEADY);
        assert_true(g.frozen);
    }
    /* It is put right again, which is a jump as well: the time begins anew. */
    real -= 120 * MINUTE;
    assert_int_equal(clock_guard_check(&g, real, boot), CLOCK_JUMPED);
    assert_int_equal(g.jumps, 2);
    assert_int_equal(
        clock_guard_check(&g, real + CLOCK_GUARD_STABLE - 1, boot + CLOCK_GUARD_STABLE - 1),
        CLOCK_STEADY);
    assert_int_equal(clock_guard_check(&g, real + CLOCK_GUARD_STABLE, boot + CLOCK_GUARD_STABLE),
                     CLOCK_RESUMED);
    assert_false(g.frozen);
    assert_int_equal(
        clock_guard_check(&g, real + 2 * CLOCK_GUARD_STABLE, boot + 2 * CLOCK_GUARD_STABLE),
        CLOCK_STEADY);
}

static void this_machine_has_both_clocks(void **state)
{
    int64_t real, boot, later, later_boot;
    (void)state;
    clock_guard_read(&real, &boot);
    clock_guard_read(&later, &later_boot);
    assert_true(real > INT64_C(1600000000) * SECOND);
    assert_true(boot > 0 && later_boot >= boot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_steady_clock_is_steady),
        cmocka_unit_test(a_suspended_machine_is_no_jump),
        cmocka_unit_test(limits),
        cmocka_unit_test(a_slew_adds_up_to_anything),
        cmocka_unit_test(it_resumes_once_it_was_steady_for_a_while),
        cmocka_unit_test(this_machine_has_both_clocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* busy_order_test: nobody overtakes the command that was told busy first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/bus/busy_order.h"

static struct id number(uint8_t n)
{
    return (struct id){ { n } };
}

static void the_first_is_owed(void **state)
{
    struct busy_order *b = calloc(1, sizeof *b);
    struct id a = number(1), c = number(2);
    (void)state;
    assert_false(busy_order_check(b, "ann", 3, &a, 0));
    busy_order_mark(b, "ann", 3, &a, 0);
    busy_order_mark(b, "ann", 3, &c, 0); /* told busy behind it */
    assert_true(busy_order_check(b, "ann", 3, &c, 1));
    assert_false(busy_order_check(b, "bob", 3, &c, 1)); /* another connection */
    assert_false(busy_order_check(b, "ann", 3, &a, 2));
    assert_false(busy_order_check(b, "ann", 3, &c, 3));
    free(b);
}

static void a_debt_is_forgotten_in_the_end(void **state)
{
    struct busy_order *b = calloc(1, sizeof *b);
    struct id a = number(1), c = number(2);
    (void)state;
    busy_order_mark(b, "ann", 3, &a, 0);
    assert_true(busy_order_check(b, "ann", 3, &c, BUSY_ORDER_MS - 1));
    assert_false(busy_order_check(b, "ann", 3, &c, BUSY_ORDER_MS));
    assert_int_equal(b->count, 0);
    free(b);
}

static void the_table_is_bounded(void **state)
{
    struct busy_order *b = calloc(1, sizeof *b);
    struct id a = number(1), c = number(2);
    (void)state;
    for (uint32_t i = 0; i < BUSY_ORDER_MAX + 10; i++)
        busy_order_mark(b, &i, sizeof i, &a, i);
    assert_int_equal(b->count, BUSY_ORDER_MAX);
    uint32_t oldest = 0, newest = BUSY_ORDER_MAX + 9;
    assert_false(busy_order_check(b, &oldest, sizeof oldest, &c, 2000));
    assert_true(busy_order_check(b, &newest, sizeof newest, &c, 2000));
    free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_is_owed),
        cmocka_unit_test(a_debt_is_forgotten_in_the_end),
        cmocka_unit_test(the_table_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

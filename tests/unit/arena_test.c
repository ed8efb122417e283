/* Tests of the memory of a turn, and of the buffers that grow in it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/msg/msg.h"

static struct arena arena;

static void single_values_are_written_smallest(void **state)
{
    static const struct {
        int64_t value;
        size_t size;
    } integers[] = { { 0, 1 },
                     { 127, 1 },
                     { 128, 2 },
                     { 255, 2 },
                     { 256, 3 },
                     { 65536, 5 },
                     { INT64_C(4294967296), 9 },
                     { -32, 1 },
                     { -33, 2 },
                     { -129, 3 },
                     { -32769, 5 },
                     { INT64_MIN, 9 },
                     { INT64_MAX, 9 } };
    (void)state;
    for (size_t i = 0; i < sizeof integers / sizeof *integers; i++) {
        struct msg_buffer b = { .arena = &arena };
        int64_t back = 0;
        msg_put_integer(&b, integers[i].value);
        assert_int_equal(b.size, integers[i].size);
        assert_int_equal(msg_read_integer(b.at, b.size, &back), 0);
        assert_int_equal(back, integers[i].value);
    }
    struct msg_buffer b = { .arena = &arena };
    msg_put_array(&b, 6);
    msg_put_nil(&b);
    msg_put_bool(&b, true);
    msg_put_bool(&b, false);
    msg_put_bin(&b, "\xff", 1);
    msg_put_instant(&b, 1);
    msg_put_raw(&b, "\x07", 1);
    assert_int_equal(b.size, 1 + 1 + 1 + 1 + 3 + 2 + INSTANT_TEXT - 1 + 1);
    struct msg_error e;
    assert_int_equal(msg_scan(b.at, b.size, MSG_FRAME_MAX, &e), 0);
    arena_reset(&arena);
}

static void buffers_grow_without_loss(void **state)
{
    struct msg_buffer b = { .arena = &arena };
    (void)state;
    for (int i = 0; i < 30000; i++)
        msg_put_integer(&b, i % 128);
    assert_int_equal(b.size, 30000);
    for (int i = 0; i < 30000; i++)
        assert_int_equal(b.at[i], i % 128);
    arena_reset(&arena);
}

static void arenas_give_zeroed_memory_again(void **state)
{
    struct arena a = { 0 };
    (void)state;
    for (int turn = 0; turn < 3; turn++) {
        for (size_t size = 0; size < 200000; size = size * 3 + 1) {
            unsigned char *at = arena_alloc(&a, size);
            assert_non_null(at);
            assert_int_equal((uintptr_t)at % _Alignof(max_align_t), 0);
            for (size_t i = 0; i < size; i++)
                assert_int_equal(at[i], 0);
            memset(at, 0xff, size);
        }
        struct text t = arena_printf(&a, "%s-%d", "x", 42);
        assert_true(text_equal(arena_text(&a, t), text_from("x-42")));
        assert_string_equal(arena_copy(&a, "abc", 3), "abc");
        assert_string_equal(arena_copy(&a, NULL, 0), "");
        assert_true(a.total > 100000);
        arena_reset(&a);
        assert_int_equal(a.total, 0);
    }
    arena_free(&a);
    assert_null(a.first);
    assert_non_null(arena_alloc(&a, 1));
    arena_free(&a);
    arena_free(&a);
}

static int teardown(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(single_values_are_written_smallest),
        cmocka_unit_test(buffers_grow_without_loss),
        cmocka_unit_test(arenas_give_zeroed_memory_again),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}

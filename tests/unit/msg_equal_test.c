/* msg_equal: every field counts, and nothing else does; msg_merge: what is summed, and what is not.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/sample.h"

static struct arena arena;

/* A copy in other memory, so that nothing is equal because it is the same. */
static void copied(const struct record *r, const void *value, void *ret)
{
    struct msg_buffer b = { .arena = &arena };
    struct msg_error e;
    msg_encode(r, value, &b);
    assert_int_equal(msg_decode(r, b.at, b.size, &arena, ret, &e), 0);
}

static void copies_are_equal(void **state)
{
    uint64_t seed = 7;
    (void)state;
    for (int i = 0; i < 3000; i++) {
        struct every a, b, other;
        sample_fill(&seed, &arena, &record_every, &a);
        copied(&record_every, &a, &b);
        assert_true(msg_equal(&record_every, &a, &b));
        assert_true(msg_equal(&record_every, &b, &a));
        sample_fill(&seed, &arena, &record_every, &other);
        struct msg_buffer mine = { .arena = &arena }, its = { .arena = &arena };
        msg_encode(&record_every, &a, &mine);
        msg_encode(&record_every, &other, &its);
        if (mine.size != its.size)
            assert_false(msg_equal(&record_every, &a, &other));
        arena_reset(&arena);
    }
}

/* One field of another value, each in its turn. */
static void every_field_counts(void **state)
{
    struct field_rows rows = record_every.fields();
    uint64_t seed = 11;
    (void)state;
    for (int i = 0; i < 200; i++)
        for (size_t n = 0; n < rows.count; n++) {
            const struct field *f = &rows.at[n];
            struct every a, b;
            struct msg_buffer before = { .arena = &arena }, after = { .arena = &arena };
            sample_fill(&seed, &arena, &record_every, &a);
            copied(&record_every, &a, &b);
            *(bool *)(void *)((char *)&b + f->has_offset) = true;
            sample_fill_field(&seed, &arena, f, (char *)&b + f->offset);
            memset(&b.has, 1, sizeof b.has); /* so that a zero is written as well as nothing */
            memset(&a.has, 1, sizeof a.has);
            msg_encode(&record_every, &a, &before);
            msg_encode(&record_every, &b, &after);
            bool same = before.size == after.size && memcmp(before.at, after.at, before.size) == 0;
            if (msg_equal(&record_every, &a, &b) != same)
                fail_msg("%s", f->name);
            arena_reset(&arena);
        }
}

static void saying_zero_is_saying_nothing(void **state)
{
    struct every a = { .integer = 0 },
                 b = { .has = { .integer = true, .text = true, .hour = true } };
    (void)state;
    assert_true(msg_equal(&record_every, &a, &b));
    b.hour = 1;
    assert_false(msg_equal(&record_every, &a, &b));
    b.hour = 0;
    b.has.price = true; /* but an amount of nothing is an amount */
    assert_false(msg_equal(&record_every, &a, &b));
    a.has.price = true;
    assert_true(msg_equal(&record_every, &a, &b));
}

static void lists_and_maps_keep_their_order(void **state)
{
    const struct step one = { .name = TEXT_OF("one") }, two = { .name = TEXT_OF("two") };
    const struct step here[] = { one, two }, there[] = { two, one }, again[] = { one, two };
    const struct text_pair pairs[] = { { TEXT_OF("a"), TEXT_OF("1") },
                                       { TEXT_OF("b"), TEXT_OF("2") } };
    const struct text_pair other[] = { { TEXT_OF("a"), TEXT_OF("1") },
                                       { TEXT_OF("b"), TEXT_OF("3") } };
    struct every a = { .steps = { here, 2 }, .labels = { pairs, 2 } }, b = a;
    (void)state;
    b.steps.at = again;
    assert_true(msg_equal(&record_every, &a, &b));
    b.steps.at = there;
    assert_false(msg_equal(&record_every, &a, &b));
    b.steps = (struct step_list){ here, 1 };
    assert_false(msg_equal(&record_every, &a, &b));
    b = a;
    b.labels.at = other;
    assert_false(msg_equal(&record_every, &a, &b));
    b.labels.count = 1;
    assert_false(msg_equal(&record_every, &a, &b));
}

/* Every kind, two levels of lists: numbers are summed, all else is the first's. */
static void rows_are_summed_all_the_way_down(void **state)
{
    const struct rung rungs[] = { { .after = 7 } };
    const struct step steps[] = { { .name = TEXT_OF("one"), .rungs = { rungs, 1 } },
                                  { .name = TEXT_OF("two") } };
    const struct every given = { .text = TEXT_OF("first"),
                                 .integer = 2,
                                 .has = { .integer = true },
                                 .every = INT64_C(90000000),
                                 .grade = 2,
                                 .day = 20000,
                                 .steps = { steps, 2 } };
    struct every *a = msg_copy(&record_every, &given, &arena), b = given;
    (void)state;
    assert_true(a->steps.at != steps && a->steps.at[0].rungs.at != rungs);
    assert_true(msg_equal(&record_every, a, &given));
    b.text = text_from("second");
    b.price = 150;
    b.has.price = true;
    b.flag = true;
    b.grade = 7;
    b.day = 1;
    assert_int_equal(msg_merge(&record_every, a, &b), 0);
    assert_true(text_equal(a->text, text_from("first")));
    assert_int_equal(a->integer, 4);
    assert_int_equal(a->price, 150);
    assert_true(a->has.price && !a->flag);
    assert_int_equal(a->grade, 2);
    assert_int_equal(a->day, 20000);
    assert_int_equal(a->every, INT64_C(90000000));
    b.steps.at = (const struct step[]){ { .name = TEXT_OF("one") }, { .name = TEXT_OF("two") } };
    assert_int_equal(msg_merge(&record_every, a, &b), -EBADMSG); /* of the list inside */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_are_equal),
        cmocka_unit_test(every_field_counts),
        cmocka_unit_test(saying_zero_is_saying_nothing),
        cmocka_unit_test(lists_and_maps_keep_their_order),
        cmocka_unit_test(rows_are_summed_all_the_way_down),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(&arena);
    return failed;
}

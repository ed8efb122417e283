/* Tests of identifiers: their text, their order, and that derived ones come out alike. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <pthread.h>

#include "common/base/id.h"

#define NOW INT64_C(1790000000123456)

static void new_ids_are_version_7_of_their_instant(void **state)
{
    struct id id = id_new(NOW);
    (void)state;
    assert_int_equal(id_version(&id), 7);
    assert_int_equal(id.at[8] >> 6, 2);
    assert_int_equal(id_milliseconds(&id), NOW / 1000);
}

static void new_ids_are_in_order(void **state)
{
    struct id before = id_new(NOW);
    (void)state;
    for (int i = 0; i < 20000; i++) { /* a clock that stands, jitters and steps */
        struct id id = id_new(NOW + (i % 7) * 1000 - (i % 3) * 2000);
        assert_true(memcmp(before.at, id.at, sizeof id.at) < 0);
        assert_int_equal(id_version(&id), 7);
        before = id;
    }
}

static void another_clock_has_its_own_time(void **state)
{
    (void)state;
    id_new(NOW);
    struct id earlier = id_new(NOW - INT64_C(86400000000));
    assert_int_equal(id_milliseconds(&earlier), NOW / 1000 - 86400000);
    struct id first = id_new(-1);
    assert_int_equal(id_milliseconds(&first), 0);
}

enum { THREADS = 4, IDS = 2000 };
static struct id made[THREADS][IDS];

static void *make_ids(void *to)
{
    struct id *ids = to;
    for (int i = 0; i < IDS; i++)
        ids[i] = id_new(NOW);
    return NULL;
}

static int compare_ids(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct id));
}

static void threads_never_make_the_same_id(void **state)
{
    pthread_t threads[THREADS];
    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, make_ids, made[i]), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (int i = 0; i < THREADS; i++)
        for (int j = 1; j < IDS; j++)
            assert_true(compare_ids(&made[i][j - 1], &made[i][j]) < 0);
    qsort(made, THREADS * IDS, sizeof(struct id), compare_ids);
    for (int i = 1; i < THREADS * IDS; i++)
        assert_true(compare_ids(&made[0][0] + i - 1, &made[0][0] + i) < 0);
}

static void derived_ids_depend_on_everything(void **state)
{
    struct id cause = id_new(NOW), other = cause;
    struct id a = id_derive("wake", &cause, 1), b = id_derive("wake", &cause, 1);
    (void)state;
    other.at[15] ^= 1;
    assert_memory_equal(&a, &b, sizeof a);
    assert_int_equal(id_version(&a), 8);
    assert_int_equal(a.at[8] >> 6, 2);
    assert_int_equal(id_milliseconds(&a), id_milliseconds(&cause));
    b = id_derive("wake", &cause, 2);
    assert_memory_not_equal(&a, &b, sizeof a);
    b = id_derive("woke", &cause, 1);
    assert_memory_not_equal(&a, &b, sizeof a);
    b = id_derive("wake", &other, 1);
    assert_memory_not_equal(&a, &b, sizeof a);

    a = id_derive_bytes("fact", NOW, "abc", 3);
    b = id_derive_bytes("fact", NOW, "abc", 3);
    assert_memory_equal(&a, &b, sizeof a);
    assert_int_equal(id_version(&a), 8);
    assert_int_equal(id_milliseconds(&a), NOW / 1000);
    b = id_derive_bytes("fact", NOW, "abd", 3);
    assert_memory_not_equal(&a, &b, sizeof a);
    b = id_derive_bytes("fact", NOW + 1, "abc", 3);
    assert_memory_not_equal(&a, &b, sizeof a);
    b = id_derive_bytes("fact", NOW, NULL, 0);
    assert_memory_not_equal(&a, &b, sizeof a);
}

/* Ids that are stored: the derivation may never change. */
static void derived_ids_are_for_ever(void **state)
{
    struct id cause;
    char text[ID_TEXT + 1];
    (void)state;
    assert_int_equal(id_parse(text_from("0192aa7c-1234-7abc-8def-0123456789ab"), &cause), 0);
    struct id id = id_derive("escalation", &cause, 1);
    id_print(&id, text);
    assert_string_equal(text, "0192aa7c-1234-8514-8b9d-bdea284059f7");
    id = id_derive_bytes("wake", NOW, "acme/esc-1", 10);
    id_print(&id, text);
    assert_string_equal(text, "01a0c450-6c7b-8b11-9eea-6d81a0a83c9a");
}

static void text_goes_both_ways(void **state)
{
    static const char *const wrong[] = {
        "",
        "0192aa7c-1234-7abc-8def-0123456789a",
        "0192aa7c-1234-7abc-8def-0123456789abc",
        "0192aa7c+1234-7abc-8def-0123456789ab",
        "0192aa7c-1234-7abc-8def-0123456789ag",
        "0192aa7c12347abc8def0123456789ab",
        "{192aa7c-1234-7abc-8def-0123456789a}",
        "0192aa7-c1234-7abc-8def-0123456789ab",
    };
    struct id id = { { 0 } };
    char text[ID_TEXT + 1];
    (void)state;
    assert_int_equal(id_parse(text_from("0192AA7C-1234-4abc-8DEF-0123456789ab"), &id), 0);
    id_print(&id, text);
    assert_string_equal(text, "0192aa7c-1234-4abc-8def-0123456789ab");
    assert_int_equal(id_version(&id), 4);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct id before = id;
        assert_int_equal(id_parse(text_from(wrong[i]), &id), -EINVAL);
        assert_memory_equal(&id, &before, sizeof id);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_ids_are_version_7_of_their_instant),
        cmocka_unit_test(new_ids_are_in_order),
        cmocka_unit_test(another_clock_has_its_own_time),
        cmocka_unit_test(threads_never_make_the_same_id),
        cmocka_unit_test(derived_ids_depend_on_everything),
        cmocka_unit_test(derived_ids_are_for_ever),
        cmocka_unit_test(text_goes_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

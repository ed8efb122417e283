/* image_test: what the state keeps of an entity comes back as it was, and damage is noticed. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/store/image.h"
#include "tests/unit/sample.h"

/* Compared by their MessagePack, which says everything a record holds. */
static void assert_same(const struct record *r, const void *a, const void *b, struct arena *arena)
{
    struct msg_buffer x = { .arena = arena }, y = { .arena = arena };
    msg_encode(r, a, &x);
    msg_encode(r, b, &y);
    assert_int_equal(x.size, y.size);
    assert_memory_equal(x.at, y.at, x.size);
}

static void comes_back_as_it_was(void **state)
{
    uint64_t seed = 11;
    struct arena arena = { 0 };
    (void)state;
    for (int i = 0; i < 2000; i++) {
        struct every made = { 0 }, back = { 0 };
        struct msg_buffer b = { .arena = &arena };
        sample_fill(&seed, &arena, &record_every, &made);
        image_write(&record_every, &made, &b);
        assert_int_equal(image_read(&record_every, b.at, b.size, &arena, &back), 0);
        assert_same(&record_every, &made, &back, &arena);
        arena_reset(&arena);
    }
    arena_free(&arena);
}

static void a_zero_that_was_said_stays_said(void **state)
{
    struct arena arena = { 0 };
    struct msg_buffer b = { .arena = &arena };
    const struct every made = { .has.integer = true };
    struct every back = { 0 };
    (void)state;
    image_write(&record_every, &made, &b);
    assert_int_equal(image_read(&record_every, b.at, b.size, &arena, &back), 0);
    assert_true(back.has.integer);
    assert_false(back.has.wide);
    arena_free(&arena);
}

/* Every shorter image, and one that is longer, is refused; so is a count beyond its bytes. */
static void damage_is_noticed(void **state)
{
    uint64_t seed = 5;
    struct arena arena = { 0 };
    struct every made = { 0 }, back;
    struct msg_buffer b = { .arena = &arena };
    (void)state;
    sample_fill(&seed, &arena, &record_every, &made);
    made.steps = (struct step_list){ 0 };
    image_write(&record_every, &made, &b);
    for (size_t size = 0; size < b.size; size++) {
        uint8_t *copy = arena_copy(&arena, b.at, size); /* so that a byte too far is seen */
        memset(&back, 0, sizeof back);
        assert_int_equal(image_read(&record_every, copy, size, &arena, &back), -EBADMSG);
    }
    msg_put_raw(&b, "x", 1);
    memset(&back, 0, sizeof back);
    assert_int_equal(image_read(&record_every, b.at, b.size, &arena, &back), -EBADMSG);
    for (int i = 0; i < 20000; i++) {
        uint8_t *copy = arena_copy(&arena, b.at, b.size);
        copy[sample_random(&seed) % b.size] ^= (uint8_t)(1 << sample_random(&seed) % 8);
        memset(&back, 0, sizeof back);
        image_read(&record_every, copy, b.size, &arena, &back);
        arena_reset(&arena);
        b = (struct msg_buffer){ .arena = &arena };
        image_write(&record_every, &(struct every){ .integer = 7 }, &b);
    }
    arena_free(&arena);
}

static struct field_rows fewer(void)
{
    struct field_rows rows = record_every.fields();
    rows.count--;
    return rows;
}

static void the_fingerprint_knows_the_rows(void **state)
{
    struct service_type other = sample_service;
    (void)state;
    assert_int_equal(image_fingerprint(&other), image_fingerprint(&sample_service));
    other.fold_version++;
    assert_int_not_equal(image_fingerprint(&other), image_fingerprint(&sample_service));

    const struct record changed = { "every", "", sizeof(struct every), fewer };
    struct entity_row rows[2];
    memcpy(rows, sample_service.entities, sizeof rows);
    rows[0].record = &changed;
    other = sample_service;
    other.entities = rows;
    other.entity_count = 2;
    assert_int_not_equal(image_fingerprint(&other), image_fingerprint(&sample_service));

    /* An index that is new must be filled, and a timer that is new be set: only folding does that.
     */
    const struct index_row index = { .id = 9, .name = "everies_by_text", .entity = 1 };
    other = sample_service;
    other.indexes = &index;
    other.index_count = 1;
    assert_int_not_equal(image_fingerprint(&other), image_fingerprint(&sample_service));
    memcpy(rows, sample_service.entities, sizeof rows);
    rows[0].how = TIMED;
    other = sample_service;
    other.entities = rows;
    other.entity_count = 2;
    assert_int_not_equal(image_fingerprint(&other), image_fingerprint(&sample_service));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back_as_it_was),
        cmocka_unit_test(a_zero_that_was_said_stays_said),
        cmocka_unit_test(damage_is_noticed),
        cmocka_unit_test(the_fingerprint_knows_the_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

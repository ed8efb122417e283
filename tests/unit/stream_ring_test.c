/* stream_ring_test: what is kept of a log, what makes room, and how an event looks to whom. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "services/gateway/stream_ring.h"
#include "tests/unit/packed.h"

static struct arena arena;

/* An event with a body, as it is published. */
static struct msg_buffer event(uint64_t sequence, const char *type, const char *data)
{
    char json[4096];
    snprintf(json, sizeof json,
             "{\"specversion\":\"1.0\",\"id\":\"escalation/003/2/%llu\","
             "\"source\":\"/redress/i1/escalation/003\",\"type\":\"%s\","
             "\"subject\":\"acme/t-1\",\"time\":\"2026-09-21T13:33:20.123456Z\","
             "\"partitionkey\":\"acme\",\"epoch\":2,\"sequence\":%llu,"
             "\"causationid\":\"0192aa7c-1234-7abc-8def-0123456789ab\",\"actor\":\"person:ann\","
             "\"dataversion\":1,\"data\":%s}",
             (unsigned long long)sequence, type, (unsigned long long)sequence, data);
    return packed(&arena, json);
}

static void push(struct stream_ring *r, struct msg_buffer bytes)
{
    struct envelope e;
    struct msg_error error;
    assert_int_equal(envelope_read(bytes.at, bytes.size, &e, &error), 0);
    assert_int_equal(ring_push(r, &e, bytes.at, bytes.size), 0);
    memset(bytes.at, 0xc1, bytes.size); /* it must have been copied */
}

static void push_many(struct stream_ring *r, uint64_t from, uint64_t to)
{
    for (uint64_t i = from; i <= to; i++)
        push(r, event(i, "ticket.escalated", "{\"escalation\":\"esc-1\"}"));
    arena_reset(&arena);
}

/* Everything behind a position, one event after the other, as a stream reads it. */
static void expect_behind(const struct stream_ring *r, uint64_t position, uint64_t first,
                          size_t count)
{
    size_t at = ring_find(r, position);
    assert_true(ring_covers(r, position));
    assert_int_equal(r->count - at, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(ring_at(r, at + i)->sequence, first + i);
}

static void begins_behind_its_head(void **state)
{
    struct stream_ring r = { 0 };
    (void)state;
    ring_begin(&r, 0, 41);
    assert_true(ring_covers(&r, 41) && !ring_covers(&r, 40) && !ring_covers(&r, 42));
    expect_behind(&r, 41, 0, 0);
    push_many(&r, 42, 300);
    for (uint64_t position = 41; position <= 300; position++)
        expect_behind(&r, position, position + 1, (size_t)(300 - position));
    assert_false(ring_covers(&r, 40) || ring_covers(&r, 301));
    ring_begin(&r, 0, 7);
    assert_true(r.count == 0 && r.bytes == 0 && ring_covers(&r, 7) && !ring_covers(&r, 42));
    ring_free(&r);
}

static void is_bounded_by_bytes(void **state)
{
    enum { BOUND = 64 << 10 };
    struct stream_ring r = { 0 };
    uint64_t low = 0;
    (void)state;
    ring_begin(&r, BOUND, 0);
    for (uint64_t i = 1; i <= 5000; i++) {
        push_many(&r, i, i);
        assert_true(r.bytes <= BOUND && r.count >= 1 && r.low >= low && r.high == i);
        low = r.low;
        expect_behind(&r, r.low, r.low + 1, r.count);
        if (r.low)
            assert_false(ring_covers(&r, r.low - 1));
    }
    assert_true(r.low > 4000 && r.count > 10);
    /* What was made for streams counts too, and makes room with the next event. */
    size_t before = r.count;
    for (size_t i = 0; i < r.count; i++)
        assert_false(text_empty(ring_text(&r, ring_at(&r, i), VIEW_PROVIDER)));
    assert_true(r.bytes > BOUND);
    push_many(&r, 5001, 5001);
    assert_true(r.bytes <= BOUND && r.count < before);
    ring_free(&r);
}

static void one_that_is_too_large_is_kept_alone(void **state)
{
    struct stream_ring r = { 0 };
    (void)state;
    ring_begin(&r, 100, 0);
    push_many(&r, 1, 3);
    assert_int_equal(r.count, 1);
    expect_behind(&r, 2, 3, 1);
    ring_free(&r);
}

static void gaps_are_passed(void **state)
{
    struct stream_ring r = { 0 };
    (void)state;
    ring_begin(&r, 0, 0);
    push_many(&r, 1, 3);
    ring_skip(&r, 9);
    push_many(&r, 10, 12);
    ring_skip(&r, 5); /* behind: nothing */
    assert_int_equal(r.high, 12);
    for (uint64_t position = 3; position <= 9; position++)
        expect_behind(&r, position, 10, 3);
    assert_int_equal(ring_at(&r, ring_find(&r, 2))->sequence, 3);
    assert_int_equal(ring_at(&r, ring_find(&r, 2) + 1)->sequence, 10);
    ring_free(&r);
}

static void expect_member(json_t *event_json, const char *key, const char *text)
{
    json_t *value = json_object_get(event_json, key);
    if (!value || strcmp(json_string_value(value), text) != 0)
        fail_msg("%s is not %s", key, text);
}

static void the_provider_sees_everything(void **state)
{
    struct stream_ring r = { 0 };
    (void)state;
    ring_begin(&r, 0, 0);
    push(&r, event(1, "ticket.group_silent",
                   "{\"occurred_at\":\"2026-09-21T13:33:20.123456Z\",\"group\":\"a\\nb\\r\"}"));
    struct text t = ring_text(&r, ring_at(&r, 0), VIEW_PROVIDER);
    assert_null(memchr(t.at, '\n', t.length)); /* a stream's lines end with one */
    assert_null(memchr(t.at, '\r', t.length));
    json_t *j = json_loadb(t.at, t.length, JSON_REJECT_DUPLICATES, NULL);
    expect_member(j, "sequence", "1");
    expect_member(j, "epoch", "2");
    expect_member(j, "id", "escalation/003/2/1");
    expect_member(j, "actor", "person:ann");
    expect_member(j, "datacontenttype", "application/json");
    expect_member(json_object_get(j, "data"), "group", "a\nb\r");
    assert_int_equal(json_integer_value(json_object_get(j, "dataversion")), 1);
    json_decref(j);
    /* A second look finds the same text. */
    assert_ptr_equal(ring_text(&r, ring_at(&r, 0), VIEW_PROVIDER).at, t.at);
    ring_free(&r);
}

static void clients_see_what_is_theirs(void **state)
{
    struct stream_ring r = { 0 };
    (void)state;
    ring_begin(&r, 0, 0);
    push(&r, event(1, "ticket.escalated", "{\"escalation\":\"esc-1\",\"inside\":\"secret\"}"));
    push(&r, event(2, "ticket.group_silent",
                   "{\"occurred_at\":\"2026-09-21T13:33:20.123456Z\",\"group\":\"secret\"}"));
    push(&r, event(3, "nobody.knows_it", "{\"escalation\":\"secret\"}"));
    push(&r, event(4, "clock.adopted", "{\"escalation\":\"secret\"}"));
    struct text t = ring_text(&r, ring_at(&r, 0), VIEW_CLIENT);
    json_t *j = json_loadb(t.at, t.length, 0, NULL);
    expect_member(json_object_get(j, "data"), "escalation", "esc-1");
    assert_int_equal(json_object_size(json_object_get(j, "data")), 1);
    assert_null(json_object_get(j, "actor"));
    assert_null(json_object_get(j, "causationid"));
    expect_member(j, "partitionkey", "acme");
    json_decref(j);
    for (size_t i = 1; i < r.count; i++)
        assert_true(text_empty(ring_text(&r, ring_at(&r, i), VIEW_CLIENT)));
    for (size_t i = 1; i < r.count; i++)
        assert_false(text_empty(ring_text(&r, ring_at(&r, i), VIEW_PROVIDER)));
    ring_free(&r);
}

static int end(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(begins_behind_its_head),
        cmocka_unit_test(is_bounded_by_bytes),
        cmocka_unit_test(one_that_is_too_large_is_kept_alone),
        cmocka_unit_test(gaps_are_passed),
        cmocka_unit_test(the_provider_sees_everything),
        cmocka_unit_test(clients_see_what_is_theirs),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}

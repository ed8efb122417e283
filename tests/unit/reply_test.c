/* Tests of replies, and of the small forms of the bus: statuses, subjects, partitions, topics. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/msg/wire.h"
#include "tests/unit/packed.h"

#define COMMAND_ID "0192aa7c-1234-7abc-8def-0123456789ab"

static struct arena arena;

static void expect_text(struct text t, const char *expected)
{
    if (!text_equal(t, text_from(expected)))
        fail_msg("\"%.*s\" is not \"%s\"", TEXT_ARG(t), expected);
}

static void replies_are_read_and_written_alike(void **state)
{
    const struct reply full = {
        .status = STATUS_refused,
        .sequence = 5,
        .version = 4,
        .result = "\x81\xa1x\x01",
        .result_size = 4,
        .code = TEXT_OF("too_much"),
        .field = TEXT_OF("level"),
        .message = TEXT_OF("A level is at most 6."),
        .endpoint = TEXT_OF("ipc:///x"),
        .cursor = TEXT_OF("c"),
        .retry_after_ms = 250,
        .replayed = true,
    };
    struct msg_buffer b = { .arena = &arena };
    struct id id, back_id;
    struct reply back;
    struct msg_error e;
    (void)state;
    assert_int_equal(id_parse(text_from(COMMAND_ID), &id), 0);
    reply_write(&id, &full, &b);
    assert_int_equal(msg_scan(b.at, b.size, MSG_FRAME_MAX, &e), 0);
    assert_int_equal(reply_read(b.at, b.size, &back_id, &back, &e), 0);
    assert_memory_equal(&id, &back_id, sizeof id);
    assert_int_equal(back.status, STATUS_refused);
    assert_int_equal(back.sequence, 5);
    assert_int_equal(back.version, 4);
    assert_int_equal(back.result_size, 4);
    assert_memory_equal(back.result, full.result, 4);
    expect_text(back.code, "too_much");
    expect_text(back.field, "level");
    expect_text(back.message, "A level is at most 6.");
    expect_text(back.endpoint, "ipc:///x");
    expect_text(back.cursor, "c");
    assert_int_equal(back.retry_after_ms, 250);
    assert_true(back.replayed);

    const struct reply bare = { .status = STATUS_ok };
    b = (struct msg_buffer){ .arena = &arena };
    reply_write(NULL, &bare, &b);
    assert_int_equal(b.size, 1 + 7 + 3);
    assert_int_equal(reply_read(b.at, b.size, &back_id, &back, &e), 0);
    assert_int_equal(id_milliseconds(&back_id), 0);
    assert_null(back.result);
    arena_reset(&arena);
}

static void wrong_replies_are_refused(void **state)
{
    static const struct {
        const char *json, *field;
    } cases[] = {
        { "[]", "" },
        { "{}", "status" },
        { "{\"status\":\"wait\"}", "status" },
        { "{\"status\":\"ok\",\"id\":\"x\"}", "id" },
        { "{\"status\":\"ok\",\"replayed\":1}", "replayed" },
        { "{\"status\":\"ok\",\"retry_after_ms\":4294967296}", "retry_after_ms" },
        { "{\"status\":\"ok\",\"sequence\":-1}", "sequence" },
    };
    struct id id;
    struct reply r;
    struct msg_error e;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct msg_buffer b = packed(&arena, cases[i].json);
        assert_int_equal(reply_read(b.at, b.size, &id, &r, &e), -EBADMSG);
        assert_string_equal(e.field, cases[i].field);
    }
    arena_reset(&arena);
}

static void statuses_have_their_names(void **state)
{
    (void)state;
    for (int i = 0; i < (int)STATUS_COUNT; i++) {
        enum status back;
        assert_int_equal(status_parse(text_from(status_name((enum status)i)), &back), 0);
        assert_int_equal(back, i);
    }
    enum status untouched = STATUS_full;
    assert_int_equal(status_parse(text_from("wait"), &untouched), -EINVAL);
    assert_int_equal(status_parse((struct text){ 0 }, &untouched), -EINVAL);
    assert_int_equal(untouched, STATUS_full);
    assert_string_equal(status_name(STATUS_id_reused), "id_reused");
}

static void subjects_split_at_the_first_slash(void **state)
{
    struct text client, id;
    (void)state;
    subject_split(text_from("acme/esc-1"), &client, &id);
    expect_text(client, "acme");
    expect_text(id, "esc-1");
    subject_split(text_from("/a/b"), &client, &id);
    expect_text(client, "");
    expect_text(id, "a/b");
    subject_split(text_from("acme"), &client, &id);
    assert_true(text_empty(client) && text_empty(id));
    subject_split((struct text){ 0 }, &client, &id);
    assert_true(text_empty(client) && text_empty(id));
}

/* Checked against Python's hashlib: int.from_bytes(blake2b(id, digest_size=16).digest()[:8]) %
 * count. */
static void partitions_are_those_of_the_contract(void **state)
{
    (void)state;
    assert_int_equal(partition_of(text_from("acme"), 8), 2);
    assert_int_equal(partition_of(text_from("globex"), 8), 7);
    assert_int_equal(partition_of((struct text){ 0 }, 8), 0);
    assert_int_equal(partition_of(text_from("acme"), 1000), 506);
    assert_int_equal(partition_of(text_from("globex"), 1000), 127);
    assert_int_equal(partition_of((struct text){ 0 }, 1000), 96);
    assert_int_equal(partition_of(text_from("anyone"), 1), 0);
}

static void topics_have_three_digits(void **state)
{
    char topic[TOPIC_MAX];
    (void)state;
    assert_int_equal(topic_print('E', "escalation", 3, topic), 16);
    assert_string_equal(topic, "E/escalation/003");
    topic_print('H', "kpi", 123, topic);
    assert_string_equal(topic, "H/kpi/123");
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
        cmocka_unit_test(replies_are_read_and_written_alike),
        cmocka_unit_test(wrong_replies_are_refused),
        cmocka_unit_test(statuses_have_their_names),
        cmocka_unit_test(subjects_split_at_the_first_slash),
        cmocka_unit_test(partitions_are_those_of_the_contract),
        cmocka_unit_test(topics_have_three_digits),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}

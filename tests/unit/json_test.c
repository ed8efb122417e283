/* Tests of the way between MessagePack and JSON. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/msg/json.h"
#include "tests/unit/sample.h"

static struct arena arena;

static void expect_json(const char *bytes, size_t size, const char *json)
{
    struct msg_error e;
    assert_int_equal(msg_scan(bytes, size, MSG_FRAME_MAX, &e), 0);
    json_t *value = json_from_msg(bytes, size);
    assert_non_null(value);
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    assert_non_null(text);
    assert_string_equal(text, json);
    free(text);
    json_decref(value);
}
#define GIVES(bytes, json) expect_json((bytes), sizeof(bytes) - 1, (json))

static void every_form_becomes_json(void **state)
{
    (void)state;
    GIVES("\xc0", "null");
    GIVES("\xc3", "true");
    GIVES("\xc2", "false");
    GIVES("\x07", "7");
    GIVES("\xd3\x80\x00\x00\x00\x00\x00\x00\x00", "-9223372036854775808");
    GIVES("\xcf\x7f\xff\xff\xff\xff\xff\xff\xff", "9223372036854775807");
    GIVES("\xcf\xff\xff\xff\xff\xff\xff\xff\xff", "\"18446744073709551615\"");
    GIVES("\xcb\x3f\xf8\x00\x00\x00\x00\x00\x00", "1.5");
    GIVES("\xca\x3f\xc0\x00\x00", "1.5");
    GIVES("\xcb\x7f\xf0\x00\x00\x00\x00\x00\x00", "null");
    GIVES("\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00", "null");
    GIVES("\xa0", "\"\"");
    GIVES("\xa3"
          "a\0b",
          "\"a\\u0000b\"");
    GIVES("\xa2é", "\"é\"");
    GIVES("\xc4\x03\x00\xff\x10", "\"AP8Q\"");
    GIVES("\xc4\x00", "\"\"");
    GIVES("\x93\x01\x90\x80", "[1,[],{}]");
    GIVES("\x82\xa1"
          "a\x81\xa0\x01\xa1"
          "b\xa1x",
          "{\"a\":{\"\":1},\"b\":\"x\"}");
}

static int to_msg(const char *json, struct msg_buffer *b, struct msg_error *e)
{
    json_t *value = json_loads(json, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    if (!value)
        fail_msg("no JSON: %s", json);
    memset(e, 0, sizeof *e);
    int rc = json_to_msg(value, b, e);
    json_decref(value);
    return rc;
}

static void what_messages_cannot_hold_is_refused(void **state)
{
    const char *number = "must be an integer or text; write decimals as text such as \"12.50\"";
    const char *nul = "must not contain the character NUL", *deep = "must nest at most 8 deep";
    const struct {
        const char *json, *field, *rule;
    } cases[] = {
        { "1.5", "", number },
        { "1e300", "", number },
        { "-1e300", "", number },
        { "{\"a\":{\"b\":[0,{\"c\":0.1}]}}", "a.b[1].c", number },
        { "[[1],[2,1.5]]", "[1][1]", number },
        { "{\"a\":\"x\\u0000\"}", "a", nul },
        { "[[[[[[[[[]]]]]]]]]", "[0][0][0][0][0][0][0][0]", deep },
        { "{\"a b\\n\":1.5}", "a?b?", number },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct msg_buffer b = { .arena = &arena };
        struct msg_error e;
        msg_put_nil(&b);
        assert_int_equal(to_msg(cases[i].json, &b, &e), -EBADMSG);
        assert_string_equal(e.field, cases[i].field);
        assert_string_equal(e.rule, cases[i].rule);
        assert_int_equal(b.size, 1); /* nothing is left behind */
    }
    json_t *key = json_object();
    struct msg_buffer b = { .arena = &arena };
    struct msg_error e;
    json_object_setn_new(key, "a\0b", 3, json_null());
    assert_int_equal(json_to_msg(key, &b, &e), -EBADMSG);
    assert_string_equal(e.rule, nul);
    json_decref(key);
    arena_reset(&arena);
}

static void whole_reals_are_integers(void **state)
{
    struct msg_buffer b = { .arena = &arena };
    struct msg_error e;
    int64_t v = 0;
    (void)state;
    assert_int_equal(to_msg("3.0", &b, &e), 0);
    assert_int_equal(msg_read_integer(b.at, b.size, &v), 0);
    assert_int_equal(v, 3);
    b.size = 0;
    assert_int_equal(to_msg("-9007199254740992.0", &b, &e), 0);
    assert_int_equal(msg_read_integer(b.at, b.size, &v), 0);
    assert_int_equal(v, INT64_C(-9007199254740992));
    arena_reset(&arena);
}

static void eight_levels_pass(void **state)
{
    struct msg_buffer b = { .arena = &arena };
    struct msg_error e;
    (void)state;
    assert_int_equal(to_msg("[[[[[[[[1]]]]]]]]", &b, &e), 0);
    assert_int_equal(msg_scan(b.at, b.size, MSG_FRAME_MAX, &e), 0);
    arena_reset(&arena);
}

static void records_survive_the_way_through_json(void **state)
{
    uint64_t seed = 5;
    (void)state;
    for (int i = 0; i < 1000; i++) {
        struct every made, back;
        struct msg_buffer first = { .arena = &arena }, second = { .arena = &arena };
        struct msg_error e;
        sample_fill(&seed, &arena, &record_every, &made);
        msg_encode(&record_every, &made, &first);
        json_t *value = json_from_msg(first.at, first.size);
        char *text = json_dumps(value, 0);
        json_t *parsed = json_parse(text_from(text), &e);
        assert_non_null(parsed);
        assert_true(json_equal(value, parsed));
        assert_int_equal(json_to_msg(parsed, &second, &e), 0);
        assert_int_equal(msg_decode(&record_every, second.at, second.size, &arena, &back, &e), 0);
        struct msg_buffer third = { .arena = &arena };
        msg_encode(&record_every, &back, &third);
        assert_int_equal(first.size, third.size);
        assert_memory_equal(first.at, third.at, first.size);
        free(text);
        json_decref(value);
        json_decref(parsed);
        arena_reset(&arena);
    }
}

static void parsing_is_strict(void **state)
{
    static const char *const wrong[] = {
        "",
        "{",
        "{\"a\":1,}",
        "{\"a\":1,\"a\":2}",
        "[1] x",
        "{'a':1}",
        "01",
        "nul",
        "\"\xff\"",
        "\"a\\u0000\"",
        "99999999999999999999",
        "1e999",
        "[1 2]",
        "\"\xc3",
        "{\"a\":\"\x01\"}",
    };
    struct msg_error e;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        memset(&e, 0, sizeof e);
        if (json_parse(text_from(wrong[i]), &e))
            fail_msg("taken: %s", wrong[i]);
        assert_memory_equal(e.field, "line ", 5);
        assert_true(e.rule[0]);
        for (const char *c = e.rule; *c; c++)
            assert_in_range(*c, ' ', '~');
    }
    assert_null(json_parse(text_from("{\n \"a\": x}"), &e));
    assert_string_equal(e.field, "line 2 column 7");
    static char deep[5000];
    memset(deep, '[', sizeof deep);
    assert_null(json_parse((struct text){ deep, sizeof deep }, &e));
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
        cmocka_unit_test(every_form_becomes_json),
        cmocka_unit_test(what_messages_cannot_hold_is_refused),
        cmocka_unit_test(whole_reals_are_integers),
        cmocka_unit_test(eight_levels_pass),
        cmocka_unit_test(records_survive_the_way_through_json),
        cmocka_unit_test(parsing_is_strict),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}

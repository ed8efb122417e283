/* Tests of the walker over rows: every kind of field, every rule's sentence, and that encoding and
 * decoding are inverses. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/packed.h"
#include "tests/unit/sample.h"

static struct arena arena;

static int decode(const struct record *r, const char *json, void *ret, struct msg_error *e)
{
    struct msg_buffer b = packed(&arena, json);
    assert_int_equal(msg_scan(b.at, b.size, MSG_FRAME_MAX, e), 0);
    memset(ret, 0xa5, r->size); /* decoding must set every byte itself */
    memset(e, 0, sizeof *e);
    return msg_decode(r, b.at, b.size, &arena, ret, e);
}

static void expect_rule(const struct record *r, const char *json, const char *field,
                        const char *rule)
{
    union {
        struct every every;
        struct must must;
    } value;
    struct msg_error e;
    if (decode(r, json, &value, &e) != -EBADMSG)
        fail_msg("taken: %s", json);
    assert_string_equal(e.rule, rule);
    assert_string_equal(e.field, field);
}

#define T64           "0123456789012345678901234567890123456789012345678901234567890123"
#define ID_RULE       "must hold only letters, digits and . _ : -"
#define INSTANT_RULE  "must be an RFC 3339 instant with an offset"
#define DURATION_RULE "must be an ISO 8601 duration such as PT1H30M"
#define DECIMAL_RULE  "must be a decimal in text, at most 2 digits behind the point"
#define LOCAL_RULE    "must be a local time such as 2026-01-31T09:30:00"
#define DAY_RULE      "must be a date such as 2026-01-31"
#define HOUR_RULE     "must be a time of day such as 09:30"

static void every_rule_has_its_sentence(void **state)
{
    static const struct {
        const char *json, *field, *rule;
    } cases[] = {
        { "[]", "", "must be a map" },
        { "3", "", "must be a map" },
        { "{\"text\": 1}", "text", "must be text" },
        { "{\"text\": null}", "text", "must be text" },
        { "{\"text\": \"" T64 "x\"}", "text", "must be at most 64 bytes" },
        { "{\"integer\": \"1\"}", "integer", "must be an integer" },
        { "{\"integer\": true}", "integer", "must be an integer" },
        { "{\"integer\": 1001}", "integer", "must be from -1000 to 1000" },
        { "{\"integer\": -1001}", "integer", "must be from -1000 to 1000" },
        { "{\"least\": 4}", "least", "must be at least 5" },
        { "{\"most\": 6}", "most", "must be at most 5" },
        { "{\"price\": 12}", "price", DECIMAL_RULE },
        { "{\"price\": \"1.234\"}", "price", DECIMAL_RULE },
        { "{\"price\": \"1000.01\"}", "price", "must be from -100.50 to 1000.00" },
        { "{\"price\": \"-100.51\"}", "price", "must be from -100.50 to 1000.00" },
        { "{\"flag\": 1}", "flag", "must be true or false" },
        { "{\"grade\": \"worst\"}", "grade", "must be one of low, middle, high" },
        { "{\"grade\": \"\"}", "grade", "must be one of low, middle, high" },
        { "{\"grade\": 1}", "grade", "must be one of low, middle, high" },
        { "{\"word\": \"x\"}", "word",
          "must be one of a_long_name_to_fill_the_sentence_01, "
          "a_long_name_to_fill_the_sentence_02, a_long_name_to_fill_the_sentence_03, "
          "a_long_name_to_fill_the_sentence_04, ..." },
        { "{\"at\": 5}", "at", INSTANT_RULE },
        { "{\"at\": \"2026-01-31T09:30:00\"}", "at", INSTANT_RULE },
        { "{\"at\": \"1970-01-01T00:00:00Z\"}", "at", "must be after 1970-01-01T00:00:00Z" },
        { "{\"every\": 5}", "every", DURATION_RULE },
        { "{\"every\": \"1h\"}", "every", DURATION_RULE },
        { "{\"every\": \"PT59S\"}", "every", "must be from PT1M to PT1H30M" },
        { "{\"every\": \"PT1H30M1S\"}", "every", "must be from PT1M to PT1H30M" },
        { "{\"local\": 5}", "local", LOCAL_RULE },
        { "{\"local\": \"2026-01-31T09:30:00Z\"}", "local", LOCAL_RULE },
        { "{\"day\": 20484}", "day", DAY_RULE },
        { "{\"day\": \"2026-02-29\"}", "day", DAY_RULE },
        { "{\"day\": \"1970-01-01\"}", "day",
          "must be after 1970-01-01, and before the year 10000" },
        { "{\"hour\": 570}", "hour", HOUR_RULE },
        { "{\"hour\": \"24:01\"}", "hour", HOUR_RULE },
        { "{\"owner\": 5}", "owner", "must be text" },
        { "{\"owner\": \"\"}", "owner", "must be 1 to 120 bytes" },
        { "{\"owner\": \"" T64 T64 "\"}", "owner", "must be 1 to 120 bytes" },
        { "{\"owner\": \"a/b\"}", "owner", ID_RULE },
        { "{\"owner\": \"a b\"}", "owner", ID_RULE },
        { "{\"owner\": \"caf\u00e9\"}", "owner", ID_RULE },
        { "{\"owner\": \"a\\u0001\"}", "owner", ID_RULE },
        { "{\"steps\": {}}", "steps", "must be a list" },
        { "{\"steps\": [{\"name\":\"a\"},{\"name\":\"b\"},{\"name\":\"c\"},{\"name\":\"d\"},{}]}",
          "steps", "must have at most 4 entries" },
        { "{\"steps\": [1]}", "steps[0]", "must be a map" },
        { "{\"steps\": [{\"name\":\"a\"},{}]}", "steps[1].name", "is required" },
        { "{\"steps\": [{\"name\":\"\"}]}", "steps[0].name", "must not be empty" },
        { "{\"steps\": [{\"name\":\"a\"},{\"name\":\"b\"},{\"name\":\"c\",\"after\":\"P2D\"}]}",
          "steps[2].after", "must be from PT0S to P1D" },
        { "{\"steps\": [{\"name\":\"a\",\"rungs\":[{\"after\":\"PT1H\"},{\"after\":\"PT2H\"}]}]}",
          "steps[0].rungs[1].after", "must be from PT0S to PT1H" },
        { "{\"labels\": []}", "labels", "must be a map of text" },
        { "{\"labels\": {\"a\": 1}}", "labels", "must be a map of text" },
        { "{\"labels\": {\"a\":\"\",\"b\":\"\",\"c\":\"\",\"d\":\"\"}}", "labels",
          "must have at most 3 entries" },
        { "{\"labels\": {\"\": \"x\"}}", "labels", "must not have an empty key" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_rule(&record_every, cases[i].json, cases[i].field, cases[i].rule);
    arena_reset(&arena);
}

static const char must_json[] =
    "{\"text\":\"t\",\"integer\":0,\"price\":\"0\",\"flag\":false,\"grade\":\"low\","
    "\"at\":\"2026-01-31T09:30:00Z\",\"every\":\"PT0S\",\"local\":\"1970-01-01T00:00:00\","
    "\"day\":\"2026-01-31\",\"hour\":\"00:00\",\"owner\":\"o\",\"steps\":[],\"labels\":{}}";

static void every_missing_field_is_named(void **state)
{
    struct field_rows rows = record_must.fields();
    struct must value;
    struct msg_error e;
    (void)state;
    assert_int_equal(decode(&record_must, must_json, &value, &e), 0);
    for (size_t i = 0; i < rows.count; i++) {
        json_t *o = json_parse(text_from(must_json), &e);
        json_object_del(o, rows.at[i].name);
        char *json = json_dumps(o, JSON_COMPACT);
        expect_rule(&record_must, json, rows.at[i].name, "is required");
        free(json);
        json_decref(o);
    }
    expect_rule(&record_must, "{\"text\":\"\"}", "text", "must not be empty");
    arena_reset(&arena);
}

static void presence_is_kept(void **state)
{
    struct every v;
    struct msg_error e;
    (void)state;
    assert_int_equal(decode(&record_every, "{\"integer\": 0, \"newer\": [1, {\"x\": 2}]}", &v, &e),
                     0);
    assert_true(v.has.integer);
    assert_false(v.has.text || v.has.steps || v.has.labels || v.has.flag);
    assert_int_equal(v.integer, 0);
    assert_int_equal(v.text.length, 0);

    struct msg_buffer b = { .arena = &arena };
    msg_encode(&record_every, &v, &b);
    assert_int_equal(b.size, 10); /* the zero that was given is written, the rest is not */
    v.has.integer = false;
    b = (struct msg_buffer){ .arena = &arena };
    msg_encode(&record_every, &v, &b);
    assert_int_equal(b.size, 1);
    arena_reset(&arena);
}

static void the_edges_of_rules_are_taken(void **state)
{
    static const char *const good[] = {
        "{}",
        "{\"text\": \"\"}",
        "{\"text\": \"" T64 "\"}",
        "{\"integer\": -1000}",
        "{\"integer\": 1000}",
        "{\"wide\": -9223372036854775808}",
        "{\"wide\": 9223372036854775807}",
        "{\"least\": 5}",
        "{\"most\": 5}",
        "{\"price\": \"-100.50\"}",
        "{\"price\": \"1000\"}",
        "{\"every\": \"PT60S\"}",
        "{\"every\": \"PT90M\"}",
        "{\"at\": \"1970-01-01T00:00:00.000001Z\"}",
        "{\"local\": \"1970-01-01T00:00:00\"}",
        "{\"day\": \"1970-01-02\"}",
        "{\"day\": \"9999-12-31\"}",
        "{\"hour\": \"00:00\"}",
        "{\"hour\": \"24:00\"}",
        "{\"owner\": \"aZ0._:-\"}",
        "{\"steps\": []}",
        "{\"labels\": {\"a\":\"\",\"b\":\"\",\"c\":\"\"}}",
        "{\"text\": \"line\\nline\"}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct every v;
        struct msg_error e;
        if (decode(&record_every, good[i], &v, &e) < 0)
            fail_msg("%s: %s %s", good[i], e.field, e.rule);
        assert_int_equal(msg_check(&record_every, &v, &e), 0);
    }
    arena_reset(&arena);
}

/* What JSON cannot write: NUL in text, floats, integers beyond 63 bits, keys given twice. */
static void expect_bytes_rule(const char *bytes, size_t size, const char *field, const char *rule)
{
    struct every v;
    struct msg_error e = { 0 };
    assert_int_equal(msg_scan(bytes, size, MSG_FRAME_MAX, &e), 0);
    assert_int_equal(msg_decode(&record_every, bytes, size, &arena, &v, &e), -EBADMSG);
    assert_string_equal(e.rule, rule);
    assert_string_equal(e.field, field);
}
#define BYTES(bytes, field, rule) expect_bytes_rule((bytes), sizeof(bytes) - 1, (field), (rule))

static void bytes_beyond_json_are_refused(void **state)
{
    (void)state;
    BYTES("\x81\xa4text\xa3"
          "a\0b",
          "text", "must not contain the character NUL");
    BYTES("\x81\xa6labels\x81\xa1\0\xa1v", "labels", "must not contain the character NUL");
    BYTES("\x81\xa6labels\x81\xa1k\xa1\0", "labels", "must not contain the character NUL");
    BYTES("\x81\xa6labels\x82\xa1k\xa1v\xa1k\xa1w", "labels", "must not have a key twice");
    BYTES("\x82\xa4text\xa1v\xa4text\xa1v", "text", "must not be given twice");
    BYTES("\x81\xa7integer\xcb\x3f\xf0\x00\x00\x00\x00\x00\x00", "integer", "must be an integer");
    BYTES("\x81\xa7integer\xca\x3f\x80\x00\x00", "integer", "must be an integer");
    BYTES("\x81\xa4wide\xcf\x80\x00\x00\x00\x00\x00\x00\x00", "wide",
          "must be at most 9223372036854775807");
    BYTES("\x81\xa4text\xc4\x01v", "text", "must be text");
    BYTES("\x81\xa5"
          "grade\xa4low\0",
          "grade", "must be one of low, middle, high");
    arena_reset(&arena);
}

static void map_texts_have_a_limit(void **state)
{
    struct text long_text = { arena_alloc(&arena, TEXT_MAP_TEXT_MAX + 1), TEXT_MAP_TEXT_MAX };
    struct text_pair pair = { text_from("k"), long_text };
    struct every v = { .labels = { &pair, 1 } };
    struct msg_error e = { 0 };
    (void)state;
    memset((char *)(uintptr_t)long_text.at, 'x', TEXT_MAP_TEXT_MAX + 1);
    assert_int_equal(msg_check(&record_every, &v, &e), 0);
    pair.value.length++;
    assert_int_equal(msg_check(&record_every, &v, &e), -EBADMSG);
    assert_string_equal(e.rule, "must have keys and values of at most 1024 bytes");
    struct msg_buffer b = { .arena = &arena };
    msg_encode(&record_every, &v, &b);
    assert_int_equal(msg_decode(&record_every, b.at, b.size, &arena, &v, &e), -EBADMSG);
    arena_reset(&arena);
}

static void keys_come_in_any_order(void **state)
{
    struct field_rows rows = record_must.fields();
    struct must value, again;
    struct msg_error e;
    json_t *o = json_parse(text_from(must_json), &e);
    (void)state;
    assert_int_equal(decode(&record_must, must_json, &value, &e), 0);
    for (size_t rotate = 0; rotate < rows.count; rotate++) {
        json_t *turned = json_object();
        for (size_t i = 0; i < rows.count; i++) {
            const char *name = rows.at[(rows.count - i + rotate) % rows.count].name;
            json_object_set(turned, name, json_object_get(o, name));
            char other[16];
            snprintf(other, sizeof other, "other%zu", i);
            json_object_set_new(turned, other, json_null());
        }
        char *json = json_dumps(turned, JSON_COMPACT);
        assert_int_equal(decode(&record_must, json, &again, &e), 0);
        assert_int_equal(again.at, value.at);
        assert_true(text_equal(again.owner, value.owner));
        free(json);
        json_decref(turned);
    }
    json_decref(o);
    arena_reset(&arena);
}

static void decoding_undoes_encoding(void **state)
{
    uint64_t seed = 20260131;
    const struct record *records[] = { &record_every, &record_must, &record_step };
    (void)state;
    for (int i = 0; i < 6000; i++) {
        const struct record *r = records[i % 3];
        union {
            struct every every;
            struct must must;
            struct step step;
        } made, back;
        struct msg_buffer first = { .arena = &arena }, second = { .arena = &arena };
        struct msg_error e = { 0 };
        sample_fill(&seed, &arena, r, &made);
        if (msg_check(r, &made, &e) < 0)
            fail_msg("%d check: %s %s", i, e.field, e.rule);
        msg_encode(r, &made, &first);
        if (msg_scan(first.at, first.size, MSG_FRAME_MAX, &e) < 0)
            fail_msg("%d scan: %s %s", i, e.field, e.rule);
        if (msg_decode(r, first.at, first.size, &arena, &back, &e) < 0)
            fail_msg("%d decode: %s %s", i, e.field, e.rule);
        assert_int_equal(msg_check(r, &back, &e), 0);
        msg_encode(r, &back, &second);
        assert_int_equal(first.size, second.size);
        assert_memory_equal(first.at, second.at, first.size);
        arena_reset(&arena);
    }
}

static void mutated_messages_never_harm(void **state)
{
    uint64_t seed = 99;
    int taken = 0;
    (void)state;
    for (int i = 0; i < 40000; i++) {
        struct every made, back;
        struct msg_buffer b = { .arena = &arena }, again = { .arena = &arena };
        struct msg_error e = { 0 };
        sample_fill(&seed, &arena, &record_every, &made);
        msg_encode(&record_every, &made, &b);
        for (uint64_t n = sample_random(&seed) % 4 + 1; n; n--)
            b.at[sample_random(&seed) % b.size] = (uint8_t)sample_random(&seed);
        size_t size = sample_random(&seed) % 8 ? b.size : sample_random(&seed) % b.size;
        void *exact = malloc(size ? size : 1);
        memcpy(exact, b.at, size);
        if (msg_scan(exact, size, MSG_FRAME_MAX, &e) == 0 &&
            msg_decode(&record_every, exact, size, &arena, &back, &e) == 0) {
            taken++;
            assert_int_equal(msg_check(&record_every, &back, &e), 0);
            msg_encode(&record_every, &back, &again);
            assert_int_equal(msg_decode(&record_every, again.at, again.size, &arena, &back, &e), 0);
        } else {
            assert_true(e.rule[0]);
        }
        free(exact);
        arena_reset(&arena);
    }
    assert_true(taken > 100); /* else nothing was tried */
}

static void check_says(const struct record *r, const void *value, const char *field,
                       const char *rule)
{
    struct msg_error e = { 0 };
    assert_int_equal(msg_check(r, value, &e), -EBADMSG);
    assert_string_equal(e.rule, rule);
    assert_string_equal(e.field, field);
}

static void made_structs_are_checked_too(void **state)
{
    const struct step steps[5] = { { .name = TEXT_OF("a") }, { .name = { 0 } } };
    struct must m = { .integer = 1 };
    (void)state;
    check_says(&record_must, &m, "text", "is required");
    m.text = text_from("t");
    check_says(&record_must, &m, "grade", "is required");
    m.grade = 3;
    check_says(&record_must, &m, "grade", "must be one of low, middle, high");
    m.grade = grade_low;
    check_says(&record_must, &m, "at", "is required");
    m.at = -5;
    check_says(&record_must, &m, "at", "must be in the years 1970 to 9999");
    m.at = INT64_MAX;
    check_says(&record_must, &m, "at", "must be in the years 1970 to 9999");
    m.at = 1;
    m.every = -1;
    check_says(&record_must, &m, "every", "must be at least PT0S");
    m.every = 0;
    m.local = 1;
    check_says(&record_must, &m, "local", "must be a whole second");
    m.local = -1;
    check_says(&record_must, &m, "local", "must be in the years 1970 to 9999");
    m.local = 0;
    check_says(&record_must, &m, "day", "is required");
    m.day = -1;
    check_says(&record_must, &m, "day", "must be after 1970-01-01, and before the year 10000");
    m.day = 2932897;
    check_says(&record_must, &m, "day", "must be after 1970-01-01, and before the year 10000");
    m.day = 2932896;
    m.hour = -1;
    check_says(&record_must, &m, "hour", "must be from 00:00 to 24:00");
    m.hour = 1441;
    check_says(&record_must, &m, "hour", "must be from 00:00 to 24:00");
    m.hour = 1440;
    check_says(&record_must, &m, "owner", "is required");
    m.owner = text_from("a/b");
    check_says(&record_must, &m, "owner", ID_RULE);
    m.owner = text_from("o");
    m.steps = (struct step_list){ steps, 2 };
    check_says(&record_must, &m, "steps[1].name", "is required");
    m.steps.count = 5;
    check_says(&record_must, &m, "steps", "must have at most 4 entries");
    m.steps.count = 1;
    m.integer = 6;
    check_says(&record_must, &m, "integer", "must be from -5 to 5");
    const struct every zero = { 0 };
    struct msg_error e;
    assert_int_equal(msg_check(&record_every, &zero, &e), 0); /* nobody set anything */
    check_says(&record_every, &(struct every){ .has.every = true }, "every",
               "must be from PT1M to PT1H30M");
}

static void sums_stand_still_at_the_end(void **state)
{
    struct every a = {
        .integer = 2, .price = 150, .wide = INT64_MAX - 1, .most = INT64_MIN, .every = 7
    };
    const struct every b = {
        .integer = 3, .price = 250, .wide = 5, .most = -1, .every = 7, .has.flag = true
    };
    (void)state;
    msg_sum(&record_every, &a, &b);
    assert_int_equal(a.integer, 5);
    assert_int_equal(a.price, 400);
    assert_int_equal(a.wide, INT64_MAX);
    assert_int_equal(a.most, INT64_MIN);
    assert_int_equal(a.every, 7);
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
        cmocka_unit_test(every_rule_has_its_sentence),
        cmocka_unit_test(every_missing_field_is_named),
        cmocka_unit_test(presence_is_kept),
        cmocka_unit_test(the_edges_of_rules_are_taken),
        cmocka_unit_test(bytes_beyond_json_are_refused),
        cmocka_unit_test(map_texts_have_a_limit),
        cmocka_unit_test(keys_come_in_any_order),
        cmocka_unit_test(decoding_undoes_encoding),
        cmocka_unit_test(mutated_messages_never_harm),
        cmocka_unit_test(made_structs_are_checked_too),
        cmocka_unit_test(sums_stand_still_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}

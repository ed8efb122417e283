/* Tests of taking words out of one event: which fields, what stands for them, and what stays. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/msg/redact.h"
#include "common/msg/wire.h"
#include "tests/unit/packed.h"

static struct arena arena;
static const uint8_t digest[32] = { 0xab, 1, 2, 3 };
#define DIGEST "ab01020300000000000000000000000000000000000000000000000000000000"

/* --- rows --------------------------------------------------------------------------------------
 */

struct inner {
    struct {
        bool to, kind;
    } has;
    struct text to, kind;
};
struct inner_list {
    const struct inner *at;
    uint32_t count;
};
struct row {
    struct {
        bool id, name, note, who, tiny, born, seen, labels, ways;
    } has;
    struct text id, name, note, who, tiny;
    int64_t born, seen;
    struct text_map labels;
    struct inner_list ways;
};

#define ROW(s, of, n, is, who_sees, most)                                                          \
    {                                                                                              \
        .name = #n, .name_length = sizeof #n - 1, .kind = KIND_##of, .need = (is),                 \
        .audience = (who_sees), .max = (most), .offset = offsetof(s, n),                           \
        .has_offset = offsetof(s, has.n), .doc = ""                                                \
    }

static struct field_rows inner_fields(void)
{
    static const struct field rows[] = {
        ROW(struct inner, TEXT, to, REQUIRED, PROVIDER, 40),
        ROW(struct inner, TEXT, kind, OPTIONAL, PROVIDER, 40),
    };
    return (struct field_rows){ rows, 2 };
}
static const struct record inner_record = { "inner", "", sizeof(struct inner), inner_fields };

static struct field_rows row_fields(void)
{
    static struct field rows[] = {
        ROW(struct row, TEXT, id, REQUIRED, PERSONAL, 40),
        ROW(struct row, TEXT, name, REQUIRED, PERSONAL, 40),
        ROW(struct row, TEXT, note, OPTIONAL, PROVIDER, 200),
        ROW(struct row, REFERENCE, who, OPTIONAL, PROVIDER, 40),
        ROW(struct row, TEXT, tiny, OPTIONAL, CLIENT_PERSONAL, 3),
        ROW(struct row, INSTANT, born, OPTIONAL, PERSONAL, 0),
        ROW(struct row, INTEGER, seen, OPTIONAL, PROVIDER, 99),
        ROW(struct row, MAP, labels, OPTIONAL, PROVIDER, 4),
        ROW(struct row, LIST, ways, OPTIONAL, PERSONAL, 4),
    };
    rows[3].reference = "person";
    rows[8].record = &inner_record;
    return (struct field_rows){ rows, sizeof rows / sizeof *rows };
}
static const struct record row_record = { "row", "", sizeof(struct row), row_fields };

#define ENVELOPE(actor, data)                                                                      \
    "{\"specversion\":\"1.0\",\"id\":\"catalog/000/1/7\",\"source\":\"/s\",\"type\":\"t.u\","      \
    "\"subject\":\"provider/bo ek\",\"time\":\"2026-01-01T00:00:00.000000Z\","                     \
    "\"partitionkey\":\"provider\",\"epoch\":1,\"sequence\":7,\"causationid\":\"x\",\"actor\":"    \
    "\"" actor "\",\"dataversion\":1,\"data\":" data "}"

static struct mentions words;

/* The data that is left, as JSON; "" when nothing changed. */
static const char *redacted(const char *envelope, enum redact_whose whose,
                            struct redact_report *report)
{
    struct msg_buffer is = packed(&arena, envelope), b = { .arena = &arena };
    struct envelope env;
    struct msg_error error;
    struct row row;
    int r = redact_envelope(&row_record, is.at, is.size, &words, whose, digest, &b, report);
    assert_true(r == 0 || r == 1);
    if (r == 0) {
        assert_int_equal(report->texts, 0);
        return "";
    }
    assert_int_equal(msg_scan(b.at, b.size, MSG_EVENT_MAX, &error), 0);
    assert_int_equal(envelope_read(b.at, b.size, &env, &error), 0);
    assert_int_equal(env.sequence, 7);
    assert_int_equal(msg_decode(&row_record, env.data, env.data_size, &arena, &row, &error), 0);
    assert_true(redact_is_marked(b.at, b.size, digest));
    assert_false(redact_is_marked(is.at, is.size, digest));
    /* Again there is nothing to do. */
    struct msg_buffer again = { .arena = &arena };
    struct redact_report none;
    assert_int_equal(
        redact_envelope(&row_record, b.at, b.size, &words, whose, digest, &again, &none), 0);
    json_t *value = json_from_msg(env.data, env.data_size);
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    struct text copy = arena_text(&arena, text_from(text));
    free(text);
    json_decref(value);
    return copy.at;
}

static int set_up(void **state)
{
    (void)state;
    mention_add(&words, text_from("Bo Ek"), false);
    mention_add(&words, text_from("Bo Ek Lund"), true);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    mention_free(&words);
    arena_free(&arena);
    return 0;
}

static const char DATA[] = "{\"id\":\"bo ek\",\"name\":\"Any\",\"note\":\"BO EK was "
                           "here\",\"who\":\"p-1\",\"tiny\":\"abc\","
                           "\"born\":\"1990-01-01T00:00:00.000000Z\",\"seen\":3,\"labels\":{\"bo "
                           "ek\":\"x\",\"y\":\"bo ek\"},"
                           "\"ways\":[{\"to\":\"a\",\"kind\":\"b\"}],\"later\":{\"words\":[\"of bo "
                           "ek\",\"of Bo Ek Lund\",4]}}";
#define EVENT(data) ENVELOPE("ann", data)

static void of_others_only_what_says_it_goes(void **state)
{
    struct redact_report report;
    char envelope[2048];
    (void)state;
    snprintf(envelope, sizeof envelope, EVENT("%s"), DATA);
    assert_string_equal(
        redacted(envelope, REDACT_MENTIONS, &report),
        "{\"id\":\"bo ek\",\"name\":\"Any\",\"note\":\"[erased]\",\"who\":\"p-1\",\"tiny\":\"abc\","
        "\"born\":\"1990-01-01T00:00:00.000000Z\",\"seen\":3,\"labels\":{\"[erased] 0\":\"x\","
        "\"y\":\"[erased]\"},\"ways\":[{\"to\":\"a\",\"kind\":\"b\"}],"
        "\"later\":{\"words\":[\"[erased]\",\"of Bo Ek Lund\",4]}}");
    assert_int_equal(report.texts, 4);
    assert_string_equal(report.fields, "note,labels,words");
}

static void of_its_own_all_that_is_personal_goes(void **state)
{
    struct redact_report report;
    char envelope[2048];
    (void)state;
    snprintf(envelope, sizeof envelope, EVENT("%s"), DATA);
    assert_string_equal(
        redacted(envelope, REDACT_OWN, &report),
        "{\"id\":\"bo "
        "ek\",\"name\":\"[erased]\",\"note\":\"[erased]\",\"who\":\"p-1\",\"tiny\":\"[er\","
        "\"seen\":3,\"labels\":{\"[erased] 0\":\"x\",\"y\":\"[erased]\"},"
        "\"ways\":[{\"to\":\"[erased]\",\"kind\":\"[erased]\"}],"
        "\"later\":{\"words\":[\"[erased]\",\"[erased]\",4]}}");
    assert_string_equal(report.fields, "name,note,tiny,born,labels,to,kind,words");
}

static void what_says_nothing_stays_as_it_is(void **state)
{
    struct redact_report report;
    (void)state;
    assert_string_equal(redacted(EVENT("{\"id\":\"bo ek\",\"name\":\"Bo Ek Lund\",\"seen\":1}"),
                                 REDACT_MENTIONS, &report),
                        "");
    assert_string_equal(
        redacted(EVENT("{\"id\":\"bo ek\",\"name\":\"[erased]\"}"), REDACT_OWN, &report), "");
}

static void an_actor_goes_too(void **state)
{
    struct redact_report report;
    (void)state;
    assert_string_equal(
        redacted(ENVELOPE("Bo Ek", "{\"id\":\"x\",\"name\":\"y\"}"), REDACT_MENTIONS, &report),
        "{\"id\":\"x\",\"name\":\"y\"}");
    assert_string_equal(report.fields, "actor");
}

/* Attributes of an envelope are more than a small map holds: traceparent and the two of a
 * redaction. */
static void a_trace_stays(void **state)
{
    struct redact_report report;
    (void)state;
    assert_string_equal(redacted(ENVELOPE("a\",\"traceparent\":\"00-1\",\"x\":\"y",
                                          "{\"id\":\"x\",\"name\":\"bo ek\"}"),
                                 REDACT_MENTIONS, &report),
                        "{\"id\":\"x\",\"name\":\"[erased]\"}");
}

/* An event whose data has so many bytes that no row knows. */
static struct msg_buffer large(size_t filler)
{
    static const char begin[] = EVENT("{\"id\":\"x\",\"name\":\"bo ek\",\"a\":\"");
    const size_t head = sizeof begin - 2; /* without the envelope's closing brace */
    char *envelope = arena_alloc(&arena, head + filler + 4);
    memcpy(envelope, begin, head);
    memset(envelope + head, 'a', filler);
    memcpy(envelope + head + filler, "\"}}", 4);
    return packed(&arena, envelope);
}

static void what_grows_too_large_loses_every_text(void **state)
{
    enum { SOME = 1000, ROOM = 20 };
    struct redact_report report;
    struct msg_buffer b = { .arena = &arena };
    (void)state;
    struct msg_buffer is = large(MSG_EVENT_MAX - ROOM - (large(SOME).size - SOME));
    assert_int_equal(is.size, MSG_EVENT_MAX - ROOM);
    assert_int_equal(
        redact_envelope(&row_record, is.at, is.size, &words, REDACT_MENTIONS, digest, &b, &report),
        -EMSGSIZE);
    assert_int_equal(
        redact_envelope(&row_record, is.at, is.size, &words, REDACT_ALL, digest, &b, &report), 1);
    assert_true(b.size < SOME);
}

static void what_is_no_envelope_is_refused(void **state)
{
    static const char *const bad[] = { "[]", "3", "{\"data\":[1,{\"a\":2}],\"x\":1}" };
    struct redact_report report;
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct msg_buffer is = packed(&arena, bad[i]), b = { .arena = &arena };
        assert_int_equal(
            redact_envelope(NULL, is.at, is.size, &words, REDACT_OWN, digest, &b, &report),
            -EBADMSG);
    }
    struct msg_buffer is = packed(&arena, EVENT("{\"note\":\"x\"}"));
    for (size_t size = 0; size < is.size; size++) {
        struct msg_buffer b = { .arena = &arena };
        const void *cut = arena_copy(&arena, is.at, size);
        assert_int_equal(
            redact_envelope(&row_record, cut, size, &words, REDACT_OWN, digest, &b, &report),
            -EBADMSG);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_others_only_what_says_it_goes),
        cmocka_unit_test(of_its_own_all_that_is_personal_goes),
        cmocka_unit_test(what_says_nothing_stays_as_it_is),
        cmocka_unit_test(an_actor_goes_too),
        cmocka_unit_test(a_trace_stays),
        cmocka_unit_test(what_grows_too_large_loses_every_text),
        cmocka_unit_test(what_is_no_envelope_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

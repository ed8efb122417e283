/* Tests of the frames of WIRE.md: envelopes and requests, and frames that were damaged. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/msg/wire.h"
#include "common/service.h"
#include "tests/unit/packed.h"
#include "tests/unit/sample.h"

#define COMMAND_ID "0192aa7c-1234-7abc-8def-0123456789ab"
#define T64        "0123456789012345678901234567890123456789012345678901234567890123"

static struct arena arena;

static void expect_text(struct text t, const char *expected)
{
    if (!text_equal(t, text_from(expected)))
        fail_msg("\"%.*s\" is not \"%s\"", TEXT_ARG(t), expected);
}

static const char event_json[] =
    "{\"specversion\":\"1.0\",\"id\":\"escalation/003/2/1842\","
    "\"source\":\"/redress/i1/escalation/003\",\"type\":\"escalation.raised\","
    "\"subject\":\"acme/esc-1\",\"time\":\"2026-09-21T13:33:20.123456Z\",\"partitionkey\":\"acme\","
    "\"epoch\":2,\"sequence\":1842,\"causationid\":\"" COMMAND_ID "\",\"actor\":\"ann\","
    "\"traceparent\":\"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\","
    "\"dataversion\":1,\"data\":{\"level\":2,\"steps\":[1,{\"a\":\"b\"}]}}";

/* The same event as Python's msgpack packs it. */
static const char event_hex[] =
    "8eab7370656376657273696f6ea3312e30a26964b5657363616c6174696f6e2f3030332f322f31383432a673"
    "6f75726365ba2f726564726573732f69312f657363616c6174696f6e2f303033a474797065b1657363616c61"
    "74696f6e2e726169736564a77375626a656374aa61636d652f6573632d31a474696d65bb323032362d30392d"
    "32315431333a33333a32302e3132333435365aac706172746974696f6e6b6579a461636d65a565706f636802"
    "a873657175656e6365cd0732ab636175736174696f6e6964d92430313932616137632d313233342d37616263"
    "2d386465662d303132333435363738396162a56163746f72a3616e6eab7472616365706172656e74d9373030"
    "2d34626639326633353737623334646136613363653932396430653065343733362d30306630363761613062"
    "6139303262372d3031ab6461746176657273696f6e01a46461746182a56c6576656c02a57374657073920181"
    "a161a162";

static struct msg_buffer from_hex(const char *hex)
{
    struct msg_buffer b = { .arena = &arena };
    for (; *hex; hex += 2) {
        char two[3] = { hex[0], hex[1], 0 };
        uint8_t byte = (uint8_t)strtoul(two, NULL, 16);
        msg_put_raw(&b, &byte, 1);
    }
    return b;
}

static void an_envelope_is_read_and_written_alike(void **state)
{
    struct msg_buffer frame = from_hex(event_hex), again = { .arena = &arena };
    struct envelope e;
    struct msg_error error = { 0 };
    int64_t level = 0;
    const void *at;
    size_t size;
    (void)state;
    assert_int_equal(msg_scan(frame.at, frame.size, MSG_EVENT_MAX, &error), 0);
    if (envelope_read(frame.at, frame.size, &e, &error) < 0)
        fail_msg("%s %s", error.field, error.rule);
    expect_text(e.id, "escalation/003/2/1842");
    expect_text(e.service, "escalation");
    assert_int_equal(e.partition, 3);
    assert_int_equal(e.epoch, 2);
    assert_int_equal(e.sequence, 1842);
    expect_text(e.source, "/redress/i1/escalation/003");
    expect_text(e.type, "escalation.raised");
    expect_text(e.subject, "acme/esc-1");
    assert_int_equal(e.time, INT64_C(1789997600123456));
    expect_text(e.partition_key, "acme");
    expect_text(e.causation_id, COMMAND_ID);
    expect_text(e.actor, "ann");
    assert_int_equal(e.trace_parent.length, 55);
    assert_int_equal(e.data_version, 1);
    assert_int_equal(msg_member(e.data, e.data_size, "level", &at, &size), 0);
    assert_int_equal(msg_read_integer(at, size, &level), 0);
    assert_int_equal(level, 2);
    envelope_write(&e, &again);
    assert_int_equal(again.size, frame.size);
    assert_memory_equal(again.at, frame.at, frame.size);
    arena_reset(&arena);
}

/* event_json with one member replaced, or taken away (NULL), or one that is added. */
static struct msg_buffer changed(const char *json, const char *key, const char *value)
{
    struct msg_buffer b = { .arena = &arena };
    struct msg_error e = { 0 };
    json_t *o = json_loads(json, 0, NULL);
    assert_non_null(o);
    json_object_del(o, key);
    if (value)
        json_object_set_new(o, key, json_loads(value, JSON_DECODE_ANY, NULL));
    assert_int_equal(json_to_msg(o, &b, &e), 0);
    json_decref(o);
    return b;
}

static void wrong_envelopes_are_refused(void **state)
{
    static const struct {
        const char *key, *value, *rule;
    } cases[] = {
        { "specversion", "\"0.3\"", "must be 1.0" },
        { "specversion", "1", "must be text" },
        { "id", "\"escalation/3/2/1842\"", "must be such as escalation/003/2/1842" },
        { "id", "\"escalation/003/2\"", "must be such as escalation/003/2/1842" },
        { "id", "\"escalation/003/2/1842/\"", "must be such as escalation/003/2/1842" },
        { "id", "\"/003/2/1842\"", "must be such as escalation/003/2/1842" },
        { "id", "\"escalation/003//1842\"", "must be such as escalation/003/2/1842" },
        { "id", "\"escalation/003/2/99999999999999999999\"",
          "must be such as escalation/003/2/1842" },
        { "id", "\"escalation/003/2/x\"", "must be such as escalation/003/2/1842" },
        { "id", "\"escalation/003/2/1843\"", "must name the event's epoch and sequence" },
        { "id", "\"escalation/003/1/1842\"", "must name the event's epoch and sequence" },
        { "time", "\"2026-09-21T13:33:20\"", "must be an RFC 3339 instant with an offset" },
        { "epoch", "-1", "must be from 0 to 9223372036854775807" },
        { "sequence", "0", "must be from 1 to 9223372036854775807" },
        { "sequence", "\"1\"", "must be an integer" },
        { "dataversion", "4294967296", "must be from 0 to 4294967295" },
        { "data", "[]", "must be a map" },
        { "data", "1", "must be a map" },
        { "actor", "1", "must be text" },
    };
    static const char *const needed[] = { "specversion", "id",          "source", "type",
                                          "subject",     "time",        "epoch",  "partitionkey",
                                          "sequence",    "causationid", "actor",  "dataversion",
                                          "data" };
    struct envelope e;
    struct msg_error error;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct msg_buffer b = changed(event_json, cases[i].key, cases[i].value);
        assert_int_equal(envelope_read(b.at, b.size, &e, &error), -EBADMSG);
        assert_string_equal(error.field, cases[i].key);
        assert_string_equal(error.rule, cases[i].rule);
    }
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        struct msg_buffer b = changed(event_json, needed[i], NULL);
        assert_int_equal(envelope_read(b.at, b.size, &e, &error), -EBADMSG);
        assert_string_equal(error.field, needed[i]);
        assert_string_equal(error.rule, "is required");
    }
    struct msg_buffer b = changed(event_json, "traceparent", NULL);
    assert_int_equal(envelope_read(b.at, b.size, &e, &error), 0);
    b = changed(event_json, "later", "[1, {\"x\": 2}]");
    assert_int_equal(envelope_read(b.at, b.size, &e, &error), 0);
    expect_text(e.actor, "ann");
    assert_int_equal(envelope_read("\x90", 1, &e, &error), -EBADMSG);
    assert_string_equal(error.rule, "must be a map");
    arena_reset(&arena);
}

static const char command_json[] =
    "{\"op\":\"command\",\"id\":\"" COMMAND_ID
    "\",\"type\":\"escalation.raise\",\"client\":\"acme\","
    "\"data\":{\"level\":2},\"actor\":\"ann\",\"expect\":0,"
    "\"after\":{\"escalation/003\":1842,\"catalog/000\":7},"
    "\"traceparent\":\"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\","
    "\"limit\":500,\"cursor\":\"abc\"}";

static void a_request_is_read_and_written_alike(void **state)
{
    struct msg_buffer frame = packed(&arena, command_json), again = { .arena = &arena };
    struct request r;
    struct msg_error e = { 0 };
    char id[ID_TEXT + 1];
    (void)state;
    if (request_read(frame.at, frame.size, &arena, &r, &e) < 0)
        fail_msg("%s %s", e.field, e.rule);
    id_print(&r.id, id);
    assert_string_equal(id, COMMAND_ID);
    assert_false(r.query);
    expect_text(r.type, "escalation.raise");
    expect_text(r.client, "acme");
    expect_text(r.actor, "ann");
    expect_text(r.principal, "");
    assert_true(r.has_expect);
    assert_int_equal(r.expect, 0);
    assert_int_equal(r.after_count, 2);
    expect_text(r.after[0].service, "escalation");
    assert_int_equal(r.after[0].partition, 3);
    assert_int_equal(r.after[0].sequence, 1842);
    expect_text(r.after[1].service, "catalog");
    assert_int_equal(r.after[1].partition, 0);
    assert_int_equal(r.limit, 500);
    expect_text(r.cursor, "abc");
    assert_int_equal(r.data_size, 8);
    assert_ptr_equal(r.raw, frame.at);
    assert_int_equal(r.raw_size, frame.size);
    request_write(&r, &again);
    assert_int_equal(again.size, frame.size);
    assert_memory_equal(again.at, frame.at, frame.size);
    arena_reset(&arena);
}

static void a_bare_query_has_an_empty_body(void **state)
{
    struct msg_buffer frame = packed(
        &arena,
        "{\"op\":\"query\",\"id\":\"00000000-0000-4000-8000-000000000000\",\"type\":\"a.b\"}");
    struct request r;
    struct msg_error e;
    (void)state;
    assert_int_equal(request_read(frame.at, frame.size, &arena, &r, &e), 0);
    assert_true(r.query);
    assert_true(text_empty(r.client) && text_empty(r.actor) && text_empty(r.cursor));
    assert_false(r.has_expect);
    assert_int_equal(r.after_count, 0);
    assert_int_equal(r.limit, 0);
    assert_int_equal(r.data_size, 1);
    assert_memory_equal(r.data, "\x80", 1);
    arena_reset(&arena);
}

static void wrong_requests_are_refused(void **state)
{
    static const struct {
        const char *key, *value, *rule;
    } cases[] = {
        { "op", NULL, "is required" },
        { "op", "1", "must be text" },
        { "op", "\"fetch\"", "must be command or query" },
        { "op", "\"a long name of an operation\"", "must be at most 16 bytes" },
        { "id", NULL, "is required" },
        { "id", "1", "must be text" },
        { "id", "\"x\"", "must be a UUID" },
        { "id", "\"0192aa7c-1234-4abc-8def-0123456789ab\"", "must be a UUID of version 7 or 8" },
        { "type", NULL, "is required" },
        { "type", "\"\"", "must not be empty" },
        { "type", "\"" T64 T64 "x\"", "must be at most 128 bytes" },
        { "client", "\"\"", "must not be empty" },
        { "client", "\"a/b\"", "must hold only letters, digits and . _ -" },
        { "client", "\"a b\"", "must hold only letters, digits and . _ -" },
        { "client", "\"\u00e9\"", "must hold only letters, digits and . _ -" },
        { "client", "\"" T64 "x\"", "must be at most 64 bytes" },
        { "actor", "\"" T64 T64 "x\"", "must be at most 128 bytes" },
        { "actor", "\"a\\nb\"", "must not contain control characters" },
        { "data", "[]", "must be a map" },
        { "data", "\"x\"", "must be a map" },
        { "expect", "-1", "must be from 0 to 9223372036854775807" },
        { "expect", "\"1\"", "must be an integer" },
        { "limit", "0", "must be from 1 to 500" },
        { "limit", "501", "must be from 1 to 500" },
        { "after", "[]", "must be a map of sequences" },
        { "after", "{\"escalation\":1}", "must have keys such as escalation/003" },
        { "after", "{\"escalation/3\":1}", "must have keys such as escalation/003" },
        { "after", "{\"escalation/0030\":1}", "must have keys such as escalation/003" },
        { "after", "{\"a b/003\":1}", "must have keys such as escalation/003" },
        { "after", "{\"/003\":1}", "must have keys such as escalation/003" },
        { "after", "{\"escalation/003\":-1}", "must have sequences as values" },
        { "after", "{\"escalation/003\":\"1\"}", "must have sequences as values" },
        { "traceparent", "1", "must be text" },
        { "cursor", "1", "must be text" },
    };
    struct request r;
    struct msg_error e;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct msg_buffer b = changed(command_json, cases[i].key, cases[i].value);
        if (request_read(b.at, b.size, &arena, &r, &e) != -EBADMSG)
            fail_msg("taken: %s %s", cases[i].key, cases[i].value);
        assert_string_equal(e.field, cases[i].key);
        assert_string_equal(e.rule, cases[i].rule);
    }
    assert_int_equal(request_read("\xc0", 1, &arena, &r, &e), -EBADMSG);
    static const char twice[] = "\x82\xa2op\xa5query\xa2op\xa5query";
    assert_int_equal(request_read(twice, sizeof twice - 1, &arena, &r, &e), -EBADMSG);
    assert_string_equal(e.field, "op");
    assert_string_equal(e.rule, "must not be given twice");
    arena_reset(&arena);
}

static void the_edges_of_requests_are_taken(void **state)
{
    static const struct {
        const char *key, *value;
    } cases[] = {
        { "id", "\"0192aa7c-1234-8abc-8def-0123456789ab\"" },
        { "client", "\"" T64 "\"" },
        { "client", "\"aZ0._-\"" },
        { "client", NULL },
        { "actor", "\"" T64 T64 "\"" },
        { "actor", "\"\u00e9\"" },
        { "expect", "9223372036854775807" },
        { "limit", "1" },
        { "after", "{}" },
        { "after", "{\"x/999\":0}" },
        { "unknown", "{\"x\":[1,2,{}]}" },
    };
    struct request r;
    struct msg_error e;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct msg_buffer b = changed(command_json, cases[i].key, cases[i].value);
        if (request_read(b.at, b.size, &arena, &r, &e) < 0)
            fail_msg("%s: %s %s", cases[i].value, e.field, e.rule);
    }
    for (uint32_t count = AFTER_MAX; count <= AFTER_MAX + 1; count++) {
        json_t *after = json_object();
        for (uint32_t i = 0; i < count; i++) {
            char key[16];
            snprintf(key, sizeof key, "x/%03u", i);
            json_object_set_new(after, key, json_integer(i));
        }
        char *text = json_dumps(after, 0);
        struct msg_buffer b = changed(command_json, "after", text);
        int rc = request_read(b.at, b.size, &arena, &r, &e);
        assert_int_equal(rc, count > AFTER_MAX ? -EBADMSG : 0);
        free(text);
        json_decref(after);
    }
    assert_string_equal(e.rule, "must have at most 64 entries");
    arena_reset(&arena);
}

static void a_wrong_traceparent_is_dropped(void **state)
{
    static const char *const wrong[] = {
        "\"\"",
        "\"x\"",
        "\"00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01\"",
        "\"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-\"",
        "\"00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\"",
    };
    struct request r;
    struct msg_error e;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct msg_buffer b = changed(command_json, "traceparent", wrong[i]);
        assert_int_equal(request_read(b.at, b.size, &arena, &r, &e), 0);
        assert_true(text_empty(r.traceparent));
    }
    arena_reset(&arena);
}

static void mutated_frames_never_harm(void **state)
{
    const char *const frames[] = { command_json, event_json,
                                   "{\"id\":\"" COMMAND_ID "\",\"status\":\"busy\",\"result\":{},"
                                   "\"retry_after_ms\":250,\"replayed\":true}" };
    uint64_t seed = 11;
    int taken = 0;
    (void)state;
    for (int i = 0; i < 30000; i++) {
        struct msg_buffer b = packed(&arena, frames[i % 3]);
        struct msg_error e = { 0 };
        struct request request;
        struct envelope envelope;
        struct reply reply;
        struct id id;
        for (uint64_t n = sample_random(&seed) % 3 + 1; n; n--)
            b.at[sample_random(&seed) % b.size] = (uint8_t)sample_random(&seed);
        void *exact = malloc(b.size);
        memcpy(exact, b.at, b.size);
        if (msg_scan(exact, b.size, MSG_FRAME_MAX, &e) == 0) {
            taken += request_read(exact, b.size, &arena, &request, &e) == 0;
            taken += envelope_read(exact, b.size, &envelope, &e) == 0;
            taken += reply_read(exact, b.size, &id, &reply, &e) == 0;
        }
        free(exact);
        arena_reset(&arena);
    }
    assert_true(taken > 1000);
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
        cmocka_unit_test(an_envelope_is_read_and_written_alike),
        cmocka_unit_test(wrong_envelopes_are_refused),
        cmocka_unit_test(a_request_is_read_and_written_alike),
        cmocka_unit_test(a_bare_query_has_an_empty_body),
        cmocka_unit_test(wrong_requests_are_refused),
        cmocka_unit_test(the_edges_of_requests_are_taken),
        cmocka_unit_test(a_wrong_traceparent_is_dropped),
        cmocka_unit_test(mutated_frames_never_harm),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}

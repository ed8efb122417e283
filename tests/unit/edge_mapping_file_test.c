/* Tests of mapping files for JSON documents: what they refuse with which line, what their
 * expressions say. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/msg/json.h"
#include "services/edge/mapping.h"

extern const struct service_type escalation_service;

static const struct record *ticket_record(void)
{
    for (size_t i = 0; i < escalation_service.command_count; i++)
        if (strcmp(escalation_service.commands[i].name, "ticket.record") == 0)
            return escalation_service.commands[i].record;
    return NULL;
}

#define JSON_BASE "format: json\nmoment: updated_at\n"

static void a_wrong_file_is_named_with_its_line(void **state)
{
    static const struct {
        const char *text;
        unsigned line;
        const char *key, *rule;
    } rows[] = {
        { "format: xml\n", 1, "format", "must be csv or json" },
        { JSON_BASE "fields: {number: {column: a}}\n", 3, "fields.number", "files of rows" },
        { JSON_BASE "fields: {number: {at: a}}\n", 3, "fields.number.at", "is no expression" },
        { JSON_BASE "fields: {number: {at: $now}}\n", 3, "fields.number.at", "JSON Pointer nor" },
        { JSON_BASE "fields: {number: {at: $key}}\n", 3, "fields.number.at", "JSON Pointer nor" },
        { JSON_BASE "fields: {number: {at: /a~2}}\n", 3, "fields.number.at", "JSON Pointer nor" },
        { JSON_BASE "fields: {number: {at: '{/a'}}\n", 3, "fields.number.at", "without its }" },
        { JSON_BASE "fields: {number: {at: []}}\n", 3, "fields.number.at", "is empty" },
        { JSON_BASE "fields: {number: {at: /a, is: b}}\n", 3, "fields.number", "exactly one" },
        { JSON_BASE "fields: {priority: {at: /a, key: true}}\n", 3, "fields.priority", "no text" },
        { JSON_BASE "each: alerts\n", 3, "each", "must be a JSON Pointer" },
        { JSON_BASE "cases: {by: /a}\n", 3, "cases", "needs both by and are" },
        { JSON_BASE "reply: {accepted: {code: 99}}\n", 3, "reply.accepted.code", "200 to 599" },
        { JSON_BASE "reply: {accepted: {code: 200}}\n", 3, "reply.accepted", "code and body" },
        { JSON_BASE "reply: {accepted: {code: 200, body: {a: $b}}}\n", 3, "reply.accepted.body.a",
          "$key, $field, $rule" },
        { JSON_BASE "reply: {accepted: {code: 200, body: [[[[[[[[[a]]]]]]]]]}}\n", 3,
          "reply.accepted.body", "deeper than 8" },
        { JSON_BASE "reply: {accepted: {code: 200, body: {a: [b]}}}\n", 3, "reply",
          "both accepted and refused" },
        { JSON_BASE "details: {into: details, columns: [a]}\n", 3, "details", "keep" },
        { JSON_BASE "details: {into: details, keep: [{as: a}]}\n", 3, "details.keep", "needs as" },
        { JSON_BASE "details: {into: details, keep: [{as: a, each: $/b}]}\n", 3,
          "details.keep.each", "seen from the element" },
        { JSON_BASE "facts: [{when: a}]\nfields: {number: {at: /a}}\n", 0, "", "have cases" },
        { "moment: updated_at\nclient: {column: a}\nfields: {number: {column: a}}\neach: /a\n", 0,
          "", "are for documents" },
        { "fields: {number: {at: /a}}\n", 1, "fields.number", "are for documents" },
    };
    char path[] = "/tmp/redress-mapping-XXXXXX";
    int fd = mkstemp(path);
    (void)state;
    assert_int_equal(close(fd), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct mapping *m = NULL;
        struct mapping_error e = { .line = 0 };
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fputs(rows[i].text, file);
        fclose(file);
        assert_int_equal(mapping_load(path, ticket_record(), &m, &e), -EINVAL);
        if (e.line != rows[i].line || strcmp(e.key, rows[i].key) != 0 ||
            !strstr(e.rule, rows[i].rule))
            fail_msg("%s gave %u: %s: %s", rows[i].text, e.line, e.key, e.rule);
    }
    unlink(path);
}

/* --- expressions ------------------------------------------------------------------------------ */

static const char small_mapping[] = "format: json\n"
                                    "each: ''\n"
                                    "moment: updated_at\n"
                                    "needs: [/id, '{/a~1b/1}']\n"
                                    "client: {at: /client, missing: nobody}\n"
                                    "fields:\n"
                                    "  source: {at: $source, missing: small}\n"
                                    "  number: {at: '{/id}-{$/1/a~1b/0}-{/a~1b/1}'}\n"
                                    "  updated_at: {at: $received}\n"
                                    "  state: {is: new}\n"
                                    "  title: {at: [/x, /m~0n/, /t/01, /t/-, /t/1]}\n"
                                    "  made_sla: {at: /ok}\n"
                                    "  reopen_count: {at: /count, strip: ['#']}\n";

struct small {
    struct mapping *m;
    json_t *document;
    struct arena a;
    struct mapped *facts;
    uint32_t count;
    struct msg_error e;
    int r;
};

static struct small map_small(const char *text, const struct mapping_context *ctx)
{
    char path[] = "/tmp/redress-mapping-XXXXXX";
    struct small s = { .document = json_loads(text, JSON_ALLOW_NUL, NULL) };
    struct mapping_error e;
    int fd = mkstemp(path);
    assert_int_equal(write(fd, small_mapping, sizeof small_mapping - 1), sizeof small_mapping - 1);
    close(fd);
    if (mapping_load(path, ticket_record(), &s.m, &e) < 0)
        fail_msg("%u: %s: %s", e.line, e.key, e.rule);
    unlink(path);
    assert_non_null(s.document);
    s.r = mapping_json(s.m, s.document, ctx, &s.a, &s.facts, &s.count, &s.e);
    return s;
}

static void forget(struct small *s)
{
    json_decref(s->document);
    mapping_free(&s->m);
    arena_free(&s->a);
}

static void small_is(const struct mapped *f, const char *expected)
{
    json_t *body = json_from_msg(f->body, f->body_size);
    json_t *wanted = json_loads(expected, 0, NULL);
    char *text = json_dumps(body, JSON_SORT_KEYS);
    if (!json_equal(body, wanted))
        fail_msg("%s and not %s", text, expected);
    free(text);
    json_decref(body);
    json_decref(wanted);
}

static void expressions_say_what_they_name(void **state)
{
    const struct mapping_context ctx = { .received_at = DAYS };
    const struct mapping_context named = { TEXT_OF("acme"), TEXT_OF("desk"), DAYS };
    static const char document[] =
        "[{\"id\": 7, \"a/b\": [1, true], \"m~n\": {\"\": \" two \\n lines\"}, \"ok\": false,"
        "  \"count\": \"#3\"},"
        " {\"id\": \"x\", \"a/b\": [-2.5, \"y\"], \"t\": [\"no\", 12], \"client\": \"R&D\"}]";
    (void)state;
    struct small s = map_small(document, &ctx);
    assert_int_equal(s.count, 2);
    small_is(&s.facts[0], "{\"source\": \"small\", \"number\": \"7--2.5-true\", \"updated_at\": "
                          "\"1970-01-02T00:00:00.000000Z\", \"state\": \"new\", \"title\": "
                          "\"two lines\", \"made_sla\": false, \"reopen_count\": 3}");
    small_is(&s.facts[1],
             "{\"source\": \"small\", \"number\": \"x--2.5-y\", \"updated_at\": "
             "\"1970-01-02T00:00:00.000000Z\", \"state\": \"new\", \"title\": \"12\"}");
    assert_true(text_equal(s.facts[0].client, text_from("nobody")));
    assert_memory_equal(s.facts[1].client.at, "R-D-", 4);
    forget(&s);
    s = map_small(document, &named);
    assert_true(text_equal(s.facts[0].client, text_from("acme")));
    assert_memory_equal(s.facts[1].client.at, "R-D-", 4);
    const void *at;
    size_t size;
    struct text source;
    assert_int_equal(msg_member(s.facts[0].body, s.facts[0].body_size, "source", &at, &size), 0);
    assert_int_equal(msg_read_text(at, size, &source), 0);
    assert_true(text_equal(source, text_from("desk")));
    forget(&s);
}

static void what_does_not_fit_says_where(void **state)
{
    static const struct {
        const char *document, *field, *rule;
        int64_t received_at;
    } rows[] = {
        { "{}", "document", "must be a list", DAYS },
        { "[{\"a/b\": [1, 2]}]", "/0/id", "is required", DAYS },
        { "[{\"id\": 1, \"a/b\": [1]}]", "/0/a~1b/1", "is required", DAYS },
        { "[{\"id\": \"\\u0000\", \"a/b\": [1, 2]}]", "/0/id", "is required", DAYS },
        { "[{\"id\": 1, \"a/b\": [1, 2]}]", "/0/id", "number: is required", DAYS },
        { "[{\"id\": 1, \"a/b\": [1, 2]}, {\"a/b\": [3]}]", "/0", "updated_at: is missing", 0 },
        { "[{\"id\": 1, \"a/b\": [1, 2], \"ok\": \"perhaps\"}, {\"a/b\": [3]}]", "/0/ok",
          "made_sla: \"perhaps\" must be true or false", DAYS },
        { "[{\"id\": 1, \"a/b\": [1, 2], \"client\": [1]}, {\"a/b\": [3]}]", "/0/client",
          "client: must be a text without NUL, a number, true or false", DAYS },
        { "[{\"id\": 1, \"a/b\": [1, 2], \"t\": [0, \"\\u0000\"]}, {\"a/b\": [3]}]", "/0/t/1",
          "title: must be a text without NUL, a number, true or false", DAYS },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct mapping_context ctx = { .received_at = rows[i].received_at };
        struct small s = map_small(rows[i].document, &ctx);
        assert_int_equal(s.r, -EINVAL);
        assert_string_equal(s.e.field, rows[i].field);
        assert_string_equal(s.e.rule, rows[i].rule);
        assert_null(s.facts);
        forget(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_file_is_named_with_its_line),
        cmocka_unit_test(expressions_say_what_they_name),
        cmocka_unit_test(what_does_not_fit_says_where),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

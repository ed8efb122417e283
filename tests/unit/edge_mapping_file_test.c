/* Tests of mapping files for JSON documents: what they refuse, with which line. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "services/edge/mapping.h"

extern const struct service escalation_service;

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_file_is_named_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

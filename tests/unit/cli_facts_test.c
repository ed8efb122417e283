/* Tests of facts in memory: their order, the client of a ticket, bad rows; and of cursor files. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "services/cli/cursor.h"
#include "services/cli/import.h"
#include "services/edge/convert.h"

static char directory[] = "/tmp/redress-facts-XXXXXX";

static const char *path_of(const char *name)
{
    static char path[100];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static void put(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static const struct record *record(void)
{
    const struct service_type *s = cli_service(text_from("escalation"));
    for (size_t i = 0; i < s->command_count; i++)
        if (strcmp(s->commands[i].name, "ticket.record") == 0)
            return s->commands[i].record;
    return NULL;
}

static const char mapping[] = "dates: [iso]\n"
                              "moment: updated_at\n"
                              "order: [updated_at, number, mod_count, row]\n"
                              "client: {column: client, first_of: number, kept_as: site}\n"
                              "fields:\n"
                              "  source: {is: x}\n"
                              "  number: {column: number}\n"
                              "  updated_at: {column: at}\n"
                              "  mod_count: {column: mod}\n"
                              "  row: {row: true}\n"
                              "  state: {column: state}\n"
                              "  priority: {is: 3}\n"
                              "details: {into: details, columns: [note]}\n";

/* What went to standard error meanwhile is not part of the test's output. */
static int read_with(const char *yaml, const char *text, struct mapping **m, struct facts *f)
{
    struct mapping_error e;
    put("map.yaml", yaml);
    put("log.csv", text);
    assert_int_equal(mapping_load(path_of("map.yaml"), record(), m, &e), 0);
    int kept = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY);
    dup2(null, STDERR_FILENO);
    int code = facts_read(path_of("log.csv"), *m, f);
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(null);
    return code;
}

static int read_quietly(const char *csv, struct mapping **m, struct facts *f)
{
    return read_with(mapping, csv, m, f);
}

struct read_back {
    struct arena a;
    void *value;
};

static struct text text_of(struct read_back *b, const struct facts *f, size_t i, const char *name)
{
    struct msg_error e;
    b->value = arena_alloc(&b->a, record()->size);
    struct text body = facts_text(f, f->at[i].body);
    assert_int_equal(msg_decode(record(), body.at, body.length, &b->a, b->value, &e), 0);
    return *(const struct text *)field_at(record_field(record(), text_from(name)), b->value);
}

static void facts_come_in_the_order_of_the_mapping(void **state)
{
    struct mapping *m;
    struct facts f = { 0 };
    struct read_back b = { 0 };
    static const char *const wanted[] = { "a", "b", "b", "a", "c" };
    (void)state;
    assert_int_equal(read_quietly("number,at,mod,state,client,note\n"
                                  "c,2026-03-01T12:00:00Z,0,new,one,\n"
                                  "a,2026-03-01T11:00:00Z,1,active,one,\n"
                                  "b,2026-03-01T10:00:00Z,1,active,one,\n"
                                  "b,2026-03-01T10:00:00Z,0,new,one,\n"
                                  "a,2026-03-01T10:00:00Z,7,new,one,\n",
                                  &m, &f),
                     0);
    assert_int_equal(f.rows, 5);
    assert_int_equal(facts_sort(&f, m, record()), 0);
    for (size_t i = 0; i < 5; i++)
        assert_true(text_equal(text_of(&b, &f, i, "number"), text_from(wanted[i])));
    assert_int_equal(f.at[1].line, 5);
    assert_int_equal(f.at[2].line, 4);
    facts_free(&f);
    arena_free(&b.a);
    mapping_free(&m);
}

static void a_ticket_belongs_to_the_client_of_its_first_fact(void **state)
{
    struct mapping *m;
    struct facts f = { 0 };
    struct read_back b = { 0 };
    (void)state;
    assert_int_equal(read_quietly("number,at,mod,state,client,note\n"
                                  "a,2026-03-01T11:00:00Z,1,active,second,kept\n"
                                  "a,2026-03-01T10:00:00Z,0,new,first,\n"
                                  "b,2026-03-01T12:00:00Z,0,new,second,\n",
                                  &m, &f),
                     0);
    assert_int_equal(facts_sort(&f, m, record()), 0);
    assert_true(text_equal(facts_text(&f, f.at[0].client), text_from("first")));
    assert_true(text_equal(facts_text(&f, f.at[1].client), text_from("first")));
    assert_true(text_equal(facts_text(&f, f.at[2].client), text_from("second")));
    text_of(&b, &f, 1, "number");
    const struct text_map *details =
        field_at(record_field(record(), text_from("details")), b.value);
    assert_int_equal(details->count, 2);
    assert_true(text_equal(details->at[0].value, text_from("kept")));
    assert_true(text_equal(details->at[1].key, text_from("site")));
    assert_true(text_equal(details->at[1].value, text_from("second")));
    facts_free(&f);
    arena_free(&b.a);
    mapping_free(&m);
}

static void bad_rows_do_not_stop_the_rest(void **state)
{
    struct mapping *m;
    struct facts f = { 0 };
    (void)state;
    assert_int_equal(read_quietly("number,at,mod,state,client,note\n"
                                  "a,yesterday,0,new,one,\n"
                                  "b,2026-03-01T10:00:00Z,0,new,one\n"
                                  "\"c,2026-03-01T10:00:00Z,0,new,one,\n"
                                  "d,2026-03-01T10:00:00Z,0,new,one,\n",
                                  &m, &f),
                     0);
    assert_int_equal(f.rows, 1);
    assert_int_equal(f.bad, 3);
    assert_int_equal(f.count, 1);
    assert_int_equal(f.at[0].line, 5);
    facts_free(&f);
    mapping_free(&m);
}

static const char documents_mapping[] = "format: json\n"
                                        "each: /all\n"
                                        "moment: updated_at\n"
                                        "order: [updated_at]\n"
                                        "client: {at: /client, missing: one}\n"
                                        "fields:\n"
                                        "  source: {is: x}\n"
                                        "  number: {at: /number}\n"
                                        "  updated_at: {at: [/at, $received]}\n"
                                        "  state: {is: new}\n"
                                        "  priority: {is: 3}\n";

static void documents_follow_each_other(void **state)
{
    struct mapping *m;
    struct facts f = { 0 };
    struct read_back b = { 0 };
    (void)state;
    assert_int_equal(
        read_with(documents_mapping,
                  "\n{\"all\": [{\"number\": \"b\", \"at\": \"2026-03-01T11:00:00Z\"},\n"
                  "{\"number\": \"a\", \"at\": \"2026-03-01T10:00:00Z\"}]}"
                  "{\"all\": [{\"number\": \"c\", \"client\": \"two\"}]}\n"
                  "{\"all\": []}\r\n{\"all\": [{\"number\": 7, \"client\": \"two\", "
                  "\"at\": \"2026-03-01T12:00:00Z\"}]}\n",
                  &m, &f),
        0);
    assert_int_equal(f.bad, 1); /* a document does not say when it was received */
    assert_int_equal(f.rows, 3);
    assert_int_equal(facts_sort(&f, m, record()), 0);
    assert_true(text_equal(text_of(&b, &f, 0, "number"), text_from("a")));
    assert_true(text_equal(text_of(&b, &f, 1, "number"), text_from("b")));
    assert_true(text_equal(text_of(&b, &f, 2, "number"), text_from("7")));
    assert_int_equal(f.at[0].line, 2);
    assert_int_equal(f.at[2].line, 5);
    assert_true(text_equal(facts_text(&f, f.at[0].client), text_from("one")));
    assert_true(text_equal(facts_text(&f, f.at[2].client), text_from("two")));
    facts_free(&f);
    arena_free(&b.a);
    mapping_free(&m);
}

static void a_file_that_is_not_json_gives_nothing(void **state)
{
    static const char *const wrong[] = { "{\"all\": []}\n{\"all\": [}\n", "3\n", "{\"all\": [" };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct mapping *m;
        struct facts f = { 0 };
        assert_int_equal(read_with(documents_mapping, wrong[i], &m, &f), EXIT_FAILED);
        facts_free(&f);
        mapping_free(&m);
    }
}

static void a_file_without_the_columns_is_refused(void **state)
{
    struct mapping *m;
    struct facts f = { 0 };
    (void)state;
    assert_int_equal(read_quietly("a,b\n1,2\n", &m, &f), EXIT_USAGE);
    facts_free(&f);
    mapping_free(&m);
    assert_int_equal(read_quietly("", &m, &f), EXIT_USAGE);
    facts_free(&f);
    mapping_free(&m);
}

/* --- cursors ---------------------------------------------------------------------------------- */

static void a_cursor_comes_back_as_it_went(void **state)
{
    struct suite s = { .partitions = 3, .install = "01a20000-0000-7000-8000-000000000000" };
    struct follow f = { .suite = &s }, g = { .suite = &s };
    (void)state;
    assert_int_equal(follow_add(&f, "escalation", -1), 0);
    assert_int_equal(f.count, 3);
    f.at[0].epoch = 2;
    f.at[0].sequence = 41;
    f.at[2].epoch = 1;
    f.at[2].sequence = 7;
    assert_int_equal(cursor_read(path_of("seen.json"), &g), -ENOENT);
    assert_int_equal(cursor_write(path_of("seen.json"), &f), 0);
    assert_int_equal(follow_add(&g, "escalation", -1), 0);
    assert_int_equal(cursor_read(path_of("seen.json"), &g), 0);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(g.at[i].epoch, f.at[i].epoch);
        assert_int_equal(g.at[i].sequence, f.at[i].sequence);
    }
}

static void a_cursor_of_something_else_is_refused(void **state)
{
    struct suite s = { .partitions = 1, .install = "01a20000-0000-7000-8000-000000000000" };
    struct follow f = { .suite = &s };
    (void)state;
    assert_int_equal(follow_add(&f, "escalation", -1), 0);
    put("seen.json", "{\"install\": \"another\", \"positions\": {}}");
    assert_int_equal(cursor_read(path_of("seen.json"), &f), -ESTALE);
    put("seen.json", "{\"install\": ");
    assert_int_equal(cursor_read(path_of("seen.json"), &f), -EBADMSG);
    put("seen.json", "[]");
    assert_int_equal(cursor_read(path_of("seen.json"), &f), -EBADMSG);
    assert_int_equal(follow_add(&f, "nothing", -1), 0);
}

static int make_directory(void **state)
{
    (void)state;
    return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
    static const char *const names[] = { "map.yaml", "log.csv", "seen.json" };
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(path_of(names[i]));
    return rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_come_in_the_order_of_the_mapping),
        cmocka_unit_test(a_ticket_belongs_to_the_client_of_its_first_fact),
        cmocka_unit_test(bad_rows_do_not_stop_the_rest),
        cmocka_unit_test(documents_follow_each_other),
        cmocka_unit_test(a_file_that_is_not_json_gives_nothing),
        cmocka_unit_test(a_file_without_the_columns_is_refused),
        cmocka_unit_test(a_cursor_comes_back_as_it_went),
        cmocka_unit_test(a_cursor_of_something_else_is_refused),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}

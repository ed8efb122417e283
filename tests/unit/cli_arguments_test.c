/* Tests of the way from flags to a request: conversion of every kind, flags from rows, nearest
 * names, tables. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "services/cli/ask.h"
#include "services/cli/print.h"
#include "services/edge/convert.h"

static const struct command_row *command(const char *name)
{
    const struct service_type *s = cli_service(text_from("escalation"));
    for (size_t i = 0; i < s->command_count; i++)
        if (strcmp(s->commands[i].name, name) == 0)
            return &s->commands[i];
    return NULL;
}

static const struct field *field(const char *of, const char *name)
{
    return record_field(command(of)->record, text_from(name));
}

#define NOW (INT64_C(1456708560) * SECONDS)

struct scratch {
    struct arena a;
    struct msg_error e;
    _Alignas(max_align_t) char value[4096];
};

static int set(struct scratch *s, const char *of, const char *name, const char *text)
{
    const struct field *f = field(of, name);
    assert_true(command(of)->record->size <= sizeof s->value);
    return field_set_text(f, text_from(text), NOW, &s->a, s->value, &s->e);
}

static int64_t integer(struct scratch *s, const char *of, const char *name)
{
    return *(const int64_t *)field_at(field(of, name), s->value);
}

static void values_of_every_kind(void **state)
{
    struct scratch s = { 0 };
    (void)state;
    assert_int_equal(set(&s, "escalation.raise", "level", "3"), 0);
    assert_int_equal(integer(&s, "escalation.raise", "level"), 3);
    assert_int_equal(set(&s, "escalation.raise", "level", "three"), -EINVAL);
    assert_string_equal(s.e.field, "level");
    assert_int_equal(set(&s, "escalation.raise", "level", "99999999999999999999"), -EINVAL);
    assert_int_equal(set(&s, "escalation.raise", "cause", "Client_Wish"), 0);
    assert_int_equal(set(&s, "escalation.raise", "cause", "whim"), -EINVAL);
    assert_string_equal(s.e.rule, "must be one of hand, client_wish");
    assert_int_equal(set(&s, "ticket.record", "made_sla", "yes"), 0);
    assert_int_equal(set(&s, "ticket.record", "made_sla", "maybe"), -EINVAL);
    assert_int_equal(set(&s, "ticket.record", "title", " kept as it is "), 0);
    arena_free(&s.a);
}

static void instants_may_be_told_from_now(void **state)
{
    struct scratch s = { 0 };
    const char *of = "escalation.update", *name = "next_update_at";
    (void)state;
    assert_int_equal(set(&s, of, name, "+PT30M"), 0);
    assert_int_equal(integer(&s, of, name), NOW + 30 * MINUTES);
    assert_int_equal(set(&s, of, name, "-P1D"), 0);
    assert_int_equal(integer(&s, of, name), NOW - DAYS);
    assert_int_equal(set(&s, of, name, "1970-01-01T01:00:00+01:00"), 0);
    assert_int_equal(integer(&s, of, name), 0);
    assert_int_equal(set(&s, of, name, "+30m"), -EINVAL);
    assert_int_equal(set(&s, of, name, "2026-03-01T09:00:00"), -EINVAL);
    arena_free(&s.a);
}

static void lists_take_one_element_a_time(void **state)
{
    struct scratch s = { 0 };
    const char *of = "review.draft", *name = "actions";
    (void)state;
    assert_int_equal(
        set(&s, of, name, "action=replace disk, then test,owner=bo,due_at=2026-03-01T00:00:00Z"),
        0);
    assert_int_equal(set(&s, of, name, "owner=eve,due-at=+P1D,action=a=b"), 0);
    const struct list *list = field_at(field(of, name), s.value);
    assert_int_equal(list->count, 2);
    const struct record *r = field(of, name)->record;
    const struct field *action = record_field(r, text_from("action"));
    void *first = (void *)(uintptr_t)list->at;
    void *second = (char *)first + r->size;
    assert_true(text_equal(*(const struct text *)field_at(action, first),
                           text_from("replace disk, then test")));
    assert_true(text_equal(*(const struct text *)field_at(action, second), text_from("a=b")));
    assert_int_equal(*(const int64_t *)field_at(record_field(r, text_from("due_at")), second),
                     NOW + DAYS);
    assert_int_equal(set(&s, of, name, "what=x"), -EINVAL);
    assert_int_equal(set(&s, of, name, "due_at=tomorrow"), -EINVAL);
    arena_free(&s.a);
}

static void a_list_of_one_field_needs_no_name(void **state)
{
    struct scratch s = { 0 };
    (void)state;
    assert_int_equal(set(&s, "escalation.raise", "tickets", "uci:INC1"), 0);
    assert_int_equal(set(&s, "escalation.raise", "tickets", "ticket=uci:INC2"), 0);
    const struct list *list = field_at(field("escalation.raise", "tickets"), s.value);
    const struct record *r = field("escalation.raise", "tickets")->record;
    assert_int_equal(list->count, 2);
    for (uint32_t i = 0; i < 2; i++) {
        void *item = (char *)(uintptr_t)list->at + i * r->size;
        struct text t = *(const struct text *)field_at(&r->fields().at[0], item);
        assert_int_equal(t.length, 8);
    }
    arena_free(&s.a);
}

static void maps_take_pairs(void **state)
{
    struct scratch s = { 0 };
    (void)state;
    assert_int_equal(set(&s, "ticket.record", "details", "a=b=c"), 0);
    assert_int_equal(set(&s, "ticket.record", "details", "d="), 0);
    assert_int_equal(set(&s, "ticket.record", "details", "=x"), -EINVAL);
    assert_int_equal(set(&s, "ticket.record", "details", "x"), -EINVAL);
    const struct text_map *map = field_at(field("ticket.record", "details"), s.value);
    assert_int_equal(map->count, 2);
    assert_true(text_equal(map->at[0].value, text_from("b=c")));
    arena_free(&s.a);
}

static void flags_are_named_as_fields(void **state)
{
    struct arena a = { 0 };
    (void)state;
    assert_string_equal(ask_flag(field("escalation.update", "next_update_at"), &a).at,
                        "next-update-at");
    assert_string_equal(ask_flag(field("escalation.raise", "tickets"), &a).at, "ticket");
    assert_string_equal(ask_flag(field("ticket.record", "details"), &a).at, "detail");
    arena_free(&a);
}

/* --- a whole command line ------------------------------------------------------------------- */

static int ask(struct ask *a, struct cli *cli, const char *name, const char *line,
               struct request *ret)
{
    static char copy[1000];
    char *argv[64] = { (char *)"redress" };
    int argc = 1;
    const struct command_row *row = command(name);
    *a = (struct ask){ .cli = cli, .record = row->record };
    for (size_t i = 0; row->how == ON && i < row->record->fields().count; i++)
        if (strcmp(row->record->fields().at[i].name, row->noun) == 0)
            a->target = &row->record->fields().at[i];
    snprintf(copy, sizeof copy, "%s", line);
    for (char *rest = copy, *word; (word = strsep(&rest, "|"));)
        argv[argc++] = word;
    int code = ask_parse(a, argc, argv, row->doc, NULL);
    return code ? code : ask_request(a, row->name, NOW, ret);
}

static void a_command_line_becomes_a_request(void **state)
{
    struct cli cli = { 0 };
    struct ask *a = calloc(1, sizeof *a);
    struct request r;
    struct scratch s = { 0 };
    (void)state;
    int code = ask(
        a, &cli, "escalation.deescalate",
        "acme/esc-1|--level|2|--reason|calmer|--actor|ann|--expect|7|-o|json|--after|escalation/"
        "003=42",
        &r);
    assert_int_equal(code, 0);
    assert_true(text_equal(r.client, text_from("acme")));
    assert_true(text_equal(r.actor, text_from("ann")));
    assert_true(text_equal(r.type, text_from("escalation.deescalate")));
    assert_true(r.has_expect && r.expect == 7);
    assert_int_equal(r.after_count, 1);
    assert_true(text_equal(r.after[0].service, text_from("escalation")));
    assert_int_equal(r.after[0].partition, 3);
    assert_int_equal(r.after[0].sequence, 42);
    assert_int_equal(cli.output, OUTPUT_JSON);
    assert_int_equal(id_version(&r.id), 7);
    assert_int_equal(msg_scan(r.data, r.data_size, MSG_FRAME_MAX, &s.e), 0);
    assert_int_equal(msg_decode(command("escalation.deescalate")->record, r.data, r.data_size, &s.a,
                                s.value, &s.e),
                     0);
    assert_true(text_equal(
        *(const struct text *)field_at(field("escalation.deescalate", "escalation"), s.value),
        text_from("esc-1")));
    assert_int_equal(integer(&s, "escalation.deescalate", "level"), 2);
    arena_free(&s.a);
    arena_free(&a->arena);
    free(a);
}

static void the_client_may_stand_apart(void **state)
{
    struct cli cli = { 0 };
    struct ask *a = calloc(1, sizeof *a);
    struct request r;
    (void)state;
    assert_int_equal(ask(a, &cli, "escalation.ack", "esc-1|--client|acme", &r), 0);
    assert_true(text_equal(r.client, text_from("acme")));
    arena_free(&a->arena);
    assert_int_equal(ask(a, &cli, "escalation.ack", "acme/esc-1|--client|other", &r), EXIT_USAGE);
    arena_free(&a->arena);
    assert_int_equal(ask(a, &cli, "escalation.ack", "esc-1", &r), EXIT_USAGE);
    arena_free(&a->arena);
    assert_int_equal(ask(a, &cli, "escalation.ack", "--client|acme", &r), EXIT_USAGE);
    arena_free(&a->arena);
    free(a);
}

static void rules_of_fields_are_checked_here_too(void **state)
{
    struct cli cli = { 0 };
    struct ask *a = calloc(1, sizeof *a);
    struct request r;
    (void)state;
    assert_int_equal(ask(a, &cli, "escalation.deescalate", "acme/esc-1|--level|2", &r), EXIT_USAGE);
    arena_free(&a->arena);
    assert_int_equal(ask(a, &cli, "escalation.deescalate", "acme/esc-1|--level|9|--reason|x", &r),
                     EXIT_USAGE);
    arena_free(&a->arena);
    assert_int_equal(ask(a, &cli, "escalation.ack", "acme/esc-1|--id|7", &r), EXIT_USAGE);
    arena_free(&a->arena);
    free(a);
}

static void a_wrong_word_has_a_nearest(void **state)
{
    static const char *const names[] = { "up", "down", "status", "escalation", "import" };
    (void)state;
    assert_string_equal(cli_nearest("statsu", names, 5), "status");
    assert_string_equal(cli_nearest("escalatoin", names, 5), "escalation");
    assert_string_equal(cli_nearest("dwon", names, 5), "down");
    assert_null(cli_nearest("frobnicate", names, 5));
}

static void every_status_has_its_exit_code(void **state)
{
    (void)state;
    assert_int_equal(cli_exit_of_status(STATUS_ok), 0);
    assert_int_equal(cli_exit_of_status(STATUS_invalid), 2);
    assert_int_equal(cli_exit_of_status(STATUS_not_found), 3);
    assert_int_equal(cli_exit_of_status(STATUS_refused), 4);
    assert_int_equal(cli_exit_of_status(STATUS_version), 4);
    assert_int_equal(cli_exit_of_status(STATUS_id_reused), 4);
    assert_int_equal(cli_exit_of_status(STATUS_denied), 5);
    assert_int_equal(cli_exit_of_status(STATUS_busy), 6);
    assert_int_equal(cli_exit_of_status(STATUS_full), 6);
    assert_int_equal(cli_exit_of_errno(-ETIMEDOUT), 6);
    assert_int_equal(cli_exit_of_errno(-EINTR), 130);
}

/* --- tables ----------------------------------------------------------------------------------- */

static char *table(const char *rows, const char *const *names)
{
    char *text = NULL;
    size_t size;
    json_error_t e;
    json_t *value = json_loads(rows, 0, &e);
    FILE *out = open_memstream(&text, &size);
    assert_non_null(value);
    print_table(out, value, names);
    fclose(out);
    json_decref(value);
    return text;
}

static void tables_line_up(void **state)
{
    static const char *const names[] = { "name", "n", "never", "at", NULL };
    (void)state;
    char *text =
        table("[{\"name\": \"M\xc3\xbcller\", \"n\": 7, \"at\": \"2026-03-01T09:00:00.000000Z\"},"
              " {\"name\": \"x\", \"n\": 1234, \"at\": \"2026-03-01T09:00:00.250000Z\"}]",
              names);
    assert_string_equal(text, "name       n  at\n"
                              "M\xc3\xbcller     7  2026-03-01 09:00:00\n"
                              "x       1234  2026-03-01 09:00:00\n");
    free(text);
    text = table("[]", names);
    assert_string_equal(text, "");
    free(text);
}

static void a_text_never_speaks_to_the_terminal(void **state)
{
    static const char *const names[] = { "a", NULL };
    (void)state;
    char *text = table("[{\"a\": \"x\\u001b[2Jy\\u009bz\\u007f\\n\"}]", names);
    assert_string_equal(text, "a\nx [2Jy??z  \n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_every_kind),
        cmocka_unit_test(instants_may_be_told_from_now),
        cmocka_unit_test(lists_take_one_element_a_time),
        cmocka_unit_test(a_list_of_one_field_needs_no_name),
        cmocka_unit_test(maps_take_pairs),
        cmocka_unit_test(flags_are_named_as_fields),
        cmocka_unit_test(a_command_line_becomes_a_request),
        cmocka_unit_test(the_client_may_stand_apart),
        cmocka_unit_test(rules_of_fields_are_checked_here_too),
        cmocka_unit_test(a_wrong_word_has_a_nearest),
        cmocka_unit_test(every_status_has_its_exit_code),
        cmocka_unit_test(tables_line_up),
        cmocka_unit_test(a_text_never_speaks_to_the_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* query: see query.h. */
#include "services/cli/query.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/msg/json.h"
#include "common/store/answer.h"
#include "common/store/history.h"
#include "common/store/state.h"
#include "services/cli/ask.h"
#include "services/cli/follow.h"
#include "services/cli/offline.h"
#include "services/cli/print.h"
#include "services/cli/stranger.h"
#include "services/registry.h"

/* A query about one thing takes it as an argument: the first reference that is required. */
static const struct field *positional(const struct query_row *row)
{
    struct field_rows rows = row->parameters->fields();
    for (size_t i = 0; i < rows.count; i++)
        if (rows.at[i].kind == KIND_REFERENCE && rows.at[i].need == REQUIRED)
            return &rows.at[i];
    return NULL;
}

int query_ask(const struct suite *suite, struct client *c, const struct service_type *s,
              const struct query_row *row, const struct request *q, struct arena *a,
              struct reply *reply)
{
    if (!c)
        return offline_ask(suite, s, row, q, a, reply);
    return text_empty(q->client) ? client_query_all(c, s->name, row, q, a, reply)
                                 : client_ask(c, s->name, 0, q, a, reply);
}

/* Appends an answer's rows; asks on while there is a cursor and all are wanted. */
static int gather(const struct suite *suite, struct client *c, const struct service_type *s,
                  const struct query_row *row, struct ask *a, struct request *q, json_t *rows,
                  struct reply *reply)
{
    for (;;) {
        int r = query_ask(suite, c, s, row, q, &a->arena, reply);
        if (r < 0 || reply->status != STATUS_ok)
            return r;
        json_t *answer = json_from_msg(reply->result, reply->result_size);
        size_t known = json_array_size(rows);
        if (!answer)
            return -ENOMEM;
        if (json_is_array(answer))
            json_array_extend(rows, answer);
        else
            json_array_append(rows, answer); /* a query with one answer */
        json_decref(answer);
        for (size_t i = known; i < json_array_size(rows); i++)
            print_as_interface(json_array_get(rows, i));
        if (!a->all || text_empty(reply->cursor) || text_equal(reply->cursor, q->cursor))
            return 0;
        q->cursor = reply->cursor;
        q->id = id_new(real_now());
    }
}

static void say_none(const struct query_row *row, const struct ask *a)
{
    const struct field *of = positional(row);
    if (of && a->subject)
        cli_say("there is none: %s %s", of->name, a->subject);
    else
        cli_say("there is none");
}

static int show_many(const struct suite *suite, struct client *c, const struct service_type *s,
                     const struct query_row *row, struct ask *a, struct request *q)
{
    struct reply reply = { 0 };
    json_t *rows = json_array();
    int r = gather(suite, c, s, row, a, q, rows, &reply);
    int code = EXIT_OK;
    if (r < 0)
        code = cli_fail(r, NULL, "%s", row->name);
    else if (reply.status != STATUS_ok)
        code = cli_answer_failed(&reply);
    bool more = code == EXIT_OK && !text_empty(reply.cursor);
    if (code == EXIT_OK && a->cli->output == OUTPUT_JSON) {
        json_t *all = json_pack("{sO}", "rows", rows);
        if (more)
            json_object_set_new(all, "cursor", json_stringn(reply.cursor.at, reply.cursor.length));
        print_json(stdout, all);
        json_decref(all);
    } else if (code == EXIT_OK && positional(row) && json_array_size(rows) == 1) {
        print_object(stdout, json_array_get(rows, 0));
    } else if (code == EXIT_OK) {
        print_table(stdout, rows, print_columns(row->result, &a->arena));
        if (json_array_size(rows) == 0)
            say_none(row, a);
        if (more)
            cli_say("there are more: --all, or --cursor %.*s", TEXT_ARG(reply.cursor));
    }
    if (code == EXIT_OK && json_array_size(rows) == 0) {
        (void)stranger_said(suite, c, q->client);
        code = positional(row) ? EXIT_NOT_FOUND : code;
    }
    json_decref(rows);
    return code;
}

/* Lists of records become tables behind the rest, each under its name. */
static void print_answer(const struct query_row *row, const json_t *value, struct arena *a)
{
    struct field_rows fields = row->result->fields();
    json_t *rest = json_copy((json_t *)(uintptr_t)value);
    for (size_t i = 0; i < fields.count; i++)
        if (fields.at[i].kind == KIND_LIST)
            json_object_del(rest, fields.at[i].name);
    print_object(stdout, rest);
    for (size_t i = 0; i < fields.count; i++) {
        const struct field *f = &fields.at[i];
        const json_t *rows = f->kind == KIND_LIST ? json_object_get(value, f->name) : NULL;
        if (json_array_size(rows) == 0)
            continue;
        printf("\n%s\n", f->name);
        print_table(stdout, rows, print_columns(f->record, a));
    }
    json_decref(rest);
}

static int show_one(const struct suite *suite, struct client *c, const struct service_type *s,
                    const struct query_row *row, struct ask *a, const struct request *q)
{
    struct reply reply = { 0 };
    int r = query_ask(suite, c, s, row, q, &a->arena, &reply);
    if (r < 0)
        return cli_fail(r, NULL, "%s", row->name);
    if (reply.status != STATUS_ok)
        return cli_answer_failed(&reply);
    json_t *value = json_from_msg(reply.result, reply.result_size);
    if (!value)
        return cli_fail(-ENOMEM, NULL, "%s", row->name);
    if (a->cli->output == OUTPUT_JSON)
        print_json(stdout, value);
    else
        print_answer(row, value, &a->arena);
    const json_t *n = json_object_get(value, "n");
    if (json_is_integer(n) && json_integer_value(n) == 0)
        (void)stranger_said(suite, c, q->client);
    json_decref(value);
    return EXIT_OK;
}

int query_run(struct cli *cli, const struct service_type *s, const struct query_row *row, int argc,
              char **argv)
{
    struct suite suite;
    struct request q;
    struct client *client = NULL;
    struct ask *a = calloc(1, sizeof *a);
    if (!a)
        return EXIT_FAILED;
    a->cli = cli;
    a->record = row->parameters;
    a->target = positional(row);
    a->query = true;
    a->single = s->single;
    int code = ask_parse(a, argc, argv, row->doc,
                         !a->target  ? NULL
                         : a->single ? "ID"
                                     : "[CLIENT/]ID");
    if (code == 0)
        code = cli_suite(cli, &suite);
    if (code == 0)
        code = ask_request(a, row->name, suite_now(&suite.clock), &q);
    if (code == 0) {
        int r = follow_is_up(&suite) ? client_open(&suite, &client) : 0;
        if (r < 0)
            code = cli_fail(r, NULL, "cannot speak to the suite");
        else
            code = row->how != MANY ? show_one(&suite, client, s, row, a, &q)
                                    : show_many(&suite, client, s, row, a, &q);
        client_close(&client);
    }
    arena_free(&a->arena);
    free(a);
    return code;
}

/* The rows of a query whose parameters are in `body`; `a` is the caller's. */
static int rows_of(const struct cli *cli, const struct service_type *s, const struct query_row *row,
                   struct text client, const struct msg_buffer *body, struct ask *a, json_t **ret)
{
    struct suite suite;
    struct client *c = NULL;
    struct reply reply = { 0 };
    a->all = true;
    struct request q = { .query = true,
                         .id = id_new(real_now()),
                         .type = text_from(row->name),
                         .client = s->single ? PROVIDER_CLIENT : client,
                         .data = body->at,
                         .data_size = body->size,
                         .limit = ROWS_MAX };
    json_t *rows = json_array();
    int code = cli_suite(cli, &suite);
    if (code == 0) {
        int r = follow_is_up(&suite) ? client_open(&suite, &c) : 0;
        if (r == 0)
            r = gather(&suite, c, s, row, a, &q, rows, &reply);
        code = r < 0                       ? cli_fail(r, NULL, "%s", row->name)
               : reply.status != STATUS_ok ? cli_answer_failed(&reply)
                                           : 0;
        client_close(&c);
    }
    if (code)
        json_decref(rows);
    else
        *ret = rows;
    return code;
}

/* `parameters` is the struct of the query's record, or NULL and `members` an object of them. */
static int ask_rows(const struct cli *cli, const char *service, const char *query,
                    struct text client, const void *parameters, const json_t *members, json_t **ret)
{
    const struct service_type *s = cli_service(text_from(service));
    const struct query_row *row = s ? service_query(s, text_from(query)) : NULL;
    struct ask *a = calloc(1, sizeof *a);
    struct msg_error why = { 0 };
    if (!a || !row) {
        free(a);
        return cli_fail(-ENOMEM, NULL, "%s", query);
    }
    struct msg_buffer body = { .arena = &a->arena };
    int r = 0, code;
    if (parameters)
        msg_encode(row->parameters, parameters, &body);
    else
        r = json_to_msg(members, &body, &why);
    code = r < 0 ? cli_fail(r, &why, "%s", query) : rows_of(cli, s, row, client, &body, a, ret);
    arena_free(&a->arena);
    free(a);
    return code;
}

int query_rows(const struct cli *cli, const char *service, const char *query,
               const void *parameters, json_t **ret)
{
    return ask_rows(cli, service, query, (struct text){ 0 }, parameters, NULL, ret);
}

int query_rows_json(const struct cli *cli, const char *service, const char *query,
                    struct text client, const json_t *parameters, json_t **ret)
{
    return ask_rows(cli, service, query, client, NULL, parameters, ret);
}

/* --- redress query ---------------------------------------------------------------------------- */

static void list_queries(FILE *out)
{
    fputs("Usage: redress query NAME [FLAG...]\n\n", out);
    for (const struct service_type *const *s = services; *s; s++) {
        char name[HISTORY_NAME_MAX];
        const struct query_row history = history_row(*s, name);
        for (size_t i = 0; i < (*s)->query_count; i++)
            fprintf(out, "  %-28s %s\n", (*s)->queries[i].name, (*s)->queries[i].doc);
        fprintf(out, "  %-28s %s\n", history.name, history.doc);
    }
    fputs("\n`redress query NAME --help` lists the flags of one.\n", out);
}

static int unknown_query(const char *name)
{
    enum { QUERIES_MAX = 256 };
    const char *names[QUERIES_MAX];
    size_t n = 0;
    for (const struct service_type *const *s = services; *s; s++)
        for (size_t i = 0; i < (*s)->query_count && n < QUERIES_MAX; i++)
            names[n++] = (*s)->queries[i].name;
    const char *nearest = cli_nearest(name, names, n);
    if (nearest)
        cli_say("there is no query %s; did you mean %s?", name, nearest);
    else
        cli_say("there is no query %s; `redress query --help` lists them", name);
    return EXIT_USAGE;
}

int cli_run_query(struct cli *cli, int argc, char **argv)
{
    char name[256];
    if (argc < 2) {
        list_queries(stderr);
        return EXIT_USAGE;
    }
    if (argv[1][0] == '-') {
        bool help = strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-?") == 0 ||
                    strcmp(argv[1], "--usage") == 0;
        list_queries(help ? stdout : stderr);
        return help ? EXIT_OK : EXIT_USAGE;
    }
    const char *wanted = argv[1];
    snprintf(name, sizeof name, "redress query %s", wanted);
    for (const struct service_type *const *s = services; *s; s++) {
        if (history_asked(*s, text_from(wanted))) {
            char of[HISTORY_NAME_MAX];
            const struct query_row history = history_row(*s, of);
            argv[1] = name;
            return query_run(cli, *s, &history, argc - 1, argv + 1);
        }
        for (size_t i = 0; i < (*s)->query_count; i++) {
            if (strcmp((*s)->queries[i].name, wanted) == 0) {
                argv[1] = name;
                return query_run(cli, *s, &(*s)->queries[i], argc - 1, argv + 1);
            }
        }
    }
    return unknown_query(wanted);
}

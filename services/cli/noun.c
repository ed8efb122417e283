/* `redress NOUN VERB`: any command of any service, from its table; and `redress SERVICE NAME` for
 * its queries. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/msg/json.h"
#include "services/cli/ask.h"
#include "services/cli/print.h"
#include "services/cli/query.h"
#include "services/cli/stranger.h"
#include "services/registry.h"

struct known {
    const struct service_type *service;
    const struct command_row *command;
};

static bool find(const char *noun, const char *verb, struct known *ret)
{
    for (const struct service_type *const *s = services; *s; s++) {
        for (size_t i = 0; i < (*s)->command_count; i++) {
            const struct command_row *row = &(*s)->commands[i];
            if (strcmp(row->noun, noun) == 0 && strcmp(row->verb, verb) == 0) {
                *ret = (struct known){ *s, row };
                return true;
            }
        }
    }
    return false;
}

static const struct query_row *query_named(const struct service_type *s, const char *name)
{
    for (size_t i = 0; i < s->query_count; i++)
        if (strcmp(s->queries[i].name + strlen(s->name) + 1, name) == 0)
            return &s->queries[i];
    return NULL;
}

/* The queries about a noun's entities: those called as many of them, or as one, are. */
static const char *const lookups[] = { "list", "get" };
enum { LOOKUPS = sizeof lookups / sizeof *lookups };

static const struct query_row *lookup(const char *noun, size_t n, const struct service_type **ret)
{
    for (const struct service_type *const *s = services; *s; s++)
        for (size_t i = 0; i < (*s)->entity_count; i++) {
            const struct entity_row *e = &(*s)->entities[i];
            const struct query_row *q = NULL;
            if (strcmp(e->name, noun) == 0 && strcmp(noun, (*s)->name) != 0)
                q = query_named(*s, n == 0 ? e->plural : e->name);
            if (q) {
                *ret = *s;
                return q;
            }
        }
    return NULL;
}

/* Verbs that are more than a command or a query; one without words of its own is in a table, too.
 */
static const struct extra {
    const char *noun, *verb;
    int (*run)(struct cli *cli, int argc, char **argv);
    const char *doc;
} extras[] = {
    { "token", "grant", cli_run_token_grant, NULL },
    { "escalation", "timeline", cli_run_timeline, "The story of one escalation from its events." },
    { "roster", "feed", cli_run_roster_feed,
      "A link under which calendar programs read somebody's shifts." },
    { "roster", "handover", cli_run_roster_handover,
      "What whoever comes on duty takes over, to print or JSON." },
    { "report", "sip", cli_run_report,
      "The improvement programmes of a client, to print, CSV or JSON." },
};
enum { EXTRAS = sizeof extras / sizeof *extras };

/* Every verb behind a noun: its commands, and the queries of the service that is called so. */
enum { VERBS_MAX = 128 };
struct verb {
    const char *name, *doc;
};
static size_t verbs_of(const char *noun, struct verb ret[static VERBS_MAX])
{
    size_t n = 0, length = strlen(noun);
    for (const struct service_type *const *s = services; *s; s++) {
        for (size_t i = 0; i < (*s)->command_count && n < VERBS_MAX; i++)
            if (strcmp((*s)->commands[i].noun, noun) == 0)
                ret[n++] = (struct verb){ (*s)->commands[i].verb, (*s)->commands[i].doc };
        for (size_t i = 0; i < (*s)->query_count && n < VERBS_MAX; i++) {
            const struct query_row *q = &(*s)->queries[i];
            if (strncmp(q->name, noun, length) == 0 && q->name[length] == '.')
                ret[n++] = (struct verb){ q->name + length + 1, q->doc };
        }
    }
    for (size_t i = 0; i < LOOKUPS && n < VERBS_MAX; i++) {
        const struct service_type *service;
        const struct query_row *q = lookup(noun, i, &service);
        if (q)
            ret[n++] = (struct verb){ lookups[i], q->doc };
    }
    for (size_t i = 0; i < EXTRAS && n < VERBS_MAX; i++)
        if (strcmp(noun, extras[i].noun) == 0 && extras[i].doc)
            ret[n++] = (struct verb){ extras[i].verb, extras[i].doc };
    return n;
}

const char *cli_verb(const char *noun, size_t i)
{
    struct verb verbs[VERBS_MAX];
    return i < verbs_of(noun, verbs) ? verbs[i].name : NULL;
}

static void list_verbs(FILE *out, const char *noun)
{
    struct verb verbs[VERBS_MAX];
    size_t n = verbs_of(noun, verbs);
    fprintf(out, "Usage: redress %s VERB [ARGUMENT...]\n\n", noun);
    for (size_t i = 0; i < n; i++)
        fprintf(out, "  %-16s %s\n", verbs[i].name, verbs[i].doc);
    fprintf(out, "\n`redress %s VERB --help` lists the flags of one.\n", noun);
}

static int unknown_verb(const char *noun, const char *verb)
{
    struct verb verbs[VERBS_MAX];
    const char *names[VERBS_MAX];
    size_t n = verbs_of(noun, verbs);
    for (size_t i = 0; i < n; i++)
        names[i] = verbs[i].name;
    const char *nearest = cli_nearest(verb, names, n);
    if (nearest)
        cli_say("%s has no verb %s; did you mean %s?", noun, verb, nearest);
    else
        cli_say("%s has no verb %s; `redress %s --help` lists them", noun, verb, noun);
    return EXIT_USAGE;
}

int cli_answer_failed(const struct reply *reply)
{
    const char *open = " (", *close = "";
    cli_progress_end();
    fprintf(stderr, "redress: %s", status_name(reply->status));
    if (!text_empty(reply->message))
        fprintf(stderr, ": %.*s", TEXT_ARG(reply->message));
    if (!text_empty(reply->code)) {
        fprintf(stderr, "%scode %.*s", open, TEXT_ARG(reply->code));
        open = ", ";
        close = ")";
    }
    if (!text_empty(reply->field)) {
        fprintf(stderr, "%sfield %.*s", open, TEXT_ARG(reply->field));
        close = ")";
    }
    fprintf(stderr, "%s\n", close);
    return cli_exit_of_status(reply->status);
}

static void print_reply_json(const struct request *r, const struct reply *reply, struct arena *a)
{
    struct msg_buffer b = { .arena = a };
    reply_write(&r->id, reply, &b);
    json_t *value = json_from_msg(b.at, b.size);
    if (value)
        print_json(stdout, print_as_interface(value));
    json_decref(value);
}

/* "escalation acked: acme/esc-1, version 42" */
static void print_sentence(const struct command_row *row, const struct request *r,
                           const struct reply *reply)
{
    const void *at;
    size_t size;
    struct text id = { 0 };
    if (reply->result && msg_member(reply->result, reply->result_size, "id", &at, &size) == 0)
        msg_read_text(at, size, &id);
    bool provider = text_equal(r->client, PROVIDER_CLIENT);
    printf("%s %.*s%s%.*s: %s", row->name, provider ? 0 : (int)r->client.length, r->client.at,
           provider ? "" : "/", TEXT_ARG(id), reply->replayed ? "known already" : "done");
    printf(", version %llu\n", (unsigned long long)reply->version);
}

static int send_command(struct ask *a, const struct known *f, const struct suite *s)
{
    struct client *client = NULL;
    struct request request;
    struct reply reply = { 0 };
    int code = ask_request(a, f->command->name, suite_now(&s->clock), &request);
    if (code)
        return code;
    int r = client_open(s, &client);
    if (r == 0)
        r = client_ask(client, f->service->name, 0, &request, &a->arena, &reply);
    if (r < 0) {
        code = cli_fail(r, NULL, "%s", f->service->name);
    } else {
        if (a->cli->output == OUTPUT_JSON)
            print_reply_json(&request, &reply, &a->arena);
        else if (reply.status == STATUS_ok)
            print_sentence(f->command, &request, &reply);
        code = reply.status == STATUS_ok ? EXIT_OK : cli_answer_failed(&reply);
        if (code == EXIT_OK && f->command->how == CREATES)
            (void)stranger_said(s, client, request.client);
    }
    client_close(&client);
    return code;
}

static int run_command(struct cli *cli, const struct known *f, int argc, char **argv)
{
    struct suite suite;
    struct ask *a = calloc(1, sizeof *a);
    if (!a)
        return EXIT_FAILED;
    a->cli = cli;
    a->record = f->command->record;
    a->single = f->service->single;
    if (f->command->how == ON) {
        struct field_rows rows = a->record->fields();
        for (size_t i = 0; i < rows.count; i++)
            if (strcmp(rows.at[i].name, f->command->noun) == 0)
                a->target = &rows.at[i];
    }
    int code = ask_parse(a, argc, argv, f->command->doc,
                         !a->target  ? NULL
                         : a->single ? "ID"
                                     : "CLIENT/ID");
    if (code == 0)
        code = cli_suite(cli, &suite);
    if (code == 0)
        code = send_command(a, f, &suite);
    arena_free(&a->arena);
    free(a);
    return code;
}

int cli_run_noun(struct cli *cli, int argc, char **argv)
{
    char name[256];
    struct known f;
    const char *noun = strrchr(argv[0], ' ') + 1;
    if (argc < 2) {
        list_verbs(stderr, noun);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-?") == 0 ||
        strcmp(argv[1], "--usage") == 0 || strcmp(argv[1], "help") == 0) {
        list_verbs(stdout, noun);
        return EXIT_OK;
    }
    const char *verb = argv[1];
    snprintf(name, sizeof name, "redress %s %s", noun, verb);
    argv[1] = name;
    for (size_t i = 0; i < EXTRAS; i++)
        if (strcmp(noun, extras[i].noun) == 0 && strcmp(verb, extras[i].verb) == 0)
            return extras[i].run(cli, argc - 1, argv + 1);
    if (find(noun, verb, &f))
        return run_command(cli, &f, argc - 1, argv + 1);
    const struct service_type *s = cli_service(text_from(noun));
    const struct query_row *q = s ? query_named(s, verb) : NULL;
    for (size_t i = 0; i < LOOKUPS && !q; i++)
        if (strcmp(verb, lookups[i]) == 0)
            q = lookup(noun, i, &s);
    return q ? query_run(cli, s, q, argc - 1, argv + 1) : unknown_verb(noun, verb);
}

/* `redress apply -f DIR`: files are read, compared with what there is, and what differs is set. */
#include "services/cli/apply.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/json.h"
#include "services/cli/ask.h"
#include "services/cli/print.h"
#include "services/cli/query.h"
#include "services/edge/convert.h"

enum { KEY_DRY = 0x100, KEY_ACTOR };

struct run {
    struct cli *cli;
    const char *files, *actor;
    bool dry;
    struct apply apply;
    struct client *client;
};

/* --- what there is -----------------------------------------------------------------------------
 */

static int ask_query(struct run *x, const struct apply_kind *k, const struct query_row *row,
                     const void *parameters, struct text cursor, struct reply *reply)
{
    struct msg_buffer body = { .arena = &x->apply.arena };
    msg_encode(row->parameters, parameters, &body);
    const struct request q = {
        .query = true,
        .id = id_new(real_now()),
        .type = text_from(row->name),
        .client = PROVIDER_CLIENT,
        .data = body.at,
        .data_size = body.size,
        .cursor = cursor,
    };
    int r = client_ask(x->client, k->service->name, 0, &q, &x->apply.arena, reply);
    if (r < 0)
        return cli_fail(r, NULL, "%s", k->service->name);
    return reply->status == STATUS_ok ? 0 : cli_answer_failed(reply);
}

/* The rows of an answer, by their first field, which names them. */
static size_t keep_rows(struct apply_kind *k, const struct query_row *row,
                        const struct reply *reply)
{
    const char *key = row->result->fields().at[0].name;
    json_t *rows = json_from_msg(reply->result, reply->result_size);
    size_t n = json_array_size(rows);
    for (size_t i = 0; i < n; i++) {
        json_t *one = json_array_get(rows, i);
        json_object_set(k->is, json_string_value(json_object_get(one, key)), one);
    }
    json_decref(rows);
    return n;
}

static int read_kind(struct run *x, struct apply_kind *k)
{
    struct text cursor = { 0 };
    void *parameters = arena_alloc(&x->apply.arena, k->all->parameters->size);
    k->is = json_object();
    for (;;) {
        struct reply reply = { 0 };
        int code = ask_query(x, k, k->all, parameters, cursor, &reply);
        if (code)
            return code;
        keep_rows(k, k->all, &reply);
        if (text_empty(reply.cursor) || text_equal(reply.cursor, cursor))
            return 0;
        cursor = reply.cursor;
    }
}

/* One entity with its version, so that what is compared is what is replaced. */
static int read_one(struct run *x, struct apply_item *i)
{
    struct apply_kind *k = &x->apply.kinds[i->kind - x->apply.kinds];
    struct field_rows rows = k->one->parameters->fields();
    void *parameters = arena_alloc(&x->apply.arena, k->one->parameters->size);
    struct reply reply = { 0 };
    for (size_t n = 0; n < rows.count; n++)
        if (rows.at[n].kind == KIND_REFERENCE && rows.at[n].need == REQUIRED) {
            *(struct text *)field_at(&rows.at[n], parameters) = i->id;
            field_given(&rows.at[n], parameters);
        }
    int code = ask_query(x, k, k->one, parameters, (struct text){ 0 }, &reply);
    if (code)
        return code;
    i->version = keep_rows(k, k->one, &reply) ? reply.version : 0;
    if (!i->version)
        json_object_del(k->is, arena_text(&x->apply.arena, i->id).at);
    apply_compare(&x->apply, i);
    return 0;
}

static int read_all(struct run *x)
{
    struct apply *a = &x->apply;
    int code = 0;
    for (uint32_t n = 0; n < a->kind_count && code == 0; n++)
        code = read_kind(x, &a->kinds[n]);
    if (code)
        return code;
    apply_plan(a);
    for (uint32_t n = 0; n < a->count && code == 0 && a->error_count == 0; n++)
        if (a->items[n].change == CHANGE_EDIT)
            code = read_one(x, &a->items[n]);
    return code;
}

/* --- commands ----------------------------------------------------------------------------------
 */

/* The same for the same content over the same version: an apply that was interrupted says the same
 * again. */
static struct id derived_id(struct arena *a, const struct apply_item *i, const struct msg_buffer *b)
{
    struct msg_buffer all = { .arena = a };
    msg_put_key(&all, i->kind->set->name);
    msg_put_text(&all, i->id);
    msg_put_integer(&all, (int64_t)i->version);
    msg_put_raw(&all, b->at, b->size);
    return id_derive_bytes("apply", 0, all.at, all.size);
}

int apply_say_no(const struct apply_item *i, const struct reply *reply)
{
    char field[256];
    snprintf(field, sizeof field, "%.*s", TEXT_ARG(reply->field));
    const struct apply_place *at = apply_place(i, field);
    const struct mark *mark = at->mark.file ? &at->mark : &i->mark;
    cli_say("%s:%u:%u: %s%s%s: the %s %.*s is %s: %.*s%s%.*s%s", mark->file, mark->line,
            mark->column, i->path, *field ? "." : "", field, i->kind->entity->name, TEXT_ARG(i->id),
            status_name(reply->status), TEXT_ARG(reply->message),
            text_empty(reply->code) ? "" : " (", TEXT_ARG(reply->code),
            text_empty(reply->code) ? "" : ")");
    return cli_exit_of_status(reply->status);
}

/* Somebody else was there; or it was this very command, whose answer got lost. */
static int look_again(struct run *x, struct apply_item *i, const void *value)
{
    struct apply_item now = *i;
    now.value = (void *)(uintptr_t)value;
    now.wanted = NULL;
    int code = read_one(x, &now);
    bool same = code == 0 && now.is && now.change == CHANGE_NONE;
    json_decref(now.wanted);
    if (code)
        return code;
    if (same) {
        i->version = now.version;
        return 0;
    }
    cli_say("%s:%u:%u: %s: the %s %.*s was changed by somebody else meanwhile, it is at version "
            "%llu; apply again to see how it differs",
            i->mark.file, i->mark.line, i->mark.column, i->path, i->kind->entity->name,
            TEXT_ARG(i->id), (unsigned long long)now.version);
    return EXIT_CONFLICT;
}

static int send_one(void *arg, struct apply_item *i, const void *value)
{
    struct run *x = arg;
    struct arena *arena = &x->apply.arena;
    struct msg_buffer body = { .arena = arena };
    struct reply reply = { 0 };
    msg_encode(i->kind->set->record, value, &body);
    const struct request request = {
        .id = derived_id(arena, i, &body),
        .type = text_from(i->kind->set->name),
        .client = PROVIDER_CLIENT,
        .actor = text_from(x->actor),
        .data = body.at,
        .data_size = body.size,
        .has_expect = true,
        .expect = i->version,
    };
    int r = client_ask(x->client, i->kind->service->name, 0, &request, arena, &reply);
    if (r < 0)
        return cli_fail(r, NULL, "%s %.*s", i->kind->set->name, TEXT_ARG(i->id));
    if (reply.status == STATUS_version)
        return look_again(x, i, value);
    if (reply.status != STATUS_ok)
        return apply_say_no(i, &reply);
    i->version = reply.version;
    return 0;
}

/* --- the run -----------------------------------------------------------------------------------
 */

static int say_errors(const struct apply *a)
{
    for (uint32_t n = 0; n < a->error_count && n < APPLY_ERRORS_MAX; n++)
        cli_say("%.*s", TEXT_ARG(a->errors[n]));
    if (a->error_count > APPLY_ERRORS_MAX)
        cli_say("there are more errors than these %d", APPLY_ERRORS_MAX);
    return a->error_count ? EXIT_USAGE : 0;
}

static void show_end(struct run *x, int code)
{
    struct apply_counts c = apply_count(&x->apply);
    uint32_t all = c.add + c.edit;
    if (x->cli->output == OUTPUT_JSON) {
        json_t *plan = apply_json(&x->apply);
        json_object_set_new(plan, "dry_run", json_boolean(x->dry));
        print_json(stdout, plan);
        json_decref(plan);
    } else if (all == 0) {
        puts("nothing to change");
    } else if (code && c.done == 0) {
        puts("nothing was sent");
    } else if (x->dry) {
        printf("%u to add, %u to change; nothing was sent\n", c.add, c.edit);
    } else if (code == 0 && c.done == all) {
        printf("applied: %u added, %u changed\n", c.add, c.edit);
    } else {
        printf("applied %u of %u; apply again for the rest\n", c.done, all);
    }
}

static bool in_colours(void)
{
    const char *none = getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) && !(none && *none);
}

static bool changes(const struct apply *a)
{
    struct apply_counts c = apply_count(a);
    return c.add + c.edit > 0;
}

static int run_suite(struct run *x)
{
    struct suite suite;
    struct apply *a = &x->apply;
    int code = cli_suite(x->cli, &suite);
    if (code)
        return code;
    int r = client_open(&suite, &x->client);
    if (r < 0)
        return cli_fail(r, NULL, "cannot speak to the suite");
    code = read_all(x);
    if (code == 0)
        code = say_errors(a);
    if (code)
        return code;
    if (x->cli->output == OUTPUT_TABLE)
        apply_show(a, stdout, in_colours());
    fflush(stdout);
    code = changes(a) ? apply_rehearse(a, &suite) : 0;
    if (code == 0 && !x->dry)
        code = apply_order(a, send_one, x);
    show_end(x, code);
    if (cli_stopped)
        return EXIT_INTERRUPTED;
    return code && apply_count(a).done ? EXIT_PARTIAL : code;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct run *x = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = x->cli;
        return 0;
    case 'f':
        x->files = arg;
        return 0;
    case KEY_DRY:
        x->dry = true;
        return 0;
    case KEY_ACTOR:
        x->actor = arg;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "what is %s for? Files go behind -f", arg);
        return 0;
    case ARGP_KEY_END:
        if (!x->files)
            argp_error(state, "which files? Give -f DIR");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int cli_run_apply(struct cli *cli, int argc, char **argv)
{
    static const struct argp_option options[] = {
        { "filename", 'f', "DIR", 0, "Every *.yaml and *.yml under it; or one file", 1 },
        { "dry-run", KEY_DRY, NULL, 0, "Only show what would change", 1 },
        { "actor", KEY_ACTOR, "NAME", 0, "Who does it (REDRESS_ACTOR, else your login name)", 1 },
        { 0 },
    };
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .doc = "Brings the catalog to what files say: shows what differs, and sets it.\n\n"
               "A file holds lists under clients, people and groups; the keys are the flags of "
               "`redress client set` and its like. What is in no file stays as it is. Nothing is "
               "sent unless every file is right; what was sent before an interruption is not sent "
               "again.",
        .children = cli_children,
    };
    struct run *x = calloc(1, sizeof *x);
    if (!x)
        return EXIT_FAILED;
    x->cli = cli;
    apply_begin(&x->apply);
    int code = cli_parse(&argp, argc, argv, x);
    if (!x->actor)
        x->actor = ask_actor();
    if (code == 0) {
        cli_catch_signals();
        apply_read(&x->apply, x->files);
        code = say_errors(&x->apply);
    }
    if (code == 0)
        code = run_suite(x);
    client_close(&x->client);
    apply_end(&x->apply);
    free(x);
    return code;
}

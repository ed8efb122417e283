/* `redress timeline [CLIENT[/ESCALATION]]`: who was escalated to, when and why, from the events
 * alone: of one escalation from its history and its tickets', else from whole logs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/token.h"
#include "common/msg/json.h"
#include "common/store/history.h"
#include "services/cli/follow.h"
#include "services/cli/print.h"
#include "services/cli/query.h"
#include "services/cli/story.h"

struct timeline {
    struct cli *cli;
    const char *subject, *client_flag; /* as given */
    struct text client, escalation; /* empty: all of them */
    struct story story;
    json_t *lines;
    json_t *names; /* escalation -> what people call it: its first ticket or its title */
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct timeline *t = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = t->cli;
        return 0;
    case 'c':
        t->client_flag = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (t->subject)
            argp_error(state, "what is %s for?", arg);
        t->subject = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* What an escalation is called in a list. */
static const char *name_of(struct timeline *t, struct text id, const json_t *data)
{
    char key[256];
    snprintf(key, sizeof key, "%.*s", TEXT_ARG(id));
    json_t *known = json_object_get(t->names, key);
    if (known)
        return json_string_value(known);
    json_t *first = json_array_get(json_object_get(data, "tickets"), 0);
    const char *name = json_string_value(json_object_get(first, "ticket"));
    if (!name)
        name = json_string_value(json_object_get(data, "title"));
    json_object_set_new(t->names, key, json_string(name ? name : key));
    return json_string_value(json_object_get(t->names, key));
}

static int take(void *arg, const struct envelope *e, const struct published *raw)
{
    struct timeline *t = arg;
    struct story_line line;
    struct text client, id;
    (void)raw;
    subject_split(e->subject, &client, &id);
    if (!text_empty(t->client) && !text_equal(client, t->client))
        return 0;
    json_t *data = json_from_msg(e->data, e->data_size);
    if (story_tell(&t->story, e, data, &line) &&
        (text_empty(t->escalation) || text_equal(id, t->escalation))) {
        char at[INSTANT_TEXT + 1];
        instant_print(line.at, at);
        json_t *row =
            json_pack("{ss ss% ss ss% ss ss ss ss ss%}", "at", at, "client", client.at,
                      (size_t)client.length, "about", name_of(t, id, data), "escalation", id.at,
                      (size_t)id.length, "level", line.level, "what", line.what, "to", line.to,
                      "why", line.why, "type", e->type.at, (size_t)e->type.length);
        json_array_append_new(t->lines, row);
    }
    json_decref(data);
    return 0;
}

/* Partitions are read one after another; people read by time. Equal instants keep their order. */
struct placed {
    const char *at;
    size_t place;
    json_t *row;
};

static int by_time(const void *left, const void *right)
{
    const struct placed *a = left, *b = right;
    int r = strcmp(a->at, b->at);
    return r ? r : (a->place > b->place) - (a->place < b->place);
}

static void sort_lines(struct timeline *t)
{
    size_t n = json_array_size(t->lines);
    struct placed *all = malloc((n + 1) * sizeof *all);
    if (!all)
        return;
    for (size_t i = 0; i < n; i++) {
        json_t *row = json_incref(json_array_get(t->lines, i));
        all[i] = (struct placed){ json_string_value(json_object_get(row, "at")), i, row };
    }
    qsort(all, n, sizeof *all, by_time);
    json_array_clear(t->lines);
    for (size_t i = 0; i < n; i++)
        json_array_append_new(t->lines, all[i].row);
    free(all);
}

static void show(struct timeline *t)
{
    static const char *const all[] = {
        "at", "client", "about", "level", "what", "to", "why", NULL
    };
    static const char *const one[] = { "at", "level", "what", "to", "why", NULL };
    sort_lines(t);
    if (t->cli->output == OUTPUT_TABLE) {
        print_table(stdout, t->lines, text_empty(t->escalation) ? all : one);
        return;
    }
    json_t *value = json_pack("{sO}", "timeline", t->lines);
    print_json(stdout, value);
    json_decref(value);
}

/* --- one escalation --------------------------------------------------------------------------- */

/* Events of a history, the newest first, and the tickets that their data names. */
struct told {
    const struct suite *suite;
    struct client *client; /* NULL: the suite is down */
    const struct service_type *service;
    struct arena arena;
    const struct envelope **events;
    size_t count, room;
    struct history_subject tickets[HISTORY_ALSO_MAX];
    uint32_t ticket_count;
};

static const struct text escalation_noun = TEXT_OF("escalation"), ticket_noun = TEXT_OF("ticket");

static void keep_event(struct told *told, const struct envelope *e)
{
    if (told->count == told->room) {
        told->room = told->room ? 2 * told->room : 64;
        const struct envelope **grown =
            arena_alloc(&told->arena, told->room * sizeof(const struct envelope *));
        if (told->count)
            memcpy(grown, told->events, told->count * sizeof(const struct envelope *));
        told->events = grown;
    }
    told->events[told->count++] = e;
}

static int keep_page(struct told *told, const struct reply *reply)
{
    struct reader r = reader_over(reply->result, reply->result_size);
    struct token rows;
    if (!reader_next(&r, &rows) || rows.kind != TOKEN_ARRAY)
        return -EBADMSG;
    for (uint32_t i = 0; i < rows.count; i++) {
        struct msg_error why;
        struct envelope *e = arena_alloc(&told->arena, sizeof *e);
        const uint8_t *at = r.at;
        if (!reader_skip(&r) || envelope_read(at, (size_t)(r.at - at), e, &why) < 0)
            return -EBADMSG;
        keep_event(told, e);
    }
    return 0;
}

/* All pages of a history; what was kept before is forgotten. 0 or the exit code. */
static int ask_history(struct told *told, struct timeline *t)
{
    char name[HISTORY_NAME_MAX];
    const struct query_row row = history_row(told->service, name);
    const struct history h = { .noun = escalation_noun,
                               .id = t->escalation,
                               .also = { told->tickets, told->ticket_count } };
    struct msg_buffer body = { .arena = &told->arena };
    struct reply reply = { 0 };
    msg_encode(row.parameters, &h, &body);
    told->count = 0;
    do {
        const struct request q = { .query = true,
                                   .id = id_new(real_now()),
                                   .type = text_from(row.name),
                                   .client = t->client,
                                   .data = body.at,
                                   .data_size = body.size,
                                   .limit = 500,
                                   .cursor = reply.cursor };
        int r = query_ask(told->suite, told->client, told->service, &row, &q, &told->arena, &reply);
        if (r == 0 && reply.status != STATUS_ok)
            return cli_answer_failed(&reply);
        if (r == 0)
            r = keep_page(told, &reply);
        if (r < 0)
            return cli_fail(r, NULL, "%s", row.name);
    } while (!text_empty(reply.cursor));
    return 0;
}

static bool is_known(const struct told *told, struct text ticket)
{
    for (uint32_t i = 0; i < told->ticket_count; i++)
        if (text_equal(told->tickets[i].id, ticket))
            return true;
    return false;
}

/* An escalation's tickets came with its raise, or with another one that was merged into it. */
static void find_tickets(struct told *told)
{
    for (size_t i = 0; i < told->count; i++) {
        const struct envelope *e = told->events[i];
        json_t *data = json_from_msg(e->data, e->data_size), *named;
        size_t n;
        json_array_foreach(json_object_get(data, "tickets"), n, named)
        {
            const struct text id = text_from(json_string_value(json_object_get(named, "ticket")));
            if (!text_empty(id) && !is_known(told, id) && told->ticket_count < HISTORY_ALSO_MAX)
                told->tickets[told->ticket_count++] =
                    (struct history_subject){ .noun = ticket_noun,
                                              .id = arena_text(&told->arena, id) };
        }
        json_decref(data);
    }
}

/* What the tickets' clocks said is why it was raised and climbed. */
static int tell_one(struct timeline *t, struct told *told)
{
    int code = ask_history(told, t);
    if (code)
        return code;
    find_tickets(told);
    if (told->ticket_count)
        code = ask_history(told, t);
    for (size_t i = told->count; code == 0 && i-- > 0;)
        take(t, told->events[i], NULL);
    return code;
}

static int run_one(struct timeline *t, const struct suite *suite)
{
    struct told *told = calloc(1, sizeof *told);
    if (!told)
        return EXIT_FAILED;
    told->suite = suite;
    told->service = cli_service(escalation_noun);
    int r = follow_is_up(suite) ? client_open(suite, &told->client) : 0;
    int code = r < 0 ? cli_fail(r, NULL, "cannot speak to the suite") : tell_one(t, told);
    client_close(&told->client);
    arena_free(&told->arena);
    free(told);
    return code;
}

/* --- all of them ------------------------------------------------------------------------------ */

static int run_all(struct timeline *t, struct suite *suite)
{
    struct msg_error why = { 0 };
    struct follow f = { .suite = suite, .to_head = true, .event = take, .arg = t };
    int partition = text_empty(t->client) ? -1 : (int)partition_of(t->client, suite->partitions);
    int r = follow_add(&f, "escalation", partition);
    cli_catch_signals();
    if (r == 0)
        r = follow_run(&f, &why);
    if (r == -EINTR)
        return EXIT_INTERRUPTED;
    return r < 0 ? cli_fail(r, &why, "cannot read the events") : EXIT_OK;
}

static int run(struct timeline *t, struct suite *suite)
{
    bool one = !text_empty(t->escalation) && !text_empty(t->client);
    int code = one ? run_one(t, suite) : run_all(t, suite);
    if (code)
        return code;
    if (json_array_size(t->lines) == 0 && !text_empty(t->escalation)) {
        cli_say("%.*s has no escalation %.*s", TEXT_ARG(t->client), TEXT_ARG(t->escalation));
        return EXIT_NOT_FOUND;
    }
    show(t);
    return EXIT_OK;
}

int cli_run_timeline(struct cli *cli, int argc, char **argv)
{
    static const struct argp_option options[] = {
        { "client", 'c', "CLIENT", 0, "Whose; may stand before the id instead", 0 },
        { 0 },
    };
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "[CLIENT[/ESCALATION]]",
        .doc = "Who was escalated to, when and why: the story of one escalation, of a client, or "
               "of all.",
        .children = cli_children,
    };
    struct timeline t = { .cli = cli };
    struct suite suite;
    int code = cli_parse(&argp, argc, argv, &t);
    if (code == 0)
        code = cli_suite(cli, &suite);
    if (code)
        return code;
    if (t.subject && strchr(t.subject, '/'))
        subject_split(text_from(t.subject), &t.client, &t.escalation);
    else if (t.client_flag)
        t.escalation = text_from(t.subject);
    else
        t.client = text_from(t.subject);
    if (t.client_flag)
        t.client = text_from(t.client_flag);
    t.lines = json_array();
    t.names = json_object();
    code = story_open(&t.story) < 0 ? EXIT_FAILED : run(&t, &suite);
    story_close(&t.story);
    json_decref(t.lines);
    json_decref(t.names);
    return code;
}

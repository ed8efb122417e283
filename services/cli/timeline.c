/* `redress timeline [CLIENT[/ESCALATION]]`: who was escalated to, when and why, from the events
 * alone. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/json.h"
#include "services/cli/follow.h"
#include "services/cli/print.h"
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

static int run(struct timeline *t, struct suite *suite)
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
    if (r < 0)
        return cli_fail(r, &why, "cannot read the events");
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

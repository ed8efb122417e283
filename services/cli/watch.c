/* `redress event watch`: events as they happen, or since a moment, or since a cursor file. */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/msg/json.h"
#include "services/cli/cursor.h"
#include "services/cli/print.h"
#include "services/cli/supervise.h"
#include "services/edge/convert.h"

enum { KEY_SERVICE = 0x100, KEY_SINCE, KEY_TYPE, KEY_CLIENT, KEY_COUNT, KEY_CURSOR };

static const struct argp_option options[] = {
    { "since", KEY_SINCE, "WHEN", 0,
      "PT1H ago, an instant, or where a cursor file ended; without it: from now on", 0 },
    { "type", KEY_TYPE, "GLOB", 0, "Only these types, such as 'escalation.*'", 0 },
    { "client", KEY_CLIENT, "CLIENT", 0, "Only this client's", 0 },
    { "service", KEY_SERVICE, "SERVICE", 0, "Only this service's", 0 },
    { "count", KEY_COUNT, "N", 0, "End after so many", 0 },
    { "cursor", KEY_CURSOR, "FILE", 0, "Go on where this file says, and keep it up to date", 0 },
    { 0 },
};

struct watch {
    struct cli *cli;
    const char *service, *since, *type, *client, *cursor;
    int64_t count;
    /* while it runs */
    struct follow follow;
    int64_t from, shown;
    int64_t written_ms;
    bool moved, printed;
    struct arena arena;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct watch *w = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = w->cli;
        return 0;
    case KEY_SERVICE:
        if (!cli_service(text_from(arg)))
            argp_error(state, "there is no service %s", arg);
        w->service = arg;
        return 0;
    case KEY_SINCE:
        w->since = arg;
        return 0;
    case KEY_TYPE:
    case ARGP_KEY_ARG:
        if (w->type)
            argp_error(state, "what is %s for? One pattern of types is enough", arg);
        w->type = arg;
        return 0;
    case KEY_CLIENT:
        w->client = arg;
        return 0;
    case KEY_COUNT:
        if (integer_parse(text_from(arg), &w->count) < 0 || w->count < 1)
            argp_error(state, "--count takes a number, 1 or more, not %s", arg);
        return 0;
    case KEY_CURSOR:
        w->cursor = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static bool wanted(const struct watch *w, const struct envelope *e)
{
    char type[128];
    if (e->time < w->from || (w->client && !text_equal(e->partition_key, text_from(w->client))))
        return false;
    snprintf(type, sizeof type, "%.*s", TEXT_ARG(e->type));
    return !w->type || fnmatch(w->type, type, 0) == 0;
}

static void show_line(struct watch *w, const struct envelope *e, const json_t *event)
{
    enum { DATA_MAX = 100 };
    char when[PRINT_INSTANT_MAX];
    struct text data = print_cell(json_object_get(event, "data"), &w->arena);
    print_instant(e->time, when);
    struct text type = print_safe(e->type, &w->arena), subject = print_safe(e->subject, &w->arena);
    printf("%s  %-26.*s  %.*s  %.*s%s\n", when, TEXT_ARG(type), TEXT_ARG(subject),
           data.length < DATA_MAX ? (int)data.length : DATA_MAX, data.at,
           data.length > DATA_MAX ? "..." : "");
}

static int show(void *arg, const struct envelope *e, const struct published *raw)
{
    struct watch *w = arg;
    w->moved = true;
    if (!wanted(w, e))
        return 0;
    json_t *event = json_from_msg(raw->envelope, raw->size);
    if (!event)
        return -ENOMEM;
    if (w->cli->output == OUTPUT_JSON)
        print_json(stdout, print_as_interface(event));
    else
        show_line(w, e, event);
    json_decref(event);
    arena_reset(&w->arena);
    w->printed = true;
    return ++w->shown == w->count;
}

/* What was printed goes out before the cursor says so: whoever is killed between the two sees
 * events again, never not. */
static int keep(struct watch *w)
{
    if (w->printed && fflush(stdout) != 0)
        return -errno;
    w->printed = false;
    if (!w->cursor || !w->moved)
        return 0;
    w->moved = false;
    w->written_ms = monotonic_ms();
    return cursor_write(w->cursor, &w->follow);
}

static int pause_for(void *arg)
{
    enum { EVERY_MS = 100 };
    struct watch *w = arg;
    if (w->cursor && monotonic_ms() - w->written_ms < EVERY_MS)
        return w->printed && fflush(stdout) != 0 ? -errno : 0;
    return keep(w);
}

static int use_cursor(struct watch *w, const char *path)
{
    int r = cursor_read(path, &w->follow);
    if (r == -ESTALE)
        cli_say("%s is a cursor of another installation than %s", path, w->cli->data);
    else if (r == -EBADMSG)
        cli_say("%s is no cursor file", path);
    else if (r < 0)
        cli_say("cannot read %s: %s", path, strerror(-r));
    return r == -ESTALE ? EXIT_CONFLICT : r < 0 ? EXIT_USAGE : 0;
}

/* Where to begin. 0, or the exit code. */
static int begin(struct watch *w)
{
    int64_t ago;
    bool resumed = w->cursor && access(w->cursor, F_OK) == 0;
    if (resumed)
        return use_cursor(w, w->cursor);
    if (w->since && duration_parse(text_from(w->since), &ago) == 0) {
        w->from = suite_now(&w->follow.suite->clock) - ago;
        return 0;
    }
    if (w->since && instant_parse(text_from(w->since), &w->from) == 0)
        return 0;
    if (w->since)
        return use_cursor(w, w->since);
    if (!follow_is_up(w->follow.suite))
        return 0;
    int r = follow_from_head(&w->follow);
    return r < 0 ? cli_fail(r, NULL, "cannot find the newest events") : 0;
}

static int run(struct watch *w, struct suite *suite)
{
    struct msg_error why = { 0 };
    w->follow = (struct follow){ .suite = suite, .event = show, .arg = w, .pause = pause_for };
    int r = follow_add(&w->follow, w->service, -1);
    int code = r < 0 ? cli_fail(r, NULL, "cannot follow") : begin(w);
    if (code)
        return code;
    cli_catch_signals();
    r = follow_run(&w->follow, &why);
    int kept = keep(w);
    if (r == -ESTALE) {
        cli_say(
            "the log is no continuation of what was read before; begin anew without the cursor");
        return EXIT_CONFLICT;
    }
    if (r == -EPIPE)
        return EXIT_OK;
    if (r < 0 && r != -EINTR)
        return cli_fail(r, &why, "cannot follow");
    if (kept < 0 && kept != -EPIPE)
        return cli_fail(kept, NULL, "cannot write %s", w->cursor ? w->cursor : "the output");
    return r == -EINTR ? EXIT_INTERRUPTED : EXIT_OK;
}

int cli_run_event(struct cli *cli, int argc, char **argv)
{
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "[TYPE-GLOB]",
        .doc = "Prints events; with -o json an envelope a line. While the suite is down it reads "
               "the logs and "
               "ends at their head.\n\n"
               "  redress event watch 'escalation.*' --since PT1H\n"
               "  redress event watch --cursor seen.json -o json | ./handle-each\v",
        .children = cli_children,
    };
    char name[] = "redress event watch";
    struct watch w = { .cli = cli };
    struct suite suite;
    bool help = argc > 1 && argv[1][0] == '-';
    if (argc < 2 || (!help && strcmp(argv[1], "watch") != 0)) {
        cli_say("event has one verb: redress event watch [TYPE-GLOB]");
        return EXIT_USAGE;
    }
    char **rest = help ? argv : argv + 1;
    rest[0] = name;
    int code = cli_parse(&argp, help ? argc : argc - 1, rest, &w);
    if (code == 0)
        code = cli_suite(cli, &suite);
    if (code == 0)
        code = run(&w, &suite);
    arena_free(&w.arena);
    return code;
}

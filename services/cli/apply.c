/* `redress apply -f DIR`: files are read, compared with what there is, and what differs is set. */
#include "services/cli/apply.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "services/cli/ask.h"
#include "services/cli/print.h"
#include "services/cli/query.h"

enum { KEY_DRY = 0x100, KEY_ACTOR, KEY_PRUNE };

struct run {
    struct cli *cli;
    const char *files, *actor;
    bool dry;
    struct apply apply;
    struct suite suite;
    struct client *client;
};

/* --- the run -----------------------------------------------------------------------------------
 */

int apply_say_errors(const struct apply *a)
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
    uint32_t all = c.add + c.edit + c.remove;
    char out[40] = "";
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
        if (x->apply.prune)
            snprintf(out, sizeof out, ", %u to remove", c.remove);
        printf("%u to add, %u to change%s; nothing was sent\n", c.add, c.edit, out);
    } else if (code == 0 && c.done == all) {
        if (x->apply.prune)
            snprintf(out, sizeof out, ", %u removed", c.remove);
        printf("applied: %u added, %u changed%s\n", c.add, c.edit, out);
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
    return c.add + c.edit + c.remove > 0;
}

static int ask_suite(void *arg, const struct service_type *s, const struct query_row *row,
                     const struct request *q, struct arena *arena, struct reply *reply)
{
    struct run *x = arg;
    return query_ask(&x->suite, x->client, s, row, q, arena, reply);
}

static int run_suite(struct run *x)
{
    struct apply *a = &x->apply;
    int code = cli_suite(x->cli, &x->suite);
    if (code)
        return code;
    int r = client_open(&x->suite, &x->client);
    if (r < 0)
        return cli_fail(r, NULL, "cannot speak to the suite");
    code = apply_look(a, ask_suite, x);
    if (code == 0)
        code = apply_differ(a, ask_suite, x);
    if (code == 0)
        code = apply_say_errors(a);
    if (code == 0)
        code = apply_versions(a, x->client);
    if (code)
        return code;
    if (x->cli->output == OUTPUT_TABLE)
        apply_show(a, stdout, in_colours());
    fflush(stdout);
    code = changes(a) ? apply_rehearse(a, &x->suite) : 0;
    if (code == 0 && !x->dry)
        code = apply_over_bus(a, x->client, x->actor);
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
    case KEY_PRUNE:
        x->apply.prune = true;
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
        { "prune", KEY_PRUNE, NULL, 0, "Remove what no file says; shown as - lines", 1 },
        { "actor", KEY_ACTOR, "NAME", 0, "Who does it (REDRESS_ACTOR, else your login name)", 1 },
        { 0 },
    };
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .doc = "Brings the catalog to what files say: shows what differs, and sets it.\n\n"
               "A file holds lists under clients, people, services and all else that can be set; "
               "the keys are the flags of `redress client set` and its like. What is in no file "
               "stays as it is, or goes with --prune. Nothing is sent unless every file is right; "
               "what was sent before an interruption is not sent again. `redress export` writes "
               "such files.",
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
        code = apply_say_errors(&x->apply);
    }
    if (code == 0)
        code = run_suite(x);
    client_close(&x->client);
    apply_end(&x->apply);
    free(x);
    return code;
}

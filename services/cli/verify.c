/* `redress verify`: proves the data of a suite that is down, partition by partition. */
#include "common/store/verify.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "services/cli/cli.h"
#include "services/cli/offline.h"
#include "services/cli/print.h"
#include "services/cli/supervise.h"
#include "services/registry.h"

struct verify {
    struct cli *cli;
    const char *service;
    json_t *rows;
    bool differs;
    int failed; /* the exit code of a partition that could not be looked at, 0 for none */
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct verify *v = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = v->cli;
        return 0;
    case 's':
        if (!cli_service(text_from(arg)))
            argp_error(state, "there is no service %s", arg);
        v->service = arg;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "what is %s for?", arg);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void folding(void *arg, uint64_t folded, uint64_t head)
{
    (void)arg;
    cli_progress("folding", folded, head);
}

static json_t *report_row(const char *service, uint32_t n, const struct verify_report *r)
{
    bool equal = r->chain_ok && r->state_ok;
    json_t *row = json_pack(
        "{ss si sI sI sI sb sb sI ss ss}", "service", service, "partition", (int)n, "events",
        (json_int_t)r->events, "redacted", (json_int_t)r->redacted, "epochs", (json_int_t)r->epochs,
        "chain_ok", (int)r->chain_ok, "state_ok", (int)r->state_ok, "state_rows",
        (json_int_t)r->state_rows, "chain", r->chain, "verdict", equal ? "equal" : "differs");
    if (r->difference[0])
        json_object_set_new(row, "difference", json_string(r->difference));
    return row;
}

static void verify_one(struct verify *v, const struct suite *s, const struct service_type *service,
                       uint32_t n)
{
    char directory[SUITE_PATH_MAX];
    struct verify_report report = { 0 };
    struct msg_error why = { 0 };
    struct arena arena = { 0 };
    void *options = arena_alloc(&arena, service->options_size + 1);
    struct partition_options o = offline_options(s, service, n, options, directory);
    o.progress = folding;
    int r = 0;
    if (r == 0 && access(directory, F_OK) < 0)
        r = -ENOENT;
    if (r == 0)
        r = partition_verify(&o, &report, &why);
    cli_progress_end();
    if (r == -ENOENT) {
        cli_say("%s/%03u was never opened", service->name, n);
    } else if (r < 0) {
        v->failed = cli_fail(r, &why, "cannot verify %s/%03u", service->name, n);
    } else {
        v->differs = v->differs || !report.chain_ok || !report.state_ok;
        json_array_append_new(v->rows, report_row(service->name, n, &report));
    }
    arena_free(&arena);
}

static void show(const struct verify *v)
{
    static const char *const columns[] = { "service",  "partition",  "events",
                                           "chain_ok", "state_ok",   "state_rows",
                                           "redacted", "difference", NULL };
    if (v->cli->output == OUTPUT_TABLE) {
        print_table(stdout, v->rows, columns);
        return;
    }
    json_t *all =
        json_pack("{sb sO}", "equal", (int)(!v->differs && !v->failed), "partitions", v->rows);
    print_json(stdout, all);
    json_decref(all);
}

int cli_run_verify(struct cli *cli, int argc, char **argv)
{
    static const struct argp_option options[] = {
        { "service", 's', "SERVICE", 0, "Only this service", 0 },
        { 0 },
    };
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .doc = "Reads every event (checksum, chain, sequence), folds the log anew and compares the "
               "outcome with "
               "the state. The suite must be down. Exit code 1 when something differs.",
        .children = cli_children,
    };
    struct verify v = { .cli = cli };
    struct suite suite;
    int code = cli_parse(&argp, argc, argv, &v);
    if (code == 0)
        code = cli_suite(cli, &suite);
    if (code)
        return code;
    if (supervise_holder(&suite) > 0) {
        cli_say("%s is up; verify needs it down (redress down)", cli->data);
        return EXIT_CONFLICT;
    }
    v.rows = json_array();
    for (const struct service_type *const *s = services; *s; s++)
        for (uint32_t n = 0; n < suite_partitions(&suite, (*s)->name); n++)
            if (!v.service || strcmp(v.service, (*s)->name) == 0)
                verify_one(&v, &suite, *s, n);
    show(&v);
    json_decref(v.rows);
    return v.differs ? EXIT_FAILED : v.failed;
}

/* `redress verify`: proves the data of a suite that is down, partition by partition. */
#include "common/store/verify.h"

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
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

/* --- a partition ------------------------------------------------------------------------------
 */

/* What a process that looked at a partition says of it; smaller than PIPE_BUF, so all or nothing.
 */
struct verified {
    int error;
    struct verify_report report;
    struct msg_error why;
};

static int look(const struct partition_options *o, int out)
{
    struct verified is = { .error = 0 };
    is.error = partition_verify(o, &is.report, &is.why);
    cli_progress_end();
    return write(out, &is, sizeof is) == (ssize_t)sizeof is ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* A store is read where it lies in memory, and one that is damaged may lead anywhere: who reads it
 * is a process of its own, so that its end is no end of the others'. */
static struct verified verify_apart(const struct partition_options *o)
{
    struct verified is = { .error = -EIO };
    int ends[2], status = 0;
    if (pipe(ends) < 0)
        return (struct verified){ .error = -errno };
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        _exit(look(o, ends[1]));
    if (pid < 0)
        is.error = -errno;
    close(ends[1]);
    if (pid > 0 && read(ends[0], &is, sizeof is) != (ssize_t)sizeof is)
        is = (struct verified){ .error = -EUCLEAN };
    close(ends[0]);
    if (pid > 0 && waitpid(pid, &status, 0) == pid && WIFSIGNALED(status)) {
        int by = WTERMSIG(status);
        bool astray = by == SIGBUS || by == SIGSEGV || by == SIGABRT;
        snprintf(is.why.rule, sizeof is.why.rule, "%swho read them ended by %s",
                 astray ? "its files are damaged: " : "", strsignal(by));
    }
    return is;
}

static void verify_one(struct verify *v, const struct suite *s, const struct service_type *service,
                       uint32_t n)
{
    char directory[SUITE_PATH_MAX];
    struct verified is = { .error = 0 };
    struct arena arena = { 0 };
    void *options = arena_alloc(&arena, service->options_size + 1);
    struct partition_options o = offline_options(s, service, n, options, directory);
    o.progress = folding;
    if (access(directory, F_OK) < 0)
        is.error = -ENOENT;
    else
        is = verify_apart(&o);
    if (is.error == -ENOENT) {
        cli_say("%s/%03u was never opened", service->name, n);
    } else if (is.error < 0) {
        v->failed = cli_fail(is.error, &is.why, "cannot verify %s/%03u", service->name, n);
    } else {
        v->differs = v->differs || !is.report.chain_ok || !is.report.state_ok;
        json_array_append_new(v->rows, report_row(service->name, n, &is.report));
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

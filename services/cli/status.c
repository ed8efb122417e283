/* `redress down`, `status`, `endpoints`: the running suite from outside. */
#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "services/cli/health.h"
#include "services/cli/print.h"
#include "services/cli/supervise.h"
#include "services/registry.h"

static error_t parse_nothing(int key, char *arg, struct argp_state *state)
{
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = state->input;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "what is %s for?", arg);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void sleep_ms(long ms)
{
    struct timespec t = { ms / 1000, ms % 1000 * 1000000L };
    nanosleep(&t, NULL);
}

int cli_run_down(struct cli *cli, int argc, char **argv)
{
    enum { WAIT_MS = SUPERVISE_DRAIN_MS + 5000 };
    static const struct argp argp = {
        .parser = parse_nothing,
        .doc = "Stops a suite: what is under way is finished, then its processes end.",
        .children = cli_children,
    };
    struct suite suite;
    int code = cli_parse(&argp, argc, argv, cli);
    if (code == 0)
        code = cli_suite(cli, &suite);
    if (code)
        return code;
    pid_t pid = supervise_holder(&suite);
    if (pid == 0) {
        cli_say("%s is not up", cli->data);
        return EXIT_OK;
    }
    if (pid < 0)
        return cli_fail(pid, NULL, "cannot read %s/run/supervisor.pid", suite.directory);
    if (kill(pid, SIGTERM) < 0)
        return cli_fail(-errno, NULL, "cannot stop process %d", (int)pid);
    for (int64_t until = monotonic_ms() + WAIT_MS; supervise_holder(&suite) == pid;) {
        if (monotonic_ms() > until) {
            cli_say("process %d does not end", (int)pid);
            return EXIT_UNAVAILABLE;
        }
        sleep_ms(20);
    }
    cli_say("%s is down", cli->data);
    return EXIT_OK;
}

int cli_run_status(struct cli *cli, int argc, char **argv)
{
    static const struct argp argp = {
        .parser = parse_nothing,
        .doc = "What runs, partition by partition. Exit code 6 when not all is ready.",
        .children = cli_children,
    };
    struct suite suite;
    struct client *client = NULL;
    int code = cli_parse(&argp, argc, argv, cli);
    if (code == 0)
        code = cli_suite(cli, &suite);
    if (code)
        return code;
    int r = client_open(&suite, &client);
    if (r < 0)
        return cli_fail(r, NULL, "cannot speak to the suite");
    json_t *all = health_all(client, &suite);
    bool ready = json_is_true(json_object_get(all, "ready"));
    health_print(cli, all);
    json_decref(all);
    client_close(&client);
    return ready ? EXIT_OK : EXIT_UNAVAILABLE;
}

static json_t *endpoint(const struct serving *s)
{
    return json_pack("{ss si ss ss ss sI ss}", "service", s->service, "partition",
                     (int)s->partition, "command", s->command, "events", s->events, "replay",
                     s->replay, "epoch", (json_int_t)s->epoch, "instance", s->instance);
}

int cli_run_endpoints(struct cli *cli, int argc, char **argv)
{
    static const struct argp argp = {
        .parser = parse_nothing,
        .doc = "The addresses that programs speak to, of every partition that is served.",
        .children = cli_children,
    };
    struct suite suite;
    int code = cli_parse(&argp, argc, argv, cli);
    if (code == 0)
        code = cli_suite(cli, &suite);
    if (code)
        return code;
    json_t *rows = json_array();
    for (const struct service_type *const *v = services; *v; v++) {
        struct serving serving;
        for (uint32_t n = 0; n < suite_partitions(&suite, (*v)->name); n++)
            if (suite_serving_read(&suite, (*v)->name, n, &serving) == 0)
                json_array_append_new(rows, endpoint(&serving));
    }
    bool any = json_array_size(rows) > 0;
    json_t *all = json_pack("{so}", "endpoints", rows);
    if (cli->output == OUTPUT_JSON)
        print_json(stdout, all);
    else
        print_table(stdout, rows, NULL);
    json_decref(all);
    if (!any)
        cli_say("%s is not up", cli->data);
    return any ? EXIT_OK : EXIT_UNAVAILABLE;
}

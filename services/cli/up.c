/* `redress up`: starts a suite, says when it is ready, keeps it running. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "services/cli/health.h"
#include "services/cli/supervise.h"
#include "services/cli/up.h"
#include "services/edge/convert.h"
#include "services/registry.h"

enum {
    KEY_HTTP = 0x100,
    KEY_PARTITIONS,
    KEY_CLOCK,
    KEY_ADOPT,
    KEY_DETACH,
    KEY_CONFIG,
    KEY_LEVEL,
    KEY_WAIT
};

static const struct argp_option options[] = {
    { "http", KEY_HTTP, "ADDR:PORT", 0, "Serve HTTP there as well", 0 },
    { "partitions", KEY_PARTITIONS, "N", 0, "Partitions of a new suite, 1 to 256 (1)", 0 },
    { "clock", KEY_CLOCK, "CLOCK", 0,
      "The clock of a new suite: real, or x60 for a minute a second", 0 },
    { "adopt-clock", KEY_ADOPT, NULL, 0, "Take over imported history: what was due in it lapses",
      0 },
    { "detach", KEY_DETACH, NULL, 0, "Return when all is ready; the suite goes on", 0 },
    { "config", KEY_CONFIG, "FILE", 0, "Settings of the services, name: value lines", 0 },
    { "log-level", KEY_LEVEL, "LEVEL", 0, "debug, info, warning or error", 0 },
    { "wait", KEY_WAIT, "DURATION", 0, "How long all may take to be ready (PT2M)", 0 },
    { 0 },
};

int up_parse_clock(const char *arg, int64_t *ret)
{
    if (strcmp(arg, "real") == 0) {
        *ret = 1;
        return 0;
    }
    if (arg[0] != 'x' || integer_parse(text_from(arg + 1), ret) < 0)
        return -EINVAL;
    return *ret >= 1 && *ret <= SUITE_RATE_MAX ? 0 : -EINVAL;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct up *u = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = u->cli;
        return 0;
    case KEY_HTTP:
        if (!strchr(arg, ':'))
            argp_error(state, "--http takes ADDR:PORT, such as 127.0.0.1:8080, not %s", arg);
        u->http = arg;
        return 0;
    case KEY_PARTITIONS:
        if (integer_parse(text_from(arg), &u->partitions) < 0 || u->partitions < 1 ||
            u->partitions > SUITE_PARTITIONS_MAX)
            argp_error(state, "--partitions takes 1 to %d, not %s", SUITE_PARTITIONS_MAX, arg);
        return 0;
    case KEY_CLOCK:
        if (up_parse_clock(arg, &u->rate) < 0)
            argp_error(state, "--clock takes real, or x1 to x%d, not %s", SUITE_RATE_MAX, arg);
        return 0;
    case KEY_ADOPT:
        u->adopt = true;
        return 0;
    case KEY_DETACH:
        u->detach = true;
        return 0;
    case KEY_CONFIG:
        u->config = realpath(
            arg, NULL); /* the processes are told it by its full name; lives as long as they */
        if (!u->config)
            argp_failure(state, EXIT_USAGE, errno, "--config %s", arg);
        return 0;
    case KEY_LEVEL:
        u->level = arg;
        return 0;
    case KEY_WAIT:
        if (duration_parse(text_from(arg), &u->wait) < 0)
            argp_error(state, "--wait takes a duration such as PT2M, not %s", arg);
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "what is %s for?", arg);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* --- what is to run --------------------------------------------------------------------------- */

static int add_child(struct supervisor *s, const char *name, const struct service_type *service,
                     const char *const *arguments)
{
    char directory[SUITE_PATH_MAX];
    struct child c = { .service = service };
    uint32_t n = 1;
    cli_program_directory(directory);
    if (s->count == CHILDREN_MAX ||
        snprintf(c.program, sizeof c.program, "%s/redress-%s", directory, name) >= SUITE_PATH_MAX ||
        snprintf(c.log, sizeof c.log, "%s/run/%s.log", s->suite.directory, name) >= SUITE_PATH_MAX)
        return -ENAMETOOLONG;
    if (access(c.program, X_OK) < 0)
        return -errno;
    snprintf(c.name, sizeof c.name, "%s", name);
    for (; *arguments && n < CHILD_ARGUMENTS_MAX - 1; n++)
        c.arguments[n] = (char *)(uintptr_t)*arguments++;
    s->children[s->count] = c;
    s->children[s->count].arguments[0] = s->children[s->count].program;
    s->count++;
    return 0;
}

static int add_children(const struct up *u, struct supervisor *s)
{
    const char *arguments[CHILD_ARGUMENTS_MAX] = { "--data", s->suite.directory };
    size_t n = 2;
    if (u->config) {
        arguments[n++] = "--config";
        arguments[n++] = u->config;
    }
    if (u->level) {
        arguments[n++] = "--log-level";
        arguments[n++] = u->level;
    }
    size_t shared = n;
    if (u->adopt)
        arguments[n++] = "--adopt-clock";
    for (const struct service_type *const *v = services; *v; v++) {
        int r = add_child(s, (*v)->name, *v, arguments);
        if (r < 0)
            return cli_fail(r, NULL, "cannot run redress-%s", (*v)->name);
    }
    if (!u->http)
        return 0;
    arguments[shared] = "--http";
    arguments[shared + 1] = u->http;
    arguments[shared + 2] = NULL;
    if (add_child(s, "gateway", NULL, arguments) < 0) {
        cli_say("--http needs the gateway, and there is no redress-gateway beside this program");
        return EXIT_FAILED;
    }
    return 0;
}

/* --- waiting ---------------------------------------------------------------------------------- */

/* The last lines of a child's log, indented: what it said before it gave up. */
static void tail(const struct child *c)
{
    enum { LINES = 8, BYTES = 4096 };
    char text[BYTES + 1];
    int fd = open(c->log, O_RDONLY | O_CLOEXEC);
    off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
    ssize_t n = size <= 0 ? 0 : pread(fd, text, BYTES, size > BYTES ? size - BYTES : 0);
    if (fd >= 0)
        close(fd);
    if (n <= 0)
        return;
    text[n] = '\0';
    char *from = text + n - 1;
    for (int lines = 0; from > text && lines < LINES; from--)
        lines += from[-1] == '\n';
    fprintf(stderr, "  the end of %s:\n", c->log);
    for (char *rest = from, *line; (line = strsep(&rest, "\n"));)
        if (*line)
            fprintf(stderr, "    %s\n", line);
}

/* Somebody listens there; the only child without partitions is the gateway. */
static bool http_answers(const char *address)
{
    char host[256];
    struct addrinfo *found = NULL;
    const struct addrinfo wanted = { .ai_socktype = SOCK_STREAM };
    const char *colon = strrchr(address, ':');
    bool bracketed = address[0] == '[';
    snprintf(host, sizeof host, "%.*s", (int)(colon - address) - 2 * bracketed,
             address + bracketed);
    if (getaddrinfo(host[0] ? host : NULL, colon + 1, &wanted, &found) != 0)
        return false;
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool connected = fd >= 0 && connect(fd, found->ai_addr, found->ai_addrlen) == 0;
    if (fd >= 0)
        close(fd);
    freeaddrinfo(found);
    return connected;
}

static bool child_ready(struct client *client, const struct supervisor *s, const struct child *c,
                        const char *http, struct health *ret)
{
    if (!c->service && !http_answers(http)) {
        snprintf(ret->note, sizeof ret->note, "%s cannot be connected to", http);
        return false;
    }
    for (uint32_t n = 0; c->service && n < suite_partitions(&s->suite, c->name); n++) {
        if (suite_serving_read(&s->suite, c->name, n, &ret->serving) < 0 ||
            ret->serving.pid != c->pid) {
            snprintf(ret->note, sizeof ret->note, "partition %03u is not open yet", n);
            return false;
        }
        health_of(client, &s->suite, c->name, n, ret);
        if (!ret->ready)
            return false;
    }
    return true;
}

/* 0 when all are ready, else the exit code. */
static int await(struct supervisor *s, struct client *client, const struct up *u)
{
    enum { POLL_MS = 20 };
    int64_t until = monotonic_ms() + u->wait / 1000;
    for (;;) {
        struct health h = { 0 };
        const struct child *late = NULL;
        supervise_turn(s, POLL_MS, true);
        for (uint32_t i = 0; i < s->count && !late; i++) {
            if (s->children[i].gave_up) {
                tail(&s->children[i]);
                return s->children[i].exit_code; /* the services' codes mean what ours do */
            }
            if (!child_ready(client, s, &s->children[i], u->http, &h))
                late = &s->children[i];
        }
        if (!late)
            return 0;
        if (s->stop_signal)
            return EXIT_INTERRUPTED;
        if (monotonic_ms() > until) {
            cli_say("%s is not ready after %lld s: %s", late->name, (long long)(u->wait / 1000000),
                    h.note[0] ? h.note : "it does not say why");
            tail(late);
            return EXIT_UNAVAILABLE;
        }
        cli_progress(
            "seconds waited:", (uint64_t)((u->wait / 1000 - until + monotonic_ms()) / 1000), 0);
    }
}

/* --- running ---------------------------------------------------------------------------------- */

static void announce(const struct up *u, const struct supervisor *s, struct client *client)
{
    json_t *all = health_all(client, &s->suite);
    if (u->http)
        json_object_set_new(all, "http", json_string(u->http));
    health_print(u->cli, all);
    json_decref(all);
    cli_say("ready; data in %s%s%s", s->suite.directory, u->http ? ", http://" : "",
            u->http ? u->http : "");
    fflush(stdout);
}

/* Starts and awaits; `ready_fd` is told the exit code of `up` (-1: nobody waits); runs until a
 * signal. */
static int run(const struct up *u, struct supervisor *s, int ready_fd)
{
    struct client *client = NULL;
    int r = client_open(&s->suite, &client);
    if (r == 0)
        r = supervise_start(s);
    int code = r < 0 ? cli_fail(r, NULL, "cannot start") : await(s, client, u);
    if (code == 0 && u->adopt && s->suite.is_virtual && suite_virtual_set(&s->suite, false) < 0)
        cli_say("cannot note in suite.json that the clock was adopted");
    if (code == 0)
        announce(u, s, client);
    client_close(&client);
    bool ready = code == 0;
    if (ready) {
        up_tell(ready_fd, code);
        if (ready_fd >= 0)
            up_leave_terminal(s);
        while (!s->stop_signal)
            supervise_turn(s, 1000, false);
        if (ready_fd < 0)
            cli_say("stopping");
    }
    if (supervise_stop(s) < 0 && code == 0)
        code = EXIT_FAILED;
    if (!ready)
        up_tell(ready_fd, code); /* only now nothing of it runs any more */
    return code;
}

static int lock_and_run(const struct up *u, struct supervisor *s, int ready_fd)
{
    int lock, r = supervise_lock(&s->suite, &lock);
    if (r == 0)
        return run(u, s, ready_fd); /* the lock is held until this process ends */
    int code = EXIT_CONFLICT;
    if (r == -EBUSY)
        cli_say("%s is up already, process %d", u->cli->data, (int)supervise_holder(&s->suite));
    else
        code = cli_fail(r, NULL, "cannot lock %s/run", s->suite.directory);
    up_tell(ready_fd, code);
    return code;
}

static int prepare(const struct up *u, struct supervisor *s)
{
    struct msg_error why = { 0 };
    int r = suite_open(u->cli->data, (uint32_t)u->partitions, u->rate, &s->suite, &why);
    if (r == -EINVAL) {
        cli_say("%s: %s %s", u->cli->data, why.field, why.rule);
        return EXIT_CONFLICT;
    }
    if (r < 0)
        return cli_fail(r, &why, "cannot open %s", u->cli->data);
    if (s->suite.is_virtual && !u->adopt) {
        cli_say(
            "%s holds imported history; --adopt-clock takes it over to the real clock, for good",
            u->cli->data);
        return EXIT_CONFLICT;
    }
    return add_children(u, s);
}

int cli_run_up(struct cli *cli, int argc, char **argv)
{
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .doc = "Starts the suite of a data directory, which is made when it is not there, and "
               "keeps it "
               "running until Ctrl-C.\v"
               "What the processes say goes to DIR/run/<service>.log.",
        .children = cli_children,
    };
    struct up u = { .cli = cli, .wait = 2 * MINUTES };
    struct supervisor *s = calloc(1, sizeof *s);
    int code = s ? cli_parse(&argp, argc, argv, &u) : EXIT_FAILED;
    if (code == 0)
        code = prepare(&u, s);
    if (code == 0) {
        int ready_fd = -1;
        supervise_block_signals();
        if (!u.detach || up_detach(&ready_fd, &code) == 0)
            code = lock_and_run(&u, s, ready_fd);
    }
    free(s);
    return code;
}

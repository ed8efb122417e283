/* main of redress-gateway: options, one event loop, an orderly end. */
#include "services/gateway/gateway.h"

#include "common/bus/process.h"
#include "common/bus/sockets.h"
#include "common/suite/observe.h"
#include "common/suite/options.h"
#include "common/time/zone.h"
#include "services/registry.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "services/gateway/auth.h"
#include "services/gateway/bus.h"
#include "services/gateway/connections.h"
#include "services/gateway/ingest.h"
#include "services/gateway/stream.h"

extern char **environ;

#define ROW(label, of, text, least, most, words)                                                   \
    {                                                                                              \
        .name = #label, .kind = OPTION_##of, .fallback = (text), .min = (least), .max = (most),    \
        .offset = offsetof(struct settings, label), .doc = (words)                                 \
    }
static const struct option_row rows[] = {
    ROW(data, TEXT, "./redress-data", 1, SUITE_PATH_MAX - 1, "The suite's data directory"),
    ROW(partitions, INTEGER, "0", 0, SUITE_PARTITIONS_MAX, SUITE_PARTITIONS_HELP),
    ROW(http, TEXT, "127.0.0.1:8080", 1, 255, "Address and port to listen on"),
    ROW(allow_host, TEXT, "", 0, 1024,
        "Hosts that are served besides the local names and the address above, by commas"),
    ROW(trusted_proxy, TEXT, "", 0, 1024,
        "Addresses of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed"),
    ROW(maps, TEXT, "", 0, SUITE_PATH_MAX - 1,
        "Directory of mappings for /v1/ingest; empty: deploy/maps near the program"),
    ROW(log_level, TEXT, "info", 1, 16, "debug, info, warning or error"),
    ROW(config, TEXT, "", 0, SUITE_PATH_MAX - 1, "A file of options, shared with the services"),
};

static int load(struct settings *s, int argc, char **argv, struct arena *a, struct msg_error *error)
{
    const struct option_table table = { rows, sizeof rows / sizeof *rows, s };
    const struct option_sources sources = {
        .section = "gateway", .environment = environ, .argc = argc - 1, .argv = argv + 1
    };
    int r = options_load(&table, 1, &sources, a, error);
    if (r == 1)
        options_help(stdout, &table, 1);
    return r;
}

/* "127.0.0.1:8080", "[::1]:8080" */
static int listen_on(struct evhttp *http, struct text at, uint16_t *ret_port,
                     struct evhttp_bound_socket **ret)
{
    char address[256];
    snprintf(address, sizeof address, "%.*s", TEXT_ARG(at));
    char *colon = strrchr(address, ':'), *end;
    if (!colon)
        return -EINVAL;
    long port = strtol(colon + 1, &end, 10);
    if (*end || end == colon + 1 || port < 0 || port > 65535)
        return -EINVAL;
    *colon = '\0';
    char *host = address;
    if (*host == '[' && colon[-1] == ']') {
        host++;
        colon[-1] = '\0';
    }
    struct evhttp_bound_socket *bound = evhttp_bind_socket_with_handle(http, host, (uint16_t)port);
    if (!bound)
        return -EADDRINUSE;
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } name = { 0 };
    socklen_t size = sizeof name;
    *ret = bound;
    *ret_port = (uint16_t)port;
    if (port == 0 && getsockname(evhttp_bound_socket_get_fd(bound), &name.any, &size) == 0)
        *ret_port = ntohs(name.any.sa_family == AF_INET6 ? name.v6.sin6_port : name.v4.sin_port);
    return 0;
}

/* --- an orderly end --------------------------------------------------------------------------- */

enum {
    DRAIN_TICK_MS = 20,
    DRAIN_QUIET_TICKS = 3, /* without a call: so long the last answers have to leave */
    DRAIN_TICKS_MAX =
        (BUS_TIMEOUT_MS + 1000) / DRAIN_TICK_MS, /* every question has ended by then */
};

struct ending {
    struct gateway *gateway;
    struct evhttp_bound_socket *listener;
    struct event *tick;
    int ticks, quiet;
};

static void drain(evutil_socket_t fd, short what, void *arg)
{
    static const struct timeval again = { .tv_usec = DRAIN_TICK_MS * 1000 };
    struct ending *e = arg;
    (void)fd;
    (void)what;
    e->quiet = e->gateway->calls ? 0 : e->quiet + 1;
    if (e->quiet > DRAIN_QUIET_TICKS || ++e->ticks > DRAIN_TICKS_MAX)
        event_base_loopbreak(e->gateway->base);
    else
        event_add(e->tick, &again);
}

/* Nobody new is let in, who was is answered; asked a second time, it ends at once. */
static void on_signal(evutil_socket_t fd, short what, void *arg)
{
    struct ending *e = arg;
    (void)fd;
    (void)what;
    if (e->gateway->stopping) {
        event_base_loopbreak(e->gateway->base);
        return;
    }
    e->gateway->stopping = true;
    evhttp_del_accept_socket(e->gateway->http, e->listener);
    stream_close(e->gateway);
    drain(-1, 0, e);
}

static int fail(int code, const char *message, const char *field, const char *rule)
{
    LOG(LEVEL_ERROR, message, log_string("field", field), log_string("rule", rule));
    return code;
}

/* Connections are descriptors: as many as the system gives. */
static void descriptors_raise(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* What stands behind the listening socket; also half of it when something could not be had. */
static int parts_open(struct gateway *g)
{
    g->base = event_base_new();
    g->zmq = sockets_context();
    g->http = g->base ? evhttp_new(g->base) : NULL;
    if (!g->http || !g->zmq)
        return -ENOMEM;
    int r = bus_open(g, &g->bus);
    if (r == 0)
        r = auth_open(g, &g->auth);
    if (r == 0)
        r = http_open(g);
    if (r == 0)
        r = stream_open(g);
    return r;
}

static void parts_close(struct gateway *g)
{
    stream_close(g);
    bus_close(&g->bus);
    if (g->http)
        evhttp_free(g->http);
    connections_close(&g->connections);
    auth_close(&g->auth);
    maps_close(&g->maps);
    if (g->base)
        event_base_free(g->base);
    if (g->zmq)
        zmq_ctx_term(g->zmq);
}

static int run(struct gateway *g, struct evhttp_bound_socket *listener)
{
    struct ending ending = { .gateway = g, .listener = listener };
    struct event *term = evsignal_new(g->base, SIGTERM, on_signal, &ending);
    struct event *interrupt = evsignal_new(g->base, SIGINT, on_signal, &ending);
    ending.tick = evtimer_new(g->base, drain, &ending);
    if (!term || !interrupt || !ending.tick)
        return fail(PROCESS_FAILED, "cannot start", "", "no resources");
    event_add(term, NULL);
    event_add(interrupt, NULL);
    LOG(LEVEL_INFO, "ready", log_text("http", g->settings->http), log_integer("port", g->port));
    event_base_dispatch(g->base);
    LOG(LEVEL_INFO, "stopped", log_integer("unanswered", g->calls));
    event_free(ending.tick);
    event_free(term);
    event_free(interrupt);
    return PROCESS_OK;
}

static int listen_and_run(struct gateway *g)
{
    struct evhttp_bound_socket *listener;
    int r = listen_on(g->http, g->settings->http, &g->port, &listener);
    if (r == -EINVAL)
        return fail(PROCESS_USAGE, "cannot listen", "http", "must be ADDRESS:PORT");
    if (r < 0)
        return fail(PROCESS_UNAVAILABLE, "cannot listen", "http",
                    "this address and port cannot be had");
    return run(g, listener);
}

static int serve(const struct settings *s, const struct suite *suite)
{
    struct gateway g = { .suite = suite, .settings = s };
    struct msg_error error;
    int code;
    descriptors_raise();
    zones_load();
    if (sodium_init() < 0 || parts_open(&g) < 0)
        code = fail(PROCESS_FAILED, "cannot start", "", "no resources");
    else if (link_key(suite, g.key) < 0)
        code = fail(PROCESS_FAILED, "cannot start", "data", "the key of links cannot be read");
    else if (maps_open(&g, &g.maps, &error) < 0)
        code = fail(PROCESS_USAGE, "cannot read a mapping", error.field, error.rule);
    else
        code = listen_and_run(&g);
    parts_close(&g);
    return code;
}

int main(int argc, char **argv)
{
    struct arena arena = { 0 };
    struct msg_error error;
    struct settings s = { 0 };
    struct suite suite;
    enum level level;
    char data[SUITE_PATH_MAX];
    log_open("gateway", LEVEL_INFO, STDERR_FILENO);
    signal(SIGPIPE, SIG_IGN);
    int r = load(&s, argc, argv, &arena, &error);
    if (r == 1)
        return PROCESS_OK;
    if (r < 0)
        return fail(PROCESS_USAGE, "wrong option", error.field, error.rule);
    if (log_level_parse(s.log_level, &level) < 0)
        return fail(PROCESS_USAGE, "wrong option", "log_level",
                    "must be debug, info, warning or error");
    log_open("gateway", level, STDERR_FILENO);
    snprintf(data, sizeof data, "%.*s", TEXT_ARG(s.data));
    r = suite_find(data, (uint32_t)s.partitions, &suite, &error);
    if (r < 0)
        return fail(r == -ENOENT   ? PROCESS_MISSING
                    : r == -EINVAL ? PROCESS_USAGE
                                   : PROCESS_FAILED,
                    "no suite", error.field, error.rule);
    /* The end does not wait for the context: with a socket in the wrong state it might not come. */
    _exit(serve(&s, &suite));
}

/* main of redress-gateway: options, one event loop, an orderly end. */
#include "services/gateway/gateway.h"

#include "common/observe.h"
#include "common/options.h"
#include "common/process.h"
#include "common/sockets.h"
#include "services/registry.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern char **environ;

struct settings {
    struct text data, http, log_level, config;
    int64_t partitions;
};

static const struct option_row rows[] = {
    { "data", OPTION_TEXT, "./redress-data", 1, SUITE_PATH_MAX - 1, offsetof(struct settings, data),
      "The suite's data directory" },
    { "partitions", OPTION_INTEGER, "0", 0, SUITE_PARTITIONS_MAX,
      offsetof(struct settings, partitions), SUITE_PARTITIONS_HELP },
    { "http", OPTION_TEXT, "127.0.0.1:8080", 1, 255, offsetof(struct settings, http),
      "Address and port to listen on" },
    { "log_level", OPTION_TEXT, "info", 1, 16, offsetof(struct settings, log_level),
      "debug, info, warning or error" },
    { "config", OPTION_TEXT, "", 0, SUITE_PATH_MAX - 1, offsetof(struct settings, config),
      "A file of options, shared with the services" },
};

/* The file of options is the whole suite's: what belongs to a service is read and left alone. */
enum { TABLES_MAX = 16 };

static int load(struct settings *s, int argc, char **argv, struct arena *a, struct msg_error *error)
{
    struct option_table tables[TABLES_MAX] = { { rows, sizeof rows / sizeof *rows, s } };
    size_t n = 1;
    for (const struct service *const *v = services; *v && n < TABLES_MAX; v++)
        tables[n++] = (struct option_table){ (*v)->options, (*v)->option_count,
                                             arena_alloc(a, (*v)->options_size) };
    const struct option_sources sources = { .environment = environ,
                                            .argc = argc - 1,
                                            .argv = argv + 1 };
    int r = options_load(tables, n, &sources, a, error);
    if (r == 1)
        options_help(stdout, tables, 1);
    return r;
}

/* "127.0.0.1:8080", "[::1]:8080" */
static int listen_on(struct evhttp *http, struct text at, uint16_t *ret_port)
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
    *ret_port = (uint16_t)port;
    if (port == 0 && getsockname(evhttp_bound_socket_get_fd(bound), &name.any, &size) == 0)
        *ret_port = ntohs(name.any.sa_family == AF_INET6 ? name.v6.sin6_port : name.v4.sin_port);
    return 0;
}

static void on_signal(evutil_socket_t fd, short what, void *base)
{
    (void)fd;
    (void)what;
    event_base_loopbreak(base);
}

static int fail(int code, const char *message, const char *field, const char *rule)
{
    LOG(LEVEL_ERROR, message, log_string("field", field), log_string("rule", rule));
    return code;
}

static int serve(const struct settings *s, const struct suite *suite)
{
    uint16_t port;
    struct gateway g = { .base = event_base_new(), .zmq = sockets_context(), .suite = suite };
    if (g.base)
        g.http = evhttp_new(g.base);
    if (!g.http || !g.zmq)
        return fail(PROCESS_FAILED, "cannot start", "", "no resources");
    routes_open(&g);
    int r = listen_on(g.http, s->http, &port);
    if (r == -EINVAL)
        return fail(PROCESS_USAGE, "cannot listen", "http", "must be ADDRESS:PORT");
    if (r < 0)
        return fail(PROCESS_UNAVAILABLE, "cannot listen", "http",
                    "this address and port cannot be had");
    struct event *term = evsignal_new(g.base, SIGTERM, on_signal, g.base);
    struct event *interrupt = evsignal_new(g.base, SIGINT, on_signal, g.base);
    event_add(term, NULL);
    event_add(interrupt, NULL);
    LOG(LEVEL_INFO, "ready", log_text("http", s->http), log_integer("port", port));
    event_base_dispatch(g.base);
    LOG(LEVEL_INFO, "stopped");
    return PROCESS_OK;
}

int main(int argc, char **argv)
{
    struct arena arena = { 0 };
    struct msg_error error;
    struct settings s;
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

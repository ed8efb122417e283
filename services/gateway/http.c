/* http: from evhttp's request to a call, past the checks that no route may skip. */
#include "services/gateway/gateway.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/keyvalq_struct.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/queue.h>

#include "common/base/monotonic.h"
#include "services/gateway/connections.h"
#include "services/gateway/guard.h"

/* What evhttp lets through to us; what is none of these it answers 501 itself. */
enum {
    METHODS = EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST | EVHTTP_REQ_PUT |
              EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS | EVHTTP_REQ_PATCH
};
/* Hosts of who runs it on their own machine. */
static const struct text LOCAL_HOSTS = TEXT_OF("localhost, 127.0.0.1, [::1]");

static const char *method_name(enum evhttp_cmd_type type)
{
    switch (type) {
    case EVHTTP_REQ_GET:
    case EVHTTP_REQ_HEAD:
        return "GET";
    case EVHTTP_REQ_POST:
        return "POST";
    case EVHTTP_REQ_PUT:
        return "PUT";
    case EVHTTP_REQ_DELETE:
        return "DELETE";
    case EVHTTP_REQ_PATCH:
        return "PATCH";
    default:
        return "OPTIONS";
    }
}

/* --- the checks ------------------------------------------------------------------------------- */

/* How often a header stands there: twice is one too many for those that decide how to read. */
static int header_count(const struct call *c, const char *name)
{
    const struct evkeyvalq *all = evhttp_request_get_input_headers(c->http);
    const struct evkeyval *one;
    int n = 0;
    TAILQ_FOREACH(one, all, next)
    n += strcasecmp(one->key, name) == 0;
    return n;
}

static bool has_plain_names(const struct call *c)
{
    const struct evkeyvalq *all = evhttp_request_get_input_headers(c->http);
    const struct evkeyval *one;
    TAILQ_FOREACH(one, all, next)
    if (!guard_is_name(text_from(one->key)))
        return false;
    return true;
}

/* Where the body ends; libevent reads none behind HEAD, so what is there would be a request. */
static bool has_plain_length(const struct call *c)
{
    const char *encoding = call_header(c, "Transfer-Encoding");
    const char *length = call_header(c, "Content-Length");
    if (length && (encoding || length[strspn(length, "0123456789")]))
        return false;
    if (c->head && (encoding || (length && length[strspn(length, "0")])))
        return false;
    return !encoding || strcasecmp(encoding, "chunked") == 0;
}

/* A request that two programs would read differently is an attack on one of them. */
static bool is_plain(const struct call *c)
{
    static const char *const once[] = { "Host",          "Content-Length", "Transfer-Encoding",
                                        "Content-Type",  "Authorization",  "Cookie",
                                        "Origin",        "If-Match",       "Idempotency-Key",
                                        "Last-Event-ID", "Sec-Fetch-Site", "X-Forwarded-Proto" };
    for (size_t i = 0; i < sizeof once / sizeof *once; i++)
        if (header_count(c, once[i]) > 1)
            return false;
    return has_plain_names(c) && has_plain_length(c);
}

static bool host_check(struct call *c)
{
    const struct settings *s = c->gateway->settings;
    struct text host = text_from(call_header(c, "Host"));
    struct text own = { s->http.at, s->http.length };
    while (own.length && own.at[own.length - 1] != ':')
        own.length--;
    own.length -= own.length > 0;
    /* The local names cannot be another site's, and who watches over the process asks by them. */
    if (guard_host(host, LOCAL_HOSTS) || (!text_empty(own) && guard_host(host, own)) ||
        guard_host(host, s->allow_host))
        return true;
    CALL_PROBLEM(c, misdirected, "", "The option allow_host says which other hosts are served.");
    return false;
}

/* A page of another site can make a browser send a request, but not lie about where it is. */
static bool is_same_site(struct call *c)
{
    struct text origin = text_from(call_header(c, "Origin"));
    struct text site = text_from(call_header(c, "Sec-Fetch-Site"));
    bool foreign = call_header(c, "Origin") && !guard_origin(origin, c->https ? "https" : "http",
                                                             text_from(call_header(c, "Host")));
    if (!foreign && !text_equal(site, text_from("cross-site")))
        return true;
    CALL_PROBLEM(c, cross_site, "", "Origin must be the address that is asked.");
    return false;
}

/* The last of the headers of a name. */
static struct text last_header(const struct call *c, const char *name)
{
    const struct evkeyvalq *all = evhttp_request_get_input_headers(c->http);
    const struct evkeyval *one;
    struct text last = { 0 };
    TAILQ_FOREACH(one, all, next)
    if (strcasecmp(one->key, name) == 0)
        last = text_from(one->value);
    return last;
}

/* Whom a trusted proxy speaks for is what it added itself: the last address of the last header. */
static void peer_read(struct call *c)
{
    char *address = NULL;
    uint16_t port;
    struct evhttp_connection *connection = evhttp_request_get_connection(c->http);
    if (connection)
        evhttp_connection_get_peer(connection, &address, &port);
    c->address = arena_text(&c->arena, text_from(address));
    if (!guard_address(c->address, c->gateway->settings->trusted_proxy))
        return;
    c->https = text_equal(text_from(call_header(c, "X-Forwarded-Proto")), text_from("https"));
    struct text all = last_header(c, "X-Forwarded-For");
    uint32_t from = all.length;
    while (from && all.at[from - 1] != ',' && all.at[from - 1] != ' ')
        from--;
    if (all.length > from)
        c->address = arena_text(&c->arena, (struct text){ all.at + from, all.length - from });
}

static bool path_check(struct call *c)
{
    struct text all = text_from(evhttp_request_get_uri(c->http)), query = { 0 }, bad = { 0 };
    if (all.length > HTTP_PATH_MAX) {
        CALL_PROBLEM(c, path_too_long, "", "A path and its parameters have at most 2048 bytes.");
        return false;
    }
    const char *mark = all.length ? memchr(all.at, '?', all.length) : NULL;
    c->path = all;
    if (mark) {
        c->path.length = (uint32_t)(mark - all.at);
        query = (struct text){ mark + 1, all.length - c->path.length - 1 };
    }
    int r = guard_path(c->path, &c->arena, c->segments, &c->segment_count);
    if (r == -E2BIG) {
        CALL_PROBLEM(c, not_found, "", "No path has so many parts.");
        return false;
    }
    if (r < 0) {
        CALL_PROBLEM(c, invalid, "", "This path can be read in two ways.");
        return false;
    }
    if (guard_params(query, &c->arena, c->params, &c->param_count, &bad) < 0) {
        call_problem(c, PROBLEM_invalid, bad,
                     (struct text)TEXT_OF("Parameters are at most 32, each named once, in UTF-8 "
                                          "without control characters."));
        return false;
    }
    return true;
}

static void handle(struct evhttp_request *r, void *arg)
{
    struct gateway *g = arg;
    enum evhttp_cmd_type type = evhttp_request_get_command(r);
    struct call *c = calloc(1, sizeof *c);
    if (!c) {
        evhttp_send_error(r, HTTP_SERVUNAVAIL, NULL);
        return;
    }
    g->calls++;
    c->gateway = g;
    c->http = r;
    c->head = type == EVHTTP_REQ_HEAD;
    c->method = method_name(type);
    c->since_us = monotonic_us();
    connections_arrived(g->connections, r);
    if (g->stopping) {
        CALL_PROBLEM(c, unavailable, "", "The gateway is ending; nothing was done.");
        return;
    }
    if (!is_plain(c)) {
        /* Nobody knows where it ends: what comes next is no request. */
        call_add_header(c, "Connection", text_from("close"));
        CALL_PROBLEM(c, invalid, "", "This request can be read in two ways.");
        return;
    }
    peer_read(c);
    if (!path_check(c) || !host_check(c))
        return;
    /* A link on another site may lead to a page, but not into the API or a stream. */
    bool is_page = strcmp(c->method, "GET") == 0 &&
                   (c->segment_count == 0 || !text_equal(c->segments[0], text_from("v1")));
    if (is_page || is_same_site(c))
        routes_call(c);
}

int http_open(struct gateway *g)
{
    evhttp_set_allowed_methods(g->http, METHODS);
    evhttp_set_max_headers_size(g->http, HTTP_HEADERS_MAX);
    evhttp_set_max_body_size(g->http, HTTP_BODY_MAX);
    evhttp_set_timeout(g->http, HTTP_TIMEOUT_S);
    evhttp_set_gencb(g->http, handle, g);
    call_metrics();
    return connections_open(g, &g->connections);
}

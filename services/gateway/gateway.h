/* gateway: the suite's door for HTTP: the API printed from the tables, its events as a stream,
 * login, reports of other systems, links in mails, the pages. It holds no domain state.
 *
 * One thread, one libevent loop. A request is a `struct call` from its first check to its reply;
 * what must be asked of the suite is asked over the bus (bus.h) without waiting, so that a process
 * that is down or hangs costs only who asks for it. The path of a call:
 *
 *     http.c    checks (guard.h), finds its route (routes.c)
 *     auth.c    who calls; what the role may do (roles.h)
 *     handler   asks the bus, then replies once: call_reply, call_json, call_problem, or call_close
 *               when it has spoken to call->http itself
 *
 * Every limit is here.
 */
#ifndef REDRESS_GATEWAY_H
#define REDRESS_GATEWAY_H

#include <event2/event.h>
#include <event2/http.h>
#include <jansson.h>

#include "common/msg/wire.h"
#include "common/suite/link.h"
#include "common/suite/suite.h"
#include "proto/http.h"

enum {
    HTTP_HEADERS_MAX = 16 << 10, /* bytes */
    HTTP_BODY_MAX = 1 << 20, /* bytes */
    HTTP_PATH_MAX = 2048, /* bytes of path and query, as sent */
    HTTP_SEGMENTS_MAX = 8, /* parts of a path */
    HTTP_PARAMS_MAX = 32, /* of one query string */
    HTTP_TIMEOUT_S =
        10, /* for a whole request to arrive, for an idle connection, for a stuck reply */
    HTTP_CONNECTIONS_MAX = 1024,
    HTTP_ADDRESS_CONNECTIONS_MAX = 512, /* of one address that is no trusted proxy */
    BUS_TURN_MAX = 64, /* messages taken from the bus before HTTP has its turn */
    BUS_LINK_MAX = 256, /* requests waiting for one partition; beyond them 503 */
    BUS_TIMEOUT_MS =
        5000, /* a command or query without an answer: 504, or 503 when it was not sent */
    BUS_INQUIRY_MS = 2000, /* health and metrics: who has not answered by then is missing */
    PAGE_MAX = 500, /* rows of one answer */
    PAGE_ROWS = 100, /* when the request does not say */
    AUTH_CACHE_MAX = 256, /* tokens remembered */
    AUTH_GOOD_MS = 2000, /* so long a revoked token may still be let in */
    AUTH_BAD_MS = 1000,
    AUTH_FAILURES_MAX = 20, /* wrong tokens from one address in AUTH_FAILURES_S; then 429 */
    AUTH_FAILURES_S = 60,
    AUTH_ADDRESSES_MAX = 1024, /* addresses whose failures are counted */
    AUTH_TOKEN_MAX = 256, /* characters of a bearer token */
    AUTH_CLIENTS_MAX = 64, /* of one token; the catalog's own maximum */
    SESSION_S = 12 * 3600, /* a login lasts */
};

struct bus;
struct auth;
struct connections;
struct maps;
struct streams;

struct settings {
    struct text data, http, log_level, config;
    struct text allow_host; /* list; besides the local names and the address listened on */
    struct text trusted_proxy; /* list of addresses whose X-Forwarded headers are believed */
    struct text maps; /* directory of mappings; "": deploy/maps near the program */
    int64_t partitions;
};

struct gateway {
    struct event_base *base;
    struct evhttp *http;
    void *zmq;
    const struct suite *suite;
    const struct settings *settings;
    struct bus *bus;
    struct auth *auth;
    struct connections *connections;
    struct maps *maps;
    struct streams *streams;
    uint16_t port; /* listened on */
    uint32_t calls; /* not answered yet */
    bool stopping; /* no more are taken */
    uint8_t key[LINK_KEY_BYTES]; /* of links and sessions */
};

/* Who calls. Texts live as long as the call. */
struct principal {
    const struct role *role; /* roles.h */
    struct text token; /* the token's id */
    struct text person;
    struct text actor; /* "person:<person>" */
    const struct text *clients; /* the only ones it sees and touches; */
    uint32_t client_count; /* 0: all */
    int64_t expires; /* of the token; the suite's clock */
    int64_t session_expires; /* the real clock; 0: no session */
};

struct param { /* of the query string, decoded */
    struct text name, value;
};

/* One request. */
struct call {
    struct gateway *gateway;
    struct evhttp_request *http;
    struct arena arena; /* everything of the call */
    const struct route *route;
    const char *method; /* "GET", "HEAD", "POST", ... */
    bool head; /* HEAD: GET without a body; handlers need not look */
    bool https; /* as the browser sees it */
    struct text address; /* the peer's, or whom a trusted proxy speaks for */
    struct text path; /* as sent, without the query string */
    struct text
        segments[HTTP_SEGMENTS_MAX]; /* of the path, decoded; UTF-8 without control characters */
    uint32_t segment_count;
    struct param params[HTTP_PARAMS_MAX];
    uint32_t param_count;
    struct principal who; /* filled for routes that need a login */
    int64_t since_us; /* it had arrived, on the monotonic clock */
    void *state; /* the handler's own, in the arena */
};

/* --- answering: exactly one of these ends a call and frees it --------------------------------- */

void call_reply(struct call *c, int status, const char *type, struct text body);

/* Steals the value. */
void call_json(struct call *c, int status, json_t *value);

/* RFC 9457 with WIRE's code and field; field and detail may be "". Retry-After is added where the
 * status asks for it. */
void call_problem(struct call *c, enum problem what, struct text field, struct text detail);
#define CALL_PROBLEM(c, code, field, detail)                                                       \
    call_problem((c), PROBLEM_##code, (struct text)TEXT_OF(field), (struct text)TEXT_OF(detail))

/* What a reply of the bus that is not ok, or `error` (negative errno of the bus), means in HTTP. */
void call_failed(struct call *c, int error, const struct reply *reply);

/* Frees a call whose handler has answered, or will never answer, through c->http. */
void call_close(struct call *c);

/* Registers the metrics of calls; once. */
void call_metrics(void);

/* --- what a call says ------------------------------------------------------------------------- */

/* A header of the request, or NULL. */
const char *call_header(const struct call *c, const char *name);

/* Adds a header to the answer; the value must hold no control characters (it is dropped then). */
void call_add_header(struct call *c, const char *name, struct text value);

/* The headers that every answer has, for handlers that speak to c->http themselves. */
void call_security_headers(struct call *c);

/* A parameter of the query string; "" when it is not given. */
struct text call_param(const struct call *c, const char *name);

/* Whether every parameter is one of `names` (ends with NULL); else answers 400 naming it. */
bool call_params_only(struct call *c, const char *const *names);

/* The body's bytes, borrowed. */
struct text call_body(struct call *c);

/* --- routes ----------------------------------------------------------------------------------- */

typedef void call_handler(struct call *c);

/* A row of proto/routes.def, which says what the columns mean. */
struct route {
    const char *method; /* GET answers HEAD too */
    const char *path; /* "/a/{token}" */
    enum route_access access;
    enum route_body body;
    call_handler *handler;
};

/* --- the parts -------------------------------------------------------------------------------- */

/* http.c: settings of g->http, the checks, calls. 0 or -ENOMEM. */
int http_open(struct gateway *g);

/* routes.c: finds the route of a call, logs in where it must, and calls the handler; or answers 404
 * or 405. */
void routes_call(struct call *c);

/* 405 with Allow; OPTIONS is answered with it. */
void call_method(struct call *c, const char *allow);

/* Whether the body is declared to be what the route takes; else 415, which also keeps forms of
 * other sites out. */
bool call_takes(struct call *c, enum route_body body);

/* api.c: everything below /v1/ that the tables say. */
void api_call(struct call *c);

/* Puts several expositions of the Prometheus text format into one: the lines of a metric stand
 * together under one HELP and TYPE. */
struct text exposition_merge(const struct text *texts, size_t count, struct arena *a);

#endif

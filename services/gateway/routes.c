/* routes: the paths of the gateway. */
#include "services/gateway/gateway.h"

#include "common/observe.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/keyvalq_struct.h>
#include <jansson.h>
#include <stdio.h>

static void header(struct evhttp_request *r, const char *name, const char *value)
{
    evhttp_add_header(evhttp_request_get_output_headers(r), name, value);
}

static void send_text(struct evhttp_request *r, int code, const char *type, const char *bytes,
                      size_t size)
{
    struct evbuffer *body = evbuffer_new();
    header(r, "Content-Type", type);
    header(r, "Cache-Control", "no-store");
    header(r, "X-Content-Type-Options", "nosniff");
    if (body)
        evbuffer_add(body, bytes, size);
    evhttp_send_reply(r, code, NULL, body);
    if (body)
        evbuffer_free(body);
}

/* RFC 9457. */
static void send_problem(struct evhttp_request *r, int status, const char *code, const char *title)
{
    char body[512];
    int n = snprintf(body, sizeof body, "{\"status\":%d,\"code\":\"%s\",\"title\":\"%s\"}\n",
                     status, code, title);
    send_text(r, status, "application/problem+json", body, (size_t)n);
}

static void send_json(struct evhttp_request *r, int code, json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT);
    if (text)
        send_text(r, code, "application/json", text, strlen(text));
    else
        send_problem(r, 500, "failed", "The answer could not be written.");
    free(text);
    json_decref(value);
}

/* --- what the suite says ---------------------------------------------------------------------- */

static void send_metrics(struct gateway *g, void *arg, const struct answered *answers, size_t count,
                         struct arena *a)
{
    struct text *texts = arena_alloc(a, (count + 1) * sizeof *texts);
    struct text t;
    size_t n = 0;
    (void)g;
    for (size_t i = 0; i < count; i++)
        if (answers[i].came &&
            msg_read_text(answers[i].reply.result, answers[i].reply.result_size, &t) == 0)
            texts[n++] = t;
    texts[n++] = metrics_print(a);
    t = exposition_merge(texts, n, a);
    send_text(arg, 200, "text/plain; version=0.0.4; charset=utf-8", t.at, t.length);
}

static bool is_ready(const struct answered *a)
{
    const void *at;
    size_t size;
    return a->came && msg_member(a->reply.result, a->reply.result_size, "ready", &at, &size) == 0 &&
           size == 1 && *(const uint8_t *)at == 0xc3; /* true */
}

static void send_ready(struct gateway *g, void *arg, const struct answered *answers, size_t count,
                       struct arena *a)
{
    json_t *missing = json_array();
    (void)g;
    for (size_t i = 0; i < count; i++) {
        struct text name = arena_printf(a, "%s/%03u", answers[i].service, answers[i].partition);
        if (!is_ready(&answers[i]))
            json_array_append_new(missing, json_stringn(name.at, name.length));
    }
    bool all = json_array_size(missing) == 0;
    send_json(arg, all ? 200 : 503, json_pack("{sb so}", "ready", all, "missing", missing));
}

static void inquire(struct gateway *g, struct evhttp_request *r, const char *op, inquiry_done *done)
{
    int err = inquiry_start(g, op, done, r);
    if (err == -EBUSY)
        header(r, "Retry-After", "1");
    if (err < 0)
        send_problem(r, 503, "busy", "Too many questions at once.");
}

static void get_metrics(struct gateway *g, struct evhttp_request *r)
{
    inquire(g, r, "metrics", send_metrics);
}

static void get_ready(struct gateway *g, struct evhttp_request *r)
{
    inquire(g, r, "health", send_ready);
}

static void get_health(struct gateway *g, struct evhttp_request *r)
{
    (void)g;
    send_json(r, 200, json_pack("{sb}", "alive", 1));
}

static void get_index(struct gateway *g, struct evhttp_request *r);

/* --- the table ------------------------------------------------------------------------------ */

static const struct operator_route {
    const char *path, *doc;
    void (*get)(struct gateway *g, struct evhttp_request *r);
} routes[] = {
    { "/", "This list.", get_index },
    { "/healthz", "200 while the gateway runs.", get_health },
    { "/readyz", "200 when every partition of every service serves, else 503 and which do not.",
      get_ready },
    { "/metrics", "The metrics of all processes in the Prometheus text format.", get_metrics },
};
enum { ROUTES = sizeof routes / sizeof *routes };

static void get_index(struct gateway *g, struct evhttp_request *r)
{
    json_t *all = json_object();
    (void)g;
    for (size_t i = 0; i < ROUTES; i++)
        json_object_set_new(all, routes[i].path, json_string(routes[i].doc));
    send_json(r, 200, json_pack("{so}", "routes", all));
}

static void handle(struct evhttp_request *r, void *arg)
{
    const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(r);
    const char *path = uri ? evhttp_uri_get_path(uri) : NULL;
    const char *raw = evhttp_request_get_uri(r);
    struct evkeyvalq *in = evhttp_request_get_input_headers(r);
    /* A body of two lengths, or a path that ends for C where it goes on for others, is an attack.
     */
    if ((evhttp_find_header(in, "Transfer-Encoding") && evhttp_find_header(in, "Content-Length")) ||
        strstr(raw, "%00")) {
        send_problem(r, 400, "invalid", "This request can be read in two ways.");
        return;
    }
    for (size_t i = 0; path && i < ROUTES; i++)
        if (strcmp(path, routes[i].path) == 0) {
            routes[i].get(arg, r);
            return;
        }
    send_problem(r, 404, "not_found", "There is nothing at this path.");
}

void routes_open(struct gateway *g)
{
    evhttp_set_allowed_methods(g->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
    evhttp_set_max_headers_size(g->http, HTTP_HEADERS_MAX);
    evhttp_set_max_body_size(g->http, HTTP_BODY_MAX);
    evhttp_set_timeout(g->http, HTTP_TIMEOUT_S);
    evhttp_set_gencb(g->http, handle, g);
}

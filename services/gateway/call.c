/* call: answering one, and what it says. */
#include "services/gateway/gateway.h"

#include <errno.h>
#include <event2/buffer.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/monotonic.h"
#include "common/suite/observe.h"

enum { RETRY_AFTER_S = 1 };

static struct metric metrics[] = {
    { .name = "redress_gateway_requests_total",
      .kind = METRIC_COUNTER,
      .help = "Requests that were answered, by status.",
      .labels = { "status" } },
    { .name = "redress_gateway_request_duration_seconds",
      .kind = METRIC_HISTOGRAM,
      .unit = UNIT_SECONDS,
      .help = "From a whole request to its answer.",
      .bounds = LATENCY_BOUNDS },
};

void call_metrics(void)
{
    metrics_register(metrics, sizeof metrics / sizeof *metrics);
}

static void count(const struct call *c, int status)
{
    char text[8];
    const char *labels[] = { text };
    snprintf(text, sizeof text, "%d", status);
    series_add(metric_series(&metrics[0], labels), 1);
    series_observe(&metrics[1], metric_series(&metrics[1], NULL), monotonic_us() - c->since_us);
}

/* --- what it says ----------------------------------------------------------------------------- */

const char *call_header(const struct call *c, const char *name)
{
    return evhttp_find_header(evhttp_request_get_input_headers(c->http), name);
}

struct text call_param(const struct call *c, const char *name)
{
    for (uint32_t i = 0; i < c->param_count; i++)
        if (text_equal(c->params[i].name, text_from(name)))
            return c->params[i].value;
    return (struct text){ 0 };
}

bool call_params_only(struct call *c, const char *const *names)
{
    for (uint32_t i = 0; i < c->param_count; i++) {
        const char *const *name = names;
        while (*name && !text_equal(c->params[i].name, text_from(*name)))
            name++;
        if (*name)
            continue;
        call_problem(c, PROBLEM_invalid, c->params[i].name,
                     (struct text)TEXT_OF("There is no such parameter here."));
        return false;
    }
    return true;
}

struct text call_body(struct call *c)
{
    struct evbuffer *body = evhttp_request_get_input_buffer(c->http);
    size_t n = evbuffer_get_length(body);
    const char *at = n ? (const char *)evbuffer_pullup(body, -1) : NULL;
    return (struct text){ at, at ? (uint32_t)n : 0 };
}

/* --- answering -------------------------------------------------------------------------------- */

void call_add_header(struct call *c, const char *name, struct text value)
{
    for (uint32_t i = 0; i < value.length; i++)
        if ((unsigned char)value.at[i] < ' ' || value.at[i] == 0x7f)
            return;
    evhttp_add_header(evhttp_request_get_output_headers(c->http), name,
                      arena_text(&c->arena, value).at);
}

void call_security_headers(struct call *c)
{
    static const struct {
        const char *name, *value;
    } all[] = {
        { "Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'; base-uri "
                                     "'none'; form-action 'self'" },
        { "X-Content-Type-Options", "nosniff" },
        { "Cross-Origin-Opener-Policy", "same-origin" },
        { "Cross-Origin-Resource-Policy", "same-origin" },
    };
    struct evkeyvalq *out = evhttp_request_get_output_headers(c->http);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        evhttp_add_header(out, all[i].name, all[i].value);
    /* Behind "no-referrer" a browser calls the origin of a form "null"; pages with forms say less.
     */
    if (!evhttp_find_header(out, "Referrer-Policy"))
        evhttp_add_header(out, "Referrer-Policy", "no-referrer");
    if (!evhttp_find_header(out, "Cache-Control"))
        evhttp_add_header(out, "Cache-Control", "no-store");
}

void call_close(struct call *c)
{
    c->gateway->calls--;
    arena_free(&c->arena);
    free(c);
}

/* evhttp knows no word for some of our statuses. */
static const char *reason_of(int status)
{
    for (size_t i = 0; i < http_problem_count; i++)
        if (http_problems[i].status == status)
            return http_problems[i].title;
    return NULL;
}

void call_reply(struct call *c, int status, const char *type, struct text body)
{
    char length[24];
    struct evkeyvalq *out = evhttp_request_get_output_headers(c->http);
    call_security_headers(c);
    if (c->gateway->stopping)
        evhttp_add_header(out, "Connection", "close");
    snprintf(length, sizeof length, "%u", body.length);
    evhttp_add_header(out, "Content-Length", length);
    if (type)
        evhttp_add_header(out, "Content-Type", type);
    struct evbuffer *bytes = NULL;
    if (!c->head && body.length && (bytes = evbuffer_new()))
        evbuffer_add(bytes, body.at, body.length);
    count(c, status);
    evhttp_send_reply(c->http, status, reason_of(status), bytes);
    if (bytes)
        evbuffer_free(bytes);
    call_close(c);
}

static void send_json(struct call *c, int status, const char *type, json_t *value)
{
    char *text = value ? json_dumps(value, JSON_COMPACT) : NULL;
    static const char none[] = "{\"status\":500,\"code\":\"failed\",\"title\":\"No memory\"}";
    call_reply(c, text ? status : 500, text ? type : "application/problem+json",
               text_from(text ? text : none));
    free(text);
    json_decref(value);
}

void call_json(struct call *c, int status, json_t *value)
{
    send_json(c, status, "application/json", value);
}

static void set_text(json_t *object, const char *name, struct text value)
{
    if (!text_empty(value))
        json_object_set_new(object, name, json_stringn(value.at, value.length));
}

static void problem_send(struct call *c, enum problem what, struct text code, struct text field,
                         struct text detail)
{
    const struct problem_row *row = &http_problems[what];
    json_t *problem = json_object();
    if (text_empty(code))
        code = text_from(row->code);
    set_text(problem, "type", arena_printf(&c->arena, "urn:redress:problem:%s", row->code));
    set_text(problem, "title", text_from(row->title));
    json_object_set_new(problem, "status", json_integer(row->status));
    set_text(problem, "code", code);
    set_text(problem, "field", field);
    set_text(problem, "detail", detail);
    bool later = what == PROBLEM_busy || what == PROBLEM_unavailable || what == PROBLEM_timeout;
    if (later && !evhttp_find_header(evhttp_request_get_output_headers(c->http), "Retry-After"))
        call_add_header(c, "Retry-After", arena_printf(&c->arena, "%d", RETRY_AFTER_S));
    if (what == PROBLEM_unauthorised)
        call_add_header(c, "WWW-Authenticate", text_from("Bearer realm=\"redress\""));
    send_json(c, row->status, "application/problem+json", problem);
}

void call_problem(struct call *c, enum problem what, struct text field, struct text detail)
{
    problem_send(c, what, (struct text){ 0 }, field, detail);
}

static enum problem problem_of_status(enum status s)
{
    switch (s) {
    case STATUS_refused:
        return PROBLEM_refused;
    case STATUS_invalid:
        return PROBLEM_invalid;
    case STATUS_id_reused:
        return PROBLEM_id_reused;
    case STATUS_version:
        return PROBLEM_version;
    case STATUS_not_found:
        return PROBLEM_not_found;
    case STATUS_denied:
        return PROBLEM_denied;
    case STATUS_busy:
        return PROBLEM_busy;
    case STATUS_full:
        return PROBLEM_full;
    default:
        return PROBLEM_failed;
    }
}

void call_failed(struct call *c, int error, const struct reply *reply)
{
    if (error == 0 && reply) {
        if (reply->retry_after_ms)
            call_add_header(
                c, "Retry-After",
                arena_printf(&c->arena, "%u", (unsigned)(reply->retry_after_ms + 999) / 1000));
        problem_send(c, problem_of_status(reply->status), reply->code, reply->field,
                     reply->message);
    } else if (error == -ETIMEDOUT) {
        CALL_PROBLEM(c, timeout, "", "Ask again with the same Idempotency-Key.");
    } else if (error == -EAGAIN) {
        CALL_PROBLEM(c, busy, "", "The service asked to try later.");
    } else if (error == -ECONNREFUSED || error == -EBUSY) {
        CALL_PROBLEM(c, unavailable, "", "Nothing was done; it can be asked again.");
    } else if (error == -EMSGSIZE) {
        CALL_PROBLEM(c, invalid, "", "The request is too large for the bus.");
    } else {
        CALL_PROBLEM(c, failed, "", "The answer of the service could not be read.");
    }
}

/* print_openapi_fixed: the parts of the OpenAPI document that no table of a service says. */
#include "proto/print_openapi.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/msg/wire.h"
#include "proto/http.h"
#include "proto/print.h"

static const char HEAD[] =
    "{'openapi': '3.1.0',"
    " 'info': {'title': 'Redress', 'version': '1',"
    "  'license': {'name': 'Apache License 2.0', 'identifier': 'Apache-2.0'},"
    "  'description': 'Errors are application/problem+json with a stable code. Instants are RFC "
    "3339 in UTC, durations ISO 8601. Sequences are decimal strings.'},"
    " 'servers': [{'url': '/'}],"
    " 'security': [{'bearer': []}, {'session': []}],"
    " 'tags': [{'name': 'gateway', 'description': 'Login, streams, reports of other systems, and "
    "what operators ask.'}],"
    " 'components': {"
    "  'securitySchemes': {"
    "   'bearer': {'type': 'http', 'scheme': 'bearer', 'description': 'A token that `redress token "
    "grant` made.'},"
    "   'session': {'type': 'apiKey', 'in': 'cookie', 'name': 'redress_session', 'description': "
    "'What POST /login set.'}},"
    "  'parameters': {"
    "   'client': {'name': 'client', 'in': 'query', 'description': 'Whose; needless where the "
    "token is for one client only.', 'schema': {'type': 'string', 'maxLength': 64}},"
    "   'limit': {'name': 'limit', 'in': 'query', 'description': 'Rows of a page.', 'schema': "
    "{'type': 'integer', 'minimum': 1, 'maximum': 500, 'default': 100}},"
    "   'cursor': {'name': 'cursor', 'in': 'query', 'description': 'What the last page gave; the "
    "header Link has it too.', 'schema': {'type': 'string'}},"
    "   'idempotency-key': {'name': 'Idempotency-Key', 'in': 'header', 'description': 'A UUIDv7: "
    "asked again with the same one, it is done once.', 'schema': {'type': 'string', 'format': "
    "'uuid'}},"
    "   'if-match': {'name': 'If-Match', 'in': 'header', 'description': 'Only when it still has "
    "this ETag.', 'schema': {'type': 'string'}}}}}";

static const char EVENT[] =
    "{'type': 'object', 'description': 'A CloudEvent 1.0',"
    " 'required': ['specversion', 'id', 'source', 'type', 'subject', 'time', 'partitionkey',"
    "  'epoch', 'sequence', 'data'],"
    " 'properties': {'specversion': {'const': '1.0'}, 'id': {'type': 'string', 'examples': "
    "['escalation/000/1/3']},"
    "  'source': {'type': 'string', 'examples': "
    "['/redress/01a2038c-90d3-76bb-9d42-c643a99c134d/escalation/000']}, 'type': {'type': "
    "'string'}, 'subject': {'type': 'string'},"
    "  'time': {'type': 'string', 'format': 'date-time'}, 'partitionkey': {'type': 'string'},"
    "  'epoch': {'type': 'string', 'pattern': '^[0-9]+$'},"
    "  'sequence': {'type': 'string', 'pattern': '^[0-9]+$'},"
    "  'causationid': {'type': 'string'}, 'actor': {'type': 'string'},"
    "  'traceparent': {'type': 'string'}, 'dataversion': {'type': 'integer'},"
    "  'redacted': {'const': true, 'description': 'Words were taken out; texts are [erased]', "
    "'examples': []},"
    "  'digest': {'type': 'string', 'pattern': '^[0-9a-f]{64}$', 'examples': [],"
    "   'description': 'Of one that is redacted: of its record as it was'}}}";

static const char REPLY[] =
    "{'type': 'object', 'required': ['id', 'status'], 'properties': {"
    " 'id': {'type': 'string', 'format': 'uuid'}, 'status': {'const': 'ok'},"
    " 'sequence': {'type': 'string', 'pattern': '^[0-9]+$'}, 'version': {'type': 'integer'},"
    " 'replayed': {'type': 'boolean', 'examples': [false]},"
    " 'result': {'type': 'object', 'properties': {'id': {'type': 'string'}}}}}";

static const char PROBLEM[] =
    "{'type': 'object', 'description': 'RFC 9457', 'required': ['type', 'title', 'status', 'code'],"
    " 'properties': {'type': {'type': 'string', 'format': 'uri'}, 'title': {'type': 'string'},"
    "  'status': {'type': 'integer'}, 'detail': {'type': 'string'}, 'field': {'type': 'string'},"
    "  'code': {'type': 'string', 'description': 'One of the codes of the status; of 422 also the "
    "code of the rule that says no.'}}}";

static const char ME[] =
    "{'type': 'object', 'required': ['token', 'person', 'role', 'clients', 'expires_at'],"
    " 'examples': [{'token': 'tok-01a2038c-96ab-82c5-be2f-f14833d0c898', 'person': 'ann', 'role': "
    "'operator', 'clients': ['harbor-hospital'], 'expires_at': '2026-11-24T08:00:00.000000Z', "
    "'session': false, 'now': '2026-11-23T08:00:00.000000Z', 'rate': 1}],"
    " 'properties': {'token': {'type': 'string', 'description': 'The id of the token.'},"
    "  'person': {'type': 'string'}, 'role': {'type': 'string'},"
    "  'clients': {'type': 'array', 'items': {'type': 'string'}, 'description': 'The only ones it "
    "is for; none: all.'},"
    "  'expires_at': {'type': 'string', 'format': 'date-time'}, 'session': {'type': 'boolean'},"
    "  'now': {'type': 'string', 'format': 'date-time', 'description': 'The time on the clock of "
    "the suite.'},"
    "  'rate': {'type': 'integer', 'description': 'Seconds of that clock in one real second.'}}}";

/* --- problems --------------------------------------------------------------------------------- */

/* One response for each status, which says the codes that it may have. */
static json_t *problem_responses(void)
{
    json_t *all = json_object();
    for (size_t i = 0; i < http_problem_count; i++) {
        const struct problem_row *p = &http_problems[i];
        char name[32];
        snprintf(name, sizeof name, "problem-%d", p->status);
        json_t *known = json_object_get(all, name);
        json_t *text = json_sprintf(
            "%s%s`%s`: %s.", known ? json_string_value(json_object_get(known, "description")) : "",
            known ? " " : "", p->code, p->title);
        if (!known) {
            json_t *ref = json_object();
            member_text(ref, "$ref", "#/components/schemas/http.problem");
            known = openapi_answer("", "application/problem+json", ref);
            member(all, name, known);
        }
        member(known, "description", text);
    }
    return all;
}

json_t *openapi_head(void)
{
    json_t *head = openapi_literal(HEAD);
    member(json_object_get(head, "components"), "responses", problem_responses());
    return head;
}

void openapi_schemas(json_t *schemas, json_t *data)
{
    json_t *event = openapi_literal(EVENT), *any = json_object();
    member(any, "anyOf", data);
    member(json_object_get(event, "properties"), "data", any);
    member(schemas, "http.event", event);
    member(schemas, "http.me", openapi_literal(ME));
    member(schemas, "http.reply", openapi_literal(REPLY));
    member(schemas, "http.problem", openapi_literal(PROBLEM));
}

/* --- routes ----------------------------------------------------------------------------------- */

/* How a picture is to look. */
#define LOOK                                                                                       \
    "{'name': 'title', 'in': 'query', 'description': 'The heading.', 'schema': {'type': "          \
    "'string', 'maxLength': 400}}, {'name': 'size', 'in': 'query', 'description': 'For "           \
    "which screen.', 'schema': {'type': 'string', 'enum': ['wide', 'narrow']}}, {'name': "         \
    "'theme', 'in': 'query', 'description': 'On which page.', 'schema': {'type': "                 \
    "'string', 'enum': ['light', 'dark']}}"
#define MARK                                                                                       \
    "{'name': 'mark_day', 'in': 'query', 'description': 'A line is drawn before the "              \
    "period of this day.', 'schema': {'type': 'string', 'format': 'date'}}, {'name': "             \
    "'mark', 'in': 'query', 'description': 'What that line is.', 'schema': {'type': "              \
    "'string', 'maxLength': 400}}"

enum { PROBLEMS_MAX = 8 /* of one route */ };

/* What the rows of routes.def do not say of themselves: their parameters beside the path's, their
 * bodies and their answers. */
static const struct fixed {
    const char *handler, *parameters, *body;
    int status;
    const char *type, *schema;
    int problems[PROBLEMS_MAX + 1]; /* a zero ends them */
} fixed[] = {
    { "operator_health",
      NULL,
      NULL,
      200,
      "application/json",
      "{'type': 'object', 'properties': {'alive': {'type': 'boolean'}}}",
      { 421 } },
    { "operator_ready",
      NULL,
      NULL,
      200,
      "application/json",
      "{'type': 'object', 'properties': {'ready': {'type': 'boolean'}, 'missing': {'type': "
      "'array', 'items': {'type': 'string'}, 'examples': [[]]}}}",
      { 421, 503 } },
    { "operator_metrics", NULL, NULL, 200, "text/plain", "{'type': 'string'}", { 421, 503 } },
    { "openapi_get",
      NULL,
      NULL,
      200,
      "application/json",
      "{'type': 'object', 'examples': [{'openapi': '3.1.0'}]}",
      { 421 } },
    { "session_login",
      NULL,
      "{'type': 'object', 'required': ['token'], 'properties': {'token': "
      "{'type': 'string', 'maxLength': 256}}}",
      200,
      "application/json",
      "{'$ref': '#/components/schemas/http.me'}",
      { 400, 401, 403, 415, 421, 429, 503 } },
    { "session_logout",
      NULL,
      "{'type': 'object'}",
      200,
      "application/json",
      "{'type': 'object'}",
      { 403, 415, 421 } },
    { "session_me",
      NULL,
      NULL,
      200,
      "application/json",
      "{'$ref': '#/components/schemas/http.me'}",
      { 401, 421, 429, 503 } },
    { "stream_events",
      "[{'name': 'types', 'in': 'query', 'description': 'Only events of these types.', 'schema': "
      "{'type': 'string'}}, {'name': 'clients', 'in': 'query', 'description': 'Only of these "
      "clients.', 'schema': {'type': 'string'}}, {'name': 'services', 'in': 'query', "
      "'description': 'Only of these services.', 'schema': {'type': 'string'}}, {'name': "
      "'Last-Event-ID', 'in': 'header', 'description': 'Goes on behind this event.', 'schema': "
      "{'type': 'string'}}]",
      NULL,
      200,
      "text/event-stream",
      "{'type': 'string'}",
      { 400, 401, 403, 406, 421, 429, 503 } },
    { "ingest_post",
      "[{'$ref': '#/components/parameters/client'}, {'name': 'source', 'in': 'query', "
      "'description': 'The name of who sends, where the mapping lets it be told.', 'schema': "
      "{'type': 'string', 'maxLength': 40}}]",
      "{'type': 'object', 'examples': [{'version': '4', 'status': 'firing', 'alerts': [{'status': "
      "'firing', 'startsAt': '2026-11-23T08:00:00Z', 'labels': {'alertname': 'DiskFull', "
      "'severity': "
      "'critical', 'client': 'harbor-hospital'}, 'annotations': {'summary': 'Disk full'}}]}]}",
      200,
      "application/json",
      "{'type': 'object', 'properties': {'records': {'type': 'integer'}}}",
      { 400, 401, 403, 404, 415, 422, 503 } },
    { "ingest_pagerduty",
      NULL,
      "{'type': 'object', 'required': ['routing_key', 'event_action'], 'properties': "
      "{'routing_key': "
      "{'type': 'string'}, 'event_action': {'enum': ['trigger', 'acknowledge', 'resolve']}, "
      "'dedup_key': {'type': "
      "'string'}, 'payload': {'type': 'object', 'properties': {'summary': {'type': 'string'}, "
      "'source': {'type': 'string'}, 'severity': {'enum': ['critical', 'error', 'warning', "
      "'info']}}}}, "
      "'examples': [{'routing_key': 'rdt_DSBzCo-j1CJd0DEFa-2RiISouKuGnQi6tdJxI1sjLaA', "
      "'event_action': "
      "'trigger', 'dedup_key': 'disk-7', 'payload': {'summary': 'Disk full', 'source': 'db-7', "
      "'severity': 'critical'}}]}",
      202,
      "application/json",
      "{'type': 'object', 'examples': [{'status': 'success', 'message': 'Event processed', "
      "'dedup_key': 'disk-7'}]}",
      { 400, 401, 403, 415, 429, 503 } },
    { "map_get",
      "[{'name': 'client', 'in': 'query', 'description': 'Only what this client gets.', 'schema': "
      "{'type': 'string'}}, {'name': 'paper', 'in': 'query', 'description': 'The paper it is drawn "
      "for; a3 when not given.', 'schema': {'type': 'string', 'enum': ['a3', 'a4', '11x17']}}]",
      NULL,
      200,
      "image/svg+xml",
      "{'type': 'string'}",
      { 400, 401, 403, 404, 421, 429, 503 } },
    { "chart_get",
      "[{'$ref': '#/components/parameters/client'}, {'name': 'kpi', 'in': 'query', 'required': "
      "true, 'description': 'Which figure.', 'schema': {'type': 'string'}}, {'name': 'from', 'in': "
      "'query', 'required': true, 'description': 'A day of the first period.', 'schema': {'type': "
      "'string', 'format': 'date'}}, {'name': 'to', 'in': 'query', 'required': true, "
      "'description': 'A day of the last.', 'schema': {'type': 'string', 'format': 'date'}}, "
      "{'name': 'service', 'in': 'query', 'description': 'Of this service; this and more as "
      "kpi.series takes it.', 'schema': {'type': 'string'}}, {'name': 'component', 'in': 'query', "
      "'description': 'Of this component.', 'schema': {'type': 'string'}}, " MARK ", " LOOK "]",
      NULL,
      200,
      "image/svg+xml",
      "{'type': 'string'}",
      { 400, 401, 403, 404, 421, 429, 503, 504 } },
    { "programme_chart_get",
      "[{'$ref': '#/components/parameters/client'}, {'name': 'objective', 'in': 'query', "
      "'required': true, 'description': 'Its number.', 'schema': {'type': 'integer'}}, " MARK
      ", " LOOK "]",
      NULL,
      200,
      "image/svg+xml",
      "{'type': 'string'}",
      { 400, 401, 403, 404, 421, 429, 503, 504 } },
    { "loyalty_get",
      "[{'name': 'change', 'in': 'query', 'description': 'An announced change, whose effect is "
      "foreseen.', 'schema': {'type': 'string'}}, {'name': 'delta', 'in': 'query', 'description': "
      "'By how much satisfaction is expected to move.', 'schema': {'type': 'string'}}, " LOOK "]",
      NULL,
      200,
      "image/svg+xml",
      "{'type': 'string'}",
      { 400, 401, 403, 404, 421, 429, 503, 504 } },
    { "sip_report_get",
      "[{'name': 'programme', 'in': 'query', 'description': 'Only this one.', 'schema': {'type': "
      "'string'}}]",
      NULL,
      200,
      "application/json",
      "{'type': 'object', 'examples': [{'client': 'harbor-hospital', 'name': 'Harbor Hospital', "
      "'made': "
      "'2026-11-23', 'programmes': []}]}",
      { 400, 401, 403, 404, 421, 429, 503, 504 } },
    { "handover_get",
      "[{'name': 'at', 'in': 'query', 'description': 'The turn that holds then; now when not "
      "given.', 'schema': {'type': 'string', 'format': 'date-time'}}]",
      NULL,
      200,
      "application/json",
      "{'type': 'object', 'examples': [{'roster': 'net', 'name': 'Network', 'group': 'network', "
      "'from': '2026-11-23T07:00:00Z', 'from_local': 'Mon 23 Nov 2026 08:00 CET', 'to': "
      "'2026-11-23T15:00:00Z', 'to_local': 'Mon 23 Nov 2026 16:00 CET', 'zone': 'Europe/Berlin', "
      "'incoming': 'bob', 'incoming_name': 'Bob', 'state': 'waiting', 'clients': [], 'promises': "
      "[{'due_at': '2026-11-23T09:30:00Z', 'due_at_local': 'Mon 23 Nov 2026 10:30 CET', 'what': "
      "'update', 'when': 'in_shift', 'client': 'harbor-hospital', 'client_name': 'Harbor "
      "Hospital', 'escalation': 'esc-01a20391-6347-85f6-a6a0-977561f49201', 'title': 'Patient "
      "records unreachable'}], 'escalations': [], 'reviews': [], 'actions': [], 'changes': [], "
      "'risks': [], 'clients_at_risk': []}]}",
      { 400, 401, 403, 404, 421, 429, 503, 504 } },
    { "report_style_get", NULL, NULL, 200, "text/css", "{'type': 'string'}", { 421 } },
    { "calendar_get",
      NULL,
      NULL,
      200,
      "text/calendar",
      "{'type': 'string'}",
      { 404, 410, 421, 429, 503, 504 } },
    { "ack_get", NULL, NULL, 200, "text/html", "{'type': 'string'}", { 421 } },
    { "ack_post", NULL, NULL, 200, "text/html", "{'type': 'string'}", { 403, 415, 421 } },
    { "survey_get",
      "[{'name': 'score', 'in': 'query', 'description': 'The score that is chosen at first.', "
      "'schema': {'type': 'integer'}}]",
      NULL,
      200,
      "text/html",
      "{'type': 'string'}",
      { 421 } },
    { "survey_post",
      NULL,
      "{'type': 'object', 'required': ['score'], 'properties': {'score': {'type': 'integer'}, "
      "'comment': {'type': 'string'}}}",
      200,
      "text/html",
      "{'type': 'string'}",
      { 403, 415, 421 } },
};

static const struct fixed *fixed_of(const char *handler)
{
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (strcmp(fixed[i].handler, handler) == 0)
            return &fixed[i];
    return NULL;
}

static json_t *request_body(const char *schema, enum route_body body)
{
    json_t *request = json_object(), *content = json_object(), *media = json_object();
    member(media, "schema", openapi_literal(schema));
    if (body == FORM_BODY)
        member(content, "application/x-www-form-urlencoded", json_deep_copy(media));
    member(content, "application/json", media);
    member(request, "content", content);
    return request;
}

/* "{token}" of a path as a parameter. */
static void path_parameter(json_t *parameters, const char *path)
{
    const char *open = strchr(path, '{');
    if (!open)
        return;
    json_t *p = openapi_literal("{'in': 'path', 'required': true, 'schema': {'type': 'string'}}");
    member(p, "name", json_stringn(open + 1, strcspn(open + 1, "}")));
    append(parameters, p);
}

static void route(json_t *paths, const char *method, const char *path, enum route_access access,
                  enum route_body body, const char *handler, const char *summary)
{
    const struct fixed *f = fixed_of(handler);
    assert(f); /* a route of routes.def without a row above */
    char status[8];
    json_t *operation = openapi_operation(handler, "gateway", summary);
    json_t *responses = json_object();
    json_t *parameters = f->parameters ? openapi_literal(f->parameters) : json_array();
    path_parameter(parameters, path);
    if (json_array_size(parameters))
        member(operation, "parameters", json_incref(parameters));
    json_decref(parameters);
    if (access == ANYBODY)
        member(operation, "security", json_array());
    if (f->body)
        member(operation, "requestBody", request_body(f->body, body));
    snprintf(status, sizeof status, "%d", f->status);
    member(responses, status, openapi_answer(summary, f->type, openapi_literal(f->schema)));
    assert(!f->problems[PROBLEMS_MAX]);
    openapi_problems(responses, f->problems);
    member(operation, "responses", responses);
    openapi_path(paths, path, method, operation);
}

void openapi_routes(json_t *paths)
{
#define METHOD_GET  "get"
#define METHOD_POST "post"
#define ROUTE(method, path, access, body, handler, summary)                                        \
    route(paths, METHOD_##method, path, access, body, #handler, summary);
#include "proto/routes.def"
#undef ROUTE
}

/* --- what nothing refers to ------------------------------------------------------------------- */

/* Marks what a value refers to, and what that refers to. */
static void mark(const json_t *value, const json_t *components, json_t *marked)
{
    static const char prefix[] = "#/components/";
    json_t *v = json_incref((json_t *)(uintptr_t)value);
    const char *ref = json_string_value(json_object_get(v, "$ref"));
    if (ref && strncmp(ref, prefix, sizeof prefix - 1) == 0 && !json_object_get(marked, ref)) {
        char kind[32];
        const char *name = strchr(ref + sizeof prefix - 1, '/') + 1;
        snprintf(kind, sizeof kind, "%.*s", (int)(name - ref - (int)sizeof prefix),
                 ref + sizeof prefix - 1);
        member(marked, ref, json_true());
        mark(json_object_get(json_object_get(components, kind), name), components, marked);
    }
    for (void *i = json_object_iter(v); i; i = json_object_iter_next(v, i))
        mark(json_object_iter_value(i), components, marked);
    for (size_t i = 0; i < json_array_size(v); i++)
        mark(json_array_get(v, i), components, marked);
    json_decref(v);
}

static void sweep(json_t *components, const char *kind, const json_t *marked)
{
    json_t *all = json_object_get(components, kind);
    void *next;
    for (void *i = json_object_iter(all); i; i = next) {
        char ref[PRINT_NAME_MAX + 64];
        const char *name = json_object_iter_key(i);
        next = json_object_iter_next(all, i);
        snprintf(ref, sizeof ref, "#/components/%s/%s", kind, name);
        if (!json_object_get(marked, ref))
            json_object_del(all, name);
    }
}

void openapi_prune(json_t *document)
{
    json_t *components = json_object_get(document, "components"), *marked = json_object();
    mark(json_object_get(document, "paths"), components, marked);
    sweep(components, "schemas", marked);
    sweep(components, "responses", marked);
    json_decref(marked);
}

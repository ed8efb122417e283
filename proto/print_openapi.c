/* print_openapi: the gateway's HTTP API as OpenAPI 3.1: the paths that the tables of the services
 * come to (http.h), and the routes of routes.def. Schemas are those of the other documents.
 */
#include "proto/print.h"

#include <stdlib.h>
#include <string.h>

#include "common/store/history.h"
#include "proto/http.h"
#include "proto/print_openapi.h"

static const struct place SCHEMAS = { "#/components/schemas/", true };

/* Statuses of problems that an operation may answer with; 0 ends a list. */
static const int EVERYWHERE[] = { 400, 414, 421, 500, 0 };
static const int READING[] = { 401, 403, 404, 429, 503, 504, 0 };
static const int WRITING[] = { 412, 415, 422, 507, 0 };

/* --- pieces ----------------------------------------------------------------------------------- */

json_t *openapi_literal(const char *text)
{
    size_t n = strlen(text);
    char *copy = strdup(text);
    for (size_t i = 0; copy && i < n; i++)
        if (copy[i] == '\'')
            copy[i] = '"';
    json_t *value = copy ? json_loads(copy, 0, NULL) : NULL;
    free(copy);
    if (!value)
        abort();
    return value;
}

static json_t *ref_to(const char *kind, const char *name)
{
    json_t *ref = json_object();
    member(ref, "$ref", json_sprintf("#/components/%s/%s", kind, name));
    return ref;
}

void openapi_problems(json_t *responses, const int *statuses)
{
    for (; *statuses; statuses++) {
        char status[8], name[32];
        snprintf(status, sizeof status, "%d", *statuses);
        snprintf(name, sizeof name, "problem-%d", *statuses);
        member(responses, status, ref_to("responses", name));
    }
}

json_t *openapi_operation(const char *id, const char *tag, const char *summary)
{
    json_t *o = json_object(), *tags = json_array();
    append(tags, json_string(tag));
    member_text(o, "operationId", id);
    member(o, "tags", tags);
    size_t n = strlen(summary);
    member(o, "summary", json_stringn(summary, n && summary[n - 1] == '.' ? n - 1 : n));
    return o;
}

json_t *openapi_answer(const char *description, const char *type, json_t *schema)
{
    json_t *answer = json_object(), *content = json_object(), *media = json_object();
    member_text(answer, "description", description);
    member(media, "schema", schema);
    member(content, type, media);
    member(answer, "content", content);
    return answer;
}

static json_t *body_of(json_t *schema, bool required)
{
    json_t *body = json_object(), *content = json_object(), *media = json_object();
    member(media, "schema", schema);
    member(content, "application/json", media);
    member(body, "content", content);
    member(body, "required", json_boolean(required));
    return body;
}

void openapi_path(json_t *paths, const char *path, const char *method, json_t *operation)
{
    json_t *item = json_object_get(paths, path);
    if (!item) {
        item = json_object();
        member(paths, path, item);
    }
    member(item, method, operation);
}

static json_t *id_parameter(const char *doc)
{
    json_t *p = openapi_literal("{'name': 'id', 'in': 'path', 'required': true,"
                                " 'schema': {'type': 'string', 'maxLength': 120}}");
    member_text(p, "description", doc);
    return p;
}

/* --- schemas ---------------------------------------------------------------------------------- */

static json_t *schema_of(json_t *schemas, const struct service_type *s, const char *kind,
                         const char *name)
{
    char key[PRINT_NAME_MAX];
    print_name(&SCHEMAS, s->name, kind, name, key);
    return json_object_get(schemas, key);
}

static void required_drop(json_t *schema, const char *name)
{
    json_t *required = json_object_get(schema, "required");
    for (size_t i = json_array_size(required); i > 0; i--)
        if (strcmp(json_string_value(json_array_get(required, i - 1)), name) == 0)
            json_array_remove(required, i - 1);
    if (required && json_array_size(required) == 0)
        json_object_del(schema, "required");
}

/* Over HTTP the path names the target, and the client stands beside the fields. */
static void command_schema(json_t *schemas, const struct service_type *s,
                           const struct command_row *c)
{
    json_t *schema = schema_of(schemas, s, "command", c->name);
    json_t *properties = json_object_get(schema, "properties");
    const struct field *target = c->how == ON ? http_target(c) : NULL;
    if (target) {
        json_object_del(properties, target->name);
        required_drop(schema, target->name);
    }
    if (!s->single && !http_field(c->record, "client"))
        member(properties, "client",
               openapi_literal("{'type': 'string', 'maxLength': 64, 'description': 'Whose it is; "
                               "needless where the token or the id says it.'}"));
    member(schema, "additionalProperties", json_false());
}

static json_t *rows_schema(json_t *row)
{
    json_t *schema = openapi_literal("{'type': 'object', 'required': ['rows'], 'properties': {"
                                     "'cursor': {'type': 'string'}}}");
    json_t *rows = json_object();
    member_text(rows, "type", "array");
    member(rows, "items", row);
    member(json_object_get(schema, "properties"), "rows", rows);
    return schema;
}

/* --- operations ------------------------------------------------------------------------------- */

static void paging(json_t *parameters)
{
    append(parameters, ref_to("parameters", "limit"));
    append(parameters, ref_to("parameters", "cursor"));
}

/* The rows of a query's parameters; `but` is in the path. */
static json_t *query_parameters(json_t *schemas, const struct service_type *s,
                                const struct query_row *q, const struct field *but)
{
    json_t *all = json_array();
    struct field_rows rows = q->parameters->fields();
    json_t *properties = json_object_get(schema_of(schemas, s, "query", q->name), "properties");
    if (!s->single)
        append(all, ref_to("parameters", "client"));
    for (size_t i = 0; i < rows.count; i++) {
        const struct field *f = &rows.at[i];
        if (f == but || (!s->single && strcmp(f->name, "client") == 0))
            continue;
        json_t *p = json_object();
        member_text(p, "name", f->name);
        member_text(p, "in", "query");
        member_text(p, "description", f->doc);
        member(p, "required", json_boolean(f->need == REQUIRED));
        member(p, "schema", json_deep_copy(json_object_get(properties, f->name)));
        append(all, p);
    }
    return all;
}

static json_t *finish(json_t *operation, json_t *parameters, json_t *responses)
{
    if (json_array_size(parameters))
        member(operation, "parameters", parameters);
    else
        json_decref(parameters);
    openapi_problems(responses, EVERYWHERE);
    openapi_problems(responses, READING);
    member(operation, "responses", responses);
    return operation;
}

static json_t *query_operation(json_t *schemas, const struct service_type *s,
                               const struct query_row *q, const char *id)
{
    json_t *operation = openapi_operation(id, s->name, q->doc), *responses = json_object();
    json_t *parameters = query_parameters(schemas, s, q, NULL);
    json_t *result = print_ref(&SCHEMAS, s->name, "result", q->name);
    if (q->how == MANY) {
        paging(parameters);
        result = rows_schema(result);
    }
    member(responses, "200", openapi_answer("The answer", "application/json", result));
    return finish(operation, parameters, responses);
}

static json_t *one_operation(json_t *schemas, const struct noun *n)
{
    char id[PRINT_NAME_MAX];
    snprintf(id, sizeof id, "get-%s", n->entity->name);
    json_t *operation = openapi_operation(id, n->service->name, n->entity->doc);
    json_t *parameters = query_parameters(schemas, n->service, n->one, n->one_id);
    json_t *responses = json_object();
    append(parameters, id_parameter(n->one_id->doc));
    json_t *answer = openapi_answer("The one of this id", "application/json",
                                    print_ref(&SCHEMAS, n->service->name, "result", n->one->name));
    member(answer, "headers",
           openapi_literal("{'ETag': {'description': 'Its version, for If-Match', 'schema': "
                           "{'type': 'string'}}}"));
    member(responses, "200", answer);
    return finish(operation, parameters, responses);
}

static json_t *history_operation(const struct noun *n)
{
    char id[PRINT_NAME_MAX];
    snprintf(id, sizeof id, "history-%s", n->entity->name);
    json_t *operation =
        openapi_operation(id, n->service->name, "What happened to it, newest first");
    json_t *parameters = json_array(), *responses = json_object();
    append(parameters, id_parameter(n->one_id->doc));
    if (!n->service->single)
        append(parameters, ref_to("parameters", "client"));
    paging(parameters);
    member(responses, "200",
           openapi_answer("Its events", "application/json",
                          rows_schema(ref_to("schemas", "http.event"))));
    return finish(operation, parameters, responses);
}

static json_t *command_operation(const struct service_type *s, const struct command_row *c)
{
    json_t *operation = openapi_operation(c->name, s->name, c->doc), *responses = json_object();
    json_t *parameters = json_array();
    if (c->how == ON)
        append(parameters, id_parameter(http_target(c)->doc));
    if (!s->single)
        append(parameters, ref_to("parameters", "client"));
    append(parameters, ref_to("parameters", "idempotency-key"));
    append(parameters, ref_to("parameters", "if-match"));
    member(operation, "requestBody",
           body_of(print_ref(&SCHEMAS, s->name, "command", c->name), c->how != ON));
    json_t *answer = openapi_answer("Done", "application/json", ref_to("schemas", "http.reply"));
    if (c->how == CREATES)
        member(responses, "201", json_deep_copy(answer));
    member(responses, "200", answer);
    openapi_problems(responses, WRITING);
    return finish(operation, parameters, responses);
}

/* --- paths ------------------------------------------------------------------------------------ */

static void noun_paths(json_t *paths, json_t *schemas, const struct noun *n)
{
    enum { PATH_MAX_ = 256 };
    char base[PATH_MAX_], path[PATH_MAX_ + 64], id[PRINT_NAME_MAX];
    snprintf(base, sizeof base, "/v1/%s", n->entity->plural);
    if (n->list) {
        snprintf(id, sizeof id, "list-%s", n->entity->plural);
        openapi_path(paths, base, "get", query_operation(schemas, n->service, n->list, id));
    }
    if (n->create)
        openapi_path(paths, base, "post", command_operation(n->service, n->create));
    if (n->one) {
        snprintf(path, sizeof path, "%s/{id}", base);
        openapi_path(paths, path, "get", one_operation(schemas, n));
        snprintf(path, sizeof path, "%s/{id}/history", base);
        openapi_path(paths, path, "get", history_operation(n));
    }
    for (size_t i = 0; i < n->service->command_count; i++) {
        const struct command_row *c = &n->service->commands[i];
        if (c->how != ON || strcmp(c->noun, n->entity->name) != 0)
            continue;
        snprintf(path, sizeof path, "%s/{id}/%s", base, c->verb);
        openapi_path(paths, path, "post", command_operation(n->service, c));
    }
}

static void service_paths(json_t *paths, json_t *schemas, const struct service_type *s)
{
    struct noun n;
    for (size_t i = 0; i < s->command_count; i++)
        command_schema(schemas, s, &s->commands[i]);
    for (size_t i = 0; i < s->entity_count; i++)
        if (http_noun(s, &s->entities[i], &n))
            noun_paths(paths, schemas, &n);
    for (size_t i = 0; i < s->query_count; i++) {
        const struct query_row *q = &s->queries[i];
        char path[PRINT_NAME_MAX + 16], id[PRINT_NAME_MAX];
        snprintf(path, sizeof path, "/v1/queries/%s", q->name);
        snprintf(id, sizeof id, "query-%s", q->name);
        openapi_path(paths, path, "get", query_operation(schemas, s, q, id));
    }
}

/* --- the document ----------------------------------------------------------------------------- */

json_t *print_openapi(const struct service_type *const *services)
{
    json_t *document = openapi_head(), *paths = json_object(), *schemas = json_object();
    json_t *tags = json_object_get(document, "tags"), *data = json_array();
    json_t *components = json_object_get(document, "components");
    for (size_t i = 0; services[i]; i++) {
        const struct service_type *s = services[i];
        json_t *tag = json_object();
        member_text(tag, "name", s->name);
        member_text(tag, "description", s->doc);
        append(tags, tag);
        print_schemas(s, &SCHEMAS, schemas);
        service_paths(paths, schemas, s);
        for (size_t n = 0; n < s->event_count; n++)
            append(data, print_ref(&SCHEMAS, s->name, "event", s->events[n].name));
    }
    openapi_routes(paths);
    openapi_schemas(schemas, data);
    openapi_examples(paths, schemas);
    member(document, "paths", paths);
    member(components, "schemas", schemas);
    openapi_prune(document);
    return document;
}

/* api_command: POST of a command: its body, its headers, its reply. */
#include "services/gateway/api.h"

#include <stdio.h>

#include "common/base/token.h"
#include "common/msg/json.h"
#include "services/edge/convert.h"
#include "services/gateway/guard.h"

/* --- the body --------------------------------------------------------------------------------- */

/* Readers of the wire ignore what they do not know; who writes by hand is told. */
static bool known_only(const struct record *r, json_t *object, struct msg_error *reterr)
{
    for (void *i = json_object_iter(object); i; i = json_object_iter_next(object, i)) {
        const char *name = json_object_iter_key(i);
        const struct field *f = http_field(r, name);
        if (!f) {
            struct text key = { name, (uint32_t)json_object_iter_key_len(i) };
            name_print(key, reterr->field, sizeof reterr->field);
            snprintf(reterr->rule, sizeof reterr->rule, "There is no such field.");
            return false;
        }
        json_t *value = json_object_iter_value(i);
        for (size_t n = 0; f->kind == KIND_LIST && n < json_array_size(value); n++) {
            struct msg_error inner;
            if (known_only(f->record, json_array_get(value, n), &inner))
                continue;
            snprintf(reterr->field, sizeof reterr->field, "%s[%zu].%.100s", name, n, inner.field);
            memcpy(reterr->rule, inner.rule, sizeof reterr->rule);
            return false;
        }
    }
    return true;
}

static bool invalid(struct call *c, const struct msg_error *error, json_t *body)
{
    json_decref(body);
    call_problem(c, PROBLEM_invalid, text_from(error->field), text_from(error->rule));
    return false;
}

/* `client` stands beside the fields, unless the record has a field of that name. */
static struct text take_client(struct call *c, json_t *body)
{
    const struct api *api = api_of(c);
    struct text named = call_param(c, "client");
    const json_t *said = json_object_get(body, "client");
    if (json_is_string(said) && !api->service->single)
        named = arena_text(&c->arena, (struct text){ json_string_value(said),
                                                     (uint32_t)json_string_length(said) });
    if (!api->service->single && !http_field(api->command->record, "client"))
        json_object_del(body, "client");
    return named;
}

/* The id of the path is a field of the command; who says it twice says the same. */
static bool take_target(struct call *c, json_t *body, struct msg_error *reterr)
{
    const struct api *api = api_of(c);
    const struct field *target = api->command->how == ON ? http_target(api->command) : NULL;
    if (!target)
        return true;
    json_t *id = json_stringn(api->id.at, api->id.length);
    const json_t *said = json_object_get(body, target->name);
    bool same = !said || json_equal(said, id);
    json_object_set_new(body, target->name, id);
    snprintf(reterr->field, sizeof reterr->field, "%s", target->name);
    snprintf(reterr->rule, sizeof reterr->rule, "It must be the one of the path.");
    return same;
}

static bool read_body(struct call *c, struct text *ret_client)
{
    struct api *api = api_of(c);
    struct msg_buffer data = { .arena = &c->arena };
    struct msg_error error = { .field = "body", .rule = "It must be a JSON object." };
    struct text bytes = call_body(c);
    json_t *body = text_empty(bytes) ? json_object() : json_parse(bytes, &error);
    if (!json_is_object(body))
        return invalid(c, &error, body);
    *ret_client = take_client(c, body);
    if (!take_target(c, body, &error) || !known_only(api->command->record, body, &error) ||
        json_to_msg(body, &data, &error) < 0 ||
        msg_scan(data.at, data.size, MSG_FRAME_MAX, &error) < 0)
        return invalid(c, &error, body);
    json_decref(body);
    api->request.data = data.at;
    api->request.data_size = data.size;
    return true;
}

/* --- the headers ------------------------------------------------------------------------------ */

static struct text unquoted(struct text t)
{
    if (t.length >= 2 && t.at[0] == '"' && t.at[t.length - 1] == '"')
        return (struct text){ t.at + 1, t.length - 2 };
    return t;
}

static bool read_id(struct call *c, struct request *r)
{
    const char *key = call_header(c, "Idempotency-Key");
    if (!key) {
        r->id = id_new(real_now());
        return true;
    }
    if (id_parse(unquoted(text_from(key)), &r->id) == 0 && id_version(&r->id) == 7)
        return true;
    CALL_PROBLEM(c, invalid, "Idempotency-Key", "It must be a UUID of version 7.");
    return false;
}

static bool read_expect(struct call *c, struct request *r)
{
    const char *match = call_header(c, "If-Match"), *none = call_header(c, "If-None-Match");
    int64_t version = 0;
    if (none && strcmp(none, "*") != 0) {
        CALL_PROBLEM(c, invalid, "If-None-Match", "Only * means something here.");
        return false;
    }
    if (match && (none || match[0] != '"' ||
                  integer_parse(unquoted(text_from(match)), &version) < 0 || version < 0)) {
        CALL_PROBLEM(c, invalid, "If-Match", "It must be one ETag that a GET gave.");
        return false;
    }
    r->has_expect = match || none;
    r->expect = (uint64_t)version;
    return true;
}

/* --- the reply -------------------------------------------------------------------------------- */

static void as_text(json_t *object, const char *name)
{
    char text[24];
    const json_t *value = json_object_get(object, name);
    if (!json_is_integer(value))
        return;
    snprintf(text, sizeof text, "%lld", (long long)json_integer_value(value));
    json_object_set_new(object, name, json_string(text));
}

/* Where what was made is found. */
static void add_location(struct call *c, const json_t *value)
{
    const struct api *api = api_of(c);
    struct arena *a = &c->arena;
    struct text id =
        text_from(json_string_value(json_object_get(json_object_get(value, "result"), "id")));
    if (!api->noun.one || text_empty(id))
        return;
    struct text path =
        arena_printf(a, "/v1/%s/%.*s", api->noun.entity->plural, TEXT_ARG(guard_escape(id, a)));
    if (!api->service->single && http_field(api->noun.one->parameters, "client"))
        path = arena_printf(a, "%.*s?client=%.*s", TEXT_ARG(path),
                            TEXT_ARG(guard_escape(api->client, a)));
    call_add_header(c, "Location", path);
}

static void replied(void *arg, int error, const struct reply *reply, struct arena *a)
{
    struct call *c = arg;
    const struct api *api = api_of(c);
    if (error < 0 || reply->status != STATUS_ok) {
        call_failed(c, error, reply);
        return;
    }
    struct msg_buffer bytes = { .arena = a };
    reply_write(&api->request.id, reply, &bytes);
    json_t *value = json_from_msg(bytes.at, bytes.size);
    as_text(value, "sequence");
    bool created = api->command->how == CREATES && !reply->replayed;
    if (api->command->how != ON)
        add_location(c, value);
    if (reply->version)
        call_add_header(c, "ETag",
                        arena_printf(&c->arena, "\"%llu\"", (unsigned long long)reply->version));
    call_json(c, created ? 201 : 200, value);
}

static void command_send(struct call *c)
{
    struct api *api = api_of(c);
    char id[ID_TEXT + 1];
    id_print(&api->request.id, id);
    call_add_header(c, "Idempotency-Key", text_from(id));
    api->request.type = text_from(api->command->name);
    api->request.client = api->service->single ? PROVIDER_CLIENT : api->client;
    api->request.actor = c->who.actor;
    int error = bus_ask(c->gateway->bus, api->service, &api->request, replied, c);
    if (error < 0)
        call_failed(c, error, NULL);
}

void api_command(struct call *c)
{
    static const char *const names[] = { "client", NULL };
    static const char *const none[] = { NULL };
    struct api *api = api_of(c);
    struct text client;
    if (!call_params_only(c, api->service->single ? none : names) || !read_id(c, &api->request) ||
        !read_expect(c, &api->request) || !read_body(c, &client))
        return;
    api->request.traceparent = guard_traceparent(text_from(call_header(c, "traceparent")));
    if (api->command->how == ON) {
        if (!api_client(c, client))
            return;
        if (!api->service->single && text_empty(api->client))
            api_find(c, command_send);
        else
            command_send(c);
    } else if (api_client_needed(c, client)) {
        command_send(c);
    }
}

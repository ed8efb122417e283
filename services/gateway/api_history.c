/* api_history: everything that happened to one entity, as CloudEvents, the newest first; what
 * happened to the entities it lists (the tickets of an escalation) is told with it. */
#include "services/gateway/api.h"

#include <errno.h>
#include <stdlib.h>

#include "common/base/token.h"
#include "common/store/history.h"
#include "services/gateway/stream_json.h"

static const struct event_row *event_row_of(const struct service_type *s, struct text type)
{
    for (size_t i = 0; i < s->event_count; i++)
        if (text_equal(text_from(s->events[i].name), type))
            return &s->events[i];
    return NULL;
}

/* One envelope; NULL when it is withheld. */
static json_t *event_json(struct call *c, const uint8_t *bytes, size_t size)
{
    struct envelope e;
    struct msg_error error;
    size_t length = 0;
    if (envelope_read(bytes, size, &e, &error) < 0)
        return NULL;
    char *line = stream_json(event_row_of(api_of(c)->service, e.type), bytes, size,
                             c->who.role->as_client, &length);
    json_t *event = line ? json_loadb(line, length, 0, NULL) : NULL;
    free(line);
    return event;
}

static void history_came(void *arg, int error, const struct reply *reply, struct arena *a)
{
    struct call *c = arg;
    struct token t;
    (void)a;
    if (error < 0 || reply->status != STATUS_ok) {
        call_failed(c, error, reply);
        return;
    }
    struct reader r = reader_over(reply->result, reply->result_size);
    json_t *rows = json_array();
    if (reader_next(&r, &t) && t.kind == TOKEN_ARRAY)
        for (uint32_t i = 0; i < t.count; i++) {
            const uint8_t *at = r.at;
            if (!reader_skip(&r))
                break;
            json_t *event = event_json(c, at, (size_t)(r.at - at));
            if (event)
                json_array_append_new(rows, event);
        }
    api_page(c, rows, reply->cursor);
}

/* The ids that the entity's lists name, as long as there is room. What belongs to all clients names
 * people and clients whom a token for some of them may not look up: it is told alone. */
static uint32_t others(struct call *c, struct history_subject *ret)
{
    const struct api *api = api_of(c);
    struct field_rows rows = api->noun.entity->record->fields();
    uint32_t n = 0;
    if (api->service->single && c->who.client_count)
        return 0;
    for (size_t i = 0; i < rows.count; i++) {
        const struct field *list = &rows.at[i];
        if (list->kind != KIND_LIST)
            continue;
        const struct field *id = list->record->fields().at;
        const json_t *all = json_object_get(api->entity, list->name);
        if (id->kind != KIND_REFERENCE)
            continue;
        for (size_t k = 0; k < json_array_size(all) && n < HISTORY_ALSO_MAX; k++) {
            const json_t *value = json_object_get(json_array_get(all, k), id->name);
            if (json_is_string(value))
                ret[n++] = (struct history_subject){
                    .noun = text_from(id->reference),
                    .id = arena_text(&c->arena, text_from(json_string_value(value))),
                };
        }
    }
    return n;
}

static void history_ask(struct call *c)
{
    struct api *api = api_of(c);
    char name[HISTORY_NAME_MAX];
    const struct query_row row = history_row(api->service, name);
    struct msg_buffer body = { .arena = &c->arena };
    struct history_subject *also = arena_alloc(&c->arena, HISTORY_ALSO_MAX * sizeof *also);
    const struct history what = {
        .noun = text_from(api->noun.entity->name),
        .id = api->id,
        .also = { also, others(c, also) },
    };
    msg_encode(row.parameters, &what, &body);
    api->request.query = true;
    api->request.type = text_from(name);
    api->request.client = api->service->single ? PROVIDER_CLIENT : api->client;
    api->request.data = body.at;
    api->request.data_size = body.size;
    int error = bus_ask(c->gateway->bus, api->service, &api->request, history_came, c);
    if (error < 0)
        call_failed(c, error, NULL);
}

void api_history(struct call *c)
{
    static const char *const names[] = { "cursor", "limit", "client", NULL };
    static const char *const own[] = { "cursor", "limit", NULL };
    struct api *api = api_of(c);
    if (call_params_only(c, api->service->single ? own : names) &&
        api_client(c, call_param(c, "client")) && api_paging(c, &api->request))
        api_find(c, history_ask);
}

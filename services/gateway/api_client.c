/* api_client: whose a request is, and where what it speaks of lies. */
#include "services/gateway/api.h"

#include <errno.h>

#include "common/msg/json.h"
#include "services/edge/mapping.h"
#include "services/gateway/audience.h"

bool api_client(struct call *c, struct text named)
{
    struct api *api = api_of(c);
    if (api->service->single)
        return true;
    if (text_empty(named) && c->who.client_count == 1)
        named = c->who.clients[0];
    if (text_empty(named) && c->who.client_count > 1) {
        CALL_PROBLEM(c, invalid, "client", "The token is for several clients: say which.");
        return false;
    }
    if (!text_empty(named) && !client_id_valid(named)) {
        CALL_PROBLEM(c, invalid, "client", "A client's id holds only letters, digits and . _ -");
        return false;
    }
    if (!principal_sees(&c->who, named)) {
        CALL_PROBLEM(c, denied, "client", "The token is not for this client.");
        return false;
    }
    api->client = named;
    return true;
}

bool api_client_needed(struct call *c, struct text named)
{
    if (!api_client(c, named))
        return false;
    if (!text_empty(api_of(c)->client) || api_of(c)->service->single)
        return true;
    CALL_PROBLEM(c, invalid, "client", "Say whose it is.");
    return false;
}

bool api_all(struct call *c)
{
    if (!api_of(c)->service->single || c->who.client_count == 0)
        return true;
    CALL_PROBLEM(c, denied, "", "The token is for some clients only; this belongs to all.");
    return false;
}

/* What all clients share is not for who may see only some; but each may see itself. */
bool api_single(struct call *c, const struct query_row *row, const void *value)
{
    if (!api_of(c)->service->single || c->who.client_count == 0)
        return true;
    struct field_rows rows = row->parameters->fields();
    for (size_t i = 0; i < rows.count; i++) {
        const struct field *f = &rows.at[i];
        if (f->kind != KIND_REFERENCE || f->need != REQUIRED || strcmp(f->reference, "client") != 0)
            continue;
        const struct text *client = (const void *)((const char *)value + f->offset);
        if (principal_sees(&c->who, *client))
            return true;
    }
    return api_all(c);
}

/* --- finding ---------------------------------------------------------------------------------- */

static void missing(struct call *c)
{
    call_problem(c, PROBLEM_not_found, text_from(api_of(c)->noun.entity->name),
                 (struct text)TEXT_OF("There is none of this id."));
}

/* Takes the one row of an answer, if there is one. */
static bool take_row(struct call *c, const struct reply *reply)
{
    struct api *api = api_of(c);
    json_t *rows = json_from_msg(reply->result, reply->result_size);
    json_t *row = json_array_get(rows, 0);
    if (c->who.role->as_client && audience_hides(api->query->result, row))
        row = NULL;
    if (row) {
        const char *client = json_string_value(json_object_get(row, "client"));
        api->entity = json_incref(row);
        api->version = reply->version;
        if (text_empty(api->client) && client)
            api->client = arena_text(&c->arena, text_from(client));
    }
    json_decref(rows);
    return row != NULL;
}

static void go_on(struct call *c)
{
    struct api *api = api_of(c);
    json_t *entity = api->entity;
    if (text_empty(api->client) && !api->service->single)
        CALL_PROBLEM(c, invalid, "client", "Say whose it is.");
    else
        api->found(c); /* which may free the call, but not what it has borrowed */
    json_decref(entity);
}

static void came(void *arg, int error, const struct reply *reply, struct arena *a)
{
    struct call *c = arg;
    (void)a;
    if (error < 0 || reply->status != STATUS_ok)
        call_failed(c, error, reply);
    else if (take_row(c, reply))
        go_on(c);
    else
        missing(c);
}

static void all_came(void *arg, const struct bus_answer *answers, uint32_t count, struct arena *a)
{
    struct call *c = arg;
    int error = 0;
    (void)a;
    for (uint32_t i = 0; i < count; i++) {
        if (answers[i].error < 0 || answers[i].reply.status != STATUS_ok)
            error = answers[i].error < 0 ? answers[i].error : -ECONNREFUSED;
        else if (take_row(c, &answers[i].reply)) {
            go_on(c);
            return;
        }
    }
    /* Where nobody answered, it may lie. */
    if (error < 0)
        call_failed(c, error, NULL);
    else
        missing(c);
}

bool api_request_one(struct call *c, struct request *ret)
{
    const struct api *api = api_of(c);
    const struct query_row *row = api->noun.one;
    const struct field *f = api->noun.one_id;
    struct msg_buffer body = { .arena = &c->arena };
    struct msg_error error;
    void *value = arena_alloc(&c->arena, row->parameters->size);
    *(struct text *)(void *)((char *)value + f->offset) = api->id;
    *(bool *)((char *)value + f->has_offset) = true;
    if (msg_check(row->parameters, value, &error) < 0) {
        call_problem(c, PROBLEM_invalid, text_from(f->name), text_from(error.rule));
        return false;
    }
    if (!api_single(c, row, value))
        return false;
    msg_encode(row->parameters, value, &body);
    *ret = (struct request){
        .query = true,
        .type = text_from(row->name),
        .client = api->client,
        .data = body.at,
        .data_size = body.size,
    };
    return true;
}

void api_find(struct call *c, call_handler *found)
{
    struct api *api = api_of(c);
    struct bus *bus = c->gateway->bus;
    struct request r;
    api->found = found;
    bool anywhere = text_empty(api->client) && !api->service->single;
    if (!api->noun.one || (anywhere && http_field(api->noun.one->parameters, "client"))) {
        CALL_PROBLEM(c, invalid, "client", "Say whose it is.");
        return;
    }
    if (!api_request_one(c, &r))
        return;
    int error = anywhere ? bus_ask_each(bus, api->service, &r, all_came, c)
                         : bus_ask(bus, api->service, &r, came, c);
    if (error < 0)
        call_failed(c, error, NULL);
}

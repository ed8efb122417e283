/* api_query: lists, single entities, and any query by its name. */
#include "services/gateway/api.h"

#include "common/msg/json.h"
#include "services/edge/convert.h"
#include "services/gateway/audience.h"
#include "services/gateway/guard.h"

static void bad_param(struct call *c, struct text name, struct text rule)
{
    call_problem(c, PROBLEM_invalid, name, rule);
}

bool api_paging(struct call *c, struct request *r)
{
    struct text limit = call_param(c, "limit");
    int64_t n = PAGE_ROWS;
    if (!text_empty(limit) && (integer_parse(limit, &n) < 0 || n < 1 || n > PAGE_MAX)) {
        CALL_PROBLEM(c, invalid, "limit", "It must be 1 to 500.");
        return false;
    }
    r->limit = (uint32_t)n;
    r->cursor = call_param(c, "cursor");
    return true;
}

static bool is_paging(struct text name)
{
    return text_equal(name, text_from("cursor")) || text_equal(name, text_from("limit"));
}

/* Whose, and which page, are not the query's own; `client` is, where all clients share a service.
 */
static bool read_params(struct call *c, const struct query_row *row, void *value)
{
    int64_t now = suite_now(&c->gateway->suite->clock);
    for (uint32_t i = 0; i < c->param_count; i++) {
        const struct param *p = &c->params[i];
        const struct field *f = record_field(row->parameters, p->name);
        struct msg_error error;
        if (!api_of(c)->service->single && text_equal(p->name, text_from("client")))
            continue;
        if (f && !text_equal(p->name, text_from(f->name)))
            f = NULL; /* the command line takes dashes, this does not */
        if (!f && is_paging(p->name) && row->how == MANY)
            continue;
        if (!f) {
            bad_param(c, p->name, (struct text)TEXT_OF("There is no such parameter here."));
            return false;
        }
        if (field_set_text(f, p->value, now, &c->arena, value, &error) < 0) {
            bad_param(c, p->name, text_from(error.rule));
            return false;
        }
    }
    return true;
}

static bool read_request(struct call *c, struct request *ret)
{
    const struct api *api = api_of(c);
    const struct query_row *row = api->query;
    struct msg_buffer body = { .arena = &c->arena };
    struct msg_error error;
    void *value = arena_alloc(&c->arena, row->parameters->size);
    *ret = (struct request){ .query = true, .type = text_from(row->name) };
    if (!read_params(c, row, value) || (row->how == MANY && !api_paging(c, ret)))
        return false;
    if (msg_check(row->parameters, value, &error) < 0) {
        bad_param(c, text_from(error.field), text_from(error.rule));
        return false;
    }
    if (!api_single(c, row, value))
        return false;
    if (c->who.role->as_client && audience_hides_question(row->parameters, value)) {
        CALL_PROBLEM(c, denied, "kpi", "The token's role does not include this figure.");
        return false;
    }
    api_of(c)->of_answers = audience_of_answers(row->parameters, value);
    msg_encode(row->parameters, value, &body);
    ret->client = api->client;
    ret->data = body.at;
    ret->data_size = body.size;
    return true;
}

/* --- answers ---------------------------------------------------------------------------------- */

json_t *api_rows(struct call *c, const struct record *record, const struct reply *reply)
{
    json_t *rows = json_from_msg(reply->result, reply->result_size);
    if (c->who.role->as_client && json_is_array(rows))
        audience_client_rows(record, rows, api_of(c)->of_answers);
    else if (c->who.role->as_client)
        audience_client(record, rows, api_of(c)->of_answers);
    return rows;
}

/* RFC 8288: the same question, from the cursor on. */
static void link_next(struct call *c, struct text cursor)
{
    struct arena *a = &c->arena;
    struct text all = arena_printf(a, "<%.*s?", TEXT_ARG(c->path));
    for (uint32_t i = 0; i < c->param_count; i++) {
        const struct param *p = &c->params[i];
        if (!text_equal(p->name, text_from("cursor")))
            all =
                arena_printf(a, "%.*s%.*s=%.*s&", TEXT_ARG(all), TEXT_ARG(guard_escape(p->name, a)),
                             TEXT_ARG(guard_escape(p->value, a)));
    }
    call_add_header(c, "Link",
                    arena_printf(a, "%.*scursor=%.*s>; rel=\"next\"", TEXT_ARG(all),
                                 TEXT_ARG(guard_escape(cursor, a))));
}

void api_page(struct call *c, json_t *rows, struct text cursor)
{
    json_t *page = json_pack("{so}", "rows", rows);
    if (!text_empty(cursor)) {
        json_object_set_new(page, "cursor", json_stringn(cursor.at, cursor.length));
        link_next(c, cursor);
    }
    call_json(c, 200, page);
}

static void list_came(void *arg, int error, const struct reply *reply, struct arena *a)
{
    struct call *c = arg;
    const struct query_row *row = api_of(c)->query;
    (void)a;
    if (error < 0 || reply->status != STATUS_ok) {
        call_failed(c, error, reply);
        return;
    }
    json_t *answer = api_rows(c, row->result, reply);
    if (row->how == MANY)
        api_page(c, answer, reply->cursor);
    else
        call_json(c, 200, answer);
}

void api_list(struct call *c)
{
    api_ask(c, list_came);
}

void api_ask(struct call *c, bus_done *done)
{
    const struct api *api = api_of(c);
    struct bus *bus = c->gateway->bus;
    struct request r;
    if (!api_client(c, call_param(c, "client")) || !read_request(c, &r))
        return;
    bool everywhere = text_empty(api->client) && !api->service->single;
    int error = everywhere ? bus_ask_all(bus, api->service, api->query, &r, done, c)
                           : bus_ask(bus, api->service, &r, done, c);
    if (error < 0)
        call_failed(c, error, NULL);
}

/* --- one -------------------------------------------------------------------------------------- */

static void one_found(struct call *c)
{
    struct api *api = api_of(c);
    struct text etag = arena_printf(&c->arena, "\"%llu\"", (unsigned long long)api->version);
    if (c->who.role->as_client)
        audience_client(api->query->result, api->entity, false);
    if (api->version)
        call_add_header(c, "ETag", etag);
    if (api->version && guard_etag(text_from(call_header(c, "If-None-Match")), etag))
        call_reply(c, 304, NULL, (struct text){ 0 });
    else
        call_json(c, 200, json_incref(api->entity));
}

void api_one(struct call *c)
{
    static const char *const names[] = { "client", NULL };
    static const char *const none[] = { NULL };
    if (call_params_only(c, api_of(c)->service->single ? none : names) &&
        api_client(c, call_param(c, "client")))
        api_find(c, one_found);
}

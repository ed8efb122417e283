/* compose: see compose.h. */
#include "services/gateway/compose.h"

#include <string.h>

#include "common/msg/json.h"

struct composing {
    struct call *call;
    const struct service_type *service;
    const struct query_row *query;
    struct text client, body;
    json_t *rows;
    int pages;
    compose_done *done;
};

/* The call, and with it all of this but the rows, may be gone when `done` returns. */
static void end(struct composing *x, int error, const struct reply *reply, bool more)
{
    json_t *rows = x->rows;
    const struct composed answer = { rows, error, reply, more };
    x->done(x->call, &answer);
    json_decref(rows);
}

static void ask(struct composing *x, struct text cursor);

static void came(void *arg, int error, const struct reply *reply, struct arena *a)
{
    struct composing *x = arg;
    (void)a;
    if (error < 0 || reply->status != STATUS_ok) {
        end(x, error, reply, false);
        return;
    }
    json_t *rows = api_rows(x->call, x->query->result, reply);
    if (!x->rows) {
        x->rows = rows;
    } else {
        json_array_extend(x->rows, rows);
        json_decref(rows);
    }
    bool more = !text_empty(reply->cursor);
    if (more && ++x->pages < COMPOSE_PAGES_MAX)
        ask(x, arena_text(&x->call->arena, reply->cursor));
    else
        end(x, 0, reply, more);
}

static void ask(struct composing *x, struct text cursor)
{
    struct bus *bus = x->call->gateway->bus;
    bool all = !x->service->single && text_empty(x->client);
    const struct request q = { .query = true,
                               .type = text_from(x->query->name),
                               .client = x->service->single ? PROVIDER_CLIENT : x->client,
                               .data = x->body.at,
                               .data_size = x->body.length,
                               .limit = PAGE_MAX,
                               .cursor = cursor };
    int error = all ? bus_ask_all(bus, x->service, x->query, &q, came, x)
                    : bus_ask(bus, x->service, &q, came, x);
    if (error < 0)
        end(x, error, NULL, false);
}

void compose_ask(struct call *c, const struct service_type *service, const struct query_row *query,
                 const json_t *parameters, struct text client, compose_done *done)
{
    struct composing *x = arena_alloc(&c->arena, sizeof *x);
    struct msg_buffer body = { .arena = &c->arena };
    struct msg_error ignored;
    *x = (struct composing){
        .call = c, .service = service, .query = query, .client = client, .done = done
    };
    int error = json_to_msg(parameters, &body, &ignored);
    if (error < 0) {
        end(x, error, NULL, false);
        return;
    }
    x->body = arena_text(&c->arena, (struct text){ (const char *)body.at, (uint32_t)body.size });
    ask(x, (struct text){ 0 });
}

int compose_form(struct text name, const char *const *suffixes, struct text *ret_stem)
{
    for (int i = 0; suffixes[i]; i++) {
        struct text suffix = text_from(suffixes[i]);
        if (name.length <= suffix.length ||
            memcmp(name.at + name.length - suffix.length, suffix.at, suffix.length) != 0)
            continue;
        *ret_stem = (struct text){ name.at, name.length - suffix.length };
        return i;
    }
    return -1;
}

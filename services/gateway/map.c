/* map: the service model on one page, drawn (GET /v1/map.svg). Its rows are the catalog's. */
#include "services/gateway/handlers.h"

#include <stdlib.h>

#include "common/msg/json.h"
#include "proto/catalog.h"
#include "services/edge/map_svg.h"
#include "services/gateway/bus.h"
#include "services/registry.h"

static const struct text CATALOG_MAP = TEXT_OF("catalog.map");

struct map {
    struct text client;
    const struct paper *paper;
};

static void draw(struct call *c, const json_t *rows)
{
    const struct map *m = c->state;
    char now[INSTANT_TEXT + 1];
    const char *name = json_string_value(json_object_get(json_array_get(rows, 0), "name"));
    instant_print(suite_now(&c->gateway->suite->clock), now);
    struct text title = arena_printf(&c->arena, "Service map: %s",
                                     text_empty(m->client) || !name ? "all services" : name);
    struct text made = arena_printf(&c->arena, "As the catalog stood on %.10s", now);
    char *svg = map_svg(rows, m->paper, title.at, made.at);
    if (!svg) {
        CALL_PROBLEM(c, failed, "", "The map could not be drawn.");
        return;
    }
    struct text body = arena_text(&c->arena, text_from(svg));
    free(svg);
    call_reply(c, 200, "image/svg+xml", body);
}

static void came(void *arg, int error, const struct reply *reply, struct arena *a)
{
    struct call *c = arg;
    (void)a;
    if (error < 0 || reply->status != STATUS_ok) {
        call_failed(c, error, reply);
        return;
    }
    json_t *rows = json_from_msg(reply->result, reply->result_size);
    if (json_array_size(rows) == 0)
        CALL_PROBLEM(c, not_found, "client", "The catalog has no such client.");
    else
        draw(c, rows);
    json_decref(rows);
}

/* The page is cut at one answer: more than that cannot be read on paper either. */
enum { MAP_ROWS = 500 };

void map_get(struct call *c)
{
    static const char *const names[] = { "client", "paper", NULL };
    struct map *m = arena_alloc(&c->arena, sizeof *m);
    struct text paper = call_param(c, "paper");
    const struct service_type *catalog;
    const struct query_row *row = http_query(services, CATALOG_MAP, &catalog);
    if (!call_params_only(c, names))
        return;
    m->client = call_param(c, "client");
    m->paper = paper_find(text_empty(paper) ? text_from("a3") : paper);
    c->state = m;
    if (c->who.client_count) {
        CALL_PROBLEM(c, denied, "", "The map is the provider's.");
        return;
    }
    if (!m->paper) {
        call_problem(c, PROBLEM_invalid, text_from("paper"),
                     arena_printf(&c->arena, "It must be one of %s.", paper_names));
        return;
    }
    struct msg_buffer body = { .arena = &c->arena };
    msg_encode(row->parameters, &(const struct catalog_map){ .client = m->client }, &body);
    const struct request r = { .query = true,
                               .type = CATALOG_MAP,
                               .client = PROVIDER_CLIENT,
                               .data = body.at,
                               .data_size = body.size,
                               .limit = MAP_ROWS };
    int error = bus_ask(c->gateway->bus, catalog, &r, came, c);
    if (error < 0)
        call_failed(c, error, NULL);
}

/* handover: what whoever comes on duty takes over, as JSON or a page to print: GET
 * /v1/handovers/ROSTER.json or .html, `at` for another turn than that of now. What is asked for it,
 * one after the other, and what it looks like is edge's (packet.h). It tells of all clients, so it
 * is for those who may see all of them; and it is whole or not at all: whoever takes over must not
 * read that nothing is due because a service did not answer. */
#include <stdlib.h>

#include "common/msg/json.h"
#include "services/edge/convert.h"
#include "services/edge/packet.h"
#include "services/gateway/api.h"
#include "services/gateway/handlers.h"
#include "services/registry.h"

static const char STYLE_PATH[] = "/report.css"; /* paper is paper */

enum { PAGES_MAX = 40 /* of one question; more is too much for one hand-over */ };

struct handing {
    struct packet *packet;
    const struct service_type *service;
    const struct query_row *asked;
    struct text body; /* what is asked for, of `asked` */
    json_t *rows; /* of the pages that came */
    int pages;
    bool html;
};

static void finish(struct call *c)
{
    struct handing *h = c->state;
    bool found = packet_found(h->packet);
    json_t *document =
        found ? packet_document(h->packet, suite_now(&c->gateway->suite->clock)) : NULL;
    packet_end(&h->packet);
    char *page = document && h->html ? packet_html(document, STYLE_PATH) : NULL;
    if (!found)
        CALL_PROBLEM(c, not_found, "", "The catalog has no such roster.");
    else if (!h->html)
        call_json(c, 200, json_incref(document));
    else if (page)
        call_reply(c, 200, "text/html; charset=utf-8", arena_text(&c->arena, text_from(page)));
    else
        CALL_PROBLEM(c, failed, "", "The hand-over could not be written.");
    json_decref(document);
    free(page);
}

static void give_up(struct call *c)
{
    struct handing *h = c->state;
    json_decref(h->rows);
    h->rows = NULL;
    packet_end(&h->packet);
}

static void go_on(struct call *c);
static void ask(struct call *c, struct text cursor);

static void came(void *arg, int error, const struct reply *reply, struct arena *a)
{
    struct call *c = arg;
    struct handing *h = c->state;
    (void)a;
    if (error < 0 || reply->status != STATUS_ok) {
        give_up(c);
        call_failed(c, error, reply);
        return;
    }
    json_t *rows = api_rows(c, h->asked->result, reply);
    json_array_extend(h->rows, rows);
    json_decref(rows);
    if (text_empty(reply->cursor)) {
        packet_take(h->packet, h->rows);
        json_decref(h->rows);
        h->rows = NULL;
        go_on(c);
    } else if (++h->pages < PAGES_MAX) {
        ask(c, arena_text(&c->arena, reply->cursor));
    } else {
        give_up(c);
        CALL_PROBLEM(c, failed, "", "There is more than fits into a hand-over.");
    }
}

static void ask(struct call *c, struct text cursor)
{
    struct handing *h = c->state;
    struct bus *bus = c->gateway->bus;
    const struct request q = { .query = true,
                               .type = text_from(h->asked->name),
                               .client = h->service->single ? PROVIDER_CLIENT : (struct text){ 0 },
                               .data = h->body.at,
                               .data_size = h->body.length,
                               .limit = PAGE_MAX,
                               .cursor = cursor };
    int error = h->service->single ? bus_ask(bus, h->service, &q, came, c)
                                   : bus_ask_all(bus, h->service, h->asked, &q, came, c);
    if (error < 0) {
        give_up(c);
        call_failed(c, error, NULL);
    }
}

static void go_on(struct call *c)
{
    struct handing *h = c->state;
    struct packet_ask next;
    struct msg_error ignored;
    struct msg_buffer body = { .arena = &c->arena };
    if (!packet_ask(h->packet, &next)) {
        finish(c);
        return;
    }
    h->asked = http_query(services, text_from(next.query), &h->service);
    h->rows = json_array();
    h->pages = 0;
    if (json_to_msg(next.parameters, &body, &ignored) < 0) {
        give_up(c);
        CALL_PROBLEM(c, failed, "", "The hand-over could not be asked for.");
        return;
    }
    h->body = arena_text(&c->arena, (struct text){ (const char *)body.at, (uint32_t)body.size });
    ask(c, (struct text){ 0 });
}

/* "net.json" into the roster and the form; false: neither. */
static bool read_name(struct text name, struct text *ret_roster, bool *ret_html)
{
    static const char *const forms[] = { ".json", ".html" };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct text suffix = text_from(forms[i]);
        if (name.length <= suffix.length ||
            memcmp(name.at + name.length - suffix.length, suffix.at, suffix.length) != 0)
            continue;
        *ret_roster = (struct text){ name.at, name.length - suffix.length };
        *ret_html = i == 1;
        return true;
    }
    return false;
}

/* The instant asked for, as the catalog's query takes it; "" for now. False: answered. */
static bool read_at(struct call *c, char out[static INSTANT_TEXT + 1])
{
    struct text at = call_param(c, "at");
    int64_t instant;
    out[0] = 0;
    if (text_empty(at))
        return true;
    if (instant_parse(at, &instant) == 0) {
        instant_print(instant, out);
        return true;
    }
    CALL_PROBLEM(c, invalid, "at", "It must be an instant with an offset: 2026-03-01T08:00:00Z.");
    return false;
}

void handover_get(struct call *c)
{
    static const char *const names[] = { "at", NULL };
    struct handing *h = arena_alloc(&c->arena, sizeof *h);
    char at[INSTANT_TEXT + 1];
    struct text roster;
    c->state = h;
    if (!call_params_only(c, names) || !read_at(c, at))
        return;
    if (c->who.role->as_client || c->who.client_count) {
        CALL_PROBLEM(c, denied, "", "A hand-over is about all clients; the token is not.");
        return;
    }
    if (!read_name(c->segments[2], &roster, &h->html)) {
        CALL_PROBLEM(c, not_found, "", "A hand-over is named ROSTER.json or ROSTER.html.");
        return;
    }
    h->packet = packet_begin(roster, text_from(at));
    if (h->packet)
        go_on(c);
    else
        CALL_PROBLEM(c, failed, "", "The hand-over could not be written.");
}

/* handover: what whoever comes on duty takes over, as JSON or a page to print: GET
 * /v1/handovers/ROSTER.json or .html, `at` for another turn than that of now. What is asked for it,
 * one after the other, and what it looks like is edge's (packet.h). It tells of all clients, so it
 * is for those who may see all of them; and it is whole or not at all: whoever takes over must not
 * read that nothing is due because a service did not answer. */
#include <stdlib.h>

#include "services/edge/packet.h"
#include "services/gateway/compose.h"
#include "services/gateway/handlers.h"
#include "services/registry.h"

static const char STYLE_PATH[] = "/report.css"; /* paper is paper */

enum { JSON, HTML };
static const char *const suffixes[] = { ".json", ".html", NULL };

struct handing {
    struct api api; /* first: api_of */
    struct packet *packet;
    int form; /* of suffixes */
};

static void finish(struct call *c)
{
    struct handing *h = c->state;
    bool found = packet_found(h->packet);
    json_t *document =
        found ? packet_document(h->packet, suite_now(&c->gateway->suite->clock)) : NULL;
    packet_end(&h->packet);
    char *page = document && h->form == HTML ? packet_html(document, STYLE_PATH) : NULL;
    if (!found)
        CALL_PROBLEM(c, not_found, "", "The catalog has no such roster.");
    else if (h->form == JSON)
        call_json(c, 200, json_incref(document));
    else if (page)
        call_reply(c, 200, "text/html; charset=utf-8", arena_text(&c->arena, text_from(page)));
    else
        CALL_PROBLEM(c, failed, "", "The hand-over could not be written.");
    json_decref(document);
    free(page);
}

static void go_on(struct call *c);

static void came(struct call *c, const struct composed *answer)
{
    struct handing *h = c->state;
    bool ok = answer->error == 0 && answer->reply->status == STATUS_ok;
    if (ok && !answer->more) {
        packet_take(h->packet, answer->rows);
        go_on(c);
        return;
    }
    packet_end(&h->packet);
    if (ok)
        CALL_PROBLEM(c, failed, "", "There is more than fits into a hand-over.");
    else
        call_failed(c, answer->error, answer->reply);
}

static void go_on(struct call *c)
{
    struct handing *h = c->state;
    struct packet_ask next;
    const struct query_row *query;
    if (!packet_ask(h->packet, &next)) {
        finish(c);
        return;
    }
    query = http_query(services, text_from(next.query), &h->api.service);
    compose_ask(c, h->api.service, query, next.parameters, (struct text){ 0 }, came);
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
    h->form = compose_form(c->segments[2], suffixes, &roster);
    if (h->form < 0) {
        CALL_PROBLEM(c, not_found, "", "A hand-over is named ROSTER.json or ROSTER.html.");
        return;
    }
    h->packet = packet_begin(roster, text_from(at));
    if (h->packet)
        go_on(c);
    else
        CALL_PROBLEM(c, failed, "", "The hand-over could not be written.");
}

/* report: the improvement programmes of a client as JSON, CSV or a page to print: GET
 * /v1/sip/reports/CLIENT.json and so on, `programme` for one of them. What is asked for it, one
 * after the other, and what it looks like is edge's (sip_report.h); who reads gets the fields that
 * are for them. */
#include <stdlib.h>

#include "common/msg/json.h"
#include "services/edge/sip_report.h"
#include "services/gateway/api.h"
#include "services/gateway/handlers.h"
#include "services/registry.h"

static const char STYLE_PATH[] = "/report.css";

enum { PAGES_MAX = 40 /* of one question: of more, the rest is left out */ };

struct reporting {
    struct api api; /* first: api_of */
    struct sip_report *report;
    const struct query_row *asked;
    struct text body; /* what is asked for, of `asked` */
    json_t *rows; /* of the pages that came */
    int pages;
    const struct report_form *form;
    bool provider; /* names of the provider's own may be told */
};

static const struct report_form {
    const char *suffix, *type;
} forms[] = {
    { ".json", "application/json" },
    { ".csv", "text/csv; charset=utf-8" },
    { ".html", "text/html; charset=utf-8" },
};

static void finish(struct call *c)
{
    struct reporting *r = c->state;
    char made[INSTANT_TEXT + 1], *words = NULL;
    instant_print(suite_now(&c->gateway->suite->clock), made);
    made[DATE_TEXT] = 0;
    if (r->form == &forms[0])
        words = sip_report_json(r->report, made);
    else if (r->form == &forms[1])
        words = sip_report_csv(r->report, made);
    else
        words = sip_report_html(r->report, made, STYLE_PATH);
    size_t programmes = sip_report_count(r->report);
    sip_report_end(&r->report);
    if (!words) {
        CALL_PROBLEM(c, failed, "", "The report could not be written.");
    } else if (programmes == 0 && !text_empty(call_param(c, "programme"))) {
        CALL_PROBLEM(c, not_found, "programme", "The client has no such programme.");
    } else {
        struct text body = arena_text(&c->arena, text_from(words));
        if (r->form == &forms[1])
            call_add_header(c, "Content-Disposition",
                            arena_printf(&c->arena, "attachment; filename=\"sip-%.*s.csv\"",
                                         TEXT_ARG(r->api.client)));
        call_reply(c, 200, r->form->type, body);
    }
    free(words);
}

static void go_on(struct call *c);

static void give_up(struct call *c, int error, const struct reply *reply)
{
    struct reporting *r = c->state;
    json_decref(r->rows);
    r->rows = NULL;
    sip_report_end(&r->report);
    call_failed(c, error, reply);
}

static void ask(struct call *c, struct text cursor);

/* What the catalog does not tell leaves ids where names would be; without programmes there is no
 * report. */
static void came(void *arg, int error, const struct reply *reply, struct arena *a)
{
    struct call *c = arg;
    struct reporting *r = c->state;
    (void)a;
    bool ok = error == 0 && reply->status == STATUS_ok;
    if (!ok && !r->api.service->single) {
        give_up(c, error, reply);
        return;
    }
    json_t *rows = ok ? api_rows(c, r->asked->result, reply) : NULL;
    if (r->rows && rows)
        json_array_extend(r->rows, rows);
    else if (rows)
        r->rows = json_incref(rows);
    json_decref(rows);
    if (ok && !text_empty(reply->cursor) && ++r->pages < PAGES_MAX) {
        ask(c, arena_text(&c->arena, reply->cursor));
        return;
    }
    sip_report_take(r->report, r->rows);
    json_decref(r->rows);
    r->rows = NULL;
    go_on(c);
}

static void ask(struct call *c, struct text cursor)
{
    struct reporting *r = c->state;
    const struct request q = { .query = true,
                               .type = text_from(r->asked->name),
                               .client = r->api.service->single ? PROVIDER_CLIENT : r->api.client,
                               .data = r->body.at,
                               .data_size = r->body.length,
                               .limit = PAGE_MAX,
                               .cursor = cursor };
    int error = bus_ask(c->gateway->bus, r->api.service, &q, came, c);
    if (error < 0)
        give_up(c, error, NULL);
}

static void go_on(struct call *c)
{
    struct reporting *r = c->state;
    struct sip_ask next;
    struct msg_error ignored;
    struct msg_buffer body = { .arena = &c->arena };
    while (sip_report_ask(r->report, &next)) {
        r->asked = http_query(services, text_from(next.query), &r->api.service);
        bool may = r->asked && (r->provider || !next.provider);
        if (!may || json_to_msg(next.parameters, &body, &ignored) < 0) {
            sip_report_take(r->report, NULL);
            continue;
        }
        r->body =
            arena_text(&c->arena, (struct text){ (const char *)body.at, (uint32_t)body.size });
        r->pages = 0;
        ask(c, (struct text){ 0 });
        return;
    }
    finish(c);
}

/* "acme.csv" into the client and the form; false: neither. */
static bool read_name(struct text name, struct text *ret_client, const struct report_form **ret)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct text suffix = text_from(forms[i].suffix);
        if (name.length <= suffix.length ||
            memcmp(name.at + name.length - suffix.length, suffix.at, suffix.length) != 0)
            continue;
        *ret_client = (struct text){ name.at, name.length - suffix.length };
        *ret = &forms[i];
        return true;
    }
    return false;
}

void sip_report_get(struct call *c)
{
    static const char *const names[] = { "programme", NULL };
    static const struct text query = TEXT_OF("sip.programmes");
    struct reporting *r = arena_alloc(&c->arena, sizeof *r);
    struct text client;
    c->state = r;
    if (!call_params_only(c, names))
        return;
    if (!read_name(c->segments[3], &client, &r->form)) {
        CALL_PROBLEM(c, not_found, "", "A report is named CLIENT.json, CLIENT.csv or CLIENT.html.");
        return;
    }
    r->provider = !c->who.role->as_client && c->who.client_count == 0;
    if (!http_query(services, query, &r->api.service) ||
        !role_may_query(c->who.role, r->api.service)) {
        CALL_PROBLEM(c, denied, "", "The token's role does not include this.");
        return;
    }
    if (!api_client_needed(c, client))
        return;
    r->report = sip_report_begin(client, call_param(c, "programme"));
    if (r->report)
        go_on(c);
    else
        CALL_PROBLEM(c, failed, "", "The report could not be written.");
}

void report_style_get(struct call *c)
{
    call_reply(c, 200, "text/css; charset=utf-8", text_from(sip_report_style));
}

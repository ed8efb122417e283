/* report: the improvement programmes of a client as JSON, CSV or a page to print: GET
 * /v1/sip/reports/CLIENT.json and so on, `programme` for one of them. What is asked for it, one
 * after the other, and what it looks like is edge's (sip_report.h); who reads gets the fields that
 * are for them. */
#include <stdlib.h>

#include "services/edge/sip_report.h"
#include "services/gateway/compose.h"
#include "services/gateway/handlers.h"
#include "services/registry.h"

static const char STYLE_PATH[] = "/report.css";

enum { JSON, CSV, HTML };
static const char *const suffixes[] = { ".json", ".csv", ".html", NULL };
static const char *const types[] = { "application/json", "text/csv; charset=utf-8",
                                     "text/html; charset=utf-8" };

struct reporting {
    struct api api; /* first: api_of */
    struct sip_report *report;
    int form; /* of suffixes and types */
    bool provider; /* names of the provider's own may be told */
};

static void finish(struct call *c)
{
    struct reporting *r = c->state;
    char made[INSTANT_TEXT + 1], *words = NULL;
    instant_print(suite_now(&c->gateway->suite->clock), made);
    made[DATE_TEXT] = 0;
    if (r->form == JSON)
        words = sip_report_json(r->report, made);
    else if (r->form == CSV)
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
        if (r->form == CSV)
            call_add_header(c, "Content-Disposition",
                            arena_printf(&c->arena, "attachment; filename=\"sip-%.*s.csv\"",
                                         TEXT_ARG(r->api.client)));
        call_reply(c, 200, types[r->form], body);
    }
    free(words);
}

static void go_on(struct call *c);

/* What the catalog does not tell leaves ids where names would be; without programmes there is no
 * report. Of more pages than are asked for the rest is left out. */
static void came(struct call *c, const struct composed *answer)
{
    struct reporting *r = c->state;
    bool ok = answer->error == 0 && answer->reply->status == STATUS_ok;
    if (ok || r->api.service->single) {
        sip_report_take(r->report, ok ? answer->rows : NULL);
        go_on(c);
    } else {
        sip_report_end(&r->report);
        call_failed(c, answer->error, answer->reply);
    }
}

static void go_on(struct call *c)
{
    struct reporting *r = c->state;
    const struct query_row *query;
    struct sip_ask next;
    while (sip_report_ask(r->report, &next)) {
        query = http_query(services, text_from(next.query), &r->api.service);
        if (query && (r->provider || !next.provider)) {
            compose_ask(c, r->api.service, query, next.parameters, r->api.client, came);
            return;
        }
        sip_report_take(r->report, NULL);
    }
    finish(c);
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
    r->form = compose_form(c->segments[3], suffixes, &client);
    if (r->form < 0) {
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

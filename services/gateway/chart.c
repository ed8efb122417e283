/* chart: answers of queries as pictures: a figure by periods (GET /v1/chart.svg: kpi.series), an
 * objective of a programme (/v1/programmes/{id}/chart.svg: sip.chart), clients by satisfaction and
 * loyalty (/v1/loyalty.svg: kpi.loyalty). Parameters are the query's, and how it is to look. */
#include <stdlib.h>

#include "common/msg/json.h"
#include "services/edge/chart_draw.h"
#include "services/edge/chart_svg.h"
#include "services/edge/loyalty_svg.h"
#include "services/gateway/api.h"
#include "services/gateway/audience.h"
#include "services/gateway/handlers.h"
#include "services/registry.h"

static const struct text KPI_SERIES = TEXT_OF("kpi.series"), SIP_CHART = TEXT_OF("sip.chart"),
                         KPI_LOYALTY = TEXT_OF("kpi.loyalty"),
                         CATALOG_CLIENTS = TEXT_OF("catalog.clients");

enum { TITLE_MAX = 400 };

struct drawing {
    struct api api; /* first: api_of */
    struct chart_look look;
    json_t *loyal; /* the rows of kpi.loyalty, until they are drawn */
    bool more; /* there are more */
};

/* Takes a parameter that is the picture's own away from the query's. */
static struct text take(struct call *c, const char *name)
{
    for (uint32_t i = 0; i < c->param_count; i++) {
        struct text value = c->params[i].value;
        if (!text_equal(c->params[i].name, text_from(name)))
            continue;
        c->params[i] = c->params[--c->param_count];
        return arena_text(&c->arena, value);
    }
    return (struct text){ 0 };
}

/* Sets a parameter of the query. False: answered. */
static bool put(struct call *c, const char *name, struct text value)
{
    (void)take(c, name);
    if (c->param_count == HTTP_PARAMS_MAX) {
        CALL_PROBLEM(c, invalid, "", "There are too many parameters.");
        return false;
    }
    c->params[c->param_count++] = (struct param){ text_from(name), value };
    return true;
}

/* One of two words, the second of which says yes; false: answered. */
static bool take_flag(struct call *c, const char *name, const char *no, const char *yes, bool *ret)
{
    struct text value = take(c, name);
    *ret = text_equal(value, text_from(yes));
    if (*ret || text_empty(value) || text_equal(value, text_from(no)))
        return true;
    call_problem(c, PROBLEM_invalid, text_from(name),
                 arena_printf(&c->arena, "It must be one of %s, %s.", no, yes));
    return false;
}

/* "SLA attainment: acme, Patient records" */
static const char *title_of(struct call *c)
{
    char kpi[64];
    struct text client = api_of(c)->client, of = call_param(c, "service");
    if (text_empty(of))
        of = call_param(c, "component");
    chart_words(arena_text(&c->arena, call_param(c, "kpi")).at, kpi, sizeof kpi);
    return arena_printf(&c->arena, "%s: %.*s%s%.*s", kpi,
                        TEXT_ARG(text_empty(client) ? text_from("all clients") : client),
                        text_empty(of) ? "" : ", ", TEXT_ARG(of))
        .at;
}

static void send_svg(struct call *c, char *svg)
{
    if (!svg) {
        CALL_PROBLEM(c, failed, "", "The chart could not be drawn.");
        return;
    }
    struct text body = arena_text(&c->arena, text_from(svg));
    free(svg);
    call_reply(c, 200, "image/svg+xml", body);
}

/* Takes what says how the picture is to look. False: answered. */
static bool take_look(struct call *c, struct chart_look *ret)
{
    struct text day = take(c, "mark_day"), mark = take(c, "mark"), title = take(c, "title");
    if (!take_flag(c, "size", "wide", "narrow", &ret->narrow) ||
        !take_flag(c, "theme", "light", "dark", &ret->dark))
        return false;
    if (title.length > TITLE_MAX || mark.length > TITLE_MAX) {
        CALL_PROBLEM(c, invalid, "title", "It holds at most 400 bytes.");
        return false;
    }
    ret->title = text_empty(title) ? NULL : title.at;
    ret->mark_day = text_empty(day) ? NULL : day.at;
    ret->mark = text_empty(mark) ? NULL : mark.at;
    return true;
}

/* NULL: answered. */
static struct drawing *begin(struct call *c, struct text query)
{
    struct drawing *d = arena_alloc(&c->arena, sizeof *d);
    c->state = d;
    if (!take_look(c, &d->look))
        return NULL;
    d->api.query = http_query(services, query, &d->api.service);
    if (d->api.query && role_may_query(c->who.role, d->api.service) &&
        (!c->who.role->as_client || audience_any(d->api.query->result)))
        return d;
    CALL_PROBLEM(c, denied, "", "The token's role does not include this.");
    return NULL;
}

/* --- a figure by periods -----------------------------------------------------------------------
 */

static void chart_came(void *arg, int error, const struct reply *reply, struct arena *a)
{
    struct call *c = arg;
    struct drawing *d = c->state;
    (void)a;
    if (error < 0 || reply->status != STATUS_ok) {
        call_failed(c, error, reply);
        return;
    }
    json_t *chart = api_rows(c, d->api.query->result, reply);
    d->look.title = d->look.title ? d->look.title : title_of(c);
    char *svg = chart_svg(chart, &d->look);
    json_decref(chart);
    send_svg(c, svg);
}

void chart_get(struct call *c)
{
    if (begin(c, KPI_SERIES))
        api_ask(c, chart_came);
}

/* --- an objective of a programme ----------------------------------------------------------------
 */

static void objective_came(void *arg, int error, const struct reply *reply, struct arena *a)
{
    struct call *c = arg;
    struct drawing *d = c->state;
    (void)a;
    if (error < 0 || reply->status != STATUS_ok) {
        call_failed(c, error, reply);
        return;
    }
    json_t *rows = api_rows(c, d->api.query->result, reply), *chart = chart_of_periods(rows);
    d->look.title = d->look.title ? d->look.title : "Closed periods of an objective";
    char *svg = chart_svg(chart, &d->look);
    json_decref(chart);
    json_decref(rows);
    send_svg(c, svg);
}

void programme_chart_get(struct call *c)
{
    struct drawing *d = begin(c, SIP_CHART);
    if (!d)
        return;
    if (put(c, "programme", c->segments[2]) &&
        put(c, "limit", arena_printf(&c->arena, "%d", PAGE_MAX)))
        api_ask(c, objective_came);
}

/* --- loyalty ------------------------------------------------------------------------------------
 */

static void names_came(void *arg, int error, const struct reply *reply, struct arena *a)
{
    struct call *c = arg;
    struct drawing *d = c->state;
    json_t *names = json_object(), *row;
    size_t i;
    (void)a;
    /* Without the catalog clients are called by their ids. */
    json_t *rows = error == 0 && reply->status == STATUS_ok
                       ? json_from_msg(reply->result, reply->result_size)
                       : NULL;
    json_array_foreach(rows, i, row)
    {
        json_object_set(names, chart_text(row, "id"), json_object_get(row, "name"));
    }
    const struct loyalty_look look = {
        .title = d->look.title ? d->look.title : "Satisfaction and loyalty",
        .names = names,
        .narrow = d->look.narrow,
        .dark = d->look.dark,
        .more = d->more,
    };
    char *svg = loyalty_svg(d->loyal, &look);
    json_decref(rows);
    json_decref(names);
    json_decref(d->loyal);
    send_svg(c, svg);
}

static void loyalty_came(void *arg, int error, const struct reply *reply, struct arena *a)
{
    struct call *c = arg;
    struct drawing *d = c->state;
    const struct service_type *catalog;
    struct msg_buffer body = { .arena = &c->arena };
    (void)a;
    if (error < 0 || reply->status != STATUS_ok) {
        call_failed(c, error, reply);
        return;
    }
    (void)http_query(services, CATALOG_CLIENTS, &catalog);
    d->loyal = api_rows(c, d->api.query->result, reply);
    d->more = !text_empty(reply->cursor);
    msg_put_map(&body, 0);
    const struct request r = { .query = true,
                               .type = CATALOG_CLIENTS,
                               .client = PROVIDER_CLIENT,
                               .data = body.at,
                               .data_size = body.size,
                               .limit = PAGE_MAX };
    error = bus_ask(c->gateway->bus, catalog, &r, names_came, c);
    if (error < 0)
        names_came(c, error, NULL, &c->arena);
}

void loyalty_get(struct call *c)
{
    if (c->who.client_count) {
        CALL_PROBLEM(c, denied, "", "Clients beside each other are the provider's to see.");
        return;
    }
    if (!begin(c, KPI_LOYALTY))
        return;
    if (put(c, "limit", arena_printf(&c->arena, "%d", PAGE_MAX)))
        api_ask(c, loyalty_came);
}

/* chart: a figure by periods as a picture (GET /v1/chart.svg): the answer of kpi.series, drawn. Its
 * parameters are the query's, and how it is to look. */
#include <stdlib.h>

#include "common/json.h"
#include "services/edge/chart_draw.h"
#include "services/edge/chart_svg.h"
#include "services/gateway/api.h"
#include "services/gateway/handlers.h"
#include "services/registry.h"

static const struct text KPI_SERIES = TEXT_OF("kpi.series");

enum { TITLE_MAX = 400 };

struct drawing {
    struct api api; /* first: api_of */
    struct chart_look look;
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

static void came(void *arg, int error, const struct reply *reply, struct arena *a)
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
    if (!svg) {
        CALL_PROBLEM(c, failed, "", "The chart could not be drawn.");
        return;
    }
    struct text body = arena_text(&c->arena, text_from(svg));
    free(svg);
    call_reply(c, 200, "image/svg+xml", body);
}

void chart_get(struct call *c)
{
    struct drawing *d = arena_alloc(&c->arena, sizeof *d);
    struct text day = take(c, "mark_day"), mark = take(c, "mark"), title = take(c, "title");
    c->state = d;
    if (!take_flag(c, "size", "wide", "narrow", &d->look.narrow) ||
        !take_flag(c, "theme", "light", "dark", &d->look.dark))
        return;
    if (title.length > TITLE_MAX || mark.length > TITLE_MAX) {
        CALL_PROBLEM(c, invalid, "title", "It holds at most 400 bytes.");
        return;
    }
    d->look.title = text_empty(title) ? NULL : title.at;
    d->look.mark_day = text_empty(day) ? NULL : day.at;
    d->look.mark = text_empty(mark) ? NULL : mark.at;
    d->api.query = http_query(services, KPI_SERIES, &d->api.service);
    if (!role_may_query(c->who.role, d->api.service))
        CALL_PROBLEM(c, denied, "", "The token's role does not include this.");
    else
        api_ask(c, came);
}

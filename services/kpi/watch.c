/* watch: which periods of which figures are waited for; see series.h. */
#include "services/kpi/period.h"
#include "services/kpi/series.h"

/* --- which figures ---------------------------------------------------------------------------- */

enum { OF_CLIENT = 1, OF_SERVICE = 2, OF_COMPONENT = 4 };

#define WATCHED(name, of)                                                                          \
    {                                                                                              \
        kpi_##name, (of), TEXT_OF(#name)                                                           \
    }
static const struct watched {
    enum kpi kpi;
    unsigned of;
    struct text name; /* in ids */
} watched[] = {
    WATCHED(sla_attainment, OF_CLIENT | OF_SERVICE),
    WATCHED(incidents, OF_CLIENT | OF_COMPONENT),
    WATCHED(response_time, OF_CLIENT),
    WATCHED(resolution_rate, OF_CLIENT),
    WATCHED(csat_escalation, OF_CLIENT),
    WATCHED(csat_relationship, OF_CLIENT),
    WATCHED(nps, OF_CLIENT),
    WATCHED(reactive, OF_CLIENT),
    WATCHED(unit_cost, OF_CLIENT),
};

static const struct watched *watched_of(enum kpi kpi)
{
    for (size_t i = 0; i < sizeof watched / sizeof *watched; i++)
        if (watched[i].kpi == kpi)
            return &watched[i];
    return NULL;
}

/* --- ids -------------------------------------------------------------------------------------- */

static void append(struct entity_id *id, const char *at, uint32_t length)
{
    memcpy(id->at + id->length, at, length);
    id->length += length;
}

/* Ids are told in events, so what is cut off a long name ends with a whole character. */
static uint32_t cut_at(struct text name, uint32_t most)
{
    while (most > 0 && ((unsigned char)name.at[most] & 0xc0) == 0x80)
        most--;
    return most;
}

static void append_hash(struct entity_id *id, struct text name)
{
    uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */
    for (uint32_t i = 0; i < name.length; i++)
        h = (h ^ (uint8_t)name.at[i]) * UINT64_C(1099511628211);
    for (int i = 0; i < 16; i++, h >>= 4)
        append(id, &"0123456789abcdef"[h & 15], 1);
}

struct entity_id series_id(enum kpi kpi, const struct place *p)
{
    enum { NAME_MAX = 90, KEPT = NAME_MAX - 17 };
    struct text name = watched_of(kpi)->name;
    struct entity_id id = { .length = 0 };
    bool service = !text_empty(p->service), component = !text_empty(p->component);
    struct text scope = component ? p->component : p->service;
    append(&id, name.at, name.length);
    append(&id, component ? "/c/" : service ? "/s/" : "/-", service || component ? 3 : 2);
    if (scope.length <= NAME_MAX) {
        if (scope.length)
            append(&id, scope.at, scope.length);
        return id;
    }
    append(&id, scope.at, cut_at(scope, KEPT));
    append(&id, "~", 1);
    append_hash(&id, scope);
    return id;
}

/* --- observations ----------------------------------------------------------------------------- */

int64_t seal_instant(const struct context *ctx, struct view *v, int64_t to)
{
    const struct kpi_options *o = ctx->options;
    const struct client *c = view_get_of(v, ENTITY_client, PROVIDER_CLIENT, ctx->client);
    const struct zone *z = c ? zone_find(c->zone) : NULL;
    return wall_first(z ? z : zone_find((struct text){ 0 }), to + 1 + o->seal_days, 0);
}

/* One of the figure's series. */
static void seen(const struct context *ctx, struct view *v, struct decision *d, enum kpi kpi,
                 const struct place *p, struct days period)
{
    struct entity_id at = series_id(kpi, p);
    struct text id = { at.at, at.length };
    static const struct watch none;
    const struct watch *is = view_get(v, ENTITY_watch, id);
    if (!is)
        is = &none;
    if (is->from == period.from)
        return; /* awaited already; the usual case */
    if (period.to > is->closed && period.from > is->from && period.to <= is->last)
        return; /* so is this one, behind another */
    int64_t seal_at = seal_instant(ctx, v, period.to);
    if (period.to > is->closed && seal_at > ctx->now)
        EMIT(d, watch_awaited, id, .kpi = kpi, .service = p->service, .component = p->component,
             .from = period.from, .to = period.to, .seal_at = seal_at);
    else if (is->last)
        EMIT(d, watch_stirred, id, .from = period.from, .to = period.to);
}

void series_seen(const struct context *ctx, struct view *v, struct decision *d, enum kpi kpi,
                 const struct place *p, int64_t day)
{
    const struct kpi_options *o = ctx->options;
    const struct watched *w = watched_of(kpi);
    if (!w || day <= 0)
        return;
    struct days period = period_of(day, (enum period)o->period);
    if (period.from > day)
        return; /* a day between periods */
    if (w->of & OF_CLIENT)
        seen(ctx, v, d, kpi, &(struct place){ .client = p->client }, period);
    if (w->of & OF_SERVICE && !text_empty(p->service))
        seen(ctx, v, d, kpi, &(struct place){ .client = p->client, .service = p->service }, period);
    if (w->of & OF_COMPONENT && !text_empty(p->component))
        seen(ctx, v, d, kpi, &(struct place){ .client = p->client, .component = p->component },
             period);
}

/* --- folds ------------------------------------------------------------------------------------ */

static int64_t earlier(int64_t day, int64_t than)
{
    return !than || day < than ? day : than;
}

void apply_watch_awaited(struct fold *f, const void *event, void *entity)
{
    const struct watch_awaited *e = event;
    struct watch *is = entity;
    struct observed *client =
        fold_aggregate_of(f, AGGREGATE_observed, f->client, (struct text){ 0 });
    client->since = earlier(e->from, client->since);
    is->kpi = e->kpi;
    is->service = e->service;
    is->component = e->component;
    if (!is->from || e->from < is->from) {
        is->from = e->from;
        is->to = e->to;
        is->seal_at = e->seal_at;
    }
    if (e->to > is->last)
        is->last = e->to;
}

void apply_watch_stirred(struct fold *f, const void *event, void *entity)
{
    const struct watch_stirred *e = event;
    struct watch *is = entity;
    is->late_from = earlier(e->from, is->late_from);
    if (e->to > is->late_to)
        is->late_to = e->to;
    is->stirred_at = f->time;
}

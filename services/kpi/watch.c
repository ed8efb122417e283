/* watch: which periods of which figures are waited for; see series.h. */
#include "services/kpi/bucket.h"
#include "services/kpi/figure.h"
#include "services/kpi/period.h"
#include "services/kpi/scope.h"
#include "services/kpi/series.h"

/* --- which figures ---------------------------------------------------------------------------- */

enum { OF_CLIENT = 0, OF_SERVICE = 1, OF_COMPONENT = 2 }; /* of a client always */
enum { WATCH_LOOK_MAX = 40 };

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

bool series_kept(enum kpi kpi)
{
    return watched_of(kpi) != NULL;
}

/* --- ids -------------------------------------------------------------------------------------- */

static void append(struct entity_id *id, const char *at, uint32_t length)
{
    memcpy(id->at + id->length, at, length);
    id->length += length;
}

struct entity_id series_id(enum kpi kpi, const struct place *p)
{
    struct text name = watched_of(kpi)->name;
    struct entity_id id = { .length = 0 };
    bool service = !text_empty(p->service), component = !text_empty(p->component);
    struct text scope = component ? p->component : p->service;
    append(&id, name.at, name.length);
    append(&id, component ? "/c/" : service ? "/s/" : "/-", service || component ? 3 : 2);
    id.length += scope_name(id.at + id.length, scope);
    return id;
}

/* --- observations ----------------------------------------------------------------------------- */

int64_t seal_instant(const struct context *ctx, struct view *v, int64_t to)
{
    const struct kpi_options *o = ctx->options;
    const struct client *c = view_get_of(v, ENTITY_client, PROVIDER_CLIENT, ctx->client);
    const struct zone *z = c ? zone_find(c->zone) : NULL;
    return wall_last(z ? z : zone_find((struct text){ 0 }), to + 1 + o->seal_days, 0);
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
    if (is->from && period.from >= is->from && period.to <= is->last)
        return; /* awaited already, behind another or not; the usual case */
    int64_t seal_at = seal_instant(ctx, v, period.to);
    if (period.to > is->closed && seal_at > ctx->now)
        EMIT(d, watch_awaited, id, .kpi = (int32_t)kpi, .service = p->service,
             .component = p->component, .from = period.from, .to = period.to, .seal_at = seal_at);
    else if (series_sealed(v, id, period.from))
        EMIT(d, watch_stirred, id, .from = period.from, .to = period.to);
}

void series_seen(const struct context *ctx, struct view *v, struct decision *d, enum kpi kpi,
                 const struct place *p, int64_t day)
{
    const struct kpi_options *o = ctx->options;
    const struct watched *w = watched_of(kpi);
    if (!w)
        return;
    struct days period = period_of(day, (enum period)o->period);
    if (period.from > day)
        return; /* a day between periods */
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

void apply_watch_moved(struct fold *f, const void *event, void *entity)
{
    const struct watch_moved *e = event;
    struct watch *is = entity;
    (void)f;
    is->closed = e->closed;
    is->from = e->from;
    is->to = e->to;
    is->seal_at = e->seal_at;
}

void apply_watch_compared(struct fold *f, const void *event, void *entity)
{
    struct watch *is = entity;
    (void)f, (void)event;
    is->late_from = is->late_to = 0;
    is->stirred_at = 0;
}

/* --- timers ----------------------------------------------------------------------------------- */

/* Something late is compared at once, but behind the decision that told it: its view shows what was
 * before. Timers may be late: then something is told while a period is still to close. */
int64_t due_watch(const void *entity)
{
    const struct watch *is = entity;
    bool stirs = is->stirred_at && (!is->seal_at || is->stirred_at < is->seal_at);
    return stirs ? is->stirred_at : is->seal_at;
}

/* The first period that may be waited for next: the one behind that which closes; where some of
 * them lapsed, the first that has not closed. */
static struct days first_left(const struct context *ctx, struct view *v, const struct watch *is)
{
    const struct kpi_options *o = ctx->options;
    if (is->from)
        return period_after((struct days){ is->from, is->to }, (enum period)o->period);
    return period_of(client_day(v, ctx->client, ctx->now) - o->seal_days, (enum period)o->period);
}

/* The one that is waited for next: the first in which anything counted. Periods in which nothing
 * is left are passed over, so many at a time. */
static struct days next_period(const struct context *ctx, struct view *v, const struct watch *is,
                               const struct place *p)
{
    const struct kpi_options *o = ctx->options;
    struct days next = first_left(ctx, v, is);
    for (int i = 0; i < WATCH_LOOK_MAX; i++) {
        struct figure f = { 0 };
        if (next.to > is->last)
            return (struct days){ 0, 0 };
        figure_sum(v, (enum kpi)is->kpi, p, next.from, next.to, 0, 0, 0, &f);
        if (f.n)
            break;
        next = period_after(next, (enum period)o->period);
    }
    return next;
}

void wake_watch(const struct context *ctx, struct view *v, struct text id, const void *entity,
                struct decision *d)
{
    const struct watch *is = entity;
    struct place p = { ctx->client, is->service, is->component };
    if (is->stirred_at) {
        series_compare(ctx, v, d, id, is);
        EMIT(d, watch_compared, id, .to = is->late_to);
    }
    if (!is->seal_at || is->seal_at > ctx->now)
        return;
    struct days next = next_period(ctx, v, is, &p);
    if (is->from)
        series_close(ctx, v, d, id, is);
    EMIT(d, watch_moved, id, .closed = is->from ? is->to : is->closed, .from = next.from,
         .to = next.to, .seal_at = next.to ? seal_instant(ctx, v, next.to) : 0);
}

/* What should have closed while no clock ran has no seal; what was observed behind it is looked for
 * at once, and what was told late is compared then. */
void lapse_watch(void *entity, int64_t until)
{
    struct watch *is = entity;
    if (is->stirred_at)
        is->stirred_at = until + 1;
    if (is->seal_at && is->seal_at <= until) {
        is->seal_at = is->last > is->to ? until + 1 : 0;
        is->closed = is->to;
        is->from = is->to = 0;
    }
}

/* closeout: what improvement programmes prevented, as they were closed out last. */
#include "services/kpi/account.h"
#include "services/kpi/bucket.h"

static bool is_known(const struct closeout *c, const struct closeout_counted *n)
{
    return c->day == n->day && c->open == n->open && c->preventions == n->preventions &&
           c->avoided == n->avoided && text_equal(c->service, n->service) &&
           text_equal(c->component, n->component);
}

void react_programme_closed(const struct context *ctx, struct view *v, const void *event,
                            struct decision *d)
{
    const struct react_programme_closed *e = event;
    const struct closeout *found = view_get(v, ENTITY_closeout, ctx->cause);
    const struct closeout_counted n = {
        .day = client_day(v, ctx->client, ctx->cause_time),
        .told = client_day(v, ctx->client, ctx->now),
        .service = e->service,
        .component = e->component,
        .preventions = e->preventions,
        .avoided = e->avoided,
    };
    if (found && is_known(found, &n))
        return;
    decision_emit(d, EVENT_closeout_counted, ctx->cause, &n, sizeof n);
    account_seen(ctx, v, d);
}

/* What is open again prevented nothing, until it is closed out once more. */
void react_programme_relapsed(const struct context *ctx, struct view *v, const void *event,
                              struct decision *d)
{
    const struct closeout *c = view_get(v, ENTITY_closeout, ctx->cause);
    (void)event;
    if (c && !c->open)
        EMIT(d, closeout_counted, ctx->cause, .day = c->day,
             .told = client_day(v, ctx->client, ctx->now), .service = c->service,
             .component = c->component, .preventions = c->preventions, .avoided = c->avoided,
             .open = true);
}

static void count(struct fold *f, const struct closeout *c, int64_t told, int sign)
{
    const struct place p = { f->client, c->service, c->component };
    const struct effort_sums sums = {
        .closeouts = 1,
        .preventing = c->preventions > 0,
        .avoided = c->avoided,
    };
    if (!c->open)
        bucket_add(f, AGGREGATE_effort_sums, &p, c->day, told, sign, &sums);
}

void apply_closeout_counted(struct fold *f, const void *event, void *entity)
{
    const struct closeout_counted *n = event;
    struct closeout *c = entity;
    if (c->day)
        count(f, c, n->told, -1);
    *c = (struct closeout){ .day = n->day,
                            .service = n->service,
                            .component = n->component,
                            .preventions = n->preventions,
                            .avoided = n->avoided,
                            .open = n->open };
    count(f, c, n->told, 1);
}

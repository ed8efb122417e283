/* account: see account.h; the timer, the alarms and the folds. */
#include "services/kpi/account.h"

/* --- days ------------------------------------------------------------------------------------ */

/* The end of the day that the client's wall shows: the last midnight, for a clock that goes back
 * shows it twice. */
static int64_t day_end(struct view *v, struct text client, int64_t day)
{
    const struct client *c = view_get_of(v, ENTITY_client, PROVIDER_CLIENT, client);
    const struct zone *z = c ? zone_find(c->zone) : NULL;
    return wall_last(z ? z : zone_find((struct text){ 0 }), day + 1, 0);
}

/* --- being told of --------------------------------------------------------------------------- */

void account_seen(const struct context *ctx, struct view *v, struct decision *d)
{
    if (view_get(v, ENTITY_account, ctx->client))
        return;
    int64_t day = client_day(v, ctx->client, ctx->now);
    EMIT(d, account_opened, ctx->client, .day = day, .day_at = day_end(v, ctx->client, day));
}

void account_stir(const struct context *ctx, struct view *v, struct decision *d)
{
    const struct account *a = view_get(v, ENTITY_account, ctx->client);
    account_seen(ctx, v, d);
    if (!a || a->look_at > ctx->now)
        EMIT(d, account_stirred, ctx->client, .look_at = ctx->now);
}

/* --- the clock ------------------------------------------------------------------------------- */

int64_t due_account(const void *entity)
{
    const struct account *a = entity;
    return a->look_at;
}

void wake_account(const struct context *ctx, struct view *v, struct text id, const void *entity,
                  struct decision *d)
{
    int64_t day = client_day(v, ctx->client, ctx->now);
    (void)entity;
    EMIT(d, account_rested, id, .day = day, .day_at = day_end(v, ctx->client, day));
}

/* What should have been seen is seen a day later; the next look finds the end of the day again. */
void lapse_account(void *entity, int64_t until)
{
    struct account *a = entity;
    a->look_at += ((until - a->look_at) / DAYS + 1) * DAYS;
    a->day_at = a->look_at;
}

/* --- folds ----------------------------------------------------------------------------------- */

void apply_account_opened(struct fold *f, const void *event, void *entity)
{
    const struct account_opened *e = event;
    struct account *a = entity;
    a->client = f->client;
    a->since = a->day = e->day;
    a->look_at = a->day_at = e->day_at;
    a->level = risk_level_green;
    a->standing = standing_unknown;
    a->quadrant = quadrant_undecided;
}

void apply_account_stirred(struct fold *f, const void *event, void *entity)
{
    const struct account_stirred *e = event;
    struct account *a = entity;
    (void)f;
    a->look_at = e->look_at;
}

void apply_account_rested(struct fold *f, const void *event, void *entity)
{
    const struct account_rested *e = event;
    struct account *a = entity;
    (void)f;
    a->day = e->day;
    a->look_at = a->day_at = e->day_at;
}

void apply_account_alarmed(struct fold *f, const void *event, void *entity)
{
    struct account *a = entity;
    (void)f, (void)event;
    a->alarms++;
}

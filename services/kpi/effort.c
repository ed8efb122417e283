/* effort: see effort.h; time entries and endpoints, and what they add to the sums of days. */
#include "services/kpi/effort.h"

#include "services/kpi/account.h"
#include "services/kpi/bucket.h"
#include "services/kpi/civil.h"
#include "services/kpi/period.h"
#include "services/kpi/series.h"

#include <string.h>

enum { MINUTES_PER_HOUR = 60, EFFORT_AHEAD_DAYS = 1 };

/* What kinds of work are: against trouble that is there, or before it comes; and whether it solves
 * problems. */
static const struct nature {
    const char *words;
    bool reactive, proactive, solves;
} natures[] = {
    [work_type_incident] = { .words = "incident", .reactive = true, .solves = true },
    [work_type_request] = { .words = "request" },
    [work_type_problem] = { .words = "problem", .reactive = true, .solves = true },
    [work_type_change] = { .words = "change", .proactive = true },
    [work_type_proactive] = { .words = "proactive", .proactive = true },
    [work_type_admin] = { .words = "admin" },
};

bool index_effort_by_ticket(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct effort *e = entity;
    (void)id;
    key_text(k, client);
    key_text(k, e->ticket);
    return !text_empty(e->ticket);
}

bool index_effort_by_day(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct effort *e = entity;
    const struct place p = { client, e->service, e->component };
    (void)id;
    return by_day(k, e->day, &p);
}

bool index_endpoint_by_day(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct endpoint *e = entity;
    (void)id;
    return by_day(k, e->day, &(struct place){ .client = client });
}

static int64_t cost_of(const struct effort *e)
{
    return (e->minutes * e->rate + MINUTES_PER_HOUR / 2) / MINUTES_PER_HOUR;
}

bool effort_counts(enum kpi kpi, struct view *v, const struct found *f, struct counted *ret)
{
    const struct effort *e = f->entity;
    const struct nature *n = &natures[e->work_type];
    (void)v;
    ret->what = counted_thing_effort;
    ret->service = e->service;
    ret->component = e->component;
    ret->words = text_from(n->words);
    ret->hit = kpi == kpi_unit_cost || n->reactive;
    ret->has.value = true;
    ret->value = kpi == kpi_unit_cost ? cost_of(e) : e->minutes;
    if (!e->minutes)
        return false; /* it was taken back */
    if (kpi == kpi_unit_cost)
        return n->solves && e->has.rate;
    return n->reactive || (kpi == kpi_reactive && n->proactive);
}

bool endpoint_counts(enum kpi kpi, struct view *v, const struct found *f, struct counted *ret)
{
    const struct endpoint *e = f->entity;
    (void)kpi;
    (void)v;
    ret->what = counted_thing_endpoint;
    ret->words = text_from("endpoints");
    ret->has.value = true;
    ret->value = e->count;
    return true;
}

/* Which figures of its day an entry changes, as it counts or as it counted. */
static void seen(const struct context *ctx, struct view *v, struct decision *d,
                 const struct effort *e)
{
    const struct nature *n = &natures[e->work_type];
    const struct place p = { ctx->client, e->service, e->component };
    if (n->reactive || n->proactive)
        series_seen(ctx, v, d, kpi_reactive, &p, e->day);
    if (n->reactive)
        series_seen(ctx, v, d, kpi_reactive_hours, &p, e->day);
    if (n->solves && e->has.rate)
        series_seen(ctx, v, d, kpi_unit_cost, &p, e->day);
}

/* --- time entries ---------------------------------------------------------------------------- */

void target_effort_record(const void *command, struct entity_id *ret)
{
    const struct effort_record *c = command;
    memcpy(ret->at, c->effort.at, c->effort.length);
    ret->length = c->effort.length;
}

static void take(struct effort *e, const struct effort_recorded *n)
{
    *e = (struct effort){
        .client = n->client,
        .ticket = n->ticket,
        .person = n->person,
        .started_at = n->started_at,
        .day = n->day,
        .minutes = n->minutes,
        .work_type = n->work_type,
        .has.rate = n->has.rate,
        .rate = n->rate,
        .service = n->service,
        .component = n->component,
        .placed = n->placed,
    };
}

static bool is_known(const struct effort *e, const struct effort_recorded *n)
{
    return text_equal(e->ticket, n->ticket) && text_equal(e->person, n->person) &&
           text_equal(e->service, n->service) && text_equal(e->component, n->component) &&
           e->started_at == n->started_at && e->minutes == n->minutes &&
           e->work_type == n->work_type && e->has.rate == n->has.rate && e->rate == n->rate &&
           e->placed == n->placed;
}

/* Work that names no place is where its ticket is, as far as that is known. */
static void place_by_ticket(struct view *v, struct effort_recorded *n)
{
    const struct ticket *t =
        n->placed || text_empty(n->ticket) ? NULL : view_get(v, ENTITY_ticket, n->ticket);
    if (t) {
        n->service = t->service;
        n->component = t->component;
    }
}

void decide_effort_record(const struct context *ctx, struct view *v, const void *command,
                          struct decision *d)
{
    const struct effort_record *c = command;
    const struct effort *found = view_get(v, ENTITY_effort, c->effort);
    if (c->started_at - ctx->now > EFFORT_AHEAD_DAYS * DAYS) {
        REFUSE(d, effort_ahead, "started_at");
        return;
    }
    struct effort_recorded n = {
        .client = ctx->client,
        .ticket = c->ticket,
        .person = c->person,
        .started_at = c->started_at,
        .day = client_day(v, ctx->client, c->started_at),
        .told = client_day(v, ctx->client, ctx->now),
        .minutes = c->minutes,
        .work_type = c->work_type,
        .has.rate = c->has.rate,
        .rate = c->rate,
        .service = c->service,
        .component = c->component,
        .placed = !text_empty(c->service) || !text_empty(c->component),
    };
    place_by_ticket(v, &n);
    if (found && is_known(found, &n)) {
        decision_known(d);
        return;
    }
    struct effort is;
    take(&is, &n);
    decision_emit(d, EVENT_effort_recorded, c->effort, &n, sizeof n);
    account_seen(ctx, v, d);
    if (found)
        seen(ctx, v, d, found);
    seen(ctx, v, d, &is);
}

static struct effort_sums sums_of(const struct effort *e)
{
    const struct nature *n = &natures[e->work_type];
    int64_t cost = cost_of(e);
    int64_t costed = e->has.rate ? e->minutes : 0;
    return (struct effort_sums){
        .minutes = e->minutes,
        .reactive_minutes = n->reactive ? e->minutes : 0,
        .proactive_minutes = n->proactive ? e->minutes : 0,
        .costed_minutes = costed,
        .cost = cost,
        .problem_minutes = n->solves ? costed : 0,
        .problem_cost = n->solves ? cost : 0,
    };
}

static void count(struct fold *f, const struct effort *e, int64_t told, int sign)
{
    const struct place p = { e->client, e->service, e->component };
    struct effort_sums sums = sums_of(e);
    bucket_add(f, AGGREGATE_effort_sums, &p, e->day, told, sign, &sums);
}

void apply_effort_recorded(struct fold *f, const void *event, void *entity)
{
    const struct effort_recorded *n = event;
    struct effort *e = entity;
    if (e->started_at)
        count(f, e, n->told, -1);
    take(e, n);
    count(f, e, n->told, 1);
}

static void move(const struct context *ctx, struct view *v, struct decision *d,
                 const struct found *f, struct text service, struct text component)
{
    const struct effort *e = f->entity;
    struct effort_recorded n = {
        .client = e->client,
        .ticket = e->ticket,
        .person = e->person,
        .started_at = e->started_at,
        .day = e->day,
        .told = client_day(v, ctx->client, ctx->now),
        .minutes = e->minutes,
        .work_type = e->work_type,
        .has.rate = e->has.rate,
        .rate = e->rate,
        .service = service,
        .component = component,
    };
    decision_emit(d, EVENT_effort_recorded, f->id, &n, sizeof n);
}

void efforts_follow(const struct context *ctx, struct view *v, struct text ticket,
                    struct text service, struct text component, struct decision *d)
{
    struct key key = { .length = 0 };
    struct found found;
    int64_t moved = 0;
    bool left = false;
    key_text(&key, ctx->client);
    key_text(&key, ticket);
    struct walk *w = view_walk(v, INDEX_effort_by_ticket, &key, UINT32_MAX);
    while (!left && view_next(w, &found)) {
        const struct effort *e = found.entity;
        if (e->placed || (text_equal(e->service, service) && text_equal(e->component, component)))
            continue;
        left = moved == EFFORTS_FOLLOW_MAX;
        if (!left) {
            move(ctx, v, d, &found, service, component);
            moved++;
        }
    }
    if (left)
        EMIT(d, trail_left, ticket, .at = ctx->now + 1);
    else if (view_get(v, ENTITY_trail, ticket))
        EMIT(d, trail_ended, ticket, .moved = moved);
}

int64_t due_trail(const void *entity)
{
    const struct trail *t = entity;
    return t->at;
}

/* Where the ticket is now, which may have moved again in between. */
void wake_trail(const struct context *ctx, struct view *v, struct text id, const void *entity,
                struct decision *d)
{
    const struct ticket *t = view_get(v, ENTITY_ticket, id);
    (void)entity;
    efforts_follow(ctx, v, id, t->service, t->component, d);
}

/* It goes along later. */
void lapse_trail(void *entity, int64_t until)
{
    struct trail *t = entity;
    t->at = until + 1;
}

void apply_trail_left(struct fold *f, const void *event, void *entity)
{
    const struct trail_left *e = event;
    struct trail *t = entity;
    (void)f;
    t->at = e->at;
}

void apply_trail_ended(struct fold *f, const void *event, void *entity)
{
    (void)f, (void)event;
    memset(entity, 0, sizeof(struct trail));
}

/* --- endpoints ------------------------------------------------------------------------------- */

/* "2026-03" */
static struct text month_id(int64_t day, struct entity_id *ret)
{
    civil_print(day, ret->at);
    ret->length = sizeof "2026-03" - 1;
    return (struct text){ ret->at, ret->length };
}

void target_endpoint_record(const void *command, struct entity_id *ret)
{
    const struct endpoint_record *c = command;
    (void)month_id(c->month, ret);
}

void decide_endpoint_record(const struct context *ctx, struct view *v, const void *command,
                            struct decision *d)
{
    const struct endpoint_record *c = command;
    struct entity_id *key = decision_alloc(d, sizeof *key);
    struct text id = month_id(c->month, key);
    const struct endpoint *found = view_get(v, ENTITY_endpoint, id);
    if (found && found->count == c->count) {
        decision_known(d);
        return;
    }
    EMIT(d, endpoint_recorded, id, .client = ctx->client, .day = month_of(c->month).from,
         .told = client_day(v, ctx->client, ctx->now), .count = c->count);
    account_seen(ctx, v, d);
    series_seen(ctx, v, d, kpi_reactive_hours, &(struct place){ .client = ctx->client },
                month_of(c->month).from);
}

void apply_endpoint_recorded(struct fold *f, const void *event, void *entity)
{
    const struct endpoint_recorded *n = event;
    struct endpoint *e = entity;
    const struct place p = { .client = n->client };
    struct effort_sums more = { .endpoints = n->count - e->count };
    bucket_add(f, AGGREGATE_effort_sums, &p, n->day, n->told, 1, &more);
    e->client = n->client;
    e->day = n->day;
    e->count = n->count;
}

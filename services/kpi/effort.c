/* effort: see effort.h; time entries and endpoints, and what they add to the sums of days. */
#include "services/kpi/effort.h"

#include "services/kpi/account.h"
#include "services/kpi/bucket.h"
#include "services/kpi/civil.h"
#include "services/kpi/period.h"

#include <string.h>

enum { MINUTES_PER_HOUR = 60, EFFORT_AHEAD_DAYS = 1 };

/* What kinds of work are: against trouble that is there, or before it comes; and whether it solves
 * problems. */
static const struct nature {
    bool reactive, proactive, solves;
} natures[] = {
    [work_type_incident] = { .reactive = true, .solves = true },
    [work_type_request] = { 0 },
    [work_type_problem] = { .reactive = true, .solves = true },
    [work_type_change] = { .proactive = true },
    [work_type_proactive] = { .proactive = true },
    [work_type_admin] = { 0 },
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
    (void)id;
    key_text(k, client);
    key_integer(k, e->day);
    return true;
}

/* --- time entries ---------------------------------------------------------------------------- */

void target_effort_record(const void *command, struct entity_id *ret)
{
    const struct effort_record *c = command;
    memcpy(ret->at, c->effort.at, c->effort.length);
    ret->length = c->effort.length;
}

static bool is_known(const struct effort *e, const struct effort_recorded *n)
{
    return text_equal(e->ticket, n->ticket) && text_equal(e->person, n->person) &&
           text_equal(e->service, n->service) && text_equal(e->component, n->component) &&
           e->started_at == n->started_at && e->minutes == n->minutes &&
           e->work_type == n->work_type && e->has.rate == n->has.rate && e->rate == n->rate &&
           e->placed == n->placed;
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
    if (found && is_known(found, &n)) {
        decision_known(d);
        return;
    }
    decision_emit(d, EVENT_effort_recorded, c->effort, &n, sizeof n);
    account_seen(ctx, v, d);
}

static struct effort_sums sums_of(const struct effort *e)
{
    const struct nature *n = &natures[e->work_type];
    int64_t cost = (e->minutes * e->rate + MINUTES_PER_HOUR / 2) / MINUTES_PER_HOUR;
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
    e->client = n->client;
    e->ticket = n->ticket;
    e->person = n->person;
    e->started_at = n->started_at;
    e->day = n->day;
    e->minutes = n->minutes;
    e->work_type = n->work_type;
    e->has.rate = n->has.rate;
    e->rate = n->rate;
    e->service = n->service;
    e->component = n->component;
    e->placed = n->placed;
    count(f, e, n->told, 1);
}

void efforts_follow(const struct context *ctx, struct view *v, struct text ticket,
                    struct text service, struct text component, struct decision *d)
{
    struct key key = { .length = 0 };
    struct found found;
    uint32_t moved = 0;
    key_text(&key, ctx->client);
    key_text(&key, ticket);
    struct walk *w = view_walk(v, INDEX_effort_by_ticket, &key, UINT32_MAX);
    while (moved < EFFORTS_FOLLOW_MAX && view_next(w, &found)) {
        const struct effort *e = found.entity;
        if (e->placed || (text_equal(e->service, service) && text_equal(e->component, component)))
            continue;
        moved++;
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
        decision_emit(d, EVENT_effort_recorded, found.id, &n, sizeof n);
    }
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

/* loyalty_query: clients by satisfaction, loyalty and risk, as they were last looked at; and what
 * an announced change would make of them. */
#include "services/kpi/account.h"
#include "services/kpi/bucket.h"
#include "services/kpi/contract.h"
#include "services/kpi/loyalty.h"
#include "services/line/touched.h"

#include <string.h>

/* --- who is touched by a change ----------------------------------------------------------------
 */

bool index_component_by_id(struct text client, struct text id, const void *entity, struct key *k)
{
    (void)client, (void)entity;
    key_text(k, id);
    return true;
}

static bool names_client(const struct change *c, struct text client)
{
    for (uint32_t i = 0; i < c->clients.count; i++)
        if (text_equal(c->clients.at[i].client, client))
            return true;
    return false;
}

/* In force on a day of the change. */
static bool holds(const struct contract_version *known, const struct change *c)
{
    int64_t from = c->from / DAYS, first = known->start > from ? known->start : from;
    return first <= c->to / DAYS && contract_covers(known, first);
}

/* A contract that holds then covers one of the services that it touches. */
static bool binds(struct view *v, const struct touched *t, struct text client)
{
    struct key key = { .length = 0 };
    struct found found;
    key_text(&key, client);
    struct walk *w = view_walk(v, INDEX_contract_by_client, &key, UINT32_MAX);
    while (view_next(w, &found)) {
        const struct contract *k = found.entity;
        bool held = holds(contract_known(k, 0), t->change);
        for (uint32_t i = 0; held && i < k->services.count; i++)
            if (touched_service(t, k->services.at[i].service))
                return true;
    }
    return false;
}

/* The client has had tickets of that service or component in the last year. */
static bool used(struct view *v, const struct account *a, struct text service,
                 struct text component)
{
    enum { YEAR = 365 };
    const struct place p = { a->client, service, component };
    struct ticket_sums sums;
    bucket_sum(v, AGGREGATE_ticket_sums, &p, a->day - YEAR + 1, a->day, 0, &sums);
    return sums.received > 0;
}

static bool uses(struct view *v, const struct change *c, const struct account *a)
{
    const struct text none = { 0 };
    for (uint32_t i = 0; i < c->services.count; i++)
        if (used(v, a, c->services.at[i].service, none))
            return true;
    for (uint32_t i = 0; i < c->components.count; i++)
        if (used(v, a, none, c->components.at[i].component))
            return true;
    return false;
}

static bool is_touched(struct view *v, const struct touched *t, const struct account *a)
{
    return names_client(t->change, a->client) || binds(v, t, a->client) || uses(v, t->change, a);
}

/* --- kpi.loyalty -------------------------------------------------------------------------------
 */

/* What contracts are worth is summed in the currency of figures (RULES.md, contracts). */
static struct text currency_of(const struct context *ctx, const struct account *a)
{
    const struct kpi_options *o = ctx->options;
    return a->value ? o->currency : (struct text){ 0 };
}

static struct loyal_client loyal_row(const struct context *ctx, const struct account *a)
{
    return (struct loyal_client){
        .client = a->client,
        .day = a->day,
        .quadrant = a->quadrant,
        .answers = a->answers,
        .rating = a->rating,
        .satisfaction = a->satisfaction,
        .standing = a->standing,
        .customer_since = a->customer_since,
        .renewals = a->renewals,
        .expanded = a->expanded,
        .locked = a->locked,
        .lock = a->lock,
        .renewal = a->renewal,
        .value = a->value,
        .currency = currency_of(ctx, a),
        .score = a->score,
        .level = a->level,
    };
}

/* Whose rows are asked for: of accounts by client. */
static struct walk *walk_clients(const struct context *ctx, struct view *v, struct answer *a,
                                 int index, struct text named)
{
    struct text client = text_empty(ctx->client) ? named : ctx->client;
    struct key key = { .length = 0 };
    if (!text_empty(client)) {
        key_text(&key, client);
        return answer_walk(a, v, INDEX_account_by_client, &key);
    }
    return answer_walk(a, v, index, &key);
}

/* The change that is asked about, and what it touches; false when the question cannot be answered.
 * That a change is not known must not look like one that troubles nobody. */
static bool read_change(const struct kpi_loyalty *q, struct view *v, struct answer *a,
                        struct touched *ret)
{
    if (text_empty(q->change)) {
        if (!q->has.delta && !q->crossing)
            return true;
        REFUSE_ANSWER(a, change_needed, "change");
        return false;
    }
    ret->change = view_get_of(v, ENTITY_change, PROVIDER_CLIENT, q->change);
    if (!ret->change) {
        REFUSE_ANSWER(a, change_unknown, "change");
        return false;
    }
    touched_look(ret, v);
    return true;
}

void query_kpi_loyalty(const struct context *ctx, struct view *v, const void *parameters,
                       struct answer *a)
{
    const struct kpi_loyalty *q = parameters;
    struct touched t = { .change = NULL };
    struct found found;
    if (!read_change(q, v, a, &t))
        return;
    struct walk *w = walk_clients(ctx, v, a, INDEX_account_by_client, q->client);
    while (view_next(w, &found)) {
        struct loyal_client row = loyal_row(ctx, found.entity);
        if ((q->quadrant && row.quadrant != q->quadrant) ||
            (t.change && !is_touched(v, &t, found.entity)))
            continue;
        if (t.change)
            loyalty_foresee(ctx->options, q->delta, &row);
        if ((row.crosses || !q->crossing) && !answer_row(a, &row))
            break;
    }
}

/* --- kpi.risk ----------------------------------------------------------------------------------
 */

void query_kpi_risk(const struct context *ctx, struct view *v, const void *parameters,
                    struct answer *a)
{
    const struct kpi_risk *q = parameters;
    struct found found;
    struct walk *w = walk_clients(ctx, v, a, INDEX_account_by_risk, q->client);
    while (view_next(w, &found)) {
        const struct account *is = found.entity;
        const struct client_risk row = {
            .spared = 100 - is->score,
            .client = is->client,
            .day = is->day,
            .score = is->score,
            .level = is->level,
            .reasons = is->reasons,
            .value = is->value,
            .currency = currency_of(ctx, is),
            .renewal = is->renewal,
            .quadrant = is->quadrant,
            .alarms = is->alarms,
        };
        if ((!q->level || is->level == q->level) && !answer_row(a, &row))
            break;
    }
}

/* --- kpi.curve ---------------------------------------------------------------------------------
 */

void query_kpi_curve(const struct context *ctx, struct view *v, const void *parameters,
                     struct answer *a)
{
    const struct kpi_curve *q = parameters;
    const struct text client = text_empty(ctx->client) ? q->client : ctx->client;
    const struct curve_sums none = { 0 };
    const struct curve_sums *sums =
        view_get_of(v, AGGREGATE_curve_sums, (struct text){ 0 }, client);
    if (!sums)
        sums = &none;
    const struct curve_point points[] = {
#define POINT(n, name)                                                                             \
    { .rating = rating_##name,                                                                     \
      .clients = sums->clients_##n,                                                                \
      .stay = sums->stay_##n,                                                                      \
      .hostages = sums->hostages_##n }
        POINT(1, lowest), POINT(2, low), POINT(3, middle), POINT(4, high), POINT(5, highest)
    };
    struct curve_point *at = view_alloc(v, sizeof points);
    memcpy(at, points, sizeof points);
    struct curve curve = { .points = { at, sizeof points / sizeof *points } };
    for (uint32_t i = 0; i < curve.points.count; i++) {
        curve.clients += at[i].clients;
        curve.stay += at[i].stay;
        curve.hostages += at[i].hostages;
    }
    answer_one(a, &curve);
}

void settle_kpi_curve(const void *parameters, void *result)
{
    struct curve *c = result;
    /* rows of a result that is settled are its owner's */
    struct curve_point *at = (struct curve_point *)(uintptr_t)c->points.at;
    (void)parameters;
    c->retention = loyalty_share(c->stay, c->clients);
    c->has.retention = c->clients > 0;
    for (uint32_t i = 0; i < c->points.count; i++) {
        at[i].retention = loyalty_share(at[i].stay, at[i].clients);
        at[i].has.retention = at[i].clients > 0;
    }
}

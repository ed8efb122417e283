/* contract: see contract.h; what is told of contracts, and how they are known. */
#include "services/kpi/contract.h"

#include "services/kpi/account.h"
#include "services/kpi/civil.h"

#include <string.h>

_Static_assert(CONTRACT_VERSIONS_MAX == 32, "as the rows of contract.def say");

bool index_contract_by_client(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct contract *c = entity;
    (void)id;
    key_text(k, client);
    key_integer(k, c->start);
    return true;
}

/* --- as it is known -------------------------------------------------------------------------- */

/* What holds from later on counts more; of two that hold from the same day on, the newer. */
const struct contract_version *contract_known(const struct contract *c, int64_t as_of)
{
    const struct contract_version *known = NULL;
    for (uint32_t i = 0; i < c->versions.count; i++) {
        const struct contract_version *v = &c->versions.at[i];
        if ((!as_of || v->told <= as_of) && (!known || v->since >= known->since))
            known = v;
    }
    return known;
}

static bool goes_on(const struct contract_version *v)
{
    return v->renewal == renewal_automatic && v->status == contract_status_active;
}

static bool has_ended(const struct contract_version *v, int64_t day)
{
    return v->end && v->end < day && !goes_on(v);
}

bool contract_covers(const struct contract_version *known, int64_t day)
{
    return known->status != contract_status_void && known->start <= day && !has_ended(known, day);
}

bool client_stands(struct view *v, struct text client, int64_t day, int64_t as_of)
{
    struct key key = { .length = 0 };
    struct found found;
    bool today = false, tomorrow = false;
    key_text(&key, client);
    struct walk *w = view_walk(v, INDEX_contract_by_client, &key, UINT32_MAX);
    while (view_next(w, &found)) {
        const struct contract_version *known = contract_known(found.entity, as_of);
        today |= known && contract_covers(known, day);
        tomorrow |= known && contract_covers(known, day + 1);
    }
    return today && tomorrow;
}

/* Its length in whole months, 0 when it is none. */
static int64_t months_of(const struct contract_version *v)
{
    struct civil from = civil_of(v->start), to = civil_of(v->end + 1);
    return from.day == to.day ? (to.year - from.year) * 12 + to.month - from.month : 0;
}

int64_t contract_turn(const struct contract *c, int64_t day)
{
    const struct contract_version *v = contract_known(c, 0);
    if (v->status == contract_status_void || !v->end || has_ended(v, day))
        return 0;
    int64_t months = months_of(v), length = v->end - v->start + 1, end = v->end;
    if (!months && end < day)
        return end + (day - end + length - 1) / length * length;
    for (int64_t terms = 1; end < day; terms++)
        end = civil_later(v->end + 1, terms * months) - 1;
    return end;
}

bool index_contract_by_end(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct contract *c = entity;
    (void)id;
    bool ends = !goes_on(contract_known(c, 0)) && c->status != contract_status_void;
    return ends && by_day(k, c->end, &(struct place){ .client = client });
}

bool loss_counts(enum kpi kpi, struct view *v, const struct found *f, struct counted *ret)
{
    const struct contract *c = f->entity;
    (void)kpi;
    ret->what = counted_thing_contract;
    ret->words = text_from("lost");
    ret->has.value = c->has.value;
    ret->value = c->value;
    ret->reason = c->loss_reason;
    return client_stands(v, f->client, ret->day - 1, 0) &&
           !client_stands(v, f->client, ret->day, 0);
}

/* --- what is told ---------------------------------------------------------------------------- */

bool currency_fits(struct text t)
{
    for (uint32_t i = 0; i < t.length; i++)
        if (t.at[i] < 'A' || t.at[i] > 'Z')
            return false;
    return t.length == 3;
}

static bool same_version(const struct contract_version *v, const struct contract_noted *n)
{
    return v->start == n->start && v->end == n->end && v->renewal == n->renewal &&
           v->status == n->status && v->value == n->value && v->valued == n->valued &&
           text_equal(v->currency, n->currency);
}

static bool same_services(const struct service_name_list *a, const struct service_name_list *b)
{
    bool same = a->count == b->count;
    for (uint32_t i = 0; same && i < a->count; i++)
        same = text_equal(a->at[i].service, b->at[i].service);
    return same;
}

static bool same_rest(const struct contract *c, const struct contract_noted *n)
{
    return same_services(&c->services, &n->services) && c->notice_days == n->notice_days &&
           c->exit_cost == n->exit_cost && c->sole_source == n->sole_source &&
           text_equal(c->loss_reason, n->loss_reason);
}

/* The newest that was said to hold from that day on, or NULL. */
static const struct contract_version *said_since(const struct contract *c, int64_t since)
{
    const struct contract_version *said = NULL;
    for (uint32_t i = 0; i < c->versions.count; i++)
        if (c->versions.at[i].since == since)
            said = &c->versions.at[i];
    return said;
}

static bool is_known(const struct contract *c, const struct contract_noted *n, bool since_said)
{
    const struct contract_version *current = contract_known(c, 0);
    const struct contract_version *said = since_said ? said_since(c, n->since) : current;
    return said && same_version(said, n) && (said != current || same_rest(c, n));
}

static int64_t later_of(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* When it is told and from when on it holds; then the fact, unless it is known. */
static void note(const struct context *ctx, struct view *v, struct text id,
                 const struct contract *found, struct contract_noted *n, struct decision *d)
{
    const struct kpi_options *o = ctx->options;
    bool since_said = n->since != 0;
    n->client = ctx->client;
    n->told = client_day(v, ctx->client, ctx->now);
    if (found)
        n->told = later_of(n->told, found->versions.at[found->versions.count - 1].told);
    if (!since_said)
        n->since = found ? later_of(later_of(n->told, n->start), contract_known(found, 0)->since)
                         : n->start;
    n->valued = n->has.value && text_equal(n->currency, o->currency);
    if (found && is_known(found, n, since_said)) {
        decision_known(d);
        return;
    }
    decision_emit(d, EVENT_contract_noted, id, n, sizeof *n);
    account_stir(ctx, v, d);
}

static struct text contract_key(const struct contract_record *c, struct entity_id *ret)
{
    if (text_empty(c->contract)) {
        civil_print(c->start, ret->at);
        ret->length = CIVIL_DATE_SIZE;
    } else {
        memcpy(ret->at, c->contract.at, c->contract.length);
        ret->length = c->contract.length;
    }
    return (struct text){ ret->at, ret->length };
}

void target_contract_record(const void *command, struct entity_id *ret)
{
    (void)contract_key(command, ret);
}

static bool record_stands(const struct contract_record *c, struct decision *d)
{
    bool ends = c->status == contract_status_ended || c->status == contract_status_lost;
    if (!text_empty(c->contract) && !model_id_fits(c->contract))
        REFUSE(d, contract_id, "contract");
    else if (c->end && c->end < c->start)
        REFUSE(d, contract_dates, "end");
    else if (!c->end && ends)
        REFUSE(d, contract_end, "end");
    else if (c->since && c->since < c->start)
        REFUSE(d, contract_since, "since");
    else if (!text_empty(c->currency) && !currency_fits(c->currency))
        REFUSE(d, contract_currency, "currency");
    else
        return true;
    return false;
}

void decide_contract_record(const struct context *ctx, struct view *v, const void *command,
                            struct decision *d)
{
    const struct contract_record *c = command;
    const struct kpi_options *o = ctx->options;
    struct entity_id *key = decision_alloc(d, sizeof *key);
    if (!record_stands(c, d))
        return;
    struct text id = contract_key(c, key);
    const struct contract *found = view_get(v, ENTITY_contract, id);
    struct contract_noted n = {
        .since = c->since,
        .start = c->start,
        .end = c->end,
        .renewal = c->renewal,
        .notice_days = c->notice_days,
        .has.value = c->has.value,
        .value = c->value,
        .exit_cost = c->exit_cost,
        .currency = text_empty(c->currency) ? o->currency : c->currency,
        .status = c->status ? c->status : contract_status_active,
        .loss_reason = c->loss_reason,
        .sole_source = c->sole_source,
        .services = found ? found->services : (struct service_name_list){ 0 },
    };
    note(ctx, v, id, found, &n, d);
}

/* The catalog does not know losses and their reasons: these stay as they were recorded. */
void react_contract_changed(const struct context *ctx, struct view *v, const void *event,
                            struct decision *d)
{
    const struct react_contract_changed *c = event;
    const struct contract *found = view_get(v, ENTITY_contract, c->id);
    struct contract_noted n = {
        .start = c->start,
        .end = c->end,
        .renewal = c->renewal,
        .notice_days = c->notice_days,
        .has.value = c->has.value,
        .value = c->value,
        .exit_cost = c->exit_cost,
        .currency = c->currency,
        .status = contract_status_active,
        .services = c->services,
    };
    if (found) {
        n.sole_source = found->sole_source;
        if (c->end && found->status != contract_status_void) {
            n.status = found->status;
            n.loss_reason = found->loss_reason;
        }
    }
    note(ctx, v, c->id, found, &n, d);
}

/* What is over is history, and what was recorded as ended or lost is not the catalog's to take
 * back. */
void react_contract_removed(const struct context *ctx, struct view *v, const void *event,
                            struct decision *d)
{
    const struct react_contract_removed *c = event;
    const struct contract *found = view_get(v, ENTITY_contract, c->id);
    const struct contract_version *known = found ? contract_known(found, 0) : NULL;
    if (!known || known->status != contract_status_active ||
        has_ended(known, client_day(v, ctx->client, ctx->now)))
        return;
    struct contract_noted n = {
        .start = found->start,
        .end = found->end,
        .renewal = found->renewal,
        .notice_days = found->notice_days,
        .has.value = found->has.value,
        .value = found->value,
        .exit_cost = found->exit_cost,
        .currency = found->currency,
        .status = contract_status_void,
        .sole_source = found->sole_source,
        .services = found->services,
    };
    note(ctx, v, c->id, found, &n, d);
}

/* --- folding --------------------------------------------------------------------------------- */

static void take(struct contract *c, const struct contract_noted *n, struct text id)
{
    c->id = id;
    c->client = n->client;
    c->start = n->start;
    c->end = n->end;
    c->renewal = n->renewal;
    c->notice_days = n->notice_days;
    c->value = n->value;
    c->has.value = n->has.value;
    c->exit_cost = n->exit_cost;
    c->currency = n->currency;
    c->status = n->status;
    c->loss_reason = n->loss_reason;
    c->sole_source = n->sole_source;
    c->services = n->services;
}

/* What was said of the same day on the same day is said anew; of too many the oldest goes. */
static void keep(struct fold *f, struct contract *c, const struct contract_version *said)
{
    struct contract_version_list kept = { 0 };
    uint32_t from = 0;
    if (c->versions.count == CONTRACT_VERSIONS_MAX)
        from = 1;
    for (uint32_t i = from; i < c->versions.count; i++) {
        const struct contract_version *v = &c->versions.at[i];
        if (v->told != said->told || v->since != said->since)
            APPEND(f, &kept, v);
    }
    APPEND(f, &kept, said);
    c->versions = kept;
}

void apply_contract_noted(struct fold *f, const void *event, void *entity)
{
    const struct contract_noted *n = event;
    struct contract *c = entity;
    const struct contract_version said = { .told = n->told,
                                           .since = n->since,
                                           .start = n->start,
                                           .end = n->end,
                                           .renewal = n->renewal,
                                           .status = n->status,
                                           .value = n->value,
                                           .has.value = n->has.value,
                                           .valued = n->valued,
                                           .currency = n->currency };
    keep(f, c, &said);
    if (contract_known(c, 0)->since == n->since)
        take(c, n, f->id);
}

/* --- questions ------------------------------------------------------------------------------- */

static struct contract_row row_of(const struct contract *c)
{
    return (struct contract_row){
        .client = c->client,
        .contract = c->id,
        .start = c->start,
        .end = c->end,
        .renewal = c->renewal,
        .status = c->status,
        .loss_reason = c->loss_reason,
        .value = c->value,
        .has.value = c->has.value,
        .currency = c->currency,
        .exit_cost = c->exit_cost,
        .notice_days = c->notice_days,
        .sole_source = c->sole_source,
        .versions = c->versions,
    };
}

void query_kpi_contracts(const struct context *ctx, struct view *v, const void *parameters,
                         struct answer *a)
{
    const struct kpi_contracts *q = parameters;
    struct text client = text_empty(ctx->client) ? q->client : ctx->client;
    struct key key = { .length = 0 };
    struct found found;
    if (!text_empty(client))
        key_text(&key, client);
    struct walk *w = answer_walk(a, v, INDEX_contract_by_client, &key);
    while (view_next(w, &found)) {
        const struct contract *c = found.entity;
        struct contract_row row = row_of(c);
        if ((!q->status || q->status == c->status) && !answer_row(a, &row))
            break;
    }
}

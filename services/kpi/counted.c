/* counted: see counted.h. */
#include "services/kpi/counted.h"

#include "services/kpi/bucket.h"
#include "services/kpi/contract.h"
#include "services/kpi/effort.h"
#include "services/kpi/survey.h"

/* By day first, so that what happens now is written side by side for all clients. */
bool by_day(struct key *k, int64_t day, struct text client)
{
    if (!day)
        return false;
    key_integer(k, day);
    key_text(k, client);
    return true;
}

/* --- tickets ---------------------------------------------------------------------------------- */

static void of_ticket(const struct ticket *t, struct counted *ret, const char *words, bool hit)
{
    ret->what = counted_thing_ticket;
    ret->service = t->service;
    ret->component = t->component;
    ret->words = text_from(words);
    ret->hit = hit;
}

static void of_time(struct counted *ret, int64_t used)
{
    ret->has.value = true;
    ret->value = used / SECONDS;
}

static bool ticket_opened(enum kpi kpi, struct view *v, const struct found *f, struct counted *ret)
{
    const struct ticket *t = f->entity;
    (void)v;
    of_ticket(t, ret, "received", kpi == kpi_incidents);
    return kpi != kpi_incidents || t->type == ticket_type_incident;
}

static bool ticket_resolved(enum kpi kpi, struct view *v, const struct found *f,
                            struct counted *ret)
{
    const struct ticket *t = f->entity;
    (void)v;
    of_ticket(t, ret, "resolved", kpi != kpi_first_contact || !t->handed_over);
    if (kpi == kpi_resolve_time)
        of_time(ret, t->resolve_used);
    return (kpi != kpi_resolve_time || t->resolve_stopped) &&
           (kpi != kpi_unit_cost || t->type == ticket_type_incident);
}

static bool ticket_taken(enum kpi kpi, struct view *v, const struct found *f, struct counted *ret)
{
    const struct ticket *t = f->entity;
    (void)kpi;
    (void)v;
    of_ticket(t, ret, "responded", true);
    of_time(ret, t->response_used);
    return true;
}

static bool resolve_due(enum kpi kpi, struct view *v, const struct found *f, struct counted *ret)
{
    const struct ticket *t = f->entity;
    (void)kpi;
    (void)v;
    of_ticket(t, ret, t->resolve == verdict_met ? "met" : "missed", t->resolve == verdict_met);
    for (uint32_t i = 0; i < t->exclusions.count; i++) {
        const struct exclusion *x = &t->exclusions.at[i];
        if (x->clock != clock_name_resolve)
            continue;
        ret->hit = false;
        ret->excluded = true;
        ret->reason = x->reason;
        ret->by = x->by;
        ret->at = x->at;
        ret->client_agreed = x->client_agreed;
    }
    return true;
}

/* --- escalations ------------------------------------------------------------------------------ */

static bool escalation_raised(enum kpi kpi, struct view *v, const struct found *f,
                              struct counted *ret)
{
    const struct escalation *e = f->entity;
    (void)kpi;
    (void)v;
    ret->what = counted_thing_escalation;
    ret->service = e->service;
    ret->component = e->component;
    ret->words = text_from("engaged");
    ret->hit = true;
    of_time(ret, e->engaged_after);
    return e->engaged;
}

static bool promise_ended(enum kpi kpi, struct view *v, const struct found *f, struct counted *ret)
{
    const struct promise *p = f->entity;
    (void)kpi;
    (void)v;
    ret->what = counted_thing_promise;
    ret->service = p->service;
    ret->component = p->component;
    ret->words = text_from(p->missed ? "missed" : "kept");
    ret->hit = !p->missed;
    return true;
}

/* --- what is walked for which figure ---------------------------------------------------------- */

static const struct source {
    enum kpi kpi;
    int index;
    counted_fn *counts;
} sources[] = {
    { kpi_incidents, INDEX_ticket_by_opened, ticket_opened },
    { kpi_resolution_rate, INDEX_ticket_by_opened, ticket_opened },
    { kpi_resolution_rate, INDEX_ticket_by_resolved, ticket_resolved },
    { kpi_first_contact, INDEX_ticket_by_resolved, ticket_resolved },
    { kpi_resolve_time, INDEX_ticket_by_resolved, ticket_resolved },
    { kpi_unit_cost, INDEX_ticket_by_resolved, ticket_resolved },
    { kpi_response_time, INDEX_ticket_by_response, ticket_taken },
    { kpi_sla_attainment, INDEX_ticket_by_resolve_due, resolve_due },
    { kpi_sla_improvement, INDEX_ticket_by_resolve_due, resolve_due },
    { kpi_engagement_time, INDEX_escalation_by_raised, escalation_raised },
    { kpi_promises_kept, INDEX_promise_by_day, promise_ended },
    { kpi_nps, INDEX_survey_by_answered, survey_counts },
    { kpi_csat_relationship, INDEX_survey_by_answered, survey_counts },
    { kpi_csat_escalation, INDEX_survey_by_answered, survey_counts },
    { kpi_satisfaction_improvement, INDEX_survey_by_answered, survey_counts },
    { kpi_unit_cost, INDEX_effort_by_day, effort_counts },
    { kpi_reactive, INDEX_effort_by_day, effort_counts },
    { kpi_reactive_hours, INDEX_effort_by_day, effort_counts },
    { kpi_reactive_hours, INDEX_endpoint_by_day, endpoint_counts },
    { kpi_retention, INDEX_contract_by_end, loss_counts },
    { kpi_gross_retention, INDEX_contract_by_end, loss_counts },
    { kpi_net_retention, INDEX_contract_by_end, loss_counts },
};
enum { SOURCES = sizeof sources / sizeof *sources };

/* Where a page goes on. */
struct place_of_page {
    int64_t day;
    uint32_t source, looked_at;
};

static bool in_place(const struct kpi_counted *q, const struct counted *c)
{
    if (!text_empty(q->component))
        return text_equal(q->component, c->component);
    return text_empty(q->service) || text_equal(q->service, c->service);
}

/* One source's things of one day; false when the page is full. */
static bool walk_day(const struct kpi_counted *q, struct view *v, struct answer *a,
                     struct place_of_page *at)
{
    const struct source *s = &sources[at->source];
    struct key key = { .length = 0 };
    struct found f;
    uint32_t passed_over = at->looked_at;
    key_integer(&key, at->day);
    if (!text_empty(q->client))
        key_text(&key, q->client);
    struct walk *w = view_walk(v, s->index, &key, UINT32_MAX);
    at->looked_at = 0;
    while (view_next(w, &f)) {
        struct counted row = { .day = at->day, .id = f.id, .client = f.client };
        if (at->looked_at++ < passed_over)
            continue;
        struct place_of_page here = *at;
        here.looked_at--;
        if (!answer_at(a, &here, sizeof here))
            return false;
        if (s->counts((enum kpi)q->kpi, v, &f, &row) && in_place(q, &row))
            answer_row(a, &row);
    }
    at->looked_at = 0;
    return true;
}

static bool refused(const struct kpi_counted *q, struct answer *a)
{
    bool any = false;
    for (size_t i = 0; i < SOURCES; i++)
        any = any || sources[i].kpi == (enum kpi)q->kpi;
    if (!any)
        REFUSE_ANSWER(a, counts_nothing, "kpi");
    else if (!text_empty(q->service) && !text_empty(q->component))
        REFUSE_ANSWER(a, scope_form, "component");
    else if (q->from > q->to)
        REFUSE_ANSWER(a, range_form, "from");
    else if (q->to - q->from >= RANGE_DAYS_MAX)
        REFUSE_ANSWER(a, range_long, "to");
    else
        return false;
    return true;
}

/* Where the page begins; a cursor may be anything. */
static struct place_of_page first_place(const struct kpi_counted *q, const struct answer *a)
{
    struct place_of_page at = { .day = q->from };
    struct text place = answer_place(a);
    if (place.length == sizeof at)
        memcpy(&at, place.at, sizeof at);
    if (at.day < q->from)
        at = (struct place_of_page){ .day = q->from };
    return at;
}

void query_kpi_counted(const struct context *ctx, struct view *v, const void *parameters,
                       struct answer *a)
{
    struct kpi_counted own = *(const struct kpi_counted *)parameters;
    const struct kpi_counted *q = &own;
    if (!text_empty(ctx->client))
        own.client = ctx->client; /* a request of one client never sees another's */
    if (refused(q, a))
        return;
    struct place_of_page at = first_place(q, a);
    for (; at.day <= q->to; at.day++, at.source = 0)
        for (; at.source < SOURCES; at.source++)
            if (sources[at.source].kpi == (enum kpi)q->kpi && !walk_day(q, v, a, &at))
                return;
}

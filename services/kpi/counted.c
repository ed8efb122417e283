/* counted: see counted.h. */
#include "services/kpi/counted.h"

#include "services/kpi/bucket.h"
#include "services/kpi/contract.h"
#include "services/kpi/effort.h"
#include "services/kpi/period.h"
#include "services/kpi/scope.h"
#include "services/kpi/survey.h"

/* Names may be long, so keys have a number for each: the lower half of its hash. Those that share
 * one are told apart when they are read. */
enum { PLACE_BYTES = 8, NAME_BYTES = 4 };

static void key_place(struct key *k, struct text service, struct text component)
{
    uint64_t above = hash_text(HASH_EMPTY, component) << 8 * NAME_BYTES;
    key_integer(k, (int64_t)(above | (uint32_t)hash_text(HASH_EMPTY, service)));
}

void of_day(struct key *k, int64_t day, struct text client)
{
    key_integer(k, day);
    if (!text_empty(client))
        key_text(k, client);
}

/* By day first, so that what happens now is written side by side for all clients. */
bool by_day(struct key *k, int64_t day, const struct place *p)
{
    if (!day)
        return false;
    of_day(k, day, p->client);
    key_place(k, p->service, p->component);
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
    int sums; /* which have something on each day that something is found on; 0: none do */
    counted_fn *counts;
} sources[] = {
    { kpi_incidents, INDEX_ticket_by_opened, AGGREGATE_ticket_sums, ticket_opened },
    { kpi_resolution_rate, INDEX_ticket_by_opened, AGGREGATE_ticket_sums, ticket_opened },
    { kpi_resolution_rate, INDEX_ticket_by_resolved, AGGREGATE_ticket_sums, ticket_resolved },
    { kpi_first_contact, INDEX_ticket_by_resolved, AGGREGATE_ticket_sums, ticket_resolved },
    { kpi_resolve_time, INDEX_ticket_by_resolved, AGGREGATE_ticket_sums, ticket_resolved },
    { kpi_unit_cost, INDEX_ticket_by_resolved, AGGREGATE_ticket_sums, ticket_resolved },
    { kpi_response_time, INDEX_ticket_by_response, AGGREGATE_ticket_sums, ticket_taken },
    { kpi_sla_attainment, INDEX_ticket_by_resolve_due, AGGREGATE_ticket_sums, resolve_due },
    { kpi_sla_improvement, INDEX_ticket_by_resolve_due, AGGREGATE_ticket_sums, resolve_due },
    { kpi_engagement_time, INDEX_escalation_by_raised, AGGREGATE_ticket_sums, escalation_raised },
    { kpi_promises_kept, INDEX_promise_by_day, AGGREGATE_ticket_sums, promise_ended },
    { kpi_nps, INDEX_survey_by_answered, AGGREGATE_survey_sums, survey_counts },
    { kpi_csat_relationship, INDEX_survey_by_answered, AGGREGATE_survey_sums, survey_counts },
    { kpi_csat_escalation, INDEX_survey_by_answered, AGGREGATE_survey_sums, survey_counts },
    { kpi_satisfaction_improvement, INDEX_survey_by_answered, AGGREGATE_survey_sums,
      survey_counts },
    { kpi_unit_cost, INDEX_effort_by_day, AGGREGATE_effort_sums, effort_counts },
    { kpi_reactive, INDEX_effort_by_day, AGGREGATE_effort_sums, effort_counts },
    { kpi_reactive_hours, INDEX_effort_by_day, AGGREGATE_effort_sums, effort_counts },
    { kpi_reactive_hours, INDEX_endpoint_by_day, 0, endpoint_counts },
    { kpi_retention, INDEX_contract_by_end, 0, loss_counts },
    { kpi_gross_retention, INDEX_contract_by_end, 0, loss_counts },
    { kpi_net_retention, INDEX_contract_by_end, 0, loss_counts },
};
enum { SOURCES = sizeof sources / sizeof *sources };

/* Where a page goes on. */
struct place_of_page {
    int64_t day;
    uint32_t source, looked_at;
};

/* A page that is being made. */
struct page {
    const struct kpi_counted *asked;
    struct view *view;
    struct answer *answer;
    struct place_of_page at;
    struct key place; /* as keys end */
    struct days month; /* the one of at.day, */
    int64_t days[SOURCES]; /* and on which of its days each source has something: a bit a day */
};

static bool in_place(const struct kpi_counted *q, const struct counted *c)
{
    if (!text_empty(q->component))
        return text_equal(q->component, c->component);
    return text_empty(q->service) || text_equal(q->service, c->service);
}

/* Whether what has this key may be there. */
static bool may_be_there(const struct page *p, const struct key *key)
{
    const uint8_t *is = key->at + key->length - PLACE_BYTES;
    if (!text_empty(p->asked->component))
        return memcmp(is, p->place.at, NAME_BYTES) == 0;
    return text_empty(p->asked->service) ||
           memcmp(is + NAME_BYTES, p->place.at + NAME_BYTES, NAME_BYTES) == 0;
}

/* Looks up the days of the month that the page has come to. */
static void look_at_month(struct page *p)
{
    const struct kpi_counted *q = p->asked;
    const struct place place = { q->client, q->service, q->component };
    p->month = month_of(p->at.day);
    for (size_t i = 0; i < SOURCES; i++) {
        const struct source *s = &sources[i];
        p->days[i] = 0;
        if (s->kpi == (enum kpi)q->kpi)
            p->days[i] = s->sums ? bucket_days(p->view, s->sums, &place, p->month.from) : -1;
    }
}

static bool has_something(struct page *p)
{
    if (p->at.day > p->month.to) /* pages go on from day to day */
        look_at_month(p);
    return p->days[p->at.source] >> (p->at.day - p->month.from) & 1;
}

enum { LOOKS_A_TIME = 1024 /* keys that are elsewhere, before the time is looked at again */ };

/* One source's things of one day; false when the page is full. */
static bool walk_day(struct page *p)
{
    const struct source *s = &sources[p->at.source];
    struct key key = { .length = 0 };
    struct found f;
    uint32_t passed_over = p->at.looked_at;
    of_day(&key, p->at.day, p->asked->client);
    struct walk *w = view_walk(p->view, s->index, &key, UINT32_MAX);
    p->at.looked_at = 0;
    while (view_step(w, &key)) {
        if (p->at.looked_at++ < passed_over)
            continue;
        bool wanted = may_be_there(p, &key);
        if (!wanted && p->at.looked_at % LOOKS_A_TIME)
            continue;
        struct place_of_page here = p->at;
        here.looked_at--;
        if (!answer_at(p->answer, &here, sizeof here))
            return false;
        if (!wanted)
            continue;
        view_here(w, &f);
        struct counted row = { .day = p->at.day, .id = f.id, .client = f.client };
        if (s->counts((enum kpi)p->asked->kpi, p->view, &f, &row) && in_place(p->asked, &row))
            answer_row(p->answer, &row);
    }
    p->at.looked_at = 0;
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
    struct page p = { .asked = q, .view = v, .answer = a, .at = first_place(q, a) };
    p.month.to = p.at.day - 1; /* none yet */
    key_place(&p.place, q->service, q->component);
    for (; p.at.day <= q->to; p.at.day++, p.at.source = 0)
        for (; p.at.source < SOURCES; p.at.source++)
            if (has_something(&p) && !walk_day(&p))
                return;
}

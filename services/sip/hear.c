/* hear: what other services say: copies of it, and what makes candidates of it (RULES 1 and 8). */
#include "services/sip/sip.h"

#include "common/suite/plant.h"

enum { EXECUTIVES = 6 /* the level of escalations */, EXECUTIVES_SEEN_MAX = 64, TICKETS_SAID = 8 };

/* --- copies ------------------------------------------------------------------------------------
 */

void copy_series_closed(struct fold *f, const void *event)
{
    const struct on_series_closed *e = event;
    struct series *s = fold_copy(f, ENTITY_series, f->id);
    struct closed_period p = { .from = e->from,
                               .to = e->to,
                               .value = e->value,
                               .n = e->n,
                               .numerator = e->numerator,
                               .denominator = e->denominator,
                               .squares = e->squares,
                               .target = e->target,
                               .missed = e->missed,
                               .bad_signal = e->bad_signal };
    p.has.value = e->has.value;
    p.has.target = e->has.target;
    s->kpi = e->kpi;
    s->service = e->service;
    s->component = e->component;
    if (s->periods.count == PERIODS_MAX) {
        s->periods.at++;
        s->periods.count--;
    }
    APPEND(f, &s->periods, &p);
}

static void take_correction(struct closed_period *p, int32_t kpi,
                            const struct on_series_corrected *e)
{
    p->value = e->value;
    p->n = e->n;
    p->numerator = e->numerator;
    p->denominator = e->denominator;
    if (e->has.squares)
        p->squares = e->squares; /* older ones did not say them */
    p->has.value = e->has.value;
    p->missed = p->has.target && p->has.value && !kpi_reaches(kpi, p->value, p->target);
}

void copy_series_corrected(struct fold *f, const void *event)
{
    const struct on_series_corrected *e = event;
    struct series *s = fold_copy(f, ENTITY_series, f->id);
    const struct closed_period_list before = s->periods;
    s->periods = (struct closed_period_list){ 0 };
    for (uint32_t i = 0; i < before.count; i++) {
        struct closed_period p = before.at[i];
        if (p.from == e->from && p.to == e->to)
            take_correction(&p, s->kpi, e);
        APPEND(f, &s->periods, &p);
    }
}

/* Of tickets that are not closed nothing is kept; a state that the mapping did not know changes
 * nothing. */
void copy_ticket_recorded(struct fold *f, const void *event)
{
    static const struct text closed = TEXT_OF("closed"), other = TEXT_OF("other");
    const struct on_ticket_recorded *e = event;
    if (text_equal(e->state, other))
        return;
    struct ticket *t = fold_copy(f, ENTITY_ticket, f->id);
    *t = (struct ticket){ .closed_at = text_equal(e->state, closed) ? e->occurred_at : 0 };
}

void copy_escalation_raised(struct fold *f, const void *event)
{
    const struct on_escalation_raised *e = event;
    struct escalation *is = fold_copy(f, ENTITY_escalation, f->id);
    *is = (struct escalation){ .service = e->service,
                               .component = e->component,
                               .executives_at = e->level == EXECUTIVES ? f->time : 0 };
    if (PLANTED(copy_forgets))
        is->executives_at = is->executives_at / DAYS * DAYS;
}

void copy_escalation_level_raised(struct fold *f, const void *event)
{
    const struct on_escalation_level_raised *e = event;
    struct escalation *is = fold_copy(f, ENTITY_escalation, f->id);
    if (e->level == EXECUTIVES && !is->executives_at)
        is->executives_at = f->time;
}

bool index_series_by_figure(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct series *s = entity;
    (void)id;
    key_text(k, client);
    key_integer(k, s->kpi);
    key_text(k, s->service);
    key_text(k, s->component);
    return true;
}

/* The newest come first. */
bool index_escalation_by_executives(struct text client, struct text id, const void *entity,
                                    struct key *k)
{
    const struct escalation *e = entity;
    (void)id;
    key_text(k, client);
    key_integer(k, -e->executives_at);
    return e->executives_at != 0;
}

/* --- reactions ---------------------------------------------------------------------------------
 */

/* By enum signal_kind; 0 for what is no candidate. */
static const int32_t causes[] = {
    [signal_kind_chronic] = candidate_cause_chronic,
    [signal_kind_decay] = candidate_cause_decay,
    [signal_kind_repetition] = candidate_cause_repetition,
    [signal_kind_missed] = candidate_cause_missed,
};

void react_signal_found(const struct context *ctx, struct view *v, const void *event,
                        struct decision *d)
{
    const struct react_signal_found *e = event;
    struct speaking s = {
        .scope = { e->kpi, text_empty(e->sole_service) ? e->service : e->sole_service,
                   e->component },
        .whole = !text_empty(e->sole_service),
        .evidence = { .at = ctx->cause_time,
                      .cause = causes[e->kind],
                      .event = ctx->cause_event,
                      .kpi = e->kpi,
                      .rule = e->rule,
                      .from = e->from,
                      .to = e->to,
                      .target = e->target,
                      .lower = e->lower,
                      .upper = e->upper,
                      .count = e->count,
                      .expected = e->expected,
                      .tail = e->tail,
                      .tickets = { e->tickets.at, e->tickets.count < TICKETS_SAID
                                                      ? e->tickets.count
                                                      : TICKETS_SAID } },
    };
    if (e->points.count) {
        const struct observed_point *newest = &e->points.at[e->points.count - 1];
        s.evidence.value = newest->value;
        s.evidence.has.value = newest->has.value;
    }
    s.evidence.has.target = e->has.target;
    if (s.evidence.cause && !e->good)
        candidate_hear(ctx, v, d, &s);
}

/* Somebody says so, or the catalog does. */
static bool is_executive(const struct context *ctx, struct view *v,
                         const struct react_account_alarmed *e)
{
    static const struct text executive = TEXT_OF("executive");
    const struct client *c = view_get_of(v, ENTITY_client, PROVIDER_CLIENT, ctx->client);
    if (text_equal(e->role, executive))
        return true;
    for (uint32_t i = 0; c && i < c->executives.count; i++)
        if (text_equal(c->executives.at[i].person, e->contact))
            return true;
    return false;
}

void react_account_alarmed(const struct context *ctx, struct view *v, const void *event,
                           struct decision *d)
{
    const struct react_account_alarmed *e = event;
    bool complaint = e->alarm == account_alarm_complaint;
    const struct speaking s = {
        .scope = { .service = e->service, .component = e->component },
        .evidence = { .at = ctx->cause_time,
                      .cause = complaint ? candidate_cause_complaint : candidate_cause_detractor,
                      .event = ctx->cause_event,
                      .from = e->day,
                      .to = e->day,
                      .words = e->title },
    };
    if (complaint || (e->alarm == account_alarm_detractor && is_executive(ctx, v, e)))
        candidate_hear(ctx, v, d, &s);
}

void react_survey_invited(const struct context *ctx, struct view *v, const void *event,
                          struct decision *d)
{
    const struct react_survey_invited *e = event;
    struct key key = { .length = 0 };
    struct found found;
    if (e->kind != survey_kind_escalation)
        return;
    key_text(&key, ctx->client);
    key_integer(&key, false);
    struct walk *w = view_walk(v, INDEX_programme_by_client, &key, PROGRAMMES_MAX);
    while (view_next(w, &found)) {
        const struct programme *p = found.entity;
        if (p->survey != survey_said_asked)
            EMIT(d, programme_survey_settled, p->id, .decision = survey_said_asked,
                 .words = ctx->cause);
    }
}

/* How many others of the client reached executives so shortly before this one; copies may know of
 * later ones already. */
static uint32_t count_others(const struct context *ctx, struct view *v, const struct escalation *e)
{
    const struct sip_options *o = ctx->options;
    struct key key = { .length = 0 };
    struct found found;
    uint32_t count = 0;
    key_text(&key, ctx->client);
    struct walk *w = view_walk(v, INDEX_escalation_by_executives, &key, EXECUTIVES_SEEN_MAX);
    while (view_next(w, &found)) {
        const struct escalation *other = found.entity;
        if (other->executives_at < e->executives_at - o->executives_days * DAYS)
            break;
        count += (other->executives_at <= e->executives_at) & !text_equal(found.id, ctx->cause);
    }
    return count;
}

static void react_to_level(const struct context *ctx, struct view *v, int64_t level,
                           struct decision *d)
{
    const struct escalation *e = view_get(v, ENTITY_escalation, ctx->cause);
    bool first = level == EXECUTIVES && e->executives_at == ctx->cause_time;
    uint32_t others = first ? count_others(ctx, v, e) : 0;
    if (!others)
        return;
    const struct speaking s = {
        .scope = { .service = e->service, .component = e->component },
        .evidence = { .at = ctx->cause_time,
                      .cause = candidate_cause_escalations,
                      .event = ctx->cause_event,
                      .count = others + 1 },
    };
    candidate_hear(ctx, v, d, &s);
}

void react_escalation_raised(const struct context *ctx, struct view *v, const void *event,
                             struct decision *d)
{
    const struct react_escalation_raised *e = event;
    react_to_level(ctx, v, e->level, d);
}

void react_escalation_level_raised(const struct context *ctx, struct view *v, const void *event,
                                   struct decision *d)
{
    const struct react_escalation_level_raised *e = event;
    react_to_level(ctx, v, e->level, d);
}

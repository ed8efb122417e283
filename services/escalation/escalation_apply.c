/* escalation_apply: how events change an escalation. Everything that needed an option or another
 * entity is in the event. */
#include "services/escalation/escalation.h"

void apply_escalation_raised(struct fold *f, const void *event, void *entity)
{
    static const size_t by_cause[] = {
        [cause_hand] = offsetof(struct escalation_totals, raised_by_hand),
        [cause_client_wish] = offsetof(struct escalation_totals, raised_at_wish),
        [cause_threshold] = offsetof(struct escalation_totals, raised_by_threshold),
        [cause_silence] = offsetof(struct escalation_totals, raised_by_silence),
        [cause_dissatisfaction] = offsetof(struct escalation_totals, raised_by_dissatisfaction),
    };
    const struct escalation_raised *r = event;
    *(struct escalation *)entity = (struct escalation){
        .id = f->id,
        .client = f->client,
        .state = escalation_state_open,
        .kind = r->kind,
        .cause = r->cause,
        .client_wish = r->cause == cause_client_wish,
        .title = r->title,
        .severity = r->severity,
        .level = r->level,
        .highest_level = r->level,
        .raised_at = r->raised_at,
        .raised_by = f->actor,
        .primary_contact = r->primary_contact,
        .tickets = r->tickets,
        .steps = r->steps,
        .steps_from = r->raised_at,
        .resolved_at = r->resolved ? r->raised_at : 0,
        .group = r->group,
        .alarm = r->alarm,
    };
    totals_levels(f, 0, r->level);
    TOTAL_ADD(f, ticket_totals, escalations, 1);
    TOTAL_ADD(f, escalation_totals, raised, 1);
    TOTAL_ADD(f, escalation_totals, open, 1);
    totals_add(f, AGGREGATE_escalation_totals, by_cause[r->cause], 1);
}

static void reach_highest(struct fold *f, struct escalation *e, int64_t level)
{
    if (level <= e->highest_level)
        return;
    totals_levels(f, e->highest_level, level);
    e->highest_level = level;
}

static void lapse_steps(struct escalation *e, int64_t until)
{
    if (until > e->steps_lapsed_until)
        e->steps_lapsed_until = until;
}

void apply_escalation_level_raised(struct fold *f, const void *event, void *entity)
{
    const struct escalation_level_raised *r = event;
    struct escalation *e = entity;
    e->level = r->level;
    reach_highest(f, e, r->level);
}

void apply_escalation_severity_raised(struct fold *f, const void *event, void *entity)
{
    const struct escalation_severity_raised *r = event;
    struct escalation *e = entity;
    (void)f;
    e->severity = r->severity;
    e->steps = r->steps;
    e->steps_from = r->occurred_at;
    lapse_steps(e, r->lapsed_until);
}

void apply_escalation_acked(struct fold *f, const void *event, void *entity)
{
    const struct escalation_acked *a = event;
    struct escalation *e = entity;
    e->acked_by = f->actor;
    e->acked_at = f->time;
    e->acked_until = a->until;
    TOTAL_ADD(f, escalation_totals, acks, 1);
}

void apply_escalation_ack_expired(struct fold *f, const void *event, void *entity)
{
    struct escalation *e = entity;
    (void)event;
    e->acked_until = 0;
    TOTAL_ADD(f, escalation_totals, acks_expired, 1);
}

void apply_escalation_engaged(struct fold *f, const void *event, void *entity)
{
    const struct escalation_engaged *g = event;
    struct escalation *e = entity;
    struct engagement engagement = { .at = f->time,
                                     .manager = g->manager,
                                     .role = g->role,
                                     .provider_executive = g->provider_executive,
                                     .client_executive = g->client_executive };
    APPEND(f, &e->engagements, &engagement);
    if (!text_empty(g->primary_contact))
        e->primary_contact = g->primary_contact;
    if (!g->first)
        return;
    e->has.engaged_after = true;
    e->engaged_after = g->after;
    TOTAL_ADD(f, escalation_totals, engaged, 1);
    TOTAL_ADD(f, escalation_totals, engaged_minutes, g->after / MINUTES);
}

void apply_escalation_updated(struct fold *f, const void *event, void *entity)
{
    const struct escalation_updated *u = event;
    struct escalation *e = entity;
    e->updates++;
    e->updated_at = f->time;
    e->context = u->context;
    e->impact = u->impact;
    e->action = u->action;
    e->workaround = u->workaround;
    e->next_update_at = u->next_update_at;
    e->update_overdue = false;
    TOTAL_ADD(f, escalation_totals, updates, 1);
}

void apply_escalation_update_missed(struct fold *f, const void *event, void *entity)
{
    struct escalation *e = entity;
    (void)event;
    e->update_overdue = true;
    TOTAL_ADD(f, escalation_totals, updates_missed, 1);
}

void apply_escalation_perceived(struct fold *f, const void *event, void *entity)
{
    const struct escalation_perceived *p = event;
    struct escalation *e = entity;
    struct perception perception = { .at = f->time,
                                     .who = p->who,
                                     .sentiment = p->sentiment,
                                     .statement = p->statement,
                                     .by = f->actor };
    APPEND(f, &e->perceptions, &perception);
    TOTAL_ADD(f, escalation_totals, perceptions, 1);
    TOTAL_ADD(f, escalation_totals, sentiment, p->sentiment);
    if (!p->number)
        return;
    struct promise promise = { .number = p->number,
                               .promised = p->promise,
                               .until = p->promise_until };
    APPEND(f, &e->promises, &promise);
    TOTAL_ADD(f, escalation_totals, promises, 1);
}

/* Lists are shared with the stored bytes, so a changed promise means a new list. */
static void change_promise(struct fold *f, struct escalation *e, int64_t number, int64_t kept_at,
                           int64_t missed_at)
{
    struct promise_list before = e->promises;
    e->promises = (struct promise_list){ 0 };
    for (uint32_t i = 0; i < before.count; i++) {
        struct promise p = before.at[i];
        if (p.number == number) {
            p.kept_at = kept_at ? kept_at : p.kept_at;
            p.missed_at = missed_at ? missed_at : p.missed_at;
        }
        APPEND(f, &e->promises, &p);
    }
}

void apply_escalation_promise_kept(struct fold *f, const void *event, void *entity)
{
    const struct escalation_promise_kept *p = event;
    change_promise(f, entity, p->promise, f->time, 0);
    TOTAL_ADD(f, escalation_totals, promises_kept, 1);
}

void apply_escalation_promise_missed(struct fold *f, const void *event, void *entity)
{
    const struct escalation_promise_missed *p = event;
    change_promise(f, entity, p->promise, 0, p->occurred_at);
    TOTAL_ADD(f, escalation_totals, promises_missed, 1);
}

void apply_escalation_absorbed(struct fold *f, const void *event, void *entity)
{
    const struct escalation_absorbed *a = event;
    struct escalation *e = entity;
    for (uint32_t i = 0; i < a->tickets.count; i++)
        APPEND(f, &e->tickets, &a->tickets.at[i]);
    e->raised_at = a->raised_at;
    if (a->steps.count)
        e->steps = a->steps;
    e->client_wish = a->client_wish;
    e->highest_level = a->highest_level; /* reached and counted before, by one of the two */
    if (a->next_update_at) {
        e->next_update_at = a->next_update_at;
        e->update_overdue = false;
    }
    if (!a->resolved)
        e->resolved_at = 0;
    else if (!e->resolved_at)
        e->resolved_at = f->time;
    e->climbs_from = f->time;
}

void apply_escalation_merged(struct fold *f, const void *event, void *entity)
{
    const struct escalation_merged *m = event;
    struct escalation *e = entity;
    e->state = escalation_state_merged;
    e->tickets = (struct ticket_name_list){ 0 };
    e->closed_at = f->time;
    e->closed_by = f->actor;
    e->merged_into = m->into;
    TOTAL_ADD(f, escalation_totals, open, -1);
    TOTAL_ADD(f, escalation_totals, merged, 1);
}

void apply_escalation_deescalated(struct fold *f, const void *event, void *entity)
{
    const struct escalation_deescalated *l = event;
    struct escalation *e = entity;
    e->level = l->level;
    e->lowered_at = f->time;
    TOTAL_ADD(f, escalation_totals, deescalations, 1);
}

void apply_escalation_resolved(struct fold *f, const void *event, void *entity)
{
    const struct escalation_resolved *r = event;
    struct escalation *e = entity;
    (void)f;
    e->resolved_at = r->occurred_at;
}

void apply_escalation_reopened(struct fold *f, const void *event, void *entity)
{
    const struct escalation_reopened *r = event;
    struct escalation *e = entity;
    (void)f;
    e->resolved_at = 0;
    e->climbs_from = r->occurred_at;
    e->confirmed_by = (struct text){ 0 };
    e->confirmed_at = 0;
    e->confirmation_by = (struct text){ 0 };
    lapse_steps(e, r->lapsed_until);
}

void apply_escalation_confirmed(struct fold *f, const void *event, void *entity)
{
    const struct escalation_confirmed *c = event;
    struct escalation *e = entity;
    e->confirmed_by = c->confirmed_by;
    e->confirmed_at = f->time;
    e->confirmation_by = f->actor;
}

void apply_escalation_assessed(struct fold *f, const void *event, void *entity)
{
    const struct escalation_assessed *a = event;
    struct escalation *e = entity;
    (void)f;
    e->assessment = a->assessment;
    e->assessed_by = a->manager;
    e->assessment_reason = a->reason;
}

void apply_escalation_survey_decided(struct fold *f, const void *event, void *entity)
{
    const struct escalation_survey_decided *s = event;
    struct escalation *e = entity;
    (void)f;
    e->survey = s->decision;
    e->survey_reason = s->reason;
}

void apply_escalation_closed(struct fold *f, const void *event, void *entity)
{
    static const size_t by_assessment[] = {
        [assessment_safe] = offsetof(struct escalation_totals, closed_safe),
        [assessment_at_risk] = offsetof(struct escalation_totals, closed_at_risk),
        [assessment_lost] = offsetof(struct escalation_totals, closed_lost),
    };
    const struct escalation_closed *c = event;
    struct escalation *e = entity;
    e->state = escalation_state_closed;
    e->closed_at = f->time;
    e->closed_by = f->actor;
    TOTAL_ADD(f, escalation_totals, open, -1);
    TOTAL_ADD(f, escalation_totals, closed, 1);
    totals_add(f, AGGREGATE_escalation_totals, by_assessment[c->assessment], 1);
}

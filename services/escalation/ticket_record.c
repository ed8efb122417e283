/* ticket.record: a fact is told; what it means for the ticket's escalation follows at once, all
 * else is left to timers. */
#include "services/escalation/escalation.h"

void target_ticket_record(const void *command, struct entity_id *ret)
{
    const struct ticket_record *c = command;
    memcpy(ret->at, c->source.at, c->source.length);
    ret->at[c->source.length] = ':';
    memcpy(ret->at + c->source.length + 1, c->number.at, c->number.length);
    ret->length = c->source.length + 1 + c->number.length;
}

/* Facts of one ticket are ordered by (updated_at, mod_count, row). */
static bool is_newer(const struct ticket_record *c, const struct ticket *t)
{
    if (c->updated_at != t->moment)
        return c->updated_at > t->moment;
    if (c->mod_count != t->mod_count)
        return c->mod_count > t->mod_count;
    return c->row > t->row;
}

static struct text said_or(struct text said, struct text before)
{
    return text_empty(said) ? before : said;
}

/* Not every source tells all each time; what the ticket is about stays until a fact says otherwise.
 * It goes into the event, so that whoever follows needs no earlier one. */
static struct ticket_recorded fact_of(const struct ticket_record *c, const struct ticket *before)
{
    return (struct ticket_recorded){
        .has.made_sla = c->has.made_sla,
        .source = c->source,
        .number = c->number,
        .occurred_at = c->updated_at,
        .mod_count = c->mod_count,
        .row = c->row,
        .type = c->type ? c->type : before->type,
        .state = c->state,
        .priority = c->priority ? c->priority : before->priority,
        .title = said_or(c->title, before->title),
        .service = said_or(c->service, before->service),
        .component = said_or(c->component, before->component),
        .category = said_or(c->category, before->category),
        .group = c->group,
        .owner = c->owner,
        .opened_at = c->opened_at,
        .client_contact_at = c->client_contact_at,
        .provider_contact_at = c->provider_contact_at,
        .reopen_count = c->reopen_count,
        .reassignment_count = c->reassignment_count,
        .made_sla = c->made_sla,
        .details = c->details,
    };
}

/* The targets from now on, where they are others than before: by priority, or because the catalog
 * or the options changed. Of a stopped resolve clock it is what it takes when it is reopened. */
static void decide_targets(const struct ticket *before, const struct target *t,
                           struct ticket_recorded *fact)
{
    bool all = !before->moment || fact->priority != before->priority;
    int64_t resolve =
        before->resolve_next_target ? before->resolve_next_target : before->resolve_target;
    if (all || (before->response_origin && t->response != before->response_target))
        fact->response_target = t->response;
    if (all || t->resolve != resolve)
        fact->resolve_target = t->resolve;
    if (all || t->update != before->update_target)
        fact->update_target = t->update;
}

/* Where the update clock counts from, for a target in days. */
static int64_t update_from(const struct ticket *before, const struct ticket_recorded *fact)
{
    struct clock_change u = ticket_change(before, fact, clock_name_update);
    if (u.what != CLOCK_GOES)
        return ticket_opened(before, fact);
    return u.starts ? u.from : before->contact_at;
}

/* Adds what is decided here, because a fold reads neither options nor copies: the contract,
 * targets, what hours come to, the end of silence, what lapses. */
static void decide_instants(const struct context *ctx, struct view *v, const struct ticket *before,
                            struct ticket_recorded *fact, struct decision *d)
{
    const struct escalation_options *o = ctx->options;
    struct terms terms;
    int64_t opened_at = ticket_opened(before, fact);
    terms_find(ctx, v, d, fact->service, opened_at, fact->priority, &terms);
    if (terms.contract) {
        fact->contract = terms.contract->id;
        fact->pauses = terms.contract->pauses;
        fact->never_pauses = terms.contract->never_pauses;
    }
    struct target targets = {
        .response = terms_target(&terms.of[clock_name_response], opened_at),
        .resolve = terms_target(&terms.of[clock_name_resolve], opened_at),
        .update = terms_target(&terms.of[clock_name_update], update_from(before, fact)),
    };
    decide_targets(before, &targets, fact);
    reckon(v, d, before, &terms, fact);
    bool handed_over = !text_empty(before->group) && !text_empty(fact->group) &&
                       !text_equal(before->group, fact->group);
    if (handed_over && ticket_phase_after(before, fact) == ticket_phase_running)
        fact->silent_at = agreement_silent_at(v, d, &terms, fact, &fact->agreement);
    if (ctx->now - fact->occurred_at > o->late_after)
        fact->lapsed_until = ctx->now - o->late_after - MICROSECONDS;
}

/* The ladder from the fact on, which may be about its first ticket. */
static struct step_list ladder(const struct context *ctx, struct view *v,
                               const struct escalation *e, struct text id,
                               const struct ticket_recorded *fact, struct decision *d)
{
    const struct text first = e->tickets.at[0].ticket;
    struct ticket now = *(const struct ticket *)view_get(v, ENTITY_ticket, first);
    if (text_equal(first, id))
        now.service = fact->service;
    return level_ladder(d, ctx->options, fact->priority, e->raised_at,
                        terms_ladder_hours(ctx, v, d, &now));
}

/* What the fact does to the open escalation of its ticket; its level is for timers. */
static void tell_escalation(const struct context *ctx, struct view *v, struct text id,
                            const struct ticket *before, const struct ticket_recorded *fact,
                            struct decision *d)
{
    const struct escalation *e = escalation_of(v, before);
    if (!e)
        return;
    bool was_stopped = before->phase == ticket_phase_stopped;
    bool stopped = ticket_phase_after(before, fact) == ticket_phase_stopped;
    if (!stopped && fact->priority < e->severity)
        EMIT(d, escalation_severity_raised, before->escalation, .occurred_at = fact->occurred_at,
             .severity = fact->priority, .from = e->severity,
             .steps = ladder(ctx, v, e, id, fact, d), .lapsed_until = fact->lapsed_until);
    if (was_stopped && !stopped && (e->resolved_at || e->confirmed_at))
        EMIT(d, escalation_reopened, before->escalation, .occurred_at = fact->occurred_at,
             .ticket = id, .lapsed_until = fact->lapsed_until);
    if (!was_stopped && stopped && tickets_stopped(v, &e->tickets, id))
        EMIT(d, escalation_resolved, before->escalation, .occurred_at = fact->occurred_at);
}

void decide_ticket_record(const struct context *ctx, struct view *v, const void *command,
                          struct decision *d)
{
    const struct ticket_record *c = command;
    struct entity_id *key = decision_alloc(d, sizeof *key);
    target_ticket_record(c, key);
    struct text id = { key->at, key->length };
    const struct ticket *found = view_get(v, ENTITY_ticket, id);
    if (found && !is_newer(c, found)) {
        decision_known(d);
        return;
    }
    const struct escalation_options *o = ctx->options;
    if (c->updated_at - ctx->now > o->ahead_at_most) {
        REFUSE(d, fact_ahead, "updated_at");
        return;
    }
    struct ticket before = { 0 };
    if (found)
        before = *found;
    struct ticket_recorded fact = fact_of(c, &before);
    if (!fact.priority) {
        REFUSE(d, priority_unknown, "priority");
        return;
    }
    decide_instants(ctx, v, &before, &fact, d);
    decision_emit(d, EVENT_ticket_recorded, id, &fact, sizeof fact);
    judge_fact(v, d, id, &before, &fact);
    tell_escalation(ctx, v, id, &before, &fact, d);
}

void apply_ticket_recorded(struct fold *f, const void *event, void *entity)
{
    const struct ticket_recorded *fact = event;
    struct ticket *t = entity;
    struct ticket before = *t;
    ticket_take(f, t, fact);
    totals_ticket(f, &before, t);
    TOTAL_ADD(f, ticket_totals, rows, 1);
}

/* The fact or the threshold did it already: this says it. */
void apply_ticket_judged(struct fold *f, const void *event, void *entity)
{
    (void)f;
    (void)event;
    (void)entity;
}

static void apply_reached(struct fold *f, struct ticket *t, int32_t name, int64_t percent,
                          int64_t at)
{
    struct ticket before = *t;
    struct clock c = ticket_clock(t, (enum clock_name)name);
    clock_reach(&c, percent, at);
    ticket_set_clock(t, (enum clock_name)name, &c);
    t->breached = t->breached || percent >= 100;
    ticket_judge(t);
    totals_ticket(f, &before, t);
}

void apply_ticket_reminded(struct fold *f, const void *event, void *entity)
{
    const struct ticket_reminded *e = event;
    apply_reached(f, entity, e->clock, e->percent, e->occurred_at);
    TOTAL_ADD(f, ticket_totals, reminders, 1);
}

void apply_ticket_threshold_reached(struct fold *f, const void *event, void *entity)
{
    const struct ticket_threshold_reached *e = event;
    apply_reached(f, entity, e->clock, e->percent, e->occurred_at);
    TOTAL_ADD(f, ticket_totals, thresholds, 1);
}

void apply_ticket_group_silent(struct fold *f, const void *event, void *entity)
{
    struct ticket *t = entity;
    (void)event;
    t->silent_at = 0;
    TOTAL_ADD(f, ticket_totals, silences, 1);
}

void apply_ticket_escalated(struct fold *f, const void *event, void *entity)
{
    const struct ticket_escalated *e = event;
    struct ticket *t = entity;
    (void)f;
    t->escalation = e->escalation;
}

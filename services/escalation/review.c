/* review: whether a post-incident review is required, and the review itself (RULES 6). */
#include "services/escalation/escalation.h"

static bool is_breached(struct view *v, const struct escalation *e)
{
    for (uint32_t i = 0; i < e->tickets.count; i++) {
        const struct ticket *t = view_get(v, ENTITY_ticket, e->tickets.at[i].ticket);
        if (t->breached)
            return true;
    }
    return false;
}

/* The first reason why a review is required, as a refusal to go without; REFUSAL_none when there
 * is none. */
static int why_required(struct view *v, const struct escalation *e)
{
    if (e->severity <= 2)
        return REFUSAL_review_severity;
    if (is_breached(v, e))
        return REFUSAL_review_breach;
    if (e->highest_level == LEVELS)
        return REFUSAL_review_executives;
    return e->client_wish ? REFUSAL_review_client_wish : REFUSAL_none;
}

static bool is_to_be_written(const struct review *r)
{
    return r->state == review_state_open || r->state == review_state_drafted;
}

void decide_escalation_review(const struct context *ctx, struct view *v, const void *command,
                              struct decision *d)
{
    const struct escalation_review *c = command;
    const struct escalation_options *o = ctx->options;
    const struct escalation *e = view_get(v, ENTITY_escalation, c->escalation);
    if (e->state != escalation_state_open) {
        REFUSE(d, closed, "escalation");
        return;
    }
    bool required = c->decision == review_decision_required;
    int reason = required ? REFUSAL_none : why_required(v, e);
    if (reason != REFUSAL_none) {
        decision_refuse(d, reason, "decision");
        return;
    }
    const struct review *before =
        text_empty(e->review) ? NULL : view_get(v, ENTITY_review, e->review);
    bool opens = required && (!before || before->state == review_state_withdrawn);
    struct text review = opens ? decision_id(d, "review", 0) : e->review;
    EMIT(d, escalation_review_decided, c->escalation, .decision = c->decision, .reason = c->reason,
         .review = review);
    if (opens)
        EMIT(d, review_opened, review, .escalation = c->escalation,
             .draft_due_at = ctx->now + o->review_draft_due,
             .publish_due_at = ctx->now + o->review_publish_due);
    else if (!required && before && is_to_be_written(before))
        EMIT(d, review_withdrawn, review, .escalation = c->escalation);
}

void apply_escalation_review_decided(struct fold *f, const void *event, void *entity)
{
    const struct escalation_review_decided *r = event;
    struct escalation *e = entity;
    e->review_decision = r->decision;
    e->review_reason = r->reason;
    e->review_by = f->actor;
    e->review = r->review;
}

/* Whether the review can still be written; else the refusal is said. */
static bool may_write(struct view *v, struct text id, struct decision *d)
{
    const struct review *r = view_get(v, ENTITY_review, id);
    if (is_to_be_written(r))
        return true;
    if (r->state == review_state_published)
        REFUSE(d, review_published, "review");
    else
        REFUSE(d, review_withdrawn, "review");
    return false;
}

void decide_review_draft(const struct context *ctx, struct view *v, const void *command,
                         struct decision *d)
{
    const struct review_draft *c = command;
    (void)ctx;
    if (may_write(v, c->review, d))
        EMIT(d, review_drafted, c->review, .summary = c->summary, .root_cause = c->root_cause,
             .actions = c->actions);
}

void decide_review_publish(const struct context *ctx, struct view *v, const void *command,
                           struct decision *d)
{
    const struct review_publish *c = command;
    (void)ctx;
    if (may_write(v, c->review, d))
        EMIT(d, review_published, c->review, .summary = c->summary, .root_cause = c->root_cause,
             .actions = c->actions);
}

void apply_review_opened(struct fold *f, const void *event, void *entity)
{
    const struct review_opened *o = event;
    *(struct review *)entity = (struct review){ .id = f->id,
                                                .client = f->client,
                                                .escalation = o->escalation,
                                                .state = review_state_open,
                                                .draft_due_at = o->draft_due_at,
                                                .publish_due_at = o->publish_due_at };
    TOTAL_ADD(f, escalation_totals, reviews, 1);
}

void apply_review_drafted(struct fold *f, const void *event, void *entity)
{
    const struct review_drafted *w = event;
    struct review *r = entity;
    r->state = review_state_drafted;
    r->drafted_at = f->time;
    r->summary = w->summary;
    r->root_cause = w->root_cause;
    r->actions = w->actions;
}

void apply_review_published(struct fold *f, const void *event, void *entity)
{
    const struct review_published *w = event;
    struct review *r = entity;
    r->state = review_state_published;
    r->published_at = f->time;
    r->summary = w->summary;
    r->root_cause = w->root_cause;
    r->actions = w->actions;
    TOTAL_ADD(f, escalation_totals, reviews_published, 1);
}

void apply_review_overdue(struct fold *f, const void *event, void *entity)
{
    const struct review_overdue *o = event;
    struct review *r = entity;
    if (o->part == review_part_draft)
        r->draft_overdue = true;
    else
        r->publish_overdue = true;
    TOTAL_ADD(f, escalation_totals, reviews_overdue, 1);
}

void apply_review_withdrawn(struct fold *f, const void *event, void *entity)
{
    struct review *r = entity;
    (void)f, (void)event;
    r->state = review_state_withdrawn;
}

/* The instant at which the draft is missed, 0 when it is there or was reported; likewise the
 * publication. */
static int64_t draft_due(const struct review *r)
{
    return r->state == review_state_open && !r->draft_overdue ? r->draft_due_at : 0;
}

static int64_t publish_due(const struct review *r)
{
    return is_to_be_written(r) && !r->publish_overdue ? r->publish_due_at : 0;
}

int64_t due_review(const void *entity)
{
    int64_t draft = draft_due(entity), publish = publish_due(entity);
    if (draft && publish)
        return draft < publish ? draft : publish;
    return draft ? draft : publish;
}

void wake_review(const struct context *ctx, struct view *v, struct text id, const void *entity,
                 struct decision *d)
{
    int64_t draft = draft_due(entity), publish = publish_due(entity);
    (void)v;
    if (draft && draft <= ctx->now)
        EMIT(d, review_overdue, id, .occurred_at = draft, .part = review_part_draft);
    if (publish && publish <= ctx->now)
        EMIT(d, review_overdue, id, .occurred_at = publish, .part = review_part_publication);
}

void lapse_review(void *entity, int64_t until)
{
    struct review *r = entity;
    if (r->draft_due_at <= until)
        r->draft_overdue = true;
    if (r->publish_due_at <= until)
        r->publish_overdue = true;
}

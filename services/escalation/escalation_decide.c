/* escalation_decide: what may be said about an escalation, and when the answer is no (RULES 5).
 * The runtime has checked that the escalation named by the command exists. */
#include "services/escalation/escalation.h"

/* The escalation, when it is open; else the refusal is said. */
static const struct escalation *open_one(struct view *v, struct text id, struct decision *d)
{
    const struct escalation *e = view_get(v, ENTITY_escalation, id);
    if (e->state == escalation_state_open)
        return e;
    REFUSE(d, closed, "escalation");
    return NULL;
}

static int64_t ack_expires_after(const struct escalation_options *o, int64_t severity)
{
    const int64_t after[SEVERITIES] = { o->ack_1, o->ack_2, o->ack_3, o->ack_4 };
    return after[severity - 1];
}

void decide_escalation_ack(const struct context *ctx, struct view *v, const void *command,
                           struct decision *d)
{
    const struct escalation_ack *c = command;
    const struct escalation *e = open_one(v, c->escalation, d);
    if (e)
        EMIT(d, escalation_acked, c->escalation,
             .until = ctx->now + ack_expires_after(ctx->options, e->severity));
}

void decide_escalation_engage(const struct context *ctx, struct view *v, const void *command,
                              struct decision *d)
{
    const struct escalation_engage *c = command;
    const struct escalation *e = open_one(v, c->escalation, d);
    if (!e)
        return;
    if (e->engagements.count == ENGAGEMENTS_MAX) {
        REFUSE(d, too_many, "escalation");
        return;
    }
    EMIT(d, escalation_engaged, c->escalation, .manager = c->manager, .role = c->role,
         .provider_executive = c->provider_executive, .client_executive = c->client_executive,
         .primary_contact = c->primary_contact, .first = e->engagements.count == 0,
         .after = ctx->now - e->raised_at);
}

void decide_escalation_update(const struct context *ctx, struct view *v, const void *command,
                              struct decision *d)
{
    const struct escalation_update *c = command;
    if (!open_one(v, c->escalation, d))
        return;
    if (c->next_update_at <= ctx->now) {
        REFUSE(d, update_past, "next_update_at");
        return;
    }
    EMIT(d, escalation_updated, c->escalation, .context = c->context, .impact = c->impact,
         .action = c->action, .workaround = c->workaround, .next_update_at = c->next_update_at);
}

/* Whether what is promised, if anything, may be promised. */
static bool promise_stands(const struct context *ctx, const struct escalation *e,
                           const struct escalation_perceive *c, struct decision *d)
{
    if (text_empty(c->promise) && !c->promise_until)
        return true;
    if (text_empty(c->promise)) {
        REFUSE(d, promise_undated, "promise");
        return false;
    }
    if (!c->promise_until) {
        REFUSE(d, promise_undated, "promise_until");
        return false;
    }
    if (c->promise_until <= ctx->now) {
        REFUSE(d, promise_past, "promise_until");
        return false;
    }
    if (e->promises.count == PROMISES_MAX) {
        REFUSE(d, too_many, "promise");
        return false;
    }
    return true;
}

void decide_escalation_perceive(const struct context *ctx, struct view *v, const void *command,
                                struct decision *d)
{
    const struct escalation_perceive *c = command;
    const struct escalation *e = open_one(v, c->escalation, d);
    if (!e || !promise_stands(ctx, e, c, d))
        return;
    if (e->perceptions.count == PERCEPTIONS_MAX) {
        REFUSE(d, too_many, "escalation");
        return;
    }
    EMIT(d, escalation_perceived, c->escalation, .who = c->who, .sentiment = c->sentiment,
         .statement = c->statement, .promise = c->promise, .promise_until = c->promise_until,
         .number = c->promise_until ? (int64_t)e->promises.count + 1 : 0);
}

/* A promise outlives the escalation, so it can be kept when that is closed. */
void decide_escalation_keep(const struct context *ctx, struct view *v, const void *command,
                            struct decision *d)
{
    const struct escalation_keep *c = command;
    const struct escalation *e = view_get(v, ENTITY_escalation, c->escalation);
    (void)ctx;
    if (c->promise > e->promises.count)
        REFUSE(d, promise_unknown, "promise");
    else if (e->promises.at[c->promise - 1].kept_at)
        REFUSE(d, promise_kept, "promise");
    else
        EMIT(d, escalation_promise_kept, c->escalation, .promise = c->promise);
}

void decide_escalation_deescalate(const struct context *ctx, struct view *v, const void *command,
                                  struct decision *d)
{
    const struct escalation_deescalate *c = command;
    const struct escalation *e = open_one(v, c->escalation, d);
    (void)ctx;
    if (!e)
        return;
    if (c->level >= e->level)
        REFUSE(d, not_lower, "level");
    else
        EMIT(d, escalation_deescalated, c->escalation, .level = c->level, .from = e->level,
             .reason = c->reason);
}

void decide_escalation_confirm(const struct context *ctx, struct view *v, const void *command,
                               struct decision *d)
{
    const struct escalation_confirm *c = command;
    const struct escalation *e = open_one(v, c->escalation, d);
    (void)ctx;
    if (!e)
        return;
    if (!tickets_stopped(v, &e->tickets, (struct text){ 0 }))
        REFUSE(d, unresolved, "escalation");
    else if (!text_empty(e->primary_contact) && !text_equal(e->primary_contact, c->confirmed_by))
        REFUSE(d, not_primary_contact, "confirmed_by");
    else
        EMIT(d, escalation_confirmed, c->escalation, .confirmed_by = c->confirmed_by);
}

void decide_escalation_assess(const struct context *ctx, struct view *v, const void *command,
                              struct decision *d)
{
    const struct escalation_assess *c = command;
    (void)ctx;
    if (open_one(v, c->escalation, d))
        EMIT(d, escalation_assessed, c->escalation, .manager = c->manager,
             .assessment = c->assessment, .reason = c->reason);
}

void decide_escalation_survey(const struct context *ctx, struct view *v, const void *command,
                              struct decision *d)
{
    const struct escalation_survey *c = command;
    (void)ctx;
    if (!open_one(v, c->escalation, d))
        return;
    if (c->decision == survey_decision_declined && text_empty(c->reason))
        REFUSE(d, survey_reason, "reason");
    else
        EMIT(d, escalation_survey_decided, c->escalation, .decision = c->decision,
             .reason = c->reason);
}

void decide_escalation_close(const struct context *ctx, struct view *v, const void *command,
                             struct decision *d)
{
    const struct escalation_close *c = command;
    const struct escalation *e = open_one(v, c->escalation, d);
    if (!e)
        return;
    if (!e->confirmed_at)
        REFUSE(d, not_confirmed, "escalation");
    else if (!e->review_decision)
        REFUSE(d, review_undecided, "escalation");
    else if (!e->assessment)
        REFUSE(d, not_assessed, "escalation");
    else if (!e->survey)
        REFUSE(d, survey_undecided, "escalation");
    else if (!tickets_stopped(v, &e->tickets, (struct text){ 0 }))
        REFUSE(d, unresolved, "escalation");
    else {
        EMIT(d, escalation_closed, c->escalation, .assessment = e->assessment,
             .lasted = ctx->now - e->raised_at);
        consult_end(v, d, c->escalation);
    }
}

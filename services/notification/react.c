/* react: what happens to an escalation becomes messages: who is told by route.c, in which words by
 * the templates, and when by message.c. What is decided here is all in the events. */
#include "services/notification/notification.h"

/* Tells of an event about an escalation; `from` is the level it stood at before. */
static void tell_of(const struct context *ctx, struct view *v, struct decision *d, int32_t stage,
                    struct text id, int64_t from, struct message_queued *m)
{
    const struct escalation *e = view_get(v, ENTITY_escalation, id);
    if (tell_is_late(ctx))
        return;
    if (!e) {
        decision_missing(d, "escalation");
        return;
    }
    if (stage == stage_ack_expired && e->solved)
        return; /* it does not climb, and nobody is asked to take it */
    const struct happening h = { .stage = stage,
                                 .from = from,
                                 .to = m->to ? m->to : e->level,
                                 .severity = e->severity,
                                 .passed = e->passed,
                                 .service = e->service,
                                 .component = e->component,
                                 .group = e->group,
                                 .role = m->role,
                                 .actor = ctx->cause_actor };
    m->escalation = id;
    m->title = e->title;
    m->severity = e->severity;
    m->from = from;
    m->to = h.to;
    m->group = e->group;
    if (text_empty(m->ticket))
        m->ticket = e->ticket;
    tell(ctx, v, d, &h, m);
}

void react_escalation_raised(const struct context *ctx, struct view *v, const void *event,
                             struct decision *d)
{
    const struct react_escalation_raised *r = event;
    struct message_queued m = { .to = r->level, .by = ctx->cause_actor };
    tell_of(ctx, v, d, stage_raised, ctx->cause, 0, &m);
}

void react_escalation_level_raised(const struct context *ctx, struct view *v, const void *event,
                                   struct decision *d)
{
    const struct react_escalation_level_raised *r = event;
    struct message_queued m = { .to = r->level };
    tell_of(ctx, v, d, stage_level_raised, ctx->cause, r->from, &m);
}

void react_escalation_acked(const struct context *ctx, struct view *v, const void *event,
                            struct decision *d)
{
    const struct react_escalation_acked *a = event;
    struct message_queued m = { .by = ctx->cause_actor, .until = a->until };
    tell_of(ctx, v, d, stage_acked, ctx->cause, 0, &m);
}

void react_escalation_ack_expired(const struct context *ctx, struct view *v, const void *event,
                                  struct decision *d)
{
    const struct react_escalation_ack_expired *a = event;
    struct message_queued m = { .by = a->acked_by, .occurred_at = a->occurred_at };
    tell_of(ctx, v, d, stage_ack_expired, ctx->cause, 0, &m);
}

void react_escalation_updated(const struct context *ctx, struct view *v, const void *event,
                              struct decision *d)
{
    const struct react_escalation_updated *u = event;
    struct message_queued m = { .context = u->context,
                                .impact = u->impact,
                                .action = u->action,
                                .workaround = u->workaround,
                                .next_update_at = u->next_update_at };
    if (u->next_update_at)
        tell_of(ctx, v, d, stage_updated, ctx->cause, 0, &m);
    else
        REFUSE(d, no_next_update, "next_update_at");
}

void react_escalation_update_missed(const struct context *ctx, struct view *v, const void *event,
                                    struct decision *d)
{
    const struct react_escalation_update_missed *u = event;
    struct message_queued m = { .occurred_at = u->occurred_at };
    tell_of(ctx, v, d, stage_update_missed, ctx->cause, 0, &m);
}

static struct text promised(const struct escalation *e, int64_t number)
{
    for (uint32_t i = 0; e && i < e->promises.count; i++)
        if (e->promises.at[i].number == number)
            return e->promises.at[i].promised;
    return (struct text){ 0 };
}

void react_escalation_promise_missed(const struct context *ctx, struct view *v, const void *event,
                                     struct decision *d)
{
    const struct react_escalation_promise_missed *p = event;
    struct message_queued m = { .occurred_at = p->occurred_at,
                                .promise = promised(view_get(v, ENTITY_escalation, ctx->cause),
                                                    p->promise) };
    tell_of(ctx, v, d, stage_promise_missed, ctx->cause, 0, &m);
}

void react_escalation_resolved(const struct context *ctx, struct view *v, const void *event,
                               struct decision *d)
{
    const struct react_escalation_resolved *r = event;
    struct message_queued m = { .occurred_at = r->occurred_at };
    tell_of(ctx, v, d, stage_resolved, ctx->cause, 0, &m);
}

void react_escalation_reopened(const struct context *ctx, struct view *v, const void *event,
                               struct decision *d)
{
    const struct react_escalation_reopened *r = event;
    struct message_queued m = { .occurred_at = r->occurred_at, .ticket = r->ticket };
    tell_of(ctx, v, d, stage_reopened, ctx->cause, 0, &m);
}

void react_escalation_closed(const struct context *ctx, struct view *v, const void *event,
                             struct decision *d)
{
    struct message_queued m = { .by = ctx->cause_actor };
    (void)event;
    tell_of(ctx, v, d, stage_closed, ctx->cause, 0, &m);
}

/* The owner of a ticket is a name in another system; who holds level 1 is the owner here. */
void react_ticket_reminded(const struct context *ctx, struct view *v, const void *event,
                           struct decision *d)
{
    const struct react_ticket_reminded *r = event;
    const struct happening h = { .stage = stage_reminded,
                                 .service = r->service,
                                 .component = r->component,
                                 .actor = ctx->cause_actor };
    struct message_queued m = { .occurred_at = r->occurred_at,
                                .ticket = ctx->cause,
                                .clock = r->clock };
    if (!tell_is_late(ctx))
        tell(ctx, v, d, &h, &m);
}

void react_review_overdue(const struct context *ctx, struct view *v, const void *event,
                          struct decision *d)
{
    const struct react_review_overdue *r = event;
    const struct review *review = view_get(v, ENTITY_review, ctx->cause);
    struct message_queued m = { .occurred_at = r->occurred_at,
                                .review = ctx->cause,
                                .part = r->part };
    tell_of(ctx, v, d, stage_review_overdue, review ? review->escalation : ctx->cause, 0, &m);
}

void react_consultation_asked(const struct context *ctx, struct view *v, const void *event,
                              struct decision *d)
{
    const struct react_consultation_asked *c = event;
    struct message_queued m = { .role = c->role,
                                .answer_by = c->until,
                                .about = about_of(d, "consultation", ctx->cause) };
    tell_of(ctx, v, d, stage_consulted, c->escalation, 0, &m);
}

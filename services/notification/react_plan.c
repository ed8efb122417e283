/* react_plan: what the catalog finds out by itself becomes messages: who comes on duty, what is
 * wrong with a roster, which days draw near. It is about the provider, not about a client. */
#include "services/notification/notification.h"

static void tell_duty(const struct context *ctx, struct view *v, struct decision *d, int32_t stage,
                      struct message_queued *m)
{
    const struct happening h = { .stage = stage,
                                 .group = m->group,
                                 .incoming = m->incoming,
                                 .outgoing = m->outgoing,
                                 .actor = ctx->cause_actor };
    m->about = about_of(d, "roster", ctx->cause);
    if (!tell_is_late(ctx))
        tell(ctx, v, d, &h, m);
}

/* A change of the plan that leaves somebody on duty is no news to them. */
void react_duty_changed(const struct context *ctx, struct view *v, const void *event,
                        struct decision *d)
{
    const struct react_duty_changed *c = event;
    const struct shift *before = view_get(v, ENTITY_shift, ctx->cause);
    struct message_queued m = {
        .group = c->group, .incoming = c->person, .begins_at = c->since, .ends_at = c->until
    };
    if (before)
        m.outgoing = before->person;
    if (!text_empty(c->person) && !text_equal(c->person, m.outgoing))
        tell_duty(ctx, v, d, stage_shift_started, &m);
}

void react_duty_handover_asked(const struct context *ctx, struct view *v, const void *event,
                               struct decision *d)
{
    const struct react_duty_handover_asked *a = event;
    struct message_queued m = { .group = a->group,
                                .incoming = a->incoming,
                                .outgoing = a->outgoing,
                                .answer_by = a->accept_by,
                                .ends_at = a->until };
    tell_duty(ctx, v, d, stage_handover_asked, &m);
}

void react_duty_handover_missed(const struct context *ctx, struct view *v, const void *event,
                                struct decision *d)
{
    const struct react_duty_handover_missed *a = event;
    struct message_queued m = { .group = a->group,
                                .incoming = a->incoming,
                                .outgoing = a->outgoing };
    tell_duty(ctx, v, d, stage_handover_missed, &m);
}

void react_duty_gap_found(const struct context *ctx, struct view *v, const void *event,
                          struct decision *d)
{
    const struct react_duty_gap_found *g = event;
    struct message_queued m = { .group = g->group, .begins_at = g->from, .ends_at = g->until };
    tell_duty(ctx, v, d, stage_duty_gap, &m);
}

void react_duty_unreachable_found(const struct context *ctx, struct view *v, const void *event,
                                  struct decision *d)
{
    const struct react_duty_unreachable_found *u = event;
    struct message_queued m = {
        .group = u->group, .incoming = u->person, .begins_at = u->from, .why = u->why
    };
    tell_duty(ctx, v, d, stage_duty_unreachable, &m);
}

void react_duty_unqualified_found(const struct context *ctx, struct view *v, const void *event,
                                  struct decision *d)
{
    const struct react_duty_unqualified_found *u = event;
    struct message_queued m = {
        .group = u->group, .incoming = u->person, .begins_at = u->from, .skill = u->skill
    };
    tell_duty(ctx, v, d, stage_duty_unqualified, &m);
}

void react_reminder_due(const struct context *ctx, struct view *v, const void *event,
                        struct decision *d)
{
    const struct react_reminder_due *r = event;
    const struct happening h = { .stage = stage_reminder_due,
                                 .person = r->person,
                                 .actor = ctx->cause_actor };
    struct message_queued m = { .about = about_of(d, "reminder", ctx->cause),
                                .what = r->what,
                                .name = text_empty(r->name) ? r->of : r->name,
                                .day = r->day };
    if (!tell_is_late(ctx))
        tell(ctx, v, d, &h, &m);
}

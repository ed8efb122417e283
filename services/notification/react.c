/* react: what happens to an escalation becomes messages: who is told by route.c, in which words by
 * the templates, and when by message.c. What is decided here is all in the events. */
#include "services/notification/notification.h"

static bool is_late(const struct context *ctx)
{
    const struct notification_options *o = ctx->options;
    return ctx->now - ctx->cause_time > o->late_after;
}

static void queue(struct decision *d, uint32_t *number, const struct message_queued *m)
{
    decision_emit(d, EVENT_message_queued, decision_id(d, "msg", (*number)++), m, sizeof *m);
}

/* A record that nobody will be sent: so that it is never silent that nobody was. */
static void queue_gap(struct decision *d, uint32_t *number, const struct message_queued *base,
                      const struct gap *gap, int32_t failure)
{
    struct message_queued m = *base;
    m.reader = gap->reader;
    m.level = gap->level;
    m.failure = failure;
    queue(d, number, &m);
}

/* A supplier's line also names those of the provider who look after the supplier: they read what
 * the provider's people read. */
static int32_t reader_of(const struct recipient *r, const struct person *p)
{
    bool ours = p && p->side == side_provider;
    return r->reader == reader_supplier && ours ? reader_of_level(r->level) : r->reader;
}

static void queue_person(struct view *v, struct decision *d, uint32_t *number,
                         const struct message_queued *base, const struct recipient *r)
{
    struct message_queued m = *base;
    const struct person *p = view_get_of(v, ENTITY_person, PROVIDER_CLIENT, r->person);
    m.person = r->person;
    m.reader = reader_of(r, p);
    m.level = r->level;
    if (p && p->addresses.count)
        m.channel = p->addresses.at[0].channel;
    else
        m.failure = failure_no_address;
    queue(d, number, &m);
}

static const struct group *group_of(struct view *v, struct text group)
{
    return text_empty(group) ? NULL : view_get_of(v, ENTITY_group, PROVIDER_CLIENT, group);
}

/* Tells everybody whom the rules name. `m` says what; the rest of it is filled in here. */
static void tell(const struct context *ctx, struct view *v, struct decision *d,
                 const struct happening *h, struct message_queued *m)
{
    const struct notification_options *o = ctx->options;
    const struct client *c = view_get_of(v, ENTITY_client, PROVIDER_CLIENT, ctx->client);
    const struct gap anybody = { .reader = reader_responder };
    uint32_t number = 0;
    struct told told;
    m->cause = ctx->cause_event;
    m->stage = h->stage;
    m->expires_at = ctx->cause_time + o->expires_after;
    m->occurred_at = m->occurred_at ? m->occurred_at : ctx->cause_time;
    const struct group *g = group_of(v, h->group);
    if (!ctx->final && (!c || (!g && !text_empty(h->group)))) {
        decision_wait(d); /* the catalog may not have been heard yet */
        return;
    }
    if (!c) {
        if (h->stage == stage_raised)
            queue_gap(d, &number, m, &anybody, failure_client_unknown);
        return;
    }
    route(c, g, h, &told);
    for (uint32_t i = 0; i < told.count; i++)
        queue_person(v, d, &number, m, &told.at[i]);
    for (uint32_t i = 0; i < told.gap_count; i++)
        queue_gap(d, &number, m, &told.gaps[i], failure_nobody);
    if (told.too_many)
        queue_gap(d, &number, m, &anybody, failure_too_many);
}

/* Tells of an event about an escalation; `from` is the level it stood at before. */
static void tell_of(const struct context *ctx, struct view *v, struct decision *d, int32_t stage,
                    struct text id, int64_t from, struct message_queued *m)
{
    const struct escalation *e = view_get(v, ENTITY_escalation, id);
    if (is_late(ctx))
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
                                 .group = e->group,
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
    const struct happening h = { .stage = stage_reminded, .actor = ctx->cause_actor };
    struct message_queued m = { .occurred_at = r->occurred_at,
                                .ticket = ctx->cause,
                                .clock = r->clock };
    if (!is_late(ctx))
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

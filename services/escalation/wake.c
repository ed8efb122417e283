/* wake: what happens when an instant comes. One instant, one change: whichever timer comes
 * first, of a ticket or of its escalation, takes the level to the highest of all. */
#include "services/escalation/escalation.h"

/* Tells the highest threshold that each clock newly reached; true when one of them was more than
 * a reminder. */
static bool wake_clocks(const struct context *ctx, struct text id, const struct ticket *t,
                        struct decision *d)
{
    bool raises = false;
    for (int32_t name = clock_name_response; name <= clock_name_update; name++) {
        struct clock c = ticket_clock(t, (enum clock_name)name);
        int64_t percent = clock_newly(&c, ctx->now);
        if (!percent)
            continue;
        int64_t at = clock_instant(&c, percent);
        if (percent == 50) {
            EMIT(d, ticket_reminded, id, .occurred_at = at, .clock = name, .percent = percent,
                 .service = t->service, .component = t->component);
        } else {
            EMIT(d, ticket_threshold_reached, id, .occurred_at = at, .clock = name,
                 .percent = percent);
            raises = true;
        }
    }
    return raises;
}

static void climb(const struct context *ctx, struct view *v, struct text id,
                  const struct escalation *e, struct decision *d)
{
    enum climb cause;
    int64_t level = level_at(v, e, ctx->now, &cause);
    if (level > e->level)
        EMIT(d, escalation_level_raised, id, .level = level, .from = e->level,
             .cause = (int32_t)cause);
}

static void raise_for(const struct context *ctx, struct view *v, struct text id,
                      const struct ticket *t, enum cause cause, struct decision *d)
{
    struct ticket_name *name = decision_alloc(d, sizeof *name);
    int64_t level = level_of_ticket(t, ctx->now, 0);
    name->ticket = id;
    struct escalation_raised r = {
        .kind = cause == cause_silence ? escalation_kind_hierarchical : escalation_kind_management,
        .cause = (int32_t)cause,
        .severity = t->priority,
        .level = level ? level : 1,
        .title = t->title,
        .tickets = { name, 1 },
        .group = cause == cause_silence ? t->group : (struct text){ 0 },
    };
    raise_emit(ctx, v, d, &r);
}

void wake_ticket(const struct context *ctx, struct view *v, struct text id, const void *entity,
                 struct decision *d)
{
    const struct ticket *t = entity;
    judge_wake(v, d, id, t, ctx->now);
    bool reached = wake_clocks(ctx, id, t, d);
    bool silent = t->silent_at && t->silent_at <= ctx->now;
    if (silent)
        EMIT(d, ticket_group_silent, id, .occurred_at = t->silent_at, .group = t->group);
    const struct escalation *e = escalation_of(v, t);
    if (e)
        climb(ctx, v, t->escalation, e, d);
    else if (reached)
        raise_for(ctx, v, id, t, cause_threshold, d);
    else if (silent)
        raise_for(ctx, v, id, t, cause_silence, d);
}

/* Of an open escalation. */
static bool update_waits(const struct escalation *e)
{
    return e->next_update_at && !e->update_overdue;
}

/* A promise stands when the escalation is closed, too. */
static bool promise_waits(const struct escalation *e, const struct promise *p)
{
    return !p->kept_at && !p->missed_at && p->until > e->promises_lapsed_until;
}

int64_t due_escalation(const void *entity)
{
    const struct escalation *e = entity;
    int64_t due = INT64_MAX;
    if (e->state == escalation_state_open) {
        int64_t step = e->acked_until ? e->acked_until : level_due(e);
        due = step ? step : due;
        if (update_waits(e) && e->next_update_at < due)
            due = e->next_update_at;
    }
    for (uint32_t i = 0; i < e->promises.count; i++)
        if (promise_waits(e, &e->promises.at[i]) && e->promises.at[i].until < due)
            due = e->promises.at[i].until;
    return due == INT64_MAX ? 0 : due;
}

void wake_escalation(const struct context *ctx, struct view *v, struct text id, const void *entity,
                     struct decision *d)
{
    const struct escalation *e = entity;
    if (e->state == escalation_state_open) {
        if (e->acked_until && e->acked_until <= ctx->now)
            EMIT(d, escalation_ack_expired, id, .occurred_at = e->acked_until,
                 .acked_by = e->acked_by);
        climb(ctx, v, id, e, d);
        if (update_waits(e) && e->next_update_at <= ctx->now)
            EMIT(d, escalation_update_missed, id, .occurred_at = e->next_update_at);
    }
    for (uint32_t i = 0; i < e->promises.count; i++) {
        const struct promise *p = &e->promises.at[i];
        if (promise_waits(e, p) && p->until <= ctx->now)
            EMIT(d, escalation_promise_missed, id, .occurred_at = p->until, .promise = p->number);
    }
}

/* Steps passed while it did not climb are not due, so they don't lapse: they count when it
 * climbs again. */
void lapse_escalation(void *entity, int64_t until)
{
    struct escalation *e = entity;
    if (e->acked_until && e->acked_until <= until)
        e->acked_until = 0;
    if (!e->resolved_at && !e->acked_until)
        e->steps_lapsed_until = until;
    if (e->next_update_at && e->next_update_at <= until)
        e->update_overdue = true;
    e->promises_lapsed_until = until;
}

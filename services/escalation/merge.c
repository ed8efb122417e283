/* merge: one escalation goes on with the tickets of two; the other is closed as merged. */
#include "services/escalation/escalation.h"

static bool merge_allowed(const struct escalation_merge *c, const struct escalation *e,
                          const struct escalation *other, struct decision *d)
{
    if (text_equal(c->escalation, c->other))
        REFUSE(d, merge_itself, "other");
    else if (!other)
        REFUSE(d, merge_client, "other");
    else if (e->state != escalation_state_open)
        REFUSE(d, closed, "escalation");
    else if (other->state != escalation_state_open)
        REFUSE(d, merge_closed, "other");
    else if (e->tickets.count + other->tickets.count > TICKETS_MAX)
        REFUSE(d, merge_tickets, "other");
    else
        return true;
    return false;
}

/* The next update that a client waits for, 0 for none. */
static int64_t awaited(const struct escalation *e)
{
    return e->update_overdue ? 0 : e->next_update_at;
}

static int64_t earlier(int64_t a, int64_t b)
{
    if (a && b)
        return a < b ? a : b;
    return a ? a : b;
}

/* The ladder once more where the raise becomes an earlier one: what counts hours is in instants. */
static struct step_list ladder(const struct context *ctx, struct view *v, struct decision *d,
                               const struct escalation *e, const struct escalation *other,
                               int64_t severity)
{
    const struct ticket_name_list *tickets = e->tickets.count ? &e->tickets : &other->tickets;
    const struct ticket *first =
        tickets->count ? view_get(v, ENTITY_ticket, tickets->at[0].ticket) : NULL;
    return level_ladder(d, ctx->options, severity, earlier(e->raised_at, other->raised_at),
                        terms_ladder_hours(ctx, v, d, first));
}

static bool counts_hours(const struct step_list *steps)
{
    return steps->at[steps->count - 1].at != 0;
}

void decide_escalation_merge(const struct context *ctx, struct view *v, const void *command,
                             struct decision *d)
{
    const struct escalation_merge *c = command;
    const struct escalation *e = view_get(v, ENTITY_escalation, c->escalation);
    const struct escalation *other = view_get(v, ENTITY_escalation, c->other);
    if (!merge_allowed(c, e, other, d))
        return;
    bool stopped = tickets_stopped(v, &e->tickets, (struct text){ 0 }) &&
                   tickets_stopped(v, &other->tickets, (struct text){ 0 });
    struct step_list steps = { 0 };
    if (other->raised_at < e->raised_at)
        steps = ladder(ctx, v, d, e, other, e->severity);
    if (steps.count && !counts_hours(&steps))
        steps = (struct step_list){ 0 };
    EMIT(d, escalation_absorbed, c->escalation, .other = c->other, .tickets = other->tickets,
         .raised_at = earlier(e->raised_at, other->raised_at),
         .client_wish = e->client_wish || other->client_wish,
         .highest_level =
             e->highest_level > other->highest_level ? e->highest_level : other->highest_level,
         .next_update_at = earlier(awaited(e), awaited(other)),
         .resolved = stopped && e->tickets.count + other->tickets.count > 0, .steps = steps);
    EMIT(d, escalation_merged, c->other, .into = c->escalation);
    if (other->severity < e->severity)
        EMIT(d, escalation_severity_raised, c->escalation, .occurred_at = ctx->now,
             .severity = other->severity, .from = e->severity,
             .steps = ladder(ctx, v, d, e, other, other->severity));
    if (other->level > e->level)
        EMIT(d, escalation_level_raised, c->escalation, .level = other->level, .from = e->level,
             .cause = climb_merge);
    for (uint32_t i = 0; i < other->tickets.count; i++)
        EMIT(d, ticket_escalated, other->tickets.at[i].ticket, .escalation = c->escalation);
    consult_move(v, d, c->other, c->escalation);
}

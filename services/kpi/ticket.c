/* ticket: how tickets count, from what the escalation service says of them; what is left out of
 * attainment, and why. */
#include "services/kpi/ticket.h"
#include "common/suite/plant.h"
#include "services/kpi/account.h"
#include "services/kpi/counted.h"
#include "services/kpi/effort.h"
#include "services/kpi/survey.h"

/* The event is the whole entity, so one can be read as the other. */
_Static_assert(sizeof(struct ticket) == sizeof(struct ticket_counted) &&
                   offsetof(struct ticket, told) == offsetof(struct ticket_counted, told) &&
                   offsetof(struct ticket, exclusions) ==
                       offsetof(struct ticket_counted, exclusions),
               "ticket.counted is a ticket");

static struct place place_of(struct text client, const struct ticket *t)
{
    return (struct place){ client, t->service, t->component };
}

/* --- what a ticket adds ---------------------------------------------------------------------- */

/* A clock counts on the day on which it is due, whenever it came to what it came to. */
static void add_verdict(struct shares *s, const struct ticket *t, int sign)
{
    if (t->response) {
        struct ticket_sums *due = share_of(s, t->response_due);
        int64_t *counted = t->response_excluded         ? &due->response_excluded
                           : t->response == verdict_met ? &due->response_met
                                                        : &due->response_missed;
        *counted += sign;
    }
    if (t->resolve) {
        struct ticket_sums *due = share_of(s, t->resolve_due);
        int64_t *counted = t->resolve_excluded         ? &due->resolve_excluded
                           : t->resolve == verdict_met ? &due->resolve_met
                                                       : &due->resolve_missed;
        *counted += sign;
    }
}

static void add_resolved(struct shares *s, const struct ticket *t, int sign)
{
    struct ticket_sums *on = share_of(s, t->resolved);
    on->resolved += sign;
    on->problems += sign * (t->type == ticket_type_incident);
    on->first_contact += sign * !t->handed_over;
    if (t->resolve_stopped)
        share_time(&on->solved, &on->resolve_seconds, &on->resolve_squares, t->resolve_used, sign);
}

static void add_ticket(struct shares *s, const struct ticket *t, int sign)
{
    bool incident = t->type == ticket_type_incident;
    struct ticket_sums *opened = share_of(s, t->opened);
    opened->received += sign;
    opened->incidents += sign * incident;
    opened->severe += sign * (incident && t->priority == 1);
    opened->covered += sign * t->covered;
    opened->reopened += sign * t->reopened;
    if (t->resolved)
        add_resolved(s, t, sign);
    if (t->response_stopped) {
        struct ticket_sums *on = share_of(s, t->response_stopped);
        share_time(&on->responded, &on->response_seconds, &on->response_squares, t->response_used,
                   sign);
    }
    add_verdict(s, t, sign);
}

/* The differences from a ticket as it was to the same as it is, for each place that it is in. */
struct difference {
    struct place place;
    struct shares shares;
};

static uint32_t changes_of(struct text client, const struct ticket *was, const struct ticket *is,
                           struct difference ret[static 2])
{
    ret[0].place = place_of(client, is);
    ret[0].shares.count = 0;
    add_ticket(&ret[0].shares, is, 1);
    if (!was->told || PLANTED(counted_twice))
        return 1;
    bool moved =
        !text_equal(was->service, is->service) || !text_equal(was->component, is->component);
    if (moved) {
        ret[1].place = place_of(client, was);
        ret[1].shares.count = 0;
    }
    add_ticket(&ret[moved].shares, was, -1);
    return moved ? 2 : 1;
}

static void fold_change(struct fold *f, const struct ticket *was, const struct ticket *is)
{
    struct difference changes[2];
    uint32_t n = changes_of(f->client, was, is, changes);
    for (uint32_t i = 0; i < n; i++)
        shares_add(f, &changes[i].place, is->told, 1, &changes[i].shares);
}

void apply_ticket_counted(struct fold *f, const void *event, void *entity)
{
    fold_change(f, entity, event);
    memcpy(entity, event, sizeof(struct ticket));
}

/* --- telling ---------------------------------------------------------------------------------- */

struct telling {
    const struct context *ctx;
    struct view *view;
    struct decision *decision;
    struct ticket was, is;
    bool changed;
};

static void begin(struct telling *t, const struct context *ctx, struct view *v, struct decision *d,
                  const struct ticket *found)
{
    *t = (struct telling){ .ctx = ctx, .view = v, .decision = d };
    if (!found)
        return;
    t->was = t->is = *found;
    t->is.has = (struct ticket_has){ 0 }; /* what is zero now is not said */
}

#define TAKE(t, field, value)                                                                      \
    do {                                                                                           \
        (t)->changed |= (t)->is.field != (value);                                                  \
        (t)->is.field = (value);                                                                   \
    } while (0)

static void take_text(struct telling *t, struct text *field, struct text value)
{
    t->changed |= !text_equal(*field, value);
    *field = value;
}

static void tell(struct telling *t)
{
    const struct context *ctx = t->ctx;
    struct difference changes[2];
    if (!t->changed)
        return;
    t->is.told = client_day(t->view, ctx->client, ctx->now);
    decision_emit(t->decision, EVENT_ticket_counted, ctx->cause, &t->is, sizeof t->is);
    uint32_t n = changes_of(ctx->client, &t->was, &t->is, changes);
    if (!t->was.told)
        account_seen(ctx, t->view, t->decision);
    for (uint32_t i = 0; i < n; i++)
        shares_seen(ctx, t->view, t->decision, &changes[i].place, &changes[i].shares);
    if (n == 2 || !t->was.told)
        efforts_follow(ctx, t->view, ctx->cause, t->is.service, t->is.component, t->decision);
}

/* --- what the escalation service says --------------------------------------------------------- */

static bool is_resolved(int32_t state)
{
    return state == ticket_state_resolved || state == ticket_state_closed;
}

static void take_state(struct telling *t, const struct react_ticket_recorded *e)
{
    bool resolved = is_resolved(e->state);
    bool goes_on = !resolved && e->state != ticket_state_cancelled;
    if (e->state == ticket_state_other)
        return;
    if (e->reopen_count > 0 || (t->is.resolved && goes_on))
        TAKE(t, reopened, true);
    if (!resolved)
        TAKE(t, resolved, 0);
    else if (!t->is.resolved)
        TAKE(t, resolved, client_day(t->view, t->ctx->client, e->occurred_at));
}

static void take_group(struct telling *t, const struct react_ticket_recorded *e)
{
    bool other = !text_empty(e->group) && !text_equal(e->group, t->is.group);
    if (e->reassignment_count > 0 || (other && !text_empty(t->is.group)))
        TAKE(t, handed_over, true);
    else if (other)
        take_text(t, &t->is.group, e->group);
}

void react_ticket_recorded(const struct context *ctx, struct view *v, const void *command,
                           struct decision *d)
{
    const struct react_ticket_recorded *e = command;
    struct telling t;
    begin(&t, ctx, v, d, view_get(v, ENTITY_ticket, ctx->cause));
    if (!t.was.told) {
        bool known = e->opened_at && e->opened_at < e->occurred_at;
        TAKE(&t, opened, client_day(v, ctx->client, known ? e->opened_at : e->occurred_at));
    }
    TAKE(&t, type, e->type);
    TAKE(&t, priority, e->priority);
    take_text(&t, &t.is.service, e->service);
    take_text(&t, &t.is.component, e->component);
    if (e->resolve_target > 0)
        TAKE(&t, covered, true);
    take_group(&t, e);
    take_state(&t, e);
    tell(&t);
    if (t.is.resolved && !t.was.resolved) {
        const struct solved s = { .ticket = ctx->cause,
                                  .service = e->service,
                                  .component = e->component,
                                  .title = e->title,
                                  .owner = e->owner,
                                  .at = e->occurred_at };
        survey_solved(ctx, v, d, &s);
    }
}

/* What would never have been due counts when it stopped. */
void react_ticket_judged(const struct context *ctx, struct view *v, const void *command,
                         struct decision *d)
{
    const struct react_ticket_judged *e = command;
    const struct ticket *found = view_get(v, ENTITY_ticket, ctx->cause);
    struct telling t;
    if (!found || e->clock == clock_name_update)
        return;
    bool judged = e->verdict != verdict_running;
    int32_t verdict = judged ? e->verdict : 0;
    int64_t due = judged ? client_day(v, ctx->client, e->due_at ? e->due_at : e->occurred_at) : 0;
    int64_t at = e->stopped ? client_day(v, ctx->client, e->occurred_at) : 0;
    int64_t used = e->stopped ? e->used : 0;
    begin(&t, ctx, v, d, found);
    if (e->clock == clock_name_response) {
        TAKE(&t, response, verdict);
        TAKE(&t, response_due, due);
        TAKE(&t, response_stopped, at);
        TAKE(&t, response_used, used);
    } else {
        TAKE(&t, resolve, verdict);
        TAKE(&t, resolve_due, due);
        TAKE(&t, resolve_stopped, at);
        TAKE(&t, resolve_used, used);
    }
    tell(&t);
}

/* --- exclusions ------------------------------------------------------------------------------- */

static bool is_excluded(const struct ticket *t, int32_t clock)
{
    return clock == clock_name_response ? t->response_excluded : t->resolve_excluded;
}

/* Whether it counts is another thing than when: the day is that of its verdict. */
static void seen(const struct context *ctx, struct view *v, struct decision *d,
                 const struct ticket *t, int32_t clock)
{
    struct shares s = { .count = 0 };
    const struct place p = place_of(ctx->client, t);
    share_of(&s, clock == clock_name_response ? t->response_due : t->resolve_due)->response_met = 1;
    shares_seen(ctx, v, d, &p, &s);
}

void decide_ticket_exclude(const struct context *ctx, struct view *v, const void *command,
                           struct decision *d)
{
    const struct ticket_exclude *c = command;
    const struct ticket *t = view_get(v, ENTITY_ticket, c->ticket);
    if ((c->clock != clock_name_response || !t->response) &&
        (c->clock != clock_name_resolve || !t->resolve)) {
        REFUSE(d, clock_no_verdict, "clock");
        return;
    }
    if (is_excluded(t, c->clock)) {
        REFUSE(d, clock_excluded, "clock");
        return;
    }
    EMIT(d, ticket_excluded, c->ticket, .clock = c->clock, .reason = c->reason,
         .client_agreed = c->client_agreed, .told = client_day(v, ctx->client, ctx->now));
    seen(ctx, v, d, t, c->clock);
}

void decide_ticket_include(const struct context *ctx, struct view *v, const void *command,
                           struct decision *d)
{
    const struct ticket_include *c = command;
    const struct ticket *t = view_get(v, ENTITY_ticket, c->ticket);
    if (c->clock == clock_name_update || !is_excluded(t, c->clock)) {
        REFUSE(d, clock_counts, "clock");
        return;
    }
    EMIT(d, ticket_included, c->ticket, .clock = c->clock, .reason = c->reason,
         .told = client_day(v, ctx->client, ctx->now));
    seen(ctx, v, d, t, c->clock);
}

static void set_excluded(struct fold *f, struct ticket *t, int32_t clock, bool excluded,
                         int64_t told)
{
    const struct ticket was = *t;
    if (clock == clock_name_response)
        t->response_excluded = excluded;
    else
        t->resolve_excluded = excluded;
    t->told = told;
    fold_change(f, &was, t);
}

void apply_ticket_excluded(struct fold *f, const void *event, void *entity)
{
    const struct ticket_excluded *e = event;
    struct ticket *t = entity;
    const struct exclusion x = { .clock = e->clock,
                                 .reason = e->reason,
                                 .by = f->actor,
                                 .at = f->time,
                                 .client_agreed = e->client_agreed };
    set_excluded(f, t, e->clock, true, e->told);
    APPEND(f, &t->exclusions, &x);
}

void apply_ticket_included(struct fold *f, const void *event, void *entity)
{
    const struct ticket_included *e = event;
    struct ticket *t = entity;
    const struct exclusion_list all = t->exclusions;
    set_excluded(f, t, e->clock, false, e->told);
    t->exclusions = (struct exclusion_list){ 0 };
    for (uint32_t i = 0; i < all.count; i++)
        if (all.at[i].clock != e->clock)
            APPEND(f, &t->exclusions, &all.at[i]);
}

/* --- indexes ---------------------------------------------------------------------------------- */

#define BY_DAY(index, noun, field)                                                                 \
    bool index_##index(struct text client, struct text id, const void *entity, struct key *k)      \
    {                                                                                              \
        const struct noun *e = entity;                                                             \
        (void)id;                                                                                  \
        const struct place p = { client, e->service, e->component };                               \
        return by_day(k, e->field, &p);                                                            \
    }
BY_DAY(ticket_by_opened, ticket, opened)
BY_DAY(ticket_by_resolved, ticket, resolved)
BY_DAY(ticket_by_resolve_due, ticket, resolve_due)
BY_DAY(ticket_by_response, ticket, response_stopped)
BY_DAY(escalation_by_raised, escalation, raised)
BY_DAY(promise_by_day, promise, day)

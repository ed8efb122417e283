/* escalated: how escalations and promises count, from what the escalation service says of them. */
#include "services/kpi/account.h"
#include "services/kpi/ticket.h"

_Static_assert(sizeof(struct escalation) == sizeof(struct escalation_counted) &&
                   offsetof(struct escalation, told) == offsetof(struct escalation_counted, told),
               "escalation.counted is an escalation");
_Static_assert(sizeof(struct promise) == sizeof(struct promise_counted) &&
                   offsetof(struct promise, told) == offsetof(struct promise_counted, told),
               "promise.counted is a promise");

/* --- escalations ------------------------------------------------------------------------------ */

static struct place place_of(struct text client, const struct escalation *e)
{
    return (struct place){ client, e->service, e->component };
}

static void add_escalation(struct shares *s, const struct escalation *e, int sign)
{
    struct ticket_sums *on = share_of(s, e->raised);
    on->raised += sign;
    if (e->engaged)
        share_time(&on->engaged, &on->engaged_seconds, &on->engaged_squares, e->engaged_after,
                   sign);
}

/* Its place never changes. */
static struct shares changes_of(const struct escalation *was, const struct escalation *is)
{
    struct shares s = { .count = 0 };
    if (was->told)
        add_escalation(&s, was, -1);
    add_escalation(&s, is, 1);
    return s;
}

void apply_escalation_counted(struct fold *f, const void *event, void *entity)
{
    const struct escalation *is = event;
    const struct place p = place_of(f->client, is);
    struct shares s = changes_of(entity, is);
    shares_add(f, &p, is->told, 1, &s);
    memcpy(entity, event, sizeof *is);
}

static void tell(const struct context *ctx, struct view *v, struct decision *d,
                 const struct escalation *was, struct escalation *is)
{
    const struct place p = place_of(ctx->client, is);
    struct shares s = changes_of(was, is);
    is->told = client_day(v, ctx->client, ctx->now);
    decision_emit(d, EVENT_escalation_counted, ctx->cause, is, sizeof *is);
    account_stir(ctx, v, d);
    shares_seen(ctx, v, d, &p, &s);
}

void react_escalation_raised(const struct context *ctx, struct view *v, const void *command,
                             struct decision *d)
{
    const struct react_escalation_raised *e = command;
    const struct escalation none = { 0 };
    struct escalation is = { .raised = client_day(v, ctx->client, e->raised_at),
                             .raised_at = e->raised_at,
                             .service = e->service,
                             .component = e->component,
                             .title = e->title };
    tell(ctx, v, d, &none, &is);
}

/* The escalation that the event is about, to be told anew; false when it was never raised here. */
static bool found(const struct context *ctx, struct view *v, struct escalation *ret)
{
    const struct escalation *e = view_get(v, ENTITY_escalation, ctx->cause);
    if (!e)
        return false;
    *ret = *e;
    ret->has = (struct escalation_has){ 0 };
    return true;
}

void react_escalation_engaged(const struct context *ctx, struct view *v, const void *command,
                              struct decision *d)
{
    const struct react_escalation_engaged *e = command;
    struct escalation was, is;
    if (!e->first || !found(ctx, v, &was))
        return;
    is = was;
    is.engaged = true;
    is.engaged_after = e->after;
    tell(ctx, v, d, &was, &is);
}

static void end(const struct context *ctx, struct view *v, struct decision *d)
{
    struct escalation was, is;
    if (!found(ctx, v, &was))
        return;
    is = was;
    is.ended = client_day(v, ctx->client, ctx->cause_time);
    tell(ctx, v, d, &was, &is);
}

void react_escalation_closed(const struct context *ctx, struct view *v, const void *command,
                             struct decision *d)
{
    (void)command;
    end(ctx, v, d);
}

void react_escalation_merged(const struct context *ctx, struct view *v, const void *command,
                             struct decision *d)
{
    (void)command;
    end(ctx, v, d);
}

/* --- promises --------------------------------------------------------------------------------- */

static struct shares promise_shares(const struct promise *p)
{
    struct shares s = { .count = 0 };
    struct ticket_sums *on = share_of(&s, p->day);
    on->promises_kept = !p->missed;
    on->promises_missed = p->missed;
    return s;
}

/* Told once: what was missed stays so, and what was kept cannot be missed any more. */
void apply_promise_counted(struct fold *f, const void *event, void *entity)
{
    const struct promise *p = event;
    const struct place place = { f->client, p->service, p->component };
    struct shares s = promise_shares(p);
    shares_add(f, &place, p->told, 1, &s);
    memcpy(entity, event, sizeof *p);
}

/* "<escalation>/<number>" */
static struct text promise_id(struct decision *d, struct text escalation, int64_t number)
{
    enum { DIGITS = 2 };
    char *at = decision_alloc(d, escalation.length + 1 + DIGITS);
    memcpy(at, escalation.at, escalation.length);
    uint32_t n = escalation.length;
    at[n++] = '/';
    at[n++] = (char)('0' + number / 10);
    at[n++] = (char)('0' + number % 10);
    return (struct text){ at, n };
}

static void promised(const struct context *ctx, struct view *v, struct decision *d, int64_t number,
                     int64_t at, bool missed)
{
    struct escalation e;
    struct text id = promise_id(d, ctx->cause, number);
    if (!found(ctx, v, &e) || view_get(v, ENTITY_promise, id))
        return;
    const struct promise p = { .escalation = ctx->cause,
                               .number = number,
                               .service = e.service,
                               .component = e.component,
                               .day = client_day(v, ctx->client, at),
                               .missed = missed,
                               .told = client_day(v, ctx->client, ctx->now) };
    const struct place place = place_of(ctx->client, &e);
    struct shares s = promise_shares(&p);
    decision_emit(d, EVENT_promise_counted, id, &p, sizeof p);
    account_stir(ctx, v, d);
    shares_seen(ctx, v, d, &place, &s);
}

void react_escalation_promise_kept(const struct context *ctx, struct view *v, const void *command,
                                   struct decision *d)
{
    const struct react_escalation_promise_kept *e = command;
    promised(ctx, v, d, e->promise, ctx->cause_time, false);
}

void react_escalation_promise_missed(const struct context *ctx, struct view *v, const void *command,
                                     struct decision *d)
{
    const struct react_escalation_promise_missed *e = command;
    promised(ctx, v, d, e->promise, e->occurred_at, true);
}

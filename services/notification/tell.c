/* tell: people are told: a message for each of them, and a record of each place where nobody is. */
#include "services/notification/notification.h"

bool tell_is_late(const struct context *ctx)
{
    const struct notification_options *o = ctx->options;
    return ctx->now - ctx->cause_time > o->late_after;
}

struct text about_of(struct decision *d, const char *kind, struct text id)
{
    uint32_t n = (uint32_t)strlen(kind);
    char *at = decision_alloc(d, n + 1 + id.length);
    memcpy(at, kind, n);
    at[n] = '/';
    memcpy(at + n + 1, id.at, id.length);
    return (struct text){ at, n + 1 + id.length };
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
    m.role = gap->role;
    m.letter = gap->letter;
    m.failure = failure;
    queue(d, number, &m);
}

/* A person's first address says how they are told; a survey is a mail. */
static int32_t channel_of(const struct person *p, int32_t stage)
{
    for (uint32_t i = 0; survey_asks(stage) && i < p->addresses.count; i++)
        if (p->addresses.at[i].channel == channel_email)
            return channel_email;
    return p->addresses.at[0].channel;
}

static void queue_person(struct view *v, struct decision *d, uint32_t *number,
                         const struct message_queued *base, const struct recipient *r)
{
    struct message_queued m = *base;
    const struct person *p = view_get_of(v, ENTITY_person, PROVIDER_CLIENT, r->person);
    m.person = r->person;
    m.reader = p ? reader_on_side(r, base->stage, p->side) : r->reader;
    m.level = r->level;
    m.role = r->role;
    m.letter = r->letter;
    if (p && p->addresses.count)
        m.channel = channel_of(p, base->stage);
    else
        m.failure = failure_no_address;
    queue(d, number, &m);
}

/* What is about the provider has no client that could be unknown, and no line. */
static bool is_known(const struct context *ctx, struct view *v)
{
    return text_equal(ctx->client, PROVIDER_CLIENT) ||
           view_get_of(v, ENTITY_client, PROVIDER_CLIENT, ctx->client);
}

static bool is_group_known(struct view *v, struct text group)
{
    return text_empty(group) || view_get_of(v, ENTITY_group, PROVIDER_CLIENT, group);
}

void tell(const struct context *ctx, struct view *v, struct decision *d, const struct happening *h,
          struct message_queued *m)
{
    const struct notification_options *o = ctx->options;
    const struct gap anybody = { .reader = reader_responder };
    bool known = is_known(ctx, v);
    uint32_t number = 0;
    struct told told = { .count = 0 };
    m->cause = ctx->cause_event;
    m->stage = h->stage;
    m->expires_at = m->expires_at ? m->expires_at : ctx->cause_time + o->expires_after;
    m->occurred_at = m->occurred_at ? m->occurred_at : ctx->cause_time;
    if (!ctx->final && !(known && is_group_known(v, h->group))) {
        decision_wait(d); /* the catalog may not have been heard yet */
        return;
    }
    if (known)
        route(ctx, v, h, &told);
    else if (h->stage == stage_raised)
        queue_gap(d, &number, m, &anybody, failure_client_unknown);
    for (uint32_t i = 0; i < told.count; i++)
        queue_person(v, d, &number, m, &told.at[i]);
    for (uint32_t i = 0; i < told.gap_count; i++)
        queue_gap(d, &number, m, &told.gaps[i], failure_nobody);
    if (told.too_many)
        queue_gap(d, &number, m, &anybody, failure_too_many);
}

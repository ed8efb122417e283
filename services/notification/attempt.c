/* attempt: tries to send a message, and what becomes of a try (RULES.md 3). The address is looked
 * up now, not when the message was queued: people move. */
#include "services/notification/notification.h"

/* An outcome's failure is told as it is. */
#define SAME_NUMBER(name, number, temporary, doc)                                                  \
    _Static_assert((int)failure_##name == (number), "not the runtime's number: " #name);
EFFECT_FAILURES(SAME_NUMBER)

/* --- the next channel ------------------------------------------------------------------------ */

/* Whether this message, or one that it is sent instead of, was for the channel. */
static bool was_tried(struct view *v, const struct message *m, int32_t channel)
{
    for (; m; m = view_get(v, ENTITY_message, m->instead_of))
        if (m->channel == channel)
            return true;
    return false;
}

/* The person's next channel, 0 for none. A message that was retried by hand may have been replaced
 * before. */
static int32_t next_channel(struct view *v, const struct message *m)
{
    const struct person *p = view_get_of(v, ENTITY_person, PROVIDER_CLIENT, m->person);
    for (uint32_t i = 0; p && text_empty(m->next) && i < p->addresses.count; i++)
        if (!was_tried(v, m, p->addresses.at[i].channel))
            return p->addresses.at[i].channel;
    return 0;
}

/* It failed for good: the person's next channel gets a message of its own, so that there are never
 * two for one event, person and channel. */
static void fail(struct view *v, struct text id, const struct message *m, int32_t failure,
                 struct text detail, struct decision *d)
{
    int32_t channel = next_channel(v, m);
    struct text next = channel ? decision_id(d, "msg", 0) : (struct text){ 0 };
    EMIT(d, message_failed, id, .failure = failure, .detail = detail, .next = next);
#define TAKE(fact) .fact = m->fact,
    if (channel)
        EMIT(d, message_queued, next, MESSAGE_FACTS(TAKE).channel = channel, .instead_of = id);
}

/* --- waiting --------------------------------------------------------------------------------- */

/* From 80 to 120 percent, by hash of message and try: those that failed together are not tried
 * together, and every fold agrees. */
static int64_t jitter(struct text id, int64_t attempt)
{
    uint32_t h = 2166136261u; /* FNV-1a */
    for (uint32_t i = 0; i < id.length; i++)
        h = (h ^ (uint8_t)id.at[i]) * 16777619u;
    h = (h ^ (uint8_t)attempt) * 16777619u;
    return 80 + (int64_t)((h ^ h >> 16) % 41);
}

static int64_t wait_of(const struct notification_options *o, struct text id, int64_t attempt,
                       int64_t retry_after)
{
    int64_t wait = o->retry_first;
    for (int64_t i = 1; i < attempt && wait < o->retry_most; i++)
        wait *= 2;
    if (wait > o->retry_most)
        wait = o->retry_most;
    wait = wait / 100 * jitter(id, attempt);
    if (wait < retry_after) /* what the peer asks for counts, within reason */
        wait = retry_after;
    return wait < o->retry_most ? wait : o->retry_most;
}

static void defer(const struct context *ctx, struct text id, int64_t attempt,
                  const struct outcome *o, int32_t failure, struct decision *d)
{
    EMIT(d, message_deferred, id, .failure = failure, .detail = o->detail,
         .next_attempt_at = ctx->now + wait_of(ctx->options, id, attempt, o->retry_after));
}

/* --- a try ----------------------------------------------------------------------------------- */

/* The catalog's copy lacks somebody: because they were removed, or because a lost state is being
 * folded anew and the copies have not come that far. It counts as a try, and is made again. */
static void look_again(const struct context *ctx, struct text id, const struct message *m,
                       struct decision *d)
{
    const struct outcome o = { .detail = TEXT_OF("The person or the client is not known here.") };
    EMIT(d, message_attempted, id, .attempt = m->attempts + 1);
    defer(ctx, id, m->attempts + 1, &o, failure_no_address, d);
}

/* The first address of the message's channel, or NULL. */
static const struct address *address_of(const struct person *p, int32_t channel)
{
    for (uint32_t i = 0; p && i < p->addresses.count; i++)
        if (p->addresses.at[i].channel == channel)
            return &p->addresses.at[i];
    return NULL;
}

static struct enclosed enclose(struct view *v, const struct message *m)
{
    struct enclosed in = {
        .message = m,
        .person = view_get_of(v, ENTITY_person, PROVIDER_CLIENT, m->person),
        .client = view_get_of(v, ENTITY_client, PROVIDER_CLIENT, m->client),
        .escalation = view_get(v, ENTITY_escalation, m->escalation),
    };
    in.address = address_of(in.person, m->channel);
    return in;
}

static bool is_known(const struct enclosed *in)
{
    const struct message *m = in->message;
    return in->person && (in->client || text_equal(m->client, PROVIDER_CLIENT)) &&
           (in->escalation || text_empty(m->escalation));
}

void attempt_message(const struct context *ctx, struct view *v, struct text id, const void *entity,
                     struct decision *d, struct effect *ret)
{
    const struct notification_options *o = ctx->options;
    const struct message *m = entity;
    const struct enclosed in = enclose(v, m);
    ret->kind = EFFECT_NONE;
    if (ctx->now >= m->expires_at) {
        EMIT(d, message_failed, id, .failure = failure_expired);
    } else if (m->attempts >= o->attempts_max) { /* the last try was interrupted */
        fail(v, id, m, failure_exhausted, (struct text){ 0 }, d);
    } else if (!is_known(&in)) {
        look_again(ctx, id, m, d);
    } else if (!in.address) {
        fail(v, id, m, failure_no_address, (struct text){ 0 }, d);
    } else if (!reader_fits(m->reader, in.person->side)) { /* words for one side, for no other */
        EMIT(d, message_failed, id, .failure = failure_wrong_side);
    } else {
        EMIT(d, message_attempted, id, .attempt = m->attempts + 1);
        letter_write(ctx, v, &in, ret);
    }
}

void outcome_message(const struct context *ctx, struct view *v, struct text id, const void *entity,
                     const struct outcome *o, struct decision *d)
{
    const struct notification_options *options = ctx->options;
    const struct message *m = entity;
    if (o->kind == OUTCOME_SENT)
        EMIT(d, message_sent, id, .digest = o->digest, .detail = o->detail);
    else if (o->kind == OUTCOME_DELIVERED)
        EMIT(d, message_delivered, id, .digest = o->digest, .detail = o->detail);
    else if (!o->temporary)
        fail(v, id, m, (int32_t)o->failure, o->detail, d);
    else if (m->attempts >= options->attempts_max)
        fail(v, id, m, failure_exhausted, o->detail, d);
    else
        defer(ctx, id, m->attempts, o, (int32_t)o->failure, d);
}

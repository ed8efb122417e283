/* message: what a message is, and how events change it. Its states are a chain: it waits (pending,
 * deferred), a try is made (attempted), and it ends (sent, delivered, failed). */
#include "services/notification/notification.h"

/* --- when it wants to be tried, and when it is too late -------------------------------------- */

static bool waits(const struct message *m)
{
    return m->state == message_state_pending || m->state == message_state_deferred;
}

/* A try that was interrupted is due again; while one is under way, the runtime does not look. */
bool index_message_due(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct message *m = entity;
    (void)client, (void)id;
    if (m->state == message_state_attempted)
        key_integer(k, m->attempted_at);
    else if (waits(m))
        key_integer(k, m->next_attempt_at);
    else
        return false;
    return true;
}

int64_t due_message(const void *entity)
{
    const struct message *m = entity;
    return waits(m) ? m->expires_at : 0;
}

void wake_message(const struct context *ctx, struct view *v, struct text id, const void *entity,
                  struct decision *d)
{
    (void)ctx, (void)v, (void)entity;
    EMIT(d, message_failed, id, .failure = failure_expired);
}

/* From history nothing is sent. */
void lapse_message(void *entity, int64_t until)
{
    struct message *m = entity;
    m->state = message_state_failed;
    m->failure = failure_history;
    m->failed_at = until;
    m->next_attempt_at = 0;
}

/* --- folds ----------------------------------------------------------------------------------- */

void apply_message_queued(struct fold *f, const void *event, void *entity)
{
    const struct message_queued *q = event;
    struct message *m = entity;
#define TAKE(fact) .fact = q->fact,
    *m = (struct message){ MESSAGE_FACTS(TAKE).queued_at = f->time,
                           .id = f->id,
                           .client = f->client,
                           .channel = q->channel,
                           .instead_of = q->instead_of,
                           .failure = q->failure };
    m->state = q->failure ? message_state_failed : message_state_pending;
    m->failed_at = q->failure ? f->time : 0;
    m->next_attempt_at = q->failure ? 0 : f->time;
    TOTAL_ADD(f, queued, 1);
    TOTAL_ADD(f, unaddressed, q->failure != 0);
}

void apply_message_attempted(struct fold *f, const void *event, void *entity)
{
    const struct message_attempted *a = event;
    struct message *m = entity;
    m->state = message_state_attempted;
    m->attempts = a->attempt;
    m->attempted_at = f->time;
    m->next_attempt_at = 0;
    TOTAL_ADD(f, attempts, 1);
}

static void end_well(struct fold *f, struct message *m, int32_t state, struct text digest,
                     struct text detail)
{
    m->state = state;
    m->sent_at = f->time;
    m->digest = digest;
    m->detail = detail;
    m->failure = 0;
    TOTAL_ADD(f, latency_seconds, (f->time - m->queued_at) / SECONDS);
}

void apply_message_sent(struct fold *f, const void *event, void *entity)
{
    const struct message_sent *s = event;
    end_well(f, entity, message_state_sent, s->digest, s->detail);
    TOTAL_ADD(f, sent, 1);
}

void apply_message_delivered(struct fold *f, const void *event, void *entity)
{
    const struct message_delivered *s = event;
    end_well(f, entity, message_state_delivered, s->digest, s->detail);
    TOTAL_ADD(f, delivered, 1);
}

void apply_message_deferred(struct fold *f, const void *event, void *entity)
{
    const struct message_deferred *e = event;
    struct message *m = entity;
    m->state = message_state_deferred;
    m->failure = e->failure;
    m->detail = e->detail;
    m->next_attempt_at = e->next_attempt_at;
    TOTAL_ADD(f, deferred, 1);
}

void apply_message_failed(struct fold *f, const void *event, void *entity)
{
    const struct message_failed *e = event;
    struct message *m = entity;
    m->state = message_state_failed;
    m->failure = e->failure;
    m->detail = e->detail;
    m->next = text_empty(e->next) ? m->next : e->next;
    m->failed_at = f->time;
    m->next_attempt_at = 0;
    TOTAL_ADD(f, failed, 1);
}

/* It counts anew: only what it came to last stays in the totals. What lapsed was never counted. */
void apply_message_retried(struct fold *f, const void *event, void *entity)
{
    const struct message_retried *r = event;
    struct message *m = entity;
    if (!m->channel)
        TOTAL_ADD(f, unaddressed, -1);
    else if (m->failure != failure_history)
        TOTAL_ADD(f, failed, -1);
    m->state = message_state_pending;
    m->channel = r->channel;
    m->expires_at = r->expires_at;
    m->next_attempt_at = f->time;
    m->attempts = 0;
    m->failure = 0;
    m->failed_at = 0;
    m->detail = (struct text){ 0 };
}

/* --- commands -------------------------------------------------------------------------------- */

void decide_message_retry(const struct context *ctx, struct view *v, const void *command,
                          struct decision *d)
{
    const struct message_retry *c = command;
    const struct notification_options *o = ctx->options;
    const struct message *m = view_get(v, ENTITY_message, c->message);
    if (m->state != message_state_failed) {
        REFUSE(d, not_failed, "message");
        return;
    }
    if (text_empty(m->person)) {
        REFUSE(d, nobody, "message");
        return;
    }
    const struct person *p = view_get_of(v, ENTITY_person, PROVIDER_CLIENT, m->person);
    if (!p || !p->addresses.count)
        REFUSE(d, no_address, "message");
    else
        EMIT(d, message_retried, c->message,
             .channel = m->channel ? m->channel : p->addresses.at[0].channel,
             .expires_at = ctx->now + o->expires_after);
}

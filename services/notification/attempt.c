/* attempt: tries to send a message, and what becomes of a try (RULES.md 3). The address is looked
 * up now, not when the message was queued: people move. */
#include "services/notification/notification.h"

/* An outcome's failure is told as it is. */
#define SAME_NUMBER(name, number, temporary, doc)                                                  \
    _Static_assert((int)failure_##name == (number), "not the runtime's number: " #name);
EFFECT_FAILURES(SAME_NUMBER)

/* --- the next channel --------------------------------------------------------------------------
 */

/* Whether this message, or one that it is sent instead of, was for the channel. */
static bool was_tried(struct view *v, const struct message *m, int32_t channel)
{
    for (; m; m = view_get(v, ENTITY_message, m->instead_of))
        if (m->channel == channel)
            return true;
    return false;
}

/* It failed for good: the person's next channel gets a message of its own, so that there are never
 * two for one event, person and channel. */
static void fail(struct view *v, struct text id, const struct message *m, int32_t failure,
                 struct text detail, struct decision *d)
{
    const struct person *p = view_get_of(v, ENTITY_person, PROVIDER_CLIENT, m->person);
    EMIT(d, message_failed, id, .failure = failure, .detail = detail);
    for (uint32_t i = 0; p && i < p->addresses.count; i++) {
        if (was_tried(v, m, p->addresses.at[i].channel))
            continue;
#define TAKE(fact) .fact = m->fact,
        EMIT(d, message_queued, decision_id(d, "msg", 0),
             MESSAGE_FACTS(TAKE).channel = p->addresses.at[i].channel, .instead_of = id);
        return;
    }
}

static void fail_at_once(struct view *v, struct text id, const struct message *m, int32_t failure,
                         struct decision *d)
{
    fail(v, id, m, failure, (struct text){ 0 }, d);
}

/* --- what is sent ------------------------------------------------------------------------------
 */

/* "a/b" */
static struct text joined(struct effect *e, struct text a, struct text b)
{
    struct page p = { .effect = e };
    page_add(&p, a);
    page_add(&p, (struct text)TEXT_OF("/"));
    page_add(&p, b);
    return page_text(&p);
}

/* What belongs together in a mailbox: an escalation, else a ticket. */
static struct text thread_of(struct effect *e, const struct message *m)
{
    return joined(e, m->client, text_empty(m->escalation) ? m->ticket : m->escalation);
}

/* Who did it, by name where that is a person of the catalog; timers are nobody. */
static struct text name_of(struct view *v, struct text actor)
{
    static const char service[] = "service:";
    const struct person *p = view_get_of(v, ENTITY_person, PROVIDER_CLIENT, actor_person(actor));
    if (p)
        return p->name;
    if (actor.length >= sizeof service - 1 && memcmp(actor.at, service, sizeof service - 1) == 0)
        return (struct text){ 0 };
    return actor;
}

/* Stages at which somebody at the provider should take it. */
static bool wants_ack(int32_t stage)
{
    return stage == stage_raised || stage == stage_level_raised || stage == stage_ack_expired ||
           stage == stage_update_missed;
}

static struct text ack_link(const struct context *ctx, const struct letter *l)
{
    static const char kind[] = "person:";
    const struct notification_options *o = ctx->options;
    const struct message *m = l->message;
    struct page actor = { .effect = l->effect };
    if (!reader_fits(m->reader, side_provider) || !wants_ack(m->stage) || !l->escalation ||
        l->escalation->ended)
        return (struct text){ 0 };
    page_add(&actor, (struct text)TEXT_OF(kind));
    page_add(&actor, m->person);
    return effect_link(l->effect, "ack", joined(l->effect, m->client, m->escalation),
                       page_text(&actor), ctx->now + o->link_lasts);
}

static void write_mail(const struct letter *l, const struct person *p, struct effect *e)
{
    const struct template *t = template_of(l->message->stage, l->message->reader);
    e->kind = EFFECT_MAIL;
    e->to_name = render_line(e, p->name);
    e->subject = render_subject(l, t->subject);
    e->plain = render_plain(l, t->body);
    e->html = render_html(l, e->subject, t->body);
}

static void write_hook(const struct letter *l, const struct address *a, struct effect *e)
{
    e->kind = EFFECT_HOOK;
    e->secret = a->secret;
    e->type = template_type(l->message->stage);
    e->data = letter_data(l);
}

static void write_effect(const struct context *ctx, struct view *v, const struct message *m,
                         const struct person *p, const struct address *a, struct effect *e)
{
    const struct client *c = view_get_of(v, ENTITY_client, PROVIDER_CLIENT, m->client);
    struct letter l = { .effect = e,
                        .message = m,
                        .client = c,
                        .escalation = view_get(v, ENTITY_escalation, m->escalation),
                        .zone = p->zone,
                        .by = name_of(v, m->by) };
    if (text_empty(l.zone) && c)
        l.zone = c->zone;
    l.ack_link = ack_link(ctx, &l);
    e->id = m->id;
    e->to = a->to;
    e->thread = thread_of(e, m);
    e->time = m->occurred_at;
    if (a->channel == channel_email)
        write_mail(&l, p, e);
    else
        write_hook(&l, a, e);
}

/* The first address of the message's channel, or NULL. */
static const struct address *address_of(const struct person *p, int32_t channel)
{
    for (uint32_t i = 0; p && i < p->addresses.count; i++)
        if (p->addresses.at[i].channel == channel)
            return &p->addresses.at[i];
    return NULL;
}

void attempt_message(const struct context *ctx, struct view *v, struct text id, const void *entity,
                     struct decision *d, struct effect *ret)
{
    const struct notification_options *o = ctx->options;
    const struct message *m = entity;
    const struct person *p = view_get_of(v, ENTITY_person, PROVIDER_CLIENT, m->person);
    const struct address *a = address_of(p, m->channel);
    ret->kind = EFFECT_NONE;
    if (ctx->now >= m->expires_at) {
        EMIT(d, message_failed, id, .failure = failure_expired);
    } else if (m->attempts >= o->attempts_max) { /* the last try was interrupted */
        fail_at_once(v, id, m, failure_exhausted, d);
    } else if (!a) {
        fail_at_once(v, id, m, failure_no_address, d);
    } else if (!reader_fits(m->reader, p->side)) { /* words for one side never go to another */
        EMIT(d, message_failed, id, .failure = failure_wrong_side);
    } else {
        EMIT(d, message_attempted, id, .attempt = m->attempts + 1);
        write_effect(ctx, v, m, p, a, ret);
    }
}

/* --- what became of it -------------------------------------------------------------------------
 */

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
        EMIT(d, message_deferred, id, .failure = (int32_t)o->failure, .detail = o->detail,
             .next_attempt_at = ctx->now + wait_of(options, id, m->attempts, o->retry_after));
}

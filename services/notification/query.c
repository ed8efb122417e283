/* query: what may be looked up, and the indexes it is found by. A request of one client never sees
 * another's. */
#include "services/notification/notification.h"

bool index_message_by_time(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct message *m = entity;
    (void)client, (void)id;
    key_integer(k, m->queued_at);
    return true;
}

bool index_message_by_client(struct text client, struct text id, const void *entity, struct key *k)
{
    key_text(k, client);
    return index_message_by_time(client, id, entity, k);
}

bool index_message_by_escalation(struct text client, struct text id, const void *entity,
                                 struct key *k)
{
    const struct message *m = entity;
    if (text_empty(m->escalation))
        return false;
    key_text(k, m->escalation);
    return index_message_by_time(client, id, entity, k);
}

bool index_message_failed(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct message *m = entity;
    if (m->state != message_state_failed)
        return false;
    return index_message_by_time(client, id, entity, k);
}

/* Whose rows are asked for: the request's client, else the one it names, else everybody's. */
static struct text whose(const struct context *ctx, struct text named)
{
    return text_empty(ctx->client) ? named : ctx->client;
}

void query_notification_messages(const struct context *ctx, struct view *v, const void *parameters,
                                 struct answer *a)
{
    const struct notification_messages *q = parameters;
    struct text client = whose(ctx, q->client);
    struct key key = { .length = 0 };
    struct found found;
    int index = q->failed ? INDEX_message_failed : INDEX_message_by_time;
    if (!text_empty(q->escalation)) {
        index = INDEX_message_by_escalation;
        key_text(&key, q->escalation);
    } else if (!text_empty(client)) {
        index = INDEX_message_by_client;
        key_text(&key, client);
    }
    struct walk *w = answer_walk(a, v, index, &key);
    while (view_next(w, &found)) {
        const struct message *m = found.entity;
        if (!text_empty(client) && !text_equal(client, found.client))
            continue;
        if (q->failed && m->state != message_state_failed)
            continue;
        if (!answer_row(a, m))
            break;
    }
}

void query_notification_message(const struct context *ctx, struct view *v, const void *parameters,
                                struct answer *a)
{
    const struct notification_message *q = parameters;
    answer_entity(a, v, ENTITY_message, whose(ctx, q->client), q->message);
}

void query_notification_summary(const struct context *ctx, struct view *v, const void *parameters,
                                struct answer *a)
{
    const struct notification_summary *q = parameters;
    const struct message_totals none = { 0 };
    const void *sums =
        view_get_of(v, AGGREGATE_message_totals, (struct text){ 0 }, whose(ctx, q->client));
    answer_one(a, sums ? sums : &none);
}

/* query: what may be looked up, and the indexes it is found by. A request of one client never
 * sees another's. */
#include "services/escalation/escalation.h"

bool index_escalation_by_id(struct text client, struct text id, const void *entity, struct key *k)
{
    (void)client, (void)entity;
    key_text(k, id);
    return true;
}

bool index_escalation_by_state(struct text client, struct text id, const void *entity,
                               struct key *k)
{
    const struct escalation *e = entity;
    (void)client, (void)id;
    key_integer(k, e->state != escalation_state_open);
    key_integer(k, e->raised_at);
    return true;
}

bool index_escalation_by_client(struct text client, struct text id, const void *entity,
                                struct key *k)
{
    key_text(k, client);
    return index_escalation_by_state(client, id, entity, k);
}

bool index_escalation_dissatisfied(struct text client, struct text id, const void *entity,
                                   struct key *k)
{
    const struct escalation *e = entity;
    (void)id;
    key_text(k, client);
    return e->state == escalation_state_open && e->cause == cause_dissatisfaction;
}

/* The first instant at which something is due to the client, also one that has passed; 0 when
 * nothing is. */
static int64_t due_first(const struct escalation *e)
{
    int64_t due = e->next_update_at;
    for (uint32_t i = 0; i < e->promises.count; i++) {
        const struct promise *p = &e->promises.at[i];
        if (!p->kept_at && (!due || p->until < due))
            due = p->until;
    }
    return due;
}

bool index_escalation_by_due(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct escalation *e = entity;
    (void)client, (void)id;
    key_integer(k, due_first(e));
    return e->state == escalation_state_open;
}

bool index_review_by_state(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct review *r = entity;
    (void)client, (void)id;
    key_integer(k, r->state == review_state_published || r->state == review_state_withdrawn);
    key_integer(k, r->publish_due_at);
    return true;
}

bool index_review_by_client(struct text client, struct text id, const void *entity, struct key *k)
{
    key_text(k, client);
    return index_review_by_state(client, id, entity, k);
}

/* Whose rows are asked for: the request's client, else the one it names, else everybody's. */
static struct text whose(const struct context *ctx, struct text named)
{
    return text_empty(ctx->client) ? named : ctx->client;
}

void query_escalation_ticket_summary(const struct context *ctx, struct view *v,
                                     const void *parameters, struct answer *a)
{
    const struct escalation_ticket_summary *q = parameters;
    const struct ticket_totals none = { 0 };
    const void *sums =
        view_get_of(v, AGGREGATE_ticket_totals, (struct text){ 0 }, whose(ctx, q->client));
    answer_one(a, sums ? sums : &none);
}

void query_escalation_summary(const struct context *ctx, struct view *v, const void *parameters,
                              struct answer *a)
{
    const struct escalation_summary *q = parameters;
    const struct escalation_totals none = { 0 };
    const void *sums =
        view_get_of(v, AGGREGATE_escalation_totals, (struct text){ 0 }, whose(ctx, q->client));
    answer_one(a, sums ? sums : &none);
}

void query_escalation_get(const struct context *ctx, struct view *v, const void *parameters,
                          struct answer *a)
{
    const struct escalation_get *q = parameters;
    struct key key = { .length = 0 };
    struct found found;
    key_text(&key, q->escalation);
    struct walk *w = view_walk(v, INDEX_escalation_by_id, &key, 1);
    if (view_next(w, &found) && (text_empty(ctx->client) || text_equal(ctx->client, found.client)))
        answer_found(a, &found);
}

void query_escalation_ticket(const struct context *ctx, struct view *v, const void *parameters,
                             struct answer *a)
{
    const struct escalation_ticket *q = parameters;
    answer_entity(a, v, ENTITY_ticket, whose(ctx, q->client), q->ticket);
}

void query_escalation_one_review(const struct context *ctx, struct view *v, const void *parameters,
                                 struct answer *a)
{
    const struct escalation_one_review *q = parameters;
    answer_entity(a, v, ENTITY_review, whose(ctx, q->client), q->review);
}

/* The rows of a state, of one client or of all, by whichever of two indexes leads there. */
static struct walk *walk_state(const struct context *ctx, struct view *v, struct answer *a,
                               struct text named, bool ended, int of_all, int of_client)
{
    struct text client = whose(ctx, named);
    struct key key = { .length = 0 };
    if (!text_empty(client))
        key_text(&key, client);
    key_integer(&key, ended);
    return answer_walk(a, v, text_empty(client) ? of_all : of_client, &key);
}

static struct escalation_row row_of(const struct escalation *e)
{
    return (struct escalation_row){
        .raised_at = e->raised_at,
        .escalation = e->id,
        .client = e->client,
        .state = e->state,
        .level = e->level,
        .severity = e->severity,
        .kind = e->kind,
        .cause = e->cause,
        .title = e->title,
        .tickets = e->tickets.count,
        .acked_by = e->acked_by,
        .acked_until = e->acked_until,
        .next_update_at = e->next_update_at,
        .update_overdue = e->update_overdue,
        .resolved_at = e->resolved_at,
        .closed_at = e->closed_at,
    };
}

void query_escalation_list(const struct context *ctx, struct view *v, const void *parameters,
                           struct answer *a)
{
    const struct escalation_list *q = parameters;
    struct walk *w = walk_state(ctx, v, a, q->client, q->ended, INDEX_escalation_by_state,
                                INDEX_escalation_by_client);
    struct found found;
    while (view_next(w, &found)) {
        struct escalation_row row = row_of(found.entity);
        if (!answer_row(a, &row))
            break;
    }
}

/* Promises that were kept are not owed any more. */
static struct promise_list unkept(const struct escalation *e, struct promise *room)
{
    struct promise_list all = { .at = room };
    for (uint32_t i = 0; i < e->promises.count; i++)
        if (!e->promises.at[i].kept_at)
            room[all.count++] = e->promises.at[i];
    return all;
}

void query_escalation_owed(const struct context *ctx, struct view *v, const void *parameters,
                           struct answer *a)
{
    const struct escalation_owed *q = parameters;
    struct walk *w = answer_walk(a, v, INDEX_escalation_by_due, NULL);
    struct text client = whose(ctx, q->client);
    struct promise room[PROMISES_MAX];
    struct found found;
    while (view_next(w, &found)) {
        const struct escalation *e = found.entity;
        const struct owed row = { .due_at = due_first(e),
                                  .escalation = e->id,
                                  .client = e->client,
                                  .title = e->title,
                                  .level = e->level,
                                  .severity = e->severity,
                                  .kind = e->kind,
                                  .cause = e->cause,
                                  .group = e->group,
                                  .raised_at = e->raised_at,
                                  .acked_by = e->acked_by,
                                  .acked_until = e->acked_until,
                                  .resolved_at = e->resolved_at,
                                  .next_update_at = e->next_update_at,
                                  .update_overdue = e->update_overdue,
                                  .promises = unkept(e, room) };
        bool wanted = text_empty(client) || text_equal(client, e->client);
        if (wanted && !answer_row(a, &row))
            break;
    }
}

void query_escalation_reviews(const struct context *ctx, struct view *v, const void *parameters,
                              struct answer *a)
{
    const struct escalation_reviews *q = parameters;
    struct walk *w =
        walk_state(ctx, v, a, q->client, q->ended, INDEX_review_by_state, INDEX_review_by_client);
    struct found found;
    while (view_next(w, &found))
        if (!answer_row(a, found.entity))
            break;
}

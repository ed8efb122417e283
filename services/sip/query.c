/* query: what may be looked up, and the indexes that programmes are found by. A request of one
 * client never sees another's. */
#include "services/sip/sip.h"

/* --- indexes -----------------------------------------------------------------------------------
 */

bool index_programme_by_id(struct text client, struct text id, const void *entity, struct key *k)
{
    (void)client, (void)entity;
    key_text(k, id);
    return true;
}

bool index_programme_by_launch(struct text client, struct text id, const void *entity,
                               struct key *k)
{
    const struct programme *p = entity;
    (void)client, (void)id;
    key_integer(k, programme_is_over(p));
    key_integer(k, p->launched_at);
    return true;
}

bool index_programme_by_client(struct text client, struct text id, const void *entity,
                               struct key *k)
{
    key_text(k, client);
    return index_programme_by_launch(client, id, entity, k);
}

/* Open ones first. */
bool index_programme_by_scope(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct programme *p = entity;
    (void)id;
    key_text(k, client);
    scope_key(k, &(struct scope){ p->kpi, p->service, p->component });
    key_integer(k, programme_is_over(p));
    return !programme_is_over(p) || p->watch_until;
}

bool index_programme_by_watch(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct programme *p = entity;
    (void)id;
    key_text(k, client);
    key_integer(k, p->watch_until);
    return programme_is_over(p) && p->watch_until;
}

bool index_review_by_programme(struct text client, struct text id, const void *entity,
                               struct key *k)
{
    const struct progress_review *r = entity;
    (void)client, (void)id;
    key_text(k, r->programme);
    key_integer(k, r->number);
    return true;
}

/* --- queries -----------------------------------------------------------------------------------
 */

/* Whose rows are asked for: the request's client, else the one it names, else everybody's. */
static struct text whose(const struct context *ctx, struct text named)
{
    return text_empty(ctx->client) ? named : ctx->client;
}

static bool is_theirs(const struct context *ctx, const struct found *found)
{
    return text_empty(ctx->client) || text_equal(ctx->client, found->client);
}

/* Rows of an index by client, or else of the one of all. */
static struct walk *walk_of(struct answer *a, struct view *v, struct text client, int by_client,
                            int of_all, bool ended)
{
    struct key key = { .length = 0 };
    if (!text_empty(client))
        key_text(&key, client);
    key_integer(&key, ended);
    return answer_walk(a, v, text_empty(client) ? of_all : by_client, &key);
}

void query_sip_candidates(const struct context *ctx, struct view *v, const void *parameters,
                          struct answer *a)
{
    const struct sip_candidates *q = parameters;
    struct found found;
    struct walk *w = walk_of(a, v, whose(ctx, q->client), INDEX_candidate_by_client,
                             INDEX_candidate_by_rank, q->ended);
    while (view_next(w, &found) && answer_row(a, found.entity))
        ;
}

/* The entity of that id, found by its index; false when there is none, or it is another client's.
 */
static bool find_one(const struct context *ctx, struct view *v, int index, struct text id,
                     struct found *ret)
{
    struct key key = { .length = 0 };
    key_text(&key, id);
    return view_next(view_walk(v, index, &key, 1), ret) && is_theirs(ctx, ret);
}

void query_sip_candidate(const struct context *ctx, struct view *v, const void *parameters,
                         struct answer *a)
{
    const struct sip_candidate *q = parameters;
    struct found found;
    if (find_one(ctx, v, INDEX_candidate_by_id, q->candidate, &found))
        answer_found(a, &found);
}

static struct programme_row row_of(const struct programme *p)
{
    const struct closure *last = p->closures.count ? &p->closures.at[p->closures.count - 1] : NULL;
    return (struct programme_row){
        .launched_at = p->launched_at,
        .id = p->id,
        .client = p->client,
        .state = p->state,
        .title = p->title,
        .cause = p->cause,
        .service = p->service,
        .component = p->component,
        .manager = p->manager,
        .percent = p->percent,
        .rag = p->rag,
        .trend = p->trend,
        .next_review = p->next_review,
        .ticket = p->ticket,
        .recurrences = p->recurrences,
        .relapses = p->relapses,
        .closed_at = last ? last->at : 0,
        .verdict = last ? last->verdict : 0,
    };
}

void query_sip_programmes(const struct context *ctx, struct view *v, const void *parameters,
                          struct answer *a)
{
    const struct sip_programmes *q = parameters;
    struct found found;
    struct walk *w = walk_of(a, v, whose(ctx, q->client), INDEX_programme_by_client,
                             INDEX_programme_by_launch, q->ended);
    while (view_next(w, &found)) {
        const struct programme_row row = row_of(found.entity);
        if (!answer_row(a, &row))
            break;
    }
}

static const struct programme *programme_of(const struct context *ctx, struct view *v,
                                            struct text id)
{
    struct found found;
    return find_one(ctx, v, INDEX_programme_by_id, id, &found) ? found.entity : NULL;
}

void query_sip_programme(const struct context *ctx, struct view *v, const void *parameters,
                         struct answer *a)
{
    const struct sip_programme *q = parameters;
    struct found found;
    if (find_one(ctx, v, INDEX_programme_by_id, q->programme, &found))
        answer_found(a, &found);
}

static struct walk *walk_actions(const struct context *ctx, struct view *v,
                                 const struct sip_actions *q, struct answer *a)
{
    struct text client = whose(ctx, q->client);
    struct key key = { .length = 0 };
    if (!text_empty(q->programme)) {
        key_text(&key, q->programme);
        return answer_walk(a, v, INDEX_action_by_programme, &key);
    }
    if (text_empty(q->owner))
        return walk_of(a, v, client, INDEX_action_by_client, INDEX_action_by_due, q->ended);
    key_text(&key, q->owner);
    key_integer(&key, q->ended);
    return answer_walk(a, v, INDEX_action_by_owner, &key);
}

void query_sip_actions(const struct context *ctx, struct view *v, const void *parameters,
                       struct answer *a)
{
    const struct sip_actions *q = parameters;
    struct text client = whose(ctx, q->client);
    struct walk *w = walk_actions(ctx, v, q, a);
    struct found found;
    while (view_next(w, &found)) {
        const struct action *is = found.entity;
        bool later = q->has.until && is->due > q->until;
        if (later && text_empty(q->programme)) /* so are all that follow */
            break;
        bool fits = (text_empty(client) || text_equal(client, found.client)) &&
                    (text_empty(q->owner) || text_equal(q->owner, is->owner)) &&
                    (!q->overdue || is->overdue) && !later;
        if (fits && !answer_row(a, is))
            break;
    }
}

void query_sip_reviews(const struct context *ctx, struct view *v, const void *parameters,
                       struct answer *a)
{
    const struct sip_reviews *q = parameters;
    struct key key = { .length = 0 };
    struct found found;
    key_text(&key, q->programme);
    struct walk *w = answer_walk(a, v, INDEX_review_by_programme, &key);
    while (view_next(w, &found))
        if (is_theirs(ctx, &found) && !answer_row(a, found.entity))
            break;
}

void query_sip_exit(const struct context *ctx, struct view *v, const void *parameters,
                    struct answer *a)
{
    const struct sip_exit *q = parameters;
    const struct programme *p = programme_of(ctx, v, q->programme);
    struct exit_condition rows[CONDITIONS];
    int refusals[CONDITIONS];
    if (!p)
        return;
    exit_look(ctx, v, p, rows, refusals);
    for (int i = 0; i < CONDITIONS && answer_computed(a, &rows[i]); i++)
        ;
}

void query_sip_verdict(const struct context *ctx, struct view *v, const void *parameters,
                       struct answer *a)
{
    const struct sip_verdict *q = parameters;
    const struct programme *p = programme_of(ctx, v, q->programme);
    struct objective_outcome rows[OBJECTIVES_MAX];
    if (!p)
        return;
    (void)programme_outcomes(v, p, rows);
    for (uint32_t i = 0; i < p->objectives.count && answer_computed(a, &rows[i]); i++)
        ;
}

static enum chart_part part_of(const struct programme *p, const struct objective *o,
                               const struct closed_period *is)
{
    if (is->from >= o->since && is->to <= o->until)
        return chart_part_baseline;
    if (p->acted_on && is->from > p->acted_on)
        return chart_part_behind;
    return is->from > o->until ? chart_part_between : 0;
}

void query_sip_chart(const struct context *ctx, struct view *v, const void *parameters,
                     struct answer *a)
{
    const struct sip_chart *q = parameters;
    const struct programme *p = programme_of(ctx, v, q->programme);
    if (!p || q->objective > p->objectives.count)
        return;
    const struct objective *o = &p->objectives.at[q->objective - 1];
    struct filled filled;
    const struct series *s = series_of(v, p->client, o->kpi, o->service, o->component, &filled);
    for (uint32_t i = 0; i < s->periods.count; i++) {
        const struct closed_period *is = &s->periods.at[i];
        struct objective_point row = { .kpi = o->kpi,
                                       .from = is->from,
                                       .to = is->to,
                                       .part = (int32_t)part_of(p, o, is),
                                       .value = is->value,
                                       .n = is->n,
                                       .target = o->target,
                                       .bad_signal = is->bad_signal };
        row.has.value = is->has.value;
        if (!answer_computed(a, &row))
            break;
    }
}

void query_sip_agenda(const struct context *ctx, struct view *v, const void *parameters,
                      struct answer *a)
{
    const struct sip_agenda *q = parameters;
    const struct programme *p = programme_of(ctx, v, q->programme);
    struct agenda_item rows[AGENDA_MAX];
    uint32_t count = p ? programme_agenda(ctx, v, p, rows) : 0;
    for (uint32_t i = 0; i < count && answer_computed(a, &rows[i]); i++)
        ;
}

void query_sip_summary(const struct context *ctx, struct view *v, const void *parameters,
                       struct answer *a)
{
    const struct sip_summary *q = parameters;
    const struct sip_totals none = { 0 };
    const void *sums =
        view_get_of(v, AGGREGATE_sip_totals, (struct text){ 0 }, whose(ctx, q->client));
    answer_one(a, sums ? sums : &none);
}

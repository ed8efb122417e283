/* candidate: problems that may be worth a programme (RULES 1). */
#include "services/sip/sip.h"

enum { RANK_MAX = 100, RANK_AGAIN = 5, RANK_OTHERWISE = 10 };

/* How much a cause speaks for a programme, by itself. */
static const int64_t ranks[] = {
    [candidate_cause_chronic] = 40,     [candidate_cause_decay] = 50,
    [candidate_cause_repetition] = 45,  [candidate_cause_missed] = 40,
    [candidate_cause_complaint] = 45,   [candidate_cause_detractor] = 35,
    [candidate_cause_escalations] = 55, [candidate_cause_hand] = 30,
};

/* --- what it is about --------------------------------------------------------------------------
 */

void scope_key(struct key *k, const struct scope *s)
{
    bool narrow = !text_empty(s->component) || !text_empty(s->service);
    key_text(k, s->component);
    key_text(k, text_empty(s->component) ? s->service : (struct text){ 0 });
    key_integer(k, narrow ? 0 : s->kpi);
}

bool objectives_have(const struct objective *all, uint32_t count, const struct scope *s)
{
    for (uint32_t i = 0; i < count; i++)
        if (all[i].kpi == s->kpi && text_equal(all[i].service, s->service) &&
            text_equal(all[i].component, s->component))
            return true;
    return false;
}

static bool programme_has(const struct programme *p, const struct scope *s)
{
    return objectives_have(p->objectives.at, p->objectives.count, s);
}

/* --- what is there already ---------------------------------------------------------------------
 */

/* The first of an index that has it for an objective. */
static const struct programme *first_having(struct view *v, int index, const struct key *key,
                                            const struct scope *s)
{
    struct walk *w = view_walk(v, index, key, PROGRAMMES_MAX);
    struct found found;
    while (view_next(w, &found))
        if (programme_has(found.entity, s))
            return found.entity;
    return NULL;
}

/* The open programme about it, or that has it for an objective; else one that is closed and
 * watched. */
static const struct programme *programme_about(const struct context *ctx, struct view *v,
                                               const struct scope *s)
{
    struct key key = { .length = 0 }, open = { .length = 0 }, watched = { .length = 0 };
    struct found found;
    key_text(&key, ctx->client);
    scope_key(&key, s);
    const struct programme *about =
        view_next(view_walk(v, INDEX_programme_by_scope, &key, 1), &found) ? found.entity : NULL;
    if (about && !programme_is_over(about))
        return about;
    key_text(&open, ctx->client);
    key_integer(&open, false);
    const struct programme *having = first_having(v, INDEX_programme_by_client, &open, s);
    if (having || about)
        return having ? having : about;
    key_text(&watched, ctx->client);
    return first_having(v, INDEX_programme_by_watch, &watched, s);
}

static const struct candidate *candidate_about(const struct context *ctx, struct view *v,
                                               const struct scope *s)
{
    struct key key = { .length = 0 };
    struct found found;
    key_text(&key, ctx->client);
    scope_key(&key, s);
    return view_next(view_walk(v, INDEX_candidate_by_scope, &key, 1), &found) ? found.entity : NULL;
}

/* Of a client of one service: what is about that, else what is about the client's figure. */
static const struct programme *programme_for(const struct context *ctx, struct view *v,
                                             const struct speaking *s)
{
    const struct scope wide = { .kpi = s->scope.kpi };
    const struct programme *p = programme_about(ctx, v, &s->scope);
    if (!s->whole || (p && !programme_is_over(p)))
        return p;
    const struct programme *other = programme_about(ctx, v, &wide);
    return other ? other : p;
}

static const struct candidate *candidate_for(const struct context *ctx, struct view *v,
                                             const struct speaking *s)
{
    const struct scope wide = { .kpi = s->scope.kpi };
    const struct candidate *c = candidate_about(ctx, v, &s->scope);
    return c || !s->whole ? c : candidate_about(ctx, v, &wide);
}

/* How many open candidates the client has; *ret_weakest is the weakest that nobody qualified. */
static uint32_t count_open(const struct context *ctx, struct view *v,
                           const struct candidate **ret_weakest)
{
    const struct sip_options *o = ctx->options;
    struct key key = { .length = 0 };
    struct found found;
    uint32_t count = 0;
    *ret_weakest = NULL;
    key_text(&key, ctx->client);
    key_integer(&key, false);
    struct walk *w =
        view_walk(v, INDEX_candidate_by_client, &key, (uint32_t)o->candidates_max + RANK_MAX);
    for (; view_next(w, &found); count++) {
        const struct candidate *c = found.entity;
        if (c->state == candidate_state_found)
            *ret_weakest = c; /* the strongest come first */
    }
    return count;
}

/* --- what comes --------------------------------------------------------------------------------
 */

static struct evidence_list listed(struct decision *d, const struct evidence *e)
{
    struct evidence *at = decision_alloc(d, sizeof *at);
    *at = *e;
    return (struct evidence_list){ at, 1 };
}

static void strengthen(struct decision *d, const struct candidate *c, const struct evidence *e)
{
    bool again = false;
    for (uint32_t i = 0; i < c->evidence.count; i++)
        again = again || c->evidence.at[i].cause == e->cause;
    int64_t rank = c->rank > ranks[e->cause] ? c->rank : ranks[e->cause];
    rank += again ? RANK_AGAIN : RANK_OTHERWISE;
    EMIT(d, candidate_strengthened, c->id, .rank = rank < RANK_MAX ? rank : RANK_MAX,
         .evidence = listed(d, e));
}

/* The day of it: the last that it rests on, else the one it was told. */
static int64_t day_of(struct view *v, const struct programme *p, const struct evidence *e)
{
    return e->to ? e->to : day_at(zone_of(v, p->client), e->at);
}

/* Whether it opens a closed programme again: what shows itself, not what somebody proposes, and not
 * what was so before the last action and is only told late. */
static bool is_back(struct view *v, const struct programme *p, const struct evidence *e)
{
    return e->cause != candidate_cause_hand && p->closures.count < CLOSURES_MAX &&
           day_of(v, p, e) > programme_since(p);
}

static void find(const struct context *ctx, struct view *v, struct decision *d,
                 const struct speaking *s)
{
    const struct sip_options *o = ctx->options;
    const struct candidate *weakest;
    struct text id = decision_id(d, "can", 0);
    const struct zone *z = zone_of(v, ctx->client);
    int64_t rank = ranks[s->evidence.cause], days = o->candidate_days;
    bool full = count_open(ctx, v, &weakest) >= (uint64_t)o->candidates_max;
    if (full && (!weakest || weakest->rank >= rank)) {
        if (s->evidence.cause == candidate_cause_hand)
            REFUSE(d, candidates_full, "");
        else
            EMIT(d, candidate_passed_over, id, .cause = s->evidence.cause, .rank = rank,
                 .kpi = s->scope.kpi, .service = s->scope.service, .component = s->scope.component,
                 .evidence = listed(d, &s->evidence));
        return;
    }
    EMIT(d, candidate_found, id, .cause = s->evidence.cause, .rank = rank, .kpi = s->scope.kpi,
         .service = s->scope.service, .component = s->scope.component, .title = s->title,
         .problem = s->problem, .evidence = listed(d, &s->evidence),
         .alarm_at = days ? day_begins(z, day_at(z, ctx->now) + 1 + days) : 0);
    if (full)
        EMIT(d, candidate_dropped, weakest->id, .stronger = id, .rank = weakest->rank);
}

void candidate_hear(const struct context *ctx, struct view *v, struct decision *d,
                    const struct speaking *s)
{
    const struct programme *p = programme_for(ctx, v, s);
    const struct candidate *c = candidate_for(ctx, v, s);
    if (p && !programme_is_over(p))
        EMIT(d, programme_recurred, p->id, .day = day_of(v, p, &s->evidence),
             .evidence = listed(d, &s->evidence));
    else if (p && is_back(v, p, &s->evidence))
        programme_relapse(ctx, v, d, p, listed(d, &s->evidence), (struct text){ 0 });
    else if (c)
        strengthen(d, c, &s->evidence);
    else
        find(ctx, v, d, s);
}

/* --- what people say ---------------------------------------------------------------------------
 */

void decide_candidate_propose(const struct context *ctx, struct view *v, const void *command,
                              struct decision *d)
{
    const struct candidate_propose *c = command;
    const struct speaking s = {
        .scope = { c->kpi, c->service, c->component },
        .evidence = { .at = ctx->now,
                      .cause = candidate_cause_hand,
                      .kpi = c->kpi,
                      .tickets = c->tickets,
                      .words = text_empty(c->evidence) ? c->title : c->evidence },
        .title = c->title,
        .problem = c->problem,
    };
    candidate_hear(ctx, v, d, &s);
}

static bool is_open(const struct candidate *c)
{
    return c->state == candidate_state_found || c->state == candidate_state_qualified;
}

void decide_candidate_qualify(const struct context *ctx, struct view *v, const void *command,
                              struct decision *d)
{
    const struct candidate_qualify *c = command;
    const struct candidate *is = view_get(v, ENTITY_candidate, c->candidate);
    (void)ctx;
    if (is->state != candidate_state_found)
        REFUSE(d, candidate_decided, "candidate");
    else
        EMIT(d, candidate_qualified, c->candidate, .reason = c->reason);
}

void decide_candidate_reject(const struct context *ctx, struct view *v, const void *command,
                             struct decision *d)
{
    const struct candidate_reject *c = command;
    (void)ctx;
    if (is_open(view_get(v, ENTITY_candidate, c->candidate)))
        EMIT(d, candidate_rejected, c->candidate, .reason = c->reason);
    else
        REFUSE(d, candidate_decided, "candidate");
}

/* --- folds -------------------------------------------------------------------------------------
 */

static void set_rank(struct candidate *c, int64_t rank)
{
    c->rank = rank;
    c->below = RANK_MAX - rank;
}

void apply_candidate_found(struct fold *f, const void *event, void *entity)
{
    const struct candidate_found *e = event;
    struct candidate *c = entity;
    *c = (struct candidate){ .id = f->id,
                             .client = f->client,
                             .state = candidate_state_found,
                             .cause = e->cause,
                             .kpi = e->kpi,
                             .service = e->service,
                             .component = e->component,
                             .title = e->title,
                             .problem = e->problem,
                             .found_at = f->time,
                             .found_by = f->actor,
                             .times = 1,
                             .evidence = e->evidence,
                             .alarm_at = e->alarm_at };
    set_rank(c, e->rank);
    TOTAL_ADD(f, candidates, 1);
    TOTAL_ADD(f, by_event, e->cause != candidate_cause_hand);
    TOTAL_ADD(f, waiting, 1);
}

void apply_candidate_strengthened(struct fold *f, const void *event, void *entity)
{
    const struct candidate_strengthened *e = event;
    struct candidate *c = entity;
    set_rank(c, e->rank);
    c->times++;
    evidence_add(f, &c->evidence, e->evidence.at);
    TOTAL_ADD(f, strengthened, 1);
}

static void decided(struct fold *f, struct candidate *c, enum candidate_state state,
                    struct text reason)
{
    c->state = (int32_t)state;
    c->alarm_at = 0;
    c->reason = reason;
    c->decided_by = f->actor;
    c->decided_at = f->time;
}

void apply_candidate_qualified(struct fold *f, const void *event, void *entity)
{
    const struct candidate_qualified *e = event;
    decided(f, entity, candidate_state_qualified, e->reason);
}

void apply_candidate_rejected(struct fold *f, const void *event, void *entity)
{
    const struct candidate_rejected *e = event;
    decided(f, entity, candidate_state_rejected, e->reason);
    TOTAL_ADD(f, waiting, -1);
    TOTAL_ADD(f, rejected, 1);
}

void apply_candidate_dropped(struct fold *f, const void *event, void *entity)
{
    (void)event;
    decided(f, entity, candidate_state_dropped, (struct text)TEXT_OF("A stronger one came."));
    TOTAL_ADD(f, waiting, -1);
    TOTAL_ADD(f, dropped, 1);
}

/* Nothing is kept of it but that it was said. */
void apply_candidate_passed_over(struct fold *f, const void *event, void *entity)
{
    (void)event, (void)entity;
    TOTAL_ADD(f, passed_over, 1);
}

void apply_candidate_launched(struct fold *f, const void *event, void *entity)
{
    const struct candidate_launched *e = event;
    struct candidate *c = entity;
    (void)f;
    c->state = candidate_state_launched;
    c->programme = e->programme;
    TOTAL_ADD(f, waiting, -1);
}

/* --- its day -----------------------------------------------------------------------------------
 */

int64_t due_candidate(const void *entity)
{
    const struct candidate *c = entity;
    return c->alarm_at;
}

void wake_candidate(const struct context *ctx, struct view *v, struct text id, const void *entity,
                    struct decision *d)
{
    const struct candidate *c = entity;
    EMIT(d, candidate_alarmed, id, .occurred_at = c->alarm_at, .cause = c->cause, .kpi = c->kpi,
         .service = c->service, .component = c->component, .title = c->title,
         .day = day_at(zone_of(v, ctx->client), c->found_at));
}

void lapse_candidate(void *entity, int64_t until)
{
    struct candidate *c = entity;
    (void)until;
    c->alarm_at = 0;
}

void apply_candidate_alarmed(struct fold *f, const void *event, void *entity)
{
    (void)f, (void)event;
    lapse_candidate(entity, 0);
}

/* --- indexes -----------------------------------------------------------------------------------
 */

bool index_candidate_by_id(struct text client, struct text id, const void *entity, struct key *k)
{
    (void)client, (void)entity;
    key_text(k, id);
    return true;
}

bool index_candidate_by_rank(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct candidate *c = entity;
    (void)client, (void)id;
    key_integer(k, !is_open(c));
    key_integer(k, c->below);
    key_integer(k, c->found_at);
    return true;
}

bool index_candidate_by_client(struct text client, struct text id, const void *entity,
                               struct key *k)
{
    key_text(k, client);
    return index_candidate_by_rank(client, id, entity, k);
}

bool index_candidate_by_scope(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct candidate *c = entity;
    (void)id;
    key_text(k, client);
    scope_key(k, &(struct scope){ c->kpi, c->service, c->component });
    return is_open(c);
}

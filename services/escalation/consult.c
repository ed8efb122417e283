/* consult: who has to be consulted about a component is asked when an escalation of it is raised
 * (RULES 9). Nothing waits for the answer. */
#include "services/escalation/escalation.h"

static const struct text process = TEXT_OF(":incident");

/* The roles that are consulted: the row of the chart for the component and incidents; NULL when it
 * has none. */
static const struct raci *chart_of(struct view *v, struct text component)
{
    char id[ENTITY_ID_MAX];
    if (text_empty(component) || component.length + process.length > sizeof id)
        return NULL;
    memcpy(id, component.at, component.length);
    memcpy(id + component.length, process.at, process.length);
    return view_get_of(v, ENTITY_raci, PROVIDER_CLIENT,
                       (struct text){ id, component.length + process.length });
}

void consult_ask(const struct context *ctx, struct view *v, struct decision *d,
                 struct text escalation, struct text component)
{
    const struct escalation_options *o = ctx->options;
    const struct raci *chart = chart_of(v, component);
    uint32_t asked = 0;
    for (uint32_t i = 0; chart && i < chart->cells.count && asked < CONSULTATIONS_MAX; i++) {
        if (chart->cells.at[i].letter != letter_C)
            continue;
        EMIT(d, consultation_asked, decision_id(d, "con", asked), .asked_at = ctx->now,
             .escalation = escalation, .role = chart->cells.at[i].role, .component = component,
             .until = ctx->now + o->consult_within);
        asked++;
    }
}

static struct walk *waiting(struct view *v, struct text escalation)
{
    struct key key = { .length = 0 };
    key_text(&key, escalation);
    return view_walk(v, INDEX_consultation_waiting, &key, CONSULTATIONS_MAX);
}

void consult_end(struct view *v, struct decision *d, struct text escalation)
{
    struct walk *w = waiting(v, escalation);
    struct found found;
    while (view_next(w, &found)) {
        const struct consultation *c = found.entity;
        EMIT(d, consultation_ended, c->id, .escalation = c->escalation, .role = c->role);
    }
}

void consult_move(struct view *v, struct decision *d, struct text escalation, struct text into)
{
    struct found found;
    if (view_next(waiting(v, into), &found)) {
        consult_end(v, d, escalation);
        return;
    }
    struct walk *w = waiting(v, escalation);
    while (view_next(w, &found)) {
        const struct consultation *c = found.entity;
        EMIT(d, consultation_moved, c->id, .escalation = into, .role = c->role);
    }
}

void decide_consultation_answer(const struct context *ctx, struct view *v, const void *command,
                                struct decision *d)
{
    const struct consultation_answer *a = command;
    const struct consultation *c = view_get(v, ENTITY_consultation, a->consultation);
    (void)ctx;
    if (c->state != consultation_state_asked)
        REFUSE(d, consultation_over, "consultation");
    else
        EMIT(d, consultation_answered, a->consultation, .escalation = c->escalation,
             .role = c->role, .advice = a->advice);
}

int64_t due_consultation(const void *entity)
{
    const struct consultation *c = entity;
    return c->state == consultation_state_asked ? c->until : 0;
}

void wake_consultation(const struct context *ctx, struct view *v, struct text id,
                       const void *entity, struct decision *d)
{
    const struct consultation *c = entity;
    (void)ctx, (void)v;
    EMIT(d, consultation_lapsed, id, .occurred_at = c->until, .escalation = c->escalation,
         .role = c->role);
}

static void over(struct consultation *c, enum consultation_state state, int64_t at)
{
    c->state = (int32_t)state;
    c->ended_at = at;
}

void lapse_consultation(void *entity, int64_t until)
{
    struct consultation *c = entity;
    (void)until;
    over(c, consultation_state_lapsed, c->until);
}

void apply_consultation_asked(struct fold *f, const void *event, void *entity)
{
    const struct consultation_asked *a = event;
    *(struct consultation *)entity = (struct consultation){
        .asked_at = a->asked_at,
        .id = f->id,
        .client = f->client,
        .escalation = a->escalation,
        .role = a->role,
        .component = a->component,
        .state = consultation_state_asked,
        .until = a->until,
    };
}

void apply_consultation_answered(struct fold *f, const void *event, void *entity)
{
    const struct consultation_answered *a = event;
    struct consultation *c = entity;
    over(c, consultation_state_answered, f->time);
    c->advice = a->advice;
    c->by = f->actor;
}

void apply_consultation_lapsed(struct fold *f, const void *event, void *entity)
{
    const struct consultation_lapsed *l = event;
    (void)f;
    over(entity, consultation_state_lapsed, l->occurred_at);
}

void apply_consultation_ended(struct fold *f, const void *event, void *entity)
{
    (void)event;
    over(entity, consultation_state_ended, f->time);
}

void apply_consultation_moved(struct fold *f, const void *event, void *entity)
{
    const struct consultation_moved *m = event;
    struct consultation *c = entity;
    (void)f;
    c->escalation = m->escalation;
}

bool index_consultation_by_escalation(struct text client, struct text id, const void *entity,
                                      struct key *k)
{
    const struct consultation *c = entity;
    (void)client, (void)id;
    key_text(k, c->escalation);
    key_integer(k, c->asked_at);
    return true;
}

bool index_consultation_waiting(struct text client, struct text id, const void *entity,
                                struct key *k)
{
    const struct consultation *c = entity;
    (void)client, (void)id;
    key_text(k, c->escalation);
    return c->state == consultation_state_asked;
}

void query_escalation_consultations(const struct context *ctx, struct view *v,
                                    const void *parameters, struct answer *a)
{
    const struct escalation_consultations *q = parameters;
    struct key key = { .length = 0 };
    struct found found;
    key_text(&key, q->escalation);
    struct walk *w = answer_walk(a, v, INDEX_consultation_by_escalation, &key);
    while (view_next(w, &found)) {
        bool theirs = text_empty(ctx->client) || text_equal(ctx->client, found.client);
        if (theirs && !answer_row(a, found.entity))
            break;
    }
}

/* readiness_look_more: what the questions 7 to 11 look at (RULES.md, readiness). */
#include "services/catalog/matrix.h"
#include "services/catalog/readiness.h"

/* --- 7, 8: teams and partners
 * ----------------------------------------------------------------------- */

static bool is_gone(struct asked *q, struct text partner)
{
    const struct partner *p = view_get_of(q->view, ENTITY_partner, PROVIDER_CLIENT, partner);
    return p->state == partner_state_gone;
}

static void take_second(struct asked *q, void *arg, const void *entity)
{
    const struct group *g = entity;
    (void)arg;
    if (g->line != 2)
        return;
    if (g->side == side_supplier && text_empty(g->partner))
        readiness_lacks(q, "group", g->id, "It is not said which partner's it is.");
    else if (g->side == side_supplier && is_gone(q, g->partner))
        readiness_lacks(q, "group", g->id, "Its partner is gone.");
    else if (g->side == side_supplier)
        readiness_has(q, "group", g->id, g->partner);
    else if (g->members.count == 0)
        readiness_lacks(q, "group", g->id, "Nobody is in it.");
    else
        readiness_has(q, "group", g->id, text_from("In-house."));
}

void look_second(struct asked *q)
{
    readiness_each(q, INDEX_group_by_id, take_second, NULL);
    for (uint32_t i = 0; i < q->component_count; i++)
        if (q->components[i]->critical && text_empty(q->components[i]->group))
            readiness_lacks(q, "component", q->components[i]->id,
                            "It is critical, and no group supports it.");
}

struct agreed {
    struct text partners[READINESS_LOOKED_MAX];
    uint32_t count;
};

static void take_agreement(struct asked *q, void *arg, const void *entity)
{
    const struct agreement *c = entity;
    struct agreed *agreed = arg;
    if (!text_empty(c->partner) && in_force(c->start, c->end, q->today))
        agreed->partners[agreed->count++] = c->partner;
}

static bool is_agreed(const struct agreed *agreed, struct text partner)
{
    for (uint32_t i = 0; i < agreed->count; i++)
        if (text_equal(agreed->partners[i], partner))
            return true;
    return false;
}

static void take_partner(struct asked *q, void *arg, const void *entity)
{
    const struct partner *p = entity;
    const char *words = p->state == partner_state_onboarding ? "It is being taken on."
                        : p->state == partner_state_leaving  ? "It is to be dropped."
                                                             : "It works with us.";
    if (p->state == partner_state_gone)
        return;
    if (text_empty(p->scope))
        readiness_lacks(q, "partner", p->id, "Its scope is not said.");
    else if (text_empty(p->manager))
        readiness_lacks(q, "partner", p->id, "Nobody looks after it.");
    else if (!is_agreed(arg, p->id))
        readiness_lacks(q, "partner", p->id, "There is no agreement in force with it.");
    else
        readiness_has(q, "partner", p->id, text_from(words));
}

static void take_supplier(struct asked *q, void *arg, const void *entity)
{
    const struct group *g = entity;
    (void)arg;
    if (g->side == side_supplier && text_empty(g->partner))
        readiness_lacks(q, "group", g->id, "It is not said which partner's it is.");
}

void look_partners(struct asked *q)
{
    struct agreed agreed = { .count = 0 };
    readiness_each(q, INDEX_agreement_by_id, take_agreement, &agreed);
    readiness_each(q, INDEX_partner_by_id, take_partner, &agreed);
    readiness_each(q, INDEX_group_by_id, take_supplier, NULL);
}

/* --- 9: monitoring
 * ---------------------------------------------------------------------------------- */

/* The processes under which it may be kept; a cell's row is called component:process. */
static const char *const monitoring[] = { "monitoring", "event" };

static const struct raci *raci_of(struct asked *q, struct text component, const char *process)
{
    char id[ENTITY_ID_MAX];
    size_t length = strlen(process);
    memcpy(id, component.at, component.length);
    id[component.length] = ':';
    memcpy(id + component.length + 1, process, length);
    struct text name = { id, component.length + 1 + (uint32_t)length };
    return view_get_of(q->view, ENTITY_raci, PROVIDER_CLIENT, name);
}

/* A row that does not hold bears nothing out: nobody has its roles, or they are a supplier's that
 * is gone. */
static bool is_somebodys(struct asked *q, struct matrix *m, const struct component *c,
                         const struct raci *r)
{
    struct matrix_judged j;
    if (!r)
        return false;
    matrix_judge(m, r, c, view_get_of(q->view, ENTITY_process, PROVIDER_CLIENT, r->process), &j);
    return j.errors == 0;
}

void look_monitoring(struct asked *q)
{
    struct matrix m;
    matrix_begin(&m, q->ctx, q->view, q->client);
    for (uint32_t i = 0; i < q->component_count && matrix_goes_on(&m); i++) {
        const struct component *c = q->components[i];
        const struct raci *r = NULL;
        matrix_about(&m, c->id);
        for (size_t n = 0; c->critical && !r && n < sizeof monitoring / sizeof *monitoring; n++) {
            const struct raci *is = raci_of(q, c->id, monitoring[n]);
            r = is_somebodys(q, &m, c, is) ? is : NULL;
        }
        if (r)
            readiness_has(q, "raci", r->id, c->name);
        else if (c->critical)
            readiness_lacks(q, "component", c->id,
                            "Nobody is both responsible and accountable for its monitoring.");
    }
    q->it.more |= !matrix_goes_on(&m);
}

/* --- 10: reports
 * ------------------------------------------------------------------------------------ */

enum { SENSE_MIN = 3 /* of 5: a report rated lower makes little sense to those who get it */ };

struct reported {
    struct text clients[READINESS_LOOKED_MAX];
    uint32_t count;
    bool everywhere, dashboard;
};

static bool is_for_clients(const struct report *c)
{
    return c->audience == report_audience_client || c->audience == report_audience_client_executive;
}

static void take_report(struct asked *q, void *arg, const void *entity)
{
    const struct report *c = entity;
    struct reported *all = arg;
    bool elsewhere =
        !text_empty(q->client) && !text_empty(c->client) && !text_equal(c->client, q->client);
    if (elsewhere)
        return;
    all->dashboard = all->dashboard || c->dashboard;
    if (is_for_clients(c) && text_empty(c->client))
        all->everywhere = true;
    else if (is_for_clients(c))
        all->clients[all->count++] = c->client;
    if (!c->rating)
        readiness_lacks(q, "report", c->id, "Nobody who gets it said whether it makes sense.");
    else if (c->rating < SENSE_MIN)
        readiness_lacks(q, "report", c->id, "It makes little sense to those who get it.");
    else
        readiness_has(q, "report", c->id, c->name);
}

static bool is_reported(const struct reported *all, struct text client)
{
    for (uint32_t i = 0; i < all->count; i++)
        if (text_equal(all->clients[i], client))
            return true;
    return all->everywhere;
}

void look_reporting(struct asked *q)
{
    struct reported all = { .count = 0 };
    readiness_each(q, INDEX_report_by_id, take_report, &all);
    for (uint32_t i = 0; i < q->client_count; i++)
        if (!is_reported(&all, q->clients[i]->id))
            readiness_lacks(q, "client", q->clients[i]->id, "It gets no report.");
    if (!all.dashboard)
        readiness_lacks(q, "report", (struct text){ 0 }, "None is made from the dashboard.");
}

/* --- 11: lessons
 * ------------------------------------------------------------------------------------ */

static void take_transition(struct asked *q, void *arg, const void *entity)
{
    const struct transition *t = entity, **last = arg;
    bool of_service = text_empty(q->service);
    for (uint32_t i = 0; i < t->services.count; i++)
        of_service = of_service || text_equal(t->services.at[i].service, q->service);
    bool concerned = of_service && (text_empty(q->client) || text_equal(t->client, q->client));
    if (concerned && t->completed_on && (!*last || t->completed_on > (*last)->completed_on))
        *last = t;
}

struct learned {
    struct text transition;
    bool any;
};

static void take_lesson(struct asked *q, void *arg, const void *entity)
{
    const struct lesson *c = entity;
    struct learned *l = arg;
    if (!text_equal(c->transition, l->transition))
        return;
    l->any = true;
    if (text_empty(c->applied))
        readiness_lacks(q, "lesson", c->id, "It was not put to use yet.");
    else
        readiness_has(q, "lesson", c->id, c->name);
}

void look_lessons(struct asked *q)
{
    const struct transition *last = NULL;
    readiness_each(q, INDEX_transition_by_id, take_transition, &last);
    if (!last) {
        readiness_lacks(q, "transition", (struct text){ 0 }, "None was completed.");
        return;
    }
    struct learned l = { .transition = last->id };
    readiness_has(q, "transition", last->id, last->name);
    readiness_each(q, INDEX_lesson_by_id, take_lesson, &l);
    if (!l.any)
        readiness_lacks(q, "transition", last->id, "No lesson was written down.");
}

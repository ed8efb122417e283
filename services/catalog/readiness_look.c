/* readiness_look: what each of the eleven questions looks at (RULES.md, readiness). */
#include "services/catalog/readiness.h"

#include "services/catalog/roster.h"

/* --- 1, 2: services and their components
 * ---------------------------------------------------------- */

void look_services(struct asked *q)
{
    for (uint32_t i = 0; i < q->service_count; i++) {
        const struct service *s = q->services[i];
        if (text_empty(s->owner))
            readiness_lacks(q, "service", s->id, "Nobody answers for it.");
        else if (text_empty(s->description))
            readiness_lacks(q, "service", s->id, "It is not said what it does.");
        else if (!q->is_covered[i])
            readiness_lacks(q, "service", s->id, "No contract in force covers it.");
        else
            readiness_has(q, "service", s->id, s->name);
    }
}

static bool has_critical(const struct asked *q, struct text service)
{
    for (uint32_t i = 0; i < q->component_count; i++)
        if (q->components[i]->critical && component_is_part(q->components[i], service))
            return true;
    return false;
}

void look_critical(struct asked *q)
{
    for (uint32_t i = 0; i < q->component_count; i++)
        if (q->components[i]->critical)
            readiness_has(q, "component", q->components[i]->id, q->components[i]->name);
    for (uint32_t i = 0; i < q->service_count; i++)
        if (!has_critical(q, q->services[i]->id))
            readiness_lacks(q, "service", q->services[i]->id, "No component of it is critical.");
}

/* --- 3: who serves whom
 * --------------------------------------------------------------------------- */

struct ways {
    bool down, up;
};

static void take_way(struct asked *q, void *arg, const void *entity)
{
    const struct process *p = entity;
    struct ways *w = arg;
    (void)q;
    w->down = w->down || p->direction == direction_down;
    w->up = w->up || p->direction == direction_up;
}

/* Whoever has a role everywhere serves those of whom no delivery says otherwise. */
static void take_role(struct asked *q, void *arg, const void *entity)
{
    const struct role *r = entity;
    bool *any = arg;
    if (text_empty(r->group) && text_empty(r->person))
        return;
    *any = true;
    readiness_has(q, "role", r->id, r->name);
}

struct served {
    struct text ids[READINESS_LOOKED_MAX];
    uint32_t count;
};

static void take_delivery(struct asked *q, void *arg, const void *entity)
{
    const struct delivery *c = entity;
    struct served *s = arg;
    bool concerned =
        (text_empty(q->client) || text_equal(c->client, q->client)) &&
        (text_empty(q->service) || text_empty(c->service) || text_equal(c->service, q->service));
    if (!concerned)
        return;
    s->ids[s->count++] = c->client;
    readiness_has(q, "delivery", c->id, c->client);
}

static bool is_served(const struct served *s, struct text client)
{
    for (uint32_t i = 0; i < s->count; i++)
        if (text_equal(s->ids[i], client))
            return true;
    return false;
}

void look_model(struct asked *q)
{
    struct ways ways = { 0 };
    struct served served = { .count = 0 };
    bool everywhere = false;
    readiness_each(q, INDEX_delivery_by_id, take_delivery, &served);
    readiness_each(q, INDEX_role_by_id, take_role, &everywhere);
    readiness_each(q, INDEX_process_by_id, take_way, &ways);
    for (uint32_t i = 0; i < q->client_count && !everywhere; i++)
        if (!is_served(&served, q->clients[i]->id))
            readiness_lacks(q, "client", q->clients[i]->id, "Nobody says who serves it.");
    if (!ways.down)
        readiness_lacks(q, "process", (struct text){ 0 }, "None goes down to the teams.");
    if (!ways.up)
        readiness_lacks(q, "process", (struct text){ 0 }, "None goes up to the end users again.");
}

/* --- 4: rosters
 * ----------------------------------------------------------------------------------- */

struct rosters {
    const struct roster *at[READINESS_LOOKED_MAX];
    bool always[READINESS_LOOKED_MAX]; /* it is for every hour */
    uint32_t count;
};

/* What was found wrong ahead of time, and has not passed. */
static const char *trouble_of(const struct asked *q, const struct duty *duty)
{
    for (uint32_t i = 0; i < duty->said.count; i++) {
        const struct duty_said *s = &duty->said.at[i];
        if (s->until <= q->now)
            continue;
        if (s->what == duty_trouble_gap)
            return "Nobody is on duty in hours that are to be covered.";
        if (s->what == duty_trouble_unreachable)
            return "Somebody who is on duty cannot be reached.";
    }
    return NULL;
}

static void take_roster(struct asked *q, void *arg, const void *entity)
{
    const struct roster *r = entity;
    const struct duty *duty = view_get_of(q->view, ENTITY_duty, PROVIDER_CLIENT, r->id);
    struct rosters *all = arg;
    const char *trouble = trouble_of(q, duty); /* a roster is not set without its duty */
    all->always[all->count] = roster_is_always(q->view, r, q->now);
    all->at[all->count++] = r;
    if (trouble)
        readiness_lacks(q, "roster", r->id, trouble);
    else
        readiness_has(q, "roster", r->id, r->group);
}

static const char *unrostered(const struct rosters *all, const struct component *c)
{
    if (text_empty(c->group))
        return "It is always on, and no group supports it.";
    for (uint32_t i = 0; i < all->count; i++)
        if (text_equal(all->at[i]->group, c->group))
            return all->always[i]
                       ? NULL
                       : "It is always on, and its group's roster covers some hours only.";
    return "It is always on, and its group has no roster.";
}

void look_staff(struct asked *q)
{
    struct rosters all = { .count = 0 };
    readiness_each(q, INDEX_roster_by_id, take_roster, &all);
    for (uint32_t i = 0; i < q->component_count; i++) {
        const struct component *c = q->components[i];
        const char *words = c->always_on ? unrostered(&all, c) : NULL;
        if (words)
            readiness_lacks(q, "component", c->id, words);
    }
}

/* --- 5, 6: first points of contact
 * ------------------------------------------------------------------ */

struct desks {
    const struct desk *usual, *at[READINESS_DESKS_MAX];
    uint32_t count;
};

static void take_usual(struct asked *q, void *arg, const void *entity)
{
    const struct desk *c = entity;
    struct desks *desks = arg;
    (void)q;
    if (c->usual)
        desks->usual = c;
}

static void take_desk(struct asked *q, struct desks *desks, const struct desk *desk)
{
    for (uint32_t i = 0; i < desks->count; i++)
        if (text_equal(desks->at[i]->id, desk->id))
            return;
    if (desks->count == READINESS_DESKS_MAX)
        q->it.more = true;
    else
        desks->at[desks->count++] = desk;
}

/* The desks of the clients; `says` of those that have none. */
static void find_desks(struct asked *q, struct desks *desks, bool says)
{
    readiness_each(q, INDEX_desk_by_id, take_usual, desks);
    for (uint32_t i = 0; i < q->client_count; i++) {
        const struct client *c = q->clients[i];
        const struct desk *desk = desks->usual;
        if (!text_empty(c->desk))
            desk = view_get_of(q->view, ENTITY_desk, PROVIDER_CLIENT, c->desk);
        if (desk)
            take_desk(q, desks, desk);
        else if (says)
            readiness_lacks(q, "client", c->id, "It has no first point of contact.");
    }
}

void look_contact(struct asked *q)
{
    struct desks desks = { 0 };
    find_desks(q, &desks, true);
    for (uint32_t i = 0; i < desks.count; i++) {
        const struct desk *c = desks.at[i];
        if (text_empty(c->level))
            readiness_lacks(q, "desk", c->id, "It is not said what it solves itself.");
        else
            readiness_has(q, "desk", c->id, c->name);
    }
}

void look_channels(struct asked *q)
{
    struct desks desks = { 0 };
    find_desks(q, &desks, false);
    for (uint32_t i = 0; i < desks.count; i++) {
        const struct desk *c = desks.at[i];
        bool several = false, alone = false;
        for (uint32_t n = 0; n < c->channels.count; n++) {
            several = several || c->channels.at[n].channel != c->channels.at[0].channel;
            alone = alone || c->channels.at[n].self_service;
        }
        if (!several)
            readiness_lacks(q, "desk", c->id, "It is reached in one way only.");
        else if (alone && !c->human_within)
            readiness_lacks(q, "desk", c->id, "It is not said how soon somebody real takes over.");
        else
            readiness_has(q, "desk", c->id,
                          alone ? c->human_after : text_from("Nobody helps themselves there."));
    }
}

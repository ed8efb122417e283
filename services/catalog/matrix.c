/* matrix: who holds roles, and by which groups and partners; see matrix.h. */
#include "services/catalog/matrix.h"

/* --- tables of names -------------------------------------------------------------------------- */

static uint32_t hash_of(struct text t)
{
    uint32_t h = 2166136261u; /* FNV-1a */
    for (uint32_t i = 0; i < t.length; i++)
        h = (h ^ (uint8_t)t.at[i]) * 16777619u;
    return h;
}

/* NULL when there are `most` already. */
static struct matrix_group *group_slot(struct matrix *m, struct text id, uint32_t most)
{
    uint32_t i = hash_of(id) % MATRIX_NAMES;
    while (m->groups[i].known && !text_equal(m->groups[i].id, id))
        i = (i + 1) % MATRIX_NAMES;
    struct matrix_group *g = &m->groups[i];
    if (!g->known && m->group_count >= most)
        return NULL;
    m->group_count += !g->known;
    g->known = true;
    g->id = id;
    return g;
}

static struct matrix_role *role_slot(struct matrix *m, struct text id, uint32_t most)
{
    uint32_t i = hash_of(id) % MATRIX_NAMES;
    while (m->roles[i].known && !text_equal(m->roles[i].id, id))
        i = (i + 1) % MATRIX_NAMES;
    struct matrix_role *r = &m->roles[i];
    if (!r->known && m->role_count >= most)
        return NULL;
    m->role_count += !r->known;
    r->known = true;
    r->id = id;
    return r;
}

bool matrix_has_room(const struct matrix *m)
{
    enum { CELLS_MAX = 24 };
    return m->role_count + CELLS_MAX <= MATRIX_NAMES_MAX &&
           m->group_count + CELLS_MAX <= MATRIX_NAMES_MAX;
}

/* --- groups ----------------------------------------------------------------------------------- */

static const void *get(struct matrix *m, int entity, struct text id)
{
    return text_empty(id) ? NULL : view_get_of(m->view, entity, PROVIDER_CLIENT, id);
}

static bool has_address(struct matrix *m, struct text person)
{
    const struct person *p = get(m, ENTITY_person, person);
    return p && p->addresses.count > 0;
}

/* A roster that is to cover all hours, or has a fallback, says itself where it does not; else
 * leads are told. */
static bool is_always_there(struct matrix *m, const struct group *g)
{
    struct key key = { .length = 0 };
    struct found found;
    key_text(&key, g->id);
    if (view_next(view_walk(m->view, INDEX_roster_by_group, &key, 1), &found)) {
        const struct roster *r = found.entity;
        if (text_empty(r->cover) || !text_empty(r->fallback))
            return true;
    }
    for (uint32_t i = 0; i < g->members.count; i++)
        if (g->members.at[i].lead && has_address(m, g->members.at[i].person))
            return true;
    return false;
}

static const struct matrix_group *group_of(struct matrix *m, struct text id)
{
    struct matrix_group *known = group_slot(m, id, MATRIX_NAMES_MAX);
    if (!known || known->looked_at)
        return known;
    const struct group *g = get(m, ENTITY_group, id);
    known->looked_at = true;
    known->side = g ? g->side : side_provider;
    known->always = g && is_always_there(m, g);
    if (g && !text_empty(g->partner)) {
        const struct partner *p = get(m, ENTITY_partner, g->partner);
        known->partner = g->partner;
        known->gone = !p || p->state == partner_state_gone;
    }
    return known;
}

static bool names_response(const struct agreement *a)
{
    for (uint32_t i = 0; i < a->terms.count; i++)
        if (a->terms.at[i].metric == metric_response)
            return true;
    return false;
}

static void look_at_agreements(struct matrix *m)
{
    struct found found;
    struct walk *w = view_walk(m->view, INDEX_agreement_by_id, NULL, MATRIX_AGREEMENTS_MAX);
    while (view_next(w, &found)) {
        const struct agreement *a = found.entity;
        if (m->today < a->start || (a->has.end && m->today > a->end))
            continue;
        for (uint32_t i = 0; i < a->groups.count; i++) {
            struct matrix_group *g = group_slot(m, a->groups.at[i].group, MATRIX_BEFORE_MAX);
            if (!g)
                return;
            g->bound = true;
            g->responds = g->responds || names_response(a);
        }
    }
}

void matrix_border(struct matrix *m, const struct component *c, int32_t *ret_boundary,
                   struct text *ret_partner)
{
    const struct matrix_group *g = c && !text_empty(c->group) ? group_of(m, c->group) : NULL;
    *ret_boundary = g ? g->side : side_provider;
    *ret_partner = g ? g->partner : (struct text){ 0 };
}

/* --- roles ------------------------------------------------------------------------------------ */

/* That a person or a group holds the role, here or for some client. */
static void hold(struct matrix *m, struct matrix_role *r, struct text person, struct text group)
{
    const struct matrix_group *g = text_empty(group) ? NULL : group_of(m, group);
    r->held = r->held || !text_empty(person) || !text_empty(group);
    if (!g)
        return;
    bool outside = g->side == side_supplier;
    r->gone = r->gone || g->gone;
    r->unbound = r->unbound || (outside && !g->bound);
    r->unanswering = r->unanswering || (outside && !g->responds);
}

/* In general: what deliveries of all clients say of roles. */
static void look_at_deliveries(struct matrix *m)
{
    struct found found;
    uint32_t n = 0;
    struct walk *w = view_walk(m->view, INDEX_delivery_by_id, NULL, MATRIX_DELIVERIES_MAX);
    while (view_next(w, &found)) {
        const struct delivery *c = found.entity;
        for (uint32_t i = 0; i < c->roles.count; i++) {
            struct matrix_role *r = role_slot(m, c->roles.at[i].role, MATRIX_BEFORE_MAX);
            if (r)
                hold(m, r, c->roles.at[i].person, c->roles.at[i].group);
            m->too_many = m->too_many || !r;
        }
        m->too_many = m->too_many || ++n == MATRIX_DELIVERIES_MAX;
    }
}

/* Whether somebody told by name can be reached, or somebody of the group at every hour. */
static bool is_reached(struct matrix *m, struct text person, struct text group)
{
    const struct matrix_group *g = text_empty(group) ? NULL : group_of(m, group);
    return text_empty(person) ? g && g->always : has_address(m, person);
}

/* Adds who holds the role by itself or, for one client, by what its deliveries say. */
static void look_at_role(struct matrix *m, struct matrix_role *r)
{
    const struct role *role = get(m, ENTITY_role, r->id);
    const struct duty_of *d = NULL;
    if (!text_empty(m->client))
        d = who_delivers(m->ctx, m->view, m->client, m->component, r->id);
    struct text person = d ? d->person : role->person, group = d ? d->group : role->group;
    r->side = role->side;
    if (role->side == side_client &&
        !d) { /* the client's primary contact has it, where there is one */
        const struct client *c = get(m, ENTITY_client, m->client);
        person = c ? c->primary_contact : person;
        r->held = r->held || !c;
    }
    hold(m, r, person, group);
    r->person = person;
    r->unreachable =
        r->held && !(text_empty(person) && text_empty(group)) && !is_reached(m, person, group);
    if (!text_empty(group))
        r->partner = group_of(m, group) ? group_of(m, group)->partner : r->partner;
    r->held = r->held || m->too_many;
}

struct matrix_role *matrix_role(struct matrix *m, struct text id)
{
    struct matrix_role *r = role_slot(m, id, MATRIX_NAMES_MAX);
    if (r->looked_at == m->generation)
        return r;
    if (r->looked_at) {
        r->held = r->gone = r->unbound = r->unanswering = false;
        r->partner = (struct text){ 0 };
    }
    r->looked_at = m->generation;
    look_at_role(m, r);
    return r;
}

void matrix_about(struct matrix *m, struct text component)
{
    if (!text_empty(m->client) && !text_equal(component, m->component))
        m->generation++;
    m->component = component;
}

int64_t *matrix_counts(struct matrix *m, struct text role)
{
    struct matrix_role *r = role_slot(m, role, MATRIX_NAMES_MAX);
    return r ? r->counts : NULL;
}

void matrix_clear(struct matrix *m, const struct context *ctx, struct view *v)
{
    memset(m, 0, sizeof *m);
    m->ctx = ctx;
    m->view = v;
    m->today = ctx->now / DAYS;
    m->generation = 1;
}

void matrix_begin(struct matrix *m, const struct context *ctx, struct view *v, struct text client)
{
    matrix_clear(m, ctx, v);
    m->client = client;
    look_at_agreements(m);
    if (text_empty(client))
        look_at_deliveries(m);
}

/* --- rows and components ---------------------------------------------------------------------- */

struct key matrix_rows_of(struct text component)
{
    struct key key = { .length = 0 };
    key_text(&key, component);
    key.at[key.length - 1] = ':';
    return key;
}

bool matrix_is_part(const struct component *c, struct text service)
{
    for (uint32_t i = 0; i < c->services.count; i++)
        if (text_equal(c->services.at[i].service, service))
            return true;
    return text_empty(service);
}

/* matrix: who holds roles, and by which groups and partners; see matrix.h. */
#include "services/catalog/matrix.h"

#include "services/catalog/roster.h"
#include "services/line/in_force.h"

enum {
    CELLS_MAX = 24, /* of a row, as its list says */
    ROW_NAMES_MAX = 2 * CELLS_MAX + 1, /* each cell's role and its group; the component's group */
    AGREEMENT_GROUPS_MAX = 16,
    DELIVERY_NAMES_MAX = 2 * 48,
};

/* --- tables of names -------------------------------------------------------------------------- */

static uint32_t hash_of(struct text t)
{
    uint32_t h = 2166136261u; /* FNV-1a */
    for (uint32_t i = 0; i < t.length; i++)
        h = (h ^ (uint8_t)t.at[i]) * 16777619u;
    return h;
}

/* The place of a name, whether it is there already or not. */
static struct matrix_group *group_place(struct matrix *m, struct text id)
{
    uint32_t i = hash_of(id) % MATRIX_NAMES;
    while (m->groups[i].known && !text_equal(m->groups[i].id, id))
        i = (i + 1) % MATRIX_NAMES;
    return &m->groups[i];
}

static struct matrix_role *role_place(struct matrix *m, struct text id)
{
    uint32_t i = hash_of(id) % MATRIX_NAMES;
    while (m->roles[i].known && !text_equal(m->roles[i].id, id))
        i = (i + 1) % MATRIX_NAMES;
    return &m->roles[i];
}

static struct matrix_group *group_slot(struct matrix *m, struct text id)
{
    struct matrix_group *g = group_place(m, id);
    m->names += !g->known;
    g->known = true;
    g->id = id;
    return g;
}

static struct matrix_role *role_slot(struct matrix *m, struct text id)
{
    struct matrix_role *r = role_place(m, id);
    m->names += !r->known;
    r->known = true;
    r->id = id;
    return r;
}

bool matrix_goes_on(const struct matrix *m)
{
    return m->judged < MATRIX_ROWS_A_PAGE;
}

/* --- groups ----------------------------------------------------------------------------------- */

/* What something in the catalog names is there. */
static const void *get(struct matrix *m, int entity, struct text id)
{
    return view_get_of(m->view, entity, PROVIDER_CLIENT, id);
}

static bool has_address(struct matrix *m, struct text person)
{
    const struct person *p = get(m, ENTITY_person, person);
    return p->addresses.count > 0;
}

/* A roster that is to cover all hours, or has a fallback, says itself where it does not; else
 * leads are told. */
static bool is_always_there(struct matrix *m, const struct group *g)
{
    struct key key = { .length = 0 };
    struct found found;
    key_text(&key, g->id);
    if (view_next(view_walk(m->view, INDEX_roster_by_group, &key, 1), &found) &&
        roster_is_always(m->view, found.entity, m->ctx->now))
        return true;
    for (uint32_t i = 0; i < g->members.count; i++)
        if (g->members.at[i].lead && has_address(m, g->members.at[i].person))
            return true;
    return false;
}

static const struct matrix_group *group_of(struct matrix *m, struct text id)
{
    struct matrix_group *known = group_slot(m, id);
    if (known->looked_at)
        return known;
    const struct group *g = get(m, ENTITY_group, id);
    known->looked_at = true;
    known->side = g->side;
    known->always = is_always_there(m, g);
    if (!text_empty(g->partner)) {
        const struct partner *p = get(m, ENTITY_partner, g->partner);
        known->partner = g->partner;
        known->gone = p->state == partner_state_gone;
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

static void look_at_agreement(struct matrix *m, const struct agreement *a)
{
    if (!in_force(a->start, a->end, m->today))
        return;
    for (uint32_t i = 0; i < a->groups.count; i++) {
        struct matrix_group *g = group_slot(m, a->groups.at[i].group);
        g->bound = true;
        g->responds |= names_response(a);
    }
}

static void look_at_agreements(struct matrix *m)
{
    struct found found;
    struct walk *w = view_walk(m->view, INDEX_agreement_by_id, NULL, MATRIX_AGREEMENTS_MAX);
    while (m->names + AGREEMENT_GROUPS_MAX <= MATRIX_BOUND_MAX && view_next(w, &found))
        look_at_agreement(m, found.entity);
    m->many_bound = m->names + AGREEMENT_GROUPS_MAX > MATRIX_BOUND_MAX;
}

void matrix_border(struct matrix *m, const struct component *c, int32_t *ret_boundary,
                   struct text *ret_partner)
{
    *ret_boundary = side_provider;
    *ret_partner = (struct text){ 0 };
    if (text_empty(c->group))
        return;
    const struct matrix_group *g = group_of(m, c->group);
    *ret_boundary = g->side;
    *ret_partner = g->partner;
}

/* --- roles ------------------------------------------------------------------------------------ */

/* That a group holds the role, here or for some client. */
static void hold_by_group(struct matrix *m, struct matrix_role *r, const struct matrix_group *g)
{
    bool outside = g->side == side_supplier;
    r->held = true;
    r->gone |= g->gone;
    r->unbound |= outside & !g->bound & !m->many_bound;
    r->unanswering |= outside & !g->responds & !m->many_bound;
}

static void look_at_delivery(struct matrix *m, const struct delivery *c)
{
    for (uint32_t i = 0; i < c->roles.count; i++) {
        const struct duty_of *by = &c->roles.at[i];
        struct matrix_role *r = role_slot(m, by->role);
        r->held = true;
        if (!text_empty(by->group)) {
            const struct matrix_group *g = group_of(m, by->group);
            hold_by_group(m, r, g);
            r->unreachable |= !g->always;
        } else if (!r->unreachable && !text_equal(by->person, r->person)) {
            r->person = by->person; /* the same serves many clients, and is looked up once */
            r->unreachable = !has_address(m, by->person);
        }
    }
}

/* In general: what deliveries of all clients say of roles. */
static void look_at_deliveries(struct matrix *m)
{
    struct found found;
    uint32_t n = 0;
    struct walk *w = view_walk(m->view, INDEX_delivery_by_id, NULL, MATRIX_DELIVERIES_MAX);
    while (m->names + DELIVERY_NAMES_MAX <= MATRIX_DELIVERED_MAX && view_next(w, &found)) {
        look_at_delivery(m, found.entity);
        n++;
    }
    m->many_delivered =
        (n == MATRIX_DELIVERIES_MAX) | (m->names + DELIVERY_NAMES_MAX > MATRIX_DELIVERED_MAX);
}

/* Who has the role by itself, or for one client by what its deliveries say. */
static struct duty_of holder_of(struct matrix *m, const struct role *role)
{
    struct duty_of own = { .person = role->person, .group = role->group };
    if (text_empty(m->client))
        return own;
    const struct duty_of *d = who_delivers(m->ctx, m->view, m->client, m->component, role->id);
    if (d)
        return *d;
    if (role->side == side_client) { /* the client's primary contact has it */
        const struct client *c = get(m, ENTITY_client, m->client);
        own.person = c->primary_contact;
    }
    return own;
}

static void look_at_role(struct matrix *m, struct matrix_role *r)
{
    const struct role *role = get(m, ENTITY_role, r->id);
    const struct duty_of by = holder_of(m, role);
    bool in_general = text_empty(m->client);
    r->side = role->side;
    r->person = by.person;
    if (!text_empty(by.person)) {
        r->held = true;
        r->unreachable |= !has_address(m, by.person);
    } else if (!text_empty(by.group)) {
        const struct matrix_group *g = group_of(m, by.group);
        hold_by_group(m, r, g);
        r->partner = g->partner;
        r->unreachable |= !g->always;
    }
    /* Every client has somebody whom it calls its primary contact, or is told that it has not. */
    r->held |= in_general & ((role->side == side_client) | m->many_delivered);
}

struct matrix_role *matrix_role(struct matrix *m, struct text id)
{
    struct matrix_role *r = role_slot(m, id);
    if (r->looked_at == m->generation)
        return r;
    if (r->looked_at) {
        r->held = r->gone = r->unbound = r->unanswering = r->unreachable = false;
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
    if (!role_place(m, role)->known && m->names >= MATRIX_NAMES_MAX)
        return NULL;
    return role_slot(m, role)->counts;
}

const int64_t *matrix_counted(struct matrix *m, struct text role)
{
    return role_place(m, role)->counts;
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

void matrix_begin_row(struct matrix *m)
{
    const uint32_t judged = m->judged + 1;
    const struct text component = m->component;
    m->judged = judged;
    if (m->names + ROW_NAMES_MAX <= MATRIX_NAMES_MAX)
        return;
    matrix_begin(m, m->ctx, m->view, m->client);
    m->component = component;
    m->judged = judged + MATRIX_AGAIN_ROWS;
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

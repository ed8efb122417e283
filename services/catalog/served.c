/* served: which clients a group serves, by what the model says of it (RULES.md, rosters). */
#include "services/catalog/catalog.h"

enum {
    SERVED_SERVICES_MAX = 256, /* as the row says, and that a group's components are parts of */
    SERVED_COMPONENTS_MAX = 2000, /* of the group that are looked at */
    SERVED_DELIVERIES_MAX = 2000, /* and of one client */
};

bool index_delivery_by_client(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct delivery *d = entity;
    (void)client, (void)id;
    key_text(k, d->client);
    return true;
}

bool index_role_by_group(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct role *r = entity;
    (void)client, (void)id;
    key_text(k, r->group);
    return !text_empty(r->group);
}

/* Services, each once, as many as fit. */
struct services {
    struct service_name at[SERVED_SERVICES_MAX];
    uint32_t count;
};

static bool has_service(const struct services *s, struct text service)
{
    for (uint32_t i = 0; i < s->count; i++)
        if (text_equal(s->at[i].service, service))
            return true;
    return false;
}

static void add_services(struct services *s, const struct service_name_list *more)
{
    for (uint32_t i = 0; i < more->count && s->count < SERVED_SERVICES_MAX; i++)
        if (!has_service(s, more->at[i].service))
            s->at[s->count++] = more->at[i];
}

/* What is the same for all clients, and found anew for each page. */
struct serving {
    struct view *view;
    struct text group;
    int64_t day;
    bool everywhere; /* it has a role everywhere */
    const struct desk *usual;
    struct services supported; /* what its components are parts of */
};

static void look(struct serving *s)
{
    struct found found;
    struct key key = { .length = 0 };
    key_text(&key, s->group);
    s->everywhere = view_next(view_walk(s->view, INDEX_role_by_group, &key, 1), &found);
    if (view_next(view_walk(s->view, INDEX_desk_usual, NULL, 1), &found))
        s->usual = found.entity;
    struct walk *w = view_walk(s->view, INDEX_component_by_group, &key, SERVED_COMPONENTS_MAX);
    while (view_next(w, &found)) {
        const struct component *c = found.entity;
        add_services(&s->supported, &c->services);
    }
}

static bool delivers(const struct serving *s, struct text client)
{
    struct key key = { .length = 0 };
    struct found found;
    key_text(&key, client);
    struct walk *w = view_walk(s->view, INDEX_delivery_by_client, &key, SERVED_DELIVERIES_MAX);
    while (view_next(w, &found)) {
        const struct delivery *d = found.entity;
        for (uint32_t i = 0; i < d->roles.count; i++)
            if (text_equal(d->roles.at[i].group, s->group))
                return true;
    }
    return false;
}

static bool holds_level(const struct serving *s, const struct client *c)
{
    for (uint32_t i = 0; i < c->holders.count; i++)
        if (text_equal(c->holders.at[i].group, s->group))
            return true;
    return false;
}

static bool answers_desk(const struct serving *s, const struct client *c)
{
    const struct desk *d = s->usual;
    if (!text_empty(c->desk))
        d = view_get_of(s->view, ENTITY_desk, PROVIDER_CLIENT, c->desk);
    return d && text_equal(d->group, s->group);
}

static void cover(const struct serving *s, struct text client, struct services *ret)
{
    struct key key = { .length = 0 };
    struct found found;
    key_text(&key, client);
    struct walk *w = view_walk(s->view, INDEX_contract_by_client, &key, UINT32_MAX);
    while (view_next(w, &found)) {
        const struct contract *c = found.entity;
        if (c->start <= s->day && (!c->end || c->end >= s->day))
            add_services(ret, &c->services);
    }
}

static bool supports(const struct serving *s, const struct services *covered)
{
    for (uint32_t i = 0; i < covered->count; i++)
        if (has_service(&s->supported, covered->at[i].service))
            return true;
    return false;
}

static int32_t serves_by(const struct serving *s, const struct client *c,
                         const struct services *covered)
{
    if (delivers(s, c->id))
        return served_by_delivery;
    if (holds_level(s, c))
        return served_by_line;
    if (answers_desk(s, c))
        return served_by_desk;
    if (supports(s, covered))
        return served_by_component;
    return s->everywhere ? served_by_role : 0;
}

void query_catalog_served(const struct context *ctx, struct view *v, const void *parameters,
                          struct answer *a)
{
    const struct catalog_served *q = parameters;
    int64_t at = q->has.at ? q->at : ctx->now;
    struct found found;
    if (!is_providers(ctx))
        return;
    struct serving *s = view_alloc(v, sizeof *s);
    s->view = v;
    s->group = q->group;
    s->day = at / DAYS;
    look(s);
    struct walk *w = answer_walk(a, v, INDEX_client_by_id, NULL);
    while (view_next(w, &found)) {
        const struct client *c = found.entity;
        struct services covered = { .count = 0 };
        cover(s, c->id, &covered);
        const struct served_client row = { .client = c->id,
                                           .by = serves_by(s, c, &covered),
                                           .services = { covered.at, covered.count } };
        if (row.by && !answer_row(a, &row))
            break;
    }
}

/* --- announced changes --------------------------------------------------------------------------
 */

bool index_change_by_end(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct change *c = entity;
    (void)client, (void)id;
    key_integer(k, -c->to);
    return true;
}

void query_catalog_announced(const struct context *ctx, struct view *v, const void *parameters,
                             struct answer *a)
{
    const struct catalog_announced *q = parameters;
    struct found found;
    if (!is_providers(ctx))
        return;
    struct walk *w = answer_walk(a, v, INDEX_change_by_end, NULL);
    while (view_next(w, &found)) {
        const struct change *c = found.entity;
        if (c->to <= q->from || (c->from < q->to && !answer_row(a, c)))
            break;
    }
}

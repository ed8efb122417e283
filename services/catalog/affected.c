/* affected: which clients an announced change affects, and by what (RULES.md). */
#include "services/catalog/catalog.h"
#include "services/line/touched.h"

enum { /* what a row holds; `more` says when that was not all */
       CONTRACTS_SHOWN_MAX = 64,
       SERVICES_SHOWN_MAX = 32,
       COMPONENTS_SHOWN_MAX = 32,
};

bool index_contract_by_client(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct contract *c = entity;
    (void)client;
    key_text(k, c->client);
    key_text(k, id);
    return true;
}

/* --- whom that affects
 * ---------------------------------------------------------------------------- */

struct row {
    struct affected it;
    struct contract_name contracts[CONTRACTS_SHOWN_MAX];
    struct service_name services[SERVICES_SHOWN_MAX];
    struct component_name components[COMPONENTS_SHOWN_MAX];
};

static bool is_in_force(const struct contract *c, const struct change *change)
{
    return c->start <= change->to / DAYS && (!c->end || c->end >= change->from / DAYS);
}

static bool is_shown(const struct row *r, struct text service)
{
    for (uint32_t i = 0; i < r->it.services.count; i++)
        if (text_equal(r->services[i].service, service))
            return true;
    return false;
}

static bool show_services(struct row *r, const struct touched *t, const struct contract *c)
{
    bool any = false;
    for (uint32_t i = 0; i < c->services.count; i++) {
        struct text service = c->services.at[i].service;
        if (!touched_service(t, service))
            continue;
        any = true;
        if (is_shown(r, service))
            continue;
        if (r->it.services.count == SERVICES_SHOWN_MAX)
            r->it.more = true;
        else
            r->services[r->it.services.count++].service = service;
    }
    return any;
}

static void show_contracts(struct row *r, const struct touched *t, struct view *v)
{
    struct key key = { .length = 0 };
    struct found found;
    key_text(&key, r->it.client);
    struct walk *w = view_walk(v, INDEX_contract_by_client, &key, UINT32_MAX);
    while (view_next(w, &found)) {
        const struct contract *c = found.entity;
        if (!is_in_force(c, t->change) || !show_services(r, t, c))
            continue;
        if (r->it.contracts.count == CONTRACTS_SHOWN_MAX)
            r->it.more = true;
        else
            r->contracts[r->it.contracts.count++].contract = found.id;
    }
}

static void show_components(struct row *r, const struct touched *t)
{
    for (uint32_t i = 0; i < t->component_count; i++) {
        const struct component *c = t->components[i];
        bool any = false;
        for (uint32_t n = 0; n < c->services.count && t->is_hit[i]; n++)
            any = any || is_shown(r, c->services.at[n].service);
        if (any && r->it.components.count == COMPONENTS_SHOWN_MAX)
            r->it.more = true;
        else if (any)
            r->components[r->it.components.count++].component = c->id;
    }
}

static bool is_named_client(const struct change *c, struct text id)
{
    for (uint32_t i = 0; i < c->clients.count; i++)
        if (text_equal(c->clients.at[i].client, id))
            return true;
    return false;
}

/* False when the page is full. */
static bool answer_client(const struct touched *t, const struct client *c, struct view *v,
                          struct answer *a)
{
    struct row r = { .it = { .client = c->id,
                             .name = c->name,
                             .named = is_named_client(t->change, c->id),
                             .more = t->more } };
    r.it.contracts.at = r.contracts;
    r.it.services.at = r.services;
    r.it.components.at = r.components;
    show_contracts(&r, t, v);
    show_components(&r, t);
    return (!r.it.named && r.it.contracts.count == 0) || answer_row(a, &r.it);
}

void query_catalog_affected(const struct context *ctx, struct view *v, const void *parameters,
                            struct answer *a)
{
    const struct catalog_affected *q = parameters;
    struct touched t = { 0 };
    struct found found;
    if (!is_providers(ctx))
        return;
    t.change = view_get_of(v, ENTITY_change, PROVIDER_CLIENT, q->change);
    if (!t.change)
        return;
    touched_look(&t, v);
    struct walk *w = answer_walk(a, v, INDEX_client_by_id, NULL);
    while (view_next(w, &found) && answer_client(&t, found.entity, v, a))
        continue;
}

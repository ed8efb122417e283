/* partner: companies that support what we deliver, and groups of theirs. One that is gone supports
 * no component, and there is no agreement with it; its groups may still be named for the record. */
#include "services/catalog/catalog.h"

enum { GROUPS_LOOKED_MAX = 1000 /* more than a provider has, and less than a turn can hold */ };

static bool is_gone(struct view *v, struct text partner)
{
    const struct partner *p = text_empty(partner) ? NULL : view_get(v, ENTITY_partner, partner);
    return p && p->state == partner_state_gone;
}

bool is_group_gone(struct view *v, struct text group)
{
    const struct group *g = view_get(v, ENTITY_group, group);
    return is_gone(v, g->partner);
}

bool index_agreement_by_partner(struct text client, struct text id, const void *entity,
                                struct key *k)
{
    const struct agreement *a = entity;
    (void)client, (void)id;
    key_text(k, a->partner);
    return !text_empty(a->partner);
}

bool index_component_by_group(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct component *c = entity;
    (void)client, (void)id;
    key_text(k, c->group);
    return !text_empty(c->group);
}

static bool is_found(struct view *v, int index, struct text name)
{
    struct found found;
    struct key key = { .length = 0 };
    key_text(&key, name);
    return view_next(view_walk(v, index, &key, 1), &found);
}

static bool supports_component(struct view *v, struct text partner)
{
    struct found found;
    struct walk *w = view_walk(v, INDEX_group_by_id, NULL, GROUPS_LOOKED_MAX);
    while (view_next(w, &found)) {
        const struct group *g = found.entity;
        if (text_equal(g->partner, partner) && is_found(v, INDEX_component_by_group, g->id))
            return true;
    }
    return false;
}

void check_partner(const struct context *ctx, struct view *v, const void *now, const void *is,
                   struct decision *d)
{
    const struct partner *p = now;
    (void)ctx;
    if (!p || !provider_stands(v, p->manager, "manager", d) || p->state != partner_state_gone ||
        !is)
        return;
    if (model_times(v, AGGREGATE_named, "partner", p->id) > 0 &&
        (is_found(v, INDEX_agreement_by_partner, p->id) || supports_component(v, p->id)))
        REFUSE(d, partner_needed, "state");
}

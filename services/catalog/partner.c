/* partner: companies that support what we deliver, and groups of theirs. One that is gone supports
 * no component, and there is no agreement with it; its groups may still be named for the record. */
#include "services/catalog/catalog.h"

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

/* Whoever leaves leaves rarely, so it may cost a walk over everything that could lean on it. */
static bool has_agreement(struct view *v, struct text partner)
{
    struct found found;
    struct walk *w = view_walk(v, INDEX_agreement_by_id, NULL, UINT32_MAX);
    while (view_next(w, &found)) {
        const struct agreement *a = found.entity;
        if (text_equal(a->partner, partner))
            return true;
    }
    return false;
}

static bool supports_component(struct view *v, struct text partner)
{
    struct found found;
    struct walk *w = view_walk(v, INDEX_component_by_id, NULL, UINT32_MAX);
    while (view_next(w, &found)) {
        const struct component *c = found.entity;
        const struct group *g = text_empty(c->group) ? NULL : view_get(v, ENTITY_group, c->group);
        if (g && text_equal(g->partner, partner))
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
        (has_agreement(v, p->id) || supports_component(v, p->id)))
        REFUSE(d, partner_needed, "state");
}

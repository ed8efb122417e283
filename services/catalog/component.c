/* component: parts of services, what they cannot do without, and who stands behind them. */
#include "services/catalog/catalog.h"

enum { DEPENDS_LOOKED_MAX = 512 /* components that one depends on, directly or through others */ };

struct reached {
    const struct text **ids;
    uint32_t count;
};

static bool is_reached(const struct reached *r, struct text id)
{
    for (uint32_t i = 0; i < r->count; i++)
        if (text_equal(*r->ids[i], id))
            return true;
    return false;
}

/* False when there are more than can be looked at. */
static bool reach(struct reached *r, const struct component_name_list *depends)
{
    for (uint32_t i = 0; i < depends->count; i++) {
        if (is_reached(r, depends->at[i].component))
            continue;
        if (r->count == DEPENDS_LOOKED_MAX)
            return false;
        r->ids[r->count++] = &depends->at[i].component;
    }
    return true;
}

/* Everything it depends on, ring by ring; it is not among it. */
static bool depends_stand(struct view *v, const struct component *c, struct decision *d)
{
    struct reached r = { .ids = decision_alloc(d, DEPENDS_LOOKED_MAX * sizeof *r.ids) };
    bool all = reach(&r, &c->depends);
    for (uint32_t i = 0; all && i < r.count; i++) {
        if (text_equal(*r.ids[i], c->id)) {
            REFUSE(d, depends_on_itself, "depends");
            return false;
        }
        const struct component *other = view_get(v, ENTITY_component, *r.ids[i]);
        all = reach(&r, &other->depends);
    }
    if (!all)
        REFUSE(d, depends_on_many, "depends");
    return all;
}

void check_component(const struct context *ctx, struct view *v, const void *now, const void *is,
                     struct decision *d)
{
    const struct component *c = now;
    (void)ctx, (void)is;
    if (!c)
        return;
    if (!NAMES_STAND(&c->services, service, true, "services", d) ||
        !NAMES_STAND(&c->depends, component, false, "depends", d) || !depends_stand(v, c, d))
        return;
    if (!text_empty(c->group) && is_group_gone(v, c->group))
        REFUSE(d, partner_gone, "group");
}

bool component_is_part(const struct component *c, struct text service)
{
    for (uint32_t i = 0; i < c->services.count; i++)
        if (text_equal(c->services.at[i].service, service))
            return true;
    return false;
}

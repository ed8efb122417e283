/* group: supporting groups and suppliers, by the names that tickets use. */
#include "services/catalog/catalog.h"

void target_group_set(const void *command, struct entity_id *ret)
{
    const struct group_set *c = command;
    memcpy(ret->at, c->id.at, c->id.length);
    ret->length = c->id.length;
}

void decide_group_set(const struct context *ctx, struct view *v, const void *command,
                      struct decision *d)
{
    const struct group_set *c = command;
    const struct group *is = view_get(v, ENTITY_group, c->id);
    (void)ctx;
    if (is && is->side == c->side && holders_equal(&c->holders, &is->holders)) {
        decision_known(d);
        return;
    }
    if (c->side == side_client) {
        REFUSE(d, group_side, "side");
        return;
    }
    if (holders_stand(v, &c->holders, (enum side)c->side, d))
        EMIT(d, group_changed, c->id, .id = c->id, .side = c->side, .holders = c->holders);
}

void decide_group_remove(const struct context *ctx, struct view *v, const void *command,
                         struct decision *d)
{
    const struct group_remove *c = command;
    (void)ctx, (void)v;
    EMIT(d, group_removed, c->group, .id = c->group);
}

void apply_group_changed(struct fold *f, const void *event, void *entity)
{
    const struct group_changed *e = event;
    struct group *g = entity;
    needs_of_group(f, g, -1);
    *g = (struct group){ .id = e->id, .side = e->side, .holders = e->holders };
    needs_of_group(f, g, 1);
}

void apply_group_removed(struct fold *f, const void *event, void *entity)
{
    (void)event;
    needs_of_group(f, entity, -1);
    memset(entity, 0, sizeof(struct group));
}

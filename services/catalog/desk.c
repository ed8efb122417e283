/* desk: first points of contact. */
#include "services/catalog/catalog.h"

static bool helps_themselves(const struct desk *c)
{
    for (uint32_t i = 0; i < c->channels.count; i++)
        if (c->channels.at[i].self_service)
            return true;
    return false;
}

static bool is_another_usual(struct view *v, struct text id)
{
    struct found found;
    struct walk *w = view_walk(v, INDEX_desk_by_id, NULL, UINT32_MAX);
    while (view_next(w, &found)) {
        const struct desk *other = found.entity;
        if (other->usual && !text_equal(other->id, id))
            return true;
    }
    return false;
}

void check_desk(const struct context *ctx, struct view *v, const void *now, const void *is,
                struct decision *d)
{
    const struct desk *c = now;
    (void)ctx, (void)is;
    if (!c || !some_stand(c->channels.count, "channels", d))
        return;
    if (helps_themselves(c) && text_empty(c->human_after))
        REFUSE(d, human_missing, "human_after");
    else if (c->usual && is_another_usual(v, c->id))
        REFUSE(d, usual_twice, "usual");
}

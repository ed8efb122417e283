/* desk: first points of contact. */
#include "services/catalog/catalog.h"

static bool helps_themselves(const struct desk *c)
{
    for (uint32_t i = 0; i < c->channels.count; i++)
        if (c->channels.at[i].self_service)
            return true;
    return false;
}

bool index_desk_usual(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct desk *c = entity;
    (void)client;
    key_text(k, id);
    return c->usual;
}

static bool is_another_usual(struct view *v, struct text id)
{
    struct found found;
    return view_next(view_walk(v, INDEX_desk_usual, NULL, 1), &found) && !text_equal(found.id, id);
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

/* group: supporting groups and suppliers, by the names that tickets use; and lines of escalation.
 */
#include "services/catalog/catalog.h"

/* In the provider's groups and lines stand its own people; in a supplier's also the provider's, who
 * look after it. */
static bool person_stands(struct view *v, struct text id, enum side side, const char *field,
                          struct decision *d)
{
    const struct person *p = view_get(v, ENTITY_person, id);
    bool may = p->side == side_provider || p->side == (int32_t)side;
    if (!may)
        REFUSE(d, wrong_side, field);
    return may;
}

/* Likewise the groups whose people on duty hold a level. */
static bool group_stands(struct view *v, struct text id, enum side side, struct decision *d)
{
    const struct group *g = view_get(v, ENTITY_group, id);
    bool may = g->side == side_provider || g->side == (int32_t)side;
    if (!may)
        REFUSE(d, wrong_group, "holders");
    return may;
}

static bool is_held(const struct holder_list *holders, uint32_t i)
{
    const struct holder *h = &holders->at[i];
    for (uint32_t j = 0; j < i; j++)
        if (holders->at[j].level == h->level && text_equal(holders->at[j].person, h->person) &&
            text_equal(holders->at[j].group, h->group))
            return true;
    return false;
}

bool holders_stand(struct view *v, const struct holder_list *holders, enum side side,
                   struct decision *d)
{
    for (uint32_t i = 0; i < holders->count; i++) {
        const struct holder *h = &holders->at[i];
        if (text_empty(h->person) == text_empty(h->group)) {
            REFUSE(d, holder_form, "holders");
            return false;
        }
        if (!text_empty(h->person) && !person_stands(v, h->person, side, "holders", d))
            return false;
        if (!text_empty(h->group) && !group_stands(v, h->group, side, d))
            return false;
        if (!text_empty(h->backup) && !person_stands(v, h->backup, side, "holders", d))
            return false;
        if (!text_empty(h->backup) && text_equal(h->backup, h->person)) {
            REFUSE(d, own_backup, "holders");
            return false;
        }
        if (is_held(holders, i)) {
            REFUSE(d, held_twice, "holders");
            return false;
        }
    }
    return true;
}

static bool members_stand(struct view *v, const struct group *c, struct decision *d)
{
    for (uint32_t i = 0; i < c->members.count; i++) {
        struct text person = c->members.at[i].person;
        if (!person_stands(v, person, (enum side)c->side, "members", d))
            return false;
        for (uint32_t j = 0; j < i; j++)
            if (text_equal(c->members.at[j].person, person)) {
                REFUSE(d, named_twice, "members");
                return false;
            }
    }
    return true;
}

/* Others rely on whose a named group is. It may be said later to which partner it belongs, but not
 * that this one is gone. */
static bool side_stands(struct view *v, const struct group *c, const struct group *is,
                        struct decision *d)
{
    bool moves = is && !text_equal(c->partner, is->partner);
    bool is_named = is && model_times(v, AGGREGATE_named, "group", c->id) > 0;
    const struct partner *p =
        text_empty(c->partner) ? NULL : view_get(v, ENTITY_partner, c->partner);
    if (c->side == side_client)
        REFUSE(d, group_side, "side");
    else if (c->side == side_provider && p)
        REFUSE(d, partner_form, "partner");
    else if (is_named && c->side != is->side)
        REFUSE(d, still_named, "side");
    else if (is_named && moves && !text_empty(is->partner))
        REFUSE(d, still_named, "partner");
    else if (p && is_named && moves && p->state == partner_state_gone)
        REFUSE(d, partner_gone, "partner");
    else
        return true;
    return false;
}

static bool holds_itself(const struct group *c, struct decision *d)
{
    for (uint32_t i = 0; i < c->holders.count; i++)
        if (text_equal(c->holders.at[i].group, c->id)) {
            REFUSE(d, own_line, "holders");
            return true;
        }
    return false;
}

void check_group(const struct context *ctx, struct view *v, const void *now, const void *is,
                 struct decision *d)
{
    const struct group *c = now;
    (void)ctx;
    if (c && side_stands(v, c, is, d) && members_stand(v, c, d) && !holds_itself(c, d))
        (void)holders_stand(v, &c->holders, (enum side)c->side, d);
}

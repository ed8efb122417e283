/* group: supporting groups and suppliers, by the names that tickets use; and lines of escalation.
 */
#include "services/catalog/catalog.h"

/* In the provider's lines stand its own people; in a supplier's also the provider's, who look
 * after it. */
static bool person_stands(struct view *v, struct text id, enum side side, struct decision *d)
{
    const struct person *p = view_get(v, ENTITY_person, id);
    bool may = p->side == side_provider || p->side == (int32_t)side;
    if (!may)
        REFUSE(d, wrong_side, "holders");
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
        if (!text_empty(h->person) && !person_stands(v, h->person, side, d))
            return false;
        if (!text_empty(h->backup) && !person_stands(v, h->backup, side, d))
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

void check_group(const struct context *ctx, struct view *v, const void *now, const void *is,
                 struct decision *d)
{
    const struct group *c = now;
    (void)ctx, (void)is;
    if (!c)
        return;
    if (c->side == side_client)
        REFUSE(d, group_side, "side");
    else
        (void)holders_stand(v, &c->holders, (enum side)c->side, d);
}

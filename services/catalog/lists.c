/* lists: of what clients, groups and people are made of. */
#include "services/catalog/catalog.h"

bool holders_equal(const struct holder_list *a, const struct holder_list *b)
{
    bool same = a->count == b->count;
    for (uint32_t i = 0; same && i < a->count; i++)
        same = a->at[i].level == b->at[i].level && text_equal(a->at[i].person, b->at[i].person) &&
               text_equal(a->at[i].backup, b->at[i].backup);
    return same;
}

bool people_equal(const struct person_name_list *a, const struct person_name_list *b)
{
    bool same = a->count == b->count;
    for (uint32_t i = 0; same && i < a->count; i++)
        same = text_equal(a->at[i].person, b->at[i].person);
    return same;
}

bool targets_equal(const struct target_list *a, const struct target_list *b)
{
    bool same = a->count == b->count;
    for (uint32_t i = 0; same && i < a->count; i++)
        same = a->at[i].priority == b->at[i].priority && a->at[i].response == b->at[i].response &&
               a->at[i].resolve == b->at[i].resolve && a->at[i].update == b->at[i].update;
    return same;
}

bool addresses_equal(const struct address_list *a, const struct address_list *b)
{
    bool same = a->count == b->count;
    for (uint32_t i = 0; same && i < a->count; i++)
        same = a->at[i].channel == b->at[i].channel && text_equal(a->at[i].to, b->at[i].to) &&
               text_equal(a->at[i].secret, b->at[i].secret);
    return same;
}

/* In the provider's lines stand its own people; in a supplier's also the provider's, who look
 * after it. */
static bool may_stand(const struct person *p, enum side side)
{
    return p->side == side_provider || p->side == (int32_t)side;
}

static bool person_stands(struct view *v, struct text id, enum side side, struct decision *d)
{
    const struct person *p = view_get(v, ENTITY_person, id);
    if (!p)
        REFUSE(d, person_unknown, "holders");
    else if (!may_stand(p, side))
        REFUSE(d, wrong_side, "holders");
    return p && may_stand(p, side);
}

static bool is_held(const struct holder_list *holders, uint32_t i)
{
    const struct holder *h = &holders->at[i];
    for (uint32_t j = 0; j < i; j++)
        if (holders->at[j].level == h->level && text_equal(holders->at[j].person, h->person))
            return true;
    return false;
}

bool holders_stand(struct view *v, const struct holder_list *holders, enum side side,
                   struct decision *d)
{
    for (uint32_t i = 0; i < holders->count; i++) {
        const struct holder *h = &holders->at[i];
        if (!person_stands(v, h->person, side, d))
            return false;
        if (!text_empty(h->backup) && !person_stands(v, h->backup, side, d))
            return false;
        if (text_equal(h->backup, h->person)) {
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

/* client: what the catalog says about a client, and who may be named in it. */
#include "services/catalog/catalog.h"

/* Somebody of this client. */
static bool contact_stands(struct view *v, struct text person, struct text client,
                           const char *field, struct decision *d)
{
    const struct person *p = view_get(v, ENTITY_person, person);
    if (!text_equal(p->client, client))
        REFUSE(d, wrong_side, field);
    return text_equal(p->client, client);
}

static bool contacts_stand(struct view *v, const struct client *c, struct decision *d)
{
    if (!text_empty(c->primary_contact) &&
        !contact_stands(v, c->primary_contact, c->id, "primary_contact", d))
        return false;
    for (uint32_t i = 0; i < c->executives.count; i++) {
        struct text person = c->executives.at[i].person;
        if (!contact_stands(v, person, c->id, "executives", d))
            return false;
        for (uint32_t j = 0; j < i; j++)
            if (text_equal(c->executives.at[j].person, person)) {
                REFUSE(d, named_twice, "executives");
                return false;
            }
    }
    return true;
}

static bool targets_stand(const struct target_list *targets, struct decision *d)
{
    for (uint32_t i = 0; i < targets->count; i++) {
        const struct target *t = &targets->at[i];
        for (uint32_t j = 0; j < i; j++)
            if (targets->at[j].priority == t->priority) {
                REFUSE(d, target_twice, "targets");
                return false;
            }
        if (t->resolve && t->response > t->resolve) {
            REFUSE(d, target_order, "targets");
            return false;
        }
    }
    return true;
}

void check_client(const struct context *ctx, struct view *v, const void *now, const void *is,
                  struct decision *d)
{
    const struct client *c = now;
    (void)ctx, (void)is;
    if (!c)
        return;
    if (text_equal(c->id, PROVIDER_CLIENT))
        REFUSE(d, id_reserved, "id");
    else if (!text_empty(c->zone) && !form_zone(c->zone))
        REFUSE(d, zone_form, "zone");
    else if (contacts_stand(v, c, d) && holders_stand(v, &c->holders, side_provider, d))
        (void)targets_stand(&c->targets, d);
}

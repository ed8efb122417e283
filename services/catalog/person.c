/* person: whom the catalog knows and how they are reached. A person stays on the side that others
 * rely on. */
#include "services/catalog/catalog.h"

void target_person_set(const void *command, struct entity_id *ret)
{
    const struct person_set *c = command;
    memcpy(ret->at, c->id.at, c->id.length);
    ret->length = c->id.length;
}

static bool is_same(const struct person_set *c, const struct person *is)
{
    return text_equal(c->name, is->name) && c->side == is->side &&
           text_equal(c->client, is->client) && text_equal(c->role, is->role) &&
           text_equal(c->zone, is->zone) && addresses_equal(&c->addresses, &is->addresses);
}

static bool client_stands(struct view *v, const struct person_set *c, struct decision *d)
{
    if (c->side != side_client && text_empty(c->client))
        return true;
    if (c->side != side_client)
        REFUSE(d, client_needless, "client");
    else if (text_empty(c->client))
        REFUSE(d, client_missing, "client");
    else if (!view_get(v, ENTITY_client, c->client))
        REFUSE(d, client_unknown, "client");
    else
        return true;
    return false;
}

/* Whoever names the person did so because of the side: it stays, but that a supplier's line may
 * have the provider's people, too. */
static bool is_free(struct view *v, const struct person_set *c, const struct person *is)
{
    const struct person_needs *needs = needs_for_person(v, c->id);
    if (c->side == is->side && text_equal(c->client, is->client))
        return true;
    if (needs->contacts || needs->lines || needs->tokens)
        return false;
    return !needs->supplier_lines || c->side != side_client;
}

static bool addresses_stand(const struct address_list *addresses, struct decision *d)
{
    for (uint32_t i = 0; i < addresses->count; i++) {
        const struct address *a = &addresses->at[i];
        if (!form_address(a->channel, a->to)) {
            REFUSE(d, address_form, "addresses");
            return false;
        }
        if (!text_empty(a->secret) && (a->channel != channel_webhook || !form_secret(a->secret))) {
            REFUSE(d, secret_form, "addresses");
            return false;
        }
        for (uint32_t j = 0; j < i; j++)
            if (addresses->at[j].channel == a->channel && text_equal(addresses->at[j].to, a->to)) {
                REFUSE(d, address_twice, "addresses");
                return false;
            }
    }
    return true;
}

void decide_person_set(const struct context *ctx, struct view *v, const void *command,
                       struct decision *d)
{
    const struct person_set *c = command;
    const struct person *is = view_get(v, ENTITY_person, c->id);
    (void)ctx;
    if (is && is_same(c, is)) {
        decision_known(d);
        return;
    }
    if (!form_id(c->id)) {
        REFUSE(d, id_form, "id");
        return;
    }
    if (!client_stands(v, c, d))
        return;
    if (is && !is_free(v, c, is)) {
        REFUSE(d, person_needed, c->side == is->side ? "client" : "side");
        return;
    }
    if (!text_empty(c->zone) && !form_zone(c->zone)) {
        REFUSE(d, zone_form, "zone");
        return;
    }
    if (!addresses_stand(&c->addresses, d))
        return;
    EMIT(d, person_changed, c->id, .id = c->id, .name = c->name, .side = c->side,
         .client = c->client, .role = c->role, .zone = c->zone, .addresses = c->addresses);
}

void decide_person_remove(const struct context *ctx, struct view *v, const void *command,
                          struct decision *d)
{
    const struct person_remove *c = command;
    const struct person_needs *needs = needs_for_person(v, c->person);
    (void)ctx;
    if (needs->contacts || needs->lines || needs->supplier_lines || needs->tokens)
        REFUSE(d, person_needed, "person");
    else
        EMIT(d, person_removed, c->person, .id = c->person);
}

void apply_person_changed(struct fold *f, const void *event, void *entity)
{
    const struct person_changed *e = event;
    struct person *p = entity;
    needs_of_person(f, p, -1);
    *p = (struct person){
        .id = e->id,
        .name = e->name,
        .side = e->side,
        .client = e->client,
        .role = e->role,
        .zone = e->zone,
        .addresses = e->addresses,
    };
    needs_of_person(f, p, 1);
}

void apply_person_removed(struct fold *f, const void *event, void *entity)
{
    (void)event;
    needs_of_person(f, entity, -1);
    memset(entity, 0, sizeof(struct person));
}

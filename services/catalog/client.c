/* client: what the catalog says about a client; who may be named in it, and when it may go. */
#include "services/catalog/catalog.h"

void target_client_set(const void *command, struct entity_id *ret)
{
    const struct client_set *c = command;
    memcpy(ret->at, c->id.at, c->id.length);
    ret->length = c->id.length;
}

static bool is_same(const struct client_set *c, const struct client *is)
{
    return text_equal(c->name, is->name) && text_equal(c->zone, is->zone) &&
           text_equal(c->primary_contact, is->primary_contact) &&
           people_equal(&c->executives, &is->executives) &&
           holders_equal(&c->holders, &is->holders) && targets_equal(&c->targets, &is->targets);
}

/* Somebody of this client. */
static bool contact_stands(struct view *v, struct text person, struct text client,
                           const char *field, struct decision *d)
{
    const struct person *p = view_get(v, ENTITY_person, person);
    if (!p)
        REFUSE(d, person_unknown, field);
    else if (!text_equal(p->client, client))
        REFUSE(d, wrong_side, field);
    return p && text_equal(p->client, client);
}

static bool contacts_stand(struct view *v, const struct client_set *c, struct decision *d)
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

void decide_client_set(const struct context *ctx, struct view *v, const void *command,
                       struct decision *d)
{
    const struct client_set *c = command;
    const struct client *is = view_get(v, ENTITY_client, c->id);
    (void)ctx;
    if (is && is_same(c, is)) {
        decision_known(d);
        return;
    }
    if (!form_id(c->id)) {
        REFUSE(d, id_form, "id");
        return;
    }
    if (text_equal(c->id, PROVIDER_CLIENT)) {
        REFUSE(d, id_reserved, "id");
        return;
    }
    if (!text_empty(c->zone) && !form_zone(c->zone)) {
        REFUSE(d, zone_form, "zone");
        return;
    }
    if (!contacts_stand(v, c, d) || !holders_stand(v, &c->holders, side_provider, d) ||
        !targets_stand(&c->targets, d))
        return;
    EMIT(d, client_changed, c->id, .id = c->id, .name = c->name, .zone = c->zone,
         .primary_contact = c->primary_contact, .executives = c->executives, .holders = c->holders,
         .targets = c->targets);
}

void decide_client_remove(const struct context *ctx, struct view *v, const void *command,
                          struct decision *d)
{
    const struct client_remove *c = command;
    const struct client_needs *needs = needs_for_client(v, c->client);
    (void)ctx;
    if (needs->people || needs->tokens)
        REFUSE(d, client_needed, "client");
    else
        EMIT(d, client_removed, c->client, .id = c->client);
}

void apply_client_changed(struct fold *f, const void *event, void *entity)
{
    const struct client_changed *e = event;
    struct client *c = entity;
    needs_of_client(f, c, -1);
    *c = (struct client){
        .id = e->id,
        .name = e->name,
        .zone = e->zone,
        .primary_contact = e->primary_contact,
        .executives = e->executives,
        .holders = e->holders,
        .targets = e->targets,
    };
    needs_of_client(f, c, 1);
}

void apply_client_removed(struct fold *f, const void *event, void *entity)
{
    (void)event;
    needs_of_client(f, entity, -1);
    memset(entity, 0, sizeof(struct client));
}

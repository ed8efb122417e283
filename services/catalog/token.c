/* token: who is let in through the gateway. The token itself is never here, only its digest. */
#include "services/catalog/catalog.h"

/* A token needs whom it names until it is revoked. */
static void count(struct fold *f, const struct token *t, int64_t by)
{
    model_count(f, AGGREGATE_named, "person", t->person, by);
    for (uint32_t i = 0; i < t->clients.count; i++)
        model_count(f, AGGREGATE_named, "client", t->clients.at[i].client, by);
}

static bool clients_stand(struct view *v, const struct client_name_list *clients,
                          struct decision *d)
{
    for (uint32_t i = 0; i < clients->count; i++) {
        if (!view_get(v, ENTITY_client, clients->at[i].client)) {
            REFUSE(d, not_in_catalog, "clients");
            return false;
        }
        for (uint32_t j = 0; j < i; j++)
            if (text_equal(clients->at[j].client, clients->at[i].client)) {
                REFUSE(d, named_twice, "clients");
                return false;
            }
    }
    return true;
}

/* Somebody at a client sees what that client may see, and nothing else. */
static bool is_theirs(const struct person *p, const struct token_grant *c)
{
    return c->role == token_role_client && c->clients.count == 1 &&
           text_equal(c->clients.at[0].client, p->client);
}

static bool is_digest_known(struct view *v, struct text digest)
{
    struct key key = { .length = 0 };
    struct found found;
    key_text(&key, digest);
    return view_next(view_walk(v, INDEX_token_by_digest, &key, 1), &found);
}

static bool scope_stands(struct view *v, const struct token_grant *c, struct decision *d)
{
    const struct person *p = view_get(v, ENTITY_person, c->person);
    if (!p)
        REFUSE(d, not_in_catalog, "person");
    else if (c->role == token_role_client && c->clients.count == 0)
        REFUSE(d, token_unscoped, "clients");
    else if (p->side == side_client && !is_theirs(p, c))
        REFUSE(d, wrong_side, "person");
    else
        return clients_stand(v, &c->clients, d);
    return false;
}

void decide_token_grant(const struct context *ctx, struct view *v, const void *command,
                        struct decision *d)
{
    const struct token_grant *c = command;
    const struct catalog_options *o = ctx->options;
    if (!scope_stands(v, c, d))
        return;
    if (!form_digest(c->digest))
        REFUSE(d, digest_form, "digest");
    else if (is_digest_known(v, c->digest))
        REFUSE(d, digest_known, "digest");
    else if (c->expires_at && c->expires_at <= ctx->now)
        REFUSE(d, token_past, "expires_at");
    else
        EMIT(d, token_granted, decision_id(d, "tok", 0), .person = c->person, .role = c->role,
             .clients = c->clients, .digest = c->digest,
             .expires_at = c->expires_at ? c->expires_at : ctx->now + o->token_lasts);
}

void decide_token_revoke(const struct context *ctx, struct view *v, const void *command,
                         struct decision *d)
{
    const struct token_revoke *c = command;
    const struct token *t = view_get(v, ENTITY_token, c->token);
    (void)ctx;
    if (t->revoked_at)
        REFUSE(d, token_revoked, "token");
    else
        EMIT(d, token_revoked, c->token, .person = t->person);
}

void apply_token_granted(struct fold *f, const void *event, void *entity)
{
    const struct token_granted *e = event;
    struct token *t = entity;
    *t = (struct token){
        .id = f->id,
        .person = e->person,
        .role = e->role,
        .clients = e->clients,
        .digest = e->digest,
        .granted_at = f->time,
        .expires_at = e->expires_at,
    };
    count(f, t, 1);
}

/* It stays, so that who was let in until when can be looked up. */
void apply_token_revoked(struct fold *f, const void *event, void *entity)
{
    struct token *t = entity;
    (void)event;
    t->revoked_at = f->time;
    count(f, t, -1);
}

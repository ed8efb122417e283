/* query: what may be looked up, and the indexes it is found by. All of it is the provider's. */
#include "services/catalog/catalog.h"

static bool by_id(struct text id, struct key *k)
{
    key_text(k, id);
    return true;
}

bool index_client_by_id(struct text client, struct text id, const void *entity, struct key *k)
{
    (void)client, (void)entity;
    return by_id(id, k);
}

bool index_person_by_id(struct text client, struct text id, const void *entity, struct key *k)
{
    (void)client, (void)entity;
    return by_id(id, k);
}

bool index_group_by_id(struct text client, struct text id, const void *entity, struct key *k)
{
    (void)client, (void)entity;
    return by_id(id, k);
}

bool index_token_by_id(struct text client, struct text id, const void *entity, struct key *k)
{
    (void)client, (void)entity;
    return by_id(id, k);
}

bool index_token_by_digest(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct token *t = entity;
    (void)client, (void)id;
    key_text(k, t->digest);
    return true;
}

/* Whoever asks in the name of one client sees nothing of the catalog. */
static bool is_providers(const struct context *ctx)
{
    return text_empty(ctx->client) || text_equal(ctx->client, PROVIDER_CLIENT);
}

/* Whether a row is wanted; `wanted` is not empty. */
typedef bool names_fn(const void *entity, struct text wanted);

static void answer_all(const struct context *ctx, struct view *v, int index,
                       const struct key *prefix, names_fn *names, struct text wanted,
                       struct answer *a)
{
    struct found found;
    if (!is_providers(ctx))
        return;
    struct walk *w = answer_walk(a, v, index, prefix);
    while (view_next(w, &found))
        if ((text_empty(wanted) || names(found.entity, wanted)) && !answer_row(a, found.entity))
            break;
}

static bool line_names(const struct holder_list *holders, struct text person)
{
    for (uint32_t i = 0; i < holders->count; i++)
        if (text_equal(holders->at[i].person, person) || text_equal(holders->at[i].backup, person))
            return true;
    return false;
}

static bool client_names(const void *entity, struct text person)
{
    const struct client *c = entity;
    for (uint32_t i = 0; i < c->executives.count; i++)
        if (text_equal(c->executives.at[i].person, person))
            return true;
    return text_equal(c->primary_contact, person) || line_names(&c->holders, person);
}

static bool group_names(const void *entity, struct text person)
{
    const struct group *g = entity;
    return line_names(&g->holders, person);
}

static bool person_names(const void *entity, struct text client)
{
    const struct person *p = entity;
    return text_equal(p->client, client);
}

static bool token_names(const void *entity, struct text person)
{
    const struct token *t = entity;
    return text_equal(t->person, person);
}

static void answer_it(const struct context *ctx, struct view *v, int entity, struct text id,
                      struct answer *a)
{
    if (is_providers(ctx))
        answer_entity(a, v, entity, PROVIDER_CLIENT, id);
}

void query_catalog_clients(const struct context *ctx, struct view *v, const void *parameters,
                           struct answer *a)
{
    const struct catalog_clients *q = parameters;
    answer_all(ctx, v, INDEX_client_by_id, NULL, client_names, q->person, a);
}

void query_catalog_client(const struct context *ctx, struct view *v, const void *parameters,
                          struct answer *a)
{
    const struct catalog_client *q = parameters;
    answer_it(ctx, v, ENTITY_client, q->client, a);
}

void query_catalog_people(const struct context *ctx, struct view *v, const void *parameters,
                          struct answer *a)
{
    const struct catalog_people *q = parameters;
    answer_all(ctx, v, INDEX_person_by_id, NULL, person_names, q->client, a);
}

void query_catalog_person(const struct context *ctx, struct view *v, const void *parameters,
                          struct answer *a)
{
    const struct catalog_person *q = parameters;
    answer_it(ctx, v, ENTITY_person, q->person, a);
}

void query_catalog_groups(const struct context *ctx, struct view *v, const void *parameters,
                          struct answer *a)
{
    const struct catalog_groups *q = parameters;
    answer_all(ctx, v, INDEX_group_by_id, NULL, group_names, q->person, a);
}

void query_catalog_group(const struct context *ctx, struct view *v, const void *parameters,
                         struct answer *a)
{
    const struct catalog_group *q = parameters;
    answer_it(ctx, v, ENTITY_group, q->group, a);
}

void query_catalog_tokens(const struct context *ctx, struct view *v, const void *parameters,
                          struct answer *a)
{
    const struct catalog_tokens *q = parameters;
    struct key key = { .length = 0 };
    if (text_empty(q->digest)) {
        answer_all(ctx, v, INDEX_token_by_id, NULL, token_names, q->person, a);
        return;
    }
    key_text(&key, q->digest);
    answer_all(ctx, v, INDEX_token_by_digest, &key, token_names, q->person, a);
}

void query_catalog_token(const struct context *ctx, struct view *v, const void *parameters,
                         struct answer *a)
{
    const struct catalog_token *q = parameters;
    answer_it(ctx, v, ENTITY_token, q->token, a);
}

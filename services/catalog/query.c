/* query: the tokens, and the indexes they are found by. All of it is the provider's. */
#include "services/catalog/catalog.h"

static bool by_id(struct text id, struct key *k)
{
    key_text(k, id);
    return true;
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

bool is_providers(const struct context *ctx)
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

/* What a protocol with a mapping authenticates itself with, and is answered. */
#include <errno.h>

#include "services/edge/convert.h"
#include "services/edge/mapping_private.h"

int mapping_token(const struct mapping *m, const json_t *document, struct text *ret)
{
    const json_t *v = m->has_token ? pointer_find(&m->token, document) : NULL;
    if (!json_is_string(v) || json_string_length(v) == 0)
        return -ENOENT;
    *ret = (struct text){ json_string_value(v), (uint32_t)json_string_length(v) };
    return 0;
}

static json_t *filled(const json_t *v, const struct place *p, struct arena *a);

static json_t *filled_text(const json_t *v, const struct place *p, struct arena *a)
{
    struct text t = { json_string_value(v), (uint32_t)json_string_length(v) };
    struct expression e;
    const char *unused;
    if (expression_parse(t, USE_REPLY, a, &e, &unused) < 0 ||
        expression_text(&e, p, true, a, &t) < 0)
        t.length = 0;
    return json_stringn(t.length ? t.at : "", t.length);
}

static json_t *filled_object(const json_t *v, const struct place *p, struct arena *a)
{
    json_t *from = (json_t *)(uintptr_t)v; /* iterators take no const, and change nothing */
    json_t *object = json_object();
    for (void *i = json_object_iter(from); i && object; i = json_object_iter_next(from, i))
        json_object_setn_new(object, json_object_iter_key(i), json_object_iter_key_len(i),
                             filled(json_object_iter_value(i), p, a));
    return object;
}

/* The body of a mapping nests no deeper than MAPPING_REPLY_DEPTH_MAX. */
static json_t *filled(const json_t *v, const struct place *p, struct arena *a)
{
    if (json_is_string(v))
        return filled_text(v, p, a);
    if (json_is_object(v))
        return filled_object(v, p, a);
    json_t *array = json_array();
    for (size_t i = 0; i < json_array_size(v) && array; i++)
        json_array_append_new(array, filled(json_array_get(v, i), p, a));
    return array;
}

unsigned mapping_reply(const struct mapping *m, const json_t *document, const struct mapped *first,
                       const struct msg_error *why, json_t **ret_body)
{
    static const struct mapping_context nothing;
    const struct reply_rule *rule = why ? &m->refused : &m->accepted;
    struct arena a = { 0 };
    struct place p = { .root = document, .element = document, .ctx = &nothing };
    if (!rule->code)
        return 0;
    if (first)
        p.key = first->key;
    if (why) {
        p.field = text_from(why->field);
        p.rule = text_from(why->rule);
    }
    *ret_body = filled(rule->body, &p, &a);
    arena_free(&a);
    return *ret_body ? rule->code : 0;
}

/* Reading the keys of a mapping file that only mappings of JSON documents have. */
#include <errno.h>

#include "services/edge/convert.h"
#include "services/edge/mapping_private.h"

static int read_pointer(struct yaml_walk *w, const yaml_node_t *node, struct pointer *ret)
{
    struct text t = { 0 };
    int r = yaml_text(w, node, &t);
    if (r == 0 && pointer_parse(t, w->arena, ret) < 0)
        r = yaml_wrong(w, node, "must be a JSON Pointer such as /a/b");
    return r;
}

int mapping_read_each(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct mapping *m = target;
    m->has_each = true;
    return read_pointer(w, node, &m->each);
}

int mapping_read_token(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct mapping *m = target;
    m->has_token = true;
    return read_pointer(w, node, &m->token);
}

int mapping_read_needs(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct mapping *m = target;
    return expressions_read(w, node, &m->needs);
}

/* --- cases ------------------------------------------------------------------------------------ */

static int case_needs(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct case_rules *c = target;
    return expressions_read(w, node, &c->needs);
}

static int case_fields(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct case_rules *c = target;
    return mapping_read_rules(w, node, &c->fields);
}

static int one_case(struct yaml_walk *w, struct text key, const yaml_node_t *node, void *target)
{
    static const struct yaml_key keys[] = {
        { "needs", case_needs },
        { "fields", case_fields },
        { NULL, NULL },
    };
    struct mapping *m = target;
    if (m->case_count == MAPPING_FACTS_MAX)
        return yaml_wrong(w, node, "there are more than %d cases", MAPPING_FACTS_MAX);
    struct case_rules *c = &m->cases[m->case_count++];
    c->value = key;
    return yaml_table(w, node, keys, c);
}

static int cases_by(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct mapping *m = target;
    return expressions_read(w, node, &m->by);
}

static int cases_are(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    return yaml_map(w, node, one_case, target);
}

int mapping_read_cases(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    static const struct yaml_key keys[] = {
        { "by", cases_by },
        { "are", cases_are },
        { NULL, NULL },
    };
    const struct mapping *m = target;
    int r = yaml_table(w, node, keys, target);
    if (r == 0 && (m->by.count == 0 || m->case_count == 0))
        r = yaml_wrong(w, node, "needs both by and are");
    return r;
}

/* --- details ---------------------------------------------------------------------------------- */

static int keep_as(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct keep_rule *k = target;
    return yaml_text(w, node, &k->as);
}

static int keep_each(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct keep_rule *k = target;
    int r = expressions_read(w, node, &k->each);
    for (uint32_t i = 0; i < k->each.count && r == 0; i++) {
        const struct expression *e = &k->each.at[i];
        /* the root's would be walked, and be the same, for every element of the document */
        if (e->count != 1 || e->terms[0].kind != TERM_POINTER || e->terms[0].root)
            r = yaml_wrong(w, node, "must be a JSON Pointer seen from the element, such as /a/b");
    }
    return r;
}

static int keep_at(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct keep_rule *k = target;
    return expressions_read(w, node, &k->at);
}

static int member_itself(struct yaml_walk *w, struct expressions *ret)
{
    const char *unused;
    *ret = (struct expressions){ arena_alloc(w->arena, sizeof *ret->at), 1 };
    return expression_parse((struct text){ 0 }, USE_FIELD, w->arena, ret->at, &unused);
}

int mapping_read_keep(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    static const struct yaml_key keys[] = {
        { "as", keep_as },
        { "each", keep_each },
        { "at", keep_at },
        { NULL, NULL },
    };
    struct mapping *m = target;
    int r = 0;
    if (yaml_count(node) > MAPPING_DETAILS_MAX)
        return yaml_wrong(w, node, "has more than %d items", MAPPING_DETAILS_MAX);
    m->keeps.count = yaml_count(node);
    for (uint32_t i = 0; i < m->keeps.count && r == 0; i++) {
        const yaml_node_t *item = yaml_item(w, node, i);
        struct keep_rule *k = &m->keeps.at[i];
        r = yaml_table(w, item, keys, k);
        if (r == 0 && (text_empty(k->as) || (k->each.count == 0 && k->at.count == 0)))
            r = yaml_wrong(w, item, "needs as, and each or at");
        if (r == 0 && k->at.count == 0)
            r = member_itself(w, &k->at);
    }
    return r;
}

/* --- replies ---------------------------------------------------------------------------------- */

/* A text of a reply stays a text until there is something to reply to; here it is only tried. */
static json_t *reply_text(struct yaml_walk *w, const yaml_node_t *node)
{
    struct expression unused;
    struct text t = { 0 };
    const char *why = "";
    if (yaml_text(w, node, &t) < 0)
        return NULL;
    if (expression_parse(t, USE_REPLY, w->arena, &unused, &why) < 0) {
        yaml_wrong(w, node, "\"%.*s\" %s", TEXT_ARG(t), why);
        return NULL;
    }
    json_t *value = json_stringn(t.length ? t.at : "", t.length);
    if (!value)
        yaml_wrong(w, node, "is no text in UTF-8");
    return value;
}

struct reply_part {
    json_t *into;
    int depth;
};

static json_t *reply_value(struct yaml_walk *w, const yaml_node_t *node, int depth);

static int reply_member(struct yaml_walk *w, struct text key, const yaml_node_t *node, void *target)
{
    const struct reply_part *part = target;
    json_t *value = reply_value(w, node, part->depth);
    if (!value)
        return -EINVAL;
    return json_object_setn_new(part->into, key.at, key.length, value) < 0
               ? yaml_wrong(w, node, "has a name that is not UTF-8")
               : 0;
}

static json_t *reply_value(struct yaml_walk *w, const yaml_node_t *node, int depth)
{
    struct reply_part part = { .depth = depth + 1 };
    int r = 0;
    if (depth == MAPPING_REPLY_DEPTH_MAX) {
        yaml_wrong(w, node, "nests deeper than %d", MAPPING_REPLY_DEPTH_MAX);
        return NULL;
    }
    if (node->type == YAML_SCALAR_NODE)
        return reply_text(w, node);
    part.into = node->type == YAML_MAPPING_NODE ? json_object() : json_array();
    if (!part.into) {
        yaml_wrong(w, node, "out of memory");
        return NULL;
    }
    if (node->type == YAML_MAPPING_NODE)
        r = yaml_map(w, node, reply_member, &part);
    for (uint32_t i = 0; node->type == YAML_SEQUENCE_NODE && i < yaml_count(node) && r == 0; i++)
        r = json_array_append_new(part.into, reply_value(w, yaml_item(w, node, i), depth + 1));
    if (r == 0)
        return part.into;
    json_decref(part.into);
    return NULL;
}

static int reply_code(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct reply_rule *reply = target;
    struct text t = { 0 };
    int64_t v = 0;
    int r = yaml_text(w, node, &t);
    if (r == 0 && (integer_parse(t, &v) < 0 || v < 200 || v > 599))
        return yaml_wrong(w, node, "must be a status code of HTTP, 200 to 599");
    reply->code = (unsigned)v;
    return r;
}

static int reply_body(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct reply_rule *reply = target;
    reply->body = reply_value(w, node, 0);
    return reply->body ? 0 : -EINVAL;
}

static int read_reply(struct yaml_walk *w, const yaml_node_t *node, struct reply_rule *ret)
{
    static const struct yaml_key keys[] = {
        { "code", reply_code },
        { "body", reply_body },
        { NULL, NULL },
    };
    int r = yaml_table(w, node, keys, ret);
    if (r == 0 && (!ret->code || !ret->body))
        r = yaml_wrong(w, node, "needs both code and body");
    return r;
}

static int reply_accepted(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct mapping *m = target;
    return read_reply(w, node, &m->accepted);
}

static int reply_refused(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct mapping *m = target;
    return read_reply(w, node, &m->refused);
}

int mapping_read_reply(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    static const struct yaml_key keys[] = {
        { "accepted", reply_accepted },
        { "refused", reply_refused },
        { NULL, NULL },
    };
    const struct mapping *m = target;
    int r = yaml_table(w, node, keys, target);
    if (r == 0 && (!m->accepted.code || !m->refused.code))
        r = yaml_wrong(w, node, "needs both accepted and refused");
    return r;
}

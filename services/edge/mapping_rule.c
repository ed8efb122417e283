/* How a mapping file says where one value comes from. */
#include <errno.h>
#include <stddef.h>

#include "services/edge/convert.h"
#include "services/edge/mapping_private.h"

int mapping_read_field(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    const struct mapping *m = w->context;
    const struct field **ret = target;
    struct text t;
    int r = yaml_text(w, node, &t);
    if (r < 0)
        return r;
    *ret = record_field(m->record, t);
    return *ret ? 0
                : yaml_wrong(w, node, "\"%.*s\" is no field of %s", TEXT_ARG(t), m->record->name);
}

static int rule_is(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct rule *r = target;
    r->has_is = true;
    return yaml_text(w, node, &r->is);
}

static int rule_row(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct rule *r = target;
    return yaml_flag(w, node, &r->row);
}

static int rule_column(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct rule *r = target;
    return yaml_texts(w, node, &r->columns);
}

static int rule_at(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct rule *r = target;
    return expressions_read(w, node, &r->at);
}

static int rule_key(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct rule *r = target;
    return yaml_flag(w, node, &r->key);
}

static int rule_strip(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct rule *r = target;
    return yaml_texts(w, node, &r->strip);
}

static int rule_prefix(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct rule *r = target;
    return yaml_text(w, node, &r->prefix);
}

static int rule_take(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct rule *r = target;
    struct text t = { 0 };
    int e = yaml_text(w, node, &t);
    if (e == 0 && !text_equal(t, text_from("digits")))
        e = yaml_wrong(w, node, "can only be digits");
    r->take_digits = true;
    return e;
}

static int one_value(struct yaml_walk *w, struct text key, const yaml_node_t *value, void *target)
{
    struct rule *r = target;
    if (r->value_count == MAPPING_VALUES_MAX)
        return yaml_wrong(w, value, "there are more than %d values", MAPPING_VALUES_MAX);
    r->values[r->value_count].from = key;
    return yaml_text(w, value, &r->values[r->value_count++].to);
}

static int rule_values(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct rule *r = target;
    r->values = arena_alloc(w->arena, MAPPING_VALUES_MAX * sizeof *r->values);
    return yaml_map(w, node, one_value, r);
}

static int rule_otherwise(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct rule *r = target;
    r->has_otherwise = true;
    return yaml_text(w, node, &r->otherwise);
}

static int rule_original(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct rule *r = target;
    return yaml_text(w, node, &r->original);
}

static int rule_missing(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct rule *r = target;
    r->has_missing = true;
    return yaml_text(w, node, &r->missing);
}

static int rule_optional(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct rule *r = target;
    return yaml_flag(w, node, &r->optional);
}

static int rule_cut(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct rule *r = target;
    return yaml_flag(w, node, &r->cut);
}

static int client_first_of(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct mapping *m = w->context;
    (void)target;
    return mapping_read_field(w, node, &m->client_first_of);
}

static int client_kept_as(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct mapping *m = w->context;
    (void)target;
    return yaml_text(w, node, &m->client_kept_as);
}

static const struct yaml_key field_keys[] = {
    { "column", rule_column },     { "at", rule_at },           { "is", rule_is },
    { "row", rule_row },           { "strip", rule_strip },     { "prefix", rule_prefix },
    { "take", rule_take },         { "values", rule_values },   { "otherwise", rule_otherwise },
    { "original", rule_original }, { "missing", rule_missing }, { "optional", rule_optional },
    { "cut", rule_cut },           { "key", rule_key },         { NULL, NULL },
};

static const struct yaml_key client_keys[] = {
    { "column", rule_column },
    { "at", rule_at },
    { "is", rule_is },
    { "strip", rule_strip },
    { "values", rule_values },
    { "missing", rule_missing },
    { "optional", rule_optional },
    { "first_of", client_first_of },
    { "kept_as", client_kept_as },
    { NULL, NULL },
};

/* A constant must convert, and it does so once and for all when the file is read. Instants are left
 * to the row, which knows the patterns. */
static int check_constant(struct yaml_walk *w, const yaml_node_t *node, const struct rule *r,
                          struct text t)
{
    struct mapping *m = w->context;
    struct msg_error e = { { 0 }, { 0 } };
    if (r->field->kind == KIND_INSTANT)
        return 0;
    void *scratch = arena_alloc(w->arena, m->record->size);
    if (field_set_text(r->field, t, 0, w->arena, scratch, &e) == 0)
        return 0;
    return yaml_wrong(w, node, "\"%.*s\" %s", TEXT_ARG(t), e.rule);
}

static int check_rule(struct yaml_walk *w, const yaml_node_t *node, const struct rule *r)
{
    const struct mapping *m = w->context;
    if (m->json && (r->columns.count || r->row || r->optional))
        return yaml_wrong(w, node, "column, row and optional are for files of rows");
    if (!m->json && (r->at.count || r->key))
        return yaml_wrong(w, node, "at and key are for documents: format: json");
    if (m->json && (r->at.count > 0) + r->has_is != 1)
        return yaml_wrong(w, node, "needs exactly one of at and is");
    if (!m->json && (r->columns.count > 0) + r->has_is + r->row != 1)
        return yaml_wrong(w, node, "needs exactly one of column, is and row");
    if (r->key && r->field->kind != KIND_TEXT)
        return yaml_wrong(w, node, "is no text, so it cannot be the key");
    if (r->has_otherwise && !r->values)
        return yaml_wrong(w, node, "has otherwise, but no values");
    if (!text_empty(r->original) && !r->has_otherwise)
        return yaml_wrong(w, node, "has original, but no otherwise");
    if (!r->field)
        return 0;
    if (r->field->kind == KIND_LIST || r->field->kind == KIND_MAP)
        return yaml_wrong(w, node, "is a field of several values, which a column cannot give");
    int e = r->has_is ? check_constant(w, node, r, r->is) : 0;
    for (uint32_t i = 0; i < r->value_count && e == 0; i++)
        e = check_constant(w, node, r, r->values[i].to);
    if (e == 0 && r->has_otherwise)
        e = check_constant(w, node, r, r->otherwise);
    if (e == 0 && r->has_missing)
        e = check_constant(w, node, r, r->missing);
    return e;
}

static struct rule *rule_new(struct yaml_walk *w, const yaml_node_t *node)
{
    struct rule *r = arena_alloc(w->arena, sizeof *r);
    r->line = yaml_line(node);
    r->column = -1;
    return r;
}

static int one_field(struct yaml_walk *w, struct text key, const yaml_node_t *node, void *target)
{
    const struct mapping *m = w->context;
    struct rules *rules = target;
    struct rule *r = rule_new(w, node);
    r->field = record_field(m->record, key);
    if (!r->field)
        return yaml_wrong(w, node, "is no field of %s", m->record->name);
    if (rules->count == MSG_FIELDS_MAX)
        return yaml_wrong(w, node, "there are more than %d fields", MSG_FIELDS_MAX);
    int e = yaml_table(w, node, field_keys, r);
    rules->at[rules->count++] = r;
    return e < 0 ? e : check_rule(w, node, r);
}

int mapping_read_rules(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    return yaml_map(w, node, one_field, target);
}

int mapping_read_client(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct mapping *m = target;
    m->client = rule_new(w, node);
    int e = yaml_table(w, node, client_keys, m->client);
    return e < 0 ? e : check_rule(w, node, m->client);
}

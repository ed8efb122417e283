/* Reading a mapping file: its keys of the first level, and what they need of each other. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "services/edge/convert.h"
#include "services/edge/mapping_private.h"

static int key_format(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct text t;
    (void)target;
    int r = yaml_text(w, node, &t);
    return r == 0 && !text_equal(t, text_from("1"))
               ? yaml_wrong(w, node, "this program reads mappings of format 1")
               : r;
}

/* "ticket.record" is what the record ticket_record is of. */
static bool is_command_of(const struct record *r, struct text t)
{
    struct text name = text_from(r->name);
    bool same = t.length == name.length;
    for (uint32_t i = 0; i < name.length && same; i++)
        same = t.at[i] == name.at[i] || (t.at[i] == '.' && name.at[i] == '_');
    return same;
}

static int check_command(struct yaml_walk *w, const yaml_node_t *node, const struct mapping *m)
{
    struct text t;
    int r = yaml_text(w, node, &t);
    if (r < 0 || is_command_of(m->record, t))
        return r;
    (void)yaml_wrong(w, node, "this mapping makes %.*s, not %s", TEXT_ARG(t), m->record->name);
    return -EPROTOTYPE;
}

/* Read before all others: it decides which of them make sense. */
static int key_kind(struct yaml_walk *w, struct text key, const yaml_node_t *node, void *target)
{
    struct mapping *m = target;
    struct text t;
    if (text_equal(key, text_from("command")))
        return check_command(w, node, m);
    if (!text_equal(key, text_from("format")))
        return 0;
    int r = yaml_text(w, node, &t);
    if (r == 0 && !text_equal(t, text_from("json")) && !text_equal(t, text_from("csv")))
        r = yaml_wrong(w, node, "must be csv or json");
    m->json = r == 0 && text_equal(t, text_from("json"));
    return r;
}

static int key_about(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct text unused;
    (void)target;
    return yaml_text(w, node, &unused);
}

static int key_delimiter(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct mapping *m = target;
    struct text t;
    int r = yaml_text(w, node, &t);
    if (r < 0)
        return r;
    if (t.length != 1 || t.at[0] == '"' || t.at[0] == '\n' || t.at[0] == '\r')
        return yaml_wrong(w, node, "must be one character");
    m->delimiter = t.at[0];
    return 0;
}

static int key_missing(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct mapping *m = target;
    return yaml_texts(w, node, &m->missing);
}

static int key_zone(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct mapping *m = target;
    struct text t;
    int r = yaml_text(w, node, &t);
    if (r == 0 && zone_parse(t, &m->zone) < 0)
        r = yaml_wrong(w, node, "must be UTC or an offset such as +01:00");
    return r;
}

static int key_dates(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct mapping *m = target;
    struct text t;
    if (yaml_count(node) > MAPPING_DATES_MAX)
        return yaml_wrong(w, node, "has more than %d patterns", MAPPING_DATES_MAX);
    m->date_count = yaml_count(node);
    for (uint32_t i = 0; i < m->date_count; i++) {
        const yaml_node_t *item = yaml_item(w, node, i);
        int r = yaml_text(w, item, &t);
        if (r < 0)
            return r;
        if (date_pattern_make(t, &m->dates[i]) < 0)
            return yaml_wrong(w, item, "\"%.*s\" is no date pattern: iso, or %%Y %%m %%d and so on",
                              TEXT_ARG(t));
    }
    return 0;
}

static int key_moment(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct mapping *m = target;
    int r = 0;
    if (yaml_count(node) > MAPPING_MOMENTS_MAX)
        return yaml_wrong(w, node, "has more than %d fields", MAPPING_MOMENTS_MAX);
    m->moment_count = yaml_count(node);
    for (uint32_t i = 0; i < m->moment_count && r == 0; i++) {
        const yaml_node_t *item = yaml_item(w, node, i);
        r = mapping_read_field(w, item, &m->moments[i]);
        if (r == 0 && m->moments[i]->kind != KIND_INSTANT && m->moments[i]->kind != KIND_DATE)
            r = yaml_wrong(w, item, "must name a field that is an instant, or a date");
    }
    return r;
}

static int key_order(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct mapping *m = target;
    int r = 0;
    if (yaml_count(node) > MAPPING_ORDER_MAX)
        return yaml_wrong(w, node, "has more than %d fields", MAPPING_ORDER_MAX);
    m->order_count = yaml_count(node);
    for (uint32_t i = 0; i < m->order_count && r == 0; i++) {
        const yaml_node_t *item = yaml_item(w, node, i);
        r = mapping_read_field(w, item, &m->order[i]);
        if (r == 0 && (m->order[i]->kind == KIND_LIST || m->order[i]->kind == KIND_MAP))
            r = yaml_wrong(w, item, "a field of several values has no order");
    }
    return r;
}

static int key_fields(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct mapping *m = target;
    return mapping_read_rules(w, node, &m->fields);
}

static int details_into(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct mapping *m = target;
    int r = mapping_read_field(w, node, &m->details);
    if (r == 0 && m->details->kind != KIND_MAP)
        r = yaml_wrong(w, node, "must name a field of kind map");
    return r;
}

static int details_columns(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct mapping *m = target;
    return yaml_texts(w, node, &m->detail_names);
}

static int key_details(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    static const struct yaml_key keys[] = {
        { "into", details_into },
        { "columns", details_columns },
        { "keep", mapping_read_keep },
        { NULL, NULL },
    };
    struct mapping *m = target;
    int r = yaml_table(w, node, keys, target);
    if (r < 0)
        return r;
    if (!m->details)
        return yaml_wrong(w, node, "lacks into");
    if (m->json ? m->detail_names.count : m->keeps.count)
        return yaml_wrong(w, node, "a file of rows has columns, documents have keep");
    if (m->detail_names.count > m->details->max)
        r = yaml_wrong(w, node, "has more columns than %s holds (%lld)", m->details->name,
                       (long long)m->details->max);
    return r;
}

static int fact_when(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct fact_rules *f = target;
    return yaml_text(w, node, &f->when);
}

static int fact_fields(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct fact_rules *f = target;
    return mapping_read_rules(w, node, &f->fields);
}

static int key_facts(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    static const struct yaml_key keys[] = {
        { "when", fact_when },
        { "fields", fact_fields },
        { NULL, NULL },
    };
    struct mapping *m = target;
    int r = 0;
    if (yaml_count(node) > MAPPING_FACTS_MAX)
        return yaml_wrong(w, node, "has more than %d facts", MAPPING_FACTS_MAX);
    m->fact_count = yaml_count(node);
    for (uint32_t i = 0; i < m->fact_count && r == 0; i++) {
        const yaml_node_t *item = yaml_item(w, node, i);
        struct fact_rules *f = &m->facts[i];
        f->line = yaml_line(item);
        r = yaml_table(w, item, keys, f);
        if (r == 0 && text_empty(f->when))
            r = yaml_wrong(w, item, "lacks when");
    }
    return r;
}

/* What one key needs of another is only known at the end. */
static int check_root(struct yaml_walk *w, const struct mapping *m)
{
    if (!m->moment_count)
        return yaml_wrong(w, NULL, "lacks moment: the field that says when a fact was true");
    if (m->fact_count && m->moments[0]->kind != KIND_INSTANT)
        return yaml_wrong(w, NULL, "has facts, whose moment is an instant");
    if (!m->client)
        return yaml_wrong(w, NULL, "lacks client: the column that says whose a fact is");
    if (m->fields.count == 0)
        return yaml_wrong(w, NULL, "lacks fields");
    if (m->json && m->fact_count)
        return yaml_wrong(w, NULL, "has facts, which are for files of rows; documents have cases");
    if (!m->json && (m->has_each || m->has_token || m->needs.count || m->case_count ||
                     m->accepted.code || m->refused.code))
        return yaml_wrong(w, NULL,
                          "each, needs, cases, token and reply are for documents: format: json");
    bool keeps = !text_empty(m->client_kept_as);
    for (uint32_t i = 0; i < m->fields.count; i++)
        keeps = keeps || !text_empty(m->fields.at[i]->original);
    if (keeps && !m->details)
        return yaml_wrong(w, NULL, "keeps originals, but lacks details.into, where to");
    return 0;
}

static int read_root(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    static const struct yaml_key keys[] = {
        { "mapping", key_format },
        { "format", key_about },
        { "command", key_about },
        { "about", key_about },
        { "delimiter", key_delimiter },
        { "missing", key_missing },
        { "zone", key_zone },
        { "dates", key_dates },
        { "moment", key_moment },
        { "order", key_order },
        { "client", mapping_read_client },
        { "fields", key_fields },
        { "details", key_details },
        { "facts", key_facts },
        { "each", mapping_read_each },
        { "needs", mapping_read_needs },
        { "cases", mapping_read_cases },
        { "token", mapping_read_token },
        { "reply", mapping_read_reply },
        { NULL, NULL },
    };
    struct mapping *m = target;
    int r = yaml_map(w, node, key_kind, m);
    if (r == 0)
        r = yaml_table(w, node, keys, m);
    if (r < 0)
        return r;
    if (m->json) { /* $received is written so, whatever the source's own dates are */
        m->dates[m->date_count++] = (struct date_pattern){ .text = "iso", .iso = true };
        if (!m->client)
            m->client = arena_alloc(&m->arena, sizeof *m->client);
    }
    return check_root(w, m);
}

int mapping_load(const char *path, const struct record *record, struct mapping **ret,
                 struct mapping_error *reterr)
{
    struct yaml_error e;
    struct mapping *m = calloc(1, sizeof *m);
    if (!m)
        return -ENOMEM;
    snprintf(m->file, sizeof m->file, "%s", path);
    m->record = record;
    m->delimiter = ',';
    int r = yaml_walk_file(path, &m->arena, m, read_root, m, &e);
    if (r < 0) {
        *reterr = (struct mapping_error){ .line = e.line };
        snprintf(reterr->file, sizeof reterr->file, "%s", path);
        snprintf(reterr->key, sizeof reterr->key, "%s", e.key);
        snprintf(reterr->rule, sizeof reterr->rule, "%s", e.rule);
        mapping_free(&m);
        return r;
    }
    *ret = m;
    return 0;
}

void mapping_free(struct mapping **m)
{
    if (!*m)
        return;
    json_decref((*m)->accepted.body);
    json_decref((*m)->refused.body);
    arena_free(&(*m)->arena);
    free(*m);
    *m = NULL;
}

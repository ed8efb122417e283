/* Rows of a CSV file to facts: the columns of a header, the cells of a row; see mapping.h. */
#include <errno.h>
#include <stdio.h>
#include <strings.h>

#include "services/edge/convert.h"
#include "services/edge/mapping_private.h"

/* --- the header ------------------------------------------------------------------------------- */

static int column_of(const struct text *header, uint32_t count, struct text name)
{
    for (uint32_t i = 0; i < count; i++)
        if (mapping_same(text_trim(header[i]), name))
            return (int)i;
    return -1;
}

static int unfit(const struct mapping *m, unsigned line, const char *key, const char *has,
                 struct text column, struct mapping_error *e)
{
    *e = (struct mapping_error){ .line = line };
    snprintf(e->file, sizeof e->file, "%s", m->file);
    snprintf(e->key, sizeof e->key, "%s", key);
    snprintf(e->rule, sizeof e->rule, "the file has %s column \"%.*s\"", has, TEXT_ARG(column));
    return -EINVAL;
}

/* Which of two that are called alike is meant nobody knows. */
static bool stands_twice(const struct text *header, uint32_t count, int column, struct text name)
{
    uint32_t behind = (uint32_t)column + 1;
    return column_of(header + behind, count - behind, name) >= 0;
}

static int bind_rule(const struct mapping *m, struct rule *r, const struct text *header,
                     uint32_t count, struct mapping_error *reterr)
{
    const char *key = r->field ? r->field->name : "client";
    r->column = -1;
    for (uint32_t i = 0; i < r->columns.count && r->column < 0; i++) {
        r->found = r->columns.at[i];
        r->column = column_of(header, count, r->found);
    }
    if (r->column >= 0 && stands_twice(header, count, r->column, r->found))
        return unfit(m, r->line, key, "more than one", r->found, reterr);
    if (r->column >= 0 || r->columns.count == 0 || r->optional)
        return 0;
    return unfit(m, r->line, key, "no", r->columns.at[0], reterr);
}

static int bind_rules(const struct mapping *m, struct rules *rules, const struct text *header,
                      uint32_t count, struct mapping_error *reterr)
{
    int r = 0;
    for (uint32_t i = 0; i < rules->count && r == 0; i++)
        r = bind_rule(m, rules->at[i], header, count, reterr);
    return r;
}

int mapping_bind(struct mapping *m, const struct text *header, uint32_t count,
                 struct mapping_error *reterr)
{
    m->columns = count;
    int r = bind_rule(m, m->client, header, count, reterr);
    if (r == 0)
        r = bind_rules(m, &m->fields, header, count, reterr);
    for (uint32_t i = 0; i < m->fact_count && r == 0; i++) {
        struct fact_rules *f = &m->facts[i];
        f->column = column_of(header, count, f->when);
        r = f->column < 0 ? unfit(m, f->line, "facts.when", "no", f->when, reterr)
                          : bind_rules(m, &f->fields, header, count, reterr);
    }
    for (uint32_t i = 0; i < m->detail_names.count; i++) /* further columns may be absent */
        m->detail_columns[i] = column_of(header, count, m->detail_names.at[i]);
    return r;
}

static const struct rule *rule_of(const struct rules *rules, const struct field *f)
{
    for (uint32_t i = 0; i < rules->count; i++)
        if (rules->at[i]->field == f && rules->at[i]->column >= 0)
            return rules->at[i];
    return NULL;
}

struct text mapping_column(const struct mapping *m, const char *field)
{
    const struct field *f = record_field(m->record, text_from(field));
    const struct rule *r = f ? rule_of(&m->fields, f) : NULL;
    for (uint32_t i = 0; f && !r && i < m->fact_count; i++)
        r = rule_of(&m->facts[i].fields, f);
    if (!f && strcmp(field, "client") == 0)
        r = m->client;
    return r && !mapping_same(r->found, text_from(field)) ? r->found : (struct text){ 0 };
}

/* --- one cell --------------------------------------------------------------------------------- */

/* Runs of blanks become one blank; a copy is made only when there is such a run. */
static struct text squeeze(struct text t, struct arena *a)
{
    uint32_t i = 1, to = 0;
    while (i < t.length && !(t.at[i] == ' ' && t.at[i - 1] == ' '))
        i++;
    if (i >= t.length)
        return t;
    char *copy = arena_copy(a, t.at, t.length);
    for (i = 0; i < t.length; i++)
        if (i == 0 || copy[i] != ' ' || t.at[i - 1] != ' ')
            copy[to++] = copy[i];
    return (struct text){ copy, to };
}

struct text mapping_cell(const struct work *w, int column)
{
    struct text t = { 0 };
    if (column < 0)
        return t;
    t = squeeze(text_trim(w->cells[column]), w->a);
    if (mapping_says_nothing(w->m, t))
        t.length = 0;
    return t;
}

/* --- the row ---------------------------------------------------------------------------------- */

/* A detail is worth less than its ticket: a long one is cut. */
static void set_details(struct work *w)
{
    const struct mapping *m = w->m;
    for (uint32_t i = 0; i < m->detail_names.count; i++)
        mapping_detail(w, m->detail_names.at[i], mapping_cell(w, m->detail_columns[i]));
    mapping_details_end(w);
}

static int row_client(struct work *w, struct text *ret)
{
    struct text t;
    int r = mapping_rule_text(w, w->m->client, &t);
    if (r < 0)
        return r;
    if (text_empty(t))
        return mapping_wrong(w->e, "client",
                             "the row names no client, and the mapping has no default");
    *ret = client_id_make(t, w->a);
    return 0;
}

static int row_fact(struct work *w, const struct fact_rules *fact, struct mapped *ret)
{
    const struct mapping *m = w->m;
    mapping_begin(w);
    int r = mapping_set_fields(w, &m->fields);
    if (r == 0 && fact)
        r = mapping_set_fields(w, &fact->fields);
    if (r == 0 && fact)
        r = mapping_set_instant(w, m->moments[0], mapping_cell(w, fact->column));
    if (r == 0 && m->details)
        set_details(w);
    return r == 0 ? mapping_end(w, ret) : r;
}

int mapping_row(const struct mapping *m, const struct text *cells, uint32_t count, int64_t row,
                struct arena *a, struct mapped *ret, uint32_t *ret_count, struct msg_error *reterr)
{
    struct work w = { .m = m, .cells = cells, .row = row, .a = a, .e = reterr };
    struct text client = { 0 };
    uint32_t made = 0;
    if (count != m->columns)
        return mapping_wrong(reterr, "row", "it has %u cells, and the header has %u", count,
                             m->columns);
    int r = row_client(&w, &client);
    for (uint32_t i = 0; i < (m->fact_count ? m->fact_count : 1) && r == 0; i++) {
        const struct fact_rules *fact = m->fact_count ? &m->facts[i] : NULL;
        if (fact && text_empty(mapping_cell(&w, fact->column)))
            continue;
        r = row_fact(&w, fact, &ret[made]);
        ret[made++].client = client;
    }
    if (r == 0 && made == 0)
        r = mapping_wrong(reterr, m->moments[0]->name, "the row tells of no moment");
    if (r == 0)
        *ret_count = made;
    return r;
}

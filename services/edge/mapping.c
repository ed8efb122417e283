/* mapping: rows to facts; see mapping.h. */
#include "services/edge/mapping.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <strings.h>

#include "common/id.h"
#include "services/edge/convert.h"
#include "services/edge/mapping_private.h"

char mapping_delimiter(const struct mapping *m)
{
    return m->delimiter;
}

void mapping_client_default(struct mapping *m, struct text client)
{
    m->client->missing = client;
    m->client->has_missing = true;
}

const char *mapping_file(const struct mapping *m)
{
    return m->file;
}

const struct field *const *mapping_order(const struct mapping *m, uint32_t *ret_count)
{
    *ret_count = m->order_count;
    return m->order;
}

/* --- the header ------------------------------------------------------------------------------- */

static bool same_word(struct text a, struct text b)
{
    return a.length == b.length && strncasecmp(a.at, b.at, a.length) == 0;
}

static int column_of(const struct text *header, uint32_t count, struct text name)
{
    for (uint32_t i = 0; i < count; i++)
        if (same_word(text_trim(header[i]), name))
            return (int)i;
    return -1;
}

static int lacks(const struct mapping *m, unsigned line, const char *key, struct text column,
                 struct mapping_error *e)
{
    *e = (struct mapping_error){ .line = line };
    snprintf(e->file, sizeof e->file, "%s", m->file);
    snprintf(e->key, sizeof e->key, "%s", key);
    snprintf(e->rule, sizeof e->rule, "the file has no column \"%.*s\"", TEXT_ARG(column));
    return -EINVAL;
}

static int bind_rule(const struct mapping *m, struct rule *r, const struct text *header,
                     uint32_t count, struct mapping_error *reterr)
{
    r->column = -1;
    for (uint32_t i = 0; i < r->columns.count && r->column < 0; i++)
        r->column = column_of(header, count, r->columns.at[i]);
    if (r->column >= 0 || r->columns.count == 0 || r->optional)
        return 0;
    return lacks(m, r->line, r->field ? r->field->name : "client", r->columns.at[0], reterr);
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
        r = f->column < 0 ? lacks(m, f->line, "facts.when", f->when, reterr)
                          : bind_rules(m, &f->fields, header, count, reterr);
    }
    for (uint32_t i = 0; i < m->detail_names.count; i++) /* further columns may be absent */
        m->detail_columns[i] = column_of(header, count, m->detail_names.at[i]);
    return r;
}

/* --- one cell --------------------------------------------------------------------------------- */

static int wrong(struct msg_error *e, const char *field, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int wrong(struct msg_error *e, const char *field, const char *format, ...)
{
    va_list list;
    snprintf(e->field, sizeof e->field, "%s", field);
    va_start(list, format);
    vsnprintf(e->rule, sizeof e->rule, format, list);
    va_end(list);
    return -EINVAL;
}

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

static bool says_nothing(const struct mapping *m, struct text t)
{
    for (uint32_t i = 0; i < m->missing.count; i++)
        if (text_equal(t, m->missing.at[i]))
            return true;
    return t.length == 0;
}

/* At most `most` bytes of t, not through the middle of a character. */
static struct text cut(struct text t, uint32_t most)
{
    if (t.length <= most)
        return t;
    while (most && ((unsigned char)t.at[most] & 0xc0) == 0x80)
        most--;
    return (struct text){ t.at, most };
}

/* As much of a cell as an error message takes. */
static struct text shown(struct text t)
{
    return cut(t, 60);
}

/* A cell without its spaces; empty when it says nothing or is not there. */
static struct text cell(const struct mapping *m, const struct text *cells, int column,
                        struct arena *a)
{
    struct text t = { 0 };
    if (column < 0)
        return t;
    t = squeeze(text_trim(cells[column]), a);
    if (says_nothing(m, t))
        t.length = 0;
    return t;
}

static struct text strip(const struct rule *r, struct text t)
{
    for (uint32_t i = 0; i < r->strip.count; i++) {
        struct text s = r->strip.at[i];
        if (s.length <= t.length && strncasecmp(s.at, t.at, s.length) == 0)
            return (struct text){ t.at + s.length, t.length - s.length };
    }
    return t;
}

static struct text first_digits(struct text t)
{
    uint32_t from = 0, to;
    while (from < t.length && !isdigit((unsigned char)t.at[from]))
        from++;
    for (to = from; to < t.length && isdigit((unsigned char)t.at[to]);)
        to++;
    return (struct text){ t.at + from, to - from };
}

/* A row on its way to being a fact. */
struct work {
    const struct mapping *m;
    const struct text *cells;
    int64_t row;
    struct arena *a;
    struct msg_error *e;
    void *value;
    struct text_pair originals[MSG_FIELDS_MAX]; /* texts that `otherwise` replaced */
    uint32_t original_count;
};

/* What a rule makes of a row: *ret, empty when the field is not given. */
static int rule_text(struct work *w, const struct rule *r, struct text *ret)
{
    struct text t = r->has_is ? r->is : cell(w->m, w->cells, r->column, w->a);
    *ret = t;
    if (r->has_is)
        return 0;
    if (text_empty(t)) {
        *ret = r->missing;
        return 0;
    }
    *ret = strip(r, t);
    if (r->take_digits)
        *ret = first_digits(*ret);
    for (uint32_t i = 0; i < r->value_count; i++) {
        if (same_word(r->values[i].from, *ret)) {
            *ret = r->values[i].to;
            return 0;
        }
    }
    if (!r->values || !r->field)
        return 0;
    if (!r->has_otherwise)
        return wrong(w->e, r->field->name, "\"%.*s\" is not among the values of the mapping",
                     TEXT_ARG(shown(*ret)));
    if (!text_empty(r->original) && w->original_count < MSG_FIELDS_MAX)
        w->originals[w->original_count++] = (struct text_pair){ r->original, t };
    *ret = r->otherwise;
    return 0;
}

static int set_instant(struct work *w, const struct field *f, struct text t)
{
    const struct mapping *m = w->m;
    for (uint32_t i = 0; i < m->date_count; i++) {
        if (date_parse(&m->dates[i], t, m->zone, field_at(f, w->value)) == 0) {
            field_given(f, w->value);
            return 0;
        }
    }
    return wrong(w->e, f->name, "\"%.*s\" is no instant of the mapping's dates",
                 TEXT_ARG(shown(t)));
}

static int set_field(struct work *w, const struct rule *r)
{
    struct text t;
    if (r->row) {
        t = arena_printf(w->a, "%lld", (long long)w->row);
        return field_set_text(r->field, t, 0, w->a, w->value, w->e);
    }
    int e = rule_text(w, r, &t);
    if (e < 0 || text_empty(t))
        return e;
    if (r->field->kind == KIND_INSTANT)
        return set_instant(w, r->field, t);
    if (r->cut && r->field->kind == KIND_TEXT)
        t = cut(t, (uint32_t)r->field->max);
    e = field_set_text(r->field, t, 0, w->a, w->value, w->e);
    if (e < 0) { /* what was in the cell helps more than the rule alone */
        struct msg_error why = *w->e;
        wrong(w->e, r->field->name, "\"%.*s\" %.120s", TEXT_ARG(shown(t)), why.rule);
    }
    return e;
}

/* --- clients ---------------------------------------------------------------------------------- */

static bool client_byte(char c)
{
    return isalnum((unsigned char)c) || c == '.' || c == '_' || c == '-';
}

bool client_id_valid(struct text t)
{
    for (uint32_t i = 0; i < t.length; i++)
        if (!client_byte(t.at[i]))
            return false;
    return t.length > 0 && t.length <= CLIENT_MAX;
}

struct text client_id_make(struct text t, struct arena *a)
{
    enum { HASH = 6 };
    char id[CLIENT_MAX + 1], hash[ID_TEXT + 1];
    uint32_t n = 0;
    if (client_id_valid(t))
        return t;
    for (uint32_t i = 0; i < t.length && n < CLIENT_MAX - HASH - 1; i++) {
        if (client_byte(t.at[i]))
            id[n++] = t.at[i];
        else if (n && id[n - 1] != '-')
            id[n++] = '-';
    }
    if (n && id[n - 1] != '-')
        id[n++] = '-';
    struct id derived = id_derive_bytes("client", 0, t.at, t.length);
    id_print(&derived, hash);
    memcpy(id + n, hash + ID_TEXT - HASH, HASH);
    return arena_text(a, (struct text){ id, n + HASH });
}

static int row_client(struct work *w, struct text *ret)
{
    struct text t;
    int r = rule_text(w, w->m->client, &t);
    if (r < 0)
        return r;
    if (text_empty(t))
        return wrong(w->e, "client", "the row names no client, and the mapping has no default");
    *ret = client_id_make(t, w->a);
    return 0;
}

/* --- the row ---------------------------------------------------------------------------------- */

static void add_pair(struct text_map *map, uint32_t room, struct text key, struct text value)
{
    struct text_pair *pairs = (struct text_pair *)(uintptr_t)map->at;
    if (map->count < room)
        pairs[map->count++] = (struct text_pair){ key, value };
}

/* A detail is worth less than its ticket: a long one is cut. */
static void set_details(struct work *w)
{
    const struct mapping *m = w->m;
    uint32_t room = m->detail_names.count + w->original_count;
    room = room < m->details->max ? room : (uint32_t)m->details->max;
    struct text_map map = { arena_alloc(w->a, room * sizeof(struct text_pair)), 0 };
    for (uint32_t i = 0; i < w->original_count; i++)
        add_pair(&map, room, w->originals[i].key, cut(w->originals[i].value, TEXT_MAP_TEXT_MAX));
    for (uint32_t i = 0; i < m->detail_names.count; i++) {
        struct text t = cut(cell(m, w->cells, m->detail_columns[i], w->a), TEXT_MAP_TEXT_MAX);
        if (t.length)
            add_pair(&map, room, m->detail_names.at[i], t);
    }
    field_set_map(m->details, map.at, map.count, w->value);
}

void mapping_keep_client(const struct mapping *m, struct text client, struct arena *a, void *value)
{
    if (!m->details || text_empty(m->client_kept_as))
        return;
    const struct text_map *old = field_at(m->details, value);
    struct text_map map = { arena_alloc(a, (old->count + 1) * sizeof(struct text_pair)), 0 };
    for (uint32_t i = 0; i < old->count && map.count + 1 < m->details->max; i++)
        add_pair(&map, old->count + 1, old->at[i].key, old->at[i].value);
    add_pair(&map, old->count + 1, m->client_kept_as, client);
    field_set_map(m->details, map.at, map.count, value);
}

static struct text group_of(const struct mapping *m, void *value, struct arena *a)
{
    const struct field *f = m->client_first_of;
    if (!f)
        return (struct text){ 0 };
    if (f->kind == KIND_TEXT || f->kind == KIND_REFERENCE)
        return *(const struct text *)field_at(f, value);
    return arena_printf(a, "%lld", (long long)*(const int64_t *)field_at(f, value));
}

static int make_fact(struct work *w, const struct fact_rules *fact, struct mapped *ret)
{
    const struct mapping *m = w->m;
    int r = 0;
    w->value = arena_alloc(w->a, m->record->size);
    w->original_count = 0;
    for (uint32_t i = 0; i < m->fields.count && r == 0; i++)
        r = set_field(w, m->fields.at[i]);
    for (uint32_t i = 0; fact && i < fact->fields.count && r == 0; i++)
        r = set_field(w, fact->fields.at[i]);
    if (r == 0 && fact)
        r = set_instant(w, m->moment, cell(m, w->cells, fact->column, w->a));
    if (r == 0 && m->details)
        set_details(w);
    if (r == 0 && *(const int64_t *)field_at(m->moment, w->value) == 0)
        r = wrong(w->e, m->moment->name, "is missing");
    if (r == 0)
        r = msg_check(m->record, w->value, w->e) < 0 ? -EINVAL : 0;
    if (r < 0)
        return r;
    ret->value = w->value;
    ret->moment = *(const int64_t *)field_at(m->moment, w->value);
    ret->group = group_of(m, w->value, w->a);
    return 0;
}

int mapping_row(const struct mapping *m, const struct text *cells, uint32_t count, int64_t row,
                struct arena *a, struct mapped *ret, uint32_t *ret_count, struct msg_error *reterr)
{
    struct work w = { .m = m, .cells = cells, .row = row, .a = a, .e = reterr };
    struct text client = { 0 };
    uint32_t made = 0;
    if (count != m->columns)
        return wrong(reterr, "row", "it has %u cells, and the header has %u", count, m->columns);
    int r = row_client(&w, &client);
    for (uint32_t i = 0; i < (m->fact_count ? m->fact_count : 1) && r == 0; i++) {
        const struct fact_rules *fact = m->fact_count ? &m->facts[i] : NULL;
        if (fact && text_empty(cell(m, cells, fact->column, a)))
            continue;
        r = make_fact(&w, fact, &ret[made]);
        ret[made++].client = client;
    }
    if (r == 0 && made == 0)
        r = wrong(reterr, m->moment->name, "the row tells of no moment");
    if (r == 0)
        *ret_count = made;
    return r;
}

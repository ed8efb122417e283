/* mapping: what rows and documents share, from a text to a checked fact; see mapping.h. */
#include "services/edge/mapping.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <strings.h>

#include "common/base/id.h"
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

/* --- texts ------------------------------------------------------------------------------------ */

int mapping_wrong(struct msg_error *e, const char *field, const char *format, ...)
{
    char rule[2 * sizeof e->rule];
    va_list list;
    va_start(list, format);
    vsnprintf(rule, sizeof rule, format, list);
    va_end(list);
    struct text at = text_cut(text_from(field), sizeof e->field - 1);
    struct text why = text_cut(text_from(rule), sizeof e->rule - 1);
    snprintf(e->field, sizeof e->field, "%.*s", TEXT_ARG(at));
    snprintf(e->rule, sizeof e->rule, "%.*s", TEXT_ARG(why));
    return -EINVAL;
}

bool mapping_is_json(const struct mapping *m)
{
    return m->json;
}

bool mapping_same(struct text a, struct text b)
{
    return a.length == b.length && (a.length == 0 || strncasecmp(a.at, b.at, a.length) == 0);
}

bool mapping_says_nothing(const struct mapping *m, struct text t)
{
    for (uint32_t i = 0; i < m->missing.count; i++)
        if (text_equal(t, m->missing.at[i]))
            return true;
    return t.length == 0;
}

struct text text_cut(struct text t, uint32_t most)
{
    if (t.length <= most)
        return t;
    while (most && ((unsigned char)t.at[most] & 0xc0) == 0x80)
        most--;
    return (struct text){ t.at, most };
}

struct text text_cut_visibly(struct text t, uint32_t most, struct arena *a)
{
    /* an ellipsis */
    static const struct text mark = TEXT_OF("\xe2\x80\xa6");
    if (t.length <= most)
        return t;
    struct text begin = text_cut(t, most - mark.length);
    return arena_printf(a, "%.*s%.*s", TEXT_ARG(begin), TEXT_ARG(mark));
}

struct text mapping_shown(struct text t)
{
    return text_cut(t, 60);
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

/* A text that holds the prefix's last character has one of its own: "desk:7" is not in need of
 * "csv:". */
static struct text with_prefix(const struct rule *r, struct text t, struct arena *a)
{
    struct text p = r->prefix;
    if (text_empty(p) || memchr(t.at, p.at[p.length - 1], t.length))
        return t;
    return arena_printf(a, "%.*s%.*s", TEXT_ARG(p), TEXT_ARG(t));
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

/* --- one field -------------------------------------------------------------------------------- */

int mapping_rule_text(struct work *w, const struct rule *r, struct text *ret)
{
    struct text t = r->is;
    int e = 0;
    if (!r->has_is && w->place)
        e = mapping_first_text(w, &r->at, false, &t);
    else if (!r->has_is)
        t = mapping_cell(w, r->column);
    *ret = t;
    if (r->has_is || e < 0)
        return e;
    if (text_empty(t)) {
        *ret = r->missing;
        return 0;
    }
    *ret = strip(r, t);
    if (r->take_digits)
        *ret = first_digits(*ret);
    if (r->take_digits && text_empty(*ret))
        return mapping_wrong(w->e, r->field->name, "\"%.*s\" holds no digits",
                             TEXT_ARG(mapping_shown(t)));
    for (uint32_t i = 0; i < r->value_count; i++) {
        if (mapping_same(r->values[i].from, *ret)) {
            *ret = r->values[i].to;
            return 0;
        }
    }
    if (!r->values || !r->field) {
        *ret = with_prefix(r, *ret, w->a);
        return 0;
    }
    if (!r->has_otherwise)
        return mapping_wrong(w->e, r->field->name,
                             "\"%.*s\" is not among the values of the mapping",
                             TEXT_ARG(mapping_shown(*ret)));
    if (!text_empty(r->original))
        mapping_detail(w, r->original, t);
    *ret = r->otherwise;
    return 0;
}

int mapping_set_instant(struct work *w, const struct field *f, struct text t)
{
    const struct mapping *m = w->m;
    for (uint32_t i = 0; i < m->date_count; i++) {
        if (date_parse(&m->dates[i], t, m->zone, field_at(f, w->value)) == 0) {
            field_given(f, w->value);
            return 0;
        }
    }
    return mapping_wrong(w->e, f->name, "\"%.*s\" is no instant of the mapping's dates",
                         TEXT_ARG(mapping_shown(t)));
}

/* A date may come with a time of day, which says nothing: the day is the one that is written. */
static int set_date(struct work *w, const struct field *f, struct text t)
{
    enum { DATE = sizeof "2026-01-01" - 1 };
    const struct mapping *m = w->m;
    bool timed = t.length > DATE && (t.at[DATE] == 'T' || t.at[DATE] == ' ');
    int64_t midnight;
    if (field_set_text(f, (struct text){ t.at, timed ? DATE : t.length }, 0, w->a, w->value,
                       w->e) == 0)
        return 0;
    for (uint32_t i = 0; i < m->date_count; i++)
        if (!m->dates[i].iso && date_parse(&m->dates[i], t, 0, &midnight) == 0) {
            *(int64_t *)field_at(f, w->value) = midnight / DAYS;
            field_given(f, w->value);
            return 0;
        }
    return -EINVAL;
}

/* What tells tickets apart must stay apart: a text that is longer than its field gets a hash of all
 * of it for an end. */
static struct text fit_key(struct work *w, struct text t, uint32_t most)
{
    char hash[ID_TEXT + 1];
    w->key = t;
    if (t.length <= most)
        return t;
    struct id id = id_derive_bytes("key", 0, t.at, t.length);
    id_print(&id, hash);
    return arena_printf(w->a, "%.*s-%s", TEXT_ARG(text_cut(t, most - ID_TEXT - 1)), hash);
}

/* A text of a document may hold line ends and other control characters, which have no place in a
 * title: each run of them and of blanks becomes one blank. Of a very long one the rest is left off;
 * what remains is still longer than any field. */
static struct text one_line(struct text t, struct arena *a)
{
    uint32_t to = 0;
    t = text_cut(t, MAPPING_TEXT_MAX);
    char *copy = arena_copy(a, t.at, t.length);
    for (uint32_t i = 0; i < t.length; i++) {
        bool blank = (unsigned char)t.at[i] <= ' ' || t.at[i] == 0x7f;
        if (!blank)
            copy[to++] = t.at[i];
        else if (to && copy[to - 1] != ' ')
            copy[to++] = ' ';
    }
    return (struct text){ copy, to };
}

static int set_field(struct work *w, const struct rule *r)
{
    struct text t;
    if (r->row) {
        t = arena_printf(w->a, "%lld", (long long)w->row);
        return field_set_text(r->field, t, 0, w->a, w->value, w->e);
    }
    int e = mapping_rule_text(w, r, &t);
    if (e < 0 || text_empty(t))
        return e;
    if (r->field->kind == KIND_INSTANT)
        return mapping_set_instant(w, r->field, t);
    if (r->key)
        t = fit_key(w, t, (uint32_t)r->field->max);
    else if (w->place && r->field->kind == KIND_TEXT)
        t = one_line(t, w->a);
    if (r->cut && r->field->kind == KIND_TEXT)
        t = text_cut_visibly(t, (uint32_t)r->field->max, w->a);
    e = r->field->kind == KIND_DATE ? set_date(w, r->field, t)
                                    : field_set_text(r->field, t, 0, w->a, w->value, w->e);
    if (e < 0) { /* what was in the source helps more than the rule alone */
        struct msg_error why = *w->e;
        mapping_wrong(w->e, r->field->name, "\"%.*s\" %.120s", TEXT_ARG(mapping_shown(t)),
                      why.rule);
    }
    return e;
}

int mapping_set_fields(struct work *w, const struct rules *rules)
{
    int r = 0;
    for (uint32_t i = 0; i < rules->count && r == 0; i++) {
        w->rule = rules->at[i];
        r = set_field(w, w->rule);
    }
    return r;
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

/* --- details ---------------------------------------------------------------------------------- */

void mapping_detail(struct work *w, struct text key, struct text value)
{
    if (text_empty(value) || !w->m->details)
        return;
    key = text_cut_visibly(key, TEXT_MAP_TEXT_MAX, w->a);
    for (uint32_t i = 0; i < w->detail_count; i++)
        if (text_equal(w->details[i].key, key))
            return;
    if (w->detail_count == w->m->details->max || w->detail_count == MAPPING_DETAILS_MAX) {
        w->details_dropped++;
        return;
    }
    value = text_cut_visibly(value, TEXT_MAP_TEXT_MAX, w->a);
    w->details[w->detail_count++] = (struct text_pair){ key, value };
}

void mapping_details_end(struct work *w)
{
    size_t size = w->detail_count * sizeof *w->details;
    if (w->details_dropped)
        w->details[w->detail_count - 1] = (struct text_pair){
            text_from("dropped"),
            arena_printf(w->a, "%u more", w->details_dropped + 1),
        };
    if (size)
        field_set_map(w->m->details, arena_copy(w->a, w->details, size), w->detail_count, w->value);
}

static void add_pair(struct text_map *map, uint32_t room, struct text key, struct text value)
{
    struct text_pair *pairs = (struct text_pair *)(uintptr_t)map->at;
    if (map->count < room)
        pairs[map->count++] = (struct text_pair){ key, value };
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

/* --- the fact --------------------------------------------------------------------------------- */

static struct text group_of(const struct mapping *m, void *value, struct arena *a)
{
    const struct field *f = m->client_first_of;
    if (!f)
        return (struct text){ 0 };
    if (f->kind == KIND_TEXT || f->kind == KIND_REFERENCE)
        return *(const struct text *)field_at(f, value);
    return arena_printf(a, "%lld", (long long)*(const int64_t *)field_at(f, value));
}

/* A day begins where its file's dates were written. */
static int64_t moment_of(const struct mapping *m, const void *value)
{
    for (uint32_t i = 0; i < m->moment_count; i++) {
        const struct field *f = m->moments[i];
        int64_t v = *(const int64_t *)(const void *)((const uint8_t *)value + f->offset);
        if (v)
            return f->kind == KIND_DATE ? v * DAYS - m->zone : v;
    }
    return 0;
}

void mapping_begin(struct work *w)
{
    w->value = arena_alloc(w->a, w->m->record->size);
    w->detail_count = w->details_dropped = w->members = 0;
    w->key = (struct text){ 0 };
    w->rule = NULL;
}

int mapping_end(struct work *w, struct mapped *ret)
{
    const struct mapping *m = w->m;
    struct msg_buffer body = { .arena = w->a };
    int64_t moment = moment_of(m, w->value);
    w->rule = NULL;
    if (moment == 0)
        return mapping_wrong(w->e, m->moments[0]->name, "is missing");
    if (msg_check(m->record, w->value, w->e) < 0)
        return -EINVAL;
    msg_encode(m->record, w->value, &body);
    *ret = (struct mapped){
        .moment = moment,
        .group = group_of(m, w->value, w->a),
        .key = w->key,
        .value = w->value,
        .body = body.at,
        .body_size = body.size,
    };
    return 0;
}

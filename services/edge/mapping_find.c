/* Expressions of a mapping: what they say in a document. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/id.h"
#include "services/edge/convert.h"
#include "services/edge/mapping_private.h"

/* --- pointers --------------------------------------------------------------------------------- */

/* The index of a list, as RFC 6901 writes it: no sign, no leading zero. */
static bool index_of(struct text t, size_t *ret)
{
    int64_t v;
    if (t.length == 0 || (t.length > 1 && t.at[0] == '0') || t.at[0] < '0' || t.at[0] > '9' ||
        integer_parse(t, &v) < 0)
        return false;
    *ret = (size_t)v;
    return true;
}

const json_t *pointer_find(const struct pointer *p, const json_t *value)
{
    for (uint32_t i = 0; i < p->count && value; i++) {
        size_t n;
        if (json_is_object(value))
            value = json_object_getn(value, p->steps[i].at, p->steps[i].length);
        else if (json_is_array(value) && index_of(p->steps[i], &n))
            value = json_array_get(value, n);
        else
            return NULL;
    }
    return value;
}

const json_t *term_value(const struct term *t, const struct place *p)
{
    return pointer_find(&t->pointer, t->root ? p->root : p->element);
}

struct text expression_path(const struct expression *e, const struct place *p, struct arena *a)
{
    for (uint32_t i = 0; i < e->count; i++) {
        const struct term *t = &e->terms[i];
        if (t->kind != TERM_POINTER && t->kind != TERM_HASH && t->kind != TERM_FINGERPRINT)
            continue;
        return t->root ? t->pointer.text
                       : arena_printf(a, "%.*s%.*s", TEXT_ARG(p->path), TEXT_ARG(t->pointer.text));
    }
    return (struct text){ 0 };
}

/* --- values as texts -------------------------------------------------------------------------- */

struct sink {
    char at[MAPPING_TEXT_MAX];
    size_t used;
};

/* Takes what fits and stops jansson there: nobody reads on, and values can be as large as the
 * document. */
static int sink_take(const char *bytes, size_t size, void *arg)
{
    struct sink *s = arg;
    size_t room = sizeof s->at - s->used, n = size < room ? size : room;
    memcpy(s->at + s->used, bytes, n);
    s->used += n;
    return n < size ? -1 : 0;
}

static struct text printed(const json_t *v, struct arena *a)
{
    struct sink s;
    s.used = 0;
    json_dump_callback(v, sink_take, &s, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    struct text all = { s.at, (uint32_t)s.used };
    return arena_text(a, text_cut(all, MAPPING_TEXT_MAX - 4));
}

static int value_text(const json_t *v, bool deep, struct arena *a, struct text *ret)
{
    *ret = (struct text){ 0 };
    switch (v ? json_typeof(v) : JSON_NULL) {
    case JSON_STRING:
        *ret = (struct text){ json_string_value(v), (uint32_t)json_string_length(v) };
        return ret->length && memchr(ret->at, 0, ret->length) ? -EINVAL : 0;
    case JSON_INTEGER:
        *ret = arena_printf(a, "%lld", (long long)json_integer_value(v));
        return 0;
    case JSON_TRUE:
    case JSON_FALSE:
        *ret = text_from(json_is_true(v) ? "true" : "false");
        return 0;
    case JSON_REAL:
        *ret = printed(v, a);
        return 0;
    case JSON_OBJECT:
    case JSON_ARRAY:
        if (json_object_size(v) + json_array_size(v) == 0)
            return 0;
        if (!deep)
            return -EINVAL;
        *ret = printed(v, a);
        return 0;
    default:
        return 0;
    }
}

/* --- hashes ----------------------------------------------------------------------------------- */

/* The value in a form that does not depend on the order of members, hashed. */
static struct text hash_of(const json_t *v, struct arena *a)
{
    char out[ID_TEXT + 1];
    char *canonical = v ? json_dumps(v, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY) : NULL;
    if (!canonical)
        return (struct text){ 0 };
    struct id id = id_derive_bytes("hash", 0, canonical, strlen(canonical));
    free(canonical);
    id_print(&id, out);
    return arena_text(a, text_from(out));
}

struct label {
    struct text name;
    const json_t *value;
};

static int by_name(const void *left, const void *right)
{
    const struct label *a = left, *b = right;
    return text_compare(a->name, b->name);
}

static uint64_t fnv(uint64_t sum, struct text t)
{
    const unsigned char separator = 255;
    for (uint32_t i = 0; i < t.length; i++)
        sum = (sum ^ (unsigned char)t.at[i]) * UINT64_C(1099511628211);
    return (sum ^ separator) * UINT64_C(1099511628211);
}

/* As Prometheus computes it (FNV-1a over names and values in order of names), so that an old
 * Alertmanager's alerts keep their numbers when a new one sends the fingerprint itself. */
static struct text fingerprint_of(const json_t *labels, struct arena *a)
{
    size_t count = json_object_size(labels), n = 0;
    if (count == 0)
        return (struct text){ 0 };
    struct label *all = arena_alloc(a, count * sizeof *all);
    json_t *object = (json_t *)(uintptr_t)labels; /* iterators take no const, and change nothing */
    for (void *i = json_object_iter(object); i; i = json_object_iter_next(object, i)) {
        struct text name = { json_object_iter_key(i), (uint32_t)json_object_iter_key_len(i) };
        all[n++] = (struct label){ name, json_object_iter_value(i) };
    }
    qsort(all, n, sizeof *all, by_name);
    uint64_t sum = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < n; i++) {
        struct text value;
        if (value_text(all[i].value, true, a, &value) < 0)
            return (struct text){ 0 };
        sum = fnv(fnv(sum, all[i].name), value);
    }
    return arena_printf(a, "%016llx", (unsigned long long)sum);
}

/* --- expressions ------------------------------------------------------------------------------ */

static int term_text(const struct term *t, const struct place *p, bool deep, struct arena *a,
                     struct text *ret)
{
    char now[INSTANT_TEXT + 1];
    *ret = (struct text){ 0 };
    switch (t->kind) {
    case TERM_LITERAL:
        *ret = t->literal;
        return 0;
    case TERM_POINTER:
        return value_text(term_value(t, p), deep, a, ret);
    case TERM_FINGERPRINT:
        *ret = fingerprint_of(term_value(t, p), a);
        return 0;
    case TERM_HASH:
        *ret = hash_of(term_value(t, p), a);
        return 0;
    case TERM_RECEIVED:
        if (p->ctx->received_at) {
            instant_print(p->ctx->received_at, now);
            *ret = arena_text(a, text_from(now));
        }
        return 0;
    case TERM_SOURCE:
        *ret = p->ctx->source;
        return 0;
    case TERM_KEY:
        *ret = p->key;
        return 0;
    case TERM_FIELD:
        *ret = p->field;
        return 0;
    case TERM_RULE:
        *ret = p->rule;
        return 0;
    }
    return 0;
}

int expression_text(const struct expression *e, const struct place *p, bool deep, struct arena *a,
                    struct text *ret)
{
    struct text all = { 0 };
    for (uint32_t i = 0; i < e->count; i++) {
        struct text t = { 0 };
        int r = term_text(&e->terms[i], p, deep, a, &t);
        if (r < 0)
            return r;
        if (e->count > 1 && e->terms[i].kind != TERM_LITERAL)
            t = text_cut(text_trim(t), MAPPING_TEXT_MAX);
        if (text_empty(t)) {
            *ret = (struct text){ 0 };
            return 0;
        }
        all = i ? arena_printf(a, "%.*s%.*s", TEXT_ARG(all), TEXT_ARG(t)) : t;
    }
    *ret = all;
    return 0;
}

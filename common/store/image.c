/* image: see image.h. */
#include "common/store/image.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

enum { IMAGE_FORMAT = 2, BITMAP_MAX = MSG_FIELDS_MAX / 8 };

static size_t fixed_size(enum kind kind)
{
    switch (kind) {
    case KIND_BOOL:
        return sizeof(bool);
    case KIND_ENUM:
        return sizeof(int32_t);
    case KIND_TEXT:
    case KIND_REFERENCE:
    case KIND_LIST:
    case KIND_MAP:
        return 0; /* what follows is as long as its count says */
    default:
        return sizeof(int64_t);
    }
}

/* --- writing -------------------------------------------------------------------------------- */

static bool is_zero(const struct field *f, const uint8_t *at)
{
    static const uint8_t zero[sizeof(int64_t)];
    size_t fixed = fixed_size(f->kind);
    if (fixed)
        return memcmp(at, zero, fixed) == 0;
    if (f->kind == KIND_TEXT || f->kind == KIND_REFERENCE) {
        const struct text *t = (const void *)at;
        return t->length == 0;
    }
    const struct list *l = (const void *)at;
    return l->count == 0;
}

static void put_count(struct msg_buffer *b, uint32_t n)
{
    msg_put_raw(b, &n, sizeof n);
}

static void put_text(struct msg_buffer *b, struct text t)
{
    put_count(b, t.length);
    msg_put_raw(b, t.at, t.length);
}

static void put_long(const struct field *f, const uint8_t *at, struct msg_buffer *b)
{
    if (f->kind == KIND_TEXT || f->kind == KIND_REFERENCE) {
        const struct text *t = (const void *)at;
        put_text(b, *t);
    } else if (f->kind == KIND_MAP) {
        const struct text_map *m = (const void *)at;
        put_count(b, m->count);
        for (uint32_t i = 0; i < m->count; i++) {
            put_text(b, m->at[i].key);
            put_text(b, m->at[i].value);
        }
    } else {
        const struct list *l = (const void *)at;
        const uint8_t *item = l->at;
        put_count(b, l->count);
        for (uint32_t i = 0; i < l->count; i++, item += f->record->size)
            image_write(f->record, item, b);
    }
}

void image_write(const struct record *r, const void *value, struct msg_buffer *b)
{
    const struct field_rows rows = r->fields();
    const uint8_t *at = value;
    uint8_t given[BITMAP_MAX] = { 0 };
    for (size_t i = 0; i < rows.count; i++) {
        const struct field *f = &rows.at[i];
        if (at[f->has_offset] || !is_zero(f, at + f->offset))
            given[i / 8] |= (uint8_t)(1 << i % 8);
    }
    msg_put_raw(b, given, (rows.count + 7) / 8);
    for (size_t i = 0; i < rows.count; i++) {
        const struct field *f = &rows.at[i];
        size_t fixed = fixed_size(f->kind);
        if (!(given[i / 8] >> i % 8 & 1))
            continue;
        if (fixed)
            msg_put_raw(b, at + f->offset, fixed);
        else
            put_long(f, at + f->offset, b);
    }
}

/* --- reading -------------------------------------------------------------------------------- */

struct input {
    const uint8_t *at, *end;
};

static const uint8_t *take(struct input *in, size_t n)
{
    if ((size_t)(in->end - in->at) < n)
        return NULL;
    in->at += n;
    return in->at - n;
}

static bool take_count(struct input *in, uint32_t *ret)
{
    const uint8_t *at = take(in, sizeof *ret);
    if (at)
        memcpy(ret, at, sizeof *ret);
    /* Every element has at least one byte, so no count makes more memory than its bytes are worth.
     */
    return at && *ret <= (size_t)(in->end - in->at);
}

static bool take_text(struct input *in, struct text *ret)
{
    if (!take_count(in, &ret->length))
        return false;
    ret->at = (const char *)take(in, ret->length);
    return true;
}

static bool take_map(struct input *in, struct arena *a, struct text_map *ret)
{
    if (!take_count(in, &ret->count))
        return false;
    struct text_pair *pairs = arena_alloc(a, ret->count * sizeof *pairs);
    for (uint32_t i = 0; i < ret->count; i++)
        if (!take_text(in, &pairs[i].key) || !take_text(in, &pairs[i].value))
            return false;
    ret->at = pairs;
    return true;
}

static bool take_record(const struct record *r, struct input *in, struct arena *a, uint8_t *ret);

static bool take_list(const struct field *f, struct input *in, struct arena *a, struct list *ret)
{
    if (!take_count(in, &ret->count))
        return false;
    uint8_t *items = arena_alloc(a, ret->count * f->record->size);
    for (uint32_t i = 0; i < ret->count; i++)
        if (!take_record(f->record, in, a, items + i * f->record->size))
            return false;
    ret->at = items;
    return true;
}

static bool take_long(const struct field *f, struct input *in, struct arena *a, void *ret)
{
    if (f->kind == KIND_TEXT || f->kind == KIND_REFERENCE)
        return take_text(in, ret);
    return f->kind == KIND_MAP ? take_map(in, a, ret) : take_list(f, in, a, ret);
}

static bool take_record(const struct record *r, struct input *in, struct arena *a, uint8_t *ret)
{
    const struct field_rows rows = r->fields();
    const uint8_t *given = take(in, (rows.count + 7) / 8);
    for (size_t i = 0; given && i < rows.count; i++) {
        const struct field *f = &rows.at[i];
        size_t fixed = fixed_size(f->kind);
        if (!(given[i / 8] >> i % 8 & 1))
            continue;
        ret[f->has_offset] = true;
        if (!fixed) {
            if (!take_long(f, in, a, ret + f->offset))
                return false;
            continue;
        }
        const uint8_t *at = take(in, fixed);
        if (!at)
            return false;
        memcpy(ret + f->offset, at, fixed);
    }
    return given;
}

int image_read(const struct record *r, const void *bytes, size_t size, struct arena *a, void *ret)
{
    struct input in = { bytes, (const uint8_t *)bytes + size };
    return take_record(r, &in, a, ret) && in.at == in.end ? 0 : -EBADMSG;
}

/* --- what an image depends on --------------------------------------------------------------- */

static void hash_word(crypto_generichash_state *h, const char *word)
{
    crypto_generichash_update(h, (const uint8_t *)word, strlen(word) + 1);
}

static void hash_number(crypto_generichash_state *h, int64_t number)
{
    crypto_generichash_update(h, (const uint8_t *)&number, sizeof number);
}

static void hash_record(crypto_generichash_state *h, const struct record *r)
{
    const struct field_rows rows = r->fields();
    for (size_t i = 0; i < rows.count; i++) {
        hash_word(h, rows.at[i].name);
        hash_number(h, (int64_t)rows.at[i].kind);
        hash_number(h, rows.at[i].scale);
        if (rows.at[i].record)
            hash_record(h, rows.at[i].record);
    }
    hash_word(h, "");
}

uint64_t image_fingerprint(const struct service_type *s)
{
    crypto_generichash_state h;
    uint64_t ret;
    uint8_t out[crypto_generichash_BYTES_MIN];
    crypto_generichash_init(&h, NULL, 0, sizeof out);
    hash_number(&h, IMAGE_FORMAT);
    hash_number(&h, s->fold_version);
    for (size_t i = 0; i < s->entity_count; i++) {
        hash_number(&h, s->entities[i].id);
        hash_number(&h, (int64_t)s->entities[i].how); /* one that became timed has due rows */
        hash_record(&h, s->entities[i].record);
    }
    for (size_t i = 0; i < s->index_count; i++) {
        hash_number(&h, s->indexes[i].id);
        hash_number(&h, s->indexes[i].entity);
    }
    crypto_generichash_final(&h, out, sizeof out);
    memcpy(&ret, out, sizeof ret);
    return ret;
}

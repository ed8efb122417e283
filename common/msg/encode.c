/* encode: structs to MessagePack, row by row. msgpack-c packs; its writer is a buffer that grows in
 * the turn's arena. */
#include <assert.h>
#include <msgpack.h>

#include "common/msg/msg.h"

enum { BUFFER_FIRST = 512 };

static void grow(struct msg_buffer *b, size_t size)
{
    size_t room = b->room ? b->room * 2 : BUFFER_FIRST;
    while (room - b->size < size)
        room *= 2;
    uint8_t *at = arena_alloc(b->arena, room);
    if (b->size)
        memcpy(at, b->at, b->size);
    b->at = at;
    b->room = room;
}

/* Room for size more bytes, which the caller writes. */
static inline uint8_t *reserve(struct msg_buffer *b, size_t size)
{
    if (b->room - b->size < size)
        grow(b, size);
    uint8_t *at = b->at + b->size;
    b->size += size;
    return at;
}

static int buffer_write(void *to, const char *bytes, size_t size)
{
    if (size)
        memcpy(reserve(to, size), bytes, size);
    return 0;
}

static msgpack_packer packer_of(struct msg_buffer *b)
{
    return (msgpack_packer){ .data = b, .callback = buffer_write };
}

void msg_put_map(struct msg_buffer *b, uint32_t entries)
{
    msgpack_packer p = packer_of(b);
    msgpack_pack_map(&p, entries);
}

void msg_put_array(struct msg_buffer *b, uint32_t entries)
{
    msgpack_packer p = packer_of(b);
    msgpack_pack_array(&p, entries);
}

void msg_put_text(struct msg_buffer *b, struct text t)
{
    msgpack_packer p = packer_of(b);
    msgpack_pack_str(&p, t.length);
    buffer_write(b, t.at, t.length);
}

/* Half of what is written are the names of fields; each is a str of less than 32 bytes, whose
 * header is one byte. */
static void put_name(struct msg_buffer *b, const struct field *f)
{
    assert(f->name_length < 32);
    uint8_t *at = reserve(b, f->name_length + (size_t)1);
    *at = (uint8_t)(0xa0 | f->name_length);
    memcpy(at + 1, f->name, f->name_length);
}

void msg_put_key(struct msg_buffer *b, const char *key)
{
    msg_put_text(b, text_from(key));
}

void msg_put_integer(struct msg_buffer *b, int64_t v)
{
    msgpack_packer p = packer_of(b);
    msgpack_pack_int64(&p, v);
}

void msg_put_bool(struct msg_buffer *b, bool v)
{
    msgpack_packer p = packer_of(b);
    if (v)
        msgpack_pack_true(&p);
    else
        msgpack_pack_false(&p);
}

void msg_put_nil(struct msg_buffer *b)
{
    msgpack_packer p = packer_of(b);
    msgpack_pack_nil(&p);
}

void msg_put_bin(struct msg_buffer *b, const void *bytes, size_t size)
{
    msgpack_packer p = packer_of(b);
    msgpack_pack_bin(&p, size);
    msgpack_pack_bin_body(&p, bytes, size);
}

void msg_put_instant(struct msg_buffer *b, int64_t instant)
{
    char text[INSTANT_TEXT + 1];
    uint32_t length = (uint32_t)instant_print(instant, text);
    msg_put_text(b, (struct text){ text, length });
}

void msg_put_raw(struct msg_buffer *b, const void *bytes, size_t size)
{
    buffer_write(b, bytes, size);
}

static bool is_given(const struct field *f, const char *at)
{
    const bool *has = (const void *)(at + f->has_offset);
    const void *value = at + f->offset;
    switch (f->kind) {
    case KIND_TEXT: {
        const struct text *t = value;
        return t->length || *has;
    }
    case KIND_REFERENCE: { /* an empty reference names nothing, so it cannot be written */
        const struct text *t = value;
        return t->length;
    }
    case KIND_BOOL: {
        const bool *v = value;
        return *v || *has;
    }
    case KIND_ENUM: { /* 0 is no value */
        const int32_t *v = value;
        return *v;
    }
    case KIND_DATE:
    case KIND_INSTANT: { /* 0 is "not given" */
        const int64_t *v = value;
        return *v;
    }
    case KIND_LIST: {
        const struct list *l = value;
        return l->count || *has;
    }
    case KIND_MAP: {
        const struct text_map *m = value;
        return m->count || *has;
    }
    default: {
        const int64_t *v = value;
        return *v || *has;
    }
    }
}

static void put_list(const struct field *f, const struct list *l, struct msg_buffer *b)
{
    const char *item = l->at;
    msg_put_array(b, l->count);
    for (uint32_t i = 0; i < l->count; i++, item += f->record->size)
        msg_encode(f->record, item, b);
}

static void put_text_map(const struct text_map *m, struct msg_buffer *b)
{
    msg_put_map(b, m->count);
    for (uint32_t i = 0; i < m->count; i++) {
        msg_put_text(b, m->at[i].key);
        msg_put_text(b, m->at[i].value);
    }
}

/* Numbers that travel as text. */
static void put_number_text(const struct field *f, int64_t v, struct msg_buffer *b)
{
    char text[DURATION_TEXT_MAX];
    size_t length;
    if (f->kind == KIND_INSTANT)
        length = instant_print(v, text);
    else if (f->kind == KIND_DURATION)
        length = duration_print(v, text);
    else if (f->kind == KIND_DECIMAL)
        length = decimal_print(v, f->scale, text);
    else if (f->kind == KIND_DATE)
        length = day_print(v, text);
    else if (f->kind == KIND_TIME)
        length = time_print(v, text);
    else
        length = local_time_print(v, text);
    msg_put_text(b, (struct text){ text, (uint32_t)length });
}

static void put_field(const struct field *f, const char *at, struct msg_buffer *b)
{
    const void *value = at + f->offset;
    switch (f->kind) {
    case KIND_TEXT:
    case KIND_REFERENCE: {
        const struct text *t = value;
        msg_put_text(b, *t);
        return;
    }
    case KIND_INTEGER: {
        const int64_t *v = value;
        msg_put_integer(b, *v);
        return;
    }
    case KIND_BOOL: {
        const bool *v = value;
        msg_put_bool(b, *v);
        return;
    }
    case KIND_ENUM: {
        const int32_t *v = value;
        msg_put_key(b,
                    enumeration_name(f->values, *v)); /* NULL gives "", which no reader accepts */
        return;
    }
    case KIND_LIST:
        put_list(f, value, b);
        return;
    case KIND_MAP:
        put_text_map(value, b);
        return;
    case KIND_DECIMAL:
    case KIND_INSTANT:
    case KIND_DURATION:
    case KIND_DATE:
    case KIND_TIME:
    case KIND_LOCAL_TIME: {
        const int64_t *v = value;
        put_number_text(f, *v, b);
        return;
    }
    }
}

void msg_encode(const struct record *r, const void *value, struct msg_buffer *b)
{
    struct field_rows rows = r->fields();
    const char *at = value;
    uint8_t given[MSG_FIELDS_MAX];
    uint32_t count = 0;
    assert(rows.count <= MSG_FIELDS_MAX);
    for (size_t i = 0; i < rows.count; i++)
        if (rows.at[i].need == REQUIRED || is_given(&rows.at[i], at))
            given[count++] = (uint8_t)i;

    msg_put_map(b, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct field *f = &rows.at[given[i]];
        put_name(b, f);
        put_field(f, at, b);
    }
}

void msg_sum(const struct record *r, void *a, const void *b)
{
    struct field_rows rows = r->fields();
    char *to = a;
    const char *from = b;
    for (size_t i = 0; i < rows.count; i++) {
        const struct field *f = &rows.at[i];
        if (f->kind != KIND_INTEGER && f->kind != KIND_DECIMAL)
            continue;
        int64_t *sum = (void *)(to + f->offset);
        const int64_t *v = (const void *)(from + f->offset);
        bool *has = (void *)(to + f->has_offset);
        const bool *had = (const void *)(from + f->has_offset);
        if (__builtin_add_overflow(*sum, *v,
                                   sum)) /* a total that stands still beats one that lies */
            *sum = *v < 0 ? INT64_MIN : INT64_MAX;
        *has = *has || *had;
    }
}

/* msg_equal: whether two structs of a record say the same. */
#include <string.h>

#include "common/msg/msg.h"

static bool lists_equal(const struct record *r, const struct list *a, const struct list *b)
{
    const char *left = a->at, *right = b->at;
    bool same = a->count == b->count;
    for (uint32_t i = 0; same && i < a->count; i++)
        same = msg_equal(r, left + i * r->size, right + i * r->size);
    return same;
}

static bool maps_equal(const struct text_map *a, const struct text_map *b)
{
    bool same = a->count == b->count;
    for (uint32_t i = 0; same && i < a->count; i++)
        same = text_equal(a->at[i].key, b->at[i].key) && text_equal(a->at[i].value, b->at[i].value);
    return same;
}

static bool fields_equal(const struct field *f, const void *a, const void *b)
{
    switch (f->kind) {
    case KIND_TEXT:
    case KIND_REFERENCE: {
        const struct text *left = a, *right = b;
        return text_equal(*left, *right);
    }
    case KIND_BOOL: {
        const bool *left = a, *right = b;
        return *left == *right;
    }
    case KIND_ENUM: {
        const int32_t *left = a, *right = b;
        return *left == *right;
    }
    case KIND_LIST:
        return lists_equal(f->record, a, b);
    case KIND_MAP:
        return maps_equal(a, b);
    default: {
        const int64_t *left = a, *right = b;
        return *left == *right;
    }
    }
}

/* Of amounts and figures zero is one, and nothing is none; of all else zero says nothing. */
static bool gives_alike(const struct field *f, const char *a, const char *b)
{
    bool left, right;
    memcpy(&left, a + f->has_offset, sizeof left);
    memcpy(&right, b + f->has_offset, sizeof right);
    return f->kind != KIND_DECIMAL || left == right;
}

bool msg_equal(const struct record *r, const void *a, const void *b)
{
    struct field_rows rows = r->fields();
    const char *left = a, *right = b;
    bool same = true;
    for (size_t i = 0; same && i < rows.count; i++)
        same = gives_alike(&rows.at[i], left, right) &&
               fields_equal(&rows.at[i], left + rows.at[i].offset, right + rows.at[i].offset);
    return same;
}

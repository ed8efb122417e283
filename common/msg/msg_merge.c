/* msg_merge: copies of records that may be changed, and records that are summed with their rows. */
#include <errno.h>
#include <string.h>

#include "common/msg/msg.h"

/* Rows of a list are read-only to whoever reads a record; here they are our own. */
static char *rows_of(void *record, const struct field *f)
{
    struct list *l = (void *)((char *)record + f->offset);
    return (char *)(uintptr_t)l->at;
}

static uint32_t count_of(const void *record, const struct field *f)
{
    const struct list *l = (const void *)((const char *)record + f->offset);
    return l->count;
}

static void own_lists(const struct record *r, void *value, struct arena *a)
{
    struct field_rows rows = r->fields();
    for (size_t i = 0; i < rows.count; i++) {
        const struct field *f = &rows.at[i];
        uint32_t count = f->kind == KIND_LIST ? count_of(value, f) : 0;
        if (count == 0)
            continue;
        struct list own = { arena_copy(a, rows_of(value, f), count * f->record->size), count };
        memcpy((char *)value + f->offset, &own, sizeof own);
        for (uint32_t n = 0; n < count; n++)
            own_lists(f->record, rows_of(value, f) + n * f->record->size, a);
    }
}

void *msg_copy(const struct record *r, const void *value, struct arena *a)
{
    void *copy = arena_copy(a, value, r->size);
    own_lists(r, copy, a);
    return copy;
}

int msg_merge(const struct record *r, void *a, const void *b)
{
    struct field_rows rows = r->fields();
    msg_sum(r, a, b);
    for (size_t i = 0; i < rows.count; i++) {
        const struct field *f = &rows.at[i];
        if (f->kind != KIND_LIST)
            continue;
        uint32_t count = count_of(a, f);
        const char *from = *(const char *const *)(const void *)((const char *)b + f->offset);
        if (count_of(b, f) != count)
            return -EBADMSG;
        for (uint32_t n = 0; n < count; n++) {
            size_t at = n * f->record->size;
            int error = msg_merge(f->record, rows_of(a, f) + at, from + at);
            if (error < 0)
                return error;
        }
    }
    return 0;
}

/* audience: see audience.h. */
#include "services/gateway/audience.h"

static const struct field *field_named(const struct record *r, const char *name)
{
    struct field_rows rows = r->fields();
    for (size_t i = 0; i < rows.count; i++)
        if (strcmp(rows.at[i].name, name) == 0)
            return &rows.at[i];
    return NULL;
}

bool audience_any(const struct record *r)
{
    struct field_rows rows = r->fields();
    for (size_t i = 0; i < rows.count; i++)
        if (rows.at[i].audience == CLIENT || rows.at[i].audience == CLIENT_PERSONAL)
            return true;
    return false;
}

void audience_client(const struct record *r, json_t *object)
{
    void *next;
    for (void *i = json_object_iter(object); i; i = next) {
        const char *name = json_object_iter_key(i);
        const struct field *f = field_named(r, name);
        next = json_object_iter_next(object, i);
        if (!f || (f->audience != CLIENT && f->audience != CLIENT_PERSONAL))
            json_object_del(object, name);
        else if (f->kind == KIND_LIST)
            audience_client_rows(f->record, json_object_iter_value(i));
    }
}

void audience_client_rows(const struct record *r, json_t *rows)
{
    for (size_t i = 0; i < json_array_size(rows); i++)
        audience_client(r, json_array_get(rows, i));
}

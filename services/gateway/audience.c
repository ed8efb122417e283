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

/* --- what is not for clients as a whole ----------------------------------------------------------
 */

static const char *const internal[] = {
#define INTERNAL(name) #name,
#include "proto/kpi/kpis.def"
};

static bool is_internal(const char *kpi)
{
    for (size_t i = 0; kpi && i < sizeof internal / sizeof *internal; i++)
        if (strcmp(internal[i], kpi) == 0)
            return true;
    return false;
}

/* What may be about a figure, as a programme, is not of it. */
static const struct field *figure_of(const struct record *r)
{
    const struct field *f = field_named(r, "kpi");
    return f && f->kind == KIND_ENUM && f->need == REQUIRED ? f : NULL;
}

static bool names_internal(const json_t *object)
{
    return is_internal(json_string_value(json_object_get(object, "kpi")));
}

bool audience_hides(const struct record *r, const json_t *object)
{
    const struct field *own = field_named(r, "internal");
    return (own && json_is_true(json_object_get(object, "internal"))) ||
           (figure_of(r) && names_internal(object));
}

bool audience_hides_question(const struct record *r, const void *parameters)
{
    const struct field *f = figure_of(r);
    if (!f)
        return false;
    const int32_t *number = (const void *)((const char *)parameters + f->offset);
    for (const struct enumeration_value *v = f->values->values; v->name; v++)
        if (v->value == *number)
            return is_internal(v->name);
    return false;
}

/* --- what of it is ------------------------------------------------------------------------------
 */

/* A part of something is of the figure that it names: an objective, a criterion, evidence. */
static void parts(const struct record *r, json_t *rows)
{
    for (size_t i = json_array_size(rows); i-- > 0;)
        if (names_internal(json_array_get(rows, i)))
            json_array_remove(rows, i);
    audience_client_rows(r, rows);
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
            parts(f->record, json_object_iter_value(i));
    }
}

void audience_client_rows(const struct record *r, json_t *rows)
{
    for (size_t i = json_array_size(rows); i-- > 0;)
        if (audience_hides(r, json_array_get(rows, i)))
            json_array_remove(rows, i);
        else
            audience_client(r, json_array_get(rows, i));
}

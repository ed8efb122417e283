/* apply_plan: what differs from what there is, field by field. Both sides are the JSON of the
 * interface, made by the same rows, so equal values are written alike. */
#include <errno.h>

#include "common/msg/json.h"
#include "services/cli/apply.h"

static bool says_nothing(const json_t *v)
{
    return !v || json_is_null(v) || json_is_false(v) ||
           (json_is_integer(v) && json_integer_value(v) == 0) ||
           (json_is_string(v) && json_string_length(v) == 0) ||
           (json_is_array(v) && json_array_size(v) == 0) ||
           (json_is_object(v) && json_object_size(v) == 0);
}

/* Elements of a list are alike when they are in every field that says anything. */
static bool same_objects(const json_t *a, const json_t *b)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)a, key, value)
    {
        if (!apply_same(value, json_object_get(b, key)))
            return false;
    }
    json_object_foreach((json_t *)(uintptr_t)b, key, value)
    {
        if (!json_object_get(a, key) && !says_nothing(value))
            return false;
    }
    return true;
}

bool apply_same(const json_t *a, const json_t *b)
{
    if (says_nothing(a) || says_nothing(b))
        return says_nothing(a) && says_nothing(b);
    if (json_is_object(a) && json_is_object(b))
        return same_objects(a, b);
    if (!json_is_array(a) || !json_is_array(b))
        return json_equal(a, b);
    bool same = json_array_size(a) == json_array_size(b);
    for (size_t i = 0; same && i < json_array_size(a); i++)
        same = apply_same(json_array_get(a, i), json_array_get(b, i));
    return same;
}

int apply_value(struct arena *arena, const struct apply_kind *kind, const json_t *row, void **ret)
{
    const struct record *record = kind->set->record;
    struct msg_buffer b = { .arena = arena };
    struct msg_error why;
    void *value = arena_alloc(arena, record->size);
    int r = json_to_msg(row, &b, &why);
    if (r == 0)
        r = msg_decode(record, b.at, b.size, arena, value, &why);
    if (r == 0)
        *ret = value;
    return r;
}

/* The service's own word for "the same": whether a zero was said is no difference. */
static bool is_known(struct arena *arena, const struct apply_item *i)
{
    void *is;
    return apply_value(arena, i->kind, i->is, &is) == 0 &&
           msg_equal(i->kind->set->record, is, i->value);
}

void apply_compare(struct apply *a, struct apply_item *i)
{
    const struct record *record = i->kind->set->record;
    struct field_rows rows = record->fields();
    if (!i->wanted && i->change != CHANGE_REMOVE) {
        struct msg_buffer b = { .arena = &a->arena };
        msg_encode(record, i->value, &b);
        i->wanted = json_from_msg(b.at, b.size);
    }
    const char *id = arena_text(&a->arena, i->id).at;
    i->is = json_object_get(i->kind->is, id);
    if (i->change == CHANGE_REMOVE)
        return;
    i->change = i->is ? CHANGE_NONE : CHANGE_ADD;
    for (size_t n = 0; i->is && n < rows.count; n++)
        if (!apply_same(json_object_get(i->is, rows.at[n].name),
                        json_object_get(i->wanted, rows.at[n].name)))
            i->change = CHANGE_EDIT;
    if (i->change == CHANGE_EDIT && is_known(&a->arena, i))
        i->change = CHANGE_NONE;
}

bool apply_is_there(const struct apply *a, const struct apply_kind *kind, struct text id)
{
    const struct apply_item *i = apply_find(a, kind, id);
    if (i)
        return i->is || i->version;
    char key[ENTITY_ID_MAX + 1];
    if (id.length >= sizeof key)
        return false;
    memcpy(key, id.at, id.length);
    key[id.length] = '\0';
    return json_object_get(kind->is, key) != NULL;
}

/* Whatever is named is there, or in the files. */
static void check_references(struct apply *a, const struct apply_item *i)
{
    for (uint32_t n = 0; n < i->ref_count; n++) {
        const struct apply_ref *r = &i->refs[n];
        const struct apply_item *named = apply_find(a, r->kind, r->id);
        bool goes = named && named->change == CHANGE_REMOVE;
        if (!goes && (named || apply_is_there(a, r->kind, r->id)))
            continue;
        const struct apply_place *at = &i->places[r->place];
        struct text path = arena_printf(&a->arena, "%s.%s", i->path, at->path);
        apply_wrong(a, &at->mark, path.at,
                    goes ? "the %s %.*s is in no file, so --prune removes it"
                         : "there is no %s %.*s, neither in the files nor in the suite",
                    r->kind->entity->name, TEXT_ARG(r->id));
    }
}

void apply_plan(struct apply *a)
{
    for (uint32_t i = 0; i < a->count; i++)
        apply_compare(a, &a->items[i]);
    for (uint32_t i = 0; i < a->count; i++)
        check_references(a, &a->items[i]);
}

/* apply_prune: what there is and no file says, as items that go out. */
#include <jansson.h>

#include "services/cli/apply.h"

static void add_going(struct apply *a, const struct apply_kind *kind, const char *id,
                      const json_t *row)
{
    struct apply_item item = {
        .kind = kind, .path = "", .is = row, .change = CHANGE_REMOVE, .mark = { .file = NULL }
    };
    struct mark mark = { .file = a->from };
    item.id = arena_text(&a->arena, text_from(id));
    if (!kind->remove)
        return;
    if (apply_value(&a->arena, kind, row, &item.value) < 0)
        apply_wrong(a, &mark, "", "the %s %s cannot be read, so --prune does not remove it",
                    kind->entity->name, id);
    else
        apply_keep(a, &item);
}

/* Appended when all are known: items move, and those of the files are found by where they are. */
void apply_prune(struct apply *a)
{
    json_t **gone = arena_alloc(&a->arena, (a->kind_count + (size_t)1) * sizeof *gone);
    const char *id;
    json_t *row;
    if (!a->prune)
        return;
    for (uint32_t k = 0; k < a->kind_count; k++) {
        gone[k] = json_object();
        json_object_foreach(a->kinds[k].is, id, row)
        {
            if (!apply_find(a, &a->kinds[k], text_from(id)))
                json_object_set(gone[k], id, row);
        }
    }
    for (uint32_t k = 0; k < a->kind_count; k++) {
        json_object_foreach(gone[k], id, row)
        {
            add_going(a, &a->kinds[k], id, row);
        }
        json_decref(gone[k]);
    }
    apply_index(a);
}

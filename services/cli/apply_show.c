/* apply_show: what will change, for people and for programs. */
#include <stdlib.h>
#include <unistd.h>

#include "services/cli/apply.h"
#include "services/cli/print.h"

struct apply_counts apply_count(const struct apply *a)
{
    struct apply_counts c = { 0 };
    for (uint32_t n = 0; n < a->count; n++) {
        const struct apply_item *i = &a->items[n];
        c.add += i->change == CHANGE_ADD;
        c.edit += i->change == CHANGE_EDIT;
        c.remove += i->change == CHANGE_REMOVE;
        c.same += i->change == CHANGE_NONE;
        c.done += i->change != CHANGE_NONE && i->done;
    }
    return c;
}

/* A value as JSON, which quotes texts, so that blanks at their ends can be seen. */
static void put_value(FILE *out, const json_t *value, struct arena *a)
{
    char *text = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    struct text safe = print_safe(text_from(text ? text : "nothing"), a);
    fprintf(out, "%.*s", TEXT_ARG(safe));
    free(text);
}

static bool holds(const json_t *list, const json_t *element)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (apply_same(json_array_get(list, i), element))
            return true;
    return false;
}

/* Of a list only what goes and what comes; when neither does, the order is another. */
static void put_list(FILE *out, const json_t *is, const json_t *wanted, struct arena *a)
{
    bool any = false;
    for (int way = 0; way < 2; way++) {
        const json_t *from = way ? wanted : is, *other = way ? is : wanted;
        for (size_t i = 0; i < json_array_size(from); i++) {
            const json_t *element = json_array_get(from, i);
            if (holds(other, element))
                continue;
            fputs(way ? " +" : " -", out);
            put_value(out, element, a);
            any = true;
        }
    }
    if (!any)
        fputs(" in another order", out);
}

static void show_fields(FILE *out, const struct apply_item *i, struct arena *a)
{
    struct field_rows rows = i->kind->set->record->fields();
    const char *comma = ": ";
    for (size_t n = 0; n < rows.count; n++) {
        const json_t *is = json_object_get(i->is, rows.at[n].name);
        const json_t *wanted = json_object_get(i->wanted, rows.at[n].name);
        if (apply_same(is, wanted))
            continue;
        fprintf(out, "%s%s", comma, rows.at[n].name);
        comma = ", ";
        if (rows.at[n].kind == KIND_LIST) {
            put_list(out, is, wanted, a);
        } else {
            fputc(' ', out);
            put_value(out, is, a);
            fputs(" -> ", out);
            put_value(out, wanted, a);
        }
    }
}

void apply_show(struct apply *a, FILE *out, bool colours)
{
    static const char *const signs[] = { "=", "+", "~", "-" };
    static const char *const paint[] = { "", "\033[32m", "\033[33m", "\033[31m" };
    for (uint32_t n = 0; n < a->count; n++) {
        const struct apply_item *i = &a->items[n];
        if (i->change == CHANGE_NONE)
            continue;
        struct text id = print_safe(i->id, &a->arena);
        fprintf(out, "%s%s %s %.*s", colours ? paint[i->change] : "", signs[i->change],
                i->kind->entity->name, TEXT_ARG(id));
        if (i->change == CHANGE_EDIT)
            show_fields(out, i, &a->arena);
        fprintf(out, "%s\n", colours ? "\033[0m" : "");
    }
    struct apply_counts c = apply_count(a);
    if (c.same)
        fprintf(out, "= %u unchanged\n", c.same);
}

static json_t *json_fields(const struct apply_item *i)
{
    struct field_rows rows = i->kind->set->record->fields();
    json_t *all = json_object();
    for (size_t n = 0; n < rows.count; n++) {
        json_t *is = json_object_get(i->is, rows.at[n].name);
        json_t *wanted = json_object_get(i->wanted, rows.at[n].name);
        if (!apply_same(is, wanted))
            json_object_set_new(all, rows.at[n].name,
                                json_pack("{sO* sO*}", "from", is, "to", wanted));
    }
    return all;
}

static json_t *json_item(const struct apply_item *i, const char *change)
{
    json_t *item = json_pack("{ss ss ss% sb}", "change", change, "entity", i->kind->entity->name,
                             "id", i->id.at, (size_t)i->id.length, "applied", (int)i->done);
    if (i->change == CHANGE_REMOVE)
        return item;
    json_object_update_new(item, json_pack("{ss si si so}", "file", i->mark.file, "line",
                                           (int)i->mark.line, "column", (int)i->mark.column,
                                           "fields", json_fields(i)));
    return item;
}

json_t *apply_json(const struct apply *a)
{
    static const char *const words[] = { "none", "add", "change", "remove" };
    json_t *plan = json_array();
    for (uint32_t n = 0; n < a->count; n++) {
        const struct apply_item *i = &a->items[n];
        if (i->change == CHANGE_NONE)
            continue;
        json_array_append_new(plan, json_item(i, words[i->change]));
    }
    struct apply_counts c = apply_count(a);
    return json_pack("{so si si si si si}", "plan", plan, "add", (int)c.add, "change", (int)c.edit,
                     "remove", (int)c.remove, "unchanged", (int)c.same, "applied", (int)c.done);
}

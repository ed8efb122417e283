/* calendar_file: see calendar_file.h. */
#include "services/edge/calendar_file.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "services/edge/convert.h"
#include "services/line/calendar_of.h"

/* What is read, with the node of each for complaints that come later. */
struct reading {
    const struct record *record;
    struct text id;
    struct calendar_file *ret;
};

static void *from_arena(void *arena, size_t size)
{
    return arena_alloc(arena, size);
}

/* --- a record by its rows -----------------------------------------------------------------------
 */

struct place {
    const struct record *record;
    void *value;
};

static int read_record(struct yaml_walk *w, const yaml_node_t *node, const struct record *record,
                       void *value);

static bool is_null(const yaml_node_t *node)
{
    if (node->type != YAML_SCALAR_NODE || node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
        return false;
    const char *word = (const char *)node->data.scalar.value;
    return strcmp(word, "") == 0 || strcmp(word, "~") == 0 || strcmp(word, "null") == 0;
}

static int read_list(struct yaml_walk *w, const yaml_node_t *node, const struct field *f,
                     void *value)
{
    size_t outer = strlen(w->path);
    if (node->type != YAML_SEQUENCE_NODE)
        return yaml_wrong(w, node, "must be a list");
    uint32_t count = yaml_count(node);
    uint8_t *items = arena_alloc(w->arena, (count + 1) * f->record->size);
    for (uint32_t i = 0; i < count; i++) {
        snprintf(w->path + outer, sizeof w->path - outer, "[%u]", i);
        int r = read_record(w, yaml_item(w, node, i), f->record, items + i * f->record->size);
        if (r < 0)
            return r;
    }
    w->path[outer] = '\0';
    *(struct list *)field_at(f, value) = (struct list){ items, count };
    if (count)
        field_given(f, value);
    return 0;
}

static int read_scalar(struct yaml_walk *w, const yaml_node_t *node, const struct field *f,
                       void *value)
{
    struct msg_error e = { { 0 }, { 0 } };
    struct text t;
    int r = yaml_text(w, node, &t);
    if (r == 0 && field_set_text(f, t, 0, w->arena, value, &e) < 0)
        r = yaml_wrong(w, node, "%s", e.rule);
    return r;
}

static int read_field(struct yaml_walk *w, struct text key, const yaml_node_t *node, void *target)
{
    const struct place *p = target;
    const struct field *f = record_field(p->record, key);
    if (!f) {
        struct field_rows rows = p->record->fields();
        char known[160] = "";
        size_t used = 0;
        for (size_t i = 0; i < rows.count && used < sizeof known; i++)
            used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "",
                                     rows.at[i].name);
        return yaml_wrong(w, node, "is not known here; these are: %s", known);
    }
    if (is_null(node))
        return 0;
    return f->kind == KIND_LIST ? read_list(w, node, f, p->value)
                                : read_scalar(w, node, f, p->value);
}

/* What the rows require is asked for here, because midnight looks like nothing in the struct. */
static int read_record(struct yaml_walk *w, const yaml_node_t *node, const struct record *record,
                       void *value)
{
    struct field_rows rows = record->fields();
    size_t outer = strlen(w->path);
    int r = yaml_map(w, node, read_field, &(struct place){ record, value });
    for (size_t i = 0; i < rows.count && r == 0; i++) {
        const struct field *f = &rows.at[i];
        const bool *has = (const bool *)((const char *)value + f->has_offset);
        if (f->need == OPTIONAL || *has)
            continue;
        snprintf(w->path + outer, sizeof w->path - outer, "%s%s", outer ? "." : "", f->name);
        r = yaml_wrong(w, node, "is required");
    }
    return r;
}

/* --- what is wrong with it ----------------------------------------------------------------------
 */

static const yaml_node_t *member(struct yaml_walk *w, const yaml_node_t *node, const char *name,
                                 size_t length)
{
    for (const yaml_node_pair_t *p = node->data.mapping.pairs.start;
         node->type == YAML_MAPPING_NODE && p < node->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = yaml_document_get_node(&w->document, p->key);
        if (key->type == YAML_SCALAR_NODE && key->data.scalar.length == length &&
            memcmp(key->data.scalar.value, name, length) == 0)
            return yaml_document_get_node(&w->document, p->value);
    }
    return NULL;
}

/* The node at a path such as versions[1].hours[0].to, or the nearest one around it. */
static const yaml_node_t *node_at(struct yaml_walk *w, const yaml_node_t *node, const char *path)
{
    while (*path) {
        const yaml_node_t *inner = NULL;
        size_t length = strcspn(path, ".[");
        if (*path == '[') {
            char *end;
            unsigned long i = strtoul(path + 1, &end, 10);
            if (node->type == YAML_SEQUENCE_NODE && i < yaml_count(node))
                inner = yaml_item(w, node, (uint32_t)i);
            path = end + (*end == ']');
        } else {
            inner = member(w, node, path, length);
            path += length;
        }
        if (!inner)
            break;
        node = inner;
        path += *path == '.';
    }
    return node;
}

static int wrong_at(struct yaml_walk *w, const yaml_node_t *node, const char *path,
                    const char *rule)
{
    size_t outer = strlen(w->path);
    snprintf(w->path + outer, sizeof w->path - outer, "%s%s", outer ? "." : "", path);
    int r = yaml_wrong(w, node_at(w, node, path), "%s", rule);
    w->path[outer] = '\0';
    return r;
}

static int check(struct yaml_walk *w, const yaml_node_t *node, const struct record *record,
                 struct calendar_file *c)
{
    struct msg_error e = { { 0 }, { 0 } };
    struct worktime_error why = { 0 };
    struct worktime *made = NULL;
    char path[64];
    if (msg_check(record, &c->calendar, &e) < 0)
        return wrong_at(w, node, e.field, e.rule);
    if (calendar_make(&c->calendar, from_arena, w->arena, &made, &why) == 0) {
        c->worktime = made;
        return 0;
    }
    if (strcmp(why.list, "hours") == 0)
        snprintf(path, sizeof path, "versions[%u].hours[%u]", why.version, why.index);
    else if (strcmp(why.list, "zone") == 0)
        snprintf(path, sizeof path, "zone");
    else
        snprintf(path, sizeof path, "%s[%u]", why.list, why.index);
    return wrong_at(w, node, path, why.rule);
}

/* --- documents ----------------------------------------------------------------------------------
 */

static int read_calendar(struct yaml_walk *w, const yaml_node_t *node, const struct record *record,
                         struct calendar_file *ret)
{
    size_t outer = strlen(w->path);
    *ret = (struct calendar_file){ .worktime = NULL };
    int r = read_record(w, node, record, &ret->calendar);
    if (r < 0)
        return r;
    w->path[outer] = '\0';
    return check(w, node, record, ret);
}

/* Several calendars, of which the asked one is kept; all of them must be right. */
static int read_calendars(struct yaml_walk *w, const yaml_node_t *node, const struct reading *g)
{
    char ids[160] = "";
    size_t used = 0;
    bool found = false;
    if (node->type != YAML_SEQUENCE_NODE)
        return yaml_wrong(w, node, "must be a list");
    uint32_t count = yaml_count(node);
    if (count > CALENDAR_FILE_MAX)
        return yaml_wrong(w, node, "has more than %d items", CALENDAR_FILE_MAX);
    for (uint32_t i = 0; i < count; i++) {
        struct calendar_file c;
        snprintf(w->path, sizeof w->path, "calendars[%u]", i);
        int r = read_calendar(w, yaml_item(w, node, i), g->record, &c);
        if (r < 0)
            return r;
        if (used < sizeof ids)
            used += (size_t)snprintf(ids + used, sizeof ids - used, "%s%.*s", i ? ", " : "",
                                     TEXT_ARG(c.calendar.id));
        if (text_equal(c.calendar.id, g->id) || (text_empty(g->id) && count == 1)) {
            *g->ret = c;
            found = true;
        }
    }
    snprintf(w->path, sizeof w->path, "calendars");
    if (found)
        return 0;
    if (count == 0)
        return yaml_wrong(w, node, "holds no calendar");
    if (text_empty(g->id))
        return yaml_wrong(w, node, "holds several: %s; say which of them", ids);
    yaml_wrong(w, node, "holds no %.*s; these are: %s", TEXT_ARG(g->id), ids);
    return -ENOENT;
}

static int read_root(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct reading *g = target;
    const yaml_node_t *list = member(w, node, "calendars", strlen("calendars"));
    if (list) {
        snprintf(w->path, sizeof w->path, "calendars");
        return read_calendars(w, list, g);
    }
    int r = read_calendar(w, node, g->record, g->ret);
    if (r < 0 || text_empty(g->id) || text_equal(g->id, g->ret->calendar.id))
        return r;
    yaml_wrong(w, node, "is no %.*s but %.*s", TEXT_ARG(g->id), TEXT_ARG(g->ret->calendar.id));
    return -ENOENT;
}

int calendar_file_read(const char *path, struct text id, const struct record *record,
                       struct arena *a, struct calendar_file *ret, struct yaml_error *reterr)
{
    struct reading g = { record, id, ret };
    assert(record->size == sizeof(struct calendar));
    return yaml_walk_file(path, a, NULL, read_root, &g, reterr);
}

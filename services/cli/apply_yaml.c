/* apply_yaml: see apply_yaml.h. Forms are convert's, bounds are msg's; here is only where they
 * stand. */
#include "services/cli/apply_yaml.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/time/zone.h"
#include "services/edge/convert.h"

struct mark reader_mark(const struct yaml_reader *r, const yaml_node_t *node)
{
    return (struct mark){ r->file, (unsigned)node->start_mark.line + 1,
                          (unsigned)node->start_mark.column + 1 };
}

bool reader_is_null(const yaml_node_t *node)
{
    if (node->type != YAML_SCALAR_NODE || node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
        return false;
    const char *word = (const char *)node->data.scalar.value;
    return strcmp(word, "") == 0 || strcmp(word, "~") == 0 || strcmp(word, "null") == 0;
}

/* "clients[2].holders" */
static const char *joined(struct yaml_reader *r, const char *path, const char *more)
{
    return arena_printf(&r->apply->arena, "%s%s%s", path, *path && *more ? "." : "", more).at;
}

static void wrong(struct yaml_reader *r, const yaml_node_t *node, const char *path,
                  const char *rule)
{
    struct mark mark = reader_mark(r, node);
    apply_wrong(r->apply, &mark, joined(r, r->item.path, path), "%s", rule);
}

void reader_unknown(struct yaml_reader *r, const yaml_node_t *node, const char *path,
                    const char *word, const char *const *names, size_t count)
{
    struct mark mark = reader_mark(r, node);
    char safe[64], known[480] = "";
    size_t used = 0;
    snprintf(safe, sizeof safe, "%s", word);
    const char *nearest = cli_nearest(safe, names, count);
    for (size_t i = 0; i < count && used < sizeof known; i++)
        used +=
            (size_t)snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", names[i]);
    if (nearest)
        apply_wrong(r->apply, &mark, path, "%s is not known here; did you mean %s?", safe, nearest);
    else
        apply_wrong(r->apply, &mark, path, "%s is not known here; these are: %s", safe, known);
}

/* --- places and references ---------------------------------------------------------------------
 */

/* Room for one more in an array that grows by doubling, in the arena. */
static void *one_more(struct arena *a, void *at, uint32_t *count, uint32_t *room, size_t size)
{
    if (*count == *room) {
        uint32_t bigger = *room ? 2 * *room : 8;
        void *grown = arena_alloc(a, bigger * size);
        if (*count)
            memcpy(grown, at, *count * size);
        *room = bigger;
        at = grown;
    }
    (*count)++;
    return at;
}

static void remember_place(struct yaml_reader *r, const yaml_node_t *node, const char *path)
{
    struct apply_item *i = &r->item;
    i->places =
        one_more(&r->apply->arena, i->places, &i->place_count, &i->place_room, sizeof *i->places);
    i->places[i->place_count - 1] = (struct apply_place){ path, reader_mark(r, node) };
}

void apply_name(struct apply *a, struct apply_item *i, const struct field *f, struct text id)
{
    const struct apply_kind *kind = apply_kind_of(a, f->reference);
    uint32_t place = i->place_count ? i->place_count - 1 : 0;
    if (!kind)
        return;
    i->refs = one_more(&a->arena, i->refs, &i->ref_count, &i->ref_room, sizeof *i->refs);
    i->refs[i->ref_count - 1] = (struct apply_ref){ kind, id, place, NULL };
}

void apply_name_all(struct apply *a, struct apply_item *i, const struct record *record,
                    const void *value)
{
    struct field_rows rows = record->fields();
    for (size_t n = 0; n < rows.count; n++) {
        const struct field *f = &rows.at[n];
        const void *at = (const char *)value + f->offset;
        if (f->kind == KIND_REFERENCE && !text_empty(*(const struct text *)at))
            apply_name(a, i, f, *(const struct text *)at);
        const struct list *list = f->kind == KIND_LIST ? at : NULL;
        for (uint32_t e = 0; list && e < list->count; e++)
            apply_name_all(a, i, f->record, (const char *)list->at + e * f->record->size);
    }
}

const struct apply_place *apply_place(const struct apply_item *i, const char *path)
{
    static const struct apply_place nowhere;
    const struct apply_place *best = &nowhere;
    size_t longest = 0;
    for (uint32_t n = 0; n < i->place_count; n++) {
        const struct apply_place *p = &i->places[n];
        size_t length = strlen(p->path);
        bool around = strncmp(p->path, path, length) == 0 &&
                      (path[length] == '\0' || path[length] == '.' || path[length] == '[');
        if (around && length >= longest) {
            longest = length;
            best = p;
        }
    }
    return best;
}

/* --- values ------------------------------------------------------------------------------------
 */

/* What only the meaning of a field tells; the service cannot look for files of zones, and a secret
 * must not come so far that it is shown. */
static const char *meaning(const struct field *f, struct text t)
{
    if (f->kind == KIND_TEXT && strcmp(f->name, "zone") == 0 && !zone_find(t))
        return "is no time zone that this machine knows; it is named as IANA does, like "
               "Europe/Berlin";
    bool named = (t.length > 5 && memcmp(t.at, "file:", 5) == 0) ||
                 (t.length > 4 && memcmp(t.at, "env:", 4) == 0);
    if (f->kind == KIND_TEXT && strcmp(f->name, "secret") == 0 && !named)
        return "a secret is named file:NAME or env:NAME, and never stands here itself";
    const char *host = t.length ? memmem(t.at, t.length, "://", 3) : NULL;
    for (host = host ? host + 3 : NULL; host && host < t.at + t.length && *host != '/'; host++)
        if (*host == '@')
            return "a URL here holds no name and no password";
    return NULL;
}

static void read_scalar(struct yaml_reader *r, const struct field *f, const yaml_node_t *node,
                        void *value, const char *path)
{
    struct msg_error e = { { 0 }, { 0 } };
    if (node->type != YAML_SCALAR_NODE) {
        wrong(r, node, path, "must be one value");
        return;
    }
    struct text t = { (const char *)node->data.scalar.value, (uint32_t)node->data.scalar.length };
    t = arena_text(&r->apply->arena, t);
    bool relative = f->kind == KIND_INSTANT && t.length && (t.at[0] == '+' || t.at[0] == '-');
    const char *rule = meaning(f, t);
    if (relative)
        rule = "must be an instant with an offset, such as 2026-03-01T09:00:00Z";
    else if (!rule && field_set_text(f, t, 0, &r->apply->arena, value, &e) < 0)
        rule = e.rule;
    if (rule)
        wrong(r, node, path, rule);
    else if (f->kind == KIND_REFERENCE)
        apply_name(r->apply, &r->item, f, *(struct text *)field_at(f, value));
}

static void read_map(struct yaml_reader *r, const struct field *f, const yaml_node_t *node,
                     void *value, const char *path)
{
    uint32_t n = 0;
    if (node->type != YAML_MAPPING_NODE) {
        wrong(r, node, path, "must be a map");
        return;
    }
    size_t count = (size_t)(node->data.mapping.pairs.top - node->data.mapping.pairs.start);
    struct text_pair *pairs = arena_alloc(&r->apply->arena, (count + 1) * sizeof *pairs);
    for (const yaml_node_pair_t *p = node->data.mapping.pairs.start;
         p < node->data.mapping.pairs.top; p++) {
        const yaml_node_t *both[] = { yaml_document_get_node(&r->document, p->key),
                                      yaml_document_get_node(&r->document, p->value) };
        struct text texts[2];
        for (int i = 0; i < 2; i++) {
            if (both[i]->type != YAML_SCALAR_NODE) {
                wrong(r, both[i], path, "must be one value");
                return;
            }
            struct text t = { (const char *)both[i]->data.scalar.value,
                              (uint32_t)both[i]->data.scalar.length };
            texts[i] = arena_text(&r->apply->arena, t);
        }
        pairs[n++] = (struct text_pair){ texts[0], texts[1] };
    }
    field_set_map(f, pairs, n, value);
}

static void read_record(struct yaml_reader *r, const struct record *record, yaml_node_t *node,
                        void *value, const char *path);

static void read_list(struct yaml_reader *r, const struct field *f, const yaml_node_t *node,
                      void *value, const char *path)
{
    struct field_rows rows = f->record->fields();
    if (node->type != YAML_SEQUENCE_NODE) {
        wrong(r, node, path, "must be a list");
        return;
    }
    uint32_t count = (uint32_t)(node->data.sequence.items.top - node->data.sequence.items.start);
    uint8_t *items = arena_alloc(&r->apply->arena, (count + 1) * f->record->size);
    for (uint32_t i = 0; i < count; i++) {
        yaml_node_t *item =
            yaml_document_get_node(&r->document, node->data.sequence.items.start[i]);
        const char *inner = arena_printf(&r->apply->arena, "%s[%u]", path, i).at;
        remember_place(r, item, inner);
        if (rows.count == 1 && item->type == YAML_SCALAR_NODE) /* [olga, otto] */
            read_scalar(r, &rows.at[0], item, items + i * f->record->size, inner);
        else
            read_record(r, f->record, item, items + i * f->record->size, inner);
    }
    *(struct list *)field_at(f, value) = (struct list){ items, count };
    if (count)
        field_given(f, value);
}

static void read_field(struct yaml_reader *r, const struct field *f, yaml_node_t *node, void *value,
                       const char *path)
{
    remember_place(r, node, path);
    if (reader_is_null(node))
        return;
    if (f->kind == KIND_LIST)
        read_list(r, f, node, value, path);
    else if (f->kind == KIND_MAP)
        read_map(r, f, node, value, path);
    else
        read_scalar(r, f, node, value, path);
}

static void unknown_field(struct yaml_reader *r, const yaml_node_t *key, const char *path,
                          const char *word, struct field_rows rows)
{
    const char *names[MSG_FIELDS_MAX];
    for (size_t i = 0; i < rows.count; i++)
        names[i] = rows.at[i].name;
    reader_unknown(r, key, joined(r, r->item.path, path), word, names, rows.count);
}

static void read_record(struct yaml_reader *r, const struct record *record, yaml_node_t *node,
                        void *value, const char *path)
{
    struct field_rows rows = record->fields();
    bool seen[MSG_FIELDS_MAX] = { false };
    if (node->type != YAML_MAPPING_NODE) {
        wrong(r, node, path, "must be a map of fields");
        return;
    }
    for (const yaml_node_pair_t *p = node->data.mapping.pairs.start;
         p < node->data.mapping.pairs.top; p++) {
        yaml_node_t *key = yaml_document_get_node(&r->document, p->key);
        const char *word =
            key->type == YAML_SCALAR_NODE ? (const char *)key->data.scalar.value : "(no word)";
        const struct field *f = record_field(record, text_from(word));
        if (!f) {
            unknown_field(r, key, path, word, rows);
            continue;
        }
        const char *inner = joined(r, path, f->name);
        if (seen[f - rows.at])
            wrong(r, key, inner, "is given twice");
        else
            read_field(r, f, yaml_document_get_node(&r->document, p->value), value, inner);
        seen[f - rows.at] = true;
    }
    /* Other kinds tell in the struct that nothing was said; a time of day looks like midnight. */
    for (size_t i = 0; i < rows.count; i++) {
        const struct field *f = &rows.at[i];
        const bool *has = (const bool *)((const char *)value + f->has_offset);
        if (f->kind == KIND_TIME && f->need == REQUIRED && !*has)
            wrong(r, node, joined(r, path, f->name), "is required");
    }
}

/* --- items -------------------------------------------------------------------------------------
 */

void reader_item(struct yaml_reader *r, const struct apply_kind *kind, yaml_node_t *node,
                 const char *path)
{
    struct arena *arena = &r->apply->arena;
    uint32_t errors = r->apply->error_count;
    struct msg_error e = { { 0 }, { 0 } };
    r->item = (struct apply_item){ .kind = kind, .mark = reader_mark(r, node) };
    struct apply_item *item = &r->item;
    item->path = arena_copy(arena, path, strlen(path));
    item->value = arena_alloc(arena, kind->set->record->size);
    read_record(r, kind->set->record, node, item->value, "");
    if (r->apply->error_count > errors)
        return;
    if (msg_check(kind->set->record, item->value, &e) < 0) {
        const struct apply_place *at = apply_place(item, e.field);
        apply_wrong(r->apply, at->mark.file ? &at->mark : &item->mark,
                    joined(r, item->path, e.field), "%s", e.rule);
        return;
    }
    struct entity_id *id = arena_alloc(arena, sizeof *id);
    kind->set->target(item->value, id);
    item->id = (struct text){ id->at, id->length };
    if (r->apply->count == APPLY_ITEMS_MAX)
        apply_wrong(r->apply, &item->mark, item->path, "there are more than %d", APPLY_ITEMS_MAX);
    else if (!apply_has_room(arena))
        apply_wrong(r->apply, &item->mark, item->path, "there is more than fits into %d MiB",
                    APPLY_MIB_MAX);
    else
        apply_keep(r->apply, item);
}

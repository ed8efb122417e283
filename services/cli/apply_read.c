/* Files and documents of a configuration: which there are, and the lists in them. */
#include <errno.h>
#include <fts.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "services/cli/apply_yaml.h"
#include "services/registry.h"

/* --- what can be applied -----------------------------------------------------------------------
 */

static const struct command_row *removal(const struct service_type *s, const char *noun)
{
    for (size_t i = 0; i < s->command_count; i++)
        if (strcmp(s->commands[i].noun, noun) == 0 && strcmp(s->commands[i].verb, "remove") == 0)
            return &s->commands[i];
    return NULL;
}

static void add_kind(struct apply *a, const struct service_type *s, const struct command_row *c)
{
    for (size_t i = 0; i < s->entity_count && a->kind_count < APPLY_KINDS_MAX; i++) {
        const struct entity_row *e = &s->entities[i];
        if (strcmp(e->name, c->noun) != 0)
            continue;
        struct apply_kind k = { .service = s, .set = c, .entity = e };
        k.remove = removal(s, e->name);
        k.all = apply_query(s, e->plural);
        k.one = apply_query(s, e->name);
        if (k.all && k.one)
            a->kinds[a->kind_count++] = k;
    }
}

/* Half of it stays for what follows from what was read. */
bool apply_has_room(const struct arena *a)
{
    return a->total < ((size_t)APPLY_MIB_MAX << 20) / 2;
}

void apply_begin(struct apply *a)
{
    *a = (struct apply){ .arena = { .limit = (size_t)APPLY_MIB_MAX << 20 } };
    for (const struct service_type *const *s = services; *s; s++)
        for (size_t i = 0; (*s)->single && i < (*s)->command_count; i++)
            if ((*s)->commands[i].how == NATURAL && strcmp((*s)->commands[i].verb, "set") == 0)
                add_kind(a, *s, &(*s)->commands[i]);
}

void apply_end(struct apply *a)
{
    for (uint32_t i = 0; i < a->count; i++)
        json_decref(a->items[i].wanted);
    for (uint32_t i = 0; i < a->kind_count; i++)
        json_decref(a->kinds[i].is);
    free(a->items);
    arena_free(&a->arena);
    *a = (struct apply){ 0 };
}

const struct apply_kind *apply_kind_of(const struct apply *a, const char *entity)
{
    for (uint32_t i = 0; i < a->kind_count; i++)
        if (strcmp(a->kinds[i].entity->name, entity) == 0)
            return &a->kinds[i];
    return NULL;
}

/* --- complaints --------------------------------------------------------------------------------
 */

void apply_wrong(struct apply *a, const struct mark *at, const char *path, const char *format, ...)
{
    char rule[512];
    va_list list;
    if (a->error_count++ >= APPLY_ERRORS_MAX)
        return;
    va_start(list, format);
    vsnprintf(rule, sizeof rule, format, list);
    va_end(list);
    struct text where = text_from(at->file);
    if (at->line)
        where = arena_printf(&a->arena, "%s:%u:%u", at->file, at->line, at->column);
    a->errors[a->error_count - 1] =
        arena_printf(&a->arena, "%.*s: %s%s%s", TEXT_ARG(where), path, *path ? ": " : "", rule);
}

/* --- documents ---------------------------------------------------------------------------------
 */

static void read_list(struct yaml_reader *r, const struct apply_kind *kind, yaml_node_t *node)
{
    char path[64];
    struct mark mark = reader_mark(r, node);
    if (reader_is_null(node))
        return;
    if (node->type != YAML_SEQUENCE_NODE) {
        apply_wrong(r->apply, &mark, kind->entity->plural, "must be a list");
        return;
    }
    uint32_t n = 0;
    for (yaml_node_item_t *i = node->data.sequence.items.start;
         i < node->data.sequence.items.top && r->apply->error_count < APPLY_ERRORS_MAX; i++) {
        snprintf(path, sizeof path, "%s[%u]", kind->entity->plural, n++);
        reader_item(r, kind, yaml_document_get_node(&r->document, *i), path);
    }
}

static void read_pair(struct yaml_reader *r, const yaml_node_pair_t *pair)
{
    yaml_node_t *key = yaml_document_get_node(&r->document, pair->key);
    const char *names[APPLY_KINDS_MAX];
    const char *name =
        key->type == YAML_SCALAR_NODE ? (const char *)key->data.scalar.value : "(no word)";
    for (uint32_t i = 0; i < r->apply->kind_count; i++) {
        names[i] = r->apply->kinds[i].entity->plural;
        if (strcmp(names[i], name) == 0) {
            read_list(r, &r->apply->kinds[i], yaml_document_get_node(&r->document, pair->value));
            return;
        }
    }
    reader_unknown(r, key, "", name, names, r->apply->kind_count);
}

static void read_document(struct yaml_reader *r, yaml_node_t *root)
{
    struct mark mark = reader_mark(r, root);
    if (reader_is_null(root))
        return;
    if (root->type != YAML_MAPPING_NODE) {
        apply_wrong(r->apply, &mark, "", "must be a map of lists, such as %s",
                    r->apply->kinds[0].entity->plural);
        return;
    }
    for (const yaml_node_pair_t *p = root->data.mapping.pairs.start;
         p < root->data.mapping.pairs.top; p++)
        read_pair(r, p);
}

static void not_yaml(struct yaml_reader *r, const yaml_parser_t *parser)
{
    struct mark mark = { r->file, (unsigned)parser->problem_mark.line + 1,
                         (unsigned)parser->problem_mark.column + 1 };
    apply_wrong(r->apply, &mark, "", "not YAML: %s",
                parser->problem ? parser->problem : "it cannot be read");
}

/* libyaml resolves aliases into shared nodes, which look like a tree and may even be a circle; and
 * it follows any nesting. So both are looked for among the events, before documents are loaded. */
static bool is_plain(struct yaml_reader *r, FILE *file)
{
    yaml_parser_t parser;
    bool more = true;
    int depth = 0;
    uint32_t errors = r->apply->error_count;
    if (!yaml_parser_initialize(&parser))
        return false;
    yaml_parser_set_input_file(&parser, file);
    while (more && r->apply->error_count == errors) {
        yaml_event_t e;
        if (!yaml_parser_parse(&parser, &e)) {
            not_yaml(r, &parser);
            break;
        }
        struct mark mark = { r->file, (unsigned)e.start_mark.line + 1,
                             (unsigned)e.start_mark.column + 1 };
        more = e.type != YAML_STREAM_END_EVENT;
        depth += e.type == YAML_MAPPING_START_EVENT || e.type == YAML_SEQUENCE_START_EVENT;
        depth -= e.type == YAML_MAPPING_END_EVENT || e.type == YAML_SEQUENCE_END_EVENT;
        if (e.type == YAML_ALIAS_EVENT)
            apply_wrong(r->apply, &mark, "", "aliases are not supported");
        if (depth > APPLY_DEPTH_MAX)
            apply_wrong(r->apply, &mark, "", "is nested deeper than %d", APPLY_DEPTH_MAX);
        yaml_event_delete(&e);
    }
    yaml_parser_delete(&parser);
    rewind(file);
    return r->apply->error_count == errors;
}

static void read_documents(struct yaml_reader *r, FILE *file)
{
    yaml_parser_t parser;
    bool more = is_plain(r, file) && yaml_parser_initialize(&parser);
    if (!more)
        return;
    yaml_parser_set_input_file(&parser, file);
    while (more) {
        if (!yaml_parser_load(&parser, &r->document)) {
            not_yaml(r, &parser);
            break;
        }
        yaml_node_t *root = yaml_document_get_root_node(&r->document);
        more = root != NULL;
        if (root)
            read_document(r, root);
        yaml_document_delete(&r->document);
    }
    yaml_parser_delete(&parser);
}

static void read_file(struct apply *a, const char *path)
{
    struct yaml_reader r = { .apply = a, .file = arena_copy(&a->arena, path, strlen(path)) };
    struct mark mark = { .file = r.file };
    struct stat st;
    FILE *file = fopen(path, "re");
    if (!file || fstat(fileno(file), &st) < 0)
        apply_wrong(a, &mark, "", "cannot be read: %s", strerror(errno));
    else if (!S_ISREG(st.st_mode) || st.st_size > YAML_FILE_MAX)
        apply_wrong(a, &mark, "", "must be a file of at most %d bytes", YAML_FILE_MAX);
    else
        read_documents(&r, file);
    if (file)
        fclose(file);
}

/* --- directories -------------------------------------------------------------------------------
 */

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool is_yaml(const FTSENT *e)
{
    const char *dot = strrchr(e->fts_name, '.');
    return e->fts_info == FTS_F && dot && e->fts_name[0] != '.' &&
           (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0);
}

/* Links are followed, so that a volume of a container's orchestrator can be read; what is hidden is
 * not, and so nothing is read twice there. */
static void read_directory(struct apply *a, const char *path)
{
    char *copy = arena_copy(&a->arena, path, strlen(path));
    char *const roots[] = { copy, NULL };
    uint32_t files = 0;
    struct mark mark = { .file = copy };
    FTS *tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name);
    FTSENT *e;
    while (tree && (e = fts_read(tree)) != NULL) {
        bool hidden = e->fts_level > 0 && e->fts_name[0] == '.';
        if (e->fts_info == FTS_D && (hidden || e->fts_level > APPLY_DEPTH_MAX))
            fts_set(tree, e, FTS_SKIP);
        else if ((e->fts_info == FTS_DNR || e->fts_info == FTS_ERR) && !hidden)
            apply_wrong(a, &mark, "", "cannot be read: %s", strerror(e->fts_errno));
        else if (is_yaml(e) && files++ < APPLY_FILES_MAX)
            read_file(a, e->fts_path);
    }
    if (tree)
        fts_close(tree);
    if (files > APPLY_FILES_MAX)
        apply_wrong(a, &mark, "", "holds more than %d files", APPLY_FILES_MAX);
    if (files == 0 && a->error_count == 0)
        apply_wrong(a, &mark, "", "holds no file *.yaml");
}

/* --- what was read -----------------------------------------------------------------------------
 */

static int compare_items(const void *a, const void *b)
{
    const struct apply_item *x = *(struct apply_item *const *)a;
    const struct apply_item *y = *(struct apply_item *const *)b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return text_compare(x->id, y->id);
}

/* In the order of kinds, then of files, what is in none last: items move, so this comes before
 * anything points at them.
 */
static int compare_places(const void *a, const void *b)
{
    const struct apply_item *x = a, *y = b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (!x->mark.file || !y->mark.file)
        return !x->mark.file && !y->mark.file ? text_compare(x->id, y->id) : x->mark.file ? -1 : 1;
    int file = strcmp(x->mark.file, y->mark.file);
    if (file)
        return file;
    if (x->mark.line != y->mark.line)
        return x->mark.line < y->mark.line ? -1 : 1;
    return x->mark.column < y->mark.column ? -1 : x->mark.column > y->mark.column;
}

void apply_index(struct apply *a)
{
    if (a->count == 0)
        return;
    qsort(a->items, a->count, sizeof *a->items, compare_places);
    a->by_id = arena_alloc(&a->arena, a->count * sizeof(struct apply_item *));
    for (uint32_t i = 0; i < a->count; i++)
        a->by_id[i] = &a->items[i];
    qsort(a->by_id, a->count, sizeof *a->by_id, compare_items);
}

static void find_twice(struct apply *a)
{
    for (uint32_t i = 1; i < a->count; i++) {
        struct apply_item *first = a->by_id[i - 1], *again = a->by_id[i];
        if (compare_items(&first, &again) != 0)
            continue;
        if (compare_places(first, again) > 0) {
            first = a->by_id[i];
            again = a->by_id[i - 1];
        }
        apply_wrong(a, &again->mark, again->path, "the %s %.*s is given already: %s:%u:%u",
                    again->kind->entity->name, TEXT_ARG(again->id), first->mark.file,
                    first->mark.line, first->mark.column);
    }
}

void apply_read(struct apply *a, const char *path)
{
    struct stat st;
    struct mark mark = { .file = path };
    a->from = path;
    if (stat(path, &st) < 0)
        apply_wrong(a, &mark, "", "cannot be read: %s", strerror(errno));
    else if (S_ISDIR(st.st_mode))
        read_directory(a, path);
    else
        read_file(a, path);
    apply_index(a);
    find_twice(a);
}

void apply_keep(struct apply *a, const struct apply_item *item)
{
    if (a->count == a->room) {
        uint32_t room = a->room ? 2 * a->room : 64;
        struct apply_item *grown = realloc(a->items, room * sizeof *grown);
        if (!grown) {
            apply_wrong(a, &item->mark, item->path, "there is no memory for it");
            return;
        }
        a->items = grown;
        a->room = room;
    }
    a->items[a->count++] = *item;
}

struct apply_item *apply_find(const struct apply *a, const struct apply_kind *kind, struct text id)
{
    const struct apply_item wanted = { .kind = kind, .id = id };
    const struct apply_item *key = &wanted;
    if (a->count == 0)
        return NULL;
    struct apply_item **found = bsearch(&key, a->by_id, a->count, sizeof *a->by_id, compare_items);
    return found ? *found : NULL;
}

/* yaml_walk: see yaml_walk.h. */
#include "services/edge/yaml_walk.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

#include "services/edge/convert.h"

int yaml_wrong(struct yaml_walk *w, const yaml_node_t *node, const char *format, ...)
{
    va_list list;
    w->error->line = node ? yaml_line(node) : 0;
    snprintf(w->error->key, sizeof w->error->key, "%s", w->path);
    va_start(list, format);
    vsnprintf(w->error->rule, sizeof w->error->rule, format, list);
    va_end(list);
    return -EINVAL;
}

/* libyaml resolves aliases into shared nodes, which look like a tree and may even be a circle; so
 * they are looked for among the events, before the document is loaded. */
static int refuse_aliases(FILE *file, struct yaml_error *e)
{
    yaml_parser_t parser;
    yaml_event_t event;
    bool more = true;
    int r = 0;
    if (!yaml_parser_initialize(&parser))
        return -ENOMEM;
    yaml_parser_set_input_file(&parser, file);
    while (more && r == 0 && yaml_parser_parse(&parser, &event)) {
        more = event.type != YAML_STREAM_END_EVENT;
        if (event.type == YAML_ALIAS_EVENT) {
            e->line = (unsigned)event.start_mark.line + 1;
            snprintf(e->rule, sizeof e->rule, "aliases are not supported");
            r = -EINVAL;
        }
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    rewind(file);
    return r;
}

static int load(FILE *file, struct yaml_walk *w, yaml_read *root, void *target)
{
    yaml_parser_t parser;
    int r = 0;
    if (!yaml_parser_initialize(&parser))
        return -ENOMEM;
    yaml_parser_set_input_file(&parser, file);
    if (!yaml_parser_load(&parser, &w->document)) {
        w->error->line = (unsigned)parser.problem_mark.line + 1;
        snprintf(w->error->rule, sizeof w->error->rule, "not YAML: %s",
                 parser.problem ? parser.problem : "it cannot be read");
        r = -EINVAL;
    } else {
        const yaml_node_t *node = yaml_document_get_root_node(&w->document);
        r = node ? root(w, node, target) : yaml_wrong(w, NULL, "the file is empty");
        yaml_document_delete(&w->document);
    }
    yaml_parser_delete(&parser);
    return r;
}

int yaml_walk_file(const char *path, struct arena *a, void *context, yaml_read *root, void *target,
                   struct yaml_error *reterr)
{
    struct yaml_walk w = { .arena = a, .error = reterr, .context = context };
    struct stat st;
    *reterr = (struct yaml_error){ 0 };
    FILE *file = fopen(path, "re");
    if (!file || fstat(fileno(file), &st) < 0) {
        int r = -errno;
        snprintf(reterr->rule, sizeof reterr->rule, "cannot be read: %s", strerror(-r));
        if (file)
            fclose(file);
        return r;
    }
    int r = 0;
    if (!S_ISREG(st.st_mode) || st.st_size > YAML_FILE_MAX)
        r = yaml_wrong(&w, NULL, "must be a file of at most %d bytes", YAML_FILE_MAX);
    if (r == 0)
        r = refuse_aliases(file, reterr);
    if (r == 0)
        r = load(file, &w, root, target);
    fclose(file);
    return r;
}

int yaml_text(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct text *ret = target;
    if (node->type != YAML_SCALAR_NODE)
        return yaml_wrong(w, node, "must be one value");
    struct text t = { (const char *)node->data.scalar.value, (uint32_t)node->data.scalar.length };
    *ret = arena_text(w->arena, t);
    return 0;
}

int yaml_flag(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct text t = { 0 };
    int r = yaml_text(w, node, &t);
    if (r == 0 && bool_parse(t, target) < 0)
        r = yaml_wrong(w, node, "must be true or false");
    return r;
}

uint32_t yaml_count(const yaml_node_t *node)
{
    return node->type == YAML_SEQUENCE_NODE
               ? (uint32_t)(node->data.sequence.items.top - node->data.sequence.items.start)
               : 1;
}

const yaml_node_t *yaml_item(struct yaml_walk *w, const yaml_node_t *node, uint32_t i)
{
    return node->type == YAML_SEQUENCE_NODE
               ? yaml_document_get_node(&w->document, node->data.sequence.items.start[i])
               : node;
}

int yaml_texts(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct texts *ret = target;
    int r = 0;
    if (yaml_count(node) > YAML_TEXTS_MAX)
        return yaml_wrong(w, node, "has more than %d items", YAML_TEXTS_MAX);
    ret->count = yaml_count(node);
    for (uint32_t i = 0; i < ret->count && r == 0; i++)
        r = yaml_text(w, yaml_item(w, node, i), &ret->at[i]);
    return r;
}

/* The key of a pair, with the path told to be at it, once it is known to be new in its map. */
static int read_key(struct yaml_walk *w, const yaml_node_t *map, const yaml_node_pair_t *pair,
                    size_t outer, struct text *ret)
{
    const yaml_node_t *key = yaml_document_get_node(&w->document, pair->key);
    int r = yaml_text(w, key, ret);
    if (r < 0)
        return r;
    snprintf(w->path + outer, sizeof w->path - outer, "%s%.*s", outer ? "." : "", TEXT_ARG(*ret));
    for (const yaml_node_pair_t *q = map->data.mapping.pairs.start; q < pair; q++) {
        const yaml_node_t *other = yaml_document_get_node(&w->document, q->key);
        if (other->data.scalar.length == ret->length &&
            memcmp(other->data.scalar.value, key->data.scalar.value, ret->length) == 0)
            return yaml_wrong(w, key, "is given twice");
    }
    return 0;
}

int yaml_map(struct yaml_walk *w, const yaml_node_t *node, yaml_each *each, void *target)
{
    size_t outer = strlen(w->path);
    if (node->type != YAML_MAPPING_NODE)
        return yaml_wrong(w, node, "must be a map of keys");
    for (const yaml_node_pair_t *p = node->data.mapping.pairs.start;
         p < node->data.mapping.pairs.top; p++) {
        struct text key = { 0 };
        int r = read_key(w, node, p, outer, &key);
        if (r == 0)
            r = each(w, key, yaml_document_get_node(&w->document, p->value), target);
        if (r < 0)
            return r;
        w->path[outer] = '\0';
    }
    return 0;
}

struct table {
    const struct yaml_key *keys;
    void *target;
};

static int known_key(struct yaml_walk *w, struct text key, const yaml_node_t *value, void *target)
{
    const struct table *t = target;
    char known[160] = "";
    size_t used = 0;
    for (const struct yaml_key *k = t->keys; k->name; k++) {
        if (text_equal(text_from(k->name), key))
            return k->read(w, value, t->target);
        if (used < sizeof known)
            used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", used ? ", " : "",
                                     k->name);
    }
    return yaml_wrong(w, value, "is not known here; these are: %s", known);
}

int yaml_table(struct yaml_walk *w, const yaml_node_t *node, const struct yaml_key *keys,
               void *target)
{
    return yaml_map(w, node, known_key, &(struct table){ keys, target });
}

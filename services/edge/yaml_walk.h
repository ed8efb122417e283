/* yaml_walk: a YAML document walked by tables of keys, with every complaint at its line. */
#ifndef REDRESS_EDGE_YAML_WALK_H
#define REDRESS_EDGE_YAML_WALK_H

#include <yaml.h>

#include "common/base/arena.h"

enum { YAML_TEXTS_MAX = 64, YAML_FILE_MAX = 1 << 20 };

struct texts {
    struct text at[YAML_TEXTS_MAX];
    uint32_t count;
};

struct yaml_error {
    unsigned line; /* 0: not about a line */
    char key[120]; /* "fields.state.values" */
    char rule[240];
};

struct yaml_walk {
    yaml_document_t document;
    struct arena *arena; /* owns the texts */
    struct yaml_error *error;
    char path[120]; /* of the key being read */
    void *context; /* the reader's own */
};

typedef int yaml_read(struct yaml_walk *w, const yaml_node_t *node, void *target);
struct yaml_key {
    const char *name;
    yaml_read *read;
};

/* Reads the one document of a file and hands its root to `root`. 0, -errno of the file, -EINVAL
 * with *reterr, or what root returned. Aliases are refused: no file needs them, and they can be
 * nested without end. */
int yaml_walk_file(const char *path, struct arena *a, void *context, yaml_read *root, void *target,
                   struct yaml_error *reterr);

/* Fills the error with the node's line, the path and this rule; -EINVAL. */
int yaml_wrong(struct yaml_walk *w, const yaml_node_t *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A map whose keys are those of a table that ends with a NULL name. */
int yaml_table(struct yaml_walk *w, const yaml_node_t *node, const struct yaml_key *keys,
               void *target);

/* A map with free keys. */
typedef int yaml_each(struct yaml_walk *w, struct text key, const yaml_node_t *value, void *target);
int yaml_map(struct yaml_walk *w, const yaml_node_t *node, yaml_each *each, void *target);

/* A sequence; a value that is none counts as a sequence of itself. */
uint32_t yaml_count(const yaml_node_t *node);
const yaml_node_t *yaml_item(struct yaml_walk *w, const yaml_node_t *node, uint32_t i);

/* Values: into a struct text, a struct texts, a bool. */
int yaml_text(struct yaml_walk *w, const yaml_node_t *node, void *target);
int yaml_texts(struct yaml_walk *w, const yaml_node_t *node, void *target);
int yaml_flag(struct yaml_walk *w, const yaml_node_t *node, void *target);

static inline unsigned yaml_line(const yaml_node_t *node)
{
    return (unsigned)node->start_mark.line + 1;
}

#endif

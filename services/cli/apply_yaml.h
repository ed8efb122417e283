/* apply_yaml: one entity of a configuration file, from YAML nodes by the rows of its record. */
#ifndef REDRESS_CLI_APPLY_YAML_H
#define REDRESS_CLI_APPLY_YAML_H

#include <yaml.h>

#include "services/cli/apply.h"
#include "services/edge/yaml_walk.h"

struct yaml_reader {
    struct apply *apply;
    const char *file;
    yaml_document_t document;
    struct apply_item item; /* the one being read */
};

/* Reads an item, and appends it when nothing is wrong with it. */
void reader_item(struct yaml_reader *r, const struct apply_kind *kind, yaml_node_t *node,
                 const char *path);

/* Complains about a word that is not among the known ones. */
void reader_unknown(struct yaml_reader *r, const yaml_node_t *node, const char *path,
                    const char *word, const char *const *names, size_t count);

struct mark reader_mark(const struct yaml_reader *r, const yaml_node_t *node);

/* Not given: nothing behind the colon, ~ or null. */
bool reader_is_null(const yaml_node_t *node);

#endif

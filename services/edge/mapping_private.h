/* mapping_private: a mapping as read from its file; shared by mapping_load.c and mapping.c only. */
#ifndef REDRESS_EDGE_MAPPING_PRIVATE_H
#define REDRESS_EDGE_MAPPING_PRIVATE_H

#include "services/edge/dates.h"
#include "services/edge/mapping.h"
#include "services/edge/yaml_walk.h"

struct mapping_value {
    struct text from, to;
};

struct rule {
    const struct field *field; /* NULL for the client */
    unsigned line; /* in the mapping file */
    struct texts columns; /* none: a constant, or the row's number */
    int column; /* found by mapping_bind, -1 when the file lacks it */
    struct texts strip;
    struct mapping_value *values;
    uint32_t value_count;
    bool take_digits, row, optional, cut;
    bool has_is, has_otherwise, has_missing;
    struct text is, otherwise, missing;
    struct text original; /* the key in the details, or empty */
};

struct rules {
    struct rule *at[MSG_FIELDS_MAX];
    uint32_t count;
};

struct fact_rules {
    struct text when;
    unsigned line;
    int column;
    struct rules fields;
};

struct mapping {
    struct arena arena;
    char file[256];
    const struct record *record;
    char delimiter;
    uint32_t columns; /* of the header */
    struct texts missing;
    int64_t zone; /* microseconds east of UTC */
    struct date_pattern dates[MAPPING_DATES_MAX];
    uint32_t date_count;
    const struct field *moment;
    const struct field *order[MAPPING_ORDER_MAX];
    uint32_t order_count;
    struct rule *client;
    const struct field *client_first_of;
    struct text client_kept_as;
    struct rules fields;
    const struct field *details; /* NULL: nothing is kept */
    struct texts detail_names;
    int detail_columns[YAML_TEXTS_MAX];
    unsigned detail_line;
    struct fact_rules facts[MAPPING_FACTS_MAX]; /* fact_count 0: one fact a row */
    uint32_t fact_count;
};

/* mapping_rule.c: readers of the maps `client` and `fields` of a file; the walk's context is the
 * mapping. */
int mapping_read_client(struct yaml_walk *w, const yaml_node_t *node, void *target);
int mapping_read_rules(struct yaml_walk *w, const yaml_node_t *node, void *target);
int mapping_read_field(struct yaml_walk *w, const yaml_node_t *node, void *target);

#endif

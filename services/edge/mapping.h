/* mapping: how the rows of another system's file become facts: one YAML file a source, no code.
 * deploy/maps/README.md says how such a file is written.
 */
#ifndef REDRESS_EDGE_MAPPING_H
#define REDRESS_EDGE_MAPPING_H

#include "common/msg.h"
#include "common/service.h"

enum {
    MAPPING_VALUES_MAX = 256, /* of one rule */
    MAPPING_FACTS_MAX = 16,
    MAPPING_ORDER_MAX = 8,
    MAPPING_DATES_MAX = 16,
};

struct mapping;

struct mapping_error {
    char file[256];
    unsigned line; /* 0: not about a line */
    char key[120]; /* "fields.state.values" */
    char rule[240];
};

/* Reads a mapping file for this record. 0; -ENOENT and other -errno of the file; -EINVAL; always
 * with *reterr filled. */
int mapping_load(const char *path, const struct record *record, struct mapping **ret,
                 struct mapping_error *reterr);
void mapping_free(struct mapping **m);

/* The client of rows that name none; borrowed. */
void mapping_client_default(struct mapping *m, struct text client);

char mapping_delimiter(const struct mapping *m);
const char *mapping_file(const struct mapping *m);

/* The fields to sort by; a fact's ties keep the file's order. */
const struct field *const *mapping_order(const struct mapping *m, uint32_t *ret_count);

/* Finds the columns in a header. 0, or -EINVAL with *reterr naming the column that is missing. */
int mapping_bind(struct mapping *m, const struct text *header, uint32_t count,
                 struct mapping_error *reterr);

/* A fact of a row; everything in it lives as long as the arena and the row. */
struct mapped {
    int64_t moment;
    struct text client; /* a valid client id */
    struct text group; /* the value of client.first_of, or empty */
    void *value; /* the record's struct, checked */
};

/* The facts of row number `row` (1 is the first behind the header), at most MAPPING_FACTS_MAX. 0
 * and how many, or -EINVAL with *reterr naming the field and the rule: the row has no facts then.
 */
int mapping_row(const struct mapping *m, const struct text *cells, uint32_t count, int64_t row,
                struct arena *a, struct mapped *ret, uint32_t *ret_count, struct msg_error *reterr);

/* Keeps the client that a fact named itself in its details; nothing when the mapping has no
 * kept_as. */
void mapping_keep_client(const struct mapping *m, struct text client, struct arena *a, void *value);

/* The rule for client ids above; the text itself when it is one. */
struct text client_id_make(struct text t, struct arena *a);
bool client_id_valid(struct text t);

#endif

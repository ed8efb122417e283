/* import: the rows of a file as facts in memory, in the order in which they were true, and two ways
 * to hand them over. */
#ifndef REDRESS_CLI_IMPORT_H
#define REDRESS_CLI_IMPORT_H

#include "services/cli/cli.h"
#include "services/edge/mapping.h"

enum {
    IMPORT_FACTS_MAX = 1 << 26,
};
#define IMPORT_POOL_MAX ((size_t)16 << 30) /* bytes of all facts together */

/* A part of the pool. */
struct span {
    size_t at;
    uint32_t size;
};

/* What a fact is sorted by: a number, or a text in the pool. */
union order_key {
    int64_t number;
    struct span text;
};

struct fact {
    int64_t moment;
    uint64_t line; /* in the file */
    struct span body; /* the command's encoded map */
    struct span client, group;
    union order_key keys[MAPPING_ORDER_MAX];
};

struct facts {
    struct fact *at;
    size_t count, room;
    char *pool;
    size_t used, size;
    uint64_t rows, bad; /* that could be read, that could not */
};

/* Reads a file of rows, or of JSON documents, as the mapping says; each bad one is said on standard
 * error with its line. 0, or the exit code, having said why. */
int facts_read(const char *path, struct mapping *m, struct facts *ret);

/* Brings them in the mapping's order and gives all facts of a group to the client of its first. 0
 * or -errno. */
int facts_sort(struct facts *f, const struct mapping *m, const struct record *r);
void facts_free(struct facts *f);

static inline struct text facts_text(const struct facts *f, struct span s)
{
    return (struct text){ f->pool + s.at, s.size };
}

struct import {
    struct cli *cli;
    const char *file, *map, *client_default, *actor, *config, *model;
    bool history, dry_run;
    int64_t partitions;
    const struct service_type *service;
    const struct command_row *command;
    const struct query_row *summary; /* the totals that are shown at the end */
    struct suite suite;
    struct facts facts;
    uint64_t known, refused;
    struct arena arena; /* owns totals */
    void *totals; /* of summary->result */
};

/* The request of a fact; borrows from it. */
void import_request(const struct import *i, const struct fact *f, struct request *ret);

/* Counts an answer, and says which row was refused and why. */
void import_answered(struct import *i, const struct fact *f, const struct reply *reply);

/* Hands the facts over and fills the totals. 0, or the exit code, having said why. */
int import_history(struct import *i);
int import_bus(struct import *i);

#endif

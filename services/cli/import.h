/* import: the rows of files as facts in memory, in the order in which they were true, and two ways
 * to hand them over. What kinds of files there are is a table (import_kinds.c). */
#ifndef REDRESS_CLI_IMPORT_H
#define REDRESS_CLI_IMPORT_H

#include "services/cli/cli.h"
#include "services/edge/mapping.h"

enum {
    IMPORT_FACTS_MAX = 1 << 26,
    IMPORT_FILES_MAX = 8,
};
#define IMPORT_POOL_MAX ((size_t)16 << 30) /* bytes of all facts of a file together */

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

/* Brings them in the order of their moments, those of one moment in the mapping's, and gives all
 * facts of a group to the client of its first. 0 or -errno. */
int facts_sort(struct facts *f, const struct mapping *m, const struct record *r);
void facts_free(struct facts *f);

static inline struct text facts_text(const struct facts *f, struct span s)
{
    return (struct text){ f->pool + s.at, s.size };
}

/* "field", or "field (column name)" where its file calls it otherwise; "" of "". */
struct text facts_place(const struct mapping *m, const char *field, struct arena *a);

/* What can be imported: a word of the command line, the command that each fact becomes, the mapping
 * that is used when none is named (NULL: one must be), and the totals that are shown at the end, of
 * a query without parameters (NULL: none). */
enum { IMPORT_SHOWN_MAX = 8 };
struct import_kind {
    const char *word, *service, *command, *map, *summary;
    const char *shown[IMPORT_SHOWN_MAX + 1];
    const char *doc;
};
extern const struct import_kind import_kinds[]; /* ends with a NULL word */
const struct import_kind *import_kind_named(struct text word);

/* One file. */
struct load {
    const struct import_kind *kind;
    const char *file, *map;
    const struct service_type *service;
    const struct command_row *command;
    const struct query_row *summary;
    struct mapping *mapping;
    struct facts facts;
    uint64_t recorded, known, refused;
    void *totals; /* of summary->result, in the import's arena */
};

struct import {
    struct cli *cli;
    const char *client_default, *actor, *config, *model;
    bool history, dry_run;
    int64_t partitions, rate; /* of a new suite; 0: as it is */
    struct load loads[IMPORT_FILES_MAX];
    size_t count;
    struct suite suite;
    struct arena arena; /* owns totals */
};

/* The request of a fact; borrows from it. */
void import_request(const struct import *i, const struct load *l, const struct fact *f,
                    struct request *ret);

/* Counts an answer, and says which row was refused and why. */
void import_answered(struct load *l, const struct fact *f, const struct reply *reply);

/* Hands the facts over and fills the totals: those of all files in the order of their moments, or
 * file after file over the bus. 0, or the exit code, having said why. */
int import_history(struct import *i);
int import_bus(struct import *i);

#endif

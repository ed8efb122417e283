/* mapping: how what another system says becomes facts: one YAML file a source, no code. Rows of a
 * CSV file (mapping_bind, mapping_row), or JSON documents (mapping_json). deploy/maps/README.md
 * says how such a file is written.
 *
 * A mapping is read only once loaded (but for mapping_bind and mapping_client_default), so threads
 * may share it. Facts live as long as the arena and what they were made of.
 */
#ifndef REDRESS_EDGE_MAPPING_H
#define REDRESS_EDGE_MAPPING_H

#include <jansson.h>

#include "common/msg/msg.h"
#include "common/service.h"
#include "common/suite/suite.h"

enum {
    MAPPING_VALUES_MAX = 256, /* of one rule */
    MAPPING_FACTS_MAX = 16, /* of one row; also the cases of a document's elements */
    MAPPING_ORDER_MAX = 8,
    MAPPING_MOMENTS_MAX = 4,
    MAPPING_DATES_MAX = 16,
    MAPPING_DETAILS_MAX = 64, /* kept of one fact; the record's field may hold fewer */
    MAPPING_ELEMENTS_MAX = 1000, /* of one JSON document */
    MAPPING_DEPTH_MAX = 32, /* of one JSON document; a scalar has depth 1 */
    MAPPING_MEMORY_MAX = 64 << 20, /* bytes that the facts of one document may take */
};

struct mapping;

struct mapping_error {
    char file[256];
    unsigned line; /* 0: not about a line */
    char key[120]; /* "fields.state.values" */
    char rule[240];
};

/* Reads a mapping file for this record. 0; -ENOENT and other -errno of the file; -EINVAL;
 * -EPROTOTYPE: it says itself that it is for another command; always with *reterr filled. */
int mapping_load(const char *path, const struct record *record, struct mapping **ret,
                 struct mapping_error *reterr);
void mapping_free(struct mapping **m);

/* The directory of the mappings that are shipped with this program; -ENOENT when there is none. */
int mapping_directory(char ret[static SUITE_PATH_MAX]);

/* Whether it reads JSON documents, and not rows. */
bool mapping_is_json(const struct mapping *m);

const char *mapping_file(const struct mapping *m);

/* The column that a field of that name, or "client", is read from, once bound; empty when it is
 * from none, or from one that is called like it. Borrowed. */
struct text mapping_column(const struct mapping *m, const char *field);

/* The fields to sort facts of one moment by; ties keep the file's order. */
const struct field *const *mapping_order(const struct mapping *m, uint32_t *ret_count);

/* A fact; everything in it but the body lives as long as the arena and the row or document. */
struct mapped {
    int64_t moment;
    struct text client; /* a valid client id */
    struct text group; /* the value of client.first_of, or empty */
    struct text key; /* the text that tells tickets apart, before it was made to fit; or empty */
    void *value; /* the record's struct, checked */
    const uint8_t *body; /* the same as the map of a command; lives in the arena */
    size_t body_size;
};

/* --- rows ------------------------------------------------------------------------------------- */

/* The client of rows that name none; borrowed. */
void mapping_client_default(struct mapping *m, struct text client);

char mapping_delimiter(const struct mapping *m);

/* Finds the columns in a header. 0, or -EINVAL with *reterr naming the column that is missing. */
int mapping_bind(struct mapping *m, const struct text *header, uint32_t count,
                 struct mapping_error *reterr);

/* The facts of row number `row` (1 is the first behind the header), at most MAPPING_FACTS_MAX. 0
 * and how many, or -EINVAL with *reterr naming the field and the rule: the row has no facts then.
 */
int mapping_row(const struct mapping *m, const struct text *cells, uint32_t count, int64_t row,
                struct arena *a, struct mapped *ret, uint32_t *ret_count, struct msg_error *reterr);

/* --- documents -------------------------------------------------------------------------------- */

/* What a document does not say itself. */
struct mapping_context {
    struct text client; /* of elements that name none; may be empty */
    struct text source; /* $source: the name of who sends; may be empty */
    int64_t received_at; /* $received: microseconds UTC; 0 when nobody knows */
};

/* The facts of a document, in its order, one for each of its elements. 0, *ret in the arena and how
 * many (0 is possible: a document without elements). -EINVAL: something in it does not fit, and
 * nothing of it is to be taken; reterr->field is the JSON Pointer from the root ("document" for the
 * root itself) and the rule names the field of the record. -E2BIG: a limit above, named likewise.
 *
 * A fact may name another client than the context's: whether the sender may speak for that client
 * is for the caller to judge. */
int mapping_json(const struct mapping *m, const json_t *document, const struct mapping_context *ctx,
                 struct arena *a, struct mapped **ret, uint32_t *ret_count,
                 struct msg_error *reterr);

/* The secret with which a document authenticates itself, where the mapping's `token` says it has
 * one; borrowed from the document. 0; -ENOENT when the mapping has no token (the sender's token is
 * in a header then), or the document lacks it. */
int mapping_token(const struct mapping *m, const json_t *document, struct text *ret);

/* What the protocol answers, by the mapping's `reply`: the status code and, owned by the caller,
 * the body. 0 when the mapping has no reply. `first` is the first fact or NULL; `why` is NULL when
 * the document was taken. */
unsigned mapping_reply(const struct mapping *m, const json_t *document, const struct mapped *first,
                       const struct msg_error *why, json_t **ret_body);

/* --- clients ---------------------------------------------------------------------------------- */

/* Keeps the client that a fact named itself in its details; nothing when the mapping has no
 * kept_as. */
void mapping_keep_client(const struct mapping *m, struct text client, struct arena *a, void *value);

/* The rule for client ids above; the text itself when it is one. */
struct text client_id_make(struct text t, struct arena *a);
bool client_id_valid(struct text t);

#endif

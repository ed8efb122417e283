/* mapping_private: a mapping as read from its file, and a fact on its way; shared by the files
 * mapping*.c only. */
#ifndef REDRESS_EDGE_MAPPING_PRIVATE_H
#define REDRESS_EDGE_MAPPING_PRIVATE_H

#include "services/edge/dates.h"
#include "services/edge/mapping.h"
#include "services/edge/yaml_walk.h"

enum {
    MAPPING_TEXT_MAX = 4096, /* bytes of a document's text that are looked at for a field */
    MAPPING_TERMS_MAX = 16, /* of one expression */
    MAPPING_STEPS_MAX = 16, /* of one pointer */
    MAPPING_REPLY_DEPTH_MAX = 8,
    MAPPING_MEMBERS_MAX = 1000, /* of objects and lists that are looked at for one fact's details */
};

/* --- expressions: where a text of a document comes from ------------------------------------------
 */

/* RFC 6901, with its steps unescaped. */
struct pointer {
    struct text text;
    struct text steps[MAPPING_STEPS_MAX];
    uint32_t count;
};

enum term_kind {
    TERM_LITERAL,
    TERM_POINTER,
    TERM_FINGERPRINT, /* of the object at the pointer, as Prometheus computes it for labels */
    TERM_HASH, /* of the value at the pointer */
    TERM_RECEIVED,
    TERM_SOURCE,
    TERM_KEY, /* these three in replies only */
    TERM_FIELD,
    TERM_RULE,
};

struct term {
    enum term_kind kind;
    bool root; /* the pointer begins at the document, not at the element */
    struct pointer pointer;
    struct text literal;
};

/* One term, the empty text for all of the element, or a template of several: it says nothing when
 * one of its terms says nothing. */
struct expression {
    struct term *terms;
    uint32_t count;
};

/* Alternatives: the first that says something counts. */
struct expressions {
    struct expression *at;
    uint32_t count;
};

/* Where expressions are evaluated. */
struct place {
    const json_t *root, *element;
    struct text path; /* the element's pointer */
    const struct mapping_context *ctx;
    struct text key, field, rule; /* replies */
};

enum term_use { USE_FIELD, USE_REPLY }; /* a reply may be a plain text, and has words of its own */

/* 0, or -EINVAL with *ret_why. */
int expression_parse(struct text t, enum term_use use, struct arena *a, struct expression *ret,
                     const char **ret_why);

/* A struct expressions from one text or a list of them. */
int expressions_read(struct yaml_walk *w, const yaml_node_t *node, void *target);

/* The text, empty when it says nothing. `deep`: objects and lists become compact JSON (at most
 * MAPPING_TEXT_MAX bytes of it), else they are -EINVAL. */
int expression_text(const struct expression *e, const struct place *p, bool deep, struct arena *a,
                    struct text *ret);

/* The pointer from the root to what the expression's first pointer names; empty for none. */
struct text expression_path(const struct expression *e, const struct place *p, struct arena *a);

/* The value a pointer names, NULL when there is none. */
const json_t *pointer_find(const struct pointer *p, const json_t *value);
int pointer_parse(struct text t, struct arena *a, struct pointer *ret);
const json_t *term_value(const struct term *t, const struct place *p);

/* --- rules ---------------------------------------------------------------------------------- */

struct mapping_value {
    struct text from, to;
};

struct rule {
    const struct field *field; /* NULL for the client */
    unsigned line; /* in the mapping file */
    struct texts columns; /* none: a constant, the row's number, or an expression */
    int column; /* found by mapping_bind, -1 when the file lacks it */
    struct text found; /* its name */
    struct expressions at; /* JSON */
    struct texts strip;
    struct text prefix;
    struct mapping_value *values;
    uint32_t value_count;
    bool take_digits, row, optional, cut, key;
    bool has_is, has_otherwise, has_missing;
    struct text is, otherwise, missing;
    struct text original; /* the key in the details, or empty */
};

struct rules {
    struct rule *at[MSG_FIELDS_MAX];
    uint32_t count;
};

/* CSV: a fact of a row that has an instant in column `when`. */
struct fact_rules {
    struct text when;
    unsigned line;
    int column;
    struct rules fields;
};

/* JSON: what holds for elements of which `by` says `value`. */
struct case_rules {
    struct text value;
    struct expressions needs;
    struct rules fields;
};

/* JSON: a detail, or one for each member of the objects and lists that `each` names. */
struct keep_rule {
    struct text as; /* its key, or the beginning of theirs */
    struct expressions each;
    struct expressions at; /* seen from the member where there is an each */
};

struct keep_rules {
    struct keep_rule at[MAPPING_DETAILS_MAX];
    uint32_t count;
};

struct reply_rule {
    unsigned code; /* 0: none */
    json_t *body;
};

struct mapping {
    struct arena arena;
    char file[256];
    const struct record *record;
    bool json;
    char delimiter;
    uint32_t columns; /* of the header */
    struct texts missing;
    int64_t zone; /* microseconds east of UTC */
    struct date_pattern dates[MAPPING_DATES_MAX + 1];
    uint32_t date_count;
    const struct field *moments[MAPPING_MOMENTS_MAX]; /* the first that is given counts */
    uint32_t moment_count;
    const struct field *order[MAPPING_ORDER_MAX];
    uint32_t order_count;
    struct rule *client;
    const struct field *client_first_of;
    struct text client_kept_as;
    struct rules fields;
    const struct field *details; /* NULL: nothing is kept */
    struct texts detail_names;
    int detail_columns[YAML_TEXTS_MAX];
    struct fact_rules facts[MAPPING_FACTS_MAX]; /* fact_count 0: one fact a row */
    uint32_t fact_count;
    bool has_each, has_token;
    struct pointer each, token; /* JSON */
    struct expressions needs, by;
    struct case_rules cases[MAPPING_FACTS_MAX];
    uint32_t case_count;
    struct keep_rules keeps;
    struct reply_rule accepted, refused;
};

/* mapping_rule.c: readers of the maps `client` and `fields` of a file; the walk's context is the
 * mapping. */
int mapping_read_client(struct yaml_walk *w, const yaml_node_t *node, void *target);
int mapping_read_rules(struct yaml_walk *w, const yaml_node_t *node, void *target);
int mapping_read_field(struct yaml_walk *w, const yaml_node_t *node, void *target);

/* mapping_load_json.c: readers of the keys that only mappings of documents have. */
int mapping_read_each(struct yaml_walk *w, const yaml_node_t *node, void *target);
int mapping_read_needs(struct yaml_walk *w, const yaml_node_t *node, void *target);
int mapping_read_cases(struct yaml_walk *w, const yaml_node_t *node, void *target);
int mapping_read_keep(struct yaml_walk *w, const yaml_node_t *node, void *target);
int mapping_read_token(struct yaml_walk *w, const yaml_node_t *node, void *target);
int mapping_read_reply(struct yaml_walk *w, const yaml_node_t *node, void *target);

/* --- a fact on its way ------------------------------------------------------------------------ */

struct work {
    const struct mapping *m;
    const struct text *cells; /* of a row */
    int64_t row;
    const struct place *place; /* in a document; NULL for rows */
    struct arena *a;
    struct msg_error *e;
    void *value;
    const struct rule *rule; /* the one at work, NULL when it is about the fact as a whole */
    struct text key;
    struct text_pair details[MAPPING_DETAILS_MAX];
    uint32_t detail_count, details_dropped, members;
};

/* What a rule makes of a row or an element: *ret, empty when the field is not given. */
int mapping_rule_text(struct work *w, const struct rule *r, struct text *ret);
struct text mapping_cell(const struct work *w, int column);
int mapping_first_text(struct work *w, const struct expressions *all, bool deep, struct text *ret);

/* A fact: begun, its fields set, its details added in the order of their worth, ended. */
void mapping_begin(struct work *w);
int mapping_set_fields(struct work *w, const struct rules *rules);
int mapping_set_instant(struct work *w, const struct field *f, struct text t);
void mapping_detail(struct work *w, struct text key, struct text value);
void mapping_details_end(struct work *w);
int mapping_end(struct work *w, struct mapped *ret);

/* Fills the error, cut to fit between two characters; -EINVAL. */
int mapping_wrong(struct msg_error *e, const char *field, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

bool mapping_same(struct text a, struct text b); /* in any case */
bool mapping_says_nothing(const struct mapping *m, struct text t);
struct text mapping_shown(struct text t); /* as much of it as an error message takes */

/* At most `most` bytes, not through the middle of a character; visibly: with an ellipsis. */
struct text text_cut(struct text t, uint32_t most);
struct text text_cut_visibly(struct text t, uint32_t most, struct arena *a);

#endif

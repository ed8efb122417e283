/* matrix: what the files about roles and responsibilities share: how a row of the matrix is judged.
 * The rules are in RULES.md, "Roles and responsibilities".
 *
 * A query makes one struct matrix, which remembers what it has found out about roles and groups:
 * rows name the same few again and again. It is large; a query has one on its stack. */
#ifndef REDRESS_CATALOG_MATRIX_H
#define REDRESS_CATALOG_MATRIX_H

#include "services/catalog/catalog.h"

enum {
    MATRIX_NAMES = 1024, /* room of a table of names; a power of two */
    MATRIX_NAMES_MAX = 768, /* that are remembered: so many roles, and groups */
    MATRIX_BEFORE_MAX = 512, /* of them before the first row, so that there is room for rows */
    MATRIX_FINDINGS_MAX = 64, /* of one row */
    MATRIX_DELIVERIES_MAX = 10000, /* that are looked at, by their ids */
    MATRIX_AGREEMENTS_MAX = 1000, /* the same */
};

/* What is known of a group. */
struct matrix_group {
    struct text id;
    bool known, looked_at;
    bool bound; /* an agreement in force binds it, */
    bool responds; /* and says how soon it responds */
    bool gone; /* its partner is */
    bool always; /* somebody of it can be reached at every hour */
    int32_t side;
    struct text partner;
};

/* What is known of a role: as it is held for one client, or in general: by itself and by all
 * deliveries. */
struct matrix_role {
    struct text id;
    bool known;
    uint32_t looked_at; /* the generation */
    int32_t side;
    struct text person; /* who holds it by name, as far as that is one */
    struct text partner;
    bool held, gone, unbound, unanswering, unreachable;
    int64_t counts[letter_AR + 1]; /* raci_roles only: its rows by letter */
};

struct matrix {
    const struct context *ctx;
    struct view *view;
    struct text client; /* as this one is served; "": in general */
    int64_t today; /* days since 1970-01-01 */
    struct text component; /* of the row looked at: its services say which delivery counts */
    uint32_t generation; /* of what is known of roles: for one client, each component has its own */
    uint32_t role_count, group_count;
    bool too_many; /* of deliveries: a role that none of those looked at names counts as held */
    struct matrix_role roles[MATRIX_NAMES];
    struct matrix_group groups[MATRIX_NAMES];
};

struct matrix_judged {
    struct raci_finding at[MATRIX_FINDINGS_MAX];
    uint32_t count;
    int64_t errors, warnings;
    int32_t boundary; /* enum side */
    struct text partner;
};

/* Looks at agreements and, without a client, at deliveries. */
void matrix_begin(struct matrix *m, const struct context *ctx, struct view *v, struct text client);

/* False when the next row may name more roles than can be remembered: end the page before it. */
bool matrix_has_room(const struct matrix *m);

/* The same without a look at anything: for counting only. */
void matrix_clear(struct matrix *m, const struct context *ctx, struct view *v);

/* How often a role has each letter, to be counted up; NULL when there are too many roles. */
int64_t *matrix_counts(struct matrix *m, struct text role);

/* From here on it is about this component. */
void matrix_about(struct matrix *m, struct text component);

/* What is known of a role. There is room for it (matrix_has_room). */
struct matrix_role *matrix_role(struct matrix *m, struct text id);

/* What does not hold in a row; errors first. `c` and `p` are what it is about, and matrix_about has
 * been told of c. */
void matrix_judge(struct matrix *m, const struct raci *row, const struct component *c,
                  const struct process *p, struct matrix_judged *ret);

/* On whose side the work is done that no row says anything of: where the component's group is. */
void matrix_border(struct matrix *m, const struct component *c, int32_t *ret_boundary,
                   struct text *ret_partner);

/* The keys of the rows of a component in the index of rows by their ids; a component's id may hold
 * a colon itself, so rows of others may be among them. */
struct key matrix_rows_of(struct text component);

/* Whether a component is a part of a service; of "" every one is. */
bool matrix_is_part(const struct component *c, struct text service);

/* Adds what is wrong to findings that have room. */
void matrix_find(struct raci_finding *at, uint32_t *count, uint32_t max, int32_t code,
                 struct text role);

/* --- who.c --------------------------------------------------------------------------------------
 */

/* What a delivery says of a role for a client, by the services of the component; NULL for nothing.
 */
const struct duty_of *who_delivers(const struct context *ctx, struct view *v, struct text client,
                                   struct text component, struct text role);

#endif

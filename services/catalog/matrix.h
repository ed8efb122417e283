/* matrix: what the files about roles and responsibilities share: how a row of the matrix is judged.
 * The rules are in RULES.md, "Roles and responsibilities".
 *
 * A query makes one struct matrix, which remembers what it has found out about roles and groups:
 * rows name the same few again and again. It is large; a query has one on its stack. */
#ifndef REDRESS_CATALOG_MATRIX_H
#define REDRESS_CATALOG_MATRIX_H

#include "services/catalog/catalog.h"

enum {
    MATRIX_NAMES = 512, /* room of a table of names */
    MATRIX_NAMES_MAX = 480, /* roles and groups together that are remembered; of these, */
    MATRIX_BOUND_MAX = 160, /* so many of agreements, */
    MATRIX_DELIVERED_MAX = 320, /* so many of agreements and deliveries; the rest is for rows */
    MATRIX_FINDINGS_MAX = 64, /* of one row: at most 24 errors, 24 warnings of one kind, and some */
    MATRIX_DELIVERIES_MAX = 10000, /* that are looked at, by their ids */
    MATRIX_AGREEMENTS_MAX = 1000, /* the same */
    MATRIX_ROWS_A_PAGE = 800, /* that are looked at for one page: a view keeps what it looked up */
    MATRIX_AGAIN_ROWS = 800, /* so many rows is another look at agreements and deliveries worth */
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
    uint32_t names; /* in both tables */
    uint32_t judged; /* rows, or passed over: for the page's end */
    bool many_bound; /* more agreements than are looked at: every group counts as bound */
    bool many_delivered; /* and deliveries: every role counts as held */
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

/* Whether a page may judge more rows. */
bool matrix_goes_on(const struct matrix *m);

/* The same without a look at anything: for counting only. */
void matrix_clear(struct matrix *m, const struct context *ctx, struct view *v);

/* How often a role has each letter: to be counted up, NULL when there are too many roles; and to be
 * read. */
int64_t *matrix_counts(struct matrix *m, struct text role);
const int64_t *matrix_counted(struct matrix *m, struct text role);

/* From here on it is about this component. */
void matrix_about(struct matrix *m, struct text component);

/* What is known of a role. For a row there is room once it is begun to be judged. */
struct matrix_role *matrix_role(struct matrix *m, struct text id);

/* Makes room for a row's names: forgets all, and looks anew, where there are too many. */
void matrix_begin_row(struct matrix *m);

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

/* A finding of that code. */
struct raci_finding matrix_finding(int32_t code, struct text role);

/* --- who.c --------------------------------------------------------------------------------------
 */

/* What a delivery says of a role for a client, by the services of the component; NULL for nothing.
 */
const struct duty_of *who_delivers(const struct context *ctx, struct view *v, struct text client,
                                   struct text component, struct text role);

#endif

/* raci_query: the matrix row by row, and role by role. A page of rows ends where enough were looked
 * at, or more roles would be than are remembered; the walk leaves a cursor then. */
#include "services/catalog/matrix.h"

enum { ROWS_COUNTED_MAX = 20000 /* of a matrix whose roles are counted */ };

static const void *get(struct view *v, int entity, struct text id)
{
    return view_get_of(v, entity, PROVIDER_CLIENT, id);
}

/* --- row by row ------------------------------------------------------------------------------- */

static bool is_wanted(const struct catalog_raci_findings *q, const struct raci *row,
                      const struct component *c)
{
    return (text_empty(q->process) || text_equal(q->process, row->process)) &&
           (text_empty(q->component) || text_equal(q->component, row->component)) &&
           matrix_is_part(c, q->service);
}

static bool answer_verdict(struct answer *a, const struct raci *row, const struct matrix_judged *j)
{
    return answer_row(a, &(struct raci_verdict){ .id = row->id,
                                                 .component = row->component,
                                                 .process = row->process,
                                                 .boundary = j->boundary,
                                                 .partner = j->partner,
                                                 .errors = j->errors,
                                                 .warnings = j->warnings,
                                                 .findings = { j->at, j->count } });
}

void query_catalog_raci_findings(const struct context *ctx, struct view *v, const void *parameters,
                                 struct answer *a)
{
    const struct catalog_raci_findings *q = parameters;
    struct matrix m;
    struct matrix_judged j;
    struct found found;
    struct key key = matrix_rows_of(q->component);
    if (!is_providers(ctx) || (!text_empty(q->client) && !get(v, ENTITY_client, q->client)))
        return;
    matrix_begin(&m, ctx, v, q->client);
    struct walk *w = answer_walk(a, v, INDEX_raci_by_id, text_empty(q->component) ? NULL : &key);
    while (matrix_goes_on(&m) && view_next(w, &found)) {
        const struct raci *row = found.entity;
        const struct component *c = get(v, ENTITY_component, row->component);
        if (!is_wanted(q, row, c)) {
            m.judged++;
            continue;
        }
        matrix_about(&m, row->component);
        matrix_judge(&m, row, c, get(v, ENTITY_process, row->process), &j);
        bool all = q->severity != raci_severity_error;
        if ((j.errors || (all && j.warnings)) && !answer_verdict(a, row, &j))
            break;
    }
}

/* --- role by role ----------------------------------------------------------------------------- */

/* Counts the letters of every role; false when there is more than is counted. */
static bool count_letters(struct matrix *m)
{
    struct found found;
    uint32_t n = 0;
    struct walk *w = view_walk(m->view, INDEX_raci_by_id, NULL, ROWS_COUNTED_MAX);
    while (view_next(w, &found)) {
        const struct raci *row = found.entity;
        for (uint32_t i = 0; i < row->cells.count; i++) {
            int64_t *counts = matrix_counts(m, row->cells.at[i].role);
            if (!counts)
                return false;
            counts[row->cells.at[i].letter]++;
        }
        n++;
    }
    return n < ROWS_COUNTED_MAX;
}

static bool answer_load(const struct context *ctx, struct matrix *m, const struct role *r,
                        bool partial, struct answer *a)
{
    const struct catalog_options *o = ctx->options;
    const int64_t *n = matrix_counted(m, r->id);
    struct raci_finding findings[2];
    uint32_t count = 0;
    struct raci_load row = { .role = r->id,
                             .side = r->side,
                             .A = n[letter_A] + n[letter_AR],
                             .R = n[letter_R] + n[letter_AR],
                             .C = n[letter_C],
                             .I = n[letter_I],
                             .partial = partial };
    row.rows = row.A + row.R + row.C + row.I - n[letter_AR];
    if (row.A > o->raci_rows_most)
        findings[count++] = matrix_finding(raci_code_role_overloaded, r->id);
    /* A client's role is asked and told; one that holds a level is told by that. */
    if (row.A + row.R == 0 && r->side != side_client && r->level == 0 && !partial)
        findings[count++] = matrix_finding(raci_code_role_idle, r->id);
    row.findings = (struct raci_finding_list){ findings, count };
    return answer_row(a, &row);
}

void query_catalog_raci_roles(const struct context *ctx, struct view *v, const void *parameters,
                              struct answer *a)
{
    const struct catalog_raci_roles *q = parameters;
    struct matrix m;
    struct found found;
    struct key key = { .length = 0 };
    if (!is_providers(ctx))
        return;
    matrix_clear(&m, ctx, v);
    bool partial = !count_letters(&m);
    if (!text_empty(q->role))
        key_text(&key, q->role);
    struct walk *w = answer_walk(a, v, INDEX_role_by_id, &key);
    while (view_next(w, &found))
        if (!answer_load(ctx, &m, found.entity, partial, a))
            break;
}

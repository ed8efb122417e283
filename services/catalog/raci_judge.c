/* raci_judge: whether a row of the matrix holds (RULES.md, roles and responsibilities;
 * DOMAIN 4.15).
 */
#include "services/catalog/matrix.h"

enum { RESPONSIBLE_MOST = 2, CONSULTED_MOST = 3, WARNINGS_FROM = 101 };

/* --- findings --------------------------------------------------------------------------------- */

/* The sentence of each code stands where the code does. */
#include "common/def_none.h"
#undef VALUE
#define VALUE(enumeration, label, number, doc) [number] = TEXT_OF(doc),
static const struct text sentences[] = {
#include "proto/catalog/finding.words"
};
#include "common/def_none.h"

struct raci_finding matrix_finding(int32_t code, struct text role)
{
    return (struct raci_finding){
        .severity = code < WARNINGS_FROM ? raci_severity_error : raci_severity_warning,
        .code = code,
        .role = role,
        .sentence = sentences[code],
    };
}

/* MATRIX_FINDINGS_MAX is more than a row of 24 cells can have. */
static void find(struct matrix_judged *j, int32_t code, struct text role)
{
    j->at[j->count++] = matrix_finding(code, role);
    if (code < WARNINGS_FROM)
        j->errors++;
    else
        j->warnings++;
}

/* --- a row ------------------------------------------------------------------------------------ */

/* What a row says, counted. */
struct row_counts {
    uint32_t accountable, responsible, consulted;
    bool anyone_inside; /* a role with A or R is the provider's or the client's */
    bool client_informed;
    const struct matrix_role *answers; /* the first role with A; NULL for none */
    const struct matrix_role *works; /* and with R */
};

static bool has_a(const struct raci_cell *c)
{
    return c->letter == letter_A || c->letter == letter_AR;
}

static bool has_r(const struct raci_cell *c)
{
    return c->letter == letter_R || c->letter == letter_AR;
}

static void count_row(struct matrix *m, const struct raci *row, struct row_counts *ret)
{
    *ret = (struct row_counts){ .accountable = 0 };
    for (uint32_t i = 0; i < row->cells.count; i++) {
        const struct raci_cell *c = &row->cells.at[i];
        const struct matrix_role *r = matrix_role(m, c->role);
        ret->accountable += has_a(c);
        ret->responsible += has_r(c);
        ret->consulted += c->letter == letter_C;
        if (has_a(c) && !ret->answers)
            ret->answers = r;
        if (has_r(c) && !ret->works)
            ret->works = r;
        if ((has_a(c) || has_r(c)) && r->side != side_supplier)
            ret->anyone_inside = true;
        if (c->letter == letter_I && r->side == side_client)
            ret->client_informed = true;
    }
}

static void find_errors(struct matrix *m, const struct raci *row, const struct row_counts *n,
                        struct matrix_judged *j)
{
    struct text none = { 0 };
    if (n->accountable == 0)
        find(j, raci_code_accountable_missing, none);
    if (n->accountable > 1)
        find(j, raci_code_accountable_twice, none);
    if (n->responsible == 0)
        find(j, raci_code_responsible_missing, none);
    for (uint32_t i = 0; i < row->cells.count; i++) {
        const struct raci_cell *c = &row->cells.at[i];
        const struct matrix_role *r = matrix_role(m, c->role);
        if (!has_a(c) && !has_r(c))
            continue;
        if (!r->held)
            find(j, raci_code_role_not_held, c->role);
        else if (r->gone)
            find(j, raci_code_partner_gone, c->role);
        else if (r->unbound)
            find(j, raci_code_no_agreement, c->role);
    }
    if (n->accountable && n->responsible && !n->anyone_inside)
        find(j, raci_code_all_outside, none);
}

/* Whoever answers for the work verifies it, too: the same role, or somebody in both. */
static void find_own_work(struct matrix *m, const struct raci *row, const struct matrix_role *a,
                          struct matrix_judged *j)
{
    for (uint32_t i = 0; a && i < row->cells.count; i++) {
        const struct raci_cell *c = &row->cells.at[i];
        const struct matrix_role *r = matrix_role(m, c->role);
        if (c->verifies && (text_equal(r->id, a->id) ||
                            (!text_empty(a->person) && text_equal(r->person, a->person))))
            find(j, raci_code_verifies_own_work, c->role);
    }
}

static void find_warnings(struct matrix *m, const struct raci *row, const struct row_counts *n,
                          const struct component *c, const struct process *p,
                          struct matrix_judged *j)
{
    struct text none = { 0 };
    if (n->responsible > RESPONSIBLE_MOST)
        find(j, raci_code_many_responsible, none);
    if (n->consulted > CONSULTED_MOST)
        find(j, raci_code_many_consulted, none);
    if (p->client_visible && !n->client_informed)
        find(j, raci_code_client_not_informed, none);
    find_own_work(m, row, n->answers, j);
    if (c->always_on && n->answers && n->answers->unreachable)
        find(j, raci_code_not_reachable, n->answers->id);
    for (uint32_t i = 0; i < row->cells.count; i++) {
        const struct matrix_role *r = matrix_role(m, row->cells.at[i].role);
        if (has_r(&row->cells.at[i]) && r->held && !r->gone && !r->unbound && r->unanswering)
            find(j, raci_code_no_response_term, r->id);
    }
}

void matrix_judge(struct matrix *m, const struct raci *row, const struct component *c,
                  const struct process *p, struct matrix_judged *ret)
{
    struct row_counts n;
    ret->count = 0;
    ret->errors = 0;
    ret->warnings = 0;
    matrix_begin_row(m);
    count_row(m, row, &n);
    find_errors(m, row, &n, ret);
    find_warnings(m, row, &n, c, p, ret);
    const struct matrix_role *by = n.works ? n.works : n.answers;
    matrix_border(m, c, &ret->boundary, &ret->partner);
    if (by) {
        ret->boundary = by->side;
        ret->partner = by->partner;
    }
}

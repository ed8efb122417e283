/* raci_gaps: where the matrix says nothing, or nothing that can work: components by processes, by
 * component, and summed up by service and by who delivers. */
#include "services/catalog/matrix.h"

enum {
    PROCESSES_MAX = 256, /* by their ids */
    BORDERS_MAX = 32, /* of a service */
    COMPONENTS_MAX = 10000, /* of which those of a service are found */
};

/* What the matrix says of one component in one process. */
struct spot {
    bool filled; /* a row with cells */
    int64_t errors;
    int32_t boundary;
    struct text partner;
};

struct gaps {
    struct matrix matrix;
    const struct process *processes[PROCESSES_MAX];
    struct spot spots[PROCESSES_MAX];
    uint32_t process_count;
};

static void gaps_begin(struct gaps *g, const struct context *ctx, struct view *v)
{
    struct found found;
    matrix_begin(&g->matrix, ctx, v, (struct text){ 0 });
    g->process_count = 0;
    struct walk *w = view_walk(v, INDEX_process_by_id, NULL, PROCESSES_MAX);
    while (view_next(w, &found))
        g->processes[g->process_count++] = found.entity;
}

static void put_spot(struct gaps *g, struct text process, const struct spot *spot)
{
    for (uint32_t i = 0; i < g->process_count; i++)
        if (text_equal(g->processes[i]->id, process))
            g->spots[i] = *spot;
}

/* Fills the spots of a component. */
static void look_at(struct gaps *g, const struct component *c)
{
    struct matrix *m = &g->matrix;
    struct spot none = { .filled = false };
    struct matrix_judged j;
    struct found found;
    struct key key = matrix_rows_of(c->id);
    matrix_begin_row(m); /* a component is looked at like a row, even without any */
    matrix_border(m, c, &none.boundary, &none.partner);
    for (uint32_t i = 0; i < g->process_count; i++)
        g->spots[i] = none;
    matrix_about(m, c->id);
    struct walk *w = view_walk(m->view, INDEX_raci_by_id, &key, PROCESSES_MAX);
    while (view_next(w, &found)) {
        const struct raci *row = found.entity;
        if (!text_equal(row->component, c->id) || row->cells.count == 0)
            continue;
        matrix_judge(m, row, c, view_get_of(m->view, ENTITY_process, PROVIDER_CLIENT, row->process),
                     &j);
        put_spot(g, row->process, &(struct spot){ true, j.errors, j.boundary, j.partner });
    }
}

static bool is_hole(const struct spot *s)
{
    return !s->filled || s->errors;
}

/* --- component by component ------------------------------------------------------------------- */

static bool is_wanted(const struct catalog_raci_gaps *q, const struct spot *s)
{
    return is_hole(s) && (!q->boundary || s->boundary == q->boundary) &&
           (text_empty(q->partner) || text_equal(s->partner, q->partner));
}

static bool answer_gap(struct gaps *g, const struct catalog_raci_gaps *q, const struct component *c,
                       struct answer *a)
{
    struct raci_hole holes[PROCESSES_MAX];
    uint32_t count = 0, valid = 0;
    for (uint32_t i = 0; i < g->process_count; i++) {
        const struct spot *s = &g->spots[i];
        valid += !is_hole(s);
        if (is_wanted(q, s))
            holes[count++] = (struct raci_hole){ .process = g->processes[i]->id,
                                                 .empty = !s->filled,
                                                 .errors = s->errors,
                                                 .boundary = s->boundary,
                                                 .partner = s->partner };
    }
    return count == 0 || answer_row(a, &(struct raci_gap){ .component = c->id,
                                                           .services = c->services,
                                                           .processes = g->process_count,
                                                           .valid = valid,
                                                           .holes = { holes, count } });
}

void query_catalog_raci_gaps(const struct context *ctx, struct view *v, const void *parameters,
                             struct answer *a)
{
    const struct catalog_raci_gaps *q = parameters;
    struct gaps g;
    struct found found;
    if (!is_providers(ctx))
        return;
    gaps_begin(&g, ctx, v);
    struct walk *w = answer_walk(a, v, INDEX_component_by_id, NULL);
    while (matrix_goes_on(&g.matrix) && view_next(w, &found)) {
        const struct component *c = found.entity;
        if (!matrix_is_part(c, q->service))
            continue;
        look_at(&g, c);
        if (!answer_gap(&g, q, c, a))
            break;
    }
}

/* --- service by service ----------------------------------------------------------------------- */

struct sums {
    struct raci_service row;
    struct raci_border borders[BORDERS_MAX];
    uint32_t count;
};

static struct raci_border *border_of(struct sums *s, const struct spot *spot)
{
    for (uint32_t i = 0; i < s->count; i++)
        if (s->borders[i].boundary == spot->boundary &&
            text_equal(s->borders[i].partner, spot->partner))
            return &s->borders[i];
    if (s->count == BORDERS_MAX)
        return NULL;
    s->borders[s->count] =
        (struct raci_border){ .boundary = spot->boundary, .partner = spot->partner };
    return &s->borders[s->count++];
}

static void sum_up(struct gaps *g, struct sums *s)
{
    s->row.components++;
    for (uint32_t i = 0; i < g->process_count; i++) {
        const struct spot *spot = &g->spots[i];
        struct raci_border *b = border_of(s, spot);
        bool invalid = spot->filled && spot->errors;
        s->row.cells++;
        s->row.empty += !spot->filled;
        s->row.invalid += invalid;
        s->row.partial |= !b;
        if (!b)
            continue;
        b->cells++;
        b->empty += !spot->filled;
        b->invalid += invalid;
    }
}

static bool answer_service(struct gaps *g, struct view *v, struct text service, struct answer *a)
{
    struct sums s = { .row = { .service = service } };
    struct found found;
    uint32_t n = 0;
    struct walk *w = view_walk(v, INDEX_component_by_id, NULL, COMPONENTS_MAX);
    while (view_next(w, &found)) {
        const struct component *c = found.entity;
        n++;
        if (!matrix_is_part(c, service))
            continue;
        look_at(g, c);
        sum_up(g, &s);
    }
    s.row.partial |= n == COMPONENTS_MAX;
    s.row.borders = (struct raci_border_list){ s.borders, s.count };
    g->matrix.judged += n / 8; /* most of them are only passed by */
    return answer_row(a, &s.row);
}

void query_catalog_raci_services(const struct context *ctx, struct view *v, const void *parameters,
                                 struct answer *a)
{
    const struct catalog_raci_services *q = parameters;
    struct gaps g;
    struct found found;
    struct key key = { .length = 0 };
    if (!is_providers(ctx))
        return;
    gaps_begin(&g, ctx, v);
    if (!text_empty(q->service))
        key_text(&key, q->service);
    struct walk *w = answer_walk(a, v, INDEX_service_by_id, &key);
    while (matrix_goes_on(&g.matrix) && view_next(w, &found)) {
        const struct service *s = found.entity;
        if (!answer_service(&g, v, s->id, a))
            break;
    }
}

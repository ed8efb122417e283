/* sole: clients of one service, whose figure and that service's are the same; see series.h. Both
 * are sealed; what they signal is one thing, and is told once, by the client's series. */
#include "services/kpi/counted.h"
#include "services/kpi/series.h"

/* The service of a clock that was due in the period. */
static struct text service_due(const struct closing *c)
{
    struct found found;
    for (int64_t day = c->now.from; day <= c->now.to; day++) {
        struct key key = { .length = 0 };
        of_day(&key, day, c->place.client);
        if (view_next(view_walk(c->view, INDEX_ticket_by_resolve_due, &key, 1), &found))
            return ((const struct ticket *)found.entity)->service;
    }
    return (struct text){ 0 };
}

/* Whether two series have the same baseline, and the same signals there. */
static bool are_judged_alike(const struct series *a, const struct series *b)
{
    const int64_t both[][2] = {
        { a->points.count, b->points.count },
        { a->active, b->active },
        { a->frozen, b->frozen },
        { a->rebased, b->rebased },
        { a->baseline_from, b->baseline_from },
        { a->baseline_to, b->baseline_to },
        { a->baseline_points, b->baseline_points },
        { a->charted, b->charted },
        { a->center, b->center },
        { a->range, b->range },
        { a->hits, b->hits },
        { a->total, b->total },
    };
    size_t same = 0, count = sizeof both / sizeof *both;
    for (size_t i = 0; i < count; i++)
        same += both[i][0] == both[i][1];
    return same == count;
}

static bool are_points_alike(const struct sealed_point *a, const struct sealed_point *b)
{
    const int64_t both[][2] = {
        { a->from, b->from },
        { a->to, b->to },
        { a->n, b->n },
        { a->numerator, b->numerator },
        { a->has.value, b->has.value },
    };
    size_t same = 0, count = sizeof both / sizeof *both;
    for (size_t i = 0; i < count; i++)
        same += both[i][0] == both[i][1];
    return same == count;
}

static bool are_alike(const struct series *a, const struct series *b)
{
    bool alike = are_judged_alike(a, b);
    for (uint32_t i = 0; alike && i < a->points.count; i++)
        alike = are_points_alike(&a->points.at[i], &b->points.at[i]);
    return alike;
}

/* Only attainment has series of services (watch.c). */
struct text sole_service(const struct closing *c)
{
    const struct kpi_options *o = c->ctx->options;
    struct place p = { .client = c->place.client };
    struct days period = { c->now.from, c->now.to };
    int64_t squares;
    if (c->kpi != kpi_sla_attainment || !text_empty(c->place.service))
        return p.service;
    p.service = service_due(c);
    if (text_empty(p.service))
        return p.service;
    struct entity_id id = series_id(c->kpi, &p);
    struct observed_point now =
        series_point(c->ctx, c->view, c->kpi, &p, period, period.to + o->seal_days, &squares);
    if (now.n == c->now.n &&
        are_alike(c->series, series_get(c->view, (struct text){ id.at, id.length })))
        return p.service;
    return (struct text){ 0 };
}

const struct series *sole_of(const struct closing *c)
{
    if (text_empty(c->place.service))
        return NULL;
    struct entity_id id = series_id(c->kpi, &(struct place){ .client = c->place.client });
    const struct series *s = series_get(c->view, (struct text){ id.at, id.length });
    return text_equal(s->sole_service, c->place.service) ? s : NULL;
}

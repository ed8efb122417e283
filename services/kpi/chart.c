/* chart: limits and signals of a series, and the question for them; see chart.h. */
#include "services/kpi/chart.h"
#include "services/kpi/bucket.h"
#include "services/kpi/figure.h"
#include "services/kpi/period.h"

_Static_assert((int)CHART_BEYOND_LIMITS == (int)signal_rule_beyond_limits &&
                   (int)CHART_EIGHT_OUTSIDE == (int)signal_rule_eight_outside,
               "rules are numbered alike");

struct frozen chart_freeze(enum kpi kpi, const struct observation *baseline, size_t count)
{
    struct frozen f = { .kind = chart_kind_xmr };
    int64_t values[CHART_POINTS_MAX], fewest = INT64_MAX, most = 0;
    for (size_t i = 0; i < count; i++) {
        values[i] = baseline[i].value;
        f.hits += baseline[i].numerator;
        f.total += baseline[i].denominator;
        fewest = baseline[i].denominator < fewest ? baseline[i].denominator : fewest;
        most = baseline[i].denominator > most ? baseline[i].denominator : most;
    }
    if (kpi_row(kpi)->measure == SHARE && most >= VARIES_WIDELY * fewest)
        f.kind = chart_kind_p;
    else
        f.limits = limits_of(values, count);
    return f;
}

struct charted chart_beside(enum kpi kpi, const struct frozen *f, const struct observation *o)
{
    const struct kpi_row *row = kpi_row(kpi);
    struct limits l = f->limits;
    if (f->kind == chart_kind_p)
        l = share_limits(f->hits, f->total, o->denominator);
    return charted_of(o->value, &l, row->least, row->most);
}

bool chart_good(enum kpi kpi, const struct chart_signal *s, bool *ret_sided)
{
    *ret_sided = s->rule <= CHART_TREND_OF_SIX;
    return *ret_sided && s->high == figure_rises(kpi);
}

/* --- the question -----------------------------------------------------------------------------
 */

/* False: refused. */
static bool is_charted(const struct kpi_series *q, const struct place *p, enum period kind,
                       struct answer *a)
{
    enum measure measure = kpi_row((enum kpi)q->kpi)->measure;
    if (measure == CHANGE || measure == LEVEL)
        REFUSE_ANSWER(a, series_none, "kpi");
    else if (!text_empty(p->service) && !text_empty(p->component))
        REFUSE_ANSWER(a, scope_form, "component");
    else if (!figure_applies((enum kpi)q->kpi, p))
        REFUSE_ANSWER(a, scope_none, text_empty(p->service) ? "component" : "service");
    else if (q->from > q->to)
        REFUSE_ANSWER(a, range_form, "to");
    else if (period_count(q->from, q->to, kind, CHART_POINTS_MAX + 1) > CHART_POINTS_MAX)
        REFUSE_ANSWER(a, range_long, "to");
    else
        return true;
    return false;
}

void query_kpi_series(const struct context *ctx, struct view *v, const void *parameters,
                      struct answer *a)
{
    const struct kpi_options *o = ctx->options;
    const struct kpi_series *q = parameters;
    struct place p = { text_empty(ctx->client) ? q->client : ctx->client, q->service,
                       q->component };
    enum period kind = (enum period)(q->period ? q->period : o->period);
    if (!is_charted(q, &p, kind, a))
        return;
    struct chart_point *points = view_alloc(v, CHART_POINTS_MAX * sizeof *points);
    struct chart c = { .kpi = q->kpi,
                       .baseline_points =
                           q->baseline_points ? q->baseline_points : o->baseline_periods,
                       .least = o->chart_least,
                       .parts = 1,
                       .points = { points, 0 } };
    for (struct days d = period_of(q->from, kind); d.from <= q->to; d = period_after(d, kind)) {
        struct figure f = { .currency = o->currency };
        figure_sum(v, (enum kpi)q->kpi, &p, d.from, d.to, q->as_of, 0, 0, &f);
        points[c.points.count++] = (struct chart_point){ .from = d.from,
                                                         .to = d.to,
                                                         .n = f.n,
                                                         .numerator = f.numerator,
                                                         .denominator = f.denominator,
                                                         .squares = f.squares,
                                                         .seconds = f.seconds };
    }
    c.has.target = figure_target(v, (enum kpi)q->kpi, &p, q->to, &c.target);
    answer_one(a, &c);
}

/* --- settling -----------------------------------------------------------------------------------
 */

/* What every part said alike was added up. */
static void settle_parts(struct chart *c)
{
    if (c->parts > 1) {
        c->baseline_points /= c->parts;
        c->least /= c->parts;
        c->target /= c->parts;
    }
    c->parts = 1;
    c->unit = kpi_row((enum kpi)c->kpi)->unit;
    c->kind = chart_kind_xmr;
    c->center = c->range = c->range_limit = 0;
    c->has.center = c->has.range = c->has.range_limit = false;
}

/* A part of the answer may have said what the whole does not. */
static void unsay(struct chart_point *p)
{
    p->value = p->lower = p->upper = 0;
    p->rule = 0;
    p->good = p->baseline = false;
    p->has.value = p->has.lower = p->has.upper = false;
    p->has.rule = p->has.good = p->has.baseline = p->has.numerator = false;
}

static bool has_value(const struct chart *c, struct chart_point *p)
{
    enum measure measure = kpi_row((enum kpi)c->kpi)->measure;
    unsay(p);
    if (measure == MEAN)
        p->numerator = fixed_ratio(p->seconds, 60, 1);
    if (measure == SHARE && p->denominator < c->least)
        return false;
    p->has.value =
        figure_value((enum kpi)c->kpi, p->numerator, p->denominator, p->seconds, &p->value);
    p->has.numerator = p->has.value; /* parts may come to nothing together */
    return p->has.value;
}

static void draw(struct chart_point *p, const struct charted *c)
{
    p->has.lower = !c->clamped_lower;
    p->lower = c->clamped_lower ? 0 : c->limits.lower;
    p->has.upper = !c->clamped_upper;
    p->upper = c->clamped_upper ? 0 : c->limits.upper;
}

static void judge(enum kpi kpi, struct chart_point *p, const struct charted *charted, size_t count,
                  size_t baseline)
{
    struct chart_signal s = chart_rules(charted, count, baseline);
    bool sided;
    p->rule = (int32_t)s.rule;
    p->good = chart_good(kpi, &s, &sided) && s.rule != CHART_NONE;
}

void settle_kpi_series(const void *parameters, void *result)
{
    struct chart *c = result;
    enum kpi kpi = (enum kpi)c->kpi;
    struct chart_point *points = (struct chart_point *)(uintptr_t)c->points.at; /* our own */
    struct chart_point *with[CHART_POINTS_MAX];
    struct observation seen[CHART_POINTS_MAX];
    struct charted charted[CHART_POINTS_MAX];
    size_t count = 0, baseline;
    (void)parameters;
    settle_parts(c);
    for (uint32_t i = 0; i < c->points.count && i < CHART_POINTS_MAX; i++)
        if (has_value(c, &points[i])) {
            with[count] = &points[i];
            seen[count++] =
                (struct observation){ points[i].value, points[i].numerator, points[i].denominator };
        }
    baseline = (size_t)c->baseline_points;
    if (baseline < 2 || count < baseline)
        return;
    struct frozen f = chart_freeze(kpi, seen, baseline);
    c->kind = (int32_t)f.kind;
    for (size_t i = 0; i < count; i++) {
        charted[i] = chart_beside(kpi, &f, &seen[i]);
        with[i]->baseline = i < baseline;
        draw(with[i], &charted[i]);
        judge(kpi, with[i], charted, i + 1, baseline);
    }
    c->center = charted[0].limits.center;
    c->has.center = true;
    c->range = f.limits.range;
    c->range_limit = f.limits.range_limit;
    c->has.range = c->has.range_limit = f.kind == chart_kind_xmr;
}

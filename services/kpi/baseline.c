/* baseline: the points that limits come from, and the limits; see series.h. */
#include "services/kpi/chart.h"
#include "services/kpi/figure.h"
#include "services/kpi/period.h"
#include "services/kpi/series.h"

/* --- points ----------------------------------------------------------------------------------- */

static enum period period_kind(const struct closing *c)
{
    const struct kpi_options *o = c->ctx->options;
    return (enum period)o->period;
}

static struct observed_point dot_of(const struct sealed_point *p)
{
    struct observed_point dot = { .from = p->from,
                                  .to = p->to,
                                  .value = p->value,
                                  .n = p->n,
                                  .numerator = p->numerator,
                                  .denominator = p->denominator };
    dot.has.value = p->has.value;
    return dot;
}

/* The point that was sealed of a period. Where none was, or is not kept any more, it is what was
 * known when it closed: mostly nothing. */
static struct observed_point counted(const struct closing *c, struct days period)
{
    const struct kpi_options *o = c->ctx->options;
    const struct sealed_point *p = series_sealed(c->view, c->id, period.from);
    int64_t squares;
    if (p && p->to == period.to)
        return dot_of(p);
    return series_point(c->ctx, c->view, c->kpi, &c->place, period, period.to + o->seal_days,
                        &squares);
}

/* Newest first. The point that is being sealed is there whenever its days are asked for, also when
 * the option for periods changed since they began; behind it come periods as they are now. */
static size_t dots_back(const struct closing *c, int64_t from, int64_t to,
                        struct observed_point *ret, size_t most)
{
    size_t n = 0;
    if (c->now.to <= to)
        ret[n++] = c->now;
    if (kpi_row(c->kpi)->measure == COUNT) {
        struct days now = { c->now.from, c->now.to };
        struct days p = n ? period_before(now, period_kind(c)) : period_of(to, period_kind(c));
        for (; p.from >= from && n < most; p = period_before(p, period_kind(c)))
            ret[n++] = counted(c, p);
        return n;
    }
    for (uint32_t i = c->series->points.count; i-- > 0 && n < most;) {
        const struct sealed_point *p = &c->series->points.at[i];
        if (p->has.value && p->from >= from && p->to <= to)
            ret[n++] = dot_of(p);
    }
    return n;
}

size_t dots_of(const struct closing *c, int64_t from, int64_t to, struct observed_point *ret,
               size_t most)
{
    size_t n = dots_back(c, from, to, ret, most);
    for (size_t i = 0; i < n / 2; i++) {
        struct observed_point swapped = ret[i];
        ret[i] = ret[n - 1 - i];
        ret[n - 1 - i] = swapped;
    }
    return n;
}

/* --- limits ----------------------------------------------------------------------------------- */

static struct observation observation_of(const struct observed_point *p)
{
    return (struct observation){ p->value, p->numerator, p->denominator };
}

static struct frozen frozen_of(const struct series_frozen *b)
{
    return (struct frozen){ .kind = (enum chart_kind)b->charted,
                            .limits = { .center = b->center,
                                        .range = b->range,
                                        .lower = b->lower,
                                        .upper = b->upper,
                                        .sigma = b->sigma },
                            .hits = b->hits,
                            .total = b->total };
}

struct charted baseline_limits(const struct closing *c, const struct observed_point *at)
{
    struct frozen f = frozen_of(&c->baseline);
    struct observation o = observation_of(at);
    return chart_beside(c->kpi, &f, &o);
}

/* Limits that nothing is beyond, however far, leave only the rules that need none. */
struct chart_signal chart_lasting(const struct charted *points, size_t n)
{
    struct charted free[DOTS_MAX];
    for (size_t i = 0; i < n; i++) {
        free[i] = points[i];
        free[i].clamped_lower = free[i].clamped_upper = true;
        free[i].limits.sigma = INT64_MAX;
    }
    struct chart_signal s = chart_rules(free, n, 0);
    if (s.rule != CHART_RUN_OF_EIGHT && s.rule != CHART_TREND_OF_SIX)
        s.rule = CHART_NONE;
    return s;
}

/* Whether none of the baseline's own points is beyond its limits or ends a run or a trend. Other
 * rules hold somewhere in most baselines by chance alone. */
static bool is_stable(const struct closing *c, const struct observed_point *dots, size_t n)
{
    struct charted points[DOTS_MAX];
    for (size_t i = 0; i < n; i++) {
        points[i] = baseline_limits(c, &dots[i]);
        if (chart_rules(points, i + 1, 0).rule == CHART_BEYOND_LIMITS ||
            chart_lasting(points, i + 1).rule != CHART_NONE)
            return false;
    }
    return true;
}

/* Of a share with limits for each point those said are of a period with the mean number. */
static void find_limits(struct closing *c, const struct observed_point *dots, size_t n)
{
    struct series_frozen *b = &c->baseline;
    struct observation values[DOTS_MAX];
    for (size_t i = 0; i < n; i++)
        values[i] = observation_of(&dots[i]);
    struct frozen f = chart_freeze(c->kpi, values, n);
    struct limits l = f.limits;
    if (f.kind == chart_kind_p)
        l = share_limits(f.hits, f.total, f.total / (int64_t)n);
    b->charted = (int32_t)f.kind;
    b->hits = f.hits;
    b->total = f.total;
    b->center = l.center;
    b->range = l.range;
    b->lower = l.lower;
    b->upper = l.upper;
    b->sigma = l.sigma;
    b->stable = is_stable(c, dots, n);
}

/* --- baselines -------------------------------------------------------------------------------- */

/* The baseline begins with the period of this day. */
static int64_t begins(const struct closing *c)
{
    const struct kpi_options *o = c->ctx->options;
    if (c->series->rebased)
        return c->series->rebased;
    if (o->baseline_from)
        return o->baseline_from;
    const struct observed *client =
        view_get_of(c->view, AGGREGATE_observed, c->ctx->client, (struct text){ 0 });
    return client->since;
}

static struct days window_of(const struct closing *c)
{
    const struct kpi_options *o = c->ctx->options;
    struct days p = period_of(begins(c), period_kind(c));
    int64_t from = p.from;
    for (int64_t i = 1; i < o->baseline_periods; i++)
        p = period_after(p, period_kind(c));
    return (struct days){ from, p.to };
}

static struct series_frozen frozen_before(const struct series *s)
{
    return (struct series_frozen){ .baseline_from = s->baseline_from,
                                   .baseline_to = s->baseline_to,
                                   .baseline_points = s->baseline_points,
                                   .charted = s->charted,
                                   .center = s->center,
                                   .range = s->range,
                                   .lower = s->lower,
                                   .upper = s->upper,
                                   .sigma = s->sigma,
                                   .hits = s->hits,
                                   .total = s->total,
                                   .stable = s->stable };
}

/* How often a component broke in the periods of the window. */
static void count_breaks(struct closing *c, const struct observed_point *dots, size_t n)
{
    const struct kpi_options *o = c->ctx->options;
    for (size_t i = 0; i < n; i++)
        c->baseline.hits += dots[i].n;
    c->baseline.total = o->baseline_periods;
}

/* Of what hardly ever happens, each time would be beyond a limit. */
static bool is_frequent(const struct observed_point *dots, size_t n)
{
    int64_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += dots[i].n;
    return count >= FREQUENT_LEAST * (int64_t)n;
}

void baseline_find(struct closing *c)
{
    struct observed_point dots[DOTS_MAX];
    struct series_frozen *b = &c->baseline;
    if (c->series->frozen) {
        *b = frozen_before(c->series);
        return;
    }
    struct days window = window_of(c);
    if (c->now.from <= window.to)
        return;
    size_t n = dots_of(c, window.from, window.to, dots, DOTS_MAX);
    if (n < BASELINE_LEAST) /* the first so many then, wherever they end */
        n = dots_of(c, window.from, c->now.from - 1, dots, DOTS_MAX);
    if (n < BASELINE_LEAST)
        return;
    *b = (struct series_frozen){ .kpi = (int32_t)c->kpi,
                                 .service = c->place.service,
                                 .component = c->place.component,
                                 .baseline_from = window.from,
                                 .baseline_to = window.to,
                                 .baseline_points = (int64_t)n };
    if (dots[n - 1].to > window.to)
        b->baseline_to = dots[n - 1].to;
    if (!text_empty(c->place.component))
        count_breaks(c, dots, n);
    else if (kpi_row(c->kpi)->measure != COUNT || is_frequent(dots, n))
        find_limits(c, dots, n);
    decision_emit(c->decision, EVENT_series_frozen, c->id, b, sizeof *b);
}

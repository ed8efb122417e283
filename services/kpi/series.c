/* series: periods as they close, and what late facts change of them; see series.h. */
#include "services/kpi/series.h"
#include "services/kpi/figure.h"

enum { POINTS_MAX = 64 };

/* --- what is kept ----------------------------------------------------------------------------- */

const struct series *series_get(struct view *v, struct text id)
{
    static const struct series none;
    const struct series *s = view_get(v, ENTITY_series, id);
    return s ? s : &none;
}

const struct sealed_point *series_sealed(struct view *v, struct text id, int64_t from)
{
    const struct series *s = series_get(v, id);
    for (uint32_t i = s->points.count; i-- > 0;)
        if (s->points.at[i].from == from)
            return &s->points.at[i];
    return NULL;
}

/* --- closing ---------------------------------------------------------------------------------- */

/* Problems that nobody booked work of a known rate for do not cost nothing: what they cost is not
 * known. */
static bool is_observed(enum kpi kpi, const struct figure *f)
{
    return kpi_row(kpi)->measure != COST || f->covered;
}

struct observed_point series_point(const struct context *ctx, struct view *v, enum kpi kpi,
                                   const struct place *p, struct days period, int64_t as_of,
                                   int64_t *ret_squares)
{
    const struct kpi_options *o = ctx->options;
    struct figure f = { 0 };
    figure_sum(v, kpi, p, period.from, period.to, as_of, 0, 0, &f);
    figure_settle(&f);
    struct observed_point at = { .from = period.from,
                                 .to = period.to,
                                 .n = is_observed(kpi, &f) ? f.n : 0,
                                 .numerator = f.numerator,
                                 .denominator = f.denominator };
    at.has.value = f.has.value && (kpi_row(kpi)->measure != SHARE || f.n >= o->chart_least);
    if (at.has.value)
        at.value = f.value;
    *ret_squares = f.squares;
    return at;
}

static bool misses(enum kpi kpi, int64_t value, int64_t target)
{
    return figure_rises(kpi) ? value < target : value > target;
}

static struct sealed_point sealed_of(const struct series_closed *e)
{
    struct sealed_point p = { .from = e->from,
                              .to = e->to,
                              .value = e->value,
                              .n = e->n,
                              .numerator = e->numerator,
                              .denominator = e->denominator,
                              .squares = e->squares,
                              .target = e->target,
                              .missed = e->missed,
                              .bad_signal = e->bad_signal };
    p.has.value = e->has.value;
    p.has.target = e->has.target;
    return p;
}

/* Whether it is what was known of it until now. */
static bool is_known(const struct sealed_point *p, const struct observed_point *now)
{
    bool c = p->corrected;
    const bool same[] = {
        now->n == (c ? p->now_n : p->n),
        now->numerator == (c ? p->now_numerator : p->numerator),
        now->denominator == (c ? p->now_denominator : p->denominator),
        now->value == (c ? p->now : p->value),
    };
    size_t count = 0;
    for (size_t i = 0; i < sizeof same; i++)
        count += same[i];
    return count == sizeof same;
}

/* Says what a seal comes to now, where that is something else. */
static void correct(const struct closing *c, const struct watch *w, const struct sealed_point *p)
{
    struct series_corrected e = { .kpi = w->kpi,
                                  .service = w->service,
                                  .component = w->component,
                                  .from = p->from,
                                  .to = p->to,
                                  .sealed = p->value };
    struct observed_point now = series_point(c->ctx, c->view, (enum kpi)w->kpi, &c->place,
                                             (struct days){ p->from, p->to }, 0, &e.squares);
    if (is_known(p, &now))
        return;
    e.value = now.value;
    e.n = now.n;
    e.numerator = now.numerator;
    e.denominator = now.denominator;
    e.has.sealed = p->has.value;
    e.has.value = now.has.value;
    e.has.squares = true;
    decision_emit(c->decision, EVENT_series_corrected, c->id, &e, sizeof e);
}

void series_close(const struct context *ctx, struct view *v, struct decision *d, struct text id,
                  const struct watch *w)
{
    const struct kpi_options *o = ctx->options;
    struct closing c = { .ctx = ctx,
                         .view = v,
                         .decision = d,
                         .id = id,
                         .place = { ctx->client, w->service, w->component },
                         .kpi = (enum kpi)w->kpi,
                         .series = series_get(v, id) };
    struct series_closed seal = { .kpi = w->kpi,
                                  .service = w->service,
                                  .component = w->component,
                                  .from = w->from,
                                  .to = w->to };
    c.now = series_point(ctx, v, c.kpi, &c.place, (struct days){ w->from, w->to },
                         w->to + o->seal_days, &seal.squares);
    if (!c.now.n)
        return; /* what was observed was taken back */
    c.has_target = figure_target(v, c.kpi, &c.place, w->to, &c.target);
    c.sole_service = sole_service(&c);
    c.of_client = sole_of(&c);
    baseline_find(&c);
    seal.sole_service = c.sole_service;
    seal.value = c.now.value;
    seal.n = c.now.n;
    seal.numerator = c.now.numerator;
    seal.denominator = c.now.denominator;
    seal.target = c.target;
    seal.has.value = c.now.has.value;
    seal.has.target = c.has_target;
    seal.missed = c.has_target && c.now.has.value && misses(c.kpi, c.now.value, c.target);
    signal_look(&c, &seal);
    decision_emit(d, EVENT_series_closed, id, &seal, sizeof seal);
    if (ctx->now > w->seal_at) { /* what was told since then came too late, too */
        struct sealed_point sealed = sealed_of(&seal);
        correct(&c, w, &sealed);
    }
}

/* --- late facts ------------------------------------------------------------------------------- */

void series_compare(const struct context *ctx, struct view *v, struct decision *d, struct text id,
                    const struct watch *w)
{
    const struct series *s = series_get(v, id);
    const struct closing c = { .ctx = ctx,
                               .view = v,
                               .decision = d,
                               .id = id,
                               .place = { ctx->client, w->service, w->component } };
    for (uint32_t i = 0; i < s->points.count; i++) {
        const struct sealed_point *p = &s->points.at[i];
        if (p->to >= w->late_from && p->from <= w->late_to)
            correct(&c, w, p);
    }
}

/* --- folds ------------------------------------------------------------------------------------ */

void apply_series_closed(struct fold *f, const void *event, void *entity)
{
    const struct series_closed *e = event;
    struct series *s = entity;
    struct sealed_point p = sealed_of(e);
    s->kpi = e->kpi;
    s->service = e->service;
    s->component = e->component;
    if (s->points.count == POINTS_MAX) {
        s->points.at++;
        s->points.count--;
    }
    APPEND(f, &s->points, &p);
    s->active = e->active;
    s->sole_service = e->sole_service;
    if (e->missed) {
        s->missed_row++;
        s->missed_from = e->from;
    } else if (e->has.value) {
        s->missed_row = 0;
    }
    if (e->has.value)
        s->quiet_row = e->active ? 0 : s->quiet_row + 1;
    if (e->incapable) {
        s->incapable = true;
        s->incapable_of = e->target;
    }
}

void apply_series_corrected(struct fold *f, const void *event, void *entity)
{
    const struct series_corrected *e = event;
    struct series *s = entity;
    struct sealed_point_list before = s->points;
    s->points = (struct sealed_point_list){ 0 };
    for (uint32_t i = 0; i < before.count; i++) {
        struct sealed_point p = before.at[i];
        if (p.from == e->from) {
            p.corrected = true;
            p.now = e->value;
            p.has.now = e->has.value;
            p.now_n = e->n;
            p.now_numerator = e->numerator;
            p.now_denominator = e->denominator;
        }
        APPEND(f, &s->points, &p);
    }
}

static void set_baseline(struct series *s, const struct series_frozen *e)
{
    s->baseline_from = e->baseline_from;
    s->baseline_to = e->baseline_to;
    s->baseline_points = e->baseline_points;
    s->charted = e->charted;
    s->center = e->center;
    s->range = e->range;
    s->lower = e->lower;
    s->upper = e->upper;
    s->sigma = e->sigma;
    s->hits = e->hits;
    s->total = e->total;
    s->stable = e->stable;
}

/* It may come before the first seal: of what broke for the first time. */
void apply_series_frozen(struct fold *f, const void *event, void *entity)
{
    const struct series_frozen *e = event;
    struct series *s = entity;
    (void)f;
    s->kpi = e->kpi;
    s->service = e->service;
    s->component = e->component;
    s->frozen = true;
    s->quiet_row = 0;
    set_baseline(s, e);
}

/* What was said of the old baseline is not true of the next one. */
void apply_series_rebased(struct fold *f, const void *event, void *entity)
{
    static const struct series_frozen none;
    const struct series_rebased *e = event;
    struct series *s = entity;
    (void)f;
    set_baseline(s, &none);
    s->frozen = false;
    s->rebased = e->from;
    s->active = 0;
    s->incapable = false;
    s->incapable_of = 0;
}

/* --- what people say, and ask ----------------------------------------------------------------- */

void decide_series_rebase(const struct context *ctx, struct view *v, const void *command,
                          struct decision *d)
{
    const struct series_rebase *c = command;
    const struct series *s = series_get(v, c->series);
    int64_t from = c->from;
    (void)ctx;
    if (!from)
        from = s->points.at[s->points.count - 1].to + 1;
    if (from == s->rebased)
        decision_known(d);
    else
        EMIT(d, series_rebased, c->series, .from = from, .reason = c->reason);
}

void query_kpi_periods(const struct context *ctx, struct view *v, const void *parameters,
                       struct answer *a)
{
    const struct kpi_periods *q = parameters;
    struct place p = { text_empty(ctx->client) ? q->client : ctx->client, q->service,
                       q->component };
    if (!series_kept((enum kpi)q->kpi))
        return; /* no series is kept of it */
    struct entity_id id = series_id((enum kpi)q->kpi, &p);
    const struct series *s =
        view_get_of(v, ENTITY_series, p.client, (struct text){ id.at, id.length });
    for (uint32_t i = 0; s && i < s->points.count; i++)
        if (!answer_computed(a, &s->points.at[i]))
            break;
}

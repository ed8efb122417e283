/* figure: what the copies of closed periods come to: baselines, targets kept, before and after
 * (RULES 3 and 7). */
#include "common/stat/fixed.h"
#include "services/sip/sip.h"

enum { HUNDREDTH = 100 /* ten-thousandths in one; and percent in a whole */ };
#define SQUARES_NONE INT64_MAX

/* How before and after are compared: shares and scores by what was counted, means by what was
 * measured; all else by the figures of its periods, each of which is one observation. */
enum good { RISES, FALLS };
enum measure { PERCENT, COUNT, TALLY, COST, PACE, CHANGE, LEVEL, SHARE, SCORE, MEAN };
static const struct {
    enum good good;
    enum measure measure;
} figures[] = {
#define KPI(name, measure_, good_, least, most, of, unit, formula)                                 \
    [kpi_##name] = { .good = (good_), .measure = (measure_) },
#include "proto/kpi/kpis.def"
};

bool kpi_falls(int32_t kpi)
{
    return figures[kpi].good == FALLS;
}

bool kpi_better(int32_t kpi, int64_t value, int64_t than)
{
    return kpi_falls(kpi) ? value < than : value > than;
}

bool kpi_reaches(int32_t kpi, int64_t value, int64_t target)
{
    return value == target || kpi_better(kpi, value, target);
}

static const struct series *find(struct view *v, struct text client, int32_t kpi,
                                 struct text service, struct text component)
{
    static const struct series none; /* also while copies are behind */
    struct key key = { .length = 0 };
    struct found found;
    key_text(&key, client);
    key_integer(&key, kpi);
    key_text(&key, service);
    key_text(&key, component);
    return view_next(view_walk(v, INDEX_series_by_figure, &key, 1), &found) ? found.entity : &none;
}

static void put_newest(struct filled *f, const struct closed_period *p)
{
    if (f->series.periods.count == PERIODS_MAX)
        memmove(f->at, f->at + 1, (PERIODS_MAX - 1) * sizeof *f->at);
    else
        f->series.periods.count++;
    f->at[f->series.periods.count - 1] = *p;
}

/* A period of the client in which nothing happened there; what it was to be is as it was. */
static void put_none(struct filled *f, const struct closed_period *of_client)
{
    uint32_t count = f->series.periods.count;
    struct closed_period p = { .from = of_client->from, .to = of_client->to };
    p.has.value = true;
    p.has.target = count && f->at[count - 1].has.target;
    p.target = p.has.target ? f->at[count - 1].target : 0;
    put_newest(f, &p);
}

static void series_fill(struct view *v, struct text client, const struct series *s,
                        struct filled *ret)
{
    struct text nowhere = { 0 };
    ret->series = *s;
    if (figures[s->kpi].measure != COUNT || (text_empty(s->service) && text_empty(s->component)))
        return;
    const struct series *all = find(v, client, s->kpi, nowhere, nowhere);
    uint32_t i = 0, j = 0;
    ret->series.periods = (struct closed_period_list){ ret->at, 0 };
    while (i < s->periods.count || j < all->periods.count) {
        const struct closed_period *here = &s->periods.at[i], *of_client = &all->periods.at[j];
        if (i < s->periods.count && (j == all->periods.count || here->from <= of_client->from)) {
            j += j < all->periods.count && here->from == of_client->from;
            i++;
            put_newest(ret, here);
        } else {
            j++;
            put_none(ret, of_client);
        }
    }
}

const struct series *series_of(struct view *v, struct text client, int32_t kpi, struct text service,
                               struct text component, struct filled *ret)
{
    series_fill(v, client, find(v, client, kpi, service, component), ret);
    return &ret->series;
}

/* Figures may be so large (costs in a small currency) that their squares are beyond 63 bits: then
 * there are none, and no interval. */
static void window_square(struct window *w, int64_t hundredths)
{
    int64_t square;
    if (w->sum_squares == SQUARES_NONE || __builtin_mul_overflow(hundredths, hundredths, &square) ||
        __builtin_add_overflow(w->sum_squares, square, &w->sum_squares))
        w->sum_squares = SQUARES_NONE;
}

static void window_add(struct window *w, const struct closed_period *p)
{
    int64_t hundredths = fixed_ratio(p->value, HUNDREDTH, 1);
    if (!w->periods++)
        w->since = p->from;
    w->until = p->to;
    w->numerator += p->numerator;
    w->denominator += p->denominator;
    w->squares += p->squares;
    w->n += p->n;
    w->sum += hundredths;
    window_square(w, hundredths);
}

/* Whether its sums say more than its periods do. */
static bool is_summed(int32_t kpi, int64_t denominator)
{
    return figures[kpi].measure >= SHARE && denominator > 0;
}

struct window window_of(const struct series *s, int64_t from, int64_t to)
{
    struct window w = { 0 };
    for (uint32_t i = 0; i < s->periods.count; i++) {
        const struct closed_period *p = &s->periods.at[i];
        if (p->has.value && p->from >= from && p->to <= to)
            window_add(&w, p);
    }
    if (!w.periods)
        return w;
    if (!is_summed(s->kpi, w.denominator))
        w.value = fixed_ratio(w.sum, w.periods, HUNDREDTH);
    else
        w.value = fixed_ratio(w.numerator, w.denominator,
                              figures[s->kpi].measure == MEAN ? FIXED : HUNDREDTH * FIXED);
    return w;
}

const struct closed_period *series_newest(const struct series *s)
{
    for (uint32_t i = s->periods.count; i-- > 0;)
        if (s->periods.at[i].has.value)
            return &s->periods.at[i];
    return NULL;
}

int64_t series_in_target(const struct series *s, int64_t target)
{
    int64_t count = 0;
    for (uint32_t i = s->periods.count; i-- > 0;) {
        const struct closed_period *p = &s->periods.at[i];
        if (p->has.value && !kpi_reaches(s->kpi, p->value, target))
            break;
        count += p->has.value;
    }
    return count;
}

int64_t series_kept(const struct series *s)
{
    int64_t count = 0;
    for (uint32_t i = s->periods.count; i-- > 0;) {
        const struct closed_period *p = &s->periods.at[i];
        if (p->missed || !p->has.target)
            break;
        count += p->has.value;
    }
    return count;
}

int64_t series_bad_signal(const struct series *s, int64_t behind)
{
    for (uint32_t i = s->periods.count; i-- > 0;)
        if (s->periods.at[i].to > behind && s->periods.at[i].bad_signal)
            return s->periods.at[i].to;
    return 0;
}

/* --- before and after --------------------------------------------------------------------------
 */

/* False where there is too little for an interval. */
static bool change_of(const struct objective *o, const struct window *after, struct interval *ret)
{
    enum measure measure = figures[o->kpi].measure;
    bool summed = is_summed(o->kpi, o->denominator) && is_summed(o->kpi, after->denominator);
    if (summed && measure == SHARE) {
        *ret = share_change(o->numerator, o->denominator, after->numerator, after->denominator);
        return true;
    }
    if (summed && o->denominator > 1 && after->denominator > 1) {
        int64_t unit = measure == SCORE ? HUNDREDTH : 1; /* answers are 1, 0 or -1: 100 points */
        *ret =
            mean_change(o->numerator * unit, o->squares * unit * unit, o->denominator,
                        after->numerator * unit, after->squares * unit * unit, after->denominator)
                .interval;
        return true;
    }
    if (summed || o->periods < 2 || after->periods < 2 || o->sum_squares == SQUARES_NONE ||
        after->sum_squares == SQUARES_NONE)
        return false;
    *ret = mean_change(o->sum, o->sum_squares, o->periods, after->sum, after->sum_squares,
                       after->periods)
               .interval;
    *ret = (struct interval){ fixed_ratio(ret->low, HUNDREDTH, 1),
                              fixed_ratio(ret->high, HUNDREDTH, 1) };
    return true;
}

static enum verdict verdict_of(const struct interval *change, bool falls)
{
    if (change->low > 0)
        return falls ? verdict_worse : verdict_proved;
    if (change->high < 0)
        return falls ? verdict_proved : verdict_worse;
    return verdict_not_shown;
}

static enum verdict outcome_of(struct view *v, const struct programme *p, const struct objective *o,
                               struct objective_outcome *ret)
{
    struct filled filled;
    const struct series *s = series_of(v, p->client, o->kpi, o->service, o->component, &filled);
    struct window after = { 0 };
    struct interval change;
    if (p->acted_on)
        after = window_of(s, p->acted_on + 1, INT64_MAX);
    *ret = (struct objective_outcome){ .objective = o->number,
                                       .name = o->name,
                                       .kpi = o->kpi,
                                       .service = o->service,
                                       .component = o->component,
                                       .target = o->target,
                                       .before = o->baseline,
                                       .n_before = o->n,
                                       .less_is_better = kpi_falls(o->kpi),
                                       .verdict = verdict_not_shown };
    if (!after.periods)
        return verdict_not_shown;
    ret->since = after.since;
    ret->until = after.until;
    ret->after = after.value;
    ret->n_after = after.n;
    ret->periods = after.periods;
    ret->change = after.value - o->baseline;
    ret->has.after = ret->has.change = true;
    if (!change_of(o, &after, &change))
        return verdict_not_shown;
    ret->low = change.low;
    ret->high = change.high;
    ret->has.low = ret->has.high = true;
    ret->verdict = (int32_t)verdict_of(&change, kpi_falls(o->kpi));
    return (enum verdict)ret->verdict;
}

enum verdict programme_outcomes(struct view *v, const struct programme *p,
                                struct objective_outcome ret[static OBJECTIVES_MAX])
{
    enum verdict weakest = verdict_proved;
    for (uint32_t i = 0; i < p->objectives.count; i++) {
        enum verdict is = outcome_of(v, p, &p->objectives.at[i], &ret[i]);
        if (is > weakest)
            weakest = is;
    }
    return weakest;
}

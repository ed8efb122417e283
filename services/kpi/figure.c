/* figure: sums made into figures; see figure.h. */
#include "services/kpi/figure.h"
#include "services/kpi/maturity.h"

enum { RISES = false, FALLS = true, MINUTE = 60, PERCENT_OF = 100, HUNDREDTHS = 100 };

static const struct kpi_row rows[] = {
#define KPI(name, measure_, good, least_, most_, of_, unit_, formula_)                             \
    [kpi_##name] = { .measure = (measure_),                                                        \
                     .falls = (good),                                                              \
                     .least = (least_)*FIXED,                                                      \
                     .most = (most_)*FIXED,                                                        \
                     .of = kpi_##of_,                                                              \
                     .unit = TEXT_OF(unit_),                                                       \
                     .formula = TEXT_OF(formula_) },
#include "proto/kpi/kpis.def"
};

const struct kpi_row *kpi_row(enum kpi kpi)
{
    return &rows[kpi];
}

bool figure_rises(enum kpi kpi)
{
    return !rows[kpi].falls;
}

bool figure_applies(enum kpi kpi, const struct place *p)
{
    switch (kpi) {
    case kpi_retention:
    case kpi_gross_retention:
    case kpi_net_retention:
    case kpi_hostages:
    case kpi_reactive_hours:
        return text_empty(p->service) && text_empty(p->component);
    default:
        return true;
    }
}

/* --- then and now -------------------------------------------------------------------------------
 */

/* What a figure is made of, in the baseline or now. */
struct made {
    int64_t numerator, denominator, seconds, squares;
};

static struct made made_now(const struct figure *f)
{
    return (struct made){ f->numerator, f->denominator, f->seconds, f->squares };
}

static struct made made_then(const struct figure *f)
{
    return (struct made){ f->baseline_numerator, f->baseline_denominator, f->baseline_seconds,
                          f->baseline_squares };
}

/* Sums of minutes and squares are of whole minutes; the mean is of seconds. */
static int64_t minutes_of(const struct made *m)
{
    return fixed_ratio(m->seconds, MINUTE, 1);
}

static struct answers answers_of(const struct made *m)
{
    int64_t promoters = (m->squares + m->numerator) / 2; /* each is 1, 0 or -1 */
    int64_t detractors = m->squares - promoters;
    return (struct answers){ promoters, m->denominator - m->squares, detractors, 0 };
}

/* Whether there is a value, and which. */
static bool value_of(enum measure measure, const struct made *m, int64_t *ret)
{
    int64_t n = m->denominator;
    if (measure == COUNT || measure == TALLY) {
        *ret = fixed_ratio(m->numerator, 1, FIXED);
        return true;
    }
    if (n <= 0)
        return false;
    switch (measure) {
    case MEAN:
        *ret = fixed_ratio(m->seconds, n * MINUTE, FIXED); /* rounded once */
        break;
    case COST:
        *ret = fixed_ratio(m->numerator, n, FIXED / HUNDREDTHS);
        break;
    case PACE:
        *ret = fixed_ratio(m->numerator, n * MINUTE, FIXED);
        break;
    default:
        *ret = fixed_ratio(m->numerator, n, PERCENT_OF * FIXED);
    }
    return true;
}

bool figure_value(enum kpi kpi, int64_t numerator, int64_t denominator, int64_t seconds,
                  int64_t *ret)
{
    struct made m = { numerator, denominator, seconds, 0 };
    return value_of(rows[kpi].measure, &m, ret);
}

/* Its interval now: false where there is none. */
static bool interval_of(enum measure measure, const struct made *m, int64_t value,
                        struct interval *ret)
{
    struct mean mean;
    switch (measure) {
    case SHARE:
        *ret = share_interval(m->numerator, m->denominator);
        return true;
    case MEAN: /* as wide as that of the minutes, around the mean of the seconds */
        mean = mean_of(minutes_of(m), m->squares, m->denominator);
        ret->low = value - (mean.value - mean.interval.low);
        ret->high = value + (mean.interval.high - mean.value);
        return m->denominator > 1;
    case COUNT:
        *ret = rate_of(m->numerator, 1).interval;
        return true;
    default:
        return false;
    }
}

/* --- changes ------------------------------------------------------------------------------------
 */

struct moved {
    int64_t value;
    struct interval interval;
    bool has_interval, changed;
};

static bool holds_zero(const struct interval *i)
{
    return i->low <= 0 && i->high >= 0;
}

static void change_of_scores(const struct made *was, const struct made *is, struct moved *ret)
{
    struct answers before = answers_of(was), after = answers_of(is);
    struct score a = score_of(&before), b = score_of(&after);
    int64_t z = score_change(&a, &b);
    ret->changed = z >= INT64_C(19600) || z <= INT64_C(-19600);
}

/* Of two counts the second has a share of both that is that of its days, unless something
 * changed. */
static void change_of_counts(const struct figure *f, struct moved *ret)
{
    int64_t days = f->to - f->from + 1, days_then = f->baseline_to - f->baseline_from + 1;
    int64_t both = f->numerator + f->baseline_numerator;
    ret->value = fixed_ratio(f->numerator, 1, FIXED) -
                 fixed_ratio(f->baseline_numerator * days, days_then, FIXED);
    if (both <= 0)
        return;
    struct interval share = share_interval(f->numerator, both);
    int64_t expected = fixed_ratio(days, days + days_then, PERCENT_OF * FIXED);
    ret->changed = expected < share.low || expected > share.high;
}

static struct moved change_of(enum measure measure, const struct figure *f, int64_t was, int64_t is)
{
    struct made then = made_then(f), now = made_now(f);
    struct moved c = { .value = is - was };
    struct mean m;
    switch (measure) {
    case SHARE:
        c.interval = share_change(then.numerator, then.denominator, now.numerator, now.denominator);
        c.has_interval = true;
        break;
    case MEAN:
        m = mean_change(minutes_of(&then), then.squares, then.denominator, minutes_of(&now),
                        now.squares, now.denominator);
        c.interval.low = c.value - (m.value - m.interval.low);
        c.interval.high = c.value + (m.interval.high - m.value);
        c.has_interval = then.denominator > 1 && now.denominator > 1;
        break;
    case SCORE:
        change_of_scores(&then, &now, &c);
        break;
    case COUNT:
        change_of_counts(f, &c);
        break;
    default:
        break;
    }
    c.changed = c.changed || (c.has_interval && !holds_zero(&c.interval));
    return c;
}

/* --- settling -----------------------------------------------------------------------------------
 */

#define SAY(f, field, number) ((f)->field = (number), (f)->has.field = true)
#define UNSAY(f, field)       ((f)->field = 0, (f)->has.field = false)

static void unsay(struct figure *f)
{
    UNSAY(f, value);
    UNSAY(f, low);
    UNSAY(f, high);
    UNSAY(f, coverage);
    UNSAY(f, small);
    UNSAY(f, adjusted);
    UNSAY(f, by_client);
    UNSAY(f, baseline);
    UNSAY(f, change);
    UNSAY(f, change_low);
    UNSAY(f, change_high);
    UNSAY(f, changed);
}

static void settle_score(struct figure *f)
{
    struct score s =
        score_of(&(struct answers){ f->promoters, f->passives, f->detractors, f->population });
    f->has.promoters = f->has.passives = f->has.detractors = true;
    SAY(f, value, s.value);
    SAY(f, low, s.interval.low);
    SAY(f, high, s.interval.high);
    if (!s.small)
        return;
    SAY(f, small, true);
    SAY(f, adjusted, s.adjusted);
}

static void settle_now(struct figure *f, enum measure measure)
{
    struct made now = made_now(f);
    struct interval interval;
    if (!value_of(measure, &now, &f->value))
        return;
    f->has.value = true;
    if (measure == SCORE) {
        settle_score(f);
    } else if (interval_of(measure, &now, f->value, &interval)) {
        SAY(f, low, interval.low);
        SAY(f, high, interval.high);
    }
}

/* Of a change the change is the value; of all others it stands beside it. */
static void settle_change(struct figure *f, enum measure measure, bool is_change)
{
    struct made then = made_then(f);
    int64_t is = f->value;
    bool was = value_of(measure, &then, &f->baseline), both = was && f->has.value;
    f->has.baseline_numerator = f->has.baseline_denominator = true;
    f->has.baseline = was;
    if (is_change) {
        UNSAY(f, value);
        UNSAY(f, low);
        UNSAY(f, high);
    }
    if (!both)
        return;
    struct moved c = change_of(measure, f, f->baseline, is);
    SAY(f, changed, c.changed);
    if (is_change) {
        SAY(f, value, c.value);
        SAY(f, low, c.interval.low);
        SAY(f, high, c.interval.high);
        return;
    }
    SAY(f, change, c.value);
    if (c.has_interval) {
        SAY(f, change_low, c.interval.low);
        SAY(f, change_high, c.interval.high);
    }
}

static void settle_level(struct figure *f)
{
    stages_settle(&f->stages);
    f->n = 0;
    for (uint32_t i = 0; i < f->stages.count; i++)
        f->n += f->stages.at[i].reference ? 0 : f->stages.at[i].problems;
    int64_t level = stages_level(&f->stages, ladder_work);
    if (level)
        SAY(f, value, level * FIXED);
}

void figure_settle(struct figure *f)
{
    const struct kpi_row *row = kpi_row((enum kpi)f->kpi);
    enum measure measure = rows[row->of].measure;
    f->formula = row->formula;
    f->unit = row->unit;
    unsay(f);
    if (measure == LEVEL) {
        settle_level(f);
        return;
    }
    settle_now(f, measure);
    if (measure == MEAN) {
        SAY(f, numerator, fixed_ratio(f->seconds, MINUTE, 1));
        f->has.squares = f->has.seconds = true;
    }
    f->has.numerator = f->has.exclusions = true;
    f->has.denominator = measure != COUNT && measure != TALLY;
    if (f->eligible > 0)
        SAY(f, coverage, fixed_ratio(f->covered, f->eligible, PERCENT_OF * FIXED));
    f->has.covered = f->has.eligible = f->has.coverage;
    f->has.clients = f->has.clients_sum = f->clients > 0;
    if (f->clients > 0 && !f->clients_left)
        SAY(f, by_client, fixed_ratio(f->clients_sum, f->clients, 1));
    if (f->baseline_from)
        settle_change(f, measure, row->measure == CHANGE);
}

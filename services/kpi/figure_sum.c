/* figure_sum: what figures are made of; see figure.h. */
#include "services/kpi/bucket.h"
#include "services/kpi/figure.h"
#include "services/kpi/maturity.h"

#include <string.h>

/* --- the parts --------------------------------------------------------------------------------
 */

/* What costs are made of: work, and what was solved by it. */
struct mixed_sums {
    int64_t problem_cost, problem_minutes, reactive_minutes; /* effort_sums */
    int64_t problems; /* ticket_sums */
};

/* Sums of every kind, as far as a figure is made of them. */
struct sums {
    struct ticket_sums ticket;
    struct survey_sums survey;
    struct effort_sums effort;
    struct mixed_sums mixed;
};

#define KPI(name, measure, good, least, most, of, unit, formula)
#define PARTS(name, of, numerator_, denominator_, seconds_, squares_, covered_, eligible_,         \
              excluded_)                                                                           \
    static void parts_##name(const struct sums *all, struct figure *f)                             \
    {                                                                                              \
        const struct of##_sums *s = &all->of;                                                      \
        f->numerator = (numerator_);                                                               \
        f->denominator = (denominator_);                                                           \
        f->seconds = (seconds_);                                                                   \
        f->squares = (squares_);                                                                   \
        f->covered = (covered_);                                                                   \
        f->eligible = (eligible_);                                                                 \
        f->exclusions = (excluded_);                                                               \
    }
#include "proto/kpi/kpis.def"

enum { OF_ticket = 1, OF_survey = 2, OF_effort = 4, OF_mixed = OF_ticket | OF_effort };

static const struct parts {
    unsigned of;
    void (*fill)(const struct sums *all, struct figure *f);
} parts[] = {
#define KPI(name, measure, good, least, most, of, unit, formula)
#define PARTS(name, of, numerator_, denominator_, seconds_, squares_, covered_, eligible_,         \
              excluded_)                                                                           \
    [kpi_##name] = { OF_##of, parts_##name },
#include "proto/kpi/kpis.def"
};

/* --- a range ------------------------------------------------------------------------------------
 */

struct range {
    int64_t from, to, as_of;
};

static void sum_buckets(struct view *v, enum kpi kpi, const struct place *p, const struct range *r,
                        struct figure *ret)
{
    struct sums s = { 0 };
    unsigned of = parts[kpi].of;
    if (of & OF_ticket)
        bucket_sum(v, AGGREGATE_ticket_sums, p, r->from, r->to, r->as_of, &s.ticket);
    if (of & OF_survey)
        bucket_sum(v, AGGREGATE_survey_sums, p, r->from, r->to, r->as_of, &s.survey);
    if (of & OF_effort)
        bucket_sum(v, AGGREGATE_effort_sums, p, r->from, r->to, r->as_of, &s.effort);
    s.mixed = (struct mixed_sums){ .problem_cost = s.effort.problem_cost,
                                   .problem_minutes = s.effort.problem_minutes,
                                   .reactive_minutes = s.effort.reactive_minutes,
                                   .problems = s.ticket.problems };
    parts[kpi].fill(&s, ret);
    if (kpi == kpi_nps) {
        ret->promoters = s.survey.promoters;
        ret->passives = s.survey.passives;
        ret->detractors = s.survey.detractors;
    }
    ret->n = kpi == kpi_incidents ? ret->numerator : ret->denominator;
}

static void sum_range(struct view *v, enum kpi kpi, const struct place *p, const struct range *r,
                      struct figure *ret)
{
    struct text currency = ret->currency;
    memset(ret, 0, sizeof *ret);
    ret->currency = currency;
    switch (kpi) {
    case kpi_retention:
    case kpi_gross_retention:
    case kpi_net_retention:
        retention_sum(v, kpi, p, r->from, r->to, r->as_of, ret);
        break;
    case kpi_hostages:
        hostage_sum(v, p, r->to, r->as_of, ret);
        break;
    case kpi_maturity:
        ret->stages = stages_sum(v, p, r->to, period_month, r->as_of);
        break;
    default:
        sum_buckets(v, kpi, p, r, ret);
    }
    ret->from = r->from;
    ret->to = r->to;
}

void figure_sum(struct view *v, enum kpi kpi, const struct place *p, int64_t from, int64_t to,
                int64_t as_of, int64_t baseline_from, int64_t baseline_to, struct figure *ret)
{
    struct range now = { from, to, as_of }, then = { baseline_from, baseline_to, as_of };
    struct figure was = { .currency = ret->currency };
    enum kpi of = kpi_row(kpi)->of;
    sum_range(v, of, p, &now, ret);
    ret->kpi = (int32_t)kpi;
    if (!baseline_from)
        return;
    sum_range(v, of, p, &then, &was);
    ret->baseline_from = baseline_from;
    ret->baseline_to = baseline_to;
    ret->baseline_numerator = was.numerator;
    ret->baseline_denominator = was.denominator;
    ret->baseline_squares = was.squares;
    ret->baseline_seconds = was.seconds;
}

/* --- targets ----------------------------------------------------------------------------------
 */

bool index_objective_by_kpi(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct objective *o = entity;
    (void)client, (void)id;
    if (o->draft)
        return false;
    key_integer(k, o->kpi);
    key_text(k, o->client);
    key_text(k, o->service);
    key_integer(k, o->since);
    return true;
}

/* Whom an objective is for, and when. */
struct aim {
    struct text client, service, area;
    int64_t day;
};

/* Of those that name client and service alike the last that is aimed at on that day; they come in
 * the order of the days since when they are. Without an area asked for those that name neither hold
 * for everything only when all of them are of one area. */
static bool target_of(struct view *v, enum kpi kpi, const struct aim *aim, int64_t *ret)
{
    bool for_all = text_empty(aim->client) && text_empty(aim->service) && text_empty(aim->area);
    bool any = false, several = false;
    struct key key = { .length = 0 };
    struct text area = { 0 };
    struct found found;
    int64_t target = 0;
    key_integer(&key, (int64_t)kpi);
    key_text(&key, aim->client);
    key_text(&key, aim->service);
    struct walk *w = view_walk(v, INDEX_objective_by_kpi, &key, UINT32_MAX);
    while (view_next(w, &found)) {
        const struct objective *o = found.entity;
        if (o->since > aim->day)
            break;
        if (!text_empty(aim->area) && !text_equal(o->area, aim->area))
            continue;
        several = several || (any && !text_equal(o->area, area));
        area = o->area;
        target = o->target * (FIXED / 100); /* of two digits behind the point */
        any = true;
    }
    if (!any || (for_all && several))
        return false;
    *ret = target;
    return true;
}

bool figure_target(struct view *v, enum kpi kpi, const struct place *p, int64_t day, int64_t *ret)
{
    const struct aim own = { .client = p->client, .service = p->service, .day = day };
    const struct aim everybody = { .service = p->service, .day = day };
    struct aim area = { .day = day };
    if (!text_empty(p->component))
        return false;
    if (target_of(v, kpi, &own, ret))
        return true;
    if (text_empty(p->service))
        return false;
    const struct service *s = view_get_of(v, ENTITY_service, PROVIDER_CLIENT, p->service);
    if (s)
        area.area = s->area;
    return target_of(v, kpi, &everybody, ret) ||
           (!text_empty(area.area) && target_of(v, kpi, &area, ret));
}

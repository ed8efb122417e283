/* maturity: what steps are judged by, and their judgement; see maturity.h. */
#include "services/kpi/maturity.h"
#include "common/stat/fixed.h"
#include "services/kpi/bucket.h"
#include "services/kpi/figure.h"
#include "services/kpi/period.h"

enum { COSTED_LEAST = 80, REACTIVE_MOST = 50, PERCENT_OF = 100, MINUTE = 60 };

static void stage_sum(struct view *v, const struct place *p, struct days d, int64_t as_of,
                      struct stage *ret)
{
    struct ticket_sums tickets;
    struct effort_sums efforts;
    struct survey_sums surveys;
    bucket_sum(v, AGGREGATE_ticket_sums, p, d.from, d.to, as_of, &tickets);
    bucket_sum(v, AGGREGATE_effort_sums, p, d.from, d.to, as_of, &efforts);
    bucket_sum(v, AGGREGATE_survey_sums, p, d.from, d.to, as_of, &surveys);
    *ret = (struct stage){ .from = d.from,
                           .to = d.to,
                           .problems = tickets.problems,
                           .incidents = tickets.incidents,
                           .solved = tickets.solved,
                           .resolve_seconds = tickets.resolve_seconds,
                           .resolve_squares = tickets.resolve_squares,
                           .minutes = efforts.minutes,
                           .reactive_minutes = efforts.reactive_minutes,
                           .proactive_minutes = efforts.proactive_minutes,
                           .costed_minutes = efforts.costed_minutes,
                           .problem_cost = efforts.problem_cost,
                           .answered = surveys.escalation_answered,
                           .satisfied = surveys.escalation_satisfied,
                           .closeouts = efforts.closeouts,
                           .preventing = efforts.preventing,
                           .avoided = efforts.avoided };
}

struct stage_list stages_sum(struct view *v, const struct place *p, int64_t to, enum period kind,
                             int64_t as_of)
{
    struct stage *stages = view_alloc(v, STAGES * sizeof *stages);
    struct days d = period_of(to, kind), reference;
    if (d.to > to)
        d = period_before(d, kind);
    for (int i = STAGES_JUDGED; i > 0; i--, d = period_before(d, kind))
        stage_sum(v, p, d, as_of, &stages[i]);
    reference.to = d.to;
    for (int i = 1; i < STAGES_JUDGED; i++)
        d = period_before(d, kind);
    reference.from = d.from;
    stage_sum(v, p, reference, as_of, &stages[0]);
    stages[0].reference = true;
    return (struct stage_list){ stages, STAGES };
}

/* --- the steps --------------------------------------------------------------------------------
 */

static bool is_volume(const struct stage *reference, const struct stage *s)
{
    (void)reference;
    return s->problems > 0;
}

static bool is_faster(const struct stage *reference, const struct stage *s)
{
    if (reference->solved < 2 || s->solved < 2)
        return false;
    struct mean change =
        mean_change(fixed_ratio(reference->resolve_seconds, MINUTE, 1), reference->resolve_squares,
                    reference->solved, fixed_ratio(s->resolve_seconds, MINUTE, 1),
                    s->resolve_squares, s->solved);
    return change.interval.high < 0;
}

/* Of the incidents of both, those of a period have less than the share that its days have. */
static bool are_fewer(const struct stage *reference, const struct stage *s)
{
    int64_t days = s->to - s->from + 1, before = reference->to - reference->from + 1;
    int64_t both = s->incidents + reference->incidents;
    return both > 0 && share_interval(s->incidents, both).high <
                           fixed_ratio(days, days + before, PERCENT_OF * FIXED);
}

/* Of every programme that was closed out an action against a cause was verified. */
static bool do_all_prevent(const struct stage *reference, const struct stage *s)
{
    return reference->preventing + s->preventing == reference->closeouts + s->closeouts;
}

/* What the incidents would have cost that programmes avoided: as much as a problem did cost before,
 * each. */
static int64_t saved_by(const struct stage *reference, const struct stage *s)
{
    int64_t avoided = reference->avoided + s->avoided;
    if (reference->problems <= 0)
        return 0;
    return fixed_ratio(avoided, reference->problems * FIXED, reference->problem_cost);
}

static bool is_prevented(const struct stage *reference, const struct stage *s)
{
    int64_t judged = s->reactive_minutes + s->proactive_minutes;
    return s->proactive_minutes > 0 && s->reactive_minutes * PERCENT_OF < judged * REACTIVE_MOST &&
           are_fewer(reference, s) && do_all_prevent(reference, s);
}

static bool is_costed(const struct stage *reference, const struct stage *s)
{
    (void)reference;
    return s->minutes > 0 && s->costed_minutes * PERCENT_OF >= s->minutes * COSTED_LEAST;
}

static bool is_cheaper(const struct stage *reference, const struct stage *s)
{
    return s->problems > 0 && reference->problems > 0 &&
           fixed_ratio(s->problem_cost, s->problems, FIXED) <
               fixed_ratio(reference->problem_cost, reference->problems, FIXED);
}

static bool is_less_satisfied(const struct stage *reference, const struct stage *s)
{
    return reference->answered > 0 && s->answered > 0 &&
           share_change(reference->satisfied, reference->answered, s->satisfied, s->answered).high <
               0;
}

static bool is_valued(const struct stage *reference, const struct stage *s)
{
    return is_costed(reference, s) && is_cheaper(reference, s) &&
           !is_less_satisfied(reference, s) && saved_by(reference, s) > 0;
}

static bool always(const struct stage *reference, const struct stage *s)
{
    (void)reference, (void)s;
    return true;
}

static const struct step {
    enum ladder ladder;
    int64_t step;
    bool (*holds)(const struct stage *reference, const struct stage *s);
    struct text words;
} steps[] = {
    { ladder_work, 1, is_volume, TEXT_OF("Problems were solved, and counted.") },
    { ladder_work, 2, is_faster,
      TEXT_OF("Solving took less time than in the reference, by more than chance.") },
    { ladder_work, 3, is_prevented,
      TEXT_OF("Fewer incidents than in the reference by more than chance; less than half of the "
              "work was reactive, some of it proactive, and each programme that was closed "
              "out prevented something.") },
    { ladder_cost, 1, always, TEXT_OF("What it costs need not be known.") },
    { ladder_cost, 2, is_costed, TEXT_OF("The rate of at least 80 % of the work is known.") },
    { ladder_cost, 3, is_valued,
      TEXT_OF("And a problem costs less than in the reference, while satisfaction is not less by "
              "more than chance, and programmes avoided some of that cost.") },
};
enum { STEPS = sizeof steps / sizeof *steps };

/* Rows of an answer are its own while it is settled. */
static struct stage *stages_of(const struct stage_list *l)
{
    return (struct stage *)(uintptr_t)l->at;
}

void stages_settle(const struct stage_list *stages)
{
    const struct stage *reference = stages->at;
    for (uint32_t i = 1; i < stages->count; i++) {
        struct stage *s = &stages_of(stages)[i];
        s->saved = saved_by(reference, s);
        s->volume = is_volume(reference, s);
        s->faster = is_faster(reference, s);
        s->prevented = is_prevented(reference, s);
        s->costed = is_costed(reference, s);
        s->valued = is_valued(reference, s);
        s->has.volume = s->has.faster = s->has.prevented = false; /* what a part said */
        s->has.costed = s->has.valued = false;
    }
}

static int64_t periods_of(const struct stage_list *stages, const struct step *step)
{
    int64_t n = 0;
    for (uint32_t i = 1; i < stages->count; i++)
        n += step->holds(stages->at, &stages->at[i]);
    return n;
}

int64_t stages_level(const struct stage_list *stages, enum ladder ladder)
{
    int64_t level = 0;
    for (size_t i = 0; i < STEPS; i++)
        if (steps[i].ladder == ladder && periods_of(stages, &steps[i]) == STAGES_JUDGED)
            level = steps[i].step;
    return level;
}

/* --- the question -----------------------------------------------------------------------------
 */

void query_kpi_maturity(const struct context *ctx, struct view *v, const void *parameters,
                        struct answer *a)
{
    const struct kpi_options *o = ctx->options;
    const struct kpi_maturity *q = parameters;
    struct place p = { text_empty(ctx->client) ? q->client : ctx->client, q->service,
                       q->component };
    struct rung *rungs = view_alloc(v, STEPS * sizeof *rungs);
    if (!text_empty(p.service) && !text_empty(p.component)) {
        REFUSE_ANSWER(a, scope_form, "component");
        return;
    }
    for (size_t i = 0; i < STEPS; i++)
        rungs[i] = (struct rung){ .ladder = (int32_t)steps[i].ladder,
                                  .step = steps[i].step,
                                  .words = steps[i].words };
    struct maturity m = {
        .rungs = { rungs, STEPS },
        .stages =
            stages_sum(v, &p, q->to, (enum period)(q->period ? q->period : o->period), q->as_of),
    };
    answer_one(a, &m);
}

void settle_kpi_maturity(const void *parameters, void *result)
{
    struct maturity *m = result;
    (void)parameters;
    stages_settle(&m->stages);
    for (uint32_t i = 0; i < m->rungs.count && i < STEPS; i++) {
        struct rung *r = &((struct rung *)(uintptr_t)m->rungs.at)[i];
        r->step = steps[i].step;
        r->periods = periods_of(&m->stages, &steps[i]);
        r->has.periods = true;
        r->reached = r->periods == STAGES_JUDGED;
        r->has.reached = false; /* what a part said */
    }
    m->work = stages_level(&m->stages, ladder_work);
    m->cost = stages_level(&m->stages, ladder_cost);
    m->has.work = m->work > 0;
    m->has.cost = true;
}

/* risk: how likely it is that a client is lost, in points, by the rules of risk.def (RULES.md,
 * risk).
 */
#include "services/kpi/account.h"
#include "services/kpi/bucket.h"
#include "services/kpi/figure.h"
#include "services/kpi/phrase.h"
#include "services/kpi/survey.h"

#include <string.h>

enum {
    SCORE_MAX = 100,
    CLOCKS_LEAST = 10, /* targets that ended, before their share says something */
    ASKED_LEAST = 3, /* questions that nobody answered */
    ASSESSED_DAYS = 180 /* for which an assessment holds */
};

struct evidence {
    const struct kpi_options *options;
    const struct account *account;
    const struct account_looked *look;
    struct ticket_sums tickets;
    struct survey_sums surveys;
    struct survey_sums over; /* of the days whose questions nobody can answer any more */
    int64_t target; /* of attainment, in ten-thousandths of a percent */
};

static int64_t count_assessed(const struct evidence *e)
{
    const struct account *a = e->account;
    return a->assessment > assessment_safe && e->look->day - a->assessed < ASSESSED_DAYS;
}

static int64_t count_complaints(const struct evidence *e)
{
    return e->surveys.complaints;
}

static int64_t count_detractors(const struct evidence *e)
{
    return e->surveys.detractors;
}

static int64_t count_dissatisfied(const struct evidence *e)
{
    return e->look->quadrant == quadrant_hostage || e->look->quadrant == quadrant_defector;
}

static int64_t count_escalations(const struct evidence *e)
{
    return e->tickets.raised;
}

static int64_t count_severe(const struct evidence *e)
{
    return e->tickets.severe;
}

static int64_t count_attainment(const struct evidence *e)
{
    int64_t met = e->tickets.resolve_met, all = met + e->tickets.resolve_missed;
    return all >= CLOCKS_LEAST && met * 100 * FIXED < all * e->target;
}

static int64_t count_promises(const struct evidence *e)
{
    return e->tickets.promises_missed;
}

/* Who may still answer is not silent. */
static int64_t count_silent(const struct evidence *e)
{
    int64_t asked = e->over.nps_asked + e->over.relationship_asked + e->over.escalation_asked;
    return asked >= ASKED_LEAST && !e->surveys.rated;
}

static int64_t count_renewal(const struct evidence *e)
{
    const struct account_looked *look = e->look;
    return look->renewal && look->renewal - look->day <= e->options->risk_renewal;
}

static const struct rule {
    const char *name;
    int64_t (*count)(const struct evidence *e);
    int64_t points, most;
    const char *words;
} rules[] = {
#define RISK(name, points, most, words) { #name, count_##name, (points), (most), (words) },
#include "services/kpi/risk.def"
#undef RISK
};

static void judge(struct decision *d, const struct rule *rule, int64_t count, struct reason *ret)
{
    int64_t points = count * rule->points;
    struct phrase *words = decision_alloc(d, sizeof *words);
    phrase_words(words, rule->words);
    if (rule->most > rule->points) {
        phrase_words(words, ": ");
        phrase_number(words, count);
    }
    ret->what = text_from(rule->name);
    ret->points = points < rule->most ? points : rule->most;
    ret->words = phrase_is(words);
}

/* What the client was promised, else everybody, else the option. */
static int64_t target_of(const struct kpi_options *o, struct view *v, const struct place *p,
                         int64_t day)
{
    const struct place all = { .client = { 0 } };
    int64_t target = o->risk_attainment * FIXED;
    (void)figure_target(v, kpi_sla_attainment, &all, day, &target);
    (void)figure_target(v, kpi_sla_attainment, p, day, &target);
    return target;
}

void risk_look(const struct context *ctx, struct view *v, struct decision *d,
               const struct account *a, struct account_looked *look)
{
    const struct kpi_options *o = ctx->options;
    const struct place p = { .client = ctx->client };
    int64_t from = look->day - o->risk_days + 1;
    int64_t lasts = (survey_asking(ctx, v).lasts + DAYS - 1) / DAYS; /* days */
    struct evidence e = { .options = o, .account = a, .look = look };
    struct reason *reasons = decision_alloc(d, sizeof rules / sizeof *rules * sizeof *reasons);
    bucket_sum(v, AGGREGATE_ticket_sums, &p, from, look->day, 0, &e.tickets);
    bucket_sum(v, AGGREGATE_survey_sums, &p, from, look->day, 0, &e.surveys);
    bucket_sum(v, AGGREGATE_survey_sums, &p, from, look->day - lasts, 0, &e.over);
    e.target = target_of(o, v, &p, look->day);
    look->reasons = (struct reason_list){ reasons, 0 };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        int64_t count = rules[i].count(&e);
        if (count <= 0)
            continue;
        struct reason *r = &reasons[look->reasons.count++];
        judge(d, &rules[i], count, r);
        look->score += r->points;
    }
    if (look->score > SCORE_MAX)
        look->score = SCORE_MAX;
    look->level = look->score >= o->risk_red     ? risk_level_red
                  : look->score >= o->risk_amber ? risk_level_amber
                                                 : risk_level_green;
}

/* exit: the conditions of a closeout (RULES 7), each computed from what kpi, escalation and the
 * catalog said, or signed by somebody. */
#include "services/sip/sip.h"

#define OPEN(c, words)                                                                             \
    ((c)->why = (struct text)TEXT_OF(words), (c)->holds = false, (c)->evidence = (struct text){ 0 })

int64_t programme_since(const struct programme *p)
{
    return p->acted_on ? p->acted_on : p->launched_on;
}

/* Whether a figure was at its target in enough periods in a row. */
static bool is_reached(struct view *v, const struct programme *p, int32_t kpi, struct text service,
                       struct text component, int64_t target, struct exit_condition *c)
{
    struct filled filled;
    int64_t count =
        series_in_target(series_of(v, p->client, kpi, service, component, &filled), target);
    if (count >= p->periods)
        return true;
    c->count = count;
    return false;
}

static void look_criteria(struct view *v, const struct programme *p, struct exit_condition *c)
{
    for (uint32_t i = 0; i < p->objectives.count; i++) {
        const struct objective *o = &p->objectives.at[i];
        if (!is_reached(v, p, o->kpi, o->service, o->component, o->target, c)) {
            OPEN(c, "An objective was not reached in enough periods in a row.");
            c->about = o->name;
            return;
        }
    }
    for (uint32_t i = 0; i < p->criteria.count; i++) {
        const struct criterion *is = &p->criteria.at[i];
        c->about = is->words;
        if (is->kpi && !is_reached(v, p, is->kpi, is->service, is->component, is->target, c)) {
            OPEN(c, "A criterion was not met in enough periods in a row.");
            return;
        }
        if (!is->kpi && !is->met) {
            OPEN(c, "Nobody signed that a criterion holds.");
            return;
        }
    }
    c->about = (struct text){ 0 };
}

static const int32_t kpis[] = {
#define KPI(name, measure, good, least, most, of, unit, formula) kpi_##name,
#include "proto/kpi/kpis.def"
};

/* In how many periods in a row, the newest among them, it was what it is to be: by the catalog as
 * its periods closed, and by the programme's own objective. Enough where neither says. */
static int64_t periods_kept(const struct programme *p, const struct series *s)
{
    const struct closed_period *newest = series_newest(s);
    int64_t kept = newest && newest->has.target ? series_kept(s) : p->periods;
    for (uint32_t i = 0; i < p->objectives.count; i++) {
        const struct objective *o = &p->objectives.at[i];
        int64_t reached = series_in_target(s, o->target);
        if (objectives_have(o, 1, &(struct scope){ s->kpi, s->service, s->component }))
            kept = reached < kept ? reached : kept;
    }
    return kept;
}

/* Whether a figure of some place is as it is to be; one that nobody knows is. */
static bool look_series(struct view *v, const struct programme *p, int32_t kpi, struct text service,
                        struct text component, struct exit_condition *c)
{
    struct filled filled;
    const struct series *s = series_of(v, p->client, kpi, service, component, &filled);
    int64_t bad = series_bad_signal(s, programme_since(p)), kept = periods_kept(p, s);
    c->about = text_empty(component) ? service : component;
    if (kept < p->periods) {
        OPEN(c, "A figure was not in target in enough periods in a row.");
        c->count = kept;
    } else if (bad) {
        OPEN(c, "A figure gave a bad signal since the last action.");
        c->day = bad;
    } else {
        c->about = (struct text){ 0 };
    }
    return c->holds;
}

/* Every figure of its component and of its service; of the whole client where it has neither; and
 * wherever its objectives are. */
static void look_targets(struct view *v, const struct programme *p, struct exit_condition *c)
{
    const struct text nowhere = { 0 };
    bool whole = text_empty(p->service) && text_empty(p->component);
    for (size_t i = 0; i < sizeof kpis / sizeof *kpis; i++)
        if ((!text_empty(p->component) && !look_series(v, p, kpis[i], nowhere, p->component, c)) ||
            ((whole || !text_empty(p->service)) &&
             !look_series(v, p, kpis[i], p->service, nowhere, c)))
            return;
    for (uint32_t i = 0; i < p->objectives.count; i++) {
        const struct objective *o = &p->objectives.at[i];
        if (!look_series(v, p, o->kpi, o->service, o->component, c))
            return;
    }
}

static void look_recurrence(const struct context *ctx, struct view *v, const struct programme *p,
                            struct exit_condition *c)
{
    int64_t over = programme_since(p) + p->window_days;
    if (p->recurred_on > programme_since(p)) {
        OPEN(c, "The problem showed itself again since the last action.");
        c->day = p->recurred_on;
        c->count = p->recurrences;
    } else if (day_at(zone_of(v, p->client), ctx->now) <= over) {
        OPEN(c, "The time in which it must not come back is not over.");
        c->day = over;
    }
}

static void look_plan(struct view *v, const struct programme *p, struct exit_condition *c)
{
    struct plan plan;
    plan_load(v, p->id, &plan);
    c->evidence = p->signed_by;
    if (text_empty(p->signed_by))
        OPEN(c, "The client has not signed the plan.");
    else if (plan_open(&plan)) {
        OPEN(c, "An action has not ended.");
        c->count = plan_open(&plan);
    } else if (p->posted_version != p->plan_version)
        OPEN(c, "The plan changed since it was posted to the client.");
}

static void look_lessons(struct view *v, const struct programme *p, struct exit_condition *c)
{
    for (uint32_t i = 0; i < p->lessons.count; i++)
        if (view_get_of(v, ENTITY_lesson, PROVIDER_CLIENT, p->lessons.at[i].lesson)) {
            c->evidence = p->lessons.at[i].lesson;
            return;
        }
    if (p->lessons.count)
        OPEN(c, "The catalog has the lesson no more.");
    else
        OPEN(c, "No lesson is filed.");
}

static void look_ticket(struct view *v, const struct programme *p, struct exit_condition *c)
{
    c->about = c->evidence = p->ticket;
    if (text_empty(p->ticket))
        OPEN(c, "No ticket stands for the programme.");
    else if (!view_get_of(v, ENTITY_ticket, p->client, p->ticket))
        OPEN(c, "The ticket is not closed.");
}

static void look_survey(const struct programme *p, struct exit_condition *c)
{
    c->evidence = p->survey_words;
    if (!p->survey)
        OPEN(c, "The client was not asked about escalations.");
}

static void look_confirmation(const struct programme *p, struct exit_condition *c)
{
    c->evidence = p->confirmed_by;
    if (text_empty(p->confirmed_by))
        OPEN(c, "The client's primary contact has not confirmed the outcome.");
}

static const struct {
    struct text condition;
    int refusal;
} conditions[CONDITIONS] = {
    { TEXT_OF("Success and closeout criteria are met."), REFUSAL_exit_criteria },
    { TEXT_OF("Every figure is in target, and gave no bad signal since the last action."),
      REFUSAL_exit_targets },
    { TEXT_OF("The problem did not come back."), REFUSAL_exit_recurrence },
    { TEXT_OF("The plan is finished, and the client has it."), REFUSAL_exit_plan },
    { TEXT_OF("Lessons learned are filed."), REFUSAL_exit_lessons },
    { TEXT_OF("The ticket is closed."), REFUSAL_exit_ticket },
    { TEXT_OF("The client was asked about escalations, where that is appropriate."),
      REFUSAL_exit_survey },
    { TEXT_OF("The client's primary contact confirmed the outcome."), REFUSAL_exit_confirmation },
};

void exit_look(const struct context *ctx, struct view *v, const struct programme *p,
               struct exit_condition ret[static CONDITIONS], int refusals[static CONDITIONS])
{
    for (int i = 0; i < CONDITIONS; i++)
        ret[i] = (struct exit_condition){ .number = i + 1,
                                          .condition = conditions[i].condition,
                                          .holds = true };
    look_criteria(v, p, &ret[0]);
    look_targets(v, p, &ret[1]);
    look_recurrence(ctx, v, p, &ret[2]);
    look_plan(v, p, &ret[3]);
    look_lessons(v, p, &ret[4]);
    look_ticket(v, p, &ret[5]);
    look_survey(p, &ret[6]);
    look_confirmation(p, &ret[7]);
    for (int i = 0; i < CONDITIONS; i++)
        refusals[i] = ret[i].holds ? REFUSAL_none : conditions[i].refusal;
}

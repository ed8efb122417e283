/* close: what a closeout needs, piece by piece, and the closeout itself (RULES 7). */
#include "services/sip/sip.h"

void decide_programme_criterion(const struct context *ctx, struct view *v, const void *command,
                                struct decision *d)
{
    const struct programme_criterion *c = command;
    const struct programme *p = view_get(v, ENTITY_programme, c->programme);
    if (!programme_moves(p, d))
        return;
    if (c->number > p->criteria.count)
        REFUSE(d, criterion_unknown, "number");
    else if (p->criteria.at[c->number - 1].kpi)
        REFUSE(d, criterion_figure, "number");
    else if (person_fits(ctx, v, c->person, WHO_ANYBODY, "person", d))
        EMIT(d, programme_criterion_signed, p->id, .number = c->number, .met = c->met,
             .by = c->person, .day = day_at(zone_of(v, p->client), ctx->now),
             .evidence = c->evidence);
}

void apply_programme_criterion_signed(struct fold *f, const void *event, void *entity)
{
    const struct programme_criterion_signed *e = event;
    struct programme *p = entity;
    struct criterion_list all = { 0 };
    for (uint32_t i = 0; i < p->criteria.count; i++) {
        struct criterion c = p->criteria.at[i];
        if (c.number == e->number) {
            c.met = e->met;
            c.signed_by = e->by;
            c.signed_on = e->day;
            c.evidence = e->evidence;
        }
        APPEND(f, &all, &c);
    }
    p->criteria = all;
}

static bool is_filed(const struct programme *p, struct text lesson)
{
    for (uint32_t i = 0; i < p->lessons.count; i++)
        if (text_equal(p->lessons.at[i].lesson, lesson))
            return true;
    return false;
}

void decide_programme_lesson(const struct context *ctx, struct view *v, const void *command,
                             struct decision *d)
{
    const struct programme_lesson *c = command;
    const struct programme *p = view_get(v, ENTITY_programme, c->programme);
    (void)ctx;
    if (!programme_moves(p, d))
        return;
    if (!view_get_of(v, ENTITY_lesson, PROVIDER_CLIENT, c->lesson))
        REFUSE(d, lesson_unknown, "lesson");
    else if (is_filed(p, c->lesson))
        REFUSE(d, lesson_twice, "lesson");
    else if (p->lessons.count == LESSONS_MAX)
        REFUSE(d, lessons_full, "lesson");
    else
        EMIT(d, programme_lesson_filed, p->id, .lesson = c->lesson);
}

void apply_programme_lesson_filed(struct fold *f, const void *event, void *entity)
{
    const struct programme_lesson_filed *e = event;
    struct programme *p = entity;
    const struct lesson_name l = { .lesson = e->lesson };
    APPEND(f, &p->lessons, &l);
}

void decide_programme_ticket(const struct context *ctx, struct view *v, const void *command,
                             struct decision *d)
{
    const struct programme_ticket *c = command;
    const struct programme *p = view_get(v, ENTITY_programme, c->programme);
    (void)ctx;
    if (programme_moves(p, d))
        EMIT(d, programme_ticket_set, p->id, .ticket = c->ticket);
}

void apply_programme_ticket_set(struct fold *f, const void *event, void *entity)
{
    const struct programme_ticket_set *e = event;
    struct programme *p = entity;
    (void)f;
    p->ticket = e->ticket;
}

void decide_programme_survey(const struct context *ctx, struct view *v, const void *command,
                             struct decision *d)
{
    const struct programme_survey *c = command;
    const struct programme *p = view_get(v, ENTITY_programme, c->programme);
    (void)ctx;
    if (programme_moves(p, d))
        EMIT(d, programme_survey_settled, p->id, .decision = c->decision, .words = c->words);
}

/* Whether anybody was asked is what kpi says. */
void apply_programme_survey_wanted(struct fold *f, const void *event, void *entity)
{
    (void)f, (void)event, (void)entity;
}

void apply_programme_survey_settled(struct fold *f, const void *event, void *entity)
{
    const struct programme_survey_settled *e = event;
    struct programme *p = entity;
    (void)f;
    p->survey = e->decision;
    p->survey_words = e->words;
}

enum { WORDS_MAX = 500 /* of what people are told */ };

/* Every action is against a cause: what was done and verified prevents. */
static int64_t preventions_of(struct view *v, const struct programme *p)
{
    struct plan plan;
    int64_t count = 0;
    plan_load(v, p->id, &plan);
    for (uint32_t i = 0; i < plan.count; i++)
        count += plan.at[i]->state == action_state_done;
    return count;
}

/* How many incidents there would have been at the baseline's rate, less those that there were: by
 * closed periods, where it is proved. Objectives may be about one another's incidents (those of a
 * client and of its component), so the one that says most says it for all. */
static int64_t avoided_of(const struct objective_outcome *outcomes, uint32_t count)
{
    int64_t most = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct objective_outcome *o = &outcomes[i];
        bool is_proved = o->kpi == kpi_incidents && o->verdict == verdict_proved;
        int64_t avoided = is_proved ? (o->before - o->after) * o->periods : 0;
        most = avoided > most ? avoided : most;
    }
    return most;
}

void decide_programme_close(const struct context *ctx, struct view *v, const void *command,
                            struct decision *d)
{
    const struct programme_close *c = command;
    const struct programme *p = view_get(v, ENTITY_programme, c->programme);
    const struct text who[] = { p->manager, p->coordinator, p->sponsor, p->client_sponsor };
    const struct zone *z = zone_of(v, p->client);
    int64_t today = day_at(z, ctx->now);
    struct exit_condition exits[CONDITIONS];
    int refusals[CONDITIONS];
    if (!programme_moves(p, d))
        return;
    exit_look(ctx, v, p, exits, refusals);
    for (int i = 0; i < CONDITIONS; i++)
        if (refusals[i] != REFUSAL_none)
            decision_refuse(d, refusals[i], "programme"); /* the first one stays */
    struct objective_outcome *outcomes = decision_alloc(d, OBJECTIVES_MAX * sizeof *outcomes);
    enum verdict verdict = programme_outcomes(v, p, outcomes);
    EMIT(d, programme_closed, p->id, .code = c->code, .achieved = c->achieved, .notes = c->notes,
         .verdict = (int32_t)verdict, .outcomes = { outcomes, p->objectives.count },
         .watch_until = day_begins(z, today + p->watch_days + 1), .days = today - p->launched_on,
         .service = p->service, .component = p->component, .preventions = preventions_of(v, p),
         .avoided = avoided_of(outcomes, p->objectives.count));
    programme_tell(d, p,
                   (struct programme_alarmed){ .alarm = programme_alarm_closed,
                                               .tell_client = true,
                                               .words = shortened(c->notes, WORDS_MAX) },
                   who, sizeof who / sizeof *who);
}

void apply_programme_closed(struct fold *f, const void *event, void *entity)
{
    const struct programme_closed *e = event;
    struct programme *p = entity;
    const struct closure c = { .at = f->time,
                               .by = f->actor,
                               .code = e->code,
                               .achieved = e->achieved,
                               .notes = e->notes,
                               .verdict = e->verdict };
    p->state = programme_state_closed;
    APPEND(f, &p->closures, &c);
    p->watch_until = e->watch_until;
    p->next_review = p->missed_on = p->remind_at = p->missed_at = 0;
    TOTAL_ADD(f, open, -1);
    TOTAL_ADD(f, closed, 1);
    TOTAL_ADD(f, days_closed, e->days);
    TOTAL_ADD(f, proved, e->verdict == verdict_proved);
    TOTAL_ADD(f, not_shown, e->verdict == verdict_not_shown);
    TOTAL_ADD(f, worse, e->verdict == verdict_worse);
}

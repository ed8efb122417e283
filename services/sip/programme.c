/* programme: the states that a programme goes through (RULES 4), but for launch, plan and closeout.
 */
#include "services/sip/sip.h"

bool programme_is_over(const struct programme *p)
{
    return p->state == programme_state_closed || p->state == programme_state_cancelled;
}

bool programme_moves(const struct programme *p, struct decision *d)
{
    if (programme_is_over(p))
        REFUSE(d, ended, "programme");
    else if (p->state == programme_state_on_hold)
        REFUSE(d, on_hold, "programme");
    else
        return true;
    return false;
}

struct review_times review_times(const struct context *ctx, const struct zone *z, int64_t day)
{
    const struct sip_options *o = ctx->options;
    return (struct review_times){ day_begins(z, day) - o->review_remind, day_begins(z, day + 1) };
}

static bool is_told(const struct person_name *people, uint32_t count, struct text who)
{
    for (uint32_t i = 0; i < count; i++)
        if (text_equal(people[i].person, who))
            return true;
    return text_empty(who);
}

void programme_tell(struct decision *d, const struct programme *p, struct programme_alarmed a,
                    const struct text *who, size_t count)
{
    struct person_name *people = decision_alloc(d, count * sizeof *people);
    uint32_t told = 0;
    for (size_t i = 0; i < count && told < PEOPLE_MAX; i++)
        if (!is_told(people, told, who[i]))
            people[told++].person = who[i];
    a.title = p->title;
    a.people = (struct person_name_list){ people, told };
    decision_emit(d, EVENT_programme_alarmed, p->id, &a, sizeof a);
}

void apply_programme_alarmed(struct fold *f, const void *event, void *entity)
{
    (void)f, (void)event, (void)entity;
}

void programme_move(const struct context *ctx, struct view *v, struct decision *d,
                    const struct programme *p, enum programme_state state, struct text reason)
{
    EMIT(d, programme_moved, p->id, .state = (int32_t)state, .from = p->state, .reason = reason,
         .day = day_at(zone_of(v, p->client), ctx->now));
}

/* --- on hold and on ----------------------------------------------------------------------------
 */

void decide_programme_hold(const struct context *ctx, struct view *v, const void *command,
                           struct decision *d)
{
    const struct programme_hold *c = command;
    const struct programme *p = view_get(v, ENTITY_programme, c->programme);
    struct plan plan;
    if (!programme_moves(p, d))
        return;
    programme_move(ctx, v, d, p, programme_state_on_hold, c->reason);
    plan_load(v, p->id, &plan);
    for (uint32_t i = 0; i < plan.count; i++)
        if (plan.at[i]->stage_at)
            EMIT(d, action_stopped, plan.at[i]->id, .programme = p->id);
}

void decide_programme_resume(const struct context *ctx, struct view *v, const void *command,
                             struct decision *d)
{
    const struct programme_resume *c = command;
    const struct programme *p = view_get(v, ENTITY_programme, c->programme);
    const struct zone *z = zone_of(v, ctx->client);
    int64_t today = day_at(z, ctx->now);
    struct plan plan;
    if (p->state != programme_state_on_hold) {
        REFUSE(d, not_on_hold, "programme");
        return;
    }
    int64_t days = today - p->held_on;
    int64_t next = p->next_review > today ? p->next_review : today + p->cadence_days;
    struct review_times t = review_times(ctx, z, next);
    bool asked = p->held_from == programme_state_launched && p->approve_until;
    EMIT(d, programme_moved, p->id, .state = p->held_from, .from = p->state, .day = today,
         .next_review = next, .remind_at = t.remind_at, .missed_at = t.missed_at,
         .approve_until = asked ? approval_until(ctx, v) : 0);
    plan_load(v, p->id, &plan);
    for (uint32_t i = 0; i < plan.count; i++)
        if (!action_is_over(plan.at[i]) && (plan.at[i]->standing || days))
            action_resume(ctx, v, d, plan.at[i], days);
}

/* --- onwards -----------------------------------------------------------------------------------
 */

void decide_programme_monitor(const struct context *ctx, struct view *v, const void *command,
                              struct decision *d)
{
    const struct programme_monitor *c = command;
    const struct programme *p = view_get(v, ENTITY_programme, c->programme);
    struct plan plan;
    plan_load(v, p->id, &plan);
    if (!programme_moves(p, d))
        return;
    if (p->state != programme_state_executing)
        REFUSE(d, not_executing, "programme");
    else if (plan_open(&plan))
        REFUSE(d, actions_open, "programme");
    else
        programme_move(ctx, v, d, p, programme_state_monitoring, (struct text){ 0 });
}

void decide_programme_signoff(const struct context *ctx, struct view *v, const void *command,
                              struct decision *d)
{
    const struct programme_signoff *c = command;
    const struct programme *p = view_get(v, ENTITY_programme, c->programme);
    const struct text who[] = { p->manager, p->coordinator, p->client_sponsor };
    if (!programme_moves(p, d))
        return;
    if (p->state != programme_state_monitoring) {
        REFUSE(d, not_monitoring, "programme");
        return;
    }
    programme_move(ctx, v, d, p, programme_state_signoff, (struct text){ 0 });
    if (!p->survey)
        EMIT(d, programme_survey_wanted, p->id, .title = p->title, .service = p->service,
             .component = p->component);
    programme_tell(
        d, p,
        (struct programme_alarmed){ .alarm = programme_alarm_signoff_asked, .tell_client = true },
        who, sizeof who / sizeof *who);
}

/* Whether the client is asked, and somebody of it says something. */
static bool is_asked(const struct context *ctx, struct view *v, const struct programme *p,
                     struct text person, struct decision *d)
{
    if (!programme_moves(p, d))
        return false;
    if (p->state == programme_state_signoff)
        return person_fits(ctx, v, person, WHO_CLIENT, "person", d);
    REFUSE(d, not_signoff, "programme");
    return false;
}

void decide_programme_confirm(const struct context *ctx, struct view *v, const void *command,
                              struct decision *d)
{
    const struct programme_confirm *c = command;
    const struct programme *p = view_get(v, ENTITY_programme, c->programme);
    const struct client *client = view_get_of(v, ENTITY_client, PROVIDER_CLIENT, ctx->client);
    if (!is_asked(ctx, v, p, c->person, d))
        return;
    if (client && !text_empty(client->primary_contact) &&
        !text_equal(client->primary_contact, c->person))
        REFUSE(d, not_primary_contact, "person");
    else
        EMIT(d, programme_confirmed, p->id, .by = c->person);
}

void apply_programme_confirmed(struct fold *f, const void *event, void *entity)
{
    const struct programme_confirmed *e = event;
    struct programme *p = entity;
    p->confirmed_by = e->by;
    p->confirmed_at = f->time;
}

void decide_programme_decline(const struct context *ctx, struct view *v, const void *command,
                              struct decision *d)
{
    const struct programme_decline *c = command;
    const struct programme *p = view_get(v, ENTITY_programme, c->programme);
    if (is_asked(ctx, v, p, c->person, d))
        programme_move(ctx, v, d, p, programme_state_executing, c->reason);
}

void apply_programme_moved(struct fold *f, const void *event, void *entity)
{
    const struct programme_moved *e = event;
    struct programme *p = entity;
    bool back = p->state == programme_state_signoff || p->state == programme_state_monitoring;
    (void)f;
    p->state = e->state;
    p->reason = e->reason;
    p->held_from = e->state == programme_state_on_hold ? e->from : 0;
    p->held_on = e->state == programme_state_on_hold ? e->day : 0;
    if (e->approve_until)
        p->approve_until = e->approve_until;
    if (e->state == programme_state_on_hold || e->next_review) {
        p->remind_at = e->remind_at;
        p->missed_at = e->missed_at;
    }
    if (e->next_review)
        p->next_review = e->next_review;
    if (e->state == programme_state_monitoring && e->from == programme_state_executing)
        p->monitoring_since = e->day;
    if (back && e->state == programme_state_executing) {
        p->monitoring_since = 0;
        p->confirmed_by = (struct text){ 0 };
        p->confirmed_at = 0;
    }
}

/* --- the end, and what may come behind it ------------------------------------------------------
 */

void decide_programme_cancel(const struct context *ctx, struct view *v, const void *command,
                             struct decision *d)
{
    const struct programme_cancel *c = command;
    const struct programme *p = view_get(v, ENTITY_programme, c->programme);
    const struct text who[] = { p->manager, p->coordinator, p->sponsor, p->client_sponsor };
    bool begun = p->state != programme_state_launched && p->held_from != programme_state_launched;
    struct plan plan;
    (void)ctx;
    if (programme_is_over(p)) {
        REFUSE(d, ended, "programme");
        return;
    }
    EMIT(d, programme_cancelled, p->id, .reason = c->reason);
    plan_load(v, p->id, &plan);
    for (uint32_t i = 0; i < plan.count; i++)
        if (!action_is_over(plan.at[i]))
            EMIT(d, action_skipped, plan.at[i]->id, .programme = p->id, .reason = c->reason);
    /* The client heard of it when its charter was approved. */
    programme_tell(
        d, p,
        (struct programme_alarmed){ .alarm = programme_alarm_cancelled, .tell_client = begun }, who,
        sizeof who / sizeof *who - !begun);
}

void apply_programme_cancelled(struct fold *f, const void *event, void *entity)
{
    const struct programme_cancelled *e = event;
    struct programme *p = entity;
    p->state = programme_state_cancelled;
    p->reason = e->reason;
    p->next_review = p->missed_on = p->remind_at = p->missed_at = 0;
    TOTAL_ADD(f, open, -1);
    TOTAL_ADD(f, cancelled, 1);
}

void programme_relapse(const struct context *ctx, struct view *v, struct decision *d,
                       const struct programme *p, struct evidence_list evidence, struct text reason)
{
    const struct text who[] = { p->manager, p->coordinator, p->sponsor, p->client_sponsor };
    const struct zone *z = zone_of(v, p->client);
    int64_t today = day_at(z, ctx->now), next = today + p->cadence_days;
    struct review_times t = review_times(ctx, z, next);
    EMIT(d, programme_relapsed, p->id, .day = today, .evidence = evidence, .reason = reason,
         .next_review = next, .remind_at = t.remind_at, .missed_at = t.missed_at);
    programme_tell(d, p,
                   (struct programme_alarmed){
                       .alarm = programme_alarm_relapsed, .day = today, .tell_client = true },
                   who, sizeof who / sizeof *who);
}

void decide_programme_reopen(const struct context *ctx, struct view *v, const void *command,
                             struct decision *d)
{
    const struct programme_reopen *c = command;
    const struct programme *p = view_get(v, ENTITY_programme, c->programme);
    if (p->state != programme_state_closed)
        REFUSE(d, not_closed, "programme");
    else if (p->closures.count == CLOSURES_MAX)
        REFUSE(d, closures_full, "programme");
    else
        programme_relapse(ctx, v, d, p, (struct evidence_list){ 0 }, c->reason);
}

void apply_programme_recurred(struct fold *f, const void *event, void *entity)
{
    const struct programme_recurred *e = event;
    struct programme *p = entity;
    p->recurrences++;
    if (e->day > p->recurred_on)
        p->recurred_on = e->day;
    evidence_add(f, &p->evidence, e->evidence.at);
}

/* What was signed and confirmed turned out not to hold. */
static void unsign(struct fold *f, struct criterion_list *list)
{
    struct criterion_list all = { 0 };
    for (uint32_t i = 0; i < list->count; i++) {
        struct criterion c = list->at[i];
        c.met = false;
        c.signed_by = c.evidence = (struct text){ 0 };
        c.signed_on = 0;
        APPEND(f, &all, &c);
    }
    *list = all;
}

void apply_programme_relapsed(struct fold *f, const void *event, void *entity)
{
    const struct programme_relapsed *e = event;
    struct programme *p = entity;
    p->state = programme_state_executing;
    p->reason = e->reason;
    p->relapses++;
    p->recurrences++;
    p->recurred_on = e->day;
    if (e->evidence.count)
        evidence_add(f, &p->evidence, e->evidence.at);
    unsign(f, &p->criteria);
    p->monitoring_since = 0;
    p->confirmed_by = (struct text){ 0 };
    p->confirmed_at = 0;
    p->watch_until = 0;
    p->next_review = e->next_review;
    p->remind_at = e->remind_at;
    p->missed_at = e->missed_at;
    TOTAL_ADD(f, relapses, 1);
    TOTAL_ADD(f, open, 1);
}

void apply_programme_watch_ended(struct fold *f, const void *event, void *entity)
{
    struct programme *p = entity;
    (void)f, (void)event;
    p->watch_until = 0;
}

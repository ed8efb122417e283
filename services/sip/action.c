/* action: what somebody does, who verifies it, and who is told when it is late (RULES 5). */
#include "services/sip/sip.h"

/* The action that a command is about, its programme and the plan, when it can be worked on; a
 * refusal is said else. */
struct work {
    const struct action *action;
    const struct programme *programme;
    struct plan plan;
};

static bool begin(struct view *v, struct text id, struct decision *d, struct work *ret)
{
    ret->action = view_get(v, ENTITY_action, id);
    ret->programme = view_get(v, ENTITY_programme, ret->action->programme);
    plan_load(v, ret->programme->id, &ret->plan);
    if (!programme_moves(ret->programme, d))
        return false;
    if (!action_is_over(ret->action))
        return true;
    REFUSE(d, action_ended, "action");
    return false;
}

void decide_action_start(const struct context *ctx, struct view *v, const void *command,
                         struct decision *d)
{
    const struct action_start *c = command;
    struct work w;
    (void)ctx;
    if (!begin(v, c->action, d, &w))
        return;
    const struct action *a = w.action;
    if (a->state == action_state_wip || a->state == action_state_done_unverified)
        REFUSE(d, action_begun, "action");
    else if (a->state == action_state_pending || !plan_is_ready(&w.plan, &a->waits_for, 0))
        REFUSE(d, action_waits, "action");
    else
        EMIT(d, action_started, a->id, .programme = a->programme);
}

void decide_action_hold(const struct context *ctx, struct view *v, const void *command,
                        struct decision *d)
{
    const struct action_hold *c = command;
    struct work w;
    (void)ctx;
    if (!begin(v, c->action, d, &w))
        return;
    if (w.action->state == action_state_open || w.action->state == action_state_wip)
        EMIT(d, action_held, w.action->id, .reason = c->reason);
    else
        REFUSE(d, action_idle, "action");
}

void decide_action_finish(const struct context *ctx, struct view *v, const void *command,
                          struct decision *d)
{
    const struct action_finish *c = command;
    struct work w;
    if (!begin(v, c->action, d, &w))
        return;
    if (w.action->state == action_state_wip)
        EMIT(d, action_finished, w.action->id, .programme = w.action->programme,
             .evidence = c->evidence, .day = day_at(zone_of(v, ctx->client), ctx->now));
    else
        REFUSE(d, action_idle, "action");
}

/* Whether there is something to verify, and the one who does is not its owner. */
static bool may_judge(const struct context *ctx, struct view *v, const struct work *w,
                      struct text person, struct decision *d)
{
    if (w->action->state != action_state_done_unverified)
        REFUSE(d, action_unfinished, "action");
    else if (text_equal(person, w->action->owner))
        REFUSE(d, verifier_owner, "person");
    else
        return person_fits(ctx, v, person, WHO_ANYBODY, "person", d);
    return false;
}

/* Who is informed of an action, when it is done. */
static void tell_done(struct decision *d, const struct programme *p, const struct action *a)
{
    struct text who[PEOPLE_MAX];
    for (uint32_t i = 0; i < a->informed.count; i++)
        who[i] = a->informed.at[i].person;
    if (a->informed.count)
        programme_tell(d, p,
                       (struct programme_alarmed){ .alarm = programme_alarm_action_done,
                                                   .number = a->number,
                                                   .words = a->words,
                                                   .owner = a->owner },
                       who, a->informed.count);
}

void decide_action_verify(const struct context *ctx, struct view *v, const void *command,
                          struct decision *d)
{
    const struct action_verify *c = command;
    struct work w;
    if (!begin(v, c->action, d, &w) || !may_judge(ctx, v, &w, c->person, d))
        return;
    struct action now = *w.action;
    now.state = action_state_done;
    EMIT(d, action_verified, now.id, .programme = now.programme, .by = c->person,
         .day = day_at(zone_of(v, ctx->client), ctx->now));
    plan_tell(d, w.programme, &w.plan, &now, NULL, false);
    tell_done(d, w.programme, &now);
    plan_open_ready(d, w.programme, &w.plan, now.number);
}

void decide_action_refute(const struct context *ctx, struct view *v, const void *command,
                          struct decision *d)
{
    const struct action_refute *c = command;
    struct work w;
    if (!begin(v, c->action, d, &w) || !may_judge(ctx, v, &w, c->person, d))
        return;
    struct staged s = action_staged(ctx, v, w.action->due);
    EMIT(d, action_refuted, w.action->id, .by = c->person, .reason = c->reason,
         .stage = (int32_t)s.stage, .stage_at = s.at);
}

void decide_action_skip(const struct context *ctx, struct view *v, const void *command,
                        struct decision *d)
{
    const struct action_skip *c = command;
    struct work w;
    (void)ctx;
    if (!begin(v, c->action, d, &w))
        return;
    struct action now = *w.action;
    now.state = action_state_skipped;
    EMIT(d, action_skipped, now.id, .programme = now.programme, .reason = c->reason);
    plan_tell(d, w.programme, &w.plan, &now, NULL, true);
    if (w.programme->state != programme_state_planning)
        plan_open_ready(d, w.programme, &w.plan, now.number);
}

/* --- folds -------------------------------------------------------------------------------------
 */

void apply_action_opened(struct fold *f, const void *event, void *entity)
{
    struct action *a = entity;
    (void)f, (void)event;
    a->state = action_state_open;
}

void apply_action_started(struct fold *f, const void *event, void *entity)
{
    struct action *a = entity;
    (void)f, (void)event;
    a->state = action_state_wip;
    a->reason = (struct text){ 0 };
}

void apply_action_held(struct fold *f, const void *event, void *entity)
{
    const struct action_held *e = event;
    struct action *a = entity;
    (void)f;
    a->state = action_state_on_hold;
    a->reason = e->reason;
}

static void untold(struct action *a)
{
    a->stage = 0;
    a->stage_at = 0;
}

void apply_action_finished(struct fold *f, const void *event, void *entity)
{
    const struct action_finished *e = event;
    struct action *a = entity;
    (void)f;
    a->state = action_state_done_unverified;
    a->evidence = e->evidence;
    a->finished_on = e->day;
    untold(a);
}

void apply_action_verified(struct fold *f, const void *event, void *entity)
{
    const struct action_verified *e = event;
    struct action *a = entity;
    a->state = action_state_done;
    a->verified_by = e->by;
    a->verified_on = e->day;
    TOTAL_ADD(f, actions_open, -1);
    TOTAL_ADD(f, actions_done, 1);
    TOTAL_ADD(f, actions_on_time, a->finished_on <= a->original_due);
}

void apply_action_refuted(struct fold *f, const void *event, void *entity)
{
    const struct action_refuted *e = event;
    struct action *a = entity;
    (void)f;
    a->state = action_state_wip;
    a->reason = e->reason;
    a->evidence = (struct text){ 0 };
    a->finished_on = 0;
    a->stage = e->stage;
    a->stage_at = e->stage_at;
}

void apply_action_skipped(struct fold *f, const void *event, void *entity)
{
    const struct action_skipped *e = event;
    struct action *a = entity;
    a->state = action_state_skipped;
    a->reason = e->reason;
    a->standing = false;
    untold(a);
    TOTAL_ADD(f, actions_open, -1);
}

/* Who is told next is kept for when it goes on. */
void apply_action_stopped(struct fold *f, const void *event, void *entity)
{
    struct action *a = entity;
    (void)f, (void)event;
    a->standing = true;
    a->stage_at = 0;
}

void apply_action_resumed(struct fold *f, const void *event, void *entity)
{
    const struct action_resumed *e = event;
    struct action *a = entity;
    (void)f;
    a->standing = false;
    a->due += e->days;
    a->stage = e->stage;
    a->stage_at = e->stage_at;
}

/* --- its day -----------------------------------------------------------------------------------
 */

/* When somebody is told of an action of that day. */
static int64_t stage_at(const struct context *ctx, const struct zone *z, int64_t due,
                        enum action_stage stage)
{
    const struct sip_options *o = ctx->options;
    const int64_t behind[] = { [action_stage_owner] = 0,
                               [action_stage_coordinator] = o->overdue_coordinator,
                               [action_stage_manager] = o->overdue_manager,
                               [action_stage_sponsor] = o->overdue_sponsor };
    return stage == action_stage_reminder ? day_begins(z, due) - o->action_remind
                                          : day_begins(z, due + 1) + behind[stage];
}

struct staged action_staged(const struct context *ctx, struct view *v, int64_t due)
{
    const struct zone *z = zone_of(v, ctx->client);
    struct staged s = { action_stage_reminder, stage_at(ctx, z, due, action_stage_reminder) };
    if (s.at <= ctx->now)
        s = (struct staged){ action_stage_owner, stage_at(ctx, z, due, action_stage_owner) };
    return s;
}

void action_resume(const struct context *ctx, struct view *v, struct decision *d,
                   const struct action *a, int64_t days)
{
    const struct zone *z = zone_of(v, ctx->client);
    int32_t stage = a->standing ? a->stage : 0;
    EMIT(d, action_resumed, a->id, .programme = a->programme, .days = days, .stage = stage,
         .stage_at = stage ? stage_at(ctx, z, a->due + days, (enum action_stage)stage) : 0);
}

int64_t due_action(const void *entity)
{
    const struct action *a = entity;
    return a->stage_at;
}

void wake_action(const struct context *ctx, struct view *v, struct text id, const void *entity,
                 struct decision *d)
{
    const struct action *a = entity;
    const struct programme *p = view_get(v, ENTITY_programme, a->programme);
    const struct zone *z = zone_of(v, p->client);
    enum action_stage told = (enum action_stage)a->stage;
    struct staged next = { 0 };
    /* Up the line: whoever is higher answers for it, and those below are told as well. */
    const struct text line[] = { p->sponsor, p->manager, p->coordinator, a->owner };
    struct text who[PEOPLE_MAX];
    size_t count = 0;
    const size_t all = sizeof line / sizeof *line;
    while (told < action_stage_sponsor &&
           stage_at(ctx, z, a->due, (enum action_stage)(told + 1)) <= ctx->now)
        told++; /* the service was down: nobody is told twice in a row */
    if (told < action_stage_sponsor) {
        next.stage = (enum action_stage)(told + 1);
        next.at = stage_at(ctx, z, a->due, next.stage);
    }
    size_t from = told == action_stage_reminder ? all - 1 : action_stage_sponsor - told;
    while (from < all)
        who[count++] = line[from++];
    for (uint32_t i = 0; i < a->responsible.count; i++)
        who[count++] = a->responsible.at[i].person;
    EMIT(d, action_day_told, id, .occurred_at = a->stage_at, .told = (int32_t)told,
         .stage = (int32_t)next.stage, .stage_at = next.at);
    programme_tell(d, p,
                   (struct programme_alarmed){ .alarm = told == action_stage_reminder
                                                            ? programme_alarm_action_due
                                                            : programme_alarm_action_overdue,
                                               .number = a->number,
                                               .words = a->words,
                                               .day = a->due,
                                               .owner = a->owner },
                   who, count);
}

void lapse_action(void *entity, int64_t until)
{
    (void)until;
    untold(entity);
}

void apply_action_day_told(struct fold *f, const void *event, void *entity)
{
    const struct action_day_told *e = event;
    struct action *a = entity;
    bool overdue = e->told != action_stage_reminder;
    TOTAL_ADD(f, actions_overdue, overdue && !a->overdue);
    a->overdue = a->overdue || overdue;
    a->stage = e->stage;
    a->stage_at = e->stage_at;
}

/* --- indexes -----------------------------------------------------------------------------------
 */

bool index_action_by_programme(struct text client, struct text id, const void *entity,
                               struct key *k)
{
    const struct action *a = entity;
    (void)client, (void)id;
    key_text(k, a->programme);
    key_integer(k, a->number);
    return true;
}

bool index_action_by_due(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct action *a = entity;
    (void)client, (void)id;
    key_integer(k, action_is_over(a));
    key_integer(k, a->due);
    return true;
}

bool index_action_by_owner(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct action *a = entity;
    key_text(k, a->owner);
    return index_action_by_due(client, id, entity, k);
}

bool index_action_by_client(struct text client, struct text id, const void *entity, struct key *k)
{
    key_text(k, client);
    return index_action_by_due(client, id, entity, k);
}

/* plan: causes, and the actions that are to remove them, up to the client's signature (RULES 5). */
#include "services/sip/sip.h"

void plan_load(struct view *v, struct text programme, struct plan *ret)
{
    struct key key = { .length = 0 };
    struct found found;
    key_text(&key, programme);
    struct walk *w = view_walk(v, INDEX_action_by_programme, &key, ACTIONS_MAX);
    ret->count = 0;
    while (view_next(w, &found))
        ret->at[ret->count++] = found.entity;
}

bool action_is_over(const struct action *a)
{
    return a->state == action_state_done || a->state == action_state_skipped;
}

uint32_t plan_open(const struct plan *plan)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < plan->count; i++)
        count += !action_is_over(plan->at[i]);
    return count;
}

static const struct action *numbered(const struct plan *plan, int64_t number)
{
    return number <= plan->count ? plan->at[number - 1] : NULL;
}

bool plan_is_ready(const struct plan *plan, const struct action_number_list *after, int64_t ended)
{
    for (uint32_t i = 0; i < after->count; i++)
        if (after->at[i].number != ended && !action_is_over(numbered(plan, after->at[i].number)))
            return false;
    return true;
}

/* Opens them, and tells all who have a part in them: who answers for them, works on them, is asked.
 * Who is informed hears when they are done. */
static void open_all(struct decision *d, const struct programme *p,
                     const struct action *const *actions, uint32_t count)
{
    enum { PARTS_MAX = 17 }; /* one, and two lists of eight */
    struct text *who = decision_alloc(d, (count + 1) * PARTS_MAX * sizeof *who);
    struct programme_alarmed told = { .alarm = programme_alarm_action_opened };
    size_t parts = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct action *a = actions[i];
        EMIT(d, action_opened, a->id, .programme = a->programme);
        who[parts++] = a->owner;
        for (uint32_t k = 0; k < a->responsible.count; k++)
            who[parts++] = a->responsible.at[k].person;
        for (uint32_t k = 0; k < a->consulted.count; k++)
            who[parts++] = a->consulted.at[k].person;
    }
    if (count == 1) {
        told.number = actions[0]->number;
        told.words = actions[0]->words;
        told.day = actions[0]->due;
        told.owner = actions[0]->owner;
    }
    if (count)
        programme_tell(d, p, told, who, parts);
}

void plan_open_ready(struct decision *d, const struct programme *p, const struct plan *plan,
                     int64_t ended)
{
    const struct action *ready[ACTIONS_MAX];
    uint32_t count = 0;
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct action *a = plan->at[i];
        if (a->state == action_state_pending && a->number != ended &&
            plan_is_ready(plan, &a->waits_for, ended))
            ready[count++] = a;
    }
    open_all(d, p, ready, count);
}

void plan_tell(struct decision *d, const struct programme *p, const struct plan *plan,
               const struct action *now, const struct action *more, bool changed)
{
    int64_t all = 0, done = 0, acted_on = p->acted_on;
    for (uint32_t i = 0; i < plan->count + (more ? 1 : 0); i++) {
        const struct action *a = i < plan->count ? plan->at[i] : more;
        if (now && now->number == a->number)
            a = now;
        if (a->state != action_state_skipped)
            all += a->days;
        if (a->state != action_state_done)
            continue;
        done += a->days;
        if (a->finished_on > acted_on)
            acted_on = a->finished_on;
    }
    EMIT(d, programme_plan_changed, p->id, .version = p->plan_version + changed,
         .actions = plan->count + (more ? 1 : 0), .percent = all ? done * 100 / all : 100,
         .acted_on = acted_on);
}

void apply_programme_plan_changed(struct fold *f, const void *event, void *entity)
{
    const struct programme_plan_changed *e = event;
    struct programme *p = entity;
    (void)f;
    p->plan_version = e->version;
    p->actions = e->actions;
    p->percent = e->percent;
    p->acted_on = e->acted_on;
}

/* Whether there may be a plan: the programme goes on, and its charter is approved where it has to
 * be. */
static bool may_plan(const struct programme *p, struct decision *d)
{
    if (!programme_moves(p, d))
        return false;
    if (p->state != programme_state_launched)
        return true;
    REFUSE(d, unapproved, "programme");
    return false;
}

/* --- causes ------------------------------------------------------------------------------------
 */

void decide_programme_cause(const struct context *ctx, struct view *v, const void *command,
                            struct decision *d)
{
    const struct programme_cause *c = command;
    const struct programme *p = view_get(v, ENTITY_programme, c->programme);
    (void)ctx;
    if (!may_plan(p, d))
        return;
    if (p->causes.count == CAUSES_MAX)
        REFUSE(d, causes_full, "programme");
    else
        EMIT(d, programme_cause_found, p->id, .number = (int64_t)p->causes.count + 1,
             .words = c->words, .evidence = c->evidence);
}

void apply_programme_cause_found(struct fold *f, const void *event, void *entity)
{
    const struct programme_cause_found *e = event;
    struct programme *p = entity;
    const struct root_cause c = { .number = e->number, .words = e->words, .evidence = e->evidence };
    APPEND(f, &p->causes, &c);
}

/* --- actions -----------------------------------------------------------------------------------
 */

/* Whether an action comes, by what it waits for, to wait for `number`. */
static bool waits_for(const struct plan *plan, const struct action_number_list *after,
                      int64_t number)
{
    uint64_t seen = 0, left = 0;
    for (uint32_t i = 0; i < after->count; i++)
        left |= UINT64_C(1) << (after->at[i].number - 1);
    while (left & ~seen) {
        int64_t next = 1;
        while (!((left & ~seen) >> (next - 1) & 1))
            next++;
        seen |= UINT64_C(1) << (next - 1);
        if (next == number)
            return true;
        const struct action *a = numbered(plan, next);
        for (uint32_t i = 0; i < a->waits_for.count; i++)
            left |= UINT64_C(1) << (a->waits_for.at[i].number - 1);
    }
    return false;
}

/* Whether an action of that number may wait for those. */
static bool may_wait(const struct plan *plan, const struct action_number_list *after,
                     int64_t number, struct decision *d)
{
    for (uint32_t i = 0; i < after->count; i++) {
        if (after->at[i].number != number && !numbered(plan, after->at[i].number)) {
            REFUSE(d, after_unknown, "waits_for");
            return false;
        }
        if (after->at[i].number == number) {
            REFUSE(d, after_circle, "waits_for");
            return false;
        }
    }
    if (!waits_for(plan, after, number))
        return true;
    REFUSE(d, after_circle, "waits_for");
    return false;
}

/* Whether those named may do what they are named for, and when. */
static bool may_do(const struct context *ctx, struct view *v, const struct action *a, bool new_due,
                   struct decision *d)
{
    if (new_due && a->due < day_at(zone_of(v, ctx->client), ctx->now)) {
        REFUSE(d, due_past, "due");
        return false;
    }
    return person_fits(ctx, v, a->owner, WHO_ANYBODY, "owner", d) &&
           people_fit(ctx, v, &a->responsible, "responsible", d) &&
           people_fit(ctx, v, &a->consulted, "consulted", d) &&
           people_fit(ctx, v, &a->informed, "informed", d);
}

static void emit_planned(const struct context *ctx, struct view *v, struct decision *d,
                         const struct action *a)
{
    struct staged s = action_staged(ctx, v, a->due);
    EMIT(d, action_planned, a->id, .programme = a->programme, .number = a->number,
         .words = a->words, .cause = a->cause, .owner = a->owner, .responsible = a->responsible,
         .consulted = a->consulted, .informed = a->informed, .due = a->due, .days = a->days,
         .waits_for = a->waits_for, .effect_kpi = a->effect_kpi, .effect = a->effect,
         .stage = (int32_t)s.stage, .stage_at = s.at);
}

void decide_action_plan(const struct context *ctx, struct view *v, const void *command,
                        struct decision *d)
{
    const struct action_plan *c = command;
    const struct programme *p = view_get(v, ENTITY_programme, c->programme);
    struct plan plan;
    if (!p) {
        decision_missing(d, "programme");
        return;
    }
    plan_load(v, p->id, &plan);
    int64_t number = (int64_t)plan.count + 1;
    const struct action a = { .due = c->due,
                              .id = action_id(d, p->id, number),
                              .programme = p->id,
                              .number = number,
                              .words = c->words,
                              .cause = c->cause,
                              .owner = c->owner,
                              .responsible = c->responsible,
                              .consulted = c->consulted,
                              .informed = c->informed,
                              .days = c->days ? c->days : 1,
                              .waits_for = c->waits_for,
                              .effect_kpi = c->effect_kpi,
                              .effect = c->effect };
    if (!may_plan(p, d))
        return;
    if (plan.count == ACTIONS_MAX)
        REFUSE(d, actions_full, "programme");
    else if (c->cause > p->causes.count)
        REFUSE(d, cause_unknown, "cause");
    else if (may_do(ctx, v, &a, true, d) && may_wait(&plan, &a.waits_for, number, d)) {
        emit_planned(ctx, v, d, &a);
        plan_tell(d, p, &plan, NULL, &a, true);
        if (p->state == programme_state_monitoring || p->state == programme_state_signoff)
            programme_move(ctx, v, d, p, programme_state_executing, (struct text){ 0 });
        if (p->state != programme_state_planning && plan_is_ready(&plan, &a.waits_for, 0))
            open_all(d, p, (const struct action *const[]){ &a }, 1);
    }
}

void apply_action_planned(struct fold *f, const void *event, void *entity)
{
    const struct action_planned *e = event;
    *(struct action *)entity = (struct action){ .due = e->due,
                                                .id = f->id,
                                                .client = f->client,
                                                .programme = e->programme,
                                                .number = e->number,
                                                .state = action_state_pending,
                                                .words = e->words,
                                                .cause = e->cause,
                                                .owner = e->owner,
                                                .responsible = e->responsible,
                                                .consulted = e->consulted,
                                                .informed = e->informed,
                                                .original_due = e->due,
                                                .days = e->days,
                                                .waits_for = e->waits_for,
                                                .effect_kpi = e->effect_kpi,
                                                .effect = e->effect,
                                                .stage = e->stage,
                                                .stage_at = e->stage_at };
    TOTAL_ADD(f, actions, 1);
    TOTAL_ADD(f, actions_open, 1);
}

static void take_said(struct action *a, const struct action_change *c)
{
    if (!text_empty(c->words))
        a->words = c->words;
    if (!text_empty(c->owner))
        a->owner = c->owner;
    if (c->has.responsible)
        a->responsible = c->responsible;
    if (c->has.consulted)
        a->consulted = c->consulted;
    if (c->has.informed)
        a->informed = c->informed;
    if (c->due)
        a->due = c->due;
    if (c->days)
        a->days = c->days;
    if (c->has.waits_for)
        a->waits_for = c->waits_for;
    if (c->effect_kpi)
        a->effect_kpi = c->effect_kpi;
    if (!text_empty(c->effect))
        a->effect = c->effect;
}

void decide_action_change(const struct context *ctx, struct view *v, const void *command,
                          struct decision *d)
{
    const struct action_change *c = command;
    const struct action *is = view_get(v, ENTITY_action, c->action);
    const struct programme *p = view_get(v, ENTITY_programme, is->programme);
    struct action a = *is;
    struct plan plan;
    plan_load(v, p->id, &plan);
    take_said(&a, c);
    if (!programme_moves(p, d))
        return;
    if (action_is_over(is)) {
        REFUSE(d, action_ended, "action");
        return;
    }
    if (is->state == action_state_done_unverified && !text_equal(is->owner, a.owner)) {
        REFUSE(d, owner_finished, "owner");
        return;
    }
    if (!may_do(ctx, v, &a, c->due != 0, d) || !may_wait(&plan, &a.waits_for, a.number, d))
        return;
    struct staged s = action_staged(ctx, v, a.due);
    if (a.state == action_state_done_unverified)
        s = (struct staged){ 0 };
    else if (a.due == is->due) /* whoever was told is not told again */
        s = (struct staged){ (enum action_stage)is->stage, is->stage_at };
    EMIT(d, action_changed, a.id, .words = a.words, .owner = a.owner, .responsible = a.responsible,
         .consulted = a.consulted, .informed = a.informed, .due = a.due, .slipped = a.due > is->due,
         .days = a.days, .waits_for = a.waits_for, .effect_kpi = a.effect_kpi, .effect = a.effect,
         .reason = c->reason, .stage = (int32_t)s.stage, .stage_at = s.at);
    plan_tell(d, p, &plan, &a, NULL, true);
    if (a.state == action_state_pending && p->state == programme_state_executing &&
        plan_is_ready(&plan, &a.waits_for, 0))
        open_all(d, p, (const struct action *const[]){ &a }, 1);
}

void apply_action_changed(struct fold *f, const void *event, void *entity)
{
    const struct action_changed *e = event;
    struct action *a = entity;
    a->words = e->words;
    a->owner = e->owner;
    a->responsible = e->responsible;
    a->consulted = e->consulted;
    a->informed = e->informed;
    a->overdue = a->overdue && e->due == a->due;
    a->due = e->due;
    a->slips += e->slipped;
    a->days = e->days;
    a->waits_for = e->waits_for;
    a->effect_kpi = e->effect_kpi;
    a->effect = e->effect;
    a->reason = e->reason;
    a->stage = e->stage;
    a->stage_at = e->stage_at;
    TOTAL_ADD(f, slips, e->slipped);
}

/* --- a plan of another programme ---------------------------------------------------------------
 */

void decide_programme_clone(const struct context *ctx, struct view *v, const void *command,
                            struct decision *d)
{
    const struct programme_clone *c = command;
    const struct programme *p = view_get(v, ENTITY_programme, c->programme);
    const struct programme *other = view_get(v, ENTITY_programme, c->other);
    struct plan plan;
    if (!may_plan(p, d))
        return;
    if (text_equal(c->programme, c->other))
        REFUSE(d, clone_itself, "other");
    else if (!other)
        REFUSE(d, clone_unknown, "other");
    else if (p->actions || p->causes.count)
        REFUSE(d, clone_begun, "programme");
    else if (!other->actions)
        REFUSE(d, clone_empty, "other");
    else {
        int64_t today = day_at(zone_of(v, ctx->client), ctx->now);
        int64_t later = p->launched_on - other->launched_on;
        EMIT(d, programme_plan_cloned, p->id, .other = other->id, .causes = other->causes,
             .version = p->plan_version + 1, .actions = other->actions);
        plan_load(v, other->id, &plan);
        for (uint32_t i = 0; i < plan.count; i++) {
            struct action a = *plan.at[i];
            a.id = action_id(d, p->id, a.number);
            a.programme = p->id;
            a.due = a.original_due + later > today ? a.original_due + later : today;
            emit_planned(ctx, v, d, &a);
        }
    }
}

void apply_programme_plan_cloned(struct fold *f, const void *event, void *entity)
{
    const struct programme_plan_cloned *e = event;
    struct programme *p = entity;
    (void)f;
    p->causes = e->causes;
    p->plan_version = e->version;
    p->actions = e->actions;
    p->percent = 0;
}

/* --- the client and the plan -------------------------------------------------------------------
 */

void decide_programme_post(const struct context *ctx, struct view *v, const void *command,
                           struct decision *d)
{
    const struct programme_post *c = command;
    const struct programme *p = view_get(v, ENTITY_programme, c->programme);
    const struct text who[] = { p->manager, p->coordinator, p->client_sponsor };
    (void)ctx;
    if (!may_plan(p, d))
        return;
    if (!p->actions)
        REFUSE(d, plan_empty, "programme");
    else if (p->posted_version == p->plan_version)
        REFUSE(d, plan_posted, "programme");
    else {
        EMIT(d, programme_plan_posted, p->id, .version = p->plan_version, .notes = c->notes);
        programme_tell(
            d, p,
            (struct programme_alarmed){ .alarm = programme_alarm_plan_posted, .tell_client = true },
            who, sizeof who / sizeof *who);
    }
}

void apply_programme_plan_posted(struct fold *f, const void *event, void *entity)
{
    const struct programme_plan_posted *e = event;
    struct programme *p = entity;
    p->posted_version = e->version;
    p->posted_at = f->time;
    p->notes = e->notes;
}

void decide_programme_sign(const struct context *ctx, struct view *v, const void *command,
                           struct decision *d)
{
    const struct programme_sign *c = command;
    const struct programme *p = view_get(v, ENTITY_programme, c->programme);
    struct plan plan;
    if (!may_plan(p, d))
        return;
    if (p->posted_version != p->plan_version || !p->plan_version)
        REFUSE(d, plan_unposted, "programme");
    else if (p->signed_version == p->plan_version)
        REFUSE(d, plan_signed, "programme");
    else if (person_fits(ctx, v, c->person, WHO_CLIENT, "person", d)) {
        EMIT(d, programme_plan_signed, p->id, .by = c->person, .version = p->plan_version);
        if (p->state != programme_state_planning)
            return;
        programme_move(ctx, v, d, p, programme_state_executing, (struct text){ 0 });
        plan_load(v, p->id, &plan);
        plan_open_ready(d, p, &plan, 0);
    }
}

void apply_programme_plan_signed(struct fold *f, const void *event, void *entity)
{
    const struct programme_plan_signed *e = event;
    struct programme *p = entity;
    p->signed_by = e->by;
    p->signed_at = f->time;
    p->signed_version = e->version;
}

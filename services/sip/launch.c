/* launch: a qualified candidate becomes a programme; its charter, its roles, its frozen baseline
 * (RULES 2 and 3). */
#include "services/sip/sip.h"

/* --- roles -------------------------------------------------------------------------------------
 */

static bool roles_fit(const struct context *ctx, struct view *v, const struct programme_assigned *r,
                      struct decision *d)
{
    return person_fits(ctx, v, r->manager, WHO_PROVIDER, "manager", d) &&
           person_fits(ctx, v, r->coordinator, WHO_PROVIDER, "coordinator", d) &&
           (text_empty(r->approver) ||
            person_fits(ctx, v, r->approver, WHO_PROVIDER, "approver", d)) &&
           person_fits(ctx, v, r->sponsor, WHO_PROVIDER, "sponsor", d) &&
           person_fits(ctx, v, r->client_sponsor, WHO_CLIENT, "client_sponsor", d);
}

/* The charter waits: who approves it is asked, and who answers for the programme knows. */
static void ask_approval(struct decision *d, const struct programme *p)
{
    const struct text who[] = { p->approver, p->manager, p->coordinator };
    programme_tell(d, p, (struct programme_alarmed){ .alarm = programme_alarm_approval_asked }, who,
                   sizeof who / sizeof *who);
}

static void tell_begin(struct decision *d, const struct programme *p, int64_t day)
{
    const struct text who[] = { p->manager, p->coordinator, p->sponsor, p->client_sponsor };
    programme_tell(d, p,
                   (struct programme_alarmed){
                       .alarm = programme_alarm_launched, .day = day, .tell_client = true },
                   who, sizeof who / sizeof *who);
}

static bool waits_for_approval(const struct programme *p)
{
    return p->state == programme_state_launched;
}

static struct text or_else(struct text said, struct text otherwise)
{
    return text_empty(said) ? otherwise : said;
}

void decide_programme_assign(const struct context *ctx, struct view *v, const void *command,
                             struct decision *d)
{
    const struct programme_assign *c = command;
    const struct programme *p = view_get(v, ENTITY_programme, c->programme);
    const struct programme_assigned r = { .manager = or_else(c->manager, p->manager),
                                          .coordinator = or_else(c->coordinator, p->coordinator),
                                          .approver = or_else(c->approver, p->approver),
                                          .sponsor = or_else(c->sponsor, p->sponsor),
                                          .client_sponsor =
                                              or_else(c->client_sponsor, p->client_sponsor) };
    if (programme_is_over(p))
        REFUSE(d, ended, "programme");
    else if (roles_fit(ctx, v, &r, d)) {
        struct programme now = *p;
        now.manager = r.manager;
        now.coordinator = r.coordinator;
        now.approver = r.approver;
        decision_emit(d, EVENT_programme_assigned, p->id, &r, sizeof r);
        if (waits_for_approval(p) && !text_equal(p->approver, r.approver))
            ask_approval(d, &now);
    }
}

void apply_programme_assigned(struct fold *f, const void *event, void *entity)
{
    const struct programme_assigned *e = event;
    struct programme *p = entity;
    (void)f;
    p->manager = e->manager;
    p->coordinator = e->coordinator;
    p->approver = e->approver;
    p->sponsor = e->sponsor;
    p->client_sponsor = e->client_sponsor;
}

/* --- the charter -------------------------------------------------------------------------------
 */

/* The end of the last of so many days from Monday to Friday behind today. */
int64_t approval_until(const struct context *ctx, struct view *v)
{
    enum { SATURDAY = 5 };
    const struct sip_options *o = ctx->options;
    const struct zone *z = zone_of(v, ctx->client);
    int64_t day = day_at(z, ctx->now);
    for (int64_t left = o->approve_days; left > 0; left -= weekday_of(day) < SATURDAY)
        day++;
    return day_begins(z, day + 1);
}

void decide_programme_approve(const struct context *ctx, struct view *v, const void *command,
                              struct decision *d)
{
    const struct programme_approve *c = command;
    const struct programme *p = view_get(v, ENTITY_programme, c->programme);
    if (!waits_for_approval(p))
        REFUSE(d, approval_none, "programme");
    else if (!p->approve_until)
        REFUSE(d, approval_over, "programme");
    else if (!text_equal(p->approver, c->person))
        REFUSE(d, not_approver, "person");
    else {
        EMIT(d, programme_approved, p->id, .by = c->person);
        tell_begin(d, p, day_at(zone_of(v, ctx->client), ctx->now));
    }
}

void apply_programme_approved(struct fold *f, const void *event, void *entity)
{
    const struct programme_approved *e = event;
    struct programme *p = entity;
    (void)f;
    p->state = programme_state_planning;
    p->approved_by = e->by;
    p->approve_until = 0;
}

void apply_programme_approval_expired(struct fold *f, const void *event, void *entity)
{
    struct programme *p = entity;
    (void)f, (void)event;
    p->approve_until = 0;
}

void decide_programme_revise(const struct context *ctx, struct view *v, const void *command,
                             struct decision *d)
{
    const struct programme_revise *c = command;
    const struct programme *p = view_get(v, ENTITY_programme, c->programme);
    if (programme_is_over(p)) {
        REFUSE(d, ended, "programme");
        return;
    }
    EMIT(d, programme_revised, p->id, .problem = c->problem, .charter = c->charter,
         .risks = c->risks, .cost = c->cost, .benefit = c->benefit,
         .approve_until = waits_for_approval(p) ? approval_until(ctx, v) : 0);
    if (waits_for_approval(p))
        ask_approval(d, p);
}

void apply_programme_revised(struct fold *f, const void *event, void *entity)
{
    const struct programme_revised *e = event;
    struct programme *p = entity;
    (void)f;
    p->problem = e->problem;
    p->charter = e->charter;
    p->risks = e->risks;
    p->cost = e->cost;
    p->benefit = e->benefit;
    p->approve_until = e->approve_until;
}

/* --- objectives and criteria -------------------------------------------------------------------
 */

/* What an objective or a criterion is about: what it says, else what the programme is about. */
static struct scope about(const struct candidate *from, int32_t kpi, struct text service,
                          struct text component, bool whole)
{
    if (whole)
        return (struct scope){ .kpi = kpi };
    if (!text_empty(service) || !text_empty(component))
        return (struct scope){ kpi, service, component };
    return text_empty(from->component) ? (struct scope){ .kpi = kpi, .service = from->service }
                                       : (struct scope){ .kpi = kpi, .component = from->component };
}

/* Freezes the baseline of an objective; false, and refused, when it cannot be. */
static bool freeze(const struct context *ctx, struct view *v, int64_t from, int64_t to,
                   struct objective *o, struct decision *d)
{
    struct filled filled;
    const struct series *s = series_of(v, ctx->client, o->kpi, o->service, o->component, &filled);
    struct window w = window_of(s, from, to);
    if (!w.periods) {
        REFUSE(d, baseline_missing, "objectives");
        return false;
    }
    o->since = w.since;
    o->until = w.until;
    o->periods = w.periods;
    o->baseline = w.value;
    o->numerator = w.numerator;
    o->denominator = w.denominator;
    o->squares = w.squares;
    o->n = w.n;
    o->sum = w.sum;
    o->sum_squares = w.sum_squares;
    if (kpi_better(o->kpi, o->target, o->baseline))
        return true;
    REFUSE(d, target_no_better, "objectives");
    return false;
}

static bool take_objectives(const struct context *ctx, struct view *v,
                            const struct programme_launch *c, const struct candidate *from,
                            int64_t today, struct objective_list *ret, struct decision *d)
{
    struct objective *all = decision_alloc(d, OBJECTIVES_MAX * sizeof *all);
    int64_t to = c->baseline_to ? c->baseline_to : today - 1;
    if (to >= today)
        REFUSE(d, baseline_ahead, "baseline_to");
    else if (c->baseline_from > to)
        REFUSE(d, baseline_order, "baseline_from");
    else if (!c->objectives.count)
        REFUSE(d, objectives_missing, "objectives");
    for (uint32_t i = 0; i < c->objectives.count; i++) {
        const struct objective_said *said = &c->objectives.at[i];
        struct scope s = about(from, said->kpi, said->service, said->component, said->whole);
        struct objective *o = &all[i];
        *o = (struct objective){ .number = (int64_t)i + 1,
                                 .name = said->name,
                                 .kpi = said->kpi,
                                 .service = s.service,
                                 .component = s.component,
                                 .target = said->target,
                                 .by = said->by,
                                 .measured = said->measured };
        if (objectives_have(all, i, &s))
            REFUSE(d, figure_twice, "objectives");
        else if (o->by <= today)
            REFUSE(d, by_past, "objectives");
        if (!freeze(ctx, v, c->baseline_from, to, o, d))
            return false;
    }
    *ret = (struct objective_list){ all, c->objectives.count };
    return true;
}

static bool take_criteria(const struct programme_launch *c, const struct candidate *from,
                          struct criterion_list *ret, struct decision *d)
{
    struct criterion *all = decision_alloc(d, c->criteria.count * sizeof *all);
    bool closeout = false;
    for (uint32_t i = 0; i < c->criteria.count; i++) {
        const struct criterion_said *said = &c->criteria.at[i];
        struct scope s = about(from, said->kpi, said->service, said->component, said->whole);
        if (said->kpi && !said->has.target) {
            REFUSE(d, target_missing, "criteria");
            return false;
        }
        all[i] = (struct criterion){ .number = (int64_t)i + 1,
                                     .kind = said->kind,
                                     .words = said->words,
                                     .kpi = said->kpi,
                                     .target = said->target };
        if (said->kpi) {
            all[i].service = s.service;
            all[i].component = s.component;
        }
        closeout = closeout || said->kind == criterion_kind_closeout;
    }
    if (!closeout)
        REFUSE(d, closeout_missing, "criteria");
    *ret = (struct criterion_list){ all, c->criteria.count };
    return closeout;
}

/* --- the launch --------------------------------------------------------------------------------
 */

/* Whether it can be one: the candidate, its words, and who has which role. */
/* More than are looked at would be passed over when their problem shows itself again. Its candidate
 * was counted, so there are sums. */
static bool is_full(const struct context *ctx, struct view *v)
{
    const struct sip_totals *sums =
        view_get_of(v, AGGREGATE_sip_totals, (struct text){ 0 }, ctx->client);
    return sums->open >= PROGRAMMES_MAX;
}

static bool may_launch(const struct context *ctx, struct view *v, const struct programme_launch *c,
                       const struct candidate *from, struct decision *d)
{
    const struct programme_assigned roles = { .manager = c->manager,
                                              .coordinator = c->coordinator,
                                              .approver = c->approver,
                                              .sponsor = c->sponsor,
                                              .client_sponsor = c->client_sponsor };
    if (!from)
        REFUSE(d, candidate_unknown, "candidate");
    else if (from->state != candidate_state_qualified)
        REFUSE(d, candidate_unqualified, "candidate");
    else if (text_empty(c->problem) && text_empty(from->problem))
        REFUSE(d, problem_missing, "problem");
    else if (is_full(ctx, v))
        REFUSE(d, programmes_full, "");
    else
        return roles_fit(ctx, v, &roles, d);
    return false;
}

static int64_t or_option(int64_t said, int64_t option)
{
    return said ? said : option;
}

void decide_programme_launch(const struct context *ctx, struct view *v, const void *command,
                             struct decision *d)
{
    const struct programme_launch *c = command;
    const struct sip_options *o = ctx->options;
    const struct candidate *from = view_get(v, ENTITY_candidate, c->candidate);
    const struct zone *z = zone_of(v, ctx->client);
    int64_t today = day_at(z, ctx->now), cadence = or_option(c->cadence_days, o->cadence_days);
    struct review_times t = review_times(ctx, z, today + cadence);
    struct objective_list objectives;
    struct criterion_list criteria;
    if (!may_launch(ctx, v, c, from, d) ||
        !take_objectives(ctx, v, c, from, today, &objectives, d) ||
        !take_criteria(c, from, &criteria, d))
        return;
    struct text id = decision_id(d, "sip", 0);
    const struct programme begun = { .id = id,
                                     .title = c->title,
                                     .manager = c->manager,
                                     .coordinator = c->coordinator,
                                     .approver = c->approver,
                                     .sponsor = c->sponsor,
                                     .client_sponsor = c->client_sponsor };
    EMIT(d, programme_launched, id, .candidate = c->candidate, .cause = from->cause,
         .kpi = from->kpi, .service = from->service, .component = from->component,
         .title = c->title, .day = today, .problem = or_else(c->problem, from->problem),
         .charter = c->charter, .contract = c->contract, .manager = c->manager,
         .coordinator = c->coordinator, .approver = c->approver, .sponsor = c->sponsor,
         .client_sponsor = c->client_sponsor, .ticket = c->ticket,
         .periods = or_option(c->periods, o->periods),
         .window_days = or_option(c->window_days, o->window_days),
         .watch_days = or_option(c->watch_days, o->watch_days), .cadence_days = cadence,
         .approve_until = text_empty(c->approver) ? 0 : approval_until(ctx, v),
         .objectives = objectives, .criteria = criteria, .risks = c->risks, .cost = c->cost,
         .benefit = c->benefit, .next_review = today + cadence, .remind_at = t.remind_at,
         .missed_at = t.missed_at);
    EMIT(d, candidate_launched, c->candidate, .programme = id);
    if (text_empty(c->approver))
        tell_begin(d, &begun, today);
    else
        ask_approval(d, &begun);
}

void apply_programme_launched(struct fold *f, const void *event, void *entity)
{
    const struct programme_launched *e = event;
    *(struct programme *)entity = (struct programme){
        .launched_at = f->time,
        .id = f->id,
        .client = f->client,
        .state = text_empty(e->approver) ? programme_state_planning : programme_state_launched,
        .title = e->title,
        .launched_on = e->day,
        .candidate = e->candidate,
        .cause = e->cause,
        .kpi = e->kpi,
        .service = e->service,
        .component = e->component,
        .problem = e->problem,
        .charter = e->charter,
        .contract = e->contract,
        .manager = e->manager,
        .coordinator = e->coordinator,
        .approver = e->approver,
        .sponsor = e->sponsor,
        .client_sponsor = e->client_sponsor,
        .ticket = e->ticket,
        .periods = e->periods,
        .window_days = e->window_days,
        .watch_days = e->watch_days,
        .cadence_days = e->cadence_days,
        .approve_until = e->approve_until,
        .objectives = e->objectives,
        .criteria = e->criteria,
        .risks = e->risks,
        .cost = e->cost,
        .benefit = e->benefit,
        .next_review = e->next_review,
        .remind_at = e->remind_at,
        .missed_at = e->missed_at,
    };
    TOTAL_ADD(f, launched, 1);
    TOTAL_ADD(f, open, 1);
}

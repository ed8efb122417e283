/* review: progress reviews on a cadence, with figures and agenda taken down by themselves (RULES
 * 6), and all that a programme's timer is for. */
#include "services/sip/sip.h"

/* --- where the objectives stand ----------------------------------------------------------------
 */

static enum trend trend_of(const struct metric *m, int64_t before)
{
    if (m->value == before)
        return trend_same;
    return kpi_better(m->kpi, m->value, before) ? trend_better : trend_worse;
}

uint32_t programme_metrics(struct view *v, const struct programme *p,
                           const struct progress_review *before,
                           struct metric ret[static OBJECTIVES_MAX])
{
    for (uint32_t i = 0; i < p->objectives.count; i++) {
        const struct objective *o = &p->objectives.at[i];
        struct filled filled;
        const struct series *s = series_of(v, p->client, o->kpi, o->service, o->component, &filled);
        const struct closed_period *newest = series_newest(s);
        struct metric *m = &ret[i];
        *m = (struct metric){ .objective = o->number,
                              .kpi = o->kpi,
                              .baseline = o->baseline,
                              .target = o->target,
                              .in_target = series_in_target(s, o->target) };
        m->trend = trend_same;
        if (!newest)
            continue;
        m->value = newest->value;
        m->has.value = true;
        m->n = newest->n;
        m->from = newest->from;
        m->to = newest->to;
        bool was = before && before->metrics.at[i].has.value;
        m->trend = (int32_t)trend_of(m, was ? before->metrics.at[i].value : o->baseline);
    }
    return p->objectives.count;
}

/* Worse when anything is; better when something is and nothing worse. */
static enum trend trend_of_all(const struct metric *all, uint32_t count)
{
    enum trend trend = trend_same;
    for (uint32_t i = 0; i < count; i++) {
        if (all[i].trend == trend_worse)
            return trend_worse;
        if (all[i].trend == trend_better)
            trend = trend_better;
    }
    return trend;
}

/* --- what is talked about ----------------------------------------------------------------------
 */

struct agenda {
    struct agenda_item *at;
    uint32_t count;
};

static void put_item(struct agenda *a, const struct agenda_item *item)
{
    if (a->count < AGENDA_MAX)
        a->at[a->count++] = *item;
}

static void put(struct agenda *a, enum agenda_item_kind kind, int64_t number, struct text words,
                int64_t day)
{
    put_item(a, &(struct agenda_item){
                    .kind = (int32_t)kind, .number = number, .words = words, .day = day });
}

enum { WORDS_MAX = 300 };

static void put_actions(struct agenda *a, const struct plan *plan, int64_t today, int64_t until)
{
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct action *is = plan->at[i];
        if (action_is_over(is))
            continue;
        if (is->state == action_state_done_unverified)
            put(a, agenda_item_kind_verify, is->number, shortened(is->words, WORDS_MAX),
                is->finished_on);
        else if (is->due < today)
            put(a, agenda_item_kind_overdue, is->number, shortened(is->words, WORDS_MAX), is->due);
        else if (is->due <= until)
            put(a, agenda_item_kind_due, is->number, shortened(is->words, WORDS_MAX), is->due);
    }
}

uint32_t programme_agenda(const struct context *ctx, struct view *v, const struct programme *p,
                          struct agenda_item ret[static AGENDA_MAX])
{
    int64_t today = day_at(zone_of(v, p->client), ctx->now);
    struct agenda a = { ret, 0 };
    struct plan plan;
    for (uint32_t i = 0; i < p->objectives.count; i++)
        put(&a, agenda_item_kind_figure, p->objectives.at[i].number, p->objectives.at[i].name,
            p->objectives.at[i].by);
    if (p->recurred_on)
        put(&a, agenda_item_kind_signal, 0, (struct text){ 0 }, p->recurred_on);
    if (p->posted_version != p->plan_version || text_empty(p->signed_by))
        put(&a, agenda_item_kind_plan, 0, (struct text){ 0 }, 0);
    plan_load(v, p->id, &plan);
    put_actions(&a, &plan, today, today + p->cadence_days);
    for (uint32_t i = 0; i < p->risks.count; i++)
        put_item(&a, &(struct agenda_item){ .kind = agenda_item_kind_risk,
                                            .number = i + 1,
                                            .risk = p->risks.at[i].words });
    return a.count;
}

/* --- the review --------------------------------------------------------------------------------
 */

static uint32_t count_overdue(const struct plan *plan, int64_t today)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < plan->count; i++)
        count += !action_is_over(plan->at[i]) &&
                 plan->at[i]->state != action_state_done_unverified && plan->at[i]->due < today;
    return count;
}

/* Whether it will not get there like this. */
static bool is_red(const struct context *ctx, const struct programme *p, const struct plan *plan,
                   const struct metric *metrics, int64_t today)
{
    const struct sip_options *o = ctx->options;
    for (uint32_t i = 0; i < p->objectives.count; i++) {
        const struct metric *m = &metrics[i];
        if (m->has.value && kpi_better(m->kpi, m->baseline, m->value))
            return true;
        if (p->objectives.at[i].by < today && !m->in_target)
            return true;
    }
    return count_overdue(plan, today - o->overdue_manager / DAYS) > 0;
}

static enum rag rag_of(const struct context *ctx, const struct programme *p,
                       const struct plan *plan, const struct progress_review *before,
                       const struct metric *metrics, enum trend trend, int64_t today)
{
    int64_t since = before ? before->held_on : p->launched_on;
    if (is_red(ctx, p, plan, metrics, today))
        return rag_red;
    return count_overdue(plan, today) || p->recurred_on >= since || trend == trend_worse
               ? rag_amber
               : rag_green;
}

/* Those that follow from how things stand, and behind them what was said besides. */
static struct agenda_item_list agenda_with(const struct context *ctx, struct view *v,
                                           struct decision *d, const struct programme *p,
                                           const struct words_said_list *said)
{
    struct agenda a = { decision_alloc(d, AGENDA_MAX * sizeof *a.at), 0 };
    a.count = programme_agenda(ctx, v, p, a.at);
    if (a.count > AGENDA_MAX - said->count)
        a.count = AGENDA_MAX - said->count;
    for (uint32_t i = 0; i < said->count; i++)
        put(&a, agenda_item_kind_given, 0, said->at[i].words, 0);
    return (struct agenda_item_list){ a.at, a.count };
}

/* Whether it can be recorded, on that day and with that next one. */
static bool may_review(const struct context *ctx, struct view *v, const struct programme_review *c,
                       const struct programme *p, int64_t held_on, int64_t next_on,
                       struct decision *d)
{
    int64_t today = day_at(zone_of(v, p->client), ctx->now);
    if (!programme_moves(p, d))
        return false;
    if (p->reviews == REVIEWS_MAX)
        REFUSE(d, reviews_full, "programme");
    else if (held_on < p->launched_on)
        REFUSE(d, review_early, "held_on");
    else if (held_on > today)
        REFUSE(d, review_ahead, "held_on");
    else if (next_on <= today)
        REFUSE(d, review_order, "next_on");
    else
        return people_fit(ctx, v, &c->attended, "attended", d);
    return false;
}

void decide_programme_review(const struct context *ctx, struct view *v, const void *command,
                             struct decision *d)
{
    const struct programme_review *c = command;
    const struct programme *p = view_get(v, ENTITY_programme, c->programme);
    const struct zone *z = zone_of(v, ctx->client);
    int64_t today = day_at(z, ctx->now);
    int64_t held_on = c->held_on ? c->held_on : today;
    int64_t next_on = c->next_on ? c->next_on : today + p->cadence_days;
    if (!may_review(ctx, v, c, p, held_on, next_on, d))
        return;
    const struct progress_review *before =
        view_get(v, ENTITY_progress_review, review_id(d, p->id, p->reviews));
    struct metric *metrics = decision_alloc(d, OBJECTIVES_MAX * sizeof *metrics);
    uint32_t count = programme_metrics(v, p, before, metrics);
    enum trend trend = trend_of_all(metrics, count);
    struct review_times t = review_times(ctx, z, next_on);
    struct plan plan;
    plan_load(v, p->id, &plan);
    enum rag rag = c->rag ? (enum rag)c->rag : rag_of(ctx, p, &plan, before, metrics, trend, today);
    EMIT(d, programme_reviewed, p->id, .number = p->reviews + 1, .held_on = held_on,
         .rag = (int32_t)rag, .trend = (int32_t)trend, .next_review = next_on,
         .remind_at = t.remind_at, .missed_at = t.missed_at);
    EMIT(d, progress_review_held, review_id(d, p->id, p->reviews + 1), .programme = p->id,
         .number = p->reviews + 1, .held_on = held_on,
         .planned_on = p->missed_on ? p->missed_on : p->next_review, .attended = c->attended,
         .agenda = agenda_with(ctx, v, d, p, &c->agenda), .metrics = { metrics, count },
         .percent = p->percent, .overdue = count_overdue(&plan, today), .rag = (int32_t)rag,
         .trend = (int32_t)trend, .minutes = c->minutes, .next_on = next_on);
}

void apply_programme_reviewed(struct fold *f, const void *event, void *entity)
{
    const struct programme_reviewed *e = event;
    struct programme *p = entity;
    p->reviews = e->number;
    p->rag = e->rag;
    p->trend = e->trend;
    p->missed_on = 0;
    p->next_review = e->next_review;
    p->remind_at = e->remind_at;
    p->missed_at = e->missed_at;
    TOTAL_ADD(f, reviews, 1);
}

void apply_progress_review_held(struct fold *f, const void *event, void *entity)
{
    const struct progress_review_held *e = event;
    *(struct progress_review *)entity = (struct progress_review){ .held_on = e->held_on,
                                                                  .id = f->id,
                                                                  .client = f->client,
                                                                  .programme = e->programme,
                                                                  .number = e->number,
                                                                  .planned_on = e->planned_on,
                                                                  .attended = e->attended,
                                                                  .agenda = e->agenda,
                                                                  .metrics = e->metrics,
                                                                  .percent = e->percent,
                                                                  .overdue = e->overdue,
                                                                  .rag = e->rag,
                                                                  .trend = e->trend,
                                                                  .minutes = e->minutes,
                                                                  .next_on = e->next_on,
                                                                  .by = f->actor };
}

/* --- a programme's instants --------------------------------------------------------------------
 */

/* The instants at which something is due of a programme; 0 for none. */
struct instants {
    int64_t approval, remind, missed, watch;
};

static struct instants instants_of(const struct programme *p)
{
    struct instants i = { .watch = p->watch_until, .remind = p->remind_at, .missed = p->missed_at };
    if (p->state == programme_state_launched)
        i.approval = p->approve_until;
    return i;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return !a || (b && b < a) ? b : a;
}

int64_t due_programme(const void *entity)
{
    struct instants i = instants_of(entity);
    return earlier(earlier(i.approval, i.remind), earlier(i.missed, i.watch));
}

static bool is_due(const struct context *ctx, int64_t at)
{
    return at && at <= ctx->now;
}

/* The day of a review was over: the next one is a cadence behind it, and never in the past. */
static void miss(const struct context *ctx, struct view *v, struct decision *d,
                 const struct programme *p, int64_t at)
{
    const struct text who[] = { p->coordinator, p->manager, p->sponsor };
    const struct zone *z = zone_of(v, p->client);
    int64_t today = day_at(z, ctx->now), next = p->next_review + p->cadence_days;
    if (next < today)
        next += (today - next + p->cadence_days - 1) / p->cadence_days * p->cadence_days;
    struct review_times t = review_times(ctx, z, next);
    EMIT(d, programme_review_missed, p->id, .occurred_at = at, .day = p->next_review,
         .next_review = next, .remind_at = t.remind_at > ctx->now ? t.remind_at : 0,
         .missed_at = t.missed_at);
    programme_tell(d, p,
                   (struct programme_alarmed){ .alarm = programme_alarm_review_missed,
                                               .number = p->reviews + 1,
                                               .day = p->next_review },
                   who, sizeof who / sizeof *who);
}

void wake_programme(const struct context *ctx, struct view *v, struct text id, const void *entity,
                    struct decision *d)
{
    const struct programme *p = entity;
    const struct text who[] = { p->coordinator, p->manager, p->client_sponsor };
    struct instants i = instants_of(p);
    if (is_due(ctx, i.approval)) {
        const struct text asked[] = { p->manager, p->coordinator, p->approver };
        EMIT(d, programme_approval_expired, id, .occurred_at = i.approval);
        programme_tell(d, p,
                       (struct programme_alarmed){ .alarm = programme_alarm_approval_expired },
                       asked, sizeof asked / sizeof *asked);
    }
    if (is_due(ctx, i.remind)) {
        EMIT(d, programme_review_reminded, id, .day = p->next_review);
        if (!is_due(ctx, i.missed)) /* the service was down: too late for that */
            programme_tell(d, p,
                           (struct programme_alarmed){ .alarm = programme_alarm_review_due,
                                                       .number = p->reviews + 1,
                                                       .day = p->next_review,
                                                       .tell_client = true },
                           who, sizeof who / sizeof *who);
    }
    if (is_due(ctx, i.missed))
        miss(ctx, v, d, p, i.missed);
    if (is_due(ctx, i.watch))
        EMIT(d, programme_watch_ended, id, .occurred_at = i.watch);
}

/* A charter whose time ran out in silence still has to be revised, and a watch is over. */
void lapse_programme(void *entity, int64_t until)
{
    struct programme *p = entity;
    if (p->approve_until <= until)
        p->approve_until = 0;
    if (p->remind_at <= until)
        p->remind_at = 0;
    if (p->missed_at <= until)
        p->missed_at = 0;
    p->watch_until = 0; /* of one that is watched nothing else is ever due */
}

void apply_programme_review_reminded(struct fold *f, const void *event, void *entity)
{
    struct programme *p = entity;
    (void)f, (void)event;
    p->remind_at = 0;
}

void apply_programme_review_missed(struct fold *f, const void *event, void *entity)
{
    const struct programme_review_missed *e = event;
    struct programme *p = entity;
    p->missed_on = p->missed_on ? p->missed_on : e->day;
    p->next_review = e->next_review;
    p->remind_at = e->remind_at;
    p->missed_at = e->missed_at;
    TOTAL_ADD(f, reviews_missed, 1);
}

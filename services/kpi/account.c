/* account: see account.h; the timer, the alarms and the folds. */
#include "services/kpi/account.h"

#include "services/kpi/contract.h"
#include "services/kpi/survey.h"

enum { QUIET_DAYS = 7, WARNINGS_MAX = 64 /* as the row says */ };

/* --- days ------------------------------------------------------------------------------------ */

/* The end of the day that the client's wall shows: the last midnight, for a clock that goes back
 * shows it twice. */
static int64_t day_end(struct view *v, struct text client, int64_t day)
{
    const struct client *c = view_get_of(v, ENTITY_client, PROVIDER_CLIENT, client);
    const struct zone *z = c ? zone_find(c->zone) : NULL;
    return wall_last(z ? z : zone_find((struct text){ 0 }), day + 1, 0);
}

/* --- being told of --------------------------------------------------------------------------- */

void account_seen(const struct context *ctx, struct view *v, struct decision *d)
{
    if (view_get(v, ENTITY_account, ctx->client))
        return;
    int64_t day = client_day(v, ctx->client, ctx->now);
    EMIT(d, account_opened, ctx->client, .day = day, .day_at = day_end(v, ctx->client, day));
}

void account_stir(const struct context *ctx, struct view *v, struct decision *d)
{
    const struct account *a = view_get(v, ENTITY_account, ctx->client);
    account_seen(ctx, v, d);
    if (!a || a->look_at > ctx->now)
        EMIT(d, account_stirred, ctx->client, .look_at = ctx->now);
}

void account_alarm(const struct context *ctx, struct view *v, struct decision *d,
                   const struct account_alarmed *e)
{
    const struct account *a = view_get(v, ENTITY_account, ctx->client);
    struct account_alarmed told = *e;
    told.day = client_day(v, ctx->client, ctx->now);
    if (a && !told.score)
        told.score = a->score;
    decision_emit(d, EVENT_account_alarmed, ctx->client, &told, sizeof told);
}

void react_escalation_assessed(const struct context *ctx, struct view *v, const void *event,
                               struct decision *d)
{
    const struct react_escalation_assessed *r = event;
    account_stir(ctx, v, d);
    EMIT(d, account_assessed, ctx->client, .assessment = r->assessment, .escalation = ctx->cause,
         .day = client_day(v, ctx->client, ctx->cause_time));
}

/* --- the clock ------------------------------------------------------------------------------- */

int64_t due_account(const void *entity)
{
    const struct account *a = entity;
    return a->look_at;
}

static bool same_reasons(const struct reason_list *a, const struct reason_list *b)
{
    bool same = a->count == b->count;
    for (uint32_t i = 0; same && i < a->count; i++)
        same = text_equal(a->at[i].what, b->at[i].what) && a->at[i].points == b->at[i].points &&
               text_equal(a->at[i].words, b->at[i].words);
    return same;
}

/* Nothing but the day is different. */
static bool is_so(const struct account *a, const struct account_looked *look)
{
    const bool same[] = {
        a->score == look->score,
        a->level == look->level,
        same_reasons(&a->reasons, &look->reasons),
        a->answers == look->answers,
        a->ratings == look->ratings,
        a->rating == look->rating,
        a->satisfaction == look->satisfaction,
        a->standing == look->standing,
        a->customer_since == look->customer_since,
        a->renewals == look->renewals,
        a->expanded == look->expanded,
        a->locked == look->locked,
        text_equal(a->lock, look->lock),
        a->quadrant == look->quadrant,
        a->renewal == look->renewal,
        a->value == look->value,
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (!same[i])
            return false;
    return true;
}

/* Managers are told once that the risk is high, and again when it was lower for a while. */
static bool tells_red(const struct kpi_options *o, const struct account *a,
                      const struct account_looked *look)
{
    bool calm = a->calm_since && look->day - a->calm_since >= o->risk_calm;
    return look->level == risk_level_red && (!a->red || calm);
}

static bool is_warned(const struct account *a, int64_t end, int64_t notice)
{
    for (uint32_t i = 0; i < a->warnings.count; i++)
        if (a->warnings.at[i].renewal == end && a->warnings.at[i].days <= notice)
            return true;
    return false;
}

/* Managers are told of each end by itself: one that is near does not hide a later one. */
static void warn_of_ends(const struct context *ctx, struct view *v, struct decision *d,
                         const struct account *a, const struct account_looked *look)
{
    struct account_alarmed e = {
        .alarm = account_alarm_hostage,
        .title = text_from("The client is not satisfied, and may leave when the contract ends."),
        .score = look->score,
        .reasons = look->reasons
    };
    int64_t told[WARNINGS_MAX];
    uint32_t count = 0;
    struct key key = { .length = 0 };
    struct found found;
    key_text(&key, ctx->client);
    struct walk *w = view_walk(v, INDEX_contract_by_client, &key, UINT32_MAX);
    while (count < WARNINGS_MAX && view_next(w, &found)) {
        const struct contract *c = found.entity;
        bool covers = contract_covers(contract_known(c, 0), look->day);
        int64_t end = covers ? contract_turn(c, look->day) : 0;
        int64_t notice = end ? hostage_notice(end - look->day) : 0;
        bool same = false;
        for (uint32_t i = 0; i < count; i++)
            same |= told[i] == end;
        if (!notice || same || is_warned(a, end, notice))
            continue;
        told[count++] = end;
        e.renewal = end;
        e.days_left = end - look->day;
        account_alarm(ctx, v, d, &e);
    }
}

static void warn(const struct context *ctx, struct view *v, struct decision *d,
                 const struct account *a, const struct account_looked *look)
{
    const struct account_alarmed red = { .alarm = account_alarm_red_risk,
                                         .title =
                                             text_from("The risk of losing the client is high."),
                                         .score = look->score,
                                         .reasons = look->reasons };
    if (tells_red(ctx->options, a, look))
        account_alarm(ctx, v, d, &red);
    if (look->quadrant == quadrant_hostage)
        warn_of_ends(ctx, v, d, a, look);
}

/* Nothing speaks of it but tickets that are well: it need not be looked at every day. What changes
 * that stirs it. */
static bool is_quiet(struct view *v, const struct context *ctx, const struct account_looked *look)
{
    return !look->score && !look->answers && look->standing == standing_unknown &&
           !survey_population(v, ctx->client);
}

void wake_account(const struct context *ctx, struct view *v, struct text id, const void *entity,
                  struct decision *d)
{
    const struct account *a = entity;
    bool over = ctx->now >= a->day_at;
    int64_t today = client_day(v, ctx->client, ctx->now);
    struct account_looked look = { .day = over ? today - 1 : today };
    loyalty_look(ctx, v, d, &look);
    risk_look(ctx, v, d, a, &look);
    int64_t next = is_quiet(v, ctx, &look) ? today + QUIET_DAYS - 1 : today;
    look.day_at = day_end(v, ctx->client, next);
    if (is_so(a, &look))
        EMIT(d, account_rested, id, .day = look.day, .day_at = look.day_at);
    else
        decision_emit(d, EVENT_account_looked, id, &look, sizeof look);
    warn(ctx, v, d, a, &look);
    /* those who have just become clients have nothing to say yet */
    if (over && today - a->since >= survey_asking(ctx, v).again)
        survey_round(ctx, v, d);
}

/* What should have been seen is seen a day later; the next look finds the end of the day again. */
void lapse_account(void *entity, int64_t until)
{
    struct account *a = entity;
    a->look_at += ((until - a->look_at) / DAYS + 1) * DAYS;
    a->day_at = a->look_at;
}

/* --- folds ----------------------------------------------------------------------------------- */

void apply_account_opened(struct fold *f, const void *event, void *entity)
{
    const struct account_opened *e = event;
    struct account *a = entity;
    a->client = f->client;
    a->since = a->day = e->day;
    a->look_at = a->day_at = e->day_at;
    a->level = risk_level_green;
    a->standing = standing_unknown;
    a->quadrant = quadrant_undecided;
}

void apply_account_stirred(struct fold *f, const void *event, void *entity)
{
    const struct account_stirred *e = event;
    struct account *a = entity;
    (void)f;
    a->look_at = e->look_at;
}

void apply_account_looked(struct fold *f, const void *event, void *entity)
{
    const struct account_looked *e = event;
    struct account *a = entity;
    loyalty_count(f, a, e);
    if (e->level == risk_level_red)
        a->calm_since = 0;
    else if (a->level == risk_level_red)
        a->calm_since = e->day;
    a->day = e->day;
    a->look_at = a->day_at = e->day_at;
    a->score = e->score;
    a->level = e->level;
    a->reasons = e->reasons;
    a->answers = e->answers;
    a->ratings = e->ratings;
    a->rating = e->rating;
    a->satisfaction = e->satisfaction;
    a->standing = e->standing;
    a->customer_since = e->customer_since;
    a->renewals = e->renewals;
    a->expanded = e->expanded;
    a->locked = e->locked;
    a->lock = e->lock;
    a->quadrant = e->quadrant;
    a->renewal = e->renewal;
    a->value = e->value;
}

void apply_account_rested(struct fold *f, const void *event, void *entity)
{
    const struct account_rested *e = event;
    struct account *a = entity;
    (void)f;
    a->day = e->day;
    a->look_at = a->day_at = e->day_at;
}

void apply_account_assessed(struct fold *f, const void *event, void *entity)
{
    const struct account_assessed *e = event;
    struct account *a = entity;
    (void)f;
    a->assessment = e->assessment;
    a->assessed = e->day;
}

/* What is over is forgotten; of too many the first goes. */
static void take_warning(struct fold *f, struct account *a, const struct account_alarmed *e)
{
    const struct warning is = { .renewal = e->renewal, .days = hostage_notice(e->days_left) };
    struct warning_list kept = { 0 };
    for (uint32_t i = a->warnings.count == WARNINGS_MAX; i < a->warnings.count; i++) {
        const struct warning *w = &a->warnings.at[i];
        if (w->renewal != is.renewal && w->renewal >= e->day - 1)
            APPEND(f, &kept, w);
    }
    APPEND(f, &kept, &is);
    a->warnings = kept;
}

void apply_account_alarmed(struct fold *f, const void *event, void *entity)
{
    const struct account_alarmed *e = event;
    struct account *a = entity;
    a->alarms++;
    if (e->alarm == account_alarm_red_risk)
        a->red = true;
    if (e->alarm == account_alarm_hostage)
        take_warning(f, a, e);
}

/* --- looking it up --------------------------------------------------------------------------- */

bool index_account_by_client(struct text client, struct text id, const void *entity, struct key *k)
{
    (void)id, (void)entity;
    key_text(k, client);
    return true;
}

bool index_account_by_risk(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct account *a = entity;
    key_integer(k, -a->score);
    return index_account_by_client(client, id, entity, k);
}

/* reminder: days of the model that somebody is reminded of (RULES.md, reminders). What is planned
 * follows from the noun that has the day: it is planned, planned anew and dropped as that is set.
 */
#include "services/catalog/catalog.h"

#include "common/time/wall.h"

enum { REMIND_MINUTES = 9 * 60 /* of the day, in whose zone it is */ };

/* What one is reminded of; how long before, by an option; and whether it is said when the day is
 * over already: what was to be done still is to be done, but nobody gives notice any more. */
static const struct occasion {
    int32_t what;
    const char *word;
    size_t ahead; /* in struct catalog_options */
    bool late;
} occasions[] = {
#define OCCASION(word, late)                                                                       \
    {                                                                                              \
        reminder_of_##word, #word, offsetof(struct catalog_options, word##_ahead), (late)          \
    }
    OCCASION(contract_notice, false),  OCCASION(contract_end, false),
    OCCASION(agreement_notice, false), OCCASION(agreement_end, false),
    OCCASION(training_expiry, true),   OCCASION(objective_due, true),
    OCCASION(sop_review, true),        OCCASION(risk_review, true),
    OCCASION(change_start, false),     OCCASION(relationship_review, true),
    OCCASION(plan_evaluation, true),
};

/* What follows from a noun; nothing when there is no day. */
struct wanted {
    int32_t what;
    struct text of, name, person;
    struct text client; /* in whose zone it is, unless the person has one */
    int64_t day;
};

static const struct occasion *occasion_of(int32_t what)
{
    size_t i = 0;
    while (occasions[i].what != what)
        i++;
    return &occasions[i];
}

static struct text id_of(const struct occasion *o, struct text of, struct decision *d)
{
    size_t length = strlen(o->word);
    char *id = decision_alloc(d, length + 1 + of.length);
    memcpy(id, o->word, length);
    id[length] = ':';
    memcpy(id + length + 1, of.at, of.length);
    return (struct text){ id, (uint32_t)length + 1 + of.length };
}

static const struct zone *zone_of(struct view *v, const struct wanted *w)
{
    const struct person *p = text_empty(w->person) ? NULL : view_get(v, ENTITY_person, w->person);
    const struct client *c = text_empty(w->client) ? NULL : view_get(v, ENTITY_client, w->client);
    struct text name = { 0 };
    if (p && !text_empty(p->zone))
        name = p->zone;
    else if (c)
        name = c->zone;
    const struct zone *z = zone_find(name);
    return z ? z : zone_find((struct text){ 0 });
}

static int64_t ahead_of(const struct context *ctx, const struct occasion *o)
{
    int64_t ahead;
    memcpy(&ahead, (const char *)ctx->options + o->ahead, sizeof ahead);
    return ahead / DAYS;
}

static int64_t today_of(const struct context *ctx, const struct zone *z)
{
    int64_t day, minutes;
    wall_at(z, ctx->now, &day, &minutes);
    return day;
}

static void drop(const struct reminder *is, struct decision *d)
{
    if (is)
        EMIT(d, reminder_dropped, is->id, .id = is->id);
}

/* The same day was planned already, for the same person: whoever heard of it is not told again. */
static bool is_planned(const struct reminder *is, const struct wanted *w, int64_t at)
{
    return is && is->day == w->day && text_equal(is->person, w->person) &&
           text_equal(is->name, w->name) && (is->said_at || is->at == at);
}

static void plan(const struct context *ctx, struct view *v, const struct wanted *w,
                 struct decision *d)
{
    const struct occasion *o = occasion_of(w->what);
    struct text id = id_of(o, w->of, d);
    const struct reminder *is = view_get(v, ENTITY_reminder, id);
    const struct zone *z = zone_of(v, w);
    if (!w->day || (!o->late && w->day < today_of(ctx, z))) {
        drop(is, d);
        return;
    }
    int64_t at = wall_first(z, w->day - ahead_of(ctx, o), REMIND_MINUTES);
    if (is_planned(is, w, at))
        return;
    EMIT(d, reminder_planned, id, .what = w->what, .of = w->of, .name = w->name, .day = w->day,
         .at = at > ctx->now ? at : ctx->now, .person = w->person);
}

/* --- what follows from which noun: `now` is NULL when it goes ----------------------------------
 */

/* What has gone has no days. */
static void plan_of(const struct context *ctx, struct view *v, struct wanted w, bool is_there,
                    struct decision *d)
{
    if (!is_there)
        w.day = 0;
    plan(ctx, v, &w, d);
}

static int64_t notice_day(int64_t end, int64_t notice_days)
{
    return end && notice_days ? end - notice_days : 0;
}

void after_contract(const struct context *ctx, struct view *v, const void *now, const void *is,
                    struct decision *d)
{
    const struct contract *c = now ? now : is;
    struct wanted w = { .of = c->id, .name = c->name, .person = c->owner, .client = c->client };
    w.what = reminder_of_contract_notice;
    w.day = notice_day(c->end, c->notice_days);
    plan_of(ctx, v, w, now, d);
    w.what = reminder_of_contract_end;
    w.day = c->end;
    plan_of(ctx, v, w, now, d);
}

void after_agreement(const struct context *ctx, struct view *v, const void *now, const void *is,
                     struct decision *d)
{
    const struct agreement *c = now ? now : is;
    struct wanted w = { .of = c->id, .name = c->name, .person = c->owner };
    w.what = reminder_of_agreement_notice;
    w.day = notice_day(c->end, c->notice_days);
    plan_of(ctx, v, w, now, d);
    w.what = reminder_of_agreement_end;
    w.day = c->end;
    plan_of(ctx, v, w, now, d);
}

void after_training(const struct context *ctx, struct view *v, const void *now, const void *is,
                    struct decision *d)
{
    const struct training *c = now ? now : is;
    struct wanted w = { .what = reminder_of_training_expiry,
                        .of = c->id,
                        .name = c->skill,
                        .person = c->person,
                        .day = c->expires_on };
    plan_of(ctx, v, w, now, d);
    duty_stir_training(v, now, is, d);
}

void after_objective(const struct context *ctx, struct view *v, const void *now, const void *is,
                     struct decision *d)
{
    const struct objective *c = now ? now : is;
    struct wanted w = { .what = reminder_of_objective_due,
                        .of = c->id,
                        .name = c->name,
                        .person = c->owner,
                        .client = c->client,
                        .day = c->draft ? 0 : c->by };
    plan_of(ctx, v, w, now, d);
}

void after_sop(const struct context *ctx, struct view *v, const void *now, const void *is,
               struct decision *d)
{
    const struct sop *c = now ? now : is;
    struct wanted w = { .what = reminder_of_sop_review,
                        .of = c->id,
                        .name = c->name,
                        .person = c->owner,
                        .day = c->review_on };
    plan_of(ctx, v, w, now, d);
}

void after_risk(const struct context *ctx, struct view *v, const void *now, const void *is,
                struct decision *d)
{
    const struct risk *c = now ? now : is;
    struct wanted w = { .what = reminder_of_risk_review,
                        .of = c->id,
                        .name = c->name,
                        .person = c->owner,
                        .client = c->client,
                        .day = c->state == risk_state_closed ? 0 : c->review_on };
    plan_of(ctx, v, w, now, d);
}

/* It begins at an instant: which day that is depends on where one looks at the wall. */
void after_change(const struct context *ctx, struct view *v, const void *now, const void *is,
                  struct decision *d)
{
    const struct change *c = now ? now : is;
    struct wanted w = {
        .what = reminder_of_change_start, .of = c->id, .name = c->name, .person = c->owner
    };
    int64_t minutes;
    wall_at(zone_of(v, &w), c->from, &w.day, &minutes);
    plan_of(ctx, v, w, now, d);
}

void after_relationship(const struct context *ctx, struct view *v, const void *now, const void *is,
                        struct decision *d)
{
    const struct relationship *c = now ? now : is;
    struct wanted w = { .what = reminder_of_relationship_review,
                        .of = c->id,
                        .name = text_empty(c->client) ? c->partner : c->client,
                        .person = c->manager,
                        .client = c->client,
                        .day = c->next_review };
    plan_of(ctx, v, w, now, d);
}

void after_plan(const struct context *ctx, struct view *v, const void *now, const void *is,
                struct decision *d)
{
    const struct plan *c = now ? now : is;
    struct wanted w = { .what = reminder_of_plan_evaluation,
                        .of = c->id,
                        .name = c->name,
                        .person = c->owner,
                        .day = c->next_evaluation };
    plan_of(ctx, v, w, now, d);
}

/* --- the clock -----------------------------------------------------------------------------------
 */

int64_t due_reminder(const void *entity)
{
    const struct reminder *r = entity;
    return r->said_at ? 0 : r->at;
}

void wake_reminder(const struct context *ctx, struct view *v, struct text id, const void *entity,
                   struct decision *d)
{
    const struct reminder *r = entity;
    (void)ctx, (void)v;
    EMIT(d, reminder_due, id, .what = r->what, .of = r->of, .name = r->name, .day = r->day,
         .person = r->person);
}

void lapse_reminder(void *entity, int64_t until)
{
    struct reminder *r = entity;
    r->said_at = until;
}

/* Of a day that was reminded of, who and what may change without its being said again. */
void apply_reminder_planned(struct fold *f, const void *event, void *entity)
{
    const struct reminder_planned *e = event;
    struct reminder *r = entity;
    int64_t said_at = r->day == e->day ? r->said_at : 0;
    *r = (struct reminder){
        .at = e->at,
        .id = f->id,
        .what = e->what,
        .of = e->of,
        .name = e->name,
        .day = e->day,
        .person = e->person,
        .said_at = said_at,
    };
}

void apply_reminder_dropped(struct fold *f, const void *event, void *entity)
{
    (void)f, (void)event;
    memset(entity, 0, sizeof(struct reminder));
}

void apply_reminder_due(struct fold *f, const void *event, void *entity)
{
    struct reminder *r = entity;
    (void)event;
    r->said_at = f->time;
}

/* --- looking it up -------------------------------------------------------------------------------
 */

bool index_reminder_by_time(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct reminder *r = entity;
    (void)client, (void)id;
    key_integer(k, r->at);
    return true;
}

void query_catalog_reminders(const struct context *ctx, struct view *v, const void *parameters,
                             struct answer *a)
{
    const struct catalog_reminders *q = parameters;
    struct found found;
    if (!is_providers(ctx))
        return;
    struct walk *w = answer_walk(a, v, INDEX_reminder_by_time, NULL);
    while (view_next(w, &found)) {
        const struct reminder *r = found.entity;
        if ((!q->open || !r->said_at) && !answer_row(a, r))
            break;
    }
}

/* survey: who is asked what by whom, who answers, and what becomes of both. */
#include "services/kpi/survey.h"

#include "services/kpi/account.h"
#include "services/kpi/phrase.h"
#include "services/kpi/scope.h"
#include "services/kpi/series.h"

#include <string.h>

enum { AHEAD_MAX = 15 /* minutes that other clocks may be ahead of ours */ };

/* --- looking it up ---------------------------------------------------------------------------- */

bool index_survey_by_time(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct survey *s = entity;
    (void)client, (void)id;
    key_integer(k, s->asked_at);
    return true;
}

bool index_survey_by_client(struct text client, struct text id, const void *entity, struct key *k)
{
    key_text(k, client);
    return index_survey_by_time(client, id, entity, k);
}

bool index_survey_by_subject(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct survey *s = entity;
    (void)id;
    if (text_empty(s->ticket))
        return false;
    key_text(k, client);
    key_text(k, s->ticket);
    return true;
}

void query_kpi_surveys(const struct context *ctx, struct view *v, const void *parameters,
                       struct answer *a)
{
    const struct kpi_surveys *q = parameters;
    struct text client = text_empty(ctx->client) ? q->client : ctx->client;
    struct key key = { .length = 0 };
    struct found found;
    if (!text_empty(client))
        key_text(&key, client);
    struct walk *w =
        answer_walk(a, v, text_empty(client) ? INDEX_survey_by_time : INDEX_survey_by_client, &key);
    while (view_next(w, &found)) {
        const struct survey *s = found.entity;
        bool wanted = (!q->kind || s->kind == q->kind) && (!q->state || s->state == q->state);
        if (wanted && !answer_row(a, s))
            break;
    }
}

void query_kpi_survey(const struct context *ctx, struct view *v, const void *parameters,
                      struct answer *a)
{
    const struct kpi_survey *q = parameters;
    answer_entity(a, v, ENTITY_survey, text_empty(ctx->client) ? q->client : ctx->client,
                  q->survey);
}

/* --- asking ----------------------------------------------------------------------------------- */

void decide_survey_invite(const struct context *ctx, struct view *v, const void *command,
                          struct decision *d)
{
    const struct survey_invite *c = command;
    bool own;
    const struct person *p = survey_askable(v, ctx->client, c->contact, &own);
    if (!own) {
        REFUSE(d, survey_contact, "contact");
        return;
    }
    if (!p) {
        REFUSE(d, survey_address, "contact");
        return;
    }
    if (survey_lately(ctx, v, c->contact)) {
        REFUSE(d, survey_lately, "contact");
        return;
    }
    const struct survey_invited e = { .kind = c->kind,
                                      .contact = c->contact,
                                      .ticket = c->ticket,
                                      .escalation = c->escalation,
                                      .service = c->service,
                                      .component = c->component,
                                      .title = c->title };
    survey_ask(ctx, v, d, decision_id(d, "survey", 0), &e);
    account_seen(ctx, v, d);
}

/* Asks the primary contact how escalations were handled, because another service says so. */
static void ask_for(const struct context *ctx, struct view *v, struct decision *d,
                    const struct survey_invited *e)
{
    struct text id = decision_id(d, "survey", 0);
    if (ctx->now - ctx->cause_time >
        survey_asking(ctx, v).lasts) { /* history, to a service that is new */
        EMIT(d, survey_skipped, id, .kind = e->kind, .skip = survey_skip_late,
             .escalation = e->escalation);
    } else if (!view_get_of(v, ENTITY_client, PROVIDER_CLIENT, ctx->client) && !ctx->final) {
        decision_wait(d); /* the catalog may not have been heard yet */
        return;
    } else {
        survey_ask_primary(ctx, v, d, id, e, (struct text){ 0 });
    }
    account_seen(ctx, v, d);
}

void react_escalation_survey_decided(const struct context *ctx, struct view *v, const void *event,
                                     struct decision *d)
{
    const struct react_escalation_survey_decided *r = event;
    const struct escalation *about = view_get(v, ENTITY_escalation, ctx->cause);
    struct survey_invited e = { .kind = survey_kind_escalation, .escalation = ctx->cause };
    if (about) {
        e.service = about->service;
        e.component = about->component;
        e.title = about->title;
    }
    if (r->decision == survey_decision_asked)
        ask_for(ctx, v, d, &e);
}

void react_programme_survey_wanted(const struct context *ctx, struct view *v, const void *event,
                                   struct decision *d)
{
    const struct react_programme_survey_wanted *r = event;
    ask_for(ctx, v, d,
            &(struct survey_invited){ .kind = survey_kind_escalation,
                                      .service = r->service,
                                      .component = r->component,
                                      .title = r->title });
}

/* --- tickets ---------------------------------------------------------------------------------- */

/* The same for the same ticket, whoever computes it. */
static bool is_sampled(const struct context *ctx, struct text ticket, int64_t percent)
{
    const struct text parts[] = { ctx->client, TEXT_OF("/"), ticket };
    uint64_t h = HASH_EMPTY;
    for (size_t part = 0; part < sizeof parts / sizeof *parts; part++)
        h = hash_text(h, parts[part]);
    return h % 100 < (uint64_t)percent;
}

/* Or is going to be. Who was spared because it was open again is asked when it is solved after all:
 * nothing else is ever said of the tickets that went badly. */
static bool was_asked_about(const struct context *ctx, struct view *v, struct text ticket)
{
    struct key key = { .length = 0 };
    struct found found;
    key_text(&key, ctx->client);
    key_text(&key, ticket);
    struct walk *w = view_walk(v, INDEX_survey_by_subject, &key, ASKED_ABOUT_MAX);
    while (view_next(w, &found)) {
        const struct survey *s = found.entity;
        if (s->state != survey_state_skipped || s->skip != survey_skip_reopened)
            return true;
    }
    return false;
}

void survey_solved(const struct context *ctx, struct view *v, struct decision *d,
                   const struct solved *s)
{
    const struct client *c = view_get_of(v, ENTITY_client, PROVIDER_CLIENT, ctx->client);
    struct asking how = survey_asking(ctx, v);
    int64_t ask_at = s->at + how.delay;
    bool nobody = !c || text_empty(c->primary_contact);
    /* what was solved so long ago that a question would have expired is history */
    if (nobody || ctx->now - ask_at > how.lasts || !is_sampled(ctx, s->ticket, how.tickets) ||
        was_asked_about(ctx, v, s->ticket))
        return;
    EMIT(d, survey_planned, decision_id(d, "survey", 0), .kind = survey_kind_escalation,
         .ask_at = ask_at > ctx->now ? ask_at : ctx->now, .ticket = s->ticket,
         .service = s->service, .component = s->component, .title = s->title, .owner = s->owner);
}

/* --- answering -------------------------------------------------------------------------------- */

static bool is_bad(struct judged j)
{
    return j.class == survey_class_detractor ||
           (j.class == survey_class_unsatisfied && j.rating == rating_lowest);
}

/* "Would not recommend us: 3 on a scale of 0 to 10 (executive), about Mail is down" */
static struct text title_of(struct decision *d, const struct survey_recorded *s)
{
    struct phrase *p = decision_alloc(d, sizeof *p);
    phrase_words(p, s->kind == survey_kind_nps ? "Would not recommend us: " : "Not satisfied: ");
    phrase_number(p, s->score);
    phrase_words(p, " on a scale of ");
    phrase_number(p, s->scale_min);
    phrase_words(p, " to ");
    phrase_number(p, s->scale_max);
    if (!text_empty(s->role)) {
        phrase_words(p, " (");
        phrase_text(p, s->role);
        phrase_words(p, ")");
    }
    if (!text_empty(s->title)) {
        phrase_words(p, ", about ");
        phrase_text(p, s->title);
    }
    return phrase_is(p);
}

/* A period of the figure changes. */
static void observe(const struct context *ctx, struct view *v, struct decision *d, int32_t kind,
                    const struct place *p, int64_t day)
{
    static const enum kpi figures[] = { [survey_kind_nps] = kpi_nps,
                                        [survey_kind_relationship] = kpi_csat_relationship,
                                        [survey_kind_escalation] = kpi_csat_escalation };
    series_seen(ctx, v, d, figures[kind], p, day);
}

static void alarm(const struct context *ctx, struct view *v, struct decision *d, struct text id,
                  const struct survey_recorded *s)
{
    bool own;
    (void)survey_askable(v, ctx->client, s->contact, &own);
    const struct account_alarmed e = {
        .alarm = account_alarm_detractor,
        .title = title_of(d, s),
        .contact = own ? s->contact : (struct text){ 0 },
        .role = s->role,
        .source = id,
        .service = s->service,
        .component = s->component,
    };
    account_alarm(ctx, v, d, &e);
}

static bool is_open(const struct context *ctx, const struct survey *s)
{
    return s->state == survey_state_asked && ctx->now < s->expires_at;
}

static bool on_scale(int64_t score, int64_t scale_min, int64_t scale_max)
{
    return scale_min <= score && score <= scale_max;
}

void decide_survey_answer(const struct context *ctx, struct view *v, const void *command,
                          struct decision *d)
{
    const struct survey_answer *c = command;
    const struct survey *s = view_get(v, ENTITY_survey, c->survey);
    int64_t day = client_day(v, ctx->client, ctx->now);
    if (!is_open(ctx, s)) {
        REFUSE(d, survey_over, "survey");
        return;
    }
    if (!on_scale(c->score, s->scale_min, s->scale_max)) {
        REFUSE(d, survey_score, "score");
        return;
    }
    bool bad = is_bad(survey_judge(s->kind, c->score, s->scale_min, s->scale_max, s->best_is_low));
    EMIT(d, survey_answered, c->survey, .kind = s->kind, .contact = s->contact, .role = s->role,
         .score = c->score, .comment = c->comment, .answered_at = ctx->now, .day = day, .told = day,
         .alarmed = bad);
    const struct survey_recorded r = {
        .kind = s->kind,
        .contact = s->contact,
        .role = s->role,
        .service = s->service,
        .component = s->component,
        .title = s->title,
        .scale_min = s->scale_min,
        .scale_max = s->scale_max,
        .score = c->score,
    };
    const struct place p = { ctx->client, s->service, s->component };
    observe(ctx, v, d, s->kind, &p, day);
    account_stir(ctx, v, d);
    if (bad)
        alarm(ctx, v, d, c->survey, &r);
}

void decide_survey_comment(const struct context *ctx, struct view *v, const void *command,
                           struct decision *d)
{
    const struct survey_comment *c = command;
    const struct survey *s = view_get(v, ENTITY_survey, c->survey);
    if (s->state != survey_state_answered)
        REFUSE(d, survey_unanswered, "survey");
    else if (!text_empty(s->comment))
        REFUSE(d, survey_said, "comment");
    else if (ctx->now >= s->expires_at)
        REFUSE(d, survey_over, "survey");
    else
        EMIT(d, survey_commented, c->survey, .comment = c->comment);
}

/* --- surveys that were asked elsewhere ---------------------------------------------------------
 */

void target_survey_record(const void *command, struct entity_id *ret)
{
    const struct survey_record *c = command;
    memcpy(ret->at, c->survey.at, c->survey.length);
    ret->length = c->survey.length;
}

static bool may_record(const struct context *ctx, const struct survey_record *c,
                       const struct survey *known, struct decision *d)
{
    int64_t latest = c->answered_at ? c->answered_at : c->asked_at;
    if (known && !known->imported)
        REFUSE(d, survey_ours, "survey");
    else if (c->scale_max <= c->scale_min)
        REFUSE(d, survey_scale, "scale_max");
    else if (c->has.score != (c->answered_at != 0))
        REFUSE(d, survey_half, c->has.score ? "answered_at" : "score");
    else if (c->has.score && !on_scale(c->score, c->scale_min, c->scale_max))
        REFUSE(d, survey_score, "score");
    else if (latest < c->asked_at || latest > ctx->now + AHEAD_MAX * MINUTES)
        REFUSE(d, survey_order, c->answered_at ? "answered_at" : "asked_at");
    else
        return true;
    return false;
}

static bool is_known(const struct survey *s, const struct survey_recorded *e)
{
    const bool same[] = {
        s->kind == e->kind,
        s->asked_at == e->asked_at,
        text_equal(s->contact, e->contact),
        text_equal(s->role, e->role),
        text_equal(s->ticket, e->ticket),
        text_equal(s->escalation, e->escalation),
        text_equal(s->service, e->service),
        text_equal(s->component, e->component),
        s->scale_min == e->scale_min,
        s->scale_max == e->scale_max,
        s->best_is_low == e->best_is_low,
        s->answered_at == e->answered_at,
        s->score == e->score,
        text_equal(s->comment, e->comment),
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (!same[i])
            return false;
    return true;
}

static int64_t later_of(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* What is said anew changes the periods of both answers. */
static void follow_up(const struct context *ctx, struct view *v, struct decision *d,
                      const struct survey *known, const struct survey_recorded *e)
{
    const struct place p = { ctx->client, e->service, e->component };
    bool was_answered = known && known->answered_day;
    if (was_answered) {
        const struct place before = { ctx->client, known->service, known->component };
        observe(ctx, v, d, known->kind, &before, known->answered_day);
    }
    if (e->answered_day)
        observe(ctx, v, d, e->kind, &p, e->answered_day);
    if (was_answered || e->answered_day)
        account_stir(ctx, v, d);
    else
        account_seen(ctx, v, d);
}

void decide_survey_record(const struct context *ctx, struct view *v, const void *command,
                          struct decision *d)
{
    const struct survey_record *c = command;
    const struct kpi_options *o = ctx->options;
    const struct survey *known = view_get(v, ENTITY_survey, c->survey);
    if (!may_record(ctx, c, known, d))
        return;
    struct survey_recorded e = {
        .kind = c->kind,
        .asked_at = c->asked_at,
        .contact = c->contact,
        .role = c->role,
        .ticket = c->ticket,
        .escalation = c->escalation,
        .service = c->service,
        .component = c->component,
        .scale_min = c->scale_min,
        .scale_max = c->scale_max,
        .best_is_low = c->best_is_low,
        .answered_at = c->answered_at,
        .has.score = c->has.score,
        .score = c->score,
        .comment = c->comment,
        .asked_day = client_day(v, ctx->client, c->asked_at),
    };
    if (known && is_known(known, &e)) {
        decision_known(d);
        return;
    }
    bool bad = false;
    if (c->answered_at) {
        bad = ctx->now - c->answered_at <= o->survey_news * DAYS &&
              is_bad(survey_judge(c->kind, c->score, c->scale_min, c->scale_max, c->best_is_low));
        e.answered_day = client_day(v, ctx->client, c->answered_at);
    }
    bool told_before = known && known->alarmed;
    e.told = later_of(client_day(v, ctx->client, ctx->now), later_of(e.asked_day, e.answered_day));
    e.alarmed = bad || told_before;
    decision_emit(d, EVENT_survey_recorded, c->survey, &e, sizeof e);
    follow_up(ctx, v, d, known, &e);
    if (bad && !told_before)
        alarm(ctx, v, d, c->survey, &e);
}

/* --- the clock -------------------------------------------------------------------------------- */

int64_t due_survey(const void *entity)
{
    const struct survey *s = entity;
    if (s->state == survey_state_planned)
        return s->asked_at;
    return s->state == survey_state_asked ? s->expires_at : 0;
}

void wake_survey(const struct context *ctx, struct view *v, struct text id, const void *entity,
                 struct decision *d)
{
    const struct survey *s = entity;
    if (s->state == survey_state_asked) {
        EMIT(d, survey_lapsed, id, .kind = s->kind, .contact = s->contact, .role = s->role,
             .day = client_day(v, ctx->client, ctx->now));
        return;
    }
    const struct ticket *t = view_get(v, ENTITY_ticket, s->ticket);
    if (!t->resolved) {
        EMIT(d, survey_skipped, id, .kind = s->kind, .skip = survey_skip_reopened);
        return;
    }
    const struct survey_invited e = { .kind = s->kind,
                                      .ticket = s->ticket,
                                      .service = s->service,
                                      .component = s->component,
                                      .title = s->title };
    survey_ask_primary(ctx, v, d, id, &e, s->owner);
}

/* Nobody is asked late, and nobody answers any more. */
void lapse_survey(void *entity, int64_t until)
{
    struct survey *s = entity;
    (void)until;
    s->state = s->state == survey_state_planned ? survey_state_skipped : survey_state_lapsed;
}

/* survey_count: what answers count as, and the folds of surveys. A survey counts as its image says:
 * when that changes, what it counted is taken back first. */
#include "services/kpi/bucket.h"
#include "services/kpi/survey.h"

enum { PROMOTER_FROM = 9, PASSIVE_FROM = 7, NPS_MAX = 10 };

struct judged survey_judge(int32_t kind, int64_t score, int64_t scale_min, int64_t scale_max,
                           bool best_is_low)
{
    int64_t span = scale_max - scale_min;
    int64_t up = best_is_low ? scale_max - score : score - scale_min;
    /* 1 + 4 up / span, to the nearest; a half goes up */
    struct judged j = { .rating = (enum rating)(1 + (8 * up + span) / (2 * span)) };
    if (kind != survey_kind_nps)
        j.class = j.rating >= rating_high ? survey_class_satisfied : survey_class_unsatisfied;
    else if (scale_min != 0 || scale_max != NPS_MAX)
        j.class = survey_class_uncounted;
    else if (up >= PROMOTER_FROM)
        j.class = survey_class_promoter;
    else
        j.class = up >= PASSIVE_FROM ? survey_class_passive : survey_class_detractor;
    return j;
}

/* --- counting --------------------------------------------------------------------------------- */

static struct place place_of(const struct survey *s)
{
    return (struct place){ s->client, s->service, s->component };
}

/* A question counts when an answer to it would. */
static void count_question(struct fold *f, const struct survey *s, int64_t told, int sign)
{
    const struct place p = place_of(s);
    struct survey_sums sums = { 0 };
    bool nps = s->kind == survey_kind_nps;
    sums.nps_asked = nps && s->scale_min == 0 && s->scale_max == NPS_MAX;
    sums.relationship_asked = s->kind == survey_kind_relationship;
    sums.escalation_asked = s->kind == survey_kind_escalation;
    bucket_add(f, AGGREGATE_survey_sums, &p, s->asked_day, told, sign, &sums);
}

static void count_answer(struct fold *f, const struct survey *s, int64_t told, int sign)
{
    const struct place p = place_of(s);
    struct survey_sums sums = { 0 };
    bool satisfied = s->class == survey_class_satisfied;
    sums.promoters = s->class == survey_class_promoter;
    sums.passives = s->class == survey_class_passive;
    sums.detractors = s->class == survey_class_detractor;
    sums.relationship_answered = s->kind == survey_kind_relationship;
    sums.relationship_satisfied = s->kind == survey_kind_relationship && satisfied;
    sums.escalation_answered = s->kind == survey_kind_escalation;
    sums.escalation_satisfied = s->kind == survey_kind_escalation && satisfied;
    sums.rated = 1;
    sums.ratings = s->rating;
    bucket_add(f, AGGREGATE_survey_sums, &p, s->answered_day, told, sign, &sums);
}

static void count_all(struct fold *f, const struct survey *s, int64_t told, int sign)
{
    count_question(f, s, told, sign);
    if (s->answered_day)
        count_answer(f, s, told, sign);
}

static void judge(struct survey *s)
{
    struct judged j = survey_judge(s->kind, s->score, s->scale_min, s->scale_max, s->best_is_low);
    s->class = (int32_t)j.class;
    s->rating = (int32_t)j.rating;
}

bool index_survey_by_answered(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct survey *s = entity;
    const struct place p = { client, s->service, s->component };
    (void)id;
    return by_day(k, s->answered_day, &p);
}

bool survey_counts(enum kpi kpi, struct view *v, const struct found *f, struct counted *ret)
{
    static const char *const words[] = { [survey_class_promoter] = "promoter",
                                         [survey_class_passive] = "passive",
                                         [survey_class_detractor] = "detractor",
                                         [survey_class_satisfied] = "satisfied",
                                         [survey_class_unsatisfied] = "unsatisfied" };
    const struct survey *s = f->entity;
    int32_t kind = kpi == kpi_nps               ? survey_kind_nps
                   : kpi == kpi_csat_escalation ? survey_kind_escalation
                                                : survey_kind_relationship;
    (void)v;
    if (s->kind != kind || s->class == survey_class_uncounted)
        return false;
    ret->what = counted_thing_survey;
    ret->service = s->service;
    ret->component = s->component;
    ret->words = text_from(words[s->class]);
    ret->hit = s->class == survey_class_promoter || s->class == survey_class_satisfied;
    ret->has.value = true;
    ret->value = s->score;
    ret->internal = true;
    return true;
}

/* --- folds ------------------------------------------------------------------------------------ */

void apply_survey_planned(struct fold *f, const void *event, void *entity)
{
    const struct survey_planned *e = event;
    *(struct survey *)entity = (struct survey){
        .asked_at = e->ask_at,
        .id = f->id,
        .client = f->client,
        .kind = e->kind,
        .state = survey_state_planned,
        .ticket = e->ticket,
        .service = e->service,
        .component = e->component,
        .title = e->title,
        .owner = e->owner,
    };
}

void apply_survey_invited(struct fold *f, const void *event, void *entity)
{
    const struct survey_invited *e = event;
    struct survey *s = entity;
    struct text owner = s->owner;
    *s = (struct survey){
        .asked_at = f->time,
        .id = f->id,
        .client = f->client,
        .kind = e->kind,
        .state = survey_state_asked,
        .contact = e->contact,
        .role = e->role,
        .ticket = e->ticket,
        .escalation = e->escalation,
        .service = e->service,
        .component = e->component,
        .title = e->title,
        .owner = owner,
        .scale_min = e->scale_min,
        .scale_max = e->scale_max,
        .best_is_low = e->best_is_low,
        .expires_at = e->expires_at,
        .asked_day = e->day,
    };
    count_question(f, s, e->told, 1);
}

void apply_survey_skipped(struct fold *f, const void *event, void *entity)
{
    const struct survey_skipped *e = event;
    struct survey *s = entity;
    s->asked_at = f->time;
    s->id = f->id;
    s->client = f->client;
    s->kind = e->kind;
    s->state = survey_state_skipped;
    s->skip = e->skip;
    s->contact = e->contact;
    s->escalation = e->escalation;
}

void apply_survey_answered(struct fold *f, const void *event, void *entity)
{
    const struct survey_answered *e = event;
    struct survey *s = entity;
    s->state = survey_state_answered;
    s->has.score = true;
    s->score = e->score;
    s->comment = e->comment;
    s->answered_at = e->answered_at;
    s->answered_day = e->day;
    s->alarmed = e->alarmed;
    judge(s);
    count_answer(f, s, e->told, 1);
}

void apply_survey_commented(struct fold *f, const void *event, void *entity)
{
    const struct survey_commented *e = event;
    struct survey *s = entity;
    (void)f;
    s->comment = e->comment;
}

void apply_survey_lapsed(struct fold *f, const void *event, void *entity)
{
    struct survey *s = entity;
    (void)f, (void)event;
    s->state = survey_state_lapsed;
}

void apply_survey_recorded(struct fold *f, const void *event, void *entity)
{
    const struct survey_recorded *e = event;
    struct survey *s = entity;
    if (s->state)
        count_all(f, s, e->told, -1);
    *s = (struct survey){
        .asked_at = e->asked_at,
        .id = f->id,
        .client = f->client,
        .kind = e->kind,
        .state = e->answered_at ? survey_state_answered : survey_state_lapsed,
        .contact = e->contact,
        .role = e->role,
        .ticket = e->ticket,
        .escalation = e->escalation,
        .service = e->service,
        .component = e->component,
        .title = e->title,
        .owner = e->owner,
        .scale_min = e->scale_min,
        .scale_max = e->scale_max,
        .best_is_low = e->best_is_low,
        .has.score = e->answered_at != 0,
        .score = e->score,
        .comment = e->comment,
        .answered_at = e->answered_at,
        .asked_day = e->asked_day,
        .answered_day = e->answered_day,
        .imported = true,
        .alarmed = e->alarmed,
    };
    if (e->answered_at)
        judge(s);
    count_all(f, s, e->told, 1);
}

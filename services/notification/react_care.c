/* react_care: what is observed of clients and done about it becomes messages: a survey is asked,
 * managers hear that a client may be lost, a programme tells whom it names. */
#include "services/notification/notification.h"

static const struct text EXECUTIVE = TEXT_OF("executive");

void react_survey_invited(const struct context *ctx, struct view *v, const void *event,
                          struct decision *d)
{
    static const int32_t stages[] = {
        [survey_kind_nps] = stage_asked_nps,
        [survey_kind_relationship] = stage_asked_relationship,
        [survey_kind_escalation] = stage_asked_escalation,
    };
    const struct react_survey_invited *s = event;
    bool executive = text_equal(s->role, EXECUTIVE);
    const struct happening h = { .stage = stages[s->kind],
                                 .person = s->contact,
                                 .reader = executive ? reader_client_executive : reader_client };
    struct message_queued m = { .about = about_of(d, "survey", ctx->cause),
                                .title = s->title,
                                .ticket = s->ticket,
                                .scale_min = s->scale_min,
                                .scale_max = s->scale_max,
                                .best_is_low = s->best_is_low,
                                .answer_by = s->expires_at,
                                .expires_at = s->expires_at };
    if (ctx->now < s->expires_at)
        tell(ctx, v, d, &h, &m);
}

/* "no promoters for a year (20)", a line each; its id where a rule has no words. */
static struct text reasons_of(struct decision *d, const struct reason_list *reasons)
{
    enum { NUMBER = 8 };
    uint32_t size = 0, used = 0;
    for (uint32_t i = 0; i < reasons->count; i++)
        size += reasons->at[i].what.length + reasons->at[i].words.length + NUMBER;
    char *out = decision_alloc(d, size + 1);
    for (uint32_t i = 0; i < reasons->count; i++) {
        const struct reason *r = &reasons->at[i];
        const struct text words = text_empty(r->words) ? r->what : r->words;
        if (i)
            out[used++] = '\n';
        memcpy(out + used, words.at, words.length);
        used += words.length;
        memcpy(out + used, " (+", 3);
        used += 3;
        if (r->points >= 100)
            out[used++] = (char)('0' + r->points / 100);
        if (r->points >= 10)
            out[used++] = (char)('0' + r->points / 10 % 10);
        out[used++] = (char)('0' + r->points % 10);
        out[used++] = ')';
    }
    return (struct text){ out, used };
}

void react_account_alarmed(const struct context *ctx, struct view *v, const void *event,
                           struct decision *d)
{
    static const int32_t stages[] = {
        [account_alarm_detractor] = stage_account_detractor,
        [account_alarm_complaint] = stage_account_complaint,
        [account_alarm_red_risk] = stage_account_red_risk,
        [account_alarm_hostage] = stage_account_hostage,
    };
    const struct react_account_alarmed *a = event;
    const struct happening h = { .stage = stages[a->alarm],
                                 .service = a->service,
                                 .component = a->component };
    struct message_queued m = { .about = about_of(d, "account", ctx->cause),
                                .title = a->title,
                                .score = a->score,
                                .reasons = reasons_of(d, &a->reasons),
                                .contact = a->contact,
                                .service = a->service,
                                .component = a->component,
                                .day = a->renewal,
                                .days_left = a->days_left };
    if (!tell_is_late(ctx))
        tell(ctx, v, d, &h, &m);
}

void react_programme_alarmed(const struct context *ctx, struct view *v, const void *event,
                             struct decision *d)
{
    static const int32_t stages[] = {
        [programme_alarm_launched] = stage_programme_launched,
        [programme_alarm_action_due] = stage_programme_action_due,
        [programme_alarm_action_overdue] = stage_programme_action_overdue,
        [programme_alarm_review_due] = stage_programme_review_due,
        [programme_alarm_review_missed] = stage_programme_review_missed,
        [programme_alarm_plan_posted] = stage_programme_plan_posted,
        [programme_alarm_signoff_asked] = stage_programme_signoff_asked,
        [programme_alarm_closed] = stage_programme_closed,
        [programme_alarm_relapsed] = stage_programme_relapsed,
        [programme_alarm_approval_asked] = stage_programme_approval_asked,
        [programme_alarm_approval_expired] = stage_programme_approval_expired,
        [programme_alarm_cancelled] = stage_programme_cancelled,
        [programme_alarm_action_opened] = stage_programme_action_opened,
        [programme_alarm_action_done] = stage_programme_action_done,
    };
    const struct react_programme_alarmed *p = event;
    const struct happening h = { .stage = stages[p->alarm],
                                 .people = p->people,
                                 .tell_client = p->tell_client,
                                 .actor = ctx->cause_actor };
    struct message_queued m = { .about = about_of(d, "programme", ctx->cause),
                                .title = p->title,
                                .words = p->words,
                                .contact = p->owner,
                                .day = p->day };
    if (!tell_is_late(ctx))
        tell(ctx, v, d, &h, &m);
}

/* What a candidate is called: its title, else what it is about. */
static struct text called(const struct react_candidate_alarmed *c)
{
    const struct text names[] = { c->title, c->component, c->service };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!text_empty(names[i]))
            return names[i];
    return (struct text)TEXT_OF("the client as a whole");
}

void react_candidate_alarmed(const struct context *ctx, struct view *v, const void *event,
                             struct decision *d)
{
    const struct react_candidate_alarmed *c = event;
    const struct happening h = { .stage = stage_programme_candidate,
                                 .service = c->service,
                                 .component = c->component };
    struct message_queued m = { .about = about_of(d, "candidate", ctx->cause),
                                .title = called(c),
                                .service = c->service,
                                .component = c->component,
                                .day = c->day };
    if (!tell_is_late(ctx))
        tell(ctx, v, d, &h, &m);
}

/* complaint: what a client complains about. Each is told to managers; a figure counts them. */
#include "services/kpi/account.h"
#include "services/kpi/bucket.h"
#include "services/kpi/survey.h"

bool index_complaint_by_time(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct complaint *c = entity;
    (void)client, (void)id;
    key_integer(k, c->recorded_at);
    return true;
}

bool index_complaint_by_client(struct text client, struct text id, const void *entity,
                               struct key *k)
{
    key_text(k, client);
    return index_complaint_by_time(client, id, entity, k);
}

void decide_complaint_record(const struct context *ctx, struct view *v, const void *command,
                             struct decision *d)
{
    const struct complaint_record *c = command;
    struct text id = decision_id(d, "complaint", 0), role = { 0 };
    int64_t day = client_day(v, ctx->client, ctx->now);
    bool own = true;
    if (!text_empty(c->contact)) {
        (void)survey_askable(v, ctx->client, c->contact, &own);
        role = survey_role(v, ctx->client, c->contact);
    }
    if (!own) {
        REFUSE(d, complaint_contact, "contact");
        return;
    }
    EMIT(d, complaint_recorded, id, .title = c->title, .text = c->text, .contact = c->contact,
         .role = role, .service = c->service, .component = c->component, .ticket = c->ticket,
         .day = day);
    const struct account_alarmed e = { .alarm = account_alarm_complaint,
                                       .title = c->title,
                                       .contact = c->contact,
                                       .role = role,
                                       .source = id,
                                       .service = c->service,
                                       .component = c->component };
    account_stir(ctx, v, d);
    account_alarm(ctx, v, d, &e);
}

void apply_complaint_recorded(struct fold *f, const void *event, void *entity)
{
    const struct complaint_recorded *e = event;
    const struct place p = { f->client, e->service, e->component };
    const struct survey_sums one = { .complaints = 1 };
    *(struct complaint *)entity = (struct complaint){
        .recorded_at = f->time,
        .id = f->id,
        .client = f->client,
        .title = e->title,
        .text = e->text,
        .contact = e->contact,
        .service = e->service,
        .component = e->component,
        .ticket = e->ticket,
        .by = f->actor,
        .day = e->day,
    };
    bucket_add(f, AGGREGATE_survey_sums, &p, e->day, e->day, 1, &one);
}

void query_kpi_complaints(const struct context *ctx, struct view *v, const void *parameters,
                          struct answer *a)
{
    const struct kpi_complaints *q = parameters;
    struct text client = text_empty(ctx->client) ? q->client : ctx->client;
    struct key key = { .length = 0 };
    struct found found;
    if (!text_empty(client))
        key_text(&key, client);
    struct walk *w = answer_walk(
        a, v, text_empty(client) ? INDEX_complaint_by_time : INDEX_complaint_by_client, &key);
    while (view_next(w, &found))
        if (!answer_row(a, found.entity))
            break;
}

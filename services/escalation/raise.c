/* raise: how an escalation begins, by hand or by a timer of its ticket. */
#include "services/escalation/escalation.h"

void raise_emit(const struct context *ctx, struct view *v, struct decision *d,
                const struct escalation_raised *r)
{
    struct text id = decision_id(d, "esc", 0);
    struct escalation_raised raised = *r;
    raised.raised_at = ctx->now;
    if (text_empty(raised.primary_contact))
        raised.primary_contact = promised_contact(ctx, v);
    const struct ticket *first =
        raised.tickets.count ? view_get(v, ENTITY_ticket, raised.tickets.at[0].ticket) : NULL;
    if (first) {
        raised.service = first->service;
        raised.component = first->component;
    }
    raised.steps = level_ladder(d, ctx->options, raised.severity, raised.raised_at,
                                terms_ladder_hours(ctx, v, d, first));
    decision_emit(d, EVENT_escalation_raised, id, &raised, sizeof raised);
    for (uint32_t i = 0; i < raised.tickets.count; i++)
        EMIT(d, ticket_escalated, raised.tickets.at[i].ticket, .escalation = id);
    consult_ask(ctx, v, d, id, raised.component);
}

static bool is_twice(const struct ticket_name_list *tickets, uint32_t i)
{
    for (uint32_t j = 0; j < i; j++)
        if (text_equal(tickets->at[j].ticket, tickets->at[i].ticket))
            return true;
    return false;
}

/* The most urgent priority among the tickets, 0 without any; -1 when one of them stands in the
 * way. */
static int64_t check_tickets(struct view *v, const struct ticket_name_list *tickets,
                             struct decision *d)
{
    int64_t severity = 0;
    for (uint32_t i = 0; i < tickets->count; i++) {
        const struct ticket *t = view_get(v, ENTITY_ticket, tickets->at[i].ticket);
        if (!t) {
            decision_missing(d, "tickets");
            return -1;
        }
        if (is_twice(tickets, i)) {
            REFUSE(d, ticket_twice, "tickets");
            return -1;
        }
        if (escalation_of(v, t)) {
            REFUSE(d, ticket_escalated, "tickets");
            return -1;
        }
        if (!severity || t->priority < severity)
            severity = t->priority;
    }
    return severity;
}

void decide_escalation_raise(const struct context *ctx, struct view *v, const void *command,
                             struct decision *d)
{
    const struct escalation_raise *c = command;
    bool wish = c->cause == raise_cause_client_wish;
    int64_t severity = check_tickets(v, &c->tickets, d);
    if (severity < 0)
        return;
    if (c->severity)
        severity = c->severity;
    if (!severity) {
        REFUSE(d, severity_missing, "severity");
        return;
    }
    int64_t level = c->level ? c->level : 1;
    if (wish && level < LEVEL_WISH)
        level = LEVEL_WISH;
    struct escalation_raised r = {
        .kind = escalation_kind_management,
        .cause = wish ? cause_client_wish : cause_hand,
        .severity = severity,
        .level = level,
        .title = c->title,
        .primary_contact = c->primary_contact,
        .tickets = c->tickets,
        .resolved = c->tickets.count > 0 && tickets_stopped(v, &c->tickets, (struct text){ 0 }),
    };
    raise_emit(ctx, v, d, &r);
}

/* --- at an alarm --------------------------------------------------------------------------------
 */

enum { SEVERITY_DISSATISFIED = 3, LEVEL_DISSATISFIED = 4 };

static bool is_raised_already(const struct context *ctx, struct view *v)
{
    struct key client = { .length = 0 };
    struct found found;
    key_text(&client, ctx->client);
    return view_next(view_walk(v, INDEX_escalation_dissatisfied, &client, 1), &found);
}

/* A client reads the titles of its escalations. What somebody there answered, what was noted of a
 * complaint, and that we are afraid to lose it are not for all of its people: those are the alarm's
 * own words, which only the provider's read. */
static const struct text titles[] = {
    [account_alarm_detractor] = TEXT_OF("Dissatisfaction in a survey"),
    [account_alarm_complaint] = TEXT_OF("A complaint about us"),
    [account_alarm_red_risk] = TEXT_OF("A review of how well we serve"),
};

/* A hostage is not raised: nothing happened to it yet that anybody could put right. */
void react_account_alarmed(const struct context *ctx, struct view *v, const void *event,
                           struct decision *d)
{
    const struct react_account_alarmed *a = event;
    if (a->alarm == account_alarm_hostage || is_raised_already(ctx, v))
        return;
    struct escalation_raised r = {
        .kind = escalation_kind_management,
        .cause = cause_dissatisfaction,
        .severity = SEVERITY_DISSATISFIED,
        .level = LEVEL_DISSATISFIED,
        .title = titles[a->alarm],
        .alarm = a->title,
        .service = a->service,
        .component = a->component,
    };
    raise_emit(ctx, v, d, &r);
}

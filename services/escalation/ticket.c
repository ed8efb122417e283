/* ticket: a ticket's state and clocks as a function of the facts told about it. Pure: no view,
 * no decision. */
#include "services/escalation/escalation.h"

/* A record has no records inside, so each clock's fields lie flat in the ticket. */
#define CLOCK_LOAD(t, name)                                                                        \
    (struct clock)                                                                                 \
    {                                                                                              \
        .target = (t)->name##_target, .used = (t)->name##_used, .origin = (t)->name##_origin,      \
        .anchor = (t)->name##_anchor, .reached = (t)->name##_reached,                              \
        .counted = (t)->name##_counted, .counted_at = (t)->name##_counted_at                       \
    }
#define CLOCK_STORE(t, name, c)                                                                    \
    do {                                                                                           \
        (t)->name##_target = (c)->target;                                                          \
        (t)->name##_used = (c)->used;                                                              \
        (t)->name##_origin = (c)->origin;                                                          \
        (t)->name##_anchor = (c)->anchor;                                                          \
        (t)->name##_reached = (c)->reached;                                                        \
        (t)->name##_counted = (c)->counted;                                                        \
        (t)->name##_counted_at = (c)->counted_at;                                                  \
    } while (0)

struct clock ticket_clock(const struct ticket *t, enum clock_name name)
{
    if (name == clock_name_response)
        return CLOCK_LOAD(t, response);
    if (name == clock_name_resolve)
        return CLOCK_LOAD(t, resolve);
    return CLOCK_LOAD(t, update);
}

void ticket_set_clock(struct ticket *t, enum clock_name name, const struct clock *c)
{
    if (name == clock_name_response)
        CLOCK_STORE(t, response, c);
    else if (name == clock_name_resolve)
        CLOCK_STORE(t, resolve, c);
    else
        CLOCK_STORE(t, update, c);
}

enum ticket_phase ticket_phase_after(const struct ticket *t, enum ticket_state state)
{
    switch (state) {
    case ticket_state_pending_client:
    case ticket_state_pending_supplier:
    case ticket_state_pending_problem:
    case ticket_state_pending_evidence:
        return ticket_phase_paused;
    case ticket_state_resolved:
    case ticket_state_closed:
    case ticket_state_cancelled:
        return ticket_phase_stopped;
    case ticket_state_other:
        return t->moment ? (enum ticket_phase)t->phase : ticket_phase_running;
    case ticket_state_new:
    case ticket_state_active:
    default:
        return ticket_phase_running;
    }
}

enum verdict ticket_verdict(const struct ticket *t)
{
    if (t->phase == ticket_phase_stopped)
        return t->resolve_used <= t->resolve_target ? verdict_met : verdict_missed;
    return t->resolve_reached >= 100 ? verdict_missed : verdict_running;
}

static void take_response(struct ticket *t, const struct ticket_recorded *fact)
{
    struct clock c = CLOCK_LOAD(t, response);
    if (!t->moment)
        clock_start(&c, fact->response_target, t->opened_at, fact->occurred_at);
    else if (fact->response_target && c.origin)
        clock_retarget(&c, fact->response_target, fact->occurred_at);
    if (fact->state != ticket_state_new && fact->state != ticket_state_other)
        clock_halt(&c, fact->occurred_at);
    CLOCK_STORE(t, response, &c);
}

/* A stopped clock keeps its target, and with it its verdict, until the ticket is reopened. */
static void take_resolve(struct ticket *t, const struct ticket_recorded *fact,
                         enum ticket_phase phase)
{
    struct clock c = CLOCK_LOAD(t, resolve);
    if (!t->moment) {
        clock_start(&c, fact->resolve_target, t->opened_at, fact->occurred_at);
    } else {
        if (fact->resolve_target)
            t->resolve_next_target = fact->resolve_target;
        if (t->resolve_next_target &&
            (t->phase != ticket_phase_stopped || phase != ticket_phase_stopped)) {
            clock_retarget(&c, t->resolve_next_target, fact->occurred_at);
            t->resolve_next_target = 0;
        }
    }
    if (phase == ticket_phase_running)
        clock_resume(&c, fact->occurred_at);
    else
        clock_halt(&c, fact->occurred_at);
    CLOCK_STORE(t, resolve, &c);
}

/* A contact that the provider has not answered, and that did not start the clock before. */
static bool contact_waits(const struct ticket *t, const struct ticket_recorded *fact)
{
    return fact->client_contact_at > fact->provider_contact_at &&
           fact->client_contact_at > t->contact_at;
}

/* The anchor says whether the update clock is on: it is set from the clock's start to its end. */
static void take_update(struct ticket *t, const struct ticket_recorded *fact,
                        enum ticket_phase phase)
{
    struct clock c = CLOCK_LOAD(t, update);
    int64_t moment = fact->occurred_at;
    if (fact->update_target && c.anchor)
        clock_retarget(&c, fact->update_target, moment);
    else if (fact->update_target)
        c.target = fact->update_target;
    if (phase == ticket_phase_stopped || fact->provider_contact_at >= t->contact_at)
        c = (struct clock){ .target = c.target };
    if (phase != ticket_phase_stopped && !c.anchor && contact_waits(t, fact)) {
        int64_t contact = fact->client_contact_at < moment ? fact->client_contact_at : moment;
        t->contact_at = fact->client_contact_at;
        clock_start(&c, c.target, t->phase == ticket_phase_paused ? moment : contact, moment);
    }
    if (c.anchor && phase == ticket_phase_running)
        clock_resume(&c, moment);
    else
        clock_halt(&c, moment);
    CLOCK_STORE(t, update, &c);
}

static void take_words(struct ticket *t, const struct ticket_recorded *fact)
{
    t->source = fact->source;
    t->number = fact->number;
    t->moment = fact->occurred_at;
    t->mod_count = fact->mod_count;
    t->row = fact->row;
    t->type = fact->type;
    t->state = fact->state;
    t->priority = fact->priority;
    t->title = fact->title;
    t->service = fact->service;
    t->component = fact->component;
    t->category = fact->category;
    t->group = fact->group;
    t->owner = fact->owner;
    t->reassignments = fact->reassignment_count;
    t->reopened = t->reopened || fact->reopen_count > 0;
    t->silent_at = fact->silent_at;
    if (fact->has.made_sla && (!t->has.made_sla || fact->mod_count >= t->made_sla_mod_count)) {
        t->has.made_sla = true;
        t->made_sla = fact->made_sla;
        t->made_sla_mod_count = fact->mod_count;
    }
}

static void lapse(struct ticket *t, int64_t until)
{
    for (int name = clock_name_response; name <= clock_name_update; name++) {
        struct clock c = ticket_clock(t, (enum clock_name)name);
        clock_lapse(&c, until);
        t->breached = t->breached || c.reached >= 100;
        ticket_set_clock(t, (enum clock_name)name, &c);
    }
    if (t->silent_at <= until)
        t->silent_at = 0;
}

void ticket_take(struct ticket *t, const struct ticket_recorded *fact)
{
    enum ticket_phase phase = ticket_phase_after(t, (enum ticket_state)fact->state);
    if (!t->moment) {
        bool known = fact->opened_at && fact->opened_at < fact->occurred_at;
        t->opened_at = known ? fact->opened_at : fact->occurred_at;
        t->phase = ticket_phase_running;
    }
    take_response(t, fact);
    take_resolve(t, fact, phase);
    take_update(t, fact, phase);
    take_words(t, fact);
    t->phase = (int32_t)phase;
    if (fact->lapsed_until)
        lapse(t, fact->lapsed_until);
    t->verdict = (int32_t)ticket_verdict(t);
}

/* The verdict stays as it was counted: totals change with events only. */
void lapse_ticket(void *entity, int64_t until)
{
    lapse(entity, until);
}

int64_t due_ticket(const void *entity)
{
    const struct ticket *t = entity;
    int64_t due = t->silent_at;
    for (int name = clock_name_response; name <= clock_name_update; name++) {
        struct clock c = ticket_clock(t, (enum clock_name)name);
        int64_t next = clock_next(&c);
        if (next && (!due || next < due))
            due = next;
    }
    return due;
}

bool tickets_stopped(struct view *v, const struct ticket_name_list *tickets, struct text but)
{
    for (uint32_t i = 0; i < tickets->count; i++) {
        if (text_equal(tickets->at[i].ticket, but))
            continue;
        const struct ticket *t = view_get(v, ENTITY_ticket, tickets->at[i].ticket);
        if (t->phase != ticket_phase_stopped)
            return false;
    }
    return true;
}

const struct escalation *escalation_of(struct view *v, const struct ticket *t)
{
    if (text_empty(t->escalation))
        return NULL;
    const struct escalation *e = view_get(v, ENTITY_escalation, t->escalation);
    return e->state == escalation_state_open ? e : NULL;
}

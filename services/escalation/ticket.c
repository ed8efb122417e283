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

static const struct reckoning *reckoning_of(const struct reckoning_list *l, enum clock_name name)
{
    for (uint32_t i = 0; i < l->count; i++)
        if (l->at[i].clock == (int32_t)name)
            return &l->at[i];
    return NULL;
}

static void take_instants(const struct reckoning *r, int64_t ret[static THRESHOLDS])
{
    const int64_t at[THRESHOLDS] = {
        r->at_50, r->at_75, r->at_90, r->at_100, r->at_120, r->at_150
    };
    memcpy(ret, at, sizeof at);
}

struct clock ticket_clock(const struct ticket *t, enum clock_name name)
{
    struct clock c = name == clock_name_response  ? CLOCK_LOAD(t, response)
                     : name == clock_name_resolve ? CLOCK_LOAD(t, resolve)
                                                  : CLOCK_LOAD(t, update);
    const struct reckoning *r = reckoning_of(&t->reckoned, name);
    if (r) {
        c.calendar = r->calendar;
        take_instants(r, c.at);
    }
    return c;
}

/* All but what is reckoned, which changes with facts only. */
void ticket_set_clock(struct ticket *t, enum clock_name name, const struct clock *c)
{
    if (name == clock_name_response)
        CLOCK_STORE(t, response, c);
    else if (name == clock_name_resolve)
        CLOCK_STORE(t, resolve, c);
    else
        CLOCK_STORE(t, update, c);
}

/* --- states ------------------------------------------------------------------------------------
 */

uint32_t pauses_of(const struct pause_list *pauses, bool never)
{
    uint32_t bits = 0;
    if (never)
        return 0;
    for (uint32_t i = 0; i < pauses->count; i++)
        bits |= UINT32_C(1) << pauses->at[i].state;
    return bits ? bits : PAUSES_ALL;
}

enum ticket_phase phase_of(enum ticket_state state, uint32_t pauses)
{
    switch (state) {
    case ticket_state_pending_client:
    case ticket_state_pending_supplier:
    case ticket_state_pending_problem:
    case ticket_state_pending_evidence:
        return pauses >> state & 1 ? ticket_phase_paused : ticket_phase_running;
    case ticket_state_resolved:
    case ticket_state_closed:
    case ticket_state_cancelled:
        return ticket_phase_stopped;
    case ticket_state_new:
    case ticket_state_active:
    case ticket_state_other:
    default:
        return ticket_phase_running;
    }
}

/* The state that counts: the last one that the mapping knew. */
static enum ticket_state stands_in(const struct ticket *t)
{
    return t->stood.count ? (enum ticket_state)t->stood.at[t->stood.count - 1].state
                          : ticket_state_active;
}

bool ticket_remembers(const struct ticket *t)
{
    return t->stood.count < STOOD_MAX;
}

enum ticket_phase ticket_phase_after(const struct ticket *t, const struct ticket_recorded *fact)
{
    uint32_t pauses = pauses_of(&fact->pauses, fact->never_pauses);
    if (fact->state != ticket_state_other)
        return phase_of((enum ticket_state)fact->state, pauses);
    if (!ticket_remembers(t))
        return (enum ticket_phase)t->phase;
    return phase_of(stands_in(t), pauses);
}

/* Of states that are alike for clocks one stands for all. */
static enum ticket_state alike(enum ticket_state state)
{
    switch (phase_of(state, PAUSES_ALL)) {
    case ticket_phase_paused:
        return state;
    case ticket_phase_stopped:
        return ticket_state_resolved;
    case ticket_phase_running:
    default:
        return ticket_state_active;
    }
}

static void take_state(struct fold *f, struct ticket *t, const struct ticket_recorded *fact)
{
    struct standing s = { .at = fact->occurred_at,
                          .state = (int32_t)alike((enum ticket_state)fact->state) };
    if (fact->state != ticket_state_other && ticket_remembers(t) &&
        s.state != (int32_t)stands_in(t))
        APPEND(f, &t->stood, &s);
}

/* It stays stopped: nothing that a fact says of targets, hours and pauses is for it. */
static bool stays_stopped(const struct ticket *t, enum ticket_phase phase)
{
    return t->moment && t->phase == ticket_phase_stopped && phase == ticket_phase_stopped;
}

/* --- what a fact does to clocks -----------------------------------------------------------------
 */

int64_t ticket_opened(const struct ticket *t, const struct ticket_recorded *fact)
{
    if (t->moment)
        return t->opened_at;
    bool known = fact->opened_at && fact->opened_at < fact->occurred_at;
    return known ? fact->opened_at : fact->occurred_at;
}

static int64_t or_before(int64_t said, int64_t before)
{
    return said ? said : before;
}

static struct clock_change change_response(const struct ticket *t,
                                           const struct ticket_recorded *fact)
{
    if (t->moment && !t->response_origin)
        return (struct clock_change){ .what = CLOCK_STAYS };
    return (struct clock_change){
        .what = CLOCK_GOES,
        .starts = !t->moment,
        .from = ticket_opened(t, fact),
        .target = or_before(fact->response_target, t->response_target),
        .runs = fact->state == ticket_state_new || fact->state == ticket_state_other,
    };
}

/* A stopped clock keeps its target, and with it its verdict, until the ticket is reopened. */
static struct clock_change
change_resolve(const struct ticket *t, const struct ticket_recorded *fact, enum ticket_phase phase)
{
    if (stays_stopped(t, phase))
        return (struct clock_change){ .what = CLOCK_STAYS };
    return (struct clock_change){
        .what = CLOCK_GOES,
        .starts = !t->moment,
        .from = ticket_opened(t, fact),
        .target =
            or_before(fact->resolve_target, or_before(t->resolve_next_target, t->resolve_target)),
        .runs = phase == ticket_phase_running,
    };
}

/* A contact that the provider has not answered, and that did not start the clock before. */
static bool contact_waits(const struct ticket *t, const struct ticket_recorded *fact)
{
    return fact->client_contact_at > fact->provider_contact_at &&
           fact->client_contact_at > t->contact_at;
}

/* The anchor says whether the update clock is on: it is set from the clock's start to its end. */
static struct clock_change change_update(const struct ticket *t, const struct ticket_recorded *fact,
                                         enum ticket_phase phase)
{
    int64_t moment = fact->occurred_at;
    bool stopped = phase == ticket_phase_stopped;
    bool ends = stopped || fact->provider_contact_at >= t->contact_at;
    struct clock_change c = { .what = CLOCK_GOES,
                              .target = or_before(fact->update_target, t->update_target),
                              .runs = phase == ticket_phase_running };
    if (!stopped && (ends || !t->update_anchor) && contact_waits(t, fact)) {
        int64_t contact = fact->client_contact_at < moment ? fact->client_contact_at : moment;
        c.starts = true;
        c.from = t->phase == ticket_phase_paused ? moment : contact;
    } else if (ends || !t->update_anchor) {
        c.what = CLOCK_ENDS;
    }
    return c;
}

struct clock_change ticket_change(const struct ticket *t, const struct ticket_recorded *fact,
                                  enum clock_name name)
{
    enum ticket_phase phase = ticket_phase_after(t, fact);
    if (name == clock_name_response)
        return change_response(t, fact);
    if (name == clock_name_resolve)
        return change_resolve(t, fact, phase);
    return change_update(t, fact, phase);
}

void ticket_judge(struct ticket *t)
{
    struct clock response = ticket_clock(t, clock_name_response);
    struct clock resolve = ticket_clock(t, clock_name_resolve);
    t->response_verdict = (int32_t)judge_clock(&response, !response.origin);
    t->verdict = (int32_t)judge_clock(&resolve, t->phase == ticket_phase_stopped);
}

/* Clocks that count working time are kept in a list, because few do. */
static void keep_reckoned(struct fold *f, struct reckoning_list *l, enum clock_name name,
                          const struct clock *c)
{
    if (!clock_works(c))
        return;
    struct reckoning r = { .clock = (int32_t)name,
                           .calendar = c->calendar,
                           .used = c->used,
                           .at_50 = c->at[0],
                           .at_75 = c->at[1],
                           .at_90 = c->at[2],
                           .at_100 = c->at[3],
                           .at_120 = c->at[4],
                           .at_150 = c->at[5] };
    APPEND(f, l, &r);
}

static void take_clock(const struct ticket *t, const struct ticket_recorded *fact,
                       enum clock_name name, struct clock *ret)
{
    struct clock_change change = ticket_change(t, fact, name);
    const struct reckoning *r = reckoning_of(&fact->reckoned, name);
    struct clock_reckoned reckoned;
    if (r) {
        reckoned =
            (struct clock_reckoned){ .calendar = r->calendar, .used = r->used, .anew = r->anew };
        take_instants(r, reckoned.at);
    }
    *ret = ticket_clock(t, name);
    clock_change(ret, &change, r ? &reckoned : NULL, fact->occurred_at);
}

struct clock ticket_clock_after(const struct ticket *t, const struct ticket_recorded *fact,
                                enum clock_name name)
{
    struct clock c;
    take_clock(t, fact, name, &c);
    if (fact->lapsed_until)
        clock_lapse(&c, fact->lapsed_until);
    return c;
}

static void take_clocks(struct fold *f, struct ticket *t, const struct ticket_recorded *fact,
                        enum ticket_phase phase)
{
    struct clock response, resolve, update;
    bool starts = ticket_change(t, fact, clock_name_update).starts;
    take_clock(t, fact, clock_name_response, &response);
    take_clock(t, fact, clock_name_resolve, &resolve);
    take_clock(t, fact, clock_name_update, &update);
    if (stays_stopped(t, phase))
        t->resolve_next_target = or_before(fact->resolve_target, t->resolve_next_target);
    else
        t->resolve_next_target = 0;
    if (starts)
        t->contact_at = fact->client_contact_at;
    CLOCK_STORE(t, response, &response);
    CLOCK_STORE(t, resolve, &resolve);
    CLOCK_STORE(t, update, &update);
    if (!t->reckoned.count && !fact->reckoned.count)
        return;
    t->reckoned = (struct reckoning_list){ 0 };
    if (response.origin)
        keep_reckoned(f, &t->reckoned, clock_name_response, &response);
    keep_reckoned(f, &t->reckoned, clock_name_resolve, &resolve);
    keep_reckoned(f, &t->reckoned, clock_name_update, &update);
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

void ticket_take(struct fold *f, struct ticket *t, const struct ticket_recorded *fact)
{
    enum ticket_phase phase = ticket_phase_after(t, fact);
    int64_t opened_at = ticket_opened(t, fact);
    take_clocks(f, t, fact, phase);
    if (!stays_stopped(t, phase)) {
        t->contract = fact->contract;
        t->pauses = fact->pauses;
        t->never_pauses = fact->never_pauses;
    }
    take_state(f, t, fact);
    take_words(t, fact);
    t->opened_at = opened_at;
    t->phase = (int32_t)phase;
    if (fact->lapsed_until)
        lapse(t, fact->lapsed_until);
    ticket_judge(t);
}

/* The verdicts stay as they were told and counted: that changes with events only. */
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

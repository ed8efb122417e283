/* terms: which targets, working hours and pauses hold for a ticket: its contract's, else its
 * client's, else the options (RULES 2 and 8). Looked up when something is decided; what is decided
 * goes into the event. */
#include "services/escalation/escalation.h"

#include "services/line/calendar_of.h"
#include "services/line/in_force.h"

_Static_assert((int)metric_response == (int)clock_name_response &&
                   (int)metric_resolve == (int)clock_name_resolve &&
                   (int)metric_update == (int)clock_name_update,
               "a metric is a clock");
_Static_assert((int)pausing_pending_client == (int)ticket_state_pending_client &&
                   (int)pausing_pending_supplier == (int)ticket_state_pending_supplier &&
                   (int)pausing_pending_problem == (int)ticket_state_pending_problem &&
                   (int)pausing_pending_evidence == (int)ticket_state_pending_evidence,
               "what pauses is a state");

bool index_contract_by_client(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct contract *c = entity;
    (void)client, (void)id;
    key_text(k, c->client);
    return true;
}

/* --- which contract ----------------------------------------------------------------------------
 */

static bool covers(const struct contract *c, struct text service)
{
    for (uint32_t i = 0; i < c->services.count; i++)
        if (text_equal(c->services.at[i].service, service))
            return true;
    return false;
}

static int64_t local_day(struct text zone, int64_t instant)
{
    const struct zone *z = zone_find(zone);
    int64_t day, minutes;
    wall_at(z ? z : zone_find((struct text){ 0 }), instant, &day, &minutes);
    return day;
}

/* The one that names the service comes first, then the one that began last, then the first by id;
 * one that leaves out a service which the catalog knows is none for it. */
static const struct contract *contract_of(const struct context *ctx, struct view *v,
                                          const struct promised *p, struct text service,
                                          int64_t opened_at)
{
    const struct contract *best = NULL;
    bool best_names = false, known = false;
    int64_t day = 0;
    struct key key = { .length = 0 };
    struct found found;
    if (!p->known)
        return NULL;
    key_text(&key, ctx->client);
    struct walk *w = view_walk(v, INDEX_contract_by_client, &key, CONTRACTS_MAX);
    for (bool first = true; view_next(w, &found); first = false) {
        const struct contract *c = found.entity;
        if (first) {
            day = local_day(p->zone, opened_at);
            known = !text_empty(service) &&
                    view_get_of(v, ENTITY_service, PROVIDER_CLIENT, service) != NULL;
        }
        bool names = covers(c, service);
        if (!in_force(c->start, c->end, day) || (known && !names))
            continue;
        if (best && (names < best_names || (names == best_names && c->start <= best->start)))
            continue;
        best = c;
        best_names = names;
    }
    return best;
}

/* --- hours --------------------------------------------------------------------------------------
 */

static void *alloc_of(void *arg, size_t size)
{
    return decision_alloc(arg, size);
}

const struct worktime *hours_of(struct view *v, struct decision *d, struct text calendar)
{
    const struct calendar *c =
        text_empty(calendar) ? NULL : view_get_of(v, ENTITY_calendar, PROVIDER_CLIENT, calendar);
    struct worktime *hours;
    struct worktime_error error;
    /* The catalog takes no other; one whose zone this machine does not know counts all time. */
    return c && calendar_make(c, alloc_of, d, &hours, &error) == 0 ? hours : NULL;
}

/* Several clocks may count the same hours: they are made once. */
static void find_hours(struct view *v, struct decision *d, struct terms *t, int name)
{
    struct clock_terms *c = &t->of[name];
    for (int i = 1; i < name; i++)
        if (text_equal(t->of[i].calendar, c->calendar)) {
            c->hours = t->of[i].hours;
            return;
        }
    c->hours = hours_of(v, d, c->calendar);
    if (!c->hours)
        c->calendar = (struct text){ 0 };
}

/* --- terms --------------------------------------------------------------------------------------
 */

const struct term *term_of(const struct term_list *terms, struct text service, int64_t priority,
                           int32_t metric)
{
    const struct term *general = NULL;
    for (uint32_t i = 0; i < terms->count; i++) {
        const struct term *t = &terms->at[i];
        if (t->priority != priority || t->metric != metric || (!t->within && !t->days))
            continue;
        if (!text_empty(t->service) && text_equal(t->service, service))
            return t;
        if (text_empty(t->service))
            general = t;
    }
    return general;
}

struct text calendar_or(struct text said, struct text otherwise)
{
    return text_empty(said) ? otherwise : said;
}

void terms_find(const struct context *ctx, struct view *v, struct decision *d, struct text service,
                int64_t opened_at, int64_t priority, struct terms *ret)
{
    const struct promised *p = promised_of(ctx, v);
    const struct target target = promised_targets(ctx, p, priority);
    const int64_t within[CLOCKS] = { 0, target.response, target.resolve, target.update };
    const struct contract *c = contract_of(ctx, v, p, service, opened_at);
    *ret = (struct terms){ .contract = c };
    for (int name = 1; name < CLOCKS; name++) {
        struct clock_terms *of = &ret->of[name];
        const struct term *t = c ? term_of(&c->terms, service, priority, name) : NULL;
        of->within = t ? t->within : within[name];
        of->days = t ? t->days : 0;
        of->end_of_day = t && t->end_of_day;
        of->calendar = c ? calendar_or(c->calendar, p->calendar) : p->calendar;
        if (t)
            of->calendar = calendar_or(t->calendar, of->calendar);
        if (!text_empty(of->calendar))
            find_hours(v, d, ret, name);
    }
}

/* Days become the working time up to the instant that they lead to, so that pauses move it. */
int64_t terms_target(const struct clock_terms *t, int64_t from)
{
    if (t->within)
        return t->within;
    int64_t until = worktime_add_days(t->hours, from, t->days, t->end_of_day);
    if (until == WORKTIME_NEVER)
        return t->days * DAYS;
    int64_t target = worktime_between(t->hours, from, until);
    return target > 0 ? target : MICROSECONDS;
}

const struct worktime *terms_ladder_hours(const struct context *ctx, struct view *v,
                                          struct decision *d, const struct ticket *first)
{
    const struct promised *p = promised_of(ctx, v);
    const struct contract *c =
        first ? contract_of(ctx, v, p, first->service, first->opened_at) : NULL;
    return hours_of(v, d, c ? calendar_or(c->calendar, p->calendar) : p->calendar);
}

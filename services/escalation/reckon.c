/* reckon: what clocks come to that count working hours, and clocks that are counted anew because
 * other hours or other pauses hold. It needs calendars, so it is decided, and told by the event;
 * a fold takes it from there (clock.h). */
#include "services/escalation/escalation.h"

/* Time used since its beginning up to a moment, had these hours and pauses held all along. */
static int64_t count_anew(const struct ticket *t, const struct worktime *hours, uint32_t pauses,
                          int64_t from, int64_t moment)
{
    int64_t used = 0, at = from;
    bool runs = true;
    for (uint32_t i = 0; i <= t->stood.count; i++) {
        bool last = i == t->stood.count;
        int64_t until = last ? moment : t->stood.at[i].at;
        if (runs && until > at)
            used += worktime_between(hours, at, until);
        if (until > at)
            at = until;
        runs = !last &&
               phase_of((enum ticket_state)t->stood.at[i].state, pauses) == ticket_phase_running;
    }
    return used;
}

/* The instants of thresholds that are ahead of `moment`, when that much is used by then. */
static void look_ahead(const struct worktime *hours, int64_t target, int64_t used, int64_t moment,
                       int64_t ret[static THRESHOLDS])
{
    for (int i = 0; i < THRESHOLDS; i++) {
        int64_t part = clock_part(target, i);
        int64_t at = part > used ? worktime_add(hours, moment, part - used) : 0;
        ret[i] = at == WORKTIME_NEVER ? 0 : at;
    }
}

struct reckoner {
    struct view *view;
    struct decision *decision;
    const struct ticket *before;
    uint32_t pauses_before, pauses; /* of the resolve and update clocks */
    int64_t moment;
};

/* Where a clock began that goes on. */
static int64_t began_at(const struct ticket *t, enum clock_name name)
{
    return name == clock_name_update ? t->contact_at : t->opened_at;
}

/* Of a clock that goes on: what it used up to the moment, under the hours and pauses that hold
 * from now on. */
static int64_t used_by_now(const struct reckoner *r, enum clock_name name, const struct clock *c,
                           const struct clock_terms *terms, bool *ret_anew)
{
    uint32_t pauses_before = name == clock_name_response ? 0 : r->pauses_before;
    uint32_t pauses = name == clock_name_response ? 0 : r->pauses;
    bool same_hours = text_equal(c->calendar, terms->calendar);
    *ret_anew = (!same_hours || pauses != pauses_before) && ticket_remembers(r->before);
    if (*ret_anew)
        return count_anew(r->before, terms->hours, pauses, began_at(r->before, name), r->moment);
    if (!c->origin || !clock_works(c))
        return clock_used(c, r->moment);
    const struct worktime *hours =
        same_hours ? terms->hours : hours_of(r->view, r->decision, c->calendar);
    return c->used + worktime_between(hours, c->anchor, r->moment);
}

/* Whether nothing changes for a clock of working time that goes on: not its target, not its pace,
 * and not the hours of its calendar, as far as they matter. */
static bool goes_on_alike(const struct clock *c, const struct clock_change *change,
                          const struct clock_terms *terms)
{
    int64_t at[THRESHOLDS];
    if (!text_equal(c->calendar, terms->calendar) || change->target != c->target ||
        change->runs != (c->origin != 0))
        return false;
    if (!change->runs)
        return true;
    look_ahead(terms->hours, c->target, c->used, c->anchor, at);
    return memcmp(at, c->at, sizeof at) == 0;
}

/* False when there is nothing to tell of that clock. */
static bool reckon_clock(const struct reckoner *r, enum clock_name name,
                         const struct clock_change *change, const struct clock_terms *terms,
                         struct clock_reckoned *ret)
{
    struct clock c = ticket_clock(r->before, name);
    *ret = (struct clock_reckoned){ .calendar = terms->calendar };
    if (change->what != CLOCK_GOES)
        return false;
    if (change->starts) {
        ret->used = worktime_between(terms->hours, change->from, r->moment);
    } else {
        ret->used = used_by_now(r, name, &c, terms, &ret->anew);
        if (!ret->anew && goes_on_alike(&c, change, terms))
            return false;
    }
    if (text_empty(terms->calendar)) /* elapsed time: as ever, unless it is new */
        return ret->anew || clock_works(&c);
    if (change->runs)
        look_ahead(terms->hours, change->target, ret->used, r->moment, ret->at);
    return true;
}

void reckon(struct view *v, struct decision *d, const struct ticket *before,
            const struct terms *terms, struct ticket_recorded *fact)
{
    struct reckoner r = { .view = v,
                          .decision = d,
                          .before = before,
                          .pauses_before = pauses_of(&before->pauses, before->never_pauses),
                          .pauses = pauses_of(&fact->pauses, fact->never_pauses),
                          .moment = fact->occurred_at };
    bool works = before->reckoned.count || (before->moment && r.pauses != r.pauses_before);
    for (int name = 1; name < CLOCKS; name++)
        works = works || terms->of[name].hours;
    if (!works)
        return;
    struct reckoning *list = decision_alloc(d, CLOCKS * sizeof *list);
    for (int name = 1; name < CLOCKS; name++) {
        struct clock_change change = ticket_change(before, fact, (enum clock_name)name);
        struct clock_reckoned c;
        if (!reckon_clock(&r, (enum clock_name)name, &change, &terms->of[name], &c))
            continue;
        list[fact->reckoned.count++] = (struct reckoning){
            .clock = name,
            .calendar = c.calendar,
            .used = c.used,
            .anew = c.anew,
            .at_50 = c.at[0],
            .at_75 = c.at[1],
            .at_90 = c.at[2],
            .at_100 = c.at[3],
            .at_120 = c.at[4],
            .at_150 = c.at[5],
        };
    }
    fact->reckoned.at = list;
}

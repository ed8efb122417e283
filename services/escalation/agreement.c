/* agreement: what groups and partners promised us: how soon a group takes what it is handed
 * (RULES 2, silence). Copies of agreements, and of which bind a group, so that a hand-over looks at
 * those only. */
#include "services/escalation/escalation.h"

#include "services/line/in_force.h"

/* The first day is 1970-01-01, and those before it have negative numbers. */
static int64_t day_of(int64_t instant)
{
    return instant / DAYS - (instant % DAYS < 0);
}

static bool leans_on(const struct agreement *a, const struct contract *c)
{
    for (uint32_t i = 0; c && i < a->contracts.count; i++)
        if (text_equal(a->contracts.at[i].contract, c->id))
            return true;
    return false;
}

struct chosen {
    const struct agreement *agreement; /* NULL for none */
    const struct term *term;
    bool leans;
};

/* The one that the ticket's contract leans on comes first, then the one that began last, then the
 * first by id. */
static bool is_better(const struct chosen *a, const struct chosen *b)
{
    if (!b->agreement || a->leans != b->leans)
        return !b->agreement || a->leans;
    if (a->agreement->start != b->agreement->start)
        return a->agreement->start > b->agreement->start;
    return text_compare(a->agreement->id, b->agreement->id) < 0;
}

static void choose(struct view *v, const struct terms *terms, const struct ticket_recorded *fact,
                   struct chosen *ret)
{
    int64_t day = day_of(fact->occurred_at);
    const struct bound *b = view_get_of(v, ENTITY_bound, PROVIDER_CLIENT, fact->group);
    for (uint32_t i = 0; b && i < b->agreements.count; i++) {
        const struct agreement *a =
            view_get_of(v, ENTITY_agreement, PROVIDER_CLIENT, b->agreements.at[i].agreement);
        const struct term *t = term_of(&a->terms, fact->service, fact->priority, metric_response);
        struct chosen one = { a, t, leans_on(a, terms->contract) };
        if (t && in_force(a->start, a->end, day) && is_better(&one, ret))
            *ret = one;
    }
}

int64_t agreement_silent_at(struct view *v, struct decision *d, const struct terms *terms,
                            const struct ticket_recorded *fact, struct text *ret_agreement)
{
    struct clock_terms of = terms->of[clock_name_response];
    struct chosen chosen = { 0 };
    choose(v, terms, fact, &chosen);
    if (chosen.agreement) {
        of.within = chosen.term->within;
        of.days = chosen.term->days;
        of.end_of_day = chosen.term->end_of_day;
        of.hours = hours_of(v, d, calendar_or(chosen.term->calendar, chosen.agreement->calendar));
        *ret_agreement = chosen.agreement->id;
    }
    int64_t at = of.within ? worktime_add(of.hours, fact->occurred_at, of.within)
                           : worktime_add_days(of.hours, fact->occurred_at, of.days, of.end_of_day);
    return at == WORKTIME_NEVER ? 0 : at;
}

/* --- copies -------------------------------------------------------------------------------------
 */

/* The agreements that bind a group, without one and with it at the end again where it binds. */
static void bind_group(struct fold *f, struct text group, struct text agreement, bool binds)
{
    struct bound *b = fold_copy(f, ENTITY_bound, group);
    const struct agreement_name_list before = b->agreements;
    const struct agreement_name name = { .agreement = agreement };
    *b = (struct bound){ 0 };
    for (uint32_t i = 0; i < before.count; i++)
        if (!text_equal(before.at[i].agreement, agreement))
            APPEND(f, &b->agreements, &before.at[i]);
    if (binds && b->agreements.count < BOUND_MAX)
        APPEND(f, &b->agreements, &name);
}

static void bind_groups(struct fold *f, const struct group_name_list *groups, bool binds)
{
    for (uint32_t i = 0; i < groups->count; i++)
        bind_group(f, groups->at[i].group, f->id, binds);
}

void copy_agreement_changed(struct fold *f, const void *event)
{
    const struct on_agreement_changed *e = event;
    struct agreement *a = fold_copy(f, ENTITY_agreement, f->id);
    bind_groups(f, &a->groups, false);
    *a = (struct agreement){ .id = f->id,
                             .groups = e->groups,
                             .contracts = e->contracts,
                             .start = e->start,
                             .end = e->end,
                             .calendar = e->calendar,
                             .terms = e->terms };
    bind_groups(f, &a->groups, true);
}

void copy_agreement_removed(struct fold *f, const void *event)
{
    struct agreement *a = fold_copy(f, ENTITY_agreement, f->id);
    (void)event;
    bind_groups(f, &a->groups, false);
    memset(a, 0, sizeof *a);
}

/* handover: a turn of a roster as somebody takes it over: from whom, from when until when, and
 * whether it was accepted (RULES.md, rosters). */
#include "services/catalog/roster.h"

/* As long as one person is on duty by the plan, whatever says so. */
struct spell {
    struct text person, before; /* "" for nobody; before: who was, "" when that was not looked at */
    int64_t from, to; /* to: ROTA_ENDS for good */
};

/* The spell that holds at an instant, looked for from `begin` on; false when it may have begun
 * before that. */
static bool spell_since(struct rota *p, int64_t begin, int64_t at, struct spell *ret)
{
    struct piece s;
    rota_stretch(p, begin, ROTA_ENDS, &s);
    *ret = (struct spell){ .person = s.person, .from = begin, .to = s.to };
    while (ret->to <= at + ROTA_DAYS) {
        rota_stretch(p, ret->to, ROTA_ENDS, &s);
        if (text_equal(s.person, ret->person))
            ret->to = s.to;
        else if (ret->to > at)
            break;
        else
            *ret = (struct spell){
                .person = s.person, .before = ret->person, .from = ret->to, .to = s.to
            };
    }
    return ret->from > begin;
}

/* Plans only go on, so a beginning is looked for from farther and farther back. */
static void spell_at(struct view *v, const struct roster *r, int64_t at, struct spell *ret)
{
    static const int64_t back[] = { 2 * DAYS, 9 * DAYS, 33 * DAYS, ROTA_DAYS };
    for (size_t i = 0; i < sizeof back / sizeof *back; i++)
        if (spell_since(rota_make(v, r, at - back[i]), at - back[i], at, ret))
            return;
}

static void name_people(struct view *v, struct handover *h)
{
    const struct person *comes = view_get_of(v, ENTITY_person, PROVIDER_CLIENT, h->incoming);
    const struct person *goes = view_get_of(v, ENTITY_person, PROVIDER_CLIENT, h->outgoing);
    if (comes) {
        h->incoming_name = comes->name;
        h->zone = text_empty(comes->zone) ? h->zone : comes->zone;
    }
    if (goes)
        h->outgoing_name = goes->name;
}

/* Of the turn that is on now, the duty knows; there is one for each roster. */
static void stand_now(const struct duty *is, struct handover *h)
{
    bool asked = !text_empty(is->incoming) && text_equal(is->incoming, h->incoming);
    if (asked) {
        h->state = is->accept_by ? handover_state_waiting : handover_state_missed;
        h->accept_by = is->accept_by;
        h->outgoing = is->person;
    } else if (text_equal(is->person, h->incoming)) { /* else nobody has looked yet: ahead */
        h->state = is->accepted_at ? handover_state_accepted : handover_state_unasked;
        h->accepted_at = is->accepted_at;
    }
}

void query_catalog_handover(const struct context *ctx, struct view *v, const void *parameters,
                            struct answer *a)
{
    const struct catalog_handover *q = parameters;
    const struct roster *r = view_get_of(v, ENTITY_roster, PROVIDER_CLIENT, q->roster);
    int64_t at = q->has.at ? q->at : ctx->now;
    struct spell s;
    if (!is_providers(ctx) || !r)
        return;
    spell_at(v, r, at, &s);
    struct handover row = { .roster = r->id,
                            .name = r->name,
                            .group = r->group,
                            .at = at,
                            .from = s.from,
                            .to = s.to == ROTA_ENDS ? 0 : s.to,
                            .incoming = s.person,
                            .outgoing = s.before,
                            .zone = r->zone,
                            .state = handover_state_ahead,
                            .tzdata = zones_version() };
    if (s.to <= ctx->now)
        row.state = handover_state_over;
    else if (s.from <= ctx->now)
        stand_now(view_get_of(v, ENTITY_duty, PROVIDER_CLIENT, r->id), &row);
    name_people(v, &row);
    (void)answer_computed(a, &row);
}

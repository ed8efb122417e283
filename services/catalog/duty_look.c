/* duty_look: what is wrong with a plan ahead of time; each is said once, until it was mended
 * (RULES.md, rosters). */
#include "services/catalog/roster.h"

enum {
    SAID_MAX = 48, /* as the row says */
};

struct looking {
    struct view *view;
    struct duty_said *at; /* SAID_MAX */
    uint32_t count;
};

static bool is_same(const struct duty_said *a, const struct duty_said *b)
{
    return a->what == b->what && text_equal(a->person, b->person) && text_equal(a->skill, b->skill);
}

/* A gap goes on where the one before ends; people are told of once, by their first shift. */
static void find(struct looking *l, struct duty_said s)
{
    for (uint32_t i = l->count; i-- > 0;) {
        struct duty_said *is = &l->at[i];
        if (is_same(is, &s) && (s.what != duty_trouble_gap || is->until == s.from)) {
            is->until = s.until;
            return;
        }
    }
    if (l->count < SAID_MAX)
        l->at[l->count++] = s;
}

static void find_gaps(struct looking *l, const struct worktime *cover, int64_t from, int64_t to)
{
    int64_t part, end;
    for (; cover_next(cover, from, to, &part, &end); from = end)
        find(l, (struct duty_said){ .what = duty_trouble_gap, .from = part, .until = end });
}

static void find_in(struct looking *l, const struct worktime *cover, const struct piece *s)
{
    if (text_empty(s->person)) {
        find_gaps(l, cover, s->from, s->to);
    } else {
        const struct person *p = view_get_of(l->view, ENTITY_person, PROVIDER_CLIENT, s->person);
        if (!p->addresses.count)
            find(l, (struct duty_said){ .what = duty_trouble_unreachable,
                                        .person = s->person,
                                        .from = s->from,
                                        .until = s->to });
    }
    for (uint32_t i = 0; i < s->passed_count; i++)
        find(l, (struct duty_said){ .what = duty_trouble_unqualified,
                                    .person = s->passed[i].person,
                                    .skill = s->passed[i].skill,
                                    .from = s->from,
                                    .until = s->to });
}

/* --- saying it ----------------------------------------------------------------------------------
 */

/* A gap is known by any part of it: its beginning passes, and its end comes into sight. */
static bool is_known(const struct duty_said_list *known, const struct duty_said *s)
{
    for (uint32_t i = 0; i < known->count; i++) {
        const struct duty_said *k = &known->at[i];
        if (is_same(k, s) &&
            (s->what != duty_trouble_gap || (k->from <= s->until && s->from <= k->until)))
            return true;
    }
    return false;
}

static void say(const struct roster *r, const struct duty_said *s, struct decision *d)
{
    static const struct text nowhere = TEXT_OF("The person has no address.");
    switch (s->what) {
    case duty_trouble_gap:
        EMIT(d, duty_gap_found, r->id, .group = r->group, .from = s->from, .until = s->until);
        break;
    case duty_trouble_unreachable:
        EMIT(d, duty_unreachable_found, r->id, .group = r->group, .person = s->person,
             .from = s->from, .why = nowhere);
        break;
    default:
        EMIT(d, duty_unqualified_found, r->id, .group = r->group, .person = s->person,
             .skill = s->skill, .from = s->from);
    }
}

struct duty_said_list duty_look(const struct context *ctx, struct rota *p,
                                const struct duty_said_list *known, struct decision *d)
{
    const struct catalog_options *options = ctx->options;
    const struct worktime *cover = rota_cover(p);
    struct looking l = { .view = p->view,
                         .at = view_alloc(p->view, SAID_MAX * sizeof(struct duty_said)) };
    int64_t at = ctx->now, end = ctx->now + options->gaps_ahead;
    while (at < end) {
        struct piece s;
        rota_at(p, at, &s);
        if (s.to > end)
            s.to = end;
        find_in(&l, cover, &s);
        at = s.to;
    }
    for (uint32_t i = 0; i < l.count; i++)
        if (!is_known(known, &l.at[i]))
            say(p->roster, &l.at[i], d);
    return (struct duty_said_list){ .at = l.at, .count = l.count };
}

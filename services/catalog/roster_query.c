/* roster_query: who is on duty now, who when, and when nobody is (RULES.md, rosters). */
#include "services/catalog/roster.h"

enum { ROSTER_ID_MAX = 64 /* as the row says */ };

#define ROTA_DAYS_ALL (31 * DAYS) /* that may be asked for of all rosters */

/* --- now ----------------------------------------------------------------------------------------
 */

void query_catalog_duties(const struct context *ctx, struct view *v, const void *parameters,
                          struct answer *a)
{
    const struct catalog_duties *q = parameters;
    struct key key = { .length = 0 };
    struct found found;
    if (!is_providers(ctx))
        return;
    if (!text_empty(q->group))
        key_text(&key, q->group);
    struct walk *w = answer_walk(a, v, INDEX_duty_by_group, &key);
    while (view_next(w, &found)) {
        const struct duty *is = found.entity;
        if ((text_empty(q->person) || text_equal(is->person, q->person)) && !answer_row(a, is))
            break;
    }
}

void query_catalog_duty(const struct context *ctx, struct view *v, const void *parameters,
                        struct answer *a)
{
    const struct catalog_duty *q = parameters;
    if (is_providers(ctx))
        answer_entity(a, v, ENTITY_duty, PROVIDER_CLIENT, q->duty);
}

/* --- other times --------------------------------------------------------------------------------
 */

/* What is asked for, and of which rosters. */
struct asked {
    struct text roster, group, person;
    int64_t from, to;
};

/* Before the plan of a roster is asked about an instant: false when this is for the next page. */
static bool is_at(struct answer *a, struct text roster, int64_t at)
{
    uint8_t place[ROSTER_ID_MAX + sizeof at];
    memcpy(place, &at, sizeof at);
    memcpy(place + sizeof at, roster.at, roster.length);
    return answer_at(a, place, sizeof at + roster.length);
}

/* Where a page begins: in which roster, and at which instant there. */
static struct text place_of(const struct answer *a, int64_t *ret_at)
{
    struct text place = answer_place(a);
    if (place.length <= sizeof *ret_at)
        return (struct text){ 0 };
    memcpy(ret_at, place.at, sizeof *ret_at);
    return (struct text){ place.at + sizeof *ret_at, place.length - (uint32_t)sizeof *ret_at };
}

/* Says the rows of one plan from an instant on; false when the answer takes no more. */
typedef bool tell_fn(struct answer *a, struct rota *p, const struct asked *q, int64_t at);

static void tell_all(const struct context *ctx, struct view *v, struct asked q, tell_fn *tell,
                     struct answer *a)
{
    struct found found;
    struct key key = { .length = 0 };
    int64_t first = q.from;
    bool all = text_empty(q.roster) && text_empty(q.group) && text_empty(q.person);
    int64_t most = all ? ROTA_DAYS_ALL : ROTA_DAYS;
    if (!is_providers(ctx))
        return;
    if (q.to > q.from && q.to - q.from > most)
        q.to = q.from + most;
    if (!text_empty(q.roster))
        key_text(&key, q.roster);
    struct text place = place_of(a, &first);
    struct walk *w = view_walk(v, INDEX_roster_by_id, &key, UINT32_MAX);
    while (view_next(w, &found)) {
        const struct roster *r = found.entity;
        int order = text_compare(r->id, place);
        int64_t at = order == 0 && first > q.from ? first : q.from;
        if (order < 0 || (!text_empty(q.group) && !text_equal(r->group, q.group)))
            continue;
        if (!is_at(a, r->id, at))
            return;
        struct rota *p = rota_make(v, r, at);
        if ((text_empty(q.person) || rota_names(p, q.person)) && !tell(a, p, &q, at))
            return;
    }
}

static bool tell_shifts(struct answer *a, struct rota *p, const struct asked *q, int64_t at)
{
    struct piece s;
    for (; at < q->to; at = s.to) {
        if (!is_at(a, p->roster->id, at))
            return false;
        rota_stretch(p, at, q->to, &s);
        const struct shift row = { .roster = p->roster->id,
                                   .group = p->roster->group,
                                   .from = s.from,
                                   .to = s.to,
                                   .person = s.person,
                                   .source = s.source,
                                   .layer = s.layer,
                                   .tzdata = zones_version() };
        if (text_empty(q->person) || text_equal(s.person, q->person))
            (void)answer_row(a, &row);
    }
    return true;
}

void query_catalog_shifts(const struct context *ctx, struct view *v, const void *parameters,
                          struct answer *a)
{
    const struct catalog_shifts *q = parameters;
    const struct asked asked = { q->roster, q->group, q->person, q->from, q->to };
    tell_all(ctx, v, asked, tell_shifts, a);
}

static bool tell_gaps(struct answer *a, struct rota *p, const struct asked *q, int64_t at)
{
    const struct worktime *cover = rota_cover(p);
    struct piece s;
    for (; at < q->to; at = s.to) {
        if (!is_at(a, p->roster->id, at))
            return false;
        rota_stretch(p, at, q->to, &s);
        int64_t from = s.from, part, end;
        if (!text_empty(s.person))
            continue;
        for (; cover_next(cover, from, s.to, &part, &end); from = end) {
            const struct shift_gap row = {
                .roster = p->roster->id, .group = p->roster->group, .from = part, .to = end
            };
            if (!is_at(a, p->roster->id, part))
                return false;
            (void)answer_row(a, &row);
        }
    }
    return true;
}

void query_catalog_gaps(const struct context *ctx, struct view *v, const void *parameters,
                        struct answer *a)
{
    const struct catalog_gaps *q = parameters;
    const struct asked asked = { .roster = q->roster, .from = q->from, .to = q->to };
    tell_all(ctx, v, asked, tell_gaps, a);
}

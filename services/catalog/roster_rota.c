/* roster_rota: who is on duty at an instant, of all that a roster is made of: layers, trainings
 * that are needed, temporary schedules, overrides, who stands in where nobody is (RULES.md,
 * rosters). */
#include "services/catalog/roster.h"

/* --- what it is made of -------------------------------------------------------------------------
 */

static struct key ends_of(struct text roster)
{
    struct key k = { .length = 0 };
    key_text(&k, roster);
    return k;
}

bool index_override_by_end(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct override *o = entity;
    (void)client, (void)id;
    key_text(k, o->roster);
    key_integer(k, -o->to);
    return true;
}

bool index_temporary_by_end(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct temporary *t = entity;
    (void)client, (void)id;
    key_text(k, t->roster);
    key_integer(k, -t->to);
    return true;
}

bool index_roster_by_group(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct roster *r = entity;
    (void)client, (void)id;
    key_text(k, r->group);
    return true;
}

const struct roster *roster_of_group(struct view *v, struct text group)
{
    struct key key = { .length = 0 };
    struct found found;
    key_text(&key, group);
    struct walk *w = view_walk(v, INDEX_roster_by_group, &key, 1);
    return view_next(w, &found) ? found.entity : NULL;
}

static bool comes_before(const struct override *a, const struct override *b)
{
    if (a->from != b->from)
        return a->from < b->from;
    return text_compare(a->id, b->id) < 0;
}

/* Those that end behind `from` come first in the index, so those long past cost nothing. */
static void gather_overrides(struct rota *p, int64_t from)
{
    struct key key = ends_of(p->roster->id);
    struct walk *w = view_walk(p->view, INDEX_override_by_end, &key, ROTA_OVERRIDES_MAX);
    struct found found;
    uint32_t room = 0;
    while (view_next(w, &found)) {
        const struct override *o = found.entity;
        if (o->to <= from)
            break;
        if (p->override_count == room) {
            room = room ? 2 * room : 8;
            const struct override **grown = view_alloc(p->view, room * sizeof *grown);
            if (p->override_count)
                memcpy(grown, p->overrides, p->override_count * sizeof *grown);
            p->overrides = grown;
        }
        uint32_t at = p->override_count++;
        for (; at > 0 && comes_before(o, p->overrides[at - 1]); at--)
            p->overrides[at] = p->overrides[at - 1];
        p->overrides[at] = o;
    }
}

static void gather_temporaries(struct rota *p, int64_t from)
{
    struct key key = ends_of(p->roster->id);
    struct walk *w = view_walk(p->view, INDEX_temporary_by_end, &key, ROTA_TEMPORARIES_MAX);
    struct found found;
    while (view_next(w, &found)) {
        const struct temporary *t = found.entity;
        if (t->to <= from)
            break;
        if (!p->temporaries)
            p->temporaries =
                view_alloc(p->view, ROTA_TEMPORARIES_MAX * sizeof(const struct temporary *));
        p->temporaries[p->temporary_count++] = t;
    }
}

struct rota *rota_make(struct view *v, const struct roster *r, int64_t from)
{
    struct rota *p = view_alloc(v, sizeof *p);
    p->view = v;
    p->roster = r;
    p->zone = zone_find(r->zone);
    if (!p->zone) /* tzdata that knows it no more */
        p->zone = zone_find((struct text){ 0 });
    for (uint32_t i = 0; i < r->layers.count; i++)
        layer_plan_make(&r->layers.at[i], p->zone, &p->layers[i]);
    gather_overrides(p, from);
    gather_temporaries(p, from);
    return p;
}

bool roster_names(const struct roster *r, struct text person)
{
    for (uint32_t i = 0; i < r->layers.count; i++) {
        const struct person_name_list *people = &r->layers.at[i].people;
        for (uint32_t j = 0; j < people->count; j++)
            if (text_equal(people->at[j].person, person))
                return true;
    }
    return text_equal(r->fallback, person);
}

static bool temporary_names(const struct temporary *t, struct text person)
{
    for (uint32_t i = 0; i < t->shifts.count; i++)
        if (text_equal(t->shifts.at[i].person, person))
            return true;
    return text_equal(t->fallback, person);
}

bool rota_names(const struct rota *p, struct text person)
{
    if (roster_names(p->roster, person))
        return true;
    for (uint32_t i = 0; i < p->override_count; i++)
        if (text_equal(p->overrides[i]->person, person))
            return true;
    for (uint32_t i = 0; i < p->temporary_count; i++)
        if (temporary_names(p->temporaries[i], person))
            return true;
    return false;
}

/* --- one instant --------------------------------------------------------------------------------
 */

static void ends_by(struct piece *s, int64_t at)
{
    if (at < s->to)
        s->to = at;
}

/* Whether somebody may take a turn at that instant; who may not is remembered as passed over. */
static bool may_take(struct rota *p, struct text person, struct piece *s)
{
    int64_t until;
    struct text lacks = training_lacks(p, person, s->from, &until);
    ends_by(s, until);
    if (text_empty(lacks))
        return true;
    if (s->passed_count < PASSED_MAX)
        s->passed[s->passed_count++] = (struct passed){ person, lacks };
    return false;
}

static void put(struct piece *s, struct text person, enum duty_source source, struct text layer)
{
    s->person = person;
    s->source = (int32_t)source;
    s->layer = layer;
}

static void by_layers(struct rota *p, struct piece *s)
{
    const struct roster *r = p->roster;
    for (uint32_t i = r->layers.count; i-- > 0;) {
        struct turn turn;
        layer_at(&p->layers[i], s->from, &turn);
        ends_by(s, turn.until);
        if (turn.holds && may_take(p, turn.person, s)) {
            put(s, turn.person, duty_source_layer, r->layers.at[i].name);
            return;
        }
    }
    if (!text_empty(r->fallback))
        put(s, r->fallback, duty_source_fallback, (struct text){ 0 });
}

static void by_shifts(struct rota *p, const struct temporary *t, struct piece *s)
{
    for (uint32_t i = 0; i < t->shifts.count; i++) {
        const struct shift_of *shift = &t->shifts.at[i];
        if (s->from < shift->from) {
            ends_by(s, shift->from);
        } else if (s->from < shift->to) {
            ends_by(s, shift->to);
            if (may_take(p, shift->person, s)) {
                put(s, shift->person, duty_source_temporary, (struct text){ 0 });
                return;
            }
        }
    }
    put(s, t->fallback, duty_source_fallback, (struct text){ 0 });
}

static void by_overrides(struct rota *p, struct piece *s)
{
    for (uint32_t i = 0; i < p->override_count; i++) {
        const struct override *o = p->overrides[i];
        if (s->from < o->from) {
            ends_by(s, o->from);
            return; /* the others begin no earlier */
        }
        if (s->from >= o->to)
            continue;
        ends_by(s, o->to);
        if (!text_empty(o->instead_of) && !text_equal(o->instead_of, s->person))
            continue;
        if (may_take(p, o->person, s))
            put(s, o->person, duty_source_override, (struct text){ 0 });
    }
}

void rota_at(struct rota *p, int64_t at, struct piece *ret)
{
    const struct temporary *instead = NULL;
    *ret = (struct piece){ .from = at, .to = ROTA_ENDS };
    for (uint32_t i = 0; i < p->temporary_count; i++) {
        const struct temporary *t = p->temporaries[i];
        if (at < t->from)
            ends_by(ret, t->from);
        else if (at < t->to)
            instead = t;
    }
    if (instead) {
        ends_by(ret, instead->to);
        by_shifts(p, instead, ret);
    } else {
        by_layers(p, ret);
    }
    by_overrides(p, ret);
}

/* --- longer times -------------------------------------------------------------------------------
 */

void rota_stretch(struct rota *p, int64_t at, int64_t limit, struct piece *ret)
{
    rota_at(p, at, ret);
    for (uint32_t steps = 0; ret->to < limit && steps < ROTA_STEPS_MAX; steps++) {
        struct piece next;
        rota_at(p, ret->to, &next);
        if (next.source != ret->source || !text_equal(next.person, ret->person) ||
            !text_equal(next.layer, ret->layer))
            return;
        ret->to = next.to;
    }
    ends_by(ret, limit);
}

struct text roster_person(const struct context *ctx, struct view *v, struct text group, int64_t at,
                          enum duty_source *ret_source)
{
    struct piece s;
    const struct duty *is = at == ctx->now ? duty_of_group(v, group) : NULL;
    if (is) {
        *ret_source = (enum duty_source)is->from_what;
        return is->person;
    }
    const struct roster *r = roster_of_group(v, group);
    *ret_source = (enum duty_source)0;
    if (!r)
        return (struct text){ 0 };
    rota_at(rota_make(v, r, at), at, &s);
    *ret_source = (enum duty_source)s.source;
    return s.person;
}

/* roster_check: what rosters, overrides and temporary schedules may say, and what follows when they
 * change: the duty is looked at anew (RULES.md, rosters). */
#include "services/catalog/roster.h"

enum {
    ROSTERS_MAX = 1024, /* that are looked through for a name */
};

/* --- rosters ------------------------------------------------------------------------------------
 */

/* Nobody at a client takes our turns. */
static bool may_stand(struct view *v, struct text person, const char *field, struct decision *d)
{
    const struct person *p =
        text_empty(person) ? NULL : view_get_of(v, ENTITY_person, PROVIDER_CLIENT, person);
    if (!p || p->side != side_client)
        return true;
    REFUSE(d, wrong_side, field);
    return false;
}

static bool restrictions_stand(const struct layer *l, struct decision *d)
{
    uint8_t days;
    for (uint32_t i = 0; i < l->restrictions.count; i++)
        if (worktime_days_parse(l->restrictions.at[i].days, &days) < 0) {
            REFUSE(d, days_form, "layers");
            return false;
        }
    return true;
}

static bool layer_stands(struct view *v, const struct layer *l, struct decision *d)
{
    if (l->has.to && l->to <= l->from) {
        REFUSE(d, layer_order, "layers");
        return false;
    }
    if (!layer_skips_well(l)) {
        REFUSE(d, skips_form, "layers");
        return false;
    }
    if (!some_stand(l->people.count, "layers", d))
        return false;
    for (uint32_t i = 0; i < l->people.count; i++)
        if (!may_stand(v, l->people.at[i].person, "layers", d))
            return false;
    return restrictions_stand(l, d);
}

static bool layers_stand(struct view *v, const struct layer_list *layers, struct decision *d)
{
    for (uint32_t i = 0; i < layers->count; i++) {
        for (uint32_t j = 0; j < i; j++)
            if (text_equal(layers->at[i].name, layers->at[j].name)) {
                REFUSE(d, layer_twice, "layers");
                return false;
            }
        if (!layer_stands(v, &layers->at[i], d))
            return false;
    }
    return true;
}

void check_roster(const struct context *ctx, struct view *v, const void *now, const void *is,
                  struct decision *d)
{
    const struct roster *r = now;
    (void)ctx, (void)is;
    if (!r)
        return;
    const struct roster *other = roster_of_group(v, r->group);
    if (!zone_find(r->zone))
        REFUSE(d, zone_form, "zone");
    else if (other && !text_equal(other->id, r->id))
        REFUSE(d, group_has_roster, "group");
    else if (some_stand(r->layers.count, "layers", d) && layers_stand(v, &r->layers, d))
        (void)may_stand(v, r->fallback, "fallback", d);
}

/* --- overrides and temporary schedules ----------------------------------------------------------
 */

static bool time_stands(int64_t from, int64_t to, struct decision *d)
{
    if (to <= from)
        REFUSE(d, time_order, "to");
    else if (to - from > ROTA_DAYS)
        REFUSE(d, too_long, "to");
    else
        return true;
    return false;
}

/* How many of a roster are not over yet, but for one. */
static uint32_t left_of(struct view *v, int index, struct text roster, struct text but,
                        uint32_t max, int64_t now)
{
    struct key key = { .length = 0 };
    struct found found;
    uint32_t n = 0;
    key_text(&key, roster);
    struct walk *w = view_walk(v, index, &key, max + 1);
    while (view_next(w, &found)) {
        int64_t to = index == INDEX_override_by_end ? ((const struct override *)found.entity)->to
                                                    : ((const struct temporary *)found.entity)->to;
        if (to <= now)
            break;
        n += !text_equal(found.id, but);
    }
    return n;
}

void check_override(const struct context *ctx, struct view *v, const void *now, const void *is,
                    struct decision *d)
{
    const struct override *o = now;
    (void)is;
    if (!o || !time_stands(o->from, o->to, d) || !may_stand(v, o->person, "person", d))
        return;
    if (text_equal(o->person, o->instead_of))
        REFUSE(d, override_self, "instead_of");
    else if (left_of(v, INDEX_override_by_end, o->roster, o->id, CATALOG_OVERRIDES_MAX, ctx->now) >=
             CATALOG_OVERRIDES_MAX)
        REFUSE(d, override_many, "roster");
}

static bool shifts_stand(struct view *v, const struct temporary *t, struct decision *d)
{
    for (uint32_t i = 0; i < t->shifts.count; i++) {
        const struct shift_of *s = &t->shifts.at[i];
        bool fits = s->from < s->to && s->from >= t->from && s->to <= t->to;
        for (uint32_t j = 0; j < i && fits; j++)
            fits = s->to <= t->shifts.at[j].from || s->from >= t->shifts.at[j].to;
        if (!fits) {
            REFUSE(d, shift_outside, "shifts");
            return false;
        }
        if (!may_stand(v, s->person, "shifts", d))
            return false;
    }
    return true;
}

/* Those that end behind its beginning are few: they are not over, or it lies in the past. */
static bool overlaps(struct view *v, const struct temporary *t)
{
    struct key key = { .length = 0 };
    struct found found;
    key_text(&key, t->roster);
    struct walk *w = view_walk(v, INDEX_temporary_by_end, &key, ROTA_TEMPORARIES_MAX);
    while (view_next(w, &found)) {
        const struct temporary *other = found.entity;
        if (other->to <= t->from)
            break;
        if (other->from < t->to && !text_equal(found.id, t->id))
            return true;
    }
    return false;
}

void check_temporary(const struct context *ctx, struct view *v, const void *now, const void *is,
                     struct decision *d)
{
    const struct temporary *t = now;
    (void)is;
    if (!t || !time_stands(t->from, t->to, d) || !shifts_stand(v, t, d) ||
        !may_stand(v, t->fallback, "fallback", d))
        return;
    if (overlaps(v, t))
        REFUSE(d, temporary_overlaps, "from");
    else if (left_of(v, INDEX_temporary_by_end, t->roster, t->id, CATALOG_TEMPORARIES_MAX,
                     ctx->now) >= CATALOG_TEMPORARIES_MAX)
        REFUSE(d, temporary_many, "roster");
}

/* --- what follows -------------------------------------------------------------------------------
 */

static void stir(const struct roster *r, struct decision *d)
{
    EMIT(d, duty_stirred, r->id, .id = r->id, .group = r->group);
}

void after_roster(const struct context *ctx, struct view *v, const void *now, const void *is,
                  struct decision *d)
{
    const struct roster *before = is;
    (void)ctx, (void)v;
    if (now)
        stir(now, d);
    else
        EMIT(d, duty_removed, before->id, .id = before->id);
}

/* Of one roster before, and perhaps of another one now. */
static void stir_both(struct view *v, struct text before, struct text now, struct decision *d)
{
    const struct roster *r =
        text_empty(before) ? NULL : view_get_of(v, ENTITY_roster, PROVIDER_CLIENT, before);
    if (r)
        stir(r, d);
    r = text_empty(now) || text_equal(now, before)
            ? NULL
            : view_get_of(v, ENTITY_roster, PROVIDER_CLIENT, now);
    if (r)
        stir(r, d);
}

void after_override(const struct context *ctx, struct view *v, const void *now, const void *is,
                    struct decision *d)
{
    const struct override *o = now, *before = is;
    (void)ctx;
    stir_both(v, before ? before->roster : (struct text){ 0 }, o ? o->roster : (struct text){ 0 },
              d);
}

void after_temporary(const struct context *ctx, struct view *v, const void *now, const void *is,
                     struct decision *d)
{
    const struct temporary *t = now, *before = is;
    (void)ctx;
    stir_both(v, before ? before->roster : (struct text){ 0 }, t ? t->roster : (struct text){ 0 },
              d);
}

/* More than fit into one decision find out at their next look, within a day. */
enum { STIRRED_MAX = DECISION_EVENTS_MAX / 2 };

/* Whether a change from `is` to `now`, one of which may be NULL, concerns a roster. */
typedef bool concerns_fn(struct view *v, const struct roster *r, const void *now, const void *is);

static void stir_those(struct view *v, concerns_fn *concerns, const void *now, const void *is,
                       struct decision *d)
{
    struct found found;
    uint32_t n = 0;
    struct walk *w = view_walk(v, INDEX_roster_by_id, NULL, ROSTERS_MAX);
    while (n < STIRRED_MAX && view_next(w, &found))
        if (concerns(v, found.entity, now, is)) {
            stir(found.entity, d);
            n++;
        }
}

/* A roster has a duty from its first event on. Overrides and temporary schedules name people for a
 * while only: who is on duty by one counts, the
 * others are found at the next look. */
static bool has_person(struct view *v, const struct roster *r, struct text person)
{
    const struct duty *is = view_get_of(v, ENTITY_duty, PROVIDER_CLIENT, r->id);
    return roster_names(r, person) || text_equal(is->person, person);
}

static bool concerns_person(struct view *v, const struct roster *r, const void *now, const void *is)
{
    const struct person *p = now ? now : is;
    return has_person(v, r, p->id);
}

static bool asks_for(struct view *v, const struct roster *r, const struct training *t)
{
    for (uint32_t i = 0; t && i < r->skills.count; i++)
        if (text_equal(r->skills.at[i].skill, t->skill))
            return has_person(v, r, t->person);
    return false;
}

static bool concerns_training(struct view *v, const struct roster *r, const void *now,
                              const void *is)
{
    return asks_for(v, r, now) || asks_for(v, r, is);
}

static bool concerns_calendar(struct view *v, const struct roster *r, const void *now,
                              const void *is)
{
    const struct calendar *c = now;
    (void)v, (void)is;
    return text_equal(r->cover, c->id);
}

void duty_stir_training(struct view *v, const struct training *now, const struct training *is,
                        struct decision *d)
{
    stir_those(v, concerns_training, now, is, d);
}

/* Only whether there is somebody to be reached matters to a plan. */
void after_person(const struct context *ctx, struct view *v, const void *now, const void *is,
                  struct decision *d)
{
    const struct person *p = now, *before = is;
    (void)ctx;
    if (before && (!p || !p->addresses.count != !before->addresses.count))
        stir_those(v, concerns_person, now, is, d);
}

/* One that comes or goes is nobody's cover. */
void after_calendar(const struct context *ctx, struct view *v, const void *now, const void *is,
                    struct decision *d)
{
    (void)ctx;
    if (now && is)
        stir_those(v, concerns_calendar, now, is, d);
}

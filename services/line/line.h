/* line: who holds a level, who has a role, who is responsible: the one answer that the catalog
 * gives to "who would be told" and that the notification service acts on.
 *
 * It is a header of functions because a service's objects refer to nothing outside common/service.h
 * (make purity), and because the catalog resolves over its own entities, the notification service
 * over its copies of them: two sets of types with the same names and fields. So each of the two
 * includes this once, in one .c file, behind its own types; there is no second text of these rules.
 *
 * The includer has
 *   - struct client, role, delivery, raci, group, component, agreement with their lists, as
 *     proto/catalog/<noun>.rows says, and the words of proto/catalog/line.words;
 *   - ENTITY_<each of those>, all of PROVIDER_CLIENT;
 *   - INDEX_role_by_level, whose keys line_role_key makes, and INDEX_agreement_by_id;
 *   - a function line_on_duty, see below.
 *
 * The rules are in services/catalog/RULES.md, "Roles and responsibilities". Everything here is
 * pure; a resolution looks at one client, two deliveries, LINE_ROLES_MAX roles a level and
 * LINE_AGREEMENTS_MAX agreements at most. Texts are those of the view's entities and live as long
 * as the turn. */
#ifndef REDRESS_LINE_H
#define REDRESS_LINE_H

#include "common/service.h"
#include "services/line/in_force.h"

enum {
    LINE_LEVELS = 6,
    LINE_PLACES_MAX = 160, /* people, and places without anybody, of one resolution */
    LINE_ROLES_MAX = 32, /* of one level */
    LINE_AGREEMENTS_MAX = 1000, /* that are looked at for a group, by their ids */
};

/* For what, where, when. What is not known is "". */
struct line_place {
    struct text client, service, component, process, group;
    int64_t at;
};

/* Somebody who is to be told; or, where `person` is "", a place that is empty, and why. */
struct line_person {
    int64_t level; /* 0 where it is by letter */
    int32_t letter; /* enum letter, AR as it stands; 0 where it is by level */
    int32_t source, how, why; /* enum line_source, line_how, line_why; why only of an empty place */
    struct text role; /* "" where a line names the person itself */
    struct text group; /* whose duty or lead; "" for somebody by name */
    struct text person;
};

struct line {
    struct line_person at[LINE_PLACES_MAX];
    uint32_t count;
    bool too_many; /* more than that: the rest is left out */
};

/* The includer's: who is on duty for a group at that instant, and whether as the roster's fallback
 * (line_how_duty or line_how_fallback); "" when nobody is or the group has no roster. */
static struct text line_on_duty(const struct context *ctx, struct view *v, struct text group,
                                int64_t at, int32_t *ret_how);

/* --- what is read off a line ------------------------------------------------------------------ */

/* Whether somebody is told at that level. */
static inline bool line_is_held(const struct line *l, int64_t level)
{
    for (uint32_t i = 0; i < l->count; i++)
        if (l->at[i].level == level && !text_empty(l->at[i].person))
            return true;
    return false;
}

/* The level that is told for this one: itself where somebody holds it, else the nearest higher one
 * that is held, else the nearest lower one; 0 when none is. */
static inline int64_t line_told_for(const struct line *l, int64_t level)
{
    for (int64_t other = level; other <= LINE_LEVELS; other++)
        if (line_is_held(l, other))
            return other;
    for (int64_t other = level - 1; other > 0; other--)
        if (line_is_held(l, other))
            return other;
    return 0;
}

/* Whether a place is of that letter: AR is both A and R. */
static inline bool line_has_letter(const struct line_person *p, int32_t letter)
{
    return p->letter == letter ||
           (p->letter == letter_AR && (letter == letter_A || letter == letter_R));
}

/* --- from a name to people -------------------------------------------------------------------- */

/* Where a name stands: "one person or one group, and a backup". */
struct line_name {
    struct line_person place; /* level, letter, role and source of it */
    struct text person, group, backup;
};

struct line_turn {
    const struct context *ctx;
    struct view *view;
    const struct line_place *place;
    struct line *line;
};

static inline const void *line_get(const struct line_turn *t, int entity, struct text id)
{
    return text_empty(id) ? NULL : view_get_of(t->view, entity, PROVIDER_CLIENT, id);
}

static inline void line_add(const struct line_turn *t, struct line_person p)
{
    struct line *l = t->line;
    l->too_many = l->too_many || l->count == LINE_PLACES_MAX;
    if (l->count < LINE_PLACES_MAX)
        l->at[l->count++] = p;
}

static inline void line_add_person(const struct line_turn *t, const struct line_name *n,
                                   struct text group, struct text person, int32_t how)
{
    struct line_person p = n->place;
    p.group = group;
    p.person = person;
    p.how = how;
    line_add(t, p);
}

static inline void line_add_empty(const struct line_turn *t, struct line_person place,
                                  struct text group, int32_t why)
{
    place.group = group;
    place.why = why;
    line_add(t, place);
}

/* Who is on duty, else who leads, else nobody. */
static inline void line_add_group(const struct line_turn *t, const struct line_name *n)
{
    int32_t how = line_how_duty;
    struct text person = line_on_duty(t->ctx, t->view, n->group, t->place->at, &how);
    if (!text_empty(person)) {
        line_add_person(t, n, n->group, person, how);
        return;
    }
    const struct group *g = line_get(t, ENTITY_group, n->group);
    bool led = false;
    for (uint32_t i = 0; g && i < g->members.count; i++)
        if (g->members.at[i].lead) {
            line_add_person(t, n, n->group, g->members.at[i].person, line_how_lead);
            led = true;
        }
    if (!led)
        line_add_empty(t, n->place, n->group, line_why_nobody_on_duty);
}

static inline void line_add_name(const struct line_turn *t, const struct line_name *n)
{
    if (!text_empty(n->person))
        line_add_person(t, n, (struct text){ 0 }, n->person, line_how_named);
    else if (!text_empty(n->group))
        line_add_group(t, n);
    else
        line_add_empty(t, n->place, n->group, line_why_role_not_held);
    if (!text_empty(n->backup))
        line_add_person(t, n, (struct text){ 0 }, n->backup, line_how_backup);
}

/* --- from a role to a name -------------------------------------------------------------------- */

static inline const struct duty_of *line_duty_of(const struct delivery *d, struct text role)
{
    for (uint32_t i = 0; d && i < d->roles.count; i++)
        if (text_equal(d->roles.at[i].role, role))
            return &d->roles.at[i];
    return NULL;
}

/* What the delivery of that client says of a role, for one service, or for all when that is "". */
static inline const struct duty_of *line_delivered(const struct line_turn *t, struct text service,
                                                   struct text role)
{
    char id[ENTITY_ID_MAX];
    uint32_t n = t->place->client.length;
    if (n + 1 + service.length > sizeof id || n == 0)
        return NULL;
    memcpy(id, t->place->client.at, n);
    if (!text_empty(service)) {
        id[n++] = ':';
        memcpy(id + n, service.at, service.length);
        n += service.length;
    }
    return line_duty_of(line_get(t, ENTITY_delivery, (struct text){ id, n }), role);
}

/* For the service, else for one of the component's services where none is said, else for the whole
 * client. */
static inline const struct duty_of *line_delivery(const struct line_turn *t, struct text role)
{
    const struct duty_of *found = NULL;
    if (!text_empty(t->place->service)) {
        found = line_delivered(t, t->place->service, role);
    } else {
        const struct component *c = line_get(t, ENTITY_component, t->place->component);
        for (uint32_t i = 0; c && !found && i < c->services.count; i++)
            found = line_delivered(t, c->services.at[i].service, role);
    }
    return found ? found : line_delivered(t, (struct text){ 0 }, role);
}

/* Adds who has a role there: as the delivery says, else as the role itself does, else, of a role
 * at the client, the client's primary contact. */
static inline void line_add_role(const struct line_turn *t, const struct role *r,
                                 struct line_person place)
{
    const struct duty_of *d = line_delivery(t, r->id);
    place.role = r->id;
    place.source = d ? line_source_delivery : line_source_role;
    struct line_name n = { .place = place, .person = r->person, .group = r->group };
    n.backup = r->backup;
    if (d) {
        n.person = d->person;
        n.group = d->group;
        n.backup = d->backup;
    } else if (r->side == side_client && text_empty(r->person) && text_empty(r->group)) {
        const struct client *c = line_get(t, ENTITY_client, t->place->client);
        n.place.source = line_source_contact;
        n.person = c ? c->primary_contact : n.person;
    }
    line_add_name(t, &n);
}

/* --- levels ----------------------------------------------------------------------------------- */

static inline bool line_role_key(const void *entity, struct key *k)
{
    const struct role *r = entity;
    if (r->level == 0 || r->side != side_provider)
        return false;
    key_integer(k, r->level);
    return true;
}

/* Adds who holds a level by a list of holders; false when none of it is of that level. */
static inline bool line_add_holders(const struct line_turn *t, const struct holder_list *holders,
                                    int64_t level, int32_t source)
{
    bool any = false;
    for (uint32_t i = 0; i < holders->count; i++) {
        const struct holder *h = &holders->at[i];
        if (h->level != level)
            continue;
        line_add_name(t, &(struct line_name){ .place = { .level = level, .source = source },
                                              .person = h->person,
                                              .group = h->group,
                                              .backup = h->backup });
        any = true;
    }
    return any;
}

/* Adds who holds a level by the roles of the provider that have it. */
static inline bool line_add_roles(const struct line_turn *t, int64_t level)
{
    struct key key = { .length = 0 };
    struct found found;
    bool any = false;
    key_integer(&key, level);
    struct walk *w = view_walk(t->view, INDEX_role_by_level, &key, LINE_ROLES_MAX);
    while (view_next(w, &found)) {
        line_add_role(t, found.entity, (struct line_person){ .level = level });
        any = true;
    }
    return any;
}

/* Levels 1 to 6 of the line of place->client, in that order: each level has at least one row, if
 * only an empty one that says why. A client that is not known has the roles' own holders. */
static inline void line_of_client(const struct context *ctx, struct view *v,
                                  const struct line_place *place, struct line *ret)
{
    const struct line_turn t = { ctx, v, place, ret };
    const struct client *c = line_get(&t, ENTITY_client, place->client);
    ret->count = 0;
    ret->too_many = false;
    for (int64_t level = 1; level <= LINE_LEVELS; level++) {
        bool any = c && line_add_holders(&t, &c->holders, level, line_source_client);
        if (!any && !line_add_roles(&t, level))
            line_add_empty(&t, (struct line_person){ .level = level }, (struct text){ 0 },
                           line_why_not_held);
    }
}

/* The first day is 1970-01-01, and those before it have negative numbers. */
static inline int64_t line_day(int64_t instant)
{
    return instant / DAYS - (instant % DAYS < 0);
}

static inline bool line_binds(const struct agreement *a, struct text group, int64_t at)
{
    if (!in_force(a->start, a->end, line_day(at)))
        return false;
    for (uint32_t i = 0; i < a->groups.count; i++)
        if (text_equal(a->groups.at[i].group, group))
            return true;
    return false;
}

/* The agreement in force that binds a group and names whom to escalate to; of several, the first by
 * id. NULL when there is none. */
static inline const struct agreement *line_agreement(struct view *v, struct text group, int64_t at)
{
    struct found found;
    struct walk *w = view_walk(v, INDEX_agreement_by_id, NULL, LINE_AGREEMENTS_MAX);
    while (view_next(w, &found)) {
        const struct agreement *a = found.entity;
        if (a->holders.count && line_binds(a, group, at))
            return a;
    }
    return NULL;
}

/* Levels 1 to 6 of the line of a supporting group, place->group: as an agreement in force says,
 * else as the group itself does. No row at all where neither does, or there is no such group. */
static inline void line_of_group(const struct context *ctx, struct view *v,
                                 const struct line_place *place, struct line *ret)
{
    const struct line_turn t = { ctx, v, place, ret };
    const struct group *g = line_get(&t, ENTITY_group, place->group);
    const struct agreement *a = g ? line_agreement(v, place->group, place->at) : NULL;
    ret->count = 0;
    ret->too_many = false;
    if (!a && (!g || !g->holders.count))
        return;
    for (int64_t level = 1; level <= LINE_LEVELS; level++)
        if (!line_add_holders(&t, a ? &a->holders : &g->holders, level,
                              a ? line_source_agreement : line_source_group))
            line_add_empty(&t, (struct line_person){ .level = level }, (struct text){ 0 },
                           line_why_not_held);
}

/* --- letters ---------------------------------------------------------------------------------- */

/* Everybody of the matrix's row for place->component and place->process, in the order of its cells.
 * No row at all where the matrix has none; false then. */
static inline bool line_of_letters(const struct context *ctx, struct view *v,
                                   const struct line_place *place, struct line *ret)
{
    const struct line_turn t = { ctx, v, place, ret };
    char id[ENTITY_ID_MAX];
    uint32_t n = place->component.length;
    ret->count = 0;
    ret->too_many = false;
    if (n == 0 || text_empty(place->process) || n + 1 + place->process.length > sizeof id)
        return false;
    memcpy(id, place->component.at, n);
    id[n++] = ':';
    memcpy(id + n, place->process.at, place->process.length);
    n += place->process.length;
    const struct raci *m = line_get(&t, ENTITY_raci, (struct text){ id, n });
    for (uint32_t i = 0; m && i < m->cells.count; i++) {
        const struct role *r = line_get(&t, ENTITY_role, m->cells.at[i].role);
        if (r)
            line_add_role(&t, r, (struct line_person){ .letter = m->cells.at[i].letter });
    }
    return m != NULL;
}

/* R gets the work: whoever is responsible, of the provider or a supplier, stands at level 1 of the
 * line instead of who holds it for the client, where there is anybody. False where nobody is, and
 * the line stays as it was. */
static inline bool line_give_work(struct view *v, const struct line *letters, struct line *own)
{
    struct line with = { .count = 0 };
    for (uint32_t i = 0; i < letters->count; i++) {
        const struct line_person *p = &letters->at[i];
        const struct role *r = view_get_of(v, ENTITY_role, PROVIDER_CLIENT, p->role);
        if (!line_has_letter(p, letter_R) || text_empty(p->person) || r->side == side_client)
            continue;
        with.at[with.count] = *p;
        with.at[with.count].letter = letter_R;
        with.at[with.count++].level = 1;
    }
    if (with.count == 0)
        return false;
    with.too_many = own->too_many;
    for (uint32_t i = 0; i < own->count; i++) {
        bool fits = with.count < LINE_PLACES_MAX;
        if (own->at[i].level == 1)
            continue;
        with.too_many = with.too_many || !fits;
        if (fits)
            with.at[with.count++] = own->at[i];
    }
    *own = with;
    return true;
}

#endif

/* map: the future state on one page (seed 003, insight 1): what stands on it, in order, and what is
 * missing. How it is drawn is another matter. */
#include "services/catalog/catalog.h"

#include "services/line/in_force.h"

enum { /* of one page */
       MAP_SERVICES_MAX = 48,
       MAP_COMPONENTS_MAX = 240,
       MAP_GROUPS_MAX = 64,
       MAP_PARTNERS_MAX = 24,
       MAP_PROCESSES_MAX = 64,
       MAP_LOOKED_MAX = 4096, /* entities of a kind that are looked through */
};

struct set {
    struct text at[MAP_GROUPS_MAX];
    uint32_t count, max;
    bool more; /* than fit */
};

struct page {
    struct view *view;
    struct answer *answer;
    int64_t position;
    int64_t today;
    const struct client *client; /* NULL: all of them */
    struct set services, groups, partners;
    const struct component *components[MAP_COMPONENTS_MAX];
    uint32_t component_count;
    bool more; /* components than fit */
};

static void say(struct page *p, struct map_item item)
{
    item.position = ++p->position;
    (void)answer_computed(p->answer, &item); /* beyond the page it takes no more */
}

static bool has(const struct set *s, struct text id)
{
    for (uint32_t i = 0; i < s->count; i++)
        if (text_equal(s->at[i], id))
            return true;
    return false;
}

static void put(struct set *s, struct text id)
{
    if (text_empty(id) || has(s, id))
        return;
    s->more = s->more || s->count == s->max;
    if (s->count < s->max)
        s->at[s->count++] = id;
}

static void say_more(struct page *p, const struct set *s, enum map_band band, const char *name,
                     const char *words)
{
    if (s->more)
        say(p, (struct map_item){
                   .band = (int32_t)band, .name = text_from(name), .gap = text_from(words) });
}

/* --- who uses it, and whom they ask ------------------------------------------------------------
 */

static void say_users(struct page *p)
{
    struct found found;
    if (p->client) {
        say(p, (struct map_item){
                   .band = map_band_users, .id = p->client->id, .name = p->client->name });
        return;
    }
    bool any = view_next(view_walk(p->view, INDEX_client_by_id, NULL, 1), &found);
    say(p, (struct map_item){ .band = map_band_users,
                              .name = text_from("Clients and their end users"),
                              .gap = text_from(any ? "" : "There is no client.") });
}

static const struct desk *desk_of(struct page *p)
{
    struct found found;
    if (p->client && !text_empty(p->client->desk))
        return view_get_of(p->view, ENTITY_desk, PROVIDER_CLIENT, p->client->desk);
    return view_next(view_walk(p->view, INDEX_desk_usual, NULL, 1), &found) ? found.entity : NULL;
}

static void say_desk(struct page *p)
{
    const struct desk *d = desk_of(p);
    if (!d) {
        say(p, (struct map_item){ .band = map_band_desk,
                                  .name = text_from("First point of contact"),
                                  .gap = text_from("Nobody is the first point of contact.") });
        return;
    }
    put(&p->groups, d->group);
    say(p,
        (struct map_item){
            .band = map_band_desk,
            .id = d->id,
            .name = d->name,
            .note = d->level,
            .group = d->group,
            .gap = text_from(text_empty(d->level) ? "Nobody says what it solves itself." : "") });
    for (uint32_t i = 0; i < d->channels.count; i++) {
        const struct desk_channel *c = &d->channels.at[i];
        say(p, (struct map_item){ .band = map_band_channel,
                                  .id = c->to,
                                  .channel = c->channel,
                                  .note = c->self_service ? d->human_after : text_from(""),
                                  .of = d->id,
                                  .critical = c->self_service });
    }
}

/* --- what they get ------------------------------------------------------------------------------
 */

static void services_of_contracts(struct page *p)
{
    struct found found;
    struct key key = { .length = 0 };
    key_text(&key, p->client->id);
    struct walk *w = view_walk(p->view, INDEX_contract_by_client, &key, MAP_LOOKED_MAX);
    while (view_next(w, &found)) {
        const struct contract *c = found.entity;
        bool holds = in_force(c->start, c->end, p->today);
        for (uint32_t i = 0; holds && i < c->services.count; i++)
            put(&p->services, c->services.at[i].service);
    }
}

static void services_all(struct page *p)
{
    struct found found;
    struct walk *w = view_walk(p->view, INDEX_service_by_id, NULL, MAP_SERVICES_MAX + 1);
    while (view_next(w, &found))
        put(&p->services, found.id);
}

/* The components of all services on the page. */
static void find_components(struct page *p)
{
    struct found found;
    struct walk *w = view_walk(p->view, INDEX_component_by_id, NULL, MAP_LOOKED_MAX);
    while (view_next(w, &found)) {
        const struct component *c = found.entity;
        bool shown = false;
        for (uint32_t i = 0; !shown && i < c->services.count; i++)
            shown = has(&p->services, c->services.at[i].service);
        if (shown && p->component_count < MAP_COMPONENTS_MAX)
            p->components[p->component_count++] = c;
        else
            p->more = p->more || shown;
    }
}

static void say_component(struct page *p, const struct component *c, struct text service)
{
    put(&p->groups, c->group);
    say(p,
        (struct map_item){ .band = map_band_component,
                           .id = c->id,
                           .name = c->name,
                           .of = service,
                           .group = c->group,
                           .critical = c->critical,
                           .gap = text_from(text_empty(c->group) ? "No group supports it." : "") });
}

static void say_components(struct page *p, struct text service)
{
    uint32_t count = 0, critical = 0;
    for (uint32_t i = 0; i < p->component_count; i++) {
        if (!component_is_part(p->components[i], service))
            continue;
        count++;
        critical += p->components[i]->critical;
        say_component(p, p->components[i], service);
    }
    if (count && critical)
        return;
    say(p, (struct map_item){ .band = map_band_component,
                              .of = service,
                              .gap = text_from(count ? "Nobody says what is critical."
                                                     : "Nobody says what it is made of.") });
}

static void say_services(struct page *p)
{
    if (p->client)
        services_of_contracts(p);
    else
        services_all(p);
    if (p->services.count == 0)
        say(p, (struct map_item){ .band = map_band_service,
                                  .name = text_from("Services"),
                                  .gap = text_from("No service is delivered.") });
    find_components(p);
    for (uint32_t i = 0; i < p->services.count; i++) {
        const struct service *s =
            view_get_of(p->view, ENTITY_service, PROVIDER_CLIENT, p->services.at[i]);
        const struct family *f = view_get_of(p->view, ENTITY_family, PROVIDER_CLIENT, s->family);
        say(p, (struct map_item){
                   .band = map_band_service,
                   .id = s->id,
                   .name = s->name,
                   .note = f ? f->name : text_from(""),
                   .gap = text_from(text_empty(s->owner) ? "Nobody answers for it." : "") });
        say_components(p, s->id);
    }
    say_more(p, &p->services, map_band_service, "Services", "There are more services than fit.");
    if (p->more)
        say(p, (struct map_item){ .band = map_band_component,
                                  .gap = text_from("There are more components than fit.") });
}

/* --- who supports it ----------------------------------------------------------------------------
 */

/* Whether the group supports something that is supported at every hour, and nobody is on duty. */
static bool is_asleep(struct page *p, struct text group)
{
    struct found found;
    struct key key = { .length = 0 };
    bool always = false;
    for (uint32_t i = 0; !always && i < p->component_count; i++)
        always = p->components[i]->always_on && text_equal(p->components[i]->group, group);
    if (!always)
        return false;
    key_text(&key, group);
    if (!view_next(view_walk(p->view, INDEX_duty_by_group, &key, 1), &found))
        return true;
    return text_empty(((const struct duty *)found.entity)->person);
}

static const char *group_gap(struct page *p, const struct group *g)
{
    const struct partner *partner =
        view_get_of(p->view, ENTITY_partner, PROVIDER_CLIENT, g->partner);
    if (g->side == side_supplier && !partner)
        return "Nobody says to which partner it belongs.";
    if (partner && partner->state == partner_state_gone)
        return "Its partner is gone.";
    if (g->side == side_provider && g->members.count == 0)
        return "Nobody is in it.";
    if (is_asleep(p, g->id))
        return "It supports what is always on, and nobody is on duty.";
    return "";
}

static void say_groups(struct page *p, enum map_band band, int64_t line)
{
    bool any = false;
    for (uint32_t i = 0; i < p->groups.count; i++) {
        const struct group *g =
            view_get_of(p->view, ENTITY_group, PROVIDER_CLIENT, p->groups.at[i]);
        int64_t stands = g->line ? g->line : 2;
        if (stands != line)
            continue;
        any = true;
        put(&p->partners, g->partner);
        say(p, (struct map_item){ .band = (int32_t)band,
                                  .id = g->id,
                                  .name = g->id,
                                  .of = g->partner,
                                  .note = g->side == side_supplier ? text_from("partner")
                                                                   : text_from("in-house"),
                                  .gap = text_from(group_gap(p, g)) });
    }
    if (!any && band == map_band_second)
        say(p, (struct map_item){ .band = (int32_t)band,
                                  .name = text_from("Second level"),
                                  .gap = text_from("No second level supports any of it.") });
    if (band == map_band_second)
        say_more(p, &p->groups, band, "Second level", "There are more groups than fit.");
}

/* Groups of the second and third line stand on the page of all services, whoever names them. */
static void groups_all(struct page *p)
{
    struct found found;
    struct walk *w = view_walk(p->view, INDEX_group_by_id, NULL, MAP_LOOKED_MAX);
    while (!p->client && view_next(w, &found)) {
        const struct group *g = found.entity;
        if (g->line >= 2)
            put(&p->groups, g->id);
    }
}

static bool is_bound(struct page *p, struct text partner)
{
    struct found found;
    struct key key = { .length = 0 };
    key_text(&key, partner);
    struct walk *w = view_walk(p->view, INDEX_agreement_by_partner, &key, MAP_LOOKED_MAX);
    while (view_next(w, &found)) {
        const struct agreement *a = found.entity;
        if (in_force(a->start, a->end, p->today))
            return true;
    }
    return false;
}

static struct text partner_note(const struct partner *r)
{
    switch (r->state) {
    case partner_state_onboarding:
        return text_from("being taken on");
    case partner_state_leaving:
        return text_from("to be dropped");
    case partner_state_gone:
        return text_from("gone");
    default:
        return r->scope;
    }
}

static void say_partners(struct page *p)
{
    for (uint32_t i = 0; i < p->partners.count; i++) {
        const struct partner *r =
            view_get_of(p->view, ENTITY_partner, PROVIDER_CLIENT, p->partners.at[i]);
        struct text gap = { 0 };
        if (!is_bound(p, r->id))
            gap = text_from("No agreement with it is in force.");
        else if (text_empty(r->scope))
            gap = text_from("Nobody says what it does for us.");
        say(p, (struct map_item){ .band = map_band_partner,
                                  .id = r->id,
                                  .name = r->name,
                                  .note = partner_note(r),
                                  .gap = gap });
    }
    say_more(p, &p->partners, map_band_partner, "Partners", "There are more partners than fit.");
}

/* --- what goes down, and up ---------------------------------------------------------------------
 */

/* Whether some critical component has nobody responsible in the process. */
static bool is_open(struct page *p, struct text process)
{
    char id[ENTITY_ID_MAX]; /* of a component, at most 64, and a process, at most 40 */
    for (uint32_t i = 0; i < p->component_count; i++) {
        struct text c = p->components[i]->id;
        if (!p->components[i]->critical)
            continue;
        memcpy(id, c.at, c.length);
        id[c.length] = ':';
        memcpy(id + c.length + 1, process.at, process.length);
        const struct raci *r =
            view_get_of(p->view, ENTITY_raci, PROVIDER_CLIENT,
                        (struct text){ id, (uint32_t)(c.length + 1 + process.length) });
        if (!r || r->cells.count == 0)
            return true;
    }
    return false;
}

static void say_processes(struct page *p, int32_t direction, enum map_band band)
{
    struct found found;
    bool any = false;
    struct walk *w = view_walk(p->view, INDEX_process_by_id, NULL, MAP_PROCESSES_MAX);
    while (view_next(w, &found)) {
        const struct process *r = found.entity;
        if (r->direction != direction)
            continue;
        any = true;
        say(p, (struct map_item){
                   .band = (int32_t)band,
                   .id = r->id,
                   .name = r->name,
                   .gap = is_open(p, r->id)
                              ? text_from("For a critical component nobody has a part in it.")
                              : text_from("") });
    }
    if (!any)
        say(p, (struct map_item){ .band = (int32_t)band,
                                  .gap = text_from("No process goes this way.") });
}

void query_catalog_map(const struct context *ctx, struct view *v, const void *parameters,
                       struct answer *a)
{
    const struct catalog_map *q = parameters;
    struct page p = {
        .view = v,
        .answer = a,
        .today = ctx->now / DAYS,
        .services = { .max = MAP_SERVICES_MAX },
        .groups = { .max = MAP_GROUPS_MAX },
        .partners = { .max = MAP_PARTNERS_MAX },
    };
    if (!is_providers(ctx))
        return;
    if (!text_empty(q->client)) {
        p.client = view_get_of(v, ENTITY_client, PROVIDER_CLIENT, q->client);
        if (!p.client)
            return;
    }
    say_users(&p);
    say_desk(&p);
    say_services(&p);
    groups_all(&p);
    say_groups(&p, map_band_second, 2);
    say_groups(&p, map_band_third, 3);
    say_partners(&p);
    say_processes(&p, direction_down, map_band_down);
    say_processes(&p, direction_up, map_band_up);
}

/* touched: which services an announced change touches: the one answer on which the catalog says
 * whom a change affects, and kpi what it would do to them.
 *
 * A header of functions, as line.h is and for the same reasons: each of the two includes it once,
 * behind its own types. The includer has struct change and component with their lists, as
 * proto/catalog/<noun>.rows says, ENTITY_component of PROVIDER_CLIENT, and INDEX_component_by_id.
 *
 * The rule is in services/catalog/RULES.md, announced changes. What a change touches is found anew
 * for every page of an answer: it is bounded, and a page is rarely full. Texts are those of the
 * view's entities and live as long as the turn. */
#ifndef REDRESS_TOUCHED_H
#define REDRESS_TOUCHED_H

#include "common/service.h"

enum { /* what is looked at; `more` says when that was not all */
       COMPONENTS_LOOKED_MAX = 2000,
       SERVICES_TOUCHED_MAX = 256,
};

/* Begins as { .change = the change }. */
struct touched {
    const struct change *change;
    const struct component *components[COMPONENTS_LOOKED_MAX]; /* all of them, by their ids */
    bool is_hit[COMPONENTS_LOOKED_MAX];
    uint32_t component_count; /* 0 for a change that names none */
    struct text services[SERVICES_TOUCHED_MAX];
    uint32_t service_count;
    bool more;
};

static void touched_load(struct touched *t, struct view *v)
{
    struct found found;
    struct walk *w = view_walk(v, INDEX_component_by_id, NULL, COMPONENTS_LOOKED_MAX + 1);
    while (view_next(w, &found)) {
        if (t->component_count == COMPONENTS_LOOKED_MAX) {
            t->more = true;
            break;
        }
        t->components[t->component_count++] = found.entity;
    }
}

static bool touched_hits(const struct touched *t, struct text id)
{
    uint32_t low = 0, high = t->component_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int r = text_compare(t->components[middle]->id, id);
        if (r == 0)
            return t->is_hit[middle];
        if (r < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static bool touched_names(const struct change *c, struct text id)
{
    for (uint32_t i = 0; i < c->components.count; i++)
        if (text_equal(c->components.at[i].component, id))
            return true;
    return false;
}

static bool touched_needs(const struct touched *t, const struct component *c)
{
    for (uint32_t i = 0; i < c->depends.count; i++)
        if (touched_hits(t, c->depends.at[i].component))
            return true;
    return false;
}

/* Ring by ring: whatever cannot do without something touched is touched. */
static void touched_spread(struct touched *t)
{
    bool grows = false;
    for (uint32_t i = 0; i < t->component_count; i++) {
        t->is_hit[i] = touched_names(t->change, t->components[i]->id);
        grows = grows || t->is_hit[i];
    }
    while (grows) {
        grows = false;
        for (uint32_t i = 0; i < t->component_count; i++)
            if (!t->is_hit[i] && touched_needs(t, t->components[i]))
                t->is_hit[i] = grows = true;
    }
}

/* Whether a service is touched. */
static bool touched_service(const struct touched *t, struct text service)
{
    for (uint32_t i = 0; i < t->service_count; i++)
        if (text_equal(t->services[i], service))
            return true;
    return false;
}

static void touched_add(struct touched *t, const struct service_name_list *services)
{
    for (uint32_t i = 0; i < services->count; i++) {
        if (touched_service(t, services->at[i].service))
            continue;
        if (t->service_count == SERVICES_TOUCHED_MAX) {
            t->more = true;
            return;
        }
        t->services[t->service_count++] = services->at[i].service;
    }
}

/* Finds them. */
static void touched_look(struct touched *t, struct view *v)
{
    if (t->change->components.count) {
        touched_load(t, v);
        touched_spread(t);
    }
    touched_add(t, &t->change->services);
    for (uint32_t i = 0; i < t->component_count; i++)
        if (t->is_hit[i])
            touched_add(t, &t->components[i]->services);
}

#endif

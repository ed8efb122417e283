/* copy: what this service keeps of the catalog and of escalations. A copy is as its owner last said
 * it; what a decision makes of it goes into the events. */
#include "services/notification/notification.h"

/* --- the catalog, under its own client ------------------------------------------------------- */

void copy_client_changed(struct fold *f, const void *event)
{
    const struct on_client_changed *c = event;
    *(struct client *)fold_copy(f, ENTITY_client, f->id) = (struct client){
        .name = c->name,
        .zone = c->zone,
        .primary_contact = c->primary_contact,
        .executives = c->executives,
        .holders = c->holders,
    };
}

void copy_client_removed(struct fold *f, const void *event)
{
    (void)event;
    *(struct client *)fold_copy(f, ENTITY_client, f->id) = (struct client){ 0 };
}

void copy_person_changed(struct fold *f, const void *event)
{
    const struct on_person_changed *p = event;
    *(struct person *)fold_copy(f, ENTITY_person, f->id) = (struct person){
        .name = p->name,
        .side = p->side,
        .zone = p->zone,
        .addresses = p->addresses,
    };
}

void copy_person_removed(struct fold *f, const void *event)
{
    (void)event;
    *(struct person *)fold_copy(f, ENTITY_person, f->id) = (struct person){ 0 };
}

void copy_group_changed(struct fold *f, const void *event)
{
    const struct on_group_changed *g = event;
    *(struct group *)fold_copy(f, ENTITY_group, f->id) = (struct group){
        .side = g->side,
        .holders = g->holders,
    };
}

void copy_group_removed(struct fold *f, const void *event)
{
    (void)event;
    *(struct group *)fold_copy(f, ENTITY_group, f->id) = (struct group){ 0 };
}

/* --- escalations ----------------------------------------------------------------------------- */

void copy_escalation_raised(struct fold *f, const void *event)
{
    const struct on_escalation_raised *r = event;
    *(struct escalation *)fold_copy(f, ENTITY_escalation, f->id) = (struct escalation){
        .title = r->title,
        .severity = r->severity,
        .level = r->level,
        .group = r->group,
        .ticket = r->tickets.count ? r->tickets.at[0].ticket : (struct text){ 0 },
        .raised_at = r->raised_at,
    };
}

static struct escalation *escalation_of(struct fold *f)
{
    return fold_copy(f, ENTITY_escalation, f->id);
}

void copy_escalation_level_raised(struct fold *f, const void *event)
{
    const struct on_escalation_level_raised *r = event;
    escalation_of(f)->level = r->level;
}

void copy_escalation_severity_raised(struct fold *f, const void *event)
{
    const struct on_escalation_severity_raised *r = event;
    escalation_of(f)->severity = r->severity;
}

void copy_escalation_updated(struct fold *f, const void *event)
{
    const struct on_escalation_updated *u = event;
    escalation_of(f)->next_update_at = u->next_update_at;
}

void copy_escalation_perceived(struct fold *f, const void *event)
{
    const struct on_escalation_perceived *p = event;
    struct promise promise = { .number = p->number, .promised = p->promise };
    if (p->number)
        APPEND(f, &escalation_of(f)->promises, &promise);
}

void copy_escalation_absorbed(struct fold *f, const void *event)
{
    const struct on_escalation_absorbed *a = event;
    struct escalation *e = escalation_of(f);
    e->raised_at = a->raised_at;
    if (a->next_update_at)
        e->next_update_at = a->next_update_at;
}

void copy_escalation_merged(struct fold *f, const void *event)
{
    (void)event;
    escalation_of(f)->ended = true;
}

void copy_escalation_deescalated(struct fold *f, const void *event)
{
    const struct on_escalation_deescalated *l = event;
    escalation_of(f)->level = l->level;
}

void copy_escalation_closed(struct fold *f, const void *event)
{
    (void)event;
    escalation_of(f)->ended = true;
}

void copy_escalation_resolved(struct fold *f, const void *event)
{
    (void)event;
    escalation_of(f)->solved = true;
}

void copy_escalation_reopened(struct fold *f, const void *event)
{
    (void)event;
    escalation_of(f)->solved = false;
}

void copy_review_opened(struct fold *f, const void *event)
{
    const struct on_review_opened *o = event;
    ((struct review *)fold_copy(f, ENTITY_review, f->id))->escalation = o->escalation;
}

/* copy: what this service keeps of the catalog and of escalations. A copy is as its owner last said
 * it; what a decision makes of it goes into the events. */
#include "services/notification/notification.h"

/* --- the catalog, under its own client: mirrors, but for what they forget ----------------------
 */

void copy_duty_changed(struct fold *f, const void *event)
{
    const struct duty *before = view_get_of(f->view, ENTITY_duty, f->client, f->id);
    struct shift *shift = fold_copy(f, ENTITY_shift, f->id);
    (void)event;
    *shift = (struct shift){ 0 }; /* all zero, there is none */
    if (before && !text_empty(before->person))
        shift->person = before->person;
}

void copy_duty_removed(struct fold *f, const void *event)
{
    (void)event;
    *(struct shift *)fold_copy(f, ENTITY_shift, f->id) = (struct shift){ 0 };
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
        .service = r->service,
        .component = r->component,
        .passed = r->cause == cause_threshold,
    };
}

static struct escalation *escalation_of(struct fold *f)
{
    return fold_copy(f, ENTITY_escalation, f->id);
}

void copy_escalation_level_raised(struct fold *f, const void *event)
{
    const struct on_escalation_level_raised *r = event;
    struct escalation *e = escalation_of(f);
    e->level = r->level;
    e->passed = true;
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
    const struct escalation *other = view_get(f->view, ENTITY_escalation, a->other);
    struct escalation *e = escalation_of(f);
    e->raised_at = a->raised_at;
    if (a->next_update_at)
        e->next_update_at = a->next_update_at;
    if (other && text_empty(e->component)) { /* it goes on here */
        e->component = other->component;
        e->service = other->service;
    }
    if (other && other->passed)
        e->passed = true;
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

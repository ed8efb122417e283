/* plan: the nouns of the plan of service management: trainings, risks, reports, transitions and
 * their lessons, announced changes, relationships, and the plan itself. */
#include "services/catalog/catalog.h"

void check_area(const struct context *ctx, struct view *v, const void *now, const void *is,
                struct decision *d)
{
    const struct area *c = now;
    (void)ctx, (void)is;
    if (c)
        (void)provider_stands(v, c->owner, "owner", d);
}

void check_service(const struct context *ctx, struct view *v, const void *now, const void *is,
                   struct decision *d)
{
    const struct service *c = now;
    (void)ctx, (void)is;
    if (c)
        (void)provider_stands(v, c->owner, "owner", d);
}

void check_tool(const struct context *ctx, struct view *v, const void *now, const void *is,
                struct decision *d)
{
    const struct tool *c = now;
    (void)ctx, (void)is;
    if (c)
        (void)provider_stands(v, c->owner, "owner", d);
}

/* Clients' people take no turns, so nobody keeps book on their training. */
void check_training(const struct context *ctx, struct view *v, const void *now, const void *is,
                    struct decision *d)
{
    const struct training *c = now;
    (void)ctx, (void)is;
    if (!c)
        return;
    const struct person *p = view_get(v, ENTITY_person, c->person);
    if (p->side == side_client)
        REFUSE(d, wrong_side, "person");
    else
        (void)dates_stand(c->passed_on, c->expires_on, true, "expires_on", d);
}

void check_risk(const struct context *ctx, struct view *v, const void *now, const void *is,
                struct decision *d)
{
    const struct risk *c = now;
    (void)ctx, (void)is;
    if (!c || !provider_stands(v, c->owner, "owner", d))
        return;
    if (c->state == risk_state_mitigating && says_nothing(c->mitigation))
        REFUSE(d, mitigation_missing, "mitigation");
    else if (c->state != risk_state_closed && !c->review_on)
        REFUSE(d, review_missing, "review_on");
}

/* --- reports -----------------------------------------------------------------------------------
 */

static bool is_for_clients(const struct report *c)
{
    return c->audience == report_audience_client || c->audience == report_audience_client_executive;
}

/* Whoever gets it judges it: by side, and at a client by that client. */
static bool may_rate(const struct report *c, const struct person *p)
{
    if (is_for_clients(c))
        return p->side == side_client &&
               (text_empty(c->client) || text_equal(p->client, c->client));
    if (c->audience == report_audience_supplier)
        return p->side == side_supplier;
    return p->side == side_provider ||
           (p->side == side_supplier && c->audience == report_audience_responder);
}

static const char *unrated(const struct report *c)
{
    if (!c->rating)
        return "rating";
    return text_empty(c->rated_by) ? "rated_by" : "rated_on";
}

static bool rating_stands(struct view *v, const struct report *c, struct decision *d)
{
    int said = (c->rating != 0) + !text_empty(c->rated_by) + (c->rated_on != 0);
    if (said == 0)
        return true;
    if (said < 3)
        REFUSE(d, rating_form, unrated(c));
    else if (!may_rate(c, view_get(v, ENTITY_person, c->rated_by)))
        REFUSE(d, wrong_side, "rated_by");
    else
        return true;
    return false;
}

void check_report(const struct context *ctx, struct view *v, const void *now, const void *is,
                  struct decision *d)
{
    const struct report *c = now;
    (void)ctx, (void)is;
    if (!c || !provider_stands(v, c->owner, "owner", d))
        return;
    if (!text_empty(c->client) && !is_for_clients(c))
        REFUSE(d, report_client, "client");
    else
        (void)rating_stands(v, c, d);
}

/* --- what was learned, and what will change ------------------------------------------------------
 */

void check_transition(const struct context *ctx, struct view *v, const void *now, const void *is,
                      struct decision *d)
{
    const struct transition *c = now;
    (void)ctx, (void)is;
    if (!c || !provider_stands(v, c->owner, "owner", d))
        return;
    if (text_empty(c->client) && c->services.count == 0)
        REFUSE(d, touches_nothing, "client");
    else if (NAMES_STAND(&c->services, service, false, "services", d))
        (void)dates_stand(c->started_on, c->completed_on, false, "completed_on", d);
}

void check_lesson(const struct context *ctx, struct view *v, const void *now, const void *is,
                  struct decision *d)
{
    const struct lesson *c = now;
    (void)ctx, (void)v, (void)is;
    if (c && (c->source == lesson_source_transition) == text_empty(c->transition))
        REFUSE(d, lesson_form, "transition");
}

void check_change(const struct context *ctx, struct view *v, const void *now, const void *is,
                  struct decision *d)
{
    const struct change *c = now;
    (void)ctx, (void)is;
    if (!c || !provider_stands(v, c->owner, "owner", d))
        return;
    if (c->services.count + c->components.count + c->clients.count == 0)
        REFUSE(d, touches_nothing, "services");
    else if (NAMES_STAND(&c->services, service, false, "services", d) &&
             NAMES_STAND(&c->components, component, false, "components", d) &&
             NAMES_STAND(&c->clients, client, false, "clients", d))
        (void)dates_stand(c->from, c->to, true, "to", d);
}

/* --- what is looked at again and again -----------------------------------------------------------
 */

void check_relationship(const struct context *ctx, struct view *v, const void *now, const void *is,
                        struct decision *d)
{
    const struct relationship *c = now;
    (void)ctx, (void)is;
    if (!c || !provider_stands(v, c->manager, "manager", d))
        return;
    bool with_client = c->kind == relationship_kind_client;
    if (text_empty(c->client) == with_client)
        REFUSE(d, with_whom, "client");
    else if (text_empty(c->partner) != with_client)
        REFUSE(d, with_whom, "partner");
    else
        (void)dates_stand(c->reviewed_on, c->next_review, true, "next_review", d);
}

void check_plan(const struct context *ctx, struct view *v, const void *now, const void *is,
                struct decision *d)
{
    const struct plan *c = now;
    (void)ctx, (void)is;
    if (c && provider_stands(v, c->owner, "owner", d))
        (void)dates_stand(c->evaluated_on, c->next_evaluation, true, "next_evaluation", d);
}

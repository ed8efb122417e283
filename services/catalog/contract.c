/* contract: what clients were promised; and what groups and partners promised us. */
#include "services/catalog/catalog.h"

static bool is_covered(const struct service_name_list *services, struct text service)
{
    for (uint32_t i = 0; i < services->count; i++)
        if (text_equal(services->at[i].service, service))
            return true;
    return text_empty(service);
}

static bool covers_terms(const struct contract *c, struct decision *d)
{
    for (uint32_t i = 0; i < c->terms.count; i++)
        if (!is_covered(&c->services, c->terms.at[i].service)) {
            REFUSE(d, term_uncovered, "terms");
            return false;
        }
    return true;
}

static bool pauses_stand(const struct contract *c, struct decision *d)
{
    if (c->never_pauses && c->pauses.count) {
        REFUSE(d, pauses_never, "pauses");
        return false;
    }
    for (uint32_t i = 0; i < c->pauses.count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (c->pauses.at[i].state == c->pauses.at[j].state) {
                REFUSE(d, named_twice, "pauses");
                return false;
            }
    return true;
}

static bool form_currency(struct text t)
{
    for (uint32_t i = 0; i < t.length; i++)
        if (t.at[i] < 'A' || t.at[i] > 'Z')
            return false;
    return t.length == 3;
}

static bool money_stands(const struct contract *c, struct decision *d)
{
    bool is_needed = c->value || c->exit_cost;
    bool stands = text_empty(c->currency) ? !is_needed : form_currency(c->currency);
    if (!stands)
        REFUSE(d, currency_form, "currency");
    return stands;
}

void check_contract(const struct context *ctx, struct view *v, const void *now, const void *is,
                    struct decision *d)
{
    const struct contract *c = now, *was = is;
    (void)ctx;
    if (!c)
        return;
    if (was && !text_equal(c->client, was->client))
        REFUSE(d, contract_client, "client"); /* it would go on counting for the one it was */
    else if (dates_stand(c->start, c->end, false, "end", d) &&
             NAMES_STAND(&c->services, service, true, "services", d) && money_stands(c, d) &&
             pauses_stand(c, d) && terms_stand(&c->terms, d) && covers_terms(c, d))
        (void)provider_stands(v, c->owner, "owner", d);
}

/* --- agreements: with the provider's own groups, or with a partner and groups of it -------------
 */

static bool partner_stands(struct view *v, const struct agreement *a, struct decision *d)
{
    bool of_partner = a->kind == agreement_kind_supplier;
    const struct partner *p = view_get(v, ENTITY_partner, a->partner);
    if (of_partner != !text_empty(a->partner))
        REFUSE(d, partner_form, "partner");
    else if (of_partner && p->state == partner_state_gone)
        REFUSE(d, partner_gone, "partner");
    else
        return true;
    return false;
}

/* Of a provider's group the partner is empty, as that of an agreement within. */
static bool groups_stand(struct view *v, const struct agreement *a, struct decision *d)
{
    for (uint32_t i = 0; i < a->groups.count; i++) {
        const struct group *g = view_get(v, ENTITY_group, a->groups.at[i].group);
        bool is_own = g->side == side_provider;
        if (is_own != (a->kind == agreement_kind_internal) || !text_equal(g->partner, a->partner)) {
            REFUSE(d, wrong_group, "groups");
            return false;
        }
    }
    return NAMES_STAND(&a->groups, group, true, "groups", d);
}

void check_agreement(const struct context *ctx, struct view *v, const void *now, const void *is,
                     struct decision *d)
{
    const struct agreement *a = now;
    (void)ctx, (void)is;
    if (!a)
        return;
    enum side side = a->kind == agreement_kind_supplier ? side_supplier : side_provider;
    if (partner_stands(v, a, d) && groups_stand(v, a, d) &&
        NAMES_STAND(&a->contracts, contract, false, "contracts", d) &&
        dates_stand(a->start, a->end, false, "end", d) && terms_stand(&a->terms, d) &&
        holders_stand(v, &a->holders, side, d))
        (void)provider_stands(v, a->owner, "owner", d);
}

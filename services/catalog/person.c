/* person: whom the catalog knows and how they are reached. A person who is named stays on the side
 * that others rely on. */
#include "services/catalog/catalog.h"

static bool client_stands(const struct person *c, struct decision *d)
{
    if (c->side != side_client && text_empty(c->client))
        return true;
    if (c->side != side_client)
        REFUSE(d, client_needless, "client");
    else if (text_empty(c->client))
        REFUSE(d, client_missing, "client");
    else
        return true;
    return false;
}

static bool addresses_stand(const struct address_list *addresses, struct decision *d)
{
    for (uint32_t i = 0; i < addresses->count; i++) {
        const struct address *a = &addresses->at[i];
        if (!form_address(a->channel, a->to)) {
            REFUSE(d, address_form, "addresses");
            return false;
        }
        if (!text_empty(a->secret) && (a->channel != channel_webhook || !form_secret(a->secret))) {
            REFUSE(d, secret_form, "addresses");
            return false;
        }
        for (uint32_t j = 0; j < i; j++)
            if (addresses->at[j].channel == a->channel && text_equal(addresses->at[j].to, a->to)) {
                REFUSE(d, address_twice, "addresses");
                return false;
            }
    }
    return true;
}

void check_person(const struct context *ctx, struct view *v, const void *now, const void *before,
                  struct decision *d)
{
    const struct person *c = now, *is = before;
    (void)ctx;
    if (!c || !client_stands(c, d))
        return;
    bool moves = is && (c->side != is->side || !text_equal(c->client, is->client));
    if (moves && model_times(v, AGGREGATE_named, "person", c->id) > 0)
        REFUSE(d, still_named, c->side == is->side ? "client" : "side");
    else if (!text_empty(c->zone) && !form_zone(c->zone))
        REFUSE(d, zone_form, "zone");
    else
        (void)addresses_stand(&c->addresses, d);
}

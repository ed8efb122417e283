/* sip: people, days, ids, totals: what every part of this service needs. */
#include "services/sip/sip.h"

void totals_add(struct fold *f, size_t offset, int64_t amount)
{
    uint8_t *all = fold_aggregate(f, AGGREGATE_sip_totals, (struct text){ 0 });
    uint8_t *client = fold_aggregate(f, AGGREGATE_sip_totals, f->client);
    *(int64_t *)(void *)(all + offset) += amount;
    *(int64_t *)(void *)(client + offset) += amount;
}

const struct zone *zone_of(struct view *v, struct text client)
{
    const struct client *c = view_get_of(v, ENTITY_client, PROVIDER_CLIENT, client);
    const struct zone *z = c ? zone_find(c->zone) : NULL;
    return z ? z : zone_find((struct text){ 0 });
}

int64_t day_at(const struct zone *z, int64_t instant)
{
    int64_t day, minutes;
    wall_at(z, instant, &day, &minutes);
    return day;
}

int64_t day_begins(const struct zone *z, int64_t day)
{
    return wall_first(z, day, 0);
}

/* <programme><mark><number>; ids of programmes are ours, and short. */
static struct text id_within(struct decision *d, struct text programme, struct text mark,
                             int64_t number)
{
    enum { DIGITS_MAX = 4 }; /* of REVIEWS_MAX */
    char digits[DIGITS_MAX];
    uint32_t count = 0;
    do
        digits[count++] = (char)('0' + number % 10);
    while (number /= 10);
    char *at = decision_alloc(d, programme.length + mark.length + count);
    memcpy(at, programme.at, programme.length);
    memcpy(at + programme.length, mark.at, mark.length);
    for (uint32_t i = 0; i < count; i++)
        at[programme.length + mark.length + i] = digits[count - 1 - i];
    return (struct text){ at, programme.length + mark.length + count };
}

struct text action_id(struct decision *d, struct text programme, int64_t number)
{
    return id_within(d, programme, (struct text)TEXT_OF("."), number);
}

struct text review_id(struct decision *d, struct text programme, int64_t number)
{
    return id_within(d, programme, (struct text)TEXT_OF("-r"), number);
}

/* REFUSAL_none when they may. */
static int unfit(const struct context *ctx, const struct person *p, enum who who)
{
    if (!p)
        return REFUSAL_person_unknown;
    if (p->side == side_client && !text_equal(p->client, ctx->client))
        return who == WHO_PROVIDER ? REFUSAL_person_side
               : who == WHO_CLIENT ? REFUSAL_person_client
                                   : REFUSAL_person_elsewhere;
    if (who == WHO_PROVIDER && p->side != side_provider)
        return REFUSAL_person_side;
    return who == WHO_CLIENT && p->side != side_client ? REFUSAL_person_client : REFUSAL_none;
}

bool person_fits(const struct context *ctx, struct view *v, struct text id, enum who who,
                 const char *field, struct decision *d)
{
    int refusal = unfit(ctx, view_get_of(v, ENTITY_person, PROVIDER_CLIENT, id), who);
    if (refusal != REFUSAL_none)
        decision_refuse(d, refusal, field);
    return refusal == REFUSAL_none;
}

bool people_fit(const struct context *ctx, struct view *v, const struct person_name_list *people,
                const char *field, struct decision *d)
{
    for (uint32_t i = 0; i < people->count; i++)
        if (!person_fits(ctx, v, people->at[i].person, WHO_ANYBODY, field, d))
            return false;
    return true;
}

struct text shortened(struct text t, uint32_t most)
{
    if (t.length <= most)
        return t;
    t.length = most;
    while ((t.at[t.length] & 0xc0) == 0x80)
        t.length--;
    return t;
}

void evidence_add(struct fold *f, struct evidence_list *list, const struct evidence *e)
{
    if (list->count == EVIDENCE_MAX) {
        list->at++;
        list->count--;
    }
    APPEND(f, list, e);
}

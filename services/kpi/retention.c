/* retention: who stays, and with how much (RULES.md, contracts and retention). */
#include "services/kpi/contract.h"
#include "services/kpi/figure.h"

#include <string.h>

/* What a client has at the end of a day is the smaller of what it has on that day and on the next:
 * so what ends, ends on its last day, and what begins, begins on its first. */
struct held {
    bool today, tomorrow; /* under contract */
    bool unvalued; /* a contract of that day has no value in the currency that is asked for */
    int64_t value_today, value_tomorrow; /* a month, in hundredths */
};

static bool stands(const struct held *h)
{
    return h->today && h->tomorrow;
}

static int64_t worth(const struct held *h)
{
    if (!stands(h))
        return 0;
    return h->value_today < h->value_tomorrow ? h->value_today : h->value_tomorrow;
}

/* Of what holds on that day by then the newest; before all of it, the first. */
static const struct contract_version *version_on(const struct contract *c, int64_t day,
                                                 int64_t as_of)
{
    const struct contract_version *on = NULL;
    for (uint32_t i = 0; i < c->versions.count; i++) {
        const struct contract_version *v = &c->versions.at[i];
        if (as_of && v->told > as_of)
            continue;
        bool better = !on || (v->since <= day ? v->since >= on->since || on->since > day
                                              : on->since > day && v->since < on->since);
        if (better)
            on = v;
    }
    return on;
}

/* In the currency of figures as it was told then, where none is asked for. */
static bool is_valued(const struct contract_version *v, struct text currency)
{
    return text_empty(currency) ? v->valued : v->has.value && text_equal(v->currency, currency);
}

static void hold(struct held *h, const struct contract *c, const struct contract_version *known,
                 int64_t day, int64_t as_of, struct text currency)
{
    const struct contract_version *on = version_on(c, day, as_of);
    const struct contract_version *next = version_on(c, day + 1, as_of);
    if (contract_covers(known, day)) {
        h->today = true;
        h->value_today += on->value;
        h->unvalued |= !is_valued(on, currency);
    }
    if (contract_covers(known, day + 1)) {
        h->tomorrow = true;
        h->value_tomorrow += next->value;
        h->unvalued |= !is_valued(next, currency);
    }
}

/* --- of one client, added to the figure ------------------------------------------------------- */

static void count_client(const struct held *start, const struct held *end, struct figure *ret)
{
    bool was = stands(start), is = stands(end);
    ret->n += was;
    ret->covered += was; /* all of the cohort count */
    ret->eligible += was;
    ret->denominator += was;
    ret->numerator += was && is;
    ret->lost += was && !is;
    ret->joined += is && !was;
}

static void count_value(enum kpi kpi, const struct held *start, const struct held *end,
                        struct figure *ret)
{
    if (!stands(start))
        return;
    ret->eligible++;
    if (start->unvalued || (stands(end) && end->unvalued))
        return;
    int64_t before = worth(start), after = worth(end), kept = before < after ? before : after;
    ret->covered++;
    ret->n++;
    ret->denominator += before;
    ret->numerator += kpi == kpi_gross_retention ? kept : after;
    ret->expansion += after - kept;
    if (stands(end))
        ret->contraction += before - kept;
    else
        ret->lost += before - kept;
}

static void count(enum kpi kpi, const struct held *start, const struct held *end,
                  struct figure *ret)
{
    if (kpi == kpi_retention)
        count_client(start, end, ret);
    else
        count_value(kpi, start, end, ret);
}

void retention_sum(struct view *v, enum kpi kpi, const struct place *p, int64_t from, int64_t to,
                   int64_t as_of, struct figure *ret)
{
    struct key key = { .length = 0 };
    struct held start = { 0 }, end = { 0 };
    struct text client = { 0 };
    struct found found;
    if (!text_empty(p->client))
        key_text(&key, p->client);
    struct walk *w = view_walk(v, INDEX_contract_by_client, &key, UINT32_MAX);
    while (view_next(w, &found)) {
        const struct contract_version *known = contract_known(found.entity, as_of);
        if (!text_equal(client, found.client)) {
            count(kpi, &start, &end, ret);
            memset(&start, 0, sizeof start);
            memset(&end, 0, sizeof end);
            client = found.client;
        }
        if (!known)
            continue;
        hold(&start, found.entity, known, from - 1, as_of, ret->currency);
        hold(&end, found.entity, known, to, as_of, ret->currency);
    }
    count(kpi, &start, &end, ret);
}

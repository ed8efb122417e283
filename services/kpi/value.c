/* value: the question for a figure (RULES.md, figures). */
#include "services/kpi/bucket.h"
#include "services/kpi/contract.h"
#include "services/kpi/figure.h"
#include "services/kpi/survey.h"

enum { CLIENTS_MAX = 500 /* of a partition that are looked at one by one */ };

static bool is_range(int64_t from, int64_t to, const char *field, struct answer *a)
{
    if (from > to)
        REFUSE_ANSWER(a, range_form, field);
    else if (to - from >= RANGE_DAYS_MAX)
        REFUSE_ANSWER(a, range_long, field);
    else
        return true;
    return false;
}

static bool is_money(int32_t kpi)
{
    return kpi == kpi_gross_retention || kpi == kpi_net_retention;
}

/* False: refused. */
static bool can_be_asked(const struct kpi_value *q, const struct place *p, struct answer *a)
{
    bool is_change = kpi_row((enum kpi)q->kpi)->measure == CHANGE;
    if (!text_empty(p->service) && !text_empty(p->component))
        REFUSE_ANSWER(a, scope_form, "component");
    else if (!figure_applies((enum kpi)q->kpi, p))
        REFUSE_ANSWER(a, scope_none, text_empty(p->service) ? "component" : "service");
    else if (!text_empty(q->currency) && !is_money(q->kpi))
        REFUSE_ANSWER(a, currency_none, "currency");
    else if (!text_empty(q->currency) && !currency_fits(q->currency))
        REFUSE_ANSWER(a, contract_currency, "currency");
    else if (!is_range(q->from, q->to, "to", a))
        return false;
    else if (!q->baseline_from && (is_change || q->baseline_to))
        REFUSE_ANSWER(a, baseline_needed, "baseline_from");
    else if (q->baseline_from && !q->baseline_to)
        REFUSE_ANSWER(a, baseline_needed, "baseline_to");
    else
        return is_range(q->baseline_from, q->baseline_to, "baseline_to", a);
    return false;
}

/* What surveys say of every client alike: each client's own figure, added up. There may be more
 * clients than can be looked at: that is known before the first is. */
static void weigh_clients(struct view *v, const struct kpi_value *q, const struct place *p,
                          struct figure *f)
{
    struct walk *w = view_walk(v, INDEX_account_by_client, NULL, CLIENTS_MAX + 1);
    struct text *clients = view_alloc(v, (CLIENTS_MAX + 1) * sizeof *clients);
    struct found found;
    int count = 0;
    while (view_next(w, &found))
        clients[count++] = found.client;
    f->clients_left = count > CLIENTS_MAX;
    for (int n = 0; n < count && !f->clients_left; n++) {
        struct place of = { clients[n], p->service, p->component };
        struct figure own = { 0 };
        int64_t value;
        figure_sum(v, (enum kpi)q->kpi, &of, q->from, q->to, q->as_of, 0, 0, &own);
        if (!figure_value((enum kpi)q->kpi, own.numerator, own.denominator, 0, &value))
            continue;
        f->clients++;
        f->clients_sum += value;
    }
}

/* Everybody who could be asked how they like us: known of a client as a whole, unless it has more
 * people than are looked at. 0 when it is not known. */
static int64_t contacts_of(struct view *v, const struct place *p)
{
    bool is_whole = text_empty(p->service) && text_empty(p->component);
    int64_t people = is_whole && !text_empty(p->client) ? survey_population(v, p->client) : 0;
    return people > CONTACTS_MAX ? 0 : people;
}

void query_kpi_value(const struct context *ctx, struct view *v, const void *parameters,
                     struct answer *a)
{
    const struct kpi_options *o = ctx->options;
    const struct kpi_value *q = parameters;
    struct place p = { text_empty(ctx->client) ? q->client : ctx->client, q->service,
                       q->component };
    struct figure f = { 0 };
    if (!can_be_asked(q, &p, a))
        return;
    if (is_money(q->kpi))
        f.currency = text_empty(q->currency) ? o->currency : q->currency;
    figure_sum(v, (enum kpi)q->kpi, &p, q->from, q->to, q->as_of, q->baseline_from, q->baseline_to,
               &f);
    if (q->kpi == kpi_nps)
        f.population = contacts_of(v, &p);
    bool is_survey =
        q->kpi == kpi_nps || q->kpi == kpi_csat_relationship || q->kpi == kpi_csat_escalation;
    if (is_survey && text_empty(p.client))
        weigh_clients(v, q, &p, &f);
    answer_one(a, &f);
}

void settle_kpi_value(const void *parameters, void *result)
{
    (void)parameters;
    figure_settle(result);
}

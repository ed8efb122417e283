/* objective: what is to be reached is specific, measurable, achievable, relevant and time-bound, or
 * a draft. */
#include "services/catalog/catalog.h"

#define WHOLE(n) (INT64_C(n) * 100) /* figures have two digits behind the point */

/* What a figure may be, and which way is better. */
static const struct scale {
    int32_t kpi;
    bool falls; /* less is better */
    int64_t min, max;
} scales[] = {
    { kpi_nps, false, WHOLE(-100), WHOLE(100) },
    { kpi_retention, false, 0, WHOLE(100) },
    { kpi_csat_relationship, false, 0, WHOLE(100) },
    { kpi_csat_escalation, false, 0, WHOLE(100) },
    { kpi_satisfaction_improvement, false, WHOLE(-100), WHOLE(100) },
    { kpi_sla_improvement, false, WHOLE(-100), WHOLE(100) },
    { kpi_response_time, true, 0, INT64_MAX },
    { kpi_resolution_rate, false, 0, INT64_MAX }, /* old ones too may be solved: over 100 */
    { kpi_unit_cost, true, 0, INT64_MAX },
    { kpi_reactive, true, 0, WHOLE(100) },
    { kpi_maturity, false, WHOLE(1), WHOLE(3) },
    { kpi_hostages, true, 0, INT64_MAX },
    { kpi_sla_attainment, false, 0, WHOLE(100) },
    { kpi_engagement_time, true, 0, INT64_MAX },
    { kpi_promises_kept, false, 0, WHOLE(100) },
    { kpi_incidents, true, 0, INT64_MAX },
    { kpi_first_contact, false, 0, WHOLE(100) },
    { kpi_gross_retention, false, 0, WHOLE(100) },
    { kpi_net_retention, false, 0, INT64_MAX },
    { kpi_reactive_hours, true, 0, INT64_MAX },
    { kpi_resolve_time, true, 0, INT64_MAX },
};

static const struct scale *scale_of(int32_t kpi)
{
    size_t i = 0;
    while (scales[i].kpi != kpi)
        i++;
    return &scales[i];
}

static bool is_within(const struct scale *s, int64_t figure)
{
    return figure >= s->min && figure <= s->max;
}

static const char *unmeasured(const struct objective *c)
{
    if (!c->kpi)
        return "kpi";
    if (!c->has.baseline)
        return "baseline";
    return c->has.target ? NULL : "target";
}

static bool is_measurable(const struct objective *c, struct decision *d)
{
    const char *field = unmeasured(c);
    if (field) {
        REFUSE(d, not_measurable, field);
        return false;
    }
    const struct scale *s = scale_of(c->kpi);
    bool is_better = s->falls ? c->target < c->baseline : c->target > c->baseline;
    if (!is_within(s, c->baseline) || !is_within(s, c->target))
        REFUSE(d, kpi_range, is_within(s, c->baseline) ? "target" : "baseline");
    else if (!is_better)
        REFUSE(d, kpi_direction, "target");
    else
        return true;
    return false;
}

static void check_smart(const struct objective *c, struct decision *d)
{
    if (text_empty(c->area) && text_empty(c->service) && text_empty(c->client))
        REFUSE(d, not_specific, "area");
    else if (!is_measurable(c, d))
        return;
    else if (text_empty(c->means) || text_empty(c->owner))
        REFUSE(d, not_achievable, text_empty(c->means) ? "means" : "owner");
    else if (text_empty(c->reason))
        REFUSE(d, not_relevant, "reason");
    else if (!c->since || !c->by)
        REFUSE(d, not_time_bound, c->since ? "by" : "since");
    else
        (void)dates_stand(c->since, c->by, true, "by", d);
}

void check_objective(const struct context *ctx, struct view *v, const void *now, const void *is,
                     struct decision *d)
{
    const struct objective *c = now;
    (void)ctx, (void)is;
    if (c && provider_stands(v, c->owner, "owner", d) && !c->draft)
        check_smart(c, d);
}

/* objective: what is to be reached is specific, measurable, achievable, relevant and time-bound, or
 * a draft. */
#include "services/catalog/catalog.h"

#define WHOLE(n) ((n)*INT64_C(100)) /* figures have two digits behind the point */

enum { RISES = false, FALLS = true };

/* What a figure may be, and which way is better. */
static const struct scale {
    int32_t kpi;
    bool falls; /* less is better */
    int64_t min, max;
} scales[] = {
#define KPI(name, measure, good, least, most, of, unit, formula)                                   \
    { kpi_##name, (good), WHOLE(least), WHOLE(most) },
#include "proto/kpi/kpis.def"
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
    else if (says_nothing(c->means) || text_empty(c->owner))
        REFUSE(d, not_achievable, says_nothing(c->means) ? "means" : "owner");
    else if (says_nothing(c->reason))
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

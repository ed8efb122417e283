/* calendar: working hours as they may be written. What they mean is common/time/worktime.h's. */
#include "services/catalog/catalog.h"

#include "common/time/worktime.h"

static bool overlap(const struct hours *a, uint8_t a_days, const struct hours *b, uint8_t b_days)
{
    return (a_days & b_days) && a->from < b->to && b->from < a->to;
}

static bool hours_stand(const struct hours_list *hours, struct decision *d)
{
    for (uint32_t i = 0; i < hours->count; i++) {
        const struct hours *h = &hours->at[i];
        uint8_t days, others = 0;
        if (worktime_days_parse(h->days, &days) < 0) {
            REFUSE(d, days_form, "versions");
            return false;
        }
        if (h->from >= h->to) {
            REFUSE(d, hours_order, "versions");
            return false;
        }
        for (uint32_t j = 0; j < i; j++) {
            (void)worktime_days_parse(hours->at[j].days, &others); /* it was well-formed */
            if (overlap(h, days, &hours->at[j], others)) {
                REFUSE(d, hours_overlap, "versions");
                return false;
            }
        }
    }
    return true;
}

static bool versions_stand(const struct calendar_version_list *versions, struct decision *d)
{
    for (uint32_t i = 0; i < versions->count; i++) {
        if (i && versions->at[i].from <= versions->at[i - 1].from) {
            REFUSE(d, not_ascending, "versions");
            return false;
        }
        if (!hours_stand(&versions->at[i].hours, d))
            return false;
    }
    return true;
}

/* Closed, or worked from one time of it until a later one. */
static bool holidays_stand(const struct holiday_list *holidays, struct decision *d)
{
    for (uint32_t i = 0; i < holidays->count; i++) {
        const struct holiday *h = &holidays->at[i];
        if (i && h->date <= holidays->at[i - 1].date) {
            REFUSE(d, not_ascending, "holidays");
            return false;
        }
        if ((h->from || h->to) && h->from >= h->to) {
            REFUSE(d, hours_order, "holidays");
            return false;
        }
    }
    return true;
}

void check_calendar(const struct context *ctx, struct view *v, const void *now, const void *is,
                    struct decision *d)
{
    const struct calendar *c = now;
    (void)ctx, (void)v, (void)is;
    if (!c)
        return;
    if (!zone_find(c->zone)) /* or nobody could count its hours */
        REFUSE(d, zone_form, "zone");
    else if (some_stand(c->versions.count, "versions", d) && versions_stand(&c->versions, d))
        (void)holidays_stand(&c->holidays, d);
}

/* calendar_of: working hours out of the records that say them. The rows of calendar,
 * calendar_version, hours and holiday are declared by every service that has calendars
 * (proto/catalog/calendar.rows), each time as types of its own, so this is included behind such a
 * declaration.
 */
#ifndef REDRESS_LINE_CALENDAR_OF_H
#define REDRESS_LINE_CALENDAR_OF_H

#include <errno.h>

#include "common/time/worktime.h"

typedef void *calendar_alloc(void *arg, size_t size);

static inline int calendar_wrong(struct worktime_error *reterr, const char *list, uint32_t version,
                                 uint32_t index, const char *rule)
{
    *reterr = (struct worktime_error){ list, version, index, rule };
    return -EINVAL;
}

static inline int calendar_hours(const struct calendar_version *v, uint32_t version,
                                 struct worktime_hours *ret, struct worktime_error *reterr)
{
    for (uint32_t i = 0; i < v->hours.count; i++) {
        const struct hours *h = &v->hours.at[i];
        ret[i] = (struct worktime_hours){ .from = (int16_t)h->from, .to = (int16_t)h->to };
        if (worktime_days_parse(h->days, &ret[i].days) < 0)
            return calendar_wrong(reterr, "hours", version, i,
                                  "must name days as in mon-fri or sat,sun, each once");
    }
    return 0;
}

static inline int calendar_holiday(const struct holiday *h, uint32_t index,
                                   struct worktime_holiday *ret, struct worktime_error *reterr)
{
    bool from = h->has.from || h->from != 0, to = h->has.to || h->to != 0;
    *ret = (struct worktime_holiday){ h->date, (int16_t)h->from, (int16_t)h->to };
    if (from != to)
        return calendar_wrong(reterr, "holidays", 0, index,
                              "must have both from and to, or neither when it is closed");
    if (from && h->from >= h->to)
        return calendar_wrong(reterr, "holidays", 0, index,
                              "must end behind its beginning, on the same day");
    return 0;
}

/* worktime_make (worktime.h) of a calendar. `alloc` is called more than once, and what it gave may
 * be given back with the result. The error's lists are fields of the record: versions[V].hours[I]
 * for "hours". */
static inline int calendar_make(const struct calendar *c, calendar_alloc *alloc, void *arg,
                                struct worktime **ret, struct worktime_error *reterr)
{
    int r = 0;
    size_t hours = 0;
    for (uint32_t i = 0; i < c->versions.count; i++)
        hours += c->versions.at[i].hours.count;
    struct worktime_version *versions = alloc(arg, (c->versions.count + 1) * sizeof *versions);
    struct worktime_holiday *holidays = alloc(arg, (c->holidays.count + 1) * sizeof *holidays);
    struct worktime_hours *next = alloc(arg, (hours + 1) * sizeof *next);
    for (uint32_t i = 0; i < c->versions.count && r == 0; i++) {
        const struct calendar_version *v = &c->versions.at[i];
        versions[i] = (struct worktime_version){ v->from, next, v->hours.count };
        r = calendar_hours(v, i, next, reterr);
        next += v->hours.count;
    }
    for (uint32_t i = 0; i < c->holidays.count && r == 0; i++)
        r = calendar_holiday(&c->holidays.at[i], i, &holidays[i], reterr);
    if (r < 0)
        return r;
    struct worktime_spec spec = { c->zone, versions, c->versions.count, holidays,
                                  c->holidays.count };
    return worktime_make(&spec, alloc, arg, ret, reterr);
}

#endif

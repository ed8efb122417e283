/* bucket: the sums of days, by scope; what is counted and what can be asked.
 *
 * A scope is a client, one of its services or one of its components, or one of the same three of
 * all clients. An observation adds to six of them at most, on one day, and on that day's month, so
 * that long ranges are sums of few rows. What is told later than the day it is about is kept a
 * second time by the day on which it was told, newest first, so that a range can be had as it was
 * known at the end of any day (`as_of`).
 *
 * Days are days since 1970-01-01 in the client's zone (DATE). Names of services and components are
 * in keys as scope.h shortens them.
 */
#ifndef REDRESS_KPI_BUCKET_H
#define REDRESS_KPI_BUCKET_H

#include "services/kpi/kpi.h"

enum { RANGE_DAYS_MAX = 3700 /* of one question: ten years */ };

/* Adds sign * delta to the scopes of `p` on `day`; `told` is the day on which it was told, never
 * before an earlier call's for the same client. `delta` is a struct of the aggregate: ticket_sums,
 * survey_sums or effort_sums; its `late` is ignored. For folds. */
void bucket_add(struct fold *f, int aggregate, const struct place *p, int64_t day, int64_t told,
                int sign, const void *delta);

/* On which days of a month (from its first day on) a scope has sums of any kind, a bit a day from
 * the lowest. */
int64_t bucket_days(struct view *v, int aggregate, const struct place *p, int64_t month);

/* The sum of a scope over [from, to], as known at the end of as_of (0: now), into *ret, a struct of
 * the aggregate, whose `late` stays 0. Of a place with service and component the component counts.
 * As of a day there are no later days: a clock that was met before it was due counts now, on the
 * day on which it is due, and as of that day and later ones. */
void bucket_sum(struct view *v, int aggregate, const struct place *p, int64_t from, int64_t to,
                int64_t as_of, void *ret);

#endif

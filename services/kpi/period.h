/* period: the days that a point of a series is made of, in the calendar of dates alone. */
#ifndef REDRESS_KPI_PERIOD_H
#define REDRESS_KPI_PERIOD_H

#include "services/kpi/kpi.h"

struct days {
    int64_t from, to; /* days since 1970-01-01, both included */
};

/* The period that holds a day. Saturdays and Sundays are in no period of weekdays: theirs is the
 * Monday behind them, so that a range which begins there begins with that. */
struct days period_of(int64_t day, enum period kind);

/* The next one, and the one before. */
struct days period_after(struct days p, enum period kind);
struct days period_before(struct days p, enum period kind);

/* How many begin at `day` or behind it and not behind `to`, the one that holds `day` included; at
 * most `most`. */
int64_t period_count(int64_t day, int64_t to, enum period kind, int64_t most);

/* The first and the last day of the month that holds a day. */
struct days month_of(int64_t day);

#endif

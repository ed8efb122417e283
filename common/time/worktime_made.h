/* worktime_made: what worktime_make makes, between the files of worktime (worktime.h). */
#ifndef REDRESS_WORKTIME_MADE_H
#define REDRESS_WORKTIME_MADE_H

#include "common/time/worktime.h"

enum { WEEK_DAYS = 7 };

/* Working hours of a day, in minutes of the wall. */
struct worktime_part {
    int16_t from, to;
};

/* The hours of one version; those of a weekday are parts[first[weekday]] and on, in their order. */
struct worktime_week {
    int64_t from_day;
    const struct worktime_part *parts;
    uint16_t first[WEEK_DAYS + 1];
    int32_t minutes[WEEK_DAYS]; /* of a day */
    int32_t total; /* minutes of a week */
};

struct worktime {
    const struct zone *zone;
    const struct worktime_week *weeks; /* by their day */
    const struct worktime_holiday *holidays; /* by their day */
    uint32_t week_count, holiday_count;
};

#endif

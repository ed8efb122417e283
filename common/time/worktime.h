/* worktime: working hours. Business calendars with hours by weekday, holidays, versions and a time
 * zone; what an instant becomes when so much working time is added, and how much lies between two
 * instants. Pure arithmetic over what it is given: it may be called where a service decides.
 *
 * A calendar is half-open spans of instants, the working ones. `worktime_between` is their measure;
 * `worktime_add` is its inverse: for every calendar, t and d >= 0
 *
 *     worktime_between(w, t, worktime_add(w, t, d)) = d
 *
 * and among the instants for which that holds, add gives the earliest: 17:00 on Friday stays there
 * when it is reached exactly, and does not become 09:00 on Monday. Negative durations go backwards,
 * to the latest such instant. Without a calendar (NULL) all time is working time.
 *
 * Durations longer than what there is within WORKTIME_YEARS_MAX of the instant lead nowhere:
 * WORKTIME_NEVER.
 *
 * Wall clocks (DOMAIN 4.16): a span begins at the first instant at which the wall shows its start,
 * and ends at the last at which it shows its end; a time that a day does not have (02:30 when
 * clocks jump forward) is the first instant behind the jump. So a day on which clocks go back is
 * longer, and nothing is lost or counted twice.
 *
 * Instants and durations are microseconds UTC; days are days since 1970-01-01 of the wall's
 * calendar, minutes are minutes since its midnight (TIME of msg.h).
 */
#ifndef REDRESS_WORKTIME_H
#define REDRESS_WORKTIME_H

#include "common/time/wall.h"

enum {
    WORKTIME_VERSIONS_MAX = 16,
    WORKTIME_HOURS_MAX = 28, /* of a version */
    WORKTIME_HOLIDAYS_MAX = 300,
    WORKTIME_YEARS_MAX = 100, /* how far from an instant working time is looked for */
};

#define WORKTIME_NEVER INT64_MAX /* there is no working time any more (or INT64_MIN, backwards) */

struct worktime_hours {
    uint8_t days; /* bit 0 is Monday, bit 6 Sunday */
    int16_t from, to; /* minutes, from < to <= 1440 */
};
struct worktime_version {
    int64_t from_day; /* the first day on which it holds; the first version holds before, too */
    const struct worktime_hours *hours;
    uint32_t hours_count;
};
struct worktime_holiday {
    int64_t day;
    int16_t from, to; /* working hours of that day; from = to: none */
};

/* What a calendar is made from; days and hours in any order. */
struct worktime_spec {
    struct text zone;
    const struct worktime_version *versions;
    uint32_t version_count;
    const struct worktime_holiday *holidays;
    uint32_t holiday_count;
};

struct worktime; /* made, and never changed afterwards: safe from any thread */

/* Why a calendar cannot be made: which list, which entry of it, and the rule that it breaks. */
struct worktime_error {
    const char *list; /* "zone", "versions", "hours" (of version `version`), "holidays" */
    uint32_t version, index;
    const char *rule;
};

/* Made in memory that `alloc` gives: zeroed, never NULL, and never given back here. What the spec
 * points at is copied. 0, or -EINVAL with *reterr: unknown zone; no version; versions or holidays
 * of the same day; hours of a weekday that overlap, or that do not end behind their beginning. */
int worktime_make(const struct worktime_spec *spec, void *(*alloc)(void *arg, size_t size),
                  void *arg, struct worktime **ret, struct worktime_error *reterr);

/* "mon-fri", "sat,sun", "mon-wed,fri", and over the week's end "sun-thu": 0 and the bits, or
 * -EINVAL, also for a day that is named twice. */
int worktime_days_parse(struct text t, uint8_t *ret);

int64_t worktime_add(const struct worktime *w, int64_t from, int64_t duration);
int64_t worktime_between(const struct worktime *w, int64_t from,
                         int64_t to); /* < 0 when to < from */
bool worktime_open(const struct worktime *w, int64_t at);

/* Working days: the same time of day `days` (> 0) working days later, a working day being one with
 * any working time; a time outside that day's hours becomes its next working instant, or the end of
 * the day's last span. With end_of_day the end of that day's last span. Without a calendar: days of
 * 24 hours, and end_of_day their midnight in UTC. */
int64_t worktime_add_days(const struct worktime *w, int64_t from, int64_t days, bool end_of_day);

/* The span that holds the instant, or the next one behind it: false when there is none within
 * WORKTIME_YEARS_MAX. Spans do not overlap; those that touch, as at midnight, stay apart. Without a
 * calendar there is one, from INT64_MIN to INT64_MAX. */
bool worktime_span(const struct worktime *w, int64_t at, int64_t *ret_from, int64_t *ret_to);

#endif

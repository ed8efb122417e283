/* civil: dates as people write them. Pure arithmetic in the calendar of dates; no zones. */
#ifndef REDRESS_KPI_CIVIL_H
#define REDRESS_KPI_CIVIL_H

#include "services/kpi/kpi.h"

struct civil {
    int64_t year, month, day; /* month and day from 1 */
};

/* Of days since 1970-01-01, and back; a month beyond 12, or below 1, is one of another year. */
struct civil civil_of(int64_t day);
int64_t civil_day(int64_t year, int64_t month, int64_t day);

/* The same day `months` later, or the last of its month. */
int64_t civil_later(int64_t day, int64_t months);

enum { CIVIL_DATE_SIZE = 10 };

/* "2026-03-01" */
void civil_print(int64_t day, char out[static CIVIL_DATE_SIZE]);

#endif

/* figure: from sums to figures. kpis.def has a row for each: its unit, its formula in words, which
 * sums it is made of, how its interval is computed, on which side it is good. */
#ifndef REDRESS_KPI_FIGURE_H
#define REDRESS_KPI_FIGURE_H

#include "services/kpi/kpi.h"

/* Whether there is such a figure of such a place: retention is not of a component. */
bool figure_applies(enum kpi kpi, const struct place *p);

/* Whether more is better: satisfaction. Fewer or less is better: cost, time, reactive work. */
bool figure_rises(enum kpi kpi);

/* Fills the sums of *ret (what several partitions can add) for a range of days. Improvements take
 * their baseline's range too; other figures leave it unless one is given (baseline_from != 0). */
void figure_sum(struct view *v, enum kpi kpi, const struct place *p, int64_t from, int64_t to,
                int64_t as_of, int64_t baseline_from, int64_t baseline_to, struct figure *ret);

/* Makes the sums into value, interval, coverage, words. May be called again. */
void figure_settle(struct figure *f);

/* What the parts with figures of their own provide; *ret as for figure_sum. */
void retention_sum(struct view *v, enum kpi kpi, const struct place *p, int64_t from, int64_t to,
                   int64_t as_of, struct figure *ret); /* retention.c */
void hostage_sum(struct view *v, const struct place *p, int64_t from, int64_t to,
                 struct figure *ret); /* loyalty.c */

#endif

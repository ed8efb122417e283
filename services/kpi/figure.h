/* figure: from sums to figures. proto/kpi/kpis.def has a row for each: its unit, its formula in
 * words, which sums it is made of, how its interval is computed, on which side it is good. Rules:
 * RULES.md, figures.
 */
#ifndef REDRESS_KPI_FIGURE_H
#define REDRESS_KPI_FIGURE_H

#include "common/stat/fixed.h"
#include "services/kpi/kpi.h"

enum measure { SHARE, SCORE, MEAN, COUNT, TALLY, PERCENT, COST, PACE, CHANGE, LEVEL };

struct kpi_row {
    enum measure measure;
    bool falls; /* less is better */
    int64_t least, most; /* in ten-thousandths */
    enum kpi of; /* of a change: the figure that changes; else itself */
    struct text unit, formula;
};
const struct kpi_row *kpi_row(enum kpi kpi);

/* Whether there is such a figure of such a place: retention is not of a component. */
bool figure_applies(enum kpi kpi, const struct place *p);

/* Whether more is better: satisfaction. Fewer or less is better: cost, time, reactive work. */
bool figure_rises(enum kpi kpi);

/* Fills the sums of *ret (what several partitions can add) for a range of days. Improvements take
 * their baseline's range too; other figures leave it unless one is given (baseline_from != 0).
 * Maturity is of the three months that are over on `to`. Retained value is of contracts in the
 * currency that *ret names; of figures, where it names none. */
void figure_sum(struct view *v, enum kpi kpi, const struct place *p, int64_t from, int64_t to,
                int64_t as_of, int64_t baseline_from, int64_t baseline_to, struct figure *ret);

/* Makes the sums into value, interval, coverage, words. May be called again. */
void figure_settle(struct figure *f);

/* The value alone, of sums: false where nothing was counted. `seconds` are those of means. */
bool figure_value(enum kpi kpi, int64_t numerator, int64_t denominator, int64_t seconds,
                  int64_t *ret);

/* What a figure of a place is to be on a day, in ten-thousandths, by the objectives that are no
 * drafts and hold since then or before: for the client (or all), and the service (or all of them);
 * of a client's service else that for the service of all clients; of a service else that of its key
 * service area. Of several it is the one that holds since the latest day, and of these the last by
 * id. What areas say holds for everything when it is one area that says it. False when none says,
 * and of components. */
bool figure_target(struct view *v, enum kpi kpi, const struct place *p, int64_t day, int64_t *ret);

/* What the parts with figures of their own provide; *ret as for figure_sum. */
void retention_sum(struct view *v, enum kpi kpi, const struct place *p, int64_t from, int64_t to,
                   int64_t as_of, struct figure *ret); /* retention.c */
void hostage_sum(struct view *v, const struct place *p, int64_t to, int64_t as_of,
                 struct figure *ret); /* loyalty.c */

#endif

/* chart: the limits of a series, which come from its first points and stay. RULES.md, charts. */
#ifndef REDRESS_KPI_CHART_H
#define REDRESS_KPI_CHART_H

#include "common/stat/fixed.h"
#include "services/kpi/kpi.h"

enum {
    CHART_POINTS_MAX = 200,
    VARIES_WIDELY = 2, /* when the most observed of a baseline's points is so often the least */
};

/* A point that has a value: a share of fewer than chart_least has none, and no period in which
 * nothing was counted. Numerator and denominator are those of shares. */
struct observation {
    int64_t value, numerator, denominator;
};

/* Frozen limits: of individual values and moving ranges, or of a share, for which they depend on
 * each point's number. */
struct frozen {
    enum chart_kind kind;
    struct limits limits; /* xmr */
    int64_t hits, total; /* p */
};

/* From a baseline of two points or more. */
struct frozen chart_freeze(enum kpi kpi, const struct observation *baseline, size_t count);

/* A point beside the limits that hold for it, clamped to what the figure may be. */
struct charted chart_beside(enum kpi kpi, const struct frozen *f, const struct observation *o);

/* Whether a signal is on the good side; rules 6 to 8 have none: false, as `ret_sided`. */
bool chart_good(enum kpi kpi, const struct chart_signal *s, bool *ret_sided);

#endif

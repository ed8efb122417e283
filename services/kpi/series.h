/* series: figures by periods as they close, and what those signal. RULES.md, series and signals.
 *
 * A decision that counts something, or takes something back, says so by series_seen for each figure
 * and day that it changes. So periods that nobody observed cost nothing: no timer, no point. What
 * is told before a period closes is in its seal; what is told later leaves the seal and corrects
 * it.
 */
#ifndef REDRESS_KPI_SERIES_H
#define REDRESS_KPI_SERIES_H

#include "common/stat/fixed.h"
#include "services/kpi/kpi.h"
#include "services/kpi/period.h"

/* The figure `kpi` of the place (its client, its service and its component, as far as series are
 * kept of them) changes on `day` by this decision. Of others than the watched figures it says
 * nothing; saying it twice does no harm. */
void series_seen(const struct context *ctx, struct view *v, struct decision *d, enum kpi kpi,
                 const struct place *p, int64_t day);

/* The instant at which a period that ends on `to` closes. */
int64_t seal_instant(const struct context *ctx, struct view *v, int64_t to);

/* Whether there are series of a figure. */
bool series_kept(enum kpi kpi);

/* --- shared by watch.c, series.c, baseline.c, sole.c and signal.c ----------------------------- */

/* "<kpi>/<s, c or ->/<name>": the id of a watch, and of its series. */
struct entity_id series_id(enum kpi kpi, const struct place *p);

/* All zero where there is none. */
const struct series *series_get(struct view *v, struct text id);

/* The period that begins then as it was sealed; NULL when it was not, or is not kept any more. */
const struct sealed_point *series_sealed(struct view *v, struct text id, int64_t from);

/* A figure of a period as a point, as known at the end of a day (0: now); without a value when too
 * little was observed. */
struct observed_point series_point(const struct context *ctx, struct view *v, enum kpi kpi,
                                   const struct place *p, struct days period, int64_t as_of,
                                   int64_t *ret_squares);

/* Closes the period that the watch waits for; where it is late, corrects at once what was told
 * since. */
void series_close(const struct context *ctx, struct view *v, struct decision *d, struct text id,
                  const struct watch *w);

/* Corrects what late facts changed of what was sealed. */
void series_compare(const struct context *ctx, struct view *v, struct decision *d, struct text id,
                    const struct watch *w);

enum { DOTS_MAX = 64, EVIDENCE_MAX = 16, BASELINE_LEAST = 5, FREQUENT_LEAST = 5 };

/* A period that closes, and what its series was before. */
struct closing {
    const struct context *ctx;
    struct view *view;
    struct decision *decision;
    struct text id;
    struct place place;
    enum kpi kpi;
    const struct series *series; /* all zero before the first period */
    struct observed_point now;
    bool has_target;
    int64_t target;
    struct series_frozen baseline; /* baseline_points is 0 while it is not frozen */
    struct text sole_service; /* of a client: all of it is of this one (sole.c) */
    const struct series *of_client; /* of such a service: the client's, which spoke for it */
};

/* The one service that all of a client's figure is of, in this period and as far back as periods
 * are kept, so that both series say the same; "" where there is none. */
struct text sole_service(const struct closing *c);

/* Of a service: the client's series, which closes before it, where this is its sole service; else
 * NULL. */
const struct series *sole_of(const struct closing *c);

/* The points with a value from a day to another, those before `now` and `now`; of counts the
 * periods without any too. The newest `most` of them into dots: how many. */
size_t dots_of(const struct closing *c, int64_t from, int64_t to, struct observed_point *ret,
               size_t most);

/* The baseline of c->series, or the one that is complete now: then it is said. */
void baseline_find(struct closing *c);

/* The limits that hold at a point. */
struct charted baseline_limits(const struct closing *c, const struct observed_point *at);

/* Whether the newest point completes a run or a trend, also where a rule that comes first hides it;
 * no other rule. */
struct chart_signal chart_lasting(const struct charted *points, size_t n);

/* Says what signals with this point, and fills what the seal says of it. */
void signal_look(const struct closing *c, struct series_closed *seal);

#endif

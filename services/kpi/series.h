/* series: figures by periods as they close, and what those signal. RULES.md, series and signals.
 *
 * A decision that counts something, or takes something back, says so by series_seen for each figure
 * and day that it changes. So periods that nobody observed cost nothing: no timer, no point. What
 * is told before a period closes is in its seal; what is told later leaves the seal and corrects
 * it.
 */
#ifndef REDRESS_KPI_SERIES_H
#define REDRESS_KPI_SERIES_H

#include "services/kpi/kpi.h"

/* The figure `kpi` of the place (its client, its service and its component, as far as series are
 * kept of them) changes on `day` by this decision. Of others than the watched figures it says
 * nothing; saying it twice does no harm. */
void series_seen(const struct context *ctx, struct view *v, struct decision *d, enum kpi kpi,
                 const struct place *p, int64_t day);

/* The instant at which a period that ends on `to` closes. */
int64_t seal_instant(const struct context *ctx, struct view *v, int64_t to);

/* --- shared by watch.c, series.c and signal.c ------------------------------------------------- */

enum { SERIES_ID_MAX = ENTITY_ID_MAX };

/* "<kpi>/<s, c or ->/<name>": the id of a watch, and of its series. */
struct entity_id series_id(enum kpi kpi, const struct place *p);

#endif

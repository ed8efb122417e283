/* counted: what figures counted, thing by thing, along the indexes of those who keep the things.
 *
 * Each source is an index by day, client and place (by_day), and a function that says how a thing
 * of that day counts towards a figure. A page reads what it shows: days on which nothing of the
 * place counts are passed over by the sums of days, and what is elsewhere by its key. Pages go on
 * at (day, source, how many keys of that day were looked at). Rules: RULES.md, what was counted.
 */
#ifndef REDRESS_KPI_COUNTED_H
#define REDRESS_KPI_COUNTED_H

#include "services/kpi/kpi.h"

/* Fills words, hit, value and what else says how it counts; id, client and day are there already,
 * of its place set service and component. False when this one does not count. */
typedef bool counted_fn(enum kpi kpi, struct view *v, const struct found *f, struct counted *ret);

/* The key of an index for such a walk; false, and not in the index, without a day. Things of one
 * component lie together, and among them those of one service. */
bool by_day(struct key *k, int64_t day, const struct place *p);

/* How it begins: all of a client's things of a day; of a day's when there is no client. */
void of_day(struct key *k, int64_t day, struct text client);

#endif

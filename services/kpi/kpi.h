/* kpi: what the parts of this service share. Rules: RULES.md. Private to services/kpi. */
#ifndef REDRESS_KPI_H
#define REDRESS_KPI_H

#include "proto/kpi.h"

#include "common/def_functions.h"
#include "common/time/wall.h"

/* What an observation is about, or what a figure is of. A figure's place has a service or a
 * component, not both; an empty client means all clients of the partition. */
struct place {
    struct text client, service, component;
};

/* The day that the client's wall shows at an instant, in UTC when the catalog gives no zone. For
 * decisions: a fold finds the day in its event. */
int64_t client_day(struct view *v, struct text client, int64_t instant);

#endif

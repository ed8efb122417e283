/* loyalty: what loyalty.c computes for the questions about it. */
#ifndef REDRESS_KPI_LOYALTY_H
#define REDRESS_KPI_LOYALTY_H

#include "services/kpi/kpi.h"

/* What becomes of the client when its satisfaction moves by so many hundredths of the scale; of one
 * whose satisfaction is not known nothing is said. */
void loyalty_foresee(const struct kpi_options *o, int64_t delta, struct loyal_client *row);

/* Percent, in ten-thousandths; 0 of none. */
int64_t loyalty_share(int64_t part, int64_t all);

#endif

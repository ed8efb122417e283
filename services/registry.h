/* registry: the pure services of this build, for programs that hold all of them. */
#ifndef REDRESS_REGISTRY_H
#define REDRESS_REGISTRY_H

#include "common/service.h"

/* One line a service; each is a directory of services/ with a tables.c. */
#define SERVICES(X) X(catalog) X(escalation) X(kpi) X(sip) X(notification)

extern const struct service_type *const services[]; /* ends with NULL */

#endif

/* registry: see registry.h. */
#include "services/registry.h"

#define SERVICE_DECLARE_(name) extern const struct service_type name##_service;
SERVICES(SERVICE_DECLARE_)

#define SERVICE_ADDRESS_(name) &name##_service,
const struct service_type *const services[] = { SERVICES(SERVICE_ADDRESS_) NULL };

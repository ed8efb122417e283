/* registry: see registry.h. */
#include "services/registry.h"

#define SERVICE_DECLARE_(name) extern const struct service name##_service;
SERVICES(SERVICE_DECLARE_)

#define SERVICE_ADDRESS_(name) &name##_service,
const struct service *const services[] = { SERVICES(SERVICE_ADDRESS_) NULL };

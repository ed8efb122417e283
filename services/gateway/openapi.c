/* openapi: GET /openapi.json, the description that `make docs` writes as well. */
#include "services/gateway/handlers.h"

#include "proto/print.h"
#include "services/registry.h"

void openapi_get(struct call *c)
{
    call_json(c, 200, print_openapi(services));
}

/* openapi: GET /openapi.json, the description that `make docs` writes as well. */
#include "services/gateway/handlers.h"

#include "proto/print.h"
#include "services/gateway/www.h"
#include "services/registry.h"

/* Printed once: the tables do not change while the program runs, and anybody may ask. */
static char *document;

void openapi_get(struct call *c)
{
    if (!document) {
        json_t *value = print_openapi(services);
        document = json_dumps(value, JSON_COMPACT);
        json_decref(value);
    }
    if (document)
        www_send(c, "application/json", text_from(document));
    else
        CALL_PROBLEM(c, failed, "", "There is no memory for it.");
}

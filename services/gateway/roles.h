/* roles: what a token's role lets it do, and for which clients. Pure. */
#ifndef REDRESS_GATEWAY_ROLES_H
#define REDRESS_GATEWAY_ROLES_H

#include "common/service.h"
#include "services/gateway/gateway.h"

/* A row for every value of the catalog's enumeration token_role. */
struct role {
    const char *name;
    bool reads; /* queries, histories, the stream of events */
    bool as_client; /* only what clients may see (audience.h) */
    const char *const *only; /* the only services it reads, NULL behind the last; NULL: all */
    bool commands; /* works on what belongs to clients */
    bool administers; /* and on services with a single partition */
    bool reports; /* facts from other systems */
};

/* NULL: no such role. */
const struct role *role_find(struct text name);

bool role_may_query(const struct role *r, const struct service_type *s);
bool role_may_command(const struct role *r, const struct service_type *s,
                      const struct command_row *row);

/* Whether the principal may see and touch this client. */
bool principal_sees(const struct principal *p, struct text client);

#endif

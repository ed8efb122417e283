/* compose: what documents that are made of several questions share: the improvement programmes of a
 * client (report.c), a hand-over (handover.c). */
#ifndef REDRESS_GATEWAY_COMPOSE_H
#define REDRESS_GATEWAY_COMPOSE_H

#include <jansson.h>

#include "services/gateway/api.h"

enum { COMPOSE_PAGES_MAX = 40 /* of one question */ };

struct composed {
    json_t *rows; /* of the pages that came, or the one object of a query that has no rows;
                     borrowed; NULL: none came. Who reads gets what is for them. */
    int error; /* 0, or negative errno of the bus, or -EBADMSG: parameters that no query takes */
    const struct reply *reply; /* the last, as bus_done has it */
    bool more; /* there are more pages than COMPOSE_PAGES_MAX */
};

typedef void compose_done(struct call *c, const struct composed *answer);

/* Asks every page of a query, of that client or, where it is "", of all; then `done`, which may be
 * called before this returns. The call's state begins with a struct api. */
void compose_ask(struct call *c, const struct service_type *service, const struct query_row *query,
                 const json_t *parameters, struct text client, compose_done *done);

/* Which of these suffixes a name ends with ("acme.csv"), and what is before it; -1: none, or
 * nothing is. The suffixes end with NULL. */
int compose_form(struct text name, const char *const *suffixes, struct text *ret_stem);

#endif

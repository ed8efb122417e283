/* api: what the tables say, over HTTP (WIRE.md; proto/http.h says which paths there are). Between
 * api*.c only, and the pictures that are drawn of a query's answer.
 *
 * Whose a request is, in this order: the parameter or member `client`; the only client of the
 * token; for what exists already, whoever the suite says owns it. A service with a single partition
 * belongs to the provider and takes none.
 */
#ifndef REDRESS_GATEWAY_API_H
#define REDRESS_GATEWAY_API_H

#include "services/gateway/bus.h"
#include "services/gateway/gateway.h"
#include "services/gateway/roles.h"

struct api {
    const struct service_type *service;
    struct noun noun; /* .entity is NULL for a query by its name */
    const struct query_row *query;
    const struct command_row *command;
    struct text id; /* of the path */
    struct text client; /* chosen; "": all, for who may see all */
    bool of_answers; /* the question is about a figure that people's answers make */
    struct request request;
    call_handler *found; /* api_find's continuation */
    json_t *entity; /* what api_find found, until `found` returns */
    uint64_t version; /* of it */
};

static inline struct api *api_of(struct call *c)
{
    return c->state;
}

/* Chooses the client of a call: `named` is what the request says. False: answered. */
bool api_client(struct call *c, struct text named);

/* api_client where one must be known. */
bool api_client_needed(struct call *c, struct text named);

/* Whether this principal may touch what all clients share, where the service is that; false:
 * answered. */
bool api_all(struct call *c);

/* Whether this principal may ask a service with a single partition this; false: answered. */
bool api_single(struct call *c, const struct query_row *row, const void *value);

/* Finds the entity of the path's id, of the chosen client or wherever it is; sets client and entity
 * and goes on with `found`, or answers 404, 400 or what went wrong. */
void api_find(struct call *c, call_handler *found);

/* The request of a query about the path's id. False: answered. */
bool api_request_one(struct call *c, struct request *ret);

/* The rows of an answer as JSON, what clients may not see taken away when it is for one. */
json_t *api_rows(struct call *c, const struct record *record, const struct reply *reply);

/* {rows, cursor} and the header Link. Steals the rows. */
void api_page(struct call *c, json_t *rows, struct text cursor);

/* `limit` and `cursor` of a page. False: answered. */
bool api_paging(struct call *c, struct request *r);

/* Asks the query of the call, with its parameters, of the chosen client or of all; or answers what
 * is wrong with them. */
void api_ask(struct call *c, bus_done *done);

void api_list(struct call *c); /* GET of a query, or of a noun's list */
void api_one(struct call *c);
void api_history(struct call *c);
void api_command(struct call *c);

#endif

/* audience: what clients may see of an answer or an event, by the rows. Pure. */
#ifndef REDRESS_GATEWAY_AUDIENCE_H
#define REDRESS_GATEWAY_AUDIENCE_H

#include <jansson.h>

#include "common/msg/msg.h"

/* Whether there is anything in it for clients; what has nothing they are not told of at all. */
bool audience_any(const struct record *r);

/* Removes every member of the object that r does not give to clients, inside lists too, where what
 * names a figure of the provider's own goes as a whole; and what r does not know. */
void audience_client(const struct record *r, json_t *object);

/* The same for an array of objects, without those that audience_hides. */
void audience_client_rows(const struct record *r, json_t *rows);

/* Whether the whole of it is not for clients: what is of a figure that is the provider's own
 * (INTERNAL in proto/kpi/kpis.def), as the field `kpi` says that its row requires; and what says so
 * itself, by a field `internal`. To be asked before audience_client. */
bool audience_hides(const struct record *r, const json_t *object);

/* The same of a question: of its parameters, a struct of r. */
bool audience_hides_question(const struct record *r, const void *parameters);

#endif

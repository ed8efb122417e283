/* connections: how many there are, from where, and which are too slow. evhttp knows neither a bound
 * on connections nor one on the time a request takes to arrive: its timeout begins anew with every
 * byte.
 *
 * A connection is known by its descriptor. When one ends is not told; but its number comes back
 * with the next one, and before somebody is turned away every descriptor counted is looked at.
 */
#ifndef REDRESS_GATEWAY_CONNECTIONS_H
#define REDRESS_GATEWAY_CONNECTIONS_H

#include "services/gateway/gateway.h"

/* Sets up g->http. 0 or -ENOMEM. */
int connections_open(struct gateway *g, struct connections **ret);
void connections_close(struct connections **where);

/* A whole request has arrived: until the next one begins, nothing is late. */
void connections_arrived(struct connections *c, struct evhttp_request *r);

#endif

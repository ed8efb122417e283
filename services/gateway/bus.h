/* bus: commands and queries from inside the event loop. One link for each (service, partition) is
 * kept open (client_link.h); its descriptor is a read event, and a tick sends again what is due. At
 * most BUS_TURN_MAX messages are taken before everything else has its turn.
 *
 * `done` is called exactly once for each question, never from inside the call that asked. `error`
 * is 0, and reply and arena hold what came; both live until `done` returns (bus_keep). Else it is
 * -ETIMEDOUT: sent, and nothing came within BUS_TIMEOUT_MS, so the outcome is unknown;
 * -ECONNREFUSED: nobody serves it, nothing was sent; -EAGAIN: it was `busy` all the time;
 * -EBADMSG: an answer that is none.
 */
#ifndef REDRESS_GATEWAY_BUS_H
#define REDRESS_GATEWAY_BUS_H

#include "common/service.h"
#include "services/gateway/gateway.h"

int bus_open(struct gateway *g, struct bus **ret);
void bus_close(struct bus **where);

typedef void bus_done(void *arg, int error, const struct reply *reply, struct arena *a);

/* To r->client's partition, or the only one of a service with a single partition. The request is
 * copied. An id of zero is chosen. 0, -EBUSY (BUS_LINK_MAX), -EMSGSIZE, -ENOMEM. */
int bus_ask(struct bus *b, const struct service_type *s, const struct request *r, bus_done *done,
            void *arg);

/* The same to one partition. */
int bus_ask_partition(struct bus *b, const struct service_type *s, uint32_t partition,
                      const struct request *r, bus_done *done, void *arg);

/* A query to every partition, merged as its row says (client_merge.h); any answer that is not ok is
 * the answer. */
int bus_ask_all(struct bus *b, const struct service_type *s, const struct query_row *row,
                const struct request *r, bus_done *done, void *arg);

/* The same unmerged, for what may lie in any partition: the answers of all partitions, of which
 * some may be errors. */
struct bus_answer {
    const struct service_type *service;
    uint32_t partition;
    int error;
    struct reply reply;
};
typedef void bus_all_done(void *arg, const struct bus_answer *answers, uint32_t count,
                          struct arena *a);
int bus_ask_each(struct bus *b, const struct service_type *s, const struct request *r,
                 bus_all_done *done, void *arg);

/* "health" or "metrics" of every partition of every service, within BUS_INQUIRY_MS. */
int bus_inquire(struct bus *b, const char *op, bus_all_done *done, void *arg);

/* A copy of a reply that lives in this arena. */
void bus_keep(struct reply *ret, const struct reply *reply, struct arena *a);

#endif

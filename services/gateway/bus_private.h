/* bus_private: what bus.c gives to bus_ask.c. */
#ifndef REDRESS_GATEWAY_BUS_PRIVATE_H
#define REDRESS_GATEWAY_BUS_PRIVATE_H

#include "common/bus/client_link.h"
#include "services/gateway/bus.h"

struct bus_where {
    const struct service_type *service;
    uint32_t partition;
    int timeout_ms;
};

/* A frame with this id, copied. As bus_ask. */
int bus_post(struct bus *b, const struct bus_where *where, const struct id *id,
             const struct msg_buffer *frame, bus_done *done, void *arg);

struct gateway *bus_gateway(const struct bus *b);

#endif

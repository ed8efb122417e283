/* stream_filter: which events a stream wants, and which of them its principal may have.
 *
 *     types=a,b      event types that a table knows
 *     clients=x,y    events of these clients only
 *     services=s,t   events of these services only
 *
 * Missing: all. Lists are sorted, so that the order in a query string makes no other filter. What
 * the filter says about types and clients also says which logs must be followed at all: the others
 * are not read, and have no place in the stream's id.
 */
#ifndef REDRESS_STREAM_FILTER_H
#define REDRESS_STREAM_FILTER_H

#include "common/suite/suite.h"
#include "services/gateway/gateway.h"
#include "services/gateway/stream_cursor.h"

enum { FILTER_LIST_MAX = 64 /* values of one parameter */ };

struct filter_list {
    struct text at[FILTER_LIST_MAX];
    size_t count; /* 0: all */
};

struct filter {
    struct filter_list types, clients, services;
    bool as_client;
};

/* A log of the suite, in (service, partition) order. */
struct log_name {
    const struct service_type *service;
    uint32_t partition;
};

struct filter_error {
    enum problem what;
    const char *field, *rule;
};

/* What a call asks for, within what its principal may see. Texts live in the call. 0, or -EINVAL
 * with *reterr filled. */
int filter_read(const struct call *c, struct filter *ret, struct filter_error *reterr);

/* The logs that can hold such events. How many there are; at most `room` are written. */
size_t filter_logs(const struct filter *f, const struct principal *who, const struct suite *s,
                   struct log_name *ret, size_t room);

/* Whether the stream shows an event of this type and client. */
bool filter_takes(const struct filter *f, struct text type, struct text client);

/* The hashes that an id of such a stream bears. */
void filter_key(const struct filter *f, const struct suite *s, const struct log_name *logs,
                size_t count, struct cursor_key *ret);

#endif

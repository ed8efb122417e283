/* busy_order: after a busy reply, later commands of that connection are busy too until the first
 * is sent again (DESIGN 5): else they would overtake it.
 *
 * Bounded: beyond BUSY_ORDER_MAX the connection that has waited longest is forgotten; so is one
 * whose client did not ask again for BUSY_ORDER_MS.
 */
#ifndef REDRESS_BUSY_ORDER_H
#define REDRESS_BUSY_ORDER_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/id.h"

enum { BUSY_ORDER_MAX = 1024, BUSY_ORDER_MS = 60000 };

struct busy_order {
    uint32_t count;
    uint64_t routes[BUSY_ORDER_MAX]; /* hashes of routing ids: a clash costs a busy reply */
    struct id owed[BUSY_ORDER_MAX];
    int64_t since_ms[BUSY_ORDER_MAX];
};

/* The connection was answered busy for this command. The first one stays. */
void busy_order_mark(struct busy_order *b, const void *route, size_t size, const struct id *id,
                     int64_t now_ms);

/* True: this command must be answered busy. The one that is owed passes, and settles the debt. */
bool busy_order_check(struct busy_order *b, const void *route, size_t size, const struct id *id,
                      int64_t now_ms);

#endif

/* answer: runs one query function over a transaction of the state and makes the reply. Private to
 * common/. */
#ifndef REDRESS_ANSWER_H
#define REDRESS_ANSWER_H

#include "common/msg/wire.h"
#include "common/store/state.h"

enum {
    ROWS_DEFAULT = 100,
    ROWS_MAX = 500,
    REPLY_BESIDE_ELEMENTS = 32, /* values of a reply beside its rows */
    REPLY_BESIDE_BYTES = 1024, /* its bytes beside rows and cursor */
};

/* Values in an encoded value as the scan of a frame counts them, itself included: a page ends
 * before its reply is one that no peer would read. */
uint32_t answer_values(const void *encoded, size_t size);

/* `deadline_ms` on the monotonic clock; texts and the result live in the arena, which may outlive
 * the transaction. */
void answer_query(const struct service_type *s, const void *options, struct state *state,
                  MDB_txn *txn, const struct request *q, int64_t now, int64_t deadline_ms,
                  struct arena *a, struct reply *reply);

#endif

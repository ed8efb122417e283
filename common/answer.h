/* answer: runs one query function over a transaction of the state and makes the reply. Private to
 * common/. */
#ifndef REDRESS_ANSWER_H
#define REDRESS_ANSWER_H

#include "common/state.h"
#include "common/wire.h"

enum { ROWS_DEFAULT = 100, ROWS_MAX = 500 };

/* `deadline_ms` on the monotonic clock; texts and the result live in the arena, which may outlive
 * the transaction. */
void answer_query(const struct service *s, const void *options, struct state *state, MDB_txn *txn,
                  const struct request *q, int64_t now, int64_t deadline_ms, struct arena *a,
                  struct reply *reply);

#endif

/* rewrite: a partition's log written anew, record by record, into a fresh file. LMDB keeps old
 * pages, so what is to be gone is gone only when no page of the old file is there any more.
 *
 * Nobody may have the partition open; the caller holds its claim. The new file lies in
 * <partition>/log.new until it takes the old one's place in one step: whoever is killed leaves the
 * old log or the new one, and perhaps a directory that the next opening removes.
 */
#ifndef REDRESS_REWRITE_H
#define REDRESS_REWRITE_H

#include "common/store/journal.h"

/* What becomes of a record: 0 it stays, 1 *ret takes its place (with its digest), or -errno. `a` is
 * reset before each record. */
typedef int rewrite_fn(void *arg, uint64_t sequence, const struct entry *e, struct arena *a,
                       struct entry *ret);

/* Every record of a log in order, without writing; `each` returns 0 or -errno. -EBADMSG when one is
 * damaged or missing, having said which in *reterr. */
typedef int walk_fn(void *arg, uint64_t sequence, const struct entry *e, struct arena *a);
int rewrite_walk(const char *partition, walk_fn *each, void *arg, struct msg_error *reterr);

/* Writes <partition>/log.new, synced: the same sequences, digests and facts beside them. */
int rewrite_prepare(const char *partition, rewrite_fn *fn, void *arg, struct msg_error *reterr);

/* It takes the log's place, durably. What is folded from the log (rewrite_forget) is no longer its
 * fold. */
int rewrite_swap(const char *partition);

/* Removes what was prepared and not taken. 0 also when there was nothing. */
int rewrite_drop(const char *partition);

/* Removes what is derived from the log: state, checkpoints, scratch. The next opening folds. */
int rewrite_forget(const char *partition);

#endif

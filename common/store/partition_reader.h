/* partition_reader: read-only access to a partition for the threads beside its commit loop: replay
 * and queries.
 *
 * A reader has LMDB read transactions of its own on the partition's environments; it never blocks
 * the writer and keeps no transaction open between calls. One thread per reader. Close every reader
 * before its partition.
 */
#ifndef REDRESS_PARTITION_READER_H
#define REDRESS_PARTITION_READER_H

#include "common/store/partition.h"

struct reader;

/* 0 or -errno. */
int reader_open(struct partition *p, struct reader **ret);
void reader_close(struct reader **where);

/* Read access to the log of a directory that no process has open: `redress event watch` on a
 * stopped suite. Claims the directory as an owner would; errors as partition_open. Only the log
 * functions may be used. */
int reader_open_directory(const char *directory, struct reader **ret, struct msg_error *reterr);

/* Committed events from `from` on, at most credit bytes of envelopes (at least one event when there
 * is one) and at most max events, copied into the arena. *ret_count 0 when `from` is beyond the
 * head. 0, -EBADMSG when a checksum is wrong, -errno. */
int reader_events(struct reader *r, uint64_t from, size_t credit, size_t max, struct arena *a,
                  const struct published **ret, size_t *ret_count, uint64_t *ret_head);

struct epoch_start {
    uint64_t epoch, from; /* the first sequence written in that epoch, or that it will write */
};
enum { EPOCHS_MAX = 256 }; /* the newest ones; older are merged into the first row */

/* The history of epochs, oldest first; how many. -errno. */
int reader_epochs(struct reader *r, struct epoch_start ret[static EPOCHS_MAX], size_t *ret_count);

/* One query of WIRE.md, of the service's table or its history (history.h). Fills *reply: ok with
 * result (one map, or an array of maps) and perhaps a cursor; invalid; not_found for a query that
 * the service does not have. Texts and result live in the arena. */
void reader_query(struct reader *r, const struct request *q, int64_t now, struct arena *a,
                  struct reply *reply);

#endif

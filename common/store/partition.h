/* partition: one partition of one service, without sockets: the turn of DESIGN 4 over a log and a
 * derived state.
 *
 *     begin -> commands, wakes, foreign events -> commit (durable) -> answers may be sent
 *
 * Everything offered between begin and commit shares one transaction of the log and one of the
 * state. Nothing that a caller gets from it (replies, events) may leave the process before commit
 * has returned 0. Any error of commit but -ENOSPC means that the outcome is unknown: answer
 * nothing, exit, and open again. On -ENOSPC nothing happened: all of the batch is to be answered
 * `full`.
 *
 * One thread at a time. Readers (replay, queries) use partition_reader.h on the same environments.
 * Behind a commit a partition may begin a checkpoint on a thread of its own (checkpoint.h).
 */
#ifndef REDRESS_PARTITION_H
#define REDRESS_PARTITION_H

#include "common/base/id.h"
#include "common/msg/wire.h"
#include "common/service.h"

enum clock_mode { CLOCK_REAL, CLOCK_VIRTUAL };

struct partition_options {
    const char *directory; /* <data>/<service>/<partition, three digits> */
    const struct service_type *service;
    const void *options; /* struct <service>_options, borrowed */
    struct text install; /* id of the installation, in every event's source */
    uint32_t number, count; /* this partition of so many */
    enum clock_mode clock;
    bool adopt_clock; /* allows a directory with a virtual clock to be opened on the real one */
    bool any_file_system; /* tests: skip the checks of the file system */
    int64_t now; /* the suite's clock at opening; stamps clock.adopted */
    size_t log_map_bytes, state_map_bytes; /* 0: the defaults of store.h */
    void (*progress)(void *arg, uint64_t folded, uint64_t head); /* while folding; may be NULL */
    void *progress_arg;
    uint64_t checkpoint_every; /* events from one checkpoint to the next; 0: a million */
    /* Called on the thread that makes one, between its pieces; may be NULL. */
    void (*checkpoint_step)(void *arg, uint64_t copied, uint64_t size);
    void *checkpoint_arg;
};

struct partition;

/* Claims the directory (made when absent), takes the next epoch, brings the state up to the log's
 * head: by trusting it, or from a checkpoint, or by folding from 1. Errors: -EBUSY another process
 * owns it; -EMEDIUMTYPE a network or overlay file system; -EBADMSG the log is damaged; -EUCLEAN the
 * directory is of another service, partition, count or clock; -errno. */
int partition_open(const struct partition_options *o, struct partition **ret,
                   struct msg_error *reterr);

/* Syncs the state, marks it trusted, writes a checkpoint (behind one that is being made), releases
 * the claim; accepts NULL, and sets *where to NULL. */
void partition_close(struct partition **where);

/* The same for looking only: claims the directory and brings the state up, but takes no epoch and
 * writes neither mark nor checkpoint nor event. Left by partition_leave. */
int partition_inspect(const struct partition_options *o, struct partition **ret,
                      struct msg_error *reterr);
void partition_leave(struct partition **where);

/* A batch. -EIO and friends as LMDB gives them; the caller exits. */
int partition_begin(struct partition *p);
int partition_commit(struct partition *p);
void partition_abort(struct partition *p);

/* One command of WIRE.md, already scanned and read. `now` is the suite's clock. Fills *reply; its
 * texts live until the next partition_begin. STATUS_wait means: a copy lacks a row, offer it again
 * later. */
void partition_command(struct partition *p, const struct request *r, int64_t now,
                       struct reply *reply);

/* Wakes the entity with the earliest due instant at or before `now`, stamped with max(due, last
 * time) when virtual, else now. 1 when one was woken or put aside, 0 when none is due. */
int partition_wake(struct partition *p, int64_t now);

/* The earliest due instant, 0 for none. */
int64_t partition_due(struct partition *p);

/* What the service wants by itself and cannot do, because the events of its own decision do not fit
 * their rows or change nothing: a timer, or a letter. It is passed over, so that everything else
 * goes on, until its entity changes or the partition is opened again. While ASIDE_MAX are aside no
 * other wakes and nothing is tried. On a virtual clock the batch fails instead, and stderr says
 * why. *ret_ever is how many were put aside so far; those that are, are the newest last. */
enum { ASIDE_MAX = 64 };
struct put_aside {
    const char *what; /* "timer", "attempt" or "outcome" */
    const char *kind; /* of the entity */
    char client[CLIENT_MAX + 1], id[ENTITY_ID_MAX + 1];
    char problem[360];
};
size_t partition_aside(const struct partition *p, const struct put_aside **ret, uint64_t *ret_ever);

/* One upstream event: folds copies, runs reactions, moves the cursors. `envelope` has been scanned.
 * 0; -EAGAIN when a reaction waits, for a copy or because it may not be run now; -EBADMSG, and
 * nothing happened, when it is not the one behind the cursor, or when what a copy wants of it
 * cannot be read; else the batch is lost. */
enum patience {
    MAY_WAIT, /* reactions */
    FINAL, /* they may not: what they wait for does not come */
    COPIES_ONLY, /* they are not run */
};
int partition_foreign(struct partition *p, const struct envelope *e, int64_t now,
                      enum patience patience);

/* The publisher says that there are no events up to `through`: the cursors go on behind it. */
void partition_foreign_skip(struct partition *p, const char *source, uint32_t partition,
                            uint64_t through);

/* Whether copies of that upstream are older than they ever were: with a state that was lost, or is
 * behind its log. Who decided by them now would decide otherwise than before. */
bool partition_copies_behind(struct partition *p, const char *source, uint32_t partition);

/* The cursor of an upstream partition for the given way of following: the last sequence taken, 0 at
 * first. */
uint64_t partition_cursor(struct partition *p, const char *source, uint32_t partition,
                          enum follow_how how);

/* The events appended since partition_begin, for publishing after the commit: valid until the next
 * begin. */
size_t partition_published(struct partition *p, const struct published **ret);

/* The newest committed facts: head sequence, epoch, last time, hash chain. */
struct position {
    uint64_t head, epoch;
    int64_t time;
    uint8_t chain[32];
};
void partition_position(struct partition *p, struct position *ret);

/* Remembers how far a consumer is (for restore and lag metrics); rides on the next commit. */
void partition_consumer(struct partition *p, struct text name, uint64_t sequence);

#endif

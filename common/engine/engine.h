/* engine: the services of a suite in one process, without sockets, under a deterministic scheduler
 * and a virtual clock.
 *
 * It imports history, simulates, and drives tests. The clock follows the inputs: before an input at
 * t, every partition of every service fires its timers due at or before t, in the order of (due,
 * service, partition, entity); then the input; then the events it caused reach their followers in
 * the order of (time, service, partition, sequence), feedback last. Two runs of the same inputs on
 * empty directories give the same logs but for epochs and the installation's id.
 *
 * Commits are grouped (ENGINE_BATCH inputs); nothing is promised before engine_flush or
 * engine_close has returned 0.
 */
#ifndef REDRESS_ENGINE_H
#define REDRESS_ENGINE_H

#include "common/store/partition.h"

enum { ENGINE_BATCH = 4096, ENGINE_SERVICES_MAX = 8 };

struct engine_options {
    const char *directory; /* the data directory; partitions live in <directory>/<service>/<number>,
                              and what would have been sent in <directory>/outbox */
    struct text install;
    uint32_t partitions;
    const struct service_type *const *services; /* NULL-terminated */
    const void *const *options; /* one struct <service>_options per service, same order */
};

struct engine;

/* 0, or as partition_open. */
int engine_open(const struct engine_options *o, struct engine **ret, struct msg_error *reterr);

/* Timers up to `instant`, then the request for that service then; *reply lives until the next call.
 * `instant` before the clock is taken as the clock. 0 (whatever the reply says), or -errno of the
 * store: stop. */
int engine_input(struct engine *e, const char *service, const struct request *r, int64_t instant,
                 struct reply *reply);

/* Fires every timer due at or before `until` and moves the clock there. */
int engine_advance(struct engine *e, int64_t until);

/* Commits what is open. */
int engine_flush(struct engine *e);

/* A query against one partition, after a flush. */
int engine_query(struct engine *e, const char *service, uint32_t partition, const struct request *q,
                 struct arena *a, struct reply *reply);

int64_t engine_now(const struct engine *e);

/* Flushes and closes; 0 or the flush's error. Accepts NULL, sets *where to NULL. */
int engine_close(struct engine **where);

#endif

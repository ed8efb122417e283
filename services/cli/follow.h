/* follow: the events of many partitions from cursors on: over the bus while the suite is up, else
 * from its logs. */
#ifndef REDRESS_CLI_FOLLOW_H
#define REDRESS_CLI_FOLLOW_H

#include "services/cli/cli.h"

enum { FOLLOW_MAX = 512 }; /* partitions of all services */

/* Where a partition is read from: behind `sequence`. */
struct position_of {
    const char *service;
    uint32_t partition;
    uint64_t epoch, sequence;
};

/* One event; `raw` holds its bytes. 0: go on, 1: it was taken and nothing more is wanted, negative:
 * stop with that error. */
typedef int follow_event(void *arg, const struct envelope *e, const struct published *raw);

struct follow {
    const struct suite *suite;
    struct position_of at[FOLLOW_MAX]; /* moved as events are taken */
    uint32_t count;
    bool to_head; /* end when all that is there was taken */
    follow_event *event;
    void *arg;
    int (*pause)(void *arg); /* now and then, with everything taken so far handed over; as `event`;
                                may be NULL */
};

/* Adds every partition of the services (NULL: all of them; only `partition` of it unless negative),
 * from the beginning. */
int follow_add(struct follow *f, const char *service, int partition);

/* Moves every position to the newest event. 0 or -errno. */
int follow_from_head(struct follow *f);

/* Somebody serves a partition of the suite. */
bool follow_is_up(const struct suite *s);

/* Runs until the event function has enough (0), a signal (-EINTR), the head (0; always where the
 * suite is down), or an error: -ESTALE a log is no continuation of what was taken before; *reterr
 * may say more. */
int follow_run(struct follow *f, struct msg_error *reterr);

#endif

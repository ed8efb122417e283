/* supervise: the processes of a suite, kept running: started, awaited, started again when they die,
 * drained at the end. */
#ifndef REDRESS_CLI_SUPERVISE_H
#define REDRESS_CLI_SUPERVISE_H

#include <sys/types.h>

#include "common/base/monotonic.h"
#include "services/cli/cli.h"

enum {
    CHILDREN_MAX = 16,
    CHILD_ARGUMENTS_MAX = 24,
    SUPERVISE_BACKOFF_MS = 500, /* before the first new start; doubles */
    SUPERVISE_BACKOFF_MAX_MS = 30000,
    SUPERVISE_STABLE_MS = 60000, /* who ran so long begins the back-off anew */
    SUPERVISE_DRAIN_MS = 30000, /* from SIGTERM to SIGKILL */
};

struct child {
    char name[32]; /* "escalation", "gateway" */
    char program[SUITE_PATH_MAX];
    char log[SUITE_PATH_MAX];
    char *arguments[CHILD_ARGUMENTS_MAX]; /* ends with NULL; borrowed */
    const struct service_type *service; /* NULL: it has no partitions */
    pid_t pid; /* 0: not running */
    int64_t started_ms, start_at_ms;
    uint32_t failures;
    bool gave_up; /* it ended while the suite was starting... */
    int exit_code; /* ...with this; a signal counts as failed */
};

struct supervisor {
    struct suite suite;
    struct child children[CHILDREN_MAX];
    uint32_t count;
    int stop_signal; /* the one that asked to end, 0 for none */
};

/* Blocks the signals that the supervisor takes one by one; before any thread is made. */
void supervise_block_signals(void);

/* Starts every child. 0 or -errno. */
int supervise_start(struct supervisor *s);

/* Handles what happened within `wait_ms` (children that ended, signals). `starting`: a child that
 * ends is not started again but marked. */
void supervise_turn(struct supervisor *s, int wait_ms, bool starting);

/* SIGTERM to all, then waits. 0, or -ETIMEDOUT when one had to be killed. */
int supervise_stop(struct supervisor *s);

/* Takes the lock of DIR/run/supervisor.pid and writes this process' id. -EBUSY: another one has it.
 */
int supervise_lock(const struct suite *s, int *ret_fd);

/* Who holds that lock: its process id, or 0 for nobody; -errno. */
pid_t supervise_holder(const struct suite *s);

#endif

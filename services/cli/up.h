/* up: what `redress up` was asked for, and how its supervisor leaves the terminal. */
#ifndef REDRESS_CLI_UP_H
#define REDRESS_CLI_UP_H

#include "services/cli/supervise.h"

struct up {
    struct cli *cli;
    const char *http, *level;
    char *config;
    int64_t partitions, rate; /* 0: as they are */
    int64_t wait; /* microseconds until all must be ready */
    bool adopt, detach;
};

/* The rate of a clock, as flags say it: real, or x and a number. -EINVAL. */
int up_parse_clock(const char *arg, int64_t *ret);

/* Forks the supervisor off. In the parent: its process id, *ret_code the exit code it told, -1 when
 * it could not be made (said so). In the supervisor: 0, and *ret_fd is where it tells its exit code
 * to. */
pid_t up_detach(int *ret_fd, int *ret_code);

/* Tells the parent the exit code, when there is one that waits (fd >= 0). */
void up_tell(int fd, int code);

/* In the supervisor, once its parent may go: nothing of the terminal stays open. */
void up_leave_terminal(const struct supervisor *s);

#endif

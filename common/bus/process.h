/* process: serves partitions of one service on the bus (DESIGN 4, 7 and 8; WIRE.md).
 *
 * Each partition has a thread for its turns, which alone writes; one for replay and one for
 * queries, which only read. They share no socket. process_main is what services/main.c calls;
 * process_start and process_stop are the same without a process around, for tests.
 */
#ifndef REDRESS_PROCESS_H
#define REDRESS_PROCESS_H

#include "common/out/outbound.h"
#include "common/service.h"
#include "common/suite/suite.h"

enum process_exit { /* as the command-line tool's */
                    PROCESS_OK = 0,
                    PROCESS_FAILED = 1,
                    PROCESS_USAGE = 2,
                    PROCESS_MISSING = 3, /* no suite there */
                    PROCESS_UNAVAILABLE = 6, /* another process owns the partition */
                    PROCESS_UNKNOWN = 70, /* a commit whose outcome is unknown: start again */
};

struct process_options {
    const struct service_type *service;
    const void *options; /* struct <service>_options, borrowed */
    const struct outbound_options *outbound; /* texts borrowed; NULL: nothing is configured */
    const struct suite *suite; /* copied */
    const uint32_t *partitions; /* which ones */
    size_t count; /* 0: all of the suite */
    bool adopt_clock;
    bool any_file_system; /* tests: skip the checks of the file system */
    size_t log_map_bytes; /* the quota of a partition's log; 0: the default */
};

struct process;

/* Returns when every partition is served, or with the first error: as partition_open, -errno. */
int process_start(const struct process_options *o, struct process **ret, struct msg_error *reterr);

/* Answers what was read, closes the partitions, gives everything back. Accepts NULL, sets
 * *where to NULL. */
void process_stop(struct process **where);

/* The whole of a service's program; returns its exit code. */
int process_main(int argc, char **argv, const struct service_type *service);

#endif

/* suite: a data directory and what is written in it: the installation's id, the partition count,
 * the clock, the addresses.
 *
 *     DIR/suite.json                        {format, install, partitions, clock}; written once,
 * durable DIR/<service>/<partition>/log, state  one partition (partition.h)
 *     DIR/run/<service>-<partition>.json    {service, partition, command, events, replay, epoch,
 * instance, pid}: who serves it DIR/run/<service>.log                 stderr of a process that
 * `redress up` started
 *
 * Sockets lie in DIR/run; when that path is too long for a socket address, in a private directory
 * under /tmp named by the installation (whatever TMPDIR says: every process must find the same
 * one). Everything is 0700.
 */
#ifndef REDRESS_SUITE_H
#define REDRESS_SUITE_H

#include "common/base/id.h"
#include "common/msg/msg.h"

enum {
    SUITE_PARTITIONS_MAX = 256,
    SUITE_PATH_MAX = 1024,
    SUITE_ENDPOINT_MAX = 128, /* bytes of an address, with its NUL */
    SUITE_RATE_MAX = 100000, /* the fastest clock: so many suite seconds a second */
};

/* The suite's clock: suite = anchor_suite + (real - anchor_real) * rate. Real time is rate 1 with
 * equal anchors. */
struct suite_clock {
    int64_t anchor_real, anchor_suite; /* microseconds UTC */
    int64_t rate;
};
int64_t suite_now(const struct suite_clock *c);
int64_t real_now(void);

struct suite {
    char directory[SUITE_PATH_MAX]; /* absolute */
    char run[SUITE_PATH_MAX]; /* where the sockets are */
    char install[ID_TEXT + 1];
    uint32_t partitions;
    struct suite_clock clock;
    bool is_virtual; /* holds history on a virtual clock and was not adopted yet */
};

/* Opens DIR/suite.json. -ENOENT when DIR holds no suite, -EBADMSG when the file is damaged; *reterr
 * says what. */
int suite_load(const char *directory, struct suite *ret, struct msg_error *reterr);

/* Opens it, or makes it with these settings when it is not there. partitions 0 and rate 0: as it
 * is, or 1. -EINVAL when what is there has another count or clock. Processes that do so at once end
 * up with one suite. */
int suite_open(const char *directory, uint32_t partitions, int64_t rate, struct suite *ret,
               struct msg_error *reterr);

/* What a program does that is told --data and --partitions: suite_load when partitions is 0, else
 * suite_open: where no `redress up` has made the suite, whoever starts first does. */
#define SUITE_PARTITIONS_HELP                                                                      \
    "Make the suite with so many partitions when there is none; 0: it must be there"
int suite_find(const char *directory, uint32_t partitions, struct suite *ret,
               struct msg_error *reterr);

/* Makes DIR/run and the directory of the sockets; for who is about to write there. suite_open has
 * done it. 0 or -errno. */
int suite_run_make(const struct suite *s);

/* Notes that the suite holds history on a virtual clock, or that all of it was adopted. 0 or
 * -errno. */
int suite_virtual_set(struct suite *s, bool is_virtual);

/* How many partitions a service has: the suite's count, but the catalog has one. */
uint32_t suite_partitions(const struct suite *s, const char *service);

/* "ipc://..." of kind "command", "events" or "replay". */
void suite_endpoint(const struct suite *s, const char *service, uint32_t partition,
                    const char *kind, char out[static SUITE_ENDPOINT_MAX]);

/* <directory>/<service>/<partition, three digits> */
void suite_partition_directory(const struct suite *s, const char *service, uint32_t partition,
                               char out[static SUITE_PATH_MAX]);

/* What an instance says of a partition it serves. Who writes it holds it by a lock until it removes
 * it or ends: *held, which is -1 before the first write. suite_serving_read: -ENOENT when nobody
 * holds it, -EBADMSG when it cannot be read, else -errno. Process ids are for people: in containers
 * each process has its own count of them. */
struct serving {
    char service[32];
    uint32_t partition;
    uint64_t epoch;
    char instance[64];
    int64_t pid;
    char command[SUITE_ENDPOINT_MAX], events[SUITE_ENDPOINT_MAX], replay[SUITE_ENDPOINT_MAX];
};
int suite_serving_write(const struct suite *s, const struct serving *what, int *held);
int suite_serving_read(const struct suite *s, const char *service, uint32_t partition,
                       struct serving *ret);
void suite_serving_remove(const struct suite *s, const char *service, uint32_t partition,
                          int *held);

#endif

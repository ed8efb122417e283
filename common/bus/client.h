/* client: speaks commands and queries to a suite: finds partitions, asks again with the same id,
 * follows `moved`, merges.
 *
 * One client per thread. Requests in flight are bounded by CLIENT_WINDOW; client_send blocks when
 * the window is full.
 */
#ifndef REDRESS_CLIENT_H
#define REDRESS_CLIENT_H

#include "common/msg/wire.h"
#include "common/suite/suite.h"

enum {
    CLIENT_WINDOW = 128, /* requests in flight */
    CLIENT_RETRY_MS = 1000, /* no answer: asked again with the same id */
    CLIENT_TIMEOUT_MS = 30000, /* then it is unknown, -ETIMEDOUT */
    CLIENT_PROCESS_MS = 5000, /* a process that says nothing of itself for so long stands still */
};

struct client;

/* 0 or -errno. The suite is copied. */
int client_open(const struct suite *s, struct client **ret);
void client_close(struct client **c);

/* One command or query of r->client's partition, or of `partition` when r->client is empty; waits
 * for the answer. `busy` is asked again until the timeout. Texts of *reply live in the arena. 0,
 * -ETIMEDOUT, -ECONNREFUSED (nobody serves it), -errno. */
int client_ask(struct client *c, const char *service, uint32_t partition, const struct request *r,
               struct arena *a, struct reply *reply);

/* A query to every partition, merged as the row says: ONE sums integers and decimals, MANY sorts
 * rows by the result's first field and keeps at most r->limit. Any answer that is not ok is
 * returned as it is. */
struct query_row;
int client_query_all(struct client *c, const char *service, const struct query_row *row,
                     const struct request *r, struct arena *a, struct reply *reply);

/* Many commands at speed: send returns as soon as the request is in the window (calling `answered`
 * for replies that come in meanwhile), drain waits for the rest. Order holds per partition.
 * `answered` runs in the caller's thread. */
typedef void client_answered(void *arg, uint64_t tag, const struct reply *reply);
int client_send(struct client *c, const char *service, const struct request *r, uint64_t tag,
                client_answered *answered, void *arg);
int client_drain(struct client *c);

/* Health and metrics of one process (ops beside WIRE.md's): "health" gives a map, "metrics" a text.
 * -ETIMEDOUT after CLIENT_PROCESS_MS: whoever watches over processes cannot wait as a command
 * does. Not while requests of client_send are under way: they would be forgotten with it. */
int client_ask_process(struct client *c, const char *service, uint32_t partition, const char *op,
                       struct arena *a, const void **ret, size_t *ret_size);

#endif

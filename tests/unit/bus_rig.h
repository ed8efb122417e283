/* bus_rig: a suite of two partitions with the services escalation and tally on real sockets and
 * real LMDB, in this process.
 */
#ifndef REDRESS_TESTS_BUS_RIG_H
#define REDRESS_TESTS_BUS_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/bus/client.h"
#include "common/bus/consumer.h"
#include "common/bus/process.h"
#include "tests/tally/tally.h"

enum { RIG_PARTITIONS = 2, RIG_WAIT_MS = 20000 };

extern const struct service_type tally_service, escalation_service;

struct bus_rig {
    char directory[64];
    struct suite suite;
    struct process *escalation, *tally;
    void *escalation_options, *tally_options;
    struct client *client;
    struct arena arena;
};

/* cmocka's set-up and tear-down of a group; *state is a struct bus_rig. */
int bus_set_up(void **state);
int bus_tear_down(void **state);

void bus_start(struct bus_rig *g, const struct service_type *service, struct process **ret);

int64_t bus_now_ms(void);

/* A client's id that belongs to that partition. */
struct text bus_client(struct bus_rig *g, uint32_t partition, const char *prefix);

/* A command's request with a fresh id; data is the command's struct. */
struct request bus_request(struct bus_rig *g, const struct service_type *s, const char *type,
                           struct text client, const void *data);

/* counter.add of 1, and counter.make of 1, which is idempotent by the command's id. */
struct request bus_add_request(struct bus_rig *g, struct text client, const char *name);
struct request bus_make_request(struct bus_rig *g, struct text client);

/* Asks, and expects an answer; the reply lives until the group ends. */
struct reply bus_ask(struct bus_rig *g, const char *service, const struct request *r);

/* Raises an escalation of the client, and expects that it is taken: its sequence in the log. */
uint64_t bus_raise(struct bus_rig *g, struct text client);

/* counter.add of the tally service. */
struct reply bus_add(struct bus_rig *g, struct text client, const char *name, int64_t amount);

/* A query to all partitions of the tally service. */
struct reply bus_query(struct bus_rig *g, const char *type, uint32_t limit, struct text cursor);

/* Decodes {adds, total} of tally.totals. */
struct sums bus_totals(struct bus_rig *g);

#endif

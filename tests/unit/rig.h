/* rig: one partition of the test service tally in a scratch directory, and how tests speak to it.
 */
#ifndef REDRESS_TESTS_RIG_H
#define REDRESS_TESTS_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/msg/json.h"
#include "common/store/turn.h"
#include "common/store/verify.h"
#include "tests/tally/tally.h"

extern const struct service_type tally_service;

struct rig {
    char directory[64];
    struct partition_options o;
    struct partition *p;
    struct arena arena; /* what requests and answers live in, until the test ends */
};

extern const int64_t rig_now; /* the suite's clock in these tests */

/* cmocka's set-up and tear-down; *state is a struct rig. */
int rig_set_up(void **state);
int rig_tear_down(void **state);

/* Opens it with g->o; the test fails when it cannot. */
void rig_open(struct rig *g);
/* Deletes what matches inside its directory: "state", "checkpoint", "*". */
void rig_remove(struct rig *g, const char *what);

/* A request with a fresh id, spoken by "local" for "ann". */
struct request rig_request(struct rig *g, const char *type, const char *client, const void *data);
struct request rig_add_request(struct rig *g, const char *client, const char *name, int64_t amount);

/* One command in a batch of its own. */
struct reply rig_say(struct rig *g, const struct request *r);
struct reply rig_add(struct rig *g, const char *client, const char *name, int64_t amount);
struct reply rig_add_every(struct rig *g, const char *name, int64_t every);

/* A query with a JSON body; the answer is the caller's to free, NULL unless ok. */
json_t *rig_ask(struct rig *g, const char *type, const char *body, uint32_t limit,
                struct reply *reply);
int64_t rig_total(struct rig *g);

/* Wakes what is due until then in one batch; how many. */
int rig_wake_until(struct rig *g, int64_t instant);

/* Closes, verifies log and state, opens again. */
void rig_check_whole(struct rig *g);

#endif

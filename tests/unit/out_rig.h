/* out_rig: an outbound in a scratch directory, and effects that tests send by it. */
#ifndef REDRESS_TESTS_OUT_RIG_H
#define REDRESS_TESTS_OUT_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/monotonic.h"
#include "common/out/outbound.h"
#include "tests/unit/peer.h"

struct out_rig {
    char directory[64]; /* copies in out/, secrets in secrets/ */
    struct outbound_options o;
    struct outbound *out; /* opened by the first that needs it */
    struct arena arena;
};

/* cmocka's set-up and tear-down; *state is a struct out_rig. Loopback is allowed, mail is without
 * STARTTLS, the throttle wide. */
int out_rig_set_up(void **state);
int out_rig_tear_down(void **state);

/* Opens it with g->o; the test fails when it cannot. */
void out_rig_open(struct out_rig *g);
/* Sends mail by this peer. */
void out_rig_relay(struct out_rig *g, const struct peer *p);
void out_rig_secret(struct out_rig *g, const char *name, const char *lines);

/* An effect of each kind. */
struct effect out_rig_hook(struct out_rig *g, const struct peer *p);
struct effect out_rig_mail(struct out_rig *g, const char *to);

/* Begins a try; the next result, waited for; both. */
void out_rig_submit(struct out_rig *g, const struct effect *e, uint64_t tag);
struct outcome out_rig_result(struct out_rig *g, uint64_t *ret_tag);
struct outcome out_rig_try(struct out_rig *g, const struct effect *e);

/* Fails the test unless the outcome is this failure, as temporary as its row says. */
void out_rig_failed(const struct outcome *o, enum effect_failure failure);

/* The value of a header in a head, "" when there is none; in the arena. */
struct text out_rig_header(struct out_rig *g, struct text head, const char *name);
bool out_rig_holds(struct text t, const char *word);

#endif

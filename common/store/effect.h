/* effect: a partition's side of mail and hooks (service.h, effects): which rows are due, the
 * decision to try one, and what became of a try. Who sends is no concern of it: outbound on the
 * bus, the outbox in the engine.
 *
 * All of it happens between partition_begin and partition_commit; an effect may leave the process
 * only behind the commit of the attempt.
 */
#ifndef REDRESS_EFFECT_H
#define REDRESS_EFFECT_H

#include "common/store/partition.h"
#include "common/suite/link.h"

/* With what effects are built. */
struct effect_tools {
    uint8_t key[LINK_KEY_BYTES]; /* signs links */
    struct text public_url; /* where people reach the gateway; "" makes no links */
};

struct effect_turn {
    struct arena *arena;
    const struct effect_tools *tools;
    int64_t now;
};

/* A row that is due, by value. */
struct effect_due {
    int64_t due;
    uint32_t client_length, id_length;
    char client[CLIENT_MAX], id[ENTITY_ID_MAX];
};
struct text effect_due_client(const struct effect_due *d);
struct text effect_due_id(const struct effect_due *d);

/* Rows of row->index that are due at or before `now`, in the order of their instants, behind
 * `after` (NULL: from the first), at most `max`. How many, or -errno of the store. */
int partition_effects(struct partition *p, const struct effect_row *row, int64_t now,
                      const struct effect_due *after, struct effect_due *ret, int max);

/* The instant of the first row that is not due yet at `now`; 0 for none. */
int64_t partition_effect_next(struct partition *p, const struct effect_row *row, int64_t now);

/* Decides on a try. `may` is asked before anything happens; when it says no, nothing does. 1: the
 * try is in the batch, and *ret (in `keep`) is to be sent behind the commit; 0: nothing is to be
 * sent, or not now; -errno: the batch is lost. */
typedef bool effect_may(void *arg, const struct effect *e);
int partition_attempt(struct partition *p, const struct effect_row *row, struct text client,
                      struct text id, int64_t now, const struct effect_tools *tools,
                      struct arena *keep, effect_may *may, void *arg, struct effect *ret);

/* Takes in what became of it. 0; -EAGAIN the log is at its quota: again later; -errno: the batch is
 * lost. */
int partition_outcome(struct partition *p, const struct effect_row *row, struct text client,
                      struct text id, const struct outcome *o, int64_t now);

#endif

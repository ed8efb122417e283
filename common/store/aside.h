/* aside: what a service wants by itself and cannot do. A timer whose wake makes events that do not
 * fit their own rows, or leaves its instant where it was, would be asked for again at once, for
 * ever; so would a letter whose attempt or outcome does. Whoever ends at such a one ends again at
 * every start. It is put aside instead: told, counted, passed over, and everything else goes on.
 *
 * What is put aside is known in memory only, so a log and its fold are as without it. It is tried
 * again when its entity changes, when its instant moves, and in the next life of the process: a
 * newer version of the service may be able to do it.
 *
 * On the virtual clock of a history nobody watches, and what was left out would be missing for
 * ever: there the batch fails. Private to common/store.
 */
#ifndef REDRESS_ASIDE_H
#define REDRESS_ASIDE_H

#include "common/store/partition.h"
#include "common/store/state.h"

struct aside {
    const struct effect_row *effect; /* NULL: a timer */
    struct entity_key key;
    int64_t due; /* of a timer */
};

/* Nothing wakes and nothing is tried while so many are aside: that is no accident of one entity. */
struct asides {
    struct aside at[ASIDE_MAX];
    struct put_aside told[ASIDE_MAX];
    uint32_t count;
    uint64_t ever; /* how many were put aside so far */
};

/* Whether that row is passed over; `due` is looked at for timers only. */
bool aside_has(const struct partition *p, const struct effect_row *effect,
               const struct entity_key *key, int64_t due);
bool aside_full(const struct partition *p);

/* Puts it aside because of `problem`, which names the field and its rule where it is one's fault.
 * On a virtual clock the batch fails instead. */
void aside_put(struct partition *p, const struct effect_row *effect, const struct slot *s,
               int64_t due, const char *what, const struct msg_error *problem);

/* The entity is another one now. */
void aside_forget(struct partition *p, const struct entity_key *key);

#endif

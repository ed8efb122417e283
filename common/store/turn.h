/* turn: the inside of a partition, shared by partition.c, turn.c, fold.c, bringup.c,
 * checkpoint.c and the engine.
 * Private to common/. */
#ifndef REDRESS_TURN_H
#define REDRESS_TURN_H

#include "common/store/aside.h"
#include "common/store/journal.h"
#include "common/store/state.h"

/* What decide said. */
struct decision {
    struct view *view;
    struct id cause; /* new ids derive from it */
    struct emitted {
        const struct event_row *row;
        struct text id;
        const void *data;
    } events[DECISION_EVENTS_MAX];
    uint32_t count;
    int refusal; /* 0: none */
    const char *field;
    bool known, wait, missing;
};

/* The command that the fold is in the middle of: its entry in `seen` is written with its last
 * event. */
struct seen_entry {
    uint64_t first, version;
    struct text subject;
    char subject_bytes[CLIENT_MAX + 1 + ENTITY_ID_MAX];
};

/* How far the events of an upstream partition were taken, for copies or for reactions. */
enum {
    CURSORS_MAX = 32,
    CURSOR_AHEAD_MAX = 4096 /* events before it is written without a reason */
};
struct cursor {
    char service[32];
    uint32_t partition;
    bool copies;
    uint64_t at;
    uint64_t ever; /* the highest that the log knows of */
    uint32_t ahead; /* events since it was last written */
};

struct partition {
    const struct service_type *service;
    uint64_t fingerprint; /* of what the state's bytes depend on */
    const void *options;
    struct identity identity;
    char directory[STORE_PATH_MAX];
    char source[96]; /* "/redress/<install>/<service>/<ppp>" */
    char id_prefix[64]; /* "<service>/<ppp>/<epoch>/" */
    char actor[48]; /* "service:<name>": who acts in wakes and reactions */
    enum clock_mode clock;
    int claim;
    uint64_t epoch;
    struct journal journal;
    struct state state;
    MDB_txn *log_txn, *state_txn;
    struct tip tip, committed;
    struct checkpoint *checkpoint; /* that is being made beside the loop; NULL: none */
    uint64_t checkpointed; /* position of the newest checkpoint, also of one that failed */
    uint64_t checkpoint_every; /* events from one to the next */
    void (*checkpoint_step)(void *arg, uint64_t copied, uint64_t size); /* may be NULL */
    void *checkpoint_arg;
    struct arena turn, batch; /* reset a command, reset a batch */
    struct totals totals;
    struct msg_error unfit; /* what turn_accept found wrong with an event */
    struct published *published;
    size_t published_count, published_room;
    int64_t due; /* the earliest due instant */
    bool due_known;
    struct seen_entry seen;
    uint64_t misled; /* the first event that a fold found with another `previous` than it has */
    struct {
        struct cursor at[CURSORS_MAX];
        uint32_t count;
    } cursors; /* as of the batch */
    struct asides asides;
    bool wrote; /* the batch holds something to commit */
    int error; /* of the batch, sticky */
    bool full; /* the log is at its quota: commands are answered so */
};

/* --- turn.c: from a decision to events ------------------------------------------------------ */

/* Who and what an entry of the log says it came from. */
struct origin {
    struct id command; /* what ids derive from */
    struct text causation; /* causationid */
    struct text client, actor, principal, traceparent;
    uint8_t request_hash[16];
    bool remember;
};

/* Encodes, applies, writes and appends the events of a decision, at `time`. 0, -EMSGSIZE when an
 * event is larger than MSG_EVENT_MAX (nothing happened), or p->error. */
int turn_accept(struct partition *p, struct view *v, struct decision *d, const struct origin *o,
                int64_t time);

/* Why turn_accept said so: what is wrong with the events of the decision. */
const struct msg_error *turn_unfit(const struct partition *p, int error);

/* Appends one event of the runtime itself (clock.adopted, <service>.follow_refused) with already
 * encoded data. */
int turn_append_own(struct partition *p, const struct origin *o, const char *type,
                    struct text subject, struct msg_buffer *data, int64_t time);

/* Begins a turn's view of the batch; view_end ends it. */
void turn_view(struct partition *p, MDB_txn *txn, struct view *ret, struct text client);

/* The instant of the next event: never before the last one. */
int64_t turn_time(const struct partition *p, int64_t now);

/* --- fold.c: from events to state ----------------------------------------------------------- */

/* The entity that an event is about, at the version that the event follows. NULL with v->error set
 * when the store failed. */
struct slot *fold_subject(struct view *v, const struct event_row *row, struct text client,
                          struct text id);

/* One decoded event about one entity, in an open view; both the first time and when folding again.
 */
int fold_apply(struct view *v, const struct event_row *row, struct slot *subject, struct text actor,
               const void *data, uint64_t sequence, int64_t time);

/* What the log says beside events about entities: lapsing of clock.adopted, commands remembered. */
int fold_clock_adopted(struct view *v, int64_t until);
int fold_seen(struct partition *p, MDB_txn *txn, const struct entry *e, const struct envelope *env);

/* Folds entries behind the state's position up to the log's tip, committing as it goes. */
int fold_tail(struct partition *p, void (*progress)(void *arg, uint64_t folded, uint64_t head),
              void *arg, uint64_t *ret_folded);

enum { FOLD_BATCH = 8192 }; /* entries a state commit while folding */
extern const char CLOCK_ADOPTED[]; /* "clock.adopted" */

/* --- foreign.c ------------------------------------------------------------------------------ */

/* Writes the cursors that moved into the open batch: 0, or an error of the store. */
int cursors_flush(struct partition *p);

/* What the batch did to them did not happen: they are read again. */
void cursors_forget(struct partition *p);

bool cursors_ahead(const struct partition *p);

/* --- seen.c --------------------------------------------------------------------------------- */

enum { SEEN_KEY_BYTES = 24, SEEN_VALUE_BYTES = 32 };
void seen_key(const struct id *command, struct text principal, uint8_t out[static SEEN_KEY_BYTES]);

/* --- bringup.c ------------------------------------------------------------------------------ */

/* Opens the state that the log's mark and the service's fold version allow, or makes a new one, and
 * folds the tail. */
int bring_up(struct partition *p, const struct partition_options *o, bool trusted);
int boot_id(char ret[static ID_TEXT + 1]);

#endif

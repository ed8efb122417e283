/* state: what folding the log gives: entities, their indexes, the due index, the commands
 * remembered, cursors of copies.
 *
 * Derived and unsynced: it is trusted, or folded again (partition_open). Keys, all big-endian:
 *
 *     entity   kind (u8) | client | 0 | id              -> version (u64) | image
 *     index    index id (u16) | key | client | 0 | id   -> kind | client | 0 | id
 *     due      instant (u64) | kind | client | 0 | id   -> nothing
 *     seen     command id (16) | hash of principal (8)  -> first (u64) | version (u64) | hash of
 *                                                          the request (16)
 *     meta     "tip", "fold", "c/<service>/<partition>" (copies)
 *
 * Of an entity that was removed the version stays, without an image: its history is told from
 * there (history.h), and goes on should it be born again.
 */
#ifndef REDRESS_STATE_H
#define REDRESS_STATE_H

#include "common/service.h"
#include "common/store/store.h"

enum {
    ENTITY_KEY_MAX = 1 + CLIENT_MAX + 1 + ENTITY_ID_MAX,
    INDEX_ROW_KEY_MAX = STORE_KEY_MAX,
    SEEN_DAYS = 7, /* how long an accepted command is remembered */
};

struct state {
    MDB_env *env;
    MDB_dbi entity, index, due, seen, meta;
};

int state_open(const char *directory, size_t map_bytes, unsigned flags, struct state *ret);
void state_close(struct state *s);

/* How far it has folded, and with which fingerprint (image.h). Zeroes when new. */
int state_position(struct state *s, MDB_txn *txn, uint64_t *ret_sequence,
                   uint64_t *ret_fingerprint);
int state_set_position(struct state *s, MDB_txn *txn, uint64_t sequence, uint64_t fingerprint);

struct entity_key {
    uint8_t at[ENTITY_KEY_MAX];
    uint32_t length;
};
static inline bool entity_key_equal(const struct entity_key *a, const struct entity_key *b)
{
    return a->length == b->length && memcmp(a->at, b->at, a->length) == 0;
}

/* False when client or id are too long. */
bool entity_key_make(int kind, struct text client, struct text id, struct entity_key *ret);
/* Texts borrow from the key's bytes. */
void entity_key_parts(const void *bytes, size_t size, int *kind, struct text *client,
                      struct text *id);

const struct entity_row *service_entity(const struct service_type *s, int id);
const struct entity_row *service_entity_named(const struct service_type *s, const char *name);
const struct command_row *service_command(const struct service_type *s, struct text name);
const struct event_row *service_event(const struct service_type *s, int id);
const struct event_row *service_event_named(const struct service_type *s, struct text name);
const struct query_row *service_query(const struct service_type *s, struct text name);
const struct index_row *service_index(const struct service_type *s, int id);

/* --- slots: the entities of one turn -------------------------------------------------------- */

struct slot {
    const struct entity_row *row;
    struct entity_key key;
    struct text client, id; /* within key */
    void *value; /* decoded; zeroed when not born */
    uint64_t version;
    bool born, edited;
    int64_t due_before;
    struct index_value {
        uint32_t length; /* 0: not indexed */
        uint8_t *at;
    } * before; /* one an index of this entity kind, in the order of the table */
};

enum { SLOTS_MAX = 4096 };

/* Totals change with nearly every event, so those that do stay decoded and are written once a
 * batch. One that is only looked at is read anew each time: a sum over years would push out those
 * that change. */
enum { TOTALS_ROOM = 16384, TOTALS_MAX = 8192 };
struct totals {
    struct arena arena; /* its slots': a total holds numbers only, nothing that points elsewhere */
    struct slot *slots[TOTALS_ROOM];
    struct slot *edited[TOTALS_ROOM]; /* since the last flush */
    uint32_t count, edited_count;
};

/* The entities that a turn has looked at, over one transaction. A view of service.h is this. */
struct view {
    const struct service_type *service;
    struct state *state;
    MDB_txn *txn;
    struct arena *arena;
    struct text client;
    struct slot **slots;
    uint32_t slot_count, slot_room;
    uint32_t edited_count;
    int error; /* the first error of the store, sticky */
    struct walk *walks; /* to be ended with the turn */
    struct totals *totals; /* NULL: totals are entities like others */
    bool reading; /* a query's view: nothing is edited, rows of walks are not kept as slots */
};

struct walk {
    struct view *view;
    const struct index_row *index;
    const struct entity_row *row;
    MDB_cursor *cursor;
    struct walk *next; /* of the view */
    uint8_t prefix[INDEX_ROW_KEY_MAX], last[INDEX_ROW_KEY_MAX]; /* last: the key found last */
    struct entity_key here; /* and whose it is */
    uint32_t prefix_length, last_length;
    uint32_t count, max;
    bool begun, done;
    bool (*may_go_on)(struct walk *w, void *arg); /* queries: their budget; may be NULL */
    void *arg;
};

/* Begins a turn: forgets the slots (their memory is the arena's, which the caller has reset). */
void view_begin(struct view *v, const struct service_type *service, struct state *state,
                MDB_txn *txn, struct arena *a, struct text client);

/* The slot of an entity, loaded; NULL with v->error set when the store failed. */
struct slot *view_slot(struct view *v, const struct entity_row *row, struct text client,
                       struct text id);

/* All zero is not born, or not any more. */
bool slot_empty(const struct slot *s);

/* Before its value is changed: remembers its indexes and due instant. */
void view_edit(struct view *v, struct slot *s);

/* Writes the edited slots with their indexes and due rows. 0 or the view's error. */
int view_flush(struct view *v);

/* Writes the edited totals. 0 or an error of the store. */
int totals_flush(struct totals *t, const struct service_type *service, struct state *state,
                 MDB_txn *txn, struct arena *scratch);
/* Forgets them all: what was edited since the last flush did not happen. */
void totals_forget(struct totals *t);

/* The integer that the key of an index row begins with, behind the index's number. */
int64_t index_integer(const void *index_key);

/* Closes what walks hold. */
void view_end(struct view *v);

#endif

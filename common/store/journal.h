/* journal: the log of a partition, its truth (DESIGN 4): events by sequence, each with a checksum,
 * under a hash chain; and the few facts that must be as durable as events: identity, epochs, clock,
 * cursors of reactions, checkpoints, consumers.
 *
 * A record is never changed but by erasure, which keeps its digest, so the chain over digests stays
 * provable:
 *
 *      0 version 2 | 1 flags | 2 principal length (u16) | 4 CRC-32 of all but itself
 *      8 digest: BLAKE2b-256 of the bytes from 48 on
 *     40 previous (u64): the sequence of the last event before it about the same entity, 0 for none
 *     48 command id (16) | 64 index in the command (u16) | 66 events of the command (u16)
 *     68 hash of the request (16; only of a command that is remembered) | principal | envelope
 *
 * chain(n) = BLAKE2b-256(chain(n - 1) | digest(n)), chain(0) is zero. Integers are big-endian, but
 * sequence keys are LMDB's native integer keys.
 *
 * From the version of an entity, which is the sequence of its last event, `previous` leads back to
 * its first: a history is read without the rest of the log (history.h). The digest leaves it out,
 * because it says nothing that the events do not: a fold finds it again (verify compares the two),
 * and the chain stays a statement about what happened, however that is linked. Erasure keeps it.
 */
#ifndef REDRESS_JOURNAL_H
#define REDRESS_JOURNAL_H

#include "common/store/partition.h"
#include "common/store/partition_reader.h"
#include "common/store/store.h"

enum {
    JOURNAL_FORMAT = 2,
    DIGEST_BYTES = 32,
    ENTRY_HEAD_BYTES = 68, /* without the hash */
    ENTRY_HASH_BYTES = 16,
    ENTRY_DIGESTED_FROM = 48, /* the digest covers an entry from here on */
    CHECKPOINTS_MAX = 2, /* kept */
    CURSOR_NAME_MAX = 64,
};
enum entry_flags { ENTRY_REDACTED = 1, ENTRY_REMEMBERED = 2 };

struct journal {
    MDB_env *env;
    MDB_dbi events, meta;
};

struct entry {
    uint8_t flags;
    uint8_t digest[DIGEST_BYTES]; /* of what was appended; of these bytes unless ENTRY_REDACTED */
    uint64_t previous;
    struct id command;
    uint8_t request_hash[ENTRY_HASH_BYTES]; /* zero unless ENTRY_REMEMBERED */
    uint16_t index, count;
    const void *digested; /* what the digest is over, to the envelope's end; parsed entries only */
    struct text principal;
    const void *envelope;
    size_t envelope_size;
};

/* The newest event: what the next one follows. */
struct tip {
    uint64_t sequence;
    int64_t time;
    uint8_t chain[DIGEST_BYTES];
};

/* What a directory is; written once, compared at every opening. */
struct identity {
    char service[32];
    char install[ID_TEXT + 1];
    uint32_t number, count;
};

int journal_open(const char *directory, size_t map_bytes, unsigned flags, struct journal *ret);
void journal_close(struct journal *j);

/* Identity, clock and epoch at an opening, in the caller's transaction. journal_identify writes it
 * into an empty log. -EUCLEAN with *reterr when the directory is something else. */
int journal_identify(struct journal *j, MDB_txn *txn, const struct identity *want,
                     struct msg_error *reterr);
int journal_clock(struct journal *j, MDB_txn *txn, enum clock_mode *ret); /* -ENOENT when new */
int journal_set_clock(struct journal *j, MDB_txn *txn, enum clock_mode mode);
int journal_new_epoch(struct journal *j, MDB_txn *txn, uint64_t from, uint64_t *ret_epoch);
int journal_epochs(struct journal *j, MDB_txn *txn, struct epoch_start ret[static EPOCHS_MAX],
                   size_t *ret_count);

/* The boot id under which the state is in use, or "clean": what decides whether it may be trusted.
 */
int journal_state_mark(struct journal *j, MDB_txn *txn, char ret[static ID_TEXT + 1]);
int journal_set_state_mark(struct journal *j, MDB_txn *txn, const char *mark);

int journal_tip(struct journal *j, MDB_txn *txn, struct tip *ret);
int journal_set_tip(struct journal *j, MDB_txn *txn, const struct tip *tip);

/* Appends a record behind *tip and moves *tip (its time is the caller's). */
int journal_append(struct journal *j, MDB_txn *txn, struct tip *tip, const struct entry *r,
                   struct arena *a);

/* Writes a record into an empty place of another log, at its own sequence: with its digest as it
 * is, and marked when that is not over these bytes. How erasure keeps the chain (rewrite.h). */
int journal_keep(struct journal *j, MDB_txn *txn, uint64_t sequence, const struct entry *r,
                 struct arena *a);

/* The record of a sequence, checked: -ENOENT, -EBADMSG. Borrowed from the transaction. */
int journal_read(struct journal *j, MDB_txn *txn, uint64_t sequence, struct entry *ret);
int entry_parse(const void *bytes, size_t size, struct entry *ret);
void chain_next(uint8_t chain[static DIGEST_BYTES], const uint8_t digest[static DIGEST_BYTES]);

/* Numbers under a name in meta: cursors of reactions "r/escalation/003", consumers "p/<name>". 0
 * when absent. */
uint64_t journal_number(struct journal *j, MDB_txn *txn, const char *name);
int journal_set_number(struct journal *j, MDB_txn *txn, const char *name, uint64_t value);

#endif

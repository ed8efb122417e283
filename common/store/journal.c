/* journal: records, their digests and their chain; the durable facts beside them. */
#include "common/store/journal.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

int journal_open(const char *directory, size_t map_bytes, unsigned flags, struct journal *ret)
{
    int r = flags & MDB_RDONLY ? 0 : store_directory(directory);
    struct journal j = { 0 };
    MDB_txn *txn = NULL;
    if (r < 0)
        return r;
    r = store_open(directory, map_bytes, flags, &j.env);
    if (r < 0)
        return r;
    unsigned make = flags & MDB_RDONLY ? 0 : MDB_CREATE;
    r = store_error(mdb_txn_begin(j.env, NULL, flags & MDB_RDONLY, &txn));
    if (r == 0)
        r = store_database(txn, "events", make | MDB_INTEGERKEY, &j.events);
    if (r == 0)
        r = store_database(txn, "meta", make, &j.meta);
    if (r == 0)
        r = store_error(mdb_txn_commit(txn));
    else if (txn)
        mdb_txn_abort(txn);
    if (r < 0) {
        mdb_env_close(j.env);
        return r;
    }
    *ret = j;
    return 0;
}

void journal_close(struct journal *j)
{
    if (j->env)
        mdb_env_close(j->env);
    *j = (struct journal){ 0 };
}

/* --- meta ----------------------------------------------------------------------------------- */

static int meta_get(struct journal *j, MDB_txn *txn, const char *name, MDB_val *ret)
{
    return store_get(txn, j->meta, name, strlen(name), ret);
}

static int meta_put(struct journal *j, MDB_txn *txn, const char *name, const void *at, size_t size)
{
    return store_put(txn, j->meta, name, strlen(name), at, size);
}

int journal_identify(struct journal *j, MDB_txn *txn, const struct identity *want,
                     struct msg_error *reterr)
{
    char is[160];
    MDB_val found;
    int n = snprintf(is, sizeof is, "format %d, service %s, partition %u of %u, installation %s",
                     JOURNAL_FORMAT, want->service, want->number, want->count, want->install);
    int r = meta_get(j, txn, "identity", &found);
    if (r == -ENOENT)
        return meta_put(j, txn, "identity", is, (size_t)n);
    if (r < 0)
        return r;
    if (found.mv_size == (size_t)n && memcmp(found.mv_data, is, (size_t)n) == 0)
        return 0;
    snprintf(reterr->field, sizeof reterr->field, "data");
    n = snprintf(is, sizeof is, "format %d,", JOURNAL_FORMAT);
    if (found.mv_size < (size_t)n || memcmp(found.mv_data, is, (size_t)n) != 0) {
        snprintf(reterr->rule, sizeof reterr->rule,
                 "was written by another version, which this one cannot read: %.*s",
                 (int)found.mv_size, (const char *)found.mv_data);
        return -EUCLEAN;
    }
    snprintf(reterr->rule, sizeof reterr->rule, "holds another partition: %.*s", (int)found.mv_size,
             (const char *)found.mv_data);
    return -EUCLEAN;
}

int journal_clock(struct journal *j, MDB_txn *txn, enum clock_mode *ret)
{
    MDB_val found;
    int r = meta_get(j, txn, "clock", &found);
    if (r == 0)
        *ret = found.mv_size == 7 ? CLOCK_VIRTUAL : CLOCK_REAL;
    return r;
}

int journal_set_clock(struct journal *j, MDB_txn *txn, enum clock_mode mode)
{
    const char *name = mode == CLOCK_VIRTUAL ? "virtual" : "real";
    return meta_put(j, txn, "clock", name, strlen(name));
}

enum { EPOCH_ROW_BYTES = 16 };

int journal_epochs(struct journal *j, MDB_txn *txn, struct epoch_start ret[static EPOCHS_MAX],
                   size_t *ret_count)
{
    MDB_val found;
    int r = meta_get(j, txn, "epochs", &found);
    if (r == -ENOENT)
        found.mv_size = 0;
    else if (r < 0)
        return r;
    size_t n = found.mv_size / EPOCH_ROW_BYTES;
    if (n > EPOCHS_MAX)
        return -EBADMSG;
    for (size_t i = 0; i < n; i++) {
        const uint8_t *row = (const uint8_t *)found.mv_data + i * EPOCH_ROW_BYTES;
        ret[i] = (struct epoch_start){ store_read_u64(row), store_read_u64(row + 8) };
    }
    *ret_count = n;
    return 0;
}

int journal_new_epoch(struct journal *j, MDB_txn *txn, uint64_t from, uint64_t *ret_epoch)
{
    struct epoch_start rows[EPOCHS_MAX];
    uint8_t out[EPOCHS_MAX * EPOCH_ROW_BYTES];
    size_t n;
    int r = journal_epochs(j, txn, rows, &n);
    if (r < 0)
        return r;
    uint64_t epoch = n ? rows[n - 1].epoch + 1 : 1;
    /* An epoch in which nothing was written is told by nobody: its row is taken over. */
    if (n && rows[n - 1].from == from)
        n--;
    if (n == EPOCHS_MAX)
        memmove(rows + 1, rows + 2, (--n - 1) * sizeof *rows);
    rows[n++] = (struct epoch_start){ epoch, from };
    for (size_t i = 0; i < n; i++) {
        store_u64(out + i * EPOCH_ROW_BYTES, rows[i].epoch);
        store_u64(out + i * EPOCH_ROW_BYTES + 8, rows[i].from);
    }
    r = meta_put(j, txn, "epochs", out, n * EPOCH_ROW_BYTES);
    if (r == 0)
        *ret_epoch = epoch;
    return r;
}

int journal_state_mark(struct journal *j, MDB_txn *txn, char ret[static ID_TEXT + 1])
{
    MDB_val found;
    int r = meta_get(j, txn, "state", &found);
    if (r == 0)
        snprintf(ret, ID_TEXT + 1, "%.*s", (int)found.mv_size, (const char *)found.mv_data);
    return r;
}

int journal_set_state_mark(struct journal *j, MDB_txn *txn, const char *mark)
{
    return meta_put(j, txn, "state", mark, strlen(mark));
}

uint64_t journal_number(struct journal *j, MDB_txn *txn, const char *name)
{
    MDB_val found;
    if (meta_get(j, txn, name, &found) < 0 || found.mv_size != 8)
        return 0;
    return store_read_u64(found.mv_data);
}

int journal_set_number(struct journal *j, MDB_txn *txn, const char *name, uint64_t value)
{
    uint8_t out[8];
    store_u64(out, value);
    return meta_put(j, txn, name, out, sizeof out);
}

int journal_tip(struct journal *j, MDB_txn *txn, struct tip *ret)
{
    MDB_val found;
    int r = meta_get(j, txn, "tip", &found);
    *ret = (struct tip){ 0 };
    if (r == -ENOENT)
        return 0;
    if (r < 0)
        return r;
    if (found.mv_size != 16 + DIGEST_BYTES)
        return -EBADMSG;
    const uint8_t *at = found.mv_data;
    ret->sequence = store_read_u64(at);
    ret->time = (int64_t)store_read_u64(at + 8);
    memcpy(ret->chain, at + 16, DIGEST_BYTES);
    return 0;
}

int journal_set_tip(struct journal *j, MDB_txn *txn, const struct tip *tip)
{
    uint8_t out[16 + DIGEST_BYTES];
    store_u64(out, tip->sequence);
    store_u64(out + 8, (uint64_t)tip->time);
    memcpy(out + 16, tip->chain, DIGEST_BYTES);
    return meta_put(j, txn, "tip", out, sizeof out);
}

/* --- records -------------------------------------------------------------------------------- */

void chain_next(uint8_t chain[static DIGEST_BYTES], const uint8_t digest[static DIGEST_BYTES])
{
    uint8_t both[2 * DIGEST_BYTES];
    memcpy(both, chain, DIGEST_BYTES);
    memcpy(both + DIGEST_BYTES, digest, DIGEST_BYTES);
    crypto_generichash(chain, DIGEST_BYTES, both, sizeof both, NULL, 0);
}

static void put_u16(uint8_t *at, uint16_t v)
{
    at[0] = (uint8_t)(v >> 8);
    at[1] = (uint8_t)v;
}

static uint16_t read_u16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

/* Pages hold four or five entries: what most of them do without is not kept. */
static size_t head_bytes(uint8_t flags)
{
    return ENTRY_HEAD_BYTES + (flags & ENTRY_REMEMBERED ? ENTRY_HASH_BYTES : 0);
}

static uint32_t checksum(const uint8_t *at, size_t size)
{
    return (uint32_t)crc32(crc32(0, at, 4), at + 8, (uInt)(size - 8));
}

/* All but the digest and the checksum, in the arena. */
static uint8_t *lay_out(const struct entry *r, struct arena *a, size_t *ret_size)
{
    size_t head = head_bytes(r->flags);
    size_t size = head + r->principal.length + r->envelope_size;
    uint8_t *at = arena_alloc(a, size);
    at[0] = JOURNAL_FORMAT;
    at[1] = r->flags;
    put_u16(at + 2, (uint16_t)r->principal.length);
    store_u64(at + 40, r->previous);
    memcpy(at + 48, r->command.at, 16);
    put_u16(at + 64, r->index);
    put_u16(at + 66, r->count);
    if (head > ENTRY_HEAD_BYTES)
        memcpy(at + ENTRY_HEAD_BYTES, r->request_hash, ENTRY_HASH_BYTES);
    if (r->principal.length)
        memcpy(at + head, r->principal.at, r->principal.length);
    memcpy(at + head + r->principal.length, r->envelope, r->envelope_size);
    *ret_size = size;
    return at;
}

static int put_last(struct journal *j, MDB_txn *txn, uint64_t sequence, uint8_t *at, size_t size)
{
    size_t key = sequence;
    MDB_val k = store_val(&key, sizeof key), v = store_val(at, size);
    store_u32(at + 4, checksum(at, size));
    return store_error(mdb_put(txn, j->events, &k, &v, MDB_APPEND));
}

int journal_append(struct journal *j, MDB_txn *txn, struct tip *tip, const struct entry *r,
                   struct arena *a)
{
    size_t size;
    uint8_t *at = lay_out(r, a, &size);
    crypto_generichash(at + 8, DIGEST_BYTES, at + ENTRY_DIGESTED_FROM, size - ENTRY_DIGESTED_FROM,
                       NULL, 0);
    int err = put_last(j, txn, tip->sequence + 1, at, size);
    if (err < 0)
        return err;
    tip->sequence++;
    chain_next(tip->chain, at + 8);
    return 0;
}

int journal_keep(struct journal *j, MDB_txn *txn, uint64_t sequence, const struct entry *r,
                 struct arena *a)
{
    size_t size;
    uint8_t *at = lay_out(r, a, &size);
    memcpy(at + 8, r->digest, DIGEST_BYTES);
    return put_last(j, txn, sequence, at, size);
}

int entry_parse(const void *bytes, size_t size, struct entry *ret)
{
    const uint8_t *at = bytes;
    if (size < ENTRY_HEAD_BYTES || at[0] != JOURNAL_FORMAT)
        return -EBADMSG;
    uint16_t principal = read_u16(at + 2);
    size_t head = head_bytes(at[1]);
    if (head + principal > size)
        return -EBADMSG;
    if (checksum(at, size) != store_read_u32(at + 4))
        return -EBADMSG;
    ret->flags = at[1];
    memcpy(ret->digest, at + 8, DIGEST_BYTES);
    ret->previous = store_read_u64(at + 40);
    memcpy(ret->command.at, at + 48, 16);
    ret->index = read_u16(at + 64);
    ret->count = read_u16(at + 66);
    memset(ret->request_hash, 0, ENTRY_HASH_BYTES);
    if (head > ENTRY_HEAD_BYTES)
        memcpy(ret->request_hash, at + ENTRY_HEAD_BYTES, ENTRY_HASH_BYTES);
    ret->digested = at + ENTRY_DIGESTED_FROM;
    ret->principal = (struct text){ (const char *)at + head, principal };
    ret->envelope = at + head + principal;
    ret->envelope_size = size - head - principal;
    return 0;
}

int journal_read(struct journal *j, MDB_txn *txn, uint64_t sequence, struct entry *ret)
{
    size_t key = sequence;
    MDB_val found;
    int r = store_get(txn, j->events, &key, sizeof key, &found);
    return r < 0 ? r : entry_parse(found.mv_data, found.mv_size, ret);
}

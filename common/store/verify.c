/* verify: the log against its own chain, and the state against a fold from 1. */
#include "common/store/verify.h"

#include "common/msg/redact.h"
#include "common/store/turn.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void differ(struct verify_report *ret, const char *words)
{
    if (ret->difference[0] == '\0')
        snprintf(ret->difference, sizeof ret->difference, "%s", words);
}

/* The envelope says what its place in the log says. */
static bool fits_place(const struct partition *p, const struct entry *e, uint64_t sequence)
{
    struct envelope env;
    struct msg_error error;
    return envelope_read(e->envelope, e->envelope_size, &env, &error) == 0 &&
           env.sequence == sequence && env.partition == p->identity.number &&
           text_equal(env.service, text_from(p->identity.service)) &&
           text_equal(env.source, text_from(p->source));
}

static bool digest_fits(const struct entry *e)
{
    uint8_t digest[DIGEST_BYTES];
    const uint8_t *end = (const uint8_t *)e->envelope + e->envelope_size;
    const uint8_t *body = e->digested;
    if (e->flags & ENTRY_REDACTED) /* what it was over is erased; the chain still holds its place */
        return redact_is_marked(e->envelope, e->envelope_size, e->digest);
    crypto_generichash(digest, sizeof digest, body, (size_t)(end - body), NULL, 0);
    return memcmp(digest, e->digest, sizeof digest) == 0;
}

static int verify_log(struct partition *p, struct verify_report *ret)
{
    MDB_txn *txn;
    char words[160];
    uint8_t chain[DIGEST_BYTES] = { 0 };
    struct epoch_start epochs[EPOCHS_MAX];
    size_t epoch_count = 0;
    int r = store_error(mdb_txn_begin(p->journal.env, NULL, MDB_RDONLY, &txn));
    if (r < 0)
        return r;
    r = journal_epochs(&p->journal, txn, epochs, &epoch_count);
    ret->epochs = epoch_count ? epochs[epoch_count - 1].epoch : 0;
    ret->chain_ok = r == 0;
    for (uint64_t s = 1; r == 0 && ret->chain_ok && s <= p->tip.sequence; s++) {
        struct entry e;
        int err = journal_read(&p->journal, txn, s, &e);
        const char *wrong = err == -ENOENT          ? "is missing"
                            : err < 0               ? "fails its checksum"
                            : !digest_fits(&e)      ? "does not have its digest"
                            : !fits_place(p, &e, s) ? "is not where it belongs"
                                                    : NULL;
        if (wrong) {
            snprintf(words, sizeof words, "event %llu %s", (unsigned long long)s, wrong);
            differ(ret, words);
            ret->chain_ok = false;
            break;
        }
        chain_next(chain, e.digest);
        ret->events++;
        ret->redacted += (e.flags & ENTRY_REDACTED) != 0;
    }
    mdb_txn_abort(txn);
    if (ret->chain_ok && memcmp(chain, p->tip.chain, sizeof chain) != 0) {
        differ(ret, "the chain does not end in the head's value");
        ret->chain_ok = false;
    }
    sodium_bin2hex(ret->chain, sizeof ret->chain, chain, sizeof chain);
    return r;
}

/* --- state ---------------------------------------------------------------------------------- */

static bool is_copy(const struct partition *p, const MDB_val *entity_key)
{
    const struct entity_row *row =
        service_entity(p->service, *(const uint8_t *)entity_key->mv_data);
    return row && row->how == COPIED;
}

/* Rows that come from other services' logs are not this log's to prove. */
static bool skipped(const struct partition *p, const char *database, const MDB_val *key,
                    const MDB_val *value)
{
    if (strcmp(database, "entity") == 0)
        return is_copy(p, key);
    if (strcmp(database, "index") == 0)
        return is_copy(p, value);
    return false;
}

static int next_row(const struct partition *p, MDB_cursor *c, const char *database, MDB_val *key,
                    MDB_val *value)
{
    int r;
    do
        r = mdb_cursor_get(c, key, value, MDB_NEXT);
    while (r == 0 && skipped(p, database, key, value));
    return store_error(r);
}

static bool same(const MDB_val *a, const MDB_val *b)
{
    return a->mv_size == b->mv_size && memcmp(a->mv_data, b->mv_data, a->mv_size) == 0;
}

static int compare(const struct partition *p, const char *database, MDB_cursor *is,
                   MDB_cursor *should, struct verify_report *ret)
{
    for (;;) {
        MDB_val k, v, wanted_k, wanted_v;
        char words[200], name[ENTITY_KEY_MAX + 1];
        int a = next_row(p, is, database, &k, &v);
        int b = next_row(p, should, database, &wanted_k, &wanted_v);
        if (a == -ENOENT && b == -ENOENT)
            return 0;
        if ((a < 0 && a != -ENOENT) || (b < 0 && b != -ENOENT))
            return a < 0 && a != -ENOENT ? a : b;
        if (a == 0 && b == 0 && same(&k, &wanted_k) && same(&v, &wanted_v)) {
            ret->state_rows++;
            continue;
        }
        const MDB_val *key = b == 0 ? &wanted_k : &k;
        size_t n = key->mv_size < sizeof name - 1 ? key->mv_size : sizeof name - 1;
        for (size_t i = 0; i < n; i++) {
            uint8_t c = ((const uint8_t *)key->mv_data)[i];
            name[i] = c >= 32 && c < 127 ? (char)c : '.';
        }
        name[n] = '\0';
        snprintf(words, sizeof words, "%s: the state and the fold differ at \"%.120s\"", database,
                 name);
        differ(ret, words);
        ret->state_ok = false;
        return 0;
    }
}

static int compare_states(struct partition *p, struct state *should, struct verify_report *ret)
{
    /* meta holds positions and cursors of copies, which no log of this partition determines. */
    static const char *const names[] = { "entity", "index", "due", "seen" };
    const MDB_dbi is[] = { p->state.entity, p->state.index, p->state.due, p->state.seen };
    const MDB_dbi wanted[] = { should->entity, should->index, should->due, should->seen };
    MDB_txn *a = NULL, *b = NULL;
    int r = store_error(mdb_txn_begin(p->state.env, NULL, MDB_RDONLY, &a));
    if (r == 0)
        r = store_error(mdb_txn_begin(should->env, NULL, MDB_RDONLY, &b));
    for (size_t i = 0; r == 0 && ret->state_ok && i < sizeof names / sizeof *names; i++) {
        MDB_cursor *x = NULL, *y = NULL;
        r = store_error(mdb_cursor_open(a, is[i], &x));
        if (r == 0)
            r = store_error(mdb_cursor_open(b, wanted[i], &y));
        if (r == 0)
            r = compare(p, names[i], x, y, ret);
        if (x)
            mdb_cursor_close(x);
        if (y)
            mdb_cursor_close(y);
    }
    if (a)
        mdb_txn_abort(a);
    if (b)
        mdb_txn_abort(b);
    return r;
}

/* Folds p's log into a scratch state and compares. The partition's own state stands aside
 * meanwhile. */
static int verify_state(struct partition *p, const struct partition_options *o,
                        struct verify_report *ret)
{
    char path[STORE_PATH_MAX];
    uint64_t folded;
    struct state own = p->state;
    if (snprintf(path, sizeof path, "%s/verify", p->directory) >= (int)sizeof path)
        return -ENAMETOOLONG;
    int r = store_remove(path);
    if (r == 0)
        r = state_open(path, STORE_STATE_MAP_BYTES, MDB_NOSYNC, &p->state);
    if (r < 0) {
        p->state = own;
        return r;
    }
    p->seen = (struct seen_entry){ 0 };
    p->misled = 0;
    totals_forget(&p->totals); /* they are the other state's */
    r = fold_tail(p, o->progress, o->progress_arg, &folded);
    struct state scratch = p->state;
    p->state = own;
    ret->state_ok = r == 0;
    if (p->misled) {
        char words[120];
        snprintf(words, sizeof words, "event %llu does not name the event before it of its subject",
                 (unsigned long long)p->misled);
        differ(ret, words);
        ret->chain_ok = false;
    }
    if (r == 0)
        r = compare_states(p, &scratch, ret);
    else if (r == -EBADMSG) {
        differ(ret, "the log cannot be folded");
        r = 0;
    }
    state_close(&scratch);
    store_remove(path);
    return r;
}

int partition_verify(const struct partition_options *o, struct verify_report *ret,
                     struct msg_error *reterr)
{
    struct partition *p;
    char path[STORE_PATH_MAX];
    *ret = (struct verify_report){ 0 };
    if (snprintf(path, sizeof path, "%s/log/data.mdb", o->directory) >= (int)sizeof path)
        return -ENAMETOOLONG;
    if (access(path, F_OK))
        return -errno;
    int r = partition_inspect(o, &p, reterr);
    if (r < 0)
        return r;
    r = verify_log(p, ret);
    if (r == 0 && ret->chain_ok)
        r = verify_state(p, o, ret);
    partition_leave(&p);
    return r;
}

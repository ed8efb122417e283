/* seen: the accepted commands of the last days, so that one asked again is answered again and not
 * done again.
 *
 * Derived from the log: an entry carries the id, the principal and the hash of the request it came
 * from. What is older than SEEN_DAYS before the newest id is forgotten, two at a time, so that
 * memory shrinks no slower than it grows and every fold forgets the same.
 */
#include "common/store/turn.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

enum { FORGET_A_TIME = 2, DAY_MS = 86400000 };

void seen_key(const struct id *command, struct text principal, uint8_t out[static SEEN_KEY_BYTES])
{
    uint8_t hash[crypto_generichash_BYTES_MIN];
    memcpy(out, command->at, 16);
    crypto_generichash(hash, sizeof hash, (const uint8_t *)principal.at, principal.length, NULL, 0);
    memcpy(out + 16, hash, 8);
}

static int64_t key_ms(const MDB_val *key)
{
    struct id id;
    memcpy(id.at, key->mv_data, sizeof id.at);
    return id_milliseconds(&id);
}

static int forget(struct partition *p, MDB_txn *txn)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    int r = store_error(mdb_cursor_open(txn, p->state.seen, &cursor));
    if (r < 0)
        return r;
    r = store_error(mdb_cursor_get(cursor, &key, &value, MDB_LAST));
    int64_t newest = r == 0 ? key_ms(&key) : 0;
    for (int i = 0; r == 0 && i < FORGET_A_TIME; i++) {
        r = store_error(mdb_cursor_get(cursor, &key, &value, MDB_FIRST));
        if (r < 0 || key_ms(&key) >= newest - (int64_t)SEEN_DAYS * DAY_MS)
            break;
        r = store_error(mdb_cursor_del(cursor, 0));
    }
    mdb_cursor_close(cursor);
    return r == -ENOENT ? 0 : r;
}

int fold_seen(struct partition *p, MDB_txn *txn, const struct entry *e, const struct envelope *env)
{
    struct seen_entry *s = &p->seen;
    if (e->index == 0) {
        s->first = env->sequence;
        s->subject = (struct text){ s->subject_bytes, env->subject.length };
        memcpy(s->subject_bytes, env->subject.at, env->subject.length);
    }
    /* The version a command is answered with is that of the entity of its first event. */
    if (text_equal(s->subject, env->subject))
        s->version = env->sequence;
    if (e->index + 1 < e->count)
        return 0;
    uint8_t key[SEEN_KEY_BYTES], value[SEEN_VALUE_BYTES];
    seen_key(&e->command, e->principal, key);
    store_u64(value, s->first);
    store_u64(value + 8, s->version);
    memcpy(value + 16, e->request_hash, sizeof e->request_hash);
    int r = store_put(txn, p->state.seen, key, sizeof key, value, sizeof value);
    return r < 0 ? r : forget(p, txn);
}

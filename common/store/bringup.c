/* bringup: from a directory to a state at the log's head: trust it, restore a checkpoint, or fold
 * from 1. */
#include "common/store/turn.h"

#include "common/suite/plant.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int boot_id(char ret[static ID_TEXT + 1])
{
    FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");
    if (!f)
        return -errno;
    size_t n = fread(ret, 1, ID_TEXT, f);
    fclose(f);
    ret[n] = '\0';
    return n == ID_TEXT ? 0 : -EIO;
}

static int state_path(const struct partition *p, char out[static STORE_PATH_MAX])
{
    return snprintf(out, STORE_PATH_MAX, "%s/state", p->directory) < STORE_PATH_MAX ? 0
                                                                                    : -ENAMETOOLONG;
}

/* Opens what lies in state/, or makes it: 0 when it is usable, -ESTALE when it is to be discarded.
 * An empty one is usable only as a last resort, for it means folding from 1. */
static int open_state(struct partition *p, const struct partition_options *o, bool last_resort)
{
    char path[STORE_PATH_MAX];
    uint64_t at = 0;
    uint64_t fold = 0;
    MDB_txn *txn;
    size_t map = o->state_map_bytes ? o->state_map_bytes : STORE_STATE_MAP_BYTES;
    int r = state_path(p, path);
    if (r == 0)
        r = state_open(path, map, MDB_NOSYNC, &p->state);
    if (r < 0)
        return r;
    r = store_error(mdb_txn_begin(p->state.env, NULL, MDB_RDONLY, &txn));
    if (r == 0) {
        r = state_position(&p->state, txn, &at, &fold);
        mdb_txn_abort(txn);
    }
    bool fits =
        at ? fold == p->fingerprint && at <= p->tip.sequence : last_resort || p->tip.sequence == 0;
    if (r == 0 && fits)
        return 0;
    state_close(&p->state);
    return r < 0 && r != -EBADMSG ? r : -ESTALE;
}

static int discard_state(struct partition *p)
{
    char path[STORE_PATH_MAX];
    int r = state_path(p, path);
    return r < 0 ? r : store_remove(path);
}

int bring_up(struct partition *p, const struct partition_options *o, bool trusted)
{
    uint64_t folded = 0;
    int r = trusted ? open_state(p, o, false) : -ESTALE;
    if (r == -ESTALE) {
        r = discard_state(p);
        if (r == 0)
            r = checkpoint_restore(p);
        if (r == 0)
            r = open_state(p, o, false);
    }
    if (r == -ESTALE || r == -ENOENT) { /* no checkpoint, or one that does not fit */
        r = discard_state(p);
        if (r == 0)
            r = open_state(p, o, true);
    }
    if (r == 0)
        r = fold_tail(p, o->progress, o->progress_arg, &folded);
    if (r == 0 && folded >= CHECKPOINT_EVERY)
        r = checkpoint_write(p);
    if (r == 0 && PLANTED(fold_fires_timer) && folded) {
        r = partition_begin(p);
        for (int i = 0; r == 0 && i < 64 && partition_wake(p, INT64_MAX); i++)
            ;
        r = r < 0 ? r : partition_commit(p);
    }
    return r;
}

/* --- checkpoints: copies of the state, <directory>/checkpoint/<sequence>-<fingerprint>/ ----- */

/* Writes the names of checkpoints, newest first; how many. */
static size_t list_checkpoints(const struct partition *p, uint64_t sequences[static 16])
{
    char path[STORE_PATH_MAX];
    size_t n = 0;
    if (snprintf(path, sizeof path, "%s/checkpoint", p->directory) >= (int)sizeof path)
        return 0;
    DIR *d = opendir(path);
    for (struct dirent *e; d && n < 16 && (e = readdir(d));) {
        char *end;
        unsigned long long sequence = strtoull(e->d_name, &end, 10);
        unsigned long long fold = *end == '-' ? strtoull(end + 1, &end, 16) : 0;
        if (*end || fold != p->fingerprint || sequence > p->tip.sequence)
            continue;
        size_t i = n++;
        for (; i > 0 && sequences[i - 1] < sequence; i--)
            sequences[i] = sequences[i - 1];
        sequences[i] = sequence;
    }
    if (d)
        closedir(d);
    return n;
}

static int checkpoint_path(const struct partition *p, uint64_t sequence, const char *suffix,
                           char out[static STORE_PATH_MAX])
{
    int n = snprintf(out, STORE_PATH_MAX, "%s/checkpoint/%llu-%llx%s", p->directory,
                     (unsigned long long)sequence, (unsigned long long)p->fingerprint, suffix);
    return n < STORE_PATH_MAX ? 0 : -ENAMETOOLONG;
}

/* BLAKE2b-256 of a file. */
static int hash_file(const char *path, uint8_t out[static DIGEST_BYTES])
{
    static const size_t chunk = 1 << 20;
    crypto_generichash_state state;
    uint8_t *bytes = malloc(chunk);
    FILE *f = fopen(path, "re");
    int r = bytes && f ? 0 : -ENOMEM;
    crypto_generichash_init(&state, NULL, 0, DIGEST_BYTES);
    for (size_t n; r == 0 && (n = fread(bytes, 1, chunk, f)) > 0;)
        crypto_generichash_update(&state, bytes, n);
    if (r == 0 && ferror(f))
        r = -EIO;
    crypto_generichash_final(&state, out, DIGEST_BYTES);
    if (f)
        fclose(f);
    free(bytes);
    return r;
}

/* The hash lies beside the copy: one that rotted on the disk is not restored. */
static int write_hash(const char *directory)
{
    char data[STORE_PATH_MAX + 16], path[STORE_PATH_MAX + 16];
    uint8_t digest[DIGEST_BYTES];
    snprintf(data, sizeof data, "%s/data.mdb", directory);
    snprintf(path, sizeof path, "%s/hash", directory);
    int r = hash_file(data, digest);
    FILE *f = r == 0 ? fopen(path, "we") : NULL;
    if (r == 0 && !f)
        r = -errno;
    if (f && fwrite(digest, 1, sizeof digest, f) != sizeof digest)
        r = -EIO;
    if (f && (fflush(f) || fsync(fileno(f))))
        r = -errno;
    if (f)
        fclose(f);
    return r;
}

static bool hash_fits(const char *directory)
{
    char data[STORE_PATH_MAX + 16], path[STORE_PATH_MAX + 16];
    uint8_t digest[DIGEST_BYTES], wanted[DIGEST_BYTES];
    snprintf(data, sizeof data, "%s/data.mdb", directory);
    snprintf(path, sizeof path, "%s/hash", directory);
    FILE *f = fopen(path, "re");
    bool fits = f && fread(wanted, 1, sizeof wanted, f) == sizeof wanted &&
                hash_file(data, digest) == 0 && memcmp(digest, wanted, sizeof digest) == 0;
    if (f)
        fclose(f);
    return fits;
}

/* A copy is made under another name, synced, and then given its own: what has the name is whole. */
static int copy_state(MDB_env *from, const char *into, const char *temporary)
{
    char data[STORE_PATH_MAX + 16];
    int r = store_remove(temporary);
    if (r == 0)
        r = store_directory(temporary);
    if (r == 0)
        r = store_error(mdb_env_copy2(from, temporary, 0));
    snprintf(data, sizeof data, "%s/data.mdb", temporary);
    if (r == 0)
        r = store_sync(data);
    if (r == 0)
        r = store_sync(temporary);
    if (r == 0)
        r = store_remove(into);
    if (r == 0 && rename(temporary, into))
        r = -errno;
    return r;
}

int checkpoint_write(struct partition *p)
{
    char path[STORE_PATH_MAX], temporary[STORE_PATH_MAX], up[STORE_PATH_MAX];
    uint64_t sequences[16];
    size_t n = list_checkpoints(p, sequences);
    if (p->committed.sequence == 0 || (n && sequences[0] == p->committed.sequence))
        return 0;
    int r = checkpoint_path(p, p->committed.sequence, "", path);
    if (r == 0)
        r = checkpoint_path(p, p->committed.sequence, ".new", temporary);
    if (r < 0 || snprintf(up, sizeof up, "%s/checkpoint", p->directory) >= (int)sizeof up)
        return -ENAMETOOLONG;
    r = store_directory(up);
    if (r == 0)
        r = copy_state(p->state.env, path, temporary);
    if (r == 0)
        r = write_hash(path);
    if (r == 0)
        r = store_sync(path);
    if (r == 0)
        r = store_sync(up);
    for (size_t i = CHECKPOINTS_MAX - 1; r == 0 && i < n; i++)
        if (checkpoint_path(p, sequences[i], "", path) == 0)
            store_remove(path); /* one that stays too long costs room, nothing else */
    return r;
}

int checkpoint_restore(struct partition *p)
{
    char from[STORE_PATH_MAX], into[STORE_PATH_MAX], temporary[STORE_PATH_MAX];
    uint64_t sequences[16];
    MDB_env *env;
    size_t n = list_checkpoints(p, sequences);
    int r = state_path(p, into);
    if (n == 0 || r < 0)
        return r < 0 ? r : -ENOENT;
    r = checkpoint_path(p, sequences[0], "", from);
    if (r == 0 && !hash_fits(from))
        return -ENOENT; /* folding from 1 is slower, and right */
    if (snprintf(temporary, sizeof temporary, "%s/state.new", p->directory) >= STORE_PATH_MAX)
        return -ENAMETOOLONG;
    if (r == 0)
        r = store_open(from, STORE_STATE_MAP_BYTES, MDB_RDONLY, &env);
    if (r < 0)
        return r == -EBADMSG ? -ENOENT : r;
    r = copy_state(env, into, temporary);
    mdb_env_close(env);
    return r;
}

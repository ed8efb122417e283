/* bringup: from a directory to a state at the log's head: trust it, restore a checkpoint, or fold
 * from 1. */
#include "common/store/checkpoint.h"
#include "common/suite/plant.h"

#include <errno.h>
#include <stdio.h>

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
    if (r == 0)
        checkpoint_open(p);
    if (r == 0 && PLANTED(fold_fires_timer) && folded) {
        r = partition_begin(p);
        for (int i = 0; r == 0 && i < 64 && partition_wake(p, INT64_MAX); i++)
            ;
        r = r < 0 ? r : partition_commit(p);
    }
    return r;
}

/* rewrite: see rewrite.h. */
#include "common/store/rewrite.h"

#include "common/suite/plant.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { REWRITE_BATCH = 4096 }; /* records a transaction */

static int sub(const char *partition, const char *name, char out[static STORE_PATH_MAX])
{
    return snprintf(out, STORE_PATH_MAX, "%s/%s", partition, name) < STORE_PATH_MAX ? 0
                                                                                    : -ENAMETOOLONG;
}

static int open_old(const char *partition, struct journal *j, MDB_txn **ret)
{
    char path[STORE_PATH_MAX];
    int r = sub(partition, "log", path);
    if (r == 0 && access(path, F_OK) < 0)
        r = -errno;
    if (r == 0)
        r = journal_open(path, STORE_LOG_MAP_BYTES, 0, j);
    if (r < 0)
        return r;
    r = store_error(mdb_txn_begin(j->env, NULL, MDB_RDONLY, ret));
    if (r < 0)
        journal_close(j);
    return r;
}

static int damaged(int r, uint64_t sequence, struct msg_error *reterr)
{
    if (r != -EBADMSG && r != -ENOENT)
        return r;
    snprintf(reterr->field, sizeof reterr->field, "log");
    snprintf(reterr->rule, sizeof reterr->rule, "event %llu cannot be read; see redress verify",
             (unsigned long long)sequence);
    return -EBADMSG;
}

int rewrite_walk(const char *partition, walk_fn *each, void *arg, struct msg_error *reterr)
{
    struct journal j = { 0 };
    struct arena a = { 0 };
    struct tip tip;
    MDB_txn *txn;
    int r = open_old(partition, &j, &txn);
    if (r < 0)
        return r;
    r = journal_tip(&j, txn, &tip);
    for (uint64_t s = 1; r == 0 && s <= tip.sequence; s++) {
        struct entry e;
        arena_reset(&a);
        r = damaged(journal_read(&j, txn, s, &e), s, reterr);
        if (r == 0)
            r = each(arg, s, &e, &a);
    }
    mdb_txn_abort(txn);
    journal_close(&j);
    arena_free(&a);
    return r;
}

/* --- the new file ----------------------------------------------------------------------------- */

/* Everything beside the events: identity, epochs, clock, cursors, consumers. */
static int copy_meta(struct journal *from, MDB_txn *old, struct journal *to)
{
    MDB_cursor *c = NULL;
    MDB_txn *txn;
    MDB_val k, v;
    int r = store_error(mdb_txn_begin(to->env, NULL, 0, &txn));
    if (r < 0)
        return r;
    r = store_error(mdb_cursor_open(old, from->meta, &c));
    if (r < 0) {
        mdb_txn_abort(txn);
        return r;
    }
    while (r == 0 && (r = store_error(mdb_cursor_get(c, &k, &v, MDB_NEXT))) == 0)
        r = store_put(txn, to->meta, k.mv_data, k.mv_size, v.mv_data, v.mv_size);
    mdb_cursor_close(c);
    if (r != -ENOENT) {
        mdb_txn_abort(txn);
        return r;
    }
    return store_error(mdb_txn_commit(txn));
}

struct copying {
    struct journal *from, *to;
    MDB_txn *old;
    rewrite_fn *fn;
    void *arg;
    struct arena arena;
};

static int copy_one(struct copying *c, MDB_txn *txn, uint64_t sequence, struct msg_error *reterr)
{
    struct entry is, other;
    arena_reset(&c->arena);
    int r = damaged(journal_read(c->from, c->old, sequence, &is), sequence, reterr);
    if (r < 0)
        return r;
    r = c->fn(c->arg, sequence, &is, &c->arena, &other);
    return r < 0 ? r : journal_keep(c->to, txn, sequence, r > 0 ? &other : &is, &c->arena);
}

static int copy_events(struct copying *c, struct msg_error *reterr)
{
    struct tip tip;
    int r = journal_tip(c->from, c->old, &tip);
    for (uint64_t s = 1; r == 0 && s <= tip.sequence;) {
        MDB_txn *txn;
        uint64_t end = s + REWRITE_BATCH;
        r = store_error(mdb_txn_begin(c->to->env, NULL, 0, &txn));
        if (r < 0)
            return r;
        for (; r == 0 && s < end && s <= tip.sequence; s++)
            r = copy_one(c, txn, s, reterr);
        if (r == 0)
            r = store_error(mdb_txn_commit(txn));
        else
            mdb_txn_abort(txn);
    }
    return r;
}

int rewrite_prepare(const char *partition, rewrite_fn *fn, void *arg, struct msg_error *reterr)
{
    char path[STORE_PATH_MAX];
    struct journal old = { 0 }, new = { 0 };
    MDB_envinfo info;
    struct copying c = { .from = &old, .to = &new, .fn = fn, .arg = arg };
    int r = rewrite_drop(partition);
    if (r == 0)
        r = sub(partition, "log.new", path);
    if (r == 0)
        r = open_old(partition, &old, &c.old);
    if (r < 0)
        return r;
    mdb_env_info(old.env, &info);
    size_t room = 2 * info.me_mapsize; /* marks take room, too */
    r = journal_open(path, room > STORE_LOG_MAP_BYTES ? room : STORE_LOG_MAP_BYTES, MDB_NOSYNC,
                     &new);
    if (r == 0)
        r = copy_meta(&old, c.old, &new);
    if (r == 0)
        r = copy_events(&c, reterr);
    if (r == 0)
        r = store_error(mdb_env_sync(new.env, 1));
    mdb_txn_abort(c.old);
    journal_close(&old);
    journal_close(&new);
    arena_free(&c.arena);
    return r == 0 ? store_sync(path) : r;
}

int rewrite_swap(const char *partition)
{
    char new[STORE_PATH_MAX], from[STORE_PATH_MAX + 16], log[STORE_PATH_MAX],
        into[STORE_PATH_MAX + 16];
    int r = sub(partition, "log.new", new);
    if (r == 0)
        r = sub(partition, "log", log);
    if (r < 0)
        return r;
    snprintf(from, sizeof from, "%s/data.mdb", new);
    snprintf(into, sizeof into, "%s/data.mdb", log);
    if (rename(from, into) < 0)
        r = -errno;
    /* Its table of readers is of the old file; whoever opens the log next makes a new one. */
    snprintf(into, sizeof into, "%s/lock.mdb", log);
    if (r == 0 && unlink(into) < 0 && errno != ENOENT)
        r = -errno;
    if (r == 0)
        r = store_sync(log);
    return r < 0 ? r : rewrite_drop(partition);
}

int rewrite_drop(const char *partition)
{
    char path[STORE_PATH_MAX];
    int r = sub(partition, "log.new", path);
    return r < 0 ? r : store_remove(path);
}

/* --- what is derived -------------------------------------------------------------------------- */

static int forget_checkpoints(const char *partition)
{
    char path[STORE_PATH_MAX], one[STORE_PATH_MAX + 256];
    int r = sub(partition, "checkpoint", path);
    DIR *d = r == 0 ? opendir(path) : NULL;
    if (!d)
        return r < 0 ? r : errno == ENOENT ? 0 : -errno;
    for (struct dirent *e; r == 0 && (e = readdir(d));) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        snprintf(one, sizeof one, "%s/%s", path, e->d_name);
        r = store_remove(one);
    }
    closedir(d);
    return r < 0 ? r : store_remove(path);
}

int rewrite_forget(const char *partition)
{
    static const char *const derived[] = { "state", "state.new", "verify" };
    char path[STORE_PATH_MAX];
    if (PLANTED(erase_keeps_state))
        return 0;
    int r = forget_checkpoints(partition);
    for (size_t i = 0; r == 0 && i < sizeof derived / sizeof *derived; i++) {
        r = sub(partition, derived[i], path);
        if (r == 0)
            r = store_remove(path);
    }
    return r == 0 ? store_sync(partition) : r;
}

/* partition: claim, opening, batches and closing. What happens inside a batch is in command.c,
 * wake.c and foreign.c. */
#include "common/store/checkpoint.h"
#include "common/store/image.h"
#include "common/store/rewrite.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- opening -------------------------------------------------------------------------------- */

static void name_partition(struct partition *p, const struct partition_options *o)
{
    p->service = o->service;
    p->fingerprint = image_fingerprint(o->service);
    p->options = o->options;
    p->clock = o->clock;
    p->checkpoint_every = o->checkpoint_every ? o->checkpoint_every : CHECKPOINT_EVERY;
    p->checkpoint_step = o->checkpoint_step;
    p->checkpoint_arg = o->checkpoint_arg;
    snprintf(p->directory, sizeof p->directory, "%s", o->directory);
    snprintf(p->identity.service, sizeof p->identity.service, "%s", o->service->name);
    snprintf(p->identity.install, sizeof p->identity.install, "%.*s", TEXT_ARG(o->install));
    p->identity.number = o->number;
    p->identity.count = o->count;
    snprintf(p->source, sizeof p->source, "/redress/%.*s/%s/%03u", TEXT_ARG(o->install),
             o->service->name, o->number);
    snprintf(p->actor, sizeof p->actor, "service:%s", o->service->name);
}

static int claim(struct partition *p, const struct partition_options *o, struct msg_error *reterr)
{
    int r = store_directory(p->directory);
    if (r == 0 && !o->any_file_system)
        r = store_check_file_system(p->directory, reterr);
    if (r < 0)
        return r;
    r = store_claim(p->directory, &p->claim);
    if (r == -EBUSY) {
        snprintf(reterr->field, sizeof reterr->field, "data");
        snprintf(reterr->rule, sizeof reterr->rule, "is owned by another process: %.150s",
                 p->directory);
    }
    return r;
}

/* A directory with history on a virtual clock may be taken to the real one only knowingly. */
static int check_clock(struct partition *p, const struct partition_options *o, MDB_txn *txn,
                       bool *ret_adopt, struct msg_error *reterr)
{
    enum clock_mode was;
    int r = journal_clock(&p->journal, txn, &was);
    if (r == -ENOENT)
        return journal_set_clock(&p->journal, txn, o->clock);
    if (r < 0 || was == o->clock)
        return r;
    if (was == CLOCK_VIRTUAL && o->adopt_clock) {
        *ret_adopt = true;
        return journal_set_clock(&p->journal, txn, o->clock);
    }
    snprintf(reterr->field, sizeof reterr->field, "clock");
    snprintf(reterr->rule, sizeof reterr->rule, "%s",
             was == CLOCK_VIRTUAL
                 ? "of this directory is history's: open it with --adopt-clock, which ends every "
                   "timer that is due until now"
                 : "of this directory is the real one: history cannot be added to it");
    return -EUCLEAN;
}

/* Who it is, how far it is, and whether its state may be trusted; what an owner and a verifier both
 * need. */
static int read_log(struct partition *p, MDB_txn *txn, const char *boot, bool *ret_trusted,
                    struct msg_error *reterr)
{
    char mark[ID_TEXT + 1];
    int r = journal_identify(&p->journal, txn, &p->identity, reterr);
    if (r == 0)
        r = journal_tip(&p->journal, txn, &p->tip);
    if (r < 0)
        return r;
    r = journal_state_mark(&p->journal, txn, mark);
    *ret_trusted = r == 0 && (strcmp(mark, "clean") == 0 || strcmp(mark, boot) == 0);
    p->committed = p->tip;
    return r == -ENOENT ? 0 : r;
}

/* An owner takes the next epoch and says, durably and before it opens the state, that the state is
 * in use. */
static int own_log(struct partition *p, const struct partition_options *o, MDB_txn *txn,
                   const char *boot, bool *ret_adopt, struct msg_error *reterr)
{
    int r = check_clock(p, o, txn, ret_adopt, reterr);
    if (r == 0)
        r = journal_new_epoch(&p->journal, txn, p->tip.sequence + 1, &p->epoch);
    if (r == 0)
        r = journal_set_state_mark(&p->journal, txn, boot);
    snprintf(p->id_prefix, sizeof p->id_prefix, "%s/%03u/%llu/", p->service->name,
             p->identity.number, (unsigned long long)p->epoch);
    return r;
}

static int open_log(struct partition *p, const struct partition_options *o, bool verifying,
                    bool *ret_trusted, bool *ret_adopt, struct msg_error *reterr)
{
    char path[STORE_PATH_MAX], boot[ID_TEXT + 1] = "";
    MDB_txn *txn = NULL;
    if (snprintf(path, sizeof path, "%s/log", p->directory) >= (int)sizeof path)
        return -ENAMETOOLONG;
    size_t map = o->log_map_bytes ? o->log_map_bytes : STORE_LOG_MAP_BYTES;
    int r = journal_open(path, map, 0, &p->journal);
    if (r == 0)
        r = boot_id(boot);
    if (r == 0)
        r = store_error(mdb_txn_begin(p->journal.env, NULL, 0, &txn));
    if (r < 0)
        return r;
    *ret_adopt = false;
    r = read_log(p, txn, boot, ret_trusted, reterr);
    if (r == 0 && !verifying)
        r = own_log(p, o, txn, boot, ret_adopt, reterr);
    if (r < 0 || verifying) {
        mdb_txn_abort(txn);
        return r;
    }
    return store_error(mdb_txn_commit(txn));
}

/* clock.adopted: every timer due until now ends without effect. */
static int adopt_clock(struct partition *p, int64_t now)
{
    int r = partition_begin(p);
    if (r < 0)
        return r;
    struct msg_buffer data = { .arena = &p->turn };
    struct view v;
    int64_t time = turn_time(p, now);
    struct origin o = { .command = id_derive_bytes("clock", time, p->source, strlen(p->source)),
                        .actor = text_from(p->actor) };
    char cause[ID_TEXT + 1];
    id_print(&o.command, cause);
    o.causation = text_from(cause);
    arena_reset(&p->turn);
    msg_put_map(&data, 1);
    msg_put_key(&data, "until");
    msg_put_instant(&data, time);
    r = turn_append_own(p, &o, CLOCK_ADOPTED, text_from("clock"), &data, time);
    if (r == 0) {
        turn_view(p, p->state_txn, &v, (struct text){ 0 });
        r = fold_clock_adopted(&v, time);
        view_end(&v);
    }
    p->due_known = false;
    p->error = p->error ? p->error : r;
    return partition_commit(p);
}

static int find_due(struct partition *p)
{
    MDB_txn *txn;
    int r = store_error(mdb_txn_begin(p->state.env, NULL, MDB_RDONLY, &txn));
    if (r < 0)
        return r;
    p->state_txn = txn;
    partition_due(p);
    mdb_txn_abort(txn);
    p->state_txn = NULL;
    return p->error;
}

/* Gives everything back as it is: no checkpoint, no mark. */
void partition_leave(struct partition **where)
{
    struct partition *p = *where;
    partition_abort(p);
    checkpoint_end(p);
    state_close(&p->state);
    journal_close(&p->journal);
    if (p->claim >= 0)
        close(p->claim);
    arena_free(&p->turn);
    arena_free(&p->totals.arena);
    arena_free(&p->batch);
    free(p);
    *where = NULL;
}

static int open_partition(const struct partition_options *o, bool verifying, struct partition **ret,
                          struct msg_error *reterr)
{
    bool trusted, adopt;
    struct partition *p = calloc(1, sizeof *p);
    if (!p)
        return -ENOMEM;
    if (sodium_init() < 0) {
        free(p);
        return -ENOSYS;
    }
    *reterr = (struct msg_error){ 0 };
    p->claim = -1;
    name_partition(p, o);
    int r = claim(p, o, reterr);
    if (r == 0)
        r = rewrite_drop(p->directory); /* of an erasure that was killed */
    if (r == 0)
        r = open_log(p, o, verifying, &trusted, &adopt, reterr);
    if (r == 0)
        r = bring_up(p, o, trusted);
    if (r == 0 && adopt)
        r = adopt_clock(p, o->now);
    if (r == 0)
        r = find_due(p);
    if (r < 0) {
        partition_leave(&p);
        return r;
    }
    *ret = p;
    return 0;
}

int partition_open(const struct partition_options *o, struct partition **ret,
                   struct msg_error *reterr)
{
    return open_partition(o, false, ret, reterr);
}

int partition_inspect(const struct partition_options *o, struct partition **ret,
                      struct msg_error *reterr)
{
    return open_partition(o, true, ret, reterr);
}

/* A state that was synced and is not written to any more is trusted at the next opening, on
 * whatever boot. */
static int mark_clean(struct partition *p)
{
    MDB_txn *txn;
    int r = store_error(mdb_env_sync(p->state.env, 1));
    if (r < 0)
        return r;
    r = store_error(mdb_txn_begin(p->journal.env, NULL, 0, &txn));
    if (r < 0)
        return r;
    r = journal_set_state_mark(&p->journal, txn, "clean");
    if (r < 0) {
        mdb_txn_abort(txn);
        return r;
    }
    return store_error(mdb_txn_commit(txn));
}

void partition_close(struct partition **where)
{
    struct partition *p = *where;
    if (!p)
        return;
    if (!p->error && cursors_ahead(p) && (p->log_txn || partition_begin(p) == 0)) {
        p->wrote = true;
        partition_commit(p); /* else a little is read again */
    }
    partition_abort(p);
    /* On an error the mark stays as it is, and the state is folded again. The mark comes first: a
     * large state takes longer to copy than a service is given to end. */
    if (!p->error && mark_clean(p) == 0)
        checkpoint_write(p);
    partition_leave(where);
}

/* --- batches -------------------------------------------------------------------------------- */

int partition_begin(struct partition *p)
{
    if (p->error)
        return p->error;
    arena_reset(&p->batch);
    p->published = NULL;
    p->published_count = p->published_room = 0;
    p->wrote = false;
    p->full = store_full(p->journal.env);
    int r = store_error(mdb_txn_begin(p->journal.env, NULL, 0, &p->log_txn));
    if (r == 0)
        r = store_error(mdb_txn_begin(p->state.env, NULL, 0, &p->state_txn));
    if (r < 0)
        partition_abort(p);
    return r;
}

void partition_abort(struct partition *p)
{
    if (p->log_txn)
        mdb_txn_abort(p->log_txn);
    if (p->state_txn)
        mdb_txn_abort(p->state_txn);
    p->log_txn = p->state_txn = NULL;
    p->tip = p->committed;
    totals_forget(&p->totals);
    cursors_forget(p);
    p->published_count = 0;
    p->due_known = false;
}

static int write_positions(struct partition *p)
{
    int r = journal_set_tip(&p->journal, p->log_txn, &p->tip);
    if (r == 0)
        r = cursors_flush(p);
    if (r == 0)
        r = totals_flush(&p->totals, p->service, &p->state, p->state_txn, &p->turn);
    if (r == 0)
        r = state_set_position(&p->state, p->state_txn, p->tip.sequence, p->fingerprint);
    return r;
}

/* A batch of refusals and known facts says nothing that must outlive the process: no flush. */
static int leave_unwritten(struct partition *p)
{
    partition_due(p);
    mdb_txn_abort(p->log_txn);
    mdb_txn_abort(p->state_txn);
    p->log_txn = p->state_txn = NULL;
    return p->error;
}

int partition_commit(struct partition *p)
{
    int r = p->error;
    if (r == 0 && !p->wrote)
        return leave_unwritten(p);
    if (r == 0)
        r = write_positions(p);
    if (r == 0)
        partition_due(p);
    if (r == 0)
        r = p->error;
    if (r == 0) {
        r = store_error(mdb_txn_commit(p->log_txn));
        p->log_txn = NULL;
    }
    if (r < 0) {
        partition_abort(p);
        if (r == -ENOSPC)
            checkpoint_give_up(p);
        /* A map or a disk that is full is found before anything is written for good: the batch did
         * not happen. */
        p->error = r == -ENOSPC ? 0 : r;
        return r;
    }
    /* From here on it happened; a state that fell behind would answer old facts, so the process
     * ends instead. */
    r = store_error(mdb_txn_commit(p->state_txn));
    p->state_txn = NULL;
    if (r < 0)
        return p->error = -EIO;
    p->committed = p->tip;
    checkpoint_turn(p);
    return 0;
}

size_t partition_published(struct partition *p, const struct published **ret)
{
    *ret = p->published;
    return p->published_count;
}

void partition_position(struct partition *p, struct position *ret)
{
    *ret = (struct position){ p->committed.sequence, p->epoch, p->committed.time, { 0 } };
    memcpy(ret->chain, p->committed.chain, sizeof ret->chain);
}

void partition_consumer(struct partition *p, struct text name, uint64_t sequence)
{
    char key[CURSOR_NAME_MAX];
    if (!p->log_txn || p->error ||
        snprintf(key, sizeof key, "p/%.*s", TEXT_ARG(name)) >= (int)sizeof key)
        return;
    int r = journal_set_number(&p->journal, p->log_txn, key, sequence);
    p->wrote = true;
    if (r < 0)
        p->error = r;
}

/* partition_reader: what replay and queries read, in short transactions of their own. */
#include "common/base/monotonic.h"
#include "common/store/turn.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READ_MS = 50 }; /* a longer transaction would pin pages that the writer could use again */

struct reader {
    struct partition *partition; /* NULL for a directory that is read alone */
    struct journal journal;
    MDB_txn *log_txn, *state_txn; /* reset between calls */
    int claim;
};

static int read_transaction(MDB_env *env, MDB_txn **ret)
{
    int r = store_error(mdb_txn_begin(env, NULL, MDB_RDONLY, ret));
    if (r == 0)
        mdb_txn_reset(*ret);
    return r;
}

int reader_open(struct partition *p, struct reader **ret)
{
    struct reader *r = calloc(1, sizeof *r);
    if (!r)
        return -ENOMEM;
    r->partition = p;
    r->journal = p->journal;
    r->claim = -1;
    int err = read_transaction(p->journal.env, &r->log_txn);
    if (err == 0)
        err = read_transaction(p->state.env, &r->state_txn);
    if (err < 0) {
        reader_close(&r);
        return err;
    }
    *ret = r;
    return 0;
}

int reader_open_directory(const char *directory, struct reader **ret, struct msg_error *reterr)
{
    char path[STORE_PATH_MAX];
    struct reader *r = calloc(1, sizeof *r);
    if (!r)
        return -ENOMEM;
    r->claim = -1;
    int err =
        snprintf(path, sizeof path, "%s/log", directory) < (int)sizeof path ? 0 : -ENAMETOOLONG;
    if (err == 0 && access(path, F_OK))
        err = -errno;
    if (err == 0)
        err = store_claim(directory, &r->claim);
    if (err == -EBUSY) {
        snprintf(reterr->field, sizeof reterr->field, "data");
        snprintf(reterr->rule, sizeof reterr->rule, "is owned by another process: %.150s",
                 directory);
    }
    if (err == 0)
        err = journal_open(path, STORE_LOG_MAP_BYTES, MDB_RDONLY, &r->journal);
    if (err == 0)
        err = read_transaction(r->journal.env, &r->log_txn);
    if (err < 0) {
        reader_close(&r);
        return err;
    }
    *ret = r;
    return 0;
}

void reader_close(struct reader **where)
{
    struct reader *r = *where;
    if (!r)
        return;
    if (r->log_txn)
        mdb_txn_abort(r->log_txn);
    if (r->state_txn)
        mdb_txn_abort(r->state_txn);
    if (!r->partition)
        journal_close(&r->journal);
    if (r->claim >= 0)
        close(r->claim);
    free(r);
    *where = NULL;
}

/* --- the log -------------------------------------------------------------------------------- */

struct run { /* of events being gathered */
    struct published *at;
    size_t count, room, bytes;
};

static void gather(struct run *run, struct arena *a, uint64_t sequence, const struct entry *e)
{
    if (run->count == run->room) {
        size_t room = run->room ? 2 * run->room : 64;
        struct published *grown = arena_alloc(a, room * sizeof *grown);
        if (run->count)
            memcpy(grown, run->at, run->count * sizeof *grown);
        run->at = grown;
        run->room = room;
    }
    run->at[run->count++] =
        (struct published){ sequence, arena_copy(a, e->envelope, e->envelope_size),
                            e->envelope_size };
    run->bytes += e->envelope_size;
}

int reader_events(struct reader *r, uint64_t from, size_t credit, size_t max, struct arena *a,
                  const struct published **ret, size_t *ret_count, uint64_t *ret_head)
{
    struct run run = { 0 };
    struct tip tip;
    MDB_cursor *cursor = NULL;
    MDB_val key, value;
    size_t sequence = from;
    int64_t until = monotonic_ms() + READ_MS;
    int err = store_error(mdb_txn_renew(r->log_txn));
    if (err < 0)
        return err;
    err = journal_tip(&r->journal, r->log_txn, &tip);
    if (err == 0)
        err = store_error(mdb_cursor_open(r->log_txn, r->journal.events, &cursor));
    key = store_val(&sequence, sizeof sequence);
    /* Where there is a gap, what stands behind it comes first. */
    int at = err == 0 ? mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE) : MDB_NOTFOUND;
    while (err == 0 && at == 0 && run.count < max) {
        struct entry e;
        memcpy(&sequence, key.mv_data, sizeof sequence);
        err = entry_parse(value.mv_data, value.mv_size, &e);
        if (err < 0 || (run.count && run.bytes + e.envelope_size > credit))
            break;
        gather(&run, a, sequence, &e);
        if (run.count % 64 == 0 && monotonic_ms() > until)
            break;
        at = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    if (cursor)
        mdb_cursor_close(cursor);
    mdb_txn_reset(r->log_txn);
    if (err == 0 && at != 0 && at != MDB_NOTFOUND)
        err = store_error(at);
    if (err < 0)
        return err;
    *ret = run.at;
    *ret_count = run.count;
    *ret_head = tip.sequence;
    return 0;
}

int reader_epochs(struct reader *r, struct epoch_start ret[static EPOCHS_MAX], size_t *ret_count)
{
    int err = store_error(mdb_txn_renew(r->log_txn));
    if (err < 0)
        return err;
    err = journal_epochs(&r->journal, r->log_txn, ret, ret_count);
    mdb_txn_reset(r->log_txn);
    return err;
}

/* --- queries -------------------------------------------------------------------------------- */

#include "common/store/answer.h"
#include "common/store/history.h"

/* The log is committed before the state is: begun behind it, its transaction has every event that
 * the state knows of. */
static void tell_history(struct reader *r, const struct request *q, int64_t deadline_ms,
                         struct arena *a, struct reply *reply)
{
    struct partition *p = r->partition;
    if (store_error(mdb_txn_renew(r->log_txn)) < 0)
        return;
    history_answer(p->service, &p->state, r->state_txn, &r->journal, r->log_txn, q, deadline_ms, a,
                   reply);
    mdb_txn_reset(r->log_txn);
}

void reader_query(struct reader *r, const struct request *q, int64_t now, struct arena *a,
                  struct reply *reply)
{
    *reply = (struct reply){ .status = STATUS_busy, .retry_after_ms = 100 };
    if (store_error(mdb_txn_renew(r->state_txn)) < 0)
        return;
    struct partition *p = r->partition;
    int64_t deadline_ms = monotonic_ms() + QUERY_MS;
    if (history_asked(p->service, q->type))
        tell_history(r, q, deadline_ms, a, reply);
    else
        answer_query(p->service, p->options, &p->state, r->state_txn, q, now, deadline_ms, a,
                     reply);
    mdb_txn_reset(r->state_txn);
}

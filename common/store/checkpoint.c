/* checkpoint: see checkpoint.h. What is copied is the state's file, by its pages, as LMDB's own
 * mdb_env_copyfd does it. That one would take the writer's mutex, which a busy loop hardly lets go,
 * at a moment that nobody knows, and read through the map, so that the process would seem to hold
 * the whole state; and its bytes would have to be read once more for their digest. */
#include "common/store/checkpoint.h"

#include "common/base/monotonic.h"
#include "common/store/checkpoint_copy.h"
#include "common/suite/observe.h"
#include "common/suite/plant.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
    LISTED_MAX = 16, /* checkpoints that are looked at */
    NAME_BYTES = 64,
    ROOM_TIMES = 2, /* of a copy's size must be free beside the loop: the state grows meanwhile */
};

struct checkpoint {
    char directory[STORE_PATH_MAX]; /* of the partition */
    char name[NAME_BYTES]; /* of the partition, for the log */
    uint64_t fingerprint, sequence;
    MDB_env *env;
    MDB_txn *txn; /* keeps the pages of this position from being written anew */
    struct copy copy;
    bool beside;
    void (*step)(void *arg, uint64_t copied, uint64_t size);
    void *arg;
    pthread_t thread;
    atomic_bool given_up, done;
    int error; /* once it is done */
};

/* --- names ---------------------------------------------------------------------------------- */

static int directory_of(const char *partition, char out[static STORE_PATH_MAX])
{
    return snprintf(out, STORE_PATH_MAX, "%s/checkpoint", partition) < STORE_PATH_MAX
               ? 0
               : -ENAMETOOLONG;
}

static int path_of(const char *partition, uint64_t fingerprint, uint64_t sequence,
                   const char *suffix, char out[static STORE_PATH_MAX])
{
    int n = snprintf(out, STORE_PATH_MAX, "%s/checkpoint/%llu-%llx%s", partition,
                     (unsigned long long)sequence, (unsigned long long)fingerprint, suffix);
    return n < STORE_PATH_MAX ? 0 : -ENAMETOOLONG;
}

/* The positions of the fitting checkpoints up to `head`, newest first; how many. */
static size_t list(const char *partition, uint64_t fingerprint, uint64_t head,
                   uint64_t sequences[static LISTED_MAX])
{
    char path[STORE_PATH_MAX];
    size_t n = 0;
    if (directory_of(partition, path) < 0)
        return 0;
    DIR *d = opendir(path);
    for (struct dirent *e; d && n < LISTED_MAX && (e = readdir(d));) {
        char *end;
        unsigned long long sequence = strtoull(e->d_name, &end, 10);
        unsigned long long fold = *end == '-' ? strtoull(end + 1, &end, 16) : 0;
        if (*end || fold != fingerprint || sequence > head)
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

static uint64_t newest(const struct partition *p)
{
    uint64_t sequences[LISTED_MAX];
    return list(p->directory, p->fingerprint, p->tip.sequence, sequences) ? sequences[0] : 0;
}

/* --- making one ----------------------------------------------------------------------------- */

/* Takes the position, while there is no writer. */
static int take_position(struct checkpoint *c, struct state *s)
{
    uint64_t fold;
    c->env = s->env;
    int r = store_error(mdb_txn_begin(s->env, NULL, MDB_RDONLY, &c->txn));
    if (r == 0)
        r = state_position(s, c->txn, &c->sequence, &fold);
    if (r == 0)
        r = copy_take(&c->copy, s->env);
    c->sequence += PLANTED(checkpoint_ahead);
    return r;
}

/* The pages may be used again; those of the copy have been read, or are wanted no more. */
static void leave_position(struct checkpoint *c)
{
    if (c->txn)
        mdb_txn_abort(c->txn);
    c->txn = NULL;
}

/* Between two pieces. A state whose map is nearly full needs the pages more than a checkpoint. */
static int go_on(void *arg, uint64_t copied)
{
    struct checkpoint *c = arg;
    if (c->step)
        c->step(c->arg, copied, c->copy.size);
    if (atomic_load(&c->given_up))
        return -ECANCELED;
    return c->beside && store_full(c->env) ? -ENOSPC : 0;
}

/* A checkpoint is not worth the last bytes of a disk that the log needs. */
static int check_room(const struct checkpoint *c, const char *path)
{
    struct statvfs fs;
    if (!c->beside)
        return 0;
    if (statvfs(path, &fs))
        return -errno;
    return (uint64_t)fs.f_bavail * fs.f_frsize / ROOM_TIMES < c->copy.size ? -ENOSPC : 0;
}

static int copy_into(struct checkpoint *c, const char *temporary)
{
    int r = store_remove(temporary);
    if (r == 0)
        r = store_directory(temporary);
    if (r == 0)
        r = check_room(c, temporary);
    if (r == 0)
        r = copy_make(&c->copy, temporary);
    leave_position(c);
    if (r == 0)
        r = copy_finish(&c->copy, temporary, true);
    return r;
}

static void drop_old(const struct checkpoint *c)
{
    char path[STORE_PATH_MAX];
    uint64_t sequences[LISTED_MAX];
    size_t n = list(c->directory, c->fingerprint, c->sequence, sequences);
    for (size_t i = CHECKPOINTS_MAX; i < n; i++)
        if (path_of(c->directory, c->fingerprint, sequences[i], "", path) == 0)
            store_remove(path); /* one that stays too long costs room, nothing else */
}

static int make(struct checkpoint *c)
{
    char up[STORE_PATH_MAX], path[STORE_PATH_MAX], temporary[STORE_PATH_MAX];
    int r = directory_of(c->directory, up);
    if (r == 0)
        r = path_of(c->directory, c->fingerprint, c->sequence, "", path);
    if (r == 0)
        r = path_of(c->directory, c->fingerprint, c->sequence, ".new", temporary);
    if (r < 0)
        return r;
    r = copy_into(c, temporary);
    if (r == 0)
        r = store_remove(path);
    if (r == 0 && rename(temporary, path))
        r = -errno;
    if (r == 0)
        r = store_sync(up);
    if (r == 0)
        drop_old(c);
    else
        store_remove(temporary); /* what is left of it goes at the next opening */
    return r;
}

static void name_of(const struct partition *p, char out[static NAME_BYTES])
{
    snprintf(out, NAME_BYTES, "%.31s/%03u", p->service->name, p->identity.number);
}

static void tell_failed(const char *name, uint64_t sequence, int error)
{
    LOG(LEVEL_WARNING, "a checkpoint could not be made: a state that is lost is folded longer",
        log_string("partition", name), log_integer("sequence", (int64_t)sequence),
        log_string("error", strerror(-error)), log_integer("errno", -error));
}

static void make_and_tell(struct checkpoint *c)
{
    int64_t begun = monotonic_ms();
    c->error = make(c);
    leave_position(c);
    if (c->error == 0)
        LOG(LEVEL_DEBUG, "a checkpoint was made", log_string("partition", c->name),
            log_integer("sequence", (int64_t)c->sequence),
            log_integer("bytes", (int64_t)c->copy.size), log_integer("ms", monotonic_ms() - begun));
    else if (c->error != -ECANCELED)
        tell_failed(c->name, c->sequence, c->error);
}

static void *make_beside(void *arg)
{
    struct checkpoint *c = arg;
    make_and_tell(c);
    atomic_store(&c->done, true);
    return NULL;
}

static struct checkpoint *prepare(struct partition *p, bool beside)
{
    struct checkpoint *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    snprintf(c->directory, sizeof c->directory, "%s", p->directory);
    name_of(p, c->name);
    c->fingerprint = p->fingerprint;
    c->beside = beside;
    c->step = p->checkpoint_step;
    c->arg = p->checkpoint_arg;
    c->copy.go_on = go_on;
    c->copy.arg = c;
    c->error = take_position(c, &p->state);
    return c;
}

static void dispose(struct checkpoint *c)
{
    leave_position(c);
    copy_free(&c->copy);
    free(c);
}

/* --- beside the loop ------------------------------------------------------------------------ */

/* Signals are the process's business, and SIGXFSZ of a file that may not grow is an error of its
 * write. */
static int start(struct checkpoint *c)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int r = -pthread_create(&c->thread, NULL, make_beside, c);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return r;
}

static void begin(struct partition *p)
{
    char name[NAME_BYTES];
    struct checkpoint *c = prepare(p, true);
    int r = c ? c->error : -ENOMEM;
    if (r == 0)
        r = start(c);
    if (r == 0) {
        p->checkpoint = c;
        return;
    }
    if (c)
        dispose(c);
    name_of(p, name);
    tell_failed(name, p->committed.sequence, r);
}

static void join(struct partition *p)
{
    if (!p->checkpoint)
        return;
    pthread_join(p->checkpoint->thread, NULL);
    dispose(p->checkpoint);
    p->checkpoint = NULL;
}

void checkpoint_turn(struct partition *p)
{
    if (p->checkpoint) {
        if (!atomic_load(&p->checkpoint->done))
            return;
        join(p);
    }
    if (p->committed.sequence - p->checkpointed < p->checkpoint_every)
        return;
    p->checkpointed = p->committed.sequence; /* one that fails is tried again as far from here */
    begin(p);
}

void checkpoint_give_up(struct partition *p)
{
    if (p->checkpoint)
        atomic_store(&p->checkpoint->given_up, true);
}

void checkpoint_end(struct partition *p)
{
    checkpoint_give_up(p);
    join(p);
}

int checkpoint_write(struct partition *p)
{
    join(p);
    if (p->committed.sequence == 0 || newest(p) == p->committed.sequence)
        return 0;
    struct checkpoint *c = prepare(p, false);
    if (!c)
        return -ENOMEM;
    if (c->error == 0)
        make_and_tell(c);
    int r = c->error;
    dispose(c);
    return r;
}

/* --- opening -------------------------------------------------------------------------------- */

/* What cannot be removed costs room, nothing else. */
static void remove_half_made(const char *partition)
{
    char path[STORE_PATH_MAX], one[STORE_PATH_MAX + 256];
    if (snprintf(path, sizeof path, "%s/state.new", partition) < STORE_PATH_MAX)
        store_remove(path);
    DIR *d = directory_of(partition, path) == 0 ? opendir(path) : NULL;
    for (struct dirent *e; d && (e = readdir(d));) {
        const char *suffix = strrchr(e->d_name, '.');
        if (!suffix || strcmp(suffix, ".new") != 0)
            continue;
        snprintf(one, sizeof one, "%s/%s", path, e->d_name);
        store_remove(one);
    }
    if (d)
        closedir(d);
}

void checkpoint_open(struct partition *p)
{
    p->checkpointed = newest(p);
    remove_half_made(p->directory);
}

static int restore(const char *from, const char *partition)
{
    char into[STORE_PATH_MAX], temporary[STORE_PATH_MAX];
    struct copy copy = { 0 };
    if (snprintf(into, sizeof into, "%s/state", partition) >= STORE_PATH_MAX ||
        snprintf(temporary, sizeof temporary, "%s/state.new", partition) >= STORE_PATH_MAX)
        return -ENAMETOOLONG;
    int r = store_remove(temporary);
    if (r == 0)
        r = store_directory(temporary);
    if (r == 0)
        r = copy_open(&copy, from);
    if (r == 0)
        r = copy_make(&copy, temporary);
    if (r == 0)
        r = copy_check(&copy, from);
    if (r == 0)
        r = copy_finish(&copy, temporary, false);
    copy_free(&copy);
    if (r == 0 && rename(temporary, into))
        r = -errno;
    if (r < 0)
        store_remove(temporary);
    return r;
}

int checkpoint_restore(struct partition *p)
{
    char from[STORE_PATH_MAX];
    uint64_t sequences[LISTED_MAX];
    size_t n = list(p->directory, p->fingerprint, p->tip.sequence, sequences);
    for (size_t i = 0; i < n; i++) {
        int r = path_of(p->directory, p->fingerprint, sequences[i], "", from);
        if (r == 0)
            r = restore(from, p->directory);
        if (r == 0)
            return 0;
        if (r == -EBADMSG)
            store_remove(from);
    }
    return -ENOENT; /* folding from 1 is slower, and right */
}

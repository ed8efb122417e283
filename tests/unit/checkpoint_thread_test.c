/* checkpoint_thread_test: copies of the state are made beside the loop, say what they hold, and are
 * given up, killed or refused without harm. A copy is held between two of its pieces for as long as
 * a test wants, so nothing depends on who is quicker. */
#include "tests/unit/rig.h"

#include "common/store/checkpoint.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    EVERY = 3000, /* events: their state is several pieces of a copy */
    BATCH = 500,
    APART = 20, /* counters that share a page, or so */
    WAIT_S = 120,
    NAMES_MAX = 8,
};

/* --- holding a copy ------------------------------------------------------------------------- */

static struct gate {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool shut; /* a copy that is under way waits */
    int held; /* copies that wait, or did */
} gate = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, 0 };

static void limit_files(rlim_t bytes)
{
    struct rlimit l;
    getrlimit(RLIMIT_FSIZE, &l);
    l.rlim_cur = bytes < l.rlim_max ? bytes : l.rlim_max;
    setrlimit(RLIMIT_FSIZE, &l);
}

/* In the middle of a copy: something of it is written, and something is not. */
static void on_step(void *arg, uint64_t copied, uint64_t size)
{
    struct gate *g = arg;
    if (copied == 0 || copied >= size)
        return;
    pthread_mutex_lock(&g->lock);
    if (g->shut)
        g->held++;
    pthread_cond_broadcast(&g->changed);
    while (g->shut)
        pthread_cond_wait(&g->changed, &g->lock);
    pthread_mutex_unlock(&g->lock);
}

static void set_gate(bool shut)
{
    pthread_mutex_lock(&gate.lock);
    gate.shut = shut;
    gate.held = 0;
    pthread_cond_broadcast(&gate.changed);
    pthread_mutex_unlock(&gate.lock);
}

static bool wait_held(void)
{
    struct timespec until;
    int r = 0;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += WAIT_S;
    pthread_mutex_lock(&gate.lock);
    while (!gate.held && r == 0)
        r = pthread_cond_timedwait(&gate.changed, &gate.lock, &until);
    pthread_mutex_unlock(&gate.lock);
    return r == 0;
}

/* Whoever waits for a copy that is held is let go by another thread, some time. */
static void *open_gate(void *arg)
{
    (void)arg;
    set_gate(false);
    return NULL;
}

/* --- what there is -------------------------------------------------------------------------- */

struct names {
    uint64_t whole[NAMES_MAX]; /* positions that names say, rising */
    size_t count, half;
};

static struct names look(const struct rig *g)
{
    struct names n = { 0 };
    char path[128];
    snprintf(path, sizeof path, "%s/checkpoint", g->directory);
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d));) {
        if (*e->d_name == '.')
            continue;
        if (strstr(e->d_name, ".new")) {
            n.half++;
            continue;
        }
        assert_true(n.count < NAMES_MAX);
        uint64_t sequence = strtoull(e->d_name, NULL, 10);
        size_t i = n.count++;
        for (; i > 0 && n.whole[i - 1] > sequence; i--)
            n.whole[i] = n.whole[i - 1];
        n.whole[i] = sequence;
    }
    if (d)
        closedir(d);
    return n;
}

static uint64_t head_of(struct rig *g)
{
    struct position at;
    partition_position(g->p, &at);
    return at.head;
}

/* What a copy holds, whatever its name says. */
static uint64_t position_in(struct rig *g, uint64_t name)
{
    char path[160];
    struct state s;
    MDB_txn *txn;
    uint64_t at, fold;
    snprintf(path, sizeof path, "%s/checkpoint/%llu-%llx", g->directory, (unsigned long long)name,
             (unsigned long long)g->p->fingerprint);
    assert_int_equal(state_open(path, STORE_STATE_MAP_BYTES, MDB_RDONLY, &s), 0);
    assert_int_equal(mdb_txn_begin(s.env, NULL, MDB_RDONLY, &txn), 0);
    assert_int_equal(state_position(&s, txn, &at, &fold), 0);
    assert_int_equal(fold, g->p->fingerprint);
    mdb_txn_abort(txn);
    state_close(&s);
    return at;
}

static void until(bool (*so)(struct rig *g), struct rig *g)
{
    const struct timespec tick = { 0, 2000000 };
    for (int i = 0; !so(g); i++) {
        assert_true(i < WAIT_S * 500);
        nanosleep(&tick, NULL);
    }
}

static bool none_half(struct rig *g)
{
    return look(g).half == 0;
}

static bool one_ended(struct rig *g)
{
    rig_add(g, "acme", "looks", 1); /* the loop looks behind a commit */
    return !g->p->checkpoint;
}

/* --- what happens --------------------------------------------------------------------------- */

/* Commands in batches: one for each of so many counters, so far apart. */
static void add_apart(struct rig *g, int from, int count, int apart)
{
    char name[32];
    for (int i = 0; i < count;) {
        arena_reset(&g->arena);
        assert_int_equal(partition_begin(g->p), 0);
        for (int n = 0; n < BATCH && i < count; n++, i++) {
            struct reply reply;
            snprintf(name, sizeof name, "counter-%06d", from + i * apart);
            const struct request r = rig_add_request(g, "acme", name, 1);
            partition_command(g->p, &r, rig_now, &reply);
            assert_int_equal(reply.status, STATUS_ok);
        }
        assert_int_equal(partition_commit(g->p), 0);
    }
}

static void add_many(struct rig *g, int from, int count)
{
    add_apart(g, from, count, 1);
}

static int set_up(void **state)
{
    set_gate(false);
    int r = rig_set_up(state);
    struct rig *g = *state;
    g->o.checkpoint_every = EVERY;
    g->o.checkpoint_step = on_step;
    g->o.checkpoint_arg = &gate;
    partition_close(&g->p);
    rig_remove(g, "*");
    rig_open(g);
    return r;
}

/* A row that no fold makes: where it is, the state was restored from a copy. */
static void mark(struct rig *g)
{
    MDB_txn *txn;
    assert_int_equal(mdb_txn_begin(g->p->state.env, NULL, 0, &txn), 0);
    assert_int_equal(store_put(txn, g->p->state.meta, "mark", 4, "x", 1), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
}

static bool marked(struct rig *g)
{
    MDB_txn *txn;
    MDB_val found;
    assert_int_equal(mdb_txn_begin(g->p->state.env, NULL, MDB_RDONLY, &txn), 0);
    int r = store_get(txn, g->p->state.meta, "mark", 4, &found);
    mdb_txn_abort(txn);
    return r == 0;
}

static void remove_checkpoint(struct rig *g, uint64_t sequence)
{
    char name[64];
    snprintf(name, sizeof name, "checkpoint/%llu-*", (unsigned long long)sequence);
    rig_remove(g, name);
}

/* Adds until a copy is under way, and is held; the position that it is of. */
static uint64_t hold_one(struct rig *g, int from)
{
    set_gate(true);
    for (int n = 0; !g->p->checkpoint; n += BATCH)
        add_many(g, from + n, BATCH);
    assert_true(wait_held());
    return head_of(g);
}

static uint64_t make_one(struct rig *g, int from)
{
    uint64_t at = hold_one(g, from);
    set_gate(false);
    until(one_ended, g);
    return at;
}

/* --- tests ---------------------------------------------------------------------------------- */

/* While a copy is held the loop commits, as often as it likes, and begins no other one. What is
 * restored from it holds what its name says, and the fold goes on from there. */
static void the_loop_goes_on_while_one_is_made(void **state)
{
    struct rig *g = *state;
    mark(g);
    uint64_t at = hold_one(g, 0);
    const struct checkpoint *one = g->p->checkpoint;
    add_many(g, 0, EVERY + BATCH); /* what the copy has not read yet is changed meanwhile */
    add_many(g, 100000, EVERY);
    assert_ptr_equal(g->p->checkpoint, one);
    assert_true(head_of(g) > at + EVERY);
    assert_int_equal(gate.held, 1);
    assert_int_equal(look(g).count, 0);
    assert_int_equal(look(g).half, 1);
    set_gate(false);
    until(none_half, g);
    assert_int_equal(look(g).count, 1);
    assert_int_equal(look(g).whole[0], at);
    assert_int_equal(position_in(g, at), at);
    partition_close(&g->p); /* perhaps behind the next one, which is due by now */
    struct names n = look(g);
    while (n.count && n.whole[n.count - 1] > at)
        remove_checkpoint(g, n.whole[--n.count]);
    assert_int_equal(n.count, 1);
    rig_remove(g, "state");
    rig_open(g);
    assert_true(marked(g));
    assert_int_equal(rig_total(g), EVERY + EVERY + BATCH + EVERY);
    rig_check_whole(g);
}

/* Who is killed in the middle, with its state or without it, goes on from the one before. */
static void killed_in_the_middle(struct rig *g, bool state_is_lost)
{
    char byte;
    int pipe_ends[2], status;
    mark(g);
    add_many(g, 0, BATCH);
    partition_close(&g->p);
    uint64_t before = look(g).whole[0];
    assert_int_equal(pipe(pipe_ends), 0);
    pid_t child = fork();
    if (child == 0) {
        rig_open(g);
        hold_one(g, 0);
        if (write(pipe_ends[1], "x", 1) == 1)
            pause();
        _exit(1);
    }
    struct pollfd held = { .fd = pipe_ends[0], .events = POLLIN };
    bool told = poll(&held, 1, WAIT_S * 1000) == 1 && read(pipe_ends[0], &byte, 1) == 1;
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    assert_true(told);
    struct names n = look(g);
    assert_int_equal(n.half, 1);
    assert_int_equal(n.count, 1);
    assert_int_equal(n.whole[0], before);
    if (state_is_lost)
        rig_remove(g, "state");
    rig_open(g);
    assert_true(marked(g));
    assert_int_equal(look(g).half, 0);
    assert_true(head_of(g) >= before + EVERY);
    assert_int_equal(rig_total(g), head_of(g));
    rig_check_whole(g);
}

static void killed_in_the_middle_with_its_state(void **state)
{
    killed_in_the_middle(*state, false);
}

static void killed_in_the_middle_without_its_state(void **state)
{
    killed_in_the_middle(*state, true);
}

/* The disk takes no more of a copy: the one before it stays, the service goes on, and the next copy
 * is made when it is due. */
static void one_that_fails_leaves_the_old_one(void **state)
{
    struct rig *g = *state;
    struct rlimit was;
    uint64_t old = make_one(g, 0);
    uint64_t failed = hold_one(g, 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    limit_files(1); /* nobody writes until the copy has ended */
    set_gate(false);
    until(none_half, g);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
    until(one_ended, g);
    struct names n = look(g);
    assert_int_equal(n.count, 1);
    assert_int_equal(n.whole[0], old);
    uint64_t next = make_one(g, 0);
    assert_true(next >= failed + EVERY);
    n = look(g);
    assert_int_equal(n.count, 2);
    assert_int_equal(n.whole[1], next);
    rig_check_whole(g);
}

/* There is no place for them. */
static void none_can_be_made(void **state)
{
    struct rig *g = *state;
    char path[96];
    snprintf(path, sizeof path, "%s/checkpoint", g->directory);
    FILE *f = fopen(path, "we");
    assert_non_null(f);
    fclose(f);
    add_many(g, 0, EVERY);
    until(one_ended, g);
    partition_close(&g->p);
    rig_open(g);
    assert_int_equal(rig_total(g), head_of(g));
    rig_check_whole(g);
    rig_remove(g, "checkpoint");
}

/* The pages that a copy pins are wanted: it is given up, and they are used again. */
static void a_map_that_fills_comes_first(void **state)
{
    struct rig *g = *state;
    partition_close(&g->p);
    rig_remove(g, "*");
    g->o.state_map_bytes = 24 << 20; /* a commit takes about one megabyte of it */
    rig_open(g);
    hold_one(g, 0);
    for (int n = 0; !store_full(g->p->state.env); n = (n + 1) % APART)
        add_apart(g, n, EVERY / APART, APART); /* nearly every page, in one commit */
    set_gate(false);
    until(none_half, g);
    assert_int_equal(look(g).count, 0);
    for (int n = 0; n < APART; n++) /* more than was left */
        add_apart(g, n, EVERY / APART, APART);
    g->o.state_map_bytes = 0;
    rig_check_whole(g);
}

/* At a close one that is being made is waited for, and the head has one. */
static void a_close_waits_and_leaves_one_of_the_head(void **state)
{
    struct rig *g = *state;
    pthread_t other;
    uint64_t at = hold_one(g, 0);
    add_many(g, 0, 1);
    uint64_t head = head_of(g);
    assert_int_equal(pthread_create(&other, NULL, open_gate, NULL), 0);
    partition_close(&g->p);
    pthread_join(other, NULL);
    struct names n = look(g);
    assert_int_equal(n.half, 0);
    assert_int_equal(n.count, 2);
    assert_int_equal(n.whole[0], at);
    assert_int_equal(n.whole[1], head);
    rig_open(g);
    rig_check_whole(g);
}

/* Who leaves without a word, because of an error, leaves nothing half made. */
static void who_leaves_gives_it_up(void **state)
{
    struct rig *g = *state;
    pthread_t other;
    hold_one(g, 0);
    assert_int_equal(pthread_create(&other, NULL, open_gate, NULL), 0);
    partition_leave(&g->p);
    pthread_join(other, NULL);
    assert_int_equal(look(g).half, 0);
    rig_open(g);
    rig_check_whole(g);
}

/* One that rotted is passed over, and does not keep its name from a whole one. */
static void the_newest_whole_one_is_restored(void **state)
{
    struct rig *g = *state;
    char command[256];
    mark(g);
    uint64_t old = make_one(g, 0);
    add_many(g, 0, 10);
    uint64_t head = head_of(g);
    partition_close(&g->p);
    assert_int_equal(look(g).count, 2);
    snprintf(command, sizeof command,
             "printf x | dd of=$(ls -d %s/checkpoint/%llu-*)/data.mdb bs=1 seek=9000 conv=notrunc "
             "2>/dev/null",
             g->directory, (unsigned long long)head);
    assert_int_equal(system(command), 0);
    rig_remove(g, "state");
    rig_open(g);
    assert_true(marked(g));
    struct names n = look(g);
    assert_int_equal(n.count, 1);
    assert_int_equal(n.whole[0], old);
    partition_close(&g->p);
    n = look(g);
    assert_int_equal(n.count, 2);
    assert_int_equal(n.whole[1], head);
    rig_open(g);
    assert_int_equal(position_in(g, head), head);
    rig_check_whole(g);
}

/* A life that ends before a checkpoint is due leaves what it did to the next one's count. */
static void what_was_due_is_due_in_the_next_life(void **state)
{
    struct rig *g = *state;
    add_many(g, 0, EVERY - 10);
    g->p->error = -EIO; /* nothing is left but what was committed */
    partition_close(&g->p);
    assert_int_equal(look(g).count, 0);
    rig_open(g);
    add_many(g, 0, 20);
    until(one_ended, g);
    assert_int_equal(look(g).count, 1);
    assert_int_equal(look(g).whole[0], EVERY + 10);
    rig_check_whole(g);
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, set_up, rig_tear_down)
    const struct CMUnitTest tests[] = {
        ROW(the_loop_goes_on_while_one_is_made),
        ROW(killed_in_the_middle_with_its_state),
        ROW(killed_in_the_middle_without_its_state),
        ROW(one_that_fails_leaves_the_old_one),
        ROW(none_can_be_made),
        ROW(a_map_that_fills_comes_first),
        ROW(a_close_waits_and_leaves_one_of_the_head),
        ROW(who_leaves_gives_it_up),
        ROW(the_newest_whole_one_is_restored),
        ROW(what_was_due_is_due_in_the_next_life),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

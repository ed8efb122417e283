/* partition_open_test: opening again, folding again, owners, clocks, damage and full disks, on real
 * LMDB. */
#include "tests/unit/rig.h"

#include "common/store/partition_reader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* --- opening again -------------------------------------------------------------------------- */

static void count_folded(void *arg, uint64_t folded, uint64_t head)
{
    uint64_t *count = arg;
    *count = folded;
    assert_true(folded <= head);
}

static void folds_again_what_it_lost(void **state)
{
    struct rig *g = *state;
    uint64_t folded = 0;
    g->o.progress = count_folded;
    g->o.progress_arg = &folded;
    for (int i = 0; i < 20; i++)
        rig_add_every(g, i % 2 ? "odd" : "even", 10 * SECONDS);
    partition_close(&g->p);
    rig_remove(g, "state");
    rig_open(g); /* from the checkpoint of the clean stop */
    assert_int_equal(folded, 0);
    assert_int_equal(rig_total(g), 20);
    assert_int_equal(partition_due(g->p), rig_now + 10 * SECONDS);
    rig_add(g, "acme", "odd", 2);
    partition_close(&g->p);
    rig_remove(g, "state");
    rig_remove(g, "checkpoint");
    rig_open(g); /* from 1 */
    assert_int_equal(folded, 21);
    assert_int_equal(rig_total(g), 22);
    rig_check_whole(g);
}

/* What a command's events do to an entity together is what they do when they are folded: numbers
 * that are set and cleared, zeroes that were said, records inside records. */
static void folds_commands_as_they_were_decided(void **state)
{
    struct rig *g = *state;
    const struct mark_list marks = { &(const struct mark){ .words = TEXT_OF("x"), .at = 1 }, 1 };
    const struct counter_make make = { .total = 1000 };
    const struct counter_add nothing = { .name = TEXT_OF("n"), .marks = marks };
    struct request r = rig_request(g, "counter.make", "acme", &make);
    assert_int_equal(rig_say(g, &r).sequence, 2);
    r = rig_request(g, "counter.add", "acme", &nothing);
    assert_int_equal(rig_say(g, &r).status, STATUS_ok);
    rig_check_whole(g);
}

/* A total that was read back and comes to zero is as one that a fold counts up and down. */
static void folds_totals_that_came_to_zero(void **state)
{
    struct rig *g = *state;
    rig_add(g, "acme", "mails", 5);
    partition_close(&g->p);
    rig_open(g);
    rig_add(g, "acme", "mails", -5);
    rig_check_whole(g);
}

static void a_rotten_checkpoint_is_not_restored(void **state)
{
    struct rig *g = *state;
    char command[256];
    for (int i = 0; i < 5; i++)
        rig_add(g, "acme", "mails", 1);
    partition_close(&g->p);
    rig_remove(g, "state");
    snprintf(command, sizeof command,
             "printf x | dd of=$(ls -d %s/checkpoint/5-*)/data.mdb bs=1 seek=9000 conv=notrunc "
             "2>/dev/null",
             g->directory);
    assert_int_equal(system(command), 0);
    rig_open(g);
    assert_int_equal(rig_total(g), 5);
    rig_check_whole(g);
}

static void takes_a_new_epoch_each_time(void **state)
{
    struct rig *g = *state;
    struct position one, two;
    struct epoch_start epochs[EPOCHS_MAX];
    size_t n;
    struct reader *r;
    rig_add(g, "acme", "mails", 1);
    partition_position(g->p, &one);
    partition_close(&g->p);
    rig_open(g);
    partition_position(g->p, &two);
    assert_int_equal(two.epoch, one.epoch + 1);
    assert_int_equal(two.head, 1);
    assert_memory_equal(one.chain, two.chain, sizeof one.chain);
    rig_add(g, "acme", "mails", 1);
    assert_int_equal(reader_open(g->p, &r), 0);
    assert_int_equal(reader_epochs(r, epochs, &n), 0);
    reader_close(&r);
    assert_int_equal(n, 2);
    assert_int_equal(epochs[0].from, 1);
    assert_int_equal(epochs[1].from, 2);
}

/* Beyond EPOCHS_MAX the oldest but one goes: what is asked about them is answered by the first row.
 */
static void epochs_are_bounded(void **state)
{
    struct rig *g = *state;
    struct epoch_start epochs[EPOCHS_MAX];
    size_t n;
    uint64_t epoch = 0;
    MDB_txn *txn;
    struct journal *j = &g->p->journal;
    assert_int_equal(mdb_txn_begin(j->env, NULL, 0, &txn), 0);
    for (uint64_t i = 0; i < EPOCHS_MAX + 10; i++)
        assert_int_equal(journal_new_epoch(j, txn, 100 + i, &epoch), 0);
    assert_int_equal(journal_epochs(j, txn, epochs, &n), 0);
    mdb_txn_abort(txn);
    assert_int_equal(n, EPOCHS_MAX);
    assert_int_equal(epochs[0].epoch, 1); /* the opening's */
    assert_int_equal(epochs[0].from, 1);
    for (size_t i = 1; i < n; i++) {
        assert_int_equal(epochs[i].epoch, epoch - (n - 1) + i);
        assert_int_equal(epochs[i].from, 100 + EPOCHS_MAX + 9 - (n - 1) + i);
    }
}

static void refuses_a_second_owner_and_another_identity(void **state)
{
    struct rig *g = *state;
    struct partition *other;
    struct msg_error error;
    assert_int_equal(partition_open(&g->o, &other, &error), -EBUSY);
    assert_non_null(strstr(error.rule, "owned by another process"));
    partition_close(&g->p);
    struct partition_options o = g->o;
    o.number = 1;
    o.count = 2;
    assert_int_equal(partition_open(&o, &other, &error), -EUCLEAN);
    assert_non_null(strstr(error.rule, "partition 0 of 1"));
    rig_open(g);
}

static void history_is_taken_to_the_real_clock_knowingly(void **state)
{
    struct rig *g = *state;
    struct msg_error error;
    partition_close(&g->p);
    rig_remove(g, "*");
    g->o.clock = CLOCK_VIRTUAL;
    rig_open(g);
    rig_add_every(g, "a", 10 * SECONDS);
    partition_close(&g->p);
    g->o.clock = CLOCK_REAL;
    assert_int_equal(partition_open(&g->o, &g->p, &error), -EUCLEAN);
    g->o.adopt_clock = true;
    g->o.now = rig_now + 25 * SECONDS;
    assert_int_equal(partition_open(&g->o, &g->p, &error), 0);
    assert_int_equal(partition_due(g->p), 0); /* what was due at 10 lapsed */
    assert_int_equal(rig_wake_until(g, rig_now + 60 * SECONDS), 0);
    rig_check_whole(g);
}

/* --- damage --------------------------------------------------------------------------------- */

static void change_entry(struct rig *g, uint64_t sequence, size_t offset)
{
    MDB_txn *txn;
    size_t key = sequence;
    MDB_val found;
    uint8_t copy[4096];
    struct journal *j = &g->p->journal;
    assert_int_equal(mdb_txn_begin(j->env, NULL, 0, &txn), 0);
    assert_int_equal(store_get(txn, j->events, &key, sizeof key, &found), 0);
    memcpy(copy, found.mv_data, found.mv_size);
    copy[offset] ^= 1;
    assert_int_equal(store_put(txn, j->events, &key, sizeof key, copy, found.mv_size), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
}

static void verify_finds_one_changed_bit(void **state)
{
    struct rig *g = *state;
    struct verify_report report;
    struct msg_error error;
    struct reader *r;
    const struct published *events;
    size_t n;
    uint64_t head;
    for (int i = 0; i < 5; i++)
        rig_add(g, "acme", "mails", 1);
    change_entry(g, 3, 100);
    assert_int_equal(reader_open(g->p, &r), 0);
    assert_int_equal(reader_events(r, 1, 1 << 20, 100, &g->arena, &events, &n, &head), -EBADMSG);
    reader_close(&r); /* damage is never served */
    partition_close(&g->p);
    assert_int_equal(partition_verify(&g->o, &report, &error), 0);
    assert_false(report.chain_ok);
    assert_string_equal(report.difference, "event 3 fails its checksum");
    rig_open(g);
    change_entry(g, 3, 100);
    rig_check_whole(g);
}

static void verify_finds_a_changed_state(void **state)
{
    struct rig *g = *state;
    struct verify_report report;
    struct msg_error error;
    MDB_txn *txn;
    rig_add(g, "acme", "mails", 1);
    rig_add(g, "beta", "mails", 1);
    struct state *s = &g->p->state;
    uint8_t key[] = { ENTITY_counter, 'b', 'e', 't', 'a', 0, 'm', 'a', 'i', 'l', 's' };
    assert_int_equal(mdb_txn_begin(s->env, NULL, 0, &txn), 0);
    assert_int_equal(store_delete(txn, s->entity, key, sizeof key), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    partition_close(&g->p);
    assert_int_equal(partition_verify(&g->o, &report, &error), 0);
    assert_true(report.chain_ok);
    assert_false(report.state_ok);
    assert_string_equal(report.difference,
                        "entity: the state and the fold differ at \".beta.mails\"");
    rig_open(g);
}

static void a_full_log_says_so_and_recovers(void **state)
{
    struct rig *g = *state;
    struct reply reply;
    partition_close(&g->p);
    rig_remove(g, "*");
    g->o.log_map_bytes = 1 << 20;
    rig_open(g);
    uint64_t accepted = 0;
    bool full = false;
    for (int i = 0; i < 20000 && !full; i++) {
        struct request r = rig_add_request(g, "acme", "mails", 1);
        assert_int_equal(partition_begin(g->p), 0);
        partition_command(g->p, &r, rig_now, &reply);
        int err = partition_commit(g->p);
        assert_true(err == 0 || err == -ENOSPC);
        full = err == -ENOSPC || reply.status == STATUS_full;
        accepted += !full;
        arena_reset(&g->arena);
    }
    assert_true(full);
    assert_int_equal(rig_total(g),
                     accepted); /* nothing acknowledged is lost, nothing else is there */
    partition_close(&g->p);
    g->o.log_map_bytes = 8 << 20;
    rig_open(g);
    assert_int_equal(rig_add(g, "acme", "mails", 1).sequence, accepted + 1);
    rig_check_whole(g);
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, rig_set_up, rig_tear_down)
    const struct CMUnitTest tests[] = {
        ROW(folds_again_what_it_lost),
        ROW(folds_commands_as_they_were_decided),
        ROW(folds_totals_that_came_to_zero),
        ROW(a_rotten_checkpoint_is_not_restored),
        ROW(takes_a_new_epoch_each_time),
        ROW(epochs_are_bounded),
        ROW(refuses_a_second_owner_and_another_identity),
        ROW(history_is_taken_to_the_real_clock_knowingly),
        ROW(verify_finds_one_changed_bit),
        ROW(verify_finds_a_changed_state),
        ROW(a_full_log_says_so_and_recovers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

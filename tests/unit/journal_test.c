/* journal_test: an entry of the log is read as it was written, and no byte of it can change
 * unnoticed. */
#include "tests/unit/rig.h"

#include <errno.h>

/* The bytes of an entry, copied. */
static MDB_val bytes_of(struct rig *g, uint64_t sequence)
{
    MDB_txn *txn;
    MDB_val found;
    size_t key = sequence;
    struct journal *j = &g->p->journal;
    assert_int_equal(mdb_txn_begin(j->env, NULL, MDB_RDONLY, &txn), 0);
    assert_int_equal(store_get(txn, j->events, &key, sizeof key, &found), 0);
    found.mv_data = arena_copy(&g->arena, found.mv_data, found.mv_size);
    mdb_txn_abort(txn);
    return found;
}

/* Two kinds of entries: one of a command that is remembered, one of a command that is not. */
static void write_both(struct rig *g)
{
    const struct counter_make make = { .total = 7 };
    struct request r = rig_request(g, "counter.make", "acme", &make);
    assert_int_equal(rig_say(g, &r).sequence, 1);
    assert_int_equal(rig_add(g, "acme", "mails", 5).sequence, 2);
}

static void is_read_as_it_was_written(void **state)
{
    static const uint8_t none[ENTRY_HASH_BYTES];
    struct rig *g = *state;
    write_both(g);
    for (uint64_t s = 1; s <= 2; s++) {
        struct entry e;
        struct envelope env;
        struct msg_error error;
        char id[ID_TEXT + 1];
        const MDB_val bytes = bytes_of(g, s);
        assert_int_equal(entry_parse(bytes.mv_data, bytes.mv_size, &e), 0);
        assert_int_equal(envelope_read(e.envelope, e.envelope_size, &env, &error), 0);
        id_print(&e.command, id);
        assert_true(text_equal(env.causation_id, text_from(id)));
        assert_true(text_equal(e.principal, text_from("local")));
        assert_int_equal(env.sequence, s);
        assert_int_equal(e.index, 0);
        assert_int_equal(e.count, 1);
        assert_int_equal(e.flags, s == 1 ? ENTRY_REMEMBERED : 0);
        assert_int_equal(memcmp(e.request_hash, none, sizeof none) == 0, s == 2);
    }
}

static void no_bit_changes_unnoticed(void **state)
{
    struct rig *g = *state;
    write_both(g);
    for (uint64_t s = 1; s <= 2; s++) {
        struct entry e;
        const MDB_val bytes = bytes_of(g, s);
        uint8_t *at = bytes.mv_data;
        for (size_t bit = 0; bit < 8 * bytes.mv_size; bit++) {
            at[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_int_equal(entry_parse(at, bytes.mv_size, &e), -EBADMSG);
            at[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        for (size_t size = 0; size < bytes.mv_size; size++) {
            const uint8_t *shorter = arena_copy(&g->arena, at, size);
            assert_int_equal(entry_parse(shorter, size, &e), -EBADMSG);
        }
        const uint8_t *longer = arena_copy(&g->arena, at, bytes.mv_size);
        assert_int_equal(entry_parse(longer, bytes.mv_size + 1, &e), -EBADMSG);
        assert_int_equal(entry_parse(at, bytes.mv_size, &e), 0);
    }
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, rig_set_up, rig_tear_down)
    const struct CMUnitTest tests[] = {
        ROW(is_read_as_it_was_written),
        ROW(no_bit_changes_unnoticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

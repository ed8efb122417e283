/* Tests of a log that is written anew: every record where it was, the chain as it was, what was
 * taken out in no byte of the new file, and verify's eye on what calls itself redacted. */
#include "tests/unit/rig.h"

#include "common/msg/redact.h"
#include "common/store/rewrite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const char SECRET[] = "Zorro Quasimodo";

/* Twenty events, two of which say it: one in a field that is personal. */
static void write_log(struct rig *g)
{
    const struct mark said[] = { { .words = TEXT_OF("by zorro quasimodo"), .at = 1 },
                                 { .words = TEXT_OF("x"), .at = 2 } };
    const struct counter_add add = { .name = TEXT_OF("m"), .amount = 3, .marks = { said, 2 } };
    for (int i = 0; i < 9; i++)
        rig_add(g, "acme", "mails", 1);
    for (int i = 0; i < 2; i++) {
        struct request r = rig_request(g, "counter.add", "acme", &add);
        assert_int_equal(rig_say(g, &r).status, STATUS_ok);
    }
    for (int i = 0; i < 9; i++)
        rig_add_every(g, "bells", 10 * SECONDS);
    partition_close(&g->p);
}

static bool says(struct rig *g, const char *path, const char *word)
{
    char command[256];
    snprintf(command, sizeof command, "grep -qai '%s' %s/%s", word, g->directory, path);
    return system(command) == 0;
}

static int redact(void *arg, uint64_t sequence, const struct entry *e, struct arena *a,
                  struct entry *ret)
{
    const struct mentions *words = arg;
    struct envelope env;
    struct msg_error error;
    struct redact_report report;
    struct msg_buffer b = { .arena = a };
    (void)sequence;
    assert_int_equal(envelope_read(e->envelope, e->envelope_size, &env, &error), 0);
    const struct event_row *row = service_event_named(&tally_service, env.type);
    int r = redact_envelope(row->record, e->envelope, e->envelope_size, words, REDACT_MENTIONS,
                            e->digest, &b, &report);
    if (r <= 0)
        return r;
    *ret = *e;
    ret->flags |= ENTRY_REDACTED;
    ret->envelope = b.at;
    ret->envelope_size = b.size;
    return 1;
}

static struct verify_report verified(struct rig *g)
{
    struct verify_report report;
    struct msg_error error;
    assert_int_equal(partition_verify(&g->o, &report, &error), 0);
    return report;
}

static void prepare(struct rig *g, rewrite_fn *fn, void *arg)
{
    struct msg_error why = { 0 };
    assert_int_equal(rewrite_prepare(g->directory, fn, arg, &why), 0);
}

static void words_go_and_the_chain_stays(void **state)
{
    struct rig *g = *state;
    struct mentions words = { 0 };
    write_log(g);
    mention_add(&words, text_from(SECRET), false);
    const struct verify_report before = verified(g);
    assert_true(before.chain_ok && before.state_ok && before.redacted == 0);
    assert_true(says(g, "log/data.mdb", SECRET));
    prepare(g, redact, &words);
    assert_true(says(g, "log/data.mdb", SECRET)); /* the old one stands until it is swapped */
    assert_false(says(g, "log.new/data.mdb", SECRET));
    assert_int_equal(rewrite_forget(g->directory), 0);
    assert_int_equal(rewrite_swap(g->directory), 0);
    const struct verify_report after = verified(g);
    assert_true(after.chain_ok && after.state_ok);
    assert_int_equal(after.redacted, 2);
    assert_int_equal(after.events, before.events);
    assert_int_equal(after.epochs, before.epochs);
    assert_string_equal(after.chain, before.chain);
    assert_int_equal(after.state_rows, before.state_rows);
    assert_false(says(g, "log/data.mdb", SECRET));
    assert_false(says(g, "state/data.mdb", SECRET));
    rig_open(g);
    assert_int_equal(rig_total(g), 9 + 6 + 9);
    assert_int_equal(partition_due(g->p), rig_now + 10 * SECONDS);
    rig_add(g, "acme", "mails", 1);
    rig_check_whole(g);
    mention_free(&words);
}

static int same(void *arg, uint64_t sequence, const struct entry *e, struct arena *a,
                struct entry *ret)
{
    uint64_t *next = arg;
    (void)e, (void)a, (void)ret;
    assert_int_equal(sequence, ++*next);
    return 0;
}

static void what_is_kept_is_the_same_log(void **state)
{
    struct rig *g = *state;
    uint64_t count = 0;
    write_log(g);
    const struct verify_report before = verified(g);
    prepare(g, same, &count);
    assert_int_equal(count, before.events);
    assert_int_equal(rewrite_swap(g->directory), 0);
    const struct verify_report after = verified(g);
    assert_memory_equal(&after, &before, sizeof after);
}

/* Who says that it was redacted and was not is found: it does not say so itself. */
static int pretend(void *arg, uint64_t sequence, const struct entry *e, struct arena *a,
                   struct entry *ret)
{
    (void)arg, (void)a;
    *ret = *e;
    ret->flags |= ENTRY_REDACTED;
    return sequence == 5;
}

static int change(void *arg, uint64_t sequence, const struct entry *e, struct arena *a,
                  struct entry *ret)
{
    int r = redact(arg, sequence, e, a, ret);
    if (r > 0)
        ret->flags &= (uint8_t)~ENTRY_REDACTED; /* other bytes under the old digest */
    return r;
}

static int forget_digest(void *arg, uint64_t sequence, const struct entry *e, struct arena *a,
                         struct entry *ret)
{
    int r = redact(arg, sequence, e, a, ret);
    if (r > 0)
        ret->digest[3] ^= 1;
    return r;
}

static void verify_finds_what_is_no_redaction(void **state)
{
    static rewrite_fn *const wrong[] = { pretend, change, forget_digest };
    struct rig *g = *state;
    struct mentions words = { 0 };
    mention_add(&words, text_from(SECRET), false);
    write_log(g);

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char command[256];
        snprintf(command, sizeof command, "rm -rf %s.copy && cp -a %s %s.copy", g->directory,
                 g->directory, g->directory);
        assert_int_equal(system(command), 0);
        prepare(g, wrong[i], &words);
        assert_int_equal(rewrite_swap(g->directory), 0);
        const struct verify_report report = verified(g);
        assert_false(report.chain_ok);
        assert_non_null(strstr(report.difference, "does not have its digest"));
        snprintf(command, sizeof command, "rm -rf %s && mv %s.copy %s", g->directory, g->directory,
                 g->directory);
        assert_int_equal(system(command), 0);
    }
    mention_free(&words);
    rig_open(g);
}

static void what_was_prepared_is_dropped_at_an_opening(void **state)
{
    struct rig *g = *state;
    uint64_t count = 0;
    write_log(g);
    prepare(g, same, &count);
    assert_true(says(g, "log.new/data.mdb", SECRET));
    rig_open(g);
    assert_false(says(g, "log.new/data.mdb", SECRET));
    assert_int_equal(rig_total(g), 9 + 6 + 9);
}

static int stop(void *arg, uint64_t sequence, const struct entry *e, struct arena *a)
{
    uint64_t *seen = arg;
    (void)e, (void)a;
    *seen = sequence;
    return sequence == 4 ? -ECANCELED : 0;
}

static void a_walk_sees_each_and_stops_when_told(void **state)
{
    struct rig *g = *state;
    struct msg_error why = { 0 };
    uint64_t seen = 0;
    write_log(g);
    assert_int_equal(rewrite_walk(g->directory, stop, &seen, &why), -ECANCELED);
    assert_int_equal(seen, 4);
    assert_int_equal(rewrite_walk("/nowhere", stop, &seen, &why), -ENOENT);
    rig_open(g);
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, rig_set_up, rig_tear_down)
    const struct CMUnitTest tests[] = {
        ROW(words_go_and_the_chain_stays),         ROW(what_is_kept_is_the_same_log),
        ROW(verify_finds_what_is_no_redaction),    ROW(what_was_prepared_is_dropped_at_an_opening),
        ROW(a_walk_sees_each_and_stops_when_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

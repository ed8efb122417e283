/* partition_test: the turn and its answers, timers and queries, with the test service on real LMDB.
 */
#include "tests/unit/rig.h"

#include "common/suite/suite.h"

/* --- the turn ------------------------------------------------------------------------------- */

static void accepts_and_answers(void **state)
{
    struct rig *g = *state;
    struct reply reply = rig_add(g, "acme", "mails", 5);
    assert_int_equal(reply.status, STATUS_ok);
    assert_int_equal(reply.sequence, 1);
    assert_int_equal(reply.version, 1);
    assert_false(reply.replayed);
    reply = rig_add(g, "acme", "mails", 7);
    assert_int_equal(reply.version, 2);
    assert_int_equal(rig_total(g), 12);
    rig_check_whole(g);
    assert_int_equal(rig_total(g), 12);
}

static void refuses_with_code_and_field(void **state)
{
    struct rig *g = *state;
    struct reply reply = rig_add(g, "acme", "mails", -1);
    assert_int_equal(reply.status, STATUS_refused);
    assert_true(text_equal(reply.code, text_from("below_zero")));
    assert_true(text_equal(reply.field, text_from("amount")));
    assert_int_equal(reply.sequence, 0);
    assert_int_equal(rig_total(g), 0);
}

static void names_what_is_invalid(void **state)
{
    struct rig *g = *state;
    struct request r = rig_add_request(g, "acme", "mails", 1);
    r.type = text_from("counter.burn");
    struct reply reply = rig_say(g, &r);
    assert_int_equal(reply.status, STATUS_invalid);
    assert_true(text_equal(reply.field, text_from("type")));
    r = rig_add_request(g, "", "mails", 1);
    reply = rig_say(g, &r);
    assert_true(text_equal(reply.field, text_from("client")));
    r = rig_add_request(g, "acme", "mails", 1002);
    reply = rig_say(g, &r);
    assert_int_equal(reply.status, STATUS_invalid);
    assert_true(text_equal(reply.field, text_from("amount")));
}

/* An event that a fold could not read never gets into the log, whatever decide says. */
static void an_unfit_event_is_not_appended(void **state)
{
    struct rig *g = *state;
    struct reply reply = rig_add(g, "acme", "mails", 1001);
    assert_int_equal(reply.status, STATUS_invalid);
    assert_true(text_equal(reply.field, text_from("amount")));
    assert_int_equal(rig_add(g, "acme", "mails", 1).sequence, 1);
    rig_check_whole(g);
}

static void asked_again_answers_again(void **state)
{
    struct rig *g = *state;
    const struct counter_make make = { .total = 3 };
    struct request r = rig_request(g, "counter.make", "acme", &make);
    struct reply first = rig_say(g, &r);
    assert_int_equal(first.status, STATUS_ok);
    struct text result =
        arena_text(&g->arena, (struct text){ first.result, (uint32_t)first.result_size });
    partition_close(&g->p); /* it is remembered across restarts */
    rig_open(g);
    struct reply again = rig_say(g, &r);
    assert_int_equal(again.status, STATUS_ok);
    assert_true(again.replayed);
    assert_int_equal(again.sequence, first.sequence);
    assert_int_equal(again.version, first.version);
    assert_true(text_equal(result, (struct text){ again.result, (uint32_t)again.result_size }));

    const struct counter_make other = { .total = 4 };
    struct request reused = rig_request(g, "counter.make", "acme", &other);
    reused.id = r.id;
    assert_int_equal(rig_say(g, &reused).status, STATUS_id_reused);
    r.principal = text_from("somebody-else"); /* ids are per principal */
    assert_false(rig_say(g, &r).replayed);
    rig_check_whole(g);
}

static struct request make_at(struct rig *g, int64_t milliseconds, uint8_t last)
{
    const struct counter_make make = { .total = 1 };
    struct request r = rig_request(g, "counter.make", "acme", &make);
    memset(r.id.at, 0, sizeof r.id.at);
    for (int b = 0; b < 6; b++)
        r.id.at[b] = (uint8_t)((uint64_t)milliseconds >> (40 - 8 * b));
    r.id.at[6] = 0x70;
    r.id.at[8] = 0x80;
    r.id.at[15] = last;
    return r;
}

/* Seven days behind the newest id: what is older is decided anew, what is younger is not, and a
 * fold forgets the same. */
static void what_is_old_is_forgotten(void **state)
{
    struct rig *g = *state;
    const int64_t day = 86400000, begin = INT64_C(1800000000000);
    partition_close(&g->p);
    rig_remove(g, "*");
    g->o.clock = CLOCK_VIRTUAL; /* there, ids are not judged by the real clock */
    rig_open(g);
    struct request old = make_at(g, begin, 1), young = make_at(g, begin + 2 * day, 2);
    struct request new = make_at(g, begin + 8 * day, 3);
    assert_int_equal(rig_say(g, &old).sequence, 1);
    assert_int_equal(rig_say(g, &young).sequence, 2);
    assert_true(rig_say(g, &old).replayed);
    assert_int_equal(rig_say(g, &new).sequence, 3);
    assert_true(rig_say(g, &young).replayed);
    assert_false(rig_say(g, &old).replayed);
    rig_check_whole(g);
}

static void ids_have_their_time(void **state)
{
    struct rig *g = *state;
    const struct counter_make make = { .total = 1 };
    const int64_t offsets[] = { -(int64_t)7 * DAYS, 6 * MINUTES };
    for (size_t i = 0; i < 2; i++) {
        struct request r = rig_request(g, "counter.make", "acme", &make);
        uint64_t ms = (uint64_t)((real_now() + offsets[i]) / 1000);
        for (int b = 0; b < 6; b++)
            r.id.at[b] = (uint8_t)(ms >> (40 - 8 * b));
        struct reply reply = rig_say(g, &r);
        assert_int_equal(reply.status, STATUS_invalid);
        assert_true(text_equal(reply.field, text_from("id")));
    }
}

static void a_natural_key_is_known(void **state)
{
    struct rig *g = *state;
    const struct counter_add fact = { .name = text_from("mails"), .amount = 5, .serial = 5 };
    struct request r = rig_request(g, "counter.add", "acme", &fact);
    assert_false(rig_say(g, &r).replayed);
    r.id = id_new(real_now());
    struct reply reply = rig_say(g, &r);
    assert_int_equal(reply.status, STATUS_ok);
    assert_true(reply.replayed);
    assert_int_equal(reply.sequence, 1);
    assert_int_equal(rig_total(g), 5);
}

static void expect_is_the_version(void **state)
{
    struct rig *g = *state;
    struct request r = rig_add_request(g, "acme", "mails", 1);
    r.has_expect = true;
    r.expect = 0;
    assert_int_equal(rig_say(g, &r).status, STATUS_ok);
    struct reply reply = rig_say(g, &r);
    assert_int_equal(reply.status, STATUS_version);
    assert_int_equal(reply.version, 1);
    r.expect = 1;
    assert_int_equal(rig_say(g, &r).version, 2);
}

static void a_missing_target_is_not_found(void **state)
{
    struct rig *g = *state;
    const struct counter_reset reset = { .counter = text_from("mails") };
    struct request r = rig_request(g, "counter.reset", "acme", &reset);
    assert_int_equal(rig_say(g, &r).status, STATUS_not_found);
    rig_add(g, "acme", "mails", 4);
    r.id = id_new(real_now());
    assert_int_equal(rig_say(g, &r).status, STATUS_ok);
    assert_int_equal(rig_total(g), 0);
}

/* A hundred commands in one batch, half refused, are one commit and come out as if each had been
 * alone. */
static void a_batch_is_one_commit(void **state)
{
    struct rig *g = *state;
    struct reply reply;
    const struct published *events;
    assert_int_equal(partition_begin(g->p), 0);
    for (int i = 0; i < 100; i++) {
        struct request r = rig_add_request(g, "acme", "mails", i % 2 ? -1000 : 3);
        partition_command(g->p, &r, rig_now, &reply);
        assert_int_equal(reply.status, i % 2 ? STATUS_refused : STATUS_ok);
    }
    assert_int_equal(partition_published(g->p, &events), 50);
    assert_int_equal(partition_commit(g->p), 0);
    for (uint64_t i = 0; i < 50; i++) {
        struct envelope env;
        struct msg_error error;
        assert_int_equal(envelope_read(events[i].envelope, events[i].size, &env, &error), 0);
        assert_int_equal(env.sequence, i + 1);
    }
    rig_check_whole(g);
    assert_int_equal(rig_total(g), 150);
}

static void an_aborted_batch_did_not_happen(void **state)
{
    struct rig *g = *state;
    struct reply reply;
    struct request r = rig_add_request(g, "acme", "mails", 3);
    assert_int_equal(partition_begin(g->p), 0);
    partition_command(g->p, &r, rig_now, &reply);
    partition_abort(g->p);
    assert_int_equal(rig_total(g), 0);
    assert_int_equal(rig_add(g, "acme", "mails", 1).sequence, 1);
    rig_check_whole(g);
}

/* --- timers --------------------------------------------------------------------------------- */

static void timers_fire_once_and_never_early(void **state)
{
    struct rig *g = *state;
    rig_add_every(g, "a", 10 * SECONDS);
    rig_add_every(g, "b", 15 * SECONDS);
    assert_int_equal(partition_due(g->p), rig_now + 10 * SECONDS);
    assert_int_equal(rig_wake_until(g, rig_now + 10 * SECONDS - 1), 0);
    assert_int_equal(rig_wake_until(g, rig_now + 10 * SECONDS), 1);
    assert_int_equal(rig_wake_until(g, rig_now + 10 * SECONDS), 0);
    partition_close(&g->p);
    rig_open(g);
    assert_int_equal(partition_due(g->p), rig_now + 15 * SECONDS);
    assert_int_equal(rig_wake_until(g, rig_now + 20 * SECONDS), 2); /* b at 15, a at 20 */
    assert_int_equal(rig_wake_until(g, rig_now + 30 * SECONDS), 2); /* both at 30 */
    rig_check_whole(g);
}

/* --- queries -------------------------------------------------------------------------------- */

static void pages_come_in_order_and_resume(void **state)
{
    struct rig *g = *state;
    struct reply reply = { 0 };
    int64_t last = -1, rows = 0;
    char name[16];
    for (int i = 0; i < 25; i++) {
        snprintf(name, sizeof name, "n%02d", i);
        rig_add(g, "acme", name, 1 + (i * 7) % 25); /* one of zero would not be born */
    }
    for (int page = 0; page < 10; page++) {
        json_t *all = rig_ask(g, "tally.counters", "{}", 10, &reply);
        assert_int_equal(reply.status, STATUS_ok);
        assert_true(json_array_size(all) <= 10);
        for (size_t i = 0; i < json_array_size(all); i++, rows++) {
            int64_t n = json_integer_value(json_object_get(json_array_get(all, i), "total"));
            assert_true(n > last);
            last = n;
        }
        json_decref(all);
        if (text_empty(reply.cursor))
            break;
    }
    assert_int_equal(rows, 25);
    reply = (struct reply){ .cursor = TEXT_OF("!") };
    assert_null(rig_ask(g, "tally.counters", "{}", 10, &reply));
    assert_int_equal(reply.status, STATUS_invalid);
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, rig_set_up, rig_tear_down)
    const struct CMUnitTest tests[] = {
        ROW(accepts_and_answers),
        ROW(refuses_with_code_and_field),
        ROW(names_what_is_invalid),
        ROW(an_unfit_event_is_not_appended),
        ROW(asked_again_answers_again),
        ROW(what_is_old_is_forgotten),
        ROW(ids_have_their_time),
        ROW(a_natural_key_is_known),
        ROW(expect_is_the_version),
        ROW(a_missing_target_is_not_found),
        ROW(a_batch_is_one_commit),
        ROW(an_aborted_batch_did_not_happen),
        ROW(timers_fire_once_and_never_early),
        ROW(pages_come_in_order_and_resume),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

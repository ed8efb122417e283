/* aside: what a service wants by itself and cannot do is put aside, told, and stops nothing else.
 */
#include "common/store/effect.h"
#include "tests/unit/rig.h"

#include <errno.h>
#include <string.h>

static const struct effect_tools tools = { .public_url = { 0 } };

static const struct put_aside *only_aside(struct rig *g)
{
    const struct put_aside *rows;
    uint64_t ever;
    assert_int_equal(partition_aside(g->p, &rows, &ever), 1);
    return rows;
}

static size_t count_aside(struct rig *g)
{
    const struct put_aside *rows;
    uint64_t ever;
    return partition_aside(g->p, &rows, &ever);
}

static void assert_aside(struct rig *g, const char *what, const char *id, const char *problem)
{
    const struct put_aside *a = only_aside(g);
    assert_string_equal(a->what, what);
    assert_string_equal(a->kind, "counter");
    assert_string_equal(a->client, "acme");
    assert_string_equal(a->id, id);
    assert_non_null(strstr(a->problem, problem));
}

static uint64_t head(struct rig *g)
{
    struct position at;
    partition_position(g->p, &at);
    return at.head;
}

/* --- timers ---------------------------------------------------------------------------------- */

static void others_go_on(struct rig *g, const char *name, const char *problem)
{
    rig_add_every(g, name, 10 * SECONDS);
    rig_add_every(g, "bells", 12 * SECONDS);
    uint64_t before = head(g);
    assert_int_equal(rig_wake_until(g, rig_now + 15 * SECONDS), 2);
    assert_int_equal(head(g), before + 1);
    assert_aside(g, "timer", name, problem);
    assert_int_equal(partition_due(g->p), rig_now + 24 * SECONDS);
    assert_int_equal(rig_wake_until(g, rig_now + 30 * SECONDS), 1);
    rig_check_whole(g); /* which opens it anew: it is tried once more, and is aside again */
    assert_int_equal(count_aside(g), 0);
    assert_int_equal(partition_due(g->p), rig_now + 10 * SECONDS);
    assert_int_equal(rig_wake_until(g, rig_now + 35 * SECONDS), 1);
    assert_aside(g, "timer", name, problem);
    rig_add(g, "acme", name, 1); /* it is another one now */
    assert_int_equal(count_aside(g), 0);
    before = head(g);
    assert_int_equal(rig_wake_until(g, rig_now + 35 * SECONDS), 1);
    assert_int_equal(head(g), before + 1);
    assert_int_equal(count_aside(g), 0);
    rig_check_whole(g);
}

static void a_timer_whose_event_does_not_fit(void **state)
{
    others_go_on(*state, "unfit", "ring_at");
}

static void a_timer_that_stays_where_it_was(void **state)
{
    others_go_on(*state, "silent", "left its instant");
}

/* So many are no accident of one entity: nothing wakes any more, and everything else goes on. */
static void too_many(void **state)
{
    struct rig *g = *state;
    for (int i = 0; i < ASIDE_MAX; i++) {
        const char *client = arena_printf(&g->arena, "c-%d", i).at;
        const struct counter_add add = { .name = TEXT_OF("unfit"),
                                         .amount = 1,
                                         .every = 10 * SECONDS };
        struct request r = rig_request(g, "counter.add", client, &add);
        assert_int_equal(rig_say(g, &r).status, STATUS_ok);
    }
    rig_add_every(g, "bells", 12 * SECONDS);
    assert_int_equal(rig_wake_until(g, rig_now + 15 * SECONDS), ASIDE_MAX);
    assert_int_equal(count_aside(g), ASIDE_MAX);
    assert_int_equal(partition_due(g->p), 0);
    assert_int_equal(rig_add(g, "c-3", "unfit", 1).status, STATUS_ok);
    assert_int_equal(count_aside(g), ASIDE_MAX - 1);
    assert_int_equal(rig_wake_until(g, rig_now + 15 * SECONDS), 2);
}

/* In history it would be missing for ever. */
static void history_fails(void **state)
{
    struct rig *g = *state;
    struct msg_error error;
    partition_close(&g->p);
    rig_remove(g, "*");
    g->o.clock = CLOCK_VIRTUAL;
    assert_int_equal(partition_open(&g->o, &g->p, &error), 0);
    rig_add_every(g, "unfit", 10 * SECONDS);
    assert_int_equal(partition_begin(g->p), 0);
    assert_int_equal(partition_wake(g->p, rig_now + 15 * SECONDS), 0);
    assert_int_equal(partition_commit(g->p), -EPROTO);
    assert_int_equal(count_aside(g), 0);
}

/* --- letters --------------------------------------------------------------------------------- */

static void post(struct rig *g, const char *name, int64_t amount)
{
    const struct counter_add add = { .name = text_from(name), .amount = amount, .post = SECONDS };
    struct request r = rig_request(g, "counter.add", "acme", &add);
    assert_int_equal(rig_say(g, &r).status, STATUS_ok);
}

static int attempt(struct rig *g, const char *name)
{
    struct effect e;
    assert_int_equal(partition_begin(g->p), 0);
    int r = partition_attempt(g->p, &tally_service.effects[0], text_from("acme"), text_from(name),
                              rig_now + 60 * SECONDS, &tools, &g->arena, NULL, NULL, &e);
    assert_int_equal(partition_commit(g->p), 0);
    return r;
}

static void land(struct rig *g, const char *name, const struct outcome *o)
{
    assert_int_equal(partition_begin(g->p), 0);
    assert_int_equal(partition_outcome(g->p, &tally_service.effects[0], text_from("acme"),
                                       text_from(name), o, rig_now + 61 * SECONDS),
                     0);
    assert_int_equal(partition_commit(g->p), 0);
}

static void no_try(struct rig *g, const char *name, const char *problem)
{
    post(g, name, 1);
    post(g, "ann@example.org", 1);
    uint64_t before = head(g);
    assert_int_equal(attempt(g, name), 0);
    assert_aside(g, "attempt", name, problem);
    assert_int_equal(attempt(g, name), 0);
    assert_int_equal(head(g), before);
    assert_aside(g, "attempt", name, problem);
    assert_int_equal(attempt(g, "ann@example.org"), 1);
    rig_add(g, "acme", name, 1);
    assert_int_equal(attempt(g, name), 1);
    assert_int_equal(count_aside(g), 0);
    rig_check_whole(g);
}

static void a_try_that_cannot_be_said(void **state)
{
    no_try(*state, "unfit", "attempt");
}

static void a_try_that_is_not_said(void **state)
{
    no_try(*state, "silent", "said nothing");
}

/* It went: whatever cannot be said of that, it does not go again. */
static void went(struct rig *g, const struct outcome *o, const char *problem)
{
    post(g, "ann@example.org", 1);
    assert_int_equal(attempt(g, "ann@example.org"), 1);
    uint64_t before = head(g);
    land(g, "ann@example.org", o);
    assert_int_equal(head(g), before);
    assert_aside(g, "outcome", "ann@example.org", problem);
    assert_int_equal(attempt(g, "ann@example.org"), 0);
    assert_int_equal(head(g), before);
    post(g, "bob@example.org", 1);
    assert_int_equal(attempt(g, "bob@example.org"), 1);
}

static void an_outcome_that_cannot_be_said(void **state)
{
    char words[400];
    memset(words, 'x', sizeof words);
    const struct outcome o = { .kind = OUTCOME_SENT, .detail = { words, sizeof words } };
    went(*state, &o, "words");
}

static void an_outcome_that_is_not_said(void **state)
{
    const struct outcome o = { .kind = OUTCOME_DELIVERED };
    went(*state, &o, "left where it was");
}

/* --- decisions that look at many ------------------------------------------------------------- */

static void a_decision_may_walk_over_any_number(void **state)
{
    struct rig *g = *state;
    enum { NUMBER = SLOTS_MAX + 100 };
    struct view v;
    struct found found;
    int n = 0;
    assert_int_equal(partition_begin(g->p), 0);
    for (int i = 0; i < NUMBER; i++) {
        struct reply reply;
        const struct request r =
            rig_add_request(g, "acme", arena_printf(&g->arena, "n-%d", i).at, 1);
        partition_command(g->p, &r, rig_now, &reply);
        assert_int_equal(reply.status, STATUS_ok);
    }
    view_begin(&v, &tally_service, &g->p->state, g->p->state_txn, &g->arena, text_from("acme"));
    struct walk *w = view_walk(&v, INDEX_counter_by_total, NULL, UINT32_MAX);
    while (view_next(w, &found))
        n++;
    view_end(&v);
    assert_int_equal(n, NUMBER);
    partition_abort(g->p);
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, rig_set_up, rig_tear_down)
    const struct CMUnitTest tests[] = {
        ROW(a_timer_whose_event_does_not_fit),
        ROW(a_timer_that_stays_where_it_was),
        ROW(too_many),
        ROW(history_fails),
        ROW(a_try_that_cannot_be_said),
        ROW(a_try_that_is_not_said),
        ROW(an_outcome_that_cannot_be_said),
        ROW(an_outcome_that_is_not_said),
        ROW(a_decision_may_walk_over_any_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

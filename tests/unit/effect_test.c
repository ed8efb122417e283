/* effect: what is due is tried once, at the head, and never because a log was folded. */
#include "common/store/effect.h"
#include "tests/unit/rig.h"

#include <string.h>

static const struct effect_tools tools = { .public_url = TEXT_OF("https://redress.example.org") };

static const struct effect_row *letters(void)
{
    return &tally_service.effects[0];
}

static void post_in(struct rig *g, const char *name, int64_t after)
{
    const struct counter_add add = { .name = text_from(name), .amount = 1, .post = after };
    struct request r = rig_request(g, "counter.add", "acme", &add);
    struct reply reply = rig_say(g, &r);
    assert_int_equal(reply.status, STATUS_ok);
}

/* Names of what is due at an instant, as "a b c". */
static const char *due_at(struct rig *g, int64_t instant)
{
    static char names[512];
    struct effect_due due[8], *after = NULL;
    int n;
    names[0] = '\0';
    assert_int_equal(partition_begin(g->p), 0);
    do { /* in pages of three, so that pages are tested too */
        n = partition_effects(g->p, letters(), instant, after, due + 1, 3);
        assert_true(n >= 0);
        for (int i = 1; i <= n; i++)
            snprintf(names + strlen(names), sizeof names - strlen(names), "%s%.*s",
                     names[0] ? " " : "", TEXT_ARG(effect_due_id(&due[i])));
        due[0] = due[n];
        after = &due[0];
    } while (n == 3);
    assert_int_equal(partition_commit(g->p), 0);
    return names;
}

static bool always(void *arg, const struct effect *e)
{
    struct effect *kept = arg;
    *kept = *e;
    return true;
}

static bool never(void *arg, const struct effect *e)
{
    (void)arg;
    (void)e;
    return false;
}

static int attempt(struct rig *g, const char *name, effect_may *may, struct effect *ret)
{
    struct effect seen;
    assert_int_equal(partition_begin(g->p), 0);
    int r = partition_attempt(g->p, letters(), text_from("acme"), text_from(name),
                              rig_now + 60 * SECONDS, &tools, &g->arena, may, &seen, ret);
    assert_int_equal(partition_commit(g->p), 0);
    return r;
}

static void land(struct rig *g, const char *name, const struct outcome *o)
{
    assert_int_equal(partition_begin(g->p), 0);
    assert_int_equal(partition_outcome(g->p, letters(), text_from("acme"), text_from(name), o,
                                       rig_now + 61 * SECONDS),
                     0);
    assert_int_equal(partition_commit(g->p), 0);
}

static const struct outcome sent = { .kind = OUTCOME_SENT, .detail = TEXT_OF("250 Ok") };

static uint64_t head(struct rig *g)
{
    struct position at;
    partition_position(g->p, &at);
    return at.head;
}

/* --- what is due ---------------------------------------------------------------------------- */

static void rows_are_due_in_the_order_of_their_instants(void **state)
{
    struct rig *g = *state;
    static const char *const names[] = { "d", "b", "g", "a", "f", "c", "e" };
    for (int i = 0; i < 7; i++)
        post_in(g, names[i], (i < 5 ? 10 : 20) * SECONDS);
    assert_string_equal(due_at(g, rig_now + 9 * SECONDS), "");
    assert_string_equal(due_at(g, rig_now + 10 * SECONDS), "a b d f g");
    assert_string_equal(due_at(g, rig_now + 60 * SECONDS), "a b d f g c e");
    assert_int_equal(partition_begin(g->p), 0);
    assert_int_equal(partition_effect_next(g->p, letters(), rig_now + 10 * SECONDS),
                     rig_now + 20 * SECONDS);
    assert_int_equal(partition_effect_next(g->p, letters(), rig_now + 20 * SECONDS), 0);
    partition_abort(g->p);
    rig_check_whole(g);
}

/* --- trying --------------------------------------------------------------------------------- */

static void a_try_is_written_before_it_is_made(void **state)
{
    struct rig *g = *state;
    struct effect e = { 0 };
    post_in(g, "ann@example.org", 10 * SECONDS);
    uint64_t before = head(g);
    assert_int_equal(attempt(g, "ann@example.org", always, &e), 1);
    assert_int_equal(head(g), before + 1);
    assert_int_equal(e.kind, EFFECT_MAIL);
    assert_true(text_equal(e.to, text_from("ann@example.org")));
    assert_true(text_equal(e.thread, text_from("acme")));
    assert_true(e.plain.length > 0);
    /* Interrupted now, it is due again, and for the same letter. */
    assert_string_equal(due_at(g, rig_now + 60 * SECONDS), "ann@example.org");
    land(g, "ann@example.org", &sent);
    assert_string_equal(due_at(g, rig_now + 900 * SECONDS), "");
    assert_int_equal(head(g), before + 2);
    rig_check_whole(g);
}

static void without_room_nothing_happens(void **state)
{
    struct rig *g = *state;
    struct effect e = { 0 };
    post_in(g, "ann@example.org", 10 * SECONDS);
    uint64_t before = head(g);
    assert_int_equal(attempt(g, "ann@example.org", never, &e), 0);
    assert_int_equal(head(g), before);
    assert_string_equal(due_at(g, rig_now + 60 * SECONDS), "ann@example.org");
}

static void what_need_not_be_sent_is_said_and_not_sent(void **state)
{
    struct rig *g = *state;
    struct effect e = { 0 };
    post_in(g, "nobody", 10 * SECONDS);
    uint64_t before = head(g);
    assert_int_equal(attempt(g, "nobody", never, &e), 0); /* room is not even asked for */
    assert_int_equal(head(g), before + 1);
    assert_string_equal(due_at(g, rig_now + 900 * SECONDS), "");
}

static void a_failure_for_now_is_due_again_one_for_good_is_not(void **state)
{
    struct rig *g = *state;
    struct effect e = { 0 };
    struct outcome failed = { .kind = OUTCOME_FAILED, .failure = EFFECT_busy, .temporary = true };
    post_in(g, "ann@example.org", 10 * SECONDS);
    attempt(g, "ann@example.org", always, &e);
    land(g, "ann@example.org", &failed);
    assert_string_equal(due_at(g, rig_now + 61 * SECONDS), "");
    assert_string_equal(due_at(g, rig_now + 62 * SECONDS), "ann@example.org");
    attempt(g, "ann@example.org", always, &e);
    failed.temporary = false;
    land(g, "ann@example.org", &failed);
    assert_string_equal(due_at(g, rig_now + 900 * SECONDS), "");
}

static void what_is_not_there_is_no_reason_to_stop(void **state)
{
    struct rig *g = *state;
    struct effect e = { 0 };
    uint64_t before = head(g);
    assert_int_equal(attempt(g, "ghost", always, &e), 0);
    land(g, "ghost", &sent);
    assert_int_equal(head(g), before);
}

/* --- folding -------------------------------------------------------------------------------- */

static void a_fold_sends_nothing_and_forgets_nothing(void **state)
{
    struct rig *g = *state;
    struct effect e = { 0 };
    static const char *const names[] = { "went@example.org", "waits@example.org",
                                         "tried@example.org" };
    for (int i = 0; i < 3; i++)
        post_in(g, names[i], 10 * SECONDS);
    attempt(g, names[0], always, &e);
    land(g, names[0], &sent);
    attempt(g, names[2], always, &e);
    uint64_t before = head(g);
    partition_close(&g->p);
    rig_remove(g, "state");
    rig_remove(g, "checkpoint");
    rig_open(g);
    assert_int_equal(head(g), before);
    assert_string_equal(due_at(g, rig_now + 60 * SECONDS), "tried@example.org waits@example.org");
    rig_check_whole(g);
}

/* A directory with history is opened on the real clock: what waited in it goes nowhere. */
static void from_history_nothing_is_sent(void **state)
{
    struct rig *g = *state;
    partition_close(&g->p);
    rig_remove(g, "*");
    g->o.clock = CLOCK_VIRTUAL;
    rig_open(g);
    post_in(g, "past@example.org", 10 * SECONDS);
    post_in(g, "future@example.org", 100 * SECONDS);
    assert_string_equal(due_at(g, rig_now + 10 * SECONDS), "past@example.org");
    partition_close(&g->p);
    g->o.clock = CLOCK_REAL;
    g->o.adopt_clock = true;
    g->o.now = rig_now + 50 * SECONDS;
    struct msg_error error;
    assert_int_equal(partition_open(&g->o, &g->p, &error), 0);
    assert_string_equal(due_at(g, rig_now + 900 * SECONDS), "future@example.org");
    rig_check_whole(g);
}

static void links_are_made_of_the_public_address(void **state)
{
    struct rig *g = *state;
    struct effect_turn turn = { .arena = &g->arena, .tools = &tools, .now = rig_now };
    struct effect e = { .turn = &turn };
    const struct text subject = TEXT_OF("acme/esc-1"), actor = TEXT_OF("person:ann");
    struct text link = effect_link(&e, "ack", subject, actor, rig_now + HOURS);
    assert_true(link.length > 60);
    assert_memory_equal(link.at, "https://redress.example.org/a/", 30);
    struct text survey = effect_link(&e, "survey", subject, actor, rig_now + HOURS);
    assert_memory_equal(survey.at, "https://redress.example.org/survey/", 35);
    struct link read;
    const struct text token = { link.at + 30, link.length - 30 };
    assert_int_equal(link_read(tools.key, token, rig_now, &g->arena, &read), 0);
    assert_true(text_equal(read.subject, subject));
    assert_true(text_equal(read.actor, actor));
    const struct effect_tools none = { 0 };
    turn.tools = &none;
    assert_int_equal(effect_link(&e, "ack", subject, actor, rig_now + HOURS).length, 0);
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, rig_set_up, rig_tear_down)
    const struct CMUnitTest tests[] = {
        ROW(rows_are_due_in_the_order_of_their_instants),
        ROW(a_try_is_written_before_it_is_made),
        ROW(without_room_nothing_happens),
        ROW(what_need_not_be_sent_is_said_and_not_sent),
        ROW(a_failure_for_now_is_due_again_one_for_good_is_not),
        ROW(what_is_not_there_is_no_reason_to_stop),
        ROW(a_fold_sends_nothing_and_forgets_nothing),
        ROW(from_history_nothing_is_sent),
        ROW(links_are_made_of_the_public_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

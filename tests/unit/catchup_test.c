/* catchup_test: the machine of a consumer, case by case, and against a model of a publisher behind
 * a network that drops, doubles and reorders. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/bus/catchup.h"

/* --- cases ---------------------------------------------------------------------------------- */

static struct catchup at(uint64_t epoch, uint64_t sequence)
{
    struct catchup c;
    catchup_open(&c, epoch, sequence, 0);
    assert_int_equal(catchup_next(&c, true, 0), CATCHUP_NOTHING);
    assert_int_equal(c.state, CATCHUP_SYNC);
    return c;
}

static void assert_run(struct catchup_run run, size_t skip, size_t take)
{
    assert_int_equal(run.skip, skip);
    assert_int_equal(run.take, take);
}

static void begins_with_a_beacon(void **state)
{
    struct catchup c = at(0, 0);
    (void)state;
    catchup_beacon(&c, 3, 0, 10);
    assert_int_equal(c.state, CATCHUP_LIVE);
    assert_int_equal(c.epoch, 3);
    assert_true(catchup_live(&c, 3, 1, true, 11));
    assert_int_equal(c.sequence, 1);
    assert_int_equal(catchup_next(&c, true, 12), CATCHUP_NOTHING);
}

/* A log that was restored to an earlier moment may come back under the same epoch, and at once. */
static void asks_when_a_head_is_behind(void **state)
{
    struct catchup c = at(2, 9);
    (void)state;
    catchup_beacon(&c, 2, 9, 10);
    assert_int_equal(catchup_next(&c, true, 10), CATCHUP_NOTHING);
    catchup_beacon(&c, 2, 8, 20);
    assert_int_equal(c.state, CATCHUP_LIVE);
    assert_int_equal(catchup_next(&c, true, 20), CATCHUP_ASK);
    assert_run(catchup_batch(&c, 2, 10, 0, 9, 30), 0, 0); /* an old beacon: all is well */
    assert_int_equal(c.state, CATCHUP_LIVE);
    assert_int_equal(catchup_next(&c, true, 100), CATCHUP_NOTHING);
    catchup_beacon(&c, 2, 8, 110);
    assert_int_equal(catchup_next(&c, true, 110), CATCHUP_ASK);
    assert_run(catchup_batch(&c, 2, 10, 0, 8, 120), 0, 0);
    assert_int_equal(c.state, CATCHUP_DIVERGED);
}

static void fetches_what_a_beacon_shows(void **state)
{
    struct catchup c = at(2, 4);
    (void)state;
    catchup_beacon(&c, 2, 9, 10);
    assert_int_equal(c.state, CATCHUP_FETCH);
    assert_int_equal(catchup_next(&c, true, 10), CATCHUP_ASK);
    assert_int_equal(catchup_next(&c, true, 10), CATCHUP_NOTHING); /* one outstanding */
    assert_run(catchup_batch(&c, 2, 5, 3, 9, 20), 0, 3);
    assert_int_equal(c.state, CATCHUP_FETCH);
    assert_int_equal(catchup_next(&c, true, 20), CATCHUP_ASK);
    assert_run(catchup_batch(&c, 2, 8, 2, 9, 30), 0, 2);
    assert_int_equal(c.state, CATCHUP_LIVE);
    assert_int_equal(c.sequence, 9);
}

static void a_hole_in_live_events_is_fetched(void **state)
{
    struct catchup c = at(1, 0);
    (void)state;
    catchup_beacon(&c, 1, 0, 0);
    assert_true(catchup_live(&c, 1, 1, true, 1));
    assert_false(catchup_live(&c, 1, 3, true, 2));
    assert_int_equal(c.gaps, 1);
    assert_int_equal(c.head, 3);
    assert_false(catchup_live(&c, 1, 4, true, 2)); /* only a word about the head */
    assert_int_equal(catchup_next(&c, true, 2), CATCHUP_ASK);
    assert_run(catchup_batch(&c, 1, 2, 3, 4, 3), 0, 3);
    assert_int_equal(c.state, CATCHUP_LIVE);
}

static void duplicates_are_dropped(void **state)
{
    struct catchup c = at(1, 5);
    (void)state;
    catchup_beacon(&c, 1, 7, 0);
    assert_false(catchup_live(&c, 1, 5, true, 0));
    assert_false(catchup_live(&c, 1, 2, true, 0));
    assert_int_equal(c.duplicates, 2);
    assert_int_equal(catchup_next(&c, true, 0), CATCHUP_ASK);
    assert_true(catchup_live(&c, 1, 6, true, 1));
    assert_run(catchup_batch(&c, 1, 6, 2, 7, 2), 1, 1); /* its first came live meanwhile */
    assert_run(catchup_batch(&c, 1, 6, 2, 7, 3), 0, 0); /* the same answer once more */
    assert_run(catchup_batch(&c, 1, 20, 2, 21, 3), 0, 0); /* never asked for */
    assert_int_equal(c.sequence, 7);
}

static void without_room_nothing_is_taken_or_asked(void **state)
{
    struct catchup c = at(1, 0);
    (void)state;
    assert_false(catchup_live(&c, 1, 1, false, 0));
    assert_int_equal(c.state, CATCHUP_FETCH);
    assert_int_equal(catchup_next(&c, false, 0), CATCHUP_NOTHING);
    assert_int_equal(catchup_next(&c, true, 0), CATCHUP_ASK);
}

static void a_lower_epoch_is_ignored(void **state)
{
    struct catchup c = at(5, 10);
    (void)state;
    catchup_beacon(&c, 4, 99, 0);
    assert_false(catchup_live(&c, 4, 11, true, 0));
    assert_run(catchup_batch(&c, 4, 11, 1, 11, 0), 0, 0);
    assert_int_equal(c.stale, 3);
    assert_int_equal(c.head, 10);
    assert_int_equal(c.sequence, 10);
}

static void a_higher_epoch_is_checked_first(void **state)
{
    static const struct catchup_epoch epochs[] = { { 1, 1 }, { 5, 8 }, { 6, 11 }, { 7, 11 } };
    struct catchup c = at(5, 10);
    (void)state;
    assert_false(catchup_live(&c, 7, 11, true, 0));
    assert_int_equal(c.epoch, 5);
    assert_int_equal(catchup_next(&c, true, 0), CATCHUP_ASK);
    catchup_epochs(&c, epochs, 4, 1);
    assert_int_equal(c.epoch, 7);
    assert_int_equal(catchup_next(&c, true, 1), CATCHUP_ASK);
    assert_run(catchup_batch(&c, 7, 11, 1, 11, 2), 0, 1);
    assert_int_equal(c.state, CATCHUP_LIVE);
}

static void another_history_diverges(void **state)
{
    static const struct catchup_epoch epochs[] = { { 5, 8 }, { 6, 10 } };
    struct catchup c = at(5, 10);
    (void)state;
    catchup_beacon(&c, 6, 12, 0);
    catchup_epochs(&c, epochs, 2, 1);
    assert_int_equal(c.state, CATCHUP_DIVERGED);
    assert_int_equal(catchup_next(&c, true, 9999), CATCHUP_NOTHING);
    assert_false(catchup_live(&c, 6, 11, true, 2));
    assert_run(catchup_batch(&c, 6, 11, 1, 12, 2), 0, 0);
    catchup_hole(&c, 11, 12, 2);
    catchup_epochs(&c, epochs, 2, 3);
    assert_int_equal(c.sequence, 10);
    c = at(5, 10);
    catchup_too_old(&c);
    assert_int_equal(c.state, CATCHUP_DIVERGED);
}

static void a_head_behind_the_cursor_diverges(void **state)
{
    struct catchup c = at(5, 10);
    (void)state;
    catchup_beacon(&c, 5, 11, 0);
    assert_int_equal(catchup_next(&c, true, 0), CATCHUP_ASK);
    assert_run(catchup_batch(&c, 5, 11, 0, 8, 1), 0, 0);
    assert_int_equal(c.state, CATCHUP_DIVERGED);
}

static void an_old_owner_that_answers_is_not_believed(void **state)
{
    static const struct catchup_epoch old[] = { { 5, 8 } };
    struct catchup c = at(5, 10);
    (void)state;
    catchup_beacon(&c, 6, 12, 0);
    int64_t now = 0;
    for (int i = 0; i < CATCHUP_TRIES_MAX; i++) {
        assert_int_equal(catchup_next(&c, true, now), CATCHUP_ASK);
        if (i % 2)
            catchup_epochs(&c, old, 1, now);
        else
            assert_run(catchup_batch(&c, 5, 11, 2, 12, now), 0, 0);
        assert_int_equal(c.sequence, 10);
        now += CATCHUP_FETCH_MS;
    }
    assert_int_equal(catchup_next(&c, true, now), CATCHUP_RECONNECT);
}

static void gaps_and_skips_move_the_cursor(void **state)
{
    struct catchup c = at(1, 4);
    (void)state;
    catchup_beacon(&c, 1, 12, 0);
    catchup_hole(&c, 5, 9, 1);
    assert_int_equal(c.sequence, 9);
    catchup_hole(&c, 5, 9, 2); /* again */
    catchup_hole(&c, 11, 12, 2); /* not the next one */
    assert_int_equal(c.sequence, 9);
    catchup_hole(&c, 8, 20, 3); /* begins behind the cursor, ends before it */
    assert_int_equal(c.sequence, 20);
    assert_int_equal(c.state, CATCHUP_LIVE);
}

static void a_fetch_is_asked_again_ever_later_then_anew(void **state)
{
    struct catchup c = at(1, 0);
    int64_t now = 0, wait = CATCHUP_FETCH_MS;
    (void)state;
    for (int i = 0; i < CATCHUP_TRIES_MAX; i++, wait *= 2) {
        catchup_beacon(&c, 1, 9, now);
        assert_int_equal(catchup_next(&c, true, now), CATCHUP_ASK);
        for (; wait > 400; wait -= 400) { /* somebody is alive */
            now += 400;
            catchup_beacon(&c, 1, 9, now);
            assert_int_equal(catchup_next(&c, true, now), CATCHUP_NOTHING);
        }
        now += wait;
        wait = CATCHUP_FETCH_MS << i > CATCHUP_FETCH_MAX_MS ? CATCHUP_FETCH_MAX_MS
                                                            : CATCHUP_FETCH_MS << i;
    }
    catchup_beacon(&c, 1, 9, now);
    assert_int_equal(catchup_next(&c, true, now), CATCHUP_RECONNECT);
    assert_int_equal(c.state, CATCHUP_SYNC);
    assert_int_equal(c.reconnects, 1);
    assert_int_equal(catchup_next(&c, true, now), CATCHUP_ASK); /* without a beacon */
}

static void silence_reconnects(void **state)
{
    struct catchup c = at(1, 3);
    (void)state;
    catchup_beacon(&c, 1, 3, 100);
    assert_int_equal(catchup_next(&c, true, 100 + CATCHUP_SILENT_MS - 1), CATCHUP_NOTHING);
    assert_int_equal(catchup_next(&c, true, 100 + CATCHUP_SILENT_MS), CATCHUP_RECONNECT);
    assert_int_equal(catchup_next(&c, true, 100 + CATCHUP_SILENT_MS), CATCHUP_ASK);
    catchup_unsent(&c, 100 + CATCHUP_SILENT_MS);
    assert_int_equal(catchup_next(&c, true, 100 + CATCHUP_SILENT_MS), CATCHUP_NOTHING);
    assert_int_equal(catchup_next(&c, true, 100 + CATCHUP_SILENT_MS + CATCHUP_PAUSE_MS),
                     CATCHUP_ASK);
    catchup_moved(&c);
    assert_int_equal(catchup_next(&c, true, 100 + CATCHUP_SILENT_MS + 50), CATCHUP_RECONNECT);
    assert_int_equal(c.heard_ms, 100); /* who connects anew has not heard anything by that */
}

static void an_empty_answer_pauses(void **state)
{
    struct catchup c = at(1, 3);
    (void)state;
    catchup_beacon(&c, 1, 5, 0);
    assert_int_equal(catchup_next(&c, true, 0), CATCHUP_ASK);
    assert_run(catchup_batch(&c, 1, 4, 0, 3, 1), 0, 0);
    assert_int_equal(catchup_next(&c, true, 1), CATCHUP_NOTHING);
    assert_int_equal(catchup_next(&c, true, 1 + CATCHUP_PAUSE_MS), CATCHUP_ASK);
    catchup_refused(&c, 30);
    assert_int_equal(catchup_next(&c, true, 30), CATCHUP_NOTHING);
    assert_int_equal(catchup_next(&c, true, 30 + CATCHUP_FETCH_MS), CATCHUP_ASK);
}

/* --- the model ------------------------------------------------------------------------------ */

enum {
    SEEDS = 150,
    FLYING_MAX = 512,
    LOG_MAX = 20000,
    EPOCHS_OF_MODEL = 64,
    FAULTY_MS = 40000,
    HEALED_MS = 40000,
    BATCH_OF_MODEL = 37,
};

enum kind { NOTHING, BEACON, LIVE, FETCH, BATCH, HOLE, EPOCHS };

struct message {
    enum kind kind;
    int64_t due;
    uint64_t epoch, from, count, head;
    size_t epoch_count;
};

struct world {
    uint64_t random;
    int64_t now;
    bool faulty;
    bool hole[LOG_MAX + 1]; /* sequences that have no event */
    uint64_t head, epoch;
    struct catchup_epoch epochs[EPOCHS_OF_MODEL];
    size_t epoch_count;
    int64_t dead_until, beacon_at;
    struct message flying[FLYING_MAX];
    struct catchup machine;
    uint64_t delivered; /* the last sequence handed over */
};

static uint64_t dice(struct world *w, uint64_t sides)
{
    w->random ^= w->random << 13;
    w->random ^= w->random >> 7;
    w->random ^= w->random << 17;
    return w->random % sides;
}

static void post_once(struct world *w, struct message m)
{
    if (w->faulty && dice(w, 100) < 20)
        return;
    m.due = w->now + 1 + (int64_t)dice(w, w->faulty && dice(w, 10) == 0 ? 1500 : 5);
    for (int i = 0; i < FLYING_MAX; i++) {
        if (w->flying[i].kind == NOTHING) {
            w->flying[i] = m;
            return;
        }
    }
}

static void post(struct world *w, struct message m)
{
    post_once(w, m);
    if (w->faulty && dice(w, 100) < 10)
        post_once(w, m);
}

/* A later sequence that has an event, or head + 1. */
static uint64_t next_event(const struct world *w, uint64_t sequence)
{
    while (sequence <= w->head && w->hole[sequence])
        sequence++;
    return sequence;
}

static void publisher_answers(struct world *w, const struct message *fetch)
{
    if (w->now < w->dead_until)
        return;
    if (fetch->epoch && fetch->epoch < w->epoch) {
        post(w, (struct message){ .kind = EPOCHS, .epoch_count = w->epoch_count });
        return;
    }
    uint64_t first = next_event(w, fetch->from);
    if (first > fetch->from) {
        post(w, (struct message){ .kind = HOLE, .from = fetch->from, .head = first - 1 });
        return;
    }
    uint64_t count = 0;
    while (count < BATCH_OF_MODEL && first + count <= w->head && !w->hole[first + count])
        count++;
    post(w, (struct message){ .kind = BATCH,
                              .epoch = w->epoch,
                              .from = fetch->from,
                              .count = count,
                              .head = w->head });
}

static void publisher_works(struct world *w)
{
    if (w->now < w->dead_until)
        return;
    if (w->faulty && dice(w, 2000) == 0 && w->epoch_count < EPOCHS_OF_MODEL) {
        w->dead_until = w->now + (int64_t)dice(w, 3000);
        w->epochs[w->epoch_count++] =
            (struct catchup_epoch){ .epoch = ++w->epoch, .from = w->head + 1 };
        return;
    }
    for (uint64_t n = dice(w, 4); n > 0 && w->faulty && w->head + 60 < LOG_MAX; n--) {
        if (dice(w, 500) == 0) { /* a restore leaves a gap */
            for (uint64_t lost = 1 + dice(w, 50); lost > 0; lost--)
                w->hole[++w->head] = true;
        }
        w->head++;
        post(w, (struct message){ .kind = LIVE, .epoch = w->epoch, .from = w->head });
    }
    if (w->now >= w->beacon_at) {
        post(w, (struct message){ .kind = BEACON, .epoch = w->epoch, .head = w->head });
        w->beacon_at = w->now + 250;
    }
}

/* What the consumer is handed must be the next event, always. */
static void deliver(struct world *w, uint64_t sequence)
{
    uint64_t expected = next_event(w, w->delivered + 1);
    assert_int_equal(sequence, expected);
    w->delivered = sequence;
}

static void arrive(struct world *w, const struct message *m)
{
    struct catchup *c = &w->machine;
    struct catchup_run run;
    switch (m->kind) {
    case BEACON:
        catchup_beacon(c, m->epoch, m->head, w->now);
        break;
    case LIVE:
        if (catchup_live(c, m->epoch, m->from, dice(w, 10) != 0, w->now))
            deliver(w, m->from);
        break;
    case FETCH:
        publisher_answers(w, m);
        break;
    case BATCH:
        run = catchup_batch(c, m->epoch, m->from, m->count, m->head, w->now);
        for (size_t i = 0; i < run.take; i++)
            deliver(w, m->from + run.skip + i);
        break;
    case HOLE:
        catchup_hole(c, m->from, m->head, w->now);
        break;
    case EPOCHS:
        catchup_epochs(c, w->epochs, m->epoch_count, w->now);
        break;
    default:
        break;
    }
}

static void consumer_acts(struct world *w)
{
    enum catchup_action action;
    while ((action = catchup_next(&w->machine, dice(w, 20) != 0, w->now)) != CATCHUP_NOTHING) {
        if (action == CATCHUP_ASK) {
            post(w, (struct message){ .kind = FETCH,
                                      .epoch = w->machine.epoch,
                                      .from = w->machine.sequence + 1 });
        } else {
            for (int i = 0; i < FLYING_MAX; i++) /* what was under way is lost */
                w->flying[i].kind = NOTHING;
        }
    }
}

static void step(struct world *w)
{
    w->now += 1 + (int64_t)dice(w, 10);
    publisher_works(w);
    for (int i = 0; i < FLYING_MAX; i++) {
        if (w->flying[i].kind == NOTHING || w->flying[i].due > w->now)
            continue;
        struct message m = w->flying[i];
        w->flying[i].kind = NOTHING;
        arrive(w, &m);
    }
    consumer_acts(w);
    assert_int_not_equal(w->machine.state, CATCHUP_DIVERGED);
}

static void every_schedule_ends_with_the_log(void **state)
{
    struct world *w = malloc(sizeof *w);
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        *w = (struct world){ .random = seed * UINT64_C(0x9e3779b97f4a7c15),
                             .faulty = true,
                             .epoch = 1,
                             .epochs = { { 1, 1 } },
                             .epoch_count = 1 };
        catchup_open(&w->machine, 0, 0, 0);
        while (w->now < FAULTY_MS)
            step(w);
        w->faulty = false;
        while (w->now < FAULTY_MS + HEALED_MS)
            step(w);
        /* Everything was handed over, in order, once; and the machine knows that it is there. */
        assert_int_equal(w->machine.state, CATCHUP_LIVE);
        assert_int_equal(w->machine.sequence, w->head);
        assert_int_equal(next_event(w, w->delivered + 1), w->head + 1);
        assert_true(w->head > 1000);
    }
    free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(begins_with_a_beacon),
        cmocka_unit_test(asks_when_a_head_is_behind),
        cmocka_unit_test(fetches_what_a_beacon_shows),
        cmocka_unit_test(a_hole_in_live_events_is_fetched),
        cmocka_unit_test(duplicates_are_dropped),
        cmocka_unit_test(without_room_nothing_is_taken_or_asked),
        cmocka_unit_test(a_lower_epoch_is_ignored),
        cmocka_unit_test(a_higher_epoch_is_checked_first),
        cmocka_unit_test(another_history_diverges),
        cmocka_unit_test(a_head_behind_the_cursor_diverges),
        cmocka_unit_test(an_old_owner_that_answers_is_not_believed),
        cmocka_unit_test(gaps_and_skips_move_the_cursor),
        cmocka_unit_test(a_fetch_is_asked_again_ever_later_then_anew),
        cmocka_unit_test(silence_reconnects),
        cmocka_unit_test(an_empty_answer_pauses),
        cmocka_unit_test(every_schedule_ends_with_the_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

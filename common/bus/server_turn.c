/* server_turn: the turn of DESIGN 4 around a partition. Nothing that comes out of a batch leaves
 * the process before its commit has returned 0. */
#include <errno.h>
#include <string.h>

#include "common/base/monotonic.h"
#include "common/bus/server.h"
#include "common/bus/sockets.h"
#include "common/suite/plant.h"

enum { POSITION_DRAIN = 64 };

void server_begin(struct server *s)
{
    if (s->open)
        return;
    int r = partition_begin(s->partition);
    if (r < 0)
        server_die(s, "the store cannot begin a batch", r);
    s->open = true;
}

static void read_clocks(struct server *s)
{
    int64_t real, boot;
    s->now_ms = monotonic_ms();
    s->now = suite_now(&s->process->suite.clock);
    clock_guard_read(&real, &boot);
    enum clock_verdict verdict = clock_guard_check(&s->guard, real, boot);
    if (verdict == CLOCK_STEADY)
        return;
    series_set(s->metrics.frozen, s->guard.frozen);
    if (verdict == CLOCK_JUMPED)
        LOG(LEVEL_ERROR, "the wall clock jumped: timers are frozen until it is steady",
            log_string("partition", s->name), log_integer("jump_us", s->guard.jump));
    else
        LOG(LEVEL_WARNING, "the wall clock is steady again: timers go on",
            log_string("partition", s->name));
}

/* --- what goes into a batch ----------------------------------------------------------------- */

static bool may_write(const struct server *s)
{
    return s->now_ms >= s->full_ms;
}

static void wake_due(struct server *s)
{
    if (s->guard.frozen || !s->due || s->due > s->now || !may_write(s) || !follow_rebuilt(s, NULL))
        return;
    server_begin(s);
    int count = 0;
    int64_t until_ms = s->now_ms + WAKES_MS; /* whoever asks waits for this turn */
    while (count < WAKES_MAX && (count == 0 || monotonic_ms() < until_ms) &&
           partition_wake(s->partition, s->now) == 1)
        count++;
    /* The log is at its quota: what is due stays so, and is looked at again later. */
    if (count == 0)
        s->full_ms = s->now_ms + FULL_PAUSE_MS;
    series_add(s->metrics.wakes, count);
    s->worked = s->worked || count > 0;
}

static void retry_deferred(struct server *s)
{
    if (!s->deferred)
        return;
    int64_t deadline = deferred_deadline_ms(s);
    bool expired = deadline && s->now_ms >= deadline;
    if (!expired && (!s->changed || s->now_ms < s->retry_ms))
        return;
    deferred_retry(s);
    s->changed = s->copies_changed = false;
    s->retry_ms = s->now_ms + DEFERRED_RETRY_MS;
}

/* How far consumers say they are: remembered with the next batch that there is a reason for. */
static void receive_positions(struct server *s)
{
    zmq_msg_t message;
    zmq_msg_init(&message);
    for (int i = 0; i < POSITION_DRAIN && socket_receive(s->replay, &message) == 0; i++) {
        struct position_word word;
        if (zmq_msg_size(&message) != sizeof word)
            continue;
        memcpy(&word, zmq_msg_data(&message), sizeof word);
        size_t at = 0;
        while (at < s->position_count && strcmp(s->positions[at].name, word.name) != 0)
            at++;
        if (at == POSITIONS_MAX)
            continue; /* it is told again */
        s->positions[at] = word;
        s->position_count += at == s->position_count;
    }
    zmq_msg_close(&message);
}

static void put_positions(struct server *s)
{
    if (!s->open)
        return;
    for (size_t i = 0; i < s->position_count; i++)
        partition_consumer(s->partition, text_from(s->positions[i].name), s->positions[i].sequence);
    s->position_count = 0;
}

/* --- commit, then speak --------------------------------------------------------------------- */

static void answer_batch(struct server *s)
{
    for (size_t i = 0; i < s->batch_count; i++)
        requests_answer(s, s->batch[i]);
    s->batch_count = 0;
}

/* Nothing of the batch happened: the disk or the log's quota is full. */
static void answer_full(struct server *s)
{
    for (size_t i = 0; i < s->batch_count; i++)
        s->batch[i]->reply = (struct reply){ .status = STATUS_full };
    answer_batch(s);
    follow_rewind(s);
    effects_rewind(s);
    s->full = true;
    s->full_ms = s->now_ms + FULL_PAUSE_MS;
    LOG(LEVEL_ERROR, "the store is full: commands are refused", log_string("partition", s->name));
}

static void commit(struct server *s)
{
    if (!s->open)
        return;
    put_positions(s);
    if (PLANTED(publish_before_commit))
        publish_events(s);
    if (PLANTED(ack_before_commit))
        answer_batch(s);
    int64_t begun = monotonic_us();
    int r = partition_commit(s->partition);
    s->open = false;
    if (r < 0 && r != -ENOSPC)
        server_die(s, "a commit failed: its outcome is unknown", r);
    s->due = partition_due(s->partition);
    if (r == -ENOSPC) {
        answer_full(s);
        return;
    }
    metrics_commit(s, monotonic_us() - begun, s->batch_count);
    uint64_t head = s->position.head;
    partition_position(s->partition, &s->position);
    s->changed = s->changed || s->position.head != head;
    s->full = s->full && s->position.head == head;
    follow_committed(s);
    effects_committed(s, s->position.head != head);
    if (!PLANTED(ack_before_commit))
        answer_batch(s);
    if (!PLANTED(publish_before_commit))
        publish_events(s);
    series_set(s->metrics.head, (int64_t)s->position.head);
}

bool server_turn(struct server *s)
{
    s->worked = false;
    arena_reset(&s->arena);
    s->buffer = (struct msg_buffer){ .arena = &s->arena };
    read_clocks(s);
    wake_due(s);
    retry_deferred(s);
    requests_receive(s, false);
    requests_query_answers(s);
    receive_positions(s);
    if (may_write(s))
        follow_turn(s);
    effects_turn(s, may_write(s));
    commit(s);
    health_look(s);
    if (s->now_ms >= s->beacon_ms) {
        publish_beacon(s);
        s->beacon_ms = s->now_ms + BEACON_MS;
    }
    return s->worked;
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int server_wait_ms(struct server *s)
{
    int64_t wait = s->beacon_ms - s->now_ms;
    if (s->follow_count)
        wait = sooner(wait, FOLLOW_TICK_MS);
    if (may_write(s))
        wait = sooner(wait, effects_wait_ms(s));
    if (s->deferred) {
        int64_t deadline = deferred_deadline_ms(s);
        if (deadline)
            wait = sooner(wait, deadline - s->now_ms);
        if (s->changed)
            wait = sooner(wait, s->retry_ms - s->now_ms);
    }
    if (s->due && !s->guard.frozen && may_write(s) && s->rebuilt) {
        int64_t left = s->due > s->now ? s->due - s->now : 0;
        wait = sooner(wait, left / s->process->suite.clock.rate / 1000 + (left > 0));
    }
    return wait < 0 ? 0 : (int)wait;
}

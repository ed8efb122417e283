/* server_follow: the events of the services that this one follows, offered to the partition
 * inside the turn's batch. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/bus/server.h"
#include "common/suite/plant.h"

static uint64_t cursor(const struct server *s, const struct follow *f)
{
    uint64_t at = UINT64_MAX;
    for (size_t i = 0; i < s->service->follow_count; i++) {
        const struct follow_row *row = &s->service->follows[i];
        if (strcmp(row->source, f->source) != 0)
            continue;
        uint64_t own = partition_cursor(s->partition, f->source, f->partition, row->how);
        at = own < at ? own : at;
    }
    return at;
}

/* Whether copies have what they will ever have of the time before an instant: everybody else who is
 * followed has said so. */
static bool copies_complete(const struct server *s, const struct follow *reaction, int64_t instant)
{
    for (size_t i = 0; i < s->follow_count; i++) {
        struct consumer_state state;
        const struct follow *f = &s->follows[i];
        if (f == reaction || f->diverged || !f->copied)
            continue;
        if (!f->consumer)
            return false;
        consumer_state(f->consumer, &state);
        if (state.complete < instant && s->now_ms - state.heard_ms < FOLLOW_PATIENCE_MS)
            return false;
    }
    return true;
}

/* Whether its copies were newer once. One that has said all it has is waited for no longer: it was
 * given an older log, and the copies of that are lost for good. */
static bool is_behind(struct server *s, struct follow *f)
{
    struct consumer_state state = { 0 };
    if (PLANTED(decides_behind) || f->diverged || f->shorter ||
        !partition_copies_behind(s->partition, f->source, f->partition))
        return false;
    if (f->consumer)
        consumer_state(f->consumer, &state);
    if (!state.complete)
        return true;
    f->shorter = true;
    LOG(LEVEL_ERROR, "a followed service has less than it had: what is there has to do",
        log_string("partition", s->name), log_string("source", f->source),
        log_integer("sequence", (int64_t)state.sequence));
    return false;
}

bool follow_rebuilt(struct server *s, const struct follow *but)
{
    bool rebuilt = true;
    for (size_t i = 0; !s->rebuilt && i < s->follow_count; i++)
        if (&s->follows[i] != but && is_behind(s, &s->follows[i]))
            rebuilt = false;
    if (!s->rebuilt && rebuilt && !but)
        s->rebuilt = s->changed = s->copies_changed = true; /* those who wait may go on */
    return s->rebuilt || rebuilt;
}

/* Offers one event; a reaction waits for what may be on its way to a copy, not for what does not
 * exist, and not for ever for who does not speak. The copies that its own event comes behind are in
 * order with it. */
static int offer(struct follow *f, const struct envelope *e)
{
    struct server *s = f->server;
    /* Two that wait for each other's copies would wait for ever; those of one that is behind itself
     * go on with its events. */
    if (!follow_rebuilt(s, f) && !is_behind(s, f))
        return partition_foreign(s->partition, e, s->now, COPIES_ONLY);
    bool waited = f->waiting == e->sequence && s->now_ms - f->waiting_ms >= FOLLOW_PATIENCE_MS;
    bool final = waited || copies_complete(s, f, e->time);
    int r = partition_foreign(s->partition, e, s->now, final ? FINAL : MAY_WAIT);
    if (r == -EAGAIN && f->waiting != e->sequence) {
        f->waiting = e->sequence;
        f->waiting_ms = s->now_ms;
    }
    return r;
}

/* The consumer hands over what is next; where sequences are missing the publisher has said that it
 * has none. */
static void pass_over(struct follow *f, uint64_t through)
{
    struct server *s = f->server;
    LOG(LEVEL_ERROR, "a followed service has lost events: they are passed over",
        log_string("partition", s->name), log_string("source", f->source),
        log_integer("from", (int64_t)f->batch_taken + 1), log_integer("through", (int64_t)through));
    series_add(f->missing, (int64_t)(through - f->batch_taken));
    partition_foreign_skip(s->partition, f->source, f->partition, through);
    f->batch_taken = through;
}

/* consumer_take: offers events until one has to wait. */
static int take(void *arg, const struct envelope *events, const struct published *raw, size_t count)
{
    struct follow *f = arg;
    struct server *s = f->server;
    size_t taken = 0;
    (void)raw;
    for (; taken < count && f->budget; taken++, f->budget--) {
        server_begin(s);
        if (events[taken].sequence > f->batch_taken + 1)
            pass_over(f, events[taken].sequence - 1);
        int r = offer(f, &events[taken]);
        if (r == -EAGAIN)
            break;
        if (r < 0)
            return r;
        f->batch_taken = events[taken].sequence;
    }
    s->worked = s->worked || taken > 0;
    return (int)taken;
}

static int open_one(struct server *s, struct follow *f)
{
    f->taken = f->batch_taken = cursor(s, f);
    const struct consumer_options o = { .zmq = s->process->zmq,
                                        .suite = &s->process->suite,
                                        .service = f->source,
                                        .partition = f->partition,
                                        .sequence = f->taken,
                                        .name = s->name,
                                        .take = take,
                                        .arg = f };
    return consumer_open(&o, &f->consumer);
}

static bool known(const struct server *s, const char *source)
{
    for (size_t i = 0; i < s->follow_count; i++)
        if (strcmp(s->follows[i].source, source) == 0)
            return true;
    return false;
}

static bool is_copied(const struct server *s, const char *source)
{
    for (size_t i = 0; i < s->service->follow_count; i++)
        if (s->service->follows[i].how == COPY &&
            strcmp(s->service->follows[i].source, source) == 0)
            return true;
    return false;
}

int follow_open(struct server *s)
{
    for (size_t i = 0; i < s->service->follow_count; i++) {
        const char *source = s->service->follows[i].source;
        if (known(s, source))
            continue;
        if (s->follow_count == FOLLOWS_MAX)
            return -E2BIG;
        struct follow *f = &s->follows[s->follow_count++];
        *f = (struct follow){ .server = s };
        snprintf(f->source, sizeof f->source, "%s", source);
        f->partition = suite_partitions(&s->process->suite, source) == 1 ? 0 : s->number;
        f->copied = is_copied(s, source);
        metrics_follow(s, f);
        int r = open_one(s, f);
        if (r < 0)
            return r;
    }
    return 0;
}

/* It is looked at again: at once in a while, never again when the history is another one. */
static void fail(struct server *s, struct follow *f, int error)
{
    f->diverged = error == -ESTALE;
    f->failed = true;
    series_set(f->alarm, 1);
    if (f->diverged)
        LOG(LEVEL_ERROR, "the history of a followed service is another one: following it has ended",
            log_string("partition", s->name), log_string("source", f->source),
            log_integer("sequence", (int64_t)f->taken));
    else
        LOG(LEVEL_ERROR, "following failed, and is tried again", log_string("partition", s->name),
            log_string("source", f->source), log_string("error", strerror(-error)));
    consumer_close(&f->consumer);
    f->failed_at = f->batch_taken;
    f->batch_taken = f->taken;
    f->retry_ms = s->now_ms + FOLLOW_RETRY_MS;
}

/* Sources that are killed and come back are hardly ever complete all at the same time: once is
 * enough. */
static bool settled_one(struct server *s, struct follow *f)
{
    struct consumer_state state = { 0 };
    if (f->settled || f->failed || !f->copied)
        return true;
    if (f->consumer)
        consumer_state(f->consumer, &state);
    bool silent =
        s->now_ms - (state.heard_ms ? state.heard_ms : s->opened_ms) >= FOLLOW_PATIENCE_MS;
    f->settled = state.complete != 0 || silent;
    return f->settled;
}

bool follow_settled(struct server *s)
{
    bool settled = true;
    for (size_t i = 0; i < s->follow_count; i++)
        settled = settled_one(s, &s->follows[i]) && settled;
    return settled;
}

static void lag(struct follow *f)
{
    struct consumer_state state;
    consumer_state(f->consumer, &state);
    series_set(f->lag, (int64_t)(state.head - state.sequence));
    if (!f->failed || !(state.live || f->batch_taken > f->failed_at))
        return;
    f->failed = false;
    series_set(f->alarm, 0);
}

static void turn_one(struct server *s, struct follow *f)
{
    if (f->diverged || s->now_ms < f->retry_ms)
        return;
    int r = 0;
    if (!f->consumer)
        r = open_one(s, f);
    f->budget = FOLLOW_MAX;
    if (r == 0)
        r = consumer_turn(f->consumer, s->now_ms, FOLLOW_BUDGET);
    if (r < 0)
        fail(s, f, r);
    else
        lag(f);
}

void follow_turn(struct server *s)
{
    for (size_t i = 0; i < s->follow_count; i++)
        turn_one(s, &s->follows[i]);
    follow_rebuilt(s, NULL);
}

void follow_committed(struct server *s)
{
    for (size_t i = 0; i < s->follow_count; i++) {
        struct follow *f = &s->follows[i];
        if (f->taken == f->batch_taken)
            continue;
        f->taken = f->batch_taken;
        s->changed = s->copies_changed = true;
    }
}

/* Cursors that were kept in memory alone went with the batch, of those too who took nothing in it.
 */
void follow_rewind(struct server *s)
{
    for (size_t i = 0; i < s->follow_count; i++) {
        struct follow *f = &s->follows[i];
        if (f->taken != f->batch_taken || f->taken != cursor(s, f))
            consumer_close(&f->consumer); /* opened again from the cursor that holds */
        f->batch_taken = f->taken;
    }
}

void follow_close(struct server *s)
{
    for (size_t i = 0; i < s->follow_count; i++)
        consumer_close(&s->follows[i].consumer);
}

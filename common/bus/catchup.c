/* catchup: the decisions of a consumer; see catchup.h. */
#include "common/bus/catchup.h"

static uint64_t highest(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

void catchup_open(struct catchup *c, uint64_t epoch, uint64_t sequence, int64_t now_ms)
{
    *c = (struct catchup){
        .state = CATCHUP_INIT,
        .epoch = epoch,
        .sequence = sequence,
        .head = sequence,
        .timeout_ms = CATCHUP_FETCH_MS,
        .heard_ms = now_ms,
        .connected_ms = now_ms,
        .not_before_ms = now_ms,
    };
}

/* What is known decides the state: is something missing, or an epoch unchecked? */
static void settle(struct catchup *c)
{
    if (c->state == CATCHUP_DIVERGED)
        return;
    enum catchup_state was = c->state;
    c->state = c->sequence < c->head || c->newer ? CATCHUP_FETCH : CATCHUP_LIVE;
    if (was == CATCHUP_LIVE && c->state == CATCHUP_FETCH)
        c->gaps++;
}

/* Whether to listen to a speaker of this epoch. A higher one is remembered, and believed once its
 * history is known to continue what was taken. */
static bool epoch_accept(struct catchup *c, uint64_t epoch, int64_t now_ms)
{
    if (c->state == CATCHUP_DIVERGED)
        return false;
    if (epoch < c->epoch) {
        c->stale++;
        return false;
    }
    c->heard_ms = now_ms;
    if (c->epoch == 0)
        c->epoch = epoch;
    if (epoch > c->epoch)
        c->newer = highest(c->newer, epoch);
    return true;
}

void catchup_beacon(struct catchup *c, uint64_t epoch, uint64_t head, int64_t now_ms)
{
    if (!epoch_accept(c, epoch, now_ms))
        return;
    /* Behind the cursor: said before what was fetched since, or by a log that was restored to an
     * earlier moment while nobody looked. The answer to a fetch tells which. */
    if (epoch == c->epoch && head < c->sequence)
        c->probe = true;
    c->head = highest(c->head, head);
    settle(c);
}

bool catchup_live(struct catchup *c, uint64_t epoch, uint64_t sequence, bool room, int64_t now_ms)
{
    if (!epoch_accept(c, epoch, now_ms))
        return false;
    c->head = highest(c->head, sequence);
    bool next = sequence == c->sequence + 1 && epoch == c->epoch && room;
    if (next)
        c->sequence = sequence;
    else if (sequence <= c->sequence)
        c->duplicates++;
    settle(c);
    return next;
}

/* An answer came: the next try may follow at once, unless this one brought nothing. */
static void answered(struct catchup *c, bool progress, int64_t now_ms)
{
    c->asked = false;
    c->heard_ms = now_ms;
    c->tries = 0;
    c->timeout_ms = CATCHUP_FETCH_MS;
    c->not_before_ms = progress ? now_ms : now_ms + CATCHUP_PAUSE_MS;
}

struct catchup_run catchup_batch(struct catchup *c, uint64_t epoch, uint64_t from, size_t count,
                                 uint64_t head, int64_t now_ms)
{
    struct catchup_run none = { 0, 0 };
    if (!epoch_accept(c, epoch, now_ms))
        return none;
    bool current = from == c->sequence + 1; /* not the late answer to an earlier fetch */
    if (current && head < c->sequence) {
        /* Asked for what follows the cursor, the publisher says that it never got there. */
        c->state = CATCHUP_DIVERGED;
        return none;
    }
    if (c->newer) {
        /* What an owner wrote that was replaced, or will be checked first. */
        if (epoch < c->newer)
            catchup_refused(c, now_ms);
        else
            answered(c, true, now_ms);
        settle(c);
        return none;
    }
    c->head = highest(c->head, head);
    struct catchup_run run = none;
    if (from <= c->sequence + 1 && count > c->sequence + 1 - from) {
        run.skip = (size_t)(c->sequence + 1 - from);
        run.take = count - run.skip;
        c->sequence += run.take;
        c->head = highest(c->head, c->sequence);
    }
    c->duplicates += run.take ? run.skip : from <= c->sequence ? count : 0;
    if (current || run.take)
        answered(c, run.take > 0, now_ms);
    settle(c);
    return run;
}

void catchup_hole(struct catchup *c, uint64_t from, uint64_t to, int64_t now_ms)
{
    if (c->state == CATCHUP_DIVERGED)
        return;
    bool moves = from <= c->sequence + 1 && to > c->sequence;
    if (moves) {
        c->sequence = to;
        c->head = highest(c->head, to);
        answered(c, true, now_ms);
    } else {
        c->duplicates++;
    }
    settle(c);
}

void catchup_epochs(struct catchup *c, const struct catchup_epoch *epochs, size_t count,
                    int64_t now_ms)
{
    if (c->state == CATCHUP_DIVERGED)
        return;
    uint64_t newest = c->epoch;
    for (size_t i = 0; i < count; i++) {
        if (epochs[i].epoch <= c->epoch)
            continue;
        if (epochs[i].from <= c->sequence) {
            /* A later owner wrote its own events where ours came from somebody else. */
            c->state = CATCHUP_DIVERGED;
            return;
        }
        newest = highest(newest, epochs[i].epoch);
    }
    bool progress = newest > c->epoch;
    c->epoch = newest;
    if (c->newer <= newest)
        c->newer = 0;
    if (progress)
        answered(c, true, now_ms);
    else
        catchup_refused(c, now_ms);
    settle(c);
}

void catchup_refused(struct catchup *c, int64_t now_ms)
{
    c->asked = false;
    c->heard_ms = now_ms;
    c->tries++;
    c->not_before_ms = now_ms + CATCHUP_FETCH_MS;
}

void catchup_moved(struct catchup *c)
{
    c->tries = CATCHUP_TRIES_MAX;
}

void catchup_unsent(struct catchup *c, int64_t now_ms)
{
    c->asked = false;
    c->probe = true;
    c->not_before_ms = now_ms + CATCHUP_PAUSE_MS;
}

void catchup_too_old(struct catchup *c)
{
    c->state = CATCHUP_DIVERGED;
}

static enum catchup_action reconnect(struct catchup *c, int64_t now_ms)
{
    /* A publisher that answers fetches but whose live events do not reach us is followed by fetches
     * alone: the first fetch behind a reconnect is not kept back until a beacon comes. */
    c->state = CATCHUP_SYNC;
    c->probe = true;
    c->asked = false;
    c->tries = 0;
    c->timeout_ms = CATCHUP_FETCH_MS;
    c->connected_ms = c->not_before_ms = now_ms;
    c->reconnects++;
    return CATCHUP_RECONNECT;
}

enum catchup_action catchup_next(struct catchup *c, bool room, int64_t now_ms)
{
    if (c->state == CATCHUP_DIVERGED)
        return CATCHUP_NOTHING;
    if (c->state == CATCHUP_INIT)
        c->state = CATCHUP_SYNC;
    if (c->asked && now_ms >= c->deadline_ms) {
        c->asked = false;
        c->tries++;
        if (c->timeout_ms < CATCHUP_FETCH_MAX_MS)
            c->timeout_ms *= 2;
    }
    int64_t quiet_since = c->heard_ms > c->connected_ms ? c->heard_ms : c->connected_ms;
    if (c->tries >= CATCHUP_TRIES_MAX || now_ms - quiet_since >= CATCHUP_SILENT_MS)
        return reconnect(c, now_ms);
    bool wanted = c->state == CATCHUP_FETCH || c->probe;
    if (!wanted || c->asked || !room || now_ms < c->not_before_ms)
        return CATCHUP_NOTHING;
    c->asked = true;
    c->probe = false;
    c->deadline_ms = now_ms + c->timeout_ms;
    c->fetches++;
    return CATCHUP_ASK;
}

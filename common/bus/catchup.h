/* catchup: how a consumer follows one log without loss or repeat, as a pure state machine (WIRE.md,
 * BUS 8.5).
 *
 * It is told what arrived (beacons, live events, answers to fetches) and what time it is, and says
 * which events are next and what to ask for. It keeps numbers only: events behind a hole are
 * dropped and fetched again, so memory is bounded however far behind a consumer is. Sockets and
 * buffers are consumer.c's.
 *
 *     SYNC      nothing heard since (re)connecting
 *     FETCH     something is missing: one fetch is outstanding, or about to be
 *     LIVE      nothing is missing as far as known
 *     DIVERGED  the log served is not a continuation of what was taken: halt and alarm
 *
 * The cursor moves when events are handed over, not when they have been worked off; who stops half
 * way opens anew.
 */
#ifndef REDRESS_CATCHUP_H
#define REDRESS_CATCHUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CATCHUP_FETCH_MS = 500, /* an answer is awaited so long at first, doubling with each try */
    CATCHUP_FETCH_MAX_MS = 8000,
    CATCHUP_TRIES_MAX = 5, /* then the connection is made anew */
    CATCHUP_SILENT_MS = 1000, /* no word from the publisher: likewise */
    CATCHUP_PAUSE_MS = 20, /* behind an answer that brought nothing */
};

enum catchup_state { CATCHUP_INIT, CATCHUP_SYNC, CATCHUP_FETCH, CATCHUP_LIVE, CATCHUP_DIVERGED };

struct catchup {
    enum catchup_state state;
    uint64_t epoch; /* whose events are taken; 0: whoever speaks first */
    uint64_t sequence; /* the cursor: the last event handed over */
    uint64_t head; /* the highest sequence known to exist */
    uint64_t newer; /* a higher epoch was seen: its history must be checked first */
    bool asked; /* a fetch is outstanding */
    bool probe; /* ask although no beacon was heard */
    uint32_t tries;
    int64_t timeout_ms, deadline_ms, not_before_ms;
    int64_t heard_ms; /* the publisher's last word, or the beginning */
    int64_t connected_ms; /* the last time that it was connected to */
    /* For metrics. */
    uint64_t stale, duplicates, gaps, fetches, reconnects;
};

/* The cursor of a consumer; 0, 0 for one that begins. */
void catchup_open(struct catchup *c, uint64_t epoch, uint64_t sequence, int64_t now_ms);

void catchup_beacon(struct catchup *c, uint64_t epoch, uint64_t head, int64_t now_ms);

/* A live event; true when it is the next one: hand it over. Without room it only tells that it
 * exists. */
bool catchup_live(struct catchup *c, uint64_t epoch, uint64_t sequence, bool room, int64_t now_ms);

/* Events from..from + count - 1, contiguous. Hand over those from `skip` on, `take` of them. */
struct catchup_run {
    size_t skip, take;
};
struct catchup_run catchup_batch(struct catchup *c, uint64_t epoch, uint64_t from, size_t count,
                                 uint64_t head, int64_t now_ms);

/* Sequences that have no event, or none for us (gap, skip). */
void catchup_hole(struct catchup *c, uint64_t from, uint64_t to, int64_t now_ms);

/* The publisher's epochs and the first sequence of each, oldest first. */
struct catchup_epoch {
    uint64_t epoch, from;
};
void catchup_epochs(struct catchup *c, const struct catchup_epoch *epochs, size_t count,
                    int64_t now_ms);

/* The fetch was answered with an error: it is tried again later. */
void catchup_refused(struct catchup *c, int64_t now_ms);

/* The partition is served elsewhere: connect anew. */
void catchup_moved(struct catchup *c);

/* The fetch could not be sent: there is no connection yet. */
void catchup_unsent(struct catchup *c, int64_t now_ms);

/* What the cursor needs is no longer there. */
void catchup_too_old(struct catchup *c);

/* What to do now; call it until it says CATCHUP_NOTHING. ASK: send a fetch from `sequence + 1` that
 * names `epoch` (unless 0); room says that its answer can be kept. RECONNECT: look the addresses up
 * and connect anew. To be called every 100 ms or so, whether or not something arrived. */
enum catchup_action { CATCHUP_NOTHING, CATCHUP_ASK, CATCHUP_RECONNECT };
enum catchup_action catchup_next(struct catchup *c, bool room, int64_t now_ms);

#endif

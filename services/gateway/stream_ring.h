/* stream_ring: a run of events of one log as streams need them: the most recent ones, or one answer
 * of the log to a stream that is further behind.
 *
 * Everything between `low` (exclusive) and `high` (inclusive) that exists is there; a position
 * below `low` must be read from the log. Memory is bounded by bytes: the oldest events make room.
 * An event's JSON is made when the first stream wants it, and kept beside the event for the others.
 */
#ifndef REDRESS_STREAM_RING_H
#define REDRESS_STREAM_RING_H

#include "common/msg/wire.h"
#include "common/service.h"

/* Whose eyes: rows of audience PROVIDER are not for clients (msg.h). */
enum stream_view { VIEW_PROVIDER, VIEW_CLIENT, VIEW_COUNT };

struct stream_event {
    uint64_t epoch, sequence;
    const struct event_row *row; /* NULL: a type that no table knows; nothing for clients */
    struct text type, client; /* in bytes */
    struct rendition {
        bool made;
        char *text; /* NULL: withheld from this view */
        size_t size;
    } views[VIEW_COUNT];
    size_t size;
    uint8_t bytes[]; /* the envelope */
};

struct stream_ring {
    struct stream_event **at; /* a circle of `room` places */
    size_t room, first, count;
    size_t bytes, bytes_max; /* 0: no bound */
    uint64_t low, high;
};

/* An empty run behind `sequence`; frees what was there. */
void ring_begin(struct stream_ring *r, size_t bytes_max, uint64_t sequence);
void ring_free(struct stream_ring *r);

/* Copies an event in; its sequence is above `high`. The oldest go until the bound holds, but for
 * the one that came. 0 or -ENOMEM. */
int ring_push(struct stream_ring *r, const struct envelope *e, const void *bytes, size_t size);

/* Moves `high` over sequences that have no event. */
void ring_skip(struct stream_ring *r, uint64_t to);

/* Whether everything behind this position, up to `high`, is here. */
bool ring_covers(const struct stream_ring *r, uint64_t sequence);

/* The index of the first event behind a position that is covered; `count` when there is none. */
size_t ring_find(const struct stream_ring *r, uint64_t sequence);

struct stream_event *ring_at(const struct stream_ring *r, size_t index);

/* The event as CloudEvents JSON in one line, valid until the event goes. The empty text: there is
 * nothing in it for this view, or no memory. */
struct text ring_text(struct stream_ring *r, struct stream_event *e, enum stream_view view);

#endif

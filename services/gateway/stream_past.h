/* stream_past: asks one log for what it holds: where its head is, its epochs, and events from any
 * sequence on. One question is outstanding; it is asked again until an answer comes, on a new
 * connection when none does.
 *
 * It belongs to a source (stream_source.h), inside the event loop; nothing here waits.
 */
#ifndef REDRESS_STREAM_PAST_H
#define REDRESS_STREAM_PAST_H

#include <event2/event.h>

#include "common/bus/replay_wire.h"
#include "common/suite/suite.h"

enum {
    PAST_CREDIT = 64 << 10, /* bytes of events in one answer: what a stream takes at once */
    PAST_TRIES_MAX = 3, /* then the connection is made anew */
};

enum past_question { PAST_NOTHING, PAST_HEAD, PAST_EPOCHS, PAST_EVENTS };

/* What came. EVENTS: `count` envelopes of `from` on, which live until the call returns; or none,
 * and the log goes on behind `to` (a gap); or none because the head is `head`. */
struct past_answer {
    enum past_question question;
    uint64_t epoch; /* of who serves the log */
    uint64_t head, from, to;
    const struct catchup_epoch *epochs;
    size_t epoch_count;
    const struct envelope *events;
    const struct published *raw;
    size_t count;
    bool lost; /* what was asked for is not there any more */
};
typedef void past_take(void *arg, const struct past_answer *a);

/* What to ask next, when nothing is outstanding. */
typedef enum past_question past_wanted(void *arg, uint64_t *ret_from);

struct past_options {
    struct event_base *base; /* all borrowed */
    void *zmq;
    const struct suite *suite;
    const char *service;
    uint32_t partition;
    past_wanted *wanted;
    past_take *take;
    void *arg;
};

struct past;

int past_open(const struct past_options *o, struct past **ret);
void past_close(struct past **p);

/* Receives, gives up, asks: whatever is due. To be called whenever something may be wanted, and
 * every 100 ms or so. */
void past_turn(struct past *p);

#endif

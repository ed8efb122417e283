/* consumer: follows the events of one (service, partition) from a cursor on, without loss or repeat
 * (WIRE.md, BUS 8.5).
 *
 * Live events are a hint; beacons show a missing tail; replay repairs it, one fetch outstanding.
 * The same machine serves the services of a suite, the command line and outside programs in C.
 * consumer.h is the driver with sockets; the decisions are in catchup.h, a pure state machine.
 */
#ifndef REDRESS_CONSUMER_H
#define REDRESS_CONSUMER_H

#include <zmq.h>

#include "common/msg/wire.h"
#include "common/suite/suite.h"

enum {
    CONSUMER_CREDIT = 256 << 10, /* bytes of one fetch */
    CONSUMER_FETCH_MS = 500, /* then it is asked again, doubling up to 8 s */
    CONSUMER_SILENT_MS = 1000, /* no beacon: look the address up and connect anew */
};

struct consumer;

/* Takes a contiguous run of events that begins right behind the cursor. Returns how many it took
 * (the cursor moves by as many); fewer than count: the rest is offered again at the next turn.
 * Negative: the consumer stops with that error. */
typedef int consumer_take(void *arg, const struct envelope *events, const struct published *raw,
                          size_t count);

struct consumer_options {
    void *zmq; /* context, borrowed */
    const struct suite *suite; /* borrowed */
    const char *service;
    uint32_t partition;
    uint64_t epoch, sequence; /* the cursor; 0, 0 from the beginning */
    const char *name; /* told to the publisher as position; NULL: nothing is told */
    consumer_take *take;
    void *arg;
};

int consumer_open(const struct consumer_options *o, struct consumer **ret);
void consumer_close(struct consumer **c);

/* The two sockets to poll for reading. A turn may close them and open others: consumer_state counts
 * that. */
void consumer_poll_items(struct consumer *c, zmq_pollitem_t items[static 2]);

/* Drains at most `budget` messages, hands over what is next, asks for what is missing. now_ms is
 * any monotonic clock. 0, -ESTALE when the history diverged (halt and alarm), or what take
 * returned. */
int consumer_turn(struct consumer *c, int64_t now_ms, int budget);

struct consumer_state {
    uint64_t epoch, sequence, head; /* head: the highest sequence known to exist */
    bool live; /* nothing is missing as far as known */
    int64_t heard_ms; /* the publisher's last word; on consumer_turn's clock */
    int64_t complete; /* all of before this instant of the suite's clock was taken; 0: unknown */
    uint64_t gaps, fetches; /* how often; for metrics */
    uint64_t connections; /* how often the sockets were opened; 1 at first */
};
void consumer_state(const struct consumer *c, struct consumer_state *ret);

#endif

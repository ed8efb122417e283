/* stream: GET /v1/events, the suite's events as server-sent events (WIRE.md, last paragraph).
 *
 *     GET /v1/events?types=a,b&clients=x,y&services=s,t[&since=beginning]
 *
 * A stream begins at the heads of now; with the header Last-Event-ID where that id says, read from
 * the logs, without loss or repeat; with since=beginning (who sees all clients only) at the first
 * event. Every event is a message of CloudEvents JSON with an id; there is no `event:` field, so
 * one handler sees all types. In order within a (service, partition), else as they come.
 *
 *     retry: 2000                        once
 *     id: ...                            alone: what came and was not for this stream
 *     : alive                            every HEARTBEAT_S without an event
 *     event: reset                       a log was restored to an earlier moment: what the client
 *     data: {"service","partition"}      knows of it may never have been; it should read anew. The
 *                                        stream goes on at that log's head.
 *
 * Streams are pulled: one whose client is slow is not given more than STREAM_OUTPUT bytes, costs
 * nobody time, and finds what it missed in the log. Who takes nothing for STREAM_STUCK_S, and whose
 * token has ended, is disconnected.
 */
#ifndef REDRESS_STREAM_H
#define REDRESS_STREAM_H

#include <event2/buffer.h>

#include "common/suite/observe.h"
#include "services/gateway/gateway.h"
#include "services/gateway/stream_source.h"

enum {
    STREAMS_MAX = 512, /* beyond: 503 */
    STREAMS_PRINCIPAL_MAX = 64, /* of one person: 429 */
    STREAM_OUTPUT = 256 << 10, /* bytes that wait for one client; more by one event at most */
    STREAM_SOCKET = 128 << 10, /* of the kernel's own buffer */
    STREAM_INPUT_MAX = 4 << 10, /* a stream's client has nothing to say */
    STREAM_STUCK_S = 60,
    STREAM_HEADS_MS = 5000, /* a new stream waits so long for heads that are not known yet: 503 */
    STREAM_HEARTBEAT_MS = 15000,
    STREAM_CHECK_MS = 2000, /* between two looks whether the token still counts */
    STREAM_RETRY_MS = 2000, /* told to the client: how long it waits before it comes back */
    STREAM_RECENT_ALL = 64 << 20, /* bytes of recent events of all logs together, */
    STREAM_RECENT_LEAST = 1 << 20, /* but so many of each log, */
    STREAM_RECENT_MOST = 8 << 20, /* and no more */
    STREAM_VISIT = 64, /* events that a stream is given at once */
    STREAM_PUMP_US = 2000, /* then everybody else has a turn */
    STREAM_TICK_MS = 100,
};

struct stream {
    struct streams *streams;
    struct call *call; /* kept open: its principal, its parameters */
    struct evhttp_connection *connection; /* NULL: gone */
    struct filter filter;
    struct cursor_key key;
    struct source_reader *readers;
    struct place *places; /* of the readers, as the next id will say */
    size_t count, next;
    char *id; /* room for one */
    bool started; /* the headers are out */
    bool ready; /* in line for the pump */
    bool full; /* its output must drain first */
    bool unsaid; /* it is further than the last id says */
    bool checking, ended;
    int64_t opened_ms, written_ms, checked_ms;
    TAILQ_ENTRY(stream) all, line;
};
TAILQ_HEAD(stream_line, stream);

struct streams {
    struct gateway *gateway;
    struct source **sources;
    struct log_name *logs;
    size_t source_count;
    struct stream_line all, line;
    uint32_t count;
    struct event *pump, *tick;
    struct evbuffer *out; /* what one visit writes */
    struct series *open, *events, *resets, *answers;
    uint64_t answers_told;
};

/* Follows every log from now on. 0 or -errno. */
int stream_open(struct gateway *g);
void stream_close(struct gateway *g); /* ends all streams */

/* --- between stream.c and stream_pump.c ---------------------------------------------------------
 */

/* Headers and the first lines. */
void stream_start(struct stream *st);

/* Disconnects and frees. Not from a callback of its connection. */
void stream_end(struct stream *st);

/* Answers 503 and frees one that has not begun. */
void stream_refuse(struct stream *st);

/* One that waits for heads begins when all are known, or is refused when that takes too long.
 * False: it is gone. */
bool stream_look_at_heads(struct stream *st);

/* There may be something to write. */
void stream_ready(struct stream *st);
void stream_unready(struct stream *st);
void stream_news(struct source_reader *r);

int stream_pump_open(struct streams *s);
void stream_pump_close(struct streams *s);

#endif

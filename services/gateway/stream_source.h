/* stream_source: one log of the suite as streams read it: followed live from the head that it had
 * when the gateway first heard of it, and read from the log where a stream is further behind.
 *
 * A reader is a stream's position in one log. It is pulled: a stream asks for its next event when
 * it has room for one, so that nothing is kept for somebody slow. Readers behind the recent events
 * wait in line for an answer of the log; an answer serves everybody whose position it holds.
 *
 * A log that was restored to an earlier moment is another log: readers find -ESTALE and begin anew
 * at its head. A service that was merely started again goes on where it was.
 */
#ifndef REDRESS_STREAM_SOURCE_H
#define REDRESS_STREAM_SOURCE_H

#include <event2/event.h>
#include <sys/queue.h>

#include "common/suite/suite.h"
#include "services/gateway/stream_cursor.h"
#include "services/gateway/stream_filter.h"
#include "services/gateway/stream_ring.h"

struct source;

struct source_reader {
    struct place at; /* the last event taken */
    struct source *source;
    void *stream;
    /* The source's: */
    uint32_t generation; /* of the source's history that `at` was found to belong to */
    bool waiting; /* in line for an answer of the log */
    bool served; /* an answer came, and was not looked at yet */
    bool lost; /* its position is not in the log */
    TAILQ_ENTRY(source_reader) all, line;
};

/* There may be something new for this reader. Called from the event loop; readers may come and go
 * in it, but for the one it is told about and others of its stream. */
typedef void source_news(struct source_reader *r);

struct source_options {
    struct event_base *base; /* all borrowed */
    void *zmq;
    const struct suite *suite;
    struct log_name log;
    size_t recent_bytes; /* of events kept in memory */
    source_news *news;
};

int source_open(const struct source_options *o, struct source **ret);
void source_close(struct source **s);

const struct log_name *source_log(const struct source *s);

/* Whatever is due by time; every 100 ms or so. */
void source_tick(struct source *s);

/* Whether its head is known, and where that is. */
bool source_head(const struct source *s, struct place *ret);

/* r->at and r->stream are set. */
void source_join(struct source *s, struct source_reader *r);
void source_leave(struct source_reader *r);

/* The next event behind the reader: 1 and the event with the run it lies in, valid until control
 * returns to the event loop; 0: nothing now, there will be news; -ESTALE: its position belongs to
 * another history. */
int source_next(struct source_reader *r, struct stream_event **ret, struct stream_ring **ret_run);

/* The stream has no room: an answer for this reader need not be kept. */
void source_pause(struct source_reader *r);

/* For metrics. */
struct source_counts {
    uint64_t taken, answers;
};
struct source_counts source_counts(const struct source *s);

#endif

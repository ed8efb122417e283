/* stream_source: see stream_source.h. */
#include "services/gateway/stream_source.h"

#include <errno.h>
#include <stdlib.h>

#include "common/base/monotonic.h"
#include "common/bus/consumer.h"
#include "common/suite/observe.h"
#include "services/gateway/stream_past.h"

enum {
    TURN_MESSAGES = 64, /* then everybody else has a turn: a burst would starve the writing */
    EPOCHS_KEPT = 256, /* of a log's history; a log tells no more (partition_reader.h) */
    REOPEN_MS = 500,
};

TAILQ_HEAD(reader_line, source_reader);

struct source {
    struct source_options options;
    struct reader_line readers, line;
    uint32_t unseen; /* readers that were served and have not looked yet: the page stays for them */
    /* live */
    struct consumer *consumer;
    uint64_t connections;
    struct event *polls[2], *again;
    struct stream_ring recent;
    int64_t not_before_ms;
    /* from the log */
    struct past *past;
    struct stream_ring page;
    /* the history */
    enum { HEAD_UNKNOWN, EPOCHS_UNKNOWN, KNOWN } knows;
    uint32_t generation;
    uint64_t epoch;
    struct catchup_epoch epochs[EPOCHS_KEPT];
    size_t epoch_count;
    struct source_counts counts;
};

/* --- telling readers ----------------------------------------------------------------------------
 */

static void tell_all(struct source *s)
{
    struct source_reader *r, *next;
    for (r = TAILQ_FIRST(&s->readers); r; r = next) {
        next = TAILQ_NEXT(r, all);
        s->options.news(r);
    }
}

static void wait_in_line(struct source_reader *r)
{
    if (r->waiting || r->served)
        return;
    r->waiting = true;
    TAILQ_INSERT_TAIL(&r->source->line, r, line);
}

static void leave_line(struct source_reader *r)
{
    if (r->waiting)
        TAILQ_REMOVE(&r->source->line, r, line);
    r->waiting = false;
}

static void seen(struct source_reader *r)
{
    if (r->served)
        r->source->unseen--;
    r->served = false;
}

/* Everybody in line looks at what came; who finds nothing gets in line again. */
static void serve(struct source *s)
{
    struct source_reader *r;
    while ((r = TAILQ_FIRST(&s->line))) {
        leave_line(r);
        r->served = true;
        s->unseen++;
        s->options.news(r);
    }
}

/* --- live ---------------------------------------------------------------------------------------
 */

static void turn(struct source *s);

static void on_event(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    turn(arg);
}

static void unwatch(struct source *s)
{
    for (int i = 0; i < 2; i++) {
        if (s->polls[i])
            event_free(s->polls[i]);
        s->polls[i] = NULL;
    }
}

/* The consumer's sockets as events of the loop, when they are not the same any more. */
static int watch(struct source *s)
{
    zmq_pollitem_t items[2];
    struct consumer_state state;
    consumer_state(s->consumer, &state);
    if (state.connections == s->connections)
        return 0;
    unwatch(s);
    s->connections = state.connections;
    consumer_poll_items(s->consumer, items);
    for (int i = 0; i < 2; i++) {
        int fd;
        size_t size = sizeof fd;
        if (zmq_getsockopt(items[i].socket, ZMQ_FD, &fd, &size) < 0)
            return -errno;
        s->polls[i] = event_new(s->options.base, fd, EV_READ | EV_PERSIST, on_event, s);
        if (!s->polls[i] || event_add(s->polls[i], NULL) < 0)
            return -ENOMEM;
    }
    return 0;
}

static int take_live(void *arg, const struct envelope *events, const struct published *raw,
                     size_t count)
{
    struct source *s = arg;
    for (size_t i = 0; i < count; i++)
        if (ring_push(&s->recent, &events[i], raw[i].envelope, raw[i].size) < 0)
            return -ENOMEM;
    s->counts.taken += count;
    tell_all(s);
    return (int)count;
}

/* Follows from the head on, which is known. */
static int follow(struct source *s)
{
    const struct consumer_options o = { .zmq = s->options.zmq,
                                        .suite = s->options.suite,
                                        .service = s->options.log.service->name,
                                        .partition = s->options.log.partition,
                                        .epoch = s->epoch,
                                        .sequence = s->recent.high,
                                        .take = take_live,
                                        .arg = s };
    s->connections = 0;
    int r = consumer_open(&o, &s->consumer);
    return r == 0 ? watch(s) : r;
}

/* What was known is another log's, or cannot be followed: all anew. Readers keep their positions,
 * and find out whether the log has them. */
static void lose(struct source *s, int error)
{
    LOG(LEVEL_WARNING, "a log is followed anew",
        log_string("service", s->options.log.service->name),
        log_integer("partition", s->options.log.partition), log_integer("error", -error));
    unwatch(s);
    consumer_close(&s->consumer);
    s->knows = HEAD_UNKNOWN;
    s->generation++;
    ring_begin(&s->page, 0, 0);
    s->not_before_ms = monotonic_ms() + REOPEN_MS;
}

static bool has_message(struct source *s)
{
    zmq_pollitem_t items[2];
    consumer_poll_items(s->consumer, items);
    for (int i = 0; i < 2; i++) {
        int events = 0;
        size_t size = sizeof events;
        if (zmq_getsockopt(items[i].socket, ZMQ_EVENTS, &events, &size) == 0 && events & ZMQ_POLLIN)
            return true;
    }
    return false;
}

static void turn_live(struct source *s)
{
    struct consumer_state state;
    int r = consumer_turn(s->consumer, monotonic_ms(), TURN_MESSAGES);
    if (r == 0)
        r = watch(s);
    if (r < 0) {
        lose(s, r);
        return;
    }
    consumer_state(s->consumer, &state);
    ring_skip(&s->recent, state.sequence);
    if (state.epoch > s->epoch && s->knows == KNOWN)
        s->knows = EPOCHS_UNKNOWN; /* who begins to read is checked against all of them */
    /* A descriptor tells of changes only. */
    const struct timeval now = { 0 };
    if (has_message(s))
        event_add(s->again, &now);
}

static void turn(struct source *s)
{
    if (s->consumer)
        turn_live(s);
    past_turn(s->past);
}

void source_tick(struct source *s)
{
    turn(s);
}

/* --- from the log -------------------------------------------------------------------------------
 */

static enum past_question wanted(void *arg, uint64_t *ret_from)
{
    struct source *s = arg;
    struct source_reader *first = TAILQ_FIRST(&s->line);
    if (monotonic_ms() < s->not_before_ms)
        return PAST_NOTHING;
    if (s->knows == HEAD_UNKNOWN)
        return PAST_HEAD;
    if (s->knows == EPOCHS_UNKNOWN)
        return PAST_EPOCHS;
    if (!first || s->unseen)
        return PAST_NOTHING;
    *ret_from = first->at.sequence + 1;
    return PAST_EVENTS;
}

static void on_head(struct source *s, const struct past_answer *a)
{
    s->epoch = a->epoch;
    s->knows = EPOCHS_UNKNOWN;
    ring_begin(&s->recent, s->options.recent_bytes, a->head);
    int r = s->consumer ? 0 : follow(s);
    if (r < 0)
        lose(s, r);
}

static void on_epochs(struct source *s, const struct past_answer *a)
{
    size_t skip = a->epoch_count > EPOCHS_KEPT ? a->epoch_count - EPOCHS_KEPT : 0;
    s->epoch_count = 0;
    for (size_t i = skip; i < a->epoch_count; i++) {
        s->epochs[s->epoch_count++] = a->epochs[i];
        if (a->epochs[i].epoch > s->epoch)
            s->epoch = a->epochs[i].epoch;
    }
    s->knows = KNOWN;
    s->generation++; /* who was found to belong here was judged by the epochs known then */
    serve(s);
    tell_all(s);
}

/* Nothing is behind the first reader: it is at the head, of which we will hear; or its position was
 * never in this log. */
static void on_nothing(struct source *s, const struct past_answer *a)
{
    struct source_reader *first = TAILQ_FIRST(&s->line);
    if (!first || first->at.sequence + 1 != a->from)
        return;
    leave_line(first);
    first->lost = a->lost || a->head < first->at.sequence;
    if (first->lost)
        s->options.news(first);
    else
        wait_in_line(first); /* behind the others */
}

static void on_events(struct source *s, const struct past_answer *a)
{
    s->counts.answers++;
    if (a->epoch > s->epoch) {
        s->knows = EPOCHS_UNKNOWN;
        return;
    }
    if (a->epoch && a->epoch < s->epoch) { /* an owner that was replaced */
        s->not_before_ms = monotonic_ms() + REOPEN_MS;
        return;
    }
    if (a->count == 0 && a->to == 0) {
        on_nothing(s, a);
        return;
    }
    ring_begin(&s->page, 0, a->from - 1);
    for (size_t i = 0; i < a->count; i++)
        if (ring_push(&s->page, &a->events[i], a->raw[i].envelope, a->raw[i].size) < 0)
            break; /* a shorter page */
    ring_skip(&s->page, a->to);
    serve(s);
}

static void take_past(void *arg, const struct past_answer *a)
{
    if (a->question == PAST_HEAD)
        on_head(arg, a);
    else if (a->question == PAST_EPOCHS)
        on_epochs(arg, a);
    else
        on_events(arg, a);
}

const struct log_name *source_log(const struct source *s)
{
    return &s->options.log;
}

/* --- readers ------------------------------------------------------------------------------------
 */

bool source_head(const struct source *s, struct place *ret)
{
    *ret = (struct place){ s->epoch, s->recent.high };
    return s->knows == KNOWN;
}

void source_join(struct source *s, struct source_reader *r)
{
    r->source = s;
    r->generation = s->generation - 1;
    r->waiting = r->served = r->lost = false;
    TAILQ_INSERT_TAIL(&s->readers, r, all);
}

void source_leave(struct source_reader *r)
{
    leave_line(r);
    seen(r);
    TAILQ_REMOVE(&r->source->readers, r, all);
    past_turn(r->source->past);
}

/* An owner that came later wrote its own events where the reader's came from somebody else; or its
 * epoch is one that this log never had. */
static bool diverged(const struct source *s, const struct place *at)
{
    if (at->epoch > s->epoch)
        return true;
    for (size_t i = 0; i < s->epoch_count; i++)
        if (s->epochs[i].epoch > at->epoch && s->epochs[i].from <= at->sequence)
            return true;
    return false;
}

static int stale(struct source_reader *r)
{
    seen(r);
    leave_line(r);
    r->lost = false;
    return -ESTALE;
}

/* Waits in line, and sees to it that somebody asks. */
static int wait_for_log(struct source_reader *r)
{
    seen(r);
    wait_in_line(r);
    past_turn(r->source->past);
    return 0;
}

int source_next(struct source_reader *r, struct stream_event **ret, struct stream_ring **ret_run)
{
    struct source *s = r->source;
    if (r->generation != s->generation) {
        if (s->knows != KNOWN)
            return wait_for_log(r);
        if (diverged(s, &r->at))
            return stale(r);
        r->generation = s->generation;
    }
    if (r->lost)
        return stale(r);
    struct stream_ring *run = ring_covers(&s->recent, r->at.sequence) ? &s->recent : &s->page;
    if (run == &s->page && ring_covers(run, r->at.sequence)) {
        size_t i = ring_find(run, r->at.sequence);
        if (i == run->count) { /* the rest of it is a gap, or nothing */
            r->at.sequence = run->high;
            run = &s->recent;
        }
    }
    if (!ring_covers(run, r->at.sequence)) {
        /* Ahead of all that is known, it cannot have been judged: an epoch that is not known yet
         * may begin below it. */
        if (r->at.sequence > s->recent.high)
            r->generation = s->generation - 1;
        return wait_for_log(r);
    }
    size_t i = ring_find(run, r->at.sequence);
    if (run == &s->recent) {
        leave_line(r);
        seen(r);
    }
    if (i == run->count) {
        r->at.sequence = run->high;
        return 0;
    }
    *ret = ring_at(run, i);
    *ret_run = run;
    return 1;
}

void source_pause(struct source_reader *r)
{
    leave_line(r);
    seen(r);
    past_turn(r->source->past);
}

/* --- opening and closing ------------------------------------------------------------------------
 */

int source_open(const struct source_options *o, struct source **ret)
{
    struct source *s = calloc(1, sizeof *s);
    if (!s)
        return -ENOMEM;
    s->options = *o;
    s->generation = 1;
    TAILQ_INIT(&s->readers);
    TAILQ_INIT(&s->line);
    s->again = evtimer_new(o->base, on_event, s);
    const struct past_options p = { .base = o->base,
                                    .zmq = o->zmq,
                                    .suite = o->suite,
                                    .service = o->log.service->name,
                                    .partition = o->log.partition,
                                    .wanted = wanted,
                                    .take = take_past,
                                    .arg = s };
    int r = s->again ? past_open(&p, &s->past) : -ENOMEM;
    if (r < 0) {
        source_close(&s);
        return r;
    }
    *ret = s;
    return 0;
}

void source_close(struct source **s)
{
    if (!*s)
        return;
    unwatch(*s);
    consumer_close(&(*s)->consumer);
    past_close(&(*s)->past);
    if ((*s)->again)
        event_free((*s)->again);
    ring_free(&(*s)->recent);
    ring_free(&(*s)->page);
    free(*s);
    *s = NULL;
}

struct source_counts source_counts(const struct source *s)
{
    return s->counts;
}

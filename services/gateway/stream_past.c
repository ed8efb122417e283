/* stream_past: see stream_past.h. */
#include "services/gateway/stream_past.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/monotonic.h"
#include "common/bus/sockets.h"

struct past {
    struct past_options options;
    void *socket;
    struct event *readable;
    char moved_to[SUITE_ENDPOINT_MAX]; /* "": where it is written down */
    struct arena arena; /* of one answer */
    enum past_question asked;
    uint64_t from;
    uint32_t tries;
    int64_t timeout_ms, deadline_ms, not_before_ms;
};

/* --- the connection -----------------------------------------------------------------------------
 */

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    past_turn(arg);
}

static void disconnect(struct past *p)
{
    if (p->readable)
        event_free(p->readable);
    p->readable = NULL;
    socket_close(&p->socket);
    p->asked = PAST_NOTHING;
    p->tries = 0;
    p->timeout_ms = CATCHUP_FETCH_MS;
}

static int connect_anew(struct past *p)
{
    const struct past_options *o = &p->options;
    struct serving where;
    int fd = -1;
    size_t size = sizeof fd;
    disconnect(p);
    if (suite_serving_read(o->suite, o->service, o->partition, &where) < 0)
        suite_endpoint(o->suite, o->service, o->partition, "replay", where.replay);
    int r = socket_open(o->zmq, SOCKET_FETCH, &p->socket);
    if (r == 0)
        r = socket_connect(p->socket, p->moved_to[0] ? p->moved_to : where.replay);
    p->moved_to[0] = '\0';
    if (r == 0 && zmq_getsockopt(p->socket, ZMQ_FD, &fd, &size) < 0)
        r = -errno;
    if (r == 0) {
        p->readable = event_new(o->base, fd, EV_READ | EV_PERSIST, on_readable, p);
        r = p->readable && event_add(p->readable, NULL) == 0 ? 0 : -ENOMEM;
    }
    if (r < 0)
        disconnect(p);
    return r;
}

int past_open(const struct past_options *o, struct past **ret)
{
    struct past *p = calloc(1, sizeof *p);
    if (!p)
        return -ENOMEM;
    p->options = *o;
    *ret = p;
    return 0;
}

void past_close(struct past **p)
{
    if (!*p)
        return;
    disconnect(*p);
    arena_free(&(*p)->arena);
    free(*p);
    *p = NULL;
}

/* --- answers ------------------------------------------------------------------------------------
 */

static void again_in(struct past *p, int64_t pause_ms)
{
    p->asked = PAST_NOTHING;
    p->tries = 0;
    p->timeout_ms = CATCHUP_FETCH_MS;
    p->not_before_ms = monotonic_ms() + pause_ms;
}

/* The envelopes behind the header, copied: 0, or -EBADMSG when they are not what it says. */
static int receive_events(struct past *p, const struct replay_frame *f, zmq_msg_t *message,
                          struct past_answer *ret)
{
    struct msg_error error;
    if (f->count > REPLAY_EVENTS_MAX)
        return -EBADMSG;
    struct envelope *events = arena_alloc(&p->arena, f->count * sizeof *events);
    struct published *raw = arena_alloc(&p->arena, f->count * sizeof *raw);
    for (uint64_t i = 0; i < f->count; i++) {
        if (!zmq_msg_more(message) || socket_receive(p->socket, message) < 0)
            return -EBADMSG;
        size_t size = zmq_msg_size(message);
        const void *bytes = arena_copy(&p->arena, zmq_msg_data(message), size);
        if (msg_scan(bytes, size, MSG_EVENT_MAX, &error) < 0 ||
            envelope_read(bytes, size, &events[i], &error) < 0 || events[i].sequence != f->from + i)
            return -EBADMSG;
        raw[i] = (struct published){ events[i].sequence, bytes, size };
    }
    ret->events = events;
    ret->raw = raw;
    ret->count = f->count;
    return zmq_msg_more(message) ? -EBADMSG : 0;
}

/* Fills *ret when the frame answers what was asked. */
static int understand(struct past *p, const struct replay_frame *f, zmq_msg_t *message,
                      struct past_answer *ret)
{
    ret->epoch = f->epoch;
    ret->head = f->head;
    ret->from = f->from;
    ret->to = f->to;
    switch (f->op) {
    case REPLAY_BATCH:
        if (f->from != p->from || f->partition != p->options.partition)
            return -EBADMSG;
        return receive_events(p, f, message, ret);
    case REPLAY_GAP:
    case REPLAY_SKIP:
        return p->asked == PAST_EVENTS && f->from <= p->from && f->to >= p->from ? 0 : -EBADMSG;
    case REPLAY_EPOCHS:
        ret->epochs = f->epochs;
        ret->epoch_count = f->epoch_count;
        return p->asked == PAST_EPOCHS ? 0 : -EBADMSG;
    case REPLAY_TOO_OLD:
        ret->from = p->from;
        ret->lost = true;
        return 0;
    case REPLAY_MOVED:
        if (f->endpoint.length < sizeof p->moved_to)
            snprintf(p->moved_to, sizeof p->moved_to, "%.*s", TEXT_ARG(f->endpoint));
        p->tries = PAST_TRIES_MAX;
        return -EAGAIN;
    default:
        return -EAGAIN;
    }
}

/* One message. -EAGAIN when there is none. A late answer, or none that can be understood, leaves
 * the question open: it is asked again in its time. */
static int receive(struct past *p)
{
    zmq_msg_t header, message;
    struct replay_frame f;
    struct msg_error error;
    struct past_answer a = { .question = p->asked };
    zmq_msg_init(&header);
    int r = socket_receive(p->socket, &header);
    if (r < 0) {
        zmq_msg_close(&header);
        return r;
    }
    zmq_msg_init(&message);
    zmq_msg_copy(&message, &header); /* its `more` flag begins the run of parts */
    const void *bytes = zmq_msg_data(&header);
    size_t size = zmq_msg_size(&header);
    arena_reset(&p->arena);
    bool understood = p->asked != PAST_NOTHING &&
                      msg_scan(bytes, size, MSG_FRAME_MAX, &error) == 0 &&
                      replay_read(bytes, size, &p->arena, &f, &error) == 0 &&
                      understand(p, &f, &message, &a) == 0;
    socket_drop_rest(p->socket, &message);
    zmq_msg_close(&message);
    if (understood) {
        bool nothing = a.question == PAST_EVENTS && a.count == 0 && a.to == 0;
        again_in(p, nothing ? CATCHUP_PAUSE_MS : 0);
        p->options.take(p->options.arg, &a);
    }
    zmq_msg_close(&header);
    return 0;
}

/* --- questions ----------------------------------------------------------------------------------
 */

static void ask(struct past *p, int64_t now_ms)
{
    /* Behind every head there is nothing, and the answer says where the head is; an epoch of long
     * ago is answered with all of them. */
    struct replay_frame f = { .op = REPLAY_FETCH,
                              .partition = p->options.partition,
                              .epoch = p->asked == PAST_EPOCHS,
                              .from = p->from,
                              .credit = PAST_CREDIT };
    struct msg_buffer b = { .arena = &p->arena };
    arena_reset(&p->arena);
    replay_write(&f, &b);
    if (socket_send_buffer(p->socket, &b, 0) < 0)
        p->deadline_ms = now_ms + CATCHUP_PAUSE_MS;
    else
        p->deadline_ms = now_ms + p->timeout_ms;
}

static void ask_next(struct past *p, int64_t now_ms)
{
    if (p->asked == PAST_NOTHING && now_ms >= p->not_before_ms) {
        p->from = INT64_MAX;
        p->asked = p->options.wanted(p->options.arg, &p->from);
        if (p->asked != PAST_NOTHING)
            ask(p, now_ms);
    } else if (p->asked != PAST_NOTHING && now_ms >= p->deadline_ms) {
        p->tries++;
        if (p->timeout_ms < CATCHUP_FETCH_MAX_MS)
            p->timeout_ms *= 2;
        if (p->tries < PAST_TRIES_MAX)
            ask(p, now_ms);
    }
}

static bool has_message(struct past *p)
{
    int events = 0;
    size_t size = sizeof events;
    return p->socket && zmq_getsockopt(p->socket, ZMQ_EVENTS, &events, &size) == 0 &&
           events & ZMQ_POLLIN;
}

void past_turn(struct past *p)
{
    int64_t now_ms = monotonic_ms();
    if (p->tries >= PAST_TRIES_MAX) {
        disconnect(p);
        p->not_before_ms = now_ms;
    }
    if (!p->socket && now_ms >= p->not_before_ms && connect_anew(p) < 0)
        p->not_before_ms = now_ms + CATCHUP_FETCH_MS;
    if (!p->socket)
        return;
    /* The descriptor tells of changes only: whatever woke us, ask the socket, also behind a send.
     */
    do {
        while (receive(p) == 0)
            ;
        ask_next(p, now_ms);
    } while (has_message(p));
}

/* consumer: the sockets and buffers around the catch-up machine. */
#include "common/bus/consumer.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/bus/catchup.h"
#include "common/bus/replay_wire.h"
#include "common/bus/sockets.h"

enum {
    HELD_MAX = 2 * REPLAY_EVENTS_MAX, /* events handed over by the machine and not taken yet */
    POSITION_MS = 1000, /* between two words to the publisher about how far we are */
};
_Static_assert((int)CONSUMER_CREDIT <= (int)REPLAY_CREDIT_MAX, "more than a publisher gives");
_Static_assert((int)CONSUMER_FETCH_MS == (int)CATCHUP_FETCH_MS, "one limit, two names");
_Static_assert((int)CONSUMER_SILENT_MS == (int)CATCHUP_SILENT_MS, "one limit, two names");

struct consumer {
    struct consumer_options options;
    char service[32], name[REPLAY_NAME_MAX + 1];
    struct catchup machine;
    bool started;
    void *listen, *fetch; /* SUB and DEALER */
    char moved_to[SUITE_ENDPOINT_MAX]; /* a replay address we were told; "" for the one written down
                                        */
    struct arena arena; /* of one frame */
    uint64_t beacon_head; /* of the newest beacon, */
    int64_t beacon_time; /* and the publisher's clock then */
    int64_t position_ms;
    uint64_t position_told, connections;
    /* Events between machine and taker, in three rows beside each other: first..end are held. */
    size_t first, end;
    struct envelope events[HELD_MAX];
    struct published raw[HELD_MAX];
    zmq_msg_t messages[HELD_MAX];
};

/* --- connections ---------------------------------------------------------------------------- */

static int listen_open(struct consumer *c, const struct serving *where)
{
    char topic[TOPIC_MAX];
    int r = socket_open(c->options.zmq, SOCKET_LISTEN, &c->listen);
    for (const char *kind = "EH"; r == 0 && *kind; kind++) {
        size_t length = topic_print(*kind, c->service, c->options.partition, topic);
        if (zmq_setsockopt(c->listen, ZMQ_SUBSCRIBE, topic, length) < 0)
            r = -errno;
    }
    return r == 0 ? socket_connect(c->listen, where->events) : r;
}

/* Connects both sockets to whoever serves the partition, or to where it will be served. */
static int connect_anew(struct consumer *c)
{
    const struct consumer_options *o = &c->options;
    struct serving where;
    if (suite_serving_read(o->suite, c->service, o->partition, &where) < 0) {
        suite_endpoint(o->suite, c->service, o->partition, "events", where.events);
        suite_endpoint(o->suite, c->service, o->partition, "replay", where.replay);
    }
    socket_close(&c->listen);
    socket_close(&c->fetch);
    c->connections++;
    int r = listen_open(c, &where);
    if (r == 0)
        r = socket_open(o->zmq, SOCKET_FETCH, &c->fetch);
    if (r == 0)
        r = socket_connect(c->fetch, c->moved_to[0] ? c->moved_to : where.replay);
    c->moved_to[0] = '\0';
    return r;
}

int consumer_open(const struct consumer_options *o, struct consumer **ret)
{
    struct consumer *c = calloc(1, sizeof *c);
    if (!c)
        return -ENOMEM;
    c->options = *o;
    int service = snprintf(c->service, sizeof c->service, "%s", o->service);
    int name = snprintf(c->name, sizeof c->name, "%s", o->name ? o->name : "");
    int r = service < (int)sizeof c->service && name < (int)sizeof c->name ? 0 : -EINVAL;
    c->options.service = c->service;
    if (r == 0)
        r = connect_anew(c);
    if (r < 0) {
        consumer_close(&c);
        return r;
    }
    *ret = c;
    return 0;
}

void consumer_close(struct consumer **c)
{
    if (!*c)
        return;
    for (size_t i = (*c)->first; i < (*c)->end; i++)
        zmq_msg_close(&(*c)->messages[i]);
    socket_close(&(*c)->listen);
    socket_close(&(*c)->fetch);
    arena_free(&(*c)->arena);
    free(*c);
    *c = NULL;
}

void consumer_poll_items(struct consumer *c, zmq_pollitem_t items[static 2])
{
    items[0] = (zmq_pollitem_t){ .socket = c->fetch, .events = ZMQ_POLLIN };
    items[1] = (zmq_pollitem_t){ .socket = c->listen, .events = ZMQ_POLLIN };
}

/* --- events that are held ------------------------------------------------------------------- */

/* Reads an event of this partition; its texts point into the message. */
static int event_read(const struct consumer *c, zmq_msg_t *message, struct envelope *ret)
{
    struct msg_error error;
    const void *bytes = zmq_msg_data(message);
    size_t size = zmq_msg_size(message);
    if (msg_scan(bytes, size, MSG_EVENT_MAX, &error) < 0 ||
        envelope_read(bytes, size, ret, &error) < 0)
        return -EBADMSG;
    bool ours =
        ret->partition == c->options.partition && text_equal(ret->service, text_from(c->service));
    return ours ? 0 : -EBADMSG;
}

/* Keeps a message that was read in the slot at the end: shared, not moved, because the caller still
 * asks the message whether more parts follow. */
static void hold(struct consumer *c, zmq_msg_t *message)
{
    zmq_msg_t *slot = &c->messages[c->end];
    zmq_msg_init(slot);
    zmq_msg_copy(slot, message);
    c->raw[c->end] = (struct published){ .sequence = c->events[c->end].sequence,
                                         .envelope = zmq_msg_data(slot),
                                         .size = zmq_msg_size(slot) };
    c->end++;
}

static void release(struct consumer *c, size_t end)
{
    while (c->end > end)
        zmq_msg_close(&c->messages[--c->end]);
}

static bool live_room(const struct consumer *c)
{
    return c->end < HELD_MAX;
}

/* Room for a whole answer. */
static bool batch_room(const struct consumer *c)
{
    return HELD_MAX - c->end >= REPLAY_EVENTS_MAX;
}

static int hand_over(struct consumer *c)
{
    size_t count = c->end - c->first;
    if (count == 0)
        return 0;
    int taken = c->options.take(c->options.arg, &c->events[c->first], &c->raw[c->first], count);
    if (taken < 0)
        return taken;
    assert((size_t)taken <= count);
    for (int i = 0; i < taken; i++)
        zmq_msg_close(&c->messages[c->first++]);
    if (c->first == c->end)
        c->first = c->end = 0;
    return 0;
}

/* --- what arrives --------------------------------------------------------------------------- */

static void on_beacon(struct consumer *c, zmq_msg_t *message, int64_t now_ms)
{
    struct beacon h;
    struct msg_error error;
    const void *bytes = zmq_msg_data(message);
    size_t size = zmq_msg_size(message);
    if (msg_scan(bytes, size, MSG_EVENT_MAX, &error) == 0 && beacon_read(bytes, size, &h) == 0) {
        catchup_beacon(&c->machine, h.epoch, h.head, now_ms);
        c->beacon_head = h.head;
        c->beacon_time = h.time;
    }
}

/* One message of the SUB socket: topic and body. -EAGAIN when there is none. */
static int listen_turn(struct consumer *c, int64_t now_ms)
{
    zmq_msg_t message;
    zmq_msg_init(&message);
    int r = socket_receive(c->listen, &message);
    bool whole = r == 0 && zmq_msg_size(&message) > 0 && zmq_msg_more(&message);
    char kind = whole ? *(const char *)zmq_msg_data(&message) : '\0';
    whole = whole && socket_receive(c->listen, &message) == 0 && !zmq_msg_more(&message);
    if (whole && kind == 'H')
        on_beacon(c, &message, now_ms);
    struct envelope event;
    if (whole && kind == 'E' && event_read(c, &message, &event) == 0 &&
        catchup_live(&c->machine, event.epoch, event.sequence, live_room(c), now_ms)) {
        c->events[c->end] = event;
        hold(c, &message);
    }
    if (r == 0)
        socket_drop_rest(c->listen, &message);
    zmq_msg_close(&message);
    return r;
}

/* The events of an answer: those behind the cursor are held. False when one is not what the header
 * says. */
static bool batch_receive(struct consumer *c, const struct replay_frame *f, zmq_msg_t *message)
{
    for (uint64_t i = 0; i < f->count; i++) {
        if (!zmq_msg_more(message) || socket_receive(c->fetch, message) < 0)
            return false;
        if (f->from + i <= c->machine.sequence)
            continue;
        if (!live_room(c) || event_read(c, message, &c->events[c->end]) < 0 ||
            c->events[c->end].sequence != f->from + i)
            return false;
        hold(c, message);
    }
    return !zmq_msg_more(message);
}

static void on_batch(struct consumer *c, const struct replay_frame *f, zmq_msg_t *message,
                     int64_t now_ms)
{
    size_t before = c->end;
    if (f->from > c->machine.sequence + 1 || !batch_receive(c, f, message)) {
        release(c, before);
        catchup_refused(&c->machine, now_ms);
        return;
    }
    struct catchup_run run =
        catchup_batch(&c->machine, f->epoch, f->from, f->count, f->head, now_ms);
    if (run.take != c->end - before)
        release(c, before + run.take);
}

static void on_answer(struct consumer *c, const struct replay_frame *f, zmq_msg_t *message,
                      int64_t now_ms)
{
    switch (f->op) {
    case REPLAY_BATCH:
        on_batch(c, f, message, now_ms);
        break;
    case REPLAY_GAP:
    case REPLAY_SKIP:
        catchup_hole(&c->machine, f->from, f->to, now_ms);
        break;
    case REPLAY_EPOCHS:
        catchup_epochs(&c->machine, f->epochs, f->epoch_count, now_ms);
        break;
    case REPLAY_TOO_OLD:
        catchup_too_old(&c->machine);
        break;
    case REPLAY_MOVED:
        if (f->endpoint.length < sizeof c->moved_to)
            snprintf(c->moved_to, sizeof c->moved_to, "%.*s", TEXT_ARG(f->endpoint));
        catchup_moved(&c->machine);
        break;
    default:
        catchup_refused(&c->machine, now_ms);
    }
}

/* One message of the replay socket. -EAGAIN when there is none. */
static int fetch_turn(struct consumer *c, int64_t now_ms)
{
    zmq_msg_t message, header;
    struct replay_frame f;
    struct msg_error error;
    zmq_msg_init(&header);
    int r = socket_receive(c->fetch, &header);
    if (r < 0) {
        zmq_msg_close(&header);
        return r;
    }
    zmq_msg_init(&message);
    zmq_msg_copy(&message, &header); /* its `more` flag begins the run of parts */
    const void *bytes = zmq_msg_data(&header);
    size_t size = zmq_msg_size(&header);
    arena_reset(&c->arena);
    if (msg_scan(bytes, size, MSG_FRAME_MAX, &error) == 0 &&
        replay_read(bytes, size, &c->arena, &f, &error) == 0)
        on_answer(c, &f, &message, now_ms);
    else
        catchup_refused(&c->machine, now_ms);
    socket_drop_rest(c->fetch, &message);
    zmq_msg_close(&message);
    zmq_msg_close(&header);
    return 0;
}

/* --- what is asked -------------------------------------------------------------------------- */

static void send_frame(struct consumer *c, const struct replay_frame *f, int64_t now_ms)
{
    arena_reset(&c->arena);
    struct msg_buffer b = { .arena = &c->arena };
    replay_write(f, &b);
    if (socket_send_buffer(c->fetch, &b, 0) < 0 && f->op == REPLAY_FETCH)
        catchup_unsent(&c->machine, now_ms);
}

static int act(struct consumer *c, int64_t now_ms)
{
    int r = 0;
    enum catchup_action action;
    while (r == 0 &&
           (action = catchup_next(&c->machine, batch_room(c), now_ms)) != CATCHUP_NOTHING) {
        if (action == CATCHUP_RECONNECT) {
            r = connect_anew(c);
            continue;
        }
        struct replay_frame f = { .op = REPLAY_FETCH,
                                  .partition = c->options.partition,
                                  .epoch = c->machine.epoch,
                                  .from = c->machine.sequence + 1,
                                  .credit = CONSUMER_CREDIT };
        send_frame(c, &f, now_ms);
    }
    return r;
}

static uint64_t taken_sequence(const struct consumer *c)
{
    return c->first < c->end ? c->raw[c->first].sequence - 1 : c->machine.sequence;
}

static void tell_position(struct consumer *c, int64_t now_ms)
{
    uint64_t sequence = taken_sequence(c);
    if (!c->name[0] || now_ms < c->position_ms || sequence == c->position_told)
        return;
    struct replay_frame f = { .op = REPLAY_POSITION,
                              .partition = c->options.partition,
                              .consumer = text_from(c->name),
                              .sequence = sequence };
    send_frame(c, &f, now_ms);
    c->position_ms = now_ms + POSITION_MS;
    c->position_told = sequence;
}

int consumer_turn(struct consumer *c, int64_t now_ms, int budget)
{
    if (!c->started) {
        catchup_open(&c->machine, c->options.epoch, c->options.sequence, now_ms);
        c->position_told = c->options.sequence;
        c->started = true;
    }
    /* Answers before live events: these may then be the ones behind them. */
    while (budget > 0 && fetch_turn(c, now_ms) == 0)
        budget--;
    int r = act(c, now_ms); /* ask for the next answer before this one is worked off */
    if (r < 0)
        return r;
    while (budget > 0 && listen_turn(c, now_ms) == 0)
        budget--;
    r = hand_over(c);
    if (r == 0)
        r = act(c, now_ms);
    if (r < 0)
        return r;
    tell_position(c, now_ms);
    return c->machine.state == CATCHUP_DIVERGED ? -ESTALE : 0;
}

void consumer_state(const struct consumer *c, struct consumer_state *ret)
{
    *ret = (struct consumer_state){ .epoch = c->machine.epoch,
                                    .sequence = taken_sequence(c),
                                    .head = c->machine.head,
                                    .live = c->machine.state == CATCHUP_LIVE && c->first == c->end,
                                    .heard_ms = c->machine.heard_ms,
                                    .gaps = c->machine.gaps,
                                    .fetches = c->machine.fetches,
                                    .connections = c->connections };
    if (ret->live && ret->sequence >= c->beacon_head)
        ret->complete = c->beacon_time;
    if (!c->started) {
        ret->epoch = c->options.epoch;
        ret->sequence = ret->head = c->options.sequence;
    }
}

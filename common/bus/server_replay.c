/* server_replay: the thread that serves the log of one partition from any sequence on (WIRE.md,
 * replay). One answer a request, of bounded size; libzmq takes requests from its peers in turn, so
 * nobody waits behind somebody greedy. */
#include <errno.h>
#include <stdio.h>

#include "common/bus/replay_wire.h"
#include "common/bus/server.h"
#include "common/bus/sockets.h"
#include "common/store/partition_reader.h"

struct replay {
    struct server *server;
    struct arena arena;
    struct msg_buffer buffer;
    zmq_msg_t route, body;
};

/* A peer that is gone or does not read misses its answer, and asks again. */
static bool send_head(struct replay *p, const struct replay_frame *f, int flags)
{
    if (socket_send_first(p->server->replay_socket, &p->route) < 0)
        return false;
    p->buffer = (struct msg_buffer){ .arena = &p->arena };
    replay_write(f, &p->buffer);
    return socket_send_buffer(p->server->replay_socket, &p->buffer, flags) == 0;
}

static void send_error(struct replay *p, const char *code, const char *message)
{
    const struct replay_frame f = { .op = REPLAY_ERROR,
                                    .code = text_from(code),
                                    .message = text_from(message) };
    send_head(p, &f, 0);
}

static void send_epochs(struct replay *p)
{
    struct epoch_start *epochs = arena_alloc(&p->arena, EPOCHS_MAX * sizeof *epochs);
    struct catchup_epoch *rows = arena_alloc(&p->arena, EPOCHS_MAX * sizeof *rows);
    size_t count;
    if (reader_epochs(p->server->replay_reader, epochs, &count) < 0) {
        send_error(p, "unreadable", "The history of epochs cannot be read.");
        return;
    }
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct catchup_epoch){ .epoch = epochs[i].epoch, .from = epochs[i].from };
    const struct replay_frame f = { .op = REPLAY_EPOCHS, .epochs = rows, .epoch_count = count };
    send_head(p, &f, 0);
}

static void send_batch(struct replay *p, uint64_t from, const struct published *events,
                       size_t count, uint64_t head)
{
    struct server *s = p->server;
    const struct replay_frame f = { .op = REPLAY_BATCH,
                                    .partition = s->number,
                                    .epoch = s->serving.epoch,
                                    .from = from,
                                    .count = count,
                                    .head = head };
    if (!send_head(p, &f, count ? ZMQ_SNDMORE : 0))
        return;
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        bytes += events[i].size;
        socket_send(s->replay_socket, events[i].envelope, events[i].size,
                    i + 1 < count ? ZMQ_SNDMORE : 0);
    }
    series_add(s->metrics.replay_bytes, (int64_t)bytes);
    series_add(s->metrics.replay_events, (int64_t)count);
}

static void fetch(struct replay *p, const struct replay_frame *f)
{
    const struct published *events;
    size_t count, run = 0;
    uint64_t head;
    int r = reader_events(p->server->replay_reader, f->from, f->credit, REPLAY_EVENTS_MAX,
                          &p->arena, &events, &count, &head);
    if (r < 0) {
        LOG(LEVEL_ERROR, "replay cannot read the log", log_string("partition", p->server->name),
            log_integer("from", (int64_t)f->from), log_integer("error", -r));
        send_error(p, "unreadable", "The log cannot be read there.");
        return;
    }
    uint64_t first = count ? events[0].sequence : head + 1;
    if (f->from < first && f->from <= head) {
        const struct replay_frame gap = {
            .op = REPLAY_GAP, .from = f->from, .to = first - 1, .epoch = p->server->serving.epoch
        };
        send_head(p, &gap, 0);
        return;
    }
    while (run < count && events[run].sequence == f->from + run)
        run++;
    send_batch(p, f->from, events, run, head);
}

/* Words of consumers about how far they are go to the turn, which alone writes. */
static void position(struct replay *p, const struct replay_frame *f)
{
    struct position_word word = { .sequence = f->sequence };
    if (f->consumer.length == 0 || f->consumer.length >= sizeof word.name)
        return;
    snprintf(word.name, sizeof word.name, "%.*s", TEXT_ARG(f->consumer));
    socket_send(p->server->replay_inside, &word, sizeof word, 0);
}

static void answer(struct replay *p, const struct replay_frame *f)
{
    const struct server *s = p->server;
    if (f->op == REPLAY_POSITION)
        position(p, f);
    else if (f->op != REPLAY_FETCH)
        send_error(p, "op", "Only fetch and position can be asked here.");
    else if (f->partition != s->number)
        send_error(p, "partition", "This is another partition.");
    else if (f->from == 0)
        send_error(p, "from", "Sequences begin at 1.");
    else if (f->credit == 0 || f->credit > REPLAY_CREDIT_MAX)
        send_error(p, "credit", "The credit is 1 to 262144 bytes.");
    else if (f->epoch > s->serving.epoch)
        send_error(p, "epoch", "There was no such epoch yet.");
    else if (f->epoch && f->epoch < s->serving.epoch)
        send_epochs(p);
    else
        fetch(p, f);
}

static void request(struct replay *p)
{
    struct replay_frame f;
    struct msg_error error = { .rule = "must be one frame" };
    const void *frame = zmq_msg_data(&p->body);
    size_t size = zmq_msg_size(&p->body);
    bool whole = !zmq_msg_more(&p->body);
    arena_reset(&p->arena);
    if (whole && msg_scan(frame, size, MSG_FRAME_MAX, &error) == 0 &&
        replay_read(frame, size, &p->arena, &f, &error) == 0)
        answer(p, &f);
    else
        send_error(p, "invalid", arena_printf(&p->arena, "%s %s", error.field, error.rule).at);
    socket_drop_rest(p->server->replay_socket, &p->body);
}

void *replay_main(void *server)
{
    struct server *s = server;
    struct replay p = { .server = s };
    zmq_pollitem_t items[2] = { { .socket = s->replay_socket, .events = ZMQ_POLLIN },
                                { .socket = s->replay_inside, .events = ZMQ_POLLIN } };
    zmq_msg_init(&p.route);
    zmq_msg_init(&p.body);
    /* Whatever the turn sends is the word to end; one that is busy all the time looks at the flag.
     */
    while (!(items[1].revents & ZMQ_POLLIN) && !atomic_load(&s->process->stopping)) {
        if (socket_receive(s->replay_socket, &p.route) < 0) {
            zmq_poll(items, 2, THREAD_WAIT_MS);
            continue;
        }
        if (zmq_msg_more(&p.route) && socket_receive(s->replay_socket, &p.body) == 0)
            request(&p);
    }
    zmq_msg_close(&p.route);
    zmq_msg_close(&p.body);
    arena_free(&p.arena);
    return NULL;
}

/* inquiry: one op to every partition, over sockets that live as long as the question. */
#include "services/gateway/gateway.h"

#include "common/sockets.h"
#include "services/registry.h"

#include <errno.h>
#include <stdlib.h>

struct asked {
    struct inquiry *inquiry;
    void *socket;
    struct event *readable;
    bool done;
};

struct inquiry {
    struct gateway *gateway;
    struct event *timeout;
    inquiry_done *done;
    void *arg;
    struct asked *asked;
    struct answered *answers;
    size_t count, missing;
    struct arena arena;
};

static void end(struct inquiry *i)
{
    struct gateway *g = i->gateway;
    for (size_t n = 0; n < i->count; n++) {
        if (i->asked[n].readable)
            event_free(i->asked[n].readable);
        socket_close(&i->asked[n].socket);
    }
    i->done(g, i->arg, i->answers, i->count, &i->arena);
    event_free(i->timeout);
    arena_free(&i->arena);
    free(i->asked);
    free(i->answers);
    free(i);
    g->inquiries--;
}

static void take_answer(struct asked *a, zmq_msg_t *message)
{
    struct inquiry *i = a->inquiry;
    struct answered *answer = &i->answers[a - i->asked];
    size_t size = zmq_msg_size(message);
    const void *frame = arena_copy(&i->arena, zmq_msg_data(message), size);
    struct id id;
    struct msg_error error;
    answer->came = msg_scan(frame, size, MSG_FRAME_MAX, &error) == 0 &&
                   reply_read(frame, size, &id, &answer->reply, &error) == 0 &&
                   answer->reply.status == STATUS_ok && answer->reply.result;
    a->done = true;
    i->missing--;
}

/* The descriptor of a ZeroMQ socket tells only of changes: whatever woke us, ask the socket. */
static void look(evutil_socket_t fd, short what, void *arg)
{
    struct asked *a = arg;
    zmq_msg_t message;
    (void)fd;
    (void)what;
    if (a->done)
        return;
    zmq_msg_init(&message);
    if (socket_receive(a->socket, &message) == 0) {
        bool more = zmq_msg_more(&message);
        take_answer(a, &message);
        if (more)
            socket_drop_rest(a->socket, &message);
    }
    zmq_msg_close(&message);
    if (a->inquiry->missing == 0)
        event_active(a->inquiry->timeout, EV_TIMEOUT, 0);
}

static void time_is_up(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    end(arg);
}

/* One that cannot be reached has not answered; the others are asked all the same. */
static void ask(struct inquiry *i, size_t n, const struct msg_buffer *frame)
{
    struct asked *a = &i->asked[n];
    struct answered *answer = &i->answers[n];
    struct serving serving;
    int fd;
    size_t size = sizeof fd;
    a->inquiry = i;
    a->done = true;
    if (suite_serving_read(i->gateway->suite, answer->service, answer->partition, &serving) < 0 ||
        socket_open(i->gateway->zmq, SOCKET_FETCH, &a->socket) < 0)
        return;
    if (socket_connect(a->socket, serving.command) < 0 ||
        zmq_getsockopt(a->socket, ZMQ_FD, &fd, &size) < 0)
        return;
    a->readable = event_new(i->gateway->base, fd, EV_READ | EV_PERSIST, look, a);
    if (!a->readable)
        return;
    a->done = false;
    i->missing++;
    event_add(a->readable, NULL);
    /* ipc connects in the background; a send that must wait for it is what this one blocks for. */
    zmq_pollitem_t writable = { .socket = a->socket, .events = ZMQ_POLLOUT };
    if (zmq_poll(&writable, 1, INQUIRY_MS / 10) == 1)
        socket_send_buffer(a->socket, frame, 0);
    look(-1, 0, a);
}

static void put_frame(struct msg_buffer *b, const char *op)
{
    char text[ID_TEXT + 1];
    struct id id = id_new(real_now());
    id_print(&id, text);
    msg_put_map(b, 2);
    msg_put_key(b, "op");
    msg_put_key(b, op);
    msg_put_key(b, "id");
    msg_put_key(b, text);
}

int inquiry_start(struct gateway *g, const char *op, inquiry_done *done, void *arg)
{
    size_t count = 0, n = 0;
    if (g->inquiries == INQUIRIES_MAX)
        return -EBUSY;
    for (const struct service *const *s = services; *s; s++)
        count += suite_partitions(g->suite, (*s)->name);
    if (count == 0)
        return -ENOENT;
    struct inquiry *i = calloc(1, sizeof *i);
    if (i) {
        *i = (struct inquiry){ .gateway = g, .done = done, .arg = arg, .count = count };
        i->asked = calloc(count, sizeof *i->asked);
        i->answers = calloc(count, sizeof *i->answers);
        i->timeout = evtimer_new(g->base, time_is_up, i);
    }
    if (!i || !i->asked || !i->answers || !i->timeout) {
        if (i && i->timeout)
            event_free(i->timeout);
        free(i ? i->asked : NULL);
        free(i ? i->answers : NULL);
        free(i);
        return -ENOMEM;
    }
    g->inquiries++;
    struct msg_buffer frame = { .arena = &i->arena };
    put_frame(&frame, op);
    for (const struct service *const *s = services; *s; s++)
        for (uint32_t p = 0; p < suite_partitions(g->suite, (*s)->name); p++, n++) {
            i->answers[n] = (struct answered){ .service = (*s)->name, .partition = p };
            ask(i, n, &frame);
        }
    const struct timeval soon = { 0 }, late = { .tv_sec = INQUIRY_MS / 1000,
                                                .tv_usec = INQUIRY_MS % 1000 * 1000 };
    event_add(i->timeout, i->missing ? &late : &soon);
    return 0;
}

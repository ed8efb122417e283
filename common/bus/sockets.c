/* sockets: the settings of each role in one table. */
#include "common/bus/sockets.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void *sockets_context(void)
{
    void *zmq = zmq_ctx_new();
    if (zmq)
        zmq_ctx_set(zmq, ZMQ_MAX_SOCKETS, SOCKETS_MAX);
    return zmq;
}

struct settings {
    int type, send_hwm, receive_hwm, linger_ms, reconnect_ms;
    int64_t message_max;
    bool mandatory, immediate;
};

static const struct settings roles[] = {
    [SOCKET_COMMAND] = { .type = ZMQ_ROUTER,
                         .send_hwm = SOCKET_REPLIES_HWM,
                         .receive_hwm = SOCKET_HWM,
                         .linger_ms = SOCKET_REPLY_LINGER_MS,
                         .message_max = SOCKET_REQUEST_MAX,
                         .mandatory = true },
    [SOCKET_REPLAY] = { .type = ZMQ_ROUTER,
                        .send_hwm = SOCKET_ANSWERS_HWM,
                        .receive_hwm = SOCKET_HWM,
                        .message_max = SOCKET_REQUEST_MAX,
                        .mandatory = true },
    [SOCKET_EVENTS] = { .type = ZMQ_PUB,
                        .send_hwm = SOCKET_EVENTS_HWM,
                        .receive_hwm = SOCKET_HWM,
                        .message_max = MSG_EVENT_MAX },
    [SOCKET_ASK] = { .type = ZMQ_DEALER,
                     .send_hwm = SOCKET_HWM,
                     .receive_hwm = SOCKET_HWM,
                     .reconnect_ms = -1,
                     .message_max = MSG_FRAME_MAX,
                     .immediate = true },
    /* Not immediate: libzmq 4.3.4 then ends the pipe of a lost connection at once, and asserts when
     * that was in the middle of an answer of many parts (fq.cpp). A fetch that waits in the queue
     * of a peer that is gone does no harm: it may be repeated, and one is outstanding at a time. */
    [SOCKET_FETCH] = { .type = ZMQ_DEALER,
                       .send_hwm = SOCKET_HWM,
                       .receive_hwm = SOCKET_HWM,
                       .reconnect_ms = SOCKET_RECONNECT_MS,
                       .message_max = MSG_FRAME_MAX },
    [SOCKET_LISTEN] = { .type = ZMQ_SUB,
                        .send_hwm = SOCKET_HWM,
                        .receive_hwm = SOCKET_HWM,
                        .reconnect_ms = SOCKET_RECONNECT_MS,
                        .message_max = MSG_EVENT_MAX },
    [SOCKET_INSIDE] = { .type = ZMQ_PAIR,
                        .send_hwm = SOCKET_HWM,
                        .receive_hwm = SOCKET_HWM,
                        .message_max = SOCKET_REQUEST_MAX },
};

static int set(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value) < 0 ? -errno : 0;
}

static int configure(void *socket, const struct settings *s)
{
    int r = set(socket, ZMQ_SNDHWM, s->send_hwm);
    if (r == 0)
        r = set(socket, ZMQ_RCVHWM, s->receive_hwm);
    if (r == 0)
        r = set(socket, ZMQ_LINGER, s->linger_ms);
    if (r == 0)
        r = set(socket, ZMQ_BACKLOG, SOCKET_BACKLOG);
    if (r == 0)
        r = set(socket, ZMQ_HANDSHAKE_IVL, SOCKET_HANDSHAKE_MS);
    if (r == 0 && s->reconnect_ms)
        r = set(socket, ZMQ_RECONNECT_IVL, s->reconnect_ms);
    if (r == 0 && s->reconnect_ms > 0)
        r = set(socket, ZMQ_RECONNECT_IVL_MAX, SOCKET_RECONNECT_MAX_MS);
    if (r == 0 && s->mandatory)
        r = set(socket, ZMQ_ROUTER_MANDATORY, 1);
    if (r == 0 && s->immediate)
        r = set(socket, ZMQ_IMMEDIATE, 1);
    if (r == 0 &&
        zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &s->message_max, sizeof s->message_max) < 0)
        r = -errno;
    return r;
}

int socket_open(void *zmq, enum socket_role role, void **ret)
{
    void *socket = zmq_socket(zmq, roles[role].type);
    if (!socket)
        return -errno;
    int r = configure(socket, &roles[role]);
    if (r < 0) {
        zmq_close(socket);
        return r;
    }
    *ret = socket;
    return 0;
}

void socket_close(void **socket)
{
    if (*socket)
        zmq_close(*socket);
    *socket = NULL;
}

int socket_bind(void *socket, const char *endpoint)
{
    return zmq_bind(socket, endpoint) < 0 ? -errno : 0;
}

int socket_connect(void *socket, const char *endpoint)
{
    return zmq_connect(socket, endpoint) < 0 ? -errno : 0;
}

void socket_close_bound(void **socket, const char *endpoint)
{
    static const char ipc[] = "ipc://";
    if (*socket)
        zmq_unbind(*socket, endpoint);
    socket_close(socket);
    if (strncmp(endpoint, ipc, sizeof ipc - 1) == 0)
        unlink(endpoint + sizeof ipc - 1);
}

int socket_send_first(void *socket, zmq_msg_t *message)
{
    int events;
    size_t size = sizeof events;
    if (zmq_msg_send(message, socket, ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0)
        return 0;
    if (errno != EAGAIN)
        return -errno;
    zmq_getsockopt(socket, ZMQ_EVENTS, &events, &size);
    return zmq_msg_send(message, socket, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0 ? -errno : 0;
}

int socket_send(void *socket, const void *bytes, size_t size, int flags)
{
    return zmq_send(socket, bytes, size, flags | ZMQ_DONTWAIT) < 0 ? -errno : 0;
}

int socket_receive(void *socket, zmq_msg_t *message)
{
    int r;
    do
        r = zmq_msg_recv(message, socket, ZMQ_DONTWAIT);
    while (r < 0 && errno == EINTR);
    return r < 0 ? -errno : 0;
}

void socket_drop_rest(void *socket, zmq_msg_t *last)
{
    while (zmq_msg_more(last) && socket_receive(socket, last) == 0)
        ;
}

/* sockets: raw ZeroMQ sockets with every limit set (BUS 1.2 and 1.3): libzmq's own defaults are
 * unlimited messages, endless lingering and silent discarding.
 */
#ifndef REDRESS_SOCKETS_H
#define REDRESS_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zmq.h>

#include "common/msg/msg.h"

enum {
    SOCKET_HWM = 1000, /* messages queued a peer */
    SOCKET_REPLIES_HWM = 2048, /* replies queued a peer: more than anybody has in flight */
    SOCKET_ANSWERS_HWM = 4, /* batches of events, of 256 KiB each: one is outstanding at a time */
    SOCKET_EVENTS_HWM = 500, /* the same for live events, which may be skipped */
    /* Of a request on the wire: what is over the contract's limit by less is answered `invalid`, by
       more ends the connection. */
    SOCKET_REQUEST_MAX = 2 * MSG_FRAME_MAX,
    SOCKET_BACKLOG = 512,
    SOCKET_HANDSHAKE_MS = 5000,
    SOCKET_RECONNECT_MS = 50,
    SOCKET_RECONNECT_MAX_MS = 1000,
    SOCKET_REPLY_LINGER_MS = 500, /* replies of a process that ends */
    SOCKETS_MAX = 8192, /* of one context; libzmq's default is 1023 */
};

/* A context with SOCKETS_MAX; NULL when the system has no resources. */
void *sockets_context(void);

enum socket_role {
    SOCKET_COMMAND, /* ROUTER that binds */
    SOCKET_REPLAY, /* likewise */
    SOCKET_EVENTS, /* PUB that binds */
    SOCKET_ASK, /* DEALER that connects, once: a lost connection stays lost, so that its owner
                   notices */
    SOCKET_FETCH, /* DEALER that connects and reconnects */
    SOCKET_LISTEN, /* SUB */
    SOCKET_INSIDE, /* PAIR between threads */
};

/* 0 and an open socket, or -errno. */
int socket_open(void *zmq, enum socket_role role, void **ret);

/* Closes without waiting; accepts NULL, sets *socket to NULL. */
void socket_close(void **socket);

int socket_bind(void *socket, const char *endpoint);
int socket_connect(void *socket, const char *endpoint);

/* Closes a socket that was bound to an ipc address and removes its file, which libzmq leaves
 * behind. Only for who owns the address: another one may have been bound there since. */
void socket_close_bound(void **socket, const char *endpoint);

/* A message's first part to a ROUTER or DEALER, without waiting; the message is taken over when 0
 * comes back. A queue that seems full is looked at again: libzmq learns late that its peer has
 * read. 0, -EAGAIN, -EHOSTUNREACH, -errno. */
int socket_send_first(void *socket, zmq_msg_t *message);

/* A copy of the bytes; never blocks. 0, -EAGAIN, -EHOSTUNREACH, -errno. */
int socket_send(void *socket, const void *bytes, size_t size, int flags);
static inline int socket_send_buffer(void *socket, const struct msg_buffer *b, int flags)
{
    return socket_send(socket, b->at, b->size, flags);
}

/* Receives one part into an initialised message, without waiting; what it held is released. 0,
 * -EAGAIN, -errno. */
int socket_receive(void *socket, zmq_msg_t *message);

/* Drops the parts of the message that has begun. */
void socket_drop_rest(void *socket, zmq_msg_t *last);

#endif

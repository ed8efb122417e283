/* client_link: one connection of a client to one partition, and the requests that are on it; for
 * client*.c only.
 *
 * Requests of a link stay in the order in which they were given until they are answered, and are
 * sent again in that order, all of them, whenever the connection was lost, moved or silent. A lost
 * connection is never revived behind our back (SOCKET_ASK), so nothing later can overtake what was
 * lost with it.
 */
#ifndef REDRESS_CLIENT_LINK_H
#define REDRESS_CLIENT_LINK_H

#include "common/bus/client.h"

enum {
    LINK_RECEIVE_MAX = 256, /* messages taken in one look, for who has no reason to take fewer */
    LINK_CONNECT_MS = 200, /* a connection not there by then is looked up and made anew */
    LINK_PAUSE_MS = 50, /* between two looks for somebody who serves */
    LINK_REFUSED_MS = 1000, /* so long nobody serves: nothing was ever sent, so it can be said */
    LINK_MOVES_MAX = 3, /* in a row without a pause */
};

struct pending {
    struct pending *next; /* of its link, or free */
    struct id id;
    uint8_t *frame;
    size_t size, room;
    bool on_wire; /* sent on the link's present connection, not answered */
    bool was_sent; /* ever: the outcome is unknown without an answer */
    int64_t since_ms;
    bool was_busy; /* answered so at least once */
    uint64_t tag;
    client_answered *answered;
    void *arg;
};

struct client_link {
    struct client_link *next;
    char service[32];
    uint32_t partition;
    void *socket;
    bool connected;
    char endpoint[SUITE_ENDPOINT_MAX]; /* where `moved` said; "" for the one written down */
    struct pending *first, **end;
    uint32_t on_wire;
    bool backing_off; /* a reply was busy: nothing is sent before retry_ms */
    int64_t retry_ms, heard_ms, connect_ms, refused_since_ms;
    int moves;
};

void link_init(struct client_link *l, const char *service, uint32_t partition);

/* Appends a request and sends it when the link's state allows. */
void link_add(struct client_link *l, struct pending *p, int64_t now_ms);

/* Receives what has arrived, at most `max` messages. `done` is called for each answer; a request
 * that is done was taken off before. Returns how many messages came. */
typedef void link_done(void *arg, struct pending *p, const struct reply *reply);
int link_receive(struct client_link *l, int max, struct arena *a, int64_t now_ms, link_done *done,
                 void *arg);

/* Takes a request off that nobody waits for any more. A server that has answered it `busy` waits
 * for it to come again before it takes anything behind it, so the connection is then given up too.
 */
void link_cancel(struct client_link *l, struct pending *p);

/* Connects, sends and sends again what is due. 0, -ETIMEDOUT, -ECONNREFUSED, -errno. */
int link_tend(struct client_link *l, void *zmq, const struct suite *s, int64_t now_ms);

/* Closes the connection, keeps the requests. */
void link_drop(struct client_link *l);

#endif

/* client_link: connects, sends, sends again, and takes what comes back. */
#include "common/bus/client_link.h"

#include <errno.h>
#include <stdio.h>

#include "common/bus/sockets.h"

void link_init(struct client_link *l, const char *service, uint32_t partition)
{
    *l = (struct client_link){ .partition = partition };
    snprintf(l->service, sizeof l->service, "%s", service);
    l->end = &l->first;
}

void link_drop(struct client_link *l)
{
    socket_close(&l->socket);
    l->connected = l->backing_off = false;
    l->on_wire = 0;
    for (struct pending *p = l->first; p; p = p->next)
        p->on_wire = false;
}

/* Sends what is not on the wire, in order. A connection that takes nothing is lost: there is room
 * for a whole window. */
static void send_waiting(struct client_link *l)
{
    if (!l->connected || l->backing_off)
        return;
    for (struct pending *p = l->first; p; p = p->next) {
        if (p->on_wire)
            continue;
        if (socket_send(l->socket, p->frame, p->size, 0) < 0) {
            link_drop(l);
            return;
        }
        p->on_wire = p->was_sent = true;
        l->on_wire++;
    }
}

void link_add(struct client_link *l, struct pending *p, int64_t now_ms)
{
    if (!l->first)
        l->heard_ms = now_ms;
    p->next = NULL;
    p->on_wire = p->was_sent = p->was_busy = false;
    p->since_ms = now_ms;
    *l->end = p;
    l->end = &p->next;
    send_waiting(l);
}

static void take_off(struct client_link *l, struct pending **at)
{
    struct pending *p = *at;
    *at = p->next;
    if (l->end == &p->next)
        l->end = at;
    if (p->on_wire)
        l->on_wire--;
}

static void moved(struct client_link *l, const struct reply *reply, int64_t now_ms)
{
    snprintf(l->endpoint, sizeof l->endpoint, "%.*s", TEXT_ARG(reply->endpoint));
    link_drop(l);
    l->connect_ms = now_ms;
    if (++l->moves > LINK_MOVES_MAX) {
        /* Two instances that point at each other: the one written down decides, a little later. */
        l->endpoint[0] = '\0';
        l->moves = 0;
        l->connect_ms = now_ms + LINK_PAUSE_MS;
    }
}

static void busy(struct client_link *l, struct pending *p, const struct reply *reply,
                 int64_t now_ms)
{
    /* Everything behind it comes back busy as well, and is sent again in order once all of that is
     * here. */
    p->on_wire = false;
    p->was_busy = true;
    l->on_wire--;
    int64_t retry_ms = now_ms + (reply->retry_after_ms ? reply->retry_after_ms : LINK_PAUSE_MS);
    if (!l->backing_off || retry_ms > l->retry_ms)
        l->retry_ms = retry_ms;
    l->backing_off = true;
}

static void on_reply(struct client_link *l, const struct id *id, const struct reply *reply,
                     int64_t now_ms, link_done *done, void *arg)
{
    struct pending **at = &l->first;
    while (*at && memcmp(&(*at)->id, id, sizeof *id) != 0)
        at = &(*at)->next;
    struct pending *p = *at;
    if (!p || !p->on_wire) {
        /* A second answer to something asked twice. Were it `busy`, the server would wait for that
         * request to come again; a new connection owes nothing. */
        if (reply->status == STATUS_busy)
            link_drop(l);
        return;
    }
    if (reply->status == STATUS_moved && reply->endpoint.length < sizeof l->endpoint) {
        moved(l, reply, now_ms);
    } else if (reply->status == STATUS_busy) {
        busy(l, p, reply, now_ms);
    } else {
        l->moves = 0;
        take_off(l, at);
        done(arg, p, reply);
    }
}

void link_cancel(struct client_link *l, struct pending *p)
{
    struct pending **at = &l->first;
    while (*at != p)
        at = &(*at)->next;
    take_off(l, at);
    if (p->was_busy)
        link_drop(l);
}

int link_receive(struct client_link *l, int max, struct arena *a, int64_t now_ms, link_done *done,
                 void *arg)
{
    int count = 0;
    zmq_msg_t message;
    zmq_msg_init(&message);
    while (l->socket && count < max && socket_receive(l->socket, &message) == 0) {
        struct id id;
        struct reply reply;
        struct msg_error error;
        const void *bytes = zmq_msg_data(&message);
        size_t size = zmq_msg_size(&message);
        count++;
        l->heard_ms = now_ms;
        l->connected = true;
        arena_reset(a);
        if (!zmq_msg_more(&message) && msg_scan(bytes, size, MSG_FRAME_MAX, &error) == 0 &&
            reply_read(bytes, size, &id, &reply, &error) == 0)
            on_reply(l, &id, &reply, now_ms, done, arg);
        else if (l->socket)
            socket_drop_rest(l->socket, &message);
    }
    zmq_msg_close(&message);
    return count;
}

/* --- timers --------------------------------------------------------------------------------- */

static bool writable(void *socket)
{
    int events = 0;
    size_t size = sizeof events;
    zmq_getsockopt(socket, ZMQ_EVENTS, &events, &size);
    return events & ZMQ_POLLOUT;
}

static int link_connect(struct client_link *l, void *zmq, const struct suite *s, int64_t now_ms)
{
    struct serving where;
    const char *endpoint = l->endpoint;
    l->connect_ms = now_ms + LINK_PAUSE_MS;
    if (!endpoint[0]) {
        if (suite_serving_read(s, l->service, l->partition, &where) < 0) {
            if (!l->refused_since_ms)
                l->refused_since_ms = now_ms;
            bool refuse = now_ms - l->refused_since_ms >= LINK_REFUSED_MS && !l->first->was_sent;
            return refuse ? -ECONNREFUSED : 0;
        }
        endpoint = where.command;
    }
    l->refused_since_ms = 0;
    int r = socket_open(zmq, SOCKET_ASK, &l->socket);
    if (r == 0)
        r = socket_connect(l->socket, endpoint);
    l->endpoint[0] = '\0'; /* one try; then what is written down */
    l->connect_ms = now_ms + LINK_CONNECT_MS;
    return r;
}

static void send_again(struct client_link *l, int64_t now_ms)
{
    for (struct pending *p = l->first; p; p = p->next)
        p->on_wire = false;
    l->on_wire = 0;
    l->backing_off = false;
    l->heard_ms = now_ms;
    send_waiting(l);
}

int link_tend(struct client_link *l, void *zmq, const struct suite *s, int64_t now_ms)
{
    if (!l->first)
        return 0;
    if (now_ms - l->first->since_ms >= CLIENT_TIMEOUT_MS)
        return l->first->was_sent ? -ETIMEDOUT : -ECONNREFUSED;
    bool can_write = l->socket && writable(l->socket);
    if (l->socket && !can_write && (l->connected || now_ms >= l->connect_ms))
        link_drop(l);
    if (!l->socket && now_ms >= l->connect_ms) {
        int r = link_connect(l, zmq, s, now_ms);
        if (r < 0)
            return r;
        can_write = l->socket && writable(l->socket);
    }
    if (!l->socket)
        return 0;
    if (can_write && !l->connected) {
        l->connected = true;
        l->heard_ms = now_ms;
    }
    if (l->backing_off && l->on_wire == 0 && now_ms >= l->retry_ms)
        l->backing_off = false;
    if (l->on_wire && now_ms - l->heard_ms >= CLIENT_RETRY_MS)
        send_again(l, now_ms);
    else
        send_waiting(l);
    return 0;
}

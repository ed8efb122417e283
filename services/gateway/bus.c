/* bus: the links, and one turn of them. */
#include "services/gateway/bus_private.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/monotonic.h"
#include "common/bus/sockets.h"

enum {
    TICK_MS = 20, /* between two looks at links that wait for something */
    LINKS_MAX = 8 * SUITE_PARTITIONS_MAX,
};

struct bus_link {
    struct client_link link;
    struct bus_link *next;
    struct bus *bus;
    void *watched; /* the link's socket whose descriptor `readable` looks at */
    int fd; /* a duplicate: the socket may be closed before we hear of it */
    struct event *readable;
    uint32_t waiting;
    bool look; /* at the next turn */
};

struct question {
    struct pending pending; /* its arg is this question */
    struct bus_link *at;
    int64_t deadline_ms;
    bus_done *done;
    void *arg;
};

struct bus {
    struct gateway *gateway;
    struct bus_link *links;
    uint32_t link_count, waiting;
    struct event *turn, *tick;
    struct arena arena; /* one message */
};

static const struct timeval SOON = { 0 };
static const struct timeval TICK = { .tv_usec = TICK_MS * 1000 };

/* Setting a timer again that has run out, but was not called yet, would put it off: for ever, where
 * a descriptor stays readable until it is called. */
static void turn_soon(struct bus *b)
{
    if (!event_pending(b->turn, EV_TIMEOUT, NULL))
        event_add(b->turn, &SOON);
}

/* --- watching a link's socket ----------------------------------------------------------------- */

static void link_ready(evutil_socket_t fd, short what, void *arg)
{
    struct bus_link *l = arg;
    (void)fd;
    (void)what;
    l->look = true;
    turn_soon(l->bus);
}

static void unwatch(struct bus_link *l)
{
    if (l->readable) {
        event_free(l->readable);
        close(l->fd);
    }
    l->readable = NULL;
    l->watched = NULL;
}

/* The descriptor tells only of changes, and any call may have taken the news: whoever has used the
 * socket asks it whether there is more. */
static void watch(struct bus_link *l)
{
    int fd, events = 0;
    size_t size = sizeof fd;
    if (l->watched != l->link.socket)
        unwatch(l);
    if (!l->link.socket)
        return;
    if (!l->watched && zmq_getsockopt(l->link.socket, ZMQ_FD, &fd, &size) == 0 &&
        (l->fd = dup(fd)) >= 0) {
        l->watched = l->link.socket;
        l->readable = event_new(l->bus->gateway->base, l->fd, EV_READ | EV_PERSIST, link_ready, l);
        if (l->readable)
            event_add(l->readable, NULL);
    }
    size = sizeof events;
    zmq_getsockopt(l->link.socket, ZMQ_EVENTS, &events, &size);
    if (events & ZMQ_POLLIN)
        link_ready(-1, 0, l);
}

/* --- answers ---------------------------------------------------------------------------------- */

static void question_end(struct question *q, int error, const struct reply *reply, struct arena *a)
{
    bus_done *done = q->done;
    void *arg = q->arg;
    q->at->waiting--;
    q->at->bus->waiting--;
    free(q->pending.frame);
    free(q);
    done(arg, error, reply, a);
}

static void on_answer(void *arg, struct pending *p, const struct reply *reply)
{
    struct bus_link *l = arg;
    question_end(p->arg, 0, reply, &l->bus->arena);
}

/* Nobody serves the partition, or the system has no sockets: everybody who waits is told. */
static void link_fail(struct bus_link *l)
{
    link_drop(&l->link);
    for (uint32_t n = l->waiting; n && l->link.first; n--) {
        struct question *q = l->link.first->arg;
        int error = q->pending.was_sent ? -ETIMEDOUT : -ECONNREFUSED;
        link_cancel(&l->link, &q->pending);
        question_end(q, error, NULL, &l->bus->arena);
    }
}

static void expire(struct bus_link *l, int64_t now)
{
    for (struct pending *p = l->link.first, *next; p; p = next) {
        struct question *q = p->arg;
        next = p->next;
        if (now < q->deadline_ms)
            continue;
        int error = p->was_busy && !p->on_wire ? -EAGAIN : p->was_sent ? -ETIMEDOUT : -ECONNREFUSED;
        link_cancel(&l->link, p);
        question_end(q, error, NULL, &l->bus->arena);
        next = l->link.first; /* whatever was done meanwhile */
    }
}

/* Returns how many messages it took. */
static int link_turn(struct bus_link *l, int budget)
{
    int64_t now = monotonic_ms();
    int n = link_receive(&l->link, budget, &l->bus->arena, now, on_answer, l);
    if (link_tend(&l->link, l->bus->gateway->zmq, l->bus->gateway->suite, now) < 0)
        link_fail(l);
    watch(l);
    return n;
}

static void bus_turn(evutil_socket_t fd, short what, void *arg)
{
    struct bus *b = arg;
    int budget = BUS_TURN_MAX;
    (void)fd;
    (void)what;
    for (struct bus_link *l = b->links; l && budget > 0; l = l->next) {
        if (!l->look)
            continue;
        l->look = false;
        budget -= link_turn(l, budget);
    }
    /* A timer and not an activation: the descriptors of HTTP are looked at in between. */
    for (struct bus_link *l = b->links; l; l = l->next)
        if (l->look)
            turn_soon(b);
}

static void bus_tick(evutil_socket_t fd, short what, void *arg)
{
    struct bus *b = arg;
    int64_t now = monotonic_ms();
    (void)fd;
    (void)what;
    for (struct bus_link *l = b->links; l; l = l->next) {
        if (!l->link.first)
            continue;
        expire(l, now);
        l->look = true;
    }
    turn_soon(b);
    if (b->waiting)
        event_add(b->tick, &TICK);
}

/* --- questions -------------------------------------------------------------------------------- */

static struct bus_link *link_find(struct bus *b, const char *service, uint32_t partition)
{
    struct bus_link **end = &b->links;
    for (; *end; end = &(*end)->next)
        if ((*end)->link.partition == partition && strcmp((*end)->link.service, service) == 0)
            return *end;
    if (b->link_count == LINKS_MAX)
        return NULL;
    struct bus_link *l = calloc(1, sizeof *l);
    if (!l)
        return NULL;
    link_init(&l->link, service, partition);
    l->bus = b;
    *end = l;
    b->link_count++;
    return l;
}

int bus_post(struct bus *b, const struct bus_where *where, const struct id *id,
             const struct msg_buffer *frame, bus_done *done, void *arg)
{
    if (frame->size > MSG_FRAME_MAX)
        return -EMSGSIZE;
    struct bus_link *l = link_find(b, where->service->name, where->partition);
    if (!l)
        return -ENOMEM;
    if (l->waiting == BUS_LINK_MAX)
        return -EBUSY;
    struct question *q = calloc(1, sizeof *q);
    uint8_t *copy = q ? malloc(frame->size) : NULL;
    if (!copy) {
        free(q);
        return -ENOMEM;
    }
    int64_t now = monotonic_ms();
    memcpy(copy, frame->at, frame->size);
    q->pending = (struct pending){ .id = *id, .frame = copy, .size = frame->size, .arg = q };
    q->at = l;
    q->deadline_ms = now + where->timeout_ms;
    q->done = done;
    q->arg = arg;
    l->waiting++;
    if (b->waiting++ == 0)
        event_add(b->tick, &TICK);
    link_add(&l->link, &q->pending, now);
    l->look = true;
    turn_soon(b);
    return 0;
}

/* --- opening and closing ---------------------------------------------------------------------- */

int bus_open(struct gateway *g, struct bus **ret)
{
    struct bus *b = calloc(1, sizeof *b);
    if (!b)
        return -ENOMEM;
    b->gateway = g;
    b->turn = evtimer_new(g->base, bus_turn, b);
    b->tick = evtimer_new(g->base, bus_tick, b);
    if (!b->turn || !b->tick) {
        bus_close(&b);
        return -ENOMEM;
    }
    *ret = b;
    return 0;
}

struct gateway *bus_gateway(const struct bus *b)
{
    return b->gateway;
}

void bus_close(struct bus **where)
{
    struct bus *b = *where;
    if (!b)
        return;
    while (b->links) {
        struct bus_link *l = b->links;
        b->links = l->next;
        link_fail(l);
        unwatch(l);
        free(l);
    }
    if (b->turn)
        event_free(b->turn);
    if (b->tick)
        event_free(b->tick);
    arena_free(&b->arena);
    free(b);
    *where = NULL;
}

/* connections: see connections.h. */
#include "services/gateway/connections.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "common/base/monotonic.h"
#include "common/suite/observe.h"
#include "services/gateway/guard.h"

enum { LOOK_S = 1, DESCRIPTORS_MAX = 65536 };

struct address { /* of a peer: 16 bytes, IPv4 mapped into IPv6 */
    uint8_t at[16];
};

struct slot {
    bool used;
    bool trusted; /* a proxy: its connections are many people's */
    struct address peer;
    int64_t since_ms; /* a request began to arrive then; 0: none has */
};

struct fresh { /* accepted, not looked at */
    struct fresh *next;
    struct bufferevent *bev;
};

struct connections {
    struct gateway *gateway;
    struct slot *slots; /* by descriptor */
    int top; /* one more than the highest descriptor seen */
    uint32_t used;
    struct fresh *fresh, **fresh_end;
    struct event *look, *admit;
    struct series *refused, *late;
};

static struct metric metrics[] = {
    { .name = "redress_gateway_connections_refused_total",
      .kind = METRIC_COUNTER,
      .help = "Connections that were closed because there were too many." },
    { .name = "redress_gateway_connections_late_total",
      .kind = METRIC_COUNTER,
      .help = "Connections that were closed because a request took too long to arrive." },
};

static bool peer_read(int fd, struct address *ret)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_storage room;
    } name = { 0 };
    socklen_t size = sizeof name;
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    if (getpeername(fd, &name.any, &size) < 0)
        return false;
    if (name.any.sa_family == AF_INET6) {
        memcpy(ret->at, &name.v6.sin6_addr, sizeof ret->at);
    } else if (name.any.sa_family == AF_INET) {
        memcpy(ret->at, mapped, sizeof mapped);
        memcpy(ret->at + sizeof mapped, &name.v4.sin_addr, 4);
    } else {
        return false;
    }
    return true;
}

static bool is_trusted(const struct gateway *g, const struct address *peer)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr v6;
    memcpy(&v6, peer->at, sizeof v6);
    if (IN6_IS_ADDR_V4MAPPED(&v6))
        inet_ntop(AF_INET, peer->at + 12, text, sizeof text);
    else
        inet_ntop(AF_INET6, peer->at, text, sizeof text);
    return guard_address(text_from(text), g->settings->trusted_proxy);
}

/* --- counting --------------------------------------------------------------------------------- */

static uint32_t count_of(const struct connections *c, const struct address *peer)
{
    uint32_t n = 0;
    for (int fd = 0; fd < c->top; fd++)
        n += c->slots[fd].used && memcmp(&c->slots[fd].peer, peer, sizeof *peer) == 0;
    return n;
}

/* Forgets the slots whose connection has ended. */
static void sweep(struct connections *c)
{
    struct address peer;
    for (int fd = 0; fd < c->top; fd++) {
        struct slot *s = &c->slots[fd];
        if (s->used && !(peer_read(fd, &peer) && memcmp(&peer, &s->peer, sizeof peer) == 0)) {
            *s = (struct slot){ 0 };
            c->used--;
        }
    }
}

static bool too_many(struct connections *c, const struct slot *s)
{
    return c->used >= HTTP_CONNECTIONS_MAX ||
           (!s->trusted && count_of(c, &s->peer) >= HTTP_ADDRESS_CONNECTIONS_MAX);
}

static void on_bytes(struct evbuffer *buffer, const struct evbuffer_cb_info *info, void *arg)
{
    struct slot *s = arg;
    (void)buffer;
    if (info->n_added && !s->since_ms)
        s->since_ms = monotonic_ms();
}

static void admit(struct connections *c, struct bufferevent *bev)
{
    int fd = bufferevent_getfd(bev);
    struct slot s = { .used = true, .since_ms = monotonic_ms() };
    if (fd < 0 || !peer_read(fd, &s.peer))
        return; /* it has ended already */
    if (fd >= DESCRIPTORS_MAX) {
        shutdown(fd, SHUT_RDWR);
        return;
    }
    c->top = fd < c->top ? c->top : fd + 1;
    if (c->slots[fd].used) {
        c->slots[fd].used = false;
        c->used--;
    }
    s.trusted = is_trusted(c->gateway, &s.peer);
    if (too_many(c, &s)) {
        sweep(c);
        if (too_many(c, &s)) {
            series_add(c->refused, 1);
            shutdown(fd, SHUT_RDWR);
            return;
        }
    }
    c->slots[fd] = s;
    c->used++;
    evbuffer_add_cb(bufferevent_get_input(bev), on_bytes, &c->slots[fd]);
}

/* The next one that was accepted, or NULL; it is the caller's reference. */
static struct bufferevent *fresh_take(struct connections *c)
{
    struct fresh *f = c->fresh;
    if (!f)
        return NULL;
    struct bufferevent *bev = f->bev;
    c->fresh = f->next;
    if (!c->fresh)
        c->fresh_end = &c->fresh;
    free(f);
    return bev;
}

static void admit_all(evutil_socket_t fd, short what, void *arg)
{
    struct connections *c = arg;
    (void)fd;
    (void)what;
    for (struct bufferevent *bev; (bev = fresh_take(c));) {
        admit(c, bev);
        bufferevent_decref(bev);
    }
}

/* evhttp wants the bufferevent of a connection before that has its descriptor: it is looked at as
 * soon as it has. */
static struct bufferevent *accepted(struct event_base *base, void *arg)
{
    struct connections *c = arg;
    struct bufferevent *bev = bufferevent_socket_new(base, -1, 0);
    struct fresh *f = bev ? malloc(sizeof *f) : NULL;
    if (!f)
        return bev;
    *f = (struct fresh){ NULL, bev };
    *c->fresh_end = f;
    c->fresh_end = &f->next;
    bufferevent_incref(bev);
    event_active(c->admit, EV_TIMEOUT, 0);
    return bev;
}

/* --- lateness --------------------------------------------------------------------------------- */

static void look(evutil_socket_t none, short what, void *arg)
{
    static const struct timeval again = { .tv_sec = LOOK_S };
    struct connections *c = arg;
    int64_t now = monotonic_ms();
    struct address peer;
    (void)none;
    (void)what;
    for (int fd = 0; fd < c->top; fd++) {
        struct slot *s = &c->slots[fd];
        if (!s->used || !s->since_ms || now - s->since_ms < HTTP_TIMEOUT_S * 1000)
            continue;
        s->since_ms = 0;
        if (peer_read(fd, &peer) && memcmp(&peer, &s->peer, sizeof peer) == 0) {
            series_add(c->late, 1);
            shutdown(fd, SHUT_RDWR);
        }
    }
    event_add(c->look, &again);
}

void connections_arrived(struct connections *c, struct evhttp_request *r)
{
    struct evhttp_connection *connection = evhttp_request_get_connection(r);
    int fd = connection ? bufferevent_getfd(evhttp_connection_get_bufferevent(connection)) : -1;
    if (fd >= 0 && fd < DESCRIPTORS_MAX)
        c->slots[fd].since_ms = 0;
}

/* --- opening ---------------------------------------------------------------------------------- */

int connections_open(struct gateway *g, struct connections **ret)
{
    static const struct timeval again = { .tv_sec = LOOK_S };
    struct connections *c = calloc(1, sizeof *c);
    if (c) {
        c->gateway = g;
        c->fresh_end = &c->fresh;
        c->slots = calloc(DESCRIPTORS_MAX, sizeof *c->slots);
        c->look = evtimer_new(g->base, look, c);
        c->admit = evtimer_new(g->base, admit_all, c);
    }
    if (!c || !c->slots || !c->look || !c->admit) {
        connections_close(&c);
        return -ENOMEM;
    }
    metrics_register(metrics, sizeof metrics / sizeof *metrics);
    c->refused = metric_series(&metrics[0], NULL);
    c->late = metric_series(&metrics[1], NULL);
    evhttp_set_bevcb(g->http, accepted, c);
    event_add(c->look, &again);
    *ret = c;
    return 0;
}

void connections_close(struct connections **where)
{
    struct connections *c = *where;
    if (!c)
        return;
    for (struct bufferevent *bev; (bev = fresh_take(c));)
        bufferevent_decref(bev);
    if (c->look)
        event_free(c->look);
    if (c->admit)
        event_free(c->admit);
    free(c->slots);
    free(c);
    *where = NULL;
}

/* client: the window of requests in flight, over one link for each partition. */
#include "common/bus/client.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <time.h>

#include "common/base/monotonic.h"
#include "common/bus/client_link.h"
#include "common/bus/client_merge.h"
#include "common/bus/sockets.h"
#include "common/service.h"

enum {
    PUMP_MS = 20, /* the longest wait between two looks at the links */
    TEND_MS = 2, /* the shortest */
    LINKS_MAX = 8 * SUITE_PARTITIONS_MAX,
    SEND_RECEIVE_EVERY = 16, /* requests between two looks for replies while the window has room */
};

struct client {
    void *zmq;
    struct suite suite;
    struct client_link *links;
    uint32_t link_count, in_window, sends;
    struct pending *free;
    int64_t tended_ms;
    struct arena arena; /* one frame, written or read */
    struct pending slots[CLIENT_WINDOW];
};

int client_open(const struct suite *s, struct client **ret)
{
    if (sodium_init() < 0)
        return -EIO;
    struct client *c = calloc(1, sizeof *c);
    if (!c)
        return -ENOMEM;
    c->zmq = sockets_context();
    if (!c->zmq) {
        free(c);
        return -EMFILE;
    }
    c->suite = *s;
    for (int i = 0; i < CLIENT_WINDOW; i++) {
        c->slots[i].next = c->free;
        c->free = &c->slots[i];
    }
    *ret = c;
    return 0;
}

void client_close(struct client **c)
{
    if (!*c)
        return;
    while ((*c)->links) {
        struct client_link *l = (*c)->links;
        (*c)->links = l->next;
        link_drop(l);
        free(l);
    }
    for (int i = 0; i < CLIENT_WINDOW; i++)
        free((*c)->slots[i].frame);
    zmq_ctx_term((*c)->zmq); /* sockets do not linger: nothing to wait for */
    arena_free(&(*c)->arena);
    free(*c);
    *c = NULL;
}

static struct client_link *link_find(struct client *c, const char *service, uint32_t partition)
{
    for (struct client_link *l = c->links; l; l = l->next)
        if (l->partition == partition && strcmp(l->service, service) == 0)
            return l;
    if (c->link_count == LINKS_MAX || strlen(service) >= sizeof c->links->service)
        return NULL;
    struct client_link *l = malloc(sizeof *l);
    if (!l)
        return NULL;
    link_init(l, service, partition);
    l->next = c->links;
    c->links = l;
    c->link_count++;
    return l;
}

/* --- the window ----------------------------------------------------------------------------- */

static void on_done(void *arg, struct pending *p, const struct reply *reply)
{
    struct client *c = arg;
    client_answered *answered = p->answered;
    uint64_t tag = p->tag;
    p->next = c->free;
    c->free = p;
    c->in_window--;
    if (answered)
        answered(p->arg, tag, reply);
}

static int receive_all(struct client *c)
{
    int64_t now = monotonic_ms();
    int count = 0;
    for (struct client_link *l = c->links; l; l = l->next)
        if (l->on_wire)
            count += link_receive(l, LINK_RECEIVE_MAX, &c->arena, now, on_done, c);
    return count;
}

/* Nobody answers: what is in the window has an unknown outcome, and nothing later may overtake it.
 */
static void abandon(struct client *c)
{
    for (struct client_link *l = c->links; l; l = l->next) {
        link_drop(l);
        while (l->first) {
            struct pending *p = l->first;
            l->first = p->next;
            p->next = c->free;
            c->free = p;
        }
        l->end = &l->first;
        l->refused_since_ms = 0;
    }
    c->in_window = 0;
}

static void wait_readable(struct client *c)
{
    zmq_pollitem_t few[16], *items = few;
    size_t count = 0;
    for (struct client_link *l = c->links; l; l = l->next)
        count += l->socket && l->first;
    if (count > sizeof few / sizeof *few)
        items = malloc(count * sizeof *items);
    if (!items || count == 0) {
        const struct timespec pause = { 0, 2000000 };
        nanosleep(&pause, NULL);
        return;
    }
    bool connecting = false;
    count = 0;
    for (struct client_link *l = c->links; l; l = l->next) {
        if (!l->socket || !l->first)
            continue;
        /* Until it is connected, wait for that. */
        short events = l->connected ? ZMQ_POLLIN : ZMQ_POLLIN | ZMQ_POLLOUT;
        connecting = connecting || !l->connected;
        items[count++] = (zmq_pollitem_t){ .socket = l->socket, .events = events };
    }
    zmq_poll(items, (int)count, connecting ? 5 : PUMP_MS);
    if (items != few)
        free(items);
}

/* Connects, sends and sends again on every link. 0, or the client has failed. */
static int tend_all(struct client *c, int64_t now)
{
    c->tended_ms = now;
    for (struct client_link *l = c->links; l; l = l->next) {
        int r = link_tend(l, c->zmq, &c->suite, now);
        if (r < 0) {
            abandon(c);
            return r;
        }
    }
    return 0;
}

/* One look at everything: receives; now and then tends the links; waits a little when nothing came.
 */
static int pump(struct client *c)
{
    bool quiet = receive_all(c) == 0;
    int64_t now = monotonic_ms();
    int r = 0;
    if (now - c->tended_ms >= TEND_MS)
        r = tend_all(c, now);
    if (r == 0 && quiet)
        wait_readable(c);
    return r;
}

static int frame_keep(struct pending *p, const struct msg_buffer *b)
{
    if (p->room < b->size) {
        uint8_t *frame = realloc(p->frame, b->size);
        if (!frame)
            return -ENOMEM;
        p->frame = frame;
        p->room = b->size;
    }
    memcpy(p->frame, b->at, b->size);
    p->size = b->size;
    return 0;
}

/* Puts a frame with this id into the window, waiting for room. */
static int frame_send(struct client *c, const char *service, uint32_t partition,
                      const struct id *id, const struct msg_buffer *b, uint64_t tag,
                      client_answered *answered, void *arg)
{
    struct client_link *l = link_find(c, service, partition);
    if (!l)
        return -ENOMEM;
    struct pending *p = c->free;
    int r = frame_keep(p, b);
    if (r < 0)
        return r;
    c->free = p->next;
    c->in_window++;
    p->id = *id;
    p->tag = tag;
    p->answered = answered;
    p->arg = arg;
    int64_t now = monotonic_ms();
    link_add(l, p, now);
    if (l->connected)
        return 0;
    r = link_tend(l, c->zmq, &c->suite, now);
    if (r < 0)
        abandon(c);
    return r;
}

static int room_wait(struct client *c)
{
    int r = 0;
    if (++c->sends % SEND_RECEIVE_EVERY == 0 && c->in_window >= CLIENT_WINDOW / 2)
        receive_all(c);
    while (r == 0 && !c->free)
        r = pump(c);
    return r;
}

static int request_send(struct client *c, const char *service, uint32_t partition,
                        const struct request *request, uint64_t tag, client_answered *answered,
                        void *arg)
{
    int r = room_wait(c);
    if (r < 0)
        return r;
    static const struct id none;
    struct request copy = *request;
    if (memcmp(&copy.id, &none, sizeof none) == 0)
        copy.id =
            id_new(real_now()); /* ids are judged by the real clock, however fast the suite runs */
    arena_reset(&c->arena);
    struct msg_buffer b = { .arena = &c->arena };
    request_write(&copy, &b);
    if (b.size > MSG_FRAME_MAX)
        return -EMSGSIZE;
    return frame_send(c, service, partition, &copy.id, &b, tag, answered, arg);
}

static uint32_t request_partition(const struct client *c, const char *service,
                                  const struct request *r, uint32_t otherwise)
{
    uint32_t count = suite_partitions(&c->suite, service);
    if (text_empty(r->client) || count == 1)
        return text_empty(r->client) ? otherwise : 0;
    return partition_of(r->client, count);
}

int client_send(struct client *c, const char *service, const struct request *r, uint64_t tag,
                client_answered *answered, void *arg)
{
    return request_send(c, service, request_partition(c, service, r, 0), r, tag, answered, arg);
}

int client_drain(struct client *c)
{
    int r = 0;
    while (r == 0 && c->in_window)
        r = pump(c);
    return r;
}

/* --- one at a time -------------------------------------------------------------------------- */

struct wanted {
    struct arena *arena;
    struct reply *reply;
    bool done;
};

static void keep_reply(void *arg, uint64_t tag, const struct reply *reply)
{
    struct wanted *w = arg;
    (void)tag;
    *w->reply = *reply;
    if (reply->result)
        w->reply->result = arena_copy(w->arena, reply->result, reply->result_size);
    w->reply->code = arena_text(w->arena, reply->code);
    w->reply->field = arena_text(w->arena, reply->field);
    w->reply->message = arena_text(w->arena, reply->message);
    w->reply->endpoint = arena_text(w->arena, reply->endpoint);
    w->reply->cursor = arena_text(w->arena, reply->cursor);
    w->done = true;
}

static int wait_for(struct client *c, const struct wanted *w)
{
    int r = 0;
    while (r == 0 && !w->done)
        r = pump(c);
    return w->done ? 0 : r;
}

int client_ask(struct client *c, const char *service, uint32_t partition, const struct request *r,
               struct arena *a, struct reply *reply)
{
    struct wanted w = { .arena = a, .reply = reply };
    int error =
        request_send(c, service, request_partition(c, service, r, partition), r, 0, keep_reply, &w);
    return error < 0 ? error : wait_for(c, &w);
}

int client_query_all(struct client *c, const char *service, const struct query_row *row,
                     const struct request *r, struct arena *a, struct reply *reply)
{
    uint32_t count = suite_partitions(&c->suite, service);
    struct reply *replies = arena_alloc(a, count * sizeof *replies);
    struct wanted *wanted = arena_alloc(a, count * sizeof *wanted);
    struct request *requests = arena_alloc(a, count * sizeof *requests);
    int error = merge_requests(row, r, count, requests, reply);
    if (error < 0)
        return error == -EINVAL ? 0 : error;
    for (uint32_t i = 0; error == 0 && i < count; i++) {
        wanted[i] = (struct wanted){ .arena = a, .reply = &replies[i] };
        if (requests[i].type.length == 0)
            wanted[i].done = true; /* this partition has given everything already */
        else
            error = request_send(c, service, i, &requests[i], 0, keep_reply, &wanted[i]);
    }
    for (uint32_t i = 0; error == 0 && i < count; i++)
        error = wait_for(c, &wanted[i]);
    if (error < 0) {
        /* Their places are on this stack: no answer may come later. */
        abandon(c);
        return error;
    }
    return merge_replies(row, r, requests, replies, count, a, reply);
}

int client_ask_process(struct client *c, const char *service, uint32_t partition, const char *op,
                       struct arena *a, const void **ret, size_t *ret_size)
{
    struct reply reply;
    struct wanted w = { .arena = a, .reply = &reply };
    int r = room_wait(c);
    if (r < 0)
        return r;
    struct id id = id_new(real_now());
    char id_text[ID_TEXT + 1];
    id_print(&id, id_text);
    arena_reset(&c->arena);
    struct msg_buffer b = { .arena = &c->arena };
    msg_put_map(&b, 2);
    msg_put_key(&b, "op");
    msg_put_text(&b, text_from(op));
    msg_put_key(&b, "id");
    msg_put_text(&b, text_from(id_text));
    r = frame_send(c, service, partition, &id, &b, 0, keep_reply, &w);
    int64_t until = monotonic_ms() + CLIENT_PROCESS_MS;
    while (r == 0 && !w.done)
        r = monotonic_ms() < until ? pump(c) : -ETIMEDOUT;
    if (!w.done) {
        abandon(c); /* its place is on this stack: no answer may come later */
        return r;
    }
    if (reply.status != STATUS_ok || !reply.result)
        return -EBADMSG;
    struct text t;
    *ret = reply.result;
    *ret_size = reply.result_size;
    if (msg_read_text(reply.result, reply.result_size, &t) == 0) {
        *ret = t.at;
        *ret_size = t.length;
    }
    return 0;
}

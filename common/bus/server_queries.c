/* server_queries: the thread that answers the queries of one partition, from read transactions of
 * its own. The turn passes requests on as they came, route in front, and sends back what it gets.
 * An empty message ends the thread. */
#include <errno.h>
#include <string.h>

#include "common/bus/server.h"
#include "common/bus/sockets.h"
#include "common/store/partition_reader.h"

static void answer(struct server *s, zmq_msg_t *body, struct arena *a)
{
    struct request q;
    struct reply reply = { 0 };
    struct msg_error error;
    arena_reset(a);
    /* It was read before; only its lists were not kept. */
    if (request_read(zmq_msg_data(body), zmq_msg_size(body), a, &q, &error) < 0)
        return;
    q.principal = SERVER_LOCAL;
    if (text_empty(q.actor))
        q.actor = SERVER_LOCAL;
    reader_query(s->query_reader, &q, suite_now(&s->process->suite.clock), a, &reply);
    struct msg_buffer b = { .arena = a };
    reply_write(&q.id, &reply, &b);
    zmq_msg_close(body);
    zmq_msg_init_size(body, b.size);
    memcpy(zmq_msg_data(body), b.at, b.size);
}

void *queries_main(void *server)
{
    struct server *s = server;
    struct arena a = { 0 };
    zmq_msg_t route, body;
    zmq_pollitem_t item = { .socket = s->query_inside, .events = ZMQ_POLLIN };
    zmq_msg_init(&route);
    zmq_msg_init(&body);
    for (;;) {
        int r = socket_receive(s->query_inside, &route);
        if (r == -EAGAIN) {
            zmq_poll(&item, 1, THREAD_WAIT_MS);
            continue;
        }
        if (r < 0 || !zmq_msg_more(&route))
            break;
        socket_receive(s->query_inside, &body);
        answer(s, &body, &a);
        /* The turn bounds how many are under way, so there is always room. */
        zmq_msg_send(&route, s->query_inside, ZMQ_SNDMORE);
        zmq_msg_send(&body, s->query_inside, 0);
    }
    zmq_msg_close(&route);
    zmq_msg_close(&body);
    arena_free(&a);
    return NULL;
}

/* server_requests: reads what clients ask, and answers. */
#include <errno.h>
#include <string.h>

#include "common/bus/server.h"
#include "common/bus/sockets.h"

const struct text SERVER_LOCAL = TEXT_OF("local");

/* --- places --------------------------------------------------------------------------------- */

void requests_init(struct server *s)
{
    for (size_t i = 0; i < sizeof s->pool / sizeof *s->pool; i++) {
        struct asked *a = &s->pool[i];
        zmq_msg_init(&a->route);
        zmq_msg_init(&a->body);
        a->next = s->unused;
        s->unused = a;
    }
    s->deferred_end = &s->deferred;
}

void requests_free(struct server *s)
{
    for (size_t i = 0; i < sizeof s->pool / sizeof *s->pool; i++) {
        zmq_msg_close(&s->pool[i].route);
        zmq_msg_close(&s->pool[i].body);
    }
}

static struct asked *place_take(struct server *s)
{
    struct asked *a = s->unused;
    s->unused = a->next;
    a->request = (struct request){ 0 };
    a->reply = (struct reply){ 0 };
    a->waits = WAITS_NOT;
    return a;
}

/* The messages may stay: receiving into them releases what they hold; a large body is not kept that
 * long. */
static void place_give(struct server *s, struct asked *a)
{
    if (zmq_msg_size(&a->body)) {
        zmq_msg_close(&a->body);
        zmq_msg_init(&a->body);
    }
    a->next = s->unused;
    s->unused = a;
}

/* --- answers -------------------------------------------------------------------------------- */

/* A peer that is gone, or that does not read, misses its reply: it asks again with the same id. */
static void send_reply(struct server *s, zmq_msg_t *route, const struct id *id,
                       const struct reply *reply)
{
    series_add(s->metrics.commands[reply->status], 1);
    if (socket_send_first(s->command, route) < 0)
        return;
    s->buffer.size = 0;
    reply_write(id, reply, &s->buffer);
    socket_send_buffer(s->command, &s->buffer, 0);
}

void requests_answer(struct server *s, struct asked *a)
{
    send_reply(s, &a->route, &a->request.id, &a->reply);
    place_give(s, a);
}

/* Also of a frame that is over a limit: the peer then knows which of its requests it was. */
static bool frame_id(zmq_msg_t *body, struct id *ret)
{
    struct text text;
    const void *value;
    size_t size;
    return msg_member(zmq_msg_data(body), zmq_msg_size(body), "id", &value, &size) == 0 &&
           msg_read_text(value, size, &text) == 0 && id_parse(text, ret) == 0;
}

static void answer_invalid(struct server *s, struct asked *a, const struct msg_error *error)
{
    struct id id;
    bool has_id = frame_id(&a->body, &id);
    a->reply = (struct reply){ .status = STATUS_invalid,
                               .field = text_from(error->field),
                               .message = text_from(error->rule) };
    send_reply(s, &a->route, has_id ? &id : NULL, &a->reply);
    place_give(s, a);
}

void requests_busy(struct server *s, struct asked *a)
{
    if (!a->request.query)
        busy_order_mark(&s->busy, zmq_msg_data(&a->route), zmq_msg_size(&a->route), &a->request.id,
                        s->now_ms);
    a->reply = (struct reply){ .status = STATUS_busy, .retry_after_ms = BUSY_RETRY_MS };
    requests_answer(s, a);
}

static void answer_moved(struct server *s, struct asked *a, uint32_t partition)
{
    char endpoint[SUITE_ENDPOINT_MAX];
    suite_endpoint(&s->process->suite, s->service->name, partition, "command", endpoint);
    a->reply = (struct reply){ .status = STATUS_moved, .endpoint = text_from(endpoint) };
    requests_answer(s, a);
}

/* --- queries -------------------------------------------------------------------------------- */

/* A query goes to its thread as it came, with its route in front; the answer comes back likewise.
 */
void requests_query(struct server *s, struct asked *a)
{
    if (s->queries_under_way >= QUERIES_MAX || socket_send_first(s->queries, &a->route) < 0) {
        requests_busy(s, a);
        return;
    }
    zmq_msg_send(&a->body, s->queries, ZMQ_DONTWAIT);
    s->queries_under_way++;
    series_add(s->metrics.queries, 1);
    place_give(s, a);
}

void requests_query_answers(struct server *s)
{
    zmq_msg_t route, body;
    zmq_msg_init(&route);
    zmq_msg_init(&body);
    for (int i = 0; i < ANSWERS_MAX && socket_receive(s->queries, &route) == 0; i++) {
        socket_receive(s->queries, &body);
        s->queries_under_way--;
        s->worked = true;
        if (socket_send_first(s->command, &route) == 0)
            zmq_msg_send(&body, s->command, ZMQ_DONTWAIT);
    }
    zmq_msg_close(&route);
    zmq_msg_close(&body);
}

/* --- commands ------------------------------------------------------------------------------- */

bool requests_try(struct server *s, struct asked *a)
{
    if (!follow_rebuilt(s, NULL))
        return false;
    server_begin(s);
    partition_command(s->partition, &a->request, s->now, &a->reply);
    s->full = s->full || a->reply.status == STATUS_full;
    return a->reply.status != STATUS_wait;
}

void requests_execute(struct server *s, struct asked *a)
{
    if (requests_try(s, a))
        s->batch[s->batch_count++] = a;
    else
        deferred_add(s, a, WAITS_COPY);
}

static void offer_command(struct server *s, struct asked *a)
{
    bool same;
    uint32_t count = suite_partitions(&s->process->suite, s->service->name);
    uint32_t home = count == 1 ? 0 : partition_of(a->request.client, count);
    if (home != s->number && a->request.client.length) {
        answer_moved(s, a, home);
    } else if (busy_order_check(&s->busy, zmq_msg_data(&a->route), zmq_msg_size(&a->route),
                                &a->request.id, s->now_ms)) {
        requests_busy(s, a);
    } else if (deferred_blocks(s, a, &same)) {
        if (same)
            place_give(s, a); /* the one that waits will be answered */
        else
            deferred_add(s, a, WAITS_ORDER);
    } else if (!deferred_after(s, &a->request)) {
        deferred_add(s, a, WAITS_AFTER);
    } else {
        requests_execute(s, a);
    }
}

static void offer_query(struct server *s, struct asked *a)
{
    uint32_t count = suite_partitions(&s->process->suite, s->service->name);
    bool here = text_empty(a->request.client) || count == 1 ||
                partition_of(a->request.client, count) == s->number;
    if (!here)
        answer_moved(s, a, partition_of(a->request.client, count));
    else if (!deferred_after(s, &a->request))
        deferred_add(s, a, WAITS_AFTER);
    else
        requests_query(s, a);
}

/* The operations beside the contract: health, metrics. */
static bool answer_operation(struct server *s, struct asked *a)
{
    struct id id;
    struct text op;
    const void *value;
    size_t size;
    if (msg_member(zmq_msg_data(&a->body), zmq_msg_size(&a->body), "op", &value, &size) < 0 ||
        msg_read_text(value, size, &op) < 0 || !health_answer(s, op, &a->reply))
        return false;
    bool has_id = frame_id(&a->body, &id);
    send_reply(s, &a->route, has_id ? &id : NULL, &a->reply);
    place_give(s, a);
    return true;
}

static void offer(struct server *s, struct asked *a, bool opening)
{
    struct msg_error error;
    const void *frame = zmq_msg_data(&a->body);
    size_t size = zmq_msg_size(&a->body);
    if (msg_scan(frame, size, MSG_FRAME_MAX, &error) < 0) {
        answer_invalid(s, a, &error);
        return;
    }
    if (request_read(frame, size, &s->arena, &a->request, &error) < 0) {
        if (!answer_operation(s, a))
            answer_invalid(s, a, &error);
        return;
    }
    a->request.principal = SERVER_LOCAL;
    if (text_empty(a->request.actor))
        a->request.actor = SERVER_LOCAL;
    if (opening)
        requests_busy(s, a);
    else if (a->request.query)
        offer_query(s, a);
    else
        offer_command(s, a);
}

/* Receives one request: 0, or -EAGAIN. A message of another number of parts is answered, and
 * dropped. */
static int receive(struct server *s, struct asked *a, bool *ret_whole)
{
    int r = socket_receive(s->command, &a->route);
    if (r < 0)
        return r;
    bool more = zmq_msg_more(&a->route);
    *ret_whole = more && socket_receive(s->command, &a->body) == 0 && !zmq_msg_more(&a->body);
    if (more && !*ret_whole)
        socket_drop_rest(s->command, &a->body);
    return 0;
}

void requests_receive(struct server *s, bool opening)
{
    static const struct msg_error parts = { .rule = "must be one frame" };
    size_t bytes = 0;
    for (int i = 0; i < BATCH_MAX && bytes < BATCH_BYTES_MAX; i++) {
        bool whole;
        struct asked *a = place_take(s);
        if (receive(s, a, &whole) < 0) {
            place_give(s, a);
            break;
        }
        s->worked = true;
        bytes += zmq_msg_size(&a->body);
        if (whole)
            offer(s, a, opening);
        else
            answer_invalid(s, a, &parts);
    }
}

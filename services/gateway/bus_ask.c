/* bus_ask: questions to one partition, to each, and to all of them as one. */
#include "services/gateway/bus_private.h"

#include <errno.h>
#include <stdlib.h>

#include "common/bus/client_merge.h"
#include "services/registry.h"

static const struct id NO_ID;

void bus_keep(struct reply *ret, const struct reply *reply, struct arena *a)
{
    *ret = *reply;
    if (reply->result)
        ret->result = arena_copy(a, reply->result, reply->result_size);
    ret->code = arena_text(a, reply->code);
    ret->field = arena_text(a, reply->field);
    ret->message = arena_text(a, reply->message);
    ret->endpoint = arena_text(a, reply->endpoint);
    ret->cursor = arena_text(a, reply->cursor);
}

int bus_ask_partition(struct bus *b, const struct service_type *s, uint32_t partition,
                      const struct request *r, bus_done *done, void *arg)
{
    struct arena arena = { 0 };
    struct msg_buffer frame = { .arena = &arena };
    struct request copy = *r;
    /* Ids are judged by the real clock, however fast the suite runs. */
    if (memcmp(&copy.id, &NO_ID, sizeof NO_ID) == 0)
        copy.id = id_new(real_now());
    request_write(&copy, &frame);
    const struct bus_where where = { s, partition, BUS_TIMEOUT_MS };
    int error = bus_post(b, &where, &copy.id, &frame, done, arg);
    arena_free(&arena);
    return error;
}

int bus_ask(struct bus *b, const struct service_type *s, const struct request *r, bus_done *done,
            void *arg)
{
    uint32_t count = suite_partitions(bus_gateway(b)->suite, s->name);
    uint32_t partition = count > 1 ? partition_of(r->client, count) : 0;
    return bus_ask_partition(b, s, partition, r, done, arg);
}

/* --- each ------------------------------------------------------------------------------------- */

struct part {
    struct each *each;
    struct bus_answer *answer;
};

struct each { /* allocated; ends when the last part has come */
    struct bus *bus;
    struct arena arena;
    struct part *parts;
    struct bus_answer *answers;
    uint32_t count, missing;
    bus_all_done *done;
    void *arg;
};

static void each_end(evutil_socket_t fd, short what, void *arg)
{
    struct each *e = arg;
    (void)fd;
    (void)what;
    e->done(e->arg, e->answers, e->count, &e->arena);
    arena_free(&e->arena);
    free(e);
}

static struct each *each_new(struct bus *b, uint32_t count, bus_all_done *done, void *arg)
{
    struct each *e = calloc(1, sizeof *e);
    if (!e)
        return NULL;
    *e = (struct each){ .bus = b, .count = count, .done = done, .arg = arg };
    e->parts = arena_alloc(&e->arena, (count + 1) * sizeof *e->parts);
    e->answers = arena_alloc(&e->arena, (count + 1) * sizeof *e->answers);
    for (uint32_t i = 0; i < count; i++)
        e->parts[i] = (struct part){ e, &e->answers[i] };
    /* One more than is asked: nothing ends before all was asked. */
    e->missing = 1;
    return e;
}

static void part_came(void *arg, int error, const struct reply *reply, struct arena *a)
{
    struct part *p = arg;
    (void)a;
    p->answer->error = error;
    if (reply)
        bus_keep(&p->answer->reply, reply, &p->each->arena);
    if (--p->each->missing == 0)
        each_end(-1, 0, p->each);
}

/* What could not even be asked is an answer too. */
static void part_asked(struct part *p, int error)
{
    p->answer->error = error;
    p->each->missing += error == 0;
}

static void each_asked(struct each *e)
{
    static const struct timeval soon = { 0 };
    if (--e->missing == 0)
        event_base_once(bus_gateway(e->bus)->base, -1, EV_TIMEOUT, each_end, e, &soon);
}

int bus_ask_each(struct bus *b, const struct service_type *s, const struct request *r,
                 bus_all_done *done, void *arg)
{
    uint32_t count = suite_partitions(bus_gateway(b)->suite, s->name);
    struct each *e = each_new(b, count, done, arg);
    if (!e)
        return -ENOMEM;
    for (uint32_t p = 0; p < count; p++) {
        e->answers[p] = (struct bus_answer){ .service = s, .partition = p };
        part_asked(&e->parts[p], bus_ask_partition(b, s, p, r, part_came, &e->parts[p]));
    }
    each_asked(e);
    return 0;
}

int bus_inquire(struct bus *b, const char *op, bus_all_done *done, void *arg)
{
    const struct suite *suite = bus_gateway(b)->suite;
    uint32_t count = 0, n = 0;
    for (const struct service_type *const *s = services; *s; s++)
        count += suite_partitions(suite, (*s)->name);
    struct each *e = each_new(b, count, done, arg);
    if (!e)
        return -ENOMEM;
    for (const struct service_type *const *s = services; *s; s++) {
        for (uint32_t p = 0; p < suite_partitions(suite, (*s)->name); p++, n++) {
            char text[ID_TEXT + 1];
            struct id id = id_new(real_now());
            struct msg_buffer frame = { .arena = &e->arena };
            const struct bus_where where = { *s, p, BUS_INQUIRY_MS };
            id_print(&id, text);
            msg_put_map(&frame, 2);
            msg_put_key(&frame, "op");
            msg_put_key(&frame, op);
            msg_put_key(&frame, "id");
            msg_put_key(&frame, text);
            e->answers[n] = (struct bus_answer){ .service = *s, .partition = p };
            part_asked(&e->parts[n], bus_post(b, &where, &id, &frame, part_came, &e->parts[n]));
        }
    }
    each_asked(e);
    return 0;
}

/* --- all as one ------------------------------------------------------------------------------- */

struct merged {
    struct arena arena; /* the request and its parts */
    const struct query_row *row;
    struct request request, *requests;
    bus_done *done;
    void *arg;
};

static void merged_end(struct merged *m, int error, const struct reply *reply, struct arena *a)
{
    m->done(m->arg, error, reply, a);
    arena_free(&m->arena);
    free(m);
}

static void merged_came(void *arg, const struct bus_answer *answers, uint32_t count,
                        struct arena *a)
{
    struct merged *m = arg;
    struct reply reply = { 0 }, *replies = arena_alloc(a, (count + 1) * sizeof *replies);
    for (uint32_t i = 0; i < count; i++) {
        if (answers[i].error < 0) {
            merged_end(m, answers[i].error, NULL, a);
            return;
        }
        replies[i] = answers[i].reply;
    }
    int error = merge_replies(m->row, &m->request, m->requests, replies, count, a, &reply);
    merged_end(m, error, error < 0 ? NULL : &reply, a);
}

/* The parts of a merged request live as long as the question: their texts are the caller's, and so
 * are its parameters, which settle what was summed. */
static void merged_copy(struct merged *m, const struct request *r)
{
    m->request = *r;
    m->request.type = arena_text(&m->arena, r->type);
    m->request.cursor = arena_text(&m->arena, r->cursor);
    m->request.data = arena_copy(&m->arena, r->data, r->data_size);
}

static void invalid_later(evutil_socket_t fd, short what, void *arg)
{
    struct merged *m = arg;
    static const struct reply reply = { .status = STATUS_invalid,
                                        .field = TEXT_OF("cursor"),
                                        .message = TEXT_OF("is not one that this query gave") };
    (void)fd;
    (void)what;
    merged_end(m, 0, &reply, &m->arena);
}

int bus_ask_all(struct bus *b, const struct service_type *s, const struct query_row *row,
                const struct request *r, bus_done *done, void *arg)
{
    static const struct timeval soon = { 0 };
    uint32_t count = suite_partitions(bus_gateway(b)->suite, s->name);
    struct reply reply;
    struct merged *m = calloc(1, sizeof *m);
    struct each *e = m ? each_new(b, count, merged_came, m) : NULL;
    if (!e) {
        free(m);
        return -ENOMEM;
    }
    *m = (struct merged){ .row = row, .done = done, .arg = arg };
    merged_copy(m, r);
    m->requests = arena_alloc(&m->arena, (count + 1) * sizeof *m->requests);
    if (merge_requests(row, &m->request, count, m->requests, &reply) < 0) {
        arena_free(&e->arena);
        free(e);
        event_base_once(bus_gateway(b)->base, -1, EV_TIMEOUT, invalid_later, m, &soon);
        return 0;
    }
    for (uint32_t p = 0; p < count; p++) {
        e->answers[p] = (struct bus_answer){ .service = s, .partition = p };
        if (!text_empty(m->requests[p].type)) /* else it has given everything already */
            part_asked(&e->parts[p],
                       bus_ask_partition(b, s, p, &m->requests[p], part_came, &e->parts[p]));
    }
    each_asked(e);
    return 0;
}

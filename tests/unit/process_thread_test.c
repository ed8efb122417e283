/* process_thread_test: services on the bus as their clients see them: commands, pages, order,
 * waiting, hostile frames, timers. */
#include "tests/unit/bus_rig.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/bus/sockets.h"

static const struct text nobody = TEXT_OF("");

/* --- raw connections ------------------------------------------------------------------------ */

struct raw {
    void *zmq, *socket;
    struct arena arena;
};

static struct raw raw_open(struct bus_rig *g, const char *service, uint32_t partition)
{
    struct raw r = { .zmq = sockets_context() };
    char endpoint[SUITE_ENDPOINT_MAX];
    int wait = RIG_WAIT_MS;
    suite_endpoint(&g->suite, service, partition, "command", endpoint);
    assert_int_equal(socket_open(r.zmq, SOCKET_FETCH, &r.socket), 0);
    zmq_setsockopt(r.socket, ZMQ_RCVTIMEO, &wait, sizeof wait);
    zmq_setsockopt(r.socket, ZMQ_SNDTIMEO, &wait, sizeof wait);
    assert_int_equal(socket_connect(r.socket, endpoint), 0);
    return r;
}

static void raw_close(struct raw *r)
{
    socket_close(&r->socket);
    zmq_ctx_term(r->zmq);
    arena_free(&r->arena);
}

static void raw_send(struct raw *r, const void *bytes, size_t size)
{
    assert_int_equal(zmq_send(r->socket, bytes, size, 0), size);
}

static void raw_ask(struct raw *r, const struct request *q)
{
    struct msg_buffer b = { .arena = &r->arena };
    request_write(q, &b);
    raw_send(r, b.at, b.size);
}

static struct reply raw_receive(struct raw *r, struct id *ret_id)
{
    zmq_msg_t message;
    struct reply reply;
    struct msg_error error;
    zmq_msg_init(&message);
    assert_true(zmq_msg_recv(&message, r->socket, 0) >= 0);
    size_t size = zmq_msg_size(&message);
    void *bytes = arena_copy(&r->arena, zmq_msg_data(&message), size);
    zmq_msg_close(&message);
    assert_int_equal(msg_scan(bytes, size, MSG_FRAME_MAX, &error), 0);
    assert_int_equal(reply_read(bytes, size, ret_id, &reply, &error), 0);
    return reply;
}

static enum status raw_status(struct raw *r, const struct request *q)
{
    struct id id;
    raw_ask(r, q);
    struct reply reply = raw_receive(r, &id);
    assert_memory_equal(&id, &q->id, sizeof id);
    return reply.status;
}

static struct after *after_tally(struct bus_rig *g, uint32_t partition, uint64_t sequence)
{
    struct after *after = arena_alloc(&g->arena, sizeof *after);
    *after =
        (struct after){ .service = TEXT_OF("tally"), .partition = partition, .sequence = sequence };
    return after;
}

/* --- commands and queries ------------------------------------------------------------------- */

static void commands_reach_their_partition(void **state)
{
    struct bus_rig *g = *state;
    struct sums before = bus_totals(g);
    uint64_t heads[RIG_PARTITIONS] = { 0 };
    for (uint32_t i = 0; i < 10; i++) {
        struct text client = bus_client(g, i % RIG_PARTITIONS, "reach");
        struct reply reply = bus_add(g, client, "mails", 3);
        assert_int_equal(reply.status, STATUS_ok);
        assert_true(reply.sequence > heads[i % RIG_PARTITIONS]);
        heads[i % RIG_PARTITIONS] = reply.sequence;
    }
    struct sums sums = bus_totals(g);
    assert_int_equal(sums.adds - before.adds, 10);
    assert_int_equal(sums.total - before.total, 30);
}

static void refusals_and_errors_come_back(void **state)
{
    struct bus_rig *g = *state;
    struct text client = bus_client(g, 0, "refused");
    struct reply reply = bus_add(g, client, "mails", -1);
    assert_int_equal(reply.status, STATUS_refused);
    assert_true(text_equal(reply.code, text_from("below_zero")));
    reply = bus_add(g, client, "mails", 100000);
    assert_int_equal(reply.status, STATUS_invalid);
    assert_true(text_equal(reply.field, text_from("amount")));
}

struct counted {
    int ok, other;
    uint64_t last[RIG_PARTITIONS];
    bool ordered;
};

static void count(void *arg, uint64_t tag, const struct reply *reply)
{
    struct counted *c = arg;
    c->ok += reply->status == STATUS_ok;
    c->other += reply->status != STATUS_ok;
    if (reply->sequence <= c->last[tag])
        c->ordered = false;
    c->last[tag] = reply->sequence;
}

static void many_at_speed_stay_in_order(void **state)
{
    struct bus_rig *g = *state;
    struct counted c = { .ordered = true };
    struct text clients[RIG_PARTITIONS] = { bus_client(g, 0, "speed"), bus_client(g, 1, "speed") };
    for (uint32_t i = 0; i < 2000; i++) {
        struct request r = bus_add_request(g, clients[i % 2], "fast");
        assert_int_equal(client_send(g->client, "tally", &r, i % 2, count, &c), 0);
    }
    assert_int_equal(client_drain(g->client), 0);
    assert_int_equal(c.ok, 2000);
    assert_int_equal(c.other, 0);
    assert_true(c.ordered);
}

static void asked_twice_is_done_once(void **state)
{
    struct bus_rig *g = *state;
    struct request r = bus_make_request(g, bus_client(g, 1, "twice"));
    struct reply first = bus_ask(g, "tally", &r), second = bus_ask(g, "tally", &r);
    assert_int_equal(first.sequence, second.sequence);
    assert_false(first.replayed);
    assert_true(second.replayed);
}

/* All pages of tally.counters of a prefix of clients, by a merged cursor. */
static void pages_of_two_partitions_are_one_list(void **state)
{
    struct bus_rig *g = *state;
    for (uint32_t i = 0; i < 14; i++) {
        char name[16];
        snprintf(name, sizeof name, "page-%u", i);
        bus_add(g, bus_client(g, i % 2, "pages"), name, (int64_t)(i * 7 % 14));
    }
    struct reply all = bus_query(g, "tally.counters", 500, nobody);
    assert_int_equal(all.status, STATUS_ok);
    assert_int_equal(all.cursor.length, 0);
    for (uint32_t limit = 1; limit < 9; limit += 3) {
        struct msg_buffer joined = { .arena = &g->arena };
        struct text cursor = nobody;
        int pages = 0;
        do {
            struct reply page = bus_query(g, "tally.counters", limit, cursor);
            assert_int_equal(page.status, STATUS_ok);
            const uint8_t *at = page.result;
            assert_true((at[0] & 0xf0) == 0x90 && (at[0] & 0x0f) <= limit);
            msg_put_raw(&joined, at + 1, page.result_size - 1);
            cursor = page.cursor;
            assert_true(++pages < 1000);
        } while (cursor.length);
        /* The same rows in the same order as in one page, but for the header of the list. */
        const uint8_t *whole = all.result;
        size_t header = whole[0] == 0xdc ? 3 : 1;
        assert_int_equal(joined.size, all.result_size - header);
        assert_memory_equal(joined.at, whole + header, joined.size);
    }
    struct reply wrong = bus_query(g, "tally.counters", 5, text_from("nonsense"));
    assert_int_equal(wrong.status, STATUS_invalid);
    assert_true(text_equal(wrong.field, text_from("cursor")));
}

static void health_and_metrics(void **state)
{
    struct bus_rig *g = *state;
    const void *bytes, *value;
    size_t size, value_size;
    struct text text;
    assert_int_equal(client_ask_process(g->client, "tally", 1, "health", &g->arena, &bytes, &size),
                     0);
    assert_int_equal(msg_member(bytes, size, "service", &value, &value_size), 0);
    assert_int_equal(msg_read_text(value, value_size, &text), 0);
    assert_true(text_equal(text, text_from("tally")));
    assert_int_equal(msg_member(bytes, size, "ready", &value, &value_size), 0);
    assert_memory_equal(value, "\xc3", 1);
    assert_true(msg_member(bytes, size, "reason", &value, &value_size) < 0);
    assert_int_equal(client_ask_process(g->client, "tally", 1, "metrics", &g->arena, &bytes, &size),
                     0);
    assert_non_null(memmem(bytes, size, "redress_commit_seconds", 22));
}

/* --- order and waiting ---------------------------------------------------------------------- */

static void the_wrong_partition_says_where(void **state)
{
    struct bus_rig *g = *state;
    struct raw r = raw_open(g, "tally", 0);
    struct request q = bus_add_request(g, bus_client(g, 1, "moved"), "mails");
    char endpoint[SUITE_ENDPOINT_MAX];
    struct id id;
    raw_ask(&r, &q);
    struct reply reply = raw_receive(&r, &id);
    suite_endpoint(&g->suite, "tally", 1, "command", endpoint);
    assert_int_equal(reply.status, STATUS_moved);
    assert_true(text_equal(reply.endpoint, text_from(endpoint)));
    raw_close(&r);
}

static void nobody_overtakes_a_busy_command(void **state)
{
    struct bus_rig *g = *state;
    struct raw r = raw_open(g, "tally", 0);
    struct text client = bus_client(g, 0, "busy");
    uint64_t head = bus_add(g, client, "mails", 1).sequence;
    struct request first = bus_add_request(g, client, "first"),
                   second = bus_add_request(g, client, "next");
    first.after = after_tally(g, 0, head + 1);
    first.after_count = 1;
    struct id id;
    raw_ask(&r, &first);
    raw_ask(&r, &second); /* waits behind it, and is told busy with it */
    assert_int_equal(raw_receive(&r, &id).status, STATUS_busy);
    assert_memory_equal(&id, &first.id, sizeof id);
    assert_int_equal(raw_receive(&r, &id).status, STATUS_busy);
    assert_memory_equal(&id, &second.id, sizeof id);
    assert_int_equal(bus_add(g, client, "mails", 1).sequence, head + 1);
    assert_int_equal(raw_status(&r, &second), STATUS_busy);
    assert_int_equal(raw_status(&r, &first), STATUS_ok);
    assert_int_equal(raw_status(&r, &second), STATUS_ok);
    raw_close(&r);
}

/* Until so many requests wait at that partition. */
static void until_waiting(struct bus_rig *g, uint32_t partition, int64_t wanted)
{
    int64_t waiting = 0, until = bus_now_ms() + RIG_WAIT_MS;
    while (waiting != wanted) {
        const void *bytes, *value;
        size_t size, value_size;
        assert_true(bus_now_ms() < until);
        assert_int_equal(
            client_ask_process(g->client, "tally", partition, "health", &g->arena, &bytes, &size),
            0);
        assert_int_equal(msg_member(bytes, size, "waiting", &value, &value_size), 0);
        assert_int_equal(msg_read_integer(value, value_size, &waiting), 0);
    }
}

static void a_waiting_command_goes_on_when_it_may(void **state)
{
    struct bus_rig *g = *state;
    struct raw r = raw_open(g, "tally", 1);
    struct text client = bus_client(g, 1, "wait");
    uint64_t head = bus_add(g, client, "mails", 1).sequence;
    struct request first = bus_add_request(g, client, "mails"),
                   second = bus_add_request(g, client, "mails");
    first.after = after_tally(g, 1, head + 1);
    first.after_count = 1;
    raw_ask(&r, &first);
    raw_ask(&r, &first); /* asked twice: answered once */
    raw_ask(&r, &second);
    until_waiting(g, 1, 2);
    assert_int_equal(bus_add(g, client, "other", 1).sequence, head + 1);
    struct id id;
    struct reply reply = raw_receive(&r, &id);
    assert_memory_equal(&id, &first.id, sizeof id);
    assert_int_equal(reply.sequence, head + 2);
    reply = raw_receive(&r, &id);
    assert_memory_equal(&id, &second.id, sizeof id);
    assert_int_equal(reply.sequence, head + 3);
    raw_close(&r);
}

static void hostile_frames_are_answered(void **state)
{
    static const struct text frames[] = {
        TEXT_OF(""),
        TEXT_OF("\xc1"),
        TEXT_OF("\xdf\xff\xff\xff\xff"),
        TEXT_OF("\x80"),
        TEXT_OF("\x81\xa2op\xa4"
                "drop"),
        TEXT_OF("GET / HTTP/1.1\r\n"),
    };
    struct bus_rig *g = *state;
    struct raw r = raw_open(g, "tally", 0);
    struct id id;
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
        raw_send(&r, frames[i].at, frames[i].length);
        assert_int_equal(raw_receive(&r, &id).status, STATUS_invalid);
    }
    zmq_send(r.socket, "a", 1, ZMQ_SNDMORE);
    zmq_send(r.socket, "b", 1, 0);
    assert_int_equal(raw_receive(&r, &id).status, STATUS_invalid);
    struct request q = bus_add_request(g, bus_client(g, 0, "hostile"), "mails");
    assert_int_equal(raw_status(&r, &q), STATUS_ok);
    raw_close(&r);
}

/* --- timers and claims ---------------------------------------------------------------------- */

static void a_timer_rings(void **state)
{
    struct bus_rig *g = *state;
    struct text client = bus_client(g, 0, "timer");
    const struct counter_add add = {
        .name = TEXT_OF("clock"), .amount = 1, .every = 300 * 1000, .has.every = true
    };
    struct request r = bus_request(g, &tally_service, "counter.add", client, &add);
    struct reply reply = bus_ask(g, "tally", &r);
    /* Two rings are two events behind it, and nobody else writes there. */
    struct request q = bus_add_request(g, client, "later");
    q.after = after_tally(g, 0, reply.sequence + 2);
    q.after_count = 1;
    assert_int_equal(bus_ask(g, "tally", &q).status, STATUS_ok);
    const struct counter_add rare = {
        .name = TEXT_OF("clock"), .amount = 1, .every = HOURS, .has.every = true
    };
    r = bus_request(g, &tally_service, "counter.add", client, &rare);
    assert_int_equal(bus_ask(g, "tally", &r).status, STATUS_ok);
}

static void nobody_serves(void **state)
{
    struct bus_rig *g = *state;
    struct reply reply;
    struct request r = bus_add_request(g, bus_client(g, 0, "nobody"), "mails");
    assert_int_equal(client_ask(g->client, "sip", 0, &r, &g->arena, &reply), -ECONNREFUSED);
    assert_int_equal(client_ask(g->client, "tally", 0, &r, &g->arena, &reply), 0);
}

static void a_second_owner_is_refused(void **state)
{
    struct bus_rig *g = *state;
    struct process *second = NULL;
    struct msg_error error;
    const uint32_t partition = 1, none = RIG_PARTITIONS;
    struct process_options o = { .service = &tally_service,
                                 .options = g->tally_options,
                                 .suite = &g->suite,
                                 .partitions = &partition,
                                 .count = 1,
                                 .any_file_system = true };
    assert_int_equal(process_start(&o, &second, &error), -EBUSY);
    assert_true(error.rule[0]);
    o.partitions = &none;
    assert_int_equal(process_start(&o, &second, &error), -EINVAL);
    assert_null(second);
    bus_add(g, bus_client(g, 1, "owner"), "mails", 1);
}

static int64_t processor_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void does_not_spin(void)
{
    enum { WATCHED_S = 5, SPENT_MS = 400 };
    const struct timespec watched = { .tv_sec = WATCHED_S };
    int64_t before = processor_ms();
    nanosleep(&watched, NULL);
    assert_in_range(processor_ms() - before, 0, SPENT_MS);
}

/* A log at its quota refuses commands, and goes on serving everything else. */
static void a_full_log_answers_full(void **state)
{
    struct bus_rig *g = *state;
    struct bus_rig small = { .tally_options = g->tally_options };
    struct msg_error error;
    struct reply reply = { .status = STATUS_ok };
    struct text client = TEXT_OF("acme");
    const void *bytes;
    size_t size;
    assert_true(snprintf(small.directory, sizeof small.directory, "%s/full", g->directory) > 0);
    assert_int_equal(suite_open(small.directory, 1, 0, &small.suite, &error), 0);
    const struct process_options o = { .service = &tally_service,
                                       .options = small.tally_options,
                                       .suite = &small.suite,
                                       .any_file_system = true,
                                       .log_map_bytes = 1 << 20 };
    assert_int_equal(process_start(&o, &small.tally, &error), 0);
    assert_int_equal(client_open(&small.suite, &small.client), 0);
    const struct counter_add bell = { .name = TEXT_OF("bell"), .amount = 1, .every = 2 * SECONDS };
    const struct request rings = bus_request(&small, &tally_service, "counter.add", client, &bell);
    assert_int_equal(bus_ask(&small, "tally", &rings).status, STATUS_ok);
    int64_t accepted = 0;
    for (; reply.status == STATUS_ok && accepted < 5000; accepted++)
        reply = bus_add(&small, client, "mails", 1);
    assert_int_equal(reply.status, STATUS_full);
    assert_int_equal(bus_add(&small, client, "mails", 1).status, STATUS_full);
    assert_int_equal(
        client_ask_process(small.client, "tally", 0, "health", &small.arena, &bytes, &size), 0);
    assert_non_null(memmem(bytes, size, "degraded", 8));
    assert_non_null(memmem(bytes, size, "there is no room to write", 25));
    does_not_spin(); /* because of the bell, which is due and cannot ring */
    const struct request q = { .query = true, .type = TEXT_OF("tally.totals") };
    assert_int_equal(client_ask(small.client, "tally", 0, &q, &small.arena, &reply), 0);
    assert_int_equal(reply.status, STATUS_ok);
    client_close(&small.client);
    process_stop(&small.tally);
    arena_free(&small.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_reach_their_partition),
        cmocka_unit_test(refusals_and_errors_come_back),
        cmocka_unit_test(many_at_speed_stay_in_order),
        cmocka_unit_test(asked_twice_is_done_once),
        cmocka_unit_test(pages_of_two_partitions_are_one_list),
        cmocka_unit_test(health_and_metrics),
        cmocka_unit_test(the_wrong_partition_says_where),
        cmocka_unit_test(nobody_overtakes_a_busy_command),
        cmocka_unit_test(a_waiting_command_goes_on_when_it_may),
        cmocka_unit_test(hostile_frames_are_answered),
        cmocka_unit_test(a_timer_rings),
        cmocka_unit_test(nobody_serves),
        cmocka_unit_test(a_second_owner_is_refused),
        cmocka_unit_test(a_full_log_answers_full),
    };
    return cmocka_run_group_tests(tests, bus_set_up, bus_tear_down);
}

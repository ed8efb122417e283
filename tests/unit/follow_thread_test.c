/* follow_thread_test: what a service does while somebody it follows is silent, was heard before and
 * forgotten, or has lost something. */
#include "tests/unit/bus_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/bus/sockets.h"
#include "common/store/journal.h"

/* A member of tally's health in partition 0, as text; "" when it has none. */
static const char *health(struct bus_rig *g, const char *member)
{
    const void *bytes, *value;
    size_t size, value_size;
    struct text text;
    assert_int_equal(client_ask_process(g->client, "tally", 0, "health", &g->arena, &bytes, &size),
                     0);
    if (msg_member(bytes, size, member, &value, &value_size) < 0 ||
        msg_read_text(value, value_size, &text) < 0)
        return "";
    return arena_text(&g->arena, text).at;
}

static int64_t health_number(struct bus_rig *g, const char *member)
{
    const void *bytes, *value;
    size_t size, value_size;
    int64_t number;
    assert_int_equal(client_ask_process(g->client, "tally", 0, "health", &g->arena, &bytes, &size),
                     0);
    assert_int_equal(msg_member(bytes, size, member, &value, &value_size), 0);
    assert_int_equal(msg_read_integer(value, value_size, &number), 0);
    return number;
}

static void wait_for_number(struct bus_rig *g, const char *member, int64_t wanted)
{
    int64_t until = bus_now_ms() + RIG_WAIT_MS;
    while (health_number(g, member) < wanted)
        assert_true(bus_now_ms() < until);
}

/* Until tally has taken an event of escalation's partition 0. */
static void wait_taken(struct bus_rig *g, struct text client, uint64_t sequence)
{
    struct after after = { .service = TEXT_OF("escalation"), .sequence = sequence };
    struct request q = bus_add_request(g, client, "taken");
    int64_t until = bus_now_ms() + RIG_WAIT_MS;
    q.after = &after;
    q.after_count = 1;
    while (bus_ask(g, "tally", &q).status != STATUS_ok)
        assert_true(bus_now_ms() < until);
}

static void forget_state(struct bus_rig *g)
{
    char command[200];
    snprintf(command, sizeof command, "rm -rf %s/tally/000/state %s/tally/000/checkpoint",
             g->directory, g->directory);
    assert_int_equal(system(command), 0);
}

/* Nobody knows how long a publisher is away: letters go by what is known. */
static void letters_go_while_a_publisher_is_away(void **state)
{
    struct bus_rig *g = *state;
    struct text client = bus_client(g, 0, "post");
    process_stop(&g->tally);
    process_stop(&g->escalation);
    bus_start(g, &tally_service, &g->tally);
    const struct counter_add add = { .name = TEXT_OF("ann@example.org"),
                                     .amount = 1,
                                     .post = MICROSECONDS };
    struct request r = bus_request(g, &tally_service, "counter.add", client, &add);
    struct reply reply = bus_ask(g, "tally", &r);
    assert_int_equal(reply.status, STATUS_ok);
    /* It is tried and comes back: mail is not configured here. */
    wait_for_number(g, "head", (int64_t)reply.sequence + 2);
}

/* What copies said once must have been heard again before anything is decided by them. */
static void nothing_is_decided_without_lost_copies(void **state)
{
    struct bus_rig *g = *state;
    struct text client = bus_client(g, 0, "lost");
    wait_taken(g, client, bus_raise(g, client));
    int64_t head = health_number(g, "head");
    process_stop(&g->tally);
    process_stop(&g->escalation);
    forget_state(g);
    bus_start(g, &tally_service, &g->tally);
    assert_string_equal(health(g, "status"), "opening");
    assert_string_equal(health(g, "reason"), "copies of escalation are being made again");
    const struct counter_add add = { .name = text_from("later"), .amount = 1 };
    struct request r = bus_request(g, &tally_service, "counter.add", client, &add);
    struct msg_buffer b = { .arena = &g->arena };
    char endpoint[SUITE_ENDPOINT_MAX];
    void *zmq = sockets_context(), *socket;
    suite_endpoint(&g->suite, "tally", 0, "command", endpoint);
    assert_int_equal(socket_open(zmq, SOCKET_FETCH, &socket), 0);
    assert_int_equal(socket_connect(socket, endpoint), 0);
    request_write(&r, &b);
    int64_t until = bus_now_ms() + RIG_WAIT_MS;
    while (socket_send(socket, b.at, b.size, 0) < 0) /* until it is connected */
        assert_true(bus_now_ms() < until);
    wait_for_number(g, "waiting", 1);
    assert_int_equal(health_number(g, "head"), head);
    bus_start(g, &escalation_service, &g->escalation);
    wait_for_number(g, "head", head + 1); /* the one that waited */
    assert_int_equal(bus_add(g, client, "later", 1).status, STATUS_ok);
    assert_string_equal(health(g, "status"), "ok");
    socket_close(&socket);
    zmq_ctx_term(zmq);
}

/* Who has said all it has is not waited for. */
static void a_publisher_with_an_older_log_is_not_waited_for(void **state)
{
    struct bus_rig *g = *state;
    char command[160];
    struct text client = bus_client(g, 0, "older");
    wait_taken(g, client, bus_raise(g, client));
    process_stop(&g->tally);
    process_stop(&g->escalation);
    forget_state(g);
    snprintf(command, sizeof command, "rm -rf %s/escalation/000", g->directory);
    assert_int_equal(system(command), 0);
    bus_start(g, &escalation_service, &g->escalation);
    bus_start(g, &tally_service, &g->tally);
    assert_int_equal(bus_add(g, client, "mails", 1).status, STATUS_ok);
}

static void lose(struct bus_rig *g, uint64_t sequence)
{
    char path[96];
    struct journal j;
    MDB_txn *txn;
    size_t key = sequence;
    MDB_val k = { sizeof key, &key };
    snprintf(path, sizeof path, "%s/escalation/000/log", g->directory);
    assert_int_equal(journal_open(path, STORE_LOG_MAP_BYTES, 0, &j), 0);
    assert_int_equal(mdb_txn_begin(j.env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_del(txn, j.events, &k, NULL), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    journal_close(&j);
}

/* As behind a restore: the publisher says that there is a gap, and what follows it is taken. */
static void what_a_publisher_lost_is_passed_over(void **state)
{
    struct bus_rig *g = *state;
    const void *bytes;
    size_t size;
    struct text client = bus_client(g, 0, "gap");
    wait_taken(g, client, bus_raise(g, client));
    int64_t total = bus_totals(g).total;
    process_stop(&g->tally);
    uint64_t lost = bus_raise(g, client), last = bus_raise(g, client);
    process_stop(&g->escalation);
    lose(g, lost);
    bus_start(g, &escalation_service, &g->escalation);
    bus_start(g, &tally_service, &g->tally);
    wait_taken(g, client, last);
    assert_int_equal(bus_totals(g).total, total + 1 + 1); /* the raise, and what waited for it */
    assert_int_equal(client_ask_process(g->client, "tally", 0, "metrics", &g->arena, &bytes, &size),
                     0);
    const char wanted[] = "redress_follow_missing_total{service=\"tally\",partition=\"0\","
                          "source=\"escalation\"} 1";
    assert_non_null(memmem(bytes, size, wanted, sizeof wanted - 1));
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, bus_set_up, bus_tear_down)
    const struct CMUnitTest tests[] = {
        ROW(letters_go_while_a_publisher_is_away),
        ROW(nothing_is_decided_without_lost_copies),
        ROW(a_publisher_with_an_older_log_is_not_waited_for),
        ROW(what_a_publisher_lost_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

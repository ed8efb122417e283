/* engine_test: the deterministic scheduler: timers before inputs, several partitions, two runs
 * alike. */
#include "common/engine/engine.h"

#include "tests/unit/rig.h"

#include "common/store/partition_reader.h"
#include "common/suite/options.h"

#include <stdio.h>
#include <stdlib.h>

static const struct tally_options options = { .total_max = 1000000 };
static const struct service_type *const services[] = { &tally_service, NULL };
static const void *const service_options[] = { &options };

enum { PARTITIONS = 3 };

static void scratch(char out[static 64])
{
    snprintf(out, 64, "/tmp/engine_test.XXXXXX");
    assert_non_null(mkdtemp(out));
}

static void discard(const char *directory)
{
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s", directory);
    assert_int_equal(system(command), 0);
}

static struct engine *open_engine(const char *directory)
{
    struct engine *e;
    struct msg_error error;
    const struct engine_options o = { .directory = directory,
                                      .install = text_from("0192f0a0-0000-7000-8000-000000000001"),
                                      .partitions = PARTITIONS,
                                      .services = services,
                                      .options = service_options };
    assert_int_equal(engine_open(&o, &e, &error), 0);
    return e;
}

static enum status add(struct engine *e, struct arena *a, const char *client, int64_t every,
                       int64_t instant)
{
    struct msg_buffer b = { .arena = a };
    struct reply reply;
    const struct counter_add body = { .name = TEXT_OF("n"), .amount = 1, .every = every };
    const struct command_row *row = service_command(&tally_service, text_from("counter.add"));
    msg_encode(row->record, &body, &b);
    const struct request r = { .id = id_derive_bytes("test", instant, client, strlen(client)),
                               .type = text_from(row->name),
                               .client = text_from(client),
                               .principal = text_from("local"),
                               .actor = text_from("ann"),
                               .data = b.at,
                               .data_size = b.size };
    assert_int_equal(engine_input(e, "tally", &r, instant, &reply), 0);
    return reply.status;
}

/* A made-up day: 40 clients with timers, in an order that a seed decides. */
static void run(const char *directory)
{
    struct arena a = { 0 };
    struct engine *e = open_engine(directory);
    uint32_t seed = 7;
    char client[16];
    for (int i = 0; i < 400; i++) {
        seed = seed * 1103515245 + 12345;
        snprintf(client, sizeof client, "client-%u", seed >> 16 & 31);
        add(e, &a, client, i % 5 == 0 ? (int64_t)(seed >> 20) * SECONDS : 0,
            rig_now + i * 30 * SECONDS);
        arena_reset(&a);
    }
    assert_int_equal(engine_advance(e, rig_now + 400 * 30 * SECONDS), 0);
    assert_int_equal(engine_close(&e), 0);
    arena_free(&a);
}

struct log {
    struct reader *reader;
    struct arena arena;
    const struct published *events;
    size_t count;
};

static void read_log(const char *directory, unsigned number, struct log *l)
{
    char path[128];
    struct msg_error error;
    uint64_t head;
    *l = (struct log){ 0 };
    snprintf(path, sizeof path, "%s/tally/%03u", directory, number);
    assert_int_equal(reader_open_directory(path, &l->reader, &error), 0);
    assert_int_equal(
        reader_events(l->reader, 1, 64 << 20, 1 << 20, &l->arena, &l->events, &l->count, &head), 0);
    assert_int_equal(l->count, head);
}

static void close_log(struct log *l)
{
    reader_close(&l->reader);
    arena_free(&l->arena);
}

static void two_runs_are_identical(void **state)
{
    char one[64], two[64];
    size_t events = 0;
    (void)state;
    scratch(one);
    scratch(two);
    run(one);
    run(two);
    for (unsigned n = 0; n < PARTITIONS; n++) {
        struct log a, b;
        read_log(one, n, &a);
        read_log(two, n, &b);
        assert_int_equal(a.count, b.count);
        for (size_t i = 0; i < a.count; i++) {
            assert_int_equal(a.events[i].size, b.events[i].size);
            assert_memory_equal(a.events[i].envelope, b.events[i].envelope, a.events[i].size);
        }
        events += a.count;
        close_log(&a);
        close_log(&b);
    }
    assert_true(events > 1000);
    discard(one);
    discard(two);
}

/* Before an input at t the timers due at or before t have fired, stamped with their own instants,
 * and time never goes back within a partition. */
static void timers_come_before_inputs(void **state)
{
    char directory[64];
    struct arena a = { 0 };
    struct log l;
    size_t checked = 0;
    (void)state;
    scratch(directory);
    struct engine *e = open_engine(directory);
    add(e, &a, "acme", 60 * SECONDS, rig_now);
    add(e, &a, "acme", 0, rig_now + 180 * SECONDS); /* due at the same instant: the timer first */
    assert_int_equal(engine_now(e), rig_now + 180 * SECONDS);
    assert_int_equal(engine_close(&e), 0);
    static const struct {
        const char *type;
        int64_t at;
    } want[] = { { "counter.added", 0 },
                 { "counter.rang", 60 },
                 { "counter.rang", 120 },
                 { "counter.rang", 180 },
                 { "counter.added", 180 } };
    for (unsigned n = 0; n < PARTITIONS; n++) {
        read_log(directory, n, &l);
        for (size_t i = 0; i < l.count; i++, checked++) {
            struct envelope env;
            struct msg_error error;
            assert_int_equal(envelope_read(l.events[i].envelope, l.events[i].size, &env, &error),
                             0);
            assert_true(text_equal(env.type, text_from(want[i].type)));
            assert_int_equal(env.time, rig_now + want[i].at * SECONDS);
        }
        close_log(&l);
    }
    assert_int_equal(checked, sizeof want / sizeof *want);
    arena_free(&a);
    discard(directory);
}

static void goes_on_where_it_ended(void **state)
{
    char directory[64];
    struct arena a = { 0 };
    struct reply reply;
    (void)state;
    scratch(directory);
    struct engine *e = open_engine(directory);
    add(e, &a, "acme", 60 * SECONDS, rig_now);
    assert_int_equal(engine_close(&e), 0);
    e = open_engine(directory);
    assert_int_equal(engine_now(e), rig_now);
    assert_int_equal(engine_advance(e, rig_now + 600 * SECONDS), 0);
    const struct request q = {
        .query = true, .type = TEXT_OF("tally.totals"), .data = "\x80", .data_size = 1
    };
    int64_t adds = 0;
    for (uint32_t n = 0; n < PARTITIONS; n++) {
        const void *at;
        size_t size;
        int64_t one = 0;
        assert_int_equal(engine_query(e, "tally", n, &q, &a, &reply), 0);
        assert_int_equal(reply.status, STATUS_ok);
        if (msg_member(reply.result, reply.result_size, "adds", &at, &size) == 0)
            assert_int_equal(msg_read_integer(at, size, &one), 0);
        adds += one;
    }
    assert_int_equal(adds, 1);
    assert_int_equal(engine_close(&e), 0);
    arena_free(&a);
    discard(directory);
}

/* --- a service that follows another ------------------------------------------------------------
 */

extern const struct service_type escalation_service;

static struct engine *open_both(const char *directory, struct arena *a)
{
    static const struct service_type *const both[] = { &escalation_service, &tally_service, NULL };
    struct engine *e;
    struct msg_error error;
    void *rules = arena_alloc(a, escalation_service.options_size);
    const struct option_table table = { escalation_service.options, escalation_service.option_count,
                                        rules };
    assert_int_equal(options_default(&table, &error), 0);
    const void *both_options[] = { rules, &options };
    const struct engine_options o = { .directory = directory,
                                      .install = text_from("0192f0a0-0000-7000-8000-000000000001"),
                                      .partitions = PARTITIONS,
                                      .services = both,
                                      .options = both_options };
    assert_int_equal(engine_open(&o, &e, &error), 0);
    return e;
}

static void open_ticket(struct engine *e, struct arena *a, const char *client, int64_t instant)
{
    struct msg_buffer b = { .arena = a };
    struct reply reply;
    struct msg_error error;
    char at[INSTANT_TEXT + 1];
    instant_print(instant, at);
    json_t *body = json_pack("{ss ss ss ss si}", "source", "desk", "number", "1", "updated_at", at,
                             "state", "new", "priority", 1);
    assert_int_equal(json_to_msg(body, &b, &error), 0);
    json_decref(body);
    const struct request r = { .id = id_derive_bytes("test", instant, client, strlen(client)),
                               .type = text_from("ticket.record"),
                               .client = text_from(client),
                               .principal = text_from("local"),
                               .actor = text_from("ann"),
                               .data = b.at,
                               .data_size = b.size };
    assert_int_equal(engine_input(e, "escalation", &r, instant, &reply), 0);
    assert_int_equal(reply.status, STATUS_ok);
}

/* Three tickets nobody takes: each is escalated by its response clock and climbs, and the follower
 * counts it at the very instant, and knows how far it climbed. */
static void followers_follow_in_virtual_time(void **state)
{
    char directory[64];
    struct arena a = { 0 };
    static const char *const clients[] = { "acme", "globex", "initech" };
    int64_t rows = 0;
    (void)state;
    scratch(directory);
    struct engine *e = open_both(directory, &a);
    for (int i = 0; i < 3; i++)
        open_ticket(e, &a, clients[i], rig_now + i * MINUTES);
    assert_int_equal(engine_advance(e, rig_now + 3 * HOURS), 0);
    for (uint32_t n = 0; n < PARTITIONS; n++) {
        struct reply reply;
        const struct request q = {
            .query = true, .type = text_from("tally.counters"), .data = "\x80", .data_size = 1
        };
        assert_int_equal(engine_query(e, "tally", n, &q, &a, &reply), 0);
        assert_int_equal(reply.status, STATUS_ok);
        json_t *all = json_from_msg(reply.result, reply.result_size);
        for (size_t i = 0; i < json_array_size(all); i++, rows++)
            assert_int_equal(json_integer_value(json_object_get(json_array_get(all, i), "total")),
                             1);
        json_decref(all);
    }
    assert_int_equal(rows, 3);
    assert_int_equal(engine_close(&e), 0);
    struct log l;
    for (unsigned n = 0; n < PARTITIONS; n++) {
        read_log(directory, n, &l);
        for (size_t i = 0; i < l.count; i++) {
            struct envelope env;
            struct msg_error error;
            assert_int_equal(envelope_read(l.events[i].envelope, l.events[i].size, &env, &error),
                             0);
            /* 75 % of the 15 minutes of the response target behind one of the three tickets */
            int64_t since = env.time - rig_now - 675 * SECONDS;
            assert_true(since == 0 || since == MINUTES || since == 2 * MINUTES);
        }
        close_log(&l);
    }
    arena_free(&a);
    discard(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_runs_are_identical),
        cmocka_unit_test(timers_come_before_inputs),
        cmocka_unit_test(goes_on_where_it_ended),
        cmocka_unit_test(followers_follow_in_virtual_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* rig: see rig.h. */
#include "tests/unit/rig.h"

#include "common/store/partition_reader.h"
#include "common/suite/suite.h"

#include <stdio.h>
#include <stdlib.h>

const int64_t rig_now = INT64_C(1800000000) * SECONDS;
static const struct tally_options options = { .total_max = 1000000 };
static const struct text install = TEXT_OF("0192f0a0-0000-7000-8000-000000000001");

void rig_open(struct rig *g)
{
    struct msg_error error;
    g->o.directory = g->directory;
    g->o.service = &tally_service;
    g->o.options = &options;
    g->o.install = install;
    g->o.number = 0;
    g->o.count = 1;
    g->o.now = rig_now;
    assert_int_equal(partition_open(&g->o, &g->p, &error), 0);
}

int rig_set_up(void **state)
{
    struct rig *g = calloc(1, sizeof *g);
    snprintf(g->directory, sizeof g->directory, "/tmp/partition_test.XXXXXX");
    assert_non_null(mkdtemp(g->directory));
    rig_open(g);
    *state = g;
    return 0;
}

int rig_tear_down(void **state)
{
    struct rig *g = *state;
    char command[128];
    partition_close(&g->p);
    arena_free(&g->arena);
    snprintf(command, sizeof command, "rm -rf %s", g->directory);
    int r = system(command);
    free(g);
    return r;
}

/* --- speaking to it ------------------------------------------------------------------------- */

struct request rig_request(struct rig *g, const char *type, const char *client, const void *data)
{
    const struct record *record = service_command(&tally_service, text_from(type))->record;
    struct msg_buffer b = { .arena = &g->arena };
    msg_encode(record, data, &b);
    return (struct request){ .id = id_new(real_now()),
                             .type = text_from(type),
                             .client = text_from(client),
                             .principal = text_from("local"),
                             .actor = text_from("ann"),
                             .data = b.at,
                             .data_size = b.size };
}

struct request rig_add_request(struct rig *g, const char *client, const char *name, int64_t amount)
{
    const struct counter_add add = { .name = text_from(name), .amount = amount };
    return rig_request(g, "counter.add", client, &add);
}

struct reply rig_say(struct rig *g, const struct request *r)
{
    struct reply reply;
    assert_int_equal(partition_begin(g->p), 0);
    partition_command(g->p, r, rig_now, &reply);
    assert_int_equal(partition_commit(g->p), 0);
    return reply;
}

struct reply rig_add(struct rig *g, const char *client, const char *name, int64_t amount)
{
    const struct request r = rig_add_request(g, client, name, amount);
    return rig_say(g, &r);
}

json_t *rig_ask(struct rig *g, const char *type, const char *body, uint32_t limit,
                struct reply *reply)
{
    struct reader *r;
    struct msg_error error;
    struct msg_buffer b = { .arena = &g->arena };
    json_t *in = json_parse(text_from(body), &error);
    assert_int_equal(json_to_msg(in, &b, &error), 0);
    json_decref(in);
    struct request q = {
        .query = true, .type = text_from(type), .data = b.at, .data_size = b.size, .limit = limit
    };
    q.cursor = reply->cursor;
    assert_int_equal(reader_open(g->p, &r), 0);
    reader_query(r, &q, rig_now, &g->arena, reply);
    reader_close(&r);
    return reply->status == STATUS_ok ? json_from_msg(reply->result, reply->result_size) : NULL;
}

int64_t rig_total(struct rig *g)
{
    struct reply reply = { 0 };
    json_t *all = rig_ask(g, "tally.totals", "{}", 0, &reply);
    assert_int_equal(reply.status, STATUS_ok);
    int64_t n = json_integer_value(json_object_get(all, "total"));
    json_decref(all);
    return n;
}

void rig_check_whole(struct rig *g)
{
    struct verify_report report;
    struct msg_error error;
    partition_close(&g->p);
    assert_int_equal(partition_verify(&g->o, &report, &error), 0);
    assert_string_equal(report.difference, "");
    assert_true(report.chain_ok && report.state_ok);
    rig_open(g);
}

struct reply rig_add_every(struct rig *g, const char *name, int64_t every)
{
    const struct counter_add fact = { .name = text_from(name), .amount = 1, .every = every };
    struct request r = rig_request(g, "counter.add", "acme", &fact);
    return rig_say(g, &r);
}

int rig_wake_until(struct rig *g, int64_t instant)
{
    int n = 0;
    assert_int_equal(partition_begin(g->p), 0);
    while (partition_wake(g->p, instant))
        n++;
    assert_int_equal(partition_commit(g->p), 0);
    return n;
}

void rig_remove(struct rig *g, const char *what)
{
    char command[160];
    snprintf(command, sizeof command, "rm -rf %s/%s", g->directory, what);
    assert_int_equal(system(command), 0);
}

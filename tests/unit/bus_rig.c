/* bus_rig: see bus_rig.h. */
#include "tests/unit/bus_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "common/suite/options.h"

static void *options_of(const struct service_type *s)
{
    struct msg_error error;
    struct option_table table = { .rows = s->options, .count = s->option_count };
    table.into = calloc(1, s->options_size + 1);
    assert_non_null(table.into);
    assert_int_equal(options_default(&table, &error), 0);
    return table.into;
}

void bus_start(struct bus_rig *g, const struct service_type *service, struct process **ret)
{
    struct msg_error error = { 0 };
    const struct process_options o = {
        .service = service,
        .options = service == &tally_service ? g->tally_options : g->escalation_options,
        .suite = &g->suite,
        .any_file_system = true,
    };
    int r = process_start(&o, ret, &error);
    if (r < 0)
        print_error("%s %s\n", error.field, error.rule);
    assert_int_equal(r, 0);
}

int bus_set_up(void **state)
{
    struct bus_rig *g = calloc(1, sizeof *g);
    struct msg_error error;
    snprintf(g->directory, sizeof g->directory, "/tmp/rd-bus-XXXXXX");
    umask(0077);
    if (!mkdtemp(g->directory) ||
        suite_open(g->directory, RIG_PARTITIONS, 0, &g->suite, &error) < 0)
        return -1;
    g->tally_options = options_of(&tally_service);
    g->escalation_options = options_of(&escalation_service);
    bus_start(g, &escalation_service, &g->escalation);
    bus_start(g, &tally_service, &g->tally);
    *state = g;
    return client_open(&g->suite, &g->client);
}

int bus_tear_down(void **state)
{
    struct bus_rig *g = *state;
    char command[160];
    client_close(&g->client);
    process_stop(&g->tally);
    process_stop(&g->escalation);
    snprintf(command, sizeof command, "rm -rf %s", g->directory);
    int r = system(command);
    arena_free(&g->arena);
    free(g->tally_options);
    free(g->escalation_options);
    free(g);
    return r;
}

int64_t bus_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct text bus_client(struct bus_rig *g, uint32_t partition, const char *prefix)
{
    for (int i = 0;; i++) {
        struct text name = arena_printf(&g->arena, "%s-%d", prefix, i);
        if (partition_of(name, RIG_PARTITIONS) == partition)
            return name;
    }
}

struct request bus_request(struct bus_rig *g, const struct service_type *s, const char *type,
                           struct text client, const void *data)
{
    struct request r = { .id = id_new(real_now()), .type = text_from(type), .client = client };
    struct msg_buffer b = { .arena = &g->arena };
    for (size_t i = 0; i < s->command_count; i++)
        if (strcmp(s->commands[i].name, type) == 0)
            msg_encode(s->commands[i].record, data, &b);
    assert_true(b.size > 0);
    r.data = b.at;
    r.data_size = b.size;
    return r;
}

struct request bus_add_request(struct bus_rig *g, struct text client, const char *name)
{
    const struct counter_add add = { .name = text_from(name), .amount = 1 };
    return bus_request(g, &tally_service, "counter.add", client, &add);
}

struct request bus_make_request(struct bus_rig *g, struct text client)
{
    const struct counter_make make = { .total = 1 };
    return bus_request(g, &tally_service, "counter.make", client, &make);
}

struct reply bus_ask(struct bus_rig *g, const char *service, const struct request *r)
{
    struct reply reply;
    assert_int_equal(client_ask(g->client, service, 0, r, &g->arena, &reply), 0);
    return reply;
}

struct reply bus_add(struct bus_rig *g, struct text client, const char *name, int64_t amount)
{
    const struct counter_add add = { .name = text_from(name), .amount = amount };
    struct request r = bus_request(g, &tally_service, "counter.add", client, &add);
    return bus_ask(g, "tally", &r);
}

struct reply bus_query(struct bus_rig *g, const char *type, uint32_t limit, struct text cursor)
{
    struct reply reply;
    const struct query_row *row = tally_service.queries;
    while (strcmp(row->name, type) != 0)
        row++;
    const struct request q = {
        .query = true, .type = text_from(type), .limit = limit, .cursor = cursor
    };
    assert_int_equal(client_query_all(g->client, "tally", row, &q, &g->arena, &reply), 0);
    return reply;
}

struct sums bus_totals(struct bus_rig *g)
{
    struct sums sums;
    struct msg_error error;
    struct reply reply = bus_query(g, "tally.totals", 0, (struct text){ 0 });
    assert_int_equal(reply.status, STATUS_ok);
    assert_int_equal(msg_decode(tally_service.queries[0].result, reply.result, reply.result_size,
                                &g->arena, &sums, &error),
                     0);
    return sums;
}

uint64_t bus_raise(struct bus_rig *g, struct text client)
{
    struct msg_buffer b = { .arena = &g->arena };
    struct request r = { .id = id_new(real_now()),
                         .type = TEXT_OF("escalation.raise"),
                         .client = client };
    msg_put_map(&b, 2);
    msg_put_key(&b, "title");
    msg_put_key(&b, "It does not work");
    msg_put_key(&b, "severity");
    msg_put_integer(&b, 3);
    r.data = b.at;
    r.data_size = b.size;
    struct reply reply = bus_ask(g, "escalation", &r);
    assert_int_equal(reply.status, STATUS_ok);
    return reply.sequence;
}

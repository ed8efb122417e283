/* bus_bench: what one partition does for its clients, over ipc, against a running process.
 *
 *     bus_bench DIR load WINDOW COUNT     closed loop: WINDOW full updates of tickets in flight
 *     bus_bench DIR replay                a consumer from the beginning to the head
 *
 * Prints one line of JSON like ../shared/bench/floor.c. Updates are of one of 100,000 tickets at
 * random; the frame is encoded once and patched, so that what is measured is the server and the
 * bus. The suite must have one partition.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/bus/consumer.h"
#include "common/bus/sockets.h"
#include "common/service.h"
#include "proto/escalation.h"

enum { TICKETS = 100000, NUMBER_DIGITS = 10 };

static const char id_pattern[] = "00000000-0000-7000-8000-000000000000";
static const char number_pattern[] = "INC0000000";
static const char instant_pattern[] = "2001-01-01T00:00:00.000000Z";

extern const struct service_type escalation_service;

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(int r, const char *what)
{
    if (r >= 0)
        return;
    fprintf(stderr, "bus_bench: %s: %s\n", what, strerror(-r));
    exit(1);
}

/* --- load ----------------------------------------------------------------------------------- */

struct frame {
    uint8_t *at;
    size_t size;
    char *id, *number, *updated_at;
};

static char *find(struct frame *f, const char *pattern)
{
    char *at = memmem(f->at, f->size, pattern, strlen(pattern));
    must(at ? 0 : -ENOENT, pattern);
    return at;
}

static const struct command_row *command(const char *name)
{
    for (size_t i = 0; i < escalation_service.command_count; i++)
        if (strcmp(escalation_service.commands[i].name, name) == 0)
            return &escalation_service.commands[i];
    must(-ENOENT, name);
    return NULL;
}

static void frame_make(struct frame *f, struct arena *a)
{
    static const struct text_pair details[] = {
        { TEXT_OF("caller_id"), TEXT_OF("Caller 2403") },
        { TEXT_OF("location"), TEXT_OF("Location 143") },
        { TEXT_OF("knowledge"), TEXT_OF("true") },
    };
    struct ticket_record t = {
        .source = TEXT_OF("bench"),
        .number = TEXT_OF("INC0000000"),
        .mod_count = 4,
        .state = ticket_state_active,
        .priority = 3,
        .title = TEXT_OF("The monthly report of the second warehouse comes out empty"),
        .service = TEXT_OF("reporting"),
        .component = TEXT_OF("warehouse-2"),
        .category = TEXT_OF("Category 26"),
        .group = TEXT_OF("Group 56"),
        .owner = TEXT_OF("Resolver 89"),
        .reassignment_count = 1,
        .details = { details, sizeof details / sizeof *details },
    };
    struct request r = { .type = TEXT_OF("ticket.record"), .client = TEXT_OF("bench") };
    struct msg_buffer data = { .arena = a }, all = { .arena = a };
    instant_parse(text_from(instant_pattern), &t.updated_at);
    t.opened_at = real_now();
    id_parse(text_from(id_pattern), &r.id);
    msg_encode(command("ticket.record")->record, &t, &data);
    r.data = data.at;
    r.data_size = data.size;
    request_write(&r, &all);
    *f = (struct frame){ .at = all.at, .size = all.size };
    f->id = find(f, id_pattern);
    f->number = find(f, number_pattern);
    f->updated_at = find(f, instant_pattern);
}

static void hex(char *out, uint64_t v, int digits)
{
    for (int i = digits - 1; i >= 0; i--, v >>= 4)
        out[i] = "0123456789abcdef"[v & 15];
}

static void decimal(char *out, uint64_t v, int digits)
{
    for (int i = digits - 1; i >= 0; i--, v /= 10)
        out[i] = (char)('0' + v % 10);
}

/* Another id, another ticket, and a moment behind all before. */
static void frame_patch(struct frame *f, uint64_t n, int64_t start)
{
    char instant[INSTANT_TEXT + 1];
    uint64_t milliseconds = (uint64_t)start / 1000 + n / 4096;
    hex(f->id, milliseconds >> 16, 8);
    hex(f->id + 9, milliseconds & 0xffff, 4);
    hex(f->id + 15, n % 4096, 3);
    hex(f->id + 24, (uint64_t)start * 2654435761u + n, 12);
    decimal(f->number + 3, n * 2654435761u % TICKETS, NUMBER_DIGITS - 3);
    instant_print(start + (int64_t)n, instant);
    memcpy(f->updated_at, instant, INSTANT_TEXT);
}

static bool is_ok(const char *reply, int size)
{
    static const char ok[] = "\xa6status\xa2ok";
    return size > 0 && memmem(reply, (size_t)size, ok, sizeof ok - 1) != NULL;
}

static int load(const struct suite *s, int window, int count)
{
    struct serving where;
    struct arena a = { 0 };
    struct frame f;
    char reply[4096];
    void *zmq = sockets_context(), *dealer;
    int flying = 0, sent = 0, got = 0, wrong = 0;
    must(suite_serving_read(s, "escalation", 0, &where), "nobody serves escalation 0");
    must(socket_open(zmq, SOCKET_ASK, &dealer), "socket");
    must(socket_connect(dealer, where.command), where.command);
    frame_make(&f, &a);
    int64_t start = real_now();
    double begun = seconds();
    while (got < count) {
        for (; sent < count && flying < window; sent++, flying++) {
            frame_patch(&f, (uint64_t)sent, start);
            zmq_send(dealer, f.at, f.size, 0);
        }
        int n = zmq_recv(dealer, reply, sizeof reply, 0);
        do {
            if (!is_ok(reply, n) && wrong++ == 0)
                fprintf(stderr, "bus_bench: not ok: %.*s\n", n > 0 ? n : 0, reply);
            got++;
            flying--;
            n = zmq_recv(dealer, reply, sizeof reply, ZMQ_DONTWAIT);
        } while (n >= 0);
    }
    double took = seconds() - begun;
    printf("{\"mode\":\"redress\",\"window\":%d,\"per_second\":%.0f,\"bytes\":%zu,\"mean_us\":%.0f,"
           "\"not_ok\":%d}\n",
           window, count / took, f.size, took / count * window * 1e6, wrong);
    return wrong ? 1 : 0;
}

/* --- replay --------------------------------------------------------------------------------- */

struct counted {
    uint64_t events, bytes;
};

static int take(void *arg, const struct envelope *events, const struct published *raw, size_t count)
{
    struct counted *c = arg;
    (void)events;
    c->events += count;
    for (size_t i = 0; i < count; i++)
        c->bytes += raw[i].size;
    return (int)count;
}

static int replay(const struct suite *s)
{
    struct counted c = { 0 };
    struct consumer *consumer;
    struct consumer_state state;
    const struct consumer_options o = {
        .zmq = sockets_context(), .suite = s, .service = "escalation", .take = take, .arg = &c
    };
    must(consumer_open(&o, &consumer), "consumer");
    double begun = 0;
    do {
        zmq_pollitem_t items[2];
        consumer_poll_items(consumer, items);
        zmq_poll(items, 2, 20);
        must(consumer_turn(consumer, (int64_t)(seconds() * 1e3), 64), "following");
        consumer_state(consumer, &state);
        if (begun == 0 && state.head) /* the first beacon was heard */
            begun = seconds();
    } while (!state.live);
    double took = seconds() - begun;
    printf("{\"mode\":\"replay\",\"events\":%" PRIu64 ",\"per_second\":%.0f,\"megabytes\":%.0f,"
           "\"seconds\":%.3f,\"fetches\":%" PRIu64 "}\n",
           c.events, (double)c.events / took, (double)c.bytes / 1e6, took, state.fetches);
    return 0;
}

int main(int argc, char **argv)
{
    struct suite s;
    struct msg_error error;
    if (argc < 3 || suite_load(argv[1], &s, &error) < 0) {
        fprintf(stderr, "usage: bus_bench DIR load WINDOW COUNT | bus_bench DIR replay\n");
        return 2;
    }
    if (strcmp(argv[2], "replay") == 0)
        return replay(&s);
    if (argc < 5 || strcmp(argv[2], "load") != 0)
        return 2;
    return load(&s, (int)strtol(argv[3], NULL, 10), (int)strtol(argv[4], NULL, 10));
}

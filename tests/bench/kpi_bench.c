/* kpi_bench: how fast observations become figures, and how long figures take to be asked for, over
 * 1,000 clients and a year.
 *
 *     kpi_bench DIR [OBSERVATIONS [DAYS]]
 *
 * Builds a partition of kpi in DIR from events of the escalation service, as a consumer hands them
 * over (scanning, reading, deciding, folding, committing durably; no socket), and from time
 * entries. A ticket is five observations, each of which leads to an event: it is opened, taken and
 * solved, its two clocks are judged, and somebody worked on it; one fact of six says nothing that
 * counts. Prints lines of JSON: observations a second with all that the clock does meanwhile, what
 * lies on the disk then, and for each kind of question the median and the 99th percentile in
 * microseconds, of the clock and of the processor. Fewer DAYS than a year are for a profile: as
 * dense as many observations, by few, and nothing is asked.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "common/store/partition_reader.h"
#include "common/store/state.h"
#include "common/suite/options.h"
#include "common/time/zone.h"
#include "proto/kpi.h"

enum {
    CLIENTS = 1000,
    SERVICES = 5, /* of a client, of 20 */
    COMPONENTS = 10, /* of a client, of 40 */
    YEAR = 365,
    PAGES = 3, /* of what was counted, are read one behind the other */
    OBSERVATIONS = 100000,
    OF_A_TICKET = 5,
    BATCH = 512, /* tickets a commit, at most */
    ASKED = 2000,
    P99 = ASKED - 1 - ASKED / 100,
    NAME_BYTES = 48,
    FIRST_DAY = 20089, /* 2025-01-01 */
};
#define BEGIN (FIRST_DAY * DAYS)

extern const struct service_type kpi_service;

static struct partition *partition;
static struct arena arena; /* of one batch, or one question */
static uint64_t sequence; /* of the escalation service */
static uint64_t days = YEAR; /* in which all happens */
static double taking, waking, committing, cpu; /* seconds in the partition */
static double longest; /* batch, seconds: who asks in it waits as long */

static void must(int r, const char *what)
{
    if (r >= 0)
        return;
    fprintf(stderr, "kpi_bench: %s: %s\n", what, strerror(-r));
    exit(1);
}

static double clock_of(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(void)
{
    return clock_of(CLOCK_MONOTONIC);
}

/* The same numbers in every run; of one ticket always the same. */
static uint64_t mixed(uint64_t x)
{
    x ^= x >> 30;
    x *= UINT64_C(0xbf58476d1ce4e5b9);
    x ^= x >> 27;
    x *= UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static uint32_t draw(uint32_t below)
{
    static uint64_t n = 88172645463325252u;
    return (uint32_t)(mixed(n++) >> 16) % below;
}

static struct text name(const char *format, ...) __attribute__((format(printf, 1, 2)));
static struct text name(const char *format, ...)
{
    char *at = arena_alloc(&arena, NAME_BYTES);
    va_list args;
    va_start(args, format);
    int n = vsnprintf(at, NAME_BYTES, format, args);
    va_end(args);
    return (struct text){ at, (uint32_t)n };
}

/* --- what happens ----------------------------------------------------------------------------- */

struct ticket_of {
    struct text client, id, number, service, component, group;
    int64_t opened, taken, solved;
    bool incident, in_time;
    int64_t priority;
};

static struct ticket_of ticket_of(uint64_t n, uint64_t count)
{
    uint64_t h = mixed(n + 1);
    uint32_t client = (uint32_t)(h % CLIENTS);
    int64_t opened = BEGIN + (int64_t)((double)n / (double)count * (double)days * (double)DAYS);
    bool in_time = h >> 20 & 7;
    return (struct ticket_of){
        .client = name("client%" PRIu32, client),
        .id = name("desk:INC%010" PRIu64, n),
        .number = name("INC%010" PRIu64, n),
        .service = name("service%" PRIu64, (client + (h >> 24 & 0xff) % SERVICES) % 20),
        .component = name("component%" PRIu64, (client + (h >> 32 & 0xff) % COMPONENTS) % 40),
        .group = name("group%" PRIu64, h >> 40 & 15),
        .opened = opened,
        .taken = opened + 5 * MINUTES + (int64_t)(h >> 16 & 15) * MINUTES,
        .solved = opened + (in_time ? 2 : 5) * HOURS,
        .incident = h >> 44 & 3,
        .in_time = in_time,
        .priority = 1 + (int64_t)(h >> 46 & 3),
    };
}

/* Frames of a batch, made before its time is taken. */
struct frame {
    const void *at;
    size_t size;
    bool command;
    int64_t now;
};
enum { FRAMES_MAX = 6 * BATCH };
static struct frame frames[FRAMES_MAX];
static uint32_t frame_count;

static void put_text(struct msg_buffer *b, const char *key, struct text t)
{
    msg_put_key(b, key);
    msg_put_text(b, t);
}

static void put_instant(struct msg_buffer *b, const char *key, int64_t at)
{
    msg_put_key(b, key);
    msg_put_instant(b, at);
}

static void put_integer(struct msg_buffer *b, const char *key, int64_t v)
{
    msg_put_key(b, key);
    msg_put_integer(b, v);
}

static void say(const struct ticket_of *t, const char *type, const struct msg_buffer *data,
                int64_t now)
{
    struct msg_buffer b = { .arena = &arena };
    sequence++;
    const struct envelope e = {
        .id = name("escalation/000/1/%" PRIu64, sequence),
        .source = text_from("/redress/kpi-bench/escalation/000"),
        .type = text_from(type),
        .subject = name("%.*s/%.*s", TEXT_ARG(t->client), TEXT_ARG(t->id)),
        .partition_key = t->client,
        .causation_id = text_from("019a0000-0000-7000-8000-000000000000"),
        .actor = text_from("desk"),
        .epoch = 1,
        .sequence = sequence,
        .time = now,
        .data_version = 1,
        .data = data->at,
        .data_size = data->size,
    };
    envelope_write(&e, &b);
    frames[frame_count++] = (struct frame){ b.at, b.size, false, now };
}

static void say_recorded(const struct ticket_of *t, const char *state, int64_t at)
{
    struct msg_buffer b = { .arena = &arena };
    bool first = at == t->opened;
    msg_put_map(&b, first ? 18 : 15);
    put_text(&b, "source", text_from("desk"));
    put_text(&b, "number", t->number);
    put_instant(&b, "occurred_at", at);
    put_integer(&b, "mod_count", 3);
    put_text(&b, "type", text_from(t->incident ? "incident" : "request"));
    put_text(&b, "state", text_from(state));
    put_integer(&b, "priority", t->priority);
    put_text(&b, "title", text_from("Something does not work as it did last week"));
    put_text(&b, "service", t->service);
    put_text(&b, "component", t->component);
    put_text(&b, "category", text_from("Category 42"));
    put_text(&b, "group", t->group);
    put_text(&b, "owner", text_from("Resolver 17"));
    put_instant(&b, "opened_at", t->opened);
    put_integer(&b, "reassignment_count", 0);
    if (first) {
        put_text(&b, "response_target", text_from("PT30M"));
        put_text(&b, "resolve_target", text_from("PT4H"));
        put_text(&b, "update_target", text_from("PT1H"));
    }
    say(t, "ticket.recorded", &b, at);
}

static void say_judged(const struct ticket_of *t, const char *clock, bool met, int64_t at,
                       int64_t due_at)
{
    struct msg_buffer b = { .arena = &arena };
    msg_put_map(&b, 7);
    put_text(&b, "clock", text_from(clock));
    put_text(&b, "verdict", text_from(met ? "met" : "missed"));
    put_instant(&b, "occurred_at", at);
    put_instant(&b, "due_at", due_at);
    put_text(&b, "used", name("PT%" PRId64 "M", (at - t->opened) / MINUTES));
    put_text(&b, "target", text_from("PT4H"));
    msg_put_key(&b, "stopped");
    msg_put_bool(&b, true);
    say(t, "ticket.judged", &b, at);
}

static void say_effort(const struct ticket_of *t)
{
    const struct effort_record c = {
        .effort = name("e%.*s", TEXT_ARG(t->number)),
        .ticket = t->id,
        .person = text_from("Resolver 17"),
        .started_at = t->taken,
        .minutes = (t->solved - t->taken) / MINUTES,
        .work_type = t->incident ? work_type_incident : work_type_request,
        .rate = 8000,
        .service = t->service,
        .component = t->component,
    };
    struct msg_buffer data = { .arena = &arena }, b = { .arena = &arena };
    msg_encode(service_command(&kpi_service, text_from("effort.record"))->record, &c, &data);
    const struct request q = { .id = id_new(t->solved),
                               .type = text_from("effort.record"),
                               .client = t->client,
                               .actor = text_from("bench"),
                               .data = data.at,
                               .data_size = data.size };
    request_write(&q, &b);
    frames[frame_count++] = (struct frame){ b.at, b.size, true, t->solved };
}

/* --- taking it -------------------------------------------------------------------------------- */

static void take(const struct frame *f)
{
    struct msg_error why;
    must(msg_scan(f->at, f->size, MSG_FRAME_MAX, &why), "scan");
    if (f->command) {
        struct request q;
        struct reply reply;
        must(request_read(f->at, f->size, &arena, &q, &why), "request");
        q.principal = q.actor;
        partition_command(partition, &q, f->now, &reply);
        must(reply.status == STATUS_ok ? 0 : -EINVAL, "effort.record");
        return;
    }
    struct envelope e;
    must(envelope_read(f->at, f->size, &e, &why), "envelope");
    must(partition_foreign(partition, &e, f->now, FINAL), "event");
}

static void flush(void)
{
    double cpu_began = clock_of(CLOCK_PROCESS_CPUTIME_ID), began = seconds(), at = began;
    must(partition_begin(partition), "begin");
    for (uint32_t i = 0; i < frame_count; i++) {
        take(&frames[i]);
        double taken = seconds();
        taking += taken - at;
        while (partition_wake(partition, frames[i].now))
            ;
        at = seconds();
        waking += at - taken;
    }
    must(partition_commit(partition), "commit");
    double ended = seconds();
    committing += ended - at;
    longest = ended - began > longest ? ended - began : longest;
    cpu += clock_of(CLOCK_PROCESS_CPUTIME_ID) - cpu_began;
    frame_count = 0;
    arena_reset(&arena);
}

/* Tickets overlap: while one is opened, an earlier one is taken, and one before that is solved. */
static void observe(uint64_t observations)
{
    uint64_t count = observations / OF_A_TICKET, a_day = count / days + 1;
    uint64_t taken = a_day / 96 + 1, solved = a_day / 4 + 2;
    for (uint64_t n = 0; n < count + solved; n++) {
        if (n < count) {
            struct ticket_of t = ticket_of(n, count);
            say_recorded(&t, "new", t.opened);
        }
        if (n >= taken && n < count + taken) {
            struct ticket_of t = ticket_of(n - taken, count);
            say_recorded(&t, "active", t.taken);
            say_judged(&t, "response", true, t.taken, t.opened + 30 * MINUTES);
        }
        if (n >= solved) {
            struct ticket_of t = ticket_of(n - solved, count);
            say_recorded(&t, "resolved", t.solved);
            say_judged(&t, "resolve", t.in_time, t.solved, t.opened + 4 * HOURS);
            say_effort(&t);
        }
        if (frame_count + 6 > FRAMES_MAX)
            flush();
    }
    flush();
}

/* --- questions -------------------------------------------------------------------------------- */

static struct reader *reader;

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct asked {
    const char *what, *query;
    int64_t days; /* of the range */
    enum { OF_ALL, OF_CLIENT, OF_SERVICE, OF_COMPONENT, OF_SERVICE_OF_ALL, OF_COMPONENT_OF_ALL } of;
    bool as_of;
};

/* Parameters of different queries have the same fields under the same names. */
static void put_question(struct msg_buffer *b, const struct asked *q, enum kpi kpi)
{
    static const char *const names[] = { [kpi_resolution_rate] = "resolution_rate",
                                         [kpi_sla_attainment] = "sla_attainment",
                                         [kpi_incidents] = "incidents",
                                         [kpi_response_time] = "response_time",
                                         [kpi_unit_cost] = "unit_cost" };
    char date[DATE_TEXT + 1];
    uint32_t client = draw(CLIENTS);
    int64_t from = FIRST_DAY + draw((uint32_t)(YEAR - q->days + 1));
    bool of_client = q->of == OF_CLIENT || q->of == OF_SERVICE || q->of == OF_COMPONENT;
    bool of_service = q->of == OF_SERVICE || q->of == OF_SERVICE_OF_ALL;
    bool of_component = q->of == OF_COMPONENT || q->of == OF_COMPONENT_OF_ALL;
    msg_put_map(b, 3u + q->as_of + of_client + of_service + of_component);
    put_text(b, "kpi", text_from(names[kpi]));
    day_print(from, date);
    put_text(b, "from", arena_text(&arena, text_from(date)));
    day_print(from + q->days - 1, date);
    put_text(b, "to", arena_text(&arena, text_from(date)));
    if (q->as_of)
        put_text(b, "as_of", arena_text(&arena, text_from(date)));
    if (of_client)
        put_text(b, "client", name("client%" PRIu32, client));
    if (of_service)
        put_text(b, "service", name("service%" PRIu32, (client + draw(SERVICES)) % 20));
    if (of_component)
        put_text(b, "component", name("component%" PRIu32, (client + draw(COMPONENTS)) % 40));
}

struct took {
    double wall[ASKED], cpu[ASKED]; /* microseconds */
};

/* One page, and what it took. */
static void read_page(const struct asked *q, const struct msg_buffer *body, struct text cursor,
                      struct took *took, size_t i, struct reply *reply)
{
    const struct request r = { .query = true,
                               .id = id_new(BEGIN + YEAR * DAYS),
                               .type = text_from(q->query),
                               .data = body->at,
                               .data_size = body->size,
                               .cursor = cursor };
    double cpu_began = clock_of(CLOCK_THREAD_CPUTIME_ID), began = seconds();
    reader_query(reader, &r, BEGIN + YEAR * DAYS, &arena, reply);
    took->wall[i] = (seconds() - began) * 1e6;
    took->cpu[i] = (clock_of(CLOCK_THREAD_CPUTIME_ID) - cpu_began) * 1e6;
    must(reply->status == STATUS_ok ? 0 : -EINVAL, q->what);
}

static void ask(const struct asked *q)
{
    static const enum kpi kpis[] = { kpi_resolution_rate, kpi_sla_attainment, kpi_incidents,
                                     kpi_response_time, kpi_unit_cost };
    static struct took took;
    uint64_t bytes = 0;
    for (size_t i = 0; i < ASKED;) {
        struct msg_buffer body = { .arena = &arena };
        struct reply reply = { .status = STATUS_ok };
        put_question(&body, q, kpis[draw(sizeof kpis / sizeof *kpis)]);
        for (int page = 0; i < ASKED && page < PAGES; page++) {
            if (page && text_empty(reply.cursor))
                break;
            read_page(q, &body, reply.cursor, &took, i++, &reply);
            bytes += reply.result_size;
        }
        arena_reset(&arena);
    }
    qsort(took.wall, ASKED, sizeof *took.wall, compare);
    qsort(took.cpu, ASKED, sizeof *took.cpu, compare);
    printf("{\"question\":\"%s\",\"asked\":%d,\"bytes\":%" PRIu64
           ",\"median_us\":%.0f,\"p99_us\":%.0f,\"most_us\":%.0f,\"p99_cpu_us\":%.0f}\n",
           q->what, ASKED, bytes / ASKED, took.wall[ASKED / 2], took.wall[P99],
           took.wall[ASKED - 1], took.cpu[P99]);
    fflush(stdout);
}

static const struct asked questions[] = {
    { "value, a client, 30 days", "kpi.value", 30, OF_CLIENT, false },
    { "value, a client, a year", "kpi.value", 365, OF_CLIENT, false },
    { "value, a service, a year", "kpi.value", 365, OF_SERVICE, false },
    { "value, a component, 90 days, as of its end", "kpi.value", 90, OF_COMPONENT, true },
    { "value, a client, 300 days, as of its end", "kpi.value", 300, OF_CLIENT, true },
    { "value, all clients, a year", "kpi.value", 365, OF_ALL, false },
    { "value, a service of all, 200 days", "kpi.value", 200, OF_SERVICE_OF_ALL, false },
    { "series, a client, a year", "kpi.series", 365, OF_CLIENT, false },
    { "series, all clients, a year", "kpi.series", 365, OF_ALL, false },
    { "counted, a client, 30 days", "kpi.counted", 30, OF_CLIENT, false },
    { "counted, a service, a year", "kpi.counted", 365, OF_SERVICE, false },
    { "counted, a component, a year", "kpi.counted", 365, OF_COMPONENT, false },
    { "counted, all clients, 30 days", "kpi.counted", 30, OF_ALL, false },
    { "counted, a service of all, 30 days", "kpi.counted", 30, OF_SERVICE_OF_ALL, false },
    { "counted, a component of all, 30 days", "kpi.counted", 30, OF_COMPONENT_OF_ALL, false },
};

static double megabytes_of(const char *directory, const char *file)
{
    char path[STORE_PATH_MAX];
    struct stat st;
    if (snprintf(path, sizeof path, "%s/%s", directory, file) >= (int)sizeof path)
        return 0;
    return stat(path, &st) ? 0 : (double)st.st_blocks * 512 / 1e6;
}

static void tell_ingest(const char *directory, uint64_t observations)
{
    struct position at;
    partition_position(partition, &at);
    double all = taking + waking + committing;
    printf("{\"observations\":%" PRIu64 ",\"days\":%" PRIu64 ",\"events\":%" PRIu64
           ",\"per_second\":%.0f,\"per_cpu_second\":%.0f,\"taking_s\":%.1f,\"committing_s\":%.1f"
           ",\"waking_s\":%.1f,\"longest_batch_ms\":%.0f,\"cpu_s\":%.1f,\"log_mb\":%.0f"
           ",\"state_mb\":%.0f}\n",
           observations, days, at.head, (double)observations / all, (double)observations / cpu,
           taking, committing, waking, longest * 1e3, cpu, megabytes_of(directory, "log/data.mdb"),
           megabytes_of(directory, "state/data.mdb"));
    fflush(stdout);
}

int main(int argc, char **argv)
{
    enum { MAP_LEAST = 1 << 30, MAP_EACH = 6000 /* bytes of address space */ };
    struct kpi_options options;
    const struct option_table table = { kpi_service.options, kpi_service.option_count, &options };
    struct msg_error why;
    uint64_t observations = argc > 2 ? strtoull(argv[2], NULL, 10) : OBSERVATIONS;
    days = argc > 3 ? strtoull(argv[3], NULL, 10) : YEAR;
    if (argc < 2 || argc > 4 || observations < OF_A_TICKET || days < 1 || days > YEAR) {
        fputs("usage: kpi_bench DIR [OBSERVATIONS [DAYS]]\n", stderr);
        return 2;
    }
    const size_t map = MAP_LEAST + observations * MAP_EACH;
    zones_load();
    must(options_default(&table, &why), "options");
    const struct partition_options o = { .directory = argv[1],
                                         .service = &kpi_service,
                                         .options = &options,
                                         .install = text_from("kpi-bench"),
                                         .count = 1,
                                         .clock = CLOCK_VIRTUAL,
                                         .any_file_system = true,
                                         .log_map_bytes = map,
                                         .state_map_bytes = map,
                                         .now = BEGIN };
    must(partition_open(&o, &partition, &why), argv[1]);
    observe(observations);
    tell_ingest(argv[1], observations);
    must(reader_open(partition, &reader), "reader");
    for (size_t i = 0; days == YEAR && i < sizeof questions / sizeof *questions; i++)
        ask(&questions[i]);
    reader_close(&reader);
    partition_close(&partition);
    arena_free(&arena);
    return 0;
}

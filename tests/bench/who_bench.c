/* who_bench: how long the catalog takes to say who would be told, and to judge the matrix of
 * responsibilities, over a provider of 1,000 clients and a matrix of 100,000 cells.
 *
 *     who_bench DIR
 *
 * Builds a partition of the catalog in DIR, asks it through a reader as a query's thread does
 * (decoding, transaction, encoding; no socket), and prints one line of JSON for each kind of
 * question: the median and the 99th percentile in microseconds, and the longest page.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/store/partition_reader.h"
#include "common/store/state.h"
#include "common/suite/options.h"
#include "proto/catalog.h"

enum {
    CLIENTS = 1000,
    SERVICES = 50,
    COMPONENTS = 2000,
    PROCESSES = 10,
    CELLS = 5, /* of a row: 2,000 by 10 by 5 are 100,000 */
    STAFF = 200,
    GROUPS = 40,
    ROSTERS = 20,
    ROLES = 60, /* the first 12 hold levels, two each */
    LEVELS_TWICE = 12,
    AGREEMENTS = 100,
    BATCH = 512,
    ASKED = 5000,
    NAME_BYTES = 48,
};

/* 2026-03-02T12:00:00Z */
static const int64_t now = INT64_C(1772452800) * SECONDS;

extern const struct service_type catalog_service;

static struct partition *partition;
static struct arena arena; /* of one command or query */
static uint32_t batched;

static void must(int r, const char *what)
{
    if (r >= 0)
        return;
    fprintf(stderr, "who_bench: %s: %s\n", what, strerror(-r));
    exit(1);
}

static double microseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* The same numbers in every run. */
static uint32_t draw(uint32_t below)
{
    static uint64_t x = 88172645463325252u;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return (uint32_t)(x >> 16) % below;
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

/* --- what there is ---------------------------------------------------------------------------- */

static void flush(void)
{
    if (batched)
        must(partition_commit(partition), "commit");
    batched = 0;
}

/* Sends "noun.set" and forgets what it was made of. */
static void set(const char *command, const void *value)
{
    const struct command_row *row = service_command(&catalog_service, text_from(command));
    struct msg_buffer body = { .arena = &arena };
    struct reply reply;
    msg_encode(row->record, value, &body);
    struct request q = { .id = id_new(now),
                         .type = text_from(command),
                         .client = PROVIDER_CLIENT,
                         .actor = text_from("bench"),
                         .data = body.at,
                         .data_size = body.size };
    if (batched == 0)
        must(partition_begin(partition), "begin");
    partition_command(partition, &q, now, &reply);
    if (reply.status != STATUS_ok) {
        fprintf(stderr, "who_bench: %s: %.*s, field %.*s\n", command, TEXT_ARG(reply.message),
                TEXT_ARG(reply.field));
        exit(1);
    }
    if (++batched == BATCH)
        flush();
    arena_reset(&arena);
}

static void set_people(void)
{
    for (uint32_t i = 0; i < STAFF; i++) {
        const struct address mail = { .channel = channel_email,
                                      .to = name("p%" PRIu32 "@p.example", i) };
        set("person.set", &(struct person){ .id = name("p%" PRIu32, i),
                                            .name = name("Person %" PRIu32, i),
                                            .side = side_provider,
                                            .addresses = { &mail, 1 } });
    }
    for (uint32_t i = 0; i < GROUPS; i++) {
        const struct member members[] = { { .person = name("p%" PRIu32, i), .lead = true },
                                          { .person = name("p%" PRIu32, i + GROUPS) } };
        const struct holder holders[] = { { .level = 1, .person = name("p%" PRIu32, i) },
                                          { .level = 3, .person = name("p%" PRIu32, i + 1) } };
        set("group.set", &(struct group){ .id = name("g%" PRIu32, i),
                                          .side = side_provider,
                                          .members = { members, 2 },
                                          .holders = { holders, 2 } });
    }
}

static void set_rosters(void)
{
    static const char *const zones[] = { "Europe/Berlin", "America/Chicago", "Asia/Kolkata" };
    for (uint32_t i = 0; i < ROSTERS; i++) {
        struct person_name people[6] = { { .person = { 0 } } };
        for (uint32_t n = 0; n < 6; n++)
            people[n].person = name("p%" PRIu32, (i * 7 + n) % STAFF);
        const struct layer layer = { .name = text_from("primary"),
                                     .from = now / DAYS - 30,
                                     .handover = 9 * 60,
                                     .unit = turn_unit_day,
                                     .every = 1,
                                     .people = { people, 6 } };
        set("roster.set", &(struct roster){ .id = name("r%" PRIu32, i),
                                            .group = name("g%" PRIu32, i),
                                            .zone = text_from(zones[i % 3]),
                                            .layers = { &layer, 1 } });
    }
}

static void set_agreements(void)
{
    for (uint32_t i = 0; i < AGREEMENTS; i++) {
        const struct group_name group = { .group = name("g%" PRIu32, i % GROUPS) };
        const struct holder holder = { .level = 2, .person = name("p%" PRIu32, i) };
        set("agreement.set", &(struct agreement){ .id = name("a%" PRIu32, i),
                                                  .kind = agreement_kind_internal,
                                                  .groups = { &group, 1 },
                                                  .start = now / DAYS - 100,
                                                  .holders = { &holder, i % 2 } });
    }
}

static void set_services(void)
{
    for (uint32_t i = 0; i < SERVICES; i++)
        set("service.set",
            &(struct service){ .id = name("s%" PRIu32, i), .name = name("Service %" PRIu32, i) });
    for (uint32_t i = 0; i < COMPONENTS; i++) {
        const struct service_name service = { .service = name("s%" PRIu32, i % SERVICES) };
        set("component.set", &(struct component){ .id = name("c%" PRIu32, i),
                                                  .name = name("Component %" PRIu32, i),
                                                  .services = { &service, 1 },
                                                  .always_on = i % 2 == 0,
                                                  .group = name("g%" PRIu32, i % GROUPS) });
    }
    for (uint32_t i = 0; i < PROCESSES; i++)
        set("process.set", &(struct process){ .id = i ? name("k%" PRIu32, i) : name("incident"),
                                              .name = name("Process %" PRIu32, i) });
}

static void set_roles(void)
{
    for (uint32_t i = 0; i < ROLES; i++) {
        bool named = i % 3 == 0, nobody = i % 20 == 19; /* so that there is something to find */
        set("role.set", &(struct role){ .id = name("role%" PRIu32, i),
                                        .name = name("Role %" PRIu32, i),
                                        .side = side_provider,
                                        .level = i < LEVELS_TWICE ? 1 + i / 2 : 0,
                                        .person = named ? name("p%" PRIu32, i) : name("%s", ""),
                                        .group = named || nobody ? name("%s", "")
                                                                 : name("g%" PRIu32, i % GROUPS) });
    }
}

static void set_clients(void)
{
    for (uint32_t i = 0; i < CLIENTS; i++) {
        struct duty_of duties[8] = { { .role = { 0 } } };
        for (uint32_t n = 0; n < 8; n++)
            duties[n] = (struct duty_of){ .role = name("role%" PRIu32, n * 5),
                                          .group = name("g%" PRIu32, draw(GROUPS)) };
        struct text id = name("client%" PRIu32, i);
        set("client.set", &(struct client){ .id = id, .name = name("Client %" PRIu32, i) });
        id = name("client%" PRIu32, i);
        for (uint32_t n = 0; n < 8; n++)
            duties[n] = (struct duty_of){ .role = name("role%" PRIu32, n * 5),
                                          .group = name("g%" PRIu32, draw(GROUPS)) };
        set("delivery.set", &(struct delivery){ .id = id, .client = id, .roles = { duties, 8 } });
    }
}

static void set_matrix(void)
{
    static const int32_t letters[CELLS] = { letter_R, letter_A, letter_C, letter_C, letter_I };
    for (uint32_t i = 0; i < COMPONENTS; i++)
        for (uint32_t k = 0; k < PROCESSES; k++) {
            struct raci_cell cells[CELLS] = { { .role = { 0 } } };
            struct text process = k ? name("k%" PRIu32, k) : name("incident");
            uint32_t first = draw(ROLES);
            for (uint32_t n = 0; n < CELLS; n++)
                cells[n] =
                    (struct raci_cell){ .role = name("role%" PRIu32, (first + n * 11) % ROLES),
                                        .letter = letters[n] };
            set("raci.set", &(struct raci){ .id = name("c%" PRIu32 ":%.*s", i, TEXT_ARG(process)),
                                            .component = name("c%" PRIu32, i),
                                            .process = process,
                                            .cells = { cells, CELLS } });
        }
}

/* --- questions -------------------------------------------------------------------------------- */

static struct reader *reader;
static uint64_t rows; /* answers that were not empty */

static struct reply ask(const char *query, const void *parameters, struct text cursor)
{
    const struct query_row *row = service_query(&catalog_service, text_from(query));
    struct msg_buffer body = { .arena = &arena };
    struct reply reply;
    msg_encode(row->parameters, parameters, &body);
    const struct request q = { .query = true,
                               .id = id_new(now),
                               .type = text_from(query),
                               .client = PROVIDER_CLIENT,
                               .data = body.at,
                               .data_size = body.size,
                               .cursor = cursor,
                               .limit = 500 };
    reader_query(reader, &q, now, &arena, &reply);
    must(reply.status == STATUS_ok ? 0 : -EINVAL, query);
    rows += reply.result_size > 1;
    return reply;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print(const char *what, double *took, size_t count)
{
    qsort(took, count, sizeof *took, compare);
    printf("{\"question\":\"%s\",\"asked\":%zu,\"answered\":%" PRIu64
           ",\"median_us\":%.0f,\"p99_us\":%.0f,"
           "\"most_us\":%.0f}\n",
           what, count, rows, took[count / 2], took[count - 1 - count / 100], took[count - 1]);
    fflush(stdout);
    rows = 0;
}

enum when { NOW, AHEAD };
enum asked { THE_LINE, THE_MATRIX, A_GROUP };

static void ask_who(const char *what, enum when when, enum asked asked)
{
    static double took[ASKED];
    for (size_t i = 0; i < ASKED; i++) {
        struct catalog_who q = { .client = name("client%" PRIu32, draw(CLIENTS)) };
        if (asked != THE_LINE)
            q.component = name("c%" PRIu32, draw(COMPONENTS));
        if (asked == A_GROUP)
            q.group = name("g%" PRIu32, draw(GROUPS));
        if (when == AHEAD) {
            q.at = now + (int64_t)draw(90 * 24 * 60) * MINUTES;
            q.has.at = true;
        }
        double before = microseconds();
        ask("catalog.who", &q, (struct text){ 0 });
        took[i] = microseconds() - before;
        arena_reset(&arena);
    }
    print(what, took, ASKED);
}

/* All pages of a question about the whole matrix. */
static void ask_pages(const char *query, const void *parameters)
{
    enum { PAGES_MAX = 4096 };
    static double took[PAGES_MAX];
    char cursor[2 * STORE_KEY_MAX];
    uint32_t length = 0;
    size_t pages = 0;
    do {
        double before = microseconds();
        struct reply reply = ask(query, parameters, (struct text){ cursor, length });
        took[pages++] = microseconds() - before;
        length = reply.cursor.length;
        if (length)
            memcpy(cursor, reply.cursor.at, length);
        arena_reset(&arena);
    } while (length && pages < PAGES_MAX);
    print(query, took, pages);
}

int main(int argc, char **argv)
{
    struct catalog_options options;
    const struct option_table table = { catalog_service.options, catalog_service.option_count,
                                        &options };
    struct msg_error why;
    if (argc != 2) {
        fputs("usage: who_bench DIR\n", stderr);
        return 2;
    }
    must(options_default(&table, &why), "options");
    const struct partition_options o = { .directory = argv[1],
                                         .service = &catalog_service,
                                         .options = &options,
                                         .install = text_from("who-bench"),
                                         .count = 1,
                                         .clock = CLOCK_VIRTUAL,
                                         .any_file_system = true,
                                         .now = now };
    must(partition_open(&o, &partition, &why), argv[1]);
    set_people();
    set_rosters();
    set_agreements();
    set_services();
    set_roles();
    set_clients();
    set_matrix();
    flush();
    must(reader_open(partition, &reader), "reader");
    ask_who("who, the line, now", NOW, THE_LINE);
    ask_who("who, with the matrix, now", NOW, THE_MATRIX);
    ask_who("who, with the matrix, within 90 days", AHEAD, THE_MATRIX);
    ask_who("who, with a group's line, now", NOW, A_GROUP);
    ask_pages("catalog.raci_findings", &(struct catalog_raci_findings){ .severity = 0 });
    ask_pages("catalog.raci_roles", &(struct catalog_raci_roles){ .role = { 0 } });
    ask_pages("catalog.raci_services", &(struct catalog_raci_services){ .service = { 0 } });
    reader_close(&reader);
    partition_close(&partition);
    arena_free(&arena);
    return 0;
}

/* offline: partitions opened one after another, asked, and left as they were. */
#include "services/cli/offline.h"

#include <errno.h>

#include "common/bus/client_merge.h"
#include "common/store/partition_reader.h"
#include "common/suite/options.h"

struct partition_options offline_options(const struct suite *s, const struct service_type *service,
                                         uint32_t number, void *options, char *directory)
{
    struct msg_error error;
    const struct option_table table = { service->options, service->option_count, options };
    options_default(&table, &error);
    suite_partition_directory(s, service->name, number, directory);
    return (struct partition_options){
        .directory = directory,
        .service = service,
        .options = options,
        .install = text_from(s->install),
        .number = number,
        .count = suite_partitions(s, service->name),
        .clock = s->is_virtual ? CLOCK_VIRTUAL : CLOCK_REAL,
        .now = suite_now(&s->clock),
    };
}

static int ask_partition(const struct suite *s, const struct service_type *service, uint32_t number,
                         const struct request *q, struct arena *a, struct reply *reply)
{
    char directory[SUITE_PATH_MAX];
    struct partition *p;
    struct reader *reader;
    struct msg_error error;
    void *options = arena_alloc(a, service->options_size + 1);
    const struct partition_options o = offline_options(s, service, number, options, directory);
    int r = partition_inspect(&o, &p, &error);
    if (r < 0)
        return r;
    r = reader_open(p, &reader);
    if (r == 0) {
        reader_query(reader, q, o.now, a, reply);
        reader_close(&reader);
    }
    partition_leave(&p);
    return r;
}

int offline_ask(const struct suite *s, const struct service_type *service,
                const struct query_row *row, const struct request *q, struct arena *a,
                struct reply *reply)
{
    uint32_t count = suite_partitions(s, service->name);
    if (!text_empty(q->client))
        return ask_partition(s, service, partition_of(q->client, count), q, a, reply);
    struct request *requests = arena_alloc(a, count * sizeof *requests);
    struct reply *replies = arena_alloc(a, count * sizeof *replies);
    int r = merge_requests(row, q, count, requests, reply);
    if (r < 0)
        return r == -EINVAL ? 0 : r;
    for (uint32_t n = 0; r == 0 && n < count; n++)
        if (!text_empty(requests[n].type))
            r = ask_partition(s, service, n, &requests[n], a, &replies[n]);
    return r < 0 ? r : merge_replies(row, q, requests, replies, count, a, reply);
}

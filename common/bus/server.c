/* server: the life of one partition's commit loop: claim, bind, serve, drain, close. */
#include "common/bus/server.h"
#include "common/base/monotonic.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/bus/sockets.h"
#include "common/store/partition_reader.h"

enum {
    PROGRESS_MS = 2000, /* between two lines about a long fold */
    DRAIN_MS = 1000, /* for the answers of queries under way, at the end */
    ITEMS_MAX = 5 + 2 * FOLLOWS_MAX,
};

void server_die(const struct server *s, const char *what, int error)
{
    LOG(LEVEL_ERROR, what, log_string("partition", s->name), log_string("error", strerror(-error)),
        log_integer("errno", -error));
    _exit(PROCESS_UNKNOWN);
}

/* --- sockets -------------------------------------------------------------------------------- */

/* A pair of sockets between the turn and one of its threads. */
static int inside_open(struct server *s, const char *what, void **ret_turn, void **ret_thread)
{
    char endpoint[SUITE_ENDPOINT_MAX];
    snprintf(endpoint, sizeof endpoint, "inproc://%s/%s", s->name, what);
    int r = socket_open(s->process->zmq, SOCKET_INSIDE, ret_turn);
    if (r == 0)
        r = socket_bind(*ret_turn, endpoint);
    if (r == 0)
        r = socket_open(s->process->zmq, SOCKET_INSIDE, ret_thread);
    if (r == 0)
        r = socket_connect(*ret_thread, endpoint);
    return r;
}

/* Takes over the addresses; only the owner of the partition may, for it removes what lies there. */
static int bind_command(struct server *s)
{
    if (s->bound)
        return 0;
    int r = socket_open(s->process->zmq, SOCKET_COMMAND, &s->command);
    if (r == 0)
        r = socket_bind(s->command, s->serving.command);
    s->bound = r == 0;
    return r;
}

static int bind_all(struct server *s)
{
    int r = bind_command(s);
    if (r == 0)
        r = socket_open(s->process->zmq, SOCKET_EVENTS, &s->events);
    if (r == 0)
        r = socket_bind(s->events, s->serving.events);
    if (r == 0)
        r = socket_open(s->process->zmq, SOCKET_REPLAY, &s->replay_socket);
    if (r == 0)
        r = socket_bind(s->replay_socket, s->serving.replay);
    if (r == 0)
        r = inside_open(s, "queries", &s->queries, &s->query_inside);
    if (r == 0)
        r = inside_open(s, "replay", &s->replay, &s->replay_inside);
    return r;
}

static int start_threads(struct server *s)
{
    int r = reader_open(s->partition, &s->replay_reader);
    if (r == 0)
        r = reader_open(s->partition, &s->query_reader);
    if (r == 0) {
        r = -pthread_create(&s->replay_thread, NULL, replay_main, s);
        s->replay_runs = r == 0;
    }
    if (r == 0) {
        r = -pthread_create(&s->query_thread, NULL, queries_main, s);
        s->queries_run = r == 0;
    }
    return r;
}

/* --- opening -------------------------------------------------------------------------------- */

static void describe(struct server *s)
{
    const struct suite *suite = &s->process->suite;
    struct serving *w = &s->serving;
    char host[32] = "";
    gethostname(host, sizeof host - 1);
    snprintf(s->name, sizeof s->name, "%.31s/%03u", s->service->name, s->number);
    snprintf(w->service, sizeof w->service, "%s", s->service->name);
    snprintf(w->instance, sizeof w->instance, "%s-%ld", host, (long)getpid());
    w->partition = s->number;
    w->pid = getpid();
    suite_endpoint(suite, w->service, s->number, "command", w->command);
    suite_endpoint(suite, w->service, s->number, "events", w->events);
    suite_endpoint(suite, w->service, s->number, "replay", w->replay);
    s->topic_length = topic_print('E', w->service, s->number, s->event_topic);
    topic_print('H', w->service, s->number, s->beacon_topic);
}

/* While a long log is folded (the claim is ours by then), who asks is told so. */
static void on_progress(void *arg, uint64_t folded, uint64_t head)
{
    struct server *s = arg;
    s->now_ms = monotonic_ms();
    if (!s->bound && bind_command(s) == 0)
        suite_serving_write(&s->process->suite, &s->serving, &s->serving_held);
    s->position.head = head;
    arena_reset(&s->arena);
    s->buffer = (struct msg_buffer){ .arena = &s->arena };
    if (s->bound)
        requests_receive(s, true);
    if (s->now_ms < s->progress_ms)
        return;
    LOG(LEVEL_INFO, "folding the log", log_string("partition", s->name),
        log_integer("folded", (int64_t)folded), log_integer("head", (int64_t)head));
    s->progress_ms = s->now_ms + PROGRESS_MS;
}

static int open_partition(struct server *s, struct msg_error *reterr)
{
    char directory[SUITE_PATH_MAX];
    struct process *p = s->process;
    suite_partition_directory(&p->suite, s->service->name, s->number, directory);
    const struct partition_options o = {
        .directory = directory,
        .service = s->service,
        .options = p->options,
        .install = text_from(p->suite.install),
        .number = s->number,
        .count = suite_partitions(&p->suite, s->service->name),
        .clock = CLOCK_REAL,
        .adopt_clock = p->adopt_clock,
        .any_file_system = p->any_file_system,
        .now = suite_now(&p->suite.clock),
        .log_map_bytes = p->log_map_bytes,
        .progress = on_progress,
        .progress_arg = s,
    };
    s->progress_ms = monotonic_ms() + PROGRESS_MS;
    int r = partition_open(&o, &s->partition, reterr);
    if (r < 0)
        return r;
    partition_position(s->partition, &s->position);
    s->due = partition_due(s->partition);
    s->serving.epoch = s->position.epoch;
    s->opened_ms = monotonic_ms();
    return effects_open(s, directory, reterr);
}

static int complain(struct msg_error *reterr, const char *field, int error)
{
    snprintf(reterr->field, sizeof reterr->field, "%s", field);
    snprintf(reterr->rule, sizeof reterr->rule, "cannot be served: %s", strerror(-error));
    return error;
}

static int open_server(struct server *s, struct msg_error *reterr)
{
    int r = open_partition(s, reterr);
    if (r < 0)
        return r;
    r = bind_all(s);
    if (r < 0)
        return complain(reterr, s->serving.command, r);
    r = start_threads(s);
    if (r == 0)
        r = follow_open(s);
    if (r == 0)
        r = suite_serving_write(&s->process->suite, &s->serving, &s->serving_held);
    return r < 0 ? complain(reterr, s->name, r) : 0;
}

/* --- closing -------------------------------------------------------------------------------- */

/* Answers that queries under way still have. */
static void drain_queries(struct server *s)
{
    int64_t until = monotonic_ms() + DRAIN_MS;
    zmq_pollitem_t item = { .socket = s->queries, .events = ZMQ_POLLIN };
    while (s->queries_under_way && monotonic_ms() < until) {
        zmq_poll(&item, 1, 50);
        requests_query_answers(s);
    }
}

static void stop_threads(struct server *s)
{
    if (s->queries_run) {
        socket_send(s->queries, "", 0, 0);
        pthread_join(s->query_thread, NULL);
    }
    if (s->replay_runs) {
        socket_send(s->replay, "", 0, 0);
        pthread_join(s->replay_thread, NULL);
    }
    reader_close(&s->replay_reader);
    reader_close(&s->query_reader);
}

static void close_server(struct server *s)
{
    suite_serving_remove(&s->process->suite, s->service->name, s->number, &s->serving_held);
    if (s->queries_run) {
        arena_reset(&s->arena);
        s->buffer = (struct msg_buffer){ .arena = &s->arena };
        deferred_give_up(s);
        drain_queries(s);
    }
    stop_threads(s);
    socket_close(&s->queries);
    socket_close(&s->replay);
    socket_close(&s->query_inside);
    socket_close(&s->replay_inside);
    /* Before the claim is given up: from then on the addresses are the next owner's. */
    if (s->command)
        socket_close_bound(&s->command, s->serving.command);
    if (s->events)
        socket_close_bound(&s->events, s->serving.events);
    if (s->replay_socket)
        socket_close_bound(&s->replay_socket, s->serving.replay);
    follow_close(s);
    effects_close(s);
    partition_close(&s->partition);
    requests_free(s);
    arena_free(&s->arena);
}

/* --- the loop ------------------------------------------------------------------------------- */

static void wait_for_work(struct server *s)
{
    zmq_pollitem_t items[ITEMS_MAX] = {
        { .socket = s->command, .events = ZMQ_POLLIN },
        { .socket = s->queries, .events = ZMQ_POLLIN },
        { .socket = s->replay, .events = ZMQ_POLLIN },
        { .fd = s->wake_fd, .events = ZMQ_POLLIN },
        { .fd = effects_fd(s), .events = ZMQ_POLLIN },
    };
    int count = s->effects ? 5 : 4;
    for (size_t i = 0; i < s->follow_count; i++) {
        if (!s->follows[i].consumer)
            continue;
        consumer_poll_items(s->follows[i].consumer, &items[count]);
        count += 2;
    }
    zmq_poll(items, count, server_wait_ms(s));
}

static void told(struct server *s, size_t *count, int error, const struct msg_error *what)
{
    struct process *p = s->process;
    pthread_mutex_lock(&p->lock);
    ++*count;
    if (error && !p->error) {
        p->error = error;
        p->what = *what;
    }
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
}

void *server_main(void *server)
{
    struct server *s = server;
    struct process *p = s->process;
    struct msg_error error = { 0 };
    describe(s);
    metrics_open(s);
    requests_init(s);
    int r = open_server(s, &error);
    if (r == 0) {
        LOG(LEVEL_INFO, "serving", log_string("partition", s->name),
            log_integer("epoch", (int64_t)s->position.epoch),
            log_integer("head", (int64_t)s->position.head));
        told(s, &p->serving, 0, NULL);
    }
    while (r == 0 && !atomic_load(&p->stopping))
        if (!server_turn(s))
            wait_for_work(s);
    if (r == 0)
        effects_drain(s);
    close_server(s);
    told(s, &p->ended, r, &error);
    return NULL;
}

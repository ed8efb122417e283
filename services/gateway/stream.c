/* stream: from a request to a stream, and its end; see stream.h. */
#include "services/gateway/stream.h"

#include <errno.h>
#include <event2/bufferevent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>

#include "common/base/monotonic.h"
#include "services/gateway/handlers.h"
#include "services/gateway/roles.h"
#include "services/registry.h"

static const char *const parameters[] = { "types", "clients", "services", "since", NULL };
static const struct text beginning = TEXT_OF("beginning");

static struct metric metrics[] = {
    { .name = "redress_gateway_streams",
      .kind = METRIC_GAUGE,
      .help = "Streams of events that are open." },
    { .name = "redress_gateway_stream_events_total",
      .kind = METRIC_COUNTER,
      .help = "Events written to streams." },
    { .name = "redress_gateway_stream_resets_total",
      .kind = METRIC_COUNTER,
      .help = "Positions of streams that belonged to another history." },
    { .name = "redress_gateway_stream_answers_total",
      .kind = METRIC_COUNTER,
      .help = "Answers of logs to streams that were behind the events in memory." },
};

/* --- the end of a stream ------------------------------------------------------------------------
 */

static void stream_free(struct stream *st)
{
    free(st->readers);
    free(st->places);
    free(st->id);
    free(st);
}

/* From every line it stands in. */
static void leave(struct stream *st)
{
    struct streams *s = st->streams;
    stream_unready(st);
    for (size_t i = 0; i < st->count; i++)
        source_leave(&st->readers[i]);
    st->count = 0;
    TAILQ_REMOVE(&s->all, st, all);
    series_set(s->open, --s->count);
    st->ended = true;
}

void stream_end(struct stream *st)
{
    if (!st->ended) {
        struct evhttp_connection *connection = st->connection;
        st->connection = NULL;
        leave(st);
        if (connection) { /* the request goes with it */
            evhttp_connection_set_closecb(connection, NULL, NULL);
            evhttp_connection_free(connection);
        }
    }
    if (st->checking) /* its principal is still looked at */
        return;
    call_close(st->call);
    stream_free(st);
}

/* The client is gone. evhttp frees the connection, and leaves the request to us. */
static void closed(struct evhttp_connection *connection, void *arg)
{
    struct stream *st = arg;
    struct evhttp_request *request = st->call->http;
    (void)connection;
    st->connection = NULL;
    leave(st);
    if (!evhttp_request_get_connection(request))
        evhttp_send_reply_end(request); /* without a connection: only frees it */
    stream_end(st);
}

void stream_refuse(struct stream *st)
{
    struct call *c = st->call;
    evhttp_connection_set_closecb(st->connection, NULL, NULL);
    leave(st);
    stream_free(st);
    CALL_PROBLEM(c, unavailable, "", "A service that this stream follows does not serve.");
}

/* --- the beginning of a stream ------------------------------------------------------------------
 */

static void send_error(struct call *c, const struct filter_error *e)
{
    call_problem(c, e->what, text_from(e->field), text_from(e->rule));
}

static bool accepts(const char *accept)
{
    return !accept || strcasestr(accept, "text/event-stream") || strstr(accept, "*/*") ||
           strcasestr(accept, "text/*");
}

static uint32_t streams_of(const struct streams *s, struct text person)
{
    const struct stream *st;
    uint32_t n = 0;
    TAILQ_FOREACH(st, &s->all, all)
    n += text_equal(st->call->who.person, person);
    return n;
}

static struct source *source_of(const struct streams *s, const struct log_name *log)
{
    for (size_t i = 0; i < s->source_count; i++)
        if (s->logs[i].service == log->service && s->logs[i].partition == log->partition)
            return s->sources[i];
    return NULL;
}

/* The call's connection, tuned for small pieces that should arrive now. */
static void take_connection(struct stream *st)
{
    const int on = 1, bytes = STREAM_SOCKET;
    st->connection = evhttp_request_get_connection(st->call->http);
    int fd = bufferevent_getfd(evhttp_connection_get_bufferevent(st->connection));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    evhttp_connection_set_closecb(st->connection, closed, st);
}

/* A stream of these logs, with no positions yet; NULL: no memory. */
static struct stream *stream_new(struct call *c, const struct filter *f,
                                 const struct log_name *logs, size_t count)
{
    struct streams *s = c->gateway->streams;
    struct stream *st = calloc(1, sizeof *st);
    if (!st)
        return NULL;
    st->readers = calloc(count + 1, sizeof *st->readers);
    st->places = calloc(count + 1, sizeof *st->places);
    st->id = malloc(cursor_room(count));
    if (!st->readers || !st->places || !st->id) {
        stream_free(st);
        return NULL;
    }
    st->streams = s;
    st->call = c;
    st->filter = *f;
    st->opened_ms = st->checked_ms = monotonic_ms();
    filter_key(f, s->gateway->suite, logs, count, &st->key);
    return st;
}

static void join(struct stream *st, const struct log_name *logs, size_t count)
{
    struct streams *s = st->streams;
    for (size_t i = 0; i < count; i++) {
        st->readers[i].at = st->places[i];
        st->readers[i].stream = st;
        source_join(source_of(s, &logs[i]), &st->readers[i]);
    }
    st->count = count;
    TAILQ_INSERT_TAIL(&s->all, st, all);
    series_set(s->open, ++s->count);
}

static int wrong(struct filter_error *reterr, enum problem what, const char *field,
                 const char *rule)
{
    *reterr = (struct filter_error){ what, field, rule };
    return -EINVAL;
}

static int resume(struct stream *st, const char *last, size_t count, struct filter_error *reterr)
{
    static const char header[] = "Last-Event-ID";
    switch (cursor_parse(text_from(last), &st->key, st->places, count)) {
    case 0:
        return 1;
    case -EXDEV:
        return wrong(reterr, PROBLEM_other_suite, header, "begin without it");
    case -EINVAL:
        return wrong(reterr, PROBLEM_other_filter, header, "begin without it");
    default:
        return wrong(reterr, PROBLEM_invalid, header, "must be the id of an event of a stream");
    }
}

/* Where it begins: 1 when that is known, 0 when it is at the heads of now; or -EINVAL. A browser
 * that comes back asks what it asked first, `since` and all: its id counts. */
static int begin(struct stream *st, size_t count, struct filter_error *reterr)
{
    const struct call *c = st->call;
    const char *last = call_header(c, "Last-Event-ID");
    struct text since = call_param(c, "since");
    if (!text_empty(since) && !text_equal(since, beginning))
        return wrong(reterr, PROBLEM_invalid, "since", "must be: beginning");
    if (!text_empty(since) && (c->who.role->as_client || c->who.client_count))
        return wrong(reterr, PROBLEM_denied, "since", "may be said by who sees all clients");
    if (last && *last)
        return resume(st, last, count, reterr);
    return !text_empty(since);
}

/* So many at once are enough. True: answered. */
static bool refuse_more(const struct streams *s, struct call *c)
{
    if (s->count >= STREAMS_MAX)
        CALL_PROBLEM(c, unavailable, "", "There are enough streams at once.");
    else if (streams_of(s, c->who.person) >= STREAMS_PRINCIPAL_MAX)
        CALL_PROBLEM(c, busy, "", "This person has enough streams at once.");
    else
        return false;
    return true;
}

static void open_stream(struct call *c, const struct filter *f, const struct log_name *logs,
                        size_t count)
{
    struct filter_error error = { 0 };
    struct stream *st = stream_new(c, f, logs, count);
    if (!st) {
        CALL_PROBLEM(c, unavailable, "", "There is no memory for another stream.");
        return;
    }
    int r = begin(st, count, &error);
    if (r < 0 || c->head) {
        stream_free(st);
        if (r < 0)
            send_error(c, &error);
        else
            call_reply(c, 200, "text/event-stream", (struct text){ 0 });
        return;
    }
    take_connection(st);
    join(st, logs, count);
    if (r > 0)
        stream_start(st);
    else
        stream_look_at_heads(st);
}

void stream_events(struct call *c)
{
    struct streams *s = c->gateway->streams;
    struct filter f;
    struct filter_error error;
    if (!call_params_only(c, parameters))
        return;
    if (filter_read(c, &f, &error) < 0) {
        send_error(c, &error);
        return;
    }
    if (!accepts(call_header(c, "Accept"))) {
        CALL_PROBLEM(c, not_acceptable, "Accept", "It must take text/event-stream.");
        return;
    }
    struct log_name *logs = arena_alloc(&c->arena, s->source_count * sizeof *logs);
    size_t count = filter_logs(&f, &c->who, s->gateway->suite, logs, s->source_count);
    if (count > CURSOR_LOGS_MAX) {
        CALL_PROBLEM(c, invalid, "services", "must be fewer: they have too many partitions");
        return;
    }
    if (!refuse_more(s, c))
        open_stream(c, &f, logs, count);
}

/* --- all of them --------------------------------------------------------------------------------
 */

static size_t count_logs(const struct suite *s)
{
    size_t n = 0;
    for (const struct service_type *const *v = services; *v; v++)
        n += suite_partitions(s, (*v)->name);
    return n;
}

static size_t recent_bytes(size_t sources)
{
    size_t each = STREAM_RECENT_ALL / (sources ? sources : 1);
    return each < STREAM_RECENT_LEAST  ? STREAM_RECENT_LEAST
           : each > STREAM_RECENT_MOST ? STREAM_RECENT_MOST
                                       : each;
}

static int open_sources(struct streams *s, size_t count)
{
    const struct gateway *g = s->gateway;
    for (const struct service_type *const *v = services; *v; v++)
        for (uint32_t p = 0; p < suite_partitions(g->suite, (*v)->name); p++) {
            struct log_name *log = &s->logs[s->source_count];
            *log = (struct log_name){ *v, p };
            const struct source_options o = { .base = g->base,
                                              .zmq = g->zmq,
                                              .suite = g->suite,
                                              .log = *log,
                                              .recent_bytes = recent_bytes(count),
                                              .news = stream_news };
            int r = source_open(&o, &s->sources[s->source_count]);
            if (r < 0)
                return r;
            s->source_count++;
        }
    return 0;
}

int stream_open(struct gateway *g)
{
    size_t count = count_logs(g->suite);
    struct streams *s = calloc(1, sizeof *s);
    if (!s)
        return -ENOMEM;
    g->streams = s;
    s->gateway = g;
    metrics_register(metrics, sizeof metrics / sizeof *metrics);
    s->open = metric_series(&metrics[0], NULL);
    s->events = metric_series(&metrics[1], NULL);
    s->resets = metric_series(&metrics[2], NULL);
    s->answers = metric_series(&metrics[3], NULL);
    s->sources = calloc(count + 1, sizeof *s->sources);
    s->logs = calloc(count + 1, sizeof *s->logs);
    int r = s->sources && s->logs ? stream_pump_open(s) : -ENOMEM;
    return r == 0 ? open_sources(s, count) : r;
}

void stream_close(struct gateway *g)
{
    struct streams *s = g->streams;
    struct stream *st, *next;
    if (!s)
        return;
    for (st = TAILQ_FIRST(&s->all); st; st = next) {
        next = TAILQ_NEXT(st, all);
        stream_end(st);
    }
    for (size_t i = 0; i < s->source_count; i++)
        source_close(&s->sources[i]);
    stream_pump_close(s);
    free(s->sources);
    free(s->logs);
    free(s);
    g->streams = NULL;
}

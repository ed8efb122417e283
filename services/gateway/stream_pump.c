/* stream_pump: gives streams their events, a few at a time, while others wait for theirs. */
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>

#include "common/base/monotonic.h"
#include "common/suite/plant.h"
#include "services/gateway/audience.h"
#include "services/gateway/auth.h"
#include "services/gateway/stream.h"

/* --- writing ------------------------------------------------------------------------------------
 */

static void drained(struct evhttp_connection *connection, void *arg)
{
    struct stream *st = arg;
    (void)connection;
    if (st->full)
        stream_ready(st);
    st->full = false;
}

/* What was gathered leaves as one chunk. */
static void flush(struct stream *st)
{
    struct evbuffer *out = st->streams->out;
    if (evbuffer_get_length(out) == 0)
        return;
    st->written_ms = monotonic_ms();
    evhttp_send_reply_chunk_with_cb(st->call->http, out, drained, st);
    evbuffer_drain(out, evbuffer_get_length(out));
}

static size_t waiting_bytes(const struct stream *st)
{
    struct bufferevent *bev = evhttp_connection_get_bufferevent(st->connection);
    return evbuffer_get_length(bufferevent_get_output(bev));
}

static bool has_room(const struct stream *st)
{
    return waiting_bytes(st) + evbuffer_get_length(st->streams->out) < STREAM_OUTPUT;
}

static void put_id(struct stream *st)
{
    struct evbuffer *out = st->streams->out;
    size_t length = cursor_print(&st->key, st->places, st->count, st->id);
    evbuffer_add(out, "id: ", 4);
    evbuffer_add(out, st->id, length);
    evbuffer_add(out, "\n", 1);
    st->unsaid = false;
}

void stream_start(struct stream *st)
{
    struct call *c = st->call;
    struct bufferevent *bev = evhttp_connection_get_bufferevent(st->connection);
    const struct timeval stuck = { .tv_sec = STREAM_STUCK_S };
    st->started = true;
    call_security_headers(c);
    struct evkeyvalq *headers = evhttp_request_get_output_headers(c->http);
    evhttp_remove_header(headers, "Cache-Control");
    call_add_header(c, "Content-Type", text_from("text/event-stream"));
    call_add_header(c, "Cache-Control", text_from("no-store"));
    call_add_header(c, "X-Accel-Buffering", text_from("no"));
    bufferevent_setwatermark(bev, EV_READ, 0, STREAM_INPUT_MAX);
    evhttp_send_reply_start(c->http, 200, "OK");
    bufferevent_set_timeouts(bev, NULL, &stuck);
    evbuffer_add_printf(st->streams->out, "retry: %d\n", STREAM_RETRY_MS);
    put_id(st);
    evbuffer_add(st->streams->out, "\n", 1);
    flush(st);
    stream_ready(st);
}

/* --- one stream ---------------------------------------------------------------------------------
 */

/* An event with nothing for clients they do not hear: that managers were alarmed about one is not
 * for it. Those of escalations are told all the same: they say that something was done. */
static bool is_for(const struct stream *st, const struct source_reader *r,
                   const struct stream_event *e)
{
    const char *service = source_log(r->source)->service->name;
    return !st->filter.as_client || strcmp(service, "escalation") == 0 ||
           (e->row && audience_any(e->row->record));
}

static void take(struct stream *st, struct source_reader *r, struct stream_event *e,
                 struct stream_ring *run)
{
    struct evbuffer *out = st->streams->out;
    struct place *place = &st->places[r - st->readers];
    r->at = *place = (struct place){ e->epoch, e->sequence };
    struct text json = { 0 };
    if (filter_takes(&st->filter, e->type, e->client) && is_for(st, r, e))
        json = ring_text(run, e, st->filter.as_client ? VIEW_CLIENT : VIEW_PROVIDER);
    if (text_empty(json)) {
        st->unsaid = true;
        return;
    }
    place->sequence += PLANTED(cursor_ahead);
    put_id(st);
    *place = r->at;
    evbuffer_add(out, "data: ", 6);
    evbuffer_add(out, json.at, json.length);
    evbuffer_add(out, "\n\n", 2);
    series_add(st->streams->events, 1);
}

/* The position belongs to a history that is no more. */
static void reset(struct stream *st, struct source_reader *r)
{
    struct streams *s = st->streams;
    const struct log_name *log = source_log(r->source);
    source_head(r->source, &r->at);
    st->places[r - st->readers] = r->at;
    evbuffer_add_printf(s->out, "event: reset\n");
    put_id(st);
    evbuffer_add_printf(s->out, "data: {\"service\":\"%s\",\"partition\":%u}\n\n",
                        log->service->name, log->partition);
    series_add(s->resets, 1);
}

static void pause_all(struct stream *st)
{
    st->full = true;
    for (size_t i = 0; i < st->count; i++)
        source_pause(&st->readers[i]);
}

/* Gives it what there is, up to STREAM_VISIT events. True: there may be more. */
static bool visit(struct stream *st)
{
    size_t idle = 0;
    int n = 0;
    while (n < STREAM_VISIT && idle < st->count) {
        struct source_reader *r = &st->readers[st->next % st->count];
        struct stream_event *e;
        struct stream_ring *run;
        if (!has_room(st)) {
            pause_all(st);
            break;
        }
        int got = source_next(r, &e, &run);
        if (got == 0) {
            st->next++;
            idle++;
            continue;
        }
        idle = 0;
        n++;
        if (got < 0)
            reset(st, r);
        else
            take(st, r, e, run);
    }
    st->next = st->count ? (st->next + 1) % st->count : 0; /* the next log, lest one have it all */
    flush(st);
    return n == STREAM_VISIT;
}

/* --- all of them --------------------------------------------------------------------------------
 */

static void start_pump(struct streams *s)
{
    const struct timeval now = { 0 };
    if (!evtimer_pending(s->pump, NULL))
        event_add(s->pump, &now);
}

void stream_ready(struct stream *st)
{
    if (st->ready || !st->started || st->ended)
        return;
    st->ready = true;
    TAILQ_INSERT_TAIL(&st->streams->line, st, line);
    start_pump(st->streams);
}

void stream_unready(struct stream *st)
{
    if (st->ready)
        TAILQ_REMOVE(&st->streams->line, st, line);
    st->ready = false;
}

void stream_news(struct source_reader *r)
{
    struct stream *st = r->stream;
    if (st->full)
        source_pause(r); /* it will ask again when it has room */
    else
        stream_ready(st);
}

static void pump(evutil_socket_t fd, short what, void *arg)
{
    struct streams *s = arg;
    struct stream *st;
    int64_t until = monotonic_us() + STREAM_PUMP_US;
    (void)fd;
    (void)what;
    while ((st = TAILQ_FIRST(&s->line)) && monotonic_us() < until) {
        stream_unready(st);
        if (visit(st))
            stream_ready(st);
    }
    if (st)
        start_pump(s);
}

static void heartbeat(struct stream *st, int64_t now_ms)
{
    if (now_ms - st->written_ms < STREAM_HEARTBEAT_MS || waiting_bytes(st))
        return;
    evbuffer_add(st->streams->out, ": alive\n", 8);
    if (st->unsaid)
        put_id(st);
    evbuffer_add(st->streams->out, "\n", 1);
    flush(st);
}

static void checked(void *arg, int error)
{
    struct stream *st = arg;
    st->checking = false;
    /* A catalog that cannot be asked ends nothing; the token's own end does. */
    if (st->ended || error == -EACCES)
        stream_end(st);
}

static bool known_heads(const struct stream *st)
{
    struct place p;
    for (size_t i = 0; i < st->count; i++)
        if (!source_head(st->readers[i].source, &p))
            return false;
    return true;
}

bool stream_look_at_heads(struct stream *st)
{
    if (known_heads(st)) {
        for (size_t i = 0; i < st->count; i++) {
            source_head(st->readers[i].source, &st->readers[i].at);
            st->places[i] = st->readers[i].at;
        }
        stream_start(st);
        return true;
    }
    if (monotonic_ms() - st->opened_ms < STREAM_HEADS_MS)
        return true;
    stream_refuse(st);
    return false;
}

static bool has_expired(const struct stream *st)
{
    const struct principal *who = &st->call->who;
    return (who->expires && suite_now(&st->streams->gateway->suite->clock) >= who->expires) ||
           (who->session_expires && real_now() >= who->session_expires);
}

static void look_after(struct stream *st, int64_t now_ms)
{
    if (has_expired(st)) {
        stream_end(st);
        return;
    }
    if (!st->started && (!stream_look_at_heads(st) || !st->started))
        return;
    heartbeat(st, now_ms);
    if (!st->checking && now_ms - st->checked_ms >= STREAM_CHECK_MS) {
        st->checking = true;
        st->checked_ms = now_ms;
        auth_again(st->streams->gateway, &st->call->who, checked, st);
    }
}

static void tick(evutil_socket_t fd, short what, void *arg)
{
    static const struct timeval again = { .tv_usec = STREAM_TICK_MS * 1000 };
    struct streams *s = arg;
    struct stream *st, *next;
    int64_t now_ms = monotonic_ms();
    uint64_t answers = 0;
    (void)fd;
    (void)what;
    for (size_t i = 0; i < s->source_count; i++) {
        source_tick(s->sources[i]);
        answers += source_counts(s->sources[i]).answers;
    }
    for (st = TAILQ_FIRST(&s->all); st; st = next) {
        next = TAILQ_NEXT(st, all);
        look_after(st, now_ms);
    }
    series_add(s->answers, (int64_t)(answers - s->answers_told));
    s->answers_told = answers;
    event_add(s->tick, &again);
}

int stream_pump_open(struct streams *s)
{
    const struct timeval now = { 0 };
    TAILQ_INIT(&s->all);
    TAILQ_INIT(&s->line);
    s->out = evbuffer_new();
    s->pump = evtimer_new(s->gateway->base, pump, s);
    s->tick = evtimer_new(s->gateway->base, tick, s);
    if (!s->out || !s->pump || !s->tick)
        return -ENOMEM;
    event_add(s->tick, &now);
    return 0;
}

void stream_pump_close(struct streams *s)
{
    if (s->pump)
        event_free(s->pump);
    if (s->tick)
        event_free(s->tick);
    if (s->out)
        evbuffer_free(s->out);
}

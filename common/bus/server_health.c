/* server_health: what a partition says of itself: health and metrics. */
#include <stdio.h>

#include "common/bus/server.h"

static const int64_t BATCH_BOUNDS[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 0 };

/* Filled on first use: bounds of another file are no constant expression. */
enum {
    M_COMMANDS,
    M_BATCH,
    M_COMMIT,
    M_PUBLISHED,
    M_WAKES,
    M_FROZEN,
    M_DEFERRED,
    M_HEAD,
    M_QUERIES,
    M_REPLAY_BYTES,
    M_REPLAY_EVENTS,
    M_LAG,
    M_FOLLOW_ALARM,
    M_FOLLOW_MISSING,
    M_ASIDE,
    METRICS
};
static struct metric metrics[METRICS] = {
    [M_COMMANDS] = { .name = "redress_replies_total",
                     .kind = METRIC_COUNTER,
                     .help = "Replies of the commit loop, by status",
                     .labels = { "service", "partition", "status" } },
    [M_BATCH] = { .name = "redress_batch_commands",
                  .kind = METRIC_HISTOGRAM,
                  .help = "Commands that shared a commit",
                  .labels = { "service", "partition" },
                  .bounds = BATCH_BOUNDS },
    [M_COMMIT] = { .name = "redress_commit_seconds",
                   .kind = METRIC_HISTOGRAM,
                   .unit = UNIT_SECONDS,
                   .help = "Time of a durable commit",
                   .labels = { "service", "partition" },
                   .bounds = LATENCY_BOUNDS },
    [M_PUBLISHED] = { .name = "redress_events_published_total",
                      .kind = METRIC_COUNTER,
                      .help = "Events published live",
                      .labels = { "service", "partition" } },
    [M_WAKES] = { .name = "redress_timers_fired_total",
                  .kind = METRIC_COUNTER,
                  .help = "Entities woken because they were due",
                  .labels = { "service", "partition" } },
    [M_FROZEN] = { .name = "redress_timers_frozen",
                   .kind = METRIC_GAUGE,
                   .help = "1 while timers are frozen because the wall clock jumped",
                   .labels = { "service", "partition" } },
    [M_DEFERRED] = { .name = "redress_requests_waiting",
                     .kind = METRIC_GAUGE,
                     .help = "Requests that wait for a sequence or a copy",
                     .labels = { "service", "partition" } },
    [M_HEAD] = { .name = "redress_head_sequence",
                 .kind = METRIC_GAUGE,
                 .help = "Sequence of the newest committed event",
                 .labels = { "service", "partition" } },
    [M_QUERIES] = { .name = "redress_queries_total",
                    .kind = METRIC_COUNTER,
                    .help = "Queries given to the reading thread",
                    .labels = { "service", "partition" } },
    [M_REPLAY_BYTES] = { .name = "redress_replay_bytes_total",
                         .kind = METRIC_COUNTER,
                         .help = "Bytes of events served by replay",
                         .labels = { "service", "partition" } },
    [M_REPLAY_EVENTS] = { .name = "redress_replay_events_total",
                          .kind = METRIC_COUNTER,
                          .help = "Events served by replay",
                          .labels = { "service", "partition" } },
    [M_LAG] = { .name = "redress_follow_lag_events",
                .kind = METRIC_GAUGE,
                .help = "Events of a followed service that exist and were not taken",
                .labels = { "service", "partition", "source" } },
    [M_FOLLOW_ALARM] = { .name = "redress_follow_failed",
                         .kind = METRIC_GAUGE,
                         .help = "1 while a service cannot be followed",
                         .labels = { "service", "partition", "source" } },
    [M_FOLLOW_MISSING] = { .name = "redress_follow_missing_total",
                           .kind = METRIC_COUNTER,
                           .help = "Events that a followed service has lost",
                           .labels = { "service", "partition", "source" } },
    [M_ASIDE] = { .name = "redress_put_aside",
                  .kind = METRIC_GAUGE,
                  .help = "Timers and letters that cannot be done and are passed over",
                  .labels = { "service", "partition" } },
};

static void metrics_once(void)
{
    metrics_register(metrics, METRICS);
}

static struct series *series(const struct server *s, int metric, const char *third)
{
    char partition[16];
    snprintf(partition, sizeof partition, "%u", s->number);
    const char *labels[METRIC_LABELS_MAX] = { s->service->name, partition, third };
    return metric_series(&metrics[metric], labels);
}

void metrics_open(struct server *s)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, metrics_once);
    for (int i = 0; i < STATUS_COUNT; i++)
        s->metrics.commands[i] = series(s, M_COMMANDS, status_name((enum status)i));
    s->metrics.batch = series(s, M_BATCH, NULL);
    s->metrics.commit = series(s, M_COMMIT, NULL);
    s->metrics.published = series(s, M_PUBLISHED, NULL);
    s->metrics.wakes = series(s, M_WAKES, NULL);
    s->metrics.frozen = series(s, M_FROZEN, NULL);
    s->metrics.deferred = series(s, M_DEFERRED, NULL);
    s->metrics.head = series(s, M_HEAD, NULL);
    s->metrics.queries = series(s, M_QUERIES, NULL);
    s->metrics.replay_bytes = series(s, M_REPLAY_BYTES, NULL);
    s->metrics.replay_events = series(s, M_REPLAY_EVENTS, NULL);
    s->metrics.aside = series(s, M_ASIDE, NULL);
}

void metrics_follow(struct server *s, struct follow *f)
{
    f->lag = series(s, M_LAG, f->source);
    f->alarm = series(s, M_FOLLOW_ALARM, f->source);
    f->missing = series(s, M_FOLLOW_MISSING, f->source);
}

void metrics_commit(struct server *s, int64_t microseconds, size_t commands)
{
    series_observe(&metrics[M_COMMIT], s->metrics.commit, microseconds);
    series_observe(&metrics[M_BATCH], s->metrics.batch, (int64_t)commands);
}

void health_look(struct server *s)
{
    const struct put_aside *rows;
    uint64_t ever;
    size_t count = partition_aside(s->partition, &rows, &ever);
    series_set(s->metrics.aside, (int64_t)count);
    for (; s->aside < ever; s->aside++) {
        if (ever - s->aside > count)
            continue; /* it is there no more */
        const struct put_aside *a = &rows[count - (ever - s->aside)];
        LOG(LEVEL_ERROR, "what cannot be done is put aside", log_string("partition", s->name),
            log_string("what", a->what), log_string("kind", a->kind),
            log_string("client", a->client), log_string("id", a->id),
            log_string("problem", a->problem));
    }
}

/* --- health --------------------------------------------------------------------------------- */

static void put_text(struct msg_buffer *b, const char *key, const char *value)
{
    msg_put_key(b, key);
    msg_put_text(b, text_from(value));
}

static void put_number(struct msg_buffer *b, const char *key, uint64_t value)
{
    msg_put_key(b, key);
    msg_put_integer(b, (int64_t)value);
}

static void put_bool(struct msg_buffer *b, const char *key, bool value)
{
    msg_put_key(b, key);
    msg_put_bool(b, value);
}

static void put_follow(struct msg_buffer *b, const struct follow *f)
{
    struct consumer_state state = { .sequence = f->taken };
    if (f->consumer)
        consumer_state(f->consumer, &state);
    msg_put_map(b, 6);
    put_text(b, "service", f->source);
    put_number(b, "partition", f->partition);
    put_number(b, "sequence", f->taken);
    put_number(b, "head", state.head);
    put_bool(b, "live", state.live);
    put_bool(b, "diverged", f->diverged);
}

static const char *clock_name(const struct server *s, struct arena *a)
{
    int64_t rate = s->process->suite.clock.rate;
    return rate == 1 ? "real" : arena_printf(a, "x%lld", (long long)rate).at;
}

/* What keeps it from being what it should be: "opening" is not ready, "degraded" serves without a
 * part of it. NULL: nothing. */
static const char *reason(struct server *s, struct arena *a, bool *ret_ready)
{
    const struct put_aside *rows;
    uint64_t ever;
    *ret_ready = false;
    if (!s->partition)
        return "the log is being folded";
    for (size_t i = 0; i < s->follow_count; i++)
        if (!follow_rebuilt(s, NULL) &&
            partition_copies_behind(s->partition, s->follows[i].source, s->follows[i].partition))
            return arena_printf(a, "copies of %s are being made again", s->follows[i].source).at;
    *ret_ready = true;
    if (s->full)
        return "there is no room to write: commands are refused as full";
    if (s->guard.frozen)
        return "the machine's clock jumped: timers wait until it is steady";
    size_t count = partition_aside(s->partition, &rows, &ever);
    if (count)
        return arena_printf(a, "%zu put aside; last, %s of %s %s/%s: %s", count,
                            rows[count - 1].what, rows[count - 1].kind, rows[count - 1].client,
                            rows[count - 1].id, rows[count - 1].problem)
            .at;
    for (size_t i = 0; i < s->follow_count; i++)
        if (s->follows[i].failed)
            return arena_printf(a, "%s cannot be followed", s->follows[i].source).at;
    return NULL;
}

static void put_health(struct server *s, struct msg_buffer *b)
{
    bool ready;
    const char *why = reason(s, b->arena, &ready);
    msg_put_map(b, why ? 12 : 11);
    put_text(b, "status", !ready ? "opening" : why ? "degraded" : "ok");
    put_bool(b, "ready", ready);
    if (why)
        put_text(b, "reason", why);
    put_text(b, "service", s->service->name);
    put_number(b, "partition", s->number);
    put_number(b, "epoch", s->position.epoch);
    put_number(b, "head", s->position.head);
    put_text(b, "clock", clock_name(s, b->arena));
    put_bool(b, "frozen", s->guard.frozen);
    put_text(b, "instance", s->serving.instance);
    put_number(b, "waiting", s->deferred_count);
    msg_put_key(b, "follows");
    msg_put_array(b, (uint32_t)s->follow_count);
    for (size_t i = 0; i < s->follow_count; i++)
        put_follow(b, &s->follows[i]);
}

bool health_answer(struct server *s, struct text op, struct reply *reply)
{
    struct msg_buffer b = { .arena = &s->arena };
    if (text_equal(op, (struct text)TEXT_OF("health")))
        put_health(s, &b);
    else if (text_equal(op, (struct text)TEXT_OF("metrics")))
        msg_put_text(&b, metrics_print(&s->arena));
    else
        return false;
    *reply = (struct reply){ .status = STATUS_ok, .result = b.at, .result_size = b.size };
    return true;
}

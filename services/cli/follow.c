/* follow: see follow.h. */
#include "services/cli/follow.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/bus/consumer.h"
#include "common/bus/sockets.h"
#include "common/store/partition_reader.h"
#include "services/cli/health.h"
#include "services/cli/supervise.h"
#include "services/registry.h"

int follow_add(struct follow *f, const char *service, int partition)
{
    for (const struct service_type *const *v = services; *v; v++) {
        if (service && strcmp((*v)->name, service) != 0)
            continue;
        uint32_t count = suite_partitions(f->suite, (*v)->name);
        for (uint32_t n = 0; n < count; n++) {
            if (partition >= 0 && n != (uint32_t)partition)
                continue;
            if (f->count == FOLLOW_MAX)
                return -E2BIG;
            f->at[f->count++] = (struct position_of){ .service = (*v)->name, .partition = n };
        }
    }
    return f->count ? 0 : -ENOENT;
}

bool follow_is_up(const struct suite *s)
{
    struct serving serving;
    for (const struct service_type *const *v = services; *v; v++)
        for (uint32_t n = 0; n < suite_partitions(s, (*v)->name); n++)
            if (suite_serving_read(s, (*v)->name, n, &serving) == 0)
                return true;
    return false;
}

int follow_from_head(struct follow *f)
{
    struct client *c;
    int r = client_open(f->suite, &c);
    for (uint32_t i = 0; r == 0 && i < f->count; i++) {
        struct health h;
        health_of(c, f->suite, f->at[i].service, f->at[i].partition, &h);
        if (!h.answers)
            r = -ECONNREFUSED;
        f->at[i].epoch = h.serving.epoch;
        f->at[i].sequence = h.head;
    }
    if (r == 0)
        client_close(&c);
    return r;
}

/* --- from the bus ----------------------------------------------------------------------------- */

struct tap {
    struct follow *follow;
    struct position_of *at;
    struct consumer *consumer;
    bool enough;
};

static int take(void *arg, const struct envelope *events, const struct published *raw, size_t count)
{
    struct tap *tap = arg;
    size_t n = 0;
    while (n < count && !tap->enough) {
        int r = tap->follow->event(tap->follow->arg, &events[n], &raw[n]);
        if (r < 0)
            return r;
        tap->enough = r > 0;
        tap->at->epoch = events[n].epoch;
        tap->at->sequence = events[n].sequence;
        n++;
    }
    return (int)n;
}

static int open_taps(struct follow *f, void *zmq, struct tap *taps)
{
    int r = 0;
    for (uint32_t i = 0; i < f->count && r == 0; i++) {
        taps[i] = (struct tap){ .follow = f, .at = &f->at[i] };
        const struct consumer_options o = { .zmq = zmq,
                                            .suite = f->suite,
                                            .service = f->at[i].service,
                                            .partition = f->at[i].partition,
                                            .epoch = f->at[i].epoch,
                                            .sequence = f->at[i].sequence,
                                            .take = take,
                                            .arg = &taps[i] };
        r = consumer_open(&o, &taps[i].consumer);
    }
    return r;
}

/* One turn of every consumer. 1: enough, or all at the head where that is the end; 0: go on;
 * negative: an error. */
static int turn(struct follow *f, struct tap *taps)
{
    enum { BUDGET = 1000 };
    bool at_head = true;
    for (uint32_t i = 0; i < f->count; i++) {
        struct consumer_state state;
        int r = consumer_turn(taps[i].consumer, monotonic_ms(), BUDGET);
        if (r < 0 || taps[i].enough)
            return r < 0 ? r : 1;
        consumer_state(taps[i].consumer, &state);
        at_head = at_head && state.live && state.sequence >= state.head;
    }
    return f->to_head && at_head;
}

static int run_live(struct follow *f, struct tap *taps)
{
    enum { WAIT_MS = 50 };
    zmq_pollitem_t *items = calloc(2 * f->count, sizeof *items);
    int r = items ? 0 : -ENOMEM;
    while (r == 0 && !cli_stopped) {
        r = turn(f, taps);
        if (f->pause && r >= 0) {
            int paused = f->pause(f->arg);
            r = paused < 0 ? paused : r;
        }
        for (uint32_t i = 0; i < f->count; i++)
            consumer_poll_items(taps[i].consumer, items + 2 * i);
        if (r == 0)
            zmq_poll(items, (int)(2 * f->count),
                     WAIT_MS); /* a signal ends it early: the loop looks */
    }
    free(items);
    return r < 0 ? r : cli_stopped ? -EINTR : 0;
}

static int follow_live(struct follow *f)
{
    struct tap *taps = calloc(f->count, sizeof *taps);
    void *zmq = sockets_context();
    int r = taps && zmq ? open_taps(f, zmq, taps) : -ENOMEM;
    if (r == 0)
        r = run_live(f, taps);
    for (uint32_t i = 0; taps && i < f->count; i++)
        consumer_close(&taps[i].consumer);
    if (zmq)
        zmq_ctx_term(zmq);
    free(taps);
    return r;
}

/* --- from the logs ---------------------------------------------------------------------------- */

/* 1: enough. */
static int read_log(struct follow *f, struct position_of *at, struct reader *reader,
                    struct arena *a)
{
    enum { CREDIT = 1 << 20, EVENTS = 4096 };
    for (;;) {
        const struct published *events;
        size_t count = 0;
        uint64_t head;
        arena_reset(a);
        int r = reader_events(reader, at->sequence + 1, CREDIT, EVENTS, a, &events, &count, &head);
        if (r < 0 || count == 0)
            return r;
        for (size_t i = 0; i < count && r == 0; i++) {
            struct envelope e;
            struct msg_error why;
            r = envelope_read(events[i].envelope, events[i].size, &e, &why);
            if (r == 0)
                r = f->event(f->arg, &e, &events[i]);
            if (r < 0)
                return r;
            at->epoch = e.epoch;
            at->sequence = e.sequence;
        }
        if (r == 0 && f->pause)
            r = f->pause(f->arg);
        if (r)
            return r;
        if (cli_stopped)
            return -EINTR;
    }
}

static int follow_logs(struct follow *f, struct msg_error *reterr)
{
    struct arena a = { 0 };
    char directory[SUITE_PATH_MAX];
    int r = 0;
    for (uint32_t i = 0; i < f->count && r == 0; i++) {
        struct reader *reader = NULL;
        suite_partition_directory(f->suite, f->at[i].service, f->at[i].partition, directory);
        r = reader_open_directory(directory, &reader, reterr);
        if (r == -ENOENT) { /* never opened: it has no events */
            r = 0;
            continue;
        }
        if (r == 0)
            r = read_log(f, &f->at[i], reader, &a);
        reader_close(&reader);
    }
    arena_free(&a);
    return r > 0 ? 0 : r;
}

int follow_run(struct follow *f, struct msg_error *reterr)
{
    if (follow_is_up(f->suite))
        return follow_live(f);
    int r = follow_logs(f, reterr);
    if (f->pause && r >= 0) {
        int paused = f->pause(f->arg);
        r = paused < 0 ? paused : r;
    }
    return r;
}

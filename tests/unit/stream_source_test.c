/* stream_source_test: readers of one log, before a publisher that says what real ones seldom do:
 * gaps, moves, errors, nothing at all, and another history. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/base/monotonic.h"
#include "common/bus/replay_wire.h"
#include "common/bus/sockets.h"
#include "services/gateway/stream_source.h"
#include "services/registry.h"
#include "tests/unit/packed.h"

enum {
    BEACON_MS = 50,
    WAIT_MS = 15000,
    AT_ONCE = 40,
    MANY_READERS = 5,
    GAP_FROM = 100,
    GAP_TO = 149
};

/* A log that exists only in numbers, and its publisher. */
struct publisher {
    char directory[64];
    struct suite suite;
    struct event_base *base;
    struct event *turn;
    void *zmq, *replay, *events;
    struct arena arena;
    int64_t beacon_ms;
    uint64_t head;
    struct catchup_epoch epochs[4];
    size_t epoch_count;
    bool has_gap, is_lost;
    int silent, errors; /* so many fetches are not answered, or with an error */
    uint64_t unheard; /* a fetch from there is not answered */
};

static uint64_t epoch_at(const struct publisher *p, uint64_t sequence)
{
    uint64_t epoch = 0;
    for (size_t i = 0; i < p->epoch_count; i++)
        if (p->epochs[i].from <= sequence)
            epoch = p->epochs[i].epoch;
    return epoch;
}

static struct msg_buffer event_of(struct publisher *p, uint64_t sequence)
{
    char json[1024];
    snprintf(json, sizeof json,
             "{\"specversion\":\"1.0\",\"id\":\"escalation/000/%llu/%llu\","
             "\"source\":\"/redress/i/escalation/000\",\"type\":\"ticket.escalated\","
             "\"subject\":\"acme/t-1\",\"time\":\"2026-09-21T13:33:20.123456Z\","
             "\"partitionkey\":\"acme\",\"epoch\":%llu,\"sequence\":%llu,"
             "\"causationid\":\"0192aa7c-1234-7abc-8def-0123456789ab\",\"actor\":\"a\","
             "\"dataversion\":1,\"data\":{\"escalation\":\"esc-1\"}}",
             (unsigned long long)epoch_at(p, sequence), (unsigned long long)sequence,
             (unsigned long long)epoch_at(p, sequence), (unsigned long long)sequence);
    return packed(&p->arena, json);
}

static void send_frame(struct publisher *p, const struct replay_frame *f, int flags)
{
    struct msg_buffer b = { .arena = &p->arena };
    replay_write(f, &b);
    assert_int_equal(socket_send_buffer(p->replay, &b, flags), 0);
}

static void answer(struct publisher *p, const struct replay_frame *f)
{
    struct replay_frame a = { .epoch = p->epochs[p->epoch_count - 1].epoch, .from = f->from };
    bool in_gap = p->has_gap && f->from >= GAP_FROM && f->from <= GAP_TO;
    uint64_t end = p->has_gap && f->from < GAP_FROM && p->head >= GAP_FROM ? GAP_FROM - 1 : p->head;
    if (p->errors-- > 0) {
        a = (struct replay_frame){ .op = REPLAY_ERROR, .code = TEXT_OF("no") };
    } else if (f->epoch && f->epoch < a.epoch) {
        a.op = REPLAY_EPOCHS;
        a.epochs = p->epochs;
        a.epoch_count = p->epoch_count;
    } else if (p->is_lost && f->from < 10) {
        a = (struct replay_frame){ .op = REPLAY_TOO_OLD, .low = 10 };
    } else if (in_gap) {
        a.op = REPLAY_GAP;
        a.to = GAP_TO;
    } else {
        a.op = REPLAY_BATCH;
        a.head = p->head;
        a.count = f->from > end ? 0 : end - f->from + 1;
        a.count = a.count > AT_ONCE ? AT_ONCE : a.count;
    }
    send_frame(p, &a, a.count ? ZMQ_SNDMORE : 0);
    for (uint64_t i = 0; i < a.count; i++) {
        struct msg_buffer event = event_of(p, a.from + i);
        socket_send_buffer(p->replay, &event, i + 1 < a.count ? ZMQ_SNDMORE : 0);
    }
}

static void beacon(struct publisher *p)
{
    char topic[TOPIC_MAX];
    struct msg_buffer b = { .arena = &p->arena };
    const struct beacon h = { .epoch = p->epochs[p->epoch_count - 1].epoch, .head = p->head };
    beacon_write(&h, &b);
    socket_send(p->events, topic, topic_print('H', "escalation", 0, topic), ZMQ_SNDMORE);
    socket_send_buffer(p->events, &b, 0);
    p->beacon_ms = monotonic_ms() + BEACON_MS;
}

static void publish(evutil_socket_t fd, short what, void *arg)
{
    struct publisher *p = arg;
    zmq_msg_t route, body;
    struct replay_frame f;
    struct msg_error error;
    (void)fd;
    (void)what;
    arena_reset(&p->arena);
    zmq_msg_init(&route);
    zmq_msg_init(&body);
    while (socket_receive(p->replay, &route) == 0 && socket_receive(p->replay, &body) == 0) {
        assert_int_equal(
            replay_read(zmq_msg_data(&body), zmq_msg_size(&body), &p->arena, &f, &error), 0);
        if (p->silent-- > 0 || f.from == p->unheard)
            continue;
        zmq_msg_send(&route, p->replay, ZMQ_SNDMORE);
        answer(p, &f);
    }
    zmq_msg_close(&route);
    zmq_msg_close(&body);
    if (monotonic_ms() >= p->beacon_ms)
        beacon(p);
}

static void open_sockets(struct publisher *p)
{
    char at[SUITE_ENDPOINT_MAX];
    assert_int_equal(socket_open(p->zmq, SOCKET_REPLAY, &p->replay), 0);
    assert_int_equal(socket_open(p->zmq, SOCKET_EVENTS, &p->events), 0);
    suite_endpoint(&p->suite, "escalation", 0, "replay", at);
    assert_int_equal(socket_bind(p->replay, at), 0);
    suite_endpoint(&p->suite, "escalation", 0, "events", at);
    assert_int_equal(socket_bind(p->events, at), 0);
}

static void start(struct publisher *p, uint64_t head)
{
    const struct timeval often = { .tv_usec = 1000 };
    *p = (struct publisher){
        .directory = "/tmp/rd-source-XXXXXX", .head = head, .epochs = { { 1, 1 } }, .epoch_count = 1
    };
    assert_non_null(mkdtemp(p->directory));
    snprintf(p->suite.directory, sizeof p->suite.directory, "%s", p->directory);
    snprintf(p->suite.run, sizeof p->suite.run, "%s", p->directory);
    p->suite.partitions = 1;
    p->zmq = sockets_context();
    p->base = event_base_new();
    open_sockets(p);
    p->turn = event_new(p->base, -1, EV_PERSIST, publish, p);
    event_add(p->turn, &often);
}

static void stop(struct publisher *p)
{
    char at[SUITE_ENDPOINT_MAX];
    event_free(p->turn);
    event_base_free(p->base);
    suite_endpoint(&p->suite, "escalation", 0, "replay", at);
    socket_close_bound(&p->replay, at);
    suite_endpoint(&p->suite, "escalation", 0, "events", at);
    socket_close_bound(&p->events, at);
    zmq_ctx_term(p->zmq);
    arena_free(&p->arena);
    rmdir(p->directory);
}

/* --- readers ------------------------------------------------------------------------------------
 */

static void news(struct source_reader *r)
{
    (void)r; /* the tests look all the time */
}

static struct source *open_source(struct publisher *p, size_t recent_bytes)
{
    struct source *s;
    const struct service_type *const *v = services;
    while (*v && strcmp((*v)->name, "escalation") != 0)
        v++;
    const struct source_options o = { .base = p->base,
                                      .zmq = p->zmq,
                                      .suite = &p->suite,
                                      .log = { *v, 0 },
                                      .recent_bytes = recent_bytes,
                                      .news = news };
    assert_int_equal(source_open(&o, &s), 0);
    return s;
}

static void turn(struct publisher *p, struct source *s)
{
    source_tick(s);
    event_base_loop(p->base, EVLOOP_ONCE);
}

static void know(struct publisher *p, struct source *s)
{
    struct place head;
    int64_t until = monotonic_ms() + WAIT_MS;
    while (!source_head(s, &head)) {
        assert_true(monotonic_ms() < until);
        turn(p, s);
    }
}

/* Takes what there is now, in order and with nothing missing but the gap. */
static int take(struct source_reader *r, bool has_gap)
{
    struct stream_event *e;
    struct stream_ring *run;
    int got;
    while ((got = source_next(r, &e, &run)) > 0) {
        uint64_t next = r->at.sequence + 1;
        bool jump = has_gap && e->sequence == GAP_TO + 1 && r->at.sequence >= GAP_FROM - 1;
        if (e->sequence != next && !jump)
            fail_msg("%d behind %d", (int)e->sequence, (int)r->at.sequence);
        assert_false(text_empty(ring_text(run, e, VIEW_PROVIDER)));
        r->at = (struct place){ e->epoch, e->sequence };
    }
    return got;
}

static void read_to(struct publisher *p, struct source *s, struct source_reader *r, uint64_t to)
{
    int64_t until = monotonic_ms() + WAIT_MS;
    while (r->at.sequence < to) {
        assert_int_equal(take(r, p->has_gap), 0);
        if (monotonic_ms() > until)
            fail_msg("at %d of %d", (int)r->at.sequence, (int)to);
        turn(p, s);
    }
}

static int read_until_stale(struct publisher *p, struct source *s, struct source_reader *r)
{
    int64_t until = monotonic_ms() + WAIT_MS;
    int got = 0;
    while (got == 0 && monotonic_ms() < until) {
        got = take(r, false);
        turn(p, s);
    }
    return got;
}

static void from_the_log_and_then_live(void **state)
{
    struct publisher p;
    struct source_reader r = { 0 }, live = { 0 };
    (void)state;
    start(&p, 500);
    struct source *s = open_source(&p, 1 << 20);
    know(&p, s);
    assert_true(source_head(s, &live.at));
    assert_int_equal(live.at.sequence, 500);
    source_join(s, &live);
    source_join(s, &r);
    read_to(&p, s, &r, 500);
    p.head = 620;
    read_to(&p, s, &live, 620);
    read_to(&p, s, &r, 620);
    source_leave(&r);
    source_leave(&live);
    source_close(&s);
    stop(&p);
}

static void behind_what_is_kept(void **state)
{
    struct publisher p;
    struct source_reader slow = { 0 }, live = { 0 };
    (void)state;
    start(&p, 0);
    struct source *s = open_source(&p, 4000); /* a few events */
    know(&p, s);
    source_join(s, &slow);
    source_join(s, &live);
    for (p.head = 0; p.head < 400; p.head += 50)
        read_to(&p, s, &live, p.head);
    read_to(&p, s, &live, 400);
    assert_int_equal(slow.at.sequence, 0);
    read_to(&p, s, &slow, 400);
    source_leave(&slow);
    source_leave(&live);
    source_close(&s);
    stop(&p);
}

static void an_answer_serves_everybody(void **state)
{
    struct publisher p;
    struct source_reader r[MANY_READERS] = { { .stream = NULL } };
    (void)state;
    start(&p, 400);
    struct source *s = open_source(&p, 1 << 20);
    know(&p, s);
    for (int i = 0; i < MANY_READERS; i++)
        source_join(s, &r[i]);
    int64_t until = monotonic_ms() + WAIT_MS;
    for (int left = MANY_READERS; left;) {
        left = 0;
        for (int i = 0; i < MANY_READERS; i++) {
            assert_int_equal(take(&r[i], false), 0);
            left += r[i].at.sequence < 400;
        }
        assert_true(monotonic_ms() < until);
        turn(&p, s);
    }
    assert_true(source_counts(s).answers <= 400 / AT_ONCE + MANY_READERS);
    for (int i = 0; i < MANY_READERS; i++)
        source_leave(&r[i]);
    source_close(&s);
    stop(&p);
}

/* One that waits in line, or was served, and then has no room or goes away holds up nobody. */
static void who_does_not_look_holds_up_nobody(void **state)
{
    struct publisher p;
    struct source_reader r = { 0 }, full = { 0 }, gone = { 0 };
    (void)state;
    start(&p, 400);
    struct source *s = open_source(&p, 1 << 20);
    know(&p, s);
    source_join(s, &full);
    source_join(s, &gone);
    source_join(s, &r);
    assert_int_equal(take(&full, false), 0);
    assert_int_equal(take(&gone, false), 0);
    int64_t until = monotonic_ms() + WAIT_MS;
    while (!full.served && !gone.served) {
        assert_true(monotonic_ms() < until);
        turn(&p, s);
    }
    source_pause(&full);
    source_leave(&gone);
    read_to(&p, s, &r, 400);
    assert_int_equal(full.at.sequence, 0);
    read_to(&p, s, &full, 400);
    source_leave(&full);
    source_leave(&r);
    source_close(&s);
    stop(&p);
}

static void gaps_errors_and_silence(void **state)
{
    struct publisher p;
    struct source_reader r = { 0 };
    (void)state;
    start(&p, 300);
    p.has_gap = true;
    p.silent = 1;
    p.errors = 1;
    struct source *s = open_source(&p, 1 << 20);
    know(&p, s);
    p.silent = 1;
    p.errors = 1;
    source_join(s, &r);
    read_to(&p, s, &r, 300);
    source_leave(&r);
    source_close(&s);
    stop(&p);
}

static void positions_that_were_never_here(void **state)
{
    static const struct place wrong[] = {
        { 3, 301 }, /* behind the head */
        { 4, 10 }, /* an epoch that never was */
        { 1, 100 }, /* the second epoch began at 90 */
        { 2, 250 }, /* and the third at 200 */
    };
    static const struct place right[] = { { 0, 0 }, { 1, 89 }, { 2, 199 }, { 3, 250 }, { 3, 300 } };
    struct publisher p;
    struct source_reader r = { 0 };
    (void)state;
    start(&p, 300);
    p.epochs[1] = (struct catchup_epoch){ 2, 90 };
    p.epochs[2] = (struct catchup_epoch){ 3, 200 };
    p.epoch_count = 3;
    struct source *s = open_source(&p, 1 << 20);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) { /* the first before it knows */
        r = (struct source_reader){ .at = wrong[i] };
        source_join(s, &r);
        if (read_until_stale(&p, s, &r) != -ESTALE)
            fail_msg("%d/%d is taken", (int)wrong[i].epoch, (int)wrong[i].sequence);
        source_leave(&r);
    }
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        r = (struct source_reader){ .at = right[i] };
        source_join(s, &r);
        read_to(&p, s, &r, 300);
        source_leave(&r);
    }
    p.is_lost = true;
    r = (struct source_reader){ .at = { 1, 3 } };
    source_join(s, &r);
    assert_int_equal(read_until_stale(&p, s, &r), -ESTALE);
    source_leave(&r);
    source_close(&s);
    stop(&p);
}

/* A position ahead of what is known, in a past that the next epoch replaced: the live events that
 * come to where it is do not make it right. */
static void ahead_of_an_unknown_epoch(void **state)
{
    struct publisher p;
    struct source_reader r = { .at = { 2, 141 } }, good = { .at = { 2, 112 } };
    (void)state;
    start(&p, 112);
    p.epochs[1] = (struct catchup_epoch){ 2, 106 };
    p.epoch_count = 2;
    struct source *s = open_source(&p, 1 << 20);
    know(&p, s);
    source_join(s, &r);
    source_join(s, &good);
    p.unheard = 142;
    assert_int_equal(take(&r, false), 0);
    p.epochs[2] = (struct catchup_epoch){ 3, 113 };
    p.epoch_count = 3;
    p.head = 172;
    int got = read_until_stale(&p, s, &r);
    assert_int_equal(got, -ESTALE);
    read_to(&p, s, &good, 172);
    source_leave(&r);
    source_leave(&good);
    source_close(&s);
    stop(&p);
}

/* Restored while somebody follows: the live position is another history's too. */
static void a_restored_log(void **state)
{
    struct publisher p;
    struct source_reader r = { 0 };
    struct place head;
    (void)state;
    start(&p, 100);
    struct source *s = open_source(&p, 1 << 20);
    know(&p, s);
    assert_true(source_head(s, &r.at));
    source_join(s, &r);
    p.head = 120;
    read_to(&p, s, &r, 120);
    p.head = 60;
    p.epochs[1] = (struct catchup_epoch){ 2, 51 };
    p.epoch_count = 2;
    assert_int_equal(read_until_stale(&p, s, &r), -ESTALE);
    know(&p, s);
    assert_true(source_head(s, &head) && head.sequence == 60 && head.epoch == 2);
    r.at = head;
    p.head = 70;
    read_to(&p, s, &r, 70);
    source_leave(&r);
    source_close(&s);
    stop(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_the_log_and_then_live),
        cmocka_unit_test(behind_what_is_kept),
        cmocka_unit_test(an_answer_serves_everybody),
        cmocka_unit_test(who_does_not_look_holds_up_nobody),
        cmocka_unit_test(gaps_errors_and_silence),
        cmocka_unit_test(positions_that_were_never_here),
        cmocka_unit_test(ahead_of_an_unknown_epoch),
        cmocka_unit_test(a_restored_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

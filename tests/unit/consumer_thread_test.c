/* consumer_thread_test: consumers and followers of services on the bus, also while those are
 * restarted under load. */
#include "tests/unit/bus_rig.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "common/bus/sockets.h"

static void an_escalation_is_counted_by_who_follows(void **state)
{
    struct bus_rig *g = *state;
    for (uint32_t partition = 0; partition < RIG_PARTITIONS; partition++) {
        struct sums before = bus_totals(g);
        struct text client = bus_client(g, partition, "follow");
        struct after after = { .service = TEXT_OF("escalation"),
                               .partition = partition,
                               .sequence = bus_raise(g, client) };
        struct request q = bus_add_request(g, client, "after");
        q.after = &after;
        q.after_count = 1;
        assert_int_equal(bus_ask(g, "tally", &q).status, STATUS_ok);
        assert_int_equal(bus_totals(g).adds - before.adds, 2);
    }
}

/* --- consumers and restarts ----------------------------------------------------------------- */

struct copy {
    uint64_t last;
    uint8_t digest; /* xor of all bytes: contents, not counts */
    size_t bytes;
    bool contiguous;
    size_t at_once; /* how many it takes at a time */
};

static int take(void *arg, const struct envelope *events, const struct published *raw, size_t count)
{
    struct copy *c = arg;
    size_t taken = 0;
    for (; taken < count && taken < c->at_once; taken++) {
        c->contiguous = c->contiguous && events[taken].sequence == c->last + 1;
        c->last = events[taken].sequence;
        c->bytes += raw[taken].size;
        for (size_t i = 0; i < raw[taken].size; i++)
            c->digest ^= (uint8_t)(((const uint8_t *)raw[taken].envelope)[i] + i);
    }
    return (int)taken;
}

struct watcher {
    struct bus_rig *rig;
    void *zmq;
    struct consumer *consumer;
    struct copy copy;
};

static void watcher_open(struct watcher *w, struct bus_rig *g, size_t at_once)
{
    *w = (struct watcher){ .rig = g, .zmq = sockets_context() };
    w->copy = (struct copy){ .contiguous = true, .at_once = at_once };
    const struct consumer_options o = { .zmq = w->zmq,
                                        .suite = &g->suite,
                                        .service = "tally",
                                        .name = "watcher",
                                        .take = take,
                                        .arg = &w->copy };
    assert_int_equal(consumer_open(&o, &w->consumer), 0);
}

static void watcher_follow(struct watcher *w, uint64_t to)
{
    int64_t until = bus_now_ms() + RIG_WAIT_MS;
    while (w->copy.last < to) {
        zmq_pollitem_t items[2];
        consumer_poll_items(w->consumer, items);
        zmq_poll(items, 2, 20);
        assert_int_equal(consumer_turn(w->consumer, bus_now_ms(), 64), 0);
        assert_true(bus_now_ms() < until);
    }
    assert_true(w->copy.contiguous);
}

static void watcher_close(struct watcher *w)
{
    consumer_close(&w->consumer);
    zmq_ctx_term(w->zmq);
}

static void consumers_end_with_the_log(void **state)
{
    struct bus_rig *g = *state;
    struct watcher live, slow, late;
    struct text client = bus_client(g, 0, "consumers");
    watcher_open(&live, g, SIZE_MAX);
    watcher_open(&slow, g, 3);
    uint64_t head = bus_add(g, client, "mails", 1).sequence;
    watcher_follow(&live, head);
    for (int i = 0; i < 500; i++) {
        head = bus_add(g, client, "mails", 1).sequence;
        assert_int_equal(consumer_turn(live.consumer, bus_now_ms(), 4), 0);
        assert_int_equal(consumer_turn(slow.consumer, bus_now_ms(), 1), 0);
    }
    watcher_follow(&live, head);
    watcher_follow(&slow, head);
    watcher_open(&late, g, SIZE_MAX);
    watcher_follow(&late, head);
    assert_int_equal(late.copy.bytes, live.copy.bytes);
    assert_int_equal(late.copy.digest, live.copy.digest);
    assert_int_equal(late.copy.bytes, slow.copy.bytes);
    assert_int_equal(late.copy.digest, slow.copy.digest);
    watcher_close(&live);
    watcher_close(&slow);
    watcher_close(&late);
}

static void count(void *arg, uint64_t tag, const struct reply *reply)
{
    int *ok = arg;
    (void)tag;
    *ok += reply->status == STATUS_ok;
}

struct restart {
    struct bus_rig *rig;
    int times;
};

static void *restarts(void *arg)
{
    struct restart *r = arg;
    for (int i = 0; i < r->times; i++) {
        const struct timespec pause = { 0, 150000000 };
        process_stop(&r->rig->tally);
        nanosleep(&pause, NULL);
        bus_start(r->rig, &tally_service, &r->rig->tally);
        nanosleep(&pause, NULL);
    }
    return NULL;
}

/* Commands at speed while the service goes away and comes back: each is done once, in order, and
 * followers see it so. */
static void restarts_lose_and_double_nothing(void **state)
{
    struct bus_rig *g = *state;
    struct restart r = { g, 3 };
    int ok = 0;
    struct watcher w;
    pthread_t thread;
    struct text client = bus_client(g, 0, "restarts");
    struct sums before = bus_totals(g);
    watcher_open(&w, g, SIZE_MAX);
    watcher_follow(&w, bus_add(g, client, "begin", 1).sequence);
    assert_int_equal(pthread_create(&thread, NULL, restarts, &r), 0);
    int sent = 0;
    for (int64_t until = bus_now_ms() + 1500; bus_now_ms() < until; sent++) {
        struct request q = bus_make_request(g, client);
        assert_int_equal(client_send(g->client, "tally", &q, 0, count, &ok), 0);
        if (sent % 50 == 0)
            assert_int_equal(consumer_turn(w.consumer, bus_now_ms(), 64), 0);
    }
    assert_int_equal(client_drain(g->client), 0);
    pthread_join(thread, NULL);
    assert_int_equal(ok, sent);
    struct sums after = bus_totals(g);
    assert_int_equal(after.adds - before.adds, sent + 1);
    watcher_follow(&w, bus_add(g, client, "end", 1).sequence);
    watcher_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_escalation_is_counted_by_who_follows),
        cmocka_unit_test(consumers_end_with_the_log),
        cmocka_unit_test(restarts_lose_and_double_nothing),
    };
    return cmocka_run_group_tests(tests, bus_set_up, bus_tear_down);
}

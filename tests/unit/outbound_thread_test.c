/* outbound: many tries at once: who does not answer delays nobody else, and every destination has
 * its limits. */
#include <stdio.h>

#include "tests/unit/out_rig.h"

enum { QUICK_MS = 5000 /* far below the timeout of a try, also under sanitizers */ };

static const char OK[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

static void a_dead_peer_delays_nobody(void **state)
{
    struct out_rig *g = *state;
    struct peer *dead = peer_open(&(struct peer_script){ .kind = PEER_TARPIT });
    struct peer *quick = peer_open(&(struct peer_script){ .kind = PEER_HTTP, .answer = OK });
    struct effect slow = out_rig_hook(g, dead), e = out_rig_hook(g, quick);
    uint64_t tag;
    slow.to = arena_printf(&g->arena, "http://localhost:%d/", peer_port(dead));
    int64_t begin = monotonic_ms();
    for (uint64_t i = 0; i < 10; i++)
        out_rig_submit(g, &slow, 100 + i);
    for (uint64_t i = 0; i < 20; i++)
        out_rig_submit(g, &e, i);
    bool seen[20] = { false };
    for (int i = 0; i < 20; i++) {
        struct outcome o = out_rig_result(g, &tag);
        assert_int_equal(o.kind, OUTCOME_DELIVERED);
        assert_true(tag < 20 && !seen[tag]);
        seen[tag] = true;
    }
    assert_true(monotonic_ms() - begin < QUICK_MS);
    assert_int_equal(outbound_under_way(g->out), 10);
    assert_int_equal(peer_most_at_once(dead), OUTBOUND_PEER_TRIES_MAX);
    assert_true(peer_most_at_once(quick) <= OUTBOUND_PEER_TRIES_MAX);
    begin = monotonic_ms();
    outbound_close(&g->out); /* with tries under way and waiting */
    assert_true(monotonic_ms() - begin < QUICK_MS);
    peer_close(&dead);
    peer_close(&quick);
}

/* One relay, one recipient whose mail it thinks about for ever, at each stage: libcurl waits for
 * some of these answers inside one call. */
static void a_slow_recipient_delays_no_other(void **state)
{
    static const enum peer_stage stages[] = { STAGE_RCPT, STAGE_MESSAGE };
    struct out_rig *g = *state;
    uint64_t tag;
    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++) {
        struct peer_script s = { .kind = PEER_SMTP };
        s.replies[stages[i]] = "slow|";
        struct peer *p = peer_open(&s);
        struct peer *http = peer_open(&(struct peer_script){ .kind = PEER_HTTP, .answer = OK });
        out_rig_relay(g, p);
        struct effect slow = out_rig_mail(g, "slow@example.org");
        struct effect ann = out_rig_mail(g, "ann@example.org");
        struct effect bob = out_rig_mail(g, "Bob@example.org");
        struct effect hook = out_rig_hook(g, http);
        int64_t begin = monotonic_ms();
        for (uint64_t n = 0; n < 4; n++)
            out_rig_submit(g, &slow, 100 + n);
        out_rig_submit(g, &ann, 1);
        out_rig_submit(g, &bob, 2);
        out_rig_submit(g, &hook, 3);
        for (int n = 0; n < 3; n++) {
            struct outcome o = out_rig_result(g, &tag);
            assert_true(o.kind != OUTCOME_FAILED && tag < 4);
        }
        assert_true(monotonic_ms() - begin < QUICK_MS);
        outbound_close(&g->out);
        peer_close(&p);
        peer_close(&http);
    }
}

static void there_is_room_or_a_time_to_ask_again(void **state)
{
    struct out_rig *g = *state;
    struct peer *dead = peer_open(&(struct peer_script){ .kind = PEER_TARPIT });
    struct effect slow = out_rig_hook(g, dead), other = out_rig_mail(g, "ann@example.org");
    int64_t wait_ms = -1;
    out_rig_open(g);
    assert_true(outbound_room(g->out, &slow, &wait_ms));
    assert_int_equal(wait_ms, 0);
    for (uint64_t i = 0; i < OUTBOUND_PEER_TRIES_MAX; i++) {
        assert_true(outbound_room(g->out, &slow, &wait_ms));
        out_rig_submit(g, &slow, i);
    }
    assert_false(outbound_room(g->out, &slow, &wait_ms));
    assert_true(wait_ms > 0 && wait_ms <= 1000);
    assert_true(outbound_room(g->out, &other, &wait_ms));
    /* Another path of the same host is the same destination. */
    slow.to = arena_printf(&g->arena, "http://127.0.0.1:%d/other", peer_port(dead));
    assert_false(outbound_room(g->out, &slow, &wait_ms));
    char to[32];
    for (uint64_t i = OUTBOUND_PEER_TRIES_MAX; i < OUTBOUND_TRIES_MAX; i++) {
        snprintf(to, sizeof to, "http://127.0.%d.%d:%d/", (int)(i / 200), (int)(i % 200) + 2,
                 peer_port(dead));
        slow.to = arena_text(&g->arena, text_from(to));
        out_rig_submit(g, &slow, i);
    }
    bool room = true; /* refused ones leave again, so at some moment there may be some */
    for (int i = 0; i < 3 && room; i++)
        room = outbound_room(g->out, &other, &wait_ms);
    assert_true(room || wait_ms > 0);
    outbound_close(&g->out);
    peer_close(&dead);
}

/* 12 in a minute are two at once and then one in five seconds or so; others are not concerned. */
static void a_destination_is_throttled(void **state)
{
    struct out_rig *g = *state;
    struct peer *p = peer_open(&(struct peer_script){ .kind = PEER_HTTP, .answer = OK });
    struct effect e = out_rig_hook(g, p), other = out_rig_hook(g, p);
    int64_t wait_ms, begin = monotonic_ms();
    uint64_t tag;
    other.to = arena_printf(&g->arena, "http://localhost:%d/", peer_port(p));
    g->o.throttle = 12;
    out_rig_open(g);
    for (int i = 0; i < 2; i++) {
        assert_true(outbound_room(g->out, &e, &wait_ms));
        assert_int_equal(out_rig_try(g, &e).kind, OUTCOME_DELIVERED);
    }
    assert_false(outbound_room(g->out, &e, &wait_ms));
    assert_true(wait_ms > 3000 && wait_ms < 6000);
    out_rig_submit(g, &e, 1); /* comes all the same, when its time has come */
    assert_true(outbound_room(g->out, &other, &wait_ms));
    out_rig_submit(g, &other, 2);
    out_rig_result(g, &tag);
    assert_int_equal(tag, 2);
    assert_true(monotonic_ms() - begin < 3000);
    out_rig_result(g, &tag);
    assert_int_equal(tag, 1);
    assert_true(monotonic_ms() - begin > 4000);
    assert_int_equal(peer_connections(p), 4);
    peer_close(&p);
}

static void many_tries_all_come_back(void **state)
{
    enum { PEERS = 8, EACH = 12 };
    struct out_rig *g = *state;
    struct peer *p =
        peer_open(&(struct peer_script){ .kind = PEER_HTTP, .answer = OK, .delay_ms = 5 });
    struct peer *relay = peer_open(&(struct peer_script){ .kind = PEER_SMTP });
    bool seen[2 * PEERS * EACH] = { false };
    char to[64];
    uint64_t tag = 0;
    out_rig_relay(g, relay);
    for (int n = 0; n < EACH; n++)
        for (int i = 0; i < PEERS; i++) {
            struct effect hook = out_rig_hook(g, p);
            snprintf(to, sizeof to, "http://127.0.0.1:%d/%d", peer_port(p), i);
            hook.to = text_from(to);
            out_rig_submit(g, &hook, tag++);
            snprintf(to, sizeof to, "person%d@example.org", i);
            struct effect mail = out_rig_mail(g, to);
            out_rig_submit(g, &mail, tag++);
        }
    memset(to, 0, sizeof to); /* everything was copied */
    for (size_t i = 0; i < sizeof seen; i++) {
        struct outcome o = out_rig_result(g, &tag);
        if (o.kind != (tag % 2 ? OUTCOME_SENT : OUTCOME_DELIVERED))
            fail_msg("%llu: %.*s", (unsigned long long)tag, TEXT_ARG(o.detail));
        assert_false(seen[tag]);
        seen[tag] = true;
    }
    struct outcome none;
    assert_false(outbound_result(g->out, &g->arena, &tag, &none));
    assert_int_equal(outbound_under_way(g->out), 0);
    assert_true(peer_most_at_once(p) <= OUTBOUND_PEER_TRIES_MAX);
    peer_close(&p);
    peer_close(&relay);
}

static void closing_early_or_twice_is_no_harm(void **state)
{
    struct out_rig *g = *state;
    struct peer *p = peer_open(&(struct peer_script){ .kind = PEER_HTTP, .answer = OK });
    struct effect e = out_rig_hook(g, p);
    out_rig_open(g);
    outbound_close(&g->out);
    outbound_close(&g->out);
    for (int i = 0; i < 20; i++) {
        out_rig_submit(g, &e, 1);
        outbound_close(&g->out);
    }
    peer_close(&p);
}

#define WITH_RIG(test) cmocka_unit_test_setup_teardown(test, out_rig_set_up, out_rig_tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RIG(a_dead_peer_delays_nobody),
        WITH_RIG(a_slow_recipient_delays_no_other),
        WITH_RIG(there_is_room_or_a_time_to_ask_again),
        WITH_RIG(a_destination_is_throttled),
        WITH_RIG(many_tries_all_come_back),
        WITH_RIG(closing_early_or_twice_is_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

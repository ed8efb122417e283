/* outbound: hooks over real sockets: what arrives, what becomes of each answer, and where nobody is
 * sent. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/out/outbound_try.h"
#include "common/suite/suite.h"
#include "tests/unit/out_rig.h"

static struct peer *answering(const char *answer)
{
    return peer_open(&(struct peer_script){ .kind = PEER_HTTP, .answer = answer });
}

static struct outcome try_once(struct out_rig *g, const char *answer)
{
    struct peer *p = answering(answer);
    struct effect e = out_rig_hook(g, p);
    struct outcome o = out_rig_try(g, &e);
    assert_int_equal(peer_connections(p), 1);
    peer_close(&p);
    return o;
}

/* The digest names a copy that holds what outbound_copy says. */
static void check_copy(struct out_rig *g, const struct outcome *o, const struct effect *e)
{
    char path[256], bytes[4096] = { 0 };
    struct stat st;
    struct text copy = outbound_copy(e, &g->arena);
    assert_int_equal(o->digest.length, 64);
    assert_true(text_equal(o->digest, outbound_digest(copy, &g->arena)));
    snprintf(path, sizeof path, "%s/out/blobs/%.2s/%.64s", g->directory, o->digest.at,
             o->digest.at);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_int_equal(fread(bytes, 1, sizeof bytes, f), copy.length);
    fclose(f);
    assert_memory_equal(bytes, copy.at, copy.length);
}

static void a_hook_arrives_signed(void **state)
{
    struct out_rig *g = *state;
    struct peer *p = answering("HTTP/1.1 204 No Content\r\n\r\n");
    struct effect e = out_rig_hook(g, p);
    out_rig_secret(g, "hook", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\r\n\n  old words\n");
    e.secret = text_from("file:hook");
    struct outcome o = out_rig_try(g, &e);
    assert_int_equal(o.kind, OUTCOME_DELIVERED);
    assert_true(text_equal(o.detail, text_from("204")));
    check_copy(g, &o, &e);
    struct text all = peer_heard(p, &g->arena);
    peer_close(&p);
    assert_memory_equal(all.at, "POST /hooks/a?b=c HTTP/1.1\r\n", 28);
    const char *body = strstr(all.at, "\r\n\r\n") + 4;
    assert_string_equal(body, outbound_hook_body(&e, &g->arena).at);
    assert_string_equal(out_rig_header(g, all, "content-type").at, "application/json");
    assert_string_equal(out_rig_header(g, all, "user-agent").at, "redress");
    assert_string_equal(out_rig_header(g, all, "webhook-id").at, "msg-0192aa7c");
    assert_int_equal(out_rig_header(g, all, "expect").length, 0);
    int64_t seconds = strtoll(out_rig_header(g, all, "webhook-timestamp").at, NULL, 10);
    assert_true(seconds <= real_now() / SECONDS && seconds > real_now() / SECONDS - 60);
    struct text secrets[2] = { { 0 }, TEXT_OF("  old words") };
    assert_int_equal(outbound_secret_bytes(text_from("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                                           &g->arena, &secrets[0]),
                     0);
    assert_string_equal(out_rig_header(g, all, "webhook-signature").at,
                        outbound_sign(secrets, 2, e.id, seconds, text_from(body), &g->arena).at);
}

static void a_secret_is_read_at_each_try(void **state)
{
    struct out_rig *g = *state;
    struct peer *p = answering("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n");
    struct effect e = out_rig_hook(g, p);
    struct text first, second;
    struct outcome o = out_rig_try(g, &e);
    assert_int_equal(o.kind, OUTCOME_DELIVERED);
    assert_string_equal(o.detail.at, "200 ok");
    assert_int_equal(out_rig_header(g, peer_heard(p, &g->arena), "webhook-signature").length,
                     0); /* unsigned */
    e.secret = text_from("file:hook");
    out_rig_secret(g, "hook", "one\n");
    o = out_rig_try(g, &e);
    first = out_rig_header(g, peer_heard(p, &g->arena), "webhook-signature");
    out_rig_secret(g, "hook", "two\n");
    o = out_rig_try(g, &e);
    second = out_rig_header(g, peer_heard(p, &g->arena), "webhook-signature");
    assert_true(first.length == 47 && second.length == 47);
    assert_memory_not_equal(first.at, second.at, 47);
    assert_int_equal(setenv("REDRESS_TEST_SECRET", "two", 1), 0);
    e.secret = text_from("env:REDRESS_TEST_SECRET");
    o = out_rig_try(g, &e);
    assert_int_equal(o.kind, OUTCOME_DELIVERED);
    peer_close(&p);
}

static void without_its_secret_nothing_is_sent(void **state)
{
    struct out_rig *g = *state;
    struct peer *p = answering("HTTP/1.1 200 OK\r\n\r\n");
    struct effect e = out_rig_hook(g, p);
    static const char *const missing[] = {
        "file:none", "file:empty",          "file:../out", "file:/etc/passwd",
        "file:.x",   "env:REDRESS_NO_SUCH", "env:",        "file:",
        "words",     "file:broken",         "file:dir"
    };
    char path[128];
    out_rig_secret(g, "empty", "\n\r\n");
    out_rig_secret(g, "broken", "good\nwhsec_not base64\n");
    snprintf(path, sizeof path, "%s/secrets/dir", g->directory);
    assert_int_equal(mkdir(path, 0700), 0);
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
        e.secret = text_from(missing[i]);
        struct outcome o = out_rig_try(g, &e);
        out_rig_failed(&o, EFFECT_secret_missing);
        assert_false(out_rig_holds(o.detail, "not base64")); /* no secret in a message */
    }
    assert_int_equal(peer_connections(p), 0);
    peer_close(&p);
}

static void every_status_has_its_failure(void **state)
{
    static const struct {
        int status;
        enum effect_failure failure;
    } rows[] = {
        { 300, EFFECT_redirected },  { 301, EFFECT_redirected }, { 302, EFFECT_redirected },
        { 307, EFFECT_redirected },  { 304, EFFECT_redirected }, { 400, EFFECT_rejected },
        { 401, EFFECT_rejected },    { 403, EFFECT_rejected },   { 404, EFFECT_rejected },
        { 408, EFFECT_busy },        { 410, EFFECT_gone },       { 422, EFFECT_rejected },
        { 425, EFFECT_busy },        { 429, EFFECT_busy },       { 500, EFFECT_peer_failed },
        { 502, EFFECT_peer_failed }, { 503, EFFECT_busy },       { 504, EFFECT_peer_failed },
        { 599, EFFECT_peer_failed }
    };
    struct out_rig *g = *state;
    char answer[256], words[64];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(answer, sizeof answer,
                 "HTTP/1.1 %d Words\r\nLocation: http://127.0.0.1:1/\r\n"
                 "Content-Length: 12\r\n\r\nno,\r\n thanks",
                 rows[i].status);
        struct outcome o = try_once(g, answer);
        out_rig_failed(&o, rows[i].failure);
        snprintf(words, sizeof words, "%d no, thanks", rows[i].status);
        if (rows[i].status != 304) /* which has no body */
            assert_true(text_equal(o.detail, text_from(words)));
    }
}

static void a_peer_may_say_when(void **state)
{
    static const struct {
        const char *value;
        int64_t least, most;
    } rows[] = { { "7", 7, 7 },
                 { "0", 0, 0 },
                 { "99999999999999999999999999", 0, 24 * 3600 },
                 { "864000", 24 * 3600, 24 * 3600 },
                 { "Fri, 01 Jan 2100 00:00:00 GMT", 24 * 3600, 24 * 3600 },
                 { "Thu, 01 Jan 1970 00:00:10 GMT", 0, 0 },
                 { "-5", 0, 0 },
                 { "soon", 0, 0 } };
    struct out_rig *g = *state;
    char answer[256];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(answer, sizeof answer,
                 "HTTP/1.1 429 Slowly\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n",
                 rows[i].value);
        struct outcome o = try_once(g, answer);
        out_rig_failed(&o, EFFECT_busy);
        if (o.retry_after < rows[i].least * SECONDS || o.retry_after > rows[i].most * SECONDS)
            fail_msg("%s: %lld", rows[i].value, (long long)o.retry_after);
    }
    struct text in_a_minute = outbound_date(real_now() + MINUTES, &g->arena);
    snprintf(answer, sizeof answer,
             "HTTP/1.1 503 Busy\r\nRetry-After: %.*sGMT\r\nContent-Length: 0\r\n\r\n",
             (int)in_a_minute.length - 5, in_a_minute.at);
    struct outcome o = try_once(g, answer);
    assert_true(o.retry_after > 50 * SECONDS && o.retry_after <= MINUTES);
}

static void strange_answers_are_survived(void **state)
{
    struct out_rig *g = *state;
    char *flood = malloc(200000);
    int n = snprintf(flood, 200000, "HTTP/1.1 200 OK\r\n\r\n");
    memset(flood + n, 'x', 199999 - (size_t)n);
    flood[199999] = 0;
    struct outcome o = try_once(g, flood); /* the status is what counts, and 16 KiB are read */
    assert_int_equal(o.kind, OUTCOME_DELIVERED);
    assert_int_equal(o.detail.length, OUTBOUND_DETAIL_MAX);
    o = try_once(g, "HTTP/1.1 500 No\r\nContent-Length: 100\r\n\r\ncut off");
    out_rig_failed(&o, EFFECT_peer_failed);
    assert_string_equal(o.detail.at, "500 cut off");
    o = try_once(g, "close");
    out_rig_failed(&o, EFFECT_peer_failed);
    o = try_once(g, "SSH-2.0-OpenSSH_9.2\r\n");
    out_rig_failed(&o, EFFECT_peer_failed);
    o = try_once(g, "HTTP/1.1 500 No\r\nContent-Length: 9\r\n\r\n\x1b[2J\xff\0");
    out_rig_failed(&o, EFFECT_peer_failed);
    assert_false(out_rig_holds(o.detail, "\x1b"));
    free(flood);
}

static void private_targets_are_refused(void **state)
{
    static const char *const hosts[] = {
        "127.0.0.1", "localhost",          "2130706433", "0177.0.0.1", "0x7f.1",       "127.1",
        "[::1]",     "[::ffff:127.0.0.1]", "[::]",       "0.0.0.0",    "[::127.0.0.1]"
    };
    struct out_rig *g = *state;
    struct peer *p = answering("HTTP/1.1 200 OK\r\n\r\n");
    struct effect e = out_rig_hook(g, p);
    g->o.allow_private = false;
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        e.to = arena_printf(&g->arena, "http://%s:%d/", hosts[i], peer_port(p));
        struct outcome o = out_rig_try(g, &e);
        out_rig_failed(&o, EFFECT_target_forbidden);
    }
    assert_int_equal(peer_connections(p), 0);
    peer_close(&p);
}

static void what_cannot_be_an_address_is_none(void **state)
{
    static const char *const urls[] = { "",
                                        "ftp://example.org/",
                                        "smtp://127.0.0.1:25/",
                                        "file:///etc/passwd",
                                        "http://u:p@127.0.0.1/",
                                        "http://127.0.0.1/\r\nX-Injected: y",
                                        "http://127.0.0.1/ HTTP/1.1" };
    struct out_rig *g = *state;
    struct effect e = out_rig_hook(g, NULL);
    struct outcome o;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        e.to = text_from(urls[i]);
        o = out_rig_try(g, &e);
        out_rig_failed(&o, EFFECT_bad_address);
    }
    static const char *const ids[] = { "", "a b", "a\r\nX-Injected: y", "a\n", "<a>", "a@b" };
    e = out_rig_hook(g, NULL);
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        e.id = text_from(ids[i]);
        o = out_rig_try(g, &e);
        out_rig_failed(&o, EFFECT_bad_address);
    }
    e = out_rig_hook(g, NULL);
    e.type = text_from("\xff");
    o = out_rig_try(g, &e);
    out_rig_failed(&o, EFFECT_bad_address);
    e.kind = EFFECT_NONE;
    assert_int_equal(outbound_submit(g->out, &e, 1), -EINVAL);
}

static void nobody_there(void **state)
{
    struct out_rig *g = *state;
    struct peer *p = answering("");
    struct effect e = out_rig_hook(g, p);
    peer_close(&p); /* the port is free again */
    struct outcome o = out_rig_try(g, &e);
    out_rig_failed(&o, EFFECT_unreachable);
    e.to = text_from("http://no-such-host.invalid/");
    o = out_rig_try(g, &e);
    out_rig_failed(&o, EFFECT_name_unknown);
}

/* A proxy in the environment would see what is sent, and would be what is judged. */
static void the_environment_has_no_say(void **state)
{
    struct out_rig *g = *state;
    static const char *const names[] = { "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY" };
    struct peer *proxy = answering("HTTP/1.1 418 Proxy\r\n\r\n");
    struct text url = arena_printf(&g->arena, "http://127.0.0.1:%d", peer_port(proxy));
    for (size_t i = 0; i < 4; i++)
        setenv(names[i], url.at, 1);
    struct outcome o = try_once(g, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    for (size_t i = 0; i < 4; i++)
        unsetenv(names[i]);
    assert_int_equal(o.kind, OUTCOME_DELIVERED);
    assert_int_equal(peer_connections(proxy), 0);
    peer_close(&proxy);
}

static void a_copy_that_cannot_be_kept_is_not_sent(void **state)
{
    struct out_rig *g = *state;
    struct peer *p = answering("HTTP/1.1 200 OK\r\n\r\n");
    struct effect e = out_rig_hook(g, p);
    char path[128];
    out_rig_open(g);
    snprintf(path, sizeof path, "%s/out/blobs", g->directory);
    assert_int_equal(rmdir(path), 0);
    FILE *f = fopen(path, "w");
    fclose(f);
    struct outcome o = out_rig_try(g, &e);
    out_rig_failed(&o, EFFECT_interrupted);
    assert_true(out_rig_holds(o.detail, "copy"));
    assert_int_equal(peer_connections(p), 0);
    peer_close(&p);
}

#define WITH_RIG(test) cmocka_unit_test_setup_teardown(test, out_rig_set_up, out_rig_tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RIG(a_hook_arrives_signed),
        WITH_RIG(a_secret_is_read_at_each_try),
        WITH_RIG(without_its_secret_nothing_is_sent),
        WITH_RIG(every_status_has_its_failure),
        WITH_RIG(a_peer_may_say_when),
        WITH_RIG(strange_answers_are_survived),
        WITH_RIG(private_targets_are_refused),
        WITH_RIG(what_cannot_be_an_address_is_none),
        WITH_RIG(nobody_there),
        WITH_RIG(the_environment_has_no_say),
        WITH_RIG(a_copy_that_cannot_be_kept_is_not_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* gateway_guard_test: what requests say of themselves, and what is believed. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "services/gateway/guard.h"

static void text_is(struct text t, const char *wanted)
{
    if (!text_equal(t, text_from(wanted)))
        fail_msg("\"%.*s\" instead of \"%s\"", TEXT_ARG(t), wanted);
}

static void hosts(void **state)
{
    static const struct {
        const char *host, *allowed;
        bool is;
    } rows[] = {
        { "localhost", "localhost", true },
        { "LocalHost:8080", "localhost", true },
        { "localhost:8080", "a, localhost:8080 ,b", true },
        { "localhost:8081", "localhost:8080", false },
        { "localhost", "localhost:8080", false },
        { "[::1]:80", "[::1]", true },
        { "[::1]", "[::1]", true },
        { "[::1]:81", "[::1]:80", false },
        { "localhost.evil", "localhost", false },
        { "evil.localhost", "localhost", false },
        { "localhost:80:80", "localhost", false },
        { "", "localhost", false },
        { "", "", false },
        { ":80", "localhost, ", false },
        { "localhost", "", false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (guard_host(text_from(rows[i].host), text_from(rows[i].allowed)) != rows[i].is)
            fail_msg("row %zu: %s in %s", i, rows[i].host, rows[i].allowed);
}

static void origins(void **state)
{
    const struct text host = TEXT_OF("a.example:8080");
    (void)state;
    assert_true(guard_origin(text_from("http://a.example:8080"), "http", host));
    assert_true(guard_origin(text_from("HTTP://A.example:8080"), "http", host));
    static const char *const foreign[] = {
        "",
        "null",
        "http://a.example",
        "https://a.example:8080",
        "http://a.example:80800",
        "http://b.example:8080",
        "http://a.example:8080/",
        "http:a.example:8080//",
        "a.example:8080",
    };
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        if (guard_origin(text_from(foreign[i]), "http", host))
            fail_msg("%s passed", foreign[i]);
}

static void names(void **state)
{
    static const char *const wrong[] = { "", "Content-Length ", "a\tb", "a:", "a\vb", "\xc1", "@",
                                         "[" };
    (void)state;
    assert_true(guard_is_name(text_from("X-Forwarded-For")));
    assert_true(guard_is_name(text_from("azAZ09!#$%&'*+-.^_`|~")));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (guard_is_name(text_from(wrong[i])))
            fail_msg("\"%s\" passed", wrong[i]);
}

static void headers(void **state)
{
    (void)state;
    text_is(guard_cookie(text_from("a=1; redress_session=x.y=z; b"), "redress_session"), "x.y=z");
    text_is(
        guard_cookie(text_from("redress_session=first; redress_session=second"), "redress_session"),
        "first");
    text_is(guard_cookie(text_from("xredress_session=1; redress_sessionx=2"), "redress_session"),
            "");
    text_is(guard_cookie(text_from(""), "redress_session"), "");
    text_is(guard_bearer(text_from("Bearer abc")), "abc");
    text_is(guard_bearer(text_from(" bEaReR  abc ")), "abc");
    text_is(guard_bearer(text_from("Basic abc")), "");
    text_is(guard_bearer(text_from("Bearer")), "");
    text_is(guard_bearer(text_from("Bearerabc")), "");
    assert_true(guard_media_type(text_from("application/json; charset=utf-8"), "application/json"));
    assert_true(guard_media_type(text_from("Application/JSON"), "application/json"));
    assert_false(guard_media_type(text_from("application/jsonx"), "application/json"));
    assert_false(guard_media_type(text_from("text/plain; application/json"), "application/json"));
    assert_false(guard_media_type(text_from(""), "application/json"));
    assert_true(guard_takes(text_from("gzip"), "gzip"));
    assert_true(guard_takes(text_from("deflate, GZip ;q=0.5"), "gzip"));
    assert_true(guard_takes(text_from("br;q=0,gzip;q=1.0"), "gzip"));
    assert_false(guard_takes(text_from("gzip;q=0"), "gzip"));
    assert_false(guard_takes(text_from("gzip; q=0.000, br"), "gzip"));
    assert_false(guard_takes(text_from("gzipped, x-gzip"), "gzip"));
    assert_false(guard_takes(text_from(""), "gzip"));
    assert_true(guard_etag(text_from("W/\"1\", \"42\""), text_from("\"42\"")));
    assert_true(guard_etag(text_from("W/\"42\""), text_from("\"42\"")));
    assert_true(guard_etag(text_from("*"), text_from("\"42\"")));
    assert_false(guard_etag(text_from("\"421\""), text_from("\"42\"")));
    assert_false(guard_etag(text_from(""), text_from("\"42\"")));
    assert_true(guard_address(text_from("10.0.0.1"), text_from("::1, 10.0.0.1")));
    assert_false(guard_address(text_from("10.0.0.1"), text_from("10.0.0.10,")));
    assert_false(guard_address(text_from("10.0.0.1"), text_from("")));
    static const char trace[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    text_is(guard_traceparent(text_from(trace)), trace);
    text_is(guard_traceparent(text_from("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0")),
            "");
    text_is(guard_traceparent(text_from("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")),
            "");
    text_is(guard_traceparent(text_from("00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01")),
            "");
}

static void paths(void **state)
{
    static const struct {
        const char *path;
        int result;
        uint32_t count;
        const char *last;
    } rows[] = {
        { "/", 0, 0, NULL },
        { "/v1/tickets/a%3Ab%2Fc", 0, 3, "a:b/c" },
        { "/a+b", 0, 1, "a+b" },
        { "/%C3%A4", 0, 1, "\xc3\xa4" },
        { "/1/2/3/4/5/6/7/8", 0, 8, "8" },
        { "/1/2/3/4/5/6/7/8/9", -E2BIG, 0, NULL },
        { "", -EINVAL, 0, NULL },
        { "x", -EINVAL, 0, NULL },
        { "*", -EINVAL, 0, NULL },
        { "//", -EINVAL, 0, NULL },
        { "/a//b", -EINVAL, 0, NULL },
        { "/a/", -EINVAL, 0, NULL },
        { "/a/./b", -EINVAL, 0, NULL },
        { "/..", -EINVAL, 0, NULL },
        { "/%2e%2E/b", -EINVAL, 0, NULL },
        { "/%00", -EINVAL, 0, NULL },
        { "/%0d%0a", -EINVAL, 0, NULL },
        { "/%7f", -EINVAL, 0, NULL },
        { "/%", -EINVAL, 0, NULL },
        { "/%4", -EINVAL, 0, NULL },
        { "/%4g", -EINVAL, 0, NULL },
        { "/%ff", -EINVAL, 0, NULL },
        { "/%C0%AF", -EINVAL, 0, NULL },
    };
    struct arena a = { 0 };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct text parts[HTTP_SEGMENTS_MAX];
        uint32_t count = 0;
        int r = guard_path(text_from(rows[i].path), &a, parts, &count);
        if (r != rows[i].result || (r == 0 && count != rows[i].count))
            fail_msg("%s: %d, %u parts", rows[i].path, r, count);
        if (r == 0 && rows[i].last)
            text_is(parts[count - 1], rows[i].last);
    }
    arena_free(&a);
}

static void parameters(void **state)
{
    struct arena a = { 0 };
    struct param all[HTTP_PARAMS_MAX];
    struct text bad = { 0 };
    uint32_t count;
    (void)state;
    assert_int_equal(guard_params(text_from("a=1+2&b=%26&&c&d=e=f"), &a, all, &count, &bad), 0);
    assert_int_equal(count, 4);
    text_is(all[0].value, "1 2");
    text_is(all[1].value, "&");
    text_is(all[2].name, "c");
    text_is(all[2].value, "");
    text_is(all[3].value, "e=f");
    assert_int_equal(guard_params(text_from(""), &a, all, &count, &bad), 0);
    assert_int_equal(count, 0);
    assert_int_equal(guard_params(text_from("a=1&b=2&%61=3"), &a, all, &count, &bad), -EINVAL);
    text_is(bad, "a");
    assert_int_equal(guard_params(text_from("x=%00"), &a, all, &count, &bad), -EINVAL);
    text_is(bad, "x");
    struct text many = { 0 };
    for (int i = 0; i <= HTTP_PARAMS_MAX; i++)
        many = arena_printf(&a, "%.*sp%d=&", TEXT_ARG(many), i);
    assert_int_equal(guard_params(many, &a, all, &count, &bad), -E2BIG);
    arena_free(&a);
}

static void words(void **state)
{
    struct arena a = { 0 };
    struct param all[HTTP_PARAMS_MAX];
    struct text bad = { 0 };
    uint32_t count;
    (void)state;
    assert_int_equal(
        guard_form(text_from("comment=a%0D%0Ab%09c%00%7Fd&score=9"), &a, all, &count, &bad), 0);
    assert_int_equal(count, 2);
    text_is(all[0].value, "a\nb c  d");
    text_is(all[1].value, "9");
    assert_int_equal(guard_form(text_from("a%0Ab=1"), &a, all, &count, &bad), -EINVAL);
    assert_int_equal(guard_form(text_from("a=%ff"), &a, all, &count, &bad), -EINVAL);
    assert_int_equal(guard_form(text_from("a=1&a=2"), &a, all, &count, &bad), -EINVAL);
    arena_free(&a);
}

static void writing(void **state)
{
    struct arena a = { 0 };
    (void)state;
    text_is(guard_html(text_from("<a href=\"x\">'&'</a>"), &a),
            "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
    text_is(guard_html((struct text){ 0 }, &a), "");
    text_is(guard_escape(text_from("a:b/c d\xc3\xa4~-._"), &a), "a%3Ab%2Fc%20d%C3%A4~-._");
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts),   cmocka_unit_test(origins), cmocka_unit_test(names),
        cmocka_unit_test(headers), cmocka_unit_test(paths),   cmocka_unit_test(parameters),
        cmocka_unit_test(words),   cmocka_unit_test(writing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

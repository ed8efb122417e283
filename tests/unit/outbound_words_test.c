/* outbound: what is judged and written without a network: addresses, URLs, targets, headers,
 * signatures, settings, copies. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/token.h"
#include "common/out/outbound_try.h"
#include "tests/unit/out_rig.h"

/* The example of the Standard Webhooks specification. */
static void signatures_are_the_specifications(void **state)
{
    struct out_rig *g = *state;
    struct text secrets[2] = { { 0 } };
    assert_int_equal(outbound_secret_bytes(text_from("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                                           &g->arena, &secrets[0]),
                     0);
    assert_int_equal(secrets[0].length, 24);
    struct text s = outbound_sign(secrets, 1, text_from("msg_p5jXN8AQM9LWM0D4loKWxJek"), 1614265330,
                                  text_from("{\"test\": 2432232314}"), &g->arena);
    assert_string_equal(s.at, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    assert_int_equal(outbound_secret_bytes(text_from("raw words"), &g->arena, &secrets[1]), 0);
    assert_true(text_equal(secrets[1], text_from("raw words")));
    struct text two = outbound_sign(secrets, 2, text_from("msg_p5jXN8AQM9LWM0D4loKWxJek"),
                                    1614265330, text_from("{\"test\": 2432232314}"), &g->arena);
    assert_memory_equal(two.at, s.at, s.length);
    assert_memory_equal(two.at + s.length, " v1,", 4);
    assert_int_equal(two.length, 2 * s.length + 1);
    static const char *const bad[] = { "whsec_", "whsec_!!!",
                                       "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2La=Sw" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(outbound_secret_bytes(text_from(bad[i]), &g->arena, &secrets[0]), -EINVAL);
}

static void targets_are_judged(void **state)
{
    static const struct {
        const char *address;
        bool is_public;
    } rows[] = { { "8.8.8.8", true },
                 { "1.1.1.1", true },
                 { "172.15.255.255", true },
                 { "172.32.0.0", true },
                 { "100.63.255.255", true },
                 { "100.128.0.0", true },
                 { "223.255.255.255", true },
                 { "192.0.1.0", true },
                 { "0.0.0.0", false },
                 { "0.1.2.3", false },
                 { "10.0.0.1", false },
                 { "10.255.255.255", false },
                 { "100.64.0.1", false },
                 { "100.127.255.255", false },
                 { "127.0.0.1", false },
                 { "127.255.255.254", false },
                 { "169.254.169.254", false },
                 { "172.16.0.1", false },
                 { "172.31.255.255", false },
                 { "192.168.1.1", false },
                 { "192.0.0.8", false },
                 { "198.18.0.1", false },
                 { "198.19.255.255", false },
                 { "203.0.113.7", false },
                 { "224.0.0.1", false },
                 { "239.255.255.255", false },
                 { "240.0.0.1", false },
                 { "255.255.255.255", false },
                 { "2606:4700::1111", true },
                 { "2a00:1450:4001::1", true },
                 { "::", false },
                 { "::1", false },
                 { "::ffff:127.0.0.1", false },
                 { "::ffff:10.1.2.3", false },
                 { "::ffff:8.8.8.8", true },
                 { "::127.0.0.1", false },
                 { "64:ff9b::7f00:1", false },
                 { "64:ff9b::a9fe:a9fe", false },
                 { "64:ff9b::808:808", true },
                 { "64:ff9b:1::1", false },
                 { "2002:7f00:1::", false },
                 { "2002:c0a8:101::1", false },
                 { "2001::1", false },
                 { "2001:db8::1", false },
                 { "fe80::1", false },
                 { "fec0::1", false },
                 { "fc00::1", false },
                 { "fd12:3456::1", false },
                 { "ff02::1", false },
                 { "100::1", false },
                 { "4000::1", false } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sockaddr_in v4 = { .sin_family = AF_INET };
        struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
        bool is_4 = inet_pton(AF_INET, rows[i].address, &v4.sin_addr) == 1;
        assert_true(is_4 || inet_pton(AF_INET6, rows[i].address, &v6.sin6_addr) == 1);
        bool is_public =
            outbound_is_public(is_4 ? (const struct sockaddr *)&v4 : (const struct sockaddr *)&v6);
        if (is_public != rows[i].is_public)
            fail_msg("%s", rows[i].address);
    }
    const struct sockaddr local = { .sa_family = AF_UNIX };
    assert_false(outbound_is_public(&local));
}

static void addresses_of_mail_are_judged(void **state)
{
    static const char *const good[] = { "ann@example.org", "a.b+c@x", "o'neil@ex-ample.co.uk",
                                        "x@xn--mller-kva.de" };
    static const char *const bad[] = {
        "",          "ann",         "@example.org",  "ann@",  "a@b@c",   "a..b@c", ".a@c",   "a.@c",
        "a b@c",     "a@b c",       "a@b\r\nX: y",   "a@b\n", "a@-b",    "-a@b",   "a@b..c", "a@b.",
        "\"a b\"@c", "a@[1.2.3.4]", "ü@example.org", "<a@b>", "a@b,c@d", "a@b>"
    };
    char longest[400];
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(outbound_is_address(text_from(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (outbound_is_address(text_from(bad[i])))
            fail_msg("%s", bad[i]);
    assert_false(outbound_is_address((struct text){ "a\0b@c", 5 }));
    memset(longest, 'a', sizeof longest);
    longest[64] = '@';
    assert_true(outbound_is_address((struct text){ longest, 64 + 1 + 63 }));
    assert_false(outbound_is_address((struct text){ longest, 64 + 1 + 64 }));
    longest[64] = 'a';
    longest[65] = '@';
    assert_false(outbound_is_address((struct text){ longest, 65 + 1 + 10 }));
}

static void urls_are_judged(void **state)
{
    static const struct {
        const char *url, *host; /* NULL: refused */
    } rows[] = { { "http://example.org/a?b=c", "example.org" },
                 { "https://EXAMPLE.org:8443", "example.org" },
                 { "https://example.org/x@y/z", "example.org" },
                 { "http://127.0.0.1/", "127.0.0.1" },
                 { "http://[::1]:80/", "[::1]" },
                 { "http://user@example.org/", NULL },
                 { "http://user:pw@example.org/", NULL },
                 { "http://:pw@example.org/", NULL },
                 { "ftp://example.org/", NULL },
                 { "file:///etc/passwd", NULL },
                 { "gopher://example.org/", NULL },
                 { "example.org", NULL },
                 { "//example.org", NULL },
                 { "http://", NULL },
                 { "http:///path", NULL },
                 { "http:/example.org/", NULL },
                 { "http:\\\\example.org\\", NULL },
                 { "http://example.org/\r\nX: y", NULL },
                 { "http://example.org/a b", NULL },
                 { " http://example.org/", NULL },
                 { "http://ex\xc3\xa4mple.org/", NULL },
                 { "http://example.org:99999/", NULL },
                 { "javascript:alert(1)", NULL },
                 { "", NULL } };
    char host[OUTBOUND_HOST_MAX + 1], longest[OUTBOUND_URL_MAX + 2];
    const char *rule;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int r = outbound_url(text_from(rows[i].url), "http https", host, &rule);
        if (r != (rows[i].host ? 0 : -EINVAL) || (r < 0) != (rule != NULL))
            fail_msg("%s", rows[i].url);
        if (rows[i].host && strcmp(rows[i].host, "127.0.0.1") != 0)
            assert_string_equal(host, rows[i].host);
    }
    assert_int_equal(outbound_url((struct text){ "http://a\0b/", 11 }, "http", host, &rule),
                     -EINVAL);
    memset(longest, 'a', sizeof longest);
    memcpy(longest, "http://x/", 9);
    assert_int_equal(outbound_url((struct text){ longest, OUTBOUND_URL_MAX }, "http", host, &rule),
                     0);
    assert_int_equal(
        outbound_url((struct text){ longest, OUTBOUND_URL_MAX + 1 }, "http", host, &rule), -EINVAL);
}

static void headers_are_encoded(void **state)
{
    struct out_rig *g = *state;
    static const struct {
        const char *value, *header;
    } subjects[] = {
        { "Outage at ACME", "Outage at ACME" },
        { "", "" },
        { "St\xc3\xb6rung", "=?UTF-8?B?U3TDtnJ1bmc=?=" },
        { "=?UTF-8?B?eA==?=", "=?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?=" }, /* stays what it was */
        { " lead", "=?UTF-8?B?IGxlYWQ=?=" },
    };
    for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++)
        assert_string_equal(outbound_header_text(text_from(subjects[i].value), 9, &g->arena).at,
                            subjects[i].header);
    char many[601];
    for (int i = 0; i < 200; i++)
        memcpy(many + (ptrdiff_t)3 * i, "\xe2\x82\xac", 3);
    many[600] = 0;
    struct text folded = outbound_header_text(text_from(many), 9, &g->arena);
    uint32_t line = 9, words = 1;
    for (uint32_t i = 0; i < folded.length; i++) {
        if (folded.at[i] == '\r') {
            assert_memory_equal(folded.at + i, "\r\n =?UTF-8?B?", 13);
            line = 0;
            i++;
            words++;
            continue;
        }
        assert_true(++line <= 76);
    }
    assert_true(words > 10);
    const struct text ann = TEXT_OF("ann@example.org");
    assert_string_equal(outbound_mailbox((struct text){ 0 }, ann, 4, &g->arena).at,
                        "ann@example.org");
    assert_string_equal(outbound_mailbox(text_from("Ann \"B\" \\"), ann, 4, &g->arena).at,
                        "\"Ann \\\"B\\\" \\\\\" <ann@example.org>");
    assert_string_equal(outbound_mailbox(text_from("J\xc3\xbcrgen"), ann, 4, &g->arena).at,
                        "=?UTF-8?B?SsO8cmdlbg==?=\r\n <ann@example.org>");
    assert_string_equal(outbound_date(INT64_C(1795271400000000), &g->arena).at,
                        "Sat, 21 Nov 2026 14:30:00 +0000");
}

static void what_a_peer_says_is_one_line(void **state)
{
    struct out_rig *g = *state;
    static const struct {
        const char *any, *line;
    } rows[] = { { "550 no\r\nsuch\tuser\x1b[31m", "550 no such user [31m" },
                 { "  spaces   and\n\n\nlines  ", "spaces and lines" },
                 { "bad \xff\xfe bytes \xc3", "bad ?? bytes ?" },
                 { "St\xc3\xb6rung \xf0\x9f\x98\x80", "St\xc3\xb6rung \xf0\x9f\x98\x80" },
                 { "c1 \xc2\x85 and bidi \xe2\x80\xae!", "c1 and bidi !" },
                 { "\xed\xa0\x80", "???" } };
    char many[1000];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct text line = outbound_line(text_from(rows[i].any), &g->arena);
        if (!text_equal(line, text_from(rows[i].line)))
            fail_msg("\"%.*s\", not \"%s\"", TEXT_ARG(line), rows[i].line);
    }
    for (size_t i = 0; i + 3 <= sizeof many; i += 3)
        memcpy(many + i, "\xe2\x82\xac", 3);
    for (uint32_t begin = 0; begin < 3; begin++) {
        struct text line = outbound_line((struct text){ many + begin, 990 }, &g->arena);
        assert_true(line.length > OUTBOUND_DETAIL_MAX - 4 && line.length <= OUTBOUND_DETAIL_MAX);
        assert_true(text_is_utf8(line));
    }
}

static void settings_are_judged(void **state)
{
    struct out_rig *g = *state;
    static const struct {
        const char *smtp, *user, *password, *from, *url, *field; /* NULL field: taken */
    } rows[] = {
        { "", "", "", "", "", NULL },
        { "smtp://mail:25", "", "", "r@example.org", "https://r.example.org", NULL },
        { "smtps://mail", "u", "file:smtp", "Redress <r@example.org>", "http://h/base/", NULL },
        { "smtp://mail:25/", "u", "env:PW", "\"A, B\" <r@x>", "", NULL },
        { "", "", "", "nonsense", "", NULL }, /* unused */
        { "http://mail", "", "", "r@x", "", "smtp" },
        { "mail:25", "", "", "r@x", "", "smtp" },
        { "smtp://u:p@mail", "", "", "r@x", "", "smtp" },
        { "smtp://mail/path", "", "", "r@x", "", "smtp" },
        { "smtp://mail?x=y", "", "", "r@x", "", "smtp" },
        { "smtp://mail", "", "", "", "", "mail_from" },
        { "smtp://mail", "", "", "Redress", "", "mail_from" },
        { "smtp://mail", "", "", "a <b> <r@x", "", "mail_from" },
        { "smtp://mail", "", "", "A\r\nBcc: x <r@x>", "", "mail_from" },
        { "smtp://mail", "u", "", "r@x", "", "smtp_password" },
        { "smtp://mail", "", "file:x", "r@x", "", "smtp_user" },
        { "smtp://mail", "u", "hunter2", "r@x", "", "smtp_password" },
        { "smtp://mail", "u", "file:../x", "r@x", "", "smtp_password" },
        { "smtp://mail", "u", "file:.x", "r@x", "", "smtp_password" },
        { "smtp://mail", "u\r\nQUIT", "file:x", "r@x", "", "smtp_user" },
        { "", "", "", "", "ftp://x", "public_url" },
        { "", "", "", "", "https://x/?a", "public_url" },
        { "", "", "", "", "https://u:p@x/", "public_url" },
        { "", "", "", "", "r.example.org", "public_url" },
    };
    char out[128];
    snprintf(out, sizeof out, "%s/out", g->directory);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct msg_error e = { { 0 }, { 0 } };
        g->o.smtp = text_from(rows[i].smtp);
        g->o.smtp_user = text_from(rows[i].user);
        g->o.smtp_password = text_from(rows[i].password);
        g->o.mail_from = text_from(rows[i].from);
        g->o.public_url = text_from(rows[i].url);
        int r = outbound_open(&g->o, out, "secrets", "i", &g->out, &e);
        if (r != (rows[i].field ? -EINVAL : 0) ||
            strcmp(rows[i].field ? rows[i].field : "", e.field))
            fail_msg("row %zu: %d, %s %s", i, r, e.field, e.rule);
        if (rows[i].field)
            assert_true(e.rule[0]);
        else if (i == 2)
            assert_true(text_equal(outbound_public_url(g->out), text_from("http://h/base")));
        outbound_close(&g->out);
    }
}

static void copies_say_what_is_sent(void **state)
{
    struct out_rig *g = *state;
    struct effect mail = out_rig_mail(g, "ann@example.org"), hook = out_rig_hook(g, NULL);
    hook.secret = text_from("file:hook");
    assert_string_equal(
        outbound_copy(&mail, &g->arena).at,
        "{\"kind\":\"mail\",\"id\":\"msg-0192aa7c\",\"to\":\"ann@example.org\",\"to_name\":"
        "\"J\xc3\xbcrgen\","
        "\"thread\":\"acme/esc-1\",\"subject\":\"St\xc3\xb6rung\",\"plain\":\"Hallo "
        "J\xc3\xbcrgen,\\n.\\n.dot\\n\","
        "\"html\":\"<p>Hallo J\xc3\xbcrgen</p>\\n\"}");
    assert_string_equal(
        outbound_copy(&hook, &g->arena).at,
        "{\"kind\":\"hook\",\"id\":\"msg-0192aa7c\",\"to\":\"http://127.0.0.1:9/hooks/a?b=c\","
        "\"body\":\"{\\\"type\\\":\\\"escalation.raised\\\","
        "\\\"timestamp\\\":\\\"2026-09-21T14:13:20.123456Z\\\","
        "\\\"data\\\":{\\\"escalation\\\":\\\"esc-1\\\","
        "\\\"summary\\\":\\\"St\xc3\xb6rung \\\\\\\"Mail\\\\\\\"\\\"}}\"}");
    mail.plain = text_from("\xff");
    assert_int_equal(outbound_copy(&mail, &g->arena).length, 0);
    assert_int_equal(outbound_digest(text_from("abc"), &g->arena).length, 64);
    assert_string_equal(outbound_digest(text_from("abc"), &g->arena).at,
                        "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signatures_are_the_specifications),
        cmocka_unit_test(targets_are_judged),
        cmocka_unit_test(addresses_of_mail_are_judged),
        cmocka_unit_test(urls_are_judged),
        cmocka_unit_test(headers_are_encoded),
        cmocka_unit_test(what_a_peer_says_is_one_line),
        cmocka_unit_test(settings_are_judged),
        cmocka_unit_test(copies_say_what_is_sent),
    };
    struct CMUnitTest with_rig[sizeof tests / sizeof *tests];
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        with_rig[i] = tests[i];
        with_rig[i].setup_func = out_rig_set_up;
        with_rig[i].teardown_func = out_rig_tear_down;
    }
    return cmocka_run_group_tests(with_rig, NULL, NULL);
}

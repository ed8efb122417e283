/* outbound: mail over real sockets: what a relay receives, and what becomes of what it says. */
#include <stdio.h>
#include <stdlib.h>

#include "common/out/outbound_try.h"
#include "tests/unit/out_rig.h"

static struct peer *relay(struct out_rig *g, enum peer_stage stage, const char *reply)
{
    struct peer_script s = { .kind = PEER_SMTP };
    if (stage < STAGES)
        s.replies[stage] = reply;
    struct peer *p = peer_open(&s);
    outbound_close(&g->out);
    out_rig_relay(g, p);
    return p;
}

static void a_mail_arrives_whole(void **state)
{
    struct out_rig *g = *state;
    struct peer *p = relay(g, STAGES, NULL);
    struct effect e = out_rig_mail(g, "juergen@example.org");
    struct outcome o = out_rig_try(g, &e);
    assert_int_equal(o.kind, OUTCOME_SENT);
    assert_string_equal(o.detail.at, "250 2.0.0 queued as 4711");
    assert_true(text_equal(o.digest, outbound_digest(outbound_copy(&e, &g->arena), &g->arena)));
    struct text all = peer_heard(p, &g->arena);
    peer_close(&p);
    assert_memory_equal(all.at, "EHLO example.net\r\nMAIL FROM:<redress@example.net>", 49);
    assert_true(out_rig_holds(all, "\r\nRCPT TO:<juergen@example.org>\r\n"));
    assert_true(out_rig_holds(all, "\r\nQUIT\r\n"));
    assert_false(out_rig_holds(all, "\r\nAUTH"));
    static const char *const headers[][2] = {
        { "From", "=?UTF-8?B?UmVkcmVzcyBTdMO2cnVuZw==?=" },
        { "To", "=?UTF-8?B?SsO8cmdlbg==?=" },
        { "Subject", "=?UTF-8?B?U3TDtnJ1bmc=?=" },
        { "Message-ID", "<msg-0192aa7c@example.net>" },
        { "In-Reply-To", "<acme/esc-1@example.net>" },
        { "References", "<acme/esc-1@example.net>" },
        { "Auto-Submitted", "auto-generated" },
        { "X-Redress-Message", "msg-0192aa7c" },
        { "Mime-Version", "1.0" },
        { "Bcc", "" },
    };
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        struct text value = out_rig_header(g, all, headers[i][0]);
        if (!text_equal(value, text_from(headers[i][1])))
            fail_msg("%s: %.*s", headers[i][0], TEXT_ARG(value));
    }
    assert_memory_equal(out_rig_header(g, all, "Content-Type").at,
                        "multipart/alternative; boundary=", 32);
    const char *plain = strstr(all.at, "Content-Type: text/plain; charset=utf-8\r\n"
                                       "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                                       "Hallo J=C3=BCrgen,\r\n..\r\n..dot\r\n");
    assert_non_null(plain); /* dots are doubled on their way (RFC 5321, 4.5.2) */
    assert_non_null(strstr(plain, "Content-Type: text/html; charset=utf-8\r\n"
                                  "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                                  "<p>Hallo J=C3=BCrgen</p>\r\n"));
    struct text date = out_rig_header(g, all, "Date");
    assert_true(date.length == 31 && strcmp(date.at + 25, " +0000") == 0);
}

/* The first message of a thread is no answer; without a name there is only the address. */
static void what_is_not_there_is_not_said(void **state)
{
    struct out_rig *g = *state;
    struct peer *p = relay(g, STAGES, NULL);
    struct effect e = out_rig_mail(g, "ann@example.org");
    e.thread = e.to_name = e.html = (struct text){ 0 };
    e.subject = text_from("plain words");
    assert_int_equal(out_rig_try(g, &e).kind, OUTCOME_SENT);
    struct text all = peer_heard(p, &g->arena);
    peer_close(&p);
    assert_string_equal(out_rig_header(g, all, "To").at, "ann@example.org");
    assert_string_equal(out_rig_header(g, all, "Subject").at, "plain words");
    assert_int_equal(out_rig_header(g, all, "In-Reply-To").length, 0);
    assert_int_equal(out_rig_header(g, all, "References").length, 0);
    assert_false(out_rig_holds(all, "text/html"));
}

/* The number of a ticket holds what no Message-ID may. */
static void any_text_makes_a_thread(void **state)
{
    static const char *const threads[] = { "acme/pager:INC 1", "acme/pager:INC 2",
                                           "x\r\nBcc: eve@example.org", "a..b>", "Störung" };
    struct out_rig *g = *state;
    struct text before = { 0 };
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        struct text ids[2];
        for (size_t n = 0; n < 2; n++) {
            struct peer *p = relay(g, STAGES, NULL);
            struct effect e = out_rig_mail(g, "ann@example.org");
            e.thread = text_from(threads[i]);
            assert_int_equal(out_rig_try(g, &e).kind, OUTCOME_SENT);
            struct text all = peer_heard(p, &g->arena);
            peer_close(&p);
            ids[n] = out_rig_header(g, all, "In-Reply-To");
            assert_true(text_equal(ids[n], out_rig_header(g, all, "References")));
            assert_int_equal(out_rig_header(g, all, "Bcc").length, 0);
        }
        static const char tail[] = "@example.net>";
        size_t digits = strspn(ids[0].at + 1, "0123456789abcdef");
        assert_string_equal(ids[0].at + 1 + digits, tail);
        assert_true(digits >= 32 && text_equal(ids[0], ids[1]));
        assert_false(text_equal(ids[0], before));
        before = ids[0];
    }
}

static void a_user_logs_in(void **state)
{
    struct out_rig *g = *state;
    struct peer *p = relay(g, STAGES, NULL);
    struct effect e = out_rig_mail(g, "ann@example.org");
    g->o.smtp_user = text_from("redress");
    g->o.smtp_password = text_from("file:smtp");
    struct outcome o = out_rig_try(g, &e);
    out_rig_failed(&o, EFFECT_secret_missing);
    assert_int_equal(peer_connections(p), 0);
    out_rig_secret(g, "smtp", "pass word\n");
    o = out_rig_try(g, &e);
    assert_int_equal(o.kind, OUTCOME_SENT);
    struct text all = peer_heard(p, &g->arena);
    assert_true(out_rig_holds(all, "\r\nAUTH PLAIN"));
    assert_true(out_rig_holds(all, "AHJlZHJlc3MAcGFzcyB3b3Jk")); /* NUL redress NUL pass word */
    peer_close(&p);
}

static void every_answer_has_its_failure(void **state)
{
    static const struct {
        enum peer_stage stage;
        const char *reply;
        enum effect_failure failure;
        const char *detail; /* NULL: the reply without its end */
    } rows[] = {
        { STAGE_GREETING, "421 4.3.2 later\r\n", EFFECT_busy, NULL },
        { STAGE_GREETING, "554 no mail here\r\n", EFFECT_peer_failed, NULL },
        { STAGE_GREETING, "close", EFFECT_peer_failed, "" },
        { STAGE_MAIL, "452 4.3.1 full\r\n", EFFECT_busy, NULL },
        { STAGE_MAIL, "550 5.1.8 bad sender\r\n", EFFECT_rejected, NULL },
        { STAGE_MAIL, "530 5.7.0 STARTTLS first\r\n", EFFECT_peer_failed, NULL },
        { STAGE_MAIL, "552 5.3.4 too big\r\n", EFFECT_rejected, NULL },
        { STAGE_RCPT, "450 4.2.0 greylisted\r\n", EFFECT_busy, NULL },
        { STAGE_RCPT, "451 try again\r\n", EFFECT_busy, NULL },
        { STAGE_RCPT, "550 no such user\r\n", EFFECT_recipient_unknown, NULL },
        { STAGE_RCPT, "550 5.1.1 no such user\r\n", EFFECT_recipient_unknown, NULL },
        { STAGE_RCPT, "551 user not local\r\n", EFFECT_recipient_unknown, NULL },
        { STAGE_RCPT, "553 5.1.3 bad address\r\n", EFFECT_recipient_unknown, NULL },
        { STAGE_RCPT, "550 5.7.1 relaying denied\r\n", EFFECT_rejected, NULL },
        { STAGE_RCPT, "554 5.7.1 blocked\r\n", EFFECT_rejected, NULL },
        { STAGE_RCPT, "552 5.2.2 mailbox full\r\n", EFFECT_rejected, NULL },
        { STAGE_RCPT, "550-5.1.1 No such\r\n550-5.1.1 user, see\r\n550 5.1.1 https://x\r\n",
          EFFECT_recipient_unknown, "550 5.1.1 No such 5.1.1 user, see 5.1.1 https://x" },
        { STAGE_RCPT, "550\r\n", EFFECT_recipient_unknown, NULL },
        { STAGE_DATA, "451 4.3.0 later\r\n", EFFECT_busy, NULL },
        { STAGE_DATA, "554 5.5.1 no\r\n", EFFECT_rejected, NULL },
        { STAGE_MESSAGE, "452 4.3.1 disk full\r\n", EFFECT_busy, NULL },
        { STAGE_MESSAGE, "550 spam\r\n", EFFECT_rejected, NULL },
        { STAGE_MESSAGE, "550 5.1.1 nobody there\r\n", EFFECT_recipient_unknown, NULL },
        { STAGE_MESSAGE, "554 5.7.1 \x1b[31mspam \xff\r\n", EFFECT_rejected,
          "554 5.7.1 [31mspam ?" },
        { STAGE_MESSAGE, "close", EFFECT_peer_failed, "" },
    };
    struct out_rig *g = *state;
    struct effect e = out_rig_mail(g, "ann@example.org");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct peer *p = relay(g, rows[i].stage, rows[i].reply);
        struct outcome o = out_rig_try(g, &e);
        peer_close(&p);
        out_rig_failed(&o, rows[i].failure);
        struct text words = text_from(rows[i].detail ? rows[i].detail : rows[i].reply);
        if (!rows[i].detail)
            words.length -= 2;
        if (words.length && !text_equal(o.detail, words))
            fail_msg("\"%.*s\", not \"%.*s\"", TEXT_ARG(o.detail), TEXT_ARG(words));
    }
}

/* An accepted message is accepted, whatever comes after: to send it again would be the worse
 * mistake. */
static void what_was_accepted_is_sent(void **state)
{
    static const char *const partings[] = { "close", "", "500 what?\r\n", "421 gone\r\n" };
    struct out_rig *g = *state;
    struct effect e = out_rig_mail(g, "ann@example.org");
    for (size_t i = 0; i < sizeof partings / sizeof *partings; i++) {
        struct peer *p = relay(g, STAGE_QUIT, partings[i]);
        int64_t begin = monotonic_ms();
        struct outcome o = out_rig_try(g, &e);
        assert_int_equal(o.kind, OUTCOME_SENT);
        assert_string_equal(o.detail.at, "250 2.0.0 queued as 4711");
        assert_true(monotonic_ms() - begin < 5000); /* a silent QUIT is not waited out */
        assert_int_equal(peer_connections(p), 1);
        peer_close(&p);
    }
}

/* A relay that refuses and then hangs costs a second, not the timeout. */
static void no_parting_is_waited_out(void **state)
{
    struct out_rig *g = *state;
    struct effect e = out_rig_mail(g, "ann@example.org");
    for (enum peer_stage stage = STAGE_MAIL; stage <= STAGE_MESSAGE; stage++) {
        struct peer_script s = { .kind = PEER_SMTP };
        s.replies[stage] = "554 no\r\n";
        s.replies[STAGE_QUIT] = "";
        struct peer *p = peer_open(&s);
        outbound_close(&g->out);
        out_rig_relay(g, p);
        int64_t begin = monotonic_ms();
        struct outcome o = out_rig_try(g, &e);
        out_rig_failed(&o, EFFECT_rejected);
        assert_true(monotonic_ms() - begin < 5000);
        peer_close(&p);
    }
}

static void tls_is_required_unless_told_otherwise(void **state)
{
    struct out_rig *g = *state;
    struct outbound_options defaults = { 0 };
    struct option_table table = { outbound_rows, outbound_row_count, &defaults };
    struct msg_error error;
    struct peer *p = relay(g, STAGES, NULL);
    struct effect e = out_rig_mail(g, "ann@example.org");
    assert_int_equal(options_default(&table, &error), 0);
    assert_true(defaults.smtp_tls);
    assert_false(defaults.allow_private);
    g->o.smtp_tls = true;
    struct outcome o = out_rig_try(g, &e);
    out_rig_failed(&o, EFFECT_untrusted);
    assert_true(out_rig_holds(o.detail, "STARTTLS"));
    struct text all = peer_heard(p, &g->arena);
    assert_false(out_rig_holds(all, "MAIL FROM"));
    peer_close(&p);
    p = relay(g, STAGE_EHLO, "250-peer\r\n250 STARTTLS\r\n"); /* says so, and then does not */
    o = out_rig_try(g, &e);
    out_rig_failed(&o, EFFECT_untrusted);
    assert_string_equal(o.detail.at, "502 what?");
    assert_false(out_rig_holds(peer_heard(p, &g->arena), "MAIL FROM"));
    peer_close(&p);
}

static void without_a_relay_there_is_no_mail(void **state)
{
    struct out_rig *g = *state;
    struct effect e = out_rig_mail(g, "ann@example.org");
    struct outcome o = out_rig_try(g, &e);
    out_rig_failed(&o, EFFECT_not_configured);
    struct peer *p = relay(g, STAGES, NULL);
    peer_close(&p);
    o = out_rig_try(g, &e);
    out_rig_failed(&o, EFFECT_unreachable);
}

/* The operator's relay may be anywhere; that hooks may not go there is another matter. */
static void the_relay_may_be_private(void **state)
{
    struct out_rig *g = *state;
    struct effect e = out_rig_mail(g, "ann@example.org");
    struct peer *p = relay(g, STAGES, NULL);
    g->o.allow_private = false;
    assert_int_equal(out_rig_try(g, &e).kind, OUTCOME_SENT);
    peer_close(&p);
}

static void nothing_is_injected(void **state)
{
    static const char *const bad[] = { "x\r\nBcc: eve@example.org", "x\nBcc: eve@example.org",
                                       "x\ry", "tab\there", "\x7f" };
    struct out_rig *g = *state;
    struct peer *p = relay(g, STAGES, NULL);
    struct effect good = out_rig_mail(g, "ann@example.org");
    struct text *fields[4];
    struct effect e = good;
    fields[0] = &e.to;
    fields[1] = &e.to_name;
    fields[2] = &e.subject;
    fields[3] = &e.id;
    for (size_t f = 0; f < 4; f++)
        for (size_t i = 0; i <= sizeof bad / sizeof *bad; i++) {
            e = good;
            *fields[f] =
                i < sizeof bad / sizeof *bad ? text_from(bad[i]) : (struct text){ "a\0b", 3 };
            struct outcome o = out_rig_try(g, &e);
            out_rig_failed(&o, EFFECT_bad_address);
        }
    static const char *const to[] = { "ann", "ann@example.org, eve@example.org",
                                      "<ann@example.org>", "ann@example.org> SIZE=1", "" };
    for (size_t i = 0; i < sizeof to / sizeof *to; i++) {
        e = good;
        e.to = text_from(to[i]);
        struct outcome o = out_rig_try(g, &e);
        out_rig_failed(&o, EFFECT_bad_address);
    }
    e = good;
    char *huge = malloc(OUTBOUND_MESSAGE_MAX + 1);
    memset(huge, 'x', OUTBOUND_MESSAGE_MAX + 1);
    e.plain = (struct text){ huge, OUTBOUND_MESSAGE_MAX + 1 };
    struct outcome o = out_rig_try(g, &e);
    out_rig_failed(&o, EFFECT_rejected);
    free(huge);
    assert_int_equal(peer_connections(p), 0);
    peer_close(&p);
}

#define WITH_RIG(test) cmocka_unit_test_setup_teardown(test, out_rig_set_up, out_rig_tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RIG(a_mail_arrives_whole),
        WITH_RIG(what_is_not_there_is_not_said),
        WITH_RIG(any_text_makes_a_thread),
        WITH_RIG(a_user_logs_in),
        WITH_RIG(every_answer_has_its_failure),
        WITH_RIG(what_was_accepted_is_sent),
        WITH_RIG(no_parting_is_waited_out),
        WITH_RIG(tls_is_required_unless_told_otherwise),
        WITH_RIG(without_a_relay_there_is_no_mail),
        WITH_RIG(the_relay_may_be_private),
        WITH_RIG(nothing_is_injected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

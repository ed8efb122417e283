/* outbound_mail: a mail is one SMTP session (libcurl), and what the relay said in it.
 *
 * libcurl says only that a session failed, so the dialogue is listened to: which command an answer
 * answers tells a wrong recipient from a refused message, and an accepted message from a session
 * that broke afterwards.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/base/monotonic.h"
#include "common/base/token.h"
#include "common/out/outbound_try.h"

/* --- listening ----------------------------------------------------------------------------------
 */

enum talk_stage { TALK_GREETING, TALK_MAIL, TALK_RCPT, TALK_DATA, TALK_MESSAGE, TALK_QUIT };

struct talk {
    struct outbound_try *try;
    enum talk_stage stage; /* what the next answer answers; GREETING: all before the mail */
    enum talk_stage answered; /* what the last one did */
    bool whole; /* the last line of the answer was there */
    int code; /* of the answer; 0 before the first */
    size_t used;
    char words[1024]; /* the answer: its code once, its lines behind one another */
};

static void hear_command(struct talk *k, const char *line, size_t size)
{
    static const struct {
        const char *word;
        enum talk_stage stage;
    } commands[] = { { "MAIL FROM:", TALK_MAIL },
                     { "RCPT TO:", TALK_RCPT },
                     { "DATA", TALK_DATA },
                     { "QUIT", TALK_QUIT } };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (size >= strlen(commands[i].word) &&
            strncasecmp(line, commands[i].word, strlen(commands[i].word)) == 0)
            k->stage = commands[i].stage;
    if (k->stage == TALK_QUIT)
        k->try->enough_ms = monotonic_ms();
}

/* One line of an answer: "250-text", "250 text" or "250" (RFC 5321, 4.2). The answer to the message
 * is the last that matters. */
static void hear_line(struct talk *k, const char *line, size_t size)
{
    if (size < 3 || k->stage == TALK_QUIT)
        return;
    int code = 0;
    for (int i = 0; i < 3; i++) {
        if (!isdigit((unsigned char)line[i]))
            return;
        code = code * 10 + (line[i] - '0');
    }
    bool begins = k->whole || k->code == 0;
    size_t skip = begins ? 0 : 4;
    if (begins)
        k->used = 0;
    else if (k->used + 1 < sizeof k->words)
        k->words[k->used++] = ' ';
    size_t n = size > skip ? size - skip : 0;
    if (n > sizeof k->words - k->used)
        n = sizeof k->words - k->used;
    memcpy(k->words + k->used, line + skip, n);
    if (begins && n > 3)
        k->words[3] = ' ';
    k->used += n;
    k->code = code;
    k->answered = k->stage;
    k->whole = size < 4 || line[3] != '-';
    if (k->whole && k->stage == TALK_DATA && code == 354)
        k->stage = TALK_MESSAGE;
}

static int listen_in(CURL *curl, curl_infotype type, char *bytes, size_t size, void *arg)
{
    struct talk *k = arg;
    (void)curl;
    if (type == CURLINFO_HEADER_OUT)
        hear_command(k, bytes, size);
    else if (type == CURLINFO_HEADER_IN)
        hear_line(k, bytes, size);
    return 0;
}

/* --- what came of it ----------------------------------------------------------------------------
 */

/* The enhanced code's class and subject, "5.1.1" (RFC 3463); false when the answer has none. */
static bool enhanced(const struct talk *k, char class, char subject)
{
    const char *w = k->words + 4;
    return k->used > 8 && w[0] == class && w[1] == '.' && w[2] == subject && w[3] == '.';
}

static bool has_enhanced(const struct talk *k)
{
    const char *w = k->words + 4;
    return k->used > 8 && isdigit((unsigned char)w[0]) && w[1] == '.' &&
           isdigit((unsigned char)w[2]) && w[3] == '.';
}

/* 550, 551 and 553 of RCPT say that there is no such recipient, unless the enhanced code says
 * something else: 550 5.7.1 is a policy. */
static bool is_unknown_recipient(const struct talk *k)
{
    if (k->answered != TALK_RCPT && k->answered != TALK_MESSAGE)
        return false;
    if (has_enhanced(k))
        return enhanced(k, '5', '1');
    return k->answered == TALK_RCPT && (k->code == 550 || k->code == 551 || k->code == 553);
}

/* A relay that will not even begin, or not without STARTTLS or a login (RFC 4954, 3207), says
 * nothing about this message: that passes, or an operator makes it pass. */
static enum effect_failure failure_of(const struct talk *k)
{
    const bool login = k->code == 530 || k->code == 534 || k->code == 535 || k->code == 538;
    if (k->code < 500)
        return EFFECT_busy;
    if (k->answered == TALK_GREETING || login)
        return EFFECT_peer_failed;
    return is_unknown_recipient(k) ? EFFECT_recipient_unknown : EFFECT_rejected;
}

static void judge(struct outbound_try *t, const struct talk *k, CURLcode code)
{
    struct text words = { k->words, (uint32_t)k->used };
    bool answered = k->whole && k->code >= 400;
    if (k->whole && k->answered == TALK_MESSAGE && k->code >= 200 && k->code < 300)
        outbound_succeed(t, false, words); /* whatever broke afterwards */
    else if (code == CURLE_USE_SSL_FAILED)
        outbound_fail(
            t, EFFECT_untrusted,
            answered ? words
                     : text_from("The relay does not offer STARTTLS, which smtp_tls requires."));
    else if (answered)
        outbound_fail(t, failure_of(k), words);
    else
        outbound_fail_by_code(t, code);
}

/* --- the message --------------------------------------------------------------------------------
 */

static const char *fault_of(const struct effect *e)
{
    const struct text lines[] = { e->to_name, e->subject };
    if (!outbound_is_address(e->to))
        return "The address of mail is none that can be used.";
    if (!outbound_is_id(e->id))
        return "The message's id cannot stand in a header.";
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        for (uint32_t c = 0; c < lines[i].length; c++)
            if ((unsigned char)lines[i].at[c] < ' ' || lines[i].at[c] == 0x7f)
                return "The name or the subject holds a line break or another control character.";
    if (e->to_name.length > OUTBOUND_NAME_MAX || e->subject.length > OUTBOUND_SUBJECT_MAX)
        return "The name or the subject is too long.";
    return NULL;
}

static bool header_add(struct curl_slist **list, struct text line)
{
    struct curl_slist *longer = curl_slist_append(*list, line.at);
    if (longer)
        *list = longer;
    return longer;
}

/* What stands for a thread in headers: itself, or its digest where it holds what an id may not, as
 * the numbers of tickets do; equal threads stay equal. */
static struct text thread_id(struct text thread, struct arena *a)
{
    return outbound_is_id(thread) ? thread : outbound_digest(thread, a);
}

static bool headers_make(struct outbound_try *t, struct curl_slist **ret)
{
    struct arena *a = &t->arena;
    const struct effect *e = &t->effect;
    const struct outbound_settings *s = t->settings;
    struct text to = outbound_mailbox(e->to_name, e->to, strlen("To: "), a);
    struct text subject = outbound_header_text(e->subject, strlen("Subject: "), a);
    struct text thread = thread_id(e->thread, a);
    const struct text lines[] = {
        arena_printf(a, "From: %.*s", TEXT_ARG(s->from)),
        arena_printf(a, "To: %.*s", TEXT_ARG(to)),
        arena_printf(a, "Subject: %.*s", TEXT_ARG(subject)),
        arena_printf(a, "Date: %.*s", TEXT_ARG(outbound_date(t->submitted, a))),
        arena_printf(a, "Message-ID: <%.*s@%.*s>", TEXT_ARG(e->id), TEXT_ARG(s->domain)),
        text_from("Auto-Submitted: auto-generated"),
        arena_printf(a, "X-Redress-Message: %.*s", TEXT_ARG(e->id)),
        text_from("Content-Type: multipart/alternative"),
        arena_printf(a, "In-Reply-To: <%.*s@%.*s>", TEXT_ARG(thread), TEXT_ARG(s->domain)),
        arena_printf(a, "References: <%.*s@%.*s>", TEXT_ARG(thread), TEXT_ARG(s->domain)),
    };
    const size_t count = sizeof lines / sizeof *lines - (text_empty(e->thread) ? 2 : 0);
    for (size_t i = 0; i < count; i++)
        if (!header_add(ret, lines[i]))
            return false;
    return true;
}

/* Readers show the last part that they can, so the plain one comes first. */
static curl_mime *body_make(struct outbound_try *t, CURL *curl)
{
    const struct {
        struct text body;
        const char *type;
    } parts[] = { { t->effect.plain, "text/plain; charset=utf-8" },
                  { t->effect.html, "text/html; charset=utf-8" } };
    curl_mime *mime = curl_mime_init(curl);
    CURLcode r = mime ? CURLE_OK : CURLE_OUT_OF_MEMORY;
    for (size_t i = 0; r == CURLE_OK && i < sizeof parts / sizeof *parts; i++) {
        struct text body = outbound_crlf(parts[i].body, &t->arena);
        if (text_empty(body))
            continue;
        curl_mimepart *part = curl_mime_addpart(mime);
        r = part ? curl_mime_data(part, body.at, body.length) : CURLE_OUT_OF_MEMORY;
        if (r == CURLE_OK)
            r = curl_mime_type(part, parts[i].type);
        if (r == CURLE_OK)
            r = curl_mime_encoder(part, "quoted-printable");
    }
    if (r == CURLE_OK)
        return mime;
    curl_mime_free(mime);
    return NULL;
}

static CURLcode perform(struct outbound_try *t, CURL *curl, struct text password, curl_mime *mime,
                        const struct curl_slist *headers, struct talk *k)
{
    const struct outbound_settings *s = t->settings;
    struct curl_slist *to = curl_slist_append(NULL, t->effect.to.at);
    CURLcode r = to ? outbound_prepare(curl, t, "smtp,smtps") : CURLE_OUT_OF_MEMORY;
#define SET(option, value)                                                                         \
    if (r == CURLE_OK)                                                                             \
        r = curl_easy_setopt(curl, CURLOPT_##option, value);
    SET(URL, s->smtp.at)
    SET(USE_SSL, (long)(s->smtp_tls ? CURLUSESSL_ALL : CURLUSESSL_NONE))
    if (s->smtp_user.length) {
        SET(USERNAME, s->smtp_user.at)
        SET(PASSWORD, password.at)
    }
    SET(MAIL_FROM, s->from_address.at)
    SET(MAIL_RCPT, to)
    SET(HTTPHEADER, headers)
    SET(MIMEPOST, mime)
    SET(VERBOSE, 1L)
    SET(DEBUGFUNCTION, listen_in)
    SET(DEBUGDATA, k)
#undef SET
    if (r == CURLE_OK)
        r = curl_easy_perform(curl);
    curl_easy_reset(curl); /* it refers to what is freed here and by the caller */
    curl_slist_free_all(to);
    return r;
}

static bool password_read(struct outbound_try *t, struct text *ret)
{
    const struct outbound_settings *s = t->settings;
    struct text line = { 0 };
    if (text_empty(s->smtp_user))
        return true;
    int r = outbound_secret_lines(s->secrets, s->smtp_password, &t->arena, &line, 1);
    if (r < 0) {
        outbound_fail(t, EFFECT_secret_missing,
                      arena_printf(&t->arena, "%.*s cannot be read: %s", TEXT_ARG(s->smtp_password),
                                   r == -ENODATA ? "it is empty" : strerror(-r)));
        return false;
    }
    *ret = arena_text(&t->arena, line);
    outbound_secret_wipe(line);
    return true;
}

void outbound_mail(struct outbound_try *t, CURL *curl)
{
    struct text password = { 0 };
    struct curl_slist *headers = NULL;
    struct talk *k = arena_alloc(&t->arena, sizeof *k);
    k->try = t;
    const char *fault = fault_of(&t->effect);
    if (text_empty(t->settings->smtp)) {
        outbound_fail(t, EFFECT_not_configured, text_from("No mail relay is configured (smtp)."));
        return;
    }
    if (fault) {
        outbound_fail(t, EFFECT_bad_address, text_from(fault));
        return;
    }
    if (!password_read(t, &password))
        return;
    CURLcode code = CURLE_OUT_OF_MEMORY;
    curl_mime *mime = body_make(t, curl);
    if (mime && headers_make(t, &headers))
        code = perform(t, curl, password, mime, headers, k);
    outbound_secret_wipe(password);
    judge(t, k, code);
    curl_mime_free(mime);
    curl_slist_free_all(headers);
}

/* outbound_settings: the rows of the way out, and what they may say. */
#include <errno.h>
#include <stdio.h>

#include "common/base/token.h"
#include "common/out/outbound_try.h"

#define ROW(label, of, text, least, most, words)                                                   \
    {                                                                                              \
        .name = #label, .kind = (of), .fallback = (text), .min = (least), .max = (most),           \
        .offset = offsetof(struct outbound_options, label), .doc = (words)                         \
    }

const struct option_row outbound_rows[] = {
    ROW(smtp, OPTION_TEXT, "", 0, 300,
        "The mail relay, smtp://HOST:PORT or smtps://HOST:PORT; none sends no mail."),
    ROW(smtp_user, OPTION_TEXT, "", 0, 200, "The user at the relay; none does not log in."),
    ROW(smtp_password, OPTION_TEXT, "", 0, 200, "The user's password, as file:NAME or env:NAME."),
    ROW(smtp_tls, OPTION_BOOL, "true", 0, 0,
        "Send mail on smtp:// only if the relay offers STARTTLS."),
    ROW(mail_from, OPTION_TEXT, "", 0, 400, "Who mail is from, \"Redress <redress@example.org>\"."),
    ROW(public_url, OPTION_TEXT, "", 0, 500,
        "Where people reach the gateway; none puts no links into messages."),
    ROW(secrets, OPTION_TEXT, "", 0, 500,
        "The directory of file:NAME; none is `secrets` in the data directory."),
    ROW(allow_private, OPTION_BOOL, "false", 0, 0,
        "Let hooks go to private and loopback addresses."),
    ROW(throttle, OPTION_INTEGER, "60", 1, 6000, "Tries to one destination in a minute, at most."),
};
const size_t outbound_row_count = sizeof outbound_rows / sizeof *outbound_rows;

static int complain(struct msg_error *reterr, const char *field, const char *rule)
{
    snprintf(reterr->field, sizeof reterr->field, "%s", field);
    snprintf(reterr->rule, sizeof reterr->rule, "%s", rule);
    return -EINVAL;
}

static struct text trim(struct text t)
{
    for (; t.length && t.at[0] == ' '; t.at++)
        t.length--;
    while (t.length && t.at[t.length - 1] == ' ')
        t.length--;
    return t;
}

/* Whether nothing in it could end a header or a line. */
static bool is_line(struct text t)
{
    for (uint32_t i = 0; i < t.length; i++)
        if ((unsigned char)t.at[i] < ' ' || t.at[i] == 0x7f)
            return false;
    return text_is_utf8(t);
}

/* "Name <address>", "<address>" or an address. */
static bool mailbox_split(struct text t, struct text *ret_name, struct text *ret_address)
{
    *ret_name = (struct text){ 0 };
    *ret_address = t = trim(t);
    if (!is_line(t))
        return false;
    if (t.length && t.at[t.length - 1] == '>') {
        const char *open = memchr(t.at, '<', t.length);
        if (!open)
            return false;
        *ret_name = trim((struct text){ t.at, (uint32_t)(open - t.at) });
        *ret_address = (struct text){ open + 1, t.length - (uint32_t)(open - t.at) - 2 };
    }
    if (ret_name->length > 1 && ret_name->at[0] == '"' && ret_name->at[ret_name->length - 1] == '"')
        *ret_name = (struct text){ ret_name->at + 1, ret_name->length - 2 };
    return ret_name->length <= OUTBOUND_NAME_MAX && outbound_is_address(*ret_address);
}

/* libcurl greets the relay with the URL's path, and with this machine's name when it has none,
 * which many relays refuse as no name of a domain. */
static int smtp_read(const struct outbound_options *o, struct outbound_settings *s,
                     struct msg_error *reterr)
{
    char host[OUTBOUND_HOST_MAX + 1];
    const char *rule;
    struct text name, url = o->smtp;
    if (text_empty(url))
        return 0;
    if (outbound_url(url, "smtp smtps", host, &rule) < 0)
        return complain(reterr, "smtp", rule);
    if (url.at[url.length - 1] == '/')
        url.length--;
    const char *behind = memchr(url.at, ':', url.length);
    size_t scheme = (size_t)(behind - url.at) + 3;
    if (scheme > url.length || memchr(url.at + scheme, '/', url.length - scheme) ||
        memchr(url.at, '?', url.length) || memchr(url.at, '#', url.length))
        return complain(reterr, "smtp", "must be smtp://HOST:PORT or smtps://HOST:PORT");
    if (!mailbox_split(o->mail_from, &name, &s->from_address))
        return complain(reterr, "mail_from",
                        "must be an address, or NAME <ADDRESS>, for there is a relay (smtp)");
    s->from = outbound_mailbox(name, s->from_address, strlen("From: "), &s->arena);
    const char *at = memchr(s->from_address.at, '@', s->from_address.length);
    s->domain = arena_printf(&s->arena, "%.*s",
                             (int)(s->from_address.at + s->from_address.length - at - 1), at + 1);
    s->from_address = arena_text(&s->arena, s->from_address);
    s->smtp = arena_printf(&s->arena, "%.*s/%.*s", TEXT_ARG(url), TEXT_ARG(s->domain));
    return 0;
}

static int login_read(const struct outbound_options *o, struct outbound_settings *s,
                      struct msg_error *reterr)
{
    if (!is_line(o->smtp_user))
        return complain(reterr, "smtp_user", "must be one line of UTF-8");
    if (o->smtp_password.length && !outbound_is_secret_name(o->smtp_password))
        return complain(reterr, "smtp_password",
                        "must be file:NAME or env:NAME: the password itself has no place here");
    if (text_empty(o->smtp_user) != text_empty(o->smtp_password))
        return complain(reterr, o->smtp_user.length ? "smtp_password" : "smtp_user",
                        "must be given: user and password go together");
    s->smtp_user = arena_text(&s->arena, o->smtp_user);
    s->smtp_password = arena_text(&s->arena, o->smtp_password);
    return 0;
}

static int public_url_read(const struct outbound_options *o, struct outbound_settings *s,
                           struct msg_error *reterr)
{
    char host[OUTBOUND_HOST_MAX + 1];
    const char *rule;
    struct text url = o->public_url;
    if (text_empty(url))
        return 0;
    if (outbound_url(url, "http https", host, &rule) < 0)
        return complain(reterr, "public_url", rule);
    if (memchr(url.at, '?', url.length) || memchr(url.at, '#', url.length))
        return complain(reterr, "public_url", "must not hold ? or #: paths are put behind it");
    while (url.at[url.length - 1] == '/')
        url.length--;
    s->public_url = arena_text(&s->arena, url);
    return 0;
}

int outbound_settings_read(const struct outbound_options *o, struct outbound_settings *ret,
                           struct msg_error *reterr)
{
    int r = smtp_read(o, ret, reterr);
    if (r == 0)
        r = login_read(o, ret, reterr);
    if (r == 0)
        r = public_url_read(o, ret, reterr);
    ret->smtp_tls = o->smtp_tls != 0;
    ret->allow_private = o->allow_private != 0;
    ret->throttle = o->throttle;
    return r;
}

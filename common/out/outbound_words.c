/* outbound_words: words on their way into headers and out of peers' mouths. */
#include <sodium.h>
#include <stdio.h>
#include <time.h>

#include "common/base/token.h"
#include "common/out/outbound_try.h"

/* --- what a peer said ---------------------------------------------------------------------------
 */

/* The bytes of the character at t's beginning; 0 when it is none. */
static uint32_t character(struct text t)
{
    for (uint32_t n = 1; n <= 4 && n <= t.length; n++)
        if (text_is_utf8((struct text){ t.at, n }))
            return n;
    return 0;
}

/* Controls, and the marks that turn the direction of what stands around them. */
static bool is_unseen(const char *at, uint32_t n)
{
    static const char *const marks[] = {
        "\u2028", "\u2029", "\u202a", "\u202b", "\u202c", "\u202d",
        "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\ufeff"
    };
    if (n == 1)
        return (unsigned char)*at < ' ' || *at == 0x7f;
    if (n == 2)
        return (unsigned char)at[0] == 0xc2 && (unsigned char)at[1] < 0xa0;
    for (size_t i = 0; n == 3 && i < sizeof marks / sizeof *marks; i++)
        if (memcmp(at, marks[i], 3) == 0)
            return true;
    return false;
}

struct text outbound_line(struct text any, struct arena *a)
{
    char *out = arena_alloc(a, OUTBOUND_DETAIL_MAX);
    uint32_t used = 0;
    while (any.length) {
        uint32_t n = character(any), step = n ? n : 1;
        const char *put = any.at;
        if (n == 0)
            put = "?";
        else if (is_unseen(any.at, n))
            put = " ";
        uint32_t size = put == any.at ? n : 1;
        any = (struct text){ any.at + step, any.length - step };
        if (*put == ' ' && (used == 0 || out[used - 1] == ' '))
            continue;
        if (used + size > OUTBOUND_DETAIL_MAX)
            break;
        memcpy(out + used, put, size);
        used += size;
    }
    while (used && out[used - 1] == ' ')
        used--;
    return (struct text){ out, used };
}

/* --- headers ------------------------------------------------------------------------------------
 */

enum {
    LINE_BYTES = 76, /* of a header's line, as far as we can help it (RFC 2047, 2) */
    WORD_BYTES = 75, /* of an encoded word */
};
static const char WORD_BEGIN[] = "=?UTF-8?B?", WORD_END[] = "?=", FOLD[] = "\r\n ";

/* What may stand in a header as it is: printable ASCII that nobody takes for an encoded word. */
static bool is_plain(struct text t)
{
    for (uint32_t i = 0; i < t.length; i++)
        if (t.at[i] < ' ' || t.at[i] > '~' ||
            (t.at[i] == '=' && i + 1 < t.length && t.at[i + 1] == '?'))
            return false;
    return t.length == 0 || (t.at[0] != ' ' && t.at[t.length - 1] != ' ');
}

/* Encoded words of whole characters, one a line. */
static struct text encode_words(struct text t, size_t used, struct arena *a)
{
    const size_t frame = sizeof WORD_BEGIN - 1 + sizeof WORD_END - 1;
    size_t room = t.length * (size_t)4 + 256, at = 0;
    char *out = arena_alloc(a, room);
    while (t.length) {
        size_t line = at ? WORD_BYTES : LINE_BYTES - (used < 40 ? used : 40);
        size_t most = (line - frame) / 4 * 3;
        uint32_t n = 0, step;
        while (n < t.length && (step = character((struct text){ t.at + n, t.length - n })) &&
               n + step <= most)
            n += step;
        if (n == 0) /* the caller has checked that it is text, so this does not happen */
            break;
        at += (size_t)snprintf(out + at, room - at, "%s%s", at ? FOLD : "", WORD_BEGIN);
        sodium_bin2base64(out + at, room - at, (const unsigned char *)t.at, n,
                          sodium_base64_VARIANT_ORIGINAL);
        at += strlen(out + at);
        at += (size_t)snprintf(out + at, room - at, "%s", WORD_END);
        t = (struct text){ t.at + n, t.length - n };
    }
    return (struct text){ out, (uint32_t)at };
}

struct text outbound_header_text(struct text value, size_t used, struct arena *a)
{
    if (is_plain(value) && used + value.length <= LINE_BYTES)
        return arena_text(a, value);
    return encode_words(value, used, a);
}

/* A name as a quoted string (RFC 5322, 3.2.4). */
static struct text quote(struct text name, struct arena *a)
{
    char *out = arena_alloc(a, 2 * (size_t)name.length + 3);
    uint32_t used = 0;
    out[used++] = '"';
    for (uint32_t i = 0; i < name.length; i++) {
        if (name.at[i] == '"' || name.at[i] == '\\')
            out[used++] = '\\';
        out[used++] = name.at[i];
    }
    out[used++] = '"';
    return (struct text){ out, used };
}

struct text outbound_mailbox(struct text name, struct text address, size_t used, struct arena *a)
{
    if (text_empty(name))
        return arena_text(a, address);
    struct text quoted = quote(name, a);
    bool plain = is_plain(name) && used + quoted.length <= LINE_BYTES;
    struct text words = plain ? quoted : encode_words(name, used, a);
    bool fits = plain && used + quoted.length + address.length + 3 <= LINE_BYTES;
    return arena_printf(a, "%.*s%s<%.*s>", TEXT_ARG(words), fits ? " " : FOLD, TEXT_ARG(address));
}

struct text outbound_date(int64_t instant, struct arena *a)
{
    char date[64];
    time_t seconds = (time_t)(instant / 1000000);
    struct tm tm = { 0 };
    gmtime_r(&seconds, &tm);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S +0000", &tm);
    return arena_text(a, text_from(date));
}

struct text outbound_crlf(struct text t, struct arena *a)
{
    char *out = arena_alloc(a, 2 * (size_t)t.length + 1);
    uint32_t used = 0;
    for (uint32_t i = 0; i < t.length; i++) {
        if (t.at[i] == '\r' && i + 1 < t.length && t.at[i + 1] == '\n')
            continue;
        if (t.at[i] == '\n')
            out[used++] = '\r';
        out[used++] = t.at[i];
    }
    return (struct text){ out, used };
}

/* guard: see guard.h. */
#include "services/gateway/guard.h"

#include <errno.h>
#include <strings.h>

#include "common/base/token.h"

static struct text trim(struct text t)
{
    while (t.length && (t.at[0] == ' ' || t.at[0] == '\t'))
        t = (struct text){ t.at + 1, t.length - 1 };
    while (t.length && (t.at[t.length - 1] == ' ' || t.at[t.length - 1] == '\t'))
        t.length--;
    return t;
}

/* The part before the next separator; *rest goes on behind it. */
static struct text cut(struct text *rest, char separator)
{
    const char *end = rest->length ? memchr(rest->at, separator, rest->length) : NULL;
    uint32_t n = end ? (uint32_t)(end - rest->at) : rest->length;
    struct text part = { rest->at, n };
    n += end != NULL;
    *rest = (struct text){ rest->at + n, rest->length - n };
    return part;
}

static bool same_name(struct text a, struct text b)
{
    return a.length == b.length && (a.length == 0 || strncasecmp(a.at, b.at, a.length) == 0);
}

/* --- where it comes from ---------------------------------------------------------------------- */

/* The length of "host" in "host:port"; colons inside brackets belong to the address. */
static uint32_t without_port(struct text host)
{
    for (uint32_t i = host.length; i > 0; i--) {
        if (host.at[i - 1] == ']')
            return host.length;
        if (host.at[i - 1] == ':')
            return i - 1;
    }
    return host.length;
}

bool guard_host(struct text host, struct text allowed)
{
    struct text bare = { host.at, without_port(host) };
    if (text_empty(bare))
        return false;
    for (int i = 0; i < GUARD_LIST_MAX && allowed.length; i++) {
        struct text entry = trim(cut(&allowed, ','));
        bool any_port = without_port(entry) == entry.length;
        if (same_name(entry, any_port ? bare : host))
            return true;
    }
    return false;
}

bool guard_origin(struct text origin, const char *scheme, struct text host)
{
    uint32_t n = (uint32_t)strlen(scheme);
    if (origin.length != n + 3 + host.length || strncasecmp(origin.at, scheme, n) != 0 ||
        memcmp(origin.at + n, "://", 3) != 0)
        return false;
    return same_name((struct text){ origin.at + n + 3, host.length }, host);
}

bool guard_address(struct text address, struct text list)
{
    for (int i = 0; i < GUARD_LIST_MAX && list.length; i++)
        if (text_equal(trim(cut(&list, ',')), address))
            return true;
    return false;
}

/* --- headers ---------------------------------------------------------------------------------- */

bool guard_is_name(struct text name)
{
    static const char marks[] = "!#$%&'*+-.^_`|~";
    for (uint32_t i = 0; i < name.length; i++) {
        char c = name.at[i], low = (char)(c | 0x20);
        if (!(low >= 'a' && low <= 'z') && !(c >= '0' && c <= '9') &&
            !memchr(marks, c, sizeof marks - 1))
            return false;
    }
    return name.length > 0;
}

struct text guard_cookie(struct text header, const char *name)
{
    while (header.length) {
        struct text value = trim(cut(&header, ';'));
        struct text key = cut(&value, '=');
        if (text_equal(key, text_from(name)))
            return value;
    }
    return (struct text){ 0 };
}

struct text guard_bearer(struct text header)
{
    struct text rest = trim(header);
    struct text scheme = cut(&rest, ' ');
    return same_name(scheme, text_from("Bearer")) ? trim(rest) : (struct text){ 0 };
}

bool guard_media_type(struct text header, const char *type)
{
    return same_name(trim(cut(&header, ';')), text_from(type));
}

/* "q=0", "q=0.000" */
static bool is_weightless(struct text parameter)
{
    if (parameter.length < 3 || (parameter.at[0] | 0x20) != 'q' || parameter.at[1] != '=')
        return false;
    for (uint32_t i = 2; i < parameter.length; i++)
        if (parameter.at[i] != '0' && parameter.at[i] != '.')
            return false;
    return true;
}

bool guard_takes(struct text header, const char *coding)
{
    while (header.length) {
        struct text one = cut(&header, ',');
        struct text name = trim(cut(&one, ';'));
        if (name.length == strlen(coding) && strncasecmp(name.at, coding, name.length) == 0)
            return !is_weightless(trim(one));
    }
    return false;
}

bool guard_etag(struct text header, struct text etag)
{
    while (header.length) {
        struct text one = trim(cut(&header, ','));
        if (one.length > 2 && memcmp(one.at, "W/", 2) == 0)
            one = (struct text){ one.at + 2, one.length - 2 };
        if (text_equal(one, etag) || text_equal(one, text_from("*")))
            return true;
    }
    return false;
}

/* --- paths and forms -------------------------------------------------------------------------- */

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

struct text guard_traceparent(struct text header)
{
    static const char form[] = "00-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-xxxxxxxxxxxxxxxx-xx";
    const struct text none = { 0 };
    if (header.length != sizeof form - 1)
        return none;
    for (uint32_t i = 0; i < header.length; i++)
        if (form[i] == 'x' ? digit(header.at[i]) < 0 : header.at[i] != form[i])
            return none;
    return header;
}

/* `lines`: a text of many lines, in which control characters but line breaks are blanks. */
static int unescape(struct text in, bool plus, bool lines, struct arena *a, struct text *ret)
{
    char *out = arena_alloc(a, in.length + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < in.length; i++) {
        char c = in.at[i];
        if (c == '%') {
            int high = in.length - i < 3 ? -1 : digit(in.at[i + 1]);
            int low = high < 0 ? -1 : digit(in.at[i + 2]);
            if (low < 0)
                return -EINVAL;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        bool control = (unsigned char)c < ' ' || c == 0x7f;
        if (control && !lines)
            return -EINVAL;
        if (c != '\r') /* forms break lines by CR and LF */
            out[n++] = control && c != '\n' ? ' ' : c;
    }
    *ret = (struct text){ out, n };
    return text_is_utf8(*ret) ? 0 : -EINVAL;
}

int guard_unescape(struct text in, bool plus, struct arena *a, struct text *ret)
{
    return unescape(in, plus, false, a, ret);
}

int guard_path(struct text path, struct arena *a, struct text *ret, uint32_t *ret_count)
{
    if (!path.length || path.at[0] != '/')
        return -EINVAL;
    struct text rest = { path.at + 1, path.length - 1 };
    *ret_count = 0;
    while (rest.length) {
        struct text part;
        if (guard_unescape(cut(&rest, '/'), false, a, &part) < 0 || text_empty(part) ||
            text_equal(part, text_from(".")) || text_equal(part, text_from("..")))
            return -EINVAL;
        if (*ret_count == HTTP_SEGMENTS_MAX)
            return -E2BIG;
        ret[(*ret_count)++] = part;
    }
    return path.length > 1 && path.at[path.length - 1] == '/' ? -EINVAL : 0;
}

static int params(struct text query, bool lines, struct arena *a, struct param *ret,
                  uint32_t *ret_count, struct text *ret_bad)
{
    *ret_count = 0;
    while (query.length) {
        struct text value = cut(&query, '&');
        if (text_empty(value))
            continue;
        struct text name = cut(&value, '=');
        struct param *p = &ret[*ret_count];
        *ret_bad = (struct text){ 0 };
        if (*ret_count == HTTP_PARAMS_MAX)
            return -E2BIG;
        if (guard_unescape(name, true, a, &p->name) < 0)
            return -EINVAL;
        *ret_bad = p->name;
        if (unescape(value, true, lines, a, &p->value) < 0)
            return -EINVAL;
        for (uint32_t i = 0; i < *ret_count; i++)
            if (text_equal(ret[i].name, p->name))
                return -EINVAL;
        ++*ret_count;
    }
    return 0;
}

int guard_params(struct text query, struct arena *a, struct param *ret, uint32_t *ret_count,
                 struct text *ret_bad)
{
    return params(query, false, a, ret, ret_count, ret_bad);
}

int guard_form(struct text body, struct arena *a, struct param *ret, uint32_t *ret_count,
               struct text *ret_bad)
{
    return params(body, true, a, ret, ret_count, ret_bad);
}

/* --- writing ---------------------------------------------------------------------------------- */

static const char *reference(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

struct text guard_html(struct text t, struct arena *a)
{
    enum { LONGEST = 6 };
    char *out = arena_alloc(a, (size_t)t.length * LONGEST + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < t.length; i++) {
        const char *name = reference(t.at[i]);
        size_t length = name ? strlen(name) : 1;
        memcpy(out + n, name ? name : &t.at[i], length);
        n += (uint32_t)length;
    }
    return (struct text){ out, n };
}

struct text guard_escape(struct text t, struct arena *a)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    static const char digits[] = "0123456789ABCDEF";
    char *out = arena_alloc(a, (size_t)t.length * 3 + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < t.length; i++) {
        unsigned char c = (unsigned char)t.at[i];
        if (memchr(plain, c, sizeof plain - 1)) {
            out[n++] = (char)c;
        } else {
            out[n++] = '%';
            out[n++] = digits[c >> 4];
            out[n++] = digits[c & 15];
        }
    }
    return (struct text){ out, n };
}

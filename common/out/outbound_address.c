/* outbound_address: which addresses, URLs and settings can be used, and where nobody may be sent.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>

#include "common/base/token.h"
#include "common/out/outbound_try.h"

/* --- addresses of mail ------------------------------------------------------------------------ */

/* RFC 5322 atext. */
static bool is_atom(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool is_host(char c)
{
    return isalnum((unsigned char)c) || c == '-';
}

/* Words of such characters with single dots between them. */
static bool is_dotted(struct text t, bool (*is_part)(char), uint32_t word_max)
{
    uint32_t word = 0;
    for (uint32_t i = 0; i < t.length; i++) {
        if (t.at[i] == '.' && word) {
            word = 0;
            continue;
        }
        if (!is_part(t.at[i]) || ++word > word_max)
            return false;
    }
    return word > 0;
}

bool outbound_is_address(struct text t)
{
    enum { LOCAL_MAX = 64, LABEL_MAX = 63 };
    const char *at = t.length ? memchr(t.at, '@', t.length) : NULL;
    if (!at || t.length > OUTBOUND_ADDRESS_MAX)
        return false;
    struct text local = { t.at, (uint32_t)(at - t.at) };
    struct text host = { at + 1, t.length - local.length - 1 };
    /* A dash in front could be taken for a flag by whatever delivers the mail. */
    return local.length <= LOCAL_MAX && is_dotted(local, is_atom, LOCAL_MAX) &&
           is_dotted(host, is_host, LABEL_MAX) && local.at[0] != '-' && host.at[0] != '-';
}

bool outbound_is_id(struct text t)
{
    return t.length <= OUTBOUND_ID_MAX && is_dotted(t, is_atom, OUTBOUND_ID_MAX);
}

/* --- URLs ---------------------------------------------------------------------------------------
 */

/* A part of a parsed URL; "" when it has none. */
static struct text url_part(CURLU *u, CURLUPart part, char *room, size_t size)
{
    char *value = NULL;
    room[0] = 0;
    if (curl_url_get(u, part, &value, 0) == CURLUE_OK)
        snprintf(room, size, "%s", value);
    curl_free(value);
    return text_from(room);
}

static bool is_one_of(struct text word, const char *words)
{
    while (*words) {
        size_t n = strcspn(words, " ");
        if (n == word.length && memcmp(words, word.at, n) == 0)
            return true;
        words += n + (words[n] == ' ');
    }
    return false;
}

static const char *url_judge(CURLU *u, const char *url, const char *schemes, char *host)
{
    char scheme[16], user[OUTBOUND_URL_MAX];
    /* A URL without a scheme is none; with a foreign one it is told apart below. */
    if (curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
        return "is no URL with a scheme and a host";
    /* libcurl forgives another number of slashes; who reads the URL would not expect it to. */
    const char *behind = strstr(url, "://");
    if (!behind || behind[3] == '/' || strchr(url, '\\'))
        return "is no URL with a scheme and a host";
    if (!is_one_of(url_part(u, CURLUPART_SCHEME, scheme, sizeof scheme), schemes))
        return "has a scheme that is not allowed";
    if (url_part(u, CURLUPART_USER, user, sizeof user).length ||
        url_part(u, CURLUPART_PASSWORD, user, sizeof user).length)
        return "must not hold a user or a password";
    if (!url_part(u, CURLUPART_HOST, host, OUTBOUND_HOST_MAX + 1).length)
        return "names no host";
    for (char *c = host; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return NULL;
}

int outbound_url(struct text url, const char *schemes, char host[static OUTBOUND_HOST_MAX + 1],
                 const char **ret_rule)
{
    char copy[OUTBOUND_URL_MAX + 1];
    *ret_rule = NULL;
    if (url.length == 0 || url.length > OUTBOUND_URL_MAX)
        *ret_rule = "must have 1 to 2048 bytes";
    for (uint32_t i = 0; !*ret_rule && i < url.length; i++)
        if (url.at[i] <= ' ' || url.at[i] > '~')
            *ret_rule = "must be printable ASCII without spaces";
    if (*ret_rule)
        return -EINVAL;
    memcpy(copy, url.at, url.length);
    copy[url.length] = 0;
    CURLU *u = curl_url();
    *ret_rule = u ? url_judge(u, copy, schemes, host) : "cannot be read: out of memory";
    curl_url_cleanup(u);
    return *ret_rule ? -EINVAL : 0;
}

/* --- where nobody may be sent -------------------------------------------------------------------
 */

struct network {
    uint8_t at[16];
    unsigned bits;
};

#define V4(a, b, c, d, bits)                                                                       \
    {                                                                                              \
        { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, (a), (b), (c), (d) }, 96 + (bits)              \
    }

/* The registries of special purpose addresses (RFC 6890 and its successors), IPv4 as
 * ::ffff:a.b.c.d, so that the mapped form of an address is judged as the address. */
static const struct network forbidden[] = {
    V4(0, 0, 0, 0, 8), /* this network */
    V4(10, 0, 0, 0, 8), /* private */
    V4(100, 64, 0, 0, 10), /* shared by carriers */
    V4(127, 0, 0, 0, 8), /* loopback */
    V4(169, 254, 0, 0, 16), /* link-local: the clouds' metadata */
    V4(172, 16, 0, 0, 12), /* private */
    V4(192, 0, 0, 0, 24), /* protocol assignments */
    V4(192, 0, 2, 0, 24), /* documentation */
    V4(192, 88, 99, 0, 24), /* relays of 6to4 */
    V4(192, 168, 0, 0, 16), /* private */
    V4(198, 18, 0, 0, 15), /* benchmarks */
    V4(198, 51, 100, 0, 24), /* documentation */
    V4(203, 0, 113, 0, 24), /* documentation */
    V4(224, 0, 0, 0, 4), /* multicast */
    V4(240, 0, 0, 0, 4), /* reserved, broadcast */
    { { 0x20, 0x01, 0x00 }, 23 }, /* protocol assignments, Teredo */
    { { 0x20, 0x01, 0x0d, 0xb8 }, 32 }, /* documentation */
    { { 0x3f, 0xff }, 20 }, /* documentation */
};
/* What is allowed at all, as far as it is not forbidden: ::ffff:0:0/96 is IPv4. */
static const struct network allowed[] = { V4(0, 0, 0, 0, 0), { { 0x20 }, 3 } };
/* Addresses that hold an IPv4 address, which is what they lead to, behind so many bytes. */
static const struct {
    struct network network;
    unsigned embedded;
} translated[] = {
    { { { 0x00, 0x64, 0xff, 0x9b }, 96 }, 12 }, /* NAT64 */
    { { { 0x20, 0x02 }, 16 }, 2 }, /* 6to4 */
};

static bool is_in(const uint8_t at[static 16], const struct network *n)
{
    for (unsigned i = 0; i < n->bits; i++)
        if (((at[i / 8] ^ n->at[i / 8]) >> (7 - i % 8)) & 1)
            return false;
    return true;
}

static bool is_in_any(const uint8_t at[static 16], const struct network *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_in(at, &list[i]))
            return true;
    return false;
}

static void mapped(uint8_t out[static 16], const void *v4)
{
    memset(out, 0, 10);
    memset(out + 10, 0xff, 2);
    memcpy(out + 12, v4, 4);
}

bool outbound_is_public(const struct sockaddr *address)
{
    uint8_t at[16], inner[16];
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        mapped(at, &in.sin_addr);
    } else if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in;
        memcpy(&in, address, sizeof in);
        memcpy(at, &in.sin6_addr, sizeof at);
    } else {
        return false;
    }
    for (size_t i = 0; i < sizeof translated / sizeof *translated; i++)
        if (is_in(at, &translated[i].network)) {
            mapped(inner, at + translated[i].embedded);
            memcpy(at, inner, sizeof at);
        }
    return is_in_any(at, allowed, sizeof allowed / sizeof *allowed) &&
           !is_in_any(at, forbidden, sizeof forbidden / sizeof *forbidden);
}

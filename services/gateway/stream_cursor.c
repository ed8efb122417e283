/* stream_cursor: varints in base64url; see stream_cursor.h. */
#include "services/gateway/stream_cursor.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>

enum {
    HEAD = 1 + CURSOR_LAYOUT + CURSOR_FILTER,
    VARINT_MAX = 9, /* bytes of a number up to INT64_MAX */
    BYTES_MAX = HEAD + 2 * VARINT_MAX * CURSOR_LOGS_MAX,
    BASE64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING,
};

size_t cursor_room(size_t count)
{
    return sodium_base64_encoded_len(HEAD + 2 * VARINT_MAX * count, BASE64);
}

static uint8_t *put(uint8_t *at, uint64_t v)
{
    for (; v > 0x7f; v >>= 7)
        *at++ = (uint8_t)(v | 0x80);
    *at++ = (uint8_t)v;
    return at;
}

/* One way to write a number: no byte too many, nothing above INT64_MAX. */
static bool take(const uint8_t **at, const uint8_t *end, uint64_t *ret)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 7 * VARINT_MAX && *at < end; shift += 7) {
        uint8_t byte = *(*at)++;
        v |= (uint64_t)(byte & 0x7f) << shift;
        if (byte & 0x80)
            continue;
        *ret = v;
        return byte || shift == 0;
    }
    return false;
}

size_t cursor_print(const struct cursor_key *key, const struct place *places, size_t count,
                    char *out)
{
    uint8_t bytes[BYTES_MAX], *at = bytes;
    assert(count <= CURSOR_LOGS_MAX);
    *at++ = CURSOR_VERSION;
    memcpy(at, key->layout, CURSOR_LAYOUT);
    memcpy(at + CURSOR_LAYOUT, key->filter, CURSOR_FILTER);
    at += CURSOR_LAYOUT + CURSOR_FILTER;
    for (size_t i = 0; i < count; i++)
        at = put(put(at, places[i].epoch), places[i].sequence);
    sodium_bin2base64(out, cursor_room(count), bytes, (size_t)(at - bytes), BASE64);
    return strlen(out);
}

int cursor_parse(struct text t, const struct cursor_key *key, struct place *ret, size_t count)
{
    uint8_t bytes[BYTES_MAX];
    size_t size;
    const char *rest;
    assert(count <= CURSOR_LOGS_MAX);
    if (t.length == 0 ||
        sodium_base642bin(bytes, sizeof bytes, t.at, t.length, NULL, &size, &rest, BASE64) != 0)
        return -EBADMSG;
    if (rest != t.at + t.length || size < HEAD || bytes[0] != CURSOR_VERSION)
        return -EBADMSG;
    if (memcmp(bytes + 1, key->layout, CURSOR_LAYOUT) != 0)
        return -EXDEV;
    if (memcmp(bytes + 1 + CURSOR_LAYOUT, key->filter, CURSOR_FILTER) != 0)
        return -EINVAL;
    const uint8_t *at = bytes + HEAD, *end = bytes + size;
    for (size_t i = 0; i < count; i++)
        if (!take(&at, end, &ret[i].epoch) || !take(&at, end, &ret[i].sequence))
            return -EBADMSG;
    return at == end ? 0 : -EBADMSG;
}

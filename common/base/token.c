/* token: takes MessagePack apart token by token. It trusts nothing: every length is held against
 * the bytes left. */
#include "common/base/token.h"

static bool take_text(struct reader *r, enum token_kind kind, uint64_t length, struct token *ret)
{
    if (length > reader_left(r))
        return false;
    ret->kind = kind;
    ret->text = (struct text){ .at = (const char *)r->at, .length = (uint32_t)length };
    r->at += length;
    return true;
}

static bool take_container(enum token_kind kind, uint64_t count, struct token *ret)
{
    ret->kind = kind;
    ret->count = (uint32_t)count;
    return true;
}

static bool take_integer(int64_t v, struct token *ret)
{
    ret->kind = TOKEN_INTEGER;
    ret->integer = v;
    return true;
}

static bool take_unsigned(uint64_t v, struct token *ret)
{
    if (v <= INT64_MAX)
        return take_integer((int64_t)v, ret);
    ret->kind = TOKEN_UNSIGNED;
    ret->unsigned_integer = v;
    return true;
}

static bool take_real(uint64_t bits, unsigned width, struct token *ret)
{
    float narrow;
    uint32_t narrow_bits = (uint32_t)bits;
    ret->kind = TOKEN_REAL;
    if (width == 4) {
        memcpy(&narrow, &narrow_bits, sizeof narrow);
        ret->real = (double)narrow;
    } else {
        memcpy(&ret->real, &bits, sizeof ret->real);
    }
    return true;
}

static bool take_extension(struct reader *r, uint64_t length, struct token *ret)
{
    if (length + 1 > reader_left(r)) /* one byte of type */
        return false;
    r->at += length + 1;
    ret->kind = TOKEN_EXTENSION;
    return true;
}

/* Sign-extends the low `width` bytes. */
static int64_t signed_of(uint64_t v, unsigned width)
{
    switch (width) {
    case 1:
        return (int8_t)v;
    case 2:
        return (int16_t)v;
    case 4:
        return (int32_t)v;
    default:
        return (int64_t)v;
    }
}

/* The tokens 0xc0..0xdf: a number of 0, 1, 2, 4 or 8 bytes follows the first byte, and then perhaps
 * a body. */
static bool take_wide(struct reader *r, uint8_t first, struct token *ret)
{
    static const uint8_t widths[32] = { 0, 0, 0, 0, 1, 2, 4, 1, 2, 4, 4, 8, 1, 2, 4, 8,
                                        1, 2, 4, 8, 0, 0, 0, 0, 0, 1, 2, 4, 2, 4, 2, 4 };
    unsigned width = widths[first - 0xc0];
    if (width > reader_left(r))
        return false;
    uint64_t v = reader_number(r, width);
    switch (first) {
    case 0xc0:
        ret->kind = TOKEN_NIL;
        return true;
    case 0xc1:
        return false;
    case 0xc2:
    case 0xc3:
        ret->kind = TOKEN_BOOL;
        ret->boolean = first == 0xc3;
        return true;
    case 0xc4:
    case 0xc5:
    case 0xc6:
        return take_text(r, TOKEN_BIN, v, ret);
    case 0xc7:
    case 0xc8:
    case 0xc9:
        return take_extension(r, v, ret);
    case 0xca:
    case 0xcb:
        return take_real(v, width, ret);
    case 0xcc:
    case 0xcd:
    case 0xce:
    case 0xcf:
        return take_unsigned(v, ret);
    case 0xd0:
    case 0xd1:
    case 0xd2:
    case 0xd3:
        return take_integer(signed_of(v, width), ret);
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
        return take_extension(r, UINT64_C(1) << (first - 0xd4), ret);
    case 0xd9:
    case 0xda:
    case 0xdb:
        return take_text(r, TOKEN_TEXT, v, ret);
    case 0xdc:
    case 0xdd:
        return take_container(TOKEN_ARRAY, v, ret);
    default:
        return take_container(TOKEN_MAP, v, ret);
    }
}

bool reader_next(struct reader *r, struct token *ret)
{
    if (r->at == r->end)
        return false;
    uint8_t first = *r->at++;
    if (first <= 0x7f)
        return take_integer(first, ret);
    if (first >= 0xe0)
        return take_integer((int8_t)first, ret);
    if (first <= 0x8f)
        return take_container(TOKEN_MAP, first & 0x0f, ret);
    if (first <= 0x9f)
        return take_container(TOKEN_ARRAY, first & 0x0f, ret);
    if (first <= 0xbf)
        return take_text(r, TOKEN_TEXT, first & 0x1f, ret);
    return take_wide(r, first, ret);
}

bool reader_skip(struct reader *r)
{
    uint64_t pending = 1;
    while (pending) {
        struct token t;
        if (pending > reader_left(r) || !reader_next(r, &t))
            return false;
        pending--;
        if (t.kind == TOKEN_ARRAY)
            pending += t.count;
        else if (t.kind == TOKEN_MAP)
            pending += 2 * (uint64_t)t.count;
    }
    return true;
}

/* The length of the UTF-8 sequence at p, not ASCII, with n bytes left; 0 when it is none. The
 * ranges are those of RFC 3629, 4. */
static size_t utf8_sequence(const uint8_t *p, size_t n)
{
    uint8_t first = p[0], low = 0x80, high = 0xbf;
    size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (first < 0xc2 || first > 0xf4 || n < length)
        return 0;
    if (first == 0xe0)
        low = 0xa0; /* overlong below */
    else if (first == 0xed)
        high = 0x9f; /* surrogates above */
    else if (first == 0xf0)
        low = 0x90; /* overlong below */
    else if (first == 0xf4)
        high = 0x8f; /* beyond U+10FFFF above */
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

bool text_is_utf8(struct text t)
{
    const uint8_t *p = (const uint8_t *)t.at;
    size_t left = t.length;
    while (left) {
        uint64_t eight;
        if (left >= sizeof eight) { /* nearly all text is ASCII */
            memcpy(&eight, p, sizeof eight);
            if (!(eight & UINT64_C(0x8080808080808080))) {
                p += sizeof eight;
                left -= sizeof eight;
                continue;
            }
        }
        size_t step = *p < 0x80 ? 1 : utf8_sequence(p, left);
        if (!step)
            return false;
        p += step;
        left -= step;
    }
    return true;
}

size_t name_print(struct text name, char *out, size_t room)
{
    enum { NAME_SHOWN = 40 };
    size_t used = 0;
    for (; used < name.length && used < NAME_SHOWN && used + 1 < room; used++) {
        char c = name.at[used];
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                     c == '_' || c == '-' || c == '/' || c == '.';
        out[used] = plain ? c : '?';
    }
    out[used] = 0;
    return used;
}

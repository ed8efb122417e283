/* text: a borrowed run of UTF-8 bytes, the value type of every string in Redress.
 *
 * A text never owns what it points at: the bytes live in a received frame, in the turn's arena or
 * in read-only data, and whoever hands a text out says how long. Nothing is NUL-terminated. The
 * empty text stands for "not given".
 */
#ifndef REDRESS_TEXT_H
#define REDRESS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct text {
    const char *at; /* may be NULL when length is 0 */
    uint32_t length; /* bytes */
};

/* A text over a string literal; usable in static initialisers. */
#define TEXT_OF(literal)                                                                           \
    {                                                                                              \
        .at = (literal), .length = sizeof(literal) - 1                                             \
    }

/* printf("%.*s", TEXT_ARG(t)) */
#define TEXT_ARG(t) (int)(t).length, (t).length ? (t).at : ""

static inline bool text_empty(struct text t)
{
    return t.length == 0;
}

static inline bool text_equal(struct text a, struct text b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

/* Byte order, shorter first on a common prefix: <0, 0, >0. */
static inline int text_compare(struct text a, struct text b)
{
    uint32_t n = a.length < b.length ? a.length : b.length;
    int r = n ? memcmp(a.at, b.at, n) : 0;
    return r ? r : (a.length > b.length) - (a.length < b.length);
}

/* A text over a NUL-terminated string, borrowed; NULL gives the empty text. */
static inline struct text text_from(const char *s)
{
    return (struct text){ .at = s, .length = s ? (uint32_t)strlen(s) : 0 };
}

/* As many of the first bytes as are whole characters: what was cut to fit ends there. */
static inline size_t text_whole(const char *at, size_t bytes)
{
    size_t begin = bytes;
    while (begin && ((unsigned char)at[begin - 1] & 0xc0) == 0x80)
        begin--;
    if (begin == 0)
        return bytes;
    unsigned char first = (unsigned char)at[begin - 1];
    size_t takes = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    return begin - 1 + takes <= bytes ? bytes : begin - 1;
}

#endif

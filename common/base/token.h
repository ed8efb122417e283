/* token: MessagePack one token at a time, without memory: what the scan, msg_member, JSON and the
 * frames walk with.
 *
 * A token is a whole scalar or the header of an array or map; the members of a container are the
 * tokens behind it.
 */
#ifndef REDRESS_TOKEN_H
#define REDRESS_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "common/base/text.h"

enum token_kind {
    TOKEN_NIL,
    TOKEN_BOOL,
    TOKEN_INTEGER, /* fits int64_t */
    TOKEN_UNSIGNED, /* above INT64_MAX */
    TOKEN_REAL,
    TOKEN_TEXT,
    TOKEN_BIN,
    TOKEN_ARRAY,
    TOKEN_MAP,
    TOKEN_EXTENSION,
};

struct token {
    enum token_kind kind;
    uint32_t count; /* members of an array, entries of a map */
    union {
        bool boolean;
        int64_t integer;
        uint64_t unsigned_integer;
        double real;
        struct text text; /* also the bytes of a bin */
    };
};

struct reader {
    const uint8_t *at, *end;
};

static inline struct reader reader_over(const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    return (struct reader){ .at = at, .end = size ? at + size : at };
}

static inline size_t reader_left(const struct reader *r)
{
    return (size_t)(r->end - r->at);
}

/* Reads `width` big-endian bytes; the caller has checked that they are there. */
static inline uint64_t reader_number(struct reader *r, unsigned width)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < width; i++)
        v = v << 8 | r->at[i];
    r->at += width;
    return v;
}

/* The next token. False when the bytes end inside it, or begin with the byte MessagePack never
 * uses. */
bool reader_next(struct reader *r, struct token *ret);

/* Passes over one whole value, however deep. False as for reader_next. */
bool reader_skip(struct reader *r);

/* A name that came from outside, for the path of an error: shortened, and without anything that a
 * log or a page could stumble over. Bytes written, without the NUL; room > 0. */
size_t name_print(struct text name, char *out, size_t room);

/* Whether all bytes of t are strict UTF-8: no overlong form, no surrogate, nothing above U+10FFFF.
 */
bool text_is_utf8(struct text t);

#endif

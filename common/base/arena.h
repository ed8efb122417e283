/* arena: memory that is given back all at once, at the end of a turn, a query or a decode.
 *
 * Blocks are kept across resets, so a steady turn allocates nothing. An arena has a named limit; at
 * the limit, and when the system has no memory, allocation ends the process (a service that cannot
 * hold one turn cannot promise anything).
 */
#ifndef REDRESS_ARENA_H
#define REDRESS_ARENA_H

#include <stddef.h>
#include <stdint.h>

#include "common/base/text.h"

enum { ARENA_LIMIT_BYTES = 256 << 20 };

struct arena_block;

struct arena {
    struct arena_block *first, *current;
    size_t used; /* bytes used in current */
    size_t total; /* bytes handed out since the last reset */
    size_t limit; /* of total; 0: ARENA_LIMIT_BYTES. For what is no turn: a tool that reads files */
};

/* Zeroed bytes, aligned for any type, valid until arena_reset or arena_free. Never NULL; size 0
 * gives a valid pointer. */
void *arena_alloc(struct arena *a, size_t size);

/* A copy of n bytes, followed by a NUL that is not counted. */
void *arena_copy(struct arena *a, const void *bytes, size_t n);

/* A copy of t owned by the arena. */
struct text arena_text(struct arena *a, struct text t);

/* printf into the arena. */
struct text arena_printf(struct arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Forgets everything handed out, keeps the blocks. */
void arena_reset(struct arena *a);

/* Frees the blocks; *a is zero afterwards and usable again. */
void arena_free(struct arena *a);

#endif

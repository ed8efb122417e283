/* arena: a list of blocks that is filled from the front and kept across resets. Under the address
 * sanitizer everything not handed out is poisoned, so that a pointer kept beyond its turn is found
 * by the first test that follows it. */
#include "common/base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISON 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISON 1
#endif
#ifdef ARENA_POISON
#include <sanitizer/asan_interface.h>
#define poison(at, size)   __asan_poison_memory_region((at), (size))
#define unpoison(at, size) __asan_unpoison_memory_region((at), (size))
#else
#define poison(at, size)   ((void)(at), (void)(size))
#define unpoison(at, size) ((void)(at), (void)(size))
#endif

enum { BLOCK_BYTES = 64 << 10, ALIGNMENT = _Alignof(max_align_t) };

struct arena_block {
    struct arena_block *next;
    size_t size; /* bytes behind this header */
    _Alignas(max_align_t) unsigned char bytes[];
};

/* A service that cannot hold one turn cannot promise anything about it: the process ends, and its
 * log tells the rest. */
static _Noreturn void arena_exhausted(const char *why)
{
    fprintf(stderr, "arena: %s\n", why);
    abort();
}

static struct arena_block *block_new(size_t size)
{
    size_t room = size > BLOCK_BYTES ? size : (size_t)BLOCK_BYTES;
    struct arena_block *b = malloc(sizeof *b + room);
    if (!b)
        arena_exhausted("out of memory");
    b->next = NULL;
    b->size = room;
    poison(b->bytes, room);
    return b;
}

/* Makes a block with room for size bytes the current one. Later blocks that are too small stay
 * unused until the reset. */
static void arena_advance(struct arena *a, size_t size)
{
    struct arena_block *b = a->current ? a->current->next : a->first;
    while (b && b->size < size)
        b = b->next;
    if (!b) {
        b = block_new(size);
        if (a->current) {
            b->next = a->current->next;
            a->current->next = b;
        } else {
            b->next = a->first;
            a->first = b;
        }
    }
    a->current = b;
    a->used = 0;
}

/* Bytes as they were left by an earlier turn; the callers below fill them. */
static void *arena_take(struct arena *a, size_t size)
{
    size_t limit = a->limit ? a->limit : ARENA_LIMIT_BYTES;
    if (size > limit)
        arena_exhausted("one allocation beyond the limit");
    size_t step = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (step == 0)
        step = ALIGNMENT; /* so that every pointer is one of its own */
    if (a->total + step > limit)
        arena_exhausted("a turn beyond the limit");
    if (!a->current || a->current->size - a->used < step)
        arena_advance(a, step);
    unsigned char *at = a->current->bytes + a->used;
    a->used += step;
    a->total += step;
    unpoison(at, size);
    return at;
}

void *arena_alloc(struct arena *a, size_t size)
{
    void *at = arena_take(a, size);
    return size ? memset(at, 0, size) : at;
}

void *arena_copy(struct arena *a, const void *bytes, size_t n)
{
    if (n >= ARENA_LIMIT_BYTES)
        arena_exhausted("one copy beyond the limit");
    char *at = arena_take(a, n + 1);
    if (n)
        memcpy(at, bytes, n);
    at[n] = 0;
    return at;
}

struct text arena_text(struct arena *a, struct text t)
{
    return (struct text){ .at = arena_copy(a, t.at, t.length), .length = t.length };
}

struct text arena_printf(struct arena *a, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    assert(length >= 0);

    char *at = arena_take(a, (size_t)length + 1);
    va_start(arguments, format);
    vsnprintf(at, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return (struct text){ .at = at, .length = (uint32_t)length };
}

void arena_reset(struct arena *a)
{
    for (struct arena_block *b = a->first; b; b = b->next)
        poison(b->bytes, b->size);
    a->current = NULL; /* the next allocation begins at first again */
    a->used = 0;
    a->total = 0;
}

void arena_free(struct arena *a)
{
    struct arena_block *b = a->first;
    while (b) {
        struct arena_block *next = b->next;
        unpoison(b->bytes, b->size);
        free(b);
        b = next;
    }
    *a = (struct arena){ 0 };
}

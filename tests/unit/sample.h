/* sample: the tables of sample.def, and pseudo-random values of its records, for the tests and
 * fuzzers of the codec. */
#ifndef REDRESS_SAMPLE_H
#define REDRESS_SAMPLE_H

#include <stdio.h>

#define DEF_SERVICE      sample
#define DEF_FILE         "tests/unit/sample.def"
#define DEF_FOLD_VERSION 1
#define DEF_DOC          "Records of every kind"
#include "common/def_types.h"

#include "common/def_tables.h"

extern const struct service_type sample_service;

/* A small generator, the same everywhere: xorshift64*. */
static inline uint64_t sample_random(uint64_t *seed)
{
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return *seed * UINT64_C(2685821657736338717);
}

static inline int64_t sample_between(uint64_t *seed, int64_t min, int64_t max)
{
    uint64_t span = (uint64_t)max - (uint64_t)min + 1;
    uint64_t v = sample_random(seed);
    return (int64_t)((uint64_t)min + (span ? v % span : v));
}

static inline struct text sample_text(uint64_t *seed, struct arena *a, uint32_t max, bool plain)
{
    static const char *const pieces[] = { "a", "Z", "9", "_", ".", "é", "漢", "\xf0\x9f\x9a\x91",
                                          " " };
    uint32_t length = (uint32_t)sample_between(seed, 1, max);
    char *at = arena_alloc(a, length);
    uint32_t used = 0;
    while (used < length) {
        const char *piece = pieces[sample_random(seed) % (plain ? 5 : 9)];
        uint32_t size = (uint32_t)strlen(piece);
        if (used + size > length)
            piece = "x", size = 1;
        memcpy(at + used, piece, size);
        used += size;
    }
    return (struct text){ at, length };
}

static inline void sample_fill(uint64_t *seed, struct arena *a, const struct record *r, void *to);

static inline void sample_fill_list(uint64_t *seed, struct arena *a, const struct field *f,
                                    struct list *l)
{
    uint32_t count = (uint32_t)sample_between(seed, 1, f->max);
    char *items = arena_alloc(a, count * f->record->size);
    for (uint32_t i = 0; i < count; i++)
        sample_fill(seed, a, f->record, items + i * f->record->size);
    *l = (struct list){ items, count };
}

static inline void sample_fill_map(uint64_t *seed, struct arena *a, const struct field *f,
                                   struct text_map *m)
{
    uint32_t count = (uint32_t)sample_between(seed, 1, f->max);
    struct text_pair *pairs = arena_alloc(a, count * sizeof *pairs);
    for (uint32_t i = 0; i < count; i++)
        pairs[i] =
            (struct text_pair){ arena_printf(a, "key%u", i), sample_text(seed, a, 40, false) };
    *m = (struct text_map){ pairs, count };
}

static inline void sample_fill_field(uint64_t *seed, struct arena *a, const struct field *f,
                                     void *at)
{
    int64_t *number = at;
    switch (f->kind) {
    case KIND_TEXT:
    case KIND_REFERENCE:
        *(struct text *)at = sample_text(seed, a, (uint32_t)f->max, f->kind == KIND_REFERENCE);
        return;
    case KIND_BOOL:
        *(bool *)at = sample_random(seed) & 1;
        return;
    case KIND_ENUM:
        *(int32_t *)at = f->values->values[sample_random(seed) % 3].value;
        return;
    case KIND_INSTANT:
        *number = sample_between(seed, 1, INT64_C(253402300799999999));
        return;
    case KIND_LOCAL_TIME:
        *number = sample_between(seed, 0, INT64_C(253402300799)) * 1000000;
        return;
    case KIND_DATE:
        *number = sample_between(seed, 1, 2932896);
        return;
    case KIND_TIME:
        *number = sample_between(seed, 0, TIME_LAST);
        return;
    case KIND_LIST:
        sample_fill_list(seed, a, f, at);
        return;
    case KIND_MAP:
        sample_fill_map(seed, a, f, at);
        return;
    default:
        *number = sample_between(seed, f->min, f->max);
        return;
    }
}

/* A pseudo-random value that keeps every rule of its rows; optional fields are there about half of
 * the time. */
static inline void sample_fill(uint64_t *seed, struct arena *a, const struct record *r, void *to)
{
    struct field_rows rows = r->fields();
    char *base = to;
    memset(base, 0, r->size);
    for (size_t i = 0; i < rows.count; i++) {
        const struct field *f = &rows.at[i];
        if (f->need == OPTIONAL && sample_random(seed) & 1)
            continue;
        *(bool *)(void *)(base + f->has_offset) = true;
        sample_fill_field(seed, a, f, base + f->offset);
    }
}

#endif

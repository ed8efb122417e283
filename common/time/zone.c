/* zone: TZif files as tables, and how an instant is printed in a zone. */
#include "common/time/zone.h"

#include <errno.h>
#include <stdlib.h>

#include "common/time/zone_file.h"

enum {
    HEADER_BYTES = 44,
    COUNTS_AT = 20,
    TYPE_BYTES = 6, /* an offset of four bytes, whether it is summer, where its word begins */
    AHEAD_MIN = 3, /* years that a rule is written out, */
    AHEAD_MAX = 200, /* however late or early it begins */
    TABLE_YEARS = AHEAD_MAX + 2,
    DAY_S = 86400,
};

static int64_t number(const uint8_t *at, size_t width)
{
    uint64_t v = at[0] & 0x80 ? ~UINT64_C(0) : 0;
    for (size_t i = 0; i < width; i++)
        v = v << 8 | at[i];
    return (int64_t)v;
}

/* --- files --------------------------------------------------------------------------------------
 */

struct counts {
    size_t is_ut, is_standard, leaps, changes, types, words;
};

/* The tables of a file as they lie there, big-endian. */
struct block {
    struct counts n;
    size_t width; /* bytes of an instant: 4 or 8 */
    const uint8_t *instants, *kinds, *types;
    const char *words;
    struct zone_rule rule;
};

static bool header_read(const uint8_t *at, size_t left, struct counts *ret, uint8_t *ret_version)
{
    size_t *const counts[] = { &ret->is_ut,   &ret->is_standard, &ret->leaps,
                               &ret->changes, &ret->types,       &ret->words };
    if (left < HEADER_BYTES || memcmp(at, "TZif", 4) != 0)
        return false;
    *ret_version = at[4];
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        int64_t n = number(at + COUNTS_AT + 4 * i, 4);
        if (n < 0 || n > ZONE_FILE_MAX)
            return false;
        *counts[i] = (size_t)n;
    }
    return true;
}

static size_t block_bytes(const struct counts *c, size_t width)
{
    return c->changes * (width + 1) + c->types * TYPE_BYTES + c->words + c->leaps * (width + 4) +
           c->is_standard + c->is_ut;
}

static bool types_hold(const struct block *b)
{
    for (size_t i = 0; i < b->n.types; i++) {
        const uint8_t *type = b->types + i * TYPE_BYTES;
        int64_t offset = number(type, 4);
        if (offset < ZONE_OFFSET_MIN || offset > ZONE_OFFSET_MAX || type[4] > 1 ||
            type[5] >= b->n.words || !memchr(b->words + type[5], 0, b->n.words - type[5]))
            return false;
    }
    return true;
}

/* Every index in a block is checked here, so that nobody has to later. */
static bool block_take(struct block *b, const uint8_t *at, const struct counts *c, size_t width)
{
    b->n = *c;
    b->width = width;
    b->instants = at;
    b->kinds = b->instants + c->changes * width;
    b->types = b->kinds + c->changes;
    b->words = (const char *)b->types + c->types * TYPE_BYTES;
    if (c->types == 0 || c->types > 256 || c->words == 0 || c->leaps > 0 ||
        (c->is_ut && c->is_ut != c->types) || (c->is_standard && c->is_standard != c->types))
        return false;
    for (size_t i = 0; i < c->changes; i++)
        if (b->kinds[i] >= c->types || (i && number(b->instants + (i - 1) * width, width) >=
                                                 number(b->instants + i * width, width)))
            return false;
    return types_hold(b);
}

/* A newline, the rule, a newline, the end. */
static bool footer_take(struct block *b, const uint8_t *at, size_t left)
{
    if (left < 2 || at[0] != '\n' || at[left - 1] != '\n')
        return false;
    struct text rule = { (const char *)at + 1, (uint32_t)left - 2 };
    return text_empty(rule) || zone_rule_parse(rule, &b->rule) == 0;
}

/* A file of version 2 or later holds all of it twice, first with instants of four bytes. */
static bool file_take(struct block *b, const uint8_t *at, size_t left)
{
    struct counts c = { 0 };
    uint8_t version, again;
    if (!header_read(at, left, &c, &version) || left - HEADER_BYTES < block_bytes(&c, 4))
        return false;
    if (version == 0)
        return left == HEADER_BYTES + block_bytes(&c, 4) && block_take(b, at + HEADER_BYTES, &c, 4);
    if (version < '2' || version > '4')
        return false;
    left -= HEADER_BYTES + block_bytes(&c, 4);
    at += HEADER_BYTES + block_bytes(&c, 4);
    if (!header_read(at, left, &c, &again) || again != version ||
        left - HEADER_BYTES < block_bytes(&c, 8) || !block_take(b, at + HEADER_BYTES, &c, 8))
        return false;
    left -= HEADER_BYTES + block_bytes(&c, 8);
    at += HEADER_BYTES + block_bytes(&c, 8);
    return footer_take(b, at, left);
}

/* --- tables -------------------------------------------------------------------------------------
 */

static struct zone *zone_new(size_t stretches, size_t words)
{
    struct zone *z = calloc(1, sizeof *z +
                                   stretches * (3 * sizeof *z->table.at + sizeof *z->table.word +
                                                sizeof *z->table.offset) +
                                   words);
    if (!z)
        return NULL;
    z->table.at = z->room;
    z->table.high = z->table.at + stretches;
    z->table.low = z->table.high + stretches;
    z->table.word = (const char **)(z->table.low + stretches);
    z->table.offset = (int32_t *)(z->table.word + stretches);
    z->words = (const char *)(z->table.offset + stretches);
    return z;
}

static void push_type(struct zone *z, const struct block *b, int64_t at, size_t kind)
{
    const uint8_t *type = b->types + kind * TYPE_BYTES;
    zone_table_push(&z->table, at, (int32_t)number(type, 4), z->words + type[5]);
}

static int64_t clamped(int64_t seconds)
{
    int64_t most = ZONE_ENDLESS / 2; /* files begin with the Big Bang */
    return seconds < -most ? -most : seconds > most ? most : seconds;
}

/* Behind the last change of the table the rule holds, and without any change everywhere; it is
 * written out as far as anybody looks every day. */
static void push_rule(struct zone *z, bool everywhere)
{
    struct zone_turn turns[2 * TABLE_YEARS];
    struct zone_table *t = &z->table;
    const char *word;
    int64_t since = t->at[t->count - 1], year;
    int month, day;
    int32_t offset = zone_rule_at(&z->rule, since, &word);
    zone_table_push(t, since, offset, word);
    if (!z->rule.has_summer)
        return;
    z->until = -ZONE_ENDLESS;
    if (everywhere)
        return;
    zone_date(floor_to(since, DAY_S), &year, &month, &day);
    int64_t ahead = ZONE_TABLE_UNTIL - year;
    size_t years = ahead < AHEAD_MIN ? AHEAD_MIN : ahead > AHEAD_MAX ? AHEAD_MAX : (size_t)ahead;
    years += 2; /* the one before it, and its own */
    zone_rule_years(&z->rule, year - 1, years, turns);
    for (size_t i = 0; i < 2 * years; i++)
        if (turns[i].at > since)
            zone_table_push(t, turns[i].at, turns[i].offset, turns[i].word);
    z->until = t->at[t->count - 1] - 2 * (int64_t)ZONE_OFFSET_MAX;
}

static struct zone *zone_build(const struct block *b)
{
    struct zone *z =
        zone_new(1 + b->n.changes + (b->rule.has_summer ? 2 * TABLE_YEARS : 0), b->n.words);
    if (!z)
        return NULL;
    memcpy((char *)(uintptr_t)z->words, b->words, b->n.words);
    z->rule = b->rule;
    z->until = ZONE_ENDLESS;
    /* Before the first change the first type holds (RFC 8536, 3.2). */
    push_type(z, b, -ZONE_ENDLESS, 0);
    for (size_t i = 0; i < b->n.changes; i++)
        push_type(z, b, clamped(number(b->instants + i * b->width, b->width)), b->kinds[i]);
    if (z->rule.given)
        push_rule(z, b->n.changes == 0);
    zone_table_finish(&z->table);
    return z;
}

int zone_from_file(const void *bytes, size_t size, struct zone **ret)
{
    struct block b = { 0 };
    if (size < HEADER_BYTES || size > ZONE_FILE_MAX || !file_take(&b, bytes, size))
        return -EBADMSG;
    struct zone *z = zone_build(&b);
    if (!z)
        return -ENOMEM;
    *ret = z;
    return 0;
}

void zone_free(struct zone **where)
{
    free(*where);
    *where = NULL;
}

/* --- printing -----------------------------------------------------------------------------------
 */

struct text zone_print(const struct zone *z, int64_t instant, struct arena *a)
{
    static const char days[] = "ThuFriSatSunMonTueWed"; /* 1970 began on a Thursday */
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const char *word;
    int64_t year;
    int month, day;
    int64_t local = floor_to(instant, 1000000) + zone_offset(z, instant, &word);
    int64_t since = floor_to(local, DAY_S);
    int minutes = (int)((local - since * DAY_S) / 60);
    int weekday = (int)((since % 7 + 7) % 7);
    zone_date(since, &year, &month, &day);
    return arena_printf(a, "%.3s %d %.3s %lld %02d:%02d %s", days + 3 * (ptrdiff_t)weekday, day,
                        months + 3 * (ptrdiff_t)(month - 1), (long long)year, minutes / 60,
                        minutes % 60, word);
}

/* zone: TZif files, what they say, and how it is printed. */
#include "common/zone.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/zone_file.h"

enum {
    HEADER_BYTES = 44,
    COUNTS_AT = 20,
    TYPE_BYTES = 6, /* an offset of four bytes, whether it is summer, where its word begins */
    OFFSET_MAX = 93599, /* RFC 8536, 3.2: less than 26 hours */
    OFFSET_MIN = -89999,
    ZONES_MAX = 2048, /* kept; more than tzdata has names */
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

static bool types_hold(const struct zone *z, const struct counts *c)
{
    for (size_t i = 0; i < c->types; i++) {
        const uint8_t *type = z->types + i * TYPE_BYTES;
        int64_t offset = number(type, 4);
        if (offset < OFFSET_MIN || offset > OFFSET_MAX || type[4] > 1 || type[5] >= c->words ||
            !memchr(z->words + type[5], 0, c->words - type[5]))
            return false;
    }
    return true;
}

/* Points the zone into a block. Every index in it is checked here, so that nobody has to later. */
static bool block_take(struct zone *z, const uint8_t *at, const struct counts *c, size_t width)
{
    z->width = width;
    z->change_count = c->changes;
    z->type_count = c->types;
    z->instants = at;
    z->kinds = z->instants + c->changes * width;
    z->types = z->kinds + c->changes;
    z->words = (const char *)z->types + c->types * TYPE_BYTES;
    if (c->types == 0 || c->types > 256 || c->words == 0 || c->leaps > 0 ||
        (c->is_ut && c->is_ut != c->types) || (c->is_standard && c->is_standard != c->types))
        return false;
    for (size_t i = 0; i < c->changes; i++)
        if (z->kinds[i] >= c->types || (i && number(z->instants + (i - 1) * width, width) >=
                                                 number(z->instants + i * width, width)))
            return false;
    return types_hold(z, c);
}

/* A newline, the rule, a newline, the end. */
static bool footer_take(struct zone *z, const uint8_t *at, size_t left)
{
    if (left < 2 || at[0] != '\n' || at[left - 1] != '\n')
        return false;
    struct text rule = { (const char *)at + 1, (uint32_t)left - 2 };
    return text_empty(rule) || zone_rule_parse(rule, &z->rule) == 0;
}

/* A file of version 2 or later holds all of it twice, first with instants of four bytes. */
static bool file_take(struct zone *z, size_t size)
{
    struct counts c = { 0 };
    uint8_t version, again;
    size_t left = size;
    const uint8_t *at = z->bytes;
    if (!header_read(at, left, &c, &version) || left - HEADER_BYTES < block_bytes(&c, 4))
        return false;
    if (version == 0)
        return left == HEADER_BYTES + block_bytes(&c, 4) && block_take(z, at + HEADER_BYTES, &c, 4);
    if (version < '2' || version > '4')
        return false;
    left -= HEADER_BYTES + block_bytes(&c, 4);
    at += HEADER_BYTES + block_bytes(&c, 4);
    if (!header_read(at, left, &c, &again) || again != version ||
        left - HEADER_BYTES < block_bytes(&c, 8) || !block_take(z, at + HEADER_BYTES, &c, 8))
        return false;
    left -= HEADER_BYTES + block_bytes(&c, 8);
    at += HEADER_BYTES + block_bytes(&c, 8);
    return footer_take(z, at, left);
}

int zone_from_file(const void *bytes, size_t size, struct zone **ret)
{
    if (size < HEADER_BYTES || size > ZONE_FILE_MAX)
        return -EBADMSG;
    struct zone *z = calloc(1, sizeof *z + size);
    if (!z)
        return -ENOMEM;
    memcpy(z->bytes, bytes, size);
    if (!file_take(z, size)) {
        free(z);
        return -EBADMSG;
    }
    *ret = z;
    return 0;
}

void zone_free(struct zone **where)
{
    free(*where);
    *where = NULL;
}

/* NULL whatever the reason is: then there is no such zone. */
static struct zone *file_read(const char *path)
{
    struct stat st;
    struct zone *z = NULL;
    size_t size = 0;
    ssize_t n = 1;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return NULL;
    bool good = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    uint8_t *bytes = good ? malloc(ZONE_FILE_MAX + 1) : NULL;
    while (bytes && n > 0 && size <= ZONE_FILE_MAX) {
        n = read(fd, bytes + size, ZONE_FILE_MAX + 1 - size);
        size += n > 0 ? (size_t)n : 0;
    }
    if (bytes && n >= 0 && zone_from_file(bytes, size, &z) < 0)
        z = NULL;
    free(bytes);
    close(fd);
    return z;
}

/* --- the zones of this process ------------------------------------------------------------------
 */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct zone *zones; /* under lock, as their count; a zone itself never changes */
static size_t zone_count;

static struct zone utc = { .name = "UTC", .rule = { .given = true, .standard_word = "UTC" } };

static bool is_name(struct text t)
{
    bool begins = true; /* of a word between slashes */
    for (uint32_t i = 0; i < t.length; i++) {
        char c = t.at[i];
        if (c == '/' && !begins)
            begins = true;
        else if (isalnum((unsigned char)c) || (c && strchr("_+-", c)))
            begins = false;
        else
            return false;
    }
    return !begins && t.length <= ZONE_NAME_MAX;
}

static struct zone *zone_fetch(struct text name)
{
    char path[1024];
    const char *directory = getenv("TZDIR");
    int n = snprintf(path, sizeof path, "%s/%.*s",
                     directory && *directory ? directory : "/usr/share/zoneinfo", TEXT_ARG(name));
    if (n < 0 || (size_t)n >= sizeof path)
        return NULL;
    struct zone *z = file_read(path);
    if (z)
        memcpy(z->name, name.at, name.length);
    return z;
}

const struct zone *zone_find(struct text name)
{
    if (text_empty(name) || text_equal(name, text_from(utc.name)))
        return &utc;
    if (!is_name(name))
        return NULL;
    pthread_mutex_lock(&lock);
    struct zone *z = zones;
    while (z && !text_equal(name, text_from(z->name)))
        z = z->next;
    if (!z && zone_count < ZONES_MAX && (z = zone_fetch(name))) {
        z->next = zones;
        zones = z;
        zone_count++;
    }
    pthread_mutex_unlock(&lock);
    return z;
}

/* --- what they say ------------------------------------------------------------------------------
 */

/* How many changes lie at or before the instant. */
static size_t changes_until(const struct zone *z, int64_t seconds)
{
    size_t low = 0, high = z->change_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (number(z->instants + middle * z->width, z->width) <= seconds)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int64_t floor_to(int64_t v, int64_t unit)
{
    return v / unit - (v % unit < 0);
}

int32_t zone_offset(const struct zone *z, int64_t instant, const char **ret_abbreviation)
{
    int64_t seconds = floor_to(instant, 1000000);
    size_t n = changes_until(z, seconds);
    if (n == z->change_count && z->rule.given)
        return zone_rule_at(&z->rule, seconds, ret_abbreviation);
    /* Before the first change the first type holds (RFC 8536, 3.2). */
    const uint8_t *type = z->types + (n ? (size_t)z->kinds[n - 1] * TYPE_BYTES : 0);
    *ret_abbreviation = z->words + type[5];
    return (int32_t)number(type, 4);
}

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

/* zones: the zones of this process, from the files of the system. */
#include <ctype.h>
#include <fcntl.h>
#include <fts.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/time/zone_file.h"

enum {
    ZONES_MAX = 2048, /* more than tzdata has names */
    VERSION_MAX = 32,
    DEPTH_MAX = 4, /* America/Argentina/Buenos_Aires is at 3 */
};

#define VERSION_LETTERS "0123456789abcdefghijklmnopqrstuvwxyz.-"

/* Many zones have several names, which are links to one file. */
struct named {
    char name[ZONE_NAME_MAX + 1];
    dev_t device;
    ino_t file;
    const struct zone *zone;
};

/* Written once, under `once`, and only read from then on. */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct named *zones; /* by name */
static size_t zone_count;
static char version[VERSION_MAX] = "unknown";

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

/* --- reading ------------------------------------------------------------------------------------
 */

/* NULL whatever the reason is: then there is no such zone. */
static const struct zone *file_read(const char *path, uint8_t *bytes)
{
    struct zone *z = NULL;
    size_t size = 0;
    ssize_t n = 1;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return NULL;
    while (n > 0 && size <= ZONE_FILE_MAX) {
        n = read(fd, bytes + size, ZONE_FILE_MAX + 1 - size);
        size += n > 0 ? (size_t)n : 0;
    }
    if (n < 0 || zone_from_file(bytes, size, &z) < 0)
        z = NULL;
    close(fd);
    return z;
}

static int by_file(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    if (x->device != y->device)
        return x->device < y->device ? -1 : 1;
    return (x->file > y->file) - (x->file < y->file);
}

static int by_name(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    return strcmp(x->name, y->name);
}

/* Not below these: copies of all the others, and those that count leap seconds; and what this
 * machine calls its own time says nothing elsewhere. */
static bool is_no_place(const char *name)
{
    static const char *const names[] = { "posix", "right", "localtime", "posixrules" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static void find_names(const char *directory)
{
    char *const roots[] = { (char *)(uintptr_t)directory, NULL };
    size_t root = strlen(directory) + 1;
    FTS *tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, NULL);
    FTSENT *e;
    while (tree && (e = fts_read(tree)) != NULL) {
        const char *name = e->fts_path + root;
        if (e->fts_level == 0)
            continue;
        if (e->fts_info == FTS_D && (e->fts_level >= DEPTH_MAX || is_no_place(name)))
            fts_set(tree, e, FTS_SKIP);
        if (e->fts_info != FTS_F || zone_count == ZONES_MAX || is_no_place(name) ||
            !is_name(text_from(name)))
            continue;
        struct named *n = &zones[zone_count++];
        n->device = e->fts_statp->st_dev;
        n->file = e->fts_statp->st_ino;
        memcpy(n->name, name, strlen(name));
    }
    if (tree)
        fts_close(tree);
}

static void read_files(const char *directory)
{
    char path[1024];
    size_t kept = 0;
    uint8_t *bytes = malloc(ZONE_FILE_MAX + 1);
    const struct zone *z = NULL;
    for (size_t i = 0; bytes && i < zone_count; i++) {
        int n = snprintf(path, sizeof path, "%s/%s", directory, zones[i].name);
        if (i == 0 || by_file(&zones[i - 1], &zones[i]) != 0)
            z = n > 0 && (size_t)n < sizeof path ? file_read(path, bytes) : NULL;
        zones[i].zone = z;
    }
    free(bytes);
    for (size_t i = 0; i < zone_count; i++)
        if (zones[i].zone)
            zones[kept++] = zones[i];
    zone_count = kept;
}

/* "# version 2025b" begins tzdata.zi; some systems have a file +VERSION. */
static void read_version(const char *directory)
{
    static const struct {
        const char *file, *before;
    } places[] = { { "tzdata.zi", "# version " }, { "+VERSION", "" } };
    char path[1024], line[80];
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        int n = snprintf(path, sizeof path, "%s/%s", directory, places[i].file);
        FILE *f = n > 0 && (size_t)n < sizeof path ? fopen(path, "re") : NULL;
        bool read = f && fgets(line, sizeof line, f);
        if (f)
            fclose(f);
        size_t before = strlen(places[i].before);
        if (!read || strncmp(line, places[i].before, before) != 0)
            continue;
        size_t length = strspn(line + before, VERSION_LETTERS);
        if (length == 0 || length >= VERSION_MAX)
            continue;
        memcpy(version, line + before, length);
        version[length] = 0;
        return;
    }
}

static void load(void)
{
    const char *directory = getenv("TZDIR");
    if (!directory || !*directory)
        directory = "/usr/share/zoneinfo";
    zones = calloc(ZONES_MAX, sizeof *zones);
    if (!zones)
        return;
    find_names(directory);
    qsort(zones, zone_count, sizeof *zones, by_file);
    read_files(directory);
    qsort(zones, zone_count, sizeof *zones, by_name);
    read_version(directory);
}

/* --- asking -------------------------------------------------------------------------------------
 */

static int64_t utc_at[] = { -ZONE_ENDLESS }, utc_high[] = { ZONE_ENDLESS },
               utc_low[] = { -ZONE_ENDLESS };
static int32_t utc_offset[] = { 0 };
static const char *utc_word[] = { "UTC" };
static const struct zone utc = {
    .table = { 1, utc_at, utc_high, utc_low, utc_offset, utc_word },
    .until = ZONE_ENDLESS,
};

void zones_load(void)
{
    pthread_once(&once, load);
}

struct text zones_version(void)
{
    zones_load();
    return text_from(version);
}

const struct zone *zone_find(struct text name)
{
    size_t low = 0, high;
    if (text_empty(name) || text_equal(name, text_from("UTC")))
        return &utc;
    zones_load();
    for (high = zone_count; low < high;) {
        size_t middle = low + (high - low) / 2;
        int r = text_compare(text_from(zones[middle].name), name);
        if (r == 0)
            return zones[middle].zone;
        if (r < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

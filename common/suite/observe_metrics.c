/* observe_metrics: counters, gauges and histograms; see observe.h. */
#include <assert.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/suite/observe.h"

enum { NUMBER_MAX = 32 };

const int64_t LATENCY_BOUNDS[] = { 50,     100,     250,     500,     1000,     2500,
                                   5000,   10000,   25000,   50000,   100000,   250000,
                                   500000, 1000000, 2500000, 5000000, 10000000, 0 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* over lists that grow */
static struct metric *first, **last = &first;

static size_t label_count(const struct metric *m)
{
    size_t n = 0;
    while (n < METRIC_LABELS_MAX && m->labels[n])
        n++;
    return n;
}

static struct series *series_find(struct metric *m, char labels[][METRIC_LABEL_VALUE_MAX], size_t n)
{
    for (struct series *s = atomic_load(&m->series); s; s = atomic_load(&s->next)) {
        size_t i = 0;
        while (i < n && strcmp(s->labels[i], labels[i]) == 0)
            i++;
        if (i == n)
            return s;
    }
    return NULL;
}

/* Only under the lock. */
static struct series *series_append(struct metric *m, char labels[][METRIC_LABEL_VALUE_MAX],
                                    size_t n)
{
    struct series *s = calloc(1, sizeof *s);
    struct series *_Atomic *end = &m->series;
    if (!s)
        abort(); /* as the arena: without memory nothing can be promised */
    for (size_t i = 0; i < n; i++)
        memcpy(s->labels[i], labels[i], METRIC_LABEL_VALUE_MAX);
    while (atomic_load(end))
        end = &atomic_load(end)->next;
    atomic_store(end, s);
    m->series_count++;
    return s;
}

struct series *metric_series(struct metric *m, const char *const *labels)
{
    char wanted[METRIC_LABELS_MAX][METRIC_LABEL_VALUE_MAX] = { { 0 } };
    size_t n = label_count(m);
    for (size_t i = 0; labels && i < n; i++)
        snprintf(wanted[i], sizeof wanted[i], "%s", labels[i]);
    pthread_mutex_lock(&lock);
    struct series *s = series_find(m, wanted, n);
    if (!s && m->series_count >= METRIC_SERIES_MAX - 1) {
        for (size_t i = 0; i < n; i++)
            snprintf(wanted[i], sizeof wanted[i], "other");
        s = series_find(m, wanted, n);
    }
    if (!s)
        s = series_append(m, wanted, n);
    pthread_mutex_unlock(&lock);
    return s;
}

void metrics_register(struct metric *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert(!rows[i].next && last != &rows[i].next);
        assert((rows[i].kind == METRIC_HISTOGRAM) == (rows[i].bounds != NULL));
        pthread_mutex_lock(&lock);
        *last = &rows[i];
        last = &rows[i].next;
        pthread_mutex_unlock(&lock);
        if (label_count(&rows[i]) == 0)
            /* cppcheck-suppress leakReturnValNotUsed ; the metric holds it */
            (void)metric_series(&rows[i], NULL);
    }
}

void series_add(struct series *s, int64_t n)
{
    atomic_fetch_add_explicit(&s->value, n, memory_order_relaxed);
}

void series_set(struct series *s, int64_t v)
{
    atomic_store_explicit(&s->value, v, memory_order_relaxed);
}

void series_observe(const struct metric *m, struct series *s, int64_t v)
{
    size_t i = 0;
    while (i < METRIC_BOUNDS_MAX && m->bounds[i] && v > m->bounds[i])
        i++;
    atomic_fetch_add_explicit(&s->buckets[i], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&s->value, v, memory_order_relaxed);
}

/* --- the text form -------------------------------------------------------------------------- */

struct page {
    struct arena *arena;
    char *at;
    size_t size, room;
};

static void page_put(struct page *p, const char *bytes, size_t n)
{
    if (p->size + n > p->room) {
        size_t room = 2 * p->room > p->size + n ? 2 * p->room : p->size + n;
        char *grown = arena_alloc(p->arena, room);
        memcpy(grown, p->at, p->size);
        p->at = grown;
        p->room = room;
    }
    memcpy(p->at + p->size, bytes, n);
    p->size += n;
}

static void page_string(struct page *p, const char *s)
{
    page_put(p, s, strlen(s));
}

/* Backslash and newline are escaped everywhere, quotes inside label values only. */
static void page_escaped(struct page *p, const char *s, bool quotes)
{
    for (; *s; s++) {
        if (*s == '\n')
            page_string(p, "\\n");
        else if (*s == '\\' || (quotes && *s == '"'))
            page_put(p, (char[]){ '\\', *s }, 2);
        else
            page_put(p, s, 1);
    }
}

/* Whole numbers as they are; microseconds as seconds with as many digits as are needed. */
static const char *number_print(enum metric_unit unit, int64_t v, char out[static NUMBER_MAX])
{
    if (unit == UNIT_ONE) {
        snprintf(out, NUMBER_MAX, "%lld", (long long)v);
        return out;
    }
    uint64_t size = v < 0 ? -(uint64_t)v : (uint64_t)v;
    int n = snprintf(out, NUMBER_MAX, "%s%llu.%06llu", v < 0 ? "-" : "",
                     (unsigned long long)(size / 1000000), (unsigned long long)(size % 1000000));
    while (out[n - 1] == '0')
        n--;
    out[out[n - 1] == '.' ? n - 1 : n] = 0;
    return out;
}

/* One sample: name, suffix, labels and, for buckets, `le`. */
static void page_sample(struct page *p, const struct metric *m, const struct series *s,
                        const char *suffix, const char *le, const char *value)
{
    size_t n = label_count(m);
    page_string(p, m->name);
    page_string(p, suffix);
    for (size_t i = 0; i < n; i++) {
        page_string(p, i ? "," : "{");
        page_string(p, m->labels[i]);
        page_string(p, "=\"");
        page_escaped(p, s->labels[i], true);
        page_string(p, "\"");
    }
    if (le) {
        page_string(p, n ? ",le=\"" : "{le=\"");
        page_string(p, le);
        page_string(p, "\"");
    }
    page_string(p, n || le ? "} " : " ");
    page_string(p, value);
    page_string(p, "\n");
}

/* The count is what the buckets add up to, so a page is consistent though others count on. */
static void page_histogram(struct page *p, const struct metric *m, struct series *s)
{
    char number[NUMBER_MAX], le[NUMBER_MAX];
    int64_t total = 0;
    int64_t sum = atomic_load_explicit(&s->value, memory_order_relaxed);
    for (size_t i = 0; i <= METRIC_BOUNDS_MAX; i++) {
        bool end = i == METRIC_BOUNDS_MAX || !m->bounds[i];
        total += atomic_load_explicit(&s->buckets[i], memory_order_relaxed);
        page_sample(p, m, s, "_bucket", end ? "+Inf" : number_print(m->unit, m->bounds[i], le),
                    number_print(UNIT_ONE, total, number));
        if (end)
            break;
    }
    page_sample(p, m, s, "_sum", NULL, number_print(m->unit, sum, number));
    page_sample(p, m, s, "_count", NULL, number_print(UNIT_ONE, total, number));
}

struct text metrics_print(struct arena *a)
{
    static const char *const kinds[] = { "counter", "gauge", "histogram" };
    struct page p = { .arena = a, .at = arena_alloc(a, 4096), .room = 4096 };
    char number[NUMBER_MAX];
    pthread_mutex_lock(&lock);
    struct metric *begin = first;
    struct metric **end = last;
    pthread_mutex_unlock(&lock);
    for (struct metric *m = begin; m; m = &m->next == end ? NULL : m->next) {
        struct series *s = atomic_load(&m->series);
        if (!s)
            continue;
        page_string(&p, "# HELP ");
        page_string(&p, m->name);
        page_string(&p, " ");
        page_escaped(&p, m->help, false);
        page_string(&p, "\n# TYPE ");
        page_string(&p, m->name);
        page_string(&p, " ");
        page_string(&p, kinds[m->kind]);
        page_string(&p, "\n");
        for (; s; s = atomic_load(&s->next)) {
            if (m->kind == METRIC_HISTOGRAM)
                page_histogram(&p, m, s);
            else
                page_sample(&p, m, s, "", NULL,
                            number_print(m->unit, atomic_load(&s->value), number));
        }
    }
    return (struct text){ p.at, (uint32_t)p.size };
}

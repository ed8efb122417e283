/* observe: how a process tells what it does: JSON lines on stderr, and metrics in Prometheus' text
 * form.
 *
 * A line is one write(2), so lines of threads never mix. Metrics are rows of the module that
 * counts; a series is one combination of label values, looked up once and then updated without a
 * lock.
 */
#ifndef REDRESS_OBSERVE_H
#define REDRESS_OBSERVE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/text.h"

/* --- log ------------------------------------------------------------------------------------ */

enum level { LEVEL_DEBUG, LEVEL_INFO, LEVEL_WARNING, LEVEL_ERROR };
enum { LOG_LINE_MAX = 4096 /* bytes; a longer line loses its last pairs and says so */ };

struct log_pair {
    const char *key; /* NULL ends a list; snake_case */
    enum { LOG_TEXT, LOG_INTEGER, LOG_BOOL } kind;
    struct text text;
    int64_t integer;
};

static inline struct log_pair log_text(const char *key, struct text t)
{
    return (struct log_pair){ .key = key, .kind = LOG_TEXT, .text = t };
}
static inline struct log_pair log_string(const char *key, const char *s)
{
    return log_text(key, text_from(s));
}
static inline struct log_pair log_integer(const char *key, int64_t v)
{
    return (struct log_pair){ .key = key, .kind = LOG_INTEGER, .integer = v };
}
static inline struct log_pair log_bool(const char *key, bool v)
{
    return (struct log_pair){ .key = key, .kind = LOG_BOOL, .integer = v };
}

/* Who speaks, from which level on, to which descriptor (2). Call it before there are threads. */
void log_open(const char *service, enum level least, int fd);

/* "debug", "info", "warning", "error" to a level; -EINVAL. */
int log_level_parse(struct text t, enum level *ret);

/* LOG(LEVEL_INFO, "partition opened", log_integer("partition", 3), log_text("client", client)); */
#define LOG(...) LOG_WRITE_(__VA_ARGS__, (struct log_pair){ 0 })
#define LOG_WRITE_(level, message, ...)                                                            \
    log_write((level), (message), (const struct log_pair[]){ __VA_ARGS__ })
void log_write(enum level level, const char *message, const struct log_pair *pairs);

/* --- metrics -------------------------------------------------------------------------------- */

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };
enum metric_unit { UNIT_ONE, UNIT_SECONDS /* given in microseconds, shown in seconds */ };
enum {
    METRIC_LABELS_MAX = 4,
    METRIC_BOUNDS_MAX = 24, /* of a histogram */
    METRIC_LABEL_VALUE_MAX = 64, /* bytes; longer values are cut */
    METRIC_SERIES_MAX = 1024, /* of one metric; further ones share a series labelled "other" */
};

/* The values of one combination of labels; lives as long as the process. */
struct series {
    struct series *_Atomic next;
    char labels[METRIC_LABELS_MAX][METRIC_LABEL_VALUE_MAX];
    _Atomic int64_t value; /* of counters and gauges; the sum of a histogram */
    _Atomic int64_t buckets[METRIC_BOUNDS_MAX + 1];
};

struct metric {
    const char *name; /* redress_<what>_<unit>; counters end in _total */
    enum metric_kind kind;
    enum metric_unit unit;
    const char *help;
    const char *labels[METRIC_LABELS_MAX]; /* names; NULL behind the last */
    const int64_t *bounds; /* histograms: rising, ends with 0; in the unit given */
    struct metric *next; /* from here on metrics_register's */
    struct series *_Atomic series;
    uint32_t series_count;
};

/* Bounds from 50 microseconds to 10 seconds, for whatever answers a request. */
extern const int64_t LATENCY_BOUNDS[];

/* Makes the rows part of metrics_print; once for each table. Rows without labels show as 0 from
 * then on. */
void metrics_register(struct metric *rows, size_t count);

/* The series of these label values (as many as the row names labels; NULL when none). Takes a lock:
 * keep the result. */
struct series *metric_series(struct metric *m, const char *const *labels);

/* Lock-free. Counters only grow; observe is for histograms. */
void series_add(struct series *s, int64_t n);
void series_set(struct series *s, int64_t v);
void series_observe(const struct metric *m, struct series *s, int64_t v);

/* Every registered metric in the text form of Prometheus, in the arena. */
struct text metrics_print(struct arena *a);

#endif

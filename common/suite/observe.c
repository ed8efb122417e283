/* observe: log lines; see observe.h. The metrics are in observe_metrics.c. */
#include "common/suite/observe.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "common/msg/msg.h"

static struct {
    const char *service;
    enum level least;
    int fd;
} log_to = { "redress", LEVEL_INFO, STDERR_FILENO };

static const char *const LEVELS[] = { "debug", "info", "warning", "error" };

void log_open(const char *service, enum level least, int fd)
{
    log_to.service = service;
    log_to.least = least;
    log_to.fd = fd;
}

int log_level_parse(struct text t, enum level *ret)
{
    for (int i = LEVEL_DEBUG; i <= LEVEL_ERROR; i++)
        if (text_equal(t, text_from(LEVELS[i]))) {
            *ret = (enum level)i;
            return 0;
        }
    return -EINVAL;
}

/* A line in the making. `full` once something did not fit: what is there stays valid. */
struct line {
    char at[LOG_LINE_MAX];
    size_t size, room; /* room leaves place for the end of the line */
    bool full;
};

static void line_put(struct line *l, const char *bytes, size_t n)
{
    if (l->full || n > l->room - l->size) {
        l->full = true;
        return;
    }
    memcpy(l->at + l->size, bytes, n);
    l->size += n;
}

/* Bytes of the valid UTF-8 character at `at`, 0 when there is none. */
static size_t utf8_length(const unsigned char *at, size_t left)
{
    size_t n = *at < 0x80                  ? 1
               : *at >= 0xc2 && *at < 0xe0 ? 2
               : *at >= 0xe0 && *at < 0xf0 ? 3
               : *at >= 0xf0 && *at < 0xf5 ? 4
                                           : 0;
    if (n > left)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    /* Overlong forms, surrogates and what lies beyond the last plane. */
    if ((*at == 0xe0 && at[1] < 0xa0) || (*at == 0xed && at[1] > 0x9f) ||
        (*at == 0xf0 && at[1] < 0x90) || (*at == 0xf4 && at[1] > 0x8f))
        return 0;
    return n;
}

/* A JSON string; bytes that are no UTF-8 become U+FFFD. */
static void line_text(struct line *l, struct text t)
{
    line_put(l, "\"", 1);
    for (size_t i = 0; i < t.length && !l->full;) {
        const unsigned char *at = (const unsigned char *)t.at + i;
        size_t n = utf8_length(at, t.length - i);
        char escape[8];
        if (n == 0) {
            line_put(l, "\xef\xbf\xbd", 3);
            n = 1;
        } else if (*at == '"' || *at == '\\') {
            line_put(l, (char[]){ '\\', (char)*at }, 2);
        } else if (*at < 0x20 || *at == 0x7f) {
            snprintf(escape, sizeof escape, "\\u%04x", *at);
            line_put(l, escape, 6);
        } else {
            line_put(l, (const char *)at, n);
        }
        i += n;
    }
    line_put(l, "\"", 1);
}

static void line_key(struct line *l, const char *key)
{
    line_put(l, ",", 1);
    line_text(l, text_from(key));
    line_put(l, ":", 1);
}

static void line_pair(struct line *l, const struct log_pair *p)
{
    char digits[24];
    line_key(l, p->key);
    switch (p->kind) {
    case LOG_TEXT:
        line_text(l, p->text);
        return;
    case LOG_INTEGER:
        line_put(l, digits, (size_t)snprintf(digits, sizeof digits, "%lld", (long long)p->integer));
        return;
    case LOG_BOOL:
        line_put(l, p->integer ? "true" : "false", p->integer ? 4 : 5);
        return;
    }
}

/* Appends a pair as a whole, or nothing of it. */
static bool line_try(struct line *l, const struct log_pair *p)
{
    size_t before = l->size;
    line_pair(l, p);
    if (!l->full)
        return true;
    l->size = before;
    l->full = false;
    return false;
}

void log_write(enum level level, const char *message, const struct log_pair *pairs)
{
    static const char cut[] = ",\"cut\":true";
    struct line l;
    struct timespec t;
    char instant[INSTANT_TEXT + 1];
    if (level < log_to.least)
        return;
    l.size = 0;
    l.full = false;
    l.room = sizeof l.at - sizeof cut - 2;
    clock_gettime(CLOCK_REALTIME, &t);
    size_t n = instant_print((int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000, instant);
    line_put(&l, "{\"ts\":\"", 7);
    line_put(&l, instant, n);
    line_put(&l, "\"", 1);
    line_try(&l, &(struct log_pair){ "level", LOG_TEXT, text_from(LEVELS[level]), 0 });
    line_try(&l, &(struct log_pair){ "service", LOG_TEXT, text_from(log_to.service), 0 });
    bool all = line_try(&l, &(struct log_pair){ "message", LOG_TEXT, text_from(message), 0 });
    for (; all && pairs->key; pairs++)
        all = line_try(&l, pairs);
    l.room = sizeof l.at;
    if (!all)
        line_put(&l, cut, sizeof cut - 1);
    line_put(&l, "}\n", 2);
    /* Nobody is left to tell when stderr is gone. */
    ssize_t written = write(log_to.fd, l.at, l.size);
    (void)written;
}

/* observe: threads count, make series and print at once, and nothing is lost or torn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "common/suite/observe.h"

enum { THREADS = 4, ROUNDS = 2000, KINDS = 16 };

static const int64_t BOUNDS[] = { 10, 100, 0 };
static struct metric rows[] = {
    { .name = "redress_rounds_total",
      .kind = METRIC_COUNTER,
      .help = "Rounds",
      .labels = { "kind" } },
    { .name = "redress_round_size_bytes",
      .kind = METRIC_HISTOGRAM,
      .help = "Sizes",
      .bounds = BOUNDS },
};

static void *work(void *arg)
{
    const int64_t *number = arg;
    struct series *sizes = metric_series(&rows[1], NULL);
    struct arena arena = { 0 };
    char kind[16];
    for (int i = 0; i < ROUNDS; i++) {
        snprintf(kind, sizeof kind, "%d", i % KINDS);
        series_add(metric_series(&rows[0], (const char *[]){ kind }), 1);
        series_observe(&rows[1], sizes, i % 200);
        if (i % 100 == 0) {
            metrics_print(&arena);
            arena_reset(&arena);
            LOG(LEVEL_INFO, "round", log_integer("thread", *number), log_integer("round", i));
        }
    }
    arena_free(&arena);
    return NULL;
}

static void nothing_is_lost(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    int64_t numbers[THREADS];
    char path[] = "/tmp/observe_thread_test.XXXXXX", line[LOG_LINE_MAX];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_APPEND), 0);
    log_open("threads", LEVEL_INFO, fd);
    metrics_register(rows, sizeof rows / sizeof *rows);
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, work, &numbers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);

    int64_t total = 0;
    assert_int_equal(rows[0].series_count, KINDS);
    for (struct series *s = rows[0].series; s; s = s->next)
        total += s->value;
    assert_int_equal(total, THREADS * ROUNDS);
    int lines = 0;
    FILE *f = fopen(path, "r");
    while (fgets(line, sizeof line, f)) {
        json_t *value = json_loads(line, 0, NULL);
        assert_non_null(value);
        json_decref(value);
        lines++;
    }
    fclose(f);
    unlink(path);
    close(fd);
    assert_int_equal(lines, THREADS * ROUNDS / 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(nothing_is_lost) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* observe: log lines are JSON whatever is logged, and metrics are what Prometheus' own tool
 * accepts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/suite/observe.h"

static int ends[2];
static struct arena arena;

static int open_log(void **state)
{
    (void)state;
    assert_int_equal(pipe(ends), 0);
    log_open("tally", LEVEL_INFO, ends[1]);
    return 0;
}

static int close_log(void **state)
{
    (void)state;
    close(ends[0]);
    close(ends[1]);
    arena_free(&arena);
    return 0;
}

/* The one line that was written, parsed: it must be exactly one JSON object and a newline. */
static json_t *line_read(size_t *ret_size)
{
    char bytes[2 * LOG_LINE_MAX];
    ssize_t n = read(ends[0], bytes, sizeof bytes);
    assert_true(n > 0 && n <= LOG_LINE_MAX);
    assert_ptr_equal(memchr(bytes, '\n', (size_t)n), bytes + n - 1);
    json_error_t wrong;
    json_t *line = json_loadb(bytes, (size_t)n, 0, &wrong);
    if (!line)
        fail_msg("%s in %.*s", wrong.text, (int)n, bytes);
    *ret_size = (size_t)n;
    return line;
}

static void a_line_has_its_fields(void **state)
{
    (void)state;
    size_t size;
    LOG(LEVEL_DEBUG, "not written");
    LOG(LEVEL_WARNING, "disk is slow", log_integer("ms", INT64_MIN), log_bool("full", true),
        log_string("none", NULL), log_string("path", "/a"));
    json_t *line = line_read(&size);
    assert_int_equal(strlen(json_string_value(json_object_get(line, "ts"))), 27);
    assert_string_equal(json_string_value(json_object_get(line, "level")), "warning");
    assert_string_equal(json_string_value(json_object_get(line, "service")), "tally");
    assert_string_equal(json_string_value(json_object_get(line, "message")), "disk is slow");
    assert_true(json_integer_value(json_object_get(line, "ms")) == INT64_MIN);
    assert_true(json_is_true(json_object_get(line, "full")));
    assert_string_equal(json_string_value(json_object_get(line, "none")), "");
    assert_string_equal(json_string_value(json_object_get(line, "path")), "/a");
    assert_int_equal(json_object_size(line), 8);
    json_decref(line);
    LOG(LEVEL_INFO, "alone");
    line = line_read(&size);
    assert_int_equal(json_object_size(line), 4);
    json_decref(line);
}

static void any_bytes_are_escaped(void **state)
{
    (void)state;
    static const struct {
        struct text given;
        const char *shown;
    } rows[] = {
        { TEXT_OF("q\" b\\ n\n t\t \x01\x7f"), "q\" b\\ n\n t\t \x01\x7f" },
        { TEXT_OF("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80"),
          "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80" },
        { TEXT_OF("a\xff"
                  "b\xc3"),
          "a\xef\xbf\xbd"
          "b\xef\xbf\xbd" },
        { TEXT_OF("\xc0\xaf"), "\xef\xbf\xbd\xef\xbf\xbd" }, /* overlong */
        { TEXT_OF("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" }, /* surrogate */
        { TEXT_OF("\xf4\x90\x80\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t size;
        LOG(LEVEL_INFO, "x", log_text("t", rows[i].given));
        json_t *line = line_read(&size);
        assert_string_equal(json_string_value(json_object_get(line, "t")), rows[i].shown);
        json_decref(line);
    }
}

static void a_long_line_stays_valid(void **state)
{
    (void)state;
    char words[LOG_LINE_MAX + 100];
    memset(words, 'w', sizeof words);
    for (uint32_t n = LOG_LINE_MAX - 200; n < sizeof words; n += 7) {
        size_t size;
        LOG(LEVEL_ERROR, "long", log_integer("n", n), log_text("words", (struct text){ words, n }),
            log_integer("after", 1));
        json_t *line = line_read(&size);
        assert_true(json_integer_value(json_object_get(line, "n")) == n);
        bool is_cut = json_is_true(json_object_get(line, "cut"));
        assert_true(is_cut == !json_object_get(line, "after"));
        json_decref(line);
    }
}

static void levels_have_names(void **state)
{
    (void)state;
    enum level level = LEVEL_DEBUG;
    assert_int_equal(log_level_parse(text_from("error"), &level), 0);
    assert_int_equal(level, LEVEL_ERROR);
    assert_int_equal(log_level_parse(text_from("loud"), &level), -EINVAL);
    assert_int_equal(level, LEVEL_ERROR);
}

static const int64_t BOUNDS[] = { 1000, 2500000, 0 };
static struct metric rows[] = {
    { .name = "redress_turns_total",
      .kind = METRIC_COUNTER,
      .help = "Turns; a \\ and\na line",
      .labels = { "service", "outcome" } },
    { .name = "redress_map_used_bytes", .kind = METRIC_GAUGE, .help = "Used bytes of the map" },
    { .name = "redress_beacon_age_seconds",
      .kind = METRIC_GAUGE,
      .unit = UNIT_SECONDS,
      .help = "Age of the last beacon" },
    { .name = "redress_turn_duration_seconds",
      .kind = METRIC_HISTOGRAM,
      .unit = UNIT_SECONDS,
      .bounds = BOUNDS,
      .labels = { "service" },
      .help = "How long a turn takes" },
    { .name = "redress_commit_duration_seconds",
      .kind = METRIC_HISTOGRAM,
      .unit = UNIT_SECONDS,
      .bounds = LATENCY_BOUNDS,
      .help = "How long a commit takes" },
};

static bool page_has(struct text page, const char *lines)
{
    return memmem(page.at, page.length, lines, strlen(lines)) != NULL;
}

static void metrics_are_printed(void **state)
{
    (void)state;
    metrics_register(rows, sizeof rows / sizeof *rows);
    assert_true(page_has(metrics_print(&arena), "\nredress_map_used_bytes 0\n"));
    assert_false(page_has(metrics_print(&arena), "redress_turns_total"));

    struct series *ok = metric_series(&rows[0], (const char *[]){ "tally", "ok" });
    assert_ptr_equal(ok, metric_series(&rows[0], (const char *[]){ "tally", "ok" }));
    series_add(ok, 3);
    series_add(ok, 4);
    series_add(metric_series(&rows[0], (const char *[]){ "a\\b\"c\nd", "" }), 1);
    series_set(metric_series(&rows[1], NULL), 12345);
    series_set(metric_series(&rows[2], NULL), -1500000);
    struct series *turns = metric_series(&rows[3], (const char *[]){ "tally" });
    static const int64_t given[] = { 1000, 1001, 2500000, 2500001 };
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        series_observe(&rows[3], turns, given[i]);

    struct text page = metrics_print(&arena);
    assert_true(page_has(page,
                         "# HELP redress_turns_total Turns; a \\\\ and\\na line\n"
                         "# TYPE redress_turns_total counter\n"
                         "redress_turns_total{service=\"tally\",outcome=\"ok\"} 7\n"
                         "redress_turns_total{service=\"a\\\\b\\\"c\\nd\",outcome=\"\"} 1\n"));
    assert_true(page_has(page, "redress_map_used_bytes 12345\n"));
    assert_true(page_has(page, "redress_beacon_age_seconds -1.5\n"));
    assert_true(page_has(page,
                         "# TYPE redress_turn_duration_seconds histogram\n"
                         "redress_turn_duration_seconds_bucket{service=\"tally\",le=\"0.001\"} 1\n"
                         "redress_turn_duration_seconds_bucket{service=\"tally\",le=\"2.5\"} 3\n"
                         "redress_turn_duration_seconds_bucket{service=\"tally\",le=\"+Inf\"} 4\n"
                         "redress_turn_duration_seconds_sum{service=\"tally\"} 5.002002\n"
                         "redress_turn_duration_seconds_count{service=\"tally\"} 4\n"));
}

/* promtool comes with Debian's prometheus; .ci/run installs it, a plain machine may lack it. */
static void promtool_accepts_them(void **state)
{
    (void)state;
    if (system("command -v promtool >/dev/null") != 0)
        skip();
    struct text page = metrics_print(&arena);
    FILE *f = popen("promtool check metrics 2>&1", "w");
    assert_non_null(f);
    assert_int_equal(fwrite(page.at, 1, page.length, f), page.length);
    assert_int_equal(pclose(f), 0);
}

static void series_are_bounded(void **state)
{
    (void)state;
    static struct metric many = {
        .name = "redress_many_total", .kind = METRIC_COUNTER, .help = "Too many", .labels = { "n" }
    };
    char n[16];
    metrics_register(&many, 1);
    for (int i = 0; i < METRIC_SERIES_MAX + 500; i++) {
        snprintf(n, sizeof n, "%d", i);
        series_add(metric_series(&many, (const char *[]){ n }), 1);
    }
    assert_int_equal(many.series_count, METRIC_SERIES_MAX);
    assert_true(page_has(metrics_print(&arena), "redress_many_total{n=\"other\"} 501\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_its_fields),   cmocka_unit_test(any_bytes_are_escaped),
        cmocka_unit_test(a_long_line_stays_valid), cmocka_unit_test(levels_have_names),
        cmocka_unit_test(metrics_are_printed),     cmocka_unit_test(promtool_accepts_them),
        cmocka_unit_test(series_are_bounded),
    };
    return cmocka_run_group_tests(tests, open_log, close_log);
}

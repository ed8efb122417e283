/* options: where values come from, which win, and how wrong ones are named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/suite/options.h"

struct settings {
    int64_t batch_max, wait, verbose;
    struct text name;
    int64_t pace, since;
};
static const struct enumeration_value PACE_WORDS[] = { { "slow", 3, "Slowly" },
                                                       { "fast", 7, "Fast" },
                                                       { 0 } };
static const struct enumeration PACES = { "pace", PACE_WORDS };
#define ROW(label, of, text, least, most, words)                                                   \
    {                                                                                              \
        .name = #label, .kind = OPTION_##of, .fallback = (text), .min = (least), .max = (most),    \
        .offset = offsetof(struct settings, label), .doc = (words)                                 \
    }
static const struct option_row ROWS[] = {
    ROW(batch_max, INTEGER, "64", 1, 4096, "Commands of one commit"),
    ROW(wait, DURATION, "PT15M", SECONDS, DAYS, "How long to wait"),
    ROW(verbose, BOOL, "false", 0, 1, "Say more"),
    ROW(name, TEXT, "", 0, 8, "What it is called"),
    { .name = "pace",
      .kind = OPTION_CHOICE,
      .fallback = "slow",
      .doc = "How fast",
      .offset = offsetof(struct settings, pace),
      .values = &PACES },
    ROW(since, DATE, "", 0, 0, "Since when"),
};

static struct settings got;
static struct msg_error error;
static struct arena arena;
static const struct option_table TABLE = { ROWS, sizeof ROWS / sizeof *ROWS, &got };

/* Loads from a file with these bytes (NULL: none), this environment and these flags. */
static int load(const char *bytes, char **environment, char **argv)
{
    char path[] = "/tmp/options_test.XXXXXX";
    struct option_sources s = { .section = "escalation", .environment = environment, .argv = argv };
    while (argv && argv[s.argc])
        s.argc++;
    memset(&got, 0, sizeof got);
    memset(&error, 0, sizeof error);
    if (bytes) {
        int fd = mkstemp(path);
        assert_true(fd >= 0);
        assert_int_equal(write(fd, bytes, strlen(bytes)), strlen(bytes));
        close(fd);
        s.file = path;
    }
    int r = options_load(&TABLE, 1, &s, &arena, &error);
    if (bytes)
        unlink(path);
    return r;
}

#define WORDS(...) ((char *[]){ __VA_ARGS__, NULL })

static void defaults_fill_every_row(void **state)
{
    (void)state;
    assert_int_equal(load(NULL, NULL, NULL), 0);
    assert_int_equal(got.batch_max, 64);
    assert_int_equal(got.wait, 15 * MINUTES);
    assert_int_equal(got.verbose, 0);
    assert_true(text_empty(got.name));
    assert_int_equal(options_default(&TABLE, &error), 0);
}

static void the_later_source_wins(void **state)
{
    (void)state;
    const char *file = "# settings\nbatch_max: 100\nwait: PT1H\nname: 'file'\n";
    assert_int_equal(load(file, NULL, NULL), 0);
    assert_int_equal(got.batch_max, 100);
    assert_int_equal(got.wait, HOURS);
    assert_true(text_equal(got.name, text_from("file")));

    char **environment = WORDS("REDRESS_BATCH_MAX=200", "OTHER=1", "REDRESS_NAME=env");
    assert_int_equal(load(file, environment, NULL), 0);
    assert_int_equal(got.batch_max, 200);
    assert_true(text_equal(got.name, text_from("env")));
    assert_int_equal(got.wait, HOURS);

    assert_int_equal(load(file, environment, WORDS("--batch-max", "300", "--name=")), 0);
    assert_int_equal(got.batch_max, 300);
    assert_true(text_empty(got.name));
}

static void a_bool_flag_goes_without_its_value(void **state)
{
    (void)state;
    assert_int_equal(load(NULL, NULL, WORDS("--verbose")), 0);
    assert_int_equal(got.verbose, 1);
    assert_int_equal(load(NULL, NULL, WORDS("--verbose", "--batch_max", "7")), 0);
    assert_int_equal(got.verbose, 1);
    assert_int_equal(got.batch_max, 7);
    assert_int_equal(load(NULL, WORDS("REDRESS_VERBOSE=true"), WORDS("--verbose", "false")), 0);
    assert_int_equal(got.verbose, 0);
}

static void assert_wrong(int r, const char *field, const char *rule)
{
    assert_int_equal(r, -EINVAL);
    assert_string_equal(error.field, field);
    if (!strstr(error.rule, rule))
        fail_msg("\"%s\" does not say \"%s\"", error.rule, rule);
}

static void a_choice_and_a_date_have_words(void **state)
{
    (void)state;
    assert_int_equal(load("pace: fast\nsince: 1970-01-31\n", NULL, NULL), 0);
    assert_int_equal(got.pace, 7);
    assert_int_equal(got.since, 30);
    assert_int_equal(load(NULL, NULL, WORDS("--since=")), 0);
    assert_int_equal(got.pace, 3);
    assert_int_equal(got.since, 0);
    assert_wrong(load("pace: 7\n", NULL, NULL), "pace", "allowed is one of slow, fast");
    assert_wrong(load("since: 31.1.1970\n", NULL, NULL), "since", "a date like 2026-03-31");
}

/* One file serves a whole suite. */
static void a_section_is_its_programs_alone(void **state)
{
    (void)state;
    assert_int_equal(load("batch_max: 3\nescalation:\n  wait: PT1M\nnotification:\n"
                          "  smtp: \"smtp://a\"\n  nested: {deep: [1, {x: y}]}\n",
                          NULL, NULL),
                     0);
    assert_int_equal(got.batch_max, 3);
    assert_int_equal(got.wait, MINUTES);
    assert_wrong(load("escalation:\n  wait: PT1M\n  smtp: a\n", NULL, NULL), "smtp",
                 "names an option that does not exist");
    assert_wrong(load("escalation:\n  wait: {a: b}\n", NULL, NULL), "config",
                 "line 2 of the file is not");
    assert_wrong(load("escalation:\n  ? [wait]\n  : 1\n", NULL, NULL), "config",
                 "line 2 of the file is not");
}

static void a_wrong_value_names_option_value_and_range(void **state)
{
    (void)state;
    const char *range = "allowed is an integer from 1 to 4096";
    static const char *const wrong[] = { "",   "0",  "4097", "x",    "1x",
                                         " 1", "+1", "1.5",  "0x10", "99999999999999999999999999" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_wrong(load(NULL, NULL, WORDS("--batch-max", (char *)wrong[i])), "batch_max", range);
    assert_wrong(load(NULL, NULL, WORDS("--batch-max", "abc")), "batch_max",
                 "the flag gives \"abc\"");
    assert_wrong(load(NULL, WORDS("REDRESS_WAIT=15"), NULL), "wait",
                 "the environment gives \"15\"; allowed is a duration from PT1S to ");
    assert_wrong(load("verbose: yes\n", NULL, NULL), "verbose",
                 "the file gives \"yes\"; allowed is true or false");
    assert_wrong(load("name: 123456789\n", NULL, NULL), "name",
                 "allowed is a text of 0 to 8 bytes");
}

static void an_unknown_name_is_reported(void **state)
{
    (void)state;
    assert_wrong(load(NULL, NULL, WORDS("--batch", "1")), "batch", "does not exist");
    assert_wrong(load(NULL, NULL, WORDS("--batch")), "batch", "does not exist");
    assert_wrong(load(NULL, NULL, WORDS("stray")), "stray", "is not a flag");
    assert_wrong(load(NULL, NULL, WORDS("--")), "--", "is not a flag");
    assert_wrong(load(NULL, NULL, WORDS("--wait")), "wait", "wants a value");
    assert_wrong(load("batchmax: 1\n", NULL, NULL), "batchmax",
                 "the file names an option that does not exist");
}

static void a_wrong_file_says_where(void **state)
{
    (void)state;
    assert_wrong(load("batch_max: 1\nwait: [1]\n", NULL, NULL), "config",
                 "line 2 of the file is not `name: value`");
    assert_wrong(load("- 1\n", NULL, NULL), "config", "line 1 of the file is not");
    assert_wrong(load("batch_max: 1: 2\n", NULL, NULL), "config", "line 1 of the file: ");
    assert_wrong(load("? {a: b}\n: c\n", NULL, NULL), "config", "line 1 of the file is not");
    assert_wrong(load("batch_max: *b\n", NULL, NULL), "config", "line 1 of the file");
    assert_int_equal(load("", NULL, NULL), 0);
    assert_int_equal(load("# nothing\n", NULL, NULL), 0);
    assert_int_equal(load(NULL, NULL, WORDS("--config", "/nowhere.yaml")), -ENOENT);
    assert_string_equal(error.field, "config");
    assert_int_equal(load("wait: 1\n", NULL, WORDS("--config", "/dev/null")), 0);
    assert_int_equal(load("wait: 1\n", WORDS("REDRESS_CONFIG=/dev/null"), NULL), 0);
    assert_wrong(load(NULL, NULL, WORDS("--config")), "config", "wants a value");
}

static void help_prints_the_rows(void **state)
{
    (void)state;
    char *out;
    size_t size;
    FILE *f = open_memstream(&out, &size);
    assert_int_equal(load("wait: wrong\n", NULL, WORDS("--batch-max", "1", "--help")), 1);
    options_help(f, &TABLE, 1);
    fclose(f);
    assert_non_null(strstr(out, "--batch-max"));
    assert_non_null(strstr(out, "Commands of one commit"));
    assert_non_null(strstr(out, "an integer from 1 to 4096; default 64; REDRESS_BATCH_MAX"));
    assert_non_null(strstr(out, "default none; REDRESS_NAME"));
    free(out);
}

static void one_option_can_be_set(void **state)
{
    (void)state;
    assert_int_equal(options_set(&TABLE, "batch-max", text_from("9"), &error), 0);
    assert_int_equal(got.batch_max, 9);
    assert_wrong(options_set(&TABLE, "batch_max", text_from("0"), &error), "batch_max",
                 "the caller gives");
    struct option_row wrong = ROWS[0];
    wrong.fallback = "0";
    assert_wrong(options_default(&(struct option_table){ &wrong, 1, &got }, &error), "batch_max",
                 "its default gives");
}

static int free_arena(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_fill_every_row),
        cmocka_unit_test(a_section_is_its_programs_alone),
        cmocka_unit_test(the_later_source_wins),
        cmocka_unit_test(a_bool_flag_goes_without_its_value),
        cmocka_unit_test(a_choice_and_a_date_have_words),
        cmocka_unit_test(a_wrong_value_names_option_value_and_range),
        cmocka_unit_test(an_unknown_name_is_reported),
        cmocka_unit_test(a_wrong_file_says_where),
        cmocka_unit_test(help_prints_the_rows),
        cmocka_unit_test(one_option_can_be_set),
    };
    return cmocka_run_group_tests(tests, NULL, free_arena);
}

/* suite_test: what is written in a data directory, and who serves it. */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/suite/suite.h"

struct place {
    char home[64]; /* a scratch directory */
    char data[SUITE_PATH_MAX];
};

static void path(char *out, const char *a, const char *b)
{
    assert_true(snprintf(out, SUITE_PATH_MAX, "%s/%s", a, b) < SUITE_PATH_MAX);
}

static int set_up(void **state)
{
    struct place *p = calloc(1, sizeof *p);
    snprintf(p->home, sizeof p->home, "/tmp/rd-suite-XXXXXX");
    assert_non_null(mkdtemp(p->home));
    path(p->data, p->home, "data");
    *state = p;
    return 0;
}

static int tear_down(void **state)
{
    struct place *p = *state;
    char command[160];
    snprintf(command, sizeof command, "rm -rf %s", p->home);
    assert_int_equal(system(command), 0);
    free(p);
    return 0;
}

static mode_t mode_of(const char *where)
{
    struct stat st;
    assert_int_equal(stat(where, &st), 0);
    return st.st_mode & 0777;
}

static void write_file(const char *where, const char *text)
{
    FILE *f = fopen(where, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

/* `redress -d data` names a directory without a slash. */
static void a_bare_name_is_a_directory_too(void **state)
{
    struct place *p = *state;
    struct suite made;
    struct msg_error error;
    char before[SUITE_PATH_MAX];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(p->home), 0);
    int r = suite_open("data", 1, 0, &made, &error);
    assert_int_equal(chdir(before), 0);
    assert_int_equal(r, 0);
    assert_string_equal(made.directory, p->data);
}

static void made_once_and_loaded_alike(void **state)
{
    struct place *p = *state;
    struct suite made, loaded;
    struct msg_error error;
    assert_int_equal(suite_load(p->data, &made, &error), -ENOENT);
    assert_int_equal(suite_open(p->data, 4, 0, &made, &error), 0);
    assert_int_equal(made.partitions, 4);
    assert_int_equal(made.clock.rate, 1);
    assert_false(made.is_virtual);
    assert_string_equal(made.directory, p->data);
    assert_int_equal(mode_of(p->data), 0700);
    assert_int_equal(mode_of(made.run), 0700);
    assert_int_equal(suite_load(p->data, &loaded, &error), 0);
    assert_memory_equal(&made, &loaded, sizeof made);
    assert_int_equal(suite_open(p->data, 0, 0, &loaded, &error), 0);
    assert_memory_equal(&made, &loaded, sizeof made);
}

static void another_count_or_clock_is_refused(void **state)
{
    struct place *p = *state;
    struct suite s;
    struct msg_error error;
    assert_int_equal(suite_open(p->data, SUITE_PARTITIONS_MAX + 1, 0, &s, &error), -EINVAL);
    assert_int_equal(suite_open(p->data, 1, SUITE_RATE_MAX + 1, &s, &error), -EINVAL);
    assert_int_equal(suite_open(p->data, 2, 60, &s, &error), 0);
    assert_int_equal(suite_open(p->data, 3, 0, &s, &error), -EINVAL);
    assert_string_equal(error.field, "partitions");
    assert_int_equal(suite_open(p->data, 2, 1, &s, &error), -EINVAL);
    assert_string_equal(error.field, "clock");
    assert_int_equal(suite_open(p->data, 2, 60, &s, &error), 0);
}

static void damaged_files_are_told(void **state)
{
    static const char *const texts[] = {
        "",
        "{",
        "[]",
        "{}",
        "{\"format\": 1}",
        ("{\"format\": 2, \"install\": \"x\", \"partitions\": 1, \"clock\": {\"anchor_real\": 0,"
         " \"anchor_suite\": 0, \"rate\": 1, \"virtual\": false}}"),
    };
    struct place *p = *state;
    struct suite s;
    struct msg_error error;
    char file[SUITE_PATH_MAX];
    assert_int_equal(suite_open(p->data, 1, 0, &s, &error), 0);
    path(file, p->data, "suite.json");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        write_file(file, texts[i]);
        assert_int_equal(suite_load(p->data, &s, &error), -EBADMSG);
        assert_true(error.rule[0]);
    }
}

static void virtual_is_noted(void **state)
{
    struct place *p = *state;
    struct suite s, loaded;
    struct msg_error error;
    assert_int_equal(suite_open(p->data, 1, 0, &s, &error), 0);
    assert_int_equal(suite_virtual_set(&s, true), 0);
    assert_int_equal(suite_load(p->data, &loaded, &error), 0);
    assert_true(loaded.is_virtual);
    assert_string_equal(loaded.install, s.install);
    assert_int_equal(suite_virtual_set(&s, false), 0);
    assert_int_equal(suite_load(p->data, &loaded, &error), 0);
    assert_false(loaded.is_virtual);
}

static void a_long_path_has_its_sockets_elsewhere(void **state)
{
    struct place *p = *state;
    struct suite s, loaded;
    struct msg_error error;
    char deep[SUITE_PATH_MAX], endpoint[SUITE_ENDPOINT_MAX];
    path(deep, p->home, "0123456789012345678901234567890123456789012345678901234567890123456789");
    assert_int_equal(suite_open(deep, 1, 0, &s, &error), 0);
    assert_int_equal(strncmp(s.run, "/tmp/redress-", 13), 0);
    assert_int_equal(mode_of(s.run), 0700);
    suite_endpoint(&s, "notification", 255, "command", endpoint);
    assert_true(strlen(endpoint) <= strlen("ipc://") + 107);
    assert_int_equal(suite_load(deep, &loaded, &error), 0);
    assert_string_equal(loaded.run, s.run);
    /* What others may enter is not taken. */
    assert_int_equal(chmod(s.run, 0755), 0);
    assert_int_equal(suite_run_make(&s), -EPERM);
    assert_int_equal(rmdir(s.run), 0);
    assert_int_equal(symlink(p->home, s.run), 0);
    assert_int_equal(suite_run_make(&s), -EPERM);
    assert_int_equal(unlink(s.run), 0);
}

static void addresses_and_directories(void **state)
{
    struct place *p = *state;
    struct suite s;
    struct msg_error error;
    char endpoint[SUITE_ENDPOINT_MAX], directory[SUITE_PATH_MAX], expected[SUITE_PATH_MAX + 64];
    assert_int_equal(suite_open(p->data, 8, 0, &s, &error), 0);
    suite_endpoint(&s, "escalation", 7, "events", endpoint);
    snprintf(expected, sizeof expected, "ipc://%s/run/escalation-007.events", p->data);
    assert_string_equal(endpoint, expected);
    suite_partition_directory(&s, "escalation", 7, directory);
    snprintf(expected, sizeof expected, "%s/escalation/007", p->data);
    assert_string_equal(directory, expected);
    assert_int_equal(suite_partitions(&s, "escalation"), 8);
    assert_int_equal(suite_partitions(&s, "catalog"), 1);
}

/* Runs `what` in a process of its own and returns how it ended. */
static int elsewhere(int (*what)(void *), void *arg)
{
    int status;
    pid_t pid = fork();
    if (pid == 0)
        _exit(what(arg));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

struct claim {
    const struct suite *suite;
    struct serving serving;
    int held;
};

static int write_and_die(void *arg)
{
    struct claim *c = arg;
    return -suite_serving_write(c->suite, &c->serving, &c->held);
}

static bool is_same(const struct serving *a, const struct serving *b)
{
    return strcmp(a->service, b->service) == 0 && a->partition == b->partition &&
           a->epoch == b->epoch && a->pid == b->pid && strcmp(a->instance, b->instance) == 0 &&
           strcmp(a->command, b->command) == 0 && strcmp(a->events, b->events) == 0 &&
           strcmp(a->replay, b->replay) == 0;
}

static int read_and_compare(void *arg)
{
    const struct claim *c = arg;
    struct serving back;
    int r = suite_serving_read(c->suite, c->serving.service, c->serving.partition, &back);
    return r < 0 ? -r : is_same(&back, &c->serving) ? 0 : 255;
}

/* All claims here have the same process id, as those of containers have. */
static struct claim claim_of(const struct suite *s, uint64_t epoch)
{
    return (struct claim){ .suite = s,
                           .held = -1,
                           .serving = { .service = "escalation",
                                        .partition = 3,
                                        .epoch = epoch,
                                        .pid = 1,
                                        .instance = "here",
                                        .command = "ipc://a",
                                        .events = "ipc://b",
                                        .replay = "ipc://c" } };
}

static void who_serves(void **state)
{
    struct place *p = *state;
    struct suite s;
    struct msg_error error;
    struct serving back;
    char file[SUITE_PATH_MAX];
    assert_int_equal(suite_open(p->data, 8, 0, &s, &error), 0);
    struct claim ours = claim_of(&s, 9);
    assert_int_equal(suite_serving_read(&s, "escalation", 3, &back), -ENOENT);
    assert_int_equal(suite_serving_write(&s, &ours.serving, &ours.held), 0);
    assert_int_equal(elsewhere(read_and_compare, &ours), 0);
    assert_int_equal(read_and_compare(&ours), 0);
    ours.serving.epoch = 10; /* it says something else */
    assert_int_equal(suite_serving_write(&s, &ours.serving, &ours.held), 0);
    assert_int_equal(elsewhere(read_and_compare, &ours), 0);
    suite_serving_remove(&s, "escalation", 3, &ours.held);
    assert_int_equal(ours.held, -1);
    path(file, p->data, "run/escalation-003.json");
    assert_int_equal(access(file, F_OK), -1);
    assert_int_equal(suite_serving_read(&s, "escalation", 3, &back), -ENOENT);
    suite_serving_remove(&s, "escalation", 3, &ours.held); /* nothing was said: nothing to do */
}

static void the_dead_serve_nothing(void **state)
{
    struct place *p = *state;
    struct suite s;
    struct msg_error error;
    struct serving back;
    char file[SUITE_PATH_MAX];
    assert_int_equal(suite_open(p->data, 8, 0, &s, &error), 0);
    struct claim theirs = claim_of(&s, 4), ours = claim_of(&s, 5);
    assert_int_equal(elsewhere(write_and_die, &theirs), 0);
    path(file, p->data, "run/escalation-003.json");
    assert_int_equal(access(file, F_OK), 0);
    assert_int_equal(suite_serving_read(&s, "escalation", 3, &back), -ENOENT);
    /* What they left is no hindrance, and neither is a file that is none of ours. */
    assert_int_equal(suite_serving_write(&s, &ours.serving, &ours.held), 0);
    assert_int_equal(read_and_compare(&ours), 0);
    /* Whoever serves it by now keeps the file. */
    struct claim next = claim_of(&s, 6);
    assert_int_equal(suite_serving_write(&s, &next.serving, &next.held), 0);
    suite_serving_remove(&s, "escalation", 3, &ours.held);
    assert_int_equal(read_and_compare(&next), 0);
    suite_serving_remove(&s, "escalation", 3, &next.held);
    assert_int_equal(access(file, F_OK), -1);
    write_file(file, "{\"service\": 7}");
    assert_int_equal(suite_serving_read(&s, "escalation", 3, &back), -ENOENT);
}

static void a_held_file_is_judged(void **state)
{
    struct place *p = *state;
    struct suite s;
    struct msg_error error;
    struct serving back;
    char file[SUITE_PATH_MAX];
    assert_int_equal(suite_open(p->data, 8, 0, &s, &error), 0);
    struct claim ours = claim_of(&s, 1);
    assert_int_equal(suite_serving_write(&s, &ours.serving, &ours.held), 0);
    path(file, p->data, "run/escalation-003.json");
    write_file(file, "{\"service\": 7}"); /* into the file that is held */
    assert_int_equal(suite_serving_read(&s, "escalation", 3, &back), -EBADMSG);
    suite_serving_remove(&s, "escalation", 3, &ours.held);
}

/* --- several at once ------------------------------------------------------------------------ */

enum { STARTERS = 4, ROUNDS = 50 };

struct start {
    const char *data;
    _Atomic int *ready;
    int out;
};

/* Opens at the same instant as the others, and says which suite it got. */
static int open_at_once(const struct start *start)
{
    struct suite s = { 0 }, loaded = { 0 };
    struct msg_error error;
    atomic_fetch_add(start->ready, 1);
    while (atomic_load(start->ready) < STARTERS)
        continue;
    int r = suite_find(start->data, 8, &s, &error);
    if (r == 0)
        r = suite_load(start->data, &loaded, &error);
    if (r < 0)
        return -r;
    if (strcmp(s.install, loaded.install) != 0 || s.partitions != loaded.partitions)
        return 255;
    return write(start->out, s.install, sizeof s.install) == sizeof s.install ? 0 : 254;
}

static void start_at_once(const char *data)
{
    int ends[2], status;
    _Atomic int *ready =
        mmap(NULL, sizeof *ready, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(ready, MAP_FAILED);
    assert_int_equal(pipe(ends), 0);
    const struct start start = { .data = data, .ready = ready, .out = ends[1] };
    for (int i = 0; i < STARTERS; i++)
        if (fork() == 0)
            _exit(open_at_once(&start));
    for (int i = 0; i < STARTERS; i++) {
        assert_true(wait(&status) > 0);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
    char first[ID_TEXT + 1], install[ID_TEXT + 1];
    assert_int_equal(read(ends[0], first, sizeof first), sizeof first);
    for (int i = 1; i < STARTERS; i++) {
        assert_int_equal(read(ends[0], install, sizeof install), sizeof install);
        assert_string_equal(install, first);
    }
    close(ends[0]);
    close(ends[1]);
    munmap((void *)(uintptr_t)ready, sizeof *ready);
}

static void many_at_once_make_one_suite(void **state)
{
    struct place *p = *state;
    for (int i = 0; i < ROUNDS; i++) {
        char data[SUITE_PATH_MAX], name[16];
        snprintf(name, sizeof name, "%d", i);
        path(data, p->home, name);
        /* As a volume is: there and empty. */
        if (i % 2)
            assert_int_equal(mkdir(data, 0700), 0);
        start_at_once(data);
        DIR *d = opendir(data);
        assert_non_null(d);
        int names = 0;
        while (readdir(d))
            names++;
        closedir(d);
        assert_int_equal(names, 4); /* ., .., suite.json, run: nothing temporary stays */
    }
}

static void only_who_is_told_makes_one(void **state)
{
    struct place *p = *state;
    struct suite s;
    struct msg_error error;
    assert_int_equal(suite_find(p->data, 0, &s, &error), -ENOENT);
    assert_int_equal(suite_find(p->data, 8, &s, &error), 0);
    assert_int_equal(suite_find(p->data, 0, &s, &error), 0);
    assert_int_equal(s.partitions, 8);
    assert_int_equal(suite_find(p->data, 4, &s, &error), -EINVAL);
    assert_string_equal(error.field, "partitions");
}

static void a_clock_runs_at_its_rate(void **state)
{
    const struct suite_clock real = { .rate = 1 };
    int64_t now = real_now();
    (void)state;
    assert_true(suite_now(&real) >= now && suite_now(&real) < now + 60000000);
    const struct suite_clock quick = { .anchor_real = now - 1000000,
                                       .anchor_suite = 5,
                                       .rate = 60 };
    int64_t quick_now = suite_now(&quick);
    assert_true(quick_now >= 60000005 && quick_now < 60000005 + 60 * INT64_C(60000000));
    const struct suite_clock overflow = { .anchor_real = 0, .anchor_suite = 0, .rate = 100000 };
    assert_int_equal(suite_now(&overflow), INT64_MAX);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_bare_name_is_a_directory_too),
        TEST(made_once_and_loaded_alike),
        TEST(another_count_or_clock_is_refused),
        TEST(damaged_files_are_told),
        TEST(virtual_is_noted),
        TEST(a_long_path_has_its_sockets_elsewhere),
        TEST(addresses_and_directories),
        TEST(who_serves),
        TEST(the_dead_serve_nothing),
        TEST(a_held_file_is_judged),
        TEST(many_at_once_make_one_suite),
        TEST(only_who_is_told_makes_one),
        TEST(a_clock_runs_at_its_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

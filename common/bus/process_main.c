/* process_main: a service as a program: its flags, its signals and its end. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/bus/process.h"
#include "common/bus/server.h"
#include "common/suite/options.h"
#include "common/time/zone.h"

struct flags {
    struct text data, partition, log_level;
    int64_t adopt_clock, partitions;
};

#define FLAG(member) .offset = offsetof(struct flags, member)
static const struct option_row flag_rows[] = {
    { .name = "data",
      .kind = OPTION_TEXT,
      .fallback = "",
      .max = SUITE_PATH_MAX - 1,
      FLAG(data),
      .doc = "Directory of the suite (required)" },
    { .name = "partition",
      .kind = OPTION_TEXT,
      .fallback = "",
      .max = 1024,
      FLAG(partition),
      .doc = "Partitions to serve, such as 0,2,4-7; all when not given; may be given again" },
    { .name = "partitions",
      .kind = OPTION_INTEGER,
      .fallback = "0",
      .max = SUITE_PARTITIONS_MAX,
      FLAG(partitions),
      .doc = SUITE_PARTITIONS_HELP },
    { .name = "adopt_clock",
      .kind = OPTION_BOOL,
      .fallback = "false",
      .max = 1,
      FLAG(adopt_clock),
      .doc = "Take imported history over to the real clock, for good" },
    { .name = "log_level",
      .kind = OPTION_TEXT,
      .fallback = "info",
      .max = 16,
      FLAG(log_level),
      .doc = "Least level of the log: debug, info, warning or error" },
};
enum { FLAG_ROWS = sizeof flag_rows / sizeof *flag_rows };

/* --- flags ---------------------------------------------------------------------------------- */

/* Takes every --partition out of argv and joins their lists, because an option keeps its last value
 * only. */
static int join_partitions(int argc, char **argv, struct arena *a, struct text *ret)
{
    static const char flag[] = "--partition";
    int kept = 0;
    struct text all = { 0 };
    for (int i = 0; i < argc; i++) {
        const char *value = NULL;
        if (strcmp(argv[i], flag) == 0 && i + 1 < argc)
            value = argv[++i];
        else if (strncmp(argv[i], "--partition=", sizeof flag) == 0)
            value = argv[i] + sizeof flag;
        if (value)
            all = arena_printf(a, "%.*s%s%s", TEXT_ARG(all), all.length ? "," : "", value);
        else
            argv[kept++] = argv[i];
    }
    argv[kept] = NULL;
    *ret = all;
    return kept;
}

static bool number_take(struct text *t, uint32_t *ret)
{
    uint32_t v = 0, i = 0;
    for (; i < t->length && t->at[i] >= '0' && t->at[i] <= '9' && v < SUITE_PARTITIONS_MAX; i++)
        v = v * 10 + (uint32_t)(t->at[i] - '0');
    t->at += i;
    t->length -= i;
    *ret = v;
    return i > 0 && v < SUITE_PARTITIONS_MAX;
}

static bool character_take(struct text *t, char c)
{
    if (t->length == 0 || *t->at != c)
        return false;
    t->at++;
    t->length--;
    return true;
}

/* "0,2,4-7" as flags of partitions. */
static bool partitions_parse(struct text t, bool wanted[static SUITE_PARTITIONS_MAX])
{
    do {
        uint32_t from, to;
        if (!number_take(&t, &from))
            return false;
        to = from;
        if (character_take(&t, '-') && (!number_take(&t, &to) || to < from))
            return false;
        for (uint32_t i = from; i <= to; i++)
            wanted[i] = true;
    } while (character_take(&t, ','));
    return t.length == 0;
}

static int usage(const struct msg_error *error)
{
    fprintf(stderr, "%s: %s\n", error->field, error->rule);
    return PROCESS_USAGE;
}

static int say_usage(const char *field, const char *rule)
{
    fprintf(stderr, "%s: %s\n", field, rule);
    return PROCESS_USAGE;
}

/* Flags, the service's own options, and what services with effects say about the way out. */
enum { TABLES = 3 };

static void help(const struct service_type *service, const struct option_table tables[TABLES])
{
    printf("redress-%s: %s\n\nusage: redress-%s --data DIR [OPTION...]\n\n", service->name,
           service->doc, service->name);
    options_help(stdout, tables, TABLES);
}

/* --- signals -------------------------------------------------------------------------------- */

/* A connection is a descriptor, and libzmq ends the process when it can have no more for itself. */
static void raise_limits(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) < 0)
        return;
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

/* Every thread inherits the mask, so that only sigwait takes them. */
static void block_signals(sigset_t *ret)
{
    sigemptyset(ret);
    sigaddset(ret, SIGTERM);
    sigaddset(ret, SIGINT);
    pthread_sigmask(SIG_BLOCK, ret, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* Ends the process when told to while it still opens: a log is durable at any moment, and a fold
 * begins anew. */
static void *watch_opening(void *arg)
{
    int number;
    const sigset_t *set = arg;
    sigwait(set, &number);
    LOG(LEVEL_INFO, "told to end while opening", log_integer("signal", number));
    _exit(PROCESS_OK);
}

static bool wait_ended(struct process *p)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += STOP_MS / 1000;
    int r = 0;
    pthread_mutex_lock(&p->lock);
    while (r == 0 && p->ended < p->count)
        r = pthread_cond_timedwait(&p->changed, &p->lock, &until);
    bool ended = p->ended == p->count;
    pthread_mutex_unlock(&p->lock);
    return ended;
}

/* --- the program ---------------------------------------------------------------------------- */

static int exit_code(int error)
{
    switch (error) {
    case -EBUSY:
        return PROCESS_UNAVAILABLE;
    case -EINVAL:
        return PROCESS_USAGE;
    default:
        return PROCESS_FAILED;
    }
}

/* libzmq may crash while it is torn down (BUS 1.6), so it is not: what was promised is committed,
 * and replies have had the time of closing the partitions. */
static _Noreturn void end(struct process *p)
{
    const struct timespec flush = { 0, 50000000 };
    process_tell_stop(p);
    bool ended = wait_ended(p);
    nanosleep(&flush, NULL);
    LOG(ended ? LEVEL_INFO : LEVEL_WARNING, ended ? "ended" : "ended before all was closed");
    _exit(PROCESS_OK);
}

static int serve(const struct process_options *o)
{
    sigset_t set;
    pthread_t opening;
    struct process *p;
    struct msg_error error;
    int number;
    raise_limits();
    block_signals(&set);
    if (pthread_create(&opening, NULL, watch_opening, &set) != 0)
        return PROCESS_FAILED;
    int r = process_start(o, &p, &error);
    pthread_cancel(opening);
    pthread_join(opening, NULL);
    if (r < 0) {
        LOG(LEVEL_ERROR, "cannot serve", log_string("what", error.field),
            log_string("why", error.rule), log_string("error", strerror(-r)));
        return exit_code(r);
    }
    LOG(LEVEL_INFO, "ready", log_string("data", o->suite->directory),
        log_integer("partitions", (int64_t)p->count), log_integer("pid", getpid()));
    sigwait(&set, &number);
    LOG(LEVEL_INFO, "told to end", log_integer("signal", number));
    end(p);
}

static int run(const struct service_type *service, const struct flags *flags, const void *options,
               const struct outbound_options *outbound)
{
    char directory[SUITE_PATH_MAX];
    struct suite suite;
    struct msg_error error = { 0 };
    enum level level;
    bool wanted[SUITE_PARTITIONS_MAX] = { false };
    uint32_t partitions[SUITE_PARTITIONS_MAX];
    size_t count = 0;
    if (log_level_parse(flags->log_level, &level) < 0)
        return say_usage("log_level", "is debug, info, warning or error");
    if (flags->partition.length && !partitions_parse(flags->partition, wanted))
        return say_usage("partition", "is a list such as 0,2,4-7 of numbers below 256");
    for (uint32_t i = 0; i < SUITE_PARTITIONS_MAX; i++)
        if (wanted[i])
            partitions[count++] = i;
    if (text_empty(flags->data))
        return say_usage("data", "is required: --data DIR");
    snprintf(directory, sizeof directory, "%.*s", TEXT_ARG(flags->data));
    log_open(service->name, level, STDERR_FILENO);
    umask(0077);
    int r = suite_find(directory, (uint32_t)flags->partitions, &suite, &error);
    if (r < 0) {
        usage(&error);
        return r == -ENOENT ? PROCESS_MISSING : exit_code(r);
    }
    const struct process_options o = { .service = service,
                                       .options = options,
                                       .outbound = outbound,
                                       .suite = &suite,
                                       .partitions = partitions,
                                       .count = count,
                                       .adopt_clock = flags->adopt_clock };
    return serve(&o);
}

int process_main(int argc, char **argv, const struct service_type *service)
{
    struct arena a = { 0 };
    struct flags flags = { 0 };
    struct msg_error error = { 0 };
    struct text joined;
    void *options = arena_alloc(&a, service->options_size);
    struct outbound_options outbound = { 0 };
    const struct option_table tables[TABLES] = {
        { .rows = flag_rows, .count = FLAG_ROWS, .into = &flags },
        { .rows = service->options, .count = service->option_count, .into = options },
        { .rows = outbound_rows,
          .count = service->effect_count ? outbound_row_count : 0,
          .into = &outbound },
    };
    const int kept = join_partitions(argc - 1, argv + 1, &a, &joined);
    const struct option_sources sources = {
        .section = service->name, .environment = environ, .argc = kept, .argv = argv + 1
    };
    int r = options_load(tables, TABLES, &sources, &a, &error);
    if (r > 0) {
        help(service, tables);
        return PROCESS_OK;
    }
    if (r < 0)
        return usage(&error);
    if (joined.length)
        flags.partition = joined;
    zones_load();
    return run(service, &flags, options, &outbound);
}

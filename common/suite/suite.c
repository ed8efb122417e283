/* suite: suite.json and the places of a suite. */
#include "common/suite/suite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/suite/suite_file.h"

enum {
    SUITE_FORMAT = 1,
    SOCKET_PATH_MAX = 107, /* sun_path without its NUL */
    SOCKET_NAME_MAX = 1 + 31 + 4 + 8, /* "/" service "-255" ".command" */
};

static int complain(struct msg_error *e, int error, const char *field, const char *rule)
{
    if (e) {
        snprintf(e->field, sizeof e->field, "%.159s", field);
        snprintf(e->rule, sizeof e->rule, "%.199s", rule);
    }
    return error;
}

/* Sockets lie in DIR/run when their addresses fit. Every process must come to the same answer, so
 * the other place does not depend on the environment. */
static int run_choose(struct suite *s)
{
    int r = suite_path(s->run, "%s/run", s->directory);
    if (r == 0 && strlen(s->run) + SOCKET_NAME_MAX <= SOCKET_PATH_MAX)
        return 0;
    return suite_path(s->run, "/tmp/redress-%s", s->install);
}

int suite_run_make(const struct suite *s)
{
    char path[SUITE_PATH_MAX];
    int r = suite_path(path, "%s/run", s->directory);
    if (r == 0)
        r = suite_directory_make(path);
    if (r < 0 || strcmp(path, s->run) == 0)
        return r;
    if (mkdir(s->run, 0700) == 0)
        return 0;
    if (errno != EEXIST)
        return -errno;
    /* Anybody may make directories under /tmp: only one of the data's owner will do. */
    struct stat run, data;
    if (lstat(s->run, &run) < 0 || stat(s->directory, &data) < 0)
        return -errno;
    bool ours = S_ISDIR(run.st_mode) && (run.st_mode & 077) == 0 &&
                (run.st_uid == data.st_uid || run.st_uid == geteuid());
    return ours ? 0 : -EPERM;
}

/* `write` is suite_file_write or suite_file_make. */
static int suite_write(const struct suite *s, int (*write)(const char *, const json_t *))
{
    char path[SUITE_PATH_MAX];
    int r = suite_path(path, "%s/suite.json", s->directory);
    if (r < 0)
        return r;
    json_t *value = json_pack("{si ss si s{sI sI sI sb}}", "format", SUITE_FORMAT, "install",
                              s->install, "partitions", (int)s->partitions, "clock", "anchor_real",
                              (json_int_t)s->clock.anchor_real, "anchor_suite",
                              (json_int_t)s->clock.anchor_suite, "rate", (json_int_t)s->clock.rate,
                              "virtual", (int)s->is_virtual);
    if (!value)
        return -ENOMEM;
    r = write(path, value);
    json_decref(value);
    return r;
}

int suite_virtual_set(struct suite *s, bool is_virtual)
{
    struct suite changed = *s;
    changed.is_virtual = is_virtual;
    int r = suite_write(&changed, suite_file_write);
    if (r == 0)
        s->is_virtual = is_virtual;
    return r;
}

static int suite_parse(json_t *value, struct suite *s)
{
    const char *install;
    int format, partitions, is_virtual;
    json_int_t real, suite, rate;
    struct id id;
    if (json_unpack(value, "{si ss si s{sI sI sI sb}}", "format", &format, "install", &install,
                    "partitions", &partitions, "clock", "anchor_real", &real, "anchor_suite",
                    &suite, "rate", &rate, "virtual", &is_virtual) < 0)
        return -EBADMSG;
    if (format != SUITE_FORMAT || partitions < 1 || partitions > SUITE_PARTITIONS_MAX || rate < 1 ||
        rate > SUITE_RATE_MAX || id_parse(text_from(install), &id) < 0)
        return -EBADMSG;
    snprintf(s->install, sizeof s->install, "%s", install);
    s->partitions = (uint32_t)partitions;
    s->clock = (struct suite_clock){ .anchor_real = real, .anchor_suite = suite, .rate = rate };
    s->is_virtual = is_virtual;
    return 0;
}

static int directory_resolve(const char *directory, char out[static SUITE_PATH_MAX])
{
    char *resolved = realpath(directory, NULL);
    if (!resolved)
        return -errno;
    int r = suite_path(out, "%s", resolved);
    free(resolved);
    return r;
}

int suite_load(const char *directory, struct suite *ret, struct msg_error *reterr)
{
    struct suite s = { 0 };
    char path[SUITE_PATH_MAX];
    json_t *value = NULL;
    int r = directory_resolve(directory, s.directory);
    if (r == 0)
        r = suite_path(path, "%s/suite.json", s.directory);
    if (r == 0)
        r = suite_file_read(path, &value, reterr);
    if (r == -ENOENT)
        return complain(reterr, r, directory, "holds no suite: there is no suite.json");
    if (r == -EBADMSG)
        return r;
    if (r < 0)
        return complain(reterr, r, directory, strerror(-r));
    r = suite_parse(value, &s);
    json_decref(value);
    if (r < 0)
        return complain(reterr, r, path, "is not a suite.json of this version of Redress");
    r = run_choose(&s);
    if (r < 0)
        return complain(reterr, r, directory, strerror(-r));
    *ret = s;
    return 0;
}

static int suite_make(const char *directory, uint32_t partitions, int64_t rate, struct suite *ret)
{
    int r = suite_directory_make(directory);
    struct suite s = { .partitions = partitions ? partitions : 1 };
    if (r == 0)
        r = directory_resolve(directory, s.directory);
    if (r < 0)
        return r;
    int64_t now = real_now();
    struct id install = id_new(now);
    id_print(&install, s.install);
    s.clock = (struct suite_clock){ .rate = 1 };
    if (rate > 1)
        s.clock = (struct suite_clock){ .anchor_real = now, .anchor_suite = now, .rate = rate };
    r = run_choose(&s);
    if (r == 0)
        r = suite_write(&s, suite_file_make);
    if (r == 0)
        *ret = s;
    return r;
}

int suite_open(const char *directory, uint32_t partitions, int64_t rate, struct suite *ret,
               struct msg_error *reterr)
{
    if (partitions > SUITE_PARTITIONS_MAX)
        return complain(reterr, -EINVAL, "partitions", "is 1 to 256");
    if (rate < 0 || rate > SUITE_RATE_MAX)
        return complain(reterr, -EINVAL, "clock", "is real, or x1 to x100000");
    struct suite s = { 0 };
    int r = suite_load(directory, &s, reterr);
    if (r < 0 && r != -ENOENT)
        return r;
    if (r == -ENOENT) {
        r = suite_make(directory, partitions, rate, &s);
        /* Another process was quicker: its suite is the suite. */
        if (r == -EEXIST)
            r = suite_load(directory, &s, reterr);
    }
    if (r == 0)
        r = suite_run_make(&s);
    if (r < 0)
        return complain(reterr, r, directory, strerror(-r));
    if (partitions && s.partitions != partitions) {
        char rule[100];
        snprintf(rule, sizeof rule, "of this directory is %u and cannot be changed to %u",
                 s.partitions, partitions);
        return complain(reterr, -EINVAL, "partitions", rule);
    }
    if (rate && s.clock.rate != rate)
        return complain(reterr, -EINVAL, "clock", "of this directory has another rate");
    *ret = s;
    return 0;
}

int suite_find(const char *directory, uint32_t partitions, struct suite *ret,
               struct msg_error *reterr)
{
    return partitions ? suite_open(directory, partitions, 0, ret, reterr)
                      : suite_load(directory, ret, reterr);
}

uint32_t suite_partitions(const struct suite *s, const char *service)
{
    /* What every partition of the others reads lies in one place (DESIGN 8). */
    return strcmp(service, "catalog") == 0 ? 1 : s->partitions;
}

void suite_endpoint(const struct suite *s, const char *service, uint32_t partition,
                    const char *kind, char out[static SUITE_ENDPOINT_MAX])
{
    int n =
        snprintf(out, SUITE_ENDPOINT_MAX, "ipc://%s/%s-%03u.%s", s->run, service, partition, kind);
    if (n >= SUITE_ENDPOINT_MAX)
        out[0] = '\0';
}

void suite_partition_directory(const struct suite *s, const char *service, uint32_t partition,
                               char out[static SUITE_PATH_MAX])
{
    if (suite_path(out, "%s/%s/%03u", s->directory, service, partition) < 0)
        out[0] = '\0';
}

/* `redress doctor`: what is wrong with this machine or directory, a sentence a check. */
#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "services/cli/cli.h"
#include "services/cli/follow.h"
#include "services/cli/print.h"
#include "services/cli/supervise.h"
#include "services/cli/versions.h"
#include "services/registry.h"

enum {
    FREE_MIN_MIB = 1024,
    FILES_MIN = 1024,
    YEAR_LEAST = 2024, /* a clock before this is wrong */
};

struct doctor {
    const struct cli *cli;
    struct suite suite;
    bool has_suite;
    json_t *rows;
    bool failed;
};

static void check(struct doctor *d, const char *name, bool ok, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void check(struct doctor *d, const char *name, bool ok, const char *format, ...)
{
    char text[400];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    d->failed = d->failed || !ok;
    json_array_append_new(d->rows,
                          json_pack("{ss sb ss}", "check", name, "ok", (int)ok, "finding", text));
}

/* --- the directory ---------------------------------------------------------------------------- */

static void check_suite(struct doctor *d)
{
    struct msg_error why = { 0 };
    int r = suite_load(d->cli->data, &d->suite, &why);
    d->has_suite = r == 0;
    if (r == 0)
        check(d, "suite", true, "%s holds suite %s with %u partition%s a service%s.",
              d->suite.directory, d->suite.install, d->suite.partitions,
              d->suite.partitions == 1 ? "" : "s",
              d->suite.is_virtual ? ", with history on a virtual clock" : "");
    else if (r == -ENOENT)
        check(d, "suite", true, "%s holds no suite yet; `redress up` makes one.", d->cli->data);
    else
        check(d, "suite", false, "%s: %s.", d->cli->data, why.rule);
}

static void check_mode(struct doctor *d)
{
    struct stat st;
    if (!d->has_suite || stat(d->suite.directory, &st) < 0)
        return;
    check(d, "mode", (st.st_mode & 077) == 0, "The data directory has mode %04o%s.",
          (unsigned)(st.st_mode & 07777),
          (st.st_mode & 077) == 0 ? "" : ", and others may read it: chmod 0700");
    check(d, "owner", st.st_uid == geteuid(), "It belongs to user %u, and this is user %u.",
          (unsigned)st.st_uid, (unsigned)geteuid());
}

static void check_file_system(struct doctor *d)
{
    static const struct {
        unsigned long magic;
        const char *name;
        bool fits;
    } known[] = {
        { 0xef53, "ext4", true },      { 0x58465342, "xfs", true },
        { 0x9123683e, "btrfs", true }, { 0x2fc12fc1, "zfs", true },
        { 0xf2f52010, "f2fs", true },  { 0x01021994, "tmpfs, which a reboot empties", true },
        { 0x6969, "nfs", false },      { 0xff534d42, "cifs", false },
        { 0xfe534d42, "smb2", false }, { 0x794c7630, "overlayfs", false },
        { 0x65735546, "fuse", false }, { 0x01021997, "9p", false },
    };
    struct statfs fs;
    const char *path = d->has_suite ? d->suite.directory : ".";
    if (statfs(path, &fs) < 0) {
        check(d, "file system", false, "%s cannot be looked at: %s.", path, strerror(errno));
        return;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if ((unsigned long)fs.f_type != known[i].magic)
            continue;
        check(d, "file system", known[i].fits, "%s lies on %s%s.", path, known[i].name,
              known[i].fits ? "" : ", where a commit may be lost or a lock not hold");
        return;
    }
    check(d, "file system", true, "%s lies on a file system of type %lx.", path,
          (unsigned long)fs.f_type);
}

static void check_space(struct doctor *d)
{
    struct statvfs fs;
    if (statvfs(d->has_suite ? d->suite.directory : ".", &fs) < 0)
        return;
    unsigned long long mib = (unsigned long long)fs.f_bavail * fs.f_frsize >> 20;
    check(d, "free space", mib >= FREE_MIN_MIB, "%llu MiB are free; %d should be.", mib,
          FREE_MIN_MIB);
}

static void check_path(struct doctor *d)
{
    if (!d->has_suite)
        return;
    bool inside = strncmp(d->suite.run, d->suite.directory, strlen(d->suite.directory)) == 0;
    check(d, "path", true, "Sockets lie in %s%s.", d->suite.run,
          inside ? "" : ", as the directory's own path is too long for socket addresses");
}

static void check_claims(struct doctor *d)
{
    pid_t holder = d->has_suite ? supervise_holder(&d->suite) : 0;
    if (!d->has_suite)
        return;
    if (holder > 0)
        check(d, "claims", true, "It is up, under process %d.", (int)holder);
    else if (follow_is_up(&d->suite))
        check(d, "claims", true,
              "Partitions are served, by processes that `redress up` did not start.");
    else
        check(d, "claims", true, "Nobody has it open.");
}

/* --- the machine ------------------------------------------------------------------------------ */

static void check_clock(struct doctor *d)
{
    time_t now = (time_t)(real_now() / SECONDS);
    struct tm tm;
    char text[40];
    gmtime_r(&now, &tm);
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm);
    check(d, "clock", tm.tm_year + 1900 >= YEAR_LEAST, "The machine's clock says %s UTC.", text);
}

static void check_files(struct doctor *d)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    check(d, "open files", limit.rlim_cur >= FILES_MIN,
          "A process may open %llu files; %d should do.", (unsigned long long)limit.rlim_cur,
          FILES_MIN);
}

static void check_programs(struct doctor *d)
{
    char here[SUITE_PATH_MAX], path[SUITE_PATH_MAX + 64];
    cli_program_directory(here);
    for (const struct service_type *const *s = services; *s; s++) {
        snprintf(path, sizeof path, "%s/redress-%s", here, (*s)->name);
        check(d, "program", access(path, X_OK) == 0, "%s %s.", path,
              access(path, X_OK) == 0 ? "is there" : "cannot be run");
    }
}

static void check_libraries(struct doctor *d)
{
    const struct library *l;
    for (size_t i = 0; (l = library_at(i)) != NULL; i++) {
        char version[64];
        library_version(l, version);
        check(d, "library", library_fits(l, version), "%s is %s%s%s.", l->name, version,
              library_fits(l, version) ? "" : "; made and tested with ",
              library_fits(l, version) ? "" : l->tested);
    }
}

static void check_zones(struct doctor *d)
{
    char version[32] = "";
    FILE *file = fopen("/usr/share/zoneinfo/tzdata.zi", "re");
    if (file && fscanf(file, "# version %31s", version) != 1)
        version[0] = '\0';
    if (file)
        fclose(file);
    check(d, "time zones", file != NULL, "tzdata %s.",
          version[0] ? version
          : file     ? "of an unknown version"
                     : "is not installed");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = state->input;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "what is %s for?", arg);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void show(const struct doctor *d)
{
    if (d->cli->output == OUTPUT_JSON) {
        json_t *all = json_pack("{sb sO}", "ok", (int)!d->failed, "checks", d->rows);
        print_json(stdout, all);
        json_decref(all);
        return;
    }
    for (size_t i = 0; i < json_array_size(d->rows); i++) {
        const json_t *row = json_array_get(d->rows, i);
        printf("%-5s %-12s %s\n", json_is_true(json_object_get(row, "ok")) ? "ok" : "WRONG",
               json_string_value(json_object_get(row, "check")),
               json_string_value(json_object_get(row, "finding")));
    }
}

int cli_run_doctor(struct cli *cli, int argc, char **argv)
{
    static const struct argp argp = {
        .parser = parse,
        .doc = "Looks at this machine and the data directory; a sentence a check, exit code 1 when "
               "one fails.",
        .children = cli_children,
    };
    static void (*const checks[])(struct doctor *) = {
        check_suite, check_mode,  check_file_system, check_space,     check_path,  check_claims,
        check_clock, check_files, check_programs,    check_libraries, check_zones,
    };
    struct doctor d = { .cli = cli };
    int code = cli_parse(&argp, argc, argv, cli);
    if (code)
        return code;
    d.rows = json_array();
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        checks[i](&d);
    show(&d);
    json_decref(d.rows);
    return d.failed ? EXIT_FAILED : EXIT_OK;
}

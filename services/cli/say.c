/* How the tool speaks on standard error, and what its exit codes mean. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "services/cli/cli.h"

void cli_say(const char *format, ...)
{
    va_list list;
    cli_progress_end();
    fputs("redress: ", stderr);
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    fputc('\n', stderr);
}

int cli_exit_of_errno(int error)
{
    switch (error) {
    case 0:
        return EXIT_OK;
    case -ENOENT:
        return EXIT_NOT_FOUND;
    case -EEXIST:
    case -EUCLEAN:
        return EXIT_CONFLICT;
    case -EACCES:
    case -EPERM:
        return EXIT_DENIED;
    case -ETIMEDOUT:
    case -ECONNREFUSED:
    case -EAGAIN:
    case -EBUSY:
    case -ENOSPC:
        return EXIT_UNAVAILABLE;
    case -EINTR:
        return EXIT_INTERRUPTED;
    case -EINVAL:
        return EXIT_USAGE;
    default:
        return EXIT_FAILED;
    }
}

int cli_exit_of_status(enum status s)
{
    switch (s) {
    case STATUS_ok:
        return EXIT_OK;
    case STATUS_invalid:
        return EXIT_USAGE;
    case STATUS_not_found:
        return EXIT_NOT_FOUND;
    case STATUS_refused:
    case STATUS_id_reused:
    case STATUS_version:
        return EXIT_CONFLICT;
    case STATUS_denied:
        return EXIT_DENIED;
    case STATUS_busy:
    case STATUS_full:
    case STATUS_moved:
    case STATUS_wait:
        return EXIT_UNAVAILABLE;
    }
    return EXIT_FAILED;
}

/* The sentence of an errno that people meet. */
static const char *sentence(int error)
{
    switch (error) {
    case -ECONNREFUSED:
        return "nobody serves it: is the suite up?";
    case -ETIMEDOUT:
        return "no answer came; whether it was done is unknown";
    case -EBUSY:
        return "another process has it open";
    default:
        return strerror(-error);
    }
}

int cli_fail(int error, const struct msg_error *why, const char *format, ...)
{
    va_list list;
    cli_progress_end();
    fputs("redress: ", stderr);
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    if (why && why->rule[0])
        fprintf(stderr, ": %s%s%s\n", why->field, why->field[0] ? ": " : "", why->rule);
    else
        fprintf(stderr, ": %s\n", sentence(error));
    return cli_exit_of_errno(error);
}

int cli_suite(const struct cli *cli, struct suite *ret)
{
    struct msg_error why = { 0 };
    int r = suite_load(cli->data, ret, &why);
    if (r == -ENOENT) {
        cli_say("%s holds no suite; `redress up --data %s` makes one", cli->data, cli->data);
        return EXIT_NOT_FOUND;
    }
    return r < 0 ? cli_fail(r, &why, "cannot open %s", cli->data) : 0;
}

/* --- progress --------------------------------------------------------------------------------- */

static bool progress_shown;

void cli_progress(const char *what, uint64_t done, uint64_t total)
{
    enum { WIDTH = 30 };
    static const char bar[] = "##############################";
    if (!isatty(STDERR_FILENO))
        return;
    progress_shown = true;
    if (!total) {
        fprintf(stderr, "\r%s %llu", what, (unsigned long long)done);
        return;
    }
    if (done > total)
        done = total;
    int filled = (int)(done * WIDTH / total);
    fprintf(stderr, "\r%s [%.*s%*s] %3d%%", what, filled, bar, WIDTH - filled, "",
            (int)(done * 100 / total));
}

void cli_progress_end(void)
{
    if (progress_shown)
        fputs("\r\033[K", stderr);
    progress_shown = false;
}

/* --- signals ---------------------------------------------------------------------------------- */

volatile sig_atomic_t cli_stopped;

static void stop(int signal)
{
    cli_stopped = signal;
}

void cli_catch_signals(void)
{
    struct sigaction action = { .sa_handler = stop };
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

void cli_program_directory(char out[static SUITE_PATH_MAX])
{
    ssize_t n = readlink("/proc/self/exe", out, SUITE_PATH_MAX - 1);
    out[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(out, '/');
    if (slash && slash != out)
        *slash = '\0';
    else
        memcpy(out, slash ? "/" : ".", 2);
}

/* supervise: see supervise.h. */
#include "services/cli/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGCHLD);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGHUP);
}

void supervise_block_signals(void)
{
    sigset_t set;
    signals(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

/* --- children --------------------------------------------------------------------------------- */

/* In the child: never returns. It has a group of its own, so that Ctrl-C reaches the supervisor
 * only, which drains it; and it is told to end when the supervisor dies. */
static _Noreturn void become(const struct child *c, pid_t supervisor)
{
    sigset_t set;
    signals(&set);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != supervisor)
        _exit(EXIT_FAILED);
    int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int log = open(c->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (in < 0 || log < 0 || dup2(in, STDIN_FILENO) < 0 || dup2(log, STDOUT_FILENO) < 0 ||
        dup2(log, STDERR_FILENO) < 0)
        _exit(EXIT_FAILED);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    execv(c->program, c->arguments);
    fprintf(stderr, "redress: cannot run %s: %s\n", c->program, strerror(errno));
    _exit(EXIT_FAILED);
}

static int start(struct child *c)
{
    pid_t self = getpid(), pid = fork();
    if (pid < 0)
        return -errno;
    if (pid == 0)
        become(c, self);
    c->pid = pid;
    c->started_ms = monotonic_ms();
    return 0;
}

int supervise_start(struct supervisor *s)
{
    int r = 0;
    for (uint32_t i = 0; i < s->count && r == 0; i++)
        r = start(&s->children[i]);
    return r;
}

static void say_ended(const struct child *c, int status, const char *next)
{
    if (WIFSIGNALED(status))
        cli_say("%s was ended by signal %d (%s)%s", c->name, WTERMSIG(status),
                strsignal(WTERMSIG(status)), next);
    else
        cli_say("%s ended with exit code %d%s", c->name, WEXITSTATUS(status), next);
}

/* A child ended that nobody asked to: it is started again, the later the more often it happened in
 * a row. */
static void died(struct child *c, int status, bool starting)
{
    char next[64] = "";
    int64_t now = monotonic_ms();
    c->pid = 0;
    c->gave_up = starting;
    c->exit_code = WIFEXITED(status) && WEXITSTATUS(status) ? WEXITSTATUS(status) : EXIT_FAILED;
    if (now - c->started_ms > SUPERVISE_STABLE_MS)
        c->failures = 0;
    int64_t wait = (int64_t)SUPERVISE_BACKOFF_MS << (c->failures < 6 ? c->failures : 6);
    if (wait > SUPERVISE_BACKOFF_MAX_MS)
        wait = SUPERVISE_BACKOFF_MAX_MS;
    c->failures++;
    c->start_at_ms = now + wait;
    if (!starting)
        snprintf(next, sizeof next, "; starting it again in %lld.%lld s", (long long)(wait / 1000),
                 (long long)(wait % 1000 / 100));
    say_ended(c, status, next);
}

static struct child *child_of(struct supervisor *s, pid_t pid)
{
    for (uint32_t i = 0; i < s->count; i++)
        if (s->children[i].pid == pid)
            return &s->children[i];
    return NULL;
}

/* Takes up to one signal within wait_ms. */
static void take_signal(struct supervisor *s, int wait_ms)
{
    sigset_t set;
    signals(&set);
    struct timespec wait = { wait_ms / 1000, wait_ms % 1000 * 1000000L };
    int signal = sigtimedwait(&set, NULL, &wait);
    if (signal == SIGINT || signal == SIGTERM || signal == SIGHUP)
        s->stop_signal = signal;
}

void supervise_turn(struct supervisor *s, int wait_ms, bool starting)
{
    int status;
    pid_t pid;
    take_signal(s, wait_ms);
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        struct child *c = child_of(s, pid);
        if (c)
            died(c, status, starting);
    }
    for (uint32_t i = 0; i < s->count && !starting && !s->stop_signal; i++) {
        struct child *c = &s->children[i];
        if (c->pid || monotonic_ms() < c->start_at_ms)
            continue;
        if (start(c) == 0)
            cli_say("%s runs again, process %d", c->name, (int)c->pid);
    }
}

static uint32_t running(const struct supervisor *s)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->count; i++)
        n += s->children[i].pid != 0;
    return n;
}

static void signal_all(const struct supervisor *s, int signal)
{
    for (uint32_t i = 0; i < s->count; i++)
        if (s->children[i].pid)
            kill(s->children[i].pid, signal);
}

int supervise_stop(struct supervisor *s)
{
    int64_t until = monotonic_ms() + SUPERVISE_DRAIN_MS;
    int status, r = 0;
    signal_all(s, SIGTERM);
    while (running(s)) {
        pid_t pid = waitpid(-1, &status, WNOHANG);
        struct child *c = pid > 0 ? child_of(s, pid) : NULL;
        if (c) {
            if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
                say_ended(c, status, "");
            c->pid = 0;
            continue;
        }
        if (r == 0 && monotonic_ms() > until) {
            cli_say("not drained within %d s: killing", SUPERVISE_DRAIN_MS / 1000);
            signal_all(s, SIGKILL);
            r = -ETIMEDOUT;
        }
        take_signal(s, 20);
    }
    return r;
}

/* --- the pid file ----------------------------------------------------------------------------- */

static int pid_path(const struct suite *s, char out[static SUITE_PATH_MAX])
{
    int n = snprintf(out, SUITE_PATH_MAX, "%s/run/supervisor.pid", s->directory);
    return n < SUITE_PATH_MAX ? 0 : -ENAMETOOLONG;
}

int supervise_lock(const struct suite *s, int *ret_fd)
{
    char path[SUITE_PATH_MAX];
    int r = pid_path(s, path);
    if (r < 0)
        return r;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    if (flock(fd, LOCK_EX | LOCK_NB) < 0)
        r = errno == EWOULDBLOCK ? -EBUSY : -errno;
    if (r == 0 && (ftruncate(fd, 0) < 0 || dprintf(fd, "%d\n", (int)getpid()) < 0))
        r = -errno;
    if (r < 0) {
        close(fd);
        return r;
    }
    *ret_fd = fd;
    return 0;
}

pid_t supervise_holder(const struct suite *s)
{
    char path[SUITE_PATH_MAX], text[16] = "";
    int r = pid_path(s, path);
    if (r < 0)
        return r;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? 0 : -errno;
    if (flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK && pread(fd, text, 15, 0) > 0)
        r = (int)strtol(text, NULL, 10);
    close(fd); /* and with it the lock, where nobody else had it */
    return r;
}

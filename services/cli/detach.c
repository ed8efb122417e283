/* The supervisor in the background: its parent waits until it says that all is ready, or why not.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "services/cli/up.h"

pid_t up_detach(int *ret_fd, int *ret_code)
{
    int ends[2];
    fflush(NULL);
    if (pipe2(ends, O_CLOEXEC) < 0) {
        *ret_code = cli_fail(-errno, NULL, "cannot detach");
        return -1;
    }
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        setsid();
        *ret_fd = ends[1];
        return 0;
    }
    close(ends[1]);
    if (pid < 0) {
        *ret_code = cli_fail(-errno, NULL, "cannot detach");
    } else {
        unsigned char told;
        ssize_t n;
        do {
            n = read(ends[0], &told, 1);
        } while (n < 0 && errno == EINTR);
        *ret_code = n == 1 ? told : EXIT_FAILED;
    }
    close(ends[0]);
    return pid;
}

void up_tell(int fd, int code)
{
    unsigned char told = (unsigned char)code;
    if (fd < 0)
        return;
    if (write(fd, &told, 1) != 1)
        cli_say("nobody waits for this suite any more: %s", strerror(errno));
    close(fd);
}

void up_leave_terminal(const struct supervisor *s)
{
    char path[SUITE_PATH_MAX];
    int null = open("/dev/null", O_RDWR | O_CLOEXEC), log = -1;
    fflush(NULL);
    if (snprintf(path, sizeof path, "%s/run/supervisor.log", s->suite.directory) < SUITE_PATH_MAX)
        log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (null >= 0) {
        dup2(null, STDIN_FILENO);
        dup2(log >= 0 ? log : null, STDOUT_FILENO);
        dup2(log >= 0 ? log : null, STDERR_FILENO);
        close(null);
    }
    if (log >= 0)
        close(log);
}

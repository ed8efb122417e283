/* suite_file: reads and writes small JSON files, whole or not at all. */
#include "common/suite_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/suite.h"

enum { SUITE_FILE_MAX = 64 << 10 };

int suite_path(char *out, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int n = vsnprintf(out, SUITE_PATH_MAX, format, list);
    va_end(list);
    return n < 0 || n >= SUITE_PATH_MAX ? -ENAMETOOLONG : 0;
}

/* Syncs the directory that holds path: a rename or a new name is durable only with it. */
static int parent_sync(const char *path)
{
    char parent[SUITE_PATH_MAX];
    int r = suite_path(parent, "%s", path);
    if (r < 0)
        return r;
    char *slash = strrchr(parent, '/');
    if (!slash)
        return -EINVAL;
    slash[slash == parent] = '\0';
    int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    if (fsync(fd) < 0)
        r = -errno;
    close(fd);
    return r;
}

int suite_directory_make(const char *path)
{
    if (mkdir(path, 0700) == 0)
        return parent_sync(path);
    if (errno != EEXIST)
        return -errno;
    struct stat st;
    if (stat(path, &st) < 0)
        return -errno;
    return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}

static int write_all(int fd, const char *bytes, size_t size)
{
    while (size) {
        ssize_t n = write(fd, bytes, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        bytes += n;
        size -= (size_t)n;
    }
    return 0;
}

int suite_file_write(const char *path, const json_t *value)
{
    char temporary[SUITE_PATH_MAX];
    int r = suite_path(temporary, "%s.%ld.new", path, (long)getpid());
    if (r < 0)
        return r;
    char *text = json_dumps(value, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    if (!text)
        return -ENOMEM;
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) {
        r = -errno;
        free(text);
        return r;
    }
    r = write_all(fd, text, strlen(text));
    if (r == 0)
        r = write_all(fd, "\n", 1);
    if (r == 0 && fsync(fd) < 0)
        r = -errno;
    if (close(fd) < 0 && r == 0)
        r = -errno;
    if (r == 0 && rename(temporary, path) < 0)
        r = -errno;
    if (r < 0)
        unlink(temporary);
    else
        r = parent_sync(path);
    free(text);
    return r;
}

int suite_file_read(const char *path, json_t **ret, struct msg_error *reterr)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    char *text = malloc(SUITE_FILE_MAX);
    size_t size = 0;
    ssize_t n = text ? 1 : -1;
    while (n > 0 && size < SUITE_FILE_MAX) {
        n = read(fd, text + size, SUITE_FILE_MAX - size);
        size += n > 0 ? (size_t)n : 0;
    }
    close(fd);
    json_error_t error = { 0 };
    json_t *value = n < 0 ? NULL : json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    free(text);
    if (json_is_object(value)) {
        *ret = value;
        return 0;
    }
    json_decref(value);
    if (reterr) {
        snprintf(reterr->field, sizeof reterr->field, "%.159s", path);
        snprintf(reterr->rule, sizeof reterr->rule, "is no JSON object: %.160s", error.text);
    }
    return -EBADMSG;
}

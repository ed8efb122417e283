/* suite_file: reads and writes small JSON files, whole or not at all. */
#include "common/suite/suite_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/suite/suite.h"

enum {
    SUITE_FILE_MAX = 64 << 10,
    REPLACED_MAX = 16, /* times that a file may be replaced while it is looked at */
};

int suite_path(char *out, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int n = vsnprintf(out, SUITE_PATH_MAX, format, list);
    va_end(list);
    return n < 0 || n >= SUITE_PATH_MAX ? -ENAMETOOLONG : 0;
}

int suite_file_settle(const char *path)
{
    char parent[SUITE_PATH_MAX];
    int r = suite_path(parent, "%s", path);
    if (r < 0)
        return r;
    char *slash = strrchr(parent, '/');
    if (slash)
        slash[slash == parent] = '\0';
    int fd = open(slash ? parent : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
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
        return suite_file_settle(path);
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

/* A temporary file beside path that holds value, synced; *ret_fd is open on it. Its name is random:
 * processes in containers of their own may have the same id. */
static int write_beside(const char *path, const json_t *value, char name[static SUITE_PATH_MAX],
                        int *ret_fd)
{
    int r = suite_path(name, "%s.XXXXXX", path);
    if (r < 0)
        return r;
    char *text = json_dumps(value, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    if (!text)
        return -ENOMEM;
    int fd = mkostemp(name, O_CLOEXEC);
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
    free(text);
    if (r < 0) {
        close(fd);
        unlink(name);
        return r;
    }
    *ret_fd = fd;
    return 0;
}

static int put_in_place(const char *name, const char *path)
{
    if (rename(name, path) == 0)
        return suite_file_settle(path);
    int r = -errno;
    unlink(name);
    return r;
}

int suite_file_write(const char *path, const json_t *value)
{
    char name[SUITE_PATH_MAX];
    int fd = -1, r = write_beside(path, value, name, &fd);
    if (r < 0)
        return r;
    close(fd);
    return put_in_place(name, path);
}

int suite_file_make(const char *path, const json_t *value)
{
    char name[SUITE_PATH_MAX];
    int fd = -1, r = write_beside(path, value, name, &fd);
    if (r < 0)
        return r;
    close(fd);
    /* A link, unlike a rename, never replaces what is there. */
    int made = link(name, path) < 0 ? -errno : 0;
    unlink(name);
    if (made < 0 && made != -EEXIST)
        return made;
    r = suite_file_settle(path);
    return r < 0 ? r : made;
}

/* --- held files ----------------------------------------------------------------------------- */

static bool is_at(int fd, const char *path)
{
    struct stat open_one, there;
    return fstat(fd, &open_one) == 0 && stat(path, &there) == 0 &&
           open_one.st_ino == there.st_ino && open_one.st_dev == there.st_dev;
}

int suite_file_hold(const char *path, const json_t *value, int *held)
{
    char name[SUITE_PATH_MAX];
    int fd = -1, r = write_beside(path, value, name, &fd);
    if (r < 0)
        return r;
    /* Before anybody can see the file. A lock of the open file, not of the process: it is the same
     * from every container of one kernel, while process ids are not. */
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    if (fcntl(fd, F_OFD_SETLK, &lock) < 0) {
        r = -errno;
        unlink(name);
    }
    if (r == 0)
        r = put_in_place(name, path);
    if (r < 0) {
        close(fd);
        return r;
    }
    if (*held >= 0)
        close(*held);
    *held = fd;
    return 0;
}

void suite_file_let_go(const char *path, int *held)
{
    if (*held < 0)
        return;
    if (is_at(*held, path))
        unlink(path);
    close(*held);
    *held = -1;
}

static bool is_held(int fd)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    return fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/* --- reading -------------------------------------------------------------------------------- */

static int parse(int fd, const char *path, json_t **ret, struct msg_error *reterr)
{
    char *text = malloc(SUITE_FILE_MAX);
    size_t size = 0;
    ssize_t n = text ? 1 : -1;
    while (n > 0 && size < SUITE_FILE_MAX) {
        n = read(fd, text + size, SUITE_FILE_MAX - size);
        size += n > 0 ? (size_t)n : 0;
    }
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

int suite_file_read(const char *path, json_t **ret, struct msg_error *reterr)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int r = parse(fd, path, ret, reterr);
    close(fd);
    return r;
}

int suite_file_read_held(const char *path, json_t **ret, struct msg_error *reterr)
{
    for (int i = 0; i < REPLACED_MAX; i++) {
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            return -errno;
        bool held = is_held(fd);
        /* Its holder may have put another one in its place since it was opened. */
        bool there = held || is_at(fd, path);
        int r = held ? parse(fd, path, ret, reterr) : -ENOENT;
        close(fd);
        if (held || there)
            return r;
    }
    return -ENOENT;
}

/* checkpoint_copy: see checkpoint_copy.h. */
#include "common/store/checkpoint_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PIECE_BYTES = 1 << 18,
    WINDOW_PIECES = 32, /* are written to the disk while the next are copied */
    META_PAGES = 2, /* of LMDB: the pages that are written in place */
};

static int file_in(const char *directory, const char *name, int flags)
{
    char path[STORE_PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    int fd = open(path, flags | O_CLOEXEC, 0600);
    return fd < 0 ? -errno : fd;
}

/* --- what is copied ------------------------------------------------------------------------- */

int copy_take(struct copy *c, MDB_env *env)
{
    MDB_envinfo info;
    MDB_stat st;
    int fd;
    int r = store_error(mdb_env_get_fd(env, &fd));
    if (r == 0)
        r = store_error(mdb_env_info(env, &info));
    if (r == 0)
        r = store_error(mdb_env_stat(env, &st));
    if (r != 0)
        return r;
    c->size = (info.me_last_pgno + 1) * st.ms_psize;
    c->head_size = (size_t)META_PAGES * st.ms_psize;
    c->head = malloc(c->head_size);
    if (!c->head)
        return -ENOMEM;
    ssize_t n = pread(fd, c->head, c->head_size, 0);
    if (n < 0 || (size_t)n < c->head_size)
        return n < 0 ? -errno : -EIO;
    c->from = fd + 1;
    return 0;
}

int copy_open(struct copy *c, const char *directory)
{
    struct stat st;
    int fd = file_in(directory, "data.mdb", O_RDONLY);
    if (fd < 0)
        return fd;
    c->from = fd + 1;
    c->owned = true;
    if (fstat(fd, &st))
        return -errno;
    c->size = (uint64_t)st.st_size;
    return 0;
}

void copy_free(struct copy *c)
{
    if (c->owned)
        close(c->from - 1);
    if (c->into)
        close(c->into - 1);
    free(c->head);
    *c = (struct copy){ 0 };
}

/* --- copying -------------------------------------------------------------------------------- */

static int write_all(int fd, const uint8_t *bytes, size_t size, uint64_t at)
{
    while (size) {
        ssize_t n = pwrite(fd, bytes, size, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -EIO;
        bytes += n;
        size -= (size_t)n;
        at += (uint64_t)n;
    }
    return 0;
}

/* A window's way to the disk begins when it is full, and is waited for when the next one is; then
 * the page cache need not keep it. What the kernel would gather instead comes at once, and the
 * log's syncs would stand behind it. */
static int pace(int fd, uint64_t end)
{
    static const uint64_t window = (uint64_t)WINDOW_PIECES * PIECE_BYTES;
    if (end % window)
        return 0;
    off_t at = (off_t)(end - window);
    int r = sync_file_range(fd, at, (off_t)window, SYNC_FILE_RANGE_WRITE);
    at -= (off_t)window;
    if (r == 0 && at >= 0) {
        r = sync_file_range(fd, at, (off_t)window,
                            SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
                                SYNC_FILE_RANGE_WAIT_AFTER);
        if (r == 0)
            posix_fadvise(fd, at, (off_t)window, POSIX_FADV_DONTNEED);
    }
    return r && errno != ENOSYS ? -errno : 0; /* an error of the disk is told once, perhaps here */
}

/* The bytes from `at` on, at most a piece. 0 at the file's end. */
static ssize_t read_piece(const struct copy *c, uint64_t at, uint8_t *piece)
{
    size_t want = c->size - at < PIECE_BYTES ? (size_t)(c->size - at) : PIECE_BYTES;
    ssize_t n;
    do
        n = pread(c->from - 1, piece, want, (off_t)at);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return -errno;
    if (at < c->head_size) {
        size_t left = c->head_size - (size_t)at;
        memcpy(piece, c->head + at, (size_t)n < left ? (size_t)n : left);
    }
    return n;
}

static int copy_pieces(struct copy *c, uint8_t *piece)
{
    crypto_generichash_state hash;
    int into = c->into - 1;
    crypto_generichash_init(&hash, NULL, 0, DIGEST_BYTES);
    for (uint64_t at = 0; at < c->size;) {
        int r = c->go_on ? c->go_on(c->arg, at) : 0;
        ssize_t n = r == 0 ? read_piece(c, at, piece) : r;
        if (n < 0)
            return (int)n;
        if (n == 0)
            break;
        crypto_generichash_update(&hash, piece, (size_t)n);
        r = write_all(into, piece, (size_t)n, at);
        at += (uint64_t)n;
        if (r == 0)
            r = pace(into, at);
        if (r < 0)
            return r;
    }
    crypto_generichash_final(&hash, c->digest, DIGEST_BYTES);
    return 0;
}

int copy_make(struct copy *c, const char *directory)
{
    int into = file_in(directory, "data.mdb", O_WRONLY | O_CREAT | O_EXCL);
    if (into < 0)
        return into;
    c->into = into + 1;
    /* A disk that has no room says so before it is full; what else is said here, writing says. */
    if (fallocate(into, FALLOC_FL_KEEP_SIZE, 0, (off_t)c->size) &&
        (errno == ENOSPC || errno == EDQUOT))
        return -errno;
    uint8_t *piece = malloc(PIECE_BYTES);
    int r = piece ? copy_pieces(c, piece) : -ENOMEM;
    free(piece);
    return r;
}

/* --- the digest ----------------------------------------------------------------------------- */

/* It lies beside the copy: one that rotted on the disk is not restored. */
static int write_hash(const struct copy *c, const char *directory)
{
    int fd = file_in(directory, "hash", O_WRONLY | O_CREAT | O_TRUNC);
    if (fd < 0)
        return fd;
    int r = write_all(fd, c->digest, sizeof c->digest, 0);
    if (r == 0 && fsync(fd))
        r = -errno;
    close(fd);
    return r;
}

int copy_finish(struct copy *c, const char *directory, bool hashed)
{
    int r = fsync(c->into - 1) ? -errno : 0;
    if (r == 0 && hashed)
        r = write_hash(c, directory);
    return r == 0 ? store_sync(directory) : r;
}

int copy_check(const struct copy *c, const char *directory)
{
    uint8_t wanted[DIGEST_BYTES];
    int fd = file_in(directory, "hash", O_RDONLY);
    if (fd < 0)
        return fd == -ENOENT ? -EBADMSG : fd;
    ssize_t n = pread(fd, wanted, sizeof wanted, 0);
    int r = n < 0 ? -errno : 0;
    close(fd);
    if (r < 0)
        return r;
    return n == sizeof wanted && memcmp(wanted, c->digest, sizeof wanted) == 0 ? 0 : -EBADMSG;
}

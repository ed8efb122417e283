/* store: the LMDB calls and the file system checks that every environment of Redress goes through.
 */
#include "common/store/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

int store_error(int code)
{
    if (code > 0)
        return -code;
    switch (code) {
    case MDB_SUCCESS:
        return 0;
    case MDB_NOTFOUND:
        return -ENOENT;
    case MDB_MAP_FULL:
        return -ENOSPC;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
        return -EBADMSG;
    default:
        return -EIO;
    }
}

int store_sync(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int r = fsync(fd) ? -errno : 0;
    close(fd);
    return r;
}

int store_directory(const char *path)
{
    char parent[STORE_PATH_MAX];
    struct stat st;
    if (stat(path, &st) == 0)
        return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
    if (snprintf(parent, sizeof parent, "%s", path) >= (int)sizeof parent)
        return -ENAMETOOLONG;
    const char *up = dirname(parent);
    int r = store_directory(up);
    if (r < 0)
        return r;
    if (mkdir(path, 0700) && errno != EEXIST)
        return -errno;
    return store_sync(up);
}

int store_remove(const char *path)
{
    DIR *d = opendir(path);
    if (!d)
        return errno == ENOENT ? 0 : -errno;
    int r = 0;
    for (struct dirent *e; (e = readdir(d));) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (unlinkat(dirfd(d), e->d_name, 0))
            r = -errno;
    }
    closedir(d);
    if (rmdir(path) && !r)
        r = -errno;
    return r;
}

/* Where fcntl locks, mmap coherence or fsync are not what LMDB needs (BUS 4.6). */
static const struct {
    long magic;
    const char *name;
} unfit[] = {
    { 0x6969, "NFS" },       { 0xFF534D42, "CIFS" },    { 0xFE534D42, "SMB2" },
    { 0x65735546, "FUSE" },  { 0x794C7630, "overlay" }, { 0x01021997, "9p" },
    { 0x00C36400, "Ceph" },  { 0x0BD00BD0, "Lustre" },  { 0x47504653, "GPFS" },
    { 0x7461636F, "OCFS2" }, { 0x01161970, "GFS2" },    { 0x5346414F, "AFS" },
};

int store_check_file_system(const char *path, struct msg_error *reterr)
{
    struct statfs fs;
    if (statfs(path, &fs))
        return -errno;
    for (size_t i = 0; i < sizeof unfit / sizeof *unfit; i++) {
        if ((unsigned long)unfit[i].magic != ((unsigned long)fs.f_type & 0xFFFFFFFFUL))
            continue;
        snprintf(reterr->field, sizeof reterr->field, "data");
        snprintf(
            reterr->rule, sizeof reterr->rule,
            "must lie on a local file system, not on %s: locks and memory maps are not safe there",
            unfit[i].name);
        return -EMEDIUMTYPE;
    }
    return 0;
}

int store_claim(const char *directory, int *ret_fd)
{
    char path[STORE_PATH_MAX];
    if (snprintf(path, sizeof path, "%s/OWNER", directory) >= (int)sizeof path)
        return -ENAMETOOLONG;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    if (fcntl(fd, F_OFD_SETLK, &lock)) {
        int r = errno == EAGAIN || errno == EACCES ? -EBUSY : -errno;
        close(fd);
        return r;
    }
    *ret_fd = fd;
    return 0;
}

int store_open(const char *directory, size_t map_bytes, unsigned flags, MDB_env **ret)
{
    MDB_env *env;
    int r = store_error(mdb_env_create(&env));
    if (r < 0)
        return r;
    mdb_env_set_mapsize(env, map_bytes);
    mdb_env_set_maxdbs(env, STORE_DATABASES);
    mdb_env_set_maxreaders(env, STORE_READERS);
    r = store_error(mdb_env_open(env, directory, flags | MDB_NOTLS, 0600));
    if (r < 0) {
        mdb_env_close(env);
        return r;
    }
    int dead;
    mdb_reader_check(env, &dead); /* slots of readers that were killed would pin pages for ever */
    *ret = env;
    return 0;
}

int store_database(MDB_txn *txn, const char *name, unsigned flags, MDB_dbi *ret)
{
    return store_error(mdb_dbi_open(txn, name, flags, ret));
}

int store_get(MDB_txn *txn, MDB_dbi dbi, const void *key, size_t key_size, MDB_val *ret)
{
    MDB_val k = store_val(key, key_size), v;
    int r = store_error(mdb_get(txn, dbi, &k, &v));
    if (r == 0)
        *ret = v;
    return r;
}

int store_put(MDB_txn *txn, MDB_dbi dbi, const void *key, size_t key_size, const void *value,
              size_t size)
{
    MDB_val k = store_val(key, key_size), v = store_val(value, size);
    return store_error(mdb_put(txn, dbi, &k, &v, 0));
}

int store_delete(MDB_txn *txn, MDB_dbi dbi, const void *key, size_t key_size)
{
    MDB_val k = store_val(key, key_size);
    return store_error(mdb_del(txn, dbi, &k, NULL));
}

bool store_full(MDB_env *env)
{
    MDB_envinfo info;
    MDB_stat st;
    mdb_env_info(env, &info);
    mdb_env_stat(env, &st);
    return (info.me_last_pgno + 1) * st.ms_psize > info.me_mapsize / 100 * STORE_FULL_PERCENT;
}

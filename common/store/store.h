/* store: LMDB as Redress uses it (BUS 4): two environments a partition, one writer, errors as
 * negative errno.
 *
 * LMDB's own error codes become errno values: MDB_NOTFOUND -ENOENT, MDB_MAP_FULL -ENOSPC,
 * MDB_CORRUPTED and friends -EBADMSG, everything else of LMDB -EIO. What LMDB hands out belongs to
 * the transaction and to its next write.
 */
#ifndef REDRESS_STORE_H
#define REDRESS_STORE_H

#include <lmdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/msg/msg.h"

enum {
    STORE_READERS = 256, /* reader slots of an environment */
    STORE_DATABASES = 8,
    STORE_PATH_MAX = 1024,
    STORE_KEY_MAX = 511, /* LMDB's own */
    STORE_FULL_PERCENT = 92, /* of the map: beyond it commands are answered `full` */
};
#define STORE_LOG_MAP_BYTES                                                                        \
    ((size_t)16 << 30) /* the quota of a log; the file grows as it is used */
#define STORE_STATE_MAP_BYTES ((size_t)16 << 30)

int store_error(int lmdb_code);

/* Syncs a file, or a directory. 0 or -errno. */
int store_sync(const char *path);

/* Makes a directory and its parents, 0700, and syncs the parent. 0 or -errno. */
int store_directory(const char *path);

/* Deletes a directory of files, one level deep; 0 also when it was not there. */
int store_remove(const char *path);

/* -EMEDIUMTYPE, with the kind of file system in *reterr, when LMDB may not live there: network,
 * FUSE, overlay. */
int store_check_file_system(const char *path, struct msg_error *reterr);

/* Claims <directory>/OWNER by an open-file-description lock, which ends with the descriptor
 * whatever happens to the process. -EBUSY when another one holds it. */
int store_claim(const char *directory, int *ret_fd);

/* flags: MDB_NOSYNC for a derived environment, MDB_RDONLY. The directory must exist. */
int store_open(const char *directory, size_t map_bytes, unsigned flags, MDB_env **ret);

/* Opens, or makes within a write transaction, a named database. */
int store_database(MDB_txn *txn, const char *name, unsigned flags, MDB_dbi *ret);

static inline MDB_val store_val(const void *at, size_t size)
{
    /* LMDB takes non-const pointers for what it only reads. */
    return (MDB_val){ .mv_size = size, .mv_data = (void *)(uintptr_t)at };
}

/* -ENOENT when absent. */
int store_get(MDB_txn *txn, MDB_dbi dbi, const void *key, size_t key_size, MDB_val *ret);
int store_put(MDB_txn *txn, MDB_dbi dbi, const void *key, size_t key_size, const void *value,
              size_t size);
int store_delete(MDB_txn *txn, MDB_dbi dbi, const void *key, size_t key_size);

/* True when so much of the map is used that new work must be refused. */
bool store_full(MDB_env *env);

static inline void store_u64(uint8_t *at, uint64_t v)
{
    for (int i = 0; i < 8; i++)
        at[i] = (uint8_t)(v >> (56 - 8 * i));
}
static inline uint64_t store_read_u64(const void *from)
{
    const uint8_t *at = from;
    uint64_t v = 0;
    for (int i = 0; i < 8; i++)
        v = v << 8 | at[i];
    return v;
}
static inline void store_u32(uint8_t *at, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(v >> (24 - 8 * i));
}
static inline uint32_t store_read_u32(const void *from)
{
    const uint8_t *at = from;
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

#endif

/* erase_files: everything below the data directory but the events: where a word is said in it, and
 * what becomes of that. */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "services/cli/erase.h"

/* A file, mapped; empty ones hold nothing. */
struct content {
    const uint8_t *at;
    size_t size;
};

static int content_open(const char *path, struct content *ret)
{
    struct stat st;
    *ret = (struct content){ 0 };
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return -errno;
    int r = fstat(fd, &st) < 0 ? -errno : 0;
    if (r == 0 && st.st_size > 0) {
        void *at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (at == MAP_FAILED)
            r = -errno;
        else
            *ret = (struct content){ at, (size_t)st.st_size };
    }
    close(fd);
    return r;
}

static void content_close(struct content *c)
{
    if (c->at)
        munmap((void *)(uintptr_t)c->at, c->size);
}

/* --- what a file is --------------------------------------------------------------------------- */

/* "escalation/003/..." of a partition; what is behind it goes to *ret_rest. */
static bool in_partition(const char *path, struct erase_place *ret, const char **ret_rest)
{
    int used = 0;
    if (sscanf(path, "%31[a-z]/%3u/%n", ret->service, &ret->partition, &used) < 2 || used == 0)
        return false;
    *ret_rest = path + used;
    return cli_service(text_from(ret->service)) != NULL;
}

static bool begins(const char *path, const char *with)
{
    return strncmp(path, with, strlen(with)) == 0;
}

static bool ends(const char *path, const char *with)
{
    const size_t n = strlen(path), m = strlen(with);
    return n >= m && strcmp(path + n - m, with) == 0;
}

/* What lies in a partition's directory, and below the data directory itself. */
static const struct {
    const char *begins;
    enum erase_fate fate;
} in_partitions[] = {
    { "log/", FATE_LOG },          { "state", FATE_DERIVED },   { "checkpoint/", FATE_DERIVED },
    { "verify/", FATE_DERIVED },   { "log.new/", FATE_DERIVED }, { "blobs/", FATE_MESSAGE },
}, elsewhere[] = {
    { "outbox/", FATE_MESSAGE },
    { "rehearsal-", FATE_SCRATCH }, /* what an apply that was killed left behind */
};

static void know(const char *path, struct erase_place *ret)
{
    const char *rest;
    ret->path = path;
    ret->fate = FATE_KEEP;
    if (in_partition(path, ret, &rest)) {
        for (size_t i = 0; i < sizeof in_partitions / sizeof *in_partitions; i++)
            if (begins(rest, in_partitions[i].begins))
                ret->fate = in_partitions[i].fate;
        return;
    }
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
        if (begins(path, elsewhere[i].begins))
            ret->fate = elsewhere[i].fate;
    if (begins(path, "run/") && ends(path, ".log"))
        ret->fate = FATE_LINES;
}

/* Copies lie under their digest, or (of history) under the message's id. */
static bool is_about_by_digest(const struct erase *x, const struct content *c)
{
    uint8_t digest[DIGEST_BYTES];
    char hex[2 * DIGEST_BYTES + 1];
    crypto_generichash(digest, sizeof digest, c->at, c->size, NULL, 0);
    sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
    return names_has(&x->digests, hex);
}

/* Every key and value of one table. 1 when a word is said in it. */
static int scan_table(const struct erase *x, MDB_txn *txn, MDB_dbi dbi)
{
    MDB_cursor *c = NULL;
    MDB_val k, v;
    struct mentioned said;
    int r = store_error(mdb_cursor_open(txn, dbi, &c));
    if (r < 0)
        return r;
    while (r == 0 && (r = store_error(mdb_cursor_get(c, &k, &v, MDB_NEXT))) == 0)
        r = mention_find(&x->words, MENTION_BYTES, false, k.mv_data, k.mv_size, 0, &said) ||
            mention_find(&x->words, MENTION_BYTES, false, v.mv_data, v.mv_size, 0, &said);
    mdb_cursor_close(c);
    return r == -ENOENT ? 0 : r;
}

/* The tables of an environment, whose names are the keys of the first. */
static int scan_tables(const struct erase *x, MDB_txn *txn)
{
    MDB_dbi names, one;
    MDB_cursor *c = NULL;
    MDB_val k, v;
    int r = store_database(txn, NULL, 0, &names);
    if (r == 0)
        r = store_error(mdb_cursor_open(txn, names, &c));
    if (r < 0)
        return r;
    while (r == 0 && (r = store_error(mdb_cursor_get(c, &k, &v, MDB_NEXT))) == 0) {
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)k.mv_size, (const char *)k.mv_data);
        r = store_database(txn, name, 0, &one);
        if (r == 0)
            r = scan_table(x, txn, one);
    }
    mdb_cursor_close(c);
    return r == -ENOENT ? 0 : r;
}

/* Whether an environment says a word in what it holds, not only in the unused rest of a page: there
 * others' words may be cut off so that they look like it. */
static int is_in_environment(const struct erase *x, const char *path)
{
    MDB_env *env;
    MDB_txn *txn;
    char directory[SUITE_PATH_MAX * 2];
    snprintf(directory, sizeof directory, "%.*s", (int)(strrchr(path, '/') - path), path);
    int r = store_open(directory, STORE_LOG_MAP_BYTES, MDB_RDONLY, &env);
    if (r < 0)
        return r;
    r = store_error(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn));
    if (r == 0) {
        r = scan_tables(x, txn);
        mdb_txn_abort(txn);
    }
    mdb_env_close(env);
    return r;
}

/* 1 when a word is said in a file; the place of the first that counts is in *ret. Environments are
 * doubted only when they have been written anew: before, an unused page may hold the word itself.
 */
static int is_said(const struct erase *x, const char *path, const struct erase_place *place,
                   const struct content *c, struct mentioned *ret)
{
    const bool is_environment =
        (place->fate == FATE_LOG || place->fate == FATE_DERIVED) && ends(path, "/data.mdb");
    bool doubtful = false;
    struct mentioned found;
    for (size_t at = 0; mention_find(&x->words, MENTION_BYTES, false, c->at, c->size, at, &found);
         at = found.offset + found.size) {
        if (!doubtful)
            *ret = found;
        if (!x->is_done || !is_environment || !mention_is_within_others(&x->words, found.word)) {
            *ret = found;
            return 1;
        }
        doubtful = true;
    }
    return doubtful ? is_in_environment(x, path) : 0;
}

static int scan_file(struct erase *x, const char *path, const char *below, erase_found *found)
{
    struct erase_place place = { 0 };
    struct content c;
    struct mentioned said = { 0 };
    int r = content_open(path, &c);
    if (r < 0)
        return r == -ENOENT ? 0 : r;
    know(below, &place);
    place.by_digest = place.fate == FATE_MESSAGE && x->digests.count && is_about_by_digest(x, &c);
    r = place.by_digest ? 1 : is_said(x, path, &place, &c, &said);
    if (r > 0) {
        place.word = said.word ? said.word->said : (struct text){ 0 };
        place.offset = said.offset;
        r = found(x, &place);
    }
    content_close(&c);
    return r;
}

int erase_scan(struct erase *x, const char *left_out, erase_found *found)
{
    char *roots[] = { x->suite.directory, NULL };
    const size_t skip = strlen(x->suite.directory) + 1;
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    int r = tree ? 0 : -errno;
    for (FTSENT *e; r == 0 && (e = fts_read(tree));) {
        if (e->fts_info == FTS_F && !(left_out && strcmp(e->fts_path + skip, left_out) == 0))
            r = scan_file(x, e->fts_path, e->fts_path + skip, found);
        else if (e->fts_info == FTS_DNR || e->fts_info == FTS_ERR || e->fts_info == FTS_NS)
            r = -e->fts_errno;
    }
    if (tree)
        fts_close(tree);
    return r;
}

/* --- what becomes of it ----------------------------------------------------------------------- */

static int write_without(struct erase *x, const struct content *c, int fd)
{
    FILE *out = fdopen(fd, "we");
    size_t at = 0;
    struct mentioned said;
    if (!out) {
        close(fd);
        return -errno;
    }
    while (mention_find(&x->words, MENTION_BYTES, false, c->at, c->size, at, &said)) {
        fwrite(c->at + at, 1, said.offset - at, out);
        fwrite(REDACTED_TEXT.at, 1, REDACTED_TEXT.length, out);
        at = said.offset + said.size;
    }
    if (at < c->size)
        fwrite(c->at + at, 1, c->size - at, out);
    int r = ferror(out) || fflush(out) || fsync(fileno(out)) ? -EIO : 0;
    return fclose(out) && r == 0 ? -errno : r;
}

/* Lines of a process: the words go, the lines stay. */
static int clean_lines(struct erase *x, const char *path)
{
    char other[SUITE_PATH_MAX * 2 + 16];
    struct content c;
    int r = content_open(path, &c);
    if (r < 0)
        return r;
    snprintf(other, sizeof other, "%s.XXXXXX", path);
    int fd = mkostemp(other, O_CLOEXEC);
    r = fd < 0 ? -errno : write_without(x, &c, fd);
    content_close(&c);
    if (r == 0 && rename(other, path) < 0)
        r = -errno;
    if (r < 0 && fd >= 0)
        unlink(other);
    return r;
}

int erase_file(struct erase *x, const struct erase_place *p)
{
    char path[SUITE_PATH_MAX * 2];
    snprintf(path, sizeof path, "%s/%s", x->suite.directory, p->path);
    if (p->fate == FATE_LINES)
        return clean_lines(x, path);
    if (p->fate != FATE_MESSAGE && p->fate != FATE_SCRATCH)
        return 0;
    x->message_count += p->fate == FATE_MESSAGE;
    return unlink(path) < 0 && errno != ENOENT ? -errno : 0;
}

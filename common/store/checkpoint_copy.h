/* checkpoint_copy: the bytes of a checkpoint: a state's file is copied and digested in one pass,
 * past the page cache as far as that goes, so that neither the log's syncs nor what others have in
 * memory suffer from gigabytes. Nothing here knows where checkpoints lie. Private to
 * checkpoint.c. */
#ifndef REDRESS_CHECKPOINT_COPY_H
#define REDRESS_CHECKPOINT_COPY_H

#include "common/store/journal.h"

struct copy {
    int from, into; /* descriptors plus one; 0: none */
    bool owned; /* `from` is this copy's to close */
    uint8_t *head; /* what the file begins with, as of the position; NULL: what is in it */
    size_t head_size;
    uint64_t size; /* bytes; the file may end before, for pages that were never written */
    int (*go_on)(void *arg, uint64_t copied); /* between two pieces: 0, or why not; may be NULL */
    void *arg;
    uint8_t digest[DIGEST_BYTES]; /* BLAKE2b-256 of what was written */
};

/* Of an environment that has no writer at this moment. The caller has a read transaction of it, and
 * keeps it until the copy was made: under it LMDB writes no page of that position anew, but for the
 * two that the file begins with, which are read here. */
int copy_take(struct copy *c, MDB_env *env);

/* Of a finished one, which nobody writes to. -ENOENT when there is none. */
int copy_open(struct copy *c, const char *directory);

/* Copies into a new file of this directory: 0, what go_on said, or -errno. */
int copy_make(struct copy *c, const char *directory);

/* Syncs what was made, and the directory; `hashed` writes the digest beside it. */
int copy_finish(struct copy *c, const char *directory, bool hashed);

/* -EBADMSG when what was copied is not what was hashed when the directory was made. */
int copy_check(const struct copy *c, const char *directory);

void copy_free(struct copy *c);

#endif

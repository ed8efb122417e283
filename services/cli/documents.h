/* documents: reads a file of JSON documents one after another, with or without line ends between
 * them, plain or compressed.
 */
#ifndef REDRESS_CLI_DOCUMENTS_H
#define REDRESS_CLI_DOCUMENTS_H

#include <jansson.h>
#include <stdint.h>

enum { DOCUMENT_MAX = 16 << 20 /* bytes of one document */ };

struct documents;

struct document_error {
    uint64_t line;
    char rule[200];
};

/* A file, compressed by gzip or not; "-" is standard input. 0 or -errno. */
int documents_open(const char *path, struct documents **ret);

/* 1 with a document, owned by the caller, and the line of its first byte; 0 at the end; -EBADMSG
 * with *reterr: no JSON, or a document too large. Where the next one would begin is unknown then,
 * so nothing more is to be read. -EIO likewise. */
int documents_next(struct documents *d, json_t **ret, uint64_t *ret_line,
                   struct document_error *reterr);

/* Bytes of the file as it lies on the disk that were read so far: for progress. */
uint64_t documents_position(const struct documents *d);

void documents_close(struct documents **d);

#endif

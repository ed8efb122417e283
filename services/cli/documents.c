/* documents: see documents.h. */
#include "services/cli/documents.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

struct documents {
    gzFile file;
    uint64_t line; /* of the next byte */
    size_t taken; /* bytes of the document being read */
};

int documents_open(const char *path, struct documents **ret)
{
    struct documents *d = calloc(1, sizeof *d);
    if (!d)
        return -ENOMEM;
    int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    int r = fd < 0 ? -errno : 0;
    if (r == 0 && !(d->file = gzdopen(fd, "rb"))) {
        close(fd);
        r = -ENOMEM;
    }
    if (r < 0) {
        free(d);
        return r;
    }
    d->line = 1;
    *ret = d;
    return 0;
}

void documents_close(struct documents **d)
{
    if (!*d)
        return;
    gzclose_r((*d)->file);
    free(*d);
    *d = NULL;
}

uint64_t documents_position(const struct documents *d)
{
    z_off_t at = gzoffset(d->file);
    return at < 0 ? 0 : (uint64_t)at;
}

/* One byte at a time: jansson must not take what belongs to the next document. */
static size_t one_byte(void *buffer, size_t size, void *arg)
{
    struct documents *d = arg;
    int c = size && d->taken < DOCUMENT_MAX ? gzgetc(d->file) : -1;
    if (c < 0)
        return 0;
    d->taken++;
    d->line += c == '\n';
    *(char *)buffer = (char)c;
    return 1;
}

static int wrong(const struct documents *d, const json_error_t *e, uint64_t begin,
                 struct document_error *reterr)
{
    int code = Z_OK;
    const char *text = gzerror(d->file, &code);
    reterr->line = begin + (e && e->line > 0 ? (uint64_t)e->line - 1 : 0);
    if (code < 0) {
        snprintf(reterr->rule, sizeof reterr->rule, "cannot be read further: %s",
                 code == Z_ERRNO ? strerror(errno) : text);
        return -EIO;
    }
    if (d->taken == DOCUMENT_MAX)
        snprintf(reterr->rule, sizeof reterr->rule, "a document must have at most %d bytes",
                 DOCUMENT_MAX);
    else
        snprintf(reterr->rule, sizeof reterr->rule, "not JSON: %s", e ? e->text : "");
    for (char *c = reterr->rule; *c; c++) /* jansson quotes what it found */
        if (*c < ' ' || *c > '~')
            *c = '?';
    return -EBADMSG;
}

int documents_next(struct documents *d, json_t **ret, uint64_t *ret_line,
                   struct document_error *reterr)
{
    json_error_t e;
    int c, code = Z_OK;
    while ((c = gzgetc(d->file)) == ' ' || c == '\t' || c == '\r' || c == '\n')
        d->line += c == '\n';
    if (c < 0) {
        gzerror(d->file, &code);
        return code < 0 ? wrong(d, NULL, d->line, reterr) : 0;
    }
    gzungetc(c, d->file);
    uint64_t begin = d->line;
    d->taken = 0;
    *ret = json_load_callback(one_byte, d, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &e);
    if (!*ret)
        return wrong(d, &e, begin, reterr);
    *ret_line = begin;
    return 1;
}

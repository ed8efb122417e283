/* csv: reads comma-separated files record by record, plain or compressed (RFC 4180 as the world
 * writes it).
 *
 * Quotes, doubled quotes, CRLF or LF, a byte order mark, line breaks inside quotes, empty lines
 * between records. A record that breaks a rule is reported with its line and skipped; reading goes
 * on with the line behind its first one, so an open quote spoils one line and not the rest of the
 * file.
 */
#ifndef REDRESS_CLI_CSV_H
#define REDRESS_CLI_CSV_H

#include "common/base/text.h"

enum {
    CSV_COLUMNS_MAX = 512,
    CSV_RECORD_MAX = 1 << 20, /* bytes of one record, line breaks inside quotes included */
};

struct csv;

struct csv_record {
    const struct text *cells; /* until the next csv_next; UTF-8, quotes taken off */
    uint32_t count;
    uint64_t line; /* of its first byte, from 1 */
};

struct csv_error {
    uint64_t line;
    char rule[160];
};

/* A file, compressed by gzip or not; "-" is standard input. 0 or -errno. */
int csv_open(const char *path, char delimiter, struct csv **ret);

/* 1 and a record, 0 at the end, -EBADMSG with *reterr for a record that was skipped, and -EIO with
 * *reterr when the file cannot be read further. */
int csv_next(struct csv *c, struct csv_record *ret, struct csv_error *reterr);

/* Bytes of the file as it lies on the disk that were read so far: for progress. */
uint64_t csv_position(const struct csv *c);

void csv_close(struct csv **c);

#endif

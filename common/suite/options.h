/* options: settings from rows. A row is the parser, the default, the bounds and the help of one
 * setting (service.h).
 *
 * Where a value comes from, the later wins: the row's default, a file of `name: value` lines, the
 * environment variable REDRESS_<NAME>, the flag --name VALUE. The file is the one named by --config
 * or REDRESS_CONFIG, else the caller's. One file may serve a whole suite: what stands in the
 * section of a program (`escalation:` and indented lines below it) is that program's alone.
 *
 * Text forms: integers in decimal, durations ISO 8601 ("PT15M"), bools `true` and `false` (a flag
 * may go without), texts as they are, choices by their words, dates as 2026-03-31.
 */
#ifndef REDRESS_OPTIONS_H
#define REDRESS_OPTIONS_H

#include <stdio.h>

#include "common/base/arena.h"
#include "common/service.h"

enum {
    OPTIONS_FILE_MAX = 64 << 10, /* bytes */
    OPTION_RANGE_MAX = 128 /* bytes of what an option may be, with its NUL */
};

/* Rows and the struct their offsets are in; a process has its own rows beside its service's. */
struct option_table {
    const struct option_row *rows;
    size_t count;
    void *into;
};

struct option_sources {
    const char *file; /* read when no other is named; NULL: none */
    const char *section; /* of the file that is this program's own; NULL: there are no sections */
    char **environment; /* NULL: none; else ends with NULL */
    int argc; /* flags only: without the program's name and what the caller took away */
    char **argv;
};

/* Fills every table. Texts borrow from the environment and argv, or live in the arena.
 * 1 when --help was asked for (nothing is filled), 0, or with *reterr naming option, value and
 * allowed range: -EINVAL for a wrong value or a name that no row has, -errno when the file cannot
 * be read. The caller prints and exits 2. */
int options_load(const struct option_table *tables, size_t count,
                 const struct option_sources *sources, struct arena *a, struct msg_error *reterr);

/* The defaults alone, for tests and for services inside another process. -EINVAL: a row's default
 * is wrong. */
int options_default(const struct option_table *table, struct msg_error *reterr);

/* One option from its text form, by name ('-' is '_'). -EINVAL as above. */
int options_set(const struct option_table *table, const char *name, struct text value,
                struct msg_error *reterr);

/* "an integer from 1 to 4096", in the words of messages and help. */
void option_range_print(const struct option_row *row, char out[static OPTION_RANGE_MAX]);

/* The rows as lines of --help. */
void options_help(FILE *out, const struct option_table *tables, size_t count);

#endif

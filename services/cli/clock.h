/* clock: what `redress clock` was asked, between its arguments and its answer. */
#ifndef REDRESS_CLI_CLOCK_H
#define REDRESS_CLI_CLOCK_H

#include "services/cli/cli.h"
#include "services/edge/calendar_file.h"

enum {
    CLOCK_DAYS_MAX = 36525, /* working days that may be added, and days that are explained */
    CLOCK_SPANS_MAX = 10000, /* spans that are shown; the sum is of all of them */
};

enum clock_verb { CLOCK_NONE, CLOCK_ADD, CLOCK_BETWEEN, CLOCK_EXPLAIN };

struct clock_asked {
    struct cli *cli;
    enum clock_verb verb;
    const char *file;
    struct text id;
    struct {
        bool from, to, duration, days;
    } has;
    int64_t from, to; /* to is worked out for add, and may be before from */
    int64_t duration, days;
    bool end_of_day;
};

/* Prints the answer. 0 or the exit code. */
int clock_show(const struct clock_asked *c, const struct calendar_file *file, struct arena *a);

#endif

/* calendar_file: working hours from a YAML file, as `redress apply` reads them: a document with a
 * list `calendars`, whose other lists are somebody else's, or one calendar's map.
 */
#ifndef REDRESS_EDGE_CALENDAR_FILE_H
#define REDRESS_EDGE_CALENDAR_FILE_H

#include "common/time/worktime.h"
#include "proto/catalog.h"
#include "services/edge/yaml_walk.h"

enum { CALENDAR_FILE_MAX = 200 /* calendars of a file */ };

struct calendar_file {
    struct calendar calendar;
    const struct worktime *worktime;
};

/* The calendar of that id; "" for the only one. `record` are the rows of struct calendar. 0, -errno
 * of the file, -ENOENT when it has no such calendar, or -EINVAL; then with *reterr, which names
 * line, field and rule. What it gives lies in the arena. */
int calendar_file_read(const char *path, struct text id, const struct record *record,
                       struct arena *a, struct calendar_file *ret, struct yaml_error *reterr);

#endif

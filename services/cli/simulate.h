/* simulate: what `redress simulate` is made of: a scene, played on a stand (stand.h) in a directory
 * that goes away, and what is told of it. */
#ifndef REDRESS_CLI_SIMULATE_H
#define REDRESS_CLI_SIMULATE_H

#include <jansson.h>

#include "common/time/wall.h"
#include "services/cli/stand.h"

struct simulate {
    struct cli *cli;
    const char *files, *config, *client, *service, *component, *group, *when;
    int64_t severity, lasts, ack_after; /* ack_after < 0: nobody takes it */
    bool raise; /* somebody raises it at once */
    int64_t at, end;
    const struct zone *zone; /* of the client */
    const char *zone_name;
    struct suite scratch;
    struct stand stand;
    json_t *groups; /* whose duty matters, as keys */
    json_t *notes; /* sentences about the time that is looked at, each with an instant */
    json_t *line; /* rows of catalog.who */
    json_t *duties; /* who is on duty when it begins */
    json_t *events; /* what happens, in order */
};

/* --- simulate_thin.c ----------------------------------------------------------------------------
 */

/* Leaves out of what was read what the catalog has no room for at that instant; nothing names it.
 */
void simulate_thin(struct apply *a, int64_t now);

/* --- simulate_notes.c: what is known of that time ahead ----------------------------------------
 */

/* Clocks that change, holidays, and gaps between at and end; who would be told at `at`. 0 or the
 * exit code. */
int simulate_notes(struct simulate *x);

/* The rows in the order that `compare` says of two `json_t *const *`; steals the array. */
json_t *simulate_sorted(json_t *rows, int (*compare)(const void *, const void *));

/* --- simulate_tell.c: what happened -------------------------------------------------------------
 */

/* Reads the events of the scratch directory, whose engine is closed. 0 or the exit code. */
int simulate_tell(struct simulate *x);

/* Seconds east of UTC. */
static inline int32_t simulate_offset(const struct zone *z, int64_t instant)
{
    const char *unused;
    return zone_offset(z, instant, &unused);
}

/* "Sun 2027-03-14 03:00 CDT" of an instant, in the client's zone. */
enum { SIMULATE_LOCAL = 48 };
void simulate_local(const struct simulate *x, const struct zone *zone, int64_t instant,
                    char out[static SIMULATE_LOCAL]);

void simulate_print(const struct simulate *x, FILE *out);
json_t *simulate_json(const struct simulate *x);

#endif

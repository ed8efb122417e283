/* stand: all services in this process, on a clock that stands still until it is moved (engine.h),
 * for history, for rehearsals and for simulations: opened with options as the processes would read
 * them, given a configuration, asked, and told what happens. Nobody is told anything.
 */
#ifndef REDRESS_CLI_STAND_H
#define REDRESS_CLI_STAND_H

#include <jansson.h>

#include "common/engine/engine.h"
#include "services/cli/apply.h"

struct stand {
    struct engine *engine;
    struct arena arena; /* owns what it answers */
    const char *actor;
    int64_t now; /* of the next command */
    struct apply *apply; /* what it is brought to, meanwhile */
};

/* One options struct a service, from the file (NULL: none) and the environment as the processes
 * would read them; what else such a file may set is read and left alone. 0, or the exit code,
 * having said why. */
int stand_options(struct arena *arena, const char *config, const void **ret);

/* Opens the services of a suite on a virtual clock. 0, or the exit code, having said why. */
int stand_open(const struct suite *suite, const char *config, struct stand *ret);
int stand_close(struct stand *s);

/* A command at s->now; the data as the interface has it. 0 when it was done, else the exit code,
 * having said why. */
int stand_do(struct stand *s, const char *service, const char *type, struct text client,
             const json_t *data, struct reply *ret);

/* All rows of a query of a service with a single partition, or of the first one. NULL, having said
 * why in *ret_code. */
json_t *stand_rows(struct stand *s, const char *service, const char *query, const json_t *data,
                   int *ret_code);

/* For apply_look and apply_order; arg is the stand. */
apply_ask stand_ask;
apply_send stand_send;

/* Brings the stand's catalog to what was read into `a`, at s->now. 0, or the exit code, having said
 * why. */
int stand_apply(struct stand *s, struct apply *a);

/* Removes a directory with all that is in it. */
void stand_drop(const char *directory);

#endif

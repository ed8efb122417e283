/* ingest: documents of other systems, by mapping files (services/edge/mapping.h): POST
 * /v1/ingest/{source} takes what <source>.yaml describes. */
#ifndef REDRESS_GATEWAY_INGEST_H
#define REDRESS_GATEWAY_INGEST_H

#include "services/edge/mapping.h"
#include "services/gateway/gateway.h"

enum {
    MAPS_MAX = 64, /* files */
    MAPS_NAME_MAX = 64, /* bytes of a file's name without .yaml */
    INGEST_AT_ONCE = 32, /* facts of one document on their way */
    INGEST_RUNNING_MAX = 64, /* documents being taken at once; beyond: 503 */
};

/* Reads every *.yaml of the directory; those that describe rows of a table are left out. 0, or
 * negative with *reterr naming file, line and rule. */
int maps_open(const struct gateway *g, struct maps **ret, struct msg_error *reterr);
void maps_close(struct maps **m);

/* The mapping of a source, or NULL. */
const struct mapping *maps_find(const struct maps *m, struct text source);

#endif

/* health: what the processes of a suite say of themselves. */
#ifndef REDRESS_CLI_HEALTH_H
#define REDRESS_CLI_HEALTH_H

#include <jansson.h>

#include "services/cli/cli.h"

struct health {
    bool served; /* somebody says to serve it */
    bool answers, ready;
    struct serving serving;
    uint64_t head;
    char clock[32]; /* "real", "virtual", "x60" */
    char note[512]; /* why it is not ready, as far as known */
};

/* Asks one partition of a service. */
void health_of(struct client *c, const struct suite *s, const char *service, uint32_t partition,
               struct health *ret);

/* Adds a row for each partition of a service; whether all are ready. */
bool health_service(struct client *c, const struct suite *s, const char *service, json_t *rows);

/* {"partitions": [...], "ready": true}: every partition of every service; owned by the caller. */
json_t *health_all(struct client *c, const struct suite *s);

/* Prints what health_all gave. */
void health_print(const struct cli *cli, const json_t *all);

#endif

/* offline: questions to a suite that is down, answered from its directory. */
#ifndef REDRESS_CLI_OFFLINE_H
#define REDRESS_CLI_OFFLINE_H

#include "common/store/partition.h"
#include "common/suite/suite.h"

/* What opening a partition of a suite takes; `directory` has room for SUITE_PATH_MAX and lives as
 * long as the options; `options` is the service's struct, filled with defaults. */
struct partition_options offline_options(const struct suite *s, const struct service_type *service,
                                         uint32_t number, void *options, char *directory);

/* A query as client_ask and client_query_all answer it: the request's client's partition, or all of
 * them merged. Nothing is written but what bringing a state up to its log writes. 0; -EBUSY when a
 * process has a partition; as partition_open. */
int offline_ask(const struct suite *s, const struct service_type *service,
                const struct query_row *row, const struct request *q, struct arena *a,
                struct reply *reply);

#endif

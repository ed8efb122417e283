/* query: questions of services' tables, and how their answers are shown. */
#ifndef REDRESS_CLI_QUERY_H
#define REDRESS_CLI_QUERY_H

#include <jansson.h>

#include "common/bus/client.h"
#include "services/cli/cli.h"

/* One query with the flags of its row; argv[0] is the command's name. */
int query_run(struct cli *cli, const struct service_type *s, const struct query_row *row, int argc,
              char **argv);

/* One answer: over the bus, or where c is NULL, because the suite is down, from its directory. 0
 * with *reply, whose texts live in the arena; as client_ask and offline_ask. */
int query_ask(const struct suite *suite, struct client *c, const struct service_type *s,
              const struct query_row *row, const struct request *q, struct arena *a,
              struct reply *reply);

/* All rows of a query that a word of the tool is built on, as interfaces show them: over the bus
 * where the suite runs, else from its directory. `parameters` is the struct of the query's record.
 * 0, or the exit code, having said why. The array is the caller's. */
int query_rows(const struct cli *cli, const char *service, const char *query,
               const void *parameters, json_t **ret);

/* The same with the parameters as an object, to the client's partition where the service has one of
 * each. */
int query_rows_json(const struct cli *cli, const char *service, const char *query,
                    struct text client, const json_t *parameters, json_t **ret);

/* "redress: refused: <sentence> (code X, field Y)"; the exit code of the status. */
int cli_answer_failed(const struct reply *reply);

#endif

/* query: questions of services' tables, and how their answers are shown. */
#ifndef REDRESS_CLI_QUERY_H
#define REDRESS_CLI_QUERY_H

#include <jansson.h>

#include "services/cli/cli.h"

/* One query with the flags of its row; argv[0] is the command's name. */
int query_run(struct cli *cli, const struct service *s, const struct query_row *row, int argc,
              char **argv);

/* "redress: refused: <sentence> (code X, field Y)"; the exit code of the status. */
int cli_answer_failed(const struct reply *reply);

#endif

/* stranger: a client that the catalog does not know is most often a name mistyped. Services take
 * facts of any client, because the catalog may come later or not at all; so the tool says it. */
#ifndef REDRESS_CLI_STRANGER_H
#define REDRESS_CLI_STRANGER_H

#include <stdbool.h>

#include "common/bus/client.h"
#include "services/cli/cli.h"

/* Says so on standard error when the catalog has clients and this is none of them, with the name
 * next to it; true when it did. Over the bus, or with c NULL from the directory of a suite that is
 * down. Says nothing when it cannot tell. */
bool stranger_said(const struct suite *suite, struct client *c, struct text client);

/* The same for who has no suite open. */
bool stranger_named(const struct cli *cli, struct text client);

#endif

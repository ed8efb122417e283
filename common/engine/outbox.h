/* outbox: where mail and hooks of history go (DESIGN 9): files, never out.
 *
 * DIR/outbox/<effect's id>-<attempt's instant>.json holds what would have been sent
 * (outbound_copy). The state takes it as sent, so nothing is left to be sent when the directory is
 * opened on the real clock.
 */
#ifndef REDRESS_OUTBOX_H
#define REDRESS_OUTBOX_H

#include "common/store/partition.h"

struct outbox;

int outbox_open(const char *directory, struct outbox **ret);
void outbox_close(struct outbox **where); /* accepts NULL, sets *where to NULL */

/* Everything of a partition that is due at `now`, within its open batch. How many, or -errno. */
int outbox_put(struct outbox *o, struct partition *p, int64_t now);

#endif

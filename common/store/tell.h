/* tell: an event that a program of the suite itself appends about an entity of a service, without a
 * command, because no command of anybody leads to it: that somebody was erased. */
#ifndef REDRESS_TELL_H
#define REDRESS_TELL_H

#include "common/store/partition.h"

/* Within an open batch. `data` is one encoded map as the event's row has it. 0; -ENOENT when the
 * service has no such event; -EBADMSG when the data does not fit its row; else the batch's error.
 */
int partition_tell(struct partition *p, struct text event, struct text client, struct text id,
                   struct text actor, const void *data, size_t size, int64_t now);

#endif

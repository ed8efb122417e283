/* zone: IANA time zones from the system's TZif files (RFC 8536), without the process-wide TZ.
 *
 * Nothing of it enters an event: what the zone says may change with tzdata. All files are read at
 * once and kept; what is asked of a zone is in wall.h.
 */
#ifndef REDRESS_ZONE_H
#define REDRESS_ZONE_H

#include "common/base/arena.h"
#include "common/time/wall.h"

enum { ZONE_FILE_MAX = 256 << 10 /* bytes */ };

/* Reads every zone of the system once, below TZDIR or /usr/share/zoneinfo; a second call does
 * nothing. Called at the start of every program that decides something, so that no decision waits
 * for a disk. */
void zones_load(void);

/* A zone from the bytes of a file. -EBADMSG when they are no TZif of RFC 8536; -ENOMEM. The
 * caller's to give back. */
int zone_from_file(const void *bytes, size_t size, struct zone **ret);
void zone_free(struct zone **where);

/* "Sat 21 Nov 2026 15:30 CET" */
struct text zone_print(const struct zone *z, int64_t instant, struct arena *a);

#endif

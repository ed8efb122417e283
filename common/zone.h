/* zone: IANA time zones from the system's TZif files (RFC 8536), without the process-wide TZ.
 *
 * Nothing of it enters an event: what the zone says may change with tzdata. Files are read once a
 * process and kept; zone_find is safe from any thread, and a zone never changes.
 */
#ifndef REDRESS_ZONE_H
#define REDRESS_ZONE_H

#include "common/arena.h"

enum { ZONE_NAME_MAX = 64, ZONE_FILE_MAX = 256 << 10 /* bytes */ };

struct zone;

/* NULL when there is no such zone: a name is words of letters, digits, _ + and - between single
 * slashes, and files that are no TZif, or that count leap seconds, are none. "" and "UTC" are UTC.
 * Below TZDIR or /usr/share/zoneinfo. Owned by the module. */
const struct zone *zone_find(struct text name);

/* A zone from the bytes of a file, for tests. -EBADMSG when they are no TZif of RFC 8536; -ENOMEM.
 * The caller's to give back. */
int zone_from_file(const void *bytes, size_t size, struct zone **ret);
void zone_free(struct zone **where);

/* Seconds east of UTC that hold at the instant (microseconds UTC), and the abbreviation, which
 * lives as long as the zone. */
int32_t zone_offset(const struct zone *z, int64_t instant, const char **ret_abbreviation);

/* "Sat 21 Nov 2026 15:30 CET" */
struct text zone_print(const struct zone *z, int64_t instant, struct arena *a);

#endif

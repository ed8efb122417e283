/* wall: what clocks on walls show. IANA time zones as a service may know them, and the instants at
 * which a wall shows a time (DOMAIN 4.16).
 *
 * Instants are microseconds UTC; days are days since 1970-01-01 of the wall's own calendar, minutes
 * are minutes since its midnight, 0 to 1440 (DATE and TIME of msg.h). A zone never changes, and all
 * here is safe from any thread. What a zone says may change with tzdata: so nothing of it is
 * decided in a fold.
 */
#ifndef REDRESS_WALL_H
#define REDRESS_WALL_H

#include "common/base/text.h"

enum { ZONE_NAME_MAX = 64 };

struct zone;

/* NULL when there is no such zone: a name is words of letters, digits, _ + and - between single
 * slashes, and files that are no TZif, or that count leap seconds, are none. "" and "UTC" are UTC.
 * Neither reads nor locks, once zones_load has run (zone.h); the first call runs it. */
const struct zone *zone_find(struct text name);

/* The version of tzdata that the zones of this process came from ("2025b"), or "unknown". */
struct text zones_version(void);

/* Seconds east of UTC that hold at the instant, and the abbreviation, which lives as long as the
 * zone. */
int32_t zone_offset(const struct zone *z, int64_t instant, const char **ret_abbreviation);

/* The first and the last instant at which the wall shows day and minute. A time that a day does not
 * have is the first instant behind the jump. Both never go back as the time on the wall goes on: so
 * a time that a clock jumps over, and then comes back to, is first at the jump. */
int64_t wall_first(const struct zone *z, int64_t day, int64_t minutes);
int64_t wall_last(const struct zone *z, int64_t day, int64_t minutes);

enum wall_kind { WALL_ONCE, WALL_TWICE, WALL_NEVER };
enum wall_kind wall_kind(const struct zone *z, int64_t day, int64_t minutes);

/* What the wall shows at an instant; its microseconds within the minute are lost. */
void wall_at(const struct zone *z, int64_t instant, int64_t *ret_day, int64_t *ret_minutes);

/* 0 is Monday. */
int weekday_of(int64_t day);

#endif

/* dates: the ways in which other systems write instants, as patterns of a mapping file. */
#ifndef REDRESS_EDGE_DATES_H
#define REDRESS_EDGE_DATES_H

#include "common/base/text.h"

enum { DATES_PATTERN_MAX = 40, DATES_FRACTION_MAX = 9 };

/* One pattern: %Y four digits, %m %d %H one or two, %M %S two, %f the digits of a
 * fraction of a second (one to nine; microseconds are kept), %z an offset (Z, +01:00, +0100, +01),
 * %b an English month's first three letters, a space one or more of them, other characters
 * themselves. "iso" is RFC 3339 with an offset. */
struct date_pattern {
    char text[DATES_PATTERN_MAX];
    bool iso;
};

/* 0, or -EINVAL when the pattern has an unknown directive, or no year or month. Without a
 * day it is the month's first. */
int date_pattern_make(struct text pattern, struct date_pattern *ret);

/* An instant written so; without an offset of its own it is read in the zone `offset` microseconds
 * east of UTC. 0, or -EINVAL: not of this pattern, or no such day. */
int date_parse(const struct date_pattern *p, struct text t, int64_t offset, int64_t *ret);

/* "UTC", "Z" or "+01:30" as microseconds east of UTC. 0 or -EINVAL. */
int zone_parse(struct text t, int64_t *ret);

#endif

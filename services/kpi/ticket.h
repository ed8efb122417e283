/* ticket: tickets as they count. Rules: RULES.md, tickets and escalations. */
#ifndef REDRESS_KPI_TICKET_H
#define REDRESS_KPI_TICKET_H

#include "services/kpi/bucket.h"

/* What something adds to the sums, day by day. */
enum { SHARES_MAX = 10 }; /* of a ticket: five days before, five now */
struct shares {
    struct share {
        int64_t day;
        struct ticket_sums sums;
    } at[SHARES_MAX];
    uint32_t count;
};

/* The sums of a day, new ones when it is the first time. */
struct ticket_sums *share_of(struct shares *s, int64_t day);

/* Adds them to the buckets of a place. For folds. */
void shares_add(struct fold *f, const struct place *p, int64_t told, int sign,
                const struct shares *s);

/* Tells the series of the place which of their figures change with these. For decisions. */
void shares_seen(const struct context *ctx, struct view *v, struct decision *d,
                 const struct place *p, const struct shares *s);

/* Adds a duration to a count, its sum and the sum of its squares, in seconds and minutes. */
void share_time(int64_t *count, int64_t *seconds, int64_t *squares, int64_t duration, int sign);

#endif

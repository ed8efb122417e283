/* share: what tickets and escalations add to the sums of days; see ticket.h. */
#include "services/kpi/series.h"
#include "services/kpi/ticket.h"

struct ticket_sums *share_of(struct shares *s, int64_t day)
{
    for (uint32_t i = 0; i < s->count; i++)
        if (s->at[i].day == day)
            return &s->at[i].sums;
    struct share *new = &s->at[s->count++];
    memset(new, 0, sizeof *new);
    new->day = day;
    return &new->sums;
}

void share_time(int64_t *count, int64_t *seconds, int64_t *squares, int64_t duration, int sign)
{
    int64_t used = duration / SECONDS, minutes = used / 60, rest = used % 60;
    *count += sign;
    *seconds += sign * used;
    /* The square of the seconds in minutes, without ever making it. */
    *squares += sign * (minutes * minutes + (120 * minutes * rest + rest * rest) / 3600);
}

void shares_add(struct fold *f, const struct place *p, int64_t told, int sign,
                const struct shares *s)
{
    for (uint32_t i = 0; i < s->count; i++)
        bucket_add(f, AGGREGATE_ticket_sums, p, s->at[i].day, told, sign, &s->at[i].sums);
}

/* Which figures a sum is in. */
#define IN(field, figure)                                                                          \
    {                                                                                              \
        offsetof(struct ticket_sums, field), kpi_##figure                                          \
    }
static const struct {
    size_t offset;
    enum kpi kpi;
} figures[] = {
    IN(incidents, incidents),
    IN(received, resolution_rate),
    IN(resolved, resolution_rate),
    IN(problems, unit_cost),
    IN(first_contact, first_contact),
    IN(response_met, sla_attainment),
    IN(response_missed, sla_attainment),
    IN(response_excluded, sla_attainment),
    IN(responded, response_time),
    IN(resolve_met, sla_attainment),
    IN(resolve_missed, sla_attainment),
    IN(resolve_excluded, sla_attainment),
    IN(solved, resolve_time),
    IN(engaged, engagement_time),
    IN(promises_kept, promises_kept),
    IN(promises_missed, promises_kept),
};

void shares_seen(const struct context *ctx, struct view *v, struct decision *d,
                 const struct place *p, const struct shares *s)
{
    for (uint32_t i = 0; i < s->count; i++) {
        enum kpi last = 0;
        for (size_t n = 0; n < sizeof figures / sizeof *figures; n++) {
            const void *at = (const uint8_t *)&s->at[i].sums + figures[n].offset;
            if (*(const int64_t *)at == 0 || figures[n].kpi == last)
                continue;
            last = figures[n].kpi;
            series_seen(ctx, v, d, last, p, s->at[i].day);
        }
    }
}

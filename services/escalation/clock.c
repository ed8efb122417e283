/* clock: see clock.h. */
#include "services/escalation/clock.h"

static const int64_t thresholds[] = { 50, 75, 90, 100, 120, 150 };
enum { THRESHOLDS = sizeof thresholds / sizeof *thresholds };

int64_t clock_used(const struct clock *c, int64_t at)
{
    return c->origin ? at - c->origin : c->used;
}

/* Rounded up: a threshold is never early. */
static int64_t part(int64_t target, int64_t percent)
{
    return (target * percent + 99) / 100;
}

int64_t clock_instant(const struct clock *c, int64_t percent)
{
    int64_t at = c->origin + part(c->target, percent);
    return at > c->anchor ? at : c->anchor;
}

int64_t clock_next(const struct clock *c)
{
    if (!c->origin)
        return 0;
    for (int i = 0; i < THRESHOLDS; i++)
        if (thresholds[i] > c->reached)
            return clock_instant(c, thresholds[i]);
    return 0;
}

int64_t clock_newly(const struct clock *c, int64_t now)
{
    int64_t newly = 0;
    if (!c->origin)
        return 0;
    for (int i = 0; i < THRESHOLDS; i++)
        if (thresholds[i] > c->reached && clock_instant(c, thresholds[i]) <= now)
            newly = thresholds[i];
    return newly;
}

int64_t clock_floor(const struct clock *c, int64_t now, int64_t lowered_at)
{
    int64_t newly = clock_newly(c, now);
    if (newly && clock_instant(c, newly) > lowered_at)
        return newly;
    return c->origin && c->counted_at > lowered_at ? c->counted : 0;
}

void clock_start(struct clock *c, int64_t target, int64_t origin, int64_t moment)
{
    *c = (struct clock){ .target = target, .origin = origin, .anchor = moment };
}

void clock_halt(struct clock *c, int64_t moment)
{
    if (!c->origin)
        return;
    c->used = moment - c->origin;
    c->origin = 0;
}

void clock_resume(struct clock *c, int64_t moment)
{
    if (c->origin)
        return;
    c->origin = moment - c->used;
    c->anchor = moment;
}

void clock_retarget(struct clock *c, int64_t target, int64_t moment)
{
    if (target == c->target)
        return;
    int64_t used = clock_used(c, moment);
    int64_t passed = 0;
    for (int i = 0; i < THRESHOLDS; i++)
        if (used >= part(target, thresholds[i]))
            passed = thresholds[i];
    c->target = target;
    c->anchor = moment;
    if (c->reached > passed)
        c->reached = passed;
    if (c->counted > passed)
        c->counted = passed;
}

void clock_reach(struct clock *c, int64_t percent, int64_t at)
{
    c->reached = percent;
    c->counted = percent;
    c->counted_at = at;
}

void clock_lapse(struct clock *c, int64_t until)
{
    int64_t lapsed = clock_newly(c, until);
    if (lapsed)
        c->reached = lapsed;
}

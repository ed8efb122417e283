/* clock: see clock.h. */
#include "services/escalation/clock.h"

static const int64_t thresholds[THRESHOLDS] = { 50, 75, 90, 100, 120, 150 };

int64_t clock_percent(int threshold)
{
    return thresholds[threshold];
}

int64_t clock_used(const struct clock *c, int64_t at)
{
    return c->origin ? at - c->origin : c->used;
}

static int64_t part(int64_t target, int64_t percent)
{
    return (target * percent + 99) / 100;
}

int64_t clock_part(int64_t target, int threshold)
{
    return part(target, thresholds[threshold]);
}

static int64_t instant_of(const struct clock *c, int threshold)
{
    int64_t at = c->origin + clock_part(c->target, threshold);
    if (clock_works(c)) {
        at = c->at[threshold];
        if (!at && c->used < clock_part(c->target, threshold))
            return INT64_MAX;
    }
    return at > c->anchor ? at : c->anchor;
}

int64_t clock_instant(const struct clock *c, int64_t percent)
{
    int threshold = 0;
    while (thresholds[threshold] < percent)
        threshold++;
    return instant_of(c, threshold);
}

int64_t clock_next(const struct clock *c)
{
    if (!c->origin)
        return 0;
    for (int i = 0; i < THRESHOLDS; i++)
        if (thresholds[i] > c->reached) {
            int64_t at = instant_of(c, i);
            return at == INT64_MAX ? 0 : at;
        }
    return 0;
}

int64_t clock_newly(const struct clock *c, int64_t now)
{
    int64_t newly = 0;
    if (!c->origin)
        return 0;
    for (int i = 0; i < THRESHOLDS; i++)
        if (thresholds[i] > c->reached && instant_of(c, i) <= now)
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

/* Of what was reached, only what the used time passes under the target stays reached. */
static void aim(struct clock *c, int64_t target, int64_t used)
{
    int64_t passed = 0;
    for (int i = 0; i < THRESHOLDS; i++)
        if (used >= clock_part(target, i))
            passed = thresholds[i];
    c->target = target;
    if (c->reached > passed)
        c->reached = passed;
    if (c->counted > passed)
        c->counted = passed;
}

void clock_retarget(struct clock *c, int64_t target, int64_t moment)
{
    if (target == c->target)
        return;
    aim(c, target, clock_used(c, moment));
    c->anchor = moment;
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

static void take_reckoned(struct clock *c, const struct clock_change *change,
                          const struct clock_reckoned *r, int64_t moment)
{
    if (change->starts)
        *c = (struct clock){ .target = change->target };
    else if (change->target != c->target || r->anew)
        aim(c, change->target, r->used);
    c->used = r->used;
    c->anchor = moment;
    c->calendar = r->calendar;
    memcpy(c->at, r->at, sizeof c->at);
    if (!change->runs)
        c->origin = 0;
    else
        c->origin = clock_works(c) ? moment : moment - r->used;
}

void clock_change(struct clock *c, const struct clock_change *change,
                  const struct clock_reckoned *r, int64_t moment)
{
    if (change->what == CLOCK_STAYS)
        return;
    if (change->what == CLOCK_ENDS) {
        *c = (struct clock){ .target = change->target };
        return;
    }
    if (r) {
        take_reckoned(c, change, r, moment);
        return;
    }
    if (change->starts)
        clock_start(c, change->target, change->from, moment);
    else
        clock_retarget(c, change->target, moment);
    if (change->runs)
        clock_resume(c, moment);
    else if (!clock_works(c))
        clock_halt(c, moment);
}

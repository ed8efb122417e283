/* judge: whether the response and resolve clocks kept their targets, told whenever that changes
 * (RULES 2). Whoever counts attainment needs no clocks. */
#include "services/escalation/escalation.h"

enum verdict judge_clock(const struct clock *c, bool stopped)
{
    if (stopped)
        return c->used <= c->target ? verdict_met : verdict_missed;
    return c->reached >= 100 ? verdict_missed : verdict_running;
}

/* When the target is, or would have been, reached: by hours that hold now, backwards too; 0 for
 * never. `moment` is when a clock that does not run was halted. */
static int64_t due_of(struct view *v, struct decision *d, const struct clock *c, int64_t moment)
{
    if (c->origin && !clock_works(c))
        return c->origin + c->target;
    if (c->at[THRESHOLD_DUE])
        return c->at[THRESHOLD_DUE];
    const struct worktime *hours = clock_works(c) ? hours_of(v, d, c->calendar) : NULL;
    int64_t at = worktime_add(hours, c->origin ? c->anchor : moment, c->target - c->used);
    return at > 0 && at < WORKTIME_NEVER ? at : 0;
}

/* What it had used at an instant: at the fact that made it so, or when it passed its target; a
 * halted one in all. */
static int64_t used_at(const struct clock *c, int64_t at)
{
    if (!clock_works(c))
        return clock_used(c, at);
    return c->origin && at > c->anchor ? c->target : c->used;
}

/* What was told of a clock: 0 where nothing was yet; and whether it had stopped. */
struct told {
    int32_t verdict;
    bool stopped;
};

/* Of a clock behind what happened at `moment`. What it had used in the end is told even where its
 * verdict stays. */
static void tell(struct view *v, struct decision *d, struct text id, enum clock_name name,
                 const struct clock *c, bool stopped, struct told told, int64_t moment)
{
    int32_t verdict = (int32_t)judge_clock(c, stopped);
    bool stops = stopped && !told.stopped;
    if (verdict == (told.verdict ? told.verdict : verdict_running) && !stops)
        return;
    bool passed = verdict == verdict_missed && c->origin;
    int64_t at = passed ? clock_instant(c, 100) : moment;
    EMIT(d, ticket_judged, id, .clock = (int32_t)name, .verdict = verdict, .occurred_at = at,
         .due_at = due_of(v, d, c, moment), .used = used_at(c, at), .target = c->target,
         .stopped = stopped);
}

void judge_fact(struct view *v, struct decision *d, struct text id, const struct ticket *before,
                const struct ticket_recorded *fact)
{
    struct clock c = ticket_clock_after(before, fact, clock_name_response);
    struct told told = { before->response_verdict, before->moment && !before->response_origin };
    tell(v, d, id, clock_name_response, &c, !c.origin, told, fact->occurred_at);
    c = ticket_clock_after(before, fact, clock_name_resolve);
    told = (struct told){ before->verdict, before->phase == ticket_phase_stopped };
    bool stopped = ticket_phase_after(before, fact) == ticket_phase_stopped;
    tell(v, d, id, clock_name_resolve, &c, stopped, told, fact->occurred_at);
}

void judge_wake(struct view *v, struct decision *d, struct text id, const struct ticket *t,
                int64_t now)
{
    for (int name = clock_name_response; name <= clock_name_resolve; name++) {
        struct clock c = ticket_clock(t, (enum clock_name)name);
        int64_t percent = clock_newly(&c, now);
        if (!percent)
            continue;
        c.reached = percent;
        struct told told = { name == clock_name_response ? t->response_verdict : t->verdict,
                             false };
        tell(v, d, id, (enum clock_name)name, &c, false, told, now);
    }
}

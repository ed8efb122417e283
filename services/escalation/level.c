/* level: how high an escalation stands. The highest of the level so far, the matrix and the
 * floor (RULES 4). */
#include "services/escalation/escalation.h"

struct step_list level_ladder(struct decision *d, const struct escalation_options *o,
                              int64_t severity, int64_t raised_at, const struct worktime *hours)
{
    const int64_t after[SEVERITIES][LEVELS - 1] = {
        { o->matrix_1_2, o->matrix_1_3, o->matrix_1_4, o->matrix_1_5, o->matrix_1_6 },
        { o->matrix_2_2, o->matrix_2_3, o->matrix_2_4, o->matrix_2_5, o->matrix_2_6 },
        { o->matrix_3_2, o->matrix_3_3, o->matrix_3_4, o->matrix_3_5, o->matrix_3_6 },
        { o->matrix_4_2, o->matrix_4_3, o->matrix_4_4, o->matrix_4_5, o->matrix_4_6 },
    };
    struct step *steps = decision_alloc(d, LEVELS * sizeof *steps);
    uint32_t count = 1;
    steps[0] = (struct step){ .level = 1, .after = 0 };
    for (int i = 0; i < LEVELS - 1; i++) {
        struct step s = { .level = i + 2, .after = after[severity - 1][i] };
        if (!s.after) /* never */
            continue;
        if (severity >= SEVERITY_OF_HOURS && hours)
            s.at = worktime_add(hours, raised_at, s.after);
        if (s.at != WORKTIME_NEVER)
            steps[count++] = s;
    }
    return (struct step_list){ steps, count };
}

/* Percent of a target to the level that it makes the least. */
static int64_t floor_level(int64_t percent)
{
    if (percent >= 150)
        return 6;
    if (percent >= 120)
        return 5;
    if (percent >= 100)
        return 4;
    return percent >= 90 ? 3 : 0;
}

int64_t level_of_ticket(const struct ticket *t, int64_t now, int64_t lowered_at)
{
    int64_t percent = 0;
    for (int name = clock_name_response; name <= clock_name_update; name++) {
        struct clock c = ticket_clock(t, (enum clock_name)name);
        int64_t counts = clock_floor(&c, now, lowered_at);
        if (counts > percent)
            percent = counts;
    }
    return floor_level(percent);
}

/* When a step's minutes have passed; a fact that made the ladder steeper made it so. */
static int64_t step_instant(const struct escalation *e, const struct step *s)
{
    int64_t at = s->at ? s->at : e->raised_at + s->after;
    return at > e->steps_from ? at : e->steps_from;
}

/* Whether a step may take the escalation higher, now or later. */
static bool step_counts(const struct escalation *e, const struct step *s)
{
    int64_t at = step_instant(e, s);
    return s->level > e->level && at > e->lowered_at && at > e->steps_lapsed_until;
}

static int64_t level_of_matrix(const struct escalation *e, int64_t now)
{
    int64_t level = 0;
    if (e->resolved_at || e->acked_until > now)
        return 0;
    for (uint32_t i = 0; i < e->steps.count; i++)
        if (step_counts(e, &e->steps.at[i]) && step_instant(e, &e->steps.at[i]) <= now)
            level = e->steps.at[i].level; /* ladders go up */
    return level;
}

int64_t level_due(const struct escalation *e)
{
    int64_t due = 0;
    if (e->resolved_at)
        return 0;
    for (uint32_t i = 0; i < e->steps.count; i++) {
        if (!step_counts(e, &e->steps.at[i]))
            continue;
        int64_t at = step_instant(e, &e->steps.at[i]);
        if (!due || at < due)
            due = at;
    }
    return due && due < e->climbs_from ? e->climbs_from : due;
}

int64_t level_at(struct view *v, const struct escalation *e, int64_t now, enum climb *ret_cause)
{
    int64_t matrix = level_of_matrix(e, now);
    int64_t highest = 0;
    for (uint32_t i = 0; i < e->tickets.count; i++) {
        const struct ticket *t = view_get(v, ENTITY_ticket, e->tickets.at[i].ticket);
        int64_t level = level_of_ticket(t, now, e->lowered_at);
        if (level > highest)
            highest = level;
    }
    *ret_cause = highest >= matrix ? climb_threshold : climb_matrix;
    int64_t level = highest >= matrix ? highest : matrix;
    return level > e->level ? level : e->level;
}

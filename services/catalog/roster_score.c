/* roster_score: how well a roster covers its hours and how evenly (RULES.md, rosters; DOMAIN 4.16).
 * All of it in whole numbers: times in microseconds, shares in hundredths of a percent. */
#include "services/catalog/roster.h"

enum {
    PEOPLE_MAX = 128, /* as the row of the answer says */
    WHOLE = 10000, /* hundredths of a percent */
    EVEN = 9500, /* a balance from there on counts as whole */
    NIGHT_BEGINS = 22 * 60, /* minutes of the day */
    NIGHT_ENDS = 6 * 60,
    SATURDAY = 5,
};

#define REST_MIN (11 * HOURS)

/* Of one person, while the plan is walked. */
struct burden {
    struct duty_load load;
    const struct zone *zone;
    int64_t ends; /* of the last turn */
    int64_t week, weeks; /* the last one with duty, and for how many in a row */
};

struct burdens {
    struct burden *at; /* PEOPLE_MAX */
    uint32_t count;
    const struct rota *plan;
};

/* Kept by id. NULL when there are too many: the row holds no more. */
static struct burden *burden_of(struct burdens *all, struct text person)
{
    uint32_t at = 0;
    while (at < all->count && text_compare(all->at[at].load.person, person) < 0)
        at++;
    if (at < all->count && text_equal(all->at[at].load.person, person))
        return &all->at[at];
    if (all->count == PEOPLE_MAX)
        return NULL;
    memmove(&all->at[at + 1], &all->at[at], (all->count - at) * sizeof *all->at);
    all->count++;
    struct burden *b = &all->at[at];
    const struct person *p = view_get_of(all->plan->view, ENTITY_person, PROVIDER_CLIENT, person);
    *b = (struct burden){ .load = { .person = person } };
    b->zone = text_empty(p->zone) ? NULL : zone_find(p->zone);
    b->zone = b->zone ? b->zone : all->plan->zone;
    return b;
}

/* Monday's day of a week. */
static int64_t week_of(int64_t day)
{
    return day - weekday_of(day);
}

/* Where a part of the day ends in which nights and weekends do not change. */
static int64_t part_end(const struct burden *b, int64_t day, int64_t minutes)
{
    int64_t to = minutes < NIGHT_ENDS     ? NIGHT_ENDS
                 : minutes < NIGHT_BEGINS ? NIGHT_BEGINS
                                          : 24 * 60;
    return wall_last(b->zone, day, to); /* clocks that go back show it again */
}

static void count_week(struct burden *b, int64_t day)
{
    int64_t week = week_of(day);
    if (b->weeks && week == b->week)
        return;
    b->weeks = b->weeks && week == b->week + 7 ? b->weeks + 1 : 1;
    b->week = week;
    if (b->weeks > b->load.weeks_running)
        b->load.weeks_running = b->weeks;
}

static void count(struct burden *b, int64_t from, int64_t to)
{
    if (b->load.lasts && from > b->ends && from - b->ends < REST_MIN)
        b->load.short_rests++;
    b->ends = to;
    b->load.lasts += to - from;
    while (from < to) {
        int64_t day, minutes;
        wall_at(b->zone, from, &day, &minutes);
        int64_t end = part_end(b, day, minutes);
        end = end < to ? end : to;
        if (minutes < NIGHT_ENDS || minutes >= NIGHT_BEGINS)
            b->load.night += end - from;
        if (weekday_of(day) >= SATURDAY)
            b->load.weekend += end - from;
        count_week(b, day);
        from = end;
    }
}

/* --- figures ------------------------------------------------------------------------------------
 */

/* part * WHOLE / all, rounded; both may be years of microseconds. */
static int64_t share(int64_t part, int64_t all)
{
    if (all == 0)
        return WHOLE;
    int64_t unit = all / (INT64_C(1) << 40) + 1;
    part /= unit;
    all /= unit;
    return (part * WHOLE + all / 2) / all;
}

static int64_t balance_of(const struct burdens *all)
{
    int64_t sum = 0, pairs = 0;
    for (uint32_t i = 0; i < all->count; i++)
        for (uint32_t j = 0; j < i; j++) {
            int64_t a = all->at[i].load.lasts, b = all->at[j].load.lasts;
            sum += a < b ? share(a, b) : share(b, a);
            pairs++;
        }
    int64_t mean = pairs ? (sum + pairs / 2) / pairs : WHOLE;
    return mean >= EVEN ? WHOLE : mean;
}

/* Whoever has more than the mean; what is not even is shared by two at least. */
static void name_overloaded(struct burdens *all)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < all->count; i++)
        sum += all->at[i].load.lasts;
    for (uint32_t i = 0; i < all->count; i++) {
        struct duty_load *l = &all->at[i].load;
        if (l->lasts * all->count > sum)
            l->above_average = (share(l->lasts * all->count, sum) + 50) / 100 - 100;
    }
}

static void walk(struct rota *p, int64_t from, int64_t to, struct burdens *all,
                 struct duty_coverage *ret)
{
    const struct worktime *cover = rota_cover(p);
    struct piece s;
    for (int64_t at = from; at < to; at = s.to) {
        int64_t part, end;
        rota_stretch(p, at, to, &s);
        bool nobody = text_empty(s.person);
        for (int64_t on = at; cover_next(cover, on, s.to, &part, &end); on = end) {
            ret->wanted += end - part;
            ret->covered += nobody ? 0 : end - part;
        }
        struct burden *b = nobody ? NULL : burden_of(all, s.person);
        if (b)
            count(b, s.from, s.to);
    }
}

void query_catalog_coverage(const struct context *ctx, struct view *v, const void *parameters,
                            struct answer *a)
{
    const struct catalog_coverage *q = parameters;
    const struct roster *r = view_get_of(v, ENTITY_roster, PROVIDER_CLIENT, q->roster);
    if (!is_providers(ctx) || !r)
        return;
    int64_t to = q->to - q->from > ROTA_DAYS ? q->from + ROTA_DAYS : q->to;
    struct rota *p = rota_make(v, r, q->from);
    struct burdens all = { .at = view_alloc(v, PEOPLE_MAX * sizeof(struct burden)), .plan = p };
    struct duty_load *loads = view_alloc(v, PEOPLE_MAX * sizeof *loads);
    struct duty_coverage answer = { .roster = r->id, .tzdata = zones_version() };
    walk(p, q->from, to, &all, &answer);
    answer.coverage = share(answer.covered, answer.wanted);
    answer.balance = balance_of(&all);
    if (answer.balance < WHOLE)
        name_overloaded(&all);
    answer.score = (answer.coverage + answer.balance + 100) / 200;
    for (uint32_t i = 0; i < all.count; i++)
        loads[i] = all.at[i].load;
    answer.people = (struct duty_load_list){ .at = loads, .count = all.count };
    answer_one(a, &answer);
}

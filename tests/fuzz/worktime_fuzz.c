/* worktime_fuzz: any bytes are a calendar, which is refused with a place, or counts: adding and
 * measuring are inverse, and spans are what is counted. */
#include <stdlib.h>

#include "common/base/arena.h"
#include "common/service.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes {
    const uint8_t *at;
    size_t left;
};

static uint64_t take(struct bytes *b, size_t n)
{
    uint64_t v = 0;
    for (; n && b->left; n--, b->left--)
        v = v << 8 | *b->at++;
    return v;
}

static void *room(void *arena, size_t size)
{
    return arena_alloc(arena, size);
}

static const char *const zones[] = { "UTC",
                                     "Europe/Berlin",
                                     "Australia/Lord_Howe",
                                     "Pacific/Apia",
                                     "America/St_Johns",
                                     "Africa/Casablanca",
                                     "Asia/Kathmandu",
                                     "America/Havana" };

/* As often as not in order and within bounds, so that something is behind the first check. */
static struct worktime *calendar(struct bytes *b, struct arena *a)
{
    static struct worktime_version versions[WORKTIME_VERSIONS_MAX + 1];
    static struct worktime_hours hours[WORKTIME_VERSIONS_MAX + 1][WORKTIME_HOURS_MAX + 1];
    static struct worktime_holiday holidays[WORKTIME_HOLIDAYS_MAX + 1];
    struct worktime_spec s = { text_from(zones[take(b, 1) % 8]), versions, 0, holidays, 0 };
    struct worktime_error e = { 0 };
    struct worktime *w = NULL;
    s.version_count = (uint32_t)take(b, 1) % (WORKTIME_VERSIONS_MAX + 2);
    s.holiday_count = (uint32_t)take(b, 2) % (WORKTIME_HOLIDAYS_MAX + 2);
    bool tame = take(b, 1) & 1;
    s.version_count = tame ? s.version_count % 3 + 1 : s.version_count;
    s.holiday_count = tame ? s.holiday_count % 20 : s.holiday_count;
    for (uint32_t v = 0; v < s.version_count; v++) {
        uint32_t n = (uint32_t)take(b, 1) % (WORKTIME_HOURS_MAX + 2);
        versions[v] = (struct worktime_version){ 14000 + 90 * (int64_t)v + (int16_t)take(b, 2) % 80,
                                                 hours[v], tame ? n % 4 : n };
        for (uint32_t i = 0; i < versions[v].hours_count; i++) {
            hours[v][i] = (struct worktime_hours){ (uint8_t)take(b, 1), (int16_t)take(b, 2),
                                                   (int16_t)take(b, 2) };
            if (tame)
                hours[v][i] = (struct worktime_hours){
                    (uint8_t)(1 + hours[v][i].days % 127),
                    (int16_t)(360 * i + (uint16_t)hours[v][i].from % 180),
                    (int16_t)(360 * i + 181 + (uint16_t)hours[v][i].to % 180)
                };
        }
    }
    for (uint32_t i = 0; i < s.holiday_count; i++)
        holidays[i] = (struct worktime_holiday){ 14000 + (int16_t)take(b, 2) % 800,
                                                 (int16_t)take(b, 1), (int16_t)take(b, 2) };
    if (worktime_make(&s, room, a, &w, &e) == 0)
        return w;
    if (w || !e.list || !e.rule || e.version > s.version_count ||
        e.index > WORKTIME_HOLIDAYS_MAX + 1)
        abort();
    return NULL;
}

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void ask(const struct worktime *w, int64_t t, int64_t d)
{
    int64_t later = worktime_add(w, t, d), sooner = worktime_add(w, t, -d), from, to;
    must(later == WORKTIME_NEVER || (later >= t && worktime_between(w, t, later) == d));
    must(sooner == INT64_MIN || (sooner <= t && worktime_between(w, sooner, t) == d));
    if (later != WORKTIME_NEVER && d > 0)
        must(worktime_between(w, t, later - 1) == d - 1);
    if (sooner != INT64_MIN && d > 0)
        must(worktime_between(w, sooner + 1, t) == d - 1);
    if (worktime_span(w, t, &from, &to)) {
        must(from < to && to > t);
        must(worktime_between(w, from, to) == to - from);
        must(worktime_open(w, t) == (from <= t));
        must(from <= t || worktime_between(w, t, from) == 0);
    }
    must(worktime_add_days(w, t, 1 + d % 9, true) > t);
    must(worktime_add_days(w, t, 1 + d % 9, false) <= worktime_add_days(w, t, 1 + d % 9, true));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes b = { data, size };
    struct arena a = { 0 };
    const struct worktime *w = calendar(&b, &a);
    for (int i = 0; w && i < 4; i++) {
        int64_t t = 14000 * DAYS + (int64_t)(take(&b, 6) % (uint64_t)(900 * DAYS));
        ask(w, t, (int64_t)(take(&b, 6) % (uint64_t)(400 * HOURS)));
    }
    arena_free(&a);
    return 0;
}

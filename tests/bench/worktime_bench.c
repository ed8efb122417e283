/* worktime_bench: what working hours cost on one core. Prints lines of JSON, as the other benches
 * do: adds a second over a year with holidays, measures, calendars made, zones loaded.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/service.h"
#include "common/time/zone.h"

enum { ROUNDS = 2000000, MAKES = 200000, HOLIDAYS = 30, YEAR_DAY = 20454 /* 2026-01-01 */ };

static volatile int64_t sink; /* so that nothing is left out because nobody wants it */

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void say(const char *what, double per_second)
{
    printf("{\"bench\":\"%s\",\"per_second\":%.0f,\"nanoseconds\":%.1f}\n", what, per_second,
           1e9 / per_second);
    fflush(stdout);
}

/* Room that is given out anew for every calendar. */
struct room {
    size_t used;
    _Alignas(16) char at[64 << 10];
};

static void *take(void *arg, size_t size)
{
    struct room *r = arg;
    void *ret = r->at + r->used;
    r->used += (size + 15) & ~(size_t)15;
    if (r->used > sizeof r->at)
        abort();
    memset(ret, 0, size);
    return ret;
}

static struct worktime *make(struct room *r)
{
    static const struct worktime_hours hours[] = { { 0x1f, 8 * 60, 12 * 60 },
                                                   { 0x1f, 13 * 60, 17 * 60 } };
    static const struct worktime_version version = { 0, hours, 2 };
    static struct worktime_holiday holidays[HOLIDAYS];
    struct worktime_error e;
    struct worktime *w = NULL;
    for (int i = 0; i < HOLIDAYS; i++)
        holidays[i] = (struct worktime_holiday){ YEAR_DAY + 12 * i, 0, 0 };
    const struct worktime_spec s = { text_from("Europe/Berlin"), &version, 1, holidays, HOLIDAYS };
    r->used = 0;
    if (worktime_make(&s, take, r, &w, &e) < 0)
        abort();
    return w;
}

/* From instants all over the year, so that clocks, weekends and holidays come in. */
static int64_t instant_of(int i)
{
    return YEAR_DAY * DAYS + (int64_t)i * 7919 % 31000000 * SECONDS;
}

static int64_t add_all(const struct worktime *w, const char *what, int64_t duration)
{
    int64_t sum = 0;
    double begin = seconds();
    for (int i = 0; i < ROUNDS; i++)
        sum += worktime_add(w, instant_of(i), duration) % 7;
    say(what, ROUNDS / (seconds() - begin));
    return sum;
}

int main(void)
{
    static struct room room;
    double begin = seconds();
    zones_load();
    double load = seconds() - begin;
    printf("{\"bench\":\"zones_load\",\"milliseconds\":%.2f,\"tzdata\":\"%.*s\"}\n", load * 1e3,
           TEXT_ARG(zones_version()));
    begin = seconds();
    for (int i = 0; i < MAKES; i++)
        make(&room);
    say("worktime_make of 30 holidays", MAKES / (seconds() - begin));
    const struct worktime *w = make(&room);
    int64_t sum = add_all(w, "worktime_add of 4 h", 4 * HOURS);
    sum += add_all(w, "worktime_add of 80 h", 80 * HOURS);
    sum += add_all(w, "worktime_add of -4 h", -4 * HOURS);
    sum += add_all(w, "worktime_add of a year", 1700 * HOURS);
    begin = seconds();
    for (int i = 0; i < ROUNDS; i++)
        sum += worktime_between(w, instant_of(i), instant_of(i) + 14 * DAYS) % 7;
    say("worktime_between over 14 days", ROUNDS / (seconds() - begin));
    begin = seconds();
    for (int i = 0; i < ROUNDS; i++)
        sum += worktime_add_days(w, instant_of(i), 5, true) % 7;
    say("worktime_add_days of 5", ROUNDS / (seconds() - begin));
    sink = sum;
    return 0;
}

/* The arithmetic of one clock: golden tables, in minutes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "common/service.h"
#include "services/escalation/clock.h"

enum what { END, START, PAUSE, RESUME, TARGET, LAPSE, AT };

/* One thing after the other happens to a clock; AT looks: used, newest threshold, next instant. */
struct line {
    enum what what;
    int64_t minute, target; /* START: begins at `from` minutes, told at `minute` */
    int64_t from;
    int64_t used, newly, next; /* AT; newly is then taken as reached */
};

struct history {
    const char *words;
    struct line lines[12];
};

static const struct history histories[] = {
    { "Thresholds are reached exactly at their instants, not a minute earlier",
      { { START, .minute = 0, .target = 100 },
        { AT, .minute = 49, .used = 49, .newly = 0, .next = 50 },
        { AT, .minute = 50, .used = 50, .newly = 50, .next = 75 },
        { AT, .minute = 75, .used = 75, .newly = 75, .next = 90 },
        { AT, .minute = 90, .used = 90, .newly = 90, .next = 100 },
        { AT, .minute = 99, .used = 99, .newly = 0, .next = 100 },
        { AT, .minute = 100, .used = 100, .newly = 100, .next = 120 },
        { AT, .minute = 120, .used = 120, .newly = 120, .next = 150 },
        { AT, .minute = 150, .used = 150, .newly = 150, .next = 0 },
        { AT, .minute = 999, .used = 999, .newly = 0, .next = 0 } } },
    { "Looked at late, only the highest is reached",
      { { START, .minute = 0, .target = 100 },
        { AT, .minute = 95, .used = 95, .newly = 90, .next = 100 },
        { AT, .minute = 96, .used = 96, .newly = 0, .next = 100 } } },
    { "A pause moves what is left, and a paused clock reaches nothing",
      { { START, .minute = 0, .target = 100 },
        { PAUSE, .minute = 40 },
        { AT, .minute = 1000, .used = 40, .newly = 0, .next = 0 },
        { RESUME, .minute = 1000 },
        { AT, .minute = 1009, .used = 49, .newly = 0, .next = 1010 },
        { AT, .minute = 1010, .used = 50, .newly = 50, .next = 1035 } } },
    { "Pausing a paused clock and resuming a running one change nothing",
      { { START, .minute = 0, .target = 100 },
        { RESUME, .minute = 10 },
        { PAUSE, .minute = 40 },
        { PAUSE, .minute = 60 },
        { AT, .minute = 70, .used = 40, .newly = 0, .next = 0 } } },
    { "A clock told of late has its early thresholds at the moment it was told",
      { { START, .minute = 60, .target = 100, .from = 0 },
        { AT, .minute = 60, .used = 60, .newly = 50, .next = 75 } } },
    { "A shorter target: what was used stays used, what is passed is reached at that moment",
      { { START, .minute = 0, .target = 480 },
        { AT, .minute = 120, .used = 120, .newly = 0, .next = 240 },
        { TARGET, .minute = 200, .target = 240 },
        { AT, .minute = 200, .used = 200, .newly = 75, .next = 216 },
        { AT, .minute = 216, .used = 216, .newly = 90, .next = 240 } } },
    { "A longer target: what is no longer passed can be reached again",
      { { START, .minute = 0, .target = 240 },
        { AT, .minute = 216, .used = 216, .newly = 90, .next = 240 },
        { TARGET, .minute = 220, .target = 480 },
        { AT, .minute = 230, .used = 230, .newly = 0, .next = 240 },
        { AT, .minute = 240, .used = 240, .newly = 50, .next = 360 },
        { AT, .minute = 360, .used = 360, .newly = 75, .next = 432 } } },
    { "A longer target: what is still passed is not reached again",
      { { START, .minute = 0, .target = 100 },
        { AT, .minute = 120, .used = 120, .newly = 120, .next = 150 },
        { TARGET, .minute = 120, .target = 130 },
        { AT, .minute = 120, .used = 120, .newly = 0, .next = 130 } } },
    { "The same target again is no change",
      { { START, .minute = 0, .target = 100 },
        { AT, .minute = 80, .used = 80, .newly = 75, .next = 90 },
        { TARGET, .minute = 85, .target = 100 },
        { AT, .minute = 90, .used = 90, .newly = 90, .next = 100 } } },
    { "A paused clock is re-targeted by what it had used",
      { { START, .minute = 0, .target = 100 },
        { AT, .minute = 80, .used = 80, .newly = 75, .next = 90 },
        { PAUSE, .minute = 80 },
        { TARGET, .minute = 90, .target = 200 },
        { RESUME, .minute = 100 },
        { AT, .minute = 119, .used = 99, .newly = 0, .next = 120 },
        { AT, .minute = 120, .used = 100, .newly = 50, .next = 170 } } },
    { "What lapsed is reached, later thresholds are not touched",
      { { START, .minute = 0, .target = 100 },
        { LAPSE, .minute = 95 },
        { AT, .minute = 95, .used = 95, .newly = 0, .next = 100 },
        { LAPSE, .minute = 96 },
        { AT, .minute = 100, .used = 100, .newly = 100, .next = 120 } } },
};

static void check_line(struct clock *c, const struct line *l)
{
    int64_t at = l->minute * MINUTES;
    switch (l->what) {
    case START:
        /* Instants are never 0: the clock's world begins at minute 1,000. */
        clock_start(c, l->target * MINUTES, 1000 * MINUTES + l->from * MINUTES,
                    1000 * MINUTES + at);
        return;
    case PAUSE:
        clock_halt(c, 1000 * MINUTES + at);
        return;
    case RESUME:
        clock_resume(c, 1000 * MINUTES + at);
        return;
    case TARGET:
        clock_retarget(c, l->target * MINUTES, 1000 * MINUTES + at);
        return;
    case LAPSE:
        clock_lapse(c, 1000 * MINUTES + at);
        return;
    case AT:
    case END:
        break;
    }
    at += 1000 * MINUTES;
    int64_t newly = clock_newly(c, at);
    assert_int_equal(clock_used(c, at), l->used * MINUTES);
    assert_int_equal(newly, l->newly);
    if (newly)
        clock_reach(c, newly, clock_instant(c, newly));
    assert_int_equal(clock_next(c), l->next ? (1000 + l->next) * MINUTES : 0);
}

static void test_histories(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof histories / sizeof *histories; i++) {
        struct clock c = { 0 };
        print_message("%s\n", histories[i].words);
        for (const struct line *l = histories[i].lines; l->what != END; l++)
            check_line(&c, l);
    }
}

/* An odd target: instants are rounded up, so that a threshold is never early. */
static void test_rounding(void **state)
{
    struct clock c;
    (void)state;
    clock_start(&c, 101, 1000, 1000);
    assert_int_equal(clock_instant(&c, 50), 1051);
    assert_int_equal(clock_instant(&c, 100), 1101);
}

static void test_floor(void **state)
{
    struct clock c;
    (void)state;
    clock_start(&c, 100, 1000, 1000);
    assert_int_equal(clock_floor(&c, 1089, 0), 75); /* passed, whether a timer told it or not */
    clock_reach(&c, 90, 1090);
    assert_int_equal(clock_floor(&c, 1095, 0), 90);
    assert_int_equal(clock_floor(&c, 1095, 1089), 90);
    assert_int_equal(clock_floor(&c, 1095, 1090), 0); /* lowered at the same instant, or later */
    assert_int_equal(clock_floor(&c, 1100, 1095), 100); /* but the next one counts again */
    assert_int_equal(clock_floor(&c, 1100, 1100), 0);
    clock_lapse(&c, 1130);
    assert_int_equal(clock_floor(&c, 1140, 0), 90); /* 120 % lapsed */
    clock_halt(&c, 1140);
    assert_int_equal(clock_floor(&c, 1140, 0), 0); /* only running clocks count */
    clock_retarget(&c, 1000, 1140);
    clock_resume(&c, 1140);
    assert_int_equal(clock_floor(&c, 1140, 0), 0); /* nothing is passed any more */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_histories),
        cmocka_unit_test(test_rounding),
        cmocka_unit_test(test_floor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Maturity: the steps of both ladders, just reached and just missed (services/kpi/RULES.md,
 * maturity). */
#include "services/kpi/maturity.h"
#include "tests/unit/kpi_figure_book.h"

/* Of three months before, and of a month; they reach all steps. */
static const struct stage reference = {
    .from = 0,
    .to = 89,
    .reference = true,
    .problems = 90,
    .incidents = 300,
    .solved = 90,
    .resolve_seconds = 90 * 7200,
    .resolve_squares = 90 * 120 * 120 + 9000,
    .minutes = 30000,
    .problem_cost = 900000,
    .answered = 100,
    .satisfied = 80,
    .closeouts = 1,
    .preventing = 1,
    .avoided = 20000,
};
static const struct stage best = {
    .from = 90,
    .to = 119,
    .problems = 20,
    .incidents = 40,
    .solved = 20,
    .resolve_seconds = 20 * 3600,
    .resolve_squares = 20 * 60 * 60 + 2000,
    .minutes = 10000,
    .reactive_minutes = 4000,
    .proactive_minutes = 4100,
    .costed_minutes = 8000,
    .problem_cost = 100000,
    .answered = 30,
    .satisfied = 25,
};

static struct stage stages[STAGES];

static void judge(struct stage was, struct stage is)
{
    stages[0] = was;
    for (int i = 1; i < STAGES; i++)
        stages[i] = is;
    stages_settle(&(struct stage_list){ stages, STAGES });
}

static int64_t level(enum ladder ladder)
{
    return stages_level(&(struct stage_list){ stages, STAGES }, ladder);
}

#define CHANGED(name, field_, number)                                                              \
    struct stage name = best;                                                                      \
    name.field_ = (number)

static void all_steps_can_be_reached(void **state)
{
    (void)state;
    judge(reference, best);
    for (int i = 1; i < STAGES; i++)
        assert_true(stages[i].volume && stages[i].faster && stages[i].prevented &&
                    stages[i].costed && stages[i].valued);
    assert_int_equal(level(ladder_work), 3);
    assert_int_equal(level(ladder_cost), 3);
    stages[2].incidents = 300; /* one period of three is not enough */
    stages[2].costed_minutes = 0;
    assert_int_equal(level(ladder_work), 2);
    assert_int_equal(level(ladder_cost), 1);
}

static void work_is_judged_step_by_step(void **state)
{
    struct stage before = reference;
    (void)state;
    CHANGED(none, problems, 0);
    judge(reference, none);
    assert_false(stages[1].volume);
    assert_false(stages[1].valued);
    CHANGED(slower, resolve_seconds, 20 * 7200);
    slower.resolve_squares = 20 * 120 * 120 + 2000;
    judge(reference, slower);
    assert_false(stages[1].faster);
    CHANGED(single, solved, 1);
    judge(reference, single);
    assert_false(stages[1].faster);
    before.solved = 1;
    judge(before, best);
    assert_false(stages[1].faster);
    CHANGED(half, proactive_minutes, 4000);
    judge(reference, half);
    assert_false(stages[1].prevented);
    CHANGED(reacting, proactive_minutes, 0);
    judge(reference, reacting);
    assert_false(stages[1].prevented);
    CHANGED(as_many, incidents, 90); /* a third of the days, and nearly a third of the incidents */
    judge(reference, as_many);
    assert_false(stages[1].prevented);
    CHANGED(vain, closeouts, 1); /* one programme of two removed no cause */
    judge(reference, vain);
    assert_false(stages[1].prevented);
    vain.preventing = 1;
    judge(reference, vain);
    assert_true(stages[1].prevented);
    before = reference;
    before.closeouts = before.preventing = 0; /* there was none that had to */
    judge(before, best);
    assert_true(stages[1].prevented);
    before = reference;
    before.incidents = 0;
    CHANGED(quiet, incidents, 0);
    judge(before, quiet);
    assert_false(stages[1].prevented);
}

static void cost_is_judged_step_by_step(void **state)
{
    struct stage before = reference;
    (void)state;
    CHANGED(unknown, costed_minutes, 7999);
    judge(reference, unknown);
    assert_false(stages[1].costed || stages[1].valued);
    assert_int_equal(level(ladder_cost), 1);
    CHANGED(idle, minutes, 0);
    judge(reference, idle);
    assert_false(stages[1].costed);
    CHANGED(dear, problem_cost, 200000); /* as much for each as before */
    judge(reference, dear);
    assert_true(stages[1].costed);
    assert_false(stages[1].valued);
    assert_int_equal(level(ladder_cost), 2);
    CHANGED(angry, satisfied, 10);
    judge(reference, angry);
    assert_false(stages[1].valued);
    CHANGED(unasked, answered, 0);
    unasked.satisfied = 0;
    judge(reference, unasked);
    assert_true(stages[1].valued);
    before.answered = before.satisfied = 0;
    judge(before, best);
    assert_true(stages[1].valued);
    before.problems = 0;
    judge(before, best);
    assert_false(stages[1].valued);
    assert_int_equal(stages[1].saved, 0);
    /* Two incidents were avoided, each of 100.00, as a problem did cost. */
    judge(reference, best);
    assert_int_equal(stages[1].saved, 20000);
    before = reference;
    before.avoided = 0;
    judge(before, best);
    assert_int_equal(stages[1].saved, 0);
    assert_true(stages[1].costed);
    assert_false(stages[1].valued);
    CHANGED(since, avoided, 15000);
    judge(before, since);
    assert_int_equal(stages[1].saved, 15000);
    assert_true(stages[1].valued);
}

/* Months up to the last that is over; the reference is the three before them. */
static void periods_are_those_that_are_over(void **state)
{
    (void)state;
    given_begin(&figure_book);
    for (int month = 1; month <= 3; month++) {
        char day[11];
        civil_print(civil_day(2026, month, 10), day);
        day[10] = 0;
        TICKETS("acme", day, "problems=1 incidents=2");
        EFFORTS("acme", day, "minutes=100 costed_minutes=90");
    }
    given_play("10:00 query kpi.maturity client=acme to=2026-04-15");
    given_expect("one work=1 cost=2 "
                 "stages=2025-10-01/2025-12-31/yes"
                 "+2026-01-01/2026-01-31/no/1/2/0/0/0/100/0/0/90/0/0/0/0/0/0/0/yes/no/no/yes"
                 "+2026-02-01/2026-02-28/no/1/2/0/0/0/100/0/0/90/0/0/0/0/0/0/0/yes/no/no/yes"
                 "+2026-03-01/2026-03-31/no/1/2/0/0/0/100/0/0/90/0/0/0/0/0/0/0/yes/no/no/yes");
    given_play("10:00 query kpi.maturity to=2026-03-30");
    given_expect("one cost=1");
    given_play("10:00 query kpi.maturity client=acme to=2026-03-31 as_of=2026-03-30");
    given_expect("one work=1");
    given_play("10:00 query kpi.maturity client=acme to=2026-01-25 period=week");
    given_expect("one cost=1");
    given_play("10:00 query kpi.maturity client=acme service=a component=b to=2026-01-25");
    given_expect("refused scope_form component");
    given_play("10:00 query kpi.maturity client=acme service=a to=2026-01-25");
    given_expect("one cost=1");
    given_play("10:00 query kpi.value client=acme kpi=maturity from=2026-01-01 to=2026-03-31");
    given_expect("one kpi=maturity unit=level value=10000 n=3");
    figure_end();
}

/* Behind a merge every number is a sum. */
static void ladders_of_partitions_add_up(void **state)
{
    struct rung rungs[7] = { { .ladder = ladder_work, .step = 1, .words = TEXT_OF("x") } };
    struct maturity m = {
        .work = 4, .cost = 4, .rungs = { rungs, 7 }, .stages = { stages, STAGES }
    };
    (void)state;
    for (int i = 0; i < 6; i++)
        rungs[i].step = 2 * (i % 3 + 1);
    judge(reference, best);
    settle_kpi_maturity(NULL, &m);
    settle_kpi_maturity(NULL, &m);
    assert_int_equal(m.work, 3);
    assert_int_equal(m.cost, 3);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(rungs[i].step, i % 3 + 1);
        assert_int_equal(rungs[i].periods, 3);
        assert_true(rungs[i].reached);
    }
    memset(stages, 0, sizeof stages);
    settle_kpi_maturity(NULL, &m);
    assert_false(m.has.work);
    assert_false(rungs[0].reached);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_steps_can_be_reached),
        cmocka_unit_test(work_is_judged_step_by_step),
        cmocka_unit_test(cost_is_judged_step_by_step),
        cmocka_unit_test(periods_are_those_that_are_over),
        cmocka_unit_test(ladders_of_partitions_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

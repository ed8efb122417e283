/* Every rule of the catalog that says no, and a check that none was forgotten. The rows are in
 * headers by what they are about; whoever adds a rule adds its rows to one of them, and a new
 * header here. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/catalog_refusals_line.h"
#include "tests/unit/catalog_refusals_model.h"
#include "tests/unit/catalog_refusals_people.h"
#include "tests/unit/catalog_refusals_plan.h"
#include "tests/unit/catalog_refusals_roster.h"

static void test_people(void **state)
{
    (void)state;
    GIVEN_ROWS(&catalog_book, people_refusals);
    GIVEN_ROWS(&catalog_book, people_needed);
}

static void test_model(void **state)
{
    (void)state;
    GIVEN_ROWS(&catalog_book, model_refusals);
}

static void test_plan(void **state)
{
    (void)state;
    GIVEN_ROWS(&catalog_book, plan_refusals);
}

static void test_line(void **state)
{
    (void)state;
    GIVEN_ROWS(&catalog_book, line_refusals);
}

static void test_roster(void **state)
{
    (void)state;
    GIVEN_ROWS(&roster_book, roster_refusals);
    play_roster_limits();
}

static void test_none_forgotten(void **state)
{
    int forgotten = 0;
    (void)state;
    for (size_t i = 1; i <= catalog_service.refusal_count; i++)
        if (!given_refused((int)i)) {
            print_error("no row was refused: %s\n", catalog_service.refusals[i].code);
            forgotten++;
        }
    assert_int_equal(forgotten, 0);
}

/* A chain of components, one longer than is looked through. */
static void test_many_depends(void **state)
{
    enum { LOOKED = 512 };
    (void)state;
    given_begin(&catalog_book);
    given_play("00:00 service.set\n00:00 component.set id=c0");
    for (int i = 1; i <= LOOKED; i++)
        given_play("00:00 component.set id=c%d depends=c%d", i, i - 1);
    given_play("01:00 component.set id=last depends=c%d", LOOKED);
    given_expect("refused depends_on_many depends");
    given_play("01:00 component.set id=last depends=c%d", LOOKED - 1);
    given_expect("01:00 component.changed last");
    given_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_people),         cmocka_unit_test(test_model),
        cmocka_unit_test(test_plan),           cmocka_unit_test(test_line),
        cmocka_unit_test(test_roster),         cmocka_unit_test(test_many_depends),
        cmocka_unit_test(test_none_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

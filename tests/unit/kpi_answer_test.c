/* What answers count as, and what figures are made of them (services/kpi/RULES.md). */
#include "services/kpi/figure.h"
#include "services/kpi/phrase.h"
#include "services/kpi/survey.h"
#include "tests/unit/kpi_account_book.h"

static const char *const quiet[] = { QUIET_ALWAYS,
                                     "account.looked",
                                     "account.alarmed",
                                     "survey.recorded",
                                     "ticket.counted",
                                     "contract.noted",
                                     NULL };
static const struct given_book survey_book = {
    .service = &kpi_service,
    .defaults = account_defaults,
    .quiet = quiet,
};

#define NPS_OF "kind=nps scale_min=0 scale_max=10 "

static const struct given_row counted[] = {
    { "What a figure counted, by the day of the answer",
      "10:00 survey.record " NPS_OF "score=9 service=mail component=mx\n"
      "10:00 survey.record survey=s-2 " NPS_OF "score=8\n"
      "10:00 survey.record survey=s-3 " NPS_OF "score=0\n"
      "10:00 survey.record survey=s-4 kind=nps score=4\n"
      "10:00 survey.record survey=s-5\n 10:00 survey.record survey=s-6 kind=escalation score=2\n"
      "10:00 survey.record survey=s-7 score= answered_at=\n",
      "11:00 query kpi.counted kpi=nps from=2026-01-01 to=2026-01-31\n"
      "11:00 query kpi.counted kpi=csat_relationship from=2026-01-01 to=2026-01-31\n"
      "11:00 query kpi.counted kpi=satisfaction_improvement from=2026-01-01 to=2026-01-31\n"
      "11:00 query kpi.counted kpi=csat_escalation from=2026-01-01 to=2026-01-31",
      "row id=s-2 words=passive value=8\n row id=s-3 words=detractor\n"
      "row day=2026-01-05 what=survey id=s-1 client=acme service=mail component=mx words=promoter "
      "hit=yes value=9\n"
      "row id=s-5 words=satisfied hit=yes value=4\n row id=s-5\n"
      "row id=s-6 words=unsatisfied value=2" },
};

static void test_listed(void **state)
{
    (void)state;
    GIVEN_ROWS(&survey_book, counted);
}

/* --- counting --------------------------------------------------------------------------------- */

static void expect_judged(int32_t kind, int64_t score, int64_t low, int64_t high, bool best_is_low,
                          enum survey_class class, enum rating rating)
{
    struct judged j = survey_judge(kind, score, low, high, best_is_low);
    assert_int_equal(j.class, class);
    assert_int_equal(j.rating, rating);
}

/* The table of RULES.md: from the lowest score to the highest, what each scale counts as. */
static void test_scales(void **state)
{
    static const struct {
        int64_t low, high;
        bool best_is_low;
        const char *ratings;
    } scales[] = {
        { 1, 5, false, "12345" },       { 1, 4, true, "5421" },          { 1, 4, false, "1245" },
        { 0, 5, false, "123345" },      { 0, 10, false, "11223334455" }, { 1, 7, false, "1223445" },
        { 1, 10, false, "1122334455" }, { 0, 1, false, "15" },           { 1, 3, false, "135" },
        { -2, 2, false, "12345" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
        const char *ratings = scales[i].ratings;
        for (int64_t score = scales[i].low; score <= scales[i].high; score++) {
            int rating = *ratings++ - '0';
            expect_judged(survey_kind_relationship, score, scales[i].low, scales[i].high,
                          scales[i].best_is_low,
                          rating >= 4 ? survey_class_satisfied : survey_class_unsatisfied,
                          (enum rating)rating);
        }
        assert_int_equal(*ratings, 0);
    }
    expect_judged(survey_kind_nps, 9, 0, 10, false, survey_class_promoter, rating_highest);
    expect_judged(survey_kind_nps, 8, 0, 10, false, survey_class_passive, rating_high);
    expect_judged(survey_kind_nps, 7, 0, 10, false, survey_class_passive, rating_high);
    expect_judged(survey_kind_nps, 6, 0, 10, false, survey_class_detractor, rating_middle);
    expect_judged(survey_kind_nps, 1, 0, 10, true, survey_class_promoter, rating_highest);
    expect_judged(survey_kind_nps, 10, 1, 10, false, survey_class_uncounted, rating_highest);
    expect_judged(survey_kind_nps, 5, 0, 5, false, survey_class_uncounted, rating_highest);
}

static void test_counted(void **state)
{
    struct survey_sums s;
    (void)state;
    given_begin(&survey_book);
    given_play("48:00 survey.record kind=nps scale_min=0 scale_max=10 score=9\n"
               "48:00 survey.record survey=s-2 kind=nps scale_min=0 scale_max=10 score=8\n"
               "48:00 survey.record survey=s-3 kind=nps scale_min=0 scale_max=10 score=0\n"
               "48:00 survey.record survey=s-4 kind=nps scale_min=0 scale_max=10 score= "
               "answered_at=\n"
               "48:00 survey.record survey=s-5 kind=nps scale_min=1 scale_max=10 score=10\n"
               "48:00 survey.record survey=s-0 kind=nps scale_min=0 scale_max=5 score=4\n"
               "48:00 survey.record survey=s-6 asked_at=01:00 answered_at=25:00\n"
               "48:00 survey.record survey=s-7 kind=escalation score=3\n"
               "48:00 survey.record survey=s-8 kind=escalation score=5 best_is_low=yes\n"
               "48:00 survey.record survey=s-9 kind=escalation score=5 service=mail\n"
               "48:00 complaint.record");
    s = surveyed("acme", "2026-01-05", "2026-01-05", "");
    assert_int_equal(s.nps_asked, 4);
    assert_int_equal(s.promoters, 1);
    assert_int_equal(s.passives, 1);
    assert_int_equal(s.detractors, 1);
    assert_int_equal(s.relationship_asked, 1);
    assert_int_equal(s.relationship_answered, 0);
    assert_int_equal(s.escalation_asked, 3);
    assert_int_equal(s.escalation_answered, 3);
    assert_int_equal(s.escalation_satisfied, 1);
    assert_int_equal(s.rated, 8); /* of an unusual scale too: it says how satisfied they are */
    assert_int_equal(s.ratings, 5 + 4 + 1 + 5 + 4 + 3 + 1 + 5);
    s = surveyed("", "2026-01-06", "2026-01-07", "");
    assert_int_equal(s.relationship_satisfied, 1);
    assert_int_equal(s.complaints, 1);
    given_end();
}

/* What is said last counts, whatever was said before; as of a day it is as it was said by then. */
static void test_corrected(void **state)
{
    struct survey_sums s;
    (void)state;
    given_begin(&survey_book);
    given_play("10:00 survey.record service=mail\n 34:00 survey.record score=2 service=web\n"
               "58:00 survey.record score= answered_at=\n 82:00 survey.record score=5");
    s = surveyed("acme", "2026-01-01", "2026-01-31", "2026-01-05");
    assert_int_equal(s.relationship_satisfied, 1);
    s = surveyed("acme", "2026-01-01", "2026-01-31", "2026-01-06");
    assert_int_equal(s.relationship_answered, 1);
    assert_int_equal(s.relationship_satisfied, 0);
    s = surveyed("acme", "2026-01-01", "2026-01-31", "2026-01-07");
    assert_int_equal(s.relationship_asked, 1);
    assert_int_equal(s.relationship_answered, 0);
    s = surveyed("acme", "2026-01-01", "2026-01-31", "");
    assert_int_equal(s.relationship_asked, 1);
    assert_int_equal(s.relationship_satisfied, 1);
    assert_int_equal(s.ratings, 5);
    given_end();
}

/* --- in any order ----------------------------------------------------------------------------- */

enum { FACTS = 60, ORDERS = 4 };

/* The n-th fact: of one of three clients, of any kind, service and score, some unanswered. */
static void play_fact(uint32_t n)
{
    static const char *const kinds[] = { "nps scale_min=0 scale_max=10", "relationship",
                                         "escalation" };
    uint32_t x = (n * 2654435761u) >> 8;
    given_play("800:00 @c%u survey.record survey=s-%u kind=%s asked_at=%u:00 %s service=%s", n % 3,
               n, kinds[x % 3], x % 300,
               x % 7 == 0   ? "score= answered_at="
               : x % 3 == 0 ? "score=4 answered_at=500:00"
                            : "score=2 answered_at=400:00",
               x % 2 ? "mail" : "web");
    (void)given_play("800:00 @c%u contract.record start=202%u-01-01 end=2027-12-31", n % 3, n % 6);
}

/* Facts in their order, backwards, by strides, and each twice: the same sums, the same quadrants.
 */
static void test_any_order(void **state)
{
    struct survey_sums first[4];
    (void)state;
    for (uint32_t order = 0; order < ORDERS; order++) {
        given_begin(&survey_book);
        for (uint32_t i = 0; i < FACTS; i++) {
            uint32_t n = order == 1 ? FACTS - 1 - i : order == 2 ? i * 7 % FACTS : i;
            play_fact(n);
            if (order == 3)
                play_fact(n);
        }
        given_play("801:00 passes");
        const char *const whose[] = { "", "c0", "c1", "c2" };
        for (size_t c = 0; c < 4; c++) {
            struct survey_sums s = surveyed(whose[c], "2026-01-01", "2026-02-28", "");
            assert_int_not_equal(s.rated, 0);
            if (order == 0)
                first[c] = s;
            else
                assert_memory_equal(&s, &first[c], sizeof s);
        }
        given_end();
    }
}

/* --- words ------------------------------------------------------------------------------------ */

static void test_phrase(void **state)
{
    struct phrase p = { .length = 0 };
    (void)state;
    phrase_number(&p, -7);
    phrase_words(&p, " ");
    phrase_number(&p, INT64_MIN);
    phrase_words(&p, " ");
    phrase_number(&p, 0);
    phrase_text(&p, (struct text){ 0 });
    assert_true(text_equal(phrase_is(&p), text_from("-7 -9223372036854775808 0")));
    p.length = PHRASE_MAX - 3;
    phrase_words(&p, "ab\xc3\xa4"); /* a character is not cut into two */
    assert_int_equal(p.length, PHRASE_MAX - 1);
    phrase_words(&p, "xy");
    assert_int_equal(p.length, PHRASE_MAX);
    phrase_words(&p, "z");
    assert_int_equal(p.length, PHRASE_MAX);
}

/* 347 s of 23 are 0.25145 minutes; rounded to seconds of four digits first they would be 0.2515.
 * 179565 minutes of 241 endpoints are 12.41805 hours. */
static void test_rounded_once(void **state)
{
    int64_t value;
    (void)state;
    assert_true(figure_value(kpi_response_time, 0, 23, 347, &value));
    assert_int_equal(value, 2514);
    assert_true(figure_value(kpi_reactive_hours, 179565, 241, 0, &value));
    assert_int_equal(value, 124180);
}

/* What it was is known though nothing is now; zero is a figure, and none is none. */
static void test_baseline_by_itself(void **state)
{
    struct figure f = {
        .kpi = (int32_t)kpi_nps, .baseline_from = 1, .baseline_to = 9, .baseline_denominator = 4
    };
    (void)state;
    figure_settle(&f);
    assert_true(f.has.baseline && f.baseline == 0);
    assert_false(f.has.value || f.has.change || f.has.changed);
    f.baseline_denominator = 0;
    figure_settle(&f);
    assert_false(f.has.baseline);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scales),       cmocka_unit_test(test_counted),
        cmocka_unit_test(test_corrected),    cmocka_unit_test(test_listed),
        cmocka_unit_test(test_phrase),       cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_rounded_once), cmocka_unit_test(test_baseline_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

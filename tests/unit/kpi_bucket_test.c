/* kpi_bucket: sums of days and months, by scope, now and as they were known on any day, against the
 * observations themselves (services/kpi/bucket.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "services/kpi/bucket.h"
#include "services/kpi/scope.h"
#include "tests/unit/given_world.h"

extern const struct service_type kpi_service;
static const char *const nothing[] = { NULL };
static const struct given_default no_defaults[] = { { NULL, NULL } };
static const struct given_book bucket_book = {
    .service = &kpi_service,
    .defaults = no_defaults,
    .quiet = nothing,
};

enum { JANUARY = 20454 /* 2026-01-01 */, FEBRUARY = JANUARY + 31, MARCH = FEBRUARY + 28 };

static const char *const clients[] = { "acme", "umbrella" };
static const char *const services[] = { "", "mail", "erp" };
static const char *const components[] = { "", "disk" };

static struct place place_of(const char *client, const char *service, const char *component)
{
    return (struct place){ text_from(client), text_from(service), text_from(component) };
}

/* What is added here is in no log, from which it could be folded again. */
static void end(void)
{
    world_forget(&given.state);
    given_end();
}

static void add(const struct place *p, int64_t day, int64_t told, int sign,
                const struct effort_sums *delta)
{
    struct arena arena = { 0 };
    struct view v = { .state = &given.state, .arena = &arena, .client = p->client };
    struct fold f = { .client = p->client, .view = &v };
    bucket_add(&f, AGGREGATE_effort_sums, p, day, told, sign, delta);
    world_write_edits(&v, 1);
    arena_free(&arena);
}

static struct effort_sums sum(const struct place *p, int64_t from, int64_t to, int64_t as_of)
{
    struct arena arena = { 0 };
    struct view v = { .state = &given.state, .arena = &arena, .client = p->client };
    struct effort_sums ret;
    bucket_sum(&v, AGGREGATE_effort_sums, p, from, to, as_of, &ret);
    arena_free(&arena);
    return ret;
}

/* --- against the observations themselves ---------------------------------------------------- */

struct addition {
    struct place place;
    int64_t day, told;
    int sign;
    struct effort_sums delta;
};

static bool counts(const struct addition *o, const struct place *p, int64_t from, int64_t to,
                   int64_t as_of)
{
    bool scope = !text_empty(p->component) ? text_equal(o->place.component, p->component)
                 : !text_empty(p->service) ? text_equal(o->place.service, p->service)
                                           : true;
    bool known = !as_of || (o->told <= as_of && o->day <= as_of);
    return scope && known && o->day >= from && o->day <= to &&
           (text_empty(p->client) || text_equal(o->place.client, p->client));
}

static void check(const struct addition *all, size_t count, const struct place *p, int64_t from,
                  int64_t to, int64_t as_of)
{
    struct effort_sums expected = { 0 }, found = sum(p, from, to, as_of);
    for (size_t i = 0; i < count; i++) {
        if (!counts(&all[i], p, from, to, as_of))
            continue;
        expected.minutes += all[i].sign * all[i].delta.minutes;
        expected.cost += all[i].sign * all[i].delta.cost;
        expected.endpoints += all[i].sign * all[i].delta.endpoints;
    }
    assert_int_equal(found.minutes, expected.minutes);
    assert_int_equal(found.cost, expected.cost);
    assert_int_equal(found.endpoints, expected.endpoints);
    assert_int_equal(found.reactive_minutes, 0);
    assert_int_equal(found.late, 0);
}

static int64_t between(int64_t low, int64_t high)
{
    return low + random() % (high - low + 1);
}

static struct addition any_addition(void)
{
    int64_t day = between(JANUARY + 25, MARCH + 3);
    return (struct addition){
        .place = place_of(clients[random() % 2], services[random() % 3], components[random() % 2]),
        .day = day,
        /* Mostly on time, sometimes ahead of it, sometimes late. */
        .told = random() % 2 ? day : between(JANUARY + 20, MARCH + 12),
        .sign = 1,
        .delta = { .minutes = between(-9, 9), .cost = between(0, 3), .endpoints = between(0, 1) },
    };
}

static void check_ranges(const struct addition *all, size_t count)
{
    for (int64_t as_of = JANUARY + 19; as_of <= MARCH + 14; as_of++) {
        int64_t a = between(JANUARY, MARCH + 14), b = between(JANUARY, MARCH + 14);
        const struct place p =
            place_of(random() % 3 ? clients[random() % 2] : "", services[random() % 3],
                     random() % 2 ? "" : components[random() % 2]);
        check(all, count, &p, a < b ? a : b, a < b ? b : a, as_of);
        check(all, count, &p, a < b ? a : b, a < b ? b : a, 0);
        check(all, count, &p, JANUARY, MARCH + 30, as_of);
        check(all, count, &p, FEBRUARY, MARCH - 1, as_of);
    }
}

static void test_sums_are_those_of_the_observations(void **state)
{
    enum { ROUNDS = 4, OBSERVED = 120 };
    struct addition all[2 * OBSERVED];
    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        srandom(round);
        given_begin(&bucket_book);
        size_t count = 0;
        for (size_t i = 0; i < OBSERVED; i++) {
            all[count++] = any_addition();
            if (random() % 3 == 0) { /* takes back an earlier one, on a day of its own */
                all[count] = all[(size_t)random() % count];
                all[count].sign = -all[count].sign;
                all[count++].told = between(JANUARY + 20, MARCH + 12);
            }
        }
        for (size_t i = 0; i < count; i++)
            add(&all[i].place, all[i].day, all[i].told, all[i].sign, &all[i].delta);
        check_ranges(all, count);
        end();
    }
}

/* --- what is left --------------------------------------------------------------------------- */

static void test_what_is_taken_back_leaves_nothing(void **state)
{
    enum { OBSERVED = 60 };
    struct addition all[OBSERVED];
    (void)state;
    srandom(7);
    given_begin(&bucket_book);
    for (size_t i = 0; i < OBSERVED; i++) {
        all[i] = any_addition();
        add(&all[i].place, all[i].day, all[i].told, 1, &all[i].delta);
    }
    assert_true(given.state.count > 100);
    for (size_t i = 0; i < OBSERVED; i++) { /* in another order */
        const struct addition *o = &all[(i * 7 + 3) % OBSERVED];
        add(&o->place, o->day, o->told, -1, &o->delta);
    }
    for (size_t i = 0; i < given.state.count; i++) {
        struct arena arena = { 0 };
        const struct stored *s = &given.state.at[i];
        const struct effort_sums zero = { 0 };
        struct view v = { .state = &given.state, .arena = &arena };
        const struct effort_sums *left =
            view_get_of(&v, s->row->id, text_from(s->client.at), text_from(s->id.at));
        assert_memory_equal(&left->minutes, &zero.minutes,
                            s->row->record->size - offsetof(struct effort_sums, minutes));
        arena_free(&arena);
    }
    end();
}

static void test_nothing_to_add_makes_no_row(void **state)
{
    const struct place p = place_of("acme", "mail", "disk");
    const struct effort_sums none = { .late = JANUARY };
    (void)state;
    given_begin(&bucket_book);
    add(&p, JANUARY, JANUARY + 9, 1, &none);
    assert_int_equal(given.state.count, 0);
    end();
}

/* --- kinds, names, zones ----- ------------------------------------------------------------ */

static void test_each_kind_has_its_own_rows(void **state)
{
    struct arena arena = { 0 };
    const struct place p = place_of("acme", "", "");
    struct view v = { .state = &given.state, .arena = &arena, .client = p.client };
    struct fold f = { .client = p.client, .view = &v };
    const struct ticket_sums ticket = { .received = 1, .promises_missed = 2 };
    const struct survey_sums survey = { .nps_asked = 3, .complaints = 4 };
    struct ticket_sums tickets;
    struct survey_sums surveys;
    (void)state;
    given_begin(&bucket_book);
    bucket_add(&f, AGGREGATE_ticket_sums, &p, JANUARY, JANUARY, 1, &ticket);
    bucket_add(&f, AGGREGATE_survey_sums, &p, JANUARY, JANUARY + 1, 1, &survey);
    world_write_edits(&v, 1);
    bucket_sum(&v, AGGREGATE_ticket_sums, &p, JANUARY, JANUARY, JANUARY, &tickets);
    assert_int_equal(tickets.received, 1);
    assert_int_equal(tickets.promises_missed, 2);
    bucket_sum(&v, AGGREGATE_survey_sums, &p, JANUARY, JANUARY, 0, &surveys);
    assert_int_equal(surveys.nps_asked, 3);
    assert_int_equal(surveys.complaints, 4);
    bucket_sum(&v, AGGREGATE_survey_sums, &p, JANUARY, JANUARY, JANUARY, &surveys);
    assert_int_equal(surveys.nps_asked, 0);
    arena_free(&arena);
    end();
}

static void test_long_names_stay_apart(void **state)
{
    char one[SCOPE_NAME_MAX + 31], other[SCOPE_NAME_MAX + 31], fits[SCOPE_NAME_MAX + 1];
    (void)state;
    memset(one, 'x', sizeof one - 1);
    memset(other, 'x', sizeof other - 1);
    memset(fits, 'x', sizeof fits - 1);
    one[sizeof one - 1] = other[sizeof other - 1] = fits[sizeof fits - 1] = 0;
    other[sizeof other - 2] = 'y';
    const char *const names[] = { one, other, fits };
    given_begin(&bucket_book);
    for (int64_t i = 0; i < 3; i++) {
        const struct effort_sums delta = { .minutes = i + 1 };
        struct place p = place_of("acme", names[i], names[i]);
        add(&p, JANUARY, JANUARY, 1, &delta);
    }
    for (int64_t i = 0; i < 3; i++) {
        struct place p = place_of("acme", names[i], "");
        assert_int_equal(sum(&p, JANUARY, JANUARY, 0).minutes, i + 1);
        p = place_of("", "", names[i]);
        assert_int_equal(sum(&p, JANUARY, JANUARY, 0).minutes, i + 1);
    }
    end();
}

static void test_days_are_the_clients_own(void **state)
{
    struct arena arena = { 0 };
    struct view v = { .state = &given.state, .arena = &arena };
    int64_t instant = JANUARY * DAYS + 23 * HOURS;
    (void)state;
    given_begin(&bucket_book);
    given_play("00:00 copies client.changed acme id=acme name=Acme zone=Europe/Berlin\n"
               "00:00 copies client.changed umbrella id=umbrella name=U zone=Atlantis/Centre\n"
               "00:00 copies client.changed plain id=plain name=P");
    assert_int_equal(client_day(&v, text_from("acme"), instant), JANUARY + 1);
    assert_int_equal(client_day(&v, text_from("acme"), instant - HOURS - 1), JANUARY);
    assert_int_equal(client_day(&v, text_from("umbrella"), instant), JANUARY);
    assert_int_equal(client_day(&v, text_from("plain"), instant), JANUARY);
    assert_int_equal(client_day(&v, text_from("nobody"), instant), JANUARY);
    arena_free(&arena);
    given_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums_are_those_of_the_observations),
        cmocka_unit_test(test_what_is_taken_back_leaves_nothing),
        cmocka_unit_test(test_nothing_to_add_makes_no_row),
        cmocka_unit_test(test_each_kind_has_its_own_rows),
        cmocka_unit_test(test_long_names_stay_apart),
        cmocka_unit_test(test_days_are_the_clients_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* kpi_figure_book: sums as a figure's tests want them, put where facts would have added them. The
 * first midnight is that of Monday 2026-01-05. */
#ifndef REDRESS_KPI_FIGURE_BOOK_H
#define REDRESS_KPI_FIGURE_BOOK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "services/kpi/bucket.h"
#include "services/kpi/civil.h"
#include "services/kpi/figure.h"
#include "tests/unit/given_words.h"
#include "tests/unit/given_world.h"

extern const struct service_type kpi_service;
static const char *const figure_quiet[] = { "account.opened", "account.rested", "account.looked",
                                            NULL };
static const struct given_default figure_defaults[] = { { NULL, NULL } };
static const struct given_book figure_book = {
    .service = &kpi_service,
    .defaults = figure_defaults,
    .quiet = figure_quiet,
};

static inline int64_t date(const char *words)
{
    return civil_day(strtol(words, NULL, 10), strtol(words + 5, NULL, 10),
                     strtol(words + 8, NULL, 10));
}

/* "2026-01-10" or "2026-01-10>2026-02-03": a day, and the day on which it was told when that is
 * another. Sums are "received=10 resolved=8" of the aggregate. */
static inline void put(int aggregate, const char *client, const char *service,
                       const char *component, const char *day, const char *words)
{
    const struct record *record = world_entity(aggregate)->record;
    struct arena arena = { 0 };
    const struct place p = { text_from(client), text_from(service), text_from(component) };
    struct view v = { .state = &given.state, .arena = &arena, .client = p.client };
    struct fold f = { .client = p.client, .view = &v };
    void *sums = arena_alloc(&arena, record->size);
    struct text word;
    while (!text_empty(word = words_next(&words))) {
        const char *equals = memchr(word.at, '=', word.length);
        struct text name = { word.at, (uint32_t)(equals - word.at) };
        struct text value = { equals + 1, word.length - name.length - 1 };
        if (!words_set(record, sums, name, value, 0, &arena))
            fail_msg("no sum: %.*s", TEXT_ARG(word));
    }
    bucket_add(&f, aggregate, &p, date(day), date(day[10] ? day + 11 : day), 1, sums);
    world_write_edits(&v, 1);
    arena_free(&arena);
}
#define TICKETS(client, day, words) put(AGGREGATE_ticket_sums, client, "", "", day, words)
#define EFFORTS(client, day, words) put(AGGREGATE_effort_sums, client, "", "", day, words)
#define SURVEYS(client, day, words) put(AGGREGATE_survey_sums, client, "", "", day, words)

/* What is put into the state is in no log, from which it could be folded again. */
static inline void figure_end(void)
{
    for (size_t i = 0; i < given.log_count; i++)
        free(given.log[i].bytes);
    given.log_count = 0;
    world_forget(&given.state);
    given_end();
}

#endif

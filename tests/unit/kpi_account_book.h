/* kpi_account_book: how the scripts of the tests of surveys and accounts are to be read, and the
 * client that they are about: ken is its primary contact, olga one of its executives, uwe works
 * there, tom has no mail address; mia is the provider's own. The first midnight is that of Monday
 * 2026-01-05. */
#ifndef REDRESS_KPI_ACCOUNT_BOOK_H
#define REDRESS_KPI_ACCOUNT_BOOK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "services/kpi/account.h"
#include "services/kpi/bucket.h"
#include "services/kpi/civil.h"
#include "tests/unit/given_world.h"

extern const struct service_type kpi_service;

static const struct given_default account_defaults[] = {
    { "survey.invite", "kind=relationship contact=ken" },
    { "survey.answer", "survey=survey-1 score=4" },
    { "survey.comment", "survey=survey-1 comment=Thanks" },
    { "survey.record", "survey=s-1 kind=relationship contact=Ken_K. asked_at=01:00 "
                       "answered_at=02:00 score=4 scale_min=1 scale_max=5" },
    { "complaint.record", "title=Nobody_answers" },
    { "contract.record", "start=2025-01-01 end=2026-12-31 value=100 currency=EUR" },
    { NULL, NULL },
};

#define QUIET_ALWAYS                                                                               \
    "account.opened", "account.stirred", "account.rested", "watch.awaited", "watch.stirred",       \
        "watch.moved", "watch.compared", "series.closed", "series.corrected", "signal.found"

#define CLIENT "00:00 copies client.changed acme name=Acme primary_contact=ken executives=olga\n"
#define PERSON(id)                                                                                 \
    "00:00 copies person.changed " id " name=" id "_Name side=client client=acme "                 \
    "addresses=webhook/x+email/" id "@acme.example\n"
#define STAFF                                                                                      \
    "00:00 copies person.changed mia name=Mia side=provider addresses=email/mia@msp.example\n"     \
    "00:00 copies person.changed eve name=Eve side=client client=umbrella "                        \
    "addresses=email/eve@umbrella.example\n"                                                       \
    "00:00 copies person.changed tom name=Tom side=client client=acme addresses=webhook/x\n"
#define ACME CLIENT PERSON("ken") PERSON("olga") PERSON("uwe") STAFF

static inline int64_t day_of(const char *date)
{
    return civil_day(strtol(date, NULL, 10), strtol(date + 5, NULL, 10),
                     strtol(date + 8, NULL, 10));
}

/* The sums of a client (or of all, "") over [from, to], as known on a day ("": now). */
static inline struct survey_sums surveyed(const char *client, const char *from, const char *to,
                                          const char *as_of)
{
    struct arena arena = { 0 };
    struct view v = { .state = &given.state, .arena = &arena, .client = text_from(client) };
    const struct place p = { .client = text_from(client) };
    struct survey_sums ret;
    bucket_sum(&v, AGGREGATE_survey_sums, &p, day_of(from), day_of(to), *as_of ? day_of(as_of) : 0,
               &ret);
    arena_free(&arena);
    return ret;
}

#endif

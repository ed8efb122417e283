/* kpi_contract_book: how the scripts of contracts are to be read, and who is retained after them.
 */
#ifndef REDRESS_KPI_CONTRACT_BOOK_H
#define REDRESS_KPI_CONTRACT_BOOK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "services/kpi/civil.h"
#include "services/kpi/contract.h"
#include "tests/unit/given_world.h"

extern const struct service_type kpi_service;
static const char *const quiet[] = { "account.opened", "account.looked", "account.stirred",
                                     "account.rested", NULL };
static const struct given_default defaults[] = {
    { "contract.record", "start=2026-01-01 value=100 currency=EUR" },
    { NULL, NULL },
};
static const struct given_book contract_book = {
    .service = &kpi_service,
    .defaults = defaults,
    .quiet = quiet,
};

static inline int64_t day_of(const char *date)
{
    return civil_day(strtol(date, NULL, 10), strtol(date + 5, NULL, 10),
                     strtol(date + 8, NULL, 10));
}

#endif

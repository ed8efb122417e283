/* contract: who is under contract, from when to when, and for how much a month; as it is known now
 * or was on any day. Rules: RULES.md, contracts and retention. */
#ifndef REDRESS_KPI_CONTRACT_H
#define REDRESS_KPI_CONTRACT_H

#include "services/kpi/counted.h"

enum { CONTRACT_VERSIONS_MAX = 32 };

/* What a contract says as known at the end of as_of (0: now); NULL when nothing was told by then.
 * Borrowed from it. */
const struct contract_version *contract_known(const struct contract *c, int64_t as_of);

/* Whether it covers a day: it is not void, has begun, and has not ended or goes on by itself. */
bool contract_covers(const struct contract_version *known, int64_t day);

/* Whether the client is under contract at the end of a day: on that day and on the next. */
bool client_stands(struct view *v, struct text client, int64_t day, int64_t as_of);

/* The day on which it ends, or goes on by itself, next: not before `day`. 0 when it has no end, or
 * has ended before. One that goes on does so for as many months, or else days, as it first had. */
int64_t contract_turn(const struct contract *c, int64_t day);

/* Three capital letters. */
bool currency_fits(struct text t);

/* A contract counts on its last day when the client is lost with it. */
counted_fn loss_counts;

#endif

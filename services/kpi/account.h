/* account: a client as a whole: what is made of its satisfaction, its behaviour and its risk, every
 * day when that is over on its wall, and at once when a fact changes it. Rules: RULES.md, accounts.
 */
#ifndef REDRESS_KPI_ACCOUNT_H
#define REDRESS_KPI_ACCOUNT_H

#include "services/kpi/kpi.h"

/* Opens the account of the turn's client unless it has one. Whatever is told first of a client
 * opens it: every decision about a client's facts calls this (or account_stir), once, behind its
 * own events: the first event of a command is what its answer names. */
void account_seen(const struct context *ctx, struct view *v, struct decision *d);

/* The same, and the client is looked at in the next turn instead of at its day's end: for facts
 * about its satisfaction, its contracts or its escalations. */
void account_stir(const struct context *ctx, struct view *v, struct decision *d);

#endif

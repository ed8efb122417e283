/* account: a client as a whole: what is made of its satisfaction, its behaviour and its risk, every
 * day when that is over on its wall (every week of one that is quiet), and at once when a fact
 * changes it. What was made of it is
 * kept, so that questions about all clients read what was found. Rules: RULES.md, accounts.
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

/* Tells managers: day and score are filled in. Behind account_seen or account_stir. */
void account_alarm(const struct context *ctx, struct view *v, struct decision *d,
                   const struct account_alarmed *e);

/* --- shared by account.c, loyalty.c and risk.c -------------------------------------------------
 */

/* What is made of satisfaction, contracts and what binds, at the end of look->day. */
void loyalty_look(const struct context *ctx, struct view *v, struct decision *d,
                  struct account_looked *look);

/* What is made of the risk, from that and what else is known. */
void risk_look(const struct context *ctx, struct view *v, struct decision *d,
               const struct account *a, struct account_looked *look);

/* Of a hostage: the nearest of the days before the end at which managers are told that has come;
 * 0 for none. */
int64_t hostage_notice(int64_t days_left);

/* Takes what the client counted as in the sums of the day, and counts what it is now. For folds,
 * before the look is taken over. */
void loyalty_count(struct fold *f, const struct account *before, const struct account_looked *now);

#endif

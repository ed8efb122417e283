/* auth_failures: how many wrong tokens came from where, so that guessing has a rate. Pure but for
 * its memory: the caller says what time it is.
 */
#ifndef REDRESS_GATEWAY_AUTH_FAILURES_H
#define REDRESS_GATEWAY_AUTH_FAILURES_H

#include "services/gateway/gateway.h"

struct failures;

int failures_open(struct failures **ret); /* 0 or -ENOMEM */
void failures_close(struct failures **f);

/* Notes one; at AUTH_ADDRESSES_MAX the address that failed least recently is forgotten. */
void failures_add(struct failures *f, struct text address, int64_t now_ms);

/* Seconds until this address may try again; 0: now. */
int64_t failures_wait(const struct failures *f, struct text address, int64_t now_ms);

#endif

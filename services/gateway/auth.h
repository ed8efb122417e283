/* auth: who calls. A bearer token's BLAKE2b-256 digest, or the token's id that a session cookie
 * holds, is looked up in the catalog, and what came is remembered for AUTH_GOOD_MS or AUTH_BAD_MS;
 * so a revoked token is out after that long, sessions made with it included.
 */
#ifndef REDRESS_GATEWAY_AUTH_H
#define REDRESS_GATEWAY_AUTH_H

#include "services/gateway/gateway.h"

#define SESSION_COOKIE "redress_session"

int auth_open(struct gateway *g, struct auth **ret);
void auth_close(struct auth **a);

/* Fills c->who and calls `then`, or answers 401, 403, 429 or 503. */
void auth_call(struct call *c, call_handler *then);

/* Whether a principal may still do what it did: for answers that last. `done` may come at once, and
 * says 0; -EACCES when the token ended; other errors when the catalog cannot be asked just now. */
typedef void auth_done(void *arg, int error);
void auth_again(struct gateway *g, const struct principal *who, auth_done *done, void *arg);

/* A token given at login, as auth_call judges one. */
void auth_token(struct call *c, struct text token, call_handler *then);

#endif

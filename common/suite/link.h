/* link: signed words that let somebody do one thing without logging in.
 *
 * A token is base64url of a MessagePack array [purpose, subject, actor, issued, expires] and 16
 * bytes of keyed BLAKE2b over it. The key is DIR/key, 32 random bytes that the suite makes once,
 * mode 0600; whoever can read it can do more than that anyway. A link is made by the notification
 * service and read by the gateway; sessions of the gateway are the same kind of token.
 *
 * That a link is used once is not its own doing: its command's id derives from the token, so the
 * service that takes it sees the same command again (DESIGN 4).
 */
#ifndef REDRESS_LINK_H
#define REDRESS_LINK_H

#include "common/base/arena.h"
#include "common/base/id.h"
#include "common/suite/suite.h"

enum { LINK_KEY_BYTES = 32, LINK_TOKEN_MAX = 768 /* characters */ };

struct link {
    struct text purpose; /* "ack", "session" */
    struct text subject; /* "acme/esc-..." */
    struct text actor; /* who acts by it */
    int64_t issued, expires; /* microseconds UTC, on the suite's clock */
};

/* Reads DIR/key, making it when it is not there (by one of several processes at once). */
int link_key(const struct suite *s, uint8_t ret[static LINK_KEY_BYTES]);

/* The token, in the arena. -EMSGSIZE when it would be longer than LINK_TOKEN_MAX. */
int link_sign(const uint8_t key[static LINK_KEY_BYTES], const struct link *l, struct arena *a,
              struct text *ret);

/* Checks and reads a token, in constant time as to the signature. 0; -EBADMSG it is not one of
 * ours; -ETIME it has expired (ret is filled all the same). */
int link_read(const uint8_t key[static LINK_KEY_BYTES], struct text token, int64_t now,
              struct arena *a, struct link *ret);

/* The id of the command that this token stands for: the same token, the same id. It has the form
 * of one that a client chooses, of the real time at which the token was issued, because that is
 * what such ids are judged by, however fast the suite's clock runs. */
struct id link_command(const struct suite_clock *clock, const struct link *l, struct text token);

#endif

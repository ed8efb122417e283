/* outbound: the world outside: mail by SMTP, hooks by HTTP, by libcurl on threads of its own, one a
 * try, so that a peer that hangs costs nobody a turn.
 *
 * The commit loop asks for room, submits what it has committed to try, and takes results when the
 * descriptor is readable. Tries to one destination are bounded and throttled here, so that one
 * failing recipient never delays another. Nothing here is durable and nothing needs to be: a try
 * whose result was not taken is attempted again (service.h, effects).
 *
 * Rules (DESIGN 10): http, https and smtp only; no redirects; private, link-local and loopback
 * targets are refused unless allowed, judged by the address that is connected to, not by the name;
 * CR, LF and NUL are refused in what becomes a header.
 */
#ifndef REDRESS_OUTBOUND_H
#define REDRESS_OUTBOUND_H

#include "common/service.h"
#include "common/suite/options.h"

enum {
    OUTBOUND_TRIES_MAX = 64, /* under way at once */
    OUTBOUND_PEER_TRIES_MAX = 2, /* to one destination (an address of mail, the host of a hook) */
    OUTBOUND_CONNECT_MS = 10000,
    OUTBOUND_TIMEOUT_MS = 30000, /* of a whole try */
    OUTBOUND_ANSWER_MAX = 16 << 10, /* bytes of a peer's answer that are read at all */
    OUTBOUND_DETAIL_MAX = 300, /* bytes of it that are kept */
    OUTBOUND_ID_MAX = 128, /* bytes of an effect's id */
};

/* What an installation says about the way out; rows of a process, beside its service's. */
struct outbound_options {
    struct text smtp; /* "smtp://host:25", "smtps://..."; "" leaves mail unconfigured */
    struct text smtp_user, smtp_password; /* the password as file:NAME or env:NAME */
    int64_t smtp_tls; /* bool: STARTTLS is required on smtp:// */
    struct text mail_from; /* "Redress <redress@example.org>" or a bare address */
    struct text public_url; /* where people reach the gateway: "https://redress.example.org" */
    struct text secrets; /* directory of file:NAME; "" is <data>/secrets */
    int64_t allow_private; /* bool: private and loopback targets are allowed */
    int64_t throttle; /* tries to one destination in a minute of the real clock, at most */
};
extern const struct option_row outbound_rows[];
extern const size_t outbound_row_count;

struct outbound;

/* `directory` is where copies of what is sent lie (blobs/<first two digits>/<digest>), made when
 * absent; `secrets` the directory of file:NAME; `domain` the right side of Message-IDs while
 * mail_from says none; all copied. Threads begin with the first tries. 0 or -errno, -EINVAL with
 * *reterr for settings that cannot be. */
int outbound_open(const struct outbound_options *options, const char *directory,
                  const char *secrets, const char *domain, struct outbound **ret,
                  struct msg_error *reterr);

/* Ends the threads; tries under way are abandoned, which takes a second at most. Accepts NULL, sets
 * *where to NULL. */
void outbound_close(struct outbound **where);

/* Readable while there are results: until outbound_result says that there is none. */
int outbound_fd(const struct outbound *o);

/* The option public_url without a slash at its end; "" when it is not given. */
struct text outbound_public_url(const struct outbound *o);

/* Whether a try to this destination may begin now; if not, *ret_wait_ms (> 0) says when to ask
 * again. It reserves nothing: of several tries submitted on the word of one answer, those beyond
 * the destination's limits wait here for their turn. */
bool outbound_room(struct outbound *o, const struct effect *e, int64_t *ret_wait_ms);

/* Begins a try; everything is copied. `tag` comes back with the result. What is wrong with the
 * effect is a result, too. -EAGAIN: far too many wait; -ENOMEM. */
int outbound_submit(struct outbound *o, const struct effect *e, uint64_t tag);

/* The next result; texts live in the arena. False when there is none. */
bool outbound_result(struct outbound *o, struct arena *a, uint64_t *ret_tag, struct outcome *ret);

/* How many tries were submitted whose results were not taken. */
size_t outbound_under_way(struct outbound *o);

/* What would be sent, as the copy that is kept: one JSON document, whose BLAKE2b-256 is the digest.
 * {kind "mail", id, to, to_name, thread, subject, plain, html} or {kind "hook", id, to, body}: the
 * body as the text that is signed; no secret. "" when something in it is no UTF-8. For the outbox
 * of a history (DESIGN 9) and for tests. */
struct text outbound_copy(const struct effect *e, struct arena *a);

#endif

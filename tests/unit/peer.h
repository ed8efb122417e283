/* peer: a small server on loopback for tests of what goes out: it speaks just enough SMTP or HTTP,
 * says what it is told to, keeps silent where it is told to, and remembers what it heard. */
#ifndef REDRESS_TESTS_PEER_H
#define REDRESS_TESTS_PEER_H

#include "common/base/arena.h"
#include "common/base/text.h"

enum peer_kind {
    PEER_TARPIT, /* accepts and never says a word */
    PEER_HTTP,
    PEER_SMTP
};

/* What an SMTP peer answers to what; NULL is what a good relay says. "" is silence, "close" ends
 * the connection. A reply for RCPT or MESSAGE that begins with "name|" is for a recipient whose
 * address holds that name, and others get the good one. */
enum peer_stage {
    STAGE_GREETING,
    STAGE_EHLO,
    STAGE_MAIL,
    STAGE_RCPT,
    STAGE_DATA,
    STAGE_MESSAGE,
    STAGE_QUIT,
    STAGES
};

struct peer_script {
    enum peer_kind kind;
    const char *answer; /* HTTP: all of it, with its head; "" and "close" as above */
    const char *replies[STAGES];
    int delay_ms; /* before an answer (HTTP) */
};

struct peer;

/* The test fails when it cannot be had. */
struct peer *peer_open(const struct peer_script *script);
void peer_close(struct peer **where);
int peer_port(const struct peer *p);

/* What was heard on the last connection that said something: the request, or all of the relay's
 * dialogue but its own part. In the arena. */
struct text peer_heard(struct peer *p, struct arena *a);

/* Connections so far, and the most that were open at once. */
int peer_connections(struct peer *p);
int peer_most_at_once(struct peer *p);

#endif

/* server_effects: see server_effects.c; for server*.c only. A server without effects has none of
 * this, and every function does nothing. */
#ifndef REDRESS_SERVER_EFFECTS_H
#define REDRESS_SERVER_EFFECTS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/out/outbound.h"
#include "common/store/effect.h"

struct server;

/* 0, -errno, or -EINVAL with *reterr naming the setting. effects_close also behind a failure. */
int effects_open(struct server *s, const char *directory, struct msg_error *reterr);
void effects_close(struct server *s);

/* Readable when a try has landed; -1 without effects. */
int effects_fd(const struct server *s);

/* Takes in what has landed, and chooses what is due, into the open batch. */
void effects_turn(struct server *s, bool may_write);

/* Behind the commit: sends what was chosen. `changed`: the head has moved. */
void effects_committed(struct server *s, bool changed);

/* The batch did not happen. */
void effects_rewind(struct server *s);

/* Milliseconds until the next look. */
int64_t effects_wait_ms(const struct server *s);

/* Waits for the tries under way, and begins no others: a clean end sends nothing twice. */
void effects_drain(struct server *s);

#endif

/* cursor: a file that says how far somebody has read: {"install", "positions": {"escalation/000":
 * {epoch, sequence}}}. */
#ifndef REDRESS_CLI_CURSOR_H
#define REDRESS_CLI_CURSOR_H

#include "services/cli/follow.h"

/* Moves the positions of f to those in the file. 0; -ENOENT; -EBADMSG no cursor file; -ESTALE of
 * another installation. */
int cursor_read(const char *path, struct follow *f);

/* Replaces the file by one with the positions of f, whole and durable. 0 or -errno. */
int cursor_write(const char *path, const struct follow *f);

#endif

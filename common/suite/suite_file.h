/* suite_file: small JSON files that are whole or absent, for suite.c and suite_serving.c only. */
#ifndef REDRESS_SUITE_FILE_H
#define REDRESS_SUITE_FILE_H

#include <jansson.h>

#include "common/msg/msg.h"

/* Writes value to path by way of a temporary file beside it; durable when 0 comes back. Else
 * -errno. */
int suite_file_write(const char *path, const json_t *value);

/* The same where nothing is yet. Of many that try at once one succeeds, and for the others what it
 * wrote is there, whole and durable: -EEXIST. */
int suite_file_make(const char *path, const json_t *value);

/* The same as suite_file_write, and the file is held from the moment it is there: by a lock on
 * *held, a descriptor that stays open for as long as what is written is so, and that ends with the
 * process however it ends. What *held was before (-1: nothing) is given up only then. */
int suite_file_hold(const char *path, const json_t *value, int *held);

/* Removes the file when it is the one that *held holds; *held is -1 afterwards. */
void suite_file_let_go(const char *path, int *held);

/* The object in a file, owned by the caller. -ENOENT, -EBADMSG with *reterr filled, -errno. reterr
 * may be NULL. */
int suite_file_read(const char *path, json_t **ret, struct msg_error *reterr);

/* The same of a file that somebody holds. -ENOENT also when nobody does. */
int suite_file_read_held(const char *path, json_t **ret, struct msg_error *reterr);

/* Makes a name in a directory durable: syncs the directory that path lies in. 0 or -errno. */
int suite_file_settle(const char *path);

/* Makes one directory, 0700, durable. 0 also when it is there. */
int suite_directory_make(const char *path);

/* snprintf into a path of SUITE_PATH_MAX bytes: 0, or -ENAMETOOLONG. */
int suite_path(char *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

/* suite_file: small JSON files that are whole or absent, for suite.c and suite_serving.c only. */
#ifndef REDRESS_SUITE_FILE_H
#define REDRESS_SUITE_FILE_H

#include <jansson.h>

#include "common/msg.h"

/* Writes value to path by way of a temporary file beside it; durable when 0 comes back. Else
 * -errno. */
int suite_file_write(const char *path, const json_t *value);

/* The object in a file, owned by the caller. -ENOENT, -EBADMSG with *reterr filled, -errno. reterr
 * may be NULL. */
int suite_file_read(const char *path, json_t **ret, struct msg_error *reterr);

/* Makes one directory, 0700, durable. 0 also when it is there. */
int suite_directory_make(const char *path);

/* snprintf into a path of SUITE_PATH_MAX bytes: 0, or -ENAMETOOLONG. */
int suite_path(char *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

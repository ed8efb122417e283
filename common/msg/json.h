/* json: MessagePack to JSON and back, without tables: both sides of Redress have the same names and
 * the same text forms.
 *
 * Parsing is jansson's (strict, bounded depth); bin values become base64 text, which nothing in the
 * contract uses but logs.
 */
#ifndef REDRESS_JSON_H
#define REDRESS_JSON_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

#include "common/msg/msg.h"

/* Scanned MessagePack as a jansson value, owned by the caller (json_decref). NULL only when out of
 * memory. */
json_t *json_from_msg(const void *bytes, size_t size);

/* A jansson value as MessagePack appended to b. 0; -EBADMSG for reals that are no integers, beyond
 * the depth limit, or strings with NUL, with *reterr filled. */
int json_to_msg(const json_t *value, struct msg_buffer *b, struct msg_error *reterr);

/* Strict parse of text as JSON; NULL with *reterr filled (field holds "line L column C"). Owned by
 * the caller. */
json_t *json_parse(struct text t, struct msg_error *reterr);

#endif

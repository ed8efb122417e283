/* id: 128-bit identifiers. UUIDv7 for ids a client chooses, UUIDv8 for ids that are derived and
 * must come out alike. */
#ifndef REDRESS_ID_H
#define REDRESS_ID_H

#include <stdint.h>

#include "common/base/text.h"

struct id {
    uint8_t at[16];
};
enum { ID_TEXT = 36 };

/* A new UUIDv7 for this instant (microseconds), monotonic within a process. Not for services. */
struct id id_new(int64_t now);

/* UUIDv8: the 48 bits of milliseconds of `cause`, then a BLAKE2b hash of (kind, cause, n). */
struct id id_derive(const char *kind, const struct id *cause, uint32_t n);

/* UUIDv8 from an instant and any bytes: ids of wakes, of facts, of reactions. */
struct id id_derive_bytes(const char *kind, int64_t instant, const void *bytes, size_t size);

/* The milliseconds since 1970 in the first 48 bits. */
int64_t id_milliseconds(const struct id *id);

/* RFC 9562 text, lower case. id_parse: 0 or -EINVAL; any UUID version passes. */
void id_print(const struct id *id, char out[static ID_TEXT + 1]);
int id_parse(struct text t, struct id *ret);
int id_version(const struct id *id);

#endif

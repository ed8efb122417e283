/* scope: names in ids, and the hash that long ones and samples are known by.
 *
 * The hash is FNV-1a of 64 bits: whoever has the same text computes the same number, in any program
 * and at any time. It is no secret and no protection against who looks for collisions.
 */
#ifndef REDRESS_KPI_SCOPE_H
#define REDRESS_KPI_SCOPE_H

#include "common/base/text.h"

enum { SCOPE_NAME_MAX = 90 }; /* bytes of a service's or component's name in an id */

/* What the hash of nothing is; hash_text goes on from there, or from what it said of the text
 * before. */
#define HASH_EMPTY UINT64_C(14695981039346656037)
uint64_t hash_text(uint64_t hash, struct text t);

/* Writes the name as ids have it: itself, or of a longer one its first whole characters, ~ and the
 * hash of all of it in 16 digits, the lowest first. Returns how many bytes. */
uint32_t scope_name(char out[static SCOPE_NAME_MAX], struct text name);

#endif

/* stream_json: an event's envelope as CloudEvents 1.0 in JSON (WIRE.md): the same names; epoch and
 * sequence are decimal strings, because JSON's numbers end at 2^53 for most readers.
 *
 * For clients the data keeps only the rows that are theirs, and the envelope says neither who of
 * the provider acted nor what caused it. An event that has nothing for them is withheld.
 */
#ifndef REDRESS_STREAM_JSON_H
#define REDRESS_STREAM_JSON_H

#include "common/service.h"

/* One line without a line break, owned by the caller (free). NULL: withheld, or no memory. The
 * bytes were scanned; row is NULL for a type that no table knows. */
char *stream_json(const struct event_row *row, const void *envelope, size_t size, bool for_client,
                  size_t *ret_size);

#endif

/* redact: one event without the words that tell who somebody is. What is taken out is the text of
 * whole fields; what an event says beside (that there was one, when, about what id, with which
 * numbers) stays, so that folding, following and counting go on.
 *
 * Ids stay, whatever they say: they are what the rest hangs on. So does the place of an event:
 * sequence, epoch, cause, and the digest that the chain runs over. The envelope then says
 * `redacted` and that `digest`, in hexadecimal.
 */
#ifndef REDRESS_REDACT_H
#define REDRESS_REDACT_H

#include "common/msg/mention.h"
#include "common/msg/msg.h"

enum { REDACT_FIELDS_MAX = 200 }; /* bytes of the names of fields, for a report */

/* What stands in the place of a text; shorter where the row allows less. */
extern const struct text REDACTED_TEXT;

enum redact_whose {
    REDACT_MENTIONS, /* texts in which it is said who it is */
    REDACT_OWN, /* and every field that is marked as personal: it is about who is erased */
    REDACT_ALL, /* every text but ids: what is left must fit */
};

struct redact_report {
    uint32_t texts; /* that were taken out */
    char fields[REDACT_FIELDS_MAX]; /* their names, each once, with commas; it may be cut */
};

/* Writes the envelope without them into `b`, whose size it resets: 1, or 0 when nothing is to be
 * taken out (and nothing is written), -EBADMSG when it cannot be read, -EMSGSIZE when it would be
 * too large for an event. `data` is the record of the event's data, NULL for an event that no row
 * describes. */
int redact_envelope(const struct record *data, const void *envelope, size_t size,
                    const struct mentions *words, enum redact_whose whose,
                    const uint8_t digest[static 32], struct msg_buffer *b,
                    struct redact_report *ret);

/* One text that stands beside an event, such as its principal: whether it is to be taken out. */
bool redact_wants(const struct mentions *words, struct text t);

/* Whether an envelope says that it was redacted, and with that digest. */
bool redact_is_marked(const void *envelope, size_t size, const uint8_t digest[static 32]);

#endif

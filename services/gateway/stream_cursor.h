/* stream_cursor: the id of an event in a stream: how far the stream has come in each log it
 * follows.
 *
 * WIRE: base64url of the sequences in (service, partition) order and a hash of the filter. Beside
 * every sequence stands its epoch, so that a history which was restored to an earlier moment is
 * told from the one the client has seen. Clients keep the id as it is and give it back.
 *
 *     byte 0        CURSOR_VERSION
 *     layout        of the suite: another installation, or other partitions, cannot be resumed
 *     filter        of the request, and of what its principal may see
 *     each log      varint epoch, varint sequence
 *
 * It comes back from outside and is read as such. It is no secret and no permission: whatever it
 * says, the filter and the principal decide what is shown.
 */
#ifndef REDRESS_STREAM_CURSOR_H
#define REDRESS_STREAM_CURSOR_H

#include "common/base/text.h"

enum {
    CURSOR_VERSION = 1,
    CURSOR_LAYOUT = 4, /* bytes of the hashes */
    CURSOR_FILTER = 8,
    CURSOR_LOGS_MAX = 1024, /* logs that one stream may follow */
};

struct cursor_key {
    uint8_t layout[CURSOR_LAYOUT], filter[CURSOR_FILTER];
};

/* A position in one log: the last event taken, and the epoch it was read in. */
struct place {
    uint64_t epoch, sequence;
};

/* Bytes that an id of so many logs may need, with its NUL. */
size_t cursor_room(size_t count);

/* Writes the id and a NUL to out, which has cursor_room(count) bytes. The length without the NUL.
 */
size_t cursor_print(const struct cursor_key *key, const struct place *places, size_t count,
                    char *out);

/* Reads an id of `count` logs. 0; -EBADMSG: this is no id; -EXDEV: of another installation or other
 * partitions; -EINVAL: of another filter. */
int cursor_parse(struct text t, const struct cursor_key *key, struct place *ret, size_t count);

#endif

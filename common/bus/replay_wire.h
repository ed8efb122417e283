/* replay_wire: the frames of the replay socket and the beacon of WIRE.md, both sides. */
#ifndef REDRESS_REPLAY_WIRE_H
#define REDRESS_REPLAY_WIRE_H

#include "common/bus/catchup.h"
#include "common/msg/msg.h"
#include "common/msg/wire.h"

enum {
    REPLAY_CREDIT_MAX = 262144, /* bytes of events in one answer */
    REPLAY_EVENTS_MAX = 1024, /* and how many */
    REPLAY_NAME_MAX = 64, /* bytes of a consumer's name */
};

enum replay_op {
    REPLAY_FETCH,
    REPLAY_POSITION,
    REPLAY_BATCH,
    REPLAY_GAP,
    REPLAY_SKIP,
    REPLAY_TOO_OLD,
    REPLAY_EPOCHS,
    REPLAY_MOVED,
    REPLAY_ERROR,
};

struct replay_frame {
    enum replay_op op;
    uint64_t partition, epoch; /* fetch: epoch 0 is absent */
    uint64_t from, to, credit, count, head, low, sequence;
    struct text consumer, endpoint, code, message;
    const struct catchup_epoch *epochs;
    size_t epoch_count;
};

/* Writes what the op has, in the order of WIRE.md. */
void replay_write(const struct replay_frame *f, struct msg_buffer *b);

/* A scanned frame: 0, or -EBADMSG with *reterr filled. Texts borrow from it, epochs live in the
 * arena. */
int replay_read(const void *frame, size_t size, struct arena *a, struct replay_frame *ret,
                struct msg_error *reterr);

struct beacon {
    uint64_t epoch, head;
    int64_t time;
    uint8_t chain[32];
};
void beacon_write(const struct beacon *h, struct msg_buffer *b);
int beacon_read(const void *frame, size_t size, struct beacon *ret); /* all but the chain */

#endif

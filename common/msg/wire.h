/* wire: the frames of WIRE.md as structs: envelopes of events, requests and replies, and the topics
 * of live events. */
#ifndef REDRESS_WIRE_H
#define REDRESS_WIRE_H

#include "common/base/id.h"
#include "common/msg/msg.h"

enum status {
    STATUS_ok,
    STATUS_refused,
    STATUS_invalid,
    STATUS_id_reused,
    STATUS_version,
    STATUS_not_found,
    STATUS_denied,
    STATUS_busy,
    STATUS_full,
    STATUS_moved,
    STATUS_wait /* never on the wire: ask again inside */
};
enum { STATUS_COUNT = STATUS_wait };
const char *status_name(enum status s);
int status_parse(struct text t, enum status *ret); /* -EINVAL */

/* The sequences a request wants to see first: {"escalation/003": 1842}. */
struct after {
    struct text service;
    uint32_t partition;
    uint64_t sequence;
};
enum { AFTER_MAX = 64 };

struct request {
    bool query;
    struct id id;
    struct text type; /* "escalation.raise" */
    struct text client;
    struct text principal; /* who speaks, from the transport */
    struct text actor; /* who acts: the principal, or whom it speaks for */
    const void *data; /* one encoded map, scanned */
    size_t data_size;
    bool has_expect;
    uint64_t expect;
    const struct after *after;
    uint32_t after_count;
    struct text traceparent;
    uint32_t limit; /* queries: rows wanted, 0 for the default */
    struct text cursor; /* queries */
    const void *raw; /* the whole frame: what the body hash covers */
    size_t raw_size;
};

struct reply {
    enum status status;
    uint64_t sequence, version; /* 0: absent */
    const void *result; /* encoded value, NULL: absent */
    size_t result_size;
    struct text code, field, message, endpoint, cursor;
    uint32_t retry_after_ms;
    bool replayed;
};

struct envelope {
    struct text id, source, type, subject, partition_key, causation_id, actor, trace_parent;
    struct text service; /* from id */
    uint32_t partition; /* from id */
    uint64_t epoch, sequence;
    int64_t time;
    uint32_t data_version;
    const void *data;
    size_t data_size;
};

/* An event as stored and published: its sequence and the bytes of its envelope. */
struct published {
    uint64_t sequence;
    const void *envelope;
    size_t size;
};

/* Scanned frame to struct: 0, or -EBADMSG with *reterr naming field and rule. Texts borrow from the
 * frame. */
int request_read(const void *frame, size_t size, struct arena *a, struct request *ret,
                 struct msg_error *reterr);
int envelope_read(const void *frame, size_t size, struct envelope *ret, struct msg_error *reterr);
int reply_read(const void *frame, size_t size, struct id *ret_id, struct reply *ret,
               struct msg_error *reterr);

void request_write(const struct request *r, struct msg_buffer *b);
void envelope_write(const struct envelope *e, struct msg_buffer *b);
void reply_write(const struct id *id, const struct reply *r, struct msg_buffer *b);

/* "acme/esc-1" into client and id; both empty when there is no slash. */
void subject_split(struct text subject, struct text *client, struct text *id);

/* BLAKE2b (16 bytes, unkeyed) of the client id, its first 8 bytes big-endian, modulo count (DESIGN
 * 8). */
uint32_t partition_of(struct text client, uint32_t count);

/* "E/escalation/003" or "H/escalation/003"; out has room for TOPIC_MAX. */
enum { TOPIC_MAX = 48 };
size_t topic_print(char kind, const char *service, uint32_t partition, char out[static TOPIC_MAX]);

#endif

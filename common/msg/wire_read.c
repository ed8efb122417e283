/* wire_read: received frames to structs. A frame's map is passed over once; keys nobody knows are
 * stepped over. */
#include <errno.h>
#include <stdio.h>

#include "common/base/token.h"
#include "common/msg/wire.h"

enum { LIMIT_MAX = 500, TYPE_MAX = 128, PARTITION_DIGITS = 3, TRACEPARENT_TEXT = 55 };

struct span { /* one encoded value */
    const uint8_t *at; /* NULL: the key is absent */
    size_t size;
};

static int fail(struct msg_error *reterr, const char *field, const char *rule)
{
    snprintf(reterr->field, sizeof reterr->field, "%s", field);
    snprintf(reterr->rule, sizeof reterr->rule, "%s", rule);
    return -EBADMSG;
}

/* The values of the named keys, in the order of the names, which is also the order writers use. */
static int read_members(const void *frame, size_t size, const char *const *names, size_t count,
                        struct span *ret, struct msg_error *reterr)
{
    struct reader r = reader_over(frame, size);
    struct token map, key;
    size_t next = 0;
    if (!reader_next(&r, &map) || map.kind != TOKEN_MAP)
        return fail(reterr, "", "must be a map");
    for (uint32_t i = 0; i < map.count; i++) {
        if (!reader_next(&r, &key) || key.kind != TOKEN_TEXT)
            return fail(reterr, "", "must have text as keys");
        const uint8_t *value = r.at;
        if (i + 1 == map.count)
            r.at = r.end; /* the frame is scanned: the last value, mostly `data`, is all the rest */
        else if (!reader_skip(&r))
            return fail(reterr, "", "must be whole MessagePack");
        size_t tries = 0, at = next;
        for (; tries < count; tries++, at++) {
            if (at >= count)
                at = 0;
            if (text_equal(text_from(names[at]), key.text))
                break;
        }
        if (tries == count)
            continue;
        if (ret[at].at)
            return fail(reterr, names[at], "must not be given twice");
        ret[at] = (struct span){ .at = value, .size = (size_t)(r.at - value) };
        next = at + 1;
    }
    return 0;
}

enum presence { MAY, MUST };

static int read_text(struct span s, const char *name, enum presence p, uint32_t max,
                     struct text *ret, struct msg_error *reterr)
{
    char rule[64];
    struct text t;
    if (!s.at)
        return p == MUST ? fail(reterr, name, "is required") : 0;
    if (msg_read_text(s.at, s.size, &t) < 0)
        return fail(reterr, name, "must be text");
    if (t.length > max) {
        snprintf(rule, sizeof rule, "must be at most %u bytes", max);
        return fail(reterr, name, rule);
    }
    *ret = t;
    return 0;
}

static int read_number(struct span s, const char *name, enum presence p, int64_t min, int64_t max,
                       uint64_t *ret, struct msg_error *reterr)
{
    char rule[80];
    int64_t v;
    if (!s.at)
        return p == MUST ? fail(reterr, name, "is required") : 0;
    if (msg_read_integer(s.at, s.size, &v) < 0)
        return fail(reterr, name, "must be an integer");
    if (v < min || v > max) {
        snprintf(rule, sizeof rule, "must be from %lld to %lld", (long long)min, (long long)max);
        return fail(reterr, name, rule);
    }
    *ret = (uint64_t)v;
    return 0;
}

static bool is_map(struct span s)
{
    struct reader r = reader_over(s.at, s.size);
    struct token t;
    return reader_next(&r, &t) && t.kind == TOKEN_MAP;
}

static bool is_name_byte(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
           c == '_' || c == '-';
}

static int check_client(struct text t, struct msg_error *reterr)
{
    if (t.length == 0)
        return fail(reterr, "client", "must not be empty");
    for (uint32_t i = 0; i < t.length; i++)
        if (!is_name_byte(t.at[i]))
            return fail(reterr, "client", "must hold only letters, digits and . _ -");
    return 0;
}

static int check_actor(struct text t, struct msg_error *reterr)
{
    for (uint32_t i = 0; i < t.length; i++)
        if ((unsigned char)t.at[i] < ' ' || t.at[i] == 0x7f)
            return fail(reterr, "actor", "must not contain control characters");
    return 0;
}

/* A malformed traceparent is dropped, as W3C Trace Context 4.3 asks: tracing never refuses work. */
static struct text trace_or_nothing(struct text t)
{
    bool good = t.length == TRACEPARENT_TEXT;
    for (uint32_t i = 0; good && i < t.length; i++) {
        char c = t.at[i];
        bool dash = i == 2 || i == 35 || i == 52;
        good = dash ? c == '-' : (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
    return good ? t : (struct text){ 0 };
}

/* "escalation/003" at the front of t; what is behind goes to ret_rest. */
static bool split_partition(struct text t, struct text *ret_service, uint32_t *ret_partition,
                            struct text *ret_rest)
{
    const char *slash = t.length ? memchr(t.at, '/', t.length) : NULL;
    uint32_t partition = 0;
    if (!slash || slash == t.at || t.at + t.length - slash < 1 + PARTITION_DIGITS)
        return false;
    for (const char *c = t.at; c < slash; c++)
        if (!is_name_byte(*c))
            return false;
    for (int i = 1; i <= PARTITION_DIGITS; i++) {
        if (slash[i] < '0' || slash[i] > '9')
            return false;
        partition = partition * 10 + (uint32_t)(slash[i] - '0');
    }
    uint32_t service = (uint32_t)(slash - t.at), used = service + 1 + PARTITION_DIGITS;
    *ret_service = (struct text){ t.at, service };
    *ret_partition = partition;
    *ret_rest = (struct text){ t.at + used, t.length - used };
    return true;
}

static int read_after(struct span s, struct arena *a, struct request *ret, struct msg_error *reterr)
{
    struct reader r = reader_over(s.at, s.size);
    struct token map, key, value;
    if (!s.at)
        return 0;
    if (!reader_next(&r, &map) || map.kind != TOKEN_MAP)
        return fail(reterr, "after", "must be a map of sequences");
    if (map.count > AFTER_MAX)
        return fail(reterr, "after", "must have at most 64 entries");
    struct after *after = arena_alloc(a, map.count * sizeof *after);
    for (uint32_t i = 0; i < map.count; i++) {
        struct text rest;
        if (!reader_next(&r, &key) || key.kind != TOKEN_TEXT ||
            !split_partition(key.text, &after[i].service, &after[i].partition, &rest) ||
            rest.length)
            return fail(reterr, "after", "must have keys such as escalation/003");
        if (!reader_next(&r, &value) || value.kind != TOKEN_INTEGER || value.integer < 0)
            return fail(reterr, "after", "must have sequences as values");
        after[i].sequence = (uint64_t)value.integer;
    }
    ret->after = after;
    ret->after_count = map.count;
    return 0;
}

/* --- requests ------------------------------------------------------------------------------- */

enum {
    R_OP,
    R_ID,
    R_TYPE,
    R_CLIENT,
    R_DATA,
    R_ACTOR,
    R_EXPECT,
    R_AFTER,
    R_TRACE,
    R_LIMIT,
    R_CURSOR,
    R_COUNT
};
static const char *const request_keys[R_COUNT] = { "op",          "id",    "type",   "client",
                                                   "data",        "actor", "expect", "after",
                                                   "traceparent", "limit", "cursor" };

static int read_op_and_id(const struct span *m, struct request *ret, struct msg_error *reterr)
{
    struct text op, id;
    if (read_text(m[R_OP], "op", MUST, 16, &op, reterr) < 0)
        return -EBADMSG;
    ret->query = text_equal(op, (struct text)TEXT_OF("query"));
    if (!ret->query && !text_equal(op, (struct text)TEXT_OF("command")))
        return fail(reterr, "op", "must be command or query");
    if (read_text(m[R_ID], "id", MUST, UINT32_MAX, &id, reterr) < 0)
        return -EBADMSG;
    if (id_parse(id, &ret->id) < 0)
        return fail(reterr, "id", "must be a UUID");
    int version = id_version(&ret->id);
    if (!ret->query && version != 7 && version != 8)
        return fail(reterr, "id", "must be a UUID of version 7 or 8");
    return 0;
}

static int read_data(struct span s, const void **ret, size_t *ret_size, struct msg_error *reterr)
{
    static const uint8_t empty_map[1] = { 0x80 };
    if (!s.at)
        s = (struct span){ empty_map, sizeof empty_map };
    if (!is_map(s))
        return fail(reterr, "data", "must be a map");
    *ret = s.at;
    *ret_size = s.size;
    return 0;
}

int request_read(const void *frame, size_t size, struct arena *a, struct request *ret,
                 struct msg_error *reterr)
{
    struct span m[R_COUNT] = { 0 };
    struct request r = { .raw = frame, .raw_size = size };
    uint64_t limit = 0;
    if (read_members(frame, size, request_keys, R_COUNT, m, reterr) < 0 ||
        read_op_and_id(m, &r, reterr) < 0 ||
        read_text(m[R_TYPE], "type", MUST, TYPE_MAX, &r.type, reterr) < 0 ||
        read_text(m[R_CLIENT], "client", MAY, CLIENT_MAX, &r.client, reterr) < 0 ||
        (m[R_CLIENT].at && check_client(r.client, reterr) < 0) ||
        read_text(m[R_ACTOR], "actor", MAY, ACTOR_MAX, &r.actor, reterr) < 0 ||
        check_actor(r.actor, reterr) < 0 ||
        read_number(m[R_EXPECT], "expect", MAY, 0, INT64_MAX, &r.expect, reterr) < 0 ||
        read_text(m[R_TRACE], "traceparent", MAY, UINT32_MAX, &r.traceparent, reterr) < 0 ||
        read_number(m[R_LIMIT], "limit", MAY, 1, LIMIT_MAX, &limit, reterr) < 0 ||
        read_text(m[R_CURSOR], "cursor", MAY, UINT32_MAX, &r.cursor, reterr) < 0 ||
        read_data(m[R_DATA], &r.data, &r.data_size, reterr) < 0 ||
        read_after(m[R_AFTER], a, &r, reterr) < 0)
        return -EBADMSG;
    if (text_empty(r.type))
        return fail(reterr, "type", "must not be empty");
    r.has_expect = m[R_EXPECT].at != NULL;
    r.limit = (uint32_t)limit;
    r.traceparent = trace_or_nothing(r.traceparent);
    *ret = r;
    return 0;
}

/* --- envelopes ------------------------------------------------------------------------------ */

enum {
    E_SPEC,
    E_ID,
    E_SOURCE,
    E_TYPE,
    E_SUBJECT,
    E_TIME,
    E_KEY,
    E_EPOCH,
    E_SEQUENCE,
    E_CAUSE,
    E_ACTOR,
    E_TRACE,
    E_VERSION,
    E_DATA,
    E_COUNT
};
static const char *const envelope_keys[E_COUNT] = {
    "specversion", "id",       "source",      "type",  "subject",     "time",        "partitionkey",
    "epoch",       "sequence", "causationid", "actor", "traceparent", "dataversion", "data"
};

/* "/1842" as a number, at the front of *t. */
static bool take_id_number(struct text *t, uint64_t *ret)
{
    uint64_t v = 0;
    uint32_t i = 1;
    if (t->length < 2 || t->at[0] != '/')
        return false;
    for (; i < t->length && t->at[i] != '/'; i++) {
        if (t->at[i] < '0' || t->at[i] > '9' || v > (INT64_MAX - 9) / 10)
            return false;
        v = v * 10 + (uint64_t)(t->at[i] - '0');
    }
    *t = (struct text){ t->at + i, t->length - i };
    *ret = v;
    return i > 1;
}

/* The id says service, partition, epoch and sequence; the last two must agree with the attributes.
 */
static int read_event_id(struct envelope *e, struct msg_error *reterr)
{
    struct text rest;
    uint64_t epoch, sequence;
    if (!split_partition(e->id, &e->service, &e->partition, &rest) ||
        !take_id_number(&rest, &epoch) || !take_id_number(&rest, &sequence) || rest.length)
        return fail(reterr, "id", "must be such as escalation/003/2/1842");
    if (epoch != e->epoch || sequence != e->sequence)
        return fail(reterr, "id", "must name the event's epoch and sequence");
    return 0;
}

int envelope_read(const void *frame, size_t size, struct envelope *ret, struct msg_error *reterr)
{
    struct span m[E_COUNT] = { 0 };
    struct envelope e = { 0 };
    struct text version, time;
    uint64_t data_version;
    const uint32_t any = UINT32_MAX;
    if (read_members(frame, size, envelope_keys, E_COUNT, m, reterr) < 0 ||
        read_text(m[E_SPEC], "specversion", MUST, any, &version, reterr) < 0 ||
        read_text(m[E_ID], "id", MUST, any, &e.id, reterr) < 0 ||
        read_text(m[E_SOURCE], "source", MUST, any, &e.source, reterr) < 0 ||
        read_text(m[E_TYPE], "type", MUST, any, &e.type, reterr) < 0 ||
        read_text(m[E_SUBJECT], "subject", MUST, any, &e.subject, reterr) < 0 ||
        read_text(m[E_TIME], "time", MUST, any, &time, reterr) < 0 ||
        read_text(m[E_KEY], "partitionkey", MUST, any, &e.partition_key, reterr) < 0 ||
        read_number(m[E_EPOCH], "epoch", MUST, 0, INT64_MAX, &e.epoch, reterr) < 0 ||
        read_number(m[E_SEQUENCE], "sequence", MUST, 1, INT64_MAX, &e.sequence, reterr) < 0 ||
        read_text(m[E_CAUSE], "causationid", MUST, any, &e.causation_id, reterr) < 0 ||
        read_text(m[E_ACTOR], "actor", MUST, any, &e.actor, reterr) < 0 ||
        read_text(m[E_TRACE], "traceparent", MAY, any, &e.trace_parent, reterr) < 0 ||
        read_number(m[E_VERSION], "dataversion", MUST, 0, UINT32_MAX, &data_version, reterr) < 0 ||
        read_event_id(&e, reterr) < 0)
        return -EBADMSG;
    if (!text_equal(version, (struct text)TEXT_OF("1.0")))
        return fail(reterr, "specversion", "must be 1.0");
    if (instant_parse(time, &e.time) < 0)
        return fail(reterr, "time", "must be an RFC 3339 instant with an offset");
    if (!m[E_DATA].at)
        return fail(reterr, "data", "is required");
    if (read_data(m[E_DATA], &e.data, &e.data_size, reterr) < 0)
        return -EBADMSG;
    e.data_version = (uint32_t)data_version;
    *ret = e;
    return 0;
}

/* --- replies -------------------------------------------------------------------------------- */

enum {
    A_ID,
    A_STATUS,
    A_SEQUENCE,
    A_VERSION,
    A_RESULT,
    A_CODE,
    A_FIELD,
    A_MESSAGE,
    A_RETRY,
    A_ENDPOINT,
    A_REPLAYED,
    A_CURSOR,
    A_COUNT
};
static const char *const reply_keys[A_COUNT] = { "id",       "status",   "sequence",
                                                 "version",  "result",   "code",
                                                 "field",    "message",  "retry_after_ms",
                                                 "endpoint", "replayed", "cursor" };

static int read_replayed(struct span s, bool *ret, struct msg_error *reterr)
{
    struct reader r = reader_over(s.at, s.size);
    struct token t;
    if (!s.at)
        return 0;
    if (!reader_next(&r, &t) || t.kind != TOKEN_BOOL)
        return fail(reterr, "replayed", "must be true or false");
    *ret = t.boolean;
    return 0;
}

/* A reply to a frame that could not be read has no id: *ret_id is then zero. */
int reply_read(const void *frame, size_t size, struct id *ret_id, struct reply *ret,
               struct msg_error *reterr)
{
    struct span m[A_COUNT] = { 0 };
    struct reply r = { 0 };
    struct id id = { 0 };
    struct text id_text = { 0 }, status;
    uint64_t retry = 0;
    const uint32_t any = UINT32_MAX;
    if (read_members(frame, size, reply_keys, A_COUNT, m, reterr) < 0 ||
        read_text(m[A_ID], "id", MAY, any, &id_text, reterr) < 0 ||
        read_text(m[A_STATUS], "status", MUST, any, &status, reterr) < 0 ||
        read_number(m[A_SEQUENCE], "sequence", MAY, 0, INT64_MAX, &r.sequence, reterr) < 0 ||
        read_number(m[A_VERSION], "version", MAY, 0, INT64_MAX, &r.version, reterr) < 0 ||
        read_text(m[A_CODE], "code", MAY, any, &r.code, reterr) < 0 ||
        read_text(m[A_FIELD], "field", MAY, any, &r.field, reterr) < 0 ||
        read_text(m[A_MESSAGE], "message", MAY, any, &r.message, reterr) < 0 ||
        read_number(m[A_RETRY], "retry_after_ms", MAY, 0, UINT32_MAX, &retry, reterr) < 0 ||
        read_text(m[A_ENDPOINT], "endpoint", MAY, any, &r.endpoint, reterr) < 0 ||
        read_replayed(m[A_REPLAYED], &r.replayed, reterr) < 0 ||
        read_text(m[A_CURSOR], "cursor", MAY, any, &r.cursor, reterr) < 0)
        return -EBADMSG;
    if (m[A_ID].at && id_parse(id_text, &id) < 0)
        return fail(reterr, "id", "must be a UUID");
    if (status_parse(status, &r.status) < 0)
        return fail(reterr, "status", "must be a known status");
    r.retry_after_ms = (uint32_t)retry;
    r.result = m[A_RESULT].at;
    r.result_size = m[A_RESULT].size;
    *ret_id = id;
    *ret = r;
    return 0;
}

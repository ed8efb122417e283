/* msg: messages as tables. One row of proto/<service>.def is one field; this module walks the rows.
 *
 * A record is a C struct described by rows. The same walker decodes MessagePack maps with string
 * keys into the struct, checks every rule a row states, encodes the struct, and backs the printed
 * JSON Schema, the command line and the tests.
 *
 * Wire forms (WIRE.md): text, enum, reference: str; integer: int in its smallest form; bool: bool;
 * decimal: str such as "12.50"; instant: str, RFC 3339 UTC with microseconds; duration: str, ISO
 * 8601 such as "PT1H30M"; local time: str "YYYY-MM-DDTHH:MM:SS"; date: str "YYYY-MM-DD"; time: str
 * "HH:MM"; list: array of maps; map: map of
 * str to str.
 *
 * Presence: every record struct has a member `has` with one bool per optional field. Decoding sets
 * it where the key was present. Encoding writes a required field always, an optional one where its
 * value is not zero or its `has` is set.
 *
 * Ownership: decoded texts point into the decoded bytes; lists and maps live in the arena. Both
 * must outlive the struct.
 */
#ifndef REDRESS_MSG_H
#define REDRESS_MSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/text.h"

enum { /* limits of WIRE.md */
       MSG_FRAME_MAX = 1 << 20, /* bytes of a command or replay frame */
       MSG_EVENT_MAX = 64 << 10, /* bytes of an event's envelope */
       MSG_DEPTH_MAX = 8, /* nesting of maps and arrays, the outermost counts as 1 */
       MSG_ELEMENTS_MAX = 4096, /* values in one frame; a map entry counts as two */
       MSG_FIELDS_MAX = 64, /* rows of one record */
};

enum { /* names in an envelope */
       ENTITY_ID_MAX = 120, /* bytes of an entity's id */
       CLIENT_MAX = 64, /* bytes of a client's id: letters, digits, . _ - */
       ACTOR_MAX = 128, /* bytes of an actor */
};

enum kind {
    KIND_TEXT, /* struct text; max = bytes */
    KIND_INTEGER, /* int64_t; min..max */
    KIND_DECIMAL, /* int64_t scaled by 10^scale; min..max of the scaled value */
    KIND_BOOL, /* bool */
    KIND_ENUM, /* int32_t, one of values; 0 is never a value */
    KIND_INSTANT, /* int64_t microseconds since 1970-01-01T00:00:00Z; 0 is "not given" */
    KIND_DURATION, /* int64_t microseconds, >= 0; min..max */
    KIND_LOCAL_TIME, /* int64_t microseconds since 1970-01-01T00:00:00 on a wall clock without zone
                      */
    KIND_DATE, /* int64_t days since 1970-01-01, of a calendar on a wall; 0 is "not given" */
    KIND_TIME, /* int64_t minutes since midnight on a wall clock, 0 to 1440: 24:00 is the day's end
                */
    KIND_REFERENCE, /* struct text naming an entity; `reference` says which kind; max = bytes */
    KIND_LIST, /* struct { const T *at; uint32_t count; } of `record`; max = count */
    KIND_MAP, /* struct text_map; max = entries, keys and values at most TEXT_MAP_TEXT_MAX bytes */
};

enum need { OPTIONAL, REQUIRED };
/* Who may see a field, and whether it holds personal data. CLIENT_COUNTED and CLIENT_UNCOUNTED are
 * the client's, unless they are of a figure that people's answers make, and of too few of them: of
 * those that are counted beside it, or of others, as limits are (services/gateway/audience.h). */
enum audience { PROVIDER, CLIENT, PERSONAL, CLIENT_PERSONAL, CLIENT_COUNTED, CLIENT_UNCOUNTED };

static inline bool audience_is_client(enum audience a)
{
    return a != PROVIDER && a != PERSONAL;
}

enum { TEXT_MAP_TEXT_MAX = 1024 };

struct text_pair {
    struct text key, value;
};
struct text_map {
    const struct text_pair *at;
    uint32_t count;
};
struct list { /* the layout shared by every X_list */
    const void *at;
    uint32_t count;
};

struct enumeration {
    const char *name; /* "severity" */
    const struct enumeration_value {
        const char *name; /* "sev1" */
        int32_t value;
        const char *doc;
    } * values; /* ends with a NULL name */
};

struct field {
    const char *name;
    uint32_t name_length; /* of name, so that nobody counts it for every message */
    enum kind kind;
    enum need need;
    enum audience audience;
    int64_t min, max;
    int scale; /* decimals only: digits after the point, 0..9 */
    size_t offset,
        has_offset; /* in the record struct; has_offset 0 for none is impossible: `has` is first */
    const struct enumeration *values;
    const char *reference;
    bool free_form; /* references only: the id is any text, not a word */
    const struct record *record; /* lists only */
    const char *doc;
};

struct field_rows {
    const struct field *at;
    size_t count;
};

struct record {
    const char *name;
    const char *doc;
    size_t size; /* sizeof the struct */
    struct field_rows (*fields)(void);
};

/* What is wrong with a message: the field's path ("steps[2].after") and the rule in one sentence.
 */
struct msg_error {
    char field[160];
    char rule[200];
};

/* Walks bytes without allocating: one whole value, at most max_bytes long, within the depth and
 * element limits, counts that fit in what is left, valid UTF-8 strings, nothing behind it. 0, or
 * -EBADMSG with *reterr filled. */
int msg_scan(const void *bytes, size_t size, size_t max_bytes, struct msg_error *reterr);

/* One member of a scanned map, without decoding the rest: 0 and the value's bytes (borrowed),
 * -ENOENT, -EBADMSG when bytes are not a map. Bytes must have passed msg_scan. */
int msg_member(const void *bytes, size_t size, const char *key, const void **ret, size_t *ret_size);

/* Typed readers of a value found by msg_member: 0 or -EBADMSG when it is of another type. */
int msg_read_text(const void *bytes, size_t size, struct text *ret);
int msg_read_integer(const void *bytes, size_t size, int64_t *ret);

/* Scanned bytes of one map into a struct of r->size bytes. Unknown keys are ignored, a key twice is
 * an error. 0, or -EBADMSG with *reterr naming the field and the rule; *ret is then undefined. */
int msg_decode(const struct record *r, const void *bytes, size_t size, struct arena *a, void *ret,
               struct msg_error *reterr);

/* Checks a struct against the rows, as decoding would. 0 or -EBADMSG. */
int msg_check(const struct record *r, const void *value, struct msg_error *reterr);

/* A growing buffer in an arena, and writers of single values into it. */
struct msg_buffer {
    struct arena *arena;
    uint8_t *at;
    size_t size, room;
};
void msg_put_map(struct msg_buffer *b, uint32_t entries);
void msg_put_array(struct msg_buffer *b, uint32_t entries);
void msg_put_text(struct msg_buffer *b, struct text t);
void msg_put_key(struct msg_buffer *b, const char *key); /* a str from a C string */
void msg_put_integer(struct msg_buffer *b, int64_t v);
void msg_put_bool(struct msg_buffer *b, bool v);
void msg_put_nil(struct msg_buffer *b);
void msg_put_bin(struct msg_buffer *b, const void *bytes, size_t size);
void msg_put_instant(struct msg_buffer *b, int64_t instant);
void msg_put_raw(struct msg_buffer *b, const void *bytes,
                 size_t size); /* an already encoded value */

/* Appends the struct as one map, keys in row order. */
void msg_encode(const struct record *r, const void *value, struct msg_buffer *b);

/* Equal in every field; lists in the same order. Whether a zero was said or left out is no
 * difference. */
bool msg_equal(const struct record *r, const void *a, const void *b);

/* Adds b's fields of kind integer and decimal to a's, field by field: how answers of partitions
 * merge by sum. */
void msg_sum(const struct record *r, void *a, const void *b);

/* The same, and the rows of lists too, each to the one at its place. A field that one of them lacks
 * counts as 0; every other kind stays as `a` has it. -EBADMSG when lists differ in length: `a` is
 * of no use then. The lists of `a` must be its own (decoded, or msg_copy's). */
int msg_merge(const struct record *r, void *a, const void *b);

/* A copy whose lists are its own, all the way down; texts and maps are shared. */
void *msg_copy(const struct record *r, const void *value, struct arena *a);

/* Text forms of instants, durations, decimals and local times; *_parse: 0 or -EINVAL, *_print:
 * bytes written. */
enum { INSTANT_TEXT = 27, DURATION_TEXT_MAX = 48, DECIMAL_TEXT_MAX = 32, LOCAL_TIME_TEXT = 19 };
enum { DATE_TEXT = 10, TIME_TEXT = 5, TIME_LAST = 24 * 60 };
int instant_parse(struct text t,
                  int64_t *ret); /* any offset and 0..6 fraction digits; a naive time is refused */
size_t instant_print(int64_t instant, char out[static INSTANT_TEXT + 1]);
int duration_parse(struct text t, int64_t *ret); /* PnDTnHnMn.nS, weeks too; no months or years */
size_t duration_print(int64_t microseconds, char out[static DURATION_TEXT_MAX]);
int decimal_parse(struct text t, int scale,
                  int64_t *ret); /* at most scale fraction digits, no exponent */
size_t decimal_print(int64_t scaled, int scale, char out[static DECIMAL_TEXT_MAX]);
int local_time_parse(struct text t, int64_t *ret);
size_t local_time_print(int64_t local, char out[static LOCAL_TIME_TEXT + 1]);
int day_parse(struct text t, int64_t *ret);
size_t day_print(int64_t days, char out[static DATE_TEXT + 1]);
int time_parse(struct text t, int64_t *ret); /* "00:00" to "24:00" */
size_t time_print(int64_t minutes, char out[static TIME_TEXT + 1]);

/* The name of an enum's value, or NULL; the value of a name, or 0. */
const char *enumeration_name(const struct enumeration *e, int32_t value);
int32_t enumeration_value(const struct enumeration *e, struct text name);

#endif

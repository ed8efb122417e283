/* decode: MessagePack to structs, row by row, and the rules a row states. msgpack-c takes the bytes
 * apart, after msg_scan; every check is written once and serves both what arrives (msg_decode) and
 * what a service made (msg_check). */
#include <errno.h>
#include <msgpack.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/duration.h"
#include "common/msg/msg.h"

#define INSTANT_LAST (INT64_C(253402300800) * SECONDS - 1) /* the end of year 9999 */

__attribute__((format(printf, 3, 4))) static int
fail(const struct field *f, struct msg_error *reterr, const char *rule, ...)
{
    va_list arguments;
    snprintf(reterr->field, sizeof reterr->field, "%s", f ? f->name : "");
    va_start(arguments, rule);
    vsnprintf(reterr->rule, sizeof reterr->rule, rule, arguments);
    va_end(arguments);
    return -EBADMSG;
}

/* Puts "steps[2]." in front of the field that an inner record complained about. */
static int fail_inside(const struct field *f, uint32_t index, struct msg_error *reterr)
{
    char inner[sizeof reterr->field];
    memcpy(inner, reterr->field, sizeof inner);
    snprintf(reterr->field, sizeof reterr->field, "%.60s[%u]%s%.80s", f->name, index,
             inner[0] ? "." : "", inner);
    return -EBADMSG;
}

/* --- rules ---------------------------------------------------------------------------------- */

static int fail_enum(const struct field *f, struct msg_error *reterr)
{
    char names[sizeof reterr->rule];
    size_t used = 0;
    names[0] = 0;
    for (const struct enumeration_value *v = f->values->values; v->name; v++) {
        size_t length = strlen(v->name);
        if (used + length + sizeof ", " + sizeof ", ..." + sizeof "must be one of " >
            sizeof names) {
            snprintf(names + used, sizeof names - used, ", ...");
            break;
        }
        used +=
            (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "", v->name);
    }
    return fail(f, reterr, "must be one of %.184s", names);
}

/* A number in the form its kind is written in, for sentences. */
static const char *print_number(const struct field *f, int64_t v, char out[DURATION_TEXT_MAX])
{
    if (f->kind == KIND_DECIMAL)
        decimal_print(v, f->scale, out);
    else if (f->kind == KIND_DURATION)
        duration_print(v, out);
    else
        snprintf(out, DURATION_TEXT_MAX, "%lld", (long long)v);
    return out;
}

static int check_range(const struct field *f, int64_t v, struct msg_error *reterr)
{
    char least[DURATION_TEXT_MAX], most[DURATION_TEXT_MAX];
    int64_t min = f->kind == KIND_DURATION && f->min < 0 ? 0 : f->min;
    if (v >= min && v <= f->max)
        return 0;
    print_number(f, min, least);
    print_number(f, f->max, most);
    if (f->max == INT64_MAX)
        return fail(f, reterr, "must be at least %s", least);
    if (min == INT64_MIN)
        return fail(f, reterr, "must be at most %s", most);
    return fail(f, reterr, "must be from %s to %s", least, most);
}

static int check_instant(const struct field *f, int64_t v, struct msg_error *reterr)
{
    if (v == 0)
        return fail(f, reterr, "must be after 1970-01-01T00:00:00Z");
    if (v < 0 || v > INSTANT_LAST)
        return fail(f, reterr, "must be in the years 1970 to 9999");
    return 0;
}

static int check_local_time(const struct field *f, int64_t v, struct msg_error *reterr)
{
    if (v < 0 || v > INSTANT_LAST)
        return fail(f, reterr, "must be in the years 1970 to 9999");
    if (v % SECONDS)
        return fail(f, reterr, "must be a whole second");
    return 0;
}

static int check_date(const struct field *f, int64_t v, struct msg_error *reterr)
{
    if (v <= 0 || v > INSTANT_LAST / (86400 * SECONDS))
        return fail(f, reterr, "must be after 1970-01-01, and before the year 10000");
    return 0;
}

static int check_time(const struct field *f, int64_t v, struct msg_error *reterr)
{
    return v < 0 || v > TIME_LAST ? fail(f, reterr, "must be from 00:00 to 24:00") : 0;
}

static int check_text(const struct field *f, struct text t, struct msg_error *reterr)
{
    if (t.length > f->max)
        return fail(f, reterr, "must be at most %lld bytes", (long long)f->max);
    if (t.length && memchr(t.at, 0, t.length))
        return fail(f, reterr, "must not contain the character NUL");
    if (t.length == 0 && f->need == REQUIRED)
        return fail(f, reterr, "must not be empty");
    return 0;
}

static int check_reference(const struct field *f, struct text t, struct msg_error *reterr)
{
    if (t.length == 0 || t.length > f->max)
        return fail(f, reterr, "must be 1 to %lld bytes", (long long)f->max);
    for (uint32_t i = 0; i < t.length && !f->free_form; i++) {
        char c = t.at[i];
        bool allowed = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       c == '.' || c == '_' || c == ':' || c == '-';
        if (!allowed)
            return fail(f, reterr, "must hold only letters, digits and . _ : -");
    }
    return 0;
}

static int check_map_text(const struct field *f, struct text t, struct msg_error *reterr)
{
    if (t.length > TEXT_MAP_TEXT_MAX)
        return fail(f, reterr, "must have keys and values of at most %d bytes", TEXT_MAP_TEXT_MAX);
    if (t.length && memchr(t.at, 0, t.length))
        return fail(f, reterr, "must not contain the character NUL");
    return 0;
}

static int check_map(const struct field *f, const struct text_map *m, struct msg_error *reterr)
{
    if (m->count > f->max)
        return fail(f, reterr, "must have at most %lld entries", (long long)f->max);
    for (uint32_t i = 0; i < m->count; i++) {
        const struct text_pair *pair = &m->at[i];
        if (check_map_text(f, pair->key, reterr) < 0 || check_map_text(f, pair->value, reterr) < 0)
            return -EBADMSG;
        if (pair->key.length == 0)
            return fail(f, reterr, "must not have an empty key");
        for (uint32_t j = 0; j < i; j++)
            if (text_equal(m->at[j].key, pair->key))
                return fail(f, reterr, "must not have a key twice");
    }
    return 0;
}

/* --- decoding ------------------------------------------------------------------------------- */

static int decode_record(const struct record *r, const msgpack_object *o, struct arena *a,
                         void *ret, struct msg_error *reterr);

static struct text text_of(const msgpack_object *o)
{
    return (struct text){ .at = o->via.str.ptr, .length = o->via.str.size };
}

static int decode_integer(const struct field *f, const msgpack_object *o, int64_t *ret,
                          struct msg_error *reterr)
{
    if (o->type == MSGPACK_OBJECT_NEGATIVE_INTEGER)
        *ret = o->via.i64;
    else if (o->type != MSGPACK_OBJECT_POSITIVE_INTEGER)
        return fail(f, reterr, "must be an integer");
    else if (o->via.u64 > INT64_MAX)
        return fail(f, reterr, "must be at most %lld", (long long)f->max);
    else
        *ret = (int64_t)o->via.u64;
    return check_range(f, *ret, reterr);
}

/* Decimals, instants, durations, dates and times: numbers that travel as text. */
static int decode_number_text(const struct field *f, const msgpack_object *o, int64_t *ret,
                              struct msg_error *reterr)
{
    bool is_text = o->type == MSGPACK_OBJECT_STR;
    struct text t = is_text ? text_of(o) : (struct text){ 0 };
    switch (f->kind) {
    case KIND_DECIMAL:
        if (!is_text || decimal_parse(t, f->scale, ret) < 0)
            return fail(f, reterr, "must be a decimal in text, at most %d digits behind the point",
                        f->scale);
        return check_range(f, *ret, reterr);
    case KIND_INSTANT:
        if (!is_text || instant_parse(t, ret) < 0)
            return fail(f, reterr, "must be an RFC 3339 instant with an offset");
        return check_instant(f, *ret, reterr);
    case KIND_DURATION:
        if (!is_text || duration_parse(t, ret) < 0)
            return fail(f, reterr, "must be an ISO 8601 duration such as PT1H30M");
        return check_range(f, *ret, reterr);
    case KIND_DATE:
        if (!is_text || day_parse(t, ret) < 0)
            return fail(f, reterr, "must be a date such as 2026-01-31");
        return check_date(f, *ret, reterr);
    case KIND_TIME:
        if (!is_text || time_parse(t, ret) < 0)
            return fail(f, reterr, "must be a time of day such as 09:30");
        return check_time(f, *ret, reterr);
    default:
        if (!is_text || local_time_parse(t, ret) < 0)
            return fail(f, reterr, "must be a local time such as 2026-01-31T09:30:00");
        return check_local_time(f, *ret, reterr);
    }
}

static int decode_list(const struct field *f, const msgpack_object *o, struct arena *a,
                       struct list *ret, struct msg_error *reterr)
{
    if (o->type != MSGPACK_OBJECT_ARRAY)
        return fail(f, reterr, "must be a list");
    uint32_t count = o->via.array.size;
    if (count > f->max)
        return fail(f, reterr, "must have at most %lld entries", (long long)f->max);
    char *at = arena_alloc(a, count * f->record->size);
    for (uint32_t i = 0; i < count; i++)
        if (decode_record(f->record, &o->via.array.ptr[i], a, at + i * f->record->size, reterr) < 0)
            return fail_inside(f, i, reterr);
    *ret = (struct list){ .at = at, .count = count };
    return 0;
}

static int decode_map(const struct field *f, const msgpack_object *o, struct arena *a,
                      struct text_map *ret, struct msg_error *reterr)
{
    if (o->type != MSGPACK_OBJECT_MAP)
        return fail(f, reterr, "must be a map of text");
    uint32_t count = o->via.map.size;
    if (count > f->max)
        return fail(f, reterr, "must have at most %lld entries", (long long)f->max);
    struct text_pair *at = arena_alloc(a, count * sizeof *at);
    for (uint32_t i = 0; i < count; i++) {
        const msgpack_object_kv *pair = &o->via.map.ptr[i];
        if (pair->key.type != MSGPACK_OBJECT_STR || pair->val.type != MSGPACK_OBJECT_STR)
            return fail(f, reterr, "must be a map of text");
        at[i] = (struct text_pair){ .key = text_of(&pair->key), .value = text_of(&pair->val) };
    }
    *ret = (struct text_map){ .at = at, .count = count };
    return check_map(f, ret, reterr);
}

static int decode_field(const struct field *f, const msgpack_object *o, struct arena *a, char *base,
                        struct msg_error *reterr)
{
    void *at = base + f->offset;
    switch (f->kind) {
    case KIND_TEXT:
    case KIND_REFERENCE: {
        struct text *t = at;
        if (o->type != MSGPACK_OBJECT_STR)
            return fail(f, reterr, "must be text");
        *t = text_of(o);
        return f->kind == KIND_TEXT ? check_text(f, *t, reterr) : check_reference(f, *t, reterr);
    }
    case KIND_INTEGER:
        return decode_integer(f, o, at, reterr);
    case KIND_BOOL: {
        bool *v = at;
        if (o->type != MSGPACK_OBJECT_BOOLEAN)
            return fail(f, reterr, "must be true or false");
        *v = o->via.boolean;
        return 0;
    }
    case KIND_ENUM: {
        int32_t *v = at;
        *v = o->type == MSGPACK_OBJECT_STR ? enumeration_value(f->values, text_of(o)) : 0;
        return *v ? 0 : fail_enum(f, reterr);
    }
    case KIND_LIST:
        return decode_list(f, o, a, at, reterr);
    case KIND_MAP:
        return decode_map(f, o, a, at, reterr);
    default:
        return decode_number_text(f, o, at, reterr);
    }
}

static bool is_named(const struct field *f, struct text name)
{
    return f->name_length == name.length && memcmp(f->name, name.at, name.length) == 0;
}

/* The row called name, sought from `next` on: writers send keys in row order, so it is nearly
 * always the first one tried. */
static size_t find_row(struct field_rows rows, struct text name, size_t next)
{
    for (size_t i = next; i < rows.count; i++)
        if (is_named(&rows.at[i], name))
            return i;
    for (size_t i = 0; i < next; i++)
        if (is_named(&rows.at[i], name))
            return i;
    return rows.count;
}

static int decode_record(const struct record *r, const msgpack_object *o, struct arena *a,
                         void *ret, struct msg_error *reterr)
{
    struct field_rows rows = r->fields();
    char *base = ret;
    uint64_t seen = 0;
    size_t next = 0;
    if (o->type != MSGPACK_OBJECT_MAP)
        return fail(NULL, reterr, "must be a map");
    memset(base, 0, r->size);
    for (uint32_t i = 0; i < o->via.map.size; i++) {
        const msgpack_object_kv *pair = &o->via.map.ptr[i];
        size_t row = find_row(rows, text_of(&pair->key), next);
        if (row == rows.count)
            continue; /* a key from a newer version */
        const struct field *f = &rows.at[row];
        bool *has = (void *)(base + f->has_offset);
        if (seen & UINT64_C(1) << row)
            return fail(f, reterr, "must not be given twice");
        seen |= UINT64_C(1) << row;
        next = row + 1;
        *has = true;
        if (decode_field(f, &pair->val, a, base, reterr) < 0)
            return -EBADMSG;
    }
    for (size_t i = 0; i < rows.count; i++)
        if (rows.at[i].need == REQUIRED && !(seen & UINT64_C(1) << i))
            return fail(&rows.at[i], reterr, "is required");
    return 0;
}

int msg_decode(const struct record *r, const void *bytes, size_t size, struct arena *a, void *ret,
               struct msg_error *reterr)
{
    msgpack_zone zone;
    msgpack_object object;
    size_t offset = 0;
    if (!msgpack_zone_init(&zone, MSGPACK_ZONE_CHUNK_SIZE))
        abort(); /* as the arena: without memory there is no turn */
    msgpack_unpack_return got = msgpack_unpack(bytes, size, &offset, &zone, &object);
    if (got == MSGPACK_UNPACK_NOMEM_ERROR)
        abort();
    int rc = got == MSGPACK_UNPACK_SUCCESS ? decode_record(r, &object, a, ret, reterr)
                                           : fail(NULL, reterr, "must be whole MessagePack");
    msgpack_zone_destroy(&zone);
    return rc;
}

/* --- checking ------------------------------------------------------------------------------- */

static int check_list(const struct field *f, const struct list *l, struct msg_error *reterr)
{
    const char *item = l->at;
    if (l->count > f->max)
        return fail(f, reterr, "must have at most %lld entries", (long long)f->max);
    for (uint32_t i = 0; i < l->count; i++, item += f->record->size)
        if (msg_check(f->record, item, reterr) < 0)
            return fail_inside(f, i, reterr);
    return 0;
}

/* An optional field that nobody set passes: encoding leaves it out. */
static int check_field(const struct field *f, const char *base, struct msg_error *reterr)
{
    const void *at = base + f->offset;
    const bool *has = (const void *)(base + f->has_offset);
    bool needed = f->need == REQUIRED;
    switch (f->kind) {
    case KIND_TEXT:
    case KIND_REFERENCE: {
        const struct text *t = at;
        if (t->length == 0)
            return needed ? fail(f, reterr, "is required") : 0;
        return f->kind == KIND_TEXT ? check_text(f, *t, reterr) : check_reference(f, *t, reterr);
    }
    case KIND_ENUM: {
        const int32_t *v = at;
        if (*v == 0)
            return needed ? fail(f, reterr, "is required") : 0;
        return enumeration_name(f->values, *v) ? 0 : fail_enum(f, reterr);
    }
    case KIND_INSTANT: {
        const int64_t *v = at;
        if (*v == 0)
            return needed ? fail(f, reterr, "is required") : 0;
        return check_instant(f, *v, reterr);
    }
    case KIND_DATE: {
        const int64_t *v = at;
        if (*v == 0)
            return needed ? fail(f, reterr, "is required") : 0;
        return check_date(f, *v, reterr);
    }
    case KIND_TIME: {
        const int64_t *v = at;
        return check_time(f, *v, reterr);
    }
    case KIND_BOOL:
        return 0;
    case KIND_LIST:
        return check_list(f, at, reterr);
    case KIND_MAP:
        return check_map(f, at, reterr);
    case KIND_LOCAL_TIME: {
        const int64_t *v = at;
        return check_local_time(f, *v, reterr);
    }
    default: {
        const int64_t *v = at;
        return *v == 0 && !needed && !*has ? 0 : check_range(f, *v, reterr);
    }
    }
}

int msg_check(const struct record *r, const void *value, struct msg_error *reterr)
{
    struct field_rows rows = r->fields();
    for (size_t i = 0; i < rows.count; i++)
        if (check_field(&rows.at[i], value, reterr) < 0)
            return -EBADMSG;
    return 0;
}

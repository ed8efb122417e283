/* json: MessagePack to jansson's values and back. What JSON cannot say (bytes, integers beyond 64
 * bits signed) becomes text. */
#include "common/msg/json.h"

#include <errno.h>
#include <math.h>
#include <sodium.h>
#include <stdlib.h>

#include "common/base/token.h"

/* --- MessagePack to JSON -------------------------------------------------------------------- */

static json_t *bin_to_json(struct text bytes)
{
    const int variant = sodium_base64_VARIANT_ORIGINAL;
    size_t room = sodium_base64_encoded_len(bytes.length, variant);
    char *text = malloc(room);
    if (!text)
        return NULL;
    sodium_bin2base64(text, room, (const unsigned char *)bytes.at, bytes.length, variant);
    json_t *value = json_stringn_nocheck(text, room - 1);
    free(text);
    return value;
}

static json_t *unsigned_to_json(uint64_t v)
{
    char text[24];
    snprintf(text, sizeof text, "%llu", (unsigned long long)v);
    return json_string(text);
}

static json_t *value_to_json(struct reader *r);

static json_t *array_to_json(struct reader *r, uint32_t count)
{
    json_t *array = json_array();
    for (uint32_t i = 0; array && i < count; i++) {
        if (json_array_append_new(array, value_to_json(r)) < 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *map_to_json(struct reader *r, uint32_t count)
{
    json_t *object = json_object();
    for (uint32_t i = 0; object && i < count; i++) {
        struct token key = { 0 };
        bool named = reader_next(r, &key) && key.kind == TOKEN_TEXT;
        json_t *value = named ? value_to_json(r) : NULL;
        if (json_object_setn_new_nocheck(object, key.text.at, key.text.length, value) < 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static json_t *value_to_json(struct reader *r)
{
    struct token t;
    if (!reader_next(r, &t))
        return NULL;
    switch (t.kind) {
    case TOKEN_BOOL:
        return json_boolean(t.boolean);
    case TOKEN_INTEGER:
        return json_integer(t.integer);
    case TOKEN_UNSIGNED:
        return unsigned_to_json(t.unsigned_integer);
    case TOKEN_REAL:
        return isfinite(t.real) ? json_real(t.real) : json_null();
    case TOKEN_TEXT:
        return json_stringn_nocheck(t.text.length ? t.text.at : "", t.text.length);
    case TOKEN_BIN:
        return bin_to_json(t.text);
    case TOKEN_ARRAY:
        return array_to_json(r, t.count);
    case TOKEN_MAP:
        return map_to_json(r, t.count);
    default:
        return json_null();
    }
}

json_t *json_from_msg(const void *bytes, size_t size)
{
    struct reader r = reader_over(bytes, size);
    return value_to_json(&r);
}

/* --- JSON to MessagePack -------------------------------------------------------------------- */

/* Puts one step in front of the path that an inner value complained about. */
static int fail_inside(const char *step, struct msg_error *reterr)
{
    char inner[sizeof reterr->field];
    memcpy(inner, reterr->field, sizeof inner);
    bool dot = inner[0] && inner[0] != '[';
    snprintf(reterr->field, sizeof reterr->field, "%.60s%s%.90s", step, dot ? "." : "", inner);
    return -EBADMSG;
}

static int fail(struct msg_error *reterr, const char *rule)
{
    reterr->field[0] = 0;
    snprintf(reterr->rule, sizeof reterr->rule, "%s", rule);
    return -EBADMSG;
}

static int fail_at_key(const char *key, struct msg_error *reterr)
{
    char step[64];
    name_print(text_from(key), step, sizeof step);
    return fail_inside(step, reterr);
}

static int put_value(const json_t *value, int depth, struct msg_buffer *b,
                     struct msg_error *reterr);

static int put_object(const json_t *object, int depth, struct msg_buffer *b,
                      struct msg_error *reterr)
{
    /* jansson's iterators take no const, and change nothing */
    json_t *o = json_incref((json_t *)(uintptr_t)object);
    int rc = 0;
    msg_put_map(b, (uint32_t)json_object_size(o));
    for (void *i = json_object_iter(o); i && rc == 0; i = json_object_iter_next(o, i)) {
        const char *key = json_object_iter_key(i);
        if (strlen(key) != json_object_iter_key_len(i)) {
            rc = fail(reterr, "must not contain the character NUL");
            break;
        }
        msg_put_key(b, key);
        if (put_value(json_object_iter_value(i), depth, b, reterr) < 0)
            rc = fail_at_key(key, reterr);
    }
    json_decref(o);
    return rc;
}

static int put_array(const json_t *array, int depth, struct msg_buffer *b, struct msg_error *reterr)
{
    size_t count = json_array_size(array);
    msg_put_array(b, (uint32_t)count);
    for (size_t i = 0; i < count; i++) {
        if (put_value(json_array_get(array, i), depth, b, reterr) < 0) {
            char step[32];
            snprintf(step, sizeof step, "[%zu]", i);
            return fail_inside(step, reterr);
        }
    }
    return 0;
}

static int put_string(const json_t *value, struct msg_buffer *b, struct msg_error *reterr)
{
    struct text t = { json_string_value(value), (uint32_t)json_string_length(value) };
    if (t.length && memchr(t.at, 0, t.length))
        return fail(reterr, "must not contain the character NUL");
    msg_put_text(b, t);
    return 0;
}

static int put_real(double v, struct msg_buffer *b, struct msg_error *reterr)
{
    const double exact =
        9007199254740992.0; /* 2^53: beyond, a double no longer says which integer it means */
    if (!(v >= -exact && v <= exact) || v != (double)(int64_t)v)
        return fail(reterr, "must be an integer or text; write decimals as text such as \"12.50\"");
    msg_put_integer(b, (int64_t)v);
    return 0;
}

static int put_value(const json_t *value, int depth, struct msg_buffer *b, struct msg_error *reterr)
{
    if ((json_is_object(value) || json_is_array(value)) && ++depth > MSG_DEPTH_MAX)
        return fail(reterr, "must nest at most 8 deep");
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return put_object(value, depth, b, reterr);
    case JSON_ARRAY:
        return put_array(value, depth, b, reterr);
    case JSON_STRING:
        return put_string(value, b, reterr);
    case JSON_INTEGER:
        msg_put_integer(b, json_integer_value(value));
        return 0;
    case JSON_REAL:
        return put_real(json_real_value(value), b, reterr);
    case JSON_TRUE:
    case JSON_FALSE:
        msg_put_bool(b, json_is_true(value));
        return 0;
    default:
        msg_put_nil(b);
        return 0;
    }
}

int json_to_msg(const json_t *value, struct msg_buffer *b, struct msg_error *reterr)
{
    size_t before = b->size;
    int rc = put_value(value, 0, b, reterr);
    if (rc < 0)
        b->size = before;
    return rc;
}

json_t *json_parse(struct text t, struct msg_error *reterr)
{
    json_error_t error;
    const size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY;
    json_t *value = json_loadb(t.length ? t.at : "", t.length, flags, &error);
    if (value)
        return value;
    snprintf(reterr->field, sizeof reterr->field, "line %d column %d", error.line, error.column);
    snprintf(reterr->rule, sizeof reterr->rule, "%s", error.text);
    for (char *c = reterr->rule; *c;
         c++) /* jansson quotes the input and may cut a character in two */
        if (*c < ' ' || *c > '~')
            *c = '?';
    return NULL;
}

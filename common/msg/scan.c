/* scan: the guard in front of every decoder. msgpack-c reserves what a header announces before it
 * looks at what follows, so nothing reaches it that has not been walked here first, within the
 * limits and without allocating. */
#include <errno.h>
#include <stdio.h>

#include "common/base/token.h"
#include "common/msg/msg.h"

struct level { /* one container being walked */
    bool map;
    uint32_t count; /* members, or keys and values */
    uint32_t left;
    struct text key; /* maps: the last key */
};

struct scan {
    struct level levels[MSG_DEPTH_MAX];
    unsigned depth;
    uint64_t pending; /* values announced and not yet read, over all levels */
    uint32_t elements;
};

/* Names the value being read as "data.steps[2].after" and says what is wrong with it. */
static int scan_fail(const struct scan *s, struct msg_error *reterr, const char *rule)
{
    size_t used = 0;
    reterr->field[0] = 0;
    for (unsigned i = 0; i < s->depth; i++) {
        const struct level *l = &s->levels[i];
        if (l->map) {
            if (used && l->key.length && used + 1 < sizeof reterr->field)
                reterr->field[used++] = '.';
            used += name_print(l->key, reterr->field + used, sizeof reterr->field - used);
        } else if (used + 14 < sizeof reterr->field) {
            used += (size_t)snprintf(reterr->field + used, sizeof reterr->field - used, "[%u]",
                                     l->count - l->left - 1);
        }
    }
    snprintf(reterr->rule, sizeof reterr->rule, "%s", rule);
    return -EBADMSG;
}

static int scan_enter(struct scan *s, const struct token *t, size_t left, struct msg_error *reterr)
{
    uint64_t members = t->kind == TOKEN_MAP ? 2 * (uint64_t)t->count : t->count;
    if (s->depth == MSG_DEPTH_MAX)
        return scan_fail(s, reterr, "must nest at most 8 deep");
    if (members > MSG_ELEMENTS_MAX - s->elements)
        return scan_fail(s, reterr, "must leave the message at most 4096 values");
    if (members + s->pending > left)
        return scan_fail(s, reterr, "must hold as many values as it announces");
    s->elements += (uint32_t)members;
    s->pending += members;
    s->levels[s->depth++] = (struct level){ .map = t->kind == TOKEN_MAP,
                                            .count = (uint32_t)members,
                                            .left = (uint32_t)members };
    return 0;
}

/* One value; a key is remembered for the path of a later error. */
static int scan_value(struct scan *s, struct reader *r, struct msg_error *reterr)
{
    struct level *l = s->depth ? &s->levels[s->depth - 1] : NULL;
    bool key = l && l->map && (l->left & 1) == 0;
    struct token t = { 0 };
    if (l)
        l->left--;
    if (key)
        l->key = (struct text){ 0 };
    s->pending--;
    if (!reader_next(r, &t))
        return scan_fail(s, reterr, "must be whole MessagePack");
    if (key && t.kind != TOKEN_TEXT)
        return scan_fail(s, reterr, "must have text as keys");
    if (key)
        l->key = t.text;
    switch (t.kind) {
    case TOKEN_TEXT:
        return text_is_utf8(t.text) ? 0 : scan_fail(s, reterr, "must be UTF-8 text");
    case TOKEN_EXTENSION:
        return scan_fail(s, reterr, "must not be an extension type");
    case TOKEN_ARRAY:
    case TOKEN_MAP:
        return scan_enter(s, &t, reader_left(r), reterr);
    default:
        return 0;
    }
}

int msg_scan(const void *bytes, size_t size, size_t max_bytes, struct msg_error *reterr)
{
    struct scan s = { .pending = 1 };
    struct reader r = reader_over(bytes, size);
    if (size > max_bytes) {
        char rule[64];
        snprintf(rule, sizeof rule, "must be at most %zu bytes", max_bytes);
        return scan_fail(&s, reterr, rule);
    }
    while (s.pending) {
        int rc = scan_value(&s, &r, reterr);
        if (rc < 0)
            return rc;
        while (s.depth && s.levels[s.depth - 1].left == 0)
            s.depth--;
    }
    return r.at == r.end ? 0 : scan_fail(&s, reterr, "must have nothing behind its one value");
}

int msg_member(const void *bytes, size_t size, const char *key, const void **ret, size_t *ret_size)
{
    struct reader r = reader_over(bytes, size);
    struct text wanted = text_from(key);
    struct token map, name;
    if (!reader_next(&r, &map) || map.kind != TOKEN_MAP)
        return -EBADMSG;
    for (uint32_t i = 0; i < map.count; i++) {
        if (!reader_next(&r, &name) || name.kind != TOKEN_TEXT)
            return -EBADMSG;
        const uint8_t *value = r.at;
        if (!reader_skip(&r))
            return -EBADMSG;
        if (text_equal(name.text, wanted)) {
            *ret = value;
            *ret_size = (size_t)(r.at - value);
            return 0;
        }
    }
    return -ENOENT;
}

int msg_read_text(const void *bytes, size_t size, struct text *ret)
{
    struct reader r = reader_over(bytes, size);
    struct token t;
    if (!reader_next(&r, &t) || t.kind != TOKEN_TEXT)
        return -EBADMSG;
    *ret = t.text;
    return 0;
}

int msg_read_integer(const void *bytes, size_t size, int64_t *ret)
{
    struct reader r = reader_over(bytes, size);
    struct token t;
    if (!reader_next(&r, &t) || t.kind != TOKEN_INTEGER)
        return -EBADMSG;
    *ret = t.integer;
    return 0;
}

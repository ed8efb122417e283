/* redact: an envelope copied token by token, with the rows of its event beside it. Keys that no row
 * has, of older or newer versions, are looked through as well. */
#include "common/msg/redact.h"

#include "common/base/token.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { DIGEST_HEX = 64 };

const struct text REDACTED_TEXT = TEXT_OF("[erased]");

struct redactor {
    const struct mentions *words;
    enum redact_whose whose;
    struct msg_buffer *to;
    struct redact_report report;
};

static void report_field(struct redactor *x, struct text name)
{
    char *at = x->report.fields;
    const size_t used = strlen(at);
    x->report.texts++;
    for (char *found = at; *found; found += strcspn(found, ",") + (found[strcspn(found, ",")] != 0))
        if (strcspn(found, ",") == name.length && memcmp(found, name.at, name.length) == 0)
            return;
    if (used + name.length + 2 < sizeof x->report.fields)
        snprintf(at + used, sizeof x->report.fields - used, "%s%.*s", used ? "," : "",
                 TEXT_ARG(name));
}

bool redact_wants(const struct mentions *words, struct text t)
{
    struct mentioned found;
    return mention_find(words, MENTION_TEXT, false, t.at, t.length, 0, &found);
}

static bool is_personal(const struct field *f)
{
    return f && (f->audience == PERSONAL || f->audience == CLIENT_PERSONAL);
}

static bool is_id(const struct field *f)
{
    return f && (f->kind == KIND_REFERENCE || strcmp(f->name, "id") == 0);
}

/* Text that says something; that of enums, instants and numbers is a form. */
static bool is_free(const struct field *f)
{
    return !f || ((f->kind == KIND_TEXT || f->kind == KIND_MAP) && !is_id(f));
}

/* Where in a message one is: its row, its name, whether something around it is personal. */
struct where {
    const struct field *field;
    struct text name;
    bool personal;
};

/* What stands for a text of this field. */
static struct text erased(const struct field *f)
{
    struct text t = REDACTED_TEXT;
    if (f && f->kind == KIND_TEXT && f->max < t.length)
        t.length = (uint32_t)f->max;
    return t;
}

/* It was taken out before. */
static bool is_erased(const struct field *f, struct text t)
{
    return text_equal(t, erased(f)) ||
           (t.length > REDACTED_TEXT.length &&
            memcmp(t.at, REDACTED_TEXT.at, REDACTED_TEXT.length) == 0 && f && f->kind == KIND_MAP);
}

static bool wants(const struct redactor *x, const struct where *w, struct text t)
{
    if (t.length == 0 || !is_free(w->field) || is_erased(w->field, t))
        return false;
    if (x->whose == REDACT_ALL || (x->whose == REDACT_OWN && w->personal))
        return true;
    struct mentioned found;
    return mention_find(x->words, MENTION_TEXT, x->whose == REDACT_OWN, t.at, t.length, 0, &found);
}

static void put_erased(struct redactor *x, const struct where *w)
{
    report_field(x, w->name);
    msg_put_text(x->to, erased(w->field));
}

static int copy_value(struct redactor *x, struct reader *r, const struct record *record,
                      const struct where *w);

/* A personal value that is no text has nothing that could stand for it. */
static bool is_dropped(const struct redactor *x, const struct where *w)
{
    const struct field *f = w->field;
    return f && x->whose == REDACT_OWN && is_personal(f) && f->need == OPTIONAL &&
           f->kind != KIND_TEXT && f->kind != KIND_MAP && f->kind != KIND_LIST &&
           f->kind != KIND_REFERENCE;
}

static struct where where_of(const struct record *record, struct text key, bool personal)
{
    struct where w = { .name = key, .personal = personal };
    struct field_rows rows = record ? record->fields() : (struct field_rows){ 0 };
    for (size_t i = 0; i < rows.count; i++)
        if (text_equal(text_from(rows.at[i].name), key))
            w.field = &rows.at[i];
    w.personal = personal || is_personal(w.field);
    return w;
}

/* How many entries of a map are kept. */
static int count_kept(const struct redactor *x, struct reader r, uint32_t count,
                      const struct record *record, uint32_t *ret)
{
    *ret = count;
    for (uint32_t i = 0; i < count; i++) {
        struct token key;
        if (!reader_next(&r, &key) || key.kind != TOKEN_TEXT || !reader_skip(&r))
            return -EBADMSG;
        const struct where w = where_of(record, key.text, false);
        *ret -= is_dropped(x, &w);
    }
    return 0;
}

static int copy_record(struct redactor *x, struct reader *r, uint32_t count,
                       const struct record *record, bool personal)
{
    uint32_t kept;
    int err = count_kept(x, *r, count, record, &kept);
    if (err == 0)
        msg_put_map(x->to, kept);
    for (uint32_t i = 0; err == 0 && i < count; i++) {
        struct token key;
        if (!reader_next(r, &key) || key.kind != TOKEN_TEXT)
            return -EBADMSG;
        const struct where w = where_of(record, key.text, personal);
        if (is_dropped(x, &w)) {
            report_field(x, w.name);
            err = reader_skip(r) ? 0 : -EBADMSG;
            continue;
        }
        msg_put_text(x->to, key.text);
        err = copy_value(x, r, w.field ? w.field->record : NULL, &w);
    }
    return err;
}

/* Its keys are texts of people as well, and must stay different from each other. */
static int copy_text_map(struct redactor *x, struct reader *r, uint32_t count,
                         const struct where *w)
{
    msg_put_map(x->to, count);
    for (uint32_t i = 0; i < count; i++) {
        struct token key;
        if (!reader_next(r, &key) || key.kind != TOKEN_TEXT)
            return -EBADMSG;
        if (wants(x, w, key.text)) {
            report_field(x, w->name);
            msg_put_text(x->to, arena_printf(x->to->arena, "%.*s %u", TEXT_ARG(REDACTED_TEXT), i));
        } else {
            msg_put_text(x->to, key.text);
        }
        int err = copy_value(x, r, NULL, w);
        if (err < 0)
            return err;
    }
    return 0;
}

static int copy_value(struct redactor *x, struct reader *r, const struct record *record,
                      const struct where *w)
{
    const uint8_t *begin = r->at;
    struct token t;
    if (!reader_next(r, &t))
        return -EBADMSG;
    if (t.kind == TOKEN_MAP && w->field && w->field->kind == KIND_MAP)
        return copy_text_map(x, r, t.count, w);
    if (t.kind == TOKEN_MAP)
        return copy_record(x, r, t.count, record, w->personal);
    if (t.kind == TOKEN_ARRAY) {
        int err = 0;
        msg_put_array(x->to, t.count);
        for (uint32_t i = 0; err == 0 && i < t.count; i++)
            err = copy_value(x, r, record, w);
        return err;
    }
    if (t.kind == TOKEN_TEXT && wants(x, w, t.text))
        put_erased(x, w);
    else
        msg_put_raw(x->to, begin, (size_t)(r->at - begin));
    return 0;
}

/* --- envelopes -------------------------------------------------------------------------------- */

static void put_mark(struct msg_buffer *b, const uint8_t *digest)
{
    char hex[DIGEST_HEX + 1];
    sodium_bin2hex(hex, sizeof hex, digest, DIGEST_HEX / 2);
    msg_put_key(b, "redacted");
    msg_put_bool(b, true);
    msg_put_key(b, "digest");
    msg_put_text(b, (struct text){ hex, DIGEST_HEX });
}

/* The one attribute beside the data that somebody may have written a name into. */
static bool copy_actor(struct redactor *x, struct text key, struct text actor)
{
    if (!text_equal(key, text_from("actor")) || !redact_wants(x->words, actor))
        return false;
    report_field(x, key);
    msg_put_text(x->to, REDACTED_TEXT);
    return true;
}

static int copy_attributes(struct redactor *x, struct reader *r, const struct record *data,
                           const uint8_t *digest)
{
    struct token map, key;
    const void *found;
    size_t found_size;
    const bool marked = msg_member(r->at, reader_left(r), "redacted", &found, &found_size) == 0;
    if (!reader_next(r, &map) || map.kind != TOKEN_MAP)
        return -EBADMSG;
    msg_put_map(x->to, map.count + (marked ? 0 : 2));
    for (uint32_t i = 0; i < map.count; i++) {
        if (!reader_next(r, &key) || key.kind != TOKEN_TEXT)
            return -EBADMSG;
        const bool is_data = text_equal(key.text, text_from("data"));
        if (is_data && !marked) /* in front of it: `data` is last, for those who read no further */
            put_mark(x->to, digest);
        msg_put_text(x->to, key.text);
        struct reader value = *r;
        struct token t;
        const uint8_t *begin = r->at;
        int err = 0;
        if (is_data)
            err = copy_value(x, r, data, &(struct where){ .name = key.text });
        else if (!reader_next(&value, &t) || !reader_skip(r))
            err = -EBADMSG;
        else if (t.kind != TOKEN_TEXT || !copy_actor(x, key.text, t.text))
            msg_put_raw(x->to, begin, (size_t)(r->at - begin));
        if (err < 0)
            return err;
    }
    return 0;
}

int redact_envelope(const struct record *data, const void *envelope, size_t size,
                    const struct mentions *words, enum redact_whose whose,
                    const uint8_t digest[static 32], struct msg_buffer *b,
                    struct redact_report *ret)
{
    struct redactor x = { .words = words, .whose = whose, .to = b };
    struct reader r = reader_over(envelope, size);
    b->size = 0;
    int err = copy_attributes(&x, &r, data, digest);
    *ret = x.report;
    if (err < 0)
        return err;
    if (x.report.texts == 0) {
        b->size = 0;
        return 0;
    }
    return b->size > MSG_EVENT_MAX ? -EMSGSIZE : 1;
}

bool redact_is_marked(const void *envelope, size_t size, const uint8_t digest[static 32])
{
    const void *at;
    size_t n;
    char hex[DIGEST_HEX + 1];
    struct text said;
    struct token t;
    sodium_bin2hex(hex, sizeof hex, digest, DIGEST_HEX / 2);
    if (msg_member(envelope, size, "redacted", &at, &n) < 0)
        return false;
    struct reader r = reader_over(at, n);
    return reader_next(&r, &t) && t.kind == TOKEN_BOOL && t.boolean &&
           msg_member(envelope, size, "digest", &at, &n) == 0 && msg_read_text(at, n, &said) == 0 &&
           text_equal(said, (struct text){ hex, DIGEST_HEX });
}

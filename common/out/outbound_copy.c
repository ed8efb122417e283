/* outbound_copy: what is sent is kept first, under its digest, so that what somebody was told can
 * be shown later. The copies are evidence beside the log, not a part of it: nothing reads them
 * back. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/out/outbound_try.h"

enum { PATH_BYTES = 1024 + 128 };

static json_t *json_of(struct text t)
{
    return json_stringn(t.length ? t.at : "", t.length);
}

/* The value in the arena; "" when something in it is no text. Takes the reference. */
static struct text dump(json_t *value, bool whole, struct arena *a)
{
    char *text = value && whole ? json_dumps(value, JSON_COMPACT) : NULL;
    struct text t = { 0 };
    if (text)
        t = arena_text(a, text_from(text));
    free(text);
    json_decref(value);
    return t;
}

static bool put(json_t *object, struct text key, struct text value)
{
    return json_object_setn_new(object, key.length ? key.at : "", key.length, json_of(value)) == 0;
}

struct text outbound_hook_body(const struct effect *e, struct arena *a)
{
    json_t *body = json_object(), *data = json_object();
    char instant[INSTANT_TEXT + 1] = { 0 };
    bool good = body && data;
    instant_print(e->time, instant);
    for (uint32_t i = 0; good && i < e->data.count; i++)
        good = put(data, e->data.at[i].key, e->data.at[i].value);
    good = good && put(body, text_from("type"), e->type) &&
           put(body, text_from("timestamp"), text_from(instant));
    if (json_object_set_new(body, "data", data) < 0)
        good = false;
    return dump(body, good, a);
}

struct text outbound_copy(const struct effect *e, struct arena *a)
{
    const bool mail = e->kind == EFFECT_MAIL;
    struct text body = { 0 };
    if (!mail)
        body = outbound_hook_body(e, a);
    const struct {
        const char *name;
        struct text value;
        bool wanted;
    } rows[] = {
        { "kind", text_from(mail ? "mail" : "hook"), true },
        { "id", e->id, true },
        { "to", e->to, true },
        { "to_name", e->to_name, mail },
        { "thread", e->thread, mail },
        { "subject", e->subject, mail },
        { "plain", e->plain, mail },
        { "html", e->html, mail },
        { "body", body, !mail },
    };
    json_t *copy = json_object();
    bool good = copy && (mail || body.length);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (good && rows[i].wanted)
            good = put(copy, text_from(rows[i].name), rows[i].value);
    return dump(copy, good, a);
}

struct text outbound_digest(struct text copy, struct arena *a)
{
    uint8_t hash[OUTBOUND_DIGEST / 2];
    char *hex = arena_alloc(a, OUTBOUND_DIGEST + 1);
    crypto_generichash(hash, sizeof hash, (const uint8_t *)copy.at, copy.length, NULL, 0);
    sodium_bin2hex(hex, OUTBOUND_DIGEST + 1, hash, sizeof hash);
    return (struct text){ hex, OUTBOUND_DIGEST };
}

static int write_all(int fd, struct text t)
{
    while (t.length) {
        ssize_t n = write(fd, t.at, t.length);
        if (n < 0 && errno != EINTR)
            return -errno;
        if (n > 0)
            t = (struct text){ t.at + n, t.length - (uint32_t)n };
    }
    return 0;
}

static int directory_make(const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST ? 0 : -errno;
}

int outbound_copy_keep(struct text directory, struct text copy, struct text digest)
{
    char path[PATH_BYTES], name[PATH_BYTES + 8];
    struct stat st;
    int length = snprintf(path, sizeof path, "%.*s/blobs/%.2s/%.*s", TEXT_ARG(directory), digest.at,
                          TEXT_ARG(digest));
    if (length < 0 || (size_t)length >= sizeof path)
        return -ENAMETOOLONG;
    /* Of another length it was cut off by a power failure: these files are not synced. */
    if (stat(path, &st) == 0 && st.st_size == (off_t)copy.length)
        return 0;
    char *slash = path + length - digest.length - 1;
    *slash = 0;
    int r = directory_make(path);
    *slash = '/';
    snprintf(name, sizeof name, "%s.XXXXXX", path);
    int fd = r < 0 ? -1 : mkostemp(name, O_CLOEXEC);
    if (fd < 0)
        return r < 0 ? r : -errno;
    r = write_all(fd, copy);
    if (close(fd) < 0 && r == 0)
        r = -errno;
    if (r == 0 && rename(name, path) < 0)
        r = -errno;
    if (r < 0)
        unlink(name);
    return r;
}

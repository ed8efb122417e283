/* link: tokens and the key that signs them; see link.h. */
#include "common/suite/link.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/token.h"
#include "common/suite/suite_file.h"

enum {
    SIGNATURE_BYTES = 16,
    VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING,
    TOKEN_BYTES_MAX = LINK_TOKEN_MAX / 4 * 3 + 1,
};

/* So that nothing else that is ever signed with the suite's key can pass for a link. */
static const char CONTEXT[] = "redress link 1";

/* --- the key ------------------------------------------------------------------------------------
 */

static int key_read(const char *path, uint8_t ret[static LINK_KEY_BYTES])
{
    uint8_t bytes[LINK_KEY_BYTES + 1];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    ssize_t n = read(fd, bytes, sizeof bytes);
    int r = n < 0 ? -errno : n != LINK_KEY_BYTES ? -EBADMSG : 0;
    close(fd);
    if (r == 0)
        memcpy(ret, bytes, LINK_KEY_BYTES);
    sodium_memzero(bytes, sizeof bytes);
    return r;
}

/* A link never replaces what is there, and what it makes is whole from the first moment. */
static int key_make(const char *path)
{
    uint8_t bytes[LINK_KEY_BYTES];
    char name[SUITE_PATH_MAX];
    int r = suite_path(name, "%s.XXXXXX", path);
    int fd = r < 0 ? -1 : mkostemp(name, O_CLOEXEC); /* 0600 */
    if (fd < 0)
        return r < 0 ? r : -errno;
    randombytes_buf(bytes, sizeof bytes);
    ssize_t n = write(fd, bytes, sizeof bytes);
    if (n != (ssize_t)sizeof bytes)
        r = n < 0 ? -errno : -EIO;
    else if (fsync(fd) < 0)
        r = -errno;
    sodium_memzero(bytes, sizeof bytes);
    close(fd);
    if (r == 0 && link(name, path) < 0 && errno != EEXIST)
        r = -errno;
    unlink(name);
    return r < 0 ? r : suite_file_settle(path);
}

int link_key(const struct suite *s, uint8_t ret[static LINK_KEY_BYTES])
{
    char path[SUITE_PATH_MAX];
    int r = sodium_init() < 0 ? -EIO : suite_path(path, "%s/key", s->directory);
    if (r < 0)
        return r;
    r = key_read(path, ret);
    if (r != -ENOENT)
        return r;
    r = key_make(path);
    return r < 0 ? r : key_read(path, ret);
}

/* --- tokens -------------------------------------------------------------------------------------
 */

static void signature(const uint8_t key[static LINK_KEY_BYTES], const void *bytes, size_t size,
                      uint8_t out[static SIGNATURE_BYTES])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, key, LINK_KEY_BYTES, SIGNATURE_BYTES);
    crypto_generichash_update(&state, (const uint8_t *)CONTEXT, sizeof CONTEXT);
    crypto_generichash_update(&state, bytes, size);
    crypto_generichash_final(&state, out, SIGNATURE_BYTES);
    sodium_memzero(&state, sizeof state);
}

int link_sign(const uint8_t key[static LINK_KEY_BYTES], const struct link *l, struct arena *a,
              struct text *ret)
{
    struct msg_buffer b = { .arena = a };
    uint8_t mac[SIGNATURE_BYTES];
    msg_put_array(&b, 5);
    msg_put_text(&b, l->purpose);
    msg_put_text(&b, l->subject);
    msg_put_text(&b, l->actor);
    msg_put_integer(&b, l->issued);
    msg_put_integer(&b, l->expires);
    if (b.size > TOKEN_BYTES_MAX)
        return -EMSGSIZE;
    signature(key, b.at, b.size, mac);
    uint8_t *bytes = arena_alloc(a, b.size + sizeof mac);
    memcpy(bytes, b.at, b.size);
    memcpy(bytes + b.size, mac, sizeof mac);
    size_t room = sodium_base64_encoded_len(b.size + sizeof mac, VARIANT);
    if (room - 1 > LINK_TOKEN_MAX)
        return -EMSGSIZE;
    char *token = arena_alloc(a, room);
    sodium_bin2base64(token, room, bytes, b.size + sizeof mac, VARIANT);
    *ret = (struct text){ token, (uint32_t)(room - 1) };
    return 0;
}

static bool take_text(struct reader *r, struct text *ret)
{
    struct token t;
    if (!reader_next(r, &t) || t.kind != TOKEN_TEXT || !text_is_utf8(t.text))
        return false;
    *ret = t.text;
    return true;
}

static bool take_integer(struct reader *r, int64_t *ret)
{
    struct token t;
    if (!reader_next(r, &t) || t.kind != TOKEN_INTEGER)
        return false;
    *ret = t.integer;
    return true;
}

/* One text for each token, or a link could be used again under another id of its command: sodium
 * also takes some bytes above 127 for letters, so what was read is written again and compared. */
static bool decode(struct text token, uint8_t *bytes, size_t *ret_size)
{
    char again[LINK_TOKEN_MAX + 8];
    if (sodium_base642bin(bytes, token.length, token.at, token.length, NULL, ret_size, NULL,
                          VARIANT) < 0)
        return false;
    sodium_bin2base64(again, sizeof again, bytes, *ret_size, VARIANT);
    return text_equal(text_from(again), token);
}

int link_read(const uint8_t key[static LINK_KEY_BYTES], struct text token, int64_t now,
              struct arena *a, struct link *ret)
{
    uint8_t mac[SIGNATURE_BYTES];
    size_t size;
    struct token head;
    struct link l;
    if (token.length == 0 || token.length > LINK_TOKEN_MAX)
        return -EBADMSG;
    uint8_t *bytes = arena_alloc(a, token.length);
    if (!decode(token, bytes, &size) || size <= SIGNATURE_BYTES)
        return -EBADMSG;
    size -= SIGNATURE_BYTES;
    signature(key, bytes, size, mac);
    if (crypto_verify_16(mac, bytes + size) != 0)
        return -EBADMSG;
    struct reader r = reader_over(bytes, size);
    if (!reader_next(&r, &head) || head.kind != TOKEN_ARRAY || head.count != 5 ||
        !take_text(&r, &l.purpose) || !take_text(&r, &l.subject) || !take_text(&r, &l.actor) ||
        !take_integer(&r, &l.issued) || !take_integer(&r, &l.expires) || reader_left(&r) > 0)
        return -EBADMSG;
    *ret = l;
    return now < l.expires ? 0 : -ETIME;
}

struct id link_command(const struct suite_clock *clock, const struct link *l, struct text token)
{
    int64_t real = clock->anchor_real + (l->issued - clock->anchor_suite) / clock->rate;
    struct id id = id_derive_bytes("link", real, token.at, token.length);
    id.at[6] = (uint8_t)((id.at[6] & 0x0f) | 0x70); /* version 7 */
    return id;
}
